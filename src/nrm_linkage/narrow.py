"""Rows of few columns, added up or compared column by column: numpy goes through such rows one at a time, and
takes two to twenty times as long.

Sums are made from the first column to the last, so that their bits do not hang on the machine.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from nrm_linkage.tables import Float64s, Int8s, Int64s, Mask

__all__ = ["row_any", "row_counts", "row_minima", "row_sums"]


def row_sums(values: Float64s) -> Float64s:
    """The sum of each row, float64 (n,). `values`: (n, k).

    >>> row_sums(np.array([[1.0, 2.0], [3.0, 4.5]])).tolist()
    [3.0, 7.5]
    """
    total = np.zeros(len(values))
    for column in values.T:
        total += column
    return total


def row_counts(mask: npt.NDArray[np.bool_]) -> Int64s:
    """How often each row holds, int64 (n,). `mask`: (n, k).

    >>> row_counts(np.array([[True, True], [False, True]])).tolist()
    [2, 1]
    """
    total = np.zeros(len(mask), dtype=np.int64)
    for column in mask.T:
        total += column
    return total


def row_any(values: npt.NDArray[Any]) -> Mask:
    """Whether each row holds anything but zeros, bool (n,). `values`: (n, k).

    >>> row_any(np.array([[0, 2], [0, 0]])).tolist()
    [True, False]
    """
    found = np.zeros(len(values), dtype=bool)
    for column in values.T:
        found |= column != 0
    return found


def row_minima(levels: Int8s) -> Int8s:
    """The least number of each row, int8 (n,). `levels`: (n, k), k at least 1.

    >>> row_minima(np.array([[3, 2], [0, 1]], dtype=np.int8)).tolist()
    [2, 0]
    """
    least = levels[:, 0].copy()
    for column in levels.T[1:]:
        np.minimum(least, column, out=least)
    return least
