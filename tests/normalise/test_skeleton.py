"""The skeleton: spellings that must share a key, names that must not, and how it compares with keys made for
English.
"""

import csv
import itertools
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import jellyfish
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nrm_linkage.normalise.names import NameBox, read_name
from nrm_linkage.normalise.skeleton import skeleton
from nrm_linkage.normalise.sounds import sounds

SHARED = """tesfay tesfaye tesfai tasfay tsfay|gebremedhin ghebremedhin gebermedhin gbremedhin
yohannes johannes yohanes iohannes|yusuf yousef jusuf yussuf josef yousif
ahmed ahmad axmed ahamed ahmet ahmmed|khalid khaled xalid halid|hassan hasan xasan hassen hasani
hussein hossein husayn hussain xuseen huseyin|abdulrahman abdelrahman abdurrahman abdirahman cabdiraxmaan
ali cali aly caali|omar umar cumar oumar omer|osman usman ousmane
mohammed muhammad mohamad mouhamed mohamet|rashid rachid rasheed|sharif cherif sherif|berisha berisa
shpetim spetim shpetimi|fatjon fation fatyon fatjoni|kristjan kristian christian|krasnici krasnichi
xhemal jemal zhemal|bakhtiar baxtiyar bextiyar bakhtyar|mukhtar muqtaar moktar|dilshad dlshad delshad
ivanov ivanova iwanow ivanoff|kowalski kowalska|kazlauskas kazlauskiene kazlauskaite
georgi gueorgui georgy|lakshmi laksmi|jaswinder jasvinder|gurpreet gurprit|harpreet harprit
chowdhury choudhury chaudhry choudhary|philmon filmon|salahuddin salaheldin salaheddine
najibullah najeebullah najibulla|zabihullah zabeehullah zabihollah|ibrahim ebrahim brahim ibraheem
jallow jalloh|toure touray turay"""
APART = """haile hailu|phan pham|hamed ahmed|omar amar|hassan hussein|tran trang|tran tram
kidane kidanemariam|lin ling|zhang zang|kidane berhane|said zaid|nasir nazir|tekle tekleab|berhane berhanu
habtemariam habtemichael|gul ghulam|chen cheng|sara sahra|arun arjun|hoxha hysa|li lu|wang wu|nguyen ngo
minh manh|dan din|karim kamil|abdullah abdulrahman|rahim rahman|ivan ivanov"""


def groups(table: str) -> list[list[str]]:
    return [cell.split() for line in table.splitlines() for cell in line.split("|")]


@pytest.mark.parametrize("spellings", groups(SHARED), ids=lambda group: group[0])
def test_spellings_share_a_key(spellings):
    assert {skeleton(spelling) for spelling in spellings} == {skeleton(spellings[0])}


@pytest.mark.parametrize("names", groups(APART), ids=" ".join)
def test_different_names_do_not(names):
    one, other = names
    assert skeleton(one) != skeleton(other)


def listed_classes() -> dict[str, list[str]]:
    """Single-token names of the lists with their single-token spellings."""
    found: dict[str, list[str]] = {}
    with (Path(__file__).parent / "names_variant_lists.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            read = [read_name(row[column], NameBox.GIVEN).tokens for column in ("name", "form")]
            if (
                row["relation"] == "same"
                and "|" not in row["name"]
                and all(len(tokens) == 1 for tokens in read)
            ):
                found.setdefault(read[0][0].text, []).append(read[1][0].text)
    return found


def share_meeting(key: Callable[[str], str]) -> float:
    pairs = [(name, form) for name, forms in listed_classes().items() for form in forms]
    return sum(key(name) == key(form) for name, form in pairs) / len(pairs)


def share_colliding(key: Callable[[str], str]) -> float:
    """Of pairs of different listed names, the share with one key."""
    counts = Counter(key(name) for name in sorted(listed_classes()))
    size = counts.total()
    return sum(count * (count - 1) for count in counts.values()) / (size * (size - 1))


@pytest.mark.parametrize(
    "english", [jellyfish.soundex, jellyfish.metaphone, jellyfish.nysiis], ids=lambda key: key.__name__
)
def test_it_meets_more_and_collides_less_than_keys_made_for_english(english):
    assert share_meeting(skeleton) > share_meeting(english)
    assert share_colliding(skeleton) < share_colliding(english)


letters = st.text(alphabet="abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=20)


@given(letters)
def test_any_token_has_a_key_of_letters(token):
    for key in (skeleton, sounds):
        assert key(token)
        assert key(token).isascii()
        assert key(token) == key(token)
    assert skeleton(token).isalpha()
    assert len(skeleton(token)) <= 2 * len(token)


@given(st.sampled_from(sorted(itertools.chain(*groups(SHARED)))), st.integers(0, 8))
def test_a_doubled_consonant_changes_nothing(name, at):
    at %= len(name)
    if name[at] in "bmprv" and at > 2:
        assert skeleton(name[:at] + name[at] + name[at:]) == skeleton(name)


@pytest.mark.parametrize(
    ("one", "other"), [("filmon", "philmon"), ("kate", "cate"), ("stephens", "stevens"), ("h", "h")]
)
def test_what_sounds_alike_in_english_has_one_code(one, other):
    assert sounds(one) == sounds(other)
