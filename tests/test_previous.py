"""Linking in steps is linking at once; ids live on; nobody is lost."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nrm_linkage import ConfigError, InputError, Linkage, LinkageConfig, make_referrals
from tests.following import (
    FULL,
    ID,
    NHUNG,
    ONE,
    RUTH,
    ZAMIRA,
    assert_identical,
    assert_same_people,
    changes,
    cluster_of,
    counts,
    frame_of,
    link,
    people,
    shuffled,
)

pytestmark = [pytest.mark.whole_package, pytest.mark.xdist_group("previous")]


@pytest.fixture(scope="module")
def made() -> pd.DataFrame:
    return make_referrals(400, seed=17).drop(columns=["true_person", "true_instance"])


@pytest.fixture(scope="module")
def first(made: pd.DataFrame) -> Linkage:
    return link(made.iloc[::2])


@pytest.fixture(scope="module")
def second(made: pd.DataFrame, first: Linkage) -> Linkage:
    return link(made.iloc[1::2], first)


# ------------------------------------------------------------------------------------- two steps are one


def test_two_steps_are_one(made: pd.DataFrame, first: Linkage, second: Linkage) -> None:
    at_once = link(made, model=first.model)
    assert_same_people(second, at_once)
    assert second.model is first.model
    assert counts(second) == {
        "kept": len(made.iloc[::2]),
        "revised": 0,
        "withdrawn": 0,
        "new": len(made.iloc[1::2]),
    }
    assert (second.changes["change"] == "created").any()


def test_the_full_extract_is_the_new_rows_and_the_old(
    made: pd.DataFrame, first: Linkage, second: Linkage
) -> None:
    whole = link(made, first, config=FULL)
    assert_same_people(whole, second)
    assert cluster_of(whole) == cluster_of(second)
    assert_identical(replace(whole, data_issues=second.data_issues), second)
    assert counts(whole) == counts(second)


def test_the_order_of_rows_changes_nothing(made: pd.DataFrame, first: Linkage, second: Linkage) -> None:
    other = link(shuffled(made.iloc[1::2]), first)
    assert_identical(replace(other, data_issues=second.data_issues), second)
    another_first = link(shuffled(made.iloc[::2]))
    assert_identical(replace(link(made.iloc[1::2], another_first), data_issues=second.data_issues), second)


@pytest.mark.parametrize("config", [LinkageConfig(), FULL], ids=["new rows", "full"])
def test_the_same_frame_again_changes_nothing(
    made: pd.DataFrame, first: Linkage, config: LinkageConfig
) -> None:
    again = link(made.iloc[::2], first, config=config)
    assert not len(again.changes)
    assert_identical(again, first)
    pd.testing.assert_frame_equal(again.referrals, first.referrals)
    assert counts(again) == {"kept": len(again.referrals), "revised": 0, "withdrawn": 0, "new": 0}


def test_three_runs_in_a_row(made: pd.DataFrame) -> None:
    parts = [made.iloc[at::3] for at in range(3)]
    runs = [link(parts[0])]
    for part in parts[1:]:
        runs.append(link(part, runs[-1]))
    assert_same_people(runs[2], link(made, model=runs[0].model))
    for before, after in pairwise(runs):
        then, now = cluster_of(before), cluster_of(after)
        given_up = set(then.values()) - set(now.values())
        assert given_up <= after.run.past_ids and before.run.past_ids <= after.run.past_ids
        # An id that lives on does so where one of its referrals is.
        held = {value: {key for key in then if then[key] == value} for value in set(then.values())}
        for value in set(then.values()) & set(now.values()):
            assert {key for key in now if now[key] == value} & held[value]
        named = {value for _, _, source in changes(after) for value in source}
        assert given_up <= named
    assert not runs[2].run.past_ids & set(cluster_of(runs[2]).values())


@settings(max_examples=6)
@given(st.data())
def test_any_split_of_an_extract_comes_to_the_same(data: st.DataObject) -> None:
    frame = make_referrals(120, seed=data.draw(st.integers(0, 50))).drop(
        columns=["true_person", "true_instance"]
    )
    part = np.array(data.draw(st.lists(st.integers(0, 2), min_size=len(frame), max_size=len(frame))))
    part[0] = 0
    linkage = link(frame[part == 0])
    model = linkage.model
    for number in (1, 2):
        linkage = link(frame[part == number], linkage)
    assert_same_people(linkage, link(frame, model=model))


# ---------------------------------------------------------------------------------- what became of clusters


@pytest.fixture(scope="module")
def one() -> Linkage:
    linkage = link(ONE)
    assert people(linkage) == {frozenset({"R1", "R2"}), frozenset({"R3"}), frozenset({"R4", "R5"})}
    return linkage


def test_a_cluster_is_created(one: Linkage) -> None:
    found = link(frame_of(("R6", RUTH, "01/09/2023"), ("R7", NHUNG, "05/09/2023")), one)
    ruth = cluster_of(one)["R3"]
    assert changes(found) == [(ruth, "created", (ruth,))]
    assert cluster_of(found)["R6"] == ruth


def test_a_cluster_grows_and_keeps_its_id_whatever_comes_before_it(one: Linkage) -> None:
    found = link(frame_of(("A0", ZAMIRA, "01/01/2023")), one)
    zamira = cluster_of(one)["R1"]
    assert changes(found) == [(zamira, "grown", (zamira,))]
    assert {cluster_of(found)[key] for key in ("A0", "R1", "R2")} == {zamira}
    assert found.clusters.set_index("cluster_id").at[zamira, "n_referrals"] == 3


def test_a_value_is_revised(one: Linkage) -> None:
    better = ONE.assign(Nationality=ONE["Nationality"].replace("Ghanaian", "Ghana"))
    found = link(better.iloc[[4, 3]], one)
    osei = cluster_of(one)["R4"]
    assert changes(found) == [(osei, "revised", (osei,))]
    assert counts(found) == {"kept": 3, "revised": 2, "withdrawn": 0, "new": 0}
    assert_same_people(found, link(better, model=one.model))
    assert sorted(found.referrals[ID]) == sorted(ONE[ID])
    assert set(found.referrals["Nationality"]) == set(better["Nationality"])


def test_clusters_merge_and_the_oldest_lives_on(one: Linkage) -> None:
    """The second Zamira turns out to be Osei: what they are called first is not what they are."""
    apart = link(
        frame_of(
            ("A", ("Zamirra", "Testaj", "", ""), "09/02/2023"),
            ("B", ("Zamirra", "Testaj", "", ""), "10/02/2023"),
            ("Y", (*NHUNG,), "01/02/2023"),
            ("Z", (*NHUNG,), "02/02/2023"),
        ),
        one,
        decisions=pd.DataFrame(
            {"referral_id_l": ["A", "R1"], "referral_id_r": ["B", "A"], "decision": ["same", "different"]}
        ),
    )
    of = cluster_of(apart)
    assert of["A"] == of["B"] != of["R1"]
    both = pd.DataFrame(
        {"referral_id_l": ["R1", "Y"], "referral_id_r": ["A", "A"], "decision": ["same", "same"]}
    )
    found = link(ONE.iloc[:0], apart, decisions=both)
    assert changes(found) == [(of["Y"], "merged", tuple(sorted({of["A"], of["R1"], of["Y"]})))]
    assert {of["A"], of["R1"]} <= found.run.past_ids


def test_a_cluster_is_split_and_the_first_referral_keeps_the_id(one: Linkage) -> None:
    changed = ONE.iloc[[0]].assign(
        **{"Forename(s)": "Nhung", "Surname": "Van Mau", "DOB": "09/03/1999", "Nationality": "Vietnamese"}
    )
    found = link(changed, one)
    then, now = cluster_of(one), cluster_of(found)
    assert now["R1"] == then["R1"] != now["R2"]
    assert changes(found) == sorted(
        [(then["R1"], "split", (then["R1"],)), (now["R2"], "split", (then["R1"],))]
    )


def test_a_referral_is_withdrawn_from_a_full_extract(one: Linkage) -> None:
    found = link(ONE.iloc[[1, 2]], one, config=FULL)
    then, now = cluster_of(one), cluster_of(found)
    assert set(now) == {"R2", "R3"}
    assert now["R2"] == then["R1"]
    assert changes(found) == sorted((then[key], "withdrawn", (then[key],)) for key in ("R1", "R4"))
    assert counts(found) == {"kept": 2, "revised": 0, "withdrawn": 3, "new": 0}
    # It comes back, and has an id that nobody had.
    back = link(ONE, found, config=FULL)
    assert cluster_of(back)["R1"] == then["R1"]
    assert cluster_of(back)["R4"] not in then.values()


def test_nobody_is_lost_when_few_rows_are_given(one: Linkage) -> None:
    found = link(ONE.iloc[:0], one)
    assert not len(found.changes)
    assert people(found) == people(one)
    assert "5 of the previous run that are not among them were kept" in str(found.report)
    assert "3 of the previous run that are not among them were withdrawn" in str(
        link(ONE.iloc[:2], one, config=FULL).report
    )


# -------------------------------------------------------------------------------------------- what is taken


def test_rows_come_back_first_and_those_kept_below(one: Linkage) -> None:
    new = frame_of(("R9", RUTH, "01/09/2023"), ("R1", ZAMIRA, "03/02/2023"))
    found = link(new, one).referrals
    pd.testing.assert_frame_equal(found[list(new.columns)].iloc[:2], new)
    assert found[ID].tolist() == ["R9", "R1", "R2", "R3", "R4", "R5"]
    assert found.index.tolist() == list(range(6))
    named = link(new.set_axis(["x", "y"]), one).referrals
    assert named.index.tolist() == ["x", "y", 1, 2, 3, 4]


def test_each_extract_has_its_own_headings(one: Linkage) -> None:
    new = pd.DataFrame(
        {
            "Case id": ["R7", "R2"],
            "First name": ["Zamira", "Zamira"],
            "Family name": ["Testaj", "Testaj"],
            "Date of birth": ["2001-05-14", "14/05/2001"],
            "Citizenship": ["Albania", "Albanian"],
            "Referred": ["2023-11-01", "21/06/2023"],
            "Gender": ["F", None],
            "Score": [1, 2],
        }
    )
    found = link(new, one)
    assert list(found.referrals.columns[: new.shape[1]]) == list(new.columns)
    assert found.referrals["Family name"].tolist() == [
        "Testaj",
        "Testaj",
        "Testaj",
        "Example",
        "Mockiani",
        "Mockiani",
    ]
    assert counts(found) == {"kept": 5, "revised": 0, "withdrawn": 0, "new": 1}
    assert changes(found)[0][1] == "grown"
    assert (
        found.referrals["Score"].iloc[:2].tolist() == [1, 2]
        and found.referrals["Score"].iloc[2:].isna().all()
    )
    assert "gender" in " ".join(found.report.choices)
    again = link(ONE, found)
    assert not len(again.changes)
    assert people(again) == people(found)


@pytest.mark.parametrize("kind", ["polars", "pyarrow", "duckdb", "pandas strings"])
def test_other_kinds_of_frame(one: Linkage, kind: str) -> None:
    new = frame_of(("R6", RUTH, "01/09/2023"), ("R1", ZAMIRA, "03/02/2023")).assign(Score=[5, 6])
    as_kind: dict[str, Any] = {
        "polars": pl.from_pandas,
        "pyarrow": pa.Table.from_pandas,
        "duckdb": lambda frame: duckdb.from_arrow(pa.Table.from_pandas(frame)),
        "pandas strings": lambda frame: frame.convert_dtypes(),
    }
    given_frame = as_kind[kind](new)
    expected = link(new, one)
    found = link(given_frame, one)
    assert type(found.referrals) is type(given_frame)
    assert_identical(found, expected)
    back = found.referrals
    back = back if isinstance(back, pd.DataFrame) else back.to_df() if kind == "duckdb" else back.to_pandas()
    assert back[ID].tolist() == expected.referrals[ID].tolist()
    assert back["cluster_id"].tolist() == expected.referrals["cluster_id"].tolist()
    assert back["Score"].tolist()[:2] == [5, 6]
    following = link(frame_of(("R8", NHUNG, "01/10/2023")), found)
    assert sorted(following.referrals[ID]) == ["R1", "R2", "R3", "R4", "R5", "R6", "R8"]


@pytest.mark.parametrize("library", ["polars", "pyarrow", "duckdb"])
def test_a_column_without_values_takes_the_type_of_the_rows_kept(library: str) -> None:
    """A few new rows often fill no box of some column, and its type is then null, or anything."""
    before = link(ONE.assign(Town="Hull", Score=7))
    new = pa.Table.from_pandas(frame_of(("R6", RUTH, "01/09/2023")).assign(Town=None, Score=None))
    as_kind: dict[str, Any] = {
        "polars": pl.from_arrow,
        "pyarrow": lambda table: table,
        "duckdb": duckdb.from_arrow,
    }
    found = link(as_kind[library](new), before).referrals
    back = (
        pa.table(found) if library == "polars" else found if library == "pyarrow" else found.to_arrow_table()
    )
    assert back["Town"].to_pylist() == [None, *["Hull"] * 5]
    assert back["Score"].to_pylist() == [None, *[7] * 5]


def test_columns_of_one_name_stay_apart_in_arrow(one: Linkage) -> None:
    new = pa.Table.from_pandas(frame_of(("R6", RUTH, "01/09/2023")))
    new = new.append_column("Notes", pa.array(["a"])).append_column("Notes", pa.array(["b"]))
    found = link(new, one).referrals
    assert [found.column(at).to_pylist()[0] for at in (6, 7)] == ["a", "b"]
    assert found.column_names[:8] == new.column_names and len(found) == 6


def test_kept_rows_that_do_not_fit_the_types_are_refused() -> None:
    before = link(ONE.assign(Score="much"))
    with pytest.raises(InputError, match="fit the type of a column"):
        link(pl.from_pandas(ONE.iloc[:1].assign(Score=1)), before)
    with pytest.raises(InputError, match="fit the type of 'DOB'") as caught:
        link(pl.from_pandas(ONE.iloc[:1].assign(DOB=pd.Timestamp("2001-05-14"))), before)
    assert "1990" not in str(caught.value)


def test_numbers_and_dates_are_the_same_however_they_were_read() -> None:
    text = ONE.assign(
        DOB=["2001-05-14", "2001-05-14", "1990-11-02", "1985-07-23", "1985-07-23"], **{ID: list("12345")}
    )
    typed = text.assign(DOB=pd.to_datetime(text["DOB"]), **{ID: [1, 2, 3, 4, 5]})
    for before, after in ((text, typed), (typed, text), (typed.assign(**{ID: typed[ID] * 1.0}), text)):
        found = link(after, link(before), config=FULL)
        assert counts(found) == {"kept": 5, "revised": 0, "withdrawn": 0, "new": 0}
        assert not len(found.changes)


def test_submission_ids_serve() -> None:
    frame = ONE.rename(columns={ID: "ExternalId"})
    before = link(frame.iloc[[0, 2, 0]].assign(Town=["Hull", "Hull", "Leeds"]))
    found = link(frame.iloc[[0, 1, 3]].assign(Town=["Leeds", "Hull", ""]), before)
    # The row of Leeds is known again by what it holds, and the other of the same submission is kept.
    assert counts(found) == {"kept": 3, "revised": 0, "withdrawn": 0, "new": 2}
    assert sorted(found.referrals["Town"].dropna()) == ["", "Hull", "Hull", "Hull", "Leeds"]
    assert found.report.counts["technical duplicates"] == 1
    assert found.clusters["n_referrals"].tolist() == [2]


def test_a_technical_duplicate_is_neither_growth_nor_a_loss(one: Linkage) -> None:
    found = link(ONE.iloc[[0]].assign(**{ID: "A0"}), one)
    assert found.report.counts["technical duplicates"] == 1
    assert not len(found.changes)
    assert cluster_of(found)["A0"] == cluster_of(one)["R1"]
    assert found.run.past_ids == frozenset()


def test_an_explicit_model_scores(one: Linkage) -> None:
    other = link(make_referrals(200, seed=2)).model
    found = link(ONE, one, model=other)
    assert found.model is other
    assert_same_people(found, link(ONE, model=other))


def test_decisions_bind_on_until_others_are_made(one: Linkage) -> None:
    def decided(*rows: tuple[str, str, str]) -> pd.DataFrame:
        return pd.DataFrame(rows, columns=["referral_id_l", "referral_id_r", "decision"])

    apart = link(ONE, one, decisions=decided(("R1", "R2", "different"), ("R3", "R4", "same")))
    new = frame_of(("R9", NHUNG, "01/10/2023"))
    found = link(new, apart)
    assert people(found) == people(apart) | {frozenset({"R9"})}
    assert not len(found.changes)
    assert "2 human decisions of the previous run bind on" in found.report.choices
    other = link(new, apart, decisions=decided(("R2", "R1", "unsure")))
    assert frozenset({"R1", "R2"}) in people(other) and frozenset({"R3", "R4", "R5"}) in people(other)
    gone = link(ONE.iloc[[0, 2, 4]], found, config=FULL)
    assert not [choice for choice in gone.report.choices if "decision" in choice]
    with_new = link(new, one, decisions=decided(("R9", "R1", "same")))
    assert cluster_of(with_new)["R9"] == cluster_of(one)["R1"]


def test_settings_that_differ_are_named(one: Linkage) -> None:
    found = link(ONE, one, config=LinkageConfig(false_link_cost=9))
    assert "settings that differ from the previous run's: false_link_cost" in found.report.choices
    assert not [choice for choice in link(ONE, one, config=FULL).report.choices if "differ" in choice]
    with pytest.raises(ConfigError, match="extract must be one of"):
        LinkageConfig(extract="some")


def test_what_cannot_be_known_again_is_refused(one: Linkage) -> None:
    without = ONE.drop(columns=ID)
    for frame, before in ((without, one), (ONE, link(without)), (without, link(without))):
        with pytest.raises(InputError, match="row positions do not outlive a run"):
            link(frame, before)
    with pytest.raises(InputError, match="known by submission_id and those of previous= by referral_id"):
        link(ONE.rename(columns={ID: "ExternalId"}), one)
    some = ONE.rename(columns={ID: "ExternalId"})
    with pytest.raises(InputError, match="1 of 5 rows of the referrals have no submission id"):
        link(some.assign(ExternalId=["S1", "S2", "", "S4", "S5"]), link(some))
    with pytest.raises(InputError, match=r"previous must be a Linkage"):
        link(ONE, ONE)  # type: ignore[arg-type]


def test_a_loaded_run_serves_as_the_one_that_was_saved(
    made: pd.DataFrame, first: Linkage, second: Linkage, tmp_path: Path
) -> None:
    first.save(tmp_path / "first")
    found = link(made.iloc[1::2], Linkage.load(tmp_path / "first"))
    assert_identical(found, second)
    pd.testing.assert_frame_equal(found.referrals, second.referrals, check_dtype=False)
    found.save(tmp_path / "second")
    loaded = Linkage.load(tmp_path / "second")
    pd.testing.assert_frame_equal(loaded.changes, second.changes)
    assert loaded.run.past_ids == second.run.past_ids
    assert_identical(link(made, loaded, config=FULL), link(made, second, config=FULL))


def test_decisions_are_saved(one: Linkage, tmp_path: Path) -> None:
    decisions = pd.DataFrame(
        {"referral_id_l": ["R1", "R3"], "referral_id_r": ["R2", "R4"], "decision": ["different", "same"]}
    )
    before = link(ONE, one, decisions=decisions)
    before.save(tmp_path / "run")
    loaded = Linkage.load(tmp_path / "run")
    assert people(link(ONE, loaded)) == people(before)
    assert loaded.run.past_ids == before.run.past_ids == {cluster_of(one)["R3"]}
    loaded.save(tmp_path / "again")
    for path in (tmp_path / "run").iterdir():
        assert path.read_bytes() == (tmp_path / "again" / path.name).read_bytes()


def test_methods_work_on_a_run_that_follows(second: Linkage) -> None:
    cluster = second.changes.loc[second.changes["change"] == "created", "cluster_id"].iloc[0]
    pair = second.links.iloc[0]
    explained = second.explain(pair["referral_id_l"], pair["referral_id_r"])
    assert explained.match_weight_bits == pytest.approx(pair["match_weight_bits"])
    assert explained.same_cluster == pair["same_cluster"]
    second.explain_cluster(cluster)
    second.quality()


def test_fields_of_the_callers_own_are_compared_again(one: Linkage, tmp_path: Path) -> None:
    from recordlinkage.compare import Exact

    from nrm_linkage.toolkit import FeatureField

    scan = FeatureField("scan", Exact("Scan", "Scan"))
    frame = ONE.assign(Scan=["s1", "s1", "s2", "Wujokexa", "Wujokexa"])
    before = link(frame.iloc[:3], compare=scan)
    found = link(frame.iloc[3:], before, compare=scan)
    assert_same_people(found, link(frame, model=before.model, compare=scan))
    with pytest.raises(ConfigError):
        link(frame.iloc[3:], before)
    forgotten = found.forget(["R4", "R5"])
    assert_same_people(forgotten, link(frame.iloc[:3], model=before.model, compare=scan))
    assert "Wujokexa" not in forgotten.run.referrals.extra.frame.to_csv()  # type: ignore[union-attr]
    found.save(tmp_path / "run")
    with pytest.raises(InputError, match="whose features a loaded run does not hold"):
        Linkage.load(tmp_path / "run").forget(["R4"])
