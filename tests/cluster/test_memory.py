"""Weights kept under keys, against a dictionary."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from nrm_linkage.cluster.memory import FIRST_PLACES, Memory

# Many of them want one place.
KEY = st.one_of(st.integers(1, 40), st.integers(0, 40).map(lambda n: 1 + n * FIRST_PLACES))


@given(st.lists(st.sets(KEY), max_size=6), st.lists(KEY, max_size=30))
def test_what_was_added_is_found_and_nothing_else(added: list[set[int]], asked: list[int]) -> None:
    memory = Memory()
    expected: dict[int, float] = {}
    for keys in added:
        new = [key for key in keys if key not in expected]
        values = {key: float(len(expected) + number) for number, key in enumerate(new)}
        expected |= values
        memory.add(np.array(new, dtype=np.uint64), np.array(list(values.values())))
    found = memory.find(np.array(asked, dtype=np.uint64))
    np.testing.assert_array_equal(found, [expected.get(key, np.nan) for key in asked])


def test_it_grows() -> None:
    memory = Memory()
    keys = np.random.default_rng(0).integers(1, 2**64, 5 * FIRST_PLACES, dtype=np.uint64)
    for some in np.array_split(keys, 7):
        memory.add(some, some.astype(np.float64))
    np.testing.assert_array_equal(memory.find(keys), keys.astype(np.float64))
    assert np.isnan(memory.find(keys + np.uint64(1))).all()
