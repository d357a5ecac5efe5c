"""One nationality as recorded -> a set of codes: countries, peoples that are not states, the stateless.

Codes are ISO 3166-1 alpha-3 (the United Kingdom and its nations `GBR`, Kosovo `XKX`, Palestine `PSE`), and
our own for what ISO has no code for: `x-kurdish`, `x-bidoon`, `x-rohingya`, `x-roma`, `x-hazara`,
`x-tibetan`, `x-uyghur`, `x-stateless`, and the dissolved `x-yugoslav`, `x-soviet`, `x-czechoslovak`. All
are listed, with names, in `data/nationality_codes.csv`.

In this order:

1. wordings between slashes, each known as it stands;
2. the whole text, folded (case, marks, punctuation), in the tables: demonyms, countries, the form's
   pick-list, ISO and ICAO codes, known misspellings, other languages;
3. word by word, the longest known wording first, so that duals come apart in any order ("Pakistani UK").
   Words for what is no nationality (language, ethnicity, region, heritage, place of birth) become qualifiers
   or are passed over, and so are towns; a nationality that is said of a parent, an ethnicity or a language
   ("Vietnamese speaking", "mother Somali") is one of these; single words have their spelling corrected;
4. where a word was unknown, the whole text with its spelling corrected, if that gives one answer.

Spelling is corrected only within one edit (two from eight letters on), with the same first letter, and only
if no other country is within one edit more: "Austrlian" stays unread.

Not read at all, with an issue: continents and regions, languages, religions, ethnicities and towns alone,
"West Indian" and the like, "Korean" and "Congolese" without saying which, two- and three-letter traps (NIG,
NA, NO, VI), and anything with a "not" in it. A heritage or a place of birth alone is no nationality. It does
not say which of two nationalities is the first.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from nrm_linkage.normalise.nationality_tables import (
    AMBIGUOUS_WORDING,
    Known,
    folded,
    iso_codes,
    labels,
    names,
    spellings,
    word_kinds,
    wordings,
)
from nrm_linkage.normalise.values import MISSING_WORDS, text_of, word_set

__all__ = [
    "NationalityReading",
    "folded",
    "group",
    "read_country",
    "read_nationality",
    "region",
]

NOT_RECOGNISED: Final = "nationality not recognised"
PARTLY: Final = "part of the nationality not recognised"
CORRECTED: Final = "spelling of the nationality corrected"
NOT_NATIONALITY: Final = "heritage or place of birth, not nationality"
AMBIGUOUS: Final = "nationality ambiguous"

MAX_LENGTH: Final = 160
"""Longer texts are narratives (chosen by us)."""

UNREAD_WORDS: Final = 2
"""With more words unread than this, the text says something else than nationalities (chosen by us)."""

_LONGEST_PHRASE: Final = 8
_SEPARATORS: Final = re.compile(r"[/;|]")


@dataclass(frozen=True, slots=True)
class NationalityReading:
    """The codes of one value. `qualifiers`: "unknown" and "uncertain", a UK nation, "heritage:PAK",
    "born:LBY", ...
    """

    codes: frozenset[str] = field(default=frozenset(), repr=False)
    qualifiers: frozenset[str] = field(default=frozenset(), repr=False)
    issues: tuple[str, ...] = ()


_NOTHING: Final = NationalityReading()
_UNREAD: Final = NationalityReading(issues=(NOT_RECOGNISED,))
_UNCLEAR: Final = NationalityReading(issues=(NOT_RECOGNISED, AMBIGUOUS))


def read_nationality(value: object) -> NationalityReading:
    """Read one nationality, or several in one string.

    >>> sorted(read_nationality("UK / Somali").codes), read_nationality("NIG").issues
    (['GBR', 'SOM'], ('nationality not recognised',))
    """
    text, problems = text_of(value)
    if text is None:
        return NationalityReading(issues=problems) if problems else _NOTHING
    if text.casefold() in MISSING_WORDS and text.casefold() not in ("na", "unknown", "none"):
        return _NOTHING
    if len(text) > MAX_LENGTH:
        return _UNREAD
    if (both := _separated(text)) is not None:
        return NationalityReading(*both, _doubt(text))
    key = folded(text)
    if (known := wordings().get(key)) is not None:
        return _UNCLEAR if known == AMBIGUOUS_WORDING else NationalityReading(*known, _doubt(text))
    if len(key) <= 3 and (code := iso_codes().get(key)) is not None:
        return NationalityReading(frozenset({code})) if _is_code(key, text) else _UNREAD
    if (kind := word_kinds().get(key)) is not None:
        return _UNREAD if kind != "trap" else _UNCLEAR
    return _from_words(key, text)


def _separated(text: str) -> Known | None:
    """Wordings with a slash, semicolon or bar between them, each known as it stands ("American / Samoan")."""
    pieces = _SEPARATORS.split(text)
    if len(pieces) == 1:
        return None
    found = [wordings().get(folded(piece), AMBIGUOUS_WORDING) for piece in pieces if piece.strip()]
    if not found or any(known == AMBIGUOUS_WORDING for known in found):
        return None
    return frozenset().union(*(codes for codes, _ in found)), frozenset().union(*(also for _, also in found))


def read_country(value: object) -> str | None:
    """The code of the one country that a whole value names, without correction or cutting up; None for
    anything else.

    >>> read_country("Libya"), read_country("Tripoli"), read_country("LY")
    ('LBY', None, None)
    """
    text, _ = text_of(value)
    known = None if text is None or len(text) > MAX_LENGTH else names().get(folded(text))
    codes = known[0] if known else frozenset[str]()
    return next(iter(codes)) if len(codes) == 1 else None


def _doubt(text: str) -> tuple[str, ...]:
    return ("nationality uncertain",) if "?" in text else ()


def _is_code(key: str, text: str) -> bool:
    """Some codes stand for other things too, and some are English words, which must stand in capitals."""
    kind = word_kinds().get(key)
    return kind != "ambiguous_code" and (kind is None or text.isupper())


@dataclass(frozen=True, slots=True)
class _Part:
    """A run of words and what it is: a known wording (kind "known"), a kind of `nationality_words.csv`, or
    "unread".
    """

    kind: str
    known: Known = (frozenset(), frozenset())


def _from_words(key: str, text: str) -> NationalityReading:
    parts = _parts(key.split(), text)
    kinds = [part.kind for part in parts]
    if " " in key and ("unread" in kinds or "corrected" in kinds) and (known := _corrected(key)) is not None:
        return NationalityReading(*known, (CORRECTED, *_doubt(text)))
    if "negative" in kinds or "census" in kinds or "trap" in kinds or kinds.count("unread") > UNREAD_WORDS:
        return _UNREAD
    if _has_loose_direction(kinds):
        return _UNREAD
    codes, qualifiers = _combined(parts)
    if not codes:
        about = {qualifier for qualifier in qualifiers if ":" in qualifier}
        if "unknown" in qualifiers and "unread" not in kinds:
            return NationalityReading(codes, qualifiers)
        return NationalityReading(codes, qualifiers, (NOT_RECOGNISED, *((NOT_NATIONALITY,) if about else ())))
    issues = (
        *((PARTLY,) if "unread" in kinds or "code?" in kinds else ()),
        *((CORRECTED,) if "corrected" in kinds else ()),
        *(("nationality uncertain",) if "uncertain" in kinds or "?" in text else ()),
    )
    return NationalityReading(codes, qualifiers, issues)


def _parts(words: list[str], text: str) -> list[_Part]:
    """The words cut into runs, the longest known wording first at each place."""
    parts: list[_Part] = []
    at = 0
    while at < len(words):
        for size in range(min(_LONGEST_PHRASE, len(words) - at), 0, -1):
            part = _part(" ".join(words[at : at + size]), text)
            if part is not None:
                parts.append(part)
                at += size
                break
        else:
            parts.append(_misspelt(words[at]))
            at += 1
    if any(part.kind == "unread" for part in parts):
        parts = [part if part.kind != "code" else _Part("code?") for part in parts]
    return parts


def _part(phrase: str, text: str) -> _Part | None:
    kind = word_kinds().get(phrase)
    if kind is not None:
        return _Part(kind)
    known = wordings().get(phrase)
    if known is not None:
        return _Part("unread" if known == AMBIGUOUS_WORDING else "known", known)
    if len(phrase) <= 3 and (code := iso_codes().get(phrase)) is not None and phrase.upper() in text:
        return _Part("code", (frozenset({code}), frozenset()))
    return _Part("filler") if len(phrase) == 1 or phrase.isdigit() else None


def _misspelt(word: str) -> _Part:
    """A word that no table holds: a nationality, or a "south" that changes the next one, with its spelling
    corrected.
    """
    from rapidfuzz.distance import OSA

    known = _corrected(word)
    if known is not None:
        return _Part("corrected", known)
    directions = (other for other, kind in word_kinds().items() if kind == "direction" and len(other) >= 5)
    near = len(word) >= 4 and any(OSA.distance(word, other, score_cutoff=2) <= 2 for other in directions)
    return _Part("direction" if near else "unread")


def _has_loose_direction(kinds: list[str]) -> bool:
    """A "west" or "latin" before a nationality makes it another one."""
    return any(first == "direction" and second != "filler" for first, second in pairwise(kinds))


def _combined(parts: list[_Part]) -> tuple[frozenset[str], frozenset[str]]:
    """Codes and qualifiers of all parts; a wording that says what a person speaks, or where the person, a
    parent or the family comes from, only qualifies.
    """
    codes: set[str] = set()
    qualifiers: set[str] = set()
    shown = [part for part in parts if part.kind not in ("filler", "function_word", "town")]
    kinds = ["", *(part.kind for part in shown), ""]
    for part, before, after in zip(shown, kinds, kinds[2:], strict=False):
        if part.kind in ("known", "corrected", "code"):
            relation = _relation(before, after, follows=kinds[-2] == "parent")
            if relation == "language":
                qualifiers.add(relation)
            elif relation:
                qualifiers |= {f"{relation}:{code}" for code in part.known[0]}
            else:
                codes |= part.known[0]
                qualifiers |= part.known[1]
        elif part.kind in ("uncertain", "ethnicity", "language", "region"):
            qualifiers.add(part.kind)
    return frozenset(codes), frozenset(qualifiers)


def _relation(before: str, after: str, *, follows: bool) -> str:
    """What a wording is to the person, by the parts beside it; "" for a nationality. A parent or an ethnicity
    stands before its wording ("mother Somali"), unless the whole text ends with one (`follows`).
    """
    if after == "speaking" or before == "speaks":
        return "language"
    if after == "heritage" or (after if follows else before) == "parent":
        return "heritage"
    return "born" if before == "born_in" or after == "born" else ""


def _corrected(phrase: str) -> Known | None:
    """The one wording that `phrase` can be a misspelling of."""
    if len(phrase) < 5:
        return None
    from rapidfuzz.distance import OSA

    edits = 2 if len(phrase) >= 8 else 1
    near: dict[int, set[Known]] = {}
    for wording, known in spellings().get(phrase[0], ()):
        if abs(len(wording) - len(phrase)) <= edits + 1:
            distance = OSA.distance(phrase, wording, score_cutoff=edits + 1)
            if distance <= edits + 1:
                near.setdefault(distance, set()).add(known)
    best = min(near, default=edits + 1)
    if best > edits or len(near[best] | near.get(best + 1, set())) != 1:
        return None
    return next(iter(near[best]))


def region(code: str) -> str:
    """The region of a code, such as "horn_of_africa"; "other" where it has none, "unknown" for other text."""
    return labels(4).get(code, "unknown")


_LENDING: Final = word_set(
    "GBR IRL PRT ESP ITA FRA DEU NLD BEL SWE NOR DNK FIN GRC AUT CHE USA CAN AUS NZL x-stateless"
)
"""Nationalities that are often acquired later: beside another, the other says more about a person's names."""


def group(codes: frozenset[str]) -> str:
    """The naming community that parameters are pooled by; an internal label and never an output.

    A people that is not a state decides; otherwise a second nationality that is often acquired (British,
    Portuguese, ...) gives way to the other. Codes of two communities are "other"; no code is "unknown".

    >>> group(frozenset({"GBR", "PAK"})), group(frozenset({"IRQ", "x-kurdish"})), group(frozenset())
    ('south_asian', 'iranian_kurdish', 'unknown')
    """
    peoples = {code for code in codes if code.startswith("x-") and code != "x-stateless"}
    telling = peoples or codes - _LENDING or codes
    groups = {labels(3).get(code, "unknown") for code in telling}
    return groups.pop() if len(groups) == 1 else "other" if groups else "unknown"
