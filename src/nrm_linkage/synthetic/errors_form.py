"""What the referral form does to a name: boxes that must be filled, exchanged or shared, titles, aliases.

The form asks for a first and a last name and takes no blank, so people with one name get a placeholder or
their name twice; whoever fills it in may put everything in one box or the boxes the wrong way round. At most
one of these befalls a record; a title and an alias may come on top. Rates: domain.md 4.0.
"""

from __future__ import annotations

import numpy as np

from nrm_linkage.synthetic.arrays import Bools, Floats, Ints, Streams, Strings, choose, joined, strings
from nrm_linkage.synthetic.communities import COMMUNITIES, COMMUNITY_NAMES, Structure
from nrm_linkage.synthetic.population import MALE, People
from nrm_linkage.synthetic.rates import ErrorRates
from nrm_linkage.synthetic.repeats import Referrals
from nrm_linkage.synthetic.taking import Taking

__all__ = ["PLACEHOLDERS", "add_aliases", "add_titles", "misplace"]

PLACEHOLDERS = (
    "FNU;LNU;N/A;NA;N/K;NK;Not Known;Unknown;UNKNOWN MALE;Unk;None;-;.;XXX;xx;TBC;Refused;No surname;"
    "Only one name;Mr;?"
).split(";")
"""What stands in the surname box of somebody without a surname (domain.md 4.0)."""
STREET_NAMES = (
    "Tiny Younger Ghost Smokey Trapz Lil_T Big_T Man Bossman YG Ninja Shaq Dre Baby Kay Jay".replace(
        "_", "_"
    ).split()
)
_OTHER_ALIASES = (
    "Ali Lily Tony Jimmy Anna Beni Max Mo Lucky Dheere Yare Gaab Noi Lek Fon Nok Boss Linda Leo Kelly"
    " Jenny Sam"
).split()
_TITLES = (("Mr", "Master", "Child", "Dr", "Baby"), ("Mrs", "Miss", "Ms", "Child", "Baby"))
"""Of men and boys, of women and girls."""
_TITLES_OF: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "habesha": (("Ato",), ("Weizero", "Weizerit")),
    "arabic": (("Sheikh", "Haji", "Ustad", "Eng"), ("Haja",)),
    "afghan": (("Mullah", "Sayed", "Haji"), ("Bibi",)),
    "southasian": (("Syed", "Haji", "Md"), ("Mst", "Syeda")),
}
_FAMILY_FIRST = (Structure.FAMILY_MIDDLE_GIVEN, Structure.FAMILY_GIVEN)


def misplace(
    first: Strings,
    last: Strings,
    person: Ints,
    structure: Ints,
    community: Ints,
    taking: Taking,
    rates: ErrorRates,
    streams: Streams,
    marks: dict[str, Bools],
) -> tuple[Strings, Strings]:
    """What the form makes of a name; at most one of these for a record, in this order. `person` says whose
    record each is.
    """
    n = len(first)
    name = np.array(COMMUNITY_NAMES)[community]
    one_name = np.isin(name, ["afghan", "tamil", "indonesian", "sudanese"])
    family_first = np.isin(structure, _FAMILY_FIRST)
    horn = np.isin(name, ["habesha", "somali"])
    blank = np.where(one_name, rates.placeholder_one_name, rates.placeholder)
    twice = np.where(name == "afghan", rates.repeated_afghan, rates.repeated)
    _one_name(person, blank, twice, taking, rates, streams, marks)
    chances: dict[str, Floats] = {
        "whole_in_one_box": np.full(n, rates.whole_in_one_box),
        "swapped": np.select(
            [family_first, horn], [rates.swapped_family_first, rates.swapped_horn], rates.swapped
        ),
        "surname_comma": np.full(n, rates.surname_comma),
    }
    free = ~(marks["placeholder"] | marks["repeated"])
    for mechanism, chance in chances.items():
        marks[mechanism] = free & taking.hits(streams, mechanism, chance, taking.names)
        free &= ~marks[mechanism]
    return _boxed(first, last, family_first, streams, marks)


def _one_name(
    person: Ints,
    blank: Floats,
    twice: Floats,
    taking: Taking,
    rates: ErrorRates,
    streams: Streams,
    marks: dict[str, Bools],
) -> None:
    """Who is written with one name: mostly the same people each time, now with a placeholder, now with the
    name twice. `blank` and `twice` are the rates of the two.
    """
    n = len(person)
    people = int(person.max()) + 1 if n else 0
    own = streams.uniform("names.one_name_person", people)[person]
    fresh = streams.uniform("names.one_name_record", n)
    persists = streams.uniform("names.one_name_persists", n) < rates.one_name_persists
    both = blank + twice
    struck = np.where(persists, own < both, fresh < both * taking.names)
    as_blank = streams.uniform("names.one_name_how", n) * both < blank
    marks["placeholder"], marks["repeated"] = struck & as_blank, struck & ~as_blank


def _boxed(
    first: Strings, last: Strings, family_first: Bools, streams: Streams, marks: dict[str, Bools]
) -> tuple[Strings, Strings]:
    """The two boxes after the mechanism that struck each record."""
    n = len(first)
    blank = choose(streams.uniform("names.placeholder", n), PLACEHOLDERS)
    short = choose(streams.uniform("names.one_box_blank", n), [".", "-", "N/K", "Unknown", "N/A"])
    whole = np.where(family_first, joined(last, first), joined(first, last)).astype(object)
    kind = streams.uniform("names.one_box", n)
    one_first = np.where(kind < 0.4, whole, short).astype(object)
    one_last = np.where(kind < 0.4, short, whole).astype(object)
    for row in np.flatnonzero(marks["whole_in_one_box"] & (kind >= 0.6)).tolist():
        one_first[row], one_last[row] = _split_in_the_middle(whole[row])
    comma = joined(strings([name.upper() for name in last.tolist()]), first, ", ")
    mechanisms = ("placeholder", "repeated", "whole_in_one_box", "swapped", "surname_comma")
    picked = [marks[name] for name in mechanisms]
    new_first = np.select(picked, [first, first, one_first, last, comma], first).astype(object)
    new_last = np.select(picked, [blank, first, one_last, first, short], last).astype(object)
    return new_first, new_last


def _split_in_the_middle(name: str) -> tuple[str, str]:
    """Words shared out over the two boxes without regard to their meaning; two words stay together.

    >>> _split_in_the_middle("Mohammed Ali Hassan Abdi")
    ('Mohammed Ali', 'Hassan Abdi')
    """
    words = name.split(" ")
    half = len(words) // 2
    return (" ".join(words[:half]), " ".join(words[half:])) if len(words) > 2 else (name, ".")


def add_titles(
    first: Strings,
    last: Strings,
    community: Ints,
    woman: Bools,
    taking: Taking,
    rates: ErrorRates,
    streams: Streams,
    marks: dict[str, Bools],
) -> tuple[Strings, Strings]:
    """A title or role before the forenames, or in brackets after the surname."""
    hit = taking.hits(streams, "title", rates.title, taking.names)
    which = streams.uniform("names.title", len(first))
    new_first, new_last = first.copy(), last.copy()
    for row in np.flatnonzero(hit).tolist():
        side = int(woman[row])
        own = _TITLES_OF.get(COMMUNITIES[community[row]].section, _TITLES)[side]
        options = own if which[row] < 0.5 else _TITLES[side]
        title = options[int(which[row] * 1000) % len(options)]
        if which[row] * 10 % 1 < 0.8:
            new_first[row] = f"{title} {first[row]}"
        else:
            new_last[row] = f"{last[row]} ({title})"
    marks["title"] = hit
    return new_first, new_last


def add_aliases(
    people: People,
    rows: Referrals,
    first: Strings,
    last: Strings,
    given_names: Strings,
    taking: Taking,
    rates: ErrorRates,
    streams: Streams,
    marks: dict[str, Bools],
) -> tuple[Strings, Strings, Strings]:
    """The alias that a person is known by, in its own box or inside a name; one alias a person, short for the
    given name (`given_names`, one a person) or from a list.
    """
    person = rows.person
    draw = streams.uniform("names.alias", len(people))
    street = [name.replace("_", " ") for name in STREET_NAMES]
    from_list = np.where(
        taking.british, choose(draw, street)[person], choose(draw, _OTHER_ALIASES)[person]
    ).astype(object)
    cut = [word.split(" ")[0][: 3 + len(word) % 2] for word in given_names.tolist()]
    short = strings(cut)[person]
    alias = np.where((draw[person] * 7 % 1 < 0.4) & (short != ""), short, from_list).astype(object)
    boy = taking.british & (people.gender[person] == MALE) & people.child(people.first_date)[person]
    box = taking.hits(streams, "alias_box", np.where(boy, 1.8, 0.9) * rates.alias_box, taking.blanks)
    embedded = taking.hits(streams, "alias_embedded", rates.alias_embedded, taking.names)
    how = streams.uniform("names.alias_form", len(rows))
    new_first, new_last = first.copy(), last.copy()
    for row in np.flatnonzero(embedded).tolist():
        name = alias[row]
        if how[row] < 0.25:
            new_first[row] = f'{first[row]} "{name}"'
        elif how[row] < 0.35:
            new_last[row] = f"{last[row].upper()}@{name.upper()}"
        else:
            word = ("aka", "AKA", "a.k.a.", "also known as", "alias", "née", "formerly", "prev.")[
                int(how[row] * 997) % 8
            ]
            new_last[row] = f"{last[row]} {word} {name}"
    marks["alias_box"], marks["alias_embedded"] = box, embedded
    return new_first, new_last, np.where(box, alias, "").astype(object)
