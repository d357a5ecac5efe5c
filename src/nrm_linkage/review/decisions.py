"""A table of human judgements -> pairs that bind the partition.

Each row says of two referrals that they are the "same" person, "different" people, or that the reviewer is
"unsure", which binds nothing. "same" closes transitively. Where a "different" stands between two referrals
that "same" joins, directly or through others, the judgements contradict one another: none of that group
binds, and a `DecisionConflictWarning` and the report say how many. Who decided, when and why is kept by the
caller; nothing here is evidence, and confidences stay the model's.

What was decided in an earlier run binds on, as long as both referrals are there and no row of the table is
about the same two.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from nrm_linkage.cluster import components
from nrm_linkage.errors import DecisionConflictWarning, InputError
from nrm_linkage.tables import Int32s, Int64s, RawReferrals

__all__ = ["Decisions", "read_decisions"]

REQUIRED = ("referral_id_l", "referral_id_r", "decision")
ANSWERS = ("same", "different", "unsure")


@dataclass(frozen=True, eq=False)
class Decisions:
    """Judgements that bind, as pairs of canonical rows. `same`, `different`: int64 (k, 2); `notes`: for the
    report.
    """

    same: Int64s
    different: Int64s
    notes: tuple[str, ...]

    @property
    def pairs(self) -> tuple[Int64s, Int64s]:
        """Those called the same, and those called different."""
        return self.same, self.different

    @classmethod
    def none(cls) -> Decisions:
        """No judgements."""
        return cls(np.zeros((0, 2), dtype=np.int64), np.zeros((0, 2), dtype=np.int64), ())

    def moved(self, row: Int64s) -> Decisions:
        """The same in another run. `row`: int64, there, of each row here, -1 where it is gone; of technical
        duplicates, that of what they repeat.
        """
        pairs = [np.sort(row[pair], axis=1) for pair in self.pairs]
        there = [np.unique(pair[(pair[:, 0] >= 0) & (pair[:, 0] < pair[:, 1])], axis=0) for pair in pairs]
        return Decisions(there[0], there[1], ())


def read_decisions(
    table: pd.DataFrame | None, raw: RawReferrals, earlier: Decisions | None = None
) -> Decisions:
    """Read judgements about referrals. One about a technical duplicate is about the referral that it repeats.
    `earlier`: those of an earlier run, as rows of this one.

    Raises
    ------
    InputError
        The table lacks a column, holds another word than same, different or unsure, names a referral that is
        not among the referrals, or decides of a referral and itself. The message counts rows and shows none.
    """
    earlier = Decisions.none() if earlier is None else earlier
    if table is None:
        n_earlier = sum(map(len, earlier.pairs))
        return _without_conflicts(*earlier.pairs, raw, 0, n_earlier) if n_earlier else Decisions.none()
    _check_table(table)
    if not {"referral_id", "submission_id"} & set(raw.columns):
        raise InputError("decisions need a referral id column: row positions do not outlive a run.")
    row_of = dict(zip(raw.referral_id, raw.duplicate_of.tolist(), strict=True))
    answer = table["decision"].map(lambda value: str(value).strip().casefold())
    n_other = int((~answer.isin(ANSWERS)).sum())
    if n_other:
        raise InputError(
            f'decisions: {n_other} rows hold another decision than "same", "different" or "unsure".'
        )
    pairs = np.stack([_rows(table[name], row_of, name) for name in REQUIRED[:2]], axis=1)
    n_self = int((pairs[:, 0] == pairs[:, 1]).sum())
    if n_self:
        raise InputError(
            f"decisions: {n_self} rows decide of a referral and itself; each takes two referrals."
        )
    pairs = np.sort(pairs, axis=1)
    bind_on = [_but_not(of_old, pairs, len(raw.referral_id)) for of_old in earlier.pairs]
    same, different = (
        np.unique(np.concatenate([pairs[(answer == word).to_numpy()], of_old]), axis=0)
        for word, of_old in zip(ANSWERS[:2], bind_on, strict=True)
    )
    return _without_conflicts(same, different, raw, int((answer == "unsure").sum()), sum(map(len, bind_on)))


def _but_not(pairs: Int64s, others: Int64s, n_rows: int) -> Int64s:
    """The pairs that are not among the others; both sorted, smaller row first."""
    packed = pairs[:, 0] * n_rows + pairs[:, 1]
    return pairs[~np.isin(packed, others[:, 0] * n_rows + others[:, 1])]


def _check_table(table: pd.DataFrame) -> None:
    if not isinstance(table, pd.DataFrame):
        raise InputError(f"decisions must be a pandas DataFrame with the columns {', '.join(REQUIRED)}.")
    lacking = [name for name in REQUIRED if name not in table.columns]
    if lacking:
        raise InputError(f"decisions lacks the columns {', '.join(lacking)}; it needs {', '.join(REQUIRED)}.")


def _rows(ids: pd.Series[Any], row_of: Mapping[Any, int], name: str) -> Int64s:
    found = [row_of.get(value) for value in ids]
    n_unknown = sum(row is None for row in found)
    if n_unknown:
        raise InputError(
            f"decisions: {n_unknown} ids in {name} are not among the referrals; leave their rows out."
        )
    return np.array(found, dtype=np.int64)


def _without_conflicts(
    same: Int64s, different: Int64s, raw: RawReferrals, n_unsure: int, n_earlier: int
) -> Decisions:
    group = components(len(raw.referral_id), _side(same, 0), _side(same, 1))
    contradicted = np.unique(group[different[:, 0]][group[different[:, 0]] == group[different[:, 1]]])
    keep_same = ~np.isin(group[same[:, 0]], contradicted)
    keep_different = ~np.isin(group[different], contradicted).any(axis=1)
    notes = [f"human decisions: {keep_same.sum()} same, {keep_different.sum()} different, {n_unsure} unsure"]
    if n_earlier:
        notes.append(f"{n_earlier} human decisions of the previous run bind on")
    n_dropped = int((~keep_same).sum() + (~keep_different).sum())
    if n_dropped:
        warnings.warn(
            f"{n_dropped} human decisions contradict one another, in {len(contradicted)} groups; none "
            "of them binds. See .report.choices, and decide again.",
            DecisionConflictWarning,
            stacklevel=4,
        )
        notes.append(f"{n_dropped} human decisions contradict one another and bind nothing")
    return Decisions(same[keep_same], different[keep_different], tuple(notes))


def _side(pairs: Int64s, side: int) -> Int32s:
    return pairs[:, side].astype(np.int32)
