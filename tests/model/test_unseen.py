"""What blocking may have cost: known losses are found again, and nothing is lost where all is compared."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nrm_linkage.block import candidate_pairs
from nrm_linkage.block.rules import RULES
from nrm_linkage.config import LinkageConfig
from nrm_linkage.model import estimate_unseen, score_pairs
from nrm_linkage.model.leeway import FAINT_BITS
from nrm_linkage.model.unseen import Unseen
from nrm_linkage.tables import CandidatePairs, ScoredPairs
from tests.frames import frame_of, invented, model_of, referrals_of, rows

BY_KEY = [rule for rule in RULES if rule.fits is None]


def sure(found_by: np.ndarray, n_rules: int) -> tuple[CandidatePairs, ScoredPairs]:
    """Matched pairs beyond doubt, by the rules that found them."""
    n = len(found_by)
    ends = np.zeros(n, dtype=np.int32)
    pairs = CandidatePairs(ends, ends, found_by.astype(np.int32), tuple("abcdefgh"[:n_rules]), ())
    nothing = np.zeros((n, 1))
    return pairs, ScoredPairs(ends, ends, pairs.found_by, nothing.astype(np.int8), nothing, np.full(n, 60.0))


@pytest.mark.parametrize("chance", [0.2, 0.4, 0.7])
def test_pairs_that_no_rule_found_are_counted_where_rules_find_by_chance(chance):
    random = np.random.default_rng(5)
    n_pairs, n_rules = 40_000, 6
    found_by = ((random.random((n_pairs, n_rules)) < chance) << np.arange(n_rules)).sum(axis=1)
    referrals = referrals_of(invented(4, seed=1))
    candidates, pairs = sure(found_by[found_by > 0], n_rules)
    unseen = estimate_unseen(referrals, candidates, pairs.weight_bits, model_of(referrals), 100)
    missed = int((found_by == 0).sum())
    assert unseen.compared == pytest.approx(n_pairs - missed)
    # With rules all alike the lower bound is near.
    assert 0.9 * missed - 5 <= unseen.never_met <= 1.05 * missed + 5
    assert unseen.too_common == 0
    assert unseen.recall_lost == pytest.approx(unseen.never_met / (unseen.compared + unseen.never_met))


def test_what_is_too_common_to_compare_is_estimated_from_a_sample():
    frame = frame_of([("Zamir", "Testaj", "14/05/2001", "Albanian")] * 40)
    referrals = referrals_of(frame)
    model = model_of(referrals)
    rules = [rule for rule in BY_KEY if rule.name == "name word and birth year"]
    candidates = candidate_pairs(referrals, LinkageConfig(max_key_size=10), rules)
    assert len(candidates) == 0
    pairs = score_pairs(referrals, candidates, model, 100)
    unseen = estimate_unseen(referrals, candidates, pairs.weight_bits, model, 100)
    everything = candidate_pairs(referrals, LinkageConfig(max_key_size=10))
    weights = score_pairs(referrals, everything, model, 100).weight_bits
    matched = float((1 / (1 + np.exp2(-weights))).sum())
    # The pair shares the key of each of its words and of each of two years.
    assert unseen.too_common == pytest.approx(matched * candidates.yields[0].not_compared / len(everything))


@settings(max_examples=20)
@given(st.lists(rows(), max_size=12))
def test_nothing_is_lost_where_every_pair_is_compared(drawn):
    referrals = referrals_of(frame_of(drawn))
    model = model_of(referrals)
    candidates = candidate_pairs(referrals, LinkageConfig(max_key_size=2))
    assert candidates.in_full
    pairs = score_pairs(referrals, candidates, model, 100)
    unseen = estimate_unseen(referrals, candidates, pairs.weight_bits, model, 100)
    assert (unseen.too_common, unseen.never_met, unseen.recall_lost) == (0.0, 0.0, 0.0)


def test_no_pairs_lose_nothing():
    assert Unseen(0.0, 0.0, 0.0).recall_lost == 0.0
    assert Unseen(90.0, 4.0, 6.0).recall_lost == pytest.approx(0.1)


def test_faint_pairs_are_counted_with_those_that_were_not_kept():
    referrals = referrals_of(invented(4, seed=1))
    candidates, _ = sure(np.array([1, 1, 1]), 2)
    weight_bits = np.array([0.0, FAINT_BITS, FAINT_BITS - 1.0])
    unseen = estimate_unseen(
        referrals, candidates, weight_bits, model_of(referrals), 100, n_aside=5, matches_aside=0.25
    )
    likely = 1 / (1 + 2.0**-weight_bits)
    assert unseen.n_faint == 6
    assert unseen.faint == pytest.approx(likely[2] + 0.25)
    assert unseen.compared == pytest.approx(likely.sum() + 0.25)
