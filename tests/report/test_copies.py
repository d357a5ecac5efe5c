"""Copies with known errors: what each error does to a record, and that nothing of a record comes out."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from nrm_linkage import HOME_OFFICE_CAVEAT, InputError, Linkage, link_referrals, make_referrals
from nrm_linkage.report.copies import MECHANISMS, UNCHANGED, _Original

RECORD = {"given_name": "Përparim Ali", "family_name": "Testaj"}


@pytest.fixture(scope="module")
def linkage() -> Linkage:
    frame = make_referrals(1_500, seed=5).drop(columns=["true_person", "true_instance"])
    return link_referrals(frame, progress=False)


@pytest.fixture(scope="module")
def table(linkage: Linkage) -> pd.DataFrame:
    return linkage.recall_on_copies(n=600, seed=1)


def original(**changes: object) -> _Original:
    values = {"cells": RECORD, "birth": (2001, 5, 7), "community": "albanian", "a": 0.2, "b": 0.4}
    return _Original(**(values | changes))  # type: ignore[arg-type]


def changed(name: str, **changes: object) -> dict[str, object] | None:
    return next(each for each in MECHANISMS if each.name == name).change(original(**changes))


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        (UNCHANGED, {}),
        ("boxes exchanged", {"given_name": "Testaj", "family_name": "Përparim Ali"}),
        ("one box", {"given_name": "Përparim Ali Testaj", "family_name": "."}),
        ("family name missing", {"family_name": "Unknown"}),
        ("initial", {"given_name": "P"}),
        ("marks lost", {"given_name": "Perparim Ali"}),
        ("1 January", {"date_of_birth": "2001-01-01"}),
        ("day and month", {"date_of_birth": "2001-07-05"}),
        ("year before", {"date_of_birth": "2000-05-07"}),
        ("date missing", {"date_of_birth": None}),
    ],
)
def test_each_error_does_what_it_says(name: str, cells: dict[str, object]) -> None:
    assert changed(name) == cells


@pytest.mark.parametrize(
    "name",
    [
        "typing error, given name",
        "typing error, family name",
        "spelling, given name",
        "spelling, family name",
    ],
)
def test_misspelling_changes_one_word_of_one_box(name: str) -> None:
    box = "given_name" if "given" in name else "family_name"
    cells = changed(name)
    assert cells is not None
    assert list(cells) == [box]
    before, after = RECORD[box].split(), str(cells[box]).split()
    assert len(before) == len(after)
    assert sum(a != b for a, b in zip(before, after, strict=True)) == 1


@pytest.mark.parametrize(
    ("name", "lacking"),
    [
        ("boxes exchanged", {"cells": {"given_name": "Ruth"}}),
        ("one box", {"cells": {"given_name": "Ruth", "family_name": None}}),
        ("family name missing", {"cells": {"given_name": " ", "family_name": "Ruth"}}),
        ("initial", {"cells": {"given_name": "R"}}),
        ("marks lost", {"cells": {"given_name": "Ruth"}}),
        ("typing error, given name", {"cells": {"family_name": "Ruth"}}),
        ("1 January", {"birth": None}),
        ("day and month", {"birth": (2001, 5, 23)}),
        ("day and month", {"birth": (2001, 5, 5)}),
        ("year before", {"birth": None}),
        ("date missing", {"birth": None}),
        ("spelling and 1 January", {"birth": None}),
    ],
)
def test_a_record_that_does_not_admit_an_error_is_not_given_it(name: str, lacking: dict[str, object]) -> None:
    assert changed(name, **lacking) is None


def test_errors_are_spread_evenly_and_easy_ones_are_found(table: pd.DataFrame) -> None:
    by_kind = table.set_index("mechanism")
    assert by_kind.index.tolist() == [*(each.name for each in MECHANISMS), "any error"]
    copies = by_kind["copies"].drop(["any error", "marks lost"])
    assert copies.max() - copies.min() <= 1
    assert by_kind["copies"].drop("any error").sum() == 600
    joined = by_kind["joined"].to_dict()
    assert joined[UNCHANGED] > 0.9
    assert joined["spelling and 1 January"] < joined["1 January"] + 0.05
    shares = by_kind[["found_by_blocking", "above_threshold"]]
    assert (by_kind["joined"] <= shares.min(axis=1)).all()
    assert (by_kind["joined"] >= shares.sum(axis=1) - 1 - 1e-12).all()


def test_total_is_the_copies_of_all_groups(linkage: Linkage, table: pd.DataFrame) -> None:
    groups = linkage.recall_on_copies(n=600, seed=1, by="nationality")
    totals = groups[groups["nationality"] == "total"].drop(columns="nationality").reset_index(drop=True)
    pd.testing.assert_frame_equal(totals, table, check_like=True)
    parts = groups[groups["nationality"] != "total"]
    for name in ("found_by_blocking", "above_threshold", "joined"):
        summed = (parts[name] * parts["copies"]).groupby(parts["mechanism"], sort=False).sum()
        assert summed[table["mechanism"]].to_numpy() == pytest.approx(
            (table[name] * table["copies"]).to_numpy()
        )
    assert (groups["small"] == (groups["copies"] < 10)).all()


def test_the_same_seed_gives_the_same_table_and_another_another(linkage: Linkage) -> None:
    one = linkage.recall_on_copies(n=150, seed=4, by="nationality")
    pd.testing.assert_frame_equal(one, linkage.recall_on_copies(n=150, seed=4, by="nationality"))
    assert not one.equals(linkage.recall_on_copies(n=150, seed=5, by="nationality"))


def test_no_value_of_a_record_comes_out_and_no_record_is_changed(linkage: Linkage) -> None:
    before = linkage.run.frame.copy()
    text = linkage.recall_on_copies(n=100, by="gender")
    shown = text.to_csv() + repr(text.attrs)
    pd.testing.assert_frame_equal(linkage.run.frame, before)
    names = pd.concat([before["Forename(s)"], before["Surname"]]).dropna()
    words = {word for name in names for word in str(name).split() if len(word) > 4 and word[0].isupper()}
    assert not [word for word in words if f" {word} " in shown or f",{word}," in shown]
    assert RECORD["family_name"] not in repr(original())


def test_copies_do_not_hold_what_gives_them_away() -> None:
    """Two strangers with references: a copy that kept its reference would be found by it."""
    frame = pd.DataFrame(
        {
            "NRM reference": ["R1", "R2"],
            "Forename(s)": ["Ruth", "Osei"],
            "Surname": ["", ""],
            "HO reference": ["A1234567", "B7654321"],
        }
    )
    linkage = link_referrals(frame, progress=False)
    seen = linkage.recall_on_copies(n=2)
    assert seen["mechanism"].tolist() == [UNCHANGED, "initial", "any error"]
    assert seen.set_index("mechanism").loc["initial", "joined"] == 0.0


def test_it_says_what_it_is_not(table: pd.DataFrame) -> None:
    assert table.attrs["caveat"] == HOME_OFFICE_CAVEAT
    assert "no estimate" in table.attrs["note"]
    assert set(table.attrs["mechanisms"]) == {each.name for each in MECHANISMS}


def test_what_cannot_be_asked_is_refused(linkage: Linkage) -> None:
    with pytest.raises(InputError, match="at least 1"):
        linkage.recall_on_copies(n=0)
    with pytest.raises(InputError, match="do not hold"):
        linkage.recall_on_copies(n=10, by="shoe_size")


def test_nobody_to_copy_makes_an_empty_table() -> None:
    frame = pd.DataFrame({"Forename(s)": ["", ""], "Surname": ["", ""]})
    table = link_referrals(frame, progress=False).recall_on_copies()
    assert len(table) == 0
    assert table["copies"].dtype == np.int64
