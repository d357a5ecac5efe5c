"""Cuts of a similarity as levels."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nrm_linkage.compare import FIELDS, ExtraField

SIMILARITIES = st.one_of(st.sampled_from([0.0, 0.5, 0.85, 0.95, 1.0, float("nan")]), st.floats())


@given(
    cuts=st.lists(
        st.sampled_from([1.0, 0.95, 0.9, 0.85, 0.5, 0.0, -2.0]), min_size=1, max_size=7, unique=True
    ),
    similarities=st.lists(SIMILARITIES, max_size=20),
)
def test_a_level_is_the_first_whose_cut_is_reached(cuts: list[float], similarities: list[float]) -> None:
    cuts = sorted(cuts, reverse=True)
    field = ExtraField.by_cuts("own", "String", tuple(cuts))
    for similarity, level in zip(similarities, field.levels_of(np.array(similarities)), strict=True):
        if np.isnan(similarity):
            assert level == 0
        else:
            reached = [number for number, cut in enumerate(cuts, 1) if similarity >= cut]
            assert level == (reached[0] if reached else len(cuts) + 1)
    assert len({level.name for level in field.levels}) == len(field.levels) == len(cuts) + 2


def test_a_field_comes_back_from_json() -> None:
    field = ExtraField.by_cuts("own", "String", (0.9, 0.5), ("a", "b", "c"), ("town", "contact"))
    assert ExtraField.from_dict(json.loads(json.dumps(dataclasses.asdict(field)))) == field


@pytest.mark.parametrize("cuts", [(1.0,), (0.95, 0.85), tuple(np.linspace(1, 0, 8))])
def test_no_field_has_more_levels_than_ours(cuts: tuple[float, ...]) -> None:
    """The tables of shares are as wide as the widest of ours."""
    field = ExtraField.by_cuts("own", "String", cuts)
    assert len(field.levels) < max(len(one.levels) for one in FIELDS)
    assert [level.sentence for level in field.levels[1:]] != [""]
