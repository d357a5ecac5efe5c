"""Name boxes laid out as bags, against a reading of each row by itself."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nrm_linkage.normalise.bags import ReadNames, name_bags
from nrm_linkage.normalise.names import NameBox, NameRole, join_tokens, read_name
from nrm_linkage.normalise.skeleton import skeleton
from nrm_linkage.normalise.sounds import sounds
from nrm_linkage.normalise.variants import nickname_classes, variant_class

BOXES = ("given_name", "middle_names", "family_name", "name", "alias")
TEXTS = (
    *("", "Zamir", "Zamir Testaj", "Van Hung", "FNU", "Mr", "Teklay K", "Zamir aka Beni", "Nguyen"),
    *(
        "Abdul",
        "Rahman",
        "Rahmat",
        "Ullah",
        "O",
        "Neil",
        "Gebre",
        "Medhin Zamir",
        "Abd al",
        "Rahman aka Abdul",
    ),
    *("TESTAJ, Zamir", "Gebre Medhin", "Osei b c d e f g h", "Haile Zamir"),
)


def read(frame: pd.DataFrame, max_tokens: int = 6) -> ReadNames:
    return name_bags({str(box): (frame[box],) for box in frame}, len(frame), max_tokens)


def words(found: ReadNames) -> list[list[tuple[str, int]]]:
    tokens = found.bags.tokens
    return [
        [(tokens.texts[tokens.token[at]], int(found.bags.role[at])) for at in range(start, end)]
        for start, end in zip(tokens.start, tokens.start[1:], strict=False)
    ]


def shortens(alias: str, name: str) -> bool:
    return name.startswith(alias) or bool(nickname_classes(alias) & nickname_classes(name))


def plain_bag(record: dict[str, str]) -> list[tuple[str, int]]:
    """The bag of one row, read by itself, before it is cut."""
    read_boxes = {box: read_name(record[box], NameBox(box)).tokens for box in BOXES}
    if read_boxes["given_name"] or read_boxes["family_name"]:
        read_boxes["name"] = ()
    if read_boxes["name"]:
        read_boxes["middle_names"] = ()
    if read_boxes["middle_names"]:
        read_boxes["given_name"] = join_tokens(read_boxes["given_name"] + read_boxes["middle_names"])
        read_boxes["middle_names"] = ()
    if read_boxes["given_name"] and read_boxes["family_name"]:
        read_boxes["given_name"] = join_tokens(read_boxes["given_name"] + read_boxes["family_name"])
        read_boxes["family_name"] = ()
    tokens = [token for box in BOXES for token in read_boxes[box]]
    names = [token.text for token in tokens if token.role is not NameRole.ALIAS]
    bag: dict[str, int] = {}
    for token in tokens:
        if token.role is not NameRole.ALIAS or not any(shortens(token.text, name) for name in names):
            bag.setdefault(token.text, int(token.role))
    return list(bag.items()) if any(len(text) > 1 for text in bag) else []


@given(st.lists(st.fixed_dictionaries({box: st.sampled_from(TEXTS) for box in BOXES}), max_size=12),
       st.integers(2, 8))  # fmt: skip
def test_bags_are_those_of_rows_read_one_by_one(records, most):
    frame = pd.DataFrame(records, columns=list(BOXES), dtype=object)
    found = read(frame, most)
    bags = [plain_bag(record) for record in records]
    assert words(found) == [bag[:most] for bag in bags]
    assert found.n_cut == sum(len(bag) > most for bag in bags)


@given(
    # No word twice: a box that holds one word twice and nothing else holds it once, wherever its column ends.
    st.lists(
        st.lists(st.sampled_from(("Zamir", "Van", "T.", "Abdul", "Rahman", "Leka")), min_size=1, max_size=3,
                 unique=True),
        min_size=1,
    ),
    st.sets(st.sampled_from(BOXES[2:])),
)
def test_a_middle_name_says_the_same_in_a_column_of_its_own_as_behind_the_given_name(rows, others):
    apart = pd.DataFrame(
        [{"given_name": row[0], "middle_names": " ".join(row[1:])} for row in rows], dtype=object
    )
    together = pd.DataFrame({"given_name": [" ".join(row) for row in rows]}, dtype=object)
    for box in others:
        apart[box] = together[box] = pd.Series(["Leka", "", "Teklay Rahman"] * len(together))[: len(together)]
    assert words(read(apart)) == words(read(together))


@pytest.mark.parametrize("middle", ["N/A", "NMN", "-", "none", "NA", " ", None])
def test_no_middle_name_is_none(middle):
    found = read(pd.DataFrame({"given_name": ["Zamir"], "middle_names": [middle], "family_name": ["Testaj"]}))
    assert [text for text, _ in words(found)[0]] == ["zamir", "testaj"]


def test_a_whole_name_holds_the_middle_name_and_alone_it_is_still_a_name():
    frame = pd.DataFrame({"middle_names": ["Hung", "Hung"], "name": ["Zamir Hung Testaj", None]})
    whole, alone = ([text for text, _ in bag] for bag in words(read(frame)))
    assert (whole, alone) == (["zamir", "hung", "testaj"], ["hung"])


@given(st.lists(st.sampled_from(TEXTS), min_size=1, max_size=12))
def test_each_word_of_the_vocabulary_has_its_keys_once_and_in_order(texts):
    bags = read(pd.DataFrame({"given_name": texts}, dtype=object)).bags
    assert list(bags.tokens.texts) == sorted(set(bags.tokens.texts))
    for number, word in enumerate(bags.tokens.texts):
        assert bags.skeleton_texts[bags.skeleton[number]] == skeleton(word)
        assert bags.variant_texts[bags.variant[number]] == variant_class(word)
        assert bags.sound_texts[bags.sound[number]] == sounds(word)
        assert bags.is_initial[number] == (len(word) == 1)


def test_an_alias_that_only_shortens_a_name_of_its_row_is_left_out():
    aliases = ["Zam", "Zami", "Ben", "Ghost", "Osei", "Zam Ghost"]
    frame = pd.DataFrame({"given_name": "Zamir Benjamin", "family_name": "Osei", "alias": aliases})
    left = [[word for word, role in bag if role == NameRole.ALIAS] for bag in words(read(frame))]
    assert left == [[], [], [], ["ghost"], [], ["ghost"]]
    alone = read(pd.DataFrame({"given_name": ["FNU"], "family_name": ["."], "alias": ["Zam"]}))
    assert words(alone) == [[("zam", NameRole.ALIAS)]]


@pytest.mark.parametrize(
    ("whole", "split"),
    [
        (
            "Abdul Rahman",
            [("Abdul", "Rahman"), ("Rahman", "Abdul"), ("Abdulrahman", ""), ("Abd Al", "Rahman")],
        ),
        ("Gebremedhin Haile", [("Gebre", "Medhin Haile"), ("Gebre Medhin", "Haile")]),
        ("Sean McDonald", [("Sean Mc", "Donald"), ("Sean", "Mc Donald")]),
        ("O'Neil", [("O", "Neil"), ("", "O Neil")]),
        ("Nguyen Van Hung", [("Nguyen Van", "Hung"), ("Nguyen", "Vanhung")]),
        ("Mohammed Uddin", [("Mohammed", "Uddin")]),
        ("Abdul Kamara", [("Abdul", "Kamara")]),
    ],
)
def test_a_referral_says_the_same_whichever_box_its_words_stood_in(whole, split):
    frame = pd.DataFrame({"given_name": ["", *(given for given, _ in split)],
                          "family_name": ["", *(family for _, family in split)],
                          "name": [whole] * (len(split) + 1)})  # fmt: skip
    bags = [[word for word, _ in bag] for bag in words(read(frame))]
    assert bags == [bags[0]] * len(bags)


def test_a_whole_name_serves_only_where_the_two_boxes_are_empty():
    frame = pd.DataFrame(
        {
            "given_name": ["Zamir", "", "FNU", ""],
            "family_name": ["", "", "", "Testaj"],
            "name": ["Osei Example"] * 4,
        }
    )
    found = [[word for word, _ in bag] for bag in words(read(frame))]
    assert found == [["zamir"], ["osei", "example"], ["osei", "example"], ["testaj"]]


def test_a_repeated_word_counts_once_in_its_first_role():
    frame = pd.DataFrame({"given_name": ["Zamir"], "family_name": ["Zamir"], "alias": ["Zamir"]})
    assert words(read(frame)) == [[("zamir", NameRole.GIVEN)]]


@pytest.mark.parametrize("missing", [None, float("nan"), pd.NA, "", "  ", "Unknown", ["Zamir"], {"a": 1}])
def test_what_is_no_name_gives_an_empty_bag(missing):
    column = pd.Series([missing, "Zamir"], dtype=object)
    found = read(pd.DataFrame({"given_name": column}))
    assert words(found) == [[], [("zamir", NameRole.GIVEN)]]


def test_no_columns_and_no_rows():
    found = name_bags({}, 3, 6)
    assert found.bags.tokens.start.tolist() == [0, 0, 0, 0]
    assert name_bags({"given_name": (pd.Series([], dtype=object),)}, 0, 6).bags.tokens.start.tolist() == [0]
    assert found.bags.tokens.token.dtype == np.int32


def test_the_repr_shows_no_name():
    found = read(pd.DataFrame({"given_name": ["Xhevahire"], "family_name": ["Testaj"]}))
    assert "xhevahire" not in repr(found).casefold()
    assert "testaj" not in repr(found).casefold()
