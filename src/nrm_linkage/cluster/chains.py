"""Many Markov chains over the partitions of some components, moved at once: their state and their moves.

Their target is the posterior of `posterior`. Two moves leave it as it is. A *visit* takes one referral out of
its cluster, in every chain, and lets it join a cluster or stand alone, with probability by what it adds
(Gibbs sampling). It may join clusters that hold a referral like it, at a pair's odds of `NEAR_BITS` or more;
where its own cluster holds none, it stays, so that the way back is as likely. A *split or merge* moves whole
groups, because visits one by one hardly ever take a solid one apart: two referrals that are alike are drawn;
the cluster that they share is split by letting its other members choose between the two in turn, or their
two clusters are merged; and the change is accepted by the rule of Metropolis and Hastings (the sequentially
allocated proposal of Dahl 2005). Members choose by an approximation of what they add, which costs little; the
rule makes up for it.

Components are moved together because each has few chains, and numpy is slow in going through little. Each has
its own random numbers, so that none hangs on the others.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from nrm_linkage.cluster.memory import Keys
from nrm_linkage.cluster.weighing import Weighing, Weights
from nrm_linkage.tables import Float64s, Int64s, Mask

__all__ = ["NEAR_BITS", "Chains"]

NEAR_BITS = -10.0
"""Match weight at which a referral is like another for a visit: odds of 1 in 1,000 (chosen by us)."""

EXPRESSIBLE_BITS = 900.0
"""Links that are so much weaker than the best of their component are as weak as that when members choose; a
double could not hold their odds.
"""

SLACK_BITS = 6.0
"""Bits by which both guesses may be wrong on one side (chosen by us)."""


class Chains:
    """Partitions of the referrals of some components, one a chain, each component's chains one after another.
    `label`: int64 (c, most), each member's cluster, a number below the component's size, or `most` where the
    component has no such member; `key`: (c, most), the summed numbers of each cluster's members, 0 where
    there is none; `bits`: float64 (c, most), the clusters' weights, NaN until they are asked for.
    """

    def __init__(
        self,
        starts: Sequence[Int64s],
        components: Sequence[Weights],
        near: Sequence[Mask],
        randoms: Sequence[np.random.Generator],
    ) -> None:
        self.weighing, self.randoms = Weighing(components), randoms
        most, n = self.weighing.most, len(components)
        self.chains = np.split(np.arange(sum(map(len, starts))), np.cumsum([len(one) for one in starts])[:-1])
        self.component = np.repeat(np.arange(n), [len(one) for one in starts])
        self.label = np.full((len(self.component), most), most)
        self.number: Keys = np.zeros((n, most), dtype=np.uint64)
        self._odds, self._near = np.zeros((n, most, most)), np.zeros((n, most, most), dtype=bool)
        for number, (one, chains) in enumerate(zip(components, self.chains, strict=True)):
            k = len(one.number)
            self.label[chains, :k], self.number[number, :k] = starts[number], one.number
            relative = np.maximum(one.evidence - one.evidence.max(), -EXPRESSIBLE_BITS)
            self._odds[number, :k, :k] = np.where(np.eye(k, dtype=bool), 0.0, np.exp2(relative))
            self._near[number, :k, :k] = near[number]
        self._n_near = self._near.sum(axis=2)
        self._near_first = np.argsort(~self._near, axis=2, kind="stable")
        self._choosers = [np.flatnonzero(one.any(axis=1)) for one in near]
        self.key: Keys = np.zeros(self.label.shape, dtype=np.uint64)
        for member in range(most):
            real = np.flatnonzero(self.label[:, member] < most)
            self.key[real, self.label[real, member]] += self.number[self.component[real], member]
        self.bits = np.full(self.label.shape, np.nan)

    def labels(self, component: int) -> Int64s:
        """The partitions of one component, (c, k)."""
        return self.label[self.chains[component], : len(self.weighing.components[component].number)]

    def visit(self, components: Sequence[int], members: Sequence[int]) -> None:
        """One member of each of some components, in their order, chooses its cluster anew, in every chain."""
        chains = np.concatenate([self.chains[number] for number in components])
        n_chains = [len(self.chains[number]) for number in components]
        every, component, member = (
            np.arange(len(chains)),
            self.component[chains],
            np.repeat(members, n_chains),
        )
        number, own = self.number[component, member], self.label[chains, member]
        self.key[chains, own] -= number
        can_join = np.zeros((len(chains), self.weighing.most), dtype=bool)
        at, near = np.nonzero(self._near[component, member])
        can_join[at, self.label[chains[at], near]] = True
        stays = (self.key[chains, own] != 0) & ~can_join[every, own]
        at, cluster = np.nonzero(can_join)
        chain = chains[at]
        old = self.key[chain, cluster]

        def holds(some: Int64s) -> Mask:
            found = self.label[chain[some]] == cluster[some, None]
            found[np.arange(len(some)), member[at[some]]] = False
            return np.asarray(found)

        def grown(some: Int64s) -> Mask:
            found = holds(some)
            found[np.arange(len(some)), member[at[some]]] = True
            return found

        before = self.bits[chain, cluster]
        asked = np.flatnonzero(np.isnan(before) | (cluster == own[at]))
        before[asked] = self.weighing.of(
            old[asked], lambda some: component[at[asked[some]]], lambda some: holds(asked[some])
        )
        self.bits[chain, cluster] = before
        after = self.weighing.of(old + number[at], lambda some: component[at[some]], grown)
        best, noise = self._noise(
            components, n_chains, np.bincount(component[at], minlength=len(self.chains))
        )
        # The highest of choices with Gumbel's noise is each with probability by its bits.
        of_cluster = np.full(can_join.shape, -np.inf)
        of_cluster[at, cluster] = after - before + noise
        chosen = of_cluster.argmax(axis=1)
        alone = of_cluster[every, chosen] <= best
        of_cluster[at, cluster] = after
        weight = np.where(alone, 0.0, of_cluster[every, chosen])
        chosen[alone] = (self.key[chains[alone]] == 0).argmax(axis=1)
        chosen = np.where(stays, own, chosen)
        self.bits[chains, chosen] = np.where(stays, self.bits[chains, own], weight)
        self.label[chains, member] = chosen
        self.key[chains, chosen] += number

    def _noise(
        self, components: Sequence[int], n_chains: Sequence[int], n_choices: Int64s
    ) -> tuple[Float64s, Float64s]:
        """Gumbel's noise in bits, of being alone, one a chain, and of all other choices."""
        noise = [
            self.randoms[number].gumbel(size=n + int(n_choices[number]))
            for number, n in zip(components, n_chains, strict=True)
        ]
        alone = np.concatenate([one[:n] for one, n in zip(noise, n_chains, strict=True)])
        others = np.concatenate([one[n:] for one, n in zip(noise, n_chains, strict=True)])
        return alone / np.log(2), others / np.log(2)

    def split_or_merge(self, components: Sequence[int]) -> None:
        """Try to split the cluster that two members share, or to merge their two, in every chain of some
        components, in their order.
        """
        components = [number for number in components if len(self._choosers[number])]
        if not components:
            return
        chains = np.concatenate([self.chains[number] for number in components])
        every, component = np.arange(len(chains)), self.component[chains]
        first, place = self._two(components)
        n_near = self._n_near[component, first]
        second = self._near_first[component, first, (place * n_near).astype(np.int64)]
        label = self.label[chains]
        a, b = label[every, first], label[every, second]
        splits = a == b
        of_first = label == a[:, None]
        whole = of_first | (label == b[:, None])
        one, log_chance = self._allocated(components, whole, of_first, splits, first, second)
        two = whole & ~one
        sign = np.where(splits, 1.0, -1.0)
        parts = [self._guessed(component, holds) for holds in (one, two, whole)]
        guesses = sign * (parts[0] + parts[1] - parts[2] - log_chance)
        # Accepted twice, by the lesser of what both guesses agree on and then by what is between that and the
        # weights: that comes to the same as once (Christen and Fox 2005), and hopeless ones need no weights.
        guess = np.maximum(guesses.min(axis=0) - SLACK_BITS, 0) + np.minimum(
            guesses.max(axis=0) + SLACK_BITS, 0
        )
        random = [self.randoms[number].random(size=(2, len(self.chains[number]))) for number in components]
        chances = np.log2(np.concatenate(random, axis=1))
        likely = np.flatnonzero(chances[0] < guess)
        if not len(likely):
            return
        # One component's after another's, and of each as if it were alone.
        thrice = np.concatenate([likely] * 3)
        order = np.argsort(component[thrice], kind="stable")
        holds = np.concatenate([one[likely], two[likely], whole[likely]])
        keys = self._key_of(component[thrice], holds)
        bits = np.empty(len(keys))
        bits[order] = self.weighing.of(
            keys[order], lambda at: component[thrice[order[at]]], lambda at: holds[order[at]]
        )
        of_parts = bits.reshape(3, -1)
        change = sign[likely] * (of_parts[0] + of_parts[1] - of_parts[2] - log_chance[likely]) - guess[likely]
        yes = np.flatnonzero(chances[1][likely] < change)
        at = likely[yes]
        self._put(
            chains[at], splits[at], (a[at], b[at]), two[at], keys.reshape(3, -1)[:, yes], of_parts[:, yes]
        )

    def _two(self, components: Sequence[int]) -> tuple[Int64s, Float64s]:
        """A first member in every chain, and the place, in [0, 1), of a second among those near it."""
        drawn = [
            (random.choice(self._choosers[number], n), random.random(n))
            for number, random, n in (
                (number, self.randoms[number], len(self.chains[number])) for number in components
            )
        ]
        return np.concatenate([first for first, _ in drawn]), np.concatenate([place for _, place in drawn])

    def _guessed(self, component: Int64s, holds: Mask) -> Float64s:
        """`Weights.guessed` of one cluster a chain, (2, c)."""
        ends = np.flatnonzero(np.diff(component, append=-1)) + 1
        found, start = [], 0
        for end in ends.tolist():
            one = self.weighing.components[component[start]]
            found.append(one.guessed(holds[start:end, : len(one.number)]))
            start = end
        return np.concatenate(found, axis=1)

    def _put(
        self,
        chain: Int64s,
        splits: Mask,
        clusters: tuple[Int64s, Int64s],
        two: Mask,
        keys: Keys,
        bits: Float64s,
    ) -> None:
        """Splits and mergers of some chains. `keys`, `bits`: of the one part, the other, and the whole."""
        a, b = clusters
        into = np.where(splits, (self.key[chain] == 0).argmax(axis=1), a)
        self.label[chain] = np.where(two, into[:, None], self.label[chain])
        self.key[chain, b] = 0
        self.key[chain, a] = np.where(splits, keys[0], keys[2])
        self.bits[chain, a] = np.where(splits, bits[0], bits[2])
        chain, into = chain[splits], into[splits]
        self.key[chain, into], self.bits[chain, into] = keys[1, splits], bits[1, splits]

    def _key_of(self, component: Int64s, holds: Mask) -> Keys:
        numbers = np.where(holds, self.number[component], np.uint64(0))
        return np.asarray(numbers.sum(axis=1, dtype=np.uint64))

    def _allocated(
        self,
        components: Sequence[int],
        whole: Mask,
        of_first: Mask,
        splits: Mask,
        first: Int64s,
        second: Int64s,
    ) -> tuple[Mask, Float64s]:
        """Whom the first of two members takes with it when `whole` is split between them, bool (c, most), and
        log2 of the chance of just that. Where there are two clusters already, they are what is taken.
        """
        every = np.arange(len(whole))
        ends = np.cumsum([len(self.chains[number]) for number in components])
        own = [
            slice(end - len(self.chains[number]), end) for number, end in zip(components, ends, strict=True)
        ]
        component = np.repeat(components, [len(self.chains[number]) for number in components])
        rank = np.full(whole.shape, np.inf)
        for number, some in zip(components, own, strict=True):
            k = len(self.weighing.components[number].number)
            rank[some, :k] = self.randoms[number].random((some.stop - some.start, k))
        one = np.zeros_like(whole)
        one[every, first] = True
        rank[~whole] = rank[every, first] = rank[every, second] = np.inf
        order, n_others = np.argsort(rank, axis=1), np.isfinite(rank).sum(axis=1)
        n_steps = [int(n_others[some].max()) for some in own]
        sides = _Sides(self._odds, component, np.stack([first, second]))
        log_chance, chance = np.zeros(len(every)), np.zeros((max(n_steps), len(every)))
        for number, some, steps in zip(components, own, n_steps, strict=True):
            chance[:steps, some] = self.randoms[number].random((steps, some.stop - some.start))
        for step in range(max(n_steps)):
            at = np.flatnonzero(step < n_others)
            member = order[at, step]
            gain = sides.gain(at, member, self.weighing.prior)
            apart = np.clip(gain[1] - gain[0], -1e3, 1e3)
            goes = chance[step, at] * (1 + np.exp2(apart)) < 1
            goes = np.where(splits[at], goes, of_first[at, member])
            log_chance[at] -= np.log2(1 + np.exp2(np.where(goes, apart, -apart)))
            one[at, member] = goes
            sides.take(np.where(goes, 0, 1), at, member)
        return one, log_chance


class _Sides:
    """Both sides of a split in every chain: what another member would add to each, approximately, and but for
    the best link of the component, to whose odds all others are.
    """

    def __init__(self, odds: Float64s, component: Int64s, start: Int64s) -> None:
        self.links, self.component = odds, component
        self.any, self.size = odds[component, start], np.ones(start.shape, dtype=np.int64)

    def gain(self, chain: Int64s, member: Int64s, prior: Float64s) -> Float64s:
        """As if the side's own members were tied far better than the new one is to any: then the trees of the
        whole are those of the side, each with one more link. (2, n), for one member in each of some chains.
        """
        component, n = self.component[chain], self.size[:, chain]
        ties = np.log2(self.any[:, chain, member])
        trees = ties - (n - 1) * np.log2(n + 1) + np.maximum(n - 2, 0) * np.log2(n)
        return np.asarray(prior[component, n + 1] - prior[component, n] + trees)

    def take(self, side: Int64s, chain: Int64s, member: Int64s) -> None:
        """Take members in, in some chains, on one side of each."""
        self.any[side, chain] += self.links[self.component[chain], member]
        self.size[side, chain] += 1
