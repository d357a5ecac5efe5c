"""Links too weak to be weighed in a component, or never compared, as rare joins in the draws.

Each of them is unlikely, but there are very many, and some are true. What they add up to is expected: the
match probabilities of all compared pairs that no component holds, at each point of the parameters'
posterior, and what blocking may have cost or is too faint to be kept (`model.unseen`). To draw them one by
one would make nearly every referral uncertain. So a sample of the pairs stands for all: a pair enters it with
a chance in proportion to its probability, `STAND_INS` of them for each link expected, and is then joined in a
draw that much more often. Who they are is who such links are: groups and periods get their share. Pairs that
were never compared, or are too faint, are taken to be like those that were compared and are weak.

A draw joins a pair only when both of its referrals are alone in it: a link to somebody who is a repeat
already makes no other person one. Whether a pair is in the sample, and whether a draw joins it, hangs on the
seed and on the two referrals alone, not on their place.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from nrm_linkage.config import LinkageConfig
from nrm_linkage.model import Leeway, Unseen
from nrm_linkage.model.leeway import FAINT_BITS
from nrm_linkage.provenance import mixed
from nrm_linkage.tables import Float64s, Int32s, Int64s, Partition, Referrals, ScoredPairs

__all__ = ["WeakLinks", "weak_links", "with_weak_links"]

STAND_INS = 10
"""Pairs of the sample for each link expected, so that none is joined in more than about a tenth of draws
(chosen by us).
"""

Keys = np.ndarray[tuple[int], np.dtype[np.uint64]]


@dataclass(frozen=True, repr=False, eq=False)
class WeakLinks:
    """A sample of pairs across components. `left`, `right`: int32 (s,); `chance`: float64 (n_points, s), how
    often draws that start from a point join each; `key`: uint64 (s,), a number of each pair's own.
    """

    left: Int32s
    right: Int32s
    chance: Float64s
    key: Keys

    def apart_from(self, rows: Int64s) -> WeakLinks:
        """Those that touch none of some rows."""
        kept = ~(np.isin(self.left, rows) | np.isin(self.right, rows))
        return WeakLinks(self.left[kept], self.right[kept], self.chance[:, kept], self.key[kept])


def weak_links(
    rows: Referrals,
    component: Int64s,
    pairs: ScoredPairs,
    leeway: Leeway,
    unseen: Unseen,
    keys: Keys,
    config: LinkageConfig,
) -> WeakLinks:
    """The sample of a run. `pairs`: candidates from `FAINT_BITS` on; `keys`: a number of each row's own."""
    across = component[pairs.left] != component[pairs.right]
    apart = np.flatnonzero(across & (pairs.weight_bits >= FAINT_BITS))
    probability = np.zeros(len(apart))
    for at in range(0, len(apart), config.chunk_pairs):
        some = slice(at, at + config.chunk_pairs)
        probability[some] = _chances(rows, pairs, apart[some], leeway).mean(axis=0)
    expected = float(probability.sum())
    taken = np.minimum(probability * STAND_INS, 1.0)
    key = _pair_keys(keys, pairs.left[apart], pairs.right[apart])
    chosen = np.flatnonzero(_uniform(key, np.full(len(key), config.seed)) < taken)
    sample = apart[chosen]
    stands_for = _chances(rows, pairs, sample, leeway) / taken[chosen]
    stood_for = float(stands_for.mean(axis=0).sum())
    if stood_for > 0:
        # The sample stands for just what is expected, and for what was never compared on top of it.
        of_point = stands_for.sum(axis=1, keepdims=True) * expected / stood_for
        missed = (unseen.too_common + unseen.never_met + unseen.faint) * np.exp2(
            leeway.doubt_bits - leeway.doubt_bits.mean()
        )
        stands_for *= expected / stood_for * (1.0 + missed[:, None] / np.maximum(of_point, 1e-300))
    return WeakLinks(pairs.left[sample], pairs.right[sample], np.minimum(stands_for, 1.0), key[chosen])


def _chances(rows: Referrals, pairs: ScoredPairs, at: Int64s, leeway: Leeway) -> Float64s:
    """Match probabilities at each point, (n_points, p)."""
    bits = pairs.weight_bits[at]
    changes = leeway.changes(rows, pairs.left[at], pairs.right[at], pairs.levels[at], bits)
    return np.asarray(1.0 / (1.0 + np.exp2(-(bits + changes))), dtype=np.float64)


def _pair_keys(keys: Keys, left: Int32s, right: Int32s) -> Keys:
    """The same whichever row stands first."""
    one, other = keys[left], keys[right]
    return mixed(np.minimum(one, other).view(np.int64), np.maximum(one, other).view(np.int64))


def _uniform(key: Keys, *parts: Int64s) -> Float64s:
    return np.asarray((mixed(key.view(np.int64), *parts) >> np.uint64(11)).astype(np.float64) / 2.0**53)


def with_weak_links(partition: Partition, weak: WeakLinks, config: LinkageConfig) -> Partition:
    """The partition with the weak links in its draws; what is published stays as it is."""
    if not len(weak.left):
        return partition
    uncertain = np.union1d(partition.uncertain, np.concatenate([weak.left, weak.right])).astype(np.int64)
    draws = np.tile(uncertain.astype(np.int32), (len(partition.draws), 1))
    draws[:, np.searchsorted(uncertain, partition.uncertain)] = partition.draws
    left, right = np.searchsorted(uncertain, weak.left), np.searchsorted(uncertain, weak.right)
    rows = uncertain.astype(np.int32)
    order = np.argsort(weak.key, kind="stable")
    for number, label in enumerate(draws):
        chance = weak.chance[number % len(weak.chance)]
        drawn = order[(_uniform(weak.key, np.full(len(chance), config.seed + 1 + number)) < chance)[order]]
        crowd = np.bincount(np.searchsorted(uncertain, label), minlength=len(uncertain))
        alone = (label == rows) & (crowd == 1)
        drawn = drawn[alone[left[drawn]] & alone[right[drawn]]]
        # Of two that share a referral the first is joined.
        ends = np.stack([left[drawn], right[drawn]], axis=1).ravel()
        first = np.zeros(len(ends), dtype=bool)
        first[np.unique(ends, return_index=True)[1]] = True
        drawn = drawn[first.reshape(-1, 2).all(axis=1)]
        label[left[drawn]] = label[right[drawn]] = np.minimum(rows[left[drawn]], rows[right[drawn]])
    return replace(partition, uncertain=uncertain, draws=draws)
