"""`FeatureField`: a feature of `recordlinkage.compare` as a compared field of `link_referrals`.

A feature says how alike two rows are; cuts of that similarity are the field's levels, and what a level is
worth is learned with the other fields. A feature runs on the caller's rows under his headings, in canonical
order, both ways round, of which the higher similarity counts: which row is the first must not matter. It runs
on pairs in chunks, and again on pairs that come up later, so what it says of two rows must hang on these two
alone. It is not asked where a row says nothing in one of its columns: the toolkit's own features answer 0
there, as if the two differed.

What it does not do: levels do not go by the frequency of a value, and what a feature reads is not normalised.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
from recordlinkage.base import BaseCompareFeature
from recordlinkage.compare import Frequency

from nrm_linkage.compare.extra import MOST_CUTS, ExtraField
from nrm_linkage.compare.fields import FIELDS, OTHER_NAMES
from nrm_linkage.errors import ConfigError, InputError
from nrm_linkage.explain.evidence import RECORDED_IN
from nrm_linkage.model import DEPENDENCE_LINES, EVIDENCE_LINES
from nrm_linkage.normalise.values import MISSING_WORDS, text_of
from nrm_linkage.schema import Recognised
from nrm_linkage.tables import Float64s, Int8s, Int32s, Int64s, Mask, RawReferrals
from nrm_linkage.toolkit.features import computed
from nrm_linkage.toolkit.running import in_canonical_order

__all__ = ["FeatureField", "FeatureLevels", "feature_fields", "feature_levels"]

_EXPECTED = (
    "compare= takes fields: for example [nrm_linkage.toolkit.FeatureField('surname_typed', "
    "recordlinkage.compare.String('Surname', 'Surname', method='jarowinkler'), cuts=(0.95, 0.85), "
    "replaces='other_names')]."
)


@dataclass(frozen=True)
class FeatureField:
    """A compared field of your own.

    Evidence of one column must not count twice. A field over a column that one of our fields reads counts
    beside that field unless `replaces` names it; the report says where that is so.

    Parameters
    ----------
    name
        What it is called: lower-case letters, digits and underscores; `.links` has `level_<name>` and
        `bits_<name>`.
    feature
        An object of `recordlinkage.compare`, or a `BaseCompareFeature` of your own, that gives one number a
        pair, made for your headings on both sides. Where a row says nothing in one of its columns (empty,
        "unknown", ...) or the number is NaN, the field is missing, whatever its `missing_value`. It must look
        at the two rows alone: `Frequency` does not.
    cuts
        Similarities, descending: at or above the first is the level "agrees", at or above the next "near"
        (then "near 2", ...), below the last "differs". One to eight; the default is chosen by us.
    sentences
        What each level says, from "agrees" to "differs", to complete "the two referrals: ..." without any
        value; None for sentences with the cuts.
    replaces
        A compared field of ours, or several, in whose place this one stands: they are missing throughout.
        `other_names` stands for all that is compared of names but the given one.

    Raises
    ------
    ConfigError
        One of these is not what it must be.

    Examples
    --------
    >>> from recordlinkage.compare import Exact
    >>> own = FeatureField("case_number", Exact("Case", "Case"), cuts=(1,))
    >>> [level.name for level in own.definition.levels]
    ['missing', 'agrees', 'differs']
    """

    name: str
    feature: Any = field(repr=False)
    cuts: Sequence[float] = (0.95, 0.85)
    sentences: Sequence[str] | None = None
    replaces: str | Sequence[str] = ()

    def __post_init__(self) -> None:
        named = re.fullmatch(r"[a-z][a-z0-9_]*", str(self.name)) is not None
        _require(named, "name must be lower-case letters, digits and underscores, such as 'case_number'")
        ours = (*EVIDENCE_LINES, *DEPENDENCE_LINES)
        _require(self.name not in ours, f"{self.name!r} is a line of ours; choose another name")
        kind = type(self.feature).__name__
        _require(
            isinstance(self.feature, BaseCompareFeature),
            f"feature must be an object of recordlinkage.compare; this is a {kind}",
        )
        _require(
            not isinstance(self.feature, Frequency),
            f"{kind} looks at all pairs at once, and a compared field must look at two rows alone",
        )
        object.__setattr__(self, "cuts", _cuts(self.cuts))
        if self.sentences is not None:
            object.__setattr__(self, "sentences", _sentences(self.sentences, len(self.cuts) + 1))
        object.__setattr__(self, "replaces", _ours(self.replaces))

    @property
    def definition(self) -> ExtraField:
        """What a model carries of it."""
        kind = type(self.feature).__name__
        return ExtraField.by_cuts(self.name, kind, tuple(self.cuts), self.sentences, tuple(self.replaces))

    @property
    def columns(self) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
        """The feature's columns of the first row, and of the second."""
        left, right = self.feature.labels_left, self.feature.labels_right
        return _several(left), _several(right)


def _require(holds: bool, why: str) -> None:
    if not holds:
        raise ConfigError(f"FeatureField: {why}.")


def _cuts(cuts: Any) -> tuple[float, ...]:
    given = list(cuts) if isinstance(cuts, Iterable) and not isinstance(cuts, str) else [cuts]
    fit = all(isinstance(cut, (int, float, np.number)) and math.isfinite(cut) for cut in given)
    descending = fit and all(high > low for high, low in pairwise(given))
    _require(
        descending and 1 <= len(given) <= MOST_CUTS,
        f"cuts must be one to {MOST_CUTS} numbers, each below the one before, such as (0.95, 0.85)",
    )
    return tuple(map(float, given))


def _sentences(sentences: Any, n_levels: int) -> tuple[str, ...]:
    given = () if isinstance(sentences, str) else tuple(sentences)
    fit = len(given) == n_levels and all(isinstance(one, str) for one in given)
    _require(fit, f"sentences must be {n_levels} texts, one a level")
    return given


def _ours(names: Any) -> tuple[str, ...]:
    """Fixed fields by name, each once, in their order."""
    given = (names,) if isinstance(names, str) else tuple(names)
    ours = [one.name for one in FIELDS]
    for name in given:
        near = get_close_matches(str(name), ours, n=1)
        hint = f"did you mean {near[0]!r}?" if near else f"the fields are: {', '.join(ours)}"
        _require(name in ours, f"replaces names a field that does not exist; {hint}")
    replaced = {*given, *(OTHER_NAMES if "other_names" in given else ())}
    return tuple(name for name in ours if name in replaced)


def _several(labels: object) -> tuple[Any, ...]:
    if labels is None:
        return ()
    return tuple(labels) if isinstance(labels, (list, tuple)) else (labels,)


def feature_fields(compare: Any) -> tuple[FeatureField, ...]:
    """The fields that `link_referrals(compare=...)` asks for, by name.

    Raises
    ------
    ConfigError
        Something is no `FeatureField`, or two bear one name.
    """
    alone = isinstance(compare, (FeatureField, BaseCompareFeature))
    if not alone and (isinstance(compare, (str, bytes)) or not isinstance(compare, Iterable)):
        raise ConfigError(f"{_EXPECTED} This is a {type(compare).__name__}.")
    fields = [compare] if alone else list(compare)
    for number, one in enumerate(fields, start=1):
        if not isinstance(one, FeatureField):
            raise ConfigError(f"{_EXPECTED} Number {number} is a {type(one).__name__}.")
    names = sorted(one.name for one in fields)
    for name, following in pairwise(names):
        if name == following:
            raise ConfigError(f"compare= has two fields called {name!r}; give each a name of its own.")
    return tuple(sorted(fields, key=lambda one: one.name))


@dataclass(frozen=True, repr=False, eq=False)
class FeatureLevels:
    """What features say of pairs of rows (`tables.ExtraLevels`). `frame`: the caller's rows in canonical
    order; `says`: for each field, which of them say something on the left and on the right, bool (n,);
    `row`: int64, the row of the frame behind each row that is asked for.
    """

    fields: tuple[FeatureField, ...]
    frame: pd.DataFrame
    says: tuple[tuple[Mask, Mask], ...]
    row: Int64s
    notes: tuple[str, ...]

    @property
    def read_from(self) -> Mapping[str, tuple[Any, ...]]:
        """Field -> its columns, each once."""
        return {one.name: tuple(dict.fromkeys(sum(one.columns, ()))) for one in self.fields}

    def levels(self, left: Int32s, right: Int32s, chunk_pairs: int) -> Int8s:
        """The levels of pairs of rows, (p, n_fields).

        Raises
        ------
        InputError
            A feature ended in an error, or gave something else than one number a pair.
        """
        levels = np.zeros((len(left), len(self.fields)), dtype=np.int8)
        for at in range(0, len(left), chunk_pairs):
            chunk = slice(at, at + chunk_pairs)
            one, other = self.row[left[chunk]], self.row[right[chunk]]
            for number, own in enumerate(self.fields):
                either = np.fmax(self._similarity(number, one, other), self._similarity(number, other, one))
                levels[chunk, number] = own.definition.levels_of(either)
        return levels

    def of_rows(self, rows: Int64s) -> FeatureLevels:
        """The same for these rows alone, by their new numbers."""
        return replace(self, row=self.row[rows])

    def holding_only(self, rows: Int64s) -> FeatureLevels:
        """The same of an extract that has these rows and no other: what the others held is in it no more."""
        row = self.row[rows]
        says = tuple((left[row], right[row]) for left, right in self.says)
        frame = self.frame.iloc[row].reset_index(drop=True)
        return replace(self, frame=frame, says=says, row=np.arange(len(rows), dtype=np.int64))

    def _similarity(self, number: int, one: Int64s, other: Int64s) -> Float64s:
        """The similarity of each pair one way round, NaN where it is missing."""
        says_left, says_right = self.says[number]
        similarity = np.full(len(one), np.nan)
        asked = np.flatnonzero(says_left[one] & says_right[other])
        if len(asked):
            pairs = pd.MultiIndex.from_arrays([one[asked], other[asked]])
            similarity[asked] = _numbers(self.fields[number], pairs, self.frame)
        return similarity


def _numbers(field: FeatureField, pairs: pd.MultiIndex, frame: pd.DataFrame) -> Float64s:
    called = f"{field.name!r} of compare= ({type(field.feature).__name__})"
    values = computed(field.feature, pairs, frame, called)
    if values.shape == (len(pairs), 1):
        try:
            return values.iloc[:, 0].to_numpy(dtype=np.float64, na_value=np.nan)
        except (TypeError, ValueError):
            pass
    raise InputError(f"{called} must give one number a pair; try it in recordlinkage.Compare alone.")


def feature_levels(
    fields: tuple[FeatureField, ...], frame: pd.DataFrame, raw: RawReferrals, recognised: Recognised
) -> FeatureLevels:
    """The fields made ready for the caller's rows, by canonical row.

    Raises
    ------
    InputError
        A feature's column is not among the referrals', or is there twice.
    """
    ordered = in_canonical_order(frame, raw)
    says = []
    for one in fields:
        for label in sum(one.columns, ()):
            if list(ordered.columns).count(label) != 1:
                raise InputError(
                    f"{one.name!r} of compare= is built on a column that the referrals do not have, or have "
                    "twice; make its feature for your own headings."
                )
        left, right = (_say(ordered, labels) for labels in one.columns)
        says.append((left, right))
    notes = tuple(_note(one, recognised) for one in fields)
    return FeatureLevels(fields, ordered, tuple(says), np.arange(len(ordered), dtype=np.int64), notes)


def _say(frame: pd.DataFrame, labels: tuple[Any, ...]) -> Mask:
    """Rows that say something in each of these columns."""
    says = np.ones(len(frame), dtype=bool)
    for label in labels:
        cells = frame[label].astype(object)
        texts = cells.map(lambda cell: isinstance(cell, str) and (text_of(cell)[0] or "").casefold())
        says &= ~(cells.isna() | texts.isin(MISSING_WORDS)).to_numpy(dtype=bool)
    return says


def _note(field: FeatureField, recognised: Recognised) -> str:
    """What the report says of a field: what it is, and what it replaces or counts beside."""
    cuts = ", ".join(f"{cut:g}" for cut in field.cuts)
    note = f"compared field {field.name!r} is the caller's own: {type(field.feature).__name__}, cut at {cuts}"
    if field.replaces:
        say = "says" if len(field.replaces) == 1 else "say"
        note += f"; in its place {', '.join(field.replaces)} {say} nothing in this run"
    labels = set(sum(field.columns, ()))
    used = {name for name, columns in recognised.columns.items() if labels & set(columns)}
    beside = [one for one, read in RECORDED_IN.items() if used & set(read) and one not in field.replaces]
    if beside:
        note += f"; a column of it is read for {', '.join(beside)} too, and what it says counts in each"
    return note
