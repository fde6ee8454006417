"""How long a deal may stand in a stage before it is stalled: what the stage says, else history, else 30 days."""

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
