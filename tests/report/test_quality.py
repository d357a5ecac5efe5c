"""Quality by group against an oracle that loops over referrals and pairs; all entered twice, and none."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest

from nrm_linkage import HOME_OFFICE_CAVEAT, InputError, Linkage, link_referrals, make_referrals
from tests.frames import frame_of

TRUTH = ["true_person", "true_instance"]
SUMS = ("referrals", "linkable", "links", "expected_false_links", "expected_missed_links")


@pytest.fixture(scope="module")
def linkage() -> Linkage:
    return link_referrals(make_referrals(1_500, seed=5).drop(columns=TRUTH), progress=False)


@pytest.fixture(scope="module")
def table(linkage: Linkage) -> pd.DataFrame:
    return linkage.quality()


def test_groups_are_nationalities_as_read_with_unknown_among_them_and_the_total_last(
    table: pd.DataFrame,
) -> None:
    assert table["nationality"].iloc[-1] == "total"
    assert {"ALB", "GBR", "VNM", "unknown"} <= set(table["nationality"])
    assert table["nationality"].iloc[:-1].is_monotonic_increasing
    assert table["nationality"].is_unique


def test_numbers_add_up_to_the_total(table: pd.DataFrame) -> None:
    groups, total = table.iloc[:-1], table.iloc[-1]
    for name in SUMS:
        assert groups[name].sum() == pytest.approx(total[name]), name
    assert total["false_link_ratio"] == total["missed_link_ratio"] == 1.0
    assert not total["beyond"]


def test_expectations_are_those_of_the_links_one_by_one(linkage: Linkage, table: pd.DataFrame) -> None:
    nationality = dict(
        zip(linkage.run.referrals.referral_id, linkage._countable.groups["nationality"], strict=True)
    )
    links = dict.fromkeys(table["nationality"], 0.0)
    false, missed = links.copy(), links.copy()
    links_rows: Any = linkage.links.itertuples()
    for row in links_rows:
        for end in (row.referral_id_l, row.referral_id_r):
            for group in (nationality[end], "total"):
                if row.same_cluster:
                    links[group] += 0.5
                    false[group] += (1 - row.same_person_probability) / 2
                else:
                    missed[group] += row.same_person_probability / 2
    rows: Any = table.itertuples()
    for row in rows:
        group = row.nationality
        assert row.links == links[group]
        assert row.expected_false_links == pytest.approx(false[group], abs=1e-9)
        assert row.expected_missed_links == pytest.approx(missed[group], abs=1e-9)
        if links[group]:
            assert row.expected_precision == pytest.approx(1 - false[group] / links[group])
        else:
            assert math.isnan(row.expected_precision)
    assert table["links"].iloc[-1] == (linkage.clusters["n_referrals"].map(lambda n: n * (n - 1) / 2)).sum()


def test_expected_links_and_missed_ones_are_the_pairs_that_the_draws_expect(linkage: Linkage) -> None:
    total = linkage.quality(()).iloc[0]
    draws = linkage.run.partition.draws
    drawn = [int((sizes * (sizes - 1) // 2).sum()) for sizes in map(np.bincount, draws)]
    expected = total["links"] - total["expected_false_links"] + total["expected_missed_links"]
    assert expected == pytest.approx(np.mean(drawn), abs=3.0)


def test_ratios_and_flags_follow_from_the_shares(table: pd.DataFrame) -> None:
    total = table.iloc[-1]
    rows: Any = table.itertuples()
    for row in rows:
        false_share, missed_share = 1 - row.expected_precision, 1 - row.expected_recall
        beyond = (
            false_share > 1.25 * (1 - total["expected_precision"]) + 1e-12
            or missed_share > 1.25 * (1 - total["expected_recall"]) + 1e-12
        )
        assert row.beyond == beyond
        assert row.small == (row.linkable < 10)
    assert table["beyond"].any()
    assert table["small"].any()


def test_what_records_hold_is_counted_over_linkable_referrals() -> None:
    frame = pd.DataFrame(
        {
            "NRM reference": ["R1", "R2", "R3", "R4", "R5"],
            "Forename(s)": ["Zamira", "Zamira", "Osei", "", "Ruth"],
            "Surname": ["Testaj", "Testaj", "Mock", "", "Example"],
            "DOB": ["14/05/2001", "14/05/2001", "01/01/1999", "03/03/2000", None],
            "Nationality": ["Albanian", "Albania", "Ghanaian", "Albanian", "zzzzqq"],
            "Gender": ["Female", "F", "Male", "Male", None],
        }
    )
    linkage = link_referrals(frame, progress=False)
    table = linkage.quality().set_index("nationality")
    assert table.index.tolist() == ["ALB", "GHA", "unknown", "total"]
    assert table["referrals"].tolist() == [3, 1, 1, 5]
    assert table["linkable"].tolist() == [2, 1, 1, 4]
    assert table["date_of_birth_known"].tolist() == [1.0, 1.0, 0.0, 0.75]
    assert table["nationality_known"].tolist() == [1.0, 1.0, 0.0, 0.75]
    assert table["gender_known"].tolist() == [1.0, 1.0, 0.0, 0.75]
    assert table["reference_known"].tolist() == [0.0, 0.0, 0.0, 0.0]
    assert table["default_date_share"].iloc[:2].tolist() == [0.0, 1.0]
    assert math.isnan(table["default_date_share"]["unknown"])
    assert table["link_rate"].tolist() == [1.0, 0.0, 0.0, 0.5]
    assert "zzzzqq" not in table.to_csv()


def test_a_referral_with_an_open_question_is_one_to_review(linkage: Linkage) -> None:
    open_ = linkage.links["same_person_probability"].between(0.1, 0.9)
    ends = set(linkage.links.loc[open_, "referral_id_l"]) | set(linkage.links.loc[open_, "referral_id_r"])
    total = linkage.quality(()).iloc[0]
    assert len(ends) > 0
    assert total["review_rate"] == pytest.approx(len(ends) / total["linkable"])


def test_several_columns_one_column_or_none(linkage: Linkage, table: pd.DataFrame) -> None:
    both = linkage.quality(["age_group", "gender"])
    assert both.columns[:2].tolist() == ["age_group", "gender"]
    assert both.iloc[-1, :2].tolist() == ["total", "total"]
    assert both[["age_group", "gender"]].duplicated().sum() == 0
    alone = linkage.quality(())
    assert len(alone) == 1
    shared = alone.columns.tolist()
    pd.testing.assert_frame_equal(alone, both.iloc[[-1]][shared].reset_index(drop=True))
    pd.testing.assert_frame_equal(alone, table.iloc[[-1]][shared].reset_index(drop=True))


def test_it_says_what_it_does_not_know(table: pd.DataFrame) -> None:
    assert table.attrs["caveat"] == HOME_OFFICE_CAVEAT
    assert "under the model" in table.attrs["under_the_model"]
    assert "never compared" in table.attrs["under_the_model"]


@pytest.mark.parametrize(
    ("by", "why"),
    [("shoe_size", "do not hold"), (["gender", "gender"], "more than once"), ("links", "do not hold")],
)
def test_groupings_that_cannot_be_are_refused(linkage: Linkage, by: str | list[str], why: str) -> None:
    with pytest.raises(InputError, match=why):
        linkage.quality(by)


def test_a_column_of_the_table_is_no_grouping() -> None:
    frame = pd.DataFrame({"Forename(s)": ["Ruth"], "Surname": ["Example"], "beyond": ["x"]})
    with pytest.raises(InputError, match="rename yours"):
        link_referrals(frame, progress=False).quality("beyond")


def test_neither_order_nor_ids_of_rows_matter() -> None:
    frame = make_referrals(300, seed=11).drop(columns=TRUTH)
    one = link_referrals(frame, progress=False).quality()
    other = link_referrals(frame.sample(frac=1, random_state=3), progress=False).quality()
    pd.testing.assert_frame_equal(one, other)


def test_a_saved_linkage_shows_the_same(linkage: Linkage, table: pd.DataFrame, tmp_path: object) -> None:
    folder = f"{tmp_path}/run"
    linkage.save(folder)
    pd.testing.assert_frame_equal(Linkage.load(folder).quality(), table)


def test_no_referrals_make_an_empty_total() -> None:
    frame = pd.DataFrame({"Forename(s)": [], "Surname": []}, dtype=object)
    table = link_referrals(frame, progress=False).quality(())
    assert table["referrals"].tolist() == [0]
    assert table["expected_precision"].isna().all()


@pytest.fixture(scope="module")
def once() -> pd.DataFrame:
    """One named referral a person, without the references and telephone numbers that give a person away."""
    frame = make_referrals(900, seed=21)
    frame = frame.drop_duplicates("true_person").dropna(subset=["Forename(s)", "Surname", "DOB"])
    return frame.drop(columns=[*TRUTH, "HO reference", "Police reference", "Phone", "Postcode"])


def test_records_entered_twice_are_joined(once: pd.DataFrame) -> None:
    changed: dict[str, Any] = {"NRM reference": "X" + once["NRM reference"], "Date of referral": "01/10/2024"}
    again = once.assign(**changed)
    linkage = link_referrals(pd.concat([once, again], ignore_index=True), progress=False)
    cluster = linkage.referrals.set_index("NRM reference")["cluster_id"]
    linkable = linkage.referrals["linkage_status"].ne("not linkable").to_numpy()
    ids = linkage.referrals.loc[linkable, "NRM reference"]
    ids = ids[~ids.str.startswith("X")]
    joined = [cluster[value] == cluster["X" + value] for value in ids]
    total = linkage.quality(()).iloc[0]
    assert len(joined) > 500
    assert np.mean(joined) > 0.97
    assert total["link_rate"] > 0.97
    assert total["expected_recall"] > 0.97


def test_where_nobody_was_referred_twice_few_links_are_made_and_few_expected(once: pd.DataFrame) -> None:
    total = link_referrals(once, progress=False).quality(()).iloc[0]
    expected = total["links"] - total["expected_false_links"] + total["expected_missed_links"]
    assert total["linkable"] > 500
    assert total["link_rate"] < 0.02
    assert expected / total["linkable"] < 0.02


@pytest.mark.parametrize("layout", ["form", "case export", "analyst"])
def test_any_column_of_the_input_can_group_and_groups_add_up(layout: str) -> None:
    frame = make_referrals(150, seed=2, layout=layout).drop(columns=TRUTH)
    linkage = link_referrals(frame, progress=False)
    total = linkage.quality(()).iloc[0]
    fixed = ("nationality", "age_group", "gender", "first_responder_type", "first_responder")
    for by in (*fixed, *map(str, frame.columns)):
        table = linkage.quality(by)
        assert table[by].iloc[-1] == "total"
        for name in SUMS:
            assert table[name].iloc[:-1].sum() == pytest.approx(total[name]), (by, name)


def test_the_type_of_first_responder_is_read_from_its_column_and_failing_that_from_the_organisation() -> None:
    people = [("Ruth", "Example", f"02/02/{1970 + at}", "British") for at in range(5)]
    kind = [None, "LA", "NGO and Third Sector", "zzzzqq", None]
    body = ["Metropolitan Police Service", "Kent Police", "Home Office", "Bury Borough Council", "zzzzqq"]
    columns: dict[str, Any] = {"First responder type": kind, "First responder": body}
    both = frame_of(people).assign(**columns)
    for by in ("first_responder_type", "First responder type"):
        table = link_referrals(both, progress=False).quality(by)
        counts = dict(zip(table[by], table["referrals"], strict=True))
        assert counts == {"local authority": 2, "ngo": 1, "police": 1, "unknown": 1, "total": 5}
    one = link_referrals(both.drop(columns="First responder type"), progress=False)
    table = one.quality("first_responder_type")
    assert table["first_responder_type"].tolist() == [
        *("government", "local authority", "police", "unknown", "total"),
    ]
    assert table["referrals"].tolist() == [1, 1, 2, 1, 5]
    assert {"Kent Police", "zzzzqq"} <= set(one.quality("first_responder")["first_responder"])
