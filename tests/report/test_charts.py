"""Pictures: what they show in words agrees with the table, and nothing is fetched."""

from __future__ import annotations

import builtins
import os
import re
import stat
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from nrm_linkage.errors import InputError, MissingExtraError
from nrm_linkage.instances import CANNOT_TELL, LATER, SAME_POSSIBLE
from nrm_linkage.provenance import HOME_OFFICE_CAVEAT
from nrm_linkage.report.charts import Chart, days_between, flow_of_assessments, people_by_month

REPEATS = pd.DataFrame(
    {
        "days_since_previous": pd.array([0, 7, 8, 400, None], dtype="Int64"),
        "instance_assessment": [SAME_POSSIBLE, SAME_POSSIBLE, LATER, CANNOT_TELL, CANNOT_TELL],
        "reason_codes": [
            "over_by_referral",
            "type_in_common; two_bodies",
            "began_after_referral",
            "dates_contradict; over_by_referral",
            "nothing",
        ],
    }
)
MONTHS = pd.DataFrame(
    {
        "gender": ["female", "male", "other"] * 2,
        "month": pd.to_datetime(["2023-01-01"] * 3 + ["2023-02-01"] * 3),
        "estimate": [12.0, 30.0, 0.0, 14.0, 28.0, 0.1],
        "low": [10.0, 28.0, 0.0, 12.0, 25.0, 0.0],
        "high": [15.0, 33.0, 0.0, 15.0, 30.0, 1.0],
    }
)


def drawn() -> list[Chart]:
    return [people_by_month(MONTHS, ("gender",)), days_between(REPEATS), flow_of_assessments(REPEATS)]


@pytest.mark.parametrize("chart", drawn(), ids=lambda chart: str(chart.alt[:12]))
def test_a_picture_is_whole_and_says_what_it_must(chart: Chart) -> None:
    root = ElementTree.fromstring(chart.svg)
    assert root.attrib["role"] == "img"
    assert root.attrib["aria-label"] == chart.alt
    words = [text for element in root.iter() for text in [element.text] if text]
    assert HOME_OFFICE_CAVEAT in words  # in one piece, in the picture itself
    assert any("Not for release" in text for text in words)
    assert HOME_OFFICE_CAVEAT in chart.alt
    assert not re.search(r"href|url\((?!#)|@import|<script|<foreignObject|<image", chart.svg)
    assert set(re.findall(r"https?://[^\"'\s]+", chart.svg)) <= {
        "http://www.w3.org/2000/svg",
        "http://www.w3.org/1999/xlink",
    }
    assert chart.svg in chart._repr_html_()
    assert repr(chart) == chart.alt


def test_the_words_tell_the_numbers() -> None:
    months, days, flow = drawn()
    assert "female: from 12 to 14 people a month; male: from 28 to 30 people a month" in months.alt
    assert "other" not in months.alt
    assert "1 smaller groups are not drawn" in months.svg
    assert "same day: 1, 1 to 7: 1, 8 to 30: 1, 31 to 90: 0" in days.alt
    assert "over a year: 1, not dated: 1" in days.alt
    assert "began after it: 1 later exploitation recorded" in flow.alt
    assert "two bodies in thirty days: 1 same instance possible" in flow.alt
    assert "recorded dates contradict: 1 cannot tell; no date that tells: 1 cannot tell" in flow.alt


def test_the_same_table_gives_the_same_picture_whatever_the_order_of_rows() -> None:
    turned = REPEATS.iloc[::-1].reset_index(drop=True)
    assert days_between(turned).svg == days_between(REPEATS).svg
    assert flow_of_assessments(turned).svg == flow_of_assessments(REPEATS).svg


def test_ends_of_the_classes_of_days() -> None:
    days = np.array([0, 1, 7, 8, 30, 31, 90, 91, 180, 181, 365, 366, 5000])
    table = pd.DataFrame({"days_since_previous": days, "instance_assessment": CANNOT_TELL})
    said = days_between(table).alt
    assert (
        "same day: 1, 1 to 7: 2, 8 to 30: 2, 31 to 90: 2, 91 to 180: 2, 181 to 365: 2, over a year: 2" in said
    )


@pytest.mark.parametrize("draw", [days_between, flow_of_assessments])
def test_nothing_to_draw_is_refused(draw: Any) -> None:
    with pytest.raises(InputError, match="no repeat referral"):
        draw(REPEATS.iloc[:0])
    with pytest.raises(InputError, match="nothing to draw"):
        people_by_month(MONTHS.assign(estimate=0.0), ("gender",))


@pytest.mark.parametrize("lacks", ["altair", "vl_convert"])
def test_without_the_extra_it_says_which(lacks: str, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *args: Any, **kwargs: Any) -> Any:
        if name.partition(".")[0] == lacks:
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(MissingExtraError, match=r"nrm-linkage\[charts\]"):
        days_between(REPEATS)


@pytest.mark.skipif(os.name != "posix", reason="modes are those of POSIX")
def test_a_saved_picture_is_its_owners_alone(tmp_path: Path) -> None:
    chart = days_between(REPEATS)
    chart.save(tmp_path / "days.svg")
    assert (tmp_path / "days.svg").read_text(encoding="utf-8") == chart.svg
    assert stat.S_IMODE((tmp_path / "days.svg").stat().st_mode) == 0o600


def test_a_group_s_name_is_no_markup() -> None:
    named = people_by_month(MONTHS.assign(gender='<b>"&'), ("gender",))
    assert "<b>" not in named.svg
    ElementTree.fromstring(named.svg)
