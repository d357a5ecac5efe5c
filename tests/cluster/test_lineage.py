"""Cluster ids from run to run, held against a slow account of what the module says."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nrm_linkage.cluster import Earlier, date_ranks, follow, ids_made_of
from nrm_linkage.cluster.lineage import CHANGES, Lineage
from nrm_linkage.tables import Partition, Referrals

NOBODY = np.zeros(0, dtype=np.int64)


@dataclasses.dataclass(frozen=True)
class Rows:
    """As much of `Referrals` as a lineage looks at."""

    referral_id: Any
    referred: Any
    duplicate_of: Any

    @property
    def n(self) -> int:
        return len(self.referral_id)


def rows_of(names: list[str], days: list[int], duplicate_of: list[int] | None = None) -> Any:
    """Referrals by name; day 0 is no date."""
    referred = np.array(days, dtype="datetime64[D]")
    referred[np.array(days) == 0] = np.datetime64("NaT")
    same = np.arange(len(names)) if duplicate_of is None else np.array(duplicate_of)
    return Rows(np.array(names, dtype=object), referred, same.astype(np.int64))


def people_of(label: list[int]) -> Partition:
    """A partition; labels become the smallest row of each cluster."""
    codes = np.array(label, dtype=np.int64)
    smallest = [int(np.flatnonzero(codes == code)[0]) for code in codes]
    n = np.ones(len(codes))
    empty = np.zeros((1, 0), dtype=np.int32)
    cluster = np.array(smallest, dtype=np.int64)
    nothing = np.zeros(0)
    return Partition(cluster, n, n, NOBODY, empty, NOBODY, nothing, nothing, component=cluster)


def earlier_of(
    then: Lineage,
    rows_then: Any,
    names_now: list[str],
    revised: set[str] = frozenset(),  # type: ignore[assignment]
) -> Earlier:
    names = list(rows_then.referral_id)
    return Earlier(
        cluster_id=then.cluster_id,
        duplicate_of=rows_then.duplicate_of,
        rank=date_ranks(rows_then.referred),
        row=np.array([names_now.index(n) if n in names_now else -1 for n in names], dtype=np.int64),
        revised=np.array([name in revised for name in names], dtype=bool),
        past_ids=then.past_ids,
    )


def run(
    groups: str, days: dict[str, int], before: tuple[Lineage, Any] | None = None, revised: str = ""
) -> tuple[Lineage, Any]:
    """A run of referrals called by letters: "AB C" is A with B, and C alone."""
    names = sorted(groups.replace(" ", ""))
    label = [next(n for n, group in enumerate(groups.split()) if name in group) for name in names]
    rows = rows_of(names, [days[name] for name in names])
    earlier = None if before is None else earlier_of(*before, names, set(revised))
    return follow(people_of(label), rows, earlier), rows


def ids(made: tuple[Lineage, Any]) -> dict[str, str]:
    return dict(zip(made[1].referral_id, made[0].cluster_id, strict=True))


def changes(made: tuple[Lineage, Any]) -> dict[str, tuple[str, tuple[str, ...]]]:
    return {
        row["cluster_id"]: (row["change"], row["from_cluster_ids"])
        for row in made[0].changes.to_dict("records")
    }


DAYS = {letter: day for day, letter in enumerate("ABCDEFGHIJ", start=10)}


@pytest.mark.parametrize(
    ("then", "now", "revised", "expected"),
    [
        ("AB C", "AB C", "", {}),
        ("AB C", "AB C", "C", {}),
        ("AB C", "AB C D", "", {}),
        ("AB C", "AB C", "B", {"A": ("revised", "A")}),
        ("AB C", "ABD C", "", {"A": ("grown", "A")}),
        ("AB C", "ABD C", "A", {"A": ("grown", "A")}),
        ("BC A", "ABC", "A", {"B": ("grown", "AB")}),
        ("AB C", "AB CD", "", {"C": ("created", "C")}),
        ("AB C D", "AB CD", "D", {"C": ("created", "CD")}),
        ("AB", "AB EF", "", {"E": ("created", "")}),
        ("AB CD", "ABCD", "B", {"A": ("merged", "AC")}),
        ("AD BC", "ABCDE", "", {"A": ("merged", "AB")}),
        ("ABCD", "AB CD", "C", {"A": ("split", "A"), "C+": ("split", "A")}),
        ("ABCD", "AC B D", "C", {"A": ("split", "A"), "B+": ("split", "A"), "D+": ("split", "A")}),
        ("AB", "A B", "B", {"A": ("split", "A"), "B+": ("split", "A")}),
        ("ABC D", "BC D", "", {"A": ("withdrawn", "A")}),
        ("AB D", "B D", "", {"A": ("withdrawn", "A")}),
        ("AB D", "D", "", {"A": ("withdrawn", "A")}),
        ("AB D", "AB", "", {}),
        ("ABC DE", "AB CDE", "C", {"A": ("split", "A"), "D": ("merged", "AD")}),
    ],
)
def test_what_happened_to_a_cluster(
    then: str, now: str, revised: str, expected: dict[str, tuple[str, str]]
) -> None:
    """Clusters go by the letter whose single or cluster had the id before; a plus is an id made anew."""
    first = run(then, DAYS)
    second = run(now, DAYS, first, revised)
    of = ids(first)
    for letter in "ABCDEFGHIJ":
        of.setdefault(letter, ids(second).get(letter, ""))
        of[f"{letter}+"] = ids(second).get(letter, "")
    assert changes(second) == {
        of[cluster]: (change, tuple(sorted({of[letter] for letter in source})))
        for cluster, (change, source) in expected.items()
    }


def test_the_oldest_of_two_clusters_lives_on_whatever_its_name() -> None:
    days = {"A": 40, "B": 41, "Y": 10, "Z": 42}
    first = run("AB YZ", days)
    second = run("ABYZ", days, first)
    assert set(ids(second).values()) == {ids(first)["Y"]}
    assert second[0].past_ids == {ids(first)["A"]}


def test_the_part_with_the_first_referral_by_date_keeps_the_id() -> None:
    days = {"A": 40, "B": 10, "C": 42, "D": 11}
    first = run("ABCD", days)
    second = run("AC BD", days, first)
    assert ids(second)["B"] == ids(first)["B"] != ids(second)["A"]


def test_an_undated_referral_is_the_last() -> None:
    first = run("AB", {"A": 0, "B": 10})
    second = run("A B", {"A": 0, "B": 10}, first)
    assert ids(second)["B"] == ids(first)["B"] != ids(second)["A"]


def test_an_id_is_never_given_to_another_cluster() -> None:
    """A leaves and B keeps the id that is made of A's; A comes back, and gets another, each time."""
    first = run("AB", DAYS)
    made_of_a, made = ids(first)["A"], [first]
    for groups in ("B", "A B", "B", "A B", "BC", "A BC", "A", "A B"):
        made.append(run(groups, DAYS, made[-1]))
    assert ids(made[2])["B"] == made_of_a != ids(made[2])["A"]
    assert ids(made[4])["A"] not in {made_of_a, ids(made[2])["A"]}
    given_to_a = [ids(each)["A"] for each in made[2::2] if "A" in ids(each)]
    assert made_of_a not in given_to_a
    every = {value for each in made for value in ids(each).values()}
    assert every == {*ids(made[-1]).values(), *made[-1][0].past_ids}


def test_a_split_off_part_gets_no_id_that_was_there_before() -> None:
    first = run("A B", DAYS)
    second = run("AB", DAYS, first, "B")
    third = run("A B", DAYS, second, "B")
    assert ids(first)["B"] in second[0].past_ids
    assert ids(third)["B"] not in ids(first).values()


def test_a_technical_duplicate_is_no_referral_of_its_own() -> None:
    rows = rows_of(["A", "B"], [10, 11])
    first = follow(people_of([0, 0]), rows, None)
    more = rows_of(["A", "A2", "B"], [10, 10, 11], [0, 0, 2])
    second = follow(people_of([0, 1, 0]), more, earlier_of(first, rows, ["A", "A2", "B"]))
    assert not len(second.changes)
    assert set(second.cluster_id) == set(first.cluster_id)
    # The original is withdrawn and its duplicate stands for it.
    fewer = rows_of(["A2", "B"], [10, 11])
    third = follow(people_of([0, 0]), fewer, earlier_of(second, more, ["A2", "B"]))
    assert not len(third.changes)
    assert set(third.cluster_id) == set(first.cluster_id)


def test_ids_made_of_a_referral_are_found_again() -> None:
    first = run("AB", DAYS)
    second = run("B", DAYS, first)
    third = run("A B", DAYS, second)
    known = {*ids(third).values(), *third[0].past_ids}
    of_a = ids_made_of(np.array(["A"], dtype=object), known)
    assert of_a == {ids(third)["A"], ids(first)["A"]}
    assert ids_made_of(np.array(["Z"], dtype=object), known) == frozenset()


def test_erased_ids_are_neither_given_nor_kept() -> None:
    first = run("ABC", DAYS)
    names = ["B", "C"]
    erased = ids_made_of(np.array(["A"], dtype=object), set(ids(first).values()))
    earlier = dataclasses.replace(earlier_of(*first, names), erased=erased)
    second = follow(people_of([0, 0]), rows_of(names, [11, 12]), earlier)
    assert not set(second.cluster_id) & erased and not second.past_ids
    assert second.changes["change"].tolist() == ["withdrawn"]


@pytest.mark.parametrize("now", ["", "A", "AB"])
@pytest.mark.parametrize("then", ["", "A", "AB"])
def test_few_rows(then: str, now: str) -> None:
    second = run(now, DAYS, run(then, DAYS))
    assert list(second[0].changes.columns) == ["cluster_id", "change", "from_cluster_ids"]
    assert {str(kind) for kind in second[0].changes.dtypes} == {"object"}


# ------------------------------------------------------------------------------------------- any three runs


@st.composite
def groups(draw: st.DrawFn) -> str:
    letters = draw(st.sets(st.sampled_from("ABCDEFGH")))
    label = {letter: draw(st.integers(0, 3)) for letter in sorted(letters)}
    parts = ["".join(letter for letter in label if label[letter] == n) for n in range(4)]
    return " ".join(part for part in parts if part)


def clusters(groups: str) -> list[frozenset[str]]:
    return [frozenset(group) for group in groups.split()]


def oracle(then: str, now: str, revised: str) -> dict[frozenset[str], str]:
    """Cluster now -> its change, by the words of the module."""
    old, new = clusters(then), clusters(now)
    everybody_then, everybody_now = set("".join(then.split())), set("".join(now.split()))
    found = {}
    for cluster in new:
        was = [each for each in old if each & cluster and len(each) > 1]
        if len(cluster) < 2 and not was:
            continue
        if len(was) > 1:
            found[cluster] = "merged"
        elif not was:
            found[cluster] = "created"
        elif (was[0] & everybody_now) - cluster:
            found[cluster] = "split"
        elif cluster - was[0]:
            found[cluster] = "grown"
        elif was[0] - everybody_now:
            found[cluster] = "withdrawn"
        elif cluster & set(revised):
            found[cluster] = "revised"
    for each in old:
        if len(each) > 1 and not each & everybody_now:
            found[each] = "withdrawn"
    assert everybody_then >= set().union(*old)
    return found


@given(
    st.lists(groups(), min_size=2, max_size=5),
    st.sets(st.sampled_from("ABCDEFGH")),
    st.permutations(range(1, 9)),
)
def test_any_chain_of_runs(chain: list[str], revised: set[str], order: list[int]) -> None:
    days = dict(zip("ABCDEFGH", order, strict=True))
    made = [run(chain[0], days)]
    for each in chain[1:]:
        made.append(run(each, days, made[-1], "".join(sorted(revised & set(each)))))
    holder: dict[str, frozenset[str]] = {}
    gone: set[str] = set()
    for (lineage, rows), then, now in zip(made[1:], chain, chain[1:], strict=False):
        of = dict(zip(rows.referral_id, lineage.cluster_id, strict=True))
        assert set(lineage.changes["change"]) <= set(CHANGES)
        assert lineage.changes["cluster_id"].is_unique
        found = dict(zip(lineage.changes["cluster_id"], lineage.changes["change"], strict=True))
        wanted = oracle(then, now, "".join(sorted(revised & set(now) & set(then))))
        still = {of[min(cluster)]: change for cluster, change in wanted.items() if min(cluster) in of}
        assert {cluster: change for cluster, change in found.items() if cluster in of.values()} == still
        assert len(found) == len(wanted)
        # One id a cluster, one cluster an id, and an id that was given up is not given again.
        assert len(set(of.values())) == len(clusters(now))
        assert not set(of.values()) & gone
        gone |= set(holder) - set(of.values())
        for value in of.values():
            members = frozenset(name for name in of if of[name] == value)
            if value in holder and set().union(*clusters(then)) & holder[value]:
                assert holder[value] & members or not holder[value] & set(of)
            holder[value] = members
        assert lineage.past_ids >= gone - set(of.values())


@given(groups(), groups(), st.randoms())
def test_nothing_hangs_on_the_labels(then: str, now: str, random: Any) -> None:
    first = run(then, DAYS)
    parts = now.split()
    random.shuffle(parts)
    one, other = run(now, DAYS, first), run(" ".join(parts), DAYS, first)
    assert ids(one) == ids(other)
    pd.testing.assert_frame_equal(one[0].changes, other[0].changes)


def test_rows_has_what_a_lineage_reads() -> None:
    assert {field.name for field in dataclasses.fields(Rows)} <= {
        field.name for field in dataclasses.fields(Referrals)
    }
