"""The strata of a pair: the naming community of the two, and what they were at their referrals."""

from __future__ import annotations

import numpy as np

from nrm_linkage.model import priors
from nrm_linkage.normalise.ages import AgeGroup
from nrm_linkage.tables import Float64s, Int8s, Int32s, Int64s, Referrals

__all__ = ["AGE_PAIRS", "age_pair", "means_by_community", "pair_community"]

SHRINK_PEOPLE = 60.0
"""People of the whole that a community's own mean starts from (chosen by us)."""

AGE_PAIRS = 3
"""Both children, both adults, and all others."""


def age_pair(age_group: Int8s, left: Int32s, right: Int32s) -> Int64s:
    """1 where both are children, 2 where both are adults, 0 otherwise."""
    of_left = age_group[left]
    same = (of_left == age_group[right]) & (of_left != AgeGroup.UNKNOWN)
    return np.where(same, of_left, 0).astype(np.int64)


def pair_community(referrals: Referrals, left: Int32s, right: Int32s) -> Int64s:
    """The naming community of each pair, code + 1 into the nationalities' `group_names`; 0 where the two
    differ or neither is known.
    """
    nationality = referrals.nationality
    group = nationality.group.astype(np.int64) + 1
    group[:1] = 0
    left_group, right_group = group[nationality.by_name[left]], group[nationality.by_name[right]]
    either = np.maximum(left_group, right_group)
    return np.where((left_group == right_group) | (left_group == 0) | (right_group == 0), either, 0)


def means_by_community(
    found: Float64s | Int64s, people: Float64s | Int64s, believed: float, names: tuple[str, ...]
) -> dict[str, float]:
    """A mean of each community by name, and of the whole under "". `found`, `people`: (1 +
    n_communities,), what was found among how many people, first among those of no community; `believed`: what
    the whole starts from, worth `priors.REFERENCE_STRENGTH` people.
    """
    strength = priors.REFERENCE_STRENGTH
    whole = (found.sum() + strength * believed) / (people.sum() + strength)
    of_each = (found + SHRINK_PEOPLE * whole) / (people + SHRINK_PEOPLE)
    return {"": float(whole), **dict(zip(names, of_each[1:].tolist(), strict=True))}
