"""The sampler against the exact posterior, on components that both can weigh.

The posterior is its target, so that only the noise of sampling is allowed for: `WORST` for the worst pair.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nrm_linkage.cluster.against import Against
from nrm_linkage.cluster.posterior import best_partition, co_membership, exact_posterior, held_together
from nrm_linkage.cluster.sample import (
    FEWEST_SWEEPS,
    N_CHAINS,
    Labels,
    Large,
    Sampled,
    greedy_partition,
    sampled_partitions,
    smallest_members,
)
from nrm_linkage.cluster.weighing import Weighing, Weights
from nrm_linkage.tables import Float64s, Int64s
from tests.cluster import oracles
from tests.cluster.subsets import subset_weights

PRIOR_BITS = -10.0
WORST = 0.02


def exactly(evidence: Float64s) -> Float64s:
    weights = subset_weights(evidence[None], PRIOR_BITS)
    return co_membership(held_together(exact_posterior(weights, np.zeros((1, 1))).block))[0]


def sampled(evidence: Float64s, prior_bits: float, sweeps: int, seed: int) -> Sampled:
    return sampled_partitions([Large(evidence, seed)], prior_bits, sweeps)[0]


def by_sampling(evidence: Float64s, sweeps: int = 400, seed: int = 5) -> Float64s:
    return sampled(evidence, PRIOR_BITS, sweeps, seed).together


def two_people(k: int, seed: int) -> Float64s:
    """Links of two people's referrals, some of them weak, and of strangers, some of them strong."""
    random = np.random.default_rng(seed)
    person = np.arange(k) % 2
    same = person[:, None] == person[None, :]
    upper = np.where(same, random.normal(15, 4, (k, k)), random.normal(2, 5, (k, k)))[np.triu_indices(k, 1)]
    return oracles.symmetric(upper.tolist(), k)


def a_chain(k: int, seed: int) -> Float64s:
    """Each referral is like the next, and unlike all others."""
    apart = np.abs(np.subtract.outer(np.arange(k), np.arange(k)))
    return np.where(apart == 1, 12.0 + seed, np.where(apart == 0, 0.0, -6.0))


def two_groups(k: int, seed: int) -> Float64s:
    """Two groups, each sure of itself and in doubt of the other: nobody would go over on its own."""
    half = np.arange(k) < k // 2
    evidence = np.where(half[:, None] == half, 25.0, 5.0 + seed)
    np.fill_diagonal(evidence, 0.0)
    return evidence


KINDS = [two_people, a_chain, two_groups, oracles.invented_evidence]


@pytest.mark.parametrize(("k", "seed"), [(9, 0), (11, 2), (13, 4)])
@pytest.mark.parametrize("kind", KINDS)
def test_every_pair_is_near_the_exact_posterior(
    kind: Callable[[int, int], Float64s], k: int, seed: int
) -> None:
    evidence = kind(k, seed)
    off = np.abs(by_sampling(evidence) - exactly(evidence))
    assert off.max() <= WORST


@pytest.mark.nightly
@given(st.sampled_from(KINDS), st.integers(9, 13), st.integers(0, 10**6))
@settings(max_examples=200)
def test_every_pair_is_near_the_exact_posterior_in_a_long_search(
    kind: Callable[[int, int], Float64s], k: int, seed: int
) -> None:
    evidence = kind(k, seed % 7 if kind in (a_chain, two_groups) else seed)
    found = sampled(evidence, PRIOR_BITS, 400, seed)
    off = np.abs(found.together - exactly(evidence)).max()
    assert off <= max(WORST, 4 * 0.5 / np.sqrt(found.worth))


def test_whole_partitions_come_as_often_as_the_posterior_says() -> None:
    evidence = oracles.invented_evidence(5, 2, spread=4.0)
    labels = sampled(evidence, PRIOR_BITS, 400, 1).labels
    weights = subset_weights(evidence[None], PRIOR_BITS)[0]
    expected = oracles.posterior_of(weights.tolist(), 5)
    drawn, count = np.unique(labels, axis=0, return_counts=True)
    shares = {tuple(label): share / len(labels) for label, share in zip(drawn.tolist(), count, strict=True)}
    of_label = {}
    for blocks, probability in expected.items():
        smallest = {member: min(members) for members in blocks for member in members}
        of_label[tuple(smallest[member] for member in range(5))] = probability
    assert set(shares) <= set(of_label)
    assert 0.5 * sum(abs(shares.get(label, 0.0) - of_label[label]) for label in of_label) <= 0.02


@given(st.integers(2, 9), st.integers(0, 10**6), st.sampled_from([1.0, 8.0, 300.0]))
@settings(max_examples=30)
def test_clusters_of_any_sizes_at_once_weigh_what_the_oracle_says(k: int, seed: int, spread: float) -> None:
    evidence = oracles.invented_evidence(k, seed, spread)
    random = np.random.default_rng(seed)
    weights = Weights(evidence, PRIOR_BITS, random)
    weighing = Weighing([weights])
    subsets = random.integers(0, 1 << k, 40)
    holds = (subsets[:, None] >> np.arange(k)) & 1 == 1
    keys = np.where(holds, weights.number, np.uint64(0)).sum(axis=1, dtype=np.uint64)
    expected = subset_weights(evidence[None], PRIOR_BITS)[0, subsets]
    found = weighing.of(keys, np.zeros_like, holds.__getitem__)
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-6)
    np.testing.assert_array_equal(weighing.of(keys, np.zeros_like, holds.__getitem__), found)


@given(st.integers(2, 9), st.integers(0, 10**6), st.floats(-2.0, 2.0))
def test_both_guesses_are_right_of_equal_links(k: int, seed: int, bits: float) -> None:
    evidence = oracles.symmetric([bits] * (k * (k - 1) // 2), k)
    weights = Weights(evidence, PRIOR_BITS, np.random.default_rng(seed))
    true = subset_weights(evidence[None], PRIOR_BITS)[0, -1]
    pairs, degrees = weights.guessed(np.ones((1, k), dtype=bool))[:, 0]
    assert pairs == pytest.approx(true)
    assert degrees == pytest.approx(true, abs=3.0)


def test_two_referrals_are_sampled_without_approximation() -> None:
    evidence = oracles.symmetric([9.0], 2)
    expected = 1.0 / (1.0 + 2.0 ** -(9.0 + PRIOR_BITS))
    assert by_sampling(evidence, sweeps=400)[0, 1] == pytest.approx(expected, abs=0.01)


def test_a_seed_gives_one_chain_and_another_seed_another() -> None:
    evidence = oracles.invented_evidence(12, 3)
    first = sampled(evidence, PRIOR_BITS, 50, 7).labels
    np.testing.assert_array_equal(first, sampled(evidence, PRIOR_BITS, 50, 7).labels)
    assert not np.array_equal(first, sampled(evidence, PRIOR_BITS, 50, 8).labels)


@given(st.integers(2, 12), st.integers(0, 1000), st.integers(1, 9))
@settings(max_examples=20)
def test_every_kept_sweep_is_a_partition_by_smallest_members(k: int, seed: int, sweeps: int) -> None:
    labels = sampled(oracles.invented_evidence(k, seed), PRIOR_BITS, sweeps, seed).labels
    assert labels.shape == (N_CHAINS * sweeps, k)
    np.testing.assert_array_equal(smallest_members(labels.astype(np.int64)), labels)
    assert_smallest_members(*labels[:20])


def assert_smallest_members(*labels: Int64s | Labels) -> None:
    for label in labels:
        for member in range(len(label)):
            assert label[member] == np.flatnonzero(label == label[member])[0]


@pytest.mark.parametrize("bits", [-1000.0, 0.0, 1000.0])
def test_extreme_evidence_is_decided(bits: float) -> None:
    chain = sampled(oracles.symmetric([bits] * 66, 12), -17.0, 30, 1).labels
    alone = (chain == np.arange(12)).all(axis=1)
    assert ((chain == 0).all(axis=1) if bits > 0 else alone).all()


def test_people_that_are_plain_to_see_are_found_from_both_starts() -> None:
    person = np.repeat([0, 1, 2], 5)
    evidence = np.where(person[:, None] == person, 30.0, -30.0)
    np.fill_diagonal(evidence, 0.0)
    labels = sampled(evidence, PRIOR_BITS, 20, 0).labels
    np.testing.assert_array_equal(labels[-N_CHAINS:], [np.repeat([0, 5, 10], 5)] * N_CHAINS)


def test_a_solid_group_is_taken_apart_and_put_together_whole() -> None:
    # Six and six, each sure of itself and of each other by half: member by member nobody would leave.
    person = np.repeat([0, 1], 6)
    evidence = np.where(person[:, None] == person, 40.0, 0.0)
    np.fill_diagonal(evidence, 0.0)

    def together(between: float) -> Float64s:
        return exactly(np.where(person[:, None] != person, between, evidence))

    low, high = -20.0, 40.0
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if together(middle)[0, 6] < 0.5 else (low, middle)
    evidence[person[:, None] != person] = high
    assert 0.3 < exactly(evidence)[0, 6] < 0.7
    assert by_sampling(evidence)[0, 6] == pytest.approx(exactly(evidence)[0, 6], abs=WORST)


def test_chains_that_have_not_run_long_enough_are_apart_and_worth_little() -> None:
    evidence = two_people(18, 0)
    short, long = (sampled(evidence, PRIOR_BITS, sweeps, 0) for sweeps in (1, 60))
    assert short.apart > 0.6
    assert long.apart < 0.3
    assert long.worth > 2 * short.worth


def test_a_large_component_gets_fewer_sweeps_and_what_costs_much_the_fewest() -> None:
    # 6,000 visits of 60 members, a quarter left out; 34 chains.
    assert len(sampled(np.full((60, 60), -9.0), PRIOR_BITS, 10**6, 0).labels) <= 75 * 34
    costly = sampled(oracles.invented_evidence(60, 0), PRIOR_BITS, 10**6, 0)
    assert len(costly.labels) <= 2 * FEWEST_SWEEPS * 34


def test_members_in_another_order_are_sampled_as_well() -> None:
    evidence = two_people(9, 3)
    order = np.random.default_rng(0).permutation(9)
    moved = by_sampling(evidence[np.ix_(order, order)])
    np.testing.assert_allclose(moved, by_sampling(evidence)[np.ix_(order, order)], atol=2 * WORST)


@given(st.lists(st.floats(0, 1), min_size=15, max_size=15), st.sampled_from([0.5, 0.9]))
def test_greedy_gains_and_is_never_better_than_the_best(upper: list[float], threshold: float) -> None:
    together = oracles.symmetric(upper, 6) + np.eye(6)
    label = greedy_partition(together.copy(), threshold)
    assert_smallest_members(label)
    blocks = tuple(tuple(np.flatnonzero(label == smallest).tolist()) for smallest in np.unique(label))
    best = tuple(oracles.members_of(mask) for mask in best_partition(together, threshold))
    gain = oracles.gain_of(blocks, together, threshold)
    assert -1e-9 <= gain <= oracles.gain_of(best, together, threshold) + 1e-9
    # No two of its clusters would gain by merging.
    for a in range(len(blocks)):
        for b in range(a):
            merged = sum(together[i, j] - threshold for i in blocks[a] for j in blocks[b])
            assert merged <= 1e-9


def test_greedy_finds_what_is_plain_to_see_and_changes_no_input() -> None:
    person = np.array([0, 1, 0, 2, 1, 0])
    together = np.where(person[:, None] == person, 0.95, 0.02)
    before = together.copy()
    np.testing.assert_array_equal(greedy_partition(together, 0.5), [0, 1, 0, 3, 1, 0])
    np.testing.assert_array_equal(together, before)


@given(st.lists(st.integers(2, 14), min_size=1, max_size=4), st.integers(0, 1000))
@settings(max_examples=15)
def test_components_sampled_at_once_are_those_sampled_alone(sizes: list[int], seed: int) -> None:
    components = []
    for number, k in enumerate(sizes):
        evidence, against = oracles.invented_evidence(k, seed + number), -np.ones((1, 1, k, k))
        known = np.random.default_rng(seed + number).random((1, 1, k)) < 0.7
        against *= known[..., :, None] & known[..., None, :] & ~np.eye(k, dtype=bool)
        components.append(Large(evidence, number, Against(against, known) if number % 2 else None))
    for one, together in zip(components, sampled_partitions(components, PRIOR_BITS, 5), strict=True):
        alone = sampled_partitions([one], PRIOR_BITS, 5)[0]
        np.testing.assert_array_equal(alone.labels, together.labels)
        np.testing.assert_array_equal(alone.together, together.together)
        assert (alone.apart, alone.worth) == (together.apart, together.worth)


def test_more_members_than_a_byte_counts_keep_their_labels() -> None:
    """People join what is too large: a judgement can make one component of several pieces."""
    k = 140
    person = np.arange(k) // 2
    evidence = np.where(person[:, None] == person, 40.0, -30.0)
    np.fill_diagonal(evidence, 0.0)
    found = sampled(evidence, -5.0, 4, 3)
    assert (found.labels == 2 * person).all()
