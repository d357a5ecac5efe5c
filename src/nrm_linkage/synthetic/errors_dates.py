"""How a record writes a date of birth: the mechanisms D0 to D25 of domain.md 4.3, one after another.

A record is struck by the first mechanism that fires, in the order of `_MECHANISMS`. What only a sheet does to
a good date (a year alone, an age, two-digit years, serial numbers) is text beside the good date, which the
form and the case system show; whom the form leaves without a date is in the rate of D1 alone, 5% of referrals
(domain.md 6). An impossible date is text with no date beside it, because the form rejects it. So each layout
can show what it would hold.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from nrm_linkage.synthetic.arrays import Bools, Dates, Floats, Ints, Streams, Strings, as_days, strings
from nrm_linkage.synthetic.calendars import ethiopian, gregorian, lenient_date, solar_hijri
from nrm_linkage.synthetic.population import People, cells
from nrm_linkage.synthetic.rates import ErrorRates
from nrm_linkage.synthetic.repeats import NRM, Referrals
from nrm_linkage.synthetic.taking import Taking

__all__ = ["Births", "write_births"]

_FORM_DIGITAL = np.datetime64("2019-09-01")
"""Before it, referrals were typed from paper and impossible dates went through (domain.md 1.1.3)."""
_ARABIC_SCRIPT = (
    "Sudanese",
    "Iraqi",
    "Syrian",
    "Egyptian",
    "Yemeni",
    "Kuwaiti",
    "Libyan",
    "Saudi Arabian",
    "Jordanian",
    "Palestinian",
    "Moroccan",
    "Algerian",
)
_IMPOSSIBLE = ("31/02/2005", "00/00/0000", "01/01/1900", "01/01/1970", "09/09/9999", "11/11/1111")
_PARTIAL = ("{y}", "{m:02d}/{y}", "??/{m:02d}/{y}", "00/00/{y}", "c.{y}", "approx {age}")
_AGES = ("{age}", "about {age} years", "{age} yrs", "approx. {age}")


@dataclass(frozen=True, repr=False)
class Births:
    """Dates of birth as written, one entry a referral."""

    date: Dates
    """NaT where the record has no full date."""
    text: Strings
    """What a sheet shows instead of the date; "" where it shows the date."""
    marks: dict[str, Bools]


@dataclass(frozen=True, repr=False)
class _Record:
    """What a mechanism may look at: the right date in parts, the referral date, two uniforms a row."""

    birth: Dates
    year: Ints
    month: Ints
    day: Ints
    referred: Dates
    a: Floats
    b: Floats

    def take(self, rows: Ints) -> _Record:
        return _Record(
            *(getattr(self, name)[rows] for name in ("birth", "year", "month", "day", "referred", "a", "b"))
        )

    @property
    def age(self) -> Ints:
        """Whole years at the referral, nearly."""
        return np.asarray((self.referred - self.birth).astype(float) // 365.25, dtype=np.int64)


def _steps(uniform: Floats, low: int, high: int) -> Ints:
    """Whole numbers from low to high, both included."""
    return (low + np.floor(uniform * (high - low + 1))).astype(np.int64)


def _new_year_near(r: _Record) -> Dates:
    step = np.select([r.a < 0.15, r.a > 0.85], [-1, 1], 0)
    return lenient_date(r.year + step, np.ones_like(r.month), np.ones_like(r.day))


def _other_default(r: _Record) -> Dates:
    kind = _steps(r.a, 0, 4)
    month = np.select([kind == 0, kind == 1, kind == 2], [7, 12, 6], r.month)
    return lenient_date(r.year, month, np.select([kind == 0, kind == 1, kind == 3], [1, 31, 1], 15))


def _new_date(r: _Record) -> Dates:
    by_default = r.b < 0.6
    fresh = np.floor(r.b * 365).astype(np.int64)
    start = lenient_date(r.year - _steps(r.a, 1, 6), np.ones_like(r.month), np.ones_like(r.day))
    return as_days(np.where(by_default, start, start + fresh.astype("timedelta64[D]")))


def _digit(r: _Record) -> Dates:
    """One digit of day, month or year hit wrongly, or two digits of the year exchanged."""
    kind = _steps(r.a, 0, 3)
    day = np.where(kind == 0, (r.day - 1 + np.array([1, 3, 7, 10])[_steps(r.b, 0, 3)]) % 28 + 1, r.day)
    month = np.where(kind == 1, (r.month - 1 + np.array([1, 3, 5])[_steps(r.b, 0, 2)]) % 12 + 1, r.month)
    swapped = r.year - r.year % 100 + r.year % 10 * 10 + r.year // 10 % 10
    neighbour = r.year + np.where(r.b < 0.5, -1, 1) * np.where(r.b * 10 % 1 < 0.6, 1, 3)
    year = np.where(
        (kind == 3) & (swapped <= r.referred.astype("datetime64[Y]").astype(np.int64) + 1970),
        swapped,
        np.where(kind >= 2, neighbour, r.year),
    )
    return lenient_date(year, month, day)


def _of_another(r: _Record) -> Dates:
    parent = r.a < 0.5
    years = np.where(parent, -_steps(r.b, 18, 38), np.where(r.b < 0.5, -1, 1) * _steps(r.b * 2 % 1, 1, 5))
    year = np.where(
        r.year + years > r.referred.astype("datetime64[Y]").astype(np.int64) + 1970,
        r.year - 2,
        r.year + years,
    )
    return lenient_date(year, _steps(r.b * 7 % 1, 1, 12), _steps(r.a * 11 % 1, 1, 28))


def _ethiopian_kept(r: _Record) -> Dates:
    year, month, day = ethiopian(r.birth)
    return lenient_date(year, month, day)


def _ethiopian_year(r: _Record) -> Dates:
    year, month, day = ethiopian(r.birth)
    return lenient_date(year + np.where(r.a < 0.6, 7, 8), month, day)


def _ethiopian_twice(r: _Record) -> Dates:
    years = _steps(r.a, 14, 16)
    return lenient_date(np.where(r.b < 0.5, r.year - years, r.year + years), r.month, r.day)


def _persian_year(r: _Record) -> Dates:
    year = solar_hijri(r.birth)[0] + np.where(r.a < 0.6, 621, 622)
    return lenient_date(year, np.ones_like(year), np.ones_like(year))


def _persian_kept(r: _Record) -> Dates:
    year, month, day = solar_hijri(r.birth)
    return lenient_date(year + 621, month, day)


def _tazkira(r: _Record) -> Dates:
    step = np.array([-2, -1, 1, 2])[_steps(r.a, 0, 3)]
    return lenient_date(r.year + step, np.ones_like(r.month), np.ones_like(r.day))


def _back(days_low: int, days_high: int) -> Callable[[_Record], Dates]:
    return lambda r: as_days(r.birth - _steps(r.a, days_low, days_high).astype("timedelta64[D]"))


def _years_away(low: int, high: int) -> Callable[[_Record], Dates]:
    return lambda r: lenient_date(r.year + _steps(r.a, low, high), r.month, r.day)


def _none(r: _Record) -> Dates:
    return np.full(len(r.birth), np.datetime64("NaT"), dtype="datetime64[D]")


def _same(r: _Record) -> Dates:
    return r.birth


_MECHANISMS: dict[str, tuple[str, Callable[[_Record], Dates]]] = {
    "dob_missing": ("D1", _none),
    "dob_age_assessed": ("D4", _years_away(-6, -1)),
    "dob_new_date": ("D5", _new_date),
    "dob_other_default": ("D3", _other_default),
    "dob_persian_year": ("D13", _persian_year),
    "dob_tazkira": ("D15", _tazkira),
    "dob_new_year": ("D2", _new_year_near),
    "dob_persian_kept": ("D14", _persian_kept),
    "dob_ethiopian_kept": ("D10", _ethiopian_kept),
    "dob_ethiopian_year": ("D11", _ethiopian_year),
    "dob_ethiopian_twice": ("D12", _ethiopian_twice),
    "dob_lunar_age": ("D8", _years_away(-2, -1)),
    "dob_lunar_date": ("D9", _back(20, 50)),
    "dob_era_kept": ("D17", _years_away(543, 543)),
    "dob_islamic_year": ("D16", _years_away(-1, -1)),
    "dob_day_month_swapped": ("D6", lambda r: lenient_date(r.year, r.day, r.month)),
    "dob_digit": ("D7", _digit),
    "dob_of_another": ("D25", _of_another),
    "dob_is_referral_date": ("D23", lambda r: r.referred),
    "dob_partial": ("D21", _same),
    "dob_age_instead": ("D24", _same),
    "dob_impossible": ("D22", _none),
    "dob_two_digit_year": ("D18", _same),
    "dob_excel_serial": ("D19", _same),
    "dob_excel_swapped": ("D20", _same),
}
_EVERY_RECORD = frozenset(
    {
        "dob_missing",
        "dob_partial",
        "dob_age_instead",
        "dob_impossible",
        "dob_two_digit_year",
        "dob_excel_serial",
        "dob_excel_swapped",
    }
)
_SLIPS = (_EVERY_RECORD - {"dob_missing"}) | {
    "dob_day_month_swapped",
    "dob_digit",
    "dob_of_another",
    "dob_is_referral_date",
}


def _chances(people: People, rows: Referrals, rates: ErrorRates, record: _Record) -> dict[str, Floats]:
    """The rate of each mechanism for each row, before factors."""
    known = cells()
    nation = known.demonyms[people.nationality[rows.person]]
    group = known.groups[people.nationality[rows.person]]
    disputed = people.age_disputed[rows.person]
    swappable = (record.day <= 12) & (record.day != record.month)
    horn = np.where(nation == "Ethiopian", 1.0, 0.0) + np.where(nation == "Eritrean", 1.0, 0.0)
    european = (group == "Albanian") | (group == "European")
    out: dict[str, Floats] = {
        name: np.full(len(rows), float(getattr(rates, name, 0.0))) for name in _MECHANISMS
    }
    out["dob_new_year"] = np.select(
        [group == "asylum", european, group == "British"],
        [rates.dob_new_year, rates.dob_new_year_albanian, rates.dob_new_year_british],
        rates.dob_new_year_other,
    )
    for name in ("dob_age_assessed", "dob_new_date", "dob_other_default"):
        out[name] *= disputed
    out["dob_persian_year"] = np.select(
        [nation == "Afghan", nation == "Iranian"],
        [rates.dob_persian_year_afghan, rates.dob_persian_year_iranian],
        0.0,
    )
    out["dob_persian_kept"] *= np.isin(nation, ("Afghan", "Iranian"))
    out["dob_tazkira"] *= nation == "Afghan"
    out["dob_ethiopian_kept"] *= horn * np.where(nation == "Eritrean", 0.6, 1.0)
    out["dob_ethiopian_year"] *= horn
    out["dob_ethiopian_twice"] *= horn
    out["dob_lunar_age"] = np.select(
        [nation == "Vietnamese", nation == "Chinese"],
        [rates.dob_lunar_age_vietnamese, rates.dob_lunar_age_chinese],
        0.0,
    )
    out["dob_lunar_date"] *= np.isin(nation, ("Vietnamese", "Chinese"))
    out["dob_era_kept"] *= np.isin(nation, ("Thai", "Nepalese"))
    out["dob_islamic_year"] *= np.isin(nation, _ARABIC_SCRIPT)
    out["dob_day_month_swapped"] *= swappable
    out["dob_excel_swapped"] *= swappable
    out["dob_impossible"] = np.where(
        rows.date < _FORM_DIGITAL, rates.dob_impossible_before_2019, rates.dob_impossible
    )
    for name in _SLIPS:
        out[name] = out[name] * np.where(group == "British", rates.dob_british_factor, 1.0)
    return out


def write_births(
    people: People, rows: Referrals, taking: Taking, rates: ErrorRates, streams: Streams
) -> Births:
    """Dates of birth as the referrals write them. Duty to Notify reports have none."""
    birth = people.birth[rows.person]
    a, b = streams("dates.details").random((2, len(rows)))
    record = _Record(birth, *gregorian(birth), rows.date, a, b)
    chances = _chances(people, rows, rates, record)
    date, text = birth.copy(), strings([""] * len(rows))
    free, marks = np.ones(len(rows), dtype=bool), {}
    thai = cells().demonyms[people.nationality[rows.person]] == "Thai"
    for name, (_, change) in _MECHANISMS.items():
        factor = taking.blanks if name == "dob_missing" else taking.dates
        factor = factor if name in _EVERY_RECORD else factor * taking.later
        hit = free & taking.hits(streams, name, chances[name], factor)
        marks[name], free = hit, free & ~hit
        where = np.flatnonzero(hit)
        here = record.take(where)
        date[where] = _nepalese(here, thai[where]) if name == "dob_era_kept" else change(here)
        text[where] = _as_text(name, here)
    without = rows.route != NRM
    date[without], text[without] = np.datetime64("NaT"), ""
    return Births(as_days(date), text, marks)


def _nepalese(r: _Record, thai: Bools) -> Dates:
    """Thai years are 543 ahead; Bikram Sambat is 56 years and about 257 days ahead."""
    ahead = lenient_date(r.year + 56, r.month, r.day) + np.timedelta64(257, "D")
    return as_days(np.where(thai, lenient_date(r.year + 543, r.month, r.day), ahead))


def _as_text(name: str, r: _Record) -> Strings:
    """What a sheet shows for the mechanisms that leave no plain date."""
    parts = list(
        zip(
            r.year.tolist(),
            r.month.tolist(),
            r.day.tolist(),
            r.age.tolist(),
            r.a.tolist(),
            r.b.tolist(),
            strict=True,
        )
    )
    if name == "dob_partial":
        return strings([_PARTIAL[int(a * 6)].format(y=y, m=m, age=age) for y, m, _, age, a, _ in parts])
    if name == "dob_age_instead":
        return strings([_AGES[int(a * 4)].format(age=age) for _, _, _, age, a, _ in parts])
    if name == "dob_impossible":
        return strings([_IMPOSSIBLE[int(a * 6)] for *_, a, _ in parts])
    if name == "dob_two_digit_year":
        return strings(
            [
                f"{d:02d}/{m:02d}/{y % 100:02d}" if a < 0.7 else f"{d:02d}/{m:02d}/{1900 + y % 100}"
                for y, m, d, _, a, _ in parts
            ]
        )
    if name == "dob_excel_serial":
        serial = r.birth.astype(np.int64) + 25_569 - np.where(r.a < 0.8, 0, 1_462)
        return strings([str(each) for each in serial.tolist()])
    if name == "dob_excel_swapped":
        return strings([f"{y:04d}-{d:02d}-{m:02d}" for y, m, d, *_ in parts])
    return strings([""] * len(parts))
