"""How many relatives there are and what they share: counted where that can be seen, else believed."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from recordlinkage.compare import String

import nrm_linkage as nl
from nrm_linkage.compare.dates import BirthPeriods
from nrm_linkage.config import LinkageConfig
from nrm_linkage.model import BoundRarity, LinkageModel, learn_relatives, learn_strangers, priors
from nrm_linkage.model.households import (
    MOST_SHARERS,
    STRENGTH_PAIRS,
    STRENGTH_REFERRALS,
    _share_of_first,
    _share_seen,
    _sharing_a_contact_detail,
)
from nrm_linkage.tables import Referrals
from nrm_linkage.toolkit import FeatureField
from tests.frames import model_of, referrals_of

CONFIG = LinkageConfig()
BEGINNINGS, MIDDLES = ("Mock", "Quar", "Test", "Vex"), ("abo", "edi", "ilu", "oga", "umi")
ENDS = ("berg", "corra", "dale", "fors", "gotti", "hurst", "lski", "jarva", "mann", "rup")
SURNAMES = [a + b + c for a in BEGINNINGS for b in MIDDLES for c in ENDS]
GIVEN = (
    "Alice Bruno Carla Dennis Erika Felix Gloria Hector Irene Julius Karen Lorenz Monica Norbert Olivia "
    "Patrick Quentin Rosalind Stefan Therese"
).split()


def residents(households: int, size: int, one_family: float, seed: int) -> pd.DataFrame:
    """People who live in twos, threes, ... and have one telephone number; of the households a part are
    families, the others strangers.
    """
    random = np.random.default_rng(seed)
    rows = []
    for number in range(households):
        family = random.choice(SURNAMES) if random.random() < one_family else None
        for given_name in random.choice(GIVEN, size, replace=False):
            born = np.datetime64("1960-01-02") + random.integers(0, 16_000)
            rows.append((given_name, family or random.choice(SURNAMES), str(born), f"0770090{number:04d}"))
    frame = pd.DataFrame(rows, columns=["Forename", "Surname", "DOB", "Phone"]).astype(str)
    frame.insert(0, "Referral ID", [f"R{number:05d}" for number in range(len(frame))])
    return frame


def learned(referrals: Referrals) -> tuple[LinkageModel, LinkageModel]:
    """The model that estimation starts from, before and after relatives were counted."""
    start = model_of(referrals)
    rarity = BoundRarity(start.frequencies, referrals)
    start = learn_strangers(referrals, start, CONFIG.chunk_pairs, (), rarity)
    rarity = rarity.with_accidents(start.frequencies)
    return start, learn_relatives(referrals, start, rarity, CONFIG.chunk_pairs)


def per_referral(referrals: Referrals) -> float:
    start, model = learned(referrals)
    return priors.RELATIVES_PER_REFERRAL * 2.0 ** (model.relative_bits - start.relative_bits)


def known_by(frame: pd.DataFrame, births: str) -> pd.DataFrame:
    """The frame with dates of birth, with years alone, or with neither."""
    return {
        "dates": frame,
        "years": frame.assign(DOB=frame["DOB"].str[:4]),
        "nothing": frame.drop(columns="DOB"),
    }[births]


@pytest.mark.parametrize("births", ["dates", "years", "nothing"])
@pytest.mark.parametrize("one_family", [0.0, 0.3, 1.0])
def test_the_number_of_relatives_is_found_among_those_who_share_a_telephone(one_family, births):
    referrals = referrals_of(known_by(residents(900, 3, one_family, seed=5), births))
    visible = _share_seen(referrals, BirthPeriods.of(referrals)) * referrals.n
    # Three pairs a household, of which so many were plainly not born together. Families have one name always,
    # where it is believed that 0.86 of them have.
    seen = 900 * 3 * min(one_family / 0.86, 1.0) * (0.93 if births == "years" else 1.0)
    expected = (seen + STRENGTH_REFERRALS * priors.RELATIVES_PER_REFERRAL) / (visible + STRENGTH_REFERRALS)
    assert per_referral(referrals) == pytest.approx(expected, rel=0.1, abs=0.01)


def families(n: int, apart_years: tuple[int, int], one_name: float, seed: int) -> pd.DataFrame:
    """Parents with a child and a telephone number, of whom a part bear one given name."""
    random = np.random.default_rng(seed)
    frame = residents(n, 2, 1.0, seed)
    born = frame["DOB"].str[:4].astype(int).to_numpy(copy=True)
    born[1::2] = born[::2] + random.integers(*apart_years, n)
    frame["DOB"] = [f"{year}{day}" for year, day in zip(born, frame["DOB"].str[4:], strict=True)]
    named = np.flatnonzero(random.random(n) < one_name) * 2
    frame.loc[named + 1, "Forename"] = frame.loc[named, "Forename"].to_numpy()
    return frame


@pytest.mark.parametrize(
    ("births", "field", "far", "near"),
    [
        ("dates", "date_of_birth", "far apart", ("same year", "next year", "within five years")),
        ("years", "birth_year", "far apart", ("within five years",)),
    ],
)
def test_how_far_apart_relatives_were_born_is_counted(births, field, far, near):
    believed = priors.RELATIVE[field]
    shares = {}
    for kind, years in (("parents", (20, 35)), ("children", (3, 5))):
        model = learned(referrals_of(known_by(families(1500, years, 0.0, seed=11), births)))[1]
        shares[kind] = model.relatives[field]
        # All other births are as believed.
        for level in set(believed) - {far, "same day, distant year", *near}:
            assert shares[kind][level] == pytest.approx(believed[level])
    apart = believed[far] + sum(believed[level] for level in near)
    # 1,500 pairs beside the hundred that are believed.
    assert shares["parents"][far] == pytest.approx(apart, rel=0.1)
    assert shares["children"][far] < 0.1 * believed[far]


@pytest.mark.parametrize("one_name", [0.0, 0.2])
def test_how_often_children_bear_a_parents_name_is_counted(one_name):
    model = learned(referrals_of(families(1500, (20, 35), one_name, seed=12)))[1]
    believed = STRENGTH_PAIRS * priors.GIVEN_A_PARENTS_NAME
    expected = (1500 * one_name + believed) / (1500 + STRENGTH_PAIRS)
    assert model.parents_name == pytest.approx(expected, rel=0.1, abs=0.01)


def test_wrong_dates_of_one_person_are_no_parents_names():
    """Two referrals of a thousand people with a telephone; eight have a date far off, as many as m says."""
    frame = families(1000, (20, 35), 1.0, seed=13)
    right = np.arange(8, 1000) * 2
    frame.loc[right + 1, "DOB"] = frame.loc[right, "DOB"].to_numpy()
    found = learned(referrals_of(frame))[1].parents_name
    assert found == pytest.approx(priors.GIVEN_A_PARENTS_NAME, abs=0.01)


def test_without_contact_details_or_names_all_stays_as_believed():
    frame = residents(200, 2, 1.0, seed=6)
    for column in ("Phone", "Surname"):
        start, model = learned(referrals_of(frame.drop(columns=column)))
        assert model.relative_bits == start.relative_bits
        assert model.parents_name == pytest.approx(start.parents_name)
        for field, of_field in start.relatives.items():
            assert model.relatives[field] == pytest.approx(of_field)


def test_details_that_many_have_say_nothing_of_families():
    frame = residents(1, MOST_SHARERS, 1.0, seed=7)
    more = pd.concat([frame, frame.tail(1).assign(**{"Referral ID": "S"})], ignore_index=True)
    few, many = (_sharing_a_contact_detail(referrals_of(one))[0] for one in (frame, more))
    assert (len(few), len(many)) == (MOST_SHARERS * (MOST_SHARERS - 1) // 2, 0)


@given(st.lists(st.tuples(st.sampled_from(["", "07700900123", "07700900456", "07700900789"]),
                          st.sampled_from(["", "SW1A 1AA", "M1 1AE"])), min_size=1, max_size=25))  # fmt: skip
def test_pairs_that_share_a_detail_are_those_of_every_two_rows(rows):
    frame = pd.DataFrame(rows, columns=["Phone", "Postcode"])
    frame.insert(0, "Referral ID", [f"R{number:02d}" for number in range(len(frame))])
    frame["Surname"] = "Testaj"
    referrals = referrals_of(frame)
    counts = {detail: sum(detail in row for row in rows) for row in rows for detail in row}
    expected = {
        (a, b)
        for a in range(len(rows))
        for b in range(a + 1, len(rows))
        if any(detail and counts[detail] <= MOST_SHARERS for detail in set(rows[a]) & set(rows[b]))
    }
    left, right = _sharing_a_contact_detail(referrals)
    assert list(zip(left.tolist(), right.tolist(), strict=True)) == sorted(expected)


@given(st.lists(st.tuples(st.floats(0.01, 1.0), st.floats(0.01, 1.0)), max_size=30))
def test_the_share_of_a_class_is_the_likeliest(pairs):
    first, second = (np.array(column) for column in zip(*pairs, strict=True)) if pairs else (np.zeros(0),) * 2
    found = _share_of_first(first, second)
    assert 0 <= found <= 1
    if pairs:
        shares = np.append(np.linspace(0, 1, 101), found)
        likely = np.log(shares[:, None] * first + (1 - shares[:, None]) * second).sum(axis=1)
        assert likely[-1] >= likely.max() - 1e-9


def test_the_callers_own_fields_change_nothing_unless_they_replace_what_is_looked_at():
    frame = residents(200, 2, 1.0, seed=8)
    feature = String("Surname", "Surname", method="jarowinkler")
    for replaces, is_learned in (((), True), (("other_names",), False)):
        own = FeatureField("surname_typed", feature, cuts=(0.9,), replaces=replaces)
        alone = nl.link_referrals(frame, progress=False).model
        beside = nl.link_referrals(frame, compare=[own], progress=False).model
        assert (alone.relative_bits == pytest.approx(beside.relative_bits, abs=0.01)) is is_learned


def test_where_families_are_many_more_is_taken_off_for_a_parent_and_a_child_of_one_name():
    parent = {"Forename": "Alaric", "Surname": "Mockani", "DOB": "1961-03-17", "Phone": "07700909999"}
    child = parent | {"DOB": "1990-11-05"}
    added = pd.DataFrame([{"Referral ID": "T0", **parent}, {"Referral ID": "T1", **child}])
    discount_bits = {}
    for one_family in (0.0, 1.0):
        frame = pd.concat([residents(400, 3, one_family, seed=9), added], ignore_index=True)
        linkage = nl.link_referrals(frame, progress=False)
        lines = {line.field: line.bits for line in linkage.explain("T0", "T1").evidence}
        discount_bits[one_family] = lines["relatives"]
    assert discount_bits[1.0] < discount_bits[0.0] - 2


@pytest.mark.parametrize("births", ["dates", "years", "nothing"])
def test_members_of_one_household_are_not_linked_and_who_is_referred_again_is(births):
    """A hundred people of 1,200 stand there twice, under a number that their families have too."""
    frame = known_by(residents(400, 3, 1.0, seed=14), births)
    again = frame.iloc[::12].assign(**{"Referral ID": [f"S{number:03d}" for number in range(100)]})
    linkage = nl.link_referrals(pd.concat([frame, again], ignore_index=True), progress=False)
    true = set(zip(frame["Referral ID"].iloc[::12], again["Referral ID"], strict=True))
    joined = linkage.links.query("same_cluster")
    found = set(zip(joined["referral_id_l"], joined["referral_id_r"], strict=True))
    assert len(found & true) >= 98
    assert len(found - true) <= 8
