"""What every subset of a component weighs as a cluster, put together as `partition` does."""

from __future__ import annotations

from nrm_linkage.cluster.against import Against
from nrm_linkage.cluster.posterior import beside_trees
from nrm_linkage.cluster.trees import subset_trees
from nrm_linkage.tables import Float64s


def subset_weights(evidence: Float64s, prior_bits: float, against: Against | None = None) -> Float64s:
    """(c, 2^k), in bits. `evidence`: (c, k, k), without what is `against` one person."""
    against = against or Against.nothing(*evidence.shape[:2])
    return subset_trees(evidence) + beside_trees(prior_bits, against)
