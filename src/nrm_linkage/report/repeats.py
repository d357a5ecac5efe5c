"""How many people were referred two or more times: estimates with ranges, by group, period, definition and
counting.

Every number comes from the joint draws of the partition, so groups, totals and countings agree with one
another. In each draw the referrals of a person are put in date order. "inside_period" counts people with two
or more referrals inside the period; "latest_inside" people whose latest referral up to the period's end lies
inside it and who have any earlier one (domain.md 3.1: both readings of the published figures are in use).

The three countings: "all"; "excluding same instance possible" leaves out repeats that may be about the same
instance as the referral before and counts who still has two; "later exploitation recorded" counts people with
a repeat that is so assessed. A person stands in the group of the latest of the referrals that were counted;
`child_then_adult` says how many of a row's people were a child in an earlier one and an adult in that.

The draws know what the estimated parameters leave open and which links are too weak to be weighed or were
never compared (`model.leeway`, `cluster.weak`): the range covers linkage under that and nothing else.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from nrm_linkage.errors import InputError
from nrm_linkage.provenance import HOME_OFFICE_CAVEAT
from nrm_linkage.report.counted import COUNTINGS, PEOPLE, TURNED, CountedRows, counts_of_draws
from nrm_linkage.report.disclosure import NUMBERS, rounded, suppressed
from nrm_linkage.tables import Float64s, Int64s, Partition

__all__ = ["COUNTINGS", "RANGE_NOTE", "CountedRows", "repeat_referrals"]

RANGE_NOTE = (
    "The range covers uncertainty of linkage under the model, in which its parameters, links too weak to "
    "weigh and links never compared have a part, and nothing else."
)


_COLUMNS = ("counting", *NUMBERS, "child_then_adult", "share_of_people", "suppressed")


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
    together: Int64s | None = None,
) -> pd.DataFrame:
    """One row a group and counting, total rows last; see the columns in `Linkage.repeat_referrals`.
    `together`: `ever_together` of the partition, where many periods are asked for: of what it keeps apart
    from the period's referrals nothing is then read.

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
    if together is not None:
        used &= np.isin(together, together[used & (rows.referred >= start)])
    codes, labels = _grouped(rows, by)
    draws = counts_of_draws(rows, partition.uncertain, partition.draws, used, start, codes, len(labels))
    published = counts_of_draws(
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
    table = table if suppress_below is None else suppressed(table, suppress_below)
    table = table if round_to is None else rounded(table, round_to)
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


def _range(values: Float64s, interval: float) -> tuple[float, float]:
    """The least and the greatest of the counts that are left when the outermost are taken off, always the one
    beyond which with itself the fewest draws lie, until the share of draws is nearest to the interval.

    People are whole. A range that took in every count of which some draws lie inside, at either end for
    itself, would hold more draws than it says: of a hundred people 0.93 where 0.9 is asked for. This holds
    0.90 there, and a wider interval's range holds a narrower one's (docs/decisions/0031).

    Examples
    --------
    >>> draws = np.repeat([7.0, 8.0, 9.0, 10.0], [6, 30, 60, 4])
    >>> _range(draws, 0.9), _range(draws, 0.99)
    ((8.0, 9.0), (7.0, 10.0))
    """
    count, n_draws = np.unique(values, return_counts=True)
    depth = np.minimum(np.cumsum(n_draws), np.cumsum(n_draws[::-1])[::-1])
    depths, of_count = np.unique(depth, return_inverse=True)
    held = np.cumsum(np.bincount(of_count, weights=n_draws)[::-1])[::-1]
    # Of two as near the first, which is the wider one.
    nearest = np.argmin(np.abs(held / len(values) - interval).round(9))
    kept = count[depth >= depths[nearest]]
    return float(kept[0]), float(kept[-1])


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
        people = cells[:, PEOPLE].mean()
        for counting, name in enumerate(COUNTINGS):
            values = cells[:, counting]
            mean = float(values.mean())
            low, high = _range(values, interval)
            parts.append(
                {
                    **dict(zip(by, label, strict=True)),
                    "counting": name,
                    "estimate": mean,
                    "low": min(low, float(np.floor(mean))),
                    "high": max(high, float(np.ceil(mean))),
                    "n_in_clusters": int(known[counting]),
                    "n_referrals": int(n_referrals[position].sum()),
                    "child_then_adult": float(cells[:, TURNED][:, counting].mean()),
                    "share_of_people": mean / people if people else np.nan,
                    "suppressed": False,
                }
            )
    return pd.DataFrame(parts)
