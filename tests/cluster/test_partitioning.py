"""From scored pairs to people: what is published, how sure it is, and what its draws depend on."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nrm_linkage.cluster import components, partition, partitioning, weakest_links
from nrm_linkage.compare import FIELDS
from nrm_linkage.config import LinkageConfig
from nrm_linkage.model import EVIDENCE_LINES
from nrm_linkage.provenance import id_hashes
from nrm_linkage.tables import Float64s, Int64s, Partition, ScoredPairs
from tests.cluster import oracles

PRIOR_BITS = -10.0
CONFIG = LinkageConfig(draws=200, partition_sweeps=100)


@dataclass(frozen=True)
class Found:
    people: Partition
    together: dict[tuple[int, int], float]


def pairs_of(bits: dict[tuple[int, int], float]) -> ScoredPairs:
    """Pairs with match weights (evidence and prior), sorted."""
    order = sorted(bits)
    n_pairs = len(order)
    return ScoredPairs(
        left=np.array([a for a, _ in order], dtype=np.int32),
        right=np.array([b for _, b in order], dtype=np.int32),
        found_by=np.zeros(n_pairs, dtype=np.int32),
        levels=np.zeros((n_pairs, len(FIELDS)), dtype=np.int8),
        bits=np.zeros((n_pairs, len(EVIDENCE_LINES))),
        weight_bits=np.array([bits[pair] for pair in order], dtype=np.float64),
    )


def weights_of(evidence: Float64s, rows: list[int]) -> dict[tuple[int, int], float]:
    """Match weights of all pairs of `rows`, from their evidence."""
    return {
        (rows[a], rows[b]): float(evidence[a, b]) + PRIOR_BITS
        for a, b in itertools.combinations(range(len(rows)), 2)
    }


def partitioned(
    n_rows: int,
    bits: dict[tuple[int, int], float],
    config: LinkageConfig = CONFIG,
    names: list[str] | None = None,
) -> Found:
    pairs = pairs_of(bits)
    keys = id_hashes(np.array(names or [f"R{row}" for row in range(n_rows)], dtype=object))
    of = components(n_rows, pairs.left, pairs.right)
    people, together = partition(n_rows, of, pairs, PRIOR_BITS, keys, config)
    ends = zip(pairs.left.tolist(), pairs.right.tolist(), strict=True)
    return Found(people, dict(zip(ends, together.tolist(), strict=True)))


def brute_force(evidence: Float64s) -> dict[oracles.Blocks, float]:
    k = len(evidence)
    weights = [oracles.weight_of(oracles.members_of(mask), evidence, PRIOR_BITS) for mask in range(1 << k)]
    return oracles.posterior_of(weights, k)


def all_together(partitions: dict[oracles.Blocks, float], members: list[int]) -> float:
    return sum(
        probability
        for blocks, probability in partitions.items()
        if any(set(members) <= set(block) for block in blocks)
    )


@given(st.integers(2, 6), st.integers(0, 10_000), st.sampled_from([1.0, 9.0]))
@settings(max_examples=40)
def test_probabilities_are_those_of_brute_force(k: int, seed: int, cost: float) -> None:
    evidence = oracles.invented_evidence(k, seed)
    rows = [3 * number + 1 for number in range(k)]
    found = partitioned(3 * k, weights_of(evidence, rows), replace(CONFIG, false_link_cost=cost))
    posterior = brute_force(evidence)
    together = oracles.together_of(posterior, k)
    clusters = [np.flatnonzero(found.people.cluster[rows] == label).tolist() for label in rows]
    for number, row in enumerate(rows):
        members = next(inside for inside in clusters if number in inside)
        assert found.people.cluster[row] == rows[members[0]]
        assert found.people.confidence[row] == pytest.approx(all_together(posterior, members), abs=1e-9)
        others = [together[number, other] for other in members if other != number]
        alone = sum(chance for blocks, chance in posterior.items() if (number,) in blocks)
        expected = np.mean(others) if others else alone
        assert found.people.membership[row] == pytest.approx(expected, abs=1e-9)
    for a, b in itertools.combinations(range(k), 2):
        assert found.together[rows[a], rows[b]] == pytest.approx(together[a, b], abs=1e-9)
    best = max(
        oracles.gain_of(blocks, together, cost / (1 + cost)) for blocks in oracles.set_partitions(range(k))
    )
    chosen = tuple(tuple(inside) for inside in clusters if inside)
    assert oracles.gain_of(chosen, together, cost / (1 + cost)) == pytest.approx(best, abs=1e-9)


def test_rows_without_plausible_links_are_single_and_certain() -> None:
    found = partitioned(5, {(1, 3): 20.0}).people
    assert found.cluster.tolist() == [0, 1, 2, 1, 4]
    assert found.confidence[[0, 2, 4]].tolist() == [1.0, 1.0, 1.0]
    assert found.membership[[0, 2, 4]].tolist() == [1.0, 1.0, 1.0]
    assert found.uncertain.tolist() == [1, 3]
    assert found.draws.shape == (CONFIG.draws, 2)


def test_no_rows_and_no_pairs() -> None:
    assert partitioned(0, {}).people.cluster.tolist() == []
    assert partitioned(3, {}).people.draws.shape == (CONFIG.draws, 0)


def test_draws_follow_the_posterior_of_their_component() -> None:
    evidence = oracles.invented_evidence(4, 11, spread=4.0)
    found = partitioned(6, weights_of(evidence, [1, 2, 4, 5]), replace(CONFIG, draws=20_000)).people
    together = oracles.together_of(brute_force(evidence), 4)
    drawn = (found.draws[:, :, None] == found.draws[:, None, :]).mean(axis=0)
    np.testing.assert_allclose(drawn, together, atol=0.015)
    assert found.uncertain.tolist() == [1, 2, 4, 5]


@pytest.mark.parametrize("k", [3, 9, 12])
def test_draws_are_labelled_by_the_smallest_row(k: int) -> None:
    found = partitioned(2 * k, weights_of(oracles.invented_evidence(k, 2), list(range(1, 2 * k, 2)))).people
    for draw in found.draws[:30]:
        for place, label in enumerate(draw.tolist()):
            assert label == found.uncertain[draw == label].min() <= found.uncertain[place]


@pytest.mark.parametrize("k", [4, 9, 12])
def test_an_unrelated_component_changes_nothing(k: int) -> None:
    evidence, other = oracles.invented_evidence(k, 5, spread=4.0), oracles.invented_evidence(k, 6)
    alone = partitioned(k, weights_of(evidence, list(range(k))), names=[f"B{row}" for row in range(k)])
    first = [f"A{row}" for row in range(k)]
    rows = list(range(k, 2 * k))
    both = partitioned(
        2 * k,
        weights_of(other, list(range(k))) | weights_of(evidence, rows),
        names=first + [f"B{row}" for row in range(k)],
    )
    np.testing.assert_array_equal(both.people.cluster[rows] - k, alone.people.cluster)
    np.testing.assert_array_equal(both.people.draws[:, k:] - k, alone.people.draws)
    np.testing.assert_allclose(both.people.confidence[rows], alone.people.confidence, atol=1e-12)
    np.testing.assert_allclose(both.people.membership[rows], alone.people.membership, atol=1e-12)


@pytest.mark.parametrize("k", [4, 9, 12])
def test_another_seed_or_key_draws_otherwise(k: int) -> None:
    bits = weights_of(oracles.invented_evidence(k, 5, spread=4.0), list(range(k)))
    draws = partitioned(k, bits).people.draws
    np.testing.assert_array_equal(draws, partitioned(k, bits).people.draws)
    assert not np.array_equal(draws, partitioned(k, bits, replace(CONFIG, seed=4)).people.draws)
    renamed = [f"X{row}" for row in range(k)]
    assert not np.array_equal(draws, partitioned(k, bits, names=renamed).people.draws)


def test_components_alike_are_drawn_independently() -> None:
    bits = {(0, 1): 0.0, (2, 3): 0.0}
    draws = partitioned(4, bits, replace(CONFIG, draws=4000)).people.draws
    first, second = draws[:, 0] == draws[:, 1], draws[:, 2] == draws[:, 3]
    assert first.mean() == pytest.approx(0.5, abs=0.03)
    assert (first & second).mean() == pytest.approx(0.25, abs=0.03)


def test_what_is_held_at_a_time_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    bits: dict[tuple[int, int], float] = {}
    for number in range(5):
        bits |= weights_of(oracles.invented_evidence(4, number), list(range(4 * number, 4 * number + 4)))
    at_once = partitioned(20, bits).people
    monkeypatch.setattr(partitioning, "BATCH_NUMBERS", 1)
    one_by_one = partitioned(20, bits).people
    np.testing.assert_array_equal(one_by_one.cluster, at_once.cluster)
    np.testing.assert_array_equal(one_by_one.draws, at_once.draws)
    np.testing.assert_allclose(one_by_one.confidence, at_once.confidence, atol=1e-12)


def test_a_sampled_component_is_reported_and_read_off_its_chain() -> None:
    k = 16
    person = np.arange(k) % 2
    evidence = np.where(person[:, None] == person, 30.0, -30.0)
    found = partitioned(k + 1, weights_of(evidence, list(range(1, k + 1))))
    assert found.people.sampled.tolist() == list(range(1, k + 1))
    assert found.people.chains_apart.tolist() == [0.0] * k
    assert (found.people.chains_worth > CONFIG.draws).all()
    assert found.people.cluster.tolist() == [0, *[1, 2] * (k // 2)]
    assert found.people.confidence[1:].tolist() == [1.0] * k
    assert found.people.membership[1:].tolist() == [1.0] * k
    assert found.together[1, 3] == 1.0
    assert found.together[1, 2] == 0.0


def test_exact_and_sampled_agree_where_both_can() -> None:
    bits = weights_of(oracles.invented_evidence(9, 1), list(range(9)))
    exact = partitioned(9, bits)
    config = replace(CONFIG, exact_component_size=8, partition_sweeps=1500)
    sampled = partitioned(9, bits, config)
    assert exact.people.sampled.tolist() == []
    assert sampled.people.sampled.tolist() == list(range(9))
    off = [abs(exact.together[pair] - sampled.together[pair]) for pair in exact.together]
    assert max(off) <= 0.02


def test_a_sampled_cluster_s_numbers_are_its_partitions_shares() -> None:
    evidence = oracles.invented_evidence(6, 3, spread=5.0)
    posterior = brute_force(evidence)
    config = replace(CONFIG, exact_component_size=2, partition_sweeps=200, draws=4000)
    found = partitioned(8, weights_of(evidence, list(range(6))), config)
    for row in range(6):
        members = np.flatnonzero(found.people.cluster == found.people.cluster[row]).tolist()
        alone = sum(chance for blocks, chance in posterior.items() if (row,) in blocks)
        expected = all_together(posterior, members)
        assert found.people.confidence[row] == pytest.approx(expected, abs=0.03)
        if len(members) == 1:
            assert found.people.membership[row] == pytest.approx(alone, abs=0.03)
    drawn = (found.people.draws[:, :, None] == found.people.draws[:, None, :]).mean(axis=0)
    np.testing.assert_allclose(drawn, oracles.together_of(posterior, 6), atol=0.03)


def test_a_weak_bridge_does_not_join_two_people() -> None:
    groups = [range(4), range(4, 8)]
    bits = dict.fromkeys(itertools.combinations(range(8), 2), -6.0)
    for group in groups:
        bits |= dict.fromkeys(itertools.combinations(group, 2), 12.0)
    bits[3, 4] = 1.0
    found = partitioned(8, bits).people
    assert found.cluster.tolist() == [0] * 4 + [4] * 4
    assert (found.confidence > 0.9).all()


@pytest.mark.parametrize("left_out", [(0, 1), (2, 3), (6, 8)])
@pytest.mark.parametrize("exact_size", [4, 2])
def test_incomplete_pairs_are_refused(left_out: tuple[int, int], exact_size: int) -> None:
    bits = {
        **weights_of(np.full((4, 4), 9.0), [0, 1, 2, 3]),
        **weights_of(np.full((4, 4), 9.0), [5, 6, 7, 8]),
    }
    del bits[left_out]
    with pytest.raises(ValueError, match="not complete"):
        partitioned(9, bits, replace(CONFIG, exact_component_size=exact_size))


def bottleneck(members: list[int], bits: dict[tuple[int, int], float]) -> float:
    """The highest floor at which the members are still connected."""
    best = -np.inf
    for floor in set(bits.values()):
        pairs = pairs_of({pair: value for pair, value in bits.items() if value >= floor})
        of = components(max(members) + 1, pairs.left, pairs.right)
        if len(set(of[members].tolist())) == 1:
            best = max(best, floor)
    return best


@given(st.data())
def test_the_weakest_link_is_the_bottleneck(data: st.DataObject) -> None:
    label: Int64s = np.array(data.draw(st.lists(st.integers(0, 3), min_size=2, max_size=9)))
    cluster = np.array([int(np.flatnonzero(label == value)[0]) for value in label])
    weight = st.one_of(st.floats(-30, 30), st.sampled_from([0.0, 5.0]))
    bits = {pair: data.draw(weight) for pair in itertools.combinations(range(len(label)), 2)}
    found = weakest_links(len(label), cluster, pairs_of(bits))
    for smallest in np.unique(cluster).tolist():
        members = np.flatnonzero(cluster == smallest).tolist()
        if len(members) == 1:
            assert np.isnan(found[members[0]])
            continue
        inside = {pair: bits[pair] for pair in itertools.combinations(members, 2)}
        assert found[members].tolist() == pytest.approx(
            [bottleneck(members, inside)] * len(members), abs=1e-9
        )


def test_singles_have_no_weakest_link() -> None:
    assert np.isnan(weakest_links(3, np.arange(3), pairs_of({(0, 1): 5.0}))).all()
    assert np.isnan(weakest_links(2, np.arange(2), pairs_of({}))).all()


def at_points(
    bits: dict[tuple[int, int], float], n_rows: int, changes: Float64s | None, config: LinkageConfig = CONFIG
) -> Found:
    """`changes`: (n_points, p), what points of the parameters' posterior add."""
    pairs = pairs_of(bits)
    keys = id_hashes(np.array([f"R{row}" for row in range(n_rows)], dtype=object))
    of = components(n_rows, pairs.left, pairs.right)
    added = None if changes is None else (lambda at: changes[:, at])
    people, together = partition(n_rows, of, pairs, PRIOR_BITS, keys, config, added)
    return Found(people, dict(zip(sorted(bits), together.tolist(), strict=True)))


def changed_by(bits: dict[tuple[int, int], float], added: Float64s) -> dict[tuple[int, int], float]:
    return {pair: bits[pair] + more for pair, more in zip(sorted(bits), added.tolist(), strict=True)}


@settings(max_examples=20)
@given(st.integers(2, 9), st.integers(0, 10_000), st.integers(1, 5))
def test_points_that_change_nothing_leave_everything_as_it_is(k: int, seed: int, n_points: int) -> None:
    bits = weights_of(oracles.invented_evidence(k, seed), list(range(k)))
    nothing = np.zeros((n_points, len(bits)))
    without, with_points = (at_points(bits, k, changes) for changes in (None, nothing))
    np.testing.assert_array_equal(without.people.draws, with_points.people.draws)
    np.testing.assert_array_equal(without.people.cluster, with_points.people.cluster)
    assert with_points.together == pytest.approx(without.together, abs=1e-9)


@settings(max_examples=20)
@given(st.integers(2, 6), st.integers(0, 10_000))
def test_probabilities_are_the_mean_of_the_points_and_draws_take_them_in_turn(k: int, seed: int) -> None:
    evidence = oracles.invented_evidence(k, seed)
    bits = weights_of(evidence, list(range(k)))
    changes = np.random.default_rng(seed).normal(0, 2, (2, len(bits)))
    found, posteriors = at_points(bits, k, changes), []
    for point, added in enumerate(changes):
        changed = changed_by(bits, added)
        alone = at_points(changed, k, None).people.draws[point::2]
        assert (found.people.draws[point::2] == alone).all(axis=1).mean() > 0.98
        matrix = np.zeros((k, k))
        for (a, b), weight in changed.items():
            matrix[a, b] = matrix[b, a] = weight - PRIOR_BITS
        posteriors.append(brute_force(matrix))
    for pair, said in found.together.items():
        assert said == pytest.approx(np.mean([all_together(one, list(pair)) for one in posteriors]), abs=1e-9)
    for label in np.unique(found.people.cluster).tolist():
        members = np.flatnonzero(found.people.cluster == label).tolist()
        sure = np.mean([all_together(one, members) for one in posteriors])
        assert found.people.confidence[members].tolist() == pytest.approx([sure] * len(members), abs=1e-9)


@pytest.mark.parametrize("k", [9, 14])
def test_a_larger_component_is_weighed_at_the_mean_of_the_points(k: int) -> None:
    bits = weights_of(oracles.invented_evidence(k, 4), list(range(k)))
    changes = np.random.default_rng(4).normal(0, 1, (3, len(bits)))
    alone, found = at_points(changed_by(bits, changes.mean(axis=0)), k, None), at_points(bits, k, changes)
    assert (found.people.draws == alone.people.draws).all(axis=1).mean() > 0.98
    assert found.together == pytest.approx(alone.together, abs=0.02)
    assert found.together != pytest.approx(at_points(bits, k, None).together, abs=0.02)
