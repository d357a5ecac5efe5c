"""Ages in years, the birth dates that an age allows, and the form's age groups.

An age is read from a number or from words ("about 16 years", "16 y/o", "18 months"); a range ("16-17")
keeps both ends. An age beyond `OLDEST_YEARS` is not one. `read_age_group` reads the form's "under 18?"
answers, the exported words and the published labels.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final

from nrm_linkage.normalise.values import MISSING_WORDS, text_of, word_set

__all__ = [
    "AgeGroup",
    "AgeReading",
    "birth_interval_from_age",
    "read_age",
    "read_age_group",
    "read_age_range",
]

OLDEST_YEARS: Final = 110
"""No referral is of an older person (chosen by us)."""

NOT_AN_AGE: Final = "not an age"


class AgeGroup(IntEnum):
    """Child is 17 or under, adult 18 or over (domain.md 1.5)."""

    MISSING = 0
    CHILD = 1
    ADULT = 2
    UNKNOWN = 3


@dataclass(frozen=True, slots=True)
class AgeReading:
    """An age in whole years between `lowest` and `highest`, both inclusive; None where missing."""

    lowest: int | None = field(default=None, repr=False)
    highest: int | None = field(default=None, repr=False)
    issues: tuple[str, ...] = ()


_WORDS: Final = r"(?:years?|yrs?|y\s?/?\s?o|y)?\.?\s*(?:old|of age)?"
_ABOUT: Final = (
    r"(?:(?:approx(?:imately)?|about|around|roughly|circa|ca?|abt|est(?:imated)?|maybe|possibly|probably"
    r"|nearly|almost|assessed"
    r"|claims?|claimed)\.?\s*(?:to be|as|at)?\s*|~\s*)?"
)
_ONE: Final = re.compile(
    rf"{_ABOUT}(?:aged?\s*:?\s*)?{_ABOUT}(\d{{1,3}})(?:\.\d+)?\s*{_WORDS}\s*(?:\?|\(?approx\.?\)?|\(?claimed\)?)?"
)
_RANGE: Final = re.compile(
    rf"{_ABOUT}(?:aged?\s*:?\s*)?(?:between\s*)?(\d{{1,3}})\s*(?:-|/|to|or|and)\s*(\d{{1,3}})\s*{_WORDS}"
)
_MONTHS: Final = re.compile(rf"{_ABOUT}(\d{{1,3}})\s*(?:months?|mths?)\s*(?:old)?")
_UNDER: Final = re.compile(r"(?:under|below|less than|<)\s*(?:the age of\s*)?(\d{1,2})")


def read_age_range(value: object) -> AgeReading:
    """Read an age, or a range of ages.

    >>> read_age_range("16 or 17 years").lowest, read_age_range("16 or 17 years").highest
    (16, 17)
    """
    text, problems = text_of(value)
    if text is None or (lower := text.casefold()) in MISSING_WORDS:
        return AgeReading(issues=problems)
    if len(lower) <= 60:
        if match := _ONE.fullmatch(lower):
            return _age(int(match[1]), int(match[1]))
        if match := _RANGE.fullmatch(lower):
            return _age(int(match[1]), int(match[2]))
        if match := _MONTHS.fullmatch(lower):
            return _age(int(match[1]) // 12, int(match[1]) // 12)
        if match := _UNDER.fullmatch(lower):
            return _age(0, max(int(match[1]) - 1, 0))
    return AgeReading(issues=(NOT_AN_AGE,))


def _age(lowest: int, highest: int) -> AgeReading:
    if not 0 <= lowest <= highest <= OLDEST_YEARS:
        return AgeReading(issues=(NOT_AN_AGE,))
    return AgeReading(lowest, highest)


def read_age(value: object) -> int | None:
    """An age in whole years, or None where there is none or only a range.

    >>> read_age("about 16 years"), read_age(17.0), read_age("16-17"), read_age(None)
    (16, 17, None, None)
    """
    reading = read_age_range(value)
    return reading.lowest if reading.lowest == reading.highest else None


def birth_interval_from_age(age_years: int, referral_date: dt.date) -> tuple[dt.date, dt.date]:
    """First and last date of birth, both inclusive, of someone aged `age_years` whole years on the day of
    referral.

    Someone born on 29 February comes of age on 1 March of a common year. Raises ValueError where no
    calendar date can be meant.

    >>> birth_interval_from_age(17, dt.date(2024, 2, 29))
    (datetime.date(2006, 3, 1), datetime.date(2007, 2, 28))
    """
    last = _years_before(referral_date, age_years)
    first = _years_before(referral_date, age_years + 1) + dt.timedelta(days=1)
    return first, last


def _years_before(day: dt.date, years: int) -> dt.date:
    """The last date of birth with which that many years are complete on `day`."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        if day.year - years < 1:
            raise
        return dt.date(day.year - years, 2, 28)


_CHILD: Final = word_set(
    "child|children|minor|juvenile|yes|y|true|1|under 18|under-18|u18|<18|child (17 or under)|"
    "child (under 18)|17 or under|child (aged 17 or under)|child (0-17)|0-17|uasc|unaccompanied child|"
    "young person under 18|aged under 18|pv under 18"
)
_ADULT: Final = word_set(
    "adult|adults|no|n|false|0|18+|over 18|over-18|18 or over|18 and over|adult (18 or over)|"
    "adult (18+)|adult (over 18)|>18|>=18|adult (aged 18 or over)|18 or older|aged 18 or over|"
    "over the age of 18|pv over 18"
)
_UNKNOWN: Final = word_set(
    "unknown|unk|not sure|not-sure|notsure|unsure|don't know|dont know|dontknow|"
    "not specified or unknown|not known|not recorded|age disputed|disputed|age dispute|not specified|"
    "unknown (agency specified adult)|unclear|uncertain"
)


def read_age_group(value: object) -> AgeGroup:
    """Child or adult. Yes and no answer the form's "under 18?" (domain.md 1.1.2); a bare age counts as one.

    >>> read_age_group("Adult (18 or over)").name, read_age_group("yes").name, read_age_group("not-sure").name
    ('ADULT', 'CHILD', 'UNKNOWN')
    """
    text, _ = text_of(value)
    if text is None:
        return AgeGroup.MISSING
    lower = text.casefold()
    for words, group in ((_CHILD, AgeGroup.CHILD), (_ADULT, AgeGroup.ADULT), (_UNKNOWN, AgeGroup.UNKNOWN)):
        if lower in words:
            return group
    if lower.startswith("child") != lower.startswith("adult"):
        return AgeGroup.CHILD if lower.startswith("child") else AgeGroup.ADULT
    age = read_age_range(value)
    if age.lowest is not None and age.highest is not None:
        return (
            AgeGroup.CHILD if age.highest < 18 else AgeGroup.ADULT if age.lowest >= 18 else AgeGroup.UNKNOWN
        )
    return AgeGroup.MISSING
