"""m, the prior, the look-alikes' number and the namesakes' shares, by expectation-maximisation on agreement
patterns.

The model is that of Fellegi and Sunter 1969 with five classes of pairs: one person, relatives or co-victims,
namesakes, look-alikes, strangers. u, the relatives' and look-alikes' shares of levels, and the numbers of
relatives and namesakes are held fixed; what is learned is m, the numbers of matched pairs and of look-alikes,
and the namesakes' shares of name levels, over *all* pairs. Pairs that no rule brought together, and those
that fall below a floor under the shipped parameters, count as strangers: let loose on them, EM drifts to
"shares a name and a year", because no u is right to the last of two hundred million pairs. Most relatives and
namesakes lie below that floor, which is why their numbers are not learned here (docs/decisions/0004, 0007);
that of relatives is counted elsewhere (`households`).

In this order: EM for the whole, on the patterns of plausible pairs (`patterns`), with the shipped shares as
Dirichlet pseudo-counts; then for the communities, each starting from the whole with pseudo-counts of its own
(partial pooling), and with the number of its look-alikes, for which m of two stand-in dates is held at what
one such date says (`lookalikes`, `stand_ins`). In both, the penalised log-likelihood may not fall, and that
is checked at each step. Base rates are read off the last expected matched pairs (`base_rates`). The report
says what was learned, what stayed at its prior, and why each part stopped.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from nrm_linkage.compare.fields import FIELDS, DateLevel
from nrm_linkage.config import LinkageConfig
from nrm_linkage.model import priors
from nrm_linkage.model.base_rates import base_rates
from nrm_linkage.model.extra import m_strength_pairs
from nrm_linkage.model.lookalikes import (
    MATCHED_COLUMNS,
    as_matched_log2,
    learned_numbers,
    numbers_log_prior_bits,
)
from nrm_linkage.model.parameters import LinkageModel, array_of, lookalike_numbers, table_of
from nrm_linkage.model.patterns import Patterns
from nrm_linkage.model.score import DATE_COLUMN, NAME_COLUMNS, namesake_log2
from nrm_linkage.model.spellings import spelt_anew
from nrm_linkage.model.stand_ins import date_shares, kept_share, unknown_share
from nrm_linkage.tables import Float64s, Int64s, Mask

__all__ = ["EstimationReport", "estimate"]

MIN_COMMUNITY_PAIRS = 3.0
"""Expected matched pairs below which a naming community keeps the m of the whole (chosen by us:
docs/decisions/0013).
"""

FALL_TOLERANCE_BITS = 1e-6
"""Rounding that a penalised log-likelihood of millions of bits may show, relative to its size."""


@dataclass(frozen=True)
class EstimationReport:
    """How the estimation went. `converged` is true only when the tolerance was met; `stopped_because` says it
    in words.

    `expected_matched_pairs`, `expected_relative_pairs`, `expected_namesake_pairs`,
    `expected_lookalike_pairs`: class sizes over all pairs. `learned`: field -> expected matched pairs in
    which the field speaks; where that is small the shipped m stands.
    """

    converged: bool
    stopped_because: str
    iterations: int
    log_likelihood_bits: float
    patterns: int
    expected_matched_pairs: float
    expected_relative_pairs: float
    expected_namesake_pairs: float
    expected_lookalike_pairs: float
    learned: dict[str, float]
    communities: tuple[str, ...]


@dataclass(frozen=True)
class _Fit:
    m: Float64s
    lookalikes: Float64s
    namesakes: Float64s
    sizes: Float64s
    matched: Float64s
    log_likelihood_bits: float
    iterations: int
    converged: bool


def estimate(
    patterns: Patterns, start: LinkageModel, communities: tuple[str, ...], config: LinkageConfig
) -> tuple[LinkageModel, EstimationReport]:
    """Learn m and the numbers of matched pairs and look-alikes from patterns; `start` gives u, the shipped m
    and the frequencies. `communities`: the names behind the patterns' community codes (code 0 is none).
    """
    believed = lookalike_numbers(start, communities)
    pseudo = _size_pseudo_counts(config, patterns.count.sum() + patterns.n_other_pairs, start.relative_bits)
    shipped = array_of({**start.m, **priors.M_PRIOR}, start.fields)
    strength = m_strength_pairs(start)[:, None]
    nowhere = np.zeros(len(patterns.count), dtype=np.int64)
    none = np.zeros(len(believed), dtype=bool)
    whole = _fit(patterns, nowhere, shipped[None], strength, pseudo, config, believed, none)
    apart = [
        code
        for code in range(1, len(communities) + 1)
        if whole.matched[patterns.community == code].sum() >= MIN_COMMUNITY_PAIRS
    ]
    fits = [whole]
    if apart:
        slot = np.zeros(len(communities) + 1, dtype=np.int64)
        slot[apart] = np.arange(1, len(apart) + 1)
        named = [_community_start(patterns, code, whole, start, communities[code - 1]) for code in apart]
        start_m = np.stack([whole.m[0], *named])
        group = slot[patterns.community]
        pooling = np.full_like(strength, priors.POOLING_STRENGTH_PAIRS)
        fits.append(_fit(patterns, group, start_m, pooling, pseudo, config, believed, slot > 0))
    names = tuple(communities[code - 1] for code in apart)
    matched = fits[-1].matched
    of = (patterns.community, patterns.group, patterns.dated, patterns.shares)
    lookalikes = dict(zip(("", *communities), fits[-1].lookalikes.tolist(), strict=True))
    start = replace(start, base_rates=base_rates(matched, *of, communities), lookalikes=lookalikes)
    return _model(start, fits, names), _report(patterns, fits, start, names, config)


def _community_start(
    patterns: Patterns, code: int, whole: _Fit, start: LinkageModel, community: str
) -> Float64s:
    """m that a community's EM starts from: the whole's, with what its stand-in dates say of its dates, and
    how differently its names are spelt of its spellings.
    """
    m, otherwise = whole.m[0].copy(), start.frequencies.spelt_otherwise
    m[NAME_COLUMNS] = spelt_anew(m[NAME_COLUMNS], otherwise.get(community, otherwise[""]) / otherwise[""])
    unknown = unknown_share(start.frequencies.days, community)
    believed = date_shares(m[DATE_COLUMN], unknown, kept_share(unknown))
    matched, level = whole.matched * (patterns.community == code), patterns.levels[:, DATE_COLUMN]
    seen = np.bincount(level, weights=matched, minlength=DateLevel.DEFAULT_NEAR + 1)
    strength = priors.POOLING_STRENGTH_PAIRS
    one_alone = seen[DateLevel.DEFAULT_NEAR] + strength * believed[DateLevel.DEFAULT_NEAR]
    kept = kept_share(unknown, float(one_alone / (seen[1:].sum() + strength)))
    m[DATE_COLUMN] = date_shares(m[DATE_COLUMN], unknown, kept)
    return np.asarray(m)


def _model(start: LinkageModel, fits: list[_Fit], communities: tuple[str, ...]) -> LinkageModel:
    """`start` with what was learned: m from the fit of the whole and of the communities, the rest from the
    last.
    """
    fit = fits[-1]
    scale = max(start.n_referrals, 2) - 1
    # Matched pairs per referral; from the share of pairs, so that it is also there for one referral or none.
    per_referral = fit.sizes[0] * scale / 2
    growth = per_referral / (1 + per_referral)
    return replace(
        start,
        m=table_of(fits[0].m[0], start.fields),
        m_by_community={
            name: table_of(fit.m[slot], start.fields) for slot, name in enumerate(communities, 1)
        },
        prior_bits=float(np.log2(2 * growth / (scale * (1 - growth) ** 2))),
        relative_bits=float(np.log2(fit.sizes[1] / fit.sizes[-1])),
        namesake_bits=float(np.log2(fit.sizes[2] / fit.sizes[-1])),
        lookalike_bits=float(np.log2(fit.sizes[3] / fit.sizes[-1] / priors.LOOKALIKES_PER_UNKNOWN_DATE)),
        namesakes=table_of(fit.namesakes),
        growth=float(growth),
    )


def _report(
    patterns: Patterns,
    fits: list[_Fit],
    start: LinkageModel,
    communities: tuple[str, ...],
    config: LinkageConfig,
) -> EstimationReport:
    fit, converged = fits[-1], all(fit.converged for fit in fits)
    matched, relative, namesake = (fit.sizes[:3] * (patterns.count.sum() + patterns.n_other_pairs)).tolist()
    return EstimationReport(
        converged=converged,
        stopped_because=(
            f"the penalised log-likelihood rose by less than {config.em_tolerance_bits} bits"
            if converged
            else f"the limit of {config.em_max_iterations} iterations was reached"
        ),
        iterations=sum(fit.iterations for fit in fits),
        log_likelihood_bits=fit.log_likelihood_bits,
        patterns=len(patterns.count),
        expected_matched_pairs=matched,
        expected_relative_pairs=relative,
        expected_namesake_pairs=namesake,
        expected_lookalike_pairs=float(fit.lookalikes @ patterns.referrals),
        learned={
            field.name: float(fit.matched[patterns.levels[:, column] > 0].sum())
            for column, field in enumerate(start.fields)
        },
        communities=communities,
    )


def _size_pseudo_counts(config: LinkageConfig, n_pairs: float, relative_bits: float) -> Float64s:
    """Dirichlet pseudo-counts of the five classes: what the prior strength, in referrals, would hold of
    each. `relative_bits`: log2 of the share of all pairs that are relatives.
    """
    strength = config.prior_strength_referrals
    matched = strength * config.prior_repeats_per_referral
    namesake = strength * priors.NAMESAKES_PER_REFERRAL
    all_pairs = strength * (strength - 1) / 2
    # Above that size the share of matched pairs falls as 1 / n: the same belief needs more pairs to say it.
    all_pairs *= max(1.0, np.sqrt(2 * n_pairs) / strength)
    relative = all_pairs * 2.0**relative_bits
    alike = strength * priors.LOOKALIKES_PER_UNKNOWN_DATE
    return np.array([matched, relative, namesake, alike, all_pairs - matched - relative - namesake - alike])


def _fit(
    patterns: Patterns,
    group: Int64s,
    start_m: Float64s,
    strength: Float64s,
    size_pseudo: Float64s,
    config: LinkageConfig,
    believed: Float64s,
    learned: Mask,
) -> _Fit:
    """EM with Dirichlet(strength x start_m) priors for each group's m.

    `group`: int64 (k,); `start_m`: (n_groups, n_fields, n_levels), the fixed fields first, and no more levels
    than those have; `strength`: (n_fields, 1), in pairs. `believed`, `learned`: (1 + n_communities,), pairs
    of look-alikes per referral, and whose are learned.
    """
    n_fields, n_levels = start_m.shape[1:]
    m_pseudo, names_pseudo = strength * start_m, strength[: len(FIELDS)] * array_of(priors.NAMESAKE)
    m, names, sizes = start_m, array_of(priors.NAMESAKE), size_pseudo / size_pseudo.sum()
    lookalikes, referrals = believed, np.where(learned, patterns.referrals, 0.0)
    fields = np.arange(n_fields)
    m_cell = (group[:, None] * n_fields + fields) * n_levels + patterns.levels
    names_cell = (fields * n_levels + patterns.levels)[:, : len(FIELDS)]
    previous, converged, iteration = -np.inf, False, 0
    while not converged and iteration < config.em_max_iterations:
        iteration += 1
        joint = np.log2(sizes) + _class_log2(patterns, np.log2(m).ravel()[m_cell], names)
        # `sizes` holds as many of them as are believed where every day of birth is unknown.
        joint[:, 3] += np.log2(lookalikes / priors.LOOKALIKES_PER_UNKNOWN_DATE)[patterns.community]
        total = np.logaddexp2.reduce(joint, axis=1)
        expected = patterns.count[:, None] * np.exp2(joint - total[:, None])
        value = float(patterns.count @ total + patterns.n_other_pairs * np.log2(sizes[-1]))
        value += float((size_pseudo * np.log2(sizes)).sum())
        value += _penalty(m, m_pseudo) + _penalty(names, names_pseudo)
        value += numbers_log_prior_bits(lookalikes, believed, referrals)
        if not value >= previous - FALL_TOLERANCE_BITS * max(abs(previous), 1.0):
            raise AssertionError("the penalised log-likelihood fell; this is a defect of the estimation")
        converged = value - previous < config.em_tolerance_bits
        previous = value
        if not converged:
            class_counts = expected.sum(axis=0) + size_pseudo
            class_counts[-1] += patterns.n_other_pairs
            sizes = _sizes(class_counts, sizes)
            with_m = np.repeat(expected[:, :1], n_fields, axis=1)
            with_m[:, MATCHED_COLUMNS] += expected[:, 3:4]
            m = _held(_shares(m_cell, with_m, m_pseudo), start_m)
            seen = np.bincount(patterns.community, weights=expected[:, 3], minlength=len(believed))
            lookalikes = learned_numbers(np.where(learned, seen, 0.0), believed, referrals)
            names = _shares(names_cell, np.repeat(expected[:, 2:3], len(FIELDS), axis=1), names_pseudo)
    return _Fit(m, lookalikes, names, sizes, expected[:, 0], previous, iteration, converged)


def _held(m: Float64s, start_m: Float64s) -> Float64s:
    """m with the share of two stand-in dates as each community started with; the other levels of the date
    make way.
    """
    m, held = m.copy(), start_m[1:, DATE_COLUMN, DateLevel.EXACT_DEFAULT]
    dates = m[1:, DATE_COLUMN]
    rest = np.setdiff1d(np.arange(1, dates.shape[1]), [DateLevel.EXACT_DEFAULT])
    dates[:, rest] *= ((1 - held) / np.nansum(dates[:, rest], axis=1))[:, None]
    dates[:, DateLevel.EXACT_DEFAULT] = held
    return m


def _sizes(class_counts: Float64s, sizes: Float64s) -> Float64s:
    """Shares of the classes; only the matched pairs' and the strangers' are learned."""
    kept = sizes[1:4].sum()
    matched = class_counts[0] / (class_counts[0] + class_counts[4]) * (1.0 - kept)
    return np.array([matched, *sizes[1:4], 1.0 - kept - matched])


def _class_log2(patterns: Patterns, log_m: Float64s, names: Float64s) -> Float64s:
    """log2 of the probability of each pattern in each class, (k, 5): one person, relatives, namesakes,
    look-alikes, strangers. `log_m`: (k, n_fields).
    """
    but_names = patterns.strangers - patterns.strangers_names
    namesakes = but_names + namesake_log2(patterns.levels, names)
    alike = patterns.lookalikes + as_matched_log2(log_m)
    matched = log_m.sum(axis=1)
    return np.stack([matched, patterns.relatives, namesakes, alike, patterns.strangers], axis=1)


def _penalty(shares: Float64s, pseudo: Float64s) -> float:
    """The log of the Dirichlet prior up to a constant, in bits; missing and levels that do not exist have
    none.
    """
    return float(np.nansum(pseudo[..., 1:] * np.log2(shares[..., 1:])))


def _shares(cell: Int64s, weight: Float64s, pseudo: Float64s) -> Float64s:
    """Expected shares of levels; missing stays 1, and levels that do not exist stay NaN. `cell`, `weight`:
    (k, n_fields).
    """
    count = np.bincount(cell.ravel(), weights=weight.ravel(), minlength=pseudo.size)
    held = count.reshape(pseudo.shape)[..., 1:] + pseudo[..., 1:]
    shares = held / np.nansum(held, axis=-1, keepdims=True)
    return np.concatenate([np.ones_like(pseudo[..., :1]), shares], axis=-1)
