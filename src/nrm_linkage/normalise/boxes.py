"""Boxes of a frame that are read value by value, and what was doubtful in them.

`Boxes.read` reads the columns of a field, every distinct value once. A value that says something of which its
reader makes nothing has an issue, and so has one whose reading states issues of its own; the issues gather in
`Boxes.doubts`, by field, and hold no value.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from nrm_linkage.normalise.distinct import ReadColumn, distinct_values
from nrm_linkage.normalise.values import MISSING_WORDS, text_of

__all__ = ["Boxes", "Doubt"]

Reading = TypeVar("Reading")
Columns = Mapping[str, tuple[pd.Series, ...]]

_SAYS_NOTHING = MISSING_WORDS | {"not specified", "none known", "n/a - none"}


@dataclass(frozen=True, slots=True)
class Doubt:
    """The issues of one value."""

    issues: tuple[str, ...] = ()


@dataclass(frozen=True)
class Boxes:
    """The columns of a frame, and what was doubtful in those that were read."""

    columns: Columns
    doubts: list[tuple[str, ReadColumn[Doubt]]]

    def read(self, name: str, read: Callable[[object], Reading], unread: str) -> list[ReadColumn[Reading]]:
        """The columns of a field, none where the frame has none; a value that `read` takes for a missing one
        has the issue `unread`.
        """
        return [self._read(name, column, read, unread) for column in self.columns.get(name, ())]

    def _read(
        self, name: str, column: pd.Series, read: Callable[[object], Reading], unread: str
    ) -> ReadColumn[Reading]:
        codes, distinct = distinct_values(column)
        missing = read(None)
        readings = (missing, *(read(value) for value in distinct))
        of_rows = (codes + 1).astype(np.int32)
        doubts = tuple(
            _doubt(value, reading, missing, unread)
            for value, reading in zip((None, *distinct), readings, strict=True)
        )
        if any(doubt.issues for doubt in doubts):
            self.doubts.append((name, ReadColumn(of_rows, doubts)))
        return ReadColumn(of_rows, readings)


def _doubt(value: object, reading: Any, missing: Any, unread: str) -> Doubt:
    stated = getattr(reading, "issues", None)
    if stated is not None:
        return Doubt(stated)
    if reading != missing:
        return Doubt()
    text, problems = text_of(value)
    if text is None:
        return Doubt(problems)
    lower = text.casefold().rstrip(".")
    silent = lower in _SAYS_NOTHING or lower.startswith("not specified")
    return Doubt((unread,)) if unread and not silent else Doubt()
