"""Levels and coincidences -> evidence in bits, line by line, and the match weight of each pair.

A field's line is log2 m - log2 u; at levels that go by frequency -log2 u is the coincidence of the very
values. Missing weighs 0. The line `relatives` is a discount: the probability of the same agreement among
relatives and co-victims, who share names, days and references without being one person, weighed against that
among strangers. The match weight is the prior plus all lines. Bits are rounded to multiples of 2^-20, which
makes their sums exact in any order.
"""

from __future__ import annotations

import numpy as np

from nrm_linkage.compare import compare_pairs
from nrm_linkage.compare.fields import FIELDS
from nrm_linkage.model import priors
from nrm_linkage.model.parameters import STRATA, LinkageModel, array_of
from nrm_linkage.model.rarity import BoundRarity
from nrm_linkage.tables import (
    CandidatePairs,
    Comparisons,
    Float64s,
    Int8s,
    Int32s,
    Int64s,
    Referrals,
    ScoredPairs,
)

__all__ = [
    "EVIDENCE_LINES",
    "date_stratum",
    "on_grid",
    "pair_community",
    "relative_log2",
    "score",
    "score_pairs",
    "stranger_log2",
]

EVIDENCE_LINES = (*(field.name for field in FIELDS), "relatives")
"""The lines of evidence, in the order of the columns of `ScoredPairs.bits`."""

GRID = 2.0**20

_DATE_COLUMN = next(number for number, field in enumerate(FIELDS) if field.name == "date_of_birth")


def on_grid(bits: Float64s) -> Float64s:
    """Bits rounded to the grid of 2^-20."""
    return np.round(bits * GRID) / GRID


def date_stratum(age_group: Int8s, left: Int32s, right: Int32s) -> Int64s:
    """The stratum of u for dates of birth, codes into `STRATA`."""
    same = (age_group[left] == age_group[right]) & np.isin(age_group[left], (1, 2))
    return np.where(same, age_group[left], 0).astype(np.int64)


def pair_community(referrals: Referrals, left: Int32s, right: Int32s) -> Int64s:
    """The naming community of each pair, code + 1 into the nationalities' `group_names`; 0 where the two
    differ or neither is known.
    """
    nationality = referrals.nationality
    group = nationality.group[nationality.code].astype(np.int64) + 1
    known = nationality.code != 0
    left_group, right_group = np.where(known[left], group[left], 0), np.where(known[right], group[right], 0)
    either = np.maximum(left_group, right_group)
    return np.where((left_group == right_group) | (left_group == 0) | (right_group == 0), either, 0)


def stranger_log2(comparisons: Comparisons, stratum: Int64s, u_by_stratum: Float64s) -> Float64s:
    """log2 of the probability of each field's agreement among strangers, (p, n_fields); 0 where missing.

    `u_by_stratum`: (n_strata, n_fields, n_levels).
    """
    fields = np.arange(len(FIELDS))
    strata = np.zeros((len(comparisons.levels), len(FIELDS)), dtype=np.int64)
    strata[:, _DATE_COLUMN] = stratum
    by_level = np.log2(u_by_stratum[strata, fields, comparisons.levels])
    return np.where(np.isnan(comparisons.coincidence_bits), by_level, -comparisons.coincidence_bits)


def relative_log2(levels: Int8s) -> Float64s:
    """log2 of the probability of each pattern among relatives, (p,)."""
    shares = array_of(priors.RELATIVE)
    return np.asarray(np.log2(shares[np.arange(len(FIELDS)), levels]).sum(axis=1))


def score(
    referrals: Referrals, left: Int32s, right: Int32s, comparisons: Comparisons, model: LinkageModel
) -> tuple[Float64s, Float64s]:
    """Evidence lines (p, n_lines) and match weights (p,), in bits."""
    community = pair_community(referrals, left, right)
    m = np.stack(
        [array_of(model.m)]
        + [array_of(model.m_by_community.get(name, model.m)) for name in referrals.nationality.group_names]
    )
    u = np.stack([array_of(model.u[stratum]) for stratum in STRATA])
    fields = np.arange(len(FIELDS))
    log_m = np.log2(m[community[:, None], fields, comparisons.levels])
    log_u = stranger_log2(comparisons, date_stratum(referrals.age_group, left, right), u)
    lines = np.empty((len(left), len(EVIDENCE_LINES)))
    lines[:, :-1] = log_m - log_u
    advantage = model.relative_bits + relative_log2(comparisons.levels) - log_u.sum(axis=1)
    lines[:, -1] = -np.logaddexp2(0.0, advantage)
    lines = on_grid(lines)
    return lines, on_grid(np.asarray(model.prior_bits + lines.sum(axis=1)))


def score_pairs(
    referrals: Referrals,
    pairs: CandidatePairs,
    model: LinkageModel,
    chunk_pairs: int,
    comparisons: Comparisons | None = None,
) -> ScoredPairs:
    """Pairs with their evidence and match weights; compared first, unless the comparisons are at hand."""
    if comparisons is None:
        rarity = BoundRarity(model.frequencies, referrals)
        comparisons = compare_pairs(referrals, pairs.left, pairs.right, rarity, chunk_pairs)
    bits, weight_bits = score(referrals, pairs.left, pairs.right, comparisons, model)
    return ScoredPairs(pairs.left, pairs.right, pairs.found_by, comparisons.levels, bits, weight_bits)
