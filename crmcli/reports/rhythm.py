"""Who is to be heard from, by the cadences and what was logged: derived each time, nothing stored that could go stale."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from crmcli.core import period
from crmcli.core.days import covering
from crmcli.core.period import Period
from crmcli.db.reader import Reader
from crmcli.query import cadence, sql, syntax
from crmcli.query.comparison import Moment, Parameters
from crmcli.query.contact import contactable
from crmcli.query.segments import Segments
from crmcli.query.syntax import QueryError

_LAST = """(
    select max(i.occurred_at) from interaction_party y join interaction i on i.id = y.interaction_id
    where y.customer_id = c.id and i.removed_at is null and i.occurred_at <= :now
)"""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """A customer whose cadence is every so many `days`, as `source` says; `last` is None where nothing was logged.

    `since` is the day of the last contact, else the one on which the customer was added.
    """

    customer: int
    name: str
    days: int
    source: str
    last: str | None
    since: date
    is_left_alone: bool

    @property
    def due(self) -> date:
        return self.since + timedelta(days=self.days)


@dataclass(frozen=True, slots=True)
class Rhythms:
    """Those that were asked for, and the segments that could not be."""

    found: Sequence[Rhythm]
    problems: tuple[str, ...]

    @property
    def wanted(self) -> list[Rhythm]:
        """Without those who must not be contacted."""
        return [each for each in self.found if not each.is_left_alone]

    @property
    def left_alone(self) -> int:
        """How many are due and must not be contacted."""
        return len(self.found) - len(self.wanted)

    @property
    def notes(self) -> tuple[str, ...]:
        """What is missing, and why."""
        count = self.left_alone
        alone = f"{count:,} due but restricted or marked do not contact: not suggested" if count else None
        return tuple(filter(None, (alone, *self.problems)))


def rhythms(db: Reader, moment: Moment, *, only: int | None = None) -> Rhythms:
    """The customers who are due today or before, or the one customer `only`, due or not.

    A customer's own cadence comes before those of tags and segments, of which the shortest counts. Any interaction up
    to now is a contact.
    """
    parameters = Parameters()
    cadences, problems = _cadences(db, moment, parameters, only)
    known = list(db.rows(f"select a.id, a.days, {cadence.TARGET}, a.customer_id {_FROM} where a.removed_at is null"))
    sources = {number: "own" if customer else target for number, _, target, customer in known}
    limits = _limits({days for _, days, *_ in known}, moment, parameters)
    if not limits:
        return Rhythms((), problems)
    alone = f"and c.id = {only:d}" if only else ""
    waiting = "" if only else "where coalesce(last, created_at) < before"
    statement = f"""
        with every (customer_id, days, cadence_id, rank) as ({cadences}),
        chosen as (
            select *, row_number() over (partition by customer_id order by rank, days, cadence_id) as place from every
        ),
        bound (limit_days, before) as (values {limits}),
        heard as materialized (
            select c.id, c.name, c.created_at, not {contactable("c")} as is_left_alone, e.days, e.cadence_id, {_LAST} as last
            from chosen e join customer c on c.id = e.customer_id
            where e.place = 1 and c.removed_at is null {alone}
        )
        select id, name, days, cadence_id, last, created_at, is_left_alone
        from heard c join bound on limit_days = days {waiting} order by id
    """
    values = parameters.values | moment.parameters
    return Rhythms(list(_read(db.rows(statement, values), sources, moment)), problems)


_FROM = f"from cadence a {' '.join(cadence.JOINS.values())}"


def _read(rows: Iterator[Sequence[object]], sources: dict[int, str], moment: Moment) -> Iterator[Rhythm]:
    days_of: dict[str, date] = {}
    for number, name, days, source, last, created, alone in rows:
        instant = str(last or created)
        day = days_of.get(instant)
        if day is None:
            day = days_of[instant] = period.moment(instant).astimezone(moment.tz).date()
        yield Rhythm(
            int(str(number)), str(name), int(str(days)), sources[int(str(source))],
            None if last is None else str(last), day, bool(alone),
        )  # fmt: skip


def _limits(days: set[int], moment: Moment, parameters: Parameters) -> str:
    """For each number of days, the instant before which the last contact makes a customer due today."""
    today = moment.now.astimezone(moment.tz).date()
    pairs = []
    for each in sorted(days):
        begin, _ = period.bounds(_day(today - timedelta(days=each - 1)), moment.tz)
        pairs.append(f"({each:d}, {parameters.add(begin)})")
    return ", ".join(pairs)


def _day(day: date) -> Period:
    return covering("day", day)


def _cadences(db: Reader, moment: Moment, parameters: Parameters, only: int | None) -> tuple[str, tuple[str, ...]]:
    """The SELECT of every cadence of every customer, and what is wrong with the segments that it leaves out."""
    own, tagged, member = (
        f" and {column} = {only:d}" if only else "" for column in ("customer_id", "k.customer_id", "c.id")
    )
    parts = [
        f"select customer_id, days, id, 0 from cadence where customer_id is not null and removed_at is null{own}",
        "select k.customer_id, a.days, a.id, 1 from cadence a join customer_tag k on k.tag_id = a.tag_id "
        f"where a.removed_at is null{tagged}",
    ]
    problems = []
    segments = Segments(db)
    for number, days, name in db.rows(
        "select a.id, a.days, g.name from cadence a join segment g on g.id = a.segment_id where a.removed_at is null"
    ):
        query = syntax.parse([f"segment:{name}"])
        try:
            condition = sql.where(query, segments.customers, moment=moment, parameters=parameters)
        except QueryError as error:
            problems.append(f"{error}: its cadence is left out")
            continue
        condition = replace(condition, sql=f"({condition.sql}){member}")
        parts.append(sql.select(segments.customers, ["c.id", f"{days:d}", f"{number:d}", "1"], condition))
    return " union all ".join(parts), tuple(problems)
