"""The identity tests themselves: what one person can hardly have, and when records of one person fail all the
same. identity_tests.py runs them, and says what they are worth.

A test of pairs says of each pair whether the records hold what it needs, and whether they fail it. Dates of
birth differ only when no reading of either is the other (day and month, other calendars). Words of towns and
languages are compared as written, without regard to case."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from nrm_linkage.compare.dates import date_levels
from nrm_linkage.compare.fields import DateLevel, ReferenceLevel
from nrm_linkage.compare.values import reference_levels
from nrm_linkage.normalise.ages import AgeGroup
from nrm_linkage.normalise.distinct import read_column
from nrm_linkage.normalise.gender import Gender
from nrm_linkage.normalise.values import MISSING_WORDS, text_of
from nrm_linkage.tables import Int32s, Int64s, Mask, Referrals

__all__ = ["TESTS", "Columns", "IdentityTest", "RowPairs"]

MOST_REFERRALS = 7
"""The most referrals of one person in a disclosed table (domain.md 0, fact 7, S14)."""

MANY, MANY_DAYS = 4, 30
"""So many referrals within so many days are strange; two or three bodies may refer one situation within a
month (domain.md 3.3, T1; the number is chosen by us)."""

AGE_DAYS = 366
"""The widest interval of birth dates that comes from an age in years; a wider one comes from "child" or
"adult"."""

Columns = Mapping[str, tuple[pd.Series, ...]]


@dataclass(frozen=True, eq=False)
class RowPairs:
    """Pairs of rows, int32 (p,) each, with what tests read. `columns`: canonical field -> Series in canonical
    order."""

    rows: Referrals = field(repr=False)
    columns: Columns = field(repr=False)
    left: Int32s = field(repr=False)
    right: Int32s = field(repr=False)


Judged = tuple[Mask, Mask]
"""For each pair: whether the records hold what the test needs, and whether they fail it."""


def _none_fails(rows: Referrals, cluster: Int64s) -> Mask:
    return np.zeros(len(cluster), dtype=np.bool_)


@dataclass(frozen=True)
class IdentityTest:
    """One test. `judge`: of pairs; where there is none, `whole`: of whole clusters, rows and their cluster ->
    bool (n,), at the smallest row of each cluster that fails. `same_day`: only pairs of referrals of one day
    are judged. `weighed`: linkage weighs the same values."""

    name: str
    meaning: str
    also_fails: str
    weighed: bool
    judge: Callable[[RowPairs], Judged] | None = field(default=None, repr=False)
    whole: Callable[[Referrals, Int64s], Mask] = field(default=_none_fails, repr=False)
    same_day: bool = False


_DIFFERENT_DATES = tuple(
    level
    for level in DateLevel
    if level
    not in (
        DateLevel.MISSING,
        DateLevel.EXACT,
        DateLevel.EXACT_DEFAULT,
        DateLevel.SWAPPED,
        DateLevel.OTHER_CALENDAR,
    )
)


def _two_dates(pairs: RowPairs) -> Judged:
    level = date_levels(pairs.rows.birth, pairs.left, pairs.right)
    return level != DateLevel.MISSING, np.isin(level, _DIFFERENT_DATES)


def _two_dates_and_references(pairs: RowPairs) -> Judged:
    known, two_dates = _two_dates(pairs)
    level = reference_levels(pairs.rows.references, pairs.left, pairs.right)
    return known & (level != ReferenceLevel.MISSING), two_dates & (level == ReferenceLevel.DIFFERENT)


def _child_and_adult(pairs: RowPairs) -> Judged:
    group = pairs.rows.age_group
    left, right = group[pairs.left], group[pairs.right]
    return (left != AgeGroup.MISSING) & (right != AgeGroup.MISSING), left != right


def _adult_before_child(pairs: RowPairs) -> Judged:
    rows = pairs.rows
    earlier, later = _in_time(pairs)
    group = rows.age_group
    known = (group[earlier] != AgeGroup.MISSING) & (group[later] != AgeGroup.MISSING)
    apart = rows.referred[earlier] < rows.referred[later]
    return known & apart, (group[earlier] == AgeGroup.ADULT) & (group[later] == AgeGroup.CHILD)


def _younger_later(pairs: RowPairs) -> Judged:
    rows = pairs.rows
    narrow = (rows.birth_by_age_last - rows.birth_by_age_first) <= np.timedelta64(AGE_DAYS, "D")
    days = (rows.referred - rows.birth_by_age_last).astype("timedelta64[D]").astype(np.float64)
    years = np.where(narrow, np.round(days / 365.2425), np.nan)
    earlier, later = _in_time(pairs)
    known = np.isfinite(years[earlier]) & np.isfinite(years[later])
    return known, years[later] < years[earlier]


def _in_time(pairs: RowPairs) -> tuple[Int32s, Int32s]:
    """The rows of each pair, the earlier first where both have dates."""
    referred = pairs.rows.referred
    swap = referred[pairs.right] < referred[pairs.left]
    return np.where(swap, pairs.right, pairs.left), np.where(swap, pairs.left, pairs.right)


def _before_birth(pairs: RowPairs) -> Judged:
    rows = pairs.rows
    events = (rows.referred, rows.facts.started_last)
    can = np.zeros(len(pairs.left), dtype=bool)
    fails = can.copy()
    for born, other in ((pairs.left, pairs.right), (pairs.right, pairs.left)):
        birth = rows.birth.first[born]
        for event in events:
            can |= ~np.isnat(birth) & ~np.isnat(event[other])
            fails |= event[other] < birth
    return can, fails


def _two_genders(pairs: RowPairs) -> Judged:
    gender = pairs.rows.gender
    left, right = gender[pairs.left], gender[pairs.right]
    stated = (Gender.FEMALE, Gender.MALE)
    return np.isin(left, stated) & np.isin(right, stated), left != right


def _nothing_in_common(name: str) -> Callable[[RowPairs], Judged]:
    """A test that fails where both hold words in a column and share none."""

    def judge(pairs: RowPairs) -> Judged:
        n_pairs = len(pairs.left)
        if name not in pairs.columns:
            return np.zeros(n_pairs, dtype=bool), np.zeros(n_pairs, dtype=bool)
        read = read_column(pairs.columns[name][0], _words)
        left, right = (read.codes[rows].astype(np.int64) for rows in (pairs.left, pairs.right))
        held = np.array([len(words) > 0 for words in read.readings], dtype=bool)
        distinct, inverse = np.unique(left * len(read.readings) + right, return_inverse=True)
        apart = [
            read.readings[a].isdisjoint(read.readings[b])
            for a, b in zip(*np.divmod(distinct, len(read.readings)), strict=True)
        ]
        return held[left] & held[right], np.array(apart, dtype=bool)[inverse]

    return judge


def _words(value: object) -> frozenset[str]:
    """The words of a value, in lower case; none where it is missing or says that it is not known."""
    text, _ = text_of(value)
    if text is None or text.casefold() in MISSING_WORDS:
        return frozenset()
    return frozenset(re.findall(r"[^\W\d_]+", text.casefold()))


def _too_many(rows: Referrals, cluster: Int64s) -> Mask:
    return np.asarray(np.bincount(cluster, minlength=rows.n) > MOST_REFERRALS)


def _many_at_once(rows: Referrals, cluster: Int64s) -> Mask:
    dated = np.flatnonzero(~np.isnat(rows.referred))
    dated = dated[np.lexsort((rows.referred[dated], cluster[dated]))]
    first, last = dated[: 1 - MANY], dated[MANY - 1 :]
    close = (cluster[first] == cluster[last]) & (
        rows.referred[last] - rows.referred[first] <= np.timedelta64(MANY_DAYS, "D")
    )
    failing = np.zeros(rows.n, dtype=bool)
    failing[cluster[first[close]]] = True
    return failing


TESTS: tuple[IdentityTest, ...] = (
    IdentityTest(
        "two dates and references on one day",
        "Two referrals of one day have two different full dates of birth and two different references of one "
        "kind.",
        "One of the dates is wrong, and the person holds two references of a kind.",
        weighed=True,
        judge=_two_dates_and_references,
        same_day=True,
    ),
    IdentityTest(
        "two dates of birth on one day",
        "Two referrals of one day have two different full dates of birth, in every way of reading them.",
        "One of the dates is mistyped, estimated or disputed.",
        weighed=True,
        judge=_two_dates,
        same_day=True,
    ),
    IdentityTest(
        "child and adult on one day",
        "Of two referrals of one day one is of a child and one of an adult.",
        "The age is disputed, or the box was ticked by mistake.",
        weighed=True,
        judge=_child_and_adult,
        same_day=True,
    ),
    IdentityTest(
        "adult before child",
        "An earlier referral is of an adult, a later one of a child.",
        "The age is disputed or was assessed again.",
        weighed=True,
        judge=_adult_before_child,
    ),
    IdentityTest(
        "younger later",
        "The age in years at a later referral is lower than at an earlier one.",
        "One of the ages is a guess, or was assessed again.",
        weighed=True,
        judge=_younger_later,
    ),
    IdentityTest(
        "before birth",
        "A referral, or the start of an exploitation, is dated before the other referral's date of birth.",
        "A date is mistyped.",
        weighed=False,
        judge=_before_birth,
    ),
    IdentityTest(
        "female and male",
        "One referral says female, the other male.",
        "A box was ticked by mistake, or the person's gender is recorded differently by different bodies.",
        weighed=True,
        judge=_two_genders,
    ),
    IdentityTest(
        "two towns on one day",
        "Two referrals of one day give two towns that share no word.",
        "One place is named in two ways (borough and city), or the person was moved that day.",
        weighed=True,
        judge=_nothing_in_common("town"),
        same_day=True,
    ),
    IdentityTest(
        "no language in common",
        "The languages for an interpreter share no word.",
        "The person speaks several languages, or one has several names.",
        weighed=False,
        judge=_nothing_in_common("language"),
    ),
    IdentityTest(
        "more than seven referrals",
        f"A cluster has more than {MOST_REFERRALS} referrals, the most that was published of one person.",
        "The person was referred so often.",
        weighed=False,
        whole=_too_many,
    ),
    IdentityTest(
        "many referrals at once",
        f"{MANY} or more referrals of a cluster fall within {MANY_DAYS} days.",
        "Several bodies referred one situation.",
        weighed=False,
        whole=_many_at_once,
    ),
)
