"""Candidate pairs -> the comparisons of those that may matter, so that the others need no memory.

Of a million referrals there are tens of millions of candidates, and nearly all of them are strangers beyond
any doubt. In this order: a stretch of pairs is compared, in a thread of its own; each pair is weighed; those
below a floor are counted, with the matches expected among them, and their comparisons are given up.

Where a model is at hand the floor is the least match weight that has a part in a run (`leeway.least_bits`).
Where one is still to be estimated, pairs are weighed under the model that estimation starts from, and the
floor is `MARGIN_BITS` lower, because the weights may rise.

Fields of the caller's own are not known to the model that estimation starts from: with such a field all pairs
are kept.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nrm_linkage.compare import compare_pairs
from nrm_linkage.config import LinkageConfig
from nrm_linkage.hearing import Counter, uncounted
from nrm_linkage.model.leeway import least_bits
from nrm_linkage.model.parameters import LinkageModel
from nrm_linkage.model.rarity import BoundRarity
from nrm_linkage.model.score import match_probability, match_weights
from nrm_linkage.tables import CandidatePairs, Comparisons, Float64s, Int64s, Referrals
from nrm_linkage.threads import in_threads, slices

__all__ = ["MARGIN_BITS", "Sifted", "compare_plausible", "sifting_floor_bits"]

MARGIN_BITS = 12.0
"""By how much an estimation may raise the match weight of a pair that matters in the end. On invented
referrals it was 8, on public sets 11 at most (chosen by us: docs/decisions/0018).
"""


_Part = tuple[Int64s, Comparisons, Float64s, float]
"""Positions of pairs that are kept, their comparisons, their match weights, and the matches expected among
the others.
"""


@dataclass(frozen=True, repr=False, eq=False)
class Sifted:
    """The pairs that were kept, their comparisons and their match weights, float64 (p,), under the model that
    sifted; how many were set aside, and the matches expected among those.
    """

    pairs: CandidatePairs
    comparisons: Comparisons
    weight_bits: Float64s
    n_aside: int
    matches_aside: float


def sifting_floor_bits(config: LinkageConfig, *, is_estimated: bool) -> float:
    """The match weight below which a candidate's comparison is given up. `is_estimated`: whether the model at
    hand is that of the run, and not the one that its estimation starts from.
    """
    return least_bits(config) - (0.0 if is_estimated else MARGIN_BITS)


def compare_plausible(
    referrals: Referrals,
    candidates: CandidatePairs,
    model: LinkageModel,
    rarity: BoundRarity,
    floor_bits: float,
    chunk_pairs: int,
    count: Counter = uncounted,
) -> Sifted:
    """Compare all candidates and keep those at or above a match weight. `rarity`: the frequencies of `model`
    bound to the referrals; `count`: hears of pairs compared.
    """
    floor_bits = floor_bits if referrals.extra is None else -np.inf
    # What compares fields of the caller's own may not bear two threads.
    parts = [slice(0, len(candidates))] if referrals.extra else slices(len(candidates), chunk_pairs)

    def kept_of(here: slice) -> _Part:
        left, right = candidates.left[here], candidates.right[here]
        found = compare_pairs(referrals, left, right, rarity, chunk_pairs, rarity.tables)
        weight_bits = match_weights(referrals, left, right, found, model)
        above = weight_bits >= floor_bits
        kept = np.flatnonzero(above)
        comparisons = Comparisons(found.levels[kept], found.coincidence_bits[kept])
        aside = float(match_probability(weight_bits[~above]).sum())
        count(len(left))
        return here.start + kept, comparisons, weight_bits[kept], aside

    nothing = compare_pairs(referrals, candidates.left[:0], candidates.right[:0], rarity, 1, rarity.tables)
    return _together(
        [(np.zeros(0, dtype=np.int64), nothing, np.zeros(0), 0.0), *in_threads(kept_of, parts)], candidates
    )


def _together(parts: list[_Part], candidates: CandidatePairs) -> Sifted:
    """All parts as one, each given up as soon as it is copied."""
    n_kept = sum(len(at) for at, *_ in parts)
    first = parts[0][1]
    at, weight_bits = np.empty(n_kept, dtype=np.int64), np.empty(n_kept)
    levels = np.empty((n_kept, first.levels.shape[1]), dtype=np.int8)
    bits = np.empty((n_kept, first.levels.shape[1]), dtype=np.float32)
    aside, end = 0.0, n_kept
    while parts:
        of_part, comparisons, part_bits, part_aside = parts.pop()
        here = slice(end - len(of_part), end)
        at[here], weight_bits[here] = of_part, part_bits
        levels[here], bits[here] = comparisons.levels, comparisons.coincidence_bits
        aside, end = aside + part_aside, here.start
    return Sifted(
        pairs=candidates.take(at),
        comparisons=Comparisons(levels, bits),
        weight_bits=weight_bits,
        n_aside=len(candidates) - n_kept,
        matches_aside=aside,
    )
