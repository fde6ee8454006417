"""`crm deal board`: lanes with sums, as wide as the terminal, and as a page."""

import json
import re

import pytest
from rich.cells import cell_len

from tests.commands.conftest import Terminal
from tests.conftest import Run, once


@pytest.fixture
@once
def deals(crm: Run) -> None:
    crm("customer add 李雷")
    crm("deal add Small --amount 5 --customer 李雷 --at 2026-11-10 --close 2026-12-01")
    crm("deal add Large --amount 7.50")
    crm("deal add Yen --amount 100 --currency JPY")
    crm("deal add '<b>Quoted</b>' --stage quote")
    crm("deal add Won --amount 40")
    crm("deal win 5")


def lanes(run: Run, line: str = "") -> list[tuple[str, int, list[str]]]:
    told = json.loads(run(f"deal board -f json {line}").stdout)["summary"]["stages"]
    return [
        (each["stage"], each["deals"], [f"{sum_['amount']} {sum_['currency']}" for sum_ in each["amounts"]])
        for each in told
    ]


def test_a_lane_has_its_deals_and_a_sum_for_each_currency(deals: Run) -> None:
    assert lanes(deals) == [
        ("lead", 3, ["12.50 EUR", "100 JPY"]),
        ("contact", 0, []),
        ("needs", 0, []),
        ("quote", 1, []),
    ]
    assert deals("deal board --columns stage,id --no-header").stdout == "lead\t3\nlead\t2\nlead\t1\nquote\t4\n"


def test_closed_deals_have_a_lane_when_they_are_asked_for(deals: Run) -> None:
    assert lanes(deals, "is:won") == [
        ("lead", 0, []),
        ("contact", 0, []),
        ("needs", 0, []),
        ("quote", 0, []),
        ("won", 1, ["40.00 EUR"]),
    ]


@pytest.mark.parametrize("width", [40, 80, 120])
def test_it_fits_the_terminal(width: int, deals: Run, terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(width))

    seen = terminal("deal board").stdout

    assert max(map(cell_len, seen.splitlines())) <= width
    places = [line.split().index(name) for line in seen.splitlines() for name in ("lead",) if name in line.split()]
    assert places == [0]
    assert re.search("3 deals.*1 deal" if width >= 80 else "3 deals", seen)
    assert "李雷" in seen


def test_the_largest_come_first_and_the_rest_is_counted(deals: Run, terminal: Terminal) -> None:
    seen = terminal("deal board --limit 1").stdout

    assert "D3 Yen" in seen
    assert "D1 Small" not in seen
    assert "2 more" in seen


def test_the_page_escapes_what_it_shows(deals: Run) -> None:
    page = deals("deal board --html").stdout

    assert "<strong>D4 &lt;b&gt;Quoted&lt;/b&gt;</strong>" in page
    assert "<h2>lead</h2>\n<p>3 deals; 12.50 EUR; 100 JPY</p>" in page
    assert "<script" not in page


def test_a_pipeline_without_deals_is_a_row_of_empty_lanes(crm: Run, terminal: Terminal) -> None:
    assert "0 deals" in terminal("deal board").stdout
    crm("pipeline add journey --template journey")
    assert "holds customers, no deals" in crm("deal board --pipeline journey", exit_code=2).stderr


def test_the_history_of_a_deal_names_what_each_event_was(crm: Run) -> None:
    crm("pipeline add partners --stage talks")
    crm("deal add One --amount 5 --at 2026-11-01")
    crm("deal move 1 needs --at 2026-11-03")
    crm("deal move 1 contact --at 2026-11-04")
    crm("deal edit 1 --set amount=7 --set owner=Bob")
    crm("deal move 1 talks --pipeline partners")
    crm("deal lose 1")
    crm("deal reopen 1")
    crm("deal win 1")

    told = crm("deal history 1 --columns what,stage,days,amount --no-header").stdout.splitlines()

    assert [line.split("\t") for line in told] == [
        ["created", "lead", "", "5.00"],
        ["moved on", "needs", "2.0", "5.00"],
        ["moved back", "contact", "1.0", "5.00"],
        ["new amount and owner", "contact", "", "7.00"],
        ["handed over", "talks", "", "7.00"],
        ["lost", "lost", "0.0", "7.00"],
        ["reopened", "talks", "0.0", "7.00"],
        ["won", "won", "0.0", "7.00"],
    ]
