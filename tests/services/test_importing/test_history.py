"""An import is one operation: taken back and put again as a whole, with the history that row by row would have left."""

import shutil
from collections import Counter
from pathlib import Path

import pytest

from crmcli.db import connection, history, migrate
from crmcli.db.history import Header
from crmcli.db.writing import writing
from crmcli.exchange.source import open_sources
from crmcli.reports import invariants
from crmcli.services import importing, operations
from crmcli.services.importing import Wish
from tests.conftest import NOW, Dump, Run, wrote

FILES = {
    "people.csv": "name,email,phone,company,tags,owner,owner.region,city,external\n"
    "Ada Lovelace,ada@example.com;new@example.com,+4930901821,Engines,vip;new,Bob,North,Rome,x:1\n"
    "New,n@example.com,,Analytical Ltd,press,Zed,,,x:2\nNew,n@example.com,+4930901822,,,,,Oslo,\nBad,bad@,,,,,,,\n",
    "ties.csv": "from,type,to,since,until\nAda Lovelace,knows,Zoë Müller,2026-01-01,2026-02-01\nNew,referred,Zoë Müller,,\n"
    "Ada Lovelace,advises,New,,\n",
    "deals.csv": "name,customer,pipeline,stage,amount,created,closed,external\nEngine,Ada Lovelace,,won,13000,2026-09-01,"
    "2026-11-01,\nFresh,New,partners,talks,5,2026-01-01,,y:1\n",
    "events.csv": "deal,pipeline,from,stage,at\nCards,,,lead,2026-09-20\nFresh,partners,,talks,2026-01-01\n"
    "Fresh,partners,talks,pilot,2026-02-01\n",
    "talks.csv": "at,channel,customer,text,deal\n2026-05-01,call,New;Ada Lovelace,hello,Fresh\n",
}
CHANGES = """
    with recursive each (table_name, row_id, last_id, action, old) as (
        select table_name, row_id, coalesce(last_id, row_id), action, old from change where operation_id = :operation
        union all
        select table_name, row_id + 1, last_id, action, old from each where row_id < last_id
    ) select table_name, row_id, action, old from each
"""
TABLES = ("customer", "contact_point", "deal", "passage", "stage_event", "relationship", "owner", "field")


def load(file: Path, *, silent: bool = True) -> None:
    for name, content in FILES.items():
        Path(name).write_text(content, encoding="utf-8")
    sources = open_sources(list(FILES), entity=None, profile=None, mapping={}, custom={})
    with writing(file, Header("import"), now=NOW) as session:
        imported = importing.run(session, sources, Wish(), silent=silent)
    assert [fault.reason for fault in imported.faults] != []


@pytest.fixture(autouse=True)
def _place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def changes(file: Path) -> Counter[tuple[object, ...]]:
    """The change rows of the last operation; uids and instants are those of the moment."""
    with connection.reading(file) as db:
        last = db.value("select max(id) from operation")
        return Counter(db.rows(CHANGES, operation=last))


def test_the_change_rows_are_those_that_the_triggers_would_have_written(small: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    shutil.copy(small, other)

    load(small)
    load(other, silent=False)

    found = changes(small)
    assert found == changes(other)
    assert {action for _, _, action, _ in found} == {"insert", "update"}


def test_undo_gives_everything_back_and_redo_puts_it_again(small: Path, dump: Dump) -> None:
    before = dump()
    load(small)
    after = dump()

    with wrote(small) as session:
        operations.undo(session)
    undone = dump()
    with wrote(small) as session:
        operations.redo(session)

    assert undone == before
    assert dump() == after


def test_replaced_histories_are_deleted_with_a_trace(small: Path, dump: Dump, tmp_path: Path) -> None:
    def deals(content: str, *, silent: bool, file: Path = small) -> None:
        Path("d.csv").write_text(content, encoding="utf-8")
        with writing(file, Header("import"), now=NOW) as session:
            importing.run(
                session,
                open_sources(["d.csv"], entity=None, profile=None, mapping={}, custom={}),
                Wish(),
                silent=silent,
            )

    deals("name,stage,created,closed\nOld,won,2026-01-01,2026-03-01\n", silent=True)
    before = dump()
    other = tmp_path / "other.db"
    shutil.copy(small, other)
    events = "deal,from,stage,at\nOld,,contact,2026-01-01\nOld,contact,lost,2026-02-01\n"
    deals(events, silent=True)
    deals(events, silent=False, file=other)

    assert changes(small) == changes(other)
    assert {action for _, _, action, _ in changes(small)} == {"insert", "update", "delete"}
    with wrote(small) as session:
        operations.undo(session)
    assert dump() == before


def test_the_file_is_sound_after_an_import(small: Path) -> None:
    load(small)

    with connection.reading(small) as db:
        assert list(invariants.breaches(db)) == []
        assert list(db.rows("pragma foreign_key_check")) == []
        assert set(TABLES) <= set(migrate.tracked(db.connection))


def test_a_dry_run_leaves_the_bytes_of_the_file_alone(small: Path) -> None:
    before = small.read_bytes()
    Path("people.csv").write_text(FILES["people.csv"], encoding="utf-8")

    with writing(small, Header("import"), now=NOW, dry_run=True) as session:
        imported = importing.files(session, importing.Files(("people.csv",)), Wish())

    assert imported.sentence == "1 new, 1 changed, 1 unchanged, 1 rejected"
    assert small.read_bytes() == before


def test_rows_inserted_at_once_leave_one_change_that_counts_for_each(small: Path) -> None:
    load(small)

    with connection.reading(small) as db:
        last = db.value("select max(id) from operation")
        ranged = {table for (table,) in db.rows("select table_name from change where last_id is not null")}
        told = db.value(f"select {history.records(':operation')}", operation=last)
    assert {"contact_point", "relationship", "stage_event"} <= ranged
    assert told == len({(table, row) for table, row, _, _ in changes(small)})


def test_a_record_of_a_range_that_changed_since_stands_in_the_way(small: Path, crm: Run, dump: Dump) -> None:
    load(small)
    with connection.reading(small) as db:
        operation = db.value("select max(id) from operation")
    crm("customer edit new --set city=Turin")
    before = dump()

    assert f"crm undo {operation + 1} first" in crm(f"undo {operation}", exit_code=4).stderr

    assert dump() == before
    crm("undo")
    crm(f"undo {operation}")
    crm("redo")
    assert "Turin" not in crm("customer show new").stdout
    assert crm("customer show new -f json").stdout.count('"city": "Oslo"') == 1


def test_the_last_event_of_a_file_gives_the_deal_its_terms(crm: Run, tmp_path: Path) -> None:
    crm("deal add X --amount 100 --close 2026-08-15 --at 2026-06-01")
    uid = crm("deal list --columns uid --no-header").stdout.strip()
    table = tmp_path / "events.csv"

    def told(*rows: str) -> None:
        table.write_text("\n".join(("deal.uid,stage,amount,currency,close,at", *rows)), encoding="utf-8")
        crm(f"import {table} --as stage-events")

    told(f"{uid},contact,250,EUR,2026-08-20,2026-07-01T10:00:00Z")
    terms = "deal list --columns stage,amount,close --no-header -f csv"
    assert crm(terms).stdout == "contact,250.00,2026-08-20\n"
    told(f"{uid},lead,70,EUR,2026-08-01,2026-06-15T10:00:00Z")
    assert crm(terms).stdout == "contact,250.00,2026-08-20\n"
    steps = crm("forecast waterfall 2026-06-01 2026-07-31 --period 2026-Q3 -f csv --columns step,amount --no-header")
    assert steps.stdout.split() == [
        *("start,0.00", "new,100.00", "pulled_in,0.00", "increased,180.00", "decreased,-30.00", "pushed_out,0.00"),
        *("lost,0.00", "won,0.00", "end,250.00"),
    ]
    crm("undo")
    crm("undo")
    assert crm(terms).stdout == "lead,100.00,2026-08-15\n"
