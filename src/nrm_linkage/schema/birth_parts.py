"""Day, month and year of birth in columns of their own -> the one column of dates of birth that is read.

A whole date goes before parts: these are used where it is empty. A year alone stays as it is written; month
and year, or all three, are put together in an order that cannot be mistaken, year first where the month is a
number. A day without a month is left out; parts without a year are handed on, for the reader to say that they
are no date. It reads nothing: what a year or a month may be, `normalise` says.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
import pandas as pd

__all__ = ["BIRTH_PARTS", "with_date_of_birth"]

BIRTH_PARTS: Final = ("day_of_birth", "month_of_birth", "year_of_birth")

Columns = Mapping[str, tuple[pd.Series, ...]]


def with_date_of_birth(columns: Columns) -> dict[str, tuple[pd.Series, ...]]:
    """The columns of each field, those of parts of a date of birth as its column.

    Examples
    --------
    >>> parts = {"day_of_birth": ["7", None], "month_of_birth": [3.0, None], "year_of_birth": [2001, 1999]}
    >>> columns = {name: (pd.Series(values, dtype=object),) for name, values in parts.items()}
    >>> with_date_of_birth(columns)["date_of_birth"][0].tolist()
    ['2001-03-07', '1999']
    """
    rest = {name: used for name, used in columns.items() if name not in BIRTH_PARTS}
    if len(rest) == len(columns):
        return rest
    n_rows = len(next(iter(columns.values()))[0])
    parts = [_texts(columns[name][0]) if name in columns else [""] * n_rows for name in BIRTH_PARTS]
    found = pd.Series([_together(*row) or None for row in zip(*parts, strict=True)], dtype=object)
    if "date_of_birth" in rest:
        whole = rest["date_of_birth"][0].astype(object)
        found = found.where(np.array([not text for text in _texts(whole)], dtype=bool), whole)
    return rest | {"date_of_birth": (found,)}


def _texts(column: pd.Series) -> list[str]:
    """The values as text, whole numbers without a point, "" where there is nothing."""
    known = column.notna().tolist()
    return [_text(value) if says else "" for value, says in zip(column.astype(object), known, strict=True)]


def _text(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip().removesuffix(".0")


def _together(day: str, month: str, year: str) -> str:
    if not month:
        return year
    if not month.isdecimal():
        return " ".join(part for part in (day, month, year) if part)
    if year.isdecimal() and len(year) == 4:
        return "-".join([year, month.zfill(2), *([day.zfill(2)] if day else [])])
    return "/".join(part for part in (day, month, year) if part)
