"""One recorded date, of referral, decision or birth, as an interval of Gregorian days with what is doubtful
about it.

`date_text` says what numbers the text states; this module decides what they mean, in this order.

- A day of referral or decision is read British style and must lie within `earliest` and `latest`.
- A date of birth becomes an inclusive interval `first` to `last` with a precision (a day, a month, a year,
  some years) and an origin. An age gives `age_years` and no interval, because only the caller knows the day
  of referral.
- Placeholders (01/01/1900, 09/09/9999, 11/11/1111, 01/01/1970 and others) and impossible dates are missing,
  with an issue. Of an impossible date of birth the numbers are kept (`unreal`): one digit may be wrong.
- A year that no living person can have been born in, but that is possible in another calendar (1383, 2543,
  2057), is read in that calendar, with an issue; so is an impossible day that an Ethiopian calendar has.
  Solar Hijri comes before lunar Hijri, being far commoner here, but not for nationalities that use only the
  lunar one (domain.md 4.3, D13 to D17). From ten years after the limit to 2100 a year is Bikram Sambat for
  Nepalis and those of unknown nationality, a lunar year converted as a solar one for users of either Hijri
  calendar (D16), and otherwise a slip: missing.
- `default` marks dates that are often put down for "not known".
- `readings` lists what else the same digits may mean: day and month exchanged, another century, the other
  spreadsheet system, and calendars. `calendars` names those that the nationality admits; None, nothing being
  known, admits all but the half-converted ones.

Not done: twice or wrongly converted Ethiopian dates (D12) and lunar dates of East Asia (D9) have no reading
of their own; nothing here compares with the referral date.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Final

from nrm_linkage.normalise.calendars import ReadingKind, calendar_interval, to_gregorian
from nrm_linkage.normalise.date_kinds import (
    AN_AGE,
    DEFAULT,
    EARLIEST_BIRTH,
    EXCEL_1904_DAYS,
    FUTURE,
    FUTURE_SLIP_YEARS,
    LATEST_UNSTATED,
    NO_DAY,
    NOT_IN_CALENDAR,
    OLDEST_CENTURY_SLIP,
    OTHER_CALENDAR,
    PLACEHOLDER,
    PLACEHOLDER_YEARS,
    STAND_IN_DATES,
    TOO_EARLY,
    TWO_DIGITS,
    BirthDateReading,
    DateOrigin,
    DatePrecision,
    DateReading,
    DefaultDate,
    OtherReading,
    default_of,
    is_placeholder,
)
from nrm_linkage.normalise.date_numbers import FIRST_ETHIOPIAN_YEAR, Form, Written, last_day
from nrm_linkage.normalise.date_text import written_date
from nrm_linkage.normalise.values import text_of

__all__ = [
    "STAND_IN_DATES",
    "BirthDateReading",
    "DateOrigin",
    "DatePrecision",
    "DateReading",
    "DefaultDate",
    "OtherReading",
    "ReadingKind",
    "read_birth_date",
    "read_date",
]

Calendars = frozenset[ReadingKind] | None
"""The calendars that a record admits; None where nothing is known of it."""

_EXCEL_EPOCH: Final = dt.date(1899, 12, 30).toordinal()
_UNIX_EPOCH: Final = dt.date(1970, 1, 1).toordinal()
_PRECISIONS: Final = {
    Form.DAY: DatePrecision.DAY,
    Form.MONTH: DatePrecision.MONTH,
    Form.YEAR: DatePrecision.YEAR,
    Form.YEARS: DatePrecision.YEARS,
}
_TURNED: Final = {
    Form.SERIAL: DateOrigin.SERIAL,
    Form.UNIX: DateOrigin.UNIX_TIME,
    Form.AGE_IN_YEAR: DateOrigin.AGE_IN_YEAR,
}


def read_date(
    value: object, *, latest: dt.date | None = None, earliest: dt.date = dt.date(1900, 1, 1)
) -> DateReading:
    """Read a date of referral or decision, day first.

    A month or a year alone gives an interval and no `date`. A date before `earliest` or after `latest` is
    missing.

    >>> read_date("03/04/2023").date, read_date("2023-04-03T10:15:00Z").date, read_date("31/02/2023").issues
    (datetime.date(2023, 4, 3), datetime.date(2023, 4, 3), ('not a calendar date',))
    """
    limit = latest or LATEST_UNSTATED
    written = statement(value, limit)
    issues = written.issues
    if written.form is Form.DAY and is_placeholder(written.year, written.month, written.day):
        return DateReading(issues=(*issues, PLACEHOLDER))
    span = _gregorian_span(written)
    if span is None:
        reason = (NOT_IN_CALENDAR,) if written.form in _PRECISIONS else _why_missing(written)
        return DateReading(issues=(*issues, *reason))
    first, last = max(span[0], earliest), min(span[1], limit)
    if first > last:
        return DateReading(issues=(*issues, FUTURE if span[0] > limit else TOO_EARLY))
    precision, origin = _PRECISIONS[written.form], _origin(written)
    if precision is DatePrecision.DAY:
        return DateReading(first, first, first, precision, origin, issues)
    return DateReading(None, first, last, precision, origin, (*issues, NO_DAY))


def read_birth_date(
    value: object, *, latest: dt.date | None = None, calendars: Calendars = None
) -> BirthDateReading:
    """Read a date of birth. `latest`: the last day on which anyone here can have been born, as a rule the
    last referral. `calendars`: see the module.

    >>> reading = read_birth_date("5 Mehr 1383", latest=dt.date(2024, 1, 1))
    >>> reading.first, reading.precision.name, reading.origin.name, reading.issues
    (datetime.date(2004, 9, 26), 'DAY', 'SOLAR_HIJRI', ('read in another calendar',))
    """
    limit = latest or LATEST_UNSTATED
    return birth_of(statement(value, limit), limit, calendars)


def birth_of(written: Written, limit: dt.date, calendars: Calendars) -> BirthDateReading:
    """What a statement means as a date of birth."""
    if written.form is Form.DAY:
        return _birth_day(written, limit, calendars)
    if written.form in _PRECISIONS:
        return _birth_span(written, limit, calendars)
    if written.form is Form.AGE:
        return BirthDateReading(
            precision=DatePrecision.AGE,
            origin=DateOrigin.AGE,
            age_years=written.number,
            oldest_years=max(written.number, written.oldest),
            issues=(*written.issues, AN_AGE),
        )
    return BirthDateReading(issues=(*written.issues, *_why_missing(written)))


def statement(value: object, limit: dt.date) -> Written:
    """What one value states, with years in full, and serials, Unix times and ages in a year as dates."""
    kind = type(value)
    if kind.__name__ == "Period" and kind.__module__.partition(".")[0] == "pandas":
        value = str(value)[:10]  # a period of hours or less begins with its day
    text, problems = text_of(value)
    if text is None:
        return Written(Form.MISSING, issues=problems)
    written = written_date(text)
    if written.short_year:
        year = _full_year(written, limit)
        return replace(written, year=year, issues=(*written.issues, TWO_DIGITS))
    if written.form is Form.SERIAL:
        return _from_ordinal(_EXCEL_EPOCH + written.number, written)
    if written.form is Form.UNIX:
        return _from_ordinal(_UNIX_EPOCH + written.number // 86400, written)
    if written.form is Form.AGE_IN_YEAR:
        born = written.year - written.number
        return Written(Form.YEARS, born - 1, number=born, issues=written.issues, turned_from=Form.AGE_IN_YEAR)
    return written


def _from_ordinal(ordinal: int, written: Written) -> Written:
    day = dt.date.fromordinal(ordinal)
    return Written(Form.DAY, day.year, day.month, day.day, issues=written.issues, turned_from=written.form)


def _full_year(written: Written, limit: dt.date) -> int:
    """20yy, unless that lies after the limit."""
    recent = 2000 + written.year
    month, day = written.month or 1, written.day or 1
    return recent if (recent, month, day) <= (limit.year, limit.month, limit.day) else 1900 + written.year


def _why_missing(written: Written) -> tuple[str, ...]:
    if written.form is Form.PLACEHOLDER:
        return (PLACEHOLDER,)
    if written.form is Form.AGE:
        return (AN_AGE,)
    return () if written.issues or written.form is Form.MISSING else (NOT_IN_CALENDAR,)


def _origin(written: Written) -> DateOrigin:
    return DateOrigin.WRITTEN if written.turned_from is None else _TURNED[written.turned_from]


def _date(year: int, month: int, day: int) -> dt.date | None:
    try:
        return dt.date(year, month, day)
    except ValueError:
        return None


def _gregorian_span(written: Written) -> tuple[dt.date, dt.date] | None:
    """First and last day of what is stated, in the Gregorian calendar; None where it has no such days."""
    if written.form is Form.DAY:
        day = _date(written.year, written.month, written.day)
        return None if day is None else (day, day)
    last_year = written.number if written.form is Form.YEARS else written.year
    if written.form not in _PRECISIONS or not 1 <= written.year <= last_year <= 9998:
        return None
    month, last_month = (written.month, written.month) if written.form is Form.MONTH else (1, 12)
    return dt.date(written.year, month, 1), dt.date(last_year, last_month, last_day(last_year, last_month))


def _birth_day(written: Written, limit: dt.date, calendars: Calendars) -> BirthDateReading:
    year, month, day, issues = written.year, written.month, written.day, written.issues
    if is_placeholder(year, month, day):
        return BirthDateReading(issues=(*issues, PLACEHOLDER))
    default = default_of(month, day)
    marked = (*issues, DEFAULT) if default in STAND_IN_DATES else issues
    first = _date(year, month, day) if not written.calendars else None
    if first is not None and EARLIEST_BIRTH <= first <= limit:
        readings = _other_readings(written, limit, calendars)
        return BirthDateReading(
            first, first, DatePrecision.DAY, _origin(written), default, readings, issues=marked
        )
    elsewhere = _elsewhere(written, first, limit, calendars)
    if elsewhere:
        kind, day_ = elsewhere[0].kind, elsewhere[0].date
        return BirthDateReading(
            day_, day_, DatePrecision.DAY, DateOrigin[kind.name], default, elsewhere[1:],
            issues=(*marked, OTHER_CALENDAR),
        )  # fmt: skip
    unreal = _as_one_number(written)
    if first is None:
        readings = () if written.calendars else _in_calendars(written, limit, calendars)
        return BirthDateReading(readings=readings, unreal=unreal, issues=(*issues, NOT_IN_CALENDAR))
    if first < EARLIEST_BIRTH:
        return BirthDateReading(unreal=unreal, issues=(*issues, TOO_EARLY))
    readings = _readings_of_future(written, limit, calendars)
    return BirthDateReading(readings=readings, unreal=unreal, issues=(*issues, FUTURE))


def _as_one_number(written: Written) -> int:
    """yyyymmdd; 0 of a named calendar, a year of two digits, or a number that a reader made a date of."""
    if written.calendars or written.turned_from is not None or written.short_year:
        return 0
    return (written.year * 100 + written.month) * 100 + written.day


def _elsewhere(
    written: Written, first: dt.date | None, limit: dt.date, calendars: Calendars
) -> tuple[OtherReading, ...]:
    """A date that is no plausible Gregorian one, in the calendars that it can be of, the likeliest first."""
    year, month, day = written.year, written.month, written.day
    if written.turned_from is not None:
        return ()
    kinds = written.calendars or _calendars_of(year, limit, calendars)
    if not kinds and first is None and EARLIEST_BIRTH.year <= year <= limit.year and calendars:
        kinds = (ReadingKind.ETHIOPIAN,) if ReadingKind.ETHIOPIAN in calendars else ()
    slip = 0
    if not kinds and limit.year + FUTURE_SLIP_YEARS <= year <= LAST_SOLAR_SLIP and calendars:
        kinds = (ReadingKind.HIJRI,) if calendars & _MUSLIM_CALENDARS else ()
        slip = SOLAR_OFFSET_YEARS
    return _plausible([(kind, to_gregorian(kind, year - slip, month, day)) for kind in kinds], limit)


_MUSLIM_CALENDARS: Final = frozenset({ReadingKind.SOLAR_HIJRI, ReadingKind.HIJRI})
SOLAR_OFFSET_YEARS: Final = 621
"""A Solar Hijri year begins in the Gregorian year that is this many more (domain.md 4.3, D13)."""
LAST_SOLAR_SLIP: Final = 2100


def _birth_span(written: Written, limit: dt.date, calendars: Calendars) -> BirthDateReading:
    """A month, a year or some years: cut at the limits, in another calendar where the Gregorian one is out
    of the question.
    """
    precision, origin, issues = _PRECISIONS[written.form], _origin(written), written.issues
    if (written.form is Form.MONTH and is_placeholder(written.year, written.month, 1)) or (
        written.form is Form.YEAR and written.year in PLACEHOLDER_YEARS
    ):
        return BirthDateReading(issues=(*issues, PLACEHOLDER))
    span = _gregorian_span(written) if not written.calendars else None
    if span is None or span[1] < EARLIEST_BIRTH or span[0] > limit:
        reason = NOT_IN_CALENDAR if span is None else FUTURE if span[0] > limit else TOO_EARLY
        found = _span_in_calendar(written, limit, calendars)
        if found is None:
            return BirthDateReading(issues=(*issues, reason))
        kind, span = found
        origin = DateOrigin[kind.name] if origin is DateOrigin.WRITTEN else origin
        issues = (*issues, OTHER_CALENDAR)
    return BirthDateReading(
        max(span[0], EARLIEST_BIRTH), min(span[1], limit), precision, origin, issues=issues
    )


def _span_in_calendar(
    written: Written, limit: dt.date, calendars: Calendars
) -> tuple[ReadingKind, tuple[dt.date, dt.date]] | None:
    month = written.month if written.form is Form.MONTH else None
    last_year = written.number if written.form is Form.YEARS else written.year
    for kind in written.calendars or _calendars_of(written.year, limit, calendars):
        start, end = calendar_interval(kind, written.year, month), calendar_interval(kind, last_year, month)
        if start and end and end[1] >= EARLIEST_BIRTH and start[0] <= limit:
            return kind, (start[0], end[1])
    return None


def _calendars_of(year: int, limit: dt.date, calendars: Calendars) -> tuple[ReadingKind, ...]:
    """The calendars to try for a year that no Gregorian birth here can have, the commonest first."""
    if year < EARLIEST_BIRTH.year:
        if year < FIRST_HIJRI_YEAR:
            return ()
        solar, lunar = ReadingKind.SOLAR_HIJRI, ReadingKind.HIJRI
        lunar_first = calendars is not None and lunar in calendars and solar not in calendars
        return (lunar, solar) if lunar_first else (solar, lunar)
    if year < limit.year + FUTURE_SLIP_YEARS:
        return ()
    if year > LAST_SOLAR_SLIP:
        return (ReadingKind.BUDDHIST,)
    nepali = calendars is None or ReadingKind.BIKRAM_SAMBAT in calendars
    return (ReadingKind.BIKRAM_SAMBAT,) if nepali else ()


FIRST_HIJRI_YEAR: Final = 1270
"""1270 Solar Hijri began in 1891 (chosen by us: nobody older lives)."""


def _plausible(found: list[tuple[ReadingKind, dt.date | None]], limit: dt.date) -> tuple[OtherReading, ...]:
    return tuple(OtherReading(kind, day) for kind, day in found if day and EARLIEST_BIRTH <= day <= limit)


def _readings_of_future(written: Written, limit: dt.date, calendars: Calendars) -> tuple[OtherReading, ...]:
    """Readings of a date after the limit: a century too late, or another calendar."""
    if written.turned_from is not None or written.year < limit.year + FUTURE_SLIP_YEARS:
        return ()
    earlier = _date(written.year - 100, written.month, written.day)
    return (
        *_plausible([(ReadingKind.OTHER_CENTURY, earlier)], limit),
        *_in_calendars(written, limit, calendars),
    )


def _other_readings(written: Written, limit: dt.date, calendars: Calendars) -> tuple[OtherReading, ...]:
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
    if written.turned_from is Form.SERIAL:
        found.append((ReadingKind.EXCEL_1904, dt.date(year, month, day) + dt.timedelta(days=EXCEL_1904_DAYS)))
    return (*_plausible(found, limit), *_in_calendars(written, limit, calendars))


def _in_calendars(written: Written, limit: dt.date, calendars: Calendars) -> tuple[OtherReading, ...]:
    """Calendar readings of the written digits; the 13th month only exists in Ethiopia's.

    Bikram Sambat only from 2000 (a birth in 1943 or later): before that it would be far likelier to be a
    Gregorian year. The name of a month rules nothing out: exports write one for any date.
    """
    year, month, day = written.year, written.month, written.day
    if written.month_first:
        month, day = day, month
    found: list[tuple[ReadingKind, dt.date | None]] = []
    if year >= FIRST_ETHIOPIAN_YEAR and _admits(calendars, ReadingKind.ETHIOPIAN):
        found.append((ReadingKind.ETHIOPIAN, to_gregorian(ReadingKind.ETHIOPIAN, year, month, day)))
    if 2000 <= year <= LAST_SOLAR_SLIP and _admits(calendars, ReadingKind.BIKRAM_SAMBAT):
        found.append((ReadingKind.BIKRAM_SAMBAT, to_gregorian(ReadingKind.BIKRAM_SAMBAT, year, month, day)))
    if calendars:
        found += [
            (kind, to_gregorian(calendar, year - less, month, day))
            for kind, (calendar, less) in HALF_CONVERTED.items()
            if calendar in calendars
        ]
    return _plausible(found, limit)


HALF_CONVERTED: Final = {
    ReadingKind.ETHIOPIAN_DAY_LESS_7: (ReadingKind.ETHIOPIAN, 7),
    ReadingKind.ETHIOPIAN_DAY_LESS_8: (ReadingKind.ETHIOPIAN, 8),
    ReadingKind.SOLAR_HIJRI_DAY: (ReadingKind.SOLAR_HIJRI, SOLAR_OFFSET_YEARS),
}
"""The calendar of the day and month, and the years that were added to its year (domain.md 4.3, D11, D14)."""


def _admits(calendars: Calendars, kind: ReadingKind) -> bool:
    return calendars is None or kind in calendars
