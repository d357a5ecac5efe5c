"""How many pairs blocking compares, and how many true pairs it keeps, as the extract grows:
`python benchmarks/candidates.py [referrals ...]` (10,000, 100,000 and 1,000,000 where none are named).

For each size so many invented referrals, as assumed, of the same nineteen months, with the library's
defaults: recognise, arrange, normalise, candidate pairs; nothing is compared or linked. A population is made
in one process and measured in another, which starts with nothing in memory, so that making it counts for
neither seconds nor memory. "peak memory" is the most that the measuring process held, the extract itself
included; "seconds" leave out reading the extract.

Pairs per referral are over linkable referrals. True pairs are of linkable referrals that are no technical
duplicate, as `evaluate` counts them. What this does not show: populations over a longer time, in which the
same people return later. The output is a Markdown table.
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd

from nrm_linkage import LinkageConfig, make_referrals
from nrm_linkage.block import candidate_pairs
from nrm_linkage.errors import TooManyPairsError
from nrm_linkage.evaluation.tallies import measured, tally
from nrm_linkage.normalise.referrals import normalise_referrals
from nrm_linkage.schema import arrange, recognise

SIZES = (10_000, 100_000, 1_000_000)
SEED = 1
TRUTH = ["true_person", "true_instance"]
HEADINGS = (
    *("referrals", "linkable", "candidate pairs", "pairs per referral", "true pairs", "kept by blocking"),
    *("seconds to normalise", "to block", "peak memory, GB"),
)


def make(size: int, file: Path) -> None:
    """Write a population."""
    make_referrals(1, seed=SEED, n_referrals=size).to_parquet(file)


def measure(file: Path) -> list[str]:
    """A row of the table."""
    made = pd.read_parquet(file)
    truth = pd.factorize(made["true_person"])[0].astype(np.int64)
    frame = made.drop(columns=TRUTH)
    del made
    started = time.perf_counter()
    raw = arrange(frame, recognise(frame, None))
    config = LinkageConfig()
    rows = normalise_referrals(raw, config).referrals
    normalised = time.perf_counter()
    try:
        pairs = candidate_pairs(rows, config)
    except TooManyPairsError as refused:
        return [f"{rows.n:,}", f"{rows.linkable.sum():,}", f"refused: {refused}"]
    blocked = time.perf_counter()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    person = truth[raw.position]
    counted = rows.linkable & (rows.duplicate_of == np.arange(rows.n))
    compared = person[pairs.left], person[pairs.right]
    totals = tally(person, np.arange(rows.n), counted, int(person.max()) + 1, compared).sum(axis=0)
    true_pairs = pd.Series(person[counted]).value_counts()
    return [
        f"{rows.n:,}",
        f"{rows.linkable.sum():,}",
        f"{len(pairs):,}",
        f"{len(pairs) / rows.linkable.sum():.1f}",
        f"{(true_pairs * (true_pairs - 1) // 2).sum():,}",
        f"{float(measured(totals)['pair_completeness']):.4f}",
        f"{normalised - started:.1f}",
        f"{blocked - normalised:.2f}",
        f"{peak / (1024**3 if sys.platform == 'darwin' else 1024**2):.1f}",
    ]


def table(sizes: list[int]) -> Iterator[list[str]]:
    """A row a size, each in processes of its own."""
    for size in sizes:
        with (
            TemporaryDirectory() as folder,
            ProcessPoolExecutor(1, mp_context=get_context("spawn"), max_tasks_per_child=1) as processes,
        ):
            file = Path(folder) / "referrals.parquet"
            processes.submit(make, size, file).result()
            yield processes.submit(measure, file).result()


def main() -> None:
    """Print the table."""
    sizes = [int(size) for size in sys.argv[1:]] or list(SIZES)
    for cells in (list(HEADINGS), ["---"] * len(HEADINGS)):
        print("|", " | ".join(cells), "|", flush=True)
    for cells in table(sizes):
        print("|", " | ".join(cells), "|", flush=True)


if __name__ == "__main__":
    main()
