"""Builds the reference of common name words by nationality, from public tables and a list typed by hand.

    python -m scripts.build_reference_names --sources FOLDER [--check]

`--check` writes nothing and exits with 1 when the table is not what would be written. FOLDER holds
`names/common-forenames-by-country.csv`, `names/common-surnames-by-country.csv` and `nrm_2023_joint.csv`;
`model/data/REFERENCE_SOURCES.md` says where they come from. `reference_by_hand.txt` is in the package.

Writes `reference_names.csv`: nationality, word (as `read_name` folds it), share of its people whose bag of
name words holds the word, and basis. Rows without a nationality are the whole's: the mixture of all
nationalities as the published table of 2023 has them. Bases:

- `counted`: the table's percentage, or its count over the country's people. Spellings of one rank share it
  alike. All else that has a rank is
- `ranked`: head x rank ** -slope. The slope is the median, over the tables of surnames with counts, of the
  slope of log count over log rank; the head the median share of their first name. No table of forenames has
  counts, so the rule of surnames stands for them too, halved, because each list is of one gender; of a
  country's lists of a gender (years, regions) the highest share counts. A list without ranks has all its
  names at its middle rank.
- `domain`, `assumed`: by hand, and before the tables; `reference_by_hand.txt` says what they rest on.
- `mixed`: of the whole.
"""

from __future__ import annotations

import argparse
import csv
import re
import statistics
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nrm_linkage.model.priors import RARE_WORD_SHARE
from nrm_linkage.normalise.names import NameBox, read_name
from nrm_linkage.normalise.nationality import group, read_nationality
from nrm_linkage.normalise.nationality_tables import iso_codes, labels

DATA = Path(__file__).resolve().parent.parent / "src" / "nrm_linkage" / "model" / "data"
TABLE, HAND = "reference_names.csv", "reference_by_hand.txt"

LEAST_SHARE = 0.001
"""Rarer words are left out: an extract pools its own rare words at about this share (chosen by us)."""

LEAST_RANKS = 10
"""Ranks with counts that a list must have to have a say in the slope (chosen by us)."""

LEFT_OUT = {
    "KH": "translations stand among the names, in the order of the alphabet",
    "GB": "it reads like a list of London: Patel third, Rodriguez among the first 25",
    "DO": "row by row Cuba's",
    "IT": "the counts are of something else than people",
    "BY": "the counts are too low for the country",
}
"""Tables of surnames that are not used as they stand; of the last two the ranks are."""
RANKS_ONLY = frozenset({"IT", "BY"})
UNRANKED = frozenset({"MK"})
"""Ranks that are the order of the alphabet."""

Shares = dict[str, dict[str, tuple[float, str]]]
"""Nationality -> word -> share and basis."""


@dataclass(frozen=True)
class Row:
    """One spelling of a name in a public table: ISO 3166-1 alpha-2 country, its rank or None, and its count
    and percentage or None.
    """

    country: str
    words: tuple[str, ...]
    rank: int | None
    count: float | None
    percent: float | None


@dataclass(frozen=True)
class ByHand:
    """The list typed by hand: shares by nationality, and people by nationality."""

    shares: Shares
    people: Mapping[str, float]


def by_hand(path: Path) -> ByHand:
    """Read the list; a word that is given twice, or that reading would not leave as it is, is an error."""
    shares: Shares = defaultdict(dict)
    people: dict[str, float] = {}
    sections: list[tuple[list[str], str, list[tuple[str, float]]]] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("people "):
            people |= {code: float(n) * 1e6 for code, n in _pairs(line.removeprefix("people "))}
        elif match := re.fullmatch(r"\[(.+)\] (domain|assumed)", line):
            sections.append((match[1].split(), match[2], []))
        elif line and not line.startswith("#"):
            sections[-1][2].extend(_pairs(line))
    own = {code for codes, _, _ in sections for code in codes}
    for codes, basis, given in sections:
        for code in _all_codes(codes, own):
            for word, percent in given:
                if word in shares[code]:
                    raise SystemExit(f"{word} is given twice for {code}")
                shares[code][word] = (percent / 100, basis)
    changed = {word for held in shares.values() for word in held if _words(word) != (word,)}
    if changed:
        raise SystemExit(f"reading does not leave them as they are: {' '.join(sorted(changed))}")
    return ByHand(shares, people)


def _pairs(line: str) -> list[tuple[str, float]]:
    return [(key, float(value)) for key, _, value in (part.partition("=") for part in line.split())]


def _all_codes(codes: list[str], own: set[str]) -> Iterator[str]:
    """The codes of a section; those of a community that have no section of their own."""
    for code in codes:
        if code.startswith("group:"):
            of_group = (each for each in labels(3) if group(frozenset({each})) == code.removeprefix("group:"))
            yield from (each for each in of_group if each not in own)
        else:
            yield code


def _words(text: str) -> tuple[str, ...]:
    """The words that reading makes of a name, without initials."""
    return tuple(token.text for token in read_name(text, NameBox.FAMILY).tokens if not token.initial)


def rows_of(path: Path) -> list[Row]:
    """The rows of a public table, in one spelling each."""
    found = []
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            name = row["Romanized Name"] or row["Localized Name"]
            rank = "" if row["Country"] in UNRANKED else row.get("Rank", row["Index"])
            found += [
                Row(
                    country=row["Country"],
                    words=_words(spelling),
                    rank=int(rank) if rank else None,
                    count=float(row["Count"]) if row.get("Count") else None,
                    percent=float(row["Percent"]) if row.get("Percent") else None,
                )
                for spelling in name.split("/")
            ]
    return [row for row in found if row.words]


@dataclass(frozen=True)
class Rule:
    """share = head x rank ** -slope."""

    head: float
    slope: float

    def share(self, rank: float) -> float:
        return float(self.head * rank**-self.slope)


def rule_of(lists: Mapping[str, list[Row]], people: Mapping[str, float]) -> Rule:
    """The rule, from the lists with counts or percentages."""
    heads, slopes = [], []
    for country, rows in lists.items():
        counts = {row.rank: row.count for row in rows if row.rank and row.count}
        if country in LEFT_OUT or len(counts) < LEAST_RANKS:
            continue
        rank, count = (np.log(np.array(list(each), dtype=float)) for each in (counts.keys(), counts.values()))
        slopes.append(-float(np.polyfit(rank, count, 1)[0]))
        share = _counted(rows[0], people.get(_alpha_3(country, rows[0]), 0.0))
        if share is not None:
            heads.append(share)
    return Rule(statistics.median(heads), statistics.median(slopes))


def _counted(row: Row, people: float) -> float | None:
    if row.country in RANKS_ONLY:
        return None
    if row.percent is not None:
        return row.percent
    return row.count / people if row.count is not None and people else None


def _alpha_3(country: str, row: Row) -> str:
    """The table has Sweden, with counts, and El Salvador, without, under one code."""
    if country == "SV":
        return "SWE" if row.count is not None or row.rank is None else "SLV"
    return iso_codes()[country.casefold()]


def from_surnames(rows: list[Row], rule: Rule, people: Mapping[str, float]) -> Shares:
    """Shares of family names."""
    shares: Shares = defaultdict(dict)
    lists = _by_country(row for row in rows if row.country not in LEFT_OUT or row.country in RANKS_ONLY)
    for country, listed in lists.items():
        for row in listed:
            alike = sum(
                (other.rank, other.count) == (row.rank, row.count) and row.rank is not None
                for other in listed
            )
            code = _alpha_3(country, row)
            counted = _counted(row, people.get(code, 0.0))
            rank = row.rank if row.rank is not None else (len(listed) + 1) / 2
            share = (rule.share(rank) if counted is None else counted) / max(alike, 1)
            _add(shares[code], row.words, share, "ranked" if counted is None else "counted")
    return shares


def from_forenames(path: Path, rule: Rule) -> Shares:
    """Shares of given names, the highest of a country's lists."""
    shares: Shares = defaultdict(dict)
    for row in rows_of(path):
        # Both of this table's lists under `SV` are Sweden's.
        code = "SWE" if row.country == "SV" else iso_codes()[row.country.casefold()]
        share = rule.share(row.rank or 1) / 2
        for word in row.words:
            shares[code][word] = (max(share, shares[code].get(word, (0.0, ""))[0]), "ranked")
    return shares


def _by_country(rows: Iterable[Row]) -> dict[str, list[Row]]:
    lists: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        lists[row.country].append(row)
    return lists


def _add(held: dict[str, tuple[float, str]], words: Iterable[str], share: float, basis: str) -> None:
    """A word that stands in several names is as common as all of them."""
    for word in words:
        before, known = held.get(word, (0.0, basis))
        held[word] = (before + share, "counted" if "counted" in (known, basis) else "ranked")


def together(surnames: Shares, forenames: Shares, hand: Shares) -> Shares:
    """A word's shares as family and as given name added up; the hand goes before both."""
    shares: Shares = {}
    for code in {*surnames, *forenames, *hand}:
        held = dict(surnames.get(code, {}))
        for word, (share, basis) in forenames.get(code, {}).items():
            _add(held, [word], share, basis)
        shares[code] = held | hand.get(code, {})
    return shares


def mixture(path: Path, shares: Shares) -> dict[str, tuple[float, str]]:
    """The words of the whole, as the published nationalities have them."""
    referrals: dict[frozenset[str], int] = defaultdict(int)
    with path.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            referrals[read_nationality(row["nationality"]).codes] += int(row["referrals"])
    known = sum(n for codes, n in referrals.items() if codes)
    mixed: dict[str, float] = defaultdict(float)
    for codes, n in referrals.items():
        held: dict[str, float] = {}
        for code in codes:
            for word, (share, _) in shares.get(code, {}).items():
                held[word] = max(share, held.get(word, 0.0))
        for word, share in held.items():
            mixed[word] += share * n / known
    return {word: (share, "mixed") for word, share in mixed.items() if share >= RARE_WORD_SHARE}


def table(sources: Path) -> str:
    """The bytes of the table."""
    hand = by_hand(DATA / HAND)
    surnames = rows_of(sources / "names" / "common-surnames-by-country.csv")
    rule = rule_of(_by_country(surnames), hand.people)
    forenames = from_forenames(sources / "names" / "common-forenames-by-country.csv", rule)
    shares = together(from_surnames(surnames, rule, hand.people), forenames, hand.shares)
    shares[""] = mixture(sources / "nrm_2023_joint.csv", shares)
    lines = [
        f"{code},{word},{share:.5f},{basis}\n"
        for code in sorted(shares)
        for word, (share, basis) in sorted(shares[code].items(), key=lambda held: (-held[1][0], held[0]))
        if share >= LEAST_SHARE or not code
    ]
    return "nationality,word,share,basis\n" + "".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--sources", type=Path, required=True)
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    text, path = table(arguments.sources), DATA / TABLE
    if not arguments.check:
        path.write_text(text, encoding="utf-8", newline="\n")
        return 0
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        sys.stderr.write(f"not what the sources give: {TABLE}\n")
        return 1
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
