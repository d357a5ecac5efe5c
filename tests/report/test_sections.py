"""What the internal page shows beside the counts: right numbers, in order, escaped, and each on the page."""

from __future__ import annotations

import pathlib
import re
import sys

import numpy as np
import pandas as pd
import pytest

import nrm_linkage as nl
from nrm_linkage.report import sections
from nrm_linkage.report.record import in_order
from nrm_linkage.report.statement import ITEMS, OWNER, statement_markdown
from nrm_linkage.result.counting import CHARTS
from nrm_linkage.review.choosing import BANDS
from tests.report.test_page import Reader

pytestmark = [pytest.mark.whole_package, pytest.mark.xdist_group("sections")]

DOCS = pathlib.Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def linkage() -> nl.Linkage:
    return nl.link_referrals(nl.make_referrals(1_200, seed=21), progress=False)


@pytest.fixture(scope="module")
def text(linkage: nl.Linkage, tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("page") / "page.html"
    linkage.write_report(path)
    return path.read_text(encoding="utf-8")


def test_the_flow_leaves_nobody_out(linkage: nl.Linkage) -> None:
    steps = sections.flow(linkage.report, len(linkage.links))
    referrals, linkable = steps[0], steps[1]
    assert referrals.number - sum(number for _, number in referrals.notes) == linkable.number
    assert linkable.number == int(linkage.run.referrals.linkable.sum())
    assert [step.number for step in steps[2:4]] == [
        linkage.report.counts["candidate pairs"],
        len(linkage.links),
    ]
    assert steps[-1].number == len(linkage.clusters)
    assert steps[-1].notes[0][1] == linkage.clusters["n_referrals"].sum()


def test_bands_count_every_pair_once(linkage: nl.Linkage) -> None:
    found = sections.bands(linkage.links)
    linked = int(linkage.links["same_cluster"].sum())
    assert found["in one cluster"].sum() == linked
    assert found["not in one cluster"].sum() == len(linkage.links) - linked
    at_least = linkage.links["same_person_probability"] >= 0.99
    surest = found.to_dict("records")[-1]
    assert surest["in one cluster"] + surest["not in one cluster"] == int(at_least.sum())
    assert sections.BANDS == BANDS


def test_tables_by_group_are_those_of_quality(linkage: nl.Linkage) -> None:
    quality = linkage.quality(by="nationality")
    held, linked = sections.data_quality(quality), sections.linkage_quality(quality)
    assert len(held) == len(linked) == min(len(quality), sections.GROUPS_SHOWN + 1)
    assert [held["nationality"].tolist()[-1], linked["nationality"].tolist()[-1]] == ["total"] * 2
    by_name = {row["nationality"]: row for row in quality.to_dict("records")}
    for row in held.to_dict("records"):
        assert row["share with date_of_birth"] == by_name[row["nationality"]]["date_of_birth_known"]
    for row in linked.to_dict("records"):
        assert row["links"] == by_name[row["nationality"]]["links"]
        assert row["beyond the whole"] == by_name[row["nationality"]]["beyond_why"]
    assert held["linkable"].iloc[:-1].is_monotonic_decreasing
    few = linkage.quality(by="gender")
    assert sections.data_quality(few)["gender"].tolist() == few["gender"].tolist()


def test_every_m_and_u_of_the_model_is_asked_about(linkage: nl.Linkage) -> None:
    model = linkage.model
    found = sections.model_questions(model)
    assert len(found) == sum(len(field.levels) - 1 for field in model.fields)
    first = model.fields[0].levels[1]
    wanted = np.log2(model.m["given_name"][first.name] / model.u["given_name"][first.name])
    assert found["bits"].iloc[0] == pytest.approx(wanted)


def test_the_headline_is_the_total_with_its_range(linkage: nl.Linkage, text: str) -> None:
    total = linkage.repeat_referrals(by=())
    row = total[total["counting"] == "all"].iloc[-1]
    said = sections.headline(total)
    assert f"About {row['estimate']:,.0f} people" in said
    assert f"{row['low']:,.0f} to {row['high']:,.0f}" in said
    assert said in text
    assert sections.headline(None) == ""


def test_counts_come_in_the_order_of_the_stages(linkage: nl.Linkage) -> None:
    shuffled = dict(sorted(linkage.report.counts.items()))
    assert list(in_order(shuffled))[:5] == [
        *("referrals", "technical duplicates", "not linkable", "linkable", "candidate pairs")
    ]
    assert in_order(shuffled) == linkage.report.counts
    assert in_order({"x": 1}) == {"x": 1}


def test_what_was_not_compared_is_said(linkage: nl.Linkage, text: str) -> None:
    read = Reader(text).words
    for line in sections.not_compared(linkage.report, linkage.run.config.review_floor_bits):
        assert line in read


def test_the_page_shows_the_largest_and_the_least_certain_clusters(linkage: nl.Linkage, text: str) -> None:
    read = Reader(text)
    clusters = linkage.clusters
    largest = clusters.sort_values(["n_referrals", "confidence", "cluster_id"], ascending=[False, True, True])
    least = clusters.sort_values(["confidence", "n_referrals", "cluster_id"], ascending=[True, False, True])
    shown = re.findall(r"<summary>(c[0-9a-f]{16}):", text)
    assert shown == [*largest["cluster_id"].head(10), *least["cluster_id"].head(10)]
    assert read.tags.count("svg") == 20 + len(CHARTS)
    found = linkage.explain_cluster(shown[0])
    assert found.bridge is not None
    for value in found.timeline["referral_id"]:
        assert value in read.words


def test_the_page_holds_the_three_pictures(linkage: nl.Linkage, text: str) -> None:
    for name in CHARTS:
        assert linkage.chart(name).svg in text
    assert "No picture" not in text
    assert text.count("<svg") == text.count("</svg>") == len(CHARTS) + text.count('class="waterfall"')


def test_without_altair_the_page_says_so_in_a_line_and_has_its_tables(
    linkage: nl.Linkage, text: str, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "altair", None)
    linkage.write_report(tmp_path / "page.html")
    without = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert without.count("No pictures, the tables stand alone: charts need the extra") == 1
    assert without.count("<table") == text.count("<table")
    assert 'class="marks"' not in without and 'class="marks"' in text


def test_what_cannot_be_drawn_is_said_and_the_rest_drawn(tmp_path: pathlib.Path) -> None:
    frame = nl.make_referrals(40, seed=1).drop(columns=["true_person", "true_instance", "Date of referral"])
    nl.link_referrals(frame, progress=False).write_report(tmp_path / "page.html")
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "No picture of people by month: " in page


def test_the_page_counts_what_humans_decided_and_shows_where(
    linkage: nl.Linkage, text: str, tmp_path: pathlib.Path
) -> None:
    assert "Nothing: every cluster is the model's alone." in text
    queue = linkage.review_queue(3)[["referral_id_l", "referral_id_r"]]
    decided = queue.assign(decision=["same", "same", "unsure"], decided_at=["1/5/2024", "3/5/2024", ""])
    frame = linkage.run.frame
    after = nl.link_referrals(frame, decisions=decided, model=linkage.model, progress=False)
    (table,) = sections.decisions(after.decisions()).values()
    assert table.set_index("decision")["number"].to_dict() == {"same": 2, "unsure": 1}
    days = [str(table[f"{which} day"].iloc[0])[:10] for which in ("first", "last")]
    assert days == ["2024-05-01", "2024-05-03"]
    assert table["without a day"].tolist() == [0, 1]
    after.write_report(tmp_path / "page.html")
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    part = page[page.index('id="decisions"') : page.index('id="cluster-tests"')]
    shown = after.clusters.loc[after.clusters["decided_by_human"], "cluster_id"]
    assert len(shown) and all(one in part for one in shown)
    for row in queue.head(2).to_dict("records"):
        assert f"{row['referral_id_l']} and {row['referral_id_r']}: same, on 2024-05-0" in part


def test_a_run_without_dates_or_clusters_has_a_page(tmp_path: pathlib.Path) -> None:
    frame = pd.DataFrame(
        {"NRM reference": ["R1", "R2"], "Forename(s)": ["Zamira", "Ruth"], "Surname": ["Testaj", "Mock"]}
    )
    linkage = nl.link_referrals(frame, progress=False)
    assert not len(linkage.clusters)
    linkage.write_report(tmp_path / "page.html")
    read = Reader((tmp_path / "page.html").read_text(encoding="utf-8"))
    assert "Flow of records" in read.words


def test_hostile_ids_of_explained_clusters_stay_text(tmp_path: pathlib.Path) -> None:
    frame = pd.DataFrame(
        {
            "NRM reference": ["R1", '"><script>alert(1)</script>', "</details><img src=x onerror=alert(1)>"],
            "Forename(s)": ["Zamira"] * 3,
            "Surname": ["Testaj"] * 3,
            "DOB": ["14/05/2001"] * 3,
            "Date of referral": ["01/02/2023", "01/03/2023", "01/04/2023"],
        }
    )
    linkage = nl.link_referrals(frame, progress=False)
    assert linkage.clusters["n_referrals"].tolist() == [3]
    linkage.write_report(tmp_path / "page.html")
    read = Reader((tmp_path / "page.html").read_text(encoding="utf-8"))
    assert not {"script", "img"} & set(read.tags)
    assert read.words.count("<script>alert(1)</script>") >= 3


# ------------------------------------------------------------------------------------------- the statement


def test_the_statement_points_at_sections_that_are_there(text: str) -> None:
    ids = {value for name, value in Reader(text).attributes if name == "id"}
    assert {item.where for item in ITEMS if item.where} <= ids
    for item in ITEMS:
        assert bool(item.where) == (item.answered != OWNER)
        assert item.asks in Reader(text).words


def test_the_statement_in_the_documentation_is_the_report_s() -> None:
    assert statement_markdown() in (DOCS / "explaining.md").read_text(encoding="utf-8")
