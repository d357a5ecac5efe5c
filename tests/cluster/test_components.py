"""Components against networkx, and what is cut, and reported as cut."""

from __future__ import annotations

import itertools

import networkx as nx
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nrm_linkage.cluster import Components, components, cut_large
from nrm_linkage.cluster.components import MAX_COMPONENT, TOLERABLE_FLOOR_BITS

FLOOR = -7.0
Link = tuple[int, int, float]


def cut(n_rows: int, links: list[Link], exact_size: int = 4) -> Components:
    left, right = (np.array([link[end] for link in links], dtype=np.int32) for end in (0, 1))
    bits = np.array([link[2] for link in links], dtype=np.float64)
    return cut_large(n_rows, left, right, bits, FLOOR, exact_size)


def smallest_members(n_rows: int, links: list[Link]) -> list[int]:
    graph = nx.Graph()
    graph.add_nodes_from(range(n_rows))
    graph.add_edges_from((a, b) for a, b, _ in links)
    smallest = {row: min(found) for found in nx.connected_components(graph) for row in found}
    return [smallest[row] for row in range(n_rows)]


def clique(rows: range, bits: float) -> list[Link]:
    return [(a, b, bits) for a, b in itertools.combinations(rows, 2)]


@st.composite
def graphs(draw: st.DrawFn) -> tuple[int, list[Link]]:
    n_rows = draw(st.integers(2, 30))
    pairs = draw(
        st.lists(
            st.tuples(st.integers(0, n_rows - 1), st.integers(0, n_rows - 1)).filter(
                lambda ab: ab[0] < ab[1]
            ),
            max_size=40,
            unique=True,
        )
    )
    return n_rows, [
        (a, b, draw(st.sampled_from([-20.0, -7.5, -7.0, -5.0, -3.0, 0.0, 12.0]))) for a, b in pairs
    ]


@given(graphs())
def test_components_are_networkx_s(graph: tuple[int, list[Link]]) -> None:
    n_rows, links = graph
    left, right = (np.array([link[end] for link in links], dtype=np.int32) for end in (0, 1))
    assert components(n_rows, left, right).tolist() == smallest_members(n_rows, links)


@given(graphs())
def test_nothing_is_cut_when_all_are_small(graph: tuple[int, list[Link]]) -> None:
    n_rows, links = graph
    found = cut(n_rows, links, exact_size=30)
    assert found.of.tolist() == smallest_members(n_rows, [link for link in links if link[2] >= FLOOR])
    assert (found.cuts, found.uncut) == ((), ())


@given(graphs())
def test_a_cut_parts_and_never_joins_and_only_what_was_too_large(graph: tuple[int, list[Link]]) -> None:
    n_rows, links = graph
    found = cut(n_rows, links, exact_size=4)
    whole = np.array(smallest_members(n_rows, [link for link in links if link[2] >= FLOOR]))
    size = np.bincount(whole, minlength=n_rows)
    np.testing.assert_array_equal(whole[found.of], whole)
    small = size[whole] <= 4
    np.testing.assert_array_equal(found.of[small], whole[small])
    assert bool(found.cuts) == bool((size > 4).any())
    # A link of odds that cannot be given up for exactness joins its ends still.
    for a, b, bits in links:
        if bits >= TOLERABLE_FLOOR_BITS:
            assert found.of[a] == found.of[b]


def test_two_cliques_on_a_weak_bridge_are_cut_at_the_floor_that_parts_them() -> None:
    links = [*clique(range(3), 10.0), *clique(range(3, 6), 10.0), (2, 3, -5.75)]
    found = cut(6, links, exact_size=5)
    assert found.of.tolist() == [0, 0, 0, 3, 3, 3]
    assert found.cuts == ((6, -6.5), (6, -6.0), (6, -5.5))
    assert found.uncut == ()


def test_the_floor_rises_only_where_it_must() -> None:
    links = [*clique(range(6), -4.0), (6, 7, -6.9)]
    found = cut(8, links, exact_size=5)
    assert found.of.tolist() == [0, 1, 2, 3, 4, 5, 6, 6]


def test_what_the_tolerable_floor_does_not_cut_is_left_whole_to_be_sampled() -> None:
    found = cut(8, clique(range(8), 5.0))
    assert found.of.tolist() == [0] * 8
    assert {size for size, _ in found.cuts} == {8}
    assert max(floor for _, floor in found.cuts) == TOLERABLE_FLOOR_BITS
    assert found.uncut == ()


def test_a_component_too_large_to_sample_is_cut_at_its_weak_links() -> None:
    chain = [(row, row + 1, 20.0 if row % 5 != 4 else 8.0) for row in range(MAX_COMPONENT + 4)]
    found = cut(MAX_COMPONENT + 5, chain, exact_size=6)
    assert np.unique(found.of).tolist() == list(range(0, MAX_COMPONENT + 5, 5))
    assert max(floor for _, floor in found.cuts) == TOLERABLE_FLOOR_BITS
    assert found.uncut == (MAX_COMPONENT + 5,)


def test_links_that_are_all_alike_are_not_all_given_up() -> None:
    n_rows = 2 * MAX_COMPONENT
    chain = [(row, row + 1, 12.0) for row in range(n_rows - 1)]
    found = cut(n_rows + 2, [*chain, (n_rows, n_rows + 1, 3.0)], exact_size=12)
    assert np.unique(found.of).tolist() == [*range(0, n_rows, 12), n_rows]
    assert found.uncut == (n_rows,)


@pytest.mark.parametrize("n_rows", [MAX_COMPONENT + 1, 3 * MAX_COMPONENT + 7])
def test_a_mass_of_records_all_alike_falls_into_pieces_that_can_be_weighed(n_rows: int) -> None:
    random = np.random.default_rng(n_rows)
    ends = np.sort(random.integers(0, n_rows, (20 * n_rows, 2)), axis=1)
    ends = np.unique(ends[ends[:, 0] < ends[:, 1]], axis=0)
    found = cut(n_rows, [(a, b, 60.0) for a, b in ends.tolist()], exact_size=10)
    size = np.bincount(found.of)
    assert found.uncut == (n_rows,)
    assert size.max() <= 10
    # No two pieces that are tied would fit together.
    one, other = found.of[ends[:, 0]], found.of[ends[:, 1]]
    assert (size[one] + size[other] > 10)[one != other].all()


def test_no_rows_and_no_pairs() -> None:
    assert cut(0, []).of.tolist() == []
    assert cut(3, []).of.tolist() == [0, 1, 2]
