"""Running somebody else's algorithm on referrals: the rows it sees, what it is called, and why it failed.

An error of somebody else's may quote a value of a record. Its message is passed on only where the same work
on no rows at all ends in the same message: what does not hang on the rows holds none of their values. A
message that quotes a heading which we do not know is not passed on either: in a file without a header line
the headings are a record.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterable
from typing import Any

import pandas as pd

from nrm_linkage.schema.headings import known_heading
from nrm_linkage.tables import RawReferrals

__all__ = ["in_canonical_order", "numbered", "reason_without_values"]


def in_canonical_order(frame: pd.DataFrame, raw: RawReferrals) -> pd.DataFrame:
    """The caller's rows under his headings, in the order of `raw`; the index is their canonical row."""
    return frame.iloc[raw.position].reset_index(drop=True)


def numbered(names: Iterable[str]) -> list[str]:
    """The names, those that stand there already with a number: A, B, A -> A, B, A 2."""
    taken: list[str] = []
    for name in names:
        free, count = name, 2
        while free in taken:
            free, count = f"{name} {count}", count + 1
        taken.append(free)
    return taken


def reason_without_values(error: Exception, frame: pd.DataFrame, again: Callable[[pd.DataFrame], Any]) -> str:
    """Why `again(frame)` ended in this error, in words that hold no value of the frame."""
    kind = type(error).__name__
    # As objects, because the categories of a categorical column are values without any row.
    without_rows = frame.iloc[:0].astype(object)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            again(without_rows)
    except Exception as other:
        message = str(error)
        if type(other) is type(error) and str(other) == message and not _quotes_unknown(message, frame):
            return f"{kind}: {message}"
    return f"{kind}, whose message is left out because it may hold a value of a record"


def _quotes_unknown(message: str, frame: pd.DataFrame) -> bool:
    """Whether a message holds, as a word, a heading of the frame that we do not know."""
    unknown = [str(label) for label in frame.columns if known_heading(label) is None]
    return any(label and re.search(rf"(?<!\w){re.escape(label)}(?!\w)", message) for label in unknown)
