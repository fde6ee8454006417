"""Custom fields: values checked against what is defined, on the way in."""

import json
from pathlib import Path

import pytest

from crmcli.core.vocabulary import FieldType
from crmcli.errors import InvalidInput
from crmcli.services import customers, customfields, deals
from crmcli.services.customers import NewCustomer
from crmcli.services.deals import NewDeal
from tests.conftest import Run, wrote


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (FieldType.TEXT, "  two   words ", "two words"),
        (FieldType.NUMBER, "12", 12),
        (FieldType.NUMBER, "12.0", 12),
        (FieldType.NUMBER, "-0.5", -0.5),
        (FieldType.BOOLEAN, "Yes", True),
        (FieldType.BOOLEAN, "0", False),
        (FieldType.DATE, "2026-03-31", "2026-03-31"),
        (FieldType.MONEY, "12k", {"amount": 1_200_000, "currency": "EUR"}),
        (FieldType.MONEY, "JPY 500", {"amount": 500, "currency": "JPY"}),
        (FieldType.CHOICE, "gold", "gold"),
    ],
)
def test_a_value_is_stored_as_its_kind(kind: FieldType, text: str, value: object) -> None:
    assert customfields.parsed("tier", text, kind, ("gold", "silver"), currency="EUR") == value


@pytest.mark.parametrize(
    ("kind", "text", "message"),
    [
        (FieldType.NUMBER, "many", "tier: 'many' is not a number"),
        (FieldType.NUMBER, "nan", "tier: 'nan' is not a number"),
        (FieldType.NUMBER, "1e999", "tier: '1e999' is not a number"),
        (FieldType.BOOLEAN, "perhaps", "tier: 'perhaps' is neither yes nor no"),
        (FieldType.DATE, "31.3.2026", "tier: '31.3.2026' is not a date"),
        (FieldType.MONEY, "much", "amount 'much' is not an amount"),
        (FieldType.CHOICE, "bronze", "tier: no choice 'bronze'; one of gold, silver"),
        (FieldType.TEXT, "a\x07b", "tier: control character"),
    ],
)
def test_a_value_of_another_kind_is_refused(kind: FieldType, text: str, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        customfields.parsed("tier", text, kind, ("gold", "silver"), currency="EUR")


@pytest.fixture
def defined(file: Path, crm: Run) -> Run:
    with wrote(file) as session:
        for entity in ("customer", "deal"):
            session.raw.execute(
                "insert into field (entity, name, type, choices, recorded_at) "
                "values (?, 'tier', 'choice', '[\"gold\",\"silver\"]', '2026-11-20T12:00:00Z')",
                [entity],
            )
        session.raw.execute(
            "insert into field (entity, name, type, recorded_at) "
            "values ('customer', 'staff', 'number', '2026-11-20T12:00:00Z')"
        )
        customers.add(session, NewCustomer("Ada"))
        deals.add(session, NewDeal("Engine"))
    return crm


def test_a_custom_field_is_set_shown_and_emptied(defined: Run) -> None:
    defined("customer edit ada --set tier=gold --set STAFF=12")
    defined("deal edit 1 --set tier=silver")

    ada = json.loads(defined("customer show ada -f json").stdout)
    assert (ada["tier"], ada["staff"]) == ("gold", 12)
    assert json.loads(defined("deal show 1 -f json").stdout)["tier"] == "silver"
    assert defined("customer list tier:gold staff:10.. -f ids").stdout == "1\n"

    defined("customer edit ada --set tier= --set staff=")

    assert json.loads(defined("customer show ada -f json").stdout)["tier"] is None


def test_a_custom_field_that_is_set_to_what_it_is_changes_nothing(defined: Run) -> None:
    defined("customer edit ada --set tier=gold")

    defined("customer edit ada --set tier=gold")

    assert defined("history -f ids --limit 1").stdout == "2\n"
    assert "no choice 'bronze'" in defined("customer edit ada --set tier=bronze", exit_code=2).stderr
