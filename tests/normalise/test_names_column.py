"""A column read at once, against `read_name` on each of its values."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from nrm_linkage.normalise.name_column import read_name_column
from nrm_linkage.normalise.name_tables import read_lines
from nrm_linkage.normalise.names import NameBox, NameReading, read_name

RULED = sorted({word for line in read_lines("names_words.txt") for word in line.partition(":")[2].split()})
PLAIN = (
    "Arben Hoxha Li Nguyễn Kidane Haile Michael Habibur Rahman Meiling VanHung Mohammadreza Đặng Ng".split()
)
MARKS = "aka a.k.a. a k a ak.a. née prev. Ma. Ma M. J D T.B.C. MD O O'Neil of w/o G/ G H/ S. , . ?".split()
word = st.sampled_from([*PLAIN, *MARKS, *RULED])
cased = word.flatmap(lambda text: st.sampled_from([text, text.lower(), text.upper(), text.title()]))
between = st.sampled_from(
    [" ", " ", " ", "-", " - ", "  ", ".", ". ", "\u00a0", "\u200b", "\t", "’", "'", "–"]
)
line = st.lists(st.tuples(cased, between), min_size=1, max_size=5).map(
    lambda pairs: "".join(text + gap for text, gap in pairs)
)
rough = st.text(alphabet="abAB .-'JD\u0301\u200b’áÉß£ÃłŁ\u00a0@,", max_size=12)
value = st.one_of(line, line, rough, st.text(max_size=20), st.none(), st.integers(), st.just(float("nan")))


def readings(values: Sequence[object], box: NameBox) -> list[NameReading]:
    column = read_name_column(pd.Series(values, dtype=object), box)
    issues = column.doubtful
    return [
        NameReading(column.tokens(code), issues.readings[doubt].issues)
        for code, doubt in zip(column.codes.tolist(), issues.codes.tolist(), strict=True)
    ]


@given(st.lists(value, max_size=12), st.sampled_from(NameBox))
@example(["re fused", "JD", "Jd", "Li", "LI", "Jan Jan", "J D", "E", "nan", "NaT"], NameBox.GIVEN)
@example(["MD ALI", "Md Ali", "Van Hung NGUYEN", "O'NEIL Sean", "A'B Smith"], NameBox.WHOLE)
@example(["\ud800", "Operation Orca", "Child A", "Haile Michael", "Habibur Rahman"], NameBox.FAMILY)
@example([" ".join("Arben Li Ng Kidane".split() * 4), "Arben" * 30], NameBox.GIVEN)
@example(["Nguyá»…n", "Nguyễn\u200b Văn", "Thị-Hương", "PÃ«rparim", "e\u0301ric", "Ｌｉ"], NameBox.ALIAS)
def test_a_column_is_read_as_its_values_are(values, box):
    assert readings(values, box) == [read_name(value, box) for value in values]


@pytest.mark.parametrize("box", NameBox)
def test_each_word_that_a_rule_knows_is_read_by_the_rules(box):
    values = [
        shape.format(word)
        for word in RULED
        for shape in ("{}", "{} Arben", "Arben {}", "Arben {} Hoxha", "K {} A", "{0} {0}")
    ]
    assert readings(values, box) == [read_name(value, box) for value in values]


@pytest.mark.parametrize("dtype", ["object", "string[python]", "string[pyarrow]", "category"])
def test_any_dtype_of_text_is_read_alike(dtype):
    values = ["Zamir", None, "Zamir", "Van-Hung", "FNU"]
    column = read_name_column(pd.Series(values, dtype=dtype), NameBox.GIVEN)
    assert [[token.text for token in column.tokens(code)] for code in column.codes] == [
        ["zamir"], [], ["zamir"], ["van", "hung"], []
    ]  # fmt: skip


@pytest.mark.parametrize(
    "column", [pd.Series([1, 2.5]), pd.Series(pd.to_datetime(["2020-01-02"])), pd.Series([], dtype=object)]
)
def test_what_is_no_text_has_no_words(column):
    read = read_name_column(column, NameBox.GIVEN)
    assert not len(read.word)
    assert all(issue.issues for issue in read.doubtful.readings[1:])


def test_no_repr_shows_a_word():
    assert "xhevahire" not in repr(read_name_column(pd.Series(["Xhevahire"]), NameBox.GIVEN)).casefold()
