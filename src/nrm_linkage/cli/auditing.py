"""`explain`, `review` and `verify`: why a saved run joined what it joined, what a person should look at, and
whether its files are its own.
"""

from __future__ import annotations

import sys
from pathlib import Path

import click

from nrm_linkage.cli.plain import FOLDER, NEW_FILE, plain_errors
from nrm_linkage.errors import InputError
from nrm_linkage.io import write_csv
from nrm_linkage.provenance import HOME_OFFICE_CAVEAT

__all__ = ["explain", "review", "verify"]


@click.command()
@click.argument("run", type=FOLDER)
@click.argument("first")
@click.argument("second")
@click.option("--values", is_flag=True, help="Show the values as recorded. They are victims' data.")
@plain_errors
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
        for one in explanation.decisions:
            click.echo(f"decision, {one.referral_id_l} and {one.referral_id_r}: {one.decision}")
            for name in ("decided_by", "decided_at", "reason"):
                click.echo(f"{name.replace('_', ' ')}: {getattr(one, name) or 'nothing recorded'}")


@click.command()
@click.argument("run", type=FOLDER)
@click.option("--out", type=NEW_FILE, required=True, help="The CSV file; one that is there is not replaced.")
@click.option("--number", "-n", default=100, show_default=True, help="How many pairs.")
@click.option("--sample", is_flag=True, help="A random sample instead of the pairs that may cost most.")
@click.option(
    "--seed", default=0, show_default=True, help="For --sample; the same seed draws the same pairs."
)
@click.option("--values", is_flag=True, help="Write the values as recorded. They are victims' data.")
@plain_errors
def review(run: Path, out: Path, number: int, sample: bool, seed: int, values: bool) -> None:
    """Write pairs of a saved RUN for a person to decide, as CSV.

    The columns decision ("same", "different" or "unsure"), decided_by, decided_at and reason are empty, to be
    filled in; rows may stay empty. Give the file back with `link --decisions`. A sample holds ids alone, so
    that the run does not lead who decides.
    """
    from nrm_linkage.result import Linkage

    if out.exists():
        raise InputError("the file of --out exists, and may hold decisions; choose another name.")
    linkage = Linkage.load(run)
    pairs = linkage.review_sample(number, seed) if sample else linkage.review_queue(number)
    note = pairs.attrs["note"]
    pairs = pairs[["referral_id_l", "referral_id_r"]] if sample else pairs
    form = linkage.review_form(pairs, show="values" if values else "shapes")
    write_csv(out, form.assign(caveat=HOME_OFFICE_CAVEAT))
    click.echo(f"Wrote {len(form):,} pairs to decide. {note}")
    if sample:
        click.echo(f"review_sample({number}, seed={seed}) of the run has the weight of each pair.")
    click.echo(
        "Fill in decision: same, different or unsure. Then: link REFERRALS --previous RUN --decisions FILE"
    )
    click.echo(HOME_OFFICE_CAVEAT)


@click.command()
@click.argument("run", type=FOLDER)
@plain_errors
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
