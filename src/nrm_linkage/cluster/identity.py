"""Cluster ids: opaque, holding no referral id, and the same whatever else is in the frame.

The id is a hash of the id of the cluster's first referral (by date, then by id), so it survives rows added
around it and growth of the cluster. It estimates one person; it is not a person's id. A hash can be tested
against a known referral id: cluster ids belong wherever referral ids belong, and nowhere else.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from nrm_linkage.provenance import id_hashes
from nrm_linkage.tables import Days, Int64s

__all__ = ["cluster_ids"]


def cluster_ids(
    cluster: Int64s, referral_id: npt.NDArray[np.object_], referred: Days
) -> npt.NDArray[np.object_]:
    """One id a row, object (n,) of text `c` and 16 hexadecimal digits. `cluster`: int64 (n,), any label of
    each row's cluster.
    """
    dated_last = np.where(np.isnat(referred), np.datetime64("9999-12-31", "D"), referred)
    order = np.lexsort((np.arange(len(cluster)), dated_last, cluster))
    is_first = np.ones(len(cluster), dtype=bool)
    is_first[1:] = cluster[order][1:] != cluster[order][:-1]
    founder = np.zeros(len(cluster), dtype=np.int64)
    founder[order] = order[is_first][np.cumsum(is_first) - 1] if len(cluster) else founder
    hashes = id_hashes(referral_id)
    return np.array([f"c{value:016x}" for value in hashes[founder].tolist()], dtype=object)
