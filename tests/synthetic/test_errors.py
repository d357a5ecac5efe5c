"""Each error mechanism appears at about its rate, where it can; and errors of one record hang together."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nrm_linkage.errors import ConfigError
from nrm_linkage.synthetic import ErrorRates, PopulationParameters, make_referrals
from nrm_linkage.synthetic.arrays import Streams
from nrm_linkage.synthetic.calendars import ethiopian, gregorian, lenient_date, solar_hijri
from nrm_linkage.synthetic.communities import COMMUNITIES
from nrm_linkage.synthetic.errors_form import PLACEHOLDERS
from nrm_linkage.synthetic.population import cells
from nrm_linkage.synthetic.repeats import NRM
from nrm_linkage.synthetic.scripts import in_script
from nrm_linkage.synthetic.spelling import fold, mangle, mistype, respellings
from nrm_linkage.synthetic.tables import name_tables, nationalities, respelling_rules, towns
from nrm_linkage.synthetic.taking import take

RATES = ErrorRates()


@pytest.fixture(scope="module")
def facts(generated):
    """One row an NRM referral: what its rates depend on, and where each mechanism struck."""
    people, rows = generated.people, generated.rows
    table = pd.DataFrame(generated.marks)
    table["nation"] = cells().demonyms[people.nationality[rows.person]]
    table["group"] = cells().groups[people.nationality[rows.person]]
    table["community"] = np.array([each.name for each in COMMUNITIES])[people.community[rows.person]]
    table["later"] = rows.sequence > 0
    table["disputed"] = people.age_disputed[rows.person]
    return table[rows.route == NRM]


def about(rate):
    """A rate, give or take what chance and correlated errors do to it."""
    return pytest.approx(rate, rel=0.3, abs=0.004)


def test_name_errors_of_all_communities(facts):
    """domain.md 4.0."""
    for mechanism in (
        "whole_in_one_box",
        "surname_comma",
        "title",
        "alias_embedded",
        "casing",
        "pseudonym",
        "other_script",
        "truncation",
    ):
        assert facts[mechanism].mean() == about(getattr(RATES, mechanism)), mechanism
    assert facts["typing_forenames"].mean() == about(RATES.typing)
    assert facts["typing_surname"].mean() == about(RATES.typing)
    assert facts["alias_box"].mean() == about(RATES.alias_box)
    assert facts["placeholder"].mean() == pytest.approx(0.016, abs=0.005)  # 1.5% over all
    assert facts["repeated"].mean() == about(0.004)


def test_name_errors_by_community(facts):
    """domain.md 4.0 and 4.1."""
    by = facts.groupby("community")
    swapped = by["swapped"].mean()
    assert swapped["uk"] == about(RATES.swapped)
    assert swapped["vietnamese"] == about(RATES.swapped_family_first)
    assert swapped["habesha"] == about(RATES.swapped_horn)
    assert by["placeholder"].mean()["afghan"] == about(RATES.placeholder_one_name)
    assert by["middle_changed"].mean()["uk"] == about(0.6 * RATES.middle_changed)  # 60% have a middle name
    assert by["syllables_split"].mean()["chinese"] == about(RATES.syllables_split)
    assert facts.loc[facts["group"] != "British", "mishearing"].mean() == about(RATES.mishearing)
    assert not facts.loc[facts["group"] == "British", "mishearing"].any()


def test_spelling_varies_most_where_names_are_transliterated(facts):
    by = facts.groupby("community")["spelling"].mean()
    assert by["uk"] < by["albanian"] < by["pakistani"] < by["habesha"]
    assert by["uk"] < 0.06
    assert by["sudanese"] > 0.35


def test_marks_are_lost_where_names_have_them(facts):
    marked = facts[facts["marked"]]
    lost = marked.groupby("community")["diacritics_lost"].mean()
    assert lost["vietnamese"] == pytest.approx(RATES.diacritics_lost_albanian_vietnamese, abs=0.04)
    others = marked[~marked["community"].isin(["vietnamese", "albanian"])]
    assert others["diacritics_lost"].mean() == pytest.approx(RATES.diacritics_lost, abs=0.08)
    assert marked.groupby("community").size()["vietnamese"] > 500


DATE_RATES = [
    ("dob_missing", None, None, RATES.dob_missing),
    ("dob_partial", None, None, RATES.dob_partial * 0.85),  # some rows are struck before, Britons less
    ("dob_age_instead", None, None, RATES.dob_age_instead * 0.85),
    ("dob_new_year", "group", "asylum", RATES.dob_new_year * 0.85),
    ("dob_new_year", "group", "Albanian", RATES.dob_new_year_albanian),
    ("dob_new_year", "group", "British", RATES.dob_new_year_british),
    ("dob_lunar_age", "nation", "Vietnamese", RATES.dob_lunar_age_vietnamese),
    ("dob_lunar_date", "nation", "Vietnamese", RATES.dob_lunar_date),
    ("dob_persian_year", "nation", "Afghan", RATES.dob_persian_year_afghan),
    ("dob_tazkira", "nation", "Afghan", RATES.dob_tazkira * 0.65),
    ("dob_ethiopian_year", "nation", "Eritrean", RATES.dob_ethiopian_year * 0.75),
]


@pytest.fixture(scope="module")
def second_records():
    """Later records are few, and they alone have the quoted rates: here all records have them."""
    made = generate_all_alike()
    people, rows = made.people, made.rows
    table = pd.DataFrame(made.marks)
    table["nation"] = cells().demonyms[people.nationality[rows.person]]
    table["group"] = cells().groups[people.nationality[rows.person]]
    table["disputed"] = people.age_disputed[rows.person]
    table["community"] = np.array([each.name for each in COMMUNITIES])[people.community[rows.person]]
    table["custody"] = take(people, rows, RATES, PopulationParameters(), Streams(12)).custody
    table["right"] = ~table[[name for name in made.marks if name.startswith("dob_")]].any(axis=1)
    return table[rows.route == NRM]


def generate_all_alike():
    from nrm_linkage.synthetic.generate import generate

    return generate(60_000, seed=12, errors=dataclasses.replace(RATES, first_record=1.0))


@pytest.mark.parametrize("mechanism,by,value,rate", DATE_RATES)
def test_dates_of_birth_by_mechanism(second_records, mechanism, by, value, rate):
    """domain.md 4.3; a record is struck once, so a mechanism behind others strikes a little less."""
    rows = second_records if by is None else second_records[second_records[by] == value]
    assert rows[mechanism].mean() == pytest.approx(rate, rel=0.35, abs=0.004)


def test_every_mechanism_for_dates_of_birth_occurs(second_records):
    """D1 to D25 (domain.md 4.3); the rarest may be few, none may be missing."""
    struck = second_records.filter(like="dob_").sum()
    assert len(struck) == 25
    assert (struck.drop("dob_era_kept") > 0).all()


def test_age_disputes_shift_dates(second_records):
    disputed = second_records[second_records["disputed"]]
    assert disputed["dob_age_assessed"].mean() == about(RATES.dob_age_assessed)
    assert disputed["dob_new_date"].mean() == about(RATES.dob_new_date * 0.7)
    assert not second_records.loc[~second_records["disputed"], "dob_age_assessed"].any()


@pytest.mark.parametrize(
    "nation,right,tolerance",
    [
        ("British", 0.92, 0.02),
        ("Albanian", 0.85, 0.03),
        ("Vietnamese", 0.70, 0.07),
        ("Chinese", 0.70, 0.12),  # their mechanisms in 4.3 add up to some 20%, not 30%
        ("Eritrean", 0.60, 0.07),
        ("Sudanese", 0.60, 0.10),
        ("Afghan", 0.55, 0.10),
        ("Iranian", 0.55, 0.12),
    ],
)
def test_share_of_right_dates_of_birth(second_records, nation, right, tolerance):
    """D0 of domain.md 4.3."""
    assert second_records.loc[second_records["nation"] == nation, "right"].mean() == pytest.approx(
        right, abs=tolerance
    )


def test_first_records_have_fewer_wrong_dates(facts):
    dates = facts[["dob_new_year", "dob_digit", "dob_age_assessed"]].any(axis=1)
    assert dates[~facts["later"]].mean() < 0.5 * dates[facts["later"]].mean()


def test_nationality_and_gender(facts):
    """domain.md 4.4 and 4.5."""
    later = facts[facts["later"]]
    assert later["nationality_unknown"].mean() == about(RATES.nationality_unknown)
    assert later["nationality_dual"].mean() == about(RATES.nationality_dual)
    assert facts["nationality_wording"].mean() == about(RATES.nationality_wording)
    assert facts["nationality_slip"].mean() == about(RATES.nationality_slip)
    assert facts["gender_flipped"].mean() == about(RATES.gender_flipped)
    assert later.loc[later["nation"] == "Eritrean", "nationality_contested"].mean() == pytest.approx(
        0.04, abs=0.02
    )


def test_wordings_of_sheets_appear_at_their_rates(generated):
    """The form has pick-lists, a sheet has what somebody typed (domain.md 4.4, 4.5)."""
    sheet, marks = generated.frame, pd.DataFrame(generated.marks)
    form = make_referrals(5_000, seed=11, layout="form")
    assert (~sheet["Gender"].isin(["Female", "Male", "Other"])).mean() == about(RATES.gender_wording)
    assert form["pv-gender"].isin(["female", "male", "unknown"]).all()
    two = sheet["Second nationality"].notna() & (generated.rows.copy_of < 0)
    assert marks["nationality_joined"][two].mean() == about(RATES.nationality_joined)
    assert sheet["Nationality"][two & marks["nationality_joined"]].str.contains(r" and |/|, |\(").all()
    assert set(form["pv-nationality"].dropna()) <= set(nationalities())
    town = sheet["City"].dropna()
    assert (~town.isin(towns())).mean() == about(RATES.place_wording)
    british = sheet["DOB"].dropna()
    assert british.str.fullmatch(r"\d{4}-\d\d-\d\d").mean() == about(RATES.date_iso)
    assert british.str.fullmatch(r"\d+ [A-Z][a-z]{2} \d{4}").mean() == about(RATES.date_in_words)


def test_contested_nationalities_at_their_own_rates(second_records):
    by = second_records.groupby("nation")["nationality_contested"].mean()
    assert by["Eritrean"] == about(RATES.nationality_contested_horn)
    assert by["Sudanese"] == about(RATES.nationality_contested_sudan)
    assert by["Albanian"] == about(RATES.nationality_contested_kosovo)
    kurds = second_records[second_records["community"] == "kurdish"]
    assert kurds.loc[kurds["nation"] == "Iraqi", "nationality_contested"].mean() == pytest.approx(
        RATES.nationality_contested_kurdish, abs=0.035
    )
    others = second_records[
        (second_records["nation"] == "Iranian") & (second_records["community"] != "kurdish")
    ]
    assert not others["nationality_contested"].any()


def test_police_custody_leaves_more_dates_out(second_records):
    """domain.md 4.3 D1: 10% in the field, 5% over all."""
    assert second_records["dob_missing"].mean() == pytest.approx(0.05, abs=0.007)
    assert second_records.loc[second_records["custody"], "dob_missing"].mean() == pytest.approx(
        0.10, abs=0.025
    )


def test_the_form_leaves_out_no_more_dates_than_d1_says():
    """A year alone or an age is a sheet's; domain.md 6: 5% are missing."""
    form = make_referrals(30_000, seed=13, layout="form")
    nrm = form["pv-want-to-submit-nrm"] == "NRM"
    assert form.loc[nrm, "pv-dob"].isna().mean() == pytest.approx(0.052, abs=0.008)


def test_people_with_one_name_have_it_again(generated):
    """A placeholder is mostly the person's, not the writer's (ErrorRates.one_name_persists)."""
    rows = generated.rows
    named = (rows.route == NRM) & (rows.copy_of < 0)
    struck = generated.marks["placeholder"] | generated.marks["repeated"]
    table = pd.DataFrame({"person": rows.person, "struck": struck})[named]
    each = table.groupby("person")["struck"].agg(["sum", "size"])
    twice = each[each["size"] == 2]
    again = (twice["sum"] == 2).sum() / (twice["sum"] >= 1).sum()
    assert 0.2 < again < 0.6  # 0.7 x 0.7 of the second records, and fewer of the pairs; by chance 0.01


def test_one_in_seven_first_records_of_asylum_nationalities_has_a_new_year_birthday(generated):
    """domain.md 4.3: 1 in 7 asylum seekers in 2007; nearly none of the British."""
    people, rows = generated.people, generated.rows
    born = generated.frame["DOB"]
    group = cells().groups[people.nationality[rows.person]]
    first = (rows.sequence == 0) & born.notna().to_numpy()
    new_year = born.str.contains(r"^(?:01/01/|1 Jan )|-01-01$", na=False).to_numpy()
    assert new_year[first & (group == "asylum")].mean() == pytest.approx(1 / 7, abs=0.02)
    assert new_year[first & (group == "British")].mean() < 0.008


def test_errors_of_one_record_hang_together(facts):
    """Two mechanisms that know nothing of one another strike together oftener than chance would have it."""
    albanian = facts[facts["community"] == "albanian"]
    a, b = albanian["casing"], albanian["spelling"]
    assert (a & b).mean() > 1.15 * a.mean() * b.mean()


@pytest.mark.parametrize(
    "rates,columns",
    [
        ({"gender_flipped": 0.5, "gender_flipped_single_name": 0.5}, ["Gender"]),
        ({"swapped": 0.4}, ["Forename(s)", "Surname"]),
        ({"dob_new_year": 0.9, "dob_digit": 0.9}, ["DOB"]),
        ({"nationality_unknown": 0.9}, ["Nationality", "Second nationality"]),
        ({"phone_changed": 0.9}, ["Phone"]),
    ],
)
def test_a_changed_rate_leaves_the_rest_alone(rates, columns):
    base = make_referrals(3_000, seed=8)
    more = make_referrals(3_000, seed=8, errors=dataclasses.replace(RATES, **rates))
    assert not base[columns].equals(more[columns])
    pd.testing.assert_frame_equal(base.drop(columns=columns), more.drop(columns=columns))


def test_an_alias_is_the_same_in_each_record(generated):
    sheet = generated.frame.dropna(subset=["Alias"])
    assert (sheet.groupby("true_person")["Alias"].nunique() == 1).all()
    assert sheet["Alias"].nunique() > 200


def test_none_means_none(plain):
    struck = pd.DataFrame(plain.marks).drop(columns="marked")
    assert not struck.any().any()


def test_harsher_is_worse_and_milder_better():
    wrong = {
        name: _differing(make_referrals(8_000, seed=9, errors=name))
        for name in ("none", "milder", "as assumed", "harsher")
    }
    assert wrong["none"] < 0.01
    assert wrong["none"] < wrong["milder"] < wrong["as assumed"] < wrong["harsher"]


def _differing(frame):
    """Share of people with a name whose records do not all bear the same surname."""
    named = frame.dropna(subset=["Surname"])
    return (named.groupby("true_person")["Surname"].nunique() > 1).mean()


def test_rates_are_checked():
    with pytest.raises(ConfigError, match="errors="):
        ErrorRates.named("mild")
    with pytest.raises(ConfigError, match="swapped"):
        ErrorRates(swapped=-0.1)
    assert ErrorRates.named("harsher").casing == pytest.approx(0.48)
    assert ErrorRates.named("harsher").interpreter_factor == RATES.interpreter_factor


def test_placeholders_are_those_of_the_domain(generated):
    surnames = set(generated.frame["Surname"].dropna())
    assert len(surnames & set(PLACEHOLDERS)) > 15


# --- single values


@given(st.text(min_size=1, max_size=20), st.floats(0, 1, exclude_max=True), st.floats(0, 1, exclude_max=True))
def test_a_typing_error_is_one_edit(word, place, kind):
    made = mistype(word, place, kind)
    assert abs(len(made) - len(word)) <= 1
    if len(word) >= 3:
        assert made[0] == word[0]


@given(st.text(max_size=30), st.floats(0, 1, exclude_max=True))
def test_mangling_and_folding_take_any_text(word, kind):
    assert isinstance(mangle(word, kind), str)
    assert isinstance(fold(word), str)


def test_respellings_differ_from_the_word_and_from_one_another():
    rules = respelling_rules()
    assert {each.section for each in COMMUNITIES} <= set(rules)
    for word in ("Mohammed", "Gebremedhin", "Abdulrahman", "Xhevdet", "Nguyen", "Chowdhury"):
        for section in rules.values():
            made = respellings(word, section)
            assert word not in made
            assert len(made) == len(set(made))
    assert "Axmed" not in respellings("Ahmed", rules["arabic"])
    assert "Axmed" in respellings("Ahmed", rules["somali"])


def test_variant_classes_lead_back():
    for classes in name_tables().variants.values():
        for name, forms in classes.items():
            assert all(name in classes[form] for form in forms)


def test_calendars_agree_with_known_days():
    """domain.md 4.3."""
    days = np.array(["2000-09-11", "2001-01-09", "1997-12-10"], dtype="datetime64[D]")
    assert [list(map(int, part)) for part in ethiopian(days)] == [[1993, 1993, 1990], [1, 5, 4], [1, 1, 1]]
    days = np.array(["1999-12-22", "2000-01-01", "2004-09-26"], dtype="datetime64[D]")
    assert [list(map(int, part)) for part in solar_hijri(days)] == [
        [1378, 1378, 1383],
        [10, 10, 7],
        [1, 11, 5],
    ]


def test_solar_hijri_agrees_with_another_implementation():
    jalali = pytest.importorskip("persiantools.jdatetime").JalaliDate
    days = np.arange(np.datetime64("1940-01-01"), np.datetime64("2030-01-01"), 11)
    wanted = [(d.year, d.month, d.day) for d in map(jalali, days.tolist())]
    assert list(zip(*(part.tolist() for part in solar_hijri(days)), strict=True)) == wanted


@given(st.dates(min_value=pd.Timestamp("1900-01-01").date()))
def test_gregorian_parts_lead_back_to_the_day(day):
    days = np.array([day], dtype="datetime64[D]")
    assert (lenient_date(*gregorian(days)) == days).all()


def test_lenient_dates_stay_in_the_month():
    made = lenient_date(np.array([2023, 2024]), np.array([2, 13]), np.array([30, 5]))
    assert made.astype(str).tolist() == ["2023-02-28", "2024-12-05"]


@pytest.mark.parametrize(
    "script,low,high",
    [("arabic", "\u0600", "\u06ff"), ("cyrillic", "\u0400", "\u04ff"), ("ethiopic", "\u1200", "\u137f")],
)
def test_other_scripts_leave_no_latin(script, low, high):
    for name in ("Mohammed", "Gebremedhin", "Stoyanova", "Zhivko"):
        made = in_script(name, script)
        assert all(low <= letter <= high for letter in made), made
