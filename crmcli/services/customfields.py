"""Custom fields: what is defined, and values checked against it."""

import json
import math
from datetime import date

from crmcli.core import money, normal
from crmcli.core.vocabulary import FieldType
from crmcli.core.wording import did_you_mean, shown
from crmcli.db.reader import Reader
from crmcli.errors import InvalidInput

Definitions = dict[str, tuple[FieldType, tuple[str, ...]]]
Value = str | int | float | bool | dict[str, str | int]


def definitions(db: Reader, entity: str) -> Definitions:
    """The custom fields of `entity`: type and choices by name."""
    rows = db.rows("select name, type, choices from field where entity = :entity order by id", entity=entity)
    return {name: (FieldType(kind), tuple(json.loads(choices))) for name, kind, choices in rows}


def changed(custom: str, name: str, value: str, known: Definitions, *, currency: str) -> str:
    """The JSON object `custom` with the field `name` set to `value`, or without it for an empty one."""
    values = json.loads(custom)
    if value.strip():
        kind, choices = known[name]
        values[name] = parsed(name, value, kind, choices, currency=currency)
    else:
        values.pop(name, None)
    return json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def parsed(name: str, text: str, kind: FieldType, choices: tuple[str, ...], *, currency: str) -> Value:
    """`text` as the value that a field of `kind` stores. Raises InvalidInput."""
    text = normal.text(text, name=name)
    match kind:
        case FieldType.NUMBER:
            return number(name, text)
        case FieldType.BOOLEAN:
            return normal.boolean(text, name=name)
        case FieldType.DATE:
            return _date(name, text)
        case FieldType.MONEY:
            return _money(name, text, currency)
        case FieldType.CHOICE if text not in choices:
            return _choice(name, text, choices)
    return text


def number(name: str, text: str) -> int | float:
    """The number that `text` writes with a decimal point. Raises InvalidInput."""
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if math.isnan(value) or abs(value) > money.LIMIT:
        raise InvalidInput(f"{name}: {shown(text)} is not a number")
    return int(value) if value == int(value) else value


def _money(name: str, text: str, currency: str) -> dict[str, str | int]:
    try:
        amount, code = money.split_amount(text, currency)
    except InvalidInput as error:
        raise InvalidInput(f"{name}: {error}", hint=error.hint) from None
    return {"amount": amount, "currency": code}


def _choice(name: str, text: str, choices: tuple[str, ...]) -> str:
    """The choice that is meant, whatever its case and accents."""
    found = next((each for each in choices if normal.fold(each) == normal.fold(text)), None)
    if found is None:
        raise InvalidInput(f"{name}: no choice {shown(text)}; one of {', '.join(choices)}{did_you_mean(text, choices)}")
    return found


def _date(name: str, text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise InvalidInput(f"{name}: {shown(text)} is not a date", hint="write 2026-03-31") from None
