"""How many distinct people hold a key: a word, or a word within a nationality."""

from __future__ import annotations

import numpy as np

from nrm_linkage.tables import Int64s

__all__ = ["counts_of_people", "people_by_key"]


def people_by_key(key: Int64s, person: Int64s) -> tuple[Int64s, Int64s]:
    """Distinct keys, ascending, and how many distinct people hold each. `key`, `person`: one element a
    record, 0 or more.

    Examples
    --------
    >>> keys, people = people_by_key(np.array([7, 7, 7, 2]), np.array([1, 1, 3, 3]))
    >>> keys.tolist(), people.tolist()
    ([2, 7], [1, 2])
    """
    # One number a record: sorting plain numbers takes a fraction of the time that sorting by two keys does.
    n_people = int(person.max(initial=0)) + 1
    if (int(key.max(initial=0)) + 1) * n_people >= 2**63:
        distinct, person = np.unique(person, return_inverse=True)
        n_people = len(distinct)
    held = np.sort(key * n_people + person)
    key = held[np.diff(held, prepend=-1) > 0] // n_people
    first = np.flatnonzero(np.diff(key, prepend=-1))
    return key[first], np.diff(first, append=len(key))


def counts_of_people(key: Int64s, person: Int64s, size: int) -> Int64s:
    """The same for every key below `size`."""
    keys, count = people_by_key(key, person)
    result = np.zeros(size, dtype=np.int64)
    result[keys] = count
    return result
