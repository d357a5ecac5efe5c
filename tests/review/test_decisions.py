"""Human judgements: read, closed, refused where they contradict, and obeyed by the partition alone."""

from __future__ import annotations

import pandas as pd
import pytest

from nrm_linkage import DecisionConflictWarning, InputError, link_referrals
from tests.frames import frame_of

ROWS = [
    ("Zamir", "Testaj", "14/05/2001", "Albanian"),
    ("Zamir", "Testaj", "14/05/2001", "Albanian"),
    ("Zamir", "Testaj", "2001-05-14", "Albania"),
    ("Ruth", "Example", "02/02/1990", "British"),
    ("Osei", "Mockiani", "03/03/1985", "Ghanaian"),
]


def judged(*rows: tuple[object, object, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["referral_id_l", "referral_id_r", "decision"])


def linked(decisions: pd.DataFrame | None = None):
    dated = frame_of(ROWS).assign(**{"Referral date": [f"01/{month:02d}/2024" for month in range(2, 7)]})
    return link_referrals(dated, decisions=decisions, progress=False)


def together(linkage, a: str, b: str) -> bool:
    cluster = linkage.referrals.set_index("NRM reference")["cluster_id"]
    return bool(cluster[a] == cluster[b])


def test_without_judgements_the_model_decides():
    linkage = linked()
    assert together(linkage, "R000", "R001") and together(linkage, "R001", "R002")
    assert not together(linkage, "R003", "R004")
    assert not linkage.clusters["decided_by_human"].any()


def test_different_parts_what_the_model_joins_and_the_rest_still_holds_together():
    linkage = linked(judged(("R000", "R002", "different")))
    assert not together(linkage, "R000", "R002")
    assert together(linkage, "R000", "R001") or together(linkage, "R001", "R002")
    assert linkage.clusters["decided_by_human"].all()


def test_same_joins_strangers_transitively_and_confidence_stays_the_models():
    linkage = linked(judged(("R003", "R004", "same"), ("R004", "R000", "Same ")))
    assert together(linkage, "R003", "R000") and together(linkage, "R003", "R002")
    (confidence,) = linkage.clusters["confidence"]
    assert confidence < 0.01
    assert linkage.clusters["decided_by_human"].all()


def test_unsure_binds_nothing():
    judgement = judged(("R000", "R001", "unsure"), ("R003", "R004", "unsure"))
    pd.testing.assert_frame_equal(linked(judgement).clusters, linked().clusters)


def test_contradictions_bind_nothing_and_are_reported():
    judgement = judged(
        ("R003", "R004", "same"),
        ("R004", "R000", "same"),
        ("R000", "R003", "different"),
        ("R001", "R002", "different"),
    )
    with pytest.warns(DecisionConflictWarning, match="3 human decisions contradict"):
        linkage = linked(judgement)
    assert not together(linkage, "R003", "R004")
    assert not together(linkage, "R001", "R002")
    assert any("contradict" in choice for choice in linkage.report.choices)


def test_probabilities_do_not_move():
    plain, bound = linked(), linked(judged(("R000", "R002", "different")))
    columns = ["referral_id_l", "referral_id_r", "match_weight_bits", "same_person_probability"]
    pd.testing.assert_frame_equal(plain.links[columns], bound.links[columns])


@pytest.mark.parametrize(
    ("judgement", "says"),
    [
        (judged(("R000", "R001", "perhaps")), "1 rows hold another decision"),
        (judged(("R000", "nobody", "same")), "1 ids in referral_id_r are not among the referrals"),
        (judged(("R000", "R000", "same")), "1 rows decide of a referral and itself"),
        (judged(("R000", "R001", "same")).drop(columns="decision"), "lacks the columns decision"),
        ([("R000", "R001", "same")], "must be a pandas DataFrame"),
    ],
)
def test_what_cannot_be_used_is_refused_in_words(judgement, says):
    with pytest.raises(InputError, match=says):
        linked(judgement)


def test_row_positions_are_no_ids_to_decide_by():
    frame = frame_of(ROWS).drop(columns="NRM reference")
    with pytest.raises(InputError, match="need a referral id column"):
        link_referrals(frame, decisions=judged((0, 1, "same")))


def counted(linkage, **options) -> pd.Series:
    table = linkage.repeat_referrals(by=(), **options)
    return table.set_index("counting").loc["all", ["estimate", "low", "high", "n_in_clusters"]]


def test_counts_are_given_with_and_without_judgements(tmp_path):
    plain, bound = linked(), linked(judged(("R003", "R004", "same"), ("R000", "R002", "different")))
    assert counted(plain)["n_in_clusters"] == 1
    assert counted(bound)["n_in_clusters"] == 2
    assert counted(bound)["estimate"] > counted(plain)["estimate"] + 0.9
    pd.testing.assert_series_equal(counted(bound, with_decisions=False), counted(plain))
    assert bound.report.counts["clusters"] == 2
    assert bound.report.counts["clusters without human decisions"] == 1
    assert "clusters without human decisions" not in plain.report.counts
    bound.save(tmp_path / "run")
    again = type(bound).load(tmp_path / "run")
    for with_decisions in (True, False):
        pd.testing.assert_series_equal(
            counted(again, with_decisions=with_decisions), counted(bound, with_decisions=with_decisions)
        )


def test_every_draw_obeys():
    linkage = linked(judged(("R003", "R004", "same"), ("R000", "R002", "different")))
    row = {value: number for number, value in enumerate(linkage.run.referrals.referral_id)}
    people = linkage.run.partition
    drawn = {
        name: people.draws[:, people.uncertain.searchsorted(at)]
        for name, at in row.items()
        if at in people.uncertain
    }
    assert (drawn["R003"] == drawn["R004"]).all()
    assert (drawn["R000"] != drawn["R002"]).all()


def test_a_judgement_that_changes_no_cluster_leaves_its_probabilities():
    plain, bound = linked(), linked(judged(("R000", "R002", "same")))
    columns = ["confidence", "membership_probability"]
    assert 0 < plain.clusters["confidence"].iloc[0] < 1
    pd.testing.assert_frame_equal(bound.referrals[columns], plain.referrals[columns])
