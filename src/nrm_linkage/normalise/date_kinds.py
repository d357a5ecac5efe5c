"""What can be said of one recorded date: its kinds, its issues, its limits, and the readings that hold it.

Vocabulary only: `dates` decides, for one value; `birth_columns` does, for a whole column.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final

from nrm_linkage.normalise.calendars import ReadingKind
from nrm_linkage.normalise.values import word_list

__all__ = [
    "STAND_IN_DATES",
    "BirthDateReading",
    "DateOrigin",
    "DatePrecision",
    "DateReading",
    "DefaultDate",
    "OtherReading",
    "default_of",
    "is_placeholder",
]

EARLIEST_BIRTH: Final = dt.date(1900, 1, 2)
"""The day after the form's lower limit, which is itself a placeholder (domain.md 1.1.1)."""

LATEST_UNSTATED: Final = dt.date(2035, 12, 31)
"""The limit where the caller names none: a constant, because the answer may not depend on the day of the
run (chosen by us).
"""

FUTURE_SLIP_YEARS: Final = 10
"""A year less than this many after the limit is taken for a slip, not for another calendar (chosen by
us).
"""

OLDEST_CENTURY_SLIP: Final = 1935
"""Up to this year a birth in 19xx may be a two-digit year read in the wrong century (chosen by us;
domain.md 4.3, D18).
"""

EXCEL_1904_DAYS: Final = 1462
"""By how many days a serial of the 1904 system is less than one of the 1900 system (domain.md 4.3)."""

NOT_IN_CALENDAR: Final = "not a calendar date"
PLACEHOLDER: Final = "placeholder date"
DEFAULT: Final = "default date"
FUTURE: Final = "in the future"
TOO_EARLY: Final = "too early"
OTHER_CALENDAR: Final = "read in another calendar"
TWO_DIGITS: Final = "two-digit year"
AN_AGE: Final = "an age instead of a date"
NO_DAY: Final = "no day given"


class DatePrecision(IntEnum):
    """How much of a date is stated."""

    MISSING = 0
    DAY = 1
    MONTH = 2
    YEAR = 3
    YEARS = 4
    AGE = 5


class DateOrigin(IntEnum):
    """Where an interval comes from: a Gregorian date as it is written, or something that had to be turned
    into one.
    """

    MISSING = 0
    WRITTEN = 1
    SERIAL = 2
    UNIX_TIME = 3
    ETHIOPIAN = 4
    SOLAR_HIJRI = 5
    HIJRI = 6
    BUDDHIST = 7
    BIKRAM_SAMBAT = 8
    AGE_IN_YEAR = 9
    AGE = 10
    AGE_GROUP = 11


class DefaultDate(IntEnum):
    """A day that is often recorded when the day is not known (domain.md 4.3, D2 and D3); in the calendar
    that it was written in.
    """

    NONE = 0
    FIRST_JANUARY = 1
    FIRST_JULY = 2
    THIRTY_FIRST_DECEMBER = 3
    FIRST_OF_MONTH = 4
    FIFTEENTH = 5


@dataclass(frozen=True, slots=True)
class OtherReading:
    """Another Gregorian date that the same digits may mean."""

    kind: ReadingKind
    date: dt.date = field(repr=False)


@dataclass(frozen=True, slots=True)
class DateReading:
    """A date that is not of birth. `date` only where the day is given; `first` and `last` inclusive; None
    where missing.
    """

    date: dt.date | None = field(default=None, repr=False)
    first: dt.date | None = field(default=None, repr=False)
    last: dt.date | None = field(default=None, repr=False)
    precision: DatePrecision = DatePrecision.MISSING
    origin: DateOrigin = field(default=DateOrigin.MISSING, repr=False)
    issues: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BirthDateReading:
    """A date of birth: an inclusive interval, None at both ends where missing or where an age was given
    instead; then `age_years` and `oldest_years`, the lowest and the highest age that was named.

    `unreal`: a date that nobody here can have been born on (64 December, the year 1680), as written, yyyymmdd
    in one number, and 0 elsewhere: it may be a digit from one that somebody was.
    """

    first: dt.date | None = field(default=None, repr=False)
    last: dt.date | None = field(default=None, repr=False)
    precision: DatePrecision = DatePrecision.MISSING
    origin: DateOrigin = field(default=DateOrigin.MISSING, repr=False)
    default: DefaultDate = field(default=DefaultDate.NONE, repr=False)
    readings: tuple[OtherReading, ...] = field(default=(), repr=False)
    age_years: int | None = field(default=None, repr=False)
    oldest_years: int | None = field(default=None, repr=False)
    unreal: int = field(default=0, repr=False)
    issues: tuple[str, ...] = ()


PLACEHOLDER_DAYS: Final = frozenset(
    (int(year), int(month), int(day))
    for year, month, day in (
        text.split("-")
        for text in word_list(
            "1970-1-1 1900-1-1 1899-12-30 1899-12-31 1901-1-1 1800-1-1 1753-1-1 1601-1-1 1582-10-15 "
            "1000-1-1 1-1-1 1904-1-1 1111-11-11 1111-1-1 1212-12-12 1234-12-1 2222-2-2 2222-2-22 "
            "9999-9-9 9999-12-31 9999-12-30 9999-1-1 9999-99-99 2099-12-31 2999-12-31 3000-1-1 "
            "1909-9-9 1911-11-11 8888-8-8 7777-7-7 5555-5-5"
        )
    )
)
"""Days that mean "not known" (domain.md 4.3, D22; epochs of software and repeated digits added by us)."""

PLACEHOLDER_YEARS: Final = frozenset({1900, 1111, 9999, 2222, 1234})
"""Years that, alone, mean "not known" (as the days)."""

STAND_INS: Final = {
    (1, 1): DefaultDate.FIRST_JANUARY,
    (7, 1): DefaultDate.FIRST_JULY,
    (12, 31): DefaultDate.THIRTY_FIRST_DECEMBER,
}


STAND_IN_DATES: Final = tuple(STAND_INS.values())
"""The defaults that stand for a day that is not known at all; the others may be true days of a month."""


def is_placeholder(year: int, month: int, day: int) -> bool:
    """Whether these digits stand for "not known".

    >>> is_placeholder(1900, 1, 1), is_placeholder(1985, 1, 1)
    (True, False)
    """
    return (year, month, day) in PLACEHOLDER_DAYS


def default_of(month: int, day: int) -> DefaultDate:
    """Which default a day is, if any.

    >>> default_of(7, 1).name, default_of(6, 15).name, default_of(8, 17).name
    ('FIRST_JULY', 'FIFTEENTH', 'NONE')
    """
    found = STAND_INS.get((month, day))
    if found is not None:
        return found
    return (
        DefaultDate.FIRST_OF_MONTH if day == 1 else DefaultDate.FIFTEENTH if day == 15 else DefaultDate.NONE
    )
