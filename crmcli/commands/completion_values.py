"""The values that a parameter of the command line can have, read from the file at a glance."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crmcli.commands.completion_fixed import FIXED, first
from crmcli.core.normal import fold
from crmcli.core.settable import SETTABLE
from crmcli.db import connection

if TYPE_CHECKING:
    from crmcli.db.reader import Reader
    from crmcli.query.fields import Entity, Field

_MOST = 100
_LAST = "\U0010ffff"
_NOUNS = {"relation": "relationship", "history": "operation", "funnel": "deal", "graph": "customer"}

Offer = tuple[str, str]
Source = Callable[["Reader", Any, str], Iterable[Offer]]


def of(parameter: Any, ctx: Any, typed: str, *, place: Path) -> list[Offer] | None:
    """What is known for `parameter` that begins with what was `typed`, mostly by the file; None where nothing can be."""
    path = ctx.command_path.split()[1:]
    fixed = first(FIXED, str(parameter.name), path)
    if fixed is not None:
        return list(fixed(ctx, typed))
    source = _source(str(parameter.name), str(parameter.metavar), path)
    if source is None:
        return None
    with _glance(place) as db:
        return [] if db is None else list(source(db, ctx, typed))


@contextmanager
def _glance(place: Path) -> "Iterator[Reader | None]":
    """The file as it is: an older one is not brought up to date, and one that is not there is nothing."""
    if connection.exists(place) and connection.is_current(place):
        with connection.reading(place, wait=0.2) as db:
            yield db
    else:
        yield None


def _source(name: str, metavar: str, path: list[str]) -> Source | None:
    """Where the values of a parameter come from, by its name and that of its command."""
    noun = path[0] if path else ""
    if metavar.strip("[].") in REFERENCES:
        named = noun if name == "ref" else name
        source: Source = _REFERENCES.get(named, _customers)
        return source
    return first(_SOURCES, name, path)


def _several(one: Source) -> Source:
    """The last of several values, between commas."""

    def source(db: "Reader", ctx: Any, typed: str) -> Iterator[Offer]:
        head, comma, last = typed.rpartition(",")
        minus = "-" * (last.startswith("-"))
        for value, told in one(db, ctx, last.removeprefix(minus)):
            yield f"{head}{comma}{minus}{value}", told

    return source


def _named(sql: str) -> Source:
    """The rows of (name, explanation) whose name begins as typed, whatever its case and accents."""

    def source(db: "Reader", ctx: Any, typed: str) -> Iterator[Offer]:
        del ctx
        wanted = fold(typed)
        rows = (row for row in db.rows(sql) if fold(row[0]).startswith(wanted))
        for (name, told), _ in zip(rows, range(_MOST), strict=False):
            yield name, told or ""

    return source


_STAGES = """
    select s.name, group_concat(l.name, ', ') from stage s join pipeline l on l.id = s.pipeline_id
    where s.archived_at is null and l.archived_at is null group by s.name order by min(l.id), min(s.position)
"""
_PIPELINES = (
    "select name, case is_default when 1 then 'the default' end from pipeline where archived_at is null order by id"
)
_OWNERS = "select name, email from owner where removed_at is null order by name, id"
_TYPES = (
    "select name, inverse from relation_type union all select inverse, name from relation_type where not is_symmetric"
)
_TAGS = "select name, null from tag order by name, id"
_SEGMENTS = "select name, query from segment where removed_at is null order by name collate nocase, id"
_OWN_CHOICES = "select distinct value, null from field, json_each(choices) order by field.id, key"
_RULES = "select name, action || ' after ' || months || ' months' from retention_rule order by id"


def _customers(db: "Reader", ctx: Any, typed: str) -> Iterator[Offer]:
    """Handles with their names; where a removed one is wanted, those of the removed."""
    is_gone = ctx.command_path.endswith("restore")
    begin = "-".join(fold(typed).split())
    rows = db.rows(
        f"""
        select handle, name from customer where handle >= :begin and handle < :end
        and removed_at is {"not null" if is_gone else "null"} order by handle limit :most
        """,
        begin=begin,
        end=begin + _LAST,
        most=_MOST,
    )
    yield from rows


def _deals(db: "Reader", ctx: Any, typed: str) -> Iterator[Offer]:
    """The latest numbers with their names, or the names that begin as typed."""
    del ctx
    live = "from deal where removed_at is null"
    if typed.isdigit() or not typed:
        rows = db.rows(f"select cast(id as text), name {live} order by id desc limit 2000")
        matching = ((number, name) for number, name in rows if number.startswith(typed))
    else:
        rows = db.rows(f"select name, cast(id as text) {live} order by id desc limit 2000")
        matching = ((name, number) for name, number in rows if fold(name).startswith(fold(typed)))
    for offer, _ in zip(matching, range(_MOST), strict=False):
        yield offer


def _latest(sql: str) -> Source:
    def source(db: "Reader", ctx: Any, typed: str) -> Iterator[Offer]:
        del ctx
        yield from ((number, told) for number, told in db.rows(sql) if number.startswith(typed))

    return source


_talks = _latest(
    "select cast(id as text), channel || ': ' || substr(replace(text, char(10), ' '), 1, 50) "
    f"from interaction where removed_at is null order by id desc limit {_MOST}"
)
_ties = _latest(
    "select cast(r.id as text), f.name || ' ' || y.name || ' ' || t.name from relationship r "
    "join customer f on f.id = r.from_id join customer t on t.id = r.to_id join relation_type y on y.id = r.type_id "
    f"where r.removed_at is null order by r.id desc limit {_MOST}"
)
_quotas = _latest(
    "select cast(id as text), starts_on || ' to ' || date(ends_on, '-1 day') from quota "
    f"where removed_at is null order by id desc limit {_MOST}"
)
_erased = _latest(f"select cast(customer_id as text), recorded_at from erasure order by id desc limit {_MOST}")
_operations = _latest(
    f"select cast(id as text), command || ' ' || options from operation where root_id = id order by id desc limit {_MOST}"
)


def _tasks(db: "Reader", ctx: Any, typed: str) -> Iterator[Offer]:
    """The latest numbers with what is to be done; where a removed one is wanted, those of the removed."""
    is_gone = ctx.command_path.endswith("restore")
    letter, number = ("T", typed[1:]) if typed[:1] in ("T", "t") else ("", typed)
    rows = db.rows(
        f"""
        select cast(id as text), text from task where removed_at is {"not null" if is_gone else "null"}
        order by done_at is not null, id desc limit 2000
        """
    )
    matching = ((f"{letter}{each}", text) for each, text in rows if each.startswith(number))
    for offer, _ in zip(matching, range(_MOST), strict=False):
        yield offer


def _targets(db: "Reader", ctx: Any, typed: str) -> Iterator[Offer]:
    """What a cadence can be of: a customer, +tag or segment:name."""
    for begin, sql in (("+", _TAGS), ("segment:", _SEGMENTS)):
        if typed.startswith(begin):
            yield from ((f"{begin}{name}", told) for name, told in _named(sql)(db, ctx, typed.removeprefix(begin)))
            return
    yield from _customers(db, ctx, typed)


def _own_fields(db: "Reader", ctx: Any, typed: str) -> Iterator[Offer]:
    """The user's own fields of the kind of record that was named."""
    sql = "select name, type from field where entity = :of order by id"
    rows = db.rows(sql, of=str(ctx.params.get("record")))
    yield from ((name, kind) for name, kind in rows if name.startswith(typed))


def _entity(db: "Reader", ctx: Any) -> "Entity":
    from crmcli.query.entities import NAMES, entity

    path = ctx.command_path.split()[1:]
    name = _NOUNS.get(path[0], path[0])
    if path[0] == "export":
        from crmcli.exchange.own import QUERIED, entity_named

        name = QUERIED[entity_named(str(ctx.params.get("entity")))]
    if path[:2] == ["relation", "type"]:
        name = "relation_type"
    return entity(name if name in NAMES else "customer", db)


def _fields(db: "Reader", ctx: Any, typed: str) -> Iterator[Offer]:
    for each in _entity(db, ctx).fields.values():
        if each.name.startswith(typed):
            yield each.name, each.help


def _settings(db: "Reader", ctx: Any, typed: str) -> Iterator[Offer]:
    """The fields that can be set, and behind the `=` the values that one may have."""
    name, is_set, value = typed.partition("=")
    asked = _entity(db, ctx)
    if not is_set:
        own = [field for (field,) in db.rows("select name from field where entity = :of order by id", of=asked.name)]
        for each in (*SETTABLE.get(asked.name, ()), *own):
            if each.startswith(name):
                yield f"{each}=", asked.fields[each].help if each in asked.fields else ""
        return
    field = asked.find(name.rstrip("+-"))
    for choice, told in _choices(db, field, value) if field else ():
        yield f"{name}={choice}", told


def _query(db: "Reader", ctx: Any, typed: str) -> Iterator[Offer]:
    """Fields, and behind their `:` the values that there are; +tags."""
    asked = _entity(db, ctx)
    if typed.startswith("+"):
        yield from ((f"+{name}", told) for name, told in _several(_named(_TAGS))(db, ctx, typed[1:]))
        return
    place = next((place for place, char in enumerate(typed) if char in ":=<>!"), None)
    if place is None:
        terms = [("is:", "a state"), ("has:", "a field that is filled"), ("sort:", "the order")]
        terms += [("segment:", "a saved query of customers")] if asked.customers else []
        terms += [(f"{each.name}:", each.help) for each in asked.fields.values()]
        yield from ((term, told) for term, told in terms if term.startswith(typed))
        return
    value = typed[place:].lstrip(":=<>!")
    head, name = typed.removesuffix(value), typed[:place]
    before, comma, last = value.rpartition(",")
    for choice, told in _asked_for(db, ctx, asked, name, last):
        yield f"{head}{before}{comma}{choice}", told


def _asked_for(db: "Reader", ctx: Any, asked: "Entity", name: str, typed: str) -> Iterable[Offer]:
    """The values of one term of a query."""
    match name:
        case "is":
            return [(each.name, each.help) for each in asked.states if each.name.startswith(typed)]
        case "has":
            return _fields(db, ctx, typed)
        case "segment":
            return _named(_SEGMENTS)(db, ctx, typed)
        case "sort":
            minus = "-" * typed.startswith("-")
            return [(f"{minus}{field}", told) for field, told in _fields(db, ctx, typed.removeprefix("-"))]
    field = asked.find(name)
    return _choices(db, field, typed) if field else ()


def _choices(db: "Reader", field: "Field", typed: str) -> Iterable[Offer]:
    if field.name == "owner":
        return _named(_OWNERS)(db, None, typed)
    known = ("yes", "no") if field.kind == "boolean" else field.choices
    return [(_term_value(each), "") for each in known if fold(each).startswith(fold(typed.strip('"')))][:_MOST]


def _term_value(text: str) -> str:
    """The value as it stands in a query: with quotes where it would not be one value."""
    return f'"{text}"' if any(char.isspace() or char in ',()"' for char in text) else text


#: Where these stand a customer is named, or what the command is about.
REFERENCES = ("REF", "FROM", "TO", "A", "B", "TARGET", "KEEP", "OTHER")
_REFERENCES: dict[str, Source] = {"deal": _deals, "task": _tasks}
#: By noun and parameter, or by parameter alone.
_SOURCES: dict[tuple[str, str], Source] = {
    ("", "by"): _several(_fields),
    ("", "columns"): _several(_fields),
    ("", "operation"): _operations,
    ("", "owner"): _named(_OWNERS),
    ("", "pipeline"): _named(_PIPELINES),
    ("", "query"): _query,
    ("", "required_at"): _named(_STAGES),
    ("", "set_"): _settings,
    ("", "sort"): _several(_fields),
    ("", "stage"): _named(_STAGES),
    ("", "start"): _named(_STAGES),
    ("", "tag"): _named(_TAGS),
    ("", "untag"): _named(_TAGS),
    ("", "where"): _query,
    ("", "who"): _several(_customers),
    ("cadence", "target"): _targets,
    ("field", "choices"): _several(_named(_OWN_CHOICES)),
    ("field edit", "name"): _own_fields,
    ("field remove", "name"): _own_fields,
    ("graph", "kind"): _named(_TYPES),
    ("graph", "start"): _customers,
    ("graph", "end"): _customers,
    ("graph", "target"): _customers,
    ("referral", "by"): _customers,
    ("interaction", "number"): _talks,
    ("owner", "ref"): _named(_OWNERS),
    ("owner", "keep"): _named(_OWNERS),
    ("owner", "others"): _named(_OWNERS),
    ("pipeline", "name"): _named(_PIPELINES),
    ("privacy", "number"): _erased,
    ("privacy retention remove", "name"): _named(_RULES),
    ("quota", "number"): _quotas,
    ("relation", "kind"): _named(_TYPES),
    ("relation", "name"): _named(_TYPES),
    ("relation", "number"): _ties,
    ("segment", "ref"): _named(_SEGMENTS),
    ("stage", "after"): _named(_STAGES),
}
