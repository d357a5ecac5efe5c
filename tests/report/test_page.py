"""The page: all escaped, nothing fetched, the caveat there, and no single person in what is published."""

from __future__ import annotations

import datetime
import os
import re
import stat
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from nrm_linkage.model import Unseen
from nrm_linkage.provenance import HOME_OFFICE_CAVEAT, NOT_FOR
from nrm_linkage.report import LinkageReport
from nrm_linkage.report.page import page, write_page
from nrm_linkage.tables import RuleYield

HOSTILE = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "</style><svg onload=alert(1)>",
    "' onmouseover='alert(1)",
    "{{ 7 * 7 }}{% raw %}",
    "&lt;b&gt;",
    "javascript:alert(1)",
)
VOID = {"meta", "br", "hr", "img", "input", "link"}


def a_report(**changes: Any) -> LinkageReport:
    values: dict[str, Any] = {
        "counts": {"referrals": 1_234, "technical duplicates": 3, "linkable": 7, "candidate pairs": 8_888},
        "recognised": {"family_name": ("Surname",)},
        "choices": ("no referral date column",),
        "blocking": (RuleYield("two tokens", 12_345, 6, 0),),
        "unseen": Unseen(100.0, 0.0, 1.0),
        "estimation": None,
        "config": {},
        "versions": {"python": "3"},
        "input_fingerprint": "0" * 64,
    }
    return LinkageReport(**(values | changes))


def repeats(**columns: Any) -> pd.DataFrame:
    table = pd.DataFrame({"gender": ["all"], "estimate": [12.4], "low": [10.0], "high": [15.0], **columns})
    table.attrs["period"] = (datetime.date(2023, 1, 1), datetime.date(2024, 7, 31))
    return table


TABLES = {
    "repeats": repeats(),
    "sizes": pd.DataFrame({"n_referrals": [2], "clusters": [4_321]}),
    "issues": pd.DataFrame({"field": ["date_of_birth"], "issue": ["is no date"], "values": [17]}),
    "parameters": pd.DataFrame({"question": ["Among referrals?"], "bits": [1.25]}),
}


class Reader(HTMLParser):
    """Text, tags and attributes, with a complaint where tags do not nest."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.text: list[str] = []
        self.feed(text)
        self.close()
        assert not self.open, f"left open: {self.open}"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open and self.open.pop() == tag, f"</{tag}> closes nothing"

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    @property
    def words(self) -> str:
        return " ".join(" ".join(self.text).split())


@pytest.mark.parametrize("audience", ["internal", "publication"])
def test_the_page_is_whole_fetches_nothing_and_says_what_it_must(audience: str) -> None:
    text = page(a_report(), TABLES, audience)
    read = Reader(text)
    policy = next(v for _, v in read.attributes if "default-src" in v)
    assert "default-src 'none'" in policy and "script-src" not in policy
    assert {"html", "head", "title", "main", "h1", "table", "caption"} <= set(read.tags)
    assert not {"script", "link", "img", "iframe", "object", "embed", "form", "base"} & set(read.tags)
    assert not {"src", "srcset", "action", "style"} & {name for name, _ in read.attributes}
    ids = [value for name, value in read.attributes if name == "id"]
    assert len(ids) == len(set(ids))
    # Every link leads to a place on the page itself.
    assert {value for name, value in read.attributes if name == "href"} <= {f"#{one}" for one in ids}
    assert not re.search(r"https?:|//|@import|url\(", text)
    assert HOME_OFFICE_CAVEAT in read.words
    assert NOT_FOR in read.words
    assert ("Not for release" in read.words) == (audience == "internal")
    assert dict(read.attributes)["lang"] == "en-GB"
    assert read.tags.count("table") == read.tags.count("caption")


@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_text_stays_text_wherever_it_stands(hostile: str) -> None:
    report = a_report(
        choices=(hostile,),
        recognised={"family_name": (hostile,)},
        blocking=(RuleYield(hostile, 1, 1, 1),),
        counts={hostile: 1, "referrals": 2},
        versions={hostile: hostile},
        input_fingerprint=hostile,
    )
    tables = {name: pd.DataFrame({hostile: [hostile]}) for name in TABLES} | {
        "repeats": repeats(**{hostile: [hostile]})
    }
    plain = Reader(
        page(
            a_report(),
            {name: pd.DataFrame({"x": ["y"]}) for name in TABLES} | {"repeats": repeats(x=["y"])},
            "internal",
        )
    )
    read = Reader(page(report, tables, "internal"))
    assert set(read.tags) == set(plain.tags)
    assert {name for name, _ in read.attributes} == {name for name, _ in plain.attributes}
    assert "".join(read.text).count(hostile) >= 2 * len(TABLES)


def test_what_is_published_holds_no_clusters_no_model_no_headings_and_no_small_number() -> None:
    words = Reader(page(a_report(), TABLES, "publication")).words
    for hidden in (
        "4,321",
        "is no date",
        "Among referrals",
        "Surname",
        "no referral date",
        "12,345",
        "duplicates",
    ):
        assert hidden in Reader(page(a_report(), TABLES, "internal")).words, hidden
        assert hidden not in words, hidden
    assert "referrals 1,235" in words
    assert "linkable fewer than 20" in words
    assert "2023-01-01 to 2024-07-31" in words


def test_a_page_for_an_unknown_audience_shows_no_more_than_one_for_publication() -> None:
    assert page(a_report(), TABLES, "everybody") == page(a_report(), TABLES, "publication")


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ([1234567, 0], ["1,234,567", "0"]),
        ([0.123456, np.nan], ["0.123", "–"]),
        ([123.4, -1000.6], ["123", "-1,001"]),
        ([np.inf, -np.inf], ["∞", "−∞"]),
        ([True, False], ["yes", "no"]),
        (pd.array([1234, None], dtype="Int64"), ["1,234", "–"]),
        (pd.array([True, None], dtype="boolean"), ["yes", "–"]),
        (pd.array(["<b>", None], dtype="string"), ["<b>", "–"]),
        (pd.Categorical(["a", None]), ["a", "–"]),
        (pd.Series(["2023-01-02", None], dtype="datetime64[s]"), ["2023-01-02", "–"]),
        ([datetime.date(2023, 1, 2), None], ["2023-01-02", "–"]),
        ([["a", "b"], (1, 2)], ["['a', 'b']", "(1, 2)"]),
        ([np.int64(5), np.bool_(True)], ["5", "yes"]),
        (np.array([np.float32(0.5), 2.0], dtype="float32"), ["0.5", "2"]),
    ],
)
def test_cells_of_every_dtype_are_shown_for_people(values: Any, shown: list[str]) -> None:
    table = pd.DataFrame({"a": ["first", "second"], 7: pd.Series(values)})
    words = Reader(page(a_report(), {"issues": table}, "internal")).words
    assert f"a 7 first {shown[0]} second {shown[1]}" in words


def test_a_page_without_any_table_or_estimation_is_whole() -> None:
    read = Reader(page(a_report(choices=(), blocking=()), {}, "internal"))
    assert "Automatic choices None." in read.words
    assert "People referred two or more times" not in read.words


@pytest.mark.skipif(os.name != "posix", reason="modes are those of POSIX")
def test_the_file_is_its_owners_alone(tmp_path: Path) -> None:
    write_page(tmp_path / "page.html", a_report(), TABLES, "internal")
    assert stat.S_IMODE((tmp_path / "page.html").stat().st_mode) == 0o600
    assert (tmp_path / "page.html").read_text(encoding="utf-8") == page(a_report(), TABLES, "internal")
