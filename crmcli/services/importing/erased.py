"""Rows about erased customers, which stay out."""

from crmcli.services.erasedkeys import digest_of
from crmcli.services.importing.staging import Stage
from crmcli.services.importing.work import Work

_SHOWN = 20


def refuse(stage: Stage) -> None:
    """Take out the rows of customers who were erased: counted as skipped, named by line, none of their values repeated."""
    if not _can_tell(stage.work):
        return
    arms = [
        "select row, kind, value from import_point",
        "select row, 'key', source || ':' || key from import_customer_key",
    ]
    if "uid" in stage.fields:
        arms.append("select row, 'uid', uid from import_customer where uid is not null")
    _refuse(stage, f"select row from ({' union all '.join(arms)}) where {_is_erased('kind', 'value')}")


def refuse_naming(stage: Stage, table: str, id: str, uid: str, name: str) -> None:  # noqa: A002 (the column's name)
    """Take out the rows whose `table` names nobody but an erased customer by `uid` or `name`; `id` holds whom it names.

    `import_name` tells how many are called so.
    """
    if not _can_tell(stage.work):
        return
    uid_erased, name_erased = _is_erased("'uid'", f"r.{uid}"), _is_erased("'name'", f"fold(r.{name})")
    by_uid = f"r.{uid} is not null and {uid_erased}"
    by_name = f"r.{name} is not null and coalesce(n.many, 0) = 0 and {name_erased}"
    _refuse(
        stage,
        f"select r.row from {table} r left join import_name n on n.name = r.{name} where r.{id} is null "
        f"and (({by_uid}) or ({by_name}))",
    )


def is_name(work: Work, name: str) -> str:
    """The SQL of whether an erased customer had the name."""
    return _is_erased("'name'", f"fold({name})") if _can_tell(work) else "false"


def _can_tell(work: Work) -> bool:
    """Make the function that tells; there is none while nobody was erased."""
    digest = digest_of(work.db)
    if digest is None:
        return False
    work.bulk.function("erased_digest", 2, lambda kind, value: digest(str(kind), str(value)))
    return True


def _is_erased(kind: str, value: str) -> str:
    return f"erased_digest({kind}, {value}) in (select digest from erased_key)"


def _refuse(stage: Stage, select: str) -> None:
    run = stage.work.bulk.run
    run("drop table if exists temp.import_erased")
    run("create temp table import_erased (row integer primary key)")
    run(f"insert or ignore into import_erased {select}")
    _tell(stage)
    stage.skip("select row from import_erased")


def _tell(stage: Stage) -> None:
    rows = list(
        stage.work.db.rows(f"select file, line from {stage.table} where row in (select row from import_erased)")
    )
    for file, line in rows[:_SHOWN]:
        stage.work.note(f"{stage.work.tallies[file].source.file}: line {line}: about an erased customer; not taken")
    if len(rows) > _SHOWN:
        stage.work.note(f"and {len(rows) - _SHOWN:,} more rows about erased customers")
