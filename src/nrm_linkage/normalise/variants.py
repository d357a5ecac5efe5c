"""Which spellings are one name, which words are short for a name, and which look-alikes are different names.

Three relations over folded tokens, weakest last:

- `variant_class`: a partition. Every token is in one class, named by its canonical member; most tokens are
  alone in theirs. The table holds spellings of one name; rules add what has no end of members: gendered
  endings (`Ivanova`, `Kowalska`, `Kazlauskaite`), compounds with Abdul, -ullah, -uddin and the Ge'ez ones,
  whose parts are classed on their own, the article before a listed Arabic name (`Alhassan`), and `Mac`.
- `nickname_classes`: a cover. A token may stand for its own class and for each name that it is a short form,
  a pet form, another language's form or a dialect romanisation of (`Ben`, `Seun`, `Peter`, `Wong`). Two
  tokens are so related when their sets meet.
- `known_different`: pairs of classes that were written down as different names although keys or edit distance
  say otherwise (`Haile` and `Hailu`, `Salih` and `Salah`), and any two different syllables of Vietnamese or
  pinyin (`Phuong` and `Phong`, `Zhao` and `Zhou`). It is a short list, not a decision procedure: False says
  nothing.

The tables are built by `scripts/build_name_tables.py`; sources and licences are in `data/NAMES_SOURCES.md`.
They are equivalences for partial agreement, not proof of identity, and hold no record's values.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Final

from nrm_linkage.normalise.name_parts import is_syllable
from nrm_linkage.normalise.name_tables import read_lines, read_pairs

__all__ = ["is_compound", "known_different", "lists_of_different", "nickname_classes", "variant_class"]

_ABD: Final = re.compile(r"c?[ae]bd(?:[aeiou]{1,2}l|[aeiou](?=([rsztnd])\1)|al)\1?(?P<rest>[a-z]{4,})")
_ULLAH: Final = re.compile(r"(?P<rest>[a-z]{3,}?)(?:ul+ah?|ol+ah?)")
_UDDIN: Final = re.compile(r"(?P<rest>[a-z]{3,}?)(?:[aeu][ld]d|ud)(?:i|ee|ii|y)ne?")
_GEEZ: Final[Mapping[str, str]] = {
    "gebre": "gebre", "ghebre": "gebre", "geber": "gebre", "gebere": "gebre", "gbre": "gebre",
    "habte": "habte", "abte": "habte", "haile": "haile", "hayle": "haile", "tekle": "tekle",
    "tecle": "tekle", "takle": "tekle", "welde": "welde", "wolde": "welde", "kidane": "kidane",
    "chidane": "kidane",
}  # fmt: skip
_GEEZ_FIRST: Final = re.compile(rf"({'|'.join(sorted(_GEEZ, key=len, reverse=True))})([a-z]{{4,}})")
_GEEZ_BEGINNINGS: Final = frozenset(word[:3] for word in _GEEZ)
# Feminine ending -> masculine, Slavic then Lithuanian; only for words long enough not to be given names.
_GENDERED: Final = (
    ("ova", "ov", 6),
    ("eva", "ev", 6),
    ("ska", "ski", 6),
    ("cka", "cki", 6),
    ("iene", "as", 8),
    ("aite", "as", 8),
    ("yte", "is", 8),
    ("ute", "us", 8),
)
_MAC: Final = re.compile(r"mac(?=[bcdfgklmnpqrstv])[a-z]{4,}")
_HONOURED: Final = re.compile(r"(?:oluwa|olu|chukwu|oghene)([a-z]{4,})")


def variant_class(token: str) -> str:
    """The canonical member of the token's class: the token itself when no table or rule knows it.

    >>> variant_class("muhammad"), variant_class("abdurrahim"), variant_class("ivanova")
    ('mohammed', 'abdulrahim', 'ivanov')
    """
    known = _classes().get(token)
    return known if known is not None else _by_rule(token)


def _by_rule(token: str) -> str:
    if len(token) < 6:
        return token
    if "bd" in token[:4] and (match := _ABD.fullmatch(token)):
        return "abdul" + variant_class(match["rest"])
    # What a pattern asks of the letters at either end rules nearly every token out sooner than the pattern.
    if token[:3] in _GEEZ_BEGINNINGS and (match := _GEEZ_FIRST.fullmatch(token)):
        return _GEEZ[match[1]] + variant_class(match[2])
    if (
        token.endswith(("la", "lah"))
        and (match := _ULLAH.fullmatch(token))
        and token[-4:] not in ("olla", "ulla")
    ):
        return variant_class(match["rest"]) + "ullah"
    if token.endswith(("n", "ne")) and "d" in token[-6:] and (match := _UDDIN.fullmatch(token)):
        return variant_class(match["rest"]) + "uddin"
    if token[:2] in ("al", "el") and (rest := _classes().get(token[2:], token[2:])) in _arabic():
        return rest
    if token.startswith("mac") and _MAC.fullmatch(token):
        return _classes().get("mc" + token[3:], "mc" + token[3:])
    for feminine, masculine, least in _GENDERED if token[-1] in "ae" else ():
        if len(token) >= least and token.endswith(feminine):
            stem = token[: -len(feminine)] + masculine
            return _classes().get(stem, stem)
    return token


def is_compound(token: str) -> bool:
    """Whether a rule reads the token as a compound, whose parts are classed on their own.

    >>> is_compound("salaheddine"), is_compound("salah")
    (True, False)
    """
    return any(pattern.fullmatch(token) for pattern in (_ABD, _GEEZ_FIRST, _ULLAH, _UDDIN))


def nickname_classes(token: str) -> frozenset[str]:
    """The classes that the token may stand for; always its own among them.

    >>> sorted(nickname_classes("ben")), sorted(nickname_classes("abdulrahim"))
    (['ben', 'benedict', 'benjamin'], ['abdulrahim', 'rahim'])
    """
    own = variant_class(token)
    full_names = (*_short_forms().get(token, ()), *_short_forms().get(own, ()))
    found = {own, *map(variant_class, full_names)}
    if len(own) > 7:
        for rest in _parts(own):
            found.add(variant_class(rest))
    return frozenset(found)


def _parts(own: str) -> list[str]:
    """The names inside a compound that people shorten it to."""
    parts = []
    if own.startswith("abdul") and len(own) > 8:
        parts.append(own[5:])
    if own.endswith(("ullah", "uddin")) and own != "abdullah":
        parts.append(own[:-5])
    if match := _HONOURED.fullmatch(own):
        parts.append(match[1])
    return parts


def known_different(left: str, right: str) -> bool:
    """Whether two tokens are listed as different names that look alike; False for anything unlisted.

    >>> known_different("haile", "haylu"), known_different("haile", "hayle")
    (True, False)
    """
    if variant_class(left) == variant_class(right):
        return False
    listed = not lists_of_different(left).isdisjoint(lists_of_different(right))
    return listed or (
        is_syllable(left)
        and is_syllable(right)
        and nickname_classes(left).isdisjoint(nickname_classes(right))
    )


def lists_of_different(token: str) -> frozenset[int]:
    """The numbers of the lists of different names that look alike in which the token's class stands.

    >>> len(lists_of_different("haylu") & lists_of_different("haile"))
    1
    """
    return _confusable().get(variant_class(token), frozenset())


@cache
def _classes() -> Mapping[str, str]:
    classes = {}
    for line in read_lines("names_variants.txt"):
        members = line.split(" ")
        classes.update(dict.fromkeys(members, members[0]))
    return classes


@cache
def _arabic() -> frozenset[str]:
    """Classes of the common Arabic names."""
    return frozenset(_classes().get(latin, latin) for _, latin in read_pairs("names_arabic.csv"))


@cache
def _short_forms() -> Mapping[str, tuple[str, ...]]:
    lines = (line.split(" ") for line in read_lines("names_short_forms.txt"))
    return {form: tuple(full) for form, *full in lines}


@cache
def _confusable() -> Mapping[str, frozenset[int]]:
    """Class -> the lists of different names that it stands in."""
    found: dict[str, set[int]] = {}
    for number, line in enumerate(read_lines("names_different.txt")):
        for name in line.split(" "):
            found.setdefault(name, set()).add(number)
    return {name: frozenset(numbers) for name, numbers in found.items()}
