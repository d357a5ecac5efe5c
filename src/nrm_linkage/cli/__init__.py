"""The command line: `link`, `demo`, `count`, `explain`, `review`, `report`, `verify`.

It reads and writes files and prints tables; everything else is the library's. Nothing printed or written
holds a value of a record unless it was asked for (`--values`), except the ids of referrals. Errors are one
sentence on standard error and exit status 2, without a traceback: a traceback shows values. An error that
nobody foresaw is named by its type and the line that raised it. `verify` ends with status 1 where the files
are not those of the run.
"""

from nrm_linkage.cli.commands import main

__all__ = ["main"]
