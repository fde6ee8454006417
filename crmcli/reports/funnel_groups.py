"""What deals can be grouped by: any field of theirs, their currency, and bands of amounts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from json import loads

from crmcli.core.wording import did_you_mean
from crmcli.errors import InvalidInput
from crmcli.query.fields import Entity, Field, by_decimals
from crmcli.query.past import OF_PASSAGES
from crmcli.query.sql import Where, select

#: How people call what they group by most.
ALIASES = {
    "month": "created.month",
    "quarter": "created.quarter",
    "industry": "customer.industry",
    "tag": "customer.tag",
}
AMOUNT_BAND = "amount-band"

_NO_GROUP = "(none)"
_VALUES = "values of the group"  # a join
# In major units; a band holds the lower bound of it.
_BANDS = (0, 100, 500, 1_000, 5_000, 10_000, 50_000, 100_000, 500_000, 1_000_000)
_THOUSAND = 1_000


@dataclass(frozen=True, slots=True)
class Grouping:
    """A field to group by: `value` is the SQL of a deal's value, from the cohort `c` or from the rows `v` of `sql`.

    `sql` gives each deal its values, in the columns deal_id and value; nothing where the cohort itself has them. Where
    several fields are crossed, the value is a JSON array of theirs, and `parts` are the fields.
    """

    name: str
    value: str
    sql: str = ""
    is_many: bool = False
    label: Callable[[object], str] = str
    parts: tuple["Grouping", ...] = ()

    @property
    def is_currency(self) -> bool:
        return self.name == "currency"

    def called(self, group: object) -> str:
        """The group for a person and for machines."""
        return _NO_GROUP if group is None else self.label(group)


def grouping(deals: Entity, name: str, *, now: Entity | None = None) -> Grouping:
    """How to group by the field or alias `name`, or by several of them with commas between. Raises InvalidInput.

    Where `deals` are as they were, those of `now` answer for fields that are the same, which costs less.
    """
    if "," in name:
        return _crossed(deals, [part.strip() for part in name.split(",")])
    if name.casefold() == AMOUNT_BAND:
        return Grouping(AMOUNT_BAND, _band(), label=_bounds)
    if name.casefold() == "currency":
        return Grouping("currency", "c.currency")
    found = _field(deals, name)
    if deals.name == "deal" and found.name in OF_PASSAGES:
        return Grouping(found.name, OF_PASSAGES[found.name].format(rows="c"))
    if now is not None and now.find(found.name) == found and all(now.joins[j] == deals.joins[j] for j in found.joins):
        deals = now
    label = _claim if found.kind == "boolean" else str
    columns = [f"{deals.key} as deal_id", f"{found.sql} as value"]
    if found.many is None:
        return Grouping(found.name, "v.value", select(deals, columns, Where(), joins=found.joins), label=label)
    many = found.many
    source = f"({many.source})" if " join " in many.source else many.source
    values = f"left join {source} on {many.link} = {many.key} and {many.condition}"
    with_values = replace(deals, joins={**deals.joins, _VALUES: values})
    rows = select(with_values, columns, Where(), joins=(*found.joins, _VALUES))
    return Grouping(found.name, "v.value", rows, is_many=True, label=label)


def _field(deals: Entity, name: str) -> Field:
    found = deals.find(name) or deals.find(ALIASES.get(name.casefold(), name))
    if found is None:
        near = did_you_mean(name, (*ALIASES, AMOUNT_BAND, *deals.fields))
        raise InvalidInput(
            f"cannot group by unknown field {name!r}{near}", hint=f"crm help columns {deals.name} lists them"
        )
    if found.kind == "money":
        hint = f"--by {AMOUNT_BAND} groups amounts" if found.name == "amount" else None
        raise InvalidInput(f"cannot group by {found.name!r}: nearly every deal has an amount of its own", hint=hint)
    return found


def _crossed(deals: Entity, names: Sequence[str]) -> Grouping:
    fields = [_field(deals, name) for name in names]
    if many := next((each.name for each in fields if each.many), None):
        raise InvalidInput(
            f"cannot cross {many!r} with other fields: a deal can have several", hint=f"--by {many} alone"
        )
    parts = tuple(Grouping(each.name, "v.value", label=_claim if each.kind == "boolean" else str) for each in fields)
    columns = [f"{deals.key} as deal_id", f"json_array({', '.join(each.sql for each in fields)}) as value"]
    rows = select(deals, columns, Where(), joins={join for each in fields for join in each.joins})

    def label(group: object) -> str:
        return " / ".join(part.called(value) for part, value in zip(parts, loads(str(group)), strict=True))

    return Grouping(",".join(each.name for each in fields), "v.value", rows, label=label, parts=parts)


def in_order(group: object) -> tuple[bool, bool, float, str]:
    """Numbers by size, then texts, then the deals without a value."""
    number = group if isinstance(group, int | float) else 0
    return group is None, isinstance(group, str), number, str(group)


def _claim(value: object) -> str:
    return "yes" if value else "no"


def _band() -> str:
    """The SQL of the lower bound of a deal's band; one below all of them for an amount below nothing."""
    least = by_decimals("c.currency", lambda decimals: f"{10**decimals}")
    arms = " ".join(f"when c.amount >= {bound} * ({least}) then {bound}" for bound in reversed(_BANDS))
    return f"case when c.amount is null then null {arms} else -1 end"


def _bounds(bound: object) -> str:
    """A band as one asks for it in a query: `1k..5k`, the upper bound being that of the next."""
    above = [each for each in _BANDS if isinstance(bound, int) and each > bound]
    low = "" if bound == -1 else _short(bound)
    return f"{low}..{_short(above[0]) if above else ''}"


def _short(bound: object) -> str:
    if not isinstance(bound, int) or bound < _THOUSAND:
        return str(bound)
    return f"{bound // _THOUSAND**2}m" if bound >= _THOUSAND**2 else f"{bound // _THOUSAND}k"
