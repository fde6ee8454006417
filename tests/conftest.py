"""The fixtures that every test may ask for."""

import shlex
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

import pytest
from typer.testing import CliRunner, Result

from crmcli.cli import app
from crmcli.core.preferences import Preferences
from crmcli.db import connection, migrate
from crmcli.db.history import Header
from crmcli.db.reader import Reader

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)  # a Friday



class Run(Protocol):
    """Run `crm` on a fresh file: `crm("customer add Ada")`; the exit code is checked."""

    def __call__(self, line: str | list[str], *, exit_code: int = 0, input: str | None = None) -> Result: ...


@pytest.fixture(autouse=True)
def _no_real_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test sees the machine's files, zone, name or clock."""
    home = tmp_path_factory.mktemp("home")
    for name in ("CRM_DB", "CRM_DEBUG", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "FORCE_COLOR", "LOGNAME"):
        monkeypatch.delenv(name, raising=False)
    settings = {"HOME": str(home), "TZ": "UTC", "USER": "tester", "COLUMNS": "80", "NO_COLOR": "1"}
    for name, value in {**settings, "CRM_NOW": NOW.isoformat(), "CRM_WAIT": "5"}.items():
        monkeypatch.setenv(name, value)


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with the latest schema and no records, made once."""
    path = tmp_path_factory.mktemp("crm") / "empty.db"
    migrate.create(path, Preferences())
    return path


@pytest.fixture
def file(tmp_path: Path, empty_file: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh file of one's own, which `crm` uses."""
    path = tmp_path / "crm.db"
    shutil.copy(empty_file, path)
    monkeypatch.setenv("CRM_DB", str(path))
    return path


@pytest.fixture
def crm(file: Path) -> Run:
    """Run `crm` on the fresh file, in this process and in a pipe."""

    def run(line: str | list[str], *, exit_code: int = 0, input: str | None = None) -> Result:  # noqa: A002
        words = shlex.split(line) if isinstance(line, str) else line
        result = CliRunner().invoke(app, words, input=input, catch_exceptions=False, prog_name="crm")
        assert result.exit_code == exit_code, f"exit {result.exit_code}\n{result.stdout}\n{result.stderr}"
        return result

    return run


@pytest.fixture
def dump(file: Path) -> "Dump":
    """Everything in the file but the history and the id counters, as SQL: what undo must give back."""

    def taken() -> list[str]:
        with connection.reading(file) as db:
            tables = migrate.tracked(db.connection)
            return [f"{table} {row}" for table in tables for row in db.rows(f"select * from {table} order by id")]

    return taken


class Dump(Protocol):
    def __call__(self) -> list[str]: ...


@pytest.fixture
def db(file: Path) -> Iterator[Reader]:
    """The fresh file, to look into."""
    with connection.reading(file) as reader:
        yield reader


@contextmanager
def wrote(file: Path, *, now: datetime = NOW) -> Iterator[object]:
    """A writing session on `file`, for tests of services."""
    from crmcli.db.writing import writing

    with writing(file, Header("test"), now=now) as session:
        yield session
