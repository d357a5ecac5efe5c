"""What humans decided of the referrals of a run: of two of them, of a cluster, of all.

A decision may be about two referrals directly, or tie them through others: then the answer is the decisions
on the shortest way from one to the other.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import breadth_first_order

from nrm_linkage.cluster import components
from nrm_linkage.explain.decided import HumanDecision, human_decisions
from nrm_linkage.result.run import LinkedRun
from nrm_linkage.review.recorded import BINDS, VALUES
from nrm_linkage.tables import Int64s

__all__ = ["decisions_between", "decisions_table", "human_decision"]

Pair = tuple[int, int]


def human_decision(run: LinkedRun, left: int, right: int) -> str | None:
    """What humans decided of two rows, in words; None where nobody did."""
    one, other = _sorted(run, left, right)
    for word, pairs in (("same", run.judged.same), ("different", run.judged.different)):
        if ((pairs[:, 0] == one) & (pairs[:, 1] == other)).any():
            return word
    group, different = _groups(run), run.judged.different
    if one != other and group[one] == group[other]:
        return "same, through other referrals that were decided"
    groups = np.sort(group[different], axis=1)
    between = sorted((int(group[one]), int(group[other])))
    if len(groups) and (groups == between).all(axis=1).any():
        return "different, through other referrals that were decided"
    return None


def decisions_between(run: LinkedRun, left: int, right: int, values: bool) -> tuple[HumanDecision, ...]:
    """Every decision about two rows, and where none of them binds, those through which others tie them or
    keep them apart. `values`: with who, when and why as recorded.
    """
    one, other = _sorted(run, left, right)
    record = run.judged.record
    binds = (record["standing"] == BINDS).to_numpy(dtype=bool)
    shown = ((record["left"] == one) & (record["right"] == other)).to_numpy(dtype=bool)
    if not (shown & binds).any():
        through = _through(run, one, other)
        pairs = zip(record["left"], record["right"], strict=True)
        shown = shown | binds & np.array([pair in through for pair in pairs], dtype=bool)
    return human_decisions(_shown(run, record[shown], values))


def decisions_table(run: LinkedRun, rows: Int64s | None, values: bool) -> pd.DataFrame:
    """One row a decision about one of these rows, or about any; see `Linkage.decisions`."""
    record = run.judged.record
    if rows is not None:
        record = record[record["left"].isin(rows) | record["right"].isin(rows)]
    return _shown(run, record, values)


def _shown(run: LinkedRun, record: pd.DataFrame, values: bool) -> pd.DataFrame:
    """Rows of the record as an explanation shows them."""
    ids = run.referrals.referral_id
    table = pd.DataFrame(
        {
            "referral_id_l": pd.Series(ids[record["left"].to_numpy(dtype=np.int64)], dtype=object),
            "referral_id_r": pd.Series(ids[record["right"].to_numpy(dtype=np.int64)], dtype=object),
            **{name: record[name].reset_index(drop=True) for name in ("decision", "standing", "decided_on")},
            "who_recorded": record["decided_by"].notna().to_numpy(),
            "why_recorded": record["reason"].notna().to_numpy(),
        }
    )
    recorded = {name: record[name].reset_index(drop=True) for name in VALUES}
    return table.assign(**recorded) if values else table


def _sorted(run: LinkedRun, left: int, right: int) -> Pair:
    """Two rows, the smaller first; of technical duplicates what they repeat."""
    one, other = sorted(int(run.referrals.duplicate_of[row]) for row in (left, right))
    return one, other


def _groups(run: LinkedRun) -> Int64s:
    """Who is tied by decisions: the smallest row of each row's group, int64 (n,)."""
    same = run.judged.same
    return components(run.referrals.n, same[:, 0].astype(np.int32), same[:, 1].astype(np.int32))


def _through(run: LinkedRun, one: int, other: int) -> set[Pair]:
    """The decided pairs on the way from one row to another; of rows kept apart, those that part their groups
    and the ways to them.
    """
    group = _groups(run)
    if group[one] == group[other]:
        return _way(run, one, other)
    found: set[Pair] = set()
    for left, right in run.judged.different.tolist():
        for near, far in ((left, right), (right, left)):
            if group[near] == group[one] and group[far] == group[other]:
                found |= {(left, right), *_way(run, one, near), *_way(run, far, other)}
    return found


def _way(run: LinkedRun, one: int, other: int) -> set[Pair]:
    """The pairs of the shortest way along decisions that two are the same."""
    same, n_rows = run.judged.same, run.referrals.n
    if one == other:
        return set()
    graph = coo_array((np.ones(len(same), dtype=np.int8), (same[:, 0], same[:, 1])), shape=(n_rows, n_rows))
    _, before = breadth_first_order(graph.tocsr(), one, directed=False)
    way: set[Pair] = set()
    while other != one:
        step = int(before[other])
        way.add((min(step, other), max(step, other)))
        other = step
    return way
