"""Candidate pairs against an oracle that looks at every pair."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nrm_linkage.block import KEY_RULES, RULES, candidate_pairs, pairs_within, rules_that_find
from nrm_linkage.block.groups import Shared, grouped, pairs_at, pairs_of_groups
from nrm_linkage.block.rules import ATTRIBUTES, Keys
from nrm_linkage.config import LinkageConfig
from nrm_linkage.errors import ConfigError, TooManyPairsError
from nrm_linkage.tables import FoundPairs, RuleYield
from tests.frames import frame_of, invented, people, referrals_of, rows

BY_KEY = list(KEY_RULES)
"""The rules of large extracts; small ones are compared in full besides."""


def values_of(referrals, name):
    """What each row has of an attribute."""
    found: dict[int, set[int]] = {row: set() for row in range(referrals.n)}
    for row, value in zip(*(part.tolist() for part in ATTRIBUTES[name](referrals)), strict=True):
        found[row].add(value)
    return found


def shared_keys(referrals, rule):
    """Pairs of linkable rows with a key in common that do not differ in what always splits the rule's keys,
    found by looking at each pair.
    """
    keys = rule.keys(referrals)
    of = {row: set(keys.key[keys.row == row].tolist()) for row in range(referrals.n)}
    linkable = np.flatnonzero(referrals.linkable).tolist()
    has = values_of(referrals, rule.always_by) if rule.always_by else {row: set() for row in of}
    return {
        (a, b)
        for a, b in itertools.combinations(linkable, 2)
        if of[a] & of[b] and (not has[a] or not has[b] or has[a] & has[b])
    }


def by_key(referrals, rule, pair):
    """The keys that a pair has in common."""
    keys = rule.keys(referrals)
    one, other = (set(keys.key[keys.row == row].tolist()) for row in pair)
    return one & other


@given(st.lists(rows(), max_size=25))
def test_every_pair_that_shares_a_key_is_found_once_and_by_the_right_rules(drawn):
    referrals = referrals_of(frame_of(drawn))
    rules = [rule for rule in RULES if not rule.rare_only]
    found = candidate_pairs(referrals, LinkageConfig(max_key_size=1000), rules)
    pairs = list(zip(found.left.tolist(), found.right.tolist(), strict=True))
    assert pairs == sorted(set(pairs))
    for number, rule in enumerate(rules):
        masks = zip(pairs, found.found_by.tolist(), strict=True)
        by_rule = {pair for pair, mask in masks if mask >> number & 1}
        assert by_rule == shared_keys(referrals, rule), rule.name
        assert found.yields[number].pairs == len(by_rule)


def split(referrals, group, name, made_of, copies):
    """The parts of a group by an attribute, each with the rows that lack it, and the pairs given up."""
    values: dict[int, set[int]] = {}
    of = values_of(referrals, name)
    for row in group:
        for value in of[row] - (set(made_of) if name == "another name word" else set()):
            values.setdefault(value, set()).add(row)
    lacking = group - set().union(*values.values())
    rest = [lacking] if lacking else []
    if len(lacking) * len(values) > copies * len(group):
        return [*values.values(), *rest], len(lacking) * (len(group) - len(lacking))
    return [*(part | lacking for part in values.values()), *rest], 0


def refined(referrals, rule, limit, copies=40):
    """Pairs that a rule should make, pairs of keys left too large or given up, and pairs of keys that were
    too large at first: sets of rows split one at a time. A rule of rare keys has none too large.
    """
    keys = rule.keys(referrals)
    linkable = set(np.flatnonzero(referrals.linkable).tolist())
    groups: dict[tuple, set[int]] = {}
    for row, key, made_of in zip(keys.row.tolist(), keys.key.tolist(), keys.made_of.tolist(), strict=True):
        if row in linkable:
            groups.setdefault((key, tuple(made_of)), set()).add(row)
    pairs, left_over, todo = set(), 0, []
    for (_, made_of), group in groups.items():
        parts, given_up = (
            split(referrals, group, rule.always_by, made_of, copies) if rule.always_by else ([group], 0)
        )
        left_over += given_up
        todo += [(part, list(rule.refine_by), made_of) for part in parts]
    sizes = [len(group) for group, _, _ in todo if len(group) > limit]
    too_large = sum(size * (size - 1) // 2 for size in sizes)
    while todo:
        group, attributes, made_of = todo.pop()
        if len(group) <= limit:
            pairs |= set(itertools.combinations(sorted(group), 2))
        elif not attributes:
            left_over += len(group) * (len(group) - 1) // 2
        else:
            name, *rest = attributes
            parts, given_up = split(referrals, group, name, made_of, copies)
            left_over += given_up
            todo += [(part, rest, made_of) for part in parts]
    return pairs, 0 if rule.rare_only else left_over, too_large


@given(st.lists(rows(), min_size=2, max_size=25), st.integers(2, 6))
def test_common_keys_are_split_as_the_oracle_splits_them_and_the_rest_is_counted(drawn, limit):
    referrals = referrals_of(frame_of(drawn))
    for rule in BY_KEY:
        found = candidate_pairs(referrals, LinkageConfig(max_key_size=limit * rule.part), [rule])
        pairs, left_over, too_large = refined(referrals, rule, limit)
        assert set(zip(found.left.tolist(), found.right.tolist(), strict=True)) == pairs, rule.name
        assert (found.yields[0].not_compared, found.yields[0].refined) == (left_over, too_large), rule.name


@given(st.lists(rows(), max_size=25))
def test_pairs_that_are_always_kept_apart_are_counted(drawn):
    referrals = referrals_of(frame_of(drawn))
    by_date = next(rule for rule in BY_KEY if rule.name == "birth date")
    apart = {*shared_keys(referrals, replace(by_date, always_by=None))} - {*shared_keys(referrals, by_date)}
    several = any(len(held) > 1 for held in values_of(referrals, by_date.always_by).values())
    counted = candidate_pairs(referrals, LinkageConfig(), [by_date]).yields[0].kept_apart
    of_keys = sum(len(by_key(referrals, by_date, pair)) for pair in apart)
    assert counted <= of_keys if several else counted == of_keys
    assert all(
        of.kept_apart == 0
        for rule, of in zip(BY_KEY, candidate_pairs(referrals, LinkageConfig(), BY_KEY).yields, strict=True)
        if rule is not by_date
    )


def test_who_has_two_nationalities_is_kept_apart_from_neither():
    date, nationalities = "14/05/2001", ("Albanian", "Vietnamese", "Albanian and Vietnamese", "")
    referrals = referrals_of(frame_of([("Zamir", "Testaj", date, each) for each in nationalities]))
    by_date = next(rule for rule in BY_KEY if rule.name == "birth date")
    found = candidate_pairs(referrals, LinkageConfig(), [by_date])
    assert found.yields[0].kept_apart == 1
    assert len(found) == 5


@given(st.lists(rows(), min_size=2, max_size=25), st.integers(2, 6), st.sampled_from([0, 1]))
def test_rows_that_lack_what_refines_are_copied_within_bounds_and_the_rest_is_counted(drawn, limit, copies):
    referrals = referrals_of(frame_of(drawn))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("nrm_linkage.block.groups.MOST_COPIES", copies)
        for rule in BY_KEY:
            found = candidate_pairs(referrals, LinkageConfig(max_key_size=limit * rule.part), [rule])
            pairs, left_over, _ = refined(referrals, rule, limit, copies)
            assert set(zip(found.left.tolist(), found.right.tolist(), strict=True)) == pairs, rule.name
            assert found.yields[0].not_compared == left_over, rule.name


@given(st.lists(rows(), min_size=2, max_size=25), st.integers(1, 4))
def test_who_asks_hears_of_the_pairs_that_are_made_and_of_how_many(drawn, stretch):
    referrals = referrals_of(frame_of(drawn))
    theirs = found_pairs("theirs", (0, 1))
    announced: list[int] = []
    done: list[int] = []

    def counter(of: int):
        announced.append(of)
        return done.append

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("nrm_linkage.block.pairs.STRETCH_PAIRS", stretch)
        found = candidate_pairs(referrals, LinkageConfig(), BY_KEY, [theirs], counter=counter)
    assert announced == [sum(done)]
    assert announced[0] >= sum(rule.pairs for rule in found.yields)
    assert len(done) > 1 or announced[0] <= stretch + referrals.n * len(found.rules)


@given(st.lists(rows(), min_size=2, max_size=25), st.integers(2, 6))
def test_what_refinement_takes_away_differs_in_an_attribute_or_is_counted(drawn, limit):
    referrals = referrals_of(frame_of(drawn))
    rule = RULES[1]
    full = candidate_pairs(referrals, LinkageConfig(max_key_size=1000), [rule])
    few = candidate_pairs(referrals, LinkageConfig(max_key_size=limit), [rule])
    every = set(zip(full.left.tolist(), full.right.tolist(), strict=True))
    kept = set(zip(few.left.tolist(), few.right.tolist(), strict=True))
    assert kept <= every
    values: dict[tuple[str, int], set[int]] = {}
    for name in rule.refine_by:
        for row, value in zip(*(part.tolist() for part in ATTRIBUTES[name](referrals)), strict=True):
            values.setdefault((name, row), set()).add(value)
    for a, b in every - kept:
        sides = [(values.get((name, a)), values.get((name, b))) for name in rule.refine_by]
        apart = any(x is not None and y is not None and not x & y for x, y in sides)
        same_words = values[rule.refine_by[1], a] & values[rule.refine_by[1], b]
        assert apart or len(same_words) <= 2 or few.yields[0].not_compared > 0


@given(st.lists(rows(), min_size=2, max_size=25), st.integers(1, 4))
def test_pairs_made_a_stretch_at_a_time_are_the_same(drawn, stretch):
    referrals = referrals_of(frame_of(drawn))
    theirs = found_pairs("theirs", *itertools.combinations(range(0, referrals.n, 3), 2))
    at_once = candidate_pairs(referrals, LinkageConfig(max_key_size=24), BY_KEY, [theirs])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("nrm_linkage.block.pairs.STRETCH_PAIRS", stretch)
        bit_by_bit = candidate_pairs(referrals, LinkageConfig(max_key_size=24), BY_KEY, [theirs])
    for part in ("left", "right", "found_by"):
        np.testing.assert_array_equal(getattr(bit_by_bit, part), getattr(at_once, part))
        assert getattr(bit_by_bit, part).dtype == np.int32
    assert bit_by_bit.yields == at_once.yields
    assert (bit_by_bit.skipped is None) == (at_once.skipped is None)
    if bit_by_bit.skipped is not None and at_once.skipped is not None:
        np.testing.assert_array_equal(bit_by_bit.skipped.left, at_once.skipped.left)
        np.testing.assert_array_equal(bit_by_bit.skipped.right, at_once.skipped.right)


def test_a_rule_compares_its_part_of_what_the_config_allows():
    referrals = referrals_of(frame_of([("Zamir", "Testaj", "14/05/2001", "Albanian")] * 4))
    rule = replace(RULES[1], refine_by=(), part=3)
    assert len(candidate_pairs(referrals, LinkageConfig(max_key_size=12), [rule])) == 6
    few = candidate_pairs(referrals, LinkageConfig(max_key_size=11), [rule])
    assert (len(few), few.yields[0].not_compared) == (0, 6)
    # Two who share a key are always compared, whatever the part.
    two = referrals_of(frame_of([("Zamir", "Testaj", "14/05/2001", "Albanian")] * 2))
    assert len(candidate_pairs(two, LinkageConfig(max_key_size=2), [rule])) == 1


def test_a_common_word_is_rare_among_few_of_a_nationality_and_a_birth_year():
    (rule,) = (rule for rule in RULES if rule.rare_only)
    common = [("Zamir", f"Family{letter}", f"14/05/{1950 + 3 * number}", "Albanian")
              for number, letter in enumerate("abcdefghij")]
    undated = ("Zamir", "Mockiani", "", "Albanian")
    elsewhere = [("Zamir", "Testaj", f"14/05/{year}", "Sudanese") for year in (1960, 2001)]
    referrals = referrals_of(frame_of([*common, undated, *elsewhere]))
    found = candidate_pairs(referrals, LinkageConfig(max_key_size=2 * rule.part), [rule])
    pairs = set(zip(found.left.tolist(), found.right.tolist(), strict=True))
    assert pairs == {*((number, 10) for number in range(10)), (11, 12)}


def test_a_row_without_the_refining_attribute_is_still_compared_with_all():
    common = [("Zamir", "Testaj", f"{day:02d}/05/19{50 + day}", "Albanian") for day in range(1, 21)]
    referrals = referrals_of(frame_of([*common, ("Zamir", "Testaj", "", "Albanian")]))
    found = candidate_pairs(referrals, LinkageConfig(max_key_size=8), [RULES[1]])
    lacking = 20
    assert set(found.left[found.right == lacking].tolist()) == set(range(20))


def test_nobody_is_compared_who_cannot_be_linked():
    nameless = [("Unknown", "FNU"), ("", ""), ("Zamir", "")]
    referrals = referrals_of(frame_of([(*names, "14/05/2001", "") for names in nameless]))
    assert referrals.linkable.tolist() == [False, False, True]
    assert len(candidate_pairs(referrals, LinkageConfig())) == 0


def test_too_many_pairs_are_refused_before_they_are_made_and_the_rules_named():
    referrals = referrals_of(invented(200, seed=3))
    with pytest.raises(TooManyPairsError, match=r"max_candidate_pairs=10 .*two name words"):
        candidate_pairs(referrals, LinkageConfig(max_candidate_pairs=10))


def test_one_name_and_birth_date_for_everybody_stays_bounded_and_says_so():
    referrals = referrals_of(frame_of([("Zamir", "Testaj", "01/01/2004", "Albanian")] * 5000))
    found = candidate_pairs(referrals, LinkageConfig())
    assert len(found) == 0
    assert sum(rule.not_compared for rule in found.yields) >= 5000 * 4999 // 2


@given(st.lists(rows(), min_size=2, max_size=12))
def test_rules_of_given_pairs_are_those_that_found_them(drawn):
    referrals = referrals_of(frame_of(drawn))
    found = candidate_pairs(referrals, LinkageConfig(max_key_size=1000), BY_KEY)
    again = rules_that_find(referrals, found.left, found.right)
    rare = 1 << next(number for number, rule in enumerate(RULES) if rule.rare_only)
    assert ((again & ~rare) == (found.found_by & ~rare)).all()


def test_pairs_within_components_are_complete_and_keep_what_found_them():
    referrals = referrals_of(invented(40, seed=4))
    found = candidate_pairs(referrals, LinkageConfig(), BY_KEY)
    component = np.arange(40)
    component[[5, 9, 12]] = 5
    component[[20, 30]] = 20
    within = pairs_within(found, component)
    pairs = list(zip(within.left.tolist(), within.right.tolist(), strict=True))
    assert pairs == [(5, 9), (5, 12), (9, 12), (20, 30)]
    found_pairs = zip(found.left.tolist(), found.right.tolist(), strict=True)
    known = dict(zip(found_pairs, found.found_by.tolist(), strict=True))
    assert within.found_by.tolist() == [known.get(pair, 0) for pair in pairs]
    assert 0 in within.found_by
    assert (within.found_by > 0).any()


def test_pairs_within_singles_and_no_candidates():
    referrals = referrals_of(invented(4, seed=5))
    nothing = candidate_pairs(referrals, LinkageConfig(), [])
    assert len(nothing) == 0
    assert len(pairs_within(nothing, np.arange(4))) == 0
    together = pairs_within(nothing, np.array([0, 0, 2, 2]))
    assert together.found_by.tolist() == [0, 0]


@settings(max_examples=20)
@given(st.lists(rows(), min_size=2, max_size=20), st.randoms(use_true_random=False))
def test_the_order_of_rows_and_the_ids_change_no_pair(drawn, random):
    order = list(range(len(drawn)))
    random.shuffle(order)
    config = LinkageConfig(max_key_size=4)
    found = candidate_pairs(referrals_of(frame_of(drawn)), config)
    other = candidate_pairs(referrals_of(frame_of([drawn[row] for row in order])), config)
    as_drawn = {}
    for left, right, mask in zip(
        *(part.tolist() for part in (other.left, other.right, other.found_by)), strict=True
    ):
        pair = tuple(sorted((order[left], order[right])))
        as_drawn[pair] = mask
    expected = zip(found.left.tolist(), found.right.tolist(), strict=True)
    assert as_drawn == dict(zip(expected, found.found_by.tolist(), strict=True))
    assert other.yields == found.yields


def test_a_rare_word_brings_together_what_nothing_else_does_and_a_common_one_does_not():
    rare = [("Xhevahire", "Testaj", "14/05/2001", ""), ("Xhevahire", "Mockiani", "02/02/1980", "")]
    common = [
        ("Zamir", f"Family{letter}", f"14/05/{1950 + 3 * number}", "")
        for number, letter in enumerate("abcdefghij")
    ]
    referrals = referrals_of(frame_of([*rare, *common]))
    (rule,) = (rule for rule in RULES if rule.rare_only)
    found = candidate_pairs(referrals, LinkageConfig(max_key_size=8), [rule])
    assert list(zip(found.left.tolist(), found.right.tolist(), strict=True)) == [(0, 1)]
    assert found.yields[0].only_here == 1


def test_what_always_splits_a_key_keeps_apart_who_differ_and_nobody_who_lacks_it():
    (rule,) = (rule for rule in RULES if rule.name == "birth date")
    names = ("Zamir", "Osei", "Ruth", "Teklay", "Bilal")
    of = ("Vietnamese", "British", "Welsh", "", "British and Vietnamese")
    drawn = [(name, "", "14/05/2001", nationality) for name, nationality in zip(names, of, strict=True)]
    referrals = referrals_of(frame_of(drawn))
    found = candidate_pairs(referrals, LinkageConfig(), [rule])
    pairs = set(zip(found.left.tolist(), found.right.tolist(), strict=True))
    assert pairs == set(itertools.combinations(range(5), 2)) - {(0, 1), (0, 2)}


def test_a_word_is_rare_among_those_of_one_gender():
    (rule,) = (rule for rule in RULES if rule.rare_only)
    genders = ("Female", "Male", "F", "", "M")
    drawn = [{"given_name": "Xhevahire", "date_of_birth": f"14/05/{1950 + 9 * number}", "gender": gender}
             for number, gender in enumerate(genders)]
    referrals = referrals_of(people(*drawn))
    found = candidate_pairs(referrals, LinkageConfig(), [rule])
    pairs = set(zip(found.left.tolist(), found.right.tolist(), strict=True))
    assert pairs == {(0, 2), (1, 4), *((min(3, other), max(3, other)) for other in (0, 1, 2, 4))}
    np.testing.assert_array_equal(rules_that_find(referrals, found.left, found.right, [rule]), 1)
    left, right = np.array([[0, 0, 1, 2], [1, 4, 2, 4]], dtype=np.int32)
    np.testing.assert_array_equal(rules_that_find(referrals, left, right, [rule]), 0)


REACHED = [
    ("name word and birth year", {"given_name": "Zamira", "date_of_birth": "2001"},
     {"family_name": "Zamirah", "date_of_birth": "14/05/2002"}),
    ("two name words", {"given_name": "Teklay Mock", "date_of_birth": "1980"},
     {"family_name": "Teklai", "given_name": "Mock", "date_of_birth": "2001"}),
    ("name word and town", {"given_name": "Zamir", "town": "Leeds", "date_of_birth": "1980"},
     {"family_name": "Zamir", "town": "leeds", "date_of_birth": "2001"}),
    ("name word and beginning of another", {"given_name": "Zamir", "family_name": "Mockiani"},
     {"given_name": "Zamir", "family_name": "Moscini"}),
    ("beginning and town", {"given_name": "Hashmat", "town": "Leeds"},
     {"family_name": "Haidari", "town": "leeds"}),
    ("birth date", {"given_name": "Zamir", "date_of_birth": "05/04/2001"},
     {"given_name": "Osei", "date_of_birth": "04/05/2001"}),
    ("reference", {"home_office_reference": "A1234567"}, {"police_reference": "HO ref A1234567"}),
    ("contact", {"phone": "07700 900123"}, {"phone": "+44 7700 900123"}),
    ("contact", {"email": "Somebody@example.org"}, {"email": "somebody@example.org"}),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "one", "other"), REACHED)
def test_what_survives_bad_recording_brings_two_referrals_together(rule, one, other):
    found = candidate_pairs(referrals_of(people(one, other)), LinkageConfig(), BY_KEY)
    assert len(found) == 1
    assert found.found_by[0] >> found.rules.index(rule) & 1


@pytest.mark.parametrize("field", ["gender", "nationality", "postcode"])
def test_what_many_share_brings_nobody_together(field):
    value = {"gender": "Female", "nationality": "Albanian", "postcode": "ZZ1 1ZZ"}[field]
    one = {"given_name": "Zamir", "date_of_birth": "14/05/2001", field: value}
    other = {"given_name": "Osei", "date_of_birth": "02/02/1980", field: value}
    assert len(candidate_pairs(referrals_of(people(one, other)), LinkageConfig(), BY_KEY)) == 0


def test_a_small_extract_is_compared_in_full_and_a_large_one_is_not(monkeypatch):
    frame = invented(30, seed=6)
    referrals = referrals_of(frame)
    found = candidate_pairs(referrals, LinkageConfig(max_key_size=2))
    linkable = int(referrals.linkable.sum())
    assert len(found) == linkable * (linkable - 1) // 2
    monkeypatch.setattr("nrm_linkage.block.rules.SMALL_EXTRACT", linkable - 1)
    assert len(candidate_pairs(referrals, LinkageConfig())) < len(found)


@given(
    st.lists(st.tuples(st.integers(0, 7), st.integers(0, 3)), max_size=40),
    st.sampled_from([1, 2**20, 2**61]),
    st.sampled_from([1, 2**59]),
)
def test_rows_are_grouped_by_key_whatever_bits_tell_keys_apart(drawn, apart, rows_apart):
    row = np.array([row * rows_apart for row, _ in drawn], dtype=np.int64)
    key = np.array([key for _, key in drawn], dtype=np.uint64) * np.uint64(apart)
    found = grouped(Keys(row, key, key.astype(np.int64)[:, None]))
    groups = {of: sorted(set(row[key == of].tolist())) for of in sorted(set(key.tolist()))}
    expected = {of: members for of, members in groups.items() if len(members) > 1}
    members = np.split(found.row, found.start[1:]) if len(found.start) else []
    assert dict(zip(found.made_of[:, 0].tolist(), map(np.ndarray.tolist, members), strict=True)) == expected
    assert found.size.tolist() == list(map(len, expected.values()))
    assert found.n_pairs == len(pairs_of_groups(found)[0])


def test_who_has_no_birth_year_is_no_part_with_those_of_any_year():
    born = [f"14/05/{year}" for year in range(1966, 1975)]
    frame = frame_of([("Zamir", "Testaj", day, "") for day in [*born, "", "", ""]])
    referrals = referrals_of(frame)
    rule = replace(RULES[1], refine_by=("birth year within one",))
    pairs, left_over, _ = refined(referrals, rule, 3)
    found = candidate_pairs(referrals, LinkageConfig(max_key_size=3), [rule])
    assert set(zip(found.left.tolist(), found.right.tolist(), strict=True)) == pairs
    assert found.yields[0].not_compared == left_over
    undated = np.flatnonzero(np.isnat(referrals.birth.first)).tolist()
    # With whoever was born in any one year they are too many.
    assert set(itertools.combinations(undated, 2)) == pairs


@given(st.lists(rows(), min_size=2, max_size=25), st.sampled_from(BY_KEY))
def test_pairs_at_positions_are_those_of_the_whole_list(drawn, rule):
    referrals = referrals_of(frame_of(drawn))
    keys = grouped(rule.keys(referrals))
    left, right = pairs_of_groups(keys)
    at = np.arange(len(left))
    np.testing.assert_array_equal(pairs_at(keys, at), (left, right))


def test_pairs_at_positions_of_very_large_groups():
    size = 3_000_000
    keys = Shared(np.arange(size), np.zeros(1, dtype=np.int64), np.zeros((1, 0), dtype=np.int64))
    n_pairs = size * (size - 1) // 2
    position = np.array([0, 1, size - 2, size - 1, n_pairs // 2, n_pairs - 2, n_pairs - 1])
    first, second = pairs_at(keys, position)
    assert (first < second).all()
    np.testing.assert_array_equal(first * (2 * size - first - 1) // 2 + second - first - 1, position)


@given(st.lists(rows(), min_size=2, max_size=25), st.integers(2, 4))
def test_what_was_skipped_stands_for_all_that_was_not_compared(drawn, limit):
    referrals = referrals_of(frame_of(drawn))
    found = candidate_pairs(referrals, LinkageConfig(max_key_size=limit), BY_KEY)
    not_compared = sum(each.not_compared for each in found.yields)
    if found.skipped is None:
        assert not_compared == 0
        return
    compared = set(zip(found.left.tolist(), found.right.tolist(), strict=True))
    skipped = list(zip(found.skipped.left.tolist(), found.skipped.right.tolist(), strict=True))
    assert not compared & set(skipped)
    # So few are all taken, each for itself; those that other rules compared are left out.
    assert (found.skipped.stands_for == 1).all()
    assert len(skipped) <= not_compared


def found_pairs(name: str, *pairs: tuple[int, int]) -> FoundPairs:
    left, right = np.array(pairs, dtype=np.int32).reshape(-1, 2).T
    return FoundPairs(name, f"{name} says so", left, right)


@given(st.lists(rows(), min_size=2, max_size=12), st.data())
def test_pairs_that_others_found_stand_beside_those_of_the_rules(drawn, data):
    referrals = referrals_of(frame_of([*drawn, ("Unknown", "FNU", "", "")]))
    every = list(itertools.combinations(range(referrals.n), 2))
    given_pairs = sorted(data.draw(st.sets(st.sampled_from(every))))
    ours = candidate_pairs(referrals, LinkageConfig(), BY_KEY)
    both = candidate_pairs(referrals, LinkageConfig(), BY_KEY, [found_pairs("theirs", *given_pairs)])
    masks = dict(zip(zip(ours.left.tolist(), ours.right.tolist(), strict=True), ours.found_by, strict=True))
    linkable = {pair for pair in given_pairs if referrals.linkable[list(pair)].all()}
    for pair in linkable:
        masks[pair] = masks.get(pair, 0) | 1 << len(BY_KEY)
    pairs = list(zip(both.left.tolist(), both.right.tolist(), strict=True))
    assert pairs == sorted(masks)
    assert both.found_by.tolist() == [masks[pair] for pair in pairs]
    assert both.rules == (*ours.rules, "theirs")
    assert both.yields[-1] == RuleYield("theirs", len(linkable), len(both) - len(ours), 0)


def test_pairs_that_others_found_count_against_the_limit():
    referrals = referrals_of(invented(20, seed=7))
    given_pairs = found_pairs("theirs", *itertools.combinations(range(20), 2))
    with pytest.raises(TooManyPairsError, match=r"'theirs': \d+"):
        candidate_pairs(referrals, LinkageConfig(max_candidate_pairs=100), [], [given_pairs])
    assert len(candidate_pairs(referrals, LinkageConfig(max_candidate_pairs=190), [], [given_pairs])) <= 190


def test_there_are_as_many_rules_as_can_be_told_apart():
    referrals = referrals_of(invented(6, seed=8))
    many = [found_pairs(f"number {number}", (0, 1)) for number in range(31)]
    found = candidate_pairs(referrals, LinkageConfig(), [], many)
    assert found.found_by.tolist() == [2**31 - 1]
    with pytest.raises(ConfigError, match="32 blocking rules"):
        candidate_pairs(referrals, LinkageConfig(), [], [*many, found_pairs("one more", (0, 1))])
