"""Measures of a linkage against sets of pairs counted one by one, and against recordlinkage's own."""

from __future__ import annotations

import functools
import json
import math
from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
import pytest
import recordlinkage
from hypothesis import given
from hypothesis import strategies as st

from nrm_linkage import Linkage, link_referrals, make_referrals
from nrm_linkage.errors import InputError
from nrm_linkage.evaluation import evaluate
from nrm_linkage.evaluation.tallies import COUNTS, MEASURES, measured, tally
from tests.frames import frame_of

ROWS = st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4), st.booleans()), max_size=12)


@functools.cache
def blank(n: int) -> Linkage:
    """A linkage of n referrals that found nothing."""
    people = [(f"Ruth{chr(97 + at)}", "Example", f"02/02/{1970 + at}", "British") for at in range(n)]
    linkage = link_referrals(frame_of(people), progress=False)
    partition = replace(
        linkage.run.partition, uncertain=np.zeros(0, dtype=np.int64), draws=np.zeros((0, 0), dtype=np.int32)
    )
    run = replace(linkage.run, partition=partition)
    return replace(linkage, run=run, links=linkage.links.iloc[:0])


def linked(clusters: list[Any], linkable: list[bool] | None = None, index: Any = None) -> Linkage:
    """A linkage that put referrals into the given clusters; those not linkable are out, and alone."""
    linkage = blank(len(clusters))
    can = np.ones(len(clusters), dtype=bool) if linkable is None else np.array(linkable, dtype=bool)
    labels = [label if can[at] else ("alone", at) for at, label in enumerate(clusters)]
    cluster = np.array([labels.index(label) for label in labels], dtype=np.int64)
    run = replace(
        linkage.run,
        partition=replace(linkage.run.partition, cluster=cluster),
        referrals=replace(linkage.run.referrals, linkable=can),
    )
    referrals = linkage.referrals if index is None else linkage.referrals.set_axis(pd.Index(index))
    return replace(linkage, run=run, referrals=referrals)


def pairs(labels: list[Any]) -> set[tuple[int, int]]:
    return {(a, b) for a, b in combinations(range(len(labels)), 2) if labels[a] == labels[b]}


def share(part: float, whole: float) -> float:
    return part / whole if whole else math.nan


def counted(rows: list[tuple[int, int, bool]]) -> dict[str, float]:
    """Counts and measures of the whole, from codes of people and clusters."""
    person, cluster, linkable = (np.array([row[at] for row in rows], dtype=np.int64) for at in range(3))
    totals = tally(person, cluster, linkable.astype(bool), n_people=6).sum(axis=0)
    return dict(zip(COUNTS, totals, strict=True)) | {k: float(v) for k, v in measured(totals).items()}


@given(ROWS)
def test_every_measure_is_what_counting_one_by_one_gives(rows: list[tuple[int, int, bool]]) -> None:
    found = counted(rows)
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
        "true_pairs": len(true),
        "linked_pairs": len(made),
        "right_pairs": len(made & true),
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
    assert {name: found[name] for name in expected} == pytest.approx(expected, nan_ok=True)


@pytest.mark.parametrize("seed", range(8))
def test_recordlinkage_agrees(seed: int) -> None:
    random = np.random.default_rng(seed)
    person, cluster = random.integers(0, 4, 12).tolist(), random.integers(0, 5, 12).tolist()
    found = evaluate(linked(cluster), person, draws=1)
    true = pd.MultiIndex.from_tuples(sorted(pairs(person)), names=["a", "b"])
    made = pd.MultiIndex.from_tuples(sorted(pairs(cluster)), names=["a", "b"])
    matrix = recordlinkage.confusion_matrix(true, made, 66)
    assert [[found.true_pairs - found.missed_links, found.missed_links]] == matrix[:1].tolist()
    assert found.false_links == matrix[1, 0]
    assert found.precision == pytest.approx(recordlinkage.precision(true, made))
    assert found.recall == pytest.approx(recordlinkage.recall(true, made))
    if found.precision + found.recall:
        assert found.f1 == pytest.approx(recordlinkage.fscore(true, made))


def test_referrals_that_are_not_linkable_count_for_recall_of_all_alone() -> None:
    found = evaluate(linked(["c", "c", "d", "d"], [True, True, True, False]), ["a", "a", "a", "a"])
    assert (found.n_referrals, found.n_not_linkable, found.true_pairs, found.linked_pairs) == (3, 1, 3, 1)
    assert found.recall == pytest.approx(1 / 3)
    assert found.recall_of_all == pytest.approx(1 / 6)


def test_a_linkage_without_referrals_has_no_measure_and_no_error() -> None:
    found = evaluate(linked([]), [], by="gender")
    assert found.n_referrals == 0
    assert math.isnan(found.precision) and math.isnan(found.bcubed_f1) and math.isnan(found.cluster_exact)
    assert math.isnan(found.intervals["recall"][0]) and len(found.groups) == 0
    assert "nan" in str(found)


def test_the_line_is_short() -> None:
    said = str(evaluate(linked(["c", "c", "d"]), ["a", "a", "b"]))
    assert said == "pairs P 1.000 R 1.000 F1 1.000; B-cubed F1 1.000; 1 of 1 repeat people"


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


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"by": "shoe_size"}, "does not|do not hold.*nationality_group"),
        ({"by": ("gender", "gender")}, "more than once"),
        ({"draws": 0}, "draws"),
        ({"draws": True}, "draws"),
        ({"seed": -1}, "seed"),
        ({"interval": 1.0}, "interval"),
    ],
)
def test_options_that_cannot_be_used_are_refused(options: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError, match=says):
        evaluate(linked(["c", "c"]), ["a", "a"], **options)


def test_technical_duplicates_are_in_no_count(made: pd.DataFrame, linkage: Linkage) -> None:
    found = evaluate(linkage, made["true_person"])
    table = linkage.referrals.assign(person=made["true_person"])
    kept = table[table["technical_duplicate_of"].isna() & (table["linkage_status"] != "not linkable")]
    sizes = kept["person"].value_counts()
    assert found.true_repeat_people == int((sizes > 1).sum())
    assert found.repeat_people_in_clusters == len(linkage.clusters)
    assert found.n_referrals == len(kept)
    assert found.n_referrals + found.n_not_linkable + found.n_technical_duplicates == len(table)


def test_a_technical_duplicate_of_another_person_is_counted() -> None:
    row = ("Zamir", "Testaj", "14/05/2001", "Albanian")
    frame = frame_of([row, row, ("Ruth", "Example", "02/02/1990", "British")], ["01/02/2023"] * 3)
    twice = link_referrals(frame, progress=False)
    assert evaluate(twice, ["a", "a", "b"]).technical_duplicates_of_another == 0
    found = evaluate(twice, ["a", "c", "b"])
    assert (found.n_technical_duplicates, found.technical_duplicates_of_another) == (1, 1)


def test_blocking_is_complete_where_candidates_hold_the_true_pairs(
    made: pd.DataFrame, linkage: Linkage
) -> None:
    from nrm_linkage.block import candidate_pairs

    found = evaluate(linkage, made["true_person"])
    run = linkage.run
    candidates = candidate_pairs(run.referrals, run.config)
    compared = set(zip(candidates.left.tolist(), candidates.right.tolist(), strict=True))
    person = made["true_person"].to_numpy()[run.raw.position]
    rows = np.flatnonzero(run.referrals.linkable).tolist()
    true = {(a, b) for a, b in combinations(rows, 2) if person[a] == person[b]}
    assert found.true_pairs == len(true) > 50
    assert found.pair_completeness == pytest.approx(len(true & compared) / len(true))
    assert found.candidate_pairs == len(compared)
    ours = dict(zip(found.blocking["rule"], found.blocking["true_pairs"], strict=True))
    birth = 1 << candidates.rules.index("birth date")
    by_birth = {
        (a, b)
        for a, b, rules in zip(
            candidates.left.tolist(), candidates.right.tolist(), candidates.found_by.tolist(), strict=True
        )
        if rules & birth
    }
    assert ours["birth date"] == len(true & by_birth) > 0


def test_expected_shares_are_the_models_own(made: pd.DataFrame, linkage: Linkage) -> None:
    found = evaluate(linkage, made["true_person"])
    linked_pairs = linkage.links[linkage.links["same_cluster"]]
    right = float(linked_pairs["same_person_probability"].sum())
    draws = linkage.run.partition.draws
    pairs_of_draws = [
        sum(int(n) * (int(n) - 1) // 2 for n in np.unique(draw, return_counts=True)[1]) for draw in draws
    ]
    repeat = [int((np.unique(draw, return_counts=True)[1] > 1).sum()) for draw in draws]
    assert found.expected_precision == pytest.approx(right / len(linked_pairs))
    assert found.expected_recall == pytest.approx(right / np.mean(pairs_of_draws))
    assert found.repeat_people_estimate == pytest.approx(np.mean(repeat))
    assert found.repeat_people_range == pytest.approx(tuple(np.quantile(repeat, [0.025, 0.975])))
    # Nothing in it knows the truth.
    other = evaluate(linkage, np.arange(len(made)))
    assert other.expected_recall == pytest.approx(found.expected_recall)


def test_the_same_seed_gives_the_same_evaluation_whatever_the_order_of_rows() -> None:
    made = make_referrals(200, seed=2)
    mixed = made.sample(frac=1, random_state=3)
    found = [
        evaluate(
            link_referrals(frame.drop(columns=["true_person", "true_instance"]), progress=False),
            frame["true_person"],
            by=("nationality_group", "City"),
        )
        for frame in (made, mixed)
    ]
    assert json.dumps(found[0].to_dict()) == json.dumps(found[1].to_dict())


def test_every_measure_has_an_interval_around_it(made: pd.DataFrame, linkage: Linkage) -> None:
    found = evaluate(linkage, made["true_person"])
    assert set(found.intervals) == set(MEASURES)
    for name in set(MEASURES) & set(found.to_dict()):
        low, high = found.intervals[name]
        assert low <= getattr(found, name) <= high


def test_no_label_of_a_group_stands_in_a_repr(made: pd.DataFrame, linkage: Linkage) -> None:
    found = evaluate(linkage, made["true_person"], by="Surname")
    names = made["Surname"].dropna().unique()
    assert set(names) & set(found.groups["group"])
    assert not [name for name in names if len(name) > 3 and name in repr(found) + str(found)]


def test_a_saved_linkage_has_the_same_evaluation(made: pd.DataFrame, linkage: Linkage, tmp_path: Any) -> None:
    linkage.save(tmp_path / "run")
    read = Linkage.load(tmp_path / "run")
    first, second = (evaluate(each, made["true_person"], by="gender") for each in (linkage, read))
    assert json.dumps(first.to_dict()) == json.dumps(second.to_dict())
