"""How a value of each kind reads to a person and to a machine."""

from datetime import datetime, tzinfo

from crmcli.core.money import Money
from crmcli.core.result import Column, Kind, split_values
from crmcli.render.safety import visible

_LONGEST = 200
_SOFT_HYPHEN = "\u00ad"


def heading(column: Column, *, hyphen: str = "") -> str:
    """The column's name for a person, `hyphen` where it may be broken."""
    return (column.heading or words(column.name)).replace(_SOFT_HYPHEN, hyphen)


def words(name: str) -> str:
    """A key as a person would write it."""
    return name.replace("_", " ").replace(".", " ").capitalize()


def text(value: object, kind: Kind, tz: tzinfo) -> str:
    """`value` for a person: short, on one line, nothing for what is unknown."""
    match kind, value:
        case _, None:
            shown = ""
        case "boolean", _:
            shown = "yes" if value else "no"
        case "rate", int() | float():
            shown = f"{100 * value:.1f} %"
        case "days", int() | float():
            shown = f"{value:.0f}" if value >= 10 or value == int(value) else f"{value:.1f}"  # noqa: PLR2004
        case "integer", int():
            shown = f"{value:,}"
        case "instant", str():
            shown = datetime.fromisoformat(value).astimezone(tz).strftime("%Y-%m-%d %H:%M") if value else ""
        case "values", str():
            shown = visible(", ".join(split_values(value)))
        case _:
            shown = visible(str(value))
    return shown if len(shown) <= _LONGEST else shown[: _LONGEST - 1] + "…"


def raw(value: object, kind: Kind) -> object:
    """`value` for JSON: money as a decimal string, several values as a list, instants and dates as ISO text."""
    if isinstance(value, Money):
        return value.decimal
    if kind == "values":
        return list(split_values(str(value))) if value else []
    if kind == "boolean" and value is not None:
        return bool(value)
    return value
