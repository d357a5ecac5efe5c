"""Keys -> candidate pairs: counted before they are made, without repeats, the same whatever the order of
rows.

For each rule: keys of linkable rows; groups no larger than the limit give all their pairs; larger groups
are split by the rule's refinements in turn; what is still too large at the end is not compared: its pairs are
counted into the rule's yield, once for each key that they share (some of them other rules find), and a sample
of those that no rule finds is kept, from which the cost to recall is estimated (`model.unseen`). Pairs that
somebody else found stand beside them, each finder a rule of its own.
If the pairs to be made exceed the config's limit nothing is made and `TooManyPairsError` says which rules
are to blame.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from nrm_linkage.block.rules import ATTRIBUTES, KEY_RULES, RULES, BlockingRule, Keys, joined
from nrm_linkage.config import LinkageConfig
from nrm_linkage.errors import ConfigError, TooManyPairsError
from nrm_linkage.provenance import mixed
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

SAMPLED_PAIRS = 5_000
"""Pairs of each rule that stand for those not compared (chosen by us)."""

RARE_PART = 2
"""A word is rare when no more referrals hold it than this part of the largest key (chosen by us)."""

MOST_RULES = 31
"""As many rules as `CandidatePairs.found_by` has bits: those of an int32, but for its sign."""

__all__ = ["candidate_pairs", "check_number_of_rules", "pairs_within", "rules_that_find"]


def candidate_pairs(
    referrals: Referrals,
    config: LinkageConfig,
    rules: Sequence[BlockingRule] = RULES,
    found: Sequence[FoundPairs] = (),
) -> CandidatePairs:
    """Every pair of linkable rows that at least one rule brings together, or that stands in `found`.

    The bits of `found_by` are the rules in their order, then `found` in theirs.

    Raises
    ------
    TooManyPairsError
        There would be more than `config.max_candidate_pairs` pairs, repeats between rules included.
    ConfigError
        There are more rules than `found_by` has bits.
    """
    check_number_of_rules(len(rules) + len(found))
    plans = [_plan(rule, referrals, rule.fits or config.max_key_size) for rule in rules]
    given = [_packed(pairs, referrals) for pairs in found]
    names = (*(rule.name for rule in rules), *(pairs.name for pairs in found))
    counts = [*(sum(_n_pairs(keys) for keys in parts) for parts, _ in plans), *map(len, given)]
    _refuse_too_many(list(zip(names, counts, strict=True)), config)
    tagged = [packed * len(names) + number for number, packed in enumerate(given, start=len(rules))]
    for number, (parts, _) in enumerate(plans):
        for left, right in map(_pairs_of_groups, parts):
            tagged.append(_sorted_without_repeats(left * referrals.n + right) * len(names) + number)
    packed, found_by = _with_rules(tagged, len(names))
    left, right = np.divmod(packed, max(referrals.n, 1))
    left_out = [*(_n_pairs(hot) for _, hot in plans), *(0 for _ in given)]
    yields = tuple(
        RuleYield(
            name,
            pairs=int(np.count_nonzero(found_by >> number & 1)),
            only_here=int(np.count_nonzero(found_by == 1 << number)),
            not_compared=not_compared,
        )
        for number, (name, not_compared) in enumerate(zip(names, left_out, strict=True))
    )
    n_linkable = int(np.count_nonzero(referrals.linkable))
    return CandidatePairs(
        left=left.astype(np.int32),
        right=right.astype(np.int32),
        found_by=found_by,
        rules=names,
        yields=yields,
        skipped=_skipped([hot for _, hot in plans], packed, referrals.n),
        in_full=len(packed) == n_linkable * (n_linkable - 1) // 2,
    )


def check_number_of_rules(n_rules: int) -> None:
    """Raise `ConfigError` where there are more rules than `CandidatePairs.found_by` has bits."""
    if n_rules > MOST_RULES:
        raise ConfigError(
            f"there are {n_rules} blocking rules, and at most {MOST_RULES} can be told apart; leave some out."
        )


def _packed(pairs: FoundPairs, referrals: Referrals) -> Int64s:
    """Those of the pairs whose rows are both linkable, each as one number."""
    kept = referrals.linkable[pairs.left] & referrals.linkable[pairs.right]
    return pairs.left[kept].astype(np.int64) * referrals.n + pairs.right[kept]


def _with_rules(tagged: list[Int64s], n_rules: int) -> tuple[Int64s, Int32s]:
    """Pairs as one number each, sorted, and the bit mask of the rules that have them. `tagged`: pair times
    `n_rules` plus rule.
    """
    packed, rule = np.divmod(_sorted_without_repeats(np.concatenate([_no_rows(), *tagged])), max(n_rules, 1))
    starts = np.flatnonzero(np.diff(packed, prepend=-1))
    bits = np.int32(1) << rule.astype(np.int32)
    return packed[starts], np.bitwise_or.reduceat(bits, starts) if len(starts) else bits


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
    """For given pairs, which rules' keys they share, as bit masks, whether or not a key was too common to
    compare.
    """
    found = np.zeros(len(left), dtype=np.int32)
    for number, rule in enumerate(rules):
        keys = rule.keys(referrals)
        a, b = joined(left.astype(np.int64), keys.row, referrals.n)
        of_left = np.stack([a.view(np.int64), keys.key[b].view(np.int64)], axis=1)
        a, b = joined(right.astype(np.int64), keys.row, referrals.n)
        of_right = np.stack([a.view(np.int64), keys.key[b].view(np.int64)], axis=1)
        shared = pd.DataFrame(of_left).merge(pd.DataFrame(of_right), how="inner")[0].unique()
        found[shared] |= np.int32(1 << number)
    return found


def pairs_within(candidates: CandidatePairs, component: Int64s) -> CandidatePairs:
    """All pairs of rows within components, those that no rule found included (their `found_by` is 0).

    `component`: int64 (n,), the smallest row of each row's component.
    """
    n_rows = len(component)
    size = np.bincount(component, minlength=n_rows)
    rows = np.flatnonzero(size[component] > 1)
    rows = rows[np.argsort(component[rows], kind="stable")]
    groups = Keys(rows, component[rows].view(np.uint64), np.zeros((len(rows), 0), dtype=np.int64))
    left, right = _pairs_of_groups(groups)
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


def _plan(rule: BlockingRule, referrals: Referrals, limit: int) -> tuple[list[Keys], Keys]:
    """Groups of keys small enough to compare in full, and the groups that no refinement made small."""
    keys = rule.keys(referrals)
    keys = _grouped(keys.take(referrals.linkable[keys.row]))
    fits = _group_sizes(keys) <= (limit // RARE_PART if rule.rare_only else limit)
    parts, hot = [keys.take(fits)], keys.take(~fits)
    if rule.rare_only:
        return parts, hot.take(np.zeros(len(hot.row), dtype=bool))
    for attribute in rule.refine_by:
        if not len(hot.row):
            break
        refined = _grouped(_refined(hot, attribute, referrals))
        fits = _group_sizes(refined) <= limit
        parts.append(refined.take(fits))
        hot = refined.take(~fits)
    return parts, hot


def _skipped(hot: Sequence[Keys], compared: Int64s, n_rows: int) -> SkippedPairs | None:
    """Pairs taken at even distances from the groups that were not compared; `compared`: packed, sorted."""
    lefts, rights, stands_for = [_no_rows()], [_no_rows()], [np.zeros(0)]
    for keys in hot:
        n_pairs = _n_pairs(keys)
        size = min(n_pairs, SAMPLED_PAIRS)
        if not size:
            continue
        left, right = _pairs_at(keys, ((np.arange(size) + 0.5) * n_pairs / size).astype(np.int64))
        packed = left * n_rows + right
        place = np.minimum(np.searchsorted(compared, packed), max(len(compared) - 1, 0))
        new = compared[place] != packed if len(compared) else np.ones(size, dtype=bool)
        lefts.append(left[new])
        rights.append(right[new])
        stands_for.append(np.full(int(new.sum()), n_pairs / size))
    if len(lefts) == 1:
        return None
    return SkippedPairs(
        np.concatenate(lefts).astype(np.int32),
        np.concatenate(rights).astype(np.int32),
        np.concatenate(stands_for),
    )


def _pairs_at(keys: Keys, position: Int64s) -> tuple[Int64s, Int64s]:
    """The pairs at some positions of the list that `_pairs_of_groups` would give."""
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


def _refined(hot: Keys, attribute: str, referrals: Referrals) -> Keys:
    """Split keys by an attribute. Rows without it stay with every part of their key."""
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
        return split
    parts = pd.DataFrame({"key": hot.key[a], "part": split.key}).drop_duplicates()
    everywhere = pd.DataFrame({"key": hot.key[lacking], "position": lacking}).merge(parts, on="key")
    position = everywhere["position"].to_numpy(dtype=np.int64)
    alone = mixed(hot.key[lacking].view(np.int64), np.full(len(lacking), -1, dtype=np.int64))
    return Keys(
        np.concatenate([split.row, hot.row[position], hot.row[lacking]]),
        np.concatenate([split.key, everywhere["part"].to_numpy(dtype=np.uint64), alone]),
        np.concatenate([split.made_of, hot.made_of[position], hot.made_of[lacking]]),
    )


def _grouped(keys: Keys) -> Keys:
    """Sorted by key, then row, each row once a key."""
    order = np.lexsort((keys.row, keys.key))
    row, key = keys.row[order], keys.key[order]
    once = np.ones(len(row), dtype=bool)
    once[1:] = (row[1:] != row[:-1]) | (key[1:] != key[:-1])
    return Keys(row[once], key[once], keys.made_of[order][once])


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


def _n_pairs(keys: Keys) -> int:
    _, size = _group_starts(keys)
    return int((size * (size - 1) // 2).sum())


def _pairs_of_groups(keys: Keys) -> tuple[Int64s, Int64s]:
    """All pairs within the groups of grouped keys; rows ascend within a group, so left is the smaller."""
    start, size = _group_starts(keys)
    end = np.repeat(start + size, size)
    position = np.arange(len(keys.row), dtype=np.int64)
    following = end - position - 1
    left = np.repeat(position, following)
    right = (
        left
        + 1
        + np.arange(len(left), dtype=np.int64)
        - np.repeat(np.cumsum(following) - following, following)
    )
    return keys.row[left], keys.row[right]


def _sorted_without_repeats(packed: Int64s) -> Int64s:
    packed = np.sort(packed)
    once: Mask = np.ones(len(packed), dtype=bool)
    once[1:] = packed[1:] != packed[:-1]
    return packed[once]


def _no_rows() -> Int64s:
    return np.zeros(0, dtype=np.int64)
