"""Algorithms of `recordlinkage.index` as blocking rules.

Each runs on the caller's frame, under the caller's headings, with the rows in canonical order, so that the
caller's order changes nothing. What it returns is cleaned of repeats and of pairs of a row with itself; that
both rows must be linkable is the business of `block`.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from recordlinkage.base import BaseIndex, BaseIndexAlgorithm

from nrm_linkage.block import RULES, check_number_of_rules
from nrm_linkage.errors import ConfigError, InputError, NrmLinkageError
from nrm_linkage.tables import FoundPairs, Int64s, RawReferrals
from nrm_linkage.toolkit.running import in_canonical_order, numbered, reason_without_values

__all__ = ["IndexRule", "found_pairs", "index_rules"]

_EXPECTED = (
    "index= takes algorithms of recordlinkage.index, or a recordlinkage.Index: for example "
    'index=[recordlinkage.index.SortedNeighbourhood("Surname", window=5)].'
)


@dataclass(frozen=True, eq=False)
class IndexRule:
    """One algorithm and the name of the rule that it makes, which does not hold its settings."""

    name: str
    algorithm: Any = field(repr=False)


def index_rules(index: Any) -> tuple[IndexRule, ...]:
    """The rules that `link_referrals(index=...)` asks for: one an algorithm, those in an `Index` too.

    Raises
    ------
    ConfigError
        Something is no index algorithm, an `Index` holds none, or there are more rules than can be told
        apart.

    Examples
    --------
    >>> import recordlinkage
    >>> block, others = recordlinkage.index.Block("dob"), recordlinkage.Index()
    >>> others.add([recordlinkage.index.Block("phone"), recordlinkage.index.Full()])
    >>> [rule.name for rule in index_rules([block, others])]
    ['recordlinkage: Block', 'recordlinkage: Block 2', 'recordlinkage: Full']
    """
    alone = isinstance(index, (BaseIndex, BaseIndexAlgorithm))
    if not alone and (isinstance(index, (str, bytes)) or not isinstance(index, Iterable)):
        raise ConfigError(f"{_EXPECTED} This is a {type(index).__name__}.")
    algorithms = _algorithms([index] if alone else list(index))
    names = numbered(f"recordlinkage: {type(algorithm).__name__}" for algorithm in algorithms)
    check_number_of_rules(len(RULES) + len(names))
    return tuple(map(IndexRule, names, algorithms))


def _algorithms(items: Sequence[Any]) -> list[Any]:
    algorithms: list[Any] = []
    for number, item in enumerate(items, start=1):
        if isinstance(item, BaseIndexAlgorithm):
            algorithms.append(item)
        elif isinstance(item, BaseIndex):
            if not item.algorithms:
                raise ConfigError(f"{_EXPECTED} Number {number} is an Index without an algorithm; add one.")
            algorithms += _algorithms(item.algorithms)
        else:
            is_class = isinstance(item, type)
            what = "a class; make an algorithm of it first" if is_class else f"a {type(item).__name__}"
            raise ConfigError(f"{_EXPECTED} Number {number} is {what}.")
    return algorithms


def found_pairs(rules: Sequence[IndexRule], frame: pd.DataFrame, raw: RawReferrals) -> tuple[FoundPairs, ...]:
    """What each algorithm finds in the caller's frame, as canonical rows. The algorithms are copied before
    they run: some of recordlinkage's keep what they saw of one frame for the next.

    Raises
    ------
    InputError
        An algorithm ended in an error, or returned something else than pairs of rows of the frame.
    """
    return tuple(_found(rule, in_canonical_order(frame, raw)) for rule in rules)


def _found(rule: IndexRule, frame: pd.DataFrame) -> FoundPairs:
    try:
        pairs = copy.deepcopy(rule.algorithm).index(frame.copy())
    except NrmLinkageError:
        raise
    except Exception as error:
        reason = reason_without_values(error, frame, lambda rows: copy.deepcopy(rule.algorithm).index(rows))
        raise InputError(
            f"{rule.name!r} of index= failed on the referrals: {reason}. See that it names your own "
            "headings, and try its .index(referrals) alone."
        ) from None
    sides = _rows_of(pairs, len(frame))
    if sides is None:
        raise InputError(
            f"{rule.name!r} of index= must return a pandas MultiIndex of two levels, both labels of the "
            "index of the frame that it was given."
        )
    one, other = sides
    apart = one != other
    packed = np.unique(np.minimum(one, other)[apart] * len(frame) + np.maximum(one, other)[apart])
    left, right = np.divmod(packed, max(len(frame), 1))
    sentence = f"{type(rule.algorithm).__name__} of the recordlinkage toolkit finds the two"
    return FoundPairs(rule.name, sentence, left.astype(np.int32), right.astype(np.int32))


def _rows_of(pairs: Any, n_rows: int) -> tuple[Int64s, Int64s] | None:
    """Both rows of each pair; None where these are no pairs of rows 0 to n - 1."""
    if not isinstance(pairs, pd.MultiIndex) or pairs.nlevels != 2:
        return None
    sides: list[npt.NDArray[Any]] = [np.asarray(pairs.get_level_values(level)) for level in (0, 1)]
    if not len(pairs):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    if any(side.dtype.kind not in "iu" or side.min() < 0 or side.max() >= n_rows for side in sides):
        return None
    return sides[0].astype(np.int64), sides[1].astype(np.int64)
