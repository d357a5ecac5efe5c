"""What every test runs under: repeatable examples, no network, and tools that may be missing.

Hypothesis has two profiles, chosen by the environment variable HYPOTHESIS_PROFILE:

- `ci` (the default): the same examples on every run, so that a change is judged by what it changed;
- `nightly`: many more examples, new ones each night; a failure prints how to repeat it.

Neither has a deadline: how fast a shared machine is says nothing about the code.

Sockets are blocked (`--disable-socket`). Tests marked `browser` or `spark` may connect to this machine, and
to nothing else.
"""

from __future__ import annotations

import importlib.util
import os
import shutil

import pandas as pd
import pytest
from hypothesis import HealthCheck, settings

THIS_MACHINE = ["127.0.0.1", "::1"]
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")

settings.register_profile(
    "ci",
    derandomize=True,
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "nightly",
    max_examples=1000,
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


def _no_browser() -> str | None:
    return None if any(map(shutil.which, BROWSERS)) else "no browser is installed"


def _no_spark() -> str | None:
    if importlib.util.find_spec("pyspark") is None:
        return "pyspark is not installed"
    return None if shutil.which("java") else "Java is not installed"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    missing = {"browser": _no_browser(), "spark": _no_spark()}
    pandas_3 = int(pd.__version__.partition(".")[0]) >= 3
    for item in items:
        for tool, reason in missing.items():
            if item.get_closest_marker(tool):
                item.add_marker(pytest.mark.allow_hosts(THIS_MACHINE))
                if reason is not None:
                    item.add_marker(pytest.mark.skip(reason=reason))
        needs_pandas_2 = item.get_closest_marker("needs_pandas2")
        if needs_pandas_2 and pandas_3:
            item.add_marker(pytest.mark.skip(reason=f"recordlinkage on pandas 3: {needs_pandas_2.args[0]}"))
