"""How a value of each kind reads to a person and to a machine."""

from datetime import datetime, tzinfo

from crmcli.core.money import Money
from crmcli.core.result import Kind, split_values
from crmcli.render.safety import visible

_LONGEST = 200


def text(value: object, kind: Kind, tz: tzinfo) -> str:
    """`value` for a person: short, on one line, nothing for what is unknown."""
    match kind, value:
        case _, None | "":
            return ""
        case "boolean", _:
            return "yes" if value else "no"
        case "rate", int() | float():
            return f"{100 * value:.1f} %"
        case "days", int() | float():
            return f"{value:.0f}" if value >= 10 or value == int(value) else f"{value:.1f}"  # noqa: PLR2004
        case "integer", int():
            return f"{value:,}"
        case "instant", str():
            return datetime.fromisoformat(value).astimezone(tz).strftime("%Y-%m-%d %H:%M")
        case "values", str():
            value = ", ".join(split_values(value))
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
