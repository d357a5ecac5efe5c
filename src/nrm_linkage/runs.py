"""A run on disk: a folder of Parquet tables, JSON and CSV, with a manifest of fingerprints.

`manifest.json` names every other file with its SHA-256, the versions that wrote it, what protects the files,
and the caveat. Reading checks every file against the manifest first, so a folder that was touched is refused.
Nothing that holds a record's value stands in a file name or in the manifest.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from nrm_linkage.errors import InputError
from nrm_linkage.io import new_folder, permissions_note, write_csv, write_private
from nrm_linkage.provenance import HOME_OFFICE_CAVEAT, NOT_FOR, fingerprint_of_file, versions

__all__ = ["MANIFEST", "SavedRun", "check_run", "read_run", "run_fingerprint", "write_run"]

MANIFEST = "manifest.json"
FORMAT = "nrm-linkage run 1"


@dataclass(frozen=True)
class SavedRun:
    """What stands in a run's folder. `tables`: name -> table, as Parquet; `for_people`: the tables that are
    also written as CSV; `documents`: name -> plain JSON value."""

    tables: Mapping[str, pd.DataFrame] = field(repr=False)
    documents: Mapping[str, Any] = field(repr=False)
    for_people: tuple[str, ...] = ()


def write_run(folder: Path, run: SavedRun) -> None:
    """Write a run whole or not at all; an earlier run in the folder is replaced."""
    with new_folder(folder, may_replace=_holds_a_run_alone) as working:
        for name, table in run.tables.items():
            write_private(working / f"{name}.parquet", _parquet(table))
        for name in run.for_people:
            write_csv(working / f"{name}.csv", run.tables[name].assign(caveat=HOME_OFFICE_CAVEAT))
        for name, document in run.documents.items():
            write_private(
                working / f"{name}.json",
                json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False) + "\n",
            )
        files = {path.name: fingerprint_of_file(path) for path in sorted(working.iterdir())}
        manifest = {
            "format": FORMAT,
            "files": files,
            "versions": versions(),
            "permissions": permissions_note(),
            "caveat": HOME_OFFICE_CAVEAT,
            "not_for": NOT_FOR,
        }
        write_private(working / MANIFEST, json.dumps(manifest, indent=1, sort_keys=True) + "\n")


def check_run(folder: Path) -> tuple[str, ...]:
    """What is wrong with a run's folder, one sentence a file; empty when every file is the one that the run
    wrote and there is no other.

    Raises
    ------
    InputError
        The folder holds no run that this version can read.
    """
    files = _manifest_files(folder)
    n_added = len({path.name for path in folder.iterdir()} - set(files) - {MANIFEST})
    added = (f"{n_added} files were added that the run did not write",) if n_added else ()
    return (*_wrong_files(folder, files), *added)


def read_run(folder: Path) -> SavedRun:
    """Read a run, after checking it. Files that the run did not write are not read.

    Raises
    ------
    InputError
        The folder holds no run, or not the files that the run wrote.
    """
    files = _manifest_files(folder)
    wrong = _wrong_files(folder, files)
    if wrong:
        raise InputError(f"the run's files were changed after it was written: {'; '.join(wrong)}.")
    paths = [folder / name for name in sorted(files)]
    return SavedRun(
        tables={path.stem: _read_parquet(path) for path in paths if path.suffix == ".parquet"},
        documents={
            path.stem: json.loads(path.read_text(encoding="utf-8"))
            for path in paths
            if path.suffix == ".json"
        },
    )


def run_fingerprint(folder: Path) -> str:
    """SHA-256 of the manifest, and so of the whole run: whoever noted it can tell a run from any other."""
    return fingerprint_of_file(folder / MANIFEST)


def _manifest_files(folder: Path) -> dict[str, str]:
    """File name -> fingerprint, from the manifest."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise InputError(f"this folder holds no run: there is no readable {MANIFEST} in it.") from None
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise InputError(
            f"{MANIFEST} is not that of a run in the format {FORMAT!r}; "
            "read it with the version that wrote it."
        )
    files = manifest.get("files")
    if not isinstance(files, dict) or any(Path(name).name != name for name in files):
        raise InputError(
            f"{MANIFEST} does not list the files of the run: it was changed after it was written."
        )
    return files


def _wrong_files(folder: Path, files: Mapping[str, str]) -> tuple[str, ...]:
    wrong = []
    for name in sorted(files):
        path = folder / name
        if not path.is_file():
            wrong.append(f"{name} is missing")
        elif fingerprint_of_file(path) != files[name]:
            wrong.append(f"{name} is not the file that the run wrote")
    return tuple(wrong)


def _holds_a_run_alone(folder: Path) -> bool:
    """Whether a folder is an earlier run, in any format of ours, with nothing beside its files."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        is_ours = str(manifest["format"]).startswith("nrm-linkage run ")
        return is_ours and {path.name for path in folder.iterdir()} <= {MANIFEST, *manifest["files"]}
    except (OSError, ValueError, TypeError, KeyError):
        return False


def _parquet(table: pd.DataFrame) -> bytes:
    """Parquet bytes. Values that Parquet cannot hold (a column of several kinds, most often) are written as
    text, labels of columns as well; of two equal labels the later gets a number.
    """
    plain = pd.DataFrame(
        {
            position: _storable(table.iloc[:, position].reset_index(drop=True))
            for position in range(table.shape[1])
        },
        index=pd.RangeIndex(len(table)),
    )
    plain.columns = pd.Index(_distinct_texts(table.columns), dtype=object)
    plain.index = _storable_index(table.index)
    sink = io.BytesIO()
    stored = pa.Table.from_pandas(plain)
    stored = stored.replace_schema_metadata({**(stored.schema.metadata or {}), "caveat": HOME_OFFICE_CAVEAT})
    pq.write_table(stored, sink, compression="zstd")
    return sink.getvalue()


def _read_parquet(path: Path) -> pd.DataFrame:
    """The table that was written: times in their own unit again (Parquet knows no seconds), and columns of
    Python objects as such, so that a whole number beside a gap stays whole.
    """
    stored = pq.read_table(path)
    table: pd.DataFrame = stored.to_pandas(integer_object_nulls=True)
    described = (stored.schema.pandas_metadata or {}).get("columns", [])
    kinds = {column["field_name"]: column["numpy_type"] for column in described}
    for name in table.columns:
        column, kind = table[name], kinds.get(name, "")
        unit = re.search(r"64\[(m?s|[un]s)\]", kind)
        if unit and column.dtype.kind in "mM":
            table[name] = column.dt.as_unit(unit[1])
        elif kind == "object" and column.dtype != np.dtype(object):
            table[name] = column.astype(object).where(column.notna(), None)
    return table


def _storable(column: pd.Series) -> pd.Series:
    """The column itself where Arrow takes it, otherwise its values as text."""
    try:
        pa.array(column, from_pandas=True)
    except (pa.ArrowException, OverflowError, TypeError, UnicodeError, ValueError):
        values = column.astype(object)
        return values.where(column.isna(), values.map(_text))
    return column


def _storable_index(index: pd.Index) -> pd.Index:
    if isinstance(index, pd.RangeIndex):
        return index
    levels = [_storable(index.get_level_values(level).to_series()).array for level in range(index.nlevels)]
    names = [None if name is None else _text(name) for name in index.names]
    return (
        pd.Index(levels[0], name=names[0])
        if len(levels) == 1
        else pd.MultiIndex.from_arrays(levels, names=names)
    )


def _text(value: object) -> str:
    """A value as text that can be written as UTF-8."""
    return str(value).encode("utf-8", "backslashreplace").decode("utf-8")


def _distinct_texts(labels: pd.Index) -> list[str]:
    texts: dict[str, None] = {}
    next_number: dict[str, int] = {}
    for plain in map(_text, labels):
        text, count = plain, next_number.get(plain, 2)
        while text in texts:
            text, count = f"{plain}#{count}", count + 1
        next_number[plain] = count
        texts[text] = None
    return list(texts)
