"""Small tools for making columns: named random streams and vectorised choices.

A stage never shares a generator with another: `Streams` derives one from the seed and the stage's name, so a
rate that is changed in one stage leaves every other draw as it was. Choices take their uniforms for all rows,
whether a row uses them or not, for the same reason. Strings are object arrays with `""` for absent; nothing
here knows about referrals.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Bools: TypeAlias = npt.NDArray[np.bool_]
Ints: TypeAlias = npt.NDArray[np.int64]
Floats: TypeAlias = npt.NDArray[np.float64]
Dates: TypeAlias = npt.NDArray[np.datetime64]
Strings: TypeAlias = npt.NDArray[np.object_]

__all__ = [
    "Bools",
    "Dates",
    "Floats",
    "Ints",
    "Streams",
    "Strings",
    "as_days",
    "choose",
    "joined",
    "strings",
    "weighted",
    "zipf",
]


class Streams:
    """Independent generators by name from one seed: the same seed and name always give the same draws."""

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def __call__(self, name: str) -> np.random.Generator:
        """The generator of a stage, fresh from its start."""
        return np.random.default_rng(
            np.random.SeedSequence(self._seed, spawn_key=(zlib.crc32(name.encode()),))
        )

    def uniform(self, name: str, size: int) -> Floats:
        """`size` uniforms in [0, 1) from the stream `name`."""
        return self(name).random(size)


def strings(values: Sequence[str | None]) -> Strings:
    """An object array of the strings (never a fixed-width one, which would cut and copy)."""
    out = np.empty(len(values), dtype=object)
    out[:] = values
    return out


def weighted(uniforms: Floats, weights: npt.ArrayLike) -> Ints:
    """Indices drawn with the weights, one for each uniform."""
    cumulative = np.cumsum(np.asarray(weights, dtype=float))
    found = np.searchsorted(cumulative, uniforms * cumulative[-1], side="right")
    out: Ints = np.minimum(found, len(cumulative) - 1).astype(np.int64)
    return out


def choose(uniforms: Floats, options: Sequence[str]) -> Strings:
    """One of the options for each uniform, all equally likely."""
    table = strings(options)
    return table[(uniforms * len(table)).astype(np.int64)]


def zipf(size: int, power: float = 0.9, shift: int = 3) -> Floats:
    """Weights that fall with rank, summing to one."""
    weights = (np.arange(size) + float(shift)) ** -power
    shares: Floats = np.asarray(weights / weights.sum(), dtype=np.float64)
    return shares


def joined(left: Strings, right: Strings, by: str = " ") -> Strings:
    """`left` and `right` with a separator only where both hold something."""
    between = np.where((left != "") & (right != ""), by, "").astype(object)
    out: Any = left + between + right
    return np.asarray(out, dtype=object)


def as_days(dates: npt.ArrayLike) -> Dates:
    """The dates as datetime64[D]."""
    return np.asarray(dates, dtype="datetime64[D]")
