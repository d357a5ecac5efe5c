"""Levels of word pairs against plain Python, and against the lists of domain.md 4.1."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

import jellyfish
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nrm_linkage.compare.word_table import may_agree
from nrm_linkage.compare.words import WordLevel, WordTable, word_levels
from nrm_linkage.normalise.name_parts import is_syllable
from nrm_linkage.normalise.names import NameBox, read_name
from nrm_linkage.normalise.skeleton import skeleton
from nrm_linkage.normalise.sounds import sounds
from nrm_linkage.normalise.variants import known_different, nickname_classes, variant_class
from tests.frames import all_pairs, bags_of

LISTS = Path(__file__).parents[1] / "normalise" / "names_variant_lists.csv"


def edits(a: str, b: str) -> int:
    """Insertions, deletions, substitutions and exchanges of neighbours, each letter edited once."""

    @cache
    def distance(i: int, j: int) -> int:
        if not i or not j:
            return i + j
        found = [
            distance(i - 1, j) + 1,
            distance(i, j - 1) + 1,
            distance(i - 1, j - 1) + (a[i - 1] != b[j - 1]),
        ]
        if i > 1 and j > 1 and a[i - 2 : i] == b[j - 2 : j][::-1]:
            found.append(distance(i - 2, j - 2) + 1)
        return min(found)

    return distance(len(a), len(b))


def few_edits(a: str, b: str, letters: int) -> bool:
    allowed = 3 if letters >= 10 else 2 if letters >= 7 else 1 if letters >= 3 else 0
    return allowed > 0 and edits(a, b) <= allowed


def plain_level(a: str, b: str) -> WordLevel:
    """What words.py says of two words, one rule at a time."""
    if a == b:
        return WordLevel.EXACT
    short, long = sorted((a, b), key=len)
    if len(short) > 1 and (skeleton(a) == skeleton(b) or variant_class(a) == variant_class(b)):
        return WordLevel.NEAR if known_different(a, b) else WordLevel.VARIANT
    likeness = jellyfish.jaro_winkler_similarity(a, b)
    shorter_skeleton = min(len(skeleton(a)), len(skeleton(b)))
    if len(short) >= (4 if is_syllable(a) and is_syllable(b) else 3) and (
        few_edits(a, b, len(short))
        or (len(short) >= 5 and likeness >= 0.92)
        or (sounds(a) == sounds(b) and likeness >= 0.85)
        or (
            likeness >= 0.75
            and shorter_skeleton >= 5
            and few_edits(skeleton(a), skeleton(b), shorter_skeleton - 1)
        )
    ):
        return WordLevel.NEAR
    if (
        (len(short) == 1 and long.startswith(short))
        or (len(short) >= 3 and long.startswith(short))
        or (len(short) >= 4 and long.endswith(short))
        or nickname_classes(a) & nickname_classes(b)
    ):
        return WordLevel.SHORTENED
    return WordLevel.NONE


def levels_of(pairs: list[tuple[str, str]]) -> list[WordLevel]:
    words = sorted({word for pair in pairs for word in pair})
    table = WordTable.of(bags_of([[(word, 1)] for word in words]))
    left, right = (np.array([words.index(pair[side]) for pair in pairs], dtype=np.int32) for side in (0, 1))
    return [WordLevel(level) for level in word_levels(table, left, right)]


@cache
def listed() -> list[tuple[str, str, str]]:
    """Relation and the two words of every line of the lists that is one word against one word."""
    with LISTS.open(encoding="utf-8") as file:
        rows = [(row["relation"], row["name"], row["form"]) for row in csv.DictReader(file)]
    tokens = {text: read_name(text, NameBox.GIVEN).tokens for _, *pair in rows for text in pair}
    single = {text: read[0].text for text, read in tokens.items() if len(read) == 1}
    return [(how, single[a], single[b]) for how, a, b in rows if a in single and b in single]


def words() -> st.SearchStrategy[str]:
    """Words of few letters, and words of the lists, whole or with an edit or an end missing."""
    known = st.sampled_from(sorted({word for _, *pair in listed() for word in pair}))
    few = st.text("abhiklmnorstuy", min_size=1, max_size=11)
    cut = st.builds(lambda word, n: word[: max(n, 1)], known, st.integers(1, 9))
    end = st.builds(lambda word, n: word[n:] or word, known, st.integers(0, 4))
    edited = st.builds(
        lambda word, at, letter: word[: at % len(word)] + letter + word[at % len(word) + 1 :],
        known,
        st.integers(0, 12),
        st.sampled_from("aeiouhkns"),
    )
    return st.one_of(known, few, cut, end, edited)


def pairs_of_words() -> st.SearchStrategy[tuple[str, str]]:
    """Two words, or one and what a letter put in, left out or put for another makes of it."""
    short = st.one_of(st.text("aehiklmnrsu", min_size=2, max_size=6), words())
    one_edit = st.builds(
        lambda word, at, letter, left_out: (
            word,
            word[: at % len(word)] + letter + word[at % len(word) + left_out :] or word,
        ),
        short,
        st.integers(0, 5),
        st.sampled_from(["", "a", "h", "n", "i"]),
        st.integers(0, 1),
    )
    return st.one_of(st.tuples(words(), words()), one_edit)


@given(st.lists(pairs_of_words(), min_size=1, max_size=40))
def test_levels_are_those_of_the_rules_one_at_a_time(pairs):
    assert levels_of(pairs) == [plain_level(a, b) for a, b in pairs]


@given(st.lists(words(), min_size=2, max_size=30, unique=True))
def test_words_that_are_ruled_out_by_their_letters_are_nothing_to_one_another(drawn):
    texts = sorted(drawn)
    table = WordTable.of(bags_of([[(word, 1)] for word in texts]))
    left, right = all_pairs(len(texts))
    ruled_out = np.flatnonzero(~may_agree(table, left, right))
    pairs = [(texts[left[at]], texts[right[at]]) for at in ruled_out.tolist()]
    # Words of one class or sound are settled before anybody asks.
    unlike = [
        (a, b) for a, b in pairs if skeleton(a) != skeleton(b) and variant_class(a) != variant_class(b)
    ]
    assert {plain_level(a, b) for a, b in unlike} <= {WordLevel.NONE}


@given(words(), st.lists(words(), min_size=1, max_size=30))
def test_which_word_comes_first_and_which_others_there_are_change_nothing(word, others):
    pairs = [(word, other) for other in others]
    there = levels_of(pairs)
    assert there == levels_of([(other, word) for other in others])
    assert there[0] == levels_of(pairs[:1])[0]


def test_the_shape_of_the_words_is_kept_and_there_may_be_none():
    table = WordTable.of(bags_of([[("osei", 1)], [("oseye", 1)]]))
    square = np.array([[0, 1], [1, 0]], dtype=np.int32)
    assert word_levels(table, square, square.T).tolist() == word_levels(table, square.T, square).tolist()
    assert word_levels(table, square, square).tolist() == [[WordLevel.EXACT] * 2] * 2
    nothing = np.zeros((0, 3), dtype=np.int32)
    assert word_levels(table, nothing, nothing).shape == (0, 3)
    assert word_levels(WordTable.of(bags_of([])), nothing, nothing).shape == (0, 3)


def test_spellings_of_one_name_meet_and_different_names_are_no_variants():
    relation = [how for how, _, _ in listed()]
    found = levels_of([(name, form) for _, name, form in listed()])
    same = [level for how, level in zip(relation, found, strict=True) if how == "same"]
    different = [level for how, level in zip(relation, found, strict=True) if how == "different"]
    assert len(same) > 800
    assert len(different) >= 25
    assert max(different) < WordLevel.VARIANT
    assert np.mean([level >= WordLevel.VARIANT for level in same]) > 0.80
    assert np.mean([level > WordLevel.NONE for level in same]) > 0.97


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        ("ghebremedhin", "gebremedin", WordLevel.VARIANT),
        ("maxamed", "mohammed", WordLevel.VARIANT),
        ("abdirahman", "abdulrahman", WordLevel.VARIANT),
        ("ivanova", "ivanov", WordLevel.VARIANT),
        ("haile", "hailu", WordLevel.NEAR),
        ("pham", "phan", WordLevel.NEAR),
        ("jan", "jazn", WordLevel.NEAR),
        ("lan", "lam", WordLevel.NONE),  # syllables
        ("jo", "jon", WordLevel.NONE),
        ("browne", "berhane", WordLevel.NONE),  # skeletons of four letters, one of them another
        ("xhevahire", "xhevakire", WordLevel.NEAR),
        ("t", "tesfay", WordLevel.SHORTENED),
        ("oluwaseun", "seun", WordLevel.SHORTENED),
        ("tobias", "tob", WordLevel.SHORTENED),
        ("k", "t", WordLevel.NONE),
        ("van", "thi", WordLevel.NONE),
        ("zamira", "osei", WordLevel.NONE),
    ],
)
def test_golden_pairs(one, other, level):
    assert levels_of([(one, other)]) == [level]
