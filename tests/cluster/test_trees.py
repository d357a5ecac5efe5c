"""Sums over trees of many sets at once, against each set on its own, tree by tree."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nrm_linkage.cluster import trees
from nrm_linkage.cluster.trees import Links, subset_trees
from tests.cluster import oracles

SPREADS = st.sampled_from([1.0, 8.0, 300.0])


@given(st.lists(st.tuples(st.integers(2, 6), SPREADS), min_size=1, max_size=8), st.integers(0, 10**6))
@settings(max_examples=40)
def test_sets_of_any_groups_and_sizes_weigh_what_the_oracle_says(
    sets: list[tuple[int, float]], seed: int
) -> None:
    k, random = 9, np.random.default_rng(seed)
    bits = np.stack([oracles.invented_evidence(k, seed + at, spread) for at, (_, spread) in enumerate(sets)])
    holds = np.zeros((len(sets), k), dtype=bool)
    for at, (size, _) in enumerate(sets):
        holds[at, random.choice(k, size, replace=False)] = True
    found = Links.of(bits).mixtures(np.arange(len(sets)), holds)
    expected = [
        oracles.trees_of(np.flatnonzero(members).tolist(), of_group)
        for members, of_group in zip(holds, bits, strict=True)
    ]
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-9)


@given(st.integers(2, 40), st.integers(0, 10**6), SPREADS, st.sampled_from([50, 200_000]))
@settings(max_examples=30)
def test_company_changes_no_bit(k: int, seed: int, spread: float, at_once: int) -> None:
    random = np.random.default_rng(seed)
    links = Links.of(np.stack([oracles.invented_evidence(k, seed + at, spread) for at in range(2)]))
    holds = random.random((30, k)) < random.random((30, 1))
    holds[:, :2] = True
    group = random.integers(0, 2, 30)
    alone = [links.mixtures(group[at : at + 1], holds[at : at + 1])[0] for at in range(30)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trees, "NUMBERS_AT_ONCE", at_once)
        np.testing.assert_array_equal(links.mixtures(group, holds), alone)


@given(st.integers(3, 9), st.integers(0, 10**6), SPREADS)
@settings(max_examples=20)
def test_subsets_of_components_in_company_are_those_alone_to_the_last_bit(
    k: int, seed: int, spread: float
) -> None:
    evidence = np.stack(
        [oracles.invented_evidence(k, seed + at, 8.0 if at % 2 else spread) for at in range(5)]
    )
    alone = np.concatenate([subset_trees(evidence[at : at + 1]) for at in range(5)])
    np.testing.assert_array_equal(subset_trees(evidence), alone)
