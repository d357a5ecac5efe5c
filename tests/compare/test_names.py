"""Bags of name words: alignment against an optimal one, golden cases, and the same from both sides."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from nrm_linkage.compare.fields import GivenLevel, OtherNamesLevel
from nrm_linkage.compare.names import AlignedNames, align, padded
from nrm_linkage.compare.words import WordLevel, WordTable, word_levels
from nrm_linkage.normalise.names import NameRole
from tests.frames import all_pairs, bags_of, level_names, people, referrals_of

WORDS = (
    *("zamir", "zamira", "teklay", "teklai", "haile", "hailu", "mohammed", "maxamed", "t", "z", "van", "thi"),
    *("osei", "oseye", "testaj", "testai", "abdulrahman", "rahman", "hung", "nguyen", "benjamin", "ben"),
)
ROLES = (NameRole.GIVEN, NameRole.FAMILY, NameRole.UNKNOWN, NameRole.ALIAS)

Bag = list[tuple[str, int]]


def bags(max_size: int = 5, min_size: int = 0) -> st.SearchStrategy[Bag]:
    """A bag of distinct words with their roles."""
    entry = st.tuples(st.sampled_from(WORDS), st.sampled_from([int(role) for role in ROLES]))
    return st.lists(entry, min_size=min_size, max_size=max_size, unique_by=lambda entry: entry[0])


def aligned(drawn: list[Bag], left: np.ndarray, right: np.ndarray) -> AlignedNames:
    names = bags_of(drawn)
    return align(padded(names), left, right)


def levels(one: dict[str, str], other: dict[str, str]) -> tuple[str, str]:
    """The levels of `given_name` and of all other names, which must be the same from both sides."""
    found, swapped = (level_names(people(*pair)) for pair in ((one, other), (other, one)))
    assert found == swapped
    one_or_several = {found["other_name"], found["other_names"]}
    assert "missing" in one_or_several
    return found["given_name"], (one_or_several - {"missing"} or {"missing"}).pop()


def name(given: str, family: str = "", alias: str = "") -> dict[str, str]:
    return {"given_name": given, "family_name": family, "alias": alias}


GOLDEN = {
    "one word in two": (name("Leigh Anne", "Osei"), name("Leighanne", "Osei"), "variant", "exact"),
    "two words in one, elsewhere": (
        name("Zamir", "Siva Kumar"),
        name("Sivakumar", "Zamir"),
        "moved",
        "variant",
    ),
    "the same": (name("Zamir", "Testaj"), name("ZAMIR", "Testaj"), "exact", "exact"),
    "two spellings": (name("Teklay", "Mockiani"), name("Teklai", "Mokiani"), "variant", "variant"),
    "brothers": (name("Filmon", "Tesfay Haile"), name("Dawit", "Tesfay Haile"), "different", "exact"),
    "brothers, three boxes' worth in one": (
        name("Filmon Tesfay", "Haile"),
        name("Dawit", "Tesfay Haile"),
        "different",
        "exact",
    ),
    "three names, cut after one or two": (
        name("Filmon Tesfay", "Haile"),
        name("Filmon", "Tesfay Haile"),
        "exact",
        "exact",
    ),
    "three names, the last left out": (
        name("Filmon Tesfay", "Haile"),
        name("Filmon", "Tesfay"),
        "exact",
        "exact",
    ),
    "three names, either of the two as surname": (
        name("Filmon", "Haile"),
        name("Filmon", "Tesfay"),
        "exact",
        "different",
    ),
    "two of four words": (name("Idris Ibrahim", "Haroun Osman"), name("Idris", "Osman"), "exact", "exact"),
    "two of four words, not the first": (
        name("Idris Ibrahim", "Haroun Osman"),
        name("Ibrahim", "Haroun"),
        "moved",
        "exact",
    ),
    "two halves of four words": (
        name("Idris Ibrahim", "Haroun"),
        name("Idris Haroun", "Osman"),
        "exact",
        "partly",
    ),
    "one name against two": (name("Ramesh"), name("Ramesh", "Exampel"), "exact", "missing"),
    "one name in the other box": (name("", "Ramesh"), name("Ramesh", "Exampel"), "exact", "missing"),
    "one name, and it is another's surname": (
        name("Ramesh"),
        name("Osei", "Ramesh"),
        "moved",
        "missing",
    ),
    "one name against another": (name("Ramesh"), name("Osei"), "different", "missing"),
    "an alias rescues": (name("Arben", "Testaj"), name("Beni", "Testaj", "Arben"), "alias", "exact"),
    "an alias rescues, whatever else there is": (
        name("Beni", "Testaj", "Arben"),
        name("Arben", "Testaj Ibrahim"),
        "alias",
        "exact",
    ),
    "an alias is no conflict": (name("Arben", "Testaj", "Ghost"), name("Arben", "Testaj"), "exact", "exact"),
    "an alias is no conflict with another": (
        name("Arben", "Testaj", "Ghost"),
        name("Arben", "Testaj", "Smokey"),
        "exact",
        "exact",
    ),
    "a middle initial": (name("Zamir K", "Testaj"), name("Zamir", "Testaj"), "exact", "exact"),
    "a middle name and its initial": (
        name("Zamir Kofi", "Testaj"),
        name("Zamir K", "Testaj"),
        "exact",
        "shortened",
    ),
    "another middle initial": (name("Zamir K", "Testaj"), name("Zamir T", "Testaj"), "exact", "partly"),
    "a nickname": (name("Benjamin", "Example"), name("Ben", "Example"), "shortened", "exact"),
    "one letter more in three": (name("Jan", "Testaj"), name("Jazn", "Testaj"), "near", "exact"),
    "one letter of three": (name("Uwe", "Testaj"), name("Ume", "Testaj"), "near", "exact"),
    "one letter of two syllables": (name("Lan", "Testaj"), name("Lam", "Testaj"), "different", "exact"),
    "one letter": (name("Xhevahire", "Testaj"), name("Xhevakire", "Testaj"), "near", "exact"),
    "nothing": (name("Zamir", "Testaj"), name("Osei", "Mockiani"), "different", "different"),
    "no name": (name("", ""), name("Osei", "Mockiani"), "missing", "missing"),
    "Van and Thi name nobody": (name("Van Hung", "Nguyen"), name("Van Nhat", "Nguyen"), "different", "exact"),
}


@pytest.mark.parametrize("case", GOLDEN)
def test_golden_cases(case):
    one, other, given_level, other_level = GOLDEN[case]
    assert levels(one, other) == (given_level, other_level)


@pytest.mark.parametrize(
    ("one", "other", "speaks"),
    [
        (name("Filmon", "Haile"), name("Filmon", "Haile"), "other_name"),
        (name("Filmon", "Haile"), name("Filmon", "Tesfay Haile"), "other_name"),
        (name("Filmon", "Haile"), name("Filmon", "Tesfay Haile Osman"), "other_name"),
        (name("Filmon", "Tesfay Haile"), name("Filmon Haile", "Osman"), "other_names"),
        (name("Filmon", "Tesfay Haile"), name("Filmon", "Tesfay Haile Osman"), "other_names"),
        (name("Filmon", "Haile", "Smokey"), name("Filmon", "Haile"), "other_name"),
        (name("Leigh Anne", "Osei"), name("Leighanne", "Osei"), "other_name"),
        (name("Filmon"), name("Filmon", "Haile"), None),
        (name("", ""), name("Filmon", "Haile"), None),
    ],
)
def test_one_other_name_and_several_are_apart(one, other, speaks):
    found, swapped = (level_names(people(*pair)) for pair in ((one, other), (other, one)))
    assert found == swapped
    spoken = [field for field in ("other_name", "other_names") if found[field] != "missing"]
    assert spoken == ([speaks] if speaks else [])


def test_an_initial_is_no_way_to_agree_and_a_middle_name_is():
    bare: Bag = [("filmon", NameRole.GIVEN), ("haile", NameRole.FAMILY)]
    with_initial, with_middle = ([bare[0], (word, int(NameRole.GIVEN)), bare[1]] for word in ("t", "osman"))
    found = aligned([bare, with_initial, with_middle], *all_pairs(3))
    np.testing.assert_array_equal(found.n_other, 1)
    np.testing.assert_allclose(found.choices_bits, [0.0, 1.0, 1.0])


@given(st.lists(bags(), min_size=2, max_size=6))
def test_the_ways_to_agree_are_counted_one_by_one(drawn):
    left, right = all_pairs(len(drawn))
    found, held = aligned(drawn, left, right), padded(bags_of(drawn))
    initial = held.words.bags.is_initial[held.word] if len(held.words.bags.is_initial) else ~held.held
    words = (held.held & (held.role != NameRole.ALIAS) & ~initial).sum(axis=1)
    for pair in range(len(left)):
        if (held.joined[[left[pair], right[pair]]] >= 0).any():
            continue
        k = int(found.n_other[pair])
        fewer, more = sorted(max(int(words[row]) - 1, k) for row in (left[pair], right[pair]))
        chosen = itertools.combinations(range(fewer), k)
        ways = sum(1 for _ in itertools.product(chosen, itertools.permutations(range(more), k)))
        assert 2.0 ** found.choices_bits[pair] == pytest.approx(ways)


HUNG = {
    "first=Van Hung last=Nguyen": name("Van Hung", "Nguyen"),
    "first=Hung last=Nguyen Van": name("Hung", "Nguyen Van"),
    "first=Hung Van last=Nguyen": name("Hung Van", "Nguyen"),
    "first=Nguyen last=Hung Van": name("Nguyen", "Hung Van"),
    "first=Nguyen Van last=Hung": name("Nguyen Van", "Hung"),
    "first=Van last=Nguyen Hung": name("Van", "Nguyen Hung"),
}


@pytest.mark.parametrize(("one", "other"), [*itertools.combinations_with_replacement(HUNG, 2)])
def test_a_vietnamese_name_in_any_order_is_the_same_or_moved(one, other):
    given_level, other_level = levels(HUNG[one], HUNG[other])
    assert given_level in ("exact", "moved")
    assert other_level == "exact"


@given(st.permutations(["Zamir", "Teklay", "Osei", "Mockiani"]).flatmap(
    lambda words: st.integers(2, 4).map(lambda n: words[:n])
))
def test_boxes_swapped_make_a_name_moved_and_nothing_worse(words):
    first, *rest = words
    assert levels(name(first, " ".join(rest)), name(" ".join(rest), first)) == ("moved", "exact")


def alignments(found: AlignedNames, pair: int, *, swapped: bool) -> set[tuple[int, int, int, bool]]:
    """The two words, the level and whether it is the given name, of each alignment of a pair."""
    one, other = (found.right_word, found.left_word) if swapped else (found.left_word, found.right_word)
    return {
        (int(one[pair, at]), int(other[pair, at]), int(found.level[pair, at]), bool(found.is_given[pair, at]))
        for at in np.flatnonzero(found.level[pair])
    }


@given(st.lists(bags(), min_size=2, max_size=6))
def test_swapping_left_and_right_changes_no_level_and_no_word(drawn):
    left, right = all_pairs(len(drawn))
    one, other = aligned(drawn, left, right), aligned(drawn, right, left)
    np.testing.assert_array_equal(one.given, other.given)
    np.testing.assert_array_equal(one.other, other.other)
    np.testing.assert_array_equal(one.choices_bits, other.choices_bits)
    for pair in range(len(left)):
        assert alignments(one, pair, swapped=False) == alignments(other, pair, swapped=True)


@given(bags(), bags(), st.lists(bags(max_size=6), max_size=4))
def test_other_rows_change_no_level_of_a_pair(one, other, others):
    alone = aligned([one, other], *all_pairs(2))
    among = aligned([one, other, *others], *all_pairs(2))
    assert (alone.given[0], alone.other[0]) == (among.given[0], among.other[0])
    assert alone.choices_bits[0] == among.choices_bits[0]
    assert np.bincount(alone.level[0])[1:].tolist() == np.bincount(among.level[0])[1:].tolist()


def level_matrix(one: Bag, other: Bag) -> np.ndarray:
    names = bags_of([one, other])
    code = names.tokens.token
    i, j = np.meshgrid(code[: len(one)], code[len(one) :], indexing="ij")
    return word_levels(WordTable.of(names), i, j)


@given(bags(min_size=1), bags(min_size=1))
def test_every_word_is_aligned_once_at_its_own_level_and_none_that_could_be_is_left_out(one, other):
    found = aligned([one, other], *all_pairs(2))
    matrix = level_matrix(one, other)
    texts = bags_of([one, other]).tokens.texts
    rows, columns = [word for word, _ in one], [word for word, _ in other]
    pairs = [
        (rows.index(texts[a]), columns.index(texts[b]), level)
        for a, b, level in zip(found.left_word[0], found.right_word[0], found.level[0], strict=True)
        if level
    ]
    assert len({i for i, _, _ in pairs}) == len({j for _, j, _ in pairs}) == len(pairs)
    for i, j, level in pairs:
        assert matrix[i, j] == level
        matrix[i, :] = matrix[:, j] = WordLevel.NONE
    assert not matrix.any()


@given(bags(min_size=2, max_size=2), bags(min_size=2, max_size=2))
def test_bags_of_two_have_as_good_a_best_word_as_any_alignment(one, other):
    matrix = level_matrix(one, other)
    found = aligned([one, other], *all_pairs(2))
    assert found.level[0].max() == matrix.max()


def test_best_first_loses_little_against_the_optimal_alignment():
    random = np.random.default_rng(7)
    ours = optimal = 0
    for _ in range(400):
        one, other = (
            [(str(word), 1) for word in random.choice(WORDS, random.integers(1, 6), replace=False)]
            for _ in range(2)
        )
        matrix = level_matrix(one, other).astype(int)
        best = int(matrix[linear_sum_assignment(matrix, maximize=True)].sum())
        found = int(aligned([one, other], *all_pairs(2)).level[0].sum())
        assert found <= best
        ours, optimal = ours + found, optimal + best
    assert ours >= 0.95 * optimal


def test_a_row_without_words_and_no_rows_at_all():
    found = aligned([[], [("osei", 1)]], *all_pairs(2))
    assert (found.given[0], found.other[0]) == (GivenLevel.MISSING, OtherNamesLevel.MISSING)
    assert aligned([[], []], *all_pairs(2)).given.tolist() == [GivenLevel.MISSING]
    none = np.zeros(0, dtype=np.int32)
    assert aligned([[("osei", 1)]], none, none).given.shape == (0,)


def test_the_naming_word_is_the_first_given_name_that_says_something():
    drawn = [
        [("van", 1), ("hung", 1), ("nguyen", 2)],
        [("t", 1), ("haile", 2)],
        [("ghost", 4), ("testaj", 2)],
        [("ghost", 4)],
        [("van", 2)],
        [("nguyen", 3), ("hung", 3)],
    ]
    names = bags_of(drawn)
    assert padded(names).principal.tolist() == [1, 1, 1, 0, 0, 0]


def test_of_words_that_agree_alike_the_one_in_the_same_box_is_aligned():
    one: Bag = [("teklay", int(NameRole.GIVEN))]
    other: Bag = [("teklai", int(NameRole.FAMILY)), ("tekley", int(NameRole.GIVEN))]
    found = aligned([one, other], *all_pairs(2))
    assert level_matrix(one, other).tolist() == [[WordLevel.VARIANT, WordLevel.VARIANT]]
    assert bags_of([one, other]).tokens.texts[found.right_word[0, 0]] == "tekley"
    assert found.given[0] == GivenLevel.VARIANT


def test_where_both_naming_words_moved_the_better_one_is_the_given_name():
    one, other = name("Arben", "Hoxha"), name("Hoxhaj", "Arben")
    referrals = referrals_of(people(one, other))
    for left, right in ((0, 1), (1, 0)):
        found = align(
            padded(referrals.names),
            np.array([left], dtype=np.int32),
            np.array([right], dtype=np.int32),
        )
        place = int(np.flatnonzero(found.is_given[0])[0])
        assert referrals.names.tokens.texts[found.left_word[0, place]] == "arben"
        assert (found.given[0], found.other[0]) == (GivenLevel.MOVED, OtherNamesLevel.VARIANT)


NATIVE_LEVELS = {
    "one word": ("王", "王", WordLevel.EXACT),
    "two words of one reading": ("王", "汪", WordLevel.VARIANT),
    "one of them Latin": ("王", "", WordLevel.EXACT),
    "both Latin": ("", "", WordLevel.EXACT),
}


@pytest.mark.parametrize("case", NATIVE_LEVELS)
def test_a_word_recorded_in_another_script_is_exact_only_with_itself(case):
    left, right, level = NATIVE_LEVELS[case]
    names = bags_of([[("wang", 2)], [("wang", 2)]], [[left], [right]])
    assert align(padded(names), *all_pairs(2)).level.tolist() == [[level]]


def test_spellings_in_another_script_do_not_lower_what_is_not_exact():
    names = bags_of([[("teklay", 1)], [("teklai", 1)]], [["ተክላይ"], ["ተክላዪ"]])
    assert align(padded(names), *all_pairs(2)).level.tolist() == [[WordLevel.VARIANT]]


def test_characters_of_one_reading_are_variants_from_end_to_end():
    assert levels(name("小明", "王"), name("晓明", "汪")) == ("variant", "variant")
    assert levels(name("小明", "王"), name("小明", "王")) == ("exact", "exact")
    assert levels(name("小明", "王"), name("Xiaoming", "Wang")) == ("exact", "exact")


@given(bags(3), bags(3), st.data())
def test_forms_in_another_script_are_compared_alike_from_both_sides(one, other, data):
    forms = [[data.draw(st.sampled_from(["", "甲", "乙"])) for _ in bag] for bag in (one, other)]
    names = bags_of([one, other], forms)
    left, right = all_pairs(2)
    found, swapped = (align(padded(names), *pair) for pair in ((left, right), (right, left)))
    assert (found.given.tolist(), found.other.tolist()) == (swapped.given.tolist(), swapped.other.tolist())
    assert sorted(found.level[0]) == sorted(swapped.level[0])
