"""What a `Linkage` holds: its tables, the model and the record of the run, and the run itself.

The tables hold what the caller's own frame holds, keyed by referral id. What can be asked of them is in the
classes built on this one: `explaining`, `counting`, `judging`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from nrm_linkage.model import LinkageModel
from nrm_linkage.report import CountedRows, LinkageReport
from nrm_linkage.result.groupings import countable_rows
from nrm_linkage.result.run import LinkedRun

__all__ = ["LinkageTables"]


@dataclass(frozen=True, repr=False, eq=False)
class LinkageTables:
    """The tables of a run, and what its questions work on; described in `Linkage`."""

    referrals: Any
    clusters: pd.DataFrame
    repeats: pd.DataFrame
    links: pd.DataFrame
    data_issues: pd.DataFrame
    changes: pd.DataFrame
    model: LinkageModel
    report: LinkageReport
    run: LinkedRun
    added: pd.DataFrame

    @cached_property
    def _by_id(self) -> dict[Any, int]:
        """Referral id -> canonical row."""
        return {value: row for row, value in enumerate(self.run.referrals.referral_id)}

    @cached_property
    def _cluster_of(self) -> dict[Any, str]:
        return dict(zip(self.run.referrals.referral_id, self.run.cluster_id, strict=True))

    @property
    def _can_count(self) -> bool:
        """Whether anybody can be counted by date."""
        rows = self.run.referrals
        return bool(rows.linkable.any() and not np.isnat(rows.referred).all())

    @cached_property
    def _countable(self) -> CountedRows:
        return countable_rows(self.run)
