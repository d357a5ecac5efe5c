"""Links -> people: components, the posterior over partitions, the published partition, and cluster ids."""

from nrm_linkage.cluster.binding import bind, with_bound
from nrm_linkage.cluster.components import Components, components, cut_large
from nrm_linkage.cluster.identity import cluster_ids
from nrm_linkage.cluster.lineage import Earlier, Lineage, date_ranks, follow, ids_made_of
from nrm_linkage.cluster.partitioning import partition, weakest_links
from nrm_linkage.cluster.people import People, people_of
from nrm_linkage.cluster.redeciding import Togetherness, decided_at, togetherness

__all__ = [
    "Components",
    "Earlier",
    "Lineage",
    "People",
    "Togetherness",
    "bind",
    "cluster_ids",
    "components",
    "cut_large",
    "date_ranks",
    "decided_at",
    "follow",
    "ids_made_of",
    "partition",
    "people_of",
    "togetherness",
    "weakest_links",
    "with_bound",
]
