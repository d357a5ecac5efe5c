"""How many pairs of one person lie so low that they cannot be told from strangers, compared or not.

They cannot be counted: among millions of faint pairs their few are lost, and what rules missed nobody has
weighed. But m says how often one person's two records come out like that. So sure pairs are recorded anew,
as the model believes that records are made, and weighed again.

In this order: pairs at even odds or better are templates, `TEMPLATES` of them at most; at each point of the
parameters' posterior (`leeway`) each field that both records hold draws a level from the m of the pair's
community, errors being likelier in all fields of some pairs at once. A level that the template shows keeps
its coincidence; another takes that of a template that shows it. What so falls below `HIDDEN_BITS` is the
share of one person's pairs that no run finds. Errors come together more than the points know, so more of them
are expected (`MORE_BITS`), by how much is doubted.

What it does not do: what a template does not record stays missing, so people of whom little is ever recorded
count as often as they are found. And nothing is known here of errors under which no field is alike any more,
but for the doubt.
"""

from __future__ import annotations

import numpy as np

from nrm_linkage.compare import compare_pairs
from nrm_linkage.config import LinkageConfig
from nrm_linkage.model.extra import read_by
from nrm_linkage.model.leeway import MESSY_BITS, Leeway, error_levels
from nrm_linkage.model.parameters import LinkageModel, ParameterPoints, m_tables
from nrm_linkage.model.rarity import BoundRarity
from nrm_linkage.model.score import match_probability, match_weights
from nrm_linkage.model.strata import pair_community
from nrm_linkage.provenance import id_hashes, pair_keys
from nrm_linkage.tables import Comparisons, Float64s, Int64s, Mask, Referrals, ScoredPairs

__all__ = ["HIDDEN_BITS", "hidden_pairs"]

HIDDEN_BITS = -7.0
"""Below this match weight a pair is hidden: odds of 1 in 128, where components end by default (chosen by us).
"""

MORE_BITS = 1.25
"""How many more of them there are, in bits, than the points say: 2.4 times as many, give or take what a weak
pair is doubted (chosen by us: docs/decisions/0020, 0031).
"""

TEMPLATES = 2_000
REDRAWS = 2
"""Pairs that are recorded anew, and how often at each point (chosen by us: 80,000 pairs are weighed at most).
"""


def hidden_pairs(
    referrals: Referrals, pairs: ScoredPairs, model: LinkageModel, rarity: BoundRarity, config: LinkageConfig
) -> tuple[float, ...]:
    """How many are expected at each point. `pairs`: the candidates at or above `leeway.least_bits`, scored
    under `model`, which holds points; `rarity`: its frequencies bound to the referrals.
    """
    leeway = Leeway.of(model, referrals.nationality.group_names)
    at = _templates(referrals, pairs)
    if not len(at):
        return (0.0,) * len(leeway)
    left, right = pairs.left[at], pairs.right[at]
    found = compare_pairs(referrals, left, right, rarity, config.chunk_pairs, rarity.tables)
    compared = read_by(model, found)
    points = model.points
    assert points is not None  # Leeway.of would have raised
    m = _m_at_points(m_tables(model, referrals.nationality.group_names), points, leeway)
    community = pair_community(referrals, left, right)
    random = np.random.default_rng(config.seed)
    redrawn = [
        _redrawn(compared, m[point, :, community], random.random(len(at)) < share, random)
        for point, share in enumerate(points.messy_share)
        for _ in range(REDRAWS)
    ]
    every = Comparisons(*(np.concatenate(part) for part in zip(*redrawn, strict=True)))
    ends = np.tile(left, len(redrawn)), np.tile(right, len(redrawn))
    weight_bits = match_weights(referrals, *ends, every, model).reshape(len(leeway), REDRAWS, -1)
    chance = match_probability(pairs.weight_bits[at])
    share = ((weight_bits < HIDDEN_BITS).mean(axis=1) * chance).sum(axis=1) / chance.sum()
    matched = match_probability(pairs.weight_bits).sum()
    doubt_bits = MORE_BITS + leeway.doubt_bits - leeway.doubt_bits.mean()
    expected = matched * share / (1.0 - np.minimum(share, 0.5)) * np.exp2(doubt_bits)
    return tuple(expected.tolist())


def _templates(referrals: Referrals, pairs: ScoredPairs) -> Int64s:
    """Positions of pairs at even odds or better, those with the smallest hashes of ids, in that order."""
    likely = np.flatnonzero(pairs.weight_bits >= 0.0)
    ends = np.stack([pairs.left[likely], pairs.right[likely]])
    rows, place = np.unique(ends, return_inverse=True)
    key = pair_keys(id_hashes(referrals.referral_id[rows]), *place.reshape(ends.shape))
    return likely[np.argsort(key, kind="stable")[:TEMPLATES]]


def _m_at_points(m: Float64s, points: ParameterPoints, leeway: Leeway) -> Float64s:
    """m at each point, of pairs that are not messy and of messy ones, not scaled to sum to one, (n_points, 2,
    1 + n_communities, n_fields, n_levels); 0 where a level is missing or does not exist. `m`:
    `parameters.m_tables`.
    """
    m = np.nan_to_num(m)
    m[..., 0] = 0.0
    error_bits = np.array(points.error_bits)[:, None] + np.array([0.0, MESSY_BITS])
    is_error = np.zeros(m.shape[1:], dtype=bool)
    fixed = error_levels()
    is_error[: len(fixed), : fixed.shape[1]] = fixed
    tilt = np.where(is_error, error_bits[:, :, None, None, None], 0.0)
    return np.asarray((m * np.exp2(leeway.m_bits))[:, None] * np.exp2(tilt))


def _redrawn(
    compared: Comparisons, m: Float64s, messy: Mask, random: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Levels and coincidences of as many pairs of the same people, recorded anew. `m`: (p, 2, n_fields,
    n_levels), of each pair's community, not messy and messy.
    """
    levels, bits = compared.levels.copy(), compared.coincidence_bits.copy()
    m = m[np.arange(len(messy)), messy.astype(np.int64)]
    for column in range(levels.shape[1]):
        both = np.flatnonzero(compared.levels[:, column])
        until = np.cumsum(m[both, column], axis=1)
        drawn = (random.random(len(both)) * until[:, -1])[:, None] >= until
        level = drawn.sum(axis=1)
        other = level != compared.levels[both, column]
        levels[both, column] = level
        for new in np.unique(level[other]):
            here = both[other & (level == new)]
            shown = np.flatnonzero(compared.levels[:, column] == new)
            bits[here, column] = np.nan
            if len(shown):
                donors = shown[random.integers(0, len(shown), len(here))]
                bits[here, column] = compared.coincidence_bits[donors, column]
    return levels, bits
