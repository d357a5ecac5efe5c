"""Who hears how far a run is: what a caller may pass as `progress`, and what rooms are handed to tell it."""

from __future__ import annotations

from collections.abc import Callable

__all__ = ["Counter", "Part", "Progress", "uncounted", "unheard"]

Progress = Callable[[str, int, int], None]
"""Hears of a stage by name, how many stages are done, of how many."""

Part = Callable[[int, int], None]
"""Hears how much of a stage's work is done, of how much."""


Counter = Callable[[int], None]
"""Hears from threads how much of a stage's work each has done, since it last said so."""


def unheard(done: int, of: int) -> None:
    """A `Part` where nobody listens."""


def uncounted(done: int) -> None:
    """A `Counter` where nobody listens."""
