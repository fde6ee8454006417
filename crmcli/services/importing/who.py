"""Records that rows of another kind name: customers by uid or whole name."""

from dataclasses import dataclass

from crmcli.exchange.source import Source
from crmcli.services.importing import cells, erased, names
from crmcli.services.importing.cells import Reader
from crmcli.services.importing.staging import Stage
from crmcli.services.importing.work import Work


@dataclass(frozen=True, slots=True)
class Naming:
    """The columns of `table` (row, …) that name a customer: by `uid`, by `name`; `id` takes what is found.

    `field` is what messages call the column; `key` is the column of keys of other systems, where there is one.
    """

    table: str
    uid: str
    name: str
    id: str
    field: str
    key: str | None = None


def key_reader(source: Source) -> Reader:
    """What reads a key of the system that `source` is from, as `system:key`."""
    system = source.source or source.profile
    return lambda text: f"{system}:{cells.key(text)}"


def by_key(key: str) -> str:
    """The SQL of the customer that another system knows by `key`, the SQL of `system:key`."""
    return f"""(
        select coalesce(c.merged_into_id, iif(c.removed_at is null, c.id, null)) from external_id x
        join customer c on c.id = x.customer_id
        where x.source = substr({key}, 1, instr({key}, ':') - 1) and x.key = substr({key}, instr({key}, ':') + 1)
    )"""


def told_key(key: str) -> str:
    """The SQL of how messages call `key`, the SQL of `system:key`."""
    return f"substr({key}, 1, instr({key}, ':') - 1) || ' as ' || quote(substr({key}, instr({key}, ':') + 1))"


def create(work: Work) -> None:
    """Make the tables of the uids by which rows of this import know customers that have another one here."""
    work.bulk.run("create temp table import_alias (uid, row integer)")
    work.bulk.run("create temp table import_uid (uid primary key, id integer)")


def find(stage: Stage, naming: Naming) -> None:
    """Find the customers that the rows name; rejects rows that name none, or several. A uid goes before a name."""
    table, uid, name, number = naming.table, naming.uid, naming.name, naming.id
    stage.work.bulk.run(
        f"""
        update {table} as r set {number} = coalesce(
            (select coalesce(c.merged_into_id, iif(c.removed_at is null, c.id, null)) from customer c where c.uid = r.{uid}),
            (select u.id from import_uid u where u.uid = r.{uid})
        ) where {uid} is not null
        """
    )
    if naming.key is not None:
        _find_by_key(stage, naming, naming.key)
    names.find(stage.work, f"select {name} as name, row as place from {table} where {uid} is null")
    erased.refuse_naming(stage, table, number, uid, name)
    stage.work.bulk.run(
        f"update {table} set {number} = n.id from import_name n where n.name = {table}.{name} and {table}.{uid} is null and n.many = 1 "
        f"and {table}.{number} is null"
    )
    missing = f"'no customer has the uid ' || r.{uid} || coalesce(' (' || quote(r.{name}) || ')', '') || '; import the customers with it'"
    several = f"n.many || ' customers are called ' || quote(r.{name}) || '; give a uid'"
    stage.reject(
        f"""
        select r.row, '{naming.field}', case when r.{uid} is not null then {missing} when n.many > 1 then {several}
            else 'no customer is called ' || quote(r.{name}) end
        from {table} r left join import_name n on n.name = r.{name}
        where r.{number} is null and (r.{uid} is not null or r.{name} is not null) order by r.row
        """
    )


def _find_by_key(stage: Stage, naming: Naming, key: str) -> None:
    """A key goes before a name; one that is not known is refused where no name stands beside it."""
    table, number = naming.table, naming.id
    stage.work.bulk.run(
        f"update {table} as r set {number} = {by_key(f'r.{key}')} where {number} is null and {key} is not null"
    )
    reason = f"'no customer is known to ' || {told_key(f'r.{key}')} || '; import the customers with it'"
    stage.reject(
        f"select r.row, '{naming.field}', {reason} from {table} r where r.{number} is null and r.{key} is not null "
        f"and r.{naming.name} is null order by r.row"
    )


def keep_uids(work: Work) -> None:
    """Remember the uids of the rows of customers, just written, whose customer has another one here."""
    work.bulk.run(
        """
        insert or ignore into import_uid
        select r.uid, r.target from import_customer r join customer c on c.id = r.target
        where r.uid is not null and not r.is_new and c.uid <> r.uid
        union all select a.uid, r.target from import_alias a join import_customer r on r.row = a.row
        """
    )
