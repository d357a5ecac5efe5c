"""Relatives and co-victims: people who share family names, addresses and days because they belong together.

A class of pairs of its own, with shipped shares of the levels of most fields (domain.md 3.3 T6; 6). Given
names are another matter: a family's children are told apart by theirs, so relatives have one name more seldom
than strangers of their nationality do. But people bear their parents' names: as a second one at any age, and
as the same given name where the two were born far apart.

What it does not do: say how many relatives there are (`households`).
"""

from __future__ import annotations

import numpy as np

from nrm_linkage.compare.fields import FIELDS, NAMED_ALIKE, BirthYearLevel, DateLevel, GivenLevel
from nrm_linkage.model import priors
from nrm_linkage.model.parameters import array_of, by_field
from nrm_linkage.narrow import row_sums
from nrm_linkage.tables import Float64s, Int8s

__all__ = ["relative_log2"]

_GIVEN, _DATE, _YEAR = (
    [field.name for field in FIELDS].index(name) for name in ("given_name", "date_of_birth", "birth_year")
)
_FAR_APART = (DateLevel.FAR, DateLevel.DISTANT_YEAR)


def relative_log2(levels: Int8s, strangers: Float64s) -> Float64s:
    """log2 of the probability of each pattern of the fixed fields among relatives, (p,). `strangers`:
    `score.stranger_log2` of the given name, (p,).
    """
    found = by_field(np.log2(array_of(priors.RELATIVE)), levels)
    given = levels[:, _GIVEN]
    alike = np.isin(given, NAMED_ALIKE)
    by_chance = strangers + np.log2(priors.GIVEN_ONE_NAME) * alike
    far_apart = np.isin(levels[:, _DATE], _FAR_APART) | (levels[:, _YEAR] == BirthYearLevel.FAR)
    of_parents = np.maximum(np.log2(priors.GIVEN_A_PARENTS_NAME), by_chance)
    moved = np.maximum(np.log2(priors.NAMED_AFTER), strangers)
    same = np.where(alike & far_apart, of_parents, by_chance)
    found[:, _GIVEN] = np.where(given == GivenLevel.MOVED, moved, same)
    return row_sums(found)
