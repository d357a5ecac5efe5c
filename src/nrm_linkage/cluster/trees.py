"""Means over trees: what sets of referrals weigh as one person's, many sets at once.

The evidence of a set is the mean, over all spanning trees of its members, of the product of the tree's links'
odds (`posterior` says why). Kirchhoff's theorem gives the sum, one member taken out at a time: its links are
summed, and each two members that it tied are tied the more. Nothing is subtracted, so that odds of any size
keep their digits. There are k^(k-2) trees (Cayley).

Sets are the last axis of every array, so that numpy goes through many of them at a time however few their
members are. What a set weighs does not hang, to the last bit, on the company in which it is weighed.
"""

from __future__ import annotations

import functools
import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nrm_linkage.tables import Float64s, Int64s, Mask

__all__ = ["EXPRESSIBLE_BITS", "Links", "subset_trees"]

EXPRESSIBLE_BITS = 400.0
"""Odds that are farther apart are added up as bits: a product of two would leave the range of a double."""

NUMBERS_AT_ONCE = 200_000
"""Links of sets that are gone through at a time: they stay in the processor's cache; changes no result."""

WIDTHS = (8, 16, 32)
"""Sets of up to so many members are weighed together, so that few large ones do not make room for all."""


@dataclass(frozen=True, eq=False)
class Links:
    """Links of p groups of k referrals as the sums want them. `values`: float64 (p, k, k), symmetric: odds
    against the strongest of the group, `top` (p,), in bits; or bits, where odds are not `expressible`, bool
    (p,). The diagonal is not used.
    """

    values: Float64s
    top: Float64s
    expressible: Mask

    @classmethod
    def of(cls, bits: Float64s) -> Links:
        """Of links in bits, (p, k, k)."""
        top, least = bits.max(axis=(1, 2), initial=0.0), bits.min(axis=(1, 2), initial=0.0)
        expressible = top - least <= EXPRESSIBLE_BITS
        top = np.where(expressible, top, 0.0)
        values = bits - top[:, None, None]
        if expressible.all():
            return cls(np.exp2(values, out=values), top, expressible)
        values[expressible] = np.exp2(values[expressible])
        return cls(values, top, expressible)

    def mixtures(self, group: Int64s, holds: Mask) -> Float64s:
        """log2 of the mean over trees of sets of two or more, (n,). `group`: int64 (n,), whose links;
        `holds`: bool (n, k), the set's members.
        """
        size = holds.sum(axis=1)
        result = np.empty(len(holds))
        for expressible in np.unique(self.expressible[group]).tolist():
            chosen = np.flatnonzero(self.expressible[group] == expressible)
            order = chosen[np.argsort(-size[chosen], kind="stable")]
            ends = len(order) - np.searchsorted(size[order][::-1], WIDTHS, side="right")
            for some in np.split(order, ends[::-1]):
                if len(some):
                    result[some] = self._sums(group[some], holds[some], size[some], expressible)
        result += (size - 1) * self.top[group] - (size - 2) * np.log2(size)
        return result

    def _sums(self, group: Int64s, holds: Mask, size: Int64s, expressible: bool) -> Float64s:
        """log2 of the sums over trees, but for `top`, of sets from the largest on."""
        n, k, width = *holds.shape, int(size[0])
        at, member = np.nonzero(holds)
        members = np.zeros((width, n), dtype=np.int64)
        members[np.arange(len(at)) - (np.cumsum(size) - size)[at], at] = member
        # How many sets have each member in turn.
        counts = np.searchsorted(-size, -np.arange(width), side="left").tolist()
        flat, step = self.values.reshape(-1), max(1, NUMBERS_AT_ONCE // width**2)
        result = np.empty(n)
        for start in range(0, n, step):
            some = slice(start, start + step)
            rows = members[:, some] + group[some] * k
            links = flat.take(rows[:, None] * k + members[None, :, some])
            held = [min(max(count - start, 0), step) for count in counts]
            result[some] = _sums(links, held, expressible=expressible)
        return result


def subset_trees(evidence: Float64s) -> Float64s:
    """log2 of the mean over all spanning trees of the product of their links' odds, of every subset, (c,
    2^k); 0 for single members. `evidence`: (c, k, k), symmetric, in bits; the diagonal is not used.
    """
    n, k = evidence.shape[:2]
    mixtures = np.zeros((n, 1 << k))
    (one, other), masks = _subsets(k, 2)
    mixtures[:, masks] = evidence[:, one, other]
    if k <= 2:
        return mixtures
    links = Links.of(evidence)
    for expressible in np.unique(links.expressible).tolist():
        chosen = np.flatnonzero(links.expressible == expressible)
        values = np.ascontiguousarray(links.values[chosen].reshape(len(chosen), k * k).T)
        for size in range(3, k + 1):
            members, masks = _subsets(k, size)
            places = members[:, None] * k + members[None, :]
            trees = _sums_of_subsets(values, places, expressible=expressible)
            trees += (size - 1) * links.top[chosen] - (size - 2) * math.log2(size)
            mixtures[chosen[:, None], masks] = trees.T
    return mixtures


@functools.cache
def _subsets(k: int, size: int) -> tuple[Int64s, Int64s]:
    """All subsets of a size: their members, (size, s), and their masks, (s,)."""
    members = np.array(list(itertools.combinations(range(k), size)), dtype=np.int64).reshape(-1, size).T
    return members, (1 << members).sum(axis=0)


def _sums_of_subsets(values: Float64s, places: Int64s, *, expressible: bool) -> Float64s:
    """log2 of the sums over trees of subsets of one size, (s, c). `values`: (k * k, c); `places`: (size,
    size, s), where the links of each subset stand.
    """
    size, n_subsets, n = len(places), places.shape[2], values.shape[1]
    result = np.empty((n_subsets, n))
    # All components and some subsets, or one subset and some components.
    wide = max(1, NUMBERS_AT_ONCE // size**2)
    deep = max(1, wide // n)
    for at in range(0, n, wide):
        own = values[:, at : at + wide]
        for start in range(0, n_subsets, deep):
            links = own[places[..., start : start + deep]]
            sums = _sums(links.reshape(size, size, -1), [links[0, 0].size] * size, expressible=expressible)
            result[start : start + deep, at : at + wide] = sums.reshape(links.shape[2:])
    return result


def _sums(links: Float64s, held: Sequence[int], *, expressible: bool) -> Float64s:
    """log2 of the sum over trees, (n,). `links`: (w, w, n), odds or bits, and used up; `held`: how many sets,
    the first ones, have each member in turn.
    """
    if links.shape[2] == 1:
        # numpy adds up a single column in another order than several.
        return _sums(
            np.repeat(links, 2, axis=2), [2 * (count > 0) for count in held], expressible=expressible
        )[:1]
    total = np.zeros(links.shape[2])
    for last in range(len(links) - 1, 0, -1):
        n = held[last]
        ties = links[last, :last, :n]
        if expressible:
            joined = np.add.reduce(links[last, :last, : max(n, 2)], axis=0)[:n]
            total[:n] += np.log2(joined)
        else:
            joined = np.logaddexp2.reduce(ties, axis=0)
            total[:n] += joined
        if last == 1:
            break
        rest = links[:last, :last, :n]
        if expressible:
            rest += ties[:, None] * (ties / joined)
        else:
            np.logaddexp2(rest, ties[:, None] + (ties - joined), out=rest)
    return total
