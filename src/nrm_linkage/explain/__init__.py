"""Why two referrals were joined or not, in evidence that adds up to the score."""

from nrm_linkage.explain.cluster import ClusterExplanation, explain_cluster
from nrm_linkage.explain.counterfactual import Counterfactual, WithoutEvidence
from nrm_linkage.explain.decided import HumanDecision
from nrm_linkage.explain.evidence import EvidenceLine
from nrm_linkage.explain.pair import PairExplanation, explain_pair

__all__ = [
    "ClusterExplanation",
    "Counterfactual",
    "EvidenceLine",
    "HumanDecision",
    "PairExplanation",
    "WithoutEvidence",
    "explain_cluster",
    "explain_pair",
]
