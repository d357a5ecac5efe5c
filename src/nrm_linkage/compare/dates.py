"""Two dates of birth -> the level of `date_of_birth`; where one is missing, two ages -> the level of `age`.

Levels are tried from the most telling down, and the first that holds is the level: the same day; day and
month exchanged; the same day in another calendar; one digit; same day and month within six years (age
assessments keep the day and move the year); a default date within a year; then by distance. A date known only
to the month or year agrees, or is judged by the distance between the intervals. Sources: domain.md 4.3; the
cut of 35 days covers lunar dates recorded as solar ones (D9).

`age` speaks only where the two dates of birth cannot be compared, so that nothing is counted twice.
"""

from __future__ import annotations

import numpy as np

from nrm_linkage.compare.fields import AgeLevel, DateLevel
from nrm_linkage.normalise.dates import DatePrecision, DefaultDate, ReadingKind
from nrm_linkage.tables import BirthDates, Days, Int8s, Int32s, Int64s, Mask, Referrals

__all__ = ["age_levels", "date_levels"]

ASSESSMENT_YEARS = 6
LUNAR_DAYS = 35
CALENDAR_SLACK_DAYS = 1
NARROW_DAYS = 2 * 366
NEAR_AGE_DAYS = 366


def date_levels(birth: BirthDates, left: Int32s, right: Int32s) -> Int8s:
    """Levels of pairs of rows, int8 (p,)."""
    first_l, first_r = birth.first[left], birth.first[right]
    known = ~np.isnat(first_l) & ~np.isnat(first_r)
    full = (
        known & (birth.precision[left] == DatePrecision.DAY) & (birth.precision[right] == DatePrecision.DAY)
    )
    stands_in = np.isin(birth.default, _STAND_INS)
    is_default = stands_in[left] | stands_in[right]
    years = _year_distance(first_l, first_r)
    days = np.abs(_day_numbers(first_l) - _day_numbers(first_r))
    equal = full & (days == 0)
    overlap = known & ~full & (first_l <= birth.last[right]) & (first_r <= birth.last[left])
    return np.select(
        [
            ~known,
            equal & ~is_default,
            equal,
            full & _reading_meets(birth, left, right, (ReadingKind.DAY_MONTH_SWAP,), 0),
            full & _reading_meets(birth, left, right, _CALENDARS, CALENDAR_SLACK_DAYS),
            full & _one_digit_apart(first_l, first_r),
            full
            & ~is_default
            & (years <= ASSESSMENT_YEARS)
            & (_day_of_year(first_l) == _day_of_year(first_r)),
            full & is_default & (years <= 1),
            overlap,
            full & (days <= LUNAR_DAYS),
            years == 0,
            years == 1,
            years <= 5,
        ],
        [
            DateLevel.MISSING,
            DateLevel.EXACT,
            DateLevel.EXACT_DEFAULT,
            DateLevel.SWAPPED,
            DateLevel.OTHER_CALENDAR,
            DateLevel.ONE_DIGIT,
            DateLevel.OTHER_YEAR,
            DateLevel.DEFAULT_NEAR,
            DateLevel.PARTIAL,
            DateLevel.WITHIN_35_DAYS,
            DateLevel.SAME_YEAR,
            DateLevel.NEXT_YEAR,
            DateLevel.WITHIN_5_YEARS,
        ],
        DateLevel.FAR,
    ).astype(np.int8)


def age_levels(referrals: Referrals, left: Int32s, right: Int32s) -> Int8s:
    """Levels of pairs of rows, int8 (p,); missing wherever both dates of birth are known."""
    dated = ~np.isnat(referrals.birth.first)
    first = np.where(dated, referrals.birth.first, referrals.birth_by_age_first)
    last = np.where(dated, referrals.birth.last, referrals.birth_by_age_last)
    spoken_for = dated[left] & dated[right]
    first_l, first_r, last_l, last_r = first[left], first[right], last[left], last[right]
    known = ~spoken_for & ~np.isnat(first_l) & ~np.isnat(first_r)
    gap = np.maximum(
        _day_numbers(first_l) - _day_numbers(last_r), _day_numbers(first_r) - _day_numbers(last_l)
    )
    width = np.maximum(
        _day_numbers(last_l) - _day_numbers(first_l), _day_numbers(last_r) - _day_numbers(first_r)
    )
    return np.select(
        [~known, (gap <= 0) & (width <= NARROW_DAYS), gap <= 0, gap <= NEAR_AGE_DAYS],
        [AgeLevel.MISSING, AgeLevel.SAME, AgeLevel.COMPATIBLE, AgeLevel.NEAR],
        AgeLevel.INCOMPATIBLE,
    ).astype(np.int8)


_CALENDARS = tuple(kind for kind in ReadingKind if kind is not ReadingKind.DAY_MONTH_SWAP)
_STAND_INS = (DefaultDate.FIRST_JANUARY, DefaultDate.FIRST_JULY, DefaultDate.THIRTY_FIRST_DECEMBER)


def _day_numbers(days: Days) -> Int64s:
    """Days since 1970; meaningless where NaT, so callers mask those."""
    return days.astype("datetime64[D]").astype(np.int64)


def _year_distance(first: Days, second: Days) -> Int64s:
    years = [days.astype("datetime64[Y]").astype(np.int64) for days in (first, second)]
    return np.abs(years[0] - years[1])


def _day_of_year(days: Days) -> Int64s:
    """Month and day as one number."""
    month = days.astype("datetime64[M]")
    return month.astype(np.int64) % 12 * 32 + (days - month.astype("datetime64[D]")).astype(np.int64)


def _reading_meets(
    birth: BirthDates, left: Int32s, right: Int32s, kinds: tuple[ReadingKind, ...], slack_days: int
) -> Mask:
    """Whether one date, read in one of these ways, is the other as recorded."""
    columns = [list(ReadingKind).index(kind) for kind in kinds]
    slack = np.timedelta64(slack_days, "D")
    meets = np.zeros(len(left), dtype=bool)
    for column in columns:
        for read, recorded in ((left, right), (right, left)):
            meets |= np.abs(birth.readings[read, column] - birth.first[recorded]) <= slack
    return meets


def _one_digit_apart(first: Days, second: Days) -> Mask:
    """Whether ddmmyyyy differs in one digit, or in two neighbouring digits exchanged."""
    a, b = _digits(first), _digits(second)
    differs = a != b
    count = differs.sum(axis=1)
    exchanged = (a[:, :-1] == b[:, 1:]) & (a[:, 1:] == b[:, :-1]) & differs[:, :-1] & differs[:, 1:]
    return (count == 1) | ((count == 2) & exchanged.any(axis=1))


def _digits(days: Days) -> Int8s:
    month = days.astype("datetime64[M]")
    number = (days - month.astype("datetime64[D]")).astype(np.int64) + 1
    number = (
        number * 1_000_000
        + (month.astype(np.int64) % 12 + 1) * 10_000
        + days.astype("datetime64[Y]").astype(np.int64)
        + 1970
    )
    return (number[:, None] // 10 ** np.arange(7, -1, -1) % 10).astype(np.int8)
