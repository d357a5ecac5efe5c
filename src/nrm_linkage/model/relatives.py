"""Relatives and co-victims: people who share family names, addresses and days because they belong together.

A class of pairs of its own, with shares of the levels of most fields (domain.md 3.3 T6; 6). Given names are
another matter: a family's children are told apart by theirs, so relatives have one name more seldom than
strangers of their nationality do. But people bear their parents' names: as a second one at any age, and as
the same given name where the two were born far apart.

What it does not do: say how many relatives there are, or learn what they share (`households`).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from nrm_linkage.compare.fields import FIELDS, NAMED_ALIKE, BirthYearLevel, DateLevel, GivenLevel
from nrm_linkage.model import priors
from nrm_linkage.model.parameters import LinkageModel, array_of, by_field
from nrm_linkage.narrow import row_sums
from nrm_linkage.tables import Float64s, Int8s

__all__ = ["FAR_APART", "relative_log2"]

_GIVEN, _DATE, _YEAR = (
    [field.name for field in FIELDS].index(name) for name in ("given_name", "date_of_birth", "birth_year")
)
FAR_APART: Mapping[int, list[int]] = {
    _DATE: [DateLevel.FAR, DateLevel.DISTANT_YEAR],
    _YEAR: [BirthYearLevel.FAR],
}
"""Number of a field of births -> its levels of people who may be parent and child."""


def relative_log2(levels: Int8s, strangers: Float64s, model: LinkageModel) -> Float64s:
    """log2 of the probability of each pattern of the fixed fields among relatives, (p,). `strangers`:
    `score.stranger_log2` of the given name, (p,).
    """
    found = by_field(np.log2(array_of(model.relatives)), levels)
    given = levels[:, _GIVEN]
    alike = np.isin(given, NAMED_ALIKE)
    by_chance = strangers + np.log2(priors.GIVEN_ONE_NAME) * alike
    far_apart = np.any([np.isin(levels[:, column], far) for column, far in FAR_APART.items()], axis=0)
    of_parents = np.maximum(np.log2(model.parents_name), by_chance)
    moved = np.maximum(np.log2(priors.NAMED_AFTER), strangers)
    same = np.where(alike & far_apart, of_parents, by_chance)
    found[:, _GIVEN] = np.where(given == GivenLevel.MOVED, moved, same)
    return row_sums(found)
