"""The record of human decisions: each with who decided, when and why, as far as the table says, and with what
became of it.

Nothing of it is evidence, and nothing feeds back into a number. `decided_by` names a person and `reason` is
free text that may name one, so both are values, as is `decided_at` as recorded: they are kept with the run
and shown with `show="values"` alone. `decided_on`, the day that `decided_at` was read as, is no value.

A decision is kept as long as both its referrals are in the run; with one that is forgotten or withdrawn it
goes whole. A reason that names somebody else stays: nobody but its author knows whom it is about.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from nrm_linkage.normalise.dates import read_date
from nrm_linkage.normalise.distinct import read_column
from nrm_linkage.tables import Int64s

__all__ = [
    "BINDS",
    "CONTRADICTED",
    "SUPERSEDED",
    "UNSURE",
    "VALUES",
    "in_order",
    "moved_record",
    "no_record",
    "record_of",
    "text_of",
]

BINDS, UNSURE, CONTRADICTED, SUPERSEDED = "binds", "unsure", "contradicted", "superseded"
"""What became of a decision: it binds the partition; its author was unsure; it contradicts others; the two
were decided again in a later run. All but the first bind nothing.
"""

VALUES = ("decided_by", "decided_at", "reason")
COLUMNS = ("left", "right", "decision", "standing", "decided_on", *VALUES)


def no_record() -> pd.DataFrame:
    """The record of no decisions: `left`, `right` (int64, canonical rows, the smaller first), `decision`
    ("same", "different", "unsure"), `standing` (the four above), `decided_on` (datetime64[s], NaT where it is
    not recorded or cannot be read), and `decided_by`, `decided_at`, `reason` as recorded (text; None where
    there is none).
    """
    nobody = np.zeros((0, 2), dtype=np.int64)
    empty = pd.Series([], dtype=object)
    return record_of(pd.DataFrame(), nobody, empty)


def record_of(table: pd.DataFrame, pairs: Int64s, answer: pd.Series[Any]) -> pd.DataFrame:
    """The record of a table of decisions, as if all but the unsure ones bound. `pairs`: int64 (k, 2), sorted;
    `answer`: what each row decides, in our words.
    """
    n_rows = len(pairs)
    text = {
        name: [text_of(value) for value in table[name]] if name in table else [None] * n_rows
        for name in VALUES
    }
    return pd.DataFrame(
        {
            "left": pairs[:, 0],
            "right": pairs[:, 1],
            "decision": pd.Series(answer.to_numpy(dtype=object), dtype=object),
            "standing": pd.Series(np.where(answer == "unsure", UNSURE, BINDS), dtype=object),
            "decided_on": _days(table["decided_at"] if "decided_at" in table else [None] * n_rows),
            **{name: pd.Series(values, dtype=object) for name, values in text.items()},
        },
        columns=list(COLUMNS),
    )


def moved_record(record: pd.DataFrame, row: Int64s) -> pd.DataFrame:
    """The record by rows of another run. `row`: int64, there, of each row here, -1 where it is gone."""
    pairs = np.sort(row[record[["left", "right"]].to_numpy(dtype=np.int64)], axis=1)
    stays = (pairs[:, 0] >= 0) & (pairs[:, 0] < pairs[:, 1])
    return record.assign(left=pairs[:, 0], right=pairs[:, 1])[stays]


def in_order(*records: pd.DataFrame) -> pd.DataFrame:
    """Records as one, in an order that says nothing of that of their tables; what was entered twice alike
    stands once.
    """
    parts = [record for record in records if len(record)]
    if not parts:
        return no_record()
    return (
        pd.concat(parts, ignore_index=True)
        .drop_duplicates()
        .sort_values(list(COLUMNS), key=_sortable, kind="stable", ignore_index=True)
    )


def _sortable(column: pd.Series[Any]) -> pd.Series[Any]:
    return column.fillna("") if column.dtype == np.dtype(object) else column


def _days(column: Iterable[Any]) -> pd.Series[Any]:
    """The days of a column, datetime64[s]; dates are read as those of referrals are."""
    read = read_column(pd.Series(list(column), dtype=object), read_date)
    days = read.map(lambda reading: reading.date, "datetime64[D]")
    return pd.Series(days.astype("datetime64[s]"))


def text_of(value: Any) -> str | None:
    """A cell as text without space around it; None where there is none."""
    if value is None or (pd.api.types.is_scalar(value) and pd.isna(value)):
        return None
    return (value.isoformat() if hasattr(value, "isoformat") else str(value)).strip() or None
