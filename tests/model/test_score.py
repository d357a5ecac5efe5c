"""Match weights: lines that add up, missing that weighs nothing, discounts that never add."""

from __future__ import annotations

import math
import sys
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nrm_linkage.block import candidate_pairs
from nrm_linkage.compare import FIELDS
from nrm_linkage.compare.fields import BirthYearLevel, DateLevel, GivenLevel
from nrm_linkage.config import LinkageConfig
from nrm_linkage.model import (
    EVIDENCE_LINES,
    LinkageModel,
    learn_strangers,
    priors,
    score,
    score_pairs,
    score_plausible,
)
from nrm_linkage.model.lookalikes import believed_numbers
from nrm_linkage.model.parameters import stratum_key
from nrm_linkage.model.relatives import relative_log2
from nrm_linkage.model.score import GIVEN_COLUMN, on_grid
from nrm_linkage.model.strata import age_pair, pair_community
from tests.frames import all_pairs, compared, frame_of, invented, model_of, people, referrals_of, rows, scored

GENDER = [field.name for field in FIELDS].index("gender")

MODEL = model_of(referrals_of(invented(80, seed=14)))


@given(st.lists(rows(), min_size=2, max_size=8), st.floats(-40, 0))
def test_prior_and_lines_are_the_weight_exactly_on_the_grid(drawn, prior_bits):
    model = replace(MODEL, prior_bits=prior_bits)
    referrals = referrals_of(frame_of(drawn))
    lines, weight_bits = scored(referrals, *all_pairs(referrals.n), model)
    prior = float(on_grid(np.array(prior_bits)))
    assert (prior + lines.sum(axis=1) == weight_bits).all()
    assert (prior + lines[:, ::-1].sum(axis=1) == weight_bits).all()
    np.testing.assert_array_equal(weight_bits * 2**20, np.round(weight_bits * 2**20))
    assert abs(prior - prior_bits) <= 2**-21


@settings(max_examples=20)
@given(st.lists(rows(), min_size=2, max_size=8))
def test_missing_weighs_nothing_and_discounts_take_away(drawn):
    referrals = referrals_of(frame_of(drawn))
    left, right = all_pairs(referrals.n)
    levels = compared(referrals, left, right, MODEL).levels
    lines, _ = scored(referrals, left, right, MODEL)
    assert lines.shape == (len(left), len(EVIDENCE_LINES))
    assert (lines[:, : len(FIELDS)][levels == 0] == 0).all()
    discounts = [EVIDENCE_LINES.index(name) for name in ("relatives", "namesakes", "lookalikes")]
    assert (lines[:, discounts] <= 0).all()
    assert (lines[:, EVIDENCE_LINES.index("gender_of_name")][levels[:, GENDER] == 0] == 0).all()
    assert np.isfinite(lines).all()


@settings(max_examples=20)
@given(st.lists(rows(), min_size=2, max_size=8))
def test_swapping_sides_changes_nothing(drawn):
    referrals = referrals_of(frame_of(drawn))
    left, right = all_pairs(referrals.n)
    for one, other in zip(
        scored(referrals, left, right, MODEL), scored(referrals, right, left, MODEL), strict=True
    ):
        np.testing.assert_array_equal(one, other)


RECORD = {
    "given_name": "Zamir", "family_name": "Testaj", "date_of_birth": "14/05/2001", "gender": "Male",
    "nationality": "Albanian", "home_office_reference": "A1234567", "phone": "07700 900123",
}  # fmt: skip
LINE_OF = {"date_of_birth": "date_of_birth", "gender": "gender", "nationality": "nationality",
           "home_office_reference": "reference", "phone": "contact"}  # fmt: skip


@pytest.mark.parametrize("box", LINE_OF)
def test_a_value_made_missing_takes_its_line_away(box):
    whole, without = referrals_of(people(RECORD, RECORD)), referrals_of(people(RECORD, {**RECORD, box: ""}))
    full, _ = scored(whole, *all_pairs(2), MODEL)
    less, _ = scored(without, *all_pairs(2), MODEL)
    line = EVIDENCE_LINES.index(LINE_OF[box])
    assert full[0, line] > 0
    assert less[0, line] == 0
    # The nationality in common also says how common names and days are; nothing else hangs on another box.
    if box != "nationality":
        others = [n for n, name in enumerate(EVIDENCE_LINES[: len(FIELDS)]) if n != line]
        np.testing.assert_array_equal(full[0, others], less[0, others])


def test_more_agreement_weighs_more():
    alike = scored(referrals_of(people(RECORD, RECORD)), *all_pairs(2), MODEL)[1][0]
    for box, value in (("given_name", "Osei"), ("date_of_birth", "02/02/1980"), ("gender", "Female"),
                       ("home_office_reference", "A7654321")):  # fmt: skip
        changed = scored(referrals_of(people(RECORD, {**RECORD, box: value})), *all_pairs(2), MODEL)[1][0]
        assert changed < alike - 2, box


def test_a_sibling_is_discounted_as_a_relative():
    sibling = {**RECORD, "given_name": "Osei", "date_of_birth": "17/08/2004", "home_office_reference": ""}
    lines, weight_bits = scored(referrals_of(people(RECORD, sibling)), *all_pairs(2), MODEL)
    assert lines[0, EVIDENCE_LINES.index("relatives")] < 0
    assert weight_bits[0] < 0


def test_relatives_are_given_one_name_more_seldom_than_strangers_but_named_after_one_another():
    levels = np.zeros((5, len(FIELDS)), dtype=np.int8)
    levels[:4, GIVEN_COLUMN] = (GivenLevel.EXACT, GivenLevel.DIFFERENT, GivenLevel.MOVED, GivenLevel.MOVED)
    found = relative_log2(levels, np.log2([0.001, 0.99, 0.001, 0.2, 1.0]), MODEL)
    expected = [0.001 * priors.GIVEN_ONE_NAME, 0.99, priors.NAMED_AFTER, 0.2, 1.0]
    np.testing.assert_allclose(np.exp2(found), expected)


FAR_APART = [("date_of_birth", DateLevel.FAR), ("date_of_birth", DateLevel.DISTANT_YEAR),
             ("birth_year", BirthYearLevel.FAR)]  # fmt: skip


@pytest.mark.parametrize(("field", "level"), FAR_APART)
def test_relatives_born_far_apart_may_bear_one_given_name(field, level):
    levels = np.zeros((4, len(FIELDS)), dtype=np.int8)
    levels[:3, [one.name for one in FIELDS].index(field)] = level
    births = relative_log2(levels, np.zeros(4), MODEL)
    levels[:, GIVEN_COLUMN] = (GivenLevel.EXACT, GivenLevel.VARIANT, GivenLevel.DIFFERENT, GivenLevel.EXACT)
    found = relative_log2(levels, np.log2([0.001, 0.9, 0.99, 0.001]), MODEL) - births
    expected = [priors.GIVEN_A_PARENTS_NAME, 0.9 * priors.GIVEN_ONE_NAME, 0.99, 0.001 * priors.GIVEN_ONE_NAME]
    np.testing.assert_allclose(np.exp2(found), expected)


ONE_NAME = {"given_name": "Zamir", "family_name": "Testaj", "date_of_birth": "01/01/2001", "gender": "Male"}


def one_line(model: LinkageModel, name: str, *records: dict[str, str]) -> float:
    lines, _ = scored(referrals_of(people(*records)), *all_pairs(2), model)
    return float(lines[0, EVIDENCE_LINES.index(name)])


def test_one_name_on_one_stand_in_date_is_discounted_as_a_look_alike():
    record = {**ONE_NAME, "nationality": "Afghan"}
    assert one_line(MODEL, "lookalikes", record, record) < -0.5


@pytest.mark.parametrize("other", ["", "2001", "08/01/2001", "01/01/2002"])
def test_what_is_left_of_a_stand_in_date_may_still_be_a_look_alike(other: str):
    record = {**ONE_NAME, "nationality": "Afghan"}
    assert one_line(MODEL, "lookalikes", record, {**record, "date_of_birth": other}) < -0.1


def test_a_known_day_is_hardly_a_look_alike():
    ordinary = {**ONE_NAME, "nationality": "Afghan", "date_of_birth": "14/05/2001"}
    stand_in = {**ordinary, "date_of_birth": "01/01/2001"}
    hardly = one_line(MODEL, "lookalikes", stand_in, stand_in) / 20
    assert hardly < one_line(MODEL, "lookalikes", ordinary, ordinary) <= 0


def test_the_more_dates_stand_for_unknown_days_the_more_look_alikes():
    record = {**ONE_NAME, "nationality": "Afghan"}
    (group,) = {name for name in referrals_of(people(record)).nationality.group_names if "afghan" in name}
    lines = []
    for share in (1 / 365, 0.05):
        days = {**MODEL.frequencies.days[""], "1": share, "2": 1 / 365, "3": 1 / 365}
        (number,) = believed_numbers({**MODEL.frequencies.days, group: days}, [group])
        model = replace(MODEL, lookalikes={**MODEL.lookalikes, group: float(number)})
        lines.append(one_line(model, "lookalikes", record, record))
    assert lines[0] > lines[1]


def test_a_stand_in_date_beside_none_is_a_look_alikes_more_than_an_ordinary_one():
    record = {**ONE_NAME, "nationality": "Afghan"}
    lines = [
        one_line(MODEL, "lookalikes", {**record, "date_of_birth": date}, {**record, "date_of_birth": ""})
        for date in ("01/01/2001", "", "14/05/2001")
    ]
    assert lines[0] < lines[1] < lines[2] <= 0


def test_a_given_name_tells_the_gender():
    male, female = dict(ONE_NAME), {**ONE_NAME, "gender": "Female"}
    model = replace(MODEL, gender_of_name=0.95)
    both = one_line(model, "gender", male, male) + one_line(model, "gender_of_name", male, male)
    m = model.m["gender"]["same"] / sum(model.m["gender"].values())
    assert both == pytest.approx(np.log2(m / 0.95), abs=1e-5)
    apart = one_line(model, "gender", male, female) + one_line(model, "gender_of_name", male, female)
    assert apart == pytest.approx(np.log2((1 - m) / 0.05), abs=1e-5)
    stranger = {**ONE_NAME, "given_name": "Osei", "family_name": "Example"}
    assert one_line(model, "gender_of_name", male, stranger) == 0


def test_strata_are_told_by_what_both_sides_know():
    referrals = referrals_of(people(
        {"nationality": "Albanian", "age_group": "Child"}, {"nationality": "Kosovan", "age_group": "Child"},
        {"nationality": "Vietnamese", "age_group": "Adult"}, {"nationality": "", "age_group": ""},
    ))  # fmt: skip
    left, right = all_pairs(4)
    names = ("", *referrals.nationality.group_names)
    found = {
        (int(a), int(b)): (names[group], int(ages))
        for a, b, group, ages in zip(
            left,
            right,
            pair_community(referrals, left, right),
            age_pair(referrals.age_group, left, right),
            strict=True,
        )
    }
    albanian, vietnamese = found[0, 3][0], found[2, 3][0]
    assert albanian != vietnamese
    assert found[0, 1] == (albanian, 1)
    assert found[0, 2] == ("", 0)
    assert found[2, 3] == (vietnamese, 0)


def test_a_community_s_own_m_serves_its_pairs_and_no_others():
    referrals = referrals_of(people(RECORD, RECORD, {**RECORD, "nationality": "Vietnamese"}))
    left, right = all_pairs(3)
    (group,) = {name for name in referrals.nationality.group_names if "alban" in name}
    m = {field: dict(levels) for field, levels in MODEL.m.items()}
    m["gender"] = {"same": 0.5, "different": 0.5}
    own: LinkageModel = replace(MODEL, m_by_community={group: m})
    line = EVIDENCE_LINES.index("gender")
    change = (scored(referrals, left, right, own)[0] - scored(referrals, left, right, MODEL)[0])[:, line]
    expected = np.log2(0.5 / (MODEL.m["gender"]["same"] / sum(MODEL.m["gender"].values())))
    np.testing.assert_allclose(change, [expected, 0, 0], atol=1e-6)


LEARNED = learn_strangers(referrals_of(invented(80, seed=14)), MODEL, 10_000)


def plain_lines(referrals, left: int, right: int, levels: list[int], bits: list[float]) -> list[float]:
    """The fields' own lines of one pair, from the tables by their names."""
    community, ages = plain_stratum(referrals, left, right)
    wider = LEARNED.u_dates[stratum_key("", ages)]
    own = LEARNED.u_dates.get(stratum_key(community, ages), wider)
    lines = []
    for field, level, coincidence in zip(FIELDS, levels, bits, strict=True):
        if level == 0:
            lines.append(0.0)
            continue
        name = field.levels[level].name
        u = own.get(field.name, LEARNED.u[field.name])
        of_level = math.log2(u[name] / sum(u.values()))
        m = LEARNED.m[field.name]
        strangers = of_level if math.isnan(coincidence) else -coincidence
        lines.append(math.log2(m[name] / sum(m.values())) - strangers)
    return lines


def plain_stratum(referrals, left: int, right: int) -> tuple[str, int]:
    """The naming community and the ages of a pair."""
    nationality, names = referrals.nationality, []
    for row in (left, right):
        code = nationality.code[row]
        names.append(nationality.group_names[nationality.group[code]] if code else "")
    community = max(names) if names[0] == names[1] or "" in names else ""
    ages = {int(referrals.age_group[left]), int(referrals.age_group[right])}
    return community, ages.pop() if ages in ({1}, {2}) else 0


@settings(max_examples=20)
@given(st.lists(rows(), min_size=2, max_size=6))
def test_lines_of_fields_are_log2_m_less_log2_u_one_pair_at_a_time(drawn):
    referrals = referrals_of(frame_of(drawn))
    left, right = all_pairs(referrals.n)
    comparisons = compared(referrals, left, right, LEARNED)
    lines, _ = score(referrals, left, right, comparisons, LEARNED)
    expected = [
        plain_lines(referrals, *pair)
        for pair in zip(
            left.tolist(),
            right.tolist(),
            comparisons.levels.tolist(),
            comparisons.coincidence_bits.tolist(),
            strict=True,
        )
    ]
    np.testing.assert_allclose(lines[:, : len(FIELDS)], expected, rtol=0, atol=2**-20)


@pytest.mark.parametrize("floor_bits", [-np.inf, -20.0, 0.0])
def test_pairs_above_a_floor_are_those_of_all_pairs_scored_at_once(floor_bits, monkeypatch):
    referrals = referrals_of(invented(30, seed=15))
    pairs = candidate_pairs(referrals, LinkageConfig())
    comparisons = compared(referrals, pairs.left, pairs.right, MODEL)
    lines, weight_bits = score(referrals, pairs.left, pairs.right, comparisons, MODEL)
    kept = weight_bits >= floor_bits
    assert kept.any()
    monkeypatch.setattr(sys.modules["nrm_linkage.model.score"], "AT_A_TIME", 7)
    found, all_bits = score_plausible(referrals, pairs, comparisons, MODEL, floor_bits)
    assert all_bits.tobytes() == weight_bits.tobytes()
    assert found.bits.tobytes() == lines[kept].tobytes()
    assert found.levels.tobytes() == comparisons.levels[kept].tobytes()
    assert found.left.tolist() == pairs.left[kept].tolist()
    assert found.found_by.tolist() == pairs.found_by[kept].tolist()


def test_pairs_are_compared_before_they_are_scored():
    referrals = referrals_of(invented(30, seed=15))
    pairs = candidate_pairs(referrals, LinkageConfig())
    comparisons = compared(referrals, pairs.left, pairs.right, MODEL)
    expected, _ = score_plausible(referrals, pairs, comparisons, MODEL, -np.inf)
    found = score_pairs(referrals, pairs, MODEL, chunk_pairs=11)
    assert len(found) > 0
    assert found.weight_bits.tobytes() == expected.weight_bits.tobytes()
    assert found.levels.tobytes() == expected.levels.tobytes()
