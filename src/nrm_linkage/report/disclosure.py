"""Disclosure control of an analyst's own table: suppression that the totals do not undo, and rounding.

In each counting a group is hidden where any of its numbers is below the limit and it holds a referral. What
is hidden must not be what the shown groups leave of the total: there are at least two such groups in a
counting, and between them at least the limit, in the estimate and in the clusters; the smallest of the others
are hidden until it is so, or the total where there are none. Whose age moved (`child_then_adult`) is hidden
throughout.

It does not answer for what several tables tell together, nor for the difference of two countings: for tables
that leave the house see `publication`.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from nrm_linkage.report.counted import COUNTINGS
from nrm_linkage.tables import Float64s, Mask

__all__ = ["NUMBERS", "rounded", "suppressed"]

NUMBERS = ("estimate", "low", "high", "n_in_clusters", "n_referrals")

_PEOPLE = ("estimate", "n_in_clusters")
_FELL_OUT = ["child_then_adult", "share_of_people"]


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
    table[numbers] = (table[numbers] / to).round() * to
    table["share_of_people"] = table["share_of_people"].round(2)
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
