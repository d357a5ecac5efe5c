"""The posterior over partitions of a component that is too large for the exact one: seeded Gibbs sampling.

Each sweep visits every referral and lets it join one of the clusters or stand alone, with probability by what
it adds to the cluster's weight in `posterior`; its part of the spanning tree is taken to be its strongest
link. The chain starts from greedy merging, so it begins at a good partition; the first quarter of the sweeps
is left out. It is an approximation, and the report says how many referrals it concerns.
"""

from __future__ import annotations

import numpy as np

from nrm_linkage.cluster.posterior import TREE_SHARE, size_prior_bits
from nrm_linkage.tables import Float64s, Int64s

__all__ = ["greedy_partition", "sampled_partitions"]


def sampled_partitions(evidence: Float64s, prior_bits: float, sweeps: int, seed: int) -> Int64s:
    """Labels after each kept sweep, int64 (n_kept, k). `evidence`: (k, k), symmetric, in bits, 0 on the
    diagonal.
    """
    k = len(evidence)
    random = np.random.default_rng(seed)
    prior = size_prior_bits(np.arange(k + 1), prior_bits)
    label = _greedy_by_weight(evidence, prior)
    kept = []
    burn_in = sweeps // 4
    size = np.bincount(label, minlength=k).astype(np.int64)
    inside = np.array([evidence[np.ix_(label == c, label == c)].sum() / 2 for c in range(k)])
    for sweep in range(burn_in + sweeps):
        for member in random.permutation(k).tolist():
            own = label[member]
            ties = np.bincount(label, weights=evidence[member], minlength=k)
            size[own] -= 1
            inside[own] -= ties[own]
            empty = int(np.flatnonzero(size == 0)[0])
            strongest = np.full(k, -np.inf)
            others = np.arange(k) != member
            np.maximum.at(strongest, label[others], evidence[member, others])
            mean = 2.0 / (size + 1) * (inside + ties) - 2.0 / np.maximum(size, 1) * inside
            gain = prior[size + 1] - prior[size] + (1 - TREE_SHARE) * mean + TREE_SHARE * strongest
            change = np.where(size > 0, gain, -np.inf)
            change[empty] = 0.0
            share = np.exp2(change - change.max())
            chosen = int(np.searchsorted(np.cumsum(share), random.random() * share.sum(), side="right"))
            chosen = min(chosen, k - 1)
            label[member] = chosen
            inside[chosen] += 0.0 if size[chosen] == 0 else ties[chosen]
            size[chosen] += 1
        if sweep >= burn_in:
            kept.append(_smallest_member(label))
    return np.stack(kept)


def _smallest_member(label: Int64s) -> Int64s:
    """The same partition, each cluster labelled by its smallest member."""
    smallest = np.full(len(label), len(label), dtype=np.int64)
    np.minimum.at(smallest, label, np.arange(len(label), dtype=np.int64))
    return smallest[label]


def _greedy_by_weight(evidence: Float64s, prior: Float64s) -> Int64s:
    """Merge the two clusters whose union gains most weight until none gains."""
    k = len(evidence)
    label = np.arange(k, dtype=np.int64)
    between, strongest = evidence.copy(), evidence.copy()
    inside, size, alive = np.zeros(k), np.ones(k, dtype=np.int64), np.ones(k, dtype=bool)
    while True:
        joint = size[:, None] + size[None, :]
        mean = 2.0 / joint * (inside[:, None] + inside[None, :] + between)
        mean -= (2.0 / size * inside)[:, None] + (2.0 / size * inside)[None, :]
        gain = prior[np.minimum(joint, k)] - prior[size][:, None] - prior[size][None, :]
        gain += (1 - TREE_SHARE) * mean + TREE_SHARE * strongest
        gain[~alive] = -np.inf
        gain[:, ~alive] = -np.inf
        np.fill_diagonal(gain, -np.inf)
        a, b = divmod(int(gain.argmax()), k)
        if gain[a, b] <= 0:
            return label
        inside[a] += inside[b] + between[a, b]
        size[a] += size[b]
        between[a] += between[b]
        between[:, a] += between[:, b]
        strongest[a] = np.maximum(strongest[a], strongest[b])
        strongest[:, a] = strongest[a]
        alive[b] = False
        label[label == b] = a


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
