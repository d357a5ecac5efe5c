"""m, the prior, and the shares of relatives and namesakes, by expectation-maximisation on agreement patterns.

The model is that of Fellegi and Sunter 1969 with five classes of pairs: one person, relatives or co-victims,
namesakes, look-alikes, strangers. u, the relatives' and look-alikes' shares of levels, and the sizes of the
three classes between are held fixed; what is learned is m, the number of matched pairs, and the namesakes'
shares of name levels, over *all* pairs. Pairs that no rule brought together, and those that fall below a
floor under the shipped parameters, count as strangers: let loose on them, EM drifts to "shares a name and a
year", because no u is right to the last of two hundred million pairs. Most relatives and namesakes lie below
that floor, and look-alikes cannot be told from one person, which is why their numbers are not learned
(docs/decisions/0004, 0007).

In this order: plausible pairs are counted by pattern (levels, naming community, and the strangers'
log-probability binned to a quarter bit); EM for the whole, with the shipped shares as Dirichlet
pseudo-counts; then for the communities, each starting from the whole with pseudo-counts of its own (partial
pooling). In both, the penalised log-likelihood may not fall, and that is checked at each step. Base rates are
read off the last expected matched pairs (`base_rates`). The report
says what was learned, what stayed at its prior, and why each part stopped.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from nrm_linkage.compare.fields import FIELDS
from nrm_linkage.config import LinkageConfig
from nrm_linkage.model import priors
from nrm_linkage.model.base_rates import GroupShares, base_rates, pair_group
from nrm_linkage.model.extra import m_strength_pairs, read_by
from nrm_linkage.model.parameters import LinkageModel, array_of, table_of
from nrm_linkage.model.score import (
    DATE_COLUMN,
    GENDER_COLUMN,
    GIVEN_COLUMN,
    NAME_COLUMNS,
    gender_of_name_log2,
    lookalike_log2,
    namesake_log2,
    relative_log2,
    stranger_log2,
    unknown_dates_log2,
)
from nrm_linkage.model.spellings import spelt_anew
from nrm_linkage.model.stand_ins import date_shares, unknown_share
from nrm_linkage.model.strata import pair_community
from nrm_linkage.tables import Comparisons, Float64s, Int8s, Int32s, Int64s, Referrals

__all__ = ["EstimationReport", "Patterns", "count_patterns", "estimate"]

BIN_BITS = 0.25
"""Width of the bins of the strangers' log-probability: an eighth of a bit of error at most."""

PLAUSIBLE_BITS = -6.0
"""Pairs below this match weight under the shipped parameters are taken as strangers (chosen by us:
docs/decisions/0007).
"""

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

    `expected_matched_pairs`, `expected_relative_pairs`, `expected_namesake_pairs`: class sizes over all
    pairs. `learned`: field -> expected matched pairs in which the field speaks; where that is small the
    shipped m stands.
    """

    converged: bool
    stopped_because: str
    iterations: int
    log_likelihood_bits: float
    patterns: int
    expected_matched_pairs: float
    expected_relative_pairs: float
    expected_namesake_pairs: float
    learned: dict[str, float]
    communities: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Patterns:
    """Distinct agreement patterns.

    `levels`: int8 (k, n_fields); `community`, `group`: int64 (k,), as `strata` and `base_rates` code them;
    log2 probabilities (k,): `strangers`, `strangers_names` (their name fields alone), `relatives` and
    `lookalikes` (without their names); `count`: float64 (k,) pairs; `n_other_pairs`: pairs taken as
    strangers; `shares`: the groups' shares of referrals.
    """

    levels: Int8s
    community: Int64s
    strangers: Float64s
    strangers_names: Float64s
    relatives: Float64s
    lookalikes: Float64s
    count: Float64s
    n_other_pairs: float
    group: Int64s
    shares: GroupShares


@dataclass(frozen=True)
class _Fit:
    m: Float64s
    namesakes: Float64s
    sizes: Float64s
    matched: Float64s
    log_likelihood_bits: float
    iterations: int
    converged: bool


def count_patterns(
    referrals: Referrals,
    left: Int32s,
    right: Int32s,
    comparisons: Comparisons,
    weight_bits: Float64s,
    model: LinkageModel,
) -> Patterns:
    """Count the plausible pairs by pattern.

    `model` gives u and `weight_bits`, the pairs' match weights, which say who is plausible.
    """
    comparisons = read_by(model, comparisons)
    kept = np.flatnonzero(weight_bits >= PLAUSIBLE_BITS)
    left, right = left[kept], right[kept]
    levels = comparisons.levels[kept]
    plausible = Comparisons(levels, comparisons.coincidence_bits[kept])
    by_field = stranger_log2(referrals, left, right, plausible, model)
    by_field[:, GENDER_COLUMN] += gender_of_name_log2(levels, by_field, model)
    binned = [
        np.round(bits / BIN_BITS).astype(np.int64)
        for bits in (by_field.sum(axis=1), _names_of(by_field), by_field[:, GIVEN_COLUMN])
    ]
    community = pair_community(referrals, left, right)
    names = ("", *referrals.nationality.group_names)
    as_strangers = by_field[:, len(FIELDS) :].sum(axis=1)
    lookalikes = as_strangers + lookalike_log2(levels, by_field) + unknown_dates_log2(model, names)[community]
    of_rows = referrals.gender, referrals.age_group
    group = pair_group(*of_rows, left, right, levels[:, GENDER_COLUMN])
    columns = [*binned, community, group, *levels.T]
    key = _keys(columns)
    _, one, count = np.unique(key, return_index=True, return_counts=True)
    n = int(np.count_nonzero(referrals.linkable))
    given_name = np.asarray(binned[2][one] * BIN_BITS, dtype=np.float64)
    return Patterns(
        levels=levels[one],
        community=community[one],
        strangers=np.asarray(binned[0][one] * BIN_BITS, dtype=np.float64),
        strangers_names=np.asarray(binned[1][one] * BIN_BITS, dtype=np.float64),
        relatives=relative_log2(levels[one, : len(FIELDS)], given_name) + as_strangers[one],
        lookalikes=lookalikes[one],
        count=count.astype(float),
        n_other_pairs=max(n * (n - 1) / 2 - len(key), 0.0),
        group=group[one],
        shares=GroupShares.of(referrals),
    )


def _keys(columns: list[Int64s]) -> Int64s:
    """One number for each row of some columns, in the order of the rows' values."""
    key, size = np.zeros(len(columns[0]), dtype=np.int64), 1
    for column in columns:
        lowest = int(column.min(initial=0))
        width = int(column.max(initial=0)) - lowest + 1
        if size * width >= 2**62:  # many fields of the caller's own: count what there is instead
            key, size = np.unique(key, return_inverse=True)[1], max(len(key), 1)
        key, size = key * width + (column.astype(np.int64) - lowest), size * width
    return key


def _names_of(by_field: Float64s) -> Float64s:
    """The name fields' part of a sum over fields."""
    return np.asarray(by_field[:, NAME_COLUMNS].sum(axis=1))


def estimate(
    patterns: Patterns, start: LinkageModel, communities: tuple[str, ...], config: LinkageConfig
) -> tuple[LinkageModel, EstimationReport]:
    """Learn m and the number of matched pairs from patterns; `start` gives u, the shipped m and the
    frequencies. `communities`: the names behind the patterns' community codes (code 0 is none).
    """
    pseudo = _size_pseudo_counts(config, patterns.count.sum() + patterns.n_other_pairs)
    shipped = array_of({**start.m, **priors.M_PRIOR}, start.fields)
    strength = m_strength_pairs(start)[:, None]
    nowhere = np.zeros(len(patterns.count), dtype=np.int64)
    whole = _fit(patterns, nowhere, shipped[None], strength, pseudo, config)
    apart = [
        code
        for code in range(1, len(communities) + 1)
        if whole.matched[patterns.community == code].sum() >= MIN_COMMUNITY_PAIRS
    ]
    fits = [whole]
    if apart:
        slot = np.zeros(len(communities) + 1, dtype=np.int64)
        slot[apart] = np.arange(1, len(apart) + 1)
        named = [_community_start(whole.m[0], start, communities[code - 1]) for code in apart]
        start_m = np.stack([whole.m[0], *named])
        group = slot[patterns.community]
        pooling = np.full_like(strength, priors.POOLING_STRENGTH_PAIRS)
        fits.append(_fit(patterns, group, start_m, pooling, pseudo, config))
    names = tuple(communities[code - 1] for code in apart)
    matched, of = fits[-1].matched, (patterns.community, patterns.group, patterns.shares)
    start = replace(start, base_rates=base_rates(matched, *of, communities))
    return _model(start, fits, names), _report(patterns, fits, start, names, config)


def _community_start(whole: Float64s, start: LinkageModel, community: str) -> Float64s:
    """m that a community's EM starts from: the whole's, with what its share of stand-in dates says of its
    dates, and how differently its names are spelt of its spellings.
    """
    m, otherwise = whole.copy(), start.frequencies.spelt_otherwise
    m[NAME_COLUMNS] = spelt_anew(m[NAME_COLUMNS], otherwise.get(community, otherwise[""]) / otherwise[""])
    m[DATE_COLUMN] = date_shares(m[DATE_COLUMN], unknown_share(start.frequencies.days, community))
    return m


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
        lookalike_bits=float(np.log2(fit.sizes[3] / fit.sizes[-1])),
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
        learned={
            field.name: float(fit.matched[patterns.levels[:, column] > 0].sum())
            for column, field in enumerate(start.fields)
        },
        communities=communities,
    )


def _size_pseudo_counts(config: LinkageConfig, n_pairs: float) -> Float64s:
    """Dirichlet pseudo-counts of the five classes: what the prior strength, in referrals, would hold of
    each.
    """
    strength = config.prior_strength_referrals
    matched = strength * config.prior_repeats_per_referral
    relative = strength * priors.RELATIVES_PER_REFERRAL
    namesake = strength * priors.NAMESAKES_PER_REFERRAL
    all_pairs = strength * (strength - 1) / 2
    # Above that size the share of matched pairs falls as 1 / n: the same belief needs more pairs to say it.
    all_pairs *= max(1.0, np.sqrt(2 * n_pairs) / strength)
    alike = strength * priors.LOOKALIKES_PER_UNKNOWN_DATE
    return np.array([matched, relative, namesake, alike, all_pairs - matched - relative - namesake - alike])


def _fit(
    patterns: Patterns,
    group: Int64s,
    start_m: Float64s,
    strength: Float64s,
    size_pseudo: Float64s,
    config: LinkageConfig,
) -> _Fit:
    """EM with Dirichlet(strength x start_m) priors for each group's m.

    `group`: int64 (k,); `start_m`: (n_groups, n_fields, n_levels), the fixed fields first, and no more levels
    than those have; `strength`: (n_fields, 1), in pairs.
    """
    n_fields, n_levels = start_m.shape[1:]
    m_pseudo, names_pseudo = strength * start_m, strength[: len(FIELDS)] * array_of(priors.NAMESAKE)
    m, names, sizes = start_m, array_of(priors.NAMESAKE), size_pseudo / size_pseudo.sum()
    fields = np.arange(n_fields)
    m_cell = (group[:, None] * n_fields + fields) * n_levels + patterns.levels
    names_cell = (fields * n_levels + patterns.levels)[:, : len(FIELDS)]
    previous, converged, iteration = -np.inf, False, 0
    while not converged and iteration < config.em_max_iterations:
        iteration += 1
        joint = np.log2(sizes) + _class_log2(patterns, np.log2(m).ravel()[m_cell], names)
        total = np.logaddexp2.reduce(joint, axis=1)
        expected = patterns.count[:, None] * np.exp2(joint - total[:, None])
        value = float(patterns.count @ total + patterns.n_other_pairs * np.log2(sizes[-1]))
        value += float((size_pseudo * np.log2(sizes)).sum())
        value += _penalty(m, m_pseudo) + _penalty(names, names_pseudo)
        if not value >= previous - FALL_TOLERANCE_BITS * max(abs(previous), 1.0):
            raise AssertionError("the penalised log-likelihood fell; this is a defect of the estimation")
        converged = value - previous < config.em_tolerance_bits
        previous = value
        if not converged:
            class_counts = expected.sum(axis=0) + size_pseudo
            class_counts[-1] += patterns.n_other_pairs
            sizes = _sizes(class_counts, sizes)
            with_m = np.repeat(expected[:, :1], n_fields, axis=1)
            with_m[:, NAME_COLUMNS] += expected[:, 3:4]
            m = _shares(m_cell, with_m, m_pseudo)
            names = _shares(names_cell, np.repeat(expected[:, 2:3], len(FIELDS), axis=1), names_pseudo)
    return _Fit(m, names, sizes, expected[:, 0], previous, iteration, converged)


def _sizes(class_counts: Float64s, sizes: Float64s) -> Float64s:
    """Shares of the classes; only the matched pairs' and the strangers' are learned."""
    kept = sizes[1:4].sum()
    matched = class_counts[0] / (class_counts[0] + class_counts[4]) * (1.0 - kept)
    return np.array([matched, *sizes[1:4], 1.0 - kept - matched])


def _class_log2(patterns: Patterns, log_m: Float64s, names: Float64s) -> Float64s:
    """log2 of the probability of each pattern in each class, (k, 5): one person, relatives, namesakes,
    look-alikes, strangers. `log_m`: (k, n_fields); look-alikes' names are spelt as one person's are.
    """
    but_names = patterns.strangers - patterns.strangers_names
    namesakes = but_names + namesake_log2(patterns.levels, names)
    alike = patterns.lookalikes + log_m[:, NAME_COLUMNS].sum(axis=1)
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
