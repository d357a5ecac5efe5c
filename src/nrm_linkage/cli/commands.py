"""The commands by name."""

from __future__ import annotations

from typing import Any

import click

from nrm_linkage.cli.auditing import explain, review, verify
from nrm_linkage.cli.linking import demo, link
from nrm_linkage.cli.publishing import count, report
from nrm_linkage.provenance import VERSION

__all__ = ["main"]


INTERRUPTED = 130
"""Exit status after Ctrl-C, as shells have it: 128 and the number of the signal."""


class _Commands(click.Group):
    """Commands that Ctrl-C ends without a traceback, which may show values, and with the status of one."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            click.echo("\nStopped. What was not finished was not written.", err=True)
            ctx.exit(INTERRUPTED)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(VERSION, prog_name="nrm-linkage")
def main() -> None:
    """Find repeat referrals to the National Referral Mechanism.

    Multiple referrals may be received relating to the same potential instance of modern slavery.
    """


for _command in (link, demo, count, explain, review, report, verify):
    main.add_command(_command)
