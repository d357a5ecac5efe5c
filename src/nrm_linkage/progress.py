"""Progress of a run: a bar where somebody sees it, calls where somebody asked for them, nothing elsewhere;
and the time of each stage.

A stage that takes long says how much of its work is done, of how much (`Watch.part`, `Watch.counter`): pairs
made in "block", pairs compared in "compare", components weighed in "cluster". The total is known before the
work begins. A bar then moves within the stage; a callable hears stages only, unless it has a method `part`,
which is called with (stage, done, of).

What is announced is the stage's name and numbers, and never anything of the records.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from nrm_linkage.errors import ConfigError
from nrm_linkage.hearing import Progress

if TYPE_CHECKING:
    from tqdm import tqdm

__all__ = ["Watch", "watching"]

Parts = Callable[[str, int, int], None]


class Watch:
    """Announces stages and their parts, and keeps the stages' wall times in `seconds`."""

    def __init__(self, announce: Progress, stages: Sequence[str], parts: Parts | None = None) -> None:
        self._announce = announce
        self._parts = parts
        self._stages = list(stages)
        self._now = ""
        self._told = (0, 0)
        self._lock = threading.Lock()
        self.seconds: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Announce and time one stage."""
        self._announce(name, self._stages.index(name), len(self._stages))
        self._now, self._told = name, (0, 0)
        started = time.perf_counter()
        yield
        self.seconds[name] = time.perf_counter() - started
        if name == self._stages[-1]:
            self._announce(name, len(self._stages), len(self._stages))

    def part(self, done: int, of: int) -> None:
        """So much of the present stage's work is done. From any thread; what is less than was told before is
        not told, nor what is all of nothing.
        """
        with self._lock:
            if self._parts is None or not of or (of == self._told[1] and done < self._told[0]):
                return
            self._told = (done, of)
            self._parts(self._now, min(done, of), of)

    def counter(self, of: int) -> Callable[[int], None]:
        """What threads call with how much each has done, of `of` together."""
        done, lock = 0, threading.Lock()

        def add(more: int) -> None:
            nonlocal done
            with lock:
                done += more
                now = done
            self.part(now, of)

        self.part(0, of)
        return add


@contextmanager
def watching(progress: Progress | bool | None, stages: Sequence[str]) -> Iterator[Watch]:
    """A `Watch` for a run. `progress`: None for a bar where standard error is a terminal, or in a notebook;
    False; or a callable."""
    if not (progress is None or isinstance(progress, bool) or callable(progress)):
        raise ConfigError("progress must be None, False, or a callable that takes (stage, done, total).")
    if callable(progress):
        parts = getattr(progress, "part", None)
        yield Watch(progress, stages, parts if callable(parts) else None)
    elif progress is False or not (_at_terminal() or _in_notebook()):
        yield Watch(lambda stage, done, total: None, stages)
    else:
        from tqdm import tqdm

        # No time to go is shown: stages do not take equally long.
        with tqdm(total=len(stages), leave=False, miniters=0, bar_format="{desc} {bar} {elapsed}") as bar:
            yield Watch(*_shown_on(bar, stages))


def _shown_on(bar: tqdm[Any], stages: Sequence[str]) -> tuple[Progress, Sequence[str], Parts]:
    """What moves a bar by stages, and within them."""
    begun = 0

    def announce(stage: str, done: int, total: int) -> None:
        nonlocal begun
        begun = done
        bar.set_description_str(stage, refresh=False)
        bar.update(done - bar.n)
        bar.refresh()

    def part(stage: str, done: int, of: int) -> None:
        bar.set_description_str(f"{stage} {done:,} of {of:,}", refresh=False)
        bar.update(begun + done / of - bar.n)

    return announce, stages, part


def _at_terminal() -> bool:
    return sys.stderr is not None and sys.stderr.isatty()


def _in_notebook() -> bool:
    return "ipykernel" in sys.modules
