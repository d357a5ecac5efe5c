"""Classes of spellings, short forms, and look-alikes that are different names."""

from string import ascii_lowercase

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from nrm_linkage.normalise import variants
from nrm_linkage.normalise.name_tables import read_lines
from nrm_linkage.normalise.variants import known_different, nickname_classes, variant_class

KNOWN = sorted({word for line in read_lines("names_variants.txt") for word in line.split()})
words = st.one_of(st.sampled_from(KNOWN), st.text(alphabet="abcdehiklmnorstuvz", min_size=1, max_size=14))


@pytest.mark.parametrize(
    ("token", "canonical"),
    [
        ("muhammad", "mohammed"),
        ("maxamed", "mohammed"),
        ("maxamuud", "mahmoud"),
        ("ghebremedhin", "gebremedhin"),
        ("cabdiraxmaan", "abdulrahman"),
        ("abdurrahim", "abdulrahim"),
        ("abdelkarim", "abdulkarim"),
        ("salaheddine", "salahuddin"),
        ("rahmatollah", "rahmatullah"),
        ("ghebrekidan", "gebrekidan"),
        ("macgregor", "mcgregor"),
        ("petrova", "petrov"),
        ("nowakowska", "nowakowski"),
        ("petrauskiene", "petrauskas"),
        ("alhassan", "hassan"),
        ("elmohamed", "mohammed"),
        ("albert", "albert"),
        ("elmira", "elmira"),
        ("eva", "eva"),
        ("tamika", "tamika"),
    ],
)
def test_a_token_has_one_class(token, canonical):
    assert variant_class(token) == canonical


def matching(pattern):
    """Words of six letters or more that a pattern matches, whatever may be looked at before it."""
    words = st.from_regex(pattern, fullmatch=True, alphabet=ascii_lowercase)
    return words.filter(lambda word: len(word) >= 6)


@given(matching(variants._GEEZ_FIRST))
def test_no_compound_of_two_geez_names_is_ruled_out_before_its_pattern(word):
    assume(word not in variants._classes() and not variants._ABD.fullmatch(word))
    match = variants._GEEZ_FIRST.fullmatch(word)
    assert match and variant_class(word) == variants._GEEZ[match[1]] + variant_class(match[2])


@pytest.mark.parametrize(
    ("pattern", "endings", "canonical"),
    [
        (variants._ULLAH, "ula ulah ullah ola olah ollah", "ullah"),
        (variants._UDDIN, "uddin udin aldin eddine uldeen eddiine ualdiyn udyne addeene", "uddin"),
    ],
)
@given(data=st.data())
def test_no_compound_with_an_arabic_ending_is_ruled_out_before_its_pattern(
    pattern, endings, canonical, data
):
    written = st.builds(str.__add__, st.text("abdhmrst", min_size=3), st.sampled_from(endings.split()))
    word = data.draw(st.one_of(written, matching(pattern)))
    sooner = (variants._ABD, variants._GEEZ_FIRST)
    assume(word not in variants._classes() and not any(each.fullmatch(word) for each in sooner))
    assume(not word.endswith(("olla", "ulla")))
    match = pattern.fullmatch(word)
    assume(match)
    assert variant_class(word) == variant_class(match["rest"]) + canonical


@given(st.text(alphabet="bcdfghjkmnp", min_size=6, max_size=8), st.sampled_from(variants._GENDERED))
def test_no_gendered_ending_is_ruled_out(stem, ending):
    feminine, masculine, _ = ending
    assert variant_class(stem + feminine) == stem + masculine


@pytest.mark.parametrize(
    ("short", "full"),
    [
        ("ben", "benjamin"),
        ("seun", "oluwaseun"),
        ("rahim", "abdurrahim"),
        ("rahmat", "rahmatullah"),
        ("salah", "salaheddine"),
        ("wong", "huang"),
        ("wong", "wang"),
        ("peter", "piotr"),
        ("becky", "rebekah"),
        ("hama", "mohammad"),
        ("kasia", "katarzyna"),
        ("hsieh", "xie"),
        ("funke", "olufunke"),
    ],
)
def test_a_short_form_meets_its_name(short, full):
    assert variant_class(short) != variant_class(full)
    assert nickname_classes(short) & nickname_classes(full)


@pytest.mark.parametrize(
    ("one", "other"),
    [("alexander", "albert"), ("abdulrahim", "abdulrahman"), ("huang", "wang"), ("albert", "hubert")],
)
def test_names_with_a_short_form_in_common_do_not_meet(one, other):
    assert not nickname_classes(one) & nickname_classes(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("haile", "hailu"),
        ("hayle", "haylu"),
        ("salih", "salah"),
        ("saleh", "salax"),
        ("mohamed", "mohamud"),
        ("pham", "phan"),
        ("phuong", "phong"),
        ("zhao", "zhou"),
    ],
)
def test_look_alikes_are_known(one, other):
    assert known_different(one, other)
    assert known_different(other, one)


def test_a_name_is_in_one_class_only():
    assert len(KNOWN) == sum(len(line.split()) for line in read_lines("names_variants.txt"))


def test_tables_hold_letters_only():
    for table in ("names_variants.txt", "names_short_forms.txt", "names_different.txt"):
        assert all(
            word.isascii() and word.isalpha() and word.islower()
            for line in read_lines(table)
            for word in line.split()
        )


@given(words)
def test_a_class_names_itself(token):
    canonical = variant_class(token)
    assert variant_class(canonical) == canonical
    assert canonical in nickname_classes(token)
    assert variants.known_different(token, token) is False


@given(words, words)
def test_different_is_symmetric_and_never_within_a_class(one, other):
    assert known_different(one, other) == known_different(other, one)
    if variant_class(one) == variant_class(other):
        assert not known_different(one, other)
