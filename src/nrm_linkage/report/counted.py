"""How many people a partition's draws hold, by group and counting: the sums on which `repeats` reports.

In each draw the referrals of a person that are used are put in date order, and each after the first is
assessed against the one before it. A person stands in the group of the latest of them, and counts when that
one lies in the period. Nothing here rounds, suppresses or chooses a quantile.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from nrm_linkage.cluster import components
from nrm_linkage.instances import LATER, SAME_POSSIBLE
from nrm_linkage.tables import Days, Float64s, Int32s, Int64s, Mask, Partition

__all__ = ["COUNTINGS", "PEOPLE", "TURNED", "CountedRows", "counts_of_draws", "ever_together"]

COUNTINGS = ("all", "excluding same instance possible", "later exploitation recorded")

TURNED, PEOPLE = slice(len(COUNTINGS), 2 * len(COUNTINGS)), 2 * len(COUNTINGS)
"""Where the counts of people first referred as a child and last as an adult stand, and people at all."""

CHILD, ADULT = "child", "adult"

BATCH_NUMBERS = 2_000_000
"""Referrals of draws counted at a time; bounds memory, changes no result."""


@dataclass(frozen=True, eq=False)
class CountedRows:
    """What counting needs of each canonical row. `referred`: datetime64[D] (n,); `counts`: bool (n,),
    linkable and no technical duplicate; `groups`: name -> object (n,) of text; `assess`: rows of previous and
    current referrals -> assessments.
    """

    referred: Days = field(repr=False)
    counts: Mask = field(repr=False)
    groups: Mapping[str, np.ndarray[tuple[int], np.dtype[np.object_]]] = field(repr=False)
    assess: Callable[[Int64s, Int64s], np.ndarray[tuple[int], np.dtype[np.object_]]] = field(repr=False)


def counts_of_draws(
    rows: CountedRows,
    uncertain: Int64s,
    draws: Int32s,
    used: Mask,
    start: np.datetime64,
    codes: Int64s,
    n_groups: int,
) -> Float64s:
    """People by draw and group, float64 (n_draws, 7, n_groups): those of each counting, of these those at
    `TURNED`, and at `PEOPLE` people referred at all.

    `uncertain`, `draws`: as in `Partition`; `used`: bool (n,), the rows that count; `start`: the period's
    first day; `codes`: int64 (n,), the group of each row.
    """
    n_draws = len(draws)
    result = np.zeros((n_draws, PEOPLE + 1, n_groups))
    is_uncertain = np.zeros(len(used), dtype=bool)
    is_uncertain[uncertain] = True
    alone = used & ~is_uncertain & (rows.referred >= start)
    result[:, PEOPLE] = np.bincount(codes[alone], minlength=n_groups)
    kept = np.flatnonzero(used[uncertain])
    if not len(kept):
        return result
    row = uncertain[kept]
    by_date = np.lexsort((row, rows.referred[row]))
    row, kept = row[by_date], kept[by_date]
    batch = max(1, BATCH_NUMBERS // len(row))
    for at in range(0, n_draws, batch):
        label = draws[at : at + batch, kept].astype(np.int64)
        result[at : at + batch, :] += _people(rows, row, label, start, codes, n_groups)
    return result


def ever_together(partition: Partition) -> Int64s:
    """The smallest row of those that any draw joins, or what is published, through others too, int64 (n,)."""
    uncertain, n_rows = partition.uncertain, len(partition.cluster)
    own, joins = uncertain.astype(np.int32), np.zeros(0, dtype=np.int64)
    for label in (partition.cluster[uncertain], *partition.draws):
        moved = np.flatnonzero(label != own)
        joins = np.union1d(joins, uncertain[moved] * n_rows + label[moved])
    left, right = np.divmod(joins, n_rows)
    return components(n_rows, left.astype(np.int32), right.astype(np.int32))


def _people(
    rows: CountedRows, row: Int64s, label: Int64s, start: np.datetime64, codes: Int64s, n_groups: int
) -> Float64s:
    """People by draw, counting and group among rows in date order. `label`: (n_draws, rows), the person of
    each.
    """
    n_draws, n_rows = len(label), len(rows.referred)
    # Rows are in date order; a stable sort by person keeps that order within each person of each draw.
    person = (np.arange(n_draws)[:, None] * n_rows + label).ravel()
    order = np.argsort(person, kind="stable")
    person, row = person[order], np.tile(row, n_draws)[order]
    first = np.ones(len(person), dtype=bool)
    first[1:] = person[1:] != person[:-1]
    number = np.cumsum(first) - 1
    last = np.append(first[1:], True)
    at_last = row[last]
    inside = rows.referred[at_last] >= start
    n_each = np.bincount(number)
    assessed = _assessed(rows, row, first)
    same = np.bincount(number, weights=assessed == 1)
    later = np.bincount(number, weights=assessed == 2)
    turned = _child_then_adult(rows, row, number, at_last)
    countings = [n_each >= 2, n_each - same >= 2, later >= 1]
    qualifies = [*countings, *(holds & turned for holds in countings), n_each >= 1]
    cell = person[first] // n_rows * n_groups + codes[at_last]
    counts = [np.bincount(cell[holds & inside], minlength=n_draws * n_groups) for holds in qualifies]
    return np.stack(counts, axis=1).reshape(n_draws, n_groups, -1).transpose(0, 2, 1).astype(np.float64)


def _child_then_adult(rows: CountedRows, row: Int64s, number: Int64s, at_last: Int64s) -> Mask:
    """For each person whether an earlier referral that was counted is a child's and the latest an adult's."""
    age_group = rows.groups.get("age_group")
    if age_group is None:
        return np.zeros(len(at_last), dtype=bool)
    was_child = np.bincount(number, weights=age_group[row] == CHILD) > 0
    return np.asarray(was_child & (age_group[at_last] == ADULT), dtype=bool)


def _assessed(rows: CountedRows, row: Int64s, first: Mask) -> np.ndarray[tuple[int], np.dtype[np.int8]]:
    """For each referral in order: 1 when it may be about the same instance as the one before, 2 when later
    exploitation is recorded.
    """
    result = np.zeros(len(row), dtype=np.int8)
    repeats = np.flatnonzero(~first)
    packed = row[repeats - 1] * len(rows.referred) + row[repeats]
    distinct, inverse = np.unique(packed, return_inverse=True)
    if len(distinct):
        assessment = rows.assess(*np.divmod(distinct, len(rows.referred)))
        code = np.select([assessment == SAME_POSSIBLE, assessment == LATER], [1, 2], 0).astype(np.int8)
        result[repeats] = code[inverse]
    return result
