"""Rows in this process's memory: pandas frames, and anything that hands over Arrow (polars, pyarrow, duckdb, ...).

The caller's frame is never changed. Frames that are not pandas go through the Arrow stream protocol and come back as their own kind
where that kind can be made from Arrow, otherwise as a pyarrow Table.
"""

from __future__ import annotations

from typing import Any

import pandas as pd
import pyarrow as pa

__all__ = ["ArrowFrames", "PandasFrames"]


class PandasFrames:
    """pandas in, pandas out, same index."""

    name = "local"

    def to_pandas(self, referrals: Any) -> pd.DataFrame:
        """The frame itself; no stage writes to it."""
        frame: pd.DataFrame = referrals
        return frame

    def with_columns(self, referrals: Any, frame: pd.DataFrame, added: pd.DataFrame) -> Any:
        """A copy with the columns of `added`, which has the rows in the same order."""
        return pd.concat([frame, added.set_axis(frame.index)], axis=1)


class ArrowFrames:
    """Anything with `__arrow_c_stream__` in, the same kind out."""

    name = "local"

    def to_pandas(self, referrals: Any) -> pd.DataFrame:
        """The frame as pandas; integers with nulls stay integers."""
        table = pa.RecordBatchReader.from_stream(referrals).read_all()
        return table.to_pandas(types_mapper=_nullable_integers)

    def with_columns(self, referrals: Any, frame: pd.DataFrame, added: pd.DataFrame) -> Any:
        """The frame's own Arrow columns, untouched, with those of `added`."""
        table = pa.RecordBatchReader.from_stream(referrals).read_all()
        extra = pa.Table.from_pandas(added, preserve_index=False)
        for name in extra.column_names:
            table = table.append_column(name, extra.column(name))
        return _as_kind_of(referrals, table)


def _nullable_integers(kind: pa.DataType) -> Any:
    return pd.Int64Dtype() if pa.types.is_integer(kind) else None


def _as_kind_of(referrals: Any, table: pa.Table) -> Any:
    """The Arrow table as the caller's kind of frame, where that library is the one that made the input."""
    library = type(referrals).__module__.partition(".")[0]
    if library == "polars":
        import polars

        return polars.from_arrow(table)
    if library in ("duckdb", "_duckdb"):
        import duckdb

        return duckdb.from_arrow(table)
    return table
