"""What stands beside a pair's evidence: how it was found or why not, what would change the decision, what a
human decided, what was read, and the picture.
"""

from __future__ import annotations

import dataclasses
import json
import math
import re
from collections.abc import Callable
from xml.etree import ElementTree

import numpy as np
import pandas as pd
import pytest

import nrm_linkage as nl
from nrm_linkage.block import KEY_RULES, candidate_pairs
from nrm_linkage.compare import FIELDS, compare_pairs
from nrm_linkage.config import LinkageConfig
from nrm_linkage.explain import PairExplanation, meeting
from nrm_linkage.explain.evidence import BESIDE_FIELDS
from nrm_linkage.explain.meeting import DUPLICATE, NAMELESS, NOTHING_SHARED
from nrm_linkage.model import BoundRarity, score, told_lines
from tests.frames import frame_of, people, referrals_of

pytestmark = [pytest.mark.whole_package, pytest.mark.xdist_group("explain")]

ZAMIRA = ("Zamira", "Testaj", "14/05/2001", "Albanian")


@pytest.fixture(scope="module")
def linkage() -> nl.Linkage:
    return nl.link_referrals(nl.make_referrals(1_500, seed=12), progress=False)


def drawn_pairs(n_rows: int, n_pairs: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    left = random.integers(0, n_rows - 1, n_pairs)
    return left.astype(np.int32), random.integers(left + 1, n_rows).astype(np.int32)


def test_of_ten_thousand_random_pairs_the_lines_sum_to_the_weight(linkage: nl.Linkage) -> None:
    rows, model = linkage.run.referrals, linkage.model
    left, right = drawn_pairs(rows.n, 10_000, seed=1)
    compared = compare_pairs(rows, left, right, BoundRarity(model.frequencies, rows), 10_000)
    lines, weight = score(rows, left, right, compared, model)
    told, _ = told_lines(rows, left, right, compared.levels, lines, model, 10_000)
    prior = np.round(model.prior_bits * 2**20) / 2**20
    assert np.abs(prior + told.sum(axis=1) - weight).max() <= 1e-9
    assert np.abs(prior + told[:, ::-1].cumsum(axis=1)[:, -1] - weight).max() == 0.0  # in any order
    # And what `explain` says of one of them is what stands there.
    for at in range(0, 10_000, 500):
        found = linkage.explain(rows.referral_id[left[at]], rows.referral_id[right[at]])
        assert found.match_weight_bits == weight[at]


@pytest.mark.nightly
def test_what_explain_says_of_ten_thousand_random_pairs_sums_to_the_weight(linkage: nl.Linkage) -> None:
    ids = linkage.run.referrals.referral_id
    for left, right in zip(*drawn_pairs(len(ids), 10_000, seed=3), strict=True):
        said = linkage.explain(ids[left], ids[right]).to_dict()
        total = said["prior_bits"] + math.fsum(line["bits"] for line in said["evidence"])
        assert abs(total - said["match_weight_bits"]) <= 1e-9


# ------------------------------------------------------------------------------- found, and why not


def test_a_pair_is_found_by_the_rules_that_found_it_in_the_run(linkage: nl.Linkage) -> None:
    rows, config = linkage.run.referrals, linkage.run.config
    candidates = candidate_pairs(rows, config)
    bits = [candidates.rules.index(rule.name) for rule in KEY_RULES]
    known = dict(
        zip(
            zip(candidates.left.tolist(), candidates.right.tolist(), strict=True),
            candidates.found_by.tolist(),
            strict=True,
        )
    )
    left, right = drawn_pairs(rows.n, 60, seed=2)
    picked = np.linspace(0, len(candidates) - 1, 60).astype(int)
    every = [
        *zip(candidates.left[picked], candidates.right[picked], strict=True),
        *zip(left, right, strict=True),
    ]
    n_found = 0
    for a, b in every:
        found = linkage.explain(rows.referral_id[a], rows.referral_id[b])
        mask = known.get((int(a), int(b)), 0)
        wanted = tuple(rule.name for rule, bit in zip(KEY_RULES, bits, strict=True) if mask >> bit & 1)
        assert found.found_by == wanted
        assert (found.why_not_found is None) == bool(wanted)
        n_found += bool(wanted)
    assert 60 <= n_found < len(every)


def test_a_pair_that_cannot_be_linked_says_so() -> None:
    frame = people(
        {"given_name": "Zamira", "family_name": "Testaj", "date_of_birth": "14/05/2001"},
        {"given_name": "", "family_name": "", "date_of_birth": "14/05/2001"},
        {"given_name": "Ruth", "family_name": "Example", "date_of_birth": "02/02/1990"},
    )
    linkage = nl.link_referrals(frame, progress=False)
    found = linkage.explain("R000", "R001")
    assert (found.found_by, found.why_not_found) == ((), NAMELESS)
    assert "no blocking rule: one of the two cannot be linked" in found.words()


def test_a_technical_duplicate_is_no_pair_of_its_own() -> None:
    frame = frame_of([ZAMIRA, ZAMIRA, ("Ruth", "Example", "02/02/1990", "British")], ["01/02/2023"] * 3)
    linkage = nl.link_referrals(frame, progress=False)
    assert linkage.run.referrals.duplicate_of.tolist() == [0, 0, 2]
    assert linkage.explain("R000", "R001").why_not_found == DUPLICATE


def test_a_key_that_too_many_share_is_named_with_how_many() -> None:
    others = [("Zamira", f"Testaj{letter * 3}", "01/01/2001", "Albanian") for letter in "bcdfghklmnprstvz"]
    rows = referrals_of(frame_of([*others, ("Zamira", "Quxavobe", "01/01/2001", "Albanian")]))
    last = rows.n - 1
    shared = tuple(rule.name for rule in KEY_RULES)
    wide = meeting.meeting(rows, 0, last, shared, max_key_size=1_000)
    assert "birth date" in wide.found_by and wide.why_not is None
    narrow = meeting.meeting(rows, 0, last, shared, max_key_size=4)
    made = candidate_pairs(rows, LinkageConfig(max_key_size=4), rules=KEY_RULES)
    assert not ((made.left == 0) & (made.right == last)).any()
    assert narrow.found_by == ()
    assert narrow.why_not is not None
    assert "birth date (17 referrals share" in narrow.why_not
    assert meeting.meeting(rows, 0, last, (), max_key_size=4).why_not == NOTHING_SHARED


# --------------------------------------------------------------------------------- what would change it


def without(linkage: nl.Linkage, found: PairExplanation, fields: tuple[str, ...]) -> float:
    """The slow way: score the pair in the run with these fields' levels taken out."""
    rows, model = linkage.run.referrals, linkage.model
    at = [rows.referral_id.tolist().index(value) for value in (found.referral_id_l, found.referral_id_r)]
    left, right = (np.array([row], dtype=np.int32) for row in at)
    compared = compare_pairs(rows, left, right, BoundRarity(model.frequencies, rows), 1)
    for name in fields:
        column = [field.name for field in FIELDS].index(name)
        compared.levels[0, column] = 0
        compared.coincidence_bits[0, column] = np.nan
    return float(score(rows, left, right, compared, model)[1][0])


def test_what_would_change_the_decision_does_and_nothing_smaller(linkage: nl.Linkage) -> None:
    links = linkage.links
    picked = links.iloc[np.linspace(0, len(links) - 1, 25).astype(int)]
    seen = set()
    for row in picked.to_dict("records"):
        found = linkage.explain(row["referral_id_l"], row["referral_id_r"])
        told = found.counterfactual
        assert told.joined_above_bits == 0.0
        assert told.joined == (found.match_weight_bits > 0)
        speaking = {
            line.field
            for line in found.evidence
            if line.level != "missing" and line.field not in BESIDE_FIELDS
        }
        assert {one.fields for one in told.each} == {(name,) for name in speaking}
        for one in (*told.each, *told.decisive[:3]):
            assert one.match_weight_bits == without(linkage, found, one.fields)
            assert one.changes_decision == ((one.match_weight_bits > 0) != told.joined)
        assert all(one.changes_decision for one in told.decisive)
        sizes = {len(one.fields) for one in told.decisive}
        assert len(sizes) <= 1
        assert any(one.changes_decision for one in told.each) == (sizes == {1})
        seen |= sizes
        if told.decisive:
            assert " without " in told.words()
            assert told.decisive[0].fields[0].replace("_", " ") in told.words()
    assert {1, 2} <= seen


def test_the_decision_turns_where_the_cost_of_a_false_link_says() -> None:
    frame = frame_of([ZAMIRA, ZAMIRA], ["01/02/2023", "03/04/2023"])
    linkage = nl.link_referrals(frame, config=LinkageConfig.conservative(), progress=False)
    assert linkage.explain("R000", "R001").counterfactual.joined_above_bits == pytest.approx(np.log2(9))


# ------------------------------------------------------------------------------------- what a human decided


def test_what_a_human_decided_is_told_directly_and_through_others() -> None:
    names = ("Zamira", "Ruth", "Teklay", "Osei", "Nhung")
    rows = [(name, "Testaj", "14/05/2001", "Albanian") for name in names]
    frame = frame_of(rows, [f"0{month}/02/2023" for month in range(1, 6)])
    said = [("R000", "R001", "same"), ("R001", "R002", "same"), ("R002", "R003", "different")]
    decisions = pd.DataFrame(said, columns=["referral_id_l", "referral_id_r", "decision"])
    linkage = nl.link_referrals(frame, decisions=decisions, progress=False)
    told = {
        (a, b): linkage.explain(a, b).decided_by_human
        for a, b in [("R000", "R001"), ("R000", "R002"), ("R003", "R002"), ("R000", "R003"), ("R000", "R004")]
    }
    through = "through other referrals that were decided"
    assert list(told.values()) == ["same", f"same, {through}", "different", f"different, {through}", None]
    assert "decided by a human: same" in linkage.explain("R000", "R001").words()
    assert linkage.explain("R000", "R001").to_dict()["decided_by_human"] == "same"


# ------------------------------------------------------------------------------------------------- frequency


def test_frequency_bits_are_what_rarity_adds_to_the_level(linkage: nl.Linkage) -> None:
    row = linkage.links.iloc[0]
    lines = linkage.explain(row["referral_id_l"], row["referral_id_r"]).evidence
    assert any(line.by_frequency and line.frequency_bits for line in lines)
    for line in lines:
        if not line.by_frequency:
            assert line.frequency_bits == 0.0
            continue
        assert line.m is not None
        of_level = np.log2(line.m / linkage.model.u[line.field][line.level])
        assert of_level + line.frequency_bits == pytest.approx(line.bits, abs=1e-9)


# ---------------------------------------------------------------------------------- values, as they were read


def test_values_are_shown_as_recorded_and_as_read() -> None:
    frame = frame_of([ZAMIRA, ("ZAMIRA", "Testaj", "2001-05-14", "Albania")], ["01/02/2023", "03/04/2023"])
    linkage = nl.link_referrals(frame, progress=False)
    found = linkage.explain("R000", "R001", show="values")
    lines = {line["field"]: line for line in found.to_dict()["evidence"]}
    assert lines["date_of_birth"]["left"] == {"date_of_birth": "14/05/2001"}
    assert lines["date_of_birth"]["left_read"] == lines["date_of_birth"]["right_read"] == "2001-05-14"
    assert lines["given_name"]["right"] == {"given_name": "ZAMIRA"}
    assert lines["given_name"]["right_read"] == "zamira"
    assert lines["other_name"]["left_read"] == "testaj"
    assert lines["nationality"]["left_read"] == lines["nationality"]["right_read"]
    assert lines["gender"]["left_read"] is None
    shown = found._repr_html_()
    assert "ZAMIRA" in shown and "2001-05-14" in shown
    assert "ZAMIRA" not in found.words() + repr(found)
    assert "left_read" not in linkage.explain("R000", "R001").to_dict()["evidence"][0]


def test_a_date_that_nobody_was_born_on_is_shown_as_what_it_is() -> None:
    frame = frame_of([ZAMIRA, ("Zamira", "Testaj", "44/05/2001", "Albania")], ["01/02/2023", "03/04/2023"])
    found = nl.link_referrals(frame, progress=False).explain("R000", "R001", show="values")
    line = next(line for line in found.to_dict()["evidence"] if line["field"] == "date_of_birth")
    assert (line["level"], line["right"]) == ("one digit", {"date_of_birth": "44/05/2001"})
    assert (line["left_read"], line["right_read"]) == ("2001-05-14", "2001-05-44, which is no date of birth")


# ------------------------------------------------------------------------------------------------ the picture


def test_the_waterfall_is_one_svg_whose_bars_lead_to_the_weight(linkage: nl.Linkage) -> None:
    for row in linkage.links.iloc[[0, len(linkage.links) // 2, -1]].to_dict("records"):
        found = linkage.explain(row["referral_id_l"], row["referral_id_r"])
        picture = found.waterfall()
        root = ElementTree.fromstring(picture)
        tags = {element.tag.rpartition("}")[2] for element in root.iter()}
        assert tags == {"svg", "rect", "line", "g", "text"}
        assert not re.search(r"href|style=|script|on\w+=|url\(", picture)
        bars = [element for element in root.iter() if element.get("height") == "11"]
        said = ["prior", *(line.field.replace("_", " ") for line in found.strongest_first), "match weight"]
        assert len(bars) == len(said)
        label = root.get("aria-label")
        assert label is not None
        assert all(name in label for name in said)
        assert f"match weight {found.match_weight_bits:+.1f}" in label


def test_hostile_text_stays_text(linkage: nl.Linkage) -> None:
    row = linkage.links.iloc[0]
    found = linkage.explain(row["referral_id_l"], row["referral_id_r"], show="values")
    hostile = '"><script>alert(1)</script>'
    nasty = dataclasses.replace(
        found.evidence[0],
        field=hostile,
        level=hostile,
        sentence=hostile,
        left_read=hostile,
        right_read=hostile,
        left={hostile: hostile},
    )
    shown = dataclasses.replace(found, evidence=(nasty,), found_by=(hostile,))._repr_html_()
    assert "<script" not in shown
    assert shown.count("&lt;script&gt;") >= 8


@pytest.mark.parametrize(
    "face", [PairExplanation.to_json, PairExplanation.waterfall, PairExplanation._repr_html_]
)
def test_faces_show_no_value_that_was_not_asked_for(face: Callable[[PairExplanation], str]) -> None:
    frame = frame_of([("Quxavobe", "Wujokexa", "17/03/1987", "Albanian")] * 2, ["01/02/2023", "03/04/2023"])
    linkage = nl.link_referrals(frame, progress=False)
    shown = face(linkage.explain("R000", "R001")).lower()
    assert [secret for secret in ("quxavobe", "wujokexa", "1987") if secret in shown] == []


def test_json_is_the_dict(linkage: nl.Linkage) -> None:
    row = linkage.links.iloc[0]
    found = linkage.explain(row["referral_id_l"], row["referral_id_r"])
    assert json.loads(found.to_json()) == found.to_dict()
