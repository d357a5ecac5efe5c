"""Measures of a linkage against sets of pairs counted one by one, and against recordlinkage's own."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
import pytest
import recordlinkage
from hypothesis import given
from hypothesis import strategies as st

from nrm_linkage.errors import InputError
from nrm_linkage.evaluation import evaluate


@dataclass
class Linked:
    """What `evaluate` reads of a linkage."""

    referrals: Any
    added: pd.DataFrame


def linked(clusters: list[Any], linkable: list[bool] | None = None, index: Any = None) -> Linked:
    can = linkable or [True] * len(clusters)
    status = np.where(can, "single", "not linkable")
    added = pd.DataFrame({"cluster_id": pd.Series(clusters, dtype=object), "linkage_status": status})
    return Linked(pd.DataFrame(index=pd.RangeIndex(len(clusters)) if index is None else index), added)


ROWS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4), st.booleans()), max_size=12)


def pairs(labels: list[Any]) -> set[tuple[int, int]]:
    return {(a, b) for a, b in combinations(range(len(labels)), 2) if labels[a] == labels[b]}


def share(part: float, whole: float) -> float:
    return part / whole if whole else math.nan


@given(ROWS)
def test_every_measure_is_what_counting_one_by_one_gives(rows: list[tuple[int, int, bool]]) -> None:
    found = evaluate(
        linked([c for _, c, _ in rows], [can for *_, can in rows]), [f"p{p}" for p, _, _ in rows]
    )
    kept = [(p, c) for p, c, can in rows if can]
    person, cluster = [p for p, _ in kept], [c for _, c in kept]
    true, made = pairs(person), pairs(cluster)
    mates = [
        ({b for b, q in enumerate(person) if q == p}, {b for b, d in enumerate(cluster) if d == c})
        for p, c in kept
    ]
    precision = share(sum(len(p & c) / len(c) for p, c in mates), len(kept))
    recall = share(sum(len(p & c) / len(p) for p, c in mates), len(kept))
    repeat_people = {frozenset(p) for p, _ in mates if len(p) > 1}
    whole = repeat_people & {frozenset(c) for _, c in mates}
    expected = {
        "n_referrals": len(kept),
        "n_not_linkable": len(rows) - len(kept),
        "true_pairs": len(true),
        "linked_pairs": len(made),
        "false_links": len(made - true),
        "missed_links": len(true - made),
        "precision": share(len(true & made), len(made)),
        "recall": share(len(true & made), len(true)),
        "f1": share(2 * len(true & made), len(true) + len(made)),
        "bcubed_precision": precision,
        "bcubed_recall": recall,
        "bcubed_f1": share(2 * precision * recall, precision + recall) if kept else math.nan,
        "cluster_exact": share(len(whole), len(repeat_people)),
        "true_repeat_people": len(repeat_people),
        "repeat_people_in_clusters": len({c for c in cluster if cluster.count(c) > 1}),
        "recall_of_all": share(len(true & made), len(pairs([p for p, _, _ in rows]))),
    }
    assert found.to_dict() == pytest.approx(expected, nan_ok=True)


@given(ROWS.filter(lambda rows: len(rows) > 1))
def test_recordlinkage_agrees(rows: list[tuple[int, int, bool]]) -> None:
    person, cluster = [p for p, _, _ in rows], [c for _, c, _ in rows]
    found = evaluate(linked(cluster), person)
    true = pd.MultiIndex.from_tuples(sorted(pairs(person)), names=["a", "b"]) if pairs(person) else None
    made = pd.MultiIndex.from_tuples(sorted(pairs(cluster)), names=["a", "b"]) if pairs(cluster) else None
    if true is None or made is None:
        return
    matrix = recordlinkage.confusion_matrix(true, made, len(rows) * (len(rows) - 1) // 2)
    assert [[found.true_pairs - found.missed_links, found.missed_links]] == matrix[:1].tolist()
    assert found.false_links == matrix[1, 0]
    assert found.precision == pytest.approx(recordlinkage.precision(true, made))
    assert found.recall == pytest.approx(recordlinkage.recall(true, made))
    if found.precision + found.recall:
        assert found.f1 == pytest.approx(recordlinkage.fscore(true, made))


@given(ROWS, st.randoms(use_true_random=False))
def test_neither_the_order_of_rows_nor_the_names_of_labels_matter(rows: list[Any], chance: Any) -> None:
    mixed = chance.sample(rows, len(rows))
    first = evaluate(linked([c for _, c, _ in rows]), [p for p, _, _ in rows])
    other = evaluate(linked([f"c{c}" for _, c, _ in mixed]), np.array([9 - p for p, _, _ in mixed]))
    assert first.to_dict() == pytest.approx(other.to_dict(), nan_ok=True)


def test_a_linkage_without_referrals_has_no_measure_and_no_error() -> None:
    found = evaluate(linked([]), [])
    assert found.n_referrals == 0
    assert math.isnan(found.precision) and math.isnan(found.bcubed_f1) and math.isnan(found.cluster_exact)
    assert "nan" in str(found)


@pytest.mark.parametrize(
    ("truth", "says"),
    [
        (["Zvoqamir"], "1 labels for 2 referrals"),
        (["Zvoqamir", None], "missing labels"),
        (pd.Series(["Zvoqamir", "b"], index=["y", "x"]), "another order"),
    ],
)
def test_a_truth_that_does_not_fit_is_refused_without_its_labels(truth: Any, says: str) -> None:
    with pytest.raises(InputError, match=says) as caught:
        evaluate(linked(["c", "c"], index=["x", "y"]), truth)
    assert "Zvoqamir" not in str(caught.value)


@pytest.mark.parametrize(
    "truth",
    [
        pd.Series(["a", "a"], index=["x", "y"]),
        pd.Series(["a", "a"]),
        pd.Series(["a", "a"], dtype="category"),
        pd.Series(["a", "a"], dtype="string", index=[7, 7]),
        np.array([1, 1]),
        ("a", "a"),
    ],
)
def test_a_truth_goes_by_position_where_its_index_is_its_own(truth: Any) -> None:
    assert evaluate(linked(["c", "c"], index=["x", "y"]), truth).f1 == 1.0
