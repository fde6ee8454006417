"""The fields of one record as texts that can be set again."""

from collections.abc import Mapping, Sequence

from crmcli.core.money import Money
from crmcli.core.result import split_values
from crmcli.db.reader import Reader
from crmcli.query import reference
from crmcli.query.comparison import Moment
from crmcli.reports.listing import View, listing

Values = Mapping[str, str | tuple[str, ...]]


def customer(db: Reader, ref: str, names: Sequence[str], *, moment: Moment) -> tuple[int, Values]:
    """The id of a customer, and its fields `names` by name, its custom fields behind them; several values as a tuple."""
    number = reference.customer(db, ref, preferences=moment.preferences)
    own = [str(name) for (name,) in db.rows("select name from field where entity = 'customer' order by id")]
    wanted = (*names, *own) if len(names) > 1 else names
    table = listing(db, "customer", [f"id={number}"], view=View(wanted, is_counted=False), moment=moment)
    (row,) = table.rows
    return number, {
        column.name: split_values(str(value or "")) if column.kind == "values" else _text(value, column.kind)
        for column, value in zip(table.columns, row, strict=True)
    }


def _text(value: object, kind: str) -> str:
    if value is None:
        return ""
    if kind == "boolean":
        return "yes" if value else "no"
    return f"{value.decimal} {value.currency}" if isinstance(value, Money) else str(value)
