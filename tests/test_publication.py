"""What may leave the house, asked of a whole run: by method, by page and by command line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner

from nrm_linkage import Linkage, link_referrals, make_referrals
from nrm_linkage.cli import main
from nrm_linkage.errors import InputError
from nrm_linkage.io import read_table
from nrm_linkage.report.sensitivity import FEWEST_PEOPLE

pytestmark = [pytest.mark.whole_package, pytest.mark.xdist_group("publication")]

TRUTH = ["true_person", "true_instance"]
NUMBERS = ["estimate", "low", "high"]
PERIOD = ("2023-01-01", "2024-07-31")
LAST = ("2023-01-01", "2024-06-30")


@pytest.fixture(scope="module")
def linkage() -> Linkage:
    return link_referrals(make_referrals(2_500, seed=81).drop(columns=TRUTH), progress=False)


@pytest.fixture(scope="module")
def saved(linkage: Linkage, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("publication") / "run"
    linkage.save(folder)
    return folder


def command(*arguments: object) -> str:
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert result.exit_code == 0, result.output
    return result.output


def test_a_publication_has_both_definitions_and_nothing_exact(linkage: Linkage) -> None:
    table = linkage.repeat_referrals(PERIOD, audience="publication")
    assert list(table.columns) == [
        *("age_group", "gender", "definition", "counting", *NUMBERS),
        *("shown_from", "suppressed"),
    ]
    assert table.attrs["audience"] == "publication"
    assert table.attrs["period"] == PERIOD
    assert "below 13" in table.attrs["disclosure"]
    assert set(table["definition"]) == {"inside_period", "latest_inside"}
    assert (table[NUMBERS].stack().dropna() % 5 == 0).all()
    assert 0 < table["suppressed"].sum() < len(table)
    exact = linkage.repeat_referrals(PERIOD)
    both = table[table["definition"] == "inside_period"].merge(
        exact, on=["age_group", "gender", "counting"], suffixes=("", "_exact")
    )
    shown = both[~both["suppressed"] & (both["gender"] != "total")]
    assert ((shown["estimate"] - shown["estimate_exact"]).abs() <= 3).all()
    # With what is not shown in mind, the range of a total holds the exact one.
    total = both[(both["gender"] == "total") & ~both["suppressed"]]
    assert (total["low"] <= total["low_exact"]).all() and (total["high_exact"] <= total["high"]).all()


def test_the_last_release_holds_numbers_that_hardly_moved(linkage: Linkage) -> None:
    first = linkage.repeat_referrals(LAST, audience="publication")
    second = linkage.repeat_referrals(PERIOD, audience="publication", since=first)
    keys = ["age_group", "gender", "definition", "counting"]
    both = second.merge(first, on=keys, suffixes=("", "_before"))
    both = both[both["gender"] != "total"].dropna(subset=["estimate", "estimate_before"])
    moved = (both["estimate"] - both["estimate_before"]).abs()
    assert len(both) > 4
    assert ((moved == 0) | (moved >= 10)).all()
    assert (moved == 0).any()


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"audience": "everybody"}, "audience must be"),
        ({"audience": "publication", "definition": "latest_inside"}, "both definitions"),
        ({"audience": "publication", "with_decisions": False}, "human decisions"),
        ({"audience": "publication", "by": ("nationality", "Town")}, "finer groups"),
        ({"audience": "publication", "by": ("Surname",)}, "finer groups"),
        ({"audience": "publication", "since": pd.DataFrame({"gender": ["male"]})}, "since must be"),
        ({"since": pd.DataFrame()}, "for audience="),
    ],
    ids=str,
)
def test_what_cannot_be_published_is_refused(linkage: Linkage, options: dict[str, Any], says: str) -> None:
    with pytest.raises(InputError, match=says):
        linkage.repeat_referrals(**options)


def test_by_nationality_only_what_is_shown_is_listed(linkage: Linkage) -> None:
    table = linkage.repeat_referrals(audience="publication", by=("nationality",))
    assert not (table["nationality"] == "total").any()
    assert (~table["suppressed"]).groupby(table["nationality"]).any().all()
    assert 0 < table["nationality"].nunique() < 15


def test_published_sensitivity_and_quality_hold_no_number_of_anything(linkage: Linkage) -> None:
    """Shares to 5 per cent of hundreds of people, and of what records hold to 5 per cent: nobody can
    make a number of people of a group of them."""
    exact, shares = linkage.sensitivity(), linkage.sensitivity(audience="publication")
    assert exact["people_in_clusters"].min() >= FEWEST_PEOPLE[-1][0]
    assert not {"people_in_clusters", "referrals_in_clusters", "links"} & set(shares.columns)
    measured = ["people_to_published", "expected_precision", "expected_recall"]
    values = shares[measured].to_numpy()
    np.testing.assert_allclose(values * 20, (values * 20).round(), atol=1e-9)
    assert shares.loc[shares["published"], "people_to_published"].tolist() == [1.0]
    held = linkage.quality("gender", audience="publication")
    knowns = [name for name in held.columns if name.endswith("_known")] + ["default_date_share"]
    right = ["expected_precision", "expected_recall"]
    assert list(held.columns) == ["gender", *knowns, *right, "suppressed"]
    values = held[knowns].to_numpy()
    np.testing.assert_allclose(np.nan_to_num(values) * 20, (np.nan_to_num(values) * 20).round(), atol=1e-9)
    assert held[right].iloc[:-1].isna().all(axis=None)
    linkable = linkage.quality("gender")["linkable"]
    assert (held["suppressed"] == (linkable < 20)).all()
    assert held.loc[held["suppressed"], knowns].isna().all(axis=None)


def test_a_small_run_publishes_no_share() -> None:
    few = link_referrals(make_referrals(150, seed=82).drop(columns=TRUTH), progress=False)
    shares = few.sensitivity(audience="publication")
    assert shares[["people_to_published", "expected_precision", "expected_recall"]].isna().all(axis=None)
    assert few.quality((), audience="publication")["expected_precision"].isna().all()


@pytest.mark.parametrize("by", ["Town", ("nationality", "gender"), "first_responder"])
def test_quality_of_finer_groups_is_not_published(linkage: Linkage, by: Any) -> None:
    with pytest.raises(InputError, match="publication of quality"):
        linkage.quality(by, audience="publication")


def test_quality_against_a_truth_is_not_published(linkage: Linkage) -> None:
    with pytest.raises(InputError, match="takes no truth"):
        linkage.quality("gender", truth=list(range(len(linkage.referrals))), audience="publication")


def test_the_command_line_and_the_page_say_the_same(linkage: Linkage, saved: Path, tmp_path: Path) -> None:
    first, second = tmp_path / "june.csv", tmp_path / "july.csv"
    period = ["--from", LAST[0], "--to", LAST[1]]
    said = command("count", saved, "--out", first, *period, "--audience", "publication")
    assert "below 13" in said
    command("count", saved, "--out", second, "--audience", "publication", "--since", first)
    since = linkage.repeat_referrals(LAST, audience="publication")
    expected = linkage.repeat_referrals(audience="publication", since=since)
    written = read_table(second)
    np.testing.assert_array_equal(written["estimate"].astype(float), expected["estimate"])
    np.testing.assert_array_equal(written["high"].astype(float), expected["high"])
    np.testing.assert_array_equal(written["shown_from"].astype(float), expected["shown_from"])
    assert written["gender"].tolist() == expected["gender"].tolist()
    page = tmp_path / "page.html"
    command("report", saved, "--out", page, "--audience", "publication", "--since", first)
    text = page.read_text(encoding="utf-8")
    assert expected.attrs["disclosure"] in text
    numbers = {f"{number:,.0f}" for number in expected["estimate"].dropna()}
    assert all(f">{number}</td>" in text for number in numbers)


def test_a_period_needs_both_ends(saved: Path, tmp_path: Path) -> None:
    arguments = ["count", str(saved), "--out", str(tmp_path / "x.csv"), "--from", "2023-01-01"]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 2
    assert "--from and --to together" in result.output
