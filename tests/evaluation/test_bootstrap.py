"""Intervals against a slow loop that copies people, against binomial counts, and by how often they cover."""

from __future__ import annotations

import math
from itertools import combinations

import networkx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from nrm_linkage.evaluation import bootstrap
from nrm_linkage.evaluation.bootstrap import (
    Resampling,
    interval_of_replicates,
    interval_of_share,
    resampled,
    tied_people,
)
from nrm_linkage.evaluation.subgroups import Measured, group_measures
from nrm_linkage.evaluation.tallies import Grouped, measured, tally


def tied(person: np.ndarray, cluster: np.ndarray, n_people: int) -> np.ndarray:
    """Units of people who share a cluster."""
    first = {label: person[np.flatnonzero(cluster == label)[0]] for label in set(cluster.tolist())}
    return tied_people(
        n_people, person, np.array([first[label] for label in cluster.tolist()], dtype=np.int64)
    )


def whole(person: np.ndarray, cluster: np.ndarray, how: Resampling) -> Measured:
    """Measures of everybody, with intervals."""
    n_people = int(person.max()) + 1
    tallied = tally(person, cluster, np.ones(len(person), dtype=bool), n_people)
    everybody = Grouped(np.zeros(n_people, dtype=np.int64), ("all",))
    return group_measures(tallied, tied(person, cluster, n_people), everybody, np.zeros((0, 1)), how)


def counted_one_by_one(person: list[object], cluster: list[object]) -> dict[str, float]:
    """Precision, recall and the count's error, from sets of pairs."""
    every = list(combinations(range(len(person)), 2))
    true = {(a, b) for a, b in every if person[a] == person[b]}
    made = {(a, b) for a, b in every if cluster[a] == cluster[b]}
    right = len(true & made)
    repeat = len({p for p in person if person.count(p) > 1})
    joined = len({c for c in cluster if cluster.count(c) > 1})
    return {
        "precision": right / len(made) if made else math.nan,
        "recall": right / len(true) if true else math.nan,
        "count_error_in_clusters": joined - repeat,
    }


@pytest.mark.parametrize("seed", range(4))
def test_a_draw_is_what_copying_its_people_gives(seed: int) -> None:
    random = np.random.default_rng(seed)
    person = random.integers(0, 9, 20)
    person = np.unique(person, return_inverse=True)[1]
    cluster = np.where(random.random(20) < 0.7, person, 20 + random.integers(0, 6, 20))
    how = Resampling(draws=25, seed=seed, interval=0.9)
    found = whole(person, cluster, how)
    unit = tied(person, cluster, int(person.max()) + 1)
    n_units = int(unit.max()) + 1
    again = np.random.default_rng(seed)
    for draw in range(how.draws):
        copied_person: list[object] = []
        copied_cluster: list[object] = []
        for copy, drawn in enumerate(again.integers(0, n_units, n_units).tolist()):
            for row in np.flatnonzero(unit[person] == drawn).tolist():
                copied_person.append((copy, person[row]))
                copied_cluster.append((copy, cluster[row]))
        for name, expected in counted_one_by_one(copied_person, copied_cluster).items():
            assert found.replicates[name][draw, 0] == pytest.approx(expected, nan_ok=True), name


def recall_of(n: int, right: int) -> tuple[np.ndarray, np.ndarray]:
    """n people with two referrals, of whom some are linked."""
    person = np.repeat(np.arange(n), 2)
    cluster = np.arange(2 * n)
    cluster[1 : 2 * right : 2] = cluster[0 : 2 * right : 2]
    return person, cluster


def precision_of(n: int, right: int) -> tuple[np.ndarray, np.ndarray]:
    """n links, of which some are of one person and the others of two people with one referral each."""
    cluster = np.repeat(np.arange(n), 2)
    person = np.concatenate([np.repeat(np.arange(right), 2), np.arange(right, right + 2 * (n - right))])
    return person, cluster


@pytest.mark.parametrize(("measure", "case"), [("recall", recall_of), ("precision", precision_of)])
@pytest.mark.parametrize(("n", "right"), [(200, 180), (60, 30), (500, 490)])
def test_an_interval_is_the_binomial_one_where_the_count_is_binomial(
    measure: str, case: object, n: int, right: int
) -> None:
    assert callable(case)
    person, cluster = case(n, right)
    found = whole(person, cluster, Resampling(draws=4000, seed=1, interval=0.9))
    drawn = found.replicates[measure][:, 0] * n
    share = right / n
    assert found.values[measure][0] == pytest.approx(share)
    assert drawn.mean() == pytest.approx(right, abs=4 * math.sqrt(n * share * (1 - share) / 4000))
    assert drawn.std() == pytest.approx(math.sqrt(n * share * (1 - share)), rel=0.06)
    low, high = found.intervals[measure][0]
    assert low * n == pytest.approx(binom.ppf(0.05, n, share), abs=1.01)
    assert high * n == pytest.approx(binom.ppf(0.95, n, share), abs=1.01)


@pytest.mark.parametrize(("measure", "case"), [("recall", recall_of), ("precision", precision_of)])
def test_intervals_cover_as_often_as_they_say(measure: str, case: object) -> None:
    assert callable(case)
    random = np.random.default_rng(7)
    covered = 0
    for at in range(200):
        person, cluster = case(150, int(random.binomial(150, 0.9)))
        low, high = whole(person, cluster, Resampling(200, at, 0.9)).intervals[measure][0]
        covered += low <= 0.9 <= high
    # 90% of 200 is 180, with a standard error of 4; percentile intervals of a share fall a little short.
    assert 166 <= covered <= 193


def test_a_few_large_units_widen_the_interval() -> None:
    """Twenty people of ten pairs each are not two hundred people."""
    person = np.repeat(np.arange(20), 5)
    apart = np.where(np.isin(person, (3, 9)), 100 + np.arange(100), person)
    low, high = whole(person, apart, Resampling(1000, 0, 0.9)).intervals["recall"][0]
    assert low == pytest.approx(binom.ppf(0.05, 20, 0.9) / 20, abs=0.051)
    assert high == pytest.approx(1.0, abs=0.051)


def test_nothing_wrong_in_a_few_is_not_certainty() -> None:
    person, cluster = recall_of(20, 20)
    low, high = whole(person, cluster, Resampling(200, 0, 0.95)).intervals["recall"][0]
    assert high == 1.0
    assert binom.pmf(20, 20, low) == pytest.approx(0.025)
    none_right = whole(*recall_of(20, 0), Resampling(200, 0, 0.95)).intervals["recall"][0]
    assert none_right == pytest.approx((0.0, 1 - low))


def test_nothing_to_divide_by_has_no_interval() -> None:
    found = whole(np.arange(5), np.arange(5), Resampling(20, 0, 0.95))
    assert all(math.isnan(bound) for bound in found.intervals["recall"][0])
    assert all(math.isnan(bound) for bound in interval_of_replicates(np.full(3, np.nan), 0.9))
    assert interval_of_share(math.nan, np.full(3, np.nan), 0, 0.9)[0] != 0


def test_draws_do_not_hang_on_how_many_are_held_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    totals = np.random.default_rng(0).random((50, 3))
    how = Resampling(draws=30, seed=5, interval=0.9)
    at_once = resampled(totals, how)
    monkeypatch.setattr(bootstrap, "BATCH_WEIGHTS", 60)
    assert np.array_equal(resampled(totals, how), at_once)
    assert not np.array_equal(resampled(totals, Resampling(30, 6, 0.9)), at_once)


@given(st.integers(1, 12), st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=12))
def test_tied_people_are_connected_ones(n: int, ties: list[tuple[int, int]]) -> None:
    ties = [(a % n, b % n) for a, b in ties]
    left, right = (np.array([tie[side] for tie in ties], dtype=np.int64) for side in (0, 1))
    unit = tied_people(n, left, right)
    graph = networkx.Graph(ties)
    graph.add_nodes_from(range(n))
    expected = {frozenset(part) for part in networkx.connected_components(graph)}
    assert {frozenset(np.flatnonzero(unit == each).tolist()) for each in range(unit.max() + 1)} == expected


def test_totals_of_groups_are_those_of_the_whole() -> None:
    random = np.random.default_rng(3)
    person = np.unique(random.integers(0, 30, 60), return_inverse=True)[1]
    cluster = random.integers(0, 25, 60)
    n_people = int(person.max()) + 1
    tallied = tally(person, cluster, np.ones(60, dtype=bool), n_people)
    unit = tied(person, cluster, n_people)
    groups = Grouped(random.integers(0, 3, n_people), ("a", "b", "c"))
    found = group_measures(tallied, unit, groups, np.zeros((0, 3)), Resampling(20, 0, 0.9))
    all_of_it = whole(person, cluster, Resampling(20, 0, 0.9))
    assert found.counts.sum(axis=0) == pytest.approx(all_of_it.counts[0])
    assert measured(found.counts.sum(axis=0))["recall"] == pytest.approx(all_of_it.values["recall"][0])
    errors = found.replicates["count_error_in_clusters"].sum(axis=1)
    assert errors == pytest.approx(all_of_it.replicates["count_error_in_clusters"][:, 0])
