"""Births of a whole frame: intervals by age against one record at a time, and doubtful births said."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nrm_linkage.normalise.ages import AgeGroup, birth_interval_from_age
from nrm_linkage.normalise.births import ReadBirths, read_births, years_before
from nrm_linkage.normalise.dates import DatePrecision

LATEST = dt.date(2024, 12, 31)


def read(referred: str | list[str], **boxes: Sequence[str]) -> ReadBirths:
    n = len(next(iter(boxes.values())))
    days = np.array([referred] * n if isinstance(referred, str) else referred, dtype="datetime64[D]")
    columns = {box: (pd.Series(list(values), dtype=object),) for box, values in boxes.items()}
    return read_births(columns, days, LATEST)


def issues(found: ReadBirths) -> list[tuple[str, list[int]]]:
    return [(text, np.flatnonzero(where).tolist()) for _, where, text in found.row_issues if where.any()]


def age_on(day: dt.date, born: dt.date) -> int:
    """Whole years, counted birthday by birthday; a birthday on 29 February is on 1 March in other years."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


DAYS = st.dates(dt.date(2010, 1, 1), LATEST)


@given(st.one_of(DAYS, st.sampled_from([dt.date(2024, 2, 29), dt.date(2023, 2, 28), dt.date(2023, 3, 1)])),
       st.integers(0, 90))  # fmt: skip
def test_an_age_is_the_interval_of_births_that_have_it(day, years):
    found = read(day.isoformat(), age_at_referral=[str(years)])
    first, last = found.by_age_first[0].item(), found.by_age_last[0].item()
    assert (first, last) == birth_interval_from_age(years, day)
    assert age_on(day, first) == age_on(day, last) == years
    assert age_on(day, first - dt.timedelta(days=1)) == years + 1
    assert age_on(day, last + dt.timedelta(days=1)) == years - 1


@given(st.lists(st.tuples(DAYS, st.integers(0, 40)), min_size=1, max_size=8))
def test_years_before_is_the_last_birth_with_those_years(drawn):
    days = np.array([day for day, _ in drawn], dtype="datetime64[D]")
    found = years_before(days, np.array([float(years) for _, years in drawn]))
    for (day, years), born in zip(drawn, found.tolist(), strict=True):
        assert age_on(day, born) == years
        assert age_on(day, born + dt.timedelta(days=1)) == years - 1


@given(st.one_of(st.just(dt.date(2024, 2, 29)), DAYS), st.integers(17 * 365, 19 * 366))
def test_a_birth_date_makes_a_child_or_an_adult_on_the_day_of_referral(day, days_old):
    born = day - dt.timedelta(days=days_old)
    found = read(day.isoformat(), date_of_birth=[born.isoformat()])
    assert found.age_group[0] == (AgeGroup.ADULT if age_on(day, born) >= 18 else AgeGroup.CHILD)


def test_a_birth_on_or_after_the_referral_is_missing_and_says_so():
    found = read("2023-06-15", date_of_birth=["15/06/2023", "16/06/2023", "14/06/2023", ""])
    assert np.isnat(found.birth.first).tolist() == [True, True, False, True]
    assert np.isnat(found.birth.readings[:2]).all()
    assert found.birth.precision.tolist() == [0, 0, int(DatePrecision.DAY), 0]
    assert issues(found) == [("birth on or after the referral: read as missing", [0, 1])]


def test_a_child_s_record_with_an_adult_s_birth_is_flagged_and_kept():
    born, group = ["17/08/1990", "17/08/2010", "2005"], ["Child", "Adult", "Child"]
    found = read("2023-06-15", date_of_birth=born, age_group=group)
    assert issues(found) == [("age group and date of birth disagree: possible age dispute", [0, 1])]
    assert found.age_group.tolist() == [AgeGroup.CHILD, AgeGroup.ADULT, AgeGroup.CHILD]
    assert not np.isnat(found.birth.first).any()


def test_without_days_of_referral_or_birth_ages_are_of_the_latest_day_and_groups_of_none():
    undated = ["NaT"] * 3
    found = read(undated, age_at_referral=["22", "23", ""], age_group=["", "", "adult"])
    dated = read(str(LATEST), age_at_referral=["22", "23", ""])
    np.testing.assert_array_equal(found.by_age_first, dated.by_age_first)
    np.testing.assert_array_equal(found.by_age_last, dated.by_age_last)
    assert np.isnat(found.by_age_first).tolist() == [False, False, True]
    beside_births = read(undated, age_at_referral=["22"] * 3, date_of_birth=["", "", "14/05/2001"])
    beside_dates = read(undated, age_at_referral=["22"] * 3, referral_date=["", "", ""])
    assert np.isnat([beside_births.by_age_first, beside_dates.by_age_first]).all()


def test_an_age_in_the_box_of_the_birth_date_comes_before_the_age_column():
    found = read("2023-06-15", date_of_birth=["16", "", "17/08/2006"], age_at_referral=["40", "40", "40"])
    years = found.by_age_last.astype("datetime64[Y]").astype(int) + 1970
    assert years.tolist() == [2007, 1983, 1983]
    assert np.isnat(found.birth.first).tolist() == [True, True, False]


def test_a_box_alone_is_a_wide_interval_and_no_referral_date_is_none():
    found = read(["2023-06-15", "2023-06-15", "NaT"], age_group=["Child", "Adult", "Child"])
    assert found.by_age_first[0].item() == dt.date(2005, 6, 16)
    assert found.by_age_last[0].item() == dt.date(2023, 6, 15)
    assert found.by_age_last[1].item() == dt.date(2005, 6, 15)
    assert found.by_age_first[1].item() == dt.date(1922, 6, 16)
    assert np.isnat(found.by_age_first[2])
    assert found.age_group.tolist() == [AgeGroup.CHILD, AgeGroup.ADULT, AgeGroup.CHILD]


@pytest.mark.parametrize(("years", "group"), [("17", AgeGroup.CHILD), ("18", AgeGroup.ADULT), ("", 0)])
def test_an_age_alone_tells_child_from_adult(years, group):
    assert read("2023-06-15", age_at_referral=[str(years)]).age_group.tolist() == [group]


def test_no_column_speaks_of_births():
    found = read_births({}, np.array(["2023-06-15", "NaT"], dtype="datetime64[D]"), LATEST)
    assert np.isnat(found.birth.first).all()
    assert np.isnat(found.by_age_first).all()
    assert found.dates is None
    assert found.age_group.tolist() == [0, 0]
    assert issues(found) == []


def test_the_repr_shows_no_birth():
    assert "17/08/2006" not in repr(read("2023-06-15", date_of_birth=["17/08/2006"]))
    assert "2006" not in repr(read("2023-06-15", date_of_birth=["17/08/2006"]))
