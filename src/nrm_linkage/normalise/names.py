"""One name box of a referral, raw -> the tokens of the name in it, in written order, with what each is.

In this order: encoding damage is repaired and other scripts are written in Latin letters (name_text.py); a
box that holds only a placeholder, a redaction (`PV1`, `Child A`, `JD`) or no letters is read as missing; an
alias is set apart (`aka`, `@`, quotes, brackets, `née`); a comma or capitals say which part is the family
name; words whose space was lost are parted where a capital says so; titles and placeholders around a name are
left out; particles go and parts of one name are joined (name_parts.py); a box that says one name twice keeps
it once; the first 12 tokens are kept.

A token is folded: letters a-z, one case, no diacritics. A single letter is an initial. A word in another
script is kept beside its Latin form (name_native.py). Whatever made the
reading doubtful is an issue, in fixed words that never hold the value; articles, particles and patronymic
markers are part of how names are written and make no issue.

What this module does not do: it does not correct spelling, choose between orders of a name, guess a
community, or look at any other box or column. Two tokens that are spellings of one name stay two different
tokens here (skeleton.py, variants.py).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum, StrEnum
from typing import Final

from nrm_linkage.normalise.name_absent import NO_LETTERS, PLACEHOLDER, TITLE_ALONE, WORD, why_missing
from nrm_linkage.normalise.name_native import by_latin, native_words
from nrm_linkage.normalise.name_parts import Word, is_syllable, join_compounds, join_parts
from nrm_linkage.normalise.name_tables import words
from nrm_linkage.normalise.name_text import fold, latinise, repair, without_addresses

__all__ = [
    "MAX_CHARACTERS",
    "MAX_TOKENS",
    "NameBox",
    "NameReading",
    "NameRole",
    "NameToken",
    "join_tokens",
    "read_name",
]

MAX_TOKENS: Final = 12  # chosen by us: the longest four-part names with an alias have about ten
MAX_CHARACTERS: Final = 1000  # chosen by us; the form admits 15,000 (domain.md 1.1.1): only pasted text

PLACEHOLDER_PART: Final = "a placeholder beside the name was left out"
NOT_TEXT: Final = "not text: read as missing"
TITLE: Final = "a title was left out"
ALIAS_INSIDE: Final = "an alias or former name stands in the box"
WHOLE_NAME: Final = "a comma says that the whole name stands in one box"
REPEATED: Final = "one name repeated: kept once"
DIGITS: Final = "digits were left out"
LOST_LETTER: Final = "a letter was lost before the value came here"
MENDED: Final = "damaged encoding was repaired"
OTHER_SCRIPT: Final = "another script was written in Latin letters"
EMAIL: Final = "an email address was left out"
RELATIVE: Final = "the name of a spouse was left out"
TOO_LONG: Final = "longer than a name: only the beginning was read"


class NameRole(IntEnum):
    """What a token is, as far as the box and its punctuation tell."""

    GIVEN = 1
    FAMILY = 2
    UNKNOWN = 3
    ALIAS = 4
    PATRONYMIC = 5


class NameBox(StrEnum):
    """The canonical field that the text stood in."""

    GIVEN = "given_name"
    MIDDLE = "middle_names"
    FAMILY = "family_name"
    WHOLE = "name"
    ALIAS = "alias"


@dataclass(frozen=True, slots=True)
class NameToken:
    """One part of a name: `text` in letters a-z; `initial` when that is a single letter; `native`, the word
    as recorded in another script, `""` where that is Latin or reading made the part of several words.
    """

    text: str = field(repr=False)
    role: NameRole
    initial: bool
    native: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class NameReading:
    """Tokens in written order, none where the box says nothing; and what was doubtful, in fixed words."""

    tokens: tuple[NameToken, ...]
    issues: tuple[str, ...]


ROLE_OF_BOX: Final = {
    NameBox.GIVEN: NameRole.GIVEN,
    NameBox.MIDDLE: NameRole.GIVEN,
    NameBox.FAMILY: NameRole.FAMILY,
    NameBox.WHOLE: NameRole.UNKNOWN,
    NameBox.ALIAS: NameRole.ALIAS,
}
_NOTHING: Final = NameReading((), ())
_DIGIT: Final = re.compile(r"\d")
_LOST: Final = re.compile(r"(?<=\w)\?|\?(?=\w)")
_SET_APART: Final = re.compile(
    r"\"([^\"]*)\"|\(([^()]*)\)?|\[([^\[\]]*)\]?|\{([^{}]*)\}?|(?<![\w'])'([^']{2,})'(?![\w'])"
)
_ALIAS_MARK: Final = re.compile(
    r"(?<!\w)(?:a\.?k\.?a\b\.?|a/k/a\b|a k a\b"
    r"|also known as\b|known (?:as|by)\b|alias\b|goes by\b|street name\b|nick ?name[ds]?\b"
    r"|n[eé]e\b|formerly(?: known as)?\b|previously(?: known as)?\b|prev\b\.?|f\.?k\.?a\b\.?"
    r"|otherwise(?: known as)?\b|maiden name\b)\s*:?"
    r"|@",
    re.IGNORECASE,
)
# Signs without which a box is not cut, unless one of `ALIAS_WORDS` stands in it.
_CUTTING: Final = frozenset("\"'()[]{}@/.éÉ")
_WORD_OR_LETTER: Final = re.compile(r"\w+")
_RELATIVE: Final = re.compile(
    r"(?<!\w)(?:(?P<child>[sdc]/o|(?:son|daughter|child) of)|w/o|wife of|husband of|h/o)(?!\w)\.?",
    re.IGNORECASE,
)
LOST_SPACE: Final = re.compile(
    r"(?<![^\W\d_])(?!(?:Mac|Fitz)[A-Z])([A-ZÀ-Þ]?[a-zà-ÿ]{2,})(?=[A-ZÀ-Þ][a-zà-ÿ]{2})"
)
"""The first of two words whose space was lost (`FinleyJerome`); `McDonald` and `MacDonald` are one word."""
_TITLE_SLASH: Final = re.compile(r"^\s*w/(?:ro|rt|t|o)\b\.?(?=\s)", re.IGNORECASE)
_MARIA: Final = re.compile(r"\bMa\.(?=\s*\w)|\bMª|\bM\.ª", re.IGNORECASE)
ALIAS_WORDS: Final = frozenset(
    "aka ak ka fk fka alias nee formerly previously prev otherwise known goes by named nickname nicknamed "
    "nicknames k of".split()
)
"""Words of which every mark of an alias, and every `son of` without a slash, holds one."""


def read_name(value: object, box: NameBox) -> NameReading:
    """Read one box. Total: any value gives a reading, and nothing is raised; pure: nothing is remembered.

    >>> [(token.text, token.role.name) for token in read_name("NGUYEN, Van Hung", NameBox.WHOLE).tokens]
    [('nguyen', 'FAMILY'), ('van', 'GIVEN'), ('hung', 'GIVEN')]
    >>> read_name("Not known", NameBox.FAMILY)
    NameReading(tokens=(), issues=('a placeholder, not a name: read as missing',))
    """
    if not isinstance(value, str):
        return _NOTHING if _is_missing(value) else NameReading((), (NOT_TEXT,))
    return _read_text(value, box)


def join_tokens(tokens: Sequence[NameToken]) -> tuple[NameToken, ...]:
    """Join the parts of one name that stand in neighbouring boxes: given `Abdul`, family `Rahman`.

    The tokens of the given-name box come first, then those of the family-name box. A joined token has the
    role of its first part, or of its last where the first is only a prefix (`Mc`, `O`). Boxes that were
    swapped are read the other way round where one holds nothing but half a name. Aliases and single names are
    left as they are.

    >>> boxes = read_name("Rahmat", NameBox.GIVEN).tokens + read_name("Ullah", NameBox.FAMILY).tokens
    >>> [(token.text, token.role.name) for token in join_tokens(boxes)]
    [('rahmatullah', 'GIVEN')]
    """
    line = [Word(token.text, role=token.role) for token in tokens if token.role is not NameRole.ALIAS]
    joined = _without_loose_end(join_compounds(line))
    if joined == line:
        joined = _swapped_and_joined(line) or []
    if not joined:
        return tuple(tokens)
    native = by_latin((token.text, token.native) for token in tokens)
    named = [
        NameToken(word.text, NameRole(word.role), len(word.text) == 1, native.get(word.text, ""))
        for word in joined
    ]
    return (*named, *(token for token in tokens if token.role is NameRole.ALIAS))


def _without_loose_end(line: list[Word]) -> list[Word]:
    """Given `Maria Dela`, family `Cruz`; given `Mohammed bin`, family `Salman`: what ends one box belongs to
    the name in the next, and goes as it does inside a box.
    """
    border = next((at for at, word in enumerate(line) if word.role == NameRole.FAMILY), 0)
    if border < 2 or line[border - 1].text not in words("loose_end") or is_syllable(line[border - 2].text):
        return line  # `Chao Bin` and `Thi Da` are whole names
    marks = line[border - 1].text in words("patronymic")
    first = replace(line[border], role=NameRole.PATRONYMIC if marks else line[border].role)
    return [*line[: border - 1], first, *line[border + 1 :]]


def _swapped_and_joined(line: list[Word]) -> list[Word] | None:
    """Given `Rahman`, family `Abdul`: joined, and then the given name; None where nothing is."""
    given = [word for word in line if word.role != NameRole.FAMILY]
    family = [word for word in line if word.role == NameRole.FAMILY]
    if not (
        (len(family) == 1 and family[0].text in words("abd"))
        or (len(given) == 1 and given[0].text in words("ullah") | words("uddin"))
    ):
        return None
    joined = join_compounds([*family, *given])
    if len(joined) == len(line):
        return None
    known = {word.text for word in line}
    return [word if word.text in known else replace(word, role=NameRole.GIVEN) for word in joined]


def _is_missing(value: object) -> bool:
    return (
        value is None
        or type(value).__name__ in ("NAType", "NaTType")
        or (isinstance(value, float) and value != value)
    )


def _read_text(value: str, box: NameBox) -> NameReading:
    issues: list[str] = []
    text = value if len(value) <= MAX_CHARACTERS else value.strip()
    if len(text) > MAX_CHARACTERS:
        text = text[:MAX_CHARACTERS].rsplit(None, 1)[0]
        issues.append(TOO_LONG)
    mended, text = _repaired(text, box, issues)
    if not text:
        return NameReading((), tuple(issues))
    if missing := why_missing(text, alias=box is NameBox.ALIAS, whole=box is NameBox.WHOLE):
        return NameReading((), (*issues, missing))
    found = [token for stretch in _stretches(text, box, issues) for token in _tokens(stretch, box, issues)]
    if not found and not set(issues) & {TITLE, PLACEHOLDER_PART, EMAIL, RELATIVE}:
        issues.append(NO_LETTERS)
    elif not found:
        issues.append(TITLE_ALONE if TITLE in issues else PLACEHOLDER)
    if OTHER_SCRIPT in issues:
        native = native_words(mended)
        found = [NameToken(one.text, one.role, one.initial, native.get(one.text, "")) for one in found]
    if len(found) > 1 and len({token.text for token in found}) == 1:
        found = found[:1]
        issues.append(REPEATED)
    if len(found) > MAX_TOKENS:
        found = found[:MAX_TOKENS]
        issues.append(TOO_LONG)
    return NameReading(tuple(found), tuple(dict.fromkeys(issues)))


def _is_latin(char: str) -> bool:
    return not char.isalpha() or "LATIN" in unicodedata.name(char, "")


def _repaired(text: str, box: NameBox, issues: list[str]) -> tuple[str, str]:
    """The text as it was meant, and the same in Latin letters."""
    mended = repair(text)
    if (
        not text.isascii()
        and mended != text
        and any(char not in mended and char in "ÃÂÄÅÆáâàèéêðñØÙÐÑ£" for char in text)
    ):
        issues.append(MENDED)
    if "?" in mended and _LOST.search(mended):
        issues.append(LOST_LETTER)
    latin = latinise(mended, family_first=box not in (NameBox.GIVEN, NameBox.MIDDLE))
    if latin != mended or not (latin.isascii() or all(map(_is_latin, latin))):
        issues.append(OTHER_SCRIPT)
    return mended, _MARIA.sub("Maria ", latin)


@dataclass(frozen=True, slots=True)
class _Stretch:
    """A run of text that is read on its own."""

    text: str = field(repr=False)
    alias: bool
    patronymic: bool = False


def _stretches(text: str, box: NameBox, issues: list[str]) -> list[_Stretch]:
    """The box cut at aliases, brackets and relatives, in written order."""
    if "@" in text and (without := without_addresses(text)) != text:
        issues.append(EMAIL)
        text = without
    if title := _TITLE_SLASH.match(text):
        issues.append(TITLE)
        text = text[title.end() :]
    if _CUTTING.isdisjoint(text) and ALIAS_WORDS.isdisjoint(_WORD_OR_LETTER.findall(text.lower())):
        return [_Stretch(text, False)]
    found = [stretch for stretch in _cut(text, issues) if fold(stretch.text)]
    if box is NameBox.ALIAS:
        return [replace(stretch, alias=False) for stretch in found]
    if all(stretch.alias for stretch in found):
        # Quotes or brackets around everything are only quotes; a mark of an alias is one all the same.
        return found if _ALIAS_MARK.search(text) else [replace(stretch, alias=False) for stretch in found]
    if any(stretch.alias for stretch in found):
        issues.append(ALIAS_INSIDE)
    return found


def _cut(text: str, issues: list[str]) -> Iterator[_Stretch]:
    marked = False
    at = 0
    for match in _SET_APART.finditer(text):
        for stretch in _cut_at_marks(text[at : match.start()], marked, issues):
            marked = marked or stretch.alias
            yield stretch
        inside = next((group for group in match.groups() if group), "")
        mark = _ALIAS_MARK.match(inside.strip())
        yield _Stretch(inside.strip()[mark.end() :] if mark else inside, True)
        at = match.end()
    yield from _cut_at_marks(text[at:], marked, issues)


def _cut_at_marks(text: str, marked: bool, issues: list[str]) -> Iterator[_Stretch]:
    before, *after = _ALIAS_MARK.split(text)
    yield from _cut_at_relatives(before, marked, issues)
    for part in after:
        yield _Stretch(part, True)


def _cut_at_relatives(text: str, marked: bool, issues: list[str]) -> Iterator[_Stretch]:
    match = _RELATIVE.search(text)
    if match is None or not fold(text[: match.start()]):
        yield _Stretch(text, marked)
        return
    yield _Stretch(text[: match.start()], marked)
    if match.group("child"):
        yield _Stretch(text[match.end() :], marked, patronymic=True)
    else:
        issues.append(RELATIVE)


def _tokens(stretch: _Stretch, box: NameBox, issues: list[str]) -> list[NameToken]:
    if _DIGIT.search(stretch.text):
        issues.append(DIGITS)
    role = NameRole.ALIAS if stretch.alias else ROLE_OF_BOX[box]
    if stretch.alias and why_missing(stretch.text.strip(), alias=True, whole=False):
        issues.append(PLACEHOLDER_PART)
        return []
    parts = stretch.text.split(",") if role is not NameRole.ALIAS else [stretch.text]
    if len(parts) > 1:
        parts = [part for part in parts if fold(part)]
    if len(parts) > 1:
        issues.append(WHOLE_NAME)
    line: list[NameToken] = []
    for position, part in enumerate(parts):
        here = role
        if len(parts) > 1 and role is not NameRole.ALIAS:
            here = NameRole.FAMILY if position == 0 else NameRole.GIVEN
        line += _tokens_of_part(part, here, stretch, box, issues)
    return line


def _tokens_of_part(
    part: str, role: NameRole, stretch: _Stretch, box: NameBox, issues: list[str]
) -> list[NameToken]:
    line = []
    part = LOST_SPACE.sub(r"\1 ", part)
    for match in WORD.finditer(part):
        written = match.group()
        text = fold(written)
        if text:
            tied = part[match.end() : match.end() + 1] in ("-", "/")
            line.append(
                Word(text, tied=tied, family=len(text) > 1 and written.isupper() and text not in ("md", "mr"))
            )
    if box is NameBox.ALIAS:
        line = [word for word in line if word.text not in words("alias_joiner")]
    line = _without_titles(_without_placeholders(line, issues), issues)
    shouts = role is NameRole.UNKNOWN and len({word.family for word in line if len(word.text) > 1}) == 2
    line = join_parts(line, leading=role is NameRole.FAMILY)
    return [_token(word, role, shouts, stretch.patronymic) for word in line if word.text]


def _token(word: Word, role: NameRole, shouts: bool, patronymic: bool) -> NameToken:
    if role is not NameRole.ALIAS:
        if word.patronymic or patronymic:
            role = NameRole.PATRONYMIC
        elif shouts:
            role = NameRole.FAMILY if word.family else NameRole.GIVEN
    return NameToken(word.text, role, len(word.text) == 1)


def _without_placeholders(line: list[Word], issues: list[str]) -> list[Word]:
    """`FNU Ahmed` without FNU; two-letter ones stay inside a name, where they may be part of it."""
    placeholders = words("placeholder")
    kept = [word for word in line if len(word.text) < 3 or word.text not in placeholders]
    if len(kept) < len(line):
        issues.append(PLACEHOLDER_PART)
    return kept


def _without_titles(line: list[Word], issues: list[str]) -> list[Word]:
    """Titles anywhere; those that are names as well only before a name (`Syed Ali`, not `Imran Chaudhry`)."""
    titles = words("title")
    kept = [word for word in line if word.text not in titles]
    while len(kept) > 1 and kept[0].text in words("soft_title") and len(kept[1].text) > 1:
        kept = kept[1:]
    if len(kept) < len(line):
        issues.append(TITLE)
    return kept
