"""Draws lean on how repeats are assessed, and nothing else does."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nrm_linkage.cluster import posterior
from nrm_linkage.cluster.leaning import Leaning, leaning_of, partitions_lean, subsets_lean
from nrm_linkage.cluster.partitioning import partition
from nrm_linkage.cluster.posterior import exact_posterior
from nrm_linkage.compare import FIELDS
from nrm_linkage.config import LinkageConfig
from nrm_linkage.model import EVIDENCE_LINES
from nrm_linkage.tables import Float64s, Int64s, ScoredPairs
from tests.cluster import oracles
from tests.frames import people, referrals_of

LEANS = st.integers(-40, 40).map(lambda eighths: eighths / 8)


def followed(members: tuple[int, ...], bits: Float64s, turn: Int64s) -> float:
    """What the pairs that follow one another add, the slow way."""
    by_day = sorted(members, key=lambda member: int(turn[member]))
    return sum(float(bits[a, b]) for a, b in itertools.pairwise(by_day))


@st.composite
def components(draw: st.DrawFn, high: int = 6) -> tuple[Float64s, Int64s]:
    k = draw(st.integers(1, high))
    n_pairs = k * (k - 1) // 2
    bits = oracles.symmetric(draw(st.lists(LEANS, min_size=n_pairs, max_size=n_pairs)), k)
    return bits, np.array(draw(st.permutations(range(k))), dtype=np.int64)


@given(components(), components())
def test_a_subset_leans_as_its_referrals_follow_one_another(
    one: tuple[Float64s, Int64s], other: tuple[Float64s, Int64s]
) -> None:
    alike = [component for component in (one, other) if len(component[1]) == len(one[1])]
    bits, turn = (np.stack(part) for part in zip(*alike, strict=True))
    found = subsets_lean(bits, turn)
    for number, (of_pairs, order) in enumerate(alike):
        for mask in range(1 << len(order)):
            assert found[number, mask] == followed(oracles.members_of(mask), of_pairs, order)


@given(components())
def test_a_partition_leans_as_its_clusters_do(component: tuple[Float64s, Int64s]) -> None:
    bits, turn = component
    of_all = list(oracles.set_partitions(range(len(turn))))
    labels = np.zeros((len(of_all), len(turn)), dtype=np.int32)
    for number, blocks in enumerate(of_all):
        for block in blocks:
            labels[number, list(block)] = block[0]
    expected = [sum(followed(block, bits, turn) for block in blocks) for blocks in of_all]
    assert partitions_lean(bits, turn, labels).tolist() == expected


@pytest.mark.parametrize("by_subsets", [False, True])
@given(components(5), st.integers(0, 2**32 - 1))
@settings(max_examples=15)
def test_draws_lean_and_probabilities_do_not(
    by_subsets: bool, component: tuple[Float64s, Int64s], seed: int
) -> None:
    bits, turn = component
    k, random = len(turn), np.random.default_rng(seed)
    weights = random.normal(0, 2, (1, 1 << k))
    weights[0, [0, *(1 << member for member in range(k))]] = 0.0
    uniforms = ((np.arange(4_000) + 0.5) / 4_000)[:, None]
    lean = subsets_lean(bits[None] / 4, turn[None])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(posterior, "ENUMERATED_SIZE", 0 if by_subsets else 7)
        found = exact_posterior(weights, uniforms, lean)
        plain = exact_posterior(weights, uniforms)
    np.testing.assert_array_equal(found.block, plain.block)
    expected = oracles.together_of(oracles.posterior_of((weights + lean)[0].tolist(), k), k)
    label = found.draws[:, 0]
    together = (label[:, :, None] == label[:, None, :]).mean(axis=0)
    np.testing.assert_allclose(together, expected, atol=0.002)


def pairs_of(ends: list[tuple[int, int]], weight_bits: list[float]) -> ScoredPairs:
    left, right = np.array(ends, dtype=np.int32).reshape(-1, 2).T
    n = len(left)
    return ScoredPairs(
        *(left, right, np.zeros(n, dtype=np.int32), np.zeros((n, len(FIELDS)), dtype=np.int8)),
        *(np.zeros((n, len(EVIDENCE_LINES))), np.array(weight_bits)),
    )


SAME, APART = {"exploitation_end": "01/01/2023"}, {"exploitation_end": ""}


def test_what_is_commoner_among_sure_pairs_is_leant_on() -> None:
    """Of sure pairs three in four may be about one instance, of low ones one in four."""
    kinds = [*[SAME] * 75, *[APART] * 25, *[SAME] * 25, *[APART] * 75]
    records = [
        {"given_name": "Zamir", "referral_date": f"01/0{month}/2023", **kind}
        for kind in kinds
        for month in (3, 5)
    ]
    rows = referrals_of(people(*records))
    ends = [(2 * number, 2 * number + 1) for number in range(len(kinds))]
    pairs = pairs_of(ends, [9.0] * 100 + [-9.0] * 100)
    found = leaning_of(rows, pairs, pairs_of(ends[:1] + ends[199:], [0.0, 0.0]))
    # Both shrunk to one half with the weight of twenty, and then to that, because ages are not known.
    share = (75 + 20 * 85 / 120) / 120
    odds_bits = np.log2(share / (1 - share))
    assert found.bits == pytest.approx([odds_bits, -odds_bits], abs=0.02)
    assert found.turn[:4].tolist() == [0, 200, 1, 201]  # by day, then as they stand


def test_children_and_adults_lean_each_on_their_own_pairs() -> None:
    """Of children's sure pairs nine in ten may be about one instance, of all others one in ten."""
    records, weights = [], []
    for age, sure in itertools.product(("Child", "Adult"), (True, False)):
        for number in range(100):
            same = number % 10 > 0 if age == "Child" and sure else number % 10 == 0
            person = {"given_name": "Zamir", "age_group": age, **(SAME if same else APART)}
            records += [{**person, "referral_date": f"01/0{month}/2023"} for month in (3, 5)]
            weights.append(9.0 if sure else -9.0)
    rows = referrals_of(people(*records))
    ends = [(2 * number, 2 * number + 1) for number in range(len(weights))]
    child, adult = ends[1], ends[200]
    found = leaning_of(rows, pairs_of(ends, weights), pairs_of([child, adult], [0.0, 0.0]))
    assert found.bits[0] > 2.0
    # What all ages start from leaves a little.
    assert 0 <= found.bits[1] < found.bits[0] / 3


def test_without_pairs_to_learn_from_nothing_is_leant_on() -> None:
    rows = referrals_of(people(*[{"given_name": "Zamir", "referral_date": "01/03/2023", **SAME}] * 2))
    nothing = pairs_of([], [])
    assert leaning_of(rows, nothing, pairs_of([(0, 1)], [0.0])).bits.tolist() == [0.0]


@pytest.mark.parametrize(("k", "weight_bits"), [(4, -3.0), (14, -6.0)])
def test_a_partition_that_leans_publishes_what_it_did(k: int, weight_bits: float) -> None:
    """Both where components are exact and where they are sampled."""
    n_pairs = k * (k - 1) // 2
    pairs = pairs_of(list(itertools.combinations(range(k), 2)), [weight_bits] * n_pairs)
    component, keys = np.zeros(k, dtype=np.int64), np.arange(k).astype(np.uint64)
    config = LinkageConfig(draws=2_000)

    def of(lean_bits: float) -> tuple[float, list[int], list[float]]:
        leaning = Leaning(np.full(n_pairs, lean_bits), np.arange(k))
        found, together = partition(k, component, pairs, -12.0, keys, config, leaning=leaning)
        label = found.draws
        drawn = (label[:, :, None] == label[:, None, :]).mean(axis=0)
        return float(drawn[np.triu_indices(k, 1)].mean()), found.cluster.tolist(), together.tolist()

    (plain, *published), (leant, *still) = of(0.0), of(1.0)
    assert leant > 1.3 * plain
    assert published == still
