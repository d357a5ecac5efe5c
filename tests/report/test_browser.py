"""The page and the explanations in a real browser: nothing leaves, nothing is said on the console, hostile
text stays text, and people with a keyboard, a screen reader, a telephone or a printer can read it.

Skipped where there is no browser; what needs axe-core is skipped where that is not found (`npm install
axe-core`, and AXE_CORE names its axe.min.js). Each test that must see nothing is shown something first, so
that it can fail.
"""

from __future__ import annotations

import html
import json
import os
import pathlib
import re
import shutil
import subprocess
from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

import nrm_linkage as nl
from nrm_linkage.provenance import HOME_OFFICE_CAVEAT
from tests.conftest import BROWSERS

pytestmark = [
    pytest.mark.browser,
    pytest.mark.whole_package,
    pytest.mark.xdist_group("browser"),
    pytest.mark.slow,
]

QUIET = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars"),
    *("--no-first-run", "--no-default-browser-check", "--disable-background-networking"),
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    *("--disable-component-update", "--disable-sync", "--disable-default-apps", "--disable-extensions"),
)
PHONE, DESKTOP = "390,844", "1280,900"
HOSTILE = (
    "<script>document.title='owned'</script>",
    '"><img src=x onerror="document.title=1">',
    "</style><b>",
)
CSP = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')

Browse = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def browse(tmp_path: pathlib.Path) -> Browse:
    browser = next(filter(None, map(shutil.which, BROWSERS)))

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        home = f"--user-data-dir={tmp_path / 'profile'}"
        return subprocess.run(
            [browser, *QUIET, home, *arguments], capture_output=True, text=True, timeout=180, check=True
        )

    return run


@pytest.fixture(scope="module")
def linkage() -> nl.Linkage:
    frame = nl.make_referrals(600, seed=4).drop(columns=["true_person", "true_instance"])
    frame["NRM reference"] = [
        f"{value}{HOSTILE[number % 3]}" for number, value in enumerate(frame["NRM reference"])
    ]
    frame["Forename(s)"] = [f"{value} {HOSTILE[1]}" for value in frame["Forename(s)"].fillna("")]
    linkage = nl.link_referrals(frame, progress=False)
    decided = linkage.links[["referral_id_l", "referral_id_r"]].head(3)
    decided = decided.assign(decision="same", decided_by=HOSTILE[0], decided_at="5/5/2024", reason=HOSTILE[1])
    return nl.link_referrals(frame, decisions=decided, model=linkage.model, progress=False)


@pytest.fixture(scope="module", params=["internal", "publication", "pair", "cluster"])
def page(linkage: nl.Linkage, request: Any, tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """The two reports, and the two explanations as a notebook shows them, values and all."""
    path: pathlib.Path = tmp_path_factory.mktemp("page") / f"{request.param}.html"
    if request.param in ("internal", "publication"):
        linkage.write_report(path, audience=request.param)
        return path
    row = linkage.links.iloc[0]
    cluster = linkage.clusters.sort_values("n_referrals")["cluster_id"].iloc[-1]
    shown: Any = (
        linkage.explain(row["referral_id_l"], row["referral_id_r"], show="values")
        if request.param == "pair"
        else linkage.explain_cluster(cluster, show="values")
    )
    path.write_text(
        f"<!doctype html><html lang=en-GB><head><meta charset=utf-8><title>{request.param}</title></head>"
        f"<body><main><h1>An explanation</h1>{shown._repr_html_()}</main></body></html>",
        encoding="utf-8",
    )
    return path


# ------------------------------------------------------------------------- nothing leaves, nothing is said


def requested(browse: Browse, path: pathlib.Path, tmp_path: pathlib.Path) -> set[str]:
    """Every address that the page asked for, but for itself; what the browser asks for on its own account has
    no origin. No name is resolved, so that nothing leaves whatever is asked for.
    """
    log = tmp_path / "net.json"
    browse(f"--log-net-log={log}", "--net-log-capture-mode=Everything", "--dump-dom", path.as_uri())
    events = [event.get("params", {}) for event in json.loads(log.read_text(encoding="utf-8"))["events"]]
    return {
        event["url"]
        for event in events
        if "url" in event and event.get("initiator", "not an origin") != "not an origin"
    } - {path.as_uri()}


def said(browse: Browse, path: pathlib.Path) -> list[str]:
    err = browse("--enable-logging=stderr", "--log-level=0", "--dump-dom", path.as_uri()).stderr
    return [line for line in err.splitlines() if "CONSOLE" in line]


def test_the_tests_see_a_request_and_a_word_on_the_console(browse: Browse, tmp_path: pathlib.Path) -> None:
    page = tmp_path / "loud.html"
    page.write_text(
        "<!doctype html><title>t</title><img src='http://127.0.0.1:9/seen.png'>"
        "<script>console.error('heard')</script>",
        encoding="utf-8",
    )
    assert any("seen.png" in address for address in requested(browse, page, tmp_path))
    assert any("heard" in line for line in said(browse, page))


def test_no_request_leaves_and_nothing_is_said_on_the_console(
    browse: Browse, page: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    assert requested(browse, page, tmp_path) == set()
    assert said(browse, page) == []


def test_hostile_text_stays_text_in_the_browser(browse: Browse, page: pathlib.Path) -> None:
    dom = browse("--dump-dom", page.as_uri()).stdout
    assert "<script" not in dom
    assert "<img" not in dom
    assert "<b>" not in dom
    assert "onerror=&quot;" not in re.sub(r">[^<]*<", "><", dom)  # in text alone, in no tag
    if page.stem != "publication":
        assert html.escape(HOSTILE[1], quote=False) in dom
    assert HOME_OFFICE_CAVEAT in html.unescape(dom) or page.stem == "pair"


# ---------------------------------------------------------------------------------------- who can read it


def axe_core() -> pathlib.Path | None:
    root = pathlib.Path(__file__).parents[2]
    named = os.environ.get("AXE_CORE", "")
    found = [pathlib.Path(named)] if named else []
    found.append(root / "node_modules" / "axe-core" / "axe.min.js")
    return next((path for path in found if path.is_file()), None)


needs_axe = pytest.mark.skipif(
    axe_core() is None, reason="axe-core is not there: npm install axe-core, set AXE_CORE"
)

ASK = """
document.querySelectorAll('details').forEach(one => one.open = true);
const wide = document.documentElement.scrollWidth - window.innerWidth;
axe.run(document, {resultTypes: ['violations']}).then(found => {
  const told = found.violations.map(v => ({id: v.id, at: v.nodes.slice(0, 3).map(n => n.html)}));
  const out = document.createElement('pre');
  out.id = 'told';
  out.textContent = JSON.stringify({wide: wide, violations: told, passes: found.passes.length});
  document.body.replaceChildren(out);
});
"""


def judged(browse: Browse, path: pathlib.Path, size: str, tmp_path: pathlib.Path) -> dict[str, Any]:
    """What axe-core says of a copy of the page that lets it run, with all details open."""
    axe = axe_core()
    assert axe is not None
    text = CSP.sub("", path.read_text(encoding="utf-8"))
    script = axe.read_text(encoding="utf-8") + ASK
    copy = tmp_path / "judged.html"
    copy.write_text(text.replace("</body>", f"<script>{script}</script></body>"), encoding="utf-8")
    dom = browse(f"--window-size={size}", "--virtual-time-budget=60000", "--dump-dom", copy.as_uri()).stdout
    told = re.search(r'<pre id="told">(.*?)</pre>', dom, re.S)
    assert told, "axe-core did not end"
    return dict(json.loads(html.unescape(told[1])))


@needs_axe
def test_axe_sees_what_is_wrong(browse: Browse, tmp_path: pathlib.Path) -> None:
    page = tmp_path / "bad.html"
    page.write_text(
        "<html><body><p style='color:#ccc'>pale</p><img src=data:></body></html>", encoding="utf-8"
    )
    found = judged(browse, page, DESKTOP, tmp_path)
    assert {"color-contrast", "html-has-lang", "image-alt"} <= {one["id"] for one in found["violations"]}


@needs_axe
@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_contrast_landmarks_and_names_pass_axe(
    browse: Browse, page: pathlib.Path, size: str, tmp_path: pathlib.Path
) -> None:
    found = judged(browse, page, size, tmp_path)
    assert found["violations"] == []
    assert found["passes"] > 10
    assert found["wide"] <= 0, "the page scrolls sideways"


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_the_page_is_drawn(browse: Browse, page: pathlib.Path, size: str, tmp_path: pathlib.Path) -> None:
    picture = tmp_path / "page.png"
    browse(f"--window-size={size}", f"--screenshot={picture}", page.as_uri())
    data = picture.read_bytes()
    assert data.startswith(b"\x89PNG")
    assert [int.from_bytes(data[at : at + 4]) for at in (16, 20)] == [int(side) for side in size.split(",")]
    assert len(data) > 10_000, "a blank page is smaller"


def test_the_page_prints(browse: Browse, page: pathlib.Path, tmp_path: pathlib.Path) -> None:
    paper = tmp_path / "page.pdf"
    browse("--no-pdf-header-footer", f"--print-to-pdf={paper}", page.as_uri())
    data = paper.read_bytes()
    assert data.startswith(b"%PDF")
    assert data.count(b"/Type /Page\n") + data.count(b"/Type /Page ") >= 1


def test_the_page_of_a_large_run_is_light(tmp_path: pathlib.Path) -> None:
    """A third of the referrals of two years; docs/explaining.md has the figure at 30,000."""
    frame = nl.make_referrals(3_000, seed=6).drop(columns=["true_person", "true_instance"])
    linkage = nl.link_referrals(pd.DataFrame(frame), progress=False)
    linkage.write_report(tmp_path / "page.html")
    assert (tmp_path / "page.html").stat().st_size < 1_000_000
