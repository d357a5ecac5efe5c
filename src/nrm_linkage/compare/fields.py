"""The compared fields and their levels: names, meaning, and order from most to least agreement.

Level 0 of every field is `missing`, which weighs nothing. `by_frequency` marks levels at which the
coincidence among strangers depends on the very value (everybody's Nguyen, one person's Xhevahire): there the
match weight takes the value's own frequency, not one u for the level. Sources of the levels: domain.md 4.2
(names), 4.3 (dates), 4.4 (nationality); the exact cuts are chosen by us.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

__all__ = [
    "FIELDS",
    "MISSING",
    "ONE_SPEAKS",
    "OTHER_NAMES",
    "AgeGroupLevel",
    "BirthRangeLevel",
    "BirthYearLevel",
    "ContactLevel",
    "DateLevel",
    "Field",
    "GenderLevel",
    "GivenLevel",
    "Level",
    "NationalityLevel",
    "OtherNamesLevel",
    "PlaceLevel",
    "ReferenceLevel",
]


@dataclass(frozen=True)
class Level:
    """One level. `sentence` completes "the two referrals: ..." without any value."""

    name: str
    sentence: str
    by_frequency: bool = False


@dataclass(frozen=True)
class Field:
    """One compared field. `levels[0]` is missing."""

    name: str
    levels: tuple[Level, ...]

    def number(self, level: str) -> int:
        """The code of a level."""
        return next(code for code, known in enumerate(self.levels) if known.name == level)


class GivenLevel(IntEnum):
    """Codes of the levels of `given_name`."""

    MISSING = 0
    EXACT = 1
    VARIANT = 2
    NEAR = 3
    SHORTENED = 4
    MOVED = 5
    ALIAS = 6
    DIFFERENT = 7


NAMED_ALIKE = (
    GivenLevel.EXACT,
    GivenLevel.VARIANT,
    GivenLevel.NEAR,
    GivenLevel.SHORTENED,
    GivenLevel.MOVED,
)
"""Levels at which two given names are one, and so tell one gender."""


class OtherNamesLevel(IntEnum):
    """Codes of the levels of `other_name` and of `other_names`."""

    MISSING = 0
    EXACT = 1
    VARIANT = 2
    NEAR = 3
    SHORTENED = 4
    PARTLY = 5
    DIFFERENT = 6


class DateLevel(IntEnum):
    """Codes of the levels of `date_of_birth`."""

    MISSING = 0
    EXACT = 1
    EXACT_DEFAULT = 2
    SWAPPED = 3
    OTHER_CALENDAR = 4
    OTHER_YEAR = 5
    ONE_DIGIT = 6
    DEFAULT_NEAR = 7
    OTHER_MONTH = 8
    OTHER_DAY = 9
    WITHIN_35_DAYS = 10
    DISTANT_YEAR = 11
    SAME_YEAR = 12
    NEXT_YEAR = 13
    WITHIN_5_YEARS = 14
    FAR = 15


class BirthYearLevel(IntEnum):
    """Codes of the levels of `birth_year`."""

    MISSING = 0
    AGREES = 1
    NEAR = 2
    WITHIN_5_YEARS = 3
    FAR = 4


class BirthRangeLevel(IntEnum):
    """Codes of the levels of `birth_range`."""

    MISSING = 0
    COMPATIBLE = 1
    INCOMPATIBLE = 2


class AgeGroupLevel(IntEnum):
    """Codes of the levels of `age_group`."""

    MISSING = 0
    CHILDREN = 1
    ADULTS = 2
    GREW_UP = 3
    GREW_DOWN = 4


class NationalityLevel(IntEnum):
    """Codes of the levels of `nationality`."""

    MISSING = 0
    SAME = 1
    OVERLAP = 2
    CONTESTED = 3
    LOOKALIKE = 4
    DIFFERENT = 5


class GenderLevel(IntEnum):
    """Codes of the levels of `gender`."""

    MISSING = 0
    SAME = 1
    DIFFERENT = 2


class ReferenceLevel(IntEnum):
    """Codes of the levels of `reference`."""

    MISSING = 0
    PERSONAL = 1
    NEAR = 2
    POLICE = 3
    DIFFERENT = 4


class ContactLevel(IntEnum):
    """Codes of the levels of `contact`."""

    MISSING = 0
    PHONE_OR_EMAIL = 1
    NEAR = 2
    POSTCODE = 3
    DIFFERENT = 4


class PlaceLevel(IntEnum):
    """Codes of the levels of `town` and of `birthplace`."""

    MISSING = 0
    SAME = 1
    DIFFERENT = 2


MISSING = Level("missing", "one or both do not say")
"""Level 0 of every field."""

OTHER_NAMES = ("other_name", "other_names")
"""All names but the given one, where one side has one of them and where both have several; their levels have
the same names.
"""

ONE_SPEAKS = (("date_of_birth", "birth_year", "birth_range"), OTHER_NAMES)
"""Fields of which one at most speaks of a pair."""


def _other_names(name: str, *sentences: str) -> Field:
    """A field of names that are not the given one: its levels' names are those of `OtherNamesLevel`."""
    names = [level.name.lower() for level in OtherNamesLevel if level is not OtherNamesLevel.MISSING]
    levels = (
        Level(level, sentence, by_frequency=level != "different")
        for level, sentence in zip(names, sentences, strict=True)
    )
    return Field(name, (MISSING, *levels))


FIELDS: tuple[Field, ...] = (
    Field(
        "given_name",
        (
            MISSING,
            Level("exact", "the given names are the same", by_frequency=True),
            Level(
                "variant",
                "the given names are spellings of one name, or sound alike when transliterated",
                by_frequency=True,
            ),
            Level("near", "the given names differ by a letter or so", by_frequency=True),
            Level(
                "shortened",
                "one given name is an initial, a short form or a nickname of the other",
                by_frequency=True,
            ),
            Level(
                "moved",
                "the given name of one stands in another place among the names of the other",
                by_frequency=True,
            ),
            Level("alias", "the given name of one is an alias of the other", by_frequency=True),
            Level("different", "the given names differ"),
        ),
    ),
    _other_names(
        "other_name",
        "the family or other name that both record is the same",
        "the family or other names are spellings of one name",
        "the family or other names differ by a letter or so",
        "the family or other names agree in part of a word or an initial",
        "a family or other name agrees, and others differ",
        "the family or other names differ",
    ),
    _other_names(
        "other_names",
        "the several other names that both record are the same",
        "several other names are spellings of the same names",
        "of several other names one differs by a letter or so",
        "of several other names one agrees in part of a word or an initial",
        "some of several other names agree and some differ",
        "several other names all differ",
    ),
    Field(
        "date_of_birth",
        (
            MISSING,
            Level("exact", "the dates of birth are the same", by_frequency=True),
            Level(
                "exact default",
                "the dates of birth are the same, on a day that stands for an unknown one",
                by_frequency=True,
            ),
            Level("day and month swapped", "the dates of birth are the same with day and month exchanged"),
            Level("another calendar", "the dates of birth are the same when one is read in another calendar"),
            Level(
                "same day, another year",
                "day and month of birth are the same and the years differ by up to six",
            ),
            Level("one digit", "the dates of birth differ by one digit or two exchanged digits"),
            Level(
                "default date near",
                "one date of birth stands for an unknown day, and the years are at most one apart",
            ),
            Level("another month", "year and day of birth are the same, and the months differ"),
            Level("another day", "year and month of birth are the same, and the days differ"),
            Level("within 35 days", "the dates of birth are at most 35 days apart, in two months"),
            Level(
                "same day, distant year",
                "day and month of birth are the same and the years differ by more than six",
            ),
            Level("same year", "the years of birth are the same"),
            Level("next year", "the years of birth are one apart"),
            Level("within five years", "the years of birth are two to five apart"),
            Level("far apart", "the years of birth are more than five apart"),
        ),
    ),
    Field(
        "birth_year",
        (
            MISSING,
            Level("agrees", "the births, each known to a year or two, can be one day", by_frequency=True),
            Level("near", "the births, each known to a year or two, miss by less than a year"),
            Level(
                "within five years", "the births, each known to a year or two, are one to five years apart"
            ),
            Level("far apart", "the births, each known to a year or two, are more than five years apart"),
        ),
    ),
    Field(
        "birth_range",
        (
            MISSING,
            Level("compatible", "a birth date is missing; child or adult, they can be one person"),
            Level("incompatible", "a birth date is missing; child or adult, they cannot be one person"),
        ),
    ),
    Field(
        "age_group",
        (
            MISSING,
            Level("both children", "both were referred as children"),
            Level("both adults", "both were referred as adults"),
            Level("child, later adult", "one was referred as a child, the other later as an adult"),
            Level("adult, later child", "one was referred as an adult, the other then or later as a child"),
        ),
    ),
    Field(
        "nationality",
        (
            MISSING,
            Level("same", "the nationalities are the same", by_frequency=True),
            Level("overlap", "the nationalities have one in common", by_frequency=True),
            Level("contested", "the nationalities are two that are often recorded for one person"),
            Level("lookalike", "the nationalities are neighbours in the form's list or look alike"),
            Level("different", "the nationalities differ"),
        ),
    ),
    Field(
        "gender",
        (
            MISSING,
            Level("same", "the genders are the same", by_frequency=True),
            Level("different", "the genders differ"),
        ),
    ),
    Field(
        "reference",
        (
            MISSING,
            Level("personal", "a Home Office or similar reference is the same"),
            Level("near", "two Home Office or similar references differ by a digit"),
            Level("police", "a police reference is the same"),
            Level("different", "references of the same kind differ"),
        ),
    ),
    Field(
        "contact",
        (
            MISSING,
            Level("phone or e-mail", "a telephone number or e-mail address is the same"),
            Level("near", "two telephone numbers or e-mail addresses differ by a character"),
            Level("postcode", "a postcode is the same"),
            Level("different", "contact details of the same kind differ"),
        ),
    ),
    Field(
        "town",
        (
            MISSING,
            Level("same", "the present towns are the same", by_frequency=True),
            Level("different", "the present towns differ"),
        ),
    ),
    Field(
        "birthplace",
        (
            MISSING,
            Level("same", "the places of birth have one in common", by_frequency=True),
            Level("different", "the places of birth differ"),
        ),
    ),
)
