"""Which group a person and a pair belong to."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from nrm_linkage import Linkage, evaluate, link_referrals
from nrm_linkage.evaluation.groups import grouped
from tests.frames import frame_of


def linkage_of(nationalities: list[str], **columns: Any) -> Linkage:
    people = [("Ruth", "Example", "02/02/1990", each) for each in nationalities]
    return link_referrals(frame_of(people).assign(**columns), progress=False)


def group_of(linkage: Linkage, person: list[int], by: str) -> list[str]:
    everybody = np.ones(len(person), dtype=bool)
    found = grouped(linkage.run, np.array(person, dtype=np.int64), everybody, by)
    return [found.labels[code] for code in found.group.tolist()]


@pytest.mark.parametrize(
    ("nationalities", "expected"),
    [
        (["Eritrean", "Albanian", "Albanian"], "albanian"),
        (["", "", "Vietnamese"], "vietnamese"),
        (["", ""], "unknown"),
        (["Eritrean", "Ethiopian", "Albanian"], "horn"),
        (["Albanian", "Eritrean"], "albanian"),
        (["Eritrean", "Albanian"], "horn"),
    ],
)
def test_a_person_is_in_the_group_that_most_of_the_referrals_record(
    nationalities: list[str], expected: str
) -> None:
    linkage = linkage_of([*nationalities, "British"])
    person = [0] * len(nationalities) + [1]
    assert group_of(linkage, person, "nationality_group") == [expected, "uk"]


def test_values_are_as_read_under_any_of_their_names() -> None:
    linkage = linkage_of(["Albania", "Albanian", ""], Sex=["F", "female", None])
    assert group_of(linkage, [0, 1, 2], "nationality") == ["ALB", "ALB", "unknown"]
    assert group_of(linkage, [0, 1, 2], "Nationality") == ["ALB", "ALB", "unknown"]
    assert group_of(linkage, [0, 1, 2], "gender") == ["female", "female", "unknown"]
    assert group_of(linkage, [0, 1, 2], "Sex") == ["female", "female", "unknown"]


def test_any_other_column_goes_by_its_text() -> None:
    linkage = linkage_of(["British"] * 3, ward=[7, None, "north"])
    assert group_of(linkage, [0, 1, 2], "ward") == ["7", "unknown", "north"]


def test_rows_in_another_order_keep_their_values() -> None:
    frame = frame_of([("Ruth", "Example", "02/02/1990", "British")] * 3).assign(ward=["a", "b", "c"])
    linkage = link_referrals(frame.iloc[::-1], progress=False)
    found = evaluate(linkage, ["z", "y", "x"], by="ward", draws=1)
    assert found.groups["group"].tolist() == ["a", "b", "c"]
    assert group_of(linkage, [0, 1, 2], "ward") == ["a", "b", "c"]


def test_pairs_belong_to_people_half_and_half(made: pd.DataFrame, linkage: Linkage) -> None:
    table = evaluate(linkage, made["true_person"], by="gender", draws=5).groups.set_index("group")
    run = linkage.run
    person = pd.factorize(made["true_person"].to_numpy()[run.raw.position])[0]
    group = group_of(linkage, person.tolist(), "gender")
    rows = np.flatnonzero(run.referrals.linkable).tolist()
    cluster = run.partition.cluster
    wrong, missed, right = (dict.fromkeys(table.index, 0.0) for _ in range(3))
    for at, a in enumerate(rows):
        for b in rows[at + 1 :]:
            same, joined = person[a] == person[b], cluster[a] == cluster[b]
            if same and joined:
                right[group[person[a]]] += 1
            elif same:
                missed[group[person[a]]] += 1
            elif joined:
                wrong[group[person[a]]] += 0.5
                wrong[group[person[b]]] += 0.5
    assert sum(wrong.values()) > 0 and sum(missed.values()) > 0
    assert table["false_links"].to_dict() == pytest.approx(wrong)
    assert table["missed_links"].to_dict() == pytest.approx(missed)
    for name in ("female", "male"):
        assert table.loc[name, "recall"] == pytest.approx(right[name] / (right[name] + missed[name]))
        assert table.loc[name, "precision"] == pytest.approx(right[name] / (right[name] + wrong[name]))


def test_groups_sum_to_the_whole_and_are_held_against_it(made: pd.DataFrame, linkage: Linkage) -> None:
    found = evaluate(linkage, made["true_person"], by=("nationality_group", "gender"))
    whole_false = 1 - found.precision
    for _, table in found.groups.groupby("by"):
        for name in (
            *("n_referrals", "true_pairs", "linked_pairs", "false_links", "missed_links"),
            *("true_repeat_people", "repeat_people_in_clusters", "repeat_people_estimate"),
        ):
            assert table[name].sum() == pytest.approx(getattr(found, name)), name
        assert (table["recall"] / found.recall).to_numpy() == pytest.approx(
            table["recall_ratio"].to_numpy(), nan_ok=True
        )
        assert ((1 - table["precision"]) / whole_false).to_numpy() == pytest.approx(
            table["false_link_ratio"].to_numpy(), nan_ok=True
        )
    few = found.groups[found.groups["few_people"]]
    assert 0 < len(few) < len(found.groups)
    assert (few["true_repeat_people"] < 30).all()


def test_a_group_of_everybody_has_the_intervals_of_the_whole(made: pd.DataFrame, linkage: Linkage) -> None:
    frame = made.drop(columns=["true_person", "true_instance"]).assign(everybody="all")
    same = replace(linkage, run=replace(linkage.run, frame=frame))
    found = evaluate(same, made["true_person"], by="everybody")
    for name, bounds in found.intervals.items():
        row = found.groups.iloc[0]
        assert (row[f"{name}_low"], row[f"{name}_high"]) == pytest.approx(bounds), name
    assert found.groups[["recall_ratio_low", "recall_ratio_high"]].to_numpy().tolist() == [[1.0, 1.0]]
