"""What explanations read of a run: two referrals taken alone, what brought them together, and the timeline of
a cluster.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from nrm_linkage.block import KEY_RULES, RULES
from nrm_linkage.explain.pair import RECORDED_FOR
from nrm_linkage.normalise.referrals import normalise_referrals
from nrm_linkage.result.run import LinkedRun
from nrm_linkage.schema import arrange
from nrm_linkage.tables import Int64s, RawReferrals, Referrals, RuleYield

__all__ = ["SHOWN_FIELDS", "found_beside_keys", "read_alone", "timeline"]

SHOWN_FIELDS = ("given_name", "family_name", "name", "alias", "date_of_birth", "nationality", "gender")
"""What an explained cluster shows of its referrals when values are asked for."""


def read_alone(run: LinkedRun, rows: Int64s) -> tuple[Referrals, Mapping[str, tuple[pd.Series, ...]]]:
    """Two canonical rows as read by themselves, and their columns as recorded, those of the caller's own
    fields too.
    """
    frame = run.frame.iloc[run.raw.position[rows]].reset_index(drop=True)
    raw = arrange(frame, run.recognised)
    raw = RawReferrals(raw.columns, run.referrals.referral_id[rows], raw.position, np.arange(len(rows)))
    referrals, extra = normalise_referrals(raw, run.config).referrals, run.referrals.extra
    if extra is None:
        return referrals, raw.columns
    recorded = {
        RECORDED_FOR + name: tuple(frame[label] for label in labels)
        for name, labels in extra.read_from.items()
    }
    return replace(referrals, extra=extra.of_rows(rows)), {**raw.columns, **recorded}


def found_beside_keys(
    run: LinkedRun, blocking: Sequence[RuleYield], left: int, right: int
) -> tuple[str, ...]:
    """What brought two rows together that their own keys do not tell: that everybody was compared with
    everybody, and what others found. `blocking`: what each rule of the run found.
    """
    in_full = {rule.name for rule in RULES} - {rule.name for rule in KEY_RULES}
    both = bool(run.referrals.linkable[[left, right]].all())
    small = (each.rule for each in blocking if both and each.pairs and each.rule in in_full)
    return (*small, *(pairs.name for pairs in run.found if pairs.holds(left, right)))


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
