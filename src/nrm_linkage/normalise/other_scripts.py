"""Words in Korean, Thai, Hebrew and Indic scripts -> Latin letters, where a table of letters is not enough.

`name_text.latinise` calls this for what is neither Arabic script nor Chinese characters; scripts that are not
named here (Cyrillic, Greek, Ge'ez, Armenian, Georgian, kana) are read well letter by letter, by anyascii, and
Khmer, Burmese, Lao and Tibetan are not. The modules it calls know one script each: korean_script.py,
thai_script.py, hebrew_script.py, indic_script.py.

The aim is the spelling that people use for a name in Latin letters, or one that the skeleton or comparison
brings together with it; not a romanisation that can be turned back. No library does that for us: those that
there are follow a standard, which names do not, and are large or under licences that ours cannot take.
"""

from __future__ import annotations

import re
from typing import Final

from nrm_linkage.normalise.hebrew_script import HEBREW, latin_of_hebrew
from nrm_linkage.normalise.indic_script import INDIC, latin_of_indic
from nrm_linkage.normalise.korean_script import HANGUL, latin_of_hangul, split_hangul
from nrm_linkage.normalise.thai_script import THAI, latin_of_thai

__all__ = ["latin_of_others"]

_SCRIPTS: Final = f"(?P<hangul>{HANGUL})|(?P<thai>{THAI})|(?P<hebrew>{HEBREW})|(?P<indic>{INDIC})"
# What is looked at first rules out most letters at once.
_WORD: Final = re.compile(f"(?=[\u05d0-\u05ea\u0900-\u0e4e\uac00-\ud7a3])(?:{_SCRIPTS})")


def latin_of_others(text: str) -> str:
    """The text with every word of these scripts in Latin letters, capitalised; all else as it was.

    A Korean word that stands alone begins with a family name where it is long enough, in any box: given names
    have two syllables.

    >>> latin_of_others("김민준"), latin_of_others("ਕੌਰ")
    ('Kim Minjun', 'Kaur')
    """
    return _WORD.sub(lambda match: _latin(match, alone=match.group() == text), text)


def _latin(match: re.Match[str], *, alone: bool) -> str:
    word = match.group()
    if match.lastgroup == "hangul":
        parts = split_hangul(word) if alone else ("", word)
        return " ".join(latin_of_hangul(part).capitalize() for part in parts if part)
    of = {"thai": latin_of_thai, "hebrew": latin_of_hebrew, "indic": latin_of_indic}[match.lastgroup or ""]
    return of(word).capitalize() or word
