"""What explanations read of a run: two referrals taken alone, and the timeline of a cluster."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from nrm_linkage.normalise.referrals import normalise_referrals
from nrm_linkage.result.run import LinkedRun
from nrm_linkage.schema import arrange
from nrm_linkage.tables import Int64s, RawReferrals, Referrals

__all__ = ["SHOWN_FIELDS", "read_alone", "timeline"]

SHOWN_FIELDS = ("given_name", "family_name", "name", "alias", "date_of_birth", "nationality", "gender")
"""What an explained cluster shows of its referrals when values are asked for."""


def read_alone(run: LinkedRun, rows: Int64s) -> tuple[Referrals, Mapping[str, tuple[pd.Series, ...]]]:
    """Two canonical rows as read by themselves, and their columns as recorded."""
    frame = run.frame.iloc[run.raw.position[rows]].reset_index(drop=True)
    raw = arrange(frame, run.recognised)
    raw = RawReferrals(raw.columns, run.referrals.referral_id[rows], raw.position, np.arange(len(rows)))
    return normalise_referrals(raw, run.config).referrals, raw.columns


def timeline(run: LinkedRun, rows: Int64s, values: bool) -> pd.DataFrame:
    """One row a referral, in the order given; with `values`, `SHOWN_FIELDS` as recorded."""
    table = pd.DataFrame(
        {
            "referral_id": run.referrals.referral_id[rows],
            "referred": run.referrals.referred[rows].astype("datetime64[s]"),
            "membership_probability": run.partition.membership[rows],
        }
    )
    recorded = run.raw.columns
    for name in (name for name in SHOWN_FIELDS if values and name in recorded):
        table[name] = recorded[name][0].iloc[rows].to_numpy()
    return table
