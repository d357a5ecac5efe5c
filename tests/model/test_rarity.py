"""How often strangers agree on very values: common ones weigh little, rare ones much, initials next to
nothing.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nrm_linkage.compare import FIELDS
from nrm_linkage.compare.words import WordLevel
from nrm_linkage.model import BoundRarity, LinkageModel
from tests.frames import all_pairs, compared, frame_of, invented, model_of, people, referrals_of, rows, scored

COLUMN = {field.name: number for number, field in enumerate(FIELDS)}


@pytest.fixture(scope="module")
def extract() -> LinkageModel:
    """A model of 300 invented referrals, in which Zamir, Albania and 1 January are common."""
    random = np.random.default_rng(5)
    letters = np.array(list("abdefghiklmnoprstu"))
    records = []
    for number in range(300):
        made_up = "".join(random.choice(letters, 8))
        day = "01/01" if number % 5 == 0 else f"{1 + number % 28:02d}/{1 + number % 12:02d}"
        records.append((
            "Zamir" if number % 3 else made_up[:6].title(),
            f"Test{made_up[3:]}",
            f"{day}/{1980 + number % 30}",
            "Albanian" if number % 2 else ["Eritrean", "Vietnamese", "Indian"][number % 3],
        ))  # fmt: skip
    return model_of(referrals_of(frame_of(records)))


def bits(model: LinkageModel, field: str, *records: dict[str, str]) -> float:
    """Coincidence bits of a field between two records."""
    found = compared(referrals_of(people(*records)), *all_pairs(2), model)
    return float(found.coincidence_bits[0, COLUMN[field]])


def twice(**record: str) -> list[dict[str, str]]:
    return [{"given_name": "", **record}] * 2


def test_a_common_name_weighs_little_and_a_rare_one_much(extract):
    common = bits(extract, "given_name", *twice(given_name="Zamir"))
    rare = bits(extract, "given_name", *twice(given_name="Xhevahire"))
    assert common < 1.5
    assert rare > common + 5


def test_a_name_weighs_by_its_share_within_the_nationality_in_common(extract):
    everywhere = bits(extract, "given_name", *twice(given_name="Zamir"))
    at_home = bits(extract, "given_name", *twice(given_name="Zamir", nationality="Albanian"))
    assert at_home != everywhere
    elsewhere = bits(extract, "given_name", *twice(given_name="Zamir", nationality="Indian"))
    in_both = np.log2((np.exp2(at_home) + np.exp2(elsewhere)) / 2)
    apart = [{"given_name": "Zamir", "nationality": nation} for nation in ("Albanian", "Indian")]
    assert bits(extract, "given_name", *apart) == pytest.approx(min(in_both, everywhere), abs=1e-4)


def test_a_name_that_two_communities_have_in_common_weighs_no_more_than_both_say(extract):
    words = extract.frequencies.words
    within = {nation: {**words.within.get(nation, {}), "ly": 0.05} for nation in ("CHN", "VNM")}
    known = replace(words, overall={**words.overall, "ly": 0.004}, within={**words.within, **within})
    model = replace(extract, frequencies=replace(extract.frequencies, words=known))
    apart = [{"given_name": "Ly", "nationality": nation} for nation in ("Chinese", "Vietnamese")]
    either = [{"given_name": "Ly", "nationality": nation} for nation in ("Chinese", "Indian")]
    assert bits(model, "given_name", *apart) == pytest.approx(-np.log2(0.05))
    assert bits(model, "given_name", *either) == pytest.approx(-np.log2(0.004))


@pytest.mark.parametrize("level", [WordLevel.EXACT, WordLevel.SHORTENED])
def test_an_initial_says_little_however_few_write_one(extract, level):
    other = "T" if level == WordLevel.EXACT else "Teklay"
    pair = [{"given_name": "Zamir", "family_name": word} for word in ("T", other)]
    assert bits(extract, "other_name", *pair) < 4


def evidence(model: LinkageModel, *records: dict[str, str]) -> float:
    """What the given names of two records are worth."""
    lines, _ = scored(referrals_of(people(*records)), *all_pairs(2), model)
    return float(lines[0, COLUMN["given_name"]])


@pytest.mark.parametrize("other", ["Zamira", "Zamiro", "Zami"])
def test_agreeing_in_part_on_a_common_name_weighs_less_than_in_full(extract, other):
    pair = [{"given_name": name} for name in ("Zamir", other)]
    assert evidence(extract, *pair) < evidence(extract, *twice(given_name="Zamir"))


def test_a_shortened_common_name_is_no_rarer_than_the_name(extract):
    pair = [{"given_name": name} for name in ("Zamir", "Zami")]
    in_full = bits(extract, "given_name", *twice(given_name="Zamir"))
    assert bits(extract, "given_name", *pair) <= in_full + 1e-9


@given(share=st.floats(0.01, 1.0), community=st.sampled_from(["Albanian", ""]))
def test_another_spelling_is_as_common_as_the_name_and_as_names_are_spelt_differently(
    extract, share, community
):
    pair = [{"given_name": name, "nationality": community} for name in ("Zamir", "Zamira")]
    group = next(iter(referrals_of(people(pair[0])).nationality.group_names)) if community else ""
    spelt = {"": 1.0, group: share}
    models = [
        replace(extract, frequencies=replace(extract.frequencies, spelt_otherwise=of))
        for of in (spelt, {"": 1.0})
    ]
    found, certain = (bits(model, "given_name", *pair) for model in models)
    assert found == pytest.approx(certain - np.log2(share), abs=1e-4)


def test_first_january_weighs_less_than_an_ordinary_day(extract):
    ordinary = bits(extract, "date_of_birth", *twice(date_of_birth="17/08/1990"))
    default = bits(extract, "date_of_birth", *twice(date_of_birth="01/01/1990"))
    assert default < ordinary - 3
    assert 5 < ordinary < 20


def test_a_year_weighs_less_than_a_day_and_a_month_lies_between(extract):
    day = bits(extract, "date_of_birth", *twice(date_of_birth="17/08/1990"))
    month = bits(extract, "birth_year", *twice(date_of_birth="08/1990"))
    year = bits(extract, "birth_year", *twice(date_of_birth="1990"))
    assert day > month > year > 0


def test_a_common_nationality_weighs_less_than_a_rare_one_and_an_overlap_less_than_all(extract):
    common = bits(extract, "nationality", *twice(nationality="Albanian"))
    rare = bits(extract, "nationality", *twice(nationality="Guyanese"))
    assert common < 1.5 < rare
    overlap = [{"nationality": text} for text in ("Albanian", "Albanian and Guyanese")]
    assert bits(extract, "nationality", *overlap) <= rare


def test_women_and_men_weigh_by_their_shares():
    records = [{"given_name": "Osei", "gender": gender} for gender in ["Male"] * 70 + ["Female"] * 30]
    model = model_of(referrals_of(people(*records)))
    assert bits(model, "gender", *twice(gender="Female")) > 1 > bits(model, "gender", *twice(gender="Male"))


def test_a_date_outside_the_years_of_the_model_is_rare_and_finite(extract):
    for year in (1905, 1931, 2023):
        found = bits(extract, "date_of_birth", *twice(date_of_birth=f"17/08/{year}"))
        assert 10 < found < 31


@settings(max_examples=20)
@given(st.lists(rows(), min_size=2, max_size=8))
def test_any_referrals_under_any_model_have_finite_bits_of_at_least_nothing(drawn):
    model = model_of(referrals_of(invented(30, seed=2)))
    found = compared(referrals_of(frame_of(drawn)), *all_pairs(len(drawn)), model)
    known = found.coincidence_bits[~np.isnan(found.coincidence_bits)]
    assert np.isfinite(known).all()
    # Other names are charged for the ways to agree, and may so fall below nothing.
    charged = [COLUMN["other_name"], COLUMN["other_names"]]
    but_names = np.delete(found.coincidence_bits, charged, axis=1)
    assert (but_names[~np.isnan(but_names)] >= 0).all()


def test_a_community_that_the_model_has_not_met_has_the_birthdays_of_the_whole(extract):
    unmet = twice(given_name="Osei", nationality="Romanian", date_of_birth="17/08/1990")
    group = referrals_of(people(*unmet)).nationality.group_names
    assert not any(name + "|0" in extract.frequencies.years for name in group if name != "unknown")
    whole = extract.frequencies.years["|0"]["1990"], extract.frequencies.days[""]["0"]
    expected = -np.log2(whole[0] * whole[1] / (365.2425 - 25))
    assert bits(extract, "date_of_birth", *unmet) == pytest.approx(expected)


def test_bound_rarity_holds_no_text(extract):
    referrals = referrals_of(invented(20, seed=3))
    bound = BoundRarity(extract.frequencies, referrals)
    assert "Zamir" not in repr(vars(bound)["_words"].__dict__)
    none = np.zeros(0, dtype=np.int32)
    assert bound.words_bits(none, none, none, none, none.astype(np.int8), none.astype(np.int64)).shape == (0,)


def test_variants_are_as_common_as_the_commonest_of_their_classes_whichever_stands_first(extract):
    frequencies = extract.frequencies
    names = [{"given_name": "Abraham"}, {"given_name": "Avraham"}]
    referrals = referrals_of(people(*names))
    bags = referrals.names
    words = bags.tokens.token[bags.tokens.start[:2]].astype(np.int32)
    classes = [bags.skeleton_texts[code] for code in bags.skeleton[words].tolist()]
    assert classes[0] != classes[1]  # one class of variants, two skeletons

    def share(skeleton: str) -> list[float]:
        """Of both orders, where that skeleton is common."""
        common = replace(frequencies.skeletons, overall={**frequencies.skeletons.overall, skeleton: 0.05})
        rarity = BoundRarity(replace(frequencies, skeletons=common), referrals)
        level, one = np.array([WordLevel.VARIANT], dtype=np.int8), np.array([1])
        ends = np.array([0], dtype=np.int32), np.array([1], dtype=np.int32)
        return [
            float(np.exp2(-rarity.words_bits(*ends, words[[a]], words[[b]], level, one))[0])
            for a, b in ((0, 1), (1, 0))
        ]

    otherwise = frequencies.spelt_otherwise[""]
    for skeleton in classes:
        assert share(skeleton) == pytest.approx([0.05 * otherwise] * 2)
