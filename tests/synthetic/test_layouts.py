"""The frame that comes out: the same people in each layout, nothing lost, the same bytes again."""

from __future__ import annotations

import subprocess
import sys

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nrm_linkage.errors import ConfigError
from nrm_linkage.synthetic import make_referrals

ANALYST = [
    "NRM reference",
    "Date of referral",
    "Forename(s)",
    "Surname",
    "Alias",
    "DOB",
    "Nationality",
    "Second nationality",
    "Gender",
    "Age group",
    "First responder",
    "First responder type",
    "HO reference",
    "Exploitation type",
    "City",
]
TRUTH = ["true_person", "true_instance"]


@pytest.fixture(scope="module")
def layouts():
    return {name: make_referrals(4_000, seed=21, layout=name) for name in ("analyst", "form", "case export")}


def test_an_analyst_finds_the_usual_headings(layouts):
    assert set(ANALYST + TRUTH) <= set(layouts["analyst"].columns)
    assert list(layouts["analyst"].columns[-2:]) == TRUTH


def test_headings_of_the_form_and_of_the_case_system(layouts):
    form, export = layouts["form"], layouts["case export"]
    assert {
        "externalID",
        "pv-name-first-name",
        "pv-name-last-name",
        "pv-name-nickname",
        "pv-dob",
        "pv-nationality",
        "user-organisation",
    } <= set(form)
    assert {
        "ExternalId",
        "Customer.Forename1",
        "Customer.Surname",
        "Customer.DOB",
        "Customer.Nationality",
        "ComponentForcedCrime",
    } <= set(export)
    assert set(form["pv-gender"]) <= {"female", "male", "unknown"}
    assert set(export["Customer.Custom17"]) <= {"Female", "Male", "Other"}
    assert set(form["pv-want-to-submit-nrm"]) == {"NRM", "DTN"}


def test_layouts_carry_the_same_people(layouts):
    sheet, form, export = (layouts[name] for name in ("analyst", "form", "case export"))
    for column in TRUTH:
        assert sheet[column].equals(form[column])
        assert sheet[column].equals(export[column])
    assert sheet["Surname"].equals(form["pv-name-last-name"].rename("Surname"))
    assert sheet["Forename(s)"].equals(export["Customer.Forename1"].rename("Forename(s)"))
    assert sheet["HO reference"].equals(export["CIDReference"].rename("HO reference"))
    as_iso = pd.to_datetime(sheet["Date of referral"], format="%d/%m/%Y").dt.strftime("%Y-%m-%d")
    assert as_iso.equals(form["referral_date"].rename("Date of referral"))


def test_dates_of_birth_are_iso_in_systems_and_mostly_british_in_sheets(layouts):
    for name, column in (("form", "pv-dob"), ("case export", "Customer.DOB")):
        frame = layouts[name]
        given_dates = pd.to_datetime(frame[column].dropna(), format="%Y-%m-%d")
        assert (given_dates >= "1900-01-01").all()
        assert (given_dates <= pd.to_datetime(frame["referral_date"][given_dates.index])).all()
    shown = layouts["analyst"]["DOB"].dropna()
    assert 0.85 < shown.str.fullmatch(r"\d\d/\d\d/\d{4}").mean() < 0.97


def test_boxes_are_ticked_for_each_type(layouts):
    export = layouts["case export"]
    boxes = export.filter(like="Component").eq("Yes")
    types = make_referrals(4_000, seed=21, layout="analyst")["Exploitation type"]
    for word, box in (("Criminal", "ComponentForcedCrime"), ("Domestic", "ComponentDomesticServitude")):
        published = types.str.fullmatch(r"[A-Z][A-Za-z,& ]+") & ~types.str.contains("exploitation")
        assert boxes.loc[published, box].equals(types[published].str.contains(word).rename(box))
    assert boxes.any(axis=1)[types.isin(["Labour", "Sexual", "Criminal", "Domestic"])].all()


def test_references_are_unique_and_rise_with_the_date(layouts):
    sheet = layouts["analyst"]
    assert sheet["NRM reference"].is_unique
    assert sheet["NRM reference"].is_monotonic_increasing
    assert pd.to_datetime(sheet["Date of referral"], format="%d/%m/%Y").is_monotonic_increasing


def test_truth_is_opaque_and_consistent(layouts):
    sheet = layouts["analyst"]
    assert sheet["true_person"].dtype == "int64"
    assert (sheet.groupby("true_instance")["true_person"].nunique() == 1).all()
    assert sheet["true_person"].corr(pd.Series(range(len(sheet)))) == pytest.approx(0, abs=0.1)
    assert sheet["true_instance"].nunique() > sheet["true_person"].nunique()


def test_british_people_have_no_home_office_reference(layouts):
    sheet = layouts["analyst"]
    british = sheet["Nationality"].eq("British") & sheet["Second nationality"].isna()
    others = (
        sheet["First responder type"].eq("Government agency")
        & sheet["Record type"].eq("NRM")
        & sheet["Nationality"].eq("Eritrean")
    )
    assert sheet.loc[british, "HO reference"].notna().mean() < 0.02
    assert sheet.loc[others, "HO reference"].notna().mean() == pytest.approx(0.70, abs=0.12)


def test_the_reported_before_question_turns_round_in_march_2025():
    frame = make_referrals(6_000, seed=22, layout="case export", start="2024-10-01", end="2025-09-30")
    nrm = frame[frame["NRMOrDuty"] == "NRM"]
    early, late = nrm[nrm["referral_date"] < "2025-03-31"], nrm[nrm["referral_date"] >= "2025-03-31"]
    assert early["FirstChanceToReport"].eq("Yes").mean() > 0.6
    assert late["FirstChanceToReport"].eq("Yes").mean() < 0.2
    assert early["ReportedBeforeFurtherInfo"].isna().all()
    assert late["ReportedBeforeFurtherInfo"].notna().any()
    assert early["MoreThanOneExploitationSituations"].isna().mean() > 0.98
    assert late["MoreThanOneExploitationSituations"].notna().all()


def test_new_situations_start_after_the_referral_before(generated):
    sheet = generated.frame.assign(
        order=range(len(generated.frame)), kind=generated.rows.kind, sequence=generated.rows.sequence
    )
    sheet["date"] = generated.rows.date
    nrm = sheet[(sheet["Record type"] == "NRM") & (generated.rows.copy_of < 0)].sort_values(
        ["true_person", "sequence"]
    )
    before = nrm.groupby("true_person")["date"].shift()
    began = pd.to_datetime(nrm["Exploitation start"], format="%d/%m/%Y")
    fresh = (nrm["kind"] == 3) & began.notna()
    assert (began[fresh] + pd.Timedelta(days=31) >= before[fresh]).all()
    told = began.notna()
    assert (began[told] <= nrm["date"][told]).all()


@pytest.mark.parametrize("wanted", [1, 2, 7, 500, 2_740])
def test_exactly_as_many_referrals_as_asked_for(wanted):
    frame = make_referrals(10, seed=1, n_referrals=wanted)
    assert len(frame) == wanted
    assert frame["NRM reference"].is_unique


@given(st.integers(1, 40), st.integers(0, 2**31))
@settings(max_examples=25)
def test_small_draws_hold_every_person(n_people, seed):
    frame = make_referrals(n_people, seed)
    assert frame["true_person"].nunique() == n_people
    assert len(frame) >= n_people


def test_same_arguments_same_frame_in_another_process():
    code = (
        "import hashlib, pandas as pd; from nrm_linkage.synthetic import make_referrals; "
        "f = make_referrals(500, 7); print(hashlib.sha256(f.to_csv().encode()).hexdigest())"
    )
    prints = {
        subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=True,
            env={"PYTHONHASHSEED": salt},
        ).stdout
        for salt in ("1", "2")
    }
    assert len(prints) == 1
    assert not make_referrals(500, 7).equals(make_referrals(500, 8))


@pytest.mark.parametrize(
    "arguments,word",
    [
        ({"n_people": 0}, "n_people"),
        ({"n_people": 5, "n_referrals": 0}, "n_referrals"),
        ({"n_people": 5, "layout": "sheet"}, "layout"),
        ({"n_people": 5, "errors": "some"}, "errors"),
        ({"n_people": 5, "start": "2024-01-01", "end": "2023-01-01"}, "start"),
    ],
)
def test_what_cannot_be_used_is_named(arguments, word):
    with pytest.raises(ConfigError, match=word):
        make_referrals(**arguments)
