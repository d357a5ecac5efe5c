"""Pairs for a person to look at: the least certain first, and a sample that estimates without bias."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nrm_linkage as nl
from nrm_linkage.provenance import id_hashes
from nrm_linkage.review import review_queue, review_sample

COLUMNS = ["referral_id_l", "referral_id_r", "same_cluster", "same_person_probability", "match_weight_bits"]


def links_of(probabilities: list[float], threshold: float = 0.5) -> pd.DataFrame:
    n = len(probabilities)
    return pd.DataFrame(
        {
            "referral_id_l": [f"L{number:04d}" for number in range(n)],
            "referral_id_r": [f"R{number:04d}" for number in range(n)],
            "match_weight_bits": np.linspace(5, -5, n) if n else np.zeros(0),
            "same_person_probability": np.array(probabilities, dtype=float),
            "same_cluster": np.array(probabilities, dtype=float) > threshold,
            "level_gender": ["same"] * n,
            "bits_gender": [0.4] * n,
            "found_by": ["birth date"] * n,
        }
    )


def hashed(links: pd.DataFrame) -> tuple[Any, Any]:
    left, right = (id_hashes(links[f"referral_id_{side}"].to_numpy(dtype=object)) for side in "lr")
    return left, right


Probabilities = st.lists(st.floats(0, 1), max_size=80)


@given(Probabilities, st.integers(1, 100), st.sampled_from([1.0, 4.0, 9.0]))
def test_the_queue_begins_with_what_may_cost_most(probabilities: list[float], n: int, cost: float) -> None:
    links = links_of(probabilities, cost / (1 + cost))
    found = review_queue(links, n, cost)
    assert len(found) == min(n, len(links))
    slow = [
        cost * (1 - p) if linked else p
        for p, linked in zip(links["same_person_probability"], links["same_cluster"], strict=True)
    ]
    assert found["expected_cost"].tolist() == sorted(slow, reverse=True)[:n]
    # Nothing costs more than a pair at the threshold itself.
    assert (found["expected_cost"] <= cost / (1 + cost) + 1e-12).all()


@given(Probabilities, st.integers(1, 60), st.integers(0, 99))
def test_a_sample_s_weights_count_the_strata_whatever_the_order(
    probabilities: list[float], n: int, seed: int
) -> None:
    links = links_of(probabilities)
    found = review_sample(links, hashed(links), n, seed)
    assert len(found) == min(n, len(links))
    for _, of in found.groupby("stratum"):
        assert of["sampling_weight"].sum() == pytest.approx(of["stratum_size"].iloc[0])
        assert (of["sampling_weight"] >= 1).all()
    assert not found[["referral_id_l", "referral_id_r"]].duplicated().any()
    turned = links.iloc[::-1].reset_index(drop=True)
    pd.testing.assert_frame_equal(review_sample(turned, hashed(turned), n, seed), found)


def test_the_weighted_mean_of_a_sample_is_the_rate_of_the_run() -> None:
    random = np.random.default_rng(7)
    probabilities = np.concatenate([random.beta(0.3, 3, 800), random.beta(6, 0.3, 700)])
    links = links_of(probabilities.tolist())
    truth = pd.Series(random.random(1500) < probabilities, index=links["referral_id_l"])
    estimates = []
    for seed in range(300):
        found = review_sample(links, hashed(links), 60, seed)
        is_true = found["referral_id_l"].map(truth).to_numpy(dtype=float)
        estimates.append((is_true * found["sampling_weight"]).sum() / found["sampling_weight"].sum())
    error = np.std(estimates) / np.sqrt(len(estimates))
    assert np.mean(estimates) == pytest.approx(truth.mean(), abs=4 * error + 1e-9)
    # And it varies less than as many pairs drawn from all alike would.
    assert np.std(estimates) < np.sqrt(truth.mean() * (1 - truth.mean()) / 60)


def test_another_seed_draws_others_and_the_order_tells_no_stratum() -> None:
    links = links_of(np.linspace(0, 1, 500).tolist())
    one, other = (review_sample(links, hashed(links), 100, seed) for seed in (1, 2))
    assert set(one["referral_id_l"]) != set(other["referral_id_l"])
    changes = (one["stratum"] != one["stratum"].shift()).sum()
    assert changes > 50


@pytest.mark.parametrize("n", [0, -1, 1.5, True, "7", None])
def test_a_number_that_is_none_is_refused(n: Any) -> None:
    links = links_of([0.4])
    with pytest.raises(nl.InputError, match="n must be"):
        review_queue(links, n, 1.0)
    with pytest.raises(nl.InputError, match="n must be"):
        review_sample(links, hashed(links), n, 1)


@pytest.mark.parametrize("seed", [-1, 0.5, None, True])
def test_a_seed_that_is_none_is_refused(seed: Any) -> None:
    links = links_of([0.4])
    with pytest.raises(nl.InputError, match="seed must be"):
        review_sample(links, hashed(links), 1, seed)


@pytest.mark.whole_package
def test_what_a_reviewer_says_comes_back_and_leaves_the_queue() -> None:
    frame = nl.make_referrals(400, seed=3).drop(columns=["true_person", "true_instance"])
    linkage = nl.link_referrals(frame, progress=False)
    queue = linkage.review_queue(5)
    assert queue.columns[:5].tolist() == COLUMNS
    assert [name for name in queue.columns if name.startswith("bits_")] == []
    told = queue.assign(decision="same")
    again = nl.link_referrals(frame, decisions=told, progress=False)
    pairs = set(zip(told["referral_id_l"], told["referral_id_r"], strict=True))
    left = again.review_queue(50)
    assert not pairs & set(zip(left["referral_id_l"], left["referral_id_r"], strict=True))
    assert again.explain(*min(pairs)).decided_by_human == "same"
    sample = linkage.review_sample(20, seed=4)
    pd.testing.assert_frame_equal(sample, linkage.review_sample(20, seed=4))
    assert sample["sampling_weight"].sum() <= len(linkage.links) + 1e-9
    assert linkage.review_sample(10**6)["sampling_weight"].eq(1).all()
    assert len(nl.link_referrals(frame.head(1), progress=False).review_queue()) == 0
