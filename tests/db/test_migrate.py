"""A file is made whole, and brought up to date whole, or not at all."""

import shutil
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from crmcli.core.preferences import Preferences
from crmcli.core.vocabulary import DateOrder
from crmcli.db import connection, driver, history, migrate, preferences
from crmcli.errors import FileUnusable
from tests.conftest import Run, run

Upgrade = Callable[[str], None]

TODAY = migrate.latest()

MORE = """
create table visit (
    id integer primary key autoincrement,
    customer_id integer not null references customer (id),
    place text not null default 'office; hall'
) strict;
alter table tag add column colour text;  -- none: as the terminal likes
create trigger visit_place before insert on visit when new.place = '' begin
    select raise(abort, 'no place');
end;
"""


@pytest.fixture
def upgrade(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Upgrade]:
    """Make this version one that knows one more script, each time."""
    folder = tmp_path / "migrations"
    shutil.copytree(Path(migrate.__file__).parent / "migrations", folder)

    def to(script: str) -> None:
        (folder / f"{len(list(folder.glob('*.sql'))) + 1:04}_more.sql").write_text(script)
        monkeypatch.setattr(migrate, "_FOLDER", folder)
        migrate.scripts.cache_clear()
        migrate.latest.cache_clear()

    yield to
    monkeypatch.undo()
    migrate.scripts.cache_clear()
    migrate.latest.cache_clear()


def records(path: Path) -> list[object]:
    with closing(driver.connect(path)) as file:
        return file.execute("select id, name from customer order by id").fetchall()


def test_a_new_file_says_what_the_settings_say(tmp_path: Path) -> None:
    told = Preferences("Europe/Berlin", "DE", "CHF", DateOrder.DAY_FIRST)

    assert migrate.create(tmp_path / "x.db", told)

    with connection.reading(tmp_path / "x.db") as db:
        assert preferences.load(db) == told
        assert db.value("select count(*) from operation") == 0


def test_a_file_that_is_there_is_not_made_again(tmp_path: Path) -> None:
    migrate.create(tmp_path / "x.db", Preferences(currency="CHF"))

    assert not migrate.create(tmp_path / "x.db", Preferences(currency="USD"))

    with connection.reading(tmp_path / "x.db") as db:
        assert preferences.load(db).currency == "CHF"


def test_nothing_is_left_of_a_file_that_could_not_be_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrate, "scripts", lambda: ((1, "create table half (id integer);\ncreate nonsense;\n"),))

    with pytest.raises(sqlite3.OperationalError):
        migrate.create(tmp_path / "x.db", Preferences())

    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_two_processes_that_make_the_file_at_once_share_it(tmp_path: Path) -> None:
    line = [sys.executable, "-m", "crmcli", "customer", "add", "--db", str(tmp_path / "new" / "x.db")]

    started = [subprocess.Popen([*line, f"C{number}"], stderr=subprocess.PIPE) for number in range(4)]
    said = [each.communicate()[1] for each in started]

    assert [each.returncode for each in started] == [0] * 4
    assert sum(b"new file" in each for each in said) == 1
    assert len(records(tmp_path / "new" / "x.db")) == 4
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["x.db"]


def test_an_older_file_is_brought_up_to_date_after_a_backup(crm: Run, file: Path, upgrade: Upgrade) -> None:
    crm("customer add Ada --tag vip")
    upgrade(MORE)

    crm("customer list")

    backup = file.parent / "backups" / f"crm-v{TODAY}.db"
    assert records(backup) == records(file) == [(1, "Ada")]
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    with closing(driver.connect(backup)) as old:
        assert old.execute("pragma user_version").fetchone() == (TODAY,)
        assert old.execute("pragma integrity_check").fetchone() == ("ok",)
    with connection.reading(file) as db:
        assert db.value("pragma user_version") == TODAY + 1
        assert "visit" in migrate.tracked(db.connection)


def test_the_triggers_of_an_older_file_know_the_new_columns(crm: Run, file: Path, upgrade: Upgrade) -> None:
    crm("customer add Ada --tag vip")
    upgrade(MORE)
    with closing(connection.open_to_write(file, 1)) as raw:
        raw.execute("begin immediate")
        history.begin(raw, history.Header("test"), recorded_at="2026-11-20T12:00:00Z")
        raw.execute("update tag set colour = 'red'")
        raw.execute("update tag set colour = 'blue'")

        found = raw.execute("select old ->> '$.colour' from change where action = 'update' order by id").fetchall()

    assert found == [(None,), ("red",)]


def test_an_older_operation_is_undone_while_its_columns_exist(
    crm: Run, upgrade: Upgrade, dump: Callable[[], list[str]]
) -> None:
    crm("customer add Ada")
    before = dump()
    crm("customer edit ada --set city=London")
    upgrade(MORE)

    crm("undo 2")

    assert dump() == before


def test_an_operation_is_undone_while_its_columns_still_exist(crm: Run, file: Path, upgrade: Upgrade) -> None:
    crm("customer add Ada --city Paris")
    crm("customer edit ada --set city=Rome")
    upgrade("alter table customer add column colour text;\nupdate customer set colour = 'red';")

    crm("undo 2")

    with connection.reading(file) as db:
        assert db.row("select city, colour from customer") == ("Paris", "red")


def test_an_operation_that_knew_a_column_which_is_gone_is_refused(crm: Run, upgrade: Upgrade) -> None:
    crm("customer add Ada --tag vip")
    upgrade("alter table customer_tag add column since text;")
    crm("customer edit ada --untag vip")
    upgrade("alter table customer_tag drop column since;")

    assert "older than the shape" in crm("undo 2", exit_code=4).stderr


@pytest.mark.parametrize(
    "script",
    [
        "alter table customer add column colour text;\ncreate nonsense;",
        "alter table customer add column colour text;\ndelete from relation_type;\ninsert into tag select * from tug;",
    ],
)
def test_a_migration_that_fails_leaves_the_old_file(script: str, crm: Run, file: Path, upgrade: Upgrade) -> None:
    crm("customer add Ada")
    before = file.read_bytes()
    upgrade(script)

    with pytest.raises(sqlite3.OperationalError), connection.reading(file):
        pass

    assert file.read_bytes() == before
    assert records(file.parent / "backups" / f"crm-v{TODAY}.db") == [(1, "Ada")]


def test_a_migration_that_would_break_references_leaves_the_old_file(crm: Run, file: Path, upgrade: Upgrade) -> None:
    crm("customer add Ada --employer Acme")
    before = file.read_bytes()
    upgrade("delete from relation_type where id = 2;")

    stderr = crm("customer list", exit_code=10).stderr

    assert "references that lead nowhere" in stderr
    assert file.read_bytes() == before


def test_a_migration_may_change_rows_and_leaves_no_operation(crm: Run, file: Path, upgrade: Upgrade) -> None:
    crm("customer add Ada --tag vip")
    upgrade("alter table tag add column colour text;\nupdate tag set colour = 'red';")

    crm("customer list")

    with connection.reading(file) as db:
        assert db.value("select colour from tag") == "red"
        assert db.value("select count(*) from operation") == 1


def test_a_second_backup_does_not_replace_the_first(crm: Run, file: Path, upgrade: Upgrade) -> None:
    first = file.parent / "backups" / f"crm-v{TODAY}.db"
    first.parent.mkdir()
    first.write_text("kept")
    upgrade(MORE)

    crm("customer list")

    assert first.read_text() == "kept"
    assert records(first.with_name(f"crm-v{TODAY}-2.db")) == []


def test_a_damaged_file_is_not_migrated(crm: Run, file: Path, upgrade: Upgrade) -> None:
    crm("customer add Ada")
    with closing(driver.connect(file)) as raw:
        page = raw.execute("select rootpage from sqlite_schema where name = 'customer_name'").fetchone()[0]
    with file.open("r+b") as damaged:
        damaged.seek((page - 1) * 4096)
        damaged.write(b"\xff" * 16)
    before = file.read_bytes()
    upgrade(MORE)

    stderr = crm("customer list", exit_code=10).stderr

    assert "is damaged" in stderr
    assert file.read_bytes() == before


def test_another_that_migrates_first_has_done_it_for_both(crm: Run, file: Path, upgrade: Upgrade) -> None:
    upgrade(MORE)
    with closing(connection.connect(file, "rw", 1)) as slow:
        assert migrate.version(slow) == TODAY
        crm("customer add Ada")

        migrate.apply(slow)

        assert migrate.version(slow) == TODAY + 1
    assert records(file) == [(1, "Ada")]


def test_a_migration_waits_for_others_and_gives_up(
    file: Path, upgrade: Upgrade, monkeypatch: pytest.MonkeyPatch
) -> None:
    upgrade(MORE)
    monkeypatch.setenv("CRM_WAIT", "0.1")
    with closing(driver.connect(file)) as other:
        other.execute("begin immediate")

        assert "holds" in run("customer list", exit_code=11).stderr


def test_a_backup_that_has_no_place_stops_the_migration(
    file: Path, upgrade: Upgrade, monkeypatch: pytest.MonkeyPatch
) -> None:
    upgrade(MORE)
    monkeypatch.setattr("os.open", _refuse)

    with pytest.raises(FileUnusable, match="disk full"), connection.reading(file):
        pass

    with closing(driver.connect(file)) as raw:
        assert raw.execute("pragma user_version").fetchone() == (TODAY,)


def _refuse(*_: object) -> int:
    raise OSError(28, "No space left on device")
