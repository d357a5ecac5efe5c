"""Who hears how far a run is: what a caller may pass as `progress`, and what rooms are handed to tell it."""

from __future__ import annotations

from collections.abc import Callable

__all__ = ["Counter", "Progress", "uncounted"]

Progress = Callable[[str, int, int], None]
"""Hears of a stage by name, how many stages are done, of how many."""

Counter = Callable[[int], None]
"""Hears from threads how much of a stage's work each has done, since it last said so."""


def uncounted(done: int) -> None:
    """A `Counter` where nobody listens."""
