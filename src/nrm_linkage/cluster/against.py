"""What speaks against one person, field by field, of the pairs of components.

A disagreement is a field's own: of two records that differ in their dates of birth one is wrong, whatever a
third one without a date agrees on with both. So the negative bits of a field are kept apart from all other
evidence, with who holds the field at all. Dates, years and ranges of birth are one field, and so are one
other name and several: one of them speaks at most. Lines that are no field's (dependences and discounts) stay
with the agreements.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nrm_linkage.compare import FIELDS
from nrm_linkage.compare.fields import ONE_SPEAKS
from nrm_linkage.model import EVIDENCE_LINES
from nrm_linkage.tables import Float64s, Int64s, Mask, ScoredPairs

__all__ = ["Against", "against_of"]


@dataclass(frozen=True, eq=False)
class Against:
    """Disagreements of components of k referrals. `bits`: float64 (f, c, k, k), not above 0, symmetric;
    `known`: bool (f, c, k), who was compared in the field.
    """

    bits: Float64s
    known: Mask

    @classmethod
    def nothing(cls, c: int, k: int) -> Against:
        """No field in which anybody disagrees."""
        return cls(np.zeros((0, c, k, k)), np.zeros((0, c, k), dtype=bool))

    def of(self, component: int) -> Against:
        """One component's, still (f, 1, ...), of the fields in which anybody disagrees."""
        chosen = self.bits[:, component].any(axis=(1, 2))
        return Against(self.bits[chosen, component][:, None], self.known[chosen, component][:, None])


def against_of(pairs: ScoredPairs, at_pairs: Int64s, k: int) -> Against:
    """Disagreements of components of one size. `at_pairs`: int64 (c, k(k-1)/2), their pairs."""
    one, other = np.triu_indices(k, 1)
    bits, known = [], []
    for fields, lines in _columns(pairs.levels.shape[1]):
        of_field = np.minimum(pairs.bits[at_pairs[:, :, None], lines].sum(axis=2), 0.0)
        if not of_field.any():
            continue
        matrix = np.zeros((len(at_pairs), k, k))
        compared = np.zeros(matrix.shape, dtype=bool)
        matrix[:, one, other] = matrix[:, other, one] = of_field
        spoke = (pairs.levels[at_pairs[:, :, None], fields] > 0).any(axis=2)
        compared[:, one, other] = compared[:, other, one] = spoke
        bits.append(matrix)
        known.append(compared.any(axis=2))
    if not bits:
        return Against.nothing(len(at_pairs), k)
    return Against(np.stack(bits), np.stack(known))


def _columns(n_fields: int) -> list[tuple[list[int], list[int]]]:
    """For each field that is weighed on its own the columns of its levels and of its bits."""
    together = [[n for n, field in enumerate(FIELDS) if field.name in names] for names in ONE_SPEAKS]
    others = [[number] for number in range(len(FIELDS)) if not any(number in some for some in together)]
    own = [
        ([len(FIELDS) + number], [len(EVIDENCE_LINES) + number]) for number in range(n_fields - len(FIELDS))
    ]
    return [*((numbers, numbers) for numbers in (*together, *others)), *own]
