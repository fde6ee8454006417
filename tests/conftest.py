"""The fixtures that every test may ask for."""

import os
import shlex
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache, wraps
from itertools import count
from pathlib import Path
from typing import Protocol

import pytest
import typer
import typer.testing
from typer.core import TyperCommand, TyperGroup
from typer.testing import CliRunner, Result

from crmcli.cli import app
from crmcli.core.preferences import Preferences
from crmcli.db import connection, keys, migrate
from crmcli.db.history import Header
from crmcli.db.reader import Reader
from crmcli.db.writing import Writer, writing
from crmcli.lazy import LazyCommand

typer.testing._get_command = cache(typer.testing._get_command)  # type: ignore[attr-defined]  # made once, run often

#: The tests run on encrypted files: `tests/db/test_encrypted.py` sets this for those of the storage.
IS_ENCRYPTED = bool(os.environ.get("CRM_TEST_ENCRYPTED"))

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)  # a Friday

RECORDS = (
    "customer add 'Ada Lovelace' --email ada@example.com --email countess@example.com --employer 'Analytical Ltd'",
    "customer edit ada-lovelace --tag vip",
    "customer add 李雷 --phone +4930901820 --city 北京 --note 'asks; twice'",
    "customer add 'Zoë Müller' --kind person --owner Bob --tag press --tag vip",
    "relation add 李雷 referred ada-lovelace --since 2026-02-01",
    "relation add ada-lovelace knows zoe-muller",
    "log ada-lovelace,李雷 'first call' --channel call --at 2026-11-02T10:00 --duration 20m",
    "deal add Engine --customer ada-lovelace --amount 12.5k --at 2026-09-01 --close 2026-12-31 --owner Bob",
    "deal move 1 quote --at 2026-10-01",
    "deal add Cards --customer 李雷 --amount 900 --at 2026-10-01",
    "deal win 2 --at 2026-10-20",
    "privacy consent grant ada-lovelace --purpose newsletter --channel email --source 'web form' --at 2026-11-02",
    "privacy retention add silent --after 3y --action remove kind:person",
    "task add 'Send the quote' --for ada-lovelace --due 2026-11-18",
    "task add 'Check the stock' --due 2026-11-23 --every 2w --priority --owner Bob",
    "segment add regulars +vip or city:北京",
    "cadence set +vip 2w",
    "cadence set ada-lovelace 10d",
    "field add customer tier --type choice --choices gold,silver",
    "quota set 2026-Q4 20k --owner Bob",
    "quota set 2026-Q4 100k",
)

_SAMPLE = 6  # one of so many enumerated tests is quick


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let a sample stand for the tests that enumerate; one that is named on the command line runs in any case."""
    seen = Counter[str]()
    for item in items:
        if item.get_closest_marker("enumerating"):
            name = item.nodeid.partition("[")[0]
            if seen[name] % _SAMPLE:
                item.add_marker("slow")
            seen[name] += 1


# What each command that only reads is asked for in the tests of all of them.
READS = {
    "customer brief": "ada-lovelace",
    "customer list": "",
    "customer show": "ada-lovelace",
    "customer timeline": "ada-lovelace",
    "dash": "",
    "data quality": "",
    "data stale": "--days 1",
    "deal board": "",
    "deal history": "1",
    "deal list": "",
    "deal overdue": "",
    "deal rotten": "",
    "deal show": "1",
    "deal slippage": "",
    "deal stalled": "",
    "deal winloss": "",
    "deal zombies": "",
    "doctor": "",
    "dupes": "--min-score 0",
    "export": "deals",
    "find": "ada",
    "field list": "",
    "funnel alert": "",
    "funnel bottleneck": "",
    "funnel cohort": "",
    "funnel compare": "2026-09 2026-10",
    "funnel curve": "",
    "funnel flow": "",
    "funnel show": "",
    "funnel time": "",
    "graph central": "",
    "graph communities": "",
    "graph components": "",
    "graph cooling": "--days 10",
    "graph gaps": "",
    "graph intro": "zoe-muller",
    "graph path": "李雷 zoe-muller",
    "graph show": "ada-lovelace",
    "graph stats": "",
    "graph strength": "ada-lovelace",
    "graph weights": "",
    "help": "columns deal",
    "history": "",
    "interaction list": "",
    "interaction show": "1",
    "owner list": "",
    "pipeline list": "",
    "pipeline show": "",
    "privacy consent show": "ada-lovelace",
    "privacy export": "ada-lovelace",
    "privacy retention list": "",
    "forecast accuracy": "--unit month",
    "forecast show": "",
    "forecast waterfall": "2026-10-01 today",
    "quota list": "",
    "referral rate": "",
    "referral revenue": "",
    "referral top": "",
    "referral tree": "",
    "relation list": "",
    "relation types": "",
    "tag list": "",
    "alias list": "",
    "cadence due": "",
    "cadence list": "",
    "config list": "",
    "segment list": "",
    "segment members": "regulars",
    "segment show": "regulars",
    "stage list": "",
    "task list": "",
    "task show": "1",
    "today": "",
    "velocity": "",
    "why": "D1",
}


#: The records of `small` by number, for files in which they are called otherwise.
NUMBERS = {"ada-lovelace": "1", "李雷": "3", "zoe-muller": "4"}


def by_number(line: str) -> list[str]:
    """The words of a line, with numbers in the place of names."""
    return [NUMBERS.get(word, word) for word in line.split()]


class Run(Protocol):
    """Run `crm` on a fresh file: `crm("customer add Ada")`; the exit code is checked."""

    def __call__(self, line: str | list[str], *, exit_code: int = 0, input: str | None = None) -> Result: ...  # noqa: A002


@pytest.fixture(scope="session", autouse=True)
def key_file(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where the key of encrypted files is; there is one where the tests run on such files."""
    path = tmp_path_factory.mktemp("key") / "key"
    keys.place.set(path)
    if IS_ENCRYPTED:
        keys.make()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CRM_KEY_FILE", str(path))
        yield path


@pytest.fixture(scope="session")
def _homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A new folder each time: pytest's own numbering looks at all that there are."""
    folder = tmp_path_factory.mktemp("homes")
    return (folder / str(number) for number in count(1))


@pytest.fixture(autouse=True)
def _no_real_home(_homes: Iterator[Path], monkeypatch: pytest.MonkeyPatch, key_file: Path) -> None:
    """No test sees the machine's files, zone, name or clock."""
    home = next(_homes)
    home.mkdir()
    for name in (
        "CRM_DB",
        "CRM_DEBUG",
        "XDG_DATA_HOME",
        "XDG_CONFIG_HOME",
        "XDG_STATE_HOME",
        "FORCE_COLOR",
        "LOGNAME",
        "PAGER",
    ):
        monkeypatch.delenv(name, raising=False)
    keys.place.set(key_file)
    settings = {
        "HOME": str(home),
        "CRM_KEY_FILE": str(key_file),
        "CRM_PAGER": "off",
        "TZ": "UTC",
        "USER": "tester",
        "COLUMNS": "80",
        "NO_COLOR": "1",
    }
    for name, value in {**settings, "CRM_NOW": NOW.isoformat(), "CRM_WAIT": "5"}.items():
        monkeypatch.setenv(name, value)


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory: pytest.TempPathFactory, key_file: Path) -> Path:
    """A file with the latest schema and no records, made once."""
    path = tmp_path_factory.mktemp("crm") / "empty.db"
    migrate.create(path, Preferences(), encrypted=IS_ENCRYPTED)
    return path


@pytest.fixture(scope="session")
def small_file(tmp_path_factory: pytest.TempPathFactory, empty_file: Path) -> Path:
    """A file with a few records of every kind, made once."""
    path = tmp_path_factory.mktemp("crm") / "small.db"
    shutil.copy(empty_file, path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CRM_NOW", NOW.isoformat())
        for line in RECORDS:
            run(f"{line} --db {path}")
    return path


@pytest.fixture
def file(tmp_path: Path, empty_file: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A fresh file of one's own, which `crm` uses."""
    path = tmp_path / "crm.db"
    shutil.copy(empty_file, path)
    monkeypatch.setenv("CRM_DB", str(path))
    return path


#: The config file that goes with it.
CONFIG = "[alias]\nhot = 'deal list is:open sort:-amount'\n"


@pytest.fixture
def small(small_file: Path, file: Path) -> Path:
    """The fresh file with a few records of every kind in it, and an alias."""
    shutil.copy(small_file, file)
    write_config()
    return file


def write_config() -> None:
    """The config file of this test's home."""
    config = Path(os.environ["HOME"]) / ".config" / "crmcli" / "config.toml"
    config.parent.mkdir(parents=True, exist_ok=True)
    config.write_text(CONFIG, encoding="utf-8")


@pytest.fixture
def crm(file: Path) -> Run:
    """Run `crm` on the fresh file, in this process and in a pipe."""
    return run


def once(fill: Callable[..., None]) -> Callable[..., Run]:
    """The fixture `crm` with what `fill` puts into the file: filled once in a process, and copied from then on."""
    left: list[bytes] = []

    @wraps(fill)
    def filled(**asked: object) -> Run:
        path = Path(os.environ["CRM_DB"])
        if left:
            path.write_bytes(left[0])
        else:
            fill(**asked)
            left.append(path.read_bytes())
        return run

    return filled


def run(line: str | list[str], *, exit_code: int = 0, input: str | None = None) -> Result:  # noqa: A002
    """Run `crm` on the file that the environment or the line names."""
    words = shlex.split(line) if isinstance(line, str) else line
    result = CliRunner().invoke(app, words, input=input, catch_exceptions=False, prog_name="crm")
    assert result.exit_code == exit_code, f"exit {result.exit_code}\n{result.stdout}\n{result.stderr}"
    return result


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
def wrote(file: Path, *, now: datetime = NOW) -> Iterator[Writer]:
    """A writing session on `file`, for tests of services."""
    with writing(file, Header("test"), now=now) as session:
        yield session


def add_customers(file: Path, count: int, *, name: str = "Customer") -> None:
    """`Customer 01`, `Customer 02`, … in one operation."""
    with wrote(file) as session:
        session.raw.execute(
            """
            insert into customer (uid, kind, name, handle, created_at, recorded_at)
            with recursive n (n) as (select 1 union all select n + 1 from n where n < :count)
            select 'u' || n, 'person', printf('%s %02d', :name, n), 'c-' || n, :at, :at from n
            """,
            {"count": count, "name": name, "at": "2026-11-20T12:00:00Z"},
        )


@cache
def commands() -> dict[str, TyperCommand]:
    """Every command that does something, by what one types: `customer add`."""

    def below(group: TyperGroup, path: tuple[str, ...]) -> Iterator[tuple[str, TyperCommand]]:
        for name, command in group.commands.items():
            real = command.target if isinstance(command, LazyCommand) else command
            if isinstance(real, TyperGroup):
                yield from below(real, (*path, name))
            elif isinstance(real, TyperCommand):
                yield " ".join((*path, name)), real

    root = typer.main.get_command(app)
    assert isinstance(root, TyperGroup)
    return dict(below(root, ()))
