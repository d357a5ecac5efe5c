"""Pictures of what a run found, as SVG that stands on its own: people by month with ranges, days between
referrals, and what the records say of each repeat.

Drawn offline with Altair and vl-convert (the extra `charts`), which are imported when a chart is drawn and
not before. Nothing is fetched, now or by who looks. The Home Office's words stand in every picture, and its
alternative text says in words what it shows. Counts are not suppressed: the pictures say that they are not
for release. They are made from the tables given and hold nothing that those do not.
"""

from __future__ import annotations

import html
import io
import itertools
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from nrm_linkage.errors import InputError, MissingExtraError
from nrm_linkage.instances import CANNOT_TELL, LATER, SAME_POSSIBLE, Reason, read_codes
from nrm_linkage.io import write_private
from nrm_linkage.provenance import HOME_OFFICE_CAVEAT

if TYPE_CHECKING:
    import altair

__all__ = ["Chart", "days_between", "flow_of_assessments", "people_by_month"]

NOT_FOR_RELEASE = "Not for release: counts are not suppressed."

INK, LINE = "#0b0c0c", "#b1b4b6"
COLOURS = {SAME_POSSIBLE: "#1d70b8", LATER: "#d4351c", CANNOT_TELL: "#6f777b"}
WIDTH = 640
MOST_GROUPS, SMALLEST_SHARE = 6, 0.02
"""Panels that still can be read in one picture, and what of all people a group of one has (chosen by us)."""

DAYS: tuple[tuple[str, float], ...] = (
    ("same day", 0),
    ("1 to 7", 7),
    ("8 to 30", 30),
    ("31 to 90", 90),
    ("91 to 180", 180),
    ("181 to 365", 365),
    ("over a year", np.inf),
)
UNDATED = "not dated"

EVIDENCE: tuple[tuple[Reason, str], ...] = (
    (Reason.DATES_CONTRADICT, "recorded dates contradict"),
    (Reason.BEGAN_AFTER_DECISION, "began after it"),
    (Reason.BEGAN_AFTER_REFERRAL, "began after it"),
    (Reason.SAID_LATER, "said in words"),
    (Reason.OVER_BY_REFERRAL, "over by then"),
    (Reason.BEGUN_BY_REFERRAL, "begun by then"),
    (Reason.TWO_BODIES, "two bodies in thirty days"),
)
"""Reasons of `Linkage.repeats`, and how a picture calls them; the first that holds counts."""

SIDES = (
    (
        "began after it",
        "said in words",
        "over by then",
        "begun by then",
        "two bodies in thirty days",
        "recorded dates contradict",
    ),
    (LATER, SAME_POSSIBLE, CANNOT_TELL),
)
"""From top to bottom, so that flows cross little; the left end without any of them comes last."""
NO_DATE = "no date that tells"


@dataclass(frozen=True, repr=False)
class Chart:
    """A picture. `svg`: the whole of it, text; `alt`: what it shows, in words."""

    svg: str = field(repr=False)
    alt: str

    def __repr__(self) -> str:
        return self.alt

    def _repr_html_(self) -> str:
        return f"<figure>{self.svg}</figure>"

    def save(self, path: str | Path) -> None:
        """Write the SVG to a file that only its owner may read."""
        write_private(Path(path), self.svg)


def people_by_month(months: pd.DataFrame, by: tuple[str, ...]) -> Chart:
    """People by the month of their latest referral, with ranges, one panel a group.

    `months`: rows of `repeat_referrals(definition="latest_inside")` for single months, counting "all",
    without totals, and the first day of each in `month`. The largest groups are drawn.

    Raises
    ------
    InputError
        There is nobody to show.
    """
    alt = _altair()
    table = months.assign(group=[", ".join(map(str, row)) for row in months[list(by)].to_numpy().tolist()])
    size = table.groupby("group")["estimate"].sum().sort_values(ascending=False, kind="stable")
    shown = size[(size > 0) & (size >= SMALLEST_SHARE * size.sum())].index[:MOST_GROUPS].tolist()
    if not shown:
        raise InputError("nobody has a second referral with a date: there is nothing to draw.")
    table = table[table["group"].isin(shown)]
    left_out = int((size > 0).sum()) - len(shown)
    month = alt.X("month:T", title=None, axis=alt.Axis(format="%b %Y", labelAngle=0, tickCount=6, grid=False))
    scale = alt.Scale(domain=[0, 1.1 * float(table["high"].max())])
    panels = []
    for group in shown:
        people = alt.Chart(table[table["group"] == group]).encode(x=month)
        ranges = people.mark_rule(color=COLOURS[SAME_POSSIBLE], strokeWidth=7, opacity=0.5).encode(
            y=alt.Y("low:Q", title="people", scale=scale), y2="high:Q"
        )
        points = people.mark_point(color=INK, filled=True, size=22, opacity=1).encode(y="estimate:Q")
        name = alt.TitleParams(group, fontSize=12, offset=4)
        panels.append((ranges + points).properties(title=name, width=WIDTH / 2 - 50, height=110))
    picture = alt.concat(*panels, columns=2)
    lines = ["Points are estimates, bars 90% ranges of linkage under the model, and of nothing else."]
    lines += ["Referrals before the first day of the extract are not known, so early months are low."]
    lines += [f"{left_out} smaller groups are not drawn."] if left_out else []
    words = "; ".join(
        f"{group}: from {of['estimate'].min():,.0f} to {of['estimate'].max():,.0f} people a month"
        for group, of in table.groupby("group", sort=False)
    )
    return _drawn(picture, "People referred in a month who had been referred before", lines, words)


def days_between(repeats: pd.DataFrame) -> Chart:
    """Repeat referrals by the days since the one before, split by their assessment. `repeats`: as in
    `Linkage`.

    Raises
    ------
    InputError
        There is none.
    """
    alt = _altair()
    days = repeats["days_since_previous"].to_numpy(dtype=np.float64, na_value=np.nan)
    ends = np.array([end for _, end in DAYS])
    names = [name for name, _ in DAYS]
    place = np.where(np.isnan(days), len(names), np.searchsorted(ends, np.nan_to_num(days)))
    named = np.array([*names, UNDATED], dtype=object)[place]
    if not len(named):
        raise InputError("there is no repeat referral to draw.")
    wanted = [*names, UNDATED] if np.isnan(days).any() else names
    table = (
        pd.DataFrame({"days": named, "assessment": repeats["instance_assessment"].to_numpy()})
        .groupby(["days", "assessment"], as_index=False)
        .size()
    )
    totals = table.groupby("days", as_index=False)["size"].sum()
    along = alt.X("days:N", sort=wanted, title="days since the referral before", axis=alt.Axis(labelAngle=0))
    legend = alt.Legend(title=None, orient="top", labelLimit=300, columnPadding=40)
    scale = alt.Scale(domain=list(COLOURS), range=list(COLOURS.values()))
    bars = (
        alt.Chart(table)
        .mark_bar()
        .encode(
            x=along,
            y=alt.Y("size:Q", title="repeat referrals"),
            color=alt.Color("assessment:N", scale=scale, legend=legend),
            order=alt.Order("place:Q"),
        )
        .transform_calculate(place=f"indexof({list(COLOURS)}, datum.assessment)")
    )
    labels = (
        alt.Chart(totals)
        .mark_text(dy=-7, color=INK)
        .encode(x=along, y="size:Q", text=alt.Text("size:Q", format=","))
    )
    counts = totals.set_index("days")["size"].reindex(wanted).fillna(0).astype(int)
    return _drawn(
        (bars + labels).properties(width=WIDTH, height=240),
        "Days between the referrals of a probable individual",
        ["Repeat referrals in published clusters. The days decide no assessment."],
        ", ".join(f"{name}: {number:,}" for name, number in counts.items()),
    )


def flow_of_assessments(repeats: pd.DataFrame) -> Chart:
    """From what the records say of the exploitation to the assessment of each repeat. `repeats`: as in
    `Linkage`.

    Raises
    ------
    InputError
        There is none.
    """
    alt = _altair()
    if not len(repeats):
        raise InputError("there is no repeat referral to draw.")
    says = repeats["reason_codes"].map(_said).to_numpy()
    flows = pd.crosstab(says, repeats["instance_assessment"].to_numpy())
    left = [name for name in (*SIDES[0], NO_DATE) if name in flows.index]
    right = [name for name in SIDES[1] if name in flows.columns]
    flows = flows.loc[left, right]
    ribbons, nodes = _ribbons(flows)
    y = alt.Y("y:Q", axis=None, scale=alt.Scale(reverse=True, nice=False))
    x = alt.X("x:Q", axis=None, scale=alt.Scale(domain=[-0.9, 1.9], nice=False))
    colour = alt.Color(
        "colour:N", scale=alt.Scale(domain=list(COLOURS), range=list(COLOURS.values())), legend=None
    )
    bands = (
        alt.Chart(ribbons).mark_area(opacity=0.5).encode(x=x, y=y, y2="y2:Q", color=colour, detail="flow:N")
    )
    boxes = alt.Chart(nodes).mark_rect(color=INK).encode(x=x, x2="x2:Q", y=y, y2="y2:Q")
    names = [
        alt.Chart(nodes[nodes["side"] == side])
        .mark_text(align=align, dx=dx, color=INK, fontSize=12)
        .encode(x=at, y="middle:Q", text="name:N")
        for side, align, dx, at in (("left", "right", -8, "x:Q"), ("right", "left", 8, "x2:Q"))
    ]
    picture = alt.layer(bands, boxes, *names).properties(width=WIDTH, height=300)
    words = "; ".join(
        f"{name}: {', '.join(f'{number:,} {to}' for to, number in flows.loc[name].items() if number)}"
        for name in left
    )
    lines = [
        "Left: what the record of a repeat says of when exploitation was, against the referral before or its",
        "decision. Right: the assessment. Repeat referrals in published clusters.",
    ]
    return _drawn(picture, "What the records say of repeat referrals", lines, words)


def _said(codes: str) -> str:
    """What the record of a repeat says of when exploitation was, as a picture calls it."""
    reasons = read_codes(codes)
    return next((name for reason, name in EVIDENCE if reason in reasons), NO_DATE)


GAP = 0.06
"""Space between two boxes, of all referrals (chosen by us)."""


def _ribbons(flows: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The outlines of the flows, and the boxes at their ends with names."""
    total = int(flows.to_numpy().sum())
    gap = GAP * total
    height = total + gap * (max(flows.shape) - 1)
    nodes, starts = [], {}
    for side, sizes, x in (("left", flows.sum(axis=1), 0.0), ("right", flows.sum(axis=0), 1.0)):
        at = (height - total - gap * (len(sizes) - 1)) / 2
        for name, size in sizes.items():
            box = {"x": x - 0.012, "x2": x + 0.012, "y": at, "y2": at + size, "middle": at + size / 2}
            nodes.append({"side": side, "name": f"{name}: {size:,}", **box})
            starts[side, name] = at
            at += size + gap
    along = np.linspace(0, 1, 41)
    bend = along**2 * (3 - 2 * along)
    ribbons = []
    for name, to in itertools.product(flows.index, flows.columns):
        size = int(flows.loc[name, to])
        if not size:
            continue
        here, there = starts["left", name], starts["right", to]
        starts["left", name], starts["right", to] = here + size, there + size
        upper = here + (there - here) * bend
        flow = f"{name} > {to}"
        ribbons.append(pd.DataFrame({"x": along, "y": upper, "y2": upper + size, "colour": to, "flow": flow}))
    return pd.concat(ribbons, ignore_index=True), pd.DataFrame(nodes)


def _altair() -> Any:
    try:
        import altair
        import vl_convert  # noqa: F401
    except ImportError:
        raise MissingExtraError(
            "charts need the extra of that name: pip install 'nrm-linkage[charts]'."
        ) from None
    return altair


def _drawn(picture: altair.TopLevelMixin | Any, title: str, lines: list[str], words: str) -> Chart:
    """The picture with its title and the words that every picture bears."""
    said = [*lines, HOME_OFFICE_CAVEAT, NOT_FOR_RELEASE]
    picture = (
        picture.properties(
            title={
                "text": title,
                "subtitle": said,
                "anchor": "start",
                "fontSize": 16,
                "subtitleFontSize": 12,
            },
            padding=12,
            background="white",
        )
        .configure(font="sans-serif")
        .configure_title(subtitleColor=INK, color=INK, offset=14, subtitlePadding=6)
        .configure_axis(labelColor=INK, titleColor=INK, gridColor="#e4e5e6", domainColor=LINE, tickColor=LINE)
        .configure_view(stroke=None)
    )
    file = io.StringIO()
    picture.save(file, format="svg")
    alt = f"{title}. {words}. {HOME_OFFICE_CAVEAT}"
    return Chart(_with_words(file.getvalue(), alt), alt)


def _with_words(svg: str, alt: str) -> str:
    """The SVG as one image for who cannot see it, named by its alternative text."""
    opening, rest = svg.split(">", 1)
    text = html.escape(alt)
    return f'{opening} role="img" aria-label="{text}"><title>{text}</title>{rest}'
