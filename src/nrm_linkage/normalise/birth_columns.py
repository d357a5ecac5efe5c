"""A column of dates of birth -> arrays: the fast form of `dates.read_birth_date`, which is its oracle.

Distinct values are taken apart first: ddmmyyyy and yyyymmdd with separators all at once, typed dates by
their parts, everything else by `dates.statement`. A *plain* value is a day that the Gregorian calendar has,
within the limits and no placeholder; its default, other readings and issues are array arithmetic, once for
each pair of a value and the calendars that its row's nationality admits. What is not plain goes through
`dates.birth_of`, pair by pair. Nothing is kept between calls.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np
import pandas as pd

from nrm_linkage.normalise.calendars import ReadingKind, calendar_days
from nrm_linkage.normalise.date_kinds import (
    DEFAULT,
    EARLIEST_BIRTH,
    EXCEL_1904_DAYS,
    OLDEST_CENTURY_SLIP,
    PLACEHOLDER_DAYS,
    STAND_INS,
    BirthDateReading,
    DateOrigin,
    DatePrecision,
    DefaultDate,
)
from nrm_linkage.normalise.date_numbers import Form, Written
from nrm_linkage.normalise.dates import HALF_CONVERTED, Calendars, birth_of, statement
from nrm_linkage.normalise.distinct import distinct_values
from nrm_linkage.tables import Days, Int8s, Int32s, Int64s, Mask

__all__ = ["BirthColumn", "read_birth_column"]

N_KINDS: Final = len(ReadingKind)
_NONE: Final = np.datetime64("NaT", "D")
_POSITION: Final = {kind: position for position, kind in enumerate(ReadingKind)}
_COMMON_LENGTH: Final = 10


@dataclass(frozen=True)
class BirthColumn:
    """A column of births. `codes`: int32 (n,), the entry of each row. Of entries, (k,): `first`, `last`;
    `precision`, `default`, `origin`; `readings` (k, n_kinds); `unreal`, yyyymmdd, 0 where none; `youngest`,
    `oldest`, ages in years, -1 where none; `issue`, into `issue_sets`.
    """

    codes: Int32s
    first: Days = field(repr=False)
    last: Days = field(repr=False)
    precision: Int8s = field(repr=False)
    default: Int8s = field(repr=False)
    origin: Int8s = field(repr=False)
    readings: Days = field(repr=False)
    unreal: Int32s = field(repr=False)
    youngest: Int64s = field(repr=False)
    oldest: Int64s = field(repr=False)
    issue: Int32s = field(repr=False)
    issue_sets: tuple[tuple[str, ...], ...] = field(repr=False)


def read_birth_column(
    column: pd.Series, latest: dt.date, calendar_codes: Int64s, calendar_sets: Sequence[Calendars]
) -> BirthColumn:
    """Read a column (n,). `calendar_codes`: int64 (n,) into `calendar_sets`, what each row's nationality
    admits.
    """
    value_codes, stated = _distinct(column, latest)
    pair = value_codes * len(calendar_sets) + calendar_codes
    used = np.zeros((len(stated.plain)) * len(calendar_sets), dtype=bool)
    used[pair] = True
    value, admitted = np.divmod(np.flatnonzero(used), len(calendar_sets))
    entries = _Entries(len(value))
    entries.put_plain(np.flatnonzero(stated.plain[value]), stated, value, admitted, calendar_sets, latest)
    for entry in np.flatnonzero(~stated.plain[value]).tolist():
        written = stated.written[int(value[entry])]
        entries.put(entry, birth_of(written, latest, calendar_sets[admitted[entry]]))
    codes = (np.cumsum(used) - 1)[pair].astype(np.int32)
    return entries.column(codes)


@dataclass(frozen=True)
class _Stated:
    """What distinct values state; the first is a missing value. Arrays (v,); `written` of those not plain."""

    year: Int64s
    month: Int64s
    day: Int64s
    short_year: Mask
    month_first: Mask
    origin: Int8s
    issue: Int64s
    plain: Mask
    written: dict[int, Written] = field(repr=False)
    issue_sets: dict[tuple[str, ...], int] = field(repr=False)


def _distinct(column: pd.Series, latest: dt.date) -> tuple[Int64s, _Stated]:
    """Codes of rows into distinct values, 0 for missing ones, and what the values state."""
    if pd.api.types.is_datetime64_any_dtype(column.dtype) and _has_times(column.dtype):
        local = column.dt.tz_localize(None) if _zone(column.dtype) else column
        days = local.to_numpy(dtype="datetime64[us]").astype("datetime64[D]")
        codes, distinct = pd.factorize(days.astype(np.int64), sort=False)
        missing = np.isnat(days)
        return np.where(missing, 0, codes + 1), _state(_dates(distinct.astype("datetime64[D]")), latest)
    codes, found = distinct_values(column)
    return codes + 1, _state(list(found), latest)


def _has_times(dtype: Any) -> bool:
    """Whether a dtype of dates is one of instants: pandas lets Arrow's plain days pass for such, but not do
    what they do.
    """
    return hasattr(getattr(dtype, "pyarrow_dtype", None), "tz") or not hasattr(dtype, "pyarrow_dtype")


def _zone(dtype: Any) -> object:
    """The time zone of a dtype of pandas or of Arrow, or None."""
    return getattr(getattr(dtype, "pyarrow_dtype", dtype), "tz", None)


def _dates(days: Days) -> list[object]:
    """Python dates, and what they cannot hold as it is."""
    held = (days >= np.datetime64("0001-01-01")) & (days <= np.datetime64("9999-12-31"))
    return [day.item() if inside else day for day, inside in zip(days, held.tolist(), strict=True)]


def _state(values: list[Any], latest: dt.date) -> _Stated:
    n = len(values) + 1
    year, month, day = (np.zeros(n, dtype=np.int64) for _ in range(3))
    short, first, plain = (np.zeros(n, dtype=bool) for _ in range(3))
    origin = np.full(n, int(DateOrigin.WRITTEN), dtype=np.int8)
    issue = np.zeros(n, dtype=np.int64)
    sets: dict[tuple[str, ...], int] = {(): 0}
    written: dict[int, Written] = {}
    common = _put_common(values, year, month, day)
    common &= _possible(year, month, day, latest)
    for at in np.flatnonzero(~common).tolist():
        read = statement(values[at - 1] if at else None, latest)
        if read.form is Form.DAY and not read.calendars:
            year[at], month[at], day[at] = read.year, read.month, read.day
            short[at], first[at] = read.short_year, read.month_first
            issue[at] = sets.setdefault(read.issues, len(sets))
            if read.turned_from is not None:
                serial = read.turned_from is Form.SERIAL
                origin[at] = DateOrigin.SERIAL if serial else DateOrigin.UNIX_TIME
            plain[at] = True
        written[at] = read
    plain = common | (plain & _possible(year, month, day, latest))
    return _Stated(year, month, day, short, first, origin, issue, plain, written, sets)


def _put_common(values: list[Any], year: Int64s, month: Int64s, day: Int64s) -> Mask:
    """Typed dates, and values of ten characters with two equal separators and four digits of a year at one
    end: their parts, and where they are.
    """
    found = np.zeros(len(values) + 1, dtype=bool)
    for at_typed, value in enumerate(values, start=1):
        if isinstance(value, dt.date):
            year[at_typed], month[at_typed], day[at_typed] = value.year, value.month, value.day
            found[at_typed] = True
    at = np.array(
        [i for i, value in enumerate(values) if type(value) is str and len(value) == _COMMON_LENGTH],
        dtype=np.int64,
    )
    if not len(at):
        return found
    text = np.array([values[i] for i in at.tolist()], dtype=f"U{_COMMON_LENGTH}")
    character = text.view(np.uint32).reshape(len(at), _COMMON_LENGTH).astype(np.int64)
    digit = character - ord("0")
    is_digit = (digit >= 0) & (digit <= 9)
    separators = [ord(separator) for separator in "/-."]
    for places, numbers in (((2, 5), ((6, 10), (3, 5), (0, 2))), ((4, 7), ((0, 4), (5, 7), (8, 10)))):
        a, b = places
        right = np.isin(character[:, a], separators) & (character[:, a] == character[:, b])
        right &= np.delete(is_digit, places, axis=1).all(axis=1)
        rows = at[right] + 1
        for part, (start, end) in zip((year, month, day), numbers, strict=True):
            part[rows] = digit[right, start:end] @ 10 ** np.arange(end - start - 1, -1, -1)
        found[rows] = True
    return found


def _possible(year: Int64s, month: Int64s, day: Int64s, latest: dt.date) -> Mask:
    """Where the numbers are a Gregorian day within the limits, and no placeholder."""
    days = _gregorian_days(year, month, day)
    inside = (days >= np.datetime64(EARLIEST_BIRTH)) & (days <= np.datetime64(latest))
    held = np.array([_packed(*each) for each in sorted(PLACEHOLDER_DAYS)])
    return np.asarray(inside & ~np.isin(_packed(year, month, day), held))


def _packed(year: Any, month: Any, day: Any) -> Any:
    return (year * 100 + month) * 100 + day


def _gregorian_days(year: Int64s, month: Int64s, day: Int64s) -> Days:
    """Days of year, month and day; NaT where there is none or the year is not 1 to 9999."""
    usable = (year >= 1) & (year <= 9999) & (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31)
    months = (np.where(usable, (year - 1970) * 12 + month - 1, 0)).astype("datetime64[M]")
    days = months.astype("datetime64[D]") + (day - 1).astype("timedelta64[D]")
    usable &= days.astype("datetime64[M]") == months
    return np.asarray(np.where(usable, days, _NONE))


class _Entries:
    """Arrays of entries while they are filled."""

    def __init__(self, n: int) -> None:
        self.first = np.full(n, _NONE)
        self.last = np.full(n, _NONE)
        self.precision, self.default, self.origin = (np.zeros(n, dtype=np.int8) for _ in range(3))
        self.readings = np.full((n, N_KINDS), _NONE, order="F")
        self.unreal = np.zeros(n, dtype=np.int32)
        self.youngest, self.oldest = (np.full(n, -1, dtype=np.int64) for _ in range(2))
        self.issue = np.zeros(n, dtype=np.int32)
        self.sets: dict[tuple[str, ...], int] = {(): 0}

    def put(self, entry: int, reading: BirthDateReading) -> None:
        """One entry from its reading."""
        if reading.first is not None and reading.last is not None:
            self.first[entry], self.last[entry] = reading.first, reading.last
            self.precision[entry] = reading.precision
            self.origin[entry] = reading.origin
        self.default[entry] = reading.default
        for other in reading.readings:
            self.readings[entry, _POSITION[other.kind]] = other.date
        self.unreal[entry] = reading.unreal
        if reading.age_years is not None and reading.oldest_years is not None:
            self.youngest[entry], self.oldest[entry] = reading.age_years, reading.oldest_years
        self.issue[entry] = self.sets.setdefault(reading.issues, len(self.sets))

    def put_plain(
        self,
        at: Int64s,
        stated: _Stated,
        value: Int64s,
        admitted: Int64s,
        calendar_sets: Sequence[Calendars],
        latest: dt.date,
    ) -> None:
        """The entries `at`, whose values are plain days."""
        of, sets = value[at], admitted[at]
        year, month, day = stated.year[of], stated.month[of], stated.day[of]
        days = _gregorian_days(year, month, day)
        self.first[at] = self.last[at] = days
        self.precision[at], self.origin[at] = DatePrecision.DAY, stated.origin[of]
        default = _defaults(month, day)
        self.default[at] = default
        marked = (default != DefaultDate.NONE) & (default <= DefaultDate.THIRTY_FIRST_DECEMBER)
        recode = np.array(
            [
                [self.sets.setdefault(issues, len(self.sets)) for issues in (plain, (*plain, DEFAULT))]
                for plain in stated.issue_sets
            ]
        )
        self.issue[at] = recode[stated.issue[of], marked.astype(np.int64)]
        swapped = stated.month_first[of]
        written = _Digits(
            year, month, day, np.where(swapped, day, month), np.where(swapped, month, day), days,
            stated.short_year[of], stated.origin[of] == DateOrigin.SERIAL,
        )  # fmt: skip
        for kind in ReadingKind:
            where = written.where(kind, sets, calendar_sets)
            if where.any():
                found = written.read(kind, where)
                late = ~((found >= np.datetime64(EARLIEST_BIRTH)) & (found <= np.datetime64(latest)))
                self.readings[at[where], _POSITION[kind]] = np.where(late, _NONE, found)

    def column(self, codes: Int32s) -> BirthColumn:
        return BirthColumn(
            codes, self.first, self.last, self.precision, self.default, self.origin, self.readings,
            self.unreal, self.youngest, self.oldest, self.issue, tuple(self.sets),
        )  # fmt: skip


def _defaults(month: Int64s, day: Int64s) -> Int8s:
    found = np.select([day == 1, day == 15], [DefaultDate.FIRST_OF_MONTH, DefaultDate.FIFTEENTH], 0)
    for (of_month, of_day), default in STAND_INS.items():
        found = np.where((month == of_month) & (day == of_day), default, found)
    return found.astype(np.int8)


@dataclass(frozen=True)
class _Digits:
    """Plain days as read, and their month and day as written; arrays (k,)."""

    year: Int64s
    month: Int64s
    day: Int64s
    written_month: Int64s
    written_day: Int64s
    days: Days
    short_year: Mask
    serial: Mask

    def where(self, kind: ReadingKind, sets: Int64s, calendar_sets: Sequence[Calendars]) -> Mask:
        """Where a reading of this kind is to be tried."""
        if kind is ReadingKind.DAY_MONTH_SWAP:
            return np.asarray((self.day <= 12) & (self.day != self.month))
        if kind is ReadingKind.OTHER_CENTURY:
            return self.short_year | (self.year <= OLDEST_CENTURY_SLIP)
        if kind is ReadingKind.EXCEL_1904:
            return self.serial
        if kind in HALF_CONVERTED:
            calendar = HALF_CONVERTED[kind][0]
            return np.array([calendar in (each or ()) for each in calendar_sets])[sets]
        if kind not in (ReadingKind.ETHIOPIAN, ReadingKind.BIKRAM_SAMBAT):
            return np.zeros(len(self.year), dtype=bool)
        used = np.array([each is None or kind in each for each in calendar_sets])[sets]
        return used if kind is ReadingKind.ETHIOPIAN else used & (self.year >= 2000)

    def read(self, kind: ReadingKind, where: Mask) -> Days:
        """The readings themselves, NaT where the digits are no such day."""
        year, month, day = self.year[where], self.written_month[where], self.written_day[where]
        if kind is ReadingKind.DAY_MONTH_SWAP:
            return _gregorian_days(year, self.day[where], self.month[where])
        if kind is ReadingKind.OTHER_CENTURY:
            other = np.where(self.short_year[where] & (year >= 2000), year - 100, year + 100)
            return _gregorian_days(other, self.month[where], self.day[where])
        if kind is ReadingKind.EXCEL_1904:
            return np.asarray(self.days[where] + np.timedelta64(EXCEL_1904_DAYS, "D"))
        calendar, less = HALF_CONVERTED.get(kind, (kind, 0))
        return calendar_days(calendar, year - less, month, day)
