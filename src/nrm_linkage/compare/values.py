"""The smaller fields: nationality, gender, references, contact details and places -> levels.

An agreeing reference is strong and a differing one weak, because people hold several kinds (domain.md 1.2):
"different" is said only where both sides hold one of the same personal kind and none is shared, "near" where
two of one kind differ by an error of typing. A police reference belongs to an investigation and can be shared
by co-victims, so it has a level of its own.

A town that differs is weak too: people are moved, by those who exploit them and by those who house them. Two
referrals with one postcode have one town, so that the town is missing where the postcode has spoken.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
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
from nrm_linkage.normalise.nationality import contested, lookalike
from nrm_linkage.tables import Int8s, Int32s, Int64s, Mask, Nationalities, TokenLists

__all__ = [
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
    """Levels of pairs of rows, int8 (p,). Each distinct pair of sets is judged once."""
    n_sets = len(nationalities.sets)
    code_l, code_r = (nationalities.code[rows].astype(np.int64) for rows in (left, right))
    packed = np.minimum(code_l, code_r) * n_sets + np.maximum(code_l, code_r)
    inverse, distinct = pd.factorize(packed)
    judged = [
        _nationality_level(nationalities.sets[pair // n_sets], nationalities.sets[pair % n_sets])
        for pair in distinct.tolist()
    ]
    return np.array(judged, dtype=np.int8)[inverse] if len(judged) else np.zeros(0, dtype=np.int8)


def _nationality_level(a: frozenset[str], b: frozenset[str]) -> NationalityLevel:
    if not a or not b:
        return NationalityLevel.MISSING
    if a == b:
        return NationalityLevel.SAME
    if a & b:
        return NationalityLevel.OVERLAP
    if any(contested(x, y) for x in a for y in b):
        return NationalityLevel.CONTESTED
    if any(lookalike(x, y) for x in a for y in b):
        return NationalityLevel.LOOKALIKE
    return NationalityLevel.DIFFERENT


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


def reference_levels(references: TokenLists, left: Int32s, right: Int32s) -> Int8s:
    """Levels of pairs of rows, int8 (p,)."""
    return _where_both_hold(_reference_levels, references, left, right)


def contact_levels(contacts: TokenLists, left: Int32s, right: Int32s) -> Int8s:
    """Levels of pairs of rows, int8 (p,)."""
    return _where_both_hold(_contact_levels, contacts, left, right)


def _where_both_hold(
    levels_of: Callable[[TokenLists, Int32s, Int32s], Int8s], lists: TokenLists, left: Int32s, right: Int32s
) -> Int8s:
    """Levels of the pairs of which both rows hold a token; all others are missing."""
    holds = lists.count > 0
    at = np.flatnonzero(holds[left] & holds[right])
    levels = np.zeros(len(left), dtype=np.int8)
    levels[at] = levels_of(lists, left[at], right[at])
    return levels


def _reference_levels(references: TokenLists, left: Int32s, right: Int32s) -> Int8s:
    kind = np.array([text.split(":", 1)[0] for text in references.texts], dtype=object)
    police = kind == "police"
    same_personal = _share(references, left, right, ~police)
    same_police = _share(references, left, right, police)
    # Beside an NRM number a bare one may be the same number, which runs on.
    runs_on = np.zeros(len(references.start) - 1, dtype=bool)
    runs_on[references.row[(kind == "nrm")[references.token]]] = True
    bare = ~same_personal & ~runs_on[left] & ~runs_on[right]
    near = _near(references, left, right, bare, np.isin(kind, _NEVER_NEAR))
    near |= _near(references, left, right, ~same_personal & ~bare, np.isin(kind, (*_NEVER_NEAR, "any")))
    kinds = _kinds(references, kind)
    telling = np.array([text not in _NEVER_DIFFERENT for text in kinds.texts], dtype=bool)
    comparable = _share(kinds, left, right, telling)
    return np.select(
        [same_personal, near, same_police, comparable],
        [ReferenceLevel.PERSONAL, ReferenceLevel.NEAR, ReferenceLevel.POLICE, ReferenceLevel.DIFFERENT],
        ReferenceLevel.MISSING,
    ).astype(np.int8)


def _contact_levels(contacts: TokenLists, left: Int32s, right: Int32s) -> Int8s:
    kind = np.array([text.split(":", 1)[0] for text in contacts.texts], dtype=object)
    postcode = kind == "postcode"
    same_line = _share(contacts, left, right, ~postcode)
    same_postcode = _share(contacts, left, right, postcode)
    near = _near(contacts, left, right, ~same_line, postcode)
    kinds = _kinds(contacts, kind)
    comparable = _share(kinds, left, right, np.ones(len(kinds.texts), dtype=bool))
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
    return _where_both_hold(_place_levels, places, left, right)


def _place_levels(places: TokenLists, left: Int32s, right: Int32s) -> Int8s:
    same = shared_tokens(places, left, right) >= 0
    return np.where(same, PlaceLevel.SAME, PlaceLevel.DIFFERENT).astype(np.int8)


def _near(lists: TokenLists, left: Int32s, right: Int32s, open_: Mask, never: Mask) -> Mask:
    """Which of the open pairs hold two tokens of one kind that differ by an edit or so. `never`: tokens that
    are near nothing. Those with a slash are left out too: it sets dependants apart (A1234567/002).
    """
    result = np.zeros(len(left), dtype=bool)
    pairs = np.flatnonzero(open_)
    pair, one, other = _every_two(lists, left[pairs], right[pairs])
    if not len(pair):
        return result
    texts = np.array(lists.texts, dtype=object)
    start = np.array([text.find(":") + 1 for text in lists.texts], dtype=np.int64)
    letters = np.array([len(text) for text in lists.texts], dtype=np.int64) - start
    whole = np.array(["/" not in text for text in lists.texts], dtype=bool)
    usable = ~never & whole & (letters >= NEAR_MIN_CHARACTERS)
    _, kind = np.unique([text[:at] for text, at in zip(lists.texts, start, strict=True)], return_inverse=True)
    alike = usable[one] & usable[other] & (kind[one] == kind[other])
    alike &= np.abs(letters[one] - letters[other]) <= 2
    pair, one, other = pair[alike], one[alike], other[alike]
    allowed = np.where(np.minimum(letters[one], letters[other]) >= MANY_LONG, 2, 1)
    edits = process.cpdist(texts[one], texts[other], scorer=OSA.distance, score_cutoff=2, dtype=np.int32)
    result[pairs[pair[edits <= allowed]]] = True
    return result


def _every_two(lists: TokenLists, left: Int32s, right: Int32s) -> tuple[Int64s, Int32s, Int32s]:
    """Every token of left with every token of right: the pair's position, and the two tokens."""
    count = lists.count
    n_both = count[left] * count[right]
    open_ = np.flatnonzero(n_both)
    left, right, n_both = left[open_], right[open_], n_both[open_]
    pair = np.repeat(open_, n_both)
    within = np.arange(len(pair)) - np.repeat(np.cumsum(n_both) - n_both, n_both)
    i, j = np.divmod(within, np.repeat(count[right], n_both))
    first_l, first_r = (np.repeat(lists.start[rows], n_both) for rows in (left, right))
    return pair, lists.token[first_l + i], lists.token[first_r + j]


def _kinds(lists: TokenLists, kind: np.ndarray[tuple[int], np.dtype[np.object_]]) -> TokenLists:
    """The kinds of token that each row holds, in place of the tokens."""
    texts, code = np.unique(kind.astype(str), return_inverse=True)
    return TokenLists(
        start=lists.start, token=code[lists.token].astype(np.int32), texts=tuple(texts.tolist())
    )


def _share(lists: TokenLists, left: Int32s, right: Int32s, usable: Mask) -> Mask:
    """Whether the two rows of each pair have a usable token in common."""
    if usable.all():
        return shared_tokens(lists, left, right) >= 0
    kept = usable[lists.token]
    start = np.concatenate([[0], np.cumsum(kept)])[lists.start]
    return shared_tokens(TokenLists(start, lists.token[kept], lists.texts), left, right) >= 0


def shared_tokens(lists: TokenLists, left: Int32s, right: Int32s) -> Int32s:
    """The first token, by code, that the two rows of each pair have in common, int32 (p,); -1 for none."""
    pair, one, other = _every_two(lists, left, right)
    hit = np.flatnonzero(one == other)
    none = np.iinfo(np.int32).max
    smallest = np.full(len(left), none, dtype=np.int32)
    np.minimum.at(smallest, pair[hit], one[hit])
    smallest[smallest == none] = -1
    return smallest
