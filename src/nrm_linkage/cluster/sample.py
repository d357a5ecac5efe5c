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

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nrm_linkage.cluster.against import Against
from nrm_linkage.cluster.chains import NEAR_BITS, Chains
from nrm_linkage.cluster.weighing import Weights
from nrm_linkage.tables import Float64s, Int64s

__all__ = [
    "N_CHAINS",
    "Labels",
    "Large",
    "Sampled",
    "greedy_partition",
    "sampled_partitions",
    "smallest_members",
]

N_CHAINS = 128
"""Chains of a component (chosen by us: of one of 17 referrals 128 take two thirds of the time of 64 that know
as much; docs/decisions/0024).
"""

MEMBERS_AT_ONCE, FEWEST_CHAINS = 2048, 16
"""Larger components have fewer chains: so many referrals in all chains together, and so many chains at
least.
"""

MOST_VISITS, OF_CHAINS = 6_000, 64
"""Visits of a referral, in all chains at once: the larger the component, the fewer sweeps; and fewer where
there are more than so many chains (chosen by us: about a second).
"""

MOST_WORK = 1_000_000_000
"""Numbers gone through to weigh clusters, above which no sweep is begun (chosen by us: some seconds)."""

FEWEST_SWEEPS = 4
"""Sweeps of a component whatever its size, unless fewer are asked for."""

GOOD_ENOUGH = 0.005
"""Standard error of the least known pair at which the chains stop (chosen by us)."""

LOOKED_AT = (20, 40, 80, 160, 320)
"""After so many sweeps the chains look whether it is reached."""

Labels = npt.NDArray[np.int16]
"""Members as they are labelled: judgements can join more of them than a byte counts."""

SPLIT, STOPPED = -1, -2
"""Moves of a component beside a visit: try to split or merge; none any more."""

STARTED_AT = (0.99, 0.01)
"""Probabilities of pairs above which the two kinds of start put referrals together."""


@dataclass(frozen=True, eq=False)
class Sampled:
    """Partitions of one component of k referrals. `labels`: int16 (n_kept, k), for each kept sweep of all
    chains, in turn, the smallest member of each member's cluster; `together`: (k, k), the probability that
    two members are one person; `apart`, `worth`: as the module says.
    """

    labels: Labels
    together: Float64s
    apart: float
    worth: float


@dataclass(frozen=True, eq=False)
class Large:
    """A component to sample. `evidence`: (k, k), symmetric, in bits, 0 on the diagonal, without what is
    `against` one person, which is of one component; `seed`: of its own random numbers.
    """

    evidence: Float64s
    seed: int
    against: Against | None = None


def sampled_partitions(components: Sequence[Large], prior_bits: float, sweeps: int) -> list[Sampled]:
    """The chains' partitions of each component, `sweeps` kept of each chain at most. What comes out of one
    does not hang on the others.
    """
    randoms = [np.random.default_rng(one.seed) for one in components]
    weights = [
        Weights(one.evidence, prior_bits, random, one.against)
        for one, random in zip(components, randoms, strict=True)
    ]
    match = [one.evidence + prior_bits for one in weights]
    near = [(one >= NEAR_BITS) & ~np.eye(len(one), dtype=bool) for one in match]
    chains = Chains([_starts(one, _n_chains(len(one))) for one in match], weights, near, randoms)
    kept: list[list[Labels]] = [[] for _ in components]
    moves = {number: _moves(number, chains, kept[number], sweeps) for number in range(len(components))}
    while moves:
        visits, splits = [], []
        for number, of_one in list(moves.items()):
            member = next(of_one, STOPPED)
            if member == STOPPED:
                del moves[number]
            elif member == SPLIT:
                splits.append(number)
            else:
                visits.append((number, member))
        if visits:
            chains.visit(*zip(*visits, strict=True))
        if splits:
            chains.split_or_merge(splits)
    return [_told(one[len(one) // 4 :])[0] for one in kept]


def _n_chains(k: int) -> int:
    return max(FEWEST_CHAINS, min(N_CHAINS, MEMBERS_AT_ONCE // k // 2 * 2))


def _moves(number: int, chains: Chains, kept: list[Labels], sweeps: int) -> Iterator[int]:
    """The moves of one component in turn, a member to visit or `SPLIT`, until the chains may stop. What they
    come to after each sweep is `kept`.
    """
    weights = chains.weighing.components[number]
    k = len(weights.number)
    visits = MOST_VISITS * OF_CHAINS // max(_n_chains(k), OF_CHAINS)
    most = min(4 * sweeps // 3, max(FEWEST_SWEEPS, visits // k))
    while len(kept) < most and (len(kept) < FEWEST_SWEEPS or weights.computed < MOST_WORK):
        yield from chains.randoms[number].permutation(k).tolist()
        for _ in range(2 + k // 8):
            yield SPLIT
        kept.append(smallest_members(chains.labels(number)).astype(np.int16))
        if len(kept) in LOOKED_AT and _told(kept[len(kept) // 4 :])[1] <= GOOD_ENOUGH:
            return


def _starts(match: Float64s, n_chains: int) -> Int64s:
    """Partitions to start from, (c, k): in turn one that joins little and one that joins much."""
    probability = 1 / (1 + np.exp2(-np.clip(match, -99, 99)))
    ends = [greedy_partition(probability, threshold) for threshold in STARTED_AT]
    return np.stack([ends[number % 2] for number in range(n_chains)])


def _told(kept: list[Labels]) -> tuple[Sampled, float]:
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
