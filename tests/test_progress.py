"""Progress is told to who asked, shown where somebody sees it, and keeps the time of each stage."""

from __future__ import annotations

import io
import sys
from typing import Any

import pytest

from nrm_linkage.errors import ConfigError
from nrm_linkage.progress import watching

STAGES = ("read", "compare", "write")


class Screen(io.StringIO):
    """Standard error as a terminal."""

    def isatty(self) -> bool:
        return True


def walk(progress: Any) -> dict[str, float]:
    with watching(progress, STAGES) as watch:
        for name in STAGES:
            with watch.stage(name):
                pass
    return watch.seconds


def test_a_callable_hears_every_stage_and_the_end() -> None:
    told: list[tuple[str, int, int]] = []
    seconds = walk(lambda *what: told.append(what))
    assert told == [("read", 0, 3), ("compare", 1, 3), ("write", 2, 3), ("write", 3, 3)]
    assert list(seconds) == list(STAGES)
    assert all(value >= 0 for value in seconds.values())


@pytest.mark.parametrize(
    ("progress", "is_terminal", "shows"), [(None, True, True), (None, False, False), (False, True, False)]
)
def test_a_bar_is_shown_where_somebody_sees_it(
    monkeypatch: pytest.MonkeyPatch, progress: Any, is_terminal: bool, shows: bool
) -> None:
    screen = Screen() if is_terminal else io.StringIO()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.delitem(sys.modules, "ipykernel", raising=False)
    walk(progress)
    assert bool(screen.getvalue()) == shows


def test_a_program_without_standard_error_is_left_in_peace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", None)
    monkeypatch.delitem(sys.modules, "ipykernel", raising=False)
    assert list(walk(None)) == list(STAGES)


@pytest.mark.parametrize("is_terminal", [True, False])
@pytest.mark.parametrize("progress", ["yes", 1, []])
def test_anything_else_is_refused_whether_or_not_somebody_sees_it(
    monkeypatch: pytest.MonkeyPatch, progress: Any, is_terminal: bool
) -> None:
    monkeypatch.setattr(sys, "stderr", Screen() if is_terminal else io.StringIO())
    with pytest.raises(ConfigError, match="progress must be"):
        walk(progress)


def test_an_error_within_a_stage_comes_through_and_ends_the_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stderr", Screen())
    with pytest.raises(KeyError), watching(None, STAGES) as watch, watch.stage("read"):
        raise KeyError
    assert watch.seconds == {}
