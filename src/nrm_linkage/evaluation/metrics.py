"""A linkage against known people: pairs, B-cubed, whole clusters, and the headline count.

Referrals that are not linkable (nameless ones, Duty to Notify reports) are in no denominator; `recall_of_all`
alone counts the pairs that they would have made as missed. Pairwise precision, recall and F1 are
recordlinkage's own, from the counts of pairs that share a cluster, a person, or both; B-cubed averages over
referrals (Bagga and Baldwin 1998). Blocking's pair completeness is not here: a linkage does not keep its
candidate pairs.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Protocol

import numpy as np
import pandas as pd

from nrm_linkage.errors import InputError
from nrm_linkage.tables import Int64s, Mask

__all__ = ["Evaluation", "evaluate"]


class _HasReferrals(Protocol):
    @property
    def referrals(self) -> Any: ...

    @property
    def added(self) -> pd.DataFrame: ...


@dataclass(frozen=True)
class Evaluation:
    """Measures of one linkage, over its linkable referrals. Shares are of 1; NaN where there is nothing to
    divide by.

    `n_referrals`: linkable ones, beside `n_not_linkable`; `precision`, `recall`, `f1`: of pairs; `bcubed_*`:
    of referrals; `cluster_exact`: the share of people with two or more referrals whose cluster is exactly
    theirs; `true_repeat_people`, `repeat_people_in_clusters`: the headline count; `false_links`,
    `missed_links`: pairs; `recall_of_all`: of the pairs of all referrals.
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

    def to_dict(self) -> dict[str, Any]:
        """Plain values."""
        return asdict(self)

    def __str__(self) -> str:
        return (
            f"pairs P {self.precision:.3f} R {self.recall:.3f} F1 {self.f1:.3f}; "
            f"B-cubed F1 {self.bcubed_f1:.3f}; {self.repeat_people_in_clusters} of "
            f"{self.true_repeat_people} repeat people"
        )


def evaluate(linkage: _HasReferrals, truth: Any) -> Evaluation:
    """Compare a linkage with the true person of each referral.

    Parameters
    ----------
    linkage
        The result of `link_referrals`.
    truth
        One label a referral, in the order of the referrals that were linked: Series, array or list. None of
        them missing.

    Raises
    ------
    InputError
        `truth` is of another length, has missing labels, or is a Series whose index has the referrals' index
        in another order.
    """
    labels = truth if isinstance(truth, pd.Series) else pd.Series(list(truth), dtype=object)
    if len(labels) != len(linkage.added):
        raise InputError(
            f"truth has {len(labels)} labels for {len(linkage.added)} referrals; give one for each, "
            "in their order."
        )
    if labels.isna().any():
        raise InputError(
            "truth has missing labels; give every referral its person, also those with one referral."
        )
    if isinstance(truth, pd.Series) and isinstance(linkage.referrals, pd.DataFrame):
        own, given = linkage.referrals.index, truth.index
        if not own.equals(given) and len(own.difference(given)) == 0 and len(given.difference(own)) == 0:
            raise InputError(
                "truth has the referrals' index in another order: give "
                "truth.loc[linkage.referrals.index] where "
                "it goes by index, or truth.to_numpy() where it goes by position."
            )
    person = pd.factorize(labels)[0].astype(np.int64)
    cluster = pd.factorize(linkage.added["cluster_id"])[0].astype(np.int64)
    linkable = linkage.added["linkage_status"].ne("not linkable").to_numpy(dtype=bool)
    return _measured(person, cluster, linkable)


def _measured(all_person: Int64s, all_cluster: Int64s, linkable: Mask) -> Evaluation:
    import recordlinkage

    person, cluster = all_person[linkable], all_cluster[linkable]
    n = len(person)
    pairs_of_all = _pairs(np.bincount(all_person, minlength=1))
    in_person, in_cluster = np.bincount(person, minlength=1), np.bincount(cluster, minlength=1)
    both, member, count = np.unique(
        person * (cluster.max(initial=0) + 1) + cluster, return_inverse=True, return_counts=True
    )
    true_pairs, linked_pairs, right = _pairs(in_person), _pairs(in_cluster), _pairs(count)
    matrix = np.array(
        [
            [right, true_pairs - right],
            [linked_pairs - right, _pairs(np.array([n])) - true_pairs - linked_pairs + right],
        ]
    )
    precision = recordlinkage.precision(matrix) if linked_pairs else np.nan
    recall = recordlinkage.recall(matrix) if true_pairs else np.nan
    shared = count[member] if n else np.zeros(0)
    b_precision = float((shared / in_cluster[cluster]).mean()) if n else np.nan
    b_recall = float((shared / in_person[person]).mean()) if n else np.nan
    of_person, of_cluster = np.divmod(both, cluster.max(initial=0) + 1)
    whole = (
        (count == in_person[of_person]) & (count == in_cluster[of_cluster]) & (count > 1)
        if n
        else np.zeros(0, dtype=bool)
    )
    repeat_people = int((in_person > 1).sum())
    return Evaluation(
        n_referrals=n,
        true_pairs=true_pairs,
        linked_pairs=linked_pairs,
        false_links=linked_pairs - right,
        missed_links=true_pairs - right,
        precision=float(precision),
        recall=float(recall),
        f1=2 * right / (true_pairs + linked_pairs) if true_pairs + linked_pairs else np.nan,
        bcubed_precision=b_precision,
        bcubed_recall=b_recall,
        bcubed_f1=2 * b_precision * b_recall / (b_precision + b_recall) if n else np.nan,
        cluster_exact=float(whole.sum() / repeat_people) if repeat_people else np.nan,
        true_repeat_people=repeat_people,
        repeat_people_in_clusters=int((in_cluster > 1).sum()),
        n_not_linkable=len(all_person) - n,
        recall_of_all=right / pairs_of_all if pairs_of_all else np.nan,
    )


def _pairs(sizes: np.ndarray[tuple[int], np.dtype[np.int64]]) -> int:
    return int((sizes * (sizes - 1) // 2).sum())
