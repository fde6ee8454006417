"""What is wrong with the file, its copies and its place, and the way out of each."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from crmcli.core.period import moment
from crmcli.core.result import Column, Report, Table
from crmcli.core.wording import counted
from crmcli.db import check, kept, migrate, place
from crmcli.db.connection import as_it_is, reading
from crmcli.db.reader import Reader
from crmcli.reports import invariants

Result = Literal["ok", "note", "warning", "error"]

COLUMNS = (
    Column("check"),
    Column("result"),
    Column("table", is_hidden=True),
    Column("id", "id", is_hidden=True),
    Column("field", is_hidden=True),
    Column("says", heading="What"),
    Column("way_out", is_hidden=True),
)
_BACKUP_DAYS = 7
_WAL_RESET_FIXED = (3, 51, 3)
_HISTORY = ("operation", "change", "current_operation")
_RESTORE = "crm restore FILE"
_FIX = "crm doctor --fix"


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check says: that all is well, or one thing that is not, of which record and field."""

    check: str
    result: Result
    says: str
    way_out: str | None = None
    table: str | None = None
    id: int | None = None
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """All findings, in the order of the checks."""

    findings: tuple[Finding, ...]
    schema: int
    sqlite: str

    @property
    def is_well(self) -> bool:
        """Whether there is nothing to do: notes aside, every check is ok."""
        return not any(finding.result in ("warning", "error") for finding in self.findings)


def diagnosis(database: Path, *, now: datetime, own_folder: Path | None = None, wait: float = 30.0) -> Diagnosis:
    """Every check of the file. A sound older file is migrated first, as by any command.

    Raises FileUnusable for a file that cannot even be opened, and Busy.
    """
    with as_it_is(database, wait=wait) as raw:
        damage = check.integrity(raw)
        schema = migrate.version(raw)
        if damage:
            found = (*_damage(damage), *_inside(Reader(raw)), *_around(Reader(raw), database, now, own_folder))
            return Diagnosis(found, schema, _version(Reader(raw)))
    with reading(database, wait=wait) as db:
        sound = Finding("integrity", "ok", "the pages and indexes are sound")
        found = (sound, *_inside(db), *_around(db, database, now, own_folder))
        return Diagnosis(found, migrate.version(db.connection), _version(db))


def report(diagnosed: Diagnosis, *, is_brief: bool = False) -> Report:
    """The findings as a table, those that need doing something again in full; without what is well where `is_brief`."""
    rows = [
        (each.check, each.result, each.table, each.id, each.field, each.says, each.way_out)
        for each in diagnosed.findings
        if not is_brief or each.result in ("warning", "error")
    ]
    kinds = ("error", "warning", "note")
    numbers = {f"{kind}s": sum(each.result == kind for each in diagnosed.findings) for kind in kinds}
    summary = {**numbers, "schema": diagnosed.schema, "sqlite": diagnosed.sqlite}
    notes = tuple(f"{each.check}: {each.says} → {each.way_out}" for each in diagnosed.findings if each.result != "ok")
    return Report("doctor", {}, summary, Table(COLUMNS, rows, empty="all is well"), notes)


def _damage(damage: list[str]) -> Iterator[Finding]:
    can_be_fixed = check.are_tables_whole(damage)
    for line in damage:
        way_out = _FIX if can_be_fixed and check.is_of_an_index(line) else _RESTORE
        yield Finding("integrity", "error", line[:200], way_out)


def _inside(db: Reader) -> Iterator[Finding]:
    """The checks of what the file holds."""
    yield from _checked("references", "every reference leads somewhere", lambda: _references(db))
    yield from _checked("schema", "tables, indexes and triggers are those of this version", lambda: _schema(db))
    yield from _checked("text", "every text is UTF-8, every time and day is one", lambda: _texts(db))
    history = [rule for rule in invariants.RULES if rule.table in _HISTORY]
    records = [rule for rule in invariants.RULES if rule.table not in _HISTORY]
    yield from _checked("records", f"{len(records)} rules hold", lambda: _broken(db, "records", records))
    yield from _checked("history", f"{len(history)} rules hold", lambda: _broken(db, "history", history))


def _around(db: Reader, database: Path, now: datetime, own_folder: Path | None) -> Iterator[Finding]:
    """The checks of where the file stands and what stands by it."""
    yield from _checked("modes", "nobody else can read it", lambda: _modes(database, own_folder))
    yield from _checked("place", "it stands on a disk of this machine", lambda: _place(database))
    yield _sqlite(_version(db))
    yield from _checked("backup", _last_backup(database), lambda: _backup(db, database, now))


def _checked(name: str, well: str, find: Callable[[], Iterator[Finding]]) -> Iterator[Finding]:
    """What the check finds, or that all is well; what cannot be read to the end is a finding too."""
    count = 0
    with _readable() as failed:
        for finding in find():
            count += 1
            yield finding
    if failed:
        yield Finding(name, "error", "cannot be read to the end: the file is damaged", _RESTORE)
    elif not count:
        yield Finding(name, "ok", well)


@contextmanager
def _readable() -> Iterator[list[bool]]:
    failed: list[bool] = []
    try:
        yield failed
    except check.UNREADABLE:
        failed.append(True)


def _references(db: Reader) -> Iterator[Finding]:
    for table, number, parent in check.references(db.connection):
        says = f"{table} {number} refers to a missing {parent}"
        yield Finding("references", "error", says, _RESTORE, table, number)


def _schema(db: Reader) -> Iterator[Finding]:
    for part in check.schema(db.connection):
        says = f"{part.kind} {part.name} {part.fault}"
        if part.sql is None:
            yield Finding("schema", "warning", says, f"drop it, or {_RESTORE}")
        else:
            yield Finding("schema", "error", says, _RESTORE if part.kind == "table" else _FIX)


def _texts(db: Reader) -> Iterator[Finding]:
    for cell in check.texts(db.connection):
        says = f"{cell.table} {cell.id}, {cell.column}: the bytes are no text"
        yield Finding("text", "error", says, _RESTORE, cell.table, cell.id, cell.column)
    for cell in check.times(db.connection):
        says = f"{cell.table} {cell.id}, {cell.column}: no time or day"
        yield Finding("text", "error", says, _RESTORE, cell.table, cell.id, cell.column)


def _broken(db: Reader, name: str, rules: list[invariants.Rule]) -> Iterator[Finding]:
    for rule in rules:
        for breach in invariants.broken(db, rule):
            way_out = _FIX if rule.mend else "crm history shows who changed it; crm undo, or " + _RESTORE
            yield Finding(
                name,
                "error",
                f"{breach.table} {breach.id}: not so that {breach.says}",
                way_out,
                breach.table,
                breach.id,
            )


def _modes(database: Path, own_folder: Path | None) -> Iterator[Finding]:
    for path, mode in place.open_to_others(database, own_folder=own_folder):
        yield Finding("modes", "error", f"{path} has mode {mode:04o}: others than you can get at it", _FIX)


def _place(database: Path) -> Iterator[Finding]:
    network, service = place.network(database), place.synced(database)
    if network:
        says = f"it stands on a network file system ({network}), where locks and logs do not hold"
        yield Finding("place", "warning", says, "move it to a disk of this machine")
    if service:
        says = f"{service} copies its folder: two machines can overwrite each other, and a copy can be of no moment"
        yield Finding("place", "warning", says, "move it, and let crm backup write there")


def _version(db: Reader) -> str:
    return str(db.value("select sqlite_version()"))


def _sqlite(version: str) -> Finding:
    if tuple(map(int, version.split("."))) >= _WAL_RESET_FIXED:
        return Finding("sqlite", "ok", f"SQLite {version}")
    says = f"SQLite {version}: before 3.51.3 two writers could, rarely, damage a file while its log is reset"
    return Finding("sqlite", "note", says, "a newer Python or system library; crm backup")


def _last_backup(database: Path) -> str:
    made = _there(database)
    return f"the last backup is of {made[-1].at[:10]}" if made else "no backup yet"


def _backup(db: Reader, database: Path, now: datetime) -> Iterator[Finding]:
    """A backup is missing when something was changed after the last one, more than seven days ago."""
    made = _there(database)
    since = made[-1].at if made else ""
    first = db.value("select min(recorded_at) from operation where recorded_at > :since", since=since)
    if first is None:
        return
    try:
        age = now - moment(since if made else first)
    except ValueError:  # the check of the texts has named it
        return
    if age > timedelta(days=_BACKUP_DAYS):
        what = "the last backup is" if made else "no backup, and the first record is"
        yield Finding("backup", "warning", f"{what} {counted(age.days, 'day')} old", "crm backup")


def _there(database: Path) -> list[kept.Made]:
    return [made for made in kept.remembered(database) if made.is_there is not False]
