"""Who decided, when and why is kept with the run, goes with it from run to run, and is shown to who asks."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nrm_linkage import DecisionConflictWarning, InputError, Linkage, link_referrals
from nrm_linkage.review.recorded import in_order, moved_record, no_record, record_of
from tests.frames import frame_of

ID, COLUMNS = (
    "NRM reference",
    ["referral_id_l", "referral_id_r", "decision", "decided_by", "decided_at", "reason"],
)
FRAME = frame_of(
    [
        ("Zamir", "Testaj", "14/05/2001", "Albanian"),
        ("Zamir", "Testaj", "2001-05-14", "Albania"),
        ("Ruth", "Example", "02/02/1990", "British"),
        ("Osei", "Mockiani", "03/03/1985", "Ghanaian"),
        ("Binh", "Nguyen", "07/07/1999", "Vietnamese"),
    ]
).assign(**{"Referral date": [f"01/{month:02d}/2024" for month in range(2, 7)]})

WHO, WHEN, WHY = "Mx Wolfhexa", "14/05/2024 10:31", "=HYPERLINK(<b>says the Quxavobe file</b>)"
DECIDED = pd.DataFrame(
    [
        ("R002", "R003", "same", WHO, WHEN, WHY),
        ("R003", "R004", "same", None, "2024-06-01", None),
        ("R000", "R001", "unsure", "Ann Other", "last week", "faint copy"),
        ("R004", "R000", "different", "Ann Other", pd.Timestamp("2024-06-02 09:00"), "another hand"),
    ],
    columns=COLUMNS,
)
TRACES = (WHO, WHEN, "Quxavobe", "HYPERLINK", "Ann Other", "faint copy", "another hand", "last week", "10:31")


def linked(frame: pd.DataFrame = FRAME, **options: Any) -> Linkage:
    return link_referrals(frame, progress=False, **options)


@pytest.fixture(scope="module")
def linkage() -> Linkage:
    return linked(decisions=DECIDED)


def record(linkage: Linkage) -> pd.DataFrame:
    return linkage.decisions("values")


def assert_hidden(text: str) -> None:
    assert not [trace for trace in TRACES if trace in text]


def test_every_decision_is_kept_with_what_became_of_it(linkage: Linkage) -> None:
    found = record(linkage)
    assert found["referral_id_l"].tolist() == ["R000", "R000", "R002", "R003"]
    assert found["standing"].tolist() == ["unsure", "binds", "binds", "binds"]
    assert found["decided_on"].dt.strftime("%d %b").fillna("").tolist() == ["", "02 Jun", "14 May", "01 Jun"]
    assert found["decided_by"].tolist() == ["Ann Other", "Ann Other", WHO, None]
    assert found["decided_at"].tolist() == ["last week", "2024-06-02T09:00:00", WHEN, "2024-06-01"]
    assert found["reason"].tolist() == ["faint copy", "another hand", WHY, None]
    assert "1 human decisions have a decided_at that cannot be read as a day" in linkage.report.choices


def test_the_order_of_the_table_changes_nothing(linkage: Linkage, tmp_path: Path) -> None:
    again = linked(decisions=pd.concat([DECIDED.iloc[::-1], DECIDED.iloc[:2]]).reset_index(drop=True))
    pd.testing.assert_frame_equal(record(again), record(linkage))
    for name, one in (("one", linkage), ("again", again)):
        one.save(tmp_path / name)
    files = [(tmp_path / name / "human_decisions.parquet").read_bytes() for name in ("one", "again")]
    assert files[0] == files[1]


def test_without_being_asked_nothing_says_who_or_why(linkage: Linkage, tmp_path: Path) -> None:
    cluster = linkage.clusters["cluster_id"]
    linkage.write_report(tmp_path / "page.html")
    shown = [
        linkage.decisions().to_csv(),
        repr(linkage.run.judged) + repr(linkage) + linkage._repr_html_(),
        (tmp_path / "page.html").read_text("utf-8"),
        *(linkage.explain_cluster(one).to_json() for one in cluster),
    ]
    for show in ("shapes", "none"):
        one = linkage.explain("R002", "R003", show=show)
        shown += [repr(one), one.words(), one.to_json(), one._repr_html_(), one.waterfall()]
        many = linkage.explain_cluster(cluster.iloc[-1], show=show)
        shown += [repr(many), many.words(), many.to_json(), many._repr_html_()]
    for text in shown:
        assert_hidden(text)
    asked = linkage.explain("R002", "R003", show="values")
    assert_hidden(repr(asked) + asked.words() + str(asked))


def test_a_pair_says_what_was_decided_and_when_and_with_values_by_whom(linkage: Linkage) -> None:
    shapes, values = (linkage.explain("R002", "R003", show=show) for show in ("shapes", "values"))
    assert "R002 and R003: same, on 2024-05-14 (who decided and why are recorded)" in shapes.words()
    (one,) = shapes.to_dict()["decisions"]
    assert one["decided_on"] == "2024-05-14" and one["who_recorded"] and "reason" not in one
    (one,) = json.loads(values.to_json())["decisions"]
    assert (one["decided_by"], one["decided_at"], one["reason"]) == (WHO, WHEN, WHY)
    page = values._repr_html_()
    assert WHO in page and "<b>" not in page and "&lt;b&gt;says" in page
    assert linkage.explain("R001", "R002").decisions == ()


def test_decisions_through_others_are_told(linkage: Linkage) -> None:
    through = linkage.explain("R002", "R004")
    assert through.decided_by_human == "same, through other referrals that were decided"
    assert [(one.referral_id_l, one.referral_id_r) for one in through.decisions] == [
        ("R002", "R003"),
        ("R003", "R004"),
    ]
    apart = linkage.explain("R000", "R002")
    assert apart.decided_by_human == "different, through other referrals that were decided"
    assert [one.decision for one in apart.decisions] == ["different", "same", "same"]
    assert apart.decisions[0].decided_on == dt.date(2024, 6, 2)


def test_a_decision_that_binds_nothing_is_told_as_such(linkage: Linkage) -> None:
    found = linkage.explain("R000", "R001")
    assert found.decided_by_human is None
    assert "unsure, which binds nothing, on a day that is not recorded" in found.words()
    table = DECIDED.iloc[:2]
    against = pd.DataFrame([("R002", "R004", "different", None, None, None)], columns=COLUMNS)
    with pytest.warns(DecisionConflictWarning):
        found = linked(decisions=pd.concat([table.astype(object), against.astype(object)])).explain(
            "R002", "R003"
        )
    assert found.decided_by_human is None
    assert [one.standing for one in found.decisions] == ["contradicted"]
    assert "contradicts other decisions" in found.words()


def test_a_cluster_says_what_was_decided_of_its_members(linkage: Linkage, tmp_path: Path) -> None:
    of = linkage.referrals.set_index(ID)["cluster_id"]
    found = linkage.explain_cluster(of["R002"])
    assert found.decisions["decision"].tolist() == ["different", "same", "same"]
    assert "human decision, R000 and R004: different, on 2024-06-02" in found.words()
    assert "What humans decided" in found._repr_html_()
    values = linkage.explain_cluster(of["R002"], show="values")
    assert values.to_dict()["decisions"][1]["reason"] == WHY
    assert "&lt;b&gt;says" in values._repr_html_() and "<b>" not in values._repr_html_()
    linkage.write_report(tmp_path / "page.html")
    page = (tmp_path / "page.html").read_text("utf-8")
    assert "R002 and R003: same, on 2024-05-14 (who decided and why are recorded)" in page
    assert "Human decisions, and what became of them" in page
    linkage.write_report(tmp_path / "public.html", audience="publication")
    assert "decided" not in (tmp_path / "public.html").read_text("utf-8")


def test_decisions_are_saved_and_loaded(linkage: Linkage, tmp_path: Path) -> None:
    linkage.save(tmp_path / "run")
    again = Linkage.load(tmp_path / "run")
    pd.testing.assert_frame_equal(record(again), record(linkage))
    for a, b in (("R002", "R003"), ("R000", "R002"), ("R000", "R001")):
        assert again.explain(a, b, show="values") == linkage.explain(a, b, show="values")
    again.save(tmp_path / "again")
    names = {path.name for path in (tmp_path / "run").iterdir()}
    assert all(
        (tmp_path / "run" / name).read_bytes() == (tmp_path / "again" / name).read_bytes() for name in names
    )
    bare = linked()
    bare.save(tmp_path / "bare")
    assert record(Linkage.load(tmp_path / "bare")).empty


def test_a_following_run_carries_them_and_says_which_were_decided_again(linkage: Linkage) -> None:
    new = FRAME.iloc[[0]].assign(**{ID: "R900", "Referral date": "01/09/2024"})
    carried = linked(new, previous=linkage)
    pd.testing.assert_frame_equal(record(carried), record(linkage))
    decided = pd.DataFrame([("R003", "R002", "different", "Bo", "2024-09-09", "a letter")], columns=COLUMNS)
    again = linked(new, previous=carried, decisions=decided)
    found = again.explain("R002", "R003", show="values").decisions
    assert [(one.decision, one.standing, one.decided_by) for one in found] == [
        ("different", "binds", "Bo"),
        ("same", "superseded", WHO),
    ]
    assert "decided again later" in again.explain("R002", "R003").words()
    undone = decided.assign(decision="unsure")
    assert linked(new, previous=again, decisions=undone).explain("R002", "R003").decided_by_human is None


def test_who_is_forgotten_takes_the_decisions_along(linkage: Linkage, tmp_path: Path) -> None:
    found = linkage.forget(["R003"])
    assert record(found)["reason"].tolist() == ["faint copy", "another hand"]
    found.save(tmp_path / "run")
    told = pd.read_parquet(tmp_path / "run" / "human_decisions.parquet").to_csv()
    assert WHO not in told and "Quxavobe" not in told and "faint copy" in told
    assert record(linkage.forget(["R000", "R003"])).empty
    full = linked(
        FRAME[FRAME[ID] != "R003"], previous=linkage, config=linkage.run.config.__class__(extract="full")
    )
    assert record(full)["reason"].tolist() == ["faint copy", "another hand"]


def test_rows_that_nobody_decided_are_left_out_and_counted() -> None:
    blank = pd.DataFrame([("R001", "R002", " ", "Ann", None, None), (None,) * 6], columns=COLUMNS)
    found = linked(decisions=pd.concat([DECIDED.astype(object), blank.astype(object)], ignore_index=True))
    assert len(record(found)) == len(DECIDED)
    left_out = "2 rows of the decisions hold no decision and were left out"
    assert f"{left_out}; 1 of them have a name, a day or a reason all the same" in found.report.choices


def test_ids_are_found_by_their_text_where_that_is_one_referrals() -> None:
    frame = FRAME.assign(**{ID: [1, 2, 3, 4, 5]})
    table = pd.DataFrame({"referral_id_l": ["3"], "referral_id_r": ["4"], "decision": ["same"]})
    assert linked(frame, decisions=table).explain(3, 4).decided_by_human == "same"
    formula = FRAME.assign(**{ID: ["=1", "R1", "R2", "R3", "'R4"]})
    table = table.assign(referral_id_l="'=1", referral_id_r="'R4")
    assert linked(formula, decisions=table).explain("=1", "'R4").decided_by_human == "same"


def test_rows_that_cannot_be_used_are_told_by_their_number() -> None:
    rows = [("R000", "R001", None), ("R000", "R001", "maybe"), ("R000", "Quxavobe", "same")]
    table = pd.DataFrame(rows, columns=COLUMNS[:3])
    with pytest.raises(InputError, match=r"1 rows hold another decision .* row 2\)"):
        linked(decisions=table)
    with pytest.raises(InputError, match=r"1 ids in referral_id_r are not .* row 2\)") as caught:
        linked(decisions=table.iloc[[0, 2]])
    assert "Quxavobe" not in str(caught.value)
    twice = pd.concat([table.iloc[:1], table.iloc[:1, [2]]], axis=1)
    with pytest.raises(InputError, match="more than one column decision"):
        linked(decisions=twice)


pairs = st.lists(
    st.tuples(
        st.integers(0, 5),
        st.integers(0, 5),
        st.sampled_from(["same", "different", "unsure"]),
        st.text(max_size=2),
    ),
    max_size=6,
)


@given(pairs, st.permutations([-1, 0, 1, 2, 2, 3]))
def test_a_record_moves_as_its_rows_do(rows: list[tuple[int, int, str, str]], row: list[int]) -> None:
    rows = [(min(a, b), max(a, b), said, why) for a, b, said, why in rows if a != b]
    table = pd.DataFrame({"reason": pd.Series([why for *_, why in rows], dtype=object)})
    found = record_of(
        table,
        np.array([one[:2] for one in rows]).reshape(-1, 2),
        pd.Series([one[2] for one in rows], dtype=object),
    )
    moved = in_order(moved_record(found, np.array(row)))
    expected = {
        (*sorted((row[a], row[b])), said, why.strip() or None)
        for a, b, said, why in rows
        if min(row[a], row[b]) >= 0 and row[a] != row[b]
    }
    assert {*zip(moved["left"], moved["right"], moved["decision"], moved["reason"], strict=True)} == expected
    assert len(moved) == len(expected)
    assert moved.dtypes.equals(no_record().dtypes)
