"""The words of a name box in another script, by the Latin letters that they are read as.

Writing a name in Latin letters loses what told names apart: a dozen Chinese characters are read `wei`, and
two spellings in Arabic script may be one in Latin. So each word is kept beside its Latin form, and comparison
looks at both where it has both.

A word is kept as its letters, in one case; in Arabic and Hebrew script without vowel signs and, in Arabic,
with one letter for those that are typed for one another (`ا` for `أ`): writing a word in another of these
ways is not writing another word. Chinese characters are kept one by one, and those after the family name
together as well, because either may be a word in Latin letters.

It does not say what a word is or how it is read (name_text.py), and finds nothing for a word that reading
made of two (`Abd al-Rahman`), or whose Latin form stands for two words of the box. It does not know that a
simplified character and a traditional one are the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from nrm_linkage.normalise.korean_script import latin_of_hangul, split_hangul
from nrm_linkage.normalise.name_text import fold, latinise, plain_arabic

__all__ = ["by_latin", "native_words"]

# Neither Latin letters nor the signs that stand beside letters of any script.
_LATIN: Final = "\u0000-\u036f\u1e00-\u1eff\u2c60-\u2c7f\ua720-\ua7ff\uab30-\uab6f"
_LETTERS: Final = f"[^{_LATIN}\u2000-\u2bff\u3000-\u3004\u3008-\u303f]"
_WORD: Final = re.compile(f"{_LETTERS}+(?:'{_LETTERS}+)*")
_HAN: Final = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]+")
_HANGUL: Final = re.compile("[\uac00-\ud7a3]{3,}")
_VOWEL_SIGNS: Final = re.compile("[\u064b-\u0652\u0670\u0591-\u05c7]")


def native_words(text: str) -> Mapping[str, str]:
    """The words of a repaired text by their folded Latin form; `""` where two different words have that form.

    >>> native_words("王小明")["ming"], native_words("王小明")["xiaoming"]
    ('明', '小明')
    >>> native_words("الشمري Ali")
    {'alshammari': 'الشمری', 'shammari': 'شمری'}
    """
    return by_latin(pair for match in _WORD.finditer(text) for pair in _forms(match.group()))


def by_latin(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """A mapping of pairs of a Latin form and a word, without empty ones; `""` where pairs contradict."""
    found: dict[str, str] = {}
    for latin, word in pairs:
        if latin and word:
            found[latin] = word if found.get(latin, word) == word else ""
    return found


def _forms(word: str) -> Iterator[tuple[str, str]]:
    if _HAN.fullmatch(word):
        yield from ((_folded(part), part) for part in {*word, word[1:], word} if part)
    elif _HANGUL.fullmatch(word):
        yield from ((latin_of_hangul(part), part) for part in (*split_hangul(word), word) if part)
    else:
        plain = plain_arabic(_VOWEL_SIGNS.sub("", word)).casefold()
        latin = fold(latinise(word))
        yield latin, plain
        if plain.startswith("ال") and latin.startswith("al"):
            yield latin[2:], plain[2:]


def _folded(characters: str) -> str:
    return fold(latinise(characters, family_first=False))
