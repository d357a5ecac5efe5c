"""Explanations say what the run said, add up, and show no value that was not asked for."""

from __future__ import annotations

import dataclasses
import html
import itertools
import json
import random
import re
from typing import Any

import numpy as np
import pandas as pd
import pytest

import nrm_linkage as nl
from nrm_linkage.compare import FIELDS
from nrm_linkage.explain import PairExplanation
from nrm_linkage.explain.evidence import BESIDE_FIELDS, RECORDED_IN
from nrm_linkage.provenance import HOME_OFFICE_CAVEAT
from tests.frames import frame_of

# One worker holds the run that these tests look at.
pytestmark = [pytest.mark.whole_package, pytest.mark.xdist_group("explain")]

GRID_BITS = 2.0**-20
NAMES = {"Forename(s)": "Quxavobe", "Surname": "Wujokexa"}


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return nl.make_referrals(300, seed=11)


@pytest.fixture(scope="module")
def linkage(frame: pd.DataFrame) -> nl.Linkage:
    return nl.link_referrals(frame, progress=False)


def pairs_of_all_kinds(linkage: nl.Linkage) -> list[tuple[Any, Any]]:
    """Linked, refused and never compared; rows that cannot be linked among them."""
    links = linkage.links
    kinds = [links[links["same_cluster"]].head(15), links[~links["same_cluster"]]]
    known = [
        pair for kind in kinds for pair in zip(kind["referral_id_l"], kind["referral_id_r"], strict=True)
    ]
    every = linkage.referrals["NRM reference"].tolist()
    drawn = random.Random(3)
    return [*known, *(tuple(drawn.sample(every, 2)) for _ in range(25))]


def in_bits(explanation: PairExplanation) -> dict[str, float]:
    return {line.field: line.bits for line in explanation.evidence}


def test_every_link_is_explained_by_the_bits_that_stand_in_the_table(linkage: nl.Linkage) -> None:
    assert len(linkage.links) > 20
    for row in linkage.links.to_dict("records"):
        found = linkage.explain(row["referral_id_l"], row["referral_id_r"])
        bits = {str(name)[5:]: value for name, value in row.items() if str(name).startswith("bits_")}
        assert in_bits(found) == bits
        levels = {line.field: line.level for line in found.evidence if line.field not in BESIDE_FIELDS}
        assert levels == {field.name: row[f"level_{field.name}"] for field in FIELDS}
        assert found.match_weight_bits == row["match_weight_bits"]
        assert found.match_probability == pytest.approx(row["match_probability"], rel=1e-12)
        assert found.same_person_probability == row["same_person_probability"]
        assert found.same_cluster == row["same_cluster"]
        assert ("; ".join(found.found_by) or "same component") == row["found_by"]


def test_prior_and_evidence_add_up_to_the_weight_whatever_the_pair(linkage: nl.Linkage) -> None:
    pairs = pairs_of_all_kinds(linkage)
    found = [linkage.explain(*pair) for pair in pairs]
    assert any(set(one.found_by) <= {"small extract"} for one in found)
    assert any(one.same_cluster for one in found)
    for one in found:
        summed = one.prior_bits + sum(in_bits(one).values())
        assert summed == pytest.approx(one.match_weight_bits, abs=1e-9)
        assert one.prior_bits == pytest.approx(linkage.model.prior_bits, abs=GRID_BITS)
        assert one.match_probability == pytest.approx(1 / (1 + 2.0**-one.match_weight_bits))
        as_dict = one.to_dict()
        assert as_dict["prior_bits"] + sum(line["bits"] for line in as_dict["evidence"]) == pytest.approx(
            as_dict["match_weight_bits"], abs=1e-9
        )


def test_a_missing_value_weighs_nothing_and_m_and_u_give_the_bits(linkage: nl.Linkage) -> None:
    lines = [line for pair in pairs_of_all_kinds(linkage) for line in linkage.explain(*pair).evidence]
    assert any(line.by_frequency for line in lines)
    for line in lines:
        if line.level == "missing":
            assert (line.bits, line.m, line.u, line.by_frequency) == (0.0, None, None, False)
        if line.field in BESIDE_FIELDS:
            assert line.bits <= 0 or line.level in ("dependence", "base rate")
        elif line.level != "missing":
            assert line.m is not None
            assert line.u is not None
            assert 0 < line.u <= 1
            assert np.log2(line.m / line.u) == pytest.approx(line.bits, abs=1e-9)
            assert line.m <= 1 + 1e-6


def test_the_order_of_the_two_changes_nothing(linkage: nl.Linkage) -> None:
    for a, b in pairs_of_all_kinds(linkage)[::2]:
        assert linkage.explain(a, b).to_dict() == linkage.explain(b, a).to_dict()


@pytest.mark.parametrize("show", ["values", "shapes", "none"])
def test_a_dict_is_json(linkage: nl.Linkage, show: Any) -> None:
    for pair in pairs_of_all_kinds(linkage)[::5]:
        as_dict = linkage.explain(*pair, show=show).to_dict()
        assert json.loads(json.dumps(as_dict, allow_nan=False)) == as_dict
        assert ("sentence" in as_dict["evidence"][0]) == (show != "none")
        assert ("left" in as_dict["evidence"][0]) == (show == "values")


@pytest.mark.parametrize("ids", [None, "numbers"])
def test_a_dict_is_json_whatever_the_ids(frame: pd.DataFrame, ids: str | None) -> None:
    frame = frame.drop(columns="NRM reference")
    if ids:
        frame.insert(0, "NRM reference", np.arange(len(frame)) + 1000)
    linkage = nl.link_referrals(frame, progress=False)
    row = linkage.links.iloc[0]
    as_dict = linkage.explain(row["referral_id_l"], row["referral_id_r"]).to_dict()
    assert json.loads(json.dumps(as_dict, allow_nan=False)) == as_dict
    cluster = linkage.explain_cluster(linkage.clusters["cluster_id"].iloc[0]).to_dict()
    first, second = cluster["timeline"][:2]
    assert first["previous_referral_id"] is None
    assert repr(second["previous_referral_id"]) == repr(first["referral_id"])
    assert json.loads(json.dumps(cluster, allow_nan=False)) == cluster


# ------------------------------------------------------------------------------------------ values


def canaries() -> nl.Linkage:
    frame = nl.make_referrals(40, seed=2).drop(columns=["true_person", "true_instance"]).head(40)
    twice = pd.concat([frame.head(1)] * 2, ignore_index=True).assign(**NAMES)
    twice["NRM reference"] = ["CANARY-1", "CANARY-2"]
    twice["DOB"] = ["17/03/1987", "1987-03-17"]
    # Another day, so that the second is no technical duplicate of the first.
    twice["Date of referral"] = ["02/01/2023", "05/06/2023"]
    return nl.link_referrals(pd.concat([frame, twice], ignore_index=True), progress=False)


def everything_shown(explanation: PairExplanation) -> str:
    return "\n".join(
        [
            repr(explanation),
            str(explanation),
            explanation.words(),
            explanation._repr_html_(),
            json.dumps(explanation.to_dict()),
            repr(explanation.evidence),
        ]
    ).lower()


def without_bits(text: str) -> str:
    """A text without its long decimals, whose digits may be those of a year by chance."""
    return re.sub(r"\d+\.\d{6,}", "", text)


def test_values_appear_only_when_asked_for() -> None:
    linkage = canaries()
    secrets = [*(name.lower() for name in NAMES.values()), "1987", "17/03"]
    for show in ("shapes", "none"):
        found = linkage.explain("CANARY-1", "CANARY-2", show=show)
        # What it holds, too: a caller may write it out as he likes.
        text = everything_shown(found) + json.dumps(dataclasses.asdict(found), default=str).lower()
        assert [secret for secret in secrets if secret in without_bits(text)] == []
    asked = linkage.explain("CANARY-1", "CANARY-2", show="values")
    assert all(secret in json.dumps(asked.to_dict()).lower() for secret in secrets)
    assert [secret for secret in secrets if secret in without_bits(repr(asked).lower())] == []
    lines = {line["field"]: line for line in asked.to_dict()["evidence"]}
    assert lines["given_name"]["left"]["given_name"] == NAMES["Forename(s)"]
    assert lines["date_of_birth"]["right"] == {"date_of_birth": "1987-03-17"}


def test_every_column_that_a_field_was_read_from_is_shown() -> None:
    names = {"Forename": "Quxavobe", "Middle name": "Dafiloke", "Surname": "Wujokexa", "DOB": "17/03/1987"}
    phones = {"Phone": "07700 900123", "Mobile": "07700 900456"}
    frame = pd.DataFrame([{"Referral ID": at, **names, **phones} for at in ("A", "B")])
    found = nl.link_referrals(frame, progress=False).explain("A", "B", show="values").to_dict()
    lines = {line["field"]: line["left"] for line in found["evidence"]}
    other = lines["other_names"]
    assert other == {"middle_names": "Dafiloke", "family_name": "Wujokexa"}
    assert lines["contact"] == {"phone": "07700 900456; 07700 900123"}


def test_none_shows_levels_and_bits_alone(linkage: nl.Linkage) -> None:
    row = linkage.links.iloc[0]
    found = linkage.explain(row["referral_id_l"], row["referral_id_r"], show="none")
    text = html.unescape(everything_shown(dataclasses.replace(found, evidence=found.evidence)))
    said = [line for line in found.evidence if line.level != "missing" and line.sentence != line.level]
    assert said
    for line in said:
        assert line.sentence.lower() not in html.unescape(found._repr_html_()).lower()
        assert line.sentence.lower() not in found.words().lower()
        assert line.level.lower() in text


def test_html_is_escaped(linkage: nl.Linkage) -> None:
    row = linkage.links.iloc[0]
    found = linkage.explain(row["referral_id_l"], row["referral_id_r"])
    nasty = dataclasses.replace(found.evidence[0], level="<b>&", sentence="<script>alert('x')</script>")
    page = dataclasses.replace(found, evidence=(nasty,))._repr_html_()
    assert "<script" not in page
    assert "&lt;b&gt;&amp;" in page
    assert "&lt;script&gt;" in page


def test_words_name_every_field_that_says_something(linkage: nl.Linkage) -> None:
    row = linkage.links.iloc[0]
    found = linkage.explain(row["referral_id_l"], row["referral_id_r"])
    words = found.words()
    assert str(found) == words
    for line in found.evidence:
        idle = line.level == "missing" or (line.field in BESIDE_FIELDS and abs(line.bits) < 0.05)
        assert (f"{line.field.replace('_', ' ')}:" in words) != idle
    assert f"{found.match_weight_bits:+.1f} bits" in words
    assert "same cluster" in words


def test_every_compared_field_says_what_it_is_read_from() -> None:
    assert set(RECORDED_IN) == {field.name for field in FIELDS}


# ------------------------------------------------------------------------------------------ errors


@pytest.mark.parametrize("unknown", [None, float("nan"), ["NRM0100001"], "Quxavobe", 7])
def test_an_unknown_id_is_an_input_error_that_does_not_repeat_it(linkage: nl.Linkage, unknown: Any) -> None:
    known = linkage.referrals["NRM reference"].iloc[0]
    for pair in ((known, unknown), (unknown, known)):
        with pytest.raises(nl.InputError, match="no referral with that id") as caught:
            linkage.explain(*pair)
        assert "Quxavobe" not in str(caught.value)


@pytest.mark.parametrize("unknown", [None, float("nan"), "Quxavobe", 7])
def test_an_unknown_cluster_is_an_input_error_that_does_not_repeat_it(
    linkage: nl.Linkage, unknown: Any
) -> None:
    single = linkage.referrals.loc[linkage.referrals["linkage_status"] == "single", "cluster_id"].iloc[0]
    for value in (unknown, single):
        with pytest.raises(nl.InputError, match="no cluster") as caught:
            linkage.explain_cluster(value)
        assert str(value) not in str(caught.value)


def test_one_referral_is_no_pair(linkage: nl.Linkage) -> None:
    known = linkage.referrals["NRM reference"].iloc[0]
    with pytest.raises(nl.InputError, match="two different"):
        linkage.explain(known, known)


def test_show_is_one_of_three(linkage: nl.Linkage) -> None:
    a, b = linkage.referrals["NRM reference"].iloc[:2]
    show: Any = "all"
    with pytest.raises(nl.InputError, match="show must be"):
        linkage.explain(a, b, show=show)
    with pytest.raises(nl.InputError, match="show must be"):
        linkage.explain_cluster(linkage.clusters["cluster_id"].iloc[0], show=show)


# ------------------------------------------------------------------------------------------ clusters


def test_every_cluster_is_explained(linkage: nl.Linkage) -> None:
    assert len(linkage.clusters) > 10
    for cluster in linkage.clusters.to_dict("records"):
        found = linkage.explain_cluster(cluster["cluster_id"])
        for name in ("cluster_id", "n_referrals", "confidence", "weakest_link_bits"):
            assert getattr(found, name) == cluster[name]
        timeline = found.timeline
        rows = linkage.referrals[linkage.referrals["cluster_id"] == cluster["cluster_id"]]
        members = rows.loc[rows["technical_duplicate_of"].isna(), "NRM reference"]
        assert sorted(timeline["referral_id"]) == sorted(members)
        assert len(timeline) == found.n_referrals
        dated = timeline["referred"].dropna()
        assert dated.is_monotonic_increasing
        assert timeline["referred"].isna().is_monotonic_increasing
        assert timeline["previous_referral_id"].tolist()[1:] == timeline["referral_id"].tolist()[:-1]
        pairs = set(zip(found.links["referral_id_l"], found.links["referral_id_r"], strict=True))
        assert pairs == set(itertools.combinations(sorted(members), 2))
        assert found.links["match_weight_bits"].is_monotonic_decreasing
        # The weakest link is one of them, and no stronger than what the strongest spanning tree must use.
        assert cluster["weakest_link_bits"] in found.links["match_weight_bits"].tolist()
        as_dict = found.to_dict()
        assert as_dict["caveat"] == HOME_OFFICE_CAVEAT
        assert json.loads(json.dumps(as_dict, allow_nan=False)) == as_dict


def test_a_cluster_shows_no_value_of_a_record() -> None:
    linkage = canaries()
    rows = linkage.referrals.set_index("NRM reference")
    assert rows.loc["CANARY-1", "cluster_id"] == rows.loc["CANARY-2", "cluster_id"]
    found = linkage.explain_cluster(str(rows.loc["CANARY-1", "cluster_id"]))
    text = (repr(found) + json.dumps(found.to_dict())).lower()
    assert [name for name in NAMES.values() if name.lower() in text] == []
    assert "1987" not in text


def test_an_explained_cluster_shows_values_only_when_asked() -> None:
    frame = frame_of([("Zamira", "Testaj", "14/05/2001", "Albanian")] * 2, ["01/02/2023", "03/04/2023"])
    linkage = nl.link_referrals(frame, progress=False)
    (cluster,) = linkage.clusters["cluster_id"]
    assert "Testaj" not in str(linkage.explain_cluster(cluster).to_dict())
    assert "Testaj" not in str(linkage.explain_cluster(cluster, show="none").to_dict())
    assert "Testaj" in str(linkage.explain_cluster(cluster, show="values").to_dict())
    assert "Testaj" not in repr(linkage.explain_cluster(cluster, show="values"))
