"""The tree of strongest links among a few referrals: the strongest way from any one to any other runs along
it. Strongest means that the weakest link on the way is as strong as it can be.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from nrm_linkage.tables import Float64s, Int64s, Mask

__all__ = ["Tree", "strongest_tree"]


@dataclass(frozen=True, eq=False)
class Tree:
    """Links of a forest over `n` members. `left`, `right`: int64 (e,), places of members; `bits`: float64
    (e,).
    """

    n: int
    left: Int64s
    right: Int64s
    bits: Float64s

    def path(self, a: int, b: int) -> tuple[tuple[int, ...], float]:
        """The members on the way from one to another, both among them, and its weakest link in bits; nothing
        and NaN where there is no way.
        """
        before: dict[int, tuple[int, float]] = {a: (a, np.inf)}
        waiting = [a]
        while waiting:
            here = waiting.pop()
            for next_, bits in self._beside[here]:
                if next_ not in before:
                    before[next_] = (here, bits)
                    waiting.append(next_)
        if b not in before:
            return (), float("nan")
        way, weakest = [b], np.inf
        while way[-1] != a:
            here, bits = before[way[-1]]
            way.append(here)
            weakest = min(weakest, bits)
        return tuple(way[::-1]), float(weakest)

    def without(self, at: int) -> Tree:
        """The tree without one of its links."""
        kept = np.arange(len(self.bits)) != at
        return Tree(self.n, self.left[kept], self.right[kept], self.bits[kept])

    def component(self, a: int) -> Mask:
        """Which members hang together with one of them, bool (n,)."""
        return np.array([bool(self.path(a, b)[0]) for b in range(self.n)], dtype=bool)

    @cached_property
    def _beside(self) -> list[list[tuple[int, float]]]:
        """Of each member, those it is linked to, with the bits."""
        beside: list[list[tuple[int, float]]] = [[] for _ in range(self.n)]
        links = zip(self.left.tolist(), self.right.tolist(), self.bits.tolist(), strict=True)
        for one, other, bits in links:
            beside[one].append((other, bits))
            beside[other].append((one, bits))
        return beside


def strongest_tree(n: int, left: Int64s, right: Int64s, bits: Float64s) -> Tree:
    """The spanning tree of greatest weight, by taking links from the strongest on (Kruskal 1956). Of equal
    links the first is taken.
    """
    group, taken = np.arange(n), []
    for at in np.argsort(-bits, kind="stable").tolist():
        one, other = group[left[at]], group[right[at]]
        if one != other:
            group[group == other] = one
            taken.append(at)
    kept = np.array(taken, dtype=np.int64)
    return Tree(n, left[kept], right[kept], bits[kept])
