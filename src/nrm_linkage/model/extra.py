"""What agreement in the caller's own fields is worth: like any field's, m is learned by EM and u is counted
among strangers.

Nothing is known of such a field before the data speak but that its first level is the most agreement. So what
is believed of it is worth few pairs, and in a small extract its bits are unsure. It has one u for each level,
at all ages and in all naming communities; relatives, namesakes and look-alikes agree in it as any two
strangers do, so that the three discounts do not hang on it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from nrm_linkage.compare.extra import ExtraField
from nrm_linkage.compare.fields import FIELDS
from nrm_linkage.model import priors
from nrm_linkage.model.parameters import LinkageModel
from nrm_linkage.tables import Comparisons, Float64s, Int8s

__all__ = [
    "EXTRA_M_STRENGTH_PAIRS",
    "EXTRA_U_STRENGTH_PAIRS",
    "m_strength_pairs",
    "read_by",
    "with_extra",
]

EXTRA_M_TOP = 0.75
"""Of referrals of one person, the share at the first level; the others share the rest (chosen by us)."""

EXTRA_M_STRENGTH_PAIRS = 10.0
"""Matched pairs that this is worth (chosen by us)."""

EXTRA_U_LAST = 0.95
"""Of strangers, the share at the last level; the others share the rest (chosen by us)."""

EXTRA_U_STRENGTH_PAIRS = 50.0
"""Pairs of strangers that this is worth (chosen by us)."""


def with_extra(model: LinkageModel, extra: Sequence[ExtraField], levels: Int8s) -> LinkageModel:
    """`model` with the caller's own fields. `levels`: (p, n_extra), those of pairs of strangers."""
    m, u = {}, {}
    for number, field in enumerate(extra):
        count = np.bincount(levels[:, number], minlength=len(field.levels))[1:]
        n_others = len(count) - 1
        shipped_m = np.array([EXTRA_M_TOP, *[(1 - EXTRA_M_TOP) / n_others] * n_others])
        shipped_u = np.array([*[(1 - EXTRA_U_LAST) / n_others] * n_others, EXTRA_U_LAST])
        held = count + EXTRA_U_STRENGTH_PAIRS * shipped_u
        m[field.name] = _by_level(field, shipped_m)
        u[field.name] = _by_level(field, held / held.sum())
    return replace(model, extra=tuple(extra), m={**model.m, **m}, u={**model.u, **u})


def m_strength_pairs(model: LinkageModel) -> Float64s:
    """Matched pairs that what is believed of m before the data speak is worth, by field of the model, ours
    and the caller's own, float64 (n_fields,).
    """
    ours = [priors.M_STRENGTH_PAIRS_OF.get(field.name, priors.M_STRENGTH_PAIRS) for field in FIELDS]
    return np.array([*ours, *[EXTRA_M_STRENGTH_PAIRS] * len(model.extra)])


def _by_level(field: ExtraField, shares: Float64s) -> Mapping[str, float]:
    return {level.name: share for level, share in zip(field.levels[1:], shares.tolist(), strict=True)}


def read_by(model: LinkageModel, comparisons: Comparisons) -> Comparisons:
    """Comparisons as a model reads them, a column for each of `model.fields`.

    Fields of the caller's own that it does not know are left out, those that were not compared are missing,
    and so is, throughout, a fixed field in whose place another stands.
    """
    n_fields, replaced = len(model.fields), [field.name in model.replaced for field in FIELDS]
    n_held = comparisons.levels.shape[1]
    if n_held == n_fields and not any(replaced):
        return comparisons
    levels = np.zeros((len(comparisons.levels), n_fields), dtype=np.int8)
    bits = np.full(levels.shape, np.nan, dtype=np.float32)
    levels[:, :n_held] = comparisons.levels[:, :n_fields]
    bits[:, :n_held] = comparisons.coincidence_bits[:, :n_fields]
    levels[:, np.flatnonzero(replaced)] = 0
    bits[:, np.flatnonzero(replaced)] = np.nan
    return Comparisons(levels, bits)
