"""Deals that rows of another kind name: by uid, else id, else whole name; those of this import included."""

from crmcli.services.importing.staging import Stage
from crmcli.services.importing.work import Work


def find(stage: Stage) -> None:
    """Find the deals that the rows name; rejects rows that name none that there is, or several."""
    run, table = stage.work.bulk.run, stage.table
    if not stage.work.db.value(
        f"select exists (select 1 from {table} where coalesce(deal_uid, deal, deal_id) is not null)"
    ):
        return
    _gather(stage.work)
    by_uid = "select w.id from import_which w where w.uid = r.deal_uid"
    run(f"update {table} as r set deal_id = ({by_uid}) where deal_uid is not null")
    by_name = "select min(w.id) from import_which w where w.name = fold(r.deal) having count(*) = 1"
    run(
        f"update {table} as r set deal_id = ({by_name}) where deal_uid is null and deal is not null and deal_id is null"
    )
    stage.reject(
        f"""
        select row, 'deal.id', 'deal ' || deal_id || coalesce(' is not called ' || quote(deal), ' is not there') from {table} r
        where deal_uid is null and deal_id is not null
        and not exists (select 1 from import_which w where w.id = r.deal_id and w.name = coalesce(fold(r.deal), w.name))
        """
    )
    _refuse(stage)


def _refuse(stage: Stage) -> None:
    """Rows whose deal was not found, or is one of several."""
    called = "(select count(*) from import_which w where w.name = fold(r.deal))"
    stage.reject(
        f"""
        select row, 'deal', case
            when deal_uid is not null then 'no deal has the uid ' || deal_uid || coalesce(' (' || quote(deal) || ')', '')
            when {called} > 1 then {called} || ' deals are called ' || quote(deal) || '; give a uid'
            else 'no deal is called ' || quote(deal) end
        from {stage.table} r where deal_id is null and (deal_uid is not null or deal is not null) order by row
        """
    )


def _gather(work: Work) -> None:
    """The deals that can be named: `import_which`."""
    run = work.bulk.run
    run("drop table if exists temp.import_which")
    run("create temp table import_which (id integer, uid, name)")
    run("insert into import_which select id, uid, fold(name) from deal where removed_at is null")
    if work.db.value("select exists (select 1 from sqlite_temp_schema where name = 'import_deal')"):
        new = "is_new and target not in (select id from deal)"
        run(f"insert into import_which select target, uid, fold(name) from import_deal where {new}")
    for column in ("id", "uid", "name"):
        run(f"create index temp.import_which_{column} on import_which ({column})")
