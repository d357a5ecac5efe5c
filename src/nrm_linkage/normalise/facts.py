"""What referrals say about the exploitation and about themselves: the evidence on which `instances` works.

Types, places, dates of exploitation, the responder, the reasonable grounds decision and the form's yes/no
questions, each read once for each distinct value. None of it is evidence about the person. The question
"reported before" changed its meaning on 31 March 2025 while its field name stayed (domain.md 1.1.2): answers
of earlier referrals are turned round here, so that yes always means that the person had reported before;
where the referral is undated the answer is dropped.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from nrm_linkage.normalise.answers import Answer, read_answer
from nrm_linkage.normalise.dates import read_date
from nrm_linkage.normalise.distinct import merge_lists, read_column, token_lists
from nrm_linkage.normalise.exploitation import read_period, read_types
from nrm_linkage.normalise.places import read_places
from nrm_linkage.normalise.values import text_of
from nrm_linkage.tables import Coded, Days, InstanceFacts, Int8s, TokenLists

__all__ = ["TYPE_BITS", "instance_facts"]

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


def instance_facts(columns: Columns, referred: Days) -> InstanceFacts:
    """Everything about the instance, one row a referral."""
    n_rows = len(referred)
    started_first, started_last, ended_last = _period(columns, n_rows)
    return InstanceFacts(
        types=_types(columns, n_rows),
        started_first=started_first,
        started_last=started_last,
        ended_last=ended_last,
        places=_places(columns, n_rows),
        responder=_coded_text(columns, "first_responder", n_rows),
        decided=_dates(columns, "rg_date", n_rows),
        negative_decision=_negative_decisions(columns, n_rows),
        more_than_one_situation=_answers(columns, "more_than_one_situation", n_rows),
        still_exploited=_answers(columns, "still_exploited", n_rows),
        reported_before=_reported_before(columns, referred),
    )


def _reported_before(columns: Columns, referred: Days) -> Int8s:
    """Whether the person had reported before, yes always meaning that they had."""
    reported = _answers(columns, "reported_before", len(referred))
    if "reported_before" not in columns or str(columns["reported_before"][0].name) not in FORM_QUESTION:
        return reported
    yes, no = int(Answer.YES), int(Answer.NO)
    turned = np.select([reported == yes, reported == no], [no, yes], reported)
    asked_anew = np.where(referred < REPORTED_BEFORE_FLIPPED, turned, reported)
    return np.where(np.isnat(referred), int(Answer.MISSING), asked_anew).astype(np.int8)


def _types(columns: Columns, n_rows: int) -> Int8s:
    found = np.zeros(n_rows, dtype=np.int8)
    if "exploitation_type" in columns:
        read = read_column(columns["exploitation_type"][0], read_types)
        found |= read.map(lambda types: sum(TYPE_BITS[name] for name in types), "int8").astype(np.int8)
    for box, name in _TICK_BOXES.items():
        if box in columns:
            found |= np.where(_answers(columns, box, n_rows) == int(Answer.YES), TYPE_BITS[name], 0).astype(
                np.int8
            )
    return found


def _period(columns: Columns, n_rows: int) -> tuple[Days, Days, Days]:
    """First and last day on which exploitation may have begun, and the last on which it may have ended."""
    none = np.full(n_rows, "NaT", dtype="datetime64[D]")
    started_first, started_last, ended_last = none, none.copy(), none.copy()
    if "exploitation_dates" in columns:
        read = read_column(columns["exploitation_dates"][0], read_period)
        started_first = read.map(lambda period: period[0], "datetime64[D]").astype("datetime64[D]")
        ended_last = read.map(lambda period: period[1], "datetime64[D]").astype("datetime64[D]")
        started_last = started_first.copy()
    if "exploitation_start" in columns:
        read = read_column(columns["exploitation_start"][0], read_period)
        first = read.map(lambda period: period[0], "datetime64[D]").astype("datetime64[D]")
        last = read.map(lambda period: period[1], "datetime64[D]").astype("datetime64[D]")
        started_first = np.where(np.isnat(first), started_first, first)
        started_last = np.where(np.isnat(first), started_last, last)
    if "exploitation_end" in columns:
        read = read_column(columns["exploitation_end"][0], read_period)
        last = read.map(lambda period: period[1], "datetime64[D]").astype("datetime64[D]")
        ended_last = np.where(np.isnat(last), ended_last, last)
    return started_first, started_last, ended_last


def _places(columns: Columns, n_rows: int) -> TokenLists:
    parts = []
    for name in ("exploitation_cities", "exploitation_countries", "exploitation_place"):
        for column in columns.get(name, ()):
            read = read_column(column, read_places)
            parts.append(token_lists([sorted(places) for places in read.readings], read.codes))
    return merge_lists(parts, n_rows)


def _coded_text(columns: Columns, name: str, n_rows: int) -> Coded:
    if name not in columns:
        return Coded(codes=np.zeros(n_rows, dtype=np.int32), values=("",))
    read = read_column(
        columns[name][0], lambda value: " ".join((text_of(value)[0] or "").casefold().split())
    )
    texts = ("", *sorted(set(read.readings) - {""}))
    number = {text: code for code, text in enumerate(texts)}
    return Coded(codes=read.map(lambda text: number[text], "int32").astype(np.int32), values=texts)


def _dates(columns: Columns, name: str, n_rows: int) -> Days:
    if name not in columns:
        return np.full(n_rows, "NaT", dtype="datetime64[D]")
    return (
        read_column(columns[name][0], read_date)
        .map(lambda reading: reading.first, "datetime64[D]")
        .astype("datetime64[D]")
    )


def _answers(columns: Columns, name: str, n_rows: int) -> Int8s:
    if name not in columns:
        return np.zeros(n_rows, dtype=np.int8)
    return read_column(columns[name][0], read_answer).map(int, "int8").astype(np.int8)


def _negative_decisions(columns: Columns, n_rows: int) -> Int8s:
    """Yes where either decision on the referral is recorded as negative or withdrawn, no where none is and
    one is recorded as positive.
    """
    result = np.full(n_rows, int(Answer.MISSING), dtype=np.int8)
    for name in ("rg_decision", "cg_decision"):
        if name in columns:
            decided = read_column(columns[name][0], _read_decision).map(int, "int8")
            said = (decided != int(Answer.MISSING)) & (result != int(Answer.YES))
            result = np.where(said, decided, result).astype(np.int8)
    return result


def _read_decision(value: object) -> Answer:
    text = (text_of(value)[0] or "").casefold()
    if any(word in text for word in ("negative", "withdrawn", "closed", "suspended")):
        return Answer.YES
    return Answer.NO if "positive" in text else Answer.MISSING
