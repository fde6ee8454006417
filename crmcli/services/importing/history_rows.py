"""The ways that were worked out for deals and customers, as passages and stage events: what differs is written, nothing else."""

from crmcli.services.importing.work import Work

_STALE_EVENTS = """
    select e.id from import_outcome x cross join passage p on p.deal_id = x.deal_id
    cross join stage_event e on e.passage_id = p.id
    where e.id not in (select event_id from import_step where event_id is not null)
"""
_STALE_PASSAGES = """
    select p.id from import_outcome x cross join passage p on p.deal_id = x.deal_id
    where p.id not in (select id from import_passage where id is not null)
"""
_CACHES = ("pipeline_id", "began_at", "ended_at", "stage_id", "stage_entered_at", "reached_id", "way")


def write(work: Work) -> None:
    """Bring passages and events to what the plan says, and note which deals of the rows moved."""
    bulk = work.bulk
    bulk.defer_references()
    bulk.run("create index temp.import_step_event on import_step (event_id)")
    for table, ids in (("stage_event", _STALE_EVENTS), ("passage", _STALE_PASSAGES)):
        bulk.run("drop table if exists temp.import_stale")
        bulk.run(f"create temp table import_stale as {ids}")
        bulk.delete(table, "select id from import_stale")
    _update_passages(work)
    _insert_passages(work)
    _update_events(work)
    _insert_events(work)
    bulk.run("update import_event set is_new = 1 where row in (select row from import_step where event_id is null)")
    bulk.run(
        """
        insert or ignore into import_touched select s.deal_id from import_step s
        where s.event_id is null and s.row is null and s.deal_id in (select target from import_deal where not is_new)
        """
    )


def _update_passages(work: Work) -> None:
    same = f"({', '.join(f'n.{name}' for name in _CACHES)}) is ({', '.join(f'p.{name}' for name in _CACHES)})"
    changed = f"select p.id from import_passage n join passage p on p.id = n.id where not ({same})"
    work.bulk.run(f"create temp table import_moved as {changed}")
    work.bulk.update(
        "passage",
        "select id from import_moved",
        f"update passage set {', '.join(f'{name} = n.{name}' for name in _CACHES)} from import_passage n "
        "where n.id = passage.id and n.id in (select id from import_moved)",
    )


def _insert_passages(work: Work) -> None:
    """New ones, in the order in which the files tell of them."""
    work.bulk.run(
        """
        update import_passage set id = -n.number from (
            select passage, row_number() over (order by row, deal_id, customer_id, passage) as number from import_passage where id is null
        ) n where n.passage = import_passage.passage
        """
    )
    last = work.bulk.last("passage")
    work.bulk.insert(
        "passage",
        f"id, deal_id, customer_id, {', '.join(_CACHES)}",
        f"select :last - id, deal_id, customer_id, {', '.join(_CACHES)} from import_passage where id < 0 order by id desc",
        last=last,
    )
    work.bulk.run("update import_passage set id = :last - id where id < 0", last=last)


def _update_events(work: Work) -> None:
    """Events whose passage, or the stage before them, is another now."""
    work.bulk.run(
        """
        create temp table import_shifted as
        select e.id, p.id as passage_id, s.from_stage_id, s.dwell from import_step s
        join import_passage p on p.passage = s.passage join stage_event e on e.id = s.event_id
        where (p.id, s.from_stage_id, s.dwell) is not (e.passage_id, e.from_stage_id, e.dwell)
        """
    )
    work.bulk.update(
        "stage_event",
        "select id from import_shifted",
        """
        update stage_event set passage_id = n.passage_id, from_stage_id = n.from_stage_id, dwell = n.dwell
        from import_shifted n where n.id = stage_event.id
        """,
    )


def _insert_events(work: Work) -> None:
    columns = "from_stage_id, to_stage_id, amount, currency, close_on, owner_id, occurred_at, dwell, note"
    work.bulk.insert(
        "stage_event",
        f"passage_id, {columns}, recorded_at",
        f"""
        select p.id, {", ".join(f"s.{name}" for name in columns.split(", "))}, :now
        from import_step s join import_passage p on p.passage = s.passage where s.event_id is null order by p.id, s.place
        """,
        now=work.recorded_at,
    )
