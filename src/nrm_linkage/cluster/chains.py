"""Many Markov chains over the partitions of one component, moved at once: their state and their moves.

Their target is the posterior of `posterior`. Two moves leave it as it is. A *visit* takes one referral out of
its cluster, in every chain, and lets it join a cluster or stand alone, with probability by what it adds
(Gibbs sampling). It may join clusters that hold a referral like it, at a pair's odds of `NEAR_BITS` or more;
where its own cluster holds none, it stays, so that the way back is as likely. A *split or merge* moves whole
groups, because visits one by one hardly ever take a solid one apart: two referrals that are alike are drawn;
the cluster that they share is split by letting its other members choose between the two in turn, or their
two clusters are merged; and the change is accepted by the rule of Metropolis and Hastings (the sequentially
allocated proposal of Dahl 2005). Members choose by an approximation of what they add, which costs little; the
rule makes up for it.

A cluster's weight is computed once: it is kept under the sum of its members' random 64-bit numbers (Zobrist
1970). Two clusters of one component in ten million million would have to share a sum for a mistake.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from nrm_linkage.cluster.against import Against
from nrm_linkage.cluster.posterior import size_prior_bits
from nrm_linkage.cluster.trees import Links
from nrm_linkage.tables import Float64s, Int64s, Mask

__all__ = ["NEAR_BITS", "Chains", "Weights"]

NEAR_BITS = -10.0
"""Match weight at which a referral is like another for a visit: odds of 1 in 1,000 (chosen by us)."""

GATHERED_AT_ONCE = 1_000_000
"""Numbers of evidence that `Weights.computed` takes to be gathered at a time for new clusters."""

SMALLEST = 1e-300
"""Odds below which a guess does not tell them apart."""

SLACK_BITS = 6.0
"""Bits by which both guesses may be wrong on one side (chosen by us)."""

Keys = npt.NDArray[np.uint64]


class Weights:
    """Weights of clusters of one component, in bits; those asked for before are kept. `computed`: the work
    that was done, in numbers of evidence times members: as if clusters of about one size were filled up to
    the largest, for each field.
    """

    def __init__(
        self,
        evidence: Float64s,
        prior_bits: float,
        random: np.random.Generator,
        against: Against | None = None,
    ) -> None:
        k = len(evidence)
        against = against or Against.nothing(1, k)
        self.prior = size_prior_bits(np.arange(k + 1), prior_bits)
        self.number: Keys = random.integers(1, 2**64, k, dtype=np.uint64)
        self.computed = 0
        self.evidence = evidence + against.bits[:, 0].sum(axis=0)
        self._links = Links.of(np.concatenate([evidence[None], against.bits[:, 0]]))
        # Where nobody in a cluster disagrees in a field, the field weighs nothing.
        self._speaks = np.concatenate([~np.eye(k, dtype=bool)[None], against.bits[:, 0] != 0])
        self._speaks = self._speaks.astype(np.float32)
        self._holders = np.concatenate([np.ones((1, k), dtype=bool), against.known[:, 0]])
        self._top = float(self.evidence.max())
        self._odds = np.exp2(self.evidence - self._top) * (1 - np.eye(k))
        self._known: dict[int, float] = {0: 0.0, **dict.fromkeys(self.number.tolist(), 0.0)}

    def of(self, keys: Keys, holds: Callable[[Int64s], Mask]) -> Float64s:
        """The weights of some clusters, (q,). `keys`: their members' summed numbers; `holds`: places of
        clusters -> their members, bool (., k).
        """
        listed = keys.tolist()
        found = list(map(self._known.get, listed))
        if None in found:
            new: dict[int, int] = {}
            for at, bits in enumerate(found):
                if bits is None:
                    new.setdefault(listed[at], at)
            weighed = self._weighed(holds(np.fromiter(new.values(), dtype=np.int64, count=len(new))))
            self._known.update(zip(new, weighed.tolist(), strict=True))
            found = list(map(self._known.get, listed))
        return np.array(found, dtype=np.float64)

    def guessed(self, holds: Mask) -> Float64s:
        """Two guesses at what clusters weigh, (2, q), that are wrong on different sides: by the mean of the
        pairs, which a weak bridge parts too easily, and by the product of each record's summed odds, by the
        sum of these, for the trees, which a weak bridge does not part.
        """
        size = np.maximum(holds.sum(axis=1), 1)
        tied = np.maximum(holds @ self._odds, SMALLEST)
        pairs = ((holds @ self.evidence) * holds).sum(axis=1) / size
        trees = np.where(holds, np.log2(tied), 0.0).sum(axis=1) - np.log2((holds * tied).sum(axis=1))
        trees += (size - 1) * self._top - (size - 2) * np.log2(size)
        return np.where(size > 1, self.prior[size] + np.stack([pairs, trees]), 0.0)

    def _weighed(self, holds: Mask) -> Float64s:
        """Weights of clusters of two or more."""
        holders = holds & self._holders[:, None]
        sizes = holders.sum(axis=2)
        self.computed += _work(sizes, len(self.number))
        heard = holders.astype(np.float32)
        part, cluster = np.nonzero(((heard @ self._speaks) * heard).any(axis=2))
        of_parts = np.zeros(sizes.shape)
        of_parts[part, cluster] = self._links.mixtures(part, holders[part, cluster])
        result = self.prior[sizes[0]]
        for bits in of_parts:
            result += bits
        return np.asarray(result, dtype=np.float64)


def _work(sizes: Int64s, most: int) -> int:
    """What `Weights.computed` counts of new clusters, whose members in each field are `sizes`, (f, q), up to
    `most`.
    """
    n_fields = len(sizes)
    offset = np.arange(n_fields)[:, None] * (most + 1)
    counts = np.bincount((sizes + offset).ravel(), minlength=n_fields * (most + 1)).reshape(n_fields, -1)
    # Sizes of 2, of 3 and 4, of 5 to 8, and so on.
    starts = [2, *((1 << width) + 1 for width in range(1, int(most - 1).bit_length()))]
    clusters = np.add.reduceat(counts, starts, axis=1)
    batch = [GATHERED_AT_ONCE // 4**width for width in range(1, len(starts) + 1)]
    if (clusters <= batch).all():
        largest = np.maximum.reduceat((counts > 0) * np.arange(most + 1), starts, axis=1)
        return int((clusters * largest**3).sum())
    work = 0
    for of_field in sizes:
        width = np.ceil(np.log2(np.maximum(of_field, 1))).astype(np.int64)
        for number, at_once in enumerate(batch, start=1):
            alike = of_field[(width == number) & (of_field > 1)]
            pieces = [alike[at : at + at_once] for at in range(0, len(alike), at_once)]
            work += sum(len(piece) * int(piece.max()) ** 3 for piece in pieces)
    return work


class Chains:
    """Partitions of k referrals, one a chain. `label`: int64 (c, k), each member's cluster, a number below k;
    `key`: (c, k), the summed numbers of each cluster's members, 0 where there is none; `bits`: float64 (c,
    k), the clusters' weights, NaN until they are asked for.
    """

    def __init__(self, label: Int64s, weights: Weights, near: Mask, random: np.random.Generator) -> None:
        self.label, self.weights, self.random = label.copy(), weights, random
        self.near = [np.flatnonzero(row) for row in near]
        self.key: Keys = np.zeros(label.shape, dtype=np.uint64)
        self._every = np.arange(len(label))
        for member in range(label.shape[1]):
            self.key[self._every, label[:, member]] += weights.number[member]
        self.bits = np.full(label.shape, np.nan)
        self.choosers = np.flatnonzero(near.any(axis=1))
        self._n_near = near.sum(axis=1)
        self._near_first = np.argsort(~near, axis=1, kind="stable")
        odds = weights.evidence.copy()
        np.fill_diagonal(odds, -np.inf)
        self._odds = odds

    def visit(self, member: int) -> None:
        """One member chooses its cluster anew, in every chain."""
        every, number = self._every, self.weights.number[member]
        own = self.label[:, member].copy()
        self.key[every, own] -= number
        can_join = np.zeros(self.label.shape, dtype=bool)
        can_join[every[:, None], self.label[:, self.near[member]]] = True
        stays = (self.key[every, own] != 0) & ~can_join[every, own]
        chain, cluster = np.nonzero(can_join)
        old = self.key[chain, cluster]

        def holds(at: Int64s) -> Mask:
            found = self.label[chain[at]] == cluster[at, None]
            found[:, member] = False
            return np.asarray(found)

        def grown(at: Int64s) -> Mask:
            found = holds(at)
            found[:, member] = True
            return found

        before = self.bits[chain, cluster]
        asked = np.flatnonzero(np.isnan(before) | (cluster == own[chain]))
        before[asked] = self.weights.of(old[asked], lambda at: holds(asked[at]))
        self.bits[chain, cluster] = before
        after = self.weights.of(old + number, grown)
        # The highest of choices with Gumbel's noise is each with probability by its bits.
        best = self.random.gumbel(size=len(every)) / np.log(2)
        scored = after - before + self.random.gumbel(size=len(after)) / np.log(2)
        of_cluster = np.full(self.label.shape, -np.inf)
        of_cluster[chain, cluster] = scored
        chosen = of_cluster.argmax(axis=1)
        alone = of_cluster[every, chosen] <= best
        of_cluster[chain, cluster] = after
        weight = np.where(alone, 0.0, of_cluster[every, chosen])
        chosen[alone] = (self.key[alone] == 0).argmax(axis=1)
        chosen = np.where(stays, own, chosen)
        self.bits[every, chosen] = np.where(stays, self.bits[every, own], weight)
        self.label[:, member] = chosen
        self.key[every, chosen] += number

    def split_or_merge(self) -> None:
        """Try to split the cluster that two members share, or to merge their two, in every chain."""
        if not len(self.choosers):
            return
        every = self._every
        first = self.random.choice(self.choosers, len(every))
        place = self.random.random(len(every))
        second = self._near_first[first, (place * self._n_near[first]).astype(np.int64)]
        a, b = self.label[every, first], self.label[every, second]
        splits = a == b
        of_first = self.label == a[:, None]
        whole = of_first | (self.label == b[:, None])
        one, log_chance = self._allocated(whole, of_first, splits, first, second)
        two = whole & ~one
        sign = np.where(splits, 1.0, -1.0)
        parts = [self.weights.guessed(holds) for holds in (one, two, whole)]
        guesses = sign * (parts[0] + parts[1] - parts[2] - log_chance)
        # Accepted twice, by the lesser of what both guesses agree on and then by what is between that and the
        # weights: that comes to the same as once (Christen and Fox 2005), and hopeless ones need no weights.
        guess = np.maximum(guesses.min(axis=0) - SLACK_BITS, 0) + np.minimum(
            guesses.max(axis=0) + SLACK_BITS, 0
        )
        chances = np.log2(self.random.random((2, len(every))))
        likely = np.flatnonzero(chances[0] < guess)
        if not len(likely):
            return
        holds = np.concatenate([one[likely], two[likely], whole[likely]])
        keys = self._key_of(holds)
        bits = self.weights.of(keys, lambda at: holds[at]).reshape(3, -1)
        change = sign[likely] * (bits[0] + bits[1] - bits[2] - log_chance[likely]) - guess[likely]
        for at in np.flatnonzero(chances[1][likely] < change).tolist():
            self._put(likely[at], splits, (a, b), two, keys.reshape(3, -1)[:, at], bits[:, at])

    def _put(
        self,
        chain: int,
        splits: Mask,
        clusters: tuple[Int64s, Int64s],
        two: Mask,
        keys: Keys,
        bits: Float64s,
    ) -> None:
        """One chain's split or merger. `keys`, `bits`: of the one part, the other, and the whole."""
        a, b = clusters[0][chain], clusters[1][chain]
        into = (self.key[chain] == 0).argmax() if splits[chain] else a
        self.label[chain, two[chain]] = into
        self.key[chain, b] = 0
        self.key[chain, a] = keys[0 if splits[chain] else 2]
        self.bits[chain, a] = bits[0 if splits[chain] else 2]
        if splits[chain]:
            self.key[chain, into], self.bits[chain, into] = keys[1], bits[1]

    def _key_of(self, holds: Mask) -> Keys:
        return np.asarray(np.where(holds, self.weights.number, np.uint64(0)).sum(axis=1, dtype=np.uint64))

    def _allocated(
        self, whole: Mask, of_first: Mask, splits: Mask, first: Int64s, second: Int64s
    ) -> tuple[Mask, Float64s]:
        """Whom the first of two members takes with it when `whole` is split between them, bool (c, k), and
        log2 of the chance of just that. Where there are two clusters already, they are what is taken.
        """
        every = self._every
        one = np.zeros_like(whole)
        one[every, first] = True
        rank = np.where(whole, self.random.random(whole.shape), np.inf)
        rank[every, first] = rank[every, second] = np.inf
        order, n_others = np.argsort(rank, axis=1), np.isfinite(rank).sum(axis=1)
        sides = _Sides(self._odds, np.stack([first, second]))
        log_chance = np.zeros(len(every))
        for step in range(int(n_others.max(initial=0))):
            member, open_ = order[:, step], step < n_others
            gain = sides.gain(member, self.weights.prior)
            apart = np.clip(gain[1] - gain[0], -1e3, 1e3)
            goes = self.random.random(len(every)) * (1 + np.exp2(apart)) < 1
            goes = np.where(splits, goes, of_first[every, member])
            log_chance -= np.where(open_, np.log2(1 + np.exp2(np.where(goes, apart, -apart))), 0.0)
            joins = np.flatnonzero(open_)
            one[joins, member[joins]] = goes[joins]
            sides.take(np.where(goes[joins], 0, 1), joins, member[joins])
        return one, log_chance


class _Sides:
    """Both sides of a split in every chain: what another member would add to each, approximately."""

    def __init__(self, odds: Float64s, start: Int64s) -> None:
        self.links = odds
        self.any, self.size = odds[start], np.ones(start.shape, dtype=np.int64)

    def gain(self, member: Int64s, prior: Float64s) -> Float64s:
        """As if the side's own members were tied far better than the new one is to any: then the trees of the
        whole are those of the side, each with one more link. (2, c).
        """
        every, n = np.arange(len(member)), self.size
        trees = self.any[:, every, member] - (n - 1) * np.log2(n + 1) + np.maximum(n - 2, 0) * np.log2(n)
        grown = np.minimum(n + 1, len(prior) - 1)
        return np.asarray(prior[grown] - prior[n] + trees)

    def take(self, side: Int64s, chain: Int64s, member: Int64s) -> None:
        """Take members in, in some chains, on one side of each."""
        self.any[side, chain] = np.logaddexp2(self.any[side, chain], self.links[member])
        self.size[side, chain] += 1
