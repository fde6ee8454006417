"""Everything that happened with a customer, in order."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crmcli.core.preferences import Preferences
from crmcli.db.reader import Reader
from crmcli.query.comparison import Moment
from crmcli.reports.timeline import timeline
from tests.conftest import NOW, Run

MOMENT = Moment(NOW, Preferences())


class Clock:
    """A minute later at each command."""

    def __init__(self, crm: Run, monkeypatch: pytest.MonkeyPatch) -> None:
        self.crm, self.monkeypatch, self.now = crm, monkeypatch, datetime(2026, 11, 1, 8, tzinfo=UTC)

    def __call__(self, line: str) -> None:
        self.monkeypatch.setenv("CRM_NOW", self.now.isoformat())
        self.crm(line)
        self.now += timedelta(minutes=1)


@pytest.fixture
def clock(crm: Run, monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(crm, monkeypatch)


def told(db: Reader, ref: str = "1", *, since: str | None = None, limit: int | None = None) -> list[tuple[object, ...]]:
    """(time of day or day, kind, what) of the events."""
    if db.connection.in_transaction:
        db.connection.execute("rollback")
    rows = timeline(db, ref, moment=MOMENT, since=since, limit=limit).table.rows
    return [(str(at)[:16] if at else None, kind, what) for at, kind, what, *_ in rows]


def test_edits_say_what_was_there_and_what_came(clock: Clock, db: Reader) -> None:
    clock("field add customer tier --type choice --choices gold,silver")
    clock("customer add Ada --email ada@example.com --city Rome --owner Bob --tag press")
    clock("customer edit ada --set city=Paris --set owner=Eve --set tier=gold --set source=fair")
    clock("customer edit ada --set tier=silver --set source= --tag vip --untag press")
    clock("customer edit ada --set email=countess@example.com")
    clock("customer note ada 'likes mail'")
    clock("customer edit ada --set name=Ada")
    clock("customer remove ada --yes")
    clock("customer restore 1")

    assert told(db) == [
        ("2026-11-01T08:01", "added", "customer add"),
        ("2026-11-01T08:02", "edit", "city Rome → Paris, source fair, owner Bob → Eve, tier gold"),
        ("2026-11-01T08:03", "edit", "no source (was fair), tier gold → silver, -press, +vip"),
        ("2026-11-01T08:04", "edit", "-ada@example.com, +countess@example.com"),
        ("2026-11-01T08:05", "note", "note likes mail"),
        ("2026-11-01T08:07", "edit", "removed"),
        ("2026-11-01T08:08", "edit", "restored"),
    ]


def test_an_undo_and_a_redo_are_events_too(clock: Clock, db: Reader) -> None:
    clock("customer add Ada --city Rome")
    clock("customer edit ada --set city=Paris --tag vip")
    clock("undo")
    clock("redo")

    assert told(db)[1:] == [
        ("2026-11-01T08:01", "edit", "city Rome → Paris, +vip"),
        ("2026-11-01T08:02", "edit", "turned round customer edit: city Paris → Rome, -vip"),
        ("2026-11-01T08:03", "edit", "turned round customer edit: city Rome → Paris, +vip"),
    ]


def test_a_merge_is_told_of_both(clock: Clock, crm: Run, db: Reader) -> None:
    clock("customer add Ada --city Rome")
    clock("customer add 'Ada L' --phone +4930901820")
    clock("customer merge 1 2 --yes")

    assert ("2026-11-01T08:02", "edit", "one with 2 Ada L") in told(db)
    assert "removed, merged into customer 1" in crm("customer timeline 2 -f csv").stdout

    clock("undo")

    assert "one with 2 Ada L" not in [what for _, _, what in told(db)]
    assert "parted from customer 1" in crm("customer timeline 2 -f csv").stdout


def test_imports_are_told_for_rows_that_came_at_once(clock: Clock, db: Reader, tmp_path: Path) -> None:
    place = tmp_path / "people.csv"
    place.write_text("name,email,city\n" + "".join(f"P{n},p{n}@example.com,Rome\n" for n in range(1, 31)), "utf-8")
    clock("customer add Before")
    clock(f"import {place}")
    place.write_text("name,email,city\nP7,p7@example.com,Paris\n", "utf-8")
    clock(f"import {place}")
    clock("customer edit p7 --tag vip")

    assert told(db, "p7@example.com") == [
        ("2026-11-01T08:01", "import", "from people.csv"),
        ("2026-11-01T08:02", "import", "from people.csv: city Rome → Paris"),
        ("2026-11-01T08:03", "edit", "+vip"),
    ]
    assert told(db, "p8@example.com") == [("2026-11-01T08:01", "import", "from people.csv")]
    assert told(db, "before") == [("2026-11-01T08:00", "added", "customer add")]


def test_deals_tasks_relationships_and_interactions_stand_in_one_order(clock: Clock, db: Reader) -> None:
    clock("customer add Ada")
    clock("customer add Bob")
    clock("deal add Engine --customer ada --amount 12.5k --owner Eve --at 2026-10-02T09:00")
    clock("deal move engine quote --at 2026-10-05T09:00")
    clock("deal edit engine --set amount=13000 --set close=2026-12-31")
    clock("deal lose engine --reason price")
    clock("deal add Foreign --customer bob --at 2026-10-02")
    clock("task add 'Send it' --deal engine --due 2026-11-09")
    clock("task add 'Not hers' --for bob --due 2026-11-09")
    clock("task done T1")
    clock("relation add bob referred ada --since 2026-09-01")
    clock("relation add ada knows bob --since 2026-09-15")
    clock("customer edit ada --set employer=Acme")
    clock("customer edit ada --set employer=")
    clock("privacy consent grant ada --purpose newsletter --channel email --at 2026-10-03")
    clock("privacy consent withdraw ada --purpose newsletter --at 2026-10-04")
    clock("log ada,bob 'first call' --channel call --direction in --at 2026-10-01T10:00")
    clock("log ada mistaken --at 2026-10-01T11:00")
    clock("interaction remove 2 --yes")

    assert told(db, "ada") == [
        ("2026-09-01T00:00", "relationship", "referred by Bob"),
        ("2026-09-15T00:00", "relationship", "knows Bob"),
        ("2026-10-01T10:00", "interaction", "call in: first call"),
        ("2026-10-02T09:00", "stage", "Engine: begun in lead, 12,500 EUR, owner Eve"),
        ("2026-10-03T00:00", "consent", "granted newsletter by email"),
        ("2026-10-04T00:00", "consent", "withdrew newsletter"),
        ("2026-10-05T09:00", "stage", "Engine: lead → quote"),
        ("2026-11-01T08:00", "added", "customer add"),
        ("2026-11-01T08:04", "stage", "Engine: new terms in quote, 13,000 EUR, close 2026-12-31, owner Eve"),
        ("2026-11-01T08:05", "stage", "Engine: quote → lost"),
        ("2026-11-01T08:07", "task", "to do: Send it"),
        ("2026-11-01T08:09", "task", "done: Send it"),
        ("2026-11-01T08:12", "relationship", "works for Acme"),
        ("2026-11-01T08:12", "relationship", "no longer works for Acme"),
    ]


def test_since_begins_with_the_day_and_a_limit_keeps_the_latest(clock: Clock, db: Reader) -> None:
    clock("customer add Ada")
    for day in (9, 10, 11, 12):
        clock(f"log ada 'day {day}' --channel call --at 2026-11-{day:02}T00:00 --allow-future")

    assert [what for *_, what in told(db, since="2026-11-10")] == ["call: day 10", "call: day 11", "call: day 12"]
    assert [what for *_, what in told(db, since="2026-11-10", limit=2)] == ["call: day 11", "call: day 12"]
    assert told(db, limit=9)[0][-1] == "customer add"
    assert told(db, limit=0) == []
    assert told(db, since="2026-11-13") == []


def test_what_an_erasure_took_is_not_told(clock: Clock, crm: Run, db: Reader) -> None:
    clock("customer add 'Ada Lovelace' --email ada@example.com")
    clock("customer edit ada --set city=Rome")
    clock("privacy erase 1 --yes")

    said = crm("customer timeline 1 -f json").stdout

    assert "Lovelace" not in said
    assert "Rome" not in said


def test_a_person_is_told_how_many_more_there_are(clock: Clock, crm: Run) -> None:
    clock("customer add Ada")
    for day in range(1, 4):
        clock(f"log ada 'day {day}' --at 2026-10-{day:02}")

    shown = crm("customer timeline ada -f table --limit 2").stdout

    assert shown.startswith("1 Ada\n")
    assert "2 of 4; --limit all shows the rest" in shown
