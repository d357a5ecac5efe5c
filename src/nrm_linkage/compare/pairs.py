"""Pairs of rows -> `Comparisons`: all fields' levels, and the coincidence of the agreeing values among
strangers.

Names are worked through in chunks, by the width of their bags, so that memory is bounded and short names do
not pay for long ones; neither changes a result. The other fields are looked at where both sides hold them.
How rare a value is comes from outside, through `Rarity`: this room knows nothing of models. Fields of the
caller's own, where the rows carry what compares them, stand after ours.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import numpy as np

from nrm_linkage.compare.dates import age_group_levels, birth_period_levels, date_levels
from nrm_linkage.compare.fields import FIELDS
from nrm_linkage.compare.names import AlignedNames, PaddedBags, align, padded
from nrm_linkage.compare.values import (
    contact_levels,
    gender_levels,
    nationality_levels,
    place_levels,
    reference_levels,
    town_levels,
)
from nrm_linkage.compare.words import WordLevel
from nrm_linkage.tables import Comparisons, Float64s, Int8s, Int32s, Int64s, Referrals

__all__ = ["Rarity", "by_width", "compare_pairs"]

AT_A_TIME = 1 << 15
"""Pairs whose names are compared at a time: their arrays then fit in a processor's cache."""

_COLUMN = {field.name: number for number, field in enumerate(FIELDS)}


class Rarity(Protocol):
    """How often strangers agree on given values, in bits (-log2 of the probability). All arrays have one
    element a pair.
    """

    def words_bits(
        self,
        left: Int32s,
        right: Int32s,
        left_word: Int32s,
        right_word: Int32s,
        level: Int8s,
        n_aligned: Int64s,
    ) -> Float64s:
        """For aligned words of pairs of rows, at a `WordLevel`; `n_aligned`: those of the pair."""

    def dates_bits(self, left: Int32s, right: Int32s, level: Int8s) -> Float64s:
        """For dates of birth at a `DateLevel` that is by frequency; NaN at other levels."""

    def birth_years_bits(self, left: Int32s, right: Int32s, level: Int8s) -> Float64s:
        """For births known to a year or two at a `BirthYearLevel` that is by frequency; NaN at others."""

    def nationalities_bits(self, left: Int32s, right: Int32s, level: Int8s) -> Float64s:
        """For nationalities at a `NationalityLevel` that is by frequency; NaN at other levels."""

    def genders_bits(self, left: Int32s, right: Int32s, level: Int8s) -> Float64s:
        """For genders at a `GenderLevel` that is by frequency; NaN at other levels."""

    def towns_bits(self, left: Int32s, right: Int32s, level: Int8s) -> Float64s:
        """For towns at a `PlaceLevel` that is by frequency; NaN at other levels."""

    def birthplaces_bits(self, left: Int32s, right: Int32s, level: Int8s) -> Float64s:
        """For places of birth at a `PlaceLevel` that is by frequency; NaN at other levels."""


def compare_pairs(
    referrals: Referrals,
    left: Int32s,
    right: Int32s,
    rarity: Rarity,
    chunk_pairs: int,
    bags: PaddedBags | None = None,
) -> Comparisons:
    """Compare pairs of rows. `left`, `right`: int32 (p,). Swapping them changes nothing. `bags`: the rows'
    names as `padded` lays them out, where that is at hand.
    """
    levels = np.zeros((len(left), len(FIELDS)), dtype=np.int8)
    bits = np.full((len(left), len(FIELDS)), np.nan)
    matrix = padded(referrals.names) if bags is None else bags
    for narrow, positions in by_width(matrix, left, right, min(chunk_pairs, AT_A_TIME)):
        _compare_names(narrow, left[positions], right[positions], rarity, positions, levels, bits)
    _compare_values(referrals, left, right, rarity, levels, bits)
    if referrals.extra is not None:
        extra = referrals.extra.levels(left, right, chunk_pairs)
        levels = np.concatenate([levels, extra], axis=1)
        bits = np.concatenate([bits, np.full(extra.shape, np.nan)], axis=1)
    return Comparisons(levels=levels, coincidence_bits=bits)


def _compare_names(
    matrix: PaddedBags,
    left: Int32s,
    right: Int32s,
    rarity: Rarity,
    positions: Int64s,
    levels: Int8s,
    bits: Float64s,
) -> None:
    """Fill in the name fields of some positions."""
    names = align(matrix, left, right)
    of_given, of_other = _names_bits(names, left, right, rarity)
    for name, level, coincidence in (
        ("given_name", names.given, of_given),
        ("other_names", names.other, of_other),
    ):
        levels[positions, _COLUMN[name]] = level
        bits[positions, _COLUMN[name]] = coincidence


def _compare_values(
    referrals: Referrals, left: Int32s, right: Int32s, rarity: Rarity, levels: Int8s, bits: Float64s
) -> None:
    """Fill in all other fields."""
    years, ranges = birth_period_levels(referrals, left, right)
    contact = contact_levels(referrals.contacts, left, right)
    for name, level in (
        ("date_of_birth", date_levels(referrals.birth, left, right)),
        ("birth_year", years),
        ("birth_range", ranges),
        ("age_group", age_group_levels(referrals, left, right)),
        ("nationality", nationality_levels(referrals.nationality, left, right)),
        ("gender", gender_levels(referrals.gender, left, right)),
        ("reference", reference_levels(referrals.references, left, right)),
        ("contact", contact),
        ("town", town_levels(referrals.towns, left, right, contact)),
        ("birthplace", place_levels(referrals.birthplaces, left, right)),
    ):
        levels[:, _COLUMN[name]] = level
    for name, of in (
        ("date_of_birth", rarity.dates_bits),
        ("birth_year", rarity.birth_years_bits),
        ("nationality", rarity.nationalities_bits),
        ("gender", rarity.genders_bits),
        ("town", rarity.towns_bits),
        ("birthplace", rarity.birthplaces_bits),
    ):
        bits[:, _COLUMN[name]] = of(left, right, levels[:, _COLUMN[name]])


def by_width(
    matrix: PaddedBags, left: Int32s, right: Int32s, chunk_pairs: int = AT_A_TIME
) -> Iterator[tuple[PaddedBags, Int64s]]:
    """Chunks of pair positions with bags as wide as they need."""
    count = matrix.held.sum(axis=1, dtype=np.int8)
    width = np.maximum(np.maximum(count[left], count[right]), 1)
    for wide in np.unique(width).tolist():
        positions, narrow = np.flatnonzero(width == wide), matrix.narrow(wide)
        for at in range(0, len(positions), chunk_pairs):
            yield narrow, positions[at : at + chunk_pairs]


def _names_bits(
    names: AlignedNames, left: Int32s, right: Int32s, rarity: Rarity
) -> tuple[Float64s, Float64s]:
    """Coincidence of the aligned words, those of the given name apart from all others; NaN where nothing is
    aligned.
    """
    pair, place = np.nonzero(names.level > WordLevel.NONE)
    words = rarity.words_bits(
        left[pair],
        right[pair],
        names.left_word[pair, place],
        names.right_word[pair, place],
        names.level[pair, place],
        np.bincount(pair, minlength=len(left))[pair],
    )
    is_given = names.is_given[pair, place]
    sums = []
    for chosen in (is_given, ~is_given):
        total = np.bincount(pair[chosen], weights=words[chosen], minlength=len(left))
        count = np.bincount(pair[chosen], minlength=len(left))
        sums.append(np.where(count > 0, total, np.nan))
    return sums[0], sums[1] - names.choices_bits
