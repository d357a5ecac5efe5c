"""Disclosure control of an analyst's own table: suppression that the totals do not undo, and rounding.

In each counting a group is hidden where any of its numbers is below the limit and it holds a referral. What
is hidden must not be what the shown groups leave of the total: there are at least two such groups in a
counting, and between them at least the limit, in the estimate and in the clusters; the smallest of the others
are hidden until it is so, or the total where there are none. Whose age moved (`child_then_adult`) is hidden
throughout.

Everything that is rounded for release, here, in `publication`, in the shares of `quality` and `sensitivity`
and on the page, goes by `to_nearest`: to the nearest multiple, and a half goes up.

It does not answer for what several tables tell together, nor for the difference of two countings: for tables
that leave the house see `publication`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from nrm_linkage.report.counted import COUNTINGS
from nrm_linkage.tables import Float64s, Mask

__all__ = ["NUMBERS", "rounded", "shares_to_nearest", "suppressed", "to_nearest"]

NUMBERS = ("estimate", "low", "high", "n_in_clusters", "n_referrals")

_PEOPLE = ("estimate", "n_in_clusters")
_FELL_OUT = ["child_then_adult", "share_of_people"]


def to_nearest(number: Any, to: int) -> Float64s:
    """Numbers of people or records, of whatever shape, to the nearest multiple of `to`; a half goes up.

    >>> to_nearest([2, 2.5, 12.5, 17.4], 5).tolist()
    [0.0, 5.0, 15.0, 15.0]
    """
    return np.asarray(np.floor(np.asarray(number, dtype=np.float64) / to + 0.5) * to, dtype=np.float64)


def shares_to_nearest(share: pd.DataFrame, per_cent: int) -> pd.DataFrame:
    """Shares to the nearest multiple of so many per cent; a half goes up."""
    whole = to_nearest(share * 100, per_cent) / 100
    return pd.DataFrame(whole, index=share.index, columns=share.columns)


def suppressed(table: pd.DataFrame, below: int) -> pd.DataFrame:
    """The table with small numbers, and what would give them away, missing and marked."""
    table = table.astype(dict.fromkeys(NUMBERS, "float64"))
    n_countings = len(COUNTINGS)
    hidden = np.zeros(len(table), dtype=bool)
    for counting in range(n_countings):
        rows = slice(counting, None, n_countings)
        hidden[rows] = _hidden(
            table[list(_PEOPLE)].to_numpy(dtype=np.float64)[rows],
            table["n_referrals"].to_numpy(dtype=np.float64)[rows],
            below,
        )
    table.loc[hidden, [*NUMBERS, *_FELL_OUT]] = np.nan
    table["child_then_adult"] = np.nan
    table["suppressed"] = hidden
    return table


def rounded(table: pd.DataFrame, to: int) -> pd.DataFrame:
    """The table with its numbers rounded to multiples of `to`, and shares to whole per cent."""
    numbers = [*NUMBERS, "child_then_adult"]
    table = table.astype(dict.fromkeys(numbers, "float64"))
    table[numbers] = to_nearest(table[numbers], to)
    table[["share_of_people"]] = shares_to_nearest(table[["share_of_people"]], 1)
    return table


def _hidden(people: Float64s, n_referrals: Float64s, below: int) -> Mask:
    """Which groups of a counting to hide; the last is the total. `people`: (groups, 2).

    A group without a referral in the period has nothing to hide, and hides nothing.
    """
    empty = n_referrals == 0
    smallest = np.minimum(people.min(axis=1), n_referrals)
    hidden = np.asarray((smallest < below) & ~empty, dtype=bool)
    groups = hidden[:-1]
    if not groups.any():
        return hidden
    while groups.sum() < 2 or (people[:-1][groups].sum(axis=0) < below).any():
        others = np.flatnonzero(~groups & ~empty[:-1])
        if not len(others):
            hidden[-1] = True
            break
        groups[others[smallest[others].argmin()]] = True
    return hidden
