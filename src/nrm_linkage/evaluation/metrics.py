"""A linkage against known people: pairs, B-cubed, whole clusters, the headline count, probabilities and
blocking.

What is counted: referrals that are linkable and repeat no other for technical reasons. Nameless rows and Duty
to Notify reports are in no denominator; `recall_of_all` alone counts the pairs that they would have made as
missed. Technical duplicates are found by what they hold, not by linkage, and are left out everywhere.
Pairwise precision, recall and F1 are recordlinkage's own, from the counts of pairs that share a cluster, a
person, or both; B-cubed averages over referrals (Bagga and Baldwin 1998). bootstrap.py says how intervals
come about, groups.py which group a person is in, tallies.py to whom a pair belongs, calibration.py how
probabilities are judged.

Not here: anything about a linkage whose people are not known.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np
import pandas as pd

from nrm_linkage.block import candidate_pairs
from nrm_linkage.errors import InputError
from nrm_linkage.evaluation.bootstrap import Resampling, tied_people
from nrm_linkage.evaluation.calibration import Calibration, calibration_of
from nrm_linkage.evaluation.groups import EvaluatedRun, grouped
from nrm_linkage.evaluation.subgroups import Measured, group_measures, group_table
from nrm_linkage.evaluation.tallies import (
    COUNTS,
    DENOMINATORS,
    EXPECTED,
    MEASURES,
    Grouped,
    tally,
    with_expected,
)
from nrm_linkage.evaluation.truth import EvaluatedLinkage, judged_links, people_of
from nrm_linkage.tables import CandidatePairs, Float64s, Int64s, Mask

__all__ = ["Evaluation", "evaluate"]

WHOLE_COUNTS = (
    "true_pairs",
    "linked_pairs",
    "right_pairs",
    "true_repeat_people",
    "repeat_people_in_clusters",
)


@dataclass(frozen=True, eq=False)
class Evaluation:
    """Measures of one linkage. Shares are of 1; NaN where there is nothing to divide by.

    n_referrals, n_not_linkable, n_technical_duplicates
        Referrals that are counted, and those that are not. `technical_duplicates_of_another`: duplicates that
        are in truth another person's than the referral that they were held to repeat.
    true_pairs, linked_pairs, false_links, missed_links
        Pairs of referrals.
    precision, recall, f1; bcubed_precision, bcubed_recall, bcubed_f1
        Of pairs; of referrals.
    cluster_exact
        The share of people with two or more referrals whose cluster is exactly theirs.
    true_repeat_people, repeat_people_in_clusters, repeat_people_estimate
        The headline count, people with two or more referrals: true, clusters, posterior mean.
        `repeat_people_range` is the model's own range, from its draws, at the same probability as
        `intervals`.
    expected_precision, expected_recall
        What the model expects of its own clusters, without the truth; to be held against `precision` and
        `recall`.
    recall_of_all
        Of the pairs of all referrals, those not linkable included.
    pair_completeness
        The share of true pairs that blocking brought together; `candidate_pairs` of
        `possible_pairs` were compared. `blocking`: one row a rule, `rule`, `pairs`, `true_pairs`,
        `pair_completeness`, `true_pairs_only_here`.
    intervals
        Measure -> (low, high): the shares above, `count_error_in_clusters` and `count_error_of_estimate`
        (people too many, or too few where negative).
    groups
        One row a grouping (`by`) and `group`; empty without `by=`. Counts and measures as above, with
        `<measure>_low` and `_high`; `recall_ratio`, `false_link_ratio` and `missed_link_ratio`: the group's
        recall, its share of links that are false, and of true pairs that are missed, over those of the whole,
        with their intervals; `few_people`: fewer than 30 people with two or more referrals, so that the
        figures say little.
    links_calibration, clusters_calibration
        Of `same_person_probability` over `.links` (pairs below the review floor are not judged), and of
        `confidence` over clusters of two or more.
    interval, draws, seed, n_units
        How intervals were made: `n_units` of people were resampled.
    """

    n_referrals: int
    true_pairs: int
    linked_pairs: int
    false_links: int
    missed_links: int
    precision: float
    recall: float
    f1: float
    bcubed_precision: float
    bcubed_recall: float
    bcubed_f1: float
    cluster_exact: float
    true_repeat_people: int
    repeat_people_in_clusters: int
    n_not_linkable: int
    recall_of_all: float
    n_technical_duplicates: int
    technical_duplicates_of_another: int
    repeat_people_estimate: float
    repeat_people_range: tuple[float, float]
    expected_precision: float
    expected_recall: float
    pair_completeness: float
    candidate_pairs: int
    possible_pairs: int
    intervals: Mapping[str, tuple[float, float]] = field(repr=False)
    groups: pd.DataFrame = field(repr=False)
    blocking: pd.DataFrame = field(repr=False)
    links_calibration: Calibration = field(repr=False)
    clusters_calibration: Calibration = field(repr=False)
    interval: float
    draws: int
    seed: int
    n_units: int

    def to_dict(self) -> dict[str, Any]:
        """Plain values; tables as lists of rows."""
        return {each.name: _plain(getattr(self, each.name)) for each in fields(self)}

    def __str__(self) -> str:
        return (
            f"pairs P {self.precision:.3f} R {self.recall:.3f} F1 {self.f1:.3f}; "
            f"B-cubed F1 {self.bcubed_f1:.3f}; {self.repeat_people_in_clusters} of "
            f"{self.true_repeat_people} repeat people"
        )


def evaluate(
    linkage: EvaluatedLinkage,
    truth: Any,
    *,
    by: str | Sequence[str] | None = None,
    draws: int = 200,
    seed: int = 0,
    interval: float = 0.95,
) -> Evaluation:
    """Compare a linkage with the true person of each referral.

    Intervals resample people, `draws` times. People whom a cluster or a row of `.links` holds together are
    drawn together, and a pair's weight is the number of times that its people were drawn: so a false link,
    which belongs to two people, has the sampling variance of one event. They cover other people of the same
    kind, not another model: the linkage is not run again. Where nothing (or everything) went wrong, the bound
    is the exact binomial one.

    A person is in the group that most of the person's referrals record (unknown gives way; the first referral
    by id decides a tie). A true pair belongs to its person's group, a false link half to each of its two
    people's, so groups sum to the whole.

    Parameters
    ----------
    linkage
        The result of `link_referrals`.
    truth
        One label a referral, in the order of the referrals that were linked: Series, array or list. None of
        them missing.
    by
        One grouping or several: "nationality_group" (a group of recorded nationalities whose names are
        written in like ways; it is what the nationality box says, and nobody's community), "nationality",
        "gender" and "age_group" as read, or any column of the input. The values of the column become labels
        of `.groups`.
    draws, seed
        Bootstrap draws, and the seed that makes them the same again.
    interval
        Coverage of the intervals.

    Raises
    ------
    InputError
        `truth` is of another length, has missing labels, or is a Series whose index has the referrals' index
        in another order; `by` names no column; an option is out of range.
    """
    names = [by] if isinstance(by, str) else list(by or ())
    how = _checked_options(names, draws, seed, interval)
    run, rows = linkage.run, linkage.run.referrals
    person = people_of(linkage, truth)
    n_people = int(person.max(initial=-1)) + 1
    counted = rows.duplicate_of == np.arange(rows.n)
    candidates = candidate_pairs(rows, run.config, found=run.found)
    compared = person[candidates.left], person[candidates.right]
    tallied = tally(
        person[counted], run.partition.cluster[counted], rows.linkable[counted], n_people, compared
    )
    whole = Grouped(np.zeros(n_people, dtype=np.int64), ("all",))
    groupings = [whole, *(grouped(run, person, counted, name) for name in names)]
    links = judged_links(linkage, person)
    tallied, of_draws = with_expected(tallied, person, run.partition, links, groupings)
    unit = tied_people(
        n_people,
        np.concatenate([links.left, person[run.partition.cluster]]),
        np.concatenate([links.right, person]),
    )
    every, *others = (
        group_measures(tallied, unit, each, posterior, how)
        for each, posterior in zip(groupings, of_draws, strict=True)
    )
    confidence, pure, whose = _clusters(run, person)
    n_units, n = int(unit.max(initial=-1)) + 1, int(rows.linkable.sum())
    return Evaluation(
        **_of_the_whole(every, n),
        n_referrals=n,
        n_not_linkable=int((~rows.linkable & counted).sum()),
        n_technical_duplicates=int((~counted).sum()),
        technical_duplicates_of_another=int((person != person[rows.duplicate_of]).sum()),
        candidate_pairs=len(candidates),
        possible_pairs=n * (n - 1) // 2,
        groups=_groups_table(names, others, every),
        blocking=_blocking_table(candidates, person, float(tallied[:, COUNTS.index("true_pairs")].sum())),
        links_calibration=calibration_of(
            links.probability, links.left == links.right, unit[links.left], n_units, how
        ),
        clusters_calibration=calibration_of(confidence, pure, unit[whose], n_units, how),
        interval=interval,
        draws=draws,
        seed=seed,
        n_units=n_units,
    )


def _checked_options(names: list[str], draws: int, seed: int, interval: float) -> Resampling:
    if len(set(names)) < len(names):
        raise InputError("by= names a column more than once.")
    if not _whole(draws) or draws < 1:
        raise InputError("draws must be a whole number of at least 1, for example 200.")
    if not _whole(seed) or seed < 0:
        raise InputError("seed must be a whole number of at least 0.")
    if not 0 < interval < 1:
        raise InputError("interval must be between 0 and 1, for example 0.95.")
    return Resampling(draws, seed, interval)


def _whole(value: object) -> bool:
    return isinstance(value, int | np.integer) and not isinstance(value, bool)


def _clusters(run: EvaluatedRun, person: Int64s) -> tuple[Float64s, Mask, Int64s]:
    """For clusters of two or more: confidence, whether all members are one person, and one member's
    person."""
    cluster = run.partition.cluster
    member = np.flatnonzero(np.bincount(cluster, minlength=len(cluster))[cluster] > 1)
    of = pd.DataFrame({"cluster": cluster[member], "person": person[member]}).groupby("cluster")["person"]
    least, greatest = (each.to_numpy(dtype=np.int64) for each in (of.min(), of.max()))
    return run.partition.confidence[np.unique(cluster[member])], least == greatest, least


def _of_the_whole(every: Measured, n: int) -> dict[str, Any]:
    """The fields of an evaluation that come from the counts of the whole."""
    import recordlinkage

    count = {name: round(float(every.counts[0, COUNTS.index(name)])) for name in WHOLE_COUNTS}
    true, linked, right = count["true_pairs"], count["linked_pairs"], count.pop("right_pairs")
    matrix = np.array([[right, true - right], [linked - right, n * (n - 1) // 2 - true - linked + right]])
    shares = {name: float(every.values[name][0]) for name in (*DENOMINATORS, *EXPECTED)}
    if linked:
        shares["precision"] = float(recordlinkage.precision(matrix))
    if true:
        shares["recall"] = float(recordlinkage.recall(matrix))
    return {
        **count,
        **shares,
        "false_links": linked - right,
        "missed_links": true - right,
        "repeat_people_estimate": float(every.counts[0, COUNTS.index("repeat_people_estimate")]),
        "repeat_people_range": every.estimate_range[0],
        "intervals": {name: every.intervals[name][0] for name in MEASURES},
    }


def _groups_table(names: list[str], others: list[Measured], every: Measured) -> pd.DataFrame:
    tables = [group_table(name, each, every) for name, each in zip(names, others, strict=True)]
    return pd.concat(tables, ignore_index=True) if tables else group_table("", every, every).iloc[:0]


def _blocking_table(candidates: CandidatePairs, person: Int64s, true_pairs: float) -> pd.DataFrame:
    found = candidates.found_by[person[candidates.left] == person[candidates.right]]
    by_rule = [
        (int((found >> number & 1).sum()), int((found == 1 << number).sum()))
        for number in range(len(candidates.rules))
    ]
    return pd.DataFrame(
        {
            "rule": list(candidates.rules),
            "pairs": [each.pairs for each in candidates.yields],
            "true_pairs": [true for true, _ in by_rule],
            "pair_completeness": [true / true_pairs if true_pairs else np.nan for true, _ in by_rule],
            "true_pairs_only_here": [only for _, only in by_rule],
        }
    )


def _plain(value: Any) -> Any:
    if isinstance(value, Calibration):
        return value.to_dict()
    if isinstance(value, pd.DataFrame):
        return value.to_dict(orient="records")
    if isinstance(value, Mapping):
        return {name: _plain(each) for name, each in value.items()}
    return list(value) if isinstance(value, tuple) else value
