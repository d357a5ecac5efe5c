"""What each person adds to every measure: counts that sum over people, to the whole and to any group.

Pairs are of linkable referrals. A pair of one person's referrals is that person's; a link of two people is
half one's and half the other's, so that groups of people sum to the whole. A cluster's one person in the
headline count is shared out over its referrals, and so is each draw's in the estimate.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nrm_linkage.tables import Float64s, Int64s, Mask, Partition

__all__ = [
    "COUNTS",
    "DENOMINATORS",
    "EXPECTED",
    "MEASURES",
    "Grouped",
    "Linked",
    "measured",
    "tally",
    "with_expected",
]

COUNTS = (
    "n_people",
    "n_referrals",
    "true_pairs",
    "linked_pairs",
    "right_pairs",
    "bcubed_precision_sum",
    "bcubed_recall_sum",
    "whole_clusters",
    "true_repeat_people",
    "repeat_people_in_clusters",
    "repeat_people_estimate",
    "pairs_of_all",
    "compared_true_pairs",
    "expected_true_pairs",
    "expected_right_pairs",
)
"""The columns of a tally, in order."""

_AT = {name: number for number, name in enumerate(COUNTS)}

DENOMINATORS = {
    "precision": _AT["linked_pairs"],
    "recall": _AT["true_pairs"],
    "f1": _AT["linked_pairs"],
    "bcubed_precision": _AT["n_referrals"],
    "bcubed_recall": _AT["n_referrals"],
    "bcubed_f1": _AT["n_referrals"],
    "cluster_exact": _AT["true_repeat_people"],
    "recall_of_all": _AT["pairs_of_all"],
    "pair_completeness": _AT["true_pairs"],
}
"""Shares of what was observed, and the column that each is over (f1: the one that is there when it is 1)."""

EXPECTED = ("expected_precision", "expected_recall")
"""Shares that the model expects of its own clusters."""

MEASURES = (*DENOMINATORS, *EXPECTED, "count_error_in_clusters", "count_error_of_estimate")
"""All shares, and the two errors in the headline count, which are differences in people."""


@dataclass(frozen=True, eq=False)
class Grouped:
    """A grouping of people. `group`: int64 (n_people,), codes into `labels`."""

    group: Int64s
    labels: tuple[str, ...]

    def __repr__(self) -> str:
        return f"Grouped({len(self.group)} people, {len(self.labels)} groups)"


@dataclass(frozen=True, eq=False, repr=False)
class Linked:
    """Pairs of `.links` by the people that they join: int64 (k,), int64 (k,); their same-person probability,
    float64 (k,); whether one cluster holds them, bool (k,).
    """

    left: Int64s
    right: Int64s
    probability: Float64s
    linked: Mask


def tally(
    all_person: Int64s,
    cluster: Int64s,
    linkable: Mask,
    n_people: int,
    compared: tuple[Int64s, Int64s] | None = None,
) -> Float64s:
    """What each person adds to every count: float64 (n_people, len(COUNTS)).

    `all_person`: int64 (n,), from 0 to below `n_people`; `cluster`: int64 (n,), any codes from 0 up;
    `linkable`: bool (n,). `compared`: the people of the left and the right row of each candidate pair;
    without them `compared_true_pairs` is 0. The estimate is 0 until `with_expected`.
    """
    person, cluster = all_person[linkable], cluster[linkable]
    in_person = np.bincount(person, minlength=n_people)
    in_cluster = np.bincount(cluster, minlength=1)
    width = np.int64(len(in_cluster))
    both, count = np.unique(person * width + cluster, return_counts=True)
    of_person, of_cluster = np.divmod(both, width)
    of_all, size = in_person[of_person], in_cluster[of_cluster]

    def summed(value: npt.NDArray[np.floating]) -> Float64s:
        return np.bincount(of_person, weights=value, minlength=n_people).astype(np.float64)

    right = count * (count - 1) / 2
    result = np.zeros((n_people, len(COUNTS)))
    columns: dict[str, npt.NDArray[np.number]] = {
        "n_people": (in_person > 0).astype(float),
        "n_referrals": in_person,
        "true_pairs": _pairs(in_person),
        "linked_pairs": summed(right + count * (size - count) / 2),
        "right_pairs": summed(right),
        "bcubed_precision_sum": summed(count * count / size),
        "bcubed_recall_sum": summed(count * count / of_all),
        "whole_clusters": summed(((count == of_all) & (count == size) & (count > 1)).astype(float)),
        "true_repeat_people": (in_person > 1).astype(float),
        "repeat_people_in_clusters": summed((size > 1) * count / size),
        "pairs_of_all": _pairs(np.bincount(all_person, minlength=n_people)),
    }
    if compared is not None:
        left, right = compared
        columns["compared_true_pairs"] = np.bincount(left[left == right], minlength=n_people)
    for name, value in columns.items():
        result[:, _AT[name]] = value
    return result


def with_expected(
    tallied: Float64s, person: Int64s, partition: Partition, links: Linked, groupings: list[Grouped]
) -> tuple[Float64s, list[Float64s]]:
    """The tally with what the model expects, and the headline count of each draw in every grouping, float64
    (n_draws, n_groups).

    Expected are the number of people with two or more referrals and of true pairs (means over the partition's
    draws; each draw's are shared out over the referrals that it puts together) and of right pairs
    (same-person probabilities of linked pairs, half to each of the two people). What no rule compared is in
    the draws as far as it was estimated.
    """
    n_draws = len(partition.draws)
    of_draws = [np.zeros((n_draws, len(each.labels))) for each in groupings]
    people, pairs = np.zeros(len(partition.uncertain)), np.zeros(len(partition.uncertain))
    of_row = person[partition.uncertain]
    for draw, label in enumerate(partition.draws):
        size = np.bincount(label, minlength=1)[label]
        part = np.where(size > 1, 1 / np.maximum(size, 1), 0.0)
        people += part
        pairs += (size - 1) / 2
        for totals, each in zip(of_draws, groupings, strict=True):
            totals[draw] = np.bincount(each.group[of_row], weights=part, minlength=len(each.labels))
    result = tallied.copy()
    for name, of_rows in (("repeat_people_estimate", people), ("expected_true_pairs", pairs)):
        mean = of_rows / max(n_draws, 1)
        result[:, _AT[name]] = np.bincount(of_row, weights=mean, minlength=len(tallied))
    right = np.where(links.linked, links.probability, 0.0) / 2
    for side in (links.left, links.right):
        result[:, _AT["expected_right_pairs"]] += np.bincount(side, weights=right, minlength=len(tallied))
    return result, [totals.round(6) for totals in of_draws]


def measured(totals: Float64s) -> dict[str, Float64s]:
    """Every measure from totals of the counts, float64 (..., len(COUNTS)); NaN where there is nothing to
    divide by.
    """

    def of(name: str) -> Float64s:
        column: Float64s = totals[..., _AT[name]]
        return column

    b_precision = _ratio(of("bcubed_precision_sum"), of("n_referrals"))
    b_recall = _ratio(of("bcubed_recall_sum"), of("n_referrals"))
    return {
        "precision": _ratio(of("right_pairs"), of("linked_pairs")),
        "recall": _ratio(of("right_pairs"), of("true_pairs")),
        "f1": _ratio(2 * of("right_pairs"), of("true_pairs") + of("linked_pairs")),
        "bcubed_precision": b_precision,
        "bcubed_recall": b_recall,
        "bcubed_f1": _ratio(2 * b_precision * b_recall, b_precision + b_recall),
        "cluster_exact": _ratio(of("whole_clusters"), of("true_repeat_people")),
        "recall_of_all": _ratio(of("right_pairs"), of("pairs_of_all")),
        "pair_completeness": _ratio(of("compared_true_pairs"), of("true_pairs")),
        "expected_precision": _ratio(of("expected_right_pairs"), of("linked_pairs")),
        "expected_recall": _ratio(of("expected_right_pairs"), of("expected_true_pairs")),
        "count_error_in_clusters": of("repeat_people_in_clusters") - of("true_repeat_people"),
        "count_error_of_estimate": of("repeat_people_estimate") - of("true_repeat_people"),
    }


def _ratio(part: Float64s, whole: Float64s) -> Float64s:
    result = np.full(np.shape(whole), np.nan)
    np.divide(part, whole, out=result, where=np.asarray(whole > 0))
    return result


def _pairs(sizes: npt.NDArray[np.integer]) -> Float64s:
    return np.asarray(sizes * (sizes - 1) / 2)
