#!/usr/bin/env python3
"""Shows that all that the library needs at run time installs from wheels, on every platform and Python.

Analysts on locked-down machines have no compiler, so one dependency without a wheel shuts them out. For each
platform and Python below, pip resolves the package's run-time dependencies for that target
(`--only-binary :all:`, nothing is installed) and the versions it chose are printed. The exit status is 1 when
any target cannot be resolved.

1. The requirements are those of `pyproject.toml`, their environment markers judged for the target.
2. pip resolves them for the target's wheel tags. pip judges the markers of *dependencies* by the interpreter
   that runs it, not by the target (`colorama; sys_platform == "win32"` is lost on Linux), so
3. the requirements of every chosen wheel are walked with the target's markers, what is missing is added, and
   pip resolves again, until nothing is missing.

It does not import anything, does not test that a wheel works, and does not look at the optional extras
(pyspark has no wheel).

    python scripts/check_wheels.py                          # all sixteen targets
    python scripts/check_wheels.py --only windows-x64/3.14  # one of them

Needs the `packaging` package, an index that pip can reach, and pip 24.3 or later: an older one (23.2.1) was
seen to hold `Requires-Python` of a wheel against the Python that runs pip, and so to choose other versions
than the target gets. pip's own cache makes a second run fast.
"""

from __future__ import annotations

import argparse
import concurrent.futures
import dataclasses
import importlib.metadata
import json
import pathlib
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable, Sequence
from typing import NotRequired, TypedDict

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = pathlib.Path(__file__).resolve().parent.parent
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
LOWEST_PIP = Version("24.3")
SHOWN = ("pandas", "numpy", "pyarrow", "recordlinkage")


@dataclasses.dataclass(frozen=True)
class Platform:
    """One kind of machine: the wheel tags that it takes and what environment markers say on it."""

    name: str
    tags: tuple[str, ...]
    sys_platform: str
    platform_system: str
    os_name: str
    machine: str


def _macos(machine: str) -> tuple[str, ...]:
    """Tags that a macOS 14 takes: its own and those of every macOS before it.

    14 is the oldest release that Apple still mends or has lately stopped mending (chosen by us).
    """
    kinds = (machine, "universal2")
    new = tuple(f"macosx_{major}_0_{kind}" for major in (14, 13, 12, 11) for kind in kinds)
    old = tuple(f"macosx_10_{minor}_{kind}" for minor in range(16, 8, -1) for kind in kinds)
    return new + (old if machine == "x86_64" else ("macosx_10_9_universal2", "macosx_10_13_universal2"))


def _manylinux() -> tuple[str, ...]:
    """Tags that a Linux with glibc 2.28 takes: that and every older glibc."""
    numbered = tuple(f"manylinux_2_{minor}_x86_64" for minor in range(28, 4, -1))
    return (*numbered, "manylinux2014_x86_64", "manylinux2010_x86_64")


PLATFORMS = (
    Platform("windows-x64", ("win_amd64",), "win32", "Windows", "nt", "AMD64"),
    Platform("macos-x86_64", _macos("x86_64"), "darwin", "Darwin", "posix", "x86_64"),
    Platform("macos-arm64", _macos("arm64"), "darwin", "Darwin", "posix", "arm64"),
    Platform("linux-glibc2.28", _manylinux(), "linux", "Linux", "posix", "x86_64"),
)


class Metadata(TypedDict):
    """What is read of a package's metadata in pip's report."""

    name: str
    version: str
    requires_dist: NotRequired[list[str]]


class Item(TypedDict):
    """What is read of one package in pip's report."""

    metadata: Metadata


@dataclasses.dataclass(frozen=True)
class Outcome:
    """What pip chose for one target; `failure` is None when it resolved."""

    versions: dict[str, str]
    failure: str | None


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--only", metavar="TARGET", action="append", help="platform/python (repeatable)")
    parser.add_argument("--jobs", type=int, default=2, help="how many pips run at a time")
    arguments = parser.parse_args(argv)
    if Version(importlib.metadata.version("pip")) < LOWEST_PIP:
        parser.error(f"pip {LOWEST_PIP} or later is needed to resolve for another Python")

    targets = [(platform, python) for platform in PLATFORMS for python in PYTHONS]
    if arguments.only:
        targets = [t for t in targets if f"{t[0].name}/{t[1]}" in arguments.only]
        if not targets:
            there_are = ", ".join(f"{platform.name}/{python}" for platform in PLATFORMS for python in PYTHONS)
            parser.error(f"no such target; there are {there_are}")
    wanted = runtime_requirements(ROOT / "pyproject.toml")

    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        outcomes = list(pool.map(lambda target: resolve(wanted, *target), targets))

    results = list(zip(targets, outcomes, strict=True))
    print(_row("platform", "python", "wheels", SHOWN, "packages"))
    for (platform, python), outcome in results:
        shown = [outcome.versions.get(name, "-") for name in SHOWN]
        word = "FAIL" if outcome.failure else "ok"
        print(_row(platform.name, python, word, shown, str(len(outcome.versions))))
    failures = [result for result in results if result[1].failure]
    for (platform, python), outcome in failures:
        print(f"\n{platform.name}/{python} does not resolve from wheels alone:\n{outcome.failure}")
    print(f"\n{len(results) - len(failures)} of {len(results)} targets resolve from wheels alone")
    return 1 if failures else 0


def _row(platform: str, python: str, word: str, shown: Iterable[str], packages: str) -> str:
    versions = " ".join(f"{cell:<13}" for cell in shown)
    return f"{platform:<16} {python:<7} {word:<7} {versions} {packages}"


def runtime_requirements(pyproject: pathlib.Path) -> list[Requirement]:
    """The `[project] dependencies` of a `pyproject.toml`; extras are left out."""
    project = tomllib.loads(pyproject.read_text(encoding="utf-8"))["project"]
    return [Requirement(line) for line in project["dependencies"]]


def resolve(wanted: Iterable[Requirement], platform: Platform, python: str) -> Outcome:
    """Resolves for one target, as the module docstring says."""
    environment = marker_environment(platform, python)
    lines = sorted({_line(r) for r in wanted if r.marker is None or r.marker.evaluate(environment)})
    while True:
        installed, failure = _ask_pip(lines, platform, python)
        if failure is not None:
            return Outcome({}, failure)
        chosen = [item["metadata"] for item in installed]
        missing = missing_requirements(chosen, environment)
        if not missing:
            return Outcome({canonicalize_name(item["name"]): item["version"] for item in chosen}, None)
        lines = sorted({*lines, *missing})


def marker_environment(platform: Platform, python: str) -> dict[str, str]:
    """What the markers of PEP 508 say on the target (no extra asked for)."""
    return {
        "implementation_name": "cpython",
        "implementation_version": f"{python}.0",
        "os_name": platform.os_name,
        "platform_machine": platform.machine,
        "platform_python_implementation": "CPython",
        "platform_release": "",
        "platform_system": platform.platform_system,
        "platform_version": "",
        "python_full_version": f"{python}.0",
        "python_version": python,
        "sys_platform": platform.sys_platform,
        "extra": "",
    }


def missing_requirements(chosen: Sequence[Metadata], environment: dict[str, str]) -> list[str]:
    """What the chosen wheels need on the target and pip left out, as requirements without markers.

    `chosen` is the `metadata` of each item of pip's report. Extras of dependencies are not followed: none is
    asked for.
    """
    names = {canonicalize_name(item["name"]) for item in chosen}
    missing = set()
    for item in chosen:
        for requirement in map(Requirement, item.get("requires_dist", [])):
            applies = requirement.marker is None or requirement.marker.evaluate(environment)
            if applies and canonicalize_name(requirement.name) not in names:
                missing.add(_line(requirement))
    return sorted(missing)


def _line(requirement: Requirement) -> str:
    """A requirement as pip takes it on its command line, its marker already judged."""
    return f"{requirement.name}{requirement.specifier}"


def _ask_pip(lines: Sequence[str], platform: Platform, python: str) -> tuple[list[Item], str | None]:
    """The `install` list of pip's report for one target, and pip's own words when it fails."""
    with tempfile.TemporaryDirectory() as folder:
        report = pathlib.Path(folder, "report.json")
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        command += ["--dry-run", "--ignore-installed", "--only-binary", ":all:"]
        command += ["--implementation", "cp", "--python-version", python]
        for tag in platform.tags:
            command += ["--platform", tag]
        command += ["--target", str(pathlib.Path(folder, "target")), "--report", str(report), *lines]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            errors = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
            return [], "\n".join(errors) or done.stderr or "pip failed without a word"
        installed: list[Item] = json.loads(report.read_text(encoding="utf-8"))["install"]
        return installed, None


if __name__ == "__main__":
    sys.exit(main())
