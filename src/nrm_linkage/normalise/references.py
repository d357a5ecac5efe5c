"""Reference numbers out of free text, each with its type: `ho:A1234567`, `nrm:123456`,
`uan:3434000012345678`.

The boxes are free text with type words mixed in ("HO ref A1234567 / CID 1234567"; domain.md 1.2). In this
order:

1. dates, times, telephone numbers, e-mail addresses and amounts of money are blanked: they are no references;
2. the text is walked from left to right. A type word ("NRM", "CID", "crime ref") holds until the next one, a
   semicolon or a new line; a shape that only one type has (16 digits, a letter and seven digits, `ABC/123`)
   decides for itself;
3. each value loses its spaces, dashes and leading zeros.

A value of five or more digits without a type becomes `any:`. The suffix of a Home Office reference (`/002`)
marks another member of the family, so it stays part of the token. A CAD number is only unique within a day:
it needs its date.

The formats are general knowledge and not published (domain.md 1.2), so parsing is tolerant; agreement on a
token is strong evidence, disagreement weak. Not done: check digits (there are none), and deciding what an
`any:` value is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from nrm_linkage.normalise.values import MISSING_WORDS, text_of, word_set

__all__ = ["ReferenceReading", "read_references"]

PLACEHOLDER: Final = "placeholder reference"
NONE_FOUND: Final = "no reference recognised"
UNDATED: Final = "CAD number without its date"

MAX_LENGTH: Final = 20_000
"""Longer than any box of the form (15,000 characters)."""

ANY_DIGITS: Final = 5
"""An untyped value needs this many digits (chosen by us: four make a year or a time)."""


@dataclass(frozen=True, slots=True)
class ReferenceReading:
    """The typed tokens of one value."""

    tokens: frozenset[str] = field(default=frozenset(), repr=False)
    issues: tuple[str, ...] = ()


_UAN: Final = re.compile(r"(?<!\d)(\d{4})[- ]?(\d{4})[- ]?(\d{4})[- ]?(\d{4})(?![\d])")
_CAD: Final = re.compile(
    r"\bCAD\b(?:\s*(?:REF(?:ERENCE)?|NO|NUMBER)\b)?[\s.:#-]*(\d{1,5})\s*(?:/|OF|ON|DATED|-|\s)?\s*"
    r"(?:(\d{1,2})[\s/.-]?([A-Z]{3})[A-Z]*[\s/.-]?((?:20)?\d{2})"
    r"|(\d{1,2})[/.-](\d{1,2})[/.-]((?:20)?\d{2}))?(?!\d)"
)
_NOISE: Final = re.compile(
    r"[^\s@]{1,64}@\S+|https?:\S+|[£$€]\s?[\d,.]+|\b\d{1,2}:\d{2}(?::\d{2})?\b"
    r"|(?<![\d/])\d{1,2}[/.-]\d{1,2}[/.-](?:19|20)?\d{2}(?![\d/])|(?<![\d/])(?:19"
    r"|20)\d{2}-\d{1,2}-\d{1,2}(?![\d/])"
    r"|\b\d{1,2}(?:ST|ND|RD|TH)?\s+(?:OF\s+)?(?:JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV"
    r"|DEC)[A-Z]*,?\s+(?:19|20)?\d{2}\b"
    r"|(?:\+|\b00)\d{1,3}[\s()-]?(?:\(0\)\s?)?(?:\d[\s-]?){7,12}"
    r"|(?<![\d/A-Z-])\(?0[1237]\d{1,4}\)?[\s-]?\d{3,4}[\s-]?\d{3,4}(?![\d/])"
)
_PIECE: Final = re.compile(
    r"(?P<type>\b(?:NRM|HOME\s+OFFICE|H\.?O\.?(?=\s|:|-|/|\d|$)|CID|PERSON\s+ID|PORT|UAN|GWF|BRP|BRC"
    r"|BIOMETRIC"
    r"|CRIME|CRN|CAD|POLICE|URN|OCCURRENCE|INCIDENT|NICHE|ATHENA|PNC|PASSPORT|NINO|NATIONAL\s+INSURANCE"
    r"|NHS|ARC|ICASEWORK|CASE"
    r"|TEL|TELEPHONE|PHONE|MOBILE|MOB|DOB|BORN|AGED?|POSTCODE)(?=\b|\d))|(?P<stop>[;\n])"
    r"|(?P<value>(?<![A-Z0-9])[A-Z]{0,4}\d[A-Z0-9]*(?:[/-][A-Z0-9]+)*"
    r"|(?<![A-Z0-9])[A-Z]{2,5}(?:/[A-Z0-9]+)*/\d[A-Z0-9]*"
    r"(?:[/-][A-Z0-9]+)*)"
)
_TYPES: Final = {
    "NRM": "nrm", "HOME OFFICE": "ho", "HO": "ho", "CID": "cid", "PERSON ID": "cid", "PORT": "port",
    "UAN": "uan", "GWF": "gwf",
    "BRP": "brp", "BRC": "brp", "BIOMETRIC": "brp", "CRIME": "police", "CRN": "police", "CAD": "police",
    "POLICE": "police",
    "URN": "police", "OCCURRENCE": "police", "INCIDENT": "police", "NICHE": "police", "ATHENA": "police",
    "PNC": "pnc",
    "PASSPORT": "passport", "NINO": "nino", "NATIONAL INSURANCE": "nino", "NHS": "nhs", "ARC": "arc",
    "ICASEWORK": "any",
    "CASE": "", "TEL": "skip", "TELEPHONE": "skip", "PHONE": "skip", "MOBILE": "skip", "MOB": "skip",
    "DOB": "skip",
    "BORN": "skip", "AGE": "skip", "AGED": "skip", "POSTCODE": "skip",
}  # fmt: skip
_SHAPES: Final = (
    ("ho", re.compile(r"[A-Z]\d{7}(?:/\d{1,3})?")),
    ("port", re.compile(r"[A-Z]{3}/\d{1,7}(?:/\d{1,7})?|[A-Z]{2}\d/\d{6,7}")),
    ("nino", re.compile(r"[A-Z]{2}\d{6}[A-D]")),
    ("brp", re.compile(r"Z[A-Z][0-9X]\d{6}")),
    ("police", re.compile(r"\d{2}/\d{4,7}/\d{2}")),
)
_TYPED: Final = {
    "nrm": re.compile(r"\d{4,12}"),
    "ho": re.compile(r"[A-Z]\d{6,8}(?:/\d{1,3})?"),
    "cid": re.compile(r"\d{6,9}"),
    "brp": re.compile(r"[A-Z]{2}[A-Z0-9]{7}"),
    "uan": re.compile(r"\d{16}"),
    "police": re.compile(r"(?=(?:[A-Z/]*\d){4})[A-Z0-9/]{5,24}"),
    "port": re.compile(r"[A-Z]{2,4}\d?/[A-Z0-9/]{3,16}"),
    "passport": re.compile(r"[A-Z]{0,3}\d{5,9}[A-Z]?"),
    "arc": re.compile(r"[A-Z]{3}/?\d{4,8}/?[A-Z0-9]{0,4}"),
    "nhs": re.compile(r"\d{10}"),
    "gwf": re.compile(r"(?:GWF)?\d{9}"),
}
_COMPACT_DATE: Final = re.compile(
    r"(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])(?:19|20)\d\d|(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]"
    r"|[12]\d|3[01])"
)
_NO_REFERENCE: Final = MISSING_WORDS | word_set(
    "no|yes|not sure|n/a - none|none known|not applicable.|no reference|no ref"
)
_GLUED_HOME_OFFICE: Final = re.compile(r"\bHO(?=[A-Z]\d{7}(?!\d))")
_SPACED_LETTER: Final = re.compile(r"\b([A-Z])[ -](\d{7})(?!\d)")
_GLUED_TYPE: Final = re.compile(
    r"\b(NRM|CID|UAN|BRP)(?:\s*(?:REF(?:ERENCE)?|NO|NUMBER|ID)\b)?[\s\-_/#:.]*(?=\d)"
)


def read_references(value: object) -> ReferenceReading:
    """Read every reference in one value.

    >>> sorted(read_references("HO ref A1234567 / CID 1234567, DOB 17/08/2006").tokens)
    ['cid:1234567', 'ho:A1234567']
    """
    text, problems = text_of(value)
    if text is None or text.casefold() in _NO_REFERENCE:
        return ReferenceReading(issues=problems)
    tokens: set[str] = set()
    issues: list[str] = []
    for token in _tokens(text[:MAX_LENGTH].upper(), issues):
        kind, _, number = token.partition(":")
        digits = [character for character in number if character.isdigit()]
        if len(set(digits)) <= 1:
            issues.append(PLACEHOLDER)
        else:
            tokens.add(f"{kind}:{number}")
    if not tokens and not issues:
        issues.append(NONE_FOUND)
    return ReferenceReading(frozenset(tokens), tuple(dict.fromkeys(issues)))


def _tokens(text: str, issues: list[str]) -> Iterator[str]:
    """Every token with its type, in the order of the text; whole shapes first, then piece by piece."""
    for match in _UAN.finditer(text):
        yield "uan:" + "".join(match.groups())
    text = _UAN.sub(" ", text)
    for match in _CAD.finditer(text):
        number, *rest = match.groups()
        parts = [part for part in rest if part]
        if parts:
            yield "police:CAD" + number.lstrip("0") + "/" + _day_of_cad(parts)
        else:
            issues.append(UNDATED)
    text = _NOISE.sub(" ", _CAD.sub(" ; ", text))
    text = _GLUED_HOME_OFFICE.sub("HO ", _GLUED_TYPE.sub(r"\1 ", _SPACED_LETTER.sub(r"\1\2", text)))
    kind = ""
    for match in _PIECE.finditer(text):
        if match["stop"]:
            kind = ""
        elif match["type"]:
            word = " ".join(match["type"].replace(".", "").split())
            kind = _TYPES[word] or kind
        elif (token := _token(match["value"], kind)) is not None:
            yield token


def _day_of_cad(parts: list[str]) -> str:
    """Day, month and two-digit year as digits, whether the month was a name or a number."""
    months = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
    day, month, year = parts
    number = months.index(month) + 1 if month in months else int(month) if month.isdigit() else 0
    return f"{int(day):02d}{number:02d}{year[-2:]}"


def _token(value: str, kind: str) -> str | None:
    """One value as a token: by its shape, then by the type word before it, then as `any:` with digits
    enough.
    """
    for shape, pattern in _SHAPES:
        if pattern.fullmatch(value) and (
            kind in ("", "any", shape) or (shape in ("ho", "port") and kind != "police")
        ):
            return f"{shape}:{_tidied(value, shape)}"
    if kind == "skip":
        return None
    tidy = _tidied(value, kind)
    typed = _TYPED.get(kind)
    if typed is not None and typed.fullmatch(
        tidy if kind not in ("police", "port", "ho", "arc") else value.replace("-", "")
    ):
        return f"{kind}:{tidy}"
    plain = value.replace("-", "")
    if sum(map(str.isdigit, plain)) < ANY_DIGITS or (kind in ("", "any") and _COMPACT_DATE.fullmatch(plain)):
        return None
    return f"any:{_tidied(value, 'any')}"


def _tidied(value: str, kind: str) -> str:
    """Without dashes, and without slashes where they only separate; leading zeros dropped from plain
    numbers.
    """
    if kind == "ho" and "/" in value:
        number, _, suffix = value.replace("-", "").partition("/")
        return f"{number}/{int(suffix)}" if suffix.isdigit() else number
    plain = value.replace("-", "") if kind in ("port", "police") else value.replace("-", "").replace("/", "")
    return (plain.lstrip("0") or "0") if plain.isdigit() and kind in ("nrm", "cid", "any") else plain
