"""The linkage statement: what guidance on data linkage asks to be reported, and where a run's report says it.

Items are those of GUILD (Gilbert and others, J Public Health 2018), of RECORD (Benchimol and others, PLoS Med
2015) and of the government's guidance on joined-up data ("Quality assessment in data linkage", Doidge,
Christen and Harron, ONS and GSS 2021), with the three ways to evaluate linkage of Harron and others (IJE
2017), as domain.md section 5 lists them. What only the data's owner can say is marked as such: a report that
answered it would be making it up.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["ITEMS", "StatementItem", "statement_markdown"]

YES, PARTLY, OWNER = "yes", "in part", "yours to add"


@dataclass(frozen=True)
class StatementItem:
    """`source`: whose item; `asks`: what; `answered`: "yes", "in part" or "yours to add"; `where`: the
    section of the report by its anchor, empty where there is none; `how`: what is said there, or what is
    missing.
    """

    source: str
    asks: str
    answered: str
    where: str
    how: str


_GUILD_1, _GUILD_2 = "GUILD 1, data provision", "GUILD 2, data linkage"
_GUILD_3, _GUILD_4 = "GUILD 3, analysis", "GUILD 4, reporting"
_GOV = "GOV.UK, quality assessment in data linkage"

ITEMS: tuple[StatementItem, ...] = (
    StatementItem(
        _GUILD_1,
        "population and coverage of the data",
        PARTLY,
        "headline",
        "period and numbers; who is never referred, no report can say",
    ),
    StatementItem(
        _GUILD_1, "how records are generated, updated and extracted", OWNER, "", "known to the data's owner"
    ),
    StatementItem(
        _GUILD_1,
        "cleaning of the data",
        YES,
        "choices",
        "every automatic choice; what was read from which column",
    ),
    StatementItem(
        _GUILD_1,
        "missing and invalid identifiers, over time and by subgroup",
        YES,
        "data-quality",
        "by nationality, age group, gender, referring body and quarter; issues by field",
    ),
    StatementItem(
        _GUILD_2, "fields and pre-processing", YES, "columns", "fields and the columns they were read from"
    ),
    StatementItem(_GUILD_2, "blocking", YES, "blocking", "pairs by rule, and found by one alone"),
    StatementItem(
        _GUILD_2,
        "algorithm, parameters and threshold",
        YES,
        "model",
        "every m and u as a plain question; settings stand under Provenance",
    ),
    StatementItem(
        _GUILD_2,
        "who linked, and what humans decided",
        PARTLY,
        "decisions",
        "human decisions with their days, by cluster; names and reasons are kept with the run; who linked is "
        "yours to add",
    ),
    StatementItem(_GUILD_2, "software and version", YES, "provenance", "versions and settings"),
    StatementItem(
        _GUILD_2,
        "estimates of linkage error",
        PARTLY,
        "quality",
        "expected under the model, not measured; review_sample and evaluate measure them",
    ),
    StatementItem(
        _GUILD_2,
        "match status and weights passed on",
        YES,
        "flow",
        "pairs by probability; .links and .referrals hold them for each pair and referral",
    ),
    StatementItem(
        _GUILD_2, "linked and unlinked records compared", YES, "quality", "share linked in each group"
    ),
    StatementItem(
        _GUILD_2, "disclosure", PARTLY, "top", "marked not for release; the publication page is suppressed"
    ),
    StatementItem(
        _GUILD_3,
        "how linkage error was allowed for",
        YES,
        "headline",
        "a range on every count, from joint draws of who is one person",
    ),
    StatementItem(
        _GUILD_3, "sensitivity to the threshold", YES, "sensitivity", "counts at other costs of a false link"
    ),
    StatementItem(_GUILD_4, "flow of records", YES, "flow", "numbers at each stage"),
    StatementItem(_GUILD_4, "differences between subgroups", YES, "quality", "groups beyond 1.25 are marked"),
    StatementItem(
        _GUILD_4, "limits", YES, "not-compared", "what was not compared, and what ranges leave out"
    ),
    StatementItem(
        "RECORD 1.2", "region and timeframe", PARTLY, "headline", "the period; the region is yours"
    ),
    StatementItem("RECORD 6.3", "flow diagram of the linkage", YES, "flow", "numbers at each stage"),
    StatementItem(
        "RECORD 12.3", "level, methods and quality of linkage", YES, "quality", "person level, by group"
    ),
    StatementItem(
        "RECORD 13.1",
        "selection by quality, availability and linkage",
        YES,
        "flow",
        "technical duplicates and referrals that cannot be linked, with the reason",
    ),
    StatementItem(
        "RECORD 19.1",
        "misclassification and missing data",
        PARTLY,
        "data-quality",
        "what is missing; what follows for a study is the study's",
    ),
    StatementItem(
        "RECORD 22.1",
        "access to protocol, data and code",
        PARTLY,
        "provenance",
        "version and fingerprint of the input; access is yours to give",
    ),
    StatementItem(
        _GOV, "false and missed links, as precision and recall", PARTLY, "quality", "expected, by group"
    ),
    StatementItem(
        _GOV, "weights passed on rather than one linked file", YES, "flow", ".links, and draws for counts"
    ),
    StatementItem(
        _GOV,
        "evaluation against a gold standard",
        OWNER,
        "",
        "Linkage.quality(truth=...), or review_sample and a clerical review",
    ),
    StatementItem(
        _GOV, "evaluation by comparing linked and unlinked", YES, "quality", "share linked in each group"
    ),
    StatementItem(_GOV, "evaluation by sensitivity", YES, "sensitivity", "other costs of a false link"),
    StatementItem(
        _GOV, "implausible links", YES, "cluster-tests", "what clusters hold that one person can hardly have"
    ),
    StatementItem(
        _GOV, "clerical review", PARTLY, "clusters", "the least certain clusters; review_queue has the pairs"
    ),
    StatementItem(
        _GOV, "reproducibility", YES, "provenance", "versions, settings, seed and fingerprint of the input"
    ),
)
"""The items, in the order of their sources."""


def statement_markdown() -> str:
    """The table for the documentation.

    >>> statement_markdown().splitlines()[0]
    '| source | what is asked | answered | where in the report |'
    """
    lines = ["| source | what is asked | answered | where in the report |", "| --- | --- | --- | --- |"]
    for item in ITEMS:
        where = f"`#{item.where}`: {item.how}" if item.where else item.how
        lines.append(f"| {item.source} | {item.asks} | {item.answered} | {where} |")
    return "\n".join(lines) + "\n"
