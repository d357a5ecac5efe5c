"""No value of a record comes out of the library except in the tables that hold it.

The people in `canary.py` do not exist, and each of their values can be recognised. They go in through every
public entry; then everything that comes out is searched: logs, warnings, errors, reprs, progress, file names,
manifests, the model, the pages, the command line. In what a caller asks for by name (`show="values"`,
`.referrals`) the search must find them, or it proves nothing.
"""

from __future__ import annotations

import dataclasses
import os
import pathlib
import stat
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

import nrm_linkage as nl
from tests.privacy.canary import Canaries, faces, leaks, make_canaries, ours_inside, outcome, overheard

# One worker holds the run that most of these tests look at.
pytestmark = [pytest.mark.whole_package, pytest.mark.xdist_group("canary")]

CANARIES = make_canaries()
FRAME = CANARIES.referrals
A, B, STRANGER = CANARIES.ids[0], CANARIES.ids[1], CANARIES.ids[4]
PEOPLE_AND_IDS = (*CANARIES.secrets, *(name.lower() for name in CANARIES.ids))


@dataclasses.dataclass(frozen=True)
class Run:
    linkage: Any
    said: str
    progress: str


@pytest.fixture(scope="module")
def run() -> Run:
    told: list[object] = []
    with overheard() as said:
        linkage = nl.link_referrals(FRAME.copy(), progress=lambda *what: told.append(what))
    return Run(linkage, "\n".join(said), repr(told))


@pytest.fixture(scope="module")
def folder(run: Run, tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    saved = tmp_path_factory.mktemp("saved") / "run"
    run.linkage.save(saved)
    return saved


def assert_silent(text: str, secrets: tuple[str, ...] = CANARIES.secrets) -> None:
    assert leaks(text, secrets) == []


# ------------------------------------------------------------------------------------------ the search itself


@pytest.mark.parametrize(
    "write",
    [
        str,
        str.upper,
        lambda text: text.encode("ascii", "xmlcharrefreplace").decode(),
        lambda text: text.encode("ascii", "backslashreplace").decode().replace("\\x", "\\u00"),
    ],
    ids=["plain", "capitals", "HTML escapes", "JSON escapes"],
)
def test_the_search_finds_every_column_of_every_row(write: Callable[[str], str]) -> None:
    not_secret = ["referral_id", "referral_date", "gender", "nationality", "postcode", "exploitation_type"]
    plain = FRAME.drop(columns=not_secret)
    for column in plain:
        for value in plain[column]:
            assert leaks(write(value), CANARIES.secrets), column


def test_the_search_finds_the_values_where_they_belong(run: Run) -> None:
    assert leaks(run.linkage.referrals.to_csv(), CANARIES.secrets)
    assert leaks(str(run.linkage.explain(A, B, show="values").to_dict()), CANARIES.secrets)


# ------------------------------------------------------------------------------------------------ a whole run


def test_a_run_says_nothing_of_anyone(run: Run) -> None:
    assert_silent(run.said, PEOPLE_AND_IDS)


def test_progress_says_nothing_of_anyone(run: Run) -> None:
    assert run.progress != "[]"
    assert_silent(run.progress, PEOPLE_AND_IDS)


def test_no_object_of_ours_shows_a_value(run: Run) -> None:
    every = list(ours_inside(run.linkage))
    assert {type(thing).__name__ for thing in every} >= {"Linkage", "LinkageModel", "LinkageReport"}
    for thing in every:
        for name, face in faces(thing).items():
            assert leaks(face, PEOPLE_AND_IDS) == [], f"{name} of {type(thing).__name__}"


@pytest.mark.parametrize("table", ["clusters", "repeats", "links", "data_issues"])
def test_tables_about_referrals_hold_their_ids_and_nothing_else(run: Run, table: str) -> None:
    assert_silent(getattr(run.linkage, table).to_csv())


def test_cluster_ids_are_opaque(run: Run) -> None:
    assert_silent(run.linkage.referrals["cluster_id"].to_csv(index=False), PEOPLE_AND_IDS)


@pytest.mark.parametrize(
    "count",
    [
        lambda linkage: linkage.repeat_referrals(),
        lambda linkage: linkage.repeat_referrals(by=("nationality",)),
        lambda linkage: linkage.quality(),
        lambda linkage: linkage.quality(by="gender", truth=["one person"] * len(linkage.referrals)),
        lambda linkage: linkage.identity_tests(),
        lambda linkage: linkage.identity_tests(each=True),
        lambda linkage: linkage.recall_on_copies(20),
        lambda linkage: linkage.bias_probes(),
        lambda linkage: linkage.review_queue(5).drop(columns=["referral_id_l", "referral_id_r"]),
        lambda linkage: linkage.review_sample(5).drop(columns=["referral_id_l", "referral_id_r"]),
    ],
    ids=[
        *("repeats", "repeats by nationality", "quality", "quality with truth", "identity tests"),
        *("identity tests of each cluster", "copies", "probes", "queue", "sample"),
    ],
)
def test_counts_name_no_one(run: Run, count: Callable[[Any], Any]) -> None:
    counted = count(run.linkage)
    as_text = counted.to_csv() if isinstance(counted, pd.DataFrame) else "".join(faces(counted).values())
    assert_silent(as_text + str(getattr(counted, "attrs", "")), PEOPLE_AND_IDS)


# ----------------------------------------------------------------------------------------------- explanations


@pytest.mark.parametrize("pair", [(A, B), (A, STRANGER)], ids=["the same person", "strangers"])
def test_a_pair_is_explained_without_values(run: Run, pair: tuple[str, str]) -> None:
    explained = run.linkage.explain(*pair)
    for face in (*faces(explained).values(), explained.to_json(), explained.waterfall()):
        assert_silent(face)


def test_a_cluster_is_explained_without_values(run: Run) -> None:
    for cluster in run.linkage.clusters["cluster_id"]:
        explained = run.linkage.explain_cluster(cluster)
        for face in (*faces(explained).values(), explained.to_json()):
            assert_silent(face)


def test_values_that_were_asked_for_stay_out_of_the_repr(run: Run) -> None:
    assert_silent(repr(run.linkage.explain(A, B, show="values")))


@pytest.mark.parametrize("audience", ["internal", "publication"])
def test_the_page_shows_no_value(run: Run, tmp_path: pathlib.Path, audience: str) -> None:
    page = tmp_path / "page.html"
    with overheard() as said:
        run.linkage.write_report(page, audience=audience)
    secrets = PEOPLE_AND_IDS if audience == "publication" else CANARIES.secrets
    assert_silent(page.read_text(encoding="utf-8"), secrets)
    assert_silent("\n".join(said), PEOPLE_AND_IDS)


# ------------------------------------------------------------------------------------------------------ files


def test_file_names_say_nothing_of_anyone(folder: pathlib.Path) -> None:
    names = [str(path.relative_to(folder)) for path in folder.rglob("*")]
    assert names
    assert_silent("\n".join(names), PEOPLE_AND_IDS)


def test_what_describes_the_run_names_no_one(folder: pathlib.Path) -> None:
    """The manifest, the model and the settings: all that is not a table."""
    described = [
        path for path in folder.rglob("*") if path.suffix in {".json", ".toml", ".txt", ".md", ".html"}
    ]
    assert any(path.suffix == ".json" for path in described)
    for path in described:
        assert leaks(path.read_text(encoding="utf-8"), PEOPLE_AND_IDS) == [], path.name


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such modes")
def test_only_the_owner_may_read_a_saved_run(folder: pathlib.Path) -> None:
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    for path in folder.rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path.name


def test_saving_and_loading_say_nothing_of_anyone(run: Run, tmp_path: pathlib.Path) -> None:
    with overheard() as said:
        run.linkage.save(tmp_path / "run")
        again = nl.Linkage.load(tmp_path / "run")
    assert_silent("\n".join(said), PEOPLE_AND_IDS)
    assert_silent("".join(faces(again).values()), PEOPLE_AND_IDS)


def test_a_damaged_run_is_refused_without_a_value(run: Run, tmp_path: pathlib.Path) -> None:
    run.linkage.save(tmp_path / "run")
    files = sorted(path for path in (tmp_path / "run").rglob("*") if path.is_file())
    refused = 0
    for path in files:
        whole = path.read_bytes()
        path.write_bytes(FRAME.to_csv().encode() + whole)
        error, said = outcome(lambda: nl.Linkage.load(tmp_path / "run"))
        refused += error is not None
        assert leaks(said, PEOPLE_AND_IDS) == [], path.name
        path.write_bytes(whole)
    assert refused > 0


# ---------------------------------------------------------------------------------------------- decisions


def decisions(*rows: tuple[str, str, str]) -> pd.DataFrame:
    """Decisions whose reasons tell what a reason must not."""
    table = pd.DataFrame(rows, columns=["referral_id_l", "referral_id_r", "decision"])
    name, note = FRAME["family_name"].iloc[2], FRAME["case notes"].iloc[0]
    return table.assign(decided_by=name, decided_at="2024-05-01", reason=note)


def test_a_run_with_decisions_says_nothing_of_anyone() -> None:
    decided = decisions((A, B, "same"), (A, STRANGER, "different"))
    with overheard() as said:
        linkage = nl.link_referrals(FRAME.copy(), decisions=decided, progress=False)
    assert_silent("\n".join(said) + "".join(faces(linkage).values()), PEOPLE_AND_IDS)
    for thing in ours_inside(linkage):
        assert_silent("".join(faces(thing).values()), PEOPLE_AND_IDS)


def test_who_decided_and_why_are_shown_with_values_alone(tmp_path: pathlib.Path) -> None:
    decided = decisions((A, B, "same"), (A, STRANGER, "different"))
    linkage = nl.link_referrals(FRAME.copy(), decisions=decided, progress=False)
    linkage.write_report(tmp_path / "page.html")
    linkage.save(tmp_path / "run")
    told = [(tmp_path / "page.html").read_text("utf-8"), linkage.decisions().to_csv()]
    told += [path.read_text("utf-8") for path in (tmp_path / "run").glob("*.[cj]s*")]
    explained: list[Any] = [linkage.explain(A, B), linkage.explain(A, STRANGER)]
    explained += [linkage.explain_cluster(one) for one in linkage.clusters["cluster_id"]]
    for one in explained:
        told += [*faces(one).values(), one.to_json()]
    for text in told:
        assert_silent(text)
    asked = linkage.explain(A, B, show="values")
    assert_silent(repr(asked) + repr(asked.decisions))
    assert leaks(linkage.decisions("values").to_csv(), CANARIES.secrets)
    assert leaks(str(asked.to_dict()["decisions"]), CANARIES.secrets)


# ----------------------------------------------------------------------------------- runs that follow others


def test_a_run_that_follows_another_says_nothing_of_anyone(tmp_path: pathlib.Path) -> None:
    changed = FRAME.assign(family_name=FRAME["family_name"].iloc[::-1].to_numpy()).iloc[::2]
    with overheard() as said:
        first = nl.link_referrals(FRAME.iloc[:-9], progress=False)
        linkage = nl.link_referrals(changed, previous=first, progress=False)
        forgotten = linkage.forget(list(CANARIES.ids[2:9:2]))
        forgotten.save(tmp_path / "run")
    told = [*said, *faces(linkage).values(), *faces(forgotten).values(), str(linkage.report)]
    assert_silent("\n".join(told), PEOPLE_AND_IDS)
    assert len(linkage.changes) and len(forgotten.changes)
    assert_silent(linkage.changes.to_csv() + forgotten.changes.to_csv(), PEOPLE_AND_IDS)
    for thing in (*ours_inside(linkage), *ours_inside(forgotten)):
        assert_silent("".join(faces(thing).values()), PEOPLE_AND_IDS)
    for path in (tmp_path / "run").glob("*.json"):
        assert leaks(path.read_text(encoding="utf-8"), PEOPLE_AND_IDS) == [], path.name


# ----------------------------------------------------------------------------------------------------- errors

Call = Callable[[pd.DataFrame], object]


def link(referrals: Any, **options: Any) -> object:
    return nl.link_referrals(referrals, **{"progress": False, **options})


def with_names(change: Callable[[pd.Series], Any]) -> Call:
    """A run on the canaries with another family_name, made from theirs."""
    return lambda frame: link(frame.assign(family_name=change(frame["family_name"])))


def with_headings(change: Callable[[pd.Index], Any]) -> Call:
    """A run on the canaries with other column headings, made from theirs."""
    return lambda frame: link(frame.set_axis(change(frame.columns), axis=1))


def everywhere_the_name(frame: pd.DataFrame) -> object:
    return link(
        frame.assign(**{str(field): frame["family_name"] for field in frame if field != "referral_id"})
    )


MUST_FAIL: dict[str, Call] = {
    "a list of rows": lambda frame: link(frame.to_dict("records")),
    "a list of names": lambda frame: link(list(frame["family_name"])),
    "no column that is known": with_headings(lambda headings: [f"c{at}" for at in range(len(headings))]),
    "one id for all": lambda frame: link(frame.assign(referral_id=frame["referral_id"].iloc[0])),
    "a column of ours": lambda frame: link(frame.assign(cluster_id=frame["family_name"])),
    "columns= with a column that is not there": lambda frame: link(frame, columns={"family_name": "nobody"}),
    "columns= with a field that is not there": lambda frame: link(frame, columns={"nobody": "family_name"}),
    "columns= of another kind": lambda frame: link(frame, columns=list(frame["family_name"])),
    "engine= of another name": lambda frame: link(frame, engine="abacus"),
    "config= of another kind": lambda frame: link(frame, config=frame),
    "model= of another kind": lambda frame: link(frame, model=frame),
    "previous= of another kind": lambda frame: link(frame, previous=frame),
    "decisions without their columns": lambda frame: link(frame, decisions=frame),
    "decisions in other words": lambda frame: link(
        frame, decisions=decisions((A, B, frame["alias"].iloc[0]))
    ),
}

MAY_FAIL: dict[str, Call] = {
    "a column twice": lambda frame: link(pd.concat([frame, frame[["family_name"]]], axis=1)),
    "ids that are missing": lambda frame: link(frame.assign(referral_id=frame["referral_id"].iloc[:9])),
    "names in lists": with_names(lambda names: [[name] for name in names]),
    "names in dictionaries": with_names(lambda names: [{"name": name} for name in names]),
    "names as bytes": with_names(lambda names: [name.encode() for name in names]),
    "names as categories": with_names(lambda names: names.astype("category")),
    "names of great length": with_names(lambda names: names * 2000),
    "numbers for names": lambda frame: link(
        frame.assign(family_name=range(700_000_017, 700_000_017 + len(frame)))
    ),
    "names for dates of birth": lambda frame: link(frame.assign(date_of_birth=frame["family_name"])),
    "names for referral dates": lambda frame: link(frame.assign(referral_date=frame["family_name"])),
    "names for everything": everywhere_the_name,
    "headings of two levels": with_headings(lambda headings: pd.MultiIndex.from_product([["x"], headings])),
    "decisions about nobody": lambda frame: link(frame, decisions=decisions((A, "nobody", "same"))),
    "decisions about oneself": lambda frame: link(frame, decisions=decisions((A, A, "different"))),
    "decisions that conflict": lambda frame: link(
        frame, decisions=decisions((A, B, "same"), (B, A, "different"))
    ),
    "previous= by other ids": lambda frame: link(
        frame.rename(columns={"referral_id": "submission_id"}), previous=link(frame)
    ),
    "forgetting nobody known": lambda frame: link(frame).forget(list(frame["alias"])),  # type: ignore[attr-defined]
    "more pairs than allowed": lambda frame: link(frame, config=nl.LinkageConfig(max_candidate_pairs=1)),
}


@pytest.mark.parametrize("name", MUST_FAIL)
def test_bad_input_is_refused_without_a_value(name: str) -> None:
    error, said = outcome(lambda: MUST_FAIL[name](FRAME.copy()))
    assert isinstance(error, (nl.NrmLinkageError, TypeError)), repr(error)
    assert_silent(said, PEOPLE_AND_IDS)


@pytest.mark.parametrize("name", MAY_FAIL)
def test_odd_input_is_taken_or_refused_without_a_value(name: str) -> None:
    error, said = outcome(lambda: MAY_FAIL[name](FRAME.copy()))
    assert error is None or isinstance(error, nl.NrmLinkageError), repr(error)
    assert_silent(said, PEOPLE_AND_IDS)


WRONG_USES: dict[str, Callable[[Any], object]] = {
    "explain nobody": lambda linkage: linkage.explain(A, "nobody"),
    "explain in another way": lambda linkage: linkage.explain(A, B, show="everything"),
    "explain no cluster": lambda linkage: linkage.explain_cluster("nobody"),
    "a period that is none": lambda linkage: linkage.repeat_referrals(period=("then", "now")),
    "a group that is none": lambda linkage: linkage.repeat_referrals(by=("shoe_size",)),
    "another definition": lambda linkage: linkage.repeat_referrals(definition="mine"),
    "a page for nobody": lambda linkage: linkage.write_report("page.html", audience="nobody"),
    "truth that is too short": lambda linkage: nl.evaluate(linkage, FRAME["family_name"].iloc[:3]),
}


@pytest.mark.parametrize("name", WRONG_USES)
def test_wrong_use_is_refused_without_a_value(
    run: Run, name: str, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    error, said = outcome(lambda: WRONG_USES[name](run.linkage))
    assert isinstance(error, (nl.NrmLinkageError, KeyError)), repr(error)
    assert_silent(said, tuple(secret for secret in PEOPLE_AND_IDS if secret not in {A.lower(), B.lower()}))


# ----------------------------------------------------------------------------------------------- command line


def command_line(*words: str | pathlib.Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "nrm_linkage", *(str(word) for word in words)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_command_line_says_nothing_of_anyone(tmp_path: pathlib.Path) -> None:
    FRAME.to_csv(tmp_path / "referrals.csv", index=False)
    done = command_line("link", tmp_path / "referrals.csv", "--out", tmp_path / "out")
    assert done.returncode == 0, done.stderr
    assert_silent(done.stdout + done.stderr, PEOPLE_AND_IDS)
    assert_silent("\n".join(str(path) for path in (tmp_path / "out").rglob("*")), PEOPLE_AND_IDS)


def test_the_command_line_refuses_without_a_value(tmp_path: pathlib.Path) -> None:
    FRAME.assign(referral_id=A).to_csv(tmp_path / "referrals.csv", index=False)
    done = command_line("link", tmp_path / "referrals.csv", "--out", tmp_path / "out")
    assert done.returncode != 0
    assert "referral_id" in done.stderr
    assert_silent(done.stdout + done.stderr, PEOPLE_AND_IDS)


def test_the_canaries_are_as_described() -> None:
    again: Canaries = make_canaries()
    pd.testing.assert_frame_equal(again.referrals, FRAME)
    assert FRAME["referral_id"].is_unique and len(FRAME) > 50
    assert FRAME["given_name"].iloc[0] != FRAME["given_name"].iloc[1]
