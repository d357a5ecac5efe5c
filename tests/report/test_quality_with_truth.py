"""Quality by group against known people: six referrals counted by hand, and what `evaluate` says of the
whole."""

from __future__ import annotations

import functools
import math
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nrm_linkage import HOME_OFFICE_CAVEAT, InputError, Linkage, evaluate, link_referrals, make_referrals
from tests.frames import frame_of

TRUTH = ["true_person", "true_instance"]

Pairs = list[tuple[int, int, float]]


@functools.cache
def blank(gender: tuple[str, ...]) -> Linkage:
    """A linkage of unrelated people, one a gender given."""
    people = [
        (f"Ruth{chr(97 + at)}", "Example", f"02/02/{1970 + at}", "British") for at in range(len(gender))
    ]
    return link_referrals(frame_of(people).assign(Gender=list(gender)), progress=False)


def linked(gender: str, cluster: list[int], pairs: Pairs, draws: list[list[int]]) -> Linkage:
    """A linkage with these clusters (the smallest row each), judged pairs, and draws of the partition."""
    linkage = blank(tuple(gender))
    run = linkage.run
    partition = replace(
        run.partition,
        cluster=np.array(cluster, dtype=np.int64),
        uncertain=np.arange(len(gender), dtype=np.int64),
        draws=np.array(draws, dtype=np.int32).reshape(len(draws), len(gender)),
    )
    left, right, probability = zip(*pairs, strict=True) if pairs else ((), (), ())
    ids = run.referrals.referral_id
    links = pd.DataFrame(
        {
            "referral_id_l": pd.Series([ids[at] for at in left], dtype=object),
            "referral_id_r": pd.Series([ids[at] for at in right], dtype=object),
            "same_person_probability": np.array(probability, dtype=np.float64),
            "same_cluster": np.array([cluster[a] == cluster[b] for a, b, _ in pairs], dtype=bool),
        }
    )
    return replace(linkage, run=replace(run, partition=partition), links=links)


@pytest.fixture(scope="module")
def by_hand() -> pd.DataFrame:
    """Women 0, 1, 2 are one person, of whom 0 and 1 were joined; of the men 3, 4, 5 the last two are one
    person, and the first two were joined."""
    linkage = linked(
        "FFFMMM",
        [0, 0, 2, 3, 3, 5],
        [(0, 1, 0.9), (1, 2, 0.3), (3, 4, 0.8), (4, 5, 0.1)],
        [[0, 0, 2, 3, 3, 5], [0, 0, 2, 3, 3, 5], [0, 0, 0, 3, 3, 5], [0, 1, 2, 3, 4, 5]],
    )
    return linkage.quality("gender", truth=list("aaabcc")).set_index("gender")


def check(table: pd.DataFrame, name: str, female: float, male: float, total: float) -> None:
    assert table[name].to_dict() == pytest.approx(
        {"female": female, "male": male, "total": total}, nan_ok=True
    ), name


def test_pairs_counted_by_hand(by_hand: pd.DataFrame) -> None:
    check(by_hand, "true_pairs", 3, 1, 4)
    check(by_hand, "linked_pairs", 1, 1, 2)
    check(by_hand, "measured_false_links", 0, 1, 1)
    check(by_hand, "measured_missed_links", 2, 1, 3)
    check(by_hand, "measured_precision", 1, 0, 1 / 2)
    check(by_hand, "measured_recall", 1 / 3, 0, 1 / 4)
    check(by_hand, "measured_false_link_ratio", 0, 2, 1)
    check(by_hand, "measured_missed_link_ratio", (2 / 3) / (3 / 4), 1 / (3 / 4), 1)


def test_calibration_counted_by_hand(by_hand: pd.DataFrame) -> None:
    check(by_hand, "links_judged", 2, 2, 4)
    check(by_hand, "mean_said", 0.6, 0.45, 0.525)
    check(by_hand, "share_true", 1, 1 / 2, 3 / 4)
    # 0.8 and 0.9 share a bin: of the whole, what the one says too much makes up for the other.
    check(by_hand, "calibration_error", (0.1 + 0.7) / 2, (0.8 + 0.9) / 2, (0.7 + 0.7 + 0.9) / 4)


def test_people_and_their_range_counted_by_hand(by_hand: pd.DataFrame) -> None:
    check(by_hand, "repeat_people_true", 1, 1, 2)
    check(by_hand, "repeat_people_in_clusters", 1, 1, 2)
    check(by_hand, "repeat_people_estimate", 0.75, 0.75, 1.5)
    check(by_hand, "repeat_people_low", 0, 0, 0)
    check(by_hand, "repeat_people_high", 1, 1, 2)
    check(by_hand, "bias_of_clusters", 0, 0, 0)
    check(by_hand, "bias_of_estimate", -0.25, -0.25, -0.25)
    assert by_hand["range_holds_truth"].all()


def test_a_group_beyond_is_listed_with_what_was_measured(by_hand: pd.DataFrame) -> None:
    assert by_hand["beyond"].to_dict() == {"female": False, "male": True, "total": False}
    assert by_hand["small"].all()
    why = by_hand["beyond_why"]
    assert why["female"] == why["total"] == ""
    false, missed = why["male"].split("; missed links ")
    assert false.startswith("false links 2.00 times the whole's (1 of 1; 95% ")
    assert missed.startswith("1.33 times the whole's (1 of 1; 95% ")


def test_a_group_without_a_right_link_does_not_look_certain(by_hand: pd.DataFrame) -> None:
    male = by_hand.loc["male"]
    # One link, wrong: at 95% the share of wrong ones may be as low as 0.025; of the whole's, half are.
    assert male["measured_false_link_ratio_low"] == pytest.approx(0.025 / 0.5)
    assert male["measured_false_link_ratio_high"] == pytest.approx(2)
    assert male["measured_precision_high"] == pytest.approx(0.975)


def test_a_range_that_misses_the_truth_says_so() -> None:
    linkage = linked("FFM", [0, 0, 2], [(0, 1, 1.0)], [[0, 0, 2]] * 3)
    table = linkage.quality("gender", truth=[1, 2, 3]).set_index("gender")
    assert table["range_holds_truth"].to_dict() == {"female": False, "male": True, "total": False}
    assert table["repeat_people_low"].tolist() == [1, 0, 1]
    assert table["bias_of_estimate"].isna().all()
    assert math.isnan(table["measured_recall"]["total"])


def test_a_person_is_in_one_group_whatever_single_referrals_say() -> None:
    linkage = linked("FFM", [0, 0, 2], [(0, 1, 0.9), (1, 2, 0.2)], [[0, 0, 2]])
    table = linkage.quality("gender", truth=[1, 1, 1]).set_index("gender")
    assert table["true_pairs"].to_dict() == {"female": 3, "male": 0, "total": 3}
    assert table["links_judged"].to_dict() == {"female": 2, "male": 0, "total": 2}
    assert table["repeat_people_true"].to_dict() == {"female": 0, "male": 1, "total": 1}


LABELS = st.lists(
    st.tuples(st.sampled_from("FM"), st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=9
)


@settings(max_examples=20)
@given(LABELS)
def test_groups_add_up_to_the_whole_and_the_whole_is_what_evaluate_measures(
    rows: list[tuple[str, int, int]],
) -> None:
    gender, cluster, person = (list(each) for each in zip(*rows, strict=True))
    smallest = [cluster.index(label) for label in cluster]
    pairs = [
        (a, b, 0.1 + 0.8 * (cluster[a] == cluster[b]))
        for a in range(len(rows))
        for b in range(a + 1, len(rows))
    ]
    linkage = linked("".join(gender), smallest, pairs, [smallest])
    table, found = linkage.quality("gender", truth=person), evaluate(linkage, person, draws=2)
    total = table.iloc[-1]
    for name in ("true_pairs", "linked_pairs", "measured_false_links", "measured_missed_links"):
        assert table[name].iloc[:-1].sum() == total[name] == getattr(found, name.removeprefix("measured_"))
    assert (
        table["repeat_people_true"].iloc[:-1].sum() == total["repeat_people_true"] == found.true_repeat_people
    )
    assert total["repeat_people_in_clusters"] == found.repeat_people_in_clusters
    assert total["measured_precision"] == pytest.approx(found.precision, nan_ok=True)
    assert total["measured_recall"] == pytest.approx(found.recall, nan_ok=True)
    assert total["calibration_error"] == pytest.approx(
        found.links_calibration.expected_calibration_error, nan_ok=True
    )


@pytest.fixture(scope="module")
def made() -> pd.DataFrame:
    return make_referrals(700, seed=8, errors="harsher")


@pytest.fixture(scope="module")
def linkage(made: pd.DataFrame) -> Linkage:
    return link_referrals(made.drop(columns=TRUTH), progress=False)


def test_groups_are_those_of_evaluate(linkage: Linkage, made: pd.DataFrame) -> None:
    table = linkage.quality("gender", truth=made["true_person"])
    groups = evaluate(linkage, made["true_person"], by="gender").groups
    pairs = {
        "true_pairs": "true_pairs",
        **{f"measured_{name}": name for name in ("precision", "recall", "recall_low", "missed_link_ratio")},
    }
    assert table["gender"].iloc[:-1].tolist() == groups["group"].tolist()
    for mine, theirs in pairs.items():
        assert table[mine].iloc[:-1].tolist() == pytest.approx(groups[theirs].tolist(), nan_ok=True)


def test_counts_are_those_of_repeat_referrals_where_every_referral_has_a_date(
    linkage: Linkage, made: pd.DataFrame
) -> None:
    table = linkage.quality("gender", truth=made["true_person"]).set_index("gender")
    counts = linkage.repeat_referrals(by=("gender",)).query("counting == 'all'").set_index("gender")
    for name in ("estimate", "low", "high"):
        assert table[f"repeat_people_{name}"].to_dict() == pytest.approx(counts[name].to_dict())


def test_without_truth_the_other_columns_are_the_same(linkage: Linkage, made: pd.DataFrame) -> None:
    plain, measured = linkage.quality(), linkage.quality(truth=made["true_person"])
    kept = [name for name in plain.columns if not name.startswith("beyond")]
    pd.testing.assert_frame_equal(plain[kept], measured[kept])
    assert measured.columns[-3:].tolist() == ["beyond", "beyond_why", "small"]
    assert measured.attrs["caveat"] == HOME_OFFICE_CAVEAT
    assert "under it alone" in measured.attrs["with_truth"]
    listed = plain["beyond_why"].str.contains("expected (?:false|missed) links .* times the whole's")
    assert listed.tolist() == plain["beyond"].tolist()
    assert listed.any()


def test_a_linkage_that_agrees_with_the_truth_lists_nobody(linkage: Linkage) -> None:
    table = linkage.quality(truth=linkage.referrals["cluster_id"])
    total = table.iloc[-1]
    assert total["measured_precision"] == total["measured_recall"] == 1
    assert not table["beyond"].any()
    assert total["repeat_people_true"] == total["repeat_people_in_clusters"] == len(linkage.clusters)
    assert total["bias_of_clusters"] == 0


def test_one_row_for_all_and_several_columns(linkage: Linkage, made: pd.DataFrame) -> None:
    truth = made["true_person"]
    alone, both = linkage.quality((), truth=truth), linkage.quality(["gender", "age_group"], truth=truth)
    assert len(alone) == 1
    pd.testing.assert_frame_equal(alone, both.iloc[[-1]][alone.columns].reset_index(drop=True))
    assert both["true_pairs"].iloc[:-1].sum() == both["true_pairs"].iloc[-1]


def test_a_truth_that_does_not_fit_and_a_column_of_the_table_are_refused(
    linkage: Linkage, made: pd.DataFrame
) -> None:
    with pytest.raises(InputError, match="labels for"):
        linkage.quality(truth=made["true_person"].iloc[1:])
    frame: Any = frame_of([("Ruth", "Example", "02/02/1990", "British")]).assign(share_true="x")
    small = link_referrals(frame, progress=False)
    assert len(small.quality("share_true")) == 2
    with pytest.raises(InputError, match="rename yours"):
        small.quality("share_true", truth=[1])


def test_no_referrals_make_an_empty_total() -> None:
    frame = pd.DataFrame({"Forename(s)": [], "Surname": []}, dtype=object)
    linkage = link_referrals(frame, progress=False)
    for by in ((), "Surname"):
        table = linkage.quality(by, truth=[])
        assert table["true_pairs"].tolist() == [0]
        assert table["repeat_people_true"].tolist() == [0]
        assert table["measured_recall"].isna().all()
