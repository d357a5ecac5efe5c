"""What the library read in a referral, field by field, in words: for whoever asked for the values.

These are values of the record in another form, and go where those go and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from nrm_linkage.normalise.ages import AgeGroup
from nrm_linkage.normalise.calendars import ReadingKind
from nrm_linkage.normalise.date_kinds import DefaultDate
from nrm_linkage.normalise.gender import Gender
from nrm_linkage.normalise.names import NameRole
from nrm_linkage.tables import Days, Referrals, TokenLists

__all__ = ["as_read"]


def as_read(referrals: Referrals, row: int) -> Mapping[str, str | None]:
    """Compared field -> what a row holds, as text; None where nothing could be read. Fields of the caller's
    own, which read for themselves, are not there.
    """
    return {name: read(referrals, row) or None for name, read in _READ.items()}


def _names(referrals: Referrals, row: int, given: bool) -> str:
    bags = referrals.names
    start, end = bags.tokens.start[row : row + 2].tolist()
    words = []
    for at in range(start, end):
        role = NameRole(int(bags.role[at]))
        if (role in (NameRole.GIVEN, NameRole.ALIAS, NameRole.UNKNOWN)) == given:
            word = bags.tokens.texts[bags.tokens.token[at]]
            plain = role in (NameRole.GIVEN, NameRole.FAMILY)
            words.append(word if plain else f"{word} ({_word(role.name)})")
    return " ".join(words)


def _birth(referrals: Referrals, row: int) -> str:
    birth = referrals.birth
    said = _interval(birth.first, birth.last, row)
    if birth.unreal[row]:
        digits = f"{birth.unreal[row]:08}"
        said = f"{digits[:4]}-{digits[4:6]}-{digits[6:]}, which is no date of birth"
    default = DefaultDate(int(birth.default[row]))
    if said and default is not DefaultDate.NONE:
        said += f", on a day that may stand for an unknown one ({_word(default.name)})"
    kinds = list(ReadingKind)
    for column in range(birth.readings.shape[1]):
        day = birth.readings[row, column]
        if not np.isnat(day):
            said += f"; or {day} ({_word(kinds[column].name)})"
    return said


def _birth_by_age(referrals: Referrals, row: int) -> str:
    by_age = _interval(referrals.birth_by_age_first, referrals.birth_by_age_last, row)
    return _interval(referrals.birth.first, referrals.birth.last, row) or (by_age and f"{by_age}, by age")


def _interval(first: Days, last: Days, row: int) -> str:
    if np.isnat(first[row]) or np.isnat(last[row]):
        return ""
    return str(first[row]) if first[row] == last[row] else f"{first[row]} to {last[row]}"


def _age_group(referrals: Referrals, row: int) -> str:
    group = AgeGroup(int(referrals.age_group[row]))
    return "" if group is AgeGroup.MISSING else _word(group.name)


def _gender(referrals: Referrals, row: int) -> str:
    gender = Gender(int(referrals.gender[row]))
    return "" if gender is Gender.MISSING else _word(gender.name)


def _nationality(referrals: Referrals, row: int) -> str:
    return ", ".join(sorted(referrals.nationality.sets[referrals.nationality.code[row]]))


def _listed(part: Callable[[Referrals], TokenLists]) -> Callable[[Referrals, int], str]:
    def read(referrals: Referrals, row: int) -> str:
        lists = part(referrals)
        start, end = lists.start[row : row + 2].tolist()
        return ", ".join(lists.texts[token] for token in lists.token[start:end])

    return read


def _word(name: str) -> str:
    return name.lower().replace("_", " ")


_READ: Mapping[str, Callable[[Referrals, int], str]] = {
    "given_name": lambda referrals, row: _names(referrals, row, given=True),
    "other_name": lambda referrals, row: _names(referrals, row, given=False),
    "other_names": lambda referrals, row: _names(referrals, row, given=False),
    "date_of_birth": _birth,
    "birth_year": _birth_by_age,
    "birth_range": _birth_by_age,
    "age_group": _age_group,
    "nationality": _nationality,
    "gender": _gender,
    "reference": _listed(lambda referrals: referrals.references),
    "contact": _listed(lambda referrals: referrals.contacts),
    "town": _listed(lambda referrals: referrals.towns),
    "birthplace": _listed(lambda referrals: referrals.birthplaces),
}
