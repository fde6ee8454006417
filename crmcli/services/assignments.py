"""`FIELD=VALUE`, `FIELD+=VALUE` and `FIELD-=VALUE`, as `--set` takes them."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from crmcli.core.wording import did_you_mean, shown
from crmcli.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Assignment:
    """What to do to a field: `=` replaces, `+=` adds one of several values, `-=` takes one away."""

    field: str
    op: str
    value: str


def assignments(
    texts: Iterable[str], *, fields: Collection[str], several: Collection[str] = ()
) -> tuple[Assignment, ...]:
    """What `texts` ask for; `several` names the fields that hold more than one value. Raises InvalidInput."""
    return tuple(_assignment(text, fields, several) for text in texts)


def _assignment(text: str, fields: Collection[str], several: Collection[str]) -> Assignment:
    left, found, value = text.partition("=")
    if not found:
        raise InvalidInput(f"--set {shown(text)} has no '='", hint="--set city=Berlin")
    op = f"{left[-1]}=" if left[-1:] in ("+", "-") else "="
    said = left.removesuffix(op[0]).strip().lower()
    name = {field.lower(): field for field in fields}.get(said)
    if name is None:
        message = f"no field {shown(said)} to set{did_you_mean(said, fields)}"
        raise InvalidInput(message, hint=f"one of {', '.join(sorted(fields))}")
    if op != "=" and name not in several:
        raise InvalidInput(f"{name} holds one value: {op} does not go with it", hint=f"--set {name}={value}")
    return Assignment(name, op, value)
