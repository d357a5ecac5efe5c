"""The partition that loses least, beside all partitions there are."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nrm_linkage.cluster.deciding import decided
from nrm_linkage.tables import Float64s
from tests.cluster import oracles


def probabilities(k: int, seed: int, apart: float) -> Float64s:
    """Symmetric, 1 on the diagonal; a share of pairs that are hardly one person."""
    random = np.random.default_rng(seed)
    upper = np.triu(np.where(random.random((k, k)) < apart, 0.01, random.random((k, k))), 1)
    return np.asarray(upper + upper.T + np.eye(k))


def clusters(label: list[int]) -> oracles.Blocks:
    return tuple(tuple(np.flatnonzero(np.array(label) == one).tolist()) for one in sorted(set(label)))


@given(
    st.integers(1, 7),
    st.integers(0, 10_000),
    st.sampled_from([0.0, 0.4, 0.8]),
    st.sampled_from([0.1, 0.5, 0.9]),
)
def test_no_other_partition_loses_less(k: int, seed: int, apart: float, threshold: float) -> None:
    together = probabilities(k, seed, apart)
    label = decided(together, threshold).tolist()
    assert [label[one] for one in label] == label
    ways = oracles.set_partitions(list(range(k)))
    best = max(oracles.gain_of(blocks, together, threshold) for blocks in ways)
    assert oracles.gain_of(clusters(label), together, threshold) == pytest.approx(best, abs=1e-9)


def test_groups_that_nothing_ties_are_decided_each_on_its_own() -> None:
    parts = [probabilities(7, seed, 0.2) for seed in (1, 2, 3)]
    together = np.full((21, 21), 0.01)
    for number, part in enumerate(parts):
        together[7 * number : 7 * number + 7, 7 * number : 7 * number + 7] = part
    alone = [decided(part, 0.5) + 7 * number for number, part in enumerate(parts)]
    np.testing.assert_array_equal(decided(together, 0.5), np.concatenate(alone))
