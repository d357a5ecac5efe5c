"""Two bags of name words -> the levels of the name fields, whichever boxes the words stood in.

In this order: two words of one bag that the other writes as one (`Leigh Anne`, `Leighanne`) are taken as that
one; every word of one bag is levelled against every word of the other (`words`); the bags are aligned one to
one, best levels first, words in the same place before others; the word that names the person (the first given
name that is more than a middle-name marker; failing a given name, the first word) is judged as `given_name`;
all other words together as `other_name`, where one side has no more than one of them, or as `other_names`: of
several words some may agree and some differ, and all seldom do.

Two words that are equal in Latin letters, but were recorded in another script as different words, are no more
than variants: two Chinese characters of one reading are not one word.

Words that one side has and the other lacks are no conflict; words left over on *both* sides are, because a
person's father's, grandfather's and family names are used by turns but two full sets rarely differ. An alias
may help an agreement and is never a conflict (domain.md 4.2). It does not weigh anything: frequencies come in
through `Rarity`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from nrm_linkage.compare.fields import GivenLevel, OtherNamesLevel
from nrm_linkage.compare.words import WordLevel, WordTable, word_levels
from nrm_linkage.narrow import row_any, row_counts, row_minima
from nrm_linkage.normalise.names import NameRole
from nrm_linkage.tables import Float64s, Int8s, Int32s, Int64s, Mask, NameBags

__all__ = ["AlignedNames", "PaddedBags", "align", "padded"]

_Kind = TypeVar("_Kind", bound=np.generic)

MIDDLE_MARKERS = ("van", "thi")
"""Vietnamese middle words that mark gender and name nobody (domain.md 4.1)."""


_GIVEN_OF = np.array(
    [0, GivenLevel.SHORTENED, GivenLevel.NEAR, GivenLevel.VARIANT, GivenLevel.EXACT], dtype=np.int8
)
_OTHER_OF = np.array(
    [0, OtherNamesLevel.SHORTENED, OtherNamesLevel.NEAR, OtherNamesLevel.VARIANT, OtherNamesLevel.EXACT],
    dtype=np.int8,
)
"""Levels of the fields by `WordLevel`."""


@dataclass(frozen=True, eq=False)
class PaddedBags:
    """Bags as matrices. `word`, `role`: (n, k); `held`: where there is a word; `joined`: int32 (n, k), the
    word that a word makes with the next, -1 for none; `principal`: int64 (n,), place of the naming word;
    `count`: int8 (n,), words of the bag, which stand first; `native`: int32 (n, k), codes of words in other
    scripts, None where there are none; `words`: the vocabulary.
    """

    word: Int32s
    role: Int8s
    held: Mask
    joined: Int32s
    principal: Int64s
    count: Int8s
    words: WordTable
    native: Int32s | None = None

    def of(self, rows: Int32s, width: int | None = None) -> PaddedBags:
        """The bags of some rows: their first `width` places, or all."""

        def taken(matrix: npt.NDArray[_Kind]) -> npt.NDArray[_Kind]:
            return np.ascontiguousarray(matrix.take(rows, axis=0)[:, :width])

        return replace(
            self,
            word=taken(self.word),
            role=taken(self.role),
            held=taken(self.held),
            joined=taken(self.joined),
            principal=self.principal.take(rows),
            count=self.count.take(rows),
            native=None if self.native is None else taken(self.native),
        )


@dataclass(frozen=True, eq=False)
class AlignedNames:
    """Levels and the aligned words behind them, for p pairs.

    `given`, `other`: int8 (p,); `several`: bool (p,), where both sides have two or more other words. For each
    of up to k alignments: `left_word`, `right_word` int32 (p, k), `level` int8 (p, k) a `WordLevel` (NONE
    where there is no alignment), `is_given` bool (p, k): counted under `given_name`, otherwise with the other
    names. `n_other`: int64 (p,), other words aligned; `choices_bits`: float64 (p,), log2 of the ways in which
    so many words of one side can stand for so many of the other: strangers have that many chances to agree in
    them.
    """

    given: Int8s
    other: Int8s
    several: Mask
    left_word: Int32s
    right_word: Int32s
    level: Int8s
    is_given: Mask
    n_other: Int64s
    choices_bits: Float64s


def padded(bags: NameBags) -> PaddedBags:
    """Lay the bags out as matrices as wide as the fullest bag."""
    tokens = bags.tokens
    n_rows, width = len(tokens.start) - 1, max(int(tokens.count.max(initial=0)), 1)
    place = np.arange(len(tokens.token)) - tokens.start[tokens.row]
    word = np.zeros((n_rows, width), dtype=np.int32)
    role = np.zeros((n_rows, width), dtype=np.int8)
    held = np.zeros((n_rows, width), dtype=bool)
    joined = np.full((n_rows, width), -1, dtype=np.int32)
    joined[tokens.row, place] = bags.joined
    word[tokens.row, place] = tokens.token
    role[tokens.row, place] = bags.role
    held[tokens.row, place] = True
    native = None
    if len(bags.native_texts) > 1:
        native = np.zeros((n_rows, width), dtype=np.int32)
        native[tokens.row, place] = bags.native
    marker = (
        np.isin(np.array(tokens.texts, dtype=object), MIDDLE_MARKERS)
        if tokens.texts
        else np.zeros(1, dtype=bool)
    )
    # Lower is better: a given name, then a whole name's word, then any other; an alias, a middle marker or an
    # initial only when nothing else is there.
    rank = np.select([role == NameRole.GIVEN, role == NameRole.UNKNOWN, role == NameRole.ALIAS], [0, 1, 6], 2)
    rank = np.where(held, rank + 3 * (marker[word] | bags.is_initial[word] if tokens.texts else 0), 99)
    return PaddedBags(
        word=word,
        role=role,
        held=held,
        joined=joined,
        principal=np.argmin(rank, axis=1),
        count=tokens.count.astype(np.int8),
        words=WordTable.of(bags),
        native=native,
    )


def align(matrix: PaddedBags, left: Int32s, right: Int32s, width: int | None = None) -> AlignedNames:
    """Align the bags of each pair and judge the result. `left`, `right`: int32 (p,), rows; `width`: places
    that their bags fill at most, all where None.
    """
    written_l, written_r = matrix.of(left, width), matrix.of(right, width)
    of_left, joined_l = _as_the_other_writes(written_l, written_r)
    of_right, joined_r = _as_the_other_writes(written_r, written_l)
    level = _level_matrix(of_left, of_right)
    if len(joined_l[0]) or len(joined_r[0]):
        level[joined_l] = np.minimum(level[joined_l], WordLevel.VARIANT)
        level[joined_r[0], :, joined_r[1]] = np.minimum(level[joined_r[0], :, joined_r[1]], WordLevel.VARIANT)
    partner, aligned = _one_to_one(of_left, of_right, level)
    return _judged(of_left, of_right, partner, aligned)


def _as_the_other_writes(own: PaddedBags, other: PaddedBags) -> tuple[PaddedBags, tuple[Int64s, Int64s]]:
    """The bags, (p, k), with two words made one where the bag of the other side holds that one; and the pairs
    and places of those words.
    """
    pair, place = np.nonzero(own.joined >= 0)
    if not len(pair):
        return own, (pair, place)
    meets = (other.held[pair] & (other.word[pair] == own.joined[pair, place][:, None])).any(axis=1)
    pair, place = pair[meets], place[meets]
    # Of three words of which two ways make one, the first.
    once = np.ones(len(pair), dtype=bool)
    once[1:] = (pair[1:] != pair[:-1]) | (place[1:] != place[:-1] + 1)
    pair, place = pair[once], place[once]
    if not len(pair):
        return own, (pair, place)
    word, held, principal = own.word.copy(), own.held.copy(), own.principal.copy()
    word[pair, place], held[pair, place + 1] = own.joined[pair, place], False
    names = principal[pair] == place + 1
    principal[pair[names]] = place[names]
    native = own.native if own.native is None else own.native.copy()
    if native is not None:
        native[pair, place] = 0
    return replace(own, word=word, held=held, principal=principal, native=native), (pair, place)


def _level_matrix(of_left: PaddedBags, of_right: PaddedBags) -> Int8s:
    """The level of every word of left against every word of right, int8 (p, k, k), NONE where either has no
    word.
    """
    both = of_left.held[:, :, None] & of_right.held[:, None, :]
    sides = (of_left.word[:, :, None], of_right.word[:, None, :])
    met = (np.broadcast_to(side, both.shape)[both] for side in sides)
    levels = np.zeros(both.shape, dtype=np.int8)
    levels[both] = word_levels(of_left.words, *met)
    if of_left.native is not None and of_right.native is not None:
        pair, i, j = np.nonzero(levels == WordLevel.EXACT)
        native_l, native_r = of_left.native[pair, i], of_right.native[pair, j]
        differ = (native_l != native_r) & (native_l > 0) & (native_r > 0)
        levels[pair[differ], i[differ], j[differ]] = WordLevel.VARIANT
    return levels


def _one_to_one(of_left: PaddedBags, of_right: PaddedBags, level: Int8s) -> tuple[Int64s, Int8s]:
    """For each word of left its partner in right and their level (NONE where it has none): best levels first.

    Among equal levels words in the same kind of box go first, then words in the same place; both tie-breaks
    are symmetric.
    """
    width = level.shape[1]
    partner = np.zeros(level.shape[:2], dtype=np.int64)
    aligned = np.zeros(level.shape[:2], dtype=np.int8)
    # Most pairs of strangers have nothing to align.
    at = np.flatnonzero(row_any(level.reshape(len(level), width * width)))
    level = level[at]
    same_box = of_left.role[at][:, :, None] == of_right.role[at][:, None, :]
    distance = np.abs(np.arange(width)[:, None] - np.arange(width)[None, :])
    score = level.astype(np.int16) * 64 + same_box * 16 + (width - distance)
    score[level == WordLevel.NONE] = 0
    everyone = np.arange(len(level))
    for _ in range(width):
        best = score.reshape(len(score), width * width).argmax(axis=1)
        i, j = np.divmod(best, width)
        found = everyone[score[everyone, i, j] > 0]
        if not len(found):
            break
        i, j = i[found], j[found]
        partner[at[found], i], aligned[at[found], i] = j, level[found, i, j]
        score[found, i, :] = 0
        score[found, :, j] = 0
    return partner, aligned


def _judged(of_left: PaddedBags, of_right: PaddedBags, partner: Int64s, aligned: Int8s) -> AlignedNames:
    pairs, width = aligned.shape
    everyone = np.arange(pairs)
    place_l, place_r = of_left.principal, of_right.principal
    is_aligned = aligned > WordLevel.NONE
    owner_of_right = np.full((pairs, width), -1, dtype=np.int64)
    rows, i = np.nonzero(is_aligned)
    owner_of_right[rows, partner[rows, i]] = i
    own_l, own_r = _own(of_left), _own(of_right)
    loose_l, loose_r = row_counts(own_l & ~is_aligned), row_counts(own_r & (owner_of_right < 0))
    words_l, words_r = of_left.word, of_right.word[everyone[:, None], partner]
    l_aligned = is_aligned[everyone, place_l]
    r_owner = owner_of_right[everyone, place_r]
    together = l_aligned & (partner[everyone, place_l] == place_r)
    either, both = l_aligned | (r_owner >= 0), l_aligned & (r_owner >= 0)
    given_place = np.where(l_aligned, place_l, np.maximum(r_owner, 0))
    other_place = np.where(both, r_owner, given_place)
    swap = _goes_before(aligned, words_l, words_r, other_place, given_place)
    given_place = np.where(swap, other_place, given_place)
    ends = of_left.role[everyone, given_place], of_right.role[everyone, partner[everyone, given_place]]
    is_alias = either & ((ends[0] == NameRole.ALIAS) | (ends[1] == NameRole.ALIAS))
    # One naming word aligned elsewhere, with no alias, the other not at all, and words to spare on both
    # sides: the names were not moved, they differ.
    moved = ~together & (both | is_alias | (either & ~((loose_l > 0) & (loose_r > 0))))
    known: Mask = np.asarray(row_any(of_left.held) & row_any(of_right.held))
    given = np.select(
        [~known, together, is_alias, moved],
        [GivenLevel.MISSING, _GIVEN_OF[aligned[everyone, place_l]], GivenLevel.ALIAS, GivenLevel.MOVED],
        GivenLevel.DIFFERENT,
    ).astype(np.int8)

    is_given = np.zeros((pairs, width), dtype=bool)
    is_given[everyone, given_place] = together | moved
    # A naming word without a partner is judged with the given name, or is what the alias stands for.
    judged = (given == GivenLevel.DIFFERENT) | (given == GivenLevel.ALIAS)
    conflicts = np.minimum(loose_l - (judged & ~l_aligned), loose_r - (judged & (r_owner < 0)))
    other = _other_level(np.where(is_given, 0, aligned), conflicts, known)
    n_other = row_counts(is_aligned & ~is_given)
    n_left, n_right = row_counts(own_l), row_counts(own_r)
    return AlignedNames(
        given=given,
        other=other,
        several=np.minimum(n_left, n_right) > 2,
        left_word=words_l,
        right_word=words_r,
        level=aligned,
        is_given=is_given,
        n_other=n_other,
        choices_bits=_choices_bits(_whole_words(of_left, own_l), _whole_words(of_right, own_r), n_other),
    )


def _goes_before(aligned: Int8s, words_l: Int32s, words_r: Int32s, a: Int64s, b: Int64s) -> Mask:
    """Whether the alignment at place `a` of the left bag stands for the given name rather than that at `b`.

    Where both naming words moved, two alignments could: the better one does, so that the worse is left to
    lower the level of the other names; of equal ones that with the first word of the alphabet. Left and right
    are alike in this.
    """
    everyone = np.arange(len(aligned))
    level_a, level_b = aligned[everyone, a], aligned[everyone, b]
    (low_a, high_a), (low_b, high_b) = (
        (np.minimum(left, right), np.maximum(left, right))
        for left, right in ((words_l[everyone, at], words_r[everyone, at]) for at in (a, b))
    )
    earlier = (low_a < low_b) | ((low_a == low_b) & (high_a < high_b))
    return np.asarray((level_a > level_b) | ((level_a == level_b) & earlier), dtype=bool)


def _choices_bits(n_left: Int64s, n_right: Int64s, n_aligned: Int64s) -> Float64s:
    """log2 of the ways to choose `n_aligned` words among the other words of the side with fewer, and for each
    of them one of the other side. `n_left`, `n_right`: whole words of each.
    """
    fewer, more = (np.maximum(of(n_left, n_right) - 1, n_aligned) for of in (np.minimum, np.maximum))
    most = int(more.max(initial=0)) + 1
    chosen, placed = (
        np.array([[of(n, k) if k <= n else 1 for k in range(most)] for n in range(most)], dtype=np.float64)
        for of in (math.comb, math.perm)
    )
    return np.asarray(np.log2(chosen[fewer, n_aligned] * placed[more, n_aligned]), dtype=np.float64)


def _whole_words(bags: PaddedBags, own: Mask) -> Int64s:
    """Words of a name that are more than an initial, which no whole word of the other could be."""
    initial = bags.words.bags.is_initial
    return row_counts(own & ~initial[bags.word]) if initial.any() else row_counts(own)


def _own(bags: PaddedBags) -> Mask:
    """Where there is a word of a name: an alias is none."""
    return np.asarray(bags.held & (bags.role != NameRole.ALIAS))


def _other_level(aligned: Int8s, conflicts: Int64s, known: Mask) -> Int8s:
    """The level of all words but the naming one. `aligned`: int8 (p, k) word levels with the naming word's
    set to NONE.
    """
    any_aligned = row_any(aligned)
    worst = row_minima(np.where(aligned > 0, aligned, np.int8(WordLevel.EXACT)))
    level = np.select(
        [~known | (~any_aligned & (conflicts <= 0)), any_aligned & (conflicts > 0), any_aligned],
        [OtherNamesLevel.MISSING, OtherNamesLevel.PARTLY, _OTHER_OF[worst]],
        OtherNamesLevel.DIFFERENT,
    )
    return np.asarray(level, dtype=np.int8)
