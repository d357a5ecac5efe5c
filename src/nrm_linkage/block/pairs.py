"""Keys -> candidate pairs: counted before they are made, without repeats, the same whatever the order of
rows.

For each rule: keys of linkable rows, split by what always splits them; groups no larger than the rule's limit
give all their pairs; larger groups are split by its refinements in turn (`groups`); what is still too large
at the end is not compared: its pairs are counted into the rule's yield, once for each key that they share
(some of them other rules find), and a sample of those that no rule finds is kept, from which the cost to
recall is estimated (`model.unseen`). Pairs that somebody else found stand beside them, each finder a rule of
its own. If the pairs to be made exceed the config's limit nothing is made and `TooManyPairsError` says which
rules are to blame.

Rules are planned in threads. Pairs are made for a stretch of left rows at a time, by all rules together,
stretches in threads, so that beside the pairs themselves memory holds the groups and a stretch a thread.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from nrm_linkage.block.groups import Groups, Plan, Shared, pairs_of_groups, plan
from nrm_linkage.block.rules import ATTRIBUTES, KEY_RULES, RULES, BlockingRule, joined
from nrm_linkage.config import LinkageConfig
from nrm_linkage.errors import ConfigError, TooManyPairsError
from nrm_linkage.hearing import Counter, uncounted
from nrm_linkage.tables import (
    CandidatePairs,
    FoundPairs,
    Int32s,
    Int64s,
    Mask,
    Referrals,
    RuleYield,
    SkippedPairs,
)
from nrm_linkage.threads import in_threads

STRETCH_PAIRS = 2**21
"""Pairs made at a time, repeats between rules included (chosen by us: it bounds memory, and changes nothing).
"""

MOST_RULES = 31
"""As many rules as `CandidatePairs.found_by` has bits: those of an int32, but for its sign."""

__all__ = ["candidate_pairs", "check_number_of_rules", "do_not_differ", "pairs_within", "rules_that_find"]


def candidate_pairs(
    referrals: Referrals,
    config: LinkageConfig,
    rules: Sequence[BlockingRule] = RULES,
    found: Sequence[FoundPairs] = (),
    counter: Callable[[int], Counter] | None = None,
) -> CandidatePairs:
    """Every pair of linkable rows that at least one rule brings together, or that stands in `found`.

    The bits of `found_by` are the rules in their order, then `found` in theirs. `counter`: how many pairs
    there are to make, repeats between rules included -> who hears of those that are made.

    Raises
    ------
    TooManyPairsError
        There would be more than `config.max_candidate_pairs` pairs, repeats between rules included.
    ConfigError
        There are more rules than `found_by` has bits.
    """
    check_number_of_rules(len(rules) + len(found))
    plans = _plans(rules, referrals, config.max_key_size)
    given = [_linkable(pairs, referrals) for pairs in found]
    names = (*(rule.name for rule in rules), *(pairs.name for pairs in found))
    counts = [*(of.groups.n_pairs for of in plans), *(len(pairs.left) for pairs in given)]
    _refuse_too_many(list(zip(names, counts, strict=True)), config)
    count = counter(sum(counts)) if counter else uncounted
    made = _Made.of([of.groups for of in plans], given, referrals.n, count)
    left_out = [
        *((of.not_compared, of.refined, of.kept_apart) for of in plans),
        *((0, 0, 0) for _ in given),
    ]
    yields = tuple(
        RuleYield(name, pairs, only_here, *of)
        for name, pairs, only_here, of in zip(names, *made.counts(len(names)), left_out, strict=True)
    )
    n_linkable = int(np.count_nonzero(referrals.linkable))
    return CandidatePairs(
        left=made.left,
        right=made.right,
        found_by=made.found_by,
        rules=names,
        yields=yields,
        skipped=_skipped(plans, made),
        in_full=len(made.left) == n_linkable * (n_linkable - 1) // 2,
    )


def _plans(rules: Sequence[BlockingRule], referrals: Referrals, limit: int) -> list[Plan]:
    """What each rule would compare, in threads; first the rules of rare keys, which split most and so take
    longest.
    """
    order = sorted(range(len(rules)), key=lambda number: not rules[number].rare_only)
    made = in_threads(lambda number: plan(rules[number], referrals, limit), order)
    return [of for _, of in sorted(zip(order, made, strict=True), key=lambda one: one[0])]


def check_number_of_rules(n_rules: int) -> None:
    """Raise `ConfigError` where there are more rules than `CandidatePairs.found_by` has bits."""
    if n_rules > MOST_RULES:
        raise ConfigError(
            f"there are {n_rules} blocking rules, and at most {MOST_RULES} can be told apart; leave some out."
        )


def _linkable(pairs: FoundPairs, referrals: Referrals) -> FoundPairs:
    """Those of the pairs whose rows are both linkable."""
    kept = referrals.linkable[pairs.left] & referrals.linkable[pairs.right]
    return FoundPairs(pairs.name, pairs.sentence, pairs.left[kept], pairs.right[kept])


@dataclass(frozen=True, eq=False)
class _Made:
    """Pairs of all rules, sorted, without repeats, as `CandidatePairs` has them."""

    left: Int32s
    right: Int32s
    found_by: Int32s

    @classmethod
    def of(
        cls, groups: Sequence[Groups], given: Sequence[FoundPairs], n_rows: int, count: Counter
    ) -> _Made:
        """A stretch of left rows at a time."""
        stretches = [(_none(), _none(), _none()), *_stretches(groups, given, n_rows, count)]
        left, right, found_by = (np.concatenate(parts) for parts in zip(*stretches, strict=True))
        return cls(left, right, found_by)

    def counts(self, n_rules: int) -> tuple[list[int], list[int]]:
        """Pairs of each rule, and those that it alone found."""
        mask, times = np.unique(self.found_by, return_counts=True)
        numbers = range(n_rules)
        return (
            [int(times[mask >> number & 1 == 1].sum()) for number in numbers],
            [int(times[mask == 1 << number].sum()) for number in numbers],
        )

    def hold(self, left: Int32s, right: Int32s) -> Mask:
        """Which of some pairs are among these."""
        known, asked = (a.astype(np.int64) << 32 | b for a, b in ((self.left, self.right), (left, right)))
        place = np.searchsorted(known, asked)
        held: Mask = place < len(known)
        held[held] = known[place[held]] == asked[held]
        return held


def _stretches(
    groups: Sequence[Groups], given: Sequence[FoundPairs], n_rows: int, count: Counter
) -> list[tuple[Int32s, Int32s, Int32s]]:
    """Left, right and rules of the pairs, a stretch of left rows after another. A pair is sorted as one
    number, in which half a billion rows have room.
    """
    order = in_threads(lambda of: np.argsort(of.row, kind="stable"), groups)
    n_pairs = np.zeros(n_rows, dtype=np.int64)
    for of in groups:
        n_pairs += np.bincount(of.row, weights=of.following, minlength=n_rows).astype(np.int64)
    for pairs in given:
        n_pairs += np.bincount(pairs.left, minlength=n_rows)
    made = np.cumsum(n_pairs)
    stretch = (made - n_pairs) // STRETCH_PAIRS
    ends = [*(np.flatnonzero(np.diff(stretch)) + 1).tolist(), n_rows]
    where = [np.searchsorted(of.row[by_row], [0, *ends]) for of, by_row in zip(groups, order, strict=True)]
    where_given = [np.searchsorted(pairs.left, [0, *ends]) for pairs in given]
    bits_right, bits_rule = n_rows.bit_length(), MOST_RULES.bit_length()
    starts = [0, *ends[:-1]]

    def made_of(number: int) -> tuple[Int32s, Int32s, Int32s]:
        first, tagged = starts[number], []
        for rule, (of, by_row) in enumerate(zip(groups, order, strict=True)):
            left, right = of.pairs_at(by_row[where[rule][number] : where[rule][number + 1]])
            tagged.append(((of.row[left] - first << bits_right | of.row[right]) << bits_rule) | rule)
        for rule, pairs in enumerate(given, start=len(groups)):
            here = slice(*where_given[rule - len(groups)][number : number + 2])
            left, right = pairs.left[here].astype(np.int64), pairs.right[here].astype(np.int64)
            tagged.append(((left - first << bits_right | right) << bits_rule) | rule)
        found = _without_repeats(np.concatenate([np.zeros(0, dtype=np.int64), *tagged]), first, bits_right)
        count(int(n_pairs[first : ends[number]].sum()))
        return found

    return in_threads(made_of, range(len(ends)))


def _without_repeats(tagged: Int64s, first: int, bits_right: int) -> tuple[Int32s, Int32s, Int32s]:
    """Left, right and rules of pairs as one number each: left row counted from `first`, right row, rule."""
    tagged.sort()
    bits_rule = MOST_RULES.bit_length()
    packed = tagged >> bits_rule
    found_by = np.int32(1) << (tagged & (1 << bits_rule) - 1).astype(np.int32)
    starts = np.flatnonzero(np.diff(packed, prepend=-1))
    if not len(starts):
        return _none(), _none(), _none()
    packed = packed[starts]
    left = ((packed >> bits_right) + first).astype(np.int32)
    return left, (packed & (1 << bits_right) - 1).astype(np.int32), np.bitwise_or.reduceat(found_by, starts)


def _skipped(plans: Sequence[Plan], made: _Made) -> SkippedPairs | None:
    """The samples of what the rules did not compare, without what another rule found."""
    samples = [of.sample for of in plans if of.sample is not None]
    if not samples:
        return None
    left, right = (np.concatenate([getattr(sample, of) for sample in samples]) for of in ("left", "right"))
    stands_for = np.concatenate([sample.stands_for for sample in samples])
    new = ~made.hold(left, right)
    return SkippedPairs(left[new], right[new], stands_for[new])


def _none() -> Int32s:
    return np.zeros(0, dtype=np.int32)


def _refuse_too_many(counts: list[tuple[str, int]], config: LinkageConfig) -> None:
    """Raise `TooManyPairsError` where the rules would give more pairs than the config allows."""
    total = sum(count for _, count in counts)
    if total <= config.max_candidate_pairs:
        return
    ranked = sorted(counts, key=lambda item: -item[1])
    most = ", ".join(f"{name!r}: {count:,}" for name, count in ranked if count)
    raise TooManyPairsError(
        f"the blocking rules would make {total:,} pairs, above max_candidate_pairs="
        f"{config.max_candidate_pairs:,} ({most}). "
        "Lower max_key_size, or raise max_candidate_pairs if memory allows."
    )


def rules_that_find(
    referrals: Referrals, left: Int32s, right: Int32s, rules: Sequence[BlockingRule] = KEY_RULES
) -> Int32s:
    """For given pairs, which rules' keys they share without differing in what always splits them, as bit
    masks, whether or not a key was too common to compare.
    """
    found = np.zeros(len(left), dtype=np.int32)
    for number, rule in enumerate(rules):
        keys = rule.keys(referrals)
        shared = _share_one(left, right, keys.row, keys.key.view(np.int64), referrals.n)
        if rule.always_by:
            shared &= do_not_differ(referrals, rule.always_by, left, right)
        found[shared] |= np.int32(1 << number)
    return found


def do_not_differ(referrals: Referrals, attribute: str, left: Int32s, right: Int32s) -> Mask:
    """Which pairs have a value of an attribute in common, or lack one on either side, bool (p,)."""
    row, value = ATTRIBUTES[attribute](referrals)
    known = np.isin(left, row) & np.isin(right, row)
    return ~known | _share_one(left, right, row, value, referrals.n)


def _share_one(left: Int32s, right: Int32s, row: Int64s, value: Int64s, n_rows: int) -> Mask:
    """Which pairs have a value in common. `row`, `value`: who has which, several times or not at all."""
    of_left, of_right = (
        pd.DataFrame(np.stack([pair, value[at]], axis=1))
        for pair, at in (joined(side.astype(np.int64), row, n_rows) for side in (left, right))
    )
    found = np.zeros(len(left), dtype=bool)
    found[of_left.merge(of_right, how="inner")[0].unique()] = True
    return found


def pairs_within(candidates: CandidatePairs, component: Int64s) -> CandidatePairs:
    """All pairs of rows within components, those that no rule found included (their `found_by` is 0).

    `component`: int64 (n,), the smallest row of each row's component.
    """
    n_rows = len(component)
    size = np.bincount(component, minlength=n_rows)
    rows = np.flatnonzero(size[component] > 1)
    rows = rows[np.argsort(component[rows], kind="stable")]
    start = np.flatnonzero(np.diff(component[rows], prepend=-1))
    left, right = pairs_of_groups(Shared(rows, start, np.zeros((len(start), 0), dtype=np.int64)))
    packed = np.sort(left * n_rows + right)
    known = candidates.left.astype(np.int64) * n_rows + candidates.right
    place = np.searchsorted(known, packed)
    found_by = np.zeros(len(packed), dtype=np.int32)
    hit = np.flatnonzero(place < len(known))
    hit = hit[known[place[hit]] == packed[hit]]
    found_by[hit] = candidates.found_by[place[hit]]
    left, right = np.divmod(packed, max(n_rows, 1))
    return CandidatePairs(
        left.astype(np.int32), right.astype(np.int32), found_by, candidates.rules, candidates.yields
    )
