"""Two extracts of the same system -> one frame: the rows of today, and those of an earlier run that are kept.

In this order: each extract has its own recognised columns; rows are matched by id; rows of the earlier
extract that are not in today's are kept or are withdrawn, as the caller says which of the two an absence
means; kept rows go under today's headings, field by field, and stand below today's. A row that is in both is
today's row; it is `revised` where a recognised field holds another value (case counts; outer spaces, and
12.0 for 12, do not). No value is read here: that is `normalise`.

Ids are compared by their text. Where submission ids serve as referral ids, rows of one submission are matched
by what they hold first, then in an order that their content decides.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from nrm_linkage.errors import InputError
from nrm_linkage.provenance import row_hashes
from nrm_linkage.schema.arrange import arrange, without_id
from nrm_linkage.schema.headings import Recognised, field_table
from nrm_linkage.tables import Int64s, Mask, RawReferrals

__all__ = ["Extended", "check_ids_outlast", "extended"]

EARLIER = " (earlier extract)"
"""Ends the heading of a kept column whose own heading means something else today (chosen by us)."""


@dataclass(frozen=True, repr=False, eq=False)
class Extended:
    """`frame`: today's rows, then those kept; `recognised`: its columns; `n_kept`: rows kept. For each row of
    the earlier run, in canonical order: `place`, int64, its row in `frame`, -1 where it is withdrawn;
    `revised`, bool, whether today's values are others.
    """

    frame: pd.DataFrame
    recognised: Recognised
    n_kept: int
    place: Int64s
    revised: Mask


def check_ids_outlast(recognised: Recognised, raw: RawReferrals, whose: str) -> str:
    """The field whose ids name referrals beyond one extract. `whose`: the rows, for the message.

    Raises
    ------
    InputError
        Row positions serve as ids, of all rows or of those without a submission id.
    """
    if "referral_id" in recognised.columns:
        return "referral_id"
    if "submission_id" not in recognised.columns:
        raise InputError(
            f"{whose} have no id column, and row positions do not outlive a run; give every referral an id, "
            "or say which column holds it with columns={'referral_id': ...}."
        )
    n_missing = without_id(raw.columns["submission_id"][0])
    if n_missing:
        raise InputError(
            f"{n_missing} of {len(raw.position)} rows of {whose} have no submission id, which serves as "
            "referral id here, and row positions do not outlive a run; give every row one."
        )
    return "submission_id"


def extended(
    frame: pd.DataFrame,
    recognised: Recognised,
    earlier_frame: pd.DataFrame,
    earlier_recognised: Recognised,
    earlier: RawReferrals,
    *,
    keep: bool,
) -> Extended:
    """Today's rows with those of the earlier run. `earlier`: the earlier frame, arranged; `keep`: rows that
    are not among today's are kept, and not withdrawn.

    Raises
    ------
    InputError
        An id is missing or repeated, the two have different kinds of id, or row positions serve as ids.
    """
    today = arrange(frame, recognised)
    fields = [
        check_ids_outlast(recognised, today, "the referrals"),
        check_ids_outlast(earlier_recognised, earlier, "the referrals of previous="),
    ]
    if fields[0] != fields[1]:
        raise InputError(
            f"the referrals are known by {fields[0]} and those of previous= by {fields[1]}; give both the "
            "same kind of id with columns=, so that a referral can be known again."
        )
    (found, same) = _matched(earlier, today, fields[0])
    place = np.where(found >= 0, np.append(today.position, -1)[found], -1)
    revised = (found >= 0) & ~same
    absent = np.flatnonzero(found < 0)
    if not keep or not len(absent):
        return Extended(frame, recognised, 0, place, revised)
    kept = np.sort(earlier.position[absent])
    place[absent] = len(frame) + np.searchsorted(kept, earlier.position[absent])
    both, serving = _under_one_another(frame, recognised, earlier_frame.iloc[kept], earlier_recognised)
    n_used = sum(len(labels) for labels in serving.values())
    notes = recognised.notes + _notes(recognised, earlier_recognised)
    told = replace(recognised, columns=serving, n_unused=len(both.columns) - n_used, notes=notes)
    return Extended(both, told, len(kept), place, revised)


def _notes(recognised: Recognised, earlier: Recognised) -> tuple[str, ...]:
    notes = []
    for only, others, where in (
        (recognised, earlier, "the referrals given, and not in those kept of the previous run"),
        (earlier, recognised, "the referrals kept of the previous run, and not in those given"),
    ):
        names = [field for field in field_table() if field in set(only.columns) - set(others.columns)]
        if names:
            notes.append(f"fields that stand only in {where}: {', '.join(names)}")
    return tuple(notes)


# ------------------------------------------------------------------------------------------------- rows by id


def _matched(earlier: RawReferrals, today: RawReferrals, field: str) -> tuple[Int64s, Mask]:
    """For each earlier row today's row of the same id, -1 where there is none, and whether all fields of the
    two hold the same.
    """
    content = _contents(earlier, today, field)
    sides = [
        pd.DataFrame({"id": _texts(raw.columns[field][0]), "content": hashes})
        for raw, hashes in zip((earlier, today), content, strict=True)
    ]
    found = np.full(len(sides[0]), -1, dtype=np.int64)
    for keys in (["id", "content"], ["id"]):
        left, right = (side.sort_values("content", kind="stable") for side in sides)
        open_ = left[found[left.index] < 0], right[~right.index.isin(found)]
        ranked = [side.assign(rank=side.groupby(keys).cumcount(), row=side.index) for side in open_]
        pairs = ranked[0].merge(ranked[1], on=[*keys, "rank"], suffixes=("_then", "_now"))
        found[pairs["row_then"].to_numpy(dtype=np.int64)] = pairs["row_now"].to_numpy(dtype=np.int64)
    same = np.zeros(len(found), dtype=bool)
    known = np.flatnonzero(found >= 0)
    same[known] = content[0][known] == content[1][found[known]]
    return found, same


def _contents(
    earlier: RawReferrals, today: RawReferrals, without: str
) -> tuple[npt.NDArray[np.uint64], npt.NDArray[np.uint64]]:
    """One hash a row over the fields of either extract, in one order; a column that one lacks is missing."""
    fields = sorted({*earlier.columns, *today.columns} - {without})
    width = {field: max(len(raw.columns.get(field, ())) for raw in (earlier, today)) for field in fields}
    hashes = []
    for raw in (earlier, today):
        n_rows = len(raw.position)
        nothing = pd.Series([None] * n_rows, dtype=object)
        columns: list[pd.Series] = []
        for field in fields:
            held = [_texts(column) for column in raw.columns.get(field, ())]
            columns += [*held, *[nothing] * (width[field] - len(held))]
        hashes.append(row_hashes(columns, np.zeros(n_rows, dtype=np.uint64)))
    return hashes[0], hashes[1]


def _texts(column: pd.Series) -> pd.Series:
    """A column as texts that do not hang on how the file was read; missing and blank are None."""
    try:
        codes, values = pd.factorize(column, use_na_sentinel=True)
    except TypeError:  # lists and other values that cannot be hashed
        codes, values = pd.factorize(column.map(str), use_na_sentinel=True)
    texts = np.array([*(_text(value) for value in values), None], dtype=object)
    return pd.Series(texts[codes], dtype=object)


def _text(value: object) -> str | None:
    if isinstance(value, float | np.floating) and float(value).is_integer():
        return str(int(value))
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date().isoformat()
    return str(value).strip() or None


# ---------------------------------------------------------------------------------------- one set of headings


def _under_one_another(
    frame: pd.DataFrame, recognised: Recognised, kept: pd.DataFrame, earlier: Recognised
) -> tuple[pd.DataFrame, dict[str, tuple[object, ...]]]:
    """Today's frame with kept rows below, and the columns of each field. Today's index and headings stay; a
    plain numbering goes on."""
    labels, serving = _todays_labels(frame, recognised, kept, earlier)
    where = {label: at for at, label in enumerate(labels)}
    n_today, n_kept = len(frame), len(kept)
    columns = []
    for at, label in enumerate(frame.columns):
        below = where.pop(label, None) if list(frame.columns).index(label) == at else None
        columns.append(
            _stacked(frame.iloc[:, at], None if below is None else kept.iloc[:, below], n_today, n_kept)
        )
    columns += [_stacked(None, kept.iloc[:, at], n_today, n_kept) for at in where.values()]
    both = pd.concat(columns, axis=1)
    both.columns = frame.columns.append(pd.Index(list(where))) if where else frame.columns
    plain = isinstance(frame.index, pd.RangeIndex) and frame.index.equals(pd.RangeIndex(n_today))
    both.index = pd.RangeIndex(n_today + n_kept) if plain else frame.index.append(kept.index)
    both.attrs = dict(frame.attrs)
    return both, serving


def _todays_labels(
    frame: pd.DataFrame, recognised: Recognised, kept: pd.DataFrame, earlier: Recognised
) -> tuple[list[object], dict[str, tuple[object, ...]]]:
    """For each earlier column its label among today's: that of its field, or its own. No two are alike."""
    then: list[object] = list(kept.columns)
    now: list[object] = list(frame.columns)
    used_now = {label for labels in recognised.columns.values() for label in labels}
    place_of = {label: at for at, label in reversed(list(enumerate(then)))}
    labels: list[object] = [None] * len(then)
    serving = {field: list(used) for field, used in recognised.columns.items()}
    taken = set(now)
    placed: set[int] = set()
    for field, olds in earlier.columns.items():
        news = recognised.columns.get(field, ())
        paired = {old: old for old in olds if old in news}
        spare = [old for old in olds if old not in paired], [new for new in news if new not in paired]
        paired |= dict(zip(*spare, strict=False))
        for old in olds:
            at = place_of[old]
            if old not in paired:
                paired[old] = _free(old, taken)
                taken.add(paired[old])
                serving.setdefault(field, []).append(paired[old])
            labels[at] = paired[old]
            placed.add(at)
    unread = {str(label): label for label in reversed(now) if label not in used_now}
    for at in (at for at in range(len(then)) if at not in placed):
        same = unread.pop(str(then[at]), None)
        labels[at] = _free(then[at], taken) if same is None else same
        taken.add(labels[at])
    return labels, {field: tuple(serving[field]) for field in field_table() if field in serving}


def _free(label: object, taken: set[object]) -> object:
    """The label, marked as of the earlier extract as often as it takes to be none of those taken."""
    texts = {str(other) for other in taken}
    while str(label) in texts:
        label = f"{label}{EARLIER}"
    return label


def _stacked(above: pd.Series | None, below: pd.Series | None, n_above: int, n_below: int) -> pd.Series:
    """One column on another; what is not there is missing. Of two types, or of one that knows no missing
    value, it becomes a column of Python objects, so that no value changes.
    """
    if above is not None and below is not None:
        if above.dtype == below.dtype:
            return pd.concat([above, below], ignore_index=True)
        parts: Sequence[npt.NDArray[np.object_]] = [
            part.astype(object).to_numpy(dtype=object) for part in (above, below)
        ]
        return pd.Series(np.concatenate(parts), dtype=object)
    there = above if above is not None else below
    assert there is not None
    there = there.reset_index(drop=True)
    if isinstance(there.dtype, np.dtype) and there.dtype.kind not in "fmMO":
        there = there.astype(object)
    if above is None:
        there.index = pd.RangeIndex(n_above, n_above + n_below)
    return there.reindex(pd.RangeIndex(n_above + n_below))
