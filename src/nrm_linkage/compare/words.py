"""Two name words -> a level, computed once for each distinct pair of words that may agree.

Levels, best first: exact; variant (same spelling-variant class or same skeleton, unless the two are known
to be different names); near (few edits for the length of the shorter word, or of its skeleton; Jaro-Winkler
of at least 0.92; or the same phonetic code with Jaro-Winkler of at least 0.85; two syllables, as `Lan` and
`Lam` are, only from four letters on); shortened (an initial, the beginning or end of the longer word, a
nickname); none. Cuts chosen by us from domain.md 4.2, that of three letters in docs/decisions/0028.

Words that `word_table.may_agree` rules out are none without a look at their letters' order. It does not look
at frequency or at where the words stood.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import IntEnum

import numpy as np
import pandas as pd
from rapidfuzz import process
from rapidfuzz.distance import OSA, JaroWinkler

from nrm_linkage.compare.values import shared_tokens
from nrm_linkage.compare.word_table import (
    BEGINNING_MIN_LETTERS,
    END_MIN_LETTERS,
    JARO_WINKLER_MIN_LETTERS,
    NEAR_MIN_LETTERS,
    Texts,
    WordTable,
    few_edits,
    few_skeleton_edits,
    may_agree,
)
from nrm_linkage.tables import Int8s, Int32s, Mask, NameBags

__all__ = ["WordLevel", "WordTable", "word_levels"]


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


def word_levels(table: WordTable, left: Int32s, right: Int32s) -> Int8s:
    """The level of each pair of words. `left`, `right`: integers of any one shape, codes into the
    vocabulary.
    """
    shape, bags = left.shape, table.bags
    left, right = left.ravel(), right.ravel()
    levels = np.zeros(len(left), dtype=np.int8)
    if not len(left):
        return levels.reshape(shape)
    same_class = bags.variant[left] == bags.variant[right]
    alike = (bags.skeleton[left] == bags.skeleton[right]) | same_class
    alike &= ~(bags.is_initial[left] | bags.is_initial[right])
    levels[alike] = WordLevel.VARIANT
    equal = left == right
    levels[equal] = WordLevel.EXACT
    doubted = np.flatnonzero(alike & ~same_class)
    levels[doubted] = _once(_unless_known_different, table, left[doubted], right[doubted])
    open_ = np.flatnonzero(levels == WordLevel.NONE)
    open_ = open_[may_agree(table, left[open_], right[open_])]
    levels[open_] = _once(_unlike_words, table, left[open_], right[open_])
    return levels.reshape(shape)


def _once(
    judge: Callable[[WordTable, Int32s, Int32s], Int8s], table: WordTable, left: Int32s, right: Int32s
) -> Int8s:
    """What `judge` says of each pair of words, asked once for each distinct pair."""
    n_words = max(len(table.letters), 1)
    packed = np.minimum(left, right).astype(np.int64) * n_words + np.maximum(left, right)
    inverse, distinct = pd.factorize(packed)
    pairs = np.divmod(distinct, n_words)
    return judge(table, *(part.astype(np.int32) for part in pairs))[inverse]


def _unless_known_different(table: WordTable, left: Int32s, right: Int32s) -> Int8s:
    """Variant, or near where two words of different classes that sound alike are known to be different names
    (`normalise.variants.known_different`).
    """
    bags = table.bags
    apart = shared_tokens(bags.confused, left, right) >= 0
    syllables = bags.is_syllable[left] & bags.is_syllable[right]
    apart |= syllables & (shared_tokens(bags.short_for, left, right) < 0)
    return np.where(apart, WordLevel.NEAR, WordLevel.VARIANT).astype(np.int8)


def _unlike_words(table: WordTable, left: Int32s, right: Int32s) -> Int8s:
    """Near, shortened or none, for words that are neither equal nor variants."""
    bags, texts = table.bags, table.texts
    levels = np.zeros(len(left), dtype=np.int8)
    left_is_shorter = table.letters[left] <= table.letters[right]
    shorter, longer = np.where(left_is_shorter, (left, right), (right, left))
    levels[_is_short_form(table, shorter, longer)] = WordLevel.SHORTENED
    least = NEAR_MIN_LETTERS + (bags.is_syllable[left] & bags.is_syllable[right])
    long_enough = np.flatnonzero(table.letters[shorter] >= least)
    left, right, size = left[long_enough], right[long_enough], table.letters[shorter[long_enough]]
    similarity = process.cpdist(texts[left], texts[right], scorer=JaroWinkler.similarity, dtype=np.float64)
    near = _edits(texts[left], texts[right]) <= few_edits(size)
    near |= (similarity >= NEAR_JARO_WINKLER) & (size >= JARO_WINKLER_MIN_LETTERS)
    near |= (bags.sound[left] == bags.sound[right]) & (similarity >= ALIKE_JARO_WINKLER)
    of_left, of_right = table.skeleton_texts[left], table.skeleton_texts[right]
    letters = np.minimum(table.skeleton_letters[left], table.skeleton_letters[right])
    alike = _edits(of_left, of_right) <= few_skeleton_edits(letters)
    near |= alike & (similarity >= SKELETON_JARO_WINKLER)
    levels[long_enough[near]] = WordLevel.NEAR
    return levels


def _edits(a: Texts, b: Texts) -> Int32s:
    """How many edits apart words are, 4 for more than three; exchanged neighbours are one edit."""
    return process.cpdist(a, b, scorer=OSA.distance, score_cutoff=3, dtype=np.int32)


def _is_short_form(table: WordTable, shorter: Int32s, longer: Int32s) -> Mask:
    """Whether the shorter word is an initial, the beginning or the end of the longer, or a nickname of it."""
    texts, size = table.bags.tokens.texts, table.letters[shorter]
    result = (size == 1) & (table.first[shorter] == table.first[longer])
    for least, code, test in (
        (BEGINNING_MIN_LETTERS, table.begins, str.startswith),
        (END_MIN_LETTERS, table.ends, str.endswith),
    ):
        # The affixes as codes rule out nearly every pair before any text is looked at.
        same = np.flatnonzero((size >= least) & (code[shorter] == code[longer]))
        pairs = zip(shorter[same].tolist(), longer[same].tolist(), strict=True)
        result[same[np.array([test(texts[long], texts[short]) for short, long in pairs], dtype=bool)]] = True
    return np.asarray(result | _are_nicknames(table.bags, shorter, longer))


def _are_nicknames(bags: NameBags, left: Int32s, right: Int32s) -> Mask:
    """Whether two words may stand for one name. A word always stands for its own class, so one of the two
    needs another.
    """
    open_ = np.flatnonzero((bags.short_for.count_of(left) > 1) | (bags.short_for.count_of(right) > 1))
    result = np.zeros(len(left), dtype=bool)
    result[open_] = shared_tokens(bags.short_for, left[open_], right[open_]) >= 0
    return result
