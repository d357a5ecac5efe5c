"""A frame in comparable form: which rows can be linked, and what is said of doubtful values."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nrm_linkage.config import LinkageConfig
from nrm_linkage.normalise.distinct import read_column
from nrm_linkage.normalise.nationality import read_nationality
from nrm_linkage.normalise.referrals import (
    LATEST_WITHOUT_REFERRAL_DATES,
    MANY_NATIONALITIES,
    MANY_SETS,
    Normalised,
    normalise_referrals,
)
from nrm_linkage.normalise.values import WRONG_TYPE, text_of
from nrm_linkage.schema import arrange, recognise
from tests.frames import frame_of, invented, people, referrals_of, rows


def normalised(frame: pd.DataFrame, **settings: object) -> Normalised:
    return normalise_referrals(arrange(frame, recognise(frame, None)), LinkageConfig(**settings))  # type: ignore[arg-type]


LINKABLE = [
    ({"given_name": "Zamir"}, True),
    ({"family_name": "Testaj"}, True),
    ({"alias": "Ghost"}, True),
    ({"home_office_reference": "A1234567"}, True),
    ({"phone": "07700 900123"}, True),
    ({"email": "somebody@example.org"}, True),
    ({"police_reference": "crime ref 12/3456/23"}, False),
    ({"postcode": "SW1A 1AA"}, False),
    ({"date_of_birth": "17/08/2006", "nationality": "Albanian", "gender": "Male"}, False),
    ({"given_name": "Unknown", "family_name": "FNU"}, False),
    ({}, False),
]


@pytest.mark.parametrize(("record", "linkable"), LINKABLE)
def test_a_row_is_linkable_by_what_belongs_to_one_person(record, linkable):
    referrals = referrals_of(people({"given_name": "Osei"}, record))
    assert referrals.linkable.tolist() == [True, linkable]


def test_a_technical_duplicate_is_kept_and_not_linkable():
    record = {"given_name": "Zamir", "submission_id": "5f0c"}
    frame = people(record, record)
    referrals = referrals_of(frame)
    assert referrals.linkable.tolist() == [True, False]
    assert referrals.duplicate_of.tolist() == [0, 0]


SECRET = "Xhevakanari"


def test_issues_name_row_and_field_and_never_a_value():
    frame = people(
        {"given_name": f"{SECRET} aka 12", "family_name": f"?? {SECRET}", "date_of_birth": SECRET,
         "nationality": SECRET, "gender": SECRET, "home_office_reference": SECRET, "phone": SECRET,
         "email": SECRET, "postcode": SECRET, "referral_date": SECRET, "age_at_referral": SECRET},
        {"given_name": "Osei", "date_of_birth": "15/06/2023", "referral_date": "15/06/2023"},
    )  # fmt: skip
    found = normalised(frame)
    table = found.issues
    assert list(table.columns) == ["row", "field", "issue"]
    assert table["row"].dtype == np.int64
    assert {"date_of_birth", "nationality", "gender", "phone", "email", "postcode"} <= set(table["field"])
    assert ((table["row"] == 1) & (table["field"] == "date_of_birth")).any()
    assert table.equals(table.sort_values(["row", "field", "issue"], ignore_index=True))
    assert SECRET.casefold() not in table.to_csv().casefold()
    assert SECRET.casefold() not in repr(found).casefold()


@given(st.lists(rows(), max_size=10))
def test_clean_values_have_no_issue_and_none_stops_a_run(drawn):
    found = normalised(frame_of(drawn))
    assert found.referrals.n == len(drawn)
    assert (found.issues["row"] < max(len(drawn), 1)).all()
    assert not found.issues.duplicated().any()


def test_an_empty_frame_has_a_table_of_issues_too():
    table = normalised(frame_of([])).issues
    assert list(table.columns) == ["row", "field", "issue"]
    assert len(table) == 0


def test_the_latest_date_is_the_config_s_then_the_data_s_then_a_fixed_one_that_is_said():
    frame = people({"given_name": "Zamir", "referral_date": "15/06/2023"}, {"given_name": "Osei"})
    assert normalised(frame).latest_date == dt.date(2023, 6, 15)
    assert normalised(frame, latest_date=dt.date(2023, 12, 31)).latest_date == dt.date(2023, 12, 31)
    undated = normalised(frame[["referral_id", "given_name"]])
    assert undated.latest_date == LATEST_WITHOUT_REFERRAL_DATES
    assert any("no referral date" in note for note in undated.notes)


def test_ages_without_any_day_are_said_to_be_of_one():
    aged = people({"given_name": "Zamir", "age_at_referral": "22"}, {"given_name": "Osei"})
    dated = people({"given_name": "Zamir", "age_at_referral": "22", "referral_date": "15/06/2023"})
    without = aged[["referral_id", "given_name", "age_at_referral"]]
    assert any("ages are compared as if" in note for note in normalised(without).notes)
    assert not any("ages are compared as if" in note for note in normalised(dated).notes)


def test_words_beyond_the_limit_are_counted_in_a_note():
    frame = people({"given_name": "Zamir Teklay Osei Haile"}, {"given_name": "Osei"})
    (note,) = [note for note in normalised(frame, max_name_tokens=3).notes if "name tokens" in note]
    assert note.startswith("1 referrals have more than 3")
    assert normalised(frame).notes == normalised(frame, max_name_tokens=4).notes


@given(st.lists(st.tuples(st.sampled_from(["", "Albanian", "Albania", "British", "Dutch Somali", "Unknown"]),
                          st.sampled_from(["", "Somali", "UK", "Albanian"])), max_size=10))  # fmt: skip
def test_nationalities_of_both_boxes_are_one_set(drawn):
    frame = people(*({"given_name": "Osei", "nationality": a, "second_nationality": b} for a, b in drawn))
    if not drawn:
        frame = frame.assign(nationality=[], second_nationality=[])
    found = referrals_of(frame).nationality
    assert [found.sets[code] for code in found.code] == [
        read_nationality(a).codes | read_nationality(b).codes for a, b in drawn
    ]
    assert found.sets[0] == frozenset()
    assert len(set(found.sets)) == len(found.sets)


def test_the_order_of_rows_changes_nothing():
    frame = invented(30, seed=31)
    shuffled = frame.sample(frac=1, random_state=5)
    one, other = normalised(frame), normalised(shuffled)
    assert one.issues.equals(other.issues)
    for part in ("linkable", "gender", "age_group", "birth_by_age_first"):
        np.testing.assert_array_equal(getattr(one.referrals, part), getattr(other.referrals, part))
    np.testing.assert_array_equal(one.referrals.names.tokens.token, other.referrals.names.tokens.token)
    np.testing.assert_array_equal(one.referrals.birth.readings, other.referrals.birth.readings)
    assert one.referrals.nationality.sets == other.referrals.nationality.sets


class Rude:
    """An object that cannot be hashed and will not be shown."""

    __hash__ = None  # type: ignore[assignment]

    def __str__(self) -> str:
        raise AssertionError("the text of a value that is no cell was asked for")

    __repr__ = __str__


def test_values_that_cannot_be_hashed_are_refused_and_spoil_no_other():
    column = pd.Series(["Zamir", ["Zamir"], 2006, None, "Zamir"], dtype=object)
    column[3] = Rude()
    found = read_column(column, text_of)
    refused = (None, (WRONG_TYPE,))
    assert [found.readings[code] for code in found.codes] == [
        ("Zamir", ()), refused, ("2006", ()), refused, ("Zamir", ()),
    ]  # fmt: skip


def test_each_distinct_value_is_read_once_and_missing_by_itself():
    asked: list[object] = []
    column = pd.Series(["a", None, "a", float("nan"), pd.NA, "b"], dtype=object)
    found = read_column(column, asked.append)
    assert asked == [None, "a", "b"]
    assert found.codes.tolist() == [1, 0, 1, 0, 0, 2]


def test_more_nationalities_than_a_person_has_are_missing_and_said():
    six, seven = "ALB / VNM / ERI / SDN", "ALB / VNM / ERI / SDN / IRN"
    found = normalised(
        people(
            {"given_name": "Zamir", "nationality": six, "second_nationality": "IRN / GBR"},
            {"given_name": "Ruth", "nationality": seven, "second_nationality": "GBR / POL"},
        )
    )
    sets, code = found.referrals.nationality.sets, found.referrals.nationality.code
    assert [len(sets[one]) for one in code] == [6, 0]
    assert found.issues.to_dict("records") == [
        {"row": 1, "field": "nationality", "issue": MANY_NATIONALITIES}
    ]


@given(st.permutations(range(8)))
def test_beyond_so_many_sets_of_nationalities_the_rarest_are_missing_and_said(order):
    held = ["ALB", "VNM", "ALB / VNM", "ALB / VNM", "ERI / SDN", "ERI / SDN", "GBR / POL", "ALB / GBR"]
    frame = people(*({"given_name": "Zamir", "nationality": held[place]} for place in order))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("nrm_linkage.normalise.referrals.MOST_SETS", 4)
        found = normalised(frame)
    sets, code = found.referrals.nationality.sets, found.referrals.nationality.code
    kept = {frozenset(text.split(" / ")) for text in held[:6]}
    assert set(sets) == kept | {frozenset()}
    lost = [row for row, place in enumerate(order) if place >= 6]
    assert [row for row, one in enumerate(code) if not sets[one]] == lost
    assert found.issues.to_dict("list") == {
        "row": lost, "field": ["nationality"] * 2, "issue": [MANY_SETS] * 2
    }  # fmt: skip
