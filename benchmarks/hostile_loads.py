"""Loads that are made to hurt: `python benchmarks/hostile_loads.py [--full] [--only NAME ...]`.

Invented extracts in which very many referrals share one value, or one value is very large: one name for
everybody, one telephone number in a million rows, names of 15,000 characters, a thousand references in a box,
sets of nationalities as rows. Each is linked, counted, saved and written as a page, in a process of its own,
and gives one line of a Markdown table: CPU seconds (of all threads) and peak memory of the whole, the stage
that took longest on the clock, and what the run says of itself: candidate pairs; of the rule that has most,
the pairs of keys that were refined, and of those that were not compared even so (by key, a pair in two keys
twice); the commonest issue of `data_issues`. By default loads are small; `--full` takes the sizes of
docs/benchmarks.md, some of which need ten minutes and 10 GB.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

HEADINGS = (
    *("load", "referrals", "CPU seconds", "longest stage", "peak GB"),
    *("pairs", "refined", "not compared", "commonest issue"),
)
PEAK_UNIT = 1 if sys.platform == "darwin" else 1024
SYLLABLES = np.array("ba de fi go lu ma ne pi ro su ta ve ki zo ja he".split())
NATIONALITIES = np.array("Albanian Vietnamese Eritrean Sudanese Romanian Iranian British Polish".split())
CODES = np.array(
    "AFG AGO ALB ARE ARG ARM AUS AUT AZE BEL BEN BFA BGD BGR BIH BLR BOL BRA CAN CHE CHL CHN CIV CMR COD COL "
    "CUB CZE DEU DNK DOM DZA ECU EGY ERI ESP EST ETH FIN FRA GAB GBR GEO GHA GIN GMB GRC GTM HKG HND HRV HTI "
    "HUN IDN IND IRL IRN IRQ ISR ITA".split()
)
Frame = dict[str, object]


def words(n: int, seed: int) -> np.ndarray:
    """Invented words, 65,536 at most."""
    drawn = np.random.default_rng(seed).integers(0, len(SYLLABLES), (n, 4))
    return SYLLABLES[drawn].astype(object).sum(axis=1)


def plain(n: int) -> Frame:
    """Referrals that have nothing in common by design."""
    rng = np.random.default_rng(n)
    days = np.datetime64("1960-01-01") + rng.integers(0, 18_000, n)
    return {
        "NRM reference": [f"R{row:07d}" for row in range(n)],
        "Date of referral": (np.datetime64("2023-01-01") + np.arange(n) % 700).astype(str).astype(object),
        "Forename(s)": words(n, 1),
        "Surname": words(n, 2),
        "DOB": days.astype(str).astype(object),
        "Nationality": rng.choice(NATIONALITIES, n).astype(object),
        "Gender": rng.choice(["Male", "Female"], n).astype(object),
        "City": words(n, 5) + words(n, 6),  # so that no two are one submission
    }


def with_one(**shared: object) -> Callable[[int], Frame]:
    """Plain referrals of which all hold the same values in some columns; None: the column is left out."""

    def build(n: int) -> Frame:
        columns = {**plain(n), **{name.replace("_", " "): value for name, value in shared.items()}}
        return {name: value for name, value in columns.items() if value is not None}

    return build


def one_name(**others: object) -> Callable[[int], Frame]:
    """One name for everybody."""
    return with_one(**{"Forename(s)": "Mohammed", "Surname": "Ali", **others})


def ten_new_years(n: int) -> Frame:
    """One name, and the first of January of ten years."""
    return one_name()(n) | {"DOB": [f"01/01/{1985 + row % 10}" for row in range(n)]}


def half_without(n: int, heading: str, **shared: object) -> Frame:
    """One value for everybody, and nothing in some column in every second row."""
    columns = with_one(**shared)(n)
    held = np.where(np.arange(n) % 2, None, np.array(columns[heading], dtype=object))
    return {**columns, heading: held}


def in_boxes(box: Callable[[int], str], *headings: str) -> Callable[[int], Frame]:
    """Plain referrals with something large in some boxes, from the number of the row."""
    return lambda n: plain(n) | {name: [box(row) for row in range(n)] for name in headings}


def many(form: str, shared: bool) -> Callable[[int], str]:
    """A thousand numbers in one box, the same in every row or of each row's own."""
    return lambda row: "; ".join(
        form.format(number=(0 if shared else row * 1000) + number) for number in range(1000)
    )


def distinct(heading: str, n_distinct: int) -> Callable[[int], Frame]:
    """Plain referrals with invented values in one column, as many as asked."""

    def build(n: int) -> Frame:
        made = words(n_distinct, 3) + words(n_distinct, 4)
        return plain(n) | {heading: made[np.arange(n) % n_distinct]}

    return build


def nationalities(n_each: int) -> Callable[[int], Frame]:
    """Plain referrals with so many nationalities in each of both boxes, drawn of sixty."""

    def build(n: int) -> Frame:
        drawn = np.random.default_rng(n).integers(0, len(CODES), (n, 2, n_each))
        first, second = ([" / ".join(CODES[row]) for row in drawn[:, box]] for box in (0, 1))
        return plain(n) | {"Nationality": first, "Second nationality": second}

    return build


ALIKE = {
    **{"DOB": "14/05/1998", "Nationality": "Albanian", "Gender": "Male", "Town": "Leeds"},
    **{"Phone": "07700 900417", "Postcode": "SW1A 1AA"},
}
TEXT_BOXES = (
    *("Forename(s)", "Surname", "Alias", "DOB", "Nationality", "Gender", "Phone", "Postcode", "Town"),
    *("HO reference", "Police reference", "Exploitation type", "City"),
)


@dataclass(frozen=True)
class Load:
    """`build`: number of referrals -> columns; `small` and `full`: the numbers."""

    build: Callable[[int], Frame]
    small: int
    full: int


LOADS: Mapping[str, Load] = {
    "plain": Load(plain, 5_000, 1_000_000),
    "one name, one birth date": Load(one_name(DOB="14/05/1998"), 5_000, 100_000),
    "one name, no dates": Load(one_name(DOB=None), 5_000, 100_000),
    "one name, ten 1 Januaries": Load(ten_new_years, 5_000, 100_000),
    "all alike but for the id": Load(one_name(**ALIKE), 5_000, 100_000),
    "one telephone number": Load(with_one(Phone="07700 900417"), 5_000, 1_000_000),
    "one postcode": Load(with_one(Postcode="SW1A 1AA"), 5_000, 1_000_000),
    "one town": Load(with_one(Town="Leeds"), 5_000, 1_000_000),
    "one reference": Load(with_one(**{"HO reference": "A1290467"}), 5_000, 1_000_000),
    "one birth date": Load(with_one(DOB="14/05/1998"), 5_000, 1_000_000),
    "one surname": Load(with_one(Surname="Nguyen"), 5_000, 1_000_000),
    "one number, half without a name": Load(
        lambda n: half_without(n, "Surname", Phone="07700 900417") | {"Forename(s)": None}, 5_000, 1_000_000
    ),
    "one surname, half without a date": Load(
        lambda n: half_without(n, "DOB", Surname="Nguyen"), 5_000, 1_000_000
    ),
    "names of 15,000 letters": Load(
        in_boxes(lambda row: SYLLABLES[row % 16] * 7_500, "Forename(s)", "Surname", "Alias"), 200, 1_000
    ),
    "names of 15,000 words": Load(
        in_boxes(lambda row: " ".join(words(15_000, row)), "Forename(s)", "Surname", "Alias"), 20, 1_000
    ),
    "15,000 combining marks": Load(
        in_boxes(lambda row: "e" + "\u0301\u0323" * 7_500 + str(row), "Forename(s)", "Surname", "Town"),
        200,
        1_000,
    ),
    "one emoji 15,000 times": Load(
        in_boxes(lambda row: "\U0001f600" * (15_000 + row), "Forename(s)", "Surname", "Town"), 200, 1_000
    ),
    "15,000 characters in every box": Load(
        in_boxes(lambda row: f"{row} " + "x1, " * 3_750, *TEXT_BOXES), 100, 1_000
    ),
    "15,000 digits in every box": Load(in_boxes(lambda row: f"{row:05d}" * 3_000, *TEXT_BOXES), 100, 1_000),
    "a thousand references in a box": Load(
        in_boxes(many("A{number:07d}", False), "HO reference"), 50, 1_000
    ),
    "the same thousand references": Load(in_boxes(many("A{number:07d}", True), "HO reference"), 50, 1_000),
    "a thousand numbers in a box": Load(in_boxes(many("07700{number:06d}", False), "Phone"), 50, 1_000),
    "the same thousand numbers": Load(in_boxes(many("07700{number:06d}", True), "Phone"), 50, 1_000),
    "5,000 nationalities": Load(distinct("Nationality", 5_000), 5_000, 100_000),
    "sets of four nationalities": Load(nationalities(2), 5_000, 100_000),
    "sets of forty nationalities": Load(nationalities(20), 2_000, 100_000),
    "a town of each row's own": Load(distinct("Town", 65_536), 5_000, 100_000),
}


def measured(load: Load, n: int) -> dict[str, object]:
    """Link, count, save and write the page; what it took, and what the run says."""
    from nrm_linkage import link_referrals

    frame = pd.DataFrame(load.build(n))
    cpu = time.process_time()
    linkage = link_referrals(frame, progress=False)
    seconds = dict(linkage.report.seconds)
    with tempfile.TemporaryDirectory() as name:
        for stage, work in (
            ("count", lambda: linkage.repeat_referrals(by=())),
            ("save", lambda: linkage.save(Path(name) / "run")),
            ("page", lambda: linkage.write_report(Path(name) / "page.html")),
        ):
            at = time.perf_counter()
            if stage != "count" or linkage.report.counts["linkable"]:
                work()
            seconds[stage] = time.perf_counter() - at
    issues, rules = linkage.data_issues["issue"].value_counts(), linkage.report.blocking
    return {
        "cpu": time.process_time() - cpu,
        "stages": seconds,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * PEAK_UNIT / 1e9,
        "pairs": linkage.report.counts["candidate pairs"],
        "refined": max(rule.refined for rule in rules),
        "not_compared": max(rule.not_compared for rule in rules),
        "issue": f"{issues.iloc[0]:,}: {issues.index[0]}" if len(issues) else "",
        "counts": dict(linkage.report.counts),
        "choices": list(linkage.report.choices),
    }


def line(name: str, n: int, most_seconds: float, verbose: bool) -> str:
    """One line of the table, from a process of its own."""
    command = [sys.executable, __file__, "--run", name, "--referrals", str(n)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=most_seconds, check=False)
    except subprocess.TimeoutExpired:
        return f"| {name} | {n:,} | over {most_seconds:,.0f} | | | | | | |"
    if done.returncode:
        why = (done.stderr.strip().splitlines() or [f"status {done.returncode}"])[-1]
        return f"| {name} | {n:,} | failed: {why[:200]} | | | | | | |"
    found = json.loads(done.stdout.splitlines()[-1])
    if verbose:
        print(json.dumps(found, indent=1))
    cells = [
        *(name, f"{n:,}", f"{found['cpu']:.1f}", max(found["stages"], key=found["stages"].get)),
        *(f"{found['peak']:.2f}", f"{found['pairs']:,}", f"{found['refined']:,}"),
        *(f"{found['not_compared']:,}", found["issue"]),
    ]
    return f"| {' | '.join(cells)} |"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="Loads that are made to hurt.")
    parser.add_argument("--full", action="store_true", help="the sizes of docs/benchmarks.md")
    parser.add_argument("--only", nargs="+", choices=LOADS, default=list(LOADS))
    parser.add_argument("--referrals", type=int, help="as many in every load")
    parser.add_argument("--most-seconds", type=float, default=900.0, help="of one load")
    parser.add_argument("--verbose", action="store_true", help="all that each run says")
    parser.add_argument("--run", choices=LOADS, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.run:
        print(json.dumps(measured(LOADS[asked.run], asked.referrals)))
        return
    print(f"| {' | '.join(HEADINGS)} |\n|{' --- |' * len(HEADINGS)}")
    for name in asked.only:
        n = asked.referrals or (LOADS[name].full if asked.full else LOADS[name].small)
        print(line(name, n, asked.most_seconds, asked.verbose), flush=True)


if __name__ == "__main__":
    main()
