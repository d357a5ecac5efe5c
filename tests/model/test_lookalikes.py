"""Look-alikes: how many there are is learned, and what one full date of birth says of a pair."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nrm_linkage import LinkageConfig, link_referrals, make_referrals
from nrm_linkage.compare import FIELDS
from nrm_linkage.model import estimate, priors
from nrm_linkage.model.lookalikes import (
    MATCHED_COLUMNS,
    SHOWN_AS_STAND_IN,
    ShownDate,
    believed_numbers,
    full_dates,
    learned_numbers,
    lookalike_log2,
    numbers_log_prior_bits,
    shown_dates,
    shown_log2,
)
from nrm_linkage.model.parameters import array_of
from nrm_linkage.model.stand_ins import BORN_ON_THEM
from tests.frames import all_pairs, compared, people, referrals_of
from tests.model.test_estimation import START, U, drawn_levels, patterns_of

DAYS = {
    "": {"0": 0.9, "1": 0.07, "2": 0.005, "3": 0.005, "4": 0.01, "5": 0.01},
    "few": {"0": 0.98, "1": 0.0028, "2": 0.0027, "3": 0.0027, "4": 0.0059, "5": 0.0059},
    "many": {"0": 0.68, "1": 0.3, "2": 0.005, "3": 0.005, "4": 0.005, "5": 0.005},
}
DATE = [field.name for field in FIELDS].index("date_of_birth")
OWN = [number for number, field in enumerate(FIELDS) if field.name in priors.LOOKALIKE]
"""Fields whose levels have shares of their own among look-alikes."""
SHARES = st.floats(1e-4, 0.2)
REFERRALS = st.floats(0, 1e5)


def test_one_in_three_is_believed_everywhere_and_the_others_where_days_are_unknown():
    whole, few, many = believed_numbers(DAYS, ["", "few", "many"])
    # domain.md 6: 1% of people have a look-alike.
    assert whole == pytest.approx(0.01, rel=0.1)
    assert whole / 3 < few < whole / 2 < whole < 3 * whole < many
    assert believed_numbers(DAYS, ["nobody knows it"]) == whole


@given(st.floats(0, 1000), SHARES, REFERRALS, st.floats(0.5, 2))
def test_what_is_learned_is_the_most_likely_number(seen, believed, referrals, factor):
    of_one = np.array([seen]), np.array([believed]), np.array([referrals])
    number = learned_numbers(*of_one)

    def log_posterior_bits(of: np.ndarray) -> float:
        return seen * float(np.log2(of[0])) + numbers_log_prior_bits(of, *of_one[1:])

    best = log_posterior_bits(number)
    assert best >= log_posterior_bits(number * factor) - 1e-9 * max(abs(best), 1)


@pytest.mark.parametrize(
    ("one", "other", "shown"),
    [
        ("01/01/1990", "", ShownDate.STAND_IN),
        ("", "01/07/1990", ShownDate.STAND_IN),
        ("01/01/1990", "1990", ShownDate.STAND_IN),
        ("14/05/1990", "", ShownDate.ORDINARY),
        ("14/05/1990", "05/1990", ShownDate.ORDINARY),
        ("", "", ShownDate.NOTHING),
        ("1990", "", ShownDate.NOTHING),
        ("01/01/1990", "01/01/1990", ShownDate.NOTHING),
        ("01/01/1990", "14/05/1990", ShownDate.NOTHING),
    ],
)
def test_one_full_date_beside_none_is_told(one: str, other: str, shown: ShownDate):
    name = {"given_name": "Zamir", "family_name": "Testaj"}
    rows = referrals_of(people({**name, "date_of_birth": one}, {**name, "date_of_birth": other}))
    left, right = all_pairs(2)
    levels = compared(rows, left, right).levels
    assert shown_dates(full_dates(rows), left, right, levels) == shown
    replaced = full_dates(rows, frozenset({"date_of_birth"}))
    assert shown_dates(replaced, left, right, levels) == ShownDate.NOTHING


def test_what_one_date_says_keeps_the_odds_of_all_of_them():
    for community, said in zip(("few", "many"), shown_log2(DAYS, ["few", "many"]), strict=True):
        unknown = sum(DAYS[community][day] for day in "123") - BORN_ON_THEM
        anybody = np.array([max(unknown, 0.001) + BORN_ON_THEM, 0.0])
        anybody[1] = 1 - anybody[0]
        # Over the two kinds of dates the look-alikes' shares sum to one.
        lookalikes = anybody * np.exp2(said[1:])
        assert lookalikes == pytest.approx([SHOWN_AS_STAND_IN, 1 - SHOWN_AS_STAND_IN])
        assert said[ShownDate.NOTHING] == 0


def test_fields_are_one_persons_or_strangers_or_their_own_once_each():
    levels = np.ones((1, len(FIELDS)), dtype=np.int8)
    strangers = -np.exp2(np.arange(len(FIELDS), dtype=float))[None]
    shares = array_of(priors.LOOKALIKE)
    own = np.log2(shares[OWN, 1]).sum()
    assert not set(OWN) & set(MATCHED_COLUMNS)
    by_stranger = [n for n in range(len(FIELDS)) if n not in (*MATCHED_COLUMNS, *OWN)]
    assert lookalike_log2(levels, strangers)[0] == pytest.approx(own + strangers[0, by_stranger].sum())


def drawn(n_matched: int, n_alike: int, seed: int) -> np.ndarray:
    """Levels of one person's pairs in a community with few stand-in dates, and of look-alikes."""
    random = np.random.default_rng(seed)
    m = array_of(priors.M_PRIOR)
    dates = {"exact default": 0.011, "default date near": 0.004}
    for level in FIELDS[DATE].levels[1:]:
        share = priors.M_PRIOR["date_of_birth"][level.name]
        m[DATE, [each.name for each in FIELDS[DATE].levels].index(level.name)] = dates.get(level.name, share)
    m[DATE, 1:] /= np.nansum(m[DATE, 1:])
    alike = U.copy()
    alike[MATCHED_COLUMNS] = m[MATCHED_COLUMNS]
    alike[OWN] = array_of(priors.LOOKALIKE)[OWN]
    parts = ((m, n_matched), (alike, n_alike), (U, 50_000))
    return np.concatenate([drawn_levels(random, shares, n) for shares, n in parts])


@pytest.mark.parametrize("n_alike", [0, 60, 180])
def test_the_number_is_recovered_where_few_dates_are_stand_ins(n_alike: int):
    n_referrals = 6000.0
    levels = drawn(1200, n_alike, seed=23)
    community = np.ones(len(levels), dtype=np.int64)
    patterns = patterns_of(levels, community, n_other=n_referrals**2 / 2 - len(levels))
    of_pair = U[np.arange(len(FIELDS)), patterns.levels]
    alike = lookalike_log2(patterns.levels, np.log2(of_pair))
    patterns = replace(patterns, lookalikes=alike, referrals=np.array([0.0, n_referrals]))
    start = replace(START, n_referrals=int(n_referrals), frequencies=replace(START.frequencies, days=DAYS))
    start = replace(start, lookalikes={"": 0.01, "few": 0.0035})
    model, report = estimate(patterns, start, ("few",), LinkageConfig())
    assert report.converged
    assert model.lookalikes[""] == 0.01
    expected = (n_alike + 500 * 0.0035) / (n_referrals + 500)
    assert model.lookalikes["few"] == pytest.approx(expected, rel=0.2, abs=0.001)
    assert report.expected_lookalike_pairs == pytest.approx(model.lookalikes["few"] * n_referrals)


def with_lookalikes(made: pd.DataFrame, share: float) -> pd.DataFrame:
    """Invented referrals where so many British men of one referral have another one's first and last word of
    a name (domain.md 6), and both 1 January of one year.
    """
    made = made.copy()
    once = ~made["true_person"].duplicated(keep=False) & made["Nationality"].isin(["British", "UK"])
    once &= made["Gender"].str.lower().isin(["male", "m"]) & made["Surname"].notna()
    rows = np.flatnonzero(once)
    n = int(share * len(rows))
    one, other = rows[:n], rows[n : 2 * n]
    for column, shared in (("Forename(s)", 0), ("Surname", -1)):
        values = made[column].to_numpy(dtype=object, copy=True)
        for row, like in zip(other.tolist(), one.tolist(), strict=True):
            words = str(values[row]).split()
            words[shared] = str(values[like]).split()[shared]
            values[row] = " ".join(words)
        made[column] = values
    dates = made["DOB"].to_numpy(dtype=object, copy=True)
    dates[one] = dates[other] = [f"01/01/{1975 + number % 30}" for number in range(n)]
    made["DOB"] = dates
    return made


def test_where_strangers_share_names_and_stand_in_dates_more_look_alikes_are_learned():
    added = 0
    for seed in (24, 25, 26):
        made, learned, false_links = make_referrals(3000, seed=seed), [], []
        for share in (0.0, 0.05):
            changed = with_lookalikes(made, share)
            linkage = link_referrals(changed.drop(columns=["true_person", "true_instance"]), progress=False)
            learned.append(linkage.model.lookalikes["uk"])
            person = pd.Series(changed["true_person"].to_numpy(), index=linkage.referrals["referral_id"])
            joined = linkage.links.query("same_cluster")
            of_each = (person[joined[side]].to_numpy() for side in ("referral_id_l", "referral_id_r"))
            false_links.append(int(np.not_equal(*of_each).sum()))
        assert learned[1] > 3 * learned[0]
        added += false_links[1] - false_links[0]
    # Of some forty pairs of British look-alikes hardly any was joined.
    assert added <= 9
