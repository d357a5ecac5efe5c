"""Ctrl-C at any moment: no bar, no file, no half of one, and no traceback that shows a value."""

from __future__ import annotations

import os
import pkgutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from tqdm import tqdm

from nrm_linkage import Linkage, link_referrals
from nrm_linkage.cli import main
from nrm_linkage.link import STAGES
from tests.frames import frame_of

pytestmark = [pytest.mark.whole_package]

FRAME = frame_of([("Zvoqamir", "Kqextaj", "14/05/2001", "Albanian")] * 3)

WITHIN = {
    "recognise": "choose_engine",
    "normalise": "normalise_referrals",
    "block": "candidate_pairs",
    "compare": "compare_plausible",
    "estimate": "estimate",
    "cluster": "people_of",
    "assemble": "assemble",
}
"""What `link` calls in each stage."""

WRITERS = [
    *(("nrm_linkage.runs._parquet", nth) for nth in (1, 3)),
    *(("pandas.DataFrame.to_csv", nth) for nth in (1, 2)),
    *(("os.fsync", nth) for nth in (1, 3)),
    *(("pathlib.Path.replace", nth) for nth in (1, 3)),
    ("pathlib.Path.rename", 1),
]
"""What writes a run, and which time."""


def stops(*_: Any, **__: Any) -> Any:
    raise KeyboardInterrupt


@pytest.fixture(scope="module")
def linkage() -> Linkage:
    return link_referrals(FRAME, progress=False)


def test_every_stage_is_interrupted_below() -> None:
    assert tuple(WITHIN) == STAGES


@pytest.mark.parametrize("stage", STAGES)
def test_a_run_that_is_stopped_leaves_no_bar_and_the_frame_as_it_was(
    stage: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("nrm_linkage.progress._at_terminal", lambda: True)
    monkeypatch.setattr(f"nrm_linkage.link.{WITHIN[stage]}", stops)
    monkeypatch.chdir(tmp_path)
    before = FRAME.copy()
    with pytest.raises(KeyboardInterrupt):
        link_referrals(FRAME)
    assert not getattr(tqdm, "_instances", ())
    assert FRAME.equals(before)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("writer", "nth"), WRITERS)
def test_a_run_that_is_stopped_while_it_is_saved_leaves_nothing(
    linkage: Linkage, writer: str, nth: int, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    real, calls = pkgutil.resolve_name(writer), iter(range(1, nth + 1))

    def stops_at_last(*given: Any, **named: Any) -> Any:
        return stops() if next(calls) == nth else real(*given, **named)

    monkeypatch.setattr(writer, stops_at_last)
    with pytest.raises(KeyboardInterrupt):
        linkage.save(tmp_path / "run")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("writer", ["os.fsync", "pathlib.Path.replace"])
def test_a_page_or_a_model_that_is_stopped_leaves_the_earlier_one(
    linkage: Linkage, writer: str, tmp_path: Path
) -> None:
    works = {"page.html": linkage.write_report, "model.json": linkage.model.save}
    for name, write in works.items():
        (tmp_path / name).write_text("earlier", encoding="utf-8")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(writer, stops)
            with pytest.raises(KeyboardInterrupt):
                write(tmp_path / name)
    assert {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()} == dict.fromkeys(
        works, "earlier"
    )


@pytest.mark.parametrize(
    "stopped",
    ["nrm_linkage.link.candidate_pairs", "nrm_linkage.runs._parquet", "nrm_linkage.cli.linking._write"],
)
def test_a_command_that_is_stopped_ends_with_130_and_one_sentence(
    stopped: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    source = tmp_path / "referrals.csv"
    FRAME.to_csv(source, index=False)
    monkeypatch.setattr(stopped, stops)
    result = CliRunner().invoke(main, ["link", str(source), "--out", str(tmp_path / "run")])
    assert result.exit_code == 130
    assert result.output == "\nStopped. What was not finished was not written.\n"
    assert [path.name for path in tmp_path.iterdir()] == ["referrals.csv"]


@pytest.mark.parametrize("command", ["review", "count", "report"])
def test_a_form_a_table_and_a_page_of_the_command_line_are_whole_or_not_there(
    command: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    dated = link_referrals(FRAME.assign(**{"Date of referral": "01/02/2023"}), progress=False)
    dated.save(tmp_path / "run")
    monkeypatch.setattr("os.fsync", stops)
    result = CliRunner().invoke(main, [command, str(tmp_path / "run"), "--out", str(tmp_path / "out")])
    assert result.exit_code == 130
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


@pytest.mark.skipif(os.name != "posix", reason="signals are those of POSIX")
def test_a_signal_stops_the_program_and_nothing_is_left(tmp_path: Path) -> None:
    source, out = tmp_path / "referrals.csv", tmp_path / "run"
    FRAME.to_csv(source, index=False)
    slow = (
        "import os, signal, sys, nrm_linkage.runs as runs\n"
        "write = runs._parquet\n"
        "def _parquet(table):\n"
        "    os.kill(os.getpid(), signal.SIGINT)\n"
        "    return write(table)\n"
        "runs._parquet = _parquet\n"
        "from nrm_linkage.cli import main\n"
        "main(['link', sys.argv[1], '--out', sys.argv[2]])\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", slow, source, out], capture_output=True, text=True, check=False
    )
    assert done.returncode == 130
    assert "Traceback" not in done.stderr and "qextaj" not in (done.stdout + done.stderr).casefold()
    assert [path.name for path in tmp_path.iterdir()] == ["referrals.csv"]
