"""Who is forgotten is gone, and nobody else."""

from __future__ import annotations

import io
from pathlib import Path

import pandas as pd
import pytest

from nrm_linkage import InputError, Linkage, make_referrals
from tests.following import (
    FULL,
    ID,
    NHUNG,
    ONE,
    assert_same_people,
    changes,
    cluster_of,
    frame_of,
    link,
    people,
)

pytestmark = [pytest.mark.whole_package, pytest.mark.xdist_group("previous")]


@pytest.fixture(scope="module")
def one() -> Linkage:
    return link(ONE)


@pytest.fixture(scope="module")
def made() -> pd.DataFrame:
    return make_referrals(400, seed=17).drop(columns=["true_person", "true_instance"])


def everything(linkage: Linkage, folder: Path) -> str:
    """All that a linkage holds and saves, as text."""
    linkage.save(folder)
    told = [path.read_text("utf-8") for path in folder.iterdir() if path.suffix != ".parquet"]
    for path in folder.glob("*.parquet"):
        told.append(pd.read_parquet(path).to_csv())
    for table in (linkage.referrals, linkage.run.frame, linkage.added):
        told.append(table.to_csv())
    held = io.StringIO()
    for columns in linkage.run.raw.columns.values():
        for column in columns:
            column.to_csv(held)
    return "\n".join([*told, held.getvalue(), str(linkage.run.referrals.names.tokens.texts), repr(linkage)])


def test_who_is_forgotten_is_gone(one: Linkage, tmp_path: Path) -> None:
    before = link(
        frame_of(
            ("XQ77", ("Quxavobe", "Wujokexa", "23/11/1961", "Bolivian"), "03/01/2023"),
            ("XQ78", ("Quxavobe", "Wujokexa", "23/11/1961", "Bolivian"), "04/01/2023"),
        ),
        one,
    )
    assert "Wujokexa" in everything(before, tmp_path / "before")
    found = before.forget(["XQ77", "XQ78"])
    told = everything(found, tmp_path / "after").casefold()
    for trace in ("xq77", "xq78", "quxavobe", "wujokexa", "23/11/1961", "1961-11-23", "bolivian"):
        assert trace not in told, trace
    assert_same_people(found, link(ONE, model=one.model))
    gone = cluster_of(before)["XQ77"]
    assert changes(found) == [(gone, "withdrawn", (gone,))]
    assert gone not in cluster_of(found).values() and gone not in found.run.past_ids
    assert found.report.counts["erased"] == 2
    # The earlier result is as it was.
    assert "XQ77" in cluster_of(before)


def test_the_day_of_the_last_referral_goes_with_it(one: Linkage, tmp_path: Path) -> None:
    """The settings of a run hold the latest day of its extract, which may be one person's."""
    last = frame_of(("R9", NHUNG, "17/12/2024"))
    last.attrs["about"] = "Nhung"
    before = link(last, one)
    assert "2024-12-17" in everything(before, tmp_path / "before")
    found = before.forget(["R9"])
    assert "2024-12-17" not in everything(found, tmp_path / "after")
    assert not found.run.frame.attrs
    assert found.run.config == one.run.config
    assert before.forget(["R1"]).run.config == before.run.config


def test_a_cluster_that_loses_a_member_is_linked_anew(one: Linkage) -> None:
    found = one.forget(["R1"])
    then, now = cluster_of(one), cluster_of(found)
    assert set(now) == {"R2", "R3", "R4", "R5"}
    assert_same_people(found, link(ONE.iloc[1:], model=one.model, config=one.run.config))
    # The id was made of R1, which a hash would tell: it is another now; `.changes` says which it was.
    assert now["R2"] not in then.values()
    assert changes(found) == [(now["R2"], "withdrawn", (then["R1"],))]
    assert then["R1"] not in {*link(ONE.iloc[1:], found).changes["from_cluster_ids"].explode().dropna()}
    kept = one.forget(["R2"])
    assert cluster_of(kept)["R1"] == then["R1"]
    assert changes(kept) == [(then["R1"], "withdrawn", (then["R1"],))]


def test_clusters_of_others_are_untouched(made: pd.DataFrame) -> None:
    second = link(made.iloc[1::2], link(made.iloc[::2]))
    asked = second.clusters["cluster_id"].iloc[:3]
    of = cluster_of(second)
    ids = [next(key for key in of if of[key] == cluster) for cluster in asked]
    found = second.forget(ids)
    now = cluster_of(found)
    assert set(now) == set(of) - set(ids)
    touched = set(asked)
    assert {key: value for key, value in now.items() if of[key] not in touched} == {
        key: value for key, value in of.items() if key in now and value not in touched
    }
    then, after = (
        table[~table["cluster_id"].isin({*touched, *found.changes["cluster_id"]})].reset_index(drop=True)
        for table in (second.clusters, found.clusters)
    )
    pd.testing.assert_frame_equal(after, then)
    following = link(made[~made[ID].isin(ids)], found, config=FULL)
    assert not len(following.changes)


def test_a_technical_duplicate_goes_with_what_it_repeats(one: Linkage) -> None:
    before = link(ONE.iloc[[0]].assign(**{ID: "Z9"}), one)
    for asked in ("R1", "Z9"):
        found = before.forget([asked])
        assert set(cluster_of(found)) == {"R2", "R3", "R4", "R5"}
        assert found.report.counts["erased"] == 2


def test_decisions_and_ids_bind_on_when_others_are_forgotten(one: Linkage, tmp_path: Path) -> None:
    decisions = pd.DataFrame({"referral_id_l": ["R1"], "referral_id_r": ["R2"], "decision": ["different"]})
    before = link(ONE, one, decisions=decisions)
    before.save(tmp_path / "run")
    for linkage in (before, Linkage.load(tmp_path / "run")):
        found = linkage.forget(pd.Series(["R5"]))
        assert cluster_of(found)["R1"] != cluster_of(found)["R2"]
        assert people(found) == {frozenset({key}) for key in ("R1", "R2", "R3", "R4")}


def test_everybody_can_be_forgotten(one: Linkage) -> None:
    found = one.forget(list(cluster_of(one)))
    assert not len(found.referrals) and not len(found.clusters)
    assert set(found.changes["change"]) == {"withdrawn"}
    assert one.forget([]).changes.empty


def test_ids_that_are_not_there_are_counted_and_not_named(one: Linkage) -> None:
    with pytest.raises(InputError, match="2 of 3 ids are not among the referrals") as caught:
        one.forget(["R1", "Nobody1", "Nobody2"])
    assert "Nobody" not in str(caught.value)
    with pytest.raises(InputError, match="cannot be an id"):
        one.forget([["R1"]])
    with pytest.raises(InputError, match="takes a list"):
        one.forget("R1")
    with pytest.raises(InputError, match="row positions do not outlive"):
        link(ONE.drop(columns=ID)).forget([1])
