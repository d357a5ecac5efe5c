"""One word in an Indic script -> the Latin letters that people use for it in names.

Devanagari, Bengali, Gurmukhi, Gujarati, Oriya, Tamil, Telugu, Kannada and Malayalam lie in Unicode in
parallel blocks of 128, so that one table by place in the block reads them all; Sinhala has tables of its own.
A consonant sounds with an `a` unless another vowel or a virama follows. In this order:

1. Groups of letters that sound otherwise than their letters become others (`gy` in Devanagari).
2. The word becomes sounds: a consonant with its vowel, or a vowel that stands by itself.
3. In the northern scripts an `a` that nobody says goes: at the end, and between two consonants that have a
   vowel on either side (`Ram`, `Gurpreet`, `Rahman`).
4. Tamil writes one letter for `k` and `g`, `t` and `d`, `p` and `b`; which it is, its neighbours say.

Long and short vowels are written alike, and retroflex letters like dental ones: spellings in use do not keep
them apart. A few names whose Latin spelling no rule gives are looked up (`names_indic.csv`). It does not read
the digits and stops of these scripts.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from anyascii import anyascii

from nrm_linkage.normalise.name_tables import read_pairs

__all__ = ["INDIC", "latin_of_indic"]

_BLOCKS: Final = range(0x900, 0xE00, 0x80)
_DEVANAGARI, _BENGALI, _GURMUKHI, _GUJARATI, _ORIYA, _TAMIL, _TELUGU, _KANNADA, _MALAYALAM, _SINHALA = _BLOCKS
# Stops and digits stand between the two ranges of each block.
_LETTERS_OF: Final = "|".join(
    f"[{chr(at)}-{chr(at + 0x63)}{chr(at + 0x70)}-{chr(at + 0x7F)}]+" for at in _BLOCKS
)
INDIC: Final = f"(?:{_LETTERS_OF})"
"""A pattern: the letters of a word in one of these scripts."""

_NORTHERN: Final = frozenset({_DEVANAGARI, _BENGALI, _GURMUKHI, _GUJARATI, _ORIYA})
_ENDS_IN_M: Final = frozenset({_TELUGU, _KANNADA, _MALAYALAM})


def _from(first: int, letters: str) -> dict[int, str]:
    return {at: letter for at, letter in enumerate(letters.split(), first) if letter != "-"}


@dataclass(frozen=True)
class _Letters:
    """What the places of a block stand for. `nukta`: the letter with a dot below, by the place without it."""

    consonants: Mapping[int, str]
    vowels: Mapping[int, str]
    signs: Mapping[int, str]
    nukta: Mapping[int, str]
    virama: int


_COMMON: Final = _Letters(
    consonants=_from(
        0x15,
        "k kh g gh ng ch chh j jh n t th d dh n t th d dh n n p ph b bh m y r r l l l v sh sh s h",
    ),
    vowels=_from(0x04, "a a a i i u u ri l e e e ai o o o au"),
    signs=_from(0x3E, "a i i u u ri ri e e e ai o o o au") | {0x57: "au"},
    nukta={0x15: "q", 0x1C: "z", 0x21: "r", 0x22: "rh", 0x2B: "f", 0x2F: "y", 0x38: "sh"},
    virama=0x4D,
)
_SINHALESE: Final = _Letters(
    consonants=_from(
        0x1A,
        "k kh g gh ng ng ch ch j jh n gn nj t th d dh n nd t th d dh n - nd p ph b bh m mb y r - l - - v sh "
        "sh s h l f",
    ),
    vowels=_from(0x05, "a a a a i i u u ri ri l l e e ai o o au"),
    signs=_from(0x4F, "a a a i i u - u - ri e e ai o o au"),
    nukta={},
    virama=0x4A,
)
# Places at which a block has a consonant that the others have not.
_OWN: Final[Mapping[int, Mapping[int, str]]] = {
    _BENGALI: {0x2F: "j", 0x4E: "t", 0x70: "r", 0x71: "w"},
    _GURMUKHI: {0x5C: "r"},
    _TAMIL: {0x1A: "s"},
    _MALAYALAM: {0x34: "zh"} | _from(0x7A, "n n r l l k"),
}
_DEAD: Final = frozenset(range(0x7A, 0x80)) | {0x4E}  # places of those that have no vowel
_SAID_OTHERWISE: Final = (
    (re.compile("ज्ञ"), "ग्य"),
    (re.compile("জ্ঞ"), "গ্য়"),
    (re.compile("(?<=্)য(?!\u09bc)"), "য\u09bc"),
    (re.compile("(?<=[শসদত]্)ব"), "ৱ"),
    (re.compile("ட்ச"), "க்ஷ"),  # how Tamil writes the ksh that it has no letter for
    (re.compile("ற்ற"), "ட்ர"),
    (re.compile("ச்ச"), "ச்ஷ"),
)
_TIPPI, _ADDAK = 0x70, 0x71
_SOFT: Final[Mapping[str, str]] = {"k": "g", "t": "d", "p": "b"}


@dataclass(frozen=True, slots=True)
class _Sound:
    """A consonant (`""` where a vowel stands by itself), the vowel after it, whether that is the `a` that is
    not written, and whether the vowel is nasal.
    """

    consonant: str
    vowel: str
    unwritten: bool = False
    nasal: bool = False


def latin_of_indic(word: str) -> str:
    """Latin letters of a word of one script, lowercase; signs that are no letters of it are left out.

    >>> [latin_of_indic(word) for word in ("सुनीता", "ਗੁਰਪ੍ਰੀਤ", "প্রিয়া", "முருகன்")]
    ['sunita', 'gurprit', 'priya', 'murugan']
    """
    if known := _names().get(word):
        return known
    for written, said in _SAID_OTHERWISE:
        word = written.sub(said, word)
    block = ord(word[0]) & ~0x7F
    sounds = _sounds(word, block, _SINHALESE if block == _SINHALA else _COMMON)
    if block in _NORTHERN:
        sounds = _without_unsaid(sounds)
    elif block == _TAMIL:
        sounds = [_softened(sounds, at) for at in range(len(sounds))]
    return _spelt(sounds, block)


def _sounds(word: str, block: int, letters: _Letters) -> list[_Sound]:
    own = _OWN.get(block, {})
    out: list[_Sound] = []
    doubled = False
    before = -1
    for char in word:
        place = ord(char) - block
        consonant = own.get(place) or letters.consonants.get(place)
        if consonant:
            dead = place in _DEAD and place in own
            if doubled:
                consonant, doubled = consonant[0] + consonant, False
            out.append(_Sound(consonant, "" if dead else "a", unwritten=not dead))
        elif place in letters.vowels:
            out.append(_Sound("", letters.vowels[place]))
        elif place in letters.signs:
            last = out.pop() if out and out[-1].unwritten else _Sound("", "")
            out.append(replace(last, vowel=letters.signs[place], unwritten=False))
        elif block == _GURMUKHI and place == _ADDAK:
            doubled = True
        elif out and place == letters.virama:
            out[-1] = replace(out[-1], vowel="", unwritten=False)
        elif out and place == 0x3C:
            out[-1] = replace(out[-1], consonant=letters.nukta.get(before, out[-1].consonant))
        elif out and (place in (0x01, 0x02) or (block == _GURMUKHI and place == _TIPPI)):
            out[-1] = replace(out[-1], nasal=True)
        elif char.isalpha():
            out.append(_Sound(anyascii(char).lower(), ""))
        before = place
    return out


def _without_unsaid(sounds: Sequence[_Sound]) -> list[_Sound]:
    """Without each unwritten `a` that is not said, found from the end of the word to its beginning."""
    out = list(sounds)
    for at in range(len(out) - 1, 0, -1):
        sound = out[at]
        if sound.unwritten and not sound.nasal and out[at - 1].vowel and _may_follow(out[at + 1 :]):
            out[at] = replace(sound, vowel="")
    return out


def _may_follow(rest: Sequence[_Sound]) -> bool:
    """Whether a consonant without a vowel can be said before the rest: nothing, a consonant with a vowel, or
    one with an r after it.
    """
    if not rest:
        return True
    return bool(rest[0].consonant) and (
        bool(rest[0].vowel) or (len(rest) > 1 and rest[1].consonant == "r" and bool(rest[1].vowel))
    )


def _softened(sounds: Sequence[_Sound], at: int) -> _Sound:
    """A Tamil stop is soft between vowels and after a nasal."""
    sound = sounds[at]
    if at == 0 or not sound.vowel or sound.consonant not in _SOFT:
        return sound
    before = sounds[at - 1]
    soft = bool(before.vowel) or before.consonant in ("n", "ng", "m")
    return replace(sound, consonant=_SOFT[sound.consonant]) if soft else sound


def _spelt(sounds: Sequence[_Sound], block: int) -> str:
    written = []
    for at, sound in enumerate(sounds):
        after = sounds[at + 1].consonant if at + 1 < len(sounds) else ""
        consonant = "n" if sound.consonant == "ng" and after in ("k", "kh", "g", "gh") else sound.consonant
        written.append(consonant + sound.vowel)
        if sound.nasal:
            written.append(_nasal(after, block))
    return "".join(written)


def _nasal(after: str, block: int) -> str:
    """What a nasal vowel ends in before a consonant, or before none."""
    if after[:1] in ("p", "b", "m", "f") or (not after and block in _ENDS_IN_M):
        return "m"
    return "ng" if block == _BENGALI and after[:1] not in ("k", "g") else "n"


@cache
def _names() -> Mapping[str, str]:
    pairs = read_pairs("names_indic.csv")
    return {unicodedata.normalize("NFKC", written): latin for written, latin in pairs}
