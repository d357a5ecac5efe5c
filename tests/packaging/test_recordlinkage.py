"""The parts of recordlinkage that the library leans on work on the pandas that is installed.

recordlinkage 0.16 says that it needs pandas below 3; `docs/contributing.md` lists what breaks there. These
tests are that list: what is marked fails on pandas 3, all else runs on both.
"""

from __future__ import annotations

import pathlib
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
import recordlinkage

PEOPLE = pd.DataFrame(
    {
        "given": ["Mirela", "Ben", "Mirella", "Ben"],
        "family": ["Hoxha", "Kola", "Hoxha", "Kola"],
        "age": [20.0, 31.0, 21.0, 31.0],
        "born": pd.to_datetime(["2001-02-03", "1990-05-17", "2001-03-02", "1990-05-17"]),
    },
    index=["a", "b", "c", "d"],
)
SAME = pd.MultiIndex.from_tuples([("a", "c"), ("b", "d")])


def compared(add: Callable[[Any], object], people: pd.DataFrame = PEOPLE) -> list[float]:
    """What one comparison says of the two pairs of the same person."""
    compare = recordlinkage.Compare()
    add(compare)
    values: list[float] = compare.compute(SAME, people).iloc[:, 0].tolist()
    return values


def test_blocks_and_sorted_neighbours_are_found() -> None:
    by_block, by_neighbour = recordlinkage.Index(), recordlinkage.Index()
    by_block.block("family")
    by_neighbour.sortedneighbourhood("given", window=3)
    assert {frozenset(pair) for pair in by_block.index(PEOPLE)} == {frozenset(pair) for pair in SAME}
    assert frozenset("ac") in {frozenset(pair) for pair in by_neighbour.index(PEOPLE)}


def test_text_and_numbers_are_compared() -> None:
    assert compared(lambda compare: compare.exact("given", "given")) == [0, 1]
    assert compared(lambda compare: compare.string("given", "given", method="levenshtein")) == pytest.approx(
        [6 / 7, 1]
    )
    assert compared(lambda compare: compare.numeric("age", "age", scale=1)) == [0.5, 1]


def test_links_are_measured() -> None:
    assert recordlinkage.confusion_matrix(SAME, SAME[:1], total=6).tolist() == [[1, 1], [0, 4]]


def test_annotation_files_are_written_and_read(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "review.json"
    recordlinkage.write_annotation_file(str(file), SAME, PEOPLE.drop(columns="born"), dataset_a_name="people")
    assert recordlinkage.read_annotation_file(str(file)).links is None


@pytest.mark.needs_pandas2("Compare.exact takes whole numbers only as agree_value")
def test_agreement_can_be_worth_a_fraction() -> None:
    assert compared(lambda compare: compare.exact("given", "given", agree_value=0.5)) == [0, 0.5]


@pytest.mark.needs_pandas2("Compare.date fails when day and month are swapped")
def test_dates_are_compared() -> None:
    assert compared(lambda compare: compare.date("born", "born")) == [0.5, 1]


def test_dates_in_nanoseconds_without_a_swap_are_compared() -> None:
    people = PEOPLE.assign(born=PEOPLE["born"].where(PEOPLE["given"] == "Ben").astype("datetime64[ns]"))
    assert compared(lambda compare: compare.date("born", "born"), people) == [0, 1]
