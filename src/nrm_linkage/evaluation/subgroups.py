"""The measures of every group of people, with intervals, from one set of draws for the groups and the
whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from nrm_linkage.evaluation.bootstrap import (
    Resampling,
    interval_of_replicates,
    interval_of_share,
    resampled,
)
from nrm_linkage.evaluation.tallies import COUNTS, DENOMINATORS, MEASURES, Grouped, measured
from nrm_linkage.tables import Float64s, Int64s, Mask

__all__ = ["FEW_PEOPLE", "Measured", "group_measures", "group_table"]

FEW_PEOPLE = 30
"""A group with fewer people of two or more referrals says so (chosen by us: at a recall of 0.93, thirty
people leave a standard error of 5 points)."""

_COUNTED = (
    *("n_people", "n_referrals", "true_pairs", "linked_pairs", "false_links", "missed_links"),
    *("true_repeat_people", "repeat_people_in_clusters", "repeat_people_estimate"),
)

_RATIOS = (
    ("recall_ratio", "recall", False),
    ("false_link_ratio", "precision", True),
    ("missed_link_ratio", "recall", True),
)
"""Name, measure, and whether it is what the measure lacks of 1 that is held against the whole's."""

Range = tuple[float, float]


@dataclass(frozen=True, eq=False, repr=False)
class Measured:
    """What is measured of the groups of one grouping.

    `counts`: float64 (n_groups, len(COUNTS)); `values`: measure -> float64 (n_groups,); `replicates`: measure
    -> float64 (n_draws, n_groups); `intervals`: measure -> a range for each group; `estimate_range`: the
    model's own range for the headline count, for each group; `how`: how the intervals were made.
    """

    labels: tuple[str, ...]
    counts: Float64s
    values: Mapping[str, Float64s]
    replicates: Mapping[str, Float64s]
    intervals: Mapping[str, list[Range]]
    estimate_range: list[Range]
    how: Resampling


def group_measures(
    tallied: Float64s, unit: Int64s, grouping: Grouped, posterior: Float64s, how: Resampling
) -> Measured:
    """Measures with intervals.

    `tallied`: float64 (n_people, len(COUNTS)); `unit`: int64 (n_people,), who is drawn together; `posterior`:
    float64 (n_posterior_draws, n_groups), the headline count in draws of the partition.
    """
    n_groups, n_counts = len(grouping.labels), len(COUNTS)
    totals = _by_unit(tallied, unit, grouping)
    counts = np.asarray(totals.sum(axis=0)).reshape(n_groups, n_counts)
    values = measured(counts)
    replicates = measured(resampled(totals, how).reshape(how.draws, n_groups, n_counts))
    n_with = (totals > 0).sum(axis=0).reshape(n_groups, n_counts)
    intervals = {
        name: [
            interval_of_share(
                float(values[name][at]), replicates[name][:, at], n_with[at, DENOMINATORS[name]], how.interval
            )
            if name in DENOMINATORS
            else interval_of_replicates(replicates[name][:, at], how.interval)
            for at in range(n_groups)
        ]
        for name in MEASURES
    }
    ranges = [interval_of_replicates(posterior[:, at], how.interval) for at in range(n_groups)]
    return Measured(grouping.labels, counts, values, replicates, intervals, ranges, how)


def group_table(by: str, groups: Measured, every: Measured) -> pd.DataFrame:
    """One row a group; columns as in `Evaluation`."""
    counts = dict(zip(COUNTS, groups.counts.T, strict=True))
    counts["false_links"] = counts["linked_pairs"] - counts["right_pairs"]
    counts["missed_links"] = counts["true_pairs"] - counts["right_pairs"]
    table: dict[str, object] = {"by": by, "group": list(groups.labels)}
    table |= {name: counts[name] for name in _COUNTED}
    table |= _bounds("repeat_people", groups.estimate_range)
    for name in MEASURES:
        table[name] = groups.values[name]
        table |= _bounds(name, groups.intervals[name])
    for name, of, short_of_1 in _RATIOS:
        point, drawn = (
            _over(of, short_of_1, mine, whole)
            for mine, whole in ((groups.values, every.values), (groups.replicates, every.replicates))
        )
        ranges = [interval_of_replicates(column, groups.how.interval) for column in drawn.T]
        for at in np.flatnonzero(_unmoved(groups.replicates[of])):
            # No draw moves the group's share, so the ratio's draws show the whole's variation alone.
            bounds = {of: np.array(groups.intervals[of][at])}
            low, high = sorted(_over(of, short_of_1, bounds, every.values).tolist())
            ranges[at] = low, high
        table[name] = point
        table |= _bounds(name, ranges)
    table["few_people"] = counts["true_repeat_people"] < FEW_PEOPLE
    return pd.DataFrame(table)


def _by_unit(tallied: Float64s, unit: Int64s, grouping: Grouped) -> Any:
    """Totals of each unit, group and count: sparse float64 (n_units, n_groups * len(COUNTS))."""
    from scipy.sparse import coo_array

    person, count = np.nonzero(tallied)
    column = grouping.group[person] * len(COUNTS) + count
    shape = (int(unit.max(initial=-1)) + 1, len(grouping.labels) * len(COUNTS))
    return coo_array((tallied[person, count], (unit[person], column)), shape=shape).tocsr()


def _bounds(name: str, ranges: list[Range]) -> dict[str, object]:
    return {f"{name}_low": [low for low, _ in ranges], f"{name}_high": [high for _, high in ranges]}


def _unmoved(replicates: Float64s) -> Mask:
    """The columns whose draws, where defined, are all 0 or all 1."""
    with_nan = np.nan_to_num(replicates, nan=0.0), np.nan_to_num(replicates, nan=1.0)
    some = np.isfinite(replicates).any(axis=0)
    return np.asarray(some & ((with_nan[0].max(axis=0) == 0) | (with_nan[1].min(axis=0) == 1)))


def _over(
    measure: str, short_of_1: bool, of_groups: Mapping[str, Float64s], of_whole: Mapping[str, Float64s]
) -> Float64s:
    """A measure, or what it lacks of 1, over that of the whole; NaN over nothing."""
    part, whole = of_groups[measure], of_whole[measure]
    if short_of_1:
        part, whole = 1 - part, 1 - whole
    whole = np.broadcast_to(whole, part.shape)
    result = np.full(part.shape, np.nan)
    np.divide(part, whole, out=result, where=whole > 0)
    return result
