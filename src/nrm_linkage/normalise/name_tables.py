"""Reads the tables of names and words that ship with the package; knows their formats and nothing about
names.

The tables are described, with sources and licences, in `data/NAMES_SOURCES.md`. Each is read on first use and
kept: they hold no record's values. Formats: `names_words.txt` is `kind: word word ...` a line;
`names_variants.txt` and `names_short_forms.txt` are space-separated words a line, the first of which is the
key; `names_arabic.csv`, `names_hebrew.csv` and `names_indic.csv` are a written form, a comma and a Latin one.
Lines that begin with `#` are notes.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

__all__ = ["read_lines", "read_pairs", "words"]


def read_lines(name: str) -> list[str]:
    """Lines of a table that are neither empty nor notes."""
    text = files("nrm_linkage").joinpath("normalise", "data", name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def read_pairs(name: str) -> list[tuple[str, str]]:
    """The two columns of a comma-separated table without its header."""
    return [(left, right) for left, _, right in (line.partition(",") for line in read_lines(name)[1:])]


@cache
def _kinds() -> Mapping[str, frozenset[str]]:
    split = (line.partition(":") for line in read_lines("names_words.txt"))
    return {kind: frozenset(listed.split()) for kind, _, listed in split}


def words(kind: str) -> frozenset[str]:
    """The words of a kind in `names_words.txt`; an unknown kind is a KeyError."""
    return _kinds()[kind]
