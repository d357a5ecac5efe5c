"""The kind of first responder, from the organisation's name: the four types of the published statistics
(domain.md 2.5).
"""

from __future__ import annotations

import re
from enum import IntEnum
from typing import Final

from nrm_linkage.normalise.values import MISSING_WORDS, text_of, word_set

__all__ = ["ResponderType", "read_responder_type"]


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
        r"|refugee council|youth work alliance|women'?s aid|poppy project|city hearts|jericho|hestia",
    ),
    (
        ResponderType.GOVERNMENT,
        r"home office|uk ?visas|\bukvi\b|border force|\bukbf\b|immigration|asylum|gangmasters|\bglaa\b"
        r"|fair work agency"
        r"|intake unit|\bice (?:north|south)\b|\bhmp(?:ps)?\b"
        r"|national crime agency|\bnca\b|hm prison|prison service|uk border agency|\bukba\b",
    ),
    (
        ResponderType.POLICE,
        r"police|constabulary|organised crime unit|special operations unit|\brocu\b|\btarian\b|\bmps\b"
        r"|\bbtp\b|\bpsni\b",
    ),
    (
        ResponderType.LOCAL_AUTHORITY,
        r"council\b|\bborough|\b[lmr]bc?\b(?= [a-z])|\b(?:cc|mbc|dc|bc)$|\bmash\b"
        r"|local authorit|combined authority|london authority|city region|city of "
        r"westminster|comhairle|social care|children'?s (?:services|social)|social services|corporation "
        r"of london"
        r"|city of london|health and social care trust|isles of scilly|\bhsc\b|county of|social work"
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
