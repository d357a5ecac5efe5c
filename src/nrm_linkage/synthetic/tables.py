"""The package data of this room, read once: names with their frequency, spellings, towns and the published
joint table.

Names of all pools share one vocabulary, so that a column of names is a column of codes until a record is
written. The tables hold names as such, no people. A variant class is looked up in the section of its
community and then in no other: `Mohammed` varies otherwise in Somali than in Bengali records.
"""

from __future__ import annotations

import csv
import functools
import importlib.resources
from collections import defaultdict
from dataclasses import dataclass, field

import numpy as np

from nrm_linkage.synthetic.arrays import Floats, Ints, Strings, strings

__all__ = [
    "JointTable",
    "NameTables",
    "joint_table",
    "local_authorities",
    "name_tables",
    "nationalities",
    "respelling_rules",
    "towns",
]

DIMENSIONS = (
    "first_responder_type",
    "first_responder",
    "exploitation_type",
    "age_at_exploitation",
    "gender",
    "nationality",
)


def _rows(file: str) -> list[list[str]]:
    folder = importlib.resources.files("nrm_linkage.synthetic") / "data"
    text = (folder / file).read_text("utf-8")
    return list(csv.reader(text.splitlines()))[1:]


def _lines(file: str) -> tuple[str, ...]:
    folder = importlib.resources.files("nrm_linkage.synthetic") / "data"
    return tuple(line for line in (folder / file).read_text("utf-8").split("\n") if line)


@dataclass(frozen=True, repr=False)
class NameTables:
    """Names by pool ("uk.m", "uk.s", ...) as codes into `words`, and their other spellings."""

    words: Strings
    pools: dict[str, tuple[Ints, Floats]] = field(repr=False)
    variants: dict[str, dict[str, tuple[str, ...]]] = field(repr=False)
    nicknames: dict[str, tuple[str, ...]] = field(repr=False)

    def draw(self, pool: str, uniforms: Floats) -> Ints:
        """Codes of names from a pool, by frequency, one for each uniform."""
        codes, cumulative = self.pools[pool]
        found = np.searchsorted(cumulative, uniforms * cumulative[-1], side="right")
        drawn: Ints = codes[np.minimum(found, len(codes) - 1)]
        return drawn


@dataclass(frozen=True, repr=False)
class JointTable:
    """The published 2023 table: `cells` is (k, 6) codes in the order of `DIMENSIONS`, `referrals` their
    counts.
    """

    cells: Ints
    referrals: Floats
    labels: dict[str, Strings]

    def column(self, dimension: str) -> Ints:
        """The codes of one dimension, one a cell."""
        codes: Ints = self.cells[:, DIMENSIONS.index(dimension)]
        return codes


@functools.cache
def name_tables() -> NameTables:
    """Names, variant classes and nicknames."""
    words: dict[str, int] = {}
    grouped: dict[str, tuple[list[int], list[int]]] = defaultdict(lambda: ([], []))
    for pool, name, weight in _rows("names.csv"):
        codes, weights = grouped[pool]
        codes.append(words.setdefault(name, len(words)))
        weights.append(int(weight))
    pools = {
        pool: (np.array(codes, dtype=np.int64), np.cumsum(np.array(weights, dtype=float)))
        for pool, (codes, weights) in grouped.items()
    }
    nicknames: dict[str, list[str]] = defaultdict(list)
    for name, nickname in _rows("nicknames.csv"):
        nicknames[name].append(nickname)
    return NameTables(
        strings(list(words)), pools, _variants(), {name: tuple(each) for name, each in nicknames.items()}
    )


def _variants() -> dict[str, dict[str, tuple[str, ...]]]:
    """Section -> name -> the other spellings of its class or classes."""
    found: dict[str, dict[str, dict[str, None]]] = defaultdict(lambda: defaultdict(dict))
    section = ""
    for line in _lines("variants.txt"):
        if line.startswith("["):
            section = line.strip("[]")
        elif not line.startswith("#"):
            forms = [form.strip() for form in line.split(",")]
            for form in forms:
                found[section][form].update(dict.fromkeys(other for other in forms if other != form))
    return {
        section: {name: tuple(forms) for name, forms in classes.items()} for section, classes in found.items()
    }


@functools.cache
def joint_table() -> JointTable:
    """The published joint table of 2023 (Home Office, Open Government Licence v3.0)."""
    numbers = np.array(_rows("nrm_2023_cells.csv"), dtype=np.int64)
    labels: dict[str, list[str]] = defaultdict(list)
    for dimension, _, label in _rows("nrm_2023_labels.csv"):
        labels[dimension].append(label)
    return JointTable(
        numbers[:, :-1],
        numbers[:, -1].astype(float),
        {dimension: strings(each) for dimension, each in labels.items()},
    )


@functools.cache
def towns() -> Strings:
    """UK towns of the form's list, the largest first (order of the first sixty from general knowledge)."""
    first = [line for line in _lines("towns_large.txt") if not line.startswith("#")]
    return strings(list(dict.fromkeys([*first, *_lines("towns.txt")])))


@functools.cache
def local_authorities() -> Strings:
    """Local authorities of the form's list."""
    return strings(_lines("local_authorities.txt"))


@functools.cache
def nationalities() -> tuple[str, ...]:
    """The demonyms of the form's list, `Unknown` first."""
    return _lines("nationalities.txt")


@functools.cache
def respelling_rules() -> dict[str, tuple[tuple[str, str], ...]]:
    """Letter groups and what they become, by section of spellings; "misheard" for what is heard for what."""
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    section = ""
    for line in _lines("respelling_rules.txt"):
        if line.startswith("["):
            section = line.strip("[]")
        elif not line.startswith("#"):
            pairs = (pair.replace("_", " ").partition(">") for pair in line.split())
            found[section].extend((old, new) for old, _, new in pairs)
    return {section: tuple(pairs) for section, pairs in found.items()}
