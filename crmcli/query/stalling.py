"""When a deal is stalled, rotten or a zombie: its limits, from its stage or from history, and what has been done on it."""

#: Where neither the stage nor history says it.
USUAL_DAYS = 30

#: The days of each stage in history, as a join of `stage s`: the p75 (type 7) of the stays there of the 500 deals won
#: last, where there are ten or more.
USUAL_STAY = """left join (
    with won as materialized (
        select p.id from stage w join passage p on p.stage_id = w.id and p.ended_at is null
        join deal e on e.id = p.deal_id and e.removed_at is null
        where w.outcome = 'won' order by p.stage_entered_at desc, p.id desc limit 500
    ), stays as (
        select e.from_stage_id as stage_id, e.dwell, row_number() over way as place,
            (count(*) over (partition by e.from_stage_id) - 1) * 0.75 + 1 as wanted
        from won join stage_event e on e.passage_id = won.id where e.dwell is not null
        window way as (partition by e.from_stage_id order by e.dwell)
    )
    select stage_id, sum(dwell * (1 - abs(wanted - place))) / 86400 as days from stays
    where wanted >= 9 * 0.75 + 1 and abs(wanted - place) < 1 group by stage_id
) u on u.stage_id = s.id"""

LIMIT = f"coalesce(s.rot_days, u.days, {USUAL_DAYS})"
LIMIT_SOURCE = (
    "case when s.rot_days is not null then 'of the stage' when u.days is not null then 'p75 of deals won' "
    "else 'the usual' end"
)


def won_since(passage: str, entered: str) -> str:
    """The SQL of the first dated event of a passage that was won when it `entered` its stage: winning is no beginning."""
    earlier = f"""(
        select min(occurred_at) from stage_event
        where passage_id = {passage}.id and to_stage_id <> {passage}.stage_id and occurred_at <= {entered}
    )"""
    return f"case when {passage}.began_at < {entered} then {passage}.began_at else {earlier} end"


#: The slowest win of each pipeline in days, as a join of `stage s`.
SLOWEST_WIN = f"""left join (
    select p.pipeline_id,
        max(julianday(p.stage_entered_at) - julianday({won_since("p", "p.stage_entered_at")})) as days
    from stage w join passage p on p.stage_id = w.id and p.ended_at is null
    join deal e on e.id = p.deal_id and e.removed_at is null
    where w.outcome = 'won' group by p.pipeline_id
) z on z.pipeline_id = s.pipeline_id"""

#: When a deal came into the pipeline of its passage `g`, or its first dated event there.
BEGAN = "coalesce(g.began_at, (select min(occurred_at) from stage_event where passage_id = g.id))"

#: The last time that anything was done on a deal `d`: an interaction of it (or of its customer, where that is of no other
#: deal), a task done, an event, a change of its fields by hand.
TOUCHED = """nullif(max(
    coalesce((select max(occurred_at) from interaction
        where deal_id = d.id and removed_at is null and occurred_at <= :now), ''),
    coalesce((select max(i.occurred_at) from interaction_party y join interaction i on i.id = y.interaction_id
        where y.customer_id = d.customer_id and i.deal_id is null and i.removed_at is null and i.occurred_at <= :now), ''),
    coalesce((select max(done_at) from task where deal_id = d.id and removed_at is null and done_at <= :now), ''),
    coalesce((select max(e.occurred_at) from passage p join stage_event e on e.passage_id = p.id
        where p.deal_id = d.id and e.occurred_at <= :now), ''),
    coalesce((select max(o.recorded_at) from change h cross join operation o on o.id = h.operation_id
        where h.table_name = 'deal' and h.row_id = d.id and h.action = 'update' and o.command <> 'import'
        and o.recorded_at <= :now), '')
), '')"""

#: The due date of the next task of a deal `d` that is there and open, today or later.
PLANNED = """(
    select min(due_on) from task where deal_id = d.id and removed_at is null and due_on >= :today
    and created_at <= :now and (done_at is null or done_at > :now)
)"""


def days_since(instant: str) -> str:
    """The SQL of the days from an instant, itself SQL, to now."""
    return f"(julianday(:now) - julianday({instant}))"


def whole(days: str) -> str:
    """The SQL of the whole days of so many; a length of just so many days is as many."""
    return f"cast(round({days}, 6) as integer)"


IN_STAGE, IDLE, AGE = days_since("g.stage_entered_at"), days_since(TOUCHED), days_since(BEGAN)
