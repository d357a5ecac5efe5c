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

import numpy as np
import numpy.typing as npt

from nrm_linkage.cluster.against import Against
from nrm_linkage.cluster.posterior import EXPRESSIBLE_BITS, size_prior_bits, tree_sum
from nrm_linkage.tables import Float64s, Int64s, Mask

__all__ = ["NEAR_BITS", "Chains", "Weights"]

NEAR_BITS = -10.0
"""Match weight at which a referral is like another for a visit: odds of 1 in 1,000 (chosen by us)."""

GATHERED_AT_ONCE = 1_000_000
"""Numbers of evidence that are gathered at a time for new clusters; bounds memory."""

SMALLEST = 1e-300
"""Odds below which a guess does not tell them apart."""

SLACK_BITS = 6.0
"""Bits by which both guesses may be wrong on one side (chosen by us)."""

Keys = npt.NDArray[np.uint64]


class Weights:
    """Weights of clusters of one component, in bits; those asked for before are kept. `computed`: the work
    that was done, in numbers of evidence times members.
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
        everybody = np.ones(k, dtype=bool)
        parts = [(evidence, everybody), *zip(against.bits[:, 0], against.known[:, 0], strict=True)]
        self._parts = [
            (np.pad(bits, (0, 1), constant_values=-np.inf), bool(np.ptp(bits) <= EXPRESSIBLE_BITS), known)
            for bits, known in parts
        ]
        self._top = float(self.evidence.max())
        self._odds = np.exp2(self.evidence - self._top) * (1 - np.eye(k))
        self._known: dict[int, float] = {0: 0.0, **dict.fromkeys(self.number.tolist(), 0.0)}

    def of(self, keys: Keys, holds: Mask) -> Float64s:
        """The weights of some clusters, (q,). `keys`: their members' summed numbers; `holds`: bool (q, k)."""
        listed = keys.tolist()
        new: dict[int, int] = {}
        for at, key in enumerate(listed):
            if key not in self._known and key not in new:
                new[key] = at
        if new:
            weighed = self._weighed(holds[list(new.values())])
            self._known.update(zip(new, weighed.tolist(), strict=True))
        return np.array([self._known[key] for key in listed], dtype=np.float64)

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
        result = self.prior[holds.sum(axis=1)]
        for bits, expressible, known in self._parts:
            holders = holds & known
            size = holders.sum(axis=1)
            # Those of about one size at a time.
            widths = np.where(size > 1, 1 << np.ceil(np.log2(np.maximum(size, 1))).astype(np.int64), 0)
            for width in np.unique(widths[widths > 0]).tolist():
                of_width = np.flatnonzero(widths == width)
                batch = max(1, GATHERED_AT_ONCE // width**2)
                for at in range(0, len(of_width), batch):
                    chosen = of_width[at : at + batch]
                    result[chosen] += self._trees(bits, holders[chosen], size[chosen], expressible)
        return np.asarray(result, dtype=np.float64)

    def _trees(self, bits: Float64s, holds: Mask, size: Int64s, expressible: bool) -> Float64s:
        """`tree_mixture` of clusters of two or more, (q,). They are filled up to the largest with members
        that are tied to their first one only, as strongly as any two are: each multiplies the sum over trees
        by that tie.
        """
        q, k, width = *holds.shape, int(size.max())
        self.computed += q * width**3
        real = np.arange(width) < size[:, None]
        members = np.full((q, width), k)
        members[real] = np.nonzero(holds)[1]
        links = bits[members[:, :, None], members[:, None, :]]
        top = links.max(axis=(1, 2))
        links[:, 0] = links[:, :, 0] = np.where(real, links[:, 0], top[:, None])
        trees = tree_sum(links, expressible=expressible)
        return np.asarray(trees - (width - size) * top - (size - 2) * np.log2(size))


class Chains:
    """Partitions of k referrals, one a chain. `label`: int64 (c, k), each member's cluster, a number below k;
    `key`: (c, k), the summed numbers of each cluster's members, 0 where there is none.
    """

    def __init__(self, label: Int64s, weights: Weights, near: Mask, random: np.random.Generator) -> None:
        self.label, self.weights, self.random = label.copy(), weights, random
        self.near = [np.flatnonzero(row) for row in near]
        self.key: Keys = np.zeros(label.shape, dtype=np.uint64)
        for member in range(label.shape[1]):
            self.key[self._every, label[:, member]] += weights.number[member]
        self.choosers = np.flatnonzero([len(row) > 0 for row in self.near])
        odds = weights.evidence.copy()
        np.fill_diagonal(odds, -np.inf)
        self._odds = odds

    @property
    def _every(self) -> Int64s:
        return np.arange(len(self.label))

    def visit(self, member: int) -> None:
        """One member chooses its cluster anew, in every chain."""
        every, own, number = self._every, self.label[:, member], self.weights.number[member]
        self.key[every, own] -= number
        can_join = np.zeros(self.label.shape, dtype=bool)
        can_join[every[:, None], self.label[:, self.near[member]]] = True
        can_join[every, own] &= self.key[every, own] != 0
        stays = (self.key[every, own] != 0) & ~can_join[every, own]
        chain, cluster = np.nonzero(can_join)
        old = self.key[chain, cluster]
        holds = self.label[chain] == cluster[:, None]
        holds[:, member] = False
        before = self.weights.of(old, holds)
        holds[:, member] = True
        gain = self.weights.of(old + number, holds) - before
        # The highest of choices with Gumbel's noise is each with probability by its bits.
        best = self.random.gumbel(size=len(every)) / np.log(2)
        scored = gain + self.random.gumbel(size=len(gain)) / np.log(2)
        of_cluster = np.full(self.label.shape, -np.inf)
        of_cluster[chain, cluster] = scored
        chosen = of_cluster.argmax(axis=1)
        alone = of_cluster[every, chosen] <= best
        chosen[alone] = (self.key[alone] == 0).argmax(axis=1)
        chosen = np.where(stays, own, chosen)
        self.label[:, member] = chosen
        self.key[every, chosen] += number

    def split_or_merge(self) -> None:
        """Try to split the cluster that two members share, or to merge their two, in every chain."""
        if not len(self.choosers):
            return
        every = self._every
        first = self.random.choice(self.choosers, len(every))
        place = self.random.random(len(every))
        second = np.array(
            [self.near[a][int(u * len(self.near[a]))] for a, u in zip(first.tolist(), place, strict=True)]
        )
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
        bits = self.weights.of(keys, holds).reshape(3, -1)
        change = sign[likely] * (bits[0] + bits[1] - bits[2] - log_chance[likely]) - guess[likely]
        for at in np.flatnonzero(chances[1][likely] < change).tolist():
            self._put(likely[at], splits, (a, b), two, keys.reshape(3, -1)[:, at])

    def _put(self, chain: int, splits: Mask, clusters: tuple[Int64s, Int64s], two: Mask, keys: Keys) -> None:
        """One chain's split or merger. `keys`: of the one part, the other, and the whole."""
        a, b = clusters[0][chain], clusters[1][chain]
        into = (self.key[chain] == 0).argmax() if splits[chain] else a
        self.label[chain, two[chain]] = into
        self.key[chain, b] = 0
        self.key[chain, a] = keys[0 if splits[chain] else 2]
        if splits[chain]:
            self.key[chain, into] = keys[1]

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
        sides = [_Side(self._odds, at) for at in (first, second)]
        log_chance = np.zeros(len(every))
        for step in range(int(n_others.max(initial=0))):
            member, open_ = order[:, step], step < n_others
            gain = [side.gain(member, self.weights.prior) for side in sides]
            apart = np.clip(gain[1] - gain[0], -1e3, 1e3)
            goes = self.random.random(len(every)) * (1 + np.exp2(apart)) < 1
            goes = np.where(splits, goes, of_first[every, member])
            log_chance -= np.where(open_, np.log2(1 + np.exp2(np.where(goes, apart, -apart))), 0.0)
            one[every[open_ & goes], member[open_ & goes]] = True
            for side, joins in zip(sides, (open_ & goes, open_ & ~goes), strict=True):
                side.take(member, joins)
        return one, log_chance


class _Side:
    """One side of a split in every chain: what another member would add to it, approximately."""

    def __init__(self, odds: Float64s, start: Int64s) -> None:
        self.links = odds
        self.any, self.size = odds[start], np.ones(len(start), dtype=np.int64)

    def gain(self, member: Int64s, prior: Float64s) -> Float64s:
        """As if the side's own members were tied far better than the new one is to any: then the trees of the
        whole are those of the side, each with one more link.
        """
        every, n = np.arange(len(member)), self.size
        trees = self.any[every, member] - (n - 1) * np.log2(n + 1) + np.maximum(n - 2, 0) * np.log2(n)
        grown = np.minimum(n + 1, len(prior) - 1)
        return np.asarray(prior[grown] - prior[n] + trees)

    def take(self, member: Int64s, joins: Mask) -> None:
        """Take a member in where it joins."""
        at, who = np.flatnonzero(joins), member[joins]
        self.any[at] = np.logaddexp2(self.any[at], self.links[who])
        self.size[at] += 1
