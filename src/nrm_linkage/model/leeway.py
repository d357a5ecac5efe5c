"""What the estimate leaves open: points of the parameters' posterior, at which partitions are weighed.

One set of parameters weighs every pair. A posterior that held it fixed would be too sure of it, and all wrong
on the same side. So parameters are drawn before any partition, and each changes the weights of pairs:

- `error_bits`: how much likelier errors are than m says, the same in every field. m of a small extract is
  mostly what is shipped, and an extract with more errors has more of them everywhere;
- `carelessness`: how unlike one person's pairs are in it, because errors of one record come together: the
  odds of every error of a pair are multiplied by one factor, gamma distributed with mean 1 and this variance.
  With both, errors of one pair are no longer independent;
- `number_bits`: how many more matched pairs there are;
- `m_bits`: m of each level, field and community, from its Dirichlet posterior;
- `doubt_bits`: how much likelier pairs are that the model doubts. Not learned: only labels would tell. The
  same goes for pairs that it believes (`BELIEF_BITS`), which every point makes likelier alike.

In this order: for each of a grid of the first two the likelihood of all compared pairs is taken, at the
number of matched pairs that fits best; the grid's posterior is cut into equal parts, one a point; the number
is normal around its best, and the doubt normal around what is believed. The likelihood is that of
`estimation`, with everything else as estimated: nobody's labels have a part in it. Points are a Latin
hypercube: in each dimension equal parts of what is believed, in another order. Those of m come from the seed,
the others are always the same.

The run that estimates a model learns its points, and the model keeps them: with an earlier model nobody's
probabilities hang on who else is in the extract.

What it does not do: u, and the numbers of relatives, namesakes and look-alikes, stay as they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from zlib import crc32

import numpy as np
from scipy.special import gammaincinv, ndtri, roots_genlaguerre

from nrm_linkage.compare.fields import FIELDS
from nrm_linkage.config import LinkageConfig
from nrm_linkage.model import priors
from nrm_linkage.model.extra import m_strength_pairs
from nrm_linkage.model.parameters import LinkageModel, ParameterPoints, array_of, m_tables
from nrm_linkage.model.strata import pair_community
from nrm_linkage.tables import Float64s, Int8s, Int32s, Int64s, Mask, Referrals, ScoredPairs

__all__ = [
    "DOUBTED",
    "FAINT_BITS",
    "N_POINTS",
    "Leeway",
    "carelessness_factors",
    "error_levels",
    "least_bits",
    "with_points",
]

N_POINTS = 20
"""Points of the parameters' posterior (chosen by us: each costs the small components' posterior once)."""

FREE_OF_ERROR: Mapping[str, tuple[str, ...]] = {
    "given_name": ("exact",),
    "other_name": ("exact",),
    "other_names": ("exact",),
    "date_of_birth": ("exact",),
    "nationality": ("same",),
    "gender": ("same",),
    "town": ("same",),
    "contact": ("phone or e-mail", "postcode"),
}
"""The fields whose errors come together, and their levels that show none (chosen by us)."""

ERROR_BITS = tuple(np.arange(-0.6, 1.51, 0.15).tolist())
ERROR_BITS_SPREAD = 0.7
"""The odds of an error against what m says, in bits, that are tried; before the data speak they are normal
around 0 with this standard deviation: two thirds of extracts are within a factor of 1.6 (chosen by us).
"""

CARELESSNESS: Mapping[float, float] = {
    0.0: 0.1, 1 / 16: 0.2, 1 / 8: 0.25, 1 / 5: 0.25, 1 / 3: 0.15, 1 / 2: 0.05,
}  # fmt: skip
"""Variances of carelessness that are tried, and how likely each is before the data speak: six invented
extracts of 20,000 people spoke for an eighth to a quarter (chosen by us: docs/decisions/0034).
"""

N_FACTORS = 6
"""Factors that stand for a gamma distribution: the nodes of its Gauss-Laguerre quadrature (chosen by us)."""

DOUBT_BITS = (0.45, 0.35)
"""Mean and standard deviation of how much likelier doubted pairs are than their weights say: between what
several kinds of invented referrals showed, and wide enough for them (chosen by us: docs/decisions/0013, 0022,
0027, 0030).
"""

DOUBTED = (-1.5, -3.5)
"""Match weights from which a pair is doubted, and from which it is doubted in full (chosen by us)."""

BELIEF_BITS = 0.2
"""How much likelier pairs are that the model believes than their weights say: in five of six kinds of data
more are true than is said (chosen by us: docs/decisions/0030).
"""

BELIEVED = (1.5, 2.5)
"""Match weights from which a pair is believed, and from which it is believed in full (chosen by us)."""

SPEAK_FOR_THEMSELVES = -8.0
"""Pairs below this match weight enter the likelihood by their sum (chosen by us: odds of 1 in 256)."""

FAINT_BITS = -12.0
"""Pairs below this match weight are known by their number and sum only: odds of 1 in 4,096 (chosen by us:
docs/decisions/0018).
"""

LEAST_COUNT = 1.0
"""A level's m is drawn as surely as one that so many pairs show, if not surer, or a rare one would come out
as never; on the average it is what it is estimated to be (chosen by us: docs/decisions/0031).
"""

NEWTON_STEPS = 6

_COLUMNS = [number for number, each in enumerate(FIELDS) if each.name in FREE_OF_ERROR]
_N_KNOWN = 1 << len(_COLUMNS)
_N_ERRORS = len(_COLUMNS) + 1

_LATTICE = (0.8191725133961645, 0.6710436067037893)
"""Steps of a sequence that fills a square evenly (Roberts 2018), whose ranks are the points."""


@dataclass(frozen=True, repr=False, eq=False)
class Leeway:
    """What the points of a model add to the weights of a run's pairs, in bits. `doubt_bits`: float64
    (n_points,); `by_kind`: float64 (n_points, n_kinds), for pairs of a kind: their community, the fields that
    both record, and in how many of them they are not the same; `m_bits`: float64 (n_points, n_communities,
    n_fields, n_levels), 0 where missing.
    """

    doubt_bits: Float64s
    by_kind: Float64s
    m_bits: Float64s

    @classmethod
    def of(cls, model: LinkageModel, communities: tuple[str, ...]) -> Leeway:
        """Those of a model that holds points. `communities`: the naming communities of a run's referrals
        (`Nationalities.group_names`).
        """
        if model.points is None:
            raise ValueError("the model holds no points: see with_points")
        points = model.points
        errors, variances = np.array(points.error_bits), np.array(points.carelessness)
        number = np.array(points.number_bits)
        return cls(
            doubt_bits=DOUBT_BITS[0] + DOUBT_BITS[1] * _normal(_LATTICE[1]),
            by_kind=_kinds_table(communities, model, errors, variances, _every_kind(communities))
            + number[:, None],
            m_bits=_drawn_m(model, points, communities),
        )

    def __len__(self) -> int:
        return len(self.doubt_bits)

    def changes(
        self, referrals: Referrals, left: Int32s, right: Int32s, levels: Int8s, weight_bits: Float64s
    ) -> Float64s:
        """What each point adds to the match weights of some pairs, in bits, float64 (n_points, p)."""
        community = pair_community(referrals, left, right)
        changed = self.by_kind[:, _kinds(community, levels)]
        for column in range(self.m_bits.shape[2]):
            changed += self.m_bits[:, community, column, levels[:, column]]
        changed += self.doubt_bits[:, None] * _between(weight_bits + changed, DOUBTED)
        changed += BELIEF_BITS * _between(weight_bits + changed, BELIEVED)
        return np.asarray(changed, dtype=np.float64)


def least_bits(config: LinkageConfig) -> float:
    """The match weight below which a scored candidate pair has no part in a run but to be counted: it is too
    faint, in no component and in no table.
    """
    return min(FAINT_BITS, config.component_floor_bits, config.review_floor_bits)


def with_points(
    referrals: Referrals, pairs: ScoredPairs, model: LinkageModel, config: LinkageConfig
) -> LinkageModel:
    """The model with points of its parameters' posterior; as it is where it holds some, which another run has
    learned. `pairs`: the candidates at or above `least_bits`, scored under `model`.
    """
    if model.points is not None:
        return model
    errors, variances = (axis.ravel() for axis in np.meshgrid(ERROR_BITS, list(CARELESSNESS), indexing="ij"))
    communities = referrals.nationality.group_names
    fit = _Fit.of(referrals, pairs, model, config)
    number, spread, value = fit.at(_kinds_table(communities, model, errors, variances, fit.kinds))
    value -= (errors / ERROR_BITS_SPREAD) ** 2 / 2 / np.log(2)
    value += np.log2([CARELESSNESS[variance] for variance in variances.tolist()])
    chance = np.exp2(value - value.max())
    cumulative = np.cumsum(chance) / chance.sum()
    chosen = np.searchsorted(cumulative, (np.arange(N_POINTS) + 0.5) / N_POINTS)
    points = ParameterPoints(
        error_bits=tuple(errors[chosen].tolist()),
        carelessness=tuple(variances[chosen].tolist()),
        number_bits=tuple((number[chosen] + spread[chosen] * _normal(_LATTICE[0])).tolist()),
        worth_pairs=_worth_pairs(referrals, pairs, model),
        seed=config.seed,
    )
    return replace(model, points=points)


def _normal(step: float) -> Float64s:
    """Quantiles of a standard normal, one a point, in a fixed order."""
    return np.asarray(ndtri((_ranks(step) + 0.5) / N_POINTS), dtype=np.float64)


def _ranks(step: float) -> Int64s:
    """A fixed order of the points."""
    return np.argsort(np.argsort(np.arange(N_POINTS) * step % 1))


def _between(weight_bits: Float64s, ends: tuple[float, float]) -> Float64s:
    """How far match weights are on the way from one to another, from 0 to 1."""
    first, full = ends
    return np.clip((weight_bits - first) / (full - first), 0.0, 1.0)


def error_levels() -> Mask:
    """Which levels of the fixed fields show an error of the kind that comes together with others, bool
    (n_fields, n_levels).
    """
    found = np.zeros((len(FIELDS), max(len(field.levels) for field in FIELDS)), dtype=bool)
    for column in _COLUMNS:
        field = FIELDS[column]
        found[column, 1 : len(field.levels)] = True
        found[column, [field.number(name) for name in FREE_OF_ERROR[field.name]]] = False
    return found


def _kinds(community: Int64s, levels: Int8s) -> Int64s:
    """The kind of each pair, int64 (p,)."""
    kind, is_error = community, error_levels()
    errors = np.zeros(len(levels), dtype=np.int64)
    for column in _COLUMNS:
        level = levels[:, column]
        kind = kind * 2 + (level > 0)
        errors += is_error[column, level]
    return np.asarray(kind * _N_ERRORS + errors, dtype=np.int64)


def _every_kind(communities: tuple[str, ...]) -> Int64s:
    """The kinds that there can be."""
    return np.arange((len(communities) + 1) * _N_KNOWN * _N_ERRORS)


def carelessness_factors(variances: Float64s) -> tuple[Float64s, Float64s]:
    """What stands for gamma distributions with mean 1: factors, in bits, and their shares, (n, N_FACTORS).
    `variances`: (n,), 0 where all pairs are alike.
    """
    factors, shares = np.ones((2, len(variances), N_FACTORS))
    for variance in np.unique(variances[variances > 0]).tolist():
        at, share = roots_genlaguerre(N_FACTORS, 1.0 / variance - 1.0)
        factors[variances == variance], shares[variances == variance] = at * variance, share
    return np.log2(factors), shares / shares.sum(axis=1, keepdims=True)


def _kinds_table(
    communities: tuple[str, ...], model: LinkageModel, errors: Float64s, variances: Float64s, kinds: Int64s
) -> Float64s:
    """log2 of how much likelier one person's pairs of some kinds are than under m, float64 (n, n_kinds).

    `errors`, `variances`: (n,); `kinds`: int64 (n_kinds,).
    """
    share = _error_shares(communities, model)
    # Many points are of one place of the grid.
    (errors, variances), of_row = np.unique(np.stack([errors, variances]), axis=1, return_inverse=True)
    # What keeps m a probability hangs on what is recorded, not on how many errors there are.
    recorded, place = np.unique(kinds // _N_ERRORS, return_inverse=True)
    community, fields = np.divmod(recorded, _N_KNOWN)
    known = (fields[:, None] >> np.arange(len(_COLUMNS))[::-1]) & 1

    def tilted(bits: Float64s) -> Float64s:
        """With the odds of every error changed by so much, (n, n_kinds)."""
        scale = np.log2(1 + share * (np.exp2(bits)[:, None, None] - 1))
        of_recorded = np.einsum("nrf,rf->nr", scale[:, community], known)
        return np.asarray(bits[:, None] * (kinds % _N_ERRORS) - of_recorded[:, place])

    factor_bits, shares = carelessness_factors(variances)
    mixed = np.full((len(errors), len(kinds)), -np.inf)
    for share_bits, bits in zip(np.log2(shares).T, (errors[:, None] + factor_bits).T, strict=True):
        mixed = np.logaddexp2(mixed, share_bits[:, None] + tilted(bits))
    return np.asarray(mixed[of_row.reshape(-1)])


def _error_shares(communities: tuple[str, ...], model: LinkageModel) -> Float64s:
    """How often one person's two records are not the same in each field under m, (communities, fields)."""
    m = m_tables(model, communities)
    free = [
        [FIELDS[column].number(name) for name in FREE_OF_ERROR[FIELDS[column].name]] for column in _COLUMNS
    ]
    same = [m[:, column, of_field].sum(axis=1) for column, of_field in zip(_COLUMNS, free, strict=True)]
    return np.asarray(1.0 - np.stack(same, axis=1))


def _worth_pairs(
    referrals: Referrals, pairs: ScoredPairs, model: LinkageModel
) -> dict[str, dict[str, float]]:
    """What m of the whole, and of each community that has its own, is worth in matched pairs, by field: the
    expected ones in which it speaks, and the pseudo-counts.
    """
    likely = np.flatnonzero(pairs.weight_bits >= SPEAK_FOR_THEMSELVES)
    probability = 1 / (1 + np.exp2(-pairs.weight_bits[likely]))
    community = pair_community(referrals, pairs.left[likely], pairs.right[likely])
    communities, names = referrals.nationality.group_names, [field.name for field in model.fields]
    worth = np.zeros((1 + len(communities), len(names)))
    np.add.at(worth, community, np.where(pairs.levels[likely] > 0, probability[:, None], 0.0))
    found = {"": worth.sum(axis=0) + m_strength_pairs(model)}
    for number, name in enumerate(communities, start=1):
        if name in model.m_by_community:
            found[name] = worth[number] + priors.POOLING_STRENGTH_PAIRS
    return {name: dict(zip(names, of_fields.tolist(), strict=True)) for name, of_fields in found.items()}


def _drawn_m(model: LinkageModel, points: ParameterPoints, communities: tuple[str, ...]) -> Float64s:
    """log2 of m as drawn against m, (n_points, 1 + communities, fields, levels). Communities without an m of
    their own have what is drawn for the whole.
    """
    drawn = {}
    for name, worth in points.worth_pairs.items():
        m = array_of(model.m_by_community[name] if name else model.m, model.fields)
        drawn[name] = _drawn_table(m, np.array([worth[field.name] for field in model.fields]), name, points)
    return np.stack([drawn.get(name, drawn[""]) for name in ("", *communities)], axis=1)


def _drawn_table(m: Float64s, worth: Float64s, name: str, points: ParameterPoints) -> Float64s:
    """One table's, (n_points, fields, levels). Each level has the quantiles of its gamma distribution in an
    order of its own, which hangs on the seed and on the name.
    """
    random = np.random.default_rng([points.seed, crc32(name.encode())])
    count = np.where(np.isnan(m[..., 1:]), 0.0, m[..., 1:] * worth[:, None])
    n_points = len(points.error_bits)
    quantiles = np.broadcast_to((np.arange(n_points) + 0.5) / n_points, (*count.shape, n_points))
    quantiles = np.moveaxis(random.permuted(quantiles, axis=-1), -1, 0)
    shown = np.maximum(count, LEAST_COUNT)
    drawn = np.where(count > 0, gammaincinv(shown, quantiles) * count / shown, 0.0)
    drawn /= np.maximum(drawn.sum(axis=-1, keepdims=True), 1e-300)
    with np.errstate(divide="ignore", invalid="ignore"):
        bits = np.where(count > 0, np.log2(drawn / m[..., 1:]), 0.0)
    return np.concatenate([np.zeros_like(bits[..., :1]), bits], axis=-1)


@dataclass(frozen=True, eq=False)
class _Fit:
    """What the likelihood needs of pairs. `kinds`: those that there are, in order; `kind`, `log_odds`: of
    pairs that speak for themselves, positions in `kinds` and natural logs; `rest`: the summed odds of all
    others, by kind; `expected`: matched pairs under the model, all in all; `pseudo`: matched pairs that the
    prior is worth.
    """

    kinds: Int64s
    kind: Int64s
    log_odds: Float64s
    rest: Float64s
    expected: float
    pseudo: float

    @classmethod
    def of(cls, referrals: Referrals, pairs: ScoredPairs, model: LinkageModel, config: LinkageConfig) -> _Fit:
        # The prior of a pair that is a cluster of two is higher than the share of matched pairs, which the
        # estimation goes by (`estimation._model`).
        kept = np.flatnonzero(pairs.weight_bits >= FAINT_BITS)
        bits = pairs.weight_bits[kept] + np.log2(1.0 - model.growth)
        speaks = pairs.weight_bits[kept] >= SPEAK_FOR_THEMSELVES
        kind = _kinds(pair_community(referrals, pairs.left[kept], pairs.right[kept]), pairs.levels[kept])
        kinds, at = np.unique(kind, return_inverse=True)
        rest = np.zeros(len(kinds))
        np.add.at(rest, at[~speaks], np.exp2(bits[~speaks]))
        log_odds = bits[speaks] * np.log(2)
        expected = float((1 / (1 + np.exp(-log_odds))).sum() + rest.sum())
        pseudo = config.prior_strength_referrals * config.prior_repeats_per_referral
        return cls(kinds, at[speaks].astype(np.int64), log_odds, rest, expected, pseudo)

    def at(self, by_kind: Float64s) -> tuple[Float64s, Float64s, Float64s]:
        """For each row of a table of `kinds` the best number of matched pairs against the model's, its
        standard deviation, and the log-likelihood there, all in bits.

        Matched and other pairs are as if counted: the log-likelihood of `number` times as many matched pairs
        is the sum of log(1 + number x odds) less the number expected. The expected number is such that, where
        nothing else changes, the model's own is the best.
        """
        number, spread, value = np.zeros((3, len(by_kind)))
        whole = self.expected + self.pseudo
        for row, table in enumerate(by_kind * np.log(2)):
            odds, log_number = self.log_odds + table[self.kind], 0.0
            rest = float(self.rest @ np.exp(table))
            for _ in range(NEWTON_STEPS):
                p = 1 / (1 + np.exp(-(odds + log_number)))
                slope = float(p.sum()) + (rest - whole) * np.exp(log_number) + self.pseudo
                bend = float((p * (1 - p)).sum()) + (rest - whole) * np.exp(log_number)
                log_number = float(np.clip(log_number - slope / min(bend, -1e-9), -1.0, 1.0))
            value[row] = np.logaddexp(0, odds + log_number).sum() + self.pseudo * log_number
            value[row] += (rest - whole) * np.exp(log_number)
            number[row], spread[row] = log_number, 1 / np.sqrt(max(-bend, 1.0))
        return number / np.log(2), spread / np.log(2), value / np.log(2)
