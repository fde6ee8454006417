"""Tables, records and trees as lines of text."""

import io
from zoneinfo import ZoneInfo

import pytest

from crmcli import render
from crmcli.core.drawing import Node
from crmcli.core.money import Money
from crmcli.core.result import Column, Record, Report, Result, Table
from crmcli.core.vocabulary import Format
from crmcli.render import terminal

DEALS = Table(
    (Column("id", "id"), Column("name"), Column("amount", "money"), Column("currency", is_hidden=True)),
    [(7, "Engine", Money(1_250_000, "EUR"), "EUR"), (12, "Cards", Money(90_050, "EUR"), "EUR")],
)
FUNNEL = Table(
    (
        Column("group"),
        Column("stage"),
        Column("reached", "integer", bar=True),
        Column("conversion", "rate", under=("low", "high")),
        Column("low", "rate"),
        Column("high", "rate"),
    ),
    [
        ("Ada", "lead", 8, None, None, None),
        ("Ada", "won", 4, 0.5, 0.2152, 0.7848),
        ("Bob", "lead", 2, None, None, None),
    ],
    groups="group",
)


def drawn(result: Result, width: int, monkeypatch: pytest.MonkeyPatch, *, has_header: bool = True) -> list[str]:
    monkeypatch.setenv("COLUMNS", str(width))
    out = io.StringIO()
    terminal.write(result, render.Style(Format.TABLE, ZoneInfo("Europe/Berlin"), has_header=has_header), out)
    return [line.rstrip() for line in out.getvalue().splitlines()]


def test_a_table_has_a_rule_under_its_heading(monkeypatch: pytest.MonkeyPatch) -> None:
    assert drawn(DEALS, 80, monkeypatch) == [
        "Id  Name        Amount",
        "──────────────────────",
        " 7  Engine  12,500 EUR",
        "12  Cards   900.50 EUR",
    ]


def test_a_table_without_its_header(monkeypatch: pytest.MonkeyPatch) -> None:
    assert drawn(DEALS, 80, monkeypatch, has_header=False)[0] == " 7  Engine  12,500 EUR"


def test_where_room_is_short_the_heading_says_the_currency(monkeypatch: pytest.MonkeyPatch) -> None:
    assert drawn(DEALS, 20, monkeypatch) == [
        "            Amount",
        "Id  Name       EUR",
        "──────────────────",
        " 7  Engine  12,500",
        "12  Cards   900.50",
    ]


def test_where_nothing_fits_each_row_is_a_block(monkeypatch: pytest.MonkeyPatch) -> None:
    table = Table(DEALS.columns, [(7, "Engine", Money(9 * 10**15, "EUR"), "EUR"), (12, "Cards", None, "EUR")])

    assert drawn(table, 25, monkeypatch) == [
        "Id      7",
        "Name    Engine",
        "Amount  90,000,000,000,00",
        "        0 EUR",
        "",
        "Id      12",
        "Name    Cards",
    ]


def test_groups_share_their_widths_and_bars_stand_under_the_names(monkeypatch: pytest.MonkeyPatch) -> None:
    assert drawn(FUNNEL, 80, monkeypatch) == [
        "Ada",
        "                               Conversion",
        "Stage                 Reached    low–high",
        "─────────────────────────────────────────",
        "lead                        8",
        "████████████████████",
        "won                         4      50.0 %",
        "██████████                      21.5–78.5",
        "",
        "Bob",
        "                               Conversion",
        "Stage                 Reached    low–high",
        "─────────────────────────────────────────",
        "lead                        2",
        "█████",
    ]


def test_a_column_that_no_row_fills_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    table = Table((Column("id", "id"), Column("city"), Column("note")), [(1, "", "x"), (2, None, "")])

    assert drawn(table, 80, monkeypatch)[0] == "Id  Note"


def test_an_empty_table_says_so_under_its_title(monkeypatch: pytest.MonkeyPatch) -> None:
    table = Table((Column("id"),), [], title="Deals", empty="no deals yet")

    assert drawn(table, 80, monkeypatch) == ["Deals", "no deals yet"]


def test_the_rest_and_the_notes_stand_at_the_foot(monkeypatch: pytest.MonkeyPatch) -> None:
    table = Table((Column("id"),), [(1,)], total=1234)
    report = Report("r", {}, {}, table, notes=("one",))

    assert drawn(report, 80, monkeypatch)[-3:] == ["", "1 of 1,234; --limit all shows the rest", "one"]


def test_a_record_shows_what_is_known_and_its_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    record = Record(
        "1 Ada",
        (
            Column("name"),
            Column("city"),
            Column("note"),
            Column("created", "instant"),
            Column("currency", is_hidden=True),
        ),
        ("Ada", None, "one\ntwo", "2026-07-01T10:00:00Z", "EUR"),
        {"deals": DEALS, "none": Table((Column("id"),), [])},
    )

    assert drawn(record, 80, monkeypatch)[:7] == [
        "1 Ada",
        "Name     Ada",
        "Note     one",
        "         two",
        "Created  2026-07-01 12:00",
        "",
        "Deals",
    ]


def test_a_tree_has_its_notes_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    tree = Node("Ada", "1 person", (Node("knows Bob", "2 person", (Node("knows Eve", "3 ↺"),)),))
    report = Report("neighbourhood", {}, {}, Table((Column("id"),), []), ("3 customers",), tree)

    assert drawn(report, 80, monkeypatch) == [
        "Ada  1 person",
        "└── knows Bob  2 person",
        "    └── knows Eve  3 ↺",
        "",
        "3 customers",
    ]


def test_markup_and_emoji_names_are_text(monkeypatch: pytest.MonkeyPatch) -> None:
    table = Table((Column("name"),), [("[/red]boom :smile:",), ("[foo@bar.com]",)], title="[bold]")

    assert drawn(table, 80, monkeypatch) == [
        "[bold]",
        "Name",
        "──────────────────",
        "[/red]boom :smile:",
        "[foo@bar.com]",
    ]


def test_a_value_of_a_megabyte_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = drawn(Table((Column("note"),), [("x" * 1_000_000,)]), 80, monkeypatch)

    assert shown[-1] == "x" * 79 + "…"
