"""The population follows the published tables, within what chance and the changes made for repeats allow."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from nrm_linkage.synthetic import make_referrals
from nrm_linkage.synthetic.communities import COMMUNITIES, communities_of, split_nationality
from nrm_linkage.synthetic.names import HANDED_DOWN
from nrm_linkage.synthetic.population import QUARTERS, cells, years_later
from nrm_linkage.synthetic.repeats import NRM
from nrm_linkage.synthetic.tables import joint_table, name_tables, nationalities


def published(dimension):
    """Share of referrals by label of one dimension of the published table."""
    table = joint_table()
    counts = np.bincount(table.column(dimension), weights=table.referrals)
    return pd.Series(counts / counts.sum(), index=table.labels[dimension])


def shares(values):
    return pd.Series(values).value_counts(normalize=True)


def largest_difference(a, b):
    return a.subtract(b, fill_value=0).abs().max()


def nrm(made):
    return made.frame[made.frame["Record type"] == "NRM"]


def test_the_table_sums_to_the_published_total():
    assert joint_table().referrals.sum() == 17_023  # domain.md 2.3: the sum over the four quarterly tables


def test_exploitation_types_have_their_published_shares(plain):
    sheet = nrm(plain)
    known = set(published("exploitation_type").index)
    said = sheet["Exploitation type"][sheet["Exploitation type"].isin(known)]
    assert largest_difference(shares(said), published("exploitation_type")) < 0.012


def test_genders_have_their_published_shares(plain):
    assert largest_difference(shares(nrm(plain)["Gender"]), published("gender").drop("Unknown")) < 0.01


def test_first_responder_types_have_their_published_shares(plain):
    names = {
        "govt": "Government agency",
        "la": "Local Authority",
        "ngo": "NGO and third sector",
        "police": "Police",
    }
    assert (
        largest_difference(
            shares(nrm(plain)["First responder type"]), published("first_responder_type").rename(names)
        )
        < 0.015
    )


def test_ages_at_exploitation_have_their_published_shares(plain):
    wanted = published("age_at_exploitation").rename({"Unk": "Unknown"})
    assert largest_difference(shares(nrm(plain)["Age group at exploitation"]), wanted) < 0.012


def test_nationalities_have_their_published_shares(plain):
    singles = frozenset(nationalities()) | {"UK"}
    names = [" + ".join(split_nationality(label, singles)) for label in published("nationality").index]
    wanted = published("nationality").groupby(np.array(names)).sum()
    sheet = nrm(plain)
    home = ["English", "Scottish", "Welsh", "Northern Irish"]
    own = sheet["Nationality"].replace(dict.fromkeys(home, "British"))
    made = shares(own + " + " + sheet["Second nationality"].fillna(""))
    assert largest_difference(made, wanted) < 0.01


def test_places_of_exploitation_have_their_published_shares(plain):
    wanted = pd.Series({"UK": 8377, "Overseas": 6163, "UK and Overseas": 2464}) / 17_004  # domain.md 2.1
    assert largest_difference(shares(nrm(plain)["Exploitation location"]), wanted) < 0.02


def test_age_and_gender_have_their_published_shares_together(plain):
    table = joint_table()
    label = {name: table.labels[name][table.column(name)] for name in ("age_at_exploitation", "gender")}
    wanted = pd.Series(table.referrals).groupby([pd.Series(each) for each in label.values()]).sum()
    wanted = (wanted / wanted.sum()).rename({"Unk": "Unknown"}, level=0)
    sheet = nrm(plain)
    made = sheet.groupby(["Age group at exploitation", "Gender"]).size() / len(sheet)
    made.index.names = wanted.index.names = ["age", "gender"]
    assert (made.sub(wanted, fill_value=0.0).abs() < 0.012).all()


def test_type_depends_on_nationality_as_published(plain):
    """British referrals are mostly criminal, Eritrean ones almost never (domain.md 2.4)."""
    sheet = nrm(plain)
    criminal = sheet["Exploitation type"] == "Criminal"
    assert criminal[sheet["Nationality"] == "British"].mean() > 0.55
    assert criminal[sheet["Nationality"] == "Eritrean"].mean() < 0.05


def test_dates_follow_the_quarters(generated):
    """First and further referrals together (domain.md 2.2)."""
    first = generated.rows.date[generated.rows.route == NRM]
    quarter = first.astype("datetime64[M]").astype(int) // 3
    counted = shares(quarter).sort_index()
    volumes = [*QUARTERS[2023], *QUARTERS[2024][:2]]
    whole = counted.iloc[:6] / counted.iloc[:6].sum()
    assert np.abs(whole.to_numpy() - np.array(volumes) / sum(volumes)).max() < 0.01
    assert first.min() >= np.datetime64("2023-01-01")
    assert first.max() <= np.datetime64("2024-07-31")


def test_children_are_mostly_in_their_teens(plain):
    people = plain.people
    age = (people.first_date - people.birth).astype(float) / 365.25
    child = people.child(people.first_date) & (people.family < 0)
    assert np.median(age[child]) == pytest.approx(16.6, abs=0.6)
    assert (age[child] >= 10).all()
    assert age.max() < 90


def test_filipino_women_are_older_than_sudanese_men(plain):
    people = plain.people
    age = (people.first_date - people.birth).astype(float) / 365.25
    nation = cells().demonyms[people.nationality]
    adult = ~people.child(people.first_date)
    assert np.median(age[(nation == "Filipino") & adult]) > 32
    assert np.median(age[(nation == "Sudanese") & adult]) < 25


def test_first_of_january_is_common_where_it_is_a_default(plain):
    """1 in 7 asylum seekers, hardly any Briton (domain.md 4.3); siblings and namesakes set aside."""
    people = plain.people
    alone = (people.family < 0) & (people.namesake < 0) & ~np.isin(np.arange(len(people)), people.namesake)
    group = cells().groups[people.nationality]
    default = people.birth == people.birth.astype("datetime64[Y]").astype("datetime64[D]")
    assert default[alone & (group == "asylum")].mean() == pytest.approx(0.035, abs=0.01)
    assert default[alone & (group == "British")].mean() < 0.01


def test_common_names_are_common_and_the_tail_is_long(plain):
    people, sheet = plain.people, plain.frame
    community = np.array([each.name for each in COMMUNITIES])[people.community[plain.rows.person]]
    known = (sheet["Record type"] == "NRM").to_numpy()
    vietnamese = sheet["Surname"][known & (community == "vietnamese")].dropna()
    assert (
        vietnamese.str.contains("Nguyễn").mean() > 0.25
    )  # 38% of surnames, and not every division shows the surname
    british = sheet["Surname"][known & (community == "uk")].dropna()
    assert british.nunique() > 2_500
    assert (british.value_counts(normalize=True) < 0.02).all()


def test_every_community_can_be_named():
    pools = name_tables().pools
    for community in COMMUNITIES:
        assert {f"{community.name}.m", f"{community.name}.f"} <= set(pools)
        assert community.structure in HANDED_DOWN
        if community.gendered:
            assert f"{community.name}.sf" in pools
    for demonym in nationalities():
        assert sum(communities_of(demonym).values()) == pytest.approx(1)
        assert set(communities_of(demonym)) <= {each.name for each in COMMUNITIES}


def test_a_published_artefact_is_read_as_the_nationality_that_was_meant():
    singles = frozenset(nationalities()) | {"UK"}
    assert split_nationality("Russian UKrainian", singles) == ("Russian", "Ukrainian")
    assert split_nationality("South Sudanese Sudanese", singles) == ("South Sudanese", "Sudanese")
    assert split_nationality("Congolese Drc UK", singles) == ("Congolese (DRC)", "British")
    assert split_nationality("Unknown UK", singles) == ("Unknown", "British")


def test_years_later_handles_leap_days():
    day = np.array(["2004-02-29"], dtype="datetime64[D]")
    assert str(years_later(day, 18)[0]) == "2022-03-01"


@pytest.mark.parametrize(
    "start,end", [("2016-01-01", "2016-12-31"), ("2025-03-01", "2025-04-30"), ("2023-05-05", "2023-05-05")]
)
def test_any_window_holds_all_dates(start, end):
    frame = make_referrals(400, seed=3, start=start, end=end, layout="form")
    assert frame["referral_date"].between(start, end).all()
