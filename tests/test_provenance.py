"""Fingerprints: the same for the same rows in any order, another for any change."""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nrm_linkage.provenance import fingerprint_of_bytes, fingerprint_of_rows, mixed, row_hashes, versions

CELLS = st.none() | st.sampled_from(["a", "b", "ab", "é", "\ud800", ""]) | st.integers(-3, 3)
ROWS = st.lists(st.tuples(CELLS, CELLS), max_size=8)


def columns(rows: list[Any]) -> list[pd.Series]:
    return [pd.Series([row[at] for row in rows], dtype=object) for at in (0, 1)]


def text(cell: Any) -> str:
    return "" if cell is None else str(cell)


@given(ROWS)
def test_rows_hash_alike_when_and_only_when_their_texts_are_alike(rows: list[Any]) -> None:
    hashes = row_hashes(columns(rows)).tolist()
    for a, one in enumerate(rows):
        for b, other in enumerate(rows):
            same = [text(cell) for cell in one] == [text(cell) for cell in other]
            assert (hashes[a] == hashes[b]) == same


@given(ROWS, st.randoms(use_true_random=False))
def test_a_fingerprint_goes_by_the_rows_and_not_by_their_order(rows: list[Any], chance: Any) -> None:
    mixed_up = chance.sample(rows, len(rows))
    first, second, more = (row_hashes(columns(each)) for each in (rows, mixed_up, [*rows, ("z", "z")]))
    assert fingerprint_of_rows(first) == fingerprint_of_rows(second) != fingerprint_of_rows(more)


@given(ROWS)
def test_columns_hash_after_others_as_together_with_them(rows: list[Any]) -> None:
    one, other = columns(rows)
    assert row_hashes([other], row_hashes([one])).tolist() == row_hashes([one, other]).tolist()


def test_a_value_in_another_column_is_another_row() -> None:
    assert row_hashes(columns([("a", "b")])) != row_hashes(columns([("b", "a")]))
    assert row_hashes(columns([("a", None)])) != row_hashes(columns([(None, "a")]))


@pytest.mark.parametrize("dtype", ["object", "string", "category"])
@pytest.mark.parametrize("missing", [None, np.nan, pd.NA, pd.NaT])
def test_what_stands_for_missing_and_the_dtype_do_not_matter(dtype: Any, missing: Any) -> None:
    column = pd.Series(["a", missing], dtype=object).astype(dtype)
    assert row_hashes([column]).tolist() == row_hashes([pd.Series(["a", None], dtype=object)]).tolist()


def test_values_that_cannot_be_hashed_go_by_their_text() -> None:
    lists = pd.Series([["a"], ["a"], ["b"]], dtype=object)
    first, second, third = row_hashes([lists]).tolist()
    assert first == second != third


def test_a_fingerprint_is_sha256() -> None:
    assert fingerprint_of_bytes(b"x") == hashlib.sha256(b"x").hexdigest()


@given(st.lists(st.tuples(st.integers(-(2**63), 2**63 - 1), st.integers(0, 2**32)), min_size=1, unique=True))
def test_mixed_numbers_tell_all_parts_apart(parts: list[tuple[int, int]]) -> None:
    first, second = (np.array([part[at] for part in parts], dtype=np.int64) for at in (0, 1))
    assert len(set(mixed(first, second).tolist())) == len(parts)


def test_versions_name_what_results_hang_on() -> None:
    assert versions()["pandas"] == pd.__version__
    assert versions()["numpy"] == np.__version__
