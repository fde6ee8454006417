"""Only our own files are opened, and what is wrong with any other is said in one line."""

import os
import shutil
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from crmcli.core.preferences import Preferences
from crmcli.db import connection, driver, migrate
from crmcli.errors import FileUnusable
from tests.conftest import Run, run, wrote

NOT_OURS = "is not a crmcli database"


def folder(place: Path) -> None:
    place.mkdir()


def fifo(place: Path) -> None:
    os.mkfifo(place)


def text(place: Path) -> None:
    place.write_text("name,email\nAda,ada@example.com\n" * 10)


def nothing(place: Path) -> None:
    place.touch()


def half_a_header(place: Path) -> None:
    place.write_bytes(b"SQLite format 3\0" + b"\0" * 20)


def others(place: Path) -> None:
    with closing(sqlite3.connect(place)) as other:
        other.execute("create table places (url text)")


def newer(place: Path) -> None:
    migrate.create(place, Preferences())
    with closing(driver.connect(place)) as file:
        file.execute("pragma user_version = 99")


def without_its_schema(place: Path) -> None:
    migrate.create(place, Preferences())
    with place.open("r+b") as file:
        file.seek(100)
        file.write(b"\xff" * 3000)


def without_its_end(place: Path) -> None:
    migrate.create(place, Preferences())
    os.truncate(place, 3 * 4096)


def scribbled(place: Path) -> None:
    migrate.create(place, Preferences())
    size = place.stat().st_size
    with place.open("r+b") as file:
        file.seek(4096)
        file.write(b"\x5a" * (size - 4096))


UNUSABLE = [
    (folder, "is a directory, not a database file"),
    (fifo, "is not a regular file"),
    (text, NOT_OURS),
    (nothing, NOT_OURS),
    (half_a_header, NOT_OURS),
    (others, NOT_OURS),
    (newer, f"has schema 99; this crm knows up to {migrate.latest()}"),
    (without_its_schema, "is damaged; nothing was changed"),
    (without_its_end, "is damaged; nothing was changed"),
    (scribbled, "is damaged; nothing was changed"),
]


@pytest.mark.parametrize("line", ["customer list", "customer add Ada", "undo", "init", "funnel show"])
@pytest.mark.parametrize(("make", "said"), UNUSABLE, ids=lambda each: getattr(each, "__name__", None))
def test_a_file_that_cannot_be_used_is_named_and_left_alone(make: object, said: str, line: str, tmp_path: Path) -> None:
    place = tmp_path / "x.db"
    make(place)  # type: ignore[operator]
    before = place.read_bytes() if place.is_file() else None

    result = run(f"{line} --db {place}", exit_code=10)

    assert result.stdout == ""
    assert result.stderr.splitlines()[0] == f"error: '{place}' {said}"
    assert all(each.startswith("hint: ") for each in result.stderr.splitlines()[1:])
    assert (place.read_bytes() if place.is_file() else None) == before
    assert {path.name for path in tmp_path.iterdir()} <= {"x.db", "x.db-wal", "x.db-shm"}


@pytest.mark.parametrize(
    "name", ["a b", "a?b", "a#b", "a%41b", "ä 李", "file:x?mode=memory", ":memory:", "a'b", "-x", "a&b"]
)
def test_any_name_is_a_file_of_that_name(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    run(["customer", "add", "Ada", f"--db={name}"])

    assert run(["customer", "list", "--columns", "name", "--no-header", f"--db={name}"]).stdout == "Ada\n"
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_new_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    place = tmp_path / "new" / "crm.db"

    run(f"customer add Ada --db {place}")

    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert stat.S_IMODE(place.parent.stat().st_mode) == 0o700


def test_what_stands_beside_the_file_is_for_its_owner_alone(file: Path) -> None:
    with wrote(file) as session:
        session.raw.execute("insert into tag (name, recorded_at) values ('vip', '2026-01-01T00:00:00Z')")

        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in file.parent.iterdir()}

    assert modes["crm.db-wal"] == modes["crm.db-shm"] == 0o600


def test_a_new_file_keeps_its_journal_ahead(file: Path) -> None:
    with closing(connection.open_to_write(file, 1)) as opened:
        pragmas = {
            name: opened.execute(f"pragma {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }

    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_nothing_is_left_beside_a_file_at_rest(crm: Run, file: Path) -> None:
    crm("customer add Ada")
    crm("customer list")

    assert list(file.parent.iterdir()) == [file]


def test_a_reader_cannot_write(file: Path) -> None:
    with pytest.raises(FileUnusable, match="it is read-only"), connection.reading(file) as db:
        db.row("delete from stage")


def test_a_link_leads_to_the_file_and_its_journal_stands_there(small: Path, tmp_path: Path) -> None:
    far = tmp_path / "far"
    far.mkdir()
    link = far / "link.db"
    link.symlink_to(small)

    run(f"customer add Eve --db {link}")

    assert "Eve" in run(f"customer list --db {small}").stdout
    assert link.is_symlink()
    assert list(far.iterdir()) == [link]


def test_a_link_to_nothing_yet_is_where_the_new_file_is_named(tmp_path: Path) -> None:
    link = tmp_path / "link.db"
    link.symlink_to(tmp_path / "there.db")

    run(f"customer add Ada --db {link}")

    assert run(f"customer list -f ids --db {tmp_path / 'there.db'}").stdout == "1\n"


def test_a_copy_of_the_file_is_as_good(crm: Run, file: Path, tmp_path: Path) -> None:
    crm("customer add Ada")
    shutil.copy(file, tmp_path / "copy.db")

    assert run(f"customer list -f ids --db {tmp_path / 'copy.db'}").stdout == "1\n"


@pytest.mark.parametrize("place", ["file/below", "x" * 300, "loop/x"])
def test_a_place_that_cannot_be_is_said(place: str, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "loop").symlink_to("loop")

    for line in ("customer list", "customer add Ada"):
        stderr = run(f"{line} --db {tmp_path / place}", exit_code=10).stderr
        assert stderr.startswith("error: ")
        assert place in stderr
