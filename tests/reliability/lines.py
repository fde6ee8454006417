"""One example line for each command that writes; a test fails for a command that has none."""

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from crmcli.commands.options import Showing
from tests.conftest import READS, commands

EVERY_READ = {**READS, "history show": "1"}


@dataclass(frozen=True, slots=True)
class Line:
    """What follows the command; `first` are lines that must run before it, `{folder}` is that of the file."""

    words: str
    first: tuple[str, ...] = ()
    touches_the_file: bool = True
    is_by_the_way: bool = False  # what it keeps is no promise: it may be kept or not
    needs: str | None = None  # the library of an extra


_JOURNEY = ("pipeline add journey --template journey", "customer move ada-lovelace interest --at 2026-11-04")

#: The records are those of `tests.conftest.RECORDS`.
WRITES = {
    "alias remove": Line("hot", ("alias set hot 'deal list'",), touches_the_file=False),
    "alias set": Line("hot 'deal list'", touches_the_file=False),
    "backup": Line("{folder}/copy.db", touches_the_file=False),
    "batch": Line("{folder}/lines.txt"),
    "cadence clear": Line("+vip"),
    "cadence set": Line("+press 3w"),
    "config get": Line("currency", touches_the_file=False),
    "config path": Line("", touches_the_file=False),
    "config set": Line("actor Eve", touches_the_file=False),
    "config unset": Line("actor", touches_the_file=False),
    "customer add": Line("'Grace Hopper' --email grace@example.com --employer Navy --tag vip --owner Bob"),
    "customer address add": Line("ada-lovelace --street 'Main St 1' --city Rome --label office"),
    "customer address edit": Line(
        "ada-lovelace office --city Paris", ("customer address add ada-lovelace --city Rome --label office",)
    ),
    "customer address remove": Line(
        "ada-lovelace office --yes", ("customer address add ada-lovelace --city Rome --label office",)
    ),
    "customer contact add": Line("ada-lovelace ada@work.example.com --label work --primary"),
    "customer contact edit": Line("ada-lovelace countess@example.com --label home --primary"),
    "customer contact remove": Line("ada-lovelace countess@example.com --yes"),
    "customer edit": Line("ada-lovelace --set city=London --set email+=ada@lovelace.example --tag board --untag vip"),
    "customer leave": Line("ada-lovelace", _JOURNEY),
    "customer move": Line("ada-lovelace decision", _JOURNEY),
    "customer note": Line("ada-lovelace 'prefers mail'"),
    "customer merge": Line("1 3 --yes"),
    "customer remove": Line("3 --yes --force"),
    "customer restore": Line("4", ("customer remove 4 --yes",)),
    "deal add": Line("Licence --customer ada-lovelace --amount 12k --close 2026-12-31 --at 2026-11-01"),
    "deal edit": Line("1 --set amount=15k --set owner=Eve"),
    "deal lose": Line("1 --reason price"),
    "deal move": Line("1 lead"),
    "deal reopen": Line("2"),
    "deal win": Line("1"),
    "decrypt": Line("--yes", ("encrypt --yes",), needs="sqlcipher3"),
    "demo": Line("{folder}/demo.db", touches_the_file=False),
    "encrypt": Line("--yes", needs="sqlcipher3"),
    "field add": Line("customer gift --required-at quote"),
    "field edit": Line("customer tier --name level"),
    "field remove": Line("customer tier --yes", ("customer edit 1 --set tier=gold",)),
    "graph export": Line("--format dot -o {folder}/graph.dot", touches_the_file=False),
    "graph weigh": Line("email 0.5"),
    "import": Line("{folder}/rows.csv"),
    "init": Line("--currency USD --region DE"),
    "interaction edit": Line("1 --set text=other --set channel=email"),
    "interaction remove": Line("1 --yes"),
    "log": Line("ada-lovelace,李雷 met --channel meeting --at yesterday"),
    "owner edit": Line("noor --set region=West --set me=yes", ("customer edit 1 --set owner=Noor",)),
    "owner merge": Line("noor robin", ("customer edit 1 --set owner=Noor", "customer edit 2 --set owner=Robin")),
    "owner remove": Line("sam --yes", ("customer edit 1 --set owner=Sam", "customer edit 1 --set owner=")),
    "pipeline add": Line("partners --stage talks --default"),
    "pipeline archive": Line("partners", ("pipeline add partners",)),
    "pipeline edit": Line("sales --set name=direct"),
    "pipeline restore": Line("partners", ("pipeline add partners", "pipeline archive partners")),
    "privacy consent grant": Line("zoe-muller --purpose newsletter --channel email --at 2026-11-02"),
    "privacy consent withdraw": Line("ada-lovelace --purpose newsletter"),
    "privacy erase": Line("ada-lovelace --yes"),
    "privacy readmit": Line("1", ("privacy erase 1 --yes",)),
    "privacy restrict": Line("zoe-muller --reason 'accuracy contested'"),
    "privacy retention add": Line("old --after 5y --action erase kind:organisation"),
    "privacy retention remove": Line("silent"),
    "privacy retention run": Line("--yes", ("import {folder}/old.csv",)),
    "redo": Line("", ("undo",)),
    "referral add": Line("zoe-muller --by ada-lovelace"),
    "quota remove": Line("2 --yes"),
    "quota set": Line("2027-Q1 50k --owner Bob"),
    "relation add": Line("李雷 knows zoe-muller"),
    "relation edit": Line("1 --set strength=80"),
    "relation end": Line("1"),
    "relation remove": Line("1 --yes"),
    "relation type add": Line("mentors --inverse 'mentored by'"),
    "relation type edit": Line("knows --weight 10"),
    "relation type remove": Line("mentors --yes", ("relation type add mentors --inverse 'mentored by'",)),
    "restore": Line("{folder}/copy.db --yes", ("backup {folder}/copy.db", "customer edit 1 --set city=Rome")),
    "segment add": Line("berlin city:Berlin --freeze"),
    "segment remove": Line("regulars --yes"),
    "stage add": Line("trial --after contact"),
    "stage archive": Line("needs"),
    "stage count": Line("exposure 1200", ("pipeline add marketing --template marketing",)),
    "stage rename": Line("needs discovery"),
    "stage edit": Line("needs --set name=discovery --set required=amount,tier"),
    "stage move": Line("quote --first"),
    "stage restore": Line("needs", ("stage archive needs",)),
    "tag remove": Line("stand-7 --yes", ("customer edit 1 --tag stand-7",)),
    "tag rename": Line("vip gold"),
    "task add": Line("'Send the contract' --for ada-lovelace --due 2026-11-30 --every 2w"),
    "task done": Line("2"),
    "task edit": Line("1 --set due=2026-12-01"),
    "task remove": Line("1 --yes"),
    "task restore": Line("1", ("task remove 1 --yes",)),
    "task snooze": Line("1 3d"),
    "undo": Line(""),
}

#: What these write stands in the config file.
BESIDE = tuple(path for path in WRITES if path.startswith(("alias", "config")))

#: Other ways of some commands, and what shows something and keeps something by the way.
MORE = {
    "backup --keep 1": Line("", ("backup --keep 1",), touches_the_file=False),
    "customer edit --where": Line("tag:vip --set city=Rome --tag board --yes"),
    "deal stalled --create-tasks": Line(""),
    "find": Line("ada", is_by_the_way=True),
}


def writing() -> list[str]:
    """Every command that is not there to show something."""
    return [path for path, command in commands().items() if not isinstance(command, Showing)]


def why_not(path: str) -> str | None:
    """Why the line of a command cannot be run here; None when it can."""
    library = (WRITES | MORE)[path].needs if path in WRITES | MORE else None
    return f"{library} is not installed" if library and find_spec(library) is None else None


def write_given(folder: Path, rows: int) -> None:
    """The files that the lines name: customers to import, and commands for a batch."""
    write_rows(folder / "rows.csv", rows)
    (folder / "old.csv").write_text("name,created\nOld Hand,2019-01-01\n")
    (folder / "lines.txt").write_text("customer add Eve\nlog eve hello\ndeal add Pump --customer eve --amount 5\n")


def write_rows(place: Path, count: int) -> None:
    """A CSV of customers whose e-mails are those of nobody else."""
    rows = [f"Person {n},person.{n}@rows.example,+49309{n:06d},Firm {n % 50},Berlin,bulk\n" for n in range(count)]
    place.write_text("name,email,phone,employer,city,tags\n" + "".join(rows), "utf-8")
