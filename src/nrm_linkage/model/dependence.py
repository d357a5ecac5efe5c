"""What a shared nationality, naming community or age makes of an agreement, told as lines of their own.

Names, births and places are weighed within the group that two referrals share: everybody's Nguyen among
Vietnamese, 1 January among those whose dates are often unknown, a year among children. So the dependence of
these fields on the group is in the weight. Here it is taken out of the fields' lines again and told beside
them: each field's line becomes what it would be if the two were any two people, and `name_and_nationality`,
`birth_and_group` and `place_and_nationality` hold the difference. The sum stays the same to the last bit.

Not here: anything that changes a weight. Lines are told for pairs that somebody looks at, not for all that
were compared.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from nrm_linkage.compare import RowTables, compare_pairs
from nrm_linkage.compare.fields import FIELDS
from nrm_linkage.model.parameters import DATE_FIELDS, NAME_FIELDS, LinkageModel, array_of
from nrm_linkage.model.rarity import BoundRarity
from nrm_linkage.model.score import EVIDENCE_LINES, evidence_lines, matched_log2, on_grid
from nrm_linkage.tables import Float64s, Int8s, Int32s, Referrals

__all__ = ["DEPENDENCE_LINES", "told_lines", "told_names"]

DEPENDENCE_LINES: Mapping[str, tuple[str, ...]] = {
    "name_and_nationality": NAME_FIELDS,
    "birth_and_group": (*DATE_FIELDS, "age_group"),
    "place_and_nationality": ("town", "birthplace"),
}
"""The lines, and the fields that each is taken out of."""

_NUMBER = {field.name: number for number, field in enumerate(FIELDS)}


def told_names(model: LinkageModel) -> tuple[str, ...]:
    """The lines as told: those that are weighed, with the dependences before the caller's own fields."""
    weighed = evidence_lines(model)
    return (*EVIDENCE_LINES, *DEPENDENCE_LINES, *weighed[len(EVIDENCE_LINES) :])


def told_lines(
    referrals: Referrals,
    left: Int32s,
    right: Int32s,
    levels: Int8s,
    lines: Float64s,
    model: LinkageModel,
    chunk_pairs: int,
    tables: RowTables | None = None,
) -> tuple[Float64s, Float64s]:
    """Lines as told, (p, n_told), and log2 of the fixed fields' agreement among any two strangers, (p,
    n_fields): NaN where the group has no part in it.

    `levels`, `lines`: int8 (p, n_fields of the model) and (p, n_lines), as `score` takes and gives them;
    `tables`: those of the referrals, where they are at hand. Both kinds of lines sum to the same.
    """
    of_no_group = _of_no_group(referrals)
    # What the tables hold of names, dates and places does not hang on the group.
    any_two = BoundRarity(model.frequencies, of_no_group, tables)
    bits = compare_pairs(of_no_group, left, right, any_two, chunk_pairs, any_two.tables).coincidence_bits
    given_one = matched_log2(referrals, left, right, levels, model)
    levels = levels[:, : len(FIELDS)]
    by_level = np.log2(array_of(model.u)[np.arange(len(FIELDS)), levels])
    among_any = np.full(levels.shape, np.nan)
    n_weighed = len(EVIDENCE_LINES)
    told = np.insert(lines, [n_weighed] * len(DEPENDENCE_LINES), 0.0, axis=1)
    for at, fields in enumerate(DEPENDENCE_LINES.values(), start=n_weighed):
        for column in (_NUMBER[name] for name in fields):
            speaks = np.flatnonzero(levels[:, column] > 0)
            any_ = np.where(np.isnan(bits[:, column]), by_level[:, column], -bits[:, column])[speaks]
            among_any[speaks, column] = any_
            told[speaks, column] = on_grid(given_one[speaks, column] - any_)
            told[:, at] += lines[:, column] - told[:, column]
    return told, among_any


def _of_no_group(referrals: Referrals) -> Referrals:
    """The same referrals if nobody's nationality, community or age were known."""
    of = referrals.nationality
    unknown = np.zeros_like(of.code)
    # Only what is known of the whole is bound to such referrals: the first set is that of no nationality.
    no_group = np.zeros_like(of.group[:1])
    nobody = replace(of, code=unknown, by_name=unknown, sets=of.sets[:1], group=no_group, group_names=("",))
    return replace(referrals, nationality=nobody, age_group=np.zeros_like(referrals.age_group), extra=None)
