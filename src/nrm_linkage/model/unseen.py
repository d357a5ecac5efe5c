"""What blocking may have cost: an estimate of the matched pairs that were not compared.

Two kinds are estimated apart, both without labels:

- pairs that share a key too common to compare: a sample of them (`tables.SkippedPairs`) is scored, and the
  match probabilities are added up, each for the pairs that it stands for. A pair that shares several such
  keys counts more than once, so this lies high.
- pairs that share no key at all: rules are taken for traps. Where many matched pairs are found by one rule
  alone and few by two, many more will have been found by none: (t - 1) / t x f1 (f1 - 1) / (2 (f2 + 1)) for t
  rules, f1 and f2 being the expected matched pairs found by one and by two of them (Chao 1987, for
  incidences, bias-corrected). It is a lower bound where pairs differ in how easily they are found, as they
  do.

And one kind was compared and is in no table: pairs so faint (`FAINT_BITS`) that each counts for nothing, of
which there are very many. How many pairs of one person lie too low to be told from strangers, compared or
not, is estimated otherwise (`hidden`), and that is what the draws go by.

What it does not do: it cannot know of errors under which nothing is recorded alike any more.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nrm_linkage.model.leeway import FAINT_BITS
from nrm_linkage.model.parameters import LinkageModel
from nrm_linkage.model.rarity import BoundRarity
from nrm_linkage.model.score import match_probability, score_pairs
from nrm_linkage.tables import CandidatePairs, Float64s, Referrals

__all__ = ["Unseen", "estimate_unseen"]


@dataclass(frozen=True)
class Unseen:
    """Expected matched pairs: `compared`, by blocking brought together; `too_common`, sharing only keys too
    common to compare; `never_met`, sharing no key. `faint`: those of `compared` that are below
    `FAINT_BITS`, in `n_faint` pairs. `hidden`: those below `hidden.HIDDEN_BITS`, whether compared or not, at
    each point of the parameters' posterior; empty where nobody has asked.
    """

    compared: float
    too_common: float
    never_met: float
    faint: float = 0.0
    n_faint: int = 0
    hidden: tuple[float, ...] = ()

    @property
    def recall_lost(self) -> float:
        """The share of all matched pairs that blocking may have cost; 0 where there are none."""
        missed = self.too_common + self.never_met
        return missed / (self.compared + missed) if missed else 0.0


def estimate_unseen(
    referrals: Referrals,
    candidates: CandidatePairs,
    weight_bits: Float64s,
    model: LinkageModel,
    chunk_pairs: int,
    rarity: BoundRarity | None = None,
    n_aside: int = 0,
    matches_aside: float = 0.0,
) -> Unseen:
    """The estimate of a run. `candidates`, `weight_bits`: those that were kept, and their match weights;
    `rarity`: the model's frequencies bound to the referrals, if at hand; `n_aside`, `matches_aside`:
    candidates that were not kept, and the matches expected among them.
    """
    probability, faint = match_probability(weight_bits), weight_bits < FAINT_BITS
    too_common = 0.0
    if candidates.skipped is not None:
        skipped = candidates.skipped
        no_rule = np.zeros(len(skipped.left), dtype=np.int32)
        sample = CandidatePairs(skipped.left, skipped.right, no_rule, candidates.rules, candidates.yields)
        weights = score_pairs(referrals, sample, model, chunk_pairs, rarity).weight_bits
        too_common = float(skipped.stands_for @ match_probability(weights))
    return Unseen(
        compared=float(probability.sum()) + matches_aside,
        too_common=too_common,
        never_met=0.0 if candidates.in_full else _never_met(candidates, probability),
        faint=float(probability[faint].sum()) + matches_aside,
        n_faint=int(np.count_nonzero(faint)) + n_aside,
    )


def _never_met(candidates: CandidatePairs, probability: Float64s) -> float:
    rules = range(len(candidates.rules))
    found = sum((candidates.found_by >> number) & 1 for number in rules)
    once, twice = (float(probability[found == number].sum()) for number in (1, 2))
    return (1.0 - 1.0 / max(len(rules), 1)) * max(once * (once - 1.0), 0.0) / (2.0 * (twice + 1.0))
