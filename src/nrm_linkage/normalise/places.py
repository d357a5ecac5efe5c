"""Places of exploitation as tokens: countries by code, towns by their folded name, and "uk" or "overseas".

Evidence about the instance, never about the person (domain.md 3.3). Places in one value are separated by
commas, semicolons, slashes, brackets, line ends, "&" and "and"; countries and the form's own places whose
names have an "and" ("Tyne and Wear") stay whole. No gazetteer is used, and a town is not placed in its
county.
"""

from __future__ import annotations

import re
from typing import Final

from nrm_linkage.normalise.nationality import folded, read_country
from nrm_linkage.normalise.values import MISSING_WORDS, text_of, word_set

__all__ = ["read_places"]

MAX_LENGTH: Final = 500
"""Longer texts are narratives (chosen by us)."""

MAX_WORDS: Final = 5
"""A place has at most so many words (chosen by us)."""

MOST_PLACES: Final = 20
"""A text with more different places is a narrative too (chosen by us: docs/decisions/0017)."""

_SEPARATORS: Final = re.compile(r"\s*[,;/|&()\n]\s*|\s+(?:and|then|also)\s+|\s+-\s+")
_ONE_PLACE: Final = re.compile(
    r"\b(argyll|ayrshire|barking|basingstoke|bath|blairgowrie|brighton|cheshire west|cockenzie|derry city"
    r"|dumfries|epsom|fermanagh|folkestone|hammersmith|hinckley|kensington|newark|nuneaton|oadby|perth|redcar"
    r"|reigate|ross|stirling|telford|tonbridge|tyne|weymouth|windsor)(?:\s+and\s+|\s*&\s*)(arran|banstead"
    r"|bedworth|bosworth|bute|chelsea|chester|cleveland|cromarty|dagenham|deane|ewell|falkirk|fulham|galloway"
    r"|hove|hythe|kinross|maidenhead|malling|north east somerset|omagh|port seton|portland|rattray|sherwood"
    r"|strabane|wear|wigston|wrekin)\b"
)
"""Names with an "and" in them, of the form's lists of towns, regions and local authorities."""

_PREFIX: Final = re.compile(
    r"^(?:(?:various|several) (?:places|locations) (?:in|across)|somewhere in|in|the|near|around|city of"
    r"|county of|town of"
    r"|(?:royal )?london borough of|royal borough of|metropolitan borough of|greater(?= london))\s+"
)
_SUFFIX: Final = re.compile(
    r"\s+(?:city centre|town centre|city|town|area|district|borough|council|county council|region)$"
)
_NOWHERE: Final = MISSING_WORDS | word_set(
    "no fixed abode|nfa|various|various locations|other|multiple|different places|several places"
    "|elsewhere|home|at home|hotel|n a"
)
_WHERE: Final = {
    "uk": ("uk",),
    "overseas": ("overseas",),
    "abroad": ("overseas",),
    "outside the uk": ("overseas",),
    "outside uk": ("overseas",),
    "both": ("overseas", "uk"),
    "uk and overseas": ("overseas", "uk"),
    "overseas and uk": ("overseas", "uk"),
}


def read_places(value: object) -> frozenset[str]:
    """Read the places of one value.

    >>> [sorted(read_places(value)) for value in ("Tripoli, Libya", "BOTH", "London Borough of Bexley")]
    [['country:LBY', 'tripoli'], ['overseas', 'uk'], ['bexley']]
    """
    text, _ = text_of(value)
    if text is None or len(text) > MAX_LENGTH or text.casefold() in _NOWHERE:
        return frozenset()
    whole = folded(text)
    if whole in _WHERE:
        return frozenset(_WHERE[whole])
    if country := _country(text):
        return frozenset({country})
    parts = _SEPARATORS.split(_ONE_PLACE.sub(r"\1_and_\2", text.casefold()))
    places = frozenset(place for part in parts for place in _place(part))
    return places if len(places) <= MOST_PLACES else frozenset()


def _country(text: str) -> str | None:
    code = read_country(text)
    return None if code is None else "uk" if code == "GBR" else f"country:{code}"


def _place(part: str) -> tuple[str, ...]:
    place = _SUFFIX.sub("", _PREFIX.sub("", folded(part)))
    if place in _WHERE:
        return _WHERE[place]
    if country := _country(part):
        return (country,)
    if (
        place in _NOWHERE
        or len(place) < 3
        or len(place.split()) > MAX_WORDS
        or not any(map(str.isalpha, place))
    ):
        return ()
    return (place,)
