"""Columns of references and contacts: the short ways agree with the readers, and lists with sets of rows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nrm_linkage.normalise.contacts import plain_phone, plain_postcode, read_phone, read_postcode
from nrm_linkage.normalise.distinct import merge_lists, token_lists
from nrm_linkage.normalise.references import plain_reference, read_references
from nrm_linkage.normalise.token_columns import contact_lists, read_tokens, reference_lists
from nrm_linkage.tables import TokenLists

# A space at the end is nothing to a reader and something to the expressions of the short ways.
BY_THE_READER = " "

REFERENCES = st.one_of(
    st.from_regex(r"((HO|ho|Home Office)( [Rr]ef)?:? )?[A-Za-z][ -]?[0-9]{7}", fullmatch=True),
    st.from_regex(r"(CID|cid):? [0-9]{6,9}|[0-9]{2}/[0-9]{4,7}/[0-9]{2}|[0-9]{7,8}", fullmatch=True),
    st.from_regex(
        r"((UAN|uan):? )?([0-9]{16}|[0-9]{4}(-[0-9]{4}){3}|[0-9]{4}( [0-9]{4}){3})", fullmatch=True
    ),
    st.from_regex(r"([Pp]ort( ref)?:? )?(ASC|KIU|LHR|TN2|HO1|[A-Z]{2}[0-9])[/ ][0-9]{6,7}", fullmatch=True),
    st.sampled_from(["A0000000", "CID 0000001", "20042006", "17082006", "20/1111/11", "ASC/1111111"]),
)
PHONES = st.from_regex(r"(0|\+44)7[0-9]{9}", fullmatch=True) | st.sampled_from(["07777777777", "07123333333"])
POSTCODES = st.from_regex(r"[A-Z]{1,2}[0-9][0-9A-Z]? [0-9][A-Z]{2}", fullmatch=True)


@given(REFERENCES | st.text(max_size=20))
def test_a_plain_reference_is_what_the_reader_makes_of_it(value: str) -> None:
    plain = plain_reference(value)
    slow = read_references(value + BY_THE_READER)
    assert plain is None or (sorted(slow.tokens), slow.issues, sorted(slow.of_others)) == ([plain], (), [])
    assert read_references(value) == slow


@given(st.lists(REFERENCES, min_size=2, max_size=3))
def test_references_with_a_slash_between_are_what_the_reader_makes_of_them(parts: list[str]) -> None:
    value = " / ".join(parts)
    assert read_references(value) == read_references(value + BY_THE_READER)


@pytest.mark.parametrize(
    "value",
    ["A1234567", "HO ref b1234567", "CID 01234567", "20/123456/23", "UAN 3434-0000-1234-5678", "TN2 1234567",
     "Port ref KIU/1234567", "1234567"],
)  # fmt: skip
def test_the_usual_layouts_are_plain(value: str) -> None:
    assert plain_reference(value) is not None


@given(PHONES | st.text("0123456789+ ", max_size=15))
def test_a_plain_phone_is_what_the_reader_makes_of_it(value: str) -> None:
    plain, slow = plain_phone(value), read_phone(value + BY_THE_READER)
    assert plain is None or (slow.token, slow.issues) == (plain, ())
    assert read_phone(value) == slow


@given(POSTCODES | st.text("ABEINPZ019 ", max_size=10))
def test_a_plain_postcode_is_what_the_reader_makes_of_it(value: str) -> None:
    plain, slow = plain_postcode(value), read_postcode(value + BY_THE_READER)
    assert plain is None or (slow.token, slow.issues) == (plain, ())
    assert read_postcode(value) == slow


def rows_of(lists: TokenLists) -> list[list[str]]:
    """The tokens of each row as text."""
    return [
        [lists.texts[token] for token in lists.token[start:end]]
        for start, end in zip(lists.start, lists.start[1:], strict=False)
    ]


WORDS = st.lists(st.sampled_from(["a", "b", "ba", "c:d", "é", ""]), max_size=4)
PARTS = st.integers(0, 5).flatmap(
    lambda n: st.lists(st.lists(WORDS, min_size=n, max_size=n), max_size=3).map(lambda parts: (n, parts))
)


@given(st.lists(WORDS, min_size=1, max_size=4), st.lists(st.integers(0, 3), max_size=6))
def test_rows_hold_the_tokens_of_their_code(lists: list[list[str]], wanted: list[int]) -> None:
    codes = np.array([code % len(lists) for code in wanted], dtype=np.int32)
    found = token_lists(lists, codes)
    assert rows_of(found) == [lists[code] for code in codes]
    assert list(found.texts) == sorted({text for tokens in lists for text in tokens})


@given(PARTS, st.booleans())
def test_merged_rows_hold_each_token_of_any_part_once(
    drawn: tuple[int, list[list[list[str]]]], prefixed: bool
) -> None:
    n, parts = drawn
    prefixes = [f"{number}:" if prefixed else "" for number in range(len(parts))]
    lists = [token_lists(part, np.arange(n, dtype=np.int32)) for part in parts]
    expected = [
        sorted({prefix + text for prefix, part in zip(prefixes, parts, strict=True) for text in part[row]})
        for row in range(n)
    ]
    assert rows_of(merge_lists(lists, n, prefixes=prefixes)) == expected


def test_each_row_has_its_references_and_their_numbers() -> None:
    columns = {
        "home_office_reference": (
            pd.Series(["A1234567", "HO ref A1234567 / CID 98765432", None, "none", 5]),
        ),
        "police_reference": (pd.Series(["20/123456/23", None, "20/123456/23", "", "CAD 4512"]),),
    }
    found, reads = reference_lists(columns, 5)
    assert rows_of(found) == [
        ["any:1234567", "ho:A1234567", "police:20/123456/23"],
        ["any:1234567", "any:98765432", "cid:98765432", "ho:A1234567"],
        ["police:20/123456/23"],
        [],
        [],
    ]
    issues = {name: [read.readings[code].issues for code in read.codes] for name, read in reads}
    assert issues["police_reference"][4] == ("CAD number without its date",)
    assert issues["home_office_reference"] == [(), (), (), (), ("no reference recognised",)]


def test_port_references_meet_with_and_without_slash() -> None:
    for written in ("TN2/1234567", "TN2 1234567", "port ref TN2/1234567"):
        found, _ = reference_lists({"home_office_reference": (pd.Series([written]),)}, 1)
        assert rows_of(found) == [["any:1234567", "port:TN2/1234567"]]


def test_contacts_say_their_kind_and_keep_their_issues() -> None:
    columns = {
        "phone": (
            pd.Series(["07700900123", "+44 7700 900123", "999", None]),
            pd.Series(["07700 900456", "07700900123", None, "07700 900789"]),
        ),
        "email": (pd.Series([None, "a.person@example.org", None, None]),),
        "postcode": (pd.Series(["SW1A 1AA", "sw1a1aa", "SW1A", None]),),
    }
    found, reads = contact_lists(columns, 4)
    assert rows_of(found) == [
        ["phone:+447700900123", "phone:+447700900456", "postcode:SW1A1AA"],
        ["email:a.person@example.org", "phone:+447700900123", "postcode:SW1A1AA"],
        [],
        ["phone:+447700900789"],
    ]
    assert [name for name, _ in reads] == ["phone", "phone", "email", "postcode"]
    postcode = reads[-1][1]
    assert [postcode.readings[code].issues for code in postcode.codes][2] == ("outward code only",)


@given(st.lists(REFERENCES | st.none() | st.sampled_from(["none", "brother's ref A1234567"]), max_size=8))
def test_a_column_is_read_as_its_values_are(values: list[str | None]) -> None:
    found, read = read_tokens(
        pd.Series(values, dtype=object), plain_reference, read_references, lambda of: sorted(of.tokens)
    )
    one_by_one = [read_references(value) for value in values]
    assert rows_of(found) == [sorted(reading.tokens) for reading in one_by_one]
    assert [read.readings[code].issues for code in read.codes] == [reading.issues for reading in one_by_one]


def test_nothing_at_all_has_no_tokens() -> None:
    for lists, reads in (reference_lists({}, 3), contact_lists({}, 3)):
        assert rows_of(lists) == [[], [], []]
        assert reads == []
