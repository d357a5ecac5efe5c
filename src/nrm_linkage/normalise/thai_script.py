"""One word in Thai script -> the Latin letters that people use for it in names.

Thai writes vowels before, above, below and after the consonant that they follow in speech, leaves some out,
and does not mark where a syllable ends. In this order:

1. Tone marks go, and letters that are marked as silent, with those that fall silent before them.
2. From the beginning on, a consonant with a written vowel is a syllable. Of the consonants without a vowel
   after it the first closes it where the vowel asks for that, or where there is one or more than two.
3. Consonants that are left have a vowel that nobody writes: the last two of them `o` (`Som`, `Nok`), or `or`
   before r (`Porn`), and each of the others `a` (`Kanok`).

Spelling follows use in names where that is not the Royal Institute's: `p` and `k` also where the consonant is
aspirated, `j` for the `ch` that is not, `er` for `oe`. It knows no names and cannot know where a word is made
of two, so that some words have a vowel too few or too many.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

__all__ = ["THAI", "latin_of_thai"]

THAI: Final = "[\u0e01-\u0e3a\u0e40-\u0e4e]+"
"""A pattern: the letters of a word."""

_AT_BEGINNING: Final[Mapping[str, str]] = {
    **dict.fromkeys("กขฃคฅฆ", "k"), "ง": "ng", "จ": "j", **dict.fromkeys("ฉชฌ", "ch"),
    **dict.fromkeys("ซศษส", "s"), **dict.fromkeys("ญย", "y"), **dict.fromkeys("ฎด", "d"),
    **dict.fromkeys("ฏต", "t"), **dict.fromkeys("ฐฑฒถทธ", "th"), **dict.fromkeys("ณน", "n"), "บ": "b",
    **dict.fromkeys("ปผพภ", "p"), **dict.fromkeys("ฝฟ", "f"), "ม": "m", "ร": "r", "ฤ": "ri",
    **dict.fromkeys("ลฬฦ", "l"), "ว": "w", **dict.fromkeys("หฮ", "h"), "อ": "",
}  # fmt: skip
_AT_END: Final[Mapping[str, str]] = {
    **dict.fromkeys("กขฃคฅฆ", "k"), "ง": "ng", "จ": "j", **dict.fromkeys("ฉชซฌฎฏฐฑฒดตถทธศษส", "t"),
    **dict.fromkeys("ญณนรลฬ", "n"), **dict.fromkeys("บปผพภฝฟ", "p"), "ม": "m", "ย": "i", "ว": "w",
}  # fmt: skip
_NO_END: Final = "อหฮ"
_MARKS: Final = "\u0e30-\u0e3a\u0e45\u0e47"  # vowels that stand after, above or below
_AM_APART: Final = "\u0e4dา"  # as compatibility forms write the vowel \u0e33
_TONES: Final = re.compile("[\u0e48-\u0e4b\u0e4e]")
_SILENT: Final = re.compile(
    "(?:[ทตดก]ร|[กษ]ณ|[ก-ฮ])[\u0e34\u0e38]?\u0e4c|(?<=ต)[\u0e34\u0e38]$|(?<=ย)ร(?=ต$)"
)
_FIRST_TR: Final = re.compile("^ทร")
_CLUSTER: Final = "[กขคตทปผพสศจ][รลว]|ห[งญนมยรลว]|[ก-ฮ]"
_ALONE: Final = f"(?:[กขคตทปผพสศจ][รล]|ห[งญนมยรลว])(?![{_MARKS}])|[ก-ฮ]"
_OPEN, _MAY_CLOSE, _CLOSED = range(3)
# `C` is a consonant or two that are said together, `c` the same without a second vowel after them.
_SYLLABLES: Final = tuple(
    (re.compile(written.replace("C", f"({_CLUSTER})").replace("c", f"({_ALONE})")), vowel, kind)
    for written, vowel, kind in (
        ("เC\u0e35ยะ?", "ia", _MAY_CLOSE),
        ("เC\u0e37อะ?", "uea", _MAY_CLOSE),
        ("เCาะ", "o", _OPEN),
        ("เCา", "ao", _OPEN),
        ("เcอ", "er", _MAY_CLOSE),
        (f"เcย(?![{_MARKS}])", "oei", _OPEN),
        ("เ([สศ])ร\u0e34", "er", _CLOSED),
        ("เC\u0e34", "er", _CLOSED),
        ("เc\u0e47?ะ?", "e", _MAY_CLOSE),
        ("แc\u0e47?ะ?", "ae", _MAY_CLOSE),
        ("โcะ?", "o", _MAY_CLOSE),
        ("[ไใ]cย?", "ai", _OPEN),
        ("C\u0e31วะ?", "ua", _OPEN),
        (f"C\u0e31ย(?![{_MARKS}])", "ai", _OPEN),
        ("C\u0e31", "a", _CLOSED),
        (f"([ก-ฮ])รร(?=[ก-ฮ](?![{_MARKS}]))", "a", _CLOSED),
        ("([ก-ฮ])รร", "an", _OPEN),
        ("Cะ", "a", _OPEN),
        ("C\u0e33", "am", _OPEN),
        ("Cา", "a", _MAY_CLOSE),
        ("C[\u0e34\u0e35]", "i", _MAY_CLOSE),
        ("C[\u0e36\u0e37]อ?", "ue", _MAY_CLOSE),
        ("C[\u0e38\u0e39]", "u", _MAY_CLOSE),
        (f"C\u0e47?อ(?![{_MARKS}])", "o", _MAY_CLOSE),
        (f"Cว(?=[กงดนบมยล](?![{_MARKS}ร]))", "ua", _CLOSED),
        ("([ก-ฮ]?ฤ)", "", _MAY_CLOSE),
    )
)
# Beginnings of a run of consonants without vowels that are said otherwise than by the rule, by the least
# length of the run.
_KNOWN_RUNS: Final = (("สม", 4, "som"), ("วร", 3, "wora"), ("พร", 2, "porn"))


def latin_of_thai(word: str) -> str:
    """Latin letters of a word, lowercase; a vowel sign that stands at no consonant is left out.

    >>> [latin_of_thai(word) for word in ("สมชาย", "มาลี", "เกศินี", "กนกวรรณ")]
    ['somchai', 'mali', 'kesini', 'kanokwan']
    """
    rest = _SILENT.sub("", _TONES.sub("", word).replace(_AM_APART, "\u0e33"))
    rest = _FIRST_TR.sub("ซ", rest)
    out: list[str] = []
    kind = _OPEN
    while rest:
        run = _without_vowels(rest)
        if run:
            rest = rest[len(run) :]
            out.append(_latin_of_run(run, kind, last=not rest))
            kind = _OPEN
        elif found := _syllable(rest):
            latin, kind, size = found
            out.append(latin)
            rest = rest[size:]
        else:
            rest = rest[1:]
    return "".join(out)


def _syllable(text: str) -> tuple[str, int, int] | None:
    """Latin letters of the syllable with a written vowel at the beginning of the text, without the consonant
    that closes it; whether one does; and its length.
    """
    for pattern, vowel, kind in _SYLLABLES:
        if match := pattern.match(text):
            onset = match[1]
            if len(onset) == 2 and onset[0] == "ห":
                onset = onset[1]
            return "".join(_AT_BEGINNING[char] for char in onset) + vowel, kind, match.end()
    return None


def _without_vowels(text: str) -> str:
    """The consonants at the beginning of the text at none of which a syllable with a written vowel begins."""
    size = 0
    while (
        size < len(text) and (text[size] in _AT_END or text[size] in _NO_END) and not _syllable(text[size:])
    ):
        size += 1
    return text[:size]


def _latin_of_run(run: str, kind: int, *, last: bool) -> str:
    """Latin letters of consonants without vowels; `kind` says whether the syllable before them is closed."""
    out = ""
    if kind == _CLOSED or (kind == _MAY_CLOSE and len(run) != 2):
        out, run = _AT_END.get(run[0], ""), run[1:]
    while run:
        known = next((each for each in _KNOWN_RUNS if run.startswith(each[0]) and len(run) >= each[1]), None)
        if known:
            out, run = out + known[2], run[len(known[0]) :]
        elif len(run) == 2:
            closing = ("rn" if last else "ra") if run[1] == "ร" else _AT_END.get(run[1], "")
            return f"{out}{_AT_BEGINNING[run[0]]}o{closing}"
        else:
            out += _AT_END.get(run, "") if last and len(run) == 1 else _AT_BEGINNING[run[0]] + "a"
            run = run[1:]
    return out
