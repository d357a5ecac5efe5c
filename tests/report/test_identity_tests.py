"""Identity tests: each on a cluster that fails it and on one that does not, and all on linkages good and
bad."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nrm_linkage import HOME_OFFICE_CAVEAT, Linkage, link_referrals, make_referrals
from nrm_linkage.cluster import cluster_ids
from nrm_linkage.report.identity_rules import TESTS
from nrm_linkage.report.identity_tests import _pairs_within

TRUTH = ["true_person", "true_instance"]

SAME: dict[str, Any] = {
    "Forename(s)": "Ruth",
    "Surname": "Example",
    "DOB": "14/05/2001",
    "Nationality": "British",
    "Gender": "Female",
    "Age group": None,
    "Age": None,
    "Town": None,
    "Language": None,
    "HO reference": None,
    "Exploitation start": None,
    "Date of referral": "10/06/2024",
}

WOMAN, MAN = {"Gender": "Female"}, {"Gender": "Male"}
OTHER_DAY = {"Date of referral": "11/06/2024"}
LATER = {"Date of referral": "10/09/2024"}
NO_BIRTH = {"DOB": None}


def joined(*records: dict[str, Any], clusters: list[int] | None = None) -> Linkage:
    """A linkage that put referrals into the given clusters (the smallest row each), all in one by default."""
    frame = pd.DataFrame([SAME | record for record in records])
    frame.insert(0, "NRM reference", [f"R{number:03d}" for number in range(len(frame))])
    linkage = link_referrals(frame, progress=False)
    cluster = np.array(clusters or [0] * len(frame), dtype=np.int64)
    return replace(
        linkage, run=replace(linkage.run, partition=replace(linkage.run.partition, cluster=cluster))
    )


def found(linkage: Linkage, test: str) -> tuple[int, int]:
    """Clusters tested and failing."""
    row: Any = linkage.identity_tests().set_index("test").loc[test]
    return int(row["clusters_tested"]), int(row["clusters_failing"])


def ho(reference: str) -> dict[str, str]:
    return {"HO reference": reference}


@pytest.mark.parametrize(
    ("test", "first", "second", "tested", "failing"),
    [
        ("two dates of birth on one day", {}, {}, 1, 0),
        ("two dates of birth on one day", {}, {"DOB": "03/09/1988"}, 1, 1),
        ("two dates of birth on one day", {"DOB": "04/05/2001"}, {"DOB": "05/04/2001"}, 1, 0),
        ("two dates of birth on one day", {}, {"DOB": "2001"}, 0, 0),
        ("two dates of birth on one day", {}, {"DOB": "03/09/1988"} | OTHER_DAY, 0, 0),
        ("two dates of birth on one day", {}, {"DOB": "03/09/1988", "Date of referral": None}, 0, 0),
        (
            "two dates and references on one day",
            ho("A1234567"),
            {"DOB": "03/09/1988"} | ho("B7654321"),
            *(1, 1),
        ),
        (
            "two dates and references on one day",
            ho("A1234567"),
            {"DOB": "03/09/1988"} | ho("A1234567"),
            *(1, 0),
        ),
        ("two dates and references on one day", ho("A1234567"), {"DOB": "03/09/1988"}, 0, 0),
        ("two dates and references on one day", ho("A1234567"), ho("B7654321"), 1, 0),
        (
            "child and adult on one day",
            {"Age group": "Child"} | NO_BIRTH,
            {"Age group": "Adult"} | NO_BIRTH,
            *(1, 1),
        ),
        (
            "child and adult on one day",
            {"Age group": "Child"} | NO_BIRTH,
            {"Age group": "Adult"} | NO_BIRTH | LATER,
            *(0, 0),
        ),
        (
            "child and adult on one day",
            {"Age group": "Child"} | NO_BIRTH,
            {"Age group": "Unknown"} | NO_BIRTH,
            *(0, 0),
        ),
        (
            "adult before child",
            {"Age group": "Child"} | NO_BIRTH,
            {"Age group": "Adult"} | NO_BIRTH | LATER,
            *(1, 0),
        ),
        (
            "adult before child",
            {"Age group": "Adult"} | NO_BIRTH,
            {"Age group": "Child"} | NO_BIRTH | LATER,
            *(1, 1),
        ),
        (
            "adult before child",
            {"Age group": "Child"} | NO_BIRTH | LATER,
            {"Age group": "Adult"} | NO_BIRTH,
            *(1, 1),
        ),
        ("younger later", {"Age": "19"} | NO_BIRTH, {"Age": "18"} | NO_BIRTH | LATER, 1, 1),
        ("younger later", {"Age": "18"} | NO_BIRTH, {"Age": "19"} | NO_BIRTH | LATER, 1, 0),
        ("younger later", {"Age": "18"} | NO_BIRTH, {"Age": "18"} | NO_BIRTH | LATER, 1, 0),
        ("younger later", {"Age group": "Adult"} | NO_BIRTH, {"Age": "17"} | NO_BIRTH | LATER, 0, 0),
        ("before birth", {}, {"DOB": "01/07/2024"} | LATER, 1, 1),
        ("before birth", {}, {"DOB": "01/07/2023"} | LATER, 1, 0),
        ("before birth", {"Exploitation start": "01/02/2001"}, {}, 1, 1),
        ("before birth", {"Exploitation start": "01/06/2001"}, {}, 1, 0),
        ("female and male", WOMAN, MAN, 1, 1),
        ("female and male", WOMAN, WOMAN, 1, 0),
        ("female and male", WOMAN, {"Gender": "Other"}, 0, 0),
        ("two towns on one day", {"Town": "London"}, {"Town": "Leeds"}, 1, 1),
        ("two towns on one day", {"Town": "Greater London"}, {"Town": "LONDON"}, 1, 0),
        ("two towns on one day", {"Town": "London"}, {"Town": "unknown"}, 0, 0),
        ("two towns on one day", {"Town": "London"}, {"Town": "Leeds"} | OTHER_DAY, 0, 0),
        ("no language in common", {"Language": "Tigrinya"}, {"Language": "Arabic"} | LATER, 1, 1),
        ("no language in common", {"Language": "Tigrinya"}, {"Language": "Arabic; Tigrinya"}, 1, 0),
    ],
)
def test_a_pair_and_a_test(
    test: str, first: dict[str, Any], second: dict[str, Any], tested: int, failing: int
) -> None:
    # A third referral, alone, fills every column, so that each of them is recognised.
    third = {
        "Age": 30,
        "Age group": "Adult",
        "Town": "Hull",
        "Language": "Somali",
        "HO reference": "C1111112",
    }
    third |= {"Exploitation start": "01/01/2020", "Surname": "Mock"}
    assert found(joined(first, second, third, clusters=[0, 0, 2]), test) == (tested, failing)


def test_too_many_referrals_and_too_many_at_once() -> None:
    apart = [{"Date of referral": f"10/{month:02d}/2024"} for month in range(1, 9)]
    assert found(joined(*apart), "more than seven referrals") == (1, 1)
    assert found(joined(*apart[:7]), "more than seven referrals") == (1, 0)
    assert found(joined(*apart), "many referrals at once") == (1, 0)
    close = [{"Date of referral": f"{day:02d}/06/2024"} for day in (1, 5, 20, 30)]
    assert found(joined(*close), "many referrals at once") == (1, 1)
    assert found(joined(*close[:3]), "many referrals at once") == (1, 0)
    assert found(joined(*close[:3], {"Date of referral": "02/07/2024"}), "many referrals at once") == (1, 0)
    assert found(joined(*close, clusters=[0, 0, 2, 2]), "many referrals at once") == (2, 0)


def test_a_cluster_fails_once_and_every_failing_pair_is_counted() -> None:
    linkage = joined(WOMAN, MAN, WOMAN, WOMAN, WOMAN, clusters=[0, 0, 0, 3, 3])
    row = linkage.identity_tests().set_index("test").loc["female and male"]
    assert (row["clusters_tested"], row["clusters_failing"], row["share"]) == (2, 1, 0.5)
    assert (row["pairs_tested"], row["pairs_failing"]) == (4, 2)
    each = linkage.identity_tests(each=True)
    assert each["test"].tolist() == ["female and male"]
    assert each["cluster_id"].tolist() == [linkage._cluster_of["R000"]]
    any_test = linkage.identity_tests().iloc[-1]
    assert (any_test["clusters_tested"], any_test["clusters_failing"]) == (2, 1)


@given(st.lists(st.integers(0, 5), min_size=1, max_size=12))
def test_pairs_within_clusters_are_all_of_them_once(labels: list[int]) -> None:
    cluster = np.array([labels.index(label) for label in labels], dtype=np.int64)
    left, right = _pairs_within(cluster)
    wanted = [(a, b) for a, b in combinations(range(len(labels)), 2) if labels[a] == labels[b]]
    assert sorted(zip(left.tolist(), right.tolist(), strict=True)) == wanted


@pytest.fixture(scope="module")
def linkage() -> Linkage:
    return link_referrals(make_referrals(500, seed=5).drop(columns=TRUTH), progress=False)


@pytest.fixture(scope="module")
def bad(linkage: Linkage) -> Linkage:
    """Strangers joined two by two."""
    run = linkage.run
    rows = np.random.default_rng(0).permutation(np.flatnonzero(run.referrals.linkable))
    pairs = rows[: len(rows) // 2 * 2].reshape(-1, 2)
    cluster = np.arange(run.referrals.n, dtype=np.int64)
    cluster[pairs.max(axis=1)] = pairs.min(axis=1)
    ids = cluster_ids(cluster, run.referrals.referral_id, run.referrals.referred)[run.referrals.duplicate_of]
    partition = replace(run.partition, cluster=cluster)
    return replace(linkage, run=replace(run, partition=partition, cluster_id=ids))


def test_a_linkage_that_joins_strangers_fails_where_a_sound_one_does_not(
    linkage: Linkage, bad: Linkage
) -> None:
    sound, unsound = (each.identity_tests().set_index("test") for each in (linkage, bad))
    assert sound["share"]["any test"] < 0.1
    assert unsound["share"]["any test"] > 0.5
    # Where all are strangers, they fail as often as strangers do: the same day is not asked of those.
    for test in ("female and male", "no language in common"):
        assert unsound["share"][test] == pytest.approx(unsound["share_of_strangers"][test], abs=0.12)
        assert sound["share"][test] < sound["share_of_strangers"][test] / 4


def test_every_failing_cluster_is_listed_and_nothing_is_shown_of_it(bad: Linkage) -> None:
    table, each = bad.identity_tests(), bad.identity_tests(each=True)
    assert each.columns.tolist() == ["cluster_id", "test"]
    counts = table.set_index("test")["clusters_failing"]
    assert each["test"].value_counts().to_dict() == counts[counts > 0].drop("any test").to_dict()
    assert each["cluster_id"].nunique() == counts["any test"]
    assert set(each["cluster_id"]) <= set(bad._cluster_of.values())
    assert table["test"].tolist() == [*(test.name for test in TESTS), "any test"]
    assert table.attrs["caveat"] == HOME_OFFICE_CAVEAT
    assert "no proof" in table.attrs["note"]
    assert "no proof" in each.attrs["note"]


def test_neither_order_of_rows_nor_saving_matters(linkage: Linkage, tmp_path: object) -> None:
    frame = linkage.run.frame.sample(frac=1, random_state=2)
    other = link_referrals(frame, progress=False)
    pd.testing.assert_frame_equal(other.identity_tests(), linkage.identity_tests())
    pd.testing.assert_frame_equal(other.identity_tests(each=True), linkage.identity_tests(each=True))
    linkage.save(f"{tmp_path}/run")
    loaded = Linkage.load(f"{tmp_path}/run")
    pd.testing.assert_frame_equal(loaded.identity_tests(), linkage.identity_tests())


@pytest.mark.parametrize("n", [0, 1])
def test_without_clusters_nothing_is_tested(n: int) -> None:
    frame = pd.DataFrame({"Forename(s)": ["Ruth"] * n, "Surname": ["Example"] * n}, dtype=object)
    linkage = link_referrals(frame, progress=False)
    table = linkage.identity_tests()
    assert (table["clusters_tested"] == 0).all()
    assert table["share"].isna().all()
    assert len(linkage.identity_tests(each=True)) == 0
