"""Who returns, when and through whom; and who only looks as if they did."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from nrm_linkage.errors import ConfigError
from nrm_linkage.synthetic import PopulationParameters
from nrm_linkage.synthetic.generate import generate
from nrm_linkage.synthetic.population import FEMALE, cells, exploited_as_child, years_later
from nrm_linkage.synthetic.repeats import ANONYMOUS, MULTI_AGENCY, NEW_INSTANCE, NRM, SAME_LATER


@pytest.fixture(scope="module")
def history(plain):
    """One row an NRM referral, technical duplicates left out, in order."""
    rows = plain.rows
    keep = (rows.route == NRM) & (rows.copy_of < 0)
    table = pd.DataFrame(
        {
            name: getattr(rows, name)[keep]
            for name in ("person", "sequence", "kind", "date", "instance", "cell")
        }
    )
    return table.sort_values(["person", "sequence"]).reset_index(drop=True)


def test_shares_of_people_referred_again(plain, history):
    """Repeaters by group: domain.md 3.1, about 14% of people over all."""
    people, given = plain.people, PopulationParameters()
    again = np.bincount(history["person"], minlength=len(people)) > 1
    child, female, nrm = exploited_as_child(people), people.gender == FEMALE, ~people.duty_to_notify
    assert again[nrm].mean() == pytest.approx(3_255 / 23_640, abs=0.008)
    for rows, share in (
        (child & ~female, given.repeat_share_boys),
        (child & female, given.repeat_share_girls),
        (~child & ~female, given.repeat_share_men),
        (~child & female, given.repeat_share_women),
    ):
        assert again[rows & nrm].mean() == pytest.approx(share, abs=0.016)


def test_referrals_of_repeaters(history):
    each = history["person"].value_counts()
    counts = each[each > 1].value_counts(normalize=True)
    assert counts[2] == pytest.approx(0.88, abs=0.03)
    assert each.max() <= 7


def test_classes_of_second_referrals(history):
    second = history["kind"][history["sequence"] == 1].value_counts(normalize=True)
    assert second[MULTI_AGENCY] == pytest.approx(0.35, abs=0.03)
    assert second[SAME_LATER] == pytest.approx(0.30, abs=0.03)
    assert second[NEW_INSTANCE] == pytest.approx(0.35, abs=0.03)


def test_gaps_grow_with_the_class_and_stay_in_the_window(history):
    gap = history.groupby("person")["date"].diff().dt.days
    assert (gap.dropna() >= 0).all()
    medians = gap[history["sequence"] == 1].groupby(history["kind"]).median()
    assert medians[MULTI_AGENCY] == pytest.approx(9, abs=3)
    assert medians[MULTI_AGENCY] < medians[SAME_LATER] < medians[NEW_INSTANCE]


def test_without_an_end_in_sight_gaps_have_their_medians():
    made = generate(20_000, seed=4, errors="none", start="2010-01-01", end="2025-12-31")
    rows = made.rows
    table = pd.DataFrame(
        {"person": rows.person, "kind": rows.kind, "date": rows.date, "sequence": rows.sequence}
    )
    table = table[(rows.route == NRM) & (rows.copy_of < 0)].sort_values(["person", "sequence"])
    gap = table.groupby("person")["date"].diff().dt.days
    medians = gap.groupby(table["kind"]).median()
    assert medians[SAME_LATER] == pytest.approx(150, rel=0.15)
    assert medians[NEW_INSTANCE] == pytest.approx(330, rel=0.2)


def test_second_referrals_come_mostly_from_another_body(history):
    organisation = cells().table.column("first_responder")[history["cell"]]
    kind = cells().table.labels["first_responder_type"][
        cells().table.column("first_responder_type")[history["cell"]]
    ]
    second = (history["sequence"] == 1).to_numpy()
    same = pd.Series(organisation)[second].to_numpy() == pd.Series(organisation).shift()[second].to_numpy()
    council = (kind == "la")[second]
    assert same[~council].mean() == pytest.approx(0.30, abs=0.04)


def test_britons_go_between_councils_and_police(plain, history):
    nation = cells().demonyms[plain.people.nationality[history["person"]]]
    kind = cells().table.labels["first_responder_type"][
        cells().table.column("first_responder_type")[history["cell"]]
    ]
    later = (history["sequence"] > 0).to_numpy()
    assert np.isin(kind[later & (nation == "British")], ["la", "police"]).mean() > 0.95
    assert (kind[later & (nation == "Eritrean")] == "govt").mean() > 0.5


def test_some_children_turn_18_in_between(plain, history):
    people = plain.people
    child = people.child(people.first_date)
    last = history.groupby("person")["date"].max()
    again = history["person"].value_counts()
    who = again.index[again > 1].to_numpy()
    who = who[child[who]]
    grown = years_later(people.birth[who], 18) <= last.loc[who].to_numpy().astype("datetime64[D]")
    assert grown.mean() == pytest.approx(0.08, abs=0.02)


def test_duty_to_notify_reports(plain):
    rows = plain.rows
    notified = rows.route != NRM
    assert notified.sum() / (~notified).sum() == pytest.approx(0.29, abs=0.015)
    assert (rows.route[notified] == ANONYMOUS).mean() == pytest.approx(0.80, abs=0.02)
    earlier = notified & (rows.sequence == -1)
    assert 0 < earlier.sum() / notified.sum() < 0.06
    sheet = plain.frame[notified]
    anonymous = (rows.route == ANONYMOUS)[notified]
    assert sheet["DOB"].isna().all()
    assert sheet["Surname"][anonymous].isna().all()
    assert sheet["Surname"][~anonymous].notna().all()
    assert sheet["Nationality"].notna().all()


def test_brothers_and_sisters(plain):
    """Same day, same body, shared family name, another first name, and another person (domain.md 3.3 T6)."""
    people, rows, sheet = plain.people, plain.rows, plain.frame
    first = (rows.sequence == 0) & (rows.copy_of < 0) & (people.family[rows.person] >= 0)
    table = pd.DataFrame(
        {
            "family": people.family[rows.person],
            "person": sheet["true_person"],
            "date": rows.date,
            "body": sheet["First responder"],
            "surname": sheet["Surname"].str.casefold(),
            "forename": sheet["Forename(s)"].str.split().str[0],
            "birth": people.birth[rows.person],
            "community": people.community[rows.person],
        }
    )[first]
    assert len(table) / (~people.duty_to_notify).sum() == pytest.approx(0.04, abs=0.005)
    groups = table.groupby("family")
    assert groups["person"].nunique().equals(groups.size())
    assert groups["date"].nunique().max() == 1
    assert groups["body"].nunique().max() == 1
    british = table[table["community"] == 0].groupby("family")
    assert (british["surname"].nunique() == 1).mean() > 0.85
    assert (groups["forename"].nunique() > 1).mean() > 0.9
    assert (groups["birth"].nunique() < groups.size()).mean() == pytest.approx(0.09, abs=0.05)  # twins


def test_operations_and_namesakes(plain):
    people = plain.people
    sizes = np.bincount(people.operation[people.operation >= 0])
    assert sizes.min() >= 3
    assert sizes.max() <= 20
    assert (people.operation >= 0).sum() / (~people.duty_to_notify).sum() == pytest.approx(0.03, abs=0.004)
    alike = np.flatnonzero(people.namesake >= 0)
    other = people.namesake[alike]
    assert len(alike) / (~people.duty_to_notify).sum() == pytest.approx(0.01, abs=0.004)
    assert (alike != other).all()
    assert (people.birth[alike] == people.birth[other]).all()
    assert (people.nationality[alike] == people.nationality[other]).all()


def test_technical_duplicates_say_the_same_twice(generated):
    rows, sheet = generated.rows, generated.frame
    copies = np.flatnonzero(rows.copy_of >= 0)
    assert len(copies) / len(rows) == pytest.approx(0.002, abs=0.001)
    a = sheet.iloc[copies].drop(columns="NRM reference").reset_index(drop=True)
    b = sheet.iloc[rows.copy_of[copies]].drop(columns="NRM reference").reset_index(drop=True)
    pd.testing.assert_frame_equal(a, b)
    made = generate(15_000, seed=11, layout="case export")
    copies = np.flatnonzero(made.rows.copy_of >= 0)
    ids = made.frame["ExternalId"].to_numpy()
    same_id = ids[copies] == ids[made.rows.copy_of[copies]]
    assert 0.2 < same_id.mean() < 0.8


def test_parameters_are_obeyed():
    none = dataclasses.replace(
        PopulationParameters(),
        repeat_share_boys=0.0,
        repeat_share_girls=0.0,
        repeat_share_men=0.0,
        repeat_share_women=0.0,
        duty_to_notify_per_nrm=0.0,
        technical_duplicates=0.0,
        siblings=0.0,
        co_victims=0.0,
        look_alikes=0.0,
    )
    made = generate(2_000, seed=5, parameters=none)
    assert len(made.frame) == 2_000
    assert made.frame["true_person"].is_unique
    assert (made.people.family < 0).all()
    with pytest.raises(ConfigError, match="sum to 1"):
        PopulationParameters(new_instance=0.5)
    with pytest.raises(ConfigError, match="siblings"):
        PopulationParameters(siblings=-0.1)


def test_families_share_an_address_and_often_a_reference(generated):
    """A dependant's suffix on the first one's reference (domain.md 1.2): agreement on it is not proof."""
    people, rows, sheet = generated.people, generated.rows, generated.frame
    members = (rows.sequence == 0) & (rows.copy_of < 0) & (people.family[rows.person] >= 0)
    table = sheet[members].assign(family=people.family[rows.person][members])
    towns = table.dropna(subset=["Town"]).groupby("family")["Town"].nunique()
    assert (towns == 1).all()
    text = table["HO reference"].str.upper().str.replace(" ", "")
    number = text.str.extract(r"(?:^|REF|:)([A-Z]\d{7})(?!\d)", expand=False)
    known = table.assign(number=number).dropna(subset=["number"]).groupby("family")["number"]
    pairs = known.size() > 1
    assert pairs.sum() > 20
    assert 0.25 < (known.nunique()[pairs] == 1).mean() < 0.75
    assert table["HO reference"].str.contains(r"/00[2-4]", na=False).any()


def test_strangers_share_numbers_of_services_and_postcodes_of_accommodation(generated):
    sheet = generated.frame
    for column in ("Phone", "Postcode"):
        people = sheet.dropna(subset=[column]).groupby(column)["true_person"].nunique()
        assert people.max() > 3
        assert (people == 1).mean() > 0.7


def test_a_later_referral_of_the_same_situation_tells_it_otherwise(generated, plain):
    """Types, places and dates of one situation in two referrals (domain.md 3.3 T1, T2); a situation is one
    person's.
    """
    for made, reworded in ((generated, 0.25), (plain, 0.0)):
        rows, sheet = made.rows, made.frame
        sheet = sheet[(rows.route == NRM) & (rows.copy_of < 0)]
        assert (sheet.groupby("true_instance")["true_person"].nunique() == 1).all()
        pairs = sheet.groupby("true_instance").head(2)
        pairs = pairs[pairs.groupby("true_instance")["true_person"].transform("size") == 2]
        first, second = (
            pairs.drop_duplicates("true_instance", keep=which).set_index("true_instance").sort_index()
            for which in ("first", "last")
        )
        assert len(first) > 2_000
        place = first["Exploitation location"] != second["Exploitation location"]
        assert place.mean() == pytest.approx(0.35 * reworded, abs=0.02)
        both = first["City"].notna() & second["City"].notna()
        town = (first["City"] != second["City"])[both]
        assert town.mean() == pytest.approx(0.27 if reworded else 0.0, abs=0.05)
        kinds = first["Exploitation type"] != second["Exploitation type"]
        assert kinds.mean() == pytest.approx(0.36 if reworded else 0.0, abs=0.06)
        dated = first["Exploitation start"].notna() & second["Exploitation start"].notna()
        assert dated.mean() == pytest.approx(0.45**2, abs=0.03)
        assert (first["Exploitation start"] != second["Exploitation start"])[dated].mean() > 0.3


def test_a_new_situation_starts_after_the_referral_before_it(plain, history):
    """T3: what the dates say where they are told (domain.md 3.3)."""
    sheet, rows = plain.frame, plain.rows
    start = pd.to_datetime(sheet["Exploitation start"], format="%d/%m/%Y").to_numpy().astype("datetime64[D]")
    table = pd.DataFrame(
        {
            "person": rows.person,
            "sequence": rows.sequence,
            "kind": rows.kind,
            "date": rows.date,
            "start": start,
        }
    )[(rows.route == NRM) & (rows.copy_of < 0)].sort_values(["person", "sequence"])
    before = table.groupby("person")["date"].shift()
    new = (table["kind"] == NEW_INSTANCE) & table["start"].notna()
    same = (table["kind"].isin([MULTI_AGENCY, SAME_LATER])) & table["start"].notna()
    month = before.to_numpy().astype("datetime64[M]")  # half of the dates are told to the month
    assert (table["start"].to_numpy()[new] >= month[new]).all()
    assert (table["start"][same] <= before[same]).mean() > 0.85


def test_co_operating_people_are_named_and_others_are_not(generated):
    """Duty to Notify (domain.md 1.1): gender and nationality only, or a name and contact details too; never a
    date of birth.
    """
    rows, sheet = generated.rows, generated.frame
    held = [
        "Forename(s)",
        "Surname",
        "Alias",
        "Second nationality",
        "Phone",
        "Postcode",
        "Town",
        "HO reference",
    ]
    anonymous = sheet[rows.route == ANONYMOUS]
    assert anonymous[held].isna().all().all()
    assert anonymous[["Gender", "Nationality"]].notna().all().all()
    named = sheet[(rows.route != ANONYMOUS) & (rows.route != NRM)]
    assert named["Surname"].notna().all()
    assert named["Phone"].notna().mean() > 0.2
    assert named["DOB"].isna().all()
    assert named["RG decision"].isna().all()
