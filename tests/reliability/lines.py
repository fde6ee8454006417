"""One example line for each command that writes; a test fails for a command that has none."""

from dataclasses import dataclass
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


#: The records are those of `tests.conftest.RECORDS`.
WRITES = {
    "customer add": Line("'Grace Hopper' --email grace@example.com --employer Navy --tag vip --owner Bob"),
    "customer edit": Line("ada-lovelace --set city=London --set email+=ada@lovelace.example --tag board --untag vip"),
    "customer remove": Line("3 --yes --force"),
    "customer restore": Line("4", ("customer remove 4 --yes",)),
    "deal add": Line("Licence --customer ada-lovelace --amount 12k --close 2026-12-31 --at 2026-11-01"),
    "deal edit": Line("1 --set amount=15k --set owner=Eve"),
    "deal lose": Line("1 --reason price"),
    "deal move": Line("1 lead"),
    "deal reopen": Line("2"),
    "deal win": Line("1"),
    "demo": Line("{folder}/demo.db", touches_the_file=False),
    "import": Line("{folder}/rows.csv"),
    "init": Line("--currency USD --region DE"),
    "interaction edit": Line("1 --set text=other --set channel=email"),
    "interaction remove": Line("1 --yes"),
    "log": Line("ada-lovelace,李雷 met --channel meeting --at yesterday"),
    "pipeline add": Line("partners --stage talks --default"),
    "redo": Line("", ("undo",)),
    "relation add": Line("李雷 knows zoe-muller"),
    "relation remove": Line("1 --yes"),
    "stage add": Line("trial --after contact"),
    "stage archive": Line("needs"),
    "stage rename": Line("needs discovery"),
    "undo": Line(""),
}


def writing() -> list[str]:
    """Every command that is not there to show something."""
    return [path for path, command in commands().items() if not isinstance(command, Showing)]


def write_rows(place: Path, count: int) -> None:
    """A CSV of customers whose e-mails are those of nobody else."""
    rows = [f"Person {n},person.{n}@rows.example,+49309{n:06d},Firm {n % 50},Berlin,bulk\n" for n in range(count)]
    place.write_text("name,email,phone,employer,city,tags\n" + "".join(rows), "utf-8")
