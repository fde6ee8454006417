"""`crm graph export --format html|svg`: a page and a picture to look at, whatever the names say."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from crmcli.core.picture import Network, Vertex
from crmcli.core.preferences import Preferences
from crmcli.db.reader import Reader
from crmcli.errors import InvalidInput
from crmcli.query.comparison import Moment
from crmcli.render import safety
from crmcli.reports import picture
from tests import browser
from tests.browser import Page
from tests.conftest import Run, once

NAMES = (
    "</script><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "a \"quoted\" 'name' & more",
    "]] ]]> --> <!-- <script",
    "right \u05d0\u05d1 left",
    "back\\N {{data}} \\u003c/script",
    "王伟芳",
)
ALL = len(NAMES)
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
@once
def hostile(crm: Run) -> None:
    """Each tied to the next: knows and supplies in turn; two segments."""
    for number, name in enumerate(NAMES, 1):
        crm(["customer", "add", name, *(["--kind", "organisation", "--city", '"<&>', "--tag", "vip"] * (number == 3))])
    for number in range(1, ALL):
        crm(f"relation add {number} {'knows' if number % 2 else 'supplies'} {number + 1} --strength {10 * number}")
    crm("relation type edit knows --weight 0")
    crm("relation type edit supplies --weight 0")
    crm("segment add important +vip")


@pytest.fixture
def page(hostile: Run, tmp_path: Path) -> Iterator[Page]:
    """The page of all of them, open in a browser."""
    if browser.CHROMIUM is None:
        pytest.skip("Chromium is not there")
    hostile(f"graph export --format html -o {tmp_path / 'graph.html'}")
    with browser.page() as opened:
        opened.open(tmp_path / "graph.html")
        yield opened


class Scripts(HTMLParser):
    """The scripts of a page, and all tags that stand in it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.tags: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        self.tags.append(tag)
        if tag == "script":
            self.found.append("")

    def handle_data(self, data: str) -> None:
        if self.lasttag == "script":
            self.found[-1] += data


def kept(crm: Run) -> dict[int, str]:
    """The names as the file keeps them and a person is shown them."""
    rows = json.loads(crm("customer list -f json").stdout)
    return {row["id"]: safety.visible(row["name"]) for row in rows}


def test_a_page_holds_the_graph_as_data_and_nothing_else(hostile: Run) -> None:
    text = hostile("graph export --format html").stdout

    read = Scripts(text)
    data = json.loads(read.found[0])
    assert {node["id"]: node["name"] for node in data["nodes"]} == kept(hostile)
    assert [(tie["source"], tie["target"]) for tie in data["ties"]] == [(n, n + 1) for n in range(1, ALL)]
    assert data["schemes"][0] == {
        "name": "segment",
        "groups": [
            {"name": "important", "letter": "A", "colour": "#0072b2", "ink": "#fff", "members": [3]},
            {"name": "none of these", "letter": "", "colour": "#c4c9ce", "ink": "#000", "members": [1, 2, 4, 5, 6, 7]},
        ],
    }
    assert len(read.found) == 3
    assert not set("<>&").intersection(read.found[0])
    assert "img" not in read.tags
    assert not re.search(r"(src|href)=.?(https?:)?//", text)
    assert text == hostile("graph export --format html").stdout


@pytest.mark.slow
def test_a_browser_shows_every_customer_and_tie_and_complains_of_nothing(page: Page) -> None:
    cy = "document.getElementById('graph')._cyreg.cy"

    assert page.value(f"{cy}.nodes(':visible').length") == ALL
    assert page.value(f"{cy}.edges(':visible').length") == ALL - 1
    assert page.value("document.getElementById('status').textContent") == "7 customers, 6 ties"
    assert page.value(f"{cy}.getElementById('n1').data('name')") == NAMES[0]
    where = page.value(
        f"(() => {{ const at = {cy}.getElementById('n3').renderedPosition(), box = {cy}.container().getBoundingClientRect();"
        "return [at.x + box.x, at.y + box.y]; })()"
    )
    assert isinstance(where, list)
    x, y = where
    page.move(x - 40, y)
    page.move(x, y)
    page.value("new Promise(requestAnimationFrame)")
    hover = page.value("document.getElementById('hover').innerText")
    assert isinstance(hover, str)
    assert NAMES[2] in hover
    assert "important" in hover
    assert page.complaints == []


@pytest.mark.slow
def test_we_are_shown_as_diamonds(hostile: Run, tmp_path: Path) -> None:
    if browser.CHROMIUM is None:
        pytest.skip("Chromium is not there")
    hostile("log 1 met --channel meeting")
    hostile(f"graph export --owners --format html -o {tmp_path / 'graph.html'}")

    with browser.page() as opened:
        opened.open(tmp_path / "graph.html")

        assert opened.value("document.getElementById('status').textContent") == "8 nodes, 7 ties"
        me = "document.getElementById('graph')._cyreg.cy.getElementById('n0')"
        assert opened.value(f"[{me}.data('name'), {me}.style('shape'), {me}.degree()]") == ["me", "diamond", 1]
        assert "Diamond: one of us." in str(opened.value("document.getElementById('shapes').textContent"))
        opened.value(f"void {me}.emit('tap')")
        assert "in touch with" in str(opened.value("document.getElementById('chosen').innerText"))
        assert opened.complaints == []
    assert hostile("graph export --owners --format svg").stdout.count("<polygon") == 1
    assert hostile("graph export --format svg").stdout.count("<polygon") == 0


@pytest.mark.slow
def test_every_control_is_reached_by_tab(page: Page) -> None:
    reached = set()
    for _ in range(60):
        page.press("Tab", code=9)
        reached.add(page.value("[...document.querySelectorAll('*')].indexOf(document.activeElement)"))

    controls = "button, input, select, [tabindex]"
    wanted = page.value(
        f"[...document.querySelectorAll('*')].flatMap((each, n) => each.matches({controls!r}) && each.checkVisibility() ? [n] : [])"
    )
    assert isinstance(wanted, list)
    assert len(wanted) == 1 + 3 + 1 + 7 + 2 + 1 + 1  # the graph, zoom, find, customers, types, strength, colours
    assert set(wanted) <= reached


@pytest.mark.slow
def test_ties_are_filtered_and_customers_found_by_keys_alone(page: Page) -> None:
    def said(name: str) -> object:
        return page.value(f"document.getElementById({name!r}).innerText")

    page.value("document.querySelector('#types input').focus()")
    page.press(" ", " ", 32)
    assert said("status") == "6 of 7 customers, 3 of 6 ties"  # supplies alone: 2-3, 4-5, 6-7
    page.press(" ", " ", 32)
    page.value("document.getElementById('least').focus()")
    for _ in range(7):
        page.press("ArrowRight", code=39)
    assert said("strength") == "35"
    assert said("status") == "4 of 7 customers, 3 of 6 ties"  # 40, 50 and 60 among 4, 5, 6 and 7
    page.value("document.getElementById('find').focus()")
    page.type("QUOTED name")
    page.press("Enter", "\r", 13)
    chosen = said("chosen")
    assert isinstance(chosen, str)
    assert chosen.startswith(NAMES[2])
    assert f"supplied by {NAMES[1]} 20 weak" in chosen
    page.press("Escape", code=27)
    assert page.value("document.getElementById('chosen').hidden") is True
    assert page.complaints == []


@pytest.mark.slow
def test_a_page_is_light_or_dark_as_the_reader_likes(page: Page, tmp_path: Path) -> None:
    colours = []
    for is_dark in (False, True):
        page.open(tmp_path / "graph.html", width=400, is_dark=is_dark)
        colours.append(page.value("getComputedStyle(document.body).backgroundColor"))
        assert page.value("document.documentElement.scrollWidth") == 400

    assert colours == ["rgb(255, 255, 255)", "rgb(22, 25, 29)"]


def test_a_still_picture_says_by_a_letter_what_its_colours_say(hostile: Run) -> None:
    hostile("customer edit 1 --set do_not_contact=true")

    text = hostile("graph export --format svg").stdout

    root = ET.fromstring(text)
    titles = [
        each.findtext(f"{SVG}title") or "" for each in root.iter(f"{SVG}g") if each.find(f"{SVG}title") is not None
    ]
    assert [title.split(" · ")[0] for title in titles] == list(kept(hostile).values())
    assert titles[0].endswith("person · do not contact")
    assert len(root.findall(f".//{SVG}path[@class='tie']")) == ALL - 1
    assert [each.text for each in root.iter(f"{SVG}text") if each.get("class") == "letter"] == ["A", "A"]
    assert [each.text for each in root.iter(f"{SVG}text") if each.get("class") == "name"] == [
        safety.short(name, 32) for name in kept(hostile).values()
    ]
    assert {each.tag for each in root.iter()}.isdisjoint({f"{SVG}script", f"{SVG}a", f"{SVG}image"})
    assert "on" not in {name[:2] for each in root.iter() for name in each.attrib}
    assert text == hostile("graph export --format svg").stdout


def test_more_than_anybody_can_look_at_is_refused(db: Reader) -> None:
    crowd = Network([Vertex(number, "C", "person") for number in range(5_001)], [])
    moment = Moment(datetime(2026, 1, 1, tzinfo=UTC), Preferences())

    with pytest.raises(
        InvalidInput, match="5,001 customers and 0 ties are more than a picture can show: 5,000 and 20,000"
    ):
        picture.picture(db, crowd, moment=moment)
