import pkgutil
from importlib import import_module
from typing import TYPE_CHECKING

import pytest

import crmcli.query
from crmcli.core.result import Kind
from crmcli.errors import InvalidInput
from crmcli.query.comparison import Moment
from crmcli.query.entities import NAMES, entity
from crmcli.query.fields import Field
from crmcli.query.sql import clock, order, select, where
from crmcli.query.syntax import parse

if TYPE_CHECKING:
    from tests.query.conftest import File

_VALUES: dict[Kind, str] = {"money": "1k..5k", "date": "2026-03", "instant": "-3d..", "boolean": "yes"}


def words_for(field: Field) -> list[list[str]]:
    value = field.choices[0] if field.choices else _VALUES.get(field.kind, "7")
    ops = (":", "=", "!=") if field.kind in ("boolean", "money", "instant") else (":", "=", "!=", ">", ">=", "<", "<=")
    return [[f"{field.name}{op}{value}"] for op in ops] + [[f"{field.name}:"], [f"has:{field.name}"]]


@pytest.mark.parametrize("name", NAMES)
def test_every_field_can_be_asked_shown_and_sorted_by(file: "File", moment: Moment, name: str) -> None:
    asked = entity(name, file.db)

    for field in asked.fields.values():
        for words in words_for(field):
            query = parse([*words, f"sort:-{field.name},{field.name}"])
            condition, by = where(query, asked, moment=moment), order(query, asked)
            sql = select(asked, [field.shown], condition, joins=[*by.joins, *field.joins]) + f" order by {by.sql}"
            list(file.db.rows(sql, condition.parameters | clock(sql, moment)))


@pytest.mark.parametrize("name", NAMES)
def test_every_state_can_be_asked_for(file: "File", moment: Moment, name: str) -> None:
    asked = entity(name, file.db)

    for state in asked.states:
        condition = where(parse([f"is:{state.name}", "word"]), asked, moment=moment)
        assert list(file.db.rows(select(asked, [asked.key], condition), condition.parameters)) == []


@pytest.mark.parametrize("name", NAMES)
def test_columns_and_words_are_fields_and_every_field_says_what_it_is(file: "File", name: str) -> None:
    asked = entity(name, file.db)

    assert {*asked.columns, *asked.exported, *asked.words} <= set(asked.fields)
    assert all(key == field.name and field.help for key, field in asked.fields.items())
    assert {join for field in asked.fields.values() for join in field.joins} <= set(asked.joins)


def test_every_entity_of_the_package_is_known_by_its_name() -> None:
    modules = (import_module(f"crmcli.query.{each.name}") for each in pkgutil.iter_modules(crmcli.query.__path__))

    assert {name for module in modules for name in getattr(module, "ENTITIES", ())} == set(NAMES)


def test_an_unknown_kind_of_record_is_refused(file: "File") -> None:
    with pytest.raises(InvalidInput, match=r"no kind of record 'custmer'; did you mean 'customer'\?"):
        entity("custmer", file.db)
