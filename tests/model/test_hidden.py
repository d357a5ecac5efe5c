"""Pairs too low to be found: as many as an enumeration of all ways to record a pair says, and more of them
where there are more errors.
"""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import gamma

from nrm_linkage.compare import FIELDS
from nrm_linkage.config import LinkageConfig
from nrm_linkage.model import BoundRarity, Leeway, LinkageModel, hidden, leeway, score, score_pairs
from nrm_linkage.model.hidden import HIDDEN_BITS, hidden_pairs
from nrm_linkage.model.parameters import ParameterPoints, array_of
from nrm_linkage.model.score import match_probability
from nrm_linkage.tables import CandidatePairs, Comparisons, Float64s, Referrals, ScoredPairs
from tests.frames import all_pairs, compared, frame_of, model_of, referrals_of

CONFIG = LinkageConfig()
PAIR = [("Zamir", "Testaj", "14/05/2001", ""), ("Zamir", "Testaj", "14/05/2001", "")]


def points(error_bits: float, carelessness: float, model: LinkageModel) -> ParameterPoints:
    """Points that are all alike, at which m is known to the last digit."""
    n, sure = leeway.N_POINTS, {"": {field.name: 1e9 for field in model.fields}}
    return ParameterPoints((error_bits,) * n, (carelessness,) * n, (0.0,) * n, sure, seed=1)


def known(rows: list[tuple[str, str, str, str]], error_bits: float, carelessness: float, prior_bits: float):
    """Referrals, their pairs, weighed, and a model with points."""
    referrals = referrals_of(frame_of(rows))
    model = replace(model_of(referrals), prior_bits=prior_bits)
    model = replace(model, points=points(error_bits, carelessness, model))
    left, right = all_pairs(referrals.n)
    none = np.zeros(len(left), dtype=np.int32)
    pairs = score_pairs(referrals, CandidatePairs(left, right, none, (), ()), model, 100)
    return referrals, pairs, model


def found(referrals: Referrals, pairs: ScoredPairs, model: LinkageModel) -> Float64s:
    """The number at each point, the doubt taken out."""
    rarity = BoundRarity(model.frequencies, referrals)
    leeway = Leeway.of(model, referrals.nationality.group_names)
    number, doubt = np.array(hidden_pairs(referrals, pairs, model, leeway, rarity, CONFIG)), leeway.doubt_bits
    return number / np.exp2(hidden.MORE_BITS + doubt - doubt.mean())


def enumerated(
    referrals: Referrals, model: LinkageModel, error_bits: float, carelessness: float
) -> tuple[float, float]:
    """The shares of hidden pairs, and of those at even odds or better, over every way to record one pair."""
    one = compared(referrals, *all_pairs(2), model)
    spoken = np.flatnonzero(one.levels[0]).tolist()
    ways = np.array(
        list(itertools.product(*(range(1, len(FIELDS[column].levels)) for column in spoken))), dtype=np.int8
    )
    levels = np.zeros((len(ways), len(FIELDS)), dtype=np.int8)
    levels[:, spoken] = ways
    bits = np.where(levels == one.levels[0], one.coincidence_bits[0], np.nan).astype(np.float32)
    ends = np.zeros(len(ways), dtype=np.int32), np.ones(len(ways), dtype=np.int32)
    _, weight_bits = score(referrals, *ends, Comparisons(levels, bits), model)
    parts = (np.arange(500) + 0.5) / 500
    factors = gamma(1 / carelessness, scale=carelessness).ppf(parts) if carelessness else np.ones(1)
    chances = np.zeros(len(ways))
    for factor in factors:
        chance = np.ones(len(ways))
        for column in spoken:
            m = array_of(model.m)[column, 1 : len(FIELDS[column].levels)].copy()
            free = leeway.FREE_OF_ERROR.get(FIELDS[column].name)
            if free is not None:
                others = [n for n, level in enumerate(FIELDS[column].levels[1:]) if level.name not in free]
                m[others] *= 2.0**error_bits * factor
            chance *= (m / m.sum())[levels[:, column] - 1]
        chances += chance / len(factors)
    return float(chances[weight_bits < HIDDEN_BITS].sum()), float(chances[weight_bits >= 0].sum())


@pytest.mark.parametrize(("error_bits", "carelessness"), [(0.0, 0.0), (0.8, 0.0), (0.3, 0.5)])
def test_as_many_are_expected_as_an_enumeration_says(error_bits, carelessness):
    referrals, pairs, model = known(PAIR, error_bits, carelessness, prior_bits=-16.0)
    hidden_share, found_share = enumerated(referrals, model, error_bits, carelessness)
    assert 0.01 < hidden_share < 0.2 < found_share
    pairs = pairs.take(np.zeros(1_000, dtype=np.int64))
    number = found(referrals, pairs, model)
    expected = match_probability(pairs.weight_bits).sum() * hidden_share / found_share
    np.testing.assert_allclose(number, expected, rtol=0.05)


def test_no_pair_stands_for_more_than_ten():
    """At points with so many errors that few would be found again, the share of found ones is a tenth."""
    referrals, pairs, model = known(PAIR, 4.0, 0.0, prior_bits=-22.0)
    hidden_share, found_share = enumerated(referrals, model, 4.0, 0.0)
    assert found_share < hidden.LEAST_FOUND / 2
    pairs = pairs.take(np.zeros(1_000, dtype=np.int64))
    expected = match_probability(pairs.weight_bits).sum() * hidden_share / hidden.LEAST_FOUND
    np.testing.assert_allclose(found(referrals, pairs, model), expected, rtol=0.05)


def test_points_that_say_the_same_expect_the_same_in_a_small_extract():
    referrals, pairs, model = known(PAIR * 3, 0.3, 0.2, prior_bits=-16.0)
    number = found(referrals, pairs, model)
    assert number.mean() > 0
    np.testing.assert_allclose(number, number.mean(), rtol=1e-3)


def test_found_pairs_stand_for_hidden_ones_of_which_as_much_is_recorded():
    """Those of whom less is recorded are hidden more often, and found pairs of others say nothing of them."""
    little = [("Zamir", "Testaj", "2001", ""), ("Zamir", "Testaj", "2001", "")]
    referrals, pairs, model = known(PAIR + little, 0.0, 0.2, prior_bits=-12.0)
    of_much, of_little = (
        pairs.take(np.repeat(np.flatnonzero((pairs.left == row) & (pairs.right == row + 1)), 500))
        for row in (0, 2)
    )
    both = pairs.take(
        np.repeat(np.flatnonzero((pairs.left == pairs.right - 1) & (pairs.left % 2 == 0)), 500)
    )
    much, few, all_of_them = (found(referrals, some, model).mean() for some in (of_much, of_little, both))
    assert len(both) == 1_000
    assert 0 < 2 * much < few
    assert all_of_them == pytest.approx(much + few, rel=0.05)


def test_more_are_hidden_where_there_are_more_errors_and_where_they_come_together():
    few, more, together = (
        found(*known(PAIR * 15, bits, carelessness, -11.0)).mean()
        for bits, carelessness in ((0.0, 0.0), (1.0, 0.0), (0.0, 0.5))
    )
    assert few < together
    assert few < more


def test_a_point_that_doubts_more_expects_more():
    referrals, pairs, model = known(PAIR * 15, 0.0, 0.0, -16.0)
    rarity = BoundRarity(model.frequencies, referrals)
    leeway = Leeway.of(model, referrals.nationality.group_names)
    number, doubt = np.array(hidden_pairs(referrals, pairs, model, leeway, rarity, CONFIG)), leeway.doubt_bits
    assert np.corrcoef(np.log(number), doubt)[0, 1] > 0.8


def test_the_order_of_rows_changes_nothing():
    rows = [
        ("Zamir", "Testaj", "14/05/2001", "Albanian"), ("Zamira", "Testai", "14/05/2001", "Albanian"),
        ("Teklay", "Mockiani", "17/08/2006", "Eritrean"), ("Teklai", "Mockiani", "17/08/2003", "Eritrean"),
        ("Nhung", "Van Mau", "", "Vietnamese"), ("Nhung", "Van Mau", "2004", "Vietnamese"),
    ]  # fmt: skip
    frame = frame_of(rows)
    numbers = []
    for order in (np.arange(len(rows)), np.array([3, 0, 5, 1, 4, 2])):
        referrals = referrals_of(frame.iloc[order])
        model = replace(model_of(referrals), prior_bits=-8.0)
        model = replace(model, points=points(0.2, 0.05, model))
        left, right = all_pairs(referrals.n)
        none = np.zeros(len(left), dtype=np.int32)
        pairs = score_pairs(referrals, CandidatePairs(left, right, none, (), ()), model, 100)
        assert (pairs.weight_bits >= 0).sum() >= 3
        numbers.append(found(referrals, pairs, model))
    assert numbers[0].any()
    np.testing.assert_array_equal(numbers[0], numbers[1])


def test_where_no_pair_is_likely_none_is_hidden():
    referrals, pairs, model = known([*PAIR[:1], ("Ruth", "Example", "17/08/2006", "")], 0.0, 0.0, -16.0)
    assert found(referrals, pairs, model).tolist() == [0.0] * leeway.N_POINTS


@settings(max_examples=20)
@given(st.integers(0, 2**32 - 1), st.integers(1, 3000))
def test_each_point_records_a_pair_as_often_as_its_levels_say(seed: int, n_pairs: int) -> None:
    random = np.random.default_rng(seed)
    n_points, n_factors, n_communities, n_fields, n_levels = 3, 2, 2, 3, 4
    chances = random.dirichlet(np.ones(n_levels - 1), (n_points, n_factors, n_communities, n_fields))
    chances = np.concatenate([np.zeros_like(chances[..., :1]), chances], axis=-1)
    shares = random.dirichlet(np.ones(n_factors), n_points)
    levels = random.integers(0, n_levels, (n_pairs, n_fields), dtype=np.int8)
    community = random.integers(0, n_communities, n_pairs)
    found = hidden._stands_for(levels, community, chances, shares)
    assert found.shape == (n_points, n_pairs)
    drawn = chances.mean(axis=0)

    def recorded(of: Float64s, pair: int) -> float:
        """The chance of a pair's levels at one factor; `of`: (communities, fields, levels)."""
        spoken = np.flatnonzero(levels[pair]).tolist()
        return float(np.prod([of[community[pair], field, levels[pair, field]] for field in spoken]))

    for pair in random.permutation(n_pairs)[:20].tolist():
        evenly = np.mean([recorded(drawn[factor], pair) for factor in range(n_factors)])
        for point in range(n_points):
            said = shares[point] @ [recorded(chances[point, factor], pair) for factor in range(n_factors)]
            assert found[point, pair] == pytest.approx(said / evenly)
