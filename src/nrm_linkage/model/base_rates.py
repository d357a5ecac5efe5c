"""Base rates: in some groups more of the referrals are of one person than in others.

Strangers of one nationality meet as often as its share says, squared. If every group were referred again
equally often, two referrals of one person would be of it as often as its share says; then what agreement in a
nationality or a gender is worth follows from the share alone. Groups are not: UK nationals and boys are
referred again more often than others, and some communities less (domain.md 6). So a pair has a line for what
its group adds: log2 of how many times as often one person's pairs are of it as its referrals would have it.

Two kinds of groups are taken, each on its own: the naming community of a pair, and its gender among people
of its ages. Both ratios are learned from the matched pairs that are expected, and shrunk to 1. Where a group
is not known, or the two are not of one, nothing is added.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from nrm_linkage.compare.fields import GenderLevel
from nrm_linkage.model.strata import AGE_PAIRS, age_pair, pair_community
from nrm_linkage.normalise.gender import Gender
from nrm_linkage.tables import Float64s, Int8s, Int32s, Int64s, Referrals

__all__ = ["BASE_RATE_STRENGTH_PAIRS", "GROUPS", "BaseRates", "GroupShares", "base_rates", "pair_group"]

BASE_RATE_STRENGTH_PAIRS = 20.0
"""Matched pairs that a ratio of 1 is worth (chosen by us: docs/decisions/0019)."""

GENDERS = ("female", "male", "other gender")
AGES = ("of different or unknown ages", "children", "adults")
GROUPS = tuple(f"{ages}, {gender}" for ages in AGES for gender in GENDERS)
"""Names of the groups of gender among people of like ages; a pair's code is the place of its name, plus 1."""

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


@dataclass(frozen=True, eq=False)
class GroupShares:
    """Shares of linkable referrals: `community`: float64 (1 + n_communities,), among those whose community is
    known; `gender`: float64 (1 + n_groups,), of a gender among those of like ages. Code 0 has none.
    """

    community: Float64s
    gender: Float64s

    @classmethod
    def of(cls, referrals: Referrals) -> GroupShares:
        """The shares of a run's referrals. Pairs of different or unknown ages are held against all."""
        rows = np.flatnonzero(referrals.linkable).astype(np.int32)
        community = pair_community(referrals, rows, rows)
        of_community = np.bincount(community, minlength=1 + len(referrals.nationality.group_names))
        group = pair_group(referrals.gender, referrals.age_group, rows, rows)
        of_ages = np.bincount(group, minlength=1 + len(GROUPS))[1:].reshape(AGE_PAIRS, len(GENDERS))
        of_ages[0] = of_ages.sum(axis=0)
        shares = of_ages / np.maximum(of_ages.sum(axis=1, keepdims=True), 1)
        known = np.where(np.arange(len(of_community)) > 0, of_community, 0)
        return cls(known / max(known.sum(), 1), np.concatenate([[0.0], shares.ravel()]))


def base_rates(
    matched: Float64s, community: Int64s, group: Int64s, shares: GroupShares, names: tuple[str, ...]
) -> dict[str, dict[str, float]]:
    """Ratios by kind and name of the group. `matched`: expected matched pairs of each pattern; `community`,
    `group`: its codes; `names`: those of the communities.
    """
    by_community = _summed(matched, community, len(shares.community))
    by_group = _summed(matched, group, len(shares.gender))
    of_ages = by_group[1:].reshape(AGE_PAIRS, len(GENDERS)).sum(axis=1)
    return {
        "community": _ratios(by_community[1:], by_community[1:].sum() * shares.community[1:], names),
        "gender": _ratios(by_group[1:], np.repeat(of_ages, len(GENDERS)) * shares.gender[1:], GROUPS),
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

    @classmethod
    def of(cls, table: Table, names: tuple[str, ...]) -> BaseRates:
        """`table`: the ratios of a model; `names`: the communities of a run."""
        community, gender = table.get("community", {}), table.get("gender", {})
        return cls(
            community=np.log2([1.0, *(community.get(name, 1.0) for name in names)]),
            gender=np.log2([1.0, *(gender.get(name, 1.0) for name in GROUPS)]),
        )

    def bits(self, community: Int64s, group: Int64s) -> Float64s:
        """The line of each pair, by its codes, (p,)."""
        return np.asarray(self.community[community] + self.gender[group])
