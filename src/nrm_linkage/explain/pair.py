"""One pair of referrals -> the evidence for and against their being one person, line by line, in bits and in
words.

The two referrals are read, compared and scored afresh with the run's model, exactly as the run did, so the
lines of a pair that was never compared can be seen too. Fields of the caller's own are compared by his
features while the run has them; a run that was loaded knows their levels for the pairs of its `.links`, and
for any other pair the line says "not compared" and weighs nothing. The prior and the lines sum to the match
weight. Values of the records appear only with `show="values"`; "shapes" says how they agree in words, "none"
gives levels and bits alone.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from nrm_linkage.compare import FIELDS, compare_pairs
from nrm_linkage.errors import InputError
from nrm_linkage.explain.counterfactual import Counterfactual, counterfactual
from nrm_linkage.explain.decided import HumanDecision
from nrm_linkage.explain.evidence import BESIDE_FIELDS, EvidenceLine, field_line, line_of_level
from nrm_linkage.explain.meeting import Meeting
from nrm_linkage.explain.reading import as_read
from nrm_linkage.model import BoundRarity, LinkageModel, read_by, score, told_lines, told_names
from nrm_linkage.model.score import stranger_log2
from nrm_linkage.provenance import HOME_OFFICE_CAVEAT
from nrm_linkage.tables import Comparisons, Float64s, Referrals

__all__ = ["PairExplanation", "Show", "check_show", "explain_pair", "said_probability"]

Show = Literal["values", "shapes", "none"]


@dataclass(frozen=True)
class PairExplanation:
    """The evidence about a pair. `prior_bits` and the lines' `bits` sum to `match_weight_bits` exactly.

    `found_by`: the blocking rules that brought the pair together; `why_not_found`: why none did, None where
    one did. `decided_by_human`: what a human decided of the two ("same" or "different", directly or through
    other referrals), None where nobody did; `decisions`: every decision about the two, those that bind
    nothing among them, and those through which others tie them or keep them apart. `counterfactual`: which
    evidence, if missing, would change the decision.
    """

    referral_id_l: Any
    referral_id_r: Any
    evidence: tuple[EvidenceLine, ...]
    prior_bits: float
    match_weight_bits: float
    match_probability: float
    found_by: tuple[str, ...]
    why_not_found: str | None
    same_cluster: bool
    same_person_probability: float | None
    decided_by_human: str | None
    decisions: tuple[HumanDecision, ...]
    counterfactual: Counterfactual
    show: Show
    caveat: str = HOME_OFFICE_CAVEAT

    def to_dict(self) -> dict[str, Any]:
        """Plain values, ready for JSON; record values only if the explanation was asked for with
        `show="values"`.
        """
        said = {"sentences": self.show != "none", "values": self.show == "values"}
        return {
            "referral_id_l": self.referral_id_l,
            "referral_id_r": self.referral_id_r,
            "evidence": [line.to_dict(**said) for line in self.evidence],
            "prior_bits": self.prior_bits,
            "match_weight_bits": self.match_weight_bits,
            "match_probability": self.match_probability,
            "found_by": list(self.found_by),
            "why_not_found": self.why_not_found,
            "same_cluster": self.same_cluster,
            "same_person_probability": self.same_person_probability,
            "decided_by_human": self.decided_by_human,
            "decisions": [one.to_dict(values=self.show == "values") for one in self.decisions],
            "counterfactual": self.counterfactual.to_dict(),
            "caveat": self.caveat,
        }

    def to_json(self) -> str:
        """`to_dict` as JSON text."""
        return json.dumps(self.to_dict(), indent=1, ensure_ascii=False, default=str)

    def words(self) -> str:
        """The explanation in lines of text, strongest evidence first, without values; with `show="none"`
        levels stand for sentences.
        """
        lines = [f"prior: {self.prior_bits:+.1f} bits, two referrals taken at random"]
        for line in self.strongest_first:
            lines.append(f"{line.field.replace('_', ' ')}: {line.bits:+.1f} bits, {self.meaning(line)}")
        lines.append(
            f"match weight: {self.match_weight_bits:+.1f} bits, a probability of {self.probability_said} "
            "from this pair alone"
        )
        return "\n".join([*lines, *self.conclusions, self.caveat])

    @property
    def strongest_first(self) -> tuple[EvidenceLine, ...]:
        """The lines that say something."""
        return tuple(
            sorted((line for line in self.evidence if not line.idle), key=lambda one: -abs(one.bits))
        )

    @property
    def probability_said(self) -> str:
        """The match probability in words, which a rounded number would call certain."""
        return said_probability(self.match_probability)

    @property
    def conclusions(self) -> tuple[str, ...]:
        """What stands beside the evidence: how the pair was found, what would change the decision, what the
        run and a human made of it.
        """
        found = ", ".join(self.found_by) or f"no blocking rule: {self.why_not_found}"
        lines = [f"found by: {found}", f"decision: {self.counterfactual.words()}"]
        if self.same_person_probability is not None:
            lines.append(
                f"same person: a probability of {said_probability(self.same_person_probability)}, from all "
                "referrals that may belong together"
            )
        if self.decided_by_human is not None:
            lines.append(f"decided by a human: {self.decided_by_human}")
        lines += [f"human decision, {one.words()}" for one in self.decisions]
        lines.append("same cluster" if self.same_cluster else "not in one cluster")
        return tuple(lines)

    def meaning(self, line: EvidenceLine) -> str:
        """What a line says in words, as far as it may be shown."""
        return line.level if self.show == "none" else line.sentence

    def waterfall(self) -> str:
        """The evidence as a picture: an SVG of bars that lead from the prior to the match weight, without
        values of the records and without script.
        """
        from nrm_linkage.explain.pictures import waterfall

        return waterfall(self)

    def __str__(self) -> str:
        return self.words()

    def _repr_html_(self) -> str:
        from nrm_linkage.explain.pictures import pair_html

        return pair_html(self)


def explain_pair(
    referrals: Referrals,
    recorded: Mapping[str, tuple[pd.Series, ...]],
    model: LinkageModel,
    *,
    met: Meeting,
    same_cluster: bool,
    same_person_probability: float | None,
    decided_by_human: str | None,
    decisions: tuple[HumanDecision, ...],
    joined_above_bits: float,
    show: Show,
) -> PairExplanation:
    """Explain a pair. `referrals`: the two rows alone, in comparable form; `recorded`: the same two rows as
    recorded, and those of a field of the caller's own under `RECORDED_FOR`; `met`: how blocking came by the
    pair; `joined_above_bits`: the match weight above which a pair alone is joined.

    Raises
    ------
    InputError
        `show` is not "values", "shapes" or "none".
    """
    check_show(show)
    left, right = np.array([0], dtype=np.int32), np.array([1], dtype=np.int32)
    rarity = BoundRarity(model.frequencies, referrals)
    comparisons = read_by(model, compare_pairs(referrals, left, right, rarity, 1, rarity.tables))
    lines, weight = score(referrals, left, right, comparisons, model)
    total = float(weight[0])
    return PairExplanation(
        referral_id_l=referrals.referral_id[0],
        referral_id_r=referrals.referral_id[1],
        evidence=_evidence(referrals, comparisons, lines, model, recorded if show == "values" else None),
        prior_bits=total - float(lines[0].sum()),
        match_weight_bits=total,
        match_probability=1.0 / (1.0 + 2.0**-total),
        found_by=met.found_by,
        why_not_found=met.why_not,
        same_cluster=same_cluster,
        same_person_probability=same_person_probability,
        decided_by_human=decided_by_human,
        decisions=decisions,
        counterfactual=counterfactual(referrals, comparisons, model, joined_above_bits),
        show=show,
    )


def said_probability(value: float) -> str:
    """A probability for people; none is certain that is not.

    >>> said_probability(0.98765), said_probability(0.99999), said_probability(1e-9)
    ('0.988', 'more than 0.999', 'less than 0.001')
    """
    if value > 0.999:
        return "more than 0.999"
    return f"{value:.3g}" if value >= 0.001 else "less than 0.001"


def check_show(show: str) -> None:
    """Raise `InputError` where `show` is none of the three."""
    if show not in ("values", "shapes", "none"):
        raise InputError('show must be "values", "shapes" or "none".')


def _evidence(
    referrals: Referrals,
    comparisons: Comparisons,
    lines: Float64s,
    model: LinkageModel,
    recorded: Mapping[str, tuple[pd.Series, ...]] | None,
) -> tuple[EvidenceLine, ...]:
    """The lines of the pair, the fields' first. `recorded`: None where no value may be shown."""
    left, right = np.array([0], dtype=np.int32), np.array([1], dtype=np.int32)
    among_strangers = stranger_log2(referrals, left, right, comparisons, model)
    told, among_any = told_lines(referrals, left, right, comparisons.levels, lines, model, 1)
    among_strangers[:, : len(FIELDS)] = np.where(
        np.isnan(among_any), among_strangers[:, : len(FIELDS)], among_any
    )
    bits = dict(zip(told_names(model), told[0].tolist(), strict=True))
    read = [as_read(referrals, row) for row in (0, 1)] if recorded is not None else []
    evidence = [
        field_line(
            compared,
            line_of_level(number, int(comparisons.levels[0, number]), referrals, model),
            float(among_strangers[0, number]),
            bits[compared.name],
            bool(~np.isnan(comparisons.coincidence_bits[0, number])),
            model,
            (recorded, (read[0].get(compared.name), read[1].get(compared.name)))
            if recorded is not None
            else None,
        )
        for number, compared in enumerate(model.fields)
    ]
    for name, (level, sentence) in BESIDE_FIELDS.items():
        evidence.append(EvidenceLine(name, level, sentence, bits[name], None, None, by_frequency=False))
    return tuple(evidence)
