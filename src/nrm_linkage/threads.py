"""Parts of work that do not hang on one another, done in as many threads as there are processors.

The arithmetic of arrays leaves Python free meanwhile, so that two threads do nearly twice as much. Results
come in the order of the parts: no result hangs on the number of threads.
"""

from __future__ import annotations

import itertools
import os
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

__all__ = ["MOST_THREADS", "beside", "in_threads", "slices"]

MOST_THREADS = 8
"""More are not begun: each holds the arrays of a part (chosen by us)."""

NAME = "nrm-linkage part"
"""What the names of threads begin with."""

Part = TypeVar("Part")
Done = TypeVar("Done")
Other = TypeVar("Other")


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


def beside(work: Callable[[], Done], other: Callable[[], Other]) -> tuple[Done, Other]:
    """What two pieces of work give that do not hang on one another: `work` in this thread, `other` in one
    beside it. Either may have threads of its own. What they raise is raised once both have ended, that of
    `work` first.

    Examples
    --------
    >>> beside(lambda: 1, lambda: 2)
    (1, 2)
    """
    if _processors() < 2:
        return work(), other()
    with ThreadPoolExecutor(1) as pool:
        others = pool.submit(other)
        return work(), others.result()


def slices(n: int, size: int) -> list[slice]:
    """`n` places in stretches of `size` or less: all of about one length and, where there are several, an
    even number of them, so that two threads end together. The number does not hang on the processors.

    Examples
    --------
    >>> slices(5, 2)
    [slice(0, 1, None), slice(1, 2, None), slice(2, 3, None), slice(3, 5, None)]
    """
    n_parts = -(-n // size)
    n_parts = min(n_parts + n_parts % 2, n) if n_parts > 1 else n_parts
    ends = [n * number // max(n_parts, 1) for number in range(n_parts + 1)]
    return [slice(start, end) for start, end in itertools.pairwise(ends)]


def _processors() -> int:
    """Those that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
