"""Which record of the file a row is about, as far as that is the same for every kind: by uid, else by key."""

from dataclasses import dataclass

from crmcli.core.vocabulary import OnDuplicate, OnRemoved
from crmcli.core.wording import counted
from crmcli.exchange.source import Source
from crmcli.services.importing import cells
from crmcli.services.importing.reading import Part
from crmcli.services.importing.staging import Stage


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of record: its table, the column of `external_id` that leads to it, the SQL of what a message calls c."""

    table: str
    link: str
    title: str


CUSTOMER = Kind("customer", "customer_id", "'customer ' || c.id || ' ' || quote(c.name)")
DEAL = Kind("deal", "deal_id", "'deal ' || c.id || ' ' || quote(c.name)")
INTERACTION = Kind("interaction", "interaction_id", "'interaction ' || c.id")
RELATIONSHIP = Kind("relationship", "relationship_id", "'relationship ' || c.id")
TASK = Kind("task", "task_id", "'task ' || c.id || ' ' || quote(c.text)")


def key_table(stage: Stage) -> str:
    """The child that holds the keys of the rows: (row, source, key)."""
    return f"{stage.table}_key"


def key_parts(stage: Stage, source: Source) -> tuple[Part, Part]:
    """What reads the key of the outside system that `source` is from, and those of others."""
    system = source.source or source.profile
    return (
        Part("key", key_table(stage), "source, key", lambda text: [(system, cells.key(text))]),
        Part("external", key_table(stage), "source, key", cells.keys),
    )


def find(stage: Stage, kind: Kind) -> None:
    """Give the rows about records of the file their ids.

    Rejects a row whose keys are those of two records, and takes out those about removed ones, unless they come back.
    """
    run, table = stage.work.bulk.run, stage.table
    if "uid" in stage.fields:
        run(
            f"update {table} set target = (select id from {kind.table} c where c.uid = {table}.uid) where uid is not null"
        )
    _find_by_key(stage, kind)
    if kind is CUSTOMER:
        merged = "update import_customer set target = c.merged_into_id from customer c where c.id = target and c.merged_into_id is not null"
        while run(merged):
            pass
    if not (kind is CUSTOMER and stage.work.wish.on_removed is OnRemoved.RESTORE):
        leave_removed(stage, kind)


def leave_removed(stage: Stage, kind: Kind) -> None:
    """Take out the rows about removed records, which stay removed."""
    gone = stage.leave(
        f"select r.row from {stage.table} r join {kind.table} c on c.id = r.target where c.removed_at is not null"
    )
    if gone:
        way = "; --on-removed restore brings them back" if kind is CUSTOMER else ""
        about = f"{counted(gone, 'row')} {'is' if gone == 1 else 'are'} about removed {kind.table}s"
        stage.work.note(f"{about}, which stay removed{way}")


def _find_by_key(stage: Stage, kind: Kind) -> None:
    run, table = stage.work.bulk.run, stage.table
    run(f"create index temp.{key_table(stage)}_key on {key_table(stage)} (source, key)")
    held = f"""
        select k.row, min(x.{kind.link}) as low, max(x.{kind.link}) as high from {key_table(stage)} k
        join external_id x on x.source = k.source and x.key = k.key and x.{kind.link} is not null group by k.row
    """
    two = f"'its keys are those of {kind.table}s ' || low || ' and ' || high"
    stage.reject(f"select row, 'external', {two} from ({held}) where low <> high")
    run(f"update {table} set target = h.low from ({held}) h where h.row = {table}.row and target is null")


def leave_known(stage: Stage, kind: Kind) -> None:
    """The rows about records of the file are left out or rejected where that is the wish."""
    if stage.work.wish.on_duplicate is OnDuplicate.REJECT:
        stage.reject(
            f"select r.row, '', 'is ' || {kind.title} || ' already' from {stage.table} r "
            f"join {kind.table} c on c.id = r.target order by r.row"
        )
    elif stage.work.wish.on_duplicate is OnDuplicate.SKIP:
        stage.skip(f"select row from {stage.table} where target is not null")


def number(stage: Stage, kind: Kind) -> None:
    """Give the rows of new records their ids, in the order of the rows."""
    bulk, table = stage.work.bulk, stage.table
    last = bulk.last(kind.table)
    whole, known, end = next(stage.work.db.rows(f"select count(*), count(target), max(row) from {table}"))
    if known == 0 and whole == end:
        bulk.run(f"update {table} set is_new = 1, target = :last + row", last=last)
        return
    bulk.run("drop table if exists temp.import_new")
    bulk.run("create temp table import_new (row integer primary key, number integer)")
    bulk.run(f"insert into import_new select row, row_number() over (order by row) from {table} where target is null")
    bulk.run(
        f"update {table} set is_new = 1, target = :last + n.number from import_new n where n.row = {table}.row",
        last=last,
    )


def write_keys(stage: Stage, kind: Kind) -> None:
    """Keep the keys of the rows that the file does not know yet."""
    bulk = stage.work.bulk
    bulk.run("drop table if exists temp.import_keying")
    bulk.run(
        f"""
        create temp table import_keying as
        select r.target, k.source, k.key, r.is_new, min(k.rowid) as place
        from {key_table(stage)} k cross join {stage.table} r on r.row = k.row
        where not exists (
            select 1 from external_id x where x.source = k.source and x.key = k.key and x.{kind.link} is not null
        ) group by k.source, k.key
        """
    )
    bulk.insert(
        "external_id", f"source, key, {kind.link}", "select source, key, target from import_keying order by place"
    )
    bulk.run("insert or ignore into import_touched select target from import_keying where not is_new")


def forget_touched(stage: Stage) -> None:
    """Begin to note which records change."""
    stage.work.bulk.run("delete from import_touched")


def leave_repeated(stage: Stage, *alike: tuple[str, str]) -> None:
    """Of several rows about one record the first counts; (columns, condition) tell what else makes rows alike."""
    table = stage.table
    kinds = (("target", "target is not null"), ("uid", "target is null and uid is not null"), *alike)
    for same, condition in kinds:
        firsts = f"select min(row) from {table} where {condition} group by {same}"
        stage.leave(f"select row from {table} where {condition} and row not in ({firsts})")
    if key_table(stage) not in stage.children:
        return
    keyed = f"{key_table(stage)} k join {table} r on r.row = k.row where r.target is null"
    stage.leave(
        f"select distinct k.row from {keyed} and k.row > "
        f"(select min(f.row) from {key_table(stage)} f where f.source = k.source and f.key = k.key)"
    )


def unsure(stage: Stage) -> str:
    """The SQL condition of rows that neither uid nor key tells."""
    keyed = f" and row not in (select row from {key_table(stage)})" if key_table(stage) in stage.children else ""
    return f"target is null and uid is null{keyed}"
