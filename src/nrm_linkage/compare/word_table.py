"""What there is to know of each word of a vocabulary before two are compared, as arrays, and which pairs of
words it rules out.

Nearly all words that meet are unlike, and the letters that they hold tell so: `may_agree` is a necessary
condition of every level of `words` but exact and variant, for a few array look-ups a pair. It lets pairs
through that are nothing; it never rules one out that is something. Why it holds:

- an edit takes at most one kind of letter away, and an exchange none, so words with n kinds of letters that
  the other lacks are n edits apart or more;
- letters that the other word lacks match nothing in Jaro's sense, so with m letters at most that can match,
  Jaro is (m/a + m/b + 1) / 3 at most, and Winkler's bonus at most 0.4 of what is missing to 1, none where the
  first letters differ.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nrm_linkage.tables import Int8s, Int32s, Mask, NameBags

__all__ = [
    "BEGINNING_MIN_LETTERS",
    "END_MIN_LETTERS",
    "JARO_WINKLER_MIN_LETTERS",
    "NEAR_MIN_LETTERS",
    "Texts",
    "WordTable",
    "few_edits",
    "few_skeleton_edits",
    "may_agree",
]

NEAR_MIN_LETTERS = 3
SKELETON_MIN_LETTERS = 5
JARO_WINKLER_MIN_LETTERS = 5
BEGINNING_MIN_LETTERS = 3
END_MIN_LETTERS = 4

OTHER_KINDS = 6
_CLASS_BITS = 63

# Three times the least Jaro of the cut, less one, in hundredths and rounded down, where first letters differ
# and where they agree (0.92 is Jaro 0.92 and 0.8667, 0.75 is 0.75 and 0.5833).
_JARO_OF_NEAR = np.array([175, 159], dtype=np.int32)
_JARO_OF_SKELETON = np.array([124, 74], dtype=np.int32)

Bits32 = npt.NDArray[np.uint32]
Bits64 = npt.NDArray[np.uint64]
Texts = npt.NDArray[np.object_]


@dataclass(frozen=True, repr=False, eq=False)
class WordTable:
    """A vocabulary, one element a word. `texts`, `skeleton_texts`: Python's strings; `letters`,
    `skeleton_letters`: int32; `kinds`, `skeleton_kinds`: uint32, a bit for each kind of letter held; `first`,
    `begins`, `ends`: int32, codes of the first letter, the beginning and the end; `classes`: uint64, a bit
    for each class that the word may stand for, by its number modulo 63, and the highest where it may stand
    for more than one.
    """

    bags: NameBags
    texts: Texts
    skeleton_texts: Texts
    letters: Int32s
    kinds: Bits32
    skeleton_letters: Int32s
    skeleton_kinds: Bits32
    first: Int32s
    begins: Int32s
    ends: Int32s
    classes: Bits64

    @classmethod
    def of(cls, bags: NameBags) -> WordTable:
        """The table of a vocabulary."""
        texts = bags.tokens.texts
        letters, kinds = _letters_of(texts)
        skeleton_letters, skeleton_kinds = _letters_of(bags.skeleton_texts)
        lists = bags.short_for
        bit = np.uint64(1) << (lists.token % _CLASS_BITS).astype(np.uint64)
        classes = np.zeros(len(texts), dtype=np.uint64)
        np.bitwise_or.at(classes, lists.row, bit)
        classes |= (lists.count > 1).astype(np.uint64) << np.uint64(_CLASS_BITS)
        return cls(
            bags=bags,
            texts=np.array(texts, dtype=object),
            skeleton_texts=np.array(bags.skeleton_texts, dtype=object)[bags.skeleton],
            letters=letters,
            kinds=kinds,
            skeleton_letters=skeleton_letters[bags.skeleton],
            skeleton_kinds=skeleton_kinds[bags.skeleton],
            first=_codes([text[:1] for text in texts]),
            begins=_codes([text[:BEGINNING_MIN_LETTERS] for text in texts]),
            ends=_codes([text[-END_MIN_LETTERS:] for text in texts]),
            classes=classes,
        )


def few_edits(letters: Int32s) -> Int8s:
    """How many edits are few in words of so many letters: one of three or more, two of seven, three of ten;
    -1, none at all, of fewer.
    """
    return _FEW_EDITS[np.clip(letters, 0, len(_FEW_EDITS) - 1)]


def few_skeleton_edits(letters: Int32s) -> Int8s:
    """The same of skeletons, which say less: of five letters or more as of words of one letter less."""
    return few_edits(np.where(letters >= SKELETON_MIN_LETTERS, letters - 1, 0))


_FEW_EDITS: Int8s = np.repeat(np.array([-1, 1, 2, 3], dtype=np.int8), [NEAR_MIN_LETTERS, 4, 3, 1])


def may_agree(table: WordTable, left: Int32s, right: Int32s) -> Mask:
    """Pairs of words that may be near or shortened, bool (p,). `left`, `right`: (p,) codes; neither equal nor
    variants.
    """
    letters_l, letters_r = table.letters[left], table.letters[right]
    shorter = np.minimum(letters_l, letters_r)
    only_l, only_r, edits = _apart(table.kinds[left], table.kinds[right], letters_l, letters_r)
    may: Mask = edits <= few_edits(shorter)
    may |= _are_nicknames(table, left, right)
    may |= table.bags.sound[left] == table.bags.sound[right]
    # What one word lacks of the other's letters it cannot begin or end with.
    inside = np.flatnonzero(np.minimum(only_l, only_r) == 0)
    may[inside] |= _begins_or_ends(table, left[inside], right[inside], shorter[inside])
    # What Jaro can be, for those that are left.
    open_ = np.flatnonzero(~may & (shorter >= NEAR_MIN_LETTERS))
    # 32 bits hold all of this: a name is cut at a thousand letters (`names.MAX_CHARACTERS`).
    a, b = letters_l[open_], letters_r[open_]
    matching = np.minimum(a - only_l[open_], b - only_r[open_])
    first = (table.first[left[open_]] == table.first[right[open_]]).astype(np.int8)
    jaro, product = 100 * matching * (a + b), a * b
    near = (jaro >= _JARO_OF_NEAR[first] * product) & (shorter[open_] >= JARO_WINKLER_MIN_LETTERS)
    may[open_[near]] = True
    alike = open_[~near & (jaro >= _JARO_OF_SKELETON[first] * product)]
    may[alike] = _alike_skeletons(table, left[alike], right[alike])
    return may


def _apart(
    kinds_l: Bits32, kinds_r: Bits32, letters_l: Int32s, letters_r: Int32s
) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8], npt.NDArray[np.integer]]:
    """Kinds of letters that left alone holds, and right alone; and the fewest edits between the two words."""
    only_l, only_r = np.bitwise_count(kinds_l & ~kinds_r), np.bitwise_count(kinds_r & ~kinds_l)
    return only_l, only_r, np.maximum(np.maximum(only_l, only_r), np.abs(letters_l - letters_r))


def _are_nicknames(table: WordTable, left: Int32s, right: Int32s) -> Mask:
    """Whether two words may stand for one class, one of them for more than its own."""
    of_left, of_right = table.classes[left], table.classes[right]
    more, rest = np.uint64(1 << _CLASS_BITS), np.uint64((1 << _CLASS_BITS) - 1)
    share_one, either_has_more = (of_left & of_right & rest) != 0, ((of_left | of_right) & more) != 0
    return np.asarray(share_one & either_has_more)


def _begins_or_ends(table: WordTable, left: Int32s, right: Int32s, shorter: Int32s) -> Mask:
    return np.asarray(
        ((shorter == 1) & (table.first[left] == table.first[right]))
        | ((shorter >= BEGINNING_MIN_LETTERS) & (table.begins[left] == table.begins[right]))
        | ((shorter >= END_MIN_LETTERS) & (table.ends[left] == table.ends[right]))
    )


def _alike_skeletons(table: WordTable, left: Int32s, right: Int32s) -> Mask:
    letters_l, letters_r = table.skeleton_letters[left], table.skeleton_letters[right]
    allowed = few_skeleton_edits(np.minimum(letters_l, letters_r))
    *_, edits = _apart(table.skeleton_kinds[left], table.skeleton_kinds[right], letters_l, letters_r)
    return np.asarray(edits <= allowed)


def _letters_of(texts: tuple[str, ...]) -> tuple[Int32s, Bits32]:
    """The letters of each text, counted, and their kinds: a to z, and six for all others together."""
    held = np.array(texts or ("",), dtype=np.str_)
    width = max(held.dtype.itemsize // 4, 1)
    points = np.ascontiguousarray(held).view(np.uint32).reshape(len(held), width)[: len(texts)]
    plain = (points >= ord("a")) & (points <= ord("z"))
    kind = np.where(plain, points - np.uint32(ord("a")), np.uint32(26) + points % np.uint32(OTHER_KINDS))
    bit = np.where(points > 0, np.uint32(1) << kind, np.uint32(0))
    letters = np.array([len(text) for text in texts], dtype=np.int32)
    return letters, np.bitwise_or.reduce(bit, axis=1)


def _codes(texts: list[str]) -> Int32s:
    return np.unique(np.array(texts or [""]), return_inverse=True)[1][: len(texts)].astype(np.int32)
