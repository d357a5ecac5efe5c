"""The first responder: its kind, of the four in the published statistics (domain.md 2.5), and the body itself
under one name however it was written.

`read_responder` serves to tell two bodies from one: case, punctuation, "the", the usual abbreviations, and
the teams of one body (the Immigration Enforcement centres of the form's list since 2026) do not make two. A
local authority is known by its place alone, so a county and a district of one name are taken for one; a force
or a council is not looked up anywhere, and a text of no known kind stays as it is.
"""

from __future__ import annotations

import re
from enum import IntEnum
from typing import Final

from nrm_linkage.normalise.values import MISSING_WORDS, text_of, word_set

__all__ = ["ResponderType", "read_responder", "read_responder_type"]


class ResponderType(IntEnum):
    """The published first responder types; `MISSING` also where the name tells nothing."""

    MISSING = 0
    GOVERNMENT = 1
    LOCAL_AUTHORITY = 2
    POLICE = 3
    NGO = 4


_LABELS: Final = {
    ResponderType.GOVERNMENT: word_set(
        "govt|government|government agency|ukvi|ukbf|ie|nca|glaa|gla|bf|ice|det|rom|niu|kiu"
    ),
    ResponderType.LOCAL_AUTHORITY: word_set(
        "la|local authority|local authorities|council|social services|childrens services"
    ),
    ResponderType.POLICE: word_set(
        "police|police force|btp|psni|mps|met|gmp|rocu|tarian|wmp|police scotland"
    ),
    ResponderType.NGO: word_set(
        "ngo|ngo and third sector|third sector|charity|tara|tsa|nspcc|bawso|unseen|kalayaan"
    ),
}
_PATTERNS: Final = (
    (
        ResponderType.NGO,
        r"salvation army|migrant help|medaille|kalayaan|barnardo|\bunseen\b|\btara\b|trafficking "
        r"awareness|nspcc|bawso|new pathways"
        r"|refugee council|youth work alliance|women'?s aid|poppy project|city hearts|causeway"
        r"|jericho|hestia",
    ),
    (
        ResponderType.GOVERNMENT,
        r"home office|uk ?visas|\bukvi\b|border force|\bukbf\b|immigration|asylum|gangmasters|\bglaa\b"
        r"|fair work agency"
        r"|intake unit|\bice (?:north|south|team)\b|^bf\b|\bhmp(?:ps)?\b"
        r"|national crime agency|\bnca\b|hm prison|prison service|uk border agency|\bukba\b",
    ),
    (
        ResponderType.POLICE,
        r"police|constab|organised crime unit|special operations unit|\brocu\b|\btarian\b|\bmps\b"
        r"|\bbtp\b|\bpsni\b",
    ),
    (
        ResponderType.LOCAL_AUTHORITY,
        r"council\b|\bborough|\b[lmr]bc?\b(?= [a-z])|\b(?:cc|mbc|dc|bc)$|\bmash\b"
        r"|local authorit|combined authority|london authority|city region|city of "
        r"westminster|comhairle|social care|children'?s (?:services|social)|social services|corporation "
        r"of london"
        r"|city of london|health and social care trust|isles of scilly|\bhsc\b|county of|social work|\bhscp\b"
        r"|children'?s trust|children first",
    ),
)
_COMPILED: Final = tuple((kind, re.compile(pattern)) for kind, pattern in _PATTERNS)
_BY_LABEL: Final = {label: kind for kind, labels in _LABELS.items() for label in labels}


def read_responder_type(value: object) -> ResponderType:
    """Read the type of a first responder.

    >>> [read_responder_type(name).name for name in ("City of London Police", "Bury Borough Council")]
    ['POLICE', 'LOCAL_AUTHORITY']
    """
    text, _ = text_of(value)
    if text is None or (lower := text.casefold()) in MISSING_WORDS:
        return ResponderType.MISSING
    if lower in _BY_LABEL:
        return _BY_LABEL[lower]
    for kind, pattern in _COMPILED:
        if pattern.search(lower[:500]):
            return kind
    return ResponderType.MISSING


_BODIES: Final = (
    ("home office uk visas and immigration", r"uk visas|\bukvi\b|asylum"),
    ("home office immigration enforcement", r"immigration enforcement|^ie$|\bice (?:north|south)\b"),
    ("home office border force", r"border force|\bukbf\b|^bf$"),
    ("national crime agency", r"national crime agency|^nca$"),
    ("gangmasters and labour abuse authority", r"gangmasters|^glaa?$|fair work agency"),
    ("police metropolitan", r"metropolitan police|^mps$|^met(?: police)?$"),
    ("police greater manchester", r"greater manchester police|^gmp$"),
    ("police west midlands", r"^wmp$|^west midlands police"),
    ("police british transport", r"british transport police|^btp$"),
    ("police northern ireland", r"police service of northern ireland|^psni$"),
    ("salvation army", r"salvation army|^tsa$"),
    ("migrant help", r"migrant help"),
    ("medaille trust", r"medaille"),
    ("barnardos", r"barnardo"),
    ("trafficking awareness raising alliance", r"trafficking awareness|^tara$"),
    ("nspcc", r"nspcc|prevention of cruelty"),
    ("unseen", r"^unseen"),
    ("kalayaan", r"kalayaan"),
    ("bawso", r"bawso"),
)
_BODY_PATTERNS: Final = tuple((name, re.compile(pattern)) for name, pattern in _BODIES)
_NOT_PLACE: Final = word_set(
    "the of and council councils borough city county district metropolitan london royal local authority "
    "authorities cc mbc bc dc lb rb lbc combined corporation unitary la social services care childrens adult "
    "adults children trust mash"
)
_NOT_FORCE: Final = word_set("police constabulary service the and heddlu")
_NOT_WORD: Final = re.compile(r"[^\w]+")


def read_responder(value: object) -> str:
    """The body that a text names, in one spelling; "" where it names none.

    >>> {read_responder(name) for name in ("Bexley Council", "London Borough of Bexley", "LB Bexley")}
    {'local authority bexley'}
    """
    text, _ = text_of(value)
    if text is None or (lower := text.casefold()[:500]) in MISSING_WORDS:
        return ""
    plain = _NOT_WORD.sub(" ", lower.replace("'", "").replace("&", " and ")).strip()
    for name, pattern in _BODY_PATTERNS:
        if pattern.search(plain):
            return name
    kind = read_responder_type(text)
    words = plain.split()
    if kind == ResponderType.LOCAL_AUTHORITY:
        return " ".join(["local authority", *(word for word in words if word not in _NOT_PLACE)])
    if kind == ResponderType.POLICE:
        return " ".join(["police", *(word for word in words if word not in _NOT_FORCE)])
    return plain.removeprefix("the ")
