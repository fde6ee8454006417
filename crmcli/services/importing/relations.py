"""Relationships of a file: read, recognised, written."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from crmcli.core.vocabulary import ACYCLIC, WORKS_FOR
from crmcli.core.wording import employs_nobody, shown
from crmcli.db.reader import Reader
from crmcli.errors import InvalidInput, NotFound
from crmcli.exchange.source import Source
from crmcli.query import reference
from crmcli.services.importing import cells, identity, who
from crmcli.services.importing.columns import Columns
from crmcli.services.importing.identity import RELATIONSHIP
from crmcli.services.importing.reading import Composed, Shape
from crmcli.services.importing.revising import Revision, revise
from crmcli.services.importing.staging import Stage
from crmcli.services.importing.who import Naming
from crmcli.services.importing.work import Step, Tally, Work

_TABLE = "import_relation"
_COLUMNS = """
    uid, "from", from_uid, "to", to_uid, type integer, since, until, strength integer, note, created, from_id integer, type_id integer,
    to_id integer
"""
_ENDS = (Naming(_TABLE, "from_uid", '"from"', "from_id", "from"), Naming(_TABLE, "to_uid", '"to"', "to_id", "to"))
_UNFIT = "import_unfit"
_TIE = "from_id, type_id, to_id"


def stage(work: Work, tallies: Sequence[Tally]) -> Step:
    """The relationships of the files."""
    rows = staged(work)
    for tally in tallies:
        rows.fill(tally, _shape(rows, tally.source))
    return partial(settle, rows)


def staged(work: Work) -> Stage:
    """The tables for rows of relationships, empty."""
    rows = Stage(work, _TABLE)
    for table in (_TABLE, identity.key_table(rows), _UNFIT):
        work.bulk.run(f"drop table if exists temp.{table}")
    rows.create(_COLUMNS, **{identity.key_table(rows): "source, key"})
    return rows


def settle(stage: Stage) -> None:
    """Bring in the rows; their ends are found already where their ids are known."""
    for end in _ENDS:
        who.find(stage, end)
        stage.reject(f"select row, '{end.field}', 'is empty' from {_TABLE} where {end.id} is null")
    _orient(stage)
    identity.find(stage, RELATIONSHIP)
    _find(stage)
    _refuse_ends(stage)
    identity.leave_known(stage, RELATIONSHIP)
    alive = (_TIE, "target is null and until is null")
    ended = (f"{_TIE}, since, until", "target is null and until is not null and uid is null")
    identity.leave_repeated(stage, alive, ended)
    _refuse(stage)
    identity.forget_touched(stage)
    _write(stage)
    stage.tell()


def _shape(stage: Stage, source: Source) -> Shape:
    columns = Columns(stage.work, source)
    ends = {"from": cells.line("from"), "to": cells.line("to"), "from.uid": cells.uid, "to.uid": cells.uid}
    return Shape(
        {
            "uid": cells.uid,
            **ends,
            "since": columns.day("since"),
            "until": columns.day("until"),
            "strength": cells.strength,
            "note": cells.note,
            "created": columns.instant("created"),
        },
        {"type": _type_of(stage.work)},
        identity.key_parts(stage, source),
    )


def _type_of(work: Work) -> Composed:
    """The type that a row names, negative when by its inverse."""

    def found(text: str) -> int:
        if not text:
            raise InvalidInput("is empty")
        try:
            number, is_inverse = reference.relation_type(work.db, text)
        except NotFound as error:
            raise InvalidInput(f"{error} (crm relation type add makes one)") from None
        return -number if is_inverse else number

    remembered = cells.remembered(found)
    return lambda values: remembered(values.get("type", ""))


def _orient(stage: Stage) -> None:
    """Turn rows that are told from the other end, and symmetric ones so that they go out from the lesser id."""
    stage.work.bulk.run(
        f"""
        update {_TABLE} set type_id = abs(type), from_id = to_id, to_id = from_id where type < 0 or (
            from_id > to_id and (select is_symmetric from relation_type t where t.id = abs(type))
        )
        """
    )
    stage.work.bulk.run(f"update {_TABLE} set type_id = abs(type) where type_id is null")
    stage.reject(f"select row, 'to', 'ties customer ' || to_id || ' to itself' from {_TABLE} where from_id = to_id")


def _find(stage: Stage) -> None:
    """Rows that neither uid nor key tells: the tie that lasts, or one that ended just so."""
    same = f"({', '.join(f'r.{name}' for name in _TIE.split(', '))}) = (t.from_id, t.type_id, t.to_id) and t.removed_at is null"
    stage.work.bulk.run(
        f"""
        update {_TABLE} as r set target = coalesce(
            (select t.id from relationship t where {same} and t.until is not null and t.until is r.until
                and t.since is coalesce(r.since, t.since) and r.uid is null),
            (select t.id from relationship t where {same} and t.until is null and (r.until is null or r.uid is null))
        ) where target is null
        """
    )
    stage.reject(
        f"""
        select r.row, 'uid', 'is relationship ' || t.id || ', which ties others' from {_TABLE} r
        join relationship t on t.id = r.target where (r.from_id, r.type_id, r.to_id) <> (t.from_id, t.type_id, t.to_id)
        """
    )


def _refuse_ends(stage: Stage) -> None:
    """A tie ends no sooner than it began, whatever of the two the row says and what stood there."""
    since, until = stage.said("since", "r.since", "t.since"), "coalesce(r.until, t.until)"
    stage.reject(
        f"""
        select r.row, 'until', 'until ' || {until} || ' is before since ' || {since} from {_TABLE} r
        left join relationship t on t.id = r.target where {until} < {since}
        """
    )


def _refuse(stage: Stage) -> None:
    """A forest has one `from` for each `to`, and no circle: the rows are asked in their order; a person employs nobody."""
    refused = {**dict(_unfit(stage.work)), **dict(_circular(stage.work)), **dict(_employed_by_persons(stage.work))}
    stage.work.bulk.run(f"create temp table {_UNFIT} (row integer primary key, reason)")
    stage.work.bulk.many(f"insert into {_UNFIT} values (?, ?)", refused.items())
    stage.reject(f"select row, 'to', reason from {_UNFIT}")


def _employed_by_persons(work: Work) -> Iterator[tuple[int, str]]:
    rows = work.db.rows(
        f"""
        select r.row, c.id, c.name from {_TABLE} r join customer c on c.id = r.to_id
        where r.target is null and r.type_id = {WORKS_FOR} and r.until is null and c.kind <> 'organisation'
        """
    )
    for row, number, name in list(rows):
        yield row, employs_nobody(number, shown(name))


def _unfit(work: Work) -> Iterator[tuple[int, str]]:
    """The rows that cannot go in, and why."""
    rows = work.db.rows(
        f"""
        select r.row, r.type_id, r.from_id, r.to_id, t.inverse from {_TABLE} r join relation_type t on t.id = r.type_id
        where r.target is null and t.is_forest order by r.row
        """
    )
    forest = _Forest(work.db)
    for row, type_id, from_id, to_id, inverse in list(rows):
        other = forest.above(type_id, to_id)
        if other is not None:
            yield row, f"customer {to_id} is {inverse} customer {other} already"
        elif forest.is_below(type_id, from_id, to_id):
            yield row, f"customer {from_id} is {inverse} customer {to_id} by way of others: this would close a circle"
        else:
            forest.grown[type_id, to_id] = from_id


def _circular(work: Work) -> Iterator[tuple[int, str]]:
    """The rows whose ties would lead back to where they began: of types that go one way, but are no forest."""
    rows = work.db.rows(
        f"""
        select r.row, r.type_id, r.from_id, r.to_id, t.inverse from {_TABLE} r join relation_type t on t.id = r.type_id
        where r.target is null and r.until is null and not t.is_forest and t.id in (select value from json_each(:types))
        order by r.row
        """,
        types=json.dumps(ACYCLIC),
    )
    grown: dict[tuple[int, int], list[int]] = {}
    for row, type_id, from_id, to_id, inverse in list(rows):
        if _leads(work.db, grown, type_id, to_id, from_id):
            yield row, f"customer {from_id} is {inverse} customer {to_id} by way of others: this would close a circle"
        else:
            grown.setdefault((type_id, from_id), []).append(to_id)


def _leads(db: Reader, grown: Mapping[tuple[int, int], Sequence[int]], type_id: int, start: int, end: int) -> bool:
    """Whether ties of the type lead from `start` to `end`, those of the database and of the rows so far."""
    sql = "select to_id from relationship where from_id = :id and type_id = :type and removed_at is null and until is null"
    seen, frontier = {start}, [start]
    while frontier and end not in seen:
        at = frontier.pop()
        far = [*(int(row[0]) for row in db.rows(sql, id=at, type=type_id)), *grown.get((type_id, at), ())]
        frontier += [each for each in far if each not in seen]
        seen.update(far)
    return end in seen


@dataclass(frozen=True, slots=True)
class _Forest:
    """Who is above whom, in the database and by the rows so far (`grown`)."""

    db: Reader
    grown: dict[tuple[int, int], int] = field(default_factory=dict)

    def above(self, type_id: int, number: int) -> int | None:
        if (type_id, number) in self.grown:
            return self.grown[type_id, number]
        sql = "select from_id from relationship where to_id = :id and type_id = :type and removed_at is null"
        found = self.db.value(sql, id=number, type=type_id)
        return None if found is None else int(found)

    def is_below(self, type_id: int, number: int, top: int) -> bool:
        at: int | None = number
        while at is not None and at != top:
            at = self.above(type_id, at)
        return at == top


def _write(stage: Stage) -> None:
    work, bulk = stage.work, stage.work.bulk
    _update(stage)
    identity.number(stage, RELATIONSHIP)
    last = bulk.last("relationship")
    bulk.insert(
        "relationship",
        f"id, uid, {_TIE}, since, until, strength, note, created_at, recorded_at",
        f"""
        select target, coalesce(uid, {work.uid("target - :last - 1")}), {_TIE}, since, until, strength, note, coalesce(created, :now), :now
        from {_TABLE} where is_new order by row
        """,
        last=last,
        now=work.recorded_at,
    )
    identity.write_keys(stage, RELATIONSHIP)


def _update(stage: Stage) -> None:
    """What a row says of a tie that is there; a tie that was known by no uid of the row takes that over."""
    said = {
        "uid": "coalesce(r.uid, t.uid)",
        **{name: stage.said(name, f"r.{name}", f"t.{name}") for name in ("since", "strength", "note")},
        "until": "coalesce(r.until, t.until)",
        "created_at": "coalesce(r.created, t.created_at)",
    }
    rows = f"{_TABLE} r join relationship t on t.id = r.target"
    revise(stage.work, Revision("relationship", "t", said, rows))
