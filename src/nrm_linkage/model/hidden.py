"""How many pairs of one person lie so low that they cannot be told from strangers, compared or not.

They cannot be counted: among millions of faint pairs their few are lost, and what rules missed nobody has
weighed. But m says how often one person's two records come out like that. So sure pairs are recorded anew,
as the model believes that records are made, and weighed again.

In this order: pairs at even odds or better are templates, `TEMPLATES` of them at most; each field that both
records hold draws a level from the m of the pair's community, as it is on the average of the points of the
parameters' posterior (`leeway`), with the errors of some pairs likelier in all fields at once. A level that
the template shows keeps its coincidence; another takes that of a template that shows it. At each point a pair
so drawn stands for as many as that point makes of its levels (importance sampling): what hides a pair is
rare, and is drawn often, and points differ by what they say, not by what was drawn at them. Some pairs lie
below `HIDDEN_BITS`, some would be templates: where the same fields are recorded, the templates that there are
stand for so many hidden ones. Errors come together more than the points know, so more of them are expected
(`MORE_BITS`), by how much is doubted.

What it does not do: what a template does not record stays missing, and people of whom so little is recorded
that no pair of theirs is a template stand for nobody. And nothing is known here of errors under which no
field is alike any more, but for the doubt.
"""

from __future__ import annotations

import numpy as np

from nrm_linkage.compare import compare_pairs
from nrm_linkage.config import LinkageConfig
from nrm_linkage.model.extra import read_by
from nrm_linkage.model.leeway import Leeway, carelessness_factors, error_levels
from nrm_linkage.model.parameters import LinkageModel, ParameterPoints, m_tables
from nrm_linkage.model.rarity import BoundRarity
from nrm_linkage.model.score import match_probability, match_weights
from nrm_linkage.model.strata import pair_community
from nrm_linkage.provenance import id_hashes, pair_keys
from nrm_linkage.tables import Comparisons, Float64s, Int8s, Int64s, Referrals, ScoredPairs
from nrm_linkage.threads import in_threads, slices

__all__ = ["HIDDEN_BITS", "hidden_pairs"]

HIDDEN_BITS = -7.0
"""Below this match weight a pair is hidden: odds of 1 in 128, where components end by default (chosen by us).
"""

MORE_BITS = 0.85
"""How many more of them there are, in bits, than the points say: 1.8 times as many, give or take what a weak
pair is doubted (chosen by us: docs/decisions/0020, 0034).
"""

TEMPLATES, REDRAWN, REDRAWS = 2_000, 20_000, 100
"""Pairs that are recorded anew, into how many pairs, and how often each at most (chosen by us:
docs/decisions/0034).
"""

AT_A_TIME = 1 << 10
"""Pairs for which all points are worked out together (chosen by us: about a megabyte)."""

LEAST_FOUND = 0.1
"""The least share of a kind of pairs that is taken to be found, so that no pair stands for more than ten
(chosen by us: docs/decisions/0034).
"""


def hidden_pairs(
    referrals: Referrals,
    pairs: ScoredPairs,
    model: LinkageModel,
    leeway: Leeway,
    rarity: BoundRarity,
    config: LinkageConfig,
) -> tuple[float, ...]:
    """How many are expected at each point. `pairs`: the candidates at or above `leeway.least_bits`, scored
    under `model`, which holds the points of `leeway`; `rarity`: its frequencies bound to the referrals.
    """
    at = _templates(referrals, pairs)
    if not len(at):
        return (0.0,) * len(leeway)
    left, right = pairs.left[at], pairs.right[at]
    read = compare_pairs(referrals, left, right, rarity, config.chunk_pairs, rarity.tables)
    compared = read_by(model, read)
    chance = match_probability(pairs.weight_bits[at])
    points = model.points
    assert points is not None  # Leeway.of would have raised
    chances = _chances_at_points(m_tables(model, referrals.nationality.group_names), points, leeway)
    often = min(-(-REDRAWN // len(at)), REDRAWS)
    template = np.tile(np.arange(len(at)), often)
    left, right = left[template], right[template]
    community, random = pair_community(referrals, left, right), np.random.default_rng(config.seed)
    redrawn = _redrawn(compared, template, chances.mean(axis=0), community, random)
    weight_bits = match_weights(referrals, left, right, redrawn, model)
    _, shares = carelessness_factors(np.array(points.carelessness))
    stands_for = _stands_for(redrawn.levels, community, chances, shares) * chance[template]
    _, inverse = np.unique(compared.levels > 0, axis=0, return_inverse=True)
    kind = inverse.reshape(-1)
    hidden = _by_kind(kind[template], stands_for * (weight_bits < HIDDEN_BITS))
    found = _by_kind(kind[template], stands_for * (weight_bits >= 0.0))
    of_kind = np.bincount(kind, weights=chance)
    missed = hidden / np.maximum(found, LEAST_FOUND * often * of_kind)
    likely = match_probability(pairs.weight_bits[pairs.weight_bits >= 0.0]).sum() / chance.sum()
    doubt_bits = MORE_BITS + leeway.doubt_bits - leeway.doubt_bits.mean()
    return tuple((missed @ of_kind * likely * np.exp2(doubt_bits)).tolist())


def _by_kind(kind: Int64s, of_pairs: Float64s) -> Float64s:
    """The sums of numbers of pairs at each point, (n_points, p), over kinds of pairs, (n_points, n_kinds)."""
    return np.stack([np.bincount(kind, weights=of_point) for of_point in of_pairs])


def _templates(referrals: Referrals, pairs: ScoredPairs) -> Int64s:
    """Positions of pairs at even odds or better, those with the smallest hashes of ids, in that order."""
    likely = np.flatnonzero(pairs.weight_bits >= 0.0)
    ends = np.stack([pairs.left[likely], pairs.right[likely]])
    rows, place = np.unique(ends, return_inverse=True)
    key = pair_keys(id_hashes(referrals.referral_id[rows]), *place.reshape(ends.shape))
    return likely[np.argsort(key, kind="stable")[:TEMPLATES]]


def _chances_at_points(m: Float64s, points: ParameterPoints, leeway: Leeway) -> Float64s:
    """How often each level is recorded at each point and factor of carelessness, (n_points, N_FACTORS, 1 +
    n_communities, n_fields, n_levels); 0 where missing or where there is no such level. `m`:
    `parameters.m_tables`.
    """
    m = np.nan_to_num(m)
    m[..., 0] = 0.0
    factor_bits, _ = carelessness_factors(np.array(points.carelessness))
    error_bits = np.array(points.error_bits)[:, None] + factor_bits
    is_error = np.zeros(m.shape[1:], dtype=bool)
    fixed = error_levels()
    is_error[: len(fixed), : fixed.shape[1]] = fixed
    tilt = np.where(is_error, error_bits[:, :, None, None, None], 0.0)
    tilted = (m * np.exp2(leeway.m_bits))[:, None] * np.exp2(tilt)
    return np.asarray(tilted / tilted.sum(axis=-1, keepdims=True))


def _redrawn(
    compared: Comparisons,
    template: Int64s,
    chances: Float64s,
    community: Int64s,
    random: np.random.Generator,
) -> Comparisons:
    """Levels and coincidences of pairs of the same people as some templates, recorded anew, with each factor
    of carelessness as often. `compared`: of the templates; `template`, `community`: int64 (p,); `chances`:
    (N_FACTORS, 1 + n_communities, n_fields, n_levels).
    """
    levels, bits = compared.levels[template], compared.coincidence_bits[template]
    factor = random.integers(0, len(chances), len(template))
    for column in range(levels.shape[1]):
        both = np.flatnonzero(levels[:, column])
        until = np.cumsum(chances[factor[both], community[both], column], axis=1)
        level = ((random.random(len(both)) * until[:, -1])[:, None] >= until).sum(axis=1)
        other = level != levels[both, column]
        levels[both, column] = level
        for new in np.unique(level[other]):
            here = both[other & (level == new)]
            shown = np.flatnonzero(compared.levels[:, column] == new)
            bits[here, column] = np.nan
            if len(shown):
                donors = shown[random.integers(0, len(shown), len(here))]
                bits[here, column] = compared.coincidence_bits[donors, column]
    return Comparisons(levels, bits)


def _stands_for(levels: Int8s, community: Int64s, chances: Float64s, shares: Float64s) -> Float64s:
    """How many times as often each point records a pair's levels as they were drawn, (n_points, p).

    `chances`: at each point; their mean was drawn from, with each factor as often. `shares`: of the factors
    at each point, (n_points, N_FACTORS).
    """
    n_factors = chances.shape[1]
    drawn = np.concatenate([chances, chances.mean(axis=0, keepdims=True)])
    with np.errstate(divide="ignore"):
        bits = np.log2(drawn)
    bits[..., 0] = 0.0
    # What all factors and points say of one level lies side by side, so that it is taken as one.
    by_level = np.ascontiguousarray(bits.transpose(2, 3, 4, 1, 0))
    weight = np.concatenate([shares, np.full((1, n_factors), 1.0 / n_factors)]).T

    def of_some(here: slice) -> Float64s:
        total = np.zeros((here.stop - here.start, *weight.shape))
        for column in range(levels.shape[1]):
            total += by_level[community[here], column, levels[here, column]]
        chance = np.exp2(total)
        return np.asarray(sum(chance[:, factor] * weight[factor] for factor in range(n_factors)))

    chance = np.concatenate(in_threads(of_some, slices(len(levels), AT_A_TIME))).T
    return np.asarray(chance[:-1] / chance[-1])
