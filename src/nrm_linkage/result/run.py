"""What a run knows when it ends: what the methods of `Linkage` work on, and what its tables are made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from nrm_linkage.cluster import People
from nrm_linkage.compare import RowTables
from nrm_linkage.config import LinkageConfig
from nrm_linkage.model import EstimationReport, LinkageModel, Unseen
from nrm_linkage.normalise.referrals import Normalised
from nrm_linkage.review import Decisions
from nrm_linkage.schema import Recognised
from nrm_linkage.tables import (
    CandidatePairs,
    FoundPairs,
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

    `unjudged`: the partition as it were without human decisions, `partition` itself where they changed
    nothing; `cluster_id`: one a row, object (n,), technical duplicates' that of what they repeat; `found`:
    pairs that others than our blocking rules found; `past_ids`: cluster ids that earlier runs gave and this
    one does not; `judged`: the human decisions that bound the partition.
    """

    frame: pd.DataFrame
    recognised: Recognised
    config: LinkageConfig
    raw: RawReferrals
    referrals: Referrals
    partition: Partition
    unjudged: Partition
    cluster_id: Objects
    found: tuple[FoundPairs, ...] = ()
    past_ids: frozenset[str] = frozenset()
    judged: Decisions = field(default_factory=Decisions.none)


@dataclass(frozen=True, repr=False, eq=False)
class Outcome:
    """What the stages found, for the tables and the report.

    `pairs`: the candidates at or above `least_bits`; `unseen`: what blocking may have cost; `changes`: what
    happened to clusters since the previous run; `tables`: those of the rows; `since_counts`, `since_notes`:
    what the report says of that run.
    """

    model: LinkageModel
    normalised: Normalised
    candidates: CandidatePairs
    pairs: ScoredPairs
    unseen: Unseen
    people: People
    estimation: EstimationReport | None
    decision_notes: tuple[str, ...]
    changes: pd.DataFrame
    tables: RowTables
    since_counts: Mapping[str, int] = field(default_factory=dict)
    since_notes: tuple[str, ...] = ()
