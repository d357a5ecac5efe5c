"""Rows of few columns, against numpy's own."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from nrm_linkage.narrow import row_any, row_counts, row_minima, row_sums

LEVELS = arrays.arrays(np.int8, st.tuples(st.integers(0, 6), st.integers(1, 5)))


@given(LEVELS)
def test_rows_come_out_as_numpy_has_them(levels: np.ndarray) -> None:
    held = levels > 0
    np.testing.assert_array_equal(row_any(levels), levels.any(axis=1))
    np.testing.assert_array_equal(row_any(held), held.any(axis=1))
    np.testing.assert_array_equal(row_counts(held), held.sum(axis=1))
    np.testing.assert_array_equal(row_minima(levels), levels.min(axis=1))
    np.testing.assert_array_equal(row_sums(levels / 8.0), levels.sum(axis=1) / 8.0)
