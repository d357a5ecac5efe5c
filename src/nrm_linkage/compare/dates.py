"""Two dates of birth -> the level of `date_of_birth`; failing that, of `birth_year`, or of `birth_range`.

One of the three fields at most speaks of a pair, so that nothing is counted twice: `date_of_birth` where
both dates are known to the day; `birth_year` where both births are known to two years or less, by an
incomplete date or an age; `birth_range` where one side is known only as child or adult, and the other better.
`age_group` speaks beside them, of what the two were at their referrals: strangers' dates are counted among
people of like ages, so that the ages are evidence of their own.

Levels of dates are tried from the most telling down, and the first that holds is the level: the same day;
day and month exchanged; the same day in another calendar; a stand-in date within a year; same day and month
within six years (age assessments keep the day and move the year); one digit; then by distance. Sources:
domain.md 4.3; the cut of 35 days covers lunar dates recorded as solar ones (D9).
"""

from __future__ import annotations

import numpy as np

from nrm_linkage.compare.fields import AgeGroupLevel, BirthRangeLevel, BirthYearLevel, DateLevel
from nrm_linkage.normalise.ages import AgeGroup
from nrm_linkage.normalise.dates import STAND_IN_DATES, DatePrecision, ReadingKind
from nrm_linkage.tables import BirthDates, Days, Int8s, Int32s, Int64s, Mask, Referrals

__all__ = ["age_group_levels", "birth_period_levels", "date_levels"]

ASSESSMENT_YEARS = 6
LUNAR_DAYS = 35
CALENDAR_SLACK_DAYS = 1
NARROW_DAYS = 2 * 366
YEAR_DAYS = 366


def date_levels(birth: BirthDates, left: Int32s, right: Int32s) -> Int8s:
    """Levels of pairs of rows, int8 (p,)."""
    first_l, first_r = birth.first[left], birth.first[right]
    full = (birth.precision[left] == DatePrecision.DAY) & (birth.precision[right] == DatePrecision.DAY)
    stands_in = np.isin(birth.default, STAND_IN_DATES)
    is_default = stands_in[left] | stands_in[right]
    years = _year_distance(first_l, first_r)
    days = np.abs(_day_numbers(first_l) - _day_numbers(first_r))
    equal = days == 0
    return np.select(
        [
            ~full,
            equal & ~is_default,
            equal,
            _reading_meets(birth, left, right, (ReadingKind.DAY_MONTH_SWAP,), 0),
            _reading_meets(birth, left, right, _CALENDARS, CALENDAR_SLACK_DAYS),
            is_default & (years <= 1),
            ~is_default & (years <= ASSESSMENT_YEARS) & (_day_of_year(first_l) == _day_of_year(first_r)),
            _one_digit_apart(first_l, first_r),
            days <= LUNAR_DAYS,
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
            DateLevel.DEFAULT_NEAR,
            DateLevel.OTHER_YEAR,
            DateLevel.ONE_DIGIT,
            DateLevel.WITHIN_35_DAYS,
            DateLevel.SAME_YEAR,
            DateLevel.NEXT_YEAR,
            DateLevel.WITHIN_5_YEARS,
        ],
        DateLevel.FAR,
    ).astype(np.int8)


def birth_period_levels(referrals: Referrals, left: Int32s, right: Int32s) -> tuple[Int8s, Int8s]:
    """Levels of `birth_year` and of `birth_range` of pairs of rows, int8 (p,) each."""
    birth = referrals.birth
    dated = ~np.isnat(birth.first)
    first = np.where(dated, birth.first, referrals.birth_by_age_first)
    last = np.where(dated, birth.last, referrals.birth_by_age_last)
    day_l, day_r = (birth.precision[rows] == DatePrecision.DAY for rows in (left, right))
    first_l, first_r, last_l, last_r = first[left], first[right], last[left], last[right]
    known = ~(day_l & day_r) & ~np.isnat(first_l) & ~np.isnat(first_r)
    gap = np.maximum(
        _day_numbers(first_l) - _day_numbers(last_r), _day_numbers(first_r) - _day_numbers(last_l)
    )
    narrow_l = _day_numbers(last_l) - _day_numbers(first_l) <= NARROW_DAYS
    narrow_r = _day_numbers(last_r) - _day_numbers(first_r) <= NARROW_DAYS
    narrow = known & narrow_l & narrow_r
    one_narrow = known & (narrow_l != narrow_r)
    year = np.select(
        [~narrow, gap <= 0, gap <= YEAR_DAYS, gap <= 5 * YEAR_DAYS],
        [BirthYearLevel.MISSING, BirthYearLevel.AGREES, BirthYearLevel.NEAR, BirthYearLevel.WITHIN_5_YEARS],
        BirthYearLevel.FAR,
    )
    group = np.select(
        [~one_narrow, gap <= 0],
        [BirthRangeLevel.MISSING, BirthRangeLevel.COMPATIBLE],
        BirthRangeLevel.INCOMPATIBLE,
    )
    return year.astype(np.int8), group.astype(np.int8)


def age_group_levels(referrals: Referrals, left: Int32s, right: Int32s) -> Int8s:
    """Levels of `age_group` of pairs of rows, int8 (p,). Where a referral is undated, a child and an adult
    are taken in the order that is possible.
    """
    group, referred = referrals.age_group, referrals.referred
    of_left, of_right = group[left], group[right]
    day_l, day_r = referred[left], referred[right]
    # The day of the child less the day of the adult; NaT compares as false.
    child_waits = np.where(of_left == AgeGroup.CHILD, day_l - day_r, day_r - day_l) >= np.timedelta64(0, "D")
    return np.select(
        [
            (of_left == 0) | (of_right == 0),
            of_left != of_right,
            of_left == AgeGroup.CHILD,
        ],
        [
            AgeGroupLevel.MISSING,
            np.where(child_waits, AgeGroupLevel.GREW_DOWN, AgeGroupLevel.GREW_UP),
            AgeGroupLevel.CHILDREN,
        ],
        AgeGroupLevel.ADULTS,
    ).astype(np.int8)


_CALENDARS = tuple(kind for kind in ReadingKind if kind is not ReadingKind.DAY_MONTH_SWAP)


def _day_numbers(days: Days) -> Int64s:
    """Days since 1970; meaningless where NaT, so callers mask those."""
    return np.asarray(days.astype("datetime64[D]").astype(np.int64), dtype=np.int64)


def _year_distance(first: Days, second: Days) -> Int64s:
    years = [days.astype("datetime64[Y]").astype(np.int64) for days in (first, second)]
    return np.asarray(np.abs(years[0] - years[1]), dtype=np.int64)


def _day_of_year(days: Days) -> Int64s:
    """Month and day as one number."""
    month = days.astype("datetime64[M]")
    of_month = (days - month.astype("datetime64[D]")).astype(np.int64)
    return np.asarray(month.astype(np.int64) % 12 * 32 + of_month, dtype=np.int64)


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
    return np.asarray((count == 1) | ((count == 2) & exchanged.any(axis=1)), dtype=bool)


def _digits(days: Days) -> Int8s:
    month = days.astype("datetime64[M]")
    number = (days - month.astype("datetime64[D]")).astype(np.int64) + 1
    number = (
        number * 1_000_000
        + (month.astype(np.int64) % 12 + 1) * 10_000
        + days.astype("datetime64[Y]").astype(np.int64)
        + 1970
    )
    return np.asarray(number[:, None] // 10 ** np.arange(7, -1, -1) % 10, dtype=np.int8)
