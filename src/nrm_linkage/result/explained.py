"""What explanations read of a run: two referrals taken alone, what brought them together, and the timeline of
a cluster.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from nrm_linkage.block import KEY_RULES, RULES, rules_that_find
from nrm_linkage.explain.cluster import DrawnPeople
from nrm_linkage.explain.evidence import RECORDED_FOR
from nrm_linkage.explain.meeting import SAME_COMPONENT, Meeting, meeting, not_linkable
from nrm_linkage.model import LinkageModel, read_under
from nrm_linkage.result.run import LinkedRun
from nrm_linkage.schema import arrange
from nrm_linkage.tables import Int64s, RawReferrals, Referrals, RuleYield

__all__ = ["SHOWN_FIELDS", "drawn_people", "how_met", "read_alone", "timeline"]

SHOWN_FIELDS = (
    *("given_name", "middle_names", "family_name", "name", "alias"),
    *("date_of_birth", "nationality", "gender"),
)
"""What an explained cluster shows of its referrals when values are asked for."""


def read_alone(
    run: LinkedRun, rows: Int64s, model: LinkageModel
) -> tuple[Referrals, Mapping[str, tuple[pd.Series, ...]]]:
    """Two canonical rows as read by themselves, and their columns as recorded, those of the caller's own
    fields too. `model`: that of the run.
    """
    frame = run.frame.iloc[run.raw.position[rows]].reset_index(drop=True)
    raw = arrange(frame, run.recognised)
    raw = RawReferrals(raw.columns, run.referrals.referral_id[rows], raw.position, np.arange(len(rows)))
    referrals, extra = read_under(model.frequencies, raw, run.config), run.referrals.extra
    if extra is None:
        return referrals, raw.columns
    recorded = {
        RECORDED_FOR + name: tuple(frame[label] for label in labels)
        for name, labels in extra.read_from.items()
    }
    return replace(referrals, extra=extra.of_rows(rows)), {**raw.columns, **recorded}


def how_met(
    run: LinkedRun,
    blocking: Sequence[RuleYield],
    rows: tuple[int, int],
    alone: Referrals,
    listed: str | None,
) -> Meeting:
    """What brought two rows together in the run. `blocking`: what each rule of the run found; `rows`: the
    smaller first; `alone`: the two by themselves; `listed`: what `.links` says of the pair, None where it is
    not there.
    """
    beside = _found_beside_keys(run, blocking, *rows)
    if listed is None:
        met = meeting(run.referrals, *rows, _shared_rules(alone), run.config.max_key_size)
        found = (*met.found_by, *beside)
        return Meeting(found, None if found else met.why_not)
    keys = tuple(rule.name for rule in KEY_RULES if f"; {rule.name};" in f"; {listed};")
    if keys or beside:
        return Meeting((*keys, *beside))
    why = meeting(run.referrals, *rows, _shared_rules(alone), run.config.max_key_size).why_not
    return Meeting((), f"{why}; {SAME_COMPONENT}")


def _shared_rules(alone: Referrals) -> tuple[str, ...]:
    """The rules of which the two rows share a key, however common it is."""
    mask = int(rules_that_find(alone, np.array([0], dtype=np.int32), np.array([1], dtype=np.int32))[0])
    return tuple(rule.name for number, rule in enumerate(KEY_RULES) if mask >> number & 1)


def _found_beside_keys(
    run: LinkedRun, blocking: Sequence[RuleYield], left: int, right: int
) -> tuple[str, ...]:
    """What brought two rows together that their own keys do not tell: that everybody was compared with
    everybody, and what others found.
    """
    if not_linkable(run.referrals, left, right) is not None:
        return ()
    in_full = {rule.name for rule in RULES} - {rule.name for rule in KEY_RULES}
    small = (each.rule for each in blocking if each.pairs and each.rule in in_full)
    return (*small, *(pairs.name for pairs in run.found if pairs.holds(left, right)))


def drawn_people(run: LinkedRun, rows: Int64s) -> DrawnPeople:
    """The joint draws of a cluster's rows, and of all rows that are ever drawn together with one of them."""
    partition = run.partition
    at = np.searchsorted(partition.uncertain, rows)
    draws = partition.draws
    beside = np.zeros(draws.shape[1], dtype=bool)
    for place in at.tolist():
        beside |= (draws == draws[:, [place]]).any(axis=0)
    beside[at] = False
    places = np.concatenate([at, np.flatnonzero(beside)])
    return DrawnPeople(run.referrals.referral_id[partition.uncertain[places]], len(rows), draws[:, places])


def timeline(run: LinkedRun, rows: Int64s, values: bool) -> pd.DataFrame:
    """One row a referral, in the order given; with `values`, `SHOWN_FIELDS` as recorded."""
    table = pd.DataFrame(
        {
            "referral_id": run.referrals.referral_id[rows],
            "referred": run.referrals.referred[rows].astype("datetime64[s]"),
            "membership_probability": run.partition.membership[rows],
        }
    )
    recorded = run.raw.columns
    for name in (name for name in SHOWN_FIELDS if values and name in recorded):
        table[name] = recorded[name][0].iloc[rows].to_numpy()
    return table
