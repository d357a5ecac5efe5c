"""Invented people whose every value can be recognised wherever it comes out, and ears that hear it.

A word is nine letters of a kind that no language and no page of ours puts together; its first seven give it
away. A date of birth is looked for in every way that it is commonly written, a number without its spaces too.
`leaks` reads text as a person would: whatever the case, the accents, or the escapes of HTML and JSON.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime
import functools
import html
import io
import logging
import random
import re
import traceback
import unicodedata
import warnings
from collections.abc import Callable, Iterator

import pandas as pd

_LETTERS_THAT_GIVE_AWAY = 7
_CONSONANTS = "bvzxqjkw"
_WORD = rf"[{_CONSONANTS}](?:[aeiou][{_CONSONANTS}]){{4}}"
_WAYS_TO_WRITE_A_DATE = (
    *("%Y-%m-%d", "%Y%m%d", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y", "%d-%m-%Y"),
    *("%d %B %Y", "%d %b %Y", "%d-%b-%Y", "%B %d, %Y"),
)
_WAYS_TO_SHOW_ITSELF = (
    *("_repr_html_", "_repr_markdown_", "_repr_mimebundle_", "_repr_latex_", "_repr_json_"),
    *("to_dict", "to_json", "to_text", "to_html", "to_markdown"),
)


@dataclasses.dataclass(frozen=True)
class Canaries:
    """Referrals, and what must not come out: `secrets` are of people, `ids` are keys of the tables."""

    referrals: pd.DataFrame
    secrets: tuple[str, ...]
    ids: tuple[str, ...]


def make_canaries(n_people: int = 36) -> Canaries:
    """One to three referrals of each person, written differently each time, with some unreadable values."""
    words = _words(random.Random(20_240_607))
    rows = [row for person in range(n_people) for row in _referrals_of(person, words)]
    referrals = pd.DataFrame(rows)
    for position, field in ((1, "date_of_birth"), (5, "nationality"), (7, "gender"), (9, "referral_date")):
        referrals.loc[position, field] = next(words)
    referrals.index = pd.Index([next(words) for _ in rows])

    private = referrals.drop(columns="referral_id")
    without_dates = private.drop(columns=["referral_date", "date_of_birth"])
    found = {word[:_LETTERS_THAT_GIVE_AWAY] for word in re.findall(_WORD, _plain(private.to_csv()))}
    numbers = {
        number for number in re.findall(r"[\d ]{9,}", without_dates.to_csv()) if len(number.strip()) >= 9
    }
    secrets = found | {number.strip() for number in numbers} | {number.replace(" ", "") for number in numbers}
    secrets |= {form for written in referrals["date_of_birth"] for form in _ways_to_write(written)}
    return Canaries(referrals, tuple(sorted(secrets)), tuple(referrals["referral_id"]))


def _words(chance: random.Random) -> Iterator[str]:
    """Words of nine letters, no two of which begin with the same seven."""
    begun: set[str] = set()
    while True:
        word = "".join(chance.choice(_CONSONANTS if at % 2 == 0 else "aeiou") for at in range(9))
        if word[:_LETTERS_THAT_GIVE_AWAY] not in begun:
            begun.add(word[:_LETTERS_THAT_GIVE_AWAY])
            yield word


def _referrals_of(person: int, words: Iterator[str]) -> list[dict[str, str]]:
    given, family, alias, born_in, town = (next(words).title() for _ in range(5))
    born = datetime.date(1931 + person % 19, 1 + person % 12, 13 + person % 16)
    own = {
        "alias": alias,
        "nationality": ("Albanian", "Vietnamese", "Eritrean", "British")[person % 4],
        "gender": ("Male", "Female")[person % 2],
        "birthplace": born_in,
        "home_office_reference": f"{700_000_017 + 7919 * person}",
        "police_reference": f"{next(words).upper()}/{person}",
        "phone": f"07700 {900_000 + 37 * person}",
        "email": f"{given.lower()}@example.org",
        "postcode": f"ZQ{person % 9} {person % 7}XV",
        "town": town,
    }
    writings = (
        {"given_name": given, "family_name": family, "date_of_birth": born.isoformat()},
        {
            "given_name": re.sub("[ae]", _accented, given),
            "family_name": family.upper(),
            "date_of_birth": born.strftime("%d/%m/%Y"),
        },
        {"given_name": family, "family_name": given, "date_of_birth": born.strftime("%d %B %Y")},
    )
    first = datetime.date(2023, 1, 5) + datetime.timedelta(days=9 * person)
    times = 3 if person % 6 == 0 else 2 if person % 2 == 0 else 1
    return [
        {
            "referral_id": f"{next(words).upper()}-{person}-{time}",
            "referral_date": (first + datetime.timedelta(days=97 * time)).isoformat(),
            **own,
            **writings[time],
            "exploitation_type": "Labour",
            "exploitation_cities": next(words).title(),
            "reported_before_details": f"Seen before as {given} {family}, {next(words)}",
            "case notes": f"{next(words)} says that {given} was born on {born:%d.%m.%Y}",
        }
        for time in range(times)
    ]


def _accented(letter: re.Match[str]) -> str:
    return {"a": "á", "e": "ë"}[letter[0]]


def _ways_to_write(written: str) -> set[str]:
    """A readable date in the ways that people and programs write it; nothing for one that is not readable."""
    for form in ("%Y-%m-%d", "%d/%m/%Y", "%d %B %Y"):
        with contextlib.suppress(ValueError):
            date = datetime.datetime.strptime(written, form).date()
            return {date.strftime(way).lower() for way in _WAYS_TO_WRITE_A_DATE}
    return set()


def leaks(text: str, secrets: tuple[str, ...]) -> list[str]:
    """The secrets that the text gives away, in order."""
    return sorted(set(_any_of(secrets).findall(_plain(text))))


@functools.cache
def _any_of(secrets: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(_plain(secret)) for secret in secrets))


def _plain(text: str) -> str:
    text = re.sub(r"\\u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), html.unescape(text))
    letters = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in letters if not unicodedata.combining(letter)).casefold()


@contextlib.contextmanager
def overheard() -> Iterator[list[str]]:
    """What is said while the block runs (printed, logged at any level, warned of), complete when it ends."""
    said: list[str] = []
    printed, logged = io.StringIO(), io.StringIO()
    handler = logging.StreamHandler(logged)
    handler.setFormatter(logging.Formatter("%(name)s %(levelname)s %(message)s %(args)s"))
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        with (
            warnings.catch_warnings(record=True) as warned,
            contextlib.redirect_stdout(printed),
            contextlib.redirect_stderr(printed),
        ):
            warnings.simplefilter("always")
            yield said
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
        said += [printed.getvalue(), logged.getvalue()]
        said += [f"{warning.category.__name__}: {warning.message!r} {warning.message}" for warning in warned]


def outcome(call: Callable[[], object]) -> tuple[Exception | None, str]:
    """The error that a call ends with, if any, and all that was said on the way there."""
    error: Exception | None = None
    with overheard() as said:
        try:
            call()
        except Exception as raised:
            error = raised
    if error is not None:
        said.append("".join(traceback.format_exception(error)))
        link: BaseException | None = error
        while link is not None:
            said.append(f"{link!r} {link.args!r} {getattr(link, '__notes__', '')!r}")
            link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
    return error, "\n".join(said)


def faces(thing: object) -> dict[str, str]:
    """Every way in which an object shows itself without being asked for values."""
    shown = {"repr": repr(thing), "str": str(thing), "format": f"{thing}"}
    for name in _WAYS_TO_SHOW_ITSELF:
        method = getattr(type(thing), name, None)
        if method is not None:
            shown[name] = str(method(thing))
    return shown


def ours_inside(thing: object, depth: int = 4) -> Iterator[object]:
    """The object and every object of this library that it holds, to some depth."""
    if type(thing).__module__.partition(".")[0] == "nrm_linkage":
        yield thing
        held = list(vars(thing).values()) if hasattr(thing, "__dict__") else []
        held += [getattr(thing, name, None) for name in getattr(type(thing), "__slots__", ())]
    elif isinstance(thing, dict):
        held = list(thing.values())
    elif isinstance(thing, (list, tuple)):
        held = list(thing)
    else:
        held = []
    if depth > 0:
        for inner in held:
            yield from ours_inside(inner, depth - 1)
