"""Rows in this process's memory: pandas frames, and anything that hands over Arrow (polars, pyarrow, duckdb,
...).

The caller's frame is never changed, and what he does to it later changes no result: pandas frames are copied,
and an Arrow stream is read once. Frames that are not pandas come back as their own kind where that kind can
be made from Arrow, otherwise as a pyarrow Table.
"""

from __future__ import annotations

from typing import Any

import pandas as pd
import pyarrow as pa

from nrm_linkage.errors import InputError
from nrm_linkage.schema.headings import known_heading

__all__ = ["ArrowFrames", "PandasFrames"]


class PandasFrames:
    """pandas in, pandas out, same index."""

    name = "local"

    def to_pandas(self, referrals: Any) -> pd.DataFrame:
        """A copy of the frame."""
        frame: pd.DataFrame = referrals.copy()
        return frame

    def with_rows(self, referrals: Any, frame: pd.DataFrame) -> Any:
        """The caller's frame; the rows are those of `frame` in `with_columns`."""
        return referrals

    def with_columns(self, referrals: Any, frame: pd.DataFrame, added: pd.DataFrame) -> Any:
        """A new frame with the columns of `added`, which has the rows in the same order."""
        joined = pd.concat([frame, added.set_axis(frame.index)], axis=1)
        joined.attrs = dict(frame.attrs)
        return joined


class ArrowFrames:
    """Anything with `__arrow_c_stream__` in, the same kind out. One object serves one run."""

    name = "local"

    def __init__(self) -> None:
        self._table: pa.Table = pa.table({})

    def to_pandas(self, referrals: Any) -> pd.DataFrame:
        """The frame as pandas; integers with nulls stay integers.

        Raises
        ------
        InputError
            The stream does not hold a table.
        """
        try:
            self._table = pa.RecordBatchReader.from_stream(referrals).read_all()
        except (pa.ArrowException, TypeError, ValueError):
            raise InputError(
                "the referrals hand over Arrow data that is not a table; give a frame with one "
                "column a field."
            ) from None
        columns = [_as_pandas(column) for column in self._table.columns]
        frame = pd.concat(columns, axis=1) if columns else pd.DataFrame(index=range(len(self._table)))
        return frame.set_axis(self._table.column_names, axis=1)

    def with_rows(self, referrals: Any, frame: pd.DataFrame) -> Any:
        """The frame with further rows below, under its own types.

        Raises
        ------
        InputError
            They do not fit its types.
        """
        if len(frame) == len(self._table):
            return referrals
        self._table = _with_rows_below(self._table, frame.iloc[len(self._table) :])
        if type(referrals).__module__.partition(".")[0] == "polars":
            import polars

            return polars.DataFrame(polars.from_arrow(self._table))
        return referrals

    def with_columns(self, referrals: Any, frame: pd.DataFrame, added: pd.DataFrame) -> Any:
        """The frame's own Arrow columns, untouched, with those of `added`."""
        extra = _as_arrow(added)
        library = type(referrals).__module__.partition(".")[0]
        if library == "polars":
            import polars

            return polars.DataFrame(referrals).hstack(polars.DataFrame(polars.from_arrow(extra)))
        table = self._table
        for name in extra.column_names:
            table = table.append_column(extra.schema.field(name), extra.column(name))
        if library in ("duckdb", "_duckdb"):
            import duckdb

            return duckdb.from_arrow(table)
        return table


def _with_rows_below(table: pa.Table, kept: pd.DataFrame) -> pa.Table:
    """The table with rows below; a column that it does not have is null in its own rows. Its own columns are
    the first of `kept`, by their place: two may bear one name.
    """
    columns = []
    for at, name in enumerate(kept.columns):
        column = kept.iloc[:, at]
        above = table.column(at) if at < table.num_columns else pa.chunked_array([pa.nulls(len(table))])
        below = _of_type(column, above.type)
        if below is None and above.null_count < len(table):
            called = repr(name) if known_heading(name) else "a column"
            raise InputError(
                f"referrals kept of previous= do not fit the type of {called}; pass all extracts with the "
                "same types, or as text, or as pandas frames."
            )
        if below is None:  # no value stands above, so the type says nothing
            below = _of_its_own_type(column)
            above = pa.chunked_array([pa.nulls(len(table), below.type)])
        columns.append(pa.chunked_array([*above.chunks, below], type=below.type))
    return pa.table(columns, names=list(map(str, kept.columns)))


def _of_type(column: pd.Series, kind: pa.DataType) -> pa.Array | None:
    """The column as this type; None where a value does not fit it."""
    is_text = pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)
    values = _text_or_none(column) if is_text else column
    try:
        try:
            return pa.array(values, type=kind, from_pandas=True)
        except (pa.ArrowException, TypeError, ValueError):
            return pa.array(values, from_pandas=True).cast(kind)
    except (pa.ArrowException, OverflowError, TypeError, ValueError):
        return None


def _of_its_own_type(column: pd.Series) -> pa.Array:
    try:
        return pa.array(column, from_pandas=True)
    except (pa.ArrowException, OverflowError, TypeError, ValueError):
        return pa.array(_text_or_none(column), type=pa.string())


def _text_or_none(column: pd.Series) -> list[str | None]:
    known = column.notna().tolist()
    return [str(value) if holds else None for value, holds in zip(column, known, strict=True)]


def _as_arrow(added: pd.DataFrame) -> pa.Table:
    """The added columns as Arrow; a column without any value is text, so that types do not hang on the
    data."""
    table = pa.Table.from_pandas(added, preserve_index=False).replace_schema_metadata()
    types = [pa.string() if pa.types.is_null(field.type) else field.type for field in table.schema]
    return table.cast(pa.schema(list(zip(table.column_names, types, strict=True))))


def _as_pandas(column: pa.ChunkedArray) -> pd.Series:
    """A column as pandas; as Python objects where Arrow cannot (lists of polars' own text, for one)."""
    try:
        series: pd.Series = column.to_pandas(types_mapper=_nullable_integers)
    except pa.ArrowNotImplementedError:
        series = pd.Series(column.to_pylist(), dtype=object)
    return series


def _nullable_integers(kind: pa.DataType) -> Any:
    return pd.Int64Dtype() if pa.types.is_integer(kind) else None
