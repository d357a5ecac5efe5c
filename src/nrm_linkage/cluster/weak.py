"""Links too weak to be weighed in a component, or never compared, as rare joins in the draws.

Each of them is unlikely, but there are very many, and some are true. How many are is expected, at each point
of the parameters' posterior: the match probabilities of compared pairs that no component holds, and, of those
so low that one person's cannot be told from strangers', as many as `model.hidden` says, with those that share
only keys too common to compare. To draw them one by one would make nearly every referral uncertain. So a
sample of the pairs stands for all: a pair enters it with a chance in proportion to its probability,
`STAND_INS` of them for each link expected, and is then joined in a draw that much more often. Who they are is
who such links are: groups and periods get their share. Pairs that were never compared, or are too faint, are
taken to be like those that were compared and are low. In one thing these, being strangers mostly, are not
like one person's pairs: fewer may be about one instance (`instances`). So pairs are joined that much oftener,
or more seldom, that repeats among them are assessed as those of sure pairs are. How many are joined does not
hang on it, nor who is linked.

A draw joins a pair only when both of its referrals are alone in it: a link to somebody who is a repeat
already makes no other person one. Whether a pair is in the sample, and whether a draw joins it, hangs on the
seed and on the two referrals alone, not on their place.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from nrm_linkage.cluster.leaning import LIKENESS_STRENGTH_PAIRS, assessed
from nrm_linkage.config import LinkageConfig
from nrm_linkage.instances import ASSESSMENTS
from nrm_linkage.model import Leeway, Unseen
from nrm_linkage.model.hidden import HIDDEN_BITS
from nrm_linkage.model.leeway import FAINT_BITS
from nrm_linkage.provenance import mixed, pair_keys
from nrm_linkage.tables import Float64s, Int32s, Int64s, Mask, Partition, Referrals, ScoredPairs
from nrm_linkage.threads import slices

__all__ = ["WeakLinks", "weak_links", "with_weak_links"]

STAND_INS = 10
"""Pairs of the sample for each link expected, so that none is joined in more than about a tenth of draws
(chosen by us).
"""

AT_A_TIME = 16_384
"""Pairs whose probabilities are looked up at a time, at all points; bounds memory, changes no result."""

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

    @property
    def rows(self) -> Int32s:
        """Of all pairs, in no order."""
        return np.concatenate([self.left, self.right])

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
    del across
    stretches = slices(len(apart), AT_A_TIME)
    probability = np.zeros(len(apart))
    for some in stretches:
        probability[some] = _chances(rows, pairs, apart[some], leeway).mean(axis=0)
    low = pairs.weight_bits[apart] < HIDDEN_BITS
    weighed = float(probability[~low].sum())
    hidden = unseen.too_common + np.array(unseen.hidden or [0.0] * len(leeway))
    more = max(hidden.mean() / max(float(probability[low].sum()), 1e-300), 1.0)
    taken = np.minimum(probability * np.where(low, more, 1.0) * STAND_INS, 1.0)
    found = [np.zeros(0, dtype=np.int64)]
    for some in stretches:
        key = pair_keys(keys, pairs.left[apart[some]], pairs.right[apart[some]])
        found.append(some.start + np.flatnonzero(_uniform(key, config.seed) < taken[some]))
    chosen = np.concatenate(found)
    sample = apart[chosen]
    left, right = pairs.left[sample], pairs.right[sample]
    chance = _chances(rows, pairs, sample, leeway) / taken[chosen]
    chance *= _like_sure_pairs(rows, pairs, sample, chance.mean(axis=0))
    chance = np.minimum(_standing_for(chance, low[chosen], weighed, hidden), 1.0)
    return WeakLinks(left, right, chance, pair_keys(keys, left, right))


def _like_sure_pairs(rows: Referrals, pairs: ScoredPairs, sample: Int64s, chance: Float64s) -> Float64s:
    """How many times as often pairs of a sample are to be joined as they would be, float64 (s,), so that
    repeats are assessed as those of pairs at even odds or better are. `chance`: how often each would be.
    """
    of_sample = assessed(rows, pairs, sample)
    sure = np.flatnonzero(pairs.weight_bits >= 0.0)
    of_sure = assessed(rows, pairs, sure)
    result = np.ones(len(sample))
    for kind in range(len(ASSESSMENTS)):
        here = of_sample == kind
        share = float(chance[here].sum() / max(chance.sum(), 1e-300))
        if share > 0:
            found = np.count_nonzero(of_sure == kind) + LIKENESS_STRENGTH_PAIRS * share
            result[here] = found / (len(sure) + LIKENESS_STRENGTH_PAIRS) / share
    return result


def _standing_for(chance: Float64s, low: Mask, weighed: float, hidden: Float64s) -> Float64s:
    """The chances of a sample, (n_points, s), that stand for just what is expected: `weighed`, on average
    over the points, of pairs that are not `low`, and `hidden`, at each point, of those that are; of the
    others, where the sample holds no low ones.
    """
    stood_for = float(chance[:, ~low].sum(axis=1).mean())
    scale = np.where(low, 1.0, weighed / stood_for if stood_for > 0 else 1.0) * np.ones_like(chance)
    like_hidden = low if low.any() else ~low
    in_place = np.maximum((chance * scale)[:, like_hidden].sum(axis=1), 1e-300)
    scale[:, like_hidden] *= ((0.0 if low.any() else 1.0) + hidden / in_place)[:, None]
    return chance * scale


def _chances(rows: Referrals, pairs: ScoredPairs, at: Int64s, leeway: Leeway) -> Float64s:
    """Match probabilities at each point, (n_points, p)."""
    bits = pairs.weight_bits[at]
    changes = leeway.changes(rows, pairs.left[at], pairs.right[at], pairs.levels[at], bits)
    return np.asarray(1.0 / (1.0 + np.exp2(-(bits + changes))), dtype=np.float64)


def _uniform(key: Keys, seed: int) -> Float64s:
    return np.asarray(
        (mixed(key.view(np.int64), np.array([seed])) >> np.uint64(11)).astype(np.float64) / 2.0**53
    )


def with_weak_links(
    partition: Partition, weak: WeakLinks, config: LinkageConfig, *, spend: bool = False
) -> Partition:
    """The partition with the weak links in its draws; what is published stays as it is. `spend`: the draws
    may be written over, where they have all rows of the links, which saves a copy of them.
    """
    if not len(weak.left):
        return partition
    uncertain = np.union1d(partition.uncertain, weak.rows).astype(np.int64)
    if len(uncertain) == len(partition.uncertain):
        draws = partition.draws if spend else partition.draws.copy()
    else:
        draws = np.tile(uncertain.astype(np.int32), (len(partition.draws), 1))
        draws[:, np.searchsorted(uncertain, partition.uncertain)] = partition.draws
    order = np.argsort(weak.key, kind="stable")
    left, right, key, chance = weak.left[order], weak.right[order], weak.key[order], weak.chance[:, order]
    at_left, at_right = np.searchsorted(uncertain, left), np.searchsorted(uncertain, right)
    rows, alone = uncertain.astype(np.int32), np.ones(len(partition.cluster), dtype=bool)
    for number, label in enumerate(draws):
        drawn = np.flatnonzero(_uniform(key, config.seed + 1 + number) < chance[number % len(chance)])
        moved = np.flatnonzero(label != rows)
        company = np.concatenate([rows[moved], label[moved]])
        alone[company] = False
        drawn = drawn[alone[left[drawn]] & alone[right[drawn]]]
        alone[company] = True
        # Of two that share a referral the first is joined.
        ends = np.stack([left[drawn], right[drawn]], axis=1).ravel()
        first = np.zeros(len(ends), dtype=bool)
        first[np.unique(ends, return_index=True)[1]] = True
        drawn = drawn[first.reshape(-1, 2).all(axis=1)]
        label[at_left[drawn]] = label[at_right[drawn]] = np.minimum(left[drawn], right[drawn])
    return replace(partition, uncertain=uncertain, draws=draws)
