"""Bias probes: verdicts follow from the figures, and the figures are the model's on the same records."""

from __future__ import annotations

import dataclasses

import pandas as pd
import pytest

from nrm_linkage import HOME_OFFICE_CAVEAT, Linkage, LinkageConfig, link_referrals, make_referrals
from nrm_linkage.report.probe_people import BASELINE, PEOPLE
from nrm_linkage.report.probes import HYPOTHESES, TOLERANCE_BITS, VERDICTS, bias_probes


@pytest.fixture(scope="module")
def linkage() -> Linkage:
    frame = make_referrals(1_500, seed=5).drop(columns=["true_person", "true_instance"])
    return link_referrals(frame, progress=False)


@pytest.fixture(scope="module")
def table(linkage: Linkage) -> pd.DataFrame:
    return bias_probes(linkage.model)


def test_every_hypothesis_is_tested_on_every_tradition_the_baseline_first(table: pd.DataFrame) -> None:
    traditions = list(dict.fromkeys(person.tradition for person in PEOPLE))
    assert traditions[0] == BASELINE
    expected = [(hypothesis.name, tradition) for hypothesis in HYPOTHESES for tradition in traditions]
    assert list(zip(table["hypothesis"], table["tradition"], strict=True)) == expected
    assert set(table["verdict"]) <= set(VERDICTS)
    assert (table["probes"] == 5).all()


def test_figures_agree_with_one_another(table: pd.DataFrame) -> None:
    difference = table["unaffected_bits"] - table["affected_bits"]
    assert table["loss_bits"].to_numpy() == pytest.approx(difference.to_numpy())
    for _, own in table.groupby("hypothesis"):
        baseline = own.loc[own["tradition"] == BASELINE, "loss_bits"].item()
        assert (own["baseline_loss_bits"] == baseline).all()
    assert (table["joined"] <= table["found"]).all()
    none = table["verdict"] == "not detected"
    assert (none == (table["loss_bits"] <= TOLERANCE_BITS)).all()
    assert (table.loc[table["verdict"] == "mitigated", "joined"] == 1).all()
    assert (table.loc[table["verdict"] == "not mitigated", "joined"] == 0).all()


def test_without_the_mitigation_the_pair_would_weigh_less() -> None:
    """Where an extract is large enough to tell its look-alikes, as docs/bias.md has it."""
    frame = make_referrals(20_000, seed=1).drop(columns=["true_person", "true_instance"])
    table = bias_probes(link_referrals(frame, progress=False).model)
    known = table[table["naive_bits"].notna()]
    assert {"transliteration", "name order", "1 January in one record"} <= set(known["hypothesis"])
    assert (known["naive_bits"] < known["affected_bits"]).all()


def test_a_pair_weighs_what_explain_says_of_the_same_records(linkage: Linkage) -> None:
    """The unaffected British pairs, linked as referrals under the same model."""
    people = [person for person in PEOPLE if person.tradition == BASELINE]
    frame = pd.DataFrame(
        [
            {
                "referral_id": f"{number}{half}",
                "given_name": person.given,
                "family_name": person.family,
                "date_of_birth": person.birth,
                "gender": person.gender,
                "nationality": person.nationality,
                "referral_date": {"a": "2023-03-01", "b": "2023-09-01"}[half],
            }
            for number, person in enumerate(people)
            for half in "ab"
        ]
    )
    again = link_referrals(frame, model=linkage.model, progress=False)
    weights = [again.explain(f"{number}a", f"{number}b").to_dict() for number in range(len(people))]
    table = bias_probes(linkage.model)
    expected = sum(each["match_weight_bits"] for each in weights) / len(people)
    assert table["unaffected_bits"].iloc[0] == pytest.approx(expected)


def test_a_harder_threshold_and_a_larger_register_join_no_more(linkage: Linkage, table: pd.DataFrame) -> None:
    harder = bias_probes(linkage.model, LinkageConfig(false_link_cost=1000.0))
    larger = bias_probes(dataclasses.replace(linkage.model, prior_bits=linkage.model.prior_bits - 8))
    for other in (harder, larger):
        assert (other["joined"] <= table["joined"]).all()
        assert other["joined"].sum() < table["joined"].sum()
    assert larger["affected_bits"].to_numpy() == pytest.approx(table["affected_bits"].to_numpy() - 8)
    hopeless = bias_probes(dataclasses.replace(linkage.model, prior_bits=-300.0))
    affected = hopeless["loss_bits"] > TOLERANCE_BITS
    assert (hopeless.loc[affected, "verdict"] == "not mitigated").all()


def test_the_levels_that_are_hit_are_those_of_the_hypothesis(table: pd.DataFrame) -> None:
    levels = table.set_index(["hypothesis", "tradition"])["levels"]
    assert "date_of_birth: default date near 5" in levels[("1 January in one record", "Sudanese, Arab")]
    assert "date_of_birth: exact default 5" in levels[("1 January in both records", "Afghan")]
    assert "date_of_birth: missing 5" in levels[("missing date of birth", "Somali")]
    assert "given_name: moved" in levels[("name order", "Vietnamese")]
    assert "other_names: missing 5" in levels[("one name in both records", BASELINE)]


def test_a_runs_own_dates_do_not_make_the_probes_unborn() -> None:
    frame = pd.DataFrame(
        {
            "Forename(s)": ["Ruth", "Osei"],
            "Surname": ["Example", "Mock"],
            "DOB": ["02/02/1970", "03/03/1971"],
            "Date of referral": ["01/01/1990", "02/01/1990"],
        }
    )
    linkage = link_referrals(frame, progress=False)
    pd.testing.assert_frame_equal(linkage.bias_probes(), bias_probes(linkage.model))
    levels = linkage.bias_probes().set_index("hypothesis")["levels"]
    assert "missing" not in levels["1 January in both records"].iloc[0]


def test_it_says_what_it_holds_for(table: pd.DataFrame, linkage: Linkage) -> None:
    assert table.attrs["caveat"] == HOME_OFFICE_CAVEAT
    assert table.attrs["n_referrals"] == linkage.model.n_referrals
    assert table.attrs["threshold_bits"] == 0.0
    assert set(table.attrs["hypotheses"]) == set(table["hypothesis"])


def test_no_name_of_a_probe_is_shown() -> None:
    assert all(person.given not in repr(person) for person in PEOPLE)
    assert all(person.family not in repr(person) for person in PEOPLE)
