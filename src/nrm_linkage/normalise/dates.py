"""One recorded date, of referral, decision or birth, as an interval of Gregorian days with what is doubtful
about it.

`date_text` says what numbers the text states; this module decides what they mean.

- A day of referral or decision is read British style and must lie within `earliest` and `latest`.
- A date of birth becomes an inclusive interval `first` to `last` with a precision: a day, a month, a year,
  some years; an age gives `age_years` and no interval, because only the caller knows the day of referral.
- Placeholders (01/01/1900, 09/09/9999, 11/11/1111, 01/01/1970 and others) and impossible dates are missing,
  with an issue.
- A year that no living person can have been born in, but that is possible in another calendar (1383, 2543,
  2057), is read in that calendar, with an issue. Solar Hijri comes before lunar Hijri, being far commoner
  here (domain.md 4.3, D13 to D17).
- `default` marks dates that are often put down for "not known"; `readings` lists what else the same digits
  may mean.

It does not choose between readings by nationality, and does not compare with the referral date: the caller
does.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import Final

from nrm_linkage.normalise.calendars import (
    ReadingKind,
    calendar_interval,
    ethiopian_to_gregorian,
    to_gregorian,
)
from nrm_linkage.normalise.date_text import FIRST_ETHIOPIAN_YEAR, Form, Written, last_day, written_date
from nrm_linkage.normalise.values import text_of, word_list

__all__ = [
    "BirthDateReading",
    "DatePrecision",
    "DateReading",
    "DefaultDate",
    "OtherReading",
    "ReadingKind",
    "read_birth_date",
    "read_date",
]

EARLIEST_BIRTH: Final = dt.date(1900, 1, 2)
"""The day after the form's lower limit, which is itself a placeholder (domain.md 1.1.1)."""

LATEST_UNSTATED: Final = dt.date(2035, 12, 31)
"""The limit where the caller names none: a constant, because the answer may not depend on the day of the
run (chosen by us).
"""

FUTURE_SLIP_YEARS: Final = 10
"""A year less than this many after `latest` is taken for a slip, not for a Bikram Sambat year (chosen by
us).
"""

OLDEST_CENTURY_SLIP: Final = 1935
"""Up to this year a birth in 19xx may be a two-digit year read in the wrong century (chosen by us;
domain.md 4.3, D18).
"""

NOT_IN_CALENDAR: Final = "not a calendar date"
PLACEHOLDER: Final = "placeholder date"
DEFAULT: Final = "default date"
FUTURE: Final = "in the future"
TOO_EARLY: Final = "too early"
OTHER_CALENDAR: Final = "read in another calendar"
TWO_DIGITS: Final = "two-digit year"


class DatePrecision(IntEnum):
    """How much of a date is stated."""

    MISSING = 0
    DAY = 1
    MONTH = 2
    YEAR = 3
    YEARS = 4
    AGE = 5


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
    issues: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BirthDateReading:
    """A date of birth: an inclusive interval, None at both ends where missing or where an age was given
    instead.
    """

    first: dt.date | None = field(default=None, repr=False)
    last: dt.date | None = field(default=None, repr=False)
    precision: DatePrecision = DatePrecision.MISSING
    default: DefaultDate = field(default=DefaultDate.NONE, repr=False)
    readings: tuple[OtherReading, ...] = field(default=(), repr=False)
    age_years: int | None = field(default=None, repr=False)
    issues: tuple[str, ...] = ()


_DEFAULTS: Final = {
    (1, 1): DefaultDate.FIRST_JANUARY,
    (7, 1): DefaultDate.FIRST_JULY,
    (12, 31): DefaultDate.THIRTY_FIRST_DECEMBER,
}
_PLACEHOLDER_DAYS: Final = frozenset(
    tuple(int(part) for part in text.split("-"))
    for text in word_list(
        "1970-1-1 1900-1-1 1899-12-30 1899-12-31 1901-1-1 1800-1-1 1753-1-1 1601-1-1 1582-10-15 1000-1-1 "
        "1-1-1 1904-1-1 1111-11-11 1111-1-1 1212-12-12 1234-12-1 2222-2-2 2222-2-22 9999-9-9 "
        "9999-12-31 9999-12-30 9999-1-1 2099-12-31 2999-12-31 3000-1-1 1909-9-9 1911-11-11 "
        "8888-8-8 7777-7-7 5555-5-5"
    )
)
"""Days that mean "not known" (domain.md 4.3, D22; epochs of software and repeated digits added by us)."""

_NO_DAY: Final = DateReading()
_NO_BIRTH: Final = BirthDateReading()
_EXCEL_EPOCH: Final = dt.date(1899, 12, 30).toordinal()
_EXCEL_1904_DAYS: Final = 1462
_UNIX_EPOCH: Final = dt.date(1970, 1, 1).toordinal()


def read_date(
    value: object, *, latest: dt.date | None = None, earliest: dt.date = dt.date(1900, 1, 1)
) -> DateReading:
    """Read a date of referral or decision, day first.

    A month or a year alone gives an interval and no `date`. A date before `earliest` or after `latest` is
    missing.

    >>> read_date("03/04/2023").date, read_date("2023-04-03T10:15:00Z").date, read_date("31/02/2023").issues
    (datetime.date(2023, 4, 3), datetime.date(2023, 4, 3), ('not a calendar date',))
    """
    text, problems = text_of(value)
    if text is None:
        return DateReading(issues=problems) if problems else _NO_DAY
    limit = latest or LATEST_UNSTATED
    written = _gregorian(written_date(text), limit)
    issues = written.issues
    if written.form is Form.MISSING:
        return _NO_DAY
    if written.form is Form.DAY:
        day = _date(written.year, written.month, written.day)
        if day is None:
            return DateReading(issues=(*issues, NOT_IN_CALENDAR))
        if (day.year, day.month, day.day) in _PLACEHOLDER_DAYS:
            return DateReading(issues=(*issues, PLACEHOLDER))
        if not earliest <= day <= limit:
            return DateReading(issues=(*issues, FUTURE if day > limit else TOO_EARLY))
        return DateReading(day, day, day, DatePrecision.DAY, issues)
    span = _gregorian_span(written)
    if span is None:
        return DateReading(issues=(*issues, *_why_missing(written)))
    if span[0] > limit or span[1] < earliest:
        return DateReading(issues=(*issues, FUTURE if span[0] > limit else TOO_EARLY))
    return DateReading(
        None,
        max(span[0], earliest),
        min(span[1], limit),
        _PRECISIONS[written.form],
        (*issues, "no day given"),
    )


def read_birth_date(value: object, *, latest: dt.date | None = None) -> BirthDateReading:
    """Read a date of birth. `latest`: the last day on which anyone here can have been born, as a rule the
    last referral.

    >>> reading = read_birth_date("5 Mehr 1383", latest=dt.date(2024, 1, 1))
    >>> reading.first, reading.precision.name, reading.issues
    (datetime.date(2004, 9, 26), 'DAY', ('read in another calendar',))
    """
    text, problems = text_of(value)
    if text is None:
        return BirthDateReading(issues=problems) if problems else _NO_BIRTH
    limit = latest or LATEST_UNSTATED
    raw = written_date(text)
    written = _gregorian(raw, limit)
    if written.form is Form.DAY:
        return _birth_day(written, limit, serial=raw.form is Form.SERIAL)
    if written.form in _PRECISIONS:
        return _birth_span(written, limit)
    if written.form is Form.AGE:
        return BirthDateReading(
            precision=DatePrecision.AGE,
            age_years=written.number,
            issues=(*written.issues, "an age instead of a date"),
        )
    return BirthDateReading(issues=(*written.issues, *_why_missing(written)))


_PRECISIONS: Final = {
    Form.MONTH: DatePrecision.MONTH,
    Form.YEAR: DatePrecision.YEAR,
    Form.YEARS: DatePrecision.YEARS,
}


def _why_missing(written: Written) -> tuple[str, ...]:
    if written.form is Form.PLACEHOLDER:
        return (PLACEHOLDER,)
    if written.form in (Form.AGE, Form.AGE_IN_YEAR):
        return ("an age instead of a date",)
    return () if written.issues or written.form is Form.MISSING else (NOT_IN_CALENDAR,)


def _date(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def _gregorian(written: Written, limit: dt.date) -> Written:
    """Years in full; spreadsheet serials, Unix times and ages in a year as dates."""
    if written.short_year:
        year = _full_year(written, limit)
        return replace(written, year=year, issues=(*written.issues, TWO_DIGITS))
    if written.form is Form.SERIAL:
        return _from_ordinal(_EXCEL_EPOCH + written.number, written.issues)
    if written.form is Form.UNIX:
        return _from_ordinal(_UNIX_EPOCH + written.number // 86400, written.issues)
    if written.form is Form.AGE_IN_YEAR and written.number < 100:
        born = written.year - written.number
        return Written(Form.YEARS, born - 1, number=born, issues=written.issues)
    return written


def _from_ordinal(ordinal: int, issues: tuple[str, ...]) -> Written:
    day = dt.date.fromordinal(ordinal)
    return Written(Form.DAY, day.year, day.month, day.day, issues=issues)


def _full_year(written: Written, limit: dt.date) -> int:
    """20yy, unless that lies after the limit."""
    recent = 2000 + written.year
    month, day = written.month or 1, written.day or 1
    return recent if (recent, month, day) <= (limit.year, limit.month, limit.day) else 1900 + written.year


def _gregorian_span(written: Written) -> tuple[dt.date, dt.date] | None:
    """First and last day of a month, a year or some years in the Gregorian calendar."""
    last_year = written.number if written.form is Form.YEARS else written.year
    if written.form not in _PRECISIONS or not 1 <= written.year <= last_year <= 9998:
        return None
    month, last_month = (written.month, written.month) if written.form is Form.MONTH else (1, 12)
    return dt.date(written.year, month, 1), dt.date(last_year, last_month, last_day(last_year, last_month))


def _birth_day(written: Written, limit: dt.date, *, serial: bool) -> BirthDateReading:
    year, month, day, issues = written.year, written.month, written.day, written.issues
    if (year, month, day) in _PLACEHOLDER_DAYS:
        return BirthDateReading(issues=(*issues, PLACEHOLDER))
    first = _date(year, month, day) if not written.calendars else None
    if first is not None and EARLIEST_BIRTH <= first <= limit:
        default = _default_of(month, day)
        if default and default <= DefaultDate.THIRTY_FIRST_DECEMBER:
            issues = (*issues, DEFAULT)
        return BirthDateReading(
            first, first, DatePrecision.DAY, default, _other_readings(written, limit, serial), None, issues
        )
    for kind in written.calendars or _calendars_of(year, limit):
        other = to_gregorian(kind, year, month, day)
        if other is not None and EARLIEST_BIRTH <= other <= limit:
            also = tuple(found for found in _in_calendars(written, limit) if found.kind is not kind)
            default = _default_of(month, day)
            return BirthDateReading(
                other, other, DatePrecision.DAY, default, also, None, (*issues, OTHER_CALENDAR)
            )
    if first is None:
        readings = _in_calendars(written, limit) if not written.calendars else ()
        return BirthDateReading(readings=readings, issues=(*issues, NOT_IN_CALENDAR))
    readings = _in_calendars(written, limit) if first > limit else ()
    return BirthDateReading(readings=readings, issues=(*issues, FUTURE if first > limit else TOO_EARLY))


def _birth_span(written: Written, limit: dt.date) -> BirthDateReading:
    """A month, a year or some years: cut at the limits, in another calendar where the Gregorian one is out
    of the question.
    """
    precision, issues = _PRECISIONS[written.form], written.issues
    if (written.year, written.month, 1) in _PLACEHOLDER_DAYS and written.form is Form.MONTH:
        return BirthDateReading(issues=(*issues, PLACEHOLDER))
    if written.form is Form.YEAR and written.year in (1900, 1111, 9999, 2222, 1234):
        return BirthDateReading(issues=(*issues, PLACEHOLDER))
    span = _gregorian_span(written) if not written.calendars else None
    if span is None or span[1] < EARLIEST_BIRTH or span[0] > limit:
        reason = NOT_IN_CALENDAR if span is None else FUTURE if span[0] > limit else TOO_EARLY
        span = _span_in_calendar(written, limit)
        if span is None:
            return BirthDateReading(issues=(*issues, reason))
        issues = (*issues, OTHER_CALENDAR)
    return BirthDateReading(max(span[0], EARLIEST_BIRTH), min(span[1], limit), precision, issues=issues)


def _span_in_calendar(written: Written, limit: dt.date) -> tuple[dt.date, dt.date] | None:
    month = written.month if written.form is Form.MONTH else None
    last_year = written.number if written.form is Form.YEARS else written.year
    for kind in written.calendars or _calendars_of(written.year, limit):
        start, end = calendar_interval(kind, written.year, month), calendar_interval(kind, last_year, month)
        if start and end and end[1] >= EARLIEST_BIRTH and start[0] <= limit:
            return start[0], end[1]
    return None


def _calendars_of(year: int, limit: dt.date) -> tuple[ReadingKind, ...]:
    """The calendars to try for a year that no Gregorian birth here can have, the commonest first."""
    if year < EARLIEST_BIRTH.year:
        return (ReadingKind.SOLAR_HIJRI, ReadingKind.HIJRI) if year >= 1270 else ()
    if year < limit.year + FUTURE_SLIP_YEARS:
        return ()
    return (ReadingKind.BIKRAM_SAMBAT,) if year <= 2100 else (ReadingKind.BUDDHIST,)


def _default_of(month: int, day: int) -> DefaultDate:
    found = _DEFAULTS.get((month, day))
    if found is not None:
        return found
    return (
        DefaultDate.FIRST_OF_MONTH if day == 1 else DefaultDate.FIFTEENTH if day == 15 else DefaultDate.NONE
    )


def _other_readings(written: Written, limit: dt.date, serial: bool) -> tuple[OtherReading, ...]:
    """What else the digits of a plausible Gregorian birth may mean, as far as it is plausible as a birth
    itself.
    """
    year, month, day = written.year, written.month, written.day
    found: list[tuple[ReadingKind, dt.date | None]] = []
    if day <= 12 and day != month:
        found.append((ReadingKind.DAY_MONTH_SWAP, dt.date(year, day, month)))
    if written.short_year:
        found.append(
            (ReadingKind.OTHER_CENTURY, _date(year - 100 if year >= 2000 else year + 100, month, day))
        )
    elif year <= OLDEST_CENTURY_SLIP:
        found.append((ReadingKind.OTHER_CENTURY, _date(year + 100, month, day)))
    if serial:
        found.append(
            (ReadingKind.EXCEL_1904, dt.date(year, month, day) + dt.timedelta(days=_EXCEL_1904_DAYS))
        )
    plausible = [OtherReading(kind, day_) for kind, day_ in found if day_ and EARLIEST_BIRTH <= day_ <= limit]
    return (*plausible, *_in_calendars(written, limit))


def _in_calendars(written: Written, limit: dt.date) -> tuple[OtherReading, ...]:
    """Calendar readings of the written digits, in the order of `ReadingKind`; the 13th month only exists in
    Ethiopia's.

    Bikram Sambat only from 2000 (a birth in 1943 or later): before that it would be far likelier to be a
    Gregorian year.
    """
    year, month, day = written.year, written.month, written.day
    if written.month_first:
        month, day = day, month
    found: list[tuple[ReadingKind, dt.date | None]] = []
    if year >= FIRST_ETHIOPIAN_YEAR and month <= 13:
        found.append((ReadingKind.ETHIOPIAN, ethiopian_to_gregorian(year, month, day)))
    elif 1270 <= year < FIRST_ETHIOPIAN_YEAR:
        found.extend(
            (kind, to_gregorian(kind, year, month, day))
            for kind in (ReadingKind.SOLAR_HIJRI, ReadingKind.HIJRI)
        )
    if year >= 2443:
        found.append((ReadingKind.BUDDHIST, to_gregorian(ReadingKind.BUDDHIST, year, month, day)))
    elif 2000 <= year <= 2100:
        found.append((ReadingKind.BIKRAM_SAMBAT, to_gregorian(ReadingKind.BIKRAM_SAMBAT, year, month, day)))
    return tuple(OtherReading(kind, day_) for kind, day_ in found if day_ and EARLIEST_BIRTH <= day_ <= limit)
