"""Plausible links -> components: the sets of referrals whose partitions must be weighed together.

A component is connected by pairs at or above the floor. One that is too large for the exact posterior is cut
where that costs little: its floor rises half a bit at a time, to `TOLERABLE_FLOOR_BITS` at most, until its
pieces fit. What is still larger is sampled, unless it is too large even for that. Then it is put together
anew, link by link from the strongest on, as long as the pieces are small enough for the exact posterior,
which a person's referrals are. A floor would not do there: of a mass of referrals that are all alike it takes
all links at once, or none. Every cut is reported.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from nrm_linkage.tables import Float64s, Int32s, Int64s, Mask

__all__ = ["MAX_COMPONENT", "Components", "components", "cut_large"]

MAX_COMPONENT = 60
"""Referrals in the largest component that is weighed as one (chosen by us: sampling it takes seconds)."""

TOLERABLE_FLOOR_BITS = -3.0
"""Links below this are given up to make a component small enough for the exact posterior: odds of 1 in 8
(chosen by us).
"""

STEP_BITS = 0.5


@dataclass(frozen=True)
class Components:
    """`of`: int64 (n,), the smallest row of each row's component (its own for rows without plausible links).
    `cuts`: (referrals, floor in bits) for each component that was cut; `uncut`: sizes of components that the
    floor did not make small enough, and that were put together anew.
    """

    of: Int64s
    cuts: tuple[tuple[int, float], ...] = ()
    uncut: tuple[int, ...] = ()


def components(n_rows: int, left: Int32s, right: Int32s) -> Int64s:
    """The smallest row of each row's connected component, int64 (n,)."""
    graph = coo_array((np.ones(len(left), dtype=np.int8), (left, right)), shape=(n_rows, n_rows))
    n_found, label = connected_components(graph, directed=False)
    smallest = np.full(n_found, n_rows, dtype=np.int64)
    np.minimum.at(smallest, label, np.arange(n_rows, dtype=np.int64))
    return smallest[label]


def cut_large(
    n_rows: int, left: Int32s, right: Int32s, weight_bits: Float64s, floor_bits: float, exact_size: int
) -> Components:
    """Components of the pairs at or above the floor, cut as the module says."""
    kept: Mask = weight_bits >= floor_bits
    of = components(n_rows, left[kept], right[kept])
    cuts: list[tuple[int, float]] = []
    floor = floor_bits
    size = np.bincount(of, minlength=n_rows)
    while floor < TOLERABLE_FLOOR_BITS and (size > exact_size).any():
        floor += STEP_BITS
        cuts += [(int(count), floor) for count in size[size > exact_size].tolist()]
        kept &= (size[of[left]] <= exact_size) | (weight_bits >= floor)
        of = components(n_rows, left[kept], right[kept])
        size = np.bincount(of, minlength=n_rows)
    uncut = np.flatnonzero(size > MAX_COMPONENT)
    if len(uncut):
        inside = kept & (size[of[left]] > MAX_COMPONENT)
        of = _of_pieces(of, left[inside], right[inside], weight_bits[inside], exact_size)
    return Components(of=of, cuts=tuple(cuts), uncut=tuple(size[uncut].tolist()))


def _of_pieces(of: Int64s, left: Int32s, right: Int32s, weight_bits: Float64s, most: int) -> Int64s:
    """Components with those of some links taken apart, and put together link by link. `left`, `right`: the
    links of all components that are too large, and of no other; `most`: referrals of a piece.
    """
    order = np.lexsort((right, left, -weight_bits))
    ends = zip(left[order].tolist(), right[order].tolist(), strict=True)
    piece = {row: [row] for row in np.union1d(left, right).tolist()}
    for a, b in ends:
        one, other = piece[a], piece[b]
        if one is other or len(one) + len(other) > most:
            continue
        one, other = (one, other) if len(one) >= len(other) else (other, one)
        one += other
        piece.update(dict.fromkeys(other, one))
    result = of.copy()
    for row, members in piece.items():
        result[row] = min(members)
    return result
