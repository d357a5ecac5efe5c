"""How well a linkage agrees with known people."""

from nrm_linkage.evaluation.metrics import Evaluation, evaluate

__all__ = ["Evaluation", "evaluate"]
