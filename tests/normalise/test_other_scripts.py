"""Names in Korean, Thai, Hebrew and Indic scripts: the Latin spelling that people use meets them."""

from __future__ import annotations

import unicodedata
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nrm_linkage.normalise.hebrew_script import latin_of_hebrew
from nrm_linkage.normalise.indic_script import latin_of_indic
from nrm_linkage.normalise.korean_script import latin_of_hangul, split_hangul
from nrm_linkage.normalise.name_text import latinise, repair
from nrm_linkage.normalise.names import NameBox, read_name
from nrm_linkage.normalise.other_scripts import latin_of_others
from nrm_linkage.normalise.thai_script import latin_of_thai
from tests.normalise.name_cases import meets, meets_nearly, script_spellings, tokens

CASES = script_spellings()
SCRIPTS = sorted({case.community for case in CASES})


@pytest.mark.parametrize("script", SCRIPTS)
def test_the_spelling_in_use_mostly_meets(script):
    """The floor is below what is measured (benchmarks/reading_names.py): no script is left behind."""
    cases = [case for case in CASES if case.community == script]
    assert len(cases) >= 10
    assert sum(meets_nearly(case.name, case.form) for case in cases) >= 0.85 * len(cases)
    assert sum(meets(case.name, case.form) for case in cases) >= 0.8 * len(cases)


def test_all_scripts_together_meet_better_than_each_must():
    assert sum(meets_nearly(case.name, case.form) for case in CASES) >= 0.95 * len(CASES)


def test_different_names_of_one_script_seldom_meet():
    """A reading that made all names alike would meet every spelling."""
    names = {case.name: tokens(case.name) for case in CASES}
    by_script: dict[str, list[str]] = {}
    for case in CASES:
        by_script.setdefault(case.community, []).append(case.name)
    tried: Counter[bool] = Counter()
    for listed in by_script.values():
        words = sorted({names[name][0] for name in listed if len(names[name]) == 1})
        tried.update(meets(one, other) for one in words for other in words if one < other)
    assert tried[True] <= 0.01 * tried.total()


@pytest.mark.parametrize(
    ("read", "written", "latin"),
    [
        (latin_of_hangul, "이", "lee"),
        (latin_of_hangul, "복남", "boknam"),
        (latin_of_thai, "สุนทร", "sunthorn"),
        (latin_of_thai, "น้ำฝน", "namfon"),
        (latin_of_thai, "พรรณี", "panni"),
        (latin_of_thai, "สมบัติ", "sombat"),
        (latin_of_thai, "ทรงศักดิ์", "songsak"),
        (latin_of_hebrew, "גבאי", "gavai"),
        (latin_of_hebrew, "ג'ורג'", "joraj"),
        (latin_of_hebrew, "שִׁמְעוֹן", "shimon"),
        (latin_of_indic, "ज्ञान", "gyan"),
        (latin_of_indic, "राजनी", "rajni"),
        (latin_of_indic, "ਬਰਾੜ", "barar"),
        (latin_of_indic, "জাহাঙ্গীর", "jahangir"),
        (latin_of_indic, "பாண்டியன்", "pandiyan"),
        (latin_of_indic, "മേനോൻ", "menon"),
        (latin_of_indic, "ජයවර්ධන", "jayavardhana"),
    ],
)
def test_a_word_is_read_by_its_rules(read, written, latin):
    assert read(unicodedata.normalize("NFKC", written)) == latin


@pytest.mark.parametrize(
    ("written", "box", "words"),
    [
        ("김민준", NameBox.WHOLE, ["kim", "minjun"]),
        ("김민준", NameBox.FAMILY, ["kim", "minjun"]),
        ("김민준", NameBox.GIVEN, ["kim", "minjun"]),
        ("김 민준", NameBox.WHOLE, ["kim", "minjun"]),
        ("민준", NameBox.WHOLE, ["minjun"]),
        ("남궁민", NameBox.WHOLE, ["namgoong", "min"]),
        ("황보라", NameBox.WHOLE, ["hwang", "bora"]),
        ("나", NameBox.FAMILY, ["nah"]),  # `NA` is a placeholder
        ("สมชาย Smith", NameBox.WHOLE, ["somchai", "smith"]),
    ],
)
def test_a_box_in_another_script_is_read_into_words(written, box, words):
    assert [token.text for token in read_name(written, box).tokens] == words


@pytest.mark.parametrize("text", ["Kim Min-jun", "Łukasz", "१२३", "Иван Ⅷ", "ようこ", "ကျော်"])
def test_what_is_not_a_word_of_these_scripts_stays(text):
    assert latin_of_others(text) == text


@pytest.mark.parametrize(
    "letters",
    ["\uac00-\ud7a3", "\u0e01-\u0e4e", "\u0591-\u05ea'", "\u0900-\u0dff"],
    ids=["hangul", "thai", "hebrew", "indic"],
)
def test_any_text_of_a_script_is_read(letters):
    first, last = ord(letters[0]), ord(letters[2])
    alphabet = st.characters(min_codepoint=first, max_codepoint=last) | st.sampled_from(" a'-")

    @given(st.text(alphabet, max_size=20), st.booleans())
    def is_read(text, family_first):
        latin = latinise(repair(text), family_first=family_first)
        assert latinise(latin, family_first=family_first) == latin
        assert sum(map(str.isspace, latin)) <= sum(map(str.isspace, text)) + 1

    is_read()


@given(st.text(st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3), min_size=1, max_size=6))
def test_a_korean_word_is_cut_without_loss(word):
    assert "".join(split_hangul(word)) == word
