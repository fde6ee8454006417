"""The compiled SQL against a plain Python evaluation of the same tree, over random rows."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from crmcli.core.normal import fold
from crmcli.core.preferences import Preferences
from crmcli.query.comparison import Moment
from crmcli.query.fields import Entity, Field, Many, named
from crmcli.query.sql import select, where
from crmcli.query.syntax import All, Any, Node, Not, Term, Value, parse

MOMENT = Moment(datetime(2026, 11, 21, 9, tzinfo=UTC), Preferences())
DECIMALS = {"EUR": 2, "JPY": 0, "KWD": 3}

THING = Entity(
    name="thing",
    plural="things",
    source="thing",
    key="thing.id",
    fields=named(
        Field("name", "text", "thing.name", ""),
        Field("size", "integer", "thing.size", ""),
        Field("price", "money", "thing.price", "", currency="thing.currency"),
        Field("due", "date", "thing.due", ""),
        Field("tag", "text", "t.name", "", many=Many("tag t", "t.thing_id", "thing.id")),
    ),
    columns=("name",),
    words=("name", "tag"),
)


@dataclass(frozen=True, slots=True)
class Row:
    name: str | None
    size: int | None
    price: int | None
    currency: str
    due: str | None
    tags: tuple[str, ...]


names = st.text('aÄéb%_\\",( 伟:+', min_size=1, max_size=4).map(str.strip).filter(bool)
days = st.dates(datetime(2025, 12, 1, tzinfo=UTC).date(), datetime(2026, 3, 31, tzinfo=UTC).date()).map(str)
rows = st.builds(
    Row,
    name=st.none() | st.just("") | names,
    size=st.none() | st.integers(-2, 3),
    price=st.none() | st.integers(-300, 3000),
    currency=st.sampled_from(sorted(DECIMALS)),
    due=st.none() | days,
    tags=st.lists(names, max_size=2, unique=True).map(tuple),
)


def ranged(single: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return single | st.builds("{}..{}".format, st.just("") | single, st.just("") | single)


def terms(field: str, values: st.SearchStrategy[str], single: st.SearchStrategy[str]) -> st.SearchStrategy[Node]:
    equal = st.builds(_term, st.just(field), st.sampled_from([":", "=", "!="]), st.lists(values, max_size=3))
    ordered = st.builds(
        _term, st.just(field), st.sampled_from(["<", "<=", ">", ">="]), st.lists(single, min_size=1, max_size=2)
    )
    return equal | ordered


def _term(field: str | None, op: str, values: list[str]) -> Term:
    return Term(field, op, tuple(Value(value, (0, 0)) for value in values), (0, 0))


sizes = st.integers(-2, 3).map(str)
prices = st.decimals(-3, 30, places=3).map(str) | st.just("0.02k")
dates = days | st.sampled_from(["2025", "2026", "2026-01", "2026-02"])
leaves = (
    st.builds(_term, st.none(), st.just(":"), st.lists(names, min_size=1, max_size=1))
    | st.builds(
        _term, st.just("has"), st.just(":"), st.lists(st.sampled_from(sorted(THING.fields)), min_size=1, max_size=2)
    )
    | terms("name", names, names)
    | terms("tag", names, names)
    | terms("size", ranged(sizes), sizes)
    | terms("price", ranged(prices), prices)
    | terms("due", ranged(dates), dates)
)
trees: st.SearchStrategy[Node] = st.recursive(
    leaves,
    lambda inner: (
        st.builds(Not, inner)
        | st.lists(inner, min_size=2, max_size=3).map(lambda items: All(tuple(items)))
        | st.lists(inner, min_size=2, max_size=3).map(lambda items: Any(tuple(items)))
    ),
    max_leaves=6,
)


def written(node: Node) -> str:
    """The tree as a user would type it."""
    match node:
        case Not(item):
            return f"not ({written(item)})"
        case All(items):
            return " ".join(f"({written(item)})" for item in items)
        case Any(items):
            return " or ".join(f"({written(item)})" for item in items)
        case Term(field, op, values):
            quoted = ['"' + value.text.replace("\\", "\\\\").replace('"', '\\"') + '"' for value in values]
            return (f"{field}{op}" if field else "") + ",".join(quoted)


def holds(node: Node, row: Row) -> bool:
    match node:
        case Not(item):
            return not holds(item, row)
        case All(items):
            return all(holds(item, row) for item in items)
        case Any(items):
            return any(holds(item, row) for item in items)
        case Term(None, _, (value,)):
            return any(fold(value.text) in fold(text) for text in (row.name, *row.tags) if text)
        case Term("has", _, values):
            return any(filled(value.text, row) for value in values)
        case Term(field, op, values):
            tested = (
                any(meets(str(field), op, value.text, row) for value in values)
                if values
                else not filled(str(field), row)
            )
            return tested != (op == "!=")


def filled(field: str, row: Row) -> bool:
    return bool(row.tags) if field == "tag" else getattr(row, field) not in (None, "")


def meets(field: str, op: str, text: str, row: Row) -> bool:
    match field:
        case "name" | "tag":
            values = row.tags if field == "tag" else (row.name,)
            return any(text_meets(op, fold(text), fold(value)) for value in values if value is not None)
        case "size":
            return row.size is not None and number_meets(op, text, Decimal(row.size))
        case "price":
            return row.price is not None and number_meets(op, text, Decimal(row.price).scaleb(-DECIMALS[row.currency]))
    return row.due is not None and date_meets(op, text, row.due)


ORDERED: dict[str, Callable[[object, object], bool]] = {
    "<": lambda a, b: a < b,  # type: ignore[operator]  # both of one ordered type
    "<=": lambda a, b: a <= b,  # type: ignore[operator]
    ">": lambda a, b: a > b,  # type: ignore[operator]
    ">=": lambda a, b: a >= b,  # type: ignore[operator]
}


def text_meets(op: str, wanted: str, value: str) -> bool:
    if op == ":":
        return wanted in value
    return wanted == value if op in ("=", "!=") else ORDERED[op](value, wanted)


def number_meets(op: str, text: str, value: Decimal) -> bool:
    def number(end: str) -> Decimal:
        return Decimal(end.removesuffix("k")) * (1000 if end.endswith("k") else 1)

    if op in ORDERED:
        return ORDERED[op](value, number(text))
    first, dots, last = text.partition("..")
    if not dots:
        return value == number(text)
    return (not first or value >= number(first)) and (not last or value <= number(last))


def date_meets(op: str, text: str, day: str) -> bool:
    """A period is met by its prefix: `2026-01` by each of its days."""
    if op in ORDERED:
        return ORDERED[op](day[: len(text)], text)
    first, dots, last = text.partition("..")
    if not dots:
        return day.startswith(text)
    return (not first or day[: len(first)] >= first) and (not last or day[: len(last)] <= last)


def matching(query: str, things: list[Row]) -> list[int]:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.create_function("fold", 1, lambda text: None if text is None else fold(text))
        connection.execute("create table thing (id integer primary key, name, size, price, currency, due)")
        connection.execute("create table tag (thing_id, name)")
        for number, row in enumerate(things):
            values = (number, row.name, row.size, row.price, row.currency, row.due)
            connection.execute("insert into thing values (?, ?, ?, ?, ?, ?)", values)
            connection.executemany("insert into tag values (?, ?)", [(number, tag) for tag in row.tags])
        condition = where(parse([query]), THING, moment=MOMENT)
        sql = select(THING, [THING.key], condition) + " order by thing.id"
        return [number for (number,) in connection.execute(sql, condition.parameters)]


@settings(deadline=None)
@given(trees, st.lists(rows, max_size=8))
def test_sql_finds_what_the_tree_says(tree: Node, things: list[Row]) -> None:
    expected = [number for number, row in enumerate(things) if holds(tree, row)]

    assert matching(written(tree), things) == expected
