"""The shipped reference: a word that is known to be common is not rare because an extract is small; nothing
is rarer for being known; and what the data say outweighs it.
"""

from __future__ import annotations

import contextlib
import csv
import json
import subprocess
import sys
from importlib.resources import files
from unittest.mock import patch

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nrm_linkage import make_referrals
from nrm_linkage.compare import FIELDS
from nrm_linkage.errors import InputError
from nrm_linkage.model import BoundRarity, LinkageModel, frequencies, learn_frequencies, rarity
from nrm_linkage.model.frequencies import COMMON_MIN_PEOPLE, nationality_key
from nrm_linkage.model.parameters import NAME_FIELDS
from nrm_linkage.model.reference import NOTHING_KNOWN, Reference, of_few, reference
from nrm_linkage.normalise.name_text import fold
from nrm_linkage.normalise.nationality_tables import labels
from nrm_linkage.tables import Referrals
from tests.frames import all_pairs, compared, frame_of, invented, model_of, people, referrals_of

NAMES = [number for number, field in enumerate(FIELDS) if field.name in NAME_FIELDS]
LACKING = Reference(NOTHING_KNOWN, NOTHING_KNOWN, NOTHING_KNOWN, "none")

TWO_OF_EACH = [("Van Hung", "Nguyen", "Vietnamese")] * 2 + [("Xhevahire", "Mockiani", "Albanian")] * 2
OTHERS = {
    "Vietnamese": ["Quoc Bao Dang", "Thi Lan Tran", "Minh Khoi Le", "Tuyet Pham", "Kieu Oanh Mac", "Dai Phi"],
    "Albanian": ["Ardit Hoxha", "Zamir Testaj", "Teuta Exampel", "Besa Kola", "Lule Mockaj", "Ylli Sample"],
    "Indian": [f"Za{a}{b} Te{b}{a}o" for a in "bd" for b in "fgklmnp"],
}
WORDS = "Nguyen Van Hung Mohammed Ali Khan Hoxha Smith Xhevahire Mockiani Zamir".split()
NATIONS = ("Vietnamese", "Albanian", "Sudanese", "British", "British Pakistani", "Thai", "")


def small_extract() -> pd.DataFrame:
    """Thirty referrals: two of one common name and two of one rare name, of unknown birth, among others."""
    others = [(*name.rsplit(" ", 1), nation) for nation, names in OTHERS.items() for name in names]
    records = [(given, family, "", nation) for given, family, nation in TWO_OF_EACH]
    records += [
        (given, family, f"{n % 28 + 1:02d}/03/{1970 + n}", nation)
        for n, (given, family, nation) in enumerate(others)
    ]
    return frame_of(records)


def under(known: Reference) -> contextlib.ExitStack:
    """Learning and binding with this reference."""
    stack = contextlib.ExitStack()
    for room in (frequencies, rarity):
        stack.enter_context(patch.object(room, "reference", lambda: known))
    return stack


def model_lacking_the_reference(frame: pd.DataFrame) -> LinkageModel:
    with under(LACKING):
        return model_of(referrals_of(frame))


def name_bits(
    model: LinkageModel, given: str, family: str, nationality: str, known: Reference | None = None
) -> float:
    """Coincidence bits of all words of one name, between two of its bearers of unknown birth."""
    record = {"given_name": given, "family_name": family, "nationality": nationality}
    with under(known or reference()):
        found = compared(referrals_of(people(record, record)), *all_pairs(2), model)
    return float(np.nansum(found.coincidence_bits[0, NAMES]))


def shares(referrals: Referrals, known: Reference) -> np.ndarray:
    """Of each word, of its skeleton and of its class in each nationality, float64 (3, n_sets, n_words)."""
    with under(known):
        bound = BoundRarity(learn_frequencies(referrals), referrals)
    bags, sets = referrals.names, np.arange(len(referrals.nationality.sets), dtype=np.int32)
    codes = np.arange(len(bags.tokens.texts), dtype=np.int32)
    asked = np.repeat(sets, len(codes))
    kinds = (bound._words, codes), (bound._skeletons, bags.skeleton), (bound._variants, bags.variant)
    return np.stack(
        [of.share(np.tile(code, len(sets)), asked, asked).reshape(len(sets), -1) for of, code in kinds]
    )


def test_two_of_a_common_name_weigh_less_than_two_of_a_rare_one_though_they_have_a_word_more():
    """Both pairs stand in the extract without a date, so each counts as two people who meet in a name, and
    the rare pair alone makes the rare words of its nation look commoner than they are.
    """
    frame = small_extract()
    assert len(frame) == 30
    model, before = model_of(referrals_of(frame)), model_lacking_the_reference(frame)
    common, rare = [name_bits(model, *name) for name in (TWO_OF_EACH[0], TWO_OF_EACH[2])]
    assert common < rare
    assert name_bits(before, *TWO_OF_EACH[0], known=LACKING) > common + 4
    for word in ("Nguyen", "Van"):
        assert name_bits(model, word, "", "Vietnamese") < name_bits(model, "Xhevahire", "", "Albanian") - 2.5


def test_under_a_model_of_others_two_of_a_common_name_weigh_half_of_two_of_a_rare_one():
    frame = frame_of([*small_extract().iloc[4:, 1:].itertuples(index=False, name=None)])
    model = model_of(referrals_of(frame))
    assert name_bits(model, *TWO_OF_EACH[0]) < 10
    assert name_bits(model, *TWO_OF_EACH[2]) > 18
    # Nobody of the extract is of this nationality.
    assert name_bits(model, "Mohammed", "Ali", "Sudanese") < 8


def test_without_the_reference_the_same_name_would_look_rare():
    referrals = referrals_of(small_extract())
    at = referrals.names.tokens.texts.index("nguyen")
    code = [sorted(codes) for codes in referrals.nationality.sets].index(["VNM"])
    with_it, without = (shares(referrals, known)[0, code, at] for known in (reference(), LACKING))
    assert with_it > 0.3
    assert without < with_it / 3


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(WORDS), st.sampled_from(WORDS), st.sampled_from(NATIONS)), max_size=40)
)
def test_a_known_word_is_no_rarer_than_one_that_the_reference_lacks(drawn):
    born = pd.date_range("1970-01-02", periods=len(drawn), freq="40D").strftime("%d/%m/%Y")
    referrals = referrals_of(frame_of([(a, b, day, c) for (a, b, c), day in zip(drawn, born, strict=True)]))
    found = shares(referrals, reference())
    assert (found <= 1).all()
    counted = learn_frequencies(referrals).words
    for code, name in enumerate(map(nationality_key, referrals.nationality.sets)):
        rare = counted.rare_within.get(name, counted.rare_elsewhere) if name else counted.rare
        named = counted.within.get(name, {}) if name else counted.overall
        few = [text not in named for text in referrals.names.tokens.texts]
        assert (found[0][code, few] >= rare * (1 - 1e-12)).all()


known_shares = st.floats(1e-4, 0.5)


@given(known_shares, st.floats(0, 1e6), st.floats(1e-6, 0.3), st.floats(1, 300))
def test_a_known_word_of_few_lies_between_a_rare_one_and_what_is_known_of_it(known, n, rare, strength):
    (found,) = of_few(np.array([known]), n, rare, strength)
    assert rare <= found <= max(rare, known)
    (of_more,) = of_few(np.array([known]), n * 2 + 1, rare, strength)
    assert of_more <= found
    assert found <= max(rare, (2 + strength * known) / (n + strength))


def test_of_a_large_extract_the_shares_are_what_its_people_say():
    """The bound of docs/decisions/0009."""
    made = make_referrals(20_000, seed=3).drop(columns=["true_person", "true_instance"])
    referrals = referrals_of(made)
    with_it, without = (shares(referrals, known)[0] for known in (reference(), LACKING))
    counted = learn_frequencies(referrals)
    nationality, row = referrals.nationality, referrals.names.tokens.row
    fallen = np.log2(with_it / without)[nationality.code[row], referrals.names.tokens.token]
    n_people = np.array(
        [counted.people_within.get("+".join(sorted(codes)), 0.0) for codes in nationality.sets]
    )
    large = n_people[nationality.code[row]] >= 1000
    assert np.abs(fallen[large]).mean() < 0.15
    assert np.abs(fallen[large]).max() < 2
    assert np.abs(fallen).mean() < 0.3


def test_a_model_names_no_word_of_few_however_well_the_reference_knows_it(tmp_path):
    few = [("Van Hung", "Nguyen", f"{day:02d}/07/1999", "Vietnamese") for day in range(1, COMMON_MIN_PEOPLE)]
    others = [(f"Za{a}{b}", f"Te{b}{a}o", f"0{n + 1}/02/1990", "Vietnamese")
              for n, a in enumerate("bdfg") for b in "klm"]  # fmt: skip
    model = model_of(referrals_of(frame_of(few + others)))
    assert "nguyen" not in model.to_json()
    model.save(tmp_path / "model.json")
    again = LinkageModel.load(tmp_path / "model.json")
    assert again == model
    bits = [name_bits(each, "Van Hung", "Nguyen", "Vietnamese") for each in (model, again)]
    assert bits[0] == bits[1] < 11


def test_a_model_of_another_reference_is_refused():
    values = json.loads(model_of(referrals_of(invented(20, seed=1))).to_json())
    values["frequencies"]["reference"] = "0123456789abcdef"
    with pytest.raises(InputError, match="another table of common names"):
        LinkageModel.from_dict(values)


def test_a_set_of_nationalities_is_as_common_as_the_commonest_and_the_whole_is_mixed():
    words = reference().words
    both = words.of("GBR+PAK")
    assert both["muhammad"] == max(words.of(code)["muhammad"] for code in ("GBR", "PAK"))
    assert words.of("") == words.of("x-none") == {}
    mixed = words.mixed({"VNM": 0.25}).overall["nguyen"]
    assert mixed == pytest.approx(0.25 * 0.38 + 0.75 * words.overall["nguyen"])
    assert words.mixed({"VNM": 1.5}).overall["nguyen"] == pytest.approx(0.38)


def test_the_classes_of_a_nationality_are_no_rarer_than_their_words_and_no_more_than_all():
    known = reference()
    for nationality in known.words.within:
        for classes in (known.skeletons, known.variants):
            held = classes.of(nationality)
            assert max(held.values()) >= max(known.words.of(nationality).values()) - 1e-9
            assert max(held.values()) < 0.6


def test_the_table_is_what_its_notes_say():
    table = files("nrm_linkage").joinpath("model", "data", "reference_names.csv").read_text(encoding="utf-8")
    lines = list(csv.DictReader(table.splitlines()))
    keys = [(line["nationality"], line["word"]) for line in lines]
    assert len(set(keys)) == len(keys) > 5000
    assert {nationality for nationality, _ in keys} - {""} <= set(labels(0))
    assert all(len(word) > 1 and fold(word) == word for _, word in keys)
    assert all(0.0003 <= float(line["share"]) < 0.5 for line in lines)
    assert {line["basis"] for line in lines} == {"counted", "ranked", "domain", "assumed", "mixed"}
    assert reference().words.of("VNM")["nguyen"] == pytest.approx(0.38)  # domain.md 4.1, S38


def test_the_table_is_not_read_before_it_is_needed():
    asked = "import nrm_linkage, sys; from nrm_linkage.model.reference import reference as r; "
    done = subprocess.run(
        [sys.executable, "-c", asked + "sys.exit(r.cache_info().currsize)"], check=False, capture_output=True
    )
    assert done.returncode == 0
