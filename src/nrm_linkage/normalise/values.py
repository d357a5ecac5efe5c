"""One value of any type, as text or as missing: the first step of every reader in this room.

`text_of` turns a cell of a table into text that readers can match: NFKC, digits of every script as ASCII
digits, white space collapsed (line breaks stay), integral floats, as numbers or as text, without their `.0`.
`None`, NaN, NaT and pandas' NA are missing. A value of a type that no cell of a referral has (a list, an
object) is missing too, with an issue that says so: its `str()` is never called, because that may run code or
raise. Nothing here reads meaning into the text, and nothing here imports pandas or numpy.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from functools import cache
from importlib import resources
from itertools import groupby
from typing import Final

__all__ = ["MISSING_WORDS", "WRONG_TYPE", "data_rows", "text_of", "word_list", "word_set"]

WRONG_TYPE: Final = "not text, a number or a date"


def word_list(text: str) -> tuple[str, ...]:
    """The words of a text: between bars where it has any, otherwise between spaces. For tables in code."""
    return tuple(text.split("|")) if "|" in text else tuple(text.split())


def word_set(text: str) -> frozenset[str]:
    """The words of a text, as `word_list` splits it, as a set."""
    return frozenset(word_list(text))


MISSING_WORDS: Final = word_set(
    "|.|-|--|---|?|??|???|/|*|x|xx|xxx|nan|nat|none|null|nil|<na>|na|n/a|n.a.|n.a|n/k|nk|#n/a|#value!|#ref!|"
    "unknown|unk|u/k|not known|not recorded|not provided|not given|not stated|not specified|not applicable|"
    "not available|not disclosed|not supplied|not obtained|not answered|not specified or unknown|missing|"
    "blank|empty|tbc|tba|to be confirmed|no data|no information|prefer not to say|declined|refused|withheld|"
    "don't know|dont know|do not know|does not know|doesn't know|unclear|unsure|unspecified"
)
"""Casefolded wordings that mean "no value" in any field (domain.md 4.0 to 4.5; the list is ours)."""

LONG: Final = 200
"""Characters from which a text may have enough marks on one letter to matter (chosen by us: it changes no
result).
"""

_SPACES: Final = re.compile(r"\s*(\n)\s*|\s+")
_MISSING_TYPES: Final = frozenset({"NAType", "NaTType"})


def text_of(value: object) -> tuple[str | None, tuple[str, ...]]:
    """The text of one cell, and the issues met: `(None, ())` is a plain missing value.

    >>> text_of("  17/08\\u00a02006 "), text_of(2006.0), text_of(float("nan")), text_of([1])
    (('17/08 2006', ()), ('2006', ()), (None, ()), (None, ('not text, a number or a date',)))
    """
    if type(value) is str:
        return _clean(value), ()
    if value is None or type(value).__name__ in _MISSING_TYPES:
        return None, ()
    if isinstance(value, str):
        return _clean(str.__str__(value)), ()
    if isinstance(value, int):
        return _text_of_integer(value)
    if isinstance(value, float):
        return _number_text(float(value)), ()
    if isinstance(value, (dt.datetime, dt.date)):
        return type(value).isoformat(value), ()
    if isinstance(value, (bytes, bytearray)):
        return _clean(bytes(value).decode("utf-8", errors="replace")), ()
    return _text_of_scalar(value)


def _text_of_integer(value: int) -> tuple[str | None, tuple[str, ...]]:
    """Python refuses to print integers of some thousand digits, and no field has one of more than twenty."""
    if type(value) is bool:
        return str(value), ()
    return (int.__repr__(value), ()) if abs(value) < 10**20 else (None, (WRONG_TYPE,))


def _number_text(value: float) -> str | None:
    if value != value:
        return None
    return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)


def _text_of_scalar(value: object) -> tuple[str | None, tuple[str, ...]]:
    """Numpy scalars, by their own conversion; decimal numbers; nothing else."""
    kind = type(value)
    if kind.__module__ == "numpy":
        if kind.__name__ == "datetime64":
            text = str(value)  # ISO text at the scalar's own unit; its .item() is an integer for nanoseconds
            return (None if text == "NaT" else text), ()
        item = getattr(value, "item", None)
        plain = item() if callable(item) and getattr(value, "ndim", 1) == 0 else None
        if isinstance(plain, (str, bytes, bool, int, float)):
            return text_of(plain)
    if kind.__module__ == "decimal" and kind.__name__ == "Decimal":
        text = str(value)
        return (None if "nan" in text.lower() else text), ()
    return None, (WRONG_TYPE,)


def _clean(text: str) -> str:
    if text.isascii():
        text = text.strip()
        text = _SPACES.sub(_one_space, text) if "  " in text or not text.isprintable() else text
    else:
        text = unicodedata.normalize("NFKC", _marks_in_order(text) if len(text) > LONG else text)
        text = "".join(map(_plain, text)) if not text.isascii() else text
        text = _SPACES.sub(_one_space, text).strip()
    return text[:-2] if text.endswith(".0") and text[:-2].isdecimal() else text


def _marks_in_order(text: str) -> str:
    """The same text with the marks of each letter in their canonical order, which leaves NFKC as it is.

    Normalising puts them in order one by one, in a time that is the square of their number; sorted they cost
    nothing more.
    """
    runs = groupby(text, key=lambda character: unicodedata.combining(character) > 0)
    return "".join(
        part for marks, run in runs for part in (sorted(run, key=unicodedata.combining) if marks else run)
    )


def _one_space(run: re.Match[str]) -> str:
    return run[1] or " "


def _plain(character: str) -> str:
    """ASCII digits for digits of other scripts, one kind of dash and quote, no marks of direction."""
    if character.isascii():
        return character
    category = unicodedata.category(character)
    if category == "Nd":
        return str(unicodedata.decimal(character))
    if category == "Pd" or character == "\u2212":
        return "-"
    if category == "Cf":
        return ""
    return "'" if character in "\u2018\u2019\u02bc\u02bb\u0060\u00b4" else character


@cache
def data_rows(name: str) -> tuple[tuple[str, ...], ...]:
    """The rows below the header of a table in this room's `data` folder. Not personal data, so it may be
    kept.

    No cell of these tables holds a comma, a quote or a line break, and the tests hold the tables to that.
    """
    text = resources.files("nrm_linkage.normalise").joinpath("data", name).read_text(encoding="utf-8")
    return tuple(tuple(line.split(",")) for line in text.splitlines()[1:] if line)
