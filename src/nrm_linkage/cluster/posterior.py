"""The posterior over partitions of one component into people, exactly, for components of one size at a time.

The weight of a cluster of k referrals, in bits, is its size prior plus the evidence that its referrals are
one person's. k records of one person give k(k-1)/2 agreements but only k-1 independent coincidences, so a sum
over pairs would count a clique's evidence again and again. Two ways to count k-1 of them bracket the truth.
One says that each record was copied from another, along a tree of which nobody knows the shape: the mean,
over all trees, of the product of their links' likelihood ratios. It forgives one bad record what the others
agree on, and a contradiction too. The other, 2/k times the sum over all pairs, lets one bad record spoil
everything. The evidence is `TREE_SHARE` of the first and the rest of the second (docs/decisions/0005 has the
measurements); for two referrals, and for a clique of equal links, all three are the same.

The size prior is that of people whose number falls geometrically with their referrals, (k-1)(prior - 1) +
log2 k!, of which the prior of a pair is the case of two, so that the prior counts once. A partition's weight
is the sum over its clusters. Small components are enumerated, many at once; larger ones summed by dynamic
programming over subsets. Subsets are bit masks.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from nrm_linkage.tables import Float64s, Int64s

__all__ = [
    "ENUMERATED_SIZE",
    "TREE_SHARE",
    "Posterior",
    "best_partition",
    "co_membership",
    "exact_posterior",
    "size_prior_bits",
    "subset_weights",
    "tree_mixture",
]

TREE_SHARE = 0.85
"""The trees' share of a cluster's evidence; the rest is the pairs' (chosen by us: docs/decisions/0005)."""

EXPRESSIBLE_BITS = 400.0
"""Odds that are farther apart are added up as bits: a product of two would leave the range of a double."""

ENUMERATED_SIZE = 7
"""Components up to this size are enumerated: 877 partitions of seven."""


@dataclass(frozen=True, eq=False)
class Posterior:
    """For c components of k referrals: `block`: float64 (c, 2^k), the probability that a subset is exactly
    one person's referrals; `draws`: int8 (n_draws, c, k), for each draw the smallest member of each member's
    cluster.
    """

    block: Float64s
    draws: np.ndarray[tuple[int, int, int], np.dtype[np.int8]]


def size_prior_bits(size: Int64s, prior_bits: float) -> Float64s:
    """log2 prior odds of a cluster of a size against as many singles: 0 for one, `prior_bits` for two."""
    log_factorial = np.array([math.lgamma(k + 1) / math.log(2) for k in range(int(size.max(initial=1)) + 1)])
    return np.asarray((size - 1) * (prior_bits - 1.0) + log_factorial[size], dtype=np.float64)


def subset_weights(evidence: Float64s, prior_bits: float) -> Float64s:
    """The weight of every subset as a cluster, (c, 2^k), in bits; the empty subset weighs 0.

    `evidence`: (c, k, k), symmetric, 0 on the diagonal.
    """
    k = evidence.shape[1]
    size = np.array([mask.bit_count() for mask in range(1 << k)], dtype=np.int64)
    mean = 2.0 / np.maximum(size, 1) * _pair_sums(evidence)
    evidence_bits = (1 - TREE_SHARE) * mean + TREE_SHARE * _tree_mixtures(evidence)
    return np.where(size > 0, size_prior_bits(size, prior_bits) + evidence_bits, 0.0)


def _pair_sums(evidence: Float64s) -> Float64s:
    """The sum over all pairs of every subset, (c, 2^k)."""
    n, k = evidence.shape[:2]
    sums = np.zeros((n, 1 << k))
    for member in range(k):
        # A subset with this member on top: the sum without it, and its pairs with the rest.
        low = 1 << member
        bits = (np.arange(low)[:, None] >> np.arange(member)) & 1
        sums[:, low : 2 * low] = sums[:, :low] + evidence[:, member, :member] @ bits.T
    return sums


def _tree_mixtures(evidence: Float64s) -> Float64s:
    """log2 of the mean over all spanning trees of the product of their links' odds, of every subset, (c,
    2^k).
    """
    n, k = evidence.shape[:2]
    mixtures = np.zeros((n, 1 << k))
    for size in range(2, k + 1):
        members = np.array(list(itertools.combinations(range(k), size)), dtype=np.int64)
        links = evidence[:, members[:, :, None], members[:, None, :]]
        mixtures[:, (1 << members).sum(axis=1)] = tree_mixture(links)
    return mixtures


def tree_mixture(links: Float64s) -> Float64s:
    """log2 of the mean over all spanning trees of the product of their links' odds. `links`: (..., k, k),
    symmetric, in bits; the diagonal is not used.

    Kirchhoff's theorem, one member taken out at a time: its links are summed, and each two members that it
    tied are tied the more. Nothing is subtracted, so that odds of any size keep their digits. There are
    k^(k-2) trees (Cayley).
    """
    k = links.shape[-1]
    trees = (k - 2) * math.log2(k)
    if np.ptp(links) > EXPRESSIBLE_BITS:
        return np.asarray(_in_bits(links) - trees, dtype=np.float64)
    top = links.max(axis=(-2, -1))
    odds, total = np.exp2(links - top[..., None, None]), (k - 1) * top - trees
    for last in range(k - 1, 0, -1):
        ties = odds[..., last, :last]
        joined = ties.sum(axis=-1)
        total += np.log2(joined)
        odds = odds[..., :last, :last] + ties[..., :, None] * (ties / joined[..., None])[..., None, :]
    return np.asarray(total, dtype=np.float64)


def _in_bits(links: Float64s) -> Float64s:
    """The same in bits throughout, for odds that floating point numbers cannot hold side by side."""
    total = np.zeros(links.shape[:-2])
    for last in range(links.shape[-1] - 1, 0, -1):
        ties = links[..., last, :last]
        joined = np.logaddexp2.reduce(ties, axis=-1)
        total += joined
        through = ties[..., :, None] + ties[..., None, :] - joined[..., None, None]
        links = np.logaddexp2(links[..., :last, :last], through)
    return total


def exact_posterior(weights: Float64s, uniforms: Float64s) -> Posterior:
    """The posterior from subset weights (c, 2^k); `uniforms`: (n_draws, c) random numbers in [0, 1), one a
    draw and component.
    """
    k = int(weights.shape[1]).bit_length() - 1
    if k <= ENUMERATED_SIZE:
        return _enumerated(weights, uniforms, k)
    parts = [_by_subsets(weights[component], uniforms[:, component], k) for component in range(len(weights))]
    return Posterior(np.stack([block for block, _ in parts]), np.stack([draws for _, draws in parts], axis=1))


@functools.cache
def _set_partitions(k: int) -> tuple[tuple[int, ...], ...]:
    """All partitions of k members, each as its blocks' masks."""

    def extend(member: int, blocks: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
        if member == k:
            yield blocks
            return
        for position, block in enumerate(blocks):
            yield from extend(member + 1, (*blocks[:position], block | 1 << member, *blocks[position + 1 :]))
        yield from extend(member + 1, (*blocks, 1 << member))

    return tuple(extend(0, ()))


def _enumerated(weights: Float64s, uniforms: Float64s, k: int) -> Posterior:
    partitions = _set_partitions(k)
    masks = np.array([blocks + (0,) * (k - len(blocks)) for blocks in partitions], dtype=np.int64)
    total = weights[:, masks].sum(axis=2)
    probability = np.exp2(total - np.logaddexp2.reduce(total, axis=1, keepdims=True))
    block = np.zeros_like(weights)
    holds = np.zeros((len(partitions), weights.shape[1]))
    np.put_along_axis(holds, masks, 1.0, axis=1)
    holds[:, 0] = 0.0
    block = probability @ holds
    cumulative = np.cumsum(probability, axis=1)
    cumulative /= cumulative[:, -1:]
    chosen = np.stack(
        [
            np.searchsorted(cumulative[component], uniforms[:, component], side="right")
            for component in range(len(weights))
        ],
        axis=1,
    )
    labels = np.array([_labels(blocks, k) for blocks in partitions], dtype=np.int8)
    return Posterior(block, labels[np.minimum(chosen, len(partitions) - 1)])


def _labels(blocks: tuple[int, ...], k: int) -> list[int]:
    """For each member the smallest member of its block."""
    label = [0] * k
    for block in blocks:
        smallest = (block & -block).bit_length() - 1
        for member in range(k):
            if block >> member & 1:
                label[member] = smallest
    return label


@functools.cache
def _submasks(k: int) -> tuple[Int64s, ...]:
    """For each subset of k members, its subsets that hold its smallest member, ascending."""
    result = [np.zeros(0, dtype=np.int64)]
    for mask in range(1, 1 << k):
        low = mask & -mask
        rest, subs, sub = mask ^ low, [], 0
        while True:
            subs.append(low | sub)
            if sub == rest:
                break
            sub = (sub - rest) & rest
        result.append(np.array(subs, dtype=np.int64))
    return tuple(result)


def _by_subsets(
    weights: Float64s, uniforms: Float64s, k: int
) -> tuple[Float64s, np.ndarray[tuple[int, int], np.dtype[np.int8]]]:
    """Sum over all partitions of every subset by taking off the block of its smallest member."""
    subs = _submasks(k)
    total = np.zeros(1 << k)
    for mask in range(1, 1 << k):
        total[mask] = np.logaddexp2.reduce(weights[subs[mask]] + total[mask ^ subs[mask]])
    everyone = (1 << k) - 1
    masks = np.arange(1 << k)
    block = np.exp2(weights + total[everyone ^ masks] - total[everyone])
    block[0] = 0.0
    draws = np.zeros((len(uniforms), k), dtype=np.int8)
    for draw, start in enumerate(uniforms.tolist()):
        open_, blocks, uniform = everyone, [], start
        while open_:
            choices = subs[open_]
            share = np.cumsum(np.exp2(weights[choices] + total[open_ ^ choices] - total[open_]))
            # One uniform number serves the whole draw: what is left of it after each choice is uniform again.
            place = min(int(np.searchsorted(share, uniform * share[-1], side="right")), len(choices) - 1)
            below = float(share[place - 1]) if place else 0.0
            uniform = min(
                max((uniform * float(share[-1]) - below) / max(float(share[place]) - below, 1e-300), 0.0),
                1.0 - 1e-12,
            )
            blocks.append(int(choices[place]))
            open_ ^= int(choices[place])
        draws[draw] = _labels(tuple(blocks), k)
    return block, draws


def co_membership(block: Float64s) -> Float64s:
    """The probability that two members are one person, (c, k, k), from block probabilities (c, 2^k); 1 on the
    diagonal.
    """
    k = int(block.shape[1]).bit_length() - 1
    holds = ((np.arange(1 << k)[:, None] >> np.arange(k)) & 1).astype(float)
    together = np.einsum("cm,mi,mj->cij", block, holds, holds, optimize=True)
    together = np.clip(together, 0.0, 1.0)
    together[:, np.arange(k), np.arange(k)] = 1.0
    return np.asarray(together, dtype=np.float64)


def best_partition(together: Float64s, threshold: float) -> tuple[int, ...]:
    """The partition of one component that loses least: joining a pair gains its probability less `threshold`.
    `together`: (k, k).

    Blocks as masks. Of equally good partitions the first in a fixed order, which joins less.
    """
    k = len(together)
    gain = np.where(np.eye(k, dtype=bool), 0.0, together - threshold)
    masks = np.arange(1 << k)
    holds = ((masks[:, None] >> np.arange(k)) & 1).astype(float)
    worth = np.einsum("mi,ij,mj->m", holds, gain, holds, optimize=True) / 2.0
    subs = _submasks(k)
    best = np.zeros(1 << k)
    choice = np.zeros(1 << k, dtype=np.int64)
    for mask in range(1, 1 << k):
        value = worth[subs[mask]] + best[mask ^ subs[mask]]
        place = int(np.argmax(value >= value.max() - 1e-12))
        best[mask], choice[mask] = value[place], subs[mask][place]
    blocks, open_ = [], (1 << k) - 1
    while open_:
        blocks.append(int(choice[open_]))
        open_ ^= int(choice[open_])
    return tuple(blocks)
