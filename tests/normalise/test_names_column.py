"""A column read at once, against `read_name` on each of its values; and values that an export cut off."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from nrm_linkage import make_referrals
from nrm_linkage.normalise.name_column import CUT_OFF, read_name_column
from nrm_linkage.normalise.name_tables import read_lines
from nrm_linkage.normalise.names import NameBox, NameReading, NameToken, read_name

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
    """What the column says of each value by itself."""
    return [NameReading(tokens, issues) for tokens, issues, _ in of_column(values, box)]


def of_column(
    values: Sequence[object], box: NameBox
) -> list[tuple[tuple[NameToken, ...], tuple[str, ...], bool]]:
    """Tokens and issues of each value, and whether it may have been cut off."""
    column = read_name_column(pd.Series(values, dtype=object), box)
    issues = column.doubtful
    found = []
    for code, doubt in zip(column.codes.tolist(), issues.codes.tolist(), strict=True):
        said = issues.readings[doubt].issues
        found.append((column.tokens(code), tuple(each for each in said if each != CUT_OFF), CUT_OFF in said))
    return found


@given(st.lists(value, max_size=12), st.sampled_from(NameBox))
@example(["re fused", "JD", "Jd", "Li", "LI", "Jan Jan", "J D", "E", "nan", "NaT"], NameBox.GIVEN)
@example(["MD ALI", "Md Ali", "Van Hung NGUYEN", "O'NEIL Sean", "A'B Smith"], NameBox.WHOLE)
@example(["\ud800", "Operation Orca", "Child A", "Haile Michael", "Habibur Rahman"], NameBox.FAMILY)
@example(["Arben’ak.a. ", "Arben'aka Li", "O'Kane"], NameBox.GIVEN)
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


FIRST = "Mohammadreza|Gebremedhin|Oluwaseun|Maria Cristina".split("|")
LAST = "Abdulrahman Al-Shammari|Habtemariam Hoxha|Nguyen de la Cruz|del Carmen Delos Santos".split("|")
LONG = [f"{first} {last}" for first in FIRST for last in LAST]
SHORT = "Arben Li|Nguyen Van Hung|Kidane|Hoxha|Ngozi Obi|FNU|Ma. Cristina|محمد علي|Van Hung NGUYEN".split("|")


def cut(values: Sequence[object], box: NameBox = NameBox.WHOLE) -> list[object]:
    """The values of which it is said."""
    return [value for value, (*_, said) in zip(values, of_column(values, box), strict=True) if said]


@pytest.mark.parametrize("width", [20, 25])
@pytest.mark.parametrize("padded", [False, True])
def test_values_cut_at_one_width_are_said_to_be(width, padded):
    values = [text[:width] for text in LONG] + SHORT
    written = [text.ljust(width) if padded else text for text in values]
    expected = {text.rstrip() for text in values if len(text.rstrip()) == width}
    assert len(expected) >= 5
    assert {str(value).rstrip() for value in cut(written)} == expected


def test_what_is_said_of_a_cut_value_changes_nothing_else():
    values = [text[:20] for text in LONG] + SHORT
    assert readings(values, NameBox.WHOLE) == [read_name(value, NameBox.WHOLE) for value in values]
    assert all(len(read_name(str(value), NameBox.WHOLE).tokens) for value in cut(values))


CUT_AT_20 = [text[:20] for text in LONG]
ORDINARY = {
    "names of every length": LONG + SHORT,
    "short names": SHORT,
    "cut, but at less than exports cut at": [text[:19] for text in LONG],
    "too few to tell": CUT_AT_20[:4],
    "few in several cases": [*CUT_AT_20[:4], *(text.upper() for text in CUT_AT_20[:4])],
    "none": [],
}


@pytest.mark.parametrize("values", ORDINARY.values(), ids=ORDINARY)
def test_an_ordinary_column_is_not_doubted(values):
    assert cut(values) == []


@given(st.lists(st.text("ab ", max_size=40), max_size=60), st.randoms())
def test_what_is_cut_off_depends_on_neither_the_order_of_rows_nor_their_number(values, random):
    found = set(cut(values))
    shuffled = [*values, *values[::2]]
    random.shuffle(shuffled)
    assert set(cut(shuffled)) == found


@given(st.lists(st.text(min_size=1, max_size=60), max_size=40))
def test_only_a_pile_of_longest_values_is_doubted(values):
    found = {str(value).rstrip() for value in cut(values)}
    lengths = Counter(len(text) for text in {text.rstrip() for text in values})
    if found:
        longest = max(lengths)
        assert {len(text) for text in found} == {longest}
        assert longest >= 20
        assert lengths[longest] >= 5


@given(st.lists(st.integers(1, 20), min_size=2, max_size=15), st.integers(20, 40))
def test_lengths_that_fall_off_are_not_doubted(counts, longest):
    """Ever fewer values the longer they are, whatever the number of the longest."""
    values = [
        "a" * (longest - less - 2) + f"{n:02d}"
        for less, count in enumerate(sorted(counts))
        for n in range(count)
    ]
    assert cut(values) == []


@pytest.mark.parametrize("layout", ["analyst", "form", "case export"])
def test_invented_referrals_are_not_cut(layout):
    frame = make_referrals(5_000, seed=1, layout=layout)
    texts = [column for column in frame if "name" in str(column).lower() or column in ("Alias",)]
    assert texts
    for column in texts:
        found = read_name_column(frame[column], NameBox.WHOLE).doubtful
        assert not any(CUT_OFF in reading.issues for reading in found.readings), column


@pytest.mark.parametrize("width", [20, 25, 30])
def test_invented_referrals_that_are_cut_are_found(width):
    frame = make_referrals(5_000, seed=1)
    whole = (frame["Forename(s)"].fillna("") + " " + frame["Surname"].fillna("")).str.slice(0, width)
    read = read_name_column(whole, NameBox.WHOLE).doubtful
    said = [CUT_OFF in read.readings[code].issues for code in read.codes.tolist()]
    assert said == (whole.str.rstrip().str.len() == width).tolist()
