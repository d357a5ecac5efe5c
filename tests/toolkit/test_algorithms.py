"""Algorithms of `recordlinkage.index` as blocking rules, through `link_referrals`."""

from __future__ import annotations

import pathlib
import subprocess
import sys
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
import recordlinkage
from recordlinkage.base import BaseIndexAlgorithm
from recordlinkage.index import Block, Full, Random, SortedNeighbourhood

import nrm_linkage as nl
from nrm_linkage.block import RULES, candidate_pairs
from nrm_linkage.tables import CandidatePairs
from nrm_linkage.toolkit import found_pairs, index_rules
from tests.frames import invented
from tests.privacy.canary import leaks, make_canaries, outcome

# One worker holds the linked frame.
pytestmark = [pytest.mark.whole_package, pytest.mark.xdist_group("toolkit")]

SEEN = ("S001", "S002")
NEIGHBOURS, TOWNS = "recordlinkage: SortedNeighbourhood", "recordlinkage: Block"


@pytest.fixture(autouse=True, scope="module")
def not_in_full() -> Any:
    """Small frames blocked as large ones are."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("nrm_linkage.block.rules.SMALL_EXTRACT", 0)
        yield


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    """Invented referrals, and two of one person whose every word and date was written wrongly once."""
    own = {"Nationality": "Albanian", "Town": "Leeds", "Gender": "Female", "Place of birth": "Kukes"}
    names = [("Xhevahire", "Mockiani", "14/05/2001"), ("Khevahire", "Nockiani", "17/05/2001")]
    pair = pd.DataFrame(names, columns=["Forename(s)", "Surname", "DOB"]).assign(**own)
    pair["NRM reference"], pair["Date of referral"] = SEEN, "01/02/2023"
    nameless = pd.DataFrame({"NRM reference": ["T001", "T002"], "Town": "Leeds"})
    return pd.concat([invented(60, seed=5), pair, nameless], ignore_index=True)


def algorithms() -> list[Any]:
    return [SortedNeighbourhood("Surname", window=5), Block("Town")]


def link(frame: Any, **options: Any) -> nl.Linkage:
    return nl.link_referrals(frame, progress=False, **options)


@pytest.fixture(scope="module")
def linkage(frame: pd.DataFrame) -> nl.Linkage:
    return link(frame, index=algorithms())


def ids_of(found: CandidatePairs, linkage: nl.Linkage, number: int | None = None) -> set[frozenset[str]]:
    """Candidate pairs by id, all or those of one rule."""
    ids = linkage.run.referrals.referral_id
    kept = slice(None) if number is None else (found.found_by >> number & 1).astype(bool)
    return set(map(frozenset, zip(ids[found.left[kept]], ids[found.right[kept]], strict=True)))


def in_the_toolkit(frame: pd.DataFrame, algorithm: Any) -> set[frozenset[str]]:
    """What recordlinkage itself finds among those who can be linked."""
    linkable = set(frame.loc[frame["Surname"].notna(), "NRM reference"])
    pairs = algorithm.index(frame.set_index("NRM reference"))
    return {frozenset(pair) for pair in pairs if set(pair) <= linkable and len(set(pair)) == 2}


def test_a_pair_that_our_rules_do_not_find_is_found_and_linked(
    frame: pd.DataFrame, linkage: nl.Linkage
) -> None:
    without = link(frame)
    assert without.explain(*SEEN).found_by == ()
    assert not without.explain(*SEEN).same_cluster
    explained = linkage.explain(*SEEN)
    assert explained.found_by == (NEIGHBOURS, TOWNS)
    assert explained.same_cluster
    links = linkage.links
    (found_by,) = links["found_by"][links["referral_id_l"].eq(SEEN[0]) & links["referral_id_r"].eq(SEEN[1])]
    assert found_by == f"{NEIGHBOURS}; {TOWNS}"


def test_candidates_are_the_union_and_each_rule_says_what_it_found(
    frame: pd.DataFrame, linkage: nl.Linkage
) -> None:
    run = linkage.run
    ours = candidate_pairs(run.referrals, run.config)
    both = candidate_pairs(run.referrals, run.config, found=run.found)
    union = ids_of(ours, linkage)
    for number, algorithm in enumerate(algorithms(), start=len(RULES)):
        theirs = in_the_toolkit(frame, algorithm)
        assert theirs
        assert ids_of(both, linkage, number) == theirs
        assert linkage.report.blocking[number].pairs == len(theirs)
        union |= theirs
    assert ids_of(both, linkage) == union
    assert linkage.report.counts["candidate pairs"] == len(union)
    assert [each.rule for each in linkage.report.blocking[len(RULES) :]] == [NEIGHBOURS, TOWNS]
    assert linkage.report.blocking == both.yields


def test_what_evaluates_and_what_is_saved_knows_the_pairs(
    frame: pd.DataFrame, linkage: nl.Linkage, tmp_path: pathlib.Path
) -> None:
    measured = nl.evaluate(linkage, frame["NRM reference"].replace(*reversed(SEEN)), draws=20)
    assert measured.blocking.set_index("rule").loc[NEIGHBOURS, "pairs"] == linkage.report.blocking[-2].pairs
    linkage.save(tmp_path / "run")
    loaded = nl.Linkage.load(tmp_path / "run")
    assert loaded.explain(*SEEN).to_dict() == linkage.explain(*SEEN).to_dict()
    for ours, theirs in zip(loaded.run.found, linkage.run.found, strict=True):
        assert (ours.name, ours.sentence) == (theirs.name, theirs.sentence)
        np.testing.assert_array_equal(ours.left, theirs.left)
        np.testing.assert_array_equal(ours.right, theirs.right)


@pytest.mark.parametrize("seed", [1, 2])
def test_the_order_of_rows_changes_nothing(frame: pd.DataFrame, linkage: nl.Linkage, seed: int) -> None:
    shuffled = frame.iloc[np.random.default_rng(seed).permutation(len(frame))]
    again = link(shuffled.set_axis(np.zeros(len(frame)), axis=0), index=algorithms())
    pd.testing.assert_frame_equal(again.links, linkage.links, check_exact=True)
    pd.testing.assert_frame_equal(again.clusters, linkage.clusters, check_exact=True)
    assert again.report.blocking == linkage.report.blocking


def test_even_a_random_sample_is_the_same_whatever_the_order(frame: pd.DataFrame) -> None:
    state = np.random.RandomState(8)
    chance = [Random(40, random_state=state)]
    found = link(frame, index=chance)
    again = link(frame.iloc[::-1], index=chance)
    assert found.report.blocking[-1].pairs > 0
    pd.testing.assert_frame_equal(again.links, found.links, check_exact=True)


def test_an_index_a_single_algorithm_and_frames_of_other_kinds_are_taken(
    frame: pd.DataFrame, linkage: nl.Linkage
) -> None:
    together = recordlinkage.Index()
    together.add(algorithms())
    for index in (together, [together], iter(algorithms())):
        pd.testing.assert_frame_equal(link(frame, index=index).links, linkage.links)
    pd.testing.assert_frame_equal(link(pl.from_pandas(frame), index=algorithms()).links, linkage.links)
    alone = link(frame, index=Block("Town"))
    assert alone.explain(*SEEN).found_by == (TOWNS,)


def test_an_algorithm_is_left_as_it_was(frame: pd.DataFrame) -> None:
    neighbours = SortedNeighbourhood("Surname", window=3)
    link(frame, index=[neighbours])
    assert neighbours.sorting_key_values is None


def test_rules_of_one_kind_are_numbered_and_an_index_is_opened() -> None:
    inner, outer = recordlinkage.Index(), recordlinkage.Index()
    inner.add([Block("a"), Full()])
    outer.add([Block("b"), inner])
    names = [rule.name for rule in index_rules([Block("c"), outer])]
    assert names == [TOWNS, f"{TOWNS} 2", f"{TOWNS} 3", "recordlinkage: Full"]
    assert index_rules([]) == ()


class Returns(BaseIndexAlgorithm):  # type: ignore[misc]  # recordlinkage has no types
    """An algorithm that returns what it was made with."""

    def __init__(self, pairs: Any) -> None:
        super().__init__()
        self.pairs = pairs

    def index(self, x: pd.DataFrame, x_link: pd.DataFrame | None = None) -> Any:
        x.loc[:, "Surname"] = "changed"
        return self.pairs


def test_repeats_and_pairs_of_one_row_are_left_out(frame: pd.DataFrame, linkage: nl.Linkage) -> None:
    pairs = pd.MultiIndex.from_tuples([(5, 3), (3, 5), (4, 4), (3, 5)])
    (found,) = found_pairs(index_rules(Returns(pairs)), frame, linkage.run.raw)
    assert (found.left.tolist(), found.right.tolist()) == ([3], [5])
    (none,) = found_pairs(index_rules(Returns(pairs[:0])), frame, linkage.run.raw)
    assert len(none.left) == 0
    assert "changed" not in frame["Surname"].to_numpy()


@pytest.mark.parametrize(
    "pairs",
    [
        None,
        [(1, 2)],
        pd.Index([1, 2]),
        pd.MultiIndex.from_tuples([(1, 2, 3)]),
        pd.MultiIndex.from_tuples([(1, 900)]),
        pd.MultiIndex.from_tuples([(-1, 2)]),
        pd.MultiIndex.from_tuples([("R001", "R002")]),
    ],
)
def test_what_returns_no_pairs_of_rows_is_refused(frame: pd.DataFrame, pairs: Any) -> None:
    with pytest.raises(nl.InputError, match=r"'recordlinkage: Returns' .* MultiIndex of two levels"):
        link(frame, index=[Returns(pairs)])


@pytest.mark.parametrize(
    ("index", "says"),
    [
        (3, "This is a int"),
        ("Surname", "This is a str"),
        (["Surname"], "Number 1 is a str"),
        ([Block("Town"), Block], "Number 2 is a class"),
        ([recordlinkage.compare.Exact("Town", "Town")], "Number 1 is a Exact"),
        (recordlinkage.Index(), "without an algorithm"),
        ([Block("Town")] * 30, "blocking rules, and at most 31"),
    ],
)
def test_what_is_no_index_algorithm_is_refused_before_any_work(index: Any, says: str) -> None:
    with pytest.raises(nl.ConfigError, match=says):
        link("no frame at all", index=index)


def test_pairs_of_an_algorithm_count_against_the_limit(frame: pd.DataFrame) -> None:
    config = nl.LinkageConfig(max_candidate_pairs=3_000)
    link(frame, config=config)
    with pytest.raises(nl.TooManyPairsError, match=r"\('recordlinkage: Full': 1,\d+"):
        link(frame, config=config, index=[Full()])


def test_an_algorithm_that_fails_says_why_where_no_row_has_a_part_in_it(frame: pd.DataFrame) -> None:
    for algorithm, says in (
        (Block("No such heading"), r"'recordlinkage: Block' .* KeyError: .*No such heading"),
        (SortedNeighbourhood("Surname", window=4), "ValueError: window is not a positive and odd integer"),
    ):
        with pytest.raises(nl.InputError, match=says):
            link(frame, index=[algorithm])


CANARIES = make_canaries()


class QuotesAValue(BaseIndexAlgorithm):  # type: ignore[misc]  # recordlinkage has no types
    def _dedup_index(self, df_a: pd.DataFrame) -> pd.MultiIndex:
        raise ValueError(f"I cannot index {df_a['given_name'].tolist()}")


class QuotesTheCategories(BaseIndexAlgorithm):  # type: ignore[misc]  # recordlinkage has no types
    def _dedup_index(self, df_a: pd.DataFrame) -> pd.MultiIndex:
        raise ValueError(f"I cannot index {list(getattr(df_a['given_name'], 'cat', df_a).categories)}")


class QuotesTheHeadings(BaseIndexAlgorithm):  # type: ignore[misc]  # recordlinkage has no types
    def _dedup_index(self, df_a: pd.DataFrame) -> pd.MultiIndex:
        raise ValueError(f"I cannot index {list(df_a.columns)}")


@pytest.mark.parametrize("kind", [QuotesAValue, QuotesTheCategories, QuotesTheHeadings])
def test_no_error_holds_a_value(kind: type[Any]) -> None:
    secret = CANARIES.secrets[0]
    referrals = CANARIES.referrals.astype({"given_name": "category"})
    referrals = referrals.assign(**{secret: ""})
    error, said = outcome(lambda: link(referrals, index=[kind()]))
    assert isinstance(error, nl.InputError)
    assert f"'recordlinkage: {kind.__name__}'" in str(error)
    assert leaks(said, (*CANARIES.secrets, *CANARIES.ids)) == []


def test_a_run_with_an_algorithm_says_nothing_of_anyone() -> None:
    index = [Block("town"), SortedNeighbourhood("family_name")]
    error, said = outcome(lambda: link(CANARIES.referrals, index=index))
    assert error is None
    assert leaks(said, CANARIES.secrets) == []
    assert leaks(repr(index_rules(index)), CANARIES.secrets) == []


def test_recordlinkage_is_loaded_only_by_who_asks_for_it() -> None:
    program = (
        "import sys, pandas as pd, nrm_linkage as nl\n"
        "assert 'recordlinkage' not in sys.modules\n"
        "frame = pd.DataFrame({'Forename': ['Zamira', 'Ruth'], 'Surname': ['Testaj', 'Example']})\n"
        "nl.link_referrals(frame, progress=False)\n"
        "assert 'recordlinkage' not in sys.modules and 'nrm_linkage.toolkit' not in sys.modules\n"
        "import nrm_linkage.toolkit\n"
        "assert 'recordlinkage' in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
