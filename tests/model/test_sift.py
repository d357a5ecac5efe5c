"""Pairs that are kept: just those that a slow look at all pairs keeps, and no result hangs on the others."""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nrm_linkage import LinkageConfig, link_referrals, make_referrals
from nrm_linkage.block import candidate_pairs
from nrm_linkage.model import BoundRarity, compare_plausible
from tests.frames import compared, frame_of, invented, model_of, referrals_of, rows, scored

sift = sys.modules["nrm_linkage.model.sift"]


@settings(max_examples=30)
@given(
    st.lists(rows(), min_size=2, max_size=9),
    st.sampled_from([-np.inf, -14.0, -5.0, np.inf]),
    st.integers(1, 9),
)
def test_the_pairs_at_or_above_the_floor_are_kept_whatever_the_stretches(drawn, floor_bits, chunk_pairs):
    referrals = referrals_of(frame_of(drawn))
    model = model_of(referrals)
    candidates = candidate_pairs(referrals, LinkageConfig())
    rarity = BoundRarity(model.frequencies, referrals)
    found = compare_plausible(referrals, candidates, model, rarity, floor_bits, chunk_pairs)
    everything = compared(referrals, candidates.left, candidates.right, model)
    _, weight_bits = scored(referrals, candidates.left, candidates.right, model)
    kept = weight_bits >= floor_bits
    assert found.pairs.left.tolist() == candidates.left[kept].tolist()
    assert found.pairs.right.tolist() == candidates.right[kept].tolist()
    assert found.pairs.found_by.tolist() == candidates.found_by[kept].tolist()
    assert found.comparisons.levels.tobytes() == everything.levels[kept].tobytes()
    assert found.comparisons.coincidence_bits.tobytes() == everything.coincidence_bits[kept].tobytes()
    assert found.weight_bits.tobytes() == weight_bits[kept].tobytes()
    assert found.n_aside == np.count_nonzero(~kept)
    assert found.matches_aside == pytest.approx((1 / (1 + np.exp2(-weight_bits[~kept]))).sum())


def test_no_table_hangs_on_the_pairs_that_are_set_aside(monkeypatch):
    frame = make_referrals(700, seed=4, errors="harsher").drop(columns=["true_person", "true_instance"])
    sifted = link_referrals(frame, progress=False)
    monkeypatch.setattr(sift, "MARGIN_BITS", np.inf)
    assert sift.sifting_floor_bits(LinkageConfig(), is_estimated=False) == -np.inf
    whole = link_referrals(frame, progress=False)
    for table in ("referrals", "clusters", "links", "repeats"):
        pd.testing.assert_frame_equal(getattr(sifted, table), getattr(whole, table), rtol=0, atol=1e-12)
    assert sifted.model.to_json() == whole.model.to_json()
    assert sifted.report.unseen.compared == pytest.approx(whole.report.unseen.compared, abs=1e-3)
    assert sifted.report.unseen.faint == pytest.approx(whole.report.unseen.faint, abs=1e-3)
    assert 0 < whole.report.unseen.faint < 1
    assert 0 < sifted.report.unseen.n_faint == whole.report.unseen.n_faint


@pytest.mark.parametrize("processors", [1, 3])
def test_the_number_of_threads_changes_nothing(monkeypatch, processors):
    frame = invented(120, seed=30)
    one = link_referrals(frame, config=LinkageConfig(chunk_pairs=50), progress=False)
    monkeypatch.setattr(sys.modules["nrm_linkage.threads"], "_processors", lambda: processors)
    other = link_referrals(frame, config=LinkageConfig(chunk_pairs=50), progress=False)
    assert one.model.to_json() == other.model.to_json()
    pd.testing.assert_frame_equal(one.links, other.links, check_exact=True)
    pd.testing.assert_frame_equal(one.referrals, other.referrals, check_exact=True)
