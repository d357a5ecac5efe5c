"""Finds repeat referrals to the UK's National Referral Mechanism: probable individuals, with confidence,
explanation and ranges.

The front door: exports only, each loaded when it is first used, so that `import nrm_linkage` is light. It
sets up no logging beyond a `NullHandler` and does nothing else on import.
"""

from __future__ import annotations

import importlib
import logging
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nrm_linkage.config import LinkageConfig
    from nrm_linkage.errors import (
        ConfigError,
        DecisionConflictWarning,
        InputError,
        MissingExtraError,
        NotConvergedWarning,
        NrmLinkageError,
        TooManyPairsError,
    )
    from nrm_linkage.evaluation import Evaluation, evaluate
    from nrm_linkage.explain import ClusterExplanation, EvidenceLine, HumanDecision, PairExplanation
    from nrm_linkage.link import link_referrals
    from nrm_linkage.model import EstimationReport, LinkageModel
    from nrm_linkage.provenance import HOME_OFFICE_CAVEAT
    from nrm_linkage.provenance import VERSION as __version__
    from nrm_linkage.report import LinkageReport
    from nrm_linkage.result import Linkage
    from nrm_linkage.synthetic import make_referrals

__all__ = [
    "HOME_OFFICE_CAVEAT",
    "ClusterExplanation",
    "ConfigError",
    "DecisionConflictWarning",
    "EstimationReport",
    "Evaluation",
    "EvidenceLine",
    "HumanDecision",
    "InputError",
    "Linkage",
    "LinkageConfig",
    "LinkageModel",
    "LinkageReport",
    "MissingExtraError",
    "NotConvergedWarning",
    "NrmLinkageError",
    "PairExplanation",
    "TooManyPairsError",
    "__version__",
    "evaluate",
    "link_referrals",
    "make_referrals",
]

_ROOM_OF = {
    "HOME_OFFICE_CAVEAT": "provenance",
    "ClusterExplanation": "explain",
    "ConfigError": "errors",
    "DecisionConflictWarning": "errors",
    "EstimationReport": "model",
    "Evaluation": "evaluation",
    "EvidenceLine": "explain",
    "HumanDecision": "explain",
    "InputError": "errors",
    "Linkage": "result",
    "LinkageConfig": "config",
    "LinkageModel": "model",
    "LinkageReport": "report",
    "MissingExtraError": "errors",
    "NotConvergedWarning": "errors",
    "NrmLinkageError": "errors",
    "PairExplanation": "explain",
    "TooManyPairsError": "errors",
    "evaluate": "evaluation",
    "link_referrals": "link",
    "make_referrals": "synthetic",
}

logging.getLogger(__name__).addHandler(logging.NullHandler())


def __getattr__(name: str) -> Any:
    if name == "__version__":
        return importlib.import_module("nrm_linkage.provenance").VERSION
    if name not in _ROOM_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"nrm_linkage.{_ROOM_OF[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
