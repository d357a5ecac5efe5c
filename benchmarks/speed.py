"""What linking costs, beside its peers: `python benchmarks/speed.py [--people N] [--rounds R] [--who ...]`.

One file of invented referrals (`make_referrals(N, seed=1)`); who links it takes turns, R times, each time in
a process of its own: the library, Splink (`peers_splink.py`, at 0.9), recordlinkage
(`peers_recordlinkage.py`, at 0.5), with the settings that `accuracy.py` says. The median of the rounds is
shown.

"seconds" and "CPU seconds" (of all threads) run from the records in memory to clusters, cleaning included,
imports too where they are made on the way; "peak GB" is all that the process ever held, interpreter and
imports included. "kept by blocking" and F1 are of pairs, over the records that `evaluate` counts for the
library; so it goes first, and leaves what they are to the peers. Ratios are to the library.

`floor` is no linkage: Jaro-Winkler of rapidfuzz, once, for each distinct pair of name words that the
library's candidate pairs bring together. Who compares names needs about that at least, unless most pairs are
ruled out more cheaply.

Splink needs the extra `bench`. The table is Markdown.
"""

from __future__ import annotations

import argparse
import json
import resource
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np
import pandas as pd

from nrm_linkage import evaluate, link_referrals, make_referrals

RECORDS, MEASURED, COLUMNS = "records.parquet", "measured.npz", "columns.json"
SEED = 1
TRUTH = ["true_person", "true_instance"]
HEADINGS = (
    *("linked by", "seconds", "CPU seconds", "peak GB", "x seconds", "x CPU", "x GB"),
    *("kept by blocking", "F1"),
)

Found = dict[str, float]
T = TypeVar("T")


def the_library(folder: Path) -> Found:
    """`link_referrals` with its defaults; leaves to the peers which records count and what they hold."""
    from accuracy import Measured

    records = pd.read_parquet(folder / RECORDS)
    given, truth = records.drop(columns=TRUTH), records["true_person"].astype(str)
    linkage, cost = timed(lambda: link_referrals(given, progress=False))
    found = evaluate(linkage, truth)
    measured = Measured.of(linkage, truth)
    np.savez(folder / MEASURED, person=measured.person, counted=measured.counted)
    columns = {field: list(map(str, used)) for field, used in linkage.run.recognised.columns.items()}
    (folder / COLUMNS).write_text(json.dumps(columns), encoding="utf-8")
    return cost | {"kept": found.pair_completeness, "f1": found.f1}


def a_peer(module: str, threshold: float) -> Callable[[Path], Found]:
    """A peer's scoring, cleaning before and connected components after it."""

    def run(folder: Path) -> Found:
        from accuracy import Measured, components
        from peers_cleaning import cleaned

        scored_pairs = __import__(module).scored_pairs
        records = pd.read_parquet(folder / RECORDS).drop(columns=TRUTH)
        columns = json.loads((folder / COLUMNS).read_text(encoding="utf-8"))

        def link() -> pd.DataFrame:
            pairs: pd.DataFrame = scored_pairs(cleaned(records, columns))
            components(len(records), pairs, threshold)
            return pairs

        pairs, cost = timed(link)
        with np.load(folder / MEASURED) as saved:
            found = Measured(saved["person"], saved["counted"]).measures(pairs, threshold)
        return cost | {"kept": found["pair_completeness"], "f1": found["f1"]}

    return run


def the_floor(folder: Path) -> Found:
    """Jaro-Winkler once for each distinct pair of words that candidate pairs bring together."""
    from rapidfuzz import process
    from rapidfuzz.distance import JaroWinkler

    from nrm_linkage.block import candidate_pairs

    records = pd.read_parquet(folder / RECORDS).drop(columns=TRUTH)
    run = link_referrals(records, progress=False).run
    bags, pairs = run.referrals.names, candidate_pairs(run.referrals, run.config)
    left, right = distinct_word_pairs(bags.tokens.start, bags.tokens.token, pairs.left, pairs.right)
    texts = np.array(bags.tokens.texts, dtype=object)
    one, other = texts[left], texts[right]
    _, cost = timed(lambda: process.cpdist(one, other, scorer=JaroWinkler.similarity, workers=1))
    return cost | {"peak_gb": float("nan"), "kept": float("nan"), "f1": float("nan"), "words": len(left)}


def distinct_word_pairs(
    start: np.ndarray, token: np.ndarray, left: np.ndarray, right: np.ndarray, at_a_time: int = 200_000
) -> tuple[np.ndarray, np.ndarray]:
    """The distinct pairs of unequal words of some pairs of rows."""
    found = np.zeros(0, dtype=np.int64)
    n_words = int(token.max(initial=0)) + 1
    for at in range(0, len(left), at_a_time):
        rows_l, rows_r = left[at : at + at_a_time], right[at : at + at_a_time]
        n_l, n_r = (start[rows + 1] - start[rows] for rows in (rows_l, rows_r))
        n_both = n_l * n_r
        within = np.arange(n_both.sum()) - np.repeat(np.cumsum(n_both) - n_both, n_both)
        i, j = np.divmod(within, np.repeat(n_r, n_both))
        one = token[np.repeat(start[rows_l], n_both) + i].astype(np.int64)
        other = token[np.repeat(start[rows_r], n_both) + j].astype(np.int64)
        packed = (np.minimum(one, other) * n_words + np.maximum(one, other))[one != other]
        found = np.union1d(found, packed)
    return np.divmod(found, n_words)


LINKERS: Mapping[str, Callable[[Path], Found]] = {
    "nrm-linkage": the_library,
    "Splink": a_peer("peers_splink", 0.9),
    "recordlinkage": a_peer("peers_recordlinkage", 0.5),
    "floor": the_floor,
}


def timed(work: Callable[[], T]) -> tuple[T, Found]:
    """What the work gives, and what it cost."""
    wall, cpu = time.perf_counter(), time.process_time()
    done = work()
    cost = {"seconds": time.perf_counter() - wall, "cpu_seconds": time.process_time() - cpu}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return done, cost | {"peak_gb": peak * (1 if sys.platform == "darwin" else 1024) / 1e9}


def in_a_process(who: str, folder: Path) -> Found | None:
    """One run of one linker; None where a peer was killed, as for want of memory."""
    command = [sys.executable, str(Path(__file__).resolve()), "--run", who, "--folder", str(folder)]
    # There, because a peer that runs out of memory leaves its files where it is run.
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=folder)
    if done.returncode == -signal.SIGKILL and who != "nrm-linkage":
        return None
    if done.returncode:
        sys.exit(done.stderr)
    found: Found = json.loads(done.stdout.splitlines()[-1])
    return found


def print_table(runs: Mapping[str, Sequence[Found]]) -> None:
    """The medians."""
    print(f"| {' | '.join(HEADINGS)} |")
    print(f"|{' --- |' * len(HEADINGS)}")
    medians = {
        who: {name: statistics.median(run[name] for run in found) for name in found[0]}
        for who, found in runs.items()
    }
    ours = next(iter(medians.values()))
    costs = ("seconds", "cpu_seconds", "peak_gb")
    for who, found in medians.items():
        cells = [
            *(f"{found[name]:.2f}" for name in costs),
            *(f"{found[name] / ours[name]:.2f}" for name in costs),
            *(f"{found[name]:.3f}" for name in ("kept", "f1")),
        ]
        print("|", " | ".join([who, *("" if cell == "nan" else cell for cell in cells)]), "|")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="What linking costs, beside its peers.")
    parser.add_argument("--people", type=int, default=2_000, help="invented people")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--who", nargs="+", choices=LINKERS, default=list(LINKERS))
    parser.add_argument("--run", choices=LINKERS, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.run:
        print(json.dumps(LINKERS[asked.run](asked.folder)))
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        records = make_referrals(asked.people, seed=SEED)
        records.to_parquet(folder / RECORDS)
        who = ["nrm-linkage", *(one for one in asked.who if one != "nrm-linkage")]
        runs: dict[str, list[Found]] = {one: [] for one in who}
        for _ in range(asked.rounds):
            for one in list(runs):
                found = in_a_process(one, folder)
                if found is None:
                    del runs[one]
                    print(f"{one} was killed, as for want of memory, and is left out")
                else:
                    runs[one].append(found)
        print(f"{len(records):,} referrals; median of {asked.rounds}\n")
        print_table(runs)
        if "floor" in runs:
            print(f"\nfloor: {runs['floor'][0]['words']:,.0f} distinct pairs of words")


if __name__ == "__main__":
    main()
