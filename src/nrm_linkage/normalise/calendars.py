"""Dates of other calendars as Gregorian dates, and the calendar readings that a recorded date of birth
admits.

A date of birth may have been written down in the calendar of the person's own papers and never converted
(domain.md 4.3, D10 to D17). Each `*_to_gregorian` takes a year, a month and a day in that calendar and
returns the Gregorian date, or None where the calendar has no such day or its tables do not reach so far.
They never raise on integers.

Ethiopian and Thai dates are arithmetic; Solar Hijri comes from `persiantools`, lunar Hijri (Umm al-Qura,
1343 to 1500) from `hijridate`, Bikram Sambat (1975 to 2100) from `nepali-datetime`, each loaded when first
needed. `calendar_days` does the same for arrays, from tables of the first days of months that the same
conversions give. `calendars_used_by` says which calendars a nationality admits.

Not done: sighting-based differences of a day in lunar Hijri, lunar dates of East Asia (D9: a comparison
within 30 days serves), and the choice between calendars, which needs the rest of the record.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from enum import IntEnum
from functools import cache
from typing import Any, Final

import numpy as np

from nrm_linkage.normalise.values import word_set
from nrm_linkage.tables import Days, Int64s

__all__ = [
    "ReadingKind",
    "bikram_sambat_to_gregorian",
    "buddhist_to_gregorian",
    "calendar_days",
    "calendar_interval",
    "calendars_used_by",
    "ethiopian_to_gregorian",
    "hijri_to_gregorian",
    "solar_hijri_to_gregorian",
    "to_gregorian",
]


class ReadingKind(IntEnum):
    """How a recorded date may also be read. The last three are half converted: the year was made Gregorian,
    the day and month were left as they were (domain.md 4.3, D11 and D14).
    """

    DAY_MONTH_SWAP = 1
    ETHIOPIAN = 2
    SOLAR_HIJRI = 3
    HIJRI = 4
    BUDDHIST = 5
    BIKRAM_SAMBAT = 6
    OTHER_CENTURY = 7
    EXCEL_1904 = 8
    ETHIOPIAN_DAY_LESS_7 = 9
    ETHIOPIAN_DAY_LESS_8 = 10
    SOLAR_HIJRI_DAY = 11


# Amete Mihret era: 1 Meskerem 1 is the proleptic Gregorian ordinal 2796 (27 August 8 AD).
_ETHIOPIAN_EPOCH: Final = 2796


def ethiopian_to_gregorian(year: int, month: int, day: int) -> dt.date | None:
    """The Gregorian date of an Ethiopian one: twelve months of 30 days, then Pagume of 5, or 6 in a leap
    year.

    >>> ethiopian_to_gregorian(1993, 1, 1), ethiopian_to_gregorian(1993, 5, 1)
    (datetime.date(2000, 9, 11), datetime.date(2001, 1, 9))
    """
    length = 30 if 1 <= month <= 12 else (6 if year % 4 == 3 else 5) if month == 13 else 0
    if not (1 <= year <= 9000 and 1 <= day <= length):
        return None
    return dt.date.fromordinal(_ETHIOPIAN_EPOCH + 365 * (year - 1) + year // 4 + 30 * (month - 1) + day - 1)


def buddhist_to_gregorian(year: int, month: int, day: int) -> dt.date | None:
    """The Gregorian date of a Thai Buddhist Era one (year less 543).

    >>> buddhist_to_gregorian(2543, 8, 17)
    datetime.date(2000, 8, 17)
    """
    try:
        return dt.date(year - 543, month, day)
    except (ValueError, OverflowError):
        return None


def solar_hijri_to_gregorian(year: int, month: int, day: int) -> dt.date | None:
    """The Gregorian date of a Solar Hijri one (Iran, Afghanistan), years 1 to 1600.

    >>> solar_hijri_to_gregorian(1378, 10, 1), solar_hijri_to_gregorian(1378, 10, 11)
    (datetime.date(1999, 12, 22), datetime.date(2000, 1, 1))
    """
    if not 1 <= year <= 1600:
        return None
    from persiantools.jdatetime import JalaliDate

    solar_hijri: Callable[[int, int, int], Any] = JalaliDate
    try:
        gregorian = solar_hijri(year, month, day).to_gregorian()
    except (ValueError, OverflowError):
        return None
    return dt.date(gregorian.year, gregorian.month, gregorian.day)


def hijri_to_gregorian(year: int, month: int, day: int) -> dt.date | None:
    """The Gregorian date of a lunar Hijri one in the Umm al-Qura tables, years 1343 to 1500.

    >>> hijri_to_gregorian(1425, 1, 1)
    datetime.date(2004, 2, 21)
    """
    if not 1343 <= year <= 1500:
        return None
    from hijridate import Hijri

    try:
        gregorian = Hijri(year, month, day).to_gregorian()
    except (ValueError, OverflowError):
        return None
    return dt.date(gregorian.year, gregorian.month, gregorian.day)


def bikram_sambat_to_gregorian(year: int, month: int, day: int) -> dt.date | None:
    """The Gregorian date of a Nepali Bikram Sambat one, years 1975 to 2100.

    >>> bikram_sambat_to_gregorian(2057, 1, 1)
    datetime.date(2000, 4, 13)
    """
    if not 1975 <= year <= 2100:
        return None
    import nepali_datetime

    try:
        gregorian = nepali_datetime.date(year, month, day).to_datetime_date()
    except (ValueError, OverflowError):
        return None
    return dt.date(gregorian.year, gregorian.month, gregorian.day)


_CONVERSIONS: Final[dict[ReadingKind, Callable[[int, int, int], dt.date | None]]] = {
    ReadingKind.ETHIOPIAN: ethiopian_to_gregorian,
    ReadingKind.SOLAR_HIJRI: solar_hijri_to_gregorian,
    ReadingKind.HIJRI: hijri_to_gregorian,
    ReadingKind.BUDDHIST: buddhist_to_gregorian,
    ReadingKind.BIKRAM_SAMBAT: bikram_sambat_to_gregorian,
}


def to_gregorian(kind: ReadingKind, year: int, month: int, day: int) -> dt.date | None:
    """The Gregorian date of a date in the calendar `kind`; None too where `kind` is no calendar."""
    convert = _CONVERSIONS.get(kind)
    return None if convert is None else convert(year, month, day)


def calendar_interval(
    kind: ReadingKind, year: int, month: int | None = None
) -> tuple[dt.date, dt.date] | None:
    """First and last Gregorian day of a whole year, or of one month of it, in the calendar `kind`.

    >>> calendar_interval(ReadingKind.SOLAR_HIJRI, 1383)
    (datetime.date(2004, 3, 20), datetime.date(2005, 3, 20))
    """
    first = to_gregorian(kind, year, month or 1, 1)
    after = to_gregorian(kind, year + 1, 1, 1) if month is None else to_gregorian(kind, year, month + 1, 1)
    if after is None:
        after = to_gregorian(kind, year + 1, 1, 1)
    if first is None or after is None or after <= first:
        return None
    return first, after - dt.timedelta(days=1)


_USERS: Final = {
    ReadingKind.ETHIOPIAN: word_set("ETH ERI"),
    ReadingKind.SOLAR_HIJRI: word_set("AFG IRN x-hazara x-kurdish"),
    ReadingKind.HIJRI: word_set(
        "SAU YEM OMN ARE QAT BHR KWT IRQ SYR JOR LBN PSE EGY LBY TUN DZA MAR ESH SDN MRT SOM DJI COM x-bidoon"
    ),
    ReadingKind.BUDDHIST: word_set("THA LAO KHM MMR"),
    ReadingKind.BIKRAM_SAMBAT: word_set("NPL"),
}
"""Codes of nationalities whose papers may bear a calendar (domain.md 4.3 names Ethiopians, Eritreans,
Afghans, Iranians, Thais and Nepalis; the others are ours).
"""


def calendars_used_by(codes: frozenset[str]) -> frozenset[ReadingKind] | None:
    """The calendars that nationality codes admit; None, which admits any, where no nationality is known.

    >>> sorted(kind.name for kind in calendars_used_by(frozenset({"GBR", "ERI"})) or ())
    ['ETHIOPIAN']
    >>> calendars_used_by(frozenset()), calendars_used_by(frozenset({"GBR"}))
    (None, frozenset())
    """
    known = codes - {"x-stateless"}
    return frozenset(kind for kind, users in _USERS.items() if users & known) if known else None


_TABLE_YEARS: Final = {
    ReadingKind.SOLAR_HIJRI: (1270, 1500),
    ReadingKind.HIJRI: (1343, 1500),
    ReadingKind.BIKRAM_SAMBAT: (1975, 2100),
}
"""First and last year of the tables: years in which someone living may have been born."""

_NO_DAY: Final = np.datetime64("NaT", "D")


def calendar_days(kind: ReadingKind, year: Int64s, month: Int64s, day: Int64s) -> Days:
    """The Gregorian dates, datetime64[D] (n,), of dates in the calendar `kind`; NaT where it has no such day.

    As `to_gregorian`, of Ethiopian years from 1 to 9000 and, in the other calendars, of the years of the
    tables alone.

    >>> calendar_days(ReadingKind.SOLAR_HIJRI, np.array([1383]), np.array([7]), np.array([5])).tolist()
    [datetime.date(2004, 9, 26)]
    """
    if kind is ReadingKind.ETHIOPIAN:
        return _ethiopian_days(year, month, day)
    first_year, last_year = _TABLE_YEARS[kind]
    starts, lengths = _month_table(kind)
    inside = (year >= first_year) & (year <= last_year) & (month >= 1) & (month <= 12)
    at = np.where(inside, (year - first_year) * 12 + month - 1, 0)
    inside &= (day >= 1) & (day <= lengths[at])
    return np.asarray(np.where(inside, starts[at] + (day - 1).astype("timedelta64[D]"), _NO_DAY))


def _ethiopian_days(year: Int64s, month: Int64s, day: Int64s) -> Days:
    length = np.where(month <= 12, 30, np.where(year % 4 == 3, 6, 5))
    inside = (year >= 1) & (year <= 9000) & (month >= 1) & (month <= 13) & (day >= 1) & (day <= length)
    ordinal = _ETHIOPIAN_EPOCH + 365 * (year - 1) + year // 4 + 30 * (month - 1) + day - 1
    days = (ordinal - dt.date(1970, 1, 1).toordinal()).astype("datetime64[D]")
    return np.asarray(np.where(inside, days, _NO_DAY))


@cache
def _month_table(kind: ReadingKind) -> tuple[Days, Int64s]:
    """The first day and the length of each month, one after another; length 0 where there is none."""
    first_year, last_year = _TABLE_YEARS[kind]
    months = [(year, month) for year in range(first_year, last_year + 1) for month in range(1, 13)]
    starts = np.array([to_gregorian(kind, year, month, 1) for year, month in months], dtype="datetime64[D]")
    last = _last_day(kind, *months[-1])
    lengths = np.append(np.diff(starts).astype(np.int64), last)
    return starts, np.where(np.isnat(starts), 0, lengths)


def _last_day(kind: ReadingKind, year: int, month: int) -> int:
    return max((day for day in range(28, 33) if to_gregorian(kind, year, month, day)), default=0)
