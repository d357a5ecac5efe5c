"""Dependence on the group that two referrals share: told beside the fields, and nothing added to the sum."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nrm_linkage.compare import FIELDS
from nrm_linkage.model import DEPENDENCE_LINES, EVIDENCE_LINES, told_lines, told_names
from nrm_linkage.tables import Float64s, Referrals
from tests.frames import all_pairs, compared, frame_of, invented, model_of, referrals_of, rows, scored

MODEL = model_of(referrals_of(invented(80, seed=14)))
AT = {name: number for number, name in enumerate(told_names(MODEL))}
DEPENDENT = dict(DEPENDENCE_LINES)
N_FIELDS = len(FIELDS)


def told(referrals: Referrals) -> tuple[Float64s, Float64s, Float64s]:
    """Lines as weighed and as told, and what is said of any two strangers, of all pairs."""
    left, right = all_pairs(referrals.n)
    lines, _ = scored(referrals, left, right, MODEL)
    levels = compared(referrals, left, right, MODEL).levels
    return lines, *told_lines(referrals, left, right, levels, lines, MODEL, chunk_pairs=3)


@given(st.lists(rows(), min_size=2, max_size=8))
def test_the_sum_is_the_same_to_the_last_bit(drawn):
    lines, as_told, _ = told(referrals_of(frame_of(drawn)))
    assert as_told.shape == (len(lines), len(told_names(MODEL)))
    np.testing.assert_array_equal(as_told.sum(axis=1), lines.sum(axis=1))


@given(st.lists(rows(), min_size=2, max_size=8))
@settings(max_examples=30)
def test_lines_that_depend_on_no_group_are_as_they_were(drawn):
    lines, as_told, among_any = told(referrals_of(frame_of(drawn)))
    moved = [AT[name] for fields in DEPENDENT.values() for name in fields]
    same = [number for number in range(len(EVIDENCE_LINES)) if number not in moved]
    np.testing.assert_array_equal(as_told[:, same], lines[:, same])
    assert np.isnan(among_any[:, [number for number in same if number < N_FIELDS]]).all()


@given(st.lists(rows(), min_size=2, max_size=8))
@settings(max_examples=30)
def test_what_is_missing_depends_on_nothing(drawn):
    referrals = referrals_of(frame_of(drawn))
    levels = compared(referrals, *all_pairs(referrals.n), MODEL).levels
    _, as_told, _ = told(referrals)
    for name, fields in DEPENDENT.items():
        silent = (levels[:, [AT[field] for field in fields]] == 0).all(axis=1)
        assert (as_told[silent, AT[name]] == 0).all()


@pytest.mark.parametrize("nationality", ["Vietnamese", None])
def test_a_name_that_is_everybody_s_there_says_less_there(nationality: str | None) -> None:
    common = pd.DataFrame(
        [
            {
                "given_name": f"{chr(97 + n % 26)}{chr(97 + n // 26)}xq",
                "family_name": "Nguyen" if n < 60 else f"Testaj{chr(97 + n % 26)}{chr(97 + n // 26)}",
                "nationality": "Vietnamese" if n < 60 else "Albanian",
                "date_of_birth": f"{1 + n % 28:02}/{1 + n % 12:02}/{1980 + n % 20}",
            }
            for n in range(400)
        ]
    )
    model = model_of(referrals_of(common))
    pair = pd.DataFrame([{"given_name": "Hoa", "family_name": "Nguyen", "nationality": nationality}] * 2)
    referrals = referrals_of(pair)
    left, right = all_pairs(2)
    lines, _ = scored(referrals, left, right, model)
    levels = compared(referrals, left, right, model).levels
    as_told, among_any = told_lines(referrals, left, right, levels, lines, model, chunk_pairs=1)
    of_nationality = as_told[0, AT["name_and_nationality"]]
    if nationality is None:
        assert of_nationality == 0
    else:
        assert of_nationality < -1
        assert 2.0 ** among_any[0, AT["other_name"]] == pytest.approx(60 / 400, rel=0.4)
