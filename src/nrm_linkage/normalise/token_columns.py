"""Columns of references and of contact details -> token lists, each distinct value read once.

Nearly all such values are one token in a common layout. `plain_reference`, `plain_phone` and `plain_postcode`
know those by one expression and answer with the token itself; only what they do not know goes through the
readers, and only that can have issues. The readers agree with them (`tests/normalise/test_token_columns.py`).

References get, beside each token, the number of a personal one by itself, as it is often written ("HO ref
A1234567" and "1234567" meet in `any:1234567`), and the referral's own NRM number where another referral
quotes it (`earlier`). Police numbers get neither: they belong to an investigation.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from nrm_linkage.normalise.contacts import (
    plain_phone,
    plain_postcode,
    read_email,
    read_phone,
    read_postcode,
)
from nrm_linkage.normalise.distinct import ReadColumn, distinct_values, flat_lists, merge_lists, row_starts
from nrm_linkage.normalise.earlier import own_numbers
from nrm_linkage.normalise.references import plain_reference, read_references
from nrm_linkage.tables import TokenLists

__all__ = ["contact_lists", "read_tokens", "reference_lists"]

Reading = TypeVar("Reading")
Columns = Mapping[str, tuple[pd.Series, ...]]
ReadColumns = list[tuple[str, ReadColumn[Any]]]

SHORTEST_NUMBER = 6
"""Digits of a reference that is taken for one without its letters (chosen by us; domain.md 1.2: seven and
up).
"""

_REFERENCES = ("home_office_reference", "police_reference", "reported_before_details")
_NOT_NUMBER = re.compile(r"[^0-9/]+")


def reference_lists(columns: Columns, n_rows: int) -> tuple[TokenLists, ReadColumns]:
    """The references of each row, and the columns as read, for their issues."""
    parts: list[TokenLists] = []
    reads: ReadColumns = []
    for name in _REFERENCES:
        for column in columns.get(name, ()):
            found, read = read_tokens(
                column, plain_reference, read_references, lambda reading: sorted(reading.tokens)
            )
            parts += [found, _numbers(found)]
            reads.append((name, read))
    if "referral_id" in columns:
        quoted = {text for part in parts for text in part.texts if text.startswith("nrm:")}
        parts.append(own_numbers(columns["referral_id"][0], quoted))
    return merge_lists(parts, n_rows), reads


def contact_lists(columns: Columns, n_rows: int) -> tuple[TokenLists, ReadColumns]:
    """Telephone numbers, e-mail addresses and postcodes of each row, of however many columns, and the columns
    as read.
    """
    parts: list[TokenLists] = []
    reads: ReadColumns = []
    for name, plain, read in (
        ("phone", plain_phone, read_phone),
        ("email", None, read_email),
        ("postcode", plain_postcode, read_postcode),
    ):
        for column in columns.get(name, ()):
            found, as_read = read_tokens(
                column, plain, read, lambda reading: (reading.token,) if reading.token else ()
            )
            parts.append(found)
            reads.append((name, as_read))
    return merge_lists(parts, n_rows, prefixes=[f"{name}:" for name, _ in reads]), reads


def read_tokens(
    column: pd.Series,
    plain: Callable[[object], str | None] | None,
    read: Callable[[object], Reading],
    tokens: Callable[[Reading], Sequence[str]],
) -> tuple[TokenLists, ReadColumn[Reading]]:
    """Token lists of a column's rows, and the column as read.

    Where `plain` gives a token for a value, that is the value's list and it is read as a missing one: it has
    no issues. `tokens` gives the list of any other reading.
    """
    codes, distinct = distinct_values(column)
    missing = read(None)
    readings = [missing] * (len(distinct) + 1)
    count = np.ones(len(distinct) + 1, dtype=np.int64)
    count[0] = 0
    held: list[str] = []
    known: Iterable[str | None] = map(plain, distinct) if plain is not None else [None] * len(distinct)
    for code, token in enumerate(known, start=1):
        if token is not None:
            held.append(token)
        else:
            reading = readings[code] = read(distinct[code - 1])
            found = tokens(reading)
            count[code] = len(found)
            held.extend(found)
    of_rows = (codes + 1).astype(np.int32)
    return flat_lists(held, count, of_rows), ReadColumn(codes=of_rows, readings=tuple(readings))


def _numbers(references: TokenLists) -> TokenLists:
    """The number of each personal reference by itself, as `any:` token, in the rows that hold it."""
    numbers = [_number(text) for text in references.texts]
    texts = sorted({number for number in numbers if number is not None})
    code_of = dict(zip(texts, range(len(texts)), strict=True))
    code = np.array([-1 if number is None else code_of[number] for number in numbers], dtype=np.int32)
    token = code[references.token] if len(code) else np.zeros(0, dtype=np.int32)
    held = token >= 0
    start = row_starts(references.row[held], len(references.start) - 1)
    return TokenLists(start=start, token=token[held], texts=tuple(texts))


def _number(token: str) -> str | None:
    """The `any:` token of a personal reference; of a port reference with a long last part, that part."""
    kind, _, text = token.partition(":")
    digits = text[1:] if kind == "ho" else text
    if kind == "police" or (kind == "any" and digits.isdecimal()):
        return None
    if not digits.isdecimal():
        digits = _NOT_NUMBER.sub("", text).strip("/")
        last = digits.rpartition("/")[2]
        digits = last if kind == "port" and len(last) >= SHORTEST_NUMBER else digits
    return f"any:{digits}" if len(digits) >= SHORTEST_NUMBER else None
