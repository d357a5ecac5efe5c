"""How much memory a run may take: a ceiling, so that what a change costs is seen."""

from __future__ import annotations

import subprocess
import sys

import pytest

pytestmark = [pytest.mark.whole_package]

REFERRALS = 20_000

CEILING_MB = 140
"""Above what the program has reserved once everything is loaded; 107 MB are needed with pandas 2.3, 87 with
pandas 3.0 (Linux, Python 3.11, numpy 2.4, one thread).
"""

TOO_LITTLE_MB = 40
"""Less than half of what either needs."""

LINKED = f"""
import os, resource, sys
os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:1])
from nrm_linkage import link_referrals, make_referrals

def reserved():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[0]) * resource.getpagesize()

frame = make_referrals({REFERRALS}, seed=1, n_referrals={REFERRALS})
frame = frame.drop(columns=["true_person", "true_instance"])
link_referrals(frame.head(30), progress=False)
ceiling = reserved() + int(float(sys.argv[1]) * 1e6)
resource.setrlimit(resource.RLIMIT_AS, (ceiling, ceiling))
linkage = link_referrals(frame, progress=False)
print(len(linkage.referrals), len(linkage.clusters) > 0)
"""


def linked(ceiling_mb: float) -> subprocess.CompletedProcess[str]:
    """Link in a process of its own, on one processor: each thread reserves addresses of its own."""
    return subprocess.run(
        [sys.executable, "-c", LINKED, str(ceiling_mb)],
        capture_output=True,
        text=True,
        check=False,
        env={"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "PYTHONPATH": ":".join(sys.path)},
    )


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="address space is limited on Linux alone")
def test_twenty_thousand_referrals_are_linked_within_the_ceiling() -> None:
    done = linked(CEILING_MB)
    assert done.returncode == 0, done.stderr[-500:]
    assert done.stdout.split() == [f"{REFERRALS}", "True"]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="address space is limited on Linux alone")
def test_the_ceiling_is_one() -> None:
    done = linked(TOO_LITTLE_MB)
    assert done.returncode != 0
    assert "MemoryError" in done.stderr
