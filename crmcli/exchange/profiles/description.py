"""A profile as its TOML file says it: read, checked, and made into layouts."""

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import NoReturn, TypedDict

from crmcli.core.vocabulary import FieldType, Outcome
from crmcli.core.wording import did_you_mean, shown
from crmcli.errors import InvalidInput
from crmcli.exchange import own
from crmcli.exchange.layout import Foreign, Layout, normalised

_RELATED = ("related.key", "related.email", "related")
_FOREIGN = ("employer.key", "parent.key", *_RELATED, "key")
_TALKS = ("sender.key", "sender.email", "recipient.key", "recipient.email", "key")

#: The fields of a kind of record, those included that only the files of other systems have.
FIELDS: dict[str, tuple[str, ...]] = {
    **own.FIELDS,
    "customers": (*own.FIELDS["customers"], *_FOREIGN),
    "deals": (*own.FIELDS["deals"], "customer.key", "key"),
    "stage-events": (*own.FIELDS["stage-events"], "deal.key"),
    "interactions": (*own.FIELDS["interactions"], *_TALKS),
    "relations": (*own.FIELDS["relations"], "key"),
    "products": ("name", "series", "list_price"),
    "owners": ("name", "email", "manager", "region"),
}

_TEXTS, _LISTS, _TABLE, _TABLES = "a list of texts", "lists of texts", "a table of texts", "tables of texts"
_KEYS = {
    "entity": "a text",
    "title": "a text",
    "signature": _TEXTS,
    "columns": _TABLE,
    "composed": _LISTS,
    "values": _TABLES,
    "constants": _TABLE,
    "stages": "a list of lists",
    "custom_types": _TABLE,
    "separators": _TABLE,
    "labels": _TABLE,
    "nothing": _TEXTS,
    "dates": _LISTS,
    "extracts": _TABLE,
    "skips": _LISTS,
    "ignored": _TEXTS,
    "organisation": "a text",
}
_PART = r"(?:[^{}]|\{[a-z_]+\})*"


class _File(TypedDict, total=False):
    """One file of a system; see Layout and Foreign."""

    entity: str
    title: str
    signature: list[str]
    columns: dict[str, str]
    composed: dict[str, list[str]]
    values: dict[str, dict[str, str]]
    constants: dict[str, str]
    stages: list[tuple[str, str]]
    custom_types: dict[str, str]
    separators: dict[str, str]
    labels: dict[str, str]
    nothing: list[str]
    dates: dict[str, list[str]]
    extracts: dict[str, str]
    skips: dict[str, list[str]]
    ignored: list[str]
    organisation: str


@cache
def layouts(path: Path) -> tuple[Layout, ...]:
    """The layouts that the file at `path` describes. Raises InvalidInput where it cannot be understood."""
    try:
        said = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise InvalidInput(f"the profile '{path}' cannot be read: {reason}") from None
    files, source = said.get("file"), said.get("source", path.stem)
    if not isinstance(files, list) or not files or not isinstance(source, str) or ":" in source:
        raise InvalidInput(f"the profile '{path}' describes no file", hint="crm help import shows how one is written")
    try:
        return tuple(_layout(path.stem, source, _checked(path, each)) for each in files)
    except (ValueError, re.error) as error:
        raise InvalidInput(f"the profile '{path}': {error}") from None


def _layout(profile: str, source: str, said: _File) -> Layout:
    custom = {field: FieldType(kind) for field, kind in said.get("custom_types", {}).items()}
    columns = {normalised(header): _role(field) for header, field in said["columns"].items()}
    headers = {header: field for header, (field, _) in columns.items()}
    return Layout(
        profile=profile,
        entity=said["entity"],
        headers=headers,
        fields=(*FIELDS[said["entity"]], *custom),
        signature=frozenset(map(normalised, said.get("signature", said["columns"]))),
        composed={name: tuple(templates) for name, templates in said.get("composed", {}).items()},
        values=said.get("values", {}),
        constants=said.get("constants", {}),
        stages=tuple((stage, Outcome(outcome)) for stage, outcome in said.get("stages", [])),
        custom_types=custom,
        source=source,
        foreign=Foreign(
            title=said.get("title", profile),
            separators=said.get("separators", {}),
            labels={normalised(header): normalised(label) for header, label in said.get("labels", {}).items()},
            roles={header: role for header, (_, role) in columns.items() if role},
            nothing=frozenset(said.get("nothing", ())),
            dates={field: tuple(ways) for field, ways in said.get("dates", {}).items()},
            extracts={field: re.compile(pattern) for field, pattern in said.get("extracts", {}).items()},
            skips={field: frozenset(values) for field, values in said.get("skips", {}).items()},
            ignored=frozenset(map(normalised, said.get("ignored", ()))),
            organisation=said.get("organisation"),
        ),
    )


def _role(field: str) -> tuple[str, str]:
    """`related.spouse` as the field `related` and the role `spouse`."""
    name = next((name for name in _RELATED if field.startswith(f"{name}.") and field not in _RELATED), field)
    return name, field[len(name) + 1 :]


def _checked(path: Path, said: _File) -> _File:
    """What the TOML says of a file, where it says it as it has to."""
    for key, value in said.items():
        if key not in _KEYS:
            _refuse(path, f"unknown key {shown(key)}{did_you_mean(key, _KEYS)}")
        if not _fits(_KEYS[key], value):
            _refuse(path, f"{key} is not {_KEYS[key]}")
    if said.get("entity") not in FIELDS:
        _refuse(path, f"entity is not one of {', '.join(FIELDS)}")
    if not said.get("columns"):
        _refuse(path, "a file without columns")
    for templates in said.get("composed", {}).values():
        for template in templates:
            if not re.fullmatch(_PART, template):
                _refuse(path, f"{shown(template)} is no template; write {{field}}")
    return said


def _fits(kind: str, value: object) -> bool:
    match kind:
        case "a text":
            return isinstance(value, str)
        case "a list of texts":
            return _is_texts(value)
        case "a list of lists":
            return isinstance(value, list) and all(map(_is_texts, value))
        case "a table of texts":
            return isinstance(value, dict) and _are_texts(value.values())
        case "lists of texts":
            return isinstance(value, dict) and all(map(_is_texts, value.values()))
    return isinstance(value, dict) and all(
        isinstance(each, dict) and _are_texts(each.values()) for each in value.values()
    )


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and _are_texts(value)


def _are_texts(values: Iterable[object]) -> bool:
    return all(isinstance(each, str) for each in values)


def _refuse(path: Path, reason: str) -> NoReturn:
    raise InvalidInput(f"the profile '{path}': {reason}", hint="crm help import shows how one is written")
