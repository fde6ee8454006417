"""What is missing from a record of a customer, or invalid in it."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date

from crmcli.core import normal
from crmcli.core.result import Column, Table, split_values
from crmcli.core.vocabulary import CustomerKind, FieldType
from crmcli.db.reader import Reader
from crmcli.errors import InvalidInput

_COLUMNS = (Column("field"), Column("problem"), Column("value"), Column("next"))

#: What a record in full has.
EXPECTED: Mapping[str, Sequence[str]] = {
    CustomerKind.PERSON: ("email", "phone", "employer", "title", "city", "country", "source", "owner"),
    CustomerKind.ORGANISATION: ("email", "phone", "industry", "city", "country", "source", "owner"),
}


def quality(db: Reader, values: Mapping[str, object]) -> tuple[float, Table]:
    """The share of the expected fields that are filled, 0..1, and a row for each problem with its next command.

    The city and the country of any address will do.
    """
    expected = EXPECTED[str(values["kind"])]
    places = db.row("select max(city), max(country) from address where customer_id = :id", id=values["id"])
    elsewhere = dict(zip(("city", "country"), places or (None, None), strict=True))
    missing = [name for name in expected if not (values[name] or elsewhere.get(name))]
    rows: list[tuple[str, str, str | None, str]] = [(name, "missing", None, _follow(values, name)) for name in missing]
    rows += [(name, "invalid", value, _follow(values, name)) for name, value in _invalid(db, values)]
    return 1 - len(missing) / len(expected), Table(
        _COLUMNS, rows, title="Data quality", empty="nothing missing or invalid"
    )


def _invalid(db: Reader, values: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    if "@" in str(values["name"]):
        yield "name", str(values["name"])
    for name, check in (("email", normal.email), ("phone", _phone)):
        for value in split_values(str(values[name] or "")):
            if not _passes(check, value):
                yield name, value
    for name, kind, choices in db.rows("select name, type, choices from field where entity = 'customer' order by id"):
        said = values.get(name)
        is_fit = (kind != FieldType.CHOICE or said in json.loads(choices)) and (
            kind != FieldType.DATE or _passes(date.fromisoformat, str(said))
        )
        if said is not None and not is_fit:
            yield name, str(said)


def _phone(text: str) -> str:
    return normal.phone(text, None)


def _passes(check: Callable[[str], object], value: str) -> bool:
    try:
        check(value)
    except (InvalidInput, ValueError):
        return False
    return True


def _follow(values: Mapping[str, object], name: str) -> str:
    return f"crm customer edit {values['handle']} --set {name}=…"
