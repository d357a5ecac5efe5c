"""The record of a run survives JSON, without the times, which differ between equal runs."""

from __future__ import annotations

import json
from dataclasses import replace

import pandas as pd
import pytest

from nrm_linkage import Linkage, link_referrals
from nrm_linkage.provenance import HOME_OFFICE_CAVEAT
from nrm_linkage.report import LinkageReport

FRAME = pd.DataFrame(
    {
        "NRM reference": ["R1", "R2", "R3"],
        "Forename(s)": ["Zamira", "Zamirra", "Ruth"],
        "Surname": ["Testaj", "Testaj", "Example"],
        "DOB": ["14/05/2001", "2001-05-14", "02/02/1990"],
    }
)


@pytest.fixture(scope="module")
def linkage() -> Linkage:
    return link_referrals(FRAME, progress=False)


@pytest.mark.parametrize("estimated", [True, False])
def test_a_record_survives_json(linkage: Linkage, estimated: bool) -> None:
    report = linkage.report if estimated else replace(linkage.report, estimation=None)
    assert LinkageReport.from_dict(json.loads(json.dumps(report.to_dict()))) == report


def test_times_are_kept_in_memory_and_not_written(linkage: Linkage) -> None:
    assert linkage.report.seconds
    assert "seconds" not in linkage.report.to_dict()
    assert replace(linkage.report, seconds={}) == linkage.report


def test_a_record_is_readable_and_carries_the_caveat(linkage: Linkage) -> None:
    text = str(linkage.report)
    assert HOME_OFFICE_CAVEAT in text
    assert "referrals: 3" in text
    assert "choice: no referral date column" in text
    assert "choice: " not in str(replace(linkage.report, choices=()))


def test_what_was_recognised_is_said(linkage: Linkage) -> None:
    assert linkage.report.recognised["date_of_birth"] == ("DOB",)
    assert linkage.report.counts["referrals"] == 3
