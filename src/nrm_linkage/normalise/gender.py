"""Gender, as recorded: never a hard block and never corrected from a name (domain.md 4.5).

Reads the form's and the export's words, legacy codes (`M/F/U/X`, `1/2/9`), titles that state it, and common
words. `unknown` is the form's own internal value for "They do not identify as male or female" (domain.md
1.1.1), but in an extract the word means "not known": it is read as missing. Two different statements in one
value are missing, with an issue.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final

from nrm_linkage.normalise.values import MISSING_WORDS, text_of, word_set

__all__ = ["Gender", "GenderReading", "read_gender"]


class Gender(IntEnum):
    """The recorded gender."""

    MISSING = 0
    FEMALE = 1
    MALE = 2
    OTHER = 3


@dataclass(frozen=True, slots=True)
class GenderReading:
    """The gender of one value."""

    gender: Gender = field(default=Gender.MISSING, repr=False)
    issues: tuple[str, ...] = ()


_WORDS: Final = (
    (
        Gender.FEMALE,
        word_set(
            "f female femal femle femaile femail fem woman women girl girls w lady mrs ms miss she her 2"
        ),
    ),
    (Gender.MALE, word_set("m male mal mail mael man men boy boys gentleman mr he him 1")),
    (
        Gender.OTHER,
        word_set(
            "other|x|non-binary|nonbinary|non binary|nb|intersex|indeterminate|gender fluid|genderfluid"
            "|agender|"
            "they do not identify as male or female|neither|third gender|hijra|does not identify as male "
            "or female|"
            "they|non-binary/third gender|prefer to self-describe|in another way|self-described"
        ),
    ),
)
_BY_WORD: Final = {word: gender for gender, words in _WORDS for word in words}
_NO_VALUE: Final = (MISSING_WORDS - {"x"}) | word_set("u|9|0|i|not recorded")
_TRANS: Final = re.compile(r"\b(?:trans(?:gender|sexual)?|mtf|ftm)\b[\s-]*")
_DENIED: Final = re.compile(r"\b(?:not|neither|non|isn't)\b[ -]?(?:a )?(?:fe)?male|\bnor\b")
_TOKEN: Final = re.compile(r"[^\W\d_]+")


def read_gender(value: object) -> GenderReading:
    """Read one gender. A trans woman or man has the gender stated; "trans" alone is `OTHER`.

    >>> [read_gender(value).gender.name for value in ("Female", "M", "Not Recorded")]
    ['FEMALE', 'MALE', 'MISSING']
    """
    text, problems = text_of(value)
    if text is None:
        return GenderReading(issues=problems)
    lower = text.casefold().rstrip(".")
    if (found := _BY_WORD.get(lower)) is not None:
        return GenderReading(found)
    if lower in _NO_VALUE:
        return GenderReading()
    return _from_words(lower) if len(lower) <= 80 else GenderReading(issues=("gender not recognised",))


def _from_words(lower: str) -> GenderReading:
    rest = _TRANS.sub("", lower).strip()
    if rest != lower and not rest:
        return GenderReading(Gender.OTHER)
    if rest in _BY_WORD:
        return GenderReading(_BY_WORD[rest])
    if _DENIED.search(rest):
        return GenderReading(issues=("gender not recognised",))
    stated = {_BY_WORD[word] for word in _TOKEN.findall(rest) if len(word) > 1 and word in _BY_WORD}
    if len(stated) == 1:
        return GenderReading(stated.pop())
    return GenderReading(issues=("more than one gender",) if stated else ("gender not recognised",))
