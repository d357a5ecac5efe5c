"""Links -> people: components, the posterior over partitions, the published partition, and cluster ids."""

from nrm_linkage.cluster.components import Components, components, cut_large
from nrm_linkage.cluster.identity import cluster_ids, id_hashes
from nrm_linkage.cluster.partitioning import partition, weakest_links

__all__ = ["Components", "cluster_ids", "components", "cut_large", "id_hashes", "partition", "weakest_links"]
