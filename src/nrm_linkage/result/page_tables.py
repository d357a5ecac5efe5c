"""The tables that a run's page shows to an audience; a publication gets the counts alone, as
`report.publication` makes them."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from nrm_linkage.model import LinkageModel
from nrm_linkage.report.publication import check_audience
from nrm_linkage.report.sections import model_questions

__all__ = ["page_tables"]


def page_tables(
    audience: str,
    count: Callable[..., pd.DataFrame] | None,
    issues: pd.DataFrame,
    clusters: pd.DataFrame,
    model: LinkageModel,
    since: pd.DataFrame | None = None,
) -> dict[str, pd.DataFrame]:
    """Tables by name. `count`: `Linkage.repeat_referrals`, None where there is nothing to count.

    Raises
    ------
    InputError
        The audience is neither "internal" nor "publication", or `since` cannot be used.
    """
    check_audience(audience)
    tables = {}
    if count is not None:
        repeats = count(audience=audience, since=since)
        tables["repeats"] = repeats.drop(columns="suppressed") if audience == "internal" else repeats
    if audience == "internal":
        called = issues.assign(field=issues["field"].map(lambda name: str(name).replace("_", " ")))
        tables["issues"] = _counted(called, ["field", "issue"], "values")
        tables["sizes"] = _counted(clusters, ["n_referrals"], "clusters")
        tables["parameters"] = model_questions(model)
    return tables


def _counted(table: pd.DataFrame, by: list[str], name: str) -> pd.DataFrame:
    """How often each combination of some columns occurs."""
    return table.groupby(by, as_index=False).size().rename(columns={"size": name})
