"""Why two referrals were joined or not, in evidence that adds up to the score."""

from nrm_linkage.explain.cluster import ClusterExplanation, explain_cluster
from nrm_linkage.explain.pair import EvidenceLine, PairExplanation, explain_pair

__all__ = ["ClusterExplanation", "EvidenceLine", "PairExplanation", "explain_cluster", "explain_pair"]
