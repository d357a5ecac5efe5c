"""What `import nrm_linkage` does to the program that imports it: nothing but define names.

Each test reads one record of an import, made in an interpreter of its own with an audit hook.
"""

from __future__ import annotations

import json
import pathlib
import subprocess
import sys
from typing import Any

import pytest

# Each takes long to import or serves one function only, so the function that needs it imports it.
LAZY = {
    "altair",
    "babel",
    "click",
    "hijridate",
    "jinja2",
    "joblib",
    "nepali_datetime",
    "persiantools",
    "pycountry",
    "pyspark",
    "recordlinkage",
    "scipy.optimize",
    "scipy.stats",
    "sklearn",
    "tomli_w",
    "tqdm",
    "vl_convert",
}

PUBLIC = {
    "ConfigError",
    "DecisionConflictWarning",
    "HOME_OFFICE_CAVEAT",
    "InputError",
    "Linkage",
    "LinkageConfig",
    "LinkageModel",
    "MissingExtraError",
    "NotConvergedWarning",
    "NrmLinkageError",
    "TooManyPairsError",
    "evaluate",
    "link_referrals",
    "make_referrals",
}

# numpy, pandas and pyarrow are loaded first: what they do to a process is not ours.
RECORD_AN_IMPORT = """
import json, logging, os, random, sys, warnings
import numpy, pandas, pyarrow

events = []

def watch(event, arguments):
    if event == "open":
        path, mode, flags = arguments
        if flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            events.append(["write", str(path)])
    elif event.split(".")[0] in {"socket", "subprocess", "shutil", "tempfile", "urllib"}:
        events.append([event, ""])
    elif event in {"os.system", "os.mkdir", "os.remove", "os.rename", "os.putenv"}:
        events.append([event, ""])

def settings():
    return {
        "warning filters": len(warnings.filters),
        "numpy errors": numpy.geterr(),
        "pandas display": pandas.describe_option(_print_desc=False),
        "environment": dict(os.environ),
        "random": hash(random.getstate()),
        "root log level": logging.getLogger().level,
        "root log handlers": len(logging.getLogger().handlers),
        "logging disabled": logging.root.manager.disable,
        "excepthook": sys.excepthook is sys.__excepthook__,
    }

before = settings()
loaded = set(sys.modules)
sys.addaudithook(watch)
import nrm_linkage
seen = list(events)
after = settings()
handlers = {
    name: [type(handler).__name__ for handler in logger.handlers]
    for name, logger in logging.root.manager.loggerDict.items()
    if name.split(".")[0] == "nrm_linkage" and isinstance(logger, logging.Logger)
}
sys.stdout.write("\\n" + json.dumps({
    "modules": sorted(set(sys.modules) - loaded),
    "events": seen,
    "changed": sorted(name for name in before if before[name] != after[name]),
    "handlers": handlers,
    "public": sorted({*dir(nrm_linkage), *getattr(nrm_linkage, "__all__", [])}),
}))
"""


def record_an_import(cwd: pathlib.Path) -> dict[str, Any]:
    """What `import nrm_linkage` does in an interpreter that stands in `cwd` and imports from there first."""
    command = [sys.executable, "-B", "-W", "error", "-c", RECORD_AN_IMPORT]
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    *printed, record = done.stdout.split("\n")
    return {**json.loads(record), "printed": "".join(printed) + done.stderr}


@pytest.fixture(scope="module")
def imported(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return record_an_import(tmp_path_factory.mktemp("empty"))


def test_the_record_sees_what_it_should(tmp_path: pathlib.Path) -> None:
    """A package of the same name that does everything an import must not do."""
    (tmp_path / "nrm_linkage.py").write_text(
        "import jinja2, logging, socket, warnings\n"
        "print('hello')\n"
        "open('written', 'w').close()\n"
        "socket.socket().close()\n"
        "warnings.simplefilter('ignore')\n"
        "logging.basicConfig(level='DEBUG')\n"
        "logging.getLogger('nrm_linkage').addHandler(logging.StreamHandler())\n"
    )
    seen = record_an_import(tmp_path)
    assert "jinja2" in seen["modules"]
    assert seen["printed"] == "hello"
    assert ["write", "written"] in seen["events"] and ["socket.__new__", ""] in seen["events"]
    assert seen["changed"] == ["root log handlers", "root log level", "warning filters"]
    assert seen["handlers"] == {"nrm_linkage": ["StreamHandler"]}


def test_it_loads_nothing_heavy(imported: dict[str, Any]) -> None:
    modules = set(imported["modules"])
    assert "nrm_linkage" in modules
    assert not sorted(modules & LAZY)


def test_it_prints_nothing(imported: dict[str, Any]) -> None:
    assert imported["printed"] == ""


def test_it_writes_no_file_and_starts_and_connects_to_nothing(imported: dict[str, Any]) -> None:
    assert imported["events"] == []


def test_it_changes_no_setting_of_the_process(imported: dict[str, Any]) -> None:
    assert imported["changed"] == []


def test_its_loggers_are_left_to_the_program(imported: dict[str, Any]) -> None:
    assert {name for names in imported["handlers"].values() for name in names} <= {"NullHandler"}


@pytest.mark.whole_package
def test_the_front_door_has_every_public_name(imported: dict[str, Any]) -> None:
    assert sorted(PUBLIC - set(imported["public"])) == []
