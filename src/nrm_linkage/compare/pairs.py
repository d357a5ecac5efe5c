"""Pairs of rows -> `Comparisons`: all fields' levels, and the coincidence of the agreeing values among
strangers.

Pairs are worked through in chunks, each in a thread, and names by the width of their bags, so that memory is
bounded and short names do not pay for long ones; neither changes a result. The other fields are looked at
where both sides hold them. How rare a value is comes from outside, through `Rarity`: this room knows nothing
of models. Coincidences are rounded to multiples of 2^-18 bits, for which 32-bit numbers have room. Fields of
the caller's own, where the rows carry what compares them, stand after ours.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from nrm_linkage.compare.dates import (
    BirthPeriods,
    DateKeys,
    age_group_levels,
    birth_period_levels,
    date_levels,
)
from nrm_linkage.compare.fields import FIELDS
from nrm_linkage.compare.names import AlignedNames, PaddedBags, align, padded
from nrm_linkage.compare.values import (
    TokenKinds,
    contact_levels,
    gender_levels,
    nationality_levels,
    place_levels,
    reference_levels,
    town_levels,
)
from nrm_linkage.compare.words import WordLevel
from nrm_linkage.tables import Comparisons, Float32s, Float64s, Int8s, Int32s, Int64s, Referrals
from nrm_linkage.threads import in_threads, slices

__all__ = ["Rarity", "RowTables", "by_width", "compare_pairs"]

AT_A_TIME = 1 << 16
"""Pairs whose names are compared at a time (chosen by us, together with `LinkageConfig.chunk_pairs`:
docs/decisions/0035).
"""

GRID = 2.0**18
"""Parts of a bit that coincidences are rounded to; 32-bit numbers hold them exactly up to 64 bits."""

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

    def places_bits(self, left: Int32s, right: Int32s) -> Float64s:
        """log2 of the other words of a name, beside the naming one, that such people have on the average: in
        each of so many places a word stands as much more seldom than in a whole name.
        """

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


@dataclass(frozen=True, repr=False, eq=False)
class RowTables:
    """What is looked up of the rows of a run, made once for all their pairs."""

    bags: PaddedBags
    dates: DateKeys
    periods: BirthPeriods
    references: TokenKinds
    contacts: TokenKinds

    @classmethod
    def of(cls, referrals: Referrals) -> RowTables:
        """The tables of some referrals."""
        return cls(
            bags=padded(referrals.names),
            dates=DateKeys.of(referrals.birth),
            periods=BirthPeriods.of(referrals),
            references=TokenKinds.of(referrals.references),
            contacts=TokenKinds.of(referrals.contacts),
        )


def compare_pairs(
    referrals: Referrals,
    left: Int32s,
    right: Int32s,
    rarity: Rarity,
    chunk_pairs: int,
    tables: RowTables | None = None,
) -> Comparisons:
    """Compare pairs of rows, `chunk_pairs` at a time in each thread. `left`, `right`: int32 (p,). Swapping
    them changes nothing. `tables`: those of the referrals, where they are at hand.
    """
    known = RowTables.of(referrals) if tables is None else tables
    levels = np.zeros((len(left), len(FIELDS)), dtype=np.int8)
    bits = np.full((len(left), len(FIELDS)), np.nan, dtype=np.float32)

    def fill(here: slice) -> None:
        _compare_names(known.bags, left[here], right[here], rarity, levels[here], bits[here])
        _compare_values(referrals, known, left[here], right[here], rarity, levels[here], bits[here])

    in_threads(fill, slices(len(left), chunk_pairs))
    if referrals.extra is not None:
        extra = referrals.extra.levels(left, right, chunk_pairs)
        levels = np.concatenate([levels, extra], axis=1)
        bits = np.concatenate([bits, np.full(extra.shape, np.nan, dtype=np.float32)], axis=1)
    return Comparisons(levels=levels, coincidence_bits=bits)


def _compare_names(
    bags: PaddedBags, left: Int32s, right: Int32s, rarity: Rarity, levels: Int8s, bits: Float32s
) -> None:
    """Fill in the name fields."""
    for width, at in by_width(bags, left, right):
        names = align(bags, left[at], right[at], width)
        of_given, of_other = _names_bits(names, left[at], right[at], rarity)
        for name, level, coincidence, here in (
            ("given_name", names.given, of_given, True),
            ("other_name", names.other, of_other, ~names.several),
            ("other_names", names.other, of_other, names.several),
        ):
            levels[at, _COLUMN[name]] = np.where(here, level, 0)
            bits[at, _COLUMN[name]] = np.where(here, _on_grid(coincidence), np.nan)


def _compare_values(
    referrals: Referrals,
    known: RowTables,
    left: Int32s,
    right: Int32s,
    rarity: Rarity,
    levels: Int8s,
    bits: Float32s,
) -> None:
    """Fill in all other fields."""
    dates = date_levels(referrals.birth, left, right, known.dates)
    years, ranges = birth_period_levels(referrals, left, right, dates, known.periods)
    contact = contact_levels(referrals.contacts, left, right, known.contacts)
    for name, level in (
        ("date_of_birth", dates),
        ("birth_year", years),
        ("birth_range", ranges),
        ("age_group", age_group_levels(referrals, left, right)),
        ("nationality", nationality_levels(referrals.nationality, left, right)),
        ("gender", gender_levels(referrals.gender, left, right)),
        ("reference", reference_levels(referrals.references, left, right, known.references)),
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
        bits[:, _COLUMN[name]] = _on_grid(of(left, right, levels[:, _COLUMN[name]]))


def _on_grid(bits: Float64s) -> Float64s:
    return np.rint(bits * GRID) / GRID


def by_width(bags: PaddedBags, left: Int32s, right: Int32s) -> Iterator[tuple[int, Int64s]]:
    """Places that the bags of some pairs fill, and the positions of those pairs, `AT_A_TIME` of them."""
    width = np.maximum(np.maximum(bags.count[left], bags.count[right]), 1)
    for wide in np.unique(width).tolist():
        positions = np.flatnonzero(width == wide)
        for here in slices(len(positions), AT_A_TIME):
            yield wide, positions[here]


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
    of_places = names.n_other * rarity.places_bits(left, right)
    return sums[0], sums[1] + of_places - names.choices_bits
