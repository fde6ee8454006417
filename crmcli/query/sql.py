"""From the tree of a query to SQL: a condition with named parameters, an order, a SELECT."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as default
from typing import TYPE_CHECKING, NamedTuple

from crmcli.core.wording import did_you_mean
from crmcli.errors import InvalidInput, NotFound
from crmcli.query.comparison import Moment, Parameters, test
from crmcli.query.fields import Entity, Field, State
from crmcli.query.syntax import All, Any, Node, Not, Query, QueryError, Span, Term, Value, parse

if TYPE_CHECKING:
    from crmcli.query.segments import Segment, Segments

_PSEUDO = ("has", "is", "sort")
_WIDEST = 50

#: At the end of a SELECT that another one reads: its values are found once for each row and then kept, else SQLite puts
#: what they are made of wherever they are named, and sorts all of that.
APART = "limit -1"


@dataclass(frozen=True, slots=True)
class Where:
    """A condition that is true or not, the values of its placeholders, and the joins that it needs."""

    sql: str = "true"
    parameters: dict[str, object] = default(default_factory=dict)
    joins: frozenset[str] = frozenset()


class Order(NamedTuple):
    """What stands behind ORDER BY, ended by the id; and the joins that it needs."""

    sql: str
    joins: frozenset[str] = frozenset()


def seconds(begin: str, end: str) -> str:
    """The SQL of the seconds from one instant to another, both SQL."""
    return f"unixepoch({end}) - unixepoch({begin})"


def where(
    query: Query,
    entity: Entity,
    *,
    moment: Moment,
    parameters: Parameters | None = None,
    within: tuple[str, ...] = (),
) -> Where:
    """Which records of `entity` the query asks for, its base condition included. Raises QueryError.

    Its values join those in `parameters`; `within` names the segments that it stands in, none of which it may name.
    """
    compiler = _Compiler(query, entity, moment, parameters=parameters, within=within)
    condition = compiler.whole()
    values = compiler.parameters.values
    return Where(condition, values | clock(condition, moment), frozenset(compiler.joins))


def order(query: Query, entity: Entity) -> Order:
    """How the query wants its rows, else the usual order; what is unknown comes last. Raises QueryError."""
    if not query.sorts:
        return Order(entity.order or entity.key)
    fields = [
        (known(query, entity, sort.field, at=sort.span, within=sort.span), sort.is_descending) for sort in query.sorts
    ]
    terms = [f"{each.sorted}{' desc' * is_descending} nulls last" for each, is_descending in fields]
    return Order(", ".join([*terms, entity.key]), frozenset(join for each, _ in fields for join in each.joins))


def select(entity: Entity, expressions: Sequence[str], condition: Where, *, joins: Iterable[str] = ()) -> str:
    """SELECT … FROM … WHERE of the records that meet `condition`, with every join that it or `joins` needs."""
    needed = condition.joins.union(joins)
    sources = [entity.source, *(join for name, join in entity.joins.items() if name in needed)]
    return f"select {', '.join(expressions)} from {' '.join(sources)} where {condition.sql}"


def clock(sql: str, moment: Moment) -> dict[str, object]:
    """The values of `:now`, `:today` and `:zone`, when the statement holds one of them."""
    return moment.parameters if any(name in sql for name in (":now", ":today", ":zone")) else {}


def known(query: Query, entity: Entity, name: str, *, at: Span, within: Span) -> Field:
    """The field that the query calls `name`, which stands `at` a place `within` a term. Raises QueryError.

    What has no tags of its own is asked for those of its customers: `+vip` is the same of all.
    """
    found = entity.find(name) or (entity.find("customer.tag") if name == "tag" else None)
    if found is None:
        near = did_you_mean(name, (*entity.fields, *_PSEUDO)) or f" (crm help columns {entity.name} lists them)"
        raise query.error(f"unknown field {name!r} in {query.shown(within)}{near}", at)
    return found


class _Compiler:
    """Writes the condition, and collects the parameters and joins on the way."""

    def __init__(
        self,
        query: Query,
        entity: Entity,
        moment: Moment,
        *,
        parameters: Parameters | None = None,
        within: tuple[str, ...] = (),
    ) -> None:
        self.query, self.entity, self.moment = query, entity, moment
        self.parameters = parameters or Parameters()
        self.within = within
        self.joins: set[str] = set()
        self.is_lifted = False

    def whole(self) -> str:
        """The condition of the query, with that of every list unless a term lifts it."""
        condition = self.walk(self.query.node)
        if self.is_lifted:
            return condition
        self.joins.update(self.entity.base_joins)
        return f"{self.entity.base} and {condition}"

    def walk(self, node: Node) -> str:
        match node:
            case Not(item):
                return _negated(self.walk(item))
            case All(items):
                return _joined(" and ", [self.walk(item) for item in items]) if items else "true"
            case Any(items):
                return _joined(" or ", [self.walk(item) for item in items])
            case Term():
                return self.term(node)

    def term(self, term: Term) -> str:
        match term.field:
            case None:
                return self.word(term)
            case "is":
                return self.claimed(term, self.state)
            case "has":
                return self.claimed(term, lambda value: self.filled(value, term))
            case "segment" if self.entity.segments and self.entity.customers:
                segments, customer = self.entity.segments, self.entity.fields[self.entity.customers]
                return self.claimed(term, lambda value: self.among(customer, self.saved(value, segments)))
        name_ends = term.span[0] + len(term.field)
        field = known(self.query, self.entity, term.field, at=(term.span[0], name_ends), within=term.span)
        return self.compared(term, field)

    def word(self, term: Term) -> str:
        """A bare word stands in any of the fields that words are looked for in."""
        fields = [replace(self.entity.fields[name], choices=()) for name in self.entity.words]
        return _joined(" or ", [self.test(each, ":", term.values[0]) for each in fields])

    def claimed(self, term: Term, test: Callable[[Value], str]) -> str:
        """`is:` and `has:` know yes and no alone."""
        if not term.values or term.op not in (":", "=", "!="):
            asked = f"{term.field} is asked as {term.field}:NAME"
            raise self.query.error(f"{asked}, not {self.query.shown(term.span)}", term.span)
        condition = _joined(" or ", [test(value) for value in term.values])
        return _negated(condition) if term.op == "!=" else condition

    def compared(self, term: Term, field: Field) -> str:
        """Any of the values; no value asks for what is empty."""
        condition = _joined(" or ", [self.test(field, term.op, value) for value in term.values] or [self.empty(field)])
        return _negated(condition) if term.op == "!=" else condition

    def state(self, value: Value) -> str:
        states = {state.name: state for state in self.entity.states}
        state = states.get(value.text.lower())
        if state is None:
            listed = f"; one of {', '.join(states)}" if states else ""
            near = did_you_mean(value.text, states)
            raise self.query.error(f"{self.entity.plural} know no 'is:{value.text}'{listed}{near}", value.span)
        self.use(state)
        return f"({state.sql})"

    def saved(self, value: Value, segments: "Segments") -> str:
        """The SELECT of the customers of a segment."""
        if value.text.casefold() in map(str.casefold, self.within):
            way = " > ".join((*self.within, value.text))
            raise self.query.error(f"segment {value.text!r} leads back to itself: {way}", value.span)
        try:
            segment = segments.find(value.text)
        except NotFound as error:
            raise self.query.error(str(error), value.span) from None
        if segment.is_frozen:
            return f"select customer_id from segment_member where segment_id = {segment.id:d}"
        return self.members(segment, segments, value)

    def members(self, segment: "Segment", segments: "Segments", value: Value) -> str:
        """The SELECT of the customers of a live segment, its parameters among ours."""
        inner = _Compiler(
            parse([segment.query]),
            segments.customers,
            self.moment,
            parameters=self.parameters,
            within=(*self.within, segment.name),
        )
        try:
            condition = Where(inner.whole(), joins=frozenset(inner.joins))
        except QueryError as error:
            message = f"segment {segment.name!r} cannot be read: {error}"
            raise self.query.error(message, value.span) from None
        return select(segments.customers, ["c.id"], condition)

    def filled(self, value: Value, term: Term) -> str:
        return _negated(self.empty(known(self.query, self.entity, value.text, at=value.span, within=term.span)))

    def empty(self, each: Field) -> str:
        self.use(each)
        if each.many:
            return f"not exists (select 1 {each.values})"
        return f"coalesce({each.sql}, '') = ''" if each.kind == "text" else f"{each.sql} is null"

    def test(self, each: Field, op: str, value: Value) -> str:
        self.use(each)
        try:
            condition = test(each, op, value.text, parameters=self.parameters, moment=self.moment)
        except InvalidInput as error:
            raise self.query.error(f"{each.name}: {error}", value.span) from None
        return _of_any(each, condition)

    def among(self, each: Field, members: str) -> str:
        """Whether the value, or any of them, is one of `members`."""
        self.use(each)
        return _of_any(each, f"{each.sql} in ({members})")

    def use(self, each: Field | State) -> None:
        self.joins.update(each.joins)
        self.is_lifted = self.is_lifted or each.lifts


def _of_any(each: Field, condition: str) -> str:
    """A condition on the SQL of the field: on any of its values where there are many."""
    many = each.many
    if many is None:
        return condition
    return f"{many.key} in (select {many.link} from {many.source} where {many.condition} and {condition})"


def _negated(condition: str) -> str:
    """Everything else, what is unknown included."""
    return f"({condition}) is not true"


def _joined(glue: str, conditions: Sequence[str]) -> str:
    """The conditions as one, in halves: SQLite bounds the depth of an expression, which a chain would reach."""
    if len(conditions) == 1:
        return conditions[0]
    if len(conditions) <= _WIDEST:
        return f"({glue.join(conditions)})"
    middle = len(conditions) // 2
    return f"({_joined(glue, conditions[:middle])}{glue}{_joined(glue, conditions[middle:])})"
