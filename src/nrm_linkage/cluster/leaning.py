"""What draws know that links do not: how repeats of one person are assessed.

Of one person's repeats two in five may be about one instance; of strangers who are taken for one, fewer
(`instances`). No link hangs on that, by intention: it would join referrals about one instance, and part those
of a return to danger. But a count that leaves such repeats out has to expect the right number of them among
pairs in doubt. So draws, from which counts are made, lean: a partition is drawn as much more often as its
repeats, each against the referral before it, are assessed more often among sure pairs than among strangers.
By Bayes' rule as many pairs are joined as before, where both shares are right; which ones differs. Clusters,
confidences and same-person probabilities stay as they are.

In this order: shares of assessments are counted among sure pairs and among low ones, of children, of adults
and of all others apart, each starting from those of all ages; each pair of a component gets log2 of their
ratio; of a cluster the pairs that follow one another by day of referral are summed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nrm_linkage.instances import ASSESSMENTS, assess
from nrm_linkage.model.hidden import HIDDEN_BITS
from nrm_linkage.model.strata import AGE_PAIRS, age_pair
from nrm_linkage.tables import Float64s, Int8s, Int64s, Referrals, ScoredPairs
from nrm_linkage.threads import in_threads, slices

__all__ = ["LIKENESS_STRENGTH_PAIRS", "Leaning", "assessed", "leaning_of", "partitions_lean", "subsets_lean"]

AT_A_TIME = 1 << 15
"""Pairs that are assessed at a time; bounds memory, changes no result."""

LEARNED_FROM = 50_000
"""Pairs, sure or low, whose assessments are counted at most: every so manieth of them, in canonical order
(chosen by us).
"""

SURE_BITS = 4.0
"""Match weight from which pairs are taken as one person's: odds of 16 to 1 (chosen by us)."""

LIKENESS_STRENGTH_PAIRS = 20.0
"""Pairs that the shares of all pairs, sure and low, are worth before either speaks, and those of all ages
before any age does (chosen by us).
"""


@dataclass(frozen=True, repr=False, eq=False)
class Leaning:
    """`bits`: float64 (p,), of the pairs within components, were one the repeat after the other; `turn`:
    int64 (n,), the place of each row by day of referral.
    """

    bits: Float64s
    turn: Int64s

    @classmethod
    def none(cls, n_rows: int, n_pairs: int) -> Leaning:
        """No assessment is likelier of one person than of strangers."""
        return cls(np.zeros(n_pairs), np.arange(n_rows))


def assessed(rows: Referrals, pairs: ScoredPairs, at: Int64s) -> Int8s:
    """The assessments of some pairs as if each were a repeat, places in `ASSESSMENTS`."""
    result = np.zeros(len(at), dtype=np.int8)

    def fill(here: slice) -> None:
        left, right = pairs.left[at[here]].astype(np.int64), pairs.right[at[here]].astype(np.int64)
        turned = rows.referred[left] > rows.referred[right]
        found = assess(rows, np.where(turned, right, left), np.where(turned, left, right)).assessment
        for code, kind in enumerate(ASSESSMENTS):
            result[here][found == kind] = code

    in_threads(fill, slices(len(at), AT_A_TIME))
    return result


def leaning_of(rows: Referrals, pairs: ScoredPairs, within: ScoredPairs) -> Leaning:
    """What draws lean on. `pairs`: the candidates from `FAINT_BITS` on; `within`: all pairs within
    components.
    """
    sure, low = (
        _counted(rows, pairs, _some(np.flatnonzero(here)))
        for here in (pairs.weight_bits >= SURE_BITS, pairs.weight_bits < HIDDEN_BITS)
    )
    either = (sure + low).sum(axis=0) + 1.0
    of_sure, of_low = (_shares(of, either / either.sum()) for of in (sure, low))
    every = np.arange(len(within.left))
    kind = age_pair(rows.age_group, within.left, within.right), assessed(rows, within, every)
    bits = np.log2(of_sure / of_low)[kind]
    order = np.lexsort((np.arange(rows.n), rows.referred))
    turn = np.empty(rows.n, dtype=np.int64)
    turn[order] = np.arange(rows.n)
    return Leaning(bits, turn)


def _counted(rows: Referrals, pairs: ScoredPairs, at: Int64s) -> Float64s:
    """How many of some pairs there are of each age and assessment, (AGE_PAIRS, n_assessments)."""
    ages = age_pair(rows.age_group, pairs.left[at], pairs.right[at])
    cell = ages * len(ASSESSMENTS) + assessed(rows, pairs, at)
    count = np.bincount(cell, minlength=AGE_PAIRS * len(ASSESSMENTS))
    return count.reshape(AGE_PAIRS, len(ASSESSMENTS)).astype(np.float64)


def _shares(count: Float64s, believed: Float64s) -> Float64s:
    """The shares of each age, which start from those of all ages, and those from what is believed."""
    for start in (count.sum(axis=0, keepdims=True), count):
        held = start + LIKENESS_STRENGTH_PAIRS * believed
        believed = held / held.sum(axis=1, keepdims=True)
    return believed


def _some(at: Int64s) -> Int64s:
    """Evenly, as many of some places as are learned from."""
    return at[:: max(1, -(-len(at) // LEARNED_FROM))]


def subsets_lean(bits: Float64s, turn: Int64s) -> Float64s:
    """How far each subset leans, were it one person's referrals, (c, 2^k). `bits`: (c, k, k), symmetric;
    `turn`: (c, k).
    """
    c, k = turn.shape
    order = np.argsort(turn, axis=1)
    by_day = np.take_along_axis(np.take_along_axis(bits, order[:, :, None], 1), order[:, None, :], 2)
    lean, place = np.zeros((c, 1 << k)), np.zeros((c, 1 << k), dtype=np.int64)
    for member in range(k):
        low = 1 << member
        before = np.arange(low)
        last = np.frexp(before.astype(np.float64))[1] - 1
        step = np.where(before > 0, by_day[:, last, member], 0.0)
        lean[:, low : 2 * low] = lean[:, :low] + step
        nth = np.argsort(order, axis=1)[:, member]
        place[:, low : 2 * low] = place[:, :low] | (1 << nth)[:, None]
    return np.take_along_axis(lean, place, axis=1)


def partitions_lean(bits: Float64s, turn: Int64s, labels: npt.NDArray[np.integer]) -> Float64s:
    """How far each partition leans, (n,). `bits`: (k, k), symmetric; `turn`: (k,); `labels`: (n, k), for each
    member the smallest of its cluster.
    """
    n, k = labels.shape
    everyone, lean = np.arange(n), np.zeros(n)
    last = np.full((n, k), -1, dtype=np.int64)
    for member in np.argsort(turn).tolist():
        before = last[everyone, labels[:, member]]
        lean += np.where(before >= 0, bits[before, member], 0.0)
        last[everyone, labels[:, member]] = member
    return lean
