"""A table of human judgements -> pairs that bind the partition, and the record of who decided what, and when.

Each row says of two referrals that they are the "same" person, "different" people, or that the reviewer is
"unsure", which binds nothing. A row without a decision is one that nobody has decided yet, and is left out.
"same" closes transitively. Where a "different" stands between two referrals that "same" joins, directly or
through others, the judgements contradict one another: none of that group binds, and a
`DecisionConflictWarning` and the report say how many. Nothing here is evidence, and confidences stay the
model's. What is kept of who decided, when and why is in `review.recorded`.

Ids are found by their value, and failing that by their text, where one referral alone has it: a file of
decisions holds texts. The apostrophe that `io.write_csv` puts before what looks like a formula counts for
nothing there.

What was decided in an earlier run binds on, as long as both referrals are there and no row of the table
decides of the same two.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from nrm_linkage.cluster import components
from nrm_linkage.errors import DecisionConflictWarning, InputError
from nrm_linkage.io import without_apostrophe
from nrm_linkage.review.recorded import (
    BINDS,
    CONTRADICTED,
    SUPERSEDED,
    VALUES,
    in_order,
    moved_record,
    no_record,
    record_of,
    text_of,
)
from nrm_linkage.tables import Int32s, Int64s, Mask, RawReferrals

__all__ = ["Decisions", "read_decisions"]

REQUIRED = ("referral_id_l", "referral_id_r", "decision")
ANSWERS = ("same", "different", "unsure")

ROWS_NAMED = 5
"""Rows of a table that a message names by their number (chosen by us)."""


@dataclass(frozen=True, repr=False, eq=False)
class Decisions:
    """What humans decided. `record`: as in `review.recorded`, one row a decision; `notes`: for the report."""

    record: pd.DataFrame
    notes: tuple[str, ...] = ()

    @cached_property
    def same(self) -> Int64s:
        """Pairs of canonical rows that are bound together, int64 (k, 2)."""
        return _pairs(self.record, "same")

    @cached_property
    def different(self) -> Int64s:
        """Pairs of canonical rows that are bound apart, int64 (k, 2)."""
        return _pairs(self.record, "different")

    @property
    def pairs(self) -> tuple[Int64s, Int64s]:
        """Those called the same, and those called different."""
        return self.same, self.different

    @classmethod
    def none(cls) -> Decisions:
        """No judgements."""
        return cls(no_record())

    def moved(self, row: Int64s) -> Decisions:
        """The same in another run. `row`: int64, there, of each row here, -1 where it is gone; of technical
        duplicates, that of what they repeat.
        """
        return Decisions(in_order(moved_record(self.record, row)))


def read_decisions(
    table: pd.DataFrame | None, raw: RawReferrals, earlier: Decisions | None = None
) -> Decisions:
    """Read judgements about referrals. One about a technical duplicate is about the referral that it repeats.
    `earlier`: those of an earlier run, as rows of this one.

    Raises
    ------
    InputError
        The table lacks a column, holds another word than same, different or unsure, names a referral that is
        not among the referrals, or decides of a referral and itself. The message counts rows and says which
        they are; it shows none.
    """
    before = (Decisions.none() if earlier is None else earlier).record
    if table is None:
        binds = bool((before["standing"] == BINDS).any())
        return _without_conflicts(no_record(), before, raw, ()) if binds else Decisions(before)
    _check_table(table)
    if not {"referral_id", "submission_id"} & set(raw.columns):
        raise InputError("decisions need a referral id column: row positions do not outlive a run.")
    answer = table["decision"].map(_answer)
    is_open = (answer == "").to_numpy(dtype=bool)
    _refuse(
        ~answer.isin(ANSWERS).to_numpy() & ~is_open,
        'rows hold another decision than "same", "different" or "unsure"',
    )
    notes = _open_notes(table, is_open)
    place = np.flatnonzero(~is_open)
    decided, answer = table.iloc[place].reset_index(drop=True), answer.iloc[place].reset_index(drop=True)
    row_of = _Finder(raw)
    pairs = np.stack([row_of.rows(decided[name], place, name) for name in REQUIRED[:2]], axis=1)
    itself = pairs[:, 0] == pairs[:, 1]
    _refuse(itself, "rows decide of a referral and itself; each takes two referrals", place)
    record = record_of(decided, np.sort(pairs, axis=1), answer)
    undated = int((record["decided_on"].isna() & record["decided_at"].notna()).sum())
    if undated:
        notes += (f"{undated} human decisions have a decided_at that cannot be read as a day",)
    return _without_conflicts(record, before, raw, notes)


class _Finder:
    """Referral ids -> canonical rows, of technical duplicates that of what they repeat."""

    def __init__(self, raw: RawReferrals) -> None:
        same = raw.duplicate_of.tolist()
        self._by_value: Mapping[Any, int] = dict(zip(raw.referral_id, same, strict=True))
        texts = [str(value) for value in raw.referral_id]
        self._by_text = dict(zip(texts, same, strict=True)) if len(set(texts)) == len(texts) else {}

    def rows(self, ids: pd.Series[Any], place: Int64s, name: str) -> Int64s:
        """int64 (k,). `place`: where each stands in the table."""
        found = [self._row(value) for value in ids]
        _refuse(
            np.array([row is None for row in found], dtype=bool),
            f"ids in {name} are not among the referrals; leave their rows out",
            place,
        )
        return np.array(found, dtype=np.int64)

    def _row(self, value: Any) -> int | None:
        if pd.api.types.is_hashable(value) and value in self._by_value:
            return self._by_value[value]
        text = str(value)
        return self._by_text.get(text, self._by_text.get(without_apostrophe(text)))


def _answer(value: Any) -> str:
    """A decision in our words; empty where there is none."""
    return (text_of(value) or "").casefold()


def _refuse(wrong: Mask, what: str, place: Sequence[int] | Int64s | None = None) -> None:
    """Raise where a row is wrong. `place`: where each row stands in the table; None: in its order."""
    n_wrong = int(wrong.sum())
    if not n_wrong:
        return
    at = np.flatnonzero(wrong) if place is None else np.asarray(place)[wrong]
    named = ", ".join(str(row + 1) for row in at[:ROWS_NAMED].tolist())
    more = " and more" if n_wrong > ROWS_NAMED else ""
    raise InputError(f"decisions: {n_wrong} {what} (below the headings, row {named}{more}).")


def _open_notes(table: pd.DataFrame, is_open: Mask) -> tuple[str, ...]:
    """What the report says of rows that nobody decided."""
    n_open = int(is_open.sum())
    if not n_open:
        return ()
    named = [name for name in VALUES if name in table.columns]
    said = [table[name][is_open].map(text_of).notna() for name in named]
    n_said = int(np.any(said, axis=0).sum()) if said else 0
    forgotten = f"; {n_said} of them have a name, a day or a reason all the same" if n_said else ""
    return (f"{n_open} rows of the decisions hold no decision and were left out{forgotten}",)


def _check_table(table: pd.DataFrame) -> None:
    if not isinstance(table, pd.DataFrame):
        raise InputError(f"decisions must be a pandas DataFrame with the columns {', '.join(REQUIRED)}.")
    lacking = [name for name in REQUIRED if name not in table.columns]
    if lacking:
        raise InputError(f"decisions lacks the columns {', '.join(lacking)}; it needs {', '.join(REQUIRED)}.")
    twice = [name for name in (*REQUIRED, *VALUES) if (table.columns == name).sum() > 1]
    if twice:
        raise InputError(f"decisions has more than one column {', '.join(twice)}; leave all but one out.")


def _pairs(record: pd.DataFrame, decision: str) -> Int64s:
    """The pairs that a decision binds, int64 (k, 2), each once."""
    bound = record[(record["standing"] == BINDS) & (record["decision"] == decision)]
    return np.asarray(np.unique(bound[["left", "right"]].to_numpy(dtype=np.int64), axis=0), dtype=np.int64)


def _packed(record: pd.DataFrame, n_rows: int) -> Int64s:
    """One number a pair."""
    return np.asarray(record["left"] * n_rows + record["right"], dtype=np.int64)


def _without_conflicts(
    record: pd.DataFrame, before: pd.DataFrame, raw: RawReferrals, notes: tuple[str, ...]
) -> Decisions:
    """The decisions of a table and of the run before it, the contradictory ones marked."""
    n_rows = len(raw.referral_id)
    again = np.isin(_packed(before, n_rows), _packed(record, n_rows))
    before = before.assign(standing=before["standing"].mask(again, SUPERSEDED))
    n_earlier = sum(len(_pairs(before, word)) for word in ANSWERS[:2])
    found = Decisions(in_order(record, before))
    same, different = found.pairs
    group = components(n_rows, _side(same, 0), _side(same, 1))
    contradicted = np.unique(group[different[:, 0]][group[different[:, 0]] == group[different[:, 1]]])
    rows = found.record[["left", "right"]].to_numpy(dtype=np.int64)
    drop = (found.record["standing"] == BINDS).to_numpy() & np.isin(group[rows], contradicted).any(axis=1)
    kept = Decisions(found.record.assign(standing=found.record["standing"].mask(drop, CONTRADICTED)))
    n_dropped = sum(map(len, found.pairs)) - sum(map(len, kept.pairs))
    n_unsure = int((record["decision"] == "unsure").sum())
    notes = (
        f"human decisions: {len(kept.same)} same, {len(kept.different)} different, {n_unsure} unsure",
        *notes,
    )
    if n_earlier:
        notes += (f"{n_earlier} human decisions of the previous run bind on",)
    if n_dropped:
        warnings.warn(
            f"{n_dropped} human decisions contradict one another, in {len(contradicted)} groups; none "
            "of them binds. See .report.choices, and decide again.",
            DecisionConflictWarning,
            stacklevel=4,
        )
        notes += (f"{n_dropped} human decisions contradict one another and bind nothing",)
    return Decisions(in_order(kept.record), notes)


def _side(pairs: Int64s, side: int) -> Int32s:
    return pairs[:, side].astype(np.int32)
