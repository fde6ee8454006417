"""Every file that an earlier version wrote is brought up to date with nothing lost, or stays as it was."""

import gzip
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from crmcli.db import check, connection, migrate
from tests.conftest import run

SCHEMAS = {int(path.name.partition(".")[0]): path for path in (Path(__file__).parent / "schemas").glob("*.db.gz")}

#: The schemas that a version left in files; 2 to 10 came to the users together, and nobody has a file of 2 to 9.
HANDED_IN = {1, 10, 11}
TO_COME = """
create table visit (
    id integer primary key autoincrement,
    customer_id integer not null references customer (id)
) strict;
create index visit_customer on visit (customer_id);
alter table tag add column colour text;
insert into visit (customer_id) select id from customer;
"""

Rows = dict[str, list[tuple[object, ...]]]


@pytest.fixture(params=["as this version has it", "and one that is to come"])
def scripts(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of migrations: ours, and ours with one more, so that there is always one to run."""
    folder = Path(migrate.__file__).parent / "migrations"
    if request.param != "as this version has it":
        folder = Path(shutil.copytree(folder, tmp_path / "migrations"))
        (folder / f"{migrate.latest() + 1:04}_more.sql").write_text(TO_COME)
        monkeypatch.setattr(migrate, "_FOLDER", folder)
    migrate.scripts.cache_clear()
    migrate.latest.cache_clear()
    yield folder
    monkeypatch.undo()
    migrate.scripts.cache_clear()
    migrate.latest.cache_clear()


@pytest.fixture(params=sorted(SCHEMAS))
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A file as the version of that schema left it."""
    path = tmp_path / "old" / "crm.db"
    path.parent.mkdir(mode=0o700)
    path.write_bytes(gzip.decompress(SCHEMAS[request.param].read_bytes()))
    path.chmod(0o600)
    return path


def schema(path: Path) -> int:
    with closing(sqlite3.connect(path)) as raw:
        return int(raw.execute("pragma user_version").fetchone()[0])


def rows(path: Path, like: Rows | None = None) -> Rows:
    """Every row of every table; of those in `like` the columns that they had."""
    with closing(sqlite3.connect(path)) as raw:
        raw.row_factory = sqlite3.Row
        tables = raw.execute("select name from pragma_table_list where schema = 'main' and type = 'table'")
        names = [name for (name,) in tables if name != "sqlite_schema"]
        found = {}
        for name in names:
            key = "name" if name == "sqlite_sequence" else "id"
            found[name] = [
                tuple(zip(row.keys(), row, strict=True)) for row in raw.execute(f"select * from {name} order by {key}")
            ]
    if like is None:
        return found  # type: ignore[return-value]  # pairs are tuples of objects
    kept = {name: {pair[0] for pair in like[name][0]} if like[name] else set() for name in like}  # type: ignore[index]
    return {name: [tuple(pair for pair in row if pair[0] in kept[name]) for row in found[name]] for name in like}


def amounts(path: Path) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as raw:
        return raw.execute(
            "select 'deal', currency, count(*), sum(amount) from deal group by currency union all "
            "select 'event', currency, count(*), sum(amount) from stage_event group by currency order by 1, 2"
        ).fetchall()


def test_every_schema_but_the_present_one_has_its_file() -> None:
    assert set(SCHEMAS) - {migrate.latest()} == HANDED_IN


def test_no_id_comes_again_in_a_table_that_was_made_anew(old: Path) -> None:
    with closing(sqlite3.connect(old)) as raw, raw:
        raw.execute("update sqlite_sequence set seq = 99 where name = 'external_id'")

    run(f"customer list --db {old}")

    assert (("name", "external_id"), ("seq", 99)) in rows(old)["sqlite_sequence"]


@pytest.mark.parametrize("number", sorted(SCHEMAS))
def test_the_file_holds_records_of_every_kind(number: int, tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    path.write_bytes(gzip.decompress(SCHEMAS[number].read_bytes()))

    assert schema(path) == number
    assert SCHEMAS[number].stat().st_size < 200_000
    assert {name for name, found in rows(path).items() if not found} <= {"current_operation"}


@pytest.mark.enumerating
def test_nothing_is_lost_on_the_way_to_the_latest(old: Path, scripts: Path) -> None:
    had, before, sums = schema(old), rows(old), amounts(old)

    run(f"customer list --db {old}")

    assert schema(old) == migrate.latest()
    after = rows(old, before)
    for name in before:
        if name != "sqlite_sequence":  # a migration may add rows, never change or take one
            assert after[name][: len(before[name])] == before[name], name
    assert after["change"] == before["change"]
    assert amounts(old) == sums
    assert {currency for _, currency, *_ in sums} == {"EUR", "USD"}
    with connection.reading(old) as db:
        assert check.integrity(db.connection) == []
        assert check.references(db.connection) == []
        assert check.schema(db.connection) == []  # triggers, indexes and checks are those of a new file
    if had < migrate.latest():
        copy = old.parent / "backups" / f"crm-v{had}.db"
        assert rows(copy) == before
        assert schema(copy) == had
    run(f"undo --db {old}")
    run(f"redo --db {old}")
    assert "error" not in run(f"doctor --no-header --columns result --db {old}").stdout


_CHILD = """
import os, signal, sys
from pathlib import Path
from crmcli.db import connection, migrate

migrate._FOLDER, last, real, seen = Path(sys.argv[2]), int(sys.argv[3]), connection.connect, 0

def step(sql):
    global seen
    seen += 1
    if seen == last:
        os.kill(os.getpid(), signal.SIGKILL)

def traced(*words, **options):
    opened = real(*words, **options)
    opened.set_trace_callback(step)
    return opened

connection.connect = traced
with connection.reading(Path(sys.argv[1])):
    pass
print(seen)
"""


def child(old: Path, scripts: Path, step: int) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, "-c", _CHILD, str(old), str(scripts), str(step)]
    return subprocess.run(line, capture_output=True, text=True, check=False)


def assert_old_or_new(old: Path, scripts: Path, steps: list[int]) -> None:
    whole, had, before = old.read_bytes(), schema(old), rows(old)
    for number in steps:
        for left in old.parent.glob("crm.db*"):
            left.unlink()
        old.write_bytes(whole)

        assert child(old, scripts, number).returncode == -signal.SIGKILL

        assert schema(old) == had, number
        assert rows(old) == before, number
        with closing(sqlite3.connect(old)) as raw:
            assert raw.execute("pragma integrity_check").fetchall() == [("ok",)]
        run(f"customer list --db {old}")
        assert schema(old) == migrate.latest()
        for copy in (old.parent / "backups").glob("*.db"):
            assert rows(copy) == before, number


@pytest.mark.parametrize("scripts", ["and one that is to come"], indirect=True)
@pytest.mark.slow
def test_killed_at_any_statement_it_is_the_old_file(old: Path, scripts: Path, tmp_path: Path) -> None:
    trial = Path(shutil.copy(old, tmp_path / "trial.db"))
    count = int(child(trial, scripts, 0).stdout)
    assert count > 100

    commit = count - 20  # what follows the commit reads
    assert_old_or_new(old, scripts, [1, 8, 30, *range(40, commit, max(1, commit // 12))])
