"""`count` and `report`: what a saved run says of numbers, as CSV and as a page."""

from __future__ import annotations

from pathlib import Path

import click

from nrm_linkage.cli.plain import AUDIENCES, FILE, FOLDER, NEW_FILE, plain_errors
from nrm_linkage.errors import InputError
from nrm_linkage.io import read_table, write_csv
from nrm_linkage.provenance import HOME_OFFICE_CAVEAT

__all__ = ["count", "report"]

SINCE = "The last publication, as `count` wrote it: numbers then stay until they have moved by eight."


@click.command()
@click.argument("run", type=FOLDER)
@click.option("--out", type=NEW_FILE, required=True, help="The page to write.")
@click.option("--audience", type=AUDIENCES, default="internal", show_default=True)
@click.option("--since", type=FILE, help=SINCE)
@plain_errors
def report(run: Path, out: Path, audience: str, since: Path | None) -> None:
    """Write the report of a saved RUN as one page."""
    from nrm_linkage.result import Linkage

    last = read_table(since) if since else None
    Linkage.load(run).write_report(out, audience=audience, since=last)
    click.echo(f"Wrote the report. {HOME_OFFICE_CAVEAT}")


@click.command()
@click.argument("run", type=FOLDER)
@click.option("--out", type=NEW_FILE, required=True, help="The CSV file.")
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
@plain_errors
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
