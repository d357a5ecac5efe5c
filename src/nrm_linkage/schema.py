"""Which of the caller's columns holds what, and the checks that a frame must pass before any work is done.

Headings are compared without case, spaces and punctuation against `schema_fields.csv`: our canonical names, the field names of the
referral form, the case system's export names (facts from the UKHomeOffice/modern-slavery repository, MIT), and the headings that
analysts use (chosen by us). `columns=` overrides recognition for the fields that it names. Two columns that would serve one field
are an error, never a guess. Error messages quote a heading only when it resembles a known one: in a file without a header line
the "headings" are a victim's record.

What is decided here, in this order: recognition; the referral id (`referral_id`, else `submission_id`, else row positions); the
canonical row order (by referral id, so that the caller's order changes nothing); technical duplicates (domain.md 3.3, T0).
It does not read values: that is `normalise`.
"""

from __future__ import annotations

import csv
import functools
import importlib.resources
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches

import numpy as np
import pandas as pd

from nrm_linkage.errors import InputError
from nrm_linkage.provenance import row_hashes
from nrm_linkage.tables import Int64s, RawReferrals

__all__ = ["FIELDS", "OUTPUT_COLUMNS", "Recognised", "arrange", "recognise"]

OUTPUT_COLUMNS = (
    "referral_id",
    "linkage_status",
    "cluster_id",
    "cluster_size",
    "confidence",
    "membership_probability",
    "technical_duplicate_of",
)
NAME_FIELDS = ("given_name", "family_name", "name", "alias")
REFERENCE_FIELDS = ("home_office_reference", "reported_before_details")


@functools.cache
def _field_table() -> dict[str, tuple[bool, tuple[str, ...]]]:
    """Canonical field -> (may be several columns, known headings). Static package data, no record's."""
    text = importlib.resources.files("nrm_linkage").joinpath("schema_fields.csv").read_text(encoding="utf-8")
    table = {}
    for row in csv.DictReader(text.splitlines()):
        headings = [row["field"], *row["form_names"].split("|"), *row["case_export_names"].split("|"), *row["headings"].split("|")]
        table[row["field"]] = (row["many"] == "yes", tuple(heading for heading in headings if heading))
    return table


def __getattr__(name: str) -> tuple[str, ...]:
    if name == "FIELDS":
        return tuple(_field_table())
    raise AttributeError(name)


FIELDS: tuple[str, ...]
"""The canonical fields, in the order of the table."""


def _plain(heading: object) -> str:
    """A heading without case, accents, spaces and punctuation: `Forename(s)` -> `forenames`."""
    text = unicodedata.normalize("NFKD", str(heading)).casefold()
    return "".join(character for character in text if character.isalnum())


@functools.cache
def _fields_by_plain_heading() -> dict[str, str]:
    return {_plain(heading): field for field, (_, headings) in _field_table().items() for heading in headings}


@dataclass(frozen=True)
class Recognised:
    """Which columns serve which field. `columns`: field -> the caller's column labels; `notes`: what was decided, in words."""

    columns: Mapping[str, tuple[object, ...]]
    given_by_caller: frozenset[str]
    n_unused: int
    notes: tuple[str, ...]


def recognise(frame: pd.DataFrame, columns: Mapping[str, object] | None = None) -> Recognised:
    """Find the column of every field, `columns` first, then by heading.

    Raises
    ------
    InputError
        A field that does not exist, a column that is not there, a mapping the wrong way round, two columns for one field, an
        output column's name among the input, or nothing to link on.

    Examples
    --------
    >>> found = recognise(pd.DataFrame(columns=["NRM reference", "FORENAME(S)", "Surname", "D.O.B."]))
    >>> found.columns["date_of_birth"]
    ('D.O.B.',)
    """
    chosen = _columns_given(frame, columns or {})
    taken = {label for labels in chosen.values() for label in labels}
    found: dict[str, list[object]] = {}
    for label in frame.columns:
        field = _fields_by_plain_heading().get(_plain(label))
        if field is not None and field not in chosen and label not in taken:
            found.setdefault(field, []).append(label)
    for field, labels in found.items():
        many, _ = _field_table()[field]
        if len(labels) > 1 and not many:
            listed = ", ".join(repr(label) for label in labels)
            raise InputError(
                f"{len(labels)} columns could be {field}: {listed}. Say which with columns={{{field!r}: {labels[0]!r}}}, "
                "or rename the others."
            )
    serving = {field: tuple(labels) for field, labels in found.items()} | chosen
    notes = _notes_and_checks(frame, serving)
    n_used = sum(len(labels) for labels in serving.values())
    return Recognised(
        columns={field: serving[field] for field in _field_table() if field in serving},
        given_by_caller=frozenset(chosen),
        n_unused=len(frame.columns) - n_used,
        notes=notes,
    )


def _columns_given(frame: pd.DataFrame, columns: Mapping[str, object]) -> dict[str, tuple[object, ...]]:
    """The caller's own mapping, checked."""
    chosen: dict[str, tuple[object, ...]] = {}
    fields = list(_field_table())
    present = list(frame.columns)
    for field, wanted in columns.items():
        labels = tuple(wanted) if isinstance(wanted, list | tuple) and wanted not in present else (wanted,)
        if field not in _field_table():
            if any(label in _field_table() for label in labels if isinstance(label, str)):
                raise InputError(
                    "columns= is the wrong way round: it maps our field to your column, "
                    f"for example columns={{{labels[0]!r}: {field!r}}}."
                )
            near = get_close_matches(str(field), fields, n=1) or [_fields_by_plain_heading().get(_plain(field), "")]
            hint = f" Did you mean {near[0]!r}?" if near[0] else f" The fields are: {', '.join(fields)}."
            raise InputError(f"columns= names a field that does not exist: {field!r}.{hint}")
        for label in labels:
            if label not in present:
                known = [str(other) for other in present if _plain(other) in _fields_by_plain_heading()]
                near = get_close_matches(str(label), known, n=1, cutoff=0.4)
                hint = f" Did you mean {near[0]!r}?" if near else " Check the spelling against your frame's columns."
                raise InputError(f"columns= says that {field} is in {label!r}, but the referrals have no such column.{hint}")
        if len(labels) > 1 and not _field_table()[field][0]:
            raise InputError(f"columns= gives {len(labels)} columns for {field}, which takes one.")
        chosen[field] = labels
    return chosen


def _notes_and_checks(frame: pd.DataFrame, serving: Mapping[str, tuple[object, ...]]) -> tuple[str, ...]:
    """Refuse frames that cannot be used; return what was decided, in words without values."""
    labels = list(frame.columns)
    for field, used in serving.items():
        for label in used:
            if labels.count(label) > 1:
                raise InputError(f"{labels.count(label)} columns are called {label!r} ({field}); give each its own name.")
    for name in OUTPUT_COLUMNS:
        if name in labels and serving.get("referral_id") != (name,):
            raise InputError(f"the referrals have a column {name!r}, which the result adds; rename yours.")
    if not any(field in serving for field in NAME_FIELDS + REFERENCE_FIELDS):
        raise InputError(
            "nothing to link on: no column was recognised as a name or a Home Office reference. "
            "Say which columns hold them, for example columns={'given_name': ..., 'family_name': ..., 'date_of_birth': ...}."
        )
    notes = []
    if "name" in serving and ("given_name" in serving or "family_name" in serving):
        notes.append("a whole-name column stands beside given or family name: it is read only where both of those are empty")
    if "referral_id" not in serving:
        notes.append(
            "no referral id column: the submission id serves as referral_id"
            if "submission_id" in serving
            else "no referral id column: row positions serve as referral_id; previous= and decisions= cannot be used"
        )
    if "referral_date" not in serving:
        notes.append("no referral date column: repeats are undated and period counts are not possible")
    return tuple(notes)


def arrange(frame: pd.DataFrame, recognised: Recognised) -> RawReferrals:
    """The recognised columns in canonical row order, with ids checked and technical duplicates marked.

    A technical duplicate is a repeated submission id, or a row equal to another in every recognised field other than the ids,
    referral date, date of birth and a name among them (domain.md 3.3, T0).

    Raises
    ------
    InputError
        A referral id is missing or repeated.
    """
    n_rows = len(frame)
    labels = recognised.columns
    submissions = frame[labels["submission_id"][0]].reset_index(drop=True) if "submission_id" in labels else None
    if "referral_id" in labels:
        ids = _checked_ids(frame[labels["referral_id"][0]].reset_index(drop=True), labels["referral_id"][0])
        order = _text_order(ids)
    elif submissions is not None:
        ids = _ids_from_submissions(submissions)
        order = _text_order(ids)
    else:
        ids = np.arange(n_rows, dtype=np.int64).astype(object)
        order = np.arange(n_rows, dtype=np.int64)
    columns = {
        field: tuple(frame[label].iloc[order].reset_index(drop=True) for label in used) for field, used in labels.items()
    }
    return RawReferrals(columns=columns, referral_id=ids[order], position=order, duplicate_of=_technical_duplicates(columns, n_rows))


def _checked_ids(column: pd.Series, label: object) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    n_missing = int(column.isna().sum())
    if n_missing:
        raise InputError(f"{n_missing} of {len(column)} rows have no referral id in {label!r}; give every row one, or drop the column.")
    ids = column.to_numpy(dtype=object)
    texts = pd.Series(ids, dtype=object).map(str)
    n_repeated = int(texts.duplicated().sum())
    if n_repeated:
        raise InputError(
            f"{n_repeated} of {len(column)} rows repeat a referral id in {label!r}; each referral needs its own. "
            "If the column identifies people or submissions, map it elsewhere with columns=."
        )
    return ids


def _ids_from_submissions(submissions: pd.Series) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    """The submission ids made unique: a repeat gets `#2`, `#3`, ...; a missing one is `row <position>`."""
    texts = [f"row {position}" if pd.isna(value) else str(value) for position, value in enumerate(submissions)]
    repeat = pd.Series(texts, dtype=object).groupby(texts).cumcount().to_numpy()
    named = [f"{text}#{count + 1}" if count else text for text, count in zip(texts, repeat, strict=True)]
    return np.array(named, dtype=object)


def _text_order(ids: np.ndarray[tuple[int], np.dtype[np.object_]]) -> Int64s:
    import pyarrow as pa
    import pyarrow.compute as pc

    texts = pa.array([str(value) for value in ids], type=pa.string())
    return np.asarray(pc.sort_indices(texts), dtype=np.int64)


def _technical_duplicates(columns: Mapping[str, tuple[pd.Series, ...]], n_rows: int) -> Int64s:
    """For each row the first row that it repeats for technical reasons, itself where there is none."""
    original = np.arange(n_rows, dtype=np.int64)
    if "submission_id" in columns:
        codes, _ = pd.factorize(columns["submission_id"][0], use_na_sentinel=True)
        original = _first_of_each(codes, codes >= 0)
    names = [columns[field][0] for field in NAME_FIELDS if field in columns]
    if names and "referral_date" in columns and "date_of_birth" in columns:
        complete = columns["referral_date"][0].notna() & columns["date_of_birth"][0].notna()
        complete &= pd.concat([name.notna() for name in names], axis=1).any(axis=1)
        same = [column for field in sorted(set(columns) - {"referral_id", "submission_id"}) for column in columns[field]]
        codes, _ = pd.factorize(row_hashes(same))
        by_content = _first_of_each(codes, complete.to_numpy(dtype=bool))
        original = np.minimum(original, by_content)
        original = original[original]
    return original


def _first_of_each(codes: np.ndarray[tuple[int], np.dtype[np.intp]], counts: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Int64s:
    """For each row the first row with its code; itself where it does not count."""
    first = np.arange(len(codes), dtype=np.int64)
    rows = np.flatnonzero(counts)
    if len(rows):
        groups = pd.Series(rows).groupby(codes[rows])
        first[rows] = groups.transform("min").to_numpy()
    return first
