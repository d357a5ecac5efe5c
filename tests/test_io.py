"""Files are whole or not there, private, and harmless in a spreadsheet; nobody else's files are replaced."""

from __future__ import annotations

import csv
import os
import stat
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nrm_linkage import io
from nrm_linkage.errors import InputError
from nrm_linkage.io import neutralise_formulas, new_folder, write_csv, write_private

posix = pytest.mark.skipif(os.name != "posix", reason="modes are those of POSIX")


def always(folder: Path) -> bool:
    return True


def never(folder: Path) -> bool:
    return False


def contents(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): path.read_text(encoding="utf-8")
        for path in folder.rglob("*")
        if path.is_file()
    }


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@posix
@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_files_and_folders_are_their_owners_alone_whatever_the_umask(tmp_path: Path, umask: int) -> None:
    before = os.umask(umask)
    try:
        with new_folder(tmp_path / "run", may_replace=never) as working:
            assert mode(working) == 0o700
            write_private(working / "a", "text")
            write_csv(working / "b.csv", pd.DataFrame({"x": [1]}))
    finally:
        os.umask(before)
    assert mode(tmp_path / "run") == 0o700
    assert {mode(path) for path in (tmp_path / "run").iterdir()} == {0o600}


@posix
def test_a_file_that_all_could_read_becomes_private_when_it_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "page"
    path.write_text("before", encoding="utf-8")
    path.chmod(0o644)
    write_private(path, "after")
    assert (path.read_text(encoding="utf-8"), mode(path)) == ("after", 0o600)


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt, SystemExit])
@pytest.mark.parametrize("earlier", [False, True])
def test_a_block_that_fails_leaves_nothing_and_keeps_the_earlier_run(
    tmp_path: Path, error: type[BaseException], earlier: bool
) -> None:
    if earlier:
        (tmp_path / "run").mkdir()
        (tmp_path / "run" / "old").write_text("old", encoding="utf-8")
    before = contents(tmp_path)
    with pytest.raises(error), new_folder(tmp_path / "run", may_replace=always) as working:
        write_private(working / "new", "new")
        raise error
    assert contents(tmp_path) == before
    assert [path.name for path in tmp_path.iterdir()] == (["run"] if earlier else [])


@pytest.mark.parametrize("failing", [1, 2])
def test_an_interruption_while_folders_change_places_keeps_the_earlier_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: int
) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "old").write_text("old", encoding="utf-8")
    rename, calls = Path.rename, []

    def interrupted(self: Path, target: Path) -> Path:
        calls.append(target)
        if len(calls) == failing:
            raise KeyboardInterrupt
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", interrupted)
    with pytest.raises(KeyboardInterrupt), new_folder(tmp_path / "run", may_replace=always) as working:
        write_private(working / "new", "new")
    assert contents(tmp_path) == {str(Path("run") / "old"): "old"}
    assert [path.name for path in tmp_path.iterdir()] == ["run"]


@pytest.mark.parametrize("error", [OSError, KeyboardInterrupt])
def test_a_file_that_cannot_be_finished_leaves_the_earlier_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: type[BaseException]
) -> None:
    path = tmp_path / "page"
    write_private(path, "before")

    def fails(handle: int) -> None:
        raise error

    monkeypatch.setattr(os, "fsync", fails)
    with pytest.raises(error):
        write_private(path, "after")
    assert contents(tmp_path) == {"page": "before"}


def test_a_folder_with_somebody_elses_files_is_refused_and_untouched(tmp_path: Path) -> None:
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "thesis.txt").write_text("years", encoding="utf-8")
    with (
        pytest.raises(InputError, match="choose an empty or a new folder"),
        new_folder(tmp_path / "work", may_replace=never),
    ):
        raise AssertionError("the block was entered")
    assert contents(tmp_path) == {str(Path("work") / "thesis.txt"): "years"}


def test_a_file_in_the_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "run").write_text("a file", encoding="utf-8")
    with pytest.raises(InputError, match="not a folder"), new_folder(tmp_path / "run", may_replace=always):
        raise AssertionError("the block was entered")
    assert contents(tmp_path) == {"run": "a file"}


@posix
def test_a_link_to_a_folder_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "run").symlink_to(tmp_path / "disk")
    with new_folder(tmp_path / "run", may_replace=never) as working:
        write_private(working / "new", "new")
    assert (tmp_path / "run").is_symlink()
    assert contents(tmp_path / "disk") == {"new": "new"}
    assert sorted(path.name for path in tmp_path.iterdir()) == ["disk", "run"]


def test_missing_parents_are_made(tmp_path: Path) -> None:
    with new_folder(tmp_path / "a" / "b", may_replace=never) as working:
        write_private(working / "new", "new")
    assert contents(tmp_path) == {str(Path("a") / "b" / "new"): "new"}


# ----------------------------------------------------------------------------------------------- spreadsheets

STARTS = ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"]


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("dtype", ["object", "string", "category"])
def test_text_that_a_spreadsheet_would_evaluate_is_made_text(start: str, dtype: str) -> None:
    table = pd.DataFrame({f"{start}HEAD()": pd.Series([f"{start}1+1", "plain", None], dtype=dtype)})
    safe = neutralise_formulas(table)
    assert list(safe.columns) == [f"'{start}HEAD()"]
    assert safe.iloc[:2, 0].tolist() == [f"'{start}1+1", "plain"]
    assert safe.iloc[:, 0].isna().tolist() == [False, False, True]
    assert table.iloc[0, 0] == f"{start}1+1", "the caller's table was changed"


def test_numbers_and_days_stay_what_they_are() -> None:
    table = pd.DataFrame(
        {
            "bits": [-1.5, 2.0],
            "days": pd.array([-3, None], dtype="Int64"),
            "on": pd.to_datetime(pd.Series(["2023-01-01", None])).to_list(),
            "yes": [True, False],
            7: [1, 2],
        },
        index=["same", "same"],
    )
    pd.testing.assert_frame_equal(neutralise_formulas(table), table, check_column_type=False)


@given(
    st.lists(
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=6), max_size=4
    )
)
def test_no_cell_of_a_written_file_begins_a_formula_and_none_is_lost(
    tmp_path_factory: pytest.TempPathFactory, cells: list[str]
) -> None:
    path = tmp_path_factory.mktemp("csv") / "table.csv"
    write_csv(path, pd.DataFrame({"a": ["x", *cells], "b": "y"}))
    with path.open(encoding="utf-8", newline="") as file:
        rows = [row[0] for row in csv.reader(file)][2:]
    assert not [cell for cell in rows if cell.startswith(tuple(STARTS))]
    assert [cell[1:] if cell[:1] == "'" and cell[1:2] in STARTS else cell for cell in rows] == cells


def test_an_empty_table_is_a_line_of_headings(tmp_path: Path) -> None:
    write_csv(tmp_path / "t.csv", pd.DataFrame({"a": [], "b": []}))
    assert (tmp_path / "t.csv").read_bytes() == b'"a","b"\n'


open_files_may_be_left_to_python = pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning"
)


def interrupted_at(moment: int, work: Callable[[], None]) -> bool:
    """Do some work, with Ctrl-C before the given line of `io` is run; False where it has fewer lines."""
    lines = 0

    def at_line(frame: FrameType, event: str, argument: object) -> Any:
        nonlocal lines
        if frame.f_code.co_filename != io.__file__:
            return None
        if event == "line":
            lines += 1
            if lines == moment:
                sys.settrace(None)
                raise KeyboardInterrupt
        return at_line

    before = sys.gettrace()
    sys.settrace(at_line)
    try:
        work()
    except KeyboardInterrupt:
        return True
    finally:
        sys.settrace(before)
    return False


@open_files_may_be_left_to_python
@pytest.mark.parametrize("earlier", [False, True])
def test_ctrl_c_before_any_line_leaves_a_whole_file_or_the_earlier_one(tmp_path: Path, earlier: bool) -> None:
    before = {"page": "before"} if earlier else {}
    moment = 1
    while True:
        folder = tmp_path / str(moment)
        folder.mkdir()
        if earlier:
            (folder / "page").write_text("before", encoding="utf-8")
        if not interrupted_at(moment, partial(write_private, folder / "page", "after")):
            break
        assert contents(folder) in (before, {"page": "after"}), moment
        moment += 1
    assert moment > 8


@open_files_may_be_left_to_python
@pytest.mark.parametrize("earlier", [False, True])
def test_ctrl_c_before_any_line_leaves_a_whole_run_or_the_earlier_one(tmp_path: Path, earlier: bool) -> None:
    old, new = str(Path("run") / "old"), str(Path("run") / "new")
    moment = 1

    def save() -> None:
        with new_folder(folder / "run", may_replace=always) as working:
            write_private(working / "new", "new")

    while True:
        folder = tmp_path / str(moment)
        folder.mkdir()
        if earlier:
            (folder / "run").mkdir()
            (folder / "run" / "old").write_text("old", encoding="utf-8")
        if not interrupted_at(moment, save):
            break
        assert contents(folder) in ({old: "old"} if earlier else {}, {new: "new"}), moment
        assert [path.name for path in folder.iterdir()] in ([], ["run"]), moment
        moment += 1
    assert moment > 20
