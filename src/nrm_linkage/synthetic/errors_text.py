"""What happens to the characters of a name on its way into a record: marks, case, spaces, typing, cutting,
other scripts, pseudonyms.

Applied to the two name boxes after `errors_names`, in this order: syllables (Chinese), lost or mangled marks,
typing errors, case and punctuation, another script, cutting, and last a pseudonym in place of everything.
Rates: domain.md 4.0 and 4.1.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np

from nrm_linkage.synthetic.arrays import Bools, Ints, Streams, Strings
from nrm_linkage.synthetic.communities import COMMUNITIES, COMMUNITY_NAMES
from nrm_linkage.synthetic.errors_names import Written
from nrm_linkage.synthetic.rates import ErrorRates
from nrm_linkage.synthetic.scripts import in_script
from nrm_linkage.synthetic.spelling import fold, has_marks, mangle, mistype
from nrm_linkage.synthetic.taking import Taking

__all__ = ["write_text"]

_SYLLABLES = re.compile(r"^([A-Z][a-zü]*?[aeiouü]+(?:ng|n(?![aeiou]))?)([a-z]{2,})$")
_PUNCTUATION = {"-": (" ", "", "- "), "'": (" ", "", "’", "`")}


def write_text(
    written: Written, community: Ints, taking: Taking, rates: ErrorRates, streams: Streams
) -> Written:
    """The names with errors of characters; `marks` grows by the mechanisms applied here."""
    marks = dict(written.marks)
    first, last = written.forenames.copy(), written.surname.copy()
    _syllables(first, community, taking, rates, streams, marks)
    _marks_lost(first, last, community, taking, rates, streams, marks)
    for box, name in ((first, "typing_forenames"), (last, "typing_surname")):
        hit = taking.hits(streams, name, rates.typing, taking.names)
        place, kind = streams(f"text.{name}").random((2, len(box)))
        for row in np.flatnonzero(hit).tolist():
            box[row] = mistype(box[row], place[row], kind[row])
        marks[name] = hit
    _casing(first, last, taking, rates, streams, marks)
    _scripts(first, last, community, taking, rates, streams, marks)
    _cut(first, last, taking, rates, streams, marks)
    _pseudonyms(first, last, taking, rates, streams, marks)
    return Written(first, last, written.alias, marks)


def _each(box: Strings, hit: Bools, change: Callable[[str, int], str]) -> None:
    """Replaces the struck entries of a box by `change(text, row)`, in place."""
    for row in np.flatnonzero(hit).tolist():
        box[row] = change(box[row], row)


def _syllables(
    first: Strings,
    community: Ints,
    taking: Taking,
    rates: ErrorRates,
    streams: Streams,
    marks: dict[str, Bools],
) -> None:
    hit = taking.hits(streams, "syllables_split", rates.syllables_split) & (
        np.array(COMMUNITY_NAMES)[community] == "chinese"
    )
    by = streams.uniform("text.syllables", len(first))

    def split(word: str, row: int) -> str:
        found = _SYLLABLES.match(word)
        return word if not found else found[1] + ("-" if by[row] < 0.3 else " ") + found[2].capitalize()

    _each(first, hit, split)
    marks["syllables_split"] = hit


def _marks_lost(
    first: Strings,
    last: Strings,
    community: Ints,
    taking: Taking,
    rates: ErrorRates,
    streams: Streams,
    marks: dict[str, Bools],
) -> None:
    marked = has_marks(first) | has_marks(last)
    near_universal = np.isin(np.array(COMMUNITY_NAMES)[community], ["albanian", "vietnamese"])
    rate = np.where(near_universal, rates.diacritics_lost_albanian_vietnamese, rates.diacritics_lost)
    lost = marked & taking.hits(streams, "diacritics_lost", rate)
    mangled = marked & ~lost & taking.hits(streams, "mojibake", rates.mojibake)
    kind = streams.uniform("text.mojibake", len(first))
    for box in (first, last):
        _each(box, lost, lambda word, _: fold(word))
        _each(box, mangled, lambda word, row: mangle(word, kind[row]))
    marks["marked"], marks["diacritics_lost"], marks["mojibake"] = marked, lost, mangled


def _casing(
    first: Strings,
    last: Strings,
    taking: Taking,
    rates: ErrorRates,
    streams: Streams,
    marks: dict[str, Bools],
) -> None:
    """Upper or lower case, hyphens and apostrophes, spaces that should not be there."""
    hit = taking.hits(streams, "casing", rates.casing, taking.names)
    kind, detail = streams("text.casing").random((2, len(first)))
    _each(last, hit & (kind < 0.60), lambda word, _: word.upper())
    _each(first, hit & (kind >= 0.38) & (kind < 0.60), lambda word, _: word.upper())
    for box in (first, last):
        _each(box, hit & (kind >= 0.60) & (kind < 0.68), lambda word, _: word.lower())
        _each(box, hit & (kind >= 0.68) & (kind < 0.82), lambda word, row: _punctuated(word, detail[row]))
    spaces: tuple[Callable[[str], str], ...] = (
        lambda word: word + " ",
        lambda word: " " + word,
        lambda word: word.replace(" ", "  ") if " " in word else word + "  ",
        lambda word: word + "\u00a0",
        lambda word: "\u200b" + word,
        lambda word: word.replace(" ", "\u00a0") if " " in word else word + "\t",
    )
    stray = hit & (kind >= 0.82)
    _each(first, stray & (detail < 0.5), lambda word, row: spaces[int(detail[row] * 997) % len(spaces)](word))
    _each(last, stray & (detail >= 0.5), lambda word, row: spaces[int(detail[row] * 997) % len(spaces)](word))
    marks["casing"] = hit


def _punctuated(word: str, detail: float) -> str:
    """Hyphens and apostrophes exchanged; `Mc` split or lowered; halves of a double name turned round; else
    the case changed.
    """
    for sign, others in _PUNCTUATION.items():
        if sign in word:
            if sign == "-" and detail < 0.2:
                return " ".join(reversed(word.split("-")))
            return word.replace(sign, others[int(detail * 997) % len(others)])
    if word.startswith("Mc") and len(word) > 3:
        return ("Mc " + word[2:], "Mc" + word[2:].lower(), "Mac" + word[2:])[int(detail * 997) % 3]
    return (
        word.replace(" ", "-", 1)
        if " " in word and detail < 0.5
        else word.replace(" ", "", 1)
        if " " in word
        else word.upper()
    )


def _scripts(
    first: Strings,
    last: Strings,
    community: Ints,
    taking: Taking,
    rates: ErrorRates,
    streams: Streams,
    marks: dict[str, Bools],
) -> None:
    arabic = ("sudanese", "arabic", "persian", "kurdish", "afghan", "pakistani")
    cyrillic = ("bulgarian", "slavic", "centralasian")
    script = {"habesha": "ethiopic", "chinese": "han"}
    script |= dict.fromkeys(arabic, "arabic") | dict.fromkeys(cyrillic, "cyrillic")
    of = np.array([script.get(each.name, "") for each in COMMUNITIES], dtype=object)[community]
    share = max(float((of != "").mean()), 1e-9) if len(of) else 1.0
    hit = taking.hits(streams, "other_script", min(rates.other_script / share, 0.5)) & (of != "")
    for box in (first, last):
        _each(box, hit, lambda word, row: in_script(word, of[row]))
    marks["other_script"] = hit


def _cut(
    first: Strings,
    last: Strings,
    taking: Taking,
    rates: ErrorRates,
    streams: Streams,
    marks: dict[str, Bools],
) -> None:
    hit = taking.hits(streams, "truncation", rates.truncation)
    width = np.where(streams.uniform("text.width", len(first)) < 0.7, 20, 30)
    for box in (first, last):
        _each(box, hit, lambda word, row: word[: width[row]])
    marks["truncation"] = hit


def _pseudonyms(
    first: Strings,
    last: Strings,
    taking: Taking,
    rates: ErrorRates,
    streams: Streams,
    marks: dict[str, Bools],
) -> None:
    hit = taking.hits(streams, "pseudonym", rates.pseudonym)
    kind, number = streams("text.pseudonym").random((2, len(first)))
    for row in np.flatnonzero(hit).tolist():
        i, letter = 1 + int(number[row] * 9), "ABCDEFGH"[int(number[row] * 8)]
        first[row], last[row] = (
            (first[row][:1].upper(), last[row][:1].upper()),
            ("Child", letter),
            (f"PV{i}", f"PV{i}"),
            ("Operation Orca", f"PV{i}"),
            ("Female", str(i)),
            ("Victim", str(i)),
        )[int(kind[row] * 6)]
    marks["pseudonym"] = hit
