"""How well a linkage agrees with known people."""

from nrm_linkage.evaluate.metrics import Evaluation, evaluate

__all__ = ["Evaluation", "evaluate"]
