"""One name box: what is missing, what is left out, and what holds for any text."""

import dataclasses
import math
import re

import pandas as pd
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from nrm_linkage.normalise import name_absent, names
from nrm_linkage.normalise.name_text import without_addresses
from nrm_linkage.normalise.names import MAX_TOKENS, NameBox, NameReading, NameRole, join_tokens, read_name

PLACEHOLDERS = """FNU|LNU|N/A|NA|n.a.|N/K|NK|n/k|Not Known|Not known|not known|Unknown|UNKNOWN
UNKNOWN MALE|Unknown Female|Unk|unk.|None|none|XXX|xx|x x x x|TBC|T.B.C.|tba|To be confirmed|Refused
Declined|No surname|No last name|Only one name|One name only|Not given|Not provided|Not disclosed
Not stated|Not applicable|Undisclosed|Redacted|REDACTED|Withheld|Anonymous|Confidential|Same as above
First name unknown|Last name not known|surname unknown|(not known)|[unknown]|"Unknown"|nan|<NA>|Mr Unknown
Baby|Child|Male"""
PSEUDONYMS = """PV1|PV 1|pv-3|PV#2|Child A|CHILD B|Child 1|Operation Orca PV3|Op Walrus PV2
Operation Walrus victim|Female 2|FEMALE 2|Male 1|Victim 4|Victim A|Person C|Subject 3|Client 12|Witness B
YP1|Adult 2|Patient 7|PV1 Female|Male PV 2|Case 12|AB|JD|KLM"""
SILENT = [".", "-", "?", "--", "...", "/", "???", "12345", "07/05/1990", "\u200b.", "@"]
TITLES = "Mr|Mrs|Miss|Ms|Dr|MR.|mr|Ato|Weizero|Mullah|Ustad"


def cells(table: str) -> list[str]:
    return [cell for line in table.splitlines() for cell in line.split("|")]


@pytest.mark.parametrize("box", [NameBox.GIVEN, NameBox.FAMILY, NameBox.WHOLE])
@pytest.mark.parametrize("text", cells(PLACEHOLDERS))
def test_a_placeholder_is_missing(text, box):
    assert read_name(text, box) == NameReading((), (name_absent.PLACEHOLDER,))


@pytest.mark.parametrize("box", [NameBox.GIVEN, NameBox.FAMILY, NameBox.WHOLE])
@pytest.mark.parametrize("text", cells(PSEUDONYMS))
def test_a_pseudonym_is_missing(text, box):
    assert read_name(text, box) == NameReading((), (name_absent.REDACTED,))


@pytest.mark.parametrize("text", SILENT)
@pytest.mark.parametrize("box", NameBox)
def test_no_letters_is_missing(text, box):
    reading = read_name(text, box)
    assert reading.tokens == ()
    assert len(reading.issues) == 1


@pytest.mark.parametrize("text", cells(TITLES))
def test_a_title_alone_is_missing(text):
    assert read_name(text, NameBox.GIVEN) == NameReading((), (name_absent.TITLE_ALONE,))


@pytest.mark.parametrize("missing", [None, math.nan, pd.NA, pd.NaT, "", "   ", "\u00a0\u200b"])
@pytest.mark.parametrize("box", NameBox)
def test_an_empty_box_is_no_issue(missing, box):
    assert read_name(missing, box) == NameReading((), ())


@pytest.mark.parametrize("value", [7, 1.5, b"Arben", ["Arben"], object()])
def test_what_is_not_text_is_missing_and_says_so(value):
    assert read_name(value, NameBox.GIVEN) == NameReading((), (names.NOT_TEXT,))


@pytest.mark.parametrize(
    ("text", "left", "issue"),
    [
        ("Mr Arben Hoxha", ["arben", "hoxha"], names.TITLE),
        ("Hoxha, Mr Arben", ["hoxha", "arben"], names.TITLE),
        ("Sheikh Hassan Ali", ["hassan", "ali"], names.TITLE),
        ("Syed Ali Raza", ["ali", "raza"], names.TITLE),
        ("Dr. Ngozi Obi", ["ngozi", "obi"], names.TITLE),
        ("FNU Ramesh", ["ramesh"], names.PLACEHOLDER_PART),
        ("Ramesh LNU", ["ramesh"], names.PLACEHOLDER_PART),
        ("Ahmad Ahmad", ["ahmad"], names.REPEATED),
        ("SONIA Sonia", ["sonia"], names.REPEATED),
        ("Arben2 Hoxha", ["arben", "hoxha"], names.DIGITS),
        ("Arben arben@example.org", ["arben"], names.EMAIL),
        ("Anita w/o Suresh", ["anita"], names.RELATIVE),
        ("Nguy?n", ["nguyn"], names.LOST_LETTER),
        ("GjÃ«rgj", ["gjergj"], names.MENDED),
        ("Юлия", ["yuliya"], names.OTHER_SCRIPT),
        ("HOXHA, Arben", ["hoxha", "arben"], names.WHOLE_NAME),
        ("Arben (Beni) Hoxha", ["arben", "beni", "hoxha"], names.ALIAS_INSIDE),
    ],
)
def test_what_was_left_out_or_mended_is_an_issue(text, left, issue):
    reading = read_name(text, NameBox.WHOLE)
    assert [token.text for token in reading.tokens] == left
    assert issue in reading.issues


MARKS = "aka AKA a.k.a. a/k/a alias née NÉE nee formerly prev. @".split()


@pytest.mark.parametrize("mark", [*MARKS, "also known as", "goes by"])
def test_what_follows_a_mark_is_an_alias(mark):
    reading = read_name(f"Arben Hoxha {mark} Beni Leka", NameBox.WHOLE)
    assert [(token.text, token.role) for token in reading.tokens] == [
        ("arben", NameRole.UNKNOWN),
        ("hoxha", NameRole.UNKNOWN),
        ("beni", NameRole.ALIAS),
        ("leka", NameRole.ALIAS),
    ]


@pytest.mark.parametrize(("opened", "closed"), ["()", "[]", '""', "“”", "''", "‘’", ("(", "")])
def test_what_is_set_apart_is_an_alias(opened, closed):
    reading = read_name(f"Arben Hoxha {opened}Beni{closed}", NameBox.WHOLE)
    assert [(token.text, token.role.name) for token in reading.tokens][-1] == ("beni", "ALIAS")
    assert read_name(f"{opened}Arben{closed}", NameBox.GIVEN).tokens[0].role is NameRole.GIVEN


@pytest.mark.parametrize("text", ["Le", "LE", "Li", "NG", "An", "Vu", "Jo", "Al", "To", "Young", "See", "EK"])
def test_short_names_are_names(text):
    assert [token.text for token in read_name(text, NameBox.FAMILY).tokens] == [text.lower()]


@pytest.mark.parametrize("text", ["Baby", "Man", "YG", "Tiny", "Ghost"])
def test_a_street_name_is_an_alias(text):
    assert [token.role for token in read_name(text, NameBox.ALIAS).tokens] == [NameRole.ALIAS]


def test_a_title_that_is_also_a_name_stays_when_it_is_all_there_is():
    assert [token.text for token in read_name("Syed", NameBox.GIVEN).tokens] == ["syed"]


def test_pasted_text_is_bounded_and_says_so():
    reading = read_name("Arben Hoxha lives " * 900, NameBox.GIVEN)
    assert len(reading.tokens) == MAX_TOKENS
    assert names.TOO_LONG in reading.issues
    assert names.TOO_LONG in read_name("a" * 15_000, NameBox.GIVEN).issues


def test_no_repr_shows_a_value():
    reading = read_name("Perparim Shkodra", NameBox.WHOLE)
    assert "perparim" not in repr(reading).lower()
    assert "perparim" not in str(dataclasses.replace(reading)).lower()


ISSUES = {
    value
    for module in (names, name_absent)
    for name, value in vars(module).items()
    if name.isupper() and isinstance(value, str)
}
scraps = st.lists(
    st.sampled_from(
        "Arben HOXHA Abdul al - Rahman Mc Donald o Neil bin Ben de la Cruz Van Hung G/ Medhin ullah El Din "
        "aka ( ) \" ' , . ? Mr FNU PV1 "
        "Mohammadreza Xiaoming Ma. s/o @ Ã« محمد 王小明 née Syed x J. 7 -".split(" ")
    ),
    max_size=16,
).map(" ".join)
anything = st.one_of(st.text(), scraps, st.text(alphabet="abcABC .,'\"()?-/@\u0301\u200b", max_size=40))


@given(anything, st.sampled_from(NameBox))
@example("\ud800", NameBox.GIVEN)
@example("İ", NameBox.GIVEN)
@example("K", NameBox.WHOLE)
def test_any_text_gives_a_reading(text, box):
    reading = read_name(text, box)
    assert len(reading.tokens) <= MAX_TOKENS
    assert set(reading.issues) <= ISSUES
    assert len(set(reading.issues)) == len(reading.issues)
    for token in reading.tokens:
        assert token.text.isascii()
        assert token.text.isalpha()
        assert token.text.islower()
        assert token.initial == (len(token.text) == 1)


@given(anything, st.sampled_from(NameBox))
def test_reading_its_own_words_again_changes_no_word(text, box):
    first = [token.text for token in read_name(text, box).tokens if not token.initial]
    for word in first:
        again = [token.text for token in read_name(word, NameBox.ALIAS).tokens]
        assert again in ([word], [])


PARTS = """Arben Hoxha Li Nguyen Kidane Haile Michael Habibur Rahman Meiling Vanhung Mohammadreza Dang
Ng Van Thi Hung Abdul Abd Gebre Medhin Tesfay O Neil Mc Donald al el de la Cruz da Silva bin Ben Ullah Uddin
Noor Mohammad K El Din Zadeh Gur Preet Abu Bakr der ur Rameshbhai""".split()


@given(st.lists(st.sampled_from(PARTS), min_size=1, max_size=6), st.sampled_from(NameBox))
def test_reading_what_was_read_gives_the_same(parts, box):
    first = [token.text for token in read_name(" ".join(parts), box).tokens]
    assert [token.text for token in read_name(" ".join(first), box).tokens] == first or not any(
        len(text) > 1 for text in first
    )


@given(st.sampled_from(["Arben", "Selam", "Hung"]), st.sampled_from(["Leka", "Tesfay", "Nguyen"]))
def test_role_order_is_kept(one, other):
    for box, role in [
        (NameBox.GIVEN, NameRole.GIVEN),
        (NameBox.FAMILY, NameRole.FAMILY),
        (NameBox.WHOLE, NameRole.UNKNOWN),
    ]:
        read = read_name(f"{one} {other}", box).tokens
        assert [(token.text, token.role) for token in read] == [(one.lower(), role), (other.lower(), role)]


SPLIT = """Abdul / Rahman -> abdulrahman:G | Abd al / Rahman -> abdulrahman:G
Abd / Al Rahman -> abdulrahman:G | Salah / Uddin -> salahuddin:G
Rahmat / Ullah -> rahmatullah:G | Gebre / Medhin Haile -> gebremedhin:G haile:F
Salah El / Din -> salaheldin:G | Abu / Bakr -> abubakr:G | Mc / Donald -> mcdonald:F | O / Neil -> oneil:F
Sean Mc / Donald -> sean:G mcdonald:F | Cabdi / Raxmaan -> cabdiraxmaan:G | Ramesh / Bhai -> ramesh:G
Mohammed Abdul / Karim Khan -> mohammed:G abdulkarim:G khan:F | Habibur / Rahman -> habib:G rahman:F
Rahman / Abdul -> abdulrahman:G | Ullah / Rahmat -> rahmatullah:G | Uddin / Jamal -> jamaluddin:G
Abdul / Hafez Khan -> abdulhafez:G khan:F
Maria Dela / Cruz -> maria:G cruz:F | Mohammed bin / Salman -> mohammed:G salman:P"""
APART = """Chao-Bin / Wei | Thi Da / Le | Mohammed Abdul / Uddin
Abdul / Rahimi | Abdul / Barry | Abdul / Smith | Siva / Kumar | Hafez / Rahimi
Mohammed Ali / Hassan Abdi | Nguyen Van / Hung | Van / Hung | Abdul / Kamara | Kamara / Abdul
Abdul / Khan | Mohammed / Ullah | Mohammed / Uddin | Ahmed / Ullah | Mary T / Michael | Mary O / Brown
Rahman Ali / Abdul Aziz | Hussain / Begum"""


@pytest.mark.parametrize("case", cells(SPLIT.replace(" | ", "|")))
def test_a_name_split_between_boxes_is_joined(case):
    written, _, joined = case.partition(" -> ")
    first, _, second = written.partition(" / ")
    given_box, family_box = read_name(first, NameBox.GIVEN).tokens, read_name(second, NameBox.FAMILY).tokens
    tokens = join_tokens(given_box + family_box)
    assert [f"{token.text}:{token.role.name[0]}" for token in tokens] == joined.split()


@pytest.mark.parametrize("case", cells(APART.replace(" | ", "|")))
def test_two_names_in_two_boxes_stay_two(case):
    first, _, second = case.partition(" / ")
    tokens = read_name(first, NameBox.GIVEN).tokens + read_name(second, NameBox.FAMILY).tokens
    assert join_tokens(tokens) == tokens


def test_an_alias_is_never_joined():
    tokens = read_name('Abdul "Rahman"', NameBox.GIVEN).tokens
    assert [(token.text, token.role.name) for token in join_tokens(tokens)] == [
        ("abdul", "GIVEN"),
        ("rahman", "ALIAS"),
    ]


@pytest.mark.parametrize("space", [" ", "\u3000", "\n"])
def test_a_box_of_spaces_is_empty_however_long_and_what_follows_them_is_read(space):
    assert read_name(space * 2_000, NameBox.FAMILY).tokens == ()
    found = read_name(space * 2_000 + "Testaj", NameBox.FAMILY)
    assert [token.text for token in found.tokens] == ["testaj"]


@given(st.text(alphabet="a@. b1@.Z-\n", max_size=30))
def test_addresses_are_left_out_as_one_expression_would(text):
    address = re.compile(r"\S+@\S+\.[A-Za-z]{2,}")
    assert without_addresses(text) == address.sub(" ", text)
