"""Files: written whole or not at all, readable by their owner alone, never a pickle.

A run is written to a new folder beside its destination and renamed into place, so that a reader sees the
whole run or nothing, and Ctrl-C leaves nothing behind. Files get mode 0600 and folders 0700 from their first
byte. Windows has no such modes: there, files inherit what their folder grants, and `permissions_note` says so
for the manifest. Text cells that a spreadsheet would take for a formula get a leading apostrophe in CSV.
"""

from __future__ import annotations

import codecs
import contextlib
import os
import secrets
import shutil
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

import pandas as pd

from nrm_linkage.errors import InputError

__all__ = [
    "new_folder",
    "permissions_note",
    "read_table",
    "without_apostrophe",
    "write_csv",
    "write_private",
]

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""With the full-width forms, which some spreadsheets read as the plain ones."""

_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)


def permissions_note() -> str:
    """What protects the written files on this system, in words for the manifest."""
    if os.name == "posix":
        return "files 0600, folders 0700: readable by their owner alone"
    return "files inherit the permissions of the folder they are in; restrict that folder"


def write_private(path: Path, content: bytes | str) -> None:
    """Write `content` to `path` in one step, as a file that only its owner may read."""
    data = content.encode("utf-8") if isinstance(content, str) else content
    # Named before it is there, so that whatever stops the writing knows what to take away.
    part = path.parent / f".nrm-linkage-{secrets.token_hex(8)}.part"
    with _taken_away(lambda: part.unlink(missing_ok=True)):
        with os.fdopen(os.open(part, _NEW_FILE, 0o600), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)


@contextlib.contextmanager
def new_folder(destination: Path, *, may_replace: Callable[[Path], bool]) -> Iterator[Path]:
    """Yield a private folder to fill; when the block ends well it becomes `destination`, otherwise nothing
    remains and what was there stays.

    An existing `destination` is replaced only when it is empty or `may_replace` says that it may be; anything
    else is an `InputError`, so that a mistyped path cannot delete somebody's work.
    """
    destination = destination.resolve()
    if destination.exists() and not destination.is_dir():
        raise InputError("the destination exists and is not a folder; choose another path")
    if destination.is_dir() and any(destination.iterdir()) and not may_replace(destination):
        raise InputError(
            "the destination folder holds files that are not those of an earlier run; "
            "choose an empty or a new folder"
        )
    destination.parent.mkdir(parents=True, exist_ok=True)
    working = destination.parent / f".nrm-linkage-{secrets.token_hex(8)}"
    retired = working.with_name(working.name + "-old")

    def leave_one() -> None:
        if retired.exists() and not destination.exists():
            retired.rename(destination)
        shutil.rmtree(working, ignore_errors=True)
        shutil.rmtree(retired, ignore_errors=True)

    with _taken_away(leave_one):
        working.mkdir(mode=0o700)
        yield working
        if destination.exists():
            destination.rename(retired)
        working.rename(destination)


@contextlib.contextmanager
def _taken_away(take_away: Callable[[], None]) -> Iterator[None]:
    """Do `take_away` however the block ends, and once more where it did not end well: Ctrl-C may have come
    while it was done.
    """
    try:
        try:
            yield
        finally:
            take_away()
    except BaseException:
        take_away()
        raise


def write_csv(path: Path, table: pd.DataFrame) -> None:
    """Write a table as UTF-8 CSV for people: formula-like text is neutralised, missing is empty.

    All text is quoted: a lone carriage return would else begin a new row, and there a formula.
    """
    import csv

    text = neutralise_formulas(table).to_csv(index=False, lineterminator="\n", quoting=csv.QUOTE_NONNUMERIC)
    write_private(path, text)


def neutralise_formulas(table: pd.DataFrame) -> pd.DataFrame:
    """The same table with an apostrophe before every text cell or heading that a spreadsheet would evaluate.

    >>> neutralise_formulas(pd.DataFrame({"note": ["=1+1", "plain", None]}))["note"].tolist()[:2]
    ["'=1+1", 'plain']
    """

    def safe(cell: object) -> object:
        return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA_STARTS) else cell

    safe_columns = {
        position: table.iloc[:, position].map(safe)
        for position in range(table.shape[1])
        if not pd.api.types.is_numeric_dtype(table.dtypes.iloc[position])
    }
    parts = [safe_columns.get(position, table.iloc[:, position]) for position in range(table.shape[1])]
    result = pd.concat(parts, axis=1) if parts else table.copy()
    result.columns = pd.Index([safe(name) for name in table.columns])
    return result


def without_apostrophe(text: str) -> str:
    """A cell as it was before `neutralise_formulas`.

    >>> without_apostrophe("'=1+1"), without_apostrophe("'plain")
    ('=1+1', "'plain")
    """
    return text[1:] if text.startswith("'") and text[1:].startswith(_FORMULA_STARTS) else text


def read_table(path: Path) -> pd.DataFrame:
    """A file as a frame, values as they stand in it: CSV, Parquet or a spreadsheet.

    CSV is read as text, so that nothing is guessed before it is read: UTF-8, UTF-16 (with a byte order mark)
    or Windows-1252, separated by commas, semicolons or tabs.

    Raises
    ------
    InputError
        The file is no such table, or reading it needs a package that is not there.
    """
    kind = path.suffix.casefold()
    try:
        if kind in (".parquet", ".pq"):
            return pd.read_parquet(path)
        if kind in (".xlsx", ".xlsm", ".xls", ".ods"):
            return pd.read_excel(path, dtype=object, keep_default_na=False, na_values=[""])
        return _read_csv(path)
    except ImportError:
        raise InputError(
            "reading this kind of spreadsheet needs a package that is not installed (openpyxl for .xlsx); "
            "install it, or save the sheet as CSV."
        ) from None
    except (ValueError, pd.errors.ParserWarning):  # those of pandas and Arrow quote the file
        raise InputError(
            "the file cannot be read as a table; give a CSV file with a header line and equally long rows, a "
            "Parquet file or a spreadsheet."
        ) from None


def _read_csv(path: Path) -> pd.DataFrame:
    with path.open("rb") as file:
        begins = file.read(1 << 16)
    utf_16 = begins.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    for encoding in ("utf-16",) if utf_16 else ("utf-8-sig", "cp1252"):
        header = begins.decode(encoding, errors="ignore").splitlines()[:1]
        separator = max(",;\t", key="".join(header).count)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error", pd.errors.ParserWarning)
                return pd.read_csv(
                    path,
                    dtype=str,
                    keep_default_na=False,
                    na_values=[""],
                    index_col=False,
                    sep=separator,
                    encoding=encoding,
                )
        except UnicodeDecodeError:
            continue
    raise ValueError("no encoding reads the file")
