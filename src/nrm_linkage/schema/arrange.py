"""The recognised columns in canonical order: ids checked, technical duplicates marked.

In this order: the referral id (`referral_id`, else `submission_id`, else row positions); the canonical row
order (by referral id, so that the caller's order changes nothing); technical duplicates (domain.md 3.3, T0).
An id that is empty, blank or a word for nothing ("N/A") is missing. It does not read other values: that is
`normalise`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from nrm_linkage.errors import InputError
from nrm_linkage.provenance import fingerprint_of_rows, row_hashes
from nrm_linkage.schema.birth_parts import with_date_of_birth
from nrm_linkage.schema.headings import NAME_FIELDS, Recognised, field_table, known_heading, plain
from nrm_linkage.tables import Int64s, Mask, RawReferrals

__all__ = ["arrange", "without_id"]

_NO_ID = frozenset(
    [
        *("", "na", "nan", "nat", "none", "null", "nil", "unknown", "notknown", "notavailable"),
        *("notapplicable", "missing", "blank", "pending", "tbc", "tba", "noreference", "noref"),
    ]
)
"""What stands in id columns where there is no id, compared without case and punctuation."""

_ID_FIELDS = frozenset({"referral_id", "submission_id"})

_DIGIT = re.compile("[0-9]")


def arrange(frame: pd.DataFrame, recognised: Recognised) -> RawReferrals:
    """The recognised columns in canonical row order, with ids checked and technical duplicates marked.

    A technical duplicate is a repeated submission id, or a row equal to another in every recognised field
    other than the ids, referral date, date of birth and a name among them (domain.md 3.3, T0).

    Raises
    ------
    InputError
        A referral id is missing or repeated.
    """
    n_rows = len(frame)
    columns = with_date_of_birth(
        {field: _columns_of(frame, field, used) for field, used in recognised.columns.items()}
    )
    submissions = columns["submission_id"][0] if "submission_id" in columns else None
    named, said = (_columns_in_order(columns, of_ids=of_ids) for of_ids in (True, False))
    content = row_hashes(said, np.zeros(n_rows, dtype=np.uint64))
    if "referral_id" in columns:
        ids = _checked_ids(columns["referral_id"][0], recognised.columns["referral_id"][0])
        order = _text_order(ids)
    elif submissions is not None:
        ids = _ids_from_submissions(submissions, content)
        order = _text_order(ids)
    else:
        ids = np.arange(n_rows, dtype=np.int64).astype(object)
        order = np.arange(n_rows, dtype=np.int64)
    columns = {
        field: tuple(column.iloc[order].reset_index(drop=True) for column in used)
        for field, used in columns.items()
    }
    return RawReferrals(
        columns=columns,
        referral_id=ids[order],
        position=order,
        duplicate_of=_technical_duplicates(columns, content[order]),
        fingerprint=fingerprint_of_rows(row_hashes(named, content)),
    )


def _columns_in_order(columns: Mapping[str, tuple[pd.Series, ...]], *, of_ids: bool) -> list[pd.Series]:
    """The columns of ids, or all others, whatever their order in the frame."""
    return [
        column for field in sorted(columns) if (field in _ID_FIELDS) == of_ids for column in columns[field]
    ]


def _columns_of(frame: pd.DataFrame, field: str, labels: Sequence[object]) -> tuple[pd.Series, ...]:
    """The columns of a field; those of a "joined" field, or one of "words", as one column of text."""
    columns = tuple(frame[label].reset_index(drop=True) for label in labels)
    between = {"joined": "; ", "words": " "}.get(field_table()[field].many)
    if len(columns) < 2 or between is None:
        return columns
    filled = [column.astype(object).where(_holds(column), None) for column in columns]
    joined = [
        between.join(str(part) for part in parts if part is not None) or None
        for parts in zip(*filled, strict=True)
    ]
    return (pd.Series(joined, dtype=object),)


def _holds(column: pd.Series) -> Mask:
    """Where a column holds something: neither missing nor blank text."""
    return _where(column, lambda value: not (isinstance(value, str) and not value.strip()))


def _holds_id(column: pd.Series) -> Mask:
    """Where an id column holds an id, and not a word for nothing."""
    # A digit stays one however plain the text is made, and no word for nothing has any.
    return _where(
        column,
        lambda value: not isinstance(value, str) or bool(_DIGIT.search(value)) or plain(value) not in _NO_ID,
    )


def without_id(column: pd.Series) -> int:
    """How many rows of an id column hold no id."""
    return int((~_holds_id(column)).sum())


def _where(column: pd.Series, holds: Callable[[object], bool]) -> Mask:
    """Rows whose value is not missing and passes. Each distinct value is asked once."""
    values = column.to_numpy(dtype=object)
    try:
        codes, values = pd.factorize(values, use_na_sentinel=True)
    except TypeError:  # lists and other values that cannot be hashed are asked one by one
        codes = np.where(column.notna(), np.arange(len(values)), -1)
    passes = np.fromiter(map(holds, values), dtype=np.bool_, count=len(values))
    return np.append(passes, False)[codes]


def _checked_ids(column: pd.Series, label: object) -> npt.NDArray[np.object_]:
    where = f" in {label!r}" if known_heading(label) else ""
    n_missing = without_id(column)
    if n_missing:
        raise InputError(
            f"{n_missing} of {len(column)} rows have no referral id{where}; give every row one, or "
            "leave the column "
            "out with columns={'referral_id': None}."
        )
    ids = column.to_numpy(dtype=object)
    n_repeated = int(pd.Series(ids, dtype=object).map(str).duplicated().sum())
    if n_repeated:
        raise InputError(
            f"{n_repeated} of {len(column)} rows repeat a referral id{where}; each referral needs its "
            "own. If the "
            "column identifies people, leave it out with columns={'referral_id': None}; if it identifies "
            "submissions, map it to submission_id."
        )
    return ids


def _ids_from_submissions(submissions: pd.Series, content: npt.NDArray[np.uint64]) -> npt.NDArray[np.object_]:
    """The submission ids made unique: a repeat gets `#2`, `#3`, ... in an order that its content decides, and
    a missing one is `row <position>`."""
    held = _holds_id(submissions)
    texts = np.array(
        [
            str(value) if known else f"row {row}"
            for row, (value, known) in enumerate(zip(submissions, held, strict=True))
        ],
        dtype=object,
    )
    in_order = np.argsort(content, kind="stable")
    repeat = np.zeros(len(texts), dtype=np.int64)
    repeat[in_order] = pd.Series(texts[in_order], dtype=object).groupby(texts[in_order]).cumcount().to_numpy()
    taken = set(texts.tolist())
    for row in in_order[repeat[in_order] > 0].tolist():
        count = int(repeat[row]) + 1
        while (named := f"{texts[row]}#{count}") in taken:
            count += 1
        taken.add(named)
        texts[row] = named
    return texts


def _text_order(ids: npt.NDArray[np.object_]) -> Int64s:
    """Positions that sort ids by the code points of their text."""
    import pyarrow as pa
    import pyarrow.compute as pc

    texts = pa.array([str(value).encode("utf-8", "surrogatepass") for value in ids], type=pa.binary())
    return np.asarray(pc.sort_indices(texts), dtype=np.int64)


def _technical_duplicates(
    columns: Mapping[str, tuple[pd.Series, ...]], content: npt.NDArray[np.uint64]
) -> Int64s:
    """For each row the first row that it repeats for technical reasons, itself where there is none.
    `content`: hashes of the rows without their ids.
    """
    same_as = []
    if "submission_id" in columns:
        submissions = columns["submission_id"][0]
        codes, _ = pd.factorize(submissions.astype(object).map(str))
        same_as.append(_first_of_each(codes, _holds_id(submissions)))
    names = [columns[field][0] for field in NAME_FIELDS if field in columns]
    if names and "referral_date" in columns and "date_of_birth" in columns:
        complete = _holds(columns["referral_date"][0]) & _holds(columns["date_of_birth"][0])
        complete &= np.logical_or.reduce([_holds(name) for name in names])
        codes, _ = pd.factorize(content)
        same_as.append(_first_of_each(codes, complete))
    return _first_of_groups(same_as, len(content))


def _first_of_each(codes: npt.NDArray[np.intp], counts: Mask) -> Int64s:
    """For each row the first row with its code; itself where it does not count."""
    first = np.arange(len(codes), dtype=np.int64)
    rows = np.flatnonzero(counts)
    if len(rows):
        groups = pd.Series(rows).groupby(codes[rows])
        first[rows] = groups.transform("min").to_numpy()
    return first


def _first_of_groups(same_as: Sequence[Int64s], n_rows: int) -> Int64s:
    """For each row the first of all rows that it is tied to, directly or through others."""
    first = np.arange(n_rows, dtype=np.int64)
    while True:
        before = first.copy()
        for tied in same_as:
            np.minimum.at(first, tied, first.copy())
            first = np.minimum(first, first[tied])
        if np.array_equal(first, before):
            return first
