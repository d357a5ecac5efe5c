"""A whole column of name boxes -> the words of every distinct text, as arrays, in a fraction of the time.

Most boxes hold plain words: letters with spaces, hyphens, dots and apostrophes between them, perhaps with
diacritics or an invisible character. What `names.read_name` makes of such a box is its words in order, all in
the role of the box, unless a rule speaks of one of the words (`aka`, `Mr`, `Abdul`), of two neighbours
(`Haile Mariam`) or of the whole (`JD`, `Ahmad Ahmad`). So, in this order:

1. each distinct text that is plain gets an ASCII form with the same reading; all others go to `read_name`;
2. the forms are split, and each distinct *word* is looked at once: does a rule speak of it?
3. a form of which any rule speaks goes to `read_name` after all;
4. the rest are read: their words are their tokens, and nothing about them is doubtful.

`read_name` alone defines what a box says: this module gives the same for every text, and the tests hold it to
that. What no single text can say it adds as an issue: an export may have cut the longest values of a column.
Cut values pile up at one length, whereas ordinary columns have ever fewer values the longer they are. So the
longest are said to be perhaps cut off where they have at least 20 characters, without spaces after them, and
there are at least five, more than at any of the three lengths before, differences of case aside. Their words
stay as they are. Fewer than five are not told from chance: with two, one ordinary column in eight or so would
be doubted.

It remembers nothing between calls. It does not join words across boxes (bags.py).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from nrm_linkage.normalise.distinct import ReadColumn, distinct_values
from nrm_linkage.normalise.name_parts import GEEZ_INITIALS, fused, joining_words
from nrm_linkage.normalise.name_tables import words
from nrm_linkage.normalise.name_text import MOJIBAKE, fold, repair
from nrm_linkage.normalise.names import (
    ALIAS_WORDS,
    ROLE_OF_BOX,
    NameBox,
    NameReading,
    NameRole,
    NameToken,
    read_name,
)
from nrm_linkage.tables import Int8s, Int32s, Int64s, Mask

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["CUT_OFF", "NameColumn", "read_name_column"]

LONGEST: Final = 100  # letters of a plain text, chosen by us; longer ones are left to `read_name`
CUT_OFF: Final = "as long as the longest values of its column: perhaps cut off"
LEAST_WIDTH: Final = 20  # the narrowest that exports cut names to (domain.md 4.0)
# Chosen by us, by trial on invented columns of 200 to 100,000 values: 2 of 3,680 ordinary ones were doubted,
# and all that were cut at 20 were found from 20,000 values on, most from 2,000 on.
LEAST_PILE: Final = 5
LENGTHS_BEFORE: Final = 3
MOST_WORDS: Final = 12  # as names.MAX_TOKENS: beyond it words are left out and it is an issue

_LETTERS: Final = "[A-Za-z]+(?:'[A-Za-z]+)*"
_PLAIN: Final = re.compile(rf"[ \t\n.\-]*{_LETTERS}(?:[ \t\n.\-]+{_LETTERS})*[ \t\n.\-]*")
_MARIA: Final = re.compile(r"\bma\.", re.IGNORECASE)
_BETWEEN: Final = re.compile(r"[ \t\n.'\-]+")
_LOST_SPACE: Final = r"[a-z]{2}[A-Z][a-z]{2}"  # wherever names.LOST_SPACE may find one
_CAPITALS: Final = r"\b[A-Z]{2,}\b"


@dataclass(frozen=True)
class NameColumn:
    """A column of boxes, read. `codes`: int32 (n,) into the distinct readings, 0 where the box is empty.

    The tokens of reading i are `word[start[i]:start[i + 1]]` (int32, into `texts`) with `role` (int8, values
    of `NameRole`) and `native` (int32, into `native_texts`; 0 is none). `doubtful` holds the issues alone:
    its readings have no tokens.
    """

    codes: Int32s
    start: Int64s
    word: Int32s = field(repr=False)
    role: Int8s = field(repr=False)
    native: Int32s = field(repr=False)
    texts: tuple[str, ...] = field(repr=False)
    native_texts: tuple[str, ...] = field(repr=False)
    doubtful: ReadColumn[NameReading]

    @property
    def count(self) -> Int64s:
        """Words of each reading."""
        return np.diff(self.start)

    def tokens(self, code: int) -> tuple[NameToken, ...]:
        """The tokens of one reading."""
        here = slice(self.start[code], self.start[code + 1])
        codes = zip(
            self.word[here].tolist(), self.role[here].tolist(), self.native[here].tolist(), strict=True
        )
        return tuple(
            [
                NameToken(text := self.texts[word], NameRole(role), len(text) == 1, self.native_texts[native])
                for word, role, native in codes
            ]
        )


def read_name_column(column: pd.Series, box: NameBox) -> NameColumn:
    """Read each distinct value of a column, shape (n,), of any dtype; missing values have no tokens."""
    codes, values = distinct_values(column)
    listed = values.tolist()
    plain, forms = _plain_forms(listed)
    quick, count, word_of_quick, quick_words = _quickly(forms, box)
    plain, slow = plain[quick], _others(len(values), plain[quick])
    readings = [read_name(values[at], box) for at in slow.tolist()]
    tokens = [token for reading in readings for token in reading.tokens]
    counts = np.concatenate(
        [[0], count, np.array([len(reading.tokens) for reading in readings], dtype=np.int64)]
    )
    texts, of_quick, of_slow = _merged(quick_words, [token.text for token in tokens])
    native_texts, _, native = _merged([""], [token.native for token in tokens])
    position = np.zeros(len(values) + 1, dtype=np.int32)
    position[np.concatenate([plain, slow]) + 1] = np.arange(1, len(values) + 1, dtype=np.int32)
    own = np.full(len(word_of_quick), ROLE_OF_BOX[box], dtype=np.int8)
    of_rows = position[codes + 1]
    is_cut = _perhaps_cut(listed)
    issues = [
        (*reading.issues, CUT_OFF) if cut else reading.issues
        for cut, reading in zip(is_cut[slow].tolist(), readings, strict=True)
    ]
    return NameColumn(
        codes=of_rows,
        start=np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        word=np.concatenate([of_quick[word_of_quick], of_slow]),
        role=np.concatenate([own, np.array([int(token.role) for token in tokens], dtype=np.int8)]),
        native=np.concatenate([np.zeros(len(word_of_quick), dtype=np.int32), native]),
        texts=texts,
        native_texts=native_texts,
        doubtful=_doubtful(of_rows, np.flatnonzero(is_cut[plain]) + 1, 1 + len(plain), issues),
    )


def _merged(first: Sequence[str], second: Sequence[str]) -> tuple[tuple[str, ...], Int32s, Int32s]:
    """The sorted texts of two lists, and the codes into them of each list."""
    texts = tuple(sorted({*first, *second}))
    number = {text: position for position, text in enumerate(texts)}
    one, other = (np.array([number[text] for text in each], dtype=np.int32) for each in (first, second))
    return texts, one, other


def _others(size: int, taken: Int64s) -> Int64s:
    rest = np.ones(size, dtype=bool)
    rest[taken] = False
    return np.flatnonzero(rest)


def _perhaps_cut(values: Sequence[object]) -> Mask:
    """Which of the distinct values an export may have cut off, by the rule of the module docstring."""
    try:
        written = np.fromiter(map(len, values), dtype=np.int64, count=len(values))  # type: ignore[arg-type]
    except TypeError:  # not all are text
        written = np.array([len(value) if isinstance(value, str) else 0 for value in values], dtype=np.int64)
    long = np.flatnonzero(written >= LEAST_WIDTH - LENGTHS_BEFORE)
    texts = [value.rstrip() if isinstance(value := values[at], str) else "" for at in long.tolist()]
    length = np.array([len(text) for text in texts], dtype=np.int64)
    longest = int(length.max(initial=0))
    pile, *before = (np.count_nonzero(length == longest - less) for less in range(LENGTHS_BEFORE + 1))
    result = np.zeros(len(values), dtype=bool)
    if longest >= LEAST_WIDTH and pile >= LEAST_PILE and pile > max(before):
        different = {text.casefold() for text in texts if len(text) == longest}
        result[long[length == longest]] = len(different) >= LEAST_PILE and len(different) > max(before)
    return result


def _doubtful(
    codes: Int32s, cut: Int64s, first: int, issues: Sequence[tuple[str, ...]]
) -> ReadColumn[NameReading]:
    """The issues of the readings from `first` on; of those before only the `cut` ones have one."""
    distinct = ((), *sorted({*issues, *([(CUT_OFF,)] if len(cut) else [])} - {()}))
    number = {each: position for position, each in enumerate(distinct)}
    of_reading = np.zeros(first + len(issues), dtype=np.int32)
    of_reading[cut] = number.get((CUT_OFF,), 0)
    of_reading[first:] = [number[each] for each in issues]
    return ReadColumn(codes=of_reading[codes], readings=tuple(NameReading((), each) for each in distinct))


def _plain_forms(values: Sequence[object]) -> tuple[Int64s, list[str]]:
    """The places of the plain texts and an ASCII form of each, whose reading is that of the text."""
    places, forms = [], []
    fullmatch, table = _PLAIN.fullmatch, _ascii_of()
    for place, value in enumerate(values):
        if not isinstance(value, str) or len(value) > LONGEST:
            continue
        form = value
        if not value.isascii():
            form = "" if MOJIBAKE.search(value) else value.translate(table)
        if fullmatch(form) and not ("." in form and _MARIA.search(form)) and not _marks_alias(form):
            places.append(place)
            forms.append(form)
    return np.array(places, dtype=np.int64), forms


def _marks_alias(form: str) -> bool:
    """Whether an apostrophe may stand before the mark of an alias (`Arben'aka`): no letter is before it then,
    and the word that the fast way makes of both hides it.
    """
    return "'" in form and not ALIAS_WORDS.isdisjoint(_BETWEEN.split(form.lower()))


@cache
def _ascii_of() -> Mapping[int, str | None]:
    """Characters that a name may hold without another reading: Latin letters, spaces, marks nobody sees."""
    table: dict[int, str | None] = {}
    for code in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00)):
        char = chr(code)
        ascii_letters = fold(char)
        if char.isalpha() and ascii_letters and repair(char) == char and "LATIN" in unicodedata.name(char):
            table[code] = ascii_letters.upper() if char.isupper() else ascii_letters
    for code in (0xA0, 0xAD, 0x2009, 0x200B, 0x200E, 0x200F, 0x202A, 0x202C, 0x202F, 0x2060, 0xFEFF):
        table[code] = " " if chr(code).isspace() else None
    for char in "\u2010\u2011\u2013\u2014\u2018\u2019\u02bc`´":
        table[ord(char)] = repair(f"a{char}a")[1]
    return table


def _quickly(forms: list[str], box: NameBox) -> tuple[Mask, Int64s, Int64s, list[str]]:
    """Which forms are read here; and of those the number of words, the words (codes) and their texts."""
    if not forms:
        none = np.zeros(0, dtype=np.int64)
        return np.zeros(0, dtype=bool), none, none, []
    import pyarrow as pa
    import pyarrow.compute as pc

    written = pc.replace_substring(
        pc.utf8_trim(pc.replace_substring_regex(pa.array(forms, pa.string()), r"[ \t\n.\-]+", " "), " "),
        "'",
        "",
    )
    split = pc.split_pattern(pc.ascii_lower(written), " ")
    coded = split.values.dictionary_encode()
    start = split.offsets.to_numpy().astype(np.int64)
    word = coded.indices.to_numpy().astype(np.int64)
    texts: list[str] = coded.dictionary.to_pylist()
    quick = ~_has_rule(start, word, texts) & ~_looks_absent(written, start)
    quick &= ~_mask(pc.match_substring_regex(pa.array(forms, pa.string()), _LOST_SPACE))
    if box is NameBox.WHOLE:
        quick &= ~_shouts(forms, start, word, texts)
    count = np.diff(start)
    kept = np.repeat(quick, count)
    used, recoded = np.unique(word[kept], return_inverse=True)
    return quick, count[quick], recoded.astype(np.int64), [texts[code] for code in used.tolist()]


def _has_rule(start: Int64s, word: Int64s, texts: list[str]) -> Mask:
    """Forms in which a rule speaks of a word, of two neighbours, or of all words together."""
    special = _words_with_rules()
    alone = np.array([text in special or fused(text) != (text,) for text in texts], dtype=bool)
    count, first = np.diff(start), start[:-1]
    found = _any_in(alone[word], first) | (count > MOST_WORDS)
    found |= np.maximum.reduceat(word, first) + (count == 1) * len(texts) == np.minimum.reduceat(word, first)
    letters = np.array([len(text) for text in texts], dtype=np.int64)
    found |= np.maximum.reduceat(letters[word], first) == 1
    is_last = np.zeros(len(word), dtype=bool)
    is_last[start[1:] - 1] = True
    for before, after in _neighbours(texts):
        meets = np.append(before[word[:-1]] & after[word[1:]], False) & ~is_last
        found |= _any_in(meets, first)
    return found


def _any_in(flags: Mask, first: Int64s) -> Mask:
    return np.asarray(np.logical_or.reduceat(flags, first), dtype=bool)


def _neighbours(texts: list[str]) -> Iterable[tuple[Mask, Mask]]:
    """Pairs of sets of words whose members are joined or cut when they stand side by side."""

    def among(kind: frozenset[str]) -> Mask:
        return np.array([text in kind for text in texts], dtype=bool)

    yield among(words("geez_first") | GEEZ_INITIALS), among(words("geez_second"))
    yield among(frozenset({"o"})), among(words("o_second"))
    yield among(frozenset({"k"})), among(frozenset({"a"}))  # `a k a`
    yield (
        np.array([len(text) > 5 and text.endswith("ur") for text in texts], dtype=bool),
        among(frozenset({"rahman", "rehman", "rahim"})),
    )


def _looks_absent(written: pa.StringArray, start: Int64s) -> Mask:
    """Forms as short and loud as initials (`JD`), or a placeholder once their spaces go (`un known`)."""
    import pyarrow as pa
    import pyarrow.compute as pc

    bare = pc.replace_substring(pc.ascii_lower(written), " ", "")
    placeholder = pc.is_in(bare, value_set=pa.array(sorted(words("placeholder")), pa.string()))
    loud = pc.and_(pc.less_equal(pc.binary_length(bare), 3), pc.equal(written, pc.ascii_upper(written)))
    alone = np.diff(start) == 1
    return np.asarray(_mask(placeholder) | (_mask(loud) & alone), dtype=bool)


def _mask(array: Any) -> Mask:
    return np.asarray(array.to_numpy(zero_copy_only=False), dtype=bool)


def _shouts(forms: list[str], start: Int64s, word: Int64s, texts: list[str]) -> Mask:
    """Whole names in which capitals may say which word is the family name."""
    import pyarrow as pa
    import pyarrow.compute as pc

    array = pa.array(forms, pa.string())
    some = _mask(pc.match_substring_regex(array, _CAPITALS)) | _mask(pc.match_substring(array, "'"))
    every = _mask(pc.equal(array, pc.ascii_upper(array)))
    short = np.array([text == "md" for text in texts], dtype=bool)
    return (some & ~every) | _any_in(short[word], start[:-1])


@cache
def _words_with_rules() -> frozenset[str]:
    """Words that send a text to `read_name`: those of which any rule in names.py, name_absent.py or
    name_parts.py speaks when they stand anywhere in it.
    """
    kinds = (
        *("placeholder", "placeholder_if_alone", "placeholder_with_others"),
        *("title", "soft_title", "code", "alias_joiner"),
    )
    roles = frozenset(word for word in words("role") if len(word) > 1)  # a letter is one before a number
    others = frozenset({"nan", "nat"})
    return joining_words().union(roles, others, ALIAS_WORDS - {"k"}, *(words(kind) for kind in kinds))
