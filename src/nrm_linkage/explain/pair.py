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

import dataclasses
import html
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from nrm_linkage.block import KEY_RULES, rules_that_find
from nrm_linkage.compare import FIELDS, Field, Level, compare_pairs
from nrm_linkage.compare.fields import MISSING
from nrm_linkage.errors import InputError
from nrm_linkage.model import BoundRarity, LinkageModel, read_by, score, told_lines, told_names
from nrm_linkage.model.score import stranger_log2
from nrm_linkage.tables import Referrals

__all__ = ["EvidenceLine", "PairExplanation", "Show", "explain_pair"]

Show = Literal["values", "shapes", "none"]

RECORDED_IN: Mapping[str, tuple[str, ...]] = {
    "given_name": ("given_name", "name", "alias"),
    "other_names": ("family_name", "name"),
    "date_of_birth": ("date_of_birth",),
    "birth_year": ("date_of_birth", "age_at_referral"),
    "birth_range": ("age_group", "age_at_referral", "date_of_birth"),
    "age_group": ("age_group", "age_at_referral", "date_of_birth"),
    "nationality": ("nationality", "second_nationality"),
    "gender": ("gender",),
    "reference": ("home_office_reference", "police_reference", "reported_before_details"),
    "contact": ("phone", "email", "postcode"),
    "town": ("town",),
    "birthplace": ("birthplace",),
}
"""The input fields that each compared field is read from."""

RECORDED_FOR = "compare= "
"""Before the name of a field of the caller's own, among the columns as recorded."""

NOT_COMPARED = Level(
    "not compared",
    "the caller's own feature is not there any more, and the pair stands in no saved link",
)
"""The level of a field of the caller's own in a run that was loaded, for a pair without a saved link."""

BESIDE_FIELDS: Mapping[str, tuple[str, str]] = {
    "gender_of_name": (
        "dependence",
        "a given name tells the gender: of two that agree, one says little more",
    ),
    "name_and_nationality": (
        "dependence",
        "how common the names are among people of the nationality that the two share, not among all",
    ),
    "birth_and_group": (
        "dependence",
        "how often births agree among people of one community and age group, not among all",
    ),
    "place_and_nationality": (
        "dependence",
        "how common the places are among people of the nationality that the two share, not among all",
    ),
    "relatives": ("discount", "relatives and co-victims agree like this too"),
    "namesakes": ("discount", "people agree in such names without being one person"),
    "lookalikes": ("discount", "people of one name are given the same stand-in date of birth"),
}
"""Evidence lines that are not fields, their level, and what they say."""


@dataclass(frozen=True)
class EvidenceLine:
    """One line. `m`: among referrals of one person, how often they agree like this; `u`: among any two
    strangers, on these very values where a frequency says so (`by_frequency`): what a shared nationality or
    age group adds is a line of its own; both None where a value is missing, and for
    discounts. `left`, `right`: the values as recorded, None unless asked for.
    """

    field: str
    level: str
    sentence: str
    bits: float
    m: float | None
    u: float | None
    by_frequency: bool
    left: Mapping[str, str] | None = dataclasses.field(default=None, repr=False)
    right: Mapping[str, str] | None = dataclasses.field(default=None, repr=False)


@dataclass(frozen=True)
class PairExplanation:
    """The evidence about a pair. `prior_bits` and the lines' `bits` sum to `match_weight_bits` exactly."""

    referral_id_l: Any
    referral_id_r: Any
    evidence: tuple[EvidenceLine, ...]
    prior_bits: float
    match_weight_bits: float
    match_probability: float
    found_by: tuple[str, ...]
    same_cluster: bool
    same_person_probability: float | None
    show: Show

    def to_dict(self) -> dict[str, Any]:
        """Plain values, ready for JSON; record values only if the explanation was asked for with
        `show="values"`.
        """
        lines = []
        for line in self.evidence:
            entry: dict[str, Any] = {
                "field": line.field,
                "level": line.level,
                "bits": line.bits,
                "m": line.m,
                "u": line.u,
            }
            entry["by_frequency"] = line.by_frequency
            if self.show != "none":
                entry["sentence"] = line.sentence
            if self.show == "values":
                entry |= {"left": dict(line.left or {}), "right": dict(line.right or {})}
            lines.append(entry)
        return {
            "referral_id_l": self.referral_id_l,
            "referral_id_r": self.referral_id_r,
            "evidence": lines,
            "prior_bits": self.prior_bits,
            "match_weight_bits": self.match_weight_bits,
            "match_probability": self.match_probability,
            "found_by": list(self.found_by),
            "same_cluster": self.same_cluster,
            "same_person_probability": self.same_person_probability,
        }

    def words(self) -> str:
        """The explanation in lines of text, strongest evidence first, without values; with `show="none"`
        levels stand for sentences.
        """
        lines = [f"prior: {self.prior_bits:+.1f} bits, two referrals taken at random"]
        for line in sorted(self.evidence, key=lambda line: -abs(line.bits)):
            if line.level != "missing" and (line.bits or line.field not in BESIDE_FIELDS):
                name = line.field.replace("_", " ")
                lines.append(f"{name}: {line.bits:+.1f} bits, {self._meaning(line)}")
        lines.append(
            f"match weight: {self.match_weight_bits:+.1f} bits, a probability of "
            f"{self.match_probability:.4g} from this pair alone"
        )
        found = ", ".join(self.found_by) or "no blocking rule; the pair was not compared in the run"
        lines.append(f"found by: {found}")
        lines.append("same cluster" if self.same_cluster else "not in one cluster")
        return "\n".join(lines)

    def _meaning(self, line: EvidenceLine) -> str:
        return line.level if self.show == "none" else line.sentence

    def __str__(self) -> str:
        return self.words()

    def _repr_html_(self) -> str:
        right = " style='text-align:right'"
        rows = "".join(
            f"<tr><td>{html.escape(line.field)}</td><td>{html.escape(line.level)}</td>"
            f"<td{right}>{line.bits:+.2f}</td><td>{html.escape(self._meaning(line))}</td></tr>"
            for line in self.evidence
        )
        return (
            "<table><caption>Evidence in bits</caption>"
            "<thead><tr><th>field</th><th>level</th><th>bits</th><th>meaning</th></tr></thead>"
            f"<tbody><tr><td>prior</td><td></td><td{right}>{self.prior_bits:+.2f}</td><td></td></tr>{rows}"
            f"<tr><th>match weight</th><td></td><th{right}>{self.match_weight_bits:+.2f}</th>"
            f"<td>probability {self.match_probability:.4g} from this pair alone</td></tr></tbody></table>"
        )


def explain_pair(
    referrals: Referrals,
    recorded: Mapping[str, tuple[pd.Series, ...]],
    model: LinkageModel,
    *,
    same_cluster: bool,
    same_person_probability: float | None,
    show: Show,
    also_found_by: tuple[str, ...] = (),
) -> PairExplanation:
    """Explain a pair. `referrals`: the two rows alone, in comparable form; `recorded`: the same two rows as
    recorded, and those of a field of the caller's own under `RECORDED_FOR`; `also_found_by`: what found the
    pair beside the keys that its referrals share.

    Raises
    ------
    InputError
        `show` is not "values", "shapes" or "none".
    """
    if show not in ("values", "shapes", "none"):
        raise InputError('show must be "values", "shapes" or "none".')
    left, right = np.array([0], dtype=np.int32), np.array([1], dtype=np.int32)
    comparisons = compare_pairs(
        referrals, left, right, BoundRarity(model.frequencies, referrals), chunk_pairs=1
    )
    comparisons = read_by(model, comparisons)
    lines, weight = score(referrals, left, right, comparisons, model)
    among_strangers = stranger_log2(referrals, left, right, comparisons, model)
    told, among_any = told_lines(referrals, left, right, comparisons.levels, lines, model, 1)
    among_strangers[:, : len(FIELDS)] = np.where(
        np.isnan(among_any), among_strangers[:, : len(FIELDS)], among_any
    )
    found = int(rules_that_find(referrals, left, right)[0])
    bits = dict(zip(told_names(model), told[0].tolist(), strict=True))
    evidence = [
        _line(
            compared,
            _said(number, int(comparisons.levels[0, number]), referrals, model),
            float(among_strangers[0, number]),
            bits[compared.name],
            bool(~np.isnan(comparisons.coincidence_bits[0, number])),
            recorded if show == "values" else None,
        )
        for number, compared in enumerate(model.fields)
    ]
    for name, (level, sentence) in BESIDE_FIELDS.items():
        evidence.append(EvidenceLine(name, level, sentence, bits[name], None, None, by_frequency=False))
    total = float(weight[0])
    return PairExplanation(
        referral_id_l=referrals.referral_id[0],
        referral_id_r=referrals.referral_id[1],
        evidence=tuple(evidence),
        prior_bits=total - float(lines[0].sum()),
        match_weight_bits=total,
        match_probability=1.0 / (1.0 + 2.0**-total),
        found_by=(
            *(rule.name for number, rule in enumerate(KEY_RULES) if found >> number & 1),
            *also_found_by,
        ),
        same_cluster=same_cluster,
        same_person_probability=same_person_probability,
        show=show,
    )


def _said(number: int, level: int, referrals: Referrals, model: LinkageModel) -> Level:
    """A level of a field as this pair's explanation gives it."""
    if number >= len(FIELDS) and referrals.extra is None:
        return NOT_COMPARED
    compared = model.fields[number]
    instead = ", ".join(own.name for own in model.extra if compared.name in own.replaces)
    found = compared.levels[level]
    return dataclasses.replace(found, sentence=f"{instead} stands in its place") if instead else found


def _line(
    compared: Field,
    said: Level,
    stranger_log2_u: float,
    bits: float,
    by_frequency: bool,
    recorded: Mapping[str, tuple[pd.Series, ...]] | None,
) -> EvidenceLine:
    # m follows from the line itself, so that it is that of the pair's own community.
    u = None if said.name in (MISSING.name, NOT_COMPARED.name) else 2.0**stranger_log2_u
    return EvidenceLine(
        field=compared.name,
        level=said.name,
        sentence=said.sentence,
        bits=bits,
        m=u * 2.0**bits if u is not None else None,
        u=u,
        by_frequency=by_frequency,
        left=None if recorded is None else _values(compared.name, recorded, 0),
        right=None if recorded is None else _values(compared.name, recorded, 1),
    )


def _values(name: str, recorded: Mapping[str, tuple[pd.Series, ...]], row: int) -> dict[str, str]:
    found = {}
    for column in RECORDED_IN.get(name, (RECORDED_FOR + name,)):
        for series in recorded.get(column, ()):
            value = series.iloc[row]
            if not pd.isna(value):
                found[column if name in RECORDED_IN else str(series.name)] = str(value)
    return found
