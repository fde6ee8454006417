"""Custom fields of the rows: defined where they are new, values checked against what they may hold."""

import json
from collections.abc import Callable, Sequence
from functools import partial

from crmcli.core.vocabulary import FieldType
from crmcli.errors import InvalidInput
from crmcli.exchange.layout import OWN
from crmcli.exchange.own import FIELDS
from crmcli.exchange.profiles import description
from crmcli.exchange.source import Source
from crmcli.services import customfields
from crmcli.services.customfields import Definitions
from crmcli.services.importing.cells import BadCell, Reader, Unclear, Values, remembered
from crmcli.services.importing.columns import Columns
from crmcli.services.importing.leniency import UNREAD
from crmcli.services.importing.reading import Composed
from crmcli.services.importing.work import Work


def definitions(work: Work, source: Source, entity: str) -> Definitions:
    """The custom fields that the rows of `source` fill: as the file defines them, else as the profile does, else texts."""
    known = {name: found for name, found in customfields.definitions(work.db, entity).items() if name in source.fields}
    wanted: Definitions = {name: (kind, ()) for name, kind in _types(source, entity).items()}
    new: Definitions = dict.fromkeys(unknown(work, source, entity), (FieldType.TEXT, ()))
    return {**new, **wanted, **known}


def unknown(work: Work, source: Source, entity: str) -> list[str]:
    """The fields of a file that are not defined yet."""
    known = {*customfields.definitions(work.db, entity), ""}
    if source.profile == OWN:
        return [name for name in source.fields if name not in {*known, *FIELDS[source.entity]}]
    known |= {*description.FIELDS[source.entity], *source.custom_types}
    return [name for name in dict.fromkeys(source.fields) if name in source.layout.fields and name not in known]


def composed(work: Work, source: Source, entity: str) -> dict[str, Composed]:
    """What reads the custom fields of a row into a JSON object, None without any; nothing where there are no fields."""
    readers: dict[str, Reader] = {}
    columns = Columns(work, source)
    for name, (kind, choices) in definitions(work, source, entity).items():
        plain = _plain(columns, name, kind)
        read = partial(_parsed, name, kind, choices, work.currency)
        if plain:
            read = partial(_read, read, plain)
        elif source.layout.foreign is not None and kind is FieldType.TEXT:
            read = partial(_on_one_line, read)
        readers[name] = remembered(read)
    cleared = [name for name in readers if name in source.fields] if work.wish.blank_clears else []
    return {"custom": partial(_object, readers, cleared)} if readers else {}


def define(work: Work, source: Source, entity: str) -> None:
    """Define the fields that the rows fill and that the file does not know yet."""
    filled = f"select distinct j.key from import_{entity} r, json_each(r.custom) j where r.custom is not null"
    found = {name for (name,) in work.db.rows(filled)} if _types(source, entity) else set()
    for name, kind in _types(source, entity).items():
        if name in found:
            define_field(work, entity, name, kind)


def _types(source: Source, entity: str) -> dict[str, FieldType]:
    """The custom fields of a profile; those of customers have one for what cannot be read."""
    is_eased = source.layout.foreign is not None and entity == "customer"
    return {**source.custom_types, **({UNREAD: FieldType.TEXT} if is_eased else {})}


def define_field(work: Work, entity: str, name: str, kind: FieldType) -> None:
    """Define a field unless it is."""
    if name not in customfields.definitions(work.db, entity):
        work.bulk.insert(
            "field",
            "entity, name, type, recorded_at",
            "select :entity, :name, :type, :now",
            entity=entity,
            name=name,
            type=kind.value,
            now=work.recorded_at,
        )


def merged(old: str, new: str | None) -> str:
    """The JSON object `old` with the members of `new`, without those that are null there."""
    if not new:
        return old
    both = json.loads(old) | json.loads(new)
    return text({name: value for name, value in both.items() if value is not None})


def united(first: str, later: str) -> str:
    """What two rows about one record say together: the last word that is one."""
    both: dict[str, object] = json.loads(first)
    for name, value in json.loads(later).items():
        both[name] = both.get(name) if value is None else value
    return text(both)


def text(values: dict[str, object]) -> str:
    """A JSON object as the column `custom` holds it."""
    return json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _object(readers: dict[str, Reader], cleared: Sequence[str], values: Values) -> str | None:
    """The fields that a row fills, and as null those `cleared` whose cell is blank; one that cannot be read is not."""
    found: dict[str, object] = {name: None for name in cleared if values.get(name) == ""}
    for name, read in readers.items():
        if values.get(name):
            try:
                found[name] = read(values[name])
            except Unclear:
                raise
            except InvalidInput as error:
                raise BadCell(name, str(error)) from None
    return text(found) if found else None


def _on_one_line(read: Reader, value: str) -> object:
    """Other systems keep lines where a field of ours holds one."""
    return read(", ".join(line.strip() for line in value.splitlines() if line.strip()))


def _plain(columns: Columns, name: str, kind: FieldType) -> Callable[[str], str] | None:
    """What puts a text of a file as a person would type it, for kinds that are written in several ways."""
    if kind is FieldType.DATE:
        return columns.day(name)
    return columns.number(name) if kind in (FieldType.NUMBER, FieldType.MONEY) else None


def _read(read: Reader, plain: Callable[[str], str], text: str) -> object:
    return read(plain(text))


def _parsed(name: str, kind: FieldType, choices: tuple[str, ...], currency: str, value: str) -> object:
    return customfields.parsed(name, value, kind, choices, currency=currency)
