"""`make_referrals`: invented referrals with the truth beside them, for trying, testing and measuring a
linkage.

    people -> relatives -> names -> referrals -> how each was taken -> what it says -> layout

Every person, name, date and place is invented. The population follows published tables (domain.md 2); how
often people return, how records go wrong and how communities name people are assumptions (domain.md 3.1, 4,
6), each a named field of `PopulationParameters` or `ErrorRates`, and none a finding. The error model was
written from the domain's facts alone and shares no code with the rooms that normalise and compare, so that a
linkage is not tested by its own picture of the world. Not simulated: narratives, changes of name through
life, officers, and any tie between what happened to somebody and how badly it was recorded.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from nrm_linkage.errors import ConfigError
from nrm_linkage.synthetic.arrays import Bools, Ints, Streams, Strings, as_days, strings
from nrm_linkage.synthetic.contacts import write_contacts, write_references
from nrm_linkage.synthetic.errors_dates import write_births
from nrm_linkage.synthetic.errors_fields import write_genders, write_nationalities
from nrm_linkage.synthetic.errors_names import document_tokens, write_names
from nrm_linkage.synthetic.errors_text import write_text
from nrm_linkage.synthetic.layout import LAYOUTS, REFERENCE_HEADINGS, SUBMISSION_HEADINGS, lay_out
from nrm_linkage.synthetic.names import sample_names
from nrm_linkage.synthetic.parameters import PopulationParameters
from nrm_linkage.synthetic.population import People, cells, sample_people
from nrm_linkage.synthetic.rates import ErrorRates
from nrm_linkage.synthetic.relatives import relate
from nrm_linkage.synthetic.repeats import ANONYMOUS, NRM, Referrals, refer
from nrm_linkage.synthetic.situations import REPORTED_BEFORE_FLIPPED, describe
from nrm_linkage.synthetic.tables import local_authorities, name_tables
from nrm_linkage.synthetic.taking import take

__all__ = ["Generated", "generate", "make_referrals"]

_TYPES = {
    "govt": "Government agency",
    "la": "Local Authority",
    "ngo": "NGO and third sector",
    "police": "Police",
}
_EXTRACTED_AFTER_DAYS = 60
"""The extract is made so long after the end of the window; later decisions are unknown (assumed)."""
_ROWS_A_PERSON = 1.12


@dataclass(frozen=True, repr=False)
class Generated:
    """The frame, the people and rows behind it, and where each error mechanism struck (in the frame's row
    order).
    """

    frame: pd.DataFrame
    people: People
    rows: Referrals
    marks: dict[str, Bools]


def make_referrals(
    n_people: int,
    seed: int = 0,
    *,
    errors: str | ErrorRates = "as assumed",
    layout: str = "analyst",
    start: str = "2023-01-01",
    end: str = "2024-07-31",
    n_referrals: int | None = None,
    parameters: PopulationParameters | None = None,
) -> pd.DataFrame:
    """Invented referrals of `n_people` people between two dates (both included), as an extract with its
    truth.

    One row a referral, Duty to Notify reports among them, by date. Strings are text with None for missing;
    the layouts are "analyst", "form" and "case export". Two columns hold the truth in every layout:
    `true_person` (int64) and `true_instance` (int64, the situation, unique over people), both opaque. The
    first people of a longer draw are not those of a shorter one.

    `errors` is "as assumed", "harsher", "milder", "none" or `ErrorRates`. With `n_referrals` exactly so many
    rows come out, of all kinds, and people are added or left out until they do; `n_people` then no longer
    counts. The same arguments give the same frame on every machine.

    Raises ConfigError when an argument cannot be used.
    """
    return generate(
        n_people,
        seed,
        errors=errors,
        layout=layout,
        start=start,
        end=end,
        n_referrals=n_referrals,
        parameters=parameters,
    ).frame


def generate(
    n_people: int,
    seed: int = 0,
    *,
    errors: str | ErrorRates = "as assumed",
    layout: str = "analyst",
    start: str = "2023-01-01",
    end: str = "2024-07-31",
    n_referrals: int | None = None,
    parameters: PopulationParameters | None = None,
) -> Generated:
    """`make_referrals` with what lies behind the frame, for tests and measurements of the generator."""
    rates = ErrorRates.named(errors) if isinstance(errors, str) else errors
    given = parameters or PopulationParameters()
    window = (np.datetime64(start, "D"), np.datetime64(end, "D"))
    if n_people < 1 or (n_referrals is not None and n_referrals < 1):
        raise ConfigError("n_people= and n_referrals= must be at least 1.")
    if layout not in LAYOUTS:
        raise ConfigError(f"layout= must be one of {', '.join(map(repr, LAYOUTS))}.")
    if not window[0] <= window[1]:
        raise ConfigError("start= must not be after end=.")
    streams = Streams(seed)
    people, tokens, rows = _referred(n_people, n_referrals, window, given, streams)
    rows = rows.take(
        np.lexsort((streams.uniform("generate.same_day", len(rows)), rows.copy_of >= 0, rows.date)).astype(
            np.int64
        )
    )
    return _recorded(people, tokens, rows, window[1], layout, rates, given, streams)


def _referred(
    n_people: int,
    n_referrals: int | None,
    window: tuple[np.datetime64, np.datetime64],
    given: PopulationParameters,
    streams: Streams,
) -> tuple[People, Strings, Referrals]:
    """People, the tokens of their names and their referrals, as many as wanted."""
    n = n_people if n_referrals is None else int(n_referrals / _ROWS_A_PERSON * 1.05) + 10
    while True:
        ratio = given.duty_to_notify_per_nrm * (1 - given.duty_to_notify_before_nrm) * 1.14
        people = sample_people(n, min(n - 1, round(n * ratio / (1 + ratio))), window, given, streams)
        people = relate(people, given, streams)
        people, rows = refer(people, window, given, streams)
        kept = np.arange(len(rows)) if n_referrals is None else _exactly(rows, n, n_referrals)
        if kept is not None:
            tables = name_tables()
            tokens = document_tokens(people, sample_names(people, tables, streams), given, tables, streams)
            return people, tokens, rows.take(kept)
        n = int(n * 1.1) + 10


def _exactly(rows: Referrals, n_people: int, wanted: int) -> Ints | None:
    """Rows of whole people, `wanted` in all: the first people that fit, then people with one row; None when
    there are too few.
    """
    each = np.bincount(rows.person, minlength=n_people)
    total = np.cumsum(each)
    fit = int(np.searchsorted(total, wanted, side="right"))
    missing = wanted - (int(total[fit - 1]) if fit else 0)
    single = fit + np.flatnonzero(each[fit:] == 1)[:missing]
    if len(single) < missing:
        return None
    keep = np.zeros(n_people, dtype=bool)
    keep[:fit], keep[single] = True, True
    kept: Ints = np.flatnonzero(keep[rows.person])
    return kept


def _recorded(
    people: People,
    tokens: Strings,
    rows: Referrals,
    end: np.datetime64,
    layout: str,
    rates: ErrorRates,
    given: PopulationParameters,
    streams: Streams,
) -> Generated:
    """The rows as records, laid out."""
    taking = take(people, rows, rates, given, streams)
    written = write_names(people, rows, tokens, taking, rates, name_tables(), streams)
    written = write_text(written, people.community[rows.person], taking, rates, streams)
    births = write_births(people, rows, taking, rates, streams)
    situations = describe(
        people, rows, end + np.timedelta64(_EXTRACTED_AFTER_DAYS, "D"), rates, given, streams
    )
    marks = written.marks | births.marks
    record: dict[str, Any] = {
        **situations.columns,
        **write_nationalities(people, rows, taking, rates, given, streams, marks),
        **write_genders(people, rows, taking, rates, streams, marks),
        **write_references(people, rows, rates, given, streams, marks),
        **write_contacts(people, rows, rates, given, streams, marks),
        **_identifiers(rows, streams),
        **_first_responders(rows),
        "given_name": written.forenames,
        "family_name": written.surname,
        "alias": written.alias,
        "date_of_birth": births.date,
        "dob_text": births.text,
        "referral_date": rows.date,
        "record_type": np.where(rows.route == NRM, "NRM", "DTN").astype(object),
        "age_group": _age_groups(people, rows, given, streams),
    }
    record["reported_before_details"] = _details(rows, record["referral_id"], given, streams)
    _without_consent(record, rows)
    columns = lay_out(record, layout, rates, streams)
    _as_originals(columns, rows, given, streams)
    opaque = streams("generate.people").permutation(len(people))
    frame = pd.DataFrame(columns)
    frame["true_person"] = opaque[rows.person].astype(np.int64)
    frame["true_instance"] = situations.instance
    return Generated(frame, people, rows, marks)


def _identifiers(rows: Referrals, streams: Streams) -> dict[str, Strings]:
    """A reference for each row, rising with the date but not without gaps, and its submission's UUID."""
    n = len(rows)
    steps = streams("generate.references").integers(1, 4, n)
    numbers = 100_000 + np.cumsum(steps)
    raw = np.frombuffer(streams("generate.submissions").bytes(16 * n), dtype=np.uint8).reshape(n, 16).copy()
    raw[:, 6], raw[:, 8] = raw[:, 6] & 0x0F | 0x40, raw[:, 8] & 0x3F | 0x80
    digits = raw.tobytes().hex()
    each = (digits[32 * i : 32 * i + 32] for i in range(n))
    ids = ["-".join((d[:8], d[8:12], d[12:16], d[16:20], d[20:])) for d in each]
    return {
        "referral_id": strings([f"NRM{number:07d}" for number in numbers.tolist()]),
        "submission_id": strings(ids),
    }


def _first_responders(rows: Referrals) -> dict[str, Strings]:
    """Name and type of the first responder; a local authority by its own name."""
    table = cells().table
    organisation = table.labels["first_responder"][table.column("first_responder")[rows.cell]]
    council = local_authorities()[rows.authority]
    kinds = strings([_TYPES[str(label)] for label in table.labels["first_responder_type"]])
    return {
        "first_responder": np.where(organisation == "Local Authority", council, organisation).astype(object),
        "first_responder_type": kinds[table.column("first_responder_type")[rows.cell]],
    }


def _age_groups(people: People, rows: Referrals, given: PopulationParameters, streams: Streams) -> Strings:
    """Child or Adult at the referral by what the person says, the other side or `Unknown` for some whose age
    is disputed.
    """
    adult = rows.date >= as_days(_eighteenth(people))[rows.person]
    disputed = people.age_disputed[rows.person]
    doubt = streams.uniform("generate.age_group", len(rows))
    turned = disputed & (doubt < given.age_group_turned)
    group = np.where(adult ^ turned, "Adult", "Child").astype(object)
    return np.where(disputed & (doubt > 1 - given.age_group_unknown), "Unknown", group).astype(object)


def _eighteenth(people: People) -> Any:
    months = people.birth.astype("datetime64[M]")
    return (months + 216).astype("datetime64[D]") + (people.birth - months.astype("datetime64[D]"))


def _details(rows: Referrals, references: Strings, given: PopulationParameters, streams: Streams) -> Strings:
    """Free text about an earlier report, asked since March 2025: for some, the reference of the referral
    before.
    """
    n = len(rows)
    order = np.lexsort((rows.sequence, rows.person))
    followed = rows.person[order][1:] == rows.person[order][:-1]
    before = strings([""] * n)
    before[order[1:][followed]] = references[order[:-1][followed]]
    told = (
        (rows.date >= REPORTED_BEFORE_FLIPPED)
        & (streams.uniform("generate.details", n) < given.earlier_reference_told)
        & (before != "")
    )
    out = strings([""] * n)
    out[told] = "Previous referral " + before[told]
    return out


def _without_consent(record: dict[str, Any], rows: Referrals) -> None:
    """Empties what a Duty to Notify report does not hold: date of birth and decisions always; name, contact
    and second nationality unless the person co-operates (domain.md 1.1).
    """
    notified, anonymous = rows.route != NRM, rows.route == ANONYMOUS
    kept = set(
        """submission_id referral_id referral_date record_type gender gender_worded nationality
        nationality_worded first_responder first_responder_type exploitation_type exploitation_place city1
        country1 age_group_at_exploitation age_group""".split()
    )
    of_co_operating = "given_name family_name alias second_nationality phone email town postcode language"
    named = kept | set(of_co_operating.split())
    for name, values in record.items():
        hidden = anonymous if name in named - kept else notified if name not in kept else None
        if hidden is not None:
            record[name] = np.where(
                hidden, np.datetime64("NaT") if values.dtype.kind == "M" else "", values
            ).astype(values.dtype)


def _as_originals(
    columns: dict[str, Any], rows: Referrals, given: PopulationParameters, streams: Streams
) -> None:
    """A submission sent twice says the same twice; half of the copies keep the submission's id, and all have
    a reference of their own.
    """
    copies = np.flatnonzero(rows.copy_of >= 0)
    same_id = streams.uniform("generate.same_submission", len(rows))[copies] < given.duplicate_same_submission
    for heading, values in columns.items():
        if heading in SUBMISSION_HEADINGS:
            values[copies[same_id]] = values[rows.copy_of[copies[same_id]]]
        elif heading not in REFERENCE_HEADINGS:
            values[copies] = values[rows.copy_of[copies]]
