"""Explanations as HTML and as pictures: through Jinja2 with autoescape, no script, nothing fetched.

The waterfall leads from the prior to the match weight, one bar a line of evidence, strongest first; the
dashed line is where the decision turns. It says nothing that the words beside it do not say: a bar's bits
stand over it, and for against is told by the sign and by where the bar goes, not by its colour alone.
"""

from __future__ import annotations

import datetime
import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from nrm_linkage.explain.pair import said_probability

if TYPE_CHECKING:
    import jinja2

    from nrm_linkage.explain.cluster import ClusterExplanation
    from nrm_linkage.explain.pair import PairExplanation

__all__ = ["cluster_html", "pair_html", "waterfall"]

WIDTH, BARS, ROW = 400.0, 315.0, 34.0
"""Of the picture and of its bars, and between these, in its own units: narrow, so that its letters stay
readable on a telephone.
"""


@dataclass(frozen=True)
class Bar:
    """`start`, `end`: where it is drawn; `sign`: what it speaks for."""

    label: str
    bits: float
    y: float
    start: float
    end: float
    sign: str


def waterfall(pair: PairExplanation, standalone: bool = True) -> str:
    """The picture of a pair's evidence. `standalone`: as a file of its own may hold it, and not only HTML."""
    steps = [("prior", pair.prior_bits), *((_name(line.field), line.bits) for line in pair.strongest_first)]
    ends, total = [], 0.0
    for _, bits in steps:
        ends.append((total, total + bits))
        total += bits
    threshold = pair.counterfactual.joined_above_bits
    marks = [0.0, threshold, *(bits for both in ends for bits in both)]
    low, span = min(marks), max(max(marks) - min(marks), 1.0)

    def at(bits: float) -> float:
        return round((bits - low) / span * BARS, 1)

    bars = [
        Bar(label, bits, row * ROW, at(start), at(end), "for" if bits > 0 else "against")
        for row, ((label, bits), (start, end)) in enumerate(zip(steps, ends, strict=True))
    ]
    bars.append(Bar("match weight", pair.match_weight_bits, len(bars) * ROW, at(0.0), at(total), "total"))
    return _render(
        "waterfall.svg.j2",
        standalone=standalone,
        bars=bars,
        width=WIDTH,
        height=len(bars) * ROW + 20,
        zero=at(0.0),
        threshold=at(threshold),
        threshold_bits=threshold,
    )


def pair_html(pair: PairExplanation) -> str:
    """The picture and the table of a pair, with values where the explanation was asked for with them."""
    return _render("pair.html.j2", pair=pair, picture=waterfall(pair), values=pair.show == "values")


def cluster_html(cluster: ClusterExplanation) -> str:
    """What holds a cluster together, as tables."""
    return _render("cluster.html.j2", cluster=cluster)


class _Markup(str):
    """Text that is HTML already, so that a template takes it as it is."""

    def __html__(self) -> str:
        return self


def _render(template: str, **values: Any) -> str:
    return _Markup(_environment().get_template(template).render(**values))


@functools.cache
def _environment() -> jinja2.Environment:
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("nrm_linkage", "explain/templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["named"] = _name
    environment.filters["share"] = _share
    environment.filters["cell"] = _cell
    environment.filters["probability"] = said_probability
    return environment


def _name(field: str) -> str:
    return field.replace("_", " ")


def _cell(value: Any) -> str:
    """A cell of a cluster's tables for people."""
    if isinstance(value, tuple):
        return (
            " | ".join(map(_cell, value))
            if any(isinstance(one, tuple) for one in value)
            else ", ".join(map(str, value))
        )
    if value is None or (pd.api.types.is_scalar(value) and pd.isna(value)):
        return "–"
    if isinstance(value, datetime.datetime):
        return value.date().isoformat()
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    return f"{float(value):.3g}" if isinstance(value, float | np.floating) else str(value)


def _share(value: float | None) -> str:
    """A probability for people: two digits, small ones as one in so many.

    >>> _share(0.0123), _share(1 / 7270), _share(1e-7)
    ('0.012', '1 in 7,300', 'under 1 in a million')
    """
    if value is None:
        return "–"
    return (
        f"{value:.2g}"
        if value >= 0.001
        else f"1 in {float(f'{1 / value:.2g}'):,.0f}"
        if value >= 1e-6
        else "under 1 in a million"
    )
