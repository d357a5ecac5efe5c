"""Which of the caller's columns holds what, and the checks that a frame must pass before any work is done.

Headings are compared without case, accents, spaces and punctuation against `schema_fields.csv`: our canonical
names, the field names of the referral form, the case system's export names (facts from the
UKHomeOffice/modern-slavery repository, MIT), and the headings that analysts use (chosen by us). A heading
about the person may name him ("PV surname", "Date of birth of victim"). A weak heading ("ID", "Name",
"Created date") serves only where no plain one does, and the report says that it was passed over. Two columns
that could equally serve one field are an error, never a guess; pandas' own renaming of a repeated heading
(`DOB.1`) counts as that heading. `columns=` overrides recognition for the fields that it names; None there
leaves a field out.

Error messages quote a heading only when it is one that we know: in a file without a header line the
"headings" are a victim's record.

What is decided here, in this order: recognition; the referral id (`referral_id`, else `submission_id`, else
row positions); the canonical row order (by referral id, so that the caller's order changes nothing);
technical duplicates (domain.md 3.3, T0). An id that is empty, blank or a word for nothing ("N/A") is missing.
It does not read other values: that is `normalise`.
"""

from __future__ import annotations

import csv
import functools
import importlib.resources
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

import numpy as np
import numpy.typing as npt
import pandas as pd

from nrm_linkage.errors import InputError
from nrm_linkage.provenance import row_hashes
from nrm_linkage.tables import Int64s, Mask, RawReferrals

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

PERSONAL_FIELDS = (
    *NAME_FIELDS,
    *("date_of_birth", "age_at_referral", "age_group", "gender", "nationality", "second_nationality"),
    *("birthplace", "home_office_reference", "phone", "email", "postcode"),
)
"""Fields whose headings may say whose they are: "PV surname"."""
_PERSON = tuple("pv victim potentialvictim person individual client subject customer serviceuser".split())
_PERSON_WORDS = (*_PERSON, *(f"of{word}" for word in _PERSON), *(f"ofthe{word}" for word in _PERSON))

_NO_ID = frozenset(
    [
        *("", "na", "nan", "nat", "none", "null", "nil", "unknown", "notknown", "notavailable"),
        *("notapplicable", "missing", "blank", "pending", "tbc", "tba", "noreference", "noref"),
    ]
)
"""What stands in id columns where there is no id, compared without case and punctuation."""

_SHORTEST_QUOTED = 8
"""A heading that is only like a known one is quoted from this many letters on; a short surname is too easily
like a short heading."""


@dataclass(frozen=True)
class _Field:
    """`many`: "no", "yes" (several columns), or "joined" (several columns whose texts are read as one)."""

    many: str
    headings: tuple[str, ...]
    weak_headings: tuple[str, ...]


@functools.cache
def _field_table() -> dict[str, _Field]:
    """Canonical field -> how it is recognised. Static package data, no record's."""
    text = importlib.resources.files("nrm_linkage").joinpath("schema_fields.csv").read_text(encoding="utf-8")
    table = {}
    for row in csv.DictReader(text.splitlines()):
        plain = [row["field"], *(row[part] for part in ("form_names", "case_export_names", "headings"))]
        table[row["field"]] = _Field(row["many"], _split("|".join(plain)), _split(row["weak_headings"]))
    return table


def _split(headings: str) -> tuple[str, ...]:
    return tuple(heading for heading in headings.split("|") if heading)


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
def _known_headings() -> dict[str, tuple[str, bool]]:
    """Plain heading -> its field, and whether it is a weak one."""
    known: dict[str, tuple[str, bool]] = {}
    for field, how in _field_table().items():
        for weak, headings in ((False, how.headings), (True, how.weak_headings)):
            for heading in headings:
                known[_plain(heading)] = (field, weak)
    for field in PERSONAL_FIELDS:
        how = _field_table()[field]
        for weak, headings in ((False, how.headings), (True, how.weak_headings)):
            for heading in headings:
                for word in _PERSON_WORDS:
                    known.setdefault(word + _plain(heading), (field, weak))
                    known.setdefault(_plain(heading) + word, (field, weak))
    return known


def _known(heading: object) -> tuple[str, bool] | None:
    """The field of a heading that we know, and whether it is a weak one."""
    known = _known_headings()
    return known.get(_plain(heading)) or known.get(_plain(re.sub(r"\.\d+$", "", str(heading))))


def _quoted(heading: object) -> str:
    """A heading for an error message: itself where it is, or resembles, one that we know."""
    plain = _plain(heading)
    like = _known(heading) is not None or (
        len(plain) >= _SHORTEST_QUOTED and get_close_matches(plain, list(_known_headings()), n=1, cutoff=0.85)
    )
    return repr(heading) if like else "that name"


@dataclass(frozen=True)
class Recognised:
    """Which columns serve which field.

    `columns`: field -> the caller's column labels; `given_by_caller`: fields that `columns=` named;
    `n_unused`: columns that serve no field; `notes`: what was decided, in words.
    """

    columns: Mapping[str, tuple[object, ...]]
    given_by_caller: frozenset[str]
    n_unused: int
    notes: tuple[str, ...]


def recognise(
    frame: pd.DataFrame, columns: Mapping[str, object] | None = None, *, by_heading: bool = True
) -> Recognised:
    """Find the column of every field, `columns` first, then by heading.

    `columns` maps a field to a column label, to a list of labels for the fields that take several, or to None
    for a field that no column holds. Without `by_heading` there are no other columns than those: so is an
    earlier recognition repeated.

    Raises
    ------
    InputError
        A field that does not exist, a column that is not there, a mapping the wrong way round, two columns
        for one field, an output column's name among the input, column labels of several levels, or nothing to
        link on.

    Examples
    --------
    >>> found = recognise(pd.DataFrame(columns=["NRM reference", "FORENAME(S)", "Surname", "D.O.B."]))
    >>> found.columns["date_of_birth"]
    ('D.O.B.',)
    """
    if isinstance(frame.columns, pd.MultiIndex):
        raise InputError(
            "the referrals have column labels of several levels; give each column one label, for "
            "example with "
            "frame.columns = ['_'.join(map(str, label)) for label in frame.columns]."
        )
    chosen = _columns_given(frame, columns or {})
    found, passed_over = _columns_found(frame, chosen) if by_heading else ({}, [])
    serving = found | {field: labels for field, labels in chosen.items() if labels}
    _check(frame, serving)
    n_unused = len(frame.columns) - sum(len(labels) for labels in serving.values())
    return Recognised(
        columns={field: serving[field] for field in _field_table() if field in serving},
        given_by_caller=frozenset(chosen),
        n_unused=n_unused,
        notes=_notes(serving, passed_over, n_unused),
    )


def _columns_given(frame: pd.DataFrame, columns: Mapping[str, object]) -> dict[str, tuple[object, ...]]:
    """The caller's own mapping, checked; a field that he leaves out has no labels."""
    if not isinstance(columns, Mapping):
        raise InputError(
            "columns= must map fields to your columns, for example columns={'date_of_birth': 'Born'}."
        )
    chosen: dict[str, tuple[object, ...]] = {}
    present = list(frame.columns)
    for field, wanted in columns.items():
        labels = _labels_of(wanted, present)
        if field not in _field_table():
            raise InputError(_no_such_field(field, labels))
        if wanted is None and None not in present:
            chosen[field] = ()
            continue
        for label in labels:
            if label not in present:
                raise InputError(_no_such_column(field, label, present))
        if len(labels) != 1 and (not labels or _field_table()[field].many == "no"):
            raise InputError(f"columns= gives {len(labels)} columns for {field}, which takes one.")
        chosen[field] = labels
    used = [label for labels in chosen.values() for label in labels]
    for field, labels in chosen.items():
        if any(used.count(label) > 1 for label in labels):
            raise InputError(f"columns= gives one column to {field} and to another field; give each its own.")
    return chosen


def _labels_of(wanted: object, present: Sequence[object]) -> tuple[object, ...]:
    """One label, or the labels of a list; a tuple may be either."""
    if isinstance(wanted, tuple) and any(label == wanted for label in present):
        return (wanted,)
    return tuple(wanted) if isinstance(wanted, list | tuple) else (wanted,)


def _no_such_field(field: object, labels: Sequence[object]) -> str:
    if any(isinstance(label, str) and label in _field_table() for label in labels):
        return (
            "columns= is the wrong way round: it maps our field to your column, "
            f"for example columns={{{labels[0]!r}: {_quoted(field) if _known(field) else 'your column'}}}."
        )
    known = _known(field)
    near = [known[0]] if known else get_close_matches(str(field), list(_field_table()), n=1)
    hint = f" Did you mean {near[0]!r}?" if near else f" The fields are: {', '.join(_field_table())}."
    return f"columns= names a field that does not exist: {_quoted(field)}.{hint}"


def _no_such_column(field: str, label: object, present: Sequence[object]) -> str:
    known = [str(other) for other in present if _known(other) is not None]
    near = [other for other in known if _plain(other) == _plain(label)] or get_close_matches(
        str(label), known, n=1, cutoff=0.4
    )
    hint = f" Did you mean {near[0]!r}?" if near else " Check the spelling against your frame's columns."
    return f"columns= says that {field} is in {_quoted(label)}, but the referrals have no such column.{hint}"


def _columns_found(
    frame: pd.DataFrame, chosen: Mapping[str, tuple[object, ...]]
) -> tuple[dict[str, tuple[object, ...]], list[str]]:
    """Columns recognised by heading for the fields that the caller did not name, and where weak ones gave
    way."""
    taken = [label for labels in chosen.values() for label in labels]
    by_strength: dict[str, tuple[list[object], list[object]]] = {}
    for label in frame.columns:
        known = _known(label)
        if known is not None and known[0] not in chosen and label not in taken:
            by_strength.setdefault(known[0], ([], []))[known[1]].append(label)
    found, passed_over = {}, []
    for field, (plain, weak) in by_strength.items():
        labels = plain or weak
        if len(labels) > 1 and _field_table()[field].many == "no":
            listed = ", ".join(repr(label) for label in labels)
            raise InputError(
                f"{len(labels)} columns could be {field}: {listed}. Say which with "
                f"columns={{{field!r}: {labels[0]!r}}}, or rename the others."
            )
        if plain and weak:
            passed_over.append(field)
        found[field] = tuple(sorted(labels, key=str))
    return found, passed_over


def _check(frame: pd.DataFrame, serving: Mapping[str, tuple[object, ...]]) -> None:
    """Refuse frames that cannot be used."""
    labels = [str(label) for label in frame.columns]
    for field, used in serving.items():
        for label in used:
            count = labels.count(str(label))
            if count > 1:
                called = f"are called {label!r}" if _known(label) else "bear the name of the column for"
                raise InputError(f"{count} columns {called} {field}; give each its own name.")
    for name in OUTPUT_COLUMNS:
        if name in labels and not (name == "referral_id" and serving.get("referral_id") == (name,)):
            raise InputError(
                f"the referrals have a column {name!r}, which the result adds; rename yours, or drop "
                "it where it "
                "comes from an earlier linkage."
            )
    if not any(field in serving for field in NAME_FIELDS + REFERENCE_FIELDS):
        raise InputError(
            "nothing to link on: no column was recognised as a name or a Home Office reference. Say "
            "which columns "
            "hold them, for example columns={'given_name': ..., 'family_name': ..., 'date_of_birth': "
            "...}; a file "
            "without a header line needs its headings first."
        )


def _notes(
    serving: Mapping[str, tuple[object, ...]], passed_over: Sequence[str], n_unused: int
) -> tuple[str, ...]:
    """What was decided, in words without values."""
    notes = []
    if "name" in serving and ("given_name" in serving or "family_name" in serving):
        notes.append(
            "a whole-name column stands beside given or family name: it is read only where both of "
            "those are empty"
        )
    if "referral_id" not in serving:
        notes.append(
            "no referral id column: the submission id serves as referral_id"
            if "submission_id" in serving
            else "no referral id column: row positions serve as referral_id; previous= and "
            "decisions= cannot be used"
        )
    if "referral_date" not in serving:
        notes.append("no referral date column: repeats are undated and period counts are not possible")
    if "date_of_birth" not in serving:
        notes.append("no date of birth column: names carry most of the evidence")
    notes += [
        f"several columns could be {field}: the one with the plainer heading is read; columns= "
        "chooses another"
        for field in passed_over
    ]
    if n_unused:
        notes.append(f"columns that no field was recognised in, carried along unread: {n_unused}")
    return tuple(notes)


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
    columns = {field: _columns_of(frame, field, used) for field, used in recognised.columns.items()}
    submissions = columns["submission_id"][0] if "submission_id" in columns else None
    if "referral_id" in columns:
        ids = _checked_ids(columns["referral_id"][0], recognised.columns["referral_id"][0])
        order = _text_order(ids)
    elif submissions is not None:
        content = [column for field in sorted(set(columns) - {"submission_id"}) for column in columns[field]]
        ids = _ids_from_submissions(submissions, row_hashes(content))
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
        duplicate_of=_technical_duplicates(columns, n_rows),
    )


def _columns_of(frame: pd.DataFrame, field: str, labels: Sequence[object]) -> tuple[pd.Series, ...]:
    """The columns of a field; those of a "joined" field as one column of text."""
    columns = tuple(frame[label].reset_index(drop=True) for label in labels)
    if len(columns) < 2 or _field_table()[field].many != "joined":
        return columns
    filled = [column.astype(object).where(_holds(column), None) for column in columns]
    joined = [
        "; ".join(str(part) for part in parts if part is not None) or None
        for parts in zip(*filled, strict=True)
    ]
    return (pd.Series(joined, dtype=object),)


def _holds(column: pd.Series) -> Mask:
    """Where a column holds something: neither missing nor blank text."""
    return _where(column, lambda value: not (isinstance(value, str) and not value.strip()))


def _holds_id(column: pd.Series) -> Mask:
    """Where an id column holds an id, and not a word for nothing."""
    return _where(column, lambda value: not (isinstance(value, str) and _plain(value) in _NO_ID))


def _where(column: pd.Series, holds: Callable[[object], bool]) -> Mask:
    """Rows whose value is not missing and passes."""
    known = column.notna().to_numpy(dtype=bool)
    values = column.to_numpy(dtype=object)
    return np.fromiter(
        (is_known and holds(value) for is_known, value in zip(known, values, strict=True)),
        dtype=np.bool_,
        count=len(values),
    )


def _checked_ids(column: pd.Series, label: object) -> npt.NDArray[np.object_]:
    where = f" in {label!r}" if _known(label) else ""
    n_missing = int((~_holds_id(column)).sum())
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
    in_order = np.argsort(content if len(content) else np.zeros(len(texts), dtype=np.uint64), kind="stable")
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


def _technical_duplicates(columns: Mapping[str, tuple[pd.Series, ...]], n_rows: int) -> Int64s:
    """For each row the first row that it repeats for technical reasons, itself where there is none."""
    same_as = []
    if "submission_id" in columns:
        submissions = columns["submission_id"][0]
        codes, _ = pd.factorize(submissions.astype(object).map(str))
        same_as.append(_first_of_each(codes, _holds_id(submissions)))
    names = [columns[field][0] for field in NAME_FIELDS if field in columns]
    if names and "referral_date" in columns and "date_of_birth" in columns:
        complete = _holds(columns["referral_date"][0]) & _holds(columns["date_of_birth"][0])
        complete &= np.logical_or.reduce([_holds(name) for name in names])
        fields = sorted(set(columns) - {"referral_id", "submission_id"})
        codes, _ = pd.factorize(row_hashes([column for field in fields for column in columns[field]]))
        same_as.append(_first_of_each(codes, complete))
    return _first_of_groups(same_as, n_rows)


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
