"""Candidate pairs against an oracle that looks at every pair."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nrm_linkage.block import RULES, candidate_pairs, pairs_within, rules_that_find
from nrm_linkage.config import LinkageConfig
from nrm_linkage.errors import TooManyPairsError
from tests.frames import frame_of, invented, referrals_of, rows


def shared_keys(referrals, rule):
    """Pairs of linkable rows with a key in common, found by looking at each pair."""
    keys = rule.keys(referrals)
    of = {row: set(keys.key[keys.row == row].tolist()) for row in range(referrals.n)}
    linkable = np.flatnonzero(referrals.linkable).tolist()
    return {(a, b) for a, b in itertools.combinations(linkable, 2) if of[a] & of[b]}


@given(st.lists(rows(), max_size=25))
def test_every_pair_that_shares_a_key_is_found_once_and_by_the_right_rules(drawn):
    referrals = referrals_of(frame_of(drawn))
    rules = [rule for rule in RULES if not rule.rare_only]
    found = candidate_pairs(referrals, LinkageConfig(max_key_size=1000), rules)
    pairs = list(zip(found.left.tolist(), found.right.tolist(), strict=True))
    assert pairs == sorted(set(pairs))
    for number, rule in enumerate(rules):
        by_rule = {pair for pair, mask in zip(pairs, found.found_by.tolist(), strict=True) if mask >> number & 1}
        assert by_rule == shared_keys(referrals, rule), rule.name
        assert found.yields[number].pairs == len(by_rule)


@given(st.lists(rows(), min_size=2, max_size=25))
def test_refining_common_keys_only_takes_pairs_away_and_counts_them(drawn):
    referrals = referrals_of(frame_of(drawn))
    full = candidate_pairs(referrals, LinkageConfig(max_key_size=1000))
    few = candidate_pairs(referrals, LinkageConfig(max_key_size=3))
    every = set(zip(full.left.tolist(), full.right.tolist(), strict=True))
    kept = set(zip(few.left.tolist(), few.right.tolist(), strict=True))
    assert kept <= every
    if every - kept - shared_keys(referrals, RULES[2]):
        assert sum(found.not_compared for found in few.yields) > 0


def test_a_row_without_the_refining_attribute_is_still_compared_with_all():
    common = [("Zamir", "Testaj", f"{day:02d}/05/19{50 + day}", "Albanian") for day in range(1, 21)]
    referrals = referrals_of(frame_of([*common, ("Zamir", "Testaj", "", "Albanian")]))
    found = candidate_pairs(referrals, LinkageConfig(max_key_size=8), [RULES[1]])
    lacking = 20
    assert {left for left, right in zip(found.left.tolist(), found.right.tolist(), strict=True) if right == lacking} == set(range(20))


def test_nobody_is_compared_who_cannot_be_linked():
    referrals = referrals_of(frame_of([("Unknown", "FNU", "14/05/2001", ""), ("", "", "14/05/2001", ""), ("Zamir", "", "14/05/2001", "")]))
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
    found = candidate_pairs(referrals, LinkageConfig(max_key_size=1000))
    again = rules_that_find(referrals, found.left, found.right)
    rare = 1 << next(number for number, rule in enumerate(RULES) if rule.rare_only)
    assert ((again & ~rare) == (found.found_by & ~rare)).all()


def test_pairs_within_components_are_complete_and_keep_what_found_them():
    referrals = referrals_of(invented(40, seed=4))
    found = candidate_pairs(referrals, LinkageConfig())
    component = np.arange(40)
    component[[5, 9, 12]] = 5
    component[[20, 30]] = 20
    within = pairs_within(found, component)
    pairs = list(zip(within.left.tolist(), within.right.tolist(), strict=True))
    assert pairs == [(5, 9), (5, 12), (9, 12), (20, 30)]
    known = dict(zip(zip(found.left.tolist(), found.right.tolist(), strict=True), found.found_by.tolist(), strict=True))
    assert within.found_by.tolist() == [known.get(pair, 0) for pair in pairs]
