"""The nationality that names are of: told where none is recorded, and of use for frequencies alone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array

from nrm_linkage import Linkage, evaluate, link_referrals, make_referrals
from nrm_linkage.model import by_name, learn_by_name, learn_frequencies, with_nationalities_by_name
from nrm_linkage.normalise.nationality import group, read_nationality
from nrm_linkage.tables import Referrals
from tests.frames import compared, model_of, people, referrals_of

TRUTH = ["true_person", "true_instance"]
NATIONALITIES = ["Nationality", "Second nationality"]


@pytest.fixture(scope="module")
def made() -> pd.DataFrame:
    """Invented referrals, with the truth."""
    return make_referrals(4_000, seed=51)


@pytest.fixture(scope="module")
def unsaid(made: pd.DataFrame) -> pd.DataFrame:
    """The same, and nobody records a nationality."""
    return made.drop(columns=TRUTH + NATIONALITIES)


def communities(referrals: Referrals) -> list[str]:
    """The naming community that each row's names are of; "" where they do not tell."""
    nationality = referrals.nationality
    told = nationality.by_name
    return ["" if not code else nationality.group_names[nationality.group[code]] for code in told.tolist()]


def test_what_is_recorded_stands_and_names_tell_the_rest() -> None:
    said = [{"given_name": "Van Hung", "family_name": "Nguyen", "nationality": "Vietnamese"}] * 9
    said += [{"given_name": "Bledar", "family_name": "Hoxha", "nationality": "Albanian"}] * 9
    asked = [
        {"given_name": "Bledar", "family_name": "Nguyen", "nationality": "British"},
        {"given_name": "Thi Lan", "family_name": "Nguyễn"},
        {"given_name": "Bledar", "family_name": "Hoxha"},
        {"given_name": "Zzyzx", "family_name": "Qwortle"},
        {"given_name": "", "family_name": ""},
    ]
    referrals, _ = learn_by_name(referrals_of(people(*said, *asked)))
    ids = np.argsort(referrals.referral_id)
    assert [communities(referrals)[at] for at in ids[-5:]] == ["uk", "vietnamese", "albanian", "", ""]
    recorded = referrals.nationality.code != 0
    assert (referrals.nationality.by_name[recorded] == referrals.nationality.code[recorded]).all()
    assert not referrals.nationality.code[ids[-4:]].any()


def test_where_nobody_says_names_tell_the_community_of_most_that_they_tell_of(
    made: pd.DataFrame, unsaid: pd.DataFrame
) -> None:
    referrals, frequencies = learn_by_name(referrals_of(unsaid))
    ids = made.set_index("NRM reference")["Nationality"].reindex(list(referrals.referral_id))
    true = [group(read_nationality(value).codes) for value in ids]
    told = communities(referrals)
    right = sum(one == other for one, other in zip(told, true, strict=True))
    assert sum(map(bool, told)) > 0.4 * len(told)
    assert right > 0.65 * sum(map(bool, told))
    assert 0.1 < frequencies.nationalities["ALB"] < 0.45


def test_who_records_a_nationality_need_not_be_like_who_does_not(made: pd.DataFrame) -> None:
    """Where British people alone record theirs, the others are not taken for British."""
    british = made["Nationality"].isin(["British", "UK", "United Kingdom"])
    said = made.drop(columns=TRUTH).assign(**{"Nationality": made["Nationality"].where(british)})
    referrals, frequencies = learn_by_name(referrals_of(said.drop(columns="Second nationality")))
    ids = made.set_index("NRM reference")["Nationality"].reindex(list(referrals.referral_id))
    true = np.array([group(read_nationality(value).codes) for value in ids])
    told, unsaid = np.array(communities(referrals)), referrals.nationality.code == 0
    for community in ("vietnamese", "albanian", "horn"):
        of_it = told[unsaid & (true == community)]
        assert (of_it == community).mean() > 5 * (of_it == "uk").mean()
    assert frequencies.nationalities["ALB"] > 0.1


def test_the_order_of_rows_and_the_company_change_nothing(unsaid: pd.DataFrame) -> None:
    frequencies = learn_frequencies(referrals_of(unsaid))
    whole = with_nationalities_by_name(referrals_of(unsaid), frequencies)
    turned = with_nationalities_by_name(referrals_of(unsaid[::-1].reset_index(drop=True)), frequencies)
    few = with_nationalities_by_name(referrals_of(unsaid[:50]), frequencies)
    expected = dict(zip(whole.referral_id, communities(whole), strict=True))
    for other in (turned, few):
        assert all(
            expected[one] == told for one, told in zip(other.referral_id, communities(other), strict=True)
        )


def test_the_referrals_that_were_given_are_not_changed(unsaid: pd.DataFrame) -> None:
    twice = pd.concat([unsaid[:30], unsaid[:30].assign(**{"NRM reference": [f"X{n}" for n in range(30)]})])
    twice["Surname"] = twice["Forename(s)"]  # bags that hold a word twice
    referrals = referrals_of(twice.reset_index(drop=True))
    start, token = referrals.names.tokens.start.copy(), referrals.names.tokens.token.copy()
    learn_by_name(referrals)
    assert (referrals.names.tokens.start == start).all() and (referrals.names.tokens.token == token).all()
    assert not referrals.nationality.by_name.any()


@st.composite
def mixtures(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray, np.ndarray, list[str]]:
    """Words held by rows, what they speak for nationalities in bits, shares of these, and communities."""
    n_rows, n_words, n_names = (draw(st.integers(1, high)) for high in (6, 5, 5))
    bits = st.integers(-40, 40).map(lambda eighths: eighths / 8)
    held = [draw(st.lists(st.booleans(), min_size=n_words, max_size=n_words)) for _ in range(n_rows)]
    speaks = [draw(st.lists(bits, min_size=n_names, max_size=n_names)) for _ in range(n_words)]
    start = draw(st.lists(st.integers(1, 30), min_size=n_names, max_size=n_names))
    groups = draw(st.lists(st.sampled_from("abc"), min_size=n_names, max_size=n_names))
    return np.array(held, dtype=float), np.array(speaks), np.array(start) / 200, groups


@given(mixtures())
def test_the_likeliest_is_that_of_plain_sums(
    drawn: tuple[np.ndarray, np.ndarray, np.ndarray, list[str]],
) -> None:
    held, speaks, start, groups = drawn
    found = by_name._likeliest(csr_array(held), speaks, start, groups)
    for row, number in zip(held, found.tolist(), strict=True):
        likely = [
            share * 2.0 ** sum(bits for word, bits in zip(row, column, strict=True) if word)
            for share, column in zip(start.tolist(), speaks.T.tolist(), strict=True)
        ]
        of_group = {
            name: sum(value for value, own in zip(likely, groups, strict=True) if own == name)
            for name in set(groups)
        }
        total = sum(likely) + max(1 - start.sum(), by_name.OF_NONE)
        if max(of_group.values()) == pytest.approx(total / 2):
            continue
        best = max(of_group.values())
        if best < total / 2:
            assert number == -1
            continue
        assert of_group[groups[number]] == pytest.approx(best)
        assert likely[number] == pytest.approx(
            max(value for value, own in zip(likely, groups, strict=True) if own == groups[number])
        )


def test_a_full_name_is_as_common_as_its_words_go_together(unsaid: pd.DataFrame) -> None:
    """Two strangers of one common name: rarer by the whole than by the nationality that the name is of."""
    two = pd.concat([unsaid, unsaid[:2].assign(**{"NRM reference": ["X1", "X2"]})], ignore_index=True)
    two.loc[two.index[-2:], ["Forename(s)", "Surname"]] = ["Thi Lan", "Nguyen"]
    bare = referrals_of(two)
    told, frequencies = learn_by_name(bare)
    at = np.flatnonzero(np.isin(told.referral_id, ["X1", "X2"])).astype(np.int32)
    model = replace(model_of(bare), frequencies=frequencies)
    by_whole, by_names = (
        float(np.nansum(compared(rows, at[:1], at[1:], model).coincidence_bits[0, :3]))
        for rows in (bare, told)
    )
    assert by_names < by_whole - 2


@pytest.mark.whole_package
def test_fewer_strangers_are_joined_where_nobody_says(
    made: pd.DataFrame, unsaid: pd.DataFrame, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    linkage = link_referrals(unsaid, progress=False)
    (said,) = [choice for choice in linkage.report.choices if "names are of" in choice]
    assert said.split(" ")[0].replace(",", "").isdigit()
    linkage.save(tmp_path / "run")
    again = Linkage.load(tmp_path / "run")
    pair = linkage.links.query("match_weight_bits < 12").iloc[0]
    ids = pair["referral_id_l"], pair["referral_id_r"]
    told = [each.explain(*ids).match_weight_bits for each in (linkage, again)]
    assert told == [pair["match_weight_bits"]] * 2
    assert set(linkage.links["level_nationality"]) == {"missing"}

    monkeypatch.setattr(by_name, "_likeliest", lambda held, *_: np.full(held.shape[0], -1))
    without = link_referrals(unsaid, progress=False)
    found, before = (evaluate(each, made["true_person"]) for each in (linkage, without))
    assert found.false_links < before.false_links
    with_it, without_it = (each.links_calibration for each in (found, before))
    assert with_it.expected_calibration_error < without_it.expected_calibration_error
    assert with_it.log_score_bits < without_it.log_score_bits


@pytest.mark.whole_package
def test_links_are_better_on_the_whole_where_nobody_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of one population missed links may outnumber what is gained, so three are added up."""
    populations = [make_referrals(4_000, seed=seed) for seed in (51, 52, 53)]

    def f1() -> float:
        found = [
            evaluate(
                link_referrals(each.drop(columns=TRUTH + NATIONALITIES), progress=False), each["true_person"]
            )
            for each in populations
        ]
        right = sum(each.linked_pairs - each.false_links for each in found)
        return 2 * right / sum(each.linked_pairs + each.true_pairs for each in found)

    with_it = f1()
    monkeypatch.setattr(by_name, "_likeliest", lambda held, *_: np.full(held.shape[0], -1))
    assert with_it > f1()
