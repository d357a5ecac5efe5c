"""What referrals say about the exploitation and about themselves: the evidence on which `instances` works.

Types, places, dates of exploitation, the responder, the reasonable grounds decision and the form's yes/no
questions, each read once for each distinct value. None of it is evidence about the person. The question
"reported before" changed its meaning on 31 March 2025 while its field name stayed (domain.md 1.1.2): answers
of earlier referrals are turned round here, so that yes always means that the person had reported before;
where the referral is undated the answer is dropped. The number of an earlier referral that the details name
is a reference and is read in `earlier`.

A value that says something of which its reader makes nothing has an issue (`boxes`).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from nrm_linkage.normalise.answers import Answer, read_answer
from nrm_linkage.normalise.boxes import Boxes, Doubt
from nrm_linkage.normalise.dates import read_date
from nrm_linkage.normalise.distinct import ReadColumn, merge_lists, read_column, token_lists
from nrm_linkage.normalise.exploitation import read_period, read_types, says_later
from nrm_linkage.normalise.places import read_places
from nrm_linkage.normalise.responders import ResponderType, read_responder, read_responder_type
from nrm_linkage.normalise.values import text_of
from nrm_linkage.tables import Coded, Days, InstanceFacts, Int8s, Mask, TokenLists

__all__ = ["TYPE_BITS", "facts_and_doubts", "instance_facts"]

TYPE_BITS: Mapping[str, int] = {"labour": 1, "sexual": 2, "criminal": 4, "domestic": 8, "organ": 16}
"""Bit of each published exploitation class in `InstanceFacts.types` (domain.md 2.4)."""

REPORTED_BEFORE_FLIPPED = np.datetime64("2025-03-31")

FORM_QUESTION = ("is-this-the-first-chance-to-report", "FirstChanceToReport")
"""Headings under which the form's question changed its meaning; an analyst's own column says what it says."""

_TICK_BOXES: Mapping[str, str] = {
    "exploitation_labour": "labour",
    "exploitation_wages_taken": "labour",
    "exploitation_fraud": "labour",
    "exploitation_prostitution": "sexual",
    "exploitation_child": "sexual",
    "exploitation_taken_somewhere": "sexual",
    "exploitation_crime": "criminal",
    "exploitation_organs": "organ",
    "exploitation_domestic_servitude": "domestic",
}
"""The form's boxes and the published class of each (domain.md 1.1.2, mapping marked OWN there)."""

Columns = Mapping[str, tuple[pd.Series, ...]]

NO_TYPE = "exploitation type not recognised"
NO_PLACE = "place not recognised"
NO_PERIOD = "no date of exploitation recognised"
NO_ANSWER = "answer not recognised"
NO_DECISION = "decision not recognised"
NO_RESPONDER_TYPE = "type of first responder not recognised"
_UNDECIDED = ("await", "pending", "outstanding", "not yet", "no decision", "reconsider")


def instance_facts(columns: Columns, referred: Days) -> InstanceFacts:
    """Everything about the instance, one row a referral."""
    return facts_and_doubts(columns, referred)[0]


def facts_and_doubts(
    columns: Columns, referred: Days
) -> tuple[InstanceFacts, list[tuple[str, ReadColumn[Doubt]]]]:
    """Everything about the instance, one row a referral; and by field the issues of its values."""
    boxes = Boxes(columns, [])
    n_rows = len(referred)
    started_first, started_last, ended_last = _period(boxes, n_rows)
    facts = InstanceFacts(
        types=_types(boxes, n_rows),
        started_first=started_first,
        started_last=started_last,
        ended_last=ended_last,
        places=_places(boxes, n_rows),
        responder=_responders(boxes, n_rows),
        responder_type=_responder_types(boxes, n_rows),
        decided=_dates(boxes, "rg_date", n_rows),
        negative_decision=_negative_decisions(boxes, n_rows),
        more_than_one_situation=_answers(boxes, "more_than_one_situation", n_rows),
        still_exploited=_answers(boxes, "still_exploited", n_rows),
        reported_before=_reported_before(boxes, referred),
        said_later=_said_later(columns, n_rows),
    )
    return facts, boxes.doubts


def _reported_before(boxes: Boxes, referred: Days) -> Int8s:
    """Whether the person had reported before, yes always meaning that they had."""
    reported = _answers(boxes, "reported_before", len(referred))
    asked = boxes.columns.get("reported_before", ())
    if not asked or str(asked[0].name) not in FORM_QUESTION:
        return reported
    yes, no = int(Answer.YES), int(Answer.NO)
    turned = np.select([reported == yes, reported == no], [no, yes], reported)
    asked_anew = np.where(referred < REPORTED_BEFORE_FLIPPED, turned, reported)
    return np.where(np.isnat(referred), int(Answer.MISSING), asked_anew).astype(np.int8)


def _said_later(columns: Columns, n_rows: int) -> Mask:
    """Whether the record says in words that exploitation went on or began after the previous referral."""
    said = np.zeros(n_rows, dtype=np.bool_)
    for name in ("exploitation_dates", "reported_before_details"):
        for box in columns.get(name, ()):
            said |= read_column(box, says_later).map(bool, "bool").astype(np.bool_)
    return said


def _types(boxes: Boxes, n_rows: int) -> Int8s:
    found = np.zeros(n_rows, dtype=np.int8)
    for read in boxes.read("exploitation_type", read_types, NO_TYPE):
        found |= read.map(lambda types: sum(TYPE_BITS[name] for name in types), "int8").astype(np.int8)
    for box, name in _TICK_BOXES.items():
        if box in boxes.columns:
            ticked = _answers(boxes, box, n_rows) == int(Answer.YES)
            found |= np.where(ticked, TYPE_BITS[name], 0).astype(np.int8)
    return found


def _period(boxes: Boxes, n_rows: int) -> tuple[Days, Days, Days]:
    """First and last day on which exploitation may have begun, and the last on which it may have ended."""
    started_first = np.full(n_rows, "NaT", dtype="datetime64[D]")
    started_last, ended_last = started_first.copy(), started_first.copy()
    for first, last in _spans(boxes, "exploitation_dates"):
        started_first, started_last, ended_last = first, first.copy(), last
    for first, last in _spans(boxes, "exploitation_start"):
        started_last = np.where(np.isnat(first), started_last, last)
        started_first = np.where(np.isnat(first), started_first, first)
    for _, last in _spans(boxes, "exploitation_end"):
        ended_last = np.where(np.isnat(last), ended_last, last)
    return started_first, started_last, ended_last


def _spans(boxes: Boxes, name: str) -> list[tuple[Days, Days]]:
    """First and last day of each row's period in each column of a field."""
    return [
        (
            read.map(lambda period: period[0], "datetime64[D]").astype("datetime64[D]"),
            read.map(lambda period: period[1], "datetime64[D]").astype("datetime64[D]"),
        )
        for read in boxes.read(name, read_period, NO_PERIOD)[:1]
    ]


def _places(boxes: Boxes, n_rows: int) -> TokenLists:
    parts = [
        token_lists([sorted(places) for places in read.readings], read.codes)
        for name in ("exploitation_cities", "exploitation_countries", "exploitation_place")
        for read in boxes.read(name, read_places, NO_PLACE)
    ]
    return merge_lists(parts, n_rows)


def _responders(boxes: Boxes, n_rows: int) -> Coded:
    """The first responders, each body under one name."""
    found = boxes.read("first_responder", read_responder, "")
    if not found:
        return Coded(codes=np.zeros(n_rows, dtype=np.int32), values=("",))
    texts = ("", *sorted(set(found[0].readings) - {""}))
    number = {text: code for code, text in enumerate(texts)}
    return Coded(codes=found[0].map(lambda text: number[text], "int32").astype(np.int32), values=texts)


def _responder_types(boxes: Boxes, n_rows: int) -> Int8s:
    """The type from its own column; where that tells nothing, from the name of the body."""
    reads = boxes.read("first_responder_type", read_responder_type, NO_RESPONDER_TYPE)
    # What is doubtful about the name of the body has been said where the body was read.
    reads += [read_column(box, read_responder_type) for box in boxes.columns.get("first_responder", ())]
    kind = np.zeros(n_rows, dtype=np.int8)
    for read in reads:
        kind = np.where(kind == ResponderType.MISSING, read.map(int, "int8"), kind).astype(np.int8)
    return kind


def _dates(boxes: Boxes, name: str, n_rows: int) -> Days:
    for read in boxes.read(name, read_date, ""):
        return read.map(lambda reading: reading.first, "datetime64[D]").astype("datetime64[D]")
    return np.full(n_rows, "NaT", dtype="datetime64[D]")


def _answers(boxes: Boxes, name: str, n_rows: int) -> Int8s:
    for read in boxes.read(name, read_answer, NO_ANSWER):
        return read.map(int, "int8").astype(np.int8)
    return np.zeros(n_rows, dtype=np.int8)


def _negative_decisions(boxes: Boxes, n_rows: int) -> Int8s:
    """Yes where either decision on the referral is recorded as negative or withdrawn, no where none is and
    one is recorded as positive.
    """
    result = np.full(n_rows, int(Answer.MISSING), dtype=np.int8)
    for name in ("rg_decision", "cg_decision"):
        for read in boxes.read(name, _read_decision, NO_DECISION):
            decided = read.map(lambda answer: int(answer or Answer.MISSING), "int8")
            said = (decided != int(Answer.MISSING)) & (result != int(Answer.YES))
            result = np.where(said, decided, result).astype(np.int8)
    return result


def _read_decision(value: object) -> Answer | None:
    """Whether a decision was negative; missing where there is none yet, None where the text says nothing."""
    text = (text_of(value)[0] or "").casefold()
    if any(word in text for word in ("negative", "withdrawn", "closed", "suspended")):
        return Answer.YES
    if "positive" in text:
        return Answer.NO
    return Answer.MISSING if any(word in text for word in _UNDECIDED) else None
