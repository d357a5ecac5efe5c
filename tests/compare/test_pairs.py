"""All fields of pairs at once: what chunks, other pairs, other rows and sides may not change."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nrm_linkage.compare import FIELDS, compare_pairs
from nrm_linkage.model import BoundRarity
from tests.frames import all_pairs, compared, frame_of, invented, model_of, people, referrals_of, rows

OTHERS = [number for number, field in enumerate(FIELDS) if field.name in ("other_name", "other_names")]


@pytest.mark.parametrize("chunk_pairs", [1, 7, 100_000])
def test_chunks_change_nothing(chunk_pairs):
    referrals = referrals_of(invented(40, seed=8))
    left, right = all_pairs(referrals.n)
    rarity = BoundRarity(model_of(referrals).frequencies, referrals)
    whole = compare_pairs(referrals, left, right, rarity, chunk_pairs=10**6)
    parts = compare_pairs(referrals, left, right, rarity, chunk_pairs=chunk_pairs)
    assert whole.levels.tobytes() == parts.levels.tobytes()
    assert whole.coincidence_bits.tobytes() == parts.coincidence_bits.tobytes()


@settings(max_examples=20)
@given(st.lists(rows(), min_size=2, max_size=9))
def test_other_pairs_change_nothing(drawn):
    referrals = referrals_of(frame_of(drawn))
    left, right = all_pairs(referrals.n)
    model = model_of(referrals)
    together = compared(referrals, left, right, model)
    for pair in range(len(left)):
        alone = compared(referrals, left[pair : pair + 1], right[pair : pair + 1], model)
        np.testing.assert_array_equal(alone.levels[0], together.levels[pair])
        np.testing.assert_array_equal(alone.coincidence_bits[0], together.coincidence_bits[pair])


@settings(max_examples=20)
@given(st.lists(rows(), min_size=2, max_size=2), st.lists(rows(), max_size=6))
def test_other_rows_change_no_level_and_no_bits_under_the_same_model(pair, others):
    model = model_of(referrals_of(invented(60, seed=9)))
    alone = compared(referrals_of(frame_of(pair)), *all_pairs(2), model)
    among = compared(referrals_of(frame_of([*pair, *others])), *all_pairs(2), model)
    np.testing.assert_array_equal(alone.levels, among.levels)
    np.testing.assert_array_equal(alone.coincidence_bits, among.coincidence_bits)


@given(st.lists(rows(), min_size=2, max_size=8))
def test_swapping_sides_changes_nothing(drawn):
    referrals = referrals_of(frame_of(drawn))
    left, right = all_pairs(referrals.n)
    model = model_of(referrals)
    one, other = compared(referrals, left, right, model), compared(referrals, right, left, model)
    np.testing.assert_array_equal(one.levels, other.levels)
    np.testing.assert_allclose(one.coincidence_bits, other.coincidence_bits, rtol=0, atol=1e-12)


def test_only_levels_that_go_by_frequency_have_coincidence_bits_and_they_are_finite():
    referrals = referrals_of(invented(40, seed=10))
    found = compared(referrals, *all_pairs(referrals.n))
    for column, field in enumerate(FIELDS):
        by_frequency = np.array([level.by_frequency for level in field.levels])[found.levels[:, column]]
        bits = found.coincidence_bits[:, column]
        assert np.isfinite(bits[by_frequency]).all(), field.name
        assert np.isnan(bits[~by_frequency]).all(), field.name


@pytest.mark.parametrize(
    ("others", "ways"),
    [
        (("Haroun", "Haroun Osman"), 2),  # either of the two
        (("Haroun Osman", "Haroun Deng"), 4),  # either of two, and either of two
        (("Haroun", "Haroun Osman Deng"), 3),
    ],
)
def test_agreement_is_charged_for_the_ways_to_agree(others, ways):
    model = model_of(referrals_of(invented(60, seed=9)))
    bits = []
    for names in (("Haroun", "Haroun"), others):
        records = ({"given_name": "Idris", "family_name": family} for family in names)
        found = compared(referrals_of(people(*records)), *all_pairs(2), model).coincidence_bits[0]
        (spoken,) = found[OTHERS][~np.isnan(found[OTHERS])]
        bits.append(spoken)
    assert bits[0] - bits[1] == pytest.approx(np.log2(ways), abs=1e-5)


def test_who_has_more_words_has_each_in_more_places():
    """Where a name has two other words on the average, one agrees by chance twice as often as its place has
    it.
    """
    model = model_of(referrals_of(invented(60, seed=9)))
    referrals = referrals_of(people(*[{"given_name": "Idris", "family_name": "Haroun"}] * 2))

    def bits(each: float) -> float:
        frequencies = replace(model.frequencies, other_words={"": each})
        found = compared(referrals, *all_pairs(2), replace(model, frequencies=frequencies))
        return float(np.nansum(found.coincidence_bits[0, OTHERS]))

    assert bits(2.0) - bits(1.0) == pytest.approx(1.0, abs=1e-5)


def test_no_pairs():
    referrals = referrals_of(invented(3, seed=11))
    none = np.zeros(0, dtype=np.int32)
    found = compared(referrals, none, none)
    assert found.levels.shape == found.coincidence_bits.shape == (0, len(FIELDS))


def test_codes_of_levels_are_their_places_in_the_table():
    from nrm_linkage.compare import fields

    enums = {
        "given_name": fields.GivenLevel, "other_name": fields.OtherNamesLevel,
        "other_names": fields.OtherNamesLevel,
        "date_of_birth": fields.DateLevel, "birth_year": fields.BirthYearLevel,
        "birth_range": fields.BirthRangeLevel, "age_group": fields.AgeGroupLevel,
        "nationality": fields.NationalityLevel, "gender": fields.GenderLevel,
        "reference": fields.ReferenceLevel, "contact": fields.ContactLevel,
        "town": fields.PlaceLevel, "birthplace": fields.PlaceLevel,
    }  # fmt: skip
    for field in FIELDS:
        assert len(enums[field.name]) == len(field.levels)
        assert field.number("missing") == 0
        assert [field.number(level.name) for level in field.levels] == list(range(len(field.levels)))
