"""Invented referrals of several runs, and what must be the same of two linkages."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from nrm_linkage import Linkage, LinkageConfig, link_referrals

ID = "NRM reference"
FULL = LinkageConfig(extract="full")
COUNTED = {name: f"of the previous run, {name}" for name in ("kept", "revised", "withdrawn")} | {
    "new": "new since the previous run"
}

ZAMIRA = ("Zamira", "Testaj", "14/05/2001", "Albanian")
RUTH = ("Ruth", "Example", "02/11/1990", "British")
OSEI = ("Osei", "Mockiani", "23/07/1985", "Ghanaian")
NHUNG = ("Nhung", "Van Mau", "09/03/1999", "Vietnamese")


def frame_of(*rows: tuple[str, tuple[str, ...], str]) -> pd.DataFrame:
    """Referrals: id, person as recorded, day of referral."""
    names = [ID, "Forename(s)", "Surname", "DOB", "Nationality", "Date of referral"]
    return pd.DataFrame([(key, *person, day) for key, person, day in rows], columns=names, dtype=object)


def link(frame: Any, previous: Linkage | None = None, **options: Any) -> Linkage:
    return link_referrals(frame, previous=previous, progress=False, **options)


def changes(linkage: Linkage) -> list[tuple[str, str, tuple[str, ...]]]:
    return [tuple(row) for row in linkage.changes.itertuples(index=False)]


def cluster_of(linkage: Linkage) -> dict[Any, str]:
    rows = linkage.run.referrals.referral_id
    return dict(zip(rows, linkage.run.cluster_id, strict=True))


def counts(linkage: Linkage) -> dict[str, int]:
    return {short: linkage.report.counts[name] for short, name in COUNTED.items()}


def people(linkage: Linkage) -> set[frozenset[Any]]:
    of = pd.Series(cluster_of(linkage))
    return {frozenset(members) for members in of.groupby(of).groups.values()}


def _by_people(linkage: Linkage, name: str) -> pd.DataFrame:
    """A table keyed by cluster, under the smallest referral id of each cluster instead of its id."""
    of = pd.Series(cluster_of(linkage)).reset_index(name="cluster_id")
    smallest = of.groupby("cluster_id")["index"].min()
    table: pd.DataFrame = getattr(linkage, name)
    table = table.assign(cluster_id=table["cluster_id"].map(smallest))
    keys = [key for key in ("cluster_id", "referral_id") if key in table]
    return table.sort_values(keys, ignore_index=True)


def _by_referral(table: pd.DataFrame, linkage: Linkage) -> pd.DataFrame:
    ids = linkage.run.referrals.referral_id[np.argsort(linkage.run.raw.position)]
    return (
        table.drop(columns="cluster_id").assign(referral_id=ids).sort_values("referral_id", ignore_index=True)
    )


def assert_same_people(one: Linkage, other: Linkage) -> None:
    """The same partition, links and probabilities; cluster ids may differ, and the order of rows."""
    same = partial(pd.testing.assert_frame_equal, check_exact=True)
    assert people(one) == people(other)
    same(one.links, other.links)
    for name in ("clusters", "repeats"):
        same(_by_people(one, name), _by_people(other, name))
    same(_by_referral(one.added, one), _by_referral(other.added, other))
    np.testing.assert_array_equal(one.run.partition.draws, other.run.partition.draws)
    if not np.isnat(one.run.referrals.referred).all():
        same(one.repeat_referrals(), other.repeat_referrals())
    keys = ["referral_id", "field", "issue"]
    ours, theirs = (each.data_issues[keys].sort_values(keys, ignore_index=True) for each in (one, other))
    same(ours, theirs)


def assert_identical(one: Linkage, other: Linkage) -> None:
    for name in ("clusters", "repeats", "links", "data_issues", "changes"):
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name), check_exact=True, obj=name)
    assert cluster_of(one) == cluster_of(other)


def shuffled(frame: pd.DataFrame, seed: int = 1) -> pd.DataFrame:
    return frame.iloc[np.random.default_rng(seed).permutation(len(frame))]


ONE = frame_of(
    ("R1", ZAMIRA, "03/02/2023"),
    ("R2", ZAMIRA, "21/06/2023"),
    ("R3", RUTH, "01/03/2023"),
    ("R4", OSEI, "02/03/2023"),
    ("R5", OSEI, "07/03/2023"),
)
