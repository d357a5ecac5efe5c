"""Dates of birth and ages of a whole frame: readings laid out as arrays, and checked against the referral
date and the age group.

In this order: each distinct date is read (`dates`); a birth on or after its referral is missing, with an
issue; an age in the birth-date box or in the age column becomes an interval of birth dates by the referral
date; a child or adult box alone becomes the interval that it allows. A child's record with an adult's date of
birth, or the reverse, is flagged as a possible age dispute and changes nothing else. It does not choose
between readings: comparison does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pandas as pd

from nrm_linkage.normalise.ages import AgeGroup, read_age, read_age_group
from nrm_linkage.normalise.dates import BirthDateReading, DatePrecision, ReadingKind, read_birth_date
from nrm_linkage.normalise.distinct import ReadColumn, read_column
from nrm_linkage.tables import BirthDates, Days, Int8s, Mask

__all__ = ["ReadBirths", "read_births"]

MAJORITY_YEARS = 18
OLDEST_YEARS = 100
"""The widest interval that "adult" allows (chosen by us)."""

RowIssue = tuple[str, Mask, str]


@dataclass(frozen=True)
class ReadBirths:
    """Birth dates, intervals by age, and age groups; `dates` as read, and issues that rows have by comparison
    with others.
    """

    birth: BirthDates
    by_age_first: Days
    by_age_last: Days
    age_group: Int8s
    dates: ReadColumn[BirthDateReading] | None = field(repr=False)
    row_issues: tuple[RowIssue, ...] = field(repr=False)


def read_births(columns: Mapping[str, tuple[pd.Series, ...]], referred: Days, latest: date) -> ReadBirths:
    """Read `date_of_birth`, `age_at_referral` and `age_group` where they are there. `referred`: datetime64[D]
    (n,).
    """
    n_rows = len(referred)
    dates = None
    birth = _no_birth_dates(n_rows)
    age_years = np.full(n_rows, np.nan)
    issues: list[RowIssue] = []
    if "date_of_birth" in columns:
        dates = read_column(columns["date_of_birth"][0], lambda value: read_birth_date(value, latest=latest))
        birth = _laid_out(dates)
        late = ~np.isnat(referred) & ~np.isnat(birth.first) & (birth.first >= referred)
        issues.append(("date_of_birth", late, "birth on or after the referral: read as missing"))
        birth = _blank(birth, late)
        age_years = dates.map(
            lambda reading: np.nan if reading.age_years is None else float(reading.age_years), "float64"
        )
    if "age_at_referral" in columns:
        ages = read_column(columns["age_at_referral"][0], read_age)
        stated = ages.map(lambda years: np.nan if years is None else float(years), "float64")
        age_years = np.where(np.isnan(age_years), stated, age_years)
    group = np.zeros(n_rows, dtype=np.int8)
    if "age_group" in columns:
        group = read_column(columns["age_group"][0], read_age_group).map(_group_code, "int8")
    first, last = _interval_by_age(age_years, group, referred)
    derived = _group_by_birth(birth, referred)
    disputed = (group != 0) & (derived != 0) & (group != derived)
    issues.append(("age_group", disputed, "age group and date of birth disagree: possible age dispute"))
    by_age = np.select([age_years < MAJORITY_YEARS, age_years >= MAJORITY_YEARS], [_CHILD, _ADULT], 0)
    filled = np.where(group != 0, group, np.where(derived != 0, derived, by_age)).astype(np.int8)
    return ReadBirths(birth, first, last, filled, dates, tuple(issues))


_CHILD, _ADULT = int(AgeGroup.CHILD), int(AgeGroup.ADULT)


def _group_code(group: AgeGroup) -> int:
    return int(group) if group in (AgeGroup.CHILD, AgeGroup.ADULT) else 0


def _no_birth_dates(n_rows: int) -> BirthDates:
    return BirthDates(
        first=np.full(n_rows, "NaT", dtype="datetime64[D]"),
        last=np.full(n_rows, "NaT", dtype="datetime64[D]"),
        precision=np.zeros(n_rows, dtype=np.int8),
        default=np.zeros(n_rows, dtype=np.int8),
        readings=np.full((n_rows, len(ReadingKind)), "NaT", dtype="datetime64[D]"),
    )


def _laid_out(dates: ReadColumn[BirthDateReading]) -> BirthDates:
    kinds = {kind: position for position, kind in enumerate(ReadingKind)}
    readings = np.full((len(dates.readings), len(kinds)), "NaT", dtype="datetime64[D]")
    for row, reading in enumerate(dates.readings):
        for other in reading.readings:
            readings[row, kinds[other.kind]] = other.date
    return BirthDates(
        first=dates.map(lambda reading: reading.first, "datetime64[D]"),
        last=dates.map(lambda reading: reading.last, "datetime64[D]"),
        precision=dates.map(
            lambda reading: int(reading.precision) if reading.first else int(DatePrecision.MISSING), "int8"
        ),
        default=dates.map(lambda reading: int(reading.default), "int8"),
        readings=readings[dates.codes],
    )


def _blank(birth: BirthDates, where: Mask) -> BirthDates:
    none = np.datetime64("NaT", "D")
    return BirthDates(
        first=np.where(where, none, birth.first),
        last=np.where(where, none, birth.last),
        precision=np.where(where, 0, birth.precision).astype(np.int8),
        default=np.where(where, 0, birth.default).astype(np.int8),
        readings=np.where(where[:, None], none, birth.readings),
    )


def _interval_by_age(
    age_years: np.ndarray[tuple[int], np.dtype[np.float64]], group: Int8s, referred: Days
) -> tuple[Days, Days]:
    """The birth dates that an age in whole years, or failing that an age group, allows on the day of
    referral; NaT where unknown.
    """
    youngest = np.where(
        np.isnan(age_years), np.select([group == _CHILD, group == _ADULT], [0, MAJORITY_YEARS], -1), age_years
    )
    oldest = np.where(
        np.isnan(age_years),
        np.select([group == _CHILD, group == _ADULT], [MAJORITY_YEARS - 1, OLDEST_YEARS], -1),
        age_years,
    )
    known = (youngest >= 0) & ~np.isnat(referred)
    none = np.datetime64("NaT", "D")
    first = np.where(known, years_before(referred, oldest + 1) + np.timedelta64(1, "D"), none)
    last = np.where(known, years_before(referred, youngest), none)
    return first, last


def years_before(day: Days, years: np.ndarray[tuple[int], np.dtype[np.float64]]) -> Days:
    """The last date of birth with which that many years are complete on `day`: 29 February becomes 28
    February in a common year, since who was born on 1 March then is a day short (as in `ages`).
    """
    month = day.astype("datetime64[M]")
    within = day - month.astype("datetime64[D]")
    earlier = month - np.timedelta64(12, "M") * years.astype(np.int64)
    last = (earlier + np.timedelta64(1, "M")).astype("datetime64[D]") - np.timedelta64(1, "D")
    return np.asarray(np.minimum(earlier.astype("datetime64[D]") + within, last))


def _group_by_birth(birth: BirthDates, referred: Days) -> Int8s:
    """Child or adult on the day of referral where the whole interval of birth agrees; 0 where it does not or
    is unknown.
    """
    threshold = years_before(referred, np.full(len(referred), float(MAJORITY_YEARS)))
    adult, child = birth.last <= threshold, birth.first > threshold
    return np.select([adult, child], [_ADULT, _CHILD], 0).astype(np.int8)
