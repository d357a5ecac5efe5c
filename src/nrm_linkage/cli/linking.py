"""`link` and `demo`: referrals in, a saved run and its page out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nrm_linkage.cli.plain import FILE, FOLDER, NEW_FOLDER, plain_errors
from nrm_linkage.errors import InputError
from nrm_linkage.io import read_table
from nrm_linkage.provenance import HOME_OFFICE_CAVEAT, NOT_FOR

if TYPE_CHECKING:
    import pandas as pd

    from nrm_linkage.model import LinkageModel
    from nrm_linkage.result import Linkage

__all__ = ["demo", "link"]

DEMO_REFERRALS = 27_400
"""Referrals from January 2023 to July 2024 (domain.md 3.1)."""


@click.command()
@click.argument("referrals", type=FILE)
@click.option(
    "--out",
    type=NEW_FOLDER,
    required=True,
    help="Folder for the run; made, or an earlier run.",
)
@click.option(
    "--config",
    "config_file",
    type=FILE,
    help="Settings, as TOML.",
)
@click.option(
    "--model",
    "model_file",
    type=FILE,
    help="model.json of an earlier run.",
)
@click.option(
    "--previous",
    "previous_run",
    type=FOLDER,
    help="Folder of an earlier run, which these referrals add to; its cluster ids live on.",
)
@click.option(
    "--decisions",
    "decisions_file",
    type=FILE,
    help="What humans decided of pairs, as `review` wrote it and they filled it in.",
)
@click.option(
    "--column",
    "columns",
    multiple=True,
    metavar="FIELD=HEADING",
    help="A heading that is not recognised by name.",
)
@plain_errors
def link(
    referrals: Path,
    out: Path,
    config_file: Path | None,
    model_file: Path | None,
    previous_run: Path | None,
    decisions_file: Path | None,
    columns: tuple[str, ...],
) -> None:
    """Link the referrals in a CSV, Parquet or Excel file.

    With --previous they are new rows, beside those of that run; where they are all there are, say extract =
    "full" in --config.
    """
    from nrm_linkage.config import LinkageConfig
    from nrm_linkage.link import link_referrals
    from nrm_linkage.result import Linkage

    linkage = link_referrals(
        read_table(referrals),
        columns=_read_columns(columns) or None,
        config=LinkageConfig.from_toml(config_file) if config_file else None,
        model=_read_model(model_file) if model_file else None,
        previous=Linkage.load(previous_run) if previous_run else None,
        decisions=_read_decisions(decisions_file) if decisions_file else None,
    )
    _write(linkage, out)
    _print_result(linkage, out)
    for note in linkage.run.judged.notes:
        click.echo(f"{note[0].upper()}{note[1:]}")
    if previous_run:
        _print_changes(linkage)


@click.command()
@click.option("--out", type=NEW_FOLDER, default=Path("demo-output"), show_default=True)
@click.option(
    "--referrals",
    "n_referrals",
    default=DEMO_REFERRALS,
    show_default=True,
    help="How many referrals to invent.",
)
@click.option("--seed", default=1, show_default=True)
@plain_errors
def demo(out: Path, n_referrals: int, seed: int) -> None:
    """Invent referrals for January 2023 to July 2024, link them, and print who was referred two or more
    times."""
    from nrm_linkage.evaluation import evaluate
    from nrm_linkage.link import link_referrals
    from nrm_linkage.synthetic import make_referrals

    click.echo(f"Inventing {n_referrals:,} referrals; nobody in them is real.")
    invented = make_referrals(n_people=n_referrals, seed=seed, n_referrals=n_referrals)
    truth = invented["true_person"]
    linkage = link_referrals(invented.drop(columns=["true_person", "true_instance"]))
    _write(linkage, out)
    _print_result(linkage, out, period=("2023-01-01", "2024-07-31"))
    click.echo(f"Against the truth that the inventor kept: {evaluate(linkage, truth)}")


def _read_model(path: Path) -> LinkageModel:
    from nrm_linkage.model import LinkageModel

    try:
        return LinkageModel.load(path)
    except InputError:
        raise
    except (ValueError, TypeError, KeyError, AttributeError):
        raise InputError(
            "the model file is not the model.json of a run; estimate again without --model."
        ) from None


def _read_decisions(path: Path) -> pd.DataFrame:
    try:
        return read_table(path)
    except InputError as error:
        raise InputError(f"decisions: {error}") from None


def _read_columns(pairs: tuple[str, ...]) -> dict[str, object]:
    columns: dict[str, list[str]] = {}
    for pair in pairs:
        field, equals, heading = pair.partition("=")
        if not equals:
            raise InputError("--column takes FIELD=HEADING, for example --column date_of_birth='Born on'.")
        columns.setdefault(field, []).append(heading)
    return dict(columns)


def _write(linkage: Linkage, out: Path) -> None:
    linkage.save(out)
    linkage.write_report(_report_path(out))


def _report_path(out: Path) -> Path:
    """The page stands beside the run's folder, which holds the run's files alone."""
    out = out.absolute()
    return out.with_name(f"{out.name}-report.html")


def _print_result(linkage: Linkage, out: Path, **count: Any) -> None:
    from nrm_linkage.runs import run_fingerprint

    click.echo("")
    click.echo(repr(linkage))
    try:
        table = linkage.repeat_referrals(**count)
    except InputError as error:
        click.echo(f"No table of people: {error}")
    else:
        click.echo("")
        click.echo(
            "People referred two or more times, all repeat referrals, with 90% ranges of linkage "
            "under the model:"
        )
        click.echo(_plain_table(table[table["counting"] == "all"]))
        click.echo(HOME_OFFICE_CAVEAT)
    click.echo(NOT_FOR)
    click.echo(f"Results: {out}")
    click.echo(f"Report: {_report_path(out)}")
    click.echo(f"Fingerprint of the run, to note down: {run_fingerprint(out)}")


def _print_changes(linkage: Linkage) -> None:
    changed = linkage.changes["change"].value_counts().sort_index()
    words = ", ".join(f"{count:,} {change}" for change, count in changed.items())
    click.echo(f"Since the previous run, clusters: {words or 'none changed'}")
    for name, count in linkage.report.counts.items():
        if name.endswith("previous run") or name.startswith("of the previous run"):
            click.echo(f"Referrals {name}: {count:,}")


def _plain_table(table: pd.DataFrame) -> str:
    shown = table.assign(
        estimate=table["estimate"].map("{:,.0f}".format),
        range=[f"{low:,.0f} to {high:,.0f}" for low, high in zip(table["low"], table["high"], strict=True)],
        share_of_people=table["share_of_people"].map("{:.1%}".format),
    )
    groups = list(shown.columns[: shown.columns.get_loc("counting")])
    columns = [*groups, "estimate", "range", "n_in_clusters", "n_referrals", "share_of_people"]
    return shown[columns].rename(columns=lambda name: name.replace("_", " ")).to_string(index=False)
