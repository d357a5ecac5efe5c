"""Compared fields of the caller's own: what defines one, and the similarities that make its levels.

The fixed fields (`FIELDS`) come first everywhere and keep their columns; these stand after them, by name. All
that is known of one is its similarity, so its levels are cuts of that, from most to least agreement, and no
level goes by the frequency of a value.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Self

import numpy as np

from nrm_linkage.compare.fields import MISSING, Field, Level
from nrm_linkage.tables import Float64s, Int8s

__all__ = ["MOST_CUTS", "ExtraField"]

MOST_CUTS = 8
"""More levels than that hold too few pairs each to be learned (chosen by us)."""


@dataclass(frozen=True)
class ExtraField(Field):
    """A compared field that the caller brings. A model carries this and nothing of his code.

    `kind`: the name of what gives the similarity; `cuts`: the least similarity of each level but the last,
    descending; `replaces`: the fixed fields that are missing throughout because this one rests on the same.
    """

    kind: str
    cuts: tuple[float, ...]
    replaces: tuple[str, ...] = ()

    @classmethod
    def by_cuts(
        cls,
        name: str,
        kind: str,
        cuts: tuple[float, ...],
        sentences: Sequence[str] | None = None,
        replaces: tuple[str, ...] = (),
    ) -> Self:
        """The field with its levels named: "agrees", "near", "near 2", ..., "differs".

        >>> [level.name for level in ExtraField.by_cuts("surname", "String", (0.95, 0.85)).levels]
        ['missing', 'agrees', 'near', 'differs']
        """
        near = ["near", *(f"near {number}" for number in range(2, len(cuts)))][: len(cuts) - 1]
        said = sentences or [
            f"the similarity in {name} is at least {cuts[0]:g}",
            *(f"the similarity in {name} is from {low:g} to below {high:g}" for high, low in pairwise(cuts)),
            f"the similarity in {name} is below {cuts[-1]:g}",
        ]
        levels = (MISSING, *map(Level, ("agrees", *near, "differs"), said))
        return cls(name, levels, kind, cuts, replaces)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """From `dataclasses.asdict` of one, or what JSON makes of that."""
        return cls(
            name=values["name"],
            levels=tuple(Level(**level) for level in values["levels"]),
            kind=values["kind"],
            cuts=tuple(values["cuts"]),
            replaces=tuple(values["replaces"]),
        )

    def levels_of(self, similarity: Float64s) -> Int8s:
        """The level of each similarity, (p,); missing where it is NaN."""
        below = np.searchsorted(-np.array(self.cuts), -similarity, side="left")
        return np.where(np.isnan(similarity), 0, below + 1).astype(np.int8)
