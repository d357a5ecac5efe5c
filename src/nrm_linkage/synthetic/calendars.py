"""Two calendars, vectorised, for records that keep a date in the calendar in which it was said.

Ethiopian: twelve months of 30 days and a thirteenth of 5 or 6, exact for all years. Solar Hijri: the 33-year
rule, exact between 1925 and 2087 Gregorian. Nothing here reads a date; reading them is the linker's work and
shares no code with this.
"""

from __future__ import annotations

import numpy as np

from nrm_linkage.synthetic.arrays import Dates, Ints, as_days

__all__ = ["ethiopian", "gregorian", "lenient_date", "solar_hijri"]

_JULIAN_DAY_OF_1970 = 2_440_588
_ETHIOPIAN_CYCLE_START = 1_723_856
_HIJRI_EPOCH = 1_948_320
_HIJRI_LEAP = frozenset({1, 5, 9, 13, 17, 22, 26, 30})


def gregorian(dates: Dates) -> tuple[Ints, Ints, Ints]:
    """Year, month and day."""
    months = dates.astype("datetime64[M]")
    number = months.astype(np.int64)
    day = (dates - months.astype("datetime64[D]")).astype(np.int64) + 1
    return number // 12 + 1970, number % 12 + 1, day


def lenient_date(year: Ints, month: Ints, day: Ints) -> Dates:
    """The date, or the last day of the month when the day does not exist; months above 12 count as the
    twelfth.
    """
    first = ((year - 1970) * 12 + np.clip(month, 1, 12) - 1).astype("datetime64[M]")
    last = (first + 1).astype("datetime64[D]") - np.timedelta64(1, "D")
    return as_days(
        np.minimum(first.astype("datetime64[D]") + (np.maximum(day, 1) - 1).astype("timedelta64[D]"), last)
    )


def ethiopian(dates: Dates) -> tuple[Ints, Ints, Ints]:
    """Year, month (1 to 13) and day in the Ethiopian calendar.

    >>> [int(part[0]) for part in ethiopian(np.array(["2000-09-11"], dtype="datetime64[D]"))]
    [1993, 1, 1]
    """
    since = dates.astype(np.int64) + _JULIAN_DAY_OF_1970 - _ETHIOPIAN_CYCLE_START
    rest = since % 1461
    day_of_year = rest % 365 + 365 * (rest // 1460)
    return 4 * (since // 1461) + rest // 365 - rest // 1460, day_of_year // 30 + 1, day_of_year % 30 + 1


def solar_hijri(dates: Dates) -> tuple[Ints, Ints, Ints]:
    """Year, month and day in the Iranian and Afghan solar calendar.

    >>> [int(part[0]) for part in solar_hijri(np.array(["2000-01-01"], dtype="datetime64[D]"))]
    [1378, 10, 11]
    """
    since = dates.astype(np.int64) + _JULIAN_DAY_OF_1970 - _HIJRI_EPOCH
    starts = np.concatenate([[0], np.cumsum([366 if year in _HIJRI_LEAP else 365 for year in range(1, 34)])])
    cycle, rest = since // starts[-1], since % starts[-1]
    within = np.searchsorted(starts, rest, side="right") - 1
    day_of_year = rest - starts[within]
    late = day_of_year >= 186
    month = np.where(late, 7 + (day_of_year - 186) // 30, 1 + day_of_year // 31)
    day = np.where(late, (day_of_year - 186) % 30, day_of_year % 31) + 1
    return (cycle * 33 + within + 1).astype(np.int64), month.astype(np.int64), day.astype(np.int64)
