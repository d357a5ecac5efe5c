"""u of the caller's own fields, comparisons as a model reads them, and keys of many fields."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nrm_linkage.compare import FIELDS, ExtraField
from nrm_linkage.model import LinkageModel, learn_frequencies, priors, read_by, starting_model
from nrm_linkage.model.extra import EXTRA_M_STRENGTH_PAIRS, m_strength_pairs, with_extra
from nrm_linkage.model.patterns import _keys
from nrm_linkage.tables import Comparisons
from tests.frames import invented, referrals_of

OWN = ExtraField.by_cuts("own", "String", (0.9, 0.5), replaces=("town",))
TOWN = [field.name for field in FIELDS].index("town")


@pytest.fixture(scope="module")
def model() -> LinkageModel:
    return starting_model(learn_frequencies(referrals_of(invented(20, seed=1))), 20, 0.13, 200.0)


def test_u_is_counted_where_the_field_speaks_and_shrunk(model: LinkageModel) -> None:
    levels = np.array([[0]] * 500 + [[1]] * 10 + [[3]] * 90, dtype=np.int8)
    u = with_extra(model, [OWN], levels).u["own"]
    assert u == pytest.approx({"agrees": 11.25 / 150, "near": 1.25 / 150, "differs": 137.5 / 150})
    u = with_extra(model, [OWN], levels[:0]).u["own"]
    assert u == pytest.approx({"agrees": 0.025, "near": 0.025, "differs": 0.95})
    many = np.repeat(np.array([[1], [2], [3]], dtype=np.int8), 100_000, axis=0)
    assert list(with_extra(model, [OWN], many).u["own"].values()) == pytest.approx([1 / 3] * 3, abs=0.001)


def test_m_starts_with_most_at_the_first_level(model: LinkageModel) -> None:
    m = with_extra(model, [OWN], np.zeros((0, 1), dtype=np.int8)).m["own"]
    assert m == pytest.approx({"agrees": 0.75, "near": 0.125, "differs": 0.125})


def test_a_model_reads_what_it_knows(model: LinkageModel) -> None:
    levels = np.ones((4, len(FIELDS)), dtype=np.int8)
    fixed = Comparisons(levels, np.full(levels.shape, 3.0))
    assert read_by(model, fixed) is fixed
    wider = Comparisons(
        np.pad(levels, ((0, 0), (0, 2)), constant_values=2), np.full((4, len(FIELDS) + 2), 3.0)
    )
    np.testing.assert_array_equal(read_by(model, wider).levels, levels)
    own = replace(model, extra=(OWN,))
    for given_, last in ((fixed, 0), (wider, 2)):
        read = read_by(own, given_)
        assert read.levels.shape == (4, len(FIELDS) + 1)
        assert (read.levels[:, -1] == last).all()
        assert (read.levels[:, TOWN] == 0).all()
        assert np.isnan(read.coincidence_bits[:, TOWN]).all()
        np.testing.assert_array_equal(
            np.delete(read.levels[:, :-1], TOWN, axis=1), np.delete(levels, TOWN, 1)
        )
        again = read_by(own, read)
        np.testing.assert_array_equal(again.levels, read.levels)
        np.testing.assert_array_equal(again.coincidence_bits, read.coincidence_bits)
    assert (fixed.levels == 1).all()


@given(
    rows=st.lists(st.lists(st.integers(0, 9), min_size=24, max_size=24), max_size=12),
    far=st.integers(-(2**40), 2**40),
)
def test_keys_tell_rows_apart_however_many_columns(rows: list[list[int]], far: int) -> None:
    table = np.array([*rows, [9] * 24, [0] * 24, *rows], dtype=np.int64)
    table[:, 0] += np.where(table[:, 1] > 4, far, 0)
    keys = _keys(list(table.T))
    _, expected = np.unique(table, axis=0, return_inverse=True)
    _, found = np.unique(keys, return_inverse=True)
    np.testing.assert_array_equal(found, expected.ravel())


def test_what_is_believed_of_m_is_worth_pairs_by_field(model: LinkageModel) -> None:
    wider = with_extra(model, [OWN], np.zeros((0, 1), dtype=np.int8))
    worth = dict(zip([field.name for field in wider.fields], m_strength_pairs(wider).tolist(), strict=True))
    assert worth.pop("reference") == priors.M_STRENGTH_PAIRS_OF["reference"] < priors.M_STRENGTH_PAIRS
    assert worth.pop("other_names") == priors.M_STRENGTH_PAIRS_OF["other_names"] > priors.M_STRENGTH_PAIRS
    assert worth.pop(OWN.name) == EXTRA_M_STRENGTH_PAIRS
    assert set(worth.values()) == {priors.M_STRENGTH_PAIRS}
