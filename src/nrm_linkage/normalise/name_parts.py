"""Parts of names that are written now apart and now together, brought to one form; and their particles.

Works on the folded words of one stretch of a name box, in written order:

1. Articles and particles go: `Al-`, `el`, `ar-` before R, `de`, `dela`, `dos`, `van der`, `von`, when a word
   follows. Vietnamese `Van`, `Thi`, `Do`, `Le` and Dutch `van` alone stay: nothing tells them from names.
2. `bin`, `ibn`, `ben`, `bint`, `wald` before a word mark it as a patronymic, and go.
3. Words that make one name are joined: `Abdul Rahman`, `Abd al-Rahman`; `Rahmat Ullah`; `Salah El Din`;
   `Gebre Medhin` and its abbreviation `G/Medhin`; `Abu Bakr`; `Mc Donald`; `O Neil`; `Hossein Zadeh`;
   `Gur Preet`. `Abdul` is a name by itself too and joins only what people are servants of, in any spelling
   (not `Abdul Kamara`); `Mohammed Ullah` and `Ahmed Uddin` are two names.
4. Words that hold two names are split, because either may be dropped elsewhere: `Mohammadreza`,
   `Amirhossein`, `Noormohammad`; `Vanhung` and `Tuananh`; `Xiaoming`. A double-barrelled name is two words
   already.
5. A suffix of respect goes: `Rameshbhai`, `Kokilaben`, `Habibur` before `Rahman`.

It joins nothing across two boxes by itself: names.py calls `join_compounds` again on the words of both.
It does not translate one spelling of a part into another; skeleton.py and variants.py do.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Final

from jellyfish import jaro_winkler_similarity

from nrm_linkage.normalise.name_tables import words
from nrm_linkage.normalise.skeleton import skeleton

__all__ = [
    "GEEZ_INITIALS",
    "Word",
    "fused",
    "is_syllable",
    "join_compounds",
    "join_parts",
    "joining_words",
    "joins_next",
    "joins_previous",
]


@dataclass(frozen=True, slots=True)
class Word:
    """One written word: its folded letters, and whether a hyphen or slash tied it to the next one."""

    text: str = field(repr=False)
    tied: bool = False
    patronymic: bool = False
    family: bool = False
    role: int = 0


_MOHAMMED: Final = r"m[aou]ha?mm?[aei]d"
_HUSSEIN: Final = r"h[ou]s+[aei]+[iy]?n"
_TWO_NAMES: Final = re.compile(
    rf"({_MOHAMMED})(reza|ali|amin|mehdi|mahdi|{_HUSSEIN}|sadegh|sadeq|javad|taghi|taqi|hadi|jan|khan|karim|amir|yusuf|yousef)"
    rf"|(am[ie]r|em[ie]r|ali|shah)(reza|{_HUSSEIN}|mehdi|mahdi|{_MOHAMMED}|ali|abbas|arsalan)"
    rf"|(noor|nur|nor|nour|din|gul|dost|yar|sher|wali|taj|faqir|khair|lal|pir|raz|saleh|gh?[uo]lam)({_MOHAMMED}|reza|{_HUSSEIN}|ali)"
    r"|(fatem[ae]h?|fatim[ae]h?)(zahra|zehra)"
)
_VIETNAMESE: Final = (
    "(?:anh|bao|bich|binh|canh|chau|chi|chien|chinh|chung|cong|cuong|dai|dang|dao|dat|diem|diep|dinh|doan|dong|duc|dung|duong|duy|duyen"
    "|giang|hai|han|hang|hanh|hau|hien|hiep|hieu|hoa|hoai|hoan|hoang|hong|hue|hung|huong|huy|huyen|huynh|khai|khang|khanh|khoa|khoi"
    "|kien|kieu|lam|lan|lien|linh|loan|loc|loi|long|luan|luc|luong|mai|manh|minh|nam|nga|ngan|nghia|ngoc|nguyen|nhan|nhat|nhi|nhu|nhung"
    "|oanh|phat|phi|phong|phu|phuc|phung|phuoc|phuong|quan|quang|quoc|quy|quyen|quynh|sang|sinh|son|tai|tam|tan|thai|thang|thanh|thao"
    "|thien|thinh|thong|thu|thuan|thuy|thuong|tien|tinh|toan|toi|trang|tri|trinh|trong|truc|trung|truong|tuan|tung|tuyen|tuyet|van|viet"
    "|vinh|vuong|xuan|yen)"
)
_VIETNAMESE_TWO: Final = re.compile(rf"(van|thi)({_VIETNAMESE})")
_VIETNAMESE_PAIR: Final = re.compile(f"({_VIETNAMESE})({_VIETNAMESE})")
# One of the two syllables must be one that hardly any other language writes.
_VIETNAMESE_MARK: Final = re.compile(r"uye|uo[cn]|.nh$|^ng[^a]|^tr[oaeiu]+(?:ng|c|nh)$|oan?g$")
_INITIAL: Final = "(?:zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])"
_FINAL: Final = (
    "(?:iang|iong|uang|ang|eng|ing|ong|ian|iao|uai|uan|ai|an|ao|ei|en|ia|ie|in|iu|ou|ua|ue|ui|un|uo)"
)
_PINYIN_LONG: Final = f"{_INITIAL}{_FINAL}"
_VIETNAMESE_SYLLABLE: Final = (
    "(?:ngh?|nh|ph|th|tr|kh|gh|gi|ch|qu|[bcdghklmnpqrstvx])?"
    "(?:uoi|uou|ieu|yeu|oai|oay|uay|(?:uye|uya|[iuy]e|[uo]a|oe|u[oeyu]|i[au]|a[iyou]|e[ou]|oi|ui|[aeiouy])"
    "(?:ch|nh|ng|[cmnpt])?)"
)
_SYLLABLE: Final = re.compile(f"{_VIETNAMESE_SYLLABLE}|{_INITIAL}(?:{_FINAL}|[aeiu])")
_PINYIN_TWO: Final = re.compile(f"({_PINYIN_LONG})({_PINYIN_LONG})")
# One of the two syllables must be one that hardly any other language writes.
_PINYIN_MARK: Final = re.compile("zh|x|q(?!u[aeo]$)|iao|uang|iang|iong|jian|hua$|[bpmfdtnlgkhw]ei|[ml]ing$")
_IBERIAN_FUSED: Final = re.compile("(?:delos|dela|del|dos|da|de)([a-z]{4,})")
_GUJARATI: Final = re.compile("([a-z]{3,}?)bhai|([a-z]{3,}[aiu])ben")
_FUSED_ARTICLE: Final = re.compile(
    "[ae]l(?=(?:sh|kh|gh|dh|th|[bdfhjkmnqrstwyz])[a-z]{3,}(?:(?<!sk)[iy]|ee|awi)$)"
)
_EUROPEAN_AL: Final = re.compile("al(?:b|f|m|t|d|v)|el(?:m|d|b|t)")
_ABDUL_ALONE: Final = frozenset({"abdul", "abdoul", "abdool"})
_SHORTEST_KEY: Final = 3  # letters of a skeleton, chosen by us: shorter ones meet by chance
_LEAST_LIKE: Final = 0.8  # Jaro-Winkler, chosen by us: `Hafez` and `Hafiz`, not `Smith` and `Samad`
_ALLAH: Final = frozenset({"allah", "lah", "llah", "alla", "aleh"})
# Names that stand before `Ullah` or `Uddin` as names of their own: the two are family names there.
_NO_SERVANT: Final = re.compile(
    rf"{_MOHAMMED}|m[ou]?h?d|ahm[ae]d|ali|hass?an|{_HUSSEIN}|m[iy]ah?|khan|begum|bibi|[ae]bd[aou]l"
)
_EUROPEAN: Final = frozenset({"michael", "gabriel"})
_GEEZ_ABBREVIATION: Final = {"g": "gebre", "h": "habte", "t": "tekle", "w": "welde", "k": "kidane"}
GEEZ_INITIALS: Final = frozenset(_GEEZ_ABBREVIATION)
_MAYBE_FUSED: Final = re.compile(
    f"{_VIETNAMESE}{{2}}$|{_MOHAMMED}[a-z]|(?:am|em|ali|shah|noo?u?r|nur|din|gul|dost|yar|sher|wali|taj|faqir|khair|lal|pir|raz|saleh|gh|gulam|golam|fat)[a-z]{{3}}"
    "|(?:van|thi)[a-z]{3}|(?:de|da|do)[a-z]{4}|[ae]l[a-z]{5}|[a-z]{3,}(?:bhai|ben)$|[a-z]*(?:zh|x|q|iao|uang|iang|iong|ei|ing|jian|hua)"
)


def fused(text: str) -> tuple[str, ...]:
    """The words that a folded word stands for: mostly itself, two where it holds two names.

    >>> fused("mohammadreza"), fused("vanhung"), fused("xiaoming"), fused("dasilva"), fused("benson")
    (('mohammad', 'reza'), ('van', 'hung'), ('xiao', 'ming'), ('silva',), ('benson',))
    """
    if len(text) < 6 or not _MAYBE_FUSED.match(text):
        return (text,)
    for pattern in (_TWO_NAMES, _VIETNAMESE_TWO):
        if match := pattern.fullmatch(text):
            return tuple(part for part in match.groups() if part)
    if (match := _PINYIN_TWO.fullmatch(text)) and _PINYIN_MARK.search(text):
        return match.group(1), match.group(2)
    if (match := _VIETNAMESE_PAIR.fullmatch(text)) and any(map(_VIETNAMESE_MARK.search, match.groups())):
        return match.group(1), match.group(2)
    if (match := _IBERIAN_FUSED.fullmatch(text)) and match.group(1) in words("portuguese_second"):
        return (match.group(1),)
    if match := _GUJARATI.fullmatch(text):
        return (match.group(1) or match.group(2),)
    if len(text) >= 8 and _FUSED_ARTICLE.match(text) and not _EUROPEAN_AL.match(text):
        return (text[2:],)
    return (text,)


def is_syllable(text: str) -> bool:
    """Whether a word could be one syllable of Vietnamese, without its tone, or of Chinese in pinyin, where
    each is a name of its own. Short names of other languages are too (`Ben`).

    >>> is_syllable("phuong"), is_syllable("zhao"), is_syllable("arben")
    (True, True, False)
    """
    return bool(_SYLLABLE.fullmatch(text))


@cache
def joining_words() -> frozenset[str]:
    """Words that dropping or joining turns on, wherever they stand. Others are joined only side by side:
    `geez_first` or an initial before `geez_second`, `-ur` before `Rahman`, `O` before `o_second`.
    """
    names = "abd abdi ullah din uddin family_ending sikh_second"
    kinds = f"article assimilated_article patronymic particle {names}".split()
    others = {"mc", "abu", "abou", "abo", "abi", "bhai", "het", "la", "los", "las"}
    return frozenset(others).union(*(words(kind) for kind in kinds))


@cache
def _joined_or_dropped() -> frozenset[str]:
    """Words without which a stretch is neither joined nor cut, `-ur` aside."""
    return joining_words() | words("geez_first") | GEEZ_INITIALS | {"o"}


@cache
def _wanting() -> tuple[frozenset[str], frozenset[str]]:
    """Words that may be the first half of a name, and words that may be the second."""
    first = frozenset({"mc", "o", "abu", "abou", "abo", "abi"}).union(
        *(
            words(kind)
            for kind in ("abd", "abdi", "geez_first", "article", "assimilated_article", "loose_end")
        ),
        words("sikh_first"),
    )
    articles = frozenset({"ud", "ed", "ad", "uld", "eld"}) | words("article") | words("assimilated_article")
    return first, frozenset({"bhai"}) | articles | words("ullah") | words("sikh_second") | words(
        "uddin"
    ) | words("din")


def joins_next(text: str) -> bool:
    """Whether a word may be the first half of a name whose second half stands in another box."""
    return text in _wanting()[0] or (len(text) > 5 and text.endswith("ur"))


def joins_previous(text: str) -> bool:
    """Whether a word may be the second half of a name whose first half stands in another box."""
    return text in _wanting()[1]


def join_parts(line: Sequence[Word], *, leading: bool = False) -> list[Word]:
    """Bring the words of one stretch to one form, in the order of the module docstring.

    `leading` says that the stretch is a box of family names, where a patronymic marker may come first.
    """
    line = list(line)
    if any(word.text in _joined_or_dropped() or word.text.endswith("ur") for word in line):
        before: list[Word] = []
        # What one step joins or drops brings others together; each round leaves fewer words.
        while len(before) != len(line):
            before, line = line, _with_prefix(_with_suffix(_without_particles(_with_abd(line), leading)))
    out = []
    for word in line:
        parts = fused(word.text)
        out += (
            [word]
            if len(parts) == 1 and parts[0] == word.text
            else [replace(word, text=part) for part in parts]
        )
    return out


def join_compounds(line: Sequence[Word]) -> list[Word]:
    """Only the joining of words that make one name; a joined word keeps the role of its first part."""
    return _with_prefix(_with_suffix(_with_abd(list(line))))


def _with_abd(line: list[Word]) -> list[Word]:
    """`Abdul` and its like with the word that completes them; the article between them goes."""
    out: list[Word] = []
    at = 0
    articles = words("article") | words("assimilated_article")
    while at < len(line):
        word = line[at]
        nxt = at + 1
        if word.text in words("abd"):
            if nxt + 1 < len(line) and line[nxt].text in articles:
                nxt += 1
            if nxt < len(line) and _completes(word, line[nxt], article=nxt > at + 1):
                out.append(_abd_compound(word, line[nxt]))
                at = nxt + 1
                continue
        elif word.text in words("abdi") and nxt < len(line) and line[nxt].text in words("abd_second"):
            out.append(replace(line[nxt], text=word.text + line[nxt].text, role=word.role))
            at = nxt + 1
            continue
        out.append(word)
        at += 1
    return out


def _completes(first: Word, second: Word, *, article: bool) -> bool:
    """Whether a word completes `Abd` and its like. `Abdul` is a name by itself as well, so that it takes only
    what people are servants of: `Abdul Rahman`, and not `Abdul Kamara`.
    """
    if second.text.startswith("abd"):
        return False
    if article or first.text not in _ABDUL_ALONE:
        # An article alone is the rest of the name cut off: the other box may hold it.
        return len(second.text) > 1 and second.text not in words("article")
    return (
        second.text in words("abdul_second") or second.text in _ALLAH or _is_spelling_of_a_second(second.text)
    )


@cache
def _seconds_by_key() -> Mapping[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for text in sorted(words("abdul_second")):
        found.setdefault(skeleton(text), []).append(text)
    return {key: tuple(texts) for key, texts in found.items() if len(key) >= _SHORTEST_KEY}


def _is_spelling_of_a_second(text: str) -> bool:
    """A misspelling of what completes `Abdul`; a word in -i is a family name (`Rahimi`)."""
    return not text.endswith(("i", "y")) and any(
        jaro_winkler_similarity(text, known) >= _LEAST_LIKE
        for known in _seconds_by_key().get(skeleton(text), ())
    )


def _abd_compound(first: Word, second: Word) -> Word:
    if second.text in _ALLAH:
        return replace(second, text="abdullah", role=first.role)
    return replace(
        second, text=("abdul" if first.text == "abd" else first.text) + second.text, role=first.role
    )


def _without_particles(line: list[Word], leading: bool) -> list[Word]:
    out: list[Word] = []
    marked = False
    for at, word in enumerate(line):
        rest = line[at + 1 :]
        text = word.text
        if rest and (out or leading) and _is_marker(text, out) and len(rest[0].text) > 1:
            marked = True
            continue
        if rest and _is_particle(word, rest, bool(out)):
            continue
        out.append(replace(word, patronymic=True) if marked else word)
        marked = False
    return out


def _is_marker(text: str, before: list[Word]) -> bool:
    """Whether a word says that a father's name follows; `Chao Bin` is Chinese."""
    return text in words("patronymic") and not (text == "bin" and before and is_syllable(before[-1].text))


def _is_particle(word: Word, rest: list[Word], preceded: bool) -> bool:
    text, after = word.text, rest[0].text
    if text in words("article"):
        return after not in words("din") and (word.tied or preceded or len(after) > 3)
    if text in words("assimilated_article"):
        # `an` and `as` are names too: an article repeats the letter after it, and `an` has a hyphen.
        return (text[-1] == after[0] and (word.tied or (preceded and text != "an"))) or (
            text in ("ur", "ul") and preceded
        )
    if text in words("particle"):
        return len(after) > 3 or (text in ("de", "del") and after in ("la", "los", "las"))
    if text in ("la", "los", "las") and len(after) > 3:
        return after in words("portuguese_second")
    return text == "van" and after in ("der", "den", "de", "ter", "het")


def _with_suffix(line: list[Word]) -> list[Word]:
    """Words that complete the one before: `Rahmat Ullah`, `Salah El Din`, `Gebre Medhin`, `Ramesh Bhai`."""
    out: list[Word] = []
    skip = 0
    for at, word in enumerate(line):
        if skip:
            skip -= 1
            continue
        before = out[-1] if out else None
        ending = _suffix(before, word, line[at + 1 :])
        if before is None or ending is None:
            out.append(word)
            continue
        joined, skip = ending
        out[-1] = replace(before, text=joined)
    return out


def _suffix(before: Word | None, word: Word, rest: list[Word]) -> tuple[str, int] | None:
    """The joined text and the number of further words it took, or None where the word stands for itself."""
    if before is None or len(word.text) < 2:
        return None
    text = word.text
    if len(before.text) == 1:
        # `G/Medhin`: only before the few words that end such compounds.
        if before.role != word.role or (text in _EUROPEAN and not before.tied):
            return None
        full = _GEEZ_ABBREVIATION.get(before.text)
        return (full + text, 0) if full and text in words("geez_second") and len(text) > 4 else None
    if (text in words("ullah") or text in words("uddin")) and _NO_SERVANT.fullmatch(before.text):
        return None
    if text in words("ullah") or (text in words("uddin") and len(before.text) > 2):
        return before.text + text, 0
    if text in ("al", "el", "ul", "ud", "ed", "ad", "uld", "eld") and rest and rest[0].text in words("din"):
        return before.text + "eldin", 1
    if text in words("din") and word.text != "din" and len(before.text) > 2:
        return before.text + text, 0
    if before.text in words("geez_first") and text in words("geez_second"):
        return before.text + text, 0
    if text in words("family_ending") and len(before.text) > 2:
        return before.text + text, 0
    if text in words("sikh_second") and before.text in words("sikh_first"):
        return before.text + text, 0
    if text == "bhai" and len(before.text) > 2:
        return before.text, 0
    return None


def _with_prefix(line: list[Word]) -> list[Word]:
    """Words that need the next: `Mc Donald`, `O Neil`, `Abu Bakr`; and the `ur` of `Habibur Rahman`."""
    out: list[Word] = []
    for word in line:
        before = out[-1].text if out else ""
        if (before == "mc" and len(word.text) > 1) or (before == "o" and word.text in words("o_second")):
            out[-1] = replace(word, text=before + word.text)
        elif before in ("abu", "abou", "abo", "abi") and word.text in words("bakr"):
            out[-1] = replace(out[-1], text="abubakr")
        else:
            if len(before) > 5 and before.endswith("ur") and word.text in ("rahman", "rehman", "rahim"):
                out[-1] = replace(out[-1], text=before[:-2])
            out.append(word)
    return out
