"""Clusters at other costs of a false link: what moves, what does not, and what a cost must be."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nrm_linkage as nl
from nrm_linkage.cluster import decided_at, togetherness
from nrm_linkage.report.sensitivity import COSTS, published_sensitivity
from nrm_linkage.tables import Partition
from tests.cluster import oracles


@st.composite
def partitions(draw: st.DrawFn) -> Partition:
    """Of up to eight rows, some of which are alone in every draw."""
    n_rows, n_draws = draw(st.integers(2, 8)), draw(st.integers(1, 6))
    uncertain = sorted(draw(st.sets(st.integers(0, n_rows - 1), min_size=1)))
    draws = []
    for _ in range(n_draws):
        group = [draw(st.integers(0, 2)) for _ in uncertain]
        draws.append([uncertain[group.index(one)] for one in group])
    return Partition(
        cluster=np.arange(n_rows, dtype=np.int64),
        confidence=np.ones(n_rows),
        membership=np.ones(n_rows),
        uncertain=np.array(uncertain, dtype=np.int64),
        draws=np.array(draws, dtype=np.int32),
        sampled=np.zeros(0, dtype=np.int64),
        chains_apart=np.zeros(0),
        chains_worth=np.zeros(0),
        component=np.zeros(n_rows, dtype=np.int64),
    )


def together_of(partition: Partition) -> dict[tuple[int, int], float]:
    """How often each two rows are drawn together, one by one."""
    rows = partition.uncertain.tolist()
    return {
        (rows[a], rows[b]): float(np.mean([drawn[a] == drawn[b] for drawn in partition.draws.tolist()]))
        for a, b in itertools.combinations(range(len(rows)), 2)
    }


@given(partitions())
def test_rows_are_together_as_often_as_they_are_drawn(partition: Partition) -> None:
    expected = {pair: share for pair, share in together_of(partition).items() if share}
    found = {}
    for rows, often in togetherness(partition):
        for a, b in itertools.combinations(range(len(rows)), 2):
            if often[a, b]:
                found[int(rows[a]), int(rows[b])] = float(often[a, b])
    assert found == expected


@given(partitions(), st.sampled_from([0.1, 0.5, 0.9]))
def test_no_partition_gains_more(partition: Partition, threshold: float) -> None:
    n_rows = len(partition.cluster)
    often = np.zeros((n_rows, n_rows))
    for (a, b), share in together_of(partition).items():
        often[a, b] = often[b, a] = share
    cluster = decided_at(n_rows, togetherness(partition), threshold)
    blocks = tuple(tuple(np.flatnonzero(cluster == one).tolist()) for one in np.unique(cluster))
    best = max(
        oracles.gain_of(candidate, often, threshold) for candidate in oracles.set_partitions(range(n_rows))
    )
    assert oracles.gain_of(blocks, often, threshold) == pytest.approx(best, abs=1e-9)


@pytest.fixture(scope="module")
def linkage() -> nl.Linkage:
    made = nl.make_referrals(700, seed=11)
    return nl.link_referrals(made.drop(columns=["true_person", "true_instance"]), progress=False)


def test_a_dearer_false_link_joins_less_and_errs_less(linkage: nl.Linkage) -> None:
    table = linkage.sensitivity()
    assert table["false_link_cost"].is_monotonic_increasing
    assert table["links"].is_monotonic_decreasing
    assert table["links"].nunique() > 1
    assert table["expected_false_links"].is_monotonic_decreasing
    assert table["expected_missed_links"].is_monotonic_increasing
    assert table["published"].tolist() == [False, False, True, False, False, False]


def test_the_published_row_is_what_the_clusters_hold(linkage: nl.Linkage) -> None:
    row = linkage.sensitivity([1.0]).iloc[0]
    assert row["people_in_clusters"] == len(linkage.clusters)
    assert row["referrals_in_clusters"] == linkage.clusters["n_referrals"].sum()
    assert row["links"] == linkage.links["same_cluster"].sum()


def test_the_caveat_goes_with_it(linkage: nl.Linkage) -> None:
    assert linkage.sensitivity().attrs["caveat"] == nl.HOME_OFFICE_CAVEAT


@pytest.mark.parametrize("costs", [[], [0.0], [-1.0], [float("nan")], [float("inf")]])
def test_a_cost_is_a_number_above_nought(linkage: nl.Linkage, costs: list[float]) -> None:
    with pytest.raises(nl.InputError, match="above 0"):
        linkage.sensitivity(costs)


def test_nobody_linked_is_nobody_at_any_cost() -> None:
    frame = nl.make_referrals(3, seed=2).drop(columns=["true_person", "true_instance"]).head(1)
    table = nl.link_referrals(frame, progress=False).sensitivity()
    assert (table["people_in_clusters"] == 0).all()
    assert table["expected_recall"].isna().all()


def test_a_run_of_another_cost_shows_its_own(linkage: nl.Linkage) -> None:
    config = nl.LinkageConfig(false_link_cost=4.0)
    table = nl.link_referrals(linkage.run.frame, config=config, progress=False).sensitivity()
    assert table.loc[table["published"], "false_link_cost"].tolist() == [4.0]
    assert len(table) == len(COSTS) + 1


@pytest.mark.parametrize("own", [130, 240, 590, 610, 3_000])
def test_a_published_share_tells_no_difference_of_a_few_people(own: int) -> None:
    """Even to somebody who knew how many people the run found."""
    shown: dict[float, list[int]] = {}
    for people in range(own - 100, own + 101):
        table = pd.DataFrame(
            {
                "false_link_cost": [1.0, 3.0],
                "joined_above": [0.5, 0.75],
                "people_in_clusters": [own, people],
                "expected_precision": 0.9,
                "expected_recall": 0.9,
                "published": [True, False],
            }
        )
        share = published_sensitivity(table)["people_to_published"].iloc[1]
        if not np.isnan(share):
            shown.setdefault(float(share), []).append(people)
    of_near_by = [people for people in shown.values() if min(abs(each - own) for each in people) <= 9]
    assert of_near_by
    assert all(max(people) - min(people) > 4 for people in of_near_by)
