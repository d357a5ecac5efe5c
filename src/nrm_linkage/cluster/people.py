"""Pairs with their evidence -> people: components, all pairs within them, their partition, what humans
decided of it, and draws that know what the parameters leave open and which links are too weak to be weighed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from nrm_linkage.block import pairs_within
from nrm_linkage.cluster.binding import bind, with_bound
from nrm_linkage.cluster.components import Components, cut_large
from nrm_linkage.cluster.leaning import leaning_of
from nrm_linkage.cluster.partitioning import partition
from nrm_linkage.cluster.weak import weak_links, with_weak_links
from nrm_linkage.config import LinkageConfig
from nrm_linkage.hearing import Counter
from nrm_linkage.model import BoundRarity, Leeway, LinkageModel, Unseen, score_pairs
from nrm_linkage.provenance import id_hashes
from nrm_linkage.tables import CandidatePairs, Float64s, Int64s, Mask, Partition, Referrals, ScoredPairs

__all__ = ["People", "people_of"]


@dataclass(frozen=True, repr=False, eq=False)
class People:
    """Whom the referrals are found to be.

    `within`: all pairs within `components`, with `together`, their same-person probabilities, float64 (p,).
    `partition` obeys human judgements; `unjudged` is the model's alone, and the same where nobody judged.
    `decided`: bool (n,), rows of clusters that a human judged.
    """

    components: Components
    within: ScoredPairs
    together: Float64s
    partition: Partition
    unjudged: Partition
    decided: Mask


def people_of(
    rows: Referrals,
    candidates: CandidatePairs,
    pairs: ScoredPairs,
    unseen: Unseen,
    model: LinkageModel,
    leeway: Leeway,
    rarity: BoundRarity,
    judged: tuple[Int64s, Int64s],
    config: LinkageConfig,
    counter: Callable[[int], Counter] | None = None,
) -> People:
    """The people. `pairs`: candidates from `FAINT_BITS` on; `unseen`: what blocking may have cost; `leeway`:
    what the points of `model` add to weights; `rarity`: its frequencies bound to the referrals; `judged`:
    pairs called the same and pairs called different, int64 (k, 2) each, without contradictions; `counter`:
    how many components there are -> who hears of those that are weighed.
    """
    same, different = judged
    floor_bits, exact_size = config.component_floor_bits, config.exact_component_size
    found = cut_large(rows.n, pairs.left, pairs.right, pairs.weight_bits, floor_bits, exact_size)
    found = replace(found, of=with_bound(found.of, same))
    within = score_pairs(rows, pairs_within(candidates, found.of), model, config.chunk_pairs, rarity)
    keys = id_hashes(rows.referral_id)

    def changes(at: Int64s) -> Float64s:
        some = at.ravel()
        levels, bits = within.levels[some], within.weight_bits[some]
        return leeway.changes(rows, within.left[some], within.right[some], levels, bits).reshape(
            -1, *at.shape
        )

    weak = weak_links(rows, found.of, pairs, leeway, unseen, keys, config).apart_from(different.ravel())
    # Where nobody judged, one array of draws is enough, if it has room for the weak links from the first.
    judges = len(same) + len(different) > 0
    also = None if judges else weak.rows
    lean = leaning_of(rows, pairs, within)
    model_s, together = partition(
        rows.n, found.of, within, model.prior_bits, keys, config, changes, lean, also, counter
    )
    bound, decided = bind(model_s, found.of, within, together, judged, config.decision_threshold)
    unjudged = with_weak_links(model_s, weak, config, spend=not judges)
    if bound is not model_s:
        bound = with_weak_links(bound, weak.apart_from(np.flatnonzero(decided)), config)
    else:
        bound = unjudged
    return People(found, within, together, bound, unjudged, decided)
