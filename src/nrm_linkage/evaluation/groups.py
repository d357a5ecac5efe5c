"""Which group each person of an evaluation is in.

A person's group is the value that most of the person's referrals record; unknown gives way to any value, and
a tie goes to the value of the referral that comes first by id. So every person is in one group, and groups
sum to the whole.

`nationality_group` is a group of recorded nationalities whose names are written in like ways ("horn" for
Eritrean and Ethiopian, for example). It says what was recorded in the nationality box. It is not anybody's
community, it is inferred from nothing else, and a linkage does not put it out; an evaluation against known
people may use it, since who is linked badly is the question there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd

from nrm_linkage.config import LinkageConfig
from nrm_linkage.errors import InputError
from nrm_linkage.evaluation.tallies import Grouped
from nrm_linkage.normalise.ages import AgeGroup
from nrm_linkage.normalise.gender import Gender
from nrm_linkage.schema import Recognised
from nrm_linkage.tables import FoundPairs, Int64s, Mask, Partition, RawReferrals, Referrals

__all__ = ["EvaluatedRun", "grouped", "most_recorded"]

UNKNOWN = "unknown"

Texts = npt.NDArray[np.object_]


class EvaluatedRun(Protocol):
    """What an evaluation reads of a run; canonical row order but for `frame`, which is the caller's."""

    @property
    def frame(self) -> pd.DataFrame: ...
    @property
    def recognised(self) -> Recognised: ...
    @property
    def config(self) -> LinkageConfig: ...
    @property
    def raw(self) -> RawReferrals: ...
    @property
    def referrals(self) -> Referrals: ...
    @property
    def partition(self) -> Partition: ...
    @property
    def found(self) -> tuple[FoundPairs, ...]: ...


def grouped(run: EvaluatedRun, person: Int64s, counts: npt.NDArray[np.bool_], by: str) -> Grouped:
    """The group of each person.

    `person`: int64 (n,), canonical rows; `counts`: bool (n,), the rows whose value is asked; everybody has
    one.

    Raises
    ------
    InputError
        The input has no such column.
    """
    code, labels = pd.factorize(_recorded(run, by)[counts], sort=True)
    known = np.asarray(labels != UNKNOWN, dtype=bool)
    n_people = int(person.max(initial=-1)) + 1
    group = most_recorded(person[counts], code.astype(np.int64), known, n_people)
    return Grouped(group, tuple(str(label) for label in labels))


def most_recorded(person: Int64s, code: Int64s, known: Mask, n_people: int) -> Int64s:
    """The code that most rows of each person have, int64 (n_people,); 0 for who has no row.

    `person`, `code`: int64 (k,), rows in canonical order; `known`: bool, a code each: one that is not known
    gives way to any that is. The first row decides a tie.
    """
    votes = pd.DataFrame({"person": person, "code": code, "row": np.arange(len(code))})
    votes = votes.groupby(["person", "code"], as_index=False, sort=True).agg(
        n=("row", "size"), first=("row", "min")
    )
    votes["unknown"] = ~known[votes["code"].to_numpy(dtype=np.int64)]
    votes = votes.sort_values(["person", "unknown", "n", "first"], ascending=[True, True, False, True])
    first = votes.drop_duplicates("person")
    group = np.zeros(n_people, dtype=np.int64)
    group[first["person"].to_numpy(dtype=np.int64)] = first["code"].to_numpy(dtype=np.int64)
    return group


def _recorded(run: EvaluatedRun, by: str) -> Texts:
    """The value of each canonical row, as text, as read where the library reads it."""
    as_read: dict[str, Callable[[Referrals], Texts]] = {
        "nationality_group": _nationality_group,
        "nationality": _nationality,
        "gender": _gender,
        "age_group": _age_group,
    }
    columns = run.recognised.columns
    by_heading = {str(label): name for name, labels in columns.items() for label in labels}
    name = by if by in as_read else by_heading.get(by, by)
    if name in as_read:
        return as_read[name](run.referrals)
    label = columns[name][0] if name in columns else _label(run.frame, by)
    values = run.frame[label].iloc[run.raw.position]
    known = values.notna().to_numpy()
    texts = np.array([str(value) for value in values.astype(object)], dtype=object)
    return np.where(known, texts, UNKNOWN)


def _label(frame: pd.DataFrame, by: str) -> Any:
    for label in frame.columns:
        if str(label) == by:
            return label
    choices = ["nationality_group", "nationality", "gender", "age_group", *map(str, frame.columns)]
    raise InputError(
        f"by= names {by!r}, which the referrals do not hold; "
        f"choose from: {', '.join(dict.fromkeys(choices))}."
    )


def _nationality_group(rows: Referrals) -> Texts:
    return np.array(rows.nationality.group_names, dtype=object)[rows.nationality.group[rows.nationality.code]]


def _nationality(rows: Referrals) -> Texts:
    names = [" ".join(sorted(codes)) or UNKNOWN for codes in rows.nationality.sets]
    return np.array(names, dtype=object)[rows.nationality.code]


def _gender(rows: Referrals) -> Texts:
    return _named(rows.gender, Gender)


def _age_group(rows: Referrals) -> Texts:
    return _named(rows.age_group, AgeGroup)


def _named(codes: npt.NDArray[np.int8], kind: type[Gender] | type[AgeGroup]) -> Texts:
    names = [UNKNOWN if each.name == "MISSING" else each.name.lower() for each in kind]
    return np.array(names, dtype=object)[codes]
