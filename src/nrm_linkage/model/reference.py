"""The shipped reference: how common name words are within nationalities, before an extract speaks.

In an extract of thirty rows nobody can count that 38% of Vietnamese people bear one name. The table
(`data/reference_names.csv`; `data/REFERENCE_SOURCES.md` says what it is made from, and that most of it is
assumed) knows some thousand words; any other word is as rare as the extract makes it. Skeletons and spelling
classes have the shares of their words together.

Models hold none of its shares and no word of it that the extract does not make common: they are looked up
where a model is used, and a model says by which table it was estimated (`Reference.fingerprint`). The table
is read when a model is first learned, bound or loaded, and kept: it holds no record's values.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files

import numpy as np

from nrm_linkage.normalise.skeleton import skeleton
from nrm_linkage.normalise.variants import variant_class
from nrm_linkage.tables import Float64s

__all__ = ["NOTHING_KNOWN", "Reference", "ReferenceShares", "of_few", "reference"]

FEW_PEOPLE = 2.0
"""Bearers of a word of which a model says only that fewer than five were counted: the middle of none to
four."""


@dataclass(frozen=True)
class ReferenceShares:
    """Shares of people whose bag holds a word, or a class of words. `within`: nationality code -> word ->
    share; `overall`: word -> share of the whole. What they lack is not known to be rare.
    """

    within: Mapping[str, Mapping[str, float]]
    overall: Mapping[str, float]

    def of(self, nationality: str) -> Mapping[str, float]:
        """Word -> share within a set of codes (`GBR+PAK`): the highest of its codes'."""
        held = [self.within[code] for code in nationality.split("+") if code in self.within]
        if len(held) < 2:
            return held[0] if held else {}
        highest = dict(held[0])
        for each in held[1:]:
            highest |= {word: share for word, share in each.items() if share > highest.get(word, 0.0)}
        return highest

    def mixed(self, nationalities: Mapping[str, float]) -> ReferenceShares:
        """The same with the whole mixed as an extract has it: `nationalities`, set of codes -> share. The
        share of people that they leave is as the table's own whole.
        """
        total = sum(nationalities.values())
        scale, left = 1.0 / max(total, 1.0), max(1.0 - total, 0.0)
        mixed = {word: share * left for word, share in self.overall.items()}
        for nationality, share in nationalities.items():
            for word, within in self.of(nationality).items():
                mixed[word] = mixed.get(word, 0.0) + within * share * scale
        return replace(self, overall=mixed)


NOTHING_KNOWN = ReferenceShares({}, {})
"""What is known of places."""


@dataclass(frozen=True)
class Reference:
    """Shares of words, skeletons and spelling classes; and the mark of the table that they are from."""

    words: ReferenceShares
    skeletons: ReferenceShares
    variants: ReferenceShares
    fingerprint: str


@cache
def reference() -> Reference:
    """The shipped table."""
    content = files("nrm_linkage").joinpath("model", "data", "reference_names.csv").read_bytes()
    within: dict[str, dict[str, float]] = {}
    for row in csv.DictReader(io.StringIO(content.decode("utf-8"))):
        within.setdefault(row["nationality"], {})[row["word"]] = float(row["share"])
    return Reference(
        words=_classed(within, str),
        skeletons=_classed(within, cache(skeleton)),
        variants=_classed(within, cache(variant_class)),
        fingerprint=hashlib.sha256(content).hexdigest()[:16],
    )


def _classed(table: Mapping[str, Mapping[str, float]], class_of: Callable[[str], str]) -> ReferenceShares:
    """Shares of classes: a bag lacks a class when it lacks each of its words, which are taken to be
    independent.
    """
    within: dict[str, dict[str, float]] = {}
    for nationality, words in table.items():
        lacking: dict[str, float] = {}
        for word, share in words.items():
            of_word = class_of(word)
            lacking[of_word] = lacking.get(of_word, 1.0) * (1.0 - share)
        within[nationality] = {of_word: 1.0 - without for of_word, without in lacking.items()}
    overall = within.pop("", {})
    return ReferenceShares(within, overall)


def of_few(known: Float64s, people: float, rare: float, strength: float) -> Float64s:
    """Shares of words that the reference knows and that fewer than five of an extract's people bear.

    The reference's share is worth `strength` people, as that of a common word is; it is never above what the
    reference says, nor below that of any rare word (`rare`), so that a word is never rarer for being known.
    """
    counted = (FEW_PEOPLE + strength * known) / (people + strength)
    return np.maximum(rare, np.minimum(known, counted))
