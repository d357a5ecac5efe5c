"""A cluster's evidence against an exact hit-miss model: a person has a true value in each field; a record
holds it (a hit) or a value drawn as a stranger's would be (a miss), each on its own.

There the evidence that k records are one person's can be summed over all true values, and so can the
posterior over partitions. Pairs come from the same model, so that what is measured is the step from pairs to
clusters.
"""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nrm_linkage.cluster import posterior
from nrm_linkage.cluster.posterior import co_membership, exact_posterior, size_prior_bits, subset_weights
from nrm_linkage.tables import Float64s, Int64s

N_VALUES = (1000, 500, 3000, 40, 20)
HIT = (0.85, 0.85, 0.8, 0.95, 0.9)
PRIOR_BITS = -14.0
NO_DRAWS = np.zeros((1, 1))


def shares(n_values: int) -> Float64s:
    """A few common values and many rare ones."""
    share = 1 / np.arange(1, n_values + 1) ** 0.8
    return np.asarray(share / share.sum())


SHARES = tuple(shares(n_values) for n_values in N_VALUES)


def records_of(seed: int, k: int) -> Int64s:
    """k records of one or two people, (k, n_fields)."""
    random = np.random.default_rng(seed)
    n_people = int(random.integers(1, 3))
    person = random.integers(0, n_people, k)
    columns = []
    for share, hit in zip(SHARES, HIT, strict=True):
        true = random.choice(len(share), n_people, p=share)[person]
        columns.append(np.where(random.random(k) < hit, true, random.choice(len(share), k, p=share)))
    return np.stack(columns, axis=1)


def one_person_bits(records: Int64s) -> float:
    """log2 of the probability of the records if they are one person's against that if all are strangers'."""
    bits = 0.0
    for values, share, hit in zip(records.T, SHARES, HIT, strict=True):
        missed = (1 - hit) * share[values]
        held = np.unique(values)
        chance = (1 - share[held].sum()) * missed.prod()
        for true in held:
            chance += share[true] * (missed + hit * (values == true)).prod()
        bits += float(np.log2(chance) - np.log2(share[values]).sum())
    return bits


def pair_evidence(records: Int64s) -> Float64s:
    k = len(records)
    evidence = np.zeros((k, k))
    for a, b in itertools.combinations(range(k), 2):
        evidence[a, b] = evidence[b, a] = one_person_bits(records[[a, b]])
    return evidence


def true_weights(records: Int64s) -> Float64s:
    k = len(records)
    prior = size_prior_bits(np.arange(k + 1), PRIOR_BITS)
    weights = np.zeros(1 << k)
    for mask in range(1 << k):
        members = [member for member in range(k) if mask >> member & 1]
        if len(members) > 1:
            weights[mask] = prior[len(members)] + one_person_bits(records[members])
    return weights


def together(weights: Float64s) -> Float64s:
    return co_membership(exact_posterior(weights[None], NO_DRAWS).block)[0]


def off_by(k: int, n_cliques: int) -> float:
    """The mean difference in the probability that two records are one person's."""
    upper = np.triu_indices(k, 1)
    found = []
    for seed in range(n_cliques):
        records = records_of(seed, k)
        ours = together(subset_weights(pair_evidence(records)[None], PRIOR_BITS)[0])
        found.append(np.abs(ours - together(true_weights(records)))[upper].mean())
    return float(np.mean(found))


@given(st.integers(0, 10**6))
def test_two_records_have_the_oracle_s_probability(seed: int) -> None:
    records = records_of(seed, 2)
    ours = together(subset_weights(pair_evidence(records)[None], PRIOR_BITS)[0])
    np.testing.assert_allclose(ours, together(true_weights(records)), atol=1e-12)


@given(st.integers(2, 6), st.integers(0, 10**6))
def test_records_alike_in_everything_are_one_person_s_for_both(k: int, seed: int) -> None:
    records = np.repeat(records_of(seed, 1), k, axis=0)
    ours = together(subset_weights(pair_evidence(records)[None], PRIOR_BITS)[0])
    np.testing.assert_allclose(ours, together(true_weights(records)), atol=0.02)


@pytest.mark.parametrize("k", [3, 4, 5, 6])
def test_probabilities_are_near_the_oracle_s(k: int) -> None:
    assert off_by(k, 100) <= 0.045


@pytest.mark.parametrize("k", [3, 6])
def test_trees_come_nearer_than_pairs(k: int, monkeypatch: pytest.MonkeyPatch) -> None:
    ours = off_by(k, 60)
    monkeypatch.setattr(posterior, "TREE_SHARE", 0.0)
    assert off_by(k, 60) > 3 * ours
