"""The records as an analyst would clean them before Splink or recordlinkage: what both peers are given.

`cleaned(records, columns)` reads the columns that `link_referrals` recognised in the same records, and writes
in this order:

1. Text: letters and digits of any script as ASCII, lower case, other characters as spaces; a few words that
   stand for "nothing" become missing.
2. Names: apostrophes closed up; titles, and what follows "aka", left out. A name that stands in one of the
   two boxes, with two words or more, is split before its last word. Beside each name the sound (Metaphone) of
   its first word, for the family name its last.
3. Date of birth: eight usual ways to write a date, day before month, as YYYY-MM-DD; a day that the calendar
   does not have stays as text, since a mistyped date still resembles the right one. What is written
   otherwise, years alone, zeros for day and month, and 1 January 1900 become missing.
4. Gender: male or female by first letter, or the numbers 1 and 2; other answers as written. Nationality and
   place (the present town; where there is none, the first city): as text.
5. References: every number of six digits or more in the Home Office's and the police's boxes, with the
   letter before it, as a list. Phone: the last ten digits. Email: lower case. Postcode: without spaces.

This is what is usually done, not all that can be done. Not taken: aliases, second nationalities, languages,
ages, dates of referral, what was said of the exploitation, partial dates and dates of other calendars. Unlike
spellings, and exchanged names, days and months, are left to the comparisons. Nothing of the library's own
cleaning is used.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import jellyfish
import pandas as pd
from anyascii import anyascii

Columns = Mapping[str, tuple[object, ...]]

NOTHING = (
    *("", "unknown", "not known", "unk", "nk", "n k", "na", "n a", "none", "nil", "null", "tbc", "x", "xx"),
    *("not provided", "not given", "not stated", "not recorded", "no surname", "no name", "fnu", "lnu"),
)
NOT_THE_NAME = r"\b(?:mr|mrs|ms|miss|dr|master)\b|\baka .*"
DATES = ("%d/%m/%Y", "%Y-%m-%d", "%d %b %Y", "%d %B %Y", "%Y%m%d", "%d-%m-%Y", "%d.%m.%Y", "%d/%m/%y")
"""Day before month; the first that fits."""

NO_SUCH_DAY = {
    r"^(?!00)(\d\d)/(?!00)(\d\d)/(\d{4})$": (0, 1, 2),
    r"^(\d{4})-?(?!00)(\d\d)-?(?!00)(\d\d)$": (2, 1, 0),
}
"""What looks like a date -> where its day, month and year stand."""

REFERENCE = re.compile(r"(?<![A-Z])[A-Z]?\s?\d(?:\d|[-/ ](?=\d)){5,}")
"""One letter at most, then digits, single separators between them."""

GENDERS = {"m": "male", "f": "female", "1": "male", "2": "female"}
"""First character -> gender."""


def cleaned(records: pd.DataFrame, columns: Columns) -> pd.DataFrame:
    """One row a record in the same order, numbered by `row`; only columns that hold something, None for
    missing. `columns`: canonical field -> the columns that hold it.
    """

    def recorded(name: str) -> pd.Series[str]:
        if name not in columns:
            return pd.Series(pd.NA, index=range(len(records)), dtype="string")
        return records[columns[name][0]].reset_index(drop=True).astype("string")

    given, family = _names(recorded("given_name"), recorded("family_name"))
    gender = _text(recorded("gender"))
    email = recorded("email").str.strip().str.lower()
    table = pd.DataFrame(
        {
            "given_name": given,
            "family_name": family,
            "both_names": given + " " + family,
            "given_sound": given.str.split().str[0].map(jellyfish.metaphone, na_action="ignore"),
            "family_sound": family.str.split().str[-1].map(jellyfish.metaphone, na_action="ignore"),
            "date_of_birth": _date(recorded("date_of_birth")),
            "nationality": _text(recorded("nationality")),
            "gender": gender.str[0].map(GENDERS).fillna(gender),
            "reference": _references(recorded("home_office_reference"), recorded("police_reference")),
            "phone": recorded("phone").str.replace(r"\D", "", regex=True).str[-10:],
            "email": email.mask(email == ""),
            "postcode": _text(recorded("postcode")).str.replace(" ", ""),
            "place": _text(recorded("town" if "town" in columns else "exploitation_cities")),
        }
    )
    table = table.dropna(axis="columns", how="all").astype(object)
    table = table.where(table.notna(), None)
    table.insert(0, "row", range(len(table)))
    return table


def _text(values: pd.Series[str]) -> pd.Series[str]:
    plain = values.map(anyascii, na_action="ignore").astype("string").str.lower()
    plain = plain.str.replace(r"[^a-z0-9]+", " ", regex=True).str.strip()
    return plain.mask(plain.isin(NOTHING))


def _names(given: pd.Series[str], family: pd.Series[str]) -> tuple[pd.Series[str], pd.Series[str]]:
    given, family = (
        _text(_text(name.str.replace(r"['’`ʼ]", "", regex=True)).str.replace(NOT_THE_NAME, " ", regex=True))
        for name in (given, family)
    )
    whole = given.where(family.isna()).fillna(family.where(given.isna()))
    parts = whole.str.extract(r"^(?P<given>.+) (?P<family>\S+)$")
    split = parts["family"].notna()
    return given.mask(split, parts["given"]), family.mask(split, parts["family"])


def _date(values: pd.Series[str]) -> pd.Series[str]:
    values = values.str.strip()
    found = pd.Series(pd.NaT, index=values.index, dtype="datetime64[ns]")
    for form in DATES:
        found = found.fillna(pd.to_datetime(values, format=form, errors="coerce"))
    date = found.dt.strftime("%Y-%m-%d").astype("string")
    for order, (day, month, year) in NO_SUCH_DAY.items():
        parts = values.str.extract(order)
        date = date.fillna(parts[year] + "-" + parts[month] + "-" + parts[day])
    result: pd.Series[str] = date.mask(date == "1900-01-01")
    return result


def _references(*boxes: pd.Series[str]) -> pd.Series[Any]:
    written = pd.concat([box.fillna("") for box in boxes], axis="columns").agg(" | ".join, axis="columns")
    found = written.str.upper().map(
        lambda text: sorted({re.sub(r"\W", "", each) for each in REFERENCE.findall(text)}) or None
    )
    return found.astype(object)
