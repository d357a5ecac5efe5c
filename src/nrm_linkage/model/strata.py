"""The strata of a pair: the naming community of the two, and what they were at their referrals."""

from __future__ import annotations

import numpy as np

from nrm_linkage.tables import Int8s, Int32s, Int64s, Referrals

__all__ = ["AGE_PAIRS", "age_pair", "pair_community"]

AGE_PAIRS = 3
"""Both children, both adults, and all others."""


def age_pair(age_group: Int8s, left: Int32s, right: Int32s) -> Int64s:
    """1 where both are children, 2 where both are adults, 0 otherwise."""
    same = (age_group[left] == age_group[right]) & np.isin(age_group[left], (1, 2))
    return np.where(same, age_group[left], 0).astype(np.int64)


def pair_community(referrals: Referrals, left: Int32s, right: Int32s) -> Int64s:
    """The naming community of each pair, code + 1 into the nationalities' `group_names`; 0 where the two
    differ or neither is known.
    """
    nationality = referrals.nationality
    group = nationality.group.astype(np.int64) + 1
    group[:1] = 0
    left_group, right_group = group[nationality.code[left]], group[nationality.code[right]]
    either = np.maximum(left_group, right_group)
    return np.where((left_group == right_group) | (left_group == 0) | (right_group == 0), either, 0)
