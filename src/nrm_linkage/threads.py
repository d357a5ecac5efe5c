"""Parts of work that do not hang on one another, done in as many threads as there are processors.

The arithmetic of arrays leaves Python free meanwhile, so that two threads do nearly twice as much. Results
come in the order of the parts: no result hangs on the number of threads.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

__all__ = ["MOST_THREADS", "in_threads", "slices"]

MOST_THREADS = 8
"""More are not begun: each holds the arrays of a part (chosen by us)."""

NAME = "nrm-linkage part"
"""What the names of threads begin with."""

Part = TypeVar("Part")
Done = TypeVar("Done")


def in_threads(work: Callable[[Part], Done], parts: Iterable[Part]) -> list[Done]:
    """What `work` gives for each part, in their order. What it raises is raised, and no other part is begun.
    Work that is itself one of several threads' parts does its own parts in turn.

    Examples
    --------
    >>> in_threads(abs, [-1, 2, -3])
    [1, 2, 3]
    """
    given = list(parts)
    workers = min(_processors(), MOST_THREADS, len(given))
    if workers < 2 or threading.current_thread().name.startswith(NAME):
        return [work(part) for part in given]
    pool = ThreadPoolExecutor(workers, thread_name_prefix=NAME)
    try:
        return list(pool.map(work, given))
    finally:
        pool.shutdown(cancel_futures=True)


def slices(n: int, size: int) -> list[slice]:
    """`n` places in stretches of `size`.

    Examples
    --------
    >>> slices(5, 2)
    [slice(0, 2, None), slice(2, 4, None), slice(4, 5, None)]
    """
    return [slice(at, min(at + size, n)) for at in range(0, n, size)]


def _processors() -> int:
    """Those that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
