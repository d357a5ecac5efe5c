"""Two extracts under one set of headings: no row is lost, no column mistaken, no value changed."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nrm_linkage.schema import Extended, arrange, extended, recognise

ID = "NRM reference"


def joined(now: pd.DataFrame, then: pd.DataFrame, keep: bool = True, **columns: Any) -> Extended:
    recognised = recognise(then, columns or None)
    return extended(now, recognise(now), then, recognised, arrange(then, recognised), keep=keep)


def frame(ids: str, **columns: Any) -> pd.DataFrame:
    return pd.DataFrame({ID: list(ids), **columns})


def test_fields_meet_whatever_they_are_called() -> None:
    now = frame("C", Surname=["Example"], DOB=["2001"])
    then = pd.DataFrame(
        {"Last name": ["Testaj", "Mock"], "Case id": ["A", "B"], "Date of birth": ["1999", ""]}
    )
    both = joined(now, then)
    assert list(both.frame.columns) == [ID, "Surname", "DOB"]
    assert both.frame.to_numpy().tolist() == [
        ["C", "Example", "2001"],
        ["A", "Testaj", "1999"],
        ["B", "Mock", ""],
    ]
    assert both.recognised.columns == recognise(now).columns
    assert (both.n_kept, both.place.tolist(), both.revised.tolist()) == (2, [1, 2], [False, False])


def test_a_heading_that_means_something_else_now_is_marked() -> None:
    """`ID` was the referral's and is some other number now; `Alias` was not to be read, and is now."""
    now = frame("C", Surname=["Example"], ID=[7], Alias=["x"])
    then = pd.DataFrame({"ID": ["A"], "Surname": ["Testaj"], "Alias": ["not one"]})
    both = joined(now, then, alias=None)
    assert list(both.frame.columns) == [ID, "Surname", "ID", "Alias", "Alias (earlier extract)"]
    assert both.frame[ID].tolist() == ["C", "A"]
    assert both.frame["ID"].tolist()[0] == 7 and both.frame["ID"].isna().tolist() == [False, True]
    assert both.frame["Alias"].isna().tolist() == [False, True]
    assert both.frame["Alias (earlier extract)"].tolist()[1] == "not one"
    assert "Alias (earlier extract)" not in {
        label for used in both.recognised.columns.values() for label in used
    }
    assert both.recognised.n_unused == 2


def test_fields_of_several_columns_meet_column_by_column() -> None:
    now = frame("C", Surname=["Example"], City1=["Hull"], City2=["Leeds"])
    then = frame("A", Surname=["Testaj"], City2=["York"], City3=["Luton"], City4=["Derby"])
    both = joined(now, then)
    assert both.recognised.columns["exploitation_cities"] == ("City1", "City2", "City4")
    row = both.frame.iloc[1]
    assert (row["City1"], row["City2"], row["City4"]) == ("Luton", "York", "Derby")


def test_repeated_headings_that_nothing_is_read_from_stay_apart() -> None:
    now = pd.concat(
        [frame("C", Surname=["Example"]), pd.DataFrame([["n1", "n2"]], columns=["Notes", "Notes"])], axis=1
    )
    then = pd.concat(
        [
            frame("A", Surname=["Testaj"]),
            pd.DataFrame([["t1", "t2", "t3"]], columns=["Notes", "Notes", "Else"]),
        ],
        axis=1,
    )
    both = joined(now, then)
    assert list(both.frame.columns) == [ID, "Surname", "Notes", "Notes", "Notes (earlier extract)", "Else"]
    assert both.frame.iloc[0].tolist()[2:4] == ["n1", "n2"]
    assert set(both.frame.iloc[1].dropna()) == {"A", "Testaj", "t1", "t2", "t3"}
    third = joined(frame("D", Surname=["Third"]), both.frame)
    assert set(third.frame.iloc[2].dropna()) == {"A", "Testaj", "t1", "t2", "t3"}


@pytest.mark.parametrize(
    ("column", "kept"),
    [
        ([1, 2], None),
        ([1.5, np.nan], None),
        ([True, False], None),
        (["a", None], None),
        (pd.Categorical(["a", "b"]), None),
        (pd.to_datetime(pd.Series(["2001-05-14", None])), None),
        ([1, 2], ["x", "y"]),
        ([1, 2], [1.5, None]),
    ],
    ids=["whole", "numbers", "yes or no", "text", "categories", "dates", "other kind", "numbers below"],
)
def test_no_value_changes(column: Any, kept: Any) -> None:
    now = frame("CD", Surname=["Example", "Exampel"], More=column)
    then = frame("AB", Surname=["Testaj", "Mock"], **({} if kept is None else {"More": kept}))
    both = joined(now, then).frame
    for found, given_ in ((both.iloc[:2], now), (both.iloc[2:], then)):
        values = given_["More"].tolist() if "More" in given_ else [None, None]
        for one, other in zip(found["More"].tolist(), values, strict=True):
            assert (pd.isna(one) and pd.isna(other)) or (one == other and type(one) is type(other))


def test_withdrawn_rows_and_those_known_again() -> None:
    then = frame("ABCD", Surname=["Testaj", "Mock", "Osei", "Ruth"])
    now = frame("DXB", Surname=["Ruth ", "New", "Mok"])
    gone = joined(now, then, keep=False)
    assert gone.frame is now and gone.n_kept == 0
    assert gone.place.tolist() == [-1, 2, -1, 0]
    assert gone.revised.tolist() == [False, True, False, False]
    kept = joined(now, then)
    assert kept.frame[ID].tolist() == ["D", "X", "B", "A", "C"]
    assert kept.place.tolist() == [3, 2, 4, 0]


def test_a_changed_value_counts_wherever_it_stands_and_no_other_does() -> None:
    then = frame("AB", Surname=["Testaj", "Mock"], Unread=[1, 2], Gender=["F", None])
    assert not joined(then.assign(Unread=[3, 4]), then).revised.any()
    assert not joined(then.assign(Gender=["F", " "]), then).revised.any()
    assert not joined(then[["Gender", "Surname", ID]], then).revised.any()
    assert joined(then.assign(Gender=pd.Series(["M", None])), then).revised.tolist() == [True, False]
    assert joined(then.assign(Town=pd.Series([None, "Hull"])), then).revised.tolist() == [False, True]
    assert joined(then.drop(columns="Surname").assign(Forename="x"), then).revised.all()


@given(
    st.lists(st.tuples(st.sampled_from("ABC"), st.sampled_from("xyz")), max_size=6),
    st.lists(st.tuples(st.sampled_from("ABC"), st.sampled_from("xyz")), max_size=6),
    st.booleans(),
)
def test_rows_of_repeated_submissions_are_matched_one_to_one(
    then: list[tuple[str, str]], now: list[tuple[str, str]], keep: bool
) -> None:
    frames = [pd.DataFrame(rows, columns=["ExternalId", "Surname"], dtype=object) for rows in (now, then)]
    both = joined(frames[0], frames[1], keep)
    recognised = recognise(frames[1])
    raw = arrange(frames[1], recognised)
    held = both.place >= 0
    assert len(set(both.place[held].tolist())) == held.sum()
    assert keep <= held.all()
    matched = 0
    for row, place, revised in zip(raw.position, both.place, both.revised, strict=True):
        if place < 0:
            continue
        matched += place < len(now)
        old, new = then[row], tuple(both.frame.iloc[place])
        assert old[0] == new[0]
        assert revised == (old != new)
    each = [
        pd.Series([row[0] for row in rows], dtype=object).value_counts().to_dict() for rows in (then, now)
    ]
    assert matched == sum(min(count, each[1].get(key, 0)) for key, count in each[0].items())
    # As many as can be are known again by what they hold.
    same = [pd.Series(rows, dtype=object).value_counts().to_dict() for rows in (then, now)]
    alike = sum(min(count, same[1].get(key, 0)) for key, count in same[0].items())
    assert matched - int(both.revised.sum()) == alike
