"""What numbers alone state: three or two of them, or digits without separators.

British order: day first; year first where the first has four digits. Month first only where day first cannot
be, and then an issue says so. Zeros stand for unknown parts. `date_text` finds the numbers in a text.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import Final

from nrm_linkage.normalise.calendars import ReadingKind

__all__ = [
    "APPROXIMATE",
    "FIRST_ETHIOPIAN_YEAR",
    "MONTH_FIRST",
    "NOTHING",
    "NOT_A_DATE",
    "UNREADABLE",
    "Form",
    "Written",
    "day_stated",
    "digits_stated",
    "last_day",
    "three_stated",
    "two_stated",
    "years_stated",
]

NOT_A_DATE: Final = "not a date"
MONTH_FIRST: Final = "day and month may be swapped: read month first"
APPROXIMATE: Final = "approximate"
_SERIAL: Final = "spreadsheet serial number"

FIRST_ETHIOPIAN_YEAR: Final = 1893
"""The Ethiopian year that began in 1900."""

YEARS: Final = range(1200, 2601)
"""Years of births in any calendar in use, from lunar Hijri to Buddhist, with room (chosen by us)."""

LONGEST_NUMBER: Final = 14
"""Digits of a full time stamp, yyyymmddhhmmss."""


class Form(IntEnum):
    """What a text states."""

    MISSING = 0
    UNREADABLE = 1
    PLACEHOLDER = 2
    DAY = 3
    MONTH = 4
    YEAR = 5
    YEARS = 6
    AGE = 7
    AGE_IN_YEAR = 8
    SERIAL = 9
    UNIX = 10


@dataclass(frozen=True, slots=True)
class Written:
    """The numbers of a text. `year` as written (two digits where `short_year`); `number`: last year, lowest
    age, serial or seconds; `oldest`: the highest age of a range; `turned_from`: what a reader made a date of.
    """

    form: Form
    year: int = field(default=0, repr=False)
    month: int = field(default=0, repr=False)
    day: int = field(default=0, repr=False)
    number: int = field(default=0, repr=False)
    short_year: bool = False
    calendars: tuple[ReadingKind, ...] = ()
    month_first: bool = False
    issues: tuple[str, ...] = ()
    oldest: int = field(default=0, repr=False)
    turned_from: Form | None = None


NOTHING: Final = Written(Form.MISSING)
UNREADABLE: Final = Written(Form.UNREADABLE, issues=(NOT_A_DATE,))
_PLACEHOLDER: Final = Written(Form.PLACEHOLDER)


def three_stated(first: str, second: str, third: str) -> Written:
    """Three numbers: year first where the first has four digits or exceeds 31, else day, month, year."""
    a, b, c = int(first), int(second), int(third)
    if len(first) > 2 or (a > 31 and len(third) <= 2):
        if len(first) == 3 or len(third) > 2:
            return UNREADABLE
        return day_stated(a, b, c, short_year=len(first) <= 2)
    if len(third) == 3 or len(third) == 1:
        return UNREADABLE
    return day_stated(c, b, a, short_year=len(third) == 2)


def day_stated(
    year: int, month: int, day: int, *, short_year: bool = False, calendars: tuple[ReadingKind, ...] = ()
) -> Written:
    """A day, or as much of it as is not zero; month and day exchanged where the month cannot be one."""
    if month == 0 or day == 0 or (year == 0 and not short_year):
        if not short_year:
            return _partial(year, month, day, calendars)
        return _PLACEHOLDER if year == month == day == 0 else UNREADABLE
    if 12 < month <= 31 and day <= 12:
        return Written(Form.DAY, year, day, month, 0, short_year, calendars, True, (MONTH_FIRST,))
    return Written(Form.DAY, year, month, day, 0, short_year, calendars)


def _partial(year: int, month: int, day: int, calendars: tuple[ReadingKind, ...]) -> Written:
    if year == 0:
        return _PLACEHOLDER if month == day == 0 else Written(Form.UNREADABLE, issues=("no year",))
    if month == 0:
        return Written(Form.YEAR, year, calendars=calendars, issues=("no month",) if day else ())
    return Written(Form.MONTH, year, month, calendars=calendars) if month <= 12 else UNREADABLE


def digits_stated(digits: str) -> Written:
    """Digits alone, by how many; eight are yyyymmdd where they may be a date of `YEARS`, or where yyyy alone
    is such a year and they are no date as ddmmyyyy; else ddmmyyyy.
    """
    size = len(digits)
    if size > LONGEST_NUMBER:
        return UNREADABLE
    number = int(digits)
    if number == 0:
        return _PLACEHOLDER
    if size <= 2:
        return Written(Form.AGE, number=number)
    if size == 4:
        return Written(Form.YEAR, number)
    if size == 5 and digits[0] != "0":
        return Written(Form.SERIAL, number=number, issues=(_SERIAL,))
    if size == 6:
        return _from_six_digits(digits)
    if size == 7:
        lost = digits_stated("0" + digits)
        return replace(lost, issues=(*lost.issues, "leading zero lost"))
    if size in (8, 12, 14):
        year, month, day = int(digits[:4]), int(digits[4:6]), int(digits[6:8])
        backwards = int(digits[4:8]), int(digits[2:4]), int(digits[:2])
        if _may_be(year, month, day) or (size == 8 and year in YEARS and not _may_be(*backwards)):
            return day_stated(year, month, day)
        return day_stated(*backwards) if size == 8 else UNREADABLE
    if size in (10, 13) and digits[0] == "1":
        return Written(Form.UNIX, number=number // (1000 if size == 13 else 1), issues=("Unix time",))
    return UNREADABLE


def _may_be(year: int, month: int, day: int) -> bool:
    """Whether numbers may be a day of any calendar: the longest month has 32 days (Bikram Sambat)."""
    return year in YEARS and month <= 12 and day <= 32


def _from_six_digits(digits: str) -> Written:
    """ddmmyy, or yyyymm; neither where both can be."""
    day, month, year = int(digits[:2]), int(digits[2:4]), int(digits[4:])
    day_first = 1 <= day <= 31 and 1 <= month <= 12
    month_only = digits[:2] in ("19", "20") and 1 <= year <= 12
    if day_first and month_only:
        return Written(Form.UNREADABLE, issues=("digits that can be more than one date",))
    if month_only:
        return Written(Form.MONTH, int(digits[:4]), year)
    return day_stated(year, month, day, short_year=True) if day_first else UNREADABLE


def two_stated(first: str, second: str) -> Written | None:
    a, b = int(first), int(second)
    if len(first) == 4 and len(second) == 4:
        return years_stated(a, b)
    if len(first) == 4 and len(second) <= 2:
        return _month(a, b)
    if len(second) == 4 and len(first) <= 2:
        return _month(b, a)
    return None


def _month(year: int, month: int) -> Written | None:
    if year == 0:
        return _PLACEHOLDER if month == 0 else None
    if month == 0:
        return Written(Form.YEAR, year)
    return Written(Form.MONTH, year, month) if month <= 12 else None


def years_stated(first: int, last: int) -> Written | None:
    return (
        Written(Form.YEARS, first, number=last, issues=(APPROXIMATE,))
        if first <= last <= first + 10
        else None
    )


def last_day(year: int, month: int) -> int:
    """The last day of a Gregorian month."""
    return calendar.monthrange(year, month)[1]
