"""What is declared is what is used: no import that no dependency brings, no dependency that nothing imports.

The wheel test imports every module, but an import inside a function runs only when the function does; here
the source is read instead.
"""

from __future__ import annotations

import ast
import importlib.metadata
import pathlib
import sys
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from scripts.check_wheels import (
    PLATFORMS,
    PYTHONS,
    Metadata,
    marker_environment,
    missing_requirements,
    runtime_requirements,
)

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
AT_RUN_TIME = {canonicalize_name(Requirement(line).name) for line in PROJECT["dependencies"]}
OPTIONAL = {
    canonicalize_name(Requirement(line).name)
    for extra in ("spark", "charts")
    for line in PROJECT["optional-dependencies"][extra]
}
OF_THE_CALLER = {"duckdb", "polars"}  # imported only to answer somebody who handed over one of theirs
WINDOWS, _, _, LINUX = PLATFORMS


def third_party_imports() -> dict[str, str]:
    """Each distribution that the source imports, and one of the modules that import it."""
    distributions = importlib.metadata.packages_distributions()
    found: dict[str, str] = {}
    for path in sorted((ROOT / "src").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
                names = [node.module]
            for top in (name.partition(".")[0] for name in names):
                if top not in sys.stdlib_module_names and top != "nrm_linkage":
                    found[canonicalize_name(distributions.get(top, [top])[0])] = path.name
    return found


def test_every_import_is_of_a_declared_dependency() -> None:
    imported = third_party_imports()
    assert "pandas" in imported
    brought = AT_RUN_TIME | OPTIONAL | OF_THE_CALLER
    assert {name: where for name, where in imported.items() if name not in brought} == {}


@pytest.mark.whole_package
def test_every_run_time_dependency_is_used() -> None:
    assert sorted(AT_RUN_TIME - set(third_party_imports())) == []


@pytest.mark.parametrize(("python", "lowest"), [("3.11", "2.2.3"), ("3.13", "2.2.3"), ("3.14", "2.3.3")])
def test_one_bound_of_pandas_holds_for_each_python(python: str, lowest: str) -> None:
    environment = marker_environment(LINUX, python)
    of_pandas = [r for r in runtime_requirements(ROOT / "pyproject.toml") if r.name == "pandas"]
    (applies,) = [r for r in of_pandas if r.marker is None or r.marker.evaluate(environment)]
    assert str(applies.specifier) == f">={lowest}"


def test_a_dependency_that_only_the_target_needs_is_not_lost() -> None:
    chosen: list[Metadata] = [
        {"name": "Click", "version": "8.2", "requires_dist": ['colorama>=0.4; platform_system == "Windows"']},
        {"name": "tool", "version": "1", "requires_dist": ["click", 'pytest; extra == "test"']},
        {"name": "bare", "version": "1"},
    ]
    assert missing_requirements(chosen, marker_environment(WINDOWS, "3.11")) == ["colorama>=0.4"]
    assert missing_requirements(chosen, marker_environment(LINUX, "3.11")) == []


def test_every_python_that_is_declared_is_checked_for_wheels() -> None:
    said = {line.rpartition(" ")[2] for line in PROJECT["classifiers"] if "Python :: 3." in line}
    assert said == set(PYTHONS)
    assert PROJECT["requires-python"] == f">={PYTHONS[0]}"
