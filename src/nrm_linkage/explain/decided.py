"""What a human decided of two referrals, as an explanation says it.

The decision, what became of it and the day are said always. Who decided and why are values: the one names a
person, the other is free text that may. So is the time as it was recorded, which may be any text. Without
`show="values"` an explanation says only whether they are recorded.
"""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

__all__ = ["HumanDecision", "human_decisions"]

STANDINGS: Mapping[str, str] = {
    "binds": "",
    "unsure": ", which binds nothing",
    "contradicted": ", which contradicts other decisions and binds nothing",
    "superseded": ", decided again later",
}
"""What is said of a decision beside itself, by what became of it (`review.recorded`)."""


@dataclass(frozen=True)
class HumanDecision:
    """A decision. `decision`: "same", "different" or "unsure"; `standing`: "binds", "unsure", "contradicted"
    or "superseded" (decided again in a later run); `decided_on`: None where no day is recorded or it cannot
    be read; `who_recorded`, `why_recorded`: whether they are. `decided_by`, `decided_at`, `reason`: as
    recorded; None unless asked for with `show="values"`.
    """

    referral_id_l: Any
    referral_id_r: Any
    decision: str
    standing: str
    decided_on: datetime.date | None
    who_recorded: bool
    why_recorded: bool
    decided_by: str | None = dataclasses.field(default=None, repr=False)
    decided_at: str | None = dataclasses.field(default=None, repr=False)
    reason: str | None = dataclasses.field(default=None, repr=False)

    def to_dict(self, *, values: bool) -> dict[str, Any]:
        """Plain values, ready for JSON."""
        entry = {
            "referral_id_l": self.referral_id_l,
            "referral_id_r": self.referral_id_r,
            "decision": self.decision,
            "standing": self.standing,
            "decided_on": None if self.decided_on is None else self.decided_on.isoformat(),
            "who_recorded": self.who_recorded,
            "why_recorded": self.why_recorded,
        }
        recorded = {"decided_by": self.decided_by, "decided_at": self.decided_at, "reason": self.reason}
        return {**entry, **recorded} if values else entry

    def words(self) -> str:
        """The decision in a line of text, without values.

        >>> day = datetime.date(2024, 5, 14)
        >>> HumanDecision("R1", "R2", "same", "binds", day, True, False).words()
        'R1 and R2: same, on 2024-05-14 (who decided is recorded)'
        """
        when = "on a day that is not recorded" if self.decided_on is None else f"on {self.decided_on}"
        of = {"who decided": self.who_recorded, "why": self.why_recorded}
        recorded = [name for name, is_there in of.items() if is_there]
        kept = f" ({' and '.join(recorded)} {'is' if len(recorded) == 1 else 'are'} recorded)"
        pair = f"{self.referral_id_l} and {self.referral_id_r}"
        return f"{pair}: {self.decision}{STANDINGS[self.standing]}, {when}{kept if recorded else ''}"


def human_decisions(table: pd.DataFrame) -> tuple[HumanDecision, ...]:
    """The rows of a table of decisions (`Linkage.decisions`)."""
    days = [None if pd.isna(day) else day.date() for day in table["decided_on"]]
    rest = table.drop(columns="decided_on").astype(object)
    rows = rest.where(rest.notna(), None).to_dict("records")
    return tuple(
        HumanDecision(**{str(name): value for name, value in row.items()}, decided_on=day)
        for row, day in zip(rows, days, strict=True)
    )
