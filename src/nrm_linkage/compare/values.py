"""The smaller fields: nationality, gender, references, contact details and places -> levels.

An agreeing reference is strong and a differing one weak, because people hold several kinds (domain.md 1.2):
"different" is said only where both sides hold one of the same personal kind and none is shared, "near" where
two of one kind differ by an error of typing. A police reference belongs to an investigation and can be shared
by co-victims, so it has a level of its own.

A town that differs is weak too: people are moved, by those who exploit them and by those who house them. Two
referrals with one postcode have one town, so that the town is missing where the postcode has spoken.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise, product

import numpy as np
import numpy.typing as npt
import pandas as pd
from rapidfuzz import process
from rapidfuzz.distance import OSA

from nrm_linkage.compare.fields import (
    ContactLevel,
    GenderLevel,
    NationalityLevel,
    PlaceLevel,
    ReferenceLevel,
)
from nrm_linkage.normalise.gender import Gender
from nrm_linkage.normalise.nationality_tables import pairs
from nrm_linkage.tables import Int8s, Int32s, Int64s, Mask, Nationalities, TokenLists

__all__ = [
    "TokenKinds",
    "contact_levels",
    "gender_levels",
    "nationality_levels",
    "place_levels",
    "reference_levels",
    "shared_tokens",
    "town_levels",
]


def gender_levels(gender: Int8s, left: Int32s, right: Int32s) -> Int8s:
    """Levels of pairs of rows, int8 (p,)."""
    by_values = np.full((len(Gender), len(Gender)), GenderLevel.DIFFERENT, dtype=np.int8)
    np.fill_diagonal(by_values, GenderLevel.SAME)
    by_values[Gender.MISSING] = by_values[:, Gender.MISSING] = GenderLevel.MISSING
    return np.asarray(by_values[gender[left], gender[right]])


def nationality_levels(nationalities: Nationalities, left: Int32s, right: Int32s) -> Int8s:
    """Levels of pairs of rows, int8 (p,): of two sets that of the two codes, one of each, that agree best."""
    sets = nationalities.sets
    codes = sorted(frozenset().union(*sets))
    number = {code: place for place, code in enumerate(codes)}
    size = np.array([len(one) for one in sets])
    members = np.full((len(sets), max(int(size.max(initial=0)), 1)), len(codes))
    for place, one in enumerate(sets):
        members[place, : len(one)] = sorted(number[code] for code in one)
    of_codes = _levels_of_codes(number)
    code_l, code_r = nationalities.code[left], nationalities.code[right]
    levels: Int8s = of_codes[members[code_l, 0], members[code_r, 0]]
    several = np.flatnonzero((size[code_l] > 1) | (size[code_r] > 1))
    members_l, members_r = members[code_l[several]], members[code_r[several]]
    for first, second in product(range(members.shape[1]), repeat=2):
        levels[several] = np.minimum(levels[several], of_codes[members_l[:, first], members_r[:, second]])
    levels[code_l == code_r] = NationalityLevel.SAME
    levels[(size[code_l] == 0) | (size[code_r] == 0)] = NationalityLevel.MISSING
    return levels


def _levels_of_codes(number: Mapping[str, int]) -> npt.NDArray[np.int8]:
    """The level of every two codes, and of no code, which stands last, (a + 1, a + 1); greater is worse."""
    levels = np.full((len(number) + 1, len(number) + 1), NationalityLevel.DIFFERENT, dtype=np.int8)
    for kind, level in (
        ("lookalike", NationalityLevel.LOOKALIKE),
        ("contested", NationalityLevel.CONTESTED),
    ):
        for one, other in pairs(kind):
            if one in number and other in number:
                levels[number[one], number[other]] = level
    every = np.arange(len(number))
    levels[every, every] = NationalityLevel.OVERLAP
    return levels


_NEVER_DIFFERENT = ("police", "any", "nrm")
"""Kinds of which one person may bear several: cases of the police, numbers of no known kind, and the numbers
of earlier referrals (domain.md 1.2).
"""


_NEVER_NEAR = ("police", "nrm")
"""Kinds whose numbers run on: that two are near says that they were given out together."""

NEAR_MIN_CHARACTERS = 7
"""Shorter references and numbers are near one another by chance (chosen by us)."""

MANY_LONG = 12
"""From this many characters on two edits are near, in e-mail addresses above all (chosen by us)."""

MOST_EDITS = 2

MEET_AT_A_TIME = 2**20
"""Meetings of two tokens that are held at a time (chosen by us: it bounds memory, and changes nothing)."""


def reference_levels(
    references: TokenLists, left: Int32s, right: Int32s, kinds: TokenKinds | None = None
) -> Int8s:
    """Levels of pairs of rows, int8 (p,). `kinds`: those of the tokens, where they are at hand."""
    return _where_both_hold(_reference_levels, references, left, right, kinds)


def contact_levels(
    contacts: TokenLists, left: Int32s, right: Int32s, kinds: TokenKinds | None = None
) -> Int8s:
    """Levels of pairs of rows, int8 (p,). `kinds`: those of the tokens, where they are at hand."""
    return _where_both_hold(_contact_levels, contacts, left, right, kinds)


def _where_both_hold(
    levels_of: Callable[[TokenLists, TokenKinds, Int32s, Int32s], Int8s],
    lists: TokenLists,
    left: Int32s,
    right: Int32s,
    kinds: TokenKinds | None,
) -> Int8s:
    """Levels of the pairs of which both rows hold a token; all others are missing."""
    kinds = TokenKinds.of(lists) if kinds is None else kinds
    at = _both_hold(lists, left, right)
    levels = np.zeros(len(left), dtype=np.int8)
    for part in _where_few_meet(lists, left[at], right[at]):
        levels[at[part]] = levels_of(lists, kinds, left[at[part]], right[at[part]])
    return levels


def _both_hold(lists: TokenLists, left: Int32s, right: Int32s) -> Int64s:
    """The pairs of which both rows hold a token."""
    at = np.flatnonzero(lists.count_of(left))
    return at[lists.count_of(right[at]) > 0]


def _reference_levels(references: TokenLists, kinds: TokenKinds, left: Int32s, right: Int32s) -> Int8s:
    met = _Met.of(references, kinds, left, right)
    police = met.is_kind("police")
    same_personal = met.any(met.equal & ~police)
    same_police = met.any(met.equal & police)
    # Beside an NRM number a bare one may be the same number, which runs on.
    may_run_on = kinds.runs_on[left] | kinds.runs_on[right]
    open_ = ~same_personal[met.pair] & ~(met.is_kind("any") & may_run_on[met.pair])
    near = _near(met, open_ & ~met.is_kind(*_NEVER_NEAR))
    comparable = met.any(met.same_kind & ~met.is_kind(*_NEVER_DIFFERENT))
    return np.select(
        [same_personal, near, same_police, comparable],
        [ReferenceLevel.PERSONAL, ReferenceLevel.NEAR, ReferenceLevel.POLICE, ReferenceLevel.DIFFERENT],
        ReferenceLevel.MISSING,
    ).astype(np.int8)


def _contact_levels(contacts: TokenLists, kinds: TokenKinds, left: Int32s, right: Int32s) -> Int8s:
    met = _Met.of(contacts, kinds, left, right)
    postcode = met.is_kind("postcode")
    same_line = met.any(met.equal & ~postcode)
    same_postcode = met.any(met.equal & postcode)
    near = _near(met, ~same_line[met.pair] & ~postcode)
    comparable = met.any(met.same_kind)
    return np.select(
        [same_line, near, same_postcode, comparable],
        [ContactLevel.PHONE_OR_EMAIL, ContactLevel.NEAR, ContactLevel.POSTCODE, ContactLevel.DIFFERENT],
        ContactLevel.MISSING,
    ).astype(np.int8)


def town_levels(towns: TokenLists, left: Int32s, right: Int32s, contact: Int8s) -> Int8s:
    """Levels of pairs of rows, int8 (p,); `contact`: their levels of `contact`."""
    spoken = contact == ContactLevel.POSTCODE
    return np.where(spoken, PlaceLevel.MISSING, place_levels(towns, left, right)).astype(np.int8)


def place_levels(places: TokenLists, left: Int32s, right: Int32s) -> Int8s:
    """Levels of pairs of rows, int8 (p,)."""
    at = _both_hold(places, left, right)
    levels = np.zeros(len(left), dtype=np.int8)
    same = shared_tokens(places, left[at], right[at]) >= 0
    levels[at] = np.where(same, PlaceLevel.SAME, PlaceLevel.DIFFERENT)
    return levels


@dataclass(frozen=True, repr=False, eq=False)
class TokenKinds:
    """What there is to know of the tokens of some lists before two are compared, one element a token: `kind`:
    int64, a code into `kinds`; `texts`; `letters`: int64, those after the kind; `can_be_near`: whether it may
    be near another. `runs_on`: bool (n,), the rows that hold an NRM number.
    """

    kind: Int64s
    kinds: tuple[str, ...]
    texts: npt.NDArray[np.object_]
    letters: Int64s
    can_be_near: Mask
    runs_on: Mask

    @classmethod
    def of(cls, lists: TokenLists) -> TokenKinds:
        """The kinds of a run's lists. Tokens with a slash are near none: it sets dependants apart
        (A1234567/002).
        """
        kind, kinds = pd.factorize(np.array([text.split(":", 1)[0] for text in lists.texts], dtype=object))
        letters = np.array([len(text) for text in lists.texts], dtype=np.int64)
        letters -= np.array([len(name) + 1 for name in kinds] or [0], dtype=np.int64)[kind]
        whole = np.array(["/" not in text for text in lists.texts], dtype=bool)
        runs_on = np.zeros(len(lists.start) - 1, dtype=bool)
        runs_on[lists.row[_of_kinds(kind, tuple(kinds), "nrm")[lists.token]]] = True
        return cls(
            kind=kind,
            kinds=tuple(kinds),
            texts=np.array(lists.texts, dtype=object),
            letters=letters,
            can_be_near=whole & (letters >= NEAR_MIN_CHARACTERS),
            runs_on=runs_on,
        )


def _of_kinds(kind: Int64s, kinds: tuple[str, ...], *names: str) -> Mask:
    named = np.array([one in names for one in kinds], dtype=bool)
    return named[kind] if len(kind) else np.zeros(0, dtype=bool)


@dataclass(frozen=True, eq=False)
class _Met:
    """The tokens that meet in some pairs of rows: every token of the one, int32 (q,), with every token of the
    other, and the position of their pair, int64 (q,).
    """

    n_pairs: int
    pair: Int64s
    one: Int32s
    other: Int32s
    kinds: TokenKinds

    @classmethod
    def of(cls, lists: TokenLists, kinds: TokenKinds, left: Int32s, right: Int32s) -> _Met:
        return cls(len(left), *_every_two(lists, left, right), kinds)

    @property
    def equal(self) -> Mask:
        """Where one token meets itself, (q,)."""
        return np.asarray(self.one == self.other)

    @property
    def same_kind(self) -> Mask:
        """Where two tokens of one kind meet, (q,)."""
        return np.asarray(self.kinds.kind[self.one] == self.kinds.kind[self.other])

    def is_kind(self, *names: str) -> Mask:
        """Where the one token is of these kinds, (q,)."""
        return _of_kinds(self.kinds.kind[self.one], self.kinds.kinds, *names)

    def any(self, where: Mask) -> Mask:
        """The pairs in which two tokens meet at one of these places, (n_pairs,)."""
        found = np.zeros(self.n_pairs, dtype=bool)
        found[self.pair[where]] = True
        return found


def _near(met: _Met, open_: Mask) -> Mask:
    """The pairs in which two tokens of one kind that meet at open places differ by an edit or so."""
    at = np.flatnonzero(open_ & met.same_kind)
    letters, usable = met.kinds.letters, met.kinds.can_be_near
    one, other = met.one[at], met.other[at]
    alike = usable[one] & usable[other] & (np.abs(letters[one] - letters[other]) <= MOST_EDITS)
    at, one, other = at[alike], one[alike], other[alike]
    allowed = np.where(np.minimum(letters[one], letters[other]) >= MANY_LONG, MOST_EDITS, 1)
    texts = met.kinds.texts
    edits = process.cpdist(
        texts[one], texts[other], scorer=OSA.distance, score_cutoff=MOST_EDITS, dtype=np.int32
    )
    found = np.zeros(len(met.pair), dtype=bool)
    found[at[edits <= allowed]] = True
    return met.any(found)


def _where_few_meet(lists: TokenLists, left: Int32s, right: Int32s) -> list[slice]:
    """All places of some pairs, in stretches in which `MEET_AT_A_TIME` tokens meet or little more."""
    met = np.cumsum(lists.count_of(left) * lists.count_of(right))
    if not len(met) or met[-1] <= MEET_AT_A_TIME:
        return [slice(0, len(met))]
    ends = np.searchsorted(met, np.arange(MEET_AT_A_TIME, met[-1], MEET_AT_A_TIME)) + 1
    bounds = np.unique(np.concatenate([[0], ends, [len(met)]])).tolist()
    return [slice(start, end) for start, end in pairwise(bounds)]


def _every_two(lists: TokenLists, left: Int32s, right: Int32s) -> tuple[Int64s, Int32s, Int32s]:
    """Every token of left with every token of right: the pair's position, and the two tokens."""
    n_right = lists.count_of(right)
    n_both = lists.count_of(left) * n_right
    open_ = np.flatnonzero(n_both)
    left, right, n_right, n_both = left[open_], right[open_], n_right[open_], n_both[open_]
    pair = np.repeat(open_, n_both)
    within = np.arange(len(pair)) - np.repeat(np.cumsum(n_both) - n_both, n_both)
    i, j = np.divmod(within, np.repeat(n_right, n_both))
    first_l, first_r = (np.repeat(lists.start[rows], n_both) for rows in (left, right))
    return pair, lists.token[first_l + i], lists.token[first_r + j]


def shared_tokens(lists: TokenLists, left: Int32s, right: Int32s) -> Int32s:
    """The first token, by code, that the two rows of each pair have in common, int32 (p,); -1 for none."""
    parts = [_shared(lists, left[part], right[part]) for part in _where_few_meet(lists, left, right)]
    return parts[0] if len(parts) == 1 else np.concatenate(parts)


def _shared(lists: TokenLists, left: Int32s, right: Int32s) -> Int32s:
    pair, one, other = _every_two(lists, left, right)
    hit = np.flatnonzero(one == other)
    none = np.iinfo(np.int32).max
    smallest = np.full(len(left), none, dtype=np.int32)
    np.minimum.at(smallest, pair[hit], one[hit])
    smallest[smallest == none] = -1
    return smallest
