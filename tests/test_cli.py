"""The command line: files in many encodings, an error in one sentence, no value that nobody asked for."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from nrm_linkage import Linkage, LinkageConfig, link_referrals
from nrm_linkage.cli import main
from nrm_linkage.provenance import HOME_OFFICE_CAVEAT

pytestmark = [pytest.mark.whole_package, pytest.mark.xdist_group("cli")]

FRAME = pd.DataFrame(
    {
        "NRM reference": ["R1", "R2", "R3"],
        "Date of referral": ["03/02/2023", "21/06/2023", "01/12/2023"],
        "Forename(s)": ["Zvoqamïr", "Zvoqamir", "Ruth"],
        "Surname": ["Kqextaj", "KQEXTAJ", "Null"],
        "DOB": ["14/05/2001", "2001-05-14", ""],
        "Nationality": ["Albanian", "Albania", "British"],
        "Gender": ["Male", "M", "Female"],
    }
)
SECRETS = ("zvoqam", "kqextaj", "14/05/2001", "2001-05-14")


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def assert_silent(result: Result, *also: str) -> None:
    said = (result.output + repr(result.exception)).casefold()
    assert not [secret for secret in (*SECRETS, *also) if secret.casefold() in said]


def assert_refused(result: Result, *words: str) -> None:
    assert result.exit_code == 2
    assert isinstance(result.exception, SystemExit)
    assert result.output.startswith("Error: ") and result.output.count("\n") == 1, result.output
    assert "Traceback" not in result.output
    assert not [word for word in words if word not in result.output], result.output
    assert_silent(result)


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("cli") / "referrals.csv"
    FRAME.to_csv(path, index=False)
    return path


@pytest.fixture(scope="module")
def saved(source: Path) -> Path:
    result = run("link", source, "--out", source.parent / "run")
    assert result.exit_code == 0, result.output
    return source.parent / "run"


@pytest.fixture(scope="module")
def expected(saved: Path) -> list[str]:
    """The cluster of each referral in the plain file."""
    return list(Linkage.load(saved).referrals["cluster_id"])


def test_link_writes_a_run_and_a_page_and_says_where(saved: Path, source: Path, tmp_path: Path) -> None:
    result = run("link", source, "--out", tmp_path / "run")
    assert result.exit_code == 0
    assert HOME_OFFICE_CAVEAT in result.output
    assert "1 probable individuals" in result.output
    assert str(tmp_path / "run-report.html") in result.output
    assert_silent(result)
    names = {path.name for path in (tmp_path / "run").iterdir()}
    assert {"manifest.json", "input.parquet", "clusters.csv", "model.json"} <= names
    if os.name == "posix":
        assert stat.S_IMODE((tmp_path / "run-report.html").stat().st_mode) == 0o600
    assert (tmp_path / "run" / "manifest.json").read_bytes() == (saved / "manifest.json").read_bytes()


@pytest.mark.parametrize(
    ("encoding", "separator"),
    [("utf-8-sig", ","), ("cp1252", ","), ("utf-16", "\t"), ("utf-8", ";"), ("cp1252", ";")],
)
def test_files_as_spreadsheets_save_them_are_read_alike(
    expected: list[str], tmp_path: Path, encoding: str, separator: str
) -> None:
    FRAME.to_csv(tmp_path / "f.CSV", index=False, encoding=encoding, sep=separator)
    result = run("link", tmp_path / "f.CSV", "--out", tmp_path / "run")
    assert result.exit_code == 0, result.output
    read = Linkage.load(tmp_path / "run").referrals
    assert list(read["cluster_id"]) == expected
    assert list(read["Forename(s)"]) == list(FRAME["Forename(s)"])
    assert list(read["Surname"]) == list(FRAME["Surname"]), "a surname was taken for nothing"


def test_parquet_and_own_headings_are_read(expected: list[str], tmp_path: Path) -> None:
    FRAME.rename(columns={"Surname": "sn", "DOB": "b"}).to_parquet(tmp_path / "f.parquet")
    named = ["--column", "family_name=sn", "--column", "date_of_birth=b"]
    result = run("link", tmp_path / "f.parquet", "--out", tmp_path / "run", *named)
    assert result.exit_code == 0, result.output
    assert list(Linkage.load(tmp_path / "run").referrals["cluster_id"]) == expected


def test_settings_and_a_model_are_taken_from_files(saved: Path, source: Path, tmp_path: Path) -> None:
    (tmp_path / "s.toml").write_text(LinkageConfig(draws=7).to_toml(), encoding="utf-8")
    options = ["--config", tmp_path / "s.toml", "--model", saved / "model.json"]
    assert run("link", source, "--out", tmp_path / "run", *options).exit_code == 0
    again = Linkage.load(tmp_path / "run")
    assert again.run.config.draws == 7
    assert again.report.estimation is None
    assert again.model.to_json() == Linkage.load(saved).model.to_json()


def test_new_rows_are_linked_with_those_of_a_previous_run(
    saved: Path, source: Path, expected: list[str], tmp_path: Path
) -> None:
    new = FRAME.iloc[[0]].assign(**{"NRM reference": "R9", "Date of referral": "05/02/2024"})
    new.to_csv(tmp_path / "new.csv", index=False)
    result = run("link", tmp_path / "new.csv", "--previous", saved, "--out", tmp_path / "second")
    assert result.exit_code == 0, result.output
    assert "Since the previous run, clusters: 1 grown" in result.output
    assert "Referrals of the previous run, kept: 3" in result.output
    assert "Referrals new since the previous run: 1" in result.output
    assert_silent(result)
    found = Linkage.load(tmp_path / "second").referrals.set_index("NRM reference")["cluster_id"]
    assert found.to_dict() == {"R9": expected[0], **dict(zip(FRAME["NRM reference"], expected, strict=True))}
    again = run("link", tmp_path / "new.csv", "--previous", tmp_path / "second", "--out", tmp_path / "third")
    assert "Since the previous run, clusters: none changed" in again.output
    without = FRAME.drop(columns="NRM reference")
    without.to_csv(tmp_path / "without.csv", index=False)
    refused = run("link", tmp_path / "without.csv", "--previous", saved, "--out", tmp_path / "fourth")
    assert_refused(refused, "row positions do not outlive a run")


BAD_FILES = {
    "no.csv": b"",
    "binary.csv": bytes(range(128, 256)) * 8,
    "ragged.csv": b"Surname,DOB\nKqextaj,2001-05-14,x,y\n",
    "nothing.csv": b"colour,shape\nKqextaj,x\n",
    "headerless.csv": b"R1,Zvoqamir,Kqextaj,2001-05-14\nR2,Zvoqamir,Kqextaj,14/05/2001\n",
    "repeats.csv": b"NRM reference,Surname\nKqextaj,a\nKqextaj,b\n",
    "bad.parquet": b"PAR1 Kqextaj",
    "bad.xlsx": b"PK Kqextaj",
}


@pytest.mark.parametrize("name", BAD_FILES)
def test_a_file_that_cannot_be_linked_is_refused_in_one_sentence(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(BAD_FILES[name])
    assert_refused(run("link", tmp_path / name, "--out", tmp_path / "run"))
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize(
    ("option", "content", "word"),
    [
        ("--config", "draws =", "TOML"),
        ("--config", "drws = 3", "did you mean 'draws'"),
        ("--config", "draws = 0", "draws must be"),
        ("--model", "{", "model.json"),
        ("--model", "[]", "model.json"),
        ("--model", '{"format": "x"}', "model"),
    ],
)
def test_a_bad_file_of_settings_or_parameters_is_refused(
    source: Path, tmp_path: Path, option: str, content: str, word: str
) -> None:
    (tmp_path / "f").write_text(content, encoding="utf-8")
    assert_refused(run("link", source, "--out", tmp_path / "run", option, tmp_path / "f"), word)


@pytest.mark.parametrize(
    ("column", "word"),
    [("Surname", "FIELD=HEADING"), ("surnam=Surname", "does not exist"), ("alias=Aka", "no such column")],
)
def test_a_bad_column_option_is_refused(source: Path, tmp_path: Path, column: str, word: str) -> None:
    assert_refused(run("link", source, "--out", tmp_path / "run", "--column", column), word)


def test_somebody_elses_folder_is_refused(source: Path, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years", encoding="utf-8")
    assert_refused(run("link", source, "--out", tmp_path), "choose an empty or a new folder")
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_an_error_that_nobody_foresaw_names_its_type_and_place_and_hides_its_message(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise KeyError("Kqextaj")

    monkeypatch.setattr("nrm_linkage.link.recognise", fails)
    assert_refused(
        run("link", source, "--out", tmp_path / "run"), "KeyError", "nrm_linkage.link", "not foreseen"
    )


def test_a_disk_that_is_full_is_one_sentence(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device", "Kqextaj")

    monkeypatch.setattr("os.fsync", full)
    assert_refused(run("link", source, "--out", tmp_path / "run"), "No space left on device")
    assert list(tmp_path.iterdir()) == []


def test_explain_shows_values_only_when_asked(saved: Path) -> None:
    result = run("explain", saved, "R1", "R2")
    assert result.exit_code == 0
    assert "bits" in result.output
    assert_silent(result)
    asked = run("explain", saved, "R1", "R2", "--values")
    assert "Kqextaj" in asked.output and "2001-05-14" in asked.output


@pytest.mark.parametrize("pair", [("R1", "R1"), ("R1", "Kqextaj")])
def test_explain_refuses_what_is_no_pair(saved: Path, pair: tuple[str, str]) -> None:
    result = run("explain", saved, *pair)
    assert_refused(result)


def test_explain_finds_ids_that_are_numbers(tmp_path: Path) -> None:
    link_referrals(FRAME.assign(**{"NRM reference": [11, 12, 13]}), progress=False).save(tmp_path / "run")
    assert run("explain", tmp_path / "run", "11", "12").exit_code == 0


@pytest.mark.parametrize("audience", ["internal", "publication"])
def test_report_writes_the_page_of_a_saved_run(saved: Path, tmp_path: Path, audience: str) -> None:
    result = run("report", saved, "--out", tmp_path / "p.html", "--audience", audience)
    assert result.exit_code == 0
    assert HOME_OFFICE_CAVEAT in result.output
    page = (tmp_path / "p.html").read_text(encoding="utf-8")
    assert ("Not for release" in page) == (audience == "internal")
    assert not [secret for secret in SECRETS if secret in page.casefold()]


def test_verify_says_so_and_gives_the_fingerprint_that_link_gave(source: Path, tmp_path: Path) -> None:
    linked = run("link", source, "--out", tmp_path / "run")
    result = run("verify", tmp_path / "run")
    assert result.exit_code == 0
    assert "Every file is the one that the run wrote." in result.output
    assert result.output.split()[-1] == linked.output.split()[-1]


def test_verify_sees_every_kind_of_tampering(saved: Path, tmp_path: Path) -> None:
    for path in saved.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "clusters.csv").write_text("changed", encoding="utf-8")
    (tmp_path / "links.parquet").unlink()
    (tmp_path / "Kqextaj.txt").write_text("added", encoding="utf-8")
    result = run("verify", tmp_path)
    assert result.exit_code == 1
    assert "clusters.csv is not the file that the run wrote" in result.output
    assert "links.parquet is missing" in result.output
    assert "1 files were added" in result.output
    assert_silent(result)
    assert_refused(run("report", tmp_path, "--out", tmp_path / "p.html"), "links.parquet is missing")


def test_verify_refuses_a_folder_without_a_run(tmp_path: Path) -> None:
    assert_refused(run("verify", tmp_path), "no run")


@pytest.mark.slow
def test_the_demo_invents_links_and_compares_with_the_truth(tmp_path: Path) -> None:
    result = run("demo", "--out", tmp_path / "demo", "--referrals", 300, "--seed", 3)
    assert result.exit_code == 0, result.output
    assert "Inventing 300 referrals; nobody in them is real." in result.output
    assert "Against the truth" in result.output and HOME_OFFICE_CAVEAT in result.output
    report = json.loads((tmp_path / "demo" / "report.json").read_text(encoding="utf-8"))
    assert report["counts"]["referrals"] == 300
    assert (tmp_path / "demo-report.html").is_file()


def test_every_command_has_help_and_the_caveat_stands_in_it() -> None:
    assert " ".join(HOME_OFFICE_CAVEAT.split()) in " ".join(run("--help").output.split())
    for command in ("link", "demo", "count", "explain", "review", "report", "verify"):
        assert run(command, "-h").exit_code == 0
