"""How a record writes a name: which spelling of each token, which token in which box, and what else got into
the boxes.

In this order: another surname (later records), a nickname, another spelling of a token, a mishearing; then
the division of the tokens over the form's two boxes, by structure; then what the form does to it
(placeholders, one name twice, everything in one box, boxes swapped, `SURNAME, Forename`), titles and aliases.
What happens to single characters is the work of `errors_text`. Rates and forms: domain.md 4.0, 4.1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from nrm_linkage.synthetic.arrays import (
    Bools,
    Floats,
    Ints,
    Streams,
    Strings,
    joined,
    strings,
    weighted,
)
from nrm_linkage.synthetic.communities import COMMUNITIES, Structure
from nrm_linkage.synthetic.errors_form import add_aliases, add_titles, misplace
from nrm_linkage.synthetic.parameters import PopulationParameters
from nrm_linkage.synthetic.population import FEMALE, People
from nrm_linkage.synthetic.rates import ErrorRates
from nrm_linkage.synthetic.repeats import Referrals
from nrm_linkage.synthetic.spelling import mishear, respell
from nrm_linkage.synthetic.tables import NameTables
from nrm_linkage.synthetic.taking import Taking

__all__ = ["Written", "document_tokens", "write_names"]

FORMS: dict[Structure, tuple[tuple[str, float], ...]] = {
    Structure.WESTERN: (("0|23", 1.0),),
    Structure.PATERNAL: (
        ("0|1", 0.22), ("0|2", 0.20), ("01|2", 0.34), ("0|12", 0.12), ("01|23", 0.07), ("012|3", 0.03),
        ("0|3", 0.02),
    ),
    Structure.FAMILY_MIDDLE_GIVEN: (
        ("10|2", 0.50), ("0|2", 0.15), ("0|21", 0.12), ("01|2", 0.08), ("21|0", 0.10), ("02|1", 0.05),
    ),
    Structure.FAMILY_GIVEN: (("0|2", 1.0),),
    Structure.ONE_NAME: (("0|1", 0.30), ("0|2", 0.60), ("01|2", 0.10)),
    Structure.TWO_FAMILIES: (("0|2", 0.22), ("0|3", 0.23), ("0|23", 0.33), ("01|3", 0.11), ("01|23", 0.11)),
    Structure.SIKH: (("0|1", 0.50), ("01|2", 0.35), ("0|2", 0.15)),
    Structure.TAMIL: (("0|1", 0.70), ("1|0", 0.30)),
}  # fmt: skip
"""Slots in the forename box | slots in the surname box, and share (forms: domain.md 4.1; shares assumed)."""


@dataclass(frozen=True, repr=False)
class Written:
    """Names as written, one entry a referral, and where each mechanism struck."""

    forenames: Strings
    surname: Strings
    alias: Strings
    marks: dict[str, Bools]


def _spelling_rates(rates: ErrorRates) -> Floats:
    return np.array([getattr(rates, f"spelling_{each.spelling}") for each in COMMUNITIES])


def document_tokens(
    people: People, codes: Ints, given: PopulationParameters, tables: NameTables, streams: Streams
) -> Strings:
    """Tokens as a person's own papers spell them, shape (n, 4), "" for none."""
    words = np.append(tables.words, "")
    tokens: Strings = words[codes]
    shares = {"transliterated": 1.0, "south_asian": 0.5, "african": 0.5}
    rate = (
        np.array([shares.get(each.spelling, 0.1) for each in COMMUNITIES])[people.community]
        * given.spelling_of_documents
    )
    return _respelt(
        tokens, people.community, np.repeat(rate[:, None], 4, axis=1), streams, "documents", tables
    )[0]


def _respelt(
    tokens: Strings, community: Ints, rate: Floats, streams: Streams, name: str, tables: NameTables
) -> tuple[Strings, Bools]:
    """Tokens, some of them in another spelling of their community's section; and where."""
    draw = streams(f"names.{name}").random(tokens.shape)
    how = streams(f"names.{name}.which").random(tokens.shape)
    struck = (draw < rate) & (tokens != "")
    out = tokens.copy()
    sections = np.array([each.section for each in COMMUNITIES])[community]
    for section in sorted(set(sections.tolist())):
        row, slot = np.nonzero(struck & (sections == section)[:, None])
        out[row, slot] = respell(tokens[row, slot], section, how[row, slot], tables)
    return out, np.asarray((out != tokens).any(axis=1), dtype=bool)


def write_names(
    people: People,
    rows: Referrals,
    tokens: Strings,
    taking: Taking,
    rates: ErrorRates,
    tables: NameTables,
    streams: Streams,
) -> Written:
    """Forenames, surname and alias of each referral, before errors of single characters. `tokens` are those
    of the people.
    """
    marks: dict[str, Bools] = {}
    community = people.community[rows.person]
    structure = np.array([int(each.structure) for each in COMMUNITIES], dtype=np.int64)[community]
    token = _changed_surnames(
        people, rows, tokens[rows.person], community, taking, rates, tables, streams, marks
    )
    token = _nicknames(token, community, taking, rates, tables, streams, marks)
    rate = _spelling_rates(rates)[community]
    rate = np.where(taking.british, np.minimum(rate, rates.spelling_latin_script), rate) * taking.names
    token, marks["spelling"] = _respelt(
        token, community, np.minimum(rate, 0.9)[:, None], streams, "spelling", tables
    )
    token = _heard(token, taking, rates, streams, marks)
    forenames, surname = _boxes(rows, token, structure, community, taking, rates, streams, marks)
    forenames, surname = misplace(
        forenames, surname, rows.person, structure, community, taking, rates, streams, marks
    )
    woman = people.gender[rows.person] == FEMALE
    forenames, surname = add_titles(forenames, surname, community, woman, taking, rates, streams, marks)
    forenames, surname, alias = add_aliases(
        people, rows, forenames, surname, tokens[:, 0], taking, rates, streams, marks
    )
    return Written(forenames, surname, alias, marks)


def _changed_surnames(
    people: People,
    rows: Referrals,
    token: Strings,
    community: Ints,
    taking: Taking,
    rates: ErrorRates,
    tables: NameTables,
    streams: Streams,
    marks: dict[str, Bools],
) -> Strings:
    """Later records of British and European people under a parent's, foster family's or spouse's surname,
    alone or joined to their own.
    """
    may = np.array(
        [
            each.structure is Structure.WESTERN and each.spelling in ("british", "latin_script")
            for each in COMMUNITIES
        ]
    )
    hit = (
        taking.hits(streams, "family_name_changed", rates.family_name_changed)
        & (rows.sequence > 0)
        & may[community]
    )
    other = np.append(tables.words, "")[
        tables.draw("uk.s", streams.uniform("names.other_surname", len(people)))
    ][rows.person]
    join = streams.uniform("names.joined", len(rows)) < 0.5
    out = token.copy()
    out[:, 3] = np.where(hit & join, other, out[:, 3])
    out[:, 2] = np.where(hit & ~join, other, out[:, 2])
    marks["family_name_changed"] = hit
    return out


def _nicknames(
    token: Strings,
    community: Ints,
    taking: Taking,
    rates: ErrorRates,
    tables: NameTables,
    streams: Streams,
    marks: dict[str, Bools],
) -> Strings:
    """Familiar forms of forenames, of British and Caribbean people."""
    may = np.array([each.section == "uk" for each in COMMUNITIES])
    hit = taking.hits(streams, "nickname", rates.nickname) & may[community]
    which = streams.uniform("names.nickname", len(token))
    out = token.copy()
    for row in np.flatnonzero(hit).tolist():
        forms = tables.nicknames.get(token[row, 0], ())
        if forms:
            out[row, 0] = forms[int(which[row] * len(forms))]
    marks["nickname"] = np.asarray(out[:, 0] != token[:, 0], dtype=bool)
    return out


def _heard(
    token: Strings, taking: Taking, rates: ErrorRates, streams: Streams, marks: dict[str, Bools]
) -> Strings:
    hit = taking.hits(streams, "mishearing", rates.mishearing, taking.names) & ~taking.british
    filled = (token != "").sum(axis=1)
    pick = (streams.uniform("names.heard_slot", len(token)) * np.maximum(filled, 1)).astype(np.int64)
    slot = np.argsort(token == "", axis=1, kind="stable")[np.arange(len(token)), pick]
    row = np.flatnonzero(hit)
    out = token.copy()
    out[row, slot[row]] = mishear(token[row, slot[row]], streams.uniform("names.heard", len(token))[row])
    marks["mishearing"] = hit
    return out


def _boxes(
    rows: Referrals,
    token: Strings,
    structure: Ints,
    community: Ints,
    taking: Taking,
    rates: ErrorRates,
    streams: Streams,
    marks: dict[str, Bools],
) -> tuple[Strings, Strings]:
    """The tokens in the form's two boxes, by the person's usual division or, now and then, another."""
    n = len(rows)
    people = int(rows.person.max()) + 1 if n else 0
    usual = streams.uniform("names.division", people)[rows.person]
    redrawn = taking.hits(streams, "slots_redrawn", rates.slots_redrawn, taking.names)
    division = np.where(redrawn, streams.uniform("names.redivision", n), usual)
    first, last = strings([""] * n), strings([""] * n)
    form = np.zeros(n, dtype=np.int64)
    for kind, forms in FORMS.items():
        here = np.flatnonzero(structure == kind)
        form[here] = weighted(division[here], [share for _, share in forms])
        for i, (slots, _) in enumerate(forms):
            front, back = slots.split("|")
            mine = here[form[here] == i]
            joint = "-" if kind is Structure.WESTERN else " "
            first[mine], last[mine] = _gather(token[mine], front, " "), _gather(token[mine], back, joint)
    empty = np.flatnonzero(last == "")
    last[empty] = np.where(token[empty, 2] != "", token[empty, 2], token[empty, 1])
    marks["slots_redrawn"] = redrawn & np.isin(
        structure, [kind for kind, forms in FORMS.items() if len(forms) > 1]
    )
    return _middles(token, first, structure, community, usual, taking, rates, streams, marks), last


def _gather(token: Strings, slots: str, by: str) -> Strings:
    out = token[:, int(slots[0])]
    for slot in slots[1:]:
        out = joined(out, token[:, int(slot)], by)
    return out


def _middles(
    token: Strings,
    first: Strings,
    structure: Ints,
    community: Ints,
    usual: Floats,
    taking: Taking,
    rates: ErrorRates,
    streams: Streams,
    marks: dict[str, Bools],
) -> Strings:
    """Middle names of western structures: present for some people as a habit, otherwise in this record, whole
    or as an initial.
    """
    has = (structure == Structure.WESTERN) & (token[:, 1] != "")
    often = np.array([each.section == "uk" for each in COMMUNITIES])[community]
    habit = usual < np.where(often, 0.3, 0.5)
    changed = (
        taking.hits(streams, "middle_changed", np.where(often, rates.middle_changed, rates.slots_redrawn / 2))
        & has
    )
    present = has & (habit ^ changed)
    initial = changed & (streams.uniform("names.initial", len(first)) < 0.4)
    letter = np.array([word[:1] for word in token[:, 1].tolist()], dtype=object)
    middle = np.where(initial, letter, np.where(present, token[:, 1], "")).astype(object)
    marks["middle_changed"] = changed & often
    return joined(first, middle)
