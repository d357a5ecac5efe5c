"""Progress of a run: a bar where somebody sees it, calls where somebody asked for them, nothing elsewhere;
and the time of each stage.

What is announced is the stage's name and how many stages are done, and never anything of the records.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from nrm_linkage.errors import ConfigError
from nrm_linkage.tables import Progress

__all__ = ["Watch", "watching"]


class Watch:
    """Announces stages and keeps their wall times in `seconds`."""

    def __init__(self, announce: Progress, stages: Sequence[str]) -> None:
        self._announce = announce
        self._stages = list(stages)
        self.seconds: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Announce and time one stage."""
        self._announce(name, self._stages.index(name), len(self._stages))
        started = time.perf_counter()
        yield
        self.seconds[name] = time.perf_counter() - started
        if name == self._stages[-1]:
            self._announce(name, len(self._stages), len(self._stages))


@contextmanager
def watching(progress: Progress | bool | None, stages: Sequence[str]) -> Iterator[Watch]:
    """A `Watch` for a run. `progress`: None for a bar where standard error is a terminal, or in a notebook;
    False; or a callable."""
    if not (progress is None or isinstance(progress, bool) or callable(progress)):
        raise ConfigError("progress must be None, False, or a callable that takes (stage, done, total).")
    if callable(progress):
        yield Watch(progress, stages)
    elif progress is False or not (_at_terminal() or _in_notebook()):
        yield Watch(lambda stage, done, total: None, stages)
    else:
        from tqdm import tqdm

        with tqdm(total=len(stages), unit="stage", leave=False) as bar:

            def announce(stage: str, done: int, total: int) -> None:
                bar.set_description(stage)
                bar.update(done - bar.n)

            yield Watch(announce, stages)


def _at_terminal() -> bool:
    return sys.stderr is not None and sys.stderr.isatty()


def _in_notebook() -> bool:
    return "ipykernel" in sys.modules
