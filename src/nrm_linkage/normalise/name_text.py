"""Raw text of a name -> Latin text that can be cut into words; and a word -> letters a-z.

Three steps, each total on any string, none of which knows what a name is:

1. `repair`: undoes what software did to the text. UTF-8 read as Windows-1252 is turned back (`PÃ«rparim`,
   `Nguyá»…n`; up to twice), compatibility forms become plain ones (full-width letters, ligatures, Arabic
   presentation forms), invisible characters go (zero-width, bidi marks, soft hyphen, byte-order mark,
   control), every kind of space becomes one space, every kind of quote, hyphen and comma its plain form, and
   `£` beside a letter becomes the `Ł` that it was on another code page.
2. `latinise`: letters of other scripts become Latin ones. Arabic script is looked up word by word in a table
   of common names (`names_arabic.csv`), because its short vowels are not written and cannot be guessed; a
   word that is not in the table gets its consonants and long vowels, with an `a` where it would otherwise
   begin with two consonants. Han characters become one word for the family name and one for the rest.
   Korean, Thai, Hebrew and Indic scripts have rules of their own (other_scripts.py). All others go through
   anyascii, letter by letter.
3. `fold`: diacritics go (`đ ð ł ø ß ı ə` among them), case goes, and anything that is not a letter a-z.

What it does not do: it does not decide what a word means (names.py), does not correct spelling, and does not
restore a letter that an export replaced by `?`; such a letter is left out by `fold`, so that `Nguy?n` is
still one edit from `Nguyen`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from typing import Final

from anyascii import anyascii

from nrm_linkage.normalise.name_tables import read_pairs
from nrm_linkage.normalise.other_scripts import latin_of_others

__all__ = ["MOJIBAKE", "fold", "latinise", "plain_arabic", "repair", "without_addresses"]

_NO_SPACE: Final = re.compile(r"\S+")
_DOMAIN_END: Final = re.compile(r"\.[A-Za-z]{2,}")

# Bytes 0x80-0x9F as Windows-1252 shows them; the five that it leaves empty come through as C1 controls.
_BYTE_OF: Final[Mapping[str, int]] = {
    **{chr(code): code for code in range(0x80, 0x100)},
    **{
        bytes([code]).decode("cp1252"): code
        for code in range(0x80, 0xA0)
        if code not in (0x81, 0x8D, 0x8F, 0x90, 0x9D)
    },
}


def _of_bytes(first: int, last: int) -> str:
    return "[" + "".join(re.escape(char) for char, code in _BYTE_OF.items() if first <= code <= last) + "]"


_TAIL: Final = _of_bytes(0x80, 0xBF)
_CAPITAL_LEAD: Final = "Á(?=[º»])"  # `á`, with which Vietnamese letters begin, in a text that was capitalised
MOJIBAKE: Final = re.compile(
    f"{_of_bytes(0xC2, 0xDF)}{_TAIL}|(?:{_of_bytes(0xE0, 0xEF)}|{_CAPITAL_LEAD}){_TAIL}{{2}}"
    f"|{_of_bytes(0xF0, 0xF4)}{_TAIL}{{3}}"
)
_PLAIN: Final = str.maketrans(
    {
        **dict.fromkeys(
            "\u2018\u2019\u201a\u201b\u02bb\u02bc\u02bd\u02be\u02bf\u02b9\u00b4`\u2032\uff07\u055a\u05f3", "'"
        ),
        **dict.fromkeys("\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033\uff02\u05f4", '"'),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2043\ufe58\ufe63\uff0d\u30a0", "-"),
        **dict.fromkeys("\u060c\u3001\uff0c\ufe50\ufe51", ","),
        **dict.fromkeys("\u00b7\u30fb\uff65\u2022_|\\", " "),
        **dict.fromkeys("\u061f\ufffd\uff1f\u00bf", "?"),
        "\u0640": None,
        "\u00ad": None,
    }
)
# First bytes of two whose second was one of the five that Windows-1252 leaves empty, so that it came out as a
# replacement character; of the letters that it may have been, the one that names have most.
_LOST_BYTE: Final[Mapping[str, str]] = {"Å": "Ł", "Ã": "Á", "Ä": "č"}
_HALF_LOST: Final = re.compile(r"([ÅÃÄ])\ufffd")
_POUND: Final = re.compile(r"£(?=[^\W\d_])|(?<=[^\W\d_])£")
_SPACES: Final = re.compile(r"\s+")
_ARABIC_WORD: Final = re.compile(
    r"[\u0621-\u063a\u0641-\u064a\u0671-\u06d3\u06d5\u06fa-\u06ff\u064b-\u0652\u0670]+"
)
_ARABIC_MARKS: Final = re.compile(r"[\u064b-\u0652\u0670]")
_HAN_RUN: Final = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]+")
_NOT_LETTER: Final = re.compile(r"[^a-z]+")
# Where anyascii and the usual spelling of names differ: Azeri `ə` is written `a`.
_OWN_FOLD: Final = str.maketrans({"ə": "a", "Ə": "A", "ð": "d", "Ð": "D", "ǝ": "e", "ʷ": "w"})

# Letters by sound, the way names are commonly spelt; short vowels are absent from the script.
_ARABIC: Final[Mapping[str, str]] = {
    **dict.fromkeys("اأإآٱ", "a"), "ء": "", "ؤ": "o", "ئ": "e", "ب": "b", "پ": "p", "ت": "t", "ٹ": "t",
    "ث": "th", "ج": "j", "چ": "ch", "ح": "h", "خ": "kh", "د": "d", "ڈ": "d", "ذ": "dh", "ر": "r",
    "ڑ": "r", "ړ": "r", "ڕ": "r", "ز": "z", "ژ": "zh", "ږ": "zh", "س": "s", "ش": "sh", "ښ": "sh",
    "ص": "s", "ض": "d", "ط": "t", "ظ": "z", "ع": "a", "غ": "gh", "ف": "f", "ڤ": "v", "ق": "q",
    **dict.fromkeys("كکڪ", "k"), **dict.fromkeys("گګ", "g"), "ل": "l", "ڵ": "l", "م": "m", "ن": "n",
    "ں": "n", "ڼ": "n", **dict.fromkeys("هہھ", "h"), "ە": "e", "ۀ": "e", "ة": "a", "ۃ": "a", "و": "o",
    "ۆ": "o", "ۇ": "u", "ى": "a", **dict.fromkeys("يیېۍ", "i"), "ێ": "e", "ے": "e", "څ": "ts", "ځ": "dz",
    "ټ": "t", "ډ": "d", "\u064e": "a", "\u064f": "u", "\u0650": "i", "\u064b": "an", "\u064c": "un",
    "\u064d": "in", "\u0670": "a",
}  # fmt: skip
_ARABIC_SPELLING: Final = str.maketrans(
    {**dict.fromkeys("أإآٱ", "ا"), "ي": "ی", "ى": "ی", "ك": "ک", "ة": "ه", "ہ": "ه", "ۀ": "ه"}
)


def repair(text: str) -> str:
    """Undo encoding damage, make spaces, quotes and hyphens plain; letters keep their diacritics.

    >>> repair("PÃ«rparim\\u00a0 \\u200bHoxha")
    'Përparim Hoxha'
    >>> repair("£ukasz")
    'Łukasz'
    >>> repair("TRÁº§N")
    'TRẦN'
    """
    if text.isascii() and text.isprintable():
        return _SPACES.sub(" ", text.translate(_PLAIN)).strip()
    text = _HALF_LOST.sub(lambda match: _LOST_BYTE[match.group(1)], text)
    for _ in range(2):
        mended = MOJIBAKE.sub(_decoded, text)
        if mended == text:
            break
        text = mended
    text = unicodedata.normalize("NFKC", _POUND.sub("Ł", text.translate(_PLAIN)).translate(_PLAIN)).translate(
        _PLAIN
    )
    text = "".join(char for char in text if char.isspace() or unicodedata.category(char)[0] != "C")
    return _SPACES.sub(" ", text).strip()


def _decoded(match: re.Match[str]) -> str:
    seen = match.group()
    capital = seen[0] == "Á"
    try:
        char = bytes(_BYTE_OF[part] for part in ("á" + seen[1:] if capital else seen)).decode("utf-8")
    except UnicodeDecodeError:
        return seen
    # Two real letters that happen to make a valid sequence stay, unless they make a Latin letter.
    if seen.isalpha() and len(seen) == 2 and "LATIN" not in unicodedata.name(char, ""):
        return seen
    return char.upper() if capital else char


def latinise(text: str, *, family_first: bool = True) -> str:
    """Write letters of other scripts in Latin ones; Latin letters keep their diacritics.

    `family_first`: a run of Han characters begins with a family name of one character.

    >>> latinise("محمد")
    'mohammed'
    >>> latinise("王小明"), latinise("สมชาย")
    ('Wang Xiaoming', 'Somchai')
    """
    if text.isascii():
        return text
    text = _ARABIC_WORD.sub(_latin_of_arabic, text)
    if text.isascii():
        return text
    text = _HAN_RUN.sub(lambda match: _latin_of_han(match.group(), family_first), text).strip()
    return text if text.isascii() else latin_of_others(text)


def plain_arabic(word: str) -> str:
    """A word of Arabic script without vowel signs, and with one letter for those typed for one another.

    >>> plain_arabic("أحمد") == plain_arabic("احمد")
    True
    """
    return _ARABIC_MARKS.sub("", word).translate(_ARABIC_SPELLING)


def _latin_of_arabic(match: re.Match[str]) -> str:
    word = match.group()
    known = _arabic_names().get(plain_arabic(word))
    if known is not None:
        return known
    bare = word.translate(_ARABIC_SPELLING)
    if bare.startswith("ال") and len(bare) > 4:
        rest = _arabic_names().get(_ARABIC_MARKS.sub("", bare[2:]))
        return "al-" + (rest if rest is not None else _spell_arabic(word[2:]))
    return _spell_arabic(word)


def _spell_arabic(word: str) -> str:
    if word.startswith("تش"):
        word = "چ" + word[2:]  # how Arabic writes the ch that it has no letter for
    letters = [_ARABIC.get(char, "") for char in word]
    if letters and word[0] in "یيو":
        letters[0] = "w" if word[0] == "و" else "y"
    for at in range(1, len(word) - 1):
        # Between two vowels these letters are consonants.
        if (
            word[at] in "ويی"
            and letters[at - 1][-1:] in "aeiou"
            and letters[at + 1][-1:] in "aeiou"
            and letters[at - 1]
            and letters[at + 1]
        ):
            letters[at] = "w" if word[at] == "و" else "y"
    if len(word) > 1 and word[-1] in "هةە" and letters[-2][-1:] not in "aeiou":
        letters[-1] = "a"
    written = [part for part in letters if part]
    if len(written) > 1 and written[0][-1] not in "aeiou" and written[1][0] not in "aeiou":
        written.insert(1, "a")
    return "".join(written)


def _latin_of_han(run: str, family_first: bool) -> str:
    sounds = [anyascii(char) for char in run]
    if not family_first or len(sounds) == 1:
        return " " + "".join(sounds).capitalize() + " "
    return f" {sounds[0]} {''.join(sounds[1:]).capitalize()} "


def fold(text: str) -> str:
    """The letters a-z of a word, lowercase, without diacritics: the alphabet of every key made from names.

    >>> fold("Łukasz"), fold("Đặng"), fold("O'Neil"), fold("Nguy?n")
    ('lukasz', 'dang', 'oneil', 'nguyn')
    """
    if not text.isascii():
        text = anyascii(text.translate(_OWN_FOLD))
    lowered = text.lower()
    return lowered if lowered.isalpha() else _NOT_LETTER.sub("", lowered)


@cache
def _arabic_names() -> Mapping[str, str]:
    return {arabic.translate(_ARABIC_SPELLING): latin for arabic, latin in read_pairs("names_arabic.csv")}


def without_addresses(text: str) -> str:
    """The text with a space for each e-mail address: what stands between two spaces, up to its last ending of
    a domain. One expression for it would try every `@` with every dot.

    >>> without_addresses("Zamir zamir@example.org Testaj")
    'Zamir   Testaj'
    """
    return _NO_SPACE.sub(_without_address, text)


def _without_address(written: re.Match[str]) -> str:
    text = written[0]
    at = text.find("@", 1)
    ends = list(_DOMAIN_END.finditer(text, at + 2)) if at > 0 else []
    return f" {text[ends[-1].end() :]}" if ends else text
