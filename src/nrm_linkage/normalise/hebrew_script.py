"""One word in Hebrew script -> the Latin letters that people use for it in names.

Most vowels are not written and cannot be guessed, so common names are looked up in a table
(`names_hebrew.csv`). A word that is not in it gets its consonants, and the vowels that letters stand for:
`o` for vav, `i` for yod, `a` for alef, ayin and a last he, and between two consonants `a`, the commonest.
Vowel points, which are seldom written, are left out. `b`, `k` and `p` are taken to be soft (`v`, `ch`, `f`)
except at the beginning.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Final

from nrm_linkage.normalise.name_tables import read_pairs

__all__ = ["HEBREW", "latin_of_hebrew"]

HEBREW: Final = "[\u05d0-\u05ea](?:[\u0591-\u05bd\u05bf-\u05c7\u05d0-\u05ea]|(?<=[גזצתד])')*"
"""A pattern: the letters of a word, with points, and the marks that make foreign sounds of five of them."""

_POINTS: Final = re.compile("[\u0591-\u05c7]")
_CONSONANTS: Final[Mapping[str, str]] = {
    "ב": "v", "ג": "g", "ד": "d", "ז": "z", "ח": "h", "ט": "t", "כ": "ch", "ך": "ch", "ל": "l", "מ": "m",
    "ם": "m", "נ": "n", "ן": "n", "ס": "s", "פ": "f", "ף": "f", "צ": "tz", "ץ": "tz", "ק": "k", "ר": "r",
    "ש": "sh", "ת": "t", "ה": "h", "ג'": "j", "ז'": "zh", "צ'": "ch", "ץ'": "ch", "ת'": "th", "ד'": "dh",
}  # fmt: skip
_AT_BEGINNING: Final[Mapping[str, str]] = {"ב": "b", "כ": "k", "פ": "p", "י": "y", "ו": "v"}
_LETTERS: Final = re.compile("וו|יי|[א-ת]'?")
_EL: Final = re.compile("(?<=.)אל$")


def latin_of_hebrew(word: str) -> str:
    """Latin letters of a word, lowercase.

    >>> [latin_of_hebrew(word) for word in ("משה", "גולן", "דניאל")]
    ['moshe', 'golan', 'daniel']
    """
    bare = _POINTS.sub("", word)
    return _names().get(bare) or _spelt(bare)


def _spelt(word: str) -> str:
    ending = ("" if word[-3:-2] in "יוא" else "a") + "el" if _EL.search(word) else ""
    letters = _LETTERS.findall(word[:-2] if ending else word)
    out: list[str] = []
    for at, letter in enumerate(letters):
        last = at == len(letters) - 1 and not ending
        latin = _AT_BEGINNING.get(letter, "") if at == 0 else ""
        after = letters[at + 1] if at + 1 < len(letters) else ""
        latin = latin or _vowel(letter, after, first=at == 0, last=last) or _CONSONANTS.get(letter, "")
        if latin and out and not _is_vowel(out[-1]) and not _is_vowel(latin):
            out.append("a")
        out.append(latin)
    return "".join(out) + ending


def _vowel(letter: str, after: str, *, first: bool, last: bool) -> str:
    """What a letter that may stand for a vowel stands for; `""` where it is a consonant, or is not said."""
    if letter == "ו":
        return "u" if last else "v" if after == "י" else "o"
    if letter in "אע":
        return "" if after == "ו" or (first and after == "י") else "a"
    if letter == "ה":
        return "a" if last else ""
    return {"י": "i", "יי": "ai", "וו": "v"}.get(letter, "")


def _is_vowel(latin: str) -> bool:
    return latin[-1:] in "aeiou"


@cache
def _names() -> Mapping[str, str]:
    return dict(read_pairs("names_hebrew.csv"))
