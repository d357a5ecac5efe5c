"""Linkage quality without truth, by group: what the records hold, how many were linked, and how many links
are expected to be false or missed *under the model*.

Three kinds of columns, in this order. What the records hold: shares of linkable referrals with a readable
name, date of birth, nationality, gender and reference. What the linkage did: shares linked, and shares that
a person should look at. What the model expects: the same-person probability p of a published link says that
the link is false with probability 1 - p; p of a pair that was not linked says that a link was missed with
probability p. Sums of these are expected false and missed links, and from them come expected precision and
recall (domain.md 5.4, item 5).

A pair counts half in the group of each of its two referrals, so groups add up to the whole. Technical
duplicates are in no number; rows that are not linkable are in `referrals` alone.

What is NOT here. A model cannot see its own mistakes: where its probabilities are wrong, so are these
expectations (docs/method.md says by how much on invented referrals). Pairs below the review floor, and pairs
that no blocking rule brought together, are in no expectation: they count as not missed, so expected recall
is an upper bound. No estimate of them is given, because counts of rules that find a pair are far from
independent; `Linkage.recall_on_copies` shows by another way what blocking loses. Nothing here is about
values: groups are taken as they come, and are the caller's to disclose or not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from nrm_linkage.errors import InputError
from nrm_linkage.normalise.dates import STAND_IN_DATES, DatePrecision
from nrm_linkage.provenance import HOME_OFFICE_CAVEAT
from nrm_linkage.report.disclosure import shares_to_nearest
from nrm_linkage.tables import Float64s, Int64s, Mask, Partition, Referrals

__all__ = [
    "BEYOND",
    "QUALITY_COLUMNS",
    "REVIEWED",
    "SMALL",
    "JudgedPairs",
    "beyond_why",
    "grouped",
    "published_quality",
    "quality",
]

BEYOND = 1.25
"""A group whose expected share of false, or of missed, links is more than this many times the whole's is
listed (chosen by us)."""

REVIEWED = (0.1, 0.9)
"""A referral with a same-person probability from here to there with another is one to look at (chosen by
us)."""

SMALL = 10
"""Groups of fewer linkable referrals are marked: their shares say little (domain.md 3.5's threshold)."""

MODEL_NOTE = (
    "Expected false and missed links, and what is made of them, hold under the model: they are right "
    "where its probabilities are right. Pairs below the review floor and pairs that were never compared are "
    "not covered."
)


Groups = Mapping[str, npt.NDArray[np.object_]]


@dataclass(frozen=True, eq=False)
class JudgedPairs:
    """Pairs with a same-person probability: `left`, `right`: int64 (p,) canonical rows; `probability`:
    float64 (p,); `linked`: bool (p,), in one published cluster."""

    left: Int64s = field(repr=False)
    right: Int64s = field(repr=False)
    probability: Float64s = field(repr=False)
    linked: Mask = field(repr=False)


def grouped(groups: Groups, by: str | Sequence[str], taken: Sequence[str]) -> tuple[Int64s, pd.DataFrame]:
    """A group code a row, int64 (n,), and the groups' labels: one row a group, in sorted order, one text
    column a name of `by`; without names, one group of all.

    Raises
    ------
    InputError
        A name is no grouping, is named twice, or is one of `taken`, the columns of the table to be made.
    """
    names = [by] if isinstance(by, str) else list(by)
    for name in names:
        if name not in groups:
            raise InputError(
                f"by= names {name!r}, which the referrals do not hold; "
                f"choose from: {', '.join(sorted(groups))}."
            )
        if name in taken:
            raise InputError(f"by= names {name!r}, which is a column of the table itself; rename yours.")
    if len(set(names)) < len(names):
        raise InputError("by= names a column more than once.")
    if not names:
        n_rows = len(next(iter(groups.values()), ()))
        return np.zeros(n_rows, dtype=np.int64), pd.DataFrame(index=range(1))
    frame = pd.DataFrame({name: pd.Series(groups[name], dtype=object) for name in names})
    code = np.asarray(frame.groupby(names, sort=True).ngroup(), dtype=np.int64)
    return code, frame.drop_duplicates().sort_values(names, ignore_index=True)


def quality(
    rows: Referrals, partition: Partition, pairs: JudgedPairs, groups: Groups, by: str | Sequence[str]
) -> pd.DataFrame:
    """One row a group, the total last; the columns are in `Linkage.quality`.

    Raises
    ------
    InputError
        A grouping column is unknown, named twice, or has the name of a column of the table.
    """
    code, labels = grouped(groups, by, QUALITY_COLUMNS)
    counts = _counts(rows, partition, pairs, code, len(labels))
    counts.loc[len(counts)] = counts.sum()
    total = pd.DataFrame([dict.fromkeys(labels.columns, "total")], index=range(1), dtype=object)
    table = pd.concat([pd.concat([labels, total], ignore_index=True), _shares(counts)], axis=1)
    if not len(labels.columns):
        table = table.iloc[-1:].reset_index(drop=True)
    table.attrs = {
        "caveat": HOME_OFFICE_CAVEAT,
        "under_the_model": MODEL_NOTE,
        "beyond": f"expected share of false or missed links more than {BEYOND} times the whole's",
        "small": f"fewer than {SMALL} linkable referrals",
    }
    return table


FEWEST_REFERRALS, FEWEST_LINKS = 20, 100
"""Groups of fewer linkable referrals are not published: of 19, at most 9 people were referred twice, and that
is what the suppressed table of people leaves open. Precision and recall of fewer links are not (both chosen
by us)."""


def published_quality(table: pd.DataFrame) -> pd.DataFrame:
    """What of the table may be published: what the records hold, as shares to 5 per cent, and of the whole
    how right and how complete the links are. No number, and nothing of a group's links.
    """
    columns = list(table.columns)
    labels = columns[: columns.index("referrals")]
    held = [*(f"{name}_known" for name in _KNOWN), "default_date_share"]
    many = table["linkable"] >= FEWEST_REFERRALS
    shares = shares_to_nearest(table[held], 5).where(many)
    is_whole = np.arange(len(table)) == len(table) - 1
    right = shares_to_nearest(table[["expected_precision", "expected_recall"]], 1)
    right = right.where(is_whole & (table["links"] >= FEWEST_LINKS))
    result = pd.concat([table[labels], shares, right], axis=1).assign(suppressed=~many)
    result.attrs = {**table.attrs, "audience": "publication"}
    return result


_KNOWN = ("name", "date_of_birth", "nationality", "gender", "reference")

QUALITY_COLUMNS = (
    *("referrals", "linkable", *(f"{name}_known" for name in _KNOWN), "default_date_share"),
    *("link_rate", "review_rate", "links", "expected_false_links", "expected_missed_links"),
    *("expected_precision", "expected_recall", "false_link_ratio", "missed_link_ratio"),
    *("beyond", "beyond_why", "small"),
)


def _counts(
    rows: Referrals, partition: Partition, pairs: JudgedPairs, code: Int64s, n_groups: int
) -> pd.DataFrame:
    """Numbers that add up over groups: float64, one row a group."""
    linkable = rows.linkable
    full = linkable & (rows.birth.precision == DatePrecision.DAY)
    linked = np.bincount(partition.cluster, minlength=rows.n)[partition.cluster] > 1
    open_ = (pairs.probability >= REVIEWED[0]) & (pairs.probability <= REVIEWED[1])
    reviewed = np.zeros(rows.n, dtype=bool)
    reviewed[pairs.left[open_]] = reviewed[pairs.right[open_]] = True
    known = {
        "name": rows.names.tokens.count > 0,
        "date_of_birth": ~np.isnat(rows.birth.first),
        "nationality": rows.nationality.code != 0,
        "gender": rows.gender != 0,
        "reference": rows.references.count > 0,
    }
    of_rows: dict[str, Mask] = {
        "referrals": rows.duplicate_of == np.arange(rows.n),
        "linkable": linkable,
        **{f"{name}_known": held & linkable for name, held in known.items()},
        "full_dates": full,
        "default_dates": full & np.isin(rows.birth.default, STAND_IN_DATES),
        "linked": linked & linkable,
        "reviewed": reviewed & linkable,
    }
    of_pairs: dict[str, Float64s] = {
        "links": pairs.linked.astype(np.float64),
        "false": np.where(pairs.linked, 1.0 - pairs.probability, 0.0),
        "missed": np.where(pairs.linked, 0.0, pairs.probability),
    }
    sums = {name: np.bincount(code[held], minlength=n_groups) for name, held in of_rows.items()}
    for name, weight in of_pairs.items():
        ends = np.concatenate([code[pairs.left], code[pairs.right]])
        sums[name] = np.bincount(ends, weights=np.tile(weight, 2) / 2, minlength=n_groups)
    return pd.DataFrame(sums).astype("float64")


def _shares(counts: pd.DataFrame) -> pd.DataFrame:
    """The table's columns from its counts, whose last row is the whole."""
    linkable = counts["linkable"]
    right = counts["links"] - counts["false"]
    false_share = _share(counts["false"], counts["links"])
    missed_share = _share(counts["missed"], right + counts["missed"])
    false_ratio = _share(false_share, false_share.iloc[-1])
    missed_ratio = _share(missed_share, missed_share.iloc[-1])
    why = beyond_why({"expected false links": false_ratio, "expected missed links": missed_ratio})
    shares: dict[str, Any] = {
        "referrals": counts["referrals"].astype("int64"),
        "linkable": linkable.astype("int64"),
        **{f"{name}_known": _share(counts[f"{name}_known"], linkable) for name in _KNOWN},
        "default_date_share": _share(counts["default_dates"], counts["full_dates"]),
        "link_rate": _share(counts["linked"], linkable),
        "review_rate": _share(counts["reviewed"], linkable),
        "links": counts["links"],
        "expected_false_links": counts["false"],
        "expected_missed_links": counts["missed"],
        "expected_precision": 1.0 - false_share,
        "expected_recall": 1.0 - missed_share,
        "false_link_ratio": false_ratio,
        "missed_link_ratio": missed_ratio,
        "beyond": why != "",
        "beyond_why": why,
        "small": linkable < SMALL,
    }
    return pd.DataFrame(shares)[list(QUALITY_COLUMNS)]


def beyond_why(
    ratios: Mapping[str, pd.Series], details: Mapping[str, Sequence[str]] | None = None
) -> pd.Series:
    """In words, which shares of each group are more than `BEYOND` times the whole's; empty where none is.

    `ratios`: what it is a share of -> the group's share to the whole's; `details`: the same -> what to add, a
    text a group.

    >>> beyond_why({"false links": pd.Series([1.1, 2.0]), "missed links": pd.Series([float("nan"), 1.5])})[1]
    "false links 2.00 times the whole's; missed links 1.50 times the whole's"
    """
    texts = [""] * len(next(iter(ratios.values())))
    for name, ratio in ratios.items():
        for at in np.flatnonzero(ratio.to_numpy() > BEYOND).tolist():
            detail = f" ({details[name][at]})" if details else ""
            phrase = f"{name} {ratio.iloc[at]:.2f} times the whole's{detail}"
            texts[at] = f"{texts[at]}; {phrase}" if texts[at] else phrase
    return pd.Series(texts, dtype=object)


def _share(part: pd.Series, whole: pd.Series | float) -> pd.Series:
    """A share; NaN where there is nothing to divide by."""
    divisor = pd.Series(whole, index=part.index, dtype="float64")
    return part / divisor.where(divisor > 0)
