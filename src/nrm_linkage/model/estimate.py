"""m, the prior and the share of relatives, by expectation-maximisation on counts of agreement patterns
(Fellegi and Sunter 1969).

Three classes of pairs: one person, relatives or co-victims, strangers. u and the relatives' shares are held
fixed; what is learned is m and the class sizes, over *all* pairs: those that blocking did not bring together
count as strangers. Held to blocked pairs and free u, EM drifts to "shares a name and a year"; fixed, it
cannot.

In this order: pairs are counted by pattern (levels, naming community, and the strangers' log-probability
binned to a quarter bit); EM for the whole, with the shipped m as Dirichlet pseudo-counts; then for the
communities, each starting from the whole with pseudo-counts of its own (partial pooling). In both, the
penalised log-likelihood may not fall, and that is checked at each step. The report says what was learned,
what stayed at its prior, and why each part stopped.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from nrm_linkage.compare.fields import FIELDS
from nrm_linkage.config import LinkageConfig
from nrm_linkage.model import priors
from nrm_linkage.model.parameters import STRATA, LinkageModel, array_of, table_of
from nrm_linkage.model.score import date_stratum, pair_community, relative_log2, stranger_log2
from nrm_linkage.tables import Comparisons, Float64s, Int8s, Int32s, Int64s, Referrals

__all__ = ["EstimationReport", "Patterns", "count_patterns", "estimate"]

BIN_BITS = 0.25
"""Width of the bins of the strangers' log-probability: an eighth of a bit of error at most."""

MIN_COMMUNITY_PAIRS = 20.0
"""Expected matched pairs below which a naming community keeps the m of the whole (chosen by us)."""

FALL_TOLERANCE_BITS = 1e-6
"""Rounding that a penalised log-likelihood of millions of bits may show, relative to its size."""


@dataclass(frozen=True)
class EstimationReport:
    """How the estimation went. `converged` is true only when the tolerance was met; `stopped_because` says it
    in words.

    `expected_matched_pairs`, `expected_relative_pairs`: class sizes over all pairs. `learned`: field ->
    expected matched pairs in which the field speaks; where that is small the shipped m stands.
    """

    converged: bool
    stopped_because: str
    iterations: int
    log_likelihood_bits: float
    patterns: int
    expected_matched_pairs: float
    expected_relative_pairs: float
    learned: dict[str, float]
    communities: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Patterns:
    """Distinct agreement patterns. `levels`: int8 (k, n_fields); `community`: int64 (k,); `strangers`,
    `relatives`: log2 probabilities (k,); `count`: float64 (k,) pairs; `n_other_pairs`: pairs that were not
    compared.
    """

    levels: Int8s
    community: Int64s
    strangers: Float64s
    relatives: Float64s
    count: Float64s
    n_other_pairs: float


@dataclass(frozen=True)
class _Fit:
    log_m: Float64s
    sizes: Float64s
    matched: Float64s
    log_likelihood_bits: float
    iterations: int
    converged: bool


def count_patterns(
    referrals: Referrals, left: Int32s, right: Int32s, comparisons: Comparisons, model: LinkageModel
) -> Patterns:
    """Count pairs by pattern. `model` gives u."""
    u = np.stack([array_of(model.u[stratum]) for stratum in STRATA])
    strangers = stranger_log2(comparisons, date_stratum(referrals.age_group, left, right), u).sum(axis=1)
    binned = np.round(strangers / BIN_BITS).astype(np.int64)
    community = pair_community(referrals, left, right)
    key = binned - binned.min(initial=0)
    key = key * (len(referrals.nationality.group_names) + 1) + community
    for column, field in enumerate(FIELDS):
        key = key * len(field.levels) + comparisons.levels[:, column]
    order = np.argsort(key, kind="stable")
    first = np.ones(len(key), dtype=bool)
    first[1:] = key[order][1:] != key[order][:-1]
    one = order[first]
    n = int(np.count_nonzero(referrals.linkable))
    return Patterns(
        levels=comparisons.levels[one],
        community=community[one],
        strangers=binned[one] * BIN_BITS,
        relatives=relative_log2(comparisons.levels[one]),
        count=np.diff(np.append(np.flatnonzero(first), len(key))).astype(float),
        n_other_pairs=max(n * (n - 1) / 2 - len(key), 0.0),
    )


def estimate(
    patterns: Patterns, start: LinkageModel, communities: tuple[str, ...], config: LinkageConfig
) -> tuple[LinkageModel, EstimationReport]:
    """Learn m and the class sizes from patterns; `start` gives u, the shipped m and the frequencies.
    `communities`: the names behind the patterns' community codes (code 0 is none).
    """
    n = start.n_referrals
    n_pairs = patterns.count.sum() + patterns.n_other_pairs
    pseudo = _size_pseudo_counts(config, n_pairs)
    shipped = array_of(priors.M_PRIOR)
    whole = _fit(
        patterns,
        np.zeros(len(patterns.count), dtype=np.int64),
        shipped[None],
        priors.M_STRENGTH_PAIRS,
        pseudo,
        config,
    )
    m = np.exp2(whole.log_m[0])
    apart = [
        code
        for code in range(1, len(communities) + 1)
        if whole.matched[patterns.community == code].sum() >= MIN_COMMUNITY_PAIRS
    ]
    slot = np.zeros(len(communities) + 1, dtype=np.int64)
    slot[apart] = np.arange(1, len(apart) + 1)
    start_m = np.repeat(m[None], len(apart) + 1, axis=0)
    by_community = _fit(
        patterns, slot[patterns.community], start_m, priors.POOLING_STRENGTH_PAIRS, pseudo, config
    )
    fit = by_community if apart else whole
    pairs_matched, pairs_relative = fit.sizes[0] * n_pairs, fit.sizes[1] * n_pairs
    scale = max(n, 2) - 1
    # Matched pairs per referral; from the share of pairs, so that it is also there for one referral or none.
    per_referral = fit.sizes[0] * scale / 2
    growth = per_referral / (1 + per_referral)
    model = replace(
        start,
        m=table_of(m),
        m_by_community={
            communities[code - 1]: table_of(np.exp2(by_community.log_m[slot[code]])) for code in apart
        },
        prior_bits=float(np.log2(2 * growth / (scale * (1 - growth) ** 2))),
        relative_bits=float(np.log2(fit.sizes[1] / fit.sizes[2])),
        growth=float(growth),
    )
    converged = whole.converged and (by_community.converged or not apart)
    report = EstimationReport(
        converged=converged,
        stopped_because=(
            f"the penalised log-likelihood rose by less than {config.em_tolerance_bits} bits"
            if converged
            else f"the limit of {config.em_max_iterations} iterations was reached"
        ),
        iterations=whole.iterations + (by_community.iterations if apart else 0),
        log_likelihood_bits=fit.log_likelihood_bits,
        patterns=len(patterns.count),
        expected_matched_pairs=float(pairs_matched),
        expected_relative_pairs=float(pairs_relative),
        learned={
            field.name: float(fit.matched[patterns.levels[:, column] > 0].sum())
            for column, field in enumerate(FIELDS)
        },
        communities=tuple(communities[code - 1] for code in apart),
    )
    return model, report


def _size_pseudo_counts(config: LinkageConfig, n_pairs: float) -> Float64s:
    """Dirichlet pseudo-counts of the three classes: what the prior strength, in referrals, would hold of
    each.
    """
    strength = config.prior_strength_referrals
    matched = strength * config.prior_repeats_per_referral
    relative = strength * priors.RELATIVES_PER_REFERRAL
    all_pairs = strength * (strength - 1) / 2
    # Above that size the share of matched pairs falls as 1 / n, so the same belief needs more pairs to say it.
    all_pairs *= max(1.0, np.sqrt(2 * n_pairs) / strength)
    return np.array([matched, relative, all_pairs - matched - relative])


def _fit(
    patterns: Patterns,
    group: Int64s,
    start_m: Float64s,
    strength: float,
    size_pseudo: Float64s,
    config: LinkageConfig,
) -> _Fit:
    """EM with Dirichlet(strength x start_m) priors for each group's m. `group`: int64 (k,); `start_m`:
    (n_groups, n_fields, n_levels).
    """
    _, n_fields, n_levels = start_m.shape
    exists = ~np.isnan(start_m)
    pseudo = np.where(exists, strength * np.nan_to_num(start_m), 0.0)
    pseudo[:, :, 0] = 0.0
    safe_start = np.where(exists, np.nan_to_num(start_m), 1.0)
    log_m = np.log2(safe_start)
    sizes = size_pseudo / size_pseudo.sum()
    fields = np.arange(n_fields)
    cell = (group[:, None] * n_fields + fields) * n_levels + patterns.levels
    previous, converged, iteration = -np.inf, False, 0
    matched = np.zeros(len(patterns.count))
    while iteration < config.em_max_iterations:
        iteration += 1
        joint = np.stack(
            [log_m.ravel()[cell].sum(axis=1), patterns.relatives, patterns.strangers], axis=1
        ) + np.log2(sizes)
        total = np.logaddexp2.reduce(joint, axis=1)
        posterior = np.exp2(joint - total[:, None])
        value = float(
            patterns.count @ total
            + patterns.n_other_pairs * np.log2(sizes[2])
            + (size_pseudo * np.log2(sizes)).sum()
            + (pseudo * np.where(pseudo > 0, log_m, 0.0)).sum()
        )
        if value < previous - FALL_TOLERANCE_BITS * max(abs(previous), 1.0):
            raise AssertionError("the penalised log-likelihood fell; this is a defect of the estimation")
        matched = patterns.count * posterior[:, 0]
        if value - previous < config.em_tolerance_bits:
            converged = True
            previous = value
            break
        previous = value
        expected = np.array(
            [
                matched.sum(),
                patterns.count @ posterior[:, 1],
                patterns.count @ posterior[:, 2] + patterns.n_other_pairs,
            ]
        )
        sizes = (expected + size_pseudo) / (expected + size_pseudo).sum()
        count = np.bincount(cell.ravel(), weights=np.repeat(matched, n_fields), minlength=log_m.size).reshape(
            log_m.shape
        )
        count[:, :, 0] = 0.0
        share = (count + pseudo) / np.maximum((count + pseudo).sum(axis=2, keepdims=True), 1e-300)
        log_m = np.where(pseudo > 0, np.log2(np.maximum(share, 1e-300)), 0.0)
    return _Fit(np.where(exists, log_m, np.nan), sizes, matched, previous, iteration, converged)
