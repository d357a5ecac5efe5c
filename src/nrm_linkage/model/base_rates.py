"""Base rates: in some groups more of the referrals are of one person than in others.

Strangers of one nationality meet as often as its share says, squared. If every group were referred again
equally often, two referrals of one person would be of it as often as its share says; then what agreement in a
nationality or a gender is worth follows from the share alone. Groups are not: UK nationals and boys are
referred again more often than others, and some communities less (domain.md 6). So a pair has a line for what
its group adds: log2 of how many times as often one person's pairs are of it as its referrals would have it.

Three kinds of groups are taken, each on its own: the naming community of a pair, its gender among people of
its ages, and how many of the two record a date of birth. Who consents to nothing has none recorded (domain.md
1.1) and may be referred again more seldom, or more often, than others; a date that is missing still says
nothing of whom the referral is about. All ratios are learned from the matched pairs that are expected, and
shrunk to 1. Where a group is not known, or the two are not of one, nothing is added.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from nrm_linkage.compare.fields import GenderLevel
from nrm_linkage.model.strata import AGE_PAIRS, age_pair, pair_community
from nrm_linkage.normalise.dates import DatePrecision
from nrm_linkage.normalise.gender import Gender
from nrm_linkage.tables import Float64s, Int8s, Int32s, Int64s, Mask, Referrals

__all__ = [
    "BASE_RATE_STRENGTH_PAIRS",
    "DATED",
    "GROUPS",
    "BaseRates",
    "GroupShares",
    "base_rates",
    "pair_dated",
    "pair_group",
    "recorded_dates",
]

BASE_RATE_STRENGTH_PAIRS = 20.0
"""Matched pairs that a ratio of 1 is worth (chosen by us: docs/decisions/0019)."""

GENDERS = ("female", "male", "other gender")
AGES = ("of different or unknown ages", "children", "adults")
GROUPS = tuple(f"{ages}, {gender}" for ages in AGES for gender in GENDERS)
"""Names of the groups of gender among people of like ages; a pair's code is the place of its name, plus 1."""

DATED = ("two dates of birth", "one date of birth", "no date of birth")
"""Names of the groups of what a pair records; a pair's code is the place of its name, plus 1."""

Table = Mapping[str, Mapping[str, float]]


def pair_group(
    gender: Int8s, age_group: Int8s, left: Int32s, right: Int32s, level: Int8s | None = None
) -> Int64s:
    """The group of each pair, int64 (p,), code + 1 into `GROUPS`; 0 where the two genders are not known to be
    the same. `level`: those of `gender`, where it may be missing though the rows hold one: another field may
    stand in its place, or a question leave it out.
    """
    of_left = gender[left].astype(np.int64)
    same = (of_left == gender[right]) & (of_left != Gender.MISSING)
    if level is not None:
        same &= level == GenderLevel.SAME
    return np.where(same, age_pair(age_group, left, right) * len(GENDERS) + of_left, 0)


def recorded_dates(referrals: Referrals, replaced: frozenset[str] = frozenset()) -> Mask:
    """Rows that record a date of birth, or a part of one, bool (n,). `replaced`: the fields in whose stead
    others are compared: with dates of birth among them no row does.
    """
    recorded = referrals.birth.precision != DatePrecision.MISSING
    return np.asarray(recorded & ("date_of_birth" not in replaced))


def pair_dated(dated: Mask, left: Int32s, right: Int32s) -> Int64s:
    """The group of what each pair records, int64 (p,), code + 1 into `DATED`. `dated`: as `recorded_dates`
    gives it.
    """
    return np.asarray(len(DATED) - dated[left].astype(np.int64) - dated[right])


@dataclass(frozen=True, eq=False)
class GroupShares:
    """Shares of linkable referrals: `community`: float64 (1 + n_communities,), among those whose community is
    known; `gender`: float64 (1 + n_groups,), of a gender among those of like ages; and of pairs of any two:
    `dated`: float64 (1 + n_dated,). Code 0 has none.
    """

    community: Float64s
    gender: Float64s
    dated: Float64s

    @classmethod
    def of(cls, referrals: Referrals, dated: Mask) -> GroupShares:
        """The shares of a run's referrals. Pairs of different or unknown ages are held against all. `dated`:
        as `recorded_dates` gives it.
        """
        rows = np.flatnonzero(referrals.linkable).astype(np.int32)
        community = pair_community(referrals, rows, rows)
        of_community = np.bincount(community, minlength=1 + len(referrals.nationality.group_names))
        group = pair_group(referrals.gender, referrals.age_group, rows, rows)
        of_ages = np.bincount(group, minlength=1 + len(GROUPS))[1:].reshape(AGE_PAIRS, len(GENDERS))
        of_ages[0] = of_ages.sum(axis=0)
        shares = of_ages / np.maximum(of_ages.sum(axis=1, keepdims=True), 1)
        known = np.where(np.arange(len(of_community)) > 0, of_community, 0)
        held = float(dated[rows].mean()) if len(rows) else 0.0
        of_pairs = np.array([0.0, held**2, 2 * held * (1 - held), (1 - held) ** 2])
        return cls(known / max(known.sum(), 1), np.concatenate([[0.0], shares.ravel()]), of_pairs)


def base_rates(
    matched: Float64s,
    community: Int64s,
    group: Int64s,
    dated: Int64s,
    shares: GroupShares,
    names: tuple[str, ...],
) -> dict[str, dict[str, float]]:
    """Ratios by kind and name of the group. `matched`: expected matched pairs of each pattern; `community`,
    `group`, `dated`: its codes; `names`: those of the communities.
    """
    by_community = _summed(matched, community, len(shares.community))
    by_group = _summed(matched, group, len(shares.gender))
    by_dated = _summed(matched, dated, len(shares.dated))
    of_ages = by_group[1:].reshape(AGE_PAIRS, len(GENDERS)).sum(axis=1)
    return {
        "community": _ratios(by_community[1:], by_community[1:].sum() * shares.community[1:], names),
        "gender": _ratios(by_group[1:], np.repeat(of_ages, len(GENDERS)) * shares.gender[1:], GROUPS),
        "dates": _ratios(by_dated[1:], by_dated.sum() * shares.dated[1:], DATED),
    }


def _summed(matched: Float64s, code: Int64s, n_codes: int) -> Float64s:
    return np.bincount(code, weights=matched, minlength=n_codes).astype(np.float64)


def _ratios(found: Float64s, expected: Float64s, names: tuple[str, ...]) -> dict[str, float]:
    ratio = (found + BASE_RATE_STRENGTH_PAIRS) / (expected + BASE_RATE_STRENGTH_PAIRS)
    return dict(zip(names, ratio.tolist(), strict=True))


@dataclass(frozen=True, eq=False)
class BaseRates:
    """log2 of a model's ratios by code, ready for look-up; 0 for groups that it does not know."""

    community: Float64s
    gender: Float64s
    dated: Float64s

    @classmethod
    def of(cls, table: Table, names: tuple[str, ...]) -> BaseRates:
        """`table`: the ratios of a model; `names`: the communities of a run."""
        community, gender, dated = (table.get(kind, {}) for kind in ("community", "gender", "dates"))
        return cls(
            community=np.log2([1.0, *(community.get(name, 1.0) for name in names)]),
            gender=np.log2([1.0, *(gender.get(name, 1.0) for name in GROUPS)]),
            dated=np.log2([1.0, *(dated.get(name, 1.0) for name in DATED)]),
        )

    def bits(self, community: Int64s, group: Int64s, dated: Int64s) -> Float64s:
        """The line of each pair, by its codes, (p,)."""
        return np.asarray(self.community[community] + self.gender[group] + self.dated[dated])
