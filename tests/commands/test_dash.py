"""`crm dash` as a person sees it: on one screen, and on one page; today is Friday 2026-11-20."""

import re
import shutil
import subprocess
from html import escape
from pathlib import Path

import pytest

from tests.commands.conftest import Terminal
from tests.conftest import Run, once

NASTY = "<script>alert(1)</script>&\"'"


@pytest.fixture
@once
def filled(crm: Run) -> None:
    crm(["deal", "add", NASTY, "--amount", "12k", "--at", "2026-09-01", "--close", "2026-12-31"])
    crm("deal add 北京的一个非常长的交易名称 --amount 3k --at 2026-09-01 --close 2026-12-01")
    crm("deal add Cards --amount 3k --at 2026-09-01")
    crm("deal win Cards --at 2026-11-01")
    crm("quota set 2026-Q4 20k")
    crm(["task", "add", NASTY, "--due", "2026-11-19"])


@pytest.mark.parametrize("columns", [40, 80, 120, 200])
def test_it_keeps_to_the_width_of_the_terminal(
    columns: int, filled: Run, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    from rich.cells import cell_len

    monkeypatch.setenv("COLUMNS", str(columns))

    lines = terminal("dash").stdout.splitlines()

    assert max(map(cell_len, lines)) <= columns
    assert sum("Forecast 2026-Q4" in line for line in lines) == 1


def test_it_is_one_screen(filled: Run, terminal: Terminal) -> None:
    shown = terminal("dash").stdout

    assert len(shown.splitlines()) <= 24
    for said in ("lead", "weighted", "coverage 0.88", "a day", "(overdue)", "D1 <script>"):
        assert said in shown
    assert re.search(r"won +█+[▏▎▍▌▋▊▉]? +1 · 100 %", shown)


def test_a_file_without_records_says_what_there_is_not(terminal: Terminal) -> None:
    shown = terminal("dash").stdout

    for said in (
        "nothing is expected to close",
        "nothing was won in 90 days",
        "no deal is stalled",
        "nothing is to be done",
    ):
        assert said in shown


def page(run: Run, folder: Path) -> Path:
    run(f"dash --html {folder / 'dash.html'}")
    return folder / "dash.html"


def test_the_page_fetches_nothing_runs_nothing_and_escapes_everything(filled: Run, tmp_path: Path) -> None:
    text = page(filled, tmp_path).read_text("utf-8")

    assert "<script" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert not re.search(r"https?:|//[a-z]|url\(|@import|\bsrc=|\bhref=", text)
    assert "default-src 'none'" in text
    assert text.count("<svg") == 5 + 5 + 1 + 1  # funnel, forecast, months, velocity
    assert filled("dash -f html").stdout == text == page(filled, tmp_path).read_text("utf-8")


def test_the_page_is_a_format_of_its_own(filled: Run, tmp_path: Path) -> None:
    said = filled(f"dash --html {tmp_path / 'dash.html'} -f csv", exit_code=2).stderr

    assert "--html writes a page, not csv" in said
    assert not (tmp_path / "dash.html").exists()


CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")

#: Put into a copy of the page, so that it tells what the browser made of it. The copy stands in a frame of the width: the
#: window itself is never narrower than 500 pixels.
_PROBE = """<script>
const text = [...document.querySelectorAll("h1, h2, li > span, li > b, p")];
const bars = [...document.querySelectorAll("svg")].map(each => each.getBoundingClientRect());
const cut = text.filter(each => each.scrollWidth > each.clientWidth + 1 && getComputedStyle(each).display !== "inline");
const apart = [...document.querySelectorAll("li")].filter(each => each.scrollWidth > each.clientWidth + 1);
parent.document.documentElement.dataset.found = [
    innerWidth, document.documentElement.scrollWidth, cut.length, apart.length,
    bars.every(each => each.width > 40 && each.height > 5 && each.right <= innerWidth),
    getComputedStyle(document.querySelector("rect:not(.track)")).fill,
    matchMedia("(prefers-color-scheme: dark)").matches,
].join("|");
</script></body>"""


@pytest.mark.slow
@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not here")
@pytest.mark.parametrize("is_dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [400, 1400])
def test_a_browser_shows_the_page_at_any_width_light_and_dark(
    width: int, is_dark: bool, filled: Run, tmp_path: Path
) -> None:
    text = page(filled, tmp_path).read_text("utf-8")
    probed = tmp_path / "probed.html"
    inside = escape(re.sub("<meta http-equiv=[^>]*>", "", text).replace("</body>", _PROBE))
    frame = f'<iframe style="border: 0; width: {width}px; height: 2000px" srcdoc="{inside}"></iframe>'
    probed.write_text(
        f'<!doctype html><html style="color-scheme: light dark"><meta charset="utf-8">{frame}</html>', "utf-8"
    )

    shown = subprocess.run(
        [
            str(CHROMIUM), "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'profile'}",
            f"--blink-settings=preferredColorScheme={0 if is_dark else 1}", f"--window-size={width + 100},1000",
            "--hide-scrollbars", "--dump-dom", probed.as_uri(),
        ],
        capture_output=True, text=True, timeout=100, check=True,
    ).stdout  # fmt: skip

    found = re.search('data-found="([^"]*)"', shown)
    assert found is not None
    inner, whole, cut, apart, are_bars_seen, ink, dark = found[1].split("|")
    assert (inner, cut, apart, are_bars_seen) == (str(width), "0", "0", "true")
    assert int(whole) <= width
    assert (dark, ink) == (("true", "rgb(86, 180, 233)") if is_dark else ("false", "rgb(0, 114, 178)"))
