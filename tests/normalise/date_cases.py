"""The table of dates beside this module, and what a case asks of the reader; for tests and for the benchmark.

A row of `date_cases.csv` is one record: the value in the box of the date of birth (or of the referral date),
the type that the value has, and what stands in the other boxes. Expected are the interval, its precision and
origin, the default, readings that must be admitted (`KIND=date`) or must not be (`!KIND`), and words of an
issue (`-`: none at all). A cell that is empty asks nothing, except that an empty `first` asks for a missing
date.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, fields
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd

from nrm_linkage.normalise.births import ReadBirths, read_births
from nrm_linkage.normalise.dates import DateOrigin, DatePrecision, DefaultDate, ReadingKind, read_date

LATEST = dt.date(2024, 6, 30)
TABLE = Path(__file__).with_name("date_cases.csv")

TYPES: dict[str, Callable[[str], object]] = {
    "": str,
    "none": lambda _: None,
    "int": int,
    "float": float,
    "bool": lambda text: text == "True",
    "bytes": str.encode,
    "decimal": Decimal,
    "date": dt.date.fromisoformat,
    "datetime": dt.datetime.fromisoformat,
    "timestamp": pd.Timestamp,
    "timestamp_london": lambda text: pd.Timestamp(text, tz="Europe/London"),
    "datetime64": np.datetime64,
    "period_D": lambda text: pd.Period(text, "D"),
    "period_M": lambda text: pd.Period(text, "M"),
    "period_Y": lambda text: pd.Period(text, "Y"),
}


@dataclass(frozen=True)
class Case:
    """One row of the table."""

    kind: str
    value: str
    type: str
    nationality: str
    age: str
    group: str
    referred: str
    first: str
    last: str
    precision: str
    origin: str
    default: str
    readings: str
    issue: str

    def __str__(self) -> str:
        boxes = f"{self.nationality} {self.age} {self.group}"
        return f"{self.kind}: {self.type or 'text'} {self.value!r} {boxes}".strip()


def cases() -> list[Case]:
    """The whole table."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        assert reader.fieldnames == [each.name for each in fields(Case)]
        return [Case(**row) for row in reader]


def faults(case: Case) -> list[str]:
    """What the reader gives otherwise than the case expects; nothing where it is right."""
    value = TYPES[case.type](case.value)
    found = _of_referral(value) if case.kind == "referral date" else _of_birth(case, value)
    wanted = {name: getattr(case, name) for name in ("first", "last", "precision", "origin", "default")}
    wrong = [
        f"{name} {found[name] or 'missing'} instead of {text or 'missing'}"
        for name, text in wanted.items()
        if found[name] != text and (text or name in ("first", "last"))
    ]
    readings = set(found["readings"].split(";"))
    kinds = {reading.partition("=")[0] for reading in readings}
    for reading in filter(None, case.readings.split(";")):
        if reading.startswith("!") and reading[1:] in kinds:
            wrong.append(f"{reading[1:]} is admitted")
        if not reading.startswith("!") and reading not in readings:
            wrong.append(f"{reading} is not admitted")
    if case.issue == "-" and found["issues"]:
        wrong.append(f"issues: {found['issues']}")
    if case.issue not in ("", "-") and case.issue not in found["issues"]:
        wrong.append(f"issues {found['issues'] or 'none'} instead of {case.issue}")
    return wrong


def _of_referral(value: object) -> dict[str, str]:
    reading = read_date(value, latest=LATEST)
    return {
        "first": str(reading.first or ""),
        "last": str(reading.last or ""),
        "precision": reading.precision.name,
        "origin": reading.origin.name,
        "default": "",
        "readings": "",
        "issues": "; ".join(reading.issues),
    }


def _of_birth(case: Case, value: object) -> dict[str, str]:
    boxes = {"date_of_birth": value, "nationality": case.nationality}
    boxes["age_at_referral"], boxes["age_group"] = case.age, case.group
    boxes = {name: cell for name, cell in boxes.items() if cell != ""}
    # A box of the referral's day that is empty is not an extract without one.
    boxes["referral_date"] = case.referred
    columns = {name: (pd.Series([cell], dtype=object),) for name, cell in boxes.items()}
    read = read_births(columns, np.array([case.referred or "NaT"], dtype="datetime64[D]"), LATEST)
    first, last = read.birth.first[0], read.birth.last[0]
    precision = DatePrecision(int(read.birth.precision[0]))
    if np.isnat(first) and not np.isnat(read.by_age_first[0]):
        first, last, precision = read.by_age_first[0], read.by_age_last[0], DatePrecision.AGE
    readings = [
        f"{kind.name}={day}"
        for kind, day in zip(ReadingKind, read.birth.readings[0], strict=True)
        if not np.isnat(day)
    ]
    return {
        "first": "" if np.isnat(first) else str(first),
        "last": "" if np.isnat(last) else str(last),
        "precision": precision.name,
        "origin": DateOrigin(int(read.origin[0])).name,
        "default": DefaultDate(int(read.birth.default[0])).name,
        "readings": ";".join(readings),
        "issues": "; ".join(issues_of(read)),
    }


def issues_of(read: ReadBirths, row: int = 0) -> list[str]:
    """Every issue of one row."""
    of_value = [] if read.dates is None else read.dates.readings[read.dates.codes[row]].issues
    return [*of_value, *(issue for _, where, issue in read.row_issues if where[row])]
