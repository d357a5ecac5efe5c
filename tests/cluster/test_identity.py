"""Cluster ids: opaque, and the same whatever else is in the frame."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nrm_linkage.cluster import cluster_ids
from nrm_linkage.provenance import id_hashes

IDS = ("NRM-0001", "NRM-0002", "ab12", "7", "Ω-9", "x")
DAYS = ("2023-01-05", "2023-01-02", "2023-03-01", None, "2023-01-02", None)


def ids_of(label: list[int], ids: tuple[object, ...] = IDS, days: tuple[str | None, ...] = DAYS) -> list[str]:
    found = cluster_ids(
        np.array(label, dtype=np.int64), np.array(ids, dtype=object), np.array(days, dtype="datetime64[D]")
    )
    return [str(value) for value in found]


def test_a_cluster_s_rows_share_an_id_and_others_do_not() -> None:
    found = ids_of([0, 1, 0, 3, 1, 1])
    assert [found.index(value) for value in found] == [0, 1, 0, 3, 1, 1]
    assert len(set(found)) == 3


def test_ids_are_opaque() -> None:
    for given_id, value in zip(IDS, ids_of([0, 1, 2, 3, 4, 5]), strict=True):
        assert re.fullmatch("c[0-9a-f]{16}", value)
        assert len(given_id) == 1 or given_id.lower() not in value


def test_the_first_referral_by_date_gives_the_id_and_an_undated_one_gives_way() -> None:
    alone = ids_of([0, 1, 2, 3, 4, 5])
    assert ids_of([0, 0, 0, 3, 4, 5])[0] == alone[1]
    assert ids_of([0, 1, 2, 2, 4, 5])[2] == alone[2]
    assert ids_of([0, 1, 2, 3, 4, 3])[3] == alone[3]


@given(st.lists(st.integers(0, 5), min_size=6, max_size=6), st.integers(1, 6))
def test_labels_and_rows_added_or_left_out_change_no_id(label: list[int], n_kept: int) -> None:
    found = ids_of(label)
    assert ids_of([label.index(value) + 100 for value in label]) == found
    held = [row for row in range(6) if label[row] in label[:n_kept]]
    fewer = cluster_ids(
        np.array(label, dtype=np.int64)[held],
        np.array(IDS, dtype=object)[held],
        np.array(DAYS, dtype="datetime64[D]")[held],
    )
    assert fewer.tolist() == [found[row] for row in held]


def test_ids_follow_the_text_of_referral_ids() -> None:
    as_numbers = id_hashes(np.array([1, 2, 10], dtype=object))
    np.testing.assert_array_equal(as_numbers, id_hashes(np.array(["1", "2", "10"], dtype=object)))
    assert len(set(as_numbers.tolist())) == 3


@pytest.mark.parametrize("n", [0, 1])
def test_few_rows(n: int) -> None:
    assert len(ids_of(list(range(n)), IDS[:n], DAYS[:n])) == n
