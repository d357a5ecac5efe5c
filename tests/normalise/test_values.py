"""Every reader of one value: total on anything, and silent about values."""

from __future__ import annotations

import datetime as dt
import decimal
import re
import unicodedata
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from nrm_linkage.normalise.ages import read_age, read_age_group, read_age_range
from nrm_linkage.normalise.answers import read_answer
from nrm_linkage.normalise.contacts import read_email, read_outward_code, read_phone, read_postcode
from nrm_linkage.normalise.dates import read_birth_date, read_date
from nrm_linkage.normalise.exploitation import read_period, read_types
from nrm_linkage.normalise.gender import read_gender
from nrm_linkage.normalise.nationality import read_country, read_nationality
from nrm_linkage.normalise.places import MOST_PLACES, read_places
from nrm_linkage.normalise.records import read_record_type
from nrm_linkage.normalise.references import (
    MOST_REFERENCES,
    NONE_FOUND,
    TOO_LONG,
    TOO_MANY,
    ReferenceReading,
    read_references,
)
from nrm_linkage.normalise.responders import read_responder, read_responder_type
from nrm_linkage.normalise.values import WRONG_TYPE, _marks_in_order, text_of
from tests.normalise.reading_cases import READ, cases

READINGS: list[Callable[[object], Any]] = [
    read_age_range, read_birth_date, read_date, read_email, read_gender, read_nationality, read_outward_code,
    read_phone, read_postcode, read_references,
]  # fmt: skip
PLAIN: list[Callable[[object], Any]] = [
    read_age, read_age_group, read_answer, read_country, read_period, read_places, read_record_type,
    read_responder, read_responder_type, read_types,
]  # fmt: skip
READERS = READINGS + PLAIN


class Hostile:
    """Raises at whatever is asked of it."""

    def __str__(self) -> str:
        raise RuntimeError

    def __repr__(self) -> str:
        raise RuntimeError

    def __bool__(self) -> bool:
        raise RuntimeError

    def __len__(self) -> int:
        raise RuntimeError


ODD = [
    Hostile(), object(), [], {}, (), {"a": 1}, b"\xff\xfe", bytearray(b"x"), 10**5000, -(10**400),
    float("inf"), float("-inf"),
    1e300, -0.0, True, False, complex(1, 2), decimal.Decimal("17"), decimal.Decimal("NaN"),
    np.float64("nan"), np.int8(3),
    np.uint64(2**63), np.array([1, 2]), np.array(17), np.bool_(True), np.datetime64("NaT"),
    np.datetime64("1066-10-14"),
    np.datetime64("2006-08", "M"), np.timedelta64(1, "D"), pd.NaT, pd.NA, pd.Timestamp("2006-08-17"),
    pd.Timedelta(days=1),
    pd.Period("2006-08"), pd.Interval(0, 1), dt.date.max, dt.date.min, dt.datetime.max, dt.time(1),
    dt.timedelta(1), "\ud800",
    "\x00",
    "a" * 100_000, "1" * 5000, "9" * 19, "/" * 3000, "?" * 2000, "1/" * 3000, "NRM " * 5000,
    "and " * 3000, "²⁰⁰⁶", "٢٠٠٦", "፩፪፫",
    "0" * 12, "99999", "00000", "1" + "0" * 9, "1" + "9" * 12, "-1", "1e400", "+" * 50, type, len, ...,
]  # fmt: skip


@pytest.mark.parametrize("read", READERS, ids=lambda read: read.__name__)
@pytest.mark.parametrize("position", range(len(ODD)))
def test_nothing_raises_on_odd_values(read: Callable[[object], object], position: int) -> None:
    assert read(ODD[position]) is not None or read in (read_age, read_country)


ANYTHING = st.one_of(
    st.text(max_size=60),
    st.text("0123456789/-. :?xX", max_size=24),
    st.integers(),
    st.floats(),
    st.binary(max_size=20),
    st.dates(),
    st.datetimes(),
    st.none(),
    st.booleans(),
    st.decimals(),
)


@pytest.mark.parametrize("read", READERS, ids=lambda read: read.__name__)
@given(value=ANYTHING)
@example(value="31/12/9999")
@example(value="29/02/2100")
@example(value=3000000)
def test_nothing_raises_on_anything(read: Callable[[object], object], value: object) -> None:
    assert read(value) == read(value)


WORDY = st.lists(
    st.sampled_from(
        ["brother", "NRM", "ref", "own", "(", ")", ";", "12345/2023-NRM", "A1234567", "CID", "CAD 12",
         "speaks", "Albanian", "not", "born in", "Leeds", "and", "drugs", "forced to work", "police",
         "mother", "Bexley", "/", "2023", "07700900123", "SW1A 1AA", "@", "a@b.org", "Male", "Congo",
         "x" * 30, "\n"]
    ), max_size=12,
).map(" ".join)  # fmt: skip


@pytest.mark.parametrize("read", READERS, ids=lambda read: read.__name__)
@given(value=WORDY)
def test_nothing_raises_on_words_that_readers_know(read: Callable[[object], object], value: str) -> None:
    assert read(value) == read(f" {value} ")


SPOKEN = {
    "references": lambda text: text.replace(":", " ", 1),
    "gender": str.title,
    "responders": lambda text: text.replace("_", " ").title(),
    "places": lambda text: text.replace("_", " "),
}
"""How what a reader makes of a value is written as a value again."""


@pytest.mark.parametrize("field", [*SPOKEN, "nationality_form", "phone", "email", "postcode", "record_type",
                                   "answers"])  # fmt: skip
def test_reading_what_was_read_changes_nothing(field: str) -> None:
    """Every reading of the case files, one word at a time, written out and read again."""
    written = SPOKEN.get(field, str)
    words = {word for value, _ in cases(field) for word in READ[field](value).split()}
    again = {word: READ[field](written(word)) for word in sorted(words) if not word.startswith(UNWRITTEN)}
    assert {word: read for word, read in again.items() if word not in (read, "MISSING", "UNSURE")} == {}
    assert len(again) >= 3


UNWRITTEN = ("any:", "police:", "gwf:", "passport:", "country:", "x-")
"""Tokens whose type is not a word in front of them, or that stand for a word."""


@pytest.mark.parametrize("read", READINGS, ids=lambda read: read.__name__)
@given(value=st.text("Zq0123456789 @./-", min_size=4, max_size=40))
def test_no_value_in_issues_or_repr(read: Callable[[object], Any], value: str) -> None:
    """Issues are fixed phrases, whatever the value, and the repr shows no value."""
    reading = read(value)
    assert set(reading.issues) <= PHRASES
    shown = re.sub(r"<DatePrecision\.\w+: \d>", "", repr(reading))
    assert "Zq" not in shown
    assert not any(map(str.isdigit, shown))


PHRASES = {
    "an age instead of a date", "age in a given year", "approximate", "a range of ages",
    "a range of ages instead of a date",
    "CAD number without its date",
    "day and month may be swapped: read month first", "default date",
    "digits that can be more than one date", "gender not recognised",
    "heritage or place of birth, not nationality", "in the future", "leading zero lost",
    "more than one date", "more than one gender",
    "more than one value; the first is read", "nationality ambiguous", "nationality not recognised",
    "nationality uncertain",
    "no country, and not a UK number", "no day given", "no month", "no reference recognised", "no year",
    "not a calendar date", "not a date",
    "not a personal number or address", "not a telephone number", "not a UK postcode", "not an age",
    "not an e-mail address", "not text, a number or a date",
    "outward code only", "part of the nationality not recognised", "placeholder", "placeholder date",
    "placeholder reference", "reference of another person",
    "read as an international number", "read in another calendar", "spelling of the nationality corrected",
    "spreadsheet serial number",
    "too early", "two-digit year", "Unix time", "words beside the date", "words beside the postcode",
}  # fmt: skip


@pytest.mark.parametrize("read", READERS, ids=lambda read: read.__name__)
def test_missing_of_every_kind_is_the_same(read: Callable[[object], object]) -> None:
    for missing in (
        float("nan"),
        pd.NA,
        pd.NaT,
        np.float64("nan"),
        np.datetime64("NaT"),
        decimal.Decimal("NaN"),
    ):
        assert read(missing) == read(None)


@pytest.mark.parametrize("read", READINGS, ids=lambda read: read.__name__)
def test_a_value_of_the_wrong_type_is_missing_with_an_issue(read: Callable[[object], Any]) -> None:
    assert read([1]).issues == (WRONG_TYPE,)


def test_types_do_not_change_the_text() -> None:
    assert {
        text_of(value)[0]
        for value in (2006, 2006.0, "2006", " 2006 ", np.int64(2006), np.float32(2006), b"2006")
    } == {"2006"}
    assert text_of(np.str_("A\u00a0b"))[0] == "A b"
    assert text_of("\u202a٢٠٠٦\u202c")[0] == "2006"


@given(st.text(max_size=80))
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    once = text_of(text)[0]
    assert once is not None
    assert text_of(once)[0] == once


MARKS = st.sampled_from("\u0301\u0323\u0344\u0316\u0f73\u0345\u3099") | st.characters(categories=["Mn"])


@given(st.lists(MARKS | st.sampled_from("aeo\u1e69\ufb01 "), min_size=1, max_size=40).map("".join))
def test_marks_in_order_normalise_as_they_would_in_any(text):
    assert unicodedata.normalize("NFKC", _marks_in_order(text)) == unicodedata.normalize("NFKC", text)


@pytest.mark.parametrize("read", READERS)
@pytest.mark.parametrize(
    "unit",
    ["e\u0301\u0323", "a@b.", "AB/", "A1234567 (brother) ", "\U0001f600", "x1, ", "12345", "\u0301", " "],
    ids=["marks", "addresses", "slashes", "of others", "emoji", "pieces", "digits", "marks alone", "spaces"],
)
def test_readers_take_what_fills_a_box(read, unit):
    read(unit * (15_000 // len(unit)))


def test_a_box_gives_its_first_references_and_says_that_there_are_more():
    written = [f"A{number}" for number in range(1_290_467, 1_290_467 + MOST_REFERENCES + 1)]
    enough, more = (read_references("; ".join(written[:n])) for n in (MOST_REFERENCES, MOST_REFERENCES + 1))
    again = read_references("; ".join(written[:MOST_REFERENCES] + written[:1]))
    assert enough == again
    assert enough.tokens == more.tokens == {f"ho:{text}" for text in written[:MOST_REFERENCES]}
    assert (enough.issues, more.issues) == ((), (TOO_MANY,))


def test_digits_that_fill_a_box_are_no_reference_and_a_longer_text_says_so():
    assert read_references("1234567890" * 1_500).issues == (NONE_FOUND,)
    long = read_references("A1290467; " + "nothing more to say " * 1_500)
    assert long == ReferenceReading(frozenset({"ho:A1290467"}), (TOO_LONG,))


def test_a_list_of_very_many_places_is_a_narrative():
    towns = [f"{letter}ville" for letter in "bcdfghjklmnpqrstvwxyz"]
    assert len(read_places(", ".join(towns[:MOST_PLACES]))) == MOST_PLACES
    assert read_places(", ".join(towns[: MOST_PLACES + 1])) == frozenset()
