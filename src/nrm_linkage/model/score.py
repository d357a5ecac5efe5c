"""Levels and coincidences -> evidence in bits, line by line, and the match weight of each pair.

A field's line is log2 m - log2 u; at levels that go by frequency -log2 u is the coincidence of the very
values. Missing weighs 0. One line is a dependence between fields: `gender_of_name`, because a given name
tells the gender, and agreement of both says little more than agreement of one. Three lines are discounts, for
ways to agree without being one person that frequencies do not know: `relatives` and co-victims share names,
days and references; `namesakes` have names that go together more often than their words do; `lookalikes` have
one name and were given one stand-in date of birth, which their two records may show, or half show, or not
hold at all. Each weighs the probability of the same agreement in that class against that among strangers.
Fields of the caller's own have lines like any field's, after all others. The match weight is the prior plus
all lines. Bits, the prior's too, are rounded to multiples of 2^-20, which makes their sums exact in any
order.
"""

from __future__ import annotations

import numpy as np

from nrm_linkage.compare import compare_pairs
from nrm_linkage.compare.fields import FIELDS, GenderLevel, GivenLevel
from nrm_linkage.model import priors
from nrm_linkage.model.extra import read_by
from nrm_linkage.model.parameters import NAME_FIELDS, STRATUM_FIELDS, LinkageModel, array_of, stratum_key
from nrm_linkage.model.rarity import BoundRarity
from nrm_linkage.model.stand_ins import unknown_share
from nrm_linkage.tables import (
    CandidatePairs,
    Comparisons,
    Float64s,
    Int8s,
    Int32s,
    Int64s,
    Mask,
    Referrals,
    ScoredPairs,
)

__all__ = [
    "DATE_COLUMN",
    "EVIDENCE_LINES",
    "GENDER_COLUMN",
    "NAME_COLUMNS",
    "age_pair",
    "evidence_lines",
    "gender_of_name_log2",
    "lookalike_log2",
    "matched_log2",
    "named_alike",
    "namesake_log2",
    "on_grid",
    "pair_community",
    "relative_log2",
    "score",
    "score_pairs",
    "stranger_log2",
    "unknown_dates_log2",
]

EVIDENCE_LINES = (*(field.name for field in FIELDS), "gender_of_name", "relatives", "namesakes", "lookalikes")
"""The lines of evidence without fields of the caller's own, whose lines come after these
(`evidence_lines`)."""

GRID = 2.0**20

NAME_COLUMNS = [number for number, field in enumerate(FIELDS) if field.name in NAME_FIELDS]
_LOOKALIKE_COLUMNS = [number for number, field in enumerate(FIELDS) if field.name in priors.LOOKALIKE]
GIVEN_COLUMN, DATE_COLUMN, GENDER_COLUMN = (
    [field.name for field in FIELDS].index(name) for name in ("given_name", "date_of_birth", "gender")
)
_LIKE_STRANGERS = [
    n for n in range(len(FIELDS)) if n not in (*NAME_COLUMNS, *_LOOKALIKE_COLUMNS)
]

NAMED_ALIKE = (
    GivenLevel.EXACT,
    GivenLevel.VARIANT,
    GivenLevel.NEAR,
    GivenLevel.SHORTENED,
    GivenLevel.MOVED,
)
"""Levels at which two given names are one, and so tell one gender."""

_STRATUM_COLUMNS = [number for number, field in enumerate(FIELDS) if field.name in STRATUM_FIELDS]


def evidence_lines(model: LinkageModel) -> tuple[str, ...]:
    """The lines of evidence, in the order of the columns of `ScoredPairs.bits`."""
    return (*EVIDENCE_LINES, *(field.name for field in model.extra))


def on_grid(bits: Float64s) -> Float64s:
    """Bits rounded to the grid of 2^-20."""
    return np.round(bits * GRID) / GRID


def age_pair(age_group: Int8s, left: Int32s, right: Int32s) -> Int64s:
    """1 where both are children, 2 where both are adults, 0 otherwise."""
    same = (age_group[left] == age_group[right]) & np.isin(age_group[left], (1, 2))
    return np.where(same, age_group[left], 0).astype(np.int64)


def pair_community(referrals: Referrals, left: Int32s, right: Int32s) -> Int64s:
    """The naming community of each pair, code + 1 into the nationalities' `group_names`; 0 where the two
    differ or neither is known.
    """
    nationality = referrals.nationality
    group = nationality.group[nationality.code].astype(np.int64) + 1
    known = nationality.code != 0
    left_group, right_group = np.where(known[left], group[left], 0), np.where(known[right], group[right], 0)
    either = np.maximum(left_group, right_group)
    return np.where((left_group == right_group) | (left_group == 0) | (right_group == 0), either, 0)


def stranger_log2(
    referrals: Referrals, left: Int32s, right: Int32s, comparisons: Comparisons, model: LinkageModel
) -> Float64s:
    """log2 of the probability of each field's agreement among strangers, (p, n_fields), the caller's own
    fields too; 0 where missing.
    """
    comparisons = read_by(model, comparisons)
    stratum = pair_community(referrals, left, right) * 3 + age_pair(referrals.age_group, left, right)
    u = _u_by_stratum(model, ("", *referrals.nationality.group_names))
    strata = np.zeros(comparisons.levels.shape, dtype=np.int64)
    strata[:, _STRATUM_COLUMNS] = stratum[:, None]
    by_level = np.log2(u[strata, np.arange(len(model.fields)), comparisons.levels])
    return np.where(np.isnan(comparisons.coincidence_bits), by_level, -comparisons.coincidence_bits)


def named_alike(levels: Int8s) -> Mask:
    """Pairs whose given names agree and whose genders are both known, bool (p,)."""
    return np.asarray(np.isin(levels[:, GIVEN_COLUMN], NAMED_ALIKE) & (levels[:, GENDER_COLUMN] > 0))


def gender_of_name_log2(levels: Int8s, strangers: Float64s, model: LinkageModel) -> Float64s:
    """How much more often strangers of one given name agree in gender like this than any two strangers do,
    log2, (p,); 0 where a name or a gender is missing or the names differ. `strangers`: `stranger_log2`.
    """
    of_level = np.ones(len(GenderLevel))
    of_level[GenderLevel.SAME] = model.gender_of_name
    of_level[GenderLevel.DIFFERENT] = 1 - model.gender_of_name
    beyond = np.log2(of_level)[levels[:, GENDER_COLUMN]] - strangers[:, GENDER_COLUMN]
    return np.where(named_alike(levels), beyond, 0.0)


def _u_by_stratum(model: LinkageModel, communities: tuple[str, ...]) -> Float64s:
    """u (n_communities x 3 ages, n_fields, n_levels); a stratum that the model does not know has the
    whole's.
    """
    tables = []
    for community in communities:
        for ages in range(3):
            wider = model.u_dates.get(stratum_key("", ages), {})
            own = model.u_dates.get(stratum_key(community, ages), wider)
            tables.append(array_of({**model.u, **own}, model.fields))
    return np.stack(tables)


def relative_log2(levels: Int8s) -> Float64s:
    """log2 of the probability of each pattern of the fixed fields among relatives, (p,)."""
    shares = array_of(priors.RELATIVE)
    return np.asarray(np.log2(shares[np.arange(len(FIELDS)), levels]).sum(axis=1))


def namesake_log2(levels: Int8s, shares: Float64s) -> Float64s:
    """log2 of the probability of each pattern's name levels among namesakes, (p,). `shares`: (n_fields,
    n_levels).
    """
    return np.asarray(np.log2(shares[NAME_COLUMNS, levels[:, NAME_COLUMNS]]).sum(axis=1))


def unknown_dates_log2(model: LinkageModel, communities: tuple[str, ...]) -> Float64s:
    """log2 of each community's share of dates that stand for an unknown day, (n_communities,)."""
    shares = [unknown_share(model.frequencies.days, name) for name in communities]
    return np.asarray(np.log2(np.array(shares)), dtype=np.float64)


def lookalike_log2(levels: Int8s, strangers: Float64s) -> Float64s:
    """log2 of the probability of each pattern of the fixed fields but names among look-alikes, (p,). Names
    have m, as if they were one person's. `strangers`: `stranger_log2` with gender given the name, for the
    fields in which look-alikes are like any two strangers.
    """
    shares = array_of(priors.LOOKALIKE)
    known = np.log2(shares[_LOOKALIKE_COLUMNS, levels[:, _LOOKALIKE_COLUMNS]]).sum(axis=1)
    return np.asarray(known + strangers[:, _LIKE_STRANGERS].sum(axis=1), dtype=np.float64)


def matched_log2(
    referrals: Referrals, left: Int32s, right: Int32s, levels: Int8s, model: LinkageModel
) -> Float64s:
    """log2 m of each field's level in the pair's community, (p, n_fields); 0 where missing. `levels`: those
    of the model's fields.
    """
    community = pair_community(referrals, left, right)
    tables = [
        model.m,
        *(model.m_by_community.get(name, model.m) for name in referrals.nationality.group_names),
    ]
    m = np.stack([array_of(table, model.fields) for table in tables])
    return np.asarray(np.log2(m[community[:, None], np.arange(len(model.fields)), levels]))


def score(
    referrals: Referrals, left: Int32s, right: Int32s, comparisons: Comparisons, model: LinkageModel
) -> tuple[Float64s, Float64s]:
    """Evidence lines (p, n_lines) and match weights (p,), in bits."""
    comparisons = read_by(model, comparisons)
    log_m = matched_log2(referrals, left, right, comparisons.levels, model)
    log_u = stranger_log2(referrals, left, right, comparisons, model)
    lines = np.empty((len(left), len(evidence_lines(model))))
    lines[:, : len(FIELDS)] = (log_m - log_u)[:, : len(FIELDS)]
    lines[:, len(EVIDENCE_LINES) :] = (log_m - log_u)[:, len(FIELDS) :]
    # The caller's own fields are in every class but one person as among strangers: no discount hangs on them.
    levels, log_u = comparisons.levels[:, : len(FIELDS)], log_u[:, : len(FIELDS)]
    gender = gender_of_name_log2(levels, log_u, model)
    lines[:, len(FIELDS)] = -gender
    log_u[:, GENDER_COLUMN] += gender
    community = pair_community(referrals, left, right)
    discounts = _discounts(levels, log_m, log_u, community, referrals, model)
    lines[:, len(FIELDS) + 1 : len(EVIDENCE_LINES)] = discounts
    lines = on_grid(lines)
    return lines, on_grid(np.asarray(model.prior_bits)) + lines.sum(axis=1)


def _discounts(
    levels: Int8s,
    log_m: Float64s,
    log_u: Float64s,
    community: Int64s,
    referrals: Referrals,
    model: LinkageModel,
) -> Float64s:
    """The lines of relatives, namesakes and look-alikes, (p, 3): what each class adds to the strangers."""
    unknown = unknown_dates_log2(model, ("", *referrals.nationality.group_names))
    all_fields, names = log_u.sum(axis=1), log_u[:, NAME_COLUMNS].sum(axis=1)
    alike = lookalike_log2(levels, log_u) + log_m[:, NAME_COLUMNS].sum(axis=1)
    classes = (
        model.relative_bits + relative_log2(levels) - all_fields,
        model.namesake_bits + namesake_log2(levels, array_of(model.namesakes)) - names,
        model.lookalike_bits + unknown[community] + alike - all_fields,
    )
    lines, together = np.empty((len(levels), len(classes))), np.zeros(len(levels))
    for column, odds in enumerate(classes):
        with_this = np.logaddexp2(together, odds)
        lines[:, column] = together - with_this
        together = with_this
    return lines


def score_pairs(
    referrals: Referrals,
    pairs: CandidatePairs,
    model: LinkageModel,
    chunk_pairs: int,
    comparisons: Comparisons | None = None,
) -> ScoredPairs:
    """Pairs with their evidence and match weights; compared first, unless the comparisons are at hand."""
    if comparisons is None:
        rarity = BoundRarity(model.frequencies, referrals)
        comparisons = compare_pairs(referrals, pairs.left, pairs.right, rarity, chunk_pairs)
    comparisons = read_by(model, comparisons)
    bits, weight_bits = score(referrals, pairs.left, pairs.right, comparisons, model)
    return ScoredPairs(pairs.left, pairs.right, pairs.found_by, comparisons.levels, bits, weight_bits)
