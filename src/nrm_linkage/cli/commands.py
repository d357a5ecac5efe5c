"""The commands by name."""

from __future__ import annotations

import click

from nrm_linkage.cli.auditing import explain, review, verify
from nrm_linkage.cli.linking import demo, link
from nrm_linkage.cli.publishing import count, report
from nrm_linkage.provenance import VERSION

__all__ = ["main"]


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION, prog_name="nrm-linkage")
def main() -> None:
    """Find repeat referrals to the National Referral Mechanism.

    Multiple referrals may be received relating to the same potential instance of modern slavery.
    """


for _command in (link, demo, count, explain, review, report, verify):
    main.add_command(_command)
