"""Weights kept under 64-bit keys: a hash table of arrays, in which many keys are looked up at once.

A dictionary of a million entries waits for memory at every key; here the waits overlap. Keys are as good as
random, so that their last bits say where they belong; a place that is taken passes a key on to the next.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from nrm_linkage.tables import Float64s, Int64s

__all__ = ["Keys", "Memory"]

Keys = npt.NDArray[np.uint64]

FIRST_PLACES = 1 << 12


class Memory:
    """What is remembered of keys other than 0.

    >>> memory = Memory()
    >>> memory.add(np.array([7, 9], dtype=np.uint64), np.array([0.5, -1.0]))
    >>> memory.find(np.array([9, 8, 7], dtype=np.uint64)).tolist()
    [-1.0, nan, 0.5]
    """

    def __init__(self) -> None:
        self._keys: Keys = np.zeros(FIRST_PLACES, dtype=np.uint64)
        self._values = np.zeros(FIRST_PLACES)
        self._count = 0

    def find(self, keys: Keys) -> Float64s:
        """What was added under each key, (n,); NaN under a key that was not."""
        found = np.full(len(keys), np.nan)
        at, place = np.arange(len(keys)), self._first(keys)
        while len(at):
            held = self._keys[place]
            hit = held == keys[at]
            found[at[hit]] = self._values[place[hit]]
            on = np.flatnonzero(~hit & (held != 0))
            at, place = at[on], self._next(place[on])
        return found

    def add(self, keys: Keys, values: Float64s) -> None:
        """Remember keys that differ, and are not there yet."""
        self._count += len(keys)
        if 2 * self._count > len(self._keys):
            held = np.flatnonzero(self._keys)
            keys, values = np.append(self._keys[held], keys), np.append(self._values[held], values)
            self._keys = np.zeros(1 << (4 * self._count).bit_length(), dtype=np.uint64)
            self._values = np.zeros(len(self._keys))
        at, place = np.arange(len(keys)), self._first(keys)
        while len(at):
            free = np.flatnonzero(self._keys[place] == 0)
            # Of several keys that want one place the last gets it.
            self._keys[place[free]] = keys[at[free]]
            has = self._keys[place] == keys[at]
            self._values[place[has]] = values[at[has]]
            on = np.flatnonzero(~has)
            at, place = at[on], self._next(place[on])

    def _first(self, keys: Keys) -> Int64s:
        return (keys & np.uint64(len(self._keys) - 1)).astype(np.int64)

    def _next(self, place: Int64s) -> Int64s:
        return (place + 1) & (len(self._keys) - 1)
