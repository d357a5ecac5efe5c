"""Calibration against loops over every probability, and on probabilities right or wrong by design."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from nrm_linkage.evaluation.bootstrap import Resampling
from nrm_linkage.evaluation.calibration import BINS, FLOOR, Calibration, calibration_of

HOW = Resampling(draws=100, seed=0, interval=0.9)


def judged(probability: list[float], true: list[bool], how: Resampling = HOW) -> Calibration:
    n = len(probability)
    return calibration_of(
        np.array(probability, dtype=float), np.array(true, dtype=bool), np.arange(n), n, how
    )


STATED = st.lists(
    st.tuples(st.one_of(st.sampled_from(BINS), st.floats(0, 1)), st.booleans()), min_size=1, max_size=30
)


@given(STATED)
def test_every_figure_is_what_a_loop_gives(stated: list[tuple[float, bool]]) -> None:
    found = judged([p for p, _ in stated], [t for _, t in stated], Resampling(3, 0, 0.9))
    error = 0.0
    for number, row in enumerate(found.table.to_dict(orient="records")):
        start, end = BINS[number], BINS[number + 1]
        inside = [(p, t) for p, t in stated if start <= p < end or (end == 1.0 and p == 1.0)]
        assert row["n"] == len(inside)
        if inside:
            mean, share = (sum(each) / len(inside) for each in zip(*inside, strict=True))
            assert (row["mean_probability"], row["share_true"]) == pytest.approx((mean, share))
            error += abs(mean - share) * len(inside) / len(stated)
        else:
            assert math.isnan(row["share_true"]) and math.isnan(row["low"])
    held = [min(max(p if t else 1 - p, FLOOR), 1 - FLOOR) for p, t in stated]
    share = sum(t for _, t in stated) / len(stated)
    assert found.n == len(stated)
    assert found.expected_calibration_error == pytest.approx(error)
    assert found.brier == pytest.approx(sum((p - t) ** 2 for p, t in stated) / len(stated))
    assert found.log_score_bits == pytest.approx(-sum(math.log2(p) for p in held) / len(stated))
    assert found.n_certain_and_wrong == sum((1 - p if t else p) > 1 - FLOOR for p, t in stated)
    constant = judged([share] * len(stated), [t for _, t in stated], Resampling(1, 0, 0.9))
    assert found.brier_of_constant == pytest.approx(constant.brier)
    if 0 < share < 1:
        assert found.log_score_of_constant_bits == pytest.approx(constant.log_score_bits)


def test_right_probabilities_err_by_chance_alone_and_wrong_ones_by_more() -> None:
    random = np.random.default_rng(2)
    probability = random.beta(0.5, 0.4, 4000)
    true = random.random(4000) < probability
    right = judged(probability.tolist(), true.tolist())
    boastful = judged(np.sqrt(probability).tolist(), true.tolist())
    assert right.expected_calibration_error < 2 * right.error_by_chance
    assert boastful.expected_calibration_error > 10 * boastful.error_by_chance
    assert right.brier < boastful.brier < right.brier_of_constant
    assert right.log_score_bits < boastful.log_score_bits
    inside = right.table[right.table["n"] > 50]
    covered = inside["mean_probability"].between(inside["low"], inside["high"])
    assert covered.sum() >= len(inside) - 2


def test_the_bounds_of_a_bin_are_binomial_where_its_pairs_are_strangers() -> None:
    found = judged([0.7] * 100, [True] * 80 + [False] * 20, Resampling(3000, 0, 0.9))
    row = found.table[found.table["n"] > 0].iloc[0]
    assert row["low"] * 100 == pytest.approx(binom.ppf(0.05, 100, 0.8), abs=1.01)
    assert row["high"] * 100 == pytest.approx(binom.ppf(0.95, 100, 0.8), abs=1.01)


def test_pairs_of_the_same_people_are_not_so_many_facts() -> None:
    probability, true = np.full(100, 0.7), np.arange(100) < 80
    alone = calibration_of(probability, true, np.arange(100), 100, HOW)
    by_ten = calibration_of(probability, true, np.arange(100) // 10, 10, HOW)
    width = [float((each.table["high"] - each.table["low"]).dropna().iloc[0]) for each in (alone, by_ten)]
    assert width[1] > 2 * width[0]


def test_nothing_judged_is_no_figure_and_no_error() -> None:
    found = judged([], [])
    assert found.n == 0 and math.isnan(found.brier) and math.isnan(found.log_score_of_constant_bits)
    assert found.to_dict()["table"][0]["n"] == 0
