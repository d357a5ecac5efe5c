"""Links -> people: components, the posterior over their partitions, the published partition, and cluster ids."""

from nrm_linkage.cluster.components import Components, components, cut_large
from nrm_linkage.cluster.identity import cluster_ids
from nrm_linkage.cluster.partition import partition, weakest_links

__all__ = ["Components", "cluster_ids", "components", "cut_large", "partition", "weakest_links"]
