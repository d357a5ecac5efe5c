"""Keys -> groups of rows that share one, small enough to compare in full: every group is split by what always
splits the rule's keys, one that is still too large by the rule's refinements in turn, and what is too large
at the end is sampled.

Keys are sorted as one number with their places, and groups as one number with the attribute that splits them
and the row (docs/decisions/0024). Groups of which nobody makes a pair are let go at once, so that a rule
holds little more than the rows that it compares. What it does not do: pairs of several rules are put together
in `pairs`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nrm_linkage.block.rules import ATTRIBUTES, BlockingRule, Keys, UInt64s, joined
from nrm_linkage.tables import Int64s, Mask, Referrals, SkippedPairs

SAMPLED_PAIRS = 5_000
"""Pairs of each rule that stand for those not compared (chosen by us)."""

SMALLEST_LIMIT = 2
"""Referrals of a key that are always compared: a pair."""

MOST_COPIES = 40
"""Copies of rows that lack an attribute, among the parts into which it splits their key, for each row of the
key (chosen by us: docs/decisions/0017).
"""

BITS = 63
"""Those of a number that is not negative."""

__all__ = ["Groups", "Plan", "Shared", "grouped", "pairs_at", "pairs_of_groups", "plan"]


@dataclass(frozen=True, eq=False)
class Shared:
    """Groups of two rows or more that share a key, one after the other. `row`: int64 (k,), ascending within
    each; `start`: int64 (g,); `made_of`: int64 (g, w), the words that the key is made of.
    """

    row: Int64s
    start: Int64s
    made_of: Int64s

    @property
    def size(self) -> Int64s:
        """Rows of each group, (g,)."""
        return np.diff(np.append(self.start, len(self.row)))

    @property
    def group(self) -> Int64s:
        """The group of each row, (k,)."""
        return np.repeat(np.arange(len(self.start), dtype=np.int64), self.size)

    @property
    def n_pairs(self) -> int:
        """Pairs within groups, those of two groups counted twice."""
        size = self.size
        return int((size * (size - 1) // 2).sum())

    def take(self, which: Mask) -> Shared:
        """Some of the groups, by a mask (g,)."""
        size = self.size
        start = np.cumsum(size[which]) - size[which]
        return Shared(self.row[np.repeat(which, size)], start, self.made_of[which])


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
    refinement, but split by what always splits them; `kept_apart`: pairs that this splits, once for each
    key; none for a rule of rare keys, whose keys hold it.
    """

    groups: Groups
    not_compared: int
    sample: SkippedPairs | None
    refined: int
    kept_apart: int


def plan(rule: BlockingRule, referrals: Referrals, limit: int) -> Plan:
    """Groups of the rule's keys that are small enough to compare in full. `limit`: that of the config."""
    limit = rule.fits or max(limit // rule.part, SMALLEST_LIMIT)
    keys = rule.keys(referrals)
    shared, given_up, kept_apart = grouped(keys.take(referrals.linkable[keys.row])), 0, 0
    if rule.always_by:
        kept_apart = 0 if rule.rare_only else _n_different(shared, rule.always_by, referrals)
        shared, given_up = _refined(shared, rule.always_by, referrals)
    parts, hot = [_groups(shared, limit)], shared.take(shared.size > limit)
    del keys, shared
    refined = hot.n_pairs
    for attribute in rule.refine_by:
        if not len(hot.row):
            break
        split, apart = _refined(hot, attribute, referrals)
        given_up += apart
        parts.append(_groups(split, limit))
        hot = split.take(split.size > limit)
        del split
    if rule.rare_only:
        hot = hot.take(np.zeros(len(hot.start), dtype=bool))
    groups = Groups(*(np.concatenate([getattr(part, of) for part in parts]) for of in ("row", "following")))
    left_out = 0 if rule.rare_only else hot.n_pairs + given_up
    return Plan(groups, left_out, _sampled(hot), refined, kept_apart)


def _groups(shared: Shared, limit: int) -> Groups:
    """Those of no more rows than the limit."""
    few = shared.take(shared.size <= limit)
    end = np.repeat(few.start + few.size, few.size)
    return Groups(few.row, end - np.arange(len(few.row)) - 1)


def _sampled(hot: Shared) -> SkippedPairs | None:
    """Pairs taken at even distances from the groups that are not compared."""
    of_all = hot.n_pairs
    size = min(of_all, SAMPLED_PAIRS)
    if not size:
        return None
    left, right = pairs_at(hot, ((np.arange(size) + 0.5) * of_all / size).astype(np.int64))
    return SkippedPairs(left.astype(np.int32), right.astype(np.int32), np.full(size, of_all / size))


def pairs_at(shared: Shared, position: Int64s) -> tuple[Int64s, Int64s]:
    """The pairs at some positions of the list that `pairs_of_groups` would give."""
    start, size = shared.start, shared.size
    before = np.concatenate([[0], np.cumsum(size * (size - 1) // 2)])
    group = np.searchsorted(before, position, side="right") - 1
    start, size, within = start[group], size[group], position - before[group]
    # How many pairs begin with the first i of a group is a square in i: its root, mended for rounding.
    first = np.floor(size - 0.5 - np.sqrt((size - 0.5) ** 2 - 2.0 * within)).astype(np.int64)
    first -= first * (2 * size - first - 1) // 2 > within
    first += (first + 1) * (2 * size - first - 2) // 2 <= within
    second = first + 1 + within - first * (2 * size - first - 1) // 2
    return shared.row[start + first], shared.row[start + second]


def _n_different(shared: Shared, attribute: str, referrals: Referrals) -> int:
    """Pairs of groups that hold an attribute and no value of it in common; where rows hold several values, a
    pair that has two in common is taken off twice, so that it may be a few too low.
    """
    attribute_row, value = ATTRIBUTES[attribute](referrals)
    a, b = joined(shared.row, attribute_row, referrals.n)
    group, value = shared.group[a], value[b] - int(value.min(initial=0))
    known = np.bincount(shared.group[np.unique(a)])
    _, alike = np.unique(group * (int(value.max(initial=0)) + 1) + value, return_counts=True)
    of_all, of_equal = (int((size * (size - 1) // 2).sum()) for size in (known, alike))
    return max(of_all - of_equal, 0)


def _refined(hot: Shared, attribute: str, referrals: Referrals) -> tuple[Shared, int]:
    """Split groups by an attribute; and the pairs that are given up. Rows without it stay with every part of
    their group; where that takes more than `MOST_COPIES` they are a part of their own, and their pairs with
    the others are given up.
    """
    attribute_row, value = ATTRIBUTES[attribute](referrals)
    a, b = joined(hot.row, attribute_row, referrals.n)
    of_group = hot.group
    group, value = of_group[a], value[b]
    if attribute == "another name word":
        fresh = (hot.made_of[group] != value[:, None]).all(axis=1)
        a, group, value = a[fresh], group[fresh], value[fresh]
    has = np.zeros(len(hot.row), dtype=bool)
    has[a] = True
    lacking = np.flatnonzero(~has)
    # One value more than there is, for those who have none.
    lowest = int(value.min(initial=0))
    alone = int(value.max(initial=0)) - lowest + 1
    bits = alone.bit_length()
    part, row = group << bits | value - lowest, hot.row[a]
    if not len(lacking):
        return _together(part, row, bits, hot.made_of), 0
    n_lacking, size = np.bincount(of_group[lacking], minlength=len(hot.start)), hot.size
    parts = np.sort(part[n_lacking[group] > 0])
    parts = parts[_differ(parts)]
    n_parts = np.bincount(parts >> bits, minlength=len(size))
    apart = n_lacking * n_parts > MOST_COPIES * size
    copied = lacking[~apart[of_group[lacking]]]
    n_copies = n_parts[of_group[copied]]
    first = np.repeat((np.cumsum(n_parts) - n_parts)[of_group[copied]], n_copies)
    within = np.arange(len(first)) - np.repeat(np.cumsum(n_copies) - n_copies, n_copies)
    part = np.concatenate([part, parts[first + within], of_group[lacking] << bits | alone])
    row = np.concatenate([row, np.repeat(hot.row[copied], n_copies), hot.row[lacking]])
    return _together(part, row, bits, hot.made_of), int((n_lacking * (size - n_lacking))[apart].sum())


def grouped(keys: Keys) -> Shared:
    """The groups of rows that share a key, by key."""
    keys = keys.take(_seen_twice(keys.key))
    order, key = _by_key(keys.key)
    starts = np.flatnonzero(_differ(key))
    number = np.repeat(np.arange(len(starts), dtype=np.int64), np.diff(np.append(starts, len(key))))
    return _together(number, keys.row.take(order), 0, keys.made_of.take(order.take(starts), axis=0))


def _together(part: Int64s, row: Int64s, bits: int, made_of: Int64s) -> Shared:
    """The groups of rows of one part, each row once, without those of one row. `part`: (k,), in whose number
    the group of `made_of` stands above `bits` others.
    """
    bits_row = max(int(row.max(initial=0)).bit_length(), 1)
    if int(part.max(initial=0)).bit_length() + bits_row <= BITS:
        packed = part << bits_row | row
        packed.sort()
        packed = packed[_differ(packed)]
        part, row = packed >> bits_row, packed & (1 << bits_row) - 1
    else:
        order = np.lexsort((row, part))
        part, row = part.take(order), row.take(order)
        once = _differ(part) | _differ(row)
        part, row = part[once], row[once]
    start = np.flatnonzero(_differ(part))
    found = Shared(row, start, made_of.take(part.take(start) >> bits, axis=0))
    return found.take(found.size > 1)


def _by_key(key: UInt64s) -> tuple[Int64s, UInt64s]:
    """The order of keys, and the keys in it: in that of their first bits, beside which a place has room,
    unless two keys differ in the others alone.
    """
    bits = np.uint64(max(len(key).bit_length(), 1))
    packed = key >> bits << bits | np.arange(len(key), dtype=np.uint64)
    packed.sort()
    order = (packed & (np.uint64(1) << bits) - np.uint64(1)).astype(np.int64)
    found = key.take(order)
    if (_differ(found) & ~_differ(packed >> bits)).any():
        order = np.argsort(key, kind="stable")
        found = key.take(order)
    return order, found


def _differ(values: Int64s | UInt64s) -> Mask:
    """Where a value is not the one before it."""
    found = np.ones(len(values), dtype=bool)
    np.not_equal(values[1:], values[:-1], out=found[1:])
    return found


def _seen_twice(key: UInt64s) -> Mask:
    """Where a key may occur again: its first bits do."""
    bits = len(key).bit_length() + 1
    place = (key >> np.uint64(64 - bits)).astype(np.int64)
    return np.asarray((np.bincount(place, minlength=1) > 1)[place])


def pairs_of_groups(shared: Shared) -> tuple[Int64s, Int64s]:
    """All pairs within the groups; rows ascend within a group, so left is the smaller."""
    groups = _groups(shared, len(shared.row))
    left, right = groups.pairs_at(np.arange(len(groups.row)))
    return groups.row[left], groups.row[right]
