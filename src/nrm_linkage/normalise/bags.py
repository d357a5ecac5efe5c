"""The name boxes of a referral -> one bag of tokens a row, with a vocabulary that carries each word's keys.

In this order: each box is read, every distinct value once (`name_column`); a whole name serves where given
and family name say nothing, and middle names where it does not; middle names join the given names, and a name
that is split between two boxes becomes one word (`name_joins`); boxes are laid end to end (given, family,
whole, alias); rows of initials alone have no name; an alias that only shortens a name of its own row
is left out (`Charlie`, known as `Char`: that two referrals agree in it says nothing more than the name does);
a word that a row repeats counts once, and has the form in another script that any of its boxes gives, unless
they give two; words beyond the limit are left out and counted. The vocabulary is the sorted set of words, and
each word gets its skeleton, spelling-variant class, phonetic code and what it is short for once.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from nrm_linkage.normalise.distinct import (
    ReadColumn,
    expand_lists,
    first_occurrences,
    row_starts,
    token_lists,
)
from nrm_linkage.normalise.name_column import NameColumn, read_name_column
from nrm_linkage.normalise.name_joins import join_boxes, with_middle_names
from nrm_linkage.normalise.name_parts import is_syllable
from nrm_linkage.normalise.names import NameBox, NameReading, NameRole
from nrm_linkage.normalise.skeleton import skeleton
from nrm_linkage.normalise.sounds import sounds
from nrm_linkage.normalise.variants import lists_of_different, nickname_classes, variant_class
from nrm_linkage.tables import Int8s, Int32s, Int64s, Mask, NameBags, TokenLists

__all__ = ["ReadNames", "name_bags", "with_keys"]

_BOXES = (NameBox.GIVEN, NameBox.MIDDLE, NameBox.FAMILY, NameBox.WHOLE, NameBox.ALIAS)


@dataclass(frozen=True)
class ReadNames:
    """The bags; what was doubtful in each box, as readings without tokens; and how many referrals had more
    words than are compared.
    """

    bags: NameBags
    boxes: Mapping[str, ReadColumn[NameReading]]
    n_cut: int


def name_bags(columns: Mapping[str, tuple[pd.Series, ...]], n_rows: int, max_tokens: int) -> ReadNames:
    """Read the name columns that there are. A row without any usable name has an empty bag."""
    read = {box: read_name_column(columns[str(box)][0], box) for box in _BOXES if str(box) in columns}
    laid = _laid(_that_serve(read, n_rows))
    words = tuple(sorted({text for column in laid for text in column.texts}))
    row, token, role = _lay_end_to_end(laid, words, n_rows)
    says_something = _beyond_initials(row, token, words, n_rows)
    says_something &= ~_short_forms(row, token, role, words)
    row, token, role = row[says_something], token[says_something], role[says_something]
    once = first_occurrences(row * max(len(words), 1) + token)
    row, token, role = row[once], token[once], role[once]
    place = np.arange(len(row), dtype=np.int64) - row_starts(row, n_rows)[row]
    kept = place < max_tokens
    n_cut = len(np.unique(row[~kept]))
    tokens = TokenLists(start=row_starts(row[kept], n_rows), token=token[kept].astype(np.int32), texts=words)
    native = _native_of(laid, tokens)
    return ReadNames(
        bags=with_keys(tokens, role[kept].astype(np.int8), words, native),
        boxes={str(box): column.doubtful for box, column in read.items()},
        n_cut=n_cut,
    )


def _beyond_initials(row: Int64s, token: Int64s, words: tuple[str, ...], n_rows: int) -> Mask:
    """Tokens of the rows that hold more than initials: `Child A`, or C in one box and L in the other, is
    redaction.
    """
    whole = np.array([len(word) > 1 for word in words], dtype=bool)
    named = np.zeros(n_rows, dtype=bool)
    named[row[whole[token]]] = True
    return np.asarray(named[row])


def _short_forms(row: Int64s, token: Int64s, role: Int8s, words: tuple[str, ...]) -> Mask:
    """Aliases that are the beginning or a nickname of a name in their own row."""
    result = np.zeros(len(row), dtype=bool)
    is_alias = role == NameRole.ALIAS
    aliases = pd.DataFrame({"row": row[is_alias], "alias": token[is_alias], "at": np.flatnonzero(is_alias)})
    named = ~is_alias & np.isin(row, aliases["row"].to_numpy())
    pairs = aliases.merge(pd.DataFrame({"row": row[named], "name": token[named]}), on="row")
    distinct = pairs[["alias", "name"]].drop_duplicates()
    stands_for = {code: nickname_classes(words[code]) for code in np.unique(distinct).tolist()}
    shortens = [
        words[name].startswith(words[alias]) or not stands_for[alias].isdisjoint(stands_for[name])
        for alias, name in distinct.itertuples(index=False)
    ]
    kept = distinct[np.array(shortens, dtype=bool)]
    result[pairs.merge(kept, on=["alias", "name"])["at"].to_numpy(dtype=np.int64)] = True
    return result


def _that_serve(boxes: Mapping[NameBox, NameColumn], n_rows: int) -> dict[NameBox, NameColumn]:
    """The boxes with the readings that count: whole names where given and family name say nothing, middle
    names where no whole name serves, which holds them.
    """
    says = {box: column.count[column.codes] > 0 for box, column in boxes.items()}
    nowhere = np.zeros(n_rows, dtype=bool)
    named = says.get(NameBox.GIVEN, nowhere) | says.get(NameBox.FAMILY, nowhere)
    left_out = {NameBox.WHOLE: named, NameBox.MIDDLE: says.get(NameBox.WHOLE, nowhere) & ~named}
    return {
        box: replace(column, codes=np.where(left_out.get(box, nowhere), np.int32(0), column.codes))
        for box, column in boxes.items()
    }


def _laid(boxes: Mapping[NameBox, NameColumn]) -> list[NameColumn]:
    """The boxes in order, with middle names among the given names, and no name in two of them."""
    given, middle, family = (boxes.get(box) for box in (NameBox.GIVEN, NameBox.MIDDLE, NameBox.FAMILY))
    if middle is not None:
        given = middle if given is None else with_middle_names(given, middle)
    if given is not None and family is not None:
        given, family = join_boxes(given, family)
    laid = (given, family, boxes.get(NameBox.WHOLE), boxes.get(NameBox.ALIAS))
    return [column for column in laid if column is not None]


def _lay_end_to_end(
    laid: Sequence[NameColumn], words: tuple[str, ...], n_rows: int
) -> tuple[Int64s, Int64s, Int8s]:
    """Row, word and role of every token, rows ascending, boxes in order within a row."""
    number = _numbered(words)
    rows, tokens, roles = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)], [np.zeros(0, np.int8)]
    for column in laid:
        recode = np.array([number[text] for text in column.texts], dtype=np.int64)
        start, taken = expand_lists(column.count, column.codes)
        rows.append(np.repeat(np.arange(n_rows, dtype=np.int64), np.diff(start)))
        tokens.append(recode[column.word[taken]])
        roles.append(column.role[taken])
    row = np.concatenate(rows)
    order = np.argsort(row, kind="stable")
    return row[order], np.concatenate(tokens)[order], np.concatenate(roles)[order]


def _numbered(texts: Sequence[str]) -> dict[str, int]:
    return {text: position for position, text in enumerate(texts)}


def _native_of(laid: Sequence[NameColumn], tokens: TokenLists) -> tuple[Int32s, tuple[str, ...]]:
    """The form in another script of each token of the bags, int32 codes into sorted texts whose first is
    empty.
    """
    texts = tuple(sorted({"", *(text for column in laid for text in column.native_texts)}))
    native = np.zeros(len(tokens.token), dtype=np.int32)
    found = [_written_natively(each, tokens.texts, texts) for each in laid if len(each.native_texts) > 1]
    key, code = (np.concatenate(each) for each in zip(*found, strict=True)) if found else (native, native)
    if not len(key) or not len(native):
        return native, texts
    order = np.argsort(key)
    key, first = np.unique(key[order], return_index=True)
    lowest, highest = (each.reduceat(code[order], first) for each in (np.minimum, np.maximum))
    # Only rows that have such words are looked at: mostly they are few.
    rows = np.unique(key // len(tokens.texts))
    start, places = expand_lists(tokens.count, rows)
    wanted = np.repeat(rows, np.diff(start)) * len(tokens.texts) + tokens.token[places]
    at = np.minimum(np.searchsorted(key, wanted), len(key) - 1)
    native[places] = np.where((key[at] == wanted) & (lowest == highest)[at], lowest[at], 0)
    return native, texts


def _written_natively(
    column: NameColumn, words: Sequence[str], texts: Sequence[str]
) -> tuple[Int64s, Int64s]:
    """Row and word, as one number, of each token of a box that has a form in another script; and the form."""
    has_some = np.zeros(len(column.count), dtype=bool)
    has_some[np.repeat(np.arange(len(column.count)), column.count)[column.native > 0]] = True
    rows = np.flatnonzero(has_some[column.codes])
    start, taken = expand_lists(column.count, column.codes[rows])
    known = column.native[taken] > 0
    row, taken = np.repeat(rows, np.diff(start))[known], taken[known]
    used, inverse = np.unique(column.word[taken], return_inverse=True)
    # `words` is sorted, and few of its many words are looked for.
    place = np.array([bisect_left(words, column.texts[word]) for word in used.tolist()], dtype=np.int64)
    number = _numbered(texts)
    recode = np.array([number[text] for text in column.native_texts], dtype=np.int64)
    return row * len(words) + place[inverse], recode[column.native[taken]]


def with_keys(
    tokens: TokenLists,
    role: Int8s,
    words: tuple[str, ...],
    native: tuple[Int32s, tuple[str, ...]] | None = None,
) -> NameBags:
    """The bags with the keys of each word of the vocabulary, which is sorted. `native`: the tokens' forms in
    another script, codes and texts; none where it is left out.
    """
    of_tokens, native_texts = native or (np.zeros(len(tokens.token), dtype=np.int32), ("",))
    skeletons, skeleton_texts = _coded([skeleton(word) for word in words])
    variants, variant_texts = _coded([variant_class(word) for word in words])
    different = [sorted(map(str, lists_of_different(word))) for word in variant_texts]
    short_for = [sorted(nickname_classes(word)) for word in words]
    codes, sound_texts = _coded([sounds(word) for word in words])
    return NameBags(
        tokens=tokens,
        role=role,
        joined=_joined(tokens, role),
        native=of_tokens,
        skeleton=skeletons,
        variant=variants,
        sound=codes,
        is_initial=np.array([len(word) == 1 for word in words], dtype=bool),
        is_syllable=np.array([is_syllable(word) for word in words], dtype=bool),
        short_for=token_lists(short_for, np.arange(len(words), dtype=np.int32)),
        confused=token_lists(different, variants),
        native_texts=native_texts,
        skeleton_texts=skeleton_texts,
        variant_texts=variant_texts,
        sound_texts=sound_texts,
    )


def _joined(tokens: TokenLists, role: Int8s) -> Int32s:
    """The word that each token makes with the next of its box, if it is one of the vocabulary, else -1."""
    result = np.full(len(tokens.token), -1, dtype=np.int32)
    row, number = tokens.row, {text: code for code, text in enumerate(tokens.texts)}
    at = np.flatnonzero((row[1:] == row[:-1]) & (role[1:] == role[:-1]))
    if not len(at):
        return result
    first, second = tokens.token[at].astype(np.int64), tokens.token[at + 1].astype(np.int64)
    distinct, inverse = np.unique(first * len(number) + second, return_inverse=True)
    pairs = zip(*(part.tolist() for part in np.divmod(distinct, len(number))), strict=True)
    result[at] = np.array([number.get(tokens.texts[a] + tokens.texts[b], -1) for a, b in pairs])[inverse]
    return result


def _coded(texts: list[str]) -> tuple[Int32s, tuple[str, ...]]:
    distinct = tuple(sorted(set(texts)))
    number = {text: position for position, text in enumerate(distinct)}
    return np.array([number[text] for text in texts], dtype=np.int32), distinct
