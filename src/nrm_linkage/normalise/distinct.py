"""Apply a value-level reader to the distinct values of a column, and lay the results out as arrays.

Readers are pure functions of one value; a column of a million rows has far fewer distinct values, so each is
read once. Nothing is remembered between calls: these are people's names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, Generic, TypeVar

import numpy as np
import numpy.typing as npt
import pandas as pd

from nrm_linkage.tables import Int32s, Int64s, Mask, TokenLists

__all__ = [
    "ReadColumn",
    "distinct_values",
    "expand_lists",
    "first_occurrences",
    "flat_lists",
    "merge_lists",
    "read_column",
    "row_starts",
    "token_lists",
]

Reading = TypeVar("Reading")


@dataclass(frozen=True)
class ReadColumn(Generic[Reading]):
    """A column read value by value. `codes`: int32 (n,) into `readings`, whose first is the reading of a
    missing value.
    """

    codes: Int32s
    readings: tuple[Reading, ...] = field(repr=False)

    def map(self, of: Callable[[Reading], object], dtype: str) -> npt.NDArray[Any]:
        """One plain value a row, from one plain value a reading; shape (n,), of `dtype`."""
        return np.array([of(reading) for reading in self.readings], dtype=dtype)[self.codes]


def distinct_values(column: pd.Series) -> tuple[Int64s, npt.NDArray[np.object_]]:
    """Codes (n,) of the rows, -1 where missing, and the distinct values in order of appearance.

    A value that cannot be hashed (a list, a dict) is no value of a cell and becomes `()`, which every reader
    refuses; its text is never made.
    """
    values = column.astype(object).to_numpy()
    try:
        codes, distinct = pd.factorize(values, use_na_sentinel=True)
    except TypeError:
        plain = np.empty(len(values), dtype=object)
        for row, value in enumerate(values):
            plain[row] = value if pd.api.types.is_hashable(value) else ()
        codes, distinct = pd.factorize(plain, use_na_sentinel=True)
    return codes.astype(np.int64), distinct


def read_column(column: pd.Series, read: Callable[[object], Reading]) -> ReadColumn[Reading]:
    """Read each distinct value once."""
    codes, distinct = distinct_values(column)
    readings = (read(None), *(read(value) for value in distinct))
    return ReadColumn(codes=(codes + 1).astype(np.int32), readings=readings)


def token_lists(lists: Iterable[Sequence[str]], codes: Int32s) -> TokenLists:
    """Token lists of rows from the token lists of their codes; `texts` is sorted, so codes of tokens depend
    on content alone.
    """
    lists = list(lists)
    count = np.fromiter(map(len, lists), dtype=np.int64, count=len(lists))
    return flat_lists(list(chain.from_iterable(lists)), count, codes)


def flat_lists(held: Sequence[str], count: Int64s, codes: Int32s) -> TokenLists:
    """As `token_lists`, from the tokens of all codes one after the other and the `count` of each code's."""
    texts = tuple(sorted(set(held)))
    number = dict(zip(texts, range(len(texts)), strict=True))
    flat = np.fromiter(map(number.__getitem__, held), dtype=np.int32, count=len(held))
    start, taken = expand_lists(count, codes)
    return TokenLists(start=start, token=flat[taken], texts=texts)


def expand_lists(count: Int64s, codes: Int32s) -> tuple[Int64s, Int64s]:
    """Row starts (n + 1,) and the positions to take from the flat lists of codes, so that rows own copies of
    their code's list.
    """
    first = np.concatenate(([0], np.cumsum(count)))[:-1]
    row_count = count[codes]
    start = np.concatenate(([0], np.cumsum(row_count))).astype(np.int64)
    within = np.arange(start[-1], dtype=np.int64) - np.repeat(start[:-1], row_count)
    return start, np.repeat(first[codes], row_count) + within


def merge_lists(
    parts: Sequence[TokenLists], n_rows: int, *, prefixes: Sequence[str] | None = None
) -> TokenLists:
    """One token list a row out of several, without repeats; with `prefixes`, each part's tokens get its
    prefix.
    """
    prefixes = prefixes or [""] * len(parts)
    spelled = [
        [prefix + text for text in part.texts] if prefix else part.texts
        for prefix, part in zip(prefixes, parts, strict=True)
    ]
    # Each part is sorted, which makes the sort a merge.
    texts = tuple(dict.fromkeys(sorted(chain.from_iterable(spelled))))
    number = dict(zip(texts, range(len(texts)), strict=True))
    packed = [np.zeros(0, dtype=np.int64)]
    for part, part_texts in zip(parts, spelled, strict=True):
        code = np.fromiter(map(number.__getitem__, part_texts), dtype=np.int64, count=len(part_texts))
        packed.append(part.row * max(len(texts), 1) + code[part.token])
    held = np.sort(np.concatenate(packed))
    held = held[np.concatenate([[True], held[1:] != held[:-1]])[: len(held)]]
    row, token = np.divmod(held, max(len(texts), 1))
    return TokenLists(start=row_starts(row, n_rows), token=token.astype(np.int32), texts=texts)


def row_starts(row: Int64s, n_rows: int) -> Int64s:
    """Starts (n_rows + 1,) of rows in a flat array whose row numbers `row` ascend."""
    return np.searchsorted(row, np.arange(n_rows + 1, dtype=np.int64)).astype(np.int64)


def first_occurrences(keys: Int64s) -> Mask:
    """Where a key occurs for the first time."""
    _, first = np.unique(keys, return_index=True)
    mask = np.zeros(len(keys), dtype=bool)
    mask[first] = True
    return mask
