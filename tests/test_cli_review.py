"""The round trip of clerical review on the command line: a run, a form, a person, and the run after."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest
from click.testing import CliRunner, Result

from nrm_linkage import Linkage, make_referrals
from nrm_linkage.cli import main
from nrm_linkage.provenance import HOME_OFFICE_CAVEAT
from nrm_linkage.review.form import TO_FILL_IN

pytestmark = [pytest.mark.whole_package, pytest.mark.xdist_group("cli review")]

IDS, REVIEWER = ["referral_id_l", "referral_id_r"], "Mx Wolfhexa"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def done(*arguments: object) -> Result:
    result = run(*arguments)
    assert result.exit_code == 0, result.output
    return result


def refused(*arguments: object) -> str:
    result = run(*arguments)
    assert result.exit_code == 2 and result.output.startswith("Error: "), result.output
    assert result.output.count("\n") == 1
    return result.output


def read(path: Path) -> pd.DataFrame:
    return pd.read_csv(path, dtype=str, keep_default_na=False)


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Ids that a spreadsheet would take for formulas, and names that can be looked for."""
    path = tmp_path_factory.mktemp("review") / "referrals.csv"
    frame = make_referrals(300, seed=31).drop(columns=["true_person", "true_instance"])
    frame["NRM reference"] = "=" + frame["NRM reference"].astype(str)
    frame["Surname"] = "Quxavobe" + frame["Surname"].fillna("")
    frame.to_csv(path, index=False)
    return path


@pytest.fixture(scope="module")
def saved(source: Path) -> Path:
    done("link", source, "--out", source.parent / "run")
    return source.parent / "run"


def test_a_form_holds_shapes_and_room_for_the_decision(saved: Path, tmp_path: Path) -> None:
    result = done("review", saved, "--out", tmp_path / "form.csv", "-n", 12)
    assert "Wrote 12 pairs to decide." in result.output and HOME_OFFICE_CAVEAT in result.output
    form = read(tmp_path / "form.csv")
    assert list(form)[:6] == [*IDS, *TO_FILL_IN]
    assert all((form[name] == "").all() for name in TO_FILL_IN)
    assert set(form["caveat"]) == {HOME_OFFICE_CAVEAT}
    assert form["expected_cost"].astype(float).is_monotonic_decreasing
    assert "quxavobe" not in (tmp_path / "form.csv").read_text("utf-8").casefold()
    assert form[IDS].map(lambda value: value.startswith("'=")).all(axis=None), "a formula"
    if os.name == "posix":
        assert stat.S_IMODE((tmp_path / "form.csv").stat().st_mode) == 0o600
    expected = Linkage.load(saved).review_queue(12)
    assert ("'" + expected["referral_id_l"]).tolist() == form["referral_id_l"].tolist()


def test_values_are_written_when_they_are_asked_for(saved: Path, source: Path, tmp_path: Path) -> None:
    done("review", saved, "--out", tmp_path / "form.csv", "--values")
    form, records = read(tmp_path / "form.csv"), read(source).set_index("NRM reference")
    assert {"family_name_l", "family_name_r", "date_of_birth_l", "referral_date_r"} <= set(form)
    for row in form.to_dict("records")[:20]:
        for side in "lr":
            record = records.loc[row[f"referral_id_{side}"][1:]]
            assert row[f"family_name_{side}"] == record["Surname"]
            assert row[f"date_of_birth_{side}"] in (record["DOB"], f"'{record['DOB']}")


def test_a_random_sample_shows_nothing_that_leads(saved: Path, tmp_path: Path) -> None:
    for name, seed in (("one", 7), ("again", 7), ("other", 8)):
        result = done("review", saved, "--out", tmp_path / name, "--sample", "--seed", seed, "-n", 15)
        assert f"review_sample(15, seed={seed})" in result.output
    assert list(read(tmp_path / "one")) == [*IDS, *TO_FILL_IN, "caveat"]
    assert (tmp_path / "one").read_bytes() == (tmp_path / "again").read_bytes()
    assert (tmp_path / "one").read_bytes() != (tmp_path / "other").read_bytes()
    expected = Linkage.load(saved).review_sample(15, seed=7)
    assert read(tmp_path / "one")["referral_id_r"].str[1:].tolist() == expected["referral_id_r"].tolist()


def filled(form: pd.DataFrame) -> pd.DataFrame:
    """What the model decided turned round in the first two rows, a third unsure, a fourth blank."""
    turned = {"True": "Different", "False": "same "}
    form.loc[[0, 1], "decision"] = [turned[one] for one in form.loc[[0, 1], "same_cluster"]]
    form.loc[2, "decision"] = "unsure"
    form.loc[[0, 2, 3], "decided_by"] = REVIEWER
    form.loc[0, "decided_at"] = "14/05/2024"
    form.loc[0, "reason"] = "both carry one scar, says the file"
    return form


def pair_of(form: pd.DataFrame, row: int) -> tuple[str, str]:
    """The ids of a row, without the apostrophe before a formula."""
    left, right = (str(form.loc[row, name])[1:] for name in IDS)
    return left, right


@pytest.mark.parametrize(("encoding", "separator"), [("utf-8", ","), ("cp1252", ";"), ("utf-16", "\t")])
def test_a_filled_form_comes_back_and_binds(
    saved: Path, source: Path, tmp_path: Path, encoding: str, separator: str
) -> None:
    done("review", saved, "--out", tmp_path / "form.csv", "-n", 6)
    form = filled(read(tmp_path / "form.csv"))
    form.to_csv(tmp_path / "filled.csv", index=False, encoding=encoding, sep=separator)
    options = ["--previous", saved, "--decisions", tmp_path / "filled.csv"]
    result = done("link", source, "--out", tmp_path / "second", *options)
    assert "Human decisions: " in result.output and "1 unsure" in result.output
    left_out = "3 rows of the decisions hold no decision and were left out"
    assert f"{left_out}; 1 of them have a name, a day or a reason all the same" in result.output
    assert REVIEWER not in result.output and "scar" not in result.output
    after = Linkage.load(tmp_path / "second")
    cluster = after.referrals.set_index("NRM reference")["cluster_id"]
    for row in form.head(2).to_dict("records"):
        a, b = (row[name][1:] for name in IDS)
        assert (cluster[a] == cluster[b]) == (row["same_cluster"] == "False")
    first, second = pair_of(form, 0)
    one = after.explain(first, second, show="values").decisions[0]
    assert (one.decided_by, str(one.decided_on)) == (REVIEWER, "2024-05-14")
    assert one.reason == "both carry one scar, says the file"
    # Who was decided is not asked about again; who was unsure is.
    done("review", tmp_path / "second", "--out", tmp_path / "next.csv", "-n", 1000)
    asked = {tuple(row) for row in read(tmp_path / "next.csv")[IDS].to_numpy()}
    assert [tuple(row) in asked for row in form[IDS].to_numpy()[:3]] == [False, False, True]


def test_what_a_run_says_of_a_decision_at_the_command_line(saved: Path, source: Path, tmp_path: Path) -> None:
    done("review", saved, "--out", tmp_path / "form.csv", "-n", 3)
    form = filled(read(tmp_path / "form.csv").reindex(range(4)).fillna(""))
    form.to_csv(tmp_path / "filled.csv", index=False)
    done("link", source, "--out", tmp_path / "second", "--decisions", tmp_path / "filled.csv")
    pair = pair_of(form, 0)
    said = done("explain", tmp_path / "second", *pair).output
    assert "on 2024-05-14 (who decided and why are recorded)" in said and REVIEWER not in said
    asked = done("explain", tmp_path / "second", *pair, "--values").output
    assert f"decided by: {REVIEWER}" in asked and "one scar" in asked


def test_a_form_that_was_filled_in_is_not_written_over(saved: Path, tmp_path: Path) -> None:
    (tmp_path / "form.csv").write_text("hours of work", encoding="utf-8")
    assert "choose another name" in refused("review", saved, "--out", tmp_path / "form.csv")
    assert (tmp_path / "form.csv").read_text("utf-8") == "hours of work"
    assert "n must be" in refused("review", saved, "--out", tmp_path / "other.csv", "-n", 0)
    assert "seed must be" in refused(
        "review", saved, "--out", tmp_path / "other.csv", "--sample", "--seed", -1
    )
    assert not (tmp_path / "other.csv").exists()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("referral_id_l,referral_id_r,decision\nQuxavobe,b,same\n", "ids in referral_id_l are not among"),
        ("referral_id_l,referral_id_r,decision\na,b,Quxavobe\n", "another decision"),
        ("referral_id_l,referral_id_r\na,b\n", "lacks the columns decision"),
        ("referral_id_l,referral_id_r,decision\na,b,same,Quxavobe\n", "decisions: the file cannot be read"),
        ("", "decisions: the file cannot be read"),
    ],
)
def test_a_file_of_decisions_that_cannot_be_used_is_refused(
    source: Path, tmp_path: Path, content: str, says: str
) -> None:
    (tmp_path / "filled.csv").write_text(content, encoding="utf-8")
    said = refused("link", source, "--out", tmp_path / "run", "--decisions", tmp_path / "filled.csv")
    assert says in said and "Quxavobe" not in said
    assert not (tmp_path / "run").exists()


def test_the_round_trip_in_processes_of_their_own(saved: Path, source: Path, tmp_path: Path) -> None:
    def command(*words: object) -> str:
        line = [sys.executable, "-m", "nrm_linkage", *map(str, words)]
        found = subprocess.run(line, capture_output=True, text=True, check=False)
        assert found.returncode == 0, found.stderr
        assert "quxavobe" not in (found.stdout + found.stderr).casefold()
        return found.stdout

    command("review", saved, "--out", tmp_path / "form.csv", "-n", 4)
    filled(read(tmp_path / "form.csv")).to_csv(tmp_path / "filled.csv", index=False)
    said = command("link", source, "--out", tmp_path / "second", "--decisions", tmp_path / "filled.csv")
    assert "Human decisions: " in said
    assert "Every file is the one that the run wrote." in command("verify", tmp_path / "second")
