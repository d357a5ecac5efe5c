"""The kernels that a run spends its time in, one at a time, on invented referrals: `make bench`.

Each is given what `link_referrals` gives it: candidate pairs of 2,000 people, and pairs taken at random, as
the sample of strangers is.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from nrm_linkage import LinkageConfig, make_referrals
from nrm_linkage.block import candidate_pairs
from nrm_linkage.compare import compare_pairs
from nrm_linkage.compare.dates import birth_period_levels, date_levels
from nrm_linkage.compare.names import PaddedBags, align, padded
from nrm_linkage.compare.values import contact_levels, nationality_levels, reference_levels
from nrm_linkage.compare.words import word_levels
from nrm_linkage.model import (
    BoundRarity,
    LinkageModel,
    learn_frequencies,
    learn_strangers,
    score,
    starting_model,
)
from nrm_linkage.normalise.referrals import normalise_referrals
from nrm_linkage.schema import arrange, recognise
from nrm_linkage.tables import CandidatePairs, Comparisons, Int32s, RawReferrals, Referrals

N_PEOPLE = 2_000
N_STRANGERS = 100_000
SEED = 1


@dataclass(frozen=True, eq=False)
class Material:
    """Referrals in every state that a kernel takes them in."""

    raw: RawReferrals
    rows: Referrals
    bags: PaddedBags
    pairs: CandidatePairs
    strangers: tuple[Int32s, Int32s]
    model: LinkageModel
    rarity: BoundRarity
    comparisons: Comparisons


@pytest.fixture(scope="module")
def material() -> Material:
    """The invented referrals."""
    frame = make_referrals(N_PEOPLE, seed=SEED).drop(columns=["true_person", "true_instance"])
    raw = arrange(frame, recognise(frame, None))
    rows = normalise_referrals(raw, LinkageConfig()).referrals
    pairs = candidate_pairs(rows, LinkageConfig())
    model = starting_model(learn_frequencies(rows), int(rows.linkable.sum()), 0.13, 200)
    rarity = BoundRarity(model.frequencies, rows)
    left, right = np.random.default_rng(SEED).integers(0, rows.n, (2, N_STRANGERS), dtype=np.int32)
    return Material(
        *(raw, rows, padded(rows.names), pairs, (left, right), model, rarity),
        compare_pairs(rows, pairs.left, pairs.right, rarity, 200_000),
    )


@pytest.fixture(scope="module", params=["candidates", "strangers"])
def two(request: pytest.FixtureRequest, material: Material) -> tuple[Int32s, Int32s]:
    """Pairs of rows: left and right."""
    pairs = material.pairs
    return (pairs.left, pairs.right) if request.param == "candidates" else material.strangers


def test_normalise(benchmark, material):
    benchmark(normalise_referrals, material.raw, LinkageConfig())


def test_block(benchmark, material):
    benchmark(candidate_pairs, material.rows, LinkageConfig())


def test_word_levels(benchmark, material, two):
    left, right = (material.bags.word[rows, 0] for rows in two)
    benchmark(word_levels, material.bags.words, left, right)


def test_align(benchmark, material, two):
    benchmark(align, material.bags, *two)


def test_date_levels(benchmark, material, two):
    benchmark(date_levels, material.rows.birth, *two)


def test_birth_period_levels(benchmark, material, two):
    benchmark(birth_period_levels, material.rows, *two)


def test_nationality_levels(benchmark, material, two):
    benchmark(nationality_levels, material.rows.nationality, *two)


def test_reference_levels(benchmark, material, two):
    benchmark(reference_levels, material.rows.references, *two)


def test_contact_levels(benchmark, material, two):
    benchmark(contact_levels, material.rows.contacts, *two)


def test_compare_pairs(benchmark, material, two):
    benchmark(compare_pairs, material.rows, *two, material.rarity, 200_000)


def test_bind_rarity(benchmark, material):
    benchmark(BoundRarity, material.model.frequencies, material.rows)


def test_score(benchmark, material):
    pairs = material.pairs
    benchmark(score, material.rows, pairs.left, pairs.right, material.comparisons, material.model)


def test_learn_strangers(benchmark, material):
    benchmark(learn_strangers, material.rows, material.model, 200_000)
