"""The posterior over partitions of one component into people, exactly, for components of one size at a time.

The weight of a cluster of k referrals, in bits, is its size prior plus the evidence that its referrals are
one person's. k records of one person give k(k-1)/2 agreements but only k-1 independent coincidences, so a sum
over pairs would count a clique's evidence again and again. Which k-1 of them count nobody knows: each record
is as if copied from another, along a tree whose shape is not known. So the evidence is the mean, over all
trees, of the product of their links' likelihood ratios. Disagreements are summed likewise, but field by field
and over the trees of those who hold the field (`against`): a record without a date does not reconcile two
different ones. For two referrals this is the pair's evidence, and for a clique of equal links k-1 of them
(docs/decisions/0005 has the measurements).

The size prior is that of people whose number falls geometrically with their referrals, (k-1)(prior - 1) +
log2 k!, of which the prior of a pair is the case of two, so that the prior counts once. A partition's weight
is the sum over its clusters. Small components are enumerated, many at once; larger ones summed by dynamic
programming over subsets. Subsets are bit masks.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from nrm_linkage.cluster.against import Against
from nrm_linkage.cluster.trees import subset_trees
from nrm_linkage.tables import Float64s, Int8s, Int32s, Int64s, Mask

__all__ = [
    "ENUMERATED_SIZE",
    "Posterior",
    "beside_trees",
    "best_partition",
    "co_membership",
    "exact_posterior",
    "size_prior_bits",
]

WAYS_AT_ONCE = 2_000_000
"""Ways to part a subset in two that are summed at a time; bounds memory, changes no result."""

COMPARED_AT_ONCE = 4_000_000
"""Uniform numbers times partitions that are compared at a time; bounds memory, changes no result."""

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


def beside_trees(prior_bits: float, against: Against) -> Float64s:
    """What the weight of every subset has beside `subset_trees`, (c, 2^k), in bits: the prior of its size,
    and what is against one person. No point of the parameters' posterior changes it.
    """
    c, k = against.known.shape[1:]
    masks = np.arange(1 << k)
    size = np.array([mask.bit_count() for mask in range(1 << k)], dtype=np.int64)
    bits = np.tile(np.where(size > 0, size_prior_bits(size, prior_bits), 0.0), (c, 1))
    for disagreed, known in zip(against.bits, against.known, strict=True):
        speaks = np.flatnonzero(disagreed.any(axis=(1, 2)))
        n_holders = known[speaks].sum(axis=1)
        for held in np.unique(n_holders).tolist():
            alike = speaks[n_holders == held]
            holders = np.nonzero(known[alike])[1].reshape(-1, held)
            among = disagreed[alike[:, None, None], holders[:, :, None], holders[:, None, :]]
            bits[alike] += np.take_along_axis(subset_trees(among), _among(known[alike]), axis=1)
    return bits


def _among(known: Mask) -> Int64s:
    """Every subset as a mask of those who hold a field, (c, 2^k), counted among them. `known`: bool (c, k)."""
    c, k = known.shape
    result = np.zeros((c, 1 << k), dtype=np.int64)
    bit = np.where(known, 1 << (np.cumsum(known, axis=1) - known), 0)
    for member in range(k):
        low = 1 << member
        result[:, low : 2 * low] = result[:, :low] | bit[:, member, None]
    return result


def exact_posterior(weights: Float64s, uniforms: Float64s) -> Posterior:
    """The posterior from subset weights (c, 2^k); `uniforms`: (n_draws, c) random numbers in [0, 1), one a
    draw and component.
    """
    k = int(weights.shape[1]).bit_length() - 1
    if k <= ENUMERATED_SIZE:
        return _enumerated(weights, uniforms, k)
    return _by_subsets(weights, uniforms, k)


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
    probability = np.exp2(total - total.max(axis=1, keepdims=True))
    probability /= probability.sum(axis=1, keepdims=True)
    holds = np.zeros((len(partitions), weights.shape[1]))
    np.put_along_axis(holds, masks, 1.0, axis=1)
    holds[:, 0] = 0.0
    labels = np.array([_labels(blocks, k) for blocks in partitions], dtype=np.int8)
    return Posterior(probability @ holds, labels[_chosen(probability, uniforms)])


def _chosen(probability: Float64s, uniforms: Float64s) -> Int64s:
    """For each draw and component the partition whose turn a uniform number makes it, (n_draws, c)."""
    cumulative = np.cumsum(probability, axis=1)
    cumulative /= cumulative[:, -1:]
    chosen = np.empty(uniforms.shape, dtype=np.int64)
    step = max(1, COMPARED_AT_ONCE // max(uniforms.shape[0] * cumulative.shape[1], 1))
    for at in range(0, len(cumulative), step):
        some = slice(at, at + step)
        below = cumulative[None, some] <= uniforms[:, some, None]
        chosen[:, some] = below.sum(axis=2)
    return np.asarray(np.minimum(chosen, cumulative.shape[1] - 1))


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
def _ways_to_part(n: int) -> tuple[Int32s, Int32s, Int32s]:
    """All ways to part each subset of n members in two: the one part, the rest, (3^n,), ordered by subset,
    then by the one part; and where each subset's ways start, (2^n,).
    """
    whole, part = np.zeros(1, dtype=np.int32), np.zeros(1, dtype=np.int32)
    for member in range(n):
        bit = np.int32(1 << member)
        whole = np.concatenate([whole, whole | bit, whole | bit])
        part = np.concatenate([part, part, part | bit])
    order = np.argsort(whole, kind="stable")
    whole, part = whole[order], part[order]
    return part, whole ^ part, np.searchsorted(whole, np.arange(1 << n)).astype(np.int32)


def _totals(weights: Float64s, k: int) -> Float64s:
    """log2 of the sum over all partitions of every subset, (c, 2^k).

    The cluster of a subset's largest member is taken off, which leaves a subset of smaller ones. So all
    subsets with one largest member are summed at once.
    """
    total = np.zeros_like(weights)
    for largest in range(k):
        low = 1 << largest
        part, rest, start = _ways_to_part(largest)
        bits = weights[:, low | part] + total[:, rest]
        top = np.maximum.reduceat(bits, start, axis=1)
        bits -= top[:, part | rest]
        total[:, low : 2 * low] = top + np.log2(np.add.reduceat(np.exp2(bits), start, axis=1))
    return total


def _by_subsets(weights: Float64s, uniforms: Float64s, k: int) -> Posterior:
    """The same for larger components, by the sums over all partitions of every subset."""
    everyone = (1 << k) - 1
    masks = np.arange(1 << k)
    size = max(1, WAYS_AT_ONCE // 3 ** (k - 1))
    parts = [_totals(weights[at : at + size], k) for at in range(0, len(weights), size)]
    total = np.concatenate(parts)
    block = np.exp2(weights + total[:, everyone ^ masks] - total[:, everyone, None])
    block[:, 0] = 0.0
    draws = [
        _drawn(own, sums, uniform, k) for own, sums, uniform in zip(weights, total, uniforms.T, strict=True)
    ]
    return Posterior(block, np.stack(draws, axis=1))


def _drawn(weights: Float64s, total: Float64s, uniforms: Float64s, k: int) -> Int8s:
    """Draws of one component, (n_draws, k): the cluster of the smallest member left is drawn in turn, for all
    draws at once that have the same members left.
    """
    masks = np.arange(1 << k)
    label = np.zeros((len(uniforms), k), dtype=np.int8)
    left = np.full(len(uniforms), (1 << k) - 1, dtype=np.int64)
    uniforms = uniforms.copy()
    for smallest in range(k):
        for open_ in np.unique(left[left >> smallest & 1 == 1]).tolist():
            drawn = np.flatnonzero(left == open_)
            choices = masks[(masks & ~open_ == 0) & (masks >> smallest & 1 == 1)]
            share = np.cumsum(np.exp2(weights[choices] + total[open_ ^ choices] - total[open_]))
            at = uniforms[drawn] * share[-1]
            place = np.minimum(np.searchsorted(share, at, side="right"), len(choices) - 1)
            below = np.where(place > 0, share[place - 1], 0.0)
            # One uniform number serves the whole draw: what is left of it after each choice is uniform again.
            again = (at - below) / np.maximum(share[place] - below, 1e-300)
            uniforms[drawn] = np.clip(again, 0.0, 1.0 - 1e-12)
            left[drawn] ^= choices[place]
            member = (choices[place][:, None] >> np.arange(k)) & 1 == 1
            label[drawn] = np.where(member, np.int8(smallest), label[drawn])
    return label


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
    best = np.zeros(1 << k)
    for largest in range(k):
        low = 1 << largest
        part, rest, start = _ways_to_part(largest)
        best[low : 2 * low] = np.maximum.reduceat(worth[low | part] + best[rest], start)
    blocks, open_ = [], (1 << k) - 1
    while open_:
        low = 1 << (open_.bit_length() - 1)
        choices = masks[(masks & ~open_ == 0) & (masks >= low)]
        value = worth[choices] + best[open_ ^ choices]
        blocks.append(int(choices[np.argmax(value >= best[open_] - 1e-12)]))
        open_ ^= blocks[-1]
    return tuple(blocks[::-1])
