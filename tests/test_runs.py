"""A run on disk: what goes in comes out, the same bytes for the same run, and a touched file is seen."""

from __future__ import annotations

import datetime
import decimal
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from nrm_linkage.errors import InputError
from nrm_linkage.provenance import HOME_OFFICE_CAVEAT
from nrm_linkage.runs import MANIFEST, SavedRun, check_run, read_run, run_fingerprint, write_run

TABLE = pd.DataFrame({"referral_id": ["R1", "R2"], "bits": [1.5, np.nan]})


def a_run(table: pd.DataFrame = TABLE) -> SavedRun:
    return SavedRun(
        tables={"added": table, "clusters": TABLE},
        documents={"model": {"b": 1, "a": [0.1, None, "ë"]}},
        for_people=("clusters",),
    )


def back(tmp_path: Path, table: pd.DataFrame) -> pd.DataFrame:
    write_run(tmp_path / "run", a_run(table))
    assert check_run(tmp_path / "run") == ()
    return read_run(tmp_path / "run").tables["added"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_run(tmp_path / "run", a_run())
    return tmp_path / "run"


def test_what_was_written_is_read(folder: Path) -> None:
    run = read_run(folder)
    pd.testing.assert_frame_equal(run.tables["added"], TABLE)
    assert set(run.tables) == {"added", "clusters"}
    assert run.documents == {"model": {"b": 1, "a": [0.1, None, "ë"]}}
    written = (folder / "clusters.csv").read_text(encoding="utf-8")
    said = f'"{HOME_OFFICE_CAVEAT}"'
    assert written == f'"referral_id","bits","caveat"\n"R1",1.5,{said}\n"R2","",{said}\n'


def test_the_manifest_names_every_file_and_carries_the_caveat(folder: Path) -> None:
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    assert set(manifest["files"]) == {path.name for path in folder.iterdir()} - {MANIFEST}
    assert manifest["caveat"] == HOME_OFFICE_CAVEAT
    assert {"python", "pandas", "nrm-linkage"} <= set(manifest["versions"])


def test_the_same_run_gives_the_same_bytes(tmp_path: Path, folder: Path) -> None:
    write_run(tmp_path / "again", a_run())
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {
        path.name: path.read_bytes() for path in (tmp_path / "again").iterdir()
    }
    assert run_fingerprint(folder) == run_fingerprint(tmp_path / "again")


FILES = ("added.parquet", "clusters.parquet", "clusters.csv", "model.json")


@pytest.mark.parametrize("name", FILES)
def test_a_changed_file_is_seen_and_not_read(folder: Path, name: str) -> None:
    content = bytearray((folder / name).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / name).write_bytes(content)
    assert check_run(folder) == (f"{name} is not the file that the run wrote",)
    with pytest.raises(InputError, match=name):
        read_run(folder)


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("with_folder", [False, True])
def test_a_missing_file_is_seen_and_not_read(folder: Path, name: str, with_folder: bool) -> None:
    (folder / name).unlink()
    if with_folder:
        (folder / name).mkdir()
    assert check_run(folder) == (f"{name} is missing",)
    with pytest.raises(InputError, match=f"{name} is missing"):
        read_run(folder)


def test_an_added_file_is_seen_not_named_and_not_read(folder: Path) -> None:
    (folder / "Zvoqamir Kqextaj.parquet").write_bytes(b"not even Parquet")
    assert check_run(folder) == ("1 files were added that the run did not write",)
    assert set(read_run(folder).tables) == {"added", "clusters"}


def rewritten(change: Callable[[dict[str, Any]], object]) -> Callable[[Path], object]:
    def change_file(manifest: Path) -> None:
        document = json.loads(manifest.read_text(encoding="utf-8"))
        change(document)
        manifest.write_text(json.dumps(document), encoding="utf-8")

    return change_file


@pytest.mark.parametrize(
    "spoil",
    [
        lambda manifest: manifest.unlink(),
        lambda manifest: manifest.write_bytes(b"\xff\xfe"),
        lambda manifest: manifest.write_text("[]", encoding="utf-8"),
        lambda manifest: manifest.write_text("{", encoding="utf-8"),
        rewritten(lambda document: document.update(format="nrm-linkage run 99")),
        rewritten(lambda document: document.pop("files")),
        rewritten(lambda document: document["files"].update({"../../secret": "0" * 64})),
    ],
    ids=["gone", "bytes", "a list", "cut short", "another format", "no files", "files elsewhere"],
)
def test_a_spoilt_manifest_is_refused(folder: Path, spoil: Callable[[Path], object]) -> None:
    spoil(folder / MANIFEST)
    for read in (check_run, read_run):
        with pytest.raises(InputError, match=MANIFEST):
            read(folder)


def test_an_earlier_run_is_replaced(folder: Path) -> None:
    write_run(folder, SavedRun(tables={"other": TABLE}, documents={}))
    assert {path.name for path in folder.iterdir()} == {"other.parquet", MANIFEST}
    assert [path.name for path in folder.parent.iterdir()] == ["run"]


@pytest.mark.parametrize("spoil", ["notes.docx", "manifest"])
def test_a_folder_that_holds_more_than_a_run_is_not_replaced(folder: Path, spoil: str) -> None:
    if spoil == "manifest":  # web pages have a file of that name too
        (folder / MANIFEST).write_text('{"name": "an app"}', encoding="utf-8")
    else:
        (folder / spoil).write_text("mine", encoding="utf-8")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(InputError, match="not those of an earlier run"):
        write_run(folder, a_run())
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


def test_a_run_that_cannot_be_written_leaves_the_earlier_one(folder: Path) -> None:
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    with pytest.raises(TypeError):
        write_run(folder, SavedRun(tables={"added": TABLE}, documents={"model": object()}))
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert [path.name for path in folder.parent.iterdir()] == ["run"]


# -------------------------------------------------------------------------------------- every kind of frame


@pytest.mark.parametrize(
    "index",
    [
        pd.Index(["b", "a"]),
        pd.Index(["same", "same"], name="key"),
        pd.Index([5, 3], name="referral_id"),
        pd.to_datetime(["2023-01-01", "2022-01-01"]),
        pd.MultiIndex.from_tuples([("a", 1), ("b", 2)], names=["x", None]),
        pd.RangeIndex(10, 30, 10),
        pd.CategoricalIndex(["x", "y"]),
    ],
)
def test_an_odd_index_survives(tmp_path: Path, index: pd.Index) -> None:
    table = TABLE.set_axis(index)
    found = back(tmp_path, table)
    assert found.index.to_list() == index.to_list()
    assert list(found.index.names) == list(index.names)
    assert found["referral_id"].tolist() == ["R1", "R2"]


def test_an_index_of_several_kinds_becomes_text(tmp_path: Path) -> None:
    found = back(tmp_path, TABLE.set_axis(pd.Index(["a", 1], name=7)))
    assert found.index.to_list() == ["a", "1"]
    assert found.index.name == "7"


@pytest.mark.parametrize(
    ("values", "kept"),
    [
        ([1, "b"], ["1", "b"]),
        ([decimal.Decimal("1.5"), "x"], ["1.5", "x"]),
        ([datetime.date(2023, 1, 1), "soon"], ["2023-01-01", "soon"]),
        ([10**30, 1], [str(10**30), "1"]),
        ([{"a": 1}, [2]], ["{'a': 1}", "[2]"]),
        ([1 + 2j, 3j], ["(1+2j)", "3j"]),
        (["\ud800", "x"], ["\\ud800", "x"]),
    ],
)
def test_values_that_parquet_cannot_hold_become_text(
    tmp_path: Path, values: list[Any], kept: list[str]
) -> None:
    table = TABLE.assign(odd=pd.Series(values, dtype=object))
    assert back(tmp_path, table)["odd"].tolist() == kept
    with_none = TABLE.assign(odd=pd.Series([values[0], None], dtype=object))
    assert pd.isna(back(tmp_path, with_none)["odd"].iloc[1])


@pytest.mark.parametrize(
    "dtype",
    [
        "string",
        "category",
        "Int64",
        "boolean",
        "Float64",
        "datetime64[ns]",
        "datetime64[s]",
        "datetime64[us]",
        "timedelta64[ns]",
    ],
)
def test_the_dtypes_of_pandas_survive(tmp_path: Path, dtype: Any) -> None:
    value: Any = {"string": "a", "category": "a", "boolean": True}.get(dtype, 1)
    table = TABLE.assign(odd=pd.Series([value, None], dtype=object).astype(dtype))
    pd.testing.assert_series_equal(back(tmp_path, table)["odd"], table["odd"])


@pytest.mark.parametrize("values", [["a", None], [1, None], [1, 2], [True, None], [1.5, None], [None, None]])
def test_columns_of_python_objects_come_back_as_such(tmp_path: Path, values: list[Any]) -> None:
    found = back(tmp_path, TABLE.assign(odd=pd.Series(values, dtype=object)))["odd"]
    assert found.dtype == object
    assert found.tolist() == values
    assert [type(value) for value in found] == [type(value) for value in values]


def test_labels_that_are_no_text_or_repeat_are_told_apart(tmp_path: Path) -> None:
    table = pd.DataFrame([[1, 2, 3, 4, 5]], columns=[7, "Notes", "Notes", None, "7"])
    found = back(tmp_path, table)
    assert list(found.columns) == ["7", "Notes", "Notes#2", "None", "7#2"]
    assert found.iloc[0].tolist() == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("table", [TABLE.iloc[:0], pd.DataFrame(), pd.DataFrame({"a": [None, None]})])
def test_frames_with_nothing_in_them_survive(tmp_path: Path, table: pd.DataFrame) -> None:
    found = back(tmp_path, table)
    assert found.shape == table.shape
    assert list(found.columns) == list(table.columns)


def test_what_hangs_on_a_frame_is_not_written(tmp_path: Path) -> None:
    table = TABLE.copy()
    table.attrs["path"] = "Zvoqamir"
    write_run(tmp_path / "run", a_run(table))
    assert b"Zvoqamir" not in (tmp_path / "run" / "added.parquet").read_bytes()
    assert table.attrs == {"path": "Zvoqamir"}


def test_the_repr_of_a_run_shows_no_value() -> None:
    assert "R1" not in repr(a_run())
