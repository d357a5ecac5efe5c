"""How dates are read: `python -m benchmarks.reading_dates [FOLDER]`.

Cases read right over cases tried, by kind, as a Markdown table: the project's own, tests/normalise/
date_cases.csv, and, where FOLDER holds it, `date_strings_multilingual.csv` of the tests of dateparser, a
general parser. Failures are listed below the table. All of it is invented.

A row of that file is a text and the day that dateparser makes of it, often with help that no referral gives.
So the rows are tried for what a referral's reader should do:

- a text that states a day must give that day; one that states a month or a year must give that interval;
- weekdays, times and dates without a year, which dateparser completes from the day of the run, must give
  nothing;
- where a row was told another order of the numbers, a future century or a conversion to another time zone,
  or is before 1900, the British, past and unconverted reading is right; `TOLD` names them, each with what
  it must give.
"""

from __future__ import annotations

import csv
import datetime as dt
import re
import sys
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from nrm_linkage.normalise.dates import read_date
from tests.normalise.date_cases import cases, faults

FILE = "date_strings_multilingual.csv"
LATEST = dt.date(2035, 12, 31)

TOLD = {
    # another order of day, month and year
    "11. 12. 2014, 08:45:39": "2014-12-11",
    "15-12-18 06:00": "2018-12-15",
    "15-18-12 06:00": "",
    "10-11-12 06:00": "2012-11-10",
    "10/9/1914 03:07:09.788888 pm": "1914-09-10",
    "1-8-09 07:12:49 AM": "2009-08-01",
    "16 july 13.": "2013-07-16",
    "201508": "2015-08-01",
    "201108": "",
    "10.1.2019": "2019-01-10",
    "11/12/2020": "2020-12-11",
    # years of another calendar: a referral is dated in this one
    "03/11/2559 05:13": "",
    "03/15/2559 05:13": "",
    # a century that is still to come
    "3/3/50": "1950-03-03",
    "3/3/94": "1994-03-03",
    # converted to another time zone
    "15 May 2004 23:24 EDT": "2004-05-15",
    "08/17/14 17:00 (PDT)": "2014-08-17",
    "1999-12-31 19:00:00 -0500": "1999-12-31",
    # before any referral, decision or birth
    "1000": "",
    "1000 год": "",
    "1001 год": "",
    "Sunday 23 May 1856 12:09:08 AM": "",
    # marked as having a year, which they have not
    "Jeu 15:12": "",
    "15 february 15:00": "",
    "02/29": "",
}

Tried = tuple[str, str]
"""The kind of a case, and its failure: empty where it was read right."""


def main() -> None:
    """Print the tables and the failures."""
    own = [
        (case.kind, f"{case}: {'; '.join(wrong)}" if wrong else "")
        for case in cases()
        for wrong in [faults(case)]
    ]
    table("Own cases", own)
    for folder in sys.argv[1:]:
        for path in sorted(Path(folder).rglob(FILE)):
            table(FILE, list(of_file(path)))


def table(title: str, tried: list[Tried]) -> None:
    """One table, and what was read wrong."""
    print(f"\n### {title}\n\n| kind | right | tried |\n| --- | ---: | ---: |")
    for kind in dict.fromkeys(kind for kind, _ in tried):
        faulty = [fault for other, fault in tried if other == kind]
        print(f"| {kind} | {faulty.count('')} | {len(faulty)} |")
    print(f"| **all** | **{sum(not fault for _, fault in tried)}** | **{len(tried)}** |")
    wrong = [fault for _, fault in tried if fault]
    print(
        "\nRead wrong:\n" if wrong else "\nNone is read wrong.", *(f"- {fault}" for fault in wrong), sep="\n"
    )


def of_file(path: Path) -> Iterator[Tried]:
    """Each row of the file, tried."""
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            text, answer = row["date_text"], row["gregorian"]
            reading = read_date(text, latest=LATEST)
            kind, expected = wanted(text, answer, has_year=row["year_in_text"] == "True")
            first, last = str(reading.first or ""), str(reading.last or "")
            if kind == "a month or a year":
                right = (
                    bool(first) and reading.date is None and first[: shared(text)] == expected[: shared(text)]
                )
            else:
                right = first == expected
            yield (
                kind,
                "" if right else f"{text}: {first or 'missing'}..{last} instead of {expected or 'missing'}",
            )


def wanted(text: str, answer: str, *, has_year: bool) -> Tried:
    """What kind of row this is and the first day that it must give, empty where none."""
    plain = unicodedata.normalize("NFKC", text)
    if text in TOLD:
        return "told otherwise: the British reading", TOLD[text]
    if re.fullmatch(r"1\d{9}|1\d{12}", plain):
        return "Unix time", answer
    numbers = [unicodedata.normalize("NFKC", number) for number in re.findall(r"\d+", plain)]
    if not (has_year or any(len(number) == 4 for number in numbers)):
        return "relative, or without a year: must give nothing", ""
    return ("a month or a year" if len(numbers) == 1 and len(numbers[0]) == 4 else "a day"), answer


def shared(text: str) -> int:
    """How much of the answer a month or a year states: dateparser takes the rest from the day of the run."""
    words = re.sub(r"\W|\d|год|г", "", unicodedata.normalize("NFKC", text))
    return len("2015-02") if words else len("2015")


if __name__ == "__main__":
    main()
