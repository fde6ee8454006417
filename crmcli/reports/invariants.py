"""What must hold in every file: each rule is a SELECT of the records that break it."""

from collections.abc import Iterator
from dataclasses import dataclass

from crmcli.db import ties
from crmcli.db.documents import DOCUMENTS
from crmcli.db.reader import Reader

#: The events of each passage in their order: undated ones first, then by time, then as they were written.
_EVENTS = """
    select e.*, lag(to_stage_id) over way as before, row_number() over way as place,
        row_number() over (partition by passage_id order by occurred_at is null, occurred_at desc, id desc) as from_end
    from stage_event e window way as (partition by passage_id order by occurred_at is not null, occurred_at, id)
"""
_MOVES = f"select * from ({_EVENTS}) where from_stage_id is not to_stage_id"
_LAST_MOVE = f"""
    select passage_id, occurred_at, row_number() over (
        partition by passage_id order by occurred_at is null, occurred_at desc, id desc
    ) as from_end from ({_MOVES})
"""
_STAYS = f"""
    select *, lag(occurred_at) over way as entered from ({_MOVES})
    window way as (partition by passage_id order by occurred_at is not null, occurred_at, id)
"""
_FURTHEST = """
    select e.passage_id, s.id, row_number() over (partition by e.passage_id order by s.position desc, s.id) as place
    from stage_event e join stage s on s.id = e.to_stage_id where s.outcome = 'open'
"""
_REACHED = f"""
    select p.id, f.id as reached, mine.position as mine, theirs.position as theirs
    from passage p left join ({_FURTHEST}) f on f.passage_id = p.id and f.place = 1
    left join stage mine on mine.id = p.reached_id left join stage theirs on theirs.id = f.id
"""
_WAYS = """
    select passage_id, group_concat(to_stage_id) as way from (
        select passage_id, to_stage_id from stage_event where from_stage_id is not to_stage_id
        order by passage_id, occurred_at, id
    ) group by passage_id
"""
_SECONDS = "strftime('%s', occurred_at) - strftime('%s', entered)"


_FINDABLE = " union all ".join(
    f"select {each.first} + {each.key} as id from {each.source} where {each.live}" for each in DOCUMENTS
)


@dataclass(frozen=True, slots=True)
class Rule:
    """`sql` selects the ids of the records of `table` that break it; `says` is what holds for all others.

    `mend` gives caches and the like what they should be; None where only a person knows what is right.
    """

    name: str
    table: str
    says: str
    sql: str
    mend: str | None = None


@dataclass(frozen=True, slots=True)
class Breach:
    """A record that breaks a rule."""

    rule: str
    table: str
    id: int
    says: str


RULES = (
    Rule(
        "passage",
        "deal",
        "a deal is on one way through one pipeline",
        "select id from deal d "
        "where (select count(*) from passage p where p.deal_id = d.id and p.ended_at is null) <> 1",
    ),
    Rule(
        "pipeline",
        "passage",
        "a deal stands in a stage of its pipeline",
        "select p.id from passage p join stage s on s.id = p.stage_id where s.pipeline_id <> p.pipeline_id",
    ),
    Rule(
        "holds",
        "passage",
        "a deal is in a pipeline for deals, a customer in one for customers",
        "select p.id from passage p join pipeline l on l.id = p.pipeline_id "
        "where l.holds <> iif(p.deal_id is null, 'customer', 'deal')",
    ),
    Rule(
        "counted",
        "stage",
        "nobody stands in a stage that is counted by the day, and no other is counted",
        "select s.id from stage s where s.is_counted and exists (select 1 from stage_event e where e.to_stage_id = s.id) "
        "union select s.id from stage s join stage_count n on n.stage_id = s.id where not s.is_counted",
    ),
    Rule(
        "order",
        "stage",
        "open stages come first, then those that win, then those that lose",
        "select id from (select id, instr('open won lost', outcome) as rank, max(instr('open won lost', outcome)) "
        "over (partition by pipeline_id order by position, id) as before from stage) where rank < before",
    ),
    Rule(
        "events",
        "passage",
        "a way begins with an event",
        "select id from passage p where not exists (select 1 from stage_event e where e.passage_id = p.id)",
    ),
    Rule(
        "chain",
        "stage_event",
        "an event leaves the stage that the one before entered",
        f"select id from ({_EVENTS}) where from_stage_id is not before",
    ),
    Rule(
        "stage",
        "passage",
        "the stage is that of the last event",
        f"select p.id from passage p join ({_EVENTS}) e on e.passage_id = p.id and e.from_end = 1 "
        "where p.stage_id <> e.to_stage_id",
        f"update passage set stage_id = e.to_stage_id from ({_EVENTS}) e "
        "where e.passage_id = passage.id and e.from_end = 1 and passage.stage_id <> e.to_stage_id",
    ),
    Rule(
        "terms",
        "deal",
        "amount, close date and owner of a deal are those of its last event",
        f"select d.id from deal d join passage p on p.deal_id = d.id and p.ended_at is null "
        f"join ({_EVENTS}) e on e.passage_id = p.id and e.from_end = 1 "
        "where (d.amount, d.currency, d.close_on, d.owner_id) is not (e.amount, e.currency, e.close_on, e.owner_id)",
    ),
    Rule(
        "entered",
        "passage",
        "the time in the stage begins with the last move",
        f"select p.id from passage p join ({_LAST_MOVE}) e on e.passage_id = p.id and e.from_end = 1 "
        "where p.stage_entered_at is not e.occurred_at",
        f"update passage set stage_entered_at = e.occurred_at from ({_LAST_MOVE}) e "
        "where e.passage_id = passage.id and e.from_end = 1 and stage_entered_at is not e.occurred_at",
    ),
    Rule(
        "reached",
        "passage",
        "the furthest stage is that of the events",
        f"select id from ({_REACHED}) where mine is not theirs",
        f"update passage set reached_id = r.reached from ({_REACHED}) r where r.id = passage.id and mine is not theirs",
    ),
    Rule(
        "way",
        "passage",
        "the stages of a way are those that its events entered",
        f"select p.id from passage p join ({_WAYS}) w on w.passage_id = p.id where p.way <> w.way",
        f"update passage set way = w.way from ({_WAYS}) w where w.passage_id = passage.id and passage.way <> w.way",
    ),
    Rule(
        "dwell",
        "stage_event",
        "the time in the stage left is that between the moves",
        f"select id from ({_STAYS}) where from_stage_id is not null and dwell is not ({_SECONDS})",
        f"""
        update stage_event set dwell = s.seconds
        from (select id, {_SECONDS} as seconds from ({_STAYS}) where from_stage_id is not null) s
        where s.id = stage_event.id and dwell is not s.seconds
        """,
    ),
    Rule(
        "closed",
        "deal",
        "a deal is closed exactly while its stage closes it",
        """
        select d.id from deal d join passage p on p.deal_id = d.id and p.ended_at is null
        join stage s on s.id = p.stage_id
        where (s.outcome = 'open') = (d.closed_at is not null)
        and (s.outcome = 'open' or p.stage_entered_at is not null)
        """,
        """
        update deal set closed_at = case s.outcome when 'open' then null else p.stage_entered_at end
        from passage p join stage s on s.id = p.stage_id
        where p.deal_id = deal.id and p.ended_at is null and (s.outcome = 'open') = (deal.closed_at is not null)
        and (s.outcome = 'open' or p.stage_entered_at is not null)
        """,
    ),
    Rule(
        "live",
        "contact_point",
        "an address is taken exactly while its customer is there",
        "select p.id from contact_point p join customer c on c.id = p.customer_id "
        "where p.is_live <> (c.removed_at is null)",
        "update or ignore contact_point set is_live = c.removed_at is null from customer c "
        "where c.id = customer_id and is_live <> (c.removed_at is null)",
    ),
    Rule(
        "symmetric",
        "relationship",
        "a tie that is the same both ways is stored once",
        "select r.id from relationship r join relation_type t on t.id = r.type_id "
        "where t.is_symmetric and r.from_id > r.to_id",
        "update or ignore relationship set from_id = to_id, to_id = from_id "
        "where from_id > to_id and type_id in (select id from relation_type where is_symmetric)",
    ),
    Rule(
        "forest",
        "relationship",
        "nobody is above themselves in the referrals",
        """
        with recursive above (start, at, steps) as (
            select r.to_id, r.from_id, 1 from relationship r join relation_type t on t.id = r.type_id
            where t.is_forest and r.removed_at is null
            union
            select a.start, r.from_id, a.steps + 1 from above a join relationship r on r.to_id = a.at
            join relation_type t on t.id = r.type_id
            where t.is_forest and r.removed_at is null and a.steps < 1000
        )
        select r.id from relationship r join relation_type t on t.id = r.type_id
        where t.is_forest and r.removed_at is null and r.to_id in (select start from above where at = start)
        """,
    ),
    Rule(
        "circle",
        "relationship",
        "nobody reports to, belongs to or works for themselves by way of others",
        ties.circular("not exists (select 1 from relation_type t where t.id = r.type_id and t.is_forest)"),
    ),
    Rule(
        "employer",
        "relationship",
        "an employer is an organisation",
        ties.employed_by_persons(),
    ),
    Rule(
        "repeat",
        "task",
        "a repeating task that is done is followed by the next",
        "select id from task t where every is not null and done_at is not null "
        "and not exists (select 1 from task n where n.after_id = t.id)",
    ),
    Rule(
        "members",
        "segment",
        "only a frozen segment keeps members",
        "select id from segment s where not is_frozen and exists (select 1 from segment_member m where m.segment_id = s.id)",
    ),
    Rule(
        "cadence",
        "cadence",
        "a cadence in force is for a segment that is there",
        "select a.id from cadence a join segment g on g.id = a.segment_id "
        "where a.removed_at is null and g.removed_at is not null",
    ),
    Rule(
        "operation",
        "current_operation",
        "no operation is left open",
        "select id from current_operation",
    ),
    Rule(
        "search",
        "search",
        "an index that has seen the last operation holds just the records that can be found",
        f"""
        select id from (
            select id from (select id from search_content except select id from ({_FINDABLE}))
            union all select id from (select id from ({_FINDABLE}) except select id from search_content)
        ) where (select operation_id from search_state) = (select max(id) from operation)
        """,
    ),
    Rule(
        "changes",
        "operation",
        "an operation changed something",
        "select id from operation o where not exists (select 1 from change c where c.operation_id = o.id)",
    ),
    Rule(
        "root",
        "operation",
        "an undo or redo is about an operation that is neither",
        "select o.id from operation o join operation r on r.id = o.root_id where r.root_id <> r.id",
    ),
    Rule(
        "kept",
        "change",
        "a change names its table and keeps the row that it found",
        "select id from change where table_name not in (select name from sqlite_schema where type = 'table') "
        "or (action = 'insert' and old is not null) or not json_valid(coalesce(old, '{}'))",
    ),
)


def breaches(db: Reader, *, most: int = 20) -> Iterator[Breach]:
    """The records that break a rule, at most `most` for each."""
    for rule in RULES:
        yield from broken(db, rule, most=most)


def broken(db: Reader, rule: Rule, *, most: int = 20) -> Iterator[Breach]:
    """The first records that break `rule`."""
    for (number,) in db.rows(f"select * from ({rule.sql}) limit {most:d}"):
        yield Breach(rule.name, rule.table, int(number), rule.says)
