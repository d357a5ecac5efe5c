"""The numbers that a written date states, before anything is decided about what is plausible.

`written_date` takes cleaned text (see `values`) and returns a `Written`: what kind of statement it is, and
its year, month and day as far as they are given. `date_numbers` says what numbers alone state.

In this order: three numbers with separators and an optional time; digits alone (compact forms, a year, an
age, a spreadsheet serial); parts written as unknown (`??/08/2006`, `00/00/2006`); two years; words (month
names, "circa", ages); last, one date in numbers inside other words. Times and zones are dropped: the date
is the one that is written.

Not done: relative dates ("last Friday"), dates without a year, two dates in one text (an issue says so).
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Final

from nrm_linkage.normalise.calendars import ReadingKind
from nrm_linkage.normalise.date_numbers import (
    APPROXIMATE,
    FIRST_ETHIOPIAN_YEAR,
    NOTHING,
    UNREADABLE,
    Form,
    Written,
    day_stated,
    digits_stated,
    three_stated,
    two_stated,
    years_stated,
)
from nrm_linkage.normalise.month_names import (
    calendar_months,
    english_month,
    gregorian_month,
    joined_months,
    named_by_number,
)
from nrm_linkage.normalise.values import MISSING_WORDS, word_list, word_set

__all__ = ["written_date"]

_WORDS: Final = "words beside the date"
_SEVERAL: Final = "more than one date"

MAX_LENGTH: Final = 120
"""Longer texts are narratives, not dates (chosen by us)."""


_TIME: Final = (
    r"(?:[T\s,]+(?:\d{1,2}[:.h]\d{2}(?:[:.]\d{2}(?:[.,]\d{1,9})?)?)?\s*(?:[ap]\.?\s?m\.?)?"
    r"\s*(?:Z|UTC|GMT)?\s*(?:[+-]\d{2}:?\d{2})?)?[.,]?"
)
_SEPARATOR: Final = r"\s?[-/.,\\_|;: ]\s?"
_THREE: Final = re.compile(rf"(\d{{1,4}}){_SEPARATOR}(\d{{1,2}}){_SEPARATOR}(\d{{1,4}}){_TIME}")
_INSIDE: Final = re.compile(r"(?<![\d/.-])(\d{1,4})\s?([-/.])\s?(\d{1,2})\s?\2\s?(\d{1,4})(?![\d/])")
_TWO: Final = re.compile(r"(\d{1,4})\s?[-/. ]\s?(\d{1,4})")
_UNKNOWN_PART: Final = re.compile(
    r"(?<![^\W\d_])[?x*_]{1,4}(?![^\W\d_])|(?<![\d-])-{1,4}(?=[/.])|(?<=[/.])-{1,4}(?!\d)"
    r"|(?<![^\W\d_])(?:dd?|mm?|y{4})(?=[/.-])|(?<=[/.-])(?:mm?|y{4})(?![^\W\d_])",
    re.IGNORECASE,
)
_NAMED: Final = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[ -]?([A-Za-z]{3,9})[ -]?(\d{4})")
"""The commonest way with a name, read without a look at the rest."""
_FRACTIONAL_SERIAL: Final = re.compile(r"([1-9]\d{4})\.\d{1,12}")
_CHINESE_NUMERAL: Final = re.compile("[〇零一二三四五六七八九十]+(?=\\s?[年月日号號])")
_CJK: Final = re.compile(
    r"(\d{4})\s?[年년]\s?(?:(\d{1,2})\s?[月월]\s?(?:(\d{1,2})(?:\s?[日号일]|(?=\d\d:)|$)?)?)?.*"
)
_VIETNAMESE: Final = re.compile(
    r"(?:ng[aà]y\s+)?(?:m[uù]ng\s+)?(\d{1,2})?[\s,/-]*(?:th[aá]ng|thg)[\s.]*(\d{1,2})"
    r"[\s,/-]+(?:n[aă]m\s+)?(\d{4})"
)
_VIETNAMESE_MONTH_FIRST: Final = re.compile(r"(?:th[aá]ng|thg)[\s.]*(\d{1,2})\s+(\d{1,2}),?\s+(\d{4})")
_ROMAN: Final = re.compile(r"(\d{1,2})[\s./-]+(x{0,1}(?:i{1,3}|iv|vi{0,3}|ix)|x|xi|xii)[\s./-]+(\d{2,4})")
_ROMAN_MONTHS: Final = {
    text: month for month, text in enumerate(word_list("i ii iii iv v vi vii viii ix x xi xii"), start=1)
}
_CLOCK: Final = re.compile(
    r"\b(?:\d{1,2}[:h]\d{2}(?:[:.]\d{2}(?:[.,]\d{1,9})?)?(?:\s*[ap]\.?\s?m\b\.?)?"
    r"|\d{1,2}(?:[.]\d{2})?\s?[ap]\.?m\b\.?)(?:\s*(?:gmt|utc|z)?\s*[+-]\d{2}:?\d{2})?",
    re.IGNORECASE,
)
_DOT_IN_WORD: Final = re.compile(r"(?<=[^\W\d_])\.(?=[^\W\d_])")
_TOKEN: Final = re.compile(r"\d+|[^\d\s/.,;()\[\]:|@\"~+=?!'-]+")
_AGE_IN_YEAR: Final = re.compile(
    r"(?:aged?\s+)?(\d{1,2})(?:\s+years?(?:\s+old)?)?\s+in\s+(?:the\s+year\s+)?(\d{4})"
)
_DECADE: Final = re.compile(r"(?:(?:in|the|early|mid|late)[\s-]+)*((?:1[2-9]|2[0-5])\d0)'?s")
_TWO_YEARS: Final = re.compile(r"(?:between\s+)?(\d{4})\s*(?:-|/|or|to|and|&)\s*(\d{4})")
_AGE_RANGE: Final = re.compile(
    r"(?:(?:aged?|about|approx\.?|approximately|between)\s+)*([1-9]\d?)\s*(-|/|or|to|and)\s*([1-9]\d?)"
    r"(?:\s*(?:years?|yrs?|yo|y)(?:\s+old)?)?"
)
WIDEST_AGES: Final = 5
"""A range of more years than this says too little to be read (chosen by us)."""

_BOUND: Final = re.compile(r"[+<>]")

_FILLERS: Final = word_set(
    "of the on at in a st nd rd th dob d o b born birth date year month day de del di du le la el den der "
    "am im u o w v monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur "
    "thurs fri sat sun noon midnight est edt pst pdt bst gmt utc uhr klo um г в года год рік року"
)
_ABOUT: Final = word_set(
    "c ca circa approx approximately about abt around roughly est estimated say maybe possibly probably "
    "early late mid near claims claimed claiming assessed believed thought"
)
_AGE_WORDS: Final = word_set("age aged ages year years yr yrs yo y o old yoa")


def written_date(text: str | None) -> Written:
    """The statement that one cleaned text makes.

    >>> [written_date(text).form.name for text in ("c. 2006", "17 gusht 2006", "about 16 years")]
    ['YEAR', 'DAY', 'AGE']
    """
    if not text:
        return NOTHING
    if match := _THREE.fullmatch(text):
        return three_stated(match[1], match[2], match[3])
    if (match := _NAMED.fullmatch(text)) and (month := english_month(match[2].lower())):
        return _named(int(match[3]), month, int(match[1]), False, ())
    if match := _FRACTIONAL_SERIAL.fullmatch(text):
        return digits_stated(match[1])
    if text.isdecimal() or text.removesuffix(".0").isdecimal():
        return digits_stated(text.removesuffix(".0"))
    if len(text) > MAX_LENGTH:
        return UNREADABLE
    lower = text.casefold()
    if lower in MISSING_WORDS:
        return NOTHING
    if not lower.isascii():
        lower = named_by_number(joined_months(_CHINESE_NUMERAL.sub(_chinese_number, lower)))
    return (
        _from_unknown_parts(lower)
        or _from_forms(lower)
        or _from_words(lower)
        or _from_inside(lower)
        or UNREADABLE
    )


def _chinese_number(numeral: re.Match[str]) -> str:
    """A year digit by digit, or a number up to 99 with tens."""
    tens, ten, ones = numeral[0].partition("十")
    digits = ["〇一二三四五六七八九".find(character) for character in tens.replace("零", "〇")]
    if not ten:
        return "".join(map(str, digits))
    first = int("".join(map(str, digits)) or "1")
    return str(first * 10 + max("〇一二三四五六七八九".find(ones[:1] or "〇"), 0))


def _from_unknown_parts(lower: str) -> Written | None:
    """Unknown parts as zeros: `??/08/2006`, `xx-xx-2006`, `/08/2006`, and two parts (`08/2006`)."""
    zeroed = _UNKNOWN_PART.sub("0", lower)
    if zeroed.startswith("/"):
        zeroed = "0" + zeroed
    zeroed = zeroed.replace("//", "/0/")
    if zeroed != lower and (match := _THREE.fullmatch(zeroed)):
        return three_stated(
            match[1], match[2], "0000" if match[3] == "0" and len(match[1]) <= 2 else match[3]
        )
    if match := _TWO.fullmatch(zeroed):
        return two_stated(match[1], match[2])
    return None


def _from_forms(lower: str) -> Written | None:
    """Forms that a pattern tells apart: Chinese, Korean and Vietnamese dates, Roman months, decades, spans,
    ages in a year.
    """
    if match := _CJK.fullmatch(lower):
        return day_stated(int(match[1]), int(match[2] or 0), int(match[3] or 0))
    if "th" in lower:
        timeless = _CLOCK.sub(" ", lower).strip(" ,-")
        if match := _VIETNAMESE.fullmatch(timeless):
            return day_stated(int(match[3]), int(match[2]), int(match[1] or 0))
        if match := _VIETNAMESE_MONTH_FIRST.fullmatch(timeless):
            return day_stated(int(match[3]), int(match[1]), int(match[2]))
    if (match := _ROMAN.fullmatch(lower)) and match[2] in _ROMAN_MONTHS and len(match[3]) != 3:
        return day_stated(
            int(match[3]), _ROMAN_MONTHS[match[2]], int(match[1]), short_year=len(match[3]) == 2
        )
    if match := _DECADE.fullmatch(lower):
        return Written(Form.YEARS, int(match[1]), number=int(match[1]) + 9, issues=(APPROXIMATE,))
    if match := _TWO_YEARS.fullmatch(lower):
        return years_stated(int(match[1]), int(match[2]))
    if match := _AGE_IN_YEAR.fullmatch(lower):
        return Written(Form.AGE_IN_YEAR, int(match[2]), number=int(match[1]), issues=("age in a given year",))
    if match := _AGE_RANGE.fullmatch(lower):
        lowest, highest = int(match[1]), int(match[3])
        if lowest < highest <= lowest + WIDEST_AGES:
            return Written(Form.AGE, number=lowest, oldest=highest, issues=("a range of ages",))
        return Written(Form.UNREADABLE, issues=("a range of ages instead of a date",))
    return None


def _from_words(lower: str) -> Written | None:
    """Numbers among words: a month name with its year and day, a year or an age with words of
    approximation.
    """
    tokens = _TOKEN.findall(_CLOCK.sub(" ", _DOT_IN_WORD.sub("", lower)))
    numbers = [token for token in tokens if token.isdecimal()]
    words = [token for token in tokens if not token.isdecimal()]
    if not numbers or len(numbers) > 3 or len(words) > 12:
        return None
    months = [
        (word, found)
        for word in words
        if word not in _FILLERS and word not in _ABOUT and (found := _months_of(word))
    ]
    rest = {word for word in words if all(word != month for month, _ in months)} - _FILLERS
    issues = ((APPROXIMATE,) if rest & _ABOUT or "?" in lower or "~" in lower else ()) + (
        (_WORDS,) if rest - _ABOUT else ()
    )
    if len(months) == 1:
        return _from_named_month(lower, tokens, numbers, months[0], issues)
    if months:
        return Written(Form.UNREADABLE, issues=(_SEVERAL,))
    return _from_plain_number(numbers, rest, issues, bounded=_BOUND.search(lower) is not None)


def _months_of(word: str) -> dict[ReadingKind | None, int]:
    """The month that a word names, by calendar; None stands for the Gregorian one."""
    found: dict[ReadingKind | None, int] = dict(calendar_months(word))
    gregorian = None if found else gregorian_month(word)
    return {None: gregorian} if gregorian is not None else found


def _from_named_month(
    lower: str,
    tokens: list[str],
    numbers: list[str],
    named: tuple[str, dict[ReadingKind | None, int]],
    issues: tuple[str, ...],
) -> Written | None:
    word, by_calendar = named
    years = [number for number in numbers if len(number) == 4]
    calendars, month = _calendar_of_name(by_calendar, int(years[0]) if years else 0)
    days = [number for number in numbers if len(number) <= 2]
    if len(years) == 1 and len(days) <= 1 and len(numbers) <= 2:
        found = _named(int(years[0]), month, int(days[0]) if days else 0, False, calendars)
    elif not years and len(numbers) == 2 == len(days):
        year_first = int(days[0]) > 31
        year, day = (days[0], days[1]) if year_first else (days[1], days[0])
        found = _named(int(year), month, int(day), True, calendars)
    elif (
        len(numbers) == 1
        and len(days[0] if days else "") == 2
        and (int(days[0]) > 31 or f"{word}-{days[0]}" in lower)
    ):
        # "Aug-06" is how a spreadsheet shows the first of that month.
        found = Written(Form.MONTH, int(days[0]), month, short_year=True)
    else:
        return Written(Form.UNREADABLE, issues=("no year",)) if not years else None
    return replace(found, issues=(*found.issues, *issues))


def _calendar_of_name(
    by_calendar: dict[ReadingKind | None, int], year: int
) -> tuple[tuple[ReadingKind, ...], int]:
    """The calendar to read a named month in: Tir is Ethiopian in 1993, and Solar Hijri in 1383."""
    if year >= FIRST_ETHIOPIAN_YEAR and ReadingKind.ETHIOPIAN in by_calendar:
        return (ReadingKind.ETHIOPIAN,), by_calendar[ReadingKind.ETHIOPIAN]
    kind, month = next(iter(by_calendar.items()))
    return (() if kind is None else (kind,)), month


def _named(year: int, month: int, day: int, short_year: bool, calendars: tuple[ReadingKind, ...]) -> Written:
    if day == 0:
        return Written(Form.MONTH, year, month, calendars=calendars)
    return Written(Form.DAY, year, month, day, 0, short_year, calendars)


def _from_plain_number(
    numbers: list[str], rest: set[str], issues: tuple[str, ...], *, bounded: bool
) -> Written | None:
    """One number with words of approximation or of age: a year or an age. "18+" is `bounded` and no age."""
    if len(numbers) != 1 or rest - _ABOUT - _AGE_WORDS:
        return None
    digits = numbers[0]
    approximate = tuple(issue for issue in issues if issue == APPROXIMATE)
    if len(digits) == 4:
        return Written(Form.YEAR, int(digits), issues=approximate)
    if len(digits) <= 2 and digits.strip("0") and not bounded:
        return Written(Form.AGE, number=int(digits), issues=approximate)
    return None


def _from_inside(lower: str) -> Written | None:
    """One date in numbers inside other text."""
    found = {(match[1], match[3], match[4]) for match in _INSIDE.finditer(_UNKNOWN_PART.sub("0", lower))}
    if len(found) != 1:
        return Written(Form.UNREADABLE, issues=(_SEVERAL,)) if found else None
    inside = three_stated(*next(iter(found)))
    beside = set(_TOKEN.findall(lower)) & _ABOUT or ({"?"} if "~" in lower else set())
    return replace(inside, issues=(*inside.issues, APPROXIMATE if beside else _WORDS))
