"""Counts of a whole run: ages at referral, technical duplicates put together, nameless reports left out."""

from __future__ import annotations

import pandas as pd
import pytest

from nrm_linkage import link_referrals

pytestmark = [pytest.mark.whole_package, pytest.mark.xdist_group("counting")]

HEADINGS = [
    "NRM reference",
    "Record type",
    "Date of referral",
    "Forename(s)",
    "Surname",
    "DOB",
    "Nationality",
    "Gender",
]
ROWS = [
    # A child who is an adult when referred again, by the dates alone.
    ["R1", "NRM", "2023-02-01", "Zvoqamir", "Kqextaj", "2005-06-14", "Albanian", "Male"],
    ["R2", "NRM", "2023-09-01", "Zvoqamir", "Kqextaj", "2005-06-14", "Albanian", "Male"],
    # An adult, and the same submission sent twice.
    ["R3", "NRM", "2023-03-05", "Tqebrel", "Wuxanigh", "1990-11-23", "Eritrean", "Female"],
    ["R4", "NRM", "2023-03-05", "Tqebrel", "Wuxanigh", "1990-11-23", "Eritrean", "Female"],
    # Duty to Notify without a name: the first with nothing, the others alike.
    ["R5", "DTN", "2023-04-01", None, None, None, "Vietnamese", "Female"],
    ["R6", "DTN", "2023-05-01", None, None, None, "Vietnamese", "Female"],
    ["R7", "DTN", "2023-06-01", "Unknown", "Unknown", None, "Vietnamese", "Female"],
    ["R8", "NRM", "2023-06-01", "Ruthvexa", "Plonquist", "1985-03-02", "British", "Female"],
]


@pytest.fixture(scope="module")
def counted() -> tuple[pd.DataFrame, pd.DataFrame, dict[str, int]]:
    frame = pd.DataFrame(ROWS, columns=HEADINGS)
    linkage = link_referrals(frame, progress=False)
    table = linkage.repeat_referrals(("2023-01-01", "2023-12-31"))
    return linkage.referrals, table[table["counting"] == "all"], dict(linkage.report.counts)


def test_who_turned_18_between_is_counted_with_the_adults_and_shown(
    counted: tuple[pd.DataFrame, pd.DataFrame, dict[str, int]],
) -> None:
    _, table, _ = counted
    men = table[(table["age_group"] == "adult") & (table["gender"] == "male")].iloc[0]
    assert men["n_in_clusters"] == 1
    assert men["estimate"] > 0.9
    assert men["child_then_adult"] == men["estimate"]
    boys = table[(table["age_group"] == "child") & (table["gender"] == "male")].iloc[0]
    assert (boys["n_referrals"], boys["estimate"], boys["child_then_adult"]) == (1, 0.0, 0.0)


def test_a_submission_sent_twice_is_one_referral_and_is_reported(
    counted: tuple[pd.DataFrame, pd.DataFrame, dict[str, int]],
) -> None:
    referrals, table, counts = counted
    assert counts["technical duplicates"] == 1
    assert referrals["technical_duplicate_of"].notna().sum() == 1
    women = table[(table["age_group"] == "adult") & (table["gender"] == "female")].iloc[0]
    assert (women["n_referrals"], women["n_in_clusters"], women["estimate"]) == (2, 0, 0.0)


def test_reports_without_a_name_are_not_linkable_and_nobody(
    counted: tuple[pd.DataFrame, pd.DataFrame, dict[str, int]],
) -> None:
    referrals, table, counts = counted
    assert referrals["linkage_status"].tolist()[4:7] == ["not linkable"] * 3
    assert counts["not linkable"] == 3
    total = table[table["gender"] == "total"].iloc[0]
    assert total["n_referrals"] == 4
    assert total["share_of_people"] == pytest.approx(total["estimate"] / (4 - total["estimate"]))
