"""Month names in text, in many languages and in the calendars that recorded dates come from.

English first (full names, abbreviations, common slips); then the months of the Solar Hijri, Hijri,
Ethiopian and Bikram Sambat calendars under the spellings that are met in Latin script, and in their own;
last the Gregorian month names of some eighty languages from CLDR, a table that
`scripts/build_month_names.py` makes, loaded only when a word is in none of the tables before it.

Names of two words (Levantine Arabic, Vietnamese) are put into one before the text is taken apart. A word that
names different months in different languages names none here, except that Croatian gives way to all others
("listopad" is October there, November in Polish and Czech): its speakers are few in the statistics.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Final

from nrm_linkage.normalise.calendars import ReadingKind
from nrm_linkage.normalise.values import data_rows, word_list

__all__ = [
    "calendar_months",
    "english_month",
    "folded_month",
    "gregorian_month",
    "joined_months",
    "named_by_number",
]

_ENGLISH: Final = {
    name: month
    for month, names in enumerate(
        (
            "jan january janurary januray janaury jany",
            "feb february febuary febraury feburary febr",
            "mar march marh",
            "apr april aprl apl",
            "may",
            "jun june",
            "jul july jully",
            "aug august agust augst ag",
            "sep sept september setember septmber septembre",
            "oct october octobre ocotber",
            "nov november novembr novemeber",
            "dec december decmber decembr desember",
        ),
        start=1,
    )
    for name in word_list(names)
}

_SOMALI: Final = {"maajo": 5, "juunyo": 6, "agoosto": 8, "sebteembar": 9, "nofeembar": 11}
"""Spellings in use beside those of CLDR (ours)."""

_TWO_WORDS: Final = {
    "كانون الثاني": "يناير",
    "كانون الأول": "ديسمبر",
    "كانون الاول": "ديسمبر",
    "تشرين الأول": "أكتوبر",
    "تشرين الاول": "أكتوبر",
    "تشرين الثاني": "نوفمبر",
}
"""Levantine Arabic names, as the names of Egypt."""

_VIETNAMESE: Final = re.compile(
    "(?:tháng|thg)\\s+(mười hai|mười một|mười|một|giêng|hai|ba|tư|bốn|năm|sáu|bảy|bẩy|tám|chín|chạp)"
    "(?![^\\W\\d_])"
)
_VIETNAMESE_NUMBERS: Final = {
    word: number
    for number, words in enumerate(
        "một giêng|hai|ba|tư bốn|năm|sáu|bảy bẩy|tám|chín|mười|mười_một|mười_hai chạp".split("|"), start=1
    )
    for word in words.split()
}


def joined_months(text: str) -> str:
    """The text with Arabic month names of two words put into one, and without the Thai word for month.

    >>> joined_months("17 كانون الثاني 2006")
    '17 يناير 2006'
    """
    text = text.replace("เดือน", "")
    if "كانون" in text or "تشرين" in text:
        for words, word in _TWO_WORDS.items():
            text = text.replace(words, word)
    return text


def named_by_number(text: str) -> str:
    """The text with Vietnamese months in figures, as its dates mostly have them.

    >>> named_by_number("17 tháng tám 2006"), named_by_number("tháng mười hai 29, 2013")
    ('17 tháng 8 2006', 'tháng 12 29, 2013')
    """
    return _VIETNAMESE.sub(lambda found: f"tháng {_VIETNAMESE_NUMBERS[found[1].replace(' ', '_')]}", text)


@cache
def _calendar_table() -> dict[str, tuple[tuple[ReadingKind, int], ...]]:
    table: dict[str, tuple[tuple[ReadingKind, int], ...]] = {}
    for calendar, month, names in data_rows("calendar_months.csv"):
        for name in word_list(names):
            key = folded_month(name)
            table[key] = (*table.get(key, ()), (ReadingKind[calendar], int(month)))
    return table


def english_month(word: str) -> int | None:
    """The month, 1 to 12, that a casefolded word names in English, with common slips, or None.

    >>> english_month("aug"), english_month("august"), english_month("gusht")
    (8, 8, None)
    """
    return _ENGLISH.get(word)


def calendar_months(word: str) -> tuple[tuple[ReadingKind, int], ...]:
    """The calendars, and the month in each, that `word` names. English comes first: "mar" is March.

    >>> [(kind.name, month) for kind, month in calendar_months("tir")]
    [('SOLAR_HIJRI', 4), ('ETHIOPIAN', 5)]
    """
    return () if word in _ENGLISH else _calendar_table().get(folded_month(word), ())


def gregorian_month(word: str) -> int | None:
    """The Gregorian month, 1 to 12, that a casefolded word names in English or another language, or None.

    >>> gregorian_month("sept"), gregorian_month("gusht"), gregorian_month("listopad")
    (9, 8, 11)
    """
    month = _ENGLISH.get(word) or _SOMALI.get(word)
    if month is not None:
        return month
    if len(word) < 2 or (word.isascii() and len(word) < 3):
        return None
    names = _cldr_months()
    key = folded_month(word)
    months = names.get(key, frozenset())
    if not months and len(key) >= (4 if key.isascii() else 3):
        months = frozenset().union(*(found for name, found in names.items() if name.startswith(key)))
    return next(iter(months)) if len(months) == 1 else None


def folded_month(word: str) -> str:
    """Without case, marks of Latin letters or a final dot, so that "Février" and "fevrier" meet; one of
    the two ways to write m before b in Devanagari.
    """
    word = word.casefold().strip(".")
    if word.isascii():
        return word
    word = word.replace("म्ब", "ंब")
    marks = unicodedata.normalize("NFKD", word)
    plain = "".join(mark for mark in marks if not unicodedata.combining(mark))
    return plain.replace("ı", "i").replace("đ", "d").replace("ł", "l") if plain[:1].isascii() else word


@cache
def _cldr_months() -> dict[str, frozenset[int]]:
    rows = data_rows("month_names.csv")
    return {word: frozenset(map(int, months.split(" "))) for word, months in rows}
