"""How many distinct people hold a key: a word, or a word within a nationality."""

from __future__ import annotations

import numpy as np

from nrm_linkage.tables import Int64s

__all__ = ["counts_of_people", "people_by_key"]


def people_by_key(key: Int64s, person: Int64s) -> tuple[Int64s, Int64s]:
    """Distinct keys, ascending, and how many distinct people hold each. `key`, `person`: one element a
    record.

    Examples
    --------
    >>> keys, people = people_by_key(np.array([7, 7, 7, 2]), np.array([1, 1, 3, 3]))
    >>> keys.tolist(), people.tolist()
    ([2, 7], [1, 2])
    """
    order = np.lexsort((person, key))
    key, person = key[order], person[order]
    once = np.ones(len(key), dtype=bool)
    once[1:] = (key[1:] != key[:-1]) | (person[1:] != person[:-1])
    return np.unique(key[once], return_counts=True)


def counts_of_people(key: Int64s, person: Int64s, size: int) -> Int64s:
    """The same for every key below `size`."""
    keys, count = people_by_key(key, person)
    result = np.zeros(size, dtype=np.int64)
    result[keys] = count
    return result
