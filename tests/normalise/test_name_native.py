"""A word in another script is kept beside its Latin form, in the bags and nowhere else."""

from __future__ import annotations

import dataclasses

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nrm_linkage.normalise.bags import name_bags
from nrm_linkage.normalise.name_column import read_name_column
from nrm_linkage.normalise.name_native import native_words
from nrm_linkage.normalise.names import NameBox, join_tokens, read_name
from nrm_linkage.tables import NameBags
from tests.frames import model_of, people, referrals_of

GIVEN, FAMILY, WHOLE, ALIAS = NameBox.GIVEN, NameBox.FAMILY, NameBox.WHOLE, NameBox.ALIAS


def native(text: str, box: NameBox = WHOLE) -> dict[str, str]:
    return {token.text: token.native for token in read_name(text, box).tokens}


@pytest.mark.parametrize(
    ("text", "box", "expected"),
    [
        ("王小明", WHOLE, {"wang": "王", "xiao": "小", "ming": "明"}),
        ("小明", GIVEN, {"xiao": "小", "ming": "明"}),
        ("王丽娟", WHOLE, {"wang": "王", "lijuan": "丽娟"}),
        ("丽娟", GIVEN, {"lijuan": "丽娟"}),
        ("李丽", WHOLE, {"li": ""}),  # two characters of one reading: neither is the word's
        ("محمد علي", WHOLE, {"mohammed": "محمد", "ali": "علی"}),
        ("الشمري", FAMILY, {"shammari": "شمری"}),
        ("عبد الرحمن حسن", WHOLE, {"abdulrahman": "", "hassan": "حسن"}),
        ("김민준", WHOLE, {"kim": "김", "minjun": "민준"}),
        ("김 민준", WHOLE, {"kim": "김", "minjun": "민준"}),
        ("Юлия Smith", WHOLE, {"yuliya": "юлия", "smith": ""}),
        ("ਹਰਪ੍ਰੀਤ ਕੌਰ", WHOLE, {"harprit": "ਹਰਪ੍ਰੀਤ", "kaur": "ਕੌਰ"}),
        ("Anna (Анна)", WHOLE, {"anna": "анна"}),
        ("Łukasz Nguyễn", WHOLE, {"lukasz": "", "nguyen": ""}),
    ],
)
def test_each_word_has_the_form_it_was_recorded_in(text, box, expected):
    assert native(text, box) == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [("أحمد", "احمد"), ("مُحَمَّد", "محمد"), ("علي", "علی"), ("ИВАНОВ", "Иванов"), ("שִׂרָה", "שרה")],
)
def test_ways_to_write_one_word_are_one_form(one, other):
    assert set(native(one).values()) == set(native(other).values())


def test_a_name_split_between_boxes_keeps_the_forms_of_its_other_words():
    tokens = read_name("علي عبد", GIVEN).tokens + read_name("الرحمن", FAMILY).tokens
    assert {token.text: token.native for token in join_tokens(tokens)} == {"ali": "علی", "abdulrahman": ""}


NATIVE = "王小明 李丽 محمد علي عبد الرحمن Иванов 김민준 สมชาย ਕੌਰ שרה".split()
words = st.lists(st.sampled_from([*NATIVE, "Wang", "Ali", "Abdul", "Rahman", "aka", "Mr"]), max_size=4)
values = st.lists(words.map(" ".join), min_size=1, max_size=6)


@given(values, st.sampled_from(NameBox))
def test_a_column_holds_the_forms_of_its_values(texts, box):
    column = read_name_column(pd.Series(texts, dtype=object), box)
    for text, code in zip(texts, column.codes.tolist(), strict=True):
        assert column.tokens(code) == read_name(text, box).tokens


@given(st.text(), st.sampled_from(NameBox))
def test_the_form_of_any_word_is_in_its_text(text, box):
    for token in read_name(text, box).tokens:
        assert not token.native.isascii() or not token.native
    assert all(latin.isascii() for latin in native_words(text))


def bags(**boxes: str) -> NameBags:
    columns = {box: (pd.Series([text], dtype=object),) for box, text in boxes.items()}
    return name_bags(columns, 1, 12).bags


def forms(names: NameBags) -> dict[str, str]:
    pairs = zip(names.tokens.token.tolist(), names.native.tolist(), strict=True)
    return {names.tokens.texts[token]: names.native_texts[native] for token, native in pairs}


def test_bags_hold_the_form_that_any_box_gives():
    assert forms(bags(given_name="Ali", family_name="Hassan", alias="علي")) == {"ali": "علی", "hassan": ""}
    assert forms(bags(given_name="小明", family_name="王", alias="Wang")) == {
        "xiao": "小",
        "ming": "明",
        "wang": "王",
    }


def test_a_word_that_two_boxes_write_in_two_ways_has_no_form():
    assert forms(bags(given_name="丽", family_name="李")) == {"li": ""}
    assert forms(bags(given_name="李", family_name="丽")) == {"li": ""}


def test_a_box_that_does_not_count_gives_no_form():
    assert forms(bags(given_name="Ali", family_name="Hassan", name="علي")) == {"ali": "", "hassan": ""}


def test_where_all_is_latin_there_are_no_forms():
    names = bags(given_name="Nguyễn", family_name="Łukasz")
    assert names.native_texts == ("",)
    assert names.native.tolist() == [0, 0]
    assert forms(bags(given_name="Ali")) == {"ali": ""}


def test_forms_do_not_depend_on_the_order_of_rows():
    texts = ["王小明", "Wang Xiaoming", "محمد علي", "汪晓明"]
    first, second = (
        name_bags({"name": (pd.Series(each, dtype=object),)}, len(each), 12).bags
        for each in (texts, texts[::-1])
    )
    assert first.native_texts == second.native_texts
    start, other = first.tokens.start, second.tokens.start
    for row in range(len(texts)):
        back = len(texts) - 1 - row
        assert first.native[start[row] : start[row + 1]].tolist() == (
            second.native[other[back] : other[back + 1]].tolist()
        )


def test_no_form_is_in_a_repr_a_vocabulary_or_a_model():
    frame = people(
        {"given_name": "小明", "family_name": "王"}, {"given_name": "Юлия", "family_name": "Иванова"}
    )
    referrals = referrals_of(frame)
    names = referrals.names
    assert len(names.native_texts) > 1
    vocabulary = (*names.tokens.texts, *names.skeleton_texts, *names.variant_texts, *names.sound_texts)
    reading, column = read_name("王小明", WHOLE), read_name_column(frame["given_name"], GIVEN)
    shown = [repr(each) for each in (reading, reading.tokens, column, names, referrals)]
    kept = str(dataclasses.asdict(model_of(referrals)))
    for form in "王 小 明 юлия иванова".split():
        assert not any(form in text.casefold() for text in (*vocabulary, *shown, kept))
