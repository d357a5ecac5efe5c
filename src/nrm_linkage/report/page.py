"""The run's report as one self-contained HTML page.

Everything is escaped, nothing is fetched (a Content-Security-Policy says so to the browser), there is no
script, and no value of a record stands in it: counts, shares, parameters and column headings alone.
"internal" is marked not for release; "publication" leaves out everything about single clusters, and its
counts are suppressed and rounded before they come here.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from nrm_linkage.io import write_private
from nrm_linkage.provenance import HOME_OFFICE_CAVEAT, NOT_FOR
from nrm_linkage.report.record import LinkageReport
from nrm_linkage.report.repeats import RANGE_NOTE

__all__ = ["page", "write_page"]


def write_page(path: Path, report: LinkageReport, tables: Mapping[str, pd.DataFrame], audience: str) -> None:
    """Write the page to a file that only its owner may read."""
    write_private(path, page(report, tables, audience))


def page(report: LinkageReport, tables: Mapping[str, pd.DataFrame], audience: str) -> str:
    """The page as text. `tables`: `repeats`, and for the internal audience `issues`, `sizes`, `parameters`."""
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("nrm_linkage", "report/templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
    )
    environment.filters["shown"] = _shown
    return environment.get_template("report.html.j2").render(
        report=report,
        tables=tables,
        internal=audience == "internal",
        caveat=HOME_OFFICE_CAVEAT,
        not_for=NOT_FOR,
        range_note=RANGE_NOTE,
        period=tables["repeats"].attrs.get("period") if "repeats" in tables else None,
    )


def _shown(value: object) -> str:
    """A cell for people: counts with separators, shares with three digits, a dash where there is nothing."""
    if value is None or (isinstance(value, float) and pd.isna(value)):
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 100 or value == int(value) else f"{value:.3g}"
    return str(value)
