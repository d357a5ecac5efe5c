"""Names that two boxes split between them: given `Abdul`, family `Rahman` -> the one name, as in one box.

A form that demands a family name cuts compounds in two, and which half stands where is chance. What one box
holds as `Abdul Rahman`, `Gebre Medhin`, `Rahmat Ullah` or `Mc Donald` is one word (name_parts.py), and it is
the same word when the halves stand in two boxes, in either order for those that nobody could mean as two
names. Only the pairs that are joined inside a box are joined across two, so that a referral says the same
whichever box its words stood in; `Abdul` before a word that completes no such name stays a name of its own.

Middle names that have a column of their own are given names: `with_middle_names` lays them behind the others
first, so that `Anna | Maria | Leka` and `Anna Maria | Leka` say the same.

It does not keep the halves beside the joined word: one name is one piece of evidence, and the halves of a
name that agree agree on nothing more than the whole does.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from nrm_linkage.normalise.name_column import NameColumn
from nrm_linkage.normalise.name_parts import joins_next, joins_previous
from nrm_linkage.normalise.names import NameToken, join_tokens
from nrm_linkage.tables import Int32s, Int64s, Mask

__all__ = ["join_boxes", "with_middle_names"]

Tokens = tuple[NameToken, ...]


def join_boxes(given: NameColumn, family: NameColumn) -> tuple[NameColumn, NameColumn]:
    """Two columns of the same rows; where a name is split between them, all words of both boxes move to the
    first, whose readings grow by those that were joined.
    """
    return _moved(given, family, np.flatnonzero(_may_join(given, family)), _joined)


def with_middle_names(given: NameColumn, middle: NameColumn) -> NameColumn:
    """The given names with the middle names of the same rows behind them, as if one box held both."""
    return _moved(given, middle, np.flatnonzero(middle.count[middle.codes] > 0), _all_words)[0]


def _moved(
    given: NameColumn,
    family: NameColumn,
    rows: Int64s,
    words_of: Callable[[NameColumn, NameColumn, int, int], Tokens | None],
) -> tuple[NameColumn, NameColumn]:
    """The two columns where all words of some rows are in the first, but those of which `words_of` makes
    nothing.
    """
    if not len(rows):
        return given, family
    width = len(family.start)
    packed = given.codes[rows].astype(np.int64) * width + family.codes[rows]
    distinct, inverse = np.unique(packed, return_inverse=True)
    found = [words_of(given, family, *divmod(both, width)) for both in distinct.tolist()]
    changed = np.array([tokens is not None for tokens in found], dtype=bool)
    readings = [tokens for tokens in found if tokens is not None]
    number = len(given.start) - 1 + np.cumsum(changed) - 1
    rows, inverse = rows[changed[inverse]], inverse[changed[inverse]]
    given_codes, family_codes = given.codes.copy(), family.codes.copy()
    given_codes[rows], family_codes[rows] = number[inverse], 0
    return _with_readings(replace(given, codes=given_codes), readings), replace(family, codes=family_codes)


def _may_join(given: NameColumn, family: NameColumn) -> Mask:
    """Rows in which a word at the border, or the only word of a box, may be half of a name."""
    result = np.zeros(len(given.codes), dtype=bool)
    rows = np.flatnonzero((given.count[given.codes] > 0) & (family.count[family.codes] > 0))
    if not len(rows):
        return result
    of_given, of_family = given.codes[rows], family.codes[rows]
    first_given, last_given = given.word[given.start[of_given]], given.word[given.start[of_given + 1] - 1]
    first_family = family.word[family.start[of_family]]
    wants_next, wants_previous = (_marks(given, test) for test in (joins_next, joins_previous))
    result[rows] = wants_next[last_given] | (wants_previous[first_given] & (given.count[of_given] == 1))
    wants_next, wants_previous = (_marks(family, test) for test in (joins_next, joins_previous))
    result[rows] |= wants_previous[first_family] | (wants_next[first_family] & (family.count[of_family] == 1))
    return result


def _marks(column: NameColumn, test: Callable[[str], bool]) -> Mask:
    return np.array([test(text) for text in column.texts], dtype=bool)


def _joined(given: NameColumn, family: NameColumn, given_code: int, family_code: int) -> Tokens | None:
    """All words of two boxes where some of them make one name, otherwise None."""
    tokens = (*given.tokens(given_code), *family.tokens(family_code))
    joined = join_tokens(tokens)
    return joined if joined != tokens else None


def _all_words(given: NameColumn, middle: NameColumn, given_code: int, middle_code: int) -> Tokens:
    return join_tokens((*given.tokens(given_code), *middle.tokens(middle_code)))


def _with_readings(column: NameColumn, readings: Sequence[Tokens]) -> NameColumn:
    """The column with more readings at the end, to which its codes may point already."""
    added = [token for tokens in readings for token in tokens]
    ends = column.start[-1] + np.cumsum([len(tokens) for tokens in readings], dtype=np.int64)
    role = np.array([int(token.role) for token in added], dtype=np.int8)
    texts, word = _extended(column.texts, [token.text for token in added])
    native_texts, native = _extended(column.native_texts, [token.native for token in added])
    return replace(
        column,
        start=np.concatenate([column.start, ends]),
        word=np.concatenate([column.word, word]),
        role=np.concatenate([column.role, role]),
        native=np.concatenate([column.native, native]),
        texts=texts,
        native_texts=native_texts,
    )


def _extended(texts: tuple[str, ...], added: Sequence[str]) -> tuple[tuple[str, ...], Int32s]:
    """The texts with those that are new at the end, and the codes of the added ones."""
    number = {text: position for position, text in enumerate(dict.fromkeys((*texts, *added)))}
    return tuple(number), np.array([number[text] for text in added], dtype=np.int32)
