"""Sifted pairs and a model -> what the later stages go on with: the pairs that have a part in the run,
weighed; the model with what it leaves open; and how many pairs of one person are in no table.

Every run ends its estimation here, whether it estimated a model or was given one. It learns no parameter but
the points of a model that holds none.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from nrm_linkage.config import LinkageConfig
from nrm_linkage.model.hidden import hidden_pairs
from nrm_linkage.model.leeway import Leeway, least_bits, with_points
from nrm_linkage.model.parameters import LinkageModel
from nrm_linkage.model.rarity import BoundRarity
from nrm_linkage.model.score import score_plausible
from nrm_linkage.model.sift import Sifted
from nrm_linkage.model.unseen import Unseen, estimate_unseen
from nrm_linkage.tables import Referrals, ScoredPairs

__all__ = ["Weighed", "weigh"]


@dataclass(frozen=True, repr=False, eq=False)
class Weighed:
    """`pairs`: those at or above `least_bits`, scored under `model`, which holds points; `leeway`: what the
    points add to weights.
    """

    model: LinkageModel
    leeway: Leeway
    pairs: ScoredPairs
    unseen: Unseen


def weigh(
    rows: Referrals, sifted: Sifted, model: LinkageModel, rarity: BoundRarity, config: LinkageConfig
) -> Weighed:
    """Weigh all pairs that were kept. `rarity`: the model's frequencies bound to the referrals."""
    pairs, weight_bits = score_plausible(rows, sifted.pairs, sifted.comparisons, model, least_bits(config))
    model = with_points(rows, pairs, model, config)
    unseen = estimate_unseen(
        *(rows, sifted.pairs, weight_bits, model, config.chunk_pairs, rarity),
        *(sifted.n_aside, sifted.matches_aside),
    )
    leeway = Leeway.of(model, rows.nationality.group_names)
    hidden = hidden_pairs(rows, pairs, model, leeway, rarity, config)
    return Weighed(model, leeway, pairs, replace(unseen, hidden=hidden))
