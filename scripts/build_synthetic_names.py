"""Builds the data tables of `nrm_linkage.synthetic` from open sources; run it again and diff to see that they
are still true.

    python -m scripts.build_synthetic_names --sources FOLDER [--check]

FOLDER holds the open files named in `data/ATTRIBUTION.md` (folders `names/`, `lists/`, and
`nrm_2023_joint.csv`). Faker 40.54.0 must be importable: it is needed here only, never at run time. The hand-
typed `hand_names.txt` is read from the package. `--check` writes nothing and exits with 1 when a table is not
what would be written.

Writes, all in a fixed order and without any randomness:
    names.csv           pool, name, weight: commonest first; weights are parts per million of a pool
    nicknames.csv       name, nickname (English)
    nrm_2023_cells.csv  the published joint table of 2023, summed over quarters, as label codes
    nrm_2023_labels.csv dimension, code, label
    towns.txt, local_authorities.txt, nationalities.txt  the referral form's lists
"""

from __future__ import annotations

import argparse
import csv
import re
import shutil
import sys
import tempfile
from collections import Counter
from pathlib import Path

from scripts.synthetic_name_recipes import all_tails

DATA = Path(__file__).parents[1] / "src/nrm_linkage/synthetic/data"
HAND = "hand_names.txt"

TAIL_CAP = 4000
"""The most tail names that one pool takes (chosen by us, so that the table stays reviewable)."""


def read_hand(path: Path) -> dict[str, list[tuple[str, float | None]]]:
    """The hand-typed pools: names in order, with a percentage where one is given."""
    pools: dict[str, list[tuple[str, float | None]]] = {}
    current = ""
    for line in path.read_text("utf-8").splitlines():
        if line.startswith("#") or not line.strip():
            continue
        if match := re.fullmatch(r"\[(.+)\]", line.strip()):
            current = match.group(1)
            pools[current] = []
            continue
        for token in line.split():
            name, _, share = token.partition("=")
            pools[current].append((name.replace("_", " "), float(share) if share else None))
    return pools


def weigh(hand: list[tuple[str, float | None]], tail: list[str], tail_share: float) -> list[tuple[str, int]]:
    """Parts per million: known percentages first, then hand-typed names by rank, then the tail, flatter, with
    its own share.
    """
    known = {name: share / 100 for name, share in hand if share}
    ranked = [name for name, share in hand if not share]
    fresh = [name for name in dict.fromkeys(tail) if name not in known and name not in set(ranked)][:TAIL_CAP]
    rest = max(0.0, 1 - sum(known.values()))
    shares = dict(known)
    for names, total, power in (
        (ranked, rest * (1 - tail_share if fresh else 1), 0.8),
        (fresh, rest * (tail_share if ranked else 1), 0.6),
    ):
        zipf = [(rank + 4) ** -power for rank in range(len(names))]
        for name, value in zip(names, zipf, strict=True):
            shares[name] = shares.get(name, 0) + total * value / sum(zipf)
    return [(name, max(1, round(share * 1_000_000))) for name, share in shares.items()]


def write_names(folder: Path, out: Path) -> None:
    """names.csv"""
    hand = read_hand(out / "hand_names.txt")
    tails = all_tails(folder)
    with (out / "names.csv").open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(["pool", "name", "weight"])
        for pool in sorted(set(hand) | set(tails)):
            share = {"uk.s": 0.85, "uk.m": 0.3, "uk.f": 0.35}.get(
                pool, 0.45 if pool.endswith((".s", ".sf")) else 0.3
            )
            for name, weight in weigh(hand.get(pool, []), tails.get(pool, []), share):
                writer.writerow([pool, name, weight])


def write_nicknames(folder: Path, out: Path) -> None:
    """nicknames.csv, for names that the British pools hold"""
    with (out / "names.csv").open(encoding="utf-8") as handle:
        british = {
            row["name"].lower(): row["name"]
            for row in csv.DictReader(handle)
            if row["pool"] in ("uk.m", "uk.f")
        }
    with (folder / "names/english_nicknames.csv").open(encoding="utf-8") as handle:
        pairs = {
            (british[r["name1"]], r["name2"].capitalize())
            for r in csv.DictReader(handle)
            if r["name1"] in british
        }
    lines = ["name,nickname", *(f"{a},{b}" for a, b in sorted(pairs))]
    (out / "nicknames.csv").write_text("\n".join(lines) + "\n", "utf-8")


def write_cells(folder: Path, out: Path) -> None:
    """nrm_2023_cells.csv and nrm_2023_labels.csv"""
    dimensions = (
        "first_responder_type",
        "first_responder",
        "exploitation_type",
        "age_at_exploitation",
        "gender",
        "nationality",
    )
    counts: Counter[tuple[str, ...]] = Counter()
    with (folder / "nrm_2023_joint.csv").open(encoding="utf-8") as handle:
        for row in csv.DictReader(handle):
            counts[tuple(row[d] for d in dimensions)] += int(row["referrals"])
    labels = [sorted({key[i] for key in counts}) for i in range(len(dimensions))]
    codes = [{label: code for code, label in enumerate(each)} for each in labels]
    cells = [
        "\n".join(
            ",".join(map(str, (*(codes[i][k] for i, k in enumerate(key)), n)))
            for key, n in sorted(counts.items())
        )
    ]
    (out / "nrm_2023_cells.csv").write_text(
        ",".join(dimensions) + ",referrals\n" + "\n".join(cells) + "\n", "utf-8"
    )
    with (out / "nrm_2023_labels.csv").open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle, lineterminator="\n")
        writer.writerow(["dimension", "code", "label"])
        writer.writerows(
            (d, code, label) for i, d in enumerate(dimensions) for code, label in enumerate(labels[i])
        )


def write_lists(sources: Path, out: Path) -> None:
    """Write the referral form's pick-lists."""
    for source, target in (
        ("ms_uk_cities_and_towns", "towns"),
        ("ms_uk_local_authorities", "local_authorities"),
        ("ms_nationalities", "nationalities"),
    ):
        lines = (sources / f"lists/{source}.txt").read_text("utf-8").split("\n")
        plain = [
            line.split(" / ")[0].strip()
            for line in lines
            if line.strip() and (line.strip() != "Unknown" or target == "nationalities")
        ]
        (out / f"{target}.txt").write_text("\n".join(dict.fromkeys(plain)) + "\n", "utf-8")


def write_all(sources: Path, out: Path) -> None:
    """Write every table."""
    for write in (write_names, write_nicknames, write_cells, write_lists):
        write(sources, out)


def main() -> int:
    """Reads the sources and writes the tables, or checks that they are what would be written."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sources", type=Path, required=True)
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    if not arguments.check:
        write_all(arguments.sources, DATA)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        shutil.copy(DATA / HAND, out / HAND)
        write_all(arguments.sources, out)
        made = sorted(out.iterdir())
        stale = [file.name for file in made if file.read_bytes() != (DATA / file.name).read_bytes()]
    if stale:
        sys.stderr.write(f"not what the sources give: {', '.join(stale)}\n")
    return 1 if stale else 0


if __name__ == "__main__":
    raise SystemExit(main())
