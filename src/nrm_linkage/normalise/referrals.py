"""A frame of raw referrals -> `Referrals`: every field read once for each distinct value, every doubt a row
of `data_issues`.

The order: referral dates; names; births and ages; nationality; gender; references and contacts; what the
record says of the instance; where the person lives and was born; which rows can be linked at all. Nothing
here compares two referrals, and no unreadable value stops a run: it is missing, with an issue that names the
row and the field and never the value.

A row is linkable when it holds a name, a personal reference, a telephone number or an e-mail address, and is
not a technical duplicate. Duty to Notify reports are mostly nameless and fall out here (domain.md 1.1).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from nrm_linkage.config import LinkageConfig
from nrm_linkage.normalise.bags import name_bags
from nrm_linkage.normalise.births import ages_are_of_one_day, read_births
from nrm_linkage.normalise.boxes import Boxes
from nrm_linkage.normalise.dates import read_date
from nrm_linkage.normalise.distinct import ReadColumn, expand_lists, read_column
from nrm_linkage.normalise.facts import facts_and_doubts
from nrm_linkage.normalise.gender import read_gender
from nrm_linkage.normalise.nationality import group, read_nationality
from nrm_linkage.normalise.token_columns import contact_lists, reference_lists
from nrm_linkage.normalise.whereabouts import birthplace_lists, town_lists
from nrm_linkage.tables import Days, Int64s, Mask, Nationalities, RawReferrals, Referrals, TokenLists

__all__ = ["Normalised", "normalise_referrals"]

LATEST_WITHOUT_REFERRAL_DATES = date(2026, 12, 31)
"""The latest date where neither the config nor the data give one; fixed, because a result may not depend on
the day of the run.
"""

MOST_NATIONALITIES = 6
"""Nationalities of one referral, of both boxes, that are a person's (chosen by us: docs/decisions/0017)."""

MOST_SETS = 2_000
"""Different sets of nationalities of an extract that are compared: invented extracts of a million referrals
hold five hundred (chosen by us: docs/decisions/0017).
"""

MANY_NATIONALITIES = "more nationalities than one person has: read as missing"
MANY_SETS = "one of very many combinations of nationalities: read as missing"

Columns = Mapping[str, tuple[pd.Series, ...]]


@dataclass(frozen=True)
class Normalised:
    """`referrals` in comparable form; `issues`: one row a doubtful value (`row`, canonical; `field`;
    `issue`); `notes` for the report; `latest_date`: the day that no birth and no referral was read as later
    than.
    """

    referrals: Referrals
    issues: pd.DataFrame = field(repr=False)
    notes: tuple[str, ...]
    latest_date: date


def normalise_referrals(raw: RawReferrals, config: LinkageConfig) -> Normalised:
    """Read every recognised column of `raw`. Rows keep their canonical order; none is dropped."""
    columns, n_rows = raw.columns, len(raw.referral_id)
    issues: list[pd.DataFrame] = []
    notes: list[str] = []
    referred, dates = _referral_dates(columns, n_rows)
    issues += [_reading_issues("referral_date", dates)] if dates else []
    latest = _latest(referred, config, notes)
    named = name_bags(columns, n_rows, config.max_name_tokens)
    issues += [_reading_issues(box, read) for box, read in named.boxes.items()]
    if named.n_cut:
        notes.append(
            f"{named.n_cut} referrals have more than {config.max_name_tokens} name tokens; "
            "the later ones are not compared"
        )
    if ages_are_of_one_day(columns):
        notes.append("no referral date to go by: ages are compared as if they were all of one day")
    births = read_births(columns, referred, latest)
    issues += [_reading_issues("date_of_birth", births.dates)] if births.dates else []
    issues += [_row_issues(name, where, issue) for name, where, issue in births.row_issues]
    nationality, found = _nationalities(columns, n_rows)
    gender, gender_found = _gender(columns, n_rows)
    references, reference_boxes = reference_lists(columns, n_rows)
    contacts, contact_boxes = contact_lists(columns, n_rows)
    issues += [*found, *gender_found]
    issues += [_reading_issues(box, read) for box, read in [*reference_boxes, *contact_boxes]]
    facts, doubts = facts_and_doubts(columns, referred)
    issues += [_reading_issues(box, read) for box, read in doubts]
    boxes = Boxes(columns, [])
    towns, birthplaces = town_lists(boxes, n_rows), birthplace_lists(boxes, n_rows)
    issues += [_reading_issues(box, read) for box, read in boxes.doubts]
    reachable = _holds(references, but_not="police") | _holds(contacts, but_not="postcode")
    referrals = Referrals(
        referral_id=raw.referral_id,
        names=named.bags,
        birth=births.birth,
        birth_by_age_first=births.by_age_first,
        birth_by_age_last=births.by_age_last,
        age_group=births.age_group,
        nationality=nationality,
        gender=gender,
        references=references,
        contacts=contacts,
        towns=towns,
        birthplaces=birthplaces,
        referred=referred,
        facts=facts,
        linkable=((named.bags.tokens.count > 0) | reachable) & (raw.duplicate_of == np.arange(n_rows)),
        duplicate_of=raw.duplicate_of,
    )
    return Normalised(referrals, _all_issues(issues), tuple(notes), latest)


def _all_issues(parts: list[pd.DataFrame]) -> pd.DataFrame:
    """One table of issues, sorted by row, field and issue."""
    table = pd.concat([_row_issues("", np.zeros(0, dtype=bool), ""), *parts], ignore_index=True)
    return table.sort_values(["row", "field", "issue"], ignore_index=True)


def _reading_issues(name: str, read: ReadColumn[Any]) -> pd.DataFrame:
    """The issues that belong to values as they were read."""
    lists = [reading.issues if code else () for code, reading in enumerate(read.readings)]
    flat = np.array([issue for issues in lists for issue in issues] or [""], dtype=object)
    start, taken = expand_lists(np.array([len(issues) for issues in lists], dtype=np.int64), read.codes)
    rows = np.repeat(np.arange(len(read.codes), dtype=np.int64), np.diff(start))
    return pd.DataFrame({"row": rows, "field": name, "issue": flat[taken]})


def _row_issues(name: str, where: Mask, issue: str) -> pd.DataFrame:
    """One issue for every marked row."""
    return pd.DataFrame(
        {"row": np.flatnonzero(where).astype(np.int64), "field": name, "issue": issue},
        columns=["row", "field", "issue"],
    )


def _referral_dates(columns: Columns, n_rows: int) -> tuple[Days, ReadColumn[Any] | None]:
    if "referral_date" not in columns:
        return np.full(n_rows, "NaT", dtype="datetime64[D]"), None
    read = read_column(columns["referral_date"][0], read_date)
    return read.map(lambda reading: reading.first, "datetime64[D]").astype("datetime64[D]"), read


def _latest(referred: Days, config: LinkageConfig, notes: list[str]) -> date:
    if config.latest_date is not None:
        return config.latest_date
    known = referred[~np.isnat(referred)]
    if len(known):
        latest: date = known.max().item()
        return latest
    notes.append(
        "no referral date to go by: births are read as not later than "
        f"{LATEST_WITHOUT_REFERRAL_DATES:%d %B %Y}"
    )
    return LATEST_WITHOUT_REFERRAL_DATES


def _nationalities(columns: Columns, n_rows: int) -> tuple[Nationalities, list[pd.DataFrame]]:
    """The codes of both boxes as one set a row."""
    present = [name for name in ("nationality", "second_nationality") if name in columns]
    reads = [read_column(columns[name][0], read_nationality) for name in present]
    pair = np.zeros(n_rows, dtype=np.int64)
    for read in reads:
        pair = pair * len(read.readings) + read.codes
    distinct, code = np.unique(pair, return_inverse=True)
    sets_of_pairs = []
    for packed in distinct.tolist():
        codes: frozenset[str] = frozenset()
        rest = packed
        for read in reversed(reads):
            rest, position = divmod(rest, len(read.readings))
            codes |= read.readings[position].codes
        sets_of_pairs.append(codes)
    sets_of_pairs, lost = _usable_sets(sets_of_pairs, np.bincount(code, minlength=len(distinct)))
    sets = (frozenset[str](), *sorted(set(sets_of_pairs) - {frozenset()}, key=sorted))
    number = {codes: position for position, codes in enumerate(sets)}
    recode = np.array([number[codes] for codes in sets_of_pairs], dtype=np.int32)
    groups = [group(codes) for codes in sets]
    group_names = tuple(sorted(set(groups)))
    recorded = recode[code] if n_rows else np.zeros(0, dtype=np.int32)
    return (
        Nationalities(
            code=recorded,
            sets=sets,
            group=np.array([group_names.index(name) for name in groups], dtype=np.int8),
            group_names=group_names,
            by_name=recorded,
        ),
        [
            *(_reading_issues(name, read) for name, read in zip(present, reads, strict=True)),
            *(_row_issues("nationality", np.isin(code, places), issue) for issue, places in lost.items()),
        ],
    )


def _usable_sets(
    sets: list[frozenset[str]], n_referrals: Int64s
) -> tuple[list[frozenset[str]], dict[str, list[int]]]:
    """Sets of codes, empty where they say too much: those of more than `MOST_NATIONALITIES`, and beyond
    `MOST_SETS` different ones, single nationalities first, those that the fewest referrals hold. And by
    issue, the places of the emptied.
    """
    held: dict[frozenset[str], int] = {}
    for codes, count in zip(sets, n_referrals.tolist(), strict=True):
        held[codes] = held.get(codes, 0) + count
    of_one_person = [codes for codes in held if len(codes) <= MOST_NATIONALITIES]
    of_one_person.sort(key=lambda codes: (len(codes) > 1, -held[codes], sorted(codes)))
    kept = frozenset(of_one_person[:MOST_SETS])
    lost: dict[str, list[int]] = {}
    for place, codes in enumerate(sets):
        if codes and codes not in kept:
            issue = MANY_NATIONALITIES if len(codes) > MOST_NATIONALITIES else MANY_SETS
            lost.setdefault(issue, []).append(place)
    return [codes if codes in kept else frozenset() for codes in sets], lost


def _gender(
    columns: Columns, n_rows: int
) -> tuple[np.ndarray[tuple[int], np.dtype[np.int8]], list[pd.DataFrame]]:
    if "gender" not in columns:
        return np.zeros(n_rows, dtype=np.int8), []
    read = read_column(columns["gender"][0], read_gender)
    return read.map(lambda reading: int(reading.gender), "int8").astype(np.int8), [
        _reading_issues("gender", read)
    ]


def _holds(tokens: TokenLists, *, but_not: str) -> Mask:
    """Rows with a token that belongs to one person: a police reference belongs to an investigation, a
    postcode to a street.
    """
    personal = np.array([not text.startswith(f"{but_not}:") for text in tokens.texts], dtype=bool)
    found = np.zeros(len(tokens.start) - 1, dtype=bool)
    if len(personal):
        found[tokens.row[personal[tokens.token]]] = True
    return found
