"""Columns that the file has no field for and that become custom fields, of the type that all values fit."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial

from crmcli.core.vocabulary import FieldType
from crmcli.errors import InvalidInput
from crmcli.exchange.layout import OWN
from crmcli.exchange.source import Source
from crmcli.services import customfields
from crmcli.services.importing import custom
from crmcli.services.importing.staging import Stage

#: The types to try, in order; text fits all.
_TYPES = (FieldType.NUMBER, FieldType.BOOLEAN, FieldType.DATE, FieldType.TEXT)


def columns(source: Source, *, is_wanted: bool = False) -> tuple[str, ...]:
    """The columns that are to become fields: of an export of ours, read from a file, and where that is wanted."""
    is_export = source.profile == OWN and "uid" in source.fields and source.sha256 is not None
    return tuple(name for name in source.unknown if not name.startswith("(")) if is_export or is_wanted else ()


def define(stage: Stage, entity: str, sources: Sequence[Source]) -> None:
    """Define the fields that are new, and give their values, texts in the column `custom` of the rows, their types."""
    work = stage.work
    names = dict.fromkeys(name for source in sources for name in custom.unknown(work, source, entity))
    if not names or stage.is_empty():
        return
    seen = _types(stage, list(names))
    ours = {name for source in sources if source.profile == OWN for name in custom.unknown(work, source, entity)}
    types = {name: seen.get(name, FieldType.TEXT) for name in names if name in seen or name in ours}
    for name, kind in types.items():
        custom.define_field(work, entity, name, kind)
        work.note(f"made the custom field {name} ({kind})")
    work.bulk.function("typed", 1, partial(_typed, types))
    work.bulk.run(f"update {stage.table} set custom = typed(custom) where custom is not null")


def _types(stage: Stage, names: Sequence[str]) -> dict[str, FieldType]:
    """The first type that all values of a field fit, where it has any."""
    left = {name: list(_TYPES) for name in names}
    seen = set()
    for (text,) in stage.work.db.rows(f"select custom from {stage.table} where custom is not null"):
        for name, value in json.loads(text).items():
            if name in left and value is not None:
                seen.add(name)
                left[name] = [kind for kind in left[name] if _fits(kind, str(value))]
    return {name: kinds[0] for name, kinds in left.items() if name in seen}


def _fits(kind: FieldType, text: str) -> bool:
    """Whether the text is how an export writes a value of the type."""
    return kind is FieldType.TEXT or _WRITTEN[kind](text)


def _typed(types: Mapping[str, FieldType], text: str) -> str:
    values = json.loads(text)
    for name, kind in types.items():
        if values.get(name) is not None:
            values[name] = customfields.parsed(name, values[name], kind, (), currency="")
    return custom.text(values)


def _is_number(text: str) -> bool:
    try:
        return str(customfields.number("", text)) == text
    except InvalidInput:
        return False


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


_WRITTEN: Mapping[FieldType, Callable[[str], bool]] = {
    FieldType.NUMBER: _is_number,
    FieldType.BOOLEAN: lambda text: text in ("true", "false"),
    FieldType.DATE: _is_date,
}
