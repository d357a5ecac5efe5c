"""Nobody who holds what is published narrows a number of 1 to 9 to within 2, by exact reasoning.

"To within 2" is meant strictly: there is no guess that is sure to be at most 2 away. So what is possible must
span more than 4. It is asked of the numbers of three releases in a row, each made with the one before, of the
differences of those that are nested, and of what they grew by from any release to any later one.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nrm_linkage.errors import InputError
from nrm_linkage.report import publication
from nrm_linkage.report.counted import COUNTINGS
from nrm_linkage.report.publication import published
from tests.report.attacker import ALL, EXCLUDING, LATER, LATEST, Reader, Said, targets

BASE = ("age_group", "gender")
GROUPS = [(age, gender) for age in ("adult", "child") for gender in ("female", "male")]
BY_COUNTING = {COUNTINGS[0]: ALL, COUNTINGS[1]: EXCLUDING, COUNTINGS[2]: LATER}

Month = dict[tuple[str, str], list[int]]
"""Group -> its four nested numbers, LATER first."""


@st.composite
def nested(draw: st.DrawFn) -> list[int]:
    """Four nested numbers, small and close to one another more often than not."""
    step = st.one_of(st.integers(0, 9), st.integers(0, 16), st.integers(0, 40))
    return np.cumsum([draw(step) for _ in range(4)]).tolist()


@st.composite
def in_a_row(draw: st.DrawFn, groups: int = 1, months: int = 3) -> tuple[Month, ...]:
    """Nested numbers, and those of some months later: none smaller, and nested."""
    growth = st.one_of(st.just(0), st.integers(0, 9), st.integers(5, 14), st.integers(0, 20))
    chain: list[Month] = [{} for _ in range(months)]
    for group in GROUPS[:groups]:
        now = draw(nested())
        for month in chain:
            month[group] = now
            now = np.maximum.accumulate([number + draw(growth) for number in now]).tolist()
    return tuple(chain)


def exact(month: Month, definition: str, wide: int = 0) -> pd.DataFrame:
    """The analyst's table; of "latest_inside" only "all" is nested with the rest."""
    rows = []
    for group in [*month, None]:
        for counting in COUNTINGS:
            at = LATEST if definition == "latest_inside" else BY_COUNTING[counting]
            number = sum(each[at] for each in month.values()) if group is None else month[group][at]
            labels = ("total", "total") if group is None else group
            rows.append((*labels, counting, number + 0.3, max(number - wide, 0), number + 1 + wide))
    table = pd.DataFrame(rows, columns=[*BASE, "counting", "estimate", "low", "high"])
    table.attrs = {"definition": definition}
    return table


def release(month: Month, by: Any = BASE, wide: int = 0, **options: Any) -> pd.DataFrame:
    def count(by: Any, definition: str) -> pd.DataFrame:
        assert tuple(by) == BASE
        return exact(month, definition, wide)

    return published(count, by=by, **options)


def said(table: pd.DataFrame, group: tuple[str, str]) -> list[Said]:
    """What a release says of a group's four numbers."""
    rows = table[(table["age_group"] == group[0]) & (table["gender"] == group[1])]

    def one(definition: str, counting: str) -> Said:
        row = rows[(rows["definition"] == definition) & (rows["counting"] == counting)]
        values = row[["estimate", "low", "high", "shown_from"]].to_numpy(dtype=np.float64)[0]
        return Said(*(None if np.isnan(value) else float(value) for value in values))

    countings = sorted(BY_COUNTING, key=BY_COUNTING.__getitem__)
    return [*(one("inside_period", name) for name in countings), one("latest_inside", COUNTINGS[0])]


def releases(months: tuple[Month, ...], wide: int, sticky: bool = True) -> list[pd.DataFrame]:
    """The releases of some months, each made with the one before."""
    made: list[pd.DataFrame] = []
    for month in months:
        made.append(release(month, wide=wide, since=made[-1] if made and sticky else None))
    return made


def narrowed(months: tuple[Month, ...], wide: int, sticky: bool = True, **rules: Any) -> list[str]:
    """What of 1 to 9 the reader can tell to within 2, in words."""
    made = releases(months, wide, sticky)
    found = []
    for group in months[0]:
        reader = Reader([said(table, group) for table in made], since=sticky, **rules)
        true = [number for month in months for number in month[group]]
        for name, target in targets(len(months)).items():
            value = sum(weight * true[at] for at, weight in target.items())
            if 1 <= value <= 9:
                low, high = reader.reach(target)
                assert low <= value <= high
                if high - low <= 4:
                    found.append(f"{name}: {value:g} in {low} to {high}, of {true}")
    return found


@given(in_a_row(), st.sampled_from([0, 3, 12]))
@settings(max_examples=60, deadline=None)
def test_no_number_of_1_to_9_is_narrowed_to_within_2(months: tuple[Month, ...], wide: int) -> None:
    assert narrowed(months, wide) == []


CLOSE = {GROUPS[0]: [3, 13, 14, 15]}
LATER_ON = {GROUPS[0]: [3, 13, 15, 17]}


def test_the_reader_takes_weaker_rules_apart() -> None:
    """He finds what there is to find: without the rule of differences, and without the last release."""
    assert narrowed((CLOSE, LATER_ON), 0) == []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(publication, "_shown", lambda large, value, before, apart: large)
        found = narrowed((CLOSE, LATER_ON), 0, apart=False, waits=False)
        assert any(each.startswith("0.2-1: 1 in 0 to 4") for each in found)
    far = {GROUPS[0]: [0, 0, 14, 15]}, {GROUPS[0]: [0, 0, 16, 17]}
    assert narrowed(far, 0) == []
    found = narrowed(far, 0, sticky=False)
    assert any(each.startswith("growth of 2, 0 to 1: 2 in 0 to 4") for each in found)


@pytest.mark.parametrize(
    ("numbers", "wide", "told"),
    [
        # Near to another number and then shown, in two releases; shown, near, and shown again, in three.
        ([[17, 28, 36, 46], [17, 32, 46, 46]], 3, "growth of 1, 0 to 1: 4 in 0 to 4"),
        ([[13, 25, 31, 35], [13, 25, 31, 45], [13, 27, 40, 55]], 0, "growth of 1, 0 to 2: 2 in 0 to 4"),
        ([[14, 22, 31, 36], [14, 30, 31, 36], [16, 32, 44, 44]], 0, "growth of 1, 1 to 2: 2 in 0 to 4"),
        ([[17, 21, 23, 34], [26, 26, 26, 34], [26, 27, 35, 38]], 0, "2.1-0: 1 in 0 to 4"),
    ],
)
def test_a_number_that_comes_back_at_once_tells_what_it_grew_by(
    numbers: list[list[int]], wide: int, told: str
) -> None:
    months = tuple({GROUPS[0]: each} for each in numbers)
    assert narrowed(months, wide) == []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(publication, "_shown_from", lambda shown, *rest: np.full(shown.shape, np.nan))
        assert any(found.startswith(told) for found in narrowed(months, wide, waits=False))


def worked_out(made: list[pd.DataFrame], group: tuple[str, str]) -> list[list[float | None]]:
    """From where each number of each release is shown, by what is published alone."""
    found: list[list[float | None]] = []
    for month, table in enumerate(made):
        now = said(table, group)
        row: list[float | None] = []
        before = said(made[month - 1], group) if month else [Said(None, None, None)] * 4
        for number in range(4):
            inner = range(number + 1)
            large = any(of.estimate is not None for k in inner for of in (now[k], before[k]))
            large |= any(before[k].shown_from is not None for k in inner)
            if now[number].estimate is not None or not large:
                row.append(None)
                continue
            waits = before[number].shown_from
            passed = [value for k in range(number) if (value := now[k].estimate) is not None]
            if waits is not None and not any(value >= waits for value in passed):
                row.append(waits)
                continue
            wider = [of.high for of in now[number + 1 :] if of.high is not None]
            narrower = [of.high for of in now[:number] if of.high is not None]
            row.append(15 + (min(wider) if wider else max(12, *(high + 10 for high in narrower), 12)))
        found.append(row)
    return found


@given(in_a_row(months=4), st.sampled_from([0, 3, 12]))
@settings(max_examples=100, deadline=None)
def test_from_where_a_number_is_shown_says_nothing_that_is_not_published(
    months: tuple[Month, ...], wide: int
) -> None:
    made = releases(months, wide)
    given_away = [[of.shown_from for of in said(table, GROUPS[0])] for table in made]
    assert worked_out(made, GROUPS[0]) == given_away


def test_a_group_that_waits_to_be_shown_again_stays_in_the_table() -> None:
    """What its last release carries would be lost, and the next would begin anew."""

    def count(number: int) -> Any:
        def table(by: Any, definition: str) -> pd.DataFrame:
            rows = [("AL", name, number, number, number + 1) for name in COUNTINGS]
            total = [("total", *row[1:]) for row in rows]
            columns = ["nationality", "counting", "estimate", "low", "high"]
            return pd.DataFrame([*rows, *total], columns=columns)

        return table

    first = published(count(15), by=("nationality",))
    assert first["nationality"].unique().tolist() == ["AL"]
    second = published(count(5), by=("nationality",), since=first)
    assert second["suppressed"].all() and second["shown_from"].notna().any()
    assert len(published(count(5), by=("nationality",))) == 0


@given(in_a_row(groups=4), st.sampled_from([0, 5]))
@settings(max_examples=40, deadline=None)
def test_totals_and_coarser_groups_tell_nothing_more(months: tuple[Month, ...], wide: int) -> None:
    """Whoever holds the groups can work them out: what is shown is added up, and what is not can be no more
    than the number it lies within, or than its reason for not being shown allows."""
    *_, last, cells = releases(months, wide)
    cells = cells[cells["gender"] != "total"].reset_index(drop=True)
    cells["place"] = cells.groupby(list(BASE)).cumcount()
    for _, of_group in cells.groupby(list(BASE)):
        for at in of_group.index[of_group["suppressed"]]:
            wider = of_group.loc[of_group.index < at, "high"].min()
            narrower = of_group.loc[of_group.index > at, "high"].max()
            near = 12.0 if pd.isna(narrower) else max(12.0, narrower + 10)
            near = np.fmax(near, cells.loc[at, "shown_from"])
            cells.loc[at, "room"] = near if pd.isna(wider) else wider
    for by in ((), ("gender",), ("age_group",)):
        coarse = release(months[-1], by=by, wide=wide, since=last)
        assert coarse["shown_from"].isna().all()
        for row in coarse.to_dict("records"):
            same = (cells["definition"] == row["definition"]) & (cells["counting"] == row["counting"])
            parts = cells[same & np.all([(cells[n] == row[n]) | (row[n] == "total") for n in by], axis=0)]
            assert row["suppressed"] == parts["suppressed"].all()
            if not row["suppressed"]:
                assert row["estimate"] == parts["estimate"].sum()
                assert row["low"] == parts["low"].sum()
                room = parts["high"].sum() + (parts["room"].sum() if "room" in parts else 0)
                assert row["high"] == 5 * np.ceil(room / 5)


@given(in_a_row(groups=4), st.sampled_from([0, 3, 12]))
@settings(max_examples=60, deadline=None)
def test_what_is_shown_is_near_the_truth_and_its_range_holds_the_analyst_s(
    months: tuple[Month, ...], wide: int
) -> None:
    made = releases(months, wide)
    for now, since, table in zip(months, (None, *made), made, strict=False):
        analyst = pd.concat(
            exact(now, name, wide).assign(definition=name) for name in ("inside_period", "latest_inside")
        )
        keys = [*BASE, "definition", "counting"]
        both = table[table["gender"] != "total"].merge(analyst, on=keys, suffixes=("", "_exact"))
        assert len(both) == 16
        shown = both[~both["suppressed"]]
        assert (shown[["estimate", "low", "high"]] % 5 == 0).all(axis=None)
        assert (shown["estimate"] >= 15).all()
        off = (shown["estimate"] - shown["estimate_exact"].round()).abs()
        assert (off <= (2 if since is None else 7)).all()
        assert (shown["low"] <= shown["low_exact"]).all()
        assert (shown["high"] >= shown["high_exact"]).all()
        assert both.loc[both["suppressed"], ["estimate", "low", "high"]].isna().all(axis=None)
        assert both.loc[both["estimate_exact"] < 12.5, "suppressed"].all()


def test_a_last_release_of_other_groups_is_refused() -> None:
    month = {GROUPS[0]: [20, 40, 60, 80]}
    with pytest.raises(InputError, match="by age_group and gender"):
        release(month, since=release(month, by=()))


@pytest.mark.parametrize(
    "by",
    [("nationality", "gender"), ("nationality", "town"), ("town",), ("gender", "gender"), "gender"],
    ids=str,
)
def test_finer_groups_are_not_published(by: Any) -> None:
    with pytest.raises(InputError, match=r"publication of people|must be a sequence"):
        release({GROUPS[0]: [20, 40, 60, 80]}, by=by)


@pytest.mark.parametrize("options", [{"suppress_below": 0}, {"round_to": 0}])
def test_control_of_nothing_is_refused(options: dict[str, int]) -> None:
    with pytest.raises(InputError, match="at least 1"):
        release({GROUPS[0]: [20, 40, 60, 80]}, **options)
