"""`NrmIndex`: our blocking rules as an algorithm of `recordlinkage.Index`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any

import numpy as np
import pandas as pd
from recordlinkage.base import BaseIndexAlgorithm

from nrm_linkage.block import RULES, BlockingRule, candidate_pairs
from nrm_linkage.config import LinkageConfig
from nrm_linkage.errors import ConfigError
from nrm_linkage.toolkit.reading import read_frame, read_frames

__all__ = ["NrmIndex"]


class NrmIndex(BaseIndexAlgorithm):  # type: ignore[misc]  # recordlinkage has no types
    """Candidate pairs of our blocking rules, for one frame or between two.

    Columns are recognised and read as `link_referrals` does, but for a column of referral ids, whose place
    the index of the frame takes. Rows that hold nothing to link on stand in no pair, nor, within one frame,
    do technical duplicates. Within one frame the first of a pair is the lower row, as in the toolkit's own
    algorithms. Between two frames the rules look at both together, so a key is too common when the two hold
    it too often, and both frames count against `max_candidate_pairs`.

    Parameters
    ----------
    columns
        Canonical field -> the frame's column, for headings that are not recognised by name.
    columns_right
        The same for the second frame; None where it has the first one's headings.
    rules
        Names of the blocking rules to use; None for all, one of which compares up to 1,000 referrals in full.
    config
        Settings; of these count `max_key_size`, `max_candidate_pairs`, `max_name_tokens` and `latest_date`.
    **kwargs
        `verify_integrity` and `suffixes`, as recordlinkage's own algorithms take them.

    Raises
    ------
    ConfigError
        There is no such rule, or the settings are no `LinkageConfig`.
    InputError
        On `index(...)`: the frame's columns cannot be used.
    TooManyPairsError
        On `index(...)`: the rules would make more pairs than the config allows.

    Examples
    --------
    >>> import pandas as pd, recordlinkage
    >>> frame = pd.DataFrame(
    ...     {
    ...         "Forename": ["Zamira", "Ruth", "Zamirra"],
    ...         "Surname": ["Testaj", "Example", "Testaj"],
    ...         "DOB": ["14/05/2001", "02/02/1990", "2001-05-14"],
    ...     },
    ...     index=["a", "b", "c"],
    ... )
    >>> indexer = recordlinkage.Index()
    >>> indexer.add(NrmIndex(rules=["two name words", "birth date"]))
    >>> indexer.index(frame).tolist()
    [('c', 'a')]
    """

    name = "nrm"
    description = "The blocking rules of nrm-linkage"

    def __init__(
        self,
        columns: Mapping[str, object] | None = None,
        columns_right: Mapping[str, object] | None = None,
        rules: Sequence[str] | None = None,
        config: LinkageConfig | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if config is not None and not isinstance(config, LinkageConfig):
            raise ConfigError("config must be a LinkageConfig, for example LinkageConfig(max_key_size=60).")
        self.columns = columns
        self.columns_right = columns if columns_right is None else columns_right
        every = tuple(rule.name for rule in RULES)
        self.rules = every if rules is None else (rules,) if isinstance(rules, str) else tuple(rules)
        self.config = LinkageConfig() if config is None else config
        _rules_named(self.rules)

    def _dedup_index(self, df_a: pd.DataFrame) -> pd.MultiIndex:
        referrals, position = read_frame(df_a, self.columns, self.config)
        found = candidate_pairs(referrals, self.config, _rules_named(self.rules))
        one, other = position[found.left], position[found.right]
        return _labels(df_a, df_a, np.maximum(one, other), np.minimum(one, other))

    def _link_index(self, df_a: pd.DataFrame, df_b: pd.DataFrame) -> pd.MultiIndex:
        referrals = read_frames([df_a, df_b], [self.columns, self.columns_right], self.config)
        found = candidate_pairs(referrals, self.config, _rules_named(self.rules))
        across = (found.left < len(df_a)) & (found.right >= len(df_a))
        return _labels(df_a, df_b, found.left[across], found.right[across] - len(df_a))


def _rules_named(names: Sequence[str]) -> list[BlockingRule]:
    known = {rule.name: rule for rule in RULES}
    for name in names:
        if name not in known:
            near = get_close_matches(str(name), list(known), n=1)
            hint = f"did you mean {near[0]!r}?" if near else f"the rules are: {', '.join(known)}"
            raise ConfigError(f"rules= names a blocking rule that does not exist; {hint}")
    return [rule for rule in RULES if rule.name in names]


def _labels(first: pd.DataFrame, second: pd.DataFrame, one: Any, other: Any) -> pd.MultiIndex:
    """Positions in two frames as pairs of their labels, in the order of the positions."""
    order = np.lexsort((other, one))
    levels: list[Any] = [first.index, second.index]
    return pd.MultiIndex(levels=levels, codes=[one[order], other[order]], verify_integrity=False)
