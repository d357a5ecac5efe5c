"""The wheel, built from the checkout, installed in an empty environment and used from another folder.

An editable install hides a missing data file, a dependency that only development brings, and a module that is
found because of where one stands. These tests see what somebody sees who installs the package.
"""

from __future__ import annotations

import os
import pathlib
import re
import subprocess
import sys
import tomllib
import venv
import zipfile
from collections.abc import Callable

import pytest

ROOT = pathlib.Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "nrm_linkage"

# One worker builds and installs once; the others would do it again.
pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("wheel")]

Run = Callable[..., "subprocess.CompletedProcess[str]"]


def run(*command: str | pathlib.Path, cwd: pathlib.Path) -> subprocess.CompletedProcess[str]:
    """Runs a command that must succeed, without this process's PYTHON* variables."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(
        [str(word) for word in command], cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "build", "--wheel", "--outdir", folder, ROOT, cwd=folder)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="session")
def installed(wheel: pathlib.Path, tmp_path_factory: pytest.TempPathFactory) -> Run:
    """Runs the Python of an environment that holds the wheel, its dependencies and nothing else."""
    folder = tmp_path_factory.mktemp("installed")
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    venv.create(folder, with_pip=True)
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary", ":all:"]
    run(python, *install, wheel, cwd=elsewhere)
    return lambda *arguments: run(python, *arguments, cwd=elsewhere)


def test_the_wheel_holds_every_file_of_the_package_and_no_other(wheel: pathlib.Path) -> None:
    ours = {path.relative_to(ROOT / "src").as_posix() for path in PACKAGE.rglob("*") if path.is_file()}
    ours = {path for path in ours if "__pycache__" not in path}
    theirs = {path for path in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in path}
    assert theirs == ours
    assert "nrm_linkage/py.typed" in theirs


def test_the_wheel_is_for_every_platform_and_has_its_licence(wheel: pathlib.Path) -> None:
    assert wheel.name.endswith("-py3-none-any.whl")
    assert [path for path in zipfile.ZipFile(wheel).namelist() if path.endswith("licenses/LICENSE")]


def test_what_is_imported_is_the_wheel_not_the_checkout(installed: Run) -> None:
    found = pathlib.Path(installed("-c", "import nrm_linkage; print(nrm_linkage.__file__)").stdout.strip())
    assert "site-packages" in found.parts
    assert not found.is_relative_to(ROOT)


def test_the_installed_version_is_that_of_the_project(installed: Run) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    asked = installed("-c", "import importlib.metadata as m; print(m.version('nrm-linkage'))")
    assert asked.stdout.strip() == project["version"]


@pytest.mark.whole_package
def test_every_module_can_be_imported_without_the_extras(installed: Run) -> None:
    every = """
import importlib, pkgutil, nrm_linkage
names = [m.name for m in pkgutil.walk_packages(nrm_linkage.__path__, "nrm_linkage.")]
for name in names:
    if not name.endswith("__main__"):
        importlib.import_module(name)
print(len(names))
"""
    assert int(installed("-W", "error", "-c", every).stdout) > 1


def test_the_environment_is_consistent(installed: Run) -> None:
    assert "No broken requirements found" in installed("-m", "pip", "check").stdout


@pytest.mark.whole_package
def test_it_links_from_another_folder_with_its_own_data(installed: Run) -> None:
    link = """
from nrm_linkage import link_referrals, make_referrals
made = make_referrals(50, seed=1)
linkage = link_referrals(made.drop(columns=["true_person", "true_instance"]), progress=False)
print("rows", len(linkage.referrals), "of", len(made))
"""
    said = installed("-c", link).stdout
    rows = re.search(r"rows (\d+) of (\d+)", said)
    assert rows is not None and rows[1] == rows[2] and int(rows[1]) >= 50


@pytest.mark.whole_package
@pytest.mark.parametrize("command", [["--help"], ["demo", "--help"], ["link", "--help"]])
def test_the_command_line_says_how_it_is_used(installed: Run, command: list[str]) -> None:
    assert "Usage" in installed("-m", "nrm_linkage", *command).stdout
