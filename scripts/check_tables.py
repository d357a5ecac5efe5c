#!/usr/bin/env python3
"""Builds the package's data tables again from their sources and fails when any file would change.

Each `scripts/build_<table>.py` makes some of the files in `src/nrm_linkage/**/data/` from a folder of sources
(`--sources FOLDER`) and, with `--check`, writes nothing and exits with 1 when what it would write is not what
is there. This script runs every one of them that way, so that a table is never edited by hand and never
drifts from its source.

The sources are large and live outside the repository, so where their folder (the argument) is missing nothing
is checked; the script then says so, on a line that starts with SKIPPED, and exits with 0.

    python scripts/check_tables.py folder-of-sources
"""

from __future__ import annotations

import argparse
import pathlib
import subprocess
import sys
from collections.abc import Sequence

ROOT = pathlib.Path(__file__).resolve().parent.parent


def main(argv: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("sources", type=pathlib.Path, help="the folder that the build scripts read")
    sources = parser.parse_args(argv).sources

    builders = sorted((ROOT / "scripts").glob("build_*.py"))
    if not builders:
        print("SKIPPED: there is no scripts/build_*.py")
        return 0
    if not sources.is_dir():
        print(f"SKIPPED: the sources of the tables are not here; {len(builders)} build scripts were not run")
        return 0
    changed = []
    for builder in builders:
        module, folder = f"scripts.{builder.stem}", str(sources.resolve())
        command = [sys.executable, "-m", module, "--sources", folder, "--check"]
        done = subprocess.run(command, check=False, cwd=ROOT)
        print(f"{'ok' if done.returncode == 0 else 'FAIL':<5} {builder.name}", flush=True)
        if done.returncode != 0:
            changed.append(builder.name)
    if changed:
        print(f"\n{len(changed)} failed or would write other files: {', '.join(changed)}")
    return 1 if changed else 0


if __name__ == "__main__":
    sys.exit(main())
