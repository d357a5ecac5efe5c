"""Recall on corrupted copies of the user's own referrals: of records entered again with a known error, how
many would be found and joined?

A seeded sample of linkable referrals that hold a name; each gets one copy, with one error of a documented
kind among those that its record admits, the kinds as evenly as they can be (`MECHANISMS`, from the error
families of domain.md 4.0 to 4.3). Copies hold no reference, contact or alias, which would give them away,
and keep everything else. All rows and copies are blocked together, so a copy counts as found only when a
rule brings it to its original in keys that are small enough to compare; that makes keys larger by the share
of rows sampled. Each copy is then scored against its original under the run's model.

What the result says: of each kind of error taken alone, the share that blocking finds and the share that
also reaches the decision threshold on the pair's own match weight. What it does NOT say: how often errors
happen, or what happens to records with several at once - so it is no estimate of recall. False links are not
touched. Index algorithms of a run (`index=`) do not see the copies: blocking is that of our rules. Fields of
the caller's own (`compare=`) are missing between a copy and its original, and so are fields that they
replace: what is joined lies below what the run would join. No value of a record, and no row, is in the
result; nothing is kept after it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from nrm_linkage.block import candidate_pairs
from nrm_linkage.config import LinkageConfig
from nrm_linkage.errors import InputError
from nrm_linkage.model import LinkageModel, read_under, score_pairs
from nrm_linkage.normalise.dates import DatePrecision, DefaultDate
from nrm_linkage.provenance import HOME_OFFICE_CAVEAT
from nrm_linkage.report.quality import SMALL, Groups, grouped
from nrm_linkage.synthetic.spelling import fold, mistype, respellings
from nrm_linkage.synthetic.tables import respelling_rules
from nrm_linkage.tables import CandidatePairs, Float64s, Int64s, Mask, RawReferrals, Referrals

__all__ = ["MECHANISMS", "UNCHANGED", "Mechanism", "recall_on_copies"]

UNCHANGED = "unchanged"
ALL = "any error"

_IDENTIFYING = (
    *("home_office_reference", "police_reference", "reported_before_details"),
    *("phone", "email", "alias", "submission_id", "referral_id"),
)
"""What a copy does not hold. A postcode is left: it belongs to a street."""

_BOXES = ("given_name", "family_name", "name")
_SECTIONS = {
    **dict.fromkeys(("afghan", "albanian", "arabic", "chinese", "somali", "uk", "vietnamese"), ""),
    **dict.fromkeys(("african_other", "west_african"), "african"),
    **dict.fromkeys(("portuguese_spanish", "southeast_asian"), "latin"),
    **{"east_european": "eastern", "horn": "habesha", "iranian_kurdish": "persian"},
    "south_asian": "southasian",
}
"""Naming community -> its section of respelling rules ("": of the same name); all others: what is
misheard."""

Cells = dict[str, object]
"""One record's cells in the canonical fields that a mechanism may change."""


@dataclass(frozen=True)
class _Original:
    """What a mechanism may look at: the record's cells, its birth as read (None unless known to the day, and
    no stand-in for an unknown day), its nationality's naming community, and two numbers from 0 to 1."""

    cells: Cells = field(repr=False)
    birth: tuple[int, int, int] | None = field(repr=False)
    community: str = field(repr=False)
    a: float
    b: float


@dataclass(frozen=True)
class Mechanism:
    """One kind of error. `change`: a record -> the cells that differ in its copy, or None where the record
    does not admit the error."""

    name: str
    statement: str
    change: Callable[[_Original], Cells | None] = field(repr=False)


def _text(of: _Original, box: str) -> str:
    value = of.cells.get(box)
    return value.strip() if isinstance(value, str) else ""


def _both(of: _Original) -> tuple[str, str] | None:
    given, family = _text(of, "given_name"), _text(of, "family_name")
    return (given, family) if given and family else None


def _one_word(of: _Original, boxes: tuple[str, ...], write: Callable[[str], str]) -> Cells | None:
    """One word of the first filled box written otherwise; None where that changes nothing."""
    box = next((box for box in boxes if _text(of, box)), None)
    if box is None:
        return None
    words = _text(of, box).split()
    at = min(int(of.a * len(words)), len(words) - 1)
    written = [*words[:at], write(words[at]), *words[at + 1 :]]
    return {box: " ".join(written)} if written != words else None


def _swapped(of: _Original) -> Cells | None:
    both = _both(of)
    return {"given_name": both[1], "family_name": both[0]} if both and both[0] != both[1] else None


def _one_box(of: _Original) -> Cells | None:
    both = _both(of)
    return {"given_name": " ".join(both), "family_name": "."} if both else None


def _no_family(of: _Original) -> Cells | None:
    return {"family_name": "Unknown"} if _both(of) else None


def _initial(of: _Original) -> Cells | None:
    given = _text(of, "given_name")
    return {"given_name": given[0]} if len(given) > 2 and given[0].isalpha() else None


def _typing(*boxes: str) -> Callable[[_Original], Cells | None]:
    return lambda of: _one_word(of, boxes, lambda word: mistype(word, of.b, of.b * 7 % 1))


def _marks(of: _Original) -> Cells | None:
    folded = {box: fold(_text(of, box)) for box in _BOXES if _text(of, box)}
    changed: Cells = {box: text for box, text in folded.items() if text != _text(of, box)}
    return changed or None


def _spelling(*boxes: str) -> Callable[[_Original], Cells | None]:
    def change(of: _Original) -> Cells | None:
        section = _SECTIONS.get(of.community, "misheard") or of.community
        rules = respelling_rules()[section]

        def respelt(word: str) -> str:
            options = [text for text in respellings(word, rules) if text.lower() != word.lower()]
            return options[int(of.b * len(options))] if options else word

        return _one_word(of, boxes, respelt)

    return change


def _date(year: int, month: int, day: int) -> Cells:
    return {"date_of_birth": f"{year:04d}-{month:02d}-{day:02d}"}


def _new_year(of: _Original) -> Cells | None:
    return _date(of.birth[0], 1, 1) if of.birth else None


def _day_month(of: _Original) -> Cells | None:
    if of.birth is None or of.birth[2] > 12 or of.birth[1] == of.birth[2]:
        return None
    return _date(of.birth[0], of.birth[2], of.birth[1])


def _year(of: _Original) -> Cells | None:
    return _date(of.birth[0] - 1, of.birth[1], min(of.birth[2], 28)) if of.birth else None


def _no_date(of: _Original) -> Cells | None:
    return {"date_of_birth": None} if of.birth else None


def _spelling_and_new_year(of: _Original) -> Cells | None:
    spelt, new_year = _spelling("given_name", "name")(of), _new_year(of)
    return spelt | new_year if spelt and new_year else None


MECHANISMS: tuple[Mechanism, ...] = (
    Mechanism(UNCHANGED, "the copy says the same: what blocking and weight make of it", lambda _: {}),
    Mechanism("boxes exchanged", "given and family name in each other's box (4.0)", _swapped),
    Mechanism("one box", "both names in the box of the given name, a full stop in the other (4.0)", _one_box),
    Mechanism("family name missing", "a placeholder for the family name (4.0)", _no_family),
    Mechanism("initial", "an initial for the given names (4.0)", _initial),
    Mechanism("typing error, given name", "one letter of a given name (4.0)", _typing("given_name", "name")),
    Mechanism("typing error, family name", "one letter of a family name (4.0)", _typing("family_name")),
    Mechanism("marks lost", "letters without their marks (4.0)", _marks),
    Mechanism(
        "spelling, given name",
        "a given name by another habit of its community, or misheard (4.1)",
        _spelling("given_name", "name"),
    ),
    Mechanism("spelling, family name", "the same of a family name (4.1)", _spelling("family_name")),
    Mechanism("1 January", "1 January of the right year (4.3, D2)", _new_year),
    Mechanism("day and month", "day and month of birth exchanged (4.3, D6)", _day_month),
    Mechanism("year before", "the year before (4.3, D8)", _year),
    Mechanism("date missing", "no date of birth (4.3, D1)", _no_date),
    Mechanism(
        "spelling and 1 January",
        "two at once: a given name's spelling, and 1 January",
        _spelling_and_new_year,
    ),
)
"""In the order of the table; in brackets the section of domain.md."""

_COLUMNS = ("mechanism", "copies", "found_by_blocking", "above_threshold", "joined", "small")


@dataclass(frozen=True, eq=False)
class _Copies:
    """Copies of rows: `row`: int64 (c,), the originals; `kind`: int64 (c,) into `MECHANISMS`; `changes`: the
    cells of each that differ.
    """

    row: Int64s
    kind: Int64s
    changes: list[Cells] = field(repr=False)


def recall_on_copies(
    raw: RawReferrals,
    rows: Referrals,
    model: LinkageModel,
    config: LinkageConfig,
    groups: Groups,
    *,
    by: str | Sequence[str] = (),
    n: int = 1000,
    seed: int = 0,
) -> pd.DataFrame:
    """One row a mechanism and group; the columns are in `Linkage.recall_on_copies`.

    Raises
    ------
    InputError
        A grouping column cannot be used, or `n` is below 1.
    TooManyPairsError
        With the copies, blocking would make more pairs than the config allows.
    """
    if n < 1:
        raise InputError("n must be at least 1: the number of referrals to copy.")
    code, labels = grouped(groups, by, _COLUMNS)
    copies = _copied(raw, rows, n, np.random.default_rng(seed))
    found, weight_bits = _judged(raw, rows.n, copies, model, config)
    threshold = float(np.log2(config.decision_threshold / (1.0 - config.decision_threshold)))
    table = _table(copies.kind, code[copies.row], labels, found, weight_bits > threshold)
    table.attrs = {
        "caveat": HOME_OFFICE_CAVEAT,
        "mechanisms": {mechanism.name: mechanism.statement for mechanism in MECHANISMS},
        "note": "Shares of copies with one known error each, at the pair's own match weight under the model; "
        "no estimate of how often errors happen, and so none of recall."
        + (" Fields of the caller's own are missing." if model.extra else ""),
        "seed": seed,
    }
    return table


def _copied(raw: RawReferrals, rows: Referrals, n: int, random: np.random.Generator) -> _Copies:
    """A sample of rows, each with the kind of error that the fewest have so far among those that it
    admits."""
    usable = np.flatnonzero(rows.linkable & (rows.names.tokens.count > 0))
    row = usable[random.permutation(len(usable))[:n]]
    numbers = random.random((len(row), 2))
    used = [0] * len(MECHANISMS)
    kinds, changes = [], []
    for original in _originals(raw, rows, row, numbers):
        for kind in sorted(range(len(MECHANISMS)), key=lambda kind: (used[kind], kind)):
            change = MECHANISMS[kind].change(original)
            if change is not None:
                break
        used[kind] += 1
        kinds.append(kind)
        changes.append(change or {})
    return _Copies(row.astype(np.int64), np.array(kinds, dtype=np.int64), changes)


def _originals(raw: RawReferrals, rows: Referrals, row: Int64s, numbers: Float64s) -> list[_Original]:
    birth = rows.birth
    plain = (birth.precision == DatePrecision.DAY) & (birth.default == DefaultDate.NONE)
    community = rows.nationality.group[rows.nationality.code]
    boxes = {box: raw.columns[box][0].iloc[row].tolist() for box in _BOXES if box in raw.columns}
    found = []
    for at, number in enumerate(row.tolist()):
        day = birth.first[number].item() if plain[number] else None
        found.append(
            _Original(
                cells={box: values[at] for box, values in boxes.items()},
                birth=(day.year, day.month, day.day) if day else None,
                community=rows.nationality.group_names[community[number]],
                a=float(numbers[at, 0]),
                b=float(numbers[at, 1]),
            )
        )
    return found


def _judged(
    raw: RawReferrals, n_rows: int, copies: _Copies, model: LinkageModel, config: LinkageConfig
) -> tuple[Mask, Float64s]:
    """Whether blocking brings each copy to its original, and the match weight of the two."""
    together = _with_copies(raw, copies)
    rows = read_under(model.frequencies, together, config)
    left = copies.row.astype(np.int32)
    right = (n_rows + np.arange(len(left))).astype(np.int32)
    candidates = candidate_pairs(rows, config)
    known = candidates.left.astype(np.int64) * rows.n + candidates.right
    found = np.isin(left.astype(np.int64) * rows.n + right, known)
    pairs = CandidatePairs(left, right, np.zeros(len(left), dtype=np.int32), candidates.rules, ())
    return found, score_pairs(rows, pairs, model, config.chunk_pairs).weight_bits


def _with_copies(raw: RawReferrals, copies: _Copies) -> RawReferrals:
    """All rows, and the copies after them."""
    columns = {}
    for name, used in raw.columns.items():
        columns[name] = tuple(_extended(name, column, copies) for column in used)
    n_all = len(raw.referral_id) + len(copies.row)
    added = np.arange(len(raw.referral_id), n_all, dtype=np.int64)
    return RawReferrals(
        columns=columns,
        referral_id=np.arange(n_all, dtype=np.int64).astype(object),
        position=np.arange(n_all, dtype=np.int64),
        duplicate_of=np.concatenate([raw.duplicate_of, added]),
    )


def _extended(name: str, column: pd.Series, copies: _Copies) -> pd.Series:
    values = column.astype(object).to_numpy(dtype=object)
    added = np.full(len(copies.row), None, dtype=object) if name in _IDENTIFYING else values[copies.row]
    for at, change in enumerate(copies.changes):
        if name in change:
            added[at] = change[name]
    return pd.Series(np.concatenate([values, added]), dtype=object)


def _table(kind: Int64s, code: Int64s, labels: pd.DataFrame, found: Mask, above: Mask) -> pd.DataFrame:
    """One row a mechanism and group that has copies, groups before the total; any error but none last."""
    kinds: list[tuple[str, Mask]] = [
        (mechanism.name, kind == number) for number, mechanism in enumerate(MECHANISMS)
    ]
    kinds.append((ALL, kind != 0))
    group_names = labels.columns.tolist()
    parts = []
    for name, held in kinds:
        groups = [(label, held & (code == number)) for number, label in enumerate(_rows_of(labels))]
        for label, those in [*(groups if group_names else []), (("total",) * len(group_names), held)]:
            count = int(those.sum())
            if count:
                parts.append(
                    (
                        *(name, *label, count, found[those].mean(), above[those].mean()),
                        *((found & above)[those].mean(), count < SMALL),
                    )
                )
    table = pd.DataFrame(parts, columns=["mechanism", *group_names, *_COLUMNS[1:]])
    return table.astype({"copies": "int64", "found_by_blocking": "float64", "joined": "float64"})


def _rows_of(labels: pd.DataFrame) -> list[tuple[str, ...]]:
    return [tuple(map(str, label)) for label in labels.itertuples(index=False, name=None)]
