"""One command, one transaction, one operation: committed whole, or not at all, and never lost."""

import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crmcli.db import connection, driver
from crmcli.db.history import Header
from crmcli.db.transaction import begin_immediate
from crmcli.db.writing import writing
from crmcli.errors import Busy, FileUnusable, InvalidInput
from crmcli.models.customer import Tag
from tests.conftest import NOW, RECORDS, Run, run, wrote
from tests.terminal import CRM

AT = "2026-11-20T12:00:00Z"


@contextmanager
def held(file: Path) -> Iterator[sqlite3.Connection]:
    """Another process that writes and does not end."""
    with closing(driver.connect(file)) as other:
        other.execute("begin immediate")
        yield other


def tags(file: Path) -> list[str]:
    with connection.reading(file) as db:
        return [name for (name,) in db.rows("select name from tag order by id")]


def test_what_a_block_wrote_is_there_after_it(file: Path) -> None:
    with wrote(file) as session:
        session.add(Tag(name="vip", recorded_at=session.recorded_at))

    assert tags(file) == ["vip"]


def add_tags(file: Path, count: int, *, pages: int | None = None, error: Exception | None = None) -> None:
    """So many tags in one operation; `pages` more than there are is a full disk."""
    with wrote(file) as session:
        if pages is not None:
            session.raw.execute(
                f"pragma max_page_count = {session.raw.execute('pragma page_count').fetchone()[0] + pages}"
            )
        session.add_all([Tag(name=f"tag {number}", recorded_at=AT) for number in range(count)])
        session.flush()
        if error is not None:
            raise error


def test_an_error_takes_everything_back(file: Path) -> None:
    with pytest.raises(InvalidInput):
        add_tags(file, 1, error=InvalidInput("no"))

    assert tags(file) == []
    with connection.reading(file) as db:
        assert db.value("select count(*) from operation") == 0


def test_a_dry_run_takes_everything_back(file: Path) -> None:
    with writing(file, Header("test"), now=NOW, dry_run=True) as session:
        session.add(Tag(name="vip", recorded_at=AT))

    assert tags(file) == []


def test_the_operation_says_who_did_what(file: Path) -> None:
    header = Header("tag add", ("--colour",), "Eve")
    with writing(file, header, now=datetime(2026, 1, 2, 3, 4, 5, 678, tzinfo=UTC)) as session:
        session.add(Tag(name="vip", recorded_at=session.recorded_at))

    with connection.reading(file) as db:
        row = db.row("select id, root_id, command, options, actor, recorded_at from operation")
    assert row == (1, 1, "tag add", "--colour", "Eve", "2026-01-02T03:04:05Z")


def test_a_number_of_an_operation_never_comes_back(crm: Run, file: Path) -> None:
    crm("customer add Ada")
    crm("customer edit ada --set name=Ada")  # changes nothing
    crm("customer add Bob")

    assert crm("history -f ids --sort id").stdout == "1\n2\n"


def test_a_busy_file_is_waited_for_and_then_said(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRM_WAIT", "0.2")
    before = small.read_bytes()

    with held(small):
        result = run("customer add Eve", exit_code=11)

    assert result.stderr == (
        f"error: another process has held '{small}' for 0.2 s; nothing was changed\nhint: try again when it is done\n"
    )
    assert small.read_bytes() == before


def test_a_reader_does_not_wait_for_a_writer(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRM_WAIT", "0")

    with held(small) as other:
        other.execute("update tag set name = name where false")
        assert run("customer list -f ids").stdout == "1\n2\n3\n4\n"


def test_a_writer_does_not_wait_for_a_reader(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRM_WAIT", "0")
    with connection.reading(small) as db:
        rows = db.rows("select name from customer order by id")
        next(rows)

        run("customer add Eve")

        assert len(list(rows)) == 3


@pytest.mark.slow
def test_the_wait_is_over_when_the_other_is_done(small: Path) -> None:
    with closing(connection.open_to_write(small, 5)) as mine, held(small) as other:
        begin_immediate(mine, small, wait=5, waiting=other.rollback)

        assert mine.in_transaction


@pytest.mark.slow
def test_the_notice_comes_once_after_a_second(small: Path) -> None:
    said: list[float] = []
    began = time.monotonic()

    with held(small), closing(connection.open_to_write(small, 1.2)) as mine, pytest.raises(Busy):
        begin_immediate(mine, small, wait=1.2, waiting=lambda: said.append(time.monotonic() - began))

    assert len(said) == 1
    assert 1 < said[0] < 1.2


@pytest.mark.slow
def test_a_person_hears_of_the_wait(small: Path) -> None:
    with held(small):
        done = subprocess.run(
            [*CRM, "customer", "add", "Eve"],
            env={**os.environ, "CRM_WAIT": "1.3"},
            capture_output=True,
            text=True,
            check=False,
        )

    assert done.returncode == 11
    assert done.stderr.splitlines()[0] == "waiting for another crm to finish…"
    assert done.stderr.count("waiting") == 1


_WRITER = """
import sys
from crmcli.cli import app
for number in range(int(sys.argv[2])):
    try:
        app(["customer", "add", f"Customer {sys.argv[1]}x{number}", "--tag", f"t{number}", "-q"], prog_name="crm")
    except SystemExit as done:
        if done.code:
            raise
"""


@pytest.mark.slow
def test_eight_processes_at_once_lose_nothing(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRM_WAIT", "60")
    many, each = 8, 12

    started = [
        subprocess.Popen(
            [sys.executable, "-c", _WRITER, str(number), str(each)], stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        for number in range(many)
    ]
    said = [process.communicate() for process in started]

    assert [(process.returncode, err) for process, (_, err) in zip(started, said, strict=True)] == [(0, b"")] * many
    ids = sorted(int(line) for out, _ in said for line in out.split())
    assert ids == list(range(1, many * each + 1))
    with connection.reading(file) as db:
        assert db.value("select count(distinct name) from customer") == many * each
        assert db.value("select count(*) from customer_tag") == many * each
        assert db.value("select count(*) from operation") == many * each
        assert db.value("select count(*) from tag") == each
        assert db.value("pragma integrity_check") == "ok"


def test_a_full_disk_is_said_and_takes_everything_back(file: Path) -> None:
    before = file.read_bytes()

    with pytest.raises(FileUnusable, match="disk full while writing"):
        add_tags(file, 2000, pages=1)

    assert file.read_bytes() == before


@pytest.mark.slow
def test_a_process_that_dies_leaves_what_was_before(small: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path; from crmcli.db import keys; from tests.conftest import wrote\n"
        "keys.place.set(Path(os.environ['CRM_KEY_FILE']))\n"
        "with wrote(Path(sys.argv[1])) as s:\n"
        "    s.raw.execute(\"update customer set name = 'lost'\"); os._exit(9)"
    )

    done = subprocess.run([sys.executable, "-c", code, str(small)], capture_output=True, check=False)

    assert done.returncode == 9
    assert "lost" not in run("customer list").stdout
    run("customer add Eve")
    assert run("history -f ids --limit 1").stdout == f"{len(RECORDS) + 1}\n"
