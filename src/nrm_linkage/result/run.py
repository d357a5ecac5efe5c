"""What a run knows when it ends: what the methods of `Linkage` work on, and what its tables are made from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from nrm_linkage.cluster import Components
from nrm_linkage.config import LinkageConfig
from nrm_linkage.model import EstimationReport, LinkageModel, Unseen
from nrm_linkage.normalise.referrals import Normalised
from nrm_linkage.schema import Recognised
from nrm_linkage.tables import (
    CandidatePairs,
    Float64s,
    FoundPairs,
    Mask,
    Partition,
    RawReferrals,
    Referrals,
    ScoredPairs,
)

__all__ = ["LinkedRun", "Objects", "Outcome"]

Objects = npt.NDArray[np.object_]


@dataclass(frozen=True, repr=False, eq=False)
class LinkedRun:
    """What a run knows, in canonical row order but for `frame`, which is the caller's as pandas.

    `found`: pairs that others than our blocking rules found.
    """

    frame: pd.DataFrame
    recognised: Recognised
    config: LinkageConfig
    raw: RawReferrals
    referrals: Referrals
    partition: Partition
    found: tuple[FoundPairs, ...] = ()


@dataclass(frozen=True, repr=False, eq=False)
class Outcome:
    """What the stages found, for the tables and the report.

    `pairs`: all candidates; `unseen`: what blocking may have cost; `within`: all pairs within components,
    with `together`, their same-person probabilities, float64 (p,); `decided`: bool (n,), rows of clusters
    that a human judged.
    """

    model: LinkageModel
    normalised: Normalised
    candidates: CandidatePairs
    pairs: ScoredPairs
    unseen: Unseen
    within: ScoredPairs
    together: Float64s
    components: Components
    estimation: EstimationReport | None
    decided: Mask
    decision_notes: tuple[str, ...]
