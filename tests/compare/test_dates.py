"""Levels of births: golden cases of domain.md 4.3, one field speaking at a time, and the same from both
sides.
"""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nrm_linkage.compare.dates import birth_period_levels, date_levels
from nrm_linkage.compare.fields import DateLevel
from nrm_linkage.tables import Int8s, Int32s, Referrals
from tests.frames import all_pairs, level_names, people, referrals_of

FIELDS = ("date_of_birth", "birth_year", "birth_range")


def spoken(one: dict[str, str], other: dict[str, str]) -> dict[str, str]:
    """The date fields that speak, which must be the same from both sides."""
    found, swapped = (
        {field: level_names(people(*pair))[field] for field in FIELDS}
        for pair in ((one, other), (other, one))
    )
    assert found == swapped
    return {field: level for field, level in found.items() if level != "missing"}


def referral(born: str = "", nationality: str = "", **boxes: str) -> dict[str, str]:
    return {
        "given_name": "Zamir",
        "date_of_birth": born,
        "nationality": nationality,
        "referral_date": "15/06/2023",
        **boxes,
    }


DATES = [
    ("D0", "17/08/2006", "2006-08-17", "", "exact"),
    ("D2, on both", "01/01/2006", "01/01/2006", "", "exact default"),
    ("D3, on both", "01/07/2006", "01/07/2006", "", "exact default"),
    ("D3, on both", "31/12/2006", "31/12/2006", "", "exact default"),
    ("D2", "17/08/2006", "01/01/2006", "", "default date near"),
    ("D2, a year off", "17/08/2006", "01/01/2007", "", "default date near"),
    ("D3", "17/08/2006", "01/07/2006", "", "default date near"),
    ("D3, a day that does not stand in", "17/08/2006", "15/06/2006", "", "same year"),
    ("D4", "12/10/2001", "12/10/1997", "", "same day, another year"),
    ("D4, from the tribunal", "16/12/2001", "16/12/1999", "", "same day, another year"),
    ("D2, two that stand in", "01/01/2001", "01/01/1997", "", "within five years"),
    ("D4, seven years", "12/10/2001", "12/10/1994", "", "same day, distant year"),
    ("a wrong year", "12/10/1951", "12/10/2003", "", "same day, distant year"),
    ("a wrong year and 1 January", "01/01/1951", "01/01/2003", "", "far apart"),
    ("D5", "16/12/2001", "01/01/1998", "", "within five years"),
    ("D6", "07/02/1962", "02/07/1962", "", "day and month swapped"),
    ("D7", "17/08/1998", "17/08/1989", "", "one digit"),
    ("D7", "03/08/2006", "08/08/2006", "", "one digit"),
    ("D7, neighbours exchanged", "17/08/2006", "71/08/2006", "", "one digit"),
    ("D7, no such day", "14/12/2001", "64/12/2001", "", "one digit"),
    ("D7, no such month", "19/12/1939", "19/13/1939", "", "one digit"),
    ("D7, no such year", "13/05/1980", "13/05/1680", "", "one digit"),
    ("D7, a year to come", "08/05/2003", "08/05/2093", "", "one digit"),
    ("D7, both impossible", "64/12/2001", "74/12/2001", "", "one digit"),
    ("D7, two digits", "14/12/2001", "64/11/2001", "", None),
    ("a wrong month", "29/04/2006", "29/12/2006", "", "another month"),
    ("a wrong month, and a month apart", "28/09/2006", "28/10/2006", "", "another month"),
    ("a wrong day", "11/08/2006", "29/08/2006", "", "another day"),
    ("a wrong month and 1 January", "01/01/2006", "01/10/2006", "", "default date near"),
    ("D8", "17/08/2007", "21/03/2006", "", "next year"),
    ("D9", "17/09/2005", "15/08/2005", "Vietnamese", "within 35 days"),
    ("D10", "10/12/1997", "01/04/1990", "Ethiopian", "another calendar"),
    ("D11", "10/12/1997", "01/04/1997", "Ethiopian", "another calendar"),
    ("D13", "26/09/2004", "01/01/2005", "Afghan", "default date near"),
    ("D17", "17/08/2000", "17/08/2543", "Thai", "exact"),
    ("D18", "25/03/05", "25/03/2005", "", "exact"),
    ("D19", "17/08/2006", "38946", "", "exact"),
    ("D20", "03/04/2006", "2006-03-04", "", "day and month swapped"),
    ("same year", "17/08/2006", "22/02/2006", "", "same year"),
    ("two years", "17/08/2006", "22/02/2004", "", "within five years"),
    ("five years", "17/08/2006", "22/02/2001", "", "within five years"),
    ("six years", "17/08/2006", "22/02/2000", "", "far apart"),
]


@pytest.mark.parametrize(("code", "one", "other", "nationality", "level"), DATES)
def test_golden_dates(code, one, other, nationality, level):
    found = spoken(referral(one, nationality), referral(other, nationality))
    assert found == ({} if level is None else {"date_of_birth": level}), code


PERIODS = [
    ("D21, the year", referral("17/08/2006"), referral("2006"), {"birth_year": "agrees"}),
    ("D21, the month", referral("17/08/2006"), referral("08/2006"), {"birth_year": "agrees"}),
    ("D21, the next year", referral("17/08/2006"), referral("2007"), {"birth_year": "near"}),
    ("D21, three years off", referral("17/08/2006"), referral("2009"), {"birth_year": "within five years"}),
    ("D21, ten years off", referral("17/08/2006"), referral("2016"), {"birth_year": "far apart"}),
    ("D24, that age", referral("17/08/2006"), referral("16"), {"birth_year": "agrees"}),
    ("D24, in its own column", referral("17/08/2006"), referral("", age_at_referral="16"),
     {"birth_year": "agrees"}),
    ("D24, a year off", referral("17/08/2006"), referral("15"), {"birth_year": "near"}),
    ("two ages", referral("", age_at_referral="16"), referral("", age_at_referral="16"),
     {"birth_year": "agrees"}),
    ("a child", referral("17/08/2006"), referral("", age_group="Child"), {"birth_range": "compatible"}),
    ("no child", referral("17/08/1990"), referral("", age_group="Child"), {"birth_range": "incompatible"}),
    ("two adults", referral("", age_group="Adult"), referral("", age_group="Adult"), {}),
    ("an age and a child", referral("16"), referral("", age_group="Child"), {"birth_range": "compatible"}),
    ("D1", referral("17/08/2006"), referral(""), {}),
    ("D22", referral("17/08/2006"), referral("01/01/1900"), {}),
    ("D22, impossible", referral("17/08/2006"), referral("31/02/2005"), {}),
    ("D23", referral("17/08/2006"), referral("15/06/2023"), {}),
    ("neither", referral(""), referral(""), {}),
]  # fmt: skip


@pytest.mark.parametrize(("code", "one", "other", "levels"), PERIODS)
def test_golden_births_that_are_not_known_to_the_day(code, one, other, levels):
    assert spoken(one, other) == levels, code


def births() -> st.SearchStrategy[dict[str, str]]:
    days = st.dates(dt.date(1960, 1, 1), dt.date(2012, 12, 31))
    text = st.one_of(
        days.map(lambda day: day.strftime("%d/%m/%Y")),
        days.map(lambda day: day.strftime("01/01/%Y")),
        days.map(lambda day: day.strftime("%m/%Y")),
        days.map(lambda day: day.strftime("%Y")),
        st.sampled_from(["", "17", "c. 1990", "00/00/2000", "31/02/2005", "1990s"]),
    )
    return st.builds(
        lambda born, age, group, referred: {
            "given_name": "Zamir",
            "date_of_birth": born,
            "age_at_referral": age,
            "age_group": group,
            "referral_date": referred,
        },
        text,
        st.sampled_from(["", "", "15", "30"]),
        st.sampled_from(["", "", "Child", "Adult"]),
        st.sampled_from(["", "15/06/2023", "29/02/2024"]),
    )


def birth_levels(referrals: Referrals, left: Int32s, right: Int32s) -> tuple[Int8s, Int8s, Int8s]:
    dates = date_levels(referrals.birth, left, right)
    return dates, *birth_period_levels(referrals, left, right, dates)


@given(st.lists(births(), min_size=2, max_size=8))
def test_of_two_births_one_field_speaks_if_either_is_half_known_and_alike_from_both_sides(records):
    referrals = referrals_of(people(*records))
    left, right = all_pairs(referrals.n)
    levels = np.stack(birth_levels(referrals, left, right))
    np.testing.assert_array_equal(levels, np.stack(birth_levels(referrals, right, left)))
    birth = referrals.birth
    first = np.where(np.isnat(birth.first), referrals.birth_by_age_first, birth.first)
    last = np.where(np.isnat(birth.first), referrals.birth_by_age_last, birth.last)
    known, narrow = ~np.isnat(first), (last - first).astype(float) <= 2 * 366
    speaks = known[left] & known[right] & (narrow[left] | narrow[right])
    np.testing.assert_array_equal((levels > 0).sum(axis=0), speaks.astype(int))


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (("Child", "01/02/2023"), ("Child", "01/02/2024"), "both children"),
        (("Adult", "01/02/2023"), ("Adult", ""), "both adults"),
        (("Child", "01/02/2023"), ("Adult", "02/02/2023"), "child, later adult"),
        (("Child", "01/02/2023"), ("Adult", "01/02/2023"), "adult, later child"),
        (("Child", "01/02/2023"), ("Adult", "31/01/2023"), "adult, later child"),
        (("Child", ""), ("Adult", "31/01/2023"), "child, later adult"),
        (("", "01/02/2023"), ("Adult", "31/01/2023"), "missing"),
    ],
)
def test_age_groups_at_the_two_referrals(one, other, expected):
    boxes = [
        {"given_name": "Zamir", "age_group": group, "referral_date": day} for group, day in (one, other)
    ]
    for pair in (boxes, boxes[::-1]):
        assert level_names(people(*pair))["age_group"] == expected


PLACEHOLDER = dt.date(1970, 1, 1)
DAYS = st.dates(dt.date(1960, 1, 1), dt.date(2010, 12, 31)).filter(lambda day: day != PLACEHOLDER)


@given(DAYS, DAYS)
def test_levels_by_distance_are_no_nearer_than_the_dates(one, other):
    frame = people(*({"given_name": "Zamir", "date_of_birth": day.isoformat()} for day in (one, other)))
    level = date_levels(referrals_of(frame).birth, *all_pairs(2))[0]
    days, years = abs((one - other).days), abs(one.year - other.year)
    bounds = {
        DateLevel.EXACT: days == 0,
        DateLevel.EXACT_DEFAULT: days == 0,
        DateLevel.OTHER_YEAR: years <= 6 and (one.day, one.month) == (other.day, other.month),
        DateLevel.DEFAULT_NEAR: years <= 1,
        DateLevel.OTHER_MONTH: years == 0 and one.day == other.day,
        DateLevel.OTHER_DAY: years == 0 and one.month == other.month,
        DateLevel.WITHIN_35_DAYS: days <= 35 and one.month != other.month,
        DateLevel.SAME_YEAR: years == 0,
        DateLevel.NEXT_YEAR: years == 1,
        DateLevel.WITHIN_5_YEARS: 2 <= years <= 5,
        DateLevel.FAR: years > 5,
        DateLevel.DISTANT_YEAR: years > 6 and (one.day, one.month) == (other.day, other.month),
        DateLevel.SWAPPED: one.year == other.year and (one.day, one.month) == (other.month, other.day),
    }
    assert bounds.get(DateLevel(level), level in (DateLevel.ONE_DIGIT, DateLevel.OTHER_CALENDAR))


def digits_apart(one: dt.date, other: dt.date) -> bool:
    a, b = one.strftime("%d%m%Y"), other.strftime("%d%m%Y")
    differ = [at for at in range(8) if a[at] != b[at]]
    exchanged = len(differ) == 2 and differ[1] - differ[0] == 1 and a[differ[0]] + a[differ[1]] == (
        b[differ[1]] + b[differ[0]]
    )
    return len(differ) == 1 or exchanged


@given(DAYS, st.integers(0, 6), st.integers(-400, 400))
def test_one_digit_is_said_of_no_dates_that_are_further_apart(day, at, days):
    text = day.strftime("%d%m%Y")
    others = [day + dt.timedelta(days)]
    try:
        exchanged = text[:at] + text[at + 1] + text[at] + text[at + 2 :]
        others.append(dt.datetime.strptime(exchanged, "%d%m%Y").date())
    except ValueError:
        pass
    for other in others:
        if other == PLACEHOLDER or not dt.date(1930, 1, 1) <= other <= dt.date(2020, 1, 1):
            continue
        frame = people(*({"given_name": "Zamir", "date_of_birth": d.isoformat()} for d in (day, other)))
        level = date_levels(referrals_of(frame).birth, *all_pairs(2))[0]
        # Levels before it in the order of trial are more telling, or of stand-in dates.
        in_a_year = (DateLevel.OTHER_MONTH, DateLevel.OTHER_DAY, DateLevel.SAME_YEAR)
        by_distance = (DateLevel.WITHIN_35_DAYS, DateLevel.NEXT_YEAR, DateLevel.WITHIN_5_YEARS, DateLevel.FAR)
        if level == DateLevel.ONE_DIGIT or level in (*in_a_year, *by_distance):
            assert (level == DateLevel.ONE_DIGIT) == digits_apart(day, other)


def assert_one_digit_of_an_impossible_date(day: dt.date, text: str) -> None:
    """Unless a part is unknown (00), or month and day make a date the other way around."""
    of_month, month = text[:2], text[2:4]
    if "00" in (of_month, month) or int(of_month) <= 12:
        return
    written = f"{of_month}/{month}/{text[4:]}"
    born = ({"date_of_birth": day.isoformat()}, {"date_of_birth": written, "age_at_referral": "20"})
    found = level_names(people(*({"given_name": "Zamir", "nationality": "British"} | one for one in born)))
    assert (found["date_of_birth"], found["birth_year"]) == ("one digit", "missing")


@given(DAYS, st.integers(0, 7), st.sampled_from("0123456789"))
def test_a_digit_typed_wrong_is_seen_wherever_it_stands(day, at, digit):
    text = day.strftime("%d%m%Y")
    text = text[:at] + digit + text[at + 1 :]
    try:
        typed = dt.datetime.strptime(text, "%d%m%Y").date()
    except ValueError:
        assert_one_digit_of_an_impossible_date(day, text)
        return
    if typed in (day, PLACEHOLDER) or not dt.date(1930, 1, 1) <= typed <= dt.date(2020, 1, 1):
        return
    assert digits_apart(day, typed)
    frame = people(*({"given_name": "Zamir", "date_of_birth": d.isoformat()} for d in (day, typed)))
    level = date_levels(referrals_of(frame).birth, *all_pairs(2))[0]
    seen = {DateLevel.ONE_DIGIT, DateLevel.OTHER_YEAR, DateLevel.SWAPPED, DateLevel.OTHER_CALENDAR}
    if {(1, 1), (7, 1), (12, 31)} & {(day.month, day.day), (typed.month, typed.day)}:
        seen.add(DateLevel.DEFAULT_NEAR)  # a stand-in date says less than a typing error would
    assert level in seen
