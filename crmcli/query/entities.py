"""The kinds of record by name, with the fields that the file itself adds."""

from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module

from crmcli.core.result import Kind
from crmcli.core.vocabulary import FieldType
from crmcli.core.wording import did_you_mean
from crmcli.db.reader import Reader
from crmcli.errors import InvalidInput
from crmcli.query.fields import Entity, Field
from crmcli.query.segments import Segments

_MODULES = {
    "customer": "customer",
    "deal": "deal",
    "interaction": "interaction",
    "relationship": "relationship",
    "relation_type": "relationship",
    "task": "task",
    "segment": "segment",
    "cadence": "cadence",
    "quota": "quota",
    "operation": "operation",
    "pipeline": "pipeline",
    "stage": "pipeline",
    "stage_event": "pipeline",
    "consent": "privacy",
    "retention_rule": "privacy",
    "owner": "catalogue",
    "tag": "catalogue",
    "field": "catalogue",
}

#: The names of all kinds of record.
NAMES = tuple(_MODULES)

_KINDS: dict[str, Kind] = {
    FieldType.TEXT: "text",
    FieldType.NUMBER: "number",
    FieldType.DATE: "date",
    FieldType.CHOICE: "text",
    FieldType.BOOLEAN: "boolean",
}


def builtin(name: str) -> Entity:
    """What can be asked about the records called `name` in every file."""
    found: Entity = import_module(f"{__package__}.{_MODULES[name]}").ENTITIES[name]
    return found


def entity(name: str, db: Reader) -> Entity:
    """All that can be asked about the records called `name`, custom fields and the choices of the file included."""
    if name not in _MODULES:
        raise InvalidInput(f"no kind of record {name!r}{did_you_mean(name, NAMES)}", hint=f"one of {', '.join(NAMES)}")
    found = builtin(name)
    custom = [each for each in _custom(name, db) if each.name not in found.fields]
    fields = dict(found.fields)
    for each in (*custom, *_inherited(name, db)):
        fields.setdefault(each.name, each)
    exported = (*found.exported, *(each.name for each in custom))
    segments = Segments(db) if found.customers else None
    return replace(found, fields=_with_choices(fields, db), exported=exported, segments=segments)


def _custom(name: str, db: Reader) -> Iterator[Field]:
    """The custom fields of customers or deals."""
    if name not in ("customer", "deal"):
        return
    from json import loads

    defined = "select name, type, choices from field where entity = :name order by id"
    for field, kind, choices in db.rows(defined, name=name):
        value = _member(f"{name[0]}.custom", field)
        listed = tuple(loads(choices)) if kind == FieldType.CHOICE else ()
        if kind == FieldType.MONEY:
            amount, currency = f"json_extract({value}, '$.amount')", f"json_extract({value}, '$.currency')"
            yield Field(field, "money", amount, "a field of your own", currency=currency)
        else:
            yield Field(field, _KINDS[kind], value, "a field of your own", choices=listed)


def _inherited(name: str, db: Reader) -> Iterator[Field]:
    """The custom fields of its customer, for a deal."""
    if name == "deal":
        from crmcli.query.deal import of_customer

        yield from map(of_customer, _custom("customer", db))


def _member(column: str, name: str) -> str:
    """The SQL of a member of a JSON object, whatever its name."""
    if "\0" in name:  # SQL cannot hold it
        return f"(select value from json_each({column}) where key = cast(x'{name.encode().hex()}' as text))"
    quoted = name.replace("'", "''")
    if '"' in name or "\\" in name:
        return f"(select value from json_each({column}) where key = '{quoted}')"
    return f"json_extract({column}, '$.\"{quoted}\"')"


def _with_choices(fields: dict[str, Field], db: Reader) -> dict[str, Field]:
    """The fields with the choices that the file gives them."""
    asked: dict[str, tuple[str, ...]] = {}
    for sql in {each.choices_sql for each in fields.values() if each.choices_sql}:
        asked[sql] = tuple(dict.fromkeys(str(value) for (value,) in db.rows(sql)))
    return {
        name: replace(each, choices=asked[each.choices_sql]) if each.choices_sql else each
        for name, each in fields.items()
    }
