"""Tested bias hypotheses: does an error that strikes some communities more than others cost them their links?

The five steps of domain.md 5.4, item 7 (S30b): (1) a hypothesis, with invented people of twelve naming
traditions (`probe_people`) who each have two records; (2) the levels at which the affected pair agrees, to
be held against the model's parameters (`LinkageModel.describe`); (3) the match weight of the affected pair
beside that of the same pair unaffected; (4) what the mitigation is worth: the weight that the affected pair
would have if the fields in question were read as plainly different; (5) a verdict with its figures.

The verdict goes by the pairs' own match weights under the given model, so it holds for a register of its
size:

- "not detected": the affected pair weighs at most `TOLERANCE_BITS` less than the unaffected one;
- "mitigated": it weighs less, and every pair is still found and above the decision threshold;
- "partly mitigated": some pairs are, or all at least stand above the review floor, for a human to see;
- "not mitigated": otherwise.

"Mitigated" says that the pair still joins, not that the loss is gone: an error on top of it costs more where
weight is already lost, which the last hypothesis shows. How often an error happens in a community is not in
these figures (domain.md 4). False links are not probed, and fields of the caller's own are missing. Rules
that need to know how common a word is are left out of "found".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from nrm_linkage.block import KEY_RULES, rules_that_find
from nrm_linkage.compare import FIELDS, compare_pairs
from nrm_linkage.compare.fields import OTHER_NAMES, DateLevel, GivenLevel, OtherNamesLevel
from nrm_linkage.config import LinkageConfig
from nrm_linkage.model import BoundRarity, LinkageModel, read_by, read_under, score
from nrm_linkage.provenance import HOME_OFFICE_CAVEAT
from nrm_linkage.report.probe_people import BASELINE, PEOPLE, ProbePerson
from nrm_linkage.schema import arrange, recognise
from nrm_linkage.tables import Comparisons, Float64s, Int8s, Mask

__all__ = ["HYPOTHESES", "NOT_DETECTED", "TOLERANCE_BITS", "VERDICTS", "Hypothesis", "bias_probes"]

TOLERANCE_BITS = 1.0
"""A loss up to this is none: the evidence is worth half as much at the least (chosen by us)."""

NOT_DETECTED, MITIGATED, PARTLY, NOT_MITIGATED = VERDICTS = (
    "not detected",
    "mitigated",
    "partly mitigated",
    "not mitigated",
)

Record = dict[str, str]


@dataclass(frozen=True)
class Hypothesis:
    """One way in which records of one person come to differ. `affect`: two equal records and their person ->
    the records as affected; `strikes`: the fields to look at; `naive`: field -> its level for a comparison
    that knows nothing of it (none where there is no such reading)."""

    name: str
    statement: str
    affect: Callable[[Record, Record, ProbePerson], tuple[Record, Record]] = field(repr=False)
    strikes: tuple[str, ...]
    naive: Mapping[str, int]


def _respelt(a: Record, b: Record, person: ProbePerson) -> tuple[Record, Record]:
    return a, b | {"given_name": person.other_given, "family_name": person.other_family}


def _new_year(record: Record) -> Record:
    return record | {"date_of_birth": record["date_of_birth"][:4] + "-01-01"}


def _swapped(record: Record) -> Record:
    return record | {"given_name": record["family_name"], "family_name": record["given_name"]}


def _one_name(record: Record) -> Record:
    return record | {"family_name": "Unknown"}


_NAMES = ("given_name", "other_names")
_DIFFERENT_NAMES = {"given_name": int(GivenLevel.DIFFERENT), "other_names": int(OtherNamesLevel.DIFFERENT)}

HYPOTHESES: tuple[Hypothesis, ...] = (
    Hypothesis(
        "transliteration",
        "both names are spelt otherwise in the second record",
        _respelt,
        _NAMES,
        _DIFFERENT_NAMES,
    ),
    Hypothesis(
        "1 January in one record",
        "the second record has 1 January of the right year",
        lambda a, b, _: (a, _new_year(b)),
        ("date_of_birth",),
        {"date_of_birth": int(DateLevel.SAME_YEAR)},
    ),
    Hypothesis(
        "1 January in both records",
        "both records have 1 January of the right year",
        lambda a, b, _: (_new_year(a), _new_year(b)),
        ("date_of_birth",),
        {},
    ),
    Hypothesis(
        "name order",
        "the second record has the names in each other's box",
        lambda a, b, _: (a, _swapped(b)),
        _NAMES,
        _DIFFERENT_NAMES,
    ),
    Hypothesis(
        "one name in one record",
        "the second record has a placeholder for the family name",
        lambda a, b, _: (a, _one_name(b)),
        _NAMES,
        {"other_names": int(OtherNamesLevel.DIFFERENT)},
    ),
    Hypothesis(
        "one name in both records",
        "both records have a placeholder for the family name",
        lambda a, b, _: (_one_name(a), _one_name(b)),
        _NAMES,
        {},
    ),
    Hypothesis(
        "missing date of birth",
        "the second record has no date of birth",
        lambda a, b, _: (a, b | {"date_of_birth": ""}),
        ("date_of_birth", "birth_year", "birth_range"),
        {"date_of_birth": int(DateLevel.FAR)},
    ),
    Hypothesis(
        "transliteration and 1 January",
        "the second record has both names spelt otherwise and 1 January of the right year",
        lambda a, b, person: (a, _new_year(_respelt(a, b, person)[1])),
        (*_NAMES, "date_of_birth"),
        {**_DIFFERENT_NAMES, "date_of_birth": int(DateLevel.SAME_YEAR)},
    ),
)
"""In the order of the table."""


def bias_probes(model: LinkageModel, config: LinkageConfig | None = None) -> pd.DataFrame:
    """Score the probe pairs of every hypothesis and naming tradition.

    Parameters
    ----------
    model
        The model of a run, with its prior: what is above the threshold depends on how many referrals it was
        estimated on.
    config
        For the decision threshold and the review floor; the default without.

    Returns
    -------
    DataFrame
        One row a hypothesis and tradition, the British baseline first: `hypothesis`, `tradition`, `probes`
        (pairs), `levels` (at which the affected pairs agree in the fields concerned), `unaffected_bits`,
        `affected_bits`, `loss_bits` and `naive_bits` (match weights, means over the probes, float64;
        `naive_bits` with the fields concerned read as different, NaN where that is no reading),
        `baseline_loss_bits` (the British probes'), `found` and `joined` (shares of the affected pairs that a
        rule brings together, and that are also above the decision threshold), `verdict`. `attrs` hold the
        hypotheses in words, `threshold_bits` and the caveat.

    Examples
    --------
    >>> import pandas as pd
    >>> from nrm_linkage import link_referrals
    >>> frame = pd.DataFrame({"Forename(s)": ["Ruth"], "Surname": ["Example"], "DOB": ["02/02/1990"]})
    >>> table = bias_probes(link_referrals(frame, progress=False).model)
    >>> sorted(set(table["hypothesis"]))[:2]
    ['1 January in both records', '1 January in one record']
    """
    # The probes' own dates, not those of a run's referrals, say what is too late for a birth.
    config = replace(LinkageConfig() if config is None else config, latest_date=None)
    threshold = float(np.log2(config.decision_threshold / (1.0 - config.decision_threshold)))
    unaffected = _scored([(_record(person), _record(person)) for person in PEOPLE], model, config, {})
    traditions = np.array([person.tradition for person in PEOPLE], dtype=object)
    parts = []
    for hypothesis in HYPOTHESES:
        pairs = [hypothesis.affect(_record(person), _record(person), person) for person in PEOPLE]
        affected = _scored(pairs, model, config, hypothesis.naive)
        loss = unaffected.weight_bits - affected.weight_bits
        for tradition in dict.fromkeys(traditions.tolist()):
            own = traditions == tradition
            joined = affected.found[own] & (affected.weight_bits[own] > threshold)
            naive = affected.naive_bits[own].mean() if hypothesis.naive else np.nan
            parts.append(
                {
                    "hypothesis": hypothesis.name,
                    "tradition": tradition,
                    "probes": int(own.sum()),
                    "levels": _levels(affected.levels[own], hypothesis.strikes),
                    "unaffected_bits": unaffected.weight_bits[own].mean(),
                    "affected_bits": affected.weight_bits[own].mean(),
                    "loss_bits": loss[own].mean(),
                    "naive_bits": naive,
                    "baseline_loss_bits": loss[traditions == BASELINE].mean(),
                    "found": affected.found[own].mean(),
                    "joined": joined.mean(),
                    "verdict": _verdict(loss[own], joined, affected.weight_bits[own], config),
                }
            )
    table = pd.DataFrame(parts)
    table.attrs = {
        "hypotheses": {hypothesis.name: hypothesis.statement for hypothesis in HYPOTHESES},
        "threshold_bits": threshold,
        "n_referrals": model.n_referrals,
        "caveat": HOME_OFFICE_CAVEAT,
    }
    if model.extra:
        table.attrs["note"] = "Fields of the caller's own are missing in the probes."
    return table


def _record(person: ProbePerson) -> Record:
    return {
        "given_name": person.given,
        "family_name": person.family,
        "date_of_birth": person.birth,
        "gender": person.gender,
        "nationality": person.nationality,
    }


@dataclass(frozen=True, eq=False)
class _Scored:
    """Probe pairs: match weights (p,), those of the naive reading, levels, and whether a rule finds the
    pair."""

    weight_bits: Float64s
    naive_bits: Float64s
    levels: Int8s
    found: Mask


def _scored(
    pairs: list[tuple[Record, Record]], model: LinkageModel, config: LinkageConfig, naive: Mapping[str, int]
) -> _Scored:
    frame = pd.DataFrame([record for pair in pairs for record in pair], dtype=object)
    frame["referral_date"] = np.tile(np.array(["2023-03-01", "2023-09-01"], dtype=object), len(pairs))
    raw = arrange(frame, recognise(frame))
    rows = read_under(model.frequencies, raw, config)
    left = np.arange(0, len(frame), 2, dtype=np.int32)
    right = left + np.int32(1)
    rarity = BoundRarity(model.frequencies, rows)
    compared = compare_pairs(rows, left, right, rarity, config.chunk_pairs, rarity.tables)
    compared = read_by(model, compared)
    _, weight_bits = score(rows, left, right, compared, model)
    _, naive_bits = score(rows, left, right, _read_naively(compared, naive), model)
    rules = [rule for rule in KEY_RULES if not rule.rare_only]
    found = rules_that_find(rows, left, right, rules) != 0
    return _Scored(weight_bits, naive_bits, compared.levels, found)


def _read_naively(compared: Comparisons, naive: Mapping[str, int]) -> Comparisons:
    """The comparisons with some fields at given levels, and at no value's own frequency."""
    levels, bits = compared.levels.copy(), compared.coincidence_bits.copy()
    for name, level in naive.items():
        columns = np.array(_columns(name))
        # In the field that speaks; where none does, in the first.
        speaks = columns[(levels[:, columns] > 0).argmax(axis=1)]
        levels[:, columns], bits[:, columns] = 0, np.nan
        levels[np.arange(len(levels)), speaks] = level
    return Comparisons(levels, bits)


def _columns(name: str) -> list[int]:
    """The columns of a compared field; of other names, several and one, of which one at most speaks."""
    names = OTHER_NAMES if name == "other_names" else (name,)
    return [number for number, compared in enumerate(FIELDS) if compared.name in names]


def _levels(levels: Int8s, strikes: tuple[str, ...]) -> str:
    """The levels of some fields in words, with the number of pairs at each, most frequent first."""
    parts = []
    for compared in FIELDS:
        if compared.name in strikes:
            spoken = levels[:, _columns(compared.name)].max(axis=1)
            counts = np.bincount(spoken, minlength=len(compared.levels))
            order = [code for code in np.argsort(-counts, kind="stable").tolist() if counts[code]]
            parts.append(
                f"{compared.name}: "
                + ", ".join(f"{compared.levels[code].name} {counts[code]}" for code in order)
            )
    return "; ".join(parts)


def _verdict(loss: Float64s, joined: Mask, weight_bits: Float64s, config: LinkageConfig) -> str:
    if loss.mean() <= TOLERANCE_BITS:
        return NOT_DETECTED
    if joined.all():
        return MITIGATED
    if joined.any() or (weight_bits >= config.review_floor_bits).all():
        return PARTLY
    return NOT_MITIGATED
