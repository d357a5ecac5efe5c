"""A linkage on disk is the linkage that was saved: its tables, its answers, its bytes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from nrm_linkage import InputError, Linkage, LinkageConfig, link_referrals
from nrm_linkage.provenance import HOME_OFFICE_CAVEAT

pytestmark = [pytest.mark.whole_package, pytest.mark.xdist_group("save")]

FRAME = pd.DataFrame(
    {
        "NRM reference": ["R1", "R2", "R3", "R4", "R5"],
        "Date of referral": ["03/02/2023", "21/06/2023", "01/12/2023", "11/01/2024", "31/02/2024"],
        "Forename(s)": ["Zamira", "Zamirra", "Ruth", None, "Ruth"],
        "Surname": ["Testaj", "Testaj", "Example", None, "Exampel"],
        "DOB": ["14/05/2001", "2001-05-14", "02/02/1990", None, "02/02/1990"],
        "Nationality": ["Albanian", "Albania", "British", "Wakandan", "UK"],
        "Gender": ["Female", "F", "Female", "Female", "F"],
        "City": ["Hull", "Leeds", "Hull", None, "Hull"],
    }
)
TABLES = ("clusters", "repeats", "links", "data_issues", "changes", "added")


def linked(frame: pd.DataFrame, **options: Any) -> Linkage:
    return link_referrals(frame, progress=False, **options)


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def there_and_back(linkage: Linkage, folder: Path) -> Linkage:
    linkage.save(folder)
    return Linkage.load(folder)


def assert_same(one: Linkage, other: Linkage) -> None:
    pd.testing.assert_frame_equal(one.referrals, other.referrals)
    for name in TABLES:
        pd.testing.assert_frame_equal(
            getattr(one, name),
            getattr(other, name),
            check_dtype=len(getattr(one, name)) > 0,
            check_index_type=False,
        )
    assert one.model.to_json() == other.model.to_json()
    assert one.report == other.report
    assert repr(one) == repr(other)


@pytest.fixture(scope="module")
def linkage() -> Linkage:
    return linked(FRAME)


@pytest.fixture(scope="module")
def loaded(linkage: Linkage, tmp_path_factory: pytest.TempPathFactory) -> Linkage:
    return there_and_back(linkage, tmp_path_factory.mktemp("save") / "run")


def test_every_table_the_model_and_the_report_come_back(linkage: Linkage, loaded: Linkage) -> None:
    assert_same(linkage, loaded)
    for name in ("clusters", "repeats"):
        assert getattr(loaded, name).attrs["caveat"] == HOME_OFFICE_CAVEAT


def test_a_loaded_linkage_answers_as_the_saved_one(linkage: Linkage, loaded: Linkage) -> None:
    for a, b in (("R1", "R2"), ("R3", "R5"), ("R1", "R4")):
        assert loaded.explain(a, b, show="values").to_dict() == linkage.explain(a, b, show="values").to_dict()
    for by in ((), ("gender",), ("City",)):
        pd.testing.assert_frame_equal(loaded.repeat_referrals(by=by), linkage.repeat_referrals(by=by))
    for cluster in linkage.clusters["cluster_id"]:
        assert loaded.explain_cluster(cluster).to_dict() == linkage.explain_cluster(cluster).to_dict()


def test_the_same_input_gives_the_same_bytes_of_every_file(
    linkage: Linkage, loaded: Linkage, tmp_path: Path
) -> None:
    linkage.save(tmp_path / "saved")
    linked(FRAME.copy()).save(tmp_path / "again")
    loaded.save(tmp_path / "loaded")
    assert files(tmp_path / "saved") == files(tmp_path / "again") == files(tmp_path / "loaded")


def test_what_the_caller_does_to_his_frame_later_is_not_saved(tmp_path: Path) -> None:
    frame = FRAME.copy()
    linkage = linked(frame)
    frame["Surname"] = "Changed"
    assert list(there_and_back(linkage, tmp_path / "run").referrals["Surname"]) == list(FRAME["Surname"])


@pytest.mark.parametrize(
    ("frame", "options"),
    [
        (FRAME.set_axis([f"row{n}" for n in range(5)]), {}),
        (FRAME.set_axis(["x"] * 5), {}),
        (FRAME.drop(columns="NRM reference"), {}),
        (FRAME.rename(columns={"NRM reference": "referral_id"}), {}),
        (
            FRAME.rename(columns={"NRM reference": "ExternalId"}).assign(
                ExternalId=pd.Series(["u1", "u2", "u1", None, "u3"])
            ),
            {},
        ),
        (FRAME.assign(ID=range(5), DOB2="x"), {"columns": {"referral_id": "ID", "date_of_birth": None}}),
        (FRAME.astype("string"), {}),
        (FRAME.astype("category"), {}),
        (FRAME.iloc[:0], {}),
        (FRAME.iloc[:1], {}),
        (FRAME[["Surname"]], {}),
        (FRAME, {"config": LinkageConfig(draws=3, seed=5)}),
    ],
    ids=[
        *("named rows", "repeated index", "no ids", "own name of ours", "submission ids", "columns="),
        *("string dtype", "categories", "no rows", "one row", "one column", "settings"),
    ],
)
def test_every_kind_of_frame_comes_back(tmp_path: Path, frame: pd.DataFrame, options: Any) -> None:
    linkage = linked(frame, **options)
    assert_same(linkage, there_and_back(linkage, tmp_path / "run"))


def test_repeated_and_odd_labels_and_values_do_not_stop_a_save(tmp_path: Path) -> None:
    notes = [pd.DataFrame({"Notes": list("abcde")})] * 2
    frame = pd.concat([FRAME, pd.DataFrame({7: [1, "b", None, {2}, 3.5]}), *notes], axis=1)
    loaded = there_and_back(linked(frame), tmp_path / "run")
    assert [str(label) for label in loaded.referrals.columns[:11]] == [
        *FRAME.columns,
        "7",
        "Notes",
        "Notes#2",
    ]
    assert loaded.referrals["7"].tolist()[:2] == ["1", "b"]


def test_ids_of_several_kinds_come_back_as_text(tmp_path: Path) -> None:
    linkage = linked(FRAME.assign(**{"NRM reference": pd.Series([1, "b", 2.5, "d", "e"], dtype=object)}))
    loaded = there_and_back(linkage, tmp_path / "run")
    assert list(loaded.referrals["referral_id"]) == [str(value) for value in linkage.referrals["referral_id"]]
    assert list(loaded.referrals["cluster_id"]) == list(linkage.referrals["cluster_id"])


def test_a_save_over_an_earlier_run_replaces_it_and_over_anything_else_is_refused(
    linkage: Linkage, tmp_path: Path
) -> None:
    linkage.save(tmp_path / "run")
    linked(FRAME.iloc[:2]).save(tmp_path / "run")
    assert len(Linkage.load(tmp_path / "run").referrals) == 2
    (tmp_path / "run" / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match="not those of an earlier run"):
        linkage.save(tmp_path / "run")
    assert (tmp_path / "run" / "notes.txt").is_file()


@pytest.mark.parametrize(
    "name", ["input.parquet", "added.parquet", "draws.parquet", "model.json", "clusters.csv"]
)
def test_a_touched_run_is_not_loaded(linkage: Linkage, tmp_path: Path, name: str) -> None:
    linkage.save(tmp_path / "run")
    (tmp_path / "run" / name).write_bytes((tmp_path / "run" / name).read_bytes() + b" ")
    with pytest.raises(InputError, match=f"{name} is not the file"):
        Linkage.load(tmp_path / "run")


def test_nothing_is_pickled_and_names_of_files_say_nothing(linkage: Linkage, tmp_path: Path) -> None:
    linkage.save(tmp_path / "run")
    assert {path.suffix for path in (tmp_path / "run").iterdir()} == {".parquet", ".json", ".csv"}
    assert not [path for path in (tmp_path / "run").iterdir() if not path.stem.replace("_", "").isalpha()]
