"""What single commands cost on a large file, beside their floor: `python -m bench.commands [CUSTOMERS]`.

The file holds CUSTOMERS customers with an e-mail each, as many relationships and three tenths as many deals; a small
file of a thousandth of that stands beside it.
"""

import random
import sqlite3
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from itertools import count
from pathlib import Path

from bench import measure
from crmcli.core.preferences import Preferences
from crmcli.core.uid import uids
from crmcli.db import connection, history, migrate

_AT = "2026-01-01T00:00:00Z"
_RUNS = 7


def build(path: Path, customers: int) -> None:
    """A file of that size, seeded; recorded as one operation whose change rows are left out."""
    migrate.create(path, Preferences())
    file = connection.open_to_write(path, 5)
    file.execute("begin immediate")
    history.begin(file, history.Header("bench"), recorded_at=_AT)
    file.execute("update current_operation set is_bulk = 1")
    pick = random.Random(42)
    ids = range(1, customers + 1)
    insert = (
        "insert into customer (id, uid, kind, name, handle, city, created_at, recorded_at) values (?,?,?,?,?,?,?,?)"
    )
    kinds = ("person", "person", "person", "organisation")
    people = zip(ids, uids(1, customers), strict=True)
    rows = ((n, u, kinds[n % 4], f"Name {n}", f"name-{n}", pick.choice("ABCDE"), _AT, _AT) for n, u in people)
    file.executemany(insert, rows)
    mails = ((n, f"name{n}@example.com") for n in ids)
    file.executemany("insert into contact_point (customer_id, kind, value) values (?, 'email', ?)", mails)
    tie = "insert into relationship (uid, from_id, type_id, to_id, created_at, recorded_at) values (?,?,?,?,?,?)"
    file.executemany(tie, _ties(customers, pick))
    _deals(file, customers * 3 // 10, customers)
    history.end(file)
    file.execute("commit")
    file.execute("analyze")
    file.close()


def _ties(customers: int, pick: random.Random) -> Iterator[tuple[str, int, int, int, str, str]]:
    """As many as customers; a few hubs have some hundred, most have one or two."""
    seen = set()
    for uid in uids(2, customers):
        one = pick.randint(1, customers)
        other = min(customers, int(pick.paretovariate(1.2))) if pick.random() < 0.02 else pick.randint(1, customers)
        pair = (min(one, other), max(one, other))
        if one != other and pair not in seen:
            seen.add(pair)
            yield uid, pair[0], 3, pair[1], _AT, _AT


def _deals(file: sqlite3.Connection, deals: int, customers: int) -> None:
    numbers = range(1, deals + 1)
    insert = """
        insert into deal (id, uid, name, customer_id, amount, currency, created_at, recorded_at)
        values (?, ?, ?, ?, ?, 'EUR', ?, ?)
    """
    rows = (
        (n, u, f"Deal {n}", n % customers + 1, n * 100, _AT, _AT) for n, u in zip(numbers, uids(3, deals), strict=True)
    )
    file.executemany(insert, rows)
    passage = """
        insert into passage (id, deal_id, pipeline_id, began_at, stage_id, stage_entered_at, reached_id, way)
        values (?, ?, 1, ?, 1, ?, 1, '1')
    """
    file.executemany(passage, ((n, n, _AT, _AT) for n in numbers))
    event = """
        insert into stage_event (passage_id, to_stage_id, amount, currency, occurred_at, recorded_at)
        values (?, 1, ?, 'EUR', ?, ?)
    """
    file.executemany(event, ((n, n * 100, _AT, _AT) for n in numbers))


def main() -> None:
    if len(sys.argv) > 2:
        build(Path(sys.argv[2]), int(sys.argv[1]))
        return
    customers = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        large, small = Path(folder) / "large.db", Path(folder) / "small.db"
        for path, size in ((large, customers), (small, max(customers // 1000, 100))):
            # in a process of its own: what this one ever held would count as memory of its children
            subprocess.run([sys.executable, "-m", "bench.commands", str(size), str(path)], check=True)
        print(f"{customers:,} customers and relationships, {customers * 3 // 10:,} deals\n{measure.machine()}\n")
        print("| command | CPU s | floor | CPU s | ratio | at most | MB |\n| --- | --: | --- | --: | --: | --: | --: |")
        _against_python(large)
        _against_import(large)
        _against_small(large, small)


def _against_python(large: Path) -> None:
    floor = (sys.executable, "-c", "pass")
    line("crm --version", measure.crm("--version"), "python -c pass", floor, 9)
    for typed in ("crm customer l", "crm customer show name-77", "crm customer list deal.stage:"):
        tab = {"CRM_DB": str(large), "_CRM_COMPLETE": "bash", "_CRM_LINE": typed, "_CRM_WORD": typed.split(" ")[-1]}
        line(f"TAB after {typed}", measure.crm(), "python -c pass", floor, 9, env=tab)
    line("crm --help", measure.crm("--help"), "python -c pass", floor, 14)
    listed = measure.crm("--db", str(large), "customer", "list", "--limit", "20")
    line("crm customer list --limit 20", listed, "python -c pass", floor, 12)


def _against_import(large: Path) -> None:
    floor, name = (sys.executable, "-c", "import sqlmodel, typer"), "import sqlmodel, typer"
    number = count()
    moves = iter([stage for _ in range(50) for stage in ("contact", "needs", "quote", "lead")])
    db = ("--db", str(large))
    line("crm deal move", lambda: measure.crm(*db, "deal", "move", "77", next(moves)), name, floor, 1.25)
    line("crm log", lambda: measure.crm(*db, "log", "78", "called"), name, floor, 1.25)
    added = lambda: measure.crm(*db, "customer", "add", "New One", "--email", f"new{next(number)}@example.com")  # noqa: E731
    line("crm customer add", added, name, floor, 1.4)


def _against_small(large: Path, small: Path) -> None:
    mine = measure.crm("--db", str(large), "graph", "show", "name-500", "--depth", "2")
    floor = measure.crm("--db", str(small), "graph", "show", "name-50", "--depth", "2")
    line("crm graph show --depth 2", mine, "the same on a thousandth", floor, 1.5)


def line(
    name: str,
    mine: measure.Command | Callable[[], measure.Command],
    floor_name: str,
    floor: measure.Command | Callable[[], measure.Command],
    most: float,
    *,
    env: Mapping[str, str] | None = None,
) -> None:
    """A row of the table; the runs of the two take turns, so that both see the same machine."""
    ours, theirs = [], []
    for _ in range(_RUNS + 1):
        ours.append(measure.once(mine() if callable(mine) else mine, env=env))
        theirs.append(measure.once(floor() if callable(floor) else floor))
    seconds, below = _median(ours), _median(theirs)
    memory = sorted(cost.megabytes for cost in ours)[len(ours) // 2]
    print(
        f"| `{name}` | {seconds:.3f} | {floor_name} | {below:.3f} | {seconds / below:.2f} | {most} | {memory:.0f} |",
        flush=True,
    )


def _median(costs: list[measure.Cost]) -> float:
    return statistics.median(cost.seconds for cost in costs[1:])


if __name__ == "__main__":
    main()
