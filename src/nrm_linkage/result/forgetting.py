"""Erasure: a run without some of its referrals, as if they had never been passed in.

In this order: their rows leave the frame, their technical duplicates with them, and the latest date leaves
the settings where it is the day of one of them alone; what is left is read, blocked and scored anew with the
run's own model and settings, and partitioned; cluster ids live on as from run to run (`cluster.lineage`), but
for those that are made of the id of an erased referral, because such an id can be tested against it.

What remains: the model, whose frequencies are pooled counts that name no one; the referrals that other
records quote; the reasons that humans gave for decisions about others, whomever they name; and in `.changes`
of this one result the ids that the erased referrals' clusters had, so that whoever holds them can let go.
Runs that were saved before hold what they held.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from nrm_linkage.block import candidate_pairs
from nrm_linkage.cluster import follow, ids_made_of, people_of
from nrm_linkage.config import LinkageConfig
from nrm_linkage.errors import InputError
from nrm_linkage.model import (
    BoundRarity,
    LinkageModel,
    compare_plausible,
    sifting_floor_bits,
    weigh,
    with_nationalities_by_name,
)
from nrm_linkage.normalise.referrals import normalise_referrals
from nrm_linkage.result.parts import linkage_parts
from nrm_linkage.result.previous import earlier_clusters
from nrm_linkage.result.run import LinkedRun, Outcome
from nrm_linkage.schema import arrange, check_ids_outlast
from nrm_linkage.tables import ExtraLevels, FoundPairs, Int64s, Mask

__all__ = ["without_referrals"]


def without_referrals(run: LinkedRun, model: LinkageModel, referral_ids: Iterable[Any]) -> dict[str, Any]:
    """The parts of a `Linkage` without these referrals.

    Raises
    ------
    InputError
        There is no such referral, row positions serve as ids, or the run's own compared fields are not at
        hand any more.
    """
    check_ids_outlast(run.recognised, run.raw, "the referrals")
    gone = _rows_of(run, referral_ids)
    left = np.flatnonzero(~gone)
    extra = _extra(run, model, left)
    places = np.sort(run.raw.position[left])
    frame = run.frame.iloc[places]
    frame.attrs = {}  # whatever the caller noted there may be about anybody
    raw = arrange(frame, run.recognised)
    row = np.full(len(gone), -1, dtype=np.int64)
    row[left] = np.argsort(raw.position)[np.searchsorted(places, run.raw.position[left])]
    found, judged = _found(run, row), run.judged.moved(np.append(raw.duplicate_of, -1)[row])
    normalised = normalise_referrals(raw, _settings(run, gone))
    rows, config = (
        replace(with_nationalities_by_name(normalised.referrals, model.frequencies), extra=extra),
        replace(run.config, latest_date=normalised.latest_date),
    )
    candidates = candidate_pairs(rows, config, found=found)
    rarity = BoundRarity(model.frequencies, rows)
    floor_bits = sifting_floor_bits(config, is_estimated=True)
    sifted = compare_plausible(rows, candidates, model, rarity, floor_bits, config.chunk_pairs)
    weighed = weigh(rows, sifted, model, rarity, config)
    model, pairs, unseen = weighed.model, weighed.pairs, weighed.unseen
    people = people_of(
        rows, candidates, pairs, unseen, model, weighed.leeway, rarity, judged.pairs, config
    )
    erased = ids_made_of(run.referrals.referral_id[gone], {*run.cluster_id, *run.past_ids})
    earlier = earlier_clusters(run, row, np.zeros(len(row), dtype=bool), erased)
    lineage = follow(people.partition, rows, earlier)
    n_gone = int(gone.sum())
    after = LinkedRun(
        *(frame, run.recognised, config, raw, rows, people.partition, people.unjudged),
        found=found,
        cluster_id=lineage.cluster_id,
        past_ids=lineage.past_ids,
        judged=judged,
    )
    outcome = Outcome(
        *(model, normalised, candidates, pairs, unseen, people),
        estimation=None,
        decision_notes=judged.notes,
        changes=lineage.changes,
        tables=rarity.tables,
        since_counts={"erased": n_gone},
        since_notes=(f"{n_gone:,} referrals were erased, technical duplicates among them",),
    )

    def give_back(added: pd.DataFrame) -> pd.DataFrame:
        return pd.concat([frame, added.set_axis(frame.index)], axis=1)

    return linkage_parts(after, outcome, give_back)


def _rows_of(run: LinkedRun, referral_ids: Iterable[Any]) -> Mask:
    """The rows of some referrals, and of what was entered twice with them, bool (n,)."""
    if isinstance(referral_ids, str | bytes) or not isinstance(referral_ids, Iterable):
        raise InputError("forget takes a list of referral ids, for example forget([referral_id]).")
    wanted = list(referral_ids)
    row_of = {value: row for row, value in enumerate(run.referrals.referral_id)}
    try:
        rows = [row_of.get(value) for value in wanted]
    except TypeError:
        raise InputError("forget takes a list of referral ids; one of those given cannot be an id.") from None
    n_unknown = sum(row is None for row in rows)
    if n_unknown:
        raise InputError(
            f"forget: {n_unknown} of {len(wanted)} ids are not among the referrals; nothing was erased. "
            "See .referrals for the ids."
        )
    same = run.referrals.duplicate_of
    return np.isin(same, same[np.array(rows, dtype=np.int64)])


def _settings(run: LinkedRun, gone: Mask) -> LinkageConfig:
    """The settings. Their latest date is found anew where it is the day of an erased referral alone."""
    latest, referred = np.datetime64(run.config.latest_date, "D"), run.referrals.referred
    on_it = referred == latest
    alone = bool(on_it[gone].any() and not on_it[~gone].any())
    return replace(run.config, latest_date=None) if alone else run.config


def _found(run: LinkedRun, row: Int64s) -> tuple[FoundPairs, ...]:
    """What others than our blocking rules found, by the rows that are left."""
    result = []
    for pairs in run.found:
        both = np.sort(np.stack([row[pairs.left], row[pairs.right]], axis=1), axis=1)
        left, right = np.unique(both[both[:, 0] >= 0], axis=0).T
        result.append(replace(pairs, left=left.astype(np.int32), right=right.astype(np.int32)))
    return tuple(result)


def _extra(run: LinkedRun, model: LinkageModel, left: Int64s) -> ExtraLevels | None:
    if not model.extra:
        return None
    extra = run.referrals.extra.holding_only(left) if run.referrals.extra is not None else None
    if extra is None:
        raise InputError(
            "the run compared fields of compare=, whose features a loaded run does not hold; link the "
            "referrals that are left again, with compare= and model=."
        )
    return extra
