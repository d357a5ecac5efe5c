"""What counting and grouping need of each row of a run: `CountedRows`, and the groupings by name.

Age group, gender, nationality and the type of first responder are as read, in fixed words, under their
canonical name and under the caller's heading: an unreadable box may hold anything, a name among it. The type
of first responder comes from its own column, and where that tells nothing from the organisation's name. Any
other column of the input goes by its text. Missing is "unknown". Nothing here is inferred from a name.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from nrm_linkage.instances import assess
from nrm_linkage.model.frequencies import nationality_key
from nrm_linkage.normalise.ages import AgeGroup
from nrm_linkage.normalise.gender import Gender
from nrm_linkage.normalise.responders import ResponderType
from nrm_linkage.report import CountedRows
from nrm_linkage.report.quality import JudgedPairs
from nrm_linkage.result.run import LinkedRun, Objects
from nrm_linkage.tables import Int8s, Int64s

__all__ = ["countable_rows", "judged_pairs"]

UNKNOWN = "unknown"

Names = type[AgeGroup] | type[Gender] | type[ResponderType]


def countable_rows(run: LinkedRun) -> CountedRows:
    """The rows of a run as counting takes them, canonical order."""
    rows = run.referrals
    groups = {str(label): _texts(run.frame[label], run.raw.position) for label in run.frame.columns}
    as_read = _as_read(run)
    for name, labels in run.recognised.columns.items():
        for label in (name, *map(str, labels)):
            known = name in as_read
            groups[label] = as_read[name] if known else _texts(run.frame[labels[0]], run.raw.position)
    return CountedRows(
        referred=rows.referred,
        counts=rows.linkable,
        groups=groups | as_read,
        assess=lambda previous, current: assess(rows, previous, current).assessment,
    )


def judged_pairs(links: pd.DataFrame, row_of: Mapping[Any, int]) -> JudgedPairs:
    """The pairs of `Linkage.links` by canonical rows. `row_of`: referral id -> row."""
    left, right = (links[f"referral_id_{side}"].map(row_of).to_numpy(dtype=np.int64) for side in "lr")
    return JudgedPairs(
        left,
        right,
        links["same_person_probability"].to_numpy(dtype=np.float64),
        links["same_cluster"].to_numpy(dtype=bool),
    )


def _as_read(run: LinkedRun) -> dict[str, Objects]:
    rows = run.referrals
    nationality = [nationality_key(codes) or UNKNOWN for codes in rows.nationality.sets]
    groups = {
        "age_group": _named(rows.age_group, AgeGroup),
        "gender": _named(rows.gender, Gender),
        "nationality": np.array(nationality, dtype=object)[rows.nationality.code],
    }
    if not {"first_responder_type", "first_responder"} & set(run.raw.columns):
        return groups
    return groups | {"first_responder_type": _named(rows.facts.responder_type, ResponderType)}


def _named(codes: Int8s, kind: Names) -> Objects:
    """Codes as words; missing is "unknown"."""
    names = [UNKNOWN if each.name == "MISSING" else each.name.lower().replace("_", " ") for each in kind]
    return np.array(names, dtype=object)[codes]


def _texts(column: pd.Series, position: Int64s) -> Objects:
    """A grouping column in canonical order, as text; missing is "unknown"."""
    values = column.iloc[position]
    return values.astype(object).where(values.notna(), UNKNOWN).map(str).to_numpy(dtype=object)
