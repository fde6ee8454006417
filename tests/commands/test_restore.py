"""`crm restore`: all of the backup or nothing, and what it replaces is kept."""

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from crmcli.db import driver
from tests.commands.conftest import Terminal
from tests.commands.test_backup import damage, names
from tests.conftest import IS_ENCRYPTED, Dump, Run
from tests.reliability.files import Spoil, bad_page_size, bad_pages, bad_schema, of_one_page, short


@pytest.fixture
def backed_up(crm: Run, file: Path, tmp_path: Path) -> Path:
    """A backup with Ada in it; the file has Bob too."""
    crm("customer add Ada")
    crm(f"backup {tmp_path / 'b.db'}")
    crm("customer add Bob")
    return tmp_path / "b.db"


def kept(file: Path) -> list[Path]:
    return sorted((file.parent / "backups").glob("*before-restore*"))


def test_the_file_is_what_the_backup_was_and_what_it_replaced_is_kept(crm: Run, backed_up: Path, file: Path) -> None:
    done = crm(f"restore {backed_up} --yes")

    assert names(file) == ["Ada"]
    (before,) = kept(file)
    assert before.name == "crm-before-restore-20261120T120000Z.db"
    assert names(before) == ["Ada", "Bob"]
    assert f"what was there before is in {before}\n" in done.stderr
    crm("customer add Eve")
    crm("undo")
    assert crm("history -f ids").stdout == "3\n2\n1\n"


def test_a_restore_is_turned_round_by_restoring_what_was_kept(
    crm: Run, backed_up: Path, file: Path, dump: Dump
) -> None:
    before = dump()
    crm(f"restore {backed_up} --yes")

    crm(f"restore {kept(file)[0]} --yes")

    assert dump() == before


def test_who_was_erased_since_and_is_back_is_named(crm: Run, file: Path, tmp_path: Path) -> None:
    crm("customer add Ada")
    crm("customer add Bob")
    crm("privacy erase 2 --yes")
    crm(f"backup {tmp_path / 'b.db'}")
    crm("privacy erase 1 --yes")

    said = crm(f"restore {tmp_path / 'b.db'} --yes --quiet").stderr

    assert said == "customer 1, erased since that backup, is back: crm privacy erase 1\n"
    assert names(file) == ["Ada", "erased customer 2"]


def test_a_person_is_asked(crm: Run, backed_up: Path, terminal: Terminal, file: Path) -> None:
    assert terminal(f"restore {backed_up}", answer="n\n").exit_code == 1
    assert names(file) == ["Ada", "Bob"]

    said = terminal(f"restore {backed_up}", answer="y\n")

    assert said.stdout.startswith("restored ")
    assert names(file) == ["Ada"]


def test_without_a_terminal_nobody_is_asked(crm: Run, backed_up: Path, fingerprint: Callable[[], str]) -> None:
    before = fingerprint()

    assert "give --yes to go on" in crm(f"restore {backed_up}", exit_code=2).stderr
    assert "dry run: nothing was written" in crm(f"restore {backed_up} --dry-run").stderr
    assert fingerprint() == before


def test_a_backup_comes_back_where_no_file_is(crm: Run, backed_up: Path, tmp_path: Path) -> None:
    place = tmp_path / "new" / "x.db"

    crm(f"restore {backed_up} --yes --db {place}")

    assert names(place) == ["Ada"]
    assert place.stat().st_mode & 0o777 == 0o600


def test_a_log_that_was_left_behind_does_not_get_into_it(crm: Run, backed_up: Path, file: Path, tmp_path: Path) -> None:
    with closing(driver.connect(file)) as held:
        held.execute("select count(*) from customer").fetchone()
        crm("customer add Late")
        log = Path(f"{file}-wal").read_bytes()
    place = tmp_path / "moved.db"
    Path(f"{place}-wal").write_bytes(log)

    crm(f"restore {backed_up} --yes --db {place}")

    assert names(place) == ["Ada"]


def test_a_damaged_file_is_kept_byte_by_byte_and_replaced(crm: Run, backed_up: Path, file: Path) -> None:
    damage(file)
    before = file.read_bytes()

    done = crm(f"restore {backed_up} --yes")

    assert "is damaged; it is kept byte by byte" in done.stderr
    assert kept(file)[0].read_bytes() == before
    assert names(file) == ["Ada"]


@pytest.mark.skipif(IS_ENCRYPTED, reason="of a damaged first page nobody knows whose it is")
@pytest.mark.parametrize("spoil", [bad_page_size, bad_schema, bad_pages, short, of_one_page])
def test_a_file_that_cannot_even_be_written_over_is_kept_and_replaced(
    spoil: Spoil, crm: Run, file: Path, tmp_path: Path
) -> None:
    stick = tmp_path / "stick"
    crm("customer add Ada")
    stick.mkdir()
    crm(f"backup {stick / 'b.db'}")
    shutil.rmtree(file.parent / "backups")
    spoil(file)
    before = file.read_bytes()

    crm(f"restore {stick / 'b.db'} --yes")

    assert names(file) == ["Ada"]
    assert kept(file)[0].read_bytes() == before
    assert crm("doctor --quiet").stdout == ""
    assert [path.name for path in file.parent.glob(".*")] == []


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("text", "is not a crmcli database"),
        ("nothing", "is not a crmcli database"),
        ("folder", "is a directory"),
        ("missing", "no backup at"),
        ("foreign", "is not a crmcli database"),
    ],
)
def test_what_is_not_a_backup_is_refused(
    kind: str, said: str, crm: Run, backed_up: Path, fingerprint: Callable[[], str]
) -> None:
    source = backed_up.with_name("source.db")
    match kind:
        case "text" | "nothing":
            source.write_text("hello" if kind == "text" else "")
        case "folder":
            source.mkdir()
        case "foreign":
            foreign(source)
    before = fingerprint()

    refused = crm(f"restore {source} --yes", exit_code=10)

    assert said in refused.stderr.splitlines()[0]
    assert fingerprint() == before


def foreign(path: Path) -> None:
    with closing(sqlite3.connect(path)) as other:
        other.execute("create table cookies (id integer)")


def test_a_damaged_and_a_newer_backup_are_refused(
    crm: Run, backed_up: Path, tmp_path: Path, fingerprint: Callable[[], str]
) -> None:
    damaged, newer = Path(shutil.copy(backed_up, tmp_path / "d.db")), Path(shutil.copy(backed_up, tmp_path / "n.db"))
    damage(damaged)
    with closing(driver.connect(newer)) as raw:
        raw.execute("pragma user_version = 999")
    before = fingerprint()

    assert "is damaged" in crm(f"restore {damaged} --yes", exit_code=10).stderr
    assert "has schema 999" in crm(f"restore {newer} --yes", exit_code=10).stderr
    assert fingerprint() == before


def test_the_place_of_another_program_is_refused(crm: Run, backed_up: Path, tmp_path: Path) -> None:
    place = tmp_path / "cookies.db"
    foreign(place)
    before = place.read_bytes()

    assert "is not a crmcli database" in crm(f"restore {backed_up} --yes --db {place}", exit_code=10).stderr
    assert place.read_bytes() == before


def test_the_file_itself_is_no_backup_of_itself(crm: Run, file: Path) -> None:
    assert "is the file itself" in crm(f"restore {file} --yes", exit_code=2).stderr


@pytest.mark.slow
def test_who_has_the_file_open_reads_on_and_then_sees_the_new_content(crm: Run, backed_up: Path, file: Path) -> None:
    with closing(driver.connect(file)) as other:
        other.execute("begin")
        count = "select count(*) from customer"
        assert other.execute(count).fetchone() == (2,)

        crm(f"restore {backed_up} --yes")

        assert other.execute(count).fetchone() == (2,)
        other.execute("commit")
        assert other.execute(count).fetchone() == (1,)
        assert other.execute("pragma integrity_check").fetchone() == ("ok",)


def test_it_waits_for_a_writer_and_gives_up(
    crm: Run, backed_up: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CRM_WAIT", "0.1")
    with closing(driver.connect(file)) as other:
        other.execute("begin immediate")

        assert "nothing was changed" in crm(f"restore {backed_up} --yes", exit_code=11).stderr

    assert names(file) == ["Ada", "Bob"]


@pytest.mark.slow
def test_what_others_write_while_it_restores_is_in_the_file_or_in_what_is_kept(
    crm: Run, backed_up: Path, file: Path
) -> None:
    script = (
        "import os, sys, datetime; from pathlib import Path\n"
        "from crmcli.db import keys; keys.place.set(Path(os.environ['CRM_KEY_FILE']))\n"
        "from crmcli.db.writing import writing; from crmcli.db.history import Header\n"
        "from crmcli.services import customers; from crmcli.services.customers import NewCustomer\n"
        "n = 0\n"
        "while not Path(sys.argv[2]).exists():\n"
        "    with writing(Path(sys.argv[1]), Header('t'), now=datetime.datetime.now(datetime.timezone.utc)) as s:\n"
        "        customers.add(s, NewCustomer(f'Late {n}'))\n"
        "    print(f'Late {n}', flush=True); n += 1\n"
    )
    end = file.with_name("end")
    with subprocess.Popen(
        [sys.executable, "-c", script, str(file), str(end)], stdout=subprocess.PIPE, text=True
    ) as late:
        assert late.stdout is not None
        said = [late.stdout.readline()]
        for _ in range(5):
            crm(f"restore {backed_up} --yes")
        end.touch()
        said += late.stdout.readlines()

    acknowledged = {line.strip() for line in said}
    assert late.returncode == 0
    assert len(acknowledged) == len(said) > 5
    assert acknowledged <= {name for path in (file, *kept(file)) for name in names(path)}


@pytest.mark.slow
def test_killed_at_any_step_it_is_the_old_or_the_new(crm: Run, backed_up: Path, file: Path, tmp_path: Path) -> None:
    """A child is killed as what it replaces is kept, as it writes, and before it ends."""
    crm(["customer", "add", "Big", "--note", "x" * 90_000])
    child = (
        "import os, signal, sys; from pathlib import Path; from crmcli.db import restore, backup\n"
        "from crmcli.db import keys; keys.place.set(Path(os.environ['CRM_KEY_FILE']))\n"
        "step = sys.argv[3]\n"
        "def kill(*_): os.kill(os.getpid(), signal.SIGKILL)\n"
        "if step == 'progress': restore._patience = lambda *_: kill\n"
        "if step == 'publish': backup.publish = kill\n"
        "if step == 'check':\n"
        "    real = backup.check; calls = []\n"
        "    backup.check = lambda c, p: (calls.append(p), len(calls) == 3 and kill(), real(c, p))\n"
        "restore.bring_back(Path(sys.argv[1]), Path(sys.argv[2]), label='before-restore-20261120T120000Z')\n"
    )
    old = names(file)

    for step, expected in (("publish", old), ("progress", old), ("check", ["Ada"])):
        done = subprocess.run([sys.executable, "-c", child, str(file), str(backed_up), step], check=False)
        assert done.returncode == -9
        crm("customer list -f ids")  # recovers
        assert names(file) == expected
