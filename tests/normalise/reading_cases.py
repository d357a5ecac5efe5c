"""The cases of `cases/*.csv`: a value, and what its reader should make of it; for tests and the benchmark.

A case file has the name of a field, a header, and a row a case. A line break in a value is written as
backslash and n; what is expected is a list of words between spaces, in alphabetical order, or nothing.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable
from pathlib import Path

from nrm_linkage.normalise.answers import read_answer
from nrm_linkage.normalise.contacts import read_email, read_phone, read_postcode
from nrm_linkage.normalise.exploitation import read_types
from nrm_linkage.normalise.gender import read_gender
from nrm_linkage.normalise.nationality import read_nationality
from nrm_linkage.normalise.places import read_places
from nrm_linkage.normalise.records import read_record_type
from nrm_linkage.normalise.references import read_references
from nrm_linkage.normalise.responders import read_responder_type

FOLDER = Path(__file__).parent / "cases"

READ: dict[str, Callable[[str], str]] = {
    "references": lambda value: _words(read_references(value).tokens),
    "earlier_referrals": lambda value: _words(read_references(value).tokens),
    "exploitation": lambda value: _words(read_types(value)),
    "responders": lambda value: read_responder_type(value).name,
    "responders_form": lambda value: read_responder_type(value).name,
    "nationality_form": lambda value: _words(read_nationality(value).codes),
    "gender": lambda value: read_gender(value).gender.name,
    "places": lambda value: _words(place.replace(" ", "_") for place in read_places(value)),
    "phone": lambda value: read_phone(value).token or "",
    "email": lambda value: read_email(value).token or "",
    "postcode": lambda value: read_postcode(value).token or "",
    "answers": lambda value: read_answer(value).name,
    "record_type": lambda value: read_record_type(value).name,
}
"""For each case file, what its reader makes of a value, as words between spaces."""


def _words(words: Iterable[str]) -> str:
    return " ".join(sorted(words))


def cases(field: str) -> list[tuple[str, str]]:
    """The value and the expectation of each case of a field."""
    with (FOLDER / f"{field}.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    return [(value.replace("\\n", "\n"), expected) for value, expected in rows[1:]]


def nationality_cases() -> list[tuple[str, str]]:
    """The value and the codes of each wording of `nationality_wordings.txt`."""
    lines = (Path(__file__).parent / "nationality_wordings.txt").read_text(encoding="utf-8").splitlines()[1:]
    rows = [line.partition(",") for line in lines]
    return [(wording, codes) for codes, _, rest in rows for wording in rest.split("|")]
