"""Levels and coincidences -> evidence in bits, line by line, and the match weight of each pair.

A field's line is log2 m - log2 u; at levels that go by frequency -log2 u is the coincidence of the very
values. Missing weighs 0. Two lines are discounts, for ways to agree without being one person that
frequencies do not know: `relatives` and co-victims share names, days and references; `namesakes` have names
that go together more often than their words do. Each weighs the probability of the same agreement in that
class against that among strangers. The match weight is the prior plus all lines. Bits, the prior's too, are
rounded to multiples of 2^-20, which makes their sums exact in any order.
"""

from __future__ import annotations

import numpy as np

from nrm_linkage.compare import compare_pairs
from nrm_linkage.compare.fields import FIELDS
from nrm_linkage.model import priors
from nrm_linkage.model.parameters import DATE_FIELDS, NAME_FIELDS, LinkageModel, array_of, stratum_key
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
    "age_pair",
    "namesake_log2",
    "on_grid",
    "pair_community",
    "relative_log2",
    "score",
    "score_pairs",
    "stranger_log2",
]

EVIDENCE_LINES = (*(field.name for field in FIELDS), "relatives", "namesakes")
"""The lines of evidence, in the order of the columns of `ScoredPairs.bits`."""

GRID = 2.0**20

_NAME_COLUMNS = [number for number, field in enumerate(FIELDS) if field.name in NAME_FIELDS]
_DATE_COLUMNS = [number for number, field in enumerate(FIELDS) if field.name in DATE_FIELDS]


def on_grid(bits: Float64s) -> Float64s:
    """Bits rounded to the grid of 2^-20."""
    return np.round(bits * GRID) / GRID


def age_pair(age_group: Int8s, left: Int32s, right: Int32s) -> Int64s:
    """1 where both are children, 2 where both are adults, 0 otherwise."""
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


def stranger_log2(
    referrals: Referrals, left: Int32s, right: Int32s, comparisons: Comparisons, model: LinkageModel
) -> Float64s:
    """log2 of the probability of each field's agreement among strangers, (p, n_fields); 0 where missing."""
    stratum = pair_community(referrals, left, right) * 3 + age_pair(referrals.age_group, left, right)
    u = _u_by_stratum(model, ("", *referrals.nationality.group_names))
    strata = np.zeros((len(left), len(FIELDS)), dtype=np.int64)
    strata[:, _DATE_COLUMNS] = stratum[:, None]
    by_level = np.log2(u[strata, np.arange(len(FIELDS)), comparisons.levels])
    return np.where(np.isnan(comparisons.coincidence_bits), by_level, -comparisons.coincidence_bits)


def _u_by_stratum(model: LinkageModel, communities: tuple[str, ...]) -> Float64s:
    """u (n_communities x 3 ages, n_fields, n_levels); a stratum that the model does not know has the
    whole's.
    """
    tables = []
    for community in communities:
        for ages in range(3):
            wider = model.u_dates.get(stratum_key("", ages), {})
            own = model.u_dates.get(stratum_key(community, ages), wider)
            tables.append(array_of({**model.u, **own}))
    return np.stack(tables)


def relative_log2(levels: Int8s) -> Float64s:
    """log2 of the probability of each pattern among relatives, (p,)."""
    shares = array_of(priors.RELATIVE)
    return np.asarray(np.log2(shares[np.arange(len(FIELDS)), levels]).sum(axis=1))


def namesake_log2(levels: Int8s, shares: Float64s) -> Float64s:
    """log2 of the probability of each pattern's name levels among namesakes, (p,). `shares`: (n_fields,
    n_levels).
    """
    return np.asarray(np.log2(shares[_NAME_COLUMNS, levels[:, _NAME_COLUMNS]]).sum(axis=1))


def score(
    referrals: Referrals, left: Int32s, right: Int32s, comparisons: Comparisons, model: LinkageModel
) -> tuple[Float64s, Float64s]:
    """Evidence lines (p, n_lines) and match weights (p,), in bits."""
    community = pair_community(referrals, left, right)
    m = np.stack(
        [array_of(model.m)]
        + [array_of(model.m_by_community.get(name, model.m)) for name in referrals.nationality.group_names]
    )
    fields = np.arange(len(FIELDS))
    log_m = np.log2(m[community[:, None], fields, comparisons.levels])
    log_u = stranger_log2(referrals, left, right, comparisons, model)
    lines = np.empty((len(left), len(EVIDENCE_LINES)))
    lines[:, : len(FIELDS)] = log_m - log_u
    relatives = model.relative_bits + relative_log2(comparisons.levels) - log_u.sum(axis=1)
    names = array_of(model.namesakes)
    namesakes = (
        model.namesake_bits + namesake_log2(comparisons.levels, names) - log_u[:, _NAME_COLUMNS].sum(axis=1)
    )
    with_relatives = np.logaddexp2(0.0, relatives)
    lines[:, -2] = -with_relatives
    lines[:, -1] = with_relatives - np.logaddexp2(with_relatives, namesakes)
    lines = on_grid(lines)
    return lines, on_grid(np.asarray(model.prior_bits)) + lines.sum(axis=1)


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
