"""Linkage quality by group where the person of each referral is known: what the model expects, beside what
is true of it.

Four kinds of columns are added to the table of quality.py. Links: true pairs, false and missed links,
measured precision and recall, and each group's share of false and of missed links to the whole's
(evaluation/by_group.py says in which group a person and a pair are). Calibration: of the links that were
judged, how many the model said were of one person and how many are. Counts: people with two or more
referrals, true, in clusters and estimated. Coverage: whether the model's range of that count holds the truth.

Counts are those of `repeat_referrals`, run a second time on the true partition: a person is in the group of
the latest of the referrals that a partition gives them, so a count can also be wrong because a group is. They
are of all linkable referrals: one without a date counts too, and comes first.

`beyond` goes by what was measured. Intervals are of other people of the same kind (evaluation/bootstrap.py);
a group is listed by its point, with its numbers and the interval beside it, so that nothing is hidden by
being few. One range that holds or misses the truth says little; benchmarks/coverage.py repeats it over many
populations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from nrm_linkage.evaluation.bootstrap import Resampling
from nrm_linkage.evaluation.by_group import measures_by_group
from nrm_linkage.evaluation.truth import EvaluatedLinkage, people_of, true_partition
from nrm_linkage.report.quality import BEYOND, QUALITY_COLUMNS, beyond_why, grouped
from nrm_linkage.report.repeats import CountedRows, repeat_referrals
from nrm_linkage.tables import Int64s, Partition

__all__ = ["with_truth"]

HOW = Resampling(draws=200, seed=0, interval=0.95)
"""Intervals as `evaluate` makes them by default."""

RANGE_INTERVAL = 0.9
"""Probability of the model's range, that of `repeat_referrals` by default."""

_LINKS = {
    **{name: name for name in ("true_pairs", "linked_pairs")},
    **{f"measured_{name}": name for name in ("false_links", "missed_links")},
    **{
        f"measured_{name}{bound}": f"{name}{bound}"
        for name in ("precision", "recall", "false_link_ratio", "missed_link_ratio")
        for bound in ("", "_low", "_high")
    },
}
_CALIBRATION = ("links_judged", "mean_said", "share_true", "calibration_error", "calibration_error_by_chance")
_COUNTS = (
    *("repeat_people_true", "repeat_people_in_clusters", "repeat_people_estimate"),
    *("repeat_people_low", "repeat_people_high", "bias_of_clusters", "bias_of_estimate", "range_holds_truth"),
)


def with_truth(
    table: pd.DataFrame, linkage: EvaluatedLinkage, rows: CountedRows, truth: Any, by: str | Sequence[str]
) -> pd.DataFrame:
    """The table of `quality` with the columns that need the truth; they are in `Linkage.quality`.

    Raises
    ------
    InputError
        `truth` does not fit the referrals, or a grouping column has the name of a column of the table.
    """
    code, labels = grouped(rows.groups, by, (*QUALITY_COLUMNS, *_LINKS, *_CALIBRATION, *_COUNTS))
    known = np.asarray((labels != "unknown").all(axis=1), dtype=bool)
    person = people_of(linkage, truth)
    measures = measures_by_group(linkage, person, code, known, HOW)
    true = true_partition(linkage.run.referrals, person)
    counts = _counts(rows, linkage.run.partition, true, code, len(known))
    added = pd.concat(
        [
            pd.DataFrame({name: measures[source] for name, source in _LINKS.items()}),
            measures[list(_CALIBRATION)],
            counts,
        ],
        axis=1,
    )
    added = added.iloc[-len(table) :].reset_index(drop=True)
    why = beyond_why(
        {name: added[f"measured_{column}_ratio"] for name, (column, _) in _JUDGED.items()},
        {name: _details(added, column, of) for name, (column, of) in _JUDGED.items()},
    )
    ends = ["beyond", "beyond_why", "small"]
    last = table[ends].assign(beyond=why != "", beyond_why=why)
    result = pd.concat([table.drop(columns=ends), added, last], axis=1)
    result.attrs = table.attrs | {
        "beyond": f"measured share of false or missed links more than {BEYOND} times the whole's",
        "with_truth": (
            "Measured on the people given. Intervals (95%) cover other people of the same kind, and no other "
            "model. Ranges of repeat people (90%) are the model's, and cover linkage under it alone."
        ),
    }
    return result


_JUDGED = {"false links": ("false_link", "linked_pairs"), "missed links": ("missed_link", "true_pairs")}


def _details(table: pd.DataFrame, column: str, of: str) -> list[str]:
    """How many of how many, and the interval of the ratio, for each group."""
    parts = (f"measured_{column}s", of, f"measured_{column}_ratio_low", f"measured_{column}_ratio_high")
    return [
        f"{part:g} of {whole:g}; 95% {low:.2f} to {high:.2f}"
        for part, whole, low, high in zip(*(table[name] for name in parts), strict=True)
    ]


def _counts(
    rows: CountedRows, published: Partition, true: Partition, code: Int64s, n_groups: int
) -> pd.DataFrame:
    """People with two or more referrals, by group and in all: one row a group in the order of its codes."""
    of_model, of_truth = (_people(rows, partition, code, n_groups) for partition in (published, true))
    right, estimate = of_truth["n_in_clusters"], of_model["estimate"]
    in_clusters, low, high = of_model["n_in_clusters"], of_model["low"], of_model["high"]
    some = right.where(right > 0)
    columns: Sequence[pd.Series] = (
        *(right, in_clusters, estimate, low, high),
        *(in_clusters / some - 1, estimate / some - 1, (low <= right) & (right <= high)),
    )
    return pd.DataFrame(dict(zip(_COUNTS, columns, strict=True)))


def _people(rows: CountedRows, partition: Partition, code: Int64s, n_groups: int) -> pd.DataFrame:
    """The counts of `repeat_referrals`, whose groups keep the order of their codes."""
    if not rows.counts.any():
        columns = ["estimate", "low", "high", "n_in_clusters"]
        return pd.DataFrame(0.0, index=range(n_groups + 1), columns=columns)
    width = len(str(int(code.max())))
    groups = {"group": np.array([str(each).zfill(width) for each in code.tolist()], dtype=object)}
    earliest = min(rows.referred[~np.isnat(rows.referred)], default=np.datetime64("1970-01-01", "D"))
    of_all = replace(
        rows,
        referred=np.where(np.isnat(rows.referred), earliest, rows.referred),
        groups=groups,
        assess=lambda previous, current: np.full(len(current), "", dtype=object),
    )
    table = repeat_referrals(of_all, partition, by=("group",), interval=RANGE_INTERVAL)
    return table[table["counting"] == "all"].reset_index(drop=True)
