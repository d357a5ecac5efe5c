"""The smaller fields: nationality, gender, references, contact details and places -> levels.

An agreeing reference is strong and a differing one weak, because people hold several kinds (domain.md 1.2):
"different" is said only where both sides hold one of the same personal kind and none is shared. A police
reference belongs to an investigation and can be shared by co-victims, so it has a level of its own.

A town that differs is weak too: people are moved, by those who exploit them and by those who house them. Two
referrals with one postcode have one town, so that the town is missing where the postcode has spoken.
"""

from __future__ import annotations

import numpy as np

from nrm_linkage.compare.fields import (
    BirthplaceLevel,
    ContactLevel,
    GenderLevel,
    NationalityLevel,
    ReferenceLevel,
    TownLevel,
)
from nrm_linkage.normalise.nationality import contested, lookalike
from nrm_linkage.tables import Int8s, Int32s, Int64s, Mask, Nationalities, TokenLists

__all__ = [
    "birthplace_levels",
    "contact_levels",
    "gender_levels",
    "nationality_levels",
    "reference_levels",
    "shared_tokens",
    "town_levels",
]


def gender_levels(gender: Int8s, left: Int32s, right: Int32s) -> Int8s:
    """Levels of pairs of rows, int8 (p,)."""
    known = (gender[left] != 0) & (gender[right] != 0)
    same = gender[left] == gender[right]
    return np.select([~known, same], [GenderLevel.MISSING, GenderLevel.SAME], GenderLevel.DIFFERENT).astype(
        np.int8
    )


def nationality_levels(nationalities: Nationalities, left: Int32s, right: Int32s) -> Int8s:
    """Levels of pairs of rows, int8 (p,). Each distinct pair of sets is judged once."""
    n_sets = len(nationalities.sets)
    code_l, code_r = (nationalities.code[rows].astype(np.int64) for rows in (left, right))
    packed = np.minimum(code_l, code_r) * n_sets + np.maximum(code_l, code_r)
    distinct, inverse = np.unique(packed, return_inverse=True)
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


def reference_levels(references: TokenLists, left: Int32s, right: Int32s) -> Int8s:
    """Levels of pairs of rows, int8 (p,)."""
    kind = np.array([text.split(":", 1)[0] for text in references.texts], dtype=object)
    police = kind == "police"
    same_personal = _share(references, left, right, ~police)
    same_police = _share(references, left, right, police)
    kinds = _kinds(references, kind)
    telling = np.array([text not in _NEVER_DIFFERENT for text in kinds.texts], dtype=bool)
    comparable = _share(kinds, left, right, telling)
    return np.select(
        [same_personal, same_police, comparable],
        [ReferenceLevel.PERSONAL, ReferenceLevel.POLICE, ReferenceLevel.DIFFERENT],
        ReferenceLevel.MISSING,
    ).astype(np.int8)


def contact_levels(contacts: TokenLists, left: Int32s, right: Int32s) -> Int8s:
    """Levels of pairs of rows, int8 (p,)."""
    kind = np.array([text.split(":", 1)[0] for text in contacts.texts], dtype=object)
    postcode = kind == "postcode"
    same_line = _share(contacts, left, right, ~postcode)
    same_postcode = _share(contacts, left, right, postcode)
    kinds = _kinds(contacts, kind)
    comparable = _share(kinds, left, right, np.ones(len(kinds.texts), dtype=bool))
    return np.select(
        [same_line, same_postcode, comparable],
        [ContactLevel.PHONE_OR_EMAIL, ContactLevel.POSTCODE, ContactLevel.DIFFERENT],
        ContactLevel.MISSING,
    ).astype(np.int8)


def town_levels(towns: TokenLists, left: Int32s, right: Int32s, contact: Int8s) -> Int8s:
    """Levels of pairs of rows, int8 (p,); `contact`: their levels of `contact`."""
    silent = (towns.count[left] == 0) | (towns.count[right] == 0) | (contact == ContactLevel.POSTCODE)
    return np.select(
        [silent, shared_tokens(towns, left, right) >= 0],
        [TownLevel.MISSING, TownLevel.SAME],
        TownLevel.DIFFERENT,
    ).astype(np.int8)


def birthplace_levels(birthplaces: TokenLists, left: Int32s, right: Int32s) -> Int8s:
    """Levels of pairs of rows, int8 (p,)."""
    silent = (birthplaces.count[left] == 0) | (birthplaces.count[right] == 0)
    return np.select(
        [silent, shared_tokens(birthplaces, left, right) >= 0],
        [BirthplaceLevel.MISSING, BirthplaceLevel.SAME],
        BirthplaceLevel.DIFFERENT,
    ).astype(np.int8)


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
    result = np.full(len(left), -1, dtype=np.int32)
    n_tokens, count = len(lists.texts), lists.count
    open_ = np.flatnonzero((count[left] > 0) & (count[right] > 0))
    if not len(open_):
        return result
    held = np.sort(lists.row * n_tokens + lists.token)
    pair = np.repeat(open_, count[left[open_]])
    within = np.arange(len(pair)) - np.repeat(
        np.cumsum(count[left[open_]]) - count[left[open_]], count[left[open_]]
    )
    token: Int64s = lists.token[lists.start[left[pair]] + within].astype(np.int64)
    wanted = right[pair].astype(np.int64) * n_tokens + token
    place = np.minimum(np.searchsorted(held, wanted), len(held) - 1)
    hit = np.flatnonzero(held[place] == wanted)
    none = np.iinfo(np.int32).max
    smallest = np.full(len(left), none, dtype=np.int32)
    np.minimum.at(smallest, pair[hit], token[hit].astype(np.int32))
    return np.where(smallest < none, smallest, result)
