"""Two dates of birth -> the level of `date_of_birth`; failing that, of `birth_year`, or of `birth_range`.

One of the three fields at most speaks of a pair, so that nothing is counted twice: `date_of_birth` where
both dates are written to the day; `birth_year` where both births are known to two years or less, by an
incomplete date or an age; `birth_range` where one side is known only as child or adult, and the other better.
`age_group` speaks beside them, of what the two were at their referrals: strangers' dates are counted among
people of like ages, so that the ages are evidence of their own.

Levels of dates are tried from the most telling down, and the first that holds is the level: the same day;
day and month exchanged; the same day in another calendar; a stand-in date within a year; same day and month
within six years (age assessments keep the day and move the year); one digit; the same year and day in another
month; another day of that month (docs/decisions/0029); within 35 days (lunar dates recorded as solar ones,
D9); same day and month in a year further off (docs/decisions/0028); then by distance. Sources: domain.md 4.3.

A date that nobody can have been born on (64 December) speaks where it is one digit from the other date, and
nowhere else: what was meant is not known.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nrm_linkage.compare.fields import AgeGroupLevel, BirthRangeLevel, BirthYearLevel, DateLevel
from nrm_linkage.normalise.ages import AgeGroup
from nrm_linkage.normalise.dates import STAND_IN_DATES, DatePrecision, ReadingKind
from nrm_linkage.tables import BirthDates, Days, Int8s, Int32s, Int64s, Mask, Referrals

__all__ = ["BirthPeriods", "DateKeys", "age_group_levels", "birth_period_levels", "date_levels"]

ASSESSMENT_YEARS = 6
LUNAR_DAYS = 35
CALENDAR_SLACK_DAYS = 1
NARROW_DAYS = 2 * 366
YEAR_DAYS = 366
BITS_A_DIGIT = 4
MONTH_WIDTH = 32
"""Month and day are one number with it; no month has as many days."""

Digits = npt.NDArray[np.uint32]


def date_levels(birth: BirthDates, left: Int32s, right: Int32s, keys: DateKeys | None = None) -> Int8s:
    """Levels of pairs of rows, int8 (p,). `keys`: those of the rows, where they are at hand."""
    of_rows = DateKeys.of(birth) if keys is None else keys
    full = of_rows.full[left] & of_rows.full[right]
    at = np.flatnonzero(full)
    levels = np.full(len(left), DateLevel.MISSING, dtype=np.int8)
    levels[at] = _full_date_levels(birth, of_rows, left[at], right[at])
    if of_rows.unreal.any():
        written = of_rows.full | of_rows.unreal
        at = np.flatnonzero(~full & written[left] & written[right])
        near = _one_digit_apart(of_rows.digits[left[at]], of_rows.digits[right[at]])
        levels[at[near]] = DateLevel.ONE_DIGIT
    return levels


def _full_date_levels(birth: BirthDates, of_rows: DateKeys, left: Int32s, right: Int32s) -> Int8s:
    """The same of pairs of dates that are known to the day, each level over those that are less telling."""
    years = np.abs(of_rows.year[left] - of_rows.year[right])
    days = np.abs(of_rows.day[left] - of_rows.day[right])
    is_default = of_rows.stands_in[left] | of_rows.stands_in[right]
    levels = np.full(len(left), DateLevel.FAR, dtype=np.int8)
    levels[years <= 5] = DateLevel.WITHIN_5_YEARS
    levels[years == 1] = DateLevel.NEXT_YEAR
    levels[years == 0] = DateLevel.SAME_YEAR
    month_l, day_l = np.divmod(of_rows.day_of_year[left], MONTH_WIDTH)
    month_r, day_r = np.divmod(of_rows.day_of_year[right], MONTH_WIDTH)
    same_day = ~is_default & (month_l == month_r) & (day_l == day_r)
    levels[same_day] = DateLevel.DISTANT_YEAR
    levels[days <= LUNAR_DAYS] = DateLevel.WITHIN_35_DAYS
    one_part = ~is_default & (years == 0)
    levels[one_part & (month_l == month_r)] = DateLevel.OTHER_DAY
    levels[one_part & (day_l == day_r)] = DateLevel.OTHER_MONTH
    levels[_one_digit_apart(of_rows.digits[left], of_rows.digits[right])] = DateLevel.ONE_DIGIT
    levels[same_day & (years <= ASSESSMENT_YEARS)] = DateLevel.OTHER_YEAR
    levels[is_default & (years <= 1)] = DateLevel.DEFAULT_NEAR
    other_calendar = _reading_meets(birth, of_rows, left, right, _CALENDARS, CALENDAR_SLACK_DAYS)
    levels[other_calendar] = DateLevel.OTHER_CALENDAR
    levels[_reading_meets(birth, of_rows, left, right, (ReadingKind.DAY_MONTH_SWAP,), 0)] = DateLevel.SWAPPED
    levels[(days == 0) & is_default] = DateLevel.EXACT_DEFAULT
    levels[(days == 0) & ~is_default] = DateLevel.EXACT
    return levels


def birth_period_levels(
    referrals: Referrals, left: Int32s, right: Int32s, dates: Int8s, periods: BirthPeriods | None = None
) -> tuple[Int8s, Int8s]:
    """Levels of `birth_year` and of `birth_range` of pairs of rows, int8 (p,) each. `dates`: those of
    `date_of_birth`. `periods`: those of the rows, where they are at hand.
    """
    of_rows = BirthPeriods.of(referrals) if periods is None else periods
    year = np.full(len(left), BirthYearLevel.MISSING, dtype=np.int8)
    group = np.full(len(left), BirthRangeLevel.MISSING, dtype=np.int8)
    known = of_rows.known
    at = np.flatnonzero((dates == DateLevel.MISSING) & known[left] & known[right])
    left, right = left[at], right[at]
    begin, end = of_rows.begin, of_rows.end
    gap = np.maximum(begin[left] - end[right], begin[right] - end[left])
    narrow = of_rows.narrow[left] & of_rows.narrow[right]
    one_narrow = of_rows.narrow[left] != of_rows.narrow[right]
    year[at] = np.select(
        [~narrow, gap <= 0, gap <= YEAR_DAYS, gap <= 5 * YEAR_DAYS],
        [BirthYearLevel.MISSING, BirthYearLevel.AGREES, BirthYearLevel.NEAR, BirthYearLevel.WITHIN_5_YEARS],
        BirthYearLevel.FAR,
    )
    group[at] = np.select(
        [~one_narrow, gap <= 0],
        [BirthRangeLevel.MISSING, BirthRangeLevel.COMPATIBLE],
        BirthRangeLevel.INCOMPATIBLE,
    )
    return year, group


def age_group_levels(referrals: Referrals, left: Int32s, right: Int32s) -> Int8s:
    """Levels of `age_group` of pairs of rows, int8 (p,). Where a referral is undated, a child and an adult
    are taken in the order that is possible.
    """
    group, referred = referrals.age_group, referrals.referred
    of_left, of_right = group[left], group[right]
    levels = np.full(len(left), AgeGroupLevel.MISSING, dtype=np.int8)
    known, same = (of_left != 0) & (of_right != 0), of_left == of_right
    levels[known & same] = AgeGroupLevel.ADULTS
    levels[known & same & (of_left == AgeGroup.CHILD)] = AgeGroupLevel.CHILDREN
    at = np.flatnonzero(known & ~same)
    day_l, day_r = referred[left[at]], referred[right[at]]
    # The day of the child less the day of the adult; NaT compares as false.
    waited = np.where(of_left[at] == AgeGroup.CHILD, day_l - day_r, day_r - day_l)
    levels[at] = np.where(waited >= np.timedelta64(0, "D"), AgeGroupLevel.GREW_DOWN, AgeGroupLevel.GREW_UP)
    return levels


_CALENDARS = tuple(kind for kind in ReadingKind if kind is not ReadingKind.DAY_MONTH_SWAP)


def _day_numbers(days: Days) -> Int64s:
    """Days since 1970; meaningless where NaT, so callers mask those."""
    return np.asarray(days.astype("datetime64[D]").astype(np.int64), dtype=np.int64)


@dataclass(frozen=True, repr=False, eq=False)
class DateKeys:
    """What is compared of full dates, one element a row; meaningless where `full` is false.

    `unreal`: where there is a date that nobody can have been born on, of which only `digits` is there. `day`:
    int32, days since 1970; `year`: int32; `day_of_year`: int32, month and day as one number; `digits`:
    uint32, ddmmyyyy with four bits a digit; `stands_in`: whether the day is one that is recorded for want of
    a known one; `is_read`: bool (n_readings, n), which other readings it has.
    """

    full: Mask
    unreal: Mask
    stands_in: Mask
    day: Int32s
    year: Int32s
    day_of_year: Int32s
    digits: Digits
    is_read: Mask

    @classmethod
    def of(cls, birth: BirthDates) -> DateKeys:
        """The keys of a run's rows."""
        full = birth.precision == DatePrecision.DAY
        first = np.where(full, birth.first, np.datetime64(0, "D"))
        months = first.astype("datetime64[M]")
        of_month = (first - months.astype("datetime64[D]")).astype(np.int64) + 1
        year = first.astype("datetime64[Y]").astype(np.int64) + 1970
        month = months.astype(np.int64) % 12 + 1
        number = of_month * 1_000_000 + month * 10_000 + year
        unreal = birth.unreal > 0
        written = birth.unreal.astype(np.int64)
        backwards = written % 100 * 1_000_000 + written // 100 % 100 * 10_000 + written // 10_000
        number = np.where(unreal, backwards, number)
        digits = np.zeros(len(first), dtype=np.uint32)
        for place in range(8):
            digits |= (number // 10**place % 10).astype(np.uint32) << np.uint32(BITS_A_DIGIT * place)
        return cls(
            full=full,
            unreal=unreal,
            stands_in=np.isin(birth.default, STAND_IN_DATES),
            day=_day_numbers(first).astype(np.int32),
            year=year.astype(np.int32),
            day_of_year=(month * MONTH_WIDTH + of_month).astype(np.int32),
            digits=digits,
            is_read=np.ascontiguousarray(~np.isnat(birth.readings).T),
        )


@dataclass(frozen=True, repr=False, eq=False)
class BirthPeriods:
    """When people were born, by a date or failing that by an age, one element a row: whether it is known at
    all, its first and last day (int64, days since 1970; meaningless where not known), and whether these are
    two years apart or less.
    """

    known: Mask
    narrow: Mask
    begin: Int64s
    end: Int64s

    @classmethod
    def of(cls, referrals: Referrals) -> BirthPeriods:
        """The periods of a run's rows."""
        birth = referrals.birth
        dated = ~np.isnat(birth.first)
        first = np.where(dated, birth.first, referrals.birth_by_age_first)
        begin = _day_numbers(first)
        end = _day_numbers(np.where(dated, birth.last, referrals.birth_by_age_last))
        return cls(
            known=~np.isnat(first),
            narrow=end - begin <= NARROW_DAYS,
            begin=begin,
            end=end,
        )


def _reading_meets(
    birth: BirthDates,
    of_rows: DateKeys,
    left: Int32s,
    right: Int32s,
    kinds: tuple[ReadingKind, ...],
    slack_days: int,
) -> Mask:
    """Whether one date, read in one of these ways, is the other as recorded."""
    columns = [list(ReadingKind).index(kind) for kind in kinds]
    slack = np.timedelta64(slack_days, "D")
    meets = np.zeros(len(left), dtype=bool)
    for column in columns:
        reading = birth.readings[:, column]
        for read, recorded in ((left, right), (right, left)):
            at = np.flatnonzero(of_rows.is_read[column].take(read))
            meets[at] |= np.abs(reading[read[at]] - birth.first[recorded[at]]) <= slack
    return meets


def _one_digit_apart(a: Digits, b: Digits) -> Mask:
    """Whether ddmmyyyy, four bits a digit, differs in one digit, or in two neighbouring digits exchanged."""
    bits = a ^ b
    differs = (bits | bits >> 1 | bits >> 2 | bits >> 3) & np.uint32(0x11111111)
    count = np.bitwise_count(differs)
    found: Mask = count == 1
    at = np.flatnonzero((count == 2) & ((differs & differs >> BITS_A_DIGIT) != 0))
    # The lower of the two neighbours, and both digits on either side.
    shift = np.bitwise_count((differs[at] & (~differs[at] + np.uint32(1))) - np.uint32(1))
    two_a, two_b = (side[at] >> shift & np.uint32(0xFF) for side in (a, b))
    found[at] = two_a == (two_b >> BITS_A_DIGIT | (two_b & np.uint32(0xF)) << BITS_A_DIGIT)
    return found
