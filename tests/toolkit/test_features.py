"""Features of `recordlinkage.compare` over the pairs of a linkage."""

from __future__ import annotations

import pathlib
from typing import Any

import jellyfish
import numpy as np
import pandas as pd
import pytest
import recordlinkage
from recordlinkage.base import BaseCompareFeature
from recordlinkage.compare import Date, Exact, String

import nrm_linkage as nl
from nrm_linkage.block import candidate_pairs
from nrm_linkage.toolkit import NrmFeature, compare_features
from tests.frames import invented
from tests.privacy.canary import leaks, make_canaries, outcome

pytestmark = [pytest.mark.whole_package, pytest.mark.xdist_group("features")]

IDS = ["referral_id_l", "referral_id_r"]
JARO = String("Surname", "Surname", method="jaro", label="surname")


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    return invented(40, seed=9).sample(frac=1, random_state=1).set_axis([0] * 40, axis=0)


@pytest.fixture(scope="module")
def linkage(frame: pd.DataFrame) -> nl.Linkage:
    return nl.link_referrals(frame, progress=False)


def jaro(frame: pd.DataFrame, pair: tuple[str, str]) -> float:
    one, other = (str(frame.set_index("NRM reference").loc[name, "Surname"]) for name in pair)
    return float(jellyfish.jaro_similarity(one, other)) if one and other else 0.0


def test_the_values_of_links_stand_in_their_order_under_their_ids(
    frame: pd.DataFrame, linkage: nl.Linkage
) -> None:
    values = compare_features(linkage, [JARO, Exact("DOB", "DOB")])
    assert list(values.columns) == ["surname", "Exact"]
    assert values.index.names == IDS
    assert list(values.index) == list(zip(linkage.links[IDS[0]], linkage.links[IDS[1]], strict=True))
    known = [pair for pair in values.index if jaro(frame, pair)]
    assert values.loc[known, "surname"].tolist() == pytest.approx([jaro(frame, pair) for pair in known])
    beside = linkage.links.join(values, on=IDS)
    assert beside["surname"].tolist() == values["surname"].tolist()


def test_the_candidates_and_any_pairs_can_be_asked(linkage: nl.Linkage, tmp_path: pathlib.Path) -> None:
    run = linkage.run
    found = candidate_pairs(run.referrals, run.config)
    ids = run.referrals.referral_id
    values = compare_features(linkage, JARO, pairs="candidates")
    assert list(values.index) == list(zip(ids[found.left], ids[found.right], strict=True))
    few = pd.DataFrame({"referral_id_l": ["R009", "R001"], "referral_id_r": ["R002", "R030"], "note": ""})
    asked = compare_features(linkage, JARO, pairs=few)
    assert list(asked.index) == [("R009", "R002"), ("R001", "R030")]
    swapped = few.rename(columns=dict(zip(IDS, IDS[::-1], strict=True)))
    assert compare_features(linkage, JARO, pairs=swapped)["surname"].tolist() == asked["surname"].tolist()
    linkage.save(tmp_path / "run")
    loaded = nl.Linkage.load(tmp_path / "run")
    pd.testing.assert_frame_equal(compare_features(loaded, JARO, pairs=few), asked)


def test_no_pair_and_no_feature_give_an_empty_table(linkage: nl.Linkage) -> None:
    nobody = linkage.links.iloc[:0]
    ours = NrmFeature("date_of_birth", "DOB")
    assert compare_features(linkage, [JARO, ours], pairs=nobody).shape == (0, 2)
    assert compare_features(linkage, []).shape == (len(linkage.links), 0)


def test_a_compare_and_features_of_several_columns_are_taken(linkage: nl.Linkage) -> None:
    compare = recordlinkage.Compare()
    compare.exact("DOB", "DOB", label="born")
    compare.exact("DOB", "DOB", label="born")
    compare.compare_vectorized(lambda one, other: (one == other, one != other), "DOB", "DOB")
    values = compare_features(linkage, compare)
    assert list(values.columns) == ["born", "born 2", "BaseCompareFeature", "BaseCompareFeature 2"]
    assert values["BaseCompareFeature"].tolist() == (values["born"] == 1).tolist()


def test_levels_that_our_own_features_give_are_those_of_the_links(linkage: nl.Linkage) -> None:
    names = ["Forename(s)", "Surname"]
    ours = [
        NrmFeature("given_name", names, returns="name"),
        NrmFeature("date_of_birth", "DOB", returns="name"),
        NrmFeature("nationality", "Nationality", returns="name"),
    ]
    values = compare_features(linkage, ours)
    for field in values.columns:
        assert values[field].tolist() == linkage.links[f"level_{field}"].tolist()


@pytest.mark.needs_pandas2("Compare.date fails when day and month are swapped")
def test_dates_of_the_callers_own_are_compared() -> None:
    frame = invented(10, seed=9)
    frame["Created"] = pd.to_datetime("2023-02-01") + pd.to_timedelta(np.arange(10), unit="D")
    linkage = nl.link_referrals(frame, progress=False)
    values = compare_features(linkage, Date("Created", "Created"), pairs="candidates")
    assert values["Date"].between(0, 1).all()


@pytest.mark.parametrize("features", ["jaro", 3, [JARO, "jaro"], String])
def test_what_is_no_feature_is_refused(linkage: nl.Linkage, features: Any) -> None:
    with pytest.raises(nl.ConfigError, match=r"those of recordlinkage\.compare"):
        compare_features(linkage, features)


def test_pairs_that_cannot_be_used_are_refused_without_an_id(linkage: nl.Linkage) -> None:
    unknown = pd.DataFrame({"referral_id_l": ["R001"], "referral_id_r": ["Xhevahire"]})
    with pytest.raises(nl.InputError, match="1 ids are not among the referrals") as caught:
        compare_features(linkage, JARO, pairs=unknown)
    assert "Xhevahire" not in str(caught.value)
    for wrong in ("all", unknown[["referral_id_l"]], [("R001", "R002")]):
        with pytest.raises(nl.InputError, match="pairs must be"):
            compare_features(linkage, JARO, pairs=wrong)  # type: ignore[arg-type]


def test_a_feature_that_fails_says_why_without_a_value(linkage: nl.Linkage) -> None:
    with pytest.raises(nl.InputError, match=r"feature Exact failed .* 'label is not found"):
        compare_features(linkage, Exact("No such heading", "DOB"))
    canaries = make_canaries()
    whole = nl.link_referrals(canaries.referrals, progress=False)

    def quote(one: pd.Series, other: pd.Series) -> pd.Series:
        raise ValueError(f"I cannot compare {one.tolist()}")

    feature = BaseCompareFeature("given_name", "given_name")
    feature._f_compare_vectorized = quote
    error, said = outcome(lambda: compare_features(whole, feature))
    assert isinstance(error, nl.InputError)
    assert leaks(said, (*canaries.secrets, *canaries.ids)) == []
    error, said = outcome(lambda: compare_features(whole, recordlinkage.compare.Numeric("town", "town")))
    assert isinstance(error, nl.InputError)
    assert leaks(said, (*canaries.secrets, *canaries.ids)) == []
