"""A model as JSON: the same bytes and the same scores again, another format refused, and every level told."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from nrm_linkage.compare import FIELDS
from nrm_linkage.config import LinkageConfig
from nrm_linkage.errors import InputError
from nrm_linkage.link import link_referrals
from nrm_linkage.model import LinkageModel, priors
from nrm_linkage.model.parameters import FORMAT, array_of, table_of
from tests.frames import all_pairs, frame_of, invented, referrals_of, scored


@pytest.fixture(scope="module")
def model() -> LinkageModel:
    config = LinkageConfig(prior_strength_referrals=5, em_tolerance_bits=0.001)
    return link_referrals(invented(150, seed=12), config=config, progress=False).model


def test_a_saved_model_is_the_same_bytes_and_gives_the_same_scores(model, tmp_path):
    path = tmp_path / "model.json"
    model.save(path)
    again = LinkageModel.load(path)
    assert again == model
    assert again.to_json() == model.to_json() == path.read_text(encoding="utf-8")
    # Communities that the model knows and others, whose shares may not hang on the order of a table.
    nations = ("Albanian", "Romanian", "Nigerian", "Thai", "British", "Afghan", "")
    others = frame_of([("Zamir", "Testaj", "14/05/2001", nation) for nation in nations for _ in range(2)])
    for frame in (invented(40, seed=13), others):
        referrals = referrals_of(frame)
        left, right = all_pairs(referrals.n)
        for ours, theirs in zip(
            scored(referrals, left, right, model), scored(referrals, left, right, again), strict=True
        ):
            assert ours.tobytes() == theirs.tobytes()


def test_the_json_has_its_format_its_keys_in_order_and_no_number_that_is_none(model):
    text = model.to_json()
    values = json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} in the JSON"))
    assert values["format"] == FORMAT
    assert list(values) == sorted(values)


@pytest.mark.parametrize("other", ["nrm-linkage model 0", "", None])
def test_another_format_is_refused(model, other):
    with pytest.raises(InputError, match="estimate it again"):
        LinkageModel.from_dict({**model.to_dict(), "format": other})


def test_describe_has_every_level_with_a_question_and_bits_where_there_is_a_u(model):
    told = model.describe()
    assert told["question"].str.endswith("?").all()
    told = told[told["field"].isin([field.name for field in FIELDS])]
    expected = [(field.name, level.name) for field in FIELDS for level in field.levels[1:]]
    assert list(zip(told["field"], told["level"], strict=True)) == expected
    by_frequency = np.array([level.by_frequency for field in FIELDS for level in field.levels[1:]])
    np.testing.assert_array_equal(told["u"].isna(), by_frequency)
    rest = told[~by_frequency]
    np.testing.assert_allclose(rest["bits"], np.log2(rest["m"] / rest["u"]))
    assert told.groupby("field")["m"].sum().to_numpy() == pytest.approx(1.0)


def test_describe_says_what_base_rates_add(model):
    known = replace(model, base_rates={"community": {"albanian": 2.0, "uk": 0.5}, "gender": {}})
    told = known.describe().query("field == 'repeats_of_group, community'")
    assert told["level"].tolist() == ["albanian", "uk"]
    assert told["bits"].tolist() == [1.0, -1.0]
    assert told[["m", "u"]].isna().all(axis=None)


def test_describe_says_how_many_relatives_and_namesakes_there_are(model):
    told = replace(model, relative_bits=-14.5, namesake_bits=-17.25).describe().set_index("field")["bits"]
    assert (told["relatives"], told["namesakes"]) == (-14.5, -17.25)


def test_describe_says_what_relatives_share(model):
    told = replace(model, parents_name=0.125).describe()
    assert told.query("field == 'relatives, given_name'")["bits"].tolist() == [-3.0]
    for name, shares in model.relatives.items():
        of_field = told[told["field"] == f"relatives, {name}"]
        assert of_field["level"].tolist() == list(shares)
        assert 2.0 ** of_field["bits"].to_numpy() == pytest.approx([*shares.values()])


def test_describe_says_how_many_look_alikes_there_are(model):
    known = replace(model, lookalikes={"": 0.0078125, "uk": 0.25})
    told = known.describe().query("field == 'lookalikes'")
    assert told["level"].tolist() == ["any", "uk"]
    assert told["bits"].tolist() == [-7.0, -2.0]


def test_tables_and_arrays_are_inverse_and_shares_sum_to_one():
    for shipped in (priors.M_PRIOR, priors.U_PRIOR, priors.RELATIVE, priors.NAMESAKE):
        array = array_of(shipped)
        np.testing.assert_allclose(array_of(table_of(array)), array, rtol=1e-15)
        known = ~np.isnan(array[:, 1])
        np.testing.assert_allclose(np.nansum(array[known, 1:], axis=1), 1.0)
        assert set(table_of(array)) == set(shipped)
        assert all(set(shipped[field.name]) == {level.name for level in field.levels[1:]}
                   for field in FIELDS if field.name in shipped)  # fmt: skip


def test_the_repr_hides_the_frequencies(model):
    assert "frequencies" not in repr(model)
