"""Time and memory of the cluster stage by size: `python benchmarks/cluster_scale.py [REFERRALS]`.

Two kinds of graphs. One is like real ones at a million referrals: components of `make_referrals(20_000)`,
harsher errors, with their pairs' weights, what the points of the parameters' posterior add to them and what
draws lean on, copied until there are REFERRALS rows (1,000,000 unless said otherwise); every copy has keys,
and so draws, of its own. The other is one component of 10,000: a mass of referrals each of which is like
twenty others, with links that some floor cuts, or that none does; a chain in which each is like the next; and
a mass of records all alike. Pairs that are no link stand at -20 bits.

The output is a Markdown table: referrals; components, and the largest before and after cutting; pairs;
seconds to cut and to weigh; peak memory of the process so far; how far chains are apart at most.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

import numpy as np
from accuracy import print_row

from nrm_linkage import link_referrals, make_referrals
from nrm_linkage.cluster import components, cut_large, partition, people
from nrm_linkage.cluster.leaning import Leaning
from nrm_linkage.cluster.partitioning import Changes
from nrm_linkage.compare import FIELDS
from nrm_linkage.config import LinkageConfig
from nrm_linkage.model import EVIDENCE_LINES
from nrm_linkage.tables import Float64s, Int32s, Int64s, ScoredPairs

HEADINGS = (
    *("graph", "referrals", "components", "largest", "after cutting", "pairs", "seconds to cut", "to weigh"),
    *("peak memory, GB", "chains apart"),
)
PRIOR_BITS = -14.0
NO_LINK_BITS = -20.0
LARGE = 10_000


@dataclass(frozen=True, eq=False)
class Graph:
    """Rows, and links with their match weights; where they are known, their levels and lines of evidence, and
    what points add to all pairs within components and draws lean on.
    """

    n_rows: int
    left: Int32s
    right: Int32s
    weight_bits: Float64s
    levels: Any = None
    lines: Any = None
    changes: Changes | None = None
    leaning: Leaning | None = None


def copied(n_referrals: int) -> tuple[Graph, float]:
    """Components of an invented extract, as often as it takes, and the prior."""
    taken: list[Any] = []

    def keeping(*given: Any) -> Any:
        taken.append(given)
        return partition(*given)

    made = make_referrals(20_000, seed=6, errors="harsher").drop(columns=["true_person", "true_instance"])
    with patch.object(people, "partition", keeping):
        link_referrals(made, progress=False)
    n_rows, _, pairs, prior_bits, _, _, changes, leaning, *_ = taken[0]
    n_copies = -(-n_referrals // n_rows)
    shift = np.repeat(np.arange(n_copies, dtype=np.int64) * n_rows, len(pairs))
    left, right = (
        (np.tile(ends.astype(np.int64), n_copies) + shift).astype(np.int32)
        for ends in (pairs.left, pairs.right)
    )
    weight_bits = np.tile(pairs.weight_bits, n_copies)
    levels, lines = (np.tile(table, (n_copies, 1)) for table in (pairs.levels, pairs.bits))

    def added(at: Int64s) -> Float64s:
        return np.asarray(changes(at % len(pairs)))

    turn = (leaning.turn + np.arange(n_copies)[:, None] * n_rows).ravel()
    lean = Leaning(np.tile(leaning.bits, n_copies), turn)
    return Graph(n_copies * n_rows, left, right, weight_bits, levels, lines, added, lean), prior_bits


def mass(bits: Callable[[np.random.Generator, int], Float64s]) -> Graph:
    """Each referral is like twenty others."""
    random = np.random.default_rng(1)
    ends = np.sort(random.integers(0, LARGE, (10 * LARGE, 2)), axis=1)
    ends = np.unique(ends[ends[:, 0] < ends[:, 1]], axis=0).astype(np.int32)
    return Graph(LARGE, ends[:, 0], ends[:, 1], bits(random, len(ends)))


def chain() -> Graph:
    """Each referral is like the next."""
    row = np.arange(LARGE - 1, dtype=np.int32)
    return Graph(LARGE, row, (row + 1).astype(np.int32), np.full(LARGE - 1, 12.0))


def graphs(n_referrals: int) -> Iterator[tuple[str, Graph, float]]:
    """All graphs, with their priors."""
    yield "a chain", chain(), PRIOR_BITS
    yield "a mass, links of 2 to 20 bits", mass(lambda random, n: random.uniform(2, 20, n)), PRIOR_BITS
    yield "a mass, links of 50 to 60 bits", mass(lambda random, n: random.uniform(50, 60, n)), PRIOR_BITS
    yield "a mass, links of 12 bits", mass(lambda _, n: np.full(n, 12.0)), PRIOR_BITS
    graph, prior_bits = copied(n_referrals)
    yield "copies of an invented extract", graph, prior_bits


def within(of: Int64s, graph: Graph) -> ScoredPairs:
    """All pairs within components: the links, and what is no link."""
    n_rows = graph.n_rows
    size = np.bincount(of, minlength=n_rows)
    ends: list[Int64s] = [np.zeros((0, 2), dtype=np.int64)]
    for k in np.unique(size[size > 1]).tolist():
        rows = np.flatnonzero(size[of] == k)
        members = rows[np.argsort(of[rows], kind="stable")].reshape(-1, k)
        one, other = np.triu_indices(k, 1)
        ends.append(np.stack([members[:, one].ravel(), members[:, other].ravel()], axis=1))
    pairs = np.concatenate(ends)
    pairs = pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]
    known = graph.left.astype(np.int64) * n_rows + graph.right
    wanted = pairs[:, 0] * n_rows + pairs[:, 1]
    place = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
    weight_bits = np.where(known[place] == wanted, graph.weight_bits[place], NO_LINK_BITS)
    n_pairs = len(pairs)
    if graph.lines is None:
        levels, lines = np.zeros((n_pairs, len(FIELDS)), np.int8), np.zeros((n_pairs, len(EVIDENCE_LINES)))
    else:
        levels, lines = graph.levels[place], graph.lines[place]
    left, right = (pairs[:, end].astype(np.int32) for end in (0, 1))
    return ScoredPairs(left, right, np.zeros(n_pairs, dtype=np.int32), levels, lines, weight_bits)


def measured(name: str, graph: Graph, prior_bits: float) -> None:
    """One row of the table."""
    n_rows, left, right, bits = graph.n_rows, graph.left, graph.right, graph.weight_bits
    config = LinkageConfig()
    plausible = bits >= config.component_floor_bits
    before = components(n_rows, left[plausible], right[plausible])
    started = time.perf_counter()
    found = cut_large(n_rows, left, right, bits, config.component_floor_bits, config.exact_component_size)
    cut = time.perf_counter()
    pairs = within(found.of, graph)
    keys = np.random.default_rng(2).integers(0, 2**64, n_rows, dtype=np.uint64)
    began = time.perf_counter()
    partitioned, _ = partition(
        n_rows, found.of, pairs, prior_bits, keys, config, graph.changes, graph.leaning
    )
    done = time.perf_counter()
    sizes = np.bincount(found.of)
    print_row(
        *(name, f"{n_rows:,}", f"{np.count_nonzero(sizes > 1):,}", f"{np.bincount(before).max():,}"),
        *(f"{sizes.max():,}", f"{len(pairs):,}", f"{cut - started:.1f}", f"{done - began:.1f}"),
        f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.1f}",
        f"{partitioned.chains_apart.max():.2f}" if len(partitioned.sampled) else "",
    )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Time and memory of the cluster stage.")
    parser.add_argument("referrals", nargs="?", type=int, default=1_000_000)
    print_row(*HEADINGS)
    print_row(*["---"] * len(HEADINGS))
    for name, graph, prior_bits in graphs(parser.parse_args().referrals):
        measured(name, graph, prior_bits)


if __name__ == "__main__":
    main()
