"""The lines of a pair's evidence: what each field is read from, and what a line says.

A field's line holds its level in words, m and u, what the rarity of the very values adds to the level's own
bits, and the bits. Lines that are no field (`BESIDE_FIELDS`) say what fields share with one another. Values
come in only when they are asked for: as recorded, and as the library read them.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from nrm_linkage.compare import FIELDS, Field, Level
from nrm_linkage.compare.fields import MISSING
from nrm_linkage.model import LinkageModel
from nrm_linkage.tables import Referrals

__all__ = ["BESIDE_FIELDS", "RECORDED_FOR", "RECORDED_IN", "EvidenceLine", "field_line", "line_of_level"]

RECORDED_IN: Mapping[str, tuple[str, ...]] = {
    "given_name": ("given_name", "middle_names", "name", "alias"),
    "other_name": ("middle_names", "family_name", "name"),
    "other_names": ("middle_names", "family_name", "name"),
    "date_of_birth": ("date_of_birth",),
    "birth_year": ("date_of_birth", "age_at_referral"),
    "birth_range": ("age_group", "age_at_referral", "date_of_birth"),
    "age_group": ("age_group", "age_at_referral", "date_of_birth"),
    "nationality": ("nationality", "second_nationality"),
    "gender": ("gender",),
    "reference": ("home_office_reference", "police_reference", "reported_before_details"),
    "contact": ("phone", "email", "postcode"),
    "town": ("town",),
    "birthplace": ("birthplace",),
}
"""The input fields that each compared field is read from."""

RECORDED_FOR = "compare= "
"""Before the name of a field of the caller's own, among the columns as recorded."""

NOT_COMPARED = Level(
    "not compared",
    "the caller's own feature is not there any more, and the pair stands in no saved link",
)
"""The level of a field of the caller's own in a run that was loaded, for a pair without a saved link."""

BESIDE_FIELDS: Mapping[str, tuple[str, str]] = {
    "gender_of_name": (
        "dependence",
        "a given name tells the gender: of two that agree, one says little more",
    ),
    "name_and_nationality": (
        "dependence",
        "how common the names are among people of their nationality or nationalities, not among all",
    ),
    "birth_and_group": (
        "dependence",
        "how often births agree among people of one community and age group, not among all",
    ),
    "place_and_nationality": (
        "dependence",
        "how common the places are among people of the nationality or nationalities recorded, not among all",
    ),
    "repeats_of_group": (
        "base rate",
        "how often people of this community, and of this gender and age, are referred again, against all",
    ),
    "relatives": ("discount", "relatives and co-victims agree like this too"),
    "namesakes": ("discount", "people agree in such names without being one person"),
    "lookalikes": (
        "discount",
        "strangers of one name are given the same stand-in date of birth, and their records look alike",
    ),
}
"""Evidence lines that are not fields, their level, and what they say."""

Recorded = Mapping[str, tuple[pd.Series, ...]]


@dataclass(frozen=True)
class EvidenceLine:
    """One line. `m`: among referrals of one person, how often they agree like this; `u`: among any two
    strangers, on these very values where a frequency says so (`by_frequency`): what a shared nationality or
    age group adds is a line of its own; both None where a value is missing, and for
    discounts. `frequency_bits`: of `bits`, what the rarity of these values adds to what the level is worth on
    average; 0 where no frequency says anything. `left`, `right`: the values as recorded, and `left_read`,
    `right_read`, as they were read; None unless asked for.
    """

    field: str
    level: str
    sentence: str
    bits: float
    m: float | None
    u: float | None
    by_frequency: bool
    frequency_bits: float = 0.0
    left: Mapping[str, str] | None = dataclasses.field(default=None, repr=False)
    right: Mapping[str, str] | None = dataclasses.field(default=None, repr=False)
    left_read: str | None = dataclasses.field(default=None, repr=False)
    right_read: str | None = dataclasses.field(default=None, repr=False)

    @property
    def idle(self) -> bool:
        """Whether the line says nothing: a value is missing, or nothing is shared with other lines that would
        be seen at one decimal.
        """
        return self.level == MISSING.name or (self.field in BESIDE_FIELDS and abs(self.bits) < 0.05)

    def to_dict(self, *, sentences: bool, values: bool) -> dict[str, Any]:
        """Plain values, ready for JSON."""
        entry: dict[str, Any] = {
            "field": self.field,
            "level": self.level,
            "bits": self.bits,
            "m": self.m,
            "u": self.u,
            "by_frequency": self.by_frequency,
            "frequency_bits": self.frequency_bits,
        }
        if sentences:
            entry["sentence"] = self.sentence
        if values:
            entry |= {"left": dict(self.left or {}), "right": dict(self.right or {})}
            entry |= {"left_read": self.left_read, "right_read": self.right_read}
        return entry


def line_of_level(number: int, level: int, referrals: Referrals, model: LinkageModel) -> Level:
    """A level of a field as this pair's explanation gives it."""
    if number >= len(FIELDS) and referrals.extra is None:
        return NOT_COMPARED
    compared = model.fields[number]
    instead = ", ".join(own.name for own in model.extra if compared.name in own.replaces)
    found = compared.levels[level]
    return dataclasses.replace(found, sentence=f"{instead} stands in its place") if instead else found


def field_line(
    compared: Field,
    said: Level,
    stranger_log2_u: float,
    bits: float,
    by_frequency: bool,
    model: LinkageModel,
    values: tuple[Recorded, tuple[str | None, str | None]] | None,
) -> EvidenceLine:
    """The line of a field. `values`: the two rows as recorded, and this field of both as read."""
    # m follows from the line itself, so that it is that of the pair's own community.
    u = None if said.name in (MISSING.name, NOT_COMPARED.name) else 2.0**stranger_log2_u
    of_level = model.u[compared.name][said.name] if by_frequency and u is not None else 0.0
    recorded, (left_read, right_read) = values if values is not None else (None, (None, None))
    return EvidenceLine(
        field=compared.name,
        level=said.name,
        sentence=said.sentence,
        bits=bits,
        m=u * 2.0**bits if u is not None else None,
        u=u,
        by_frequency=by_frequency,
        frequency_bits=math.log2(of_level) - stranger_log2_u if of_level else 0.0,
        left=None if recorded is None else _values(compared.name, recorded, 0),
        right=None if recorded is None else _values(compared.name, recorded, 1),
        left_read=left_read,
        right_read=right_read,
    )


def _values(name: str, recorded: Recorded, row: int) -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for column in RECORDED_IN.get(name, (RECORDED_FOR + name,)):
        for series in recorded.get(column, ()):
            value = series.iloc[row]
            if not pd.isna(value):
                called = column if name in RECORDED_IN else str(series.name)
                found.setdefault(called, []).append(str(value))
    return {called: "; ".join(values) for called, values in found.items()}
