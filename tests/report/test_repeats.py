"""Counts of repeat referrals against an oracle that loops over draws, people and referrals."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from nrm_linkage.errors import InputError
from nrm_linkage.instances import CANNOT_TELL, LATER, SAME_POSSIBLE
from nrm_linkage.provenance import HOME_OFFICE_CAVEAT
from nrm_linkage.report import CountedRows, counted, repeat_referrals, repeats
from nrm_linkage.tables import Partition

ALL, EXCLUDING, RECORDED = repeats.COUNTINGS
NUMBERS = ["estimate", "low", "high", "n_in_clusters", "n_referrals"]
DEFINITIONS = ("inside_period", "latest_inside")
FIRST_DAY = datetime.date(2023, 1, 1)
ASSESSMENTS = (SAME_POSSIBLE, LATER, CANNOT_TELL)


def day(number: int | None) -> str | None:
    return None if number is None else str(FIRST_DAY + datetime.timedelta(days=number))


def assessment(previous: int, current: int) -> str:
    """Any fixed rule will do here; what the rule should be is tested with the rule."""
    return ASSESSMENTS[(3 * previous + 5 * current) % 3]


@dataclass(frozen=True)
class Case:
    """Referrals, and who they are in each draw. A row outside `uncertain` is alone in every draw."""

    days: list[int | None]
    counts: list[bool]
    sex: list[str]
    age: list[str]
    uncertain: list[int]
    draws: list[list[int]]
    published: list[int]

    def counted(self) -> CountedRows:
        def assess(previous: Any, current: Any) -> Any:
            pairs = zip(previous.tolist(), current.tolist(), strict=True)
            return np.array([assessment(*pair) for pair in pairs], dtype=object)

        return CountedRows(
            referred=np.array([day(number) for number in self.days], dtype="datetime64[D]"),
            counts=np.array(self.counts, dtype=bool),
            groups={
                "gender": np.array(self.sex, dtype=object),
                "age_group": np.array(self.age, dtype=object),
                "estimate": np.array(self.sex, dtype=object),
            },
            assess=assess,
        )

    def partition(self) -> Partition:
        n_rows = len(self.days)
        return Partition(
            cluster=np.array(self.published, dtype=np.int64),
            confidence=np.ones(n_rows),
            membership=np.ones(n_rows),
            uncertain=np.array(self.uncertain, dtype=np.int64),
            draws=np.array(self.draws, dtype=np.int32).reshape(len(self.draws), len(self.uncertain)),
            sampled=np.zeros(0, dtype=np.int64),
            chains_apart=np.zeros(0),
            chains_worth=np.zeros(0),
            component=np.zeros(n_rows, dtype=np.int64),
        )

    def table(self, **options: Any) -> pd.DataFrame:
        return repeat_referrals(self.counted(), self.partition(), **options)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    n_rows = draw(st.integers(1, 12))
    linked = draw(st.lists(st.booleans(), min_size=n_rows, max_size=n_rows))
    counts = draw(st.lists(st.sampled_from([True, True, True, False]), min_size=n_rows, max_size=n_rows))
    # A technical duplicate and a row that is not linkable are in nobody's component.
    uncertain = [row for row in range(n_rows) if linked[row] and counts[row]]

    def labels() -> list[int]:
        people = draw(st.lists(st.integers(0, 3), min_size=len(uncertain), max_size=len(uncertain)))
        return [uncertain[people.index(person)] for person in people]

    published = list(range(n_rows))
    for row, label in zip(uncertain, labels(), strict=True):
        published[row] = label
    days = draw(st.lists(st.one_of(st.none(), st.integers(0, 30)), min_size=n_rows, max_size=n_rows))
    assume(any(number is not None and held for number, held in zip(days, counts, strict=True)))
    return Case(
        days=days,
        counts=counts,
        sex=draw(st.lists(st.sampled_from(["female", "male", "unknown"]), min_size=n_rows, max_size=n_rows)),
        age=draw(st.lists(st.sampled_from(["adult", "child"]), min_size=n_rows, max_size=n_rows)),
        uncertain=uncertain,
        draws=[labels() for _ in range(draw(st.integers(1, 6)))],
        published=published,
    )


Group = tuple[str, ...]


def people_of(case: Case, label: list[int]) -> Iterator[list[int]]:
    """The referrals of each person in one draw, those that count, in date order, equal days by row."""
    person = dict(zip(case.uncertain, label, strict=True))
    for one in sorted({person.get(row, row) for row in range(len(case.days))}):
        rows = [
            row
            for row in range(len(case.days))
            if person.get(row, row) == one and case.counts[row] and case.days[row] is not None
        ]
        yield sorted(rows, key=lambda row: (case.days[row], row))


def counted_by_hand(
    case: Case, label: list[int], first: int, last: int, definition: str, by: tuple[str, ...]
) -> dict[tuple[Group, str], int]:
    """People by group and counting in one draw; "people" are those referred at all."""
    result: dict[tuple[Group, str], int] = {}
    for rows in people_of(case, label):
        at = {row: number for row in rows if (number := case.days[row]) is not None}
        held = [
            row for row in rows if at[row] <= last and (at[row] >= first or definition == "latest_inside")
        ]
        if not held or at[held[-1]] < first:
            continue
        assessed = [assessment(held[place - 1], held[place]) for place in range(1, len(held))]
        group = tuple({"gender": case.sex, "age_group": case.age}[name][held[-1]] for name in by)
        holds = {
            ALL: len(held) >= 2,
            EXCLUDING: len(held) - assessed.count(SAME_POSSIBLE) >= 2,
            RECORDED: LATER in assessed,
            "people": True,
        }
        turned = case.age[held[-1]] == "adult" and "child" in [case.age[row] for row in held[:-1]]
        for counting, does in holds.items():
            for where in {group, ("total",) * len(by)}:
                result[where, counting] = result.get((where, counting), 0) + does
                moved = (where, f"child then adult: {counting}")
                result[moved] = result.get(moved, 0) + (does and turned)
    return result


def range_of(values: list[int], interval: float) -> tuple[int, int]:
    """Counts taken off one by one, from the end where fewest draws have then been taken off, from both where
    they are as many: of what is left at any time that with a share of draws nearest to the interval.
    """
    left = sorted(set(values))
    ranges = []
    while left:
        held = sum(left[0] <= value <= left[-1] for value in values) / len(values)
        ranges.append((round(abs(held - interval), 9), left[0], left[-1]))
        beyond_low = sum(value <= left[0] for value in values)
        beyond_high = sum(value >= left[-1] for value in values)
        if beyond_low == beyond_high:
            left = left[1:-1]
        else:
            left = left[1:] if beyond_low < beyond_high else left[:-1]
    _, low, high = min(ranges, key=lambda one: one[0])
    return low, high


@given(
    cases(),
    st.sampled_from(DEFINITIONS),
    st.sampled_from([(), ("gender",), ("age_group", "gender"), ("gender", "age_group")]),
    st.one_of(st.none(), st.tuples(st.integers(-2, 32), st.integers(-2, 32)).map(sorted)),
    st.sampled_from([0.5, 0.9]),
)
@settings(max_examples=200)
def test_every_number_is_the_oracle_s(
    case: Case, definition: str, by: tuple[str, ...], period: list[int] | None, interval: float
) -> None:
    options: dict[str, Any] = {"by": by, "definition": definition, "interval": interval}
    known = [n for n, held in zip(case.days, case.counts, strict=True) if held and n is not None]
    first, last = period or (min(known), max(known))
    table = case.table(period=(day(first), day(last)) if period else None, **options)
    draws = [counted_by_hand(case, label, first, last, definition, by) for label in case.draws]
    published = counted_by_hand(
        case, [case.published[row] for row in case.uncertain], first, last, definition, by
    )
    columns = {"gender": case.sex, "age_group": case.age}
    groups = sorted(set(zip(*(columns[name] for name in by), strict=True))) if by else []
    expected = [
        (group, counting) for group in [*groups, ("total",) * len(by)] for counting in repeats.COUNTINGS
    ]
    found = [(*names, counting) for *names, counting in table[[*by, "counting"]].itertuples(index=False)]
    assert found == [(*group, counting) for group, counting in expected]
    for (group, counting), row in zip(expected, table.to_dict("records"), strict=True):
        values = [found.get((group, counting), 0) for found in draws]
        people = np.mean([found.get((group, "people"), 0) for found in draws])
        mean = float(np.mean(values))
        low, high = range_of(values, interval)
        in_group = [
            place
            for place, number in enumerate(case.days)
            if number is not None
            and case.counts[place]
            and first <= number <= last
            and (group == ("total",) * len(by) or tuple(columns[name][place] for name in by) == group)
        ]
        moved = [found.get((group, f"child then adult: {counting}"), 0) for found in draws]
        assert row["child_then_adult"] == pytest.approx(float(np.mean(moved)))
        assert row["estimate"] == pytest.approx(mean)
        assert row["low"] == min(low, np.floor(mean))
        assert row["high"] == max(high, np.ceil(mean))
        assert row["n_in_clusters"] == published.get((group, counting), 0)
        assert row["n_referrals"] == len(in_group)
        if people:
            assert row["share_of_people"] == pytest.approx(mean / people)
        else:
            assert np.isnan(row["share_of_people"])
        assert row["suppressed"] is False
        assert row["low"] <= row["estimate"] <= row["high"]


@given(cases(), st.sampled_from(DEFINITIONS))
def test_totals_are_the_sum_of_the_groups(case: Case, definition: str) -> None:
    table = case.table(definition=definition)
    alone = case.table(definition=definition, by=())
    is_total = table["gender"] == "total"
    assert is_total.tolist() == [False] * (len(table) - 3) + [True] * 3
    for name in ("estimate", "n_in_clusters", "n_referrals", "child_then_adult"):
        summed = table[~is_total].groupby("counting")[name].sum()
        total = table[is_total].set_index("counting")[name]
        np.testing.assert_allclose(summed[total.index], total)
    pd.testing.assert_frame_equal(
        table[is_total].drop(columns=["age_group", "gender"]).reset_index(drop=True), alone
    )


@given(cases(), st.sampled_from(DEFINITIONS))
def test_a_wider_interval_holds_a_narrower_one(case: Case, definition: str) -> None:
    narrow, middling, wide = (
        case.table(definition=definition, interval=interval) for interval in (0.5, 0.6, 0.95)
    )
    for inner, outer in ((narrow, middling), (middling, wide)):
        assert (outer["low"] <= inner["low"]).all()
        assert (outer["high"] >= inner["high"]).all()


@given(cases(), st.sampled_from(DEFINITIONS))
def test_how_many_draws_are_counted_at_a_time_changes_nothing(case: Case, definition: str) -> None:
    at_once = case.table(definition=definition)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(counted, "BATCH_NUMBERS", 1)
        pd.testing.assert_frame_equal(case.table(definition=definition), at_once)


def test_what_any_draw_joins_is_together_and_nothing_else() -> None:
    case = two_and_one(draws=[[0, 0], [0, 1]], published=[0, 1, 2])
    assert counted.ever_together(case.partition()).tolist() == [0, 0, 2]
    apart = two_and_one(draws=[[0, 1]], published=[0, 0, 2])
    assert counted.ever_together(apart.partition()).tolist() == [0, 0, 2]
    chained = two_and_one(uncertain=[0, 1, 2], draws=[[0, 0, 2], [0, 1, 1]], published=[0, 1, 2])
    assert counted.ever_together(chained.partition()).tolist() == [0, 0, 0]


@given(cases(), st.sampled_from(DEFINITIONS), st.tuples(st.integers(0, 30), st.integers(0, 30)).map(sorted))
def test_what_no_draw_joins_to_the_period_s_referrals_need_not_be_read(
    case: Case, definition: str, period: list[int]
) -> None:
    of_period = {"definition": definition, "period": (day(period[0]), day(period[1]))}
    together = counted.ever_together(case.partition())
    pd.testing.assert_frame_equal(case.table(**of_period, together=together), case.table(**of_period))


def two_and_one(**changes: Any) -> Case:
    """Rows 0 and 1 are one person's in three draws of four; row 2 is somebody else's."""
    values: dict[str, Any] = {
        "days": [0, 10, 20],
        "counts": [True] * 3,
        "sex": ["female", "female", "male"],
        "age": ["adult"] * 3,
        "uncertain": [0, 1],
        "draws": [[0, 0], [0, 0], [0, 0], [0, 1]],
        "published": [0, 0, 2],
    }
    return Case(**(values | changes))


def of(table: pd.DataFrame, counting: str = ALL) -> dict[str, Any]:
    """The total of a counting."""
    return {str(name): value for name, value in table[table["counting"] == counting].iloc[-1].items()}


def test_a_person_is_counted_in_the_share_of_draws_that_have_them() -> None:
    total = of(two_and_one().table())
    assert total["estimate"] == 0.75
    assert (total["low"], total["high"]) == (0.0, 1.0)
    assert total["n_in_clusters"] == 1
    assert total["share_of_people"] == pytest.approx(0.75 / 2.25)


@pytest.mark.parametrize(
    ("period", "inside", "latest"),
    [
        (("2023-01-01", "2023-01-11"), 0.75, 0.75),  # both ends are in
        (("2023-01-02", "2023-01-11"), 0.0, 0.75),  # the first is before the period
        (("2023-01-01", "2023-01-10"), 0.0, 0.0),  # the second is after it
        (("2023-01-12", "2023-01-31"), 0.0, 0.0),  # the latest is before it
        (("2024-01-01", "2024-12-31"), 0.0, 0.0),
    ],
)
def test_the_period_s_ends_and_both_definitions(
    period: tuple[str, str], inside: float, latest: float
) -> None:
    case = two_and_one()
    assert of(case.table(period=period))["estimate"] == inside
    assert of(case.table(period=period, definition="latest_inside"))["estimate"] == latest


def test_who_turned_18_stands_with_the_adults_and_is_shown_as_such() -> None:
    table = two_and_one(age=["child", "adult", "adult"]).table(by=("age_group",))
    found = table[table["counting"] == ALL].set_index("age_group")[["estimate", "child_then_adult"]]
    assert found.to_dict("index") == {
        "adult": {"estimate": 0.75, "child_then_adult": 0.75},
        "child": {"estimate": 0.0, "child_then_adult": 0.0},
        "total": {"estimate": 0.75, "child_then_adult": 0.75},
    }


@pytest.mark.parametrize("days", [[0, None, 20], [None, None, 20]])
def test_an_undated_referral_is_not_counted(days: list[int | None]) -> None:
    assert of(two_and_one(days=days).table())["estimate"] == 0.0


def test_rows_that_do_not_count_are_left_out_of_everything() -> None:
    total = of(two_and_one(counts=[True, False, True]).table(by=()))
    assert total["n_referrals"] == 2
    assert total["estimate"] == 0.0
    assert total["n_in_clusters"] == 0


@pytest.mark.parametrize(
    "period",
    [
        (datetime.date(2023, 1, 1), datetime.date(2023, 1, 31)),
        (datetime.datetime(2023, 1, 1, 23), datetime.datetime(2023, 1, 31, 1)),
        (pd.Timestamp("2023-01-01", tz="Europe/London"), pd.Timestamp("2023-01-31", tz="Europe/London")),
        (np.datetime64("2023-01-01"), np.datetime64("2023-01-31T12:00")),
        ["2023-01-01", "2023-01-31"],
    ],
)
def test_a_period_may_be_given_in_any_kind_of_date(period: Any) -> None:
    assert two_and_one().table(period=period).attrs["period"] == ("2023-01-01", "2023-01-31")


@pytest.mark.parametrize(
    "period",
    [
        ("01/03/2023", "31/03/2023"),
        ("then", "now"),
        ("2023-01-01",),
        "2023-01-01",
        ("2023-01-01", None),
        (pd.NaT, "2023-01-01"),
        (np.datetime64("NaT"), "2023-01-01"),
        (2023, 2024),
        5,
        ("2023-02-01", "2023-01-01"),
    ],
)
def test_a_period_that_is_none_is_refused(period: Any) -> None:
    with pytest.raises(InputError, match="period must"):
        two_and_one().table(period=period)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"by": "gender"}, "by must be a sequence"),
        ({"by": ("shoe_size",)}, "choose from: age_group, estimate, gender"),
        ({"by": ("gender", "gender")}, "more than once"),
        ({"by": ("estimate",)}, "a column of the table itself"),
        ({"definition": "mine"}, "definition must"),
        ({"interval": 0}, "interval must"),
        ({"interval": 1.0}, "interval must"),
        ({"interval": float("nan")}, "interval must"),
        ({"suppress_below": 0}, "suppress_below must"),
        ({"round_to": -5}, "round_to must"),
    ],
)
def test_options_out_of_range_are_refused(options: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError, match=says):
        two_and_one().table(**options)


@pytest.mark.parametrize("changes", [{"days": [None] * 3}, {"counts": [False] * 3}])
def test_no_referral_date_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(InputError, match="no referral has a date"):
        two_and_one(**changes).table()


@pytest.mark.parametrize("options", [{}, {"suppress_below": 10, "round_to": 5}, {"by": ()}])
def test_the_caveat_and_what_the_range_covers_go_with_the_table(options: dict[str, Any]) -> None:
    attrs = two_and_one().table(**options).attrs
    assert attrs["caveat"] == HOME_OFFICE_CAVEAT
    assert "nothing else" in attrs["range"]
    assert attrs["definition"] == "inside_period"
    assert attrs["period"] == ("2023-01-01", "2023-01-21")


def people_with_repeats(n_each: dict[str, int]) -> Case:
    """n certain people with two referrals each in each group; each counts in every counting."""
    sex = [name for name, n in n_each.items() for _ in range(2 * n)]
    uncertain = list(range(len(sex)))
    label = [row - row % 2 for row in uncertain]
    return Case(
        days=[row % 30 for row in uncertain],
        counts=[True] * len(sex),
        sex=sex,
        age=["adult"] * len(sex),
        uncertain=uncertain,
        draws=[label],
        published=label,
    )


def suppressed_groups(table: pd.DataFrame) -> list[str]:
    """The groups that are hidden, each in all of its countings and numbers."""
    hidden = table.groupby("gender", sort=False)["suppressed"].agg(["all", "any"])
    assert (hidden["all"] == hidden["any"]).all()
    numbers = table[[*NUMBERS, "share_of_people"]]
    assert numbers[table["suppressed"]].isna().all(axis=None)
    assert numbers[NUMBERS][~table["suppressed"]].notna().all(axis=None)
    return hidden.index[hidden["all"]].tolist()


@pytest.fixture
def every_repeat_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each person with a repeat counts in every counting, so that none is small where another is not."""
    monkeypatch.setitem(globals(), "ASSESSMENTS", (LATER,) * 3)


@pytest.mark.usefixtures("every_repeat_counts")
@pytest.mark.parametrize(
    ("n_each", "hidden"),
    [
        ({"a": 20, "b": 30, "c": 40}, []),
        ({"a": 20, "b": 3, "c": 40}, ["a", "b"]),  # b, and the next smallest beside it
        ({"a": 5, "b": 3, "c": 40}, ["a", "b", "c"]),  # the total leaves 8 for a and b
        ({"a": 8, "b": 9, "c": 40}, ["a", "b"]),
        ({"a": 3, "b": 40}, ["a", "b"]),
        ({"a": 4, "b": 5, "c": 6, "d": 40}, ["a", "b", "c"]),
        ({"a": 3}, ["a", "total"]),
        ({"a": 30}, []),
        ({"a": 1, "b": 1}, ["a", "b", "total"]),
    ],
)
def test_small_groups_are_suppressed_and_never_one_alone(n_each: dict[str, int], hidden: list[str]) -> None:
    table = people_with_repeats(n_each).table(by=("gender",), suppress_below=10)
    assert suppressed_groups(table) == hidden


@pytest.mark.usefixtures("every_repeat_counts")
def test_a_group_without_a_referral_in_the_period_hides_no_other() -> None:
    """With nobody in `empty`, what the total leaves would be the number of `small` itself."""
    case = people_with_repeats({"empty": 1, "small": 3, "large": 40, "larger": 50})
    days = [200 if name == "empty" else number for name, number in zip(case.sex, case.days, strict=True)]
    case = Case(**{**vars(case), "days": days})
    table = case.table(by=("gender",), period=("2023-01-01", "2023-01-31"), suppress_below=10)
    assert suppressed_groups(table) == ["large", "small"]
    assert (table.loc[table["gender"] == "empty", NUMBERS] == 0).all(axis=None)


@given(cases(), st.integers(1, 6), st.sampled_from([(), ("gender",), ("age_group", "gender")]))
def test_no_hidden_number_can_be_had_from_the_total(case: Case, below: int, by: tuple[str, ...]) -> None:
    table, shown = case.table(by=by), case.table(by=by, suppress_below=below)
    numbers = table.drop(columns=["suppressed", "share_of_people", "child_then_adult"])
    for counting in repeats.COUNTINGS:
        rows = np.flatnonzero(table["counting"] == counting)
        hidden = shown["suppressed"].to_numpy()[rows]
        holds = table["n_referrals"].to_numpy()[rows] > 0
        # Every small number is hidden, unless its group holds no referral.
        small = (table[["estimate", "n_in_clusters", "n_referrals"]].to_numpy()[rows] < below).any(axis=1)
        assert hidden[small & holds].all()
        if hidden[:-1].any() and not hidden[-1]:
            assert (hidden[:-1] & holds[:-1]).sum() >= 2
            between_them = table[["estimate", "n_in_clusters"]].to_numpy()[rows][:-1][hidden[:-1]].sum(axis=0)
            assert (between_them >= below).all()
    assert shown["child_then_adult"].isna().all()
    open_ = ~shown["suppressed"].to_numpy()
    pd.testing.assert_frame_equal(shown.loc[open_, numbers.columns], numbers[open_], check_dtype=False)


@given(cases(), st.sampled_from([2, 5]))
def test_rounding_rounds_every_number_and_keeps_the_range_around_the_estimate(case: Case, to: int) -> None:
    exact, rounded = case.table(), case.table(round_to=to)
    assert (rounded[NUMBERS] % to == 0).all(axis=None)
    assert ((rounded[NUMBERS] - exact[NUMBERS]).abs() <= to / 2).all(axis=None)
    assert (rounded["low"] <= rounded["estimate"]).all()
    assert (rounded["estimate"] <= rounded["high"]).all()


def test_what_is_counted_does_not_show_itself() -> None:
    assert repr(two_and_one(sex=["Quxavobe"] * 3).counted()) == "CountedRows()"


@pytest.mark.parametrize(("interval", "low", "high"), [(0.9, 1, 19), (0.5, 5, 15), (0.1, 9, 11)])
def test_the_range_is_that_of_the_draws(interval: float, low: int, high: int) -> None:
    """Twenty pairs of referrals, n of them joined in the nth of 21 draws: each number from 0 to 20 once."""
    rows = list(range(40))
    case = Case(
        days=[row % 30 for row in rows],
        counts=[True] * 40,
        sex=["female"] * 40,
        age=["adult"] * 40,
        uncertain=rows,
        draws=[[row - row % 2 if row < 2 * joined else row for row in rows] for joined in range(21)],
        published=rows,
    )
    total = of(case.table(by=(), interval=interval))
    assert (total["estimate"], total["low"], total["high"]) == (10, low, high)
