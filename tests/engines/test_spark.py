"""A pyspark frame comes back as one, with its own columns and types, and the same linkage as in memory."""

from __future__ import annotations

import datetime
import decimal
from collections.abc import Iterator
from typing import Any

import pandas as pd
import pytest

from nrm_linkage import link_referrals
from nrm_linkage.engines import choose_engine
from nrm_linkage.errors import InputError

pytestmark = [pytest.mark.spark, pytest.mark.slow, pytest.mark.xdist_group("spark")]

ROWS: list[tuple[Any, ...]] = [
    ("R1", "Zamira", "Testaj", datetime.date(2001, 5, 14), 17, decimal.Decimal("1.50"), ["Hull"]),
    ("R2", "Zamirra", "Testaj", datetime.date(2001, 5, 14), None, None, None),
    ("R3", "Ruth", "Example", None, 33, decimal.Decimal("2.25"), ["Leeds", "Luton"]),
]
SCHEMA = (
    "`NRM reference` string, `Forename(s)` string, Surname string, DOB date, Score int, Cost decimal(6,2), "
    "Tags array<string>"
)


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    from pyspark.sql import SparkSession

    session = (
        SparkSession.builder.master("local[1]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.sql.shuffle.partitions", "1")
        .getOrCreate()
    )
    yield session
    session.stop()


def test_types_and_values_of_the_callers_columns_are_untouched(spark: Any) -> None:
    frame = spark.createDataFrame(ROWS, schema=SCHEMA)
    result = link_referrals(frame, progress=False).referrals
    assert type(result) is type(frame)
    assert result.schema.fields[: len(frame.columns)] == frame.schema.fields
    assert [tuple(row)[: len(frame.columns)] for row in result.collect()] == ROWS
    assert [row["linkage_status"] for row in result.collect()] == ["linked", "linked", "single"]
    assert result.collect()[2]["confidence"] is None


def test_spark_links_as_memory_does(spark: Any) -> None:
    in_spark = link_referrals(spark.createDataFrame(ROWS, schema=SCHEMA), progress=False, engine="spark")
    names = [
        part.strip(" `").rpartition(" ")[0].strip("`") for part in SCHEMA.replace("(6,2)", "").split(",")
    ]
    frame = pd.DataFrame(ROWS, columns=names)
    in_memory = link_referrals(frame, progress=False)
    pd.testing.assert_frame_equal(in_spark.links, in_memory.links)
    pd.testing.assert_frame_equal(in_spark.clusters, in_memory.clusters)


def test_spark_frames_are_not_taken_as_local_ones(spark: Any) -> None:
    with pytest.raises(InputError, match="toPandas"):
        choose_engine("local", spark.createDataFrame(ROWS, schema=SCHEMA))


def test_a_frame_without_rows_comes_back(spark: Any) -> None:
    result = link_referrals(spark.createDataFrame([], schema=SCHEMA), progress=False).referrals
    assert result.count() == 0
    assert "cluster_id" in result.columns


def test_rows_kept_of_a_previous_run_come_back_under_the_callers_schema(spark: Any) -> None:
    previous = link_referrals(spark.createDataFrame(ROWS, schema=SCHEMA), progress=False)
    new = [("R4", "Ruth", "Example", datetime.date(1990, 11, 2), 5, None, ["Hull"])]
    found = link_referrals(spark.createDataFrame(new, schema=SCHEMA), previous=previous, progress=False)
    rows = found.referrals.collect()
    assert (
        found.referrals.schema.fields[: len(new[0])]
        == spark.createDataFrame(new, schema=SCHEMA).schema.fields
    )
    assert [tuple(row)[: len(new[0])] for row in rows] == [*new, *ROWS]
    names = [
        part.strip(" `").rpartition(" ")[0].strip("`") for part in SCHEMA.replace("(6,2)", "").split(",")
    ]
    in_memory = link_referrals(
        pd.DataFrame(new, columns=names),
        previous=link_referrals(pd.DataFrame(ROWS, columns=names), progress=False),
        progress=False,
    )
    pd.testing.assert_frame_equal(found.links, in_memory.links)
    pd.testing.assert_frame_equal(found.changes, in_memory.changes)
    again = link_referrals(spark.createDataFrame(ROWS, schema=SCHEMA), previous=found, progress=False)
    assert sorted(row["NRM reference"] for row in again.referrals.collect()) == ["R1", "R2", "R3", "R4"]


def test_columns_of_the_previous_run_alone_come_back_and_other_types_are_refused(spark: Any) -> None:
    previous = link_referrals(spark.createDataFrame(ROWS, schema=SCHEMA), progress=False)
    few = "`NRM reference` string, `Forename(s)` string, Surname string, Score int"
    frame = spark.createDataFrame([("R4", "Ruth", "Example", 5)], schema=few)
    rows = link_referrals(frame, previous=previous, progress=False).referrals.collect()
    assert [row["DOB"] for row in rows] == [None, "2001-05-14", "2001-05-14", None]
    assert [row["Score"] for row in rows] == [5, 17, None, 33]
    other = spark.createDataFrame([("R4", "Ruth", "Example", True)], schema=few.replace("int", "boolean"))
    with pytest.raises(InputError, match="fit the types"):
        link_referrals(other, previous=previous, progress=False)


def test_a_column_without_values_takes_the_type_of_the_rows_kept(spark: Any) -> None:
    previous = link_referrals(spark.createDataFrame(ROWS, schema=SCHEMA), progress=False)
    new = [("R4", "Ruth", "Example", None, None)]
    frame = spark.createDataFrame(
        new, schema="`NRM reference` string, `Forename(s)` string, Surname string, DOB date, Score void"
    )
    found = link_referrals(frame, previous=previous, progress=False).referrals
    assert [row["Score"] for row in found.collect()] == [None, 17, None, 33]
    assert found.schema["Score"].dataType.typeName() == "long"
