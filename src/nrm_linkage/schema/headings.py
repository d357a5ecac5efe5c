"""Which of the caller's columns holds what, and the checks that a frame must pass before any work is done.

Headings are compared without case, accents, spaces and punctuation against `schema_fields.csv`: our canonical
names, the field names of the referral form, the case system's export names (facts from the
UKHomeOffice/modern-slavery repository, MIT), and the headings that analysts use (chosen by us). A heading
about the person may name him ("PV surname", "Date of birth of victim"). A weak heading ("ID", "Name",
"Created date") serves only where no plain one does, and the report says that it was passed over; so does one
that names a field twice ("Alias / AKA", "Police or crime ref"). Two columns
that could equally serve one field are an error, never a guess; pandas' own renaming of a repeated heading
(`DOB.1`) counts as that heading. `columns=` overrides recognition for the fields that it names; None there
leaves a field out.

Error messages quote a heading only when it is one that we know: in a file without a header line the
"headings" are a victim's record.
"""

from __future__ import annotations

import csv
import functools
import importlib.resources
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

import pandas as pd

from nrm_linkage.errors import InputError
from nrm_linkage.schema.birth_parts import BIRTH_PARTS

__all__ = [
    "NAME_FIELDS",
    "OUTPUT_COLUMNS",
    "Recognised",
    "field_table",
    "known_heading",
    "plain",
    "recognise",
]

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
"""Those of which any by itself names somebody."""
REFERENCE_FIELDS = ("home_office_reference", "reported_before_details")

PERSONAL_FIELDS = (
    *NAME_FIELDS,
    *("middle_names", "date_of_birth", *BIRTH_PARTS, "age_at_referral", "age_group", "gender"),
    *("nationality", "second_nationality"),
    *("birthplace", "home_office_reference", "phone", "email", "postcode"),
)
"""Fields whose headings may say whose they are: "PV surname"."""
_PERSON = tuple(
    "pv victim potentialvictim person individual client subject customer serviceuser applicant".split()
)
_PERSON_WORDS = tuple(form.format(word) for form in ("{}", "{}s", "of{}", "ofthe{}") for word in _PERSON)

_REMARKS = frozenset(
    "s|m/f|f/m|male/female|adult/child|child/adult|y/n|yes/no|all|as given|as recorded|if any|if applicable|"
    "if known|where known|optional|dd/mm/yyyy|dd/mm/yy|dd-mm-yyyy|yyyy-mm-dd|years".split("|")
)
"""What stands in brackets behind a heading and says nothing of its field."""

_SHORTEST_QUOTED = 8
"""A heading that is only like a known one is quoted from this many letters on; a short surname is too easily
like a short heading."""


@dataclass(frozen=True)
class _Field:
    """`many`: "no", "yes" (several columns), "joined" (several columns whose texts are read as one, with a
    semicolon between them) or "words" (as one, with a space).
    """

    many: str
    headings: tuple[str, ...]
    weak_headings: tuple[str, ...]


@functools.cache
def field_table() -> dict[str, _Field]:
    """Canonical field -> how it is recognised. Static package data, no record's."""
    text = importlib.resources.files("nrm_linkage").joinpath("schema_fields.csv").read_text(encoding="utf-8")
    table = {}
    for row in csv.DictReader(text.splitlines()):
        plain = [row["field"], *(row[part] for part in ("form_names", "case_export_names", "headings"))]
        table[row["field"]] = _Field(row["many"], _split("|".join(plain)), _split(row["weak_headings"]))
    return table


def _split(headings: str) -> tuple[str, ...]:
    return tuple(heading for heading in headings.split("|") if heading)


def plain(heading: object) -> str:
    """A heading without case, accents, spaces and punctuation: `Forename(s)` -> `forenames`."""
    text = unicodedata.normalize("NFKD", str(heading)).casefold()
    return "".join(character for character in text if character.isalnum())


@functools.cache
def _known_headings() -> dict[str, tuple[str, bool]]:
    """Plain heading -> its field, and whether it is a weak one."""
    known: dict[str, tuple[str, bool]] = {}
    for field, how in field_table().items():
        for weak, headings in ((False, how.headings), (True, how.weak_headings)):
            for heading in headings:
                known[plain(heading)] = (field, weak)
    for field in PERSONAL_FIELDS:
        how = field_table()[field]
        for weak, headings in ((False, how.headings), (True, how.weak_headings)):
            for heading in map(plain, headings):
                for word in _PERSON_WORDS:
                    known.setdefault(word + heading, (field, weak))
                    known.setdefault(heading + word, (field, weak))
    return known


def known_heading(heading: object) -> tuple[str, bool] | None:
    """The field of a heading that we know, and whether it is a weak one."""
    known = _known_headings()
    text = re.sub(r"\.\d+$", "", str(heading))
    return known.get(plain(heading)) or known.get(plain(text)) or _by_each_of_its_names(text)


def _by_each_of_its_names(heading: str) -> tuple[str, bool] | None:
    """The field that every part of a heading names, or names with the heading's last word; a weak one."""
    known = _known_headings()
    parts = [part for part in _ALTERNATIVES.split(_without_remarks(heading)) if part]
    if not parts:
        return None
    last_word = parts[-1].split()[-1:]
    found = {known.get(plain(part)) or known.get(plain(" ".join([part, *last_word]))) for part in parts}
    fields = {each and each[0] for each in found}
    field = fields.pop() if len(fields) == 1 else None
    return (field, True) if field else None


_ALTERNATIVES = re.compile(r"\s*(?:[/&,()]|\bor\b|\band\b)\s*", re.IGNORECASE)
_IN_BRACKETS = re.compile(r"\s*\(([^()]*)\)")


def _without_remarks(heading: str) -> str:
    return _IN_BRACKETS.sub(lambda found: "" if found[1].strip().lower() in _REMARKS else found[0], heading)


def _quoted(heading: object) -> str:
    """A heading for an error message: itself where it is, or resembles, one that we know."""
    letters = plain(heading)
    like = known_heading(heading) is not None or (
        len(letters) >= _SHORTEST_QUOTED
        and get_close_matches(letters, list(_known_headings()), n=1, cutoff=0.85)
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
        columns={field: serving[field] for field in field_table() if field in serving},
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
        if field not in field_table():
            raise InputError(_no_such_field(field, labels))
        if wanted is None and None not in present:
            chosen[field] = ()
            continue
        for label in labels:
            if label not in present:
                raise InputError(_no_such_column(field, label, present))
        if len(labels) != 1 and (not labels or field_table()[field].many == "no"):
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
    if any(isinstance(label, str) and label in field_table() for label in labels):
        column = _quoted(field) if known_heading(field) else "your column"
        return (
            "columns= is the wrong way round: it maps our field to your column, "
            f"for example columns={{{labels[0]!r}: {column}}}."
        )
    known = known_heading(field)
    near = [known[0]] if known else get_close_matches(str(field), list(field_table()), n=1)
    hint = f" Did you mean {near[0]!r}?" if near else f" The fields are: {', '.join(field_table())}."
    return f"columns= names a field that does not exist: {_quoted(field)}.{hint}"


def _no_such_column(field: str, label: object, present: Sequence[object]) -> str:
    known = [str(other) for other in present if known_heading(other) is not None]
    near = [other for other in known if plain(other) == plain(label)] or get_close_matches(
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
    for label, (field, is_weak) in _known_among(frame.columns):
        if field not in chosen and label not in taken:
            by_strength.setdefault(field, ([], []))[is_weak].append(label)
    found, passed_over = {}, []
    for field, (plain, weak) in by_strength.items():
        labels = plain or weak
        if len(labels) > 1 and field_table()[field].many == "no":
            listed = ", ".join(repr(label) for label in labels)
            raise InputError(
                f"{len(labels)} columns could be {field}: {listed}. Say which with "
                f"columns={{{field!r}: {labels[0]!r}}}, or rename the others."
            )
        if plain and weak:
            passed_over.append(field)
        found[field] = tuple(sorted(labels, key=str))
    return found, passed_over


def _known_among(labels: Iterable[object]) -> list[tuple[object, tuple[str, bool]]]:
    """The columns whose headings we know, each with its field and whether the heading is a weak one. Beside
    month and year of birth "birth day" is no whole date.
    """
    known = [(label, found) for label in labels if (found := known_heading(label)) is not None]
    in_parts = {"month_of_birth", "year_of_birth"} <= {field for _, (field, _) in known}
    return [
        (label, ("day_of_birth", False) if in_parts and plain(label) == "birthday" else found)
        for label, found in known
    ]


def _check(frame: pd.DataFrame, serving: Mapping[str, tuple[object, ...]]) -> None:
    """Refuse frames that cannot be used."""
    labels = [str(label) for label in frame.columns]
    for field, used in serving.items():
        for label in used:
            count = labels.count(str(label))
            if count > 1:
                called = (
                    f"are called {label!r}" if known_heading(label) else "bear the name of the column for"
                )
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
    if "date_of_birth" in serving and set(BIRTH_PARTS) & set(serving):
        notes.append(
            "columns of parts of a date of birth stand beside one of whole dates: they are read only where "
            "that is empty"
        )
    if "referral_date" not in serving:
        notes.append("no referral date column: repeats are undated and period counts are not possible")
    if not {"date_of_birth", "year_of_birth"} & set(serving):
        notes.append("no date of birth column: names carry most of the evidence")
    notes += [
        f"several columns could be {field}: the one with the plainer heading is read; columns= "
        "chooses another"
        for field in passed_over
    ]
    if n_unused:
        notes.append(f"columns that no field was recognised in, carried along unread: {n_unused}")
    return tuple(notes)
