"""Dates: golden cases from domain.md 4.3 and the common forms, then properties over any value at all."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nrm_linkage.normalise.calendars import (
    bikram_sambat_to_gregorian,
    buddhist_to_gregorian,
    calendar_interval,
    ethiopian_to_gregorian,
    hijri_to_gregorian,
    solar_hijri_to_gregorian,
)
from nrm_linkage.normalise.dates import (
    DatePrecision,
    DefaultDate,
    ReadingKind,
    read_birth_date,
    read_date,
)

LATEST = dt.date(2024, 6, 30)

DAYS: dict[str, list[object]] = {
    "2006-08-17": [
        "17/08/2006", "17-08-2006", "17.08.2006", "17 08 2006", "17/8/2006", "17 / 08 / 2006", "2006-08-17",
        "2006/08/17",
        "2006.08.17", "20060817", "17082006", 17082006, 20060817.0, "17/08/06", "17.8.06",
        "2006-08-17 00:00:00",
        "2006-08-17T09:30:00Z", "2006-08-17T09:30:00.000+01:00", "17/08/2006 09:30", "17/08/2006 9:30 pm",
        "17 August 2006",
        "17 Aug 2006", "17-Aug-2006", "17AUG2006", "17Aug06", "17th August 2006", "17th of August, 2006",
        "August 17, 2006",
        "Aug. 17 2006", "Thursday 17 August 2006", "2006 August 17", "17 agust 2006", "17 gusht 2006",
        "17 août 2006",
        "17 aout 2006", "17 agosto 2006", "17 de agosto de 2006", "17 Ağustos 2006", "17 августа 2006",
        "17 sierpnia 2006",
        "17 tháng 8 năm 2006", "ngày 17 tháng 8 năm 2006", "2006年8月17日",
        "2006년 8월 17일", "17 أغسطس 2006",
        "17 آب 2006",
        "١٧/٠٨/٢٠٠٦", "१७/०८/२००६", "17-VIII-2006", "DOB: 17/08/2006", "17/08/2006 (claimed)",
        "born 17 August 2006", "38946",
        38946, 38946.0, "17\u00a0August\u00a02006", "17/08/2006.", " 17/08/2006 ", dt.date(2006, 8, 17),
        dt.datetime(2006, 8, 17, 9, 30), pd.Timestamp("2006-08-17 09:30", tz="Europe/London"),
        np.datetime64("2006-08-17"),
        np.datetime64("2006-08-17T09:30:00.000000000"), b"17/08/2006", np.str_("17/08/2006"), "17|08|2006",
        "17,08,2006",
        "1155772800000", "08/17/2006", "08-17-06", "Aug 17 06",
    ],
    "2006-08-01": [1082006, "1082006", "01082006"],
    "1998-12-31": ["31/12/98", "31 Dec 98", "98-12-31"],
    "1971-03-25": ["25শে মার্চ 1971", "25/3/71"],
    # another calendar, because the year can be no Gregorian birth
    "2004-09-26": ["05/07/1383", "1383/07/05", "1383-7-5", "5 Mehr 1383", "۱۳۸۳/۰۷/۰۵", "5 مهر 1383"],
    "1999-12-22": ["1 Dey 1378", "01/10/1378"],
    "2000-01-01": ["11 Dey 1378", "11/10/1378"],
    "2000-08-17": ["17/08/2543"],
    "2000-08-23": ["07/05/2057"],
    "2000-09-11": ["1 Meskerem 1993"],
    "2001-01-09": ["1 Tir 1993"],
    "2004-02-21": ["1 Muharram 1425"],
}  # fmt: skip


@pytest.mark.parametrize(
    ("expected", "value"), [(day, value) for day, values in DAYS.items() for value in values]
)
def test_birth_days_are_read_in_every_usual_form(expected: str, value: object) -> None:
    reading = read_birth_date(value, latest=LATEST)
    assert (reading.first, reading.last) == (dt.date.fromisoformat(expected),) * 2
    assert reading.precision is DatePrecision.DAY


SPANS: dict[tuple[str, str, DatePrecision], list[object]] = {
    ("2006-01-01", "2006-12-31", DatePrecision.YEAR): [
        "2006", 2006, 2006.0, "2006.0", "c. 2006", "c.2006", "circa 2006", "approx 2006", "about 2006",
        "2006?", "~2006",
        "00/00/2006", "??/??/2006", "xx/xx/2006", "--/--/2006", "2006-00-00", "2006-??-??", "born 2006",
        "year 2006", "0/0/2006",
        "17/??/2006",
    ],
    ("2006-08-01", "2006-08-31", DatePrecision.MONTH): [
        "08/2006", "8/2006", "2006-08", "2006/08", "Aug 2006", "August 2006", "??/08/2006", "xx/08/2006",
        "00/08/2006",
        "--/08/2006", "/08/2006", "2006-08-00", "gusht 2006", "Aug-06", "tháng 8 năm 2006", "2006年8月",
        "XX-08-2006",
    ],
    ("2005-01-01", "2006-12-31", DatePrecision.YEARS): ["2005/2006", "2005-2006", "2005 or 2006",
    "between 2005 and 2006"],
    ("1990-01-01", "1999-12-31", DatePrecision.YEARS): ["1990s", "the 1990s"],
    ("2004-03-20", "2005-03-20", DatePrecision.YEAR): ["1383", 1383],
    ("2000-01-01", "2000-12-31", DatePrecision.YEAR): ["2543", 2543],
    ("2000-04-13", "2001-04-13", DatePrecision.YEAR): ["2057", 2057],
    ("1998-03-21", "2000-03-19", DatePrecision.YEARS): ["12 in 1390", "age 12 in 1390"],
}  # fmt: skip


@pytest.mark.parametrize(
    ("expected", "value"), [(span, value) for span, values in SPANS.items() for value in values]
)
def test_partial_dates_become_intervals(expected: tuple[str, str, DatePrecision], value: object) -> None:
    reading = read_birth_date(value, latest=LATEST)
    first, last, precision = expected
    assert (str(reading.first), str(reading.last), reading.precision) == (first, last, precision)


@pytest.mark.parametrize(
    ("age", "value"),
    [(17, "17"), (17, 17), (17, 17.0), (17, "approx 17"), (16, "about 16 years"), (17, "17 years old"),
    (17, "17yo"),
     (17, "aged 17"), (17, "17 y/o"), (9, "9"), (17, np.int64(17)), (17, "17 yrs"), (17, "~17"),
     (17, "claims 17")],
)  # fmt: skip
def test_an_age_in_the_birth_box_is_given_as_an_age(age: int, value: object) -> None:
    reading = read_birth_date(value, latest=LATEST)
    assert (reading.age_years, reading.first, reading.last) == (age, None, None)
    assert reading.precision is DatePrecision.AGE


@pytest.mark.parametrize(
    ("value", "unreal"),
    [
        ("64/12/2001", 2001_12_64),
        ("2001-12-64", 2001_12_64),
        ("19511399", 1951_13_99),
        ("64122001", 2001_12_64),
        ("19510931", 1951_09_31),
        ("45 March 1999", 1999_03_45),
        ("17/08/1680", 1680_08_17),
        ("17/08/2293", 2293_08_17),
        ("17/08/2006", 0),
        ("08/17/2006", 0),  # month first: a date
        ("01/01/1900", 0),  # a placeholder: nobody meant a date
        ("99/99/9999", 0),
        ("31/02/05", 0),  # which century is not known
        ("5 Mehr 1420", 0),  # a calendar that is named
        ("08/2093", 0),
        ("yesterday", 0),
    ],
)
def test_the_numbers_of_an_impossible_date_of_birth_are_kept(value: str, unreal: int) -> None:
    reading = read_birth_date(value, latest=LATEST)
    assert reading.unreal == unreal
    assert not unreal or reading.precision is DatePrecision.MISSING


@pytest.mark.parametrize(
    ("issue", "value"),
    [("placeholder date", value) for value in
     ("01/01/1900", "01/01/1970", "09/09/9999", "11/11/1111", "00/00/0000", "31/12/9999", "1900-01-00",
     "1899-12-30", "0",
      "12/12/1212", dt.date(1900, 1, 1), 0, "01/01/0001", "1900-01-01 00:00:00")]
    + [("not a calendar date", value) for value in ("31/02/2005", "30/02/2006", "31/04/2006", "29/02/2005",
    "32/01/2006", "71/08/2006", "99/01/2006")]
    + [("in the future", value) for value in ("01/07/2024", "17/08/2025", "2026", "08/2025")]
    + [("not a date", value) for value in ("yesterday", "Kabul", "13/2006", "1/2/3/4/5", "206", "01234",
    "17/08/206",
    "17/13/6", "5")
       if value != "5"]
    + [("no year", "17 August"), ("no year", "17/08/0000"), ("more than one date",
    "01/02/2001 or 03/04/2002"),
       ("digits that can be more than one date", "200608"), ("too early", "17/08/1850"),
       ("a range of ages instead of a date", "6-17")],
)  # fmt: skip
def test_what_cannot_be_meant_is_missing_and_says_why(issue: str, value: object) -> None:
    reading = read_birth_date(value, latest=LATEST)
    assert (reading.first, reading.last, reading.age_years) == (None, None, None)
    assert reading.precision is DatePrecision.MISSING
    assert issue in reading.issues


@pytest.mark.parametrize(
    "value",
    [
        None,
        float("nan"),
        pd.NA,
        pd.NaT,
        np.datetime64("NaT"),
        "",
        "  ",
        "unknown",
        "N/A",
        "not known",
        "nan",
        "-",
    ],
)
def test_missing_is_missing_without_an_issue(value: object) -> None:
    assert read_birth_date(value, latest=LATEST).issues == ()
    assert read_date(value) == read_date(None)


@pytest.mark.parametrize(
    ("default", "value"),
    [(DefaultDate.FIRST_JANUARY, "01/01/2006"), (DefaultDate.FIRST_JULY, "01/07/2006"),
     (DefaultDate.THIRTY_FIRST_DECEMBER, "31/12/2006"), (DefaultDate.FIRST_OF_MONTH, "01/09/2006"),
     (DefaultDate.FIFTEENTH, "15/06/2006"), (DefaultDate.NONE, "17/08/2006"),
     (DefaultDate.FIRST_JANUARY, "01/01/1383"),
     (DefaultDate.NONE, "2006")],
)  # fmt: skip
def test_default_days_are_marked(default: DefaultDate, value: object) -> None:
    assert read_birth_date(value, latest=LATEST).default is default


@pytest.mark.parametrize(
    ("kind", "expected", "value"),
    [
        (ReadingKind.DAY_MONTH_SWAP, "2006-02-07", "02/07/2006"),
        (ReadingKind.DAY_MONTH_SWAP, "2006-04-03", "2006-03-04"),
        (ReadingKind.ETHIOPIAN, "1997-12-10", "01/04/1990"),
        (ReadingKind.ETHIOPIAN, "1998-09-08", "03/13/1990"),
        (ReadingKind.ETHIOPIAN, "1997-11-09", "30/02/1990"),
        (ReadingKind.HIJRI, "1963-11-21", "05/07/1383"),
        (ReadingKind.BIKRAM_SAMBAT, "1953-12-02", "17/08/2010"),
        (ReadingKind.OTHER_CENTURY, "1905-03-25", "25/03/05"),
        (ReadingKind.OTHER_CENTURY, "2005-03-25", "25/03/1905"),
        (ReadingKind.EXCEL_1904, "2006-08-17", "37484"),
    ],
)
def test_other_readings_are_offered(kind: ReadingKind, expected: str, value: object) -> None:
    readings = {other.kind: other.date for other in read_birth_date(value, latest=LATEST).readings}
    assert str(readings[kind]) == expected


def test_readings_that_cannot_be_births_are_not_offered() -> None:
    kinds = {other.kind for other in read_birth_date("17/08/2020", latest=LATEST).readings}
    assert ReadingKind.DAY_MONTH_SWAP not in kinds  # there is no month 17
    assert ReadingKind.ETHIOPIAN not in kinds  # it would be 2028
    assert ReadingKind.DAY_MONTH_SWAP not in {
        other.kind for other in read_birth_date("03/03/2006", latest=LATEST).readings
    }


@pytest.mark.parametrize(
    ("expected", "value"),
    [("2023-04-03", "03/04/2023"), ("2023-04-03", "2023-04-03T10:15:00Z"), ("2023-04-03",
    pd.Timestamp("2023-04-03 23:59")),
     ("2023-04-25", "04/25/2023"), ("2023-04-03", "3 April 2023"), ("2023-04-03", "03/04/23"),
     ("2023-04-03", 45019),
     ("2023-04-03", "Mon 3 Apr 2023 10:22"), (None, "April 2023"), (None, "01/01/1970"),
     (None, "31/06/2023"), (None, "17"),
     (None, "09/09/9999"), (None, "1383/07/05"), (None, True)],
)  # fmt: skip
def test_days_of_referral(expected: str | None, value: object) -> None:
    assert read_date(value, latest=LATEST).date == (dt.date.fromisoformat(expected) if expected else None)


def test_limits_of_a_referral_date() -> None:
    assert read_date("03/04/2023", latest=dt.date(2023, 4, 2)).issues == ("in the future",)
    assert read_date("03/04/2008", earliest=dt.date(2009, 4, 1)).issues == ("too early",)
    span = read_date("April 2023", latest=dt.date(2023, 4, 2))
    assert (span.first, span.last, span.issues) == (
        dt.date(2023, 4, 1),
        dt.date(2023, 4, 2),
        ("no day given",),
    )


def test_two_digit_birth_years_are_not_in_the_future() -> None:
    assert read_birth_date("25/03/24", latest=LATEST).first == dt.date(2024, 3, 25)
    assert read_birth_date("25/07/24", latest=LATEST).first == dt.date(1924, 7, 25)


def test_month_first_is_said() -> None:
    assert (
        "day and month may be swapped: read month first"
        in read_birth_date("08/17/2006", latest=LATEST).issues
    )
    assert read_birth_date("08/07/2006", latest=LATEST).issues == ()


def test_conversions_of_the_domain_table() -> None:
    assert ethiopian_to_gregorian(1993, 1, 1) == dt.date(2000, 9, 11)
    assert ethiopian_to_gregorian(1993, 5, 1) == dt.date(2001, 1, 9)
    assert ethiopian_to_gregorian(1992, 1, 1) == dt.date(1999, 9, 12)  # the year before a Gregorian leap year
    assert ethiopian_to_gregorian(1990, 4, 1) == dt.date(1997, 12, 10)
    assert solar_hijri_to_gregorian(1378, 10, 1) == dt.date(1999, 12, 22)
    assert solar_hijri_to_gregorian(1378, 10, 11) == dt.date(2000, 1, 1)
    assert solar_hijri_to_gregorian(1383, 7, 5) == dt.date(2004, 9, 26)
    assert hijri_to_gregorian(1425, 1, 1) == dt.date(2004, 2, 21)
    assert buddhist_to_gregorian(2543, 2, 29) == dt.date(2000, 2, 29)
    assert bikram_sambat_to_gregorian(2057, 1, 1) == dt.date(2000, 4, 13)
    assert calendar_interval(ReadingKind.ETHIOPIAN, 1992, 13) == (dt.date(2000, 9, 6), dt.date(2000, 9, 10))


def test_ethiopian_days_follow_one_another() -> None:
    """The oracle: walk through the calendar day by day from one known date."""
    expected = dt.date(1999, 9, 12)
    for year in range(1992, 2012):
        for month in range(1, 14):
            for day in range(1, 31 if month < 13 else 7 if year % 4 == 3 else 6):
                assert ethiopian_to_gregorian(year, month, day) == expected
                expected += dt.timedelta(days=1)
    assert expected == dt.date(2019, 9, 12)


ANY_NUMBER = st.integers(-(10**6), 10**6)


@given(ANY_NUMBER, ANY_NUMBER, ANY_NUMBER)
def test_conversions_never_raise(year: int, month: int, day: int) -> None:
    for convert in (
        ethiopian_to_gregorian,
        solar_hijri_to_gregorian,
        hijri_to_gregorian,
        bikram_sambat_to_gregorian,
        buddhist_to_gregorian,
    ):
        assert convert(year, month, day) is None or (1 <= month <= 13 and 1 <= day <= 32)


@given(
    st.dates(dt.date(1901, 1, 2), LATEST),
    st.sampled_from(["%d/%m/%Y", "%Y-%m-%d", "%d %B %Y", "%d%m%Y", "%Y%m%d", "%d.%m.%Y"]),
)
def test_what_is_written_is_read_back(day: dt.date, form: str) -> None:
    reading = read_birth_date(day.strftime(form), latest=LATEST)
    if "placeholder date" not in reading.issues:
        assert (reading.first, reading.last) == (day, day)
    again = read_birth_date(reading.first, latest=LATEST)
    assert (again.first, again.last) == (reading.first, reading.last)


@given(st.dates(dt.date(1901, 1, 2), LATEST))
def test_the_swap_of_a_swap_is_the_date(day: dt.date) -> None:
    swaps = [
        other.date
        for other in read_birth_date(day, latest=LATEST).readings
        if other.kind is ReadingKind.DAY_MONTH_SWAP
    ]
    assert not swaps or (day.day <= 12 and day.day != day.month)
    for swap in swaps:
        assert (swap.year, swap.month, swap.day) == (day.year, day.day, day.month)
        back = [other.date for other in read_birth_date(swap, latest=LATEST).readings]
        assert day in back or read_birth_date(swap, latest=LATEST).first is None


@given(st.text("0123456789/-. ?xABGJMNabcdefghijlmnoprstuvy年月", max_size=30))
def test_every_interval_is_within_its_limits(text: str) -> None:
    reading = read_birth_date(text, latest=LATEST)
    assert (reading.first is None) == (reading.last is None)
    if reading.first is not None and reading.last is not None:
        assert dt.date(1900, 1, 1) < reading.first <= reading.last <= LATEST
    for other in reading.readings:
        assert dt.date(1900, 1, 1) < other.date <= LATEST
    assert len({other.kind for other in reading.readings}) == len(reading.readings)
