"""Operations and the changes they left; taking one back, and putting it again."""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from crmcli.db import migrate, ties
from crmcli.db.reader import Reader
from crmcli.errors import Conflict, NotFound

_RANGES = """
    select row_id, last_id from change indexed by change_ranges
    where operation_id = :latest and last_id is not null and table_name = :table
"""

# What can be told from other rows, by table: null where it is not known.
_CACHES = {"passage": ("way",)}


@dataclass(frozen=True, slots=True)
class Header:
    """Who does what: the command and the names of its options, never their values, which can be personal."""

    command: str
    options: tuple[str, ...] = ()
    actor: str = ""


@dataclass(frozen=True, slots=True)
class Reversal:
    """What an undo or redo did: the operation that it was about, and how many records changed."""

    operation: int
    command: str
    changes: int


def begin(connection: sqlite3.Connection, header: Header, *, recorded_at: str) -> int:
    """Open an operation in the transaction under way, and give its number."""
    (number,) = connection.execute(
        "select coalesce(max(seq), 0) + 1 from sqlite_sequence where name = 'operation'"
    ).fetchone()
    connection.execute(
        "insert into operation (id, root_id, command, options, actor, recorded_at) values (?, ?, ?, ?, ?, ?)",
        (number, number, header.command, " ".join(header.options), header.actor, recorded_at),
    )
    connection.execute("insert into current_operation (id, operation_id) values (1, ?)", (number,))
    return int(number)


def end(connection: sqlite3.Connection) -> None:
    """Close the operation; the commit is the caller's."""
    connection.execute("delete from current_operation")


def last_in_effect(db: Reader, *, but: int) -> int:
    """The number of the last operation not yet undone, `but` (the one under way) aside. Raises NotFound."""
    return _last(db, in_effect=True, but=but, otherwise="nothing to undo")


def last_undone(db: Reader, *, but: int) -> int:
    """The number of the operation undone last and not yet put again, `but` aside. Raises NotFound."""
    return _last(db, in_effect=False, but=but, otherwise="nothing to redo")


def root(db: Reader, operation: int, *, but: int) -> int:
    """The operation that `operation` is about: itself, unless it undoes or redoes another. Raises NotFound."""
    number = db.value("select root_id from operation where id = :id and id <> :but", id=operation, but=but)
    if number is None:
        last = db.value("select max(id) from operation where id <> :but", but=but)
        raise NotFound(
            f"no operation {operation}", hint=f"crm history lists them; the last is {last}" if last else None
        )
    return int(number)


def is_in_effect(db: Reader, operation: int) -> bool:
    """Whether the changes of `operation`, a root, stand now: each undo and redo of it turns that round."""
    return bool(db.value("select count(*) % 2 from operation where root_id = :id", id=operation))


def maker(table: str, row: str) -> str:
    """The SQL of the operation that put the row of `table` there whose id is the SQL `row`: made it, or gave it back."""
    made = f"from change where table_name = '{table}'"
    return f"""coalesce(
        (select operation_id {made} and row_id = {row} and action = 'insert' and last_id is null order by id desc limit 1),
        (select iif(last_id >= {row}, operation_id, null) {made} and row_id <= {row} and last_id is not null
            order by row_id desc limit 1)
    )"""


def reverse(connection: sqlite3.Connection, operation: int, *, by: int) -> Reversal:
    """Give every row that the root `operation` changed back what it was before its last undo, redo or first doing.

    `by` is the number of the operation under way. Raises Conflict when something later stands on these rows.
    """
    db = Reader(connection)
    latest, command = _latest_of(db, operation)
    _refuse_forgotten(db, latest, operation)
    connection.execute("update operation set root_id = ? where id = ?", (operation, by))
    _refuse_changed_since(db, latest, operation, by)
    connection.execute("pragma defer_foreign_keys = on")
    tables = migrate.tracked(connection)
    try:
        for table in reversed(tables):
            _delete_inserted(connection, latest, table)
        for table in tables:
            _restore(connection, latest, table)
    except sqlite3.IntegrityError as error:
        raise Conflict(
            f"operation {operation} cannot be turned round: {_rule(error)}", hint="crm history shows what came since"
        ) from None
    _refuse_needed(db, latest, tables)
    _refuse_ties(db, operation, latest)
    return Reversal(operation, command, int(db.value(f"select {records(':by')}", by=by)))


def records(operation: str) -> str:
    """The SQL of how many records an operation changed, given the SQL of its number."""
    ranges = "change r indexed by change_ranges"
    told = f"r.operation_id = {operation} and r.last_id is not null"
    again = "c.operation_id = r.operation_id and c.table_name = r.table_name and c.row_id > r.row_id and c.row_id <= r.last_id"
    return f"""(
        (select count(*) from (select 1 from change where operation_id = {operation} group by table_name, row_id))
        + (select coalesce(sum(r.last_id - r.row_id), 0) from {ranges} where {told})
        - (select count(*) from (
            select 1 from {ranges} cross join change c on {again} where {told} group by c.table_name, c.row_id
        ))
    )"""


def _last(db: Reader, *, in_effect: bool, but: int, otherwise: str) -> int:
    number = db.value(
        """
        select root_id from operation where root_id <> :but group by root_id having count(*) % 2 = :parity
        order by case when :parity = 1 then root_id else max(id) end desc limit 1
        """,
        parity=int(in_effect),
        but=but,
    )
    if number is None:
        raise NotFound(otherwise, hint="crm history lists the operations")
    return int(number)


def _latest_of(db: Reader, operation: int) -> tuple[int, str]:
    """The number of the operation's last incarnation, and its command."""
    latest = db.value("select max(id) from operation where root_id = :id", id=operation)
    command = db.value("select command from operation where id = :id", id=operation)
    return int(latest), str(command)


def _refuse_forgotten(db: Reader, latest: int, operation: int) -> None:
    """Rows of an erased customer have no old state any more: a change that is no insert and keeps none."""
    by = db.value(
        """
        select other.operation_id from change mine
        join change other on other.table_name = mine.table_name
            and other.row_id between mine.row_id and coalesce(mine.last_id, mine.row_id)
        where mine.operation_id = :latest and other.old is null and other.action <> 'insert'
        order by other.id desc limit 1
        """,
        latest=latest,
    )
    if by is None:
        return
    about = f"is about a customer who was erased since (operation {by}) and cannot be turned round"
    why = "erased a customer for good and cannot be undone" if by == latest else about
    raise Conflict(f"operation {operation} {why}", hint="crm undo OP takes another one back; crm history lists them")


def _refuse_changed_since(db: Reader, latest: int, operation: int, by: int) -> None:
    """A later operation on the same rows stands in the way unless an undo cancels it: its chain is odd.

    A range of a later operation holds none of the rows: its ids were new.
    """
    later = db.row(
        """
        select o.root_id, root.command
        from change mine
        join change other on other.table_name = mine.table_name
            and other.row_id between mine.row_id and coalesce(mine.last_id, mine.row_id) and other.operation_id > :latest
        join operation o on o.id = other.operation_id
        join operation root on root.id = o.root_id
        where mine.operation_id = :latest and o.id <> :by and o.root_id <> :operation
        group by o.root_id having count(distinct o.id) % 2 = 1
        order by o.root_id desc limit 1
        """,
        latest=latest,
        by=by,
        operation=operation,
    )
    if later:
        raise _in_the_way(operation, int(later[0]), str(later[1]), "changed the same records since")


def _delete_inserted(connection: sqlite3.Connection, latest: int, table: str) -> None:
    """Take the rows away that `latest` made."""
    parameters = {"latest": latest, "table": table}
    connection.execute(
        f"""
        delete from {table} where id in (
            select row_id from change where operation_id = :latest and table_name = :table and last_id is null
            group by row_id having min(id) = min(case when action = 'insert' then id end)
        )
        """,
        parameters,
    )
    for first, last in connection.execute(_RANGES, parameters).fetchall():
        connection.execute(f"delete from {table} where id between ? and ?", (first, last))


def _restore(connection: sqlite3.Connection, latest: int, table: str) -> None:
    """Give the rows that `latest` found back what it found in them.

    A column that came later keeps what it has, but for a cache, which nobody knows then.
    """
    first = f"""
        with ranges as materialized ({_RANGES})
        select c.row_id, c.old, min(c.id) from change c
        where c.operation_id = :latest and c.table_name = :table and c.last_id is null
        and not exists (select 1 from ranges r where c.row_id between r.row_id and r.last_id)
        group by c.row_id having c.action <> 'insert'
    """
    parameters = {"latest": latest, "table": table}
    row = connection.execute(f"select old from ({first}) limit 1", parameters).fetchone()
    if row is None:
        return
    names = _columns_then(connection, table, row[0])
    unknown = [name for name in _CACHES.get(table, ()) if name not in names]
    values = ", ".join([*(f"json_extract(old, '$.{name}')" for name in names), *("null" for _ in unknown)])
    names += unknown
    changed = ", ".join(f"{name} = excluded.{name}" for name in names if name != "id")
    connection.execute(
        f"""
        insert into {table} ({", ".join(names)})
        select {values} from ({first}) where true
        on conflict (id) do update set {changed}
        """,
        parameters,
    )


def _columns_then(connection: sqlite3.Connection, table: str, old: str) -> list[str]:
    """The columns that the table had when the row `old` was kept. Raises Conflict when one of them is gone."""
    had = {name for (name,) in connection.execute("select key from json_each(?)", (old,))}
    names = [name for name in migrate.columns(connection, table) if name in had]
    if len(names) < len(had):
        raise Conflict(
            "the operation is older than the shape of the file and cannot be turned round",
            hint="crm history lists newer ones",
        )
    return names


def _refuse_needed(db: Reader, latest: int, tables: Iterable[str]) -> None:
    """A row that was taken away must not be one that another row refers to."""
    for child in tables:
        for reference in db.rows(f"pragma foreign_key_list({child})"):
            parent, column = reference[2], reference[3]
            needy = db.value(
                f"""
                select max(child.id) from change mine
                join {child} child on child.{column} between mine.row_id and coalesce(mine.last_id, mine.row_id)
                where mine.operation_id = :latest and mine.table_name = :parent and mine.action = 'insert'
                and not exists (select 1 from {parent} p where p.id = child.{column})
                """,
                latest=latest,
                parent=parent,
            )
            if needy is not None:
                raise _needed(db, latest, child, int(needy))


def _refuse_ties(db: Reader, operation: int, latest: int) -> None:
    """What came back must fit what has come since."""
    back, at = ties.touched("r.id", "relationship"), ties.touched("r.to_id", "customer")
    for select, why in (
        (ties.circular(back), "a tie would close a circle"),
        (ties.employed_by_persons(back), "a person would employ somebody"),
        (ties.employed_by_persons(at), "a person would employ somebody"),
    ):
        found = db.value(f"select * from ({select}) limit 1", operation=latest)
        if found is not None:
            raise Conflict(
                f"operation {operation} cannot be turned round: {why} (relationship {found})",
                hint="crm history shows what came since",
            )


def _needed(db: Reader, latest: int, child: str, row: int) -> Conflict:
    """The row of the table `child` needs what the operation made."""
    found = db.row(
        f"""
        select mine.root_id, root.id, root.command from operation mine, operation o join operation root on root.id = o.root_id
        where mine.id = :latest and o.id = coalesce(
            (select operation_id from change where table_name = :child and row_id = :row order by id desc limit 1),
            {maker(child, ":row")}
        )
        """,
        latest=latest,
        child=child,
        row=row,
    )
    root_id, other, command = found or (latest, latest, "")
    return _in_the_way(int(root_id), int(other), str(command), "still needs what it made")


def _in_the_way(operation: int, other: int, command: str, why: str) -> Conflict:
    return Conflict(
        f"operation {operation} stands under operation {other} ({command}), which {why}", hint=f"crm undo {other} first"
    )


def _rule(error: sqlite3.IntegrityError) -> str:
    """Which rule the rows would break; the names of our own columns, never their values."""
    text = str(error)
    if "contact_point.value" in text:
        return "another customer has the e-mail address now"
    if "cycle" in text:
        return "the referrals would close a circle"
    if text.startswith("UNIQUE"):
        return f"{text.rpartition(':')[2].strip()} is taken now"
    return "the records changed since"
