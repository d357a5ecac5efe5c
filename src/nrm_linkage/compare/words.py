"""Two name words -> a level, computed once for each distinct pair of words.

Levels, best first: exact; variant (same spelling-variant class or same skeleton); near (one edit in a word of
four letters or more, Jaro-Winkler of at least 0.92 in words of five or more, or the same phonetic code with
Jaro-Winkler of at least 0.85); shortened (an initial, the beginning or end of the longer word, a nickname);
none. Cuts chosen by us from domain.md 4.2.

It does not look at frequency or at where the words stood.
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import OSA, JaroWinkler

from nrm_linkage.normalise.variants import nickname_classes
from nrm_linkage.tables import Int8s, Int64s, NameBags

__all__ = ["WordLevel", "word_levels"]


class WordLevel(IntEnum):
    """How well two words agree; greater is better."""

    NONE = 0
    SHORTENED = 1
    NEAR = 2
    VARIANT = 3
    EXACT = 4


NEAR_JARO_WINKLER = 0.92
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
    open_ = np.flatnonzero(levels == 0)
    n_words = max(len(bags.tokens.texts), 1)
    packed = np.minimum(left[open_], right[open_]) * n_words + np.maximum(left[open_], right[open_])
    distinct, inverse = np.unique(packed, return_inverse=True)
    levels[open_] = _unlike_words(bags, distinct // n_words, distinct % n_words)[inverse]
    return levels.reshape(shape)


def _unlike_words(bags: NameBags, left: Int64s, right: Int64s) -> Int8s:
    """Near, shortened or none, for words that are neither equal nor variants."""
    levels = np.zeros(len(left), dtype=np.int8)
    texts = np.array(bags.tokens.texts, dtype=object)
    letters = np.array([len(text) for text in bags.tokens.texts], dtype=np.int64)
    shorter, longer = np.where(letters[left] <= letters[right], (left, right), (right, left))
    levels[_is_short_form(bags, shorter, longer)] = WordLevel.SHORTENED
    long_enough = (
        np.flatnonzero(letters[shorter] >= NEAR_MIN_LETTERS) if len(left) else np.zeros(0, dtype=np.int64)
    )
    if not len(long_enough):
        return levels
    a, b = texts[left[long_enough]].tolist(), texts[right[long_enough]].tolist()
    edits = process.cpdist(a, b, scorer=OSA.distance, score_cutoff=1, dtype=np.int32)
    similarity = process.cpdist(a, b, scorer=JaroWinkler.similarity, dtype=np.float64)
    near = (edits <= 1) | (
        (similarity >= NEAR_JARO_WINKLER) & (letters[shorter[long_enough]] >= JARO_WINKLER_MIN_LETTERS)
    )
    near |= (bags.sound[left[long_enough]] == bags.sound[right[long_enough]]) & (
        similarity >= ALIKE_JARO_WINKLER
    )
    levels[long_enough[near]] = WordLevel.NEAR
    return levels


def _is_short_form(
    bags: NameBags, shorter: Int64s, longer: Int64s
) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    texts = bags.tokens.texts
    nicknames = {
        word: nickname_classes(texts[word]) for word in np.unique(np.concatenate([shorter, longer])).tolist()
    }

    def is_short_form(short: int, long: int) -> bool:
        a, b = texts[short], texts[long]
        if len(a) == 1:
            return b.startswith(a)
        if len(a) >= BEGINNING_MIN_LETTERS and b.startswith(a):
            return True
        if len(a) >= END_MIN_LETTERS and b.endswith(a):
            return True
        return not nicknames[short].isdisjoint(nicknames[long])

    pairs = zip(shorter.tolist(), longer.tolist(), strict=True)
    return np.fromiter((is_short_form(short, long) for short, long in pairs), dtype=bool, count=len(shorter))
