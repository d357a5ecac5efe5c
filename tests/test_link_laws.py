"""The laws of the whole: what must not change a result, what every result must be, and the smallest inputs.

`made` is one larger frame, with errors of every kind; `frames` are small ones of few values, in which many
referrals agree, some are undated, and some are the same twice.
"""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import nrm_linkage as nl
from nrm_linkage.config import LinkageConfig
from nrm_linkage.instances import CANNOT_TELL, LATER, SAME_POSSIBLE
from tests.frames import frame_of, invented, rows

# One worker holds the run of the larger frame.
pytestmark = [pytest.mark.whole_package, pytest.mark.xdist_group("laws")]

ID = "NRM reference"
DATES = ("", "03/01/2023", "2023-02-14", "14/02/2023", "30/06/2023")
FEW = settings(max_examples=8)
ADDED = (
    *("linkage_status", "cluster_id", "cluster_size", "confidence"),
    *("membership_probability", "technical_duplicate_of"),
)
Tables = dict[str, pd.DataFrame]


def link(frame: Any, **options: Any) -> nl.Linkage:
    return nl.link_referrals(frame, progress=False, **options)


@st.composite
def small_frames(draw: st.DrawFn, low: int = 1, high: int = 20) -> pd.DataFrame:
    referrals = draw(st.lists(rows(), min_size=low, max_size=high))
    dates = draw(st.lists(st.sampled_from(DATES), min_size=len(referrals), max_size=len(referrals)))
    return frame_of(referrals, dates)


def frames() -> st.SearchStrategy[pd.DataFrame]:
    larger = st.builds(invented, st.integers(20, 60), st.integers(0, 10_000))
    return st.one_of(small_frames(), larger)


@pytest.fixture(scope="module")
def made() -> pd.DataFrame:
    return nl.make_referrals(400, seed=17)


@pytest.fixture(scope="module")
def linkage(made: pd.DataFrame) -> nl.Linkage:
    return link(made)


def tables(found: nl.Linkage) -> Tables:
    """What a run says of each referral id, whatever the order and the columns of its input."""
    issues = found.data_issues.drop(columns="row").sort_values(["referral_id", "field", "issue"])
    return {
        "referrals": found.referrals[[ID, *ADDED]].sort_values(ID).reset_index(drop=True),
        "clusters": found.clusters,
        "repeats": found.repeats,
        "links": found.links,
        "issues": issues.reset_index(drop=True),
    }


def assert_same(found: nl.Linkage, expected: nl.Linkage) -> None:
    ours, theirs = tables(found), tables(expected)
    for name in theirs:
        pd.testing.assert_frame_equal(ours[name], theirs[name], check_exact=True, obj=name)
    assert found.model.to_dict() == expected.model.to_dict()
    np.testing.assert_array_equal(found.run.partition.draws, expected.run.partition.draws)
    assert found.report.counts == expected.report.counts
    assert found.report.input_fingerprint == expected.report.input_fingerprint


def people(found: nl.Linkage) -> set[frozenset[Any]]:
    """The partition, as sets of row positions."""
    cluster = found.added["cluster_id"].to_numpy()
    return {frozenset(np.flatnonzero(cluster == value).tolist()) for value in set(cluster)}


def shuffled(frame: pd.DataFrame, seed: int) -> pd.DataFrame:
    return frame.iloc[np.random.default_rng(seed).permutation(len(frame))]


# ---------------------------------------------------------------------------------- what must change nothing


def test_the_order_of_rows_changes_nothing(made: pd.DataFrame, linkage: nl.Linkage) -> None:
    found = link(shuffled(made, 1))
    assert_same(found, linkage)
    pd.testing.assert_frame_equal(found.repeat_referrals(), linkage.repeat_referrals())


@given(frames(), st.integers(0, 100))
@FEW
def test_the_order_of_rows_changes_nothing_in_any_frame(frame: pd.DataFrame, seed: int) -> None:
    assert_same(link(shuffled(frame, seed)), link(frame))


@pytest.mark.parametrize("seed", [1, 2])
def test_the_order_of_columns_changes_nothing(made: pd.DataFrame, linkage: nl.Linkage, seed: int) -> None:
    columns = list(made.columns)
    random.Random(seed).shuffle(columns)
    assert_same(link(made[columns]), linkage)


def test_the_size_of_chunks_changes_nothing(made: pd.DataFrame, linkage: nl.Linkage) -> None:
    assert_same(link(made, config=LinkageConfig(chunk_pairs=997)), linkage)


@given(frames(), st.sampled_from([1, 2, 5]))
@FEW
def test_the_size_of_chunks_changes_nothing_in_any_frame(frame: pd.DataFrame, chunk_pairs: int) -> None:
    assert_same(link(frame, config=LinkageConfig(chunk_pairs=chunk_pairs)), link(frame))


def test_columns_that_no_field_is_read_from_change_nothing(made: pd.DataFrame, linkage: nl.Linkage) -> None:
    more = made.copy()
    more["Case worker desk"] = np.arange(len(made))
    more["zzz"] = pd.Series([["a", 1]] * len(made), index=made.index)
    assert_same(link(more), linkage)
    fewer = made.drop(columns=["true_person", "true_instance"])
    assert_same(link(fewer), linkage)


def test_the_index_changes_nothing(made: pd.DataFrame, linkage: nl.Linkage) -> None:
    found = link(made.set_axis(np.zeros(len(made)), axis=0))
    assert_same(found, linkage)
    assert (found.referrals.index == 0.0).all()


@given(frames())
@FEW
def test_the_same_input_gives_the_same_tables(frame: pd.DataFrame) -> None:
    before = frame.copy(deep=True)
    first = link(frame)
    assert_same(link(frame), first)
    pd.testing.assert_frame_equal(frame, before)
    pd.testing.assert_frame_equal(first.referrals[list(frame.columns)], before)


def test_ids_that_sort_alike_are_renamed_and_nothing_else(made: pd.DataFrame, linkage: nl.Linkage) -> None:
    found = link(made.assign(**{ID: "X" + made[ID]}))
    assert people(found) == people(linkage)
    assert not set(found.clusters["cluster_id"]) & set(linkage.clusters["cluster_id"])
    ours, theirs = tables(found), tables(linkage)
    for name, ids in (("repeats", "referral_id"), ("links", "referral_id_l"), ("issues", "referral_id")):
        keys = [column for column in theirs[name].columns if column.startswith(ids)]
        order = [
            *keys,
            *(["referral_id_r"] if name == "links" else []),
            *(["field", "issue"] if name == "issues" else []),
        ]
        expected = theirs[name].copy()
        for column in expected.columns[expected.columns.str.contains("referral_id")]:
            expected[column] = "X" + expected[column]
        drop = ["cluster_id"] if name == "repeats" else []
        pd.testing.assert_frame_equal(
            ours[name].sort_values(order, ignore_index=True).drop(columns=drop),
            expected.sort_values(order, ignore_index=True).drop(columns=drop),
        )


def renamed(frame: pd.DataFrame, seed: int) -> pd.DataFrame:
    number = np.random.default_rng(seed).permutation(len(frame))
    return frame.assign(**{ID: [f"{value:05d}" for value in number]})


def assert_same_people(found: nl.Linkage, expected: nl.Linkage, within: float) -> None:
    """The same clusters, and as sure of them; the order of sums and of equal days may differ."""
    assert people(found) == people(expected)
    for name in ("confidence", "membership_probability"):
        np.testing.assert_allclose(found.added[name], expected.added[name], atol=within)
    for name in ("linkage_status", "cluster_size"):
        assert found.added[name].tolist() == expected.added[name].tolist()


@pytest.mark.parametrize("seed", [1, 2])
def test_renaming_ids_renames_clusters_only(made: pd.DataFrame, linkage: nl.Linkage, seed: int) -> None:
    other = renamed(made, seed)
    found = link(other, model=linkage.model)
    assert_same_people(found, linkage, within=1e-9)
    assert sorted(found.links["match_weight_bits"]) == sorted(linkage.links["match_weight_bits"])


def test_renaming_ids_renames_clusters_only_when_the_model_is_estimated(
    made: pd.DataFrame, linkage: nl.Linkage
) -> None:
    assert_same_people(link(renamed(made, 1)), linkage, within=1e-6)


@given(frames(), st.integers(0, 100))
@FEW
def test_renaming_ids_renames_clusters_only_in_any_frame(frame: pd.DataFrame, seed: int) -> None:
    # Of rows that are the same, but for their ids, which goes where is a tie.
    assume(not frame.drop(columns=ID).duplicated().any())
    before = link(frame)
    assume(not len(before.run.partition.sampled))
    assert_same_people(link(renamed(frame, seed), model=before.model), before, within=1e-9)


UNRELATED = {
    "Forename(s)": "Quxavobe",
    "Surname": "Wujokexa",
    "DOB": "23/11/1961",
    "Nationality": "Bolivian",
    "Date of referral": "03/03/2023",
}


@pytest.mark.parametrize("new_id", ["A-first", "NRM01002005", "ZZ-last"])
def test_an_unrelated_referral_changes_no_other_cluster(
    made: pd.DataFrame, linkage: nl.Linkage, new_id: str
) -> None:
    before = link(made, model=linkage.model)
    more = pd.concat([made, pd.DataFrame([{ID: new_id, **UNRELATED}])], ignore_index=True)
    after = link(more, model=linkage.model)
    assert after.added["linkage_status"].iloc[-1] == "single"
    ours, theirs = tables(after), tables(before)
    for name in ours:
        for column in ("referral_id_l", "referral_id_r", "referral_id", ID):
            if column in ours[name]:
                ours[name] = ours[name][ours[name][column] != new_id].reset_index(drop=True)
        pd.testing.assert_frame_equal(ours[name], theirs[name], check_exact=True, obj=name)
    pd.testing.assert_frame_equal(
        after.repeat_referrals(by=()).drop(columns=["n_referrals", "share_of_people"]),
        before.repeat_referrals(by=()).drop(columns=["n_referrals", "share_of_people"]),
    )


def test_a_model_held_fixed_gives_what_its_own_run_gave(made: pd.DataFrame, linkage: nl.Linkage) -> None:
    assert_same(link(made, model=linkage.model), linkage)
    read = nl.LinkageModel.from_dict(linkage.model.to_dict())
    assert_same(link(made, model=read), linkage)


@pytest.mark.parametrize("kind", ["polars", "pyarrow"])
def test_other_kinds_of_frame_give_the_same_clusters(
    made: pd.DataFrame, linkage: nl.Linkage, kind: str
) -> None:
    given_frame: Any = pl.from_pandas(made) if kind == "polars" else pa.Table.from_pandas(made)
    found = link(given_frame)
    assert type(found.referrals) is type(given_frame)
    assert found.added["cluster_id"].tolist() == linkage.added["cluster_id"].tolist()
    pd.testing.assert_frame_equal(found.clusters, linkage.clusters)
    pd.testing.assert_frame_equal(found.links, linkage.links)
    back: pd.DataFrame = found.referrals.to_pandas()
    assert back[ID].tolist() == made[ID].tolist()
    assert back["cluster_id"].tolist() == linkage.referrals["cluster_id"].tolist()


def test_text_of_another_dtype_gives_the_same_clusters(made: pd.DataFrame, linkage: nl.Linkage) -> None:
    found = link(made.convert_dtypes())
    assert people(found) == people(linkage)
    pd.testing.assert_frame_equal(found.clusters, linkage.clusters)
    pd.testing.assert_frame_equal(found.links, linkage.links, check_dtype=False)


# --------------------------------------------------------------------------------- what every result must be


def assert_sensible(found: nl.Linkage, frame: pd.DataFrame) -> None:
    """Section 2 of the design, row by row."""
    referrals = found.referrals
    assert len(referrals) == len(frame)
    pd.testing.assert_index_equal(referrals.index, frame.index)
    pd.testing.assert_frame_equal(referrals[list(frame.columns)], frame)
    ids = referrals["referral_id"] if "referral_id" in referrals else referrals[ID]
    assert ids.is_unique
    status = referrals["linkage_status"]
    assert set(status) <= {"linked", "single", "not linkable"}
    is_duplicate = referrals["technical_duplicate_of"].notna()
    originals = referrals[~is_duplicate]
    # Nulls where there is nothing to say, and probabilities elsewhere.
    assert referrals["cluster_id"].notna().all()
    assert (referrals["confidence"].notna() == (status == "linked")).all()
    assert (referrals["membership_probability"].notna() == (status != "not linkable")).all()
    for values in (
        referrals["confidence"],
        referrals["membership_probability"],
        found.clusters["confidence"],
        found.links["match_probability"],
        found.links["same_person_probability"],
    ):
        assert values.dropna().between(0, 1).all()
    # A cluster is linked when two referrals are in it; a technical duplicate has its original's.
    size = originals.groupby("cluster_id").size()
    assert ((originals["linkage_status"] == "linked") == (originals["cluster_id"].map(size) > 1)).all()
    by_id = referrals.set_index(ids)
    for _, row in referrals[is_duplicate].iterrows():
        original = by_id.loc[row["technical_duplicate_of"]]
        assert pd.isna(original["technical_duplicate_of"])
        for name in ("cluster_id", "linkage_status", "cluster_size"):
            assert row[name] == original[name]
    # Clusters, repeats and links speak of the same.
    linked = size[size > 1]
    assert found.clusters.set_index("cluster_id")["n_referrals"].sort_index().to_dict() == linked.to_dict()
    assert found.clusters["caveat"].eq(nl.HOME_OFFICE_CAVEAT).all()
    assert found.repeats.groupby("cluster_id").size().add(1).to_dict() == linked.to_dict()
    assert not set(found.repeats["referral_id"]) & set(ids[is_duplicate])
    assert found.repeats["referral_id"].is_unique
    inside = found.links[found.links["same_cluster"]]
    assert len(inside) == int((linked * (linked - 1) // 2).sum())
    cluster_of = dict(zip(ids, referrals["cluster_id"], strict=True))
    for row in found.links.to_dict("records"):
        ends = row["referral_id_l"], row["referral_id_r"]
        assert row["same_cluster"] == (cluster_of[ends[0]] == cluster_of[ends[1]])
        bits = [value for name, value in row.items() if str(name).startswith("bits_")]
        summed = found.model.prior_bits + sum(bits)
        assert row["match_weight_bits"] == pytest.approx(summed, abs=2.0**-20)
        floor = LinkageConfig().review_floor_bits
        assert row["same_cluster"] or row["match_weight_bits"] >= floor
    assert_date_order(found)


def assert_date_order(found: nl.Linkage) -> None:
    referred = dict(zip(found.run.referrals.referral_id, found.run.referrals.referred, strict=True))
    assert str(found.repeats["days_since_previous"].dtype) == "Int64"
    assert set(found.repeats["instance_assessment"]) <= {CANNOT_TELL, LATER, SAME_POSSIBLE}
    assert (found.repeats["reasons"].str.len() > 0).all()
    for row in found.repeats.to_dict("records"):
        before, now = referred[row["previous_referral_id"]], referred[row["referral_id"]]
        if np.isnat(before) or np.isnat(now):
            assert pd.isna(row["days_since_previous"])
            assert np.isnat(now)  # undated referrals come last
        else:
            assert row["days_since_previous"] == (now - before).astype(int) >= 0
    clusters = found.clusters.set_index("cluster_id")
    for cluster in found.clusters["cluster_id"].tolist():
        members = found.repeats[found.repeats["cluster_id"] == cluster]
        chain = [members["previous_referral_id"].iloc[0], *members["referral_id"]]
        assert members["previous_referral_id"].tolist() == chain[:-1]
        known = [referred[value] for value in chain if not np.isnat(referred[value])]
        for name, expected in (("first_referral", known[:1]), ("last_referral", known[-1:])):
            value = clusters.loc[cluster, name]
            assert pd.isna(value) if not expected else value == pd.Timestamp(expected[0])


def test_the_result_of_the_larger_frame_makes_sense(made: pd.DataFrame, linkage: nl.Linkage) -> None:
    assert set(linkage.referrals["linkage_status"]) == {"linked", "single", "not linkable"}
    assert_sensible(linkage, made)


@given(frames())
@settings(max_examples=20)
def test_every_result_makes_sense(frame: pd.DataFrame) -> None:
    assert_sensible(link(frame), frame)


@given(small_frames(low=2), st.integers(1, 3), st.integers(0, 100))
@FEW
def test_technical_duplicates_share_a_cluster_and_count_once(
    frame: pd.DataFrame, n_copied: int, seed: int
) -> None:
    # Complete rows only: a row without a name, a birth or a date may be about anybody.
    complete = frame[(frame["DOB"] != "") & (frame["Date of referral"] != "")]
    assume(len(complete) and not frame.drop(columns=ID).duplicated().any())
    copies = complete.sample(n_copied, replace=True, random_state=seed)
    copies = copies.assign(**{ID: [f"Z{number}" for number in range(n_copied)]})
    more = pd.concat([frame, copies], ignore_index=True)
    before, after = link(frame), link(more)
    marked = after.referrals["technical_duplicate_of"]
    originals = complete.loc[copies.index, ID].tolist()
    assert marked.isna().tolist() == [True] * len(frame) + [False] * n_copied
    assert marked.tail(n_copied).tolist() == originals
    cluster = after.referrals.set_index(ID)["cluster_id"]
    assert cluster.tail(n_copied).tolist() == cluster[originals].tolist()
    # Nothing else is learnt from them.
    pd.testing.assert_frame_equal(after.clusters, before.clusters)
    pd.testing.assert_frame_equal(after.links, before.links)
    pd.testing.assert_frame_equal(after.repeats, before.repeats)
    assert after.report.counts["technical duplicates"] == n_copied
    assert after.report.counts["linkable"] == before.report.counts["linkable"]


def test_a_conservative_linkage_joins_no_more(made: pd.DataFrame, linkage: nl.Linkage) -> None:
    careful = link(made, config=LinkageConfig.conservative(), model=linkage.model)
    assert len(careful.clusters) <= len(linkage.clusters)
    # Every cluster of the careful one lies within one of the other.
    inside = careful.added["cluster_id"].groupby(careful.added["cluster_id"]).indices
    for members in inside.values():
        assert linkage.added["cluster_id"].iloc[members].nunique() == 1


# --------------------------------------------------------------------------------------- the smallest inputs


def test_most_people_of_the_larger_frame_are_found(made: pd.DataFrame, linkage: nl.Linkage) -> None:
    """Not a measurement, but a run in which little is found, or much of it is wrong, is a broken one."""
    kept = linkage.referrals[linkage.referrals["linkage_status"] != "not linkable"]
    truth, found = kept["true_person"].to_numpy(), kept["cluster_id"].to_numpy()
    upper = np.triu_indices(len(kept), 1)
    same = (truth[:, None] == truth[None, :])[upper]
    joined = (found[:, None] == found[None, :])[upper]
    assert (same & joined).sum() / joined.sum() > 0.9
    assert (same & joined).sum() / same.sum() > 0.6


TWICE = [("Zamir", "Testaj", "14/05/2001", "Albanian"), ("Zamir", "Testaj", "2001-05-14", "Albania")]
OTHERS = [
    ("Ruth", "Example", "02/02/1990", "British"),
    ("Teklay", "Haile Mock", "17/08/2006", "Eritrean"),
    ("Nhung", "Van Mau", "05/04/2003", "Vietnamese"),
    ("Osei", "Mockiani", "11/12/1984", "Ghanaian"),
    ("Abdirahman", "Exampel", "21/09/1999", "Somali"),
    ("Maria", "Beispiel", "30/07/1978", "Romanian"),
    ("Li", "Muster", "09/10/1995", "Chinese"),
    ("Ahmed", "Fulan", "25/03/2002", "Sudanese"),
]
DAYS = [f"{number + 1:02d}/03/2023" for number in range(10)]


def test_ten_rows_with_one_repeat() -> None:
    frame = frame_of([*TWICE, *OTHERS], DAYS)
    found = link(frame)
    assert_sensible(found, frame)
    assert found.referrals["linkage_status"].tolist() == ["linked"] * 2 + ["single"] * 8
    assert found.repeats[
        ["previous_referral_id", "referral_id", "days_since_previous"]
    ].to_numpy().tolist() == [["R000", "R001", 1]]


def test_no_repeats() -> None:
    frame = frame_of(OTHERS, DAYS[:8])
    found = link(frame)
    assert_sensible(found, frame)
    assert found.referrals["linkage_status"].eq("single").all()
    assert found.referrals["membership_probability"].eq(1.0).all()
    assert (len(found.clusters), len(found.repeats)) == (0, 0)
    assert (found.repeat_referrals()["estimate"] < 0.5).all()


def test_only_repeats() -> None:
    """Every person twice, on another day: no technical duplicate, and everybody linked."""
    frame = pd.concat([frame_of(OTHERS, DAYS[:8]), frame_of(OTHERS, ["30/06/2023"] * 8)], ignore_index=True)
    frame[ID] = [f"R{number:03d}" for number in range(16)]
    found = link(frame)
    assert_sensible(found, frame)
    assert found.referrals["linkage_status"].eq("linked").all()
    assert people(found) == {frozenset((row, row + 8)) for row in range(8)}


def test_only_technical_duplicates() -> None:
    frame = frame_of([OTHERS[0]] * 6, ["01/03/2023"] * 6)
    found = link(frame)
    assert_sensible(found, frame)
    assert found.referrals["linkage_status"].eq("single").all()
    original = found.referrals["technical_duplicate_of"]
    assert original.isna().tolist() == [True, *[False] * 5]
    assert original.dropna().tolist() == ["R000"] * 5
    assert found.report.counts["technical duplicates"] == 5
    assert found.referrals["cluster_id"].nunique() == 1
    assert found.repeat_referrals(by=())["n_referrals"].tolist() == [1, 1, 1]


def test_one_row() -> None:
    frame = frame_of(OTHERS[:1], DAYS[:1])
    found = link(frame)
    assert_sensible(found, frame)
    assert found.referrals["linkage_status"].tolist() == ["single"]
    assert found.repeat_referrals(by=())["estimate"].tolist() == [0.0] * 3


def test_no_rows() -> None:
    frame = frame_of(OTHERS, DAYS[:8]).head(0)
    found = link(frame)
    assert_sensible(found, frame)
    assert list(found.links.columns) == list(link(frame_of(TWICE)).links.columns)
    with pytest.raises(nl.InputError, match="no referral has a date"):
        found.repeat_referrals()
    assert "0 referrals" in repr(found)


@pytest.mark.parametrize("heading", ["Surname", "Forename(s)", "Full name"])
def test_one_column(heading: str) -> None:
    frame = pd.DataFrame({heading: [row[1] for row in [*TWICE, *OTHERS]]})
    found = link(frame)
    assert_sensible(found, frame)
    assert found.referrals["referral_id"].tolist() == list(range(10))


def test_nothing_but_missing_values() -> None:
    frame = frame_of([("", "", "", "")] * 5, [""] * 5)
    found = link(frame)
    assert_sensible(found, frame)
    assert found.referrals["linkage_status"].eq("not linkable").all()
    with pytest.raises(nl.InputError, match="no referral has a date"):
        found.repeat_referrals()


def test_undated_referrals_come_last() -> None:
    rows_of_one = [TWICE[0], TWICE[1], TWICE[0], TWICE[1]]
    frame = frame_of([*rows_of_one, *OTHERS], ["", "05/03/2023", "", "01/03/2023", *DAYS[:8]])
    found = link(frame)
    assert_sensible(found, frame)
    mine = found.repeats[found.repeats["cluster_id"] == found.referrals["cluster_id"].iloc[0]]
    assert mine["previous_referral_id"].iloc[0] == "R003"
    assert mine["referral_id"].tolist() == ["R001", "R000", "R002"]
    assert mine["days_since_previous"].fillna(-1).tolist() == [4, -1, -1]


def test_settings_are_kept_with_the_run(linkage: nl.Linkage) -> None:
    kept = LinkageConfig.from_dict(dict(linkage.report.config))
    assert replace(kept, latest_date=None) == LinkageConfig()


def test_the_cluster_size_is_that_of_the_rows_that_bear_the_id() -> None:
    frame = frame_of([*OTHERS, OTHERS[0]], [*DAYS[:8], DAYS[0]])
    found = link(frame).referrals
    assert found["linkage_status"].iloc[0] == "single"
    assert found["cluster_size"].tolist() == [2, *[1] * 7, 2]


def test_a_technical_duplicate_is_explained_as_in_its_original_s_cluster() -> None:
    found = link(frame_of([*OTHERS, OTHERS[0]], [*DAYS[:8], DAYS[0]]))
    assert found.referrals["cluster_id"].iloc[0] == found.referrals["cluster_id"].iloc[8]
    assert found.explain("R000", "R008").same_cluster


def test_an_id_that_is_a_list_is_an_input_error(linkage: nl.Linkage) -> None:
    ids: Any = ["c0", "c1"]
    try:
        linkage.explain_cluster(ids)
    except nl.InputError:
        return
