"""The nationality tables, loaded once when first needed, and the folding by which they are looked up.

What each table holds and where it comes from stands in `data/README-values.md`. A wording kept by hand goes
before a generated one. No table holds anything of a record.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Final

from nrm_linkage.normalise.values import data_rows, word_list

__all__ = [
    "AMBIGUOUS_WORDING",
    "Known",
    "folded",
    "iso_codes",
    "labels",
    "names",
    "pairs",
    "spellings",
    "word_kinds",
    "wordings",
]

Known = tuple[frozenset[str], frozenset[str]]
"""The codes and the qualifiers that a wording stands for."""

AMBIGUOUS_WORDING: Final[Known] = (frozenset(), frozenset())
"""A foreign name of one place that is too near the English name of another."""

_NOT_WORD: Final = re.compile(r"[^a-z0-9]+")
_QUOTING: Final = re.compile(r"[\s,\"]+")
_INITIALS: Final = re.compile(r"\b([a-z])(?: ([a-z]))\b(?: ([a-z])\b)?(?: ([a-z])\b)?")


def folded(text: str) -> str:
    """The text as the tables spell it: ASCII letters of any script, lower case, single spaces, initials
    joined.

    Text of another script that would shrink to three letters or fewer stays as it is: they would pass for a
    code.

    >>> folded("Côte d'Ivoire"), folded("U.K."), folded("Citizen of Guinea-Bissau")
    ('cote divoire', 'uk', 'citizen of guinea bissau')
    """
    latin = text
    if not text.isascii():
        from anyascii import anyascii

        latin = anyascii(text)
    plain = _NOT_WORD.sub(" ", latin.casefold().replace("'", "").replace("&", " and ")).strip()
    if len(plain) <= 3 and not text.isascii():
        return _QUOTING.sub("", text.casefold()).strip()
    return _INITIALS.sub(lambda match: "".join(part or "" for part in match.groups()), plain)


@cache
def _own() -> dict[str, Known]:
    known: dict[str, Known] = {}
    for codes, qualifiers, listed in data_rows("nationality_own.csv"):
        value = (frozenset(codes.split()), frozenset(qualifiers.split()))
        for wording in listed.split("|"):
            known.setdefault(folded(wording), value)
    return known


@cache
def wordings() -> Mapping[str, Known]:
    by_code = {row[0]: (frozenset({row[0]}), frozenset[str]()) for row in data_rows("nationality_codes.csv")}
    generated = {
        wording: by_code.get(code, AMBIGUOUS_WORDING)
        for wording, code in data_rows("nationality_wordings.csv")
    }
    return generated | _own()


def _entries() -> Iterator[str]:
    """The entries of the form's pick-lists and the English names of ISO."""
    yield from (row[0] for row in data_rows("nationality_picklist.csv"))
    yield from (row[2] for row in data_rows("nationality_codes.csv"))


@cache
def names() -> Mapping[str, Known]:
    """English wordings only: in other languages, and among the alias table's regions, towns have names of
    countries.
    """
    known = wordings()
    return {key: known[key] for key in map(folded, _entries()) if key in known} | _own()


@cache
def spellings() -> Mapping[str, tuple[tuple[str, Known], ...]]:
    """Wordings to correct towards, by first letter: the form's pick-lists, ISO names, and peoples that are
    not states.
    """
    peoples = {key: value for key, value in _own().items() if any(code.startswith("x-") for code in value[0])}
    entries = map(folded, _entries())
    known = {key: value for key in entries if (value := wordings().get(key)) is not None} | peoples
    found: dict[str, list[tuple[str, Known]]] = {}
    for wording, value in sorted(known.items()):
        if len(wording) >= 4 and value[0]:
            found.setdefault(wording[0], []).append((wording, value))
    return {letter: tuple(entries) for letter, entries in found.items()}


@cache
def word_kinds() -> Mapping[str, str]:
    towns = {town: "town" for (town,) in data_rows("nationality_towns.csv")}
    return towns | {
        folded(word): kind for kind, words in data_rows("nationality_words.csv") for word in word_list(words)
    }


@cache
def iso_codes() -> Mapping[str, str]:
    codes: dict[str, str] = {}
    for code, alpha_2, *_ in data_rows("nationality_codes.csv"):
        if len(code) == 3:
            codes |= {code.casefold(): code, alpha_2.casefold(): code}
    return codes


@cache
def pairs(kind: str) -> frozenset[tuple[str, str]]:
    """Codes under either of which one person may be recorded, in both orders: "contested", successor states
    and peoples across borders, or "lookalike", easily picked for one another in the form's list or as codes
    (domain.md 4.4, `data/nationality_pairs.csv`). No code is a pair with itself.

    >>> ("ETH", "ERI") in pairs("contested"), ("NGA", "NER") in pairs("lookalike")
    (True, True)
    """
    return frozenset(
        pair
        for row_kind, code, others, _ in data_rows("nationality_pairs.csv")
        if row_kind == kind
        for other in others.split()
        for pair in ((code, other), (other, code))
    )


@cache
def labels(column: int) -> Mapping[str, str]:
    return {row[0]: row[column] for row in data_rows("nationality_codes.csv")}
