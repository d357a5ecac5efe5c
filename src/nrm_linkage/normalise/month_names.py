"""Month names in text, in many languages and in the calendars that recorded dates come from.

English first (full names, abbreviations, common slips); then the months of the Solar Hijri, Hijri,
Ethiopian and Bikram Sambat calendars under the spellings that are met in Latin script, and in their own;
last the Gregorian month names of `LANGUAGES` from CLDR, through babel, loaded only when a word is in none
of the tables before it.

A word that names different months in different languages (Croatian and Polish "listopad") names none here.
"""

from __future__ import annotations

import unicodedata
from functools import cache
from typing import Final

from nrm_linkage.normalise.calendars import ReadingKind
from nrm_linkage.normalise.values import data_rows, word_list

__all__ = ["LANGUAGES", "calendar_months", "gregorian_month"]

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

LANGUAGES: Final = word_list(
    "sq ar ar_IQ ar_MA ar_DZ ar_TN fa fa_AF ps ckb ku ur am ti om so sw vi zh zh_Hant ja ko hi bn ne pa "
    "ta te gu mr si my km lo th id ms fil ro pl bg sk cs lt lv hu et uk ru be hr sr sr_Latn bs sl mk ka "
    "hy az uz kk ky tk tg mn tr el fr es pt it de nl sv da nb fi he ha yo ig"
)
"""CLDR locales of the communities in the statistics, and of the states they pass through (chosen by us)."""


@cache
def _calendar_table() -> dict[str, tuple[tuple[ReadingKind, int], ...]]:
    table: dict[str, tuple[tuple[ReadingKind, int], ...]] = {}
    for calendar, month, names in data_rows("calendar_months.csv"):
        for name in word_list(names):
            key = _folded(name)
            table[key] = (*table.get(key, ()), (ReadingKind[calendar], int(month)))
    return table


def calendar_months(word: str) -> tuple[tuple[ReadingKind, int], ...]:
    """The calendars, and the month in each, that `word` names. English comes first: "mar" is March.

    >>> [(kind.name, month) for kind, month in calendar_months("tir")]
    [('SOLAR_HIJRI', 4), ('ETHIOPIAN', 5)]
    """
    return () if word in _ENGLISH else _calendar_table().get(_folded(word), ())


def gregorian_month(word: str) -> int | None:
    """The Gregorian month, 1 to 12, that a casefolded word names in English or one of `LANGUAGES`, or None.

    >>> gregorian_month("sept"), gregorian_month("gusht"), gregorian_month("listopad")
    (9, 8, None)
    """
    if (month := _ENGLISH.get(word)) is not None:
        return month
    if len(word) < 2 or (word.isascii() and len(word) < 3):
        return None
    names = _cldr_months()
    key = _folded(word)
    months = names.get(key, frozenset())
    if not months and len(key) >= (4 if key.isascii() else 3):
        months = frozenset().union(*(found for name, found in names.items() if name.startswith(key)))
    return next(iter(months)) if len(months) == 1 else None


def _folded(word: str) -> str:
    """Without case, marks of Latin letters or a final dot, so that "Février" and "fevrier" meet."""
    word = word.casefold().strip(".")
    if word.isascii():
        return word
    marks = unicodedata.normalize("NFKD", word)
    plain = "".join(mark for mark in marks if not unicodedata.combining(mark))
    return plain.replace("ı", "i").replace("đ", "d").replace("ł", "l") if plain[:1].isascii() else word


@cache
def _cldr_months() -> dict[str, frozenset[int]]:
    from babel import Locale

    named: dict[str, set[int]] = {}
    for language in LANGUAGES:
        months = Locale.parse(language).months
        for context in ("format", "stand-alone"):
            for width in ("wide", "abbreviated"):
                for month, text in months[context][width].items():
                    word = _folded(unicodedata.normalize("NFKC", str(text))).replace(".", "")
                    if len(word) >= 2 and not any(
                        character.isdigit() or character.isspace() for character in word
                    ):
                        named.setdefault(word, set()).add(int(month))
    return {word: frozenset(months) for word, months in named.items()}
