"""Which evidence, if it were missing, would change the decision on a pair.

Fields are taken for missing, one by one and up to three at a time, and the pair is scored again with the same
model: what depends on a field (the discounts, the gender of a name) goes with it. All else stays as it is: a
date that is left out is not replaced by the age that the record may also hold. The decision is that of the
pair alone, above or below the odds that the cost of a false link asks for; what other referrals of a cluster
say is not in it.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nrm_linkage.model import LinkageModel, score
from nrm_linkage.tables import Comparisons, Referrals

__all__ = ["Counterfactual", "WithoutEvidence", "counterfactual"]

MOST_TOGETHER = 3
"""Fields left out at a time: more say no more than that the pair is no near thing (chosen by us)."""

MOST_SAID = 3
"""Sets of fields that are told in words; data have all."""


@dataclass(frozen=True)
class WithoutEvidence:
    """The pair if `fields` were missing in one of the two."""

    fields: tuple[str, ...]
    match_weight_bits: float
    match_probability: float
    changes_decision: bool

    def to_dict(self) -> dict[str, Any]:
        """Plain values, ready for JSON."""
        return {
            "fields": list(self.fields),
            "match_weight_bits": self.match_weight_bits,
            "match_probability": self.match_probability,
            "changes_decision": self.changes_decision,
        }


@dataclass(frozen=True)
class Counterfactual:
    """`joined_above_bits`: the match weight above which the pair alone would be joined; `joined`: whether it
    would; `each`: without each field that says something; `decisive`: the smallest sets of fields, of up to
    three, without which the decision would be another.
    """

    joined_above_bits: float
    joined: bool
    each: tuple[WithoutEvidence, ...]
    decisive: tuple[WithoutEvidence, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain values, ready for JSON."""
        return {
            "joined_above_bits": self.joined_above_bits,
            "joined": self.joined,
            "each": [one.to_dict() for one in self.each],
            "decisive": [one.to_dict() for one in self.decisive],
        }

    def words(self) -> str:
        """In one sentence."""
        now, then = ("would", "would not") if self.joined else ("would not", "would")
        alone = f"this pair alone {now} be joined, which takes more than {self.joined_above_bits:.1f} bits"
        if not self.decisive:
            return f"{alone}; so it is whichever three fields were missing"
        sets = [
            f"{' and '.join(field.replace('_', ' ') for field in one.fields)} ({one.match_weight_bits:+.1f})"
            for one in self.decisive[:MOST_SAID]
        ]
        if len(self.decisive) > MOST_SAID:
            n_more, size = len(self.decisive) - MOST_SAID, len(self.decisive[0].fields)
            sets.append(f"any of {n_more} other sets of {size}" if n_more > 1 else f"another set of {size}")
        return f"{alone}; it {then} without {' or '.join(sets)}"


def counterfactual(
    referrals: Referrals, comparisons: Comparisons, model: LinkageModel, joined_above_bits: float
) -> Counterfactual:
    """For the pair of the two rows. `comparisons`: of this one pair, as the model reads them."""
    speaking = np.flatnonzero(comparisons.levels[0] > 0).tolist()
    sets: list[tuple[int, ...]] = [()]
    for size in range(1, MOST_TOGETHER + 1):
        sets += itertools.combinations(speaking, size)
    weights = _without(referrals, comparisons, model, sets)
    joined = bool(weights[0] > joined_above_bits)
    found = [
        WithoutEvidence(
            tuple(model.fields[number].name for number in fields),
            float(weight),
            float(1.0 / (1.0 + np.exp2(-weight))),
            bool((weight > joined_above_bits) != joined),
        )
        for fields, weight in zip(sets[1:], weights[1:].tolist(), strict=True)
    ]
    changing = [one for one in found if one.changes_decision]
    return Counterfactual(
        joined_above_bits=joined_above_bits,
        joined=joined,
        each=tuple(one for one in found if len(one.fields) == 1),
        decisive=_smallest(changing),
    )


def _without(
    referrals: Referrals, comparisons: Comparisons, model: LinkageModel, sets: Sequence[tuple[int, ...]]
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """The match weight without each set of fields, float64 (n_sets,)."""
    levels = np.repeat(comparisons.levels, len(sets), axis=0)
    bits = np.repeat(comparisons.coincidence_bits, len(sets), axis=0)
    for row, fields in enumerate(sets):
        levels[row, list(fields)] = 0
        bits[row, list(fields)] = np.nan
    left, right = np.zeros(len(sets), dtype=np.int32), np.ones(len(sets), dtype=np.int32)
    _, weights = score(referrals, left, right, Comparisons(levels, bits), model)
    return weights


def _smallest(changing: Sequence[WithoutEvidence]) -> tuple[WithoutEvidence, ...]:
    """Of sets in the order of their size, those of the least size."""
    return tuple(one for one in changing if len(one.fields) == len(changing[0].fields))
