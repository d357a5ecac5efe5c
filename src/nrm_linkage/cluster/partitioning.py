"""The published partition with its probabilities, and joint draws, from one posterior a component.

In this order: the evidence of each component's pairs is laid out as a matrix, and what is against one person
as one a field (pairs must be complete within components); components of one size are weighed together
(`posterior`, or `sample` for large ones); the published partition minimises expected pairwise loss at the
configured cost of a false link; its confidence, each referral's membership and every link's same-person
probability are read off the same posterior. The randomness of a component depends on the seed and its own
first referral only.

The posterior is over parameters first and partitions given them (`model.leeway`): a component of up to seven
referrals is weighed at each point of the parameters' posterior, and its probabilities are the points' mean;
a larger one is weighed once, with the mean of what the points add. Each draw is made at a point, whose turn
it is. Draws, and they alone, lean on how repeats are assessed (`leaning`).

`confidence` is the probability that *all* referrals of a cluster are one person. `membership` of a referral
in a cluster is the expected share of the cluster's other referrals that are the same person as it; of a
single, the probability that it is alone.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import minimum_spanning_tree

from nrm_linkage.cluster.against import Against, against_of
from nrm_linkage.cluster.deciding import decided
from nrm_linkage.cluster.leaning import Leaning, partitions_lean, subsets_lean
from nrm_linkage.cluster.posterior import (
    ENUMERATED_SIZE,
    Posterior,
    beside_trees,
    co_membership,
    exact_posterior,
    held_together,
)
from nrm_linkage.cluster.sample import Labels, Large, sampled_partitions
from nrm_linkage.cluster.trees import subset_trees
from nrm_linkage.config import LinkageConfig
from nrm_linkage.hearing import Counter, uncounted
from nrm_linkage.provenance import mixed
from nrm_linkage.tables import Float64s, Int32s, Int64s, Partition, ScoredPairs
from nrm_linkage.threads import in_threads

__all__ = ["partition", "weakest_links"]

GOLDEN_SECTION = (5**0.5 - 1) / 2

BATCH_NUMBERS, BATCH_COMPONENTS = 100_000, 2_000
"""Subset weights, and components, held at a time; bounds memory, changes no result."""

SAMPLED_AT_ONCE = 48
"""Components whose chains are moved at once; bounds memory, changes no result."""

Changes = Callable[[Int64s], Float64s]
"""What each point of the parameters' posterior adds to the weights of some pairs, in bits: places of pairs,
int64 (c, p) -> float64 (n_points, c, p).
"""


@dataclass(frozen=True, eq=False)
class _Sampling:
    """A component to sample, its rows (k,), the places of its pairs, and what its draws lean on: (k, k) and
    (k,).
    """

    rows: Int64s
    at_pairs: Int64s
    component: Large
    leaning: Float64s
    turn: Int64s


@dataclass(frozen=True, eq=False)
class _Canvas:
    """What is filled in component by component, each in places of its own. `place`: of rows among the
    uncertain.
    """

    cluster: Int64s
    confidence: Float64s
    membership: Float64s
    place: Int64s
    draws: Int32s
    together: Float64s
    apart: Float64s
    worth: Float64s

    @classmethod
    def of(cls, n_rows: int, uncertain: Int64s, n_pairs: int, n_draws: int) -> _Canvas:
        """On which everybody is alone."""
        place = np.zeros(n_rows, dtype=np.int64)
        place[uncertain] = np.arange(len(uncertain))
        return cls(
            cluster=np.arange(n_rows, dtype=np.int64),
            confidence=np.ones(n_rows),
            membership=np.ones(n_rows),
            place=place,
            draws=np.tile(uncertain.astype(np.int32), (n_draws, 1)),
            together=np.zeros(n_pairs),
            apart=np.zeros(n_rows),
            worth=np.zeros(n_rows),
        )

    def partition(self, component: Int64s, uncertain: Int64s, sampled: list[_Sampling]) -> Partition:
        """What was filled in."""
        by_sampling = np.sort(np.concatenate([np.zeros(0, dtype=np.int64), *(one.rows for one in sampled)]))
        return Partition(
            cluster=self.cluster,
            confidence=self.confidence,
            membership=np.clip(self.membership, 0.0, 1.0),
            uncertain=uncertain,
            draws=self.draws,
            sampled=by_sampling,
            chains_apart=self.apart[by_sampling],
            chains_worth=self.worth[by_sampling],
            component=component,
        )


def partition(
    n_rows: int,
    component: Int64s,
    pairs: ScoredPairs,
    prior_bits: float,
    keys: np.ndarray[tuple[int], np.dtype[np.uint64]],
    config: LinkageConfig,
    changes: Changes | None = None,
    leaning: Leaning | None = None,
    also: Int32s | None = None,
    counter: Callable[[int], Counter] | None = None,
) -> tuple[Partition, Float64s]:
    """Partition every component. `component`: int64 (n,), the smallest row of each row's component; `pairs`:
    all pairs within components, sorted; `keys`: a number of each row's own, which seeds its component's
    draws; `changes`: what the points of the parameters' posterior add; None: there is one, and it adds
    nothing; `leaning`: what draws lean on, None: on nothing; `also`: rows that are to be in `uncertain` even
    where they are alone in all draws; `counter`: how many components there are -> who hears of those that are
    weighed.

    Returns the partition and the same-person probability of each pair, float64 (p,).
    """
    changes = _unchanged if changes is None else changes
    leaning = Leaning.none(n_rows, len(pairs)) if leaning is None else leaning
    size = np.bincount(component, minlength=n_rows)
    uncertain = np.flatnonzero(size[component] > 1)
    batches = list(_batches(_by_size(component, size, uncertain, pairs)))
    if also is not None:
        uncertain = np.union1d(uncertain, also)
    canvas = _Canvas.of(n_rows, uncertain, len(pairs), config.draws)
    count = counter(sum(len(members) for members, _ in batches)) if counter else uncounted

    def weigh(batch: tuple[Int64s, Int64s]) -> list[_Sampling]:
        """Components of one size: all that there is to do, or what is needed to sample them."""
        members, at_pairs = batch
        k = members.shape[1]
        against = against_of(pairs, at_pairs, k)
        evidence = _matrices(members, at_pairs, pairs, prior_bits) - against.bits.sum(axis=0)
        points = evidence + _changed(changes, at_pairs, k)
        lean = _symmetric(leaning.bits[at_pairs], k)
        turn = leaning.turn[members]
        if k > config.exact_component_size:
            return _to_sample(members, at_pairs, against, points[0], lean, turn, keys, config)
        leans = subsets_lean(lean, turn)
        _exactly(canvas, members, at_pairs, against, points, leans, prior_bits, keys, config)
        count(len(members))
        return []

    large = list(itertools.chain.from_iterable(in_threads(weigh, batches)))
    # Not in threads: chains are many small steps, between which threads would wait for one another.
    for at in range(0, len(large), SAMPLED_AT_ONCE):
        some = large[at : at + SAMPLED_AT_ONCE]
        _by_sampling(canvas, some, prior_bits, config)
        count(len(some))
    return canvas.partition(component, uncertain, large), np.clip(canvas.together, 0.0, 1.0)


def _batches(sizes: Iterable[tuple[int, Int64s, Int64s]]) -> Iterator[tuple[Int64s, Int64s]]:
    """Not too many components of one size at a time."""
    for k, members, at_pairs in sizes:
        batch = min(max(1, BATCH_NUMBERS >> min(k, 20)), BATCH_COMPONENTS)
        for at in range(0, len(members), batch):
            yield members[at : at + batch], at_pairs[at : at + batch]


def _by_size(
    component: Int64s, size: Int64s, uncertain: Int64s, pairs: ScoredPairs
) -> Iterator[tuple[int, Int64s, Int64s]]:
    """For each size k of components their members, (c, k), and their pairs, (c, k(k-1)/2)."""
    for k in np.unique(size[size > 1]).tolist():
        of_size = uncertain[size[component[uncertain]] == k]
        members = of_size[np.argsort(component[of_size], kind="stable")].reshape(-1, k)
        found = np.flatnonzero(size[component[pairs.left]] == k)
        found = found[np.argsort(component[pairs.left[found]], kind="stable")]
        if len(found) != len(members) * k * (k - 1) // 2:
            raise ValueError("the pairs of a component are not complete")
        yield k, members, found.reshape(len(members), -1)


def _matrices(members: Int64s, at_pairs: Int64s, pairs: ScoredPairs, prior_bits: float) -> Float64s:
    """Evidence of all pairs of members, (c, k, k), symmetric, 0 on the diagonal. The prior is taken off: it
    counts once, by size.
    """
    return _symmetric(pairs.weight_bits[at_pairs] - prior_bits, members.shape[1])


def _symmetric(of_pairs: Float64s, k: int) -> Float64s:
    """Values of all pairs of k members, (..., k(k-1)/2), as matrices, (..., k, k), 0 on the diagonal."""
    one, other = np.triu_indices(k, 1)
    matrices = np.zeros((*of_pairs.shape[:-1], k, k))
    matrices[..., one, other] = matrices[..., other, one] = of_pairs
    return matrices


def _unchanged(at_pairs: Int64s) -> Float64s:
    return np.zeros((1, *at_pairs.shape))


def _changed(changes: Changes, at_pairs: Int64s, k: int) -> Float64s:
    """What is added to the evidence of components of k members at each point at which they are weighed,
    (n, c, k, k).
    """
    of_pairs = changes(at_pairs)
    return _symmetric(of_pairs if k <= ENUMERATED_SIZE else of_pairs.mean(axis=0, keepdims=True), k)


def _exactly(
    canvas: _Canvas,
    members: Int64s,
    at_pairs: Int64s,
    against: Against,
    points: Float64s,
    leans: Float64s,
    prior_bits: float,
    keys: np.ndarray[tuple[int], np.dtype[np.uint64]],
    config: LinkageConfig,
) -> None:
    """Components that have an exact posterior. `points`: evidence at each point, (n, c, k, k); `leans`: what
    draws add to each subset, (c, 2^k).
    """
    c, k = members.shape
    posterior = _over_points(points, prior_bits, against, leans, _uniforms(keys[members[:, 0]], config))
    held = held_together(posterior.block)
    together = co_membership(held)
    upper = np.triu_indices(k, 1)
    canvas.together[at_pairs] = together[:, upper[0], upper[1]]
    drawn = members.astype(np.int32).ravel().take(posterior.draws + np.arange(c)[:, None] * k)
    canvas.draws[:, canvas.place[members].ravel()] = drawn.reshape(config.draws, -1)
    label = _decided(together, config.decision_threshold)
    canvas.cluster[members] = np.take_along_axis(members, label, axis=1)
    masks = ((label[:, :, None] == label[:, None, :]) * (1 << np.arange(k))).sum(axis=2)
    canvas.confidence[members] = np.take_along_axis(held, masks, axis=1)
    alone = posterior.block[:, 1 << np.arange(k)]
    canvas.membership[members] = _membership(together, label, alone)


def _over_points(
    points: Float64s, prior_bits: float, against: Against, leans: Float64s, uniforms: Float64s
) -> Posterior:
    """The mean of the points' posteriors, and draws from each in turn."""
    k = points.shape[-1]
    block = np.zeros((points.shape[1], 1 << k))
    draws = np.zeros((*uniforms.shape, k), dtype=np.int8)
    beside = beside_trees(prior_bits, against)
    trees = subset_trees(points.reshape(-1, k, k)).reshape(len(points), *beside.shape)
    for number, of_point in enumerate(trees):
        turns = np.arange(number, len(uniforms), len(points))
        found = exact_posterior(beside + of_point, uniforms[turns], leans)
        block += found.block / len(points)
        draws[turns] = found.draws
    return Posterior(block, draws)


def _membership(together: Float64s, label: Int64s, alone: Float64s) -> Float64s:
    """Expected share of a cluster's other members that are the same person; for singles the probability of
    being alone. (c, k).
    """
    same = label[:, :, None] == label[:, None, :]
    others = same.sum(axis=2) - 1
    share = ((together * same).sum(axis=2) - 1.0) / np.maximum(others, 1)
    return np.where(others > 0, share, alone)


def _decided(together: Float64s, threshold: float) -> Int64s:
    """The published partition of each component, (c, k): the smallest member's position of each member's
    cluster.
    """
    c, k = together.shape[:2]
    gains = (together > threshold) | np.eye(k, dtype=bool)
    label = np.tile(np.arange(k, dtype=np.int64), (c, 1))
    while True:
        smallest = np.where(gains, label[:, None, :], k).min(axis=2)
        if (smallest == label).all():
            break
        label = smallest
    # Where all who are tied, by whatever chain, gain by being joined, that is it.
    open_ = ((label[:, :, None] == label[:, None, :]) & ~gains).any(axis=(1, 2))
    for component in np.flatnonzero(open_).tolist():
        label[component] = decided(together[component], threshold)
    return label


def _to_sample(
    members: Int64s,
    at_pairs: Int64s,
    against: Against,
    evidence: Float64s,
    lean: Float64s,
    turn: Int64s,
    keys: np.ndarray[tuple[int], np.dtype[np.uint64]],
    config: LinkageConfig,
) -> list[_Sampling]:
    """Components as they are sampled, each with random numbers of its own."""
    seeds = mixed(keys[members[:, 0]].view(np.int64), np.array([config.seed])).tolist()
    return [
        _Sampling(
            *(rows, at_pairs[number], Large(evidence[number], seed, against.of(number))),
            *(lean[number], turn[number]),
        )
        for number, (rows, seed) in enumerate(zip(members, seeds, strict=True))
    ]


def _by_sampling(canvas: _Canvas, large: list[_Sampling], prior_bits: float, config: LinkageConfig) -> None:
    """Components that are sampled, at the one point that they have."""
    of_all = sampled_partitions([one.component for one in large], prior_bits, config.partition_sweeps)
    for one, found in zip(large, of_all, strict=True):
        rows, labels, together = one.rows, found.labels, found.together
        canvas.apart[rows], canvas.worth[rows] = found.apart, found.worth
        canvas.together[one.at_pairs] = together[np.triu_indices(len(rows), 1)]
        # Evenly from all sweeps and all chains: steps of the golden section fall into step with neither.
        often = np.cumsum(np.exp2(partitions_lean(one.leaning, one.turn, labels)))
        aim = np.arange(config.draws) * GOLDEN_SECTION % 1 * often[-1]
        taken = np.minimum(np.searchsorted(often, aim, side="right"), len(labels) - 1)
        canvas.draws[:, canvas.place[rows]] = rows[labels[taken]]
        label = decided(together, config.decision_threshold)
        canvas.cluster[rows] = rows[label]
        for cluster in np.unique(label):
            inside = np.flatnonzero(label == cluster)
            held = (labels[:, inside] == labels[:, inside[:1]]).all(axis=1)
            canvas.confidence[rows[inside]] = float(held.mean())
        canvas.membership[rows] = _membership(together[None], label[None], _alone(labels)[None])[0]


def _alone(labels: Labels) -> Float64s:
    """The share of partitions in which each member is alone, (k,). `labels`: (n, k), smallest members."""
    n, k = labels.shape
    size = np.bincount((np.arange(n)[:, None] * k + labels).ravel(), minlength=n * k).reshape(n, k)
    return np.asarray((np.take_along_axis(size, labels.astype(np.int64), axis=1) == 1).mean(axis=0))


def _uniforms(keys: np.ndarray[tuple[int], np.dtype[np.uint64]], config: LinkageConfig) -> Float64s:
    """Uniform numbers (n_draws, c) that depend on the seed, the draw and the component's own key, and on
    nothing else.
    """
    parts = np.array([[config.seed]]), np.arange(config.draws)[:, None], keys.view(np.int64)[None, :]
    return np.asarray((mixed(*parts) >> np.uint64(11)).astype(np.float64) / 2.0**53)


def weakest_links(n_rows: int, cluster: Int64s, pairs: ScoredPairs) -> Float64s:
    """For each row the bottleneck of the strongest spanning tree of its cluster, in bits; NaN for singles.
    float64 (n,).
    """
    inside = cluster[pairs.left] == cluster[pairs.right]
    left, right, bits = pairs.left[inside], pairs.right[inside], pairs.weight_bits[inside]
    result = np.full(n_rows, np.nan)
    if not len(left):
        return result
    # The strongest spanning tree is the minimum one of the reversed weights; kept above zero, because a
    # sparse zero is no edge.
    cost = bits.max() - bits + 1.0
    tree = minimum_spanning_tree(coo_array((cost, (left, right)), shape=(n_rows, n_rows)).tocsr()).tocoo()
    weakest = np.full(n_rows, -np.inf)
    np.maximum.at(weakest, cluster[tree.row], tree.data)
    held = np.isfinite(weakest[cluster])
    result[held] = bits.max() + 1.0 - weakest[cluster][held]
    return result
