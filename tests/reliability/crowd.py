"""What many processes on one file were told, held against what is in it then."""

from pathlib import Path

from crmcli.db import connection
from crmcli.db.reader import Reader
from crmcli.reports.invariants import breaches
from tests.conftest import add_customers, run
from tests.reliability.hammer import PEOPLE, ROWS, Account, all_at_once


def ready(file: Path) -> None:
    """Customers and a deal of each, and two files to import that name the same people."""
    add_customers(file, PEOPLE)
    for number in range(1, PEOPLE + 1):
        run(f"deal add Deal{number} --customer {number} --amount 100 --db {file}")
    for name, city in (("rows.csv", "Berlin"), ("more.csv", "Paris")):
        rows = "".join(f"Person {n},person.{n}@rows.example,{city},bulk\n" for n in range(ROWS))
        (file.parent / name).write_text(f"name,email,city,tags\n{rows}", "utf-8")


def lost(db: Reader, account: Account, before: dict[str, int]) -> list[str]:
    """What was acknowledged and is not there, or is there twice."""
    expected = {
        "select count(*) from customer where name like 'Rival %'": account.done("add"),
        "select count(*) from interaction": account.done("log"),
        "select count(*) from stage_event where from_stage_id is not to_stage_id": before["moves"]
        + account.done("move"),
        "select count(*) from customer_tag t join tag on tag.id = t.tag_id "
        "where t.customer_id = 1 and tag.name like 't%'": account.done("tag"),
        "select count(*) from customer where name like 'Person %'": ROWS if account.done("import") else 0,
        "select count(*) - count(distinct value) from contact_point where is_live": 0,
    }
    found = {sql: db.value(sql) for sql in expected}
    wrong = [f"{sql}: {found[sql]} of {count}" for sql, count in expected.items() if found[sql] != count]
    wrong += [str(breach) for breach in breaches(db)]
    return wrong if db.value("pragma integrity_check") == "ok" else [*wrong, "damaged"]


def hammered(file: Path, *, count: int, imports: int, writers: int) -> tuple[Account, list[str]]:
    """What sixteen writers were told, and what they lost."""
    ready(file)
    with connection.reading(file) as db:
        before = {"moves": db.value("select count(*) from stage_event where from_stage_id is not to_stage_id")}
    account = all_at_once(file, count=count, imports=imports, writers=writers)
    with connection.reading(file) as db:
        return account, account.said + lost(db, account, before)
