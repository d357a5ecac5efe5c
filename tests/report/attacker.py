"""A reader who takes published tables of people apart: exact reasoning, by integer programming.

He knows the rules of `nrm_linkage.report.publication`, and holds the releases of some months of one group in
all countings and both definitions with their ranges. He takes it that nobody leaves the count from one month
to the next, which is more than he can know. `Reader.reach` gives the least and the most that a number, or the
difference of two, can be by all of that.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

LEAST, APART, TO, STAYS = 13, 10, 5, 7
HALF = (TO - 1) // 2
LATER, EXCLUDING, ALL, LATEST = range(4)
"""The numbers of a month, each within the next: three countings, and "all" by the wider definition."""
SHOWN_BEFORE, SHOWN_NEW = (LATEST, ALL, EXCLUDING, LATER), (ALL, EXCLUDING, LATER, LATEST)
"""The order in which numbers are shown: those of the last release, then the others."""
MOST = 400.0


@dataclass(frozen=True)
class Said:
    """What a release says of one number; None where it is not shown."""

    estimate: float | None
    low: float | None
    high: float | None
    shown_from: float | None = None


@dataclass
class Reader:
    """Reads releases[month][number]."""

    releases: list[list[Said]]
    since: bool = True
    """Whether each was made with the one before at hand."""
    apart: bool = True
    """Whether numbers that are shown stay `APART` away from one another."""
    waits: bool = True
    """Whether a number that was near another one comes back only far away."""
    rows: list[tuple[dict[int, float], float]] = field(default_factory=list)
    n_choices: int = 0

    def __post_init__(self) -> None:
        for month, release in enumerate(self.releases):
            for number, said in enumerate(release):
                self._read(month, number, said)
                if number < LATEST:
                    self._at_most({_at(month, number): 1, _at(month, number + 1): -1}, 0)
                if month:
                    self._at_most({_at(month - 1, number): 1, _at(month, number): -1}, 0)

    @property
    def _n_numbers(self) -> int:
        return 4 * len(self.releases)

    def _read(self, month: int, number: int, said: Said) -> None:
        before = self.releases[month - 1][number].estimate if month and self.since else None
        if said.estimate is None:
            waits = self._waits(month, number)
            small = LEAST if waits is None else waits - HALF
            self._one_of([(0.0, small - 1.0), *self._near(month, number, before)], _at(month, number))
            return
        assert said.low is not None and said.high is not None
        stays = before == said.estimate
        slack = STAYS if stays else HALF
        ends = max(LEAST, said.estimate - slack, said.low), min(said.estimate + slack, said.high)
        moved = self._moved([ends], before) if not stays else [ends]
        self._one_of(moved, _at(month, number))

    def _waits(self, month: int, number: int) -> float | None:
        """From where it may be shown, by the release before."""
        if not (month and self.since and self.waits):
            return None
        return self.releases[month - 1][number].shown_from

    def _near(self, month: int, number: int, before: float | None) -> list[tuple[float, float]]:
        """Where a number is that is not shown because one that came before it is too near."""
        order, found = self._order(month), []
        for other in order[: order.index(number)]:
            value = self.releases[month][other].estimate
            if value is None or not self.apart:
                continue
            away = APART - TO
            found += self._moved([(value - away - HALF, value + away + HALF)], before)
            if before is not None and abs(before - value) <= away:
                found.append((before - STAYS, before + STAYS))
        return found

    def _moved(self, spans: list[tuple[float, float]], before: float | None) -> list[tuple[float, float]]:
        """Without what would have stayed as it was."""
        if before is None:
            return spans
        cut = [
            (max(low, start), min(high, end))
            for low, high in spans
            for start, end in ((0.0, before - STAYS - 1), (before + STAYS + 1, MOST))
        ]
        return [(low, high) for low, high in cut if low <= high]

    def _order(self, month: int) -> list[int]:
        known = {
            number
            for number in range(4)
            if month and self.since and self.releases[month - 1][number].estimate is not None
        }
        return [n for n in SHOWN_BEFORE if n in known] + [n for n in SHOWN_NEW if n not in known]

    def _at_most(self, terms: dict[int, float], most: float) -> None:
        self.rows.append((terms, most))

    def _one_of(self, spans: list[tuple[float, float]], here: int) -> None:
        """The number is in one of the spans: a choice of 0 or 1 for each, behind the numbers."""
        first = self._n_numbers + self.n_choices
        self.n_choices += len(spans)
        for choice, (low, high) in enumerate(spans, start=first):
            self._at_most({here: 1.0, choice: MOST}, high + MOST)
            self._at_most({here: -1.0, choice: MOST}, MOST - low)
        self._at_most(dict.fromkeys(range(first, self._n_numbers + self.n_choices), -1.0), -1)

    def reach(self, target: dict[int, float]) -> tuple[int, int]:
        """The least and the most of a sum of numbers."""
        n = self._n_numbers + self.n_choices
        matrix, limit, aim = np.zeros((len(self.rows), n)), np.zeros(len(self.rows)), np.zeros(n)
        for row, (terms, most) in enumerate(self.rows):
            limit[row] = most
            for at, weight in terms.items():
                matrix[row, at] = weight
        for at, weight in target.items():
            aim[at] = weight
        most_of = np.append(np.full(self._n_numbers, MOST), np.ones(self.n_choices))
        ends = []
        for sign in (1, -1):
            found = milp(
                sign * aim,
                constraints=LinearConstraint(matrix, ub=limit),
                bounds=Bounds(np.zeros(n), most_of),
                integrality=np.ones(n, dtype=np.int64),
            )
            assert found.success, "the releases contradict their own rules"
            ends.append(round(sign * found.fun))
        return ends[0], ends[1]


def _at(month: int, number: int) -> int:
    return 4 * month + number


def targets(n_months: int) -> dict[str, dict[int, float]]:
    """What the reader is after: every number, within a month every difference of two that are nested, and
    what each grew by from any month to any later one."""
    found: dict[str, dict[int, float]] = {}
    for month in range(n_months):
        for number in range(4):
            found[f"{month}.{number}"] = {_at(month, number): 1.0}
            for inner in range(number):
                found[f"{month}.{number}-{inner}"] = {_at(month, number): 1.0, _at(month, inner): -1.0}
    for first, last in itertools.combinations(range(n_months), 2):
        for number in range(4):
            grew = {_at(last, number): 1.0, _at(first, number): -1.0}
            found[f"growth of {number}, {first} to {last}"] = grew
    return found
