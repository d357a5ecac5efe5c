"""The posterior over partitions of a component that is too large for the exact one: seeded Markov chains.

`N_CHAINS` of them have the posterior of `posterior` as their target (`chains` has their moves). Half of them
start from a partition that joins too little, half from one that joins too much, so that a chain that stays
where it began is seen. A sweep visits every referral once, in random order, and tries a few splits and
mergers. The first quarter of the sweeps is left out. The chains stop when all probabilities of pairs are
known well enough, or at a limit of work, which bounds the time and depends on the component alone.

How well they are known is told twice. `apart` is the largest difference, over pairs, between the chains of
the one start and those of the other. `worth` is the number of independent draws that would tell the least
known pair as well as the chains do: by how far the chains' own shares of it spread.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nrm_linkage.cluster.against import Against
from nrm_linkage.cluster.chains import NEAR_BITS, Chains, Weights
from nrm_linkage.tables import Float64s, Int64s

__all__ = ["N_CHAINS", "Sampled", "greedy_partition", "sampled_partitions", "smallest_members"]

N_CHAINS = 64
"""Chains of a component (chosen by us: moving sixty-four at once takes hardly longer than moving ten)."""

MEMBERS_AT_ONCE, FEWEST_CHAINS = 2048, 16
"""Larger components have fewer chains: so many referrals in all chains together, and so many chains at
least.
"""

MOST_VISITS = 6_000
"""Visits of a referral, in all chains at once: the larger the component, the fewer sweeps (chosen by us:
about a second).
"""

MOST_WORK = 1_000_000_000
"""Numbers gone through to weigh clusters, above which no sweep is begun (chosen by us: some seconds)."""

FEWEST_SWEEPS = 4
"""Sweeps of a component whatever its size, unless fewer are asked for."""

GOOD_ENOUGH = 0.005
"""Standard error of the least known pair at which the chains stop (chosen by us)."""

LOOKED_AT = (40, 80, 160, 320)
"""After so many sweeps the chains look whether it is reached."""

STARTED_AT = (0.99, 0.01)
"""Probabilities of pairs above which the two kinds of start put referrals together."""


@dataclass(frozen=True, eq=False)
class Sampled:
    """Partitions of one component of k referrals. `labels`: int64 (n_kept, k), for each kept sweep of all
    chains, in turn, the smallest member of each member's cluster; `together`: (k, k), the probability that
    two members are one person; `apart`, `worth`: as the module says.
    """

    labels: Int64s
    together: Float64s
    apart: float
    worth: float


def sampled_partitions(
    evidence: Float64s, prior_bits: float, sweeps: int, seed: int, against: Against | None = None
) -> Sampled:
    """The chains' partitions, `sweeps` kept of each chain at most.

    `evidence`: (k, k), symmetric, in bits, 0 on the diagonal, without what is `against` one person, which is
    of one component.
    """
    k = len(evidence)
    random = np.random.default_rng(seed)
    weights = Weights(evidence, prior_bits, random, against)
    match = weights.evidence + prior_bits
    near = (match >= NEAR_BITS) & ~np.eye(k, dtype=bool)
    n_chains = max(FEWEST_CHAINS, min(N_CHAINS, MEMBERS_AT_ONCE // k // 2 * 2))
    chains = Chains(_starts(match, n_chains), weights, near, random)
    most = min(4 * sweeps // 3, max(FEWEST_SWEEPS, MOST_VISITS // k))
    kept: list[Int64s] = []
    while len(kept) < most and (len(kept) < FEWEST_SWEEPS or weights.computed < MOST_WORK):
        for member in random.permutation(k).tolist():
            chains.visit(member)
        for _ in range(2 + k // 8):
            chains.split_or_merge()
        kept.append(smallest_members(chains.label))
        if len(kept) in LOOKED_AT and _told(kept[len(kept) // 4 :])[1] <= GOOD_ENOUGH:
            break
    return _told(kept[len(kept) // 4 :])[0]


def _starts(match: Float64s, n_chains: int) -> Int64s:
    """Partitions to start from, (c, k): in turn one that joins little and one that joins much."""
    probability = 1 / (1 + np.exp2(-np.clip(match, -99, 99)))
    ends = [greedy_partition(probability, threshold) for threshold in STARTED_AT]
    return np.stack([ends[number % 2] for number in range(n_chains)])


def _told(kept: list[Int64s]) -> tuple[Sampled, float]:
    """What the sweeps (c, k) say of each pair, how well they say it, and the largest standard error."""
    c, k = kept[0].shape
    seen = np.zeros((c, k, k))
    for labels in kept:
        seen += labels[:, :, None] == labels[:, None, :]
    seen /= len(kept)
    together = seen.mean(axis=0)
    apart = float(np.abs(seen[::2].mean(axis=0) - seen[1::2].mean(axis=0)).max())
    error = seen.var(axis=0, ddof=1) / c
    unsure = error > 0
    labels = np.concatenate(kept)
    worth = (together * (1 - together))[unsure] / error[unsure]
    worst = float(worth.min(initial=len(labels)))
    return Sampled(labels, together, apart, worst), float(np.sqrt(error.max()))


def smallest_members(label: Int64s) -> Int64s:
    """The same partitions, each cluster labelled by its smallest member. `label`: (..., k), below k."""
    k = label.shape[-1]
    flat = label.reshape(-1, k)
    smallest = np.empty_like(flat)
    every = np.arange(len(flat))
    for member in range(k - 1, -1, -1):
        smallest[every, flat[:, member]] = member
    return np.take_along_axis(smallest, flat, axis=1).reshape(label.shape)


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
            return smallest_members(label)
        gain[a] += gain[b]
        gain[:, a] += gain[:, b]
        alive[b] = False
        label[label == b] = a
