"""Base rates: known ones are found again, nothing is learned from nothing, and the line is their sum."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nrm_linkage.compare.fields import GenderLevel
from nrm_linkage.model import EVIDENCE_LINES
from nrm_linkage.model.base_rates import (
    DATED,
    GROUPS,
    BaseRates,
    GroupShares,
    base_rates,
    pair_dated,
    pair_group,
    recorded_dates,
)
from nrm_linkage.model.strata import age_pair, pair_community
from nrm_linkage.normalise.ages import AgeGroup
from nrm_linkage.normalise.gender import Gender
from tests.frames import all_pairs, frame_of, invented, model_of, people, referrals_of, rows, scored

LINE = EVIDENCE_LINES.index("repeats_of_group")
PEOPLE = st.tuples(st.sampled_from(list(Gender)), st.sampled_from(list(AgeGroup)))


@given(st.lists(PEOPLE, min_size=2, max_size=6))
def test_a_group_is_told_by_its_name(drawn):
    gender, ages = (np.array([person[at] for person in drawn], dtype=np.int8) for at in (0, 1))
    left, right = all_pairs(len(drawn))
    found = pair_group(gender, ages, left, right)
    for a, b, code in zip(left.tolist(), right.tolist(), found.tolist(), strict=True):
        (of_a, age_a), (of_b, age_b) = drawn[a], drawn[b]
        if of_a != of_b or of_a == Gender.MISSING:
            assert code == 0
            continue
        name = {Gender.FEMALE: "female", Gender.MALE: "male", Gender.OTHER: "other gender"}[of_a]
        of_like_ages = {AgeGroup.CHILD: "children", AgeGroup.ADULT: "adults"}
        when = of_like_ages.get(age_a) if age_a == age_b else None
        assert GROUPS[code - 1] == f"{when or 'of different or unknown ages'}, {name}"


def test_shares_are_of_referrals_whose_group_is_known():
    records = [
        {"given_name": "Zamir", "nationality": nationality, "gender": gender, "age_group": "Adult"}
        for nationality, gender in [("Albanian", "Male")] * 3 + [("Vietnamese", "Female")] + [("", "")] * 4
    ]
    referrals = referrals_of(people(*records))
    shares = GroupShares.of(referrals, recorded_dates(referrals))
    of = dict(zip(referrals.nationality.group_names, shares.community[1:].tolist(), strict=True))
    assert (of["albanian"], of["vietnamese"]) == (0.75, 0.25)
    assert shares.gender[1 + GROUPS.index("adults, male")] == 0.75
    assert shares.gender[1 + GROUPS.index("children, male")] == 0
    assert shares.gender[1 + GROUPS.index("of different or unknown ages, female")] == 0.25


DATES = st.sampled_from(["14/05/2001", "1 January 1999", "1999", "May 2001", "", "not known"])


@given(st.lists(DATES, min_size=2, max_size=6))
def test_a_pair_is_told_by_how_many_of_it_record_a_date(dates):
    referrals = referrals_of(people(*({"given_name": "Zamir", "date_of_birth": date} for date in dates)))
    recorded = recorded_dates(referrals)
    assert recorded.tolist() == [date not in ("", "not known") for date in dates]
    left, right = all_pairs(len(dates))
    codes = pair_dated(recorded, left, right).tolist()
    for a, b, code in zip(left.tolist(), right.tolist(), codes, strict=True):
        assert DATED[code - 1].startswith(["no ", "one ", "two "][int(recorded[a]) + int(recorded[b])])
    shares = GroupShares.of(referrals, recorded).dated
    assert shares[1:].sum() == pytest.approx(1.0)
    assert shares[1] == pytest.approx(recorded.mean() ** 2)


def test_dates_in_whose_stead_others_are_compared_are_not_recorded():
    referrals = referrals_of(people({"given_name": "Zamir", "date_of_birth": "14/05/2001"}))
    assert recorded_dates(referrals).tolist() == [True]
    assert recorded_dates(referrals, frozenset({"date_of_birth"})).tolist() == [False]


def test_known_rates_are_found_again():
    random = np.random.default_rng(7)
    rate, share = np.array([0.5, 1.0, 1.5]), np.array([0.3, 0.4, 0.3])
    community = 1 + random.choice(3, 50_000, p=rate * share / (rate * share).sum())
    group = np.full(len(community), 1 + GROUPS.index("adults, female"))
    dated = 1 + random.choice(3, 50_000, p=[0.88, 0.11, 0.01])
    of_pairs = np.array([0, 0.81, 0.18, 0.01])
    of_groups = np.where(np.arange(1 + len(GROUPS)) == group[0], 0.5, 0.0)
    shares = GroupShares(np.array([0, *share]), of_groups, of_pairs)
    found = base_rates(np.ones(len(community)), community, group, dated, shares, ("a", "b", "c"))
    assert list(found["community"].values()) == pytest.approx(rate, abs=0.03)
    assert found["gender"]["adults, female"] == pytest.approx(2.0, abs=0.01)
    assert list(found["dates"].values()) == pytest.approx([0.88 / 0.81, 0.11 / 0.18, 1.0], abs=0.1)


def test_without_matched_pairs_every_rate_is_one():
    nothing = np.zeros(0)
    code = nothing.astype(np.int64)
    shares = GroupShares(np.array([0.0, 1.0]), np.zeros(1 + len(GROUPS)), np.zeros(1 + len(DATED)))
    found = base_rates(nothing, code, code, code, shares, ("a",))
    assert {ratio for of in found.values() for ratio in of.values()} == {1.0}


@given(st.lists(rows(), min_size=2, max_size=6))
def test_the_line_is_the_sum_of_the_three_and_moves_nothing_else(drawn):
    referrals = referrals_of(frame_of(drawn))
    left, right = all_pairs(referrals.n)
    names = referrals.nationality.group_names
    rates = {
        "community": {name: 2.0**number for number, name in enumerate(names)},
        "gender": {name: 2.0**-number for number, name in enumerate(GROUPS)},
        "dates": {name: 4.0**number for number, name in enumerate(DATED)},
    }
    model = model_of(referrals)
    before, weight_before = scored(referrals, left, right, model)
    lines, weight = scored(referrals, left, right, replace(model, base_rates=rates))
    community = pair_community(referrals, left, right)
    group = pair_group(referrals.gender, referrals.age_group, left, right)
    dated = pair_dated(recorded_dates(referrals), left, right)
    expected = np.maximum(community - 1, 0) - np.maximum(group - 1, 0) + 2 * (dated - 1)
    assert lines[:, LINE].tolist() == expected.tolist()
    assert (before[:, LINE] == 0).all()
    np.testing.assert_array_equal(np.delete(lines, LINE, axis=1), np.delete(before, LINE, axis=1))
    np.testing.assert_array_equal(weight - weight_before, expected)


def test_a_run_learns_them_and_unknown_groups_add_nothing():
    referrals = referrals_of(invented(20, seed=3))
    table = BaseRates.of({"community": {"of another run": 4.0}}, referrals.nationality.group_names)
    assert not table.community.any()
    assert not table.gender.any()
    assert not table.dated.any()
    left, right = all_pairs(referrals.n)
    assert set(age_pair(referrals.age_group, left, right).tolist()) <= {0, 1, 2}


def test_a_gender_that_is_left_out_brings_no_rate():
    gender, ages = np.full(2, Gender.MALE, dtype=np.int8), np.full(2, AgeGroup.ADULT, dtype=np.int8)
    left, right = all_pairs(2)
    levels = np.array([GenderLevel.SAME], dtype=np.int8)
    assert pair_group(gender, ages, left, right, levels).tolist() == [1 + GROUPS.index("adults, male")]
    assert pair_group(gender, ages, left, right, levels * 0).tolist() == [0]
