"""Which pairs a person should look at: those whose decision is least certain, and a random sample from which
rates can be estimated.

The queue is for mending: it puts first the pairs whose decision may cost most, which is the cost of a false
link times the probability that it is one, or the probability that a link was missed. The sample is for
measuring: strata of probability, linked and not, each with a known chance of being drawn, so that the rate in
the run is the weighted mean over the sample. What was found in the queue says nothing of the run.

Both come from pairs at or above the review floor or within a cluster; pairs below the floor, and pairs that
were never compared, are in neither. Neither holds a value of a record.
"""

from __future__ import annotations

import itertools
import numbers
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from nrm_linkage.errors import InputError
from nrm_linkage.provenance import HOME_OFFICE_CAVEAT, mixed
from nrm_linkage.tables import Float64s, Int64s

__all__ = ["BANDS", "review_queue", "review_sample"]

BANDS = (0.01, 0.1, 0.5, 0.9, 0.99)
"""Between these same-person probabilities lie the strata of a sample (chosen by us)."""

LEAST_OF_STRATUM = 2
"""Pairs drawn from every stratum that has them: of one, nobody can say how far it varies."""

QUEUE_NOTE = "Ordered by what the decision may cost. What is found in it is no estimate for the run."
SAMPLE_NOTE = (
    "A random sample within strata: weight each pair by sampling_weight. It covers pairs at or above the "
    "review floor and pairs within clusters; not pairs below it, and not pairs that were never compared."
)


def review_queue(links: pd.DataFrame, n: int, false_link_cost: float) -> pd.DataFrame:
    """The pairs whose decision may cost most; the columns are in `Linkage.review_queue`.

    `links`: rows of `Linkage.links` that nobody judged.

    >>> links = pd.DataFrame({"referral_id_l": ["R1", "R1"], "referral_id_r": ["R2", "R3"]})
    >>> links = links.assign(same_person_probability=[0.99, 0.4], same_cluster=[True, False])
    >>> links = links.assign(match_weight_bits=[7.0, -1.0], found_by="birth date", level_gender="same")
    >>> review_queue(links, 1, 1.0)[["referral_id_r", "expected_cost"]].values.tolist()
    [['R3', 0.4]]
    """
    _check_number(n)
    probability = links["same_person_probability"].to_numpy(dtype=np.float64)
    linked = links["same_cluster"].to_numpy(dtype=bool)
    cost = np.where(linked, false_link_cost * (1.0 - probability), probability)
    order = np.lexsort((*_id_order(links), -cost))[:n]
    table = _shown(links).assign(expected_cost=cost).iloc[order].reset_index(drop=True)
    table.attrs = {"caveat": HOME_OFFICE_CAVEAT, "note": QUEUE_NOTE}
    return table


def review_sample(
    links: pd.DataFrame, hashes: tuple[npt.NDArray[np.uint64], ...], n: int, seed: int
) -> pd.DataFrame:
    """A stratified random sample; the columns are in `Linkage.review_sample`. `links`: rows of
    `Linkage.links`; `hashes`: uint64 (p,) of both ids of each.
    """
    _check_number(n)
    if not _is_whole(seed) or seed < 0:
        raise InputError("seed must be a whole number from 0 up.")
    probability = links["same_person_probability"].to_numpy(dtype=np.float64)
    linked = links["same_cluster"].to_numpy(dtype=np.int64)
    stratum = np.searchsorted(BANDS, probability, side="right") * 2 + linked
    n_strata = 2 * len(BANDS) + 2
    size = np.bincount(stratum, minlength=n_strata).astype(np.int64)
    varies = np.sqrt(probability * (1 - probability))
    spread = np.bincount(stratum, weights=varies, minlength=n_strata).astype(np.float64)
    drawn = _allotted(size, spread, n)
    # A number of each pair's own decides, so that neither the order of rows nor other pairs do.
    ticket = mixed(np.full(len(links), seed), *(one.view(np.int64) for one in hashes))
    order = np.lexsort((ticket, stratum))
    place = np.arange(len(order)) - np.repeat(np.cumsum(size) - size, size)
    taken = order[place < drawn[stratum[order]]]
    table = _shown(links).assign(
        stratum=np.array(_named_strata(), dtype=object)[stratum],
        stratum_size=size[stratum],
        sampling_weight=size[stratum] / np.maximum(drawn[stratum], 1),
    )
    # In the order of the tickets: whoever reads down the list learns nothing of the strata.
    sample: pd.DataFrame = table.iloc[taken[np.argsort(ticket[taken], kind="stable")]]
    sample = sample.reset_index(drop=True)
    sample.attrs = {"caveat": HOME_OFFICE_CAVEAT, "note": SAMPLE_NOTE, "seed": int(seed)}
    return sample


def _allotted(size: Int64s, spread: Float64s, n: int) -> Int64s:
    """How many of each stratum are drawn, int64: a few of every stratum, the rest in proportion to how many
    of its decisions are expected to vary (Neyman 1934), never more than there are.
    """
    drawn = np.minimum(size, LEAST_OF_STRATUM)
    while drawn.sum() > n:
        drawn[np.flatnonzero(drawn == drawn.max())[-1]] -= 1
    while drawn.sum() < min(n, size.sum()):
        open_ = drawn < size
        # One at a time, to the stratum that is furthest behind its share; ties to the first.
        behind = np.where(open_, (spread + 1e-9) / (drawn + 1.0), -1.0)
        drawn[np.argmax(behind)] += 1
    return drawn.astype(np.int64)


def _named_strata() -> list[str]:
    edges = (0.0, *BANDS, 1.0)
    return [
        f"{low:g} to {high:g}, {'linked' if linked else 'not linked'}"
        for low, high in itertools.pairwise(edges)
        for linked in (False, True)
    ]


def _shown(links: pd.DataFrame) -> pd.DataFrame:
    """Ids, what the run made of the pair, and its levels."""
    levels = [name for name in links.columns if str(name).startswith("level_")]
    first = ["referral_id_l", "referral_id_r", "same_cluster", "same_person_probability", "match_weight_bits"]
    shown: pd.DataFrame = links[[*first, *levels, "found_by"]]
    return shown


def _id_order(links: pd.DataFrame) -> tuple[Any, Any]:
    """Sort keys by ids, the right one first: text of ids, because ids may be of several kinds."""
    right, left = (links[f"referral_id_{side}"].map(str).to_numpy(dtype=str) for side in "rl")
    return right, left


def _is_whole(value: object) -> bool:
    return isinstance(value, numbers.Integral) and not isinstance(value, bool)


def _check_number(n: int) -> None:
    if not _is_whole(n) or n < 1:
        raise InputError("n must be a whole number of pairs, 1 or more.")
