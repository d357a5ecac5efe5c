"""The partition that would have been published at another cost of a false link, read off the draws.

The posterior does not hang on the cost: only the choice among its partitions does. Which rows are together
how often is counted in the draws of the run, so that each cost's partition loses least under the same
probabilities, to the noise of the draws. Judgements by humans have no part in it.
"""

from __future__ import annotations

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from nrm_linkage.cluster.deciding import decided
from nrm_linkage.tables import Float64s, Int64s, Partition

__all__ = ["Togetherness", "decided_at", "togetherness"]

Togetherness = tuple[tuple[Int64s, Float64s], ...]
"""Rows that are ever drawn together, ascending, (k,), and how often each two of them are, (k, k); 1 on the
diagonal.
"""


def togetherness(partition: Partition) -> Togetherness:
    """The components of what the draws join, smallest row first. What they join across the components that
    were weighed stands for links too weak to be decided on.
    """
    uncertain, draws = partition.uncertain, partition.draws
    n = len(uncertain)
    if not draws.size:
        return ()
    of = partition.component
    leader = np.searchsorted(uncertain, np.where(of[draws] == of[uncertain], draws, uncertain))
    edges = np.unique(leader.astype(np.int64) * n + np.arange(n))
    ties = coo_array((np.ones(len(edges), dtype=np.int8), np.divmod(edges, n)), shape=(n, n))
    _, label = connected_components(ties, directed=False)
    order = np.argsort(label, kind="stable")
    starts = np.flatnonzero(np.diff(label[order], prepend=-1))
    found = []
    for places in np.split(order, starts[1:]):
        if len(places) > 1:
            drawn = draws[:, places]
            often = (drawn[:, :, None] == drawn[:, None, :]).mean(axis=0)
            found.append((uncertain[places], np.asarray(often, dtype=np.float64)))
    return tuple(sorted(found, key=lambda one: int(one[0][0])))


def decided_at(n_rows: int, together: Togetherness, threshold: float) -> Int64s:
    """The smallest row of each row's cluster, int64 (n,), where a pair that is together more often than
    `threshold` gains by being joined.
    """
    cluster = np.arange(n_rows, dtype=np.int64)
    for rows, often in together:
        cluster[rows] = rows[decided(often, threshold)]
    return cluster
