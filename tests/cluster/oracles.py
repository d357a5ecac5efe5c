"""Slow and obvious: what a component's posterior is, in plain Python."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence

import networkx as nx
import numpy as np

from nrm_linkage.tables import Float64s

Blocks = tuple[tuple[int, ...], ...]


def set_partitions(members: Sequence[int]) -> Iterator[Blocks]:
    """All ways to put members into clusters."""
    if not members:
        yield ()
        return
    first, rest = members[0], members[1:]
    for n_others in range(len(rest) + 1):
        for others in itertools.combinations(rest, n_others):
            remaining = [member for member in rest if member not in others]
            for blocks in set_partitions(remaining):
                yield ((first, *others), *blocks)


def mask_of(members: Sequence[int]) -> int:
    return sum(1 << member for member in members)


def members_of(mask: int) -> tuple[int, ...]:
    return tuple(member for member in range(mask.bit_length()) if mask >> member & 1)


def weight_of(members: Sequence[int], evidence: Float64s, prior_bits: float) -> float:
    """Size prior, and the mean over all trees."""
    k = len(members)
    if k < 2:
        return 0.0
    prior = (k - 1) * (prior_bits - 1.0) + math.log2(math.factorial(k))
    return prior + trees_of(members, evidence)


def trees_of(members: Sequence[int], evidence: Float64s) -> float:
    """log2 of the mean over all labelled trees, each from its Prüfer sequence, of the product of its odds."""
    k = len(members)
    if k == 2:
        return float(evidence[members[0], members[1]])
    bits = [
        sum(float(evidence[members[a], members[b]]) for a, b in nx.from_prufer_sequence(list(sequence)).edges)
        for sequence in itertools.product(range(k), repeat=k - 2)
    ]
    top = max(bits)
    return top + math.log2(math.fsum(2.0 ** (value - top) for value in bits) / len(bits))


def posterior_of(weights: Sequence[float], k: int) -> dict[Blocks, float]:
    """The probability of every partition, from the weight of every subset."""
    bits = {
        blocks: math.fsum(weights[mask_of(block)] for block in blocks) for blocks in set_partitions(range(k))
    }
    top = max(bits.values())
    total = math.fsum(2.0 ** (value - top) for value in bits.values())
    return {blocks: 2.0 ** (value - top) / total for blocks, value in bits.items()}


def block_probabilities(partitions: dict[Blocks, float], k: int) -> Float64s:
    block = np.zeros(1 << k)
    for blocks, probability in partitions.items():
        for members in blocks:
            block[mask_of(members)] += probability
    return block


def together_of(partitions: dict[Blocks, float], k: int) -> Float64s:
    together = np.eye(k)
    for blocks, probability in partitions.items():
        for members in blocks:
            for a, b in itertools.permutations(members, 2):
                together[a, b] += probability
    return together


def gain_of(blocks: Blocks, together: Float64s, threshold: float) -> float:
    """What joining the pairs of a partition gains, against joining none."""
    return math.fsum(
        together[a, b] - threshold for members in blocks for a, b in itertools.combinations(members, 2)
    )


def symmetric(upper: Sequence[float], k: int) -> Float64s:
    """A (k, k) matrix from its k(k-1)/2 upper values."""
    matrix = np.zeros((k, k))
    matrix[np.triu_indices(k, 1)] = upper
    return matrix + matrix.T


def invented_evidence(k: int, seed: int, spread: float = 8.0) -> Float64s:
    """Evidence around the bits at which a pair is in doubt."""
    random = np.random.default_rng(seed)
    return symmetric(random.normal(4.0, spread, k * (k - 1) // 2).tolist(), k)
