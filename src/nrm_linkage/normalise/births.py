"""Dates of birth and ages of a whole frame: readings laid out as arrays, and checked against the referral
date, the nationality and the age group.

In this order: each distinct date is read, with the calendars that the nationality admits (`birth_columns`);
a birth on or after its referral is missing, with an issue, an interval is cut the day before it, and readings
from that day on are dropped; an age in the birth-date box or in the age column, or a range of ages, becomes
an interval of birth dates by the referral date, or, where the extract has neither those nor dates of birth,
as if all were referred on its latest day; a child or adult box alone becomes the interval that it allows. A
child's record with an adult's date of birth or age, or the reverse, is flagged as a possible age
dispute and changes nothing else. It does not choose between readings: comparison does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pandas as pd

from nrm_linkage.normalise.ages import OLDEST_YEARS as OLDEST_READ
from nrm_linkage.normalise.ages import AgeGroup, AgeReading, read_age_group, read_age_range
from nrm_linkage.normalise.birth_columns import BirthColumn, read_birth_column
from nrm_linkage.normalise.calendars import ReadingKind, calendars_used_by
from nrm_linkage.normalise.date_kinds import DateOrigin
from nrm_linkage.normalise.dates import Calendars
from nrm_linkage.normalise.distinct import ReadColumn, read_column
from nrm_linkage.normalise.nationality import read_nationality
from nrm_linkage.normalise.values import MISSING_WORDS, text_of
from nrm_linkage.tables import BirthDates, Days, Int8s, Int64s, Mask, Nationalities

__all__ = ["ReadBirths", "ValueIssues", "ages_are_of_one_day", "read_births"]

MAJORITY_YEARS = 18
OLDEST_YEARS = 100
"""The widest interval that "adult" allows (chosen by us)."""

RowIssue = tuple[str, Mask, str]


@dataclass(frozen=True, slots=True)
class ValueIssues:
    """The issues of a value, without the value."""

    issues: tuple[str, ...] = ()


@dataclass(frozen=True)
class ReadBirths:
    """Birth dates, intervals by age, and age groups; `origin` (n,), a `DateOrigin` of the interval that a row
    has; the issues of dates as read, and issues that rows have by comparison with others.
    """

    birth: BirthDates
    by_age_first: Days
    by_age_last: Days
    age_group: Int8s
    origin: Int8s
    dates: ReadColumn[ValueIssues] | None = field(repr=False)
    row_issues: tuple[RowIssue, ...] = field(repr=False)


def read_births(
    columns: Mapping[str, tuple[pd.Series, ...]],
    referred: Days,
    latest: date,
    nationality: Nationalities | None = None,
) -> ReadBirths:
    """Read `date_of_birth`, `age_at_referral` and `age_group` where they are there. `referred`: datetime64[D]
    (n,). `nationality`: as read from the same columns; None: read here, from "nationality" and
    "second_nationality".
    """
    n_rows = len(referred)
    birth, origin, dates = _no_birth_dates(n_rows), np.zeros(n_rows, dtype=np.int8), None
    youngest, oldest = (np.full(n_rows, -1, dtype=np.int64) for _ in range(2))
    issues: list[RowIssue] = []
    if "date_of_birth" in columns:
        codes, sets = _calendars(columns, n_rows, nationality)
        read = read_birth_column(columns["date_of_birth"][0], latest, codes, sets)
        dates = ReadColumn(
            codes=read.issue[read.codes], readings=tuple(ValueIssues(each) for each in read.issue_sets)
        )
        youngest, oldest = read.youngest[read.codes], read.oldest[read.codes]
        birth, origin, late = _laid_out(read, referred)
        issues.append(("date_of_birth", late, "birth on or after the referral: read as missing"))
    by_box, found = _stated_ages(columns, n_rows)
    issues += found
    stated = youngest < 0
    youngest, oldest = np.where(stated, by_box[0], youngest), np.where(stated, by_box[1], oldest)
    group, found = _stated_groups(columns, n_rows)
    issues += found
    by_age = np.select(
        [(youngest >= 0) & (oldest < MAJORITY_YEARS), youngest >= MAJORITY_YEARS], [_CHILD, _ADULT], 0
    )
    first, last = _interval_by_age(
        youngest, oldest, group, _birthdays(_aged_on(columns, referred, youngest, latest))
    )
    derived = _group_by_birth(birth, _birthdays(referred))
    issues += _disputes(group, derived, by_age)
    filled = np.where(group != 0, group, np.where(derived != 0, derived, by_age)).astype(np.int8)
    has_age = np.where(youngest >= 0, int(DateOrigin.AGE), int(DateOrigin.AGE_GROUP))
    known = np.where(np.isnat(first), int(DateOrigin.MISSING), has_age)
    origin = np.where(np.isnat(birth.first), known, origin).astype(np.int8)
    return ReadBirths(birth, first, last, filled, origin, dates, tuple(issues))


_CHILD, _ADULT = int(AgeGroup.CHILD), int(AgeGroup.ADULT)
_NONE = np.datetime64("NaT", "D")


def _calendars(
    columns: Mapping[str, tuple[pd.Series, ...]], n_rows: int, nationality: Nationalities | None
) -> tuple[Int64s, list[Calendars]]:
    """What each row's nationality admits: codes int64 (n,) and the sets of calendars."""
    if nationality is not None:
        codes, sets = _coded([calendars_used_by(each) for each in nationality.sets])
        return codes[nationality.code], sets
    rows: Int64s = np.zeros(n_rows, dtype=np.int64)
    sets = [None]
    for box in ("nationality", "second_nationality"):
        if box in columns:
            read = read_column(columns[box][0], read_nationality)
            codes, found = _coded([calendars_used_by(each.codes) for each in read.readings])
            rows = rows * len(found) + codes[read.codes]
            sets = [_either(one, other) for one in sets for other in found]
    return rows, sets


def _coded(each: list[Calendars]) -> tuple[Int64s, list[Calendars]]:
    """Codes, int64, of sets into the distinct ones."""
    number: dict[Calendars, int] = {}
    codes = [number.setdefault(one, len(number)) for one in each]
    return np.array(codes, dtype=np.int64), list(number)


def _either(one: Calendars, other: Calendars) -> Calendars:
    """What two nationalities admit together."""
    if one is None or other is None:
        return other if one is None else one
    return one | other


def _no_birth_dates(n_rows: int) -> BirthDates:
    return BirthDates(
        first=np.full(n_rows, _NONE),
        last=np.full(n_rows, _NONE),
        precision=np.zeros(n_rows, dtype=np.int8),
        default=np.zeros(n_rows, dtype=np.int8),
        readings=np.full((n_rows, len(ReadingKind)), _NONE),
        unreal=np.zeros(n_rows, dtype=np.int32),
    )


def _laid_out(read: BirthColumn, referred: Days) -> tuple[BirthDates, Int8s, Mask]:
    """Births of rows, held against the day of referral; their origin; and where a birth was not before it."""
    codes = read.codes
    first, last = read.first[codes], read.last[codes]
    late = first >= referred
    first = np.where(late, _NONE, first)
    last = np.where(late, _NONE, np.where(last >= referred, referred - np.timedelta64(1, "D"), last))
    readings = np.full((len(codes), len(ReadingKind)), _NONE, order="F")
    for kind in np.flatnonzero((~np.isnat(read.readings)).any(axis=0)).tolist():
        found = read.readings[:, kind][codes]
        found[(found >= referred) | late] = _NONE
        readings[:, kind] = found
    birth = BirthDates(
        first=first,
        last=last,
        precision=np.where(late, 0, read.precision[codes]).astype(np.int8),
        default=np.where(late, 0, read.default[codes]).astype(np.int8),
        readings=readings,
        unreal=read.unreal[codes],
    )
    return birth, np.where(late, 0, read.origin[codes]).astype(np.int8), late


def _stated_ages(
    columns: Mapping[str, tuple[pd.Series, ...]], n_rows: int
) -> tuple[tuple[Int64s, Int64s], list[RowIssue]]:
    """Lowest and highest age of the age column, int64 (n,), -1 where none; and the issues of its values."""
    if "age_at_referral" not in columns:
        none = np.full(n_rows, -1, dtype=np.int64)
        return (none, none), []
    read = read_column(columns["age_at_referral"][0], read_age_range)
    lowest = read.map(lambda age: -1 if age.lowest is None else age.lowest, "int64")
    highest = read.map(lambda age: -1 if age.highest is None else age.highest, "int64")
    said = sorted({issue for age in read.readings for issue in age.issues})
    return (lowest, highest), [("age_at_referral", _saying(read, issue), issue) for issue in said]


def _saying(read: ReadColumn[AgeReading], issue: str) -> Mask:
    return read.map(lambda age: issue in age.issues, "bool")


def _stated_groups(columns: Mapping[str, tuple[pd.Series, ...]], n_rows: int) -> tuple[Int8s, list[RowIssue]]:
    """Child or adult as the record says, int8 (n,), 0 where it does not."""
    if "age_group" not in columns:
        return np.zeros(n_rows, dtype=np.int8), []
    read = read_column(columns["age_group"][0], _group_read)
    codes = read.map(lambda found: found[0], "int8").astype(np.int8)
    unread = read.map(lambda found: found[1], "bool")
    return codes, [("age_group", unread, "age group not recognised")]


def _group_read(value: object) -> tuple[int, bool]:
    """The group, 0 unless child or adult, and whether the value says something that was not understood."""
    group = read_age_group(value)
    text, problems = text_of(value)
    said = bool(problems) or (text is not None and text.casefold() not in MISSING_WORDS)
    return int(group) if group in (AgeGroup.CHILD, AgeGroup.ADULT) else 0, said and group is AgeGroup.MISSING


def _disputes(group: Int8s, derived: Int8s, by_age: Int64s) -> list[RowIssue]:
    """Where the record calls someone a child and the date of birth or the age says adult, or the reverse."""
    known = derived != 0
    return [
        (box, one, f"{what} disagree: possible age dispute")
        for box, one, what in (
            ("age_group", (group != 0) & known & (group != derived), "age group and date of birth"),
            ("age_group", (group != 0) & (by_age != 0) & (group != by_age), "age group and age"),
            ("age_at_referral", (by_age != 0) & known & (by_age != derived), "age and date of birth"),
        )
    ]


@dataclass(frozen=True)
class _Birthdays:
    """Last dates of birth by day of referral and age: `codes` (n,) into the rows of `table`, (d, ages)."""

    codes: Int64s
    table: Days

    def on(self, years: Int64s | int) -> Days:
        """The last date of birth with which that many years are complete on each row's day."""
        return np.asarray(self.table[self.codes, years])


def _birthdays(referred: Days) -> _Birthdays:
    """Once for each distinct day and for every age that is read."""
    codes, distinct = pd.factorize(referred.astype("datetime64[D]").astype(np.int64), sort=False)
    ages = np.arange(OLDEST_READ + 2, dtype=np.int64)
    days = np.repeat(distinct.astype("datetime64[D]"), len(ages))
    table = years_before(days, np.tile(ages, len(distinct))).reshape(len(distinct), len(ages))
    return _Birthdays(codes.astype(np.int64), table)


def ages_are_of_one_day(columns: Mapping[str, tuple[pd.Series, ...]]) -> bool:
    """Whether ages are read as if all referrals were of one day: there is no column of those days, and none
    of births that the day would be held against, so that any day tells people apart as well.
    """
    return "age_at_referral" in columns and not {"referral_date", "date_of_birth"} & columns.keys()


def _aged_on(
    columns: Mapping[str, tuple[pd.Series, ...]], referred: Days, youngest: Int64s, latest: date
) -> Days:
    """The day on which a row's age is taken to be true, datetime64[D] (n,): the referral's, or the latest."""
    if not ages_are_of_one_day(columns):
        return referred
    return np.where(np.isnat(referred) & (youngest >= 0), np.datetime64(latest, "D"), referred)


def _interval_by_age(
    youngest: Int64s, oldest: Int64s, group: Int8s, birthdays: _Birthdays
) -> tuple[Days, Days]:
    """The birth dates that ages in whole years, or failing that an age group, allow on the day of referral;
    NaT where unknown.
    """
    stated = youngest >= 0
    lowest = np.where(stated, youngest, np.array([-1, 0, MAJORITY_YEARS])[group])
    highest = np.where(stated, oldest, np.array([-1, MAJORITY_YEARS - 1, OLDEST_YEARS])[group])
    known = lowest >= 0
    last = np.where(known, birthdays.on(lowest), _NONE)
    first = np.where(known, birthdays.on(highest + 1) + np.timedelta64(1, "D"), _NONE)
    return first, last


def years_before(day: Days, years: Int64s) -> Days:
    """The last date of birth with which that many years are complete on `day`: 29 February becomes 28
    February in a common year, since who was born on 1 March then is a day short (as in `ages`).
    """
    month = day.astype("datetime64[M]")
    within = day - month.astype("datetime64[D]")
    earlier = month - np.timedelta64(12, "M") * years.astype(np.int64)
    last = (earlier + np.timedelta64(1, "M")).astype("datetime64[D]") - np.timedelta64(1, "D")
    return np.asarray(np.minimum(earlier.astype("datetime64[D]") + within, last))


def _group_by_birth(birth: BirthDates, birthdays: _Birthdays) -> Int8s:
    """Child or adult on the day of referral where the whole interval of birth agrees; 0 where it does not or
    is unknown.
    """
    threshold = birthdays.on(MAJORITY_YEARS)
    adult, child = birth.last <= threshold, birth.first > threshold
    return np.select([adult, child], [_ADULT, _CHILD], 0).astype(np.int8)
