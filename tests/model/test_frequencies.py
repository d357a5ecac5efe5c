"""Frequencies: shares that are shares, nobody named, and nothing that hangs on order or ids."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nrm_linkage import evaluate, link_referrals, make_referrals
from nrm_linkage.model import priors
from nrm_linkage.model.frequencies import (
    COMMON_MIN_PEOPLE,
    WORD_SHRINK_PEOPLE,
    learn_frequencies,
    nationality_key,
    person_keys,
)
from nrm_linkage.model.holders import counts_of_people, people_by_key
from nrm_linkage.model.strata import SHRINK_PEOPLE
from nrm_linkage.normalise.dates import DatePrecision, DefaultDate
from tests.frames import frame_of, invented, model_of, people, referrals_of, rows


def numbers(tree: object) -> list[float]:
    """Every number of nested tables."""
    if isinstance(tree, dict):
        return [number for part in tree.values() for number in numbers(part)]
    return [tree] if isinstance(tree, (int, float)) else []


def shares(frame: pd.DataFrame) -> list[float]:
    """Every number of a frame's frequencies but the counts of people and of words."""
    found = model_of(referrals_of(frame)).to_dict()["frequencies"]
    counts = ("people", "people_within", "other_words")
    return numbers({name: part for name, part in found.items() if name not in counts})


SMALL = {
    "no rows": frame_of([]),
    "one row": invented(1, seed=1),
    "ten rows": invented(10, seed=1),
    "one column": pd.DataFrame({"Surname": ["Testaj", "Exampel", "Testai", "Mockiani"]}),
    "no two alike": frame_of([(f"Za{a}{b}", f"Te{b}{a}", "", "") for a in "abcd" for b in "xyz"]),
    "all alike": frame_of([("Zamir", "Testaj", "14/05/2001", "Albanian")] * 30),
    "all on one default day": frame_of([("Zamir", "Testaj", "01/01/2001", "Afghan")] * 30),
    "no names": people(*[{"phone": f"07700 9001{n}{n}"} for n in range(6)]),
    "old and young": frame_of([("Zamir", "Testaj", f"14/05/{year}", "") for year in (1905, 2023)] * 4),
}  # fmt: skip


@pytest.mark.parametrize("frame", SMALL.values(), ids=list(SMALL))
def test_small_frames_give_shares(frame):
    found = shares(frame)
    assert len(found) > 20
    assert all(0 < share <= 1 for share in found)


@settings(max_examples=20)
@given(st.lists(rows(), max_size=40))
def test_shares_are_above_nothing_and_at_most_one(drawn):
    assert all(0 < share <= 1 for share in shares(frame_of(drawn)))


@settings(max_examples=20)
@given(st.lists(rows(), min_size=1, max_size=40), st.randoms(use_true_random=False))
def test_order_and_ids_change_nothing(drawn, random):
    frame = frame_of(drawn)
    shuffled = drawn.copy()
    random.shuffle(shuffled)
    other = frame_of(shuffled)
    other["NRM reference"] = [f"Z{number:04d}" for number in random.sample(range(1000), len(other))]
    assert model_of(referrals_of(frame)).to_json() == model_of(referrals_of(other)).to_json()


@given(st.lists(rows(), min_size=5, max_size=60))
def test_no_word_and_no_nationality_of_few_stands_in_a_model(drawn):
    referrals = referrals_of(frame_of(drawn))
    found = learn_frequencies(referrals)
    bags, person, nationality = referrals.names, person_keys(referrals), referrals.nationality
    row = bags.tokens.row
    key = [nationality_key(codes) for codes in nationality.sets]
    for shares_of, texts, code in (
        (found.words, bags.tokens.texts, np.arange(len(bags.tokens.texts))),
        (found.skeletons, bags.skeleton_texts, bags.skeleton),
        (found.variants, bags.variant_texts, bags.variant),
    ):
        of_token = code[bags.tokens.token]
        for text in shares_of.overall:
            holders = row[of_token == texts.index(text)]
            assert len(set(person[holders].tolist())) >= COMMON_MIN_PEOPLE
        for name, within in shares_of.within.items():
            here = nationality.code[row] == key.index(name)
            for text in within:
                holders = row[(of_token == texts.index(text)) & here]
                assert len(set(person[holders].tolist())) >= COMMON_MIN_PEOPLE
        for name in set(shares_of.within) | set(shares_of.rare_within):
            assert len(set(person[nationality.code == key.index(name)].tolist())) >= COMMON_MIN_PEOPLE
    for name in found.nationalities:
        assert len(set(person[nationality.code == key.index(name)].tolist())) >= COMMON_MIN_PEOPLE


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 4))))
def test_people_are_counted_once_for_each_key_that_they_hold(records):
    key, person = np.array(records, dtype=np.int64).reshape(-1, 2).T
    keys, people = people_by_key(key, person)
    held = {each: {who for what, who in records if what == each} for each, _ in records}
    assert dict(zip(keys.tolist(), people.tolist(), strict=True)) == {each: len(held[each]) for each in held}
    assert keys.tolist() == sorted(held)
    far_apart = people_by_key(key, person * 2**60)
    assert [part.tolist() for part in far_apart] == [keys.tolist(), people.tolist()]
    of_all = counts_of_people(key, person, 6)
    assert of_all.tolist() == [len(held.get(each, ())) for each in range(6)]


@given(st.lists(rows(), min_size=1, max_size=40))
def test_records_of_one_full_date_are_one_person_s_but_for_1_january(drawn):
    referrals = referrals_of(frame_of(drawn))
    person, birth = person_keys(referrals), referrals.birth
    assert all(0 <= who < referrals.n for who in person.tolist())
    for one in range(referrals.n):
        for other in range(one):
            full = {birth.precision[one], birth.precision[other]} == {DatePrecision.DAY}
            same = full and birth.first[one] == birth.first[other]
            same &= birth.default[one] != DefaultDate.FIRST_JANUARY
            assert (person[one] == person[other]) == same


def test_a_rare_name_is_not_in_the_json_and_a_common_one_is():
    many = [("Zamira", "Testaj", f"{day:02d}/05/2001", "Albanian") for day in range(1, 13)]
    days = range(1, COMMON_MIN_PEOPLE)
    few = [("Xhevakanari", "Kanarevska", f"{day:02d}/07/1999", "Albanian") for day in days]
    one_person = [("Gezimkanari", "Kanaridis", "09/09/1990", "Guyanese")] * 12
    text = model_of(referrals_of(frame_of([*many, *few, *one_person]))).to_json()
    assert '"zamira"' in text
    assert "kanar" not in text
    assert "GUY" not in text
    names = json.loads(text)["frequencies"]
    assert set(names["words"]["overall"]) == {"zamira", "testaj"}


def test_a_person_s_own_repeats_do_not_make_a_name_common():
    born = [f"{day:02d}/02/{year}" for day in range(1, 21) for year in (1990, 1991)]
    others = [("Osei", "Example", day, "") for day in born]
    once = [("Zamira", "Testaj", f"{day:02d}/05/2001", "") for day in range(1, 11)]
    often = [row for row in once for _ in range(3)]
    found = [learn_frequencies(referrals_of(frame_of([*others, *frame]))) for frame in (once, often)]
    assert found[1].words.overall["zamira"] == pytest.approx(found[0].words.overall["zamira"])


def test_the_larger_the_extract_the_nearer_a_share_is_to_the_count():
    random = np.random.default_rng(3)
    n = 3000
    is_common = random.random(n) < 0.2
    frame = pd.DataFrame({
        "given_name": np.where(is_common, "Zamira", [f"Nam{a}{b}" for a, b in zip(
            random.choice(list("abcdefghik"), n), random.choice(list("lmnoprstuv"), n), strict=True)]),
        "referral_id": [f"R{number:05d}" for number in range(n)],
    })  # fmt: skip
    found = learn_frequencies(referrals_of(frame))
    assert found.words.overall["zamira"] == pytest.approx(is_common.mean(), rel=0.08)


@pytest.mark.parametrize("n", [40, 400])
def test_a_rare_word_of_a_nation_is_as_rare_as_its_bearers_meet(n):
    """A nation of people with 60 names, among many of another nation: a stranger of one's own nation bears
    one's name with 1 in 60, however few of the nation there are."""
    random = np.random.default_rng(5)
    own = [f"Na{a}{b}" for a in "bdfghk" for b in "aeioulmnrs"]
    days = pd.date_range("1970-01-02", periods=n + 1500, freq="7D").strftime("%d/%m/%Y")
    frame = frame_of(
        [(name, "", day, "Ghanaian") for name, day in zip(random.choice(own, n), days[:n], strict=True)]
        + [(f"Ze{a}{b}{c}", "", days[n + i], "Albanian") for i, (a, b, c) in enumerate(
            random.choice(list("abdefghiklmnoprstu"), (1500, 3)))]
    )  # fmt: skip
    found = learn_frequencies(referrals_of(frame))
    known, rare = found.words.within.get("GHA", {}), found.words.rare_within["GHA"]
    assert np.mean([known.get(name.lower(), rare) for name in own]) == pytest.approx(1 / 60, rel=0.5)


def test_the_whole_and_every_community_have_years_that_sum_to_one():
    found = learn_frequencies(referrals_of(invented(80, seed=6)))
    assert "|0" in found.years
    assert "" in found.days
    for table in (*found.years.values(), *found.days.values()):
        assert sum(table.values()) == pytest.approx(1.0, abs=1e-9)


def test_years_are_counted_where_no_day_is_known():
    frame = invented(300, seed=6)
    dates = pd.to_datetime(frame["DOB"], dayfirst=True, errors="coerce", format="mixed")
    whole = frame.assign(DOB=dates.dt.strftime("%Y-%m-%d"))
    of_days, of_years = (
        learn_frequencies(referrals_of(one)).years
        for one in (whole, whole.assign(DOB=dates.dt.strftime("%Y")))
    )
    assert of_years == of_days
    assert max(of_years["|0"].values()) > 3 / 120


def test_people_of_one_name_and_year_are_not_taken_for_one_where_no_day_is_known():
    """Were any year of birth as rare as any other, a tenth of the pairs joined here would be strangers."""
    made = make_referrals(3000, seed=21)
    made["DOB"] = made["DOB"].str.extract(r"((?:19|20)\d\d)")[0]
    linkage = link_referrals(made.drop(columns=["true_person", "true_instance"]), progress=False)
    found = evaluate(linkage, made["true_person"])
    assert found.precision > 0.95
    assert found.recall > 0.9


def test_a_birth_known_to_two_years_counts_as_half_in_each():
    frame = people(*[{"given_name": "Zamir", "age": "17", "referral_date": "01/07/2024"}] * 50)
    years = learn_frequencies(referrals_of(frame)).years["|0"]
    assert years["2006"] == pytest.approx(years["2007"])
    assert years["2006"] > 5 * years["2004"]


def test_a_share_is_of_others_than_one_who_bears_the_word():
    """Eight of forty people of one nationality bear a word: seven of thirty-nine others do."""
    rare = [f"Xq{chr(97 + number % 26)}{chr(97 + number // 26)}ol" for number in range(40)]
    frame = people(
        *(
            {
                "given_name": "Zamirqa" if number < 8 else rare[number],
                "date_of_birth": f"{2 + number % 26:02}/03/{1960 + number}",
                "nationality": "Albanian",
            }
            for number in range(40)
        )
    )
    found = learn_frequencies(referrals_of(frame)).words
    strength = priors.REFERENCE_STRENGTH
    overall = (7 + strength * priors.RARE_WORD_SHARE) / (39 + strength)
    assert found.overall["zamirqa"] == pytest.approx(overall)
    within = (7 + WORD_SHRINK_PEOPLE * overall) / (39 + WORD_SHRINK_PEOPLE)
    assert found.within["ALB"]["zamirqa"] == pytest.approx(within)


def test_other_words_are_those_of_a_name_beside_the_naming_one():
    filmon = {"given_name": "Filmon T", "family_name": "Tesfay Haile", "alias": "Smokey"}
    records = [
        *[{"given_name": "Zamir", "family_name": "Testaj", "nationality": "Albanian"}] * 30,
        *[{**filmon, "nationality": "Eritrean"}] * 20,
        *[{"given_name": "Ramesh", "nationality": ""}] * 10,
        *[{"given_name": "", "nationality": "Albanian"}] * 5,
    ]
    found = learn_frequencies(referrals_of(people(*records))).other_words
    strength = priors.REFERENCE_STRENGTH
    whole = (30 + 40 + strength * priors.OTHER_WORDS) / (60 + strength)
    assert found[""] == pytest.approx(whole)
    assert found["albanian"] == pytest.approx((30 + SHRINK_PEOPLE * whole) / (30 + SHRINK_PEOPLE))
    assert found["horn"] == pytest.approx((40 + SHRINK_PEOPLE * whole) / (20 + SHRINK_PEOPLE))
