"""A column of births against one value at a time, whatever the values and whatever their dtype."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from nrm_linkage.normalise.birth_columns import BirthColumn, read_birth_column
from nrm_linkage.normalise.births import read_births
from nrm_linkage.normalise.calendars import (
    ReadingKind,
    bikram_sambat_to_gregorian,
    calendar_days,
    ethiopian_to_gregorian,
    hijri_to_gregorian,
    solar_hijri_to_gregorian,
)
from nrm_linkage.normalise.date_kinds import DateOrigin
from nrm_linkage.normalise.dates import BirthDateReading, Calendars, DatePrecision, read_birth_date

LATEST = dt.date(2024, 6, 30)
CALENDARS: list[Calendars] = [
    None,
    frozenset(),
    frozenset({ReadingKind.ETHIOPIAN}),
    frozenset({ReadingKind.SOLAR_HIJRI}),
    frozenset({ReadingKind.HIJRI}),
    frozenset({ReadingKind.BUDDHIST, ReadingKind.BIKRAM_SAMBAT}),
    frozenset({ReadingKind.ETHIOPIAN, ReadingKind.SOLAR_HIJRI, ReadingKind.HIJRI}),
]
EVERY_DAY = st.dates(dt.date(1890, 1, 1), dt.date(2110, 12, 31))


def number(largest: int) -> st.SearchStrategy[str]:
    return st.integers(0, largest).flatmap(lambda n: st.sampled_from([f"{n}", f"{n:02}"]))


YEARS = st.one_of(
    st.integers(1890, 2110).map(str), st.integers(1265, 1500).map(str), st.integers(2430, 2600).map(str)
)
TYPED = st.builds(
    lambda parts, separator, year_first: separator.join(parts[::-1] if year_first else parts),
    st.tuples(number(33), number(14), st.one_of(YEARS, number(99))),
    st.sampled_from(["/", "-", ".", " "]),
    st.booleans(),
)
FORMS = st.sampled_from(["%d/%m/%Y", "%Y-%m-%d", "%d %B %Y", "%d-%b-%Y", "%d/%m/%y", "%d.%m.%Y", "%Y%m%d"])
VALUES = st.one_of(
    TYPED,
    st.builds(lambda day, form: day.strftime(form), EVERY_DAY, FORMS),
    EVERY_DAY,
    st.datetimes(dt.datetime(1890, 1, 1), dt.datetime(2110, 1, 1)),
    st.integers(0, 99_999),
    st.floats(0, 60_000),
    st.sampled_from(
        ["??/08/2006", "c. 2006", "17", "16-17", "unknown", "5 Mehr 1383", "01/01/1970", "x", ""]
    ),
    st.text(max_size=12),
    st.none(),
)
CELLS = st.lists(st.tuples(VALUES, st.integers(0, len(CALENDARS) - 1)), max_size=12)


def entry(column: BirthColumn, row: int) -> dict[str, object]:
    at = column.codes[row]
    readings = column.readings[at]
    return {
        "first": column.first[at].item(),
        "last": column.last[at].item(),
        "precision": int(column.precision[at]),
        "origin": int(column.origin[at]),
        "default": int(column.default[at]),
        "readings": {kind: day.item() for kind, day in zip(ReadingKind, readings, strict=True) if day == day},
        "unreal": int(column.unreal[at]),
        "ages": (int(column.youngest[at]), int(column.oldest[at])),
        "issues": column.issue_sets[column.issue[at]],
    }


def single(reading: BirthDateReading) -> dict[str, object]:
    dated = reading.first is not None
    return {
        "first": reading.first,
        "last": reading.last,
        "precision": int(reading.precision) if dated else 0,
        "origin": int(reading.origin) if dated else 0,
        "default": int(reading.default),
        "readings": {other.kind: other.date for other in reading.readings},
        "unreal": reading.unreal,
        "ages": tuple(-1 if age is None else age for age in (reading.age_years, reading.oldest_years)),
        "issues": reading.issues,
    }


@given(CELLS)
@example([("01/04/1990", n) for n in range(len(CALENDARS))])
@example([("64/12/2001", 0), ("2001-12-64", 0), ("17/08/1680", 0), ("17/08/2093", 2), ("31/02/2005", 1)])
@example([("05/07/2004", n) for n in range(len(CALENDARS))])
@example([("13/02/1990", 2), ("02/13/1990", 2), ("30/02/1990", 2), ("30/02/1990", 1), ("03/13/1990", 0)])
@example([("29/02/1904", 0), ("25/03/05", 0), ("25/03/1905", 0), (37484, 0), ("37484.5", 0), (-1, 0)])
@example([("05/07/1383", n) for n in range(len(CALENDARS))])
@example([("07/05/2057", n) for n in range(len(CALENDARS))])
def test_a_column_is_read_as_each_of_its_values(cells):
    values = np.empty(len(cells), dtype=object)
    values[:] = [value for value, _ in cells]
    column = pd.Series(values, dtype=object)
    read = read_birth_column(column, LATEST, np.array([at for _, at in cells], dtype=np.int64), CALENDARS)
    for row, (value, at) in enumerate(cells):
        assert entry(read, row) == single(read_birth_date(value, latest=LATEST, calendars=CALENDARS[at]))


DAYS = pd.DatetimeIndex(["2006-08-17", "1990-04-01", "NaT", "1970-01-01", "2024-07-01", "2006-08-17"])
UNKNOWN = np.zeros(len(DAYS), dtype=np.int64)


@pytest.mark.parametrize(
    "column",
    [
        pd.Series(DAYS.as_unit("s")),
        pd.Series(DAYS.as_unit("ms")),
        pd.Series(DAYS.as_unit("us")),
        pd.Series(DAYS.as_unit("ns")),
        pd.Series(DAYS).dt.tz_localize("Europe/London"),
        pd.Series(DAYS + pd.Timedelta(hours=23, minutes=59)).dt.tz_localize("Asia/Kabul"),
        pd.Series(DAYS).astype(object),
        pd.Series(DAYS.date, dtype=object),
        pd.Series(DAYS.strftime("%d/%m/%Y"), dtype="string"),
        pd.Series(DAYS.strftime("%d/%m/%Y"), dtype=object),
        pd.Series(DAYS.strftime("%Y-%m-%d"), dtype=pd.ArrowDtype(pa.string())),
        pd.Series(DAYS.strftime("%Y-%m-%d 00:00:00"), dtype="category"),
        pd.Series(DAYS.strftime("%Y-%m-%dT00:00:00+00:00"), dtype=object),
        pd.Series(DAYS.strftime("%d %B %Y"), dtype="category"),
        pd.Series(DAYS).astype("category"),
        pd.Series(DAYS).astype(pd.ArrowDtype(pa.timestamp("us"))),
        pd.Series(DAYS).astype(pd.ArrowDtype(pa.timestamp("s", tz="UTC"))),
        pd.Series(DAYS).astype(pd.ArrowDtype(pa.date32())),
        pd.Series(DAYS).astype(pd.ArrowDtype(pa.date64())),
        pd.Series(pd.PeriodIndex(DAYS, freq="D")),
    ],
    ids=lambda column: str(column.dtype),
)
def test_every_dtype_of_a_date_gives_the_same_births(column):
    read = read_birth_column(column, LATEST, UNKNOWN, [None])
    first = ["2006-08-17", "1990-04-01", "NaT", "NaT", "NaT", "2006-08-17"]
    assert read.first[read.codes].astype(str).tolist() == first
    swapped = read.readings[read.codes, list(ReadingKind).index(ReadingKind.DAY_MONTH_SWAP)].astype(str)
    assert swapped.tolist() == ["NaT", "1990-01-04", "NaT", "NaT", "NaT", "NaT"]
    issues = [read.issue_sets[at] for at in read.issue[read.codes]]
    assert issues == [(), (), (), ("placeholder date",), ("in the future",), ()]


@pytest.mark.parametrize(
    "dtype", ["int64", "Int64", "int32", "float64", "Float64", "object", "int64[pyarrow]"]
)
def test_every_dtype_of_a_number_gives_the_same_births(dtype):
    read = read_birth_column(pd.Series([38946, 2006, 17, 17082006], dtype=dtype), LATEST, UNKNOWN[:4], [None])
    first = ["2006-08-17", "2006-01-01", "NaT", "2006-08-17"]
    assert read.first[read.codes].astype(str).tolist() == first
    assert read.youngest[read.codes].tolist() == [-1, -1, 17, -1]
    origins = [DateOrigin.SERIAL, DateOrigin.WRITTEN, DateOrigin.MISSING, DateOrigin.WRITTEN]
    assert read.origin[read.codes].tolist() == origins


def test_days_that_python_cannot_hold_are_missing():
    far = pd.Series(np.array(["-0044-03-15", "12006-08-17", "9999-12-31", "1383-07-05"], "datetime64[s]"))
    read = read_birth_column(far, LATEST, UNKNOWN[:4], [None])
    assert read.first[read.codes].astype(str).tolist() == ["NaT", "NaT", "NaT", "2004-09-26"]


CONVERSIONS = {
    ReadingKind.ETHIOPIAN: ethiopian_to_gregorian,
    ReadingKind.SOLAR_HIJRI: solar_hijri_to_gregorian,
    ReadingKind.HIJRI: hijri_to_gregorian,
    ReadingKind.BIKRAM_SAMBAT: bikram_sambat_to_gregorian,
}
TABLE_YEARS = {
    ReadingKind.ETHIOPIAN: st.integers(-5, 2100),
    ReadingKind.SOLAR_HIJRI: st.integers(1270, 1500),
    ReadingKind.HIJRI: st.integers(1330, 1510),
    ReadingKind.BIKRAM_SAMBAT: st.integers(1970, 2110),
}


@pytest.mark.parametrize("kind", CONVERSIONS)
@given(data=st.data())
def test_arrays_of_another_calendar_are_converted_as_single_dates(kind, data):
    days = st.tuples(TABLE_YEARS[kind], st.integers(-1, 14), st.integers(-1, 33))
    drawn = np.array(data.draw(st.lists(days, min_size=1)), dtype=np.int64)
    found = calendar_days(kind, drawn[:, 0], drawn[:, 1], drawn[:, 2])
    assert found.tolist() == [CONVERSIONS[kind](*each) for each in drawn.tolist()]


@given(CELLS, st.sampled_from(["", "Eritrean", "Afghan", "Nepalese", "British"]), EVERY_DAY)
def test_intervals_and_readings_of_a_frame_end_before_the_referral(cells, nationality, referral):
    values = np.empty(len(cells), dtype=object)
    values[:] = [value for value, _ in cells]
    columns = {
        "date_of_birth": (pd.Series(values, dtype=object),),
        "nationality": (pd.Series([nationality] * len(cells), dtype=object),),
    }
    referred = np.full(len(cells), np.datetime64(referral, "D"))
    read = read_births(columns, referred, LATEST)
    birth = read.birth
    assert (np.isnat(birth.first) == np.isnat(birth.last)).all()
    assert (np.isnat(birth.first) | (birth.first <= birth.last)).all()
    for end in (birth.last, *birth.readings.T):
        assert (np.isnat(end) | ((end < referred) & (end <= np.datetime64(LATEST)))).all()
    assert (np.isnat(birth.first) == (birth.precision == DatePrecision.MISSING)).all()
    assert (
        (read.origin == DateOrigin.MISSING) == (np.isnat(birth.first) & np.isnat(read.by_age_first))
    ).all()
    assert (np.isnat(read.by_age_first) | (read.by_age_first <= read.by_age_last)).all()


@given(VALUES, st.sampled_from(CALENDARS))
def test_the_iso_form_of_an_exact_reading_reads_as_itself(value, calendars):
    reading = read_birth_date(value, latest=LATEST, calendars=calendars)
    if reading.first is not None and reading.first == reading.last:
        again = read_birth_date(reading.first.isoformat(), latest=LATEST, calendars=calendars)
        if again.issues != ("placeholder date",):  # a day read in another calendar may fall on 1 January 1970
            assert (again.first, again.last, again.precision) == (
                reading.first,
                reading.last,
                DatePrecision.DAY,
            )
            assert again.origin is DateOrigin.WRITTEN


@given(st.lists(st.one_of(st.text(max_size=30), st.binary(max_size=8), st.floats(), st.integers(), st.none(),
                          st.booleans(), st.lists(st.integers(), max_size=2), st.times(), st.timedeltas()),
                max_size=6))  # fmt: skip
def test_a_column_of_anything_is_read(values):
    held = np.empty(len(values), dtype=object)
    held[:] = values
    read = read_birth_column(pd.Series(held, dtype=object), LATEST, np.zeros(len(values), np.int64), [None])
    assert len(read.codes) == len(values)
    assert (np.isnat(read.first) | (read.first <= read.last)).all()
