"""The sampler against the exact posterior, on components that both can weigh.

The posterior is its target, so that only the noise of sampling is allowed for: `TOLERANCE` in the mean over
pairs, `WORST` for the worst pair.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nrm_linkage.cluster.posterior import best_partition, co_membership, exact_posterior, subset_weights
from nrm_linkage.cluster.sample import MOST_VISITS, greedy_partition, sampled_partitions
from nrm_linkage.tables import Float64s, Int64s
from tests.cluster import oracles

PRIOR_BITS = -10.0
TOLERANCE, WORST = 0.015, 0.06


def exactly(evidence: Float64s) -> Float64s:
    weights = subset_weights(evidence[None], PRIOR_BITS)
    return co_membership(exact_posterior(weights, np.zeros((1, 1))).block)[0]


def by_sampling(evidence: Float64s, sweeps: int = 2000, seed: int = 5) -> Float64s:
    return sampled_partitions(evidence, PRIOR_BITS, sweeps, seed).together


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


@pytest.mark.parametrize("k", [9, 11, 13])
@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize("kind", [two_people, a_chain, oracles.invented_evidence])
def test_it_comes_near_the_exact_posterior(kind: Callable[[int, int], Float64s], k: int, seed: int) -> None:
    evidence = kind(k, seed)
    off = np.abs(by_sampling(evidence) - exactly(evidence))[np.triu_indices(k, 1)]
    assert off.mean() <= TOLERANCE
    assert off.max() <= WORST


def test_two_referrals_are_sampled_without_approximation() -> None:
    evidence = oracles.symmetric([9.0], 2)
    expected = 1.0 / (1.0 + 2.0 ** -(9.0 + PRIOR_BITS))
    assert by_sampling(evidence, sweeps=10_000)[0, 1] == pytest.approx(expected, abs=0.02)


def test_a_seed_gives_one_chain_and_another_seed_another() -> None:
    evidence = oracles.invented_evidence(12, 3)
    first = sampled_partitions(evidence, PRIOR_BITS, 50, 7).labels
    np.testing.assert_array_equal(first, sampled_partitions(evidence, PRIOR_BITS, 50, 7).labels)
    assert not np.array_equal(first, sampled_partitions(evidence, PRIOR_BITS, 50, 8).labels)


@given(st.integers(2, 12), st.integers(0, 1000), st.integers(1, 9))
@settings(max_examples=30)
def test_every_kept_sweep_is_a_partition_by_smallest_members(k: int, seed: int, sweeps: int) -> None:
    chain = sampled_partitions(oracles.invented_evidence(k, seed), PRIOR_BITS, sweeps, seed).labels
    assert chain.shape == (2 * max(sweeps // 2, 1), k)
    assert_smallest_members(*chain)


def assert_smallest_members(*labels: Int64s) -> None:
    for label in labels:
        for member in range(len(label)):
            assert label[member] == np.flatnonzero(label == label[member])[0]


@pytest.mark.parametrize("bits", [-1000.0, 0.0, 1000.0])
def test_extreme_evidence_is_decided(bits: float) -> None:
    chain = sampled_partitions(oracles.symmetric([bits] * 66, 12), -17.0, 30, 1).labels
    alone = (chain == np.arange(12)).all(axis=1)
    assert ((chain == 0).all(axis=1) if bits > 0 else alone).all()


def test_people_that_are_plain_to_see_are_found_from_both_starts() -> None:
    person = np.repeat([0, 1, 2], 5)
    evidence = np.where(person[:, None] == person, 30.0, -30.0)
    np.fill_diagonal(evidence, 0.0)
    chains = sampled_partitions(evidence, PRIOR_BITS, 20, 0)
    np.testing.assert_array_equal(chains.labels[-2:], [np.repeat([0, 5, 10], 5)] * 2)


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
    assert by_sampling(evidence, 4000)[0, 6] == pytest.approx(exactly(evidence)[0, 6], abs=0.06)


def test_chains_that_have_not_run_long_enough_are_apart() -> None:
    evidence = oracles.invented_evidence(13, 0)
    assert sampled_partitions(evidence, PRIOR_BITS, 2, 0).apart == 1.0
    assert sampled_partitions(evidence, PRIOR_BITS, 4000, 0).apart < 0.1


def test_a_large_component_gets_fewer_sweeps() -> None:
    evidence = np.full((60, 60), -9.0)
    kept = sampled_partitions(evidence, PRIOR_BITS, 10**6, 0).labels
    assert len(kept) == MOST_VISITS // 60 // 2 * 2


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
