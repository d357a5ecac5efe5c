"""The exact posterior against brute force over all partitions."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nrm_linkage.cluster import posterior
from nrm_linkage.cluster.posterior import (
    best_partition,
    co_membership,
    exact_posterior,
    held_together,
    size_prior_bits,
)
from nrm_linkage.tables import Float64s
from tests.cluster import oracles
from tests.cluster.subsets import subset_weights

BITS = st.one_of(st.floats(-40, 40), st.sampled_from([0.0, 1.0, 7.5, 7.5, -1000.0, 1000.0]))
NO_DRAWS = np.zeros((1, 1))


@st.composite
def evidence_of(draw: st.DrawFn, low: int = 1, high: int = 6) -> Float64s:
    k = draw(st.integers(low, high))
    n_pairs = k * (k - 1) // 2
    return oracles.symmetric(draw(st.lists(BITS, min_size=n_pairs, max_size=n_pairs)), k)


PRIORS = st.floats(-25, 3)


@given(evidence_of(), PRIORS)
def test_the_weight_of_every_subset_is_the_oracle_s(evidence: Float64s, prior_bits: float) -> None:
    k = len(evidence)
    weights = subset_weights(evidence[None], prior_bits)[0]
    expected = [oracles.weight_of(oracles.members_of(mask), evidence, prior_bits) for mask in range(1 << k)]
    np.testing.assert_allclose(weights, expected, rtol=1e-12, atol=1e-9)


def test_the_prior_of_two_is_the_prior_of_a_pair() -> None:
    sizes = np.arange(6)
    prior = size_prior_bits(sizes, -12.25)
    assert prior[1] == 0.0
    assert prior[2] == pytest.approx(-12.25)
    # Each further referral costs the same odds, but for the ways in which it may be any of them.
    assert np.diff(prior[2:]) == pytest.approx(-13.25 + np.log2([3, 4, 5]))


@pytest.mark.parametrize("k", [2, 3, 5, 8])
def test_a_clique_of_equal_links_counts_k_less_one_of_them(k: int) -> None:
    evidence = oracles.symmetric([9.5] * (k * (k - 1) // 2), k)
    weight = subset_weights(evidence[None], -10.0)[0, -1]
    assert weight - size_prior_bits(np.array([k]), -10.0)[0] == pytest.approx(9.5 * (k - 1))


@given(evidence_of(2, 7), PRIORS, st.booleans())
@settings(max_examples=40)
def test_both_ways_to_the_posterior_are_brute_force_s(
    evidence: Float64s, prior_bits: float, by_subsets: bool
) -> None:
    k = len(evidence)
    weights = subset_weights(evidence[None], prior_bits)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(posterior, "ENUMERATED_SIZE", 0 if by_subsets else 7)
        found = exact_posterior(weights, NO_DRAWS)
    partitions = oracles.posterior_of(weights[0].tolist(), k)
    np.testing.assert_allclose(found.block[0], oracles.block_probabilities(partitions, k), atol=1e-9)
    np.testing.assert_allclose(
        co_membership(held_together(found.block))[0], oracles.together_of(partitions, k), atol=1e-9
    )
    for member in range(k):
        holds = (np.arange(1 << k) >> member & 1).astype(bool)
        assert found.block[0, holds].sum() == pytest.approx(1.0, abs=1e-9)


@given(evidence_of(1, 6), PRIORS)
@settings(max_examples=30)
def test_a_set_is_held_together_as_often_as_brute_force_says(evidence: Float64s, prior_bits: float) -> None:
    k = len(evidence)
    weights = subset_weights(evidence[None], prior_bits)
    held = held_together(exact_posterior(weights, NO_DRAWS).block)[0]
    partitions = oracles.posterior_of(weights[0].tolist(), k)
    for mask in range(1, 1 << k):
        members = set(oracles.members_of(mask))
        expected = sum(
            p for blocks, p in partitions.items() if any(members <= set(block) for block in blocks)
        )
        assert held[mask] == pytest.approx(expected, abs=1e-9)


@given(evidence_of(2, 7), PRIORS)
@settings(max_examples=40)
def test_sums_of_odds_are_those_in_bits(evidence: Float64s, prior_bits: float) -> None:
    k = len(evidence)
    weights = subset_weights(evidence[None], prior_bits)
    found, expected = posterior._totals(weights, k), posterior._totals_in_bits(weights, k)
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-9)


def test_eight_are_summed_over_subsets_as_brute_force_would() -> None:
    assert posterior.ENUMERATED_SIZE < 8
    for seed in range(3):
        weights = subset_weights(oracles.invented_evidence(8, seed)[None], -6.0)
        found = exact_posterior(weights, NO_DRAWS)
        partitions = oracles.posterior_of(weights[0].tolist(), 8)
        np.testing.assert_allclose(found.block[0], oracles.block_probabilities(partitions, 8), atol=1e-9)


@given(st.lists(st.integers(0, 2**31), min_size=2, max_size=4, unique=True), st.sampled_from([3, 8]))
@settings(max_examples=20)
def test_components_weighed_at_once_are_those_weighed_alone(seeds: list[int], k: int) -> None:
    evidence = np.stack([oracles.invented_evidence(k, seed) for seed in seeds])
    uniforms = np.random.default_rng(0).random((5, len(seeds)))
    weights = subset_weights(evidence, -8.0)
    at_once = exact_posterior(weights, uniforms)
    for number in range(len(seeds)):
        alone = exact_posterior(weights[number : number + 1], uniforms[:, number : number + 1])
        np.testing.assert_allclose(at_once.block[number], alone.block[0], atol=1e-12)
        np.testing.assert_array_equal(at_once.draws[:, number], alone.draws[:, 0])


@given(evidence_of(2, 6), PRIORS, st.randoms(use_true_random=False))
def test_members_in_another_order_have_the_same_posterior(evidence, prior_bits, random) -> None:
    k = len(evidence)
    order = list(range(k))
    random.shuffle(order)
    before = exact_posterior(subset_weights(evidence[None], prior_bits), NO_DRAWS).block
    after = exact_posterior(subset_weights(evidence[np.ix_(order, order)][None], prior_bits), NO_DRAWS).block
    np.testing.assert_allclose(
        co_membership(held_together(after))[0],
        co_membership(held_together(before))[0][np.ix_(order, order)],
        atol=1e-9,
    )
    moved = [
        oracles.mask_of([order[member] for member in oracles.members_of(mask)]) for mask in range(1 << k)
    ]
    np.testing.assert_allclose(after[0], before[0, moved], atol=1e-9)


@pytest.mark.parametrize("k", [4, 8])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_draws_come_as_often_as_the_posterior_says(k: int, seed: int) -> None:
    weights = subset_weights(oracles.invented_evidence(k, seed, spread=4.0)[None], -6.0)
    # Evenly spread numbers: each partition's share of them is its probability, but for the two ends of its
    # interval, or of the intervals of its blocks.
    n_draws = 20_000
    uniforms = (np.arange(n_draws)[:, None] + 0.5) / n_draws
    draws = exact_posterior(weights, uniforms).draws[:, 0]
    drawn, count = np.unique(draws, axis=0, return_counts=True)
    shares = {tuple(label): share / n_draws for label, share in zip(drawn.tolist(), count, strict=True)}
    partitions = oracles.posterior_of(weights[0].tolist(), k)
    expected = {}
    for blocks, probability in partitions.items():
        label = {member: min(members) for members in blocks for member in members}
        expected[tuple(label[member] for member in range(k))] = probability
    assert set(shares) <= set(expected)
    assert max(expected.values()) < 0.99
    for labels, probability in expected.items():
        assert shares.get(labels, 0.0) == pytest.approx(probability, abs=2.5 / n_draws)


@given(evidence_of(2, 9), st.sampled_from([0.5, 0.8, 0.9]), st.floats(-12, 0))
@settings(max_examples=40)
def test_the_best_partition_loses_least(evidence: Float64s, threshold: float, prior_bits: float) -> None:
    k = min(len(evidence), 7)
    evidence = evidence[:k, :k]
    together = co_membership(
        held_together(exact_posterior(subset_weights(evidence[None], prior_bits), NO_DRAWS).block)
    )[0]
    blocks = tuple(oracles.members_of(mask) for mask in best_partition(together, threshold))
    assert sorted(itertools.chain(*blocks)) == list(range(k))
    best = max(oracles.gain_of(other, together, threshold) for other in oracles.set_partitions(range(k)))
    assert oracles.gain_of(blocks, together, threshold) == pytest.approx(best, abs=1e-9)


@given(st.lists(st.floats(0, 1), min_size=10, max_size=10), st.sampled_from([0.5, 0.9]))
def test_the_best_partition_of_any_probabilities_loses_least(upper: list[float], threshold: float) -> None:
    together = oracles.symmetric(upper, 5) + np.eye(5)
    blocks = tuple(oracles.members_of(mask) for mask in best_partition(together, threshold))
    best = max(oracles.gain_of(other, together, threshold) for other in oracles.set_partitions(range(5)))
    assert oracles.gain_of(blocks, together, threshold) == pytest.approx(best, abs=1e-9)


def test_of_equally_good_partitions_the_one_that_joins_less_stands() -> None:
    together = np.full((4, 4), 0.5)
    assert best_partition(together, 0.5) == (1, 2, 4, 8)


@pytest.mark.parametrize("k", [2, 5, 9])
@pytest.mark.parametrize("bits", [-1000.0, 0.0, 1000.0])
def test_extreme_evidence_gives_numbers(k: int, bits: float) -> None:
    evidence = oracles.symmetric([bits] * (k * (k - 1) // 2), k)
    uniforms = np.array([[2.0**-53], [0.5], [1.0 - 2.0**-53]])
    found = exact_posterior(subset_weights(evidence[None], -17.0), uniforms)
    together = co_membership(held_together(found.block))[0]
    assert np.isfinite(found.block).all()
    off = together[~np.eye(k, dtype=bool)]
    if bits > 0:
        assert off == pytest.approx(1.0)
        assert (found.draws == 0).all()
        assert best_partition(together, 0.5) == ((1 << k) - 1,)
    else:
        assert (off < 0.01).all()
        assert best_partition(together, 0.5) == tuple(1 << member for member in range(k))


@pytest.mark.parametrize("k", [4, 8])
def test_the_strongest_and_the_worst_evidence_side_by_side(k: int) -> None:
    half = np.arange(k) < k // 2
    evidence = np.where(half[:, None] == half[None, :], 1000.0, -1000.0)
    np.fill_diagonal(evidence, 0.0)
    found = exact_posterior(subset_weights(evidence[None], -17.0), np.array([[0.3]]))
    np.testing.assert_allclose(
        co_membership(held_together(found.block))[0], half[:, None] == half[None, :], atol=1e-12
    )
    np.testing.assert_array_equal(found.draws[0, 0], np.where(half, 0, k // 2))
