"""`LinkageReport`: what a run did, in counts and words, without a value of any record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Self

from nrm_linkage.model import EstimationReport, Unseen
from nrm_linkage.provenance import HOME_OFFICE_CAVEAT, NOT_FOR
from nrm_linkage.tables import RuleYield

__all__ = ["LinkageReport", "in_order"]

STAGES = (
    *("referrals", "technical duplicates", "not linkable", "linkable", "candidate pairs"),
    *("pairs in components", "referrals in components"),
    *("referrals in components too large to weigh exactly", "clusters", "referrals in clusters"),
    "expected people with two or more referrals",
)
"""The numbers of a run in the order of its stages; others come after."""


def in_order(counts: Mapping[str, int]) -> dict[str, int]:
    """The counts in the order of the stages, which a file of sorted keys does not keep."""
    known = [name for name in STAGES if name in counts]
    return {name: counts[name] for name in (*known, *(name for name in counts if name not in STAGES))}


@dataclass(frozen=True)
class LinkageReport:
    """The record of one run.

    Attributes
    ----------
    counts
        Numbers at each stage, in order (RECORD 6.3): rows, technical duplicates, not linkable, candidate
        pairs, ...
    recognised
        Canonical field -> the caller's column or columns.
    choices
        Every automatic choice, in words.
    blocking
        What each blocking rule found, found alone, and could not compare.
    unseen
        Matched pairs that blocking may have missed, or that lie too low to be told from strangers, as
        estimated under the model (`model.unseen`, `model.hidden`).
    estimation
        How the model was estimated; None when one was given.
    config, versions, input_fingerprint
        What would be needed to get the same bytes again.
    seconds
        Wall time of each stage. The one part that differs between equal runs; it is not saved.
    """

    counts: Mapping[str, int]
    recognised: Mapping[str, tuple[str, ...]]
    choices: tuple[str, ...]
    blocking: tuple[RuleYield, ...]
    unseen: Unseen
    estimation: EstimationReport | None
    config: Mapping[str, Any]
    versions: Mapping[str, str]
    input_fingerprint: str
    seconds: Mapping[str, float] = field(default_factory=dict, compare=False)

    def to_dict(self) -> dict[str, Any]:
        """Plain values, ready for JSON; times are left out."""
        values = asdict(self)
        del values["seconds"]
        return values | {"caveat": HOME_OFFICE_CAVEAT, "not_for": NOT_FOR}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """The inverse of `to_dict`; times are not there."""
        known = {item.name for item in fields(cls)}
        rest = {name: value for name, value in values.items() if name in known}
        rest["recognised"] = {name: tuple(labels) for name, labels in values["recognised"].items()}
        rest["choices"] = tuple(values["choices"])
        rest["unseen"] = Unseen(**values["unseen"] | {"hidden": tuple(values["unseen"].get("hidden", ()))})
        rest["blocking"] = tuple(RuleYield(**found) for found in values["blocking"])
        if values["estimation"] is not None:
            estimation = dict(values["estimation"])
            rest["estimation"] = EstimationReport(
                **(estimation | {"communities": tuple(estimation["communities"])})
            )
        return cls(**rest)

    def __str__(self) -> str:
        lines = [f"{name}: {number:,}" for name, number in self.counts.items()]
        if self.estimation is not None:
            state = "converged" if self.estimation.converged else "did not converge"
            lines.append(
                f"estimation {state} after {self.estimation.iterations} iterations: "
                f"{self.estimation.stopped_because}"
            )
        lines += [f"choice: {choice}" for choice in self.choices]
        return "\n".join([*lines, HOME_OFFICE_CAVEAT])
