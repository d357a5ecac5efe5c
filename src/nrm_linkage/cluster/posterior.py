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
from nrm_linkage.tables import Float64s, Int32s, Int64s, Mask

__all__ = [
    "ENUMERATED_SIZE",
    "Posterior",
    "beside_trees",
    "best_partition",
    "co_membership",
    "exact_posterior",
    "held_together",
    "size_prior_bits",
]

WAYS_AT_ONCE = 2_000_000
"""Ways to part a subset in two that are summed at a time; bounds memory, changes no result."""

CHOICES_AT_ONCE = 500_000
"""Clusters of a member that are drawn from at a time; bounds memory, changes no result."""

ENUMERATED_SIZE = 7
"""Components up to this size are enumerated: 877 partitions of seven."""


Labels = np.ndarray[tuple[int, int, int], np.dtype[np.int8]]


@dataclass(frozen=True, eq=False)
class Posterior:
    """For c components of k referrals: `block`: float64 (c, 2^k), the probability that a subset is exactly
    one person's referrals; `draws` (which may lean, `leaning`): int8 (n_draws, c, k), for each draw the
    smallest member of each member's cluster.
    """

    block: Float64s
    draws: Labels


def size_prior_bits(size: Int64s, prior_bits: float) -> Float64s:
    """log2 prior odds of a cluster of a size against as many singles: 0 for one, `prior_bits` for two."""
    log_factorial = np.array([math.lgamma(k + 1) / math.log(2) for k in range(int(size.max(initial=1)) + 1)])
    return np.asarray((size - 1) * (prior_bits - 1.0) + log_factorial[size], dtype=np.float64)


def beside_trees(prior_bits: float, against: Against) -> Float64s:
    """What the weight of every subset has beside `subset_trees`, (c, 2^k), in bits: the prior of its size,
    and what is against one person. No point of the parameters' posterior changes it.
    """
    c, k = against.known.shape[1:]
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
    """Every subset as a mask of a field's holders, counted among them, (c, 2^k). `known`: bool (c, k)."""
    c, k = known.shape
    result = np.zeros((c, 1 << k), dtype=np.int64)
    bit = np.where(known, 1 << (np.cumsum(known, axis=1) - known), 0)
    for member in range(k):
        low = 1 << member
        result[:, low : 2 * low] = result[:, :low] | bit[:, member, None]
    return result


def exact_posterior(weights: Float64s, uniforms: Float64s, lean: Float64s | None = None) -> Posterior:
    """The posterior from subset weights (c, 2^k); `uniforms`: (n_draws, c) random numbers in [0, 1), one a
    draw and component; `lean`: what draws, and they alone, add to the weights, (c, 2^k).
    """
    k = int(weights.shape[1]).bit_length() - 1
    lean = np.zeros_like(weights) if lean is None else lean
    if k <= ENUMERATED_SIZE:
        return _enumerated(weights, uniforms, lean, k)
    return _by_subsets(weights, uniforms, lean, k)


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


def _enumerated(weights: Float64s, uniforms: Float64s, lean: Float64s, k: int) -> Posterior:
    partitions = _set_partitions(k)
    masks = np.array([blocks + (0,) * (k - len(blocks)) for blocks in partitions], dtype=np.int64)
    total, leaning = (_summed(of, masks) for of in (weights, lean))
    probability = np.exp2(total - total.max(axis=1, keepdims=True))
    probability /= probability.sum(axis=1, keepdims=True)
    # Not by a product of matrices, whose last bits hang on the threads of the linear algebra library.
    order = np.argsort(masks.ravel(), kind="stable")[np.count_nonzero(masks == 0) :]
    starts = np.searchsorted(masks.ravel()[order], np.arange(1, 1 << k))
    block = np.zeros_like(weights)
    block[:, 1:] = np.add.reduceat(probability.take(order // k, axis=1), starts, axis=1)
    labels = np.array([_labels(blocks, k) for blocks in partitions], dtype=np.int8)
    return Posterior(block, labels[_chosen(probability * np.exp2(leaning), uniforms)])


def _summed(of_subsets: Float64s, masks: Int64s) -> Float64s:
    """The sum over the blocks of each partition, (c, n_partitions). `masks`: (n_partitions, k)."""
    total = of_subsets.take(masks[:, 0], axis=1)
    for column in masks.T[1:]:
        total += of_subsets.take(column, axis=1)
    return total


def _chosen(probability: Float64s, uniforms: Float64s) -> Int64s:
    """For each draw and component the partition whose turn a uniform number makes it, (n_draws, c)."""
    cumulative = np.cumsum(probability, axis=1)
    cumulative /= cumulative[:, -1:]
    component = np.broadcast_to(np.arange(len(cumulative)), uniforms.shape)
    return _places(cumulative, component.ravel(), uniforms.ravel()).reshape(uniforms.shape)


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
    """log2 of the sum over all partitions of every subset, (c, 2^k)."""
    with np.errstate(over="ignore", invalid="ignore"):
        sums = _sums(np.exp2(weights), k)
    total = np.log2(sums)
    beyond = ~np.isfinite(total).all(axis=1)
    if beyond.any():
        total[beyond] = _totals_in_bits(weights[beyond], k)
    return total


def _sums(odds: Float64s, k: int) -> Float64s:
    """The sum over all partitions of every subset of the product of its clusters' odds, (c, 2^k); infinite,
    or not a number, where a double cannot hold it.

    The cluster of a subset's largest member is taken off, which leaves a subset of smaller ones. So all
    subsets with one largest member are summed at once.
    """
    total = np.ones_like(odds)
    for largest in range(k):
        low = 1 << largest
        part, rest, start = _ways_to_part(largest)
        ways = odds.take(low | part, axis=1)
        ways *= total.take(rest, axis=1)
        total[:, low : 2 * low] = np.add.reduceat(ways, start, axis=1)
    return total


def _totals_in_bits(weights: Float64s, k: int) -> Float64s:
    """The same in bits throughout."""
    total = np.zeros_like(weights)
    for largest in range(k):
        low = 1 << largest
        part, rest, start = _ways_to_part(largest)
        bits = weights[:, low | part] + total[:, rest]
        top = np.maximum.reduceat(bits, start, axis=1)
        bits -= top[:, part | rest]
        total[:, low : 2 * low] = top + np.log2(np.add.reduceat(np.exp2(bits), start, axis=1))
    return total


def _by_subsets(weights: Float64s, uniforms: Float64s, lean: Float64s, k: int) -> Posterior:
    """The same for larger components, by the sums over all partitions of every subset."""
    total = _all_totals(weights, k)
    # The rest of a subset has the members that it has not: its mask counts from the other end.
    block = np.exp2(weights + total[:, ::-1] - total[:, -1:])
    block[:, 0] = 0.0
    if lean.any():
        weights = weights + lean
        total = _all_totals(weights, k)
    return Posterior(block, _drawn(weights, total, uniforms, k))


def _all_totals(weights: Float64s, k: int) -> Float64s:
    """As `_totals`, of few components at a time."""
    size = max(1, WAYS_AT_ONCE // 3 ** (k - 1))
    return np.concatenate([_totals(weights[at : at + size], k) for at in range(0, len(weights), size)])


def _drawn(weights: Float64s, total: Float64s, uniforms: Float64s, k: int) -> Labels:
    """Draws, (n_draws, c, k): the cluster of the smallest member left is drawn in turn, for all draws of a
    component at once that have the same members left.
    """
    n_draws, c = uniforms.shape
    label = np.zeros((c * n_draws, k), dtype=np.int8)
    left = np.full(c * n_draws, (1 << k) - 1, dtype=np.int64)
    component, uniform = np.repeat(np.arange(c), n_draws), uniforms.T.ravel()
    for smallest in range(k):
        at = np.flatnonzero(left >> smallest & 1)
        cases, case = np.unique(component[at] << k | left[at], return_inverse=True)
        at, case = at[np.argsort(case, kind="stable")], np.sort(case)
        for some in _alike(np.bitwise_count(cases & ((1 << k) - 1))):
            of_cases, open_ = np.divmod(cases[some], 1 << k)
            choices = _choices(open_)
            whole = weights[of_cases[:, None], choices] + total[of_cases[:, None], open_[:, None] ^ choices]
            share = np.cumsum(np.exp2(whole - total[of_cases, open_][:, None]), axis=1)
            here = np.isin(case, some)
            drawn, row = at[here], np.searchsorted(some, case[here])
            aim = uniform[drawn] * share[row, -1]
            place = _places(share, row, aim)
            below = np.where(place > 0, share[row, place - 1], 0.0)
            # One uniform number serves the whole draw: what is left of it after each choice is uniform again.
            again = (aim - below) / np.maximum(share[row, place] - below, 1e-300)
            uniform[drawn] = np.clip(again, 0.0, 1.0 - 1e-12)
            chosen = choices[row, place]
            left[drawn] ^= chosen
            member = (chosen[:, None] >> np.arange(k)) & 1 == 1
            label[drawn] = np.where(member, np.int8(smallest), label[drawn])
    return np.ascontiguousarray(label.reshape(c, n_draws, k).swapaxes(0, 1))


def _alike(n_open: Int64s) -> Iterator[Int64s]:
    """Places of cases with equally many members left, not too many at a time."""
    for n in np.unique(n_open).tolist():
        alike = np.flatnonzero(n_open == n)
        yield from np.split(alike, range(batch := max(1, CHOICES_AT_ONCE >> n), len(alike), batch))


def _choices(open_: Int64s) -> Int64s:
    """The subsets of each mask that hold its smallest member, ascending, (n, 2^(size-1)); all masks have one
    size.
    """
    chosen = (open_ & -open_)[:, None]
    rest = open_ & (open_ - 1)
    while rest.any():
        chosen = np.concatenate([chosen, chosen | (rest & -rest)[:, None]], axis=1)
        rest &= rest - 1
    return chosen


def _places(cumulative: Float64s, row: Int64s, aim: Float64s) -> Int64s:
    """How many numbers of its row each aim reaches, (n,), the last one left out. `cumulative`: (r, m), each
    row ascending.
    """
    m = cumulative.shape[1]
    flat, before = cumulative.ravel(), row * m - 1
    place = np.zeros(len(row), dtype=np.int64)
    for power in range((m - 1).bit_length() - 1, -1, -1):
        probe = np.minimum(place + (1 << power), m - 1)
        place = np.where(flat[before + probe] <= aim, probe, place)
    return place


def held_together(block: Float64s) -> Float64s:
    """The probability that all members of each subset are one person, (c, 2^k), from block probabilities."""
    held = block.copy()
    for member in range(int(block.shape[1]).bit_length() - 1):
        halves = held.reshape(len(held), -1, 2, 1 << member)
        halves[:, :, 0] += halves[:, :, 1]
    return np.clip(held, 0.0, 1.0, out=held)


def co_membership(held: Float64s) -> Float64s:
    """The probability that two members are one person, (c, k, k), 1 on the diagonal, from what
    `held_together` gives.
    """
    bit = 1 << np.arange(int(held.shape[1]).bit_length() - 1)
    together = held[:, bit[:, None] | bit]
    together[:, np.arange(len(bit)), np.arange(len(bit))] = 1.0
    return together


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
