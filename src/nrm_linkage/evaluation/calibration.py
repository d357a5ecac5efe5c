"""Whether probabilities are what they say: of what is given 0.8, is 0.8 true?

A reliability table by bins, the expected calibration error, and the Brier and log scores beside those of a
constant that knows only the share of true ones. A score says how good probabilities are altogether, sharp
ones included; the calibration error only whether they are honest.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from nrm_linkage.evaluation.bootstrap import Resampling, interval_of_share, resampled
from nrm_linkage.tables import Float64s, Int64s, Mask

__all__ = ["BINS", "Calibration", "SaidAndTrue", "calibration_of", "said_and_true"]

BINS = (0.0, 0.05, 0.2, 0.5, 0.8, 0.95, 0.99, 1.0)
"""Edges of the reliability table (chosen by us: finer where decisions are made and where most pairs are). A
bin holds its lower edge; the last holds both."""

FLOOR = 2.0**-20
"""Probabilities nearer than this to 0 or 1 enter the log score as this (chosen by us: the grid of match
weights); those that were wrong are counted."""


@dataclass(frozen=True, eq=False)
class Calibration:
    """How probabilities agree with the truth.

    table
        One row a bin: `from`, `to`, `n`, `mean_probability`, `share_true`, `low`, `high` (of `share_true`);
        empty bins included, with NaN.
    n
        Probabilities judged.
    expected_calibration_error
        Mean over them of the bin's |mean probability - share true|.
    error_by_chance
        What that would be on average if the probabilities were exactly right and outcomes independent: the
        part of the error that is only noise.
    brier, log_score_bits
        Mean squared error; mean surprise in bits. Lower is better.
    brier_of_constant, log_score_of_constant_bits
        The same of a constant probability, the share of true ones.
    n_certain_and_wrong
        Wrong ones within 2^-20 of certainty, which the log score holds at 20 bits each.
    """

    table: pd.DataFrame = field(repr=False)
    n: int
    share_true: float
    expected_calibration_error: float
    error_by_chance: float
    brier: float
    brier_of_constant: float
    log_score_bits: float
    log_score_of_constant_bits: float
    n_certain_and_wrong: int

    def to_dict(self) -> dict[str, Any]:
        """Plain values; the table as a list of rows."""
        plain = {name: getattr(self, name) for name in self.__dataclass_fields__ if name != "table"}
        return {**plain, "table": self.table.to_dict(orient="records")}


@dataclass(frozen=True)
class SaidAndTrue:
    """The calibration of a few probabilities in short; NaN where there are none.

    `mean_said`: their mean, above `share_true` where they say too much; `error`, `error_by_chance`: as
    `expected_calibration_error` and `error_by_chance` of `Calibration`.
    """

    n: int
    mean_said: float
    share_true: float
    error: float
    error_by_chance: float


def said_and_true(probability: Float64s, true: Mask, how: Resampling) -> SaidAndTrue:
    """Judge probabilities, float64 (k,), by what was true, bool (k,), in short and without intervals.

    >>> how = Resampling(draws=10, seed=0, interval=0.95)
    >>> found = said_and_true(np.array([0.9, 0.9, 0.1, 0.1]), np.array([True, False, False, False]), how)
    >>> found.mean_said, found.share_true, round(found.error, 3)
    (0.5, 0.25, 0.25)
    """
    bin_of, n = _bin_of(probability), len(probability)
    return SaidAndTrue(
        n=n,
        mean_said=float(probability.mean()) if n else float("nan"),
        share_true=float(true.mean()) if n else float("nan"),
        error=_error(bin_of, probability, true.astype(float), len(BINS) - 1),
        error_by_chance=_error_by_chance(bin_of, probability, len(BINS) - 1, how),
    )


def calibration_of(
    probability: Float64s, true: Mask, unit: Int64s, n_units: int, how: Resampling
) -> Calibration:
    """Judge probabilities, float64 (k,), by what was true, bool (k,). `unit`: int64 (k,), the unit of people
    that each belongs to, for the intervals.
    """
    edges = np.array(BINS)
    n_bins = len(edges) - 1
    bin_of = _bin_of(probability)
    n_in = np.bincount(bin_of, minlength=n_bins).astype(np.int64)
    n_true = np.bincount(bin_of, weights=true, minlength=n_bins)
    mean = _divided(np.bincount(bin_of, weights=probability, minlength=n_bins), n_in)
    low, high = _bounds(bin_of, true, unit, n_units, _divided(n_true, n_in), how)
    table = pd.DataFrame(
        {
            "from": edges[:-1],
            "to": edges[1:],
            "n": n_in,
            "mean_probability": mean,
            "share_true": _divided(n_true, n_in),
            "low": low,
            "high": high,
        }
    )
    n = len(probability)
    share = float(true.mean()) if n else float("nan")
    held = np.clip(probability, FLOOR, 1 - FLOOR)
    wrong = np.where(true, 1 - probability, probability)
    return Calibration(
        table=table,
        n=n,
        share_true=share,
        expected_calibration_error=_error(bin_of, probability, true.astype(float), n_bins),
        error_by_chance=_error_by_chance(bin_of, probability, n_bins, how),
        brier=float((wrong**2).mean()) if n else float("nan"),
        brier_of_constant=share * (1 - share),
        log_score_bits=float(-np.log2(np.where(true, held, 1 - held)).mean()) if n else float("nan"),
        log_score_of_constant_bits=_entropy_bits(share),
        n_certain_and_wrong=int((wrong > 1 - FLOOR).sum()),
    )


def _bin_of(probability: Float64s) -> Int64s:
    """The bin of each probability, int64 (k,)."""
    last = len(BINS) - 2
    return np.clip(np.searchsorted(np.array(BINS), probability, side="right") - 1, 0, last).astype(np.int64)


def _bounds(
    bin_of: Int64s, true: Mask, unit: Int64s, n_units: int, share: Float64s, how: Resampling
) -> tuple[list[float], list[float]]:
    n_bins = len(share)
    totals = np.zeros((n_units, 2 * n_bins))
    np.add.at(totals, (unit, bin_of), 1.0)
    np.add.at(totals, (unit, n_bins + bin_of), true.astype(float))
    drawn = resampled(totals, how)
    of_share = _divided(drawn[:, n_bins:], drawn[:, :n_bins])
    n_with = (totals[:, :n_bins] > 0).sum(axis=0)
    pairs = [
        interval_of_share(float(share[b]), of_share[:, b], int(n_with[b]), how.interval)
        for b in range(n_bins)
    ]
    return [low for low, _ in pairs], [high for _, high in pairs]


def _error(bin_of: Int64s, probability: Float64s, true: Float64s, n_bins: int) -> float:
    if not len(probability):
        return float("nan")
    gap = np.bincount(bin_of, weights=probability - true, minlength=n_bins)
    return float(np.abs(gap).sum() / len(probability))


def _error_by_chance(bin_of: Int64s, probability: Float64s, n_bins: int, how: Resampling) -> float:
    if not len(probability):
        return float("nan")
    random = np.random.default_rng([how.seed, 1])
    found = [
        _error(bin_of, probability, (random.random(len(probability)) < probability).astype(float), n_bins)
        for _ in range(how.draws)
    ]
    return float(np.mean(found))


def _entropy_bits(share: float) -> float:
    if np.isnan(share):
        return share
    parts = np.array([share, 1 - share])
    parts = parts[parts > 0]
    return float(-(parts * np.log2(parts)).sum())


def _divided(part: Float64s | Int64s, whole: Float64s | Int64s) -> Float64s:
    result = np.full(np.shape(whole), np.nan)
    np.divide(part, whole, out=result, where=np.asarray(whole > 0))
    return result
