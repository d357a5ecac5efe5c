"""The table of people as it may leave the house (domain.md 3.5): what no reader can take apart again.

Who reads several releases can subtract: a counting from another, one definition from the other, a total less
the groups shown, this month less the last. So one table is made, in this order.

1. Groups are fixed: age group by gender, or what these add up to, or one of `ALONE`. No other crossing, and
   no column of the caller's, whose values would stand in the table.
2. Estimates become whole people (`disclosure.to_nearest`, as all rounding here). Both definitions stand in
   the table, and a group's numbers are nested (`NUMBERS`): later exploitation recorded, within those left
   when the same instance is possible, within all, within all by the wider definition. Of that one the other
   countings are withheld, since they are not nested with the rest.
3. Numbers are rounded to `to`. With `since`, the last release, a number that it showed stays as it was until
   it has moved by more than one and a half times `to`, so that two releases tell no small difference.
4. A number is shown if it is at least `below` (zero is not), as are all that are rounded to the same (so from
   13, when 10 to 12 are rounded to 10); and if it is, as rounded, at least twice `to` away from every number
   of the group that is shown: a difference is a number of people too. Numbers that the last release showed
   come first, the wider before the narrower; then the others, that of the wider definition last. It goes by
   rounded numbers, so that what is shown tells nothing but itself.
5. A number that is not shown though it must be large enough (it was shown once, or one within it was) is near
   to one that is shown: a reader knows about where. It comes back only when it is, as rounded, three times
   `to` above the most that it can have been: from `shown_from` up, a column by which each release hands on
   what the next needs, so that `since` is the last one alone. When a number within it has got that far, there
   is a new `shown_from`. It is worked out from what is shown, and tells nothing new.
6. A range is rounded outwards, and is never narrower than what rounding leaves open.
7. Totals and coarser groups are sums of what is shown, and the upper end of their range makes room for what
   is not. A total of its own would give away what the groups hide. By one of `ALONE` there is no total, and
   groups of which nothing is shown, or waits to be shown again, are left out.
8. Everything else is withheld: clusters, referrals, shares, who turned 18.

The defaults were held against a reader who knows these rules and has all of it, three releases in a row
(tests/report/test_attacker.py). What they do not answer for: releases of one period in two groupings of
`ALONE`, or of many periods; a release made without the one before as `since`; other values of `below` and
`to`; and what is known from elsewhere: who knows that a group had three referrals knows that at most one
person in it was referred twice.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from nrm_linkage.errors import InputError
from nrm_linkage.report.counted import COUNTINGS
from nrm_linkage.report.disclosure import to_nearest
from nrm_linkage.tables import Float64s, Mask

__all__ = [
    "ALONE",
    "CROSSED",
    "ROUND_TO",
    "SUPPRESS_BELOW",
    "check_audience",
    "check_groups",
    "published",
]

SUPPRESS_BELOW, ROUND_TO = 10, 5
"""domain.md 3.5."""

APART = 2
"""Numbers of a group that are shown are so many roundings apart: less would leave a difference of fewer than
six values (chosen by us)."""

COMES_BACK = 3
"""A number that was near another one comes back so many roundings above where it can have been: by less, what
it grew by meanwhile is told (chosen by us)."""

CROSSED = ("age_group", "gender")
ALONE = ("nationality", "first_responder_type")

NUMBERS = (
    ("latest_inside", COUNTINGS[0]),
    *(("inside_period", counting) for counting in COUNTINGS),
)
"""Definition and counting of a group's numbers, each within those before it."""

_FIRST = (1, 2, 3, 0)
"""The order in which numbers are shown that no earlier release has: the headline first."""

DISCLOSURE = (
    "Numbers of people are rounded to {to}; below {least} they are not shown, nor are those less than "
    "{apart} from another number of their group. Totals are of the numbers that are shown."
)


def check_audience(audience: str) -> None:
    """Raises InputError where the audience is neither "internal" nor "publication"."""
    if audience not in ("internal", "publication"):
        raise InputError('audience must be "internal" or "publication".')


def check_groups(by: Sequence[str], what: str) -> tuple[str, ...]:
    """The groups that a publication is made of, of which `by` are sums.

    Raises
    ------
    InputError
        `by` is not what may be published.
    """
    if isinstance(by, str):
        raise InputError(f"by must be a sequence of column names, for example by=({by!r},).")
    if set(by) <= set(CROSSED) and len(set(by)) == len(by):
        return CROSSED
    if len(by) == 1 and by[0] in ALONE:
        return tuple(by)
    raise InputError(
        f"a publication of {what} goes by age_group and gender, one of them or neither, or by one of "
        f"{', '.join(ALONE)} alone: finer groups, or two groupings across, would describe single people."
    )


def published(
    count: Callable[..., pd.DataFrame],
    *,
    by: Sequence[str],
    suppress_below: int | None = None,
    round_to: int | None = None,
    since: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """The table of people for publication; its columns are in `Linkage.repeat_referrals`.

    `count`: gives the exact table of `by=` and `definition=`; `since`: what this function gave last.

    Raises
    ------
    InputError
        The groups or an option cannot be used, or `since` is no such table.
    """
    below, to = _checked(suppress_below, SUPPRESS_BELOW), _checked(round_to, ROUND_TO)
    base = check_groups(by, "people referred more than once")
    exact = {definition: count(by=base, definition=definition) for definition in dict(NUMBERS)}
    parts = [exact[of].loc[exact[of]["counting"] == counting].iloc[:-1] for of, counting in NUMBERS]
    estimate, low, high = (
        np.stack([part[name].to_numpy(dtype=np.float64) for part in parts])
        for name in ("estimate", "low", "high")
    )
    groups = parts[0][list(base)].reset_index(drop=True)
    least = (np.ceil(below / to + 0.5) - 0.5) * to
    columns = _columns(to_nearest(estimate, 1), low, high, *_last_release(since, groups), least, to)
    labelled = [
        groups.assign(definition=of, counting=counting, place=place)
        for place, (of, counting) in enumerate(NUMBERS)
    ]
    table = pd.concat(labelled, ignore_index=True)
    table = _summed(table.assign(**{name: column.ravel() for name, column in columns.items()}), by, to)
    if base != CROSSED:
        silent = table["suppressed"] & table["shown_from"].isna()
        nothing = silent.groupby(table[by[0]]).transform("all")
        table = table[~nothing & (table[by[0]] != "total")].reset_index(drop=True)
    table.attrs = exact["inside_period"].attrs | {
        "definition": "both",
        "audience": "publication",
        "disclosure": DISCLOSURE.format(least=math.ceil(least), apart=APART * to, to=to),
    }
    return table


def _columns(
    cells: Float64s,
    low: Float64s,
    high: Float64s,
    before: Float64s,
    waits: Float64s,
    least: float,
    to: int,
) -> dict[str, Float64s]:
    """What the table holds of each number of each group, (numbers, groups); where a number is not shown, the
    ends of its range are what totals make room for.
    """
    said = _released(cells, low, high, before, to)
    large = (cells >= least) & ~(said["estimate"] < waits)
    shown = _shown(large, said["estimate"], before, APART * to)
    room = _room(shown, said["high"], np.floor(least), APART * to)
    shown_from = _shown_from(shown, said["estimate"], before, waits, room + COMES_BACK * to)
    within = np.logical_or.accumulate(shown, axis=0)
    return {
        "estimate": np.where(shown, said["estimate"], np.nan),
        "low": np.where(shown, said["low"], 0.0),
        "high": np.where(shown, said["high"], np.where(within, room, np.fmax(room, shown_from))),
        "shown_from": shown_from,
    }


def _checked(value: int | None, default: int) -> int:
    if value is not None and value < 1:
        raise InputError(
            "suppress_below and round_to must be at least 1, or None for what publications need."
        )
    return default if value is None else value


def _shown(large: Mask, value: Float64s, before: Float64s, apart: int) -> Mask:
    """Which numbers are shown: bool, (numbers, groups). `large`: which are large enough; `value`: what would
    be said; `before`: what was said last, NaN where nothing was; `apart`: the least difference.
    """
    shown = np.zeros(large.shape, dtype=bool)
    was_shown = ~np.isnan(before)
    for now, order in ((was_shown, range(len(large))), (~was_shown, _FIRST)):
        for number in order:
            far = ~shown | (np.abs(value - value[number]) >= apart)
            shown[number] |= now[number] & large[number] & far.all(axis=0)
    return shown


def _released(
    cells: Float64s, low: Float64s, high: Float64s, before: Float64s, to: int
) -> dict[str, Float64s]:
    """What is said of each number, if anything is."""
    moves = 1.5 * to
    stays = np.abs(cells - before) <= moves
    value = np.where(stays, before, np.maximum(to_nearest(cells, to), to))
    left_open = np.where(stays, moves, to / 2)
    return {
        "estimate": value,
        "low": np.maximum(np.floor(np.minimum(low, value - left_open) / to) * to, 0.0),
        "high": np.ceil(np.maximum(high, value + left_open) / to) * to,
    }


def _room(shown: Mask, high: Float64s, small: float, near_by: float) -> Float64s:
    """The most that a number that is not shown can be, as any reader can tell: no more than a number shown
    that it lies within; else it is `small` at most, or `near_by` at most away from a narrower one.
    """
    room = np.zeros(shown.shape)
    for number in range(len(shown)):
        narrower = np.where(shown, high, -np.inf)[number + 1 :].max(axis=0, initial=-np.inf)
        wider = np.where(shown, high, np.inf)[:number].min(axis=0, initial=np.inf)
        room[number] = np.where(np.isfinite(wider), wider, np.maximum(small, narrower + near_by))
    return room


def _shown_from(
    shown: Mask, value: Float64s, before: Float64s, waits: Float64s, away: Float64s
) -> Float64s:
    """From where a number that is not shown comes back; NaN where it may be small, or is shown. `waits`: what
    the last release said of that; `away`: what is said anew.
    """
    said = np.where(shown, value, -np.inf)
    within = np.full(shown.shape, -np.inf)
    within[:-1] = np.maximum.accumulate(said[::-1], axis=0)[::-1][1:]
    known = np.logical_or.accumulate((shown | ~np.isnan(before) | ~np.isnan(waits))[::-1], axis=0)[::-1]
    anew = np.isnan(waits) | (within >= waits)
    return np.where(known & ~shown, np.where(anew, away, waits), np.nan)


def _last_release(since: pd.DataFrame | None, groups: pd.DataFrame) -> tuple[Float64s, Float64s]:
    """What the last release said of each number of each group, and from where each is shown; NaN where it
    said nothing.
    """
    if since is None:
        nothing = np.full((len(NUMBERS), len(groups)), np.nan)
        return nothing, nothing
    base = [str(name) for name in groups.columns]
    keys = [*base, "definition", "counting"]
    if not {*keys, "estimate", "shown_from"} <= set(map(str, since.columns)):
        raise InputError(
            f"since must be the last publication by {' and '.join(base)}, as this method returned it."
        )
    said = since.assign(**{name: since[name].map(str) for name in keys}).drop_duplicates(keys).set_index(keys)
    wanted = [
        [(*group, *number) for group in groups.itertuples(index=False, name=None)] for number in NUMBERS
    ]
    before, waits = (
        np.stack([said[name].reindex(each).to_numpy(dtype=np.float64) for each in wanted])
        for name in ("estimate", "shown_from")
    )
    return before, waits


def _summed(cells: pd.DataFrame, by: Sequence[str], to: int) -> pd.DataFrame:
    """The cells added up to the groups asked for, and the total: of what is shown, with room for the rest."""
    total = cells.assign(**dict.fromkeys(by, "total"))
    finest = not cells.duplicated([*by, "place"]).any()
    parts = []
    for part in (cells, total) if by else (total,):
        groups = part.groupby([*by, "place", "definition", "counting"], sort=True)
        summed = groups[["low", "high"]].sum()
        summed.insert(0, "estimate", groups["estimate"].sum(min_count=1))
        summed["shown_from"] = groups["shown_from"].max() if part is cells and finest else np.nan
        parts.append(summed.reset_index().drop(columns="place"))
    table = pd.concat(parts, ignore_index=True)
    hidden = table["estimate"].isna()
    table["high"] = np.ceil(table["high"] / to) * to
    table.loc[hidden, ["estimate", "low", "high"]] = np.nan
    return table.assign(suppressed=hidden)
