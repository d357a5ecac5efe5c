"""u counted over a sample of pairs: shares, near what is there, and the same in any order."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nrm_linkage.compare.fields import FIELDS, DateLevel
from nrm_linkage.config import LinkageConfig
from nrm_linkage.link import link_referrals
from nrm_linkage.model import learn_strangers, priors
from nrm_linkage.model.parameters import array_of
from nrm_linkage.model.strangers import _level_counts, _paired, _shrunk
from tests.frames import frame_of, invented, model_of, people, referrals_of

LETTERS = np.array(list("abdefghiklmnoprstu"))


def strangers(n: int, seed: int) -> pd.DataFrame:
    """People who have nothing to do with one another; a third are women."""
    random = np.random.default_rng(seed)
    born = np.datetime64("1970-01-02") + random.integers(0, 40 * 365, n)
    return people(*(
        {
            "given_name": "".join(random.choice(LETTERS, 7)),
            "family_name": "".join(random.choice(LETTERS, 8)),
            "date_of_birth": str(day),
            "gender": "Female" if random.random() < 1 / 3 else "Male",
        }
        for day in born
    ))  # fmt: skip


def test_u_is_counted_where_there_is_something_to_count():
    referrals = referrals_of(strangers(250, seed=1))
    found = learn_strangers(referrals, model_of(referrals), 10_000)
    assert found.u["gender"]["different"] == pytest.approx(4 / 9, abs=0.04)
    assert found.u["date_of_birth"]["next year"] == pytest.approx(2 / 40, abs=0.02)
    assert found.u["date_of_birth"]["within five years"] == pytest.approx(8 / 40, abs=0.04)
    assert found.u["given_name"]["different"] > 0.97
    assert found.u["reference"] == pytest.approx(priors.U_PRIOR["reference"], rel=1e-3)
    for table in (found.u, *found.u_dates.values()):
        assert np.nansum(array_of(table)[:, 1:]) == pytest.approx(len(table))
    assert all(0 < share < 1 for share in found.frequencies.near_words.values())


def slipped(n: int) -> pd.DataFrame:
    """Referrals of one name whose dates of birth are none, and differ in that alone."""
    days = (f"{32 + number % 67}/{1 + number % 11:02d}/{1960 + number % 41}" for number in range(n))
    return people(*({"given_name": "Zamir", "date_of_birth": day} for day in days))


@pytest.mark.parametrize("frame", [strangers(80, seed=2), slipped(900)], ids=["strangers", "slipped"])
def test_order_and_ids_change_nothing(frame):
    other = frame.sample(frac=1, random_state=3).reset_index(drop=True)
    other["referral_id"] = [f"Z{number:03d}" for number in range(len(other))]
    models = []
    for rows in (frame, other):
        referrals = referrals_of(rows)
        models.append(learn_strangers(referrals, model_of(referrals), 10_000).to_json())
    assert models[0] == models[1]


def numbers(tree: object) -> list[float]:
    if isinstance(tree, dict):
        return [number for part in tree.values() for number in numbers(part)]
    return [tree] if isinstance(tree, (int, float)) else []


SMALL = {
    "ten rows": invented(10, seed=1),
    "one row": invented(1, seed=1),
    "one column": pd.DataFrame({"Surname": ["Testaj", "Exampel", "Testai", "Mockiani"]}),
    "no duplicates": strangers(40, seed=4),
    "only duplicates": frame_of([("Zamir", "Testaj", "14/05/2001", "Albanian")] * 12),
    "no names": people(*[{"phone": f"07700 9001{n}{n}"} for n in range(6)]),
}


@pytest.mark.parametrize("frame", SMALL.values(), ids=list(SMALL))
def test_a_small_extract_gives_a_model_of_finite_numbers(frame):
    model = link_referrals(frame, config=LinkageConfig(draws=5), progress=False).model
    assert np.isfinite(numbers(model.to_dict())).all()
    assert model.prior_bits < 10
    assert 0 < model.growth < 1


@given(n=st.integers(0, 60), most=st.integers(1, 400))
def test_each_row_of_a_sample_is_in_as_many_pairs_as_any_other(n: int, most: int):
    rows = np.random.default_rng(n).permutation(100)[:n]
    left, right = _paired(rows, most)
    pairs = {frozenset(pair) for pair in zip(left.tolist(), right.tolist(), strict=True)}
    assert len(pairs) == len(left) <= most
    assert all(len(pair) == 2 for pair in pairs)
    if n * (n - 1) // 2 <= most:
        assert len(pairs) == n * (n - 1) // 2
    else:
        times = np.bincount(np.concatenate([left, right]), minlength=100)
        assert set(times[rows[:most]]) == {2 * (len(left) // min(n, most))}


@given(st.integers(0, 30), st.integers(1, 4), st.integers(0, 2**32 - 1))
def test_levels_are_counted_in_each_stratum(n: int, n_strata: int, seed: int):
    random = np.random.default_rng(seed)
    levels = random.integers(0, 3, (n, len(FIELDS)), dtype=np.int8)
    stratum = random.integers(0, n_strata, n)
    found = _level_counts(levels, stratum, n_strata)
    assert found.sum() == n * len(FIELDS)
    for number in range(n_strata):
        for field in range(len(FIELDS)):
            for level in range(3):
                shown = (stratum == number) & (levels[:, field] == level)
                assert found[number, field, level] == shown.sum()


def test_a_level_that_a_sample_is_too_small_for_keeps_what_is_believed_of_it():
    believed = array_of(priors.U_PRIOR)
    column = [field.name for field in FIELDS].index("date_of_birth")
    swapped, far = DateLevel.SWAPPED, DateLevel.FAR
    count = np.zeros_like(believed)
    count[column, far] = 20_000
    found = _shrunk(count, believed)[column]
    assert found[swapped] > believed[column, swapped] / 4
    assert found[far] > 0.95
    count[column, swapped] = 200
    assert _shrunk(count, believed)[column, swapped] == pytest.approx(0.01, rel=0.4)
    assert np.nansum(found[1:]) == pytest.approx(1)


def test_exchanged_days_and_months_of_strangers_are_as_seldom_as_their_days_say():
    referrals = referrals_of(strangers(1500, seed=7))
    found = learn_strangers(referrals, model_of(referrals), 100_000)
    # Of two days drawn from forty years: a day of the month of twelve at most, and one day of all.
    assert found.u["date_of_birth"]["day and month swapped"] == pytest.approx(11 / 30 / (40 * 365), rel=0.7)
    for table in found.u_dates.values():
        assert 2e-6 < table["date_of_birth"]["day and month swapped"] < 3e-4
