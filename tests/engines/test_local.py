"""Every kind of frame comes back as its kind, with its own columns untouched."""

from __future__ import annotations

import datetime
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from nrm_linkage.engines import choose_engine
from nrm_linkage.errors import ConfigError, InputError

OWN = {
    "id": ["R1", "R2", "R3"],
    "age": [17, None, 40],
    "born": [datetime.date(2001, 5, 14), None, datetime.date(1990, 2, 2)],
    "seen": [True, None, False],
    "cities": [["Hull"], None, ["Leeds", "Luton"]],
}
ADDED = pd.DataFrame(
    {
        "cluster_id": ["c1", "c1", "c2"],
        "cluster_size": np.array([2, 2, 1]),
        "confidence": [0.9, 0.9, np.nan],
        "technical_duplicate_of": pd.Series([None, None, None], dtype=object),
    }
)


def moved(frame: Any, engine: str = "auto") -> Any:
    mover = choose_engine(engine, frame)
    return mover.with_columns(frame, mover.to_pandas(frame), ADDED)


@pytest.mark.parametrize(
    "index",
    [
        pd.RangeIndex(3),
        pd.Index(["x", "x", None]),
        pd.MultiIndex.from_tuples([("a", 1), ("a", 1), ("b", 2)]),
        pd.to_datetime(["2023-01-01", "2022-01-01", "2022-01-01"]),
    ],
)
def test_pandas_keeps_its_index_its_columns_and_what_hangs_on_it(index: pd.Index) -> None:
    frame = pd.DataFrame(OWN, index=index)
    frame.attrs["source"] = "invented"
    before = frame.copy(deep=True)
    result = moved(frame)
    pd.testing.assert_frame_equal(frame, before)
    pd.testing.assert_frame_equal(result[list(OWN)], before)
    pd.testing.assert_frame_equal(result[list(ADDED)].reset_index(drop=True), ADDED)
    assert result.index.equals(index)
    assert result.attrs == {"source": "invented"}


def test_repeated_labels_and_labels_that_are_no_text_are_kept() -> None:
    frame = pd.DataFrame([[1, 2, 3]] * 3, columns=[7, "Notes", "Notes"])
    assert list(moved(frame).columns) == [7, "Notes", "Notes", *ADDED]


def test_what_the_caller_does_to_his_frame_later_changes_nothing_and_the_other_way_round() -> None:
    frame = pd.DataFrame(OWN)
    mover = choose_engine("auto", frame)
    read = mover.to_pandas(frame)
    result = mover.with_columns(frame, read, ADDED)
    frame.loc[0, "id"] = "changed"
    assert read["id"].tolist() == result["id"].tolist() == OWN["id"]
    result.loc[1, "id"] = "changed"
    assert frame["id"].tolist() == ["changed", *OWN["id"][1:]]
    assert read["id"].tolist() == OWN["id"]


def test_polars_comes_back_as_polars_with_its_own_types() -> None:
    frame = pl.DataFrame(OWN).with_columns(
        pl.col("id").cast(pl.Categorical).alias("kind"), pl.col("age").cast(pl.Int8)
    )
    result = moved(frame)
    assert isinstance(result, pl.DataFrame)
    assert result.select(frame.columns).equals(frame)
    assert result.select(frame.columns).schema == frame.schema
    assert result["confidence"].to_list() == [0.9, 0.9, None]
    assert result["technical_duplicate_of"].dtype == pl.String


def test_pyarrow_comes_back_with_its_schema_and_metadata() -> None:
    table = pa.table(OWN).replace_schema_metadata({"source": "invented"})
    result = moved(table)
    assert isinstance(result, pa.Table)
    assert result.select(list(OWN)).equals(table, check_metadata=True)
    assert result.column("cluster_id").to_pylist() == ["c1", "c1", "c2"]
    assert result.schema.field("technical_duplicate_of").type == pa.string()


def test_duckdb_comes_back_as_a_relation() -> None:
    relation = duckdb.from_arrow(pa.table(OWN))
    result = moved(relation)
    assert type(result) is type(relation)
    assert result.arrow().read_all().column_names == [*OWN, *ADDED]


def test_a_stream_that_can_be_read_once_is_read_once() -> None:
    reader = pa.table(OWN).to_reader()
    result = moved(reader)
    assert result.select(list(OWN)).equals(pa.table(OWN))


def test_integers_with_gaps_stay_integers() -> None:
    read = choose_engine("auto", pa.table(OWN)).to_pandas(pa.table(OWN))
    assert read["age"].dtype == "Int64"
    assert read["age"].isna().tolist() == [False, True, False]
    assert read["age"].dropna().tolist() == [17, 40]


@pytest.mark.parametrize("kind", [pd.DataFrame, pl.DataFrame, pa.table])
def test_frames_without_rows_come_back(kind: Any) -> None:
    frame = kind({"id": []})
    mover = choose_engine("local", frame)
    result = mover.with_columns(frame, mover.to_pandas(frame), ADDED.iloc[:0])
    assert type(result) is type(frame)
    assert list(getattr(result, "column_names", getattr(result, "columns", []))) == ["id", *ADDED]


@pytest.mark.parametrize(
    ("thing", "hint"),
    [
        ("Zvoqamir.csv", "pandas.read_csv"),
        ([{"id": "Zvoqamir"}], "pandas.DataFrame"),
        ({"id": ["Zvoqamir"]}, "pandas.DataFrame"),
        (None, "None"),
        (pd.Series(["Zvoqamir"]), "pandas DataFrame"),
        (pl.LazyFrame({"id": ["Zvoqamir"]}), ".collect()"),
        (pa.chunked_array([["Zvoqamir"]]), "table"),
        (np.array(["Zvoqamir"]), "pandas DataFrame"),
    ],
)
def test_what_is_no_frame_is_refused_with_what_to_do(thing: Any, hint: str) -> None:
    with pytest.raises(InputError) as caught:
        moved(thing)
    assert hint in str(caught.value)
    assert "Zvoqamir" not in str(caught.value)


@pytest.mark.parametrize("engine", ["Local", "dask", "", None])
def test_an_engine_that_does_not_exist_is_refused_with_those_that_do(engine: Any) -> None:
    with pytest.raises(ConfigError, match="'auto', 'local', 'spark'"):
        moved(pd.DataFrame(OWN), engine)


def test_spark_is_not_asked_to_move_frames_in_memory() -> None:
    with pytest.raises(InputError, match="takes a pyspark DataFrame"):
        moved(pd.DataFrame(OWN), "spark")
