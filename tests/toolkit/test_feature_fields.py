"""Features of `recordlinkage.compare` as compared fields, through `link_referrals(compare=...)`."""

from __future__ import annotations

import pathlib
from typing import Any

import jellyfish
import numpy as np
import pandas as pd
import pytest
from recordlinkage.base import BaseCompareFeature
from recordlinkage.compare import Exact, Frequency, Numeric, String

import nrm_linkage as nl
from nrm_linkage.compare import FIELDS, compare_pairs
from nrm_linkage.model import BoundRarity, LinkageModel, score
from nrm_linkage.toolkit import FeatureField
from tests.frames import all_pairs, invented
from tests.privacy.canary import leaks, make_canaries, outcome

pytestmark = [pytest.mark.whole_package, pytest.mark.xdist_group("feature_fields")]


class Distance(BaseCompareFeature):  # type: ignore[misc]  # recordlinkage has no types
    """How many years the first row's height is above the second's: not the same both ways round."""

    def _compute_vectorized(self, one: pd.Series, other: pd.Series) -> pd.Series:
        return -(one.astype(float) - other.astype(float)).clip(lower=-1.0)


def own_fields() -> list[FeatureField]:
    return [
        FeatureField(
            "surname_typed", String("Surname", "Surname", method="jarowinkler"), replaces="other_names"
        ),
        FeatureField("scan", Exact("Scan", "Scan"), cuts=(1,), sentences=("the scans agree", "they differ")),
        FeatureField("height", Numeric("Height", "Height", scale=3.0), cuts=(0.8, 0.5, 0.2)),
        FeatureField("above", Distance("Height", "Height"), cuts=(0.0,)),
    ]


NAMES = ["above", "height", "scan", "surname_typed"]


@pytest.fixture(scope="module")
def frame() -> pd.DataFrame:
    """Invented referrals with a scan of a document and a height, both missing here and there."""
    random = np.random.default_rng(4)
    frame = invented(80, seed=9)
    frame["Scan"] = pd.Series(["a1", "b2", "c3", "", "unknown", None])[random.integers(0, 6, 80)].to_numpy()
    frame["Height"] = np.where(random.random(80) < 0.2, np.nan, 150.0 + random.integers(0, 40, 80))
    return frame.sample(frac=1, random_state=1).set_axis([0] * 80, axis=0)


def link(frame: Any, **options: Any) -> nl.Linkage:
    return nl.link_referrals(frame, progress=False, **options)


@pytest.fixture(scope="module")
def linkage(frame: pd.DataFrame) -> nl.Linkage:
    return link(frame, compare=own_fields())


def test_levels_are_cuts_of_the_similarity_and_missing_is_missing(
    frame: pd.DataFrame, linkage: nl.Linkage
) -> None:
    rows = frame.set_index("NRM reference")
    links = linkage.links
    assert len(links) > 50
    for pair in links.to_dict("records"):
        one, other = rows.loc[pair["referral_id_l"]], rows.loc[pair["referral_id_r"]]
        if not {one["Scan"], other["Scan"]} <= {"a1", "b2", "c3"}:
            assert pair["level_scan"] == "missing"
            assert pair["bits_scan"] == 0
        else:
            assert pair["level_scan"] == ("agrees" if one["Scan"] == other["Scan"] else "differs")
        if not (one["Surname"] and other["Surname"]):
            assert pair["level_surname_typed"] == "missing"
        else:
            similarity = jellyfish.jaro_winkler_similarity(one["Surname"], other["Surname"])
            expected = "agrees" if similarity >= 0.95 else "near" if similarity >= 0.85 else "differs"
            assert pair["level_surname_typed"] == expected
        gap = abs(one["Height"] - other["Height"])
        assert (pair["level_height"] == "missing") == np.isnan(gap)
        # The higher one way round, so never below 0: "above" agrees wherever it is not missing.
        assert pair["level_above"] == ("missing" if np.isnan(gap) else "agrees")
    for name in NAMES:
        assert set(links[f"level_{name}"]) > {"missing"}
    assert {"near", "near 2", "differs"} & set(links["level_height"])


def test_the_lines_sum_to_the_match_weight_and_explain_shows_them(linkage: nl.Linkage) -> None:
    links = linkage.links
    bits = [name for name in links.columns if name.startswith("bits_")]
    assert bits[-4:] == [f"bits_{name}" for name in NAMES]
    prior = np.round(linkage.model.prior_bits * 2**20) / 2**20
    assert (prior + links[bits].sum(axis=1)).tolist() == links["match_weight_bits"].tolist()
    for pair in links.head(30).to_dict("records"):
        told = linkage.explain(pair["referral_id_l"], pair["referral_id_r"])
        lines = {line.field: line for line in told.evidence}
        assert told.prior_bits + sum(line.bits for line in told.evidence) == told.match_weight_bits
        assert told.match_weight_bits == pair["match_weight_bits"]
        for name in (*(field.name for field in FIELDS), *NAMES):
            assert lines[name].level == pair[f"level_{name}"]
            assert lines[name].bits == pair[f"bits_{name}"]
    assert lines["scan"].sentence in ("the scans agree", "they differ", "one or both do not say")
    for name in ("other_name", "other_names"):
        assert lines[name].sentence == "surname_typed stands in its place"
    typed = links.query("level_surname_typed != 'missing'").iloc[0]
    told = linkage.explain(typed["referral_id_l"], typed["referral_id_r"], show="none")
    assert "surname typed:" in told.words()


def test_values_are_shown_only_when_asked_for(frame: pd.DataFrame, linkage: nl.Linkage) -> None:
    first = linkage.links.query("level_scan == 'agrees'").iloc[0]
    pair = (first["referral_id_l"], first["referral_id_r"])
    scan = frame.set_index("NRM reference").loc[pair[0], "Scan"]
    shown = {line["field"]: line for line in linkage.explain(*pair, show="values").to_dict()["evidence"]}
    assert shown["scan"]["left"] == shown["scan"]["right"] == {"Scan": scan}
    hidden = {line["field"]: line for line in linkage.explain(*pair).to_dict()["evidence"]}
    assert "left" not in hidden["scan"]


def test_a_field_in_whose_place_another_stands_says_nothing(linkage: nl.Linkage) -> None:
    assert linkage.report.estimation is not None
    for name in ("other_name", "other_names"):
        assert set(linkage.links[f"level_{name}"]) == {"missing"}
        assert (linkage.links[f"bits_{name}"] == 0).all()
        assert linkage.report.estimation.learned[name] == 0
    assert linkage.report.estimation.learned["scan"] > 0


def test_the_report_says_what_was_brought_replaced_and_counted_beside(frame: pd.DataFrame) -> None:
    again = FeatureField("surname_again", Exact("Surname", "Surname"))
    choices = link(frame, compare=[*own_fields(), again]).report.choices
    (replacing,) = [choice for choice in choices if "'surname_typed'" in choice]
    in_place = "in its place other_name, other_names say nothing in this run"
    assert f"String, cut at 0.95, 0.85; {in_place}" in replacing
    assert "too" not in replacing
    (beside,) = [choice for choice in choices if "'surname_again'" in choice]
    assert "a column of it is read for other_name, other_names too" in beside
    (apart,) = [choice for choice in choices if "'scan'" in choice]
    assert apart.endswith("Exact, cut at 1")


@pytest.mark.parametrize("seed", [1, 2])
def test_the_order_of_rows_fields_and_columns_changes_nothing(
    frame: pd.DataFrame, linkage: nl.Linkage, seed: int
) -> None:
    random = np.random.default_rng(seed)
    shuffled = frame.iloc[random.permutation(80)][list(random.permutation(frame.columns))]
    again = link(shuffled, compare=own_fields()[::-1])
    pd.testing.assert_frame_equal(again.links, linkage.links, check_exact=True)
    assert again.model.to_json() == linkage.model.to_json()


def test_chunks_and_which_row_is_the_first_change_nothing(frame: pd.DataFrame, linkage: nl.Linkage) -> None:
    small = link(frame, compare=own_fields(), config=nl.LinkageConfig(chunk_pairs=7))
    pd.testing.assert_frame_equal(small.links, linkage.links, check_exact=True)
    rows = linkage.run.referrals
    left, right = all_pairs(rows.n)
    rarity = BoundRarity(linkage.model.frequencies, rows)
    there = compare_pairs(rows, left, right, rarity, chunk_pairs=500)
    back = compare_pairs(rows, right, left, rarity, chunk_pairs=10_000)
    np.testing.assert_array_equal(there.levels, back.levels)
    assert there.levels.shape == (len(left), len(FIELDS) + 4)


def test_a_model_carries_the_fields_and_scores_the_same(
    frame: pd.DataFrame, linkage: nl.Linkage, tmp_path: pathlib.Path
) -> None:
    model = linkage.model
    model.save(tmp_path / "model.json")
    loaded = LinkageModel.load(tmp_path / "model.json")
    assert loaded == model
    again = link(frame, compare=own_fields(), model=loaded)
    pd.testing.assert_frame_equal(again.links, linkage.links, check_exact=True)
    told = model.describe()
    assert told.loc[told["field"] == "height", "level"].tolist() == ["agrees", "near", "near 2", "differs"]
    assert told.loc[told["field"] == "scan", ["m", "u", "bits"]].notna().all(axis=None)
    shares = told.dropna(subset="m").groupby("field")["m"].sum()
    assert shares.to_numpy() == pytest.approx(1.0)


@pytest.mark.parametrize("other", [None, own_fields()[:3], FeatureField("scan", Exact("Scan", "Scan"))])
def test_a_model_of_other_fields_is_refused(frame: pd.DataFrame, linkage: nl.Linkage, other: Any) -> None:
    with pytest.raises(nl.ConfigError, match=r"estimated with 'above', 'height', 'scan', 'surname_typed'"):
        link(frame, model=linkage.model, compare=other)


def test_a_model_without_fields_takes_none(frame: pd.DataFrame) -> None:
    with pytest.raises(nl.ConfigError, match="leave compare= out"):
        link(frame, model=link(frame).model, compare=own_fields())


def test_a_loaded_run_knows_its_links_and_says_what_it_cannot_compare(
    linkage: nl.Linkage, tmp_path: pathlib.Path
) -> None:
    linkage.save(tmp_path / "run")
    loaded = nl.Linkage.load(tmp_path / "run")
    for one, other in linkage.links.iloc[::20, :2].itertuples(index=False):
        assert loaded.explain(one, other).to_dict() == linkage.explain(one, other).to_dict()
    linked = set(zip(linkage.links["referral_id_l"], linkage.links["referral_id_r"], strict=True))
    ids = sorted(linkage.referrals["referral_id"])
    one, other = next((a, b) for a in ids for b in ids if a < b and (a, b) not in linked)
    told = loaded.explain(one, other)
    own = [line for line in told.evidence if line.field in NAMES]
    assert {line.level for line in own} == {"not compared"}
    assert {line.bits for line in own} == {0.0}
    assert "is not there any more" in told.words()
    assert "not compared" not in {line.level for line in linkage.explain(one, other).evidence}


def test_copies_and_probes_have_the_fields_missing_and_say_so(linkage: nl.Linkage) -> None:
    assert "Fields of the caller's own are missing" in linkage.recall_on_copies(n=20).attrs["note"]
    probes = linkage.bias_probes()
    assert "Fields of the caller's own are missing" in probes.attrs["note"]
    assert probes["levels"].str.contains("other_names: missing").any()
    assert np.isfinite(probes["affected_bits"]).all()


def test_a_page_and_an_evaluation_are_made(
    frame: pd.DataFrame, linkage: nl.Linkage, tmp_path: pathlib.Path
) -> None:
    linkage.write_report(tmp_path / "report.html")
    assert "surname_typed" in (tmp_path / "report.html").read_text(encoding="utf-8")
    assert nl.evaluate(linkage, frame["NRM reference"], draws=5).n_referrals == 80


@pytest.fixture(scope="module")
def people() -> pd.DataFrame:
    """Invented people, of whom most bring the same document each time, and a column that says nothing."""
    random = np.random.default_rng(1)
    frame = nl.make_referrals(500, seed=3).drop(columns=["HO reference", "Phone", "Police reference", "DOB"])
    n = len(frame)
    person = pd.factorize(frame["true_person"])[0]
    document = np.where(random.random(n) < 0.95, person * 7919, random.integers(0, 10**6, n))
    return frame.assign(Document=document.astype(str), Chance=random.integers(0, 10, n).astype(str))


def test_a_field_that_tells_people_apart_finds_more_and_one_that_does_not_changes_little(
    people: pd.DataFrame,
) -> None:
    referrals = people.drop(columns=["true_person", "true_instance"])
    fields = {
        name: FeatureField(name.lower(), Exact(name, name), cuts=(1,)) for name in ("Document", "Chance")
    }
    base = link(referrals)
    chance, document = (link(referrals, compare=fields[name]) for name in ("Chance", "Document"))
    f1 = [nl.evaluate(one, people["true_person"], draws=5).f1 for one in (base, chance, document)]
    assert f1[2] > f1[0] + 0.02
    assert abs(f1[1] - f1[0]) < 0.02
    told = chance.model.describe().query("field == 'chance'")
    assert told["bits"].abs().max() < 1.5
    assert told["u"].tolist() == pytest.approx([0.1, 0.9], abs=0.01)
    told = document.model.describe().query("field == 'document'")
    assert told["bits"].iloc[0] > 10
    assert told["m"].iloc[0] == pytest.approx(0.9, abs=0.1)


def test_without_fields_nothing_changes(frame: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(link(frame, compare=[]).links, link(frame).links, check_exact=True)


def test_discounts_do_not_hang_on_the_fields(linkage: nl.Linkage) -> None:
    """The other classes agree in them as strangers do: without the caller's columns, all fixed lines stay."""
    rows, model = linkage.run.referrals, linkage.model
    left, right = all_pairs(rows.n)
    comparisons = compare_pairs(rows, left, right, BoundRarity(model.frequencies, rows), 10_000)
    lines, weights = score(rows, left, right, comparisons, model)
    comparisons.levels[:, len(FIELDS) :] = 0
    without, lower = score(rows, left, right, comparisons, model)
    np.testing.assert_array_equal(without[:, :-4], lines[:, :-4])
    assert (without[:, -4:] == 0).all()
    np.testing.assert_array_equal(weights - lower, lines[:, -4:].sum(axis=1))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"name": "Surname typed"}, "lower-case letters"),
        ({"name": "relatives"}, "a line of ours"),
        ({"name": "town"}, "a line of ours"),
        ({"feature": Exact}, "feature must be an object"),
        ({"feature": Frequency("a", "a")}, "two rows alone"),
        ({"cuts": ()}, "cuts must be"),
        ({"cuts": (0.5, 0.5)}, "cuts must be"),
        ({"cuts": (float("nan"),)}, "cuts must be"),
        ({"cuts": "0.9"}, "cuts must be"),
        ({"cuts": range(9, 0, -1)}, "one to 8"),
        ({"sentences": ("one", "two")}, "3 texts"),
        ({"replaces": "natoinality"}, "did you mean 'nationality'"),
    ],
)
def test_what_is_no_field_is_refused(options: dict[str, Any], said: str) -> None:
    with pytest.raises(nl.ConfigError, match=said):
        FeatureField(**{"name": "scan", "feature": Exact("Scan", "Scan"), **options})


@pytest.mark.parametrize("compare", ["scan", 3, Exact("Scan", "Scan"), [FeatureField], [None]])
def test_what_compare_does_not_take_is_refused(frame: pd.DataFrame, compare: Any) -> None:
    with pytest.raises(nl.ConfigError, match="compare= takes fields"):
        link(frame, compare=compare)


def test_two_fields_of_one_name_are_refused(frame: pd.DataFrame) -> None:
    with pytest.raises(nl.ConfigError, match="two fields called 'scan'"):
        link(frame, compare=[FeatureField("scan", Exact(box, box)) for box in ("Scan", "Height")])


class Returns(BaseCompareFeature):  # type: ignore[misc]  # recordlinkage has no types
    """A feature that returns what a function makes of the two columns."""

    def __init__(self, made: Any, label: str = "given_name") -> None:
        super().__init__(label, label)
        self.made = made

    def _compute_vectorized(self, one: pd.Series, other: pd.Series) -> Any:
        return self.made(one, other)


def _quotes(one: pd.Series, other: pd.Series) -> pd.Series:
    raise ValueError(f"I cannot compare {one.tolist()}")


@pytest.mark.parametrize(
    ("feature", "said"),
    [
        (Returns(_quotes), r"'own' of compare= \(Returns\) failed"),
        (Returns(lambda one, other: one), "must give one number a pair"),
        (Returns(lambda one, other: (one == other, one == other)), "must give one number a pair"),
        (Numeric("town", "town"), "failed on the referrals"),
        (Exact("Xhevahire", "Xhevahire"), "on a column that the referrals do not have"),
    ],
)
def test_a_feature_that_fails_says_so_without_a_value(feature: Any, said: str) -> None:
    canaries = make_canaries()
    error, told = outcome(lambda: link(canaries.referrals, compare=FeatureField("own", feature)))
    assert isinstance(error, nl.InputError)
    assert pd.Series([str(error)]).str.contains(said).all()
    assert leaks(told, (*canaries.secrets, *canaries.ids)) == []
    assert "Xhevahire" not in str(error)


def test_a_feature_that_gives_nothing_is_missing_and_one_of_truths_is_taken(frame: pd.DataFrame) -> None:
    nothing = FeatureField("nothing", Returns(lambda one, _: pd.Series(np.nan, one.index), "Scan"))
    truths = FeatureField("truths", Returns(lambda one, other: one == other, "Scan"), cuts=1)  # type: ignore[arg-type]
    links = link(frame, compare=[nothing, truths]).links
    assert set(links["level_nothing"]) == {"missing"}
    assert set(links["level_truths"]) == {"missing", "agrees", "differs"}


def test_a_feature_and_a_frame_are_left_as_they_were(frame: pd.DataFrame) -> None:
    def spoils(one: pd.Series, other: pd.Series) -> pd.Series:
        one.iloc[:] = "changed"
        return one == other

    before = frame.copy()
    link(frame, compare=FeatureField("spoiled", Returns(spoils, "Scan")))
    pd.testing.assert_frame_equal(frame, before)
