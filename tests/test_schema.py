"""The SQL scripts and the models describe the same tables, and every table keeps its history."""

import pkgutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from importlib import import_module
from pathlib import Path

import pytest
from sqlalchemy.sql.schema import ScalarElementColumnDefault
from sqlmodel import SQLModel

import crmcli.models
from crmcli.db import connection, history, migrate
from crmcli.db.reader import Reader

for _module in pkgutil.iter_modules(crmcli.models.__path__):
    import_module(f"crmcli.models.{_module.name}")

MODELS = SQLModel.metadata.tables
TRACKED = (
    "setting", "owner", "field", "customer", "contact_point", "tag", "customer_tag", "relation_type", "relationship",
    "pipeline", "stage", "deal", "passage", "stage_event", "interaction", "interaction_party",
    "consent", "restriction", "retention_rule", "erasure", "erased_key",
    "task", "segment", "segment_member", "cadence",
    "requirement",
    "address",
    "stage_count",
    "quota",
    "external_id",
)  # fmt: skip
_SQL_TYPES = {"INTEGER": "integer", "VARCHAR": "text"}


@pytest.fixture
def raw(file: Path) -> Iterator[sqlite3.Connection]:
    """The file, to write past every service."""
    with closing(connection.open_to_write(file, 1)) as opened:
        yield opened


def test_the_tables_of_user_data_are_these_in_this_order(db: Reader) -> None:
    assert migrate.tracked(db.connection) == TRACKED


def test_every_table_of_user_data_has_a_model_and_nothing_else_has() -> None:
    assert set(MODELS) == set(TRACKED)


@pytest.mark.parametrize("name", TRACKED)
def test_the_model_has_the_columns_of_the_script(name: str, db: Reader) -> None:
    script = {
        column: (kind.lower(), not (is_needed or is_key))
        for _, column, kind, is_needed, _, is_key in db.rows(f"pragma table_info({name})")
    }

    model = {column.name: (_SQL_TYPES[str(column.type)], bool(column.nullable)) for column in MODELS[name].columns}

    assert model == script


@pytest.mark.parametrize("name", TRACKED)
def test_what_the_model_leaves_open_has_the_default_of_the_script(name: str, db: Reader) -> None:
    script = {row[1]: row[4].strip("'") for row in db.rows(f"pragma table_info({name})") if row[4] is not None}

    model = {
        column.name: str(column.default.arg)
        for column in MODELS[name].columns
        if isinstance(column.default, ScalarElementColumnDefault)
    }

    assert {column: default for column, default in model.items() if column in script} == {
        column: default for column, default in script.items() if column in model
    }


def test_every_table_is_strict(db: Reader) -> None:
    tables = [row for row in db.rows("pragma table_list") if row[2] == "table" and not row[1].startswith("sqlite_")]

    strict = {name for _, name, _, _, _, is_strict in tables if is_strict}

    assert strict == {name for _, name, *_ in tables} == {*TRACKED, *migrate.UNTRACKED}


@pytest.mark.parametrize("name", TRACKED)
def test_the_id_of_every_table_is_an_integer_that_never_comes_back(name: str, db: Reader) -> None:
    script = db.value("select sql from sqlite_schema where type = 'table' and name = :name", name=name)

    assert "id integer primary key autoincrement" in " ".join(script.split())


@pytest.mark.parametrize("name", TRACKED)
def test_every_table_has_its_three_change_triggers(name: str, db: Reader) -> None:
    found = db.rows("select name from sqlite_schema where type = 'trigger' and tbl_name = :name", name=name)

    assert {f"change_{name}_{action}" for action in ("insert", "update", "delete")} <= {row[0] for row in found}


@pytest.mark.parametrize("name", TRACKED)
def test_a_change_keeps_every_column_of_the_old_row(name: str, db: Reader) -> None:
    sql = db.value("select sql from sqlite_schema where name = :name", name=f"change_{name}_delete")

    for column in migrate.columns(db.connection, name):
        assert f"'{column}', old.{column}" in sql


@pytest.mark.parametrize(
    "statement",
    [
        "insert into tag (name, recorded_at) values ('vip', '2026-01-01T00:00:00Z')",
        "update stage set name = 'first' where id = 1",
        "delete from relation_type where id = 10",
    ],
)
def test_a_write_outside_an_operation_is_refused(statement: str, raw: sqlite3.Connection) -> None:
    with pytest.raises(sqlite3.IntegrityError, match=r"change\.operation_id"):
        raw.execute(statement)


def test_every_row_written_in_an_operation_leaves_a_change(raw: sqlite3.Connection) -> None:
    raw.execute("begin immediate")
    number = history.begin(raw, history.Header("test"), recorded_at="2026-01-01T00:00:00Z")
    raw.execute("insert into tag (id, name, recorded_at) values (7, 'vip', '2026-01-01T00:00:00Z')")
    raw.execute("update tag set name = 'VIP' where id = 7")
    raw.execute("delete from tag where id = 7")

    found = raw.execute("select operation_id, table_name, row_id, action, old ->> '$.name' from change order by id")

    assert found.fetchall() == [
        (number, "tag", 7, "insert", None),
        (number, "tag", 7, "update", "vip"),
        (number, "tag", 7, "delete", "VIP"),
    ]


def test_in_bulk_mode_the_triggers_are_silent(raw: sqlite3.Connection) -> None:
    raw.execute("begin immediate")
    history.begin(raw, history.Header("test"), recorded_at="2026-01-01T00:00:00Z")
    raw.execute("update current_operation set is_bulk = 1")
    raw.execute("insert into tag (name, recorded_at) values ('vip', '2026-01-01T00:00:00Z')")

    assert raw.execute("select count(*) from change").fetchone() == (0,)


def test_every_reference_is_indexed(db: Reader) -> None:
    """An undo looks for what refers to the rows that it takes away."""
    bare = []
    for name in TRACKED:
        leading = set()
        for _, index, *_ in db.rows(f"pragma index_list({name})"):
            leading |= {row[2] for row in db.rows(f"pragma index_info({index})") if row[0] == 0}
        bare += [f"{name}.{row[3]}" for row in db.rows(f"pragma foreign_key_list({name})") if row[3] not in leading]

    assert bare == ["relationship.type_id"]  # types are few and hardly ever taken away


def test_the_file_says_whose_it_is_and_which_schema_it_has(db: Reader) -> None:
    assert db.value("pragma application_id") == 0x43524D31
    assert db.value("pragma user_version") == migrate.latest()
    assert [number for number, _ in migrate.scripts()] == list(range(1, migrate.latest() + 1))
