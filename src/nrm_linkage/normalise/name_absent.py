"""Is a text a name at all? Placeholders, redactions and titles that stand where a name should be.

A box is read as missing when it has no letters; when it is a placeholder (`FNU`, `N/K`, `Not known`, `UNKNOWN
MALE`); when it is a pseudonym (`PV1`, `Child A`, `Operation Orca PV3`, `Female 2`) or bare initials (`JD`,
`AB`); or when it is a title and nothing else. The words are in `data/names_words.txt`. A few of them are
names somewhere (`Na`, `Nil`): on a form that demands a surname the placeholder is far more common. An alias
box keeps street names that are such words (`Baby`, `Man`).

What it does not do: it does not look inside a name for a placeholder beside it (names.py), nor at any other
box.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from nrm_linkage.normalise.name_tables import words
from nrm_linkage.normalise.name_text import fold

__all__ = ["CONSONANTS", "NO_LETTERS", "PLACEHOLDER", "REDACTED", "TITLE_ALONE", "WORD", "why_missing"]

PLACEHOLDER: Final = "a placeholder, not a name: read as missing"
REDACTED: Final = "a pseudonym or redaction, not a name: read as missing"
NO_LETTERS: Final = "no letters: read as missing"
TITLE_ALONE: Final = "a title with no name: read as missing"

WORD: Final = re.compile(r"[^\s\-/,;.&+=:*~^<>!#%$()\[\]{}\"]+")
CONSONANTS: Final = re.compile(r"[BCDFGHJKLMNPQRSTVWXZ]{2,3}")
_TWO_CAPITALS: Final = re.compile(r"[AEIOU][BCDFGHJKLMNPQRSTVWXZ]")
_DIGIT: Final = re.compile(r"\d")
_INITIALS: Final = re.compile(r"(?:[A-Za-z][.\s]*){2,3}")


# Two capitals that are whole names in their languages all the same (chosen by us).
_SHORT_NAMES: Final = frozenset(
    "NG MD AN AL AM ED EM EN EL IP OH ON AH UL UR UZ IR OR EK IM IV OK OM UM".split()
)


@cache
def _empty_words() -> frozenset[str]:
    """Words that name nobody; what folds to nothing is one."""
    kinds = ("placeholder", "placeholder_if_alone", "placeholder_with_others", "title")
    return frozenset({""}).union(*(words(kind) for kind in kinds))


@cache
def _codes() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """`PV1`, `Child A`, `Female 2` anywhere; and `Operation Orca PV3`, whose middle word is free."""
    roles = "|".join(sorted(words("role"), key=len, reverse=True))
    long_roles = "|".join(sorted((word for word in words("role") if len(word) > 1), key=len, reverse=True))
    between = r"[\s\-_.#:]"
    numbered = rf"(?:{roles}){between}*(?:no\.?|number)?{between}*\d+[a-z]?"
    code = rf"(?<!\w)(?:{numbered}|(?:{long_roles}){between}+[a-z])(?!\w)"
    operation = rf"(?:{'|'.join(sorted(words('code')))})\s+\w+.*(?:\d|\bpv\b|\bvictim\b|\bchild\b)"
    operation = rf"{operation}|(?:operation|op)\.?\s+\w+$"
    return re.compile(code, re.IGNORECASE), re.compile(operation, re.IGNORECASE)


@cache
def _coded_words() -> frozenset[str]:
    return words("role") | words("code")


def why_missing(text: str, *, alias: bool, whole: bool) -> str | None:
    """The issue when the whole box is no name at all."""
    bare = fold(text)
    if not bare:
        return NO_LETTERS
    if bare in words("placeholder") and not (alias and len(bare) == len(text) == 2):
        return PLACEHOLDER
    if text in ("nan", "<NA>", "NaT"):
        return PLACEHOLDER
    folded = [fold(match.group()) for match in WORD.finditer(text)]
    if not _coded_words().isdisjoint(folded) or _DIGIT.search(text):
        code, operation = _codes()
        rest = code.sub(" ", text)
        left = folded if rest == text else [fold(match.group()) for match in WORD.finditer(rest)]
        if operation.match(text) or (rest != text and _says_nothing(left)):
            return REDACTED
        folded = left
    else:
        rest = text
    if len(folded) == 1 and folded[0] in words("placeholder_with_others") and rest == text:
        return None
    if _says_nothing(folded):
        if alias and len(folded) == 1 and folded[0] in words("street_name"):
            return None
        return TITLE_ALONE if all(word in words("title") for word in folded) else PLACEHOLDER
    return REDACTED if not alias and _is_redaction(text, whole=whole) else None


def _says_nothing(folded: list[str]) -> bool:
    return _empty_words().issuperset(folded)


def _is_redaction(text: str, *, whole: bool) -> bool:
    """Bare initials: `JD`, `AB`, and in a box for the whole name `J.D.`; never `_SHORT_NAMES`."""
    if text in _SHORT_NAMES:
        return False
    if CONSONANTS.fullmatch(text) or _TWO_CAPITALS.fullmatch(text):
        return True
    return whole and len(text) > 2 and bool(_INITIALS.fullmatch(text)) and not re.search("[A-Za-z]{2}", text)
