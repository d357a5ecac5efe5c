"""The frozen tables that pass between stages, and the protocol of an engine.

One table a seam: `RawReferrals` -> normalise -> `Referrals` -> block -> `CandidatePairs` -> compare ->
`Comparisons` -> score -> `ScoredPairs` -> cluster -> `Partition`. Arrays are parallel and read-only by
convention; row numbers are positions in canonical order (sorted by referral id), which is what makes every
result independent of the order of the caller's rows.

Reprs show shapes, never values. Missing is a named state: code 0 in a coded column, NaT in a date, an empty
token list.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

__all__ = [
    "BirthDates",
    "CandidatePairs",
    "Coded",
    "Comparisons",
    "Days",
    "Engine",
    "ExtraLevels",
    "Float32s",
    "Float64s",
    "FoundPairs",
    "InstanceFacts",
    "Int8s",
    "Int32s",
    "Int64s",
    "Mask",
    "NameBags",
    "Nationalities",
    "Partition",
    "RawReferrals",
    "Referrals",
    "RuleYield",
    "ScoredPairs",
    "SkippedPairs",
    "TokenLists",
]

Int8s = npt.NDArray[np.int8]
Int32s = npt.NDArray[np.int32]
Int64s = npt.NDArray[np.int64]
Float32s = npt.NDArray[np.float32]
Float64s = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Days = npt.NDArray[np.datetime64]


class _Shapes:
    """A repr that shows the shape of every part and no value."""

    def __repr__(self) -> str:
        parts = []
        for field in fields(self):  # type: ignore[arg-type]
            value = getattr(self, field.name)
            if isinstance(value, np.ndarray):
                parts.append(f"{field.name}: {value.dtype}{list(value.shape)}")
            elif isinstance(value, pd.DataFrame | pd.Series):
                parts.append(f"{field.name}: {list(value.shape)}")
            elif isinstance(value, tuple | list | dict | frozenset):
                parts.append(f"{field.name}: {len(value)} items")
            elif isinstance(value, _Shapes):
                parts.append(f"{field.name}: {type(value).__name__}")
        return f"{type(self).__name__}({', '.join(parts)})"


@dataclass(frozen=True, repr=False, eq=False)
class Coded(_Shapes):
    """A column as codes into its distinct values. `codes`: int32 (n,); `values[0]` stands for missing."""

    codes: Int32s
    values: tuple[Any, ...]


@dataclass(frozen=True, repr=False, eq=False)
class TokenLists(_Shapes):
    """A list of tokens for each row: those of row i are `token[start[i]:start[i + 1]]`.

    `start`: int64 (n + 1,); `token`: int32 (total,), codes into `texts`.
    """

    start: Int64s
    token: Int32s
    texts: tuple[str, ...]

    @property
    def count(self) -> Int64s:
        """Tokens in each row, int64 (n,)."""
        return np.diff(self.start)

    def count_of(self, rows: Int32s | Int64s) -> Int64s:
        """Tokens in each of some rows, int64."""
        return np.asarray(self.start.take(rows + 1) - self.start.take(rows))

    @property
    def row(self) -> Int64s:
        """The row of each token, int64 (total,)."""
        return np.repeat(np.arange(len(self.start) - 1, dtype=np.int64), self.count)


@dataclass(frozen=True, repr=False, eq=False)
class NameBags(_Shapes):
    """The name tokens of each row, whichever box they stood in, in written order: given, family, whole name,
    alias.

    `tokens` indexes the vocabulary. For each token: `role` (int8) is a `NameRole`; `joined` (int32) is the
    word that it makes with the next one, where the vocabulary holds it, -1 elsewhere; `native` (int32) is a
    code into `native_texts`: the word as recorded in another script, 0 where it stands in Latin letters, or
    in two ways. Native texts are held nowhere else: models, saved runs and reprs have none. For each word of
    the vocabulary: `skeleton`, `variant` and `sound` (int32) are codes of its transliteration-tolerant
    skeleton, spelling-variant class and phonetic code, into `skeleton_texts`, `variant_texts` and
    `sound_texts`; `is_initial` marks single letters, `is_syllable` what could be one syllable of Vietnamese
    or pinyin; `short_for` lists the classes that the word may stand for, and `confused` the lists of
    different names that look alike in which it stands (`normalise.variants`).
    """

    tokens: TokenLists
    role: Int8s
    joined: Int32s
    native: Int32s
    skeleton: Int32s
    variant: Int32s
    sound: Int32s
    is_initial: Mask
    is_syllable: Mask
    short_for: TokenLists
    confused: TokenLists
    native_texts: tuple[str, ...]
    skeleton_texts: tuple[str, ...]
    variant_texts: tuple[str, ...]
    sound_texts: tuple[str, ...]


@dataclass(frozen=True, repr=False, eq=False)
class BirthDates(_Shapes):
    """Dates of birth as intervals.

    `first`, `last`: datetime64[D] (n,), inclusive, NaT where missing. `precision`, `default`: int8, values of
    `DatePrecision` and `DefaultDate`. `readings`: datetime64[D] (n, n_kinds), the other dates that the record
    admits, one column for each `ReadingKind`, NaT where it admits none. `unreal`: int32 (n,), a date that
    nobody here can have been born on, yyyymmdd as written, 0 elsewhere.
    """

    first: Days
    last: Days
    precision: Int8s
    default: Int8s
    readings: Days
    unreal: Int32s


@dataclass(frozen=True, repr=False, eq=False)
class Nationalities(_Shapes):
    """Nationalities as sets of codes. `code`: int32 (n,) into `sets`; `sets[0]` is the empty set, missing.

    `group`: int8 (n_sets,), codes into `group_names`: the naming community whose m parameters are partly
    pooled. `by_name`: int32 (n,) into `sets`, the nationality recorded or else that which the names are of (0
    where these say none): for frequencies and parameters, never to be compared or shown.
    """

    code: Int32s
    sets: tuple[frozenset[str], ...]
    group: Int8s
    group_names: tuple[str, ...]
    by_name: Int32s


@dataclass(frozen=True, repr=False, eq=False)
class InstanceFacts(_Shapes):
    """What a referral says of the exploitation and of the referral itself; evidence about the instance, not
    about the person.

    `types`: int8 (n,) bit mask of exploitation types; `started_first`, `started_last`, `ended_last`:
    datetime64[D]; `places`: token lists; `responder`: coded, and `responder_type`: int8, a `ResponderType`;
    `decided`: datetime64[D] of the reasonable grounds decision; `negative_decision`,
    `more_than_one_situation`, `still_exploited`, `reported_before`: int8, values of `Answer`;
    `said_later`: bool, the record says in words that exploitation went on or began after the previous
    referral.
    """

    types: Int8s
    started_first: Days
    started_last: Days
    ended_last: Days
    places: TokenLists
    responder: Coded
    responder_type: Int8s
    decided: Days
    negative_decision: Int8s
    more_than_one_situation: Int8s
    still_exploited: Int8s
    reported_before: Int8s
    said_later: Mask


@dataclass(frozen=True, repr=False, eq=False)
class RawReferrals(_Shapes):
    """The caller's rows with their columns recognised, in canonical order.

    `columns`: canonical field -> the caller's column or columns, as Series in canonical order with a fresh
    0..n-1 index. `referral_id`: object (n,), unique. `position`: int64 (n,), the caller's row number of each
    canonical row. `duplicate_of`: int64 (n,), the canonical row that this row repeats for technical reasons,
    its own row number otherwise. `fingerprint`: SHA-256 of the rows, whatever their order; empty where they
    are no frame of the caller's.
    """

    columns: Mapping[str, tuple[pd.Series, ...]]
    referral_id: npt.NDArray[np.object_]
    position: Int64s
    duplicate_of: Int64s
    fingerprint: str = ""


class ExtraLevels(Protocol):
    """What compares rows in fields of the caller's own, which stand in the order of their names.

    `read_from`: field -> the caller's columns; `notes`: what the report says of them.
    """

    @property
    def read_from(self) -> Mapping[str, tuple[Any, ...]]: ...

    @property
    def notes(self) -> tuple[str, ...]: ...

    def levels(self, left: Int32s, right: Int32s, chunk_pairs: int) -> Int8s:
        """The levels of pairs of rows, (p, n_extra); 0 is missing. Swapping the two changes nothing."""

    def of_rows(self, rows: Int64s) -> ExtraLevels | None:
        """The same for these rows alone, by their new numbers; None where they cannot be compared."""

    def holding_only(self, rows: Int64s) -> ExtraLevels | None:
        """The same of an extract that has these rows and no other; None where they cannot be compared."""


@dataclass(frozen=True, repr=False, eq=False)
class Referrals(_Shapes):
    """Referrals in comparable form, canonical order, one row each. Missing is as each part says.

    `linkable`, bool (n,), marks rows that hold a name, a personal reference, a telephone number or an e-mail
    address, and are not technical duplicates. `extra`: what compares them in fields of the caller's own; None
    where there are none, and for rows that are not the caller's (copies, probes), where those are missing.
    """

    referral_id: npt.NDArray[np.object_]
    names: NameBags
    birth: BirthDates
    birth_by_age_first: Days
    birth_by_age_last: Days
    age_group: Int8s
    nationality: Nationalities
    gender: Int8s
    references: TokenLists
    contacts: TokenLists
    towns: TokenLists
    birthplaces: TokenLists
    referred: Days
    facts: InstanceFacts
    linkable: Mask
    duplicate_of: Int64s
    extra: ExtraLevels | None = None

    @property
    def n(self) -> int:
        """The number of rows."""
        return len(self.referral_id)


@dataclass(frozen=True)
class RuleYield:
    """What one blocking rule did: pairs it found, pairs only it found, and pairs in keys too common to
    compare even when refined. `refined`: pairs in keys that were too common to compare in full, once for each
    key, of which the rule compares those that agree in one more attribute. `kept_apart`: pairs that
    share a key but differ in what always splits the rule's keys, once for each key.
    """

    rule: str
    pairs: int
    only_here: int
    not_compared: int
    refined: int = 0
    kept_apart: int = 0


@dataclass(frozen=True, repr=False, eq=False)
class SkippedPairs(_Shapes):
    """A sample of pairs that share a key too common to compare and that no rule brought together otherwise:
    `left` < `right`, int32 (s,); `stands_for`: float64 (s,), how many such pairs each stands for.
    """

    left: Int32s
    right: Int32s
    stands_for: Float64s


@dataclass(frozen=True, repr=False, eq=False)
class FoundPairs(_Shapes):
    """Pairs that something other than our blocking rules found, which makes it a rule: `name` and `sentence`
    as a rule has them; `left` < `right`, int32 (p,), sorted, without repeats.
    """

    name: str
    sentence: str
    left: Int32s
    right: Int32s

    def holds(self, left: int, right: int) -> bool:
        """Whether a pair is among them, `left` being the smaller row."""
        return bool(((self.left == left) & (self.right == right)).any())


@dataclass(frozen=True, repr=False, eq=False)
class CandidatePairs(_Shapes):
    """Pairs worth comparing: `left` < `right`, int32 (p,), sorted, without repeats; `found_by`: int32 bit
    mask of `rules`. `skipped`: what was not compared, None where nothing was skipped; `in_full`: whether
    every pair there is stands here.
    """

    left: Int32s
    right: Int32s
    found_by: Int32s
    rules: tuple[str, ...]
    yields: tuple[RuleYield, ...]
    skipped: SkippedPairs | None = None
    in_full: bool = False

    def __len__(self) -> int:
        return len(self.left)

    def take(self, at: Int64s) -> CandidatePairs:
        """Some of the pairs, by ascending positions; what is said of all of them stays."""
        return replace(self, left=self.left[at], right=self.right[at], found_by=self.found_by[at])


@dataclass(frozen=True, repr=False, eq=False)
class Comparisons(_Shapes):
    """Levels of agreement for pairs. `levels`: int8 (p, n_fields), a code into the field's named levels (0 is
    `missing`); the fixed fields, then the caller's own.

    `coincidence_bits`: float32 (p, n_fields), -log2 of the probability that two unrelated referrals agree on
    the very values on which these agree, where a frequency says so; NaN where the level's own u serves
    instead.
    """

    levels: Int8s
    coincidence_bits: Float32s


@dataclass(frozen=True, repr=False, eq=False)
class ScoredPairs(_Shapes):
    """Pairs with their evidence. `bits`: float64 (p, n_lines), one column for each evidence line;
    `weight_bits` = prior + their sum.
    """

    left: Int32s
    right: Int32s
    found_by: Int32s
    levels: Int8s
    bits: Float64s
    weight_bits: Float64s

    def __len__(self) -> int:
        return len(self.left)

    def take(self, where: Mask | Int64s) -> ScoredPairs:
        """The pairs selected by a mask or by positions."""
        return ScoredPairs(**{field.name: getattr(self, field.name)[where] for field in fields(self)})


@dataclass(frozen=True, repr=False, eq=False)
class Partition(_Shapes):
    """The published partition and the posterior it was chosen from, over canonical rows.

    `cluster`: int64 (n,), the smallest row of each row's cluster. `confidence`: float64 (n,), the probability
    that all members of the row's cluster are one person (1 for singles). `membership`: float64 (n,). `draws`:
    int32 (n_draws, n_uncertain), for each joint draw the smallest row of the cluster of each row in
    `uncertain` (int64); all other rows are alone in every draw. `sampled`: rows of components too large for
    the exact posterior; `chains_apart`: float64 (n_sampled,), the largest difference of two kinds of chains
    of samples in the probability of a pair of the row's component; `chains_worth`: float64 (n_sampled,), the
    independent draws that would tell the component's least known pair as well. `component`: int64 (n,), the
    smallest row of the component that each row was weighed in; draws join rows of two components only to
    stand for links too weak to weigh.
    """

    cluster: Int64s
    confidence: Float64s
    membership: Float64s
    uncertain: Int64s
    draws: Int32s
    sampled: Int64s
    chains_apart: Float64s
    chains_worth: Float64s
    component: Int64s


class Engine(Protocol):
    """Who moves the rows. The stages are the same on every engine; an engine reads the caller's frame and
    gives his kind back.
    """

    name: str

    def to_pandas(self, referrals: Any) -> pd.DataFrame:
        """The caller's frame as pandas, same rows in the same order."""

    def with_rows(self, referrals: Any, frame: pd.DataFrame) -> Any:
        """The caller's frame, of his kind, with the rows and columns that `frame` has beyond it: what
        `to_pandas` gave comes first in it.
        """

    def with_columns(self, referrals: Any, frame: pd.DataFrame, added: pd.DataFrame) -> Any:
        """The caller's frame, of his kind and untouched, with the columns of `added` on its right.

        `referrals` is what `with_rows` gave, and `frame` what it took; `added` has its rows in the same
        order.
        """
