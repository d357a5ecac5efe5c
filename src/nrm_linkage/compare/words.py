"""Two name words -> a level, computed once for each distinct pair of words.

Levels, best first: exact; variant (same spelling-variant class or same skeleton, unless the two are known
to be different names); near (few edits for the length of the shorter word, or of its skeleton; Jaro-Winkler
of at least 0.92; or the same phonetic code with Jaro-Winkler of at least 0.85); shortened (an initial, the
beginning or end of the longer word, a nickname); none. Cuts chosen by us from domain.md 4.2.

It does not look at frequency or at where the words stood.
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import OSA, JaroWinkler

from nrm_linkage.normalise.variants import known_different, nickname_classes
from nrm_linkage.tables import Int8s, Int64s, Mask, NameBags

__all__ = ["WordLevel", "word_levels"]


class WordLevel(IntEnum):
    """How well two words agree; greater is better."""

    NONE = 0
    SHORTENED = 1
    NEAR = 2
    VARIANT = 3
    EXACT = 4


NEAR_JARO_WINKLER = 0.92
SKELETON_JARO_WINKLER = 0.75
ALIKE_JARO_WINKLER = 0.85
NEAR_MIN_LETTERS = 4
JARO_WINKLER_MIN_LETTERS = 5
BEGINNING_MIN_LETTERS = 3
END_MIN_LETTERS = 4


def word_levels(bags: NameBags, left: Int64s, right: Int64s) -> Int8s:
    """The level of each pair of words. `left`, `right`: int64 of any one shape, codes into the vocabulary."""
    shape = left.shape
    left, right = left.ravel(), right.ravel()
    levels = np.zeros(len(left), dtype=np.int8)
    alike = (bags.skeleton[left] == bags.skeleton[right]) | (bags.variant[left] == bags.variant[right])
    levels[alike & ~bags.is_initial[left] & ~bags.is_initial[right]] = WordLevel.VARIANT
    levels[left == right] = WordLevel.EXACT
    n_words = max(len(bags.tokens.texts), 1)
    for level, judged in ((WordLevel.VARIANT, _unless_known_different), (WordLevel.NONE, _unlike_words)):
        open_ = np.flatnonzero(levels == level)
        packed = np.minimum(left[open_], right[open_]) * n_words + np.maximum(left[open_], right[open_])
        distinct, inverse = np.unique(packed, return_inverse=True)
        levels[open_] = judged(bags, distinct // n_words, distinct % n_words)[inverse]
    return levels.reshape(shape)


def _unless_known_different(bags: NameBags, left: Int64s, right: Int64s) -> Int8s:
    """Variant, or near where two words that sound alike are known to be different names."""
    texts = bags.tokens.texts
    apart = [known_different(texts[a], texts[b]) for a, b in zip(left.tolist(), right.tolist(), strict=True)]
    return np.where(np.array(apart, dtype=bool), WordLevel.NEAR, WordLevel.VARIANT).astype(np.int8)


def _unlike_words(bags: NameBags, left: Int64s, right: Int64s) -> Int8s:
    """Near, shortened or none, for words that are neither equal nor variants."""
    levels = np.zeros(len(left), dtype=np.int8)
    texts = np.array(bags.tokens.texts, dtype=object)
    letters = _lengths(bags.tokens.texts)
    shorter, longer = np.where(letters[left] <= letters[right], (left, right), (right, left))
    levels[_is_short_form(bags.tokens.texts, letters, shorter, longer)] = WordLevel.SHORTENED
    long_enough = np.flatnonzero(letters[shorter] >= NEAR_MIN_LETTERS)
    left, right, size = left[long_enough], right[long_enough], letters[shorter[long_enough]]
    similarity = process.cpdist(texts[left], texts[right], scorer=JaroWinkler.similarity, dtype=np.float64)
    near = _few_edits(texts[left], texts[right], size)
    near |= (similarity >= NEAR_JARO_WINKLER) & (size >= JARO_WINKLER_MIN_LETTERS)
    near |= (bags.sound[left] == bags.sound[right]) & (similarity >= ALIKE_JARO_WINKLER)
    skeletons, length = np.array(bags.skeleton_texts, dtype=object), _lengths(bags.skeleton_texts)
    key_l, key_r = bags.skeleton[left], bags.skeleton[right]
    alike = _few_edits(skeletons[key_l], skeletons[key_r], np.minimum(length[key_l], length[key_r]) - 1)
    near |= alike & (similarity >= SKELETON_JARO_WINKLER)
    levels[long_enough[near]] = WordLevel.NEAR
    return levels


def _lengths(texts: tuple[str, ...]) -> Int64s:
    return np.array([len(text) for text in texts], dtype=np.int64)


def _few_edits(
    a: np.ndarray[tuple[int], np.dtype[np.object_]],
    b: np.ndarray[tuple[int], np.dtype[np.object_]],
    letters: Int64s,
) -> Mask:
    """At most one edit in words of four letters or more, two of seven, three of ten; exchanged neighbours are
    one.
    """
    allowed = np.select([letters >= 10, letters >= 7, letters >= NEAR_MIN_LETTERS], [3, 2, 1], 0)
    edits = process.cpdist(a, b, scorer=OSA.distance, score_cutoff=3, dtype=np.int32)
    return np.asarray((edits <= allowed) & (allowed > 0))


def _is_short_form(texts: tuple[str, ...], letters: Int64s, shorter: Int64s, longer: Int64s) -> Mask:
    """Whether the shorter word is an initial, the beginning or the end of the longer, or a nickname of it."""
    size = letters[shorter]
    result = np.zeros(len(shorter), dtype=bool)
    for may_be, affix, test in (
        (size == 1, [text[:1] for text in texts], None),
        (size >= BEGINNING_MIN_LETTERS, [text[:BEGINNING_MIN_LETTERS] for text in texts], str.startswith),
        (size >= END_MIN_LETTERS, [text[-END_MIN_LETTERS:] for text in texts], str.endswith),
    ):
        # The affixes as codes rule out nearly every pair before any text is looked at.
        _, code = np.unique(np.array(affix or [""]), return_inverse=True)
        same = np.flatnonzero(may_be & (code[shorter] == code[longer]))
        if test is not None:
            pairs = zip(shorter[same].tolist(), longer[same].tolist(), strict=True)
            same = same[np.array([test(texts[long], texts[short]) for short, long in pairs], dtype=bool)]
        result[same] = True
    return result | _are_nicknames(texts, shorter, longer)


def _are_nicknames(texts: tuple[str, ...], left: Int64s, right: Int64s) -> Mask:
    """Whether two words may stand for one name. A word always stands for its own class, so one of the two
    needs another.
    """
    result = np.zeros(len(left), dtype=bool)
    words = np.unique(np.concatenate([left, right])).tolist()
    classes = {word: nickname_classes(texts[word]) for word in words}
    has_more = np.zeros(len(texts), dtype=bool)
    has_more[[word for word in words if len(classes[word]) > 1]] = True
    open_ = np.flatnonzero(has_more[left] | has_more[right]) if len(texts) else left
    pairs = zip(left[open_].tolist(), right[open_].tolist(), strict=True)
    result[open_] = [not classes[a].isdisjoint(classes[b]) for a, b in pairs]
    return result
