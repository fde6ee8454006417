"""Which column of a file gives which field, and the values of a row by field."""

from collections.abc import Callable, Mapping, Sequence
from string import Formatter

from crmcli.core.wording import did_you_mean, named, shown
from crmcli.errors import InvalidInput
from crmcli.exchange.gathering import SEVERAL, finished, gathered
from crmcli.exchange.layout import Layout, normalised, numberless

Cells = Sequence[str]
Values = dict[str, str]

#: What turns the cells of a record into the fields that it fills and their cells; none of a record that is left out.
Taken = Callable[[Cells], tuple[tuple[str, ...], Cells]]


def fields_of(file: str, header: Sequence[str], layout: Layout, mapping: Mapping[str, str]) -> tuple[str, ...]:
    """The field of each column, "" for one that is not taken; `mapping` goes before what the header says.

    Raises InvalidInput for a column that occurs twice, two that give the same field, and a required field without one.
    """
    _refuse_twice(file, header)
    chosen = [_chosen(name, mapping) for name in header]
    for field in filter(None, chosen):
        _refuse_unknown(field, layout)
    taken = set(filter(None, chosen))
    found = [layout.field(name) for name in header]
    if layout.foreign is not None:
        taken -= SEVERAL
    fields = [
        ("" if said in taken else said) if wish is None else wish for wish, said in zip(chosen, found, strict=True)
    ]
    if layout.foreign is None:
        _refuse_shared(file, header, fields)
    _refuse_missing(file, header, fields, layout)
    return tuple(fields)


def unknown_columns(
    header: Sequence[str], fields: Sequence[str], mapping: Mapping[str, str], layout: Layout
) -> tuple[str, ...]:
    """The columns that no field takes, but for those left out on purpose, and the `id` beside a `uid`."""
    ignored = layout.foreign.ignored if layout.foreign else frozenset[str]()
    return tuple(
        name or f"(column {place})"
        for place, (name, field) in enumerate(zip(header, fields, strict=True), 1)
        if not field
        and _chosen(name, mapping) is None
        and not (name == "id" and "uid" in fields)
        and ignored.isdisjoint((normalised(name), numberless(normalised(name))))
    )


def refuse_unused(mapping: Mapping[str, str], headers: Mapping[str, Sequence[str]]) -> None:
    """Raises InvalidInput for a column of `mapping` that none of the files, given with their headers, has."""
    columns = [name for header in headers.values() for name in header]
    known = {*columns, *map(normalised, columns)}
    for column in mapping:
        if column not in known and normalised(column) not in known:
            files = ", ".join(map(shown, headers))
            message = f"no column {shown(column)} in {files}{did_you_mean(column, columns)}"
            raise InvalidInput(message, hint=f"it has {', '.join(dict.fromkeys(columns))}")


def taken(header: Sequence[str], fields: Sequence[str], layout: Layout, key_place: int | None = None) -> Taken:
    """What turns the cells of a record into those of its fields; what stands at `key_place` is its key."""
    if layout.foreign is not None:
        names = tuple(dict.fromkeys(filter(None, fields)))
        return _by_name(_completed(gathered(header, fields, layout), names, layout), key_place)
    places = [place for place, field in enumerate(fields) if field]
    names = tuple(fields[place] for place in places)
    if key_place is not None or not set(names).issubset(layout.fields) or _usable(layout, names):

        def read(cells: Cells) -> Values:
            return dict(zip(names, [cells[place].strip() for place in places], strict=True))

        return _by_name(_completed(read, names, layout), key_place)
    if len(places) == len(fields):
        return lambda cells: (names, list(map(str.strip, cells)))
    return lambda cells: (names, [cells[place].strip() for place in places])


def _by_name(values: Callable[[Cells], Values], key_place: int | None) -> Taken:
    def read(cells: Cells) -> tuple[tuple[str, ...], Cells]:
        found = values(cells)
        if found and key_place is not None:  # else the row is left out
            found["key"] = cells[key_place].strip()
        return tuple(found), tuple(found.values())

    return read


def place_of(column: str, header: Sequence[str]) -> int | None:
    """Where the column is, by its name or by that name normalised."""
    if column in header:
        return header.index(column)
    return next((place for place, name in enumerate(header) if normalised(name) == normalised(column)), None)


def _completed(read: Callable[[Cells], Values], names: Sequence[str], layout: Layout) -> Callable[[Cells], Values]:
    """`read`, and then the fields that the layout composes, without those that only serve for that."""
    composed = _usable(layout, names)
    parts = [name for name in names if name not in layout.fields]

    def completed(cells: Cells) -> Values:
        found = read(cells)
        for name, templates in composed.items():
            if not found.get(name):
                found[name] = _first_filled(templates, found)
        if layout.foreign is not None and not finished(found, layout.foreign):
            return {}
        for part in parts:
            del found[part]
        return found

    return completed


def _chosen(name: str, mapping: Mapping[str, str]) -> str | None:
    """The field that `mapping` gives to a column, by its name or by that name normalised."""
    if not mapping:
        return None
    if name in mapping:
        return mapping[name]
    return next((field for column, field in mapping.items() if normalised(column) == normalised(name)), None)


def _usable(layout: Layout, names: Sequence[str]) -> dict[str, list[tuple[str, list[str]]]]:
    """The composed fields with those of their templates whose fields there are, each with those fields."""
    usable: dict[str, list[tuple[str, list[str]]]] = {}
    for name, templates in layout.composed.items():
        for template in templates:
            parts = [field for _, field, _, _ in Formatter().parse(template) if field]
            if set(parts) <= set(names):
                usable.setdefault(name, []).append((template, parts))
    return usable


def _first_filled(templates: Sequence[tuple[str, list[str]]], values: Values) -> str:
    return next((template.format_map(values) for template, fields in templates if all(map(values.get, fields))), "")


def _refuse_twice(file: str, header: Sequence[str]) -> None:
    places: dict[str, list[int]] = {}
    for place, name in enumerate(header, 1):
        if name.strip():
            places.setdefault(name, []).append(place)
    for name, found in places.items():
        if len(found) > 1:
            count = "twice" if len(found) == 2 else f"{len(found)} times"  # noqa: PLR2004 (twice)
            where = ", ".join(map(str, found))
            raise InvalidInput(f"{named(file)}: line 1: column {shown(name)} occurs {count} (columns {where})")


def _refuse_shared(file: str, header: Sequence[str], fields: Sequence[str]) -> None:
    for place, field in enumerate(fields):
        first = fields.index(field)
        if field and first != place:
            both = f"columns {shown(header[first])} and {shown(header[place])} ({first + 1}, {place + 1})"
            hint = f"leave one out: --map {shown(header[place] + '=')}"
            raise InvalidInput(f"{named(file)}: line 1: {both} both give {field}", hint=hint)


def _refuse_missing(file: str, header: Sequence[str], fields: Sequence[str], layout: Layout) -> None:
    for group in layout.required:
        if not set(group) & set(fields):
            columns = ", ".join(map(shown, header))
            hint = f"the first line names the columns; say which it is with --map 'COLUMN={group[0]}'"
            message = f"{named(file)}: line 1: no {group[0]} column for {layout.entity} among {columns[:200]}"
            raise InvalidInput(message, hint=hint)


def _refuse_unknown(field: str, layout: Layout) -> None:
    if field not in layout.fields:
        message = f"no field {shown(field)} in {layout.entity}{did_you_mean(field, layout.fields)}"
        raise InvalidInput(message, hint=f"one of {', '.join(layout.fields)}")
