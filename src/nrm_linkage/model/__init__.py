"""What each agreement is worth: frequencies, parameters, their estimation, and the match weight of a pair."""

from nrm_linkage.model.by_name import learn_by_name, read_under, with_nationalities_by_name
from nrm_linkage.model.dependence import DEPENDENCE_LINES, told_lines, told_names
from nrm_linkage.model.estimation import EstimationReport, estimate
from nrm_linkage.model.extra import read_by
from nrm_linkage.model.frequencies import Frequencies, learn_frequencies
from nrm_linkage.model.households import learn_relatives
from nrm_linkage.model.leeway import Leeway, with_points
from nrm_linkage.model.parameters import LinkageModel
from nrm_linkage.model.patterns import count_patterns
from nrm_linkage.model.rarity import BoundRarity
from nrm_linkage.model.score import EVIDENCE_LINES, evidence_lines, score, score_pairs, score_plausible
from nrm_linkage.model.sift import Sifted, compare_plausible, sifting_floor_bits
from nrm_linkage.model.strangers import learn_strangers, starting_model
from nrm_linkage.model.unseen import Unseen, estimate_unseen
from nrm_linkage.model.weigh import Weighed, weigh

__all__ = [
    "DEPENDENCE_LINES",
    "EVIDENCE_LINES",
    "BoundRarity",
    "EstimationReport",
    "Frequencies",
    "Leeway",
    "LinkageModel",
    "Sifted",
    "Unseen",
    "Weighed",
    "compare_plausible",
    "count_patterns",
    "estimate",
    "estimate_unseen",
    "evidence_lines",
    "learn_by_name",
    "learn_frequencies",
    "learn_relatives",
    "learn_strangers",
    "read_by",
    "read_under",
    "score",
    "score_pairs",
    "score_plausible",
    "sifting_floor_bits",
    "starting_model",
    "told_lines",
    "told_names",
    "weigh",
    "with_nationalities_by_name",
    "with_points",
]
