"""The command line: `link`, `demo`, `explain`, `report`, `verify`.

It reads and writes files and prints tables; everything else is the library's. Nothing printed holds a value of a record, except the ids
that were asked about. Errors are one sentence on standard error and exit status 2, without a traceback: a traceback shows values.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import click

from nrm_linkage.errors import InputError, NrmLinkageError
from nrm_linkage.provenance import HOME_OFFICE_CAVEAT, NOT_FOR, VERSION

if TYPE_CHECKING:
    import pandas as pd

    from nrm_linkage.result import Linkage

__all__ = ["main"]

DEMO_REFERRALS = 27_400
"""Referrals from January 2023 to July 2024 (domain.md 3.1)."""

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")


def _plain_errors(command: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    @wraps(command)
    def run(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Result:
        try:
            return command(*args, **kwargs)
        except NrmLinkageError as error:
            raise click.ClickException(str(error)) from None

    return run


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION, prog_name="nrm-linkage")
def main() -> None:
    """Find repeat referrals to the National Referral Mechanism.

    Multiple referrals may be received relating to the same potential instance of modern slavery.
    """


@main.command()
@click.argument("referrals", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="Folder for the run; made, or an earlier run.")
@click.option("--config", "config_file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Settings, as TOML.")
@click.option("--model", "model_file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="model.json of an earlier run.")
@click.option("--column", "columns", multiple=True, metavar="FIELD=HEADING", help="A heading that is not recognised by name.")
@_plain_errors
def link(referrals: Path, out: Path, config_file: Path | None, model_file: Path | None, columns: tuple[str, ...]) -> None:
    """Link the referrals in a CSV, Parquet or Excel file."""
    import json

    from nrm_linkage.config import LinkageConfig
    from nrm_linkage.link import link_referrals
    from nrm_linkage.model import LinkageModel

    model = None
    if model_file is not None:
        document = json.loads(model_file.read_text(encoding="utf-8"))
        model = LinkageModel.from_dict(document)
    linkage = link_referrals(
        _read_table(referrals),
        columns=_read_columns(columns) or None,
        config=LinkageConfig.from_toml(config_file) if config_file else None,
        model=model,
    )
    _write(linkage, out)
    _print_result(linkage, out)


@main.command()
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), default=Path("demo-output"), show_default=True)
@click.option("--referrals", "n_referrals", default=DEMO_REFERRALS, show_default=True, help="How many referrals to invent.")
@click.option("--seed", default=1, show_default=True)
@_plain_errors
def demo(out: Path, n_referrals: int, seed: int) -> None:
    """Invent referrals for January 2023 to July 2024, link them, and print who was referred two or more times."""
    from nrm_linkage.evaluate import evaluate
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
    pair = [by_text.get(text, text) for text in (first, second)]
    explanation = linkage.explain(*pair, show="values" if values else "shapes")
    click.echo(explanation.words())
    if values:
        for line in explanation.evidence:
            for side in (line.left, line.right):
                click.echo(f"{line.field}: {'; '.join(f'{name}: {value}' for name, value in (side or {}).items()) or 'nothing recorded'}")


@main.command()
@click.argument("run", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The page to write.")
@click.option("--audience", type=click.Choice(["internal", "publication"]), default="internal", show_default=True)
@_plain_errors
def report(run: Path, out: Path, audience: str) -> None:
    """Write the report of a saved RUN as one page."""
    from nrm_linkage.result import Linkage

    Linkage.load(run).write_report(out, audience=audience)
    click.echo(f"Wrote the report. {HOME_OFFICE_CAVEAT}")


@main.command()
@click.argument("run", type=click.Path(exists=True, file_okay=False, path_type=Path))
@_plain_errors
def verify(run: Path) -> None:
    """Check that the files of a saved RUN are those that it wrote."""
    from nrm_linkage.runs import check_run

    wrong = check_run(run)
    for problem in wrong:
        click.echo(problem)
    if wrong:
        sys.exit(1)
    click.echo("Every file is the one that the run wrote.")


def _read_table(path: Path) -> pd.DataFrame:
    """A file as a frame of text, so that nothing is guessed before it is read: leading zeros and dates stay as written."""
    import pandas as pd

    kind = path.suffix.casefold()
    if kind in (".parquet", ".pq"):
        return pd.read_parquet(path)
    if kind in (".xlsx", ".xls", ".ods"):
        try:
            return pd.read_excel(path)
        except ImportError:
            raise InputError("reading spreadsheets needs the package openpyxl; install it, or save the sheet as CSV.") from None
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return pd.read_csv(path, dtype=str, keep_default_na=False, na_values=[""], encoding=encoding)
        except UnicodeDecodeError:
            continue
        except (pd.errors.ParserError, pd.errors.EmptyDataError):
            break
    raise InputError("the file cannot be read as a table; give a CSV file with a header line, a Parquet file or a spreadsheet.")


def _read_columns(pairs: tuple[str, ...]) -> dict[str, object]:
    columns: dict[str, object] = {}
    for pair in pairs:
        field, equals, heading = pair.partition("=")
        if not equals:
            raise InputError("--column takes FIELD=HEADING, for example --column date_of_birth='Born on'.")
        columns[field] = heading
    return columns


def _write(linkage: Linkage, out: Path) -> None:
    linkage.save(out)
    linkage.write_report(out.with_name(out.name + "-report.html"))


def _print_result(linkage: Linkage, out: Path, **count: Any) -> None:
    click.echo("")
    click.echo(repr(linkage))
    try:
        table = linkage.repeat_referrals(**count)
    except InputError as error:
        click.echo(f"No table of people: {error}")
    else:
        click.echo("")
        click.echo("People referred two or more times, all repeat referrals, with 90% ranges of linkage under the model:")
        click.echo(_plain_table(table[table["counting"] == "all"]))
        click.echo(HOME_OFFICE_CAVEAT)
    click.echo(NOT_FOR)
    click.echo(f"Results: {out}")
    click.echo(f"Report: {out.with_name(out.name + '-report.html')}")


def _plain_table(table: pd.DataFrame) -> str:
    shown = table.assign(
        estimate=table["estimate"].map("{:,.0f}".format),
        range=[f"{low:,.0f} to {high:,.0f}" for low, high in zip(table["low"], table["high"], strict=True)],
        share_of_people=table["share_of_people"].map("{:.1%}".format),
    )
    groups = list(shown.columns[: shown.columns.get_loc("counting")])
    columns = [*groups, "estimate", "range", "n_in_clusters", "n_referrals", "share_of_people"]
    return shown[columns].rename(columns=lambda name: name.replace("_", " ")).to_string(index=False)
