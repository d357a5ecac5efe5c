"""Human judgements -> the published partition and its draws, within the components that they touch.

The partition is decided anew there: pairs that a human called the same stay together, pairs called different
apart, and everything else follows the posterior as before. Of the draws those are kept that obey; each other
takes the place of one that does, so that counts are those of the posterior given the judgements. Where too
few obey, the judgements surprise the model, and all draws are the partition decided.

Probabilities are not touched: `confidence` and `membership` of the clusters that come out are the model's. A
cluster that judgements leave as it was keeps its own; of another the confidence is read off the draws before
they obey, and the membership off the co-memberships.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from nrm_linkage.cluster.components import components
from nrm_linkage.cluster.deciding import decided
from nrm_linkage.tables import Float64s, Int32s, Int64s, Mask, Partition, ScoredPairs

__all__ = ["bind", "with_bound"]

OUTWEIGHS_ALL = 1e6
"""Gain of a judged pair, above that of all pairs of a component together."""

ENOUGH_SHARE = 0.05
"""Share of draws that must obey, for the rest to be taken from them; 20 of 400 (chosen by us)."""


def with_bound(component: Int64s, same: Int64s) -> Int64s:
    """Components joined by the pairs that a human called the same. `same`: int64 (k, 2), rows."""
    rows = np.arange(len(component))
    left, right = np.concatenate([rows, same[:, 0]]), np.concatenate([component, same[:, 1]])
    return components(len(component), left.astype(np.int32), right.astype(np.int32))


def bind(
    partition: Partition,
    component: Int64s,
    pairs: ScoredPairs,
    together: Float64s,
    judged: tuple[Int64s, Int64s],
    threshold: float,
) -> tuple[Partition, Mask]:
    """The partition with human judgements obeyed, and the rows whose cluster a judgement speaks of, bool
    (n,).

    `pairs`, `together`: all pairs within components and their same-person probabilities; `judged`: pairs
    called the same and pairs called different, int64 (k, 2) each, without contradictions.
    """
    same, different = judged
    different = different[component[different[:, 0]] == component[different[:, 1]]]
    touched = np.unique(component[np.concatenate([same, different]).ravel()])
    spoken_of = np.zeros(len(component), dtype=bool)
    if not len(touched):
        return partition, spoken_of
    cluster, confidence = partition.cluster.copy(), partition.confidence.copy()
    membership, draws = partition.membership.copy(), partition.draws.copy()
    for smallest in touched.tolist():
        rows = np.flatnonzero(component == smallest)
        inside = np.flatnonzero(component[pairs.left] == smallest)
        model = np.eye(len(rows))
        at = np.searchsorted(rows, pairs.left[inside]), np.searchsorted(rows, pairs.right[inside])
        model[at] = model[at[::-1]] = together[inside]
        alike, unlike = (
            np.searchsorted(rows, pair[component[pair[:, 0]] == smallest]) for pair in (same, different)
        )
        spoken_of[rows[np.concatenate([alike, unlike]).ravel()]] = True
        label = decided(_wanted(model, alike, unlike), threshold)
        cluster[rows] = rows[label]
        at_draws = np.searchsorted(partition.uncertain, rows)
        drawn = partition.draws[:, at_draws]
        changed = _changed(partition.cluster[rows], rows[label])
        membership[rows[changed]] = _memberships(model, label)[changed]
        confidence[rows[changed]] = _confidences(drawn, label)[changed]
        draws[:, at_draws] = _obeying(drawn, alike, unlike, rows[label])
    bound = replace(partition, cluster=cluster, confidence=confidence, membership=membership, draws=draws)
    return bound, np.isin(cluster, cluster[spoken_of])


def _wanted(together: Float64s, same: Int64s, different: Int64s) -> Float64s:
    """Same-person probabilities as judgements change them: whoever is one person is as near to others as the
    nearest.

    `same`, `different`: int64 (k, 2), places of members.
    """
    wanted = together.copy()
    group = components(len(together), same[:, 0].astype(np.int32), same[:, 1].astype(np.int32))
    for one in np.unique(group[same]).tolist():
        members = group == one
        wanted[members] = wanted[members].max(axis=0)
        wanted[:, members] = wanted[members].max(axis=0)[:, None]
        wanted[np.ix_(members, members)] = OUTWEIGHS_ALL
    for a, b in different.tolist():
        apart = np.ix_(group == group[a], group == group[b])
        wanted[apart] = wanted.T[apart] = -OUTWEIGHS_ALL
    return wanted


def _memberships(together: Float64s, label: Int64s) -> Float64s:
    """The model's expected share of same people among a cluster's others; of singles, that of no other."""
    same = label[:, None] == label[None, :]
    others = same.sum(axis=1) - 1
    share = ((together * same).sum(axis=1) - 1.0) / np.maximum(others, 1)
    apart = np.where(np.eye(len(label), dtype=bool), 0.0, together).max(axis=1, initial=0.0)
    return np.asarray(np.clip(np.where(others > 0, share, 1.0 - apart), 0.0, 1.0))


def _changed(before: Int64s, after: Int64s) -> Mask:
    """The members whose cluster is another than it was, bool (k,). Clusters go by their smallest row."""
    same = (before[:, None] == before) == (after[:, None] == after)
    return np.asarray(~same.all(axis=1))


def _confidences(drawn: Int32s, label: Int64s) -> Float64s:
    """The share of the model's draws in which all of a cluster are one person."""
    result = np.ones(len(label))
    for cluster in np.unique(label):
        members = np.flatnonzero(label == cluster)
        result[members] = (drawn[:, members] == drawn[:, members[:1]]).all(axis=1).mean()
    return result


def _obeying(drawn: Int32s, same: Int64s, different: Int64s, decided: Int64s) -> Int32s:
    """The draws of a component, (n_draws, k), with those that do not obey replaced.

    `same`, `different`: int64 (j, 2), places of members; `decided`: the partition decided, as draws have it.
    """
    together = (drawn[:, same[:, 0]] == drawn[:, same[:, 1]]).all(axis=1)
    apart = (drawn[:, different[:, 0]] != drawn[:, different[:, 1]]).all(axis=1)
    obeys = np.flatnonzero(together & apart)
    if len(obeys) < ENOUGH_SHARE * len(drawn):
        return np.broadcast_to(decided, drawn.shape).astype(np.int32)
    others = np.flatnonzero(~(together & apart))
    taken = np.arange(len(drawn))
    taken[others] = obeys[np.arange(len(others)) * len(obeys) // max(len(others), 1)]
    return drawn[taken]
