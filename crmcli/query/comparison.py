"""One test of one value: what `1k..5k`, `2026-03` or `Berlin` mean to a field of each kind, as an SQL condition."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from crmcli.core.normal import fold
from crmcli.core.preferences import Preferences
from crmcli.core.wording import did_you_mean, shown
from crmcli.errors import InvalidInput
from crmcli.query.fields import Field, by_decimals

if TYPE_CHECKING:
    from decimal import Decimal
    from zoneinfo import ZoneInfo

    from crmcli.core.period import Lean

_NUMBER = re.compile(r"(?P<number>[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+))(?P<power>[km]?)", re.IGNORECASE)
_LONGEST_NUMBER = 40
_POWERS = {"": 0, "k": 3, "m": 6}
_GREATEST = 2**63 - 1
_MOST_CHOICES = 12
_WORDS = {"yes": 1, "true": 1, "y": 1, "1": 1, "no": 0, "false": 0, "n": 0, "0": 0}


@dataclass(frozen=True, slots=True)
class Moment:
    """When and where a question is asked: what `today`, a date and a number of euros mean."""

    now: datetime
    preferences: Preferences

    @property
    def parameters(self) -> dict[str, object]:
        """What `:now`, `:today` and `:zone` stand for in the SQL of a field."""
        from crmcli.core.period import instant

        today = self.now.astimezone(self.tz).date().isoformat()
        return {"now": instant(self.now), "today": today, "zone": self.preferences.zone}

    @property
    def tz(self) -> "ZoneInfo":
        return self.preferences.tz


class Parameters:
    """The named values of a statement, collected while its SQL is written."""

    def __init__(self) -> None:
        self.values: dict[str, object] = {}

    def add(self, value: object) -> str:
        """The placeholder of `value`."""
        name = f"p{len(self.values)}"
        self.values[name] = value
        return f":{name}"


class Limits(NamedTuple):
    """The SQL of where a value or a range begins and ends, None for no limit.

    `last` is still inside; where the range is half-open it is the first behind it.
    """

    first: str | None = None
    last: str | None = None
    is_half_open: bool = False

    def test(self, sql: str, op: str) -> str:
        """The condition that `sql` stands to this in the relation `op`."""
        below, above = ("<", ">=") if self.is_half_open else ("<=", ">")
        match op:
            case ">":
                return f"{sql} {above} {self.last}"
            case ">=":
                return f"{sql} >= {self.first}"
            case "<":
                return f"{sql} < {self.first}"
            case "<=":
                return f"{sql} {below} {self.last}"
        return self._inside(sql, below)

    def _inside(self, sql: str, below: str) -> str:
        if self.first is None and self.last is None:
            return f"{sql} is not null"
        if self.first == self.last:
            return f"{sql} = {self.first}"
        tests = [f"{sql} >= {self.first}"] if self.first else []
        tests += [f"{sql} {below} {self.last}"] if self.last else []
        return f"({' and '.join(tests)})"


def test(field: Field, op: str, text: str, *, parameters: Parameters, moment: Moment) -> str:
    """The SQL condition that the field's value, or one of its values, is what `op text` asks. Raises InvalidInput."""
    if field.choices and op in ((":", "=", "!=")[field.is_searched :]):
        choice = _choice(field, text)
        if not field.is_searched:
            return f"{field.sql} = {parameters.add(choice)} collate nocase"
    match field.kind:
        case "text" | "values":
            return _text(field, op, text, parameters)
        case "boolean":
            return f"{field.sql} = {parameters.add(_boolean(text))}"
        case "date" | "instant":
            return _range(text, op, _dates(field, parameters, moment)).test(field.sql, op)
        case "money":
            return _money(field, op, text, parameters=parameters, currency=moment.preferences.currency)
    return _range(text, op, lambda end: _number(_decimal(end), parameters)).test(field.sql, op)


def _choice(field: Field, text: str) -> str:
    wanted = fold(text)
    for choice in field.choices:
        if fold(choice) == wanted:
            return choice
    listed = ", ".join(field.choices[:_MOST_CHOICES]) + (", …" if len(field.choices) > _MOST_CHOICES else "")
    raise InvalidInput(f"no {shown(text)}; one of {listed}{did_you_mean(text, field.choices)}")


def _boolean(text: str) -> int:
    if text.lower() not in _WORDS:
        raise InvalidInput(f"{shown(text)} is neither yes nor no")
    return _WORDS[text.lower()]


def _text(field: Field, op: str, text: str, parameters: Parameters) -> str:
    """`:` looks inside the text, `=` and the others compare the whole of it; case and accents never count."""
    wanted = field.clean(text) if field.clean else fold(text)
    if field.clean and not wanted:
        return "false"
    if op == ":" or field.clean:
        inside = re.sub(r"([\\%_])", r"\\\1", wanted)
        return rf"fold({field.sql}) like {parameters.add(f'%{inside}%')} escape '\'"
    relation = "=" if op == "!=" else op
    return f"fold({field.sql}) {relation} {parameters.add(wanted)}"


def _range(text: str, op: str, limits: Callable[[str], Limits]) -> Limits:
    """The limits of `a..b`, `a..`, `..b` or a single `a`, whose own are given by `limits`."""
    left, dots, right = (part.strip() for part in text.partition(".."))
    if not dots:
        return limits(text)
    if op not in (":", "=", "!="):
        raise InvalidInput(f"{shown(text)} is a range, which {op!r} cannot compare with")
    first = limits(left) if left else Limits()
    last = limits(right) if right else Limits()
    return Limits(first.first, last.last, is_half_open=first.is_half_open or last.is_half_open)


def _decimal(text: str) -> "Decimal":
    from decimal import Decimal

    match = _NUMBER.fullmatch(text) if len(text) <= _LONGEST_NUMBER else None
    if match is None:
        raise InvalidInput(f"{shown(text)} is not a number; try 12, 1k..5k or 2.5m")
    return Decimal(match["number"]).scaleb(_POWERS[match["power"].lower()])


def _number(value: "Decimal", parameters: Parameters) -> Limits:
    held = parameters.add(_whole(value) if value == value.to_integral_value() else float(value))
    return Limits(held, held)


def _whole(value: "Decimal") -> int:
    """The integer, or the greatest one that SQLite knows."""
    return max(-_GREATEST, min(_GREATEST, int(value)))


def _money(field: Field, op: str, text: str, *, parameters: Parameters, currency: str) -> str:
    """Major units; a plain number means any currency, a marked one (`5k EUR`, `€5k`) its own alone."""
    from crmcli.core.money import split_amount

    ends = [end.strip() for end in text.partition("..")[::2] if end.strip()]
    marked = [end for end in ends if not _NUMBER.fullmatch(end)]
    if not marked:
        return _range(text, op, lambda end: _amount(field, _decimal(end), parameters)).test(field.sql, op)
    codes = {split_amount(end, currency)[1] for end in marked}
    if len(codes) > 1:
        raise InvalidInput(f"{shown(text)} is a range of two currencies")
    code = codes.pop()

    def limits(end: str) -> Limits:
        held = parameters.add(split_amount(end, code)[0])
        return Limits(held, held)

    return f"({field.currency} = {parameters.add(code)} and {_range(text, op, limits).test(field.sql, op)})"


def _amount(field: Field, value: "Decimal", parameters: Parameters) -> Limits:
    """The minor units from which and up to which an amount is `value`, whatever the decimals of its currency."""
    from decimal import ROUND_CEILING, ROUND_FLOOR

    def units(rounding: str) -> str:
        return by_decimals(
            field.currency or "",
            lambda decimals: parameters.add(_whole(value.scaleb(decimals).to_integral_value(rounding))),
        )

    return Limits(units(ROUND_CEILING), units(ROUND_FLOOR))


def _dates(field: Field, parameters: Parameters, moment: Moment) -> Callable[[str], Limits]:
    """How the field reads a date: as the whole period that it names, a time of day as its minute."""
    lean: Lean = "future" if field.leans_ahead else "past"

    def limits(text: str) -> Limits:
        from crmcli.core.period import bounds, period, when

        now, tz, order = moment.now, moment.tz, moment.preferences.date_order
        if field.kind == "instant":
            point = when(text, now=now, tz=tz, order=order, lean=lean)
            if not point.is_whole_day:
                return _half_open(*_minute(point.instant(tz)), parameters)
        days = period(text, now=now, tz=tz, order=order, lean=lean)
        if field.kind == "instant":
            return _half_open(*bounds(days, tz), parameters)
        return _half_open(days.start.isoformat(), days.end.isoformat(), parameters)

    return limits


def _minute(begin: str) -> tuple[str, str]:
    from datetime import timedelta

    from crmcli.core.period import instant, moment

    return begin, instant(moment(begin) + timedelta(minutes=1))


def _half_open(first: str, last: str, parameters: Parameters) -> Limits:
    return Limits(parameters.add(first), parameters.add(last), is_half_open=True)
