from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from crmcli.core.normal import handle
from crmcli.core.preferences import Preferences
from crmcli.db import history
from crmcli.db.connection import in_memory
from crmcli.db.reader import Reader
from crmcli.query.comparison import Moment

AT = "2026-11-21T09:00:00Z"


@dataclass(frozen=True, slots=True)
class File:
    """An in-memory file with an operation open, so that raw SQL may fill it."""

    db: Reader

    def insert(self, table: str, **values: object) -> int:
        """The id of a new row; what every table needs is filled in."""
        columns = {row[1] for row in self.db.rows(f"pragma table_info({table})")}
        count = self.db.value(f"select count(*) from {table}")
        usual = {
            "uid": f"00000000-0000-7000-8000-{table[0]:0>3}{count + 100:09}".replace(table[0], "f"),
            "recorded_at": AT,
        }
        row = {name: value for name, value in usual.items() if name in columns} | values
        marks = ", ".join(f":{name}" for name in row)
        sql = f"insert into {table} ({', '.join(row)}) values ({marks}) returning id"
        return int(self.db.value(sql, row))

    def customer(self, name: str, **values: object) -> int:
        return self.insert(
            "customer", **{"kind": "person", "name": name, "handle": handle(name), "created_at": AT} | values
        )

    def contact(self, customer: int, kind: str, value: str) -> int:
        return self.insert("contact_point", customer_id=customer, kind=kind, value=value)

    def tag(self, customer: int, *names: str) -> None:
        for name in names:
            known = self.db.value("select id from tag where name = :name", name=name)
            self.insert("customer_tag", customer_id=customer, tag_id=known or self.insert("tag", name=name))

    def deal(self, name: str, *, stage: int = 1, entered: str = AT, **values: object) -> int:
        number = self.insert("deal", **{"name": name, "currency": "EUR", "created_at": AT} | values)
        self.insert("passage", deal_id=number, pipeline_id=1, stage_id=stage, began_at=AT, stage_entered_at=entered)
        return number

    def relate(self, one: int, type_id: int, other: int, **values: object) -> int:
        ends = {"from_id": one, "type_id": type_id, "to_id": other, "created_at": AT}
        return self.insert("relationship", **ends | values)


@pytest.fixture
def file() -> Iterator[File]:
    with closing(in_memory()) as connection:
        connection.execute("begin")
        history.begin(connection, history.Header("test"), recorded_at=AT)
        yield File(Reader(connection))


@pytest.fixture
def moment() -> Moment:
    return Moment(datetime(2026, 11, 21, 9, tzinfo=UTC), Preferences(zone="Europe/Berlin"))
