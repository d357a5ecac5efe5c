"""Progress is told to who asked, shown where somebody sees it, and keeps the time of each stage."""

from __future__ import annotations

import io
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from tqdm import tqdm

from nrm_linkage.config import LinkageConfig
from nrm_linkage.errors import ConfigError
from nrm_linkage.link import link_referrals
from nrm_linkage.progress import watching
from tests.frames import invented

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


class Listener:
    """A callable that hears of parts too."""

    def __init__(self) -> None:
        self.stages: list[tuple[str, int, int]] = []
        self.parts: list[tuple[str, int, int]] = []

    def __call__(self, stage: str, done: int, total: int) -> None:
        self.stages.append((stage, done, total))

    def part(self, stage: str, done: int, of: int) -> None:
        self.parts.append((stage, done, of))


def test_who_can_hear_of_parts_does_and_stages_are_told_as_before() -> None:
    listener = Listener()
    with watching(listener, STAGES) as watch:
        with watch.stage("read"):
            watch.part(0, 0)
        with watch.stage("compare"):
            watch.part(0, 10)
            watch.part(7, 10)
            watch.part(4, 10)
            watch.part(12, 10)
        with watch.stage("write"):
            watch.part(1, 10)
    assert listener.stages == [("read", 0, 3), ("compare", 1, 3), ("write", 2, 3), ("write", 3, 3)]
    assert listener.parts == [*(("compare", done, 10) for done in (0, 7, 10)), ("write", 1, 10)]


def test_threads_count_together() -> None:
    listener = Listener()
    with watching(listener, STAGES) as watch, watch.stage("compare"):
        add = watch.counter(1000)
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda _: add(5), range(200)))
    done = [done for _, done, _ in listener.parts]
    assert done == sorted(done) and (done[0], done[-1]) == (0, 1000)
    assert {of for *_, of in listener.parts} == {1000}


def test_a_callable_that_hears_stages_only_is_not_called_for_parts() -> None:
    told: list[tuple[str, int, int]] = []
    with watching(lambda *what: told.append(what), STAGES) as watch, watch.stage("read"):
        watch.counter(10)(3)
    assert told == [("read", 0, 3)]


def test_a_bar_moves_within_a_stage_and_says_how_far_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Screen()
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setattr("tqdm.tqdm.monitor_interval", 0)
    with watching(None, STAGES) as watch, watch.stage("compare"):
        time.sleep(0.11)  # what comes at once after something was shown is not shown
        watch.part(1_500, 3_000)
    assert "compare 1,500 of 3,000" in screen.getvalue()


@pytest.mark.parametrize("within", STAGES)
def test_an_interruption_ends_the_bar_and_clears_its_line(
    monkeypatch: pytest.MonkeyPatch, within: str
) -> None:
    screen = Screen()
    monkeypatch.setattr(sys, "stderr", screen)
    with pytest.raises(KeyboardInterrupt), watching(None, STAGES) as watch:
        for name in STAGES:
            with watch.stage(name):
                watch.part(1, 2)
                if name == within:
                    raise KeyboardInterrupt
    assert screen.getvalue().endswith("\r")
    assert not screen.getvalue().rstrip("\r").rpartition("\r")[2].strip()
    assert not getattr(tqdm, "_instances", ())


@pytest.mark.parametrize("stage", ["block", "compare", "cluster"])
def test_the_long_stages_of_a_run_say_how_much_is_done_of_what_was_known_before(stage: str) -> None:
    listener = Listener()
    linkage = link_referrals(invented(200, seed=31), config=LinkageConfig(chunk_pairs=300), progress=listener)
    done = [done for name, done, _ in listener.parts if name == stage]
    (of,) = {of for name, _, of in listener.parts if name == stage}
    assert done == sorted(done)
    assert (done[0], done[-1]) == (0, of)
    if stage == "compare":
        assert len(done) > 2
        assert of == linkage.report.counts["candidate pairs"]
