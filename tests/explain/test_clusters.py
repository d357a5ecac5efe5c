"""An explained cluster: paths, the weakest bridge, what speaks against it, and how else it may part."""

from __future__ import annotations

import inspect
import itertools
import json
from collections import Counter
from typing import Any

import networkx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nrm_linkage as nl
from nrm_linkage.cluster import partition
from nrm_linkage.cluster import people as people_module
from nrm_linkage.explain import ClusterExplanation
from nrm_linkage.explain.cluster import AGAINST_BITS
from nrm_linkage.explain.tree import strongest_tree
from nrm_linkage.provenance import HOME_OFFICE_CAVEAT

pytestmark = [pytest.mark.whole_package, pytest.mark.xdist_group("explain")]


def linked() -> nl.Linkage:
    return nl.link_referrals(nl.make_referrals(1_500, seed=12), progress=False)


@pytest.fixture(scope="module")
def linkage() -> nl.Linkage:
    return linked()


@pytest.fixture(scope="module")
def explained(linkage: nl.Linkage) -> list[ClusterExplanation]:
    return [linkage.explain_cluster(one) for one in linkage.clusters["cluster_id"]]


# ------------------------------------------------------------------------------------------------- the tree

Weights = st.integers(min_value=2, max_value=7).flatmap(
    lambda n: st.tuples(
        st.just(n),
        st.lists(
            st.one_of(st.none(), st.integers(-9, 9)), min_size=n * (n - 1) // 2, max_size=n * (n - 1) // 2
        ),
    )
)


@given(Weights)
def test_paths_are_the_strongest_there_are(drawn: tuple[int, list[int | None]]) -> None:
    n, weights = drawn
    pairs = itertools.combinations(range(n), 2)
    edges = [(a, b, w) for (a, b), w in zip(pairs, weights, strict=True) if w is not None]
    columns = np.array(edges, dtype=np.int64).reshape(-1, 3)
    tree = strongest_tree(n, columns[:, 0], columns[:, 1], columns[:, 2].astype(float))
    graph = networkx.Graph()
    graph.add_nodes_from(range(n))
    graph.add_weighted_edges_from(edges)
    for a, b in itertools.combinations(range(n), 2):
        ways = [
            min(graph[x][y]["weight"] for x, y in itertools.pairwise(way))
            for way in networkx.all_simple_paths(graph, a, b)
        ]
        path, weakest = tree.path(a, b)
        if not ways:
            assert path == ()
            assert np.isnan(weakest)
            continue
        assert weakest == max(ways)
        assert (path[0], path[-1]) == (a, b)
        assert min(graph[x][y]["weight"] for x, y in itertools.pairwise(path)) == weakest


# ------------------------------------------------------------------------------------------------ the parts


def test_paths_bridge_and_links_of_every_cluster_agree(
    linkage: nl.Linkage, explained: list[ClusterExplanation]
) -> None:
    assert any(one.n_referrals > 2 for one in explained)
    for one in explained:
        ids = one.timeline["referral_id"].tolist()
        bits = {
            frozenset((row["referral_id_l"], row["referral_id_r"])): row["match_weight_bits"]
            for row in one.links.to_dict("records")
        }
        assert len(one.paths) == len(ids) * (len(ids) - 1) // 2
        for row in one.paths.to_dict("records"):
            steps = [bits[frozenset(step)] for step in itertools.pairwise(row["path"])]
            assert min(steps) == row["weakest_bits"]
            assert row["weakest_bits"] >= bits[frozenset((row["referral_id_l"], row["referral_id_r"]))]
            assert one.strongest_path(row["referral_id_r"], row["referral_id_l"]) == row["path"][::-1]
        assert one.strongest_path(ids[0], "nobody") == ()
        assert one.bridge is not None
        assert one.bridge.match_weight_bits == one.weakest_link_bits == one.paths["weakest_bits"].min()
        assert sorted((*one.bridge.side_l, *one.bridge.side_r)) == sorted(ids)
        assert one.bridge.referral_id_l in one.bridge.side_l
        assert one.bridge.referral_id_r in one.bridge.side_r


def test_alternatives_are_counted_in_the_draws(
    linkage: nl.Linkage, explained: list[ClusterExplanation]
) -> None:
    run = linkage.run
    row_of = {value: row for row, value in enumerate(run.referrals.referral_id)}
    column = {int(row): at for at, row in enumerate(run.partition.uncertain)}
    unsure = [one for one in explained if one.confidence < 0.999]
    assert unsure
    for one in explained:
        ids = one.timeline["referral_id"].tolist()
        counts: Counter[frozenset[frozenset[Any]]] = Counter()
        for draw in run.partition.draws:
            label = {value: draw[column[row_of[value]]] for value in ids}
            counts[
                frozenset(
                    frozenset(value for value in ids if label[value] == of) for of in set(label.values())
                )
            ] += 1
        shown = one.alternatives
        for row in shown.to_dict("records"):
            way = frozenset(frozenset(person) for person in row["people"])
            assert row["probability"] == counts[way] / len(run.partition.draws)
            assert row["n_people"] == len(way)
            assert row["published"] == (len(way) == 1)
        assert shown["probability"].is_monotonic_decreasing
        assert len(shown) == min(len(counts), 5)


def test_alternatives_agree_with_the_confidence_where_the_parameters_are_taken_as_known(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """And where they lean on nothing: then draws show what the confidence says."""

    def at_one_point(*given: Any) -> Any:
        plain = dict(zip(inspect.signature(partition).parameters, given, strict=True))
        return partition(**{**plain, "changes": None, "leaning": None})

    monkeypatch.setattr(people_module, "partition", at_one_point)
    run = linked()
    explained = [run.explain_cluster(one) for one in run.clusters["cluster_id"]]
    assert any(one.confidence < 0.999 for one in explained)
    for one in explained:
        shown = one.alternatives
        (published,) = shown.loc[shown["published"], "probability"]
        assert published == pytest.approx(one.confidence, abs=0.12)  # 400 draws


def test_who_may_belong_is_outside_and_as_often_as_the_draws_say(
    linkage: nl.Linkage, explained: list[ClusterExplanation]
) -> None:
    run = linkage.run
    row_of = {value: row for row, value in enumerate(run.referrals.referral_id)}
    draws = pd.DataFrame(run.partition.draws, columns=run.partition.uncertain)
    n_outside = 0
    for one in explained:
        inside = [row_of[value] for value in one.timeline["referral_id"]]
        for row in one.may_belong.to_dict("records"):
            outside = row_of[row["referral_id"]]
            assert outside not in inside
            joined = draws[inside].eq(draws[outside], axis=0).any(axis=1).mean()
            assert row["probability"] == joined >= 0.01
            n_outside += 1
    assert n_outside


def test_what_contradicts_a_cluster_is_listed(
    linkage: nl.Linkage, explained: list[ClusterExplanation]
) -> None:
    links = linkage.links[linkage.links["same_cluster"]]
    fields = [name[6:] for name in links.columns if name.startswith("level_")]
    against = links[[f"bits_{name}" for name in fields]].le(AGAINST_BITS).any(axis=1)
    wanted = links[against | (links["match_weight_bits"] <= 0)]
    listed = pd.concat([one.contradicting for one in explained])
    assert sorted(zip(listed["referral_id_l"], listed["referral_id_r"], strict=True)) == sorted(
        zip(wanted["referral_id_l"], wanted["referral_id_r"], strict=True)
    )
    assert len(listed)
    for row in listed.to_dict("records"):
        found = linkage.explain(row["referral_id_l"], row["referral_id_r"])
        worst = min((line for line in found.evidence if line.m is not None), key=lambda line: line.bits)
        if worst.bits <= AGAINST_BITS:
            assert f"{worst.field.replace('_', ' ')}: {worst.level} ({worst.bits:+.1f})" in row["against"]


def test_pairs_that_no_rule_found_are_listed(
    linkage: nl.Linkage, explained: list[ClusterExplanation]
) -> None:
    links = linkage.links
    wanted = links[links["same_cluster"] & (links["found_by"] == "same component")]
    assert sum(len(one.not_compared) for one in explained) == len(wanted)


# ---------------------------------------------------------------------------------------------- its faces


def test_every_face_has_the_caveat_and_is_whole(explained: list[ClusterExplanation]) -> None:
    for one in explained[:: max(len(explained) // 12, 1)]:
        words = str(one)
        assert words.endswith(HOME_OFFICE_CAVEAT)
        assert HOME_OFFICE_CAVEAT in one._repr_html_()
        assert json.loads(one.to_json()) == one.to_dict()
        assert HOME_OFFICE_CAVEAT in one.to_json()
        for row in one.timeline.iloc[1:].to_dict("records"):
            assert row["instance_assessment"] in words
        for value in one.timeline["referral_id"]:
            assert str(value) in words


def test_a_human_s_word_is_told_and_obeyed_in_the_alternatives() -> None:
    frame = pd.DataFrame(
        {
            "NRM reference": ["R0", "R1", "R2"],
            "Forename(s)": ["Zamira", "Zamira", "Ruth"],
            "Surname": ["Testaj", "Testaj", "Example"],
            "DOB": ["14/05/2001", "14/05/2001", "02/02/1990"],
            "Date of referral": ["01/02/2023", "01/03/2023", "01/04/2023"],
        }
    )
    decisions = pd.DataFrame({"referral_id_l": ["R0"], "referral_id_r": ["R2"], "decision": ["same"]})
    linkage = nl.link_referrals(frame, decisions=decisions, progress=False)
    (cluster,) = linkage.clusters["cluster_id"]
    found = linkage.explain_cluster(cluster)
    assert found.decided_by_human
    assert "decided by a human" in found.words()
    for people in found.alternatives["people"]:
        assert any({"R0", "R2"} <= set(person) for person in people)


def test_hostile_ids_stay_text() -> None:
    hostile = ['<script>alert("a")</script>', "<img src=x onerror=alert(1)>"]
    frame = pd.DataFrame(
        {
            "NRM reference": hostile,
            "Forename(s)": ["Zamira"] * 2,
            "Surname": ["Testaj"] * 2,
            "DOB": ["14/05/2001"] * 2,
            "Date of referral": ["01/02/2023", "01/03/2023"],
        }
    )
    linkage = nl.link_referrals(frame, progress=False)
    shown = linkage.explain_cluster(linkage.clusters["cluster_id"].iloc[0])._repr_html_()
    assert "<script" not in shown and "<img" not in shown
    assert "&lt;script&gt;" in shown
