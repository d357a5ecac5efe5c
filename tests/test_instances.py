"""Each class of repeat in domain.md 3.3 and the rule of 3.4; neither days nor places decide."""

from __future__ import annotations

import datetime
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from nrm_linkage.instances import (
    CANNOT_TELL,
    LATER,
    SAME_POSSIBLE,
    SENTENCES,
    Assessed,
    Reason,
    assess,
    read_codes,
)
from nrm_linkage.normalise.ages import AgeGroup
from nrm_linkage.normalise.answers import Answer
from nrm_linkage.normalise.responders import ResponderType
from nrm_linkage.tables import Coded, InstanceFacts, TokenLists

LABOUR, SEXUAL = 1, 2
PLACES = ("Hull", "Leeds", "Dover")
RESPONDERS = ("", "police", "council")
NUMBERS = ("ho:a1234567", "nrm:123456")

Record = dict[str, Any]
EMPTY: Record = {
    "referred": None,
    "age_group": AgeGroup.MISSING,
    "types": 0,
    "started_first": None,
    "started_last": None,
    "ended_last": None,
    "places": (),
    "responder": "",
    "responder_type": ResponderType.MISSING,
    "numbers": (),
    "decided": None,
    "negative_decision": Answer.MISSING,
    "more_than_one_situation": Answer.MISSING,
    "still_exploited": Answer.MISSING,
    "reported_before": Answer.MISSING,
    "said_later": False,
}


def record(**known: Any) -> Record:
    """A record; `started` gives both ends of an exact beginning."""
    if "started" in known:
        known["started_first"] = known["started_last"] = known.pop("started")
    return EMPTY | known


def judged(pairs: list[tuple[Record, Record]]) -> list[tuple[str, str]]:
    """Assessment and reasons of each pair (previous, current), all assessed in one call."""
    found = assessed(pairs)
    return list(zip(found.assessment.tolist(), found.reasons.tolist(), strict=True))


def assessed(pairs: list[tuple[Record, Record]]) -> Assessed:
    rows = [row for pair in pairs for row in pair]

    def days(name: str) -> Any:
        return np.array([row[name] for row in rows], dtype="datetime64[D]")

    def answers(name: str) -> Any:
        return np.array([int(row[name]) for row in rows], dtype=np.int8)

    def listed(name: str, texts: tuple[str, ...]) -> TokenLists:
        return TokenLists(
            start=np.cumsum([0, *(len(row[name]) for row in rows)]).astype(np.int64),
            token=np.array([texts.index(text) for row in rows for text in row[name]], dtype=np.int32),
            texts=texts,
        )

    facts = InstanceFacts(
        types=np.array([row["types"] for row in rows], dtype=np.int8),
        started_first=days("started_first"),
        started_last=days("started_last"),
        ended_last=days("ended_last"),
        places=listed("places", PLACES),
        responder=Coded(
            np.array([RESPONDERS.index(r["responder"]) for r in rows], dtype=np.int32), RESPONDERS
        ),
        responder_type=answers("responder_type"),
        decided=days("decided"),
        negative_decision=answers("negative_decision"),
        more_than_one_situation=answers("more_than_one_situation"),
        still_exploited=answers("still_exploited"),
        reported_before=answers("reported_before"),
        said_later=np.array([row["said_later"] for row in rows], dtype=bool),
    )
    referrals: Any = SimpleNamespace(
        facts=facts,
        referred=days("referred"),
        references=listed("numbers", NUMBERS),
        age_group=answers("age_group"),
    )
    at = np.arange(len(pairs), dtype=np.int64) * 2
    return assess(referrals, at, at + 1)


def judge(previous: Record, current: Record) -> tuple[str, str]:
    (result,) = judged([(previous, current)])
    return result


FIRST = record(referred="2023-03-01", types=LABOUR, places=("Hull",), responder="police")
DECIDED = FIRST | {"decided": "2023-04-10"}
REFUSED = DECIDED | {"negative_decision": Answer.YES}
MONTH_LATER = record(referred="2023-03-20", types=LABOUR, places=("Hull",), responder="council")
YEAR_LATER = record(referred="2024-09-01")
ELSEWHERE = {"types": SEXUAL, "places": ("Leeds",)}

# Every row of the taxonomy of repeats and of the practical rule (domain.md 3.3, 3.4) that records can show.
# T0 is put together before, T5 has nobody to link, T6 is a matter of linkage.
GOLDEN: list[tuple[str, Record, Record, str, str]] = [
    ("T1", FIRST, MONTH_LATER, SAME_POSSIBLE, "type_in_common; place_in_common; two_bodies"),
    (
        "T1, with dates that overlap",
        FIRST,
        MONTH_LATER | {"started_first": "2022-05-01", "started_last": "2022-05-01"},
        SAME_POSSIBLE,
        "begun_by_referral; type_in_common; place_in_common; two_bodies",
    ),
    (
        "T2, exploitation before the first referral",
        FIRST,
        YEAR_LATER | {"ended_last": "2023-02-01"},
        SAME_POSSIBLE,
        "over_by_referral",
    ),
    (
        "T2, refused and referred again",
        REFUSED,
        YEAR_LATER | ELSEWHERE | {"started_first": "2022-05-01", "started_last": "2022-05-01"},
        SAME_POSSIBLE,
        "begun_by_referral; no_type_in_common; no_place_in_common; refused_before",
    ),
    (
        "T2, a new body that did not know",
        FIRST,
        YEAR_LATER
        | {
            "types": LABOUR,
            "responder": "council",
            "started_first": "2022-05-01",
            "started_last": "2022-05-01",
        },
        SAME_POSSIBLE,
        "begun_by_referral; type_in_common",
    ),
    (
        "T3, began after the decision",
        DECIDED,
        YEAR_LATER | {"started_first": "2023-06-01", "started_last": "2023-06-01"},
        LATER,
        "began_after_decision",
    ),
    (
        "T3, began after the referral, no decision dated",
        FIRST,
        YEAR_LATER | {"started_first": "2023-03-02", "started_last": "2023-03-02"},
        LATER,
        "began_after_referral",
    ),
    ("T3, went on, in words", FIRST, YEAR_LATER | {"said_later": True}, LATER, "said_later"),
    (
        "T3, another type and place alone",
        FIRST,
        YEAR_LATER | ELSEWHERE,
        CANNOT_TELL,
        "no_type_in_common; no_place_in_common",
    ),
    (
        "T3, answers alone",
        FIRST,
        YEAR_LATER | {"more_than_one_situation": Answer.YES, "still_exploited": Answer.YES},
        CANNOT_TELL,
        "several_situations; still_exploited",
    ),
    (
        "T4",
        FIRST | {"age_group": AgeGroup.CHILD},
        YEAR_LATER | {"age_group": AgeGroup.ADULT},
        CANNOT_TELL,
        "turned_adult",
    ),
    ("3.4, the days between alone", FIRST, YEAR_LATER | {"referred": "2026-03-01"}, CANNOT_TELL, "nothing"),
    (
        "3.4, after the referral and by the decision",
        DECIDED,
        YEAR_LATER | {"started_first": "2023-03-20", "started_last": "2023-03-20"},
        CANNOT_TELL,
        "began_before_decision",
    ),
    (
        "3.4, begun before and not known to be over",
        FIRST,
        YEAR_LATER | {"started_first": "2022-05-01", "started_last": "2022-05-01"},
        CANNOT_TELL,
        "begun_by_referral",
    ),
    (
        "3.4, told before, with the number",
        FIRST | {"numbers": NUMBERS},
        YEAR_LATER | {"reported_before": Answer.YES, "numbers": NUMBERS},
        CANNOT_TELL,
        "gives_number; reported_before",
    ),
    (
        "3.4, began after the referral that says so",
        DECIDED,
        YEAR_LATER | {"started_first": "2025-06-01", "started_last": "2025-06-01"},
        CANNOT_TELL,
        "dates_contradict; began_after_decision",
    ),
    ("3.4, nothing recorded", record(), record(), CANNOT_TELL, "nothing"),
]


@pytest.mark.parametrize(
    ("previous", "current", "assessment", "codes"),
    [row[1:] for row in GOLDEN],
    ids=[row[0] for row in GOLDEN],
)
def test_each_row_of_the_taxonomy(previous: Record, current: Record, assessment: str, codes: str) -> None:
    found = assessed([(previous, current)])
    assert (found.assessment[0], found.codes[0]) == (assessment, codes)
    sentences = [SENTENCES[Reason(code)] for code in codes.split("; ")]
    assert found.reasons[0] == "; ".join(sentences)
    assert read_codes(codes) == {Reason(code) for code in codes.split("; ")}


def test_codes_do_not_change_and_no_reason_lacks_a_sentence() -> None:
    """Whoever stored a code finds it again: a reason may be added and never renamed."""
    assert [reason.value for reason in Reason] == [
        *("dates_contradict", "began_after_decision", "began_after_referral", "began_before_decision"),
        *("said_later", "over_by_referral", "begun_by_referral", "type_in_common", "place_in_common"),
        *("no_type_in_common", "no_place_in_common", "two_bodies", "two_kinds_of_body", "refused_before"),
        *("turned_adult", "gives_number", "reported_before", "several_situations", "still_exploited"),
        "nothing",
    ]
    assert list(SENTENCES) == list(Reason)
    assert len(set(SENTENCES.values())) == len(Reason)
    with pytest.raises(ValueError, match="re_reported"):
        read_codes("re_reported")


def test_t1_two_bodies_that_refer_one_situation_within_a_month() -> None:
    other = record(
        referred="2023-03-20", types=LABOUR | SEXUAL, places=("Dover", "Hull"), responder="council"
    )
    assessment, reasons = judge(FIRST, other)
    assert assessment == SAME_POSSIBLE
    assert "two bodies referred within thirty days" in reasons
    assert "different kinds" not in reasons
    kinds = ({"responder_type": kind} for kind in (ResponderType.POLICE, ResponderType.LOCAL_AUTHORITY))
    of_kinds = judge(*(one | kind for one, kind in zip((FIRST, other), kinds, strict=True)))
    more = "thirty days; the two bodies are of different kinds"
    assert of_kinds == (assessment, reasons.replace("thirty days", more))


@pytest.mark.parametrize(
    "lacks",
    [
        {"referred": "2023-04-01"},
        {"referred": None},
        {"responder": "police"},
        {"responder": ""},
        {"types": SEXUAL},
        {"types": 0},
        {"places": ("Leeds",)},
        {"places": ()},
    ],
    ids=str,
)
def test_t1_needs_all_of_nearness_another_body_type_and_place(lacks: Record) -> None:
    other = record(referred="2023-03-20", types=LABOUR, places=("Hull",), responder="council") | lacks
    assert judge(FIRST, other)[0] == CANNOT_TELL


@pytest.mark.parametrize(
    ("known", "reason"),
    [
        ({"ended_last": "2023-03-01"}, "over by the previous referral"),
        ({"ended_last": "2022-01-01"}, "over by the previous referral"),
        ({"started": "2022-05-01", "types": LABOUR}, "begun by the previous referral; an exploitation type"),
    ],
)
def test_t2_a_later_referral_of_what_was_before_the_first(known: Record, reason: str) -> None:
    assessment, reasons = judge(FIRST, record(referred="2024-09-01", **known))
    assert assessment == SAME_POSSIBLE
    assert reason in reasons


def test_t2_a_case_that_was_refused_and_referred_again() -> None:
    refused = FIRST | {"negative_decision": Answer.YES}
    again = record(referred="2023-12-01", started="2022-05-01", types=SEXUAL)
    assert judge(refused, again)[0] == SAME_POSSIBLE
    assert judge(FIRST, again)[0] == CANNOT_TELL
    assert judge(refused, record(referred="2023-12-01", types=LABOUR))[0] == CANNOT_TELL


@pytest.mark.parametrize(
    ("decided", "started", "expected"),
    [
        ("2023-03-10", "2023-03-11", LATER),
        ("2023-03-10", "2023-03-10", CANNOT_TELL),
        ("2023-03-10", "2023-03-05", CANNOT_TELL),  # after the referral, before the decision: section 62
        (None, "2023-03-02", LATER),
        (None, "2023-03-01", SAME_POSSIBLE),
    ],
)
def test_t3_exploitation_that_began_after_the_decision_or_the_referral(
    decided: str | None, started: str, expected: str
) -> None:
    assessment, reasons = judge(
        FIRST | {"decided": decided}, record(referred="2024-02-01", started=started, types=LABOUR)
    )
    assert assessment == expected
    if expected == LATER:
        assert ("after the decision" in reasons) == (decided is not None)


def test_t3_an_imprecise_beginning_decides_only_when_every_day_of_it_does() -> None:
    some_day_of_2023 = {"started_first": "2023-01-01", "started_last": "2023-12-31", "types": LABOUR}
    some_day_of_2024 = {"started_first": "2024-01-01", "started_last": "2024-12-31", "types": LABOUR}
    assert judge(FIRST, record(referred="2025-01-01", **some_day_of_2023))[0] == CANNOT_TELL
    assert judge(FIRST, record(referred="2025-01-01", **some_day_of_2024))[0] == LATER


def test_the_number_of_the_previous_referral_is_a_reason_and_never_decides() -> None:
    numbered = [one | {"numbers": NUMBERS} for one in (FIRST, record(referred="2024-02-01"))]
    assert judge(*numbered) == (CANNOT_TELL, "the record gives the number of the previous referral")
    others = [one | {"numbers": NUMBERS[:1]} for one in numbered]
    assert judge(*others) == (CANNOT_TELL, "the records hold nothing to tell by")


def test_t3_words_of_the_record_say_that_it_was_later() -> None:
    assessment, reasons = judge(FIRST, record(referred="2024-02-01", said_later=True))
    assert assessment == LATER
    assert "says in words" in reasons
    begun = record(referred="2024-02-01", started="2022-01-01", types=LABOUR, said_later=True)
    assert judge(FIRST, begun)[0] == LATER  # it went on
    over = record(referred="2024-02-01", ended_last="2023-01-01", said_later=True)
    assessment, reasons = judge(FIRST, over)
    assert assessment == CANNOT_TELL
    assert "contradict" in reasons


def test_t3_that_somebody_had_reported_before_decides_nothing() -> None:
    told = judge(FIRST, record(referred="2024-02-01", reported_before=Answer.YES))
    assert told == (CANNOT_TELL, "the record says that the person had reported before")


def test_t3_answers_are_reasons_and_never_decide() -> None:
    told = record(referred="2024-02-01", more_than_one_situation=Answer.YES, still_exploited=Answer.YES)
    assessment, reasons = judge(FIRST, told)
    assert assessment == CANNOT_TELL
    assert "more than one situation" in reasons and "still going on" in reasons
    denied = record(referred="2024-02-01", more_than_one_situation=Answer.NO, still_exploited=Answer.UNSURE)
    assert judge(FIRST, denied) == (CANNOT_TELL, "the records hold nothing to tell by")


def test_t4_and_t5_say_nothing_of_the_instance_by_themselves() -> None:
    assert judge(record(), record()) == (CANNOT_TELL, "the records hold nothing to tell by")
    assert judge(FIRST, record(referred="2026-03-01"))[0] == CANNOT_TELL


@pytest.mark.parametrize(
    "current",
    [
        record(referred="2024-02-01", started="2023-06-01", ended_last="2023-02-01"),
        record(referred="2024-02-01", started="2023-06-01", ended_last="2023-05-01"),
    ],
)
def test_dates_that_contradict_one_another_decide_nothing(current: Record) -> None:
    assessment, reasons = judge(FIRST, current)
    assert assessment == CANNOT_TELL
    assert "contradict" in reasons


def test_contradicting_dates_leave_the_two_bodies_rule_alone() -> None:
    other = record(referred="2023-03-20", types=LABOUR, places=("Hull",), responder="council")
    assert (
        judge(FIRST, other | {"started_first": "2023-03-10", "ended_last": "2023-01-01"})[0] == SAME_POSSIBLE
    )


def test_a_decision_before_its_own_referral_decides_nothing_about_the_time_between() -> None:
    odd = FIRST | {"decided": "2022-01-01"}
    assert judge(odd, record(referred="2024-02-01", started="2022-06-01", types=LABOUR))[0] == CANNOT_TELL


def test_reasons_are_phrases_without_values() -> None:
    _, reasons = judge(FIRST, FIRST | {"responder": "council", "referred": "2023-03-05"})
    assert not [word for word in (*PLACES, "police", "council", "2023") if word in reasons]


# ------------------------------------------------------------------------------------------------- properties

DAY = st.none() | st.integers(0, 8).map(lambda n: datetime.date(2023, 1, 1) + datetime.timedelta(days=20 * n))
ANSWER = st.sampled_from(list(Answer))


def _ordered(row: Record) -> Record:
    """A drawn record whose beginning is an interval, or not known."""
    drawn = row.pop("started")
    known = None not in drawn
    return row | {
        "started_first": min(drawn) if known else None,
        "started_last": max(drawn) if known else None,
    }


RECORDS = st.fixed_dictionaries(
    {
        "referred": DAY,
        "age_group": st.sampled_from(list(AgeGroup)),
        "types": st.integers(0, 3),
        "started": st.tuples(DAY, DAY),
        "ended_last": DAY,
        "places": st.sets(st.sampled_from(PLACES)).map(sorted).map(tuple),
        "responder": st.sampled_from(RESPONDERS),
        "responder_type": st.sampled_from(list(ResponderType)),
        "numbers": st.sets(st.sampled_from(NUMBERS)).map(sorted).map(tuple),
        "decided": DAY,
        "negative_decision": ANSWER,
        "more_than_one_situation": ANSWER,
        "still_exploited": ANSWER,
        "reported_before": ANSWER,
        "said_later": st.booleans(),
    }
).map(_ordered)
FAR = 10_000


def two_bodies(previous: Record, current: Record) -> bool:
    """The documented rule, written out: the only one that days between and places have a part in."""
    days = [row["referred"] for row in (previous, current)]
    return (
        None not in days
        and abs((days[1] - days[0]).days) <= 30
        and "" not in (previous["responder"], current["responder"])
        and previous["responder"] != current["responder"]
        and bool(previous["types"] & current["types"])
        and bool(set(previous["places"]) & set(current["places"]))
    )


@given(RECORDS, RECORDS, st.sets(st.sampled_from(PLACES)), st.sets(st.sampled_from(PLACES)))
def test_places_decide_nothing_but_in_the_two_bodies_rule(
    previous: Record, current: Record, a: Any, b: Any
) -> None:
    moved = (previous | {"places": tuple(sorted(a))}, current | {"places": tuple(sorted(b))})
    before, after = (answer for answer, _ in judged([(previous, current), moved]))
    assert before == after or two_bodies(previous, current) != two_bodies(*moved)


@given(RECORDS, RECORDS)
def test_the_days_between_decide_nothing_but_in_the_two_bodies_rule(
    previous: Record, current: Record
) -> None:
    """The later referral moves far away; no rule but that one looks at its day. (It does not speak of what
    began after it.)"""
    own = current["referred"], current["started_first"]
    assume(None in own or own[1] <= own[0])
    far = current["referred"] and current["referred"] + datetime.timedelta(days=FAR)
    moved = (previous, current | {"referred": far})
    before, after = (answer for answer, _ in judged([(previous, current), moved]))
    assert before == after or two_bodies(previous, current)
    if before == CANNOT_TELL:
        assert after == CANNOT_TELL


@given(RECORDS, RECORDS)
def test_stretching_time_without_changing_any_order_decides_nothing(
    previous: Record, current: Record
) -> None:
    def stretched(row: Record) -> Record:
        return {
            name: datetime.date(2023, 1, 1) + (value - datetime.date(2023, 1, 1)) * 7
            if isinstance(value, datetime.date)
            else value
            for name, value in row.items()
        }

    moved = (stretched(previous), stretched(current))
    before, after = (answer for answer, _ in judged([(previous, current), moved]))
    assert before == after or two_bodies(previous, current) != two_bodies(*moved)


@given(st.lists(st.tuples(RECORDS, RECORDS), max_size=6))
def test_repeats_are_assessed_one_by_one(pairs: list[tuple[Record, Record]]) -> None:
    assert judged(pairs) == [judge(*pair) for pair in pairs]
