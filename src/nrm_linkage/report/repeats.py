"""How many people were referred two or more times: estimates with ranges, by group, period, definition and
counting.

Every number comes from the joint draws of the partition, so groups, totals and countings agree with one
another. In each draw the referrals of a person are put in date order. "inside_period" counts people with two
or more referrals inside the period; "latest_inside" people whose latest referral up to the period's end lies
inside it and who have any earlier one (domain.md 3.1: both readings of the published figures are in use).

The three countings: "all"; "excluding same instance possible" leaves out repeats that may be about the same
instance as the referral before and counts who still has two; "later exploitation recorded" counts people with
a repeat that is so assessed. A person stands in the group of the latest of the referrals that were counted.
The draws know what the estimated parameters leave open and which links are too weak to be weighed or were
never compared (`model.leeway`, `cluster.weak`): the range covers linkage under that and nothing else.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from nrm_linkage.errors import InputError
from nrm_linkage.instances import LATER, SAME_POSSIBLE
from nrm_linkage.provenance import HOME_OFFICE_CAVEAT
from nrm_linkage.tables import Days, Float64s, Int32s, Int64s, Mask, Partition

__all__ = ["COUNTINGS", "CountedRows", "repeat_referrals"]

COUNTINGS = ("all", "excluding same instance possible", "later exploitation recorded")

RANGE_NOTE = (
    "The range covers uncertainty of linkage under the model, in which its parameters, links too weak to "
    "weigh and links never compared have a part, and nothing else."
)


BATCH_NUMBERS = 2_000_000
"""Referrals of draws counted at a time; bounds memory, changes no result."""

_NUMBERS = ("estimate", "low", "high", "n_in_clusters", "n_referrals")
_COLUMNS = ("counting", *_NUMBERS, "share_of_people", "suppressed")


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


def repeat_referrals(
    rows: CountedRows,
    partition: Partition,
    *,
    period: tuple[Any, Any] | None = None,
    by: Sequence[str] = ("age_group", "gender"),
    definition: str = "inside_period",
    interval: float = 0.9,
    suppress_below: int | None = None,
    round_to: int | None = None,
) -> pd.DataFrame:
    """One row a group and counting, total rows last; see the columns in `Linkage.repeat_referrals`.

    Raises
    ------
    InputError
        No referral has a date, the period is not two dates in order, a grouping column is unknown, or an
        option is out of range.
    """
    start, end = _checked_period(rows, period)
    _check_options(rows, by, definition, interval, suppress_below, round_to)
    used = rows.counts & ~np.isnat(rows.referred) & (rows.referred <= end)
    if definition == "inside_period":
        used &= rows.referred >= start
    codes, labels = _grouped(rows, by)
    draws = _counts_of_draws(rows, partition.uncertain, partition.draws, used, start, codes, len(labels))
    published = _counts_of_draws(
        rows,
        partition.uncertain,
        partition.cluster[partition.uncertain][None].astype(np.int32),
        used,
        start,
        codes,
        len(labels),
    )[0]
    in_period = used & (rows.referred >= start)
    n_referrals = np.bincount(codes[in_period], minlength=len(labels))
    table = _table(by, labels, draws, published, n_referrals, interval)
    table = _disclosure(table, suppress_below, round_to)
    table.attrs = {
        "caveat": HOME_OFFICE_CAVEAT,
        "range": RANGE_NOTE,
        "definition": definition,
        "period": (str(start), str(end)),
    }
    return table


def _checked_period(rows: CountedRows, period: tuple[Any, Any] | None) -> tuple[np.datetime64, np.datetime64]:
    known = rows.referred[rows.counts & ~np.isnat(rows.referred)]
    if not len(known):
        raise InputError(
            "no referral has a date: counts of repeat referrals need a referral_date column; "
            "name it with columns=."
        )
    if period is None:
        return known.min(), known.max()
    try:
        start, end = (_day(day) for day in period)
    except (TypeError, ValueError):
        raise InputError('period must be two dates, for example ("2023-01-01", "2024-07-31").') from None
    if start > end:
        raise InputError("period must start on or before the day on which it ends.")
    return start, end


def _day(value: Any) -> np.datetime64:
    """A date, a timestamp or ISO text as a day. Other text is refused: pandas reads 01/03/2023 as January."""
    if isinstance(value, str):
        value = datetime.date.fromisoformat(value)
    if not isinstance(value, datetime.date | np.datetime64):
        raise TypeError("not a date")
    return np.datetime64(pd.Timestamp(value).date(), "D")


def _check_options(
    rows: CountedRows,
    by: Sequence[str],
    definition: str,
    interval: float,
    suppress_below: int | None,
    round_to: int | None,
) -> None:
    if isinstance(by, str):
        raise InputError(f"by must be a sequence of column names, for example by=({by!r},).")
    for name in by:
        if name not in rows.groups:
            raise InputError(
                f"by= names {name!r}, which the referrals do not hold; "
                f"choose from: {', '.join(sorted(rows.groups))}."
            )
        if name in _COLUMNS:
            raise InputError(f"by= names {name!r}, which is a column of the table itself; rename yours.")
    if len(set(by)) < len(by):
        raise InputError("by= names a column more than once.")
    if definition not in ("inside_period", "latest_inside"):
        raise InputError('definition must be "inside_period" or "latest_inside".')
    if not 0 < interval < 1:
        raise InputError("interval must be between 0 and 1, for example 0.9.")
    for name, value in (("suppress_below", suppress_below), ("round_to", round_to)):
        if value is not None and value < 1:
            raise InputError(f"{name} must be at least 1, or None.")


def _grouped(rows: CountedRows, by: Sequence[str]) -> tuple[Int64s, list[tuple[str, ...]]]:
    """A group code a row, and the groups in sorted order."""
    if not by:
        return np.zeros(len(rows.referred), dtype=np.int64), [()]
    frame = pd.DataFrame({name: rows.groups[name] for name in by})
    code = np.asarray(frame.groupby(list(by), sort=True).ngroup(), dtype=np.int64)
    labels = frame.drop_duplicates().sort_values(list(by)).itertuples(index=False, name=None)
    return code, [tuple(str(value) for value in label) for label in labels]


def _counts_of_draws(
    rows: CountedRows,
    uncertain: Int64s,
    draws: Int32s,
    used: Mask,
    start: np.datetime64,
    codes: Int64s,
    n_groups: int,
) -> Float64s:
    """People by draw, counting and group, with people referred at all as a fourth counting: float64 (n_draws,
    4, n_groups).
    """
    n_draws = len(draws)
    result = np.zeros((n_draws, len(COUNTINGS) + 1, n_groups))
    is_uncertain = np.zeros(len(used), dtype=bool)
    is_uncertain[uncertain] = True
    alone = used & ~is_uncertain & (rows.referred >= start)
    result[:, -1] = np.bincount(codes[alone], minlength=n_groups)
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
    qualifies = [n_each >= 2, n_each - same >= 2, later >= 1, n_each >= 1]
    cell = person[first] // n_rows * n_groups + codes[at_last]
    counts = [np.bincount(cell[holds & inside], minlength=n_draws * n_groups) for holds in qualifies]
    return np.stack(counts, axis=1).reshape(n_draws, n_groups, -1).transpose(0, 2, 1).astype(np.float64)


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


def _table(
    by: Sequence[str],
    labels: list[tuple[str, ...]],
    draws: Float64s,
    published: Float64s,
    n_referrals: Int64s,
    interval: float,
) -> pd.DataFrame:
    parts = []
    groups: list[tuple[tuple[str, ...], Any]] = (
        [(label, position) for position, label in enumerate(labels)] if by else []
    )
    for label, position in [*groups, (("total",) * len(by), slice(None))]:
        cells = draws[:, :, position] if isinstance(position, int) else draws.sum(axis=2)
        known = published[:, position] if isinstance(position, int) else published.sum(axis=1)
        people = cells[:, -1].mean()
        for counting, name in enumerate(COUNTINGS):
            values = cells[:, counting]
            mean = float(values.mean())
            tail = (1 - interval) / 2
            parts.append(
                {
                    **dict(zip(by, label, strict=True)),
                    "counting": name,
                    "estimate": mean,
                    "low": min(
                        float(np.quantile(values, tail, method="inverted_cdf")), float(np.floor(mean))
                    ),
                    "high": max(
                        float(np.quantile(values, 1 - tail, method="inverted_cdf")), float(np.ceil(mean))
                    ),
                    "n_in_clusters": int(known[counting]),
                    "n_referrals": int(n_referrals[position].sum()),
                    "share_of_people": mean / people if people else np.nan,
                    "suppressed": False,
                }
            )
    return pd.DataFrame(parts)


def _disclosure(table: pd.DataFrame, suppress_below: int | None, round_to: int | None) -> pd.DataFrame:
    """Suppress groups with a small number in any counting, and more of them where one could be had from the
    total; round.
    """
    table = table.astype(dict.fromkeys(_NUMBERS, "float64") if suppress_below or round_to else {})
    n_countings = len(COUNTINGS)
    if suppress_below is not None:
        numbers = table[["estimate", "n_in_clusters", "n_referrals"]].to_numpy(dtype=float)
        smallest = numbers.reshape(-1, n_countings * numbers.shape[1]).min(axis=1)
        empty = table["n_referrals"].to_numpy()[::n_countings] == 0
        cells = np.repeat(_hidden(smallest, empty, suppress_below), n_countings)
        table.loc[cells, [*_NUMBERS, "share_of_people"]] = np.nan
        table["suppressed"] = cells
    if round_to is not None:
        for name in _NUMBERS:
            table[name] = (table[name] / round_to).round() * round_to
        table["share_of_people"] = table["share_of_people"].round(2)
    return table


def _hidden(smallest: Float64s, empty: Mask, suppress_below: int) -> Mask:
    """Which groups to suppress; the last is the total. `smallest`: the smallest number of each; `empty`: no
    referral in the period.

    A group without a referral in the period has nothing to hide, and hides nothing. One hidden group would be
    what the total leaves: the next smallest is hidden beside it, or the total where there is none.
    """
    hidden = (smallest < suppress_below) & ~empty
    groups = hidden[:-1]
    if groups.sum() == 1:
        others = np.flatnonzero(~groups & ~empty[:-1])
        if len(others):
            groups[others[smallest[others].argmin()]] = True
        else:
            hidden[-1] = True
    return hidden
