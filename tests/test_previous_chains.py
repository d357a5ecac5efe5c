"""Any chain of runs comes to what linking once does, whatever was revised, withdrawn or erased meanwhile."""

from __future__ import annotations

import tempfile
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nrm_linkage import DecisionConflictWarning, Linkage, LinkageConfig, make_referrals
from tests.following import FULL, ID, assert_same_people, cluster_of, link

pytestmark = [pytest.mark.whole_package, pytest.mark.xdist_group("previous")]

STEPS = ("new rows", "full", "forget", "save and load")


def revised(frame: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """The frame with some values of two columns in other rows than before."""
    frame = frame.copy()
    for label in rng.choice([label for label in frame.columns if label != ID], 2, replace=False):
        values = frame[label].to_numpy(dtype=object).copy()
        some = rng.random(len(frame)) < 0.2
        values[some] = rng.permutation(values)[some]
        frame[label] = pd.Series(values, index=frame.index, dtype=object)
    return frame


def judgements(ids: list[Any], rng: np.random.Generator) -> pd.DataFrame | None:
    pairs = [rng.choice(ids, 2, replace=False) for _ in range(3)] if len(ids) > 1 else []
    rows = [(*pair, rng.choice(["same", "different", "unsure"])) for pair in pairs]
    names = ["referral_id_l", "referral_id_r", "decision"]
    return pd.DataFrame(rows, columns=names, dtype=object) if rows else None


def binding(linkage: Linkage) -> pd.DataFrame | None:
    """The judgements that bound a run, as a caller would pass them."""
    ids, names = linkage.run.referrals.referral_id, ["referral_id_l", "referral_id_r", "decision"]
    said = zip(("same", "different"), linkage.run.judged.pairs, strict=True)
    rows = [(ids[left], ids[right], word) for word, pairs in said for left, right in pairs]
    return pd.DataFrame(rows, columns=names, dtype=object) if rows else None


def rows_of_the_same(linkage: Linkage, ids: list[Any]) -> set[Any]:
    """These referrals and their technical duplicates."""
    same, every = linkage.run.referrals.duplicate_of, linkage.run.referrals.referral_id
    return set(every[np.isin(same, same[np.isin(every, ids)])])


@settings(max_examples=6)
@given(st.integers(0, 2**20), st.lists(st.sampled_from(STEPS), min_size=1, max_size=4))
def test_any_chain_is_what_linking_once_is(seed: int, steps: list[str]) -> None:
    rng = np.random.default_rng(seed)
    frame = make_referrals(60, seed=seed).drop(columns=["true_person", "true_instance"])
    there = frame.iloc[: len(frame) // 2]
    linkage = link(there)
    model = linkage.model
    given_up: set[str] = set()
    for step in steps:
        before = set(cluster_of(linkage).values())
        if step == "save and load":
            with tempfile.TemporaryDirectory() as folder:
                linkage.save(Path(folder) / "run")
                linkage = Linkage.load(Path(folder) / "run")
        elif step == "forget":
            ids = there[ID].sample(frac=0.1, random_state=seed).tolist()
            there = there[~there[ID].isin(rows_of_the_same(linkage, ids))]
            linkage = linkage.forget(ids)
        else:
            rows = revised(frame[rng.random(len(frame)) < 0.4], rng)
            kept = there[~there[ID].isin(rows[ID])] if step == "new rows" else there.iloc[:0]
            there = pd.concat([rows, kept])
            judged = judgements(there[ID].tolist(), rng) if rng.random() < 0.5 else None
            config = FULL if step == "full" else LinkageConfig()
            linkage = following(rows, linkage, judged, config)
            assert not before & given_up and not set(cluster_of(linkage).values()) & given_up
            given_up |= before - set(cluster_of(linkage).values())
        given_up = {value for value in given_up if value in linkage.run.past_ids}
        assert set(cluster_of(linkage)) == set(there[ID])
        assert_same_people(linkage, link(there, model=model, decisions=binding(linkage)))


def following(
    rows: pd.DataFrame, linkage: Linkage, judged: pd.DataFrame | None, config: LinkageConfig
) -> Linkage:
    """The run after; judgements of a draw may contradict one another, or be about a row entered twice."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DecisionConflictWarning)
        try:
            return link(rows, linkage, decisions=judged, config=config)
        except ValueError as error:
            if "decide of a referral and itself" not in str(error):
                raise
            return link(rows, linkage, config=config)
