"""What referrals say of the exploitation and of themselves."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest

from nrm_linkage.normalise.answers import Answer
from nrm_linkage.normalise.facts import TYPE_BITS, facts_and_doubts, instance_facts
from nrm_linkage.normalise.responders import ResponderType, read_responder
from nrm_linkage.tables import InstanceFacts

YES, NO, UNSURE, MISSING = Answer.YES, Answer.NO, Answer.UNSURE, Answer.MISSING


def facts(*, referred: str = "2023-06-15", **boxes: list[object]) -> InstanceFacts:
    n = len(next(iter(boxes.values()))) if boxes else 2
    columns = {box: (pd.Series(values, dtype=object),) for box, values in boxes.items()}
    return instance_facts(columns, np.array([referred] * n, dtype="datetime64[D]"))


DECISIONS = [
    ("Positive", "Negative", YES),
    ("Negative", "Positive", YES),
    ("Positive", "", NO),
    ("", "Positive", NO),
    ("Positive", "Positive", NO),
    ("", "Withdrawn", YES),
    ("Negative", "", YES),
    ("Suspended", "", YES),
    ("Awaiting", "Awaiting", MISSING),
    ("Positive", "Awaiting", NO),
    ("", "", MISSING),
]


@pytest.mark.parametrize(("reasonable", "conclusive", "answer"), DECISIONS)
def test_a_negative_decision_of_either_kind_is_negative(reasonable, conclusive, answer):
    found = facts(rg_decision=[reasonable], cg_decision=[conclusive])
    assert found.negative_decision.tolist() == [answer]


def test_types_come_from_the_text_and_from_the_boxes():
    found = facts(
        exploitation_type=["Labour", "Sexual exploitation", "", None],
        exploitation_crime=["Yes", "", "Yes", "No"],
        exploitation_organs=["", "", "Yes", ""],
    )
    bits = TYPE_BITS
    expected = [bits["labour"] | bits["criminal"], bits["sexual"], bits["criminal"] | bits["organ"], 0]
    assert found.types.tolist() == expected


def test_start_and_end_boxes_come_before_the_period_in_one_box():
    found = facts(
        exploitation_dates=["01/02/2022 to 03/04/2022"] * 2,
        exploitation_start=["2021", ""],
        exploitation_end=["", "05/06/2022"],
    )
    assert found.started_first.tolist() == [dt.date(2021, 1, 1), dt.date(2022, 2, 1)]
    assert found.started_last.tolist() == [dt.date(2021, 12, 31), dt.date(2022, 2, 1)]
    assert found.ended_last.tolist() == [dt.date(2022, 4, 3), dt.date(2022, 6, 5)]


def test_places_of_all_boxes_are_one_set_a_row():
    found = facts(exploitation_cities=["Leeds", ""], exploitation_countries=["Albania", "Albania"])
    assert found.places.count.tolist() == [2, 1]
    rows = [set(found.places.token[start:end].tolist()) for start, end in ((0, 2), (2, 3))]
    assert rows[1] < rows[0]


def test_responders_are_told_apart_by_their_words_and_not_by_case_or_space():
    found = facts(first_responder=["Unseen ", "unseen", "Home Office", None, ["Unseen"]])
    codes = found.responder.codes.tolist()
    assert codes[0] == codes[1] != codes[2]
    assert codes[3] == codes[4] == 0


def test_the_type_of_responder_is_told_by_its_own_column_or_by_the_body():
    found = facts(
        first_responder_type=["Police", "Zq", None, "Police"],
        first_responder=["Unseen", "Kent County Council", "Unseen", "Zq"],
    )
    assert found.responder_type.tolist() == [
        *(ResponderType.POLICE, ResponderType.LOCAL_AUTHORITY),
        *(ResponderType.NGO, ResponderType.POLICE),
    ]
    assert facts(nothing=["Zq"]).responder_type.tolist() == [ResponderType.MISSING]


BODIES = [
    ["Metropolitan Police Service", "Met Police", "MPS", "METROPOLITAN POLICE"],
    ["Home Office - Immigration Enforcement IE", "Home Office - Immigration Enforcement IE - DET Haslar"],
    ["Home Office - UK Visas and Immigration UKVI", "UKVI", "UK Visas & Immigration"],
    ["Home Office - UK Border Force UKBF", "Border Force"],
    ["London Borough of Bexley", "Bexley Council", "LB Bexley", "bexley borough council - social services"],
    ["Kent County Council", "Kent CC"], ["Kent Police", "kent police"], ["City of London Police"],
    ["City of London Corporation"], ["Derby City Council"], ["Derbyshire County Council"],
    ["The Salvation Army", "Salvation Army"], ["Barnardo's", "Barnardos"], ["Unseen", "Unseen UK"],
    ["Gangmasters and Labour Abuse Authority GLAA", "GLAA"], ["Somebody Else", "somebody  else"], ["", "N/K"],
]  # fmt: skip


def test_a_body_is_one_however_it_is_written_and_no_two_are_one():
    read = [{read_responder(name) for name in names} for names in BODIES]
    assert [len(names) for names in read] == [1] * len(BODIES)
    assert len(set.union(*read)) == len(BODIES)


DOUBTS = [
    ("exploitation_type", "Labour", None), ("exploitation_type", "Zq", "exploitation type not recognised"),
    ("exploitation_type", "Not specified or unknown", None), ("exploitation_type", "N/K", None),
    ("exploitation_labour", "Yes", None), ("exploitation_labour", "Zq", "answer not recognised"),
    ("exploitation_cities", "Leeds", None), ("exploitation_cities", "7", "place not recognised"),
    ("exploitation_dates", "since 2021", None), ("exploitation_end", "", None),
    ("exploitation_dates", "Zq", "no date of exploitation recognised"),
    ("exploitation_start", "last summer", "no date of exploitation recognised"),
    ("rg_date", "20/06/2023", None), ("rg_date", "Zq", "not a date"),
    ("rg_decision", "Positive", None), ("rg_decision", "Awaiting a decision", None),
    ("cg_decision", "Zq", "decision not recognised"), ("cg_decision", "", None),
    ("still_exploited", "not-sure", None), ("still_exploited", "Zq", "answer not recognised"),
    ("first_responder_type", "Zq", "type of first responder not recognised"),
    ("first_responder_type", "Police", None), ("first_responder", "Zq", None),
    ("first_responder", ["Zq"], "not text, a number or a date"),
]  # fmt: skip


@pytest.mark.parametrize(("box", "value", "issue"), DOUBTS)
def test_what_is_said_and_not_understood_has_an_issue(box, value, issue):
    columns = {box: (pd.Series([value, None], dtype=object),)}
    _, doubts = facts_and_doubts(columns, np.full(2, "2023-06-15", dtype="datetime64[D]"))
    found = [(name, [read.readings[code].issues for code in read.codes]) for name, read in doubts]
    assert found == ([] if issue is None else [(box, [(issue,), ()])])


def test_dates_of_decisions_are_read():
    assert facts(rg_date=["20/06/2023", "soon"]).decided.tolist() == [dt.date(2023, 6, 20), None]


@pytest.mark.parametrize("box", ["more_than_one_situation", "still_exploited"])
def test_questions_are_answered_yes_no_unsure_or_not(box):
    column = pd.Series(["Yes", "no", "not-sure", ""], dtype=object)
    found = instance_facts({box: (column,)}, np.full(4, "2023-06-15", dtype="datetime64[D]"))
    assert getattr(found, box).tolist() == [YES, NO, UNSURE, MISSING]


@pytest.mark.parametrize(
    ("heading", "referred", "expected"),
    [
        ("FirstChanceToReport", "2025-03-30", [NO, YES, UNSURE]),
        ("FirstChanceToReport", "2025-03-31", [YES, NO, UNSURE]),
        ("FirstChanceToReport", "NaT", [MISSING] * 3),
        ("Reported before", "2025-03-30", [YES, NO, UNSURE]),
        ("Reported before", "NaT", [YES, NO, UNSURE]),
    ],
)
def test_the_question_that_was_turned_round_is_turned_back_by_the_referral_date(heading, referred, expected):
    column = pd.Series(["Yes", "No", "Not sure"], name=heading, dtype=object)
    found = instance_facts({"reported_before": (column,)}, np.full(3, referred, dtype="datetime64[D]"))
    assert found.reported_before.tolist() == expected


def test_a_frame_that_says_nothing_has_nothing():
    found = facts()
    assert found.types.tolist() == found.negative_decision.tolist() == [0, 0]
    assert found.reported_before.tolist() == [0, 0]
    assert np.isnat(found.started_first).all()
    assert found.places.count.tolist() == [0, 0]
    assert found.responder.codes.tolist() == [0, 0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Exploited again since his previous NRM referral", True),
        ("was made to sell drugs after the last referral in May 2024", True),
        ("Forced to work from 2019. Following the most recent NRM decision she was exploited again.", True),
        ("No exploitation since the previous referral", False),
        ("fears being exploited again after the last decision", False),
        ("exploited before and after the previous referral", False),  # it says of both; a person must read it
        ("was exploited in 2019; came to notice again since the last referral", False),
        ("exploited since the first referral", False),
        ("exploited again", False),
        ("since the previous referral", False),
        ("escaped exploitation after the last referral", False),
        ("", False),
        (None, False),
        (2021, False),
    ],
)
def test_words_that_say_later_exploitation_say_all_of_it(text: object, expected: bool) -> None:
    assert facts(exploitation_dates=[text]).said_later.tolist() == [expected]
    assert facts(reported_before_details=[text]).said_later.tolist() == [expected]
    assert facts(victim_account=[text]).said_later.tolist() == [False]
