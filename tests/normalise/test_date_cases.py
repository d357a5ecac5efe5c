"""Every case of the table of dates, through the reader of a frame; and what the table must hold."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.normalise.date_cases import Case, cases, faults

FEWEST = 120
CASES = cases()


@pytest.mark.parametrize("case", CASES, ids=[f"{number}-{case.kind}" for number, case in enumerate(CASES)])
def test_a_case_is_read_right(case: Case) -> None:
    assert faults(case) == []


def test_the_table_is_large_enough_and_repeats_nothing() -> None:
    assert len(CASES) >= FEWEST
    assert [case for case, times in Counter(CASES).items() if times > 1] == []


def test_a_case_that_asks_for_another_answer_fails() -> None:
    wrong = Case(
        **{**vars(CASES[0]), "first": "1990-01-01", "origin": "SERIAL", "readings": "HIJRI=1990-01-01"}
    )
    assert len(faults(wrong)) == 3
