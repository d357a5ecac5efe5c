"""References, telephone numbers, e-mail, addresses and languages of a record (domain.md 1.2 and 6).

A person has several Home Office references of different kinds and shows one or two of them at a time, in free
text with type words. Brothers and sisters share an address and may share a reference with a dependant's
suffix; asylum accommodation and support services lend many people one postcode or one number. So agreement on
any of these is strong evidence and never proof. Numbers and addresses are made up; e-mail is at example.org.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from nrm_linkage.synthetic.arrays import (
    Bools,
    Floats,
    Ints,
    Streams,
    Strings,
    choose,
    strings,
    weighted,
    zipf,
)
from nrm_linkage.synthetic.communities import COMMUNITIES
from nrm_linkage.synthetic.parameters import PopulationParameters
from nrm_linkage.synthetic.population import People, cells, years_later
from nrm_linkage.synthetic.rates import ErrorRates
from nrm_linkage.synthetic.repeats import ANONYMOUS, NRM, Referrals
from nrm_linkage.synthetic.tables import towns

__all__ = ["write_contacts", "write_references"]

_SERVICES = 250
"""Telephone numbers of services and accommodation sites, each lent to many people (assumed)."""


def _digits(streams: Streams, name: str, size: int, places: int) -> Strings:
    number = streams(name).integers(10 ** (places - 1), 10**places, size)
    return strings([str(each) for each in number.tolist()])


def _responder_kinds(rows: Referrals) -> Strings:
    table = cells().table
    kinds: Strings = table.labels["first_responder_type"][table.column("first_responder_type")[rows.cell]]
    return kinds


def _heads(people: People, given: PopulationParameters, streams: Streams) -> tuple[Ints, Strings]:
    """Whose Home Office reference each person bears, and the suffix of a dependant ("" for most)."""
    m = len(people)
    heads, suffix = np.arange(m), strings([""] * m)
    members = np.flatnonzero(people.family >= 0)
    if len(members):
        order = members[np.argsort(people.family[members], kind="stable")]
        families = people.family[order]
        start = np.searchsorted(families, families, side="left")
        shared = (
            streams.uniform("contacts.family_reference", m)[order[start]] < given.siblings_share_reference
        )
        position = np.arange(len(order)) - start
        follows = shared & (position > 0)
        heads[order[follows]] = order[start[follows]]
        suffix[order[follows]] = [f"/{1 + int(place):03d}" for place in position[follows]]
    return heads, suffix


def write_references(
    people: People,
    rows: Referrals,
    rates: ErrorRates,
    given: PopulationParameters,
    streams: Streams,
    marks: dict[str, Bools],
) -> dict[str, Strings]:
    """`home_office_reference` and `police_reference`, free text, "" for none."""
    n, m = len(rows), len(people)
    kind = _responder_kinds(rows)
    british = cells().groups[people.nationality[rows.person]] == "British"
    shares = [0.0, given.reference_asylum, given.reference_police]
    share = np.select([british, kind == "govt", kind == "police"], shares, given.reference_other)
    present = streams.uniform("fields.reference", n) < share
    marks["reference_other_kind"] = streams.uniform("fields.other_reference", n) < rates.reference_other_kind
    usual = streams.uniform("fields.reference_kind", m)[rows.person]
    again = streams.uniform("fields.reference_again", n)
    which = weighted(np.where(marks["reference_other_kind"], again, usual), [0.62, 0.15, 0.13, 0.10])
    heads, suffix = _heads(people, given, streams)
    letter = choose(streams.uniform("fields.letter", m), list("ABCDEFHKLMNPRSTY"))
    ho = (letter + _digits(streams, "fields.ho", m, 7))[heads] + suffix
    cid = _digits(streams, "fields.cid", m, 8)
    office = choose(streams.uniform("fields.port", m), ["TN2", "ASC", "KIU", "DKE", "LHR"])
    port = office + "/" + _digits(streams, "fields.port_number", m, 7)
    uan = _digits(streams, "fields.uan", m, 12)
    how = streams.uniform("fields.reference_form", n)
    text = strings([""] * n)
    shown = np.flatnonzero(present)
    who = rows.person[shown]
    own = (which[shown].tolist(), how[shown].tolist(), ho[who], cid[who], port[who], uan[who])
    text[shown] = [_reference(*each) for each in zip(*own, strict=True)]
    case = _digits(streams, "fields.crime", n, 6)
    since_1970 = rows.date.astype("datetime64[Y]").astype(np.int64)
    year = strings([f"{i:02d}" for i in range(100)])[(since_1970 + 70) % 100]
    police = (
        (kind == "police")
        & (streams.uniform("fields.police", n) < given.police_reference_given)
        & (rows.route == NRM)
    )
    crime = np.where(police, "20/" + case + "/" + year, "").astype(object)
    return {"home_office_reference": text, "police_reference": crime}


def _reference(kind: int, how: float, ho: str, cid: str, port: str, uan: str) -> str:
    """One reference as people write it (domain.md 1.2)."""
    grouped = "-".join(("3434", uan[:4], uan[4:8], uan[8:]))
    spaced = f"{ho[0]} {ho[1:]}"
    of_kind: tuple[tuple[str, ...], ...] = (
        (ho, ho, ho, f"HO ref {ho}", spaced, f"HO ref {ho} / CID {cid}", f"Home Office: {ho.lower()}"),
        (cid, f"CID {cid}", f"CID: {cid}", f"CID {cid} / {ho}"),
        (port, f"Port ref {port}", f"port {port}", port.replace("/", " ")),
        (grouped, f"UAN {grouped}", grouped.replace("-", ""), grouped.replace("-", " ")),
    )
    forms = of_kind[kind]
    return forms[int(how * len(forms))]


def write_contacts(
    people: People,
    rows: Referrals,
    rates: ErrorRates,
    given: PopulationParameters,
    streams: Streams,
    marks: dict[str, Bools],
) -> dict[str, Strings]:
    """`phone`, `email`, `town`, `postcode` and `language`, "" for none; contact details of adults only."""
    n, m = len(rows), len(people)
    turn = np.maximum(rows.sequence, 0)
    for name in ("phone_changed", "address_changed"):
        marks[name] = (streams.uniform(f"fields.{name}", n) < getattr(rates, name)) & (turn > 0)
    household = np.where(people.family >= 0, people.family + m, np.arange(m))
    asylum = cells().groups[people.nationality] == "asylum"
    site = streams.uniform("contacts.site", 2 * m)[household]
    lodged = streams.uniform("contacts.accommodation", 2 * m)[household] < given.shared_accommodation
    shared = asylum & lodged
    home = np.where(shared, 2 * m + (site * _SERVICES).astype(np.int64), household)[rows.person]
    together = streams.uniform("contacts.one_phone", 2 * m)[household] < given.siblings_share_phone
    caller = np.where(together, household, np.arange(m))
    lent = streams.uniform("contacts.service", m) < given.shared_phone
    caller = np.where(lent, 2 * m + (site * _SERVICES).astype(np.int64), caller)[rows.person]
    salt = int(streams("fields.contacts").integers(1, 2**62))
    place = _scattered(home * 8 + turn * marks["address_changed"], salt)
    number = _scattered(caller * 8 + turn * marks["phone_changed"], salt + 1)
    adult = years_later(people.birth[rows.person], 18) <= rows.date
    has: Floats = streams("fields.contact_given").random((4, n))
    town, postcode = _addresses(place)
    digits = strings([str(each) for each in (number % 90_000_000 + 10_000_000).tolist()])
    prefix = strings([f"+447{i}" for i in range(9)] + [f"07{i}" for i in range(9)] * 2)[number // 11 % 27]
    language = strings([each.language for each in COMMUNITIES])[people.community[rows.person]]
    written: dict[str, tuple[Any, Strings]] = {
        "phone": (has[0] < given.phone_given, prefix + digits),
        "email": (adult & (has[1] < given.email_given), "person" + digits + "@example.org"),
        "town": (has[2] < given.town_given, town),
        "postcode": (adult & (has[3] < given.postcode_given), postcode),
        "language": (has[1] > 1 - given.language_given, language),
    }
    named = rows.route != ANONYMOUS
    return {name: np.where(named & shown, text, "").astype(object) for name, (shown, text) in written.items()}


def _addresses(place: Ints) -> tuple[Strings, Strings]:
    """A town and a postcode for each address code; the postcode's area is the town's first two letters."""
    table = towns()
    town = weighted((place % 100_003) / 100_003, zipf(len(table), 0.85, 1))
    areas = strings([name[:2].upper() if name[:2].isalpha() else "ZZ" for name in table.tolist()])
    numbers = strings([str(i) for i in range(31)])
    letters = strings([a + b for a in "ABDEFGHJLNPQRSTUWXYZ" for b in "ABDEFGHJLNPQRSTUWXYZ"])
    outward = areas[town] + numbers[place // 7 % 30 + 1]
    return table[town], outward + " " + numbers[place // 217 % 10] + letters[place // 2171 % 400]


def _scattered(keys: Ints, salt: int) -> Ints:
    """A fixed pseudo-random number for each key (the splitmix64 finaliser), so that one household keeps one
    address.
    """
    with np.errstate(over="ignore"):
        z = keys.astype(np.uint64) + np.uint64(salt)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return ((z ^ (z >> np.uint64(31))) >> np.uint64(2)).astype(np.int64)
