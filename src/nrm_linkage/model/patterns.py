"""Agreement patterns: compared pairs -> how many show each pattern, and what each is worth in the classes of
pairs that are not learned.

A pattern is the levels of all fields, the naming community, the group of the base rates, what one full date
of birth says of look-alikes, and the strangers' log-probability, binned to a quarter bit. Only plausible
pairs are counted so; all others are a number, and taken as strangers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nrm_linkage.compare.fields import FIELDS
from nrm_linkage.model.base_rates import GroupShares, pair_dated, pair_group, recorded_dates
from nrm_linkage.model.extra import read_by
from nrm_linkage.model.lookalikes import full_dates, lookalike_log2, shown_dates, shown_log2
from nrm_linkage.model.parameters import LinkageModel
from nrm_linkage.model.relatives import relative_log2
from nrm_linkage.model.score import (
    GENDER_COLUMN,
    GIVEN_COLUMN,
    NAME_COLUMNS,
    gender_of_name_log2,
    stranger_log2,
)
from nrm_linkage.model.strata import pair_community
from nrm_linkage.tables import Comparisons, Float64s, Int8s, Int32s, Int64s, Referrals

__all__ = ["BIN_BITS", "PLAUSIBLE_BITS", "Patterns", "count_patterns"]

BIN_BITS = 0.25
"""Width of the bins of the strangers' log-probability: an eighth of a bit of error at most."""

PLAUSIBLE_BITS = -6.0
"""Pairs below this match weight under the shipped parameters are taken as strangers (chosen by us:
docs/decisions/0007).
"""


@dataclass(frozen=True, eq=False)
class Patterns:
    """Distinct agreement patterns.

    `levels`: int8 (k, n_fields); `community`, `group`, `dated`: int64 (k,), as `strata` and `base_rates` code
    them; log2 probabilities (k,): `strangers`, `strangers_names` (their name fields alone), `relatives` and
    `lookalikes` (without what has m); `count`: float64 (k,) pairs; `n_other_pairs`: pairs taken as strangers;
    `shares`: the groups' shares of referrals; `referrals`: float64 (1 + n_communities,), linkable ones of
    each community.
    """

    levels: Int8s
    community: Int64s
    strangers: Float64s
    strangers_names: Float64s
    relatives: Float64s
    lookalikes: Float64s
    count: Float64s
    n_other_pairs: float
    group: Int64s
    dated: Int64s
    shares: GroupShares
    referrals: Float64s


def count_patterns(
    referrals: Referrals,
    left: Int32s,
    right: Int32s,
    comparisons: Comparisons,
    weight_bits: Float64s,
    model: LinkageModel,
) -> Patterns:
    """Count the plausible pairs by pattern.

    `model` gives u and `weight_bits`, the pairs' match weights, which say who is plausible.
    """
    comparisons = read_by(model, comparisons)
    kept = np.flatnonzero(weight_bits >= PLAUSIBLE_BITS)
    left, right = left[kept], right[kept]
    levels = comparisons.levels[kept]
    plausible = Comparisons(levels, comparisons.coincidence_bits[kept])
    by_field = stranger_log2(referrals, left, right, plausible, model)
    by_field[:, GENDER_COLUMN] += gender_of_name_log2(levels, by_field, model)
    binned = [
        np.round(bits / BIN_BITS).astype(np.int64)
        for bits in (by_field.sum(axis=1), _names_of(by_field), by_field[:, GIVEN_COLUMN])
    ]
    community = pair_community(referrals, left, right)
    names = ("", *referrals.nationality.group_names)
    as_strangers = by_field[:, len(FIELDS) :].sum(axis=1)
    shown = shown_dates(full_dates(referrals, model.replaced), left, right, levels)
    recorded = recorded_dates(referrals, model.replaced)
    dated = pair_dated(recorded, left, right)
    lookalikes = as_strangers + lookalike_log2(levels, by_field)
    lookalikes += shown_log2(model.frequencies.days, names)[community, shown]
    of_rows = referrals.gender, referrals.age_group
    group = pair_group(*of_rows, left, right, levels[:, GENDER_COLUMN])
    columns = [*binned, community, group, dated, shown, *levels.T]
    key = _keys(columns)
    _, one, count = np.unique(key, return_index=True, return_counts=True)
    rows = np.flatnonzero(referrals.linkable).astype(np.int32)
    n = len(rows)
    given_name = np.asarray(binned[2][one] * BIN_BITS, dtype=np.float64)
    return Patterns(
        levels=levels[one],
        community=community[one],
        strangers=np.asarray(binned[0][one] * BIN_BITS, dtype=np.float64),
        strangers_names=np.asarray(binned[1][one] * BIN_BITS, dtype=np.float64),
        relatives=relative_log2(levels[one, : len(FIELDS)], given_name, model) + as_strangers[one],
        lookalikes=lookalikes[one],
        count=count.astype(float),
        n_other_pairs=max(n * (n - 1) / 2 - len(key), 0.0),
        group=group[one],
        dated=dated[one],
        shares=GroupShares.of(referrals, recorded),
        referrals=np.bincount(pair_community(referrals, rows, rows), minlength=len(names)).astype(float),
    )


def _keys(columns: list[Int64s]) -> Int64s:
    """One number for each row of some columns, in the order of the rows' values."""
    key, size = np.zeros(len(columns[0]), dtype=np.int64), 1
    for column in columns:
        lowest = int(column.min(initial=0))
        width = int(column.max(initial=0)) - lowest + 1
        if size * width >= 2**62:  # many fields of the caller's own: count what there is instead
            key, size = np.unique(key, return_inverse=True)[1], max(len(key), 1)
        key, size = key * width + (column.astype(np.int64) - lowest), size * width
    return key


def _names_of(by_field: Float64s) -> Float64s:
    """The name fields' part of a sum over fields."""
    return np.asarray(by_field[:, NAME_COLUMNS].sum(axis=1))
