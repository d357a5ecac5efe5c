"""The tables of docs/bias.md: `python benchmarks/bias_tables.py`.

`Linkage.bias_probes()` under the model of `make_referrals(20_000, seed=1)`: a summary by hypothesis, the
parameters that the probes meet, and a table for each hypothesis, as Markdown.
"""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from nrm_linkage import LinkageModel, link_referrals, make_referrals

VERDICTS = ("not detected", "mitigated", "partly mitigated", "not mitigated")
COMMUNITIES = ("uk", "arabic", "horn", "afghan", "vietnamese")
SHOWN = (("given_name", "exact"), ("given_name", "variant"), ("given_name", "moved"),
         ("date_of_birth", "exact default"), ("date_of_birth", "default date near"))  # fmt: skip


def table(headings: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
    """A Markdown table."""
    names = list(headings)
    for cells in (names, ["---"] * len(names), *rows):
        print("|", " | ".join(cells), "|")
    print()


def summary(probes: pd.DataFrame) -> None:
    """One row a hypothesis; the British baseline is not among the verdicts."""
    rows = []
    for hypothesis, found in probes.groupby("hypothesis", sort=False):
        others = found[found["tradition"] != "British"]
        joined, tried = (others["joined"] * others["probes"]).sum(), others["probes"].sum()
        rows.append([
            str(hypothesis),
            f"{found['baseline_loss_bits'].iloc[0]:.1f}",
            f"{others['loss_bits'].min():.1f} to {others['loss_bits'].max():.1f}",
            f"{joined:.0f} of {tried}",
            *(str((others["verdict"] == verdict).sum()) for verdict in VERDICTS),
        ])  # fmt: skip
    table(("hypothesis", "British loss", "loss of the others", "pairs that join", *VERDICTS), rows)


def parameters(model: LinkageModel) -> None:
    """m of the levels that the probes meet, in the whole and by community."""
    rows = []
    for field, level in SHOWN:
        m = [model.m, *(model.m_by_community[name] for name in COMMUNITIES)]
        rows.append([f"{field}: {level}", *(f"{of[field][level]:.3f}" for of in m)])
    days = [model.frequencies.days[name]["1"] for name in ("", *COMMUNITIES)]
    rows.append(["share of births on 1 January (u)", *(f"{share:.3f}" for share in days)])
    table(("level", "whole", *COMMUNITIES), rows)


def by_hypothesis(probes: pd.DataFrame) -> None:
    """A table for each hypothesis."""
    for hypothesis, found in probes.groupby("hypothesis", sort=False):
        print(f"### {hypothesis}\n")
        rows = []
        for row in found.itertuples():
            naive = "" if pd.isna(row.naive_bits) else f"{row.naive_bits:.1f}"
            shares = [f"{share * row.probes:.0f}/{row.probes}" for share in (row.found, row.joined)]
            bits = (f"{value:.1f}" for value in (row.unaffected_bits, row.affected_bits, row.loss_bits))
            rows.append([row.tradition, *bits, naive, *shares, row.verdict])
        headings = ("tradition", "unaffected", "affected", "loss", "read as different", "found", "joined")
        table((*headings, "verdict"), rows)


def main() -> None:
    """Print the tables."""
    made = make_referrals(20_000, seed=1).drop(columns=["true_person", "true_instance"])
    linkage = link_referrals(made, progress=False)
    probes = linkage.bias_probes()
    summary(probes)
    parameters(linkage.model)
    by_hypothesis(probes)


if __name__ == "__main__":
    main()
