"""Rows about erased customers, which stay out."""

from crmcli.services.erasedkeys import digest_of
from crmcli.services.importing.staging import Stage

_SHOWN = 20


def refuse(stage: Stage) -> None:
    """Take out the rows of customers who were erased: counted as skipped, named by line, none of their values repeated."""
    digest = digest_of(stage.work.db)
    if digest is None:
        return
    run = stage.work.bulk.run
    stage.work.bulk.function("erased_digest", 2, lambda kind, value: digest(str(kind), str(value)))
    arms = [
        "select row, kind, value from import_point",
        "select row, 'key', source || ':' || key from import_customer_key",
    ]
    if "uid" in stage.fields:
        arms.append("select row, 'uid', uid from import_customer where uid is not null")
    run("create temp table import_erased (row integer primary key)")
    run(
        f"""
        insert or ignore into import_erased select row from ({" union all ".join(arms)})
        where erased_digest(kind, value) in (select digest from erased_key)
        """
    )
    _tell(stage)
    stage.skip("select row from import_erased")


def _tell(stage: Stage) -> None:
    rows = list(
        stage.work.db.rows("select file, line from import_customer where row in (select row from import_erased)")
    )
    for file, line in rows[:_SHOWN]:
        stage.work.note(f"{stage.work.tallies[file].source.file}: line {line}: about an erased customer; not taken")
    if len(rows) > _SHOWN:
        stage.work.note(f"and {len(rows) - _SHOWN:,} more rows about erased customers")
