"""Levels and coincidences -> evidence in bits, line by line, and the match weight of each pair.

A field's line is log2 m - log2 u; at levels that go by frequency -log2 u is the coincidence of the very
values. Missing weighs 0. One line is a dependence between fields: `gender_of_name`, because a given name
tells the gender, and agreement of both says little more than agreement of one. One is a base rate
(`base_rates`): in some groups more referrals are of one person than in others. Three lines are discounts, for
ways to agree without being one person that frequencies do not know: `relatives` and co-victims share family
names, days and references, and given names hardly by chance; `namesakes` have names that go together more
often than their words do; `lookalikes` have one name and were given one stand-in date of birth
(`model.lookalikes`). Each weighs the probability of the same agreement in that class against that among
strangers. Fields of the caller's own have lines like any field's, after all others. The match weight is the
prior plus all lines. Bits, the prior's too, are rounded to multiples of 2^-20, which makes their sums exact
in any order.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nrm_linkage.compare import compare_pairs
from nrm_linkage.compare.fields import FIELDS, NAMED_ALIKE, GenderLevel
from nrm_linkage.model.base_rates import BaseRates, pair_dated, pair_group, recorded_dates
from nrm_linkage.model.extra import read_by
from nrm_linkage.model.lookalikes import as_matched_log2, full_dates, lookalike_log2, shown_dates, shown_log2
from nrm_linkage.model.parameters import (
    NAME_FIELDS,
    STRATUM_FIELDS,
    LinkageModel,
    array_of,
    by_field,
    lookalike_numbers,
    m_tables,
    stratum_key,
)
from nrm_linkage.model.rarity import BoundRarity
from nrm_linkage.model.relatives import relative_log2
from nrm_linkage.model.strata import AGE_PAIRS, age_pair, pair_community
from nrm_linkage.narrow import row_sums
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
from nrm_linkage.threads import in_threads, slices

__all__ = [
    "DATE_COLUMN",
    "EVIDENCE_LINES",
    "GENDER_COLUMN",
    "GIVEN_COLUMN",
    "NAME_COLUMNS",
    "evidence_lines",
    "gender_of_name_log2",
    "match_probability",
    "match_weights",
    "matched_log2",
    "named_alike",
    "namesake_log2",
    "on_grid",
    "score",
    "score_pairs",
    "score_plausible",
    "stranger_log2",
]

EVIDENCE_LINES = (
    *(field.name for field in FIELDS),
    "gender_of_name",
    "repeats_of_group",
    "relatives",
    "namesakes",
    "lookalikes",
)
"""The lines of evidence without fields of the caller's own, whose lines come after these
(`evidence_lines`)."""

GRID = 2.0**20

AT_A_TIME = 1 << 15
"""Pairs whose evidence is worked out at a time: their arrays then fit in a processor's cache."""

Above = tuple[Int64s, Float64s]
"""Positions of pairs, (k,), and their evidence lines, (k, n_lines)."""

NAME_COLUMNS = [number for number, field in enumerate(FIELDS) if field.name in NAME_FIELDS]
GIVEN_COLUMN, DATE_COLUMN, GENDER_COLUMN = (
    [field.name for field in FIELDS].index(name) for name in ("given_name", "date_of_birth", "gender")
)

_STRATUM_COLUMNS = [number for number, field in enumerate(FIELDS) if field.name in STRATUM_FIELDS]


def evidence_lines(model: LinkageModel) -> tuple[str, ...]:
    """The lines of evidence, in the order of the columns of `ScoredPairs.bits`."""
    return (*EVIDENCE_LINES, *(field.name for field in model.extra))


def on_grid(bits: Float64s) -> Float64s:
    """Bits rounded to the grid of 2^-20."""
    return np.rint(bits * GRID) / GRID


def stranger_log2(
    referrals: Referrals, left: Int32s, right: Int32s, comparisons: Comparisons, model: LinkageModel
) -> Float64s:
    """log2 of the probability of each field's agreement among strangers, (p, n_fields), the caller's own
    fields too; 0 where missing.
    """
    return _among_strangers(
        _u_by_stratum(model, ("", *referrals.nationality.group_names)),
        pair_community(referrals, left, right) * AGE_PAIRS + age_pair(referrals.age_group, left, right),
        read_by(model, comparisons),
    )


def _among_strangers(log_u: Float64s, stratum: Int64s, comparisons: Comparisons) -> Float64s:
    """As `stranger_log2`. `log_u`: (n_strata, n_fields, n_levels)."""
    nowhere = np.zeros_like(stratum)
    found = _by_columns(comparisons.levels.shape)
    for column in range(len(log_u[0])):
        of = stratum if column in _STRATUM_COLUMNS else nowhere
        by_level = _looked_up(log_u[:, column], of, comparisons.levels[:, column])
        bits = comparisons.coincidence_bits[:, column]
        found[:, column] = np.where(np.isnan(bits), by_level, -bits)
    return found


def _by_columns(shape: tuple[int, ...]) -> Float64s:
    """An array of few columns to be filled in, in which each column lies together: they are worked out one by
    one.
    """
    return np.empty(shape, order="F")


def _looked_up(table: Float64s, group: Int64s, level: Int8s) -> Float64s:
    """One value a pair of a table (n_groups, n_levels)."""
    return np.asarray(np.ascontiguousarray(table).ravel().take(group * table.shape[1] + level))


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
    """log2 of u (n_communities x 3 ages, n_fields, n_levels); a stratum that the model does not know has the
    whole's.
    """
    tables = []
    for community in communities:
        for ages in range(AGE_PAIRS):
            wider = model.u_dates.get(stratum_key("", ages), {})
            own = model.u_dates.get(stratum_key(community, ages), wider)
            tables.append(array_of({**model.u, **own}, model.fields))
    return np.asarray(np.log2(np.stack(tables)), dtype=np.float64)


def namesake_log2(levels: Int8s, shares: Float64s) -> Float64s:
    """log2 of the probability of each pattern's name levels among namesakes, (p,). `shares`: (n_fields,
    n_levels).
    """
    return row_sums(by_field(np.log2(shares[NAME_COLUMNS]), levels[:, NAME_COLUMNS]))


def _lookalike_numbers_log2(model: LinkageModel, communities: tuple[str, ...]) -> Float64s:
    """log2 of the pairs of look-alikes per referral of a community whose one full date of birth is of a kind
    (`lookalikes.ShownDate`), against strangers of that community with such a date, (1 + n_communities,
    n_shown), the whole first.
    """
    numbers = np.log2(lookalike_numbers(model, communities))
    return np.asarray(numbers[:, None] + shown_log2(model.frequencies.days, ("", *communities)))


def matched_log2(
    referrals: Referrals, left: Int32s, right: Int32s, levels: Int8s, model: LinkageModel
) -> Float64s:
    """log2 m of each field's level in the pair's community, (p, n_fields); 0 where missing. `levels`: those
    of the model's fields.
    """
    return _among_matched(
        np.log2(m_tables(model, referrals.nationality.group_names)),
        pair_community(referrals, left, right),
        levels,
    )


def _among_matched(log_m: Float64s, community: Int64s, levels: Int8s) -> Float64s:
    found = _by_columns(levels.shape)
    for column in range(levels.shape[1]):
        found[:, column] = _looked_up(log_m[:, column], community, levels[:, column])
    return found


@dataclass(frozen=True, eq=False)
class _Bound:
    """What a model says of the referrals of a run, as arrays: log2 m by community, log2 u by stratum, how
    many look-alikes there are, and the base rates.
    """

    model: LinkageModel
    referrals: Referrals
    log_m: Float64s
    log_u: Float64s
    lookalikes: Float64s
    full_dates: Int8s
    recorded_dates: Mask
    base_rates: BaseRates

    @classmethod
    def of(cls, model: LinkageModel, referrals: Referrals) -> _Bound:
        names = referrals.nationality.group_names
        return cls(
            model=model,
            referrals=referrals,
            log_m=np.log2(m_tables(model, names)),
            log_u=_u_by_stratum(model, ("", *names)),
            lookalikes=_lookalike_numbers_log2(model, names),
            full_dates=full_dates(referrals, model.replaced),
            recorded_dates=recorded_dates(referrals, model.replaced),
            base_rates=BaseRates.of(model.base_rates, names),
        )

    def score(self, left: Int32s, right: Int32s, comparisons: Comparisons) -> tuple[Float64s, Float64s]:
        model = self.model
        comparisons = read_by(model, comparisons)
        community = pair_community(self.referrals, left, right)
        stratum = community * AGE_PAIRS + age_pair(self.referrals.age_group, left, right)
        log_m = _among_matched(self.log_m, community, comparisons.levels)
        log_u = _among_strangers(self.log_u, stratum, comparisons)
        lines = _by_columns((len(left), len(evidence_lines(model))))
        evidence = log_m - log_u
        lines[:, : len(FIELDS)] = evidence[:, : len(FIELDS)]
        lines[:, len(EVIDENCE_LINES) :] = evidence[:, len(FIELDS) :]
        # The caller's own fields are in every class but one person as among strangers: no discount hangs on
        # them.
        levels, log_u = comparisons.levels[:, : len(FIELDS)], log_u[:, : len(FIELDS)]
        gender = gender_of_name_log2(levels, log_u, model)
        lines[:, len(FIELDS)] = -gender
        log_u[:, GENDER_COLUMN] += gender
        shown = shown_dates(self.full_dates, left, right, levels)
        lookalikes = self.lookalikes[community, shown]
        discounts = _discounts(levels, log_m, log_u, lookalikes, model)
        of_rows = self.referrals.gender, self.referrals.age_group
        group = pair_group(*of_rows, left, right, levels[:, GENDER_COLUMN])
        dated = pair_dated(self.recorded_dates, left, right)
        lines[:, len(FIELDS) + 1] = self.base_rates.bits(community, group, dated)
        lines[:, len(FIELDS) + 2 : len(EVIDENCE_LINES)] = discounts
        lines = on_grid(lines)
        return lines, on_grid(np.asarray(model.prior_bits)) + row_sums(lines)


def score(
    referrals: Referrals, left: Int32s, right: Int32s, comparisons: Comparisons, model: LinkageModel
) -> tuple[Float64s, Float64s]:
    """Evidence lines (p, n_lines) and match weights (p,), in bits."""
    return _Bound.of(model, referrals).score(left, right, comparisons)


def match_weights(
    referrals: Referrals, left: Int32s, right: Int32s, comparisons: Comparisons, model: LinkageModel
) -> Float64s:
    """Match weights alone, (p,), in bits; the evidence of few pairs is in memory at a time."""
    return _scored_above(np.inf, referrals, left, right, comparisons, model)[1]


def _discounts(
    levels: Int8s, log_m: Float64s, log_u: Float64s, lookalikes: Float64s, model: LinkageModel
) -> Float64s:
    """The lines of relatives, namesakes and look-alikes, (p, 3): what each class adds to the strangers.
    `lookalikes`: log2 of their number, (p,).
    """
    all_fields, names = row_sums(log_u), row_sums(log_u[:, NAME_COLUMNS])
    alike = lookalike_log2(levels, log_u) + as_matched_log2(log_m)
    classes = (
        model.relative_bits + relative_log2(levels, log_u[:, GIVEN_COLUMN], model) - all_fields,
        model.namesake_bits + namesake_log2(levels, array_of(model.namesakes)) - names,
        model.lookalike_bits + lookalikes + alike - all_fields,
    )
    lines, together = _by_columns((len(levels), len(classes))), np.zeros(len(levels))
    for column, odds in enumerate(classes):
        with_this = np.logaddexp2(together, odds)
        lines[:, column] = together - with_this
        together = with_this
    return lines


def _scored_above(
    floor_bits: float,
    referrals: Referrals,
    left: Int32s,
    right: Int32s,
    comparisons: Comparisons,
    model: LinkageModel,
) -> tuple[Above, Float64s]:
    """The pairs at or above a match weight with their evidence, and the match weights of all, (p,)."""
    bound, weight_bits = _Bound.of(model, referrals), np.empty(len(left))

    def of_some(here: slice) -> Above:
        compared = Comparisons(comparisons.levels[here], comparisons.coincidence_bits[here])
        of_pairs, weight_bits[here] = bound.score(left[here], right[here], compared)
        kept = np.flatnonzero(weight_bits[here] >= floor_bits)
        return here.start + kept, of_pairs[kept]

    nothing = (np.zeros(0, dtype=np.int64), np.zeros((0, len(evidence_lines(model)))))
    where, lines = zip(nothing, *in_threads(of_some, slices(len(left), AT_A_TIME)), strict=True)
    return (np.concatenate(where), np.concatenate(lines)), weight_bits


def match_probability(weight_bits: Float64s) -> Float64s:
    """The probability of a match that a match weight says, taken alone."""
    return np.asarray(1.0 / (1.0 + np.exp2(-weight_bits)), dtype=np.float64)


def score_pairs(
    referrals: Referrals,
    pairs: CandidatePairs,
    model: LinkageModel,
    chunk_pairs: int,
    rarity: BoundRarity | None = None,
) -> ScoredPairs:
    """All pairs, compared, with their evidence and match weights. `rarity`: the model's frequencies bound to
    the referrals, if at hand.
    """
    rarity = rarity or BoundRarity(model.frequencies, referrals)
    comparisons = compare_pairs(referrals, pairs.left, pairs.right, rarity, chunk_pairs, rarity.tables)
    return score_plausible(referrals, pairs, comparisons, model, -np.inf)[0]


def score_plausible(
    referrals: Referrals,
    pairs: CandidatePairs,
    comparisons: Comparisons,
    model: LinkageModel,
    floor_bits: float,
) -> tuple[ScoredPairs, Float64s]:
    """The pairs at or above a match weight with their evidence, and the match weights of all, (p,)."""
    comparisons = read_by(model, comparisons)
    (kept, lines), weight_bits = _scored_above(
        floor_bits, referrals, pairs.left, pairs.right, comparisons, model
    )
    of_kept = (pairs.left[kept], pairs.right[kept], pairs.found_by[kept], comparisons.levels[kept])
    return ScoredPairs(*of_kept, lines, weight_bits[kept]), weight_bits
