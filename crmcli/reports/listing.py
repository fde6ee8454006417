"""Any kind of record as a table: the rows that a query asks for, the columns that were named, as a stream."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crmcli.core.result import Column, Table, join_values, split_values
from crmcli.core.wording import did_you_mean
from crmcli.db.reader import Reader
from crmcli.errors import InvalidInput
from crmcli.query import sql, syntax
from crmcli.query.comparison import Moment, Parameters
from crmcli.query.entities import entity
from crmcli.query.fields import Entity, Field

if TYPE_CHECKING:
    from crmcli.query.past import Past

Row = Sequence[object]


@dataclass(frozen=True, slots=True)
class View:
    """What to show of the rows: which columns, by which order (`-amount,name`), how many.

    `is_export` asks for the columns of an export instead of the usual ones, by id. With a `limit` the rows are counted
    too, which can mean to read the whole table; without `is_counted` they are not.
    """

    columns: Sequence[str] | None = None
    sort: str | None = None
    limit: int | None = None
    is_export: bool = False
    is_counted: bool = True


def listing(
    db: Reader,
    name: str,
    words: Sequence[str] = (),
    *,
    also: Sequence[str] = (),
    view: View = View(),
    moment: Moment,
    past: "Past | None" = None,
) -> Table:
    """The records called `name` (`customer`, `stage_event`, …) that `words` and `also` ask for, read as they are used.

    Deals can be those of a `past`, with its moment. Raises InvalidInput for a column and QueryError for a query that the
    records do not know.
    """
    query = syntax.parse(words, also)
    asked, where = _asked(db, name, query, moment=moment, past=past)
    fields = _chosen(asked, view)
    order = _order(query, asked, view)
    currencies = [field.currency for field in fields if field.kind == "money" and field.currency and not field.many]
    expressions = [*(field.shown for field in fields), *currencies]
    joins = {*order.joins, *(join for field in fields for join in field.joins)}
    statement = f"{sql.select(asked, expressions, where, joins=joins)} order by {order.sql}"
    if view.limit is not None:
        statement += f" limit {view.limit:d}"
    rows: Iterable[Row] = db.rows(statement, where.parameters | sql.clock(statement, moment))
    rows = _converted(rows, fields) if any(field.kind == "money" for field in fields) else rows
    total = None
    if view.limit is not None and view.is_counted:
        rows = list(rows)
        total = len(rows) if len(rows) < view.limit else db.value(*_counting(asked, where))
    empty = f"no {asked.plural} match" if words else f"no {asked.plural} yet"
    return Table(_columns(fields, view), rows, total=total, empty=empty)


def numbers(
    db: Reader,
    name: str,
    words: Sequence[str],
    queries: Sequence[Sequence[str]],
    *,
    moment: Moment,
    past: "Past | None" = None,
) -> list[int]:
    """Of the records called `name` that `words` ask for, how many each of the `queries` asks for, all in one look.

    Raises QueryError.
    """
    shared = Parameters()
    trees = [syntax.parse(words, query) for query in queries]
    wheres = [_asked(db, name, tree, moment=moment, past=past, parameters=shared) for tree in trees]
    asked = wheres[0][0]
    expressions = [f"count(*) filter (where {where.sql})" for _, where in wheres]
    joins = {join for _, where in wheres for join in where.joins}
    values = {name: value for _, where in wheres for name, value in where.parameters.items()}
    return list(db.row(sql.select(asked, expressions, sql.Where(), joins=joins), values) or ())


def ids(db: Reader, name: str, words: Sequence[str], *, moment: Moment) -> list[int]:
    """The ids of the records called `name` that `words` ask for, in their order."""
    table = listing(db, name, words, view=View(("id",), "id", is_counted=False), moment=moment)
    return [number for (number,) in table.rows if isinstance(number, int)]


def fields_table(asked: Entity) -> Table:
    """Every field of a kind of record: what it is called, what it holds, where it is shown."""
    columns = [Column("name"), Column("kind"), Column("shown", "boolean"), Column("exported", "boolean")]
    rows = [
        (
            each.name,
            each.shown_kind,
            each.name in asked.columns,
            each.name in asked.exported,
            join_values(each.choices) or None,
            each.help,
        )
        for each in asked.fields.values()
    ]
    return Table([*columns, Column("choices", "values"), Column("help")], rows, title=asked.plural)


def states_table(asked: Entity) -> Table:
    """What `is:` asks of a kind of record."""
    rows = [(f"is:{state.name}", state.help) for state in asked.states]
    return Table([Column("term"), Column("help")], rows, title=f"states of {asked.plural}")


def _asked(
    db: Reader,
    name: str,
    query: syntax.Query,
    *,
    moment: Moment,
    past: "Past | None",
    parameters: Parameters | None = None,
) -> tuple[Entity, sql.Where]:
    asked = entity(name, db) if past is None else past.of(entity(name, db))
    where = sql.where(query, asked, moment=moment, parameters=parameters)
    if past is not None:
        where.parameters.update(past.parameters)
    return asked, where


def _chosen(asked: Entity, view: View) -> list[Field]:
    if view.columns is None:
        return [asked.fields[name] for name in (view.is_export and asked.exported) or asked.columns]
    fields = []
    for name in view.columns:
        field = asked.find(name)
        if field is None:
            message = f"no column {name!r} in {asked.plural}{did_you_mean(name, asked.fields)}"
            raise InvalidInput(message, hint=f"one of {', '.join(asked.fields)}")
        fields.append(field)
    return fields


def _columns(fields: Sequence[Field], view: View) -> list[Column]:
    """The columns; those that a person sees elsewhere are hidden, unless they were asked for by name."""
    is_usual = view.columns is None
    names = {field.name for field in fields if is_usual}
    return [
        field.column(is_hidden=field.is_hidden and is_usual, under=(field.under,) if field.under in names else ())
        for field in fields
    ]


def _order(query: syntax.Query, asked: Entity, view: View) -> sql.Order:
    if view.sort is not None:
        return sql.order(syntax.sorting(view.sort), asked)
    if view.is_export and not query.sorts:
        return sql.Order(asked.export_order or asked.key)
    return sql.order(query, asked)


def _counting(asked: Entity, where: sql.Where) -> tuple[str, dict[str, object]]:
    return sql.select(asked, ["count(*)"], where), where.parameters


def _converted(rows: Iterable[Row], fields: Sequence[Field]) -> Iterator[Row]:
    """The rows with Money in place of minor units, whose currencies stand at the end of each."""
    from crmcli.core.money import Money

    width = len(fields)
    single = [place for place, field in enumerate(fields) if field.kind == "money" and not field.many]
    several = [place for place, field in enumerate(fields) if field.kind == "money" and field.many]
    for row in rows:
        values = list(row[:width])
        for offset, place in enumerate(single):
            amount, currency = row[place], row[width + offset]
            values[place] = Money(amount, currency) if isinstance(amount, int) and isinstance(currency, str) else None
        for place in several:
            values[place] = _amounts(values[place])
        yield values


def _amounts(joined: object) -> str | None:
    """Several amounts as text, from `120000 EUR;500 JPY`."""
    from crmcli.core.money import Money

    if joined is None:
        return None
    pairs = [value.split() for value in split_values(str(joined))]
    return join_values(f"{Money(int(amount), currency).decimal} {currency}" for amount, currency in pairs)
