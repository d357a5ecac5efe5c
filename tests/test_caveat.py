"""Every output that shows repeats bears the Home Office's words, as it was shown or saved; and none says what
no linkage can know.

One run is walked: what its attributes and methods give, what is printed, drawn, written and read, and what
the command line writes and says.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from nrm_linkage import HOME_OFFICE_CAVEAT, Linkage, link_referrals, make_referrals
from nrm_linkage.cli import main
from nrm_linkage.result.counting import CHARTS

pytestmark = [pytest.mark.whole_package, pytest.mark.xdist_group("caveat")]

TRUTH = ["true_person", "true_instance"]

NEVER = re.compile(r"re-?\s?traffick|re-?\s?exploit|victims? (?:referred|counted|found)|number of victims")
PEOPLE_AS_DUPLICATES = re.compile(r"(?<!technical )(?<!_)\bduplicates?\b(?!_)")
"""A record may be a technical duplicate; a person, or the referral of one, is none."""


@pytest.fixture(scope="module")
def made() -> pd.DataFrame:
    return make_referrals(1_200, seed=71)


@pytest.fixture(scope="module")
def linkage(made: pd.DataFrame) -> Linkage:
    return link_referrals(made.drop(columns=TRUTH), progress=False)


@pytest.fixture(scope="module")
def saved(linkage: Linkage, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("caveat") / "run"
    linkage.save(folder)
    return folder


@pytest.fixture(scope="module")
def command_line(saved: Path, tmp_path_factory: pytest.TempPathFactory) -> list[tuple[str, str]]:
    """What each command printed and wrote."""
    folder = tmp_path_factory.mktemp("caveat-out")
    frame = make_referrals(150, seed=72).drop(columns=TRUTH)
    frame.to_csv(folder / "referrals.csv", index=False)
    commands: dict[str, list[Any]] = {
        "link": [folder / "referrals.csv", "--out", folder / "linked"],
        "demo": ["--referrals", 200, "--out", folder / "demo"],
        "count": [saved, "--out", folder / "counts.csv"],
        "report": [saved, "--out", folder / "report.html"],
        "review": [saved, "--out", folder / "form.csv"],
    }
    public = {name: [*commands[name], "--audience", "publication"] for name in ("count", "report")}
    public["count"][2], public["report"][2] = folder / "public.csv", folder / "public.html"
    found: list[tuple[str, str]] = []
    for name, arguments in [*commands.items(), *public.items()]:
        result = CliRunner().invoke(main, [name, *map(str, arguments)])
        assert result.exit_code == 0, result.output
        found.append((f"{name} {len(found)}", result.output))
    found += [(path.name, path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.[ch]*"))]
    return [(name, text) for name, text in found if name != "referrals.csv"]


def frames(linkage: Linkage, made: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """Every frame that shows repeats, or is about them."""
    for name in ("clusters", "repeats", "links", "changes"):
        yield name, getattr(linkage, name)
    for definition in ("inside_period", "latest_inside"):
        yield definition, linkage.repeat_referrals(definition=definition)
    yield "suppressed", linkage.repeat_referrals(suppress_below=10, round_to=5)
    yield "without decisions", linkage.repeat_referrals(with_decisions=False)
    for by in ((), ("gender",), ("nationality",)):
        yield f"published by {by}", linkage.repeat_referrals(by=by, audience="publication")
    yield "quality", linkage.quality()
    yield "quality with truth", linkage.quality("gender", truth=made["true_person"])
    yield "published quality", linkage.quality("gender", audience="publication")
    yield "sensitivity", linkage.sensitivity()
    yield "published sensitivity", linkage.sensitivity(audience="publication")
    yield "copies", linkage.recall_on_copies(20)
    yield "identity tests", linkage.identity_tests()
    yield "identity tests, each", linkage.identity_tests(each=True)


def pictures(linkage: Linkage) -> Iterator[tuple[str, str]]:
    for name in CHARTS:
        chart = linkage.chart(name)
        yield name, chart.svg
        yield f"{name}, in words", chart.alt
        yield f"{name}, in a notebook", chart._repr_html_()
        yield f"{name}, printed", repr(chart)


def texts(linkage: Linkage, folder: Path) -> Iterator[tuple[str, str]]:
    """What is printed or shown, and the pages."""
    yield "repr", repr(linkage)
    yield "in a notebook", linkage._repr_html_()
    cluster = linkage.clusters["cluster_id"].iloc[0]
    explained = linkage.explain_cluster(cluster)
    yield "an explained cluster", json.dumps(explained.to_dict(), default=str)
    for audience in ("internal", "publication"):
        linkage.write_report(folder / f"{audience}.html", audience=audience)
        yield f"page, {audience}", (folder / f"{audience}.html").read_text(encoding="utf-8")
    yield from pictures(linkage)


def test_every_frame_bears_it(linkage: Linkage, made: pd.DataFrame, saved: Path) -> None:
    without = [
        name for name, frame in frames(linkage, made) if frame.attrs.get("caveat") != HOME_OFFICE_CAVEAT
    ]
    assert without == []
    again = Linkage.load(saved)
    without = [name for name, frame in frames(again, made) if frame.attrs.get("caveat") != HOME_OFFICE_CAVEAT]
    assert without == []
    assert (linkage.clusters["caveat"] == HOME_OFFICE_CAVEAT).all()


def test_everything_printed_drawn_and_written_bears_it(linkage: Linkage, tmp_path: Path) -> None:
    without = [name for name, text in texts(linkage, tmp_path) if HOME_OFFICE_CAVEAT not in text]
    assert without == []


def test_every_saved_file_that_shows_repeats_bears_it(saved: Path) -> None:
    for path in saved.glob("*.parquet"):
        assert pq.read_schema(path).metadata[b"caveat"].decode() == HOME_OFFICE_CAVEAT, path.name
    for path in saved.glob("*.csv"):
        table = pd.read_csv(path)
        assert (table["caveat"] == HOME_OFFICE_CAVEAT).all() and len(table), path.name
    for name in ("manifest.json", "report.json"):
        assert json.loads((saved / name).read_text(encoding="utf-8"))["caveat"] == HOME_OFFICE_CAVEAT


def test_the_command_line_says_and_writes_it(command_line: list[tuple[str, str]]) -> None:
    assert [name for name, text in command_line if HOME_OFFICE_CAVEAT not in text] == []
    assert len(command_line) == 14


def test_nothing_says_what_no_linkage_can_know(
    linkage: Linkage, made: pd.DataFrame, tmp_path: Path, command_line: list[tuple[str, str]]
) -> None:
    said = [*texts(linkage, tmp_path), *command_line]
    for name, frame in frames(linkage, made):
        words = [*map(str, frame.columns), *map(str, frame.attrs.values())]
        words += (
            frame.select_dtypes(exclude=["number", "bool", "datetime"])
            .astype(str)
            .to_numpy()
            .ravel()
            .tolist()
        )
        said.append((name, "\n".join(words)))
    for name, text in said:
        plain = text.casefold()
        assert not NEVER.search(plain), (name, NEVER.search(plain))
        assert not PEOPLE_AS_DUPLICATES.search(plain), (name, PEOPLE_AS_DUPLICATES.search(plain))


@pytest.mark.parametrize(
    "path", sorted(Path(__file__).parents[1].glob("src/nrm_linkage/**/*.py")), ids=lambda p: p.name
)
def test_no_source_says_that_somebody_was_exploited_again(path: Path) -> None:
    """But where it reads what a record says, and where it says that the library never does."""
    text = path.read_text(encoding="utf-8").casefold()
    assert not re.search(r"re-?traffick", text)
