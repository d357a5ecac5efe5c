"""A cluster's evidence against an exact hit-miss model: a person has a true value in each field; a record
holds it (a hit) or a value drawn as a stranger's would be (a miss), each on its own.

There the evidence that k records are one person's can be summed over all true values, and so can the
posterior over partitions. Pairs come from the same model, so that what is measured is the step from pairs to
clusters.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nrm_linkage.cluster.against import Against
from nrm_linkage.cluster.posterior import (
    co_membership,
    exact_posterior,
    held_together,
    size_prior_bits,
)
from nrm_linkage.tables import Float64s, Int64s
from tests.cluster.subsets import subset_weights

N_VALUES = (1000, 500, 3000, 40, 20)
HIT = (0.85, 0.85, 0.8, 0.95, 0.9)
PRIOR_BITS = -14.0
NO_DRAWS = np.zeros((1, 1))


def shares(n_values: int) -> Float64s:
    """A few common values and many rare ones."""
    share = 1 / np.arange(1, n_values + 1) ** 0.8
    return np.asarray(share / share.sum())


SHARES = tuple(shares(n_values) for n_values in N_VALUES)


def records_of(seed: int, k: int, missing: float = 0.0) -> Int64s:
    """k records of one or two people, (k, n_fields), -1 where nothing was recorded."""
    random = np.random.default_rng(seed)
    n_people = int(random.integers(1, 3))
    person = random.integers(0, n_people, k)
    columns = []
    for share, hit in zip(SHARES, HIT, strict=True):
        true = random.choice(len(share), n_people, p=share)[person]
        columns.append(np.where(random.random(k) < hit, true, random.choice(len(share), k, p=share)))
    records = np.stack(columns, axis=1)
    return np.where(random.random(records.shape) < missing, -1, records)


def field_bits(records: Int64s) -> Float64s:
    """log2 of the probability of the records if they are one person's against that if all are strangers', of
    each field.
    """
    bits = []
    for column, share, hit in zip(records.T, SHARES, HIT, strict=True):
        values = column[column >= 0]
        missed = (1 - hit) * share[values]
        held = np.unique(values)
        chance = (1 - share[held].sum()) * missed.prod()
        for true in held:
            chance += share[true] * (missed + hit * (values == true)).prod()
        bits.append(float(np.log2(chance) - np.log2(share[values]).sum()))
    return np.array(bits)


def pair_evidence(records: Int64s) -> tuple[Float64s, Against]:
    """The agreements of pairs, all fields together, and their disagreements, field by field."""
    k, n_fields = records.shape
    evidence = np.zeros((n_fields, k, k))
    for a, b in itertools.combinations(range(k), 2):
        evidence[:, a, b] = evidence[:, b, a] = field_bits(records[[a, b]])
    against = np.minimum(evidence, 0.0)
    return (evidence - against).sum(axis=0), Against(against[:, None], (records >= 0).T[:, None])


def true_weights(records: Int64s) -> Float64s:
    k = len(records)
    prior = size_prior_bits(np.arange(k + 1), PRIOR_BITS)
    weights = np.zeros(1 << k)
    for mask in range(1 << k):
        members = [member for member in range(k) if mask >> member & 1]
        if len(members) > 1:
            weights[mask] = prior[len(members)] + field_bits(records[members]).sum()
    return weights


def together(weights: Float64s) -> Float64s:
    return co_membership(held_together(exact_posterior(weights[None], NO_DRAWS).block))[0]


def by_trees(records: Int64s) -> Float64s:
    """Ours: agreements over the trees of all records, disagreements over those of who holds the field."""
    evidence, against = pair_evidence(records)
    return together(subset_weights(evidence[None], PRIOR_BITS, against)[0])


def by_one_tree(records: Int64s) -> Float64s:
    """All evidence over the trees of all records."""
    evidence, against = pair_evidence(records)
    return together(subset_weights((evidence + against.bits.sum(axis=(0, 1)))[None], PRIOR_BITS)[0])


def by_pairs(records: Int64s) -> Float64s:
    """2/k of the sum over all pairs."""
    evidence, against = pair_evidence(records)
    evidence = evidence + against.bits.sum(axis=(0, 1))
    k = len(records)
    weights = np.zeros(1 << k)
    for mask in range(1, 1 << k):
        members = [member for member in range(k) if mask >> member & 1]
        prior = size_prior_bits(np.array([len(members)]), PRIOR_BITS)[0]
        weights[mask] = prior + evidence[np.ix_(members, members)].sum() / len(members)
    return together(weights)


def off_by(way: Callable[[Int64s], Float64s], k: int, n_cliques: int, missing: float) -> float:
    """The mean difference in the probability that two records are one person's."""
    upper = np.triu_indices(k, 1)
    found = []
    for seed in range(n_cliques):
        records = records_of(seed, k, missing)
        found.append(np.abs(way(records) - together(true_weights(records)))[upper].mean())
    return float(np.mean(found))


@given(st.integers(0, 10**6), st.sampled_from([0.0, 0.3]))
def test_two_records_have_the_oracle_s_probability(seed: int, missing: float) -> None:
    records = records_of(seed, 2, missing)
    np.testing.assert_allclose(by_trees(records), together(true_weights(records)), atol=1e-12)


@given(st.integers(2, 6), st.integers(0, 10**6))
def test_records_alike_in_everything_are_one_person_s_for_both(k: int, seed: int) -> None:
    records = np.repeat(records_of(seed, 1), k, axis=0)
    ours, true = (float(of[0, 1]) for of in (by_trees(records), together(true_weights(records))))
    # In one draw of some hundreds nearly every value is a common one. Then both doubt, and trees doubt more.
    assert true - (0.02 if true > 0.99 else 0.15) <= ours <= true + 0.02
    assert min(ours, true) > 0.5


def test_a_record_without_a_field_does_not_reconcile_two_that_differ_in_it() -> None:
    ours, one = [], []
    for seed in range(60):
        records = np.repeat(records_of(seed, 1), 3, axis=0)
        records[1, 2:4] = (records[0, 2:4] + 1) % 20
        records[2, 2:4] = -1
        true = together(true_weights(records))[0, 1]
        ours.append(abs(by_trees(records)[0, 1] - true))
        one.append(abs(by_one_tree(records)[0, 1] - true))
    assert np.mean(ours) <= 0.06
    assert np.mean(one) > 2 * np.mean(ours)


@pytest.mark.parametrize("k", [3, 4, 5, 6])
@pytest.mark.parametrize(("missing", "most"), [(0.0, 0.04), (0.3, 0.085)])
def test_probabilities_are_near_the_oracle_s(k: int, missing: float, most: float) -> None:
    assert off_by(by_trees, k, 100, missing) <= most


@pytest.mark.parametrize("k", [3, 6])
def test_trees_come_nearer_than_pairs(k: int) -> None:
    assert off_by(by_pairs, k, 60, 0.0) > 3 * off_by(by_trees, k, 60, 0.0)
