"""A command, and a fault at each of its steps: what may come of it is all or nothing, and the truth about it."""

import shlex
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from errno import EIO, ENOSPC
from pathlib import Path

import pytest

from crmcli.core.preferences import Preferences
from crmcli.db import migrate
from tests.conftest import run
from tests.reliability.lab import Fault, Lab, Mode, Ran
from tests.reliability.lines import MORE, WRITES, why_not, write_given
from tests.reliability.states import State, Unsound, content, state

#: At each step: a kill, a full disk that stays full, a disk that fails once, and a write that goes only half way.
USUAL = (
    Fault(Mode.KILL),
    Fault(Mode.ERROR, error=ENOSPC, sticky=True),
    Fault(Mode.ERROR, error=EIO),
    Fault(Mode.SHORT, error=ENOSPC),
)
EVERY = (
    *USUAL,
    Fault(Mode.TORN),
    Fault(Mode.ERROR, error=ENOSPC),
    Fault(Mode.ERROR, error=EIO, sticky=True),
    Fault(Mode.SHORT, error=ENOSPC, sticky=True),
)
_KILLED = -9
_UNUSABLE = 10
_NOTE = ".jsonl"  # which backups were made: a help, no promise


@dataclass(frozen=True, slots=True)
class Case:
    """A command ready to run: its words, a folder as it stands before, and one to run it in."""

    name: str
    words: tuple[str, ...]
    base: Path
    work: Path
    migrations: Path | None = None
    is_by_the_way: bool = False

    def fresh(self) -> None:
        """Make the working folder what it was before the command."""
        shutil.rmtree(self.work, ignore_errors=True)
        shutil.copytree(self.base, self.work)

    def run(self, lab: Lab, fault: Fault = Fault()) -> Ran:  # noqa: B008 (frozen)
        """Run the command in a fresh folder."""
        self.fresh()
        return lab.run(self.words, self.work, fault, migrations=self.migrations)


@dataclass(frozen=True, slots=True)
class Whole:
    """What the command does when nothing goes wrong."""

    steps: int
    before: State
    after: State
    new: str  # a file that has just been made


def prepared(path: str, folder: Path, records: Path, *, rows: int = 5) -> Case:
    """The example line of the command `path`, on a copy of the file `records`."""
    line = (WRITES | MORE)[path]
    base = folder / "base"
    base.mkdir(parents=True)
    shutil.copy(records, base / "crm.db")
    write_given(base, rows)
    for each in line.first:
        run(f"{each.format(folder=base)} --db {base / 'crm.db'}")
    work = folder / "work"
    words = tuple(shlex.split(f"{path} {line.words.format(folder=work)}"))
    return Case(path, words, base, work, is_by_the_way=line.is_by_the_way)


def first_write(folder: Path) -> Case:
    """A customer added where there is no file yet."""
    (folder / "base").mkdir(parents=True)
    return Case("first write", ("customer", "add", "Ada", "--tag", "vip"), folder / "base", folder / "work")


def output(folder: Path, records: Path) -> Case:
    """A list written over an older one."""
    case = prepared("undo", folder, records)
    (case.base / "list.csv").write_text("old\n")
    return Case("-o FILE", ("customer", "list", "-f", "csv", "-o", str(case.work / "list.csv")), case.base, case.work)


def migration(folder: Path, records: Path) -> Case:
    """A read by a version that knows one script more than the file."""
    case = prepared("undo", folder, records)
    scripts = folder / "migrations"
    shutil.copytree(Path(migrate.__file__).parent / "migrations", scripts)
    (scripts / "9999_more.sql").write_text(
        "create table visit (id integer primary key autoincrement, "
        "customer_id integer not null references customer (id)) strict;\n"
        "create index visit_customer on visit (customer_id);\n"
        "insert into visit (customer_id) select id from customer;\n"
    )
    return Case("migrate", ("customer", "list", "-f", "ids"), case.base, case.work, scripts)


SPECIAL: dict[str, Callable[[Path, Path], Case]] = {
    "first write": lambda folder, _: first_write(folder),
    "-o FILE": output,
    "migrate": migration,
}


def made(name: str, folder: Path, records: Path) -> Case:
    """The case of a command, or of one of the special ones. Skipped where an extra is missing."""
    if reason := why_not(name):
        pytest.skip(reason)
    return SPECIAL[name](folder, records) if name in SPECIAL else prepared(name, folder, records)


def whole(case: Case, lab: Lab) -> Whole:
    """Run the command once without a fault. Raises AssertionError where it fails by itself."""
    before = state(case.base)
    ran = case.run(lab)
    if ran.code:
        raise AssertionError(f"{case.name}: exit {ran.code}: {ran.err}")
    new = case.work.parent / "new.db"
    if not new.exists():
        migrate.create(new, Preferences())
    return Whole(ran.steps, before, state(case.work), content(new))


def faults(kinds: Sequence[Fault], steps: Iterable[int]) -> Iterator[Fault]:
    """Each kind at each of the steps."""
    for at in steps:
        for kind in kinds:
            yield Fault(kind.mode, at, kind.error, kind.sticky)


def strike(case: Case, lab: Lab, fault: Fault, usual: Whole) -> str | None:
    """Run the command with a fault; what is wrong with what came of it, None when nothing is."""
    ran = case.run(lab, fault)
    try:
        found = state(case.work)
    except Unsound as error:
        return f"{case.name}, {fault}: {error}"
    wrong = _wrong(case, ran, fault, usual, found)
    return f"{case.name}, {fault}: {wrong}: {ran}" if wrong else None


def _wrong(case: Case, ran: Ran, fault: Fault, usual: Whole, found: State) -> str | None:
    is_killed = fault.mode in (Mode.KILL, Mode.TORN)
    if is_killed and ran.code != _KILLED:
        return "not killed"
    if not is_killed and ran.code not in (0, _UNUSABLE):
        return "an exit code that no page names"
    return _wrong_words(ran) or _wrong_state(case, ran, fault, usual, found)


def _wrong_words(ran: Ran) -> str | None:
    """An error is one line, then hints; there is no result with it."""
    said = [line for line in ran.err.splitlines() if not line.startswith(("new file: ", "hint: ", "note: "))]
    if ran.code == _UNUSABLE and not (len(said) == 1 and said[0].startswith("error: ")):
        return "not one line"
    if ran.code == 0 and any(line.startswith("error: ") for line in said):
        return "an error that is none"
    return "a result of what failed" if ran.code == _UNUSABLE and ran.out else None


def _wrong_state(case: Case, ran: Ran, fault: Fault, usual: Whole, found: State) -> str | None:
    """All or nothing, file by file; what was acknowledged is there, what was denied is not."""
    for name in {**usual.before, **usual.after, **found}:
        now, old, new = found.get(name), usual.before.get(name), usual.after.get(name)
        if _may_be_left(name, ran, fault):
            continue
        is_made = old is None and now == usual.new
        if now not in (old, new) and not is_made:
            return f"'{name}' is neither as before nor as after"
        if ran.code == 0 and now != new and not (case.is_by_the_way or name.endswith(_NOTE)):
            return f"'{name}' was acknowledged and is not there"
        if "nothing was changed" in ran.err and name == "crm.db" and now != old and not is_made:
            return f"'{name}' was changed"
    return None


def _may_be_left(name: str, ran: Ran, fault: Fault) -> bool:
    """Whether a file in the making, or half a note, may lie there: nobody could, or the disk did not let it be taken away."""
    is_beyond_us = fault.sticky or fault.mode in (Mode.KILL, Mode.TORN) or ran.code == 0
    return is_beyond_us and (Path(name).name.startswith(".") or name.endswith(_NOTE))
