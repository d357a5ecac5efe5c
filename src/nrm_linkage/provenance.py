"""What made a result: versions, settings and fingerprints, so that an auditor can tell whether files are
those that a run wrote.

Fingerprints are SHA-256 over bytes. The fingerprint of the input is taken over its values in canonical row
order, so it does not change with the order of rows; it is a one-way summary of the whole extract and reveals
no value.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import platform
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

__all__ = [
    "HOME_OFFICE_CAVEAT",
    "NOT_FOR",
    "VERSION",
    "fingerprint_of_bytes",
    "fingerprint_of_file",
    "fingerprint_of_rows",
    "id_hashes",
    "mixed",
    "pair_keys",
    "row_hashes",
    "versions",
]

VERSION = importlib.metadata.version("nrm-linkage")

_LIBRARIES = ("numpy", "pandas", "pyarrow", "scipy", "rapidfuzz", "jellyfish", "anyascii")


def versions() -> dict[str, str]:
    """Versions of Python, this library and the libraries whose behaviour a result depends on."""
    found = {"python": platform.python_version(), "nrm-linkage": VERSION}
    return found | {name: importlib.metadata.version(name) for name in _LIBRARIES}


def fingerprint_of_bytes(data: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def fingerprint_of_file(path: Path) -> str:
    """SHA-256 of a file's content, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def row_hashes(
    columns: Sequence[pd.Series], before: npt.NDArray[np.uint64] | None = None
) -> npt.NDArray[np.uint64]:
    """One 64-bit hash a row over the text of its values; missing values hash alike whatever stands for
    missing.

    Columns are combined in the order given, after those of which `before` holds the hashes. Shape (n_rows,),
    dtype uint64.
    """
    n_rows = len(columns[0]) if columns else 0
    combined = np.zeros(n_rows, dtype=np.uint64) if before is None else before
    for column in columns:
        try:
            codes, values = pd.factorize(column, use_na_sentinel=True)
        except TypeError:  # lists and other values that cannot be hashed are told apart by their text
            codes, values = pd.factorize(column.map(str), use_na_sentinel=True)
        text = np.array([*_storable(list(map(str, values))), ""], dtype=object)
        hashed = pd.util.hash_array(text, categorize=False)
        combined = combined * np.uint64(0x9E3779B97F4A7C15) + hashed[codes]
    return combined


def _storable(texts: list[str]) -> list[str]:
    """Texts with lone surrogates escaped."""
    try:
        "".join(texts).encode("utf-8")
    except UnicodeEncodeError:
        return [text.encode("utf-8", "backslashreplace").decode("utf-8") for text in texts]
    return texts


def fingerprint_of_rows(hashes: npt.NDArray[np.uint64]) -> str:
    """SHA-256 over the sorted `row_hashes`: the same for the same rows in any order."""
    return fingerprint_of_bytes(np.sort(hashes).astype("<u8").tobytes())


def id_hashes(referral_id: npt.NDArray[np.object_]) -> npt.NDArray[np.uint64]:
    """A 64-bit hash of the text of each referral id."""
    return np.asarray(
        pd.util.hash_array(np.array([str(value) for value in referral_id], dtype=object), categorize=False)
    )


def mixed(*parts: npt.NDArray[np.integer]) -> npt.NDArray[np.uint64]:
    """One 64-bit number from several; different parts give different numbers but for a chance of about 2^-64
    a pair.

    The finaliser of splitmix64 (Steele, Lea and Flood 2014), applied after each part.
    """
    result = np.zeros(parts[0].shape, dtype=np.uint64)
    for part in parts:
        result = (result ^ part.astype(np.int64).view(np.uint64)) + np.uint64(0x9E3779B97F4A7C15)
        result = (result ^ (result >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        result = (result ^ (result >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        result ^= result >> np.uint64(31)
    return result


def pair_keys(
    keys: npt.NDArray[np.uint64], left: npt.NDArray[np.integer], right: npt.NDArray[np.integer]
) -> npt.NDArray[np.uint64]:
    """One 64-bit number a pair of rows, the same whichever stands first. `keys`: one number a row."""
    one, other = keys[left], keys[right]
    return mixed(np.minimum(one, other).view(np.int64), np.maximum(one, other).view(np.int64))


HOME_OFFICE_CAVEAT = (
    "Multiple referrals may be received relating to the same potential instance of modern slavery."
)
"""The Home Office's sentence on repeat referrals, verbatim; it stands in every output that shows repeats."""

NOT_FOR = (
    "Clusters are estimates, not findings. They say nothing of whether anybody was exploited, or "
    "exploited again, and must not be used "
    "to decide about an individual: not on credibility, entitlement, a recovery period or "
    "immigration enforcement."
)
"""What a result must not be used for, in every report."""
