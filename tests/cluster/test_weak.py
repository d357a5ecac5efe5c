"""Links too weak to weigh: draws hold as many as are expected, and only between people who are alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nrm_linkage.cluster.weak import WeakLinks, weak_links, with_weak_links
from nrm_linkage.compare import FIELDS
from nrm_linkage.config import LinkageConfig
from nrm_linkage.model import EVIDENCE_LINES, Leeway, Unseen
from nrm_linkage.provenance import id_hashes
from nrm_linkage.tables import Int64s, Partition, Referrals, ScoredPairs
from tests.frames import frame_of, people, referrals_of

N_ROWS = 400
CONFIG = LinkageConfig(draws=300)
NOTHING_UNSEEN = Unseen(0.0, 0.0, 0.0)
KEYS = id_hashes(np.array([f"R{row}" for row in range(N_ROWS)], dtype=object))
NOBODY = np.zeros(0, dtype=np.int64)


@pytest.fixture(scope="module")
def rows() -> Referrals:
    """As many referrals of no known nationality."""
    return referrals_of(frame_of([("Zamir", "Testaj", "", "")] * N_ROWS))


def points(doubt_bits: list[float]) -> Leeway:
    """Points that change nothing but what the model doubts."""
    n = len(doubt_bits)
    return Leeway(np.array(doubt_bits), np.zeros((n, 1)), np.zeros((n, 1, 0, 1)))


def pairs_of(ends: list[tuple[int, int]], weight_bits: float) -> ScoredPairs:
    left, right = np.array(ends, dtype=np.int32).reshape(-1, 2).T
    n = len(left)
    levels = np.zeros((n, len(FIELDS)), dtype=np.int8)
    return ScoredPairs(
        left,
        right,
        np.zeros(n, dtype=np.int32),
        levels,
        np.zeros((n, len(EVIDENCE_LINES))),
        np.full(n, weight_bits),
    )


def all_alone(n_rows: int = N_ROWS, uncertain: Int64s = NOBODY, label: Int64s = NOBODY) -> Partition:
    """A partition in which nobody is joined in any draw but the rows in `uncertain`."""
    every = np.arange(n_rows)
    draws = np.tile(label.astype(np.int32), (CONFIG.draws, 1))
    ones, none = np.ones(n_rows), np.zeros(0)
    return Partition(every, ones, ones, uncertain, draws, NOBODY, none, none, component=every)


def joins(partition: Partition) -> list[set[tuple[int, ...]]]:
    """The clusters of two or more of each draw."""
    found = []
    for label in partition.draws.tolist():
        clusters: dict[int, list[int]] = {}
        for row, smallest in zip(partition.uncertain.tolist(), label, strict=True):
            clusters.setdefault(smallest, []).append(row)
        assert all(smallest == members[0] for smallest, members in clusters.items())
        found.append({tuple(members) for members in clusters.values() if len(members) > 1})
    return found


DISJOINT = [(row, row + 1) for row in range(0, N_ROWS, 2)]


HIDDEN = Unseen(100.0, 2.0, 7.0, hidden=(2.5, 3.5))


@pytest.mark.parametrize("unseen", [NOTHING_UNSEEN, HIDDEN])
def test_as_many_are_joined_as_are_expected(rows: Referrals, unseen: Unseen) -> None:
    pairs, two = pairs_of(DISJOINT, -5.0), points([0.0, 0.0])
    weak = weak_links(rows, np.arange(N_ROWS), pairs, two, unseen, KEYS, CONFIG)
    at_points = len(DISJOINT) / (1 + 2.0**5) + unseen.too_common + np.array(unseen.hidden or (0.0, 0.0))
    np.testing.assert_allclose(weak.chance.sum(axis=1), at_points)
    expected = at_points.mean()
    n_each = [len(one) for one in joins(with_weak_links(all_alone(), weak, CONFIG))]
    assert np.mean(n_each) == pytest.approx(expected, abs=4 * np.sqrt(expected / CONFIG.draws))


def test_hidden_pairs_are_like_those_so_low_and_others_count_as_they_are(rows: Referrals) -> None:
    """However many low pairs there are, they stand for those that are expected to be hidden."""
    pairs = pairs_of(DISJOINT, -5.0)
    low = np.arange(len(DISJOINT)) % 2 == 0
    pairs = replace(pairs, weight_bits=np.where(low, -8.0, -5.0))
    weak = weak_links(rows, np.arange(N_ROWS), pairs, points([0.0, 0.0]), HIDDEN, KEYS, CONFIG)
    is_low = low[weak.left // 2]
    np.testing.assert_allclose(weak.chance[:, is_low].sum(axis=1), [4.5, 5.5])
    np.testing.assert_allclose(weak.chance[:, ~is_low].sum(axis=1), (~low).sum() / (1 + 2.0**5))


def test_repeats_among_weak_pairs_are_assessed_as_those_of_sure_pairs() -> None:
    """Of sure pairs four in five may be about one instance, of weak ones one in five."""
    pairs = pairs_of(DISJOINT, -8.0)
    n = len(DISJOINT)
    sure = np.arange(n) >= n // 2
    one_instance = np.where(sure, np.arange(n) % 5 != 0, np.arange(n) % 5 == 0)
    records = [
        {
            "given_name": "Zamir",
            "referral_date": f"{1 + side:02d}/06/2023",
            "exploitation_end": "01/05/2023" if one_instance[pair] else "",
        }
        for pair in range(n)
        for side in (0, 1)
    ]
    of_people = referrals_of(people(*records))
    pairs = replace(pairs, weight_bits=np.where(sure, 8.0, -8.0))
    component = np.where(np.repeat(sure, 2), np.arange(N_ROWS) // 2 * 2, np.arange(N_ROWS))
    weak = weak_links(of_people, component, pairs, points([0.0, 0.0]), HIDDEN, KEYS, CONFIG)
    assert not sure[weak.left // 2].any()
    np.testing.assert_allclose(weak.chance.sum(axis=1), [4.5, 5.5])
    share = weak.chance[0, one_instance[weak.left // 2]].sum() / weak.chance[0].sum()
    # As many as of sure pairs, shrunk to a fifth with the weight of twenty.
    assert share == pytest.approx((80 + 20 * 0.2) / 120, abs=0.03)


def test_draws_that_doubt_less_join_more(rows: Referrals) -> None:
    pairs = pairs_of(DISJOINT, -5.0)
    weak = weak_links(rows, np.arange(N_ROWS), pairs, points([-1.0, 1.0]), NOTHING_UNSEEN, KEYS, CONFIG)
    of_point = weak.chance.sum(axis=1)
    assert of_point[1] / of_point[0] == pytest.approx((1 + 2.0**6) / (1 + 2.0**4))
    n_each = np.array([len(one) for one in joins(with_weak_links(all_alone(), weak, CONFIG))])
    assert n_each[1::2].mean() > 2 * n_each[0::2].mean()


@settings(max_examples=30)
@given(
    st.lists(
        st.tuples(st.integers(0, 29), st.integers(0, 29)).filter(lambda ends: ends[0] < ends[1]), max_size=60
    )
)
def test_only_who_is_alone_is_joined_and_the_rest_stays(ends: list[tuple[int, int]]) -> None:
    ends = sorted(set(ends))
    left, right = np.array(ends, dtype=np.int32).reshape(-1, 2).T
    key = np.arange(len(ends), dtype=np.uint64)
    weak = WeakLinks(left, right, np.full((1, len(ends)), 0.5), key)
    drawn = all_alone(30, np.array([3, 4, 5, 9]), np.array([3, 3, 5, 9]))
    together = joins(with_weak_links(drawn, weak, CONFIG))
    for one in together:
        assert (3, 4) in one
        others = one - {(3, 4)}
        assert all(cluster in ends for cluster in others)
        assert not any({3, 4} & set(cluster) for cluster in others)
    if any({3, 4}.isdisjoint(pair) for pair in ends):
        assert any(len(one) > 1 for one in together)


def test_draws_that_may_be_spent_are_filled_in_place_as_copies_are(rows: Referrals) -> None:
    weak = weak_links(
        rows, np.arange(N_ROWS), pairs_of(DISJOINT, -5.0), points([0.0]), NOTHING_UNSEEN, KEYS, CONFIG
    )
    copied = with_weak_links(all_alone(), weak, CONFIG)
    uncertain = np.sort(weak.rows).astype(np.int64)
    with_room = all_alone(uncertain=uncertain, label=uncertain)
    kept = with_weak_links(with_room, weak, CONFIG)
    np.testing.assert_array_equal(kept.draws, copied.draws)
    assert (with_room.draws == uncertain).all()
    spent = with_weak_links(with_room, weak, CONFIG, spend=True)
    np.testing.assert_array_equal(spent.draws, copied.draws)
    assert spent.draws is with_room.draws


def test_the_order_of_rows_changes_nothing(rows: Referrals) -> None:
    order = np.random.default_rng(2).permutation(N_ROWS)
    place = np.argsort(order)
    ends = [(int(place[a]), int(place[b])) for a, b in DISJOINT]
    moved = sorted((min(one), max(one)) for one in ends)
    found = []
    for pairs_at, keys in ((DISJOINT, KEYS), (moved, KEYS[order])):
        pairs = pairs_of(pairs_at, -5.0)
        weak = weak_links(rows, np.arange(N_ROWS), pairs, points([0.0]), NOTHING_UNSEEN, keys, CONFIG)
        found.append(joins(with_weak_links(all_alone(), weak, CONFIG)))
    first, second = found
    back = [{tuple(sorted(int(order[row]) for row in cluster)) for cluster in draw} for draw in second]
    assert first == back


def test_links_within_components_and_judged_referrals_are_left_out(rows: Referrals) -> None:
    component = np.arange(N_ROWS) // 2 * 2
    none = weak_links(rows, component, pairs_of(DISJOINT, -5.0), points([0.0]), NOTHING_UNSEEN, KEYS, CONFIG)
    assert len(none.left) == 0
    alone = all_alone()
    assert with_weak_links(alone, none, CONFIG) is alone
    some = weak_links(
        rows, np.arange(N_ROWS), pairs_of(DISJOINT, -5.0), points([0.0]), NOTHING_UNSEEN, KEYS, CONFIG
    )
    touched = some.apart_from(some.left[:1].astype(np.int64))
    assert len(touched.left) == len(some.left) - 1
    assert touched.chance.shape == (1, len(touched.left))
