"""The true partition, and the group that most of a person's rows record."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from nrm_linkage import Linkage
from nrm_linkage.evaluation.groups import most_recorded
from nrm_linkage.evaluation.truth import true_partition

ROWS = st.lists(st.tuples(st.integers(0, 3), st.booleans()), max_size=10)


@given(rows=ROWS)
def test_the_true_partition_joins_linkable_rows_of_one_person_and_nothing_else(
    linkage: Linkage, rows: list[tuple[int, bool]]
) -> None:
    person = np.array([each for each, _ in rows], dtype=np.int64)
    linkable = np.array([can for _, can in rows], dtype=bool)
    ids = np.array([f"R{number}" for number in range(len(rows))], dtype=object)
    partition = true_partition(replace(linkage.run.referrals, referral_id=ids, linkable=linkable), person)
    expected = [
        min(b for b in range(len(rows)) if b == a or (linkable[a] and linkable[b] and person[a] == person[b]))
        for a in range(len(rows))
    ]
    assert partition.cluster.tolist() == expected
    alone = [expected.count(label) == 1 for label in expected]
    assert partition.uncertain.tolist() == [row for row, each in enumerate(alone) if not each]
    assert partition.draws.tolist() == [[expected[row] for row in partition.uncertain]]


VOTES = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=12)


@given(VOTES)
def test_most_rows_decide_then_the_first_and_what_is_not_known_gives_way(
    votes: list[tuple[int, int]],
) -> None:
    person, code = (np.array([each[at] for each in votes], dtype=np.int64) for at in (0, 1))
    known = np.array([True, True, False, True])
    found = most_recorded(person, code, known, 4)
    for number in range(4):
        codes = code[person == number].tolist()
        stated = [each for each in codes if known[each]] or codes
        counts = Counter(stated)
        # Counter keeps the order in which codes first came, and max takes the first of equals.
        assert found[number] == (max(counts, key=lambda each: counts[each]) if counts else 0)
