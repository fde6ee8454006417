"""What refers to a customer, moved to the one that it is merged into: along every reference of the schema."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from crmcli.core.vocabulary import ACYCLIC, REFERRED, WORKS_FOR, CustomerKind
from crmcli.db import subject
from crmcli.db.writing import Writer
from crmcli.services import circles


@dataclass(frozen=True, slots=True)
class Way:
    """How the rows of a reference move.

    `once`: the columns by which the two are alike; of two alike rows the mover's goes. `ends`: the column that ends a
    row; of two that last the mover's ends. `fills`: what an alike row that stays takes over where it has nothing.
    `behind`: with a position, the movers come last; among those alike in these columns.
    """

    once: tuple[str, ...] = ()
    ends: str | None = None
    fills: tuple[str, ...] = ()
    behind: tuple[str, ...] | None = None


_PLACE = ("street", "postcode", "city", "region", "country", "url")

#: Every reference to customer has its way here; a test sees to it. Without one its rows simply move.
WAYS: Mapping[tuple[str, str], Way] = {
    ("customer", "merged_into_id"): Way(),
    ("contact_point", "customer_id"): Way(once=("kind", "value"), fills=("label",), behind=("kind",)),
    ("address", "customer_id"): Way(once=_PLACE, fills=("label",), behind=()),
    ("customer_tag", "customer_id"): Way(once=("tag_id",)),
    ("relationship", "from_id"): Way(),  # one by one: see _ties
    ("relationship", "to_id"): Way(),
    ("deal", "customer_id"): Way(),
    ("passage", "customer_id"): Way(ends="ended_at"),
    ("interaction_party", "customer_id"): Way(once=("interaction_id",)),
    ("external_id", "customer_id"): Way(),
    ("consent", "customer_id"): Way(),
    ("restriction", "customer_id"): Way(ends="lifted_at"),
    ("task", "customer_id"): Way(),
    ("segment_member", "customer_id"): Way(once=("segment_id",)),
    ("cadence", "customer_id"): Way(ends="removed_at"),
}

_TIES = """
    select r.id, r.from_id, r.type_id, r.to_id, r.removed_at is null, r.until is null, t.is_symmetric, t.is_forest, t.name
    from relationship r join relation_type t on t.id = r.type_id where :old in (r.from_id, r.to_id) order by r.id
"""
_SAME = """
    select id from relationship where (from_id, type_id, to_id) = (:from, :type, :to) and id <> :id
    and removed_at is null and until is null
"""


@dataclass(frozen=True, slots=True)
class _Tie:
    """A relationship as it would stand: between whom, whether it is there and lasts, and of which type."""

    id: int
    from_id: int
    type_id: int
    to_id: int
    is_there: bool
    is_lasting: bool
    is_forest: bool
    name: str

    @property
    def is_pointless(self) -> bool:
        """Whether it ties somebody to themselves."""
        return self.from_id == self.to_id


def move(session: Writer, old: int, new: int) -> list[str]:
    """Let everything that refers to `old` refer to `new`; what a person should know of it."""
    warnings: list[str] = []
    for reference in subject.references(session.raw):
        child, column, parent = reference
        if parent != subject.ROOT:
            continue
        if (child, column) == ("relationship", "from_id"):
            warnings += _ties(session, old, new)
        elif child != "relationship":
            _move(session, child, column, WAYS.get((child, column), Way()), old, new)
    return warnings


def _move(session: Writer, table: str, column: str, way: Way, old: int, new: int) -> None:  # noqa: PLR0917
    known = {"old": old, "new": new, "at": session.recorded_at}
    run = session.raw.execute
    if way.once:
        mine, theirs = (", ".join(f"{alias}.{name}" for name in way.once) for alias in ("k", table))
        alike = f"k.{column} = :new and ({mine}) is ({theirs})"
        for name in way.fills:
            other = ", ".join(f"o.{each}" for each in way.once)
            same = f"from {table} o where o.{column} = :old and ({other}) is ({theirs}) and o.{name} is not null"
            run(
                f"update {table} set {name} = (select o.{name} {same}) "
                f"where {column} = :new and {name} is null and exists (select 1 {same})",
                known,
            )
        run(f"delete from {table} where {column} = :old and exists (select 1 from {table} k where {alike})", known)
    if way.ends:
        lasts = f"select 1 from {table} where {column} = :new and {way.ends} is null"
        run(
            f"update {table} set {way.ends} = :at where {column} = :old and {way.ends} is null and exists ({lasts})",
            known,
        )
    position = ""
    if way.behind is not None:
        within = "".join(f" and k.{name} = {table}.{name}" for name in way.behind)
        last = f"select max(k.position) + 1 from {table} k where k.{column} = :new{within}"
        position = f", position = position + coalesce(({last}), 0)"
    run(f"update {table} set {column} = :new{position} where {column} = :old", known)


def _ties(session: Writer, old: int, new: int) -> Iterator[str]:
    """Move the relationships. One that cannot stand beside those of `new` is removed; what was removed moves too.

    A tie between the two is removed and stays where it was.
    """
    for number, source, type_id, target, is_there, is_lasting, is_symmetric, is_forest, name in list(
        session.reader.rows(_TIES, old=old)
    ):
        ends = [new if each == old else each for each in (source, target)]
        if is_symmetric:
            ends.sort()
        tie = _Tie(number, ends[0], type_id, ends[1], bool(is_there), bool(is_lasting), bool(is_forest), name)
        why = _why_not(session, tie, new) if tie.is_there else None
        if why and not tie.is_pointless:
            yield f"relationship {number} ({name}) is removed: {why}"
        at = session.recorded_at if why else None
        session.raw.execute("update relationship set removed_at = ? where id = ? and ? is not null", (at, number, at))
        if not tie.is_pointless:
            session.raw.execute(
                "update relationship set from_id = ?, to_id = ? where id = ?", (tie.from_id, tie.to_id, number)
            )


def _why_not(session: Writer, tie: _Tie, new: int) -> str | None:
    """Why the tie cannot stand at `new`; None where it can."""
    db = session.reader
    if tie.is_pointless:
        return "it tied the two"
    ends = {"from": tie.from_id, "type": tie.type_id, "to": tie.to_id, "id": tie.id}
    same = db.value(_SAME, ends) if tie.is_lasting else None
    if same is not None:
        _fill(session, same, tie.id)
        return f"relationship {same} says so already"
    if tie.type_id == WORKS_FOR and tie.to_id == new and _kind(session, new) == CustomerKind.PERSON:
        return f"customer {new} is a person and employs nobody"
    if tie.type_id == REFERRED and tie.to_id == new:
        referrer = db.value(
            "select from_id from relationship where to_id = :to and type_id = :type and removed_at is null and id <> :id",
            ends,
        )
        if referrer is not None:
            return f"customer {new} was referred by customer {referrer}"
    is_acyclic = tie.is_forest or (tie.type_id in ACYCLIC and tie.is_lasting)
    if is_acyclic and circles.way(db, tie.type_id, tie.to_id, tie.from_id, ended=tie.is_forest):
        return "it would close a circle"
    return None


def _fill(session: Writer, stays: int, goes: int) -> None:
    """What the tie that goes says and the one that stays does not."""
    names = ("since", "note", "strength")
    says = ", ".join(f"{name} = coalesce(r.{name}, o.{name})" for name in names)
    news = " or ".join(f"(r.{name} is null and o.{name} is not null)" for name in names)
    session.raw.execute(
        f"update relationship as r set {says} from relationship o where r.id = ? and o.id = ? and ({news})",
        (stays, goes),
    )


def _kind(session: Writer, customer: int) -> str:
    return str(session.reader.value("select kind from customer where id = :id", id=customer))
