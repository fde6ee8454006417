"""How a value of each kind reads to a person and to a machine."""

from collections.abc import Iterator
from datetime import datetime, tzinfo

from crmcli.core.money import Money
from crmcli.core.result import Column, Kind, Record, split_values
from crmcli.core.wording import percent
from crmcli.render.safety import short, visible

#: Characters of a value in a table or a tree.
LONGEST = 200
#: The kinds whose values JSON has otherwise than they are; see `raw`.
TOLD = frozenset(("money", "values", "boolean"))
_SOFT_HYPHEN = "\u00ad"


def heading(column: Column, *, hyphen: str = "") -> str:
    """The column's name for a person, `hyphen` where it may be broken."""
    return hyphen.join(map(visible, (column.heading or words(column.name)).split(_SOFT_HYPHEN)))


def words(name: str) -> str:
    """A key as a person would write it."""
    return name.replace("_", " ").replace(".", " ").capitalize()


Below = list[tuple[Column, object]]


def beside(record: Record) -> Iterator[tuple[Column, object, Below]]:
    """The fields of a record that a person sees, each with the filled ones that stand under it."""
    values = {column.name: (column, value) for column, value in zip(record.columns, record.values, strict=True)}
    under = {name for column in record.columns for name in column.under if name in values}
    for column, value in values.values():
        if not column.is_hidden and column.name not in under:
            yield (
                column,
                value,
                [values[name] for name in column.under if name in values and values[name][1] is not None],
            )


def aside(below: Below, tz: tzinfo) -> str:
    """What stands under a field, behind its value."""
    said = "; ".join(text(value, column.kind, tz) for column, value in below)
    return f" ({said})" if said else ""


def text(value: object, kind: Kind, tz: tzinfo) -> str:
    """`value` for a person: short, on one line, nothing for what is unknown."""
    match kind, value:
        case _, None:
            shown = ""
        case "boolean", _:
            shown = "yes" if value else "no"
        case "rate", int() | float():
            shown = percent(value)
        case "days", int() | float():
            shown = f"{value:.0f}" if value >= 10 or value == int(value) else f"{value:.1f}"  # noqa: PLR2004
        case "integer", int():
            shown = f"{value:,}"
        case "instant", str():
            shown = _moment(value, tz)
        case "values", str():
            shown = short(", ".join(split_values(value)), LONGEST)
        case _:
            shown = short(str(value), LONGEST)
    return shown


def _moment(value: str, tz: tzinfo) -> str:
    """An instant in the zone; damaged text as what it is."""
    try:
        return datetime.fromisoformat(value).astimezone(tz).strftime("%Y-%m-%d %H:%M")
    except (ValueError, OverflowError):
        return short(value, LONGEST)


def raw(value: object, kind: Kind) -> object:
    """`value` for JSON: money as a decimal string, several values as a list, instants and dates as ISO text."""
    if isinstance(value, Money):
        return value.decimal
    if kind == "values":
        return list(split_values(str(value))) if value else []
    if kind == "boolean" and value is not None:
        return bool(value)
    return value
