"""Other ways to write one token: classes of known spellings, generic respellings, mishearings, typing errors,
lost marks.

Respellings come from two places, so that they are not a closed list: the variant classes of the community,
and rules that turn one letter group into another (`xh` to `j`, `ou` to `u`, final `h` dropped), each applied
at its first place. A rule knows a language's habits, not its words. All rules are general knowledge of
transliteration practice (domain.md 4.1), written for this generator alone.
"""

from __future__ import annotations

import itertools
import unicodedata
from collections.abc import Sequence

import numpy as np

from nrm_linkage.synthetic.arrays import Bools, Floats, Ints, Strings, strings
from nrm_linkage.synthetic.tables import NameTables, respelling_rules

__all__ = ["fold", "mangle", "mistype", "respell", "respellings"]

_NEIGHBOURS = {
    a: near
    for row in ("qwertyuiop", "asdfghjkl", "zxcvbnm")
    for a, near in zip(
        row, [row[max(0, i - 1) : i] + row[i + 1 : i + 2] for i in range(len(row))], strict=True
    )
}
_LOST = str.maketrans(
    {
        "đ": "d",
        "Đ": "D",
        "ł": "l",
        "Ł": "L",
        "ø": "o",
        "Ø": "O",
        "ı": "i",
        "ß": "ss",
        "æ": "ae",
        "Ə": "E",
        "ə": "e",
        "Ð": "D",
    }
)


def respellings(word: str, rules: Sequence[tuple[str, str]]) -> list[str]:
    """Every respelling of a word by one rule at its first place, capitals kept; in the order of the rules,
    without repeats.

    >>> respellings("Hoxha", respelling_rules()["albanian"])
    ['Hoja', 'Hogja', 'Hoxhai']
    """
    low = word.lower()
    found: dict[str, None] = {}
    for old, new in rules:
        if old.startswith("^"):
            made = new + low[len(old) - 1 :] if low.startswith(old[1:]) else low
        elif old.endswith("$"):
            stem = old[:-1]
            made = low[: len(low) - len(stem)] + new if low.endswith(stem) else low
        else:
            made = low.replace(old, new, 1)
        if made != low and len(made.strip()) > 1:
            found[_capitals(made.strip())] = None
    return [each for each in found if each != word]


def _capitals(word: str) -> str:
    return "-".join(
        " ".join(part[:1].upper() + part[1:] for part in piece.split(" ")) for piece in word.split("-")
    )


def respell(words: Strings, section: str, uniforms: Floats, tables: NameTables) -> Strings:
    """Another spelling of each word: of its class (with even chance, where it has one) or by a rule; a word
    that has none stays.
    """
    classes, rules = tables.variants.get(section, {}), respelling_rules()[section]
    chosen = uniforms < 0.5
    by_class = _pick(words, lambda word: classes.get(word, ()), uniforms * 2 % 1.0)
    by_rule = _pick(words, lambda word: respellings(word, rules), uniforms * 2 % 1.0)
    return np.where(
        chosen & (by_class != words), by_class, np.where(by_rule != words, by_rule, by_class)
    ).astype(object)


def mishear(words: Strings, uniforms: Floats) -> Strings:
    """Each word as somebody else heard it."""
    rules = respelling_rules()["misheard"]
    return _pick(words, lambda word: respellings(word, rules), uniforms)


def _pick(words: Strings, options: object, uniforms: Floats) -> Strings:
    """One option for each word; the work is done once for each distinct word."""
    if not len(words):
        return words.copy()
    assert callable(options)
    distinct = sorted(set(words.tolist()))
    index = {word: i for i, word in enumerate(distinct)}
    where = np.array([index[word] for word in words.tolist()], dtype=np.int64)
    lists = [tuple(options(word)) or (word,) for word in distinct]
    counts = np.array([len(each) for each in lists], dtype=np.int64)
    starts: Ints = np.cumsum(counts) - counts
    flat = strings(list(itertools.chain.from_iterable(lists)))
    picked: Strings = flat[starts[where] + (uniforms * counts[where]).astype(np.int64)]
    return picked


def mistype(word: str, place: float, kind: float) -> str:
    """One typing error: a letter dropped, doubled, exchanged with the next or replaced by its neighbour on
    the keyboard.

    >>> mistype("Hassan", 0.5, 0.1), mistype("Hassan", 0.5, 0.9)
    ('Hasan', 'Hasasn')
    """
    if len(word) < 3:
        return word + word[-1:]
    i = 1 + int(place * (len(word) - 2))
    if kind < 0.25:
        return word[:i] + word[i + 1 :]
    if kind < 0.45:
        return word[:i] + word[i] + word[i:]
    if kind < 0.70:
        near = _NEIGHBOURS.get(word[i].lower(), "e")
        return word[:i] + near[int(place * 997) % len(near)] + word[i + 1 :]
    return word[:i] + word[i + 1 : i + 2] + word[i] + word[i + 2 :]


def fold(word: str) -> str:
    """The word without its marks.

    >>> fold("Përparim"), fold("Nguyễn"), fold("Łukasz")
    ('Perparim', 'Nguyen', 'Lukasz')
    """
    return "".join(
        c for c in unicodedata.normalize("NFKD", word.translate(_LOST)) if not unicodedata.combining(c)
    )


def mangle(word: str, kind: float) -> str:
    """The word after a wrong encoding: a question mark for each marked letter, or UTF-8 read as Windows-1252.

    >>> mangle("Përparim", 0.2), mangle("Përparim", 0.9)
    ('P?rparim', 'PÃ«rparim')
    """
    if kind < 0.4:
        return "".join(c if c.isascii() else "?" for c in word)
    return "".join(c if c.isascii() else c.encode("utf-8").decode("cp1252", "replace") for c in word)


def has_marks(words: Strings) -> Bools:
    """Where a word is not plain ASCII."""
    return np.array([not word.isascii() for word in words.tolist()], dtype=bool)
