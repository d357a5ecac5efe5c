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
def following(made: pd.DataFrame, linkage: Linkage) -> Linkage:
    """A run after that one, in which clusters changed."""
    new = make_referrals(60, seed=73).drop(columns=TRUTH)
    known = made.drop(columns=TRUTH).tail(40).assign(ExternalId=[f"again {number}" for number in range(40)])
    return link_referrals(pd.concat([new, known], ignore_index=True), previous=linkage, progress=False)


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
    again = frame.assign(ExternalId=[f"again {number}" for number in range(len(frame))])
    again.to_csv(folder / "more.csv", index=False)
    two = Linkage.load(saved).repeats[["previous_referral_id", "referral_id"]].iloc[0]
    public = ["--audience", "publication"]
    commands: list[list[Any]] = [
        ["link", folder / "referrals.csv", "--out", folder / "linked"],
        ["link", folder / "more.csv", "--out", folder / "following", "--previous", folder / "linked"],
        ["demo", "--referrals", 200, "--out", folder / "demo"],
        ["explain", saved, *two],
        ["explain", saved, *two, "--values"],
        ["report", saved, "--out", folder / "report.html"],
        ["review", saved, "--out", folder / "form.csv"],
        ["report", saved, "--out", folder / "public.html", *public],
        ["count", saved, "--out", folder / "counts.csv"],
        ["count", saved, "--out", folder / "latest.csv", "--definition", "latest_inside", "--by", "gender"],
        ["count", saved, "--out", folder / "public.csv", *public],
        ["count", saved, "--out", folder / "since.csv", *public, "--since", folder / "public.csv"],
        ["count", saved, "--out", folder / "nationality.csv", *public, "--by", "nationality"],
        ["report", saved, "--out", folder / "since.html", *public, "--since", folder / "public.csv"],
    ]
    found: list[tuple[str, str]] = []
    for arguments in commands:
        result = CliRunner().invoke(main, [str(argument) for argument in arguments])
        assert result.exit_code == 0, result.output
        found.append((f"{arguments[0]} {len(found)}", result.output))
    found += [(path.name, path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.[ch]*"))]
    return [(name, text) for name, text in found if name not in ("referrals.csv", "more.csv")]


def frames(linkage: Linkage, made: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """Every frame that shows repeats, or is about them."""
    for name in ("referrals", "added", "clusters", "repeats", "links", "changes"):
        yield name, getattr(linkage, name)
    yield "review queue", linkage.review_queue(20)
    yield "review sample", linkage.review_sample(20)
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
    yield "probes", linkage.bias_probes()
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


def explanations(linkage: Linkage) -> Iterator[tuple[str, str]]:
    """Of a pair that is linked and of a cluster, in every form and with everything that may be shown."""
    repeat = linkage.repeats.iloc[0]
    two = repeat["previous_referral_id"], repeat["referral_id"]
    for show in ("none", "shapes", "values"):
        cluster = linkage.explain_cluster(repeat["cluster_id"], show=show)
        for of in (linkage.explain(*two, show=show), cluster):
            name = f"{type(of).__name__}, {show}"
            yield f"{name}, in words", of.words()
            yield f"{name}, printed", repr(of)
            yield f"{name}, as a dictionary", json.dumps(of.to_dict(), default=str)
            yield f"{name}, as JSON", of.to_json()
            yield f"{name}, in a notebook", of._repr_html_()


def texts(linkage: Linkage, folder: Path) -> Iterator[tuple[str, str]]:
    """What is printed or shown, and the pages."""
    yield "repr", repr(linkage)
    yield "in a notebook", linkage._repr_html_()
    yield "report", str(linkage.report)
    yield "report as a dictionary", json.dumps(linkage.report.to_dict(), default=str)
    linkage.chart(CHARTS[0]).save(folder / "chart.svg")
    yield "saved chart", (folder / "chart.svg").read_text(encoding="utf-8")
    yield from explanations(linkage)
    for audience in ("internal", "publication"):
        linkage.write_report(folder / f"{audience}.html", audience=audience)
        yield f"page, {audience}", (folder / f"{audience}.html").read_text(encoding="utf-8")
    yield from pictures(linkage)


def test_every_frame_bears_it(linkage: Linkage, made: pd.DataFrame, saved: Path) -> None:
    for run in (linkage, Linkage.load(saved)):
        without = [name for name, of in frames(run, made) if of.attrs.get("caveat") != HOME_OFFICE_CAVEAT]
        assert without == []
    assert (linkage.clusters["caveat"] == HOME_OFFICE_CAVEAT).all()


def test_frames_of_a_following_run_and_after_an_erasure_bear_it(following: Linkage) -> None:
    assert len(following.changes)
    after = following.forget([following.repeats["referral_id"].iloc[0]])
    for run in (following, after):
        for name in ("referrals", "added", "clusters", "repeats", "links", "changes"):
            assert getattr(run, name).attrs.get("caveat") == HOME_OFFICE_CAVEAT, name


def test_the_caller_s_own_frame_and_its_attrs_stay_as_they_were() -> None:
    frame = make_referrals(60, seed=74).drop(columns=TRUTH)
    frame.attrs["mine"] = "kept"
    given = link_referrals(frame, progress=False).referrals
    assert frame.attrs == {"mine": "kept"}
    assert given.attrs == {"mine": "kept", "caveat": HOME_OFFICE_CAVEAT}


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
    assert len(command_line) == 14 + 12


def test_nothing_says_what_no_linkage_can_know(
    linkage: Linkage, made: pd.DataFrame, tmp_path: Path, command_line: list[tuple[str, str]]
) -> None:
    said = [*texts(linkage, tmp_path), *command_line]
    for name, frame in frames(linkage, made):
        words = [*map(str, frame.columns), *map(str, frame.attrs.values())]
        values = frame.select_dtypes(exclude=["number", "bool", "datetime"]).to_numpy(dtype=object)
        words += map(str, values.ravel())
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
