"""Nobody who holds what is published narrows a number of 1 to 9 to within 2, by exact reasoning.

"To within 2" is meant strictly: there is no guess that is sure to be at most 2 away. So what is possible must
span more than 4. It is asked of the numbers of a release, of the differences of those that are nested, and of
what they grew by since the last release.
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
    step = st.one_of(st.integers(0, 9), st.integers(0, 12), st.integers(0, 40))
    return np.cumsum([draw(step) for _ in range(4)]).tolist()


@st.composite
def two_months(draw: st.DrawFn, groups: int = 1) -> tuple[Month, Month]:
    """Nested numbers, and those of a month later: none smaller, and nested."""
    first, second = {}, {}
    for group in GROUPS[:groups]:
        now = draw(nested())
        grown = [
            number + draw(st.one_of(st.just(0), st.integers(0, 9), st.integers(0, 20))) for number in now
        ]
        first[group], second[group] = now, np.maximum.accumulate(grown).tolist()
    return first, second


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


def narrowed(months: tuple[Month, ...], wide: int, sticky: bool = True, **rules: bool) -> list[str]:
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


@given(two_months(), st.sampled_from([0, 3, 12]))
@settings(max_examples=60, deadline=None)
def test_no_number_of_1_to_9_is_narrowed_to_within_2(months: tuple[Month, Month], wide: int) -> None:
    assert narrowed(months, wide) == []


CLOSE = {GROUPS[0]: [3, 13, 14, 15]}
LATER_ON = {GROUPS[0]: [3, 13, 15, 17]}


def test_the_reader_takes_weaker_rules_apart() -> None:
    """He finds what there is to find: without the rule of differences, and without the last release."""
    assert narrowed((CLOSE, LATER_ON), 0) == []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(publication, "_shown", lambda large, value, before, apart: large)
        assert any(
            found.startswith("0.2-1: 1 in 0 to 4") for found in narrowed((CLOSE, LATER_ON), 0, apart=False)
        )
    far = {GROUPS[0]: [0, 0, 14, 15]}, {GROUPS[0]: [0, 0, 16, 17]}
    assert narrowed(far, 0) == []
    assert any(found.startswith("growth of 2: 2 in 0 to 4") for found in narrowed(far, 0, sticky=False))


@given(two_months(groups=4), st.sampled_from([0, 5]))
@settings(max_examples=40, deadline=None)
def test_totals_and_coarser_groups_tell_nothing_more(months: tuple[Month, Month], wide: int) -> None:
    """Whoever holds the groups can work them out: what is shown is added up, and what is not can be no more
    than the number it lies within, or than its reason for not being shown allows."""
    cells = release(months[1], wide=wide, since=release(months[0], wide=wide))
    cells = cells[cells["gender"] != "total"].reset_index(drop=True)
    cells["place"] = cells.groupby(list(BASE)).cumcount()
    for _, of_group in cells.groupby(list(BASE)):
        for at in of_group.index[of_group["suppressed"]]:
            wider = of_group.loc[of_group.index < at, "high"].min()
            narrower = of_group.loc[of_group.index > at, "high"].max()
            near = 12.0 if pd.isna(narrower) else max(12.0, narrower + 10)
            cells.loc[at, "room"] = near if pd.isna(wider) else wider
    for by in ((), ("gender",), ("age_group",)):
        coarse = release(months[1], by=by, wide=wide, since=release(months[0], wide=wide))
        for row in coarse.to_dict("records"):
            same = (cells["definition"] == row["definition"]) & (cells["counting"] == row["counting"])
            parts = cells[same & np.all([(cells[n] == row[n]) | (row[n] == "total") for n in by], axis=0)]
            assert row["suppressed"] == parts["suppressed"].all()
            if not row["suppressed"]:
                assert row["estimate"] == parts["estimate"].sum()
                assert row["low"] == parts["low"].sum()
                room = parts["high"].sum() + (parts["room"].sum() if "room" in parts else 0)
                assert row["high"] == 5 * np.ceil(room / 5)


@given(two_months(groups=4), st.sampled_from([0, 3, 12]))
@settings(max_examples=100, deadline=None)
def test_what_is_shown_is_near_the_truth_and_its_range_holds_the_analyst_s(
    months: tuple[Month, Month], wide: int
) -> None:
    for now, since in ((months[0], None), (months[1], release(months[0], wide=wide))):
        table = release(now, wide=wide, since=since)
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
