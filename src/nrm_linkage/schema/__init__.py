"""Which of the caller's columns holds what, and the checks that a frame must pass before any work is done."""

from __future__ import annotations

from nrm_linkage.schema.arrange import arrange
from nrm_linkage.schema.extracts import Extended, check_ids_outlast, extended
from nrm_linkage.schema.headings import OUTPUT_COLUMNS, Recognised, field_table, recognise

__all__ = [
    "FIELDS",
    "OUTPUT_COLUMNS",
    "Extended",
    "Recognised",
    "arrange",
    "check_ids_outlast",
    "extended",
    "recognise",
]


def __getattr__(name: str) -> tuple[str, ...]:
    if name == "FIELDS":
        return tuple(field_table())
    raise AttributeError(name)


FIELDS: tuple[str, ...]
"""The canonical fields, in the order of the table."""
