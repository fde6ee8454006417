"""The compiled SQL against a plain Python evaluation of the same tree, over random rows."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from crmcli.core.normal import fold
from crmcli.core.preferences import Preferences
from crmcli.query.comparison import Moment
from crmcli.query.fields import Entity, Field, Many, State, named
from crmcli.query.sql import order, select, where
from crmcli.query.syntax import All, Any, Node, Not, Term, Value, parse

ZONE = ZoneInfo("Europe/Berlin")
MOMENT = Moment(datetime(2026, 11, 21, 9, tzinfo=UTC), Preferences(zone=ZONE.key))
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
        Field("seen", "instant", "thing.seen", ""),
        Field("ok", "boolean", "thing.ok", ""),
        Field("kind", "text", "thing.kind", "", choices=("Käse", "brot")),
        Field("phone", "text", "thing.phone", "", clean=lambda text: "".join(filter(str.isdigit, text))),
        Field("tag", "text", "t.name", "", many=Many("tag t", "t.thing_id", "thing.id")),
        Field("cost", "money", "t.cost", "", currency="t.currency", many=Many("tag t", "t.thing_id", "thing.id")),
    ),
    columns=("name",),
    words=("name", "tag"),
    base="thing.gone is null",
    states=(
        State("small", "thing.size < 0", ""),
        State("gone", "thing.gone is not null", "", lifts=True),
    ),
)


@dataclass(frozen=True, slots=True)
class Row:
    name: str | None
    size: int | None
    price: int | None
    currency: str
    due: str | None
    seen: str | None
    ok: int | None
    kind: str | None
    phone: str | None
    gone: int | None
    tags: tuple[tuple[str, int | None], ...]


names = st.text('aÄéb%_\\",( 伟:+', min_size=1, max_size=4).map(str.strip).filter(bool)
days = st.dates(datetime(2025, 12, 1, tzinfo=UTC).date(), datetime(2026, 3, 31, tzinfo=UTC).date()).map(str)
rows = st.builds(
    Row,
    name=st.none() | st.just("") | names,
    size=st.none() | st.integers(-2, 3),
    price=st.none() | st.integers(-300, 3000),
    currency=st.sampled_from(sorted(DECIMALS)),
    due=st.none() | days,
    seen=st.none() | st.builds("{}T{:02}:30:00Z".format, days, st.sampled_from([0, 11, 22, 23])),
    ok=st.none() | st.integers(0, 1),
    kind=st.none() | st.sampled_from(["Käse", "brot"]),
    phone=st.none() | st.sampled_from(["+4930123", "+123"]),
    gone=st.none() | st.just(1),
    tags=st.lists(st.tuples(names, st.none() | st.integers(0, 3000)), max_size=2, unique=True).map(tuple),
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


def marked(text: str) -> str:
    """The amount, or both ends of the range, in yen alone."""
    return "..".join(f"{end} JPY" if end else "" for end in text.split(".."))


sizes = st.integers(-2, 3).map(str)
plain = st.decimals(-3, 30, places=3).map(str) | st.just("0.02k")
whole = st.integers(-3, 30).map(str)
prices = ranged(plain) | ranged(whole).filter(lambda text: text != "..").map(marked)
price = plain | whole.map(marked)
answers, kinds = st.sampled_from(["yes", "no", "1"]), st.sampled_from(["käse", "KASE", "Brot"])
digits = st.sampled_from(["30 12", "+49-30", "23", "x"])
dates = days | st.sampled_from(["2025", "2026", "2026-01", "2026-02"])
leaves = (
    st.builds(_term, st.none(), st.just(":"), st.lists(names, min_size=1, max_size=1))
    | st.builds(
        _term, st.just("has"), st.just(":"), st.lists(st.sampled_from(sorted(THING.fields)), min_size=1, max_size=2)
    )
    | terms("name", names, names)
    | terms("tag", names, names)
    | terms("size", ranged(sizes), sizes)
    | terms("price", prices, price)
    | terms("cost", ranged(plain), plain)
    | terms("due", ranged(dates), dates)
    | terms("seen", ranged(dates), dates)
    | st.builds(_term, st.just("ok"), st.sampled_from([":", "=", "!="]), st.lists(answers, max_size=2))
    | st.builds(_term, st.just("kind"), st.sampled_from([":", "=", "!="]), st.lists(kinds, max_size=2))
    | st.builds(_term, st.just("phone"), st.sampled_from([":", "=", "!="]), st.lists(digits, max_size=2))
    | st.builds(
        _term, st.just("is"), st.sampled_from([":", "!="]), st.lists(st.sampled_from(["small", "gone"]), min_size=1)
    )
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
            return any(fold(value.text) in fold(text) for text in (row.name, *(tag for tag, _ in row.tags)) if text)
        case Term("has" | "is" as field, op, values):
            return any(claimed(field, value.text, row) for value in values) != (op == "!=")
        case Term(field, op, values):
            tested = (
                any(meets(str(field), op, value.text, row) for value in values)
                if values
                else not filled(str(field), row)
            )
            return tested != (op == "!=")


def claimed(field: str, name: str, row: Row) -> bool:
    if field == "has":
        return filled(name, row)
    return row.gone is not None if name == "gone" else row.size is not None and row.size < 0


def filled(field: str, row: Row) -> bool:
    return bool(row.tags) if field in ("tag", "cost") else getattr(row, field) not in (None, "")


def meets(field: str, op: str, text: str, row: Row) -> bool:
    match field:
        case "name" | "tag":
            values = tuple(tag for tag, _ in row.tags) if field == "tag" else (row.name,)
            met = any(text_meets(op, fold(text), fold(value)) for value in values if value is not None)
        case "size":
            met = row.size is not None and number_meets(op, text, Decimal(row.size))
        case "price" | "cost":
            amounts = tuple(cost for _, cost in row.tags) if field == "cost" else (row.price,)
            met = any(money_meets(op, text, amount, row.currency) for amount in amounts)
        case "due" | "seen":
            day = local_day(row.seen) if field == "seen" else row.due
            met = day is not None and date_meets(op, text, day)
        case "ok":
            met = row.ok == (0 if text == "no" else 1)
        case "kind":
            met = row.kind is not None and fold(row.kind) == fold(text)
        case _:
            wanted = "".join(filter(str.isdigit, text))
            met = row.phone is not None and wanted != "" and wanted in row.phone
    return met


def local_day(at: str | None) -> str | None:
    return datetime.fromisoformat(at).astimezone(ZONE).date().isoformat() if at else None


ORDERED: dict[str, Callable[[object, object], bool]] = {
    "<": lambda a, b: a < b,  # type: ignore[operator]  # both of one ordered type
    "<=": lambda a, b: a <= b,  # type: ignore[operator]
    ">": lambda a, b: a > b,  # type: ignore[operator]
    ">=": lambda a, b: a >= b,  # type: ignore[operator]
}


def money_meets(op: str, text: str, amount: int | None, currency: str) -> bool:
    if amount is None or ("JPY" in text and currency != "JPY"):
        return False
    return number_meets(op, text.replace(" JPY", ""), Decimal(amount).scaleb(-DECIMALS[currency]))


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
        connection.execute(
            "create table thing (id integer primary key, name, size, price, currency, due, seen, ok, kind, phone, gone)"
        )
        connection.execute("create table tag (thing_id, name, cost, currency)")
        for number, row in enumerate(things):
            values = (number, row.name, row.size, row.price, row.currency, row.due, row.seen, row.ok)
            more = (row.kind, row.phone, row.gone)
            connection.execute("insert into thing values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", (*values, *more))
            tags = [(number, tag, cost, row.currency) for tag, cost in row.tags]
            connection.executemany("insert into tag values (?, ?, ?, ?)", tags)
        condition = where(parse([query]), THING, moment=MOMENT)
        query_order = order(parse([query]), THING)
        sql = f"{select(THING, [THING.key], condition)} order by {query_order.sql}"
        return [number for (number,) in connection.execute(sql, condition.parameters)]


def asks_for_the_gone(node: Node) -> bool:
    match node:
        case Not(item):
            return asks_for_the_gone(item)
        case All(items) | Any(items):
            return any(map(asks_for_the_gone, items))
        case Term(field, _, values):
            return field == "is" and any(value.text == "gone" for value in values)


KEYS: dict[str, Callable[[Row], object]] = {
    "name": lambda row: None if row.name is None else fold(row.name),
    "size": lambda row: row.size,
    "price": lambda row: None if row.price is None else row.price / 10 ** DECIMALS[row.currency],
    "seen": lambda row: row.seen,
    "tag": lambda row: min((fold(tag) for tag, _ in row.tags), default=None),
}


@settings(deadline=None)
@given(trees, st.lists(rows, max_size=8))
def test_sql_finds_what_the_tree_says(tree: Node, things: list[Row]) -> None:
    lifted = asks_for_the_gone(tree)
    expected = [number for number, row in enumerate(things) if holds(tree, row) and (lifted or row.gone is None)]

    assert matching(written(tree), things) == expected


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from(sorted(KEYS)), st.booleans()), min_size=1, max_size=3), st.lists(rows))
def test_sql_sorts_as_asked_and_the_unknown_comes_last(sorts: list[tuple[str, bool]], things: list[Row]) -> None:
    expected = [number for number, row in enumerate(things) if row.gone is None]
    for name, is_descending in reversed(sorts):
        known = [number for number in expected if KEYS[name](things[number]) is not None]
        unknown = [number for number in expected if KEYS[name](things[number]) is None]
        expected = stable(known, things, name, is_descending=is_descending) + unknown

    sort = ",".join("-" * is_descending + name for name, is_descending in sorts)
    assert matching(f"sort:{sort}", things) == expected


def stable(numbers: list[int], things: list[Row], name: str, *, is_descending: bool) -> list[int]:
    """The numbers by a key of their rows, equal ones by number; all are known."""
    pairs = [(KEYS[name](things[number]), number) for number in numbers]
    return [number for _, number in sorted(pairs, key=lambda pair: pair[0], reverse=is_descending)]  # type: ignore[arg-type,return-value]
