"""The posterior over partitions of a component that is too large for the exact one: seeded Markov chains.

Their target is the exact posterior: a cluster's weight is that of `posterior`. Each sweep visits every
referral and lets it join one of the clusters or stand alone, with probability by what it adds (Gibbs
sampling); then splits or merges whole clusters, because visits one by one hardly ever take a solid group
apart: two referrals are drawn, the cluster that they share is split by letting its other members choose
between the two in turn, or their two clusters are merged, and the change is accepted by the rule of
Metropolis and Hastings (the sequentially allocated proposal of Dahl 2005). There are two chains, one from
everybody alone and one from greedy merging; the first quarter of the sweeps is left out. How far the two are
apart says whether they have run long enough, and the report tells it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from nrm_linkage.cluster.posterior import TREE_SHARE, size_prior_bits, tree_mixture
from nrm_linkage.tables import Float64s, Int64s

__all__ = ["Chains", "greedy_partition", "sampled_partitions"]

Members = tuple[int, ...]

MOST_VISITS = 20_000
"""Visits to a component's referrals that are kept: the larger, the fewer sweeps, which bounds the time
(chosen by us).
"""

MOST_SPLITS = 10
"""Splits or merges that are tried a sweep (chosen by us)."""


@dataclass(frozen=True, eq=False)
class Chains:
    """Partitions of one component of k referrals. `labels`: int64 (n_kept, k), for each kept sweep of both
    chains, in turn, the smallest member of each member's cluster; `apart`: the largest difference of the two
    chains in the probability that two referrals are one person.
    """

    labels: Int64s
    apart: float

    @property
    def together(self) -> Float64s:
        """The probability that two members are one person, (k, k)."""
        return _together(self.labels)


def sampled_partitions(evidence: Float64s, prior_bits: float, sweeps: int, seed: int) -> Chains:
    """Both chains' partitions, `sweeps` kept in all, fewer in large components.

    `evidence`: (k, k), symmetric, in bits, 0 on the diagonal.
    """
    k = len(evidence)
    sweeps = min(sweeps, max(MOST_VISITS // k, 2))
    weights = _Weights(evidence, size_prior_bits(np.arange(k + 1), prior_bits))
    each = max(1, sweeps // 2)
    kept = []
    for number, start in enumerate((np.arange(k, dtype=np.int64), _greedy_by_weight(weights))):
        random = np.random.default_rng([seed, number])
        state = _State.of(start)
        labels = []
        for _ in range(max(1, each // 4) + each):
            _visit_each(state, weights, random)
            for _ in range(min(k // 2, MOST_SPLITS)):
                _split_or_merge(state, weights, random)
            labels.append(_smallest_member(np.array(state.label)))
        kept.append(np.stack(labels[-each:]))
    apart = float(np.abs(_together(kept[0]) - _together(kept[1])).max())
    return Chains(np.stack(kept, axis=1).reshape(-1, k), apart)


@dataclass
class _Weights:
    """Weights of clusters, in bits; those asked for before are kept."""

    evidence: Float64s
    prior: Float64s
    known: dict[Members, float] = field(default_factory=dict)

    def of(self, members: Members) -> float:
        """The weight of a cluster of ascending members; a single, and nobody, weigh 0."""
        size = len(members)
        if size < 2:
            return 0.0
        if members not in self.known:
            links = self.evidence[np.ix_(members, members)]
            pairs = links.sum() / size
            trees = float(tree_mixture(links))
            self.known[members] = float(self.prior[size] + (1 - TREE_SHARE) * pairs + TREE_SHARE * trees)
        return self.known[members]


@dataclass
class _State:
    """A partition that changes. `label`: each member's cluster; `clusters`: the members of each, ascending,
    empty where there is none.
    """

    label: list[int]
    clusters: list[Members]

    @classmethod
    def of(cls, label: Int64s) -> _State:
        """The partition of some labels."""
        members = [tuple(np.flatnonzero(label == cluster).tolist()) for cluster in range(len(label))]
        return cls(label.tolist(), members)

    def put(self, members: Members, cluster: int) -> None:
        """Make a cluster of exactly these members."""
        self.clusters[cluster] = members
        for member in members:
            self.label[member] = cluster

    def empty(self) -> int:
        """A cluster of nobody."""
        return self.clusters.index(())


def _visit_each(state: _State, weights: _Weights, random: np.random.Generator) -> None:
    """One sweep: every member, in random order, chooses its cluster anew."""
    k = len(state.label)
    for member in random.permutation(k).tolist():
        own = state.label[member]
        state.clusters[own] = tuple(other for other in state.clusters[own] if other != member)
        open_ = [number for number, members in enumerate(state.clusters) if members]
        joined = [_with(state.clusters[number], member) for number in open_]
        gain = [weights.of(new) - weights.of(state.clusters[n]) for n, new in zip(open_, joined, strict=True)]
        chosen = _chosen([*gain, 0.0], random)
        if chosen < len(open_):
            state.put(joined[chosen], open_[chosen])
        else:
            state.put((member,), state.empty())


def _split_or_merge(state: _State, weights: _Weights, random: np.random.Generator) -> None:
    """Split the cluster that two random members share, or merge their two; or leave them."""
    first, second = (int(member) for member in random.choice(len(state.label), 2, replace=False))
    a, b = state.label[first], state.label[second]
    together = tuple(sorted({*state.clusters[a], *state.clusters[b]}))
    others = [member for member in together if member not in (first, second)]
    order = random.permutation(len(others)).tolist()
    wanted = None if a == b else set(state.clusters[a])
    log_chance = 0.0
    of_first: Members = (first,)
    of_second: Members = (second,)
    for member in (others[place] for place in order):
        one, two = _with(of_first, member), _with(of_second, member)
        gain = [weights.of(one) - weights.of(of_first), weights.of(two) - weights.of(of_second)]
        goes = _chosen(gain, random) == 0 if wanted is None else member in wanted
        log_chance += gain[not goes] - float(np.logaddexp2.reduce(gain))
        of_first, of_second = (one, of_second) if goes else (of_first, two)
    split = weights.of(of_first) + weights.of(of_second) - log_chance
    whole = weights.of(together)
    change = split - whole if a == b else whole - split
    if change < 0 and np.log2(random.random()) >= change:
        return
    if a == b:
        b = state.empty()
        state.put(of_first, a)
        state.put(of_second, b)
    else:
        state.clusters[b] = ()
        state.put(together, a)


def _with(members: Members, member: int) -> Members:
    return tuple(sorted((*members, member)))


def _chosen(bits: list[float], random: np.random.Generator) -> int:
    """One of some choices, with probability by their bits."""
    share = np.cumsum(np.exp2(np.array(bits) - max(bits)))
    return min(int(np.searchsorted(share, random.random() * share[-1], side="right")), len(bits) - 1)


def _together(labels: Int64s) -> Float64s:
    together = np.zeros((labels.shape[1], labels.shape[1]))
    for label in labels:
        together += label[:, None] == label[None, :]
    return together / len(labels)


def _greedy_by_weight(weights: _Weights) -> Int64s:
    """Merge the two clusters whose union gains most weight until none gains."""
    clusters: list[Members] = [(member,) for member in range(len(weights.evidence))]
    gains: dict[tuple[Members, Members], float] = {}

    def gain(a: Members, b: Members) -> float:
        if (a, b) not in gains:
            gains[a, b] = weights.of(tuple(sorted((*a, *b)))) - weights.of(a) - weights.of(b)
        return gains[a, b]

    while len(clusters) > 1:
        pairs = [(gain(a, b), a, b) for n, a in enumerate(clusters) for b in clusters[n + 1 :]]
        best, a, b = max(pairs, key=lambda pair: pair[0])
        if best <= 0:
            break
        clusters = sorted([*(c for c in clusters if c not in (a, b)), tuple(sorted((*a, *b)))])
    label = np.empty(len(weights.evidence), dtype=np.int64)
    for members in clusters:
        label[list(members)] = members[0]
    return label


def _smallest_member(label: Int64s) -> Int64s:
    """The same partition, each cluster labelled by its smallest member."""
    smallest = np.full(len(label), len(label), dtype=np.int64)
    np.minimum.at(smallest, label, np.arange(len(label), dtype=np.int64))
    return smallest[label]


def greedy_partition(together: Float64s, threshold: float) -> Int64s:
    """A partition that loses little: merge the two clusters that gain most, summed over their pairs, until
    none gains. (k,) labels.
    """
    k = len(together)
    gain = together - threshold
    label = np.arange(k, dtype=np.int64)
    alive = np.ones(k, dtype=bool)
    while True:
        open_ = np.where(alive[:, None] & alive[None, :], gain, -np.inf)
        np.fill_diagonal(open_, -np.inf)
        a, b = divmod(int(open_.argmax()), k)
        if not open_[a, b] > 0:
            return _smallest_member(label)
        gain[a] += gain[b]
        gain[:, a] += gain[:, b]
        alive[b] = False
        label[label == b] = a
