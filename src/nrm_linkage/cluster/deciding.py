"""The partition of one component that loses least, from its same-person probabilities.

Whoever publishes a partition asks here: the run itself, a run with human judgements, and `sensitivity` at
other costs. Members whom no chain of pairs ties, each gaining by being joined, are never together, so that
each such group is decided on its own: up to `EXACT_MEMBERS` members the best way there is, beyond the greedy
one.
"""

from __future__ import annotations

import numpy as np

from nrm_linkage.cluster.components import components
from nrm_linkage.cluster.posterior import best_partition
from nrm_linkage.cluster.sample import greedy_partition
from nrm_linkage.tables import Float64s, Int64s

__all__ = ["decided"]

EXACT_MEMBERS = 15
"""As many members as can have an exact posterior (`LinkageConfig.exact_component_size`)."""


def decided(together: Float64s, threshold: float) -> Int64s:
    """For each of k members the place of its cluster's smallest, int64 (k,). `together`: (k, k), symmetric; a
    pair gains by being joined what it has above `threshold`.

    >>> decided(np.array([[1.0, 0.9, 0.2], [0.9, 1.0, 0.1], [0.2, 0.1, 1.0]]), 0.5).tolist()
    [0, 0, 2]
    """
    gains = together > threshold
    one, other = np.nonzero(np.triu(gains, 1))
    label = components(len(together), one.astype(np.int32), other.astype(np.int32))
    for group in np.unique(label[one]).tolist():
        members = np.flatnonzero(label == group)
        inside = np.ix_(members, members)
        if (gains[inside] | np.eye(len(members), dtype=bool)).all():
            continue
        label[members] = members[_of_group(together[inside], threshold)]
    return label


def _of_group(together: Float64s, threshold: float) -> Int64s:
    k = len(together)
    if k > EXACT_MEMBERS:
        return greedy_partition(together, threshold)
    label = np.zeros(k, dtype=np.int64)
    for block in best_partition(together, threshold):
        members = np.flatnonzero((block >> np.arange(k)) & 1)
        label[members] = members[0]
    return label
