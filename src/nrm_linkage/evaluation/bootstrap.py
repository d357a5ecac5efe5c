"""Intervals by resampling people: whom a cluster or a link holds together is drawn together.

A draw takes as many units as there are, with replacement; a unit is one person, or several people whom the
linkage put into one cluster or showed as a link (those tied through others included). Every measure here is
made of totals over units, so a draw is a weight for each unit, and a pair weighs what its unit weighs: how
often the unit was drawn. Units, because a false link belongs to two people. With a weight for each person
alone, the product of the two weights gives the number of false links three times its sampling variance, their
mean half of it; as one unit it has exactly that of a binomial count. Missed links are within one person, and
so in one unit, always.

What the interval covers: other people of the same kind, linked in the same way. Not another model: the
linkage is not run again for each draw, and its own parameters stay as they were estimated.

A measure that no draw can move (nothing went wrong, or everything) gets the exact binomial bound instead of
an interval without width: of n units all right, the share may be as low as p, where p^n = (1 - interval) / 2.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from nrm_linkage.tables import Float64s, Int64s

__all__ = ["Resampling", "interval_of_replicates", "interval_of_share", "resampled", "tied_people"]

BATCH_WEIGHTS = 4_000_000
"""Weights held at a time; bounds memory, changes no result."""


@dataclass(frozen=True)
class Resampling:
    """How intervals are made: draws, their seed, and the coverage of the interval."""

    draws: int
    seed: int
    interval: float


def tied_people(n_people: int, left: Int64s, right: Int64s) -> Int64s:
    """The unit of each person, int64 (n_people,), numbered from 0: people tied by the given pairs of people
    are of one unit."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    if not n_people:
        return np.zeros(0, dtype=np.int64)
    ties = coo_array((np.ones(len(left), dtype=np.int8), (left, right)), shape=(n_people, n_people))
    _, unit = connected_components(ties.tocsr(), directed=False)
    return np.asarray(unit, dtype=np.int64)


def resampled(totals: Any, how: Resampling) -> Float64s:
    """Totals of bootstrap draws, float64 (draws, n_columns).

    `totals`: float64 (n_units, n_columns), dense or a scipy sparse array. The same seed gives the same draws
    of units whatever the columns are.
    """
    from scipy.sparse import csr_array

    n_units, n_columns = totals.shape
    result = np.zeros((how.draws, n_columns))
    if not n_units:
        return result
    # A sparse product adds in one order; a dense one in an order that hangs on threads and on the batch.
    columns = csr_array(totals).T.tocsr()
    random = np.random.default_rng(how.seed)
    batch = max(1, BATCH_WEIGHTS // n_units)
    for at in range(0, how.draws, batch):
        size = min(batch, how.draws - at)
        weights = np.empty((size, n_units))
        for row in weights:
            row[:] = np.bincount(random.integers(0, n_units, n_units), minlength=n_units)
        result[at : at + size] = (columns @ weights.T).T
    return result


def interval_of_replicates(replicates: Float64s, interval: float) -> tuple[float, float]:
    """Percentile interval over the draws in which the measure is defined; NaN where there is none."""
    defined = replicates[np.isfinite(replicates)]
    if not len(defined):
        return float("nan"), float("nan")
    tail = (1 - interval) / 2
    low, high = np.quantile(defined, [tail, 1 - tail])
    return float(low), float(high)


def interval_of_share(
    share: float, replicates: Float64s, n_units: int, interval: float
) -> tuple[float, float]:
    """Percentile interval of a share; the exact binomial bound where the share is 0 or 1 in every draw.

    `n_units`: units that the share is over, those with something in its denominator.

    >>> low, high = interval_of_share(1.0, np.ones(200), n_units=100, interval=0.95)
    >>> round(low, 3), high
    (0.964, 1.0)
    """
    low, high = interval_of_replicates(replicates, interval)
    if low == high and share in (0.0, 1.0) and n_units:
        room = 1 - ((1 - interval) / 2) ** (1 / n_units)
        low, high = (1 - room, 1.0) if share == 1.0 else (0.0, room)
    return low, high
