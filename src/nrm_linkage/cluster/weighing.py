"""What clusters of sampled components weigh: computed once, and remembered.

A cluster's weight is computed once: it is kept under the sum of its members' random 64-bit numbers (Zobrist
1970). Two clusters of one component in ten million million would have to share a sum for a mistake.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from nrm_linkage.cluster.against import Against
from nrm_linkage.cluster.memory import Keys, Memory
from nrm_linkage.cluster.posterior import size_prior_bits
from nrm_linkage.cluster.trees import Links
from nrm_linkage.tables import Float64s, Int64s, Mask

__all__ = ["Weighing", "Weights"]

GATHERED_AT_ONCE = 1_000_000
"""Numbers of evidence that `Weights.computed` takes to be gathered at a time for new clusters."""

SMALLEST = 1e-300
"""Odds below which a guess does not tell them apart."""


class Weights:
    """What the clusters of one component weigh: its evidence, its size prior, guesses. `number`: uint64 (k,),
    each member's; `computed`: the work that was done to weigh clusters, in numbers of evidence times members:
    as if those of about one size were filled up to the largest, for each field.
    """

    def __init__(
        self,
        evidence: Float64s,
        prior_bits: float,
        random: np.random.Generator,
        against: Against | None = None,
    ) -> None:
        k = len(evidence)
        against = against or Against.nothing(1, k)
        self.prior_bits = prior_bits
        self.prior = size_prior_bits(np.arange(k + 1), prior_bits)
        self.number: Keys = random.integers(1, 2**64, k, dtype=np.uint64)
        self.computed = 0
        self.evidence = evidence + against.bits[:, 0].sum(axis=0)
        self.parts = np.concatenate([evidence[None], against.bits[:, 0]])
        self.known = np.concatenate([np.ones((1, k), dtype=bool), against.known[:, 0]])
        self._top = float(self.evidence.max())
        self._odds = np.exp2(self.evidence - self._top) * (1 - np.eye(k))

    def guessed(self, holds: Mask) -> Float64s:
        """Two guesses at what clusters weigh, (2, q), that are wrong on different sides: by the mean of the
        pairs, which a weak bridge parts too easily, and by the product of each record's summed odds, by the
        sum of these, for the trees, which a weak bridge does not part.
        """
        size = np.maximum(holds.sum(axis=1), 1)
        tied = np.maximum(holds @ self._odds, SMALLEST)
        pairs = ((holds @ self.evidence) * holds).sum(axis=1) / size
        trees = np.where(holds, np.log2(tied), 0.0).sum(axis=1) - np.log2((holds * tied).sum(axis=1))
        trees += (size - 1) * self._top - (size - 2) * np.log2(size)
        return np.where(size > 1, self.prior[size] + np.stack([pairs, trees]), 0.0)


class Weighing:
    """Weights of clusters of some components, in bits; those asked for before are kept. `most`: members of
    the largest component, to which all arrays are filled up.
    """

    def __init__(self, components: Sequence[Weights]) -> None:
        self.components = components
        self.most = max(len(one.number) for one in components)
        n, n_parts = len(components), max(len(one.parts) for one in components)
        parts = np.zeros((n, n_parts, self.most, self.most))
        self._known = np.zeros(parts.shape[:3], dtype=bool)
        self._speaks = np.zeros(parts.shape, dtype=np.float32)
        for number, one in enumerate(components):
            f, k = one.known.shape
            parts[number, :f, :k, :k], self._known[number, :f, :k] = one.parts, one.known
            # Where nobody in a cluster disagrees in a field, the field weighs nothing.
            self._speaks[number, :f, :k, :k] = one.parts != 0
            self._speaks[number, 0, :k, :k] = ~np.eye(k, dtype=bool)
        self._links = Links.of(parts.reshape(-1, self.most, self.most))
        self.prior = np.stack(
            [size_prior_bits(np.arange(self.most + 1), one.prior_bits) for one in components]
        )
        self._memory = Memory()
        for one in components:
            self._memory.add(one.number, np.zeros(len(one.number)))

    def of(
        self, keys: Keys, component: Callable[[Int64s], Int64s], holds: Callable[[Int64s], Mask]
    ) -> Float64s:
        """The weights of some clusters, (q,), one component's after another's. `keys`: their members' summed
        numbers; `component`, `holds`: places of clusters -> whose they are, and their members, bool (.,
        most).
        """
        found = self._memory.find(keys)
        missing = np.flatnonzero(np.isnan(found))
        if len(missing):
            new, first, which = np.unique(keys[missing], return_index=True, return_inverse=True)
            # In the order in which they are first asked for, so that each component's stand together.
            order = np.argsort(first)
            places = missing[first[order]]
            weighed = np.empty(len(new))
            weighed[order] = self._weighed(component(places), holds(places))
            self._memory.add(new, weighed)
            found[missing] = weighed[which]
        return found

    def _weighed(self, component: Int64s, holds: Mask) -> Float64s:
        """Weights of clusters of two or more."""
        holders = holds[:, None] & self._known[component]
        sizes = holders.sum(axis=2)
        work = _work(component, sizes, len(self.components), self.most)
        heard, spoken = holders.astype(np.float32), np.empty(sizes.shape, dtype=bool)
        for number in np.flatnonzero(work).tolist():
            self.components[number].computed += int(work[number])
            some = slice(*np.searchsorted(component, [number, number + 1]))
            own = heard[some].swapaxes(0, 1)
            spoken[some] = ((own @ self._speaks[number]) * own).any(axis=2).T
        cluster, part = np.nonzero(spoken)
        n_parts = sizes.shape[1]
        of_parts = np.zeros((n_parts, len(holds)))
        group = component[cluster] * n_parts + part
        of_parts[part, cluster] = self._links.mixtures(group, holders[cluster, part])
        result = self.prior[component, sizes[:, 0]]
        for bits in of_parts:
            result += bits
        return np.asarray(result, dtype=np.float64)


def _work(component: Int64s, sizes: Int64s, n: int, most: int) -> Int64s:
    """What `Weights.computed` counts of new clusters, for each of n components. `sizes`: their members in
    each field, (q, f), up to `most`.
    """
    n_fields = sizes.shape[1]
    group = component[:, None] * n_fields + np.arange(n_fields)
    counts = np.bincount((group * (most + 1) + sizes).ravel(), minlength=n * n_fields * (most + 1))
    counts = counts.reshape(n * n_fields, -1)
    # Sizes of 2, of 3 and 4, of 5 to 8, and so on.
    starts = [2, *((1 << width) + 1 for width in range(1, int(most - 1).bit_length()))]
    clusters = np.add.reduceat(counts, starts, axis=1)
    largest = np.maximum.reduceat((counts > 0) * np.arange(most + 1), starts, axis=1)
    work = clusters * largest**3
    batch = GATHERED_AT_ONCE // 4 ** np.arange(1, len(starts) + 1)
    for of_group, width in np.argwhere(clusters > batch).tolist():
        first, end = starts[width], [*starts, most + 1][width + 1]
        alike = sizes[group == of_group]
        alike = alike[(alike >= first) & (alike < end)]
        pieces = [alike[at : at + batch[width]] for at in range(0, len(alike), batch[width])]
        work[of_group, width] = sum(len(piece) * int(piece.max()) ** 3 for piece in pieces)
    return np.asarray(work.reshape(n, -1).sum(axis=1))
