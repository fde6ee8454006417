"""The values of a row of another system: several columns for one field, several values in one cell, dates in its own way."""

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial

from crmcli.core.result import join_values, split_values
from crmcli.exchange.layout import Foreign, Layout, normalised, numberless

Cells = Sequence[str]
Values = dict[str, str]
_Label = str | int | None

_FAMILY_FIRST = "[\u3400-\u9fff\uac00-\ud7a3]+"

#: The fields that hold several values; of the others the first column that is filled counts.
SEVERAL = frozenset(
    {
        *("email", "phone", "tag", "customer", "related", "related.key", "related.email"),
        *("sender.email", "sender.key", "recipient.email", "recipient.key"),
    }
)


def gathered(header: Sequence[str], fields: Sequence[str], layout: Layout) -> Callable[[Cells], Values]:
    """What turns the cells of a record into its values by field; the columns of a field go in the order of the layout."""
    foreign = layout.foreign or Foreign("")
    order = {name: place for place, name in enumerate(layout.headers)}
    places = {normalised(name): place for place, name in enumerate(header)}
    columns: dict[str, list[tuple[int, _Label]]] = {}

    def rank(place: int) -> tuple[int, int]:
        name = normalised(header[place])
        return order.get(name, order.get(numberless(name), len(order))), place

    for place in sorted((place for place, field in enumerate(fields) if field), key=rank):
        label = _label_of(normalised(header[place]), foreign, places)
        columns.setdefault(fields[place], []).append((place, label))
    taken = [
        (name, found, partial(_read, name, layout.values.get(name, {}), foreign)) for name, found in columns.items()
    ]

    def read(cells: Cells) -> Values:
        return {
            name: _united(name, [_labelled(read(cells[place]), cells, label) for place, label in found])
            for name, found, read in taken
        }

    return read


def finished(values: Values, foreign: Foreign) -> bool:
    """Give a row without a name that of its organisation or its first e-mail; whether the row is wanted.

    Chinese and Korean names put the family first, without a space.
    """
    given, family = values.get("first", ""), values.get("last", "")
    if values.get("name") == f"{given} {family}" and re.fullmatch(_FAMILY_FIRST, given + family):
        values["name"] = family + given
    if foreign.organisation is not None and not values.get("name"):
        if name := values.get(foreign.organisation):
            values.update({"name": name, "kind": "organisation", foreign.organisation: ""})
        else:
            values["name"] = next(iter(split_values(values.get("email", ""))), "")
    return not any(values.get(field, "") in unwanted for field, unwanted in foreign.skips.items())


def _label_of(name: str, foreign: Foreign, places: Mapping[str, int]) -> _Label:
    """What says of the values of the column `name` what they are: a text, or the place of another column."""
    for known in (name, numberless(name)):
        if known in foreign.roles:
            return foreign.roles[known]
        if known in foreign.labels:
            number = re.search(r"_([0-9]+)(?:_|$)", name)
            return places.get(foreign.labels[known].replace("#", number[1] if number else "#"))
    return None


def _read(field: str, values: Mapping[str, str], foreign: Foreign, cell: str) -> list[str]:
    """The values in a cell."""
    text = cell.strip()
    if not text or text in foreign.nothing:
        return []
    separator = foreign.separators.get(field)
    parts = text.split(separator) if separator else split_values(text) if field in SEVERAL else (text,)
    found = []
    for part in map(str.strip, parts):
        value = values.get(part, part)
        if field in foreign.extracts:
            match = foreign.extracts[field].search(value)
            value = match[1] if match else ""
        if field in foreign.dates:
            value = _day(value, foreign.dates[field])
        found.append(value)
    return [value for value in found if value]


def _labelled(values: list[str], cells: Cells, label: _Label) -> list[str]:
    if label is None:
        return values
    said = label if isinstance(label, str) else cells[label].removeprefix("* ").strip()
    return [f"{said}:{value}" for value in values]


def _united(field: str, columns: list[list[str]]) -> str:
    values = [value for column in columns for value in column]
    return join_values(dict.fromkeys(values)) if field in SEVERAL else next(iter(values), "")


def _day(text: str, ways: Sequence[str]) -> str:
    """The date as ISO writes it; one that is written in none of the ways stays as it is."""
    for way in ways:
        with suppress(ValueError):
            found = datetime.strptime(text, way)  # noqa: DTZ007 (the zone, where there is one, is a part of the way)
            if "%H" not in way:
                return found.date().isoformat()
            return found.isoformat() + ("Z" if way.endswith(("UTC", "Z")) else "")
    return text
