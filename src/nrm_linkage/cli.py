"""The command line: `link`, `demo`, `count`, `explain`, `report`, `verify`.

It reads and writes files and prints tables; everything else is the library's. Nothing printed holds a value
of a record, except the ids that were asked about. Errors are one sentence on standard error and exit status
2, without a traceback: a traceback shows values. An error that nobody foresaw is named by its type and the
line that raised it. `verify` ends with status 1 where the files are not those of the run.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import click

from nrm_linkage.errors import InputError, NrmLinkageError
from nrm_linkage.io import read_table, write_csv
from nrm_linkage.provenance import HOME_OFFICE_CAVEAT, NOT_FOR, VERSION

if TYPE_CHECKING:
    import pandas as pd

    from nrm_linkage.model import LinkageModel
    from nrm_linkage.result import Linkage

__all__ = ["main"]

DEMO_REFERRALS = 27_400
"""Referrals from January 2023 to July 2024 (domain.md 3.1)."""

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
AUDIENCES = click.Choice(["internal", "publication"])
SINCE = "The last publication, as `count` wrote it: numbers then stay until they have moved by eight."

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


class _PlainError(click.ClickException):
    """One sentence and exit status 2."""

    exit_code = 2


def _sentence(error: Exception) -> str:
    if isinstance(error, OSError):
        return f"a file or folder cannot be used: {error.strerror or type(error).__name__}."
    return str(error)


def _where(error: Exception) -> str:
    """Module and line of the innermost frame of ours."""
    ours = [
        f"at line {line} of {frame.f_globals['__name__']}"
        for frame, line in traceback.walk_tb(error.__traceback__)
        if str(frame.f_globals.get("__name__", "")).startswith("nrm_linkage")
    ]
    return ours[-1] if ours else "outside the library"


def _plain_errors(command: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    @wraps(command)
    def run(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Result:
        try:
            return command(*args, **kwargs)
        except (NrmLinkageError, OSError) as error:
            raise _PlainError(_sentence(error)) from None
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as error:
            raise _PlainError(
                "the command stopped on an error that was not foreseen "
                f"({type(error).__name__} {_where(error)}); its message is not shown, because it may hold "
                "values of a record."
            ) from None

    return run


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION, prog_name="nrm-linkage")
def main() -> None:
    """Find repeat referrals to the National Referral Mechanism.

    Multiple referrals may be received relating to the same potential instance of modern slavery.
    """


@main.command()
@click.argument("referrals", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--out",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="Folder for the run; made, or an earlier run.",
)
@click.option(
    "--config",
    "config_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Settings, as TOML.",
)
@click.option(
    "--model",
    "model_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="model.json of an earlier run.",
)
@click.option(
    "--previous",
    "previous_run",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder of an earlier run, which these referrals add to; its cluster ids live on.",
)
@click.option(
    "--column",
    "columns",
    multiple=True,
    metavar="FIELD=HEADING",
    help="A heading that is not recognised by name.",
)
@_plain_errors
def link(
    referrals: Path,
    out: Path,
    config_file: Path | None,
    model_file: Path | None,
    previous_run: Path | None,
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
    )
    _write(linkage, out)
    _print_result(linkage, out)
    if previous_run:
        _print_changes(linkage)


@main.command()
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), default=Path("demo-output"), show_default=True
)
@click.option(
    "--referrals",
    "n_referrals",
    default=DEMO_REFERRALS,
    show_default=True,
    help="How many referrals to invent.",
)
@click.option("--seed", default=1, show_default=True)
@_plain_errors
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


@main.command()
@click.argument("run", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.argument("first")
@click.argument("second")
@click.option("--values", is_flag=True, help="Show the values as recorded. They are victims' data.")
@_plain_errors
def explain(run: Path, first: str, second: str, values: bool) -> None:
    """Say why two referrals of a saved RUN were joined or not, by their ids."""
    from nrm_linkage.result import Linkage

    linkage = Linkage.load(run)
    by_text = {str(value): value for value in linkage.run.referrals.referral_id}
    a, b = (by_text.get(text, text) for text in (first, second))
    explanation = linkage.explain(a, b, show="values" if values else "shapes")
    click.echo(explanation.words())
    if values:
        for line in explanation.evidence:
            for side in (line.left, line.right):
                recorded = "; ".join(f"{name}: {value}" for name, value in (side or {}).items())
                click.echo(f"{line.field}: {recorded or 'nothing recorded'}")


@main.command()
@click.argument("run", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The page to write."
)
@click.option("--audience", type=AUDIENCES, default="internal", show_default=True)
@click.option("--since", type=FILE, help=SINCE)
@_plain_errors
def report(run: Path, out: Path, audience: str, since: Path | None) -> None:
    """Write the report of a saved RUN as one page."""
    from nrm_linkage.result import Linkage

    last = read_table(since) if since else None
    Linkage.load(run).write_report(out, audience=audience, since=last)
    click.echo(f"Wrote the report. {HOME_OFFICE_CAVEAT}")


@main.command()
@click.argument("run", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The CSV file.")
@click.option("--from", "start", metavar="DAY", help="First day of the period, as 2023-01-01.")
@click.option("--to", "end", metavar="DAY", help="Last day of the period.")
@click.option(
    "--by", multiple=True, default=("age_group", "gender"), help="A grouping column; may be repeated."
)
@click.option(
    "--definition",
    type=click.Choice(["inside_period", "latest_inside"]),
    default="inside_period",
    show_default=True,
)
@click.option("--audience", type=AUDIENCES, default="internal", show_default=True)
@click.option("--since", type=FILE, help=SINCE)
@_plain_errors
def count(
    run: Path,
    out: Path,
    start: str | None,
    end: str | None,
    by: tuple[str, ...],
    definition: str,
    audience: str,
    since: Path | None,
) -> None:
    """Write how many people of a saved RUN were referred two or more times, with ranges, as CSV.

    Every line of the file bears the Home Office's words. A publication holds both definitions.
    """
    from nrm_linkage.result import Linkage

    if (start is None) != (end is None):
        raise InputError("give --from and --to together, or neither.")
    table = Linkage.load(run).repeat_referrals(
        period=(start, end) if start else None,
        by=by,
        definition=definition,
        audience=audience,
        since=read_table(since) if since else None,
    )
    write_csv(out, table.assign(caveat=HOME_OFFICE_CAVEAT))
    for about in ("caveat", "range", "disclosure"):
        if about in table.attrs:
            click.echo(table.attrs[about])


@main.command()
@click.argument("run", type=click.Path(exists=True, file_okay=False, path_type=Path))
@_plain_errors
def verify(run: Path) -> None:
    """Check that the files of a saved RUN are those that it wrote."""
    from nrm_linkage.runs import check_run, run_fingerprint

    wrong = check_run(run)
    for problem in wrong:
        click.echo(problem)
    if wrong:
        sys.exit(1)
    click.echo("Every file is the one that the run wrote.")
    click.echo(f"Fingerprint of the run: {run_fingerprint(run)}")


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
