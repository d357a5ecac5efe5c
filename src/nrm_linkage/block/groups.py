"""Keys -> groups of rows that share one, small enough to compare in full: a group that is too large is split
by the rule's refinements in turn, and what is still too large at the end is sampled.

Groups of which nobody makes a pair are let go at once, so that a rule holds little more than the rows that it
compares. What it does not do: pairs of several rules are put together in `pairs`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from nrm_linkage.block.rules import ATTRIBUTES, BlockingRule, Keys, UInt64s, joined
from nrm_linkage.provenance import mixed
from nrm_linkage.tables import Int64s, Mask, Referrals, SkippedPairs

SAMPLED_PAIRS = 5_000
"""Pairs of each rule that stand for those not compared (chosen by us)."""

SMALLEST_LIMIT = 2
"""Referrals of a key that are always compared: a pair."""

MOST_COPIES = 40
"""Copies of rows that lack an attribute, among the parts into which it splits their key, for each row of the
key (chosen by us: docs/decisions/0017).
"""

__all__ = ["Groups", "Plan", "grouped", "n_pairs", "pairs_at", "pairs_of_groups", "plan"]


@dataclass(frozen=True, eq=False)
class Groups:
    """Rows of groups, one group after the other, ascending within each. `row`: int64 (k,); `following`: int64
    (k,), how many rows of the group come after: with each of them the row is a pair.
    """

    row: Int64s
    following: Int64s

    @property
    def n_pairs(self) -> int:
        """Pairs within groups, those of two groups counted twice."""
        return int(self.following.sum())

    def pairs_at(self, position: Int64s) -> tuple[Int64s, Int64s]:
        """The pairs of some of the rows with those that follow, as positions of both."""
        following = self.following[position]
        left = np.repeat(position, following)
        before = np.repeat(np.cumsum(following) - following, following)
        return left, left + 1 + np.arange(len(left), dtype=np.int64) - before


@dataclass(frozen=True, eq=False)
class Plan:
    """What one rule would compare: `groups`; and what it would not: `not_compared`, pairs of keys that no
    refinement made small, once for each key, with those given up where too many rows lack what refines; and
    `sample` of the former, None where there are none. `refined`: pairs of keys that were too large before any
    refinement.
    """

    groups: Groups
    not_compared: int
    sample: SkippedPairs | None
    refined: int


def plan(rule: BlockingRule, referrals: Referrals, limit: int) -> Plan:
    """Groups of the rule's keys that are small enough to compare in full. `limit`: that of the config."""
    limit = rule.fits or max(limit // rule.part, SMALLEST_LIMIT)
    keys = rule.keys(referrals)
    keys = grouped(keys.take(referrals.linkable[keys.row]))
    size = _group_sizes(keys)
    parts, hot = [_groups(keys, size, limit)], keys.take(size > limit)
    refined, given_up = n_pairs(hot), 0
    for attribute in rule.refine_by:
        if not len(hot.row):
            break
        keys, apart = _refined(hot, attribute, referrals)
        keys, given_up = grouped(keys), given_up + apart
        size = _group_sizes(keys)
        parts.append(_groups(keys, size, limit))
        hot = keys.take(size > limit)
    if rule.rare_only:
        hot = hot.take(np.zeros(len(hot.row), dtype=bool))
    groups = Groups(*(np.concatenate([getattr(part, of) for part in parts]) for of in ("row", "following")))
    left_out = 0 if rule.rare_only else n_pairs(hot) + given_up
    return Plan(groups, left_out, _sampled(hot), refined)


def _groups(keys: Keys, size: Int64s, limit: int) -> Groups:
    """Those of two rows and no more than the limit. `size`: of each key's group."""
    kept = (size > 1) & (size <= limit)
    few = keys.take(kept)
    start, size = _group_starts(few)
    following = np.repeat(start + size, size) - np.arange(len(few.row)) - 1
    return Groups(few.row, following)


def _sampled(hot: Keys) -> SkippedPairs | None:
    """Pairs taken at even distances from the groups that are not compared."""
    of_all = n_pairs(hot)
    size = min(of_all, SAMPLED_PAIRS)
    if not size:
        return None
    left, right = pairs_at(hot, ((np.arange(size) + 0.5) * of_all / size).astype(np.int64))
    return SkippedPairs(left.astype(np.int32), right.astype(np.int32), np.full(size, of_all / size))


def pairs_at(keys: Keys, position: Int64s) -> tuple[Int64s, Int64s]:
    """The pairs at some positions of the list that `pairs_of_groups` would give."""
    start, size = _group_starts(keys)
    before = np.concatenate([[0], np.cumsum(size * (size - 1) // 2)])
    group = np.searchsorted(before, position, side="right") - 1
    start, size, within = start[group], size[group], position - before[group]
    # How many pairs begin with the first i of a group is a square in i: its root, mended for rounding.
    first = np.floor(size - 0.5 - np.sqrt((size - 0.5) ** 2 - 2.0 * within)).astype(np.int64)
    first -= first * (2 * size - first - 1) // 2 > within
    first += (first + 1) * (2 * size - first - 2) // 2 <= within
    second = first + 1 + within - first * (2 * size - first - 1) // 2
    return keys.row[start + first], keys.row[start + second]


def _refined(hot: Keys, attribute: str, referrals: Referrals) -> tuple[Keys, int]:
    """Split keys by an attribute; and the pairs that are given up. Rows without it stay with every part of
    their key; where that takes more than `MOST_COPIES` they are a part of their own, and their pairs with the
    others are given up.
    """
    attribute_row, value = ATTRIBUTES[attribute](referrals)
    a, b = joined(hot.row, attribute_row, referrals.n)
    if attribute == "another name word":
        fresh = (hot.made_of[a] != value[b][:, None]).all(axis=1)
        a, b = a[fresh], b[fresh]
    has = np.zeros(len(hot.row), dtype=bool)
    has[a] = True
    split = Keys(hot.row[a], mixed(hot.key[a].view(np.int64), value[b]), hot.made_of[a])
    lacking = np.flatnonzero(~has)
    if not len(lacking):
        return split, 0
    start, size = _group_starts(hot)
    n_lacking = np.add.reduceat((~has).astype(np.int64), start)
    met = np.repeat(n_lacking > 0, size)[a]
    parts = pd.DataFrame({"key": hot.key[a[met]], "part": split.key[met]}).drop_duplicates()
    n_parts = pd.Series(parts["key"].value_counts()).reindex(hot.key[start], fill_value=0).to_numpy()
    apart = n_lacking * n_parts > MOST_COPIES * size
    given_up = int((n_lacking * (size - n_lacking))[apart].sum())
    copied = lacking[~np.repeat(apart, size)[lacking]]
    everywhere = pd.DataFrame({"key": hot.key[copied], "position": copied}).merge(parts, on="key")
    position = everywhere["position"].to_numpy(dtype=np.int64)
    alone = mixed(hot.key[lacking].view(np.int64), np.full(len(lacking), -1, dtype=np.int64))
    keys = Keys(
        np.concatenate([split.row, hot.row[position], hot.row[lacking]]),
        np.concatenate([split.key, everywhere["part"].to_numpy(dtype=np.uint64), alone]),
        np.concatenate([split.made_of, hot.made_of[position], hot.made_of[lacking]]),
    )
    return keys, given_up


def grouped(keys: Keys) -> Keys:
    """Sorted by key, then row, each row once a key; without keys that stand once, of which most are left out:
    nobody is a pair there.
    """
    keys = keys.take(_seen_twice(keys.key))
    order = np.argsort(keys.key)
    start, size = _group_starts(Keys(keys.row[order], keys.key[order], keys.made_of))
    bits = max(int(keys.row.max(initial=0)).bit_length(), 1)
    packed = np.repeat(np.arange(len(start), dtype=np.int64) << bits, size) | keys.row[order]
    packed.sort()
    packed = packed[np.diff(packed, prepend=-1) > 0]
    first = order[start][packed >> bits]
    return Keys(packed & (1 << bits) - 1, keys.key[first], keys.made_of[first])


def _seen_twice(key: UInt64s) -> Mask:
    """Where a key may occur again: its first bits do."""
    bits = len(key).bit_length() + 1
    place = (key >> np.uint64(64 - bits)).astype(np.int64)
    return np.asarray((np.bincount(place, minlength=1) > 1)[place])


def _group_starts(keys: Keys) -> tuple[Int64s, Int64s]:
    """Start of each group and its size, for grouped keys."""
    boundary = np.ones(len(keys.key), dtype=bool)
    boundary[1:] = keys.key[1:] != keys.key[:-1]
    start = np.flatnonzero(boundary)
    return start, np.diff(np.append(start, len(keys.key)))


def _group_sizes(keys: Keys) -> Int64s:
    """The size of its group for every key."""
    _, size = _group_starts(keys)
    return np.repeat(size, size)


def n_pairs(keys: Keys) -> int:
    _, size = _group_starts(keys)
    return int((size * (size - 1) // 2).sum())


def pairs_of_groups(keys: Keys) -> tuple[Int64s, Int64s]:
    """All pairs within the groups of grouped keys; rows ascend within a group, so left is the smaller."""
    groups = _groups(keys, _group_sizes(keys), len(keys.row))
    left, right = groups.pairs_at(np.arange(len(groups.row)))
    return groups.row[left], groups.row[right]
