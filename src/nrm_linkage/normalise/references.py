"""Reference numbers out of free text, each with its type: `ho:A1234567`, `nrm:123456`,
`uan:3434000012345678`.

The boxes are free text with type words mixed in ("HO ref A1234567 / CID 1234567"; domain.md 1.2). In this
order:

1. the commonest layouts, a Home Office, CID or police reference alone in its box, are read by one expression;
   all else:
2. what is said to be another person's ("brother's NRM 123456", "A1234567 (mother)") is set apart: from a word
   for a relative, a co-victim or a suspect to the end of its clause, or to "own". It is a number of the case
   and no evidence about this person; agreement on it would link siblings;
3. dates, times, telephone numbers, e-mail addresses, links and amounts of money are blanked: they are no
   references;
4. the text is walked from left to right. A type word ("NRM", "CID", "crime ref") holds until the next one, a
   semicolon or a new line; a shape that only one type has (16 digits, a letter and seven digits, `ABC/123`)
   decides for itself;
5. a box gives its first `MOST_REFERENCES` different values, and an issue where there are more;
6. each value loses its spaces, dashes and leading zeros. An NRM number with a year is written year first:
   "12345/2023-NRM", "NRM 2023/012345" and "NRM2023012345" are one.

A value of five or more digits without a type becomes `any:`. The suffix of a Home Office reference (`/002`)
marks another member of the family, so it stays part of the token. A CAD number is only unique within a day:
it needs its date.

The formats are general knowledge and not published (domain.md 1.2), so parsing is tolerant; agreement on a
token is strong evidence, disagreement weak. Not done: check digits (there are none), deciding what an `any:`
value is, and finding out whose a number is where no word says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from nrm_linkage.normalise.values import MISSING_WORDS, text_of, word_set

__all__ = ["ReferenceReading", "plain_reference", "read_own_number", "read_references"]

PLACEHOLDER: Final = "placeholder reference"
NONE_FOUND: Final = "no reference recognised"
UNDATED: Final = "CAD number without its date"
OF_ANOTHER: Final = "reference of another person"
TOO_MANY: Final = "more references than one person has: only the first are compared"
TOO_LONG: Final = "longer than any box of the form: only the beginning was read"

MAX_LENGTH: Final = 20_000
"""Longer than any box of the form (15,000 characters)."""

MOST_REFERENCES: Final = 10
"""References of one box that are compared, in the order of reading (chosen by us: docs/decisions/0017)."""

MOST_CHARACTERS: Final = 40
"""A value with more is no reference (chosen by us: docs/decisions/0017)."""

GLUED_YEAR: Final = 8
"""From so many digits on, an NRM number may begin with a year (chosen by us; the format is not published)."""

CID_DIGITS: Final = 6
"""A CID number has this many digits at the least, leading zeros apart (domain.md 1.2: seven and up)."""

ANY_DIGITS: Final = 5
"""An untyped value needs this many digits (chosen by us: four make a year or a time)."""


@dataclass(frozen=True, slots=True)
class ReferenceReading:
    """The typed tokens of one value; `of_others`: those that the text says are another person's."""

    tokens: frozenset[str] = field(default=frozenset(), repr=False)
    issues: tuple[str, ...] = ()
    of_others: frozenset[str] = field(default=frozenset(), repr=False)


_UAN: Final = re.compile(r"(?<!\d)(\d{4})[- ]?(\d{4})[- ]?(\d{4})[- ]?(\d{4})(?![\d])")
_CAD: Final = re.compile(
    r"\bCAD\b(?:\s*(?:REF(?:ERENCE)?|NO|NUMBER)\b)?[\s.:#-]*(\d{1,5})\s*(?:/|OF|ON|DATED|-|\s)?\s*"
    r"(?:(\d{1,2})[\s/.-]?([A-Z]{3})[A-Z]*[\s/.-]?((?:20)?\d{2})"
    r"|(\d{1,2})[/.-](\d{1,2})[/.-]((?:20)?\d{2}))?(?!\d)"
)
_NOISE: Final = re.compile(
    r"[^\s@]{1,64}@\S+|HTTPS?:\S+|WWW\.\S+|[£$€]\s?[\d,.]+|\b\d{1,2}:\d{2}(?::\d{2})?\b"
    r"|(?<![\d/])\d{1,2}[/.-]\d{1,2}[/.-](?:19|20)?\d{2}(?![\d/])|(?<![\d/])(?:19"
    r"|20)\d{2}-\d{1,2}-\d{1,2}(?![\d/])"
    r"|\b\d{1,2}(?:ST|ND|RD|TH)?\s+(?:OF\s+)?(?:JAN|FEB|MAR|APR|MAY|JUN|JUL|AUG|SEP|OCT|NOV"
    r"|DEC)[A-Z]*,?\s+(?:19|20)?\d{2}\b"
    r"|(?:\+|\b00)\d{1,3}[\s()-]?(?:\(0\)\s?)?(?:\d[\s-]?){7,12}"
    r"|(?<![\d/A-Z-])(?=\(?(?:\d[\s()-]{0,2}){9,10}\d(?!\d))\(?0[1237]\d{1,4}\)?[\s-]?\d{3,4}[\s-]?"
    r"\d{3,4}(?![\d/])"
)
_PIECE: Final = re.compile(
    r"(?P<type>\b(?:NRM|NATIONAL\s+REFERRAL\s+MECHANISM|HOME\s+OFFICE"
    r"|H\.?O\.?(?=\s|:|-|/|\d|$)|CID|PERSON\s+ID|PORT|UAN|GWF|BRP|BRC"
    r"|BIOMETRIC"
    r"|CRIME|CRIS?|CRN|CAD|POLICE|URN|OCCURRENCE|INCIDENT|NICHE|ATHENA|PNC|PASSPORT|NINO|NATIONAL\s+INSURANCE"
    r"|NHS|ARC|ICASEWORK|CASE"
    r"|TEL|TELEPHONE|PHONE|MOBILE|MOB|DOB|BORN|AGED?|POSTCODE)(?=\b|\d))|(?P<stop>[;\n])"
    r"|(?P<value>(?<![A-Z0-9])[A-Z]{0,4}\d[A-Z0-9]*(?:[/-][A-Z0-9]+)*"
    r"|(?<![A-Z0-9])[A-Z]{2,5}(?:/[A-Z0-9]+){0,20}/\d[A-Z0-9]*"
    r"(?:[/-][A-Z0-9]+)*)"
)
_TYPES: Final = {
    "NRM": "nrm", "NATIONAL REFERRAL MECHANISM": "nrm", "CRI": "police", "CRIS": "police",
    "HOME OFFICE": "ho", "HO": "ho", "CID": "cid", "PERSON ID": "cid", "PORT": "port",
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
    "cid": re.compile(rf"\d{{{CID_DIGITS},9}}"),
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
_PORTS: Final = "ASC|KIU|LHR|LGW|STN|LTN|LCY|MAN|BHX|EDI|GLA|DKE|DVR|DOV|EDD|CRO|LIV|HAR|HEA|TLE"
"""Offices and ports whose letters begin a port reference when a space follows them instead of a slash
(general knowledge, not complete).
"""

_REWRITTEN: Final = (
    (re.compile(r"\b([A-Z])[ -](\d{7})(?!\d)"), r"\1\2"),
    (re.compile(rf"\b({_PORTS}|(?!HO)[A-Z]{{2}}\d)[ -](\d{{6,7}})\b"), r"\1/\2"),
    (re.compile(r"\b([A-Z]\d{7})\s*/\s*(\d{1,3})(?![\d/])"), r"\1/\2"),
    (re.compile(r"\b(\d[\d/-]{3,14})[/-]NRM\b(?![\s\-_/#:]*\d)"), r"NRM \1 "),
    (re.compile(r"\b(\d{2,9})[/-]NRM[/-](\d{2,9})\b"), r"NRM \1/\2 "),
    (re.compile(r"\bNHS\b(\D{0,12})(\d{3})[ -](\d{3})[ -](\d{4})\b"), r"NHS \2\3\4"),
    (
        re.compile(r"\b(NRM|CID|UAN|BRP|GWF)(?:\s*(?:REF(?:ERENCE)?|NO|NUMBER|ID)\b)?[\s\-_/#:.]*(?=\d)"),
        r"\1 ",
    ),
    (re.compile(r"\bHO(?=[A-Z]\d{7}(?!\d))"), "HO "),
)
"""Ways of writing that would hide a type or cut a number, and how the walk expects them."""

_PLAIN: Final = re.compile(
    r"(?:(?:HO|ho|Home Office)(?: [Rr]ef)?:? )?(?P<ho>[A-Za-z][ -]?\d{7})"
    r"|(?:CID|cid):? (?P<cid>\d{6,9})"
    r"|(?P<police>\d{2}/\d{4,7}/\d{2})"
    r"|(?:(?:UAN|uan):? )?(?P<uan>\d{16}|\d{4}-\d{4}-\d{4}-\d{4}|\d{4} \d{4} \d{4} \d{4})"
    rf"|(?:[Pp]ort(?: ref)?:? )?(?P<port>(?:{_PORTS}|(?!HO)[A-Z]{{2}}\d)[/ ]\d{{6,7}})"
    r"|(?P<any>[1-9]\d{6,7})",
    re.ASCII,
)
"""A reference alone in its box, in the layouts that most have."""

_SPLIT: Final = " / "
_STATES_ITS_TYPE: Final = ("ho:", "cid:", "uan:", "port:")
_LETTERS: Final = {"police": 2, "port": 5}
"""With more different characters than this, slashes and letters among them, a number has two digits; 1 for
other types.
"""

_YEAR: Final = re.compile(r"20(?:09|[123]\d)")
_YEARS: Final = re.compile(r"(?:19|20)\d\d[/-](?:(?:19|20)\d\d|\d\d)")

_OWN_NUMBER: Final = re.compile(
    r"(?:NRM(?: ?(?:REF(?:ERENCE)?|NO|NUMBER|ID)\b)?[\s\-_/#:.]*)?(?P<number>\d[\d/-]{2,14})(?:[/-]NRM)?"
    r"|(?P<before>\d{2,9})[/-]NRM[/-](?P<after>\d{2,9})",
    re.ASCII,
)
_CLAUSE_END: Final = re.compile(r"[;\n]|(?<!\bREF)(?<!\bNO)(?<!\bNOS)(?<!\b[A-Z])\.\s+(?=[A-Z])")
_OTHER_PERSON: Final = re.compile(
    r"(?<!\bBY )(?<!\bBY HIS )(?<!\bBY HER )(?<!\bBY THEIR )\b(?:(?:HALF|STEP|FOSTER)[ -]?)?"
    r"(?:BROTHER|SISTER|SIBLING|TWIN|MOTHER|MUM|FATHER|DAD|PARENT|SON|DAUGHTER|COUSIN|UNCLE|AUNT(?:IE|Y)?"
    r"|NEPHEW|NIECE|HUSBAND|WIFE|SPOUSE|PARTNER(?! (?:AGENC|ORGANI))|BOYFRIEND|GIRLFRIEND|RELATIVE"
    r"|FAMILY MEMBER|CHILD(?:REN)? OF|CO[ -]?VICTIM|CO[ -]?DEFENDANT|(?:AN)?OTHER (?:\w+ )?(?:PV|VICTIM|CASE"
    r"|PERSON|INDIVIDUAL|MALE|FEMALE)|DEPEND[AE]NT (?:OF|ON)|MAIN APPLICANT|EXPLOITER|TRAFFICKER|SUSPECT"
    r"|PERPETRATOR|LINKED (?:TO|WITH|CASE|REFERRAL|NRM|PV))S?\b"
)
_OWN_AGAIN: Final = re.compile(r"\b(?:OWN|(?<!OTHER )PV'?S|CLIENT'?S)\b")
_IN_BRACKETS: Final = re.compile(r"[A-Z0-9]\s*\(\s*(?:(?:HIS|HER|THEIR|THE)\s+)?")


def read_references(value: object) -> ReferenceReading:
    """Read every reference in one value.

    >>> sorted(read_references("HO ref A1234567 / CID 1234567, DOB 17/08/2006").tokens)
    ['cid:1234567', 'ho:A1234567']
    """
    if (plain := plain_reference(value)) is not None:
        return ReferenceReading(frozenset((plain,)))
    if type(value) is str and _SPLIT in value:
        both = frozenset(map(plain_reference, value.split(_SPLIT)))
        if len(both) == 2 and all(token and token.startswith(_STATES_ITS_TYPE) for token in both):
            return ReferenceReading(frozenset(token for token in both if token))
    text, problems = text_of(value)
    if text is None or text.casefold() in _NO_REFERENCE:
        return ReferenceReading(issues=problems)
    return _read_general(text[:MAX_LENGTH].upper(), (TOO_LONG,) if len(text) > MAX_LENGTH else ())


def read_own_number(value: object, *, numbers_of_nrm: bool = False) -> str | None:
    """The token that a referral's own id has where another referral quotes it; None where the id is no NRM
    number. `numbers_of_nrm`: the heading says that these are, so that digits alone are one.

    >>> read_own_number("12345/2023-NRM"), read_own_number("12345")
    ('nrm:202312345', None)
    >>> read_own_number(12345, numbers_of_nrm=True)
    'nrm:12345'
    """
    text = value.strip() if type(value) is str and value.isascii() else text_of(value)[0]
    match = _OWN_NUMBER.fullmatch(text.upper()) if text else None
    if match is None or not (numbers_of_nrm or "NRM" in match[0]):
        return None
    number = _tidied(match["number"] or f"{match['before']}/{match['after']}", "nrm")
    usable = _TYPED["nrm"].fullmatch(number) and not _YEAR.fullmatch(number) and len(set(number)) > 1
    return f"nrm:{number}" if usable else None


def plain_reference(value: object) -> str | None:
    """The token of one reference in a layout of `_PLAIN`, as `read_references` reads it too; None for any
    other value, and where the number may be a date or is one repeated digit.

    >>> plain_reference("HO ref A1234567"), plain_reference("HO ref A1234567 and 7654321")
    ('ho:A1234567', None)
    """
    match = _PLAIN.fullmatch(value) if type(value) is str else None
    if match is None:
        return None
    kind = match.lastgroup or ""
    number = match[kind]
    if kind == "ho":
        digits = number[-7:]
        return f"ho:{number[0].upper()}{digits}" if digits != digits[0] * 7 else None
    if kind == "cid":
        number = number.lstrip("0")
        if len(number) < CID_DIGITS:
            return None
    elif kind == "uan":
        number = number.replace("-", "").replace(" ", "")
    elif kind == "port":
        number = number.replace(" ", "/")
    elif kind == "any" and _COMPACT_DATE.fullmatch(number):
        return None
    return f"{kind}:{number}" if len(set(number)) > _LETTERS.get(kind, 1) else None


def _read_general(text: str, known: tuple[str, ...]) -> ReferenceReading:
    """Any text, in upper case. `known`: issues that it has already."""
    issues: list[str] = []
    own, others = _split_by_owner(text, issues) if _OTHER_PERSON.search(text) else (_tokens(text, issues), ())
    tokens, of_others = _held(own, issues), _held(others, issues)
    if of_others:
        issues.append(OF_ANOTHER)
    elif not tokens and not issues:
        issues.append(NONE_FOUND)
    return ReferenceReading(tokens, tuple(dict.fromkeys((*issues, *known))), of_others - tokens)


def _held(found: Iterable[str], issues: list[str]) -> frozenset[str]:
    """The first tokens, without those of one repeated digit, which stand for no number."""
    tokens: set[str] = set()
    for token in found:
        digits = {character for character in token.partition(":")[2] if character.isdigit()}
        if len(digits) <= 1:
            issues.append(PLACEHOLDER)
        elif len(tokens) < MOST_REFERENCES or token in tokens:
            tokens.add(token)
        else:
            issues.append(TOO_MANY)
            break
    return frozenset(tokens)


def _split_by_owner(text: str, issues: list[str]) -> tuple[list[str], list[str]]:
    """Tokens of the person, and tokens that the text says are another's, clause by clause."""
    own: list[str] = []
    others: list[str] = []
    for clause in _CLAUSE_END.split(text):
        at = 0
        while (other := _OTHER_PERSON.search(clause, at)) is not None:
            here = list(_tokens(clause[at : other.start()], issues))
            bracket = _IN_BRACKETS.search(clause, at, other.start())
            bracketed = bracket is not None and bracket.end() == other.start()
            end = clause.find(")", other.end()) if bracketed else -1
            again = _OWN_AGAIN.search(clause, other.end()) if end < 0 else None
            stop = end if end >= 0 else again.start() if again else len(clause)
            there = list(_tokens(clause[other.end() : stop], issues))
            if bracketed and here and not there:
                there.append(here.pop())
            own += here
            others += there
            at = stop
        own += _tokens(clause[at:], issues)
    return own, others


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
    for written, expected in _REWRITTEN:
        text = written.sub(expected, text)
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
    if kind == "skip" or (kind in ("", "any") and _YEARS.fullmatch(value)):
        return None
    if len(value) > MOST_CHARACTERS or (kind == "nrm" and _YEAR.fullmatch(value)):
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
    if kind == "nrm" and (numbered := _by_year(value)) is not None:
        return numbered
    plain = value.replace("-", "") if kind in ("port", "police") else value.replace("-", "").replace("/", "")
    if kind == "gwf":
        return plain.removeprefix("GWF")
    return (plain.lstrip("0") or "0") if plain.isdigit() and kind in ("nrm", "cid", "any") else plain


def _by_year(value: str) -> str | None:
    """An NRM number that has a year, year first and without zeros between; None where it has none."""
    year, _, number = value.replace("-", "/").partition("/")
    if not number and len(value) >= GLUED_YEAR and value[4] == "0":
        year, number = value[:4], value[4:]
    elif number and not _YEAR.fullmatch(year):
        year, number = number, year
    if not (number.isdigit() and _YEAR.fullmatch(year)):
        return None
    return year + (number.lstrip("0") or "0")
