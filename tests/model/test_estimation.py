"""Estimation: what is true is recovered, the likelihood never falls, and the report says how it went."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nrm_linkage.block import candidate_pairs
from nrm_linkage.compare import FIELDS
from nrm_linkage.compare.fields import DateLevel
from nrm_linkage.config import LinkageConfig
from nrm_linkage.errors import NotConvergedWarning
from nrm_linkage.link import link_referrals
from nrm_linkage.model import LinkageModel, count_patterns, estimate, priors
from nrm_linkage.model.base_rates import DATED, GROUPS, GroupShares
from nrm_linkage.model.parameters import NAME_FIELDS, array_of
from nrm_linkage.model.patterns import BIN_BITS, PLAUSIBLE_BITS, Patterns
from nrm_linkage.model.relatives import relative_log2
from nrm_linkage.model.strata import pair_community
from tests.frames import all_pairs, compared, invented, model_of, referrals_of, scored

NAMES = [number for number, field in enumerate(FIELDS) if field.name in NAME_FIELDS]
GIVEN, DATES = ([field.name for field in FIELDS].index(name) for name in ("given_name", "date_of_birth"))
U = array_of(priors.U_PRIOR)
START = model_of(referrals_of(invented(40, seed=16)))


def drawn_levels(random: np.random.Generator, shares: np.ndarray, n: int) -> np.ndarray:
    """Levels of n pairs of a class, (n, n_fields), none missing."""
    columns = [random.choice(len(row) - 1, n, p=np.nan_to_num(row[1:])) + 1 for row in shares]
    return np.stack(columns, axis=1).astype(np.int8)


def patterns_of(levels: np.ndarray, community: np.ndarray | None = None, n_other: float = 0.0) -> Patterns:
    """Patterns of pairs, u being the shipped one at every level; no date stands for an unknown day."""
    community = np.zeros(len(levels), dtype=np.int64) if community is None else community
    rows, count = np.unique(np.column_stack([levels, community]), axis=0, return_counts=True)
    levels = rows[:, :-1].astype(np.int8)
    by_field = np.log2(U[np.arange(len(FIELDS)), levels])
    return Patterns(
        levels=levels,
        community=rows[:, -1].astype(np.int64),
        strangers=by_field.sum(axis=1),
        strangers_names=by_field[:, NAMES].sum(axis=1),
        relatives=relative_log2(levels, by_field[:, GIVEN], START),
        lookalikes=np.full(len(levels), -np.inf),
        count=count.astype(float),
        n_other_pairs=n_other,
        group=np.zeros(len(levels), dtype=np.int64),
        dated=np.zeros(len(levels), dtype=np.int64),
        shares=GroupShares(
            np.zeros(1 + int(community.max(initial=0))), np.zeros(1 + len(GROUPS)), np.zeros(1 + len(DATED))
        ),
        referrals=np.zeros(1 + int(community.max(initial=0))),
    )


def spread(shares: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Shares some way from the given ones."""
    other = shares.copy()
    other[:, 1:] *= np.exp(random.normal(0, 0.5, other[:, 1:].shape))
    other[:, 1:] /= np.nansum(other[:, 1:], axis=1, keepdims=True)
    return other


def with_stand_ins_of(m: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """The shares with as many equal stand-in dates as `m` has: a community's are not learned."""
    dates, held = shares[DATES, 1:].copy(), m[DATES, DateLevel.EXACT_DEFAULT]
    dates[DateLevel.EXACT_DEFAULT - 1] = 0.0
    dates *= (1 - held) / np.nansum(dates)
    dates[DateLevel.EXACT_DEFAULT - 1] = held
    other = shares.copy()
    other[DATES, 1:] = dates
    return other


N_MATCHED, N_STRANGER = 8_000, 200_000
# Relatives and namesakes as many as the shipped shares say: their sizes are not learned.
N_REFERRALS = int(np.sqrt(2 * (N_MATCHED + N_STRANGER))) + 1
N_RELATIVE = round(priors.RELATIVES_PER_REFERRAL * N_REFERRALS)
N_NAMESAKE = round(priors.NAMESAKES_PER_REFERRAL * N_REFERRALS)


def simulated(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Levels of pairs of all four classes, and the m that the matched ones were drawn from."""
    random = np.random.default_rng(seed)
    m = spread(array_of(priors.M_PRIOR), random)
    namesakes = U.copy()
    namesakes[NAMES] = array_of(priors.NAMESAKE)[NAMES]
    relatives = array_of(priors.RELATIVE)
    relatives[GIVEN] = U[GIVEN]
    parts = ((m, N_MATCHED), (relatives, N_RELATIVE), (namesakes, N_NAMESAKE), (U, N_STRANGER))
    return np.concatenate([drawn_levels(random, shares, n) for shares, n in parts]), m


def test_m_and_class_sizes_are_recovered_from_what_the_model_itself_makes():
    levels, m = simulated(seed=17)
    n_referrals = N_REFERRALS
    relative_bits = float(np.log2(2 * priors.RELATIVES_PER_REFERRAL / (n_referrals - 1)))
    start = replace(START, n_referrals=n_referrals, relative_bits=relative_bits)
    config = LinkageConfig(prior_strength_referrals=5, em_tolerance_bits=0.001, em_max_iterations=2000)
    model, report = estimate(patterns_of(levels), start, (), config)
    assert report.converged
    found = array_of(model.m)[:, 1:]
    # The shipped m of each field are worth so many pairs, and draw what is found towards them.
    of = priors.M_STRENGTH_PAIRS_OF
    strength = np.array([[of.get(field.name, priors.M_STRENGTH_PAIRS)] for field in FIELDS])
    expected = ((N_MATCHED * m + strength * array_of(priors.M_PRIOR)) / (N_MATCHED + strength))[:, 1:]
    error = np.sqrt(expected * (1 - expected) / N_MATCHED)
    z = (found - expected) / error
    z = z[~np.isnan(z)]
    assert np.abs(z).max() < 5
    assert np.sqrt(np.mean(z**2)) < 1.6
    assert report.expected_matched_pairs == pytest.approx(N_MATCHED, rel=0.02)
    assert report.expected_relative_pairs == pytest.approx(N_RELATIVE, rel=0.3)
    assert report.expected_namesake_pairs == pytest.approx(N_NAMESAKE, rel=0.3)
    per_referral = N_MATCHED / n_referrals
    assert model.growth == pytest.approx(per_referral / (1 + per_referral), rel=0.02)
    prior_bits = np.log2(2 * per_referral * (1 + per_referral) / n_referrals)
    assert model.prior_bits == pytest.approx(prior_bits, abs=0.1)


def test_communities_of_enough_pairs_have_an_m_of_their_own():
    random = np.random.default_rng(18)
    m = array_of(priors.M_PRIOR)
    other = with_stand_ins_of(m, spread(m, random))
    parts = ((m, 4000, 1), (other, 4000, 2), (m, 1, 3), (U, 50_000, 0))
    levels = np.concatenate([drawn_levels(random, shares, n) for shares, n, _ in parts])
    community = np.concatenate([np.full(n, code) for _, n, code in parts])
    config = LinkageConfig(prior_strength_referrals=2)
    start = replace(START, n_referrals=300)
    model, report = estimate(patterns_of(levels, community), start, ("one", "two", "three"), config)
    assert report.communities == ("one", "two")
    assert set(model.m_by_community) == {"one", "two"}
    for name, true in (("one", m), ("two", other)):
        np.testing.assert_allclose(array_of(model.m_by_community[name])[:, 1:], true[:, 1:], atol=0.03)
    assert report.converged


def test_fields_that_nobody_fills_keep_their_prior():
    levels, _ = simulated(seed=19)
    silent = [number for number, field in enumerate(FIELDS) if field.name in ("reference", "age_group")]
    levels[:, silent] = 0
    model, report = estimate(patterns_of(levels), START, (), LinkageConfig())
    for number in silent:
        field = FIELDS[number].name
        total = sum(priors.M_PRIOR[field].values())
        assert model.m[field] == pytest.approx({k: m / total for k, m in priors.M_PRIOR[field].items()})
        assert report.learned[field] == 0
    assert report.learned["gender"] > 1000


def test_nothing_to_learn_from_leaves_everything_at_its_prior():
    nothing = patterns_of(np.zeros((0, len(FIELDS)), dtype=np.int8))
    for n_other in (0.0, 45.0):
        model, report = estimate(replace(nothing, n_other_pairs=n_other), START, (), LinkageConfig())
        np.testing.assert_allclose(array_of(model.m), array_of(priors.M_PRIOR))
        assert np.isfinite([model.prior_bits, model.relative_bits, model.namesake_bits]).all()
        assert 0 < model.growth < 1
        assert report.converged


def pattern_rows() -> st.SearchStrategy[list[list[int]]]:
    row = st.tuples(*(st.integers(0, len(field.levels) - 1) for field in FIELDS)).map(list)
    return st.lists(row, min_size=1, max_size=60)


@settings(max_examples=25)
@given(pattern_rows(), st.floats(0, 1e6), st.floats(2, 500))
def test_the_penalised_likelihood_never_falls(rows, n_other, strength):
    patterns = patterns_of(np.array(rows, dtype=np.int8), n_other=n_other)
    values = []
    for limit in (1, 2, 3, 5, 9, 20):
        config = LinkageConfig(
            em_max_iterations=limit, em_tolerance_bits=1e-12, prior_strength_referrals=strength
        )
        model, report = estimate(patterns, START, (), config)
        values.append(report.log_likelihood_bits)
        shares = array_of(model.m)[:, 1:]
        np.testing.assert_allclose(np.nansum(shares, axis=1), 1.0)
    assert (np.diff(values) >= -1e-6 * np.abs(values[0])).all()


def test_a_limit_that_is_reached_is_said_and_not_called_converged():
    levels, _ = simulated(seed=20)
    _, report = estimate(patterns_of(levels[::10]), START, (), LinkageConfig(em_max_iterations=1))
    assert not report.converged
    assert report.iterations == 1
    assert report.stopped_because == "the limit of 1 iterations was reached"
    _, report = estimate(patterns_of(levels[::10]), START, (), LinkageConfig())
    assert report.converged
    assert 1 < report.iterations < LinkageConfig().em_max_iterations
    assert "rose by less than" in report.stopped_because


def test_a_run_that_does_not_converge_warns():
    with pytest.warns(NotConvergedWarning):
        link_referrals(invented(60, seed=21), config=LinkageConfig(em_max_iterations=1), progress=False)


def test_patterns_count_every_plausible_pair_once_and_the_others_as_strangers():
    referrals = referrals_of(invented(60, seed=22))
    model: LinkageModel = replace(model_of(referrals), prior_bits=-6.0)
    pairs = candidate_pairs(referrals, LinkageConfig())
    comparisons = compared(referrals, pairs.left, pairs.right, model)
    _, weight_bits = scored(referrals, pairs.left, pairs.right, model)
    found = count_patterns(referrals, pairs.left, pairs.right, comparisons, weight_bits, model)
    kept = weight_bits >= PLAUSIBLE_BITS
    n = int(referrals.linkable.sum())
    assert 0 < kept.sum() < len(kept)
    assert found.count.sum() == kept.sum()
    assert found.n_other_pairs == n * (n - 1) / 2 - kept.sum()
    community = pair_community(referrals, pairs.left, pairs.right)
    levels = comparisons.levels[kept].tolist()
    expected = Counter((int(code), *row) for code, row in zip(community[kept], levels, strict=True))
    ours: Counter[tuple[int, ...]] = Counter()
    for code, row, count in zip(found.community.tolist(), found.levels.tolist(), found.count, strict=True):
        ours[(code, *row)] += int(count)
    assert ours == expected
    np.testing.assert_array_equal(found.strangers / BIN_BITS, np.round(found.strangers / BIN_BITS))
    of_classes = (found.strangers, found.strangers_names, found.relatives, found.lookalikes)
    by_pattern = (*of_classes, found.community, found.levels)
    assert len({*map(tuple, np.column_stack(by_pattern).tolist())}) == len(found.count)


def test_no_pairs_and_one_row_are_counted_too():
    for n in (0, 1, 2):
        referrals = referrals_of(invented(n, seed=23)) if n else referrals_of(invented(1, seed=23).iloc[:0])
        model = model_of(referrals)
        left, right = all_pairs(n)
        comparisons = compared(referrals, left, right, model)
        _, bits = scored(referrals, left, right, model)
        found = count_patterns(referrals, left, right, comparisons, bits, model)
        assert found.count.sum() + found.n_other_pairs == n * (n - 1) / 2
