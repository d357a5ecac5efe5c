"""The run's report as one self-contained HTML page.

Everything is escaped, nothing is fetched (a Content-Security-Policy says so to the browser), there is no
script, and no value of a record stands in it: counts, shares, parameters and column headings alone.
"internal" is marked not for release; "publication" leaves out everything about single clusters, the model,
the headings and the choices; its table of people is suppressed and rounded before it comes here, and its
numbers of records are rounded to 5 here.
"""

from __future__ import annotations

import datetime
import math
import numbers
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from nrm_linkage.explain.pair import said_probability
from nrm_linkage.explain.pictures import waterfall
from nrm_linkage.explain.telling import decisions_said, listed, people_said, referral_said
from nrm_linkage.io import write_private
from nrm_linkage.provenance import HOME_OFFICE_CAVEAT, NOT_FOR
from nrm_linkage.report.disclosure import to_nearest
from nrm_linkage.report.record import LinkageReport, in_order
from nrm_linkage.report.repeats import RANGE_NOTE
from nrm_linkage.report.sections import PageParts
from nrm_linkage.report.statement import ITEMS

__all__ = ["page", "write_page"]

SMALLEST_RELEASED = 20
"""Of 19 referrals, at most 9 people were referred twice: the page tells no more than its table."""


def write_page(
    path: Path,
    report: LinkageReport,
    tables: Mapping[str, pd.DataFrame],
    audience: str,
    parts: PageParts | None = None,
) -> None:
    """Write the page to a file that only its owner may read."""
    write_private(path, page(report, tables, audience, parts))


def page(
    report: LinkageReport,
    tables: Mapping[str, pd.DataFrame],
    audience: str,
    parts: PageParts | None = None,
) -> str:
    """The page as text. `tables`: `repeats`, and for the internal audience `issues`, `sizes`, `parameters`;
    `parts`: what only the internal audience sees.
    """
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("nrm_linkage", "report/templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters["shown"] = _shown
    environment.filters["cell_class"] = _cell_class
    environment.filters["released"] = _released
    environment.filters["ordered"] = in_order
    environment.filters["waterfall"] = partial(waterfall, standalone=False)
    environment.filters["probability"] = said_probability
    environment.filters["decided"] = decisions_said
    environment.filters["people"] = people_said
    environment.filters["referral"] = referral_said
    environment.filters["listed"] = listed
    return environment.get_template("report.html.j2").render(
        report=report,
        tables=tables,
        parts=parts or PageParts(),
        statement=ITEMS,
        internal=audience == "internal",
        caveat=HOME_OFFICE_CAVEAT,
        not_for=NOT_FOR,
        range_note=RANGE_NOTE,
        disclosure=tables["repeats"].attrs.get("disclosure") if "repeats" in tables else None,
        period=tables["repeats"].attrs.get("period") if "repeats" in tables else None,
    )


ONE_DECIMAL = (
    *("estimate", "child_then_adult", "links", "expected false links", "expected missed links"),
    "bits",
)
"""Columns of numbers that are counts of people or pairs but for what is not known, and of bits."""

LONG_TEXT = 40
"""Letters of a text from which its column gets room."""


def _cell_class(table: pd.DataFrame, at: int) -> str | None:
    """How the cells of a column are set: numbers to the right, long texts with room."""
    column = table.iloc[:, at]
    if pd.api.types.is_numeric_dtype(column.dtype) and not pd.api.types.is_bool_dtype(column.dtype):
        return "number"
    return "long" if len(column) and column.map(lambda value: len(str(value))).max() > LONG_TEXT else None


def _shown(value: Any, column: object = "") -> str:
    """A cell for people: counts with separators, numbers with three digits, shares in per cent, days, a dash
    where there is nothing. `column`: the name of its column."""
    if value is None or (pd.api.types.is_scalar(value) and pd.isna(value)):
        return "–"
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    if isinstance(value, numbers.Integral):
        return f"{int(value):,}"
    if isinstance(value, numbers.Real):
        number = float(value)
        if not math.isfinite(number):
            return "∞" if number > 0 else "−∞"
        if str(column).startswith("share"):
            return f"{number:.1%}"
        if str(column) in ONE_DECIMAL and not number.is_integer():
            return f"{number:,.1f}"
        return f"{number:,.0f}" if abs(number) >= 100 or number.is_integer() else f"{number:.3g}"
    if isinstance(value, datetime.datetime):
        return value.date().isoformat()
    return str(value)


def _released(number: int) -> str:
    """A number of records as it may be published (domain.md 3.5): rounded to 5, nothing below 20."""
    if number < SMALLEST_RELEASED:
        return f"fewer than {SMALLEST_RELEASED}"
    return f"{to_nearest(number, 5):,.0f}"
