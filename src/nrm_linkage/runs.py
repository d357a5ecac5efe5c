"""A run on disk: a folder of Parquet tables, JSON and CSV, with a manifest of fingerprints.

`manifest.json` names every other file with its SHA-256, the versions that wrote it, what protects the files, and the caveat. Reading
checks every file against the manifest first, so a folder that was touched is refused. Nothing that holds a record's value stands in a
file name or in the manifest.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from nrm_linkage.errors import InputError
from nrm_linkage.io import new_folder, permissions_note, write_csv, write_private
from nrm_linkage.provenance import HOME_OFFICE_CAVEAT, NOT_FOR, fingerprint_of_file, versions

__all__ = ["MANIFEST", "SavedRun", "check_run", "read_run", "write_run"]

MANIFEST = "manifest.json"
FORMAT = "nrm-linkage run 1"


@dataclass(frozen=True)
class SavedRun:
    """What stands in a run's folder. `tables`: name -> table, as Parquet; `for_people`: the tables that are also written as CSV;
    `documents`: name -> plain JSON value."""

    tables: Mapping[str, pd.DataFrame] = field(repr=False)
    documents: Mapping[str, Any] = field(repr=False)
    for_people: tuple[str, ...] = ()


def write_run(folder: Path, run: SavedRun) -> None:
    """Write a run whole or not at all; an earlier run in the folder is replaced."""
    with new_folder(folder, replaces=MANIFEST) as working:
        for name, table in run.tables.items():
            write_private(working / f"{name}.parquet", _parquet(table))
        for name in run.for_people:
            write_csv(working / f"{name}.csv", run.tables[name])
        for name, document in run.documents.items():
            write_private(working / f"{name}.json", json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False) + "\n")
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
    """What is wrong with a run's folder, one sentence a file; empty when every file is the one that the run wrote.

    Raises
    ------
    InputError
        The folder holds no run that this version can read.
    """
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise InputError(f"this folder holds no run: there is no readable {MANIFEST} in it.") from None
    if manifest.get("format") != FORMAT:
        raise InputError(f"this run was written in another format than {FORMAT!r}; read it with the version that wrote it.")
    found = {path.name for path in folder.iterdir()} - {MANIFEST}
    wrong = [f"{name} is missing" for name in sorted(set(manifest["files"]) - found)]
    wrong += [f"{len(found - set(manifest['files']))} files were added"] if found - set(manifest["files"]) else []
    wrong += [
        f"{name} is not the file that the run wrote"
        for name in sorted(set(manifest["files"]) & found)
        if fingerprint_of_file(folder / name) != manifest["files"][name]
    ]
    return tuple(wrong)


def read_run(folder: Path) -> SavedRun:
    """Read a run, after checking it.

    Raises
    ------
    InputError
        The folder holds no run, or not the files that the run wrote.
    """
    wrong = [problem for problem in check_run(folder) if "added" not in problem]
    if wrong:
        raise InputError(f"the run's files were changed after it was written: {'; '.join(wrong)}.")
    return SavedRun(
        tables={path.stem: pq.read_table(path).to_pandas() for path in sorted(folder.glob("*.parquet"))},
        documents={
            path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json")) if path.name != MANIFEST
        },
    )


def _parquet(table: pd.DataFrame) -> bytes:
    """Parquet bytes; a column whose values are of several kinds is written as text."""
    plain = table.copy()
    plain.attrs = {}
    for position, kind in enumerate(plain.dtypes):
        if kind == object:
            column = plain.iloc[:, position]
            try:
                pa.array(column, from_pandas=True)
            except (pa.ArrowInvalid, pa.ArrowTypeError):
                plain.isetitem(position, column.where(column.isna(), column.map(str)))
    plain.columns = [str(name) for name in plain.columns]
    sink = io.BytesIO()
    pq.write_table(pa.Table.from_pandas(plain), sink, compression="zstd")
    return sink.getvalue()
