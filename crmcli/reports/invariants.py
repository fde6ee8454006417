"""What must hold in every file: each rule is a SELECT of the records that break it."""

from collections.abc import Iterator
from dataclasses import dataclass

from crmcli.db.reader import Reader

#: The events of each passage in their order: undated ones first, then by time, then as they were written.
_EVENTS = """
    select e.*, lag(to_stage_id) over way as before, row_number() over way as place,
        row_number() over (partition by passage_id order by occurred_at is null, occurred_at desc, id desc) as from_end
    from stage_event e window way as (partition by passage_id order by occurred_at is not null, occurred_at, id)
"""
_MOVES = f"select * from ({_EVENTS}) where from_stage_id is not to_stage_id"
_STAYS = f"""
    select *, lag(occurred_at) over way as entered from ({_MOVES})
    window way as (partition by passage_id order by occurred_at is not null, occurred_at, id)
"""
_FURTHEST = """
    select e.passage_id, s.id, row_number() over (partition by e.passage_id order by s.position desc, s.id) as place
    from stage_event e join stage s on s.id = e.to_stage_id where s.outcome = 'open'
"""
_SECONDS = "strftime('%s', occurred_at) - strftime('%s', entered)"


@dataclass(frozen=True, slots=True)
class Rule:
    """`sql` selects the ids of the records of `table` that break it; `says` is what holds for all others."""

    name: str
    table: str
    says: str
    sql: str


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
    ),
    Rule(
        "entered",
        "passage",
        "the time in the stage begins with the last move",
        f"""
        select p.id from passage p join (
            select passage_id, occurred_at, row_number() over (
                partition by passage_id order by occurred_at is null, occurred_at desc, id desc
            ) as from_end from ({_MOVES})
        ) e on e.passage_id = p.id and e.from_end = 1 where p.stage_entered_at is not e.occurred_at
        """,
    ),
    Rule(
        "reached",
        "passage",
        "the furthest stage is that of the events",
        f"""
        select p.id from passage p left join ({_FURTHEST}) f on f.passage_id = p.id and f.place = 1
        left join stage mine on mine.id = p.reached_id left join stage theirs on theirs.id = f.id
        where mine.position is not theirs.position
        """,
    ),
    Rule(
        "dwell",
        "stage_event",
        "the time in the stage left is that between the moves",
        f"select id from ({_STAYS}) where from_stage_id is not null and dwell is not ({_SECONDS})",
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
    ),
    Rule(
        "live",
        "contact_point",
        "an address is taken exactly while its customer is there",
        "select p.id from contact_point p join customer c on c.id = p.customer_id "
        "where p.is_live <> (c.removed_at is null)",
    ),
    Rule(
        "symmetric",
        "relationship",
        "a tie that is the same both ways is stored once",
        "select r.id from relationship r join relation_type t on t.id = r.type_id "
        "where t.is_symmetric and r.from_id > r.to_id",
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
        "operation",
        "current_operation",
        "no operation is left open",
        "select id from current_operation",
    ),
    Rule(
        "changes",
        "operation",
        "an operation changed something",
        "select id from operation o where not exists (select 1 from change c where c.operation_id = o.id)",
    ),
)


def breaches(db: Reader, *, most: int = 20) -> Iterator[Breach]:
    """The records that break a rule, at most `most` for each."""
    for rule in RULES:
        for (number,) in db.rows(f"select * from ({rule.sql}) limit {most:d}"):
            yield Breach(rule.name, rule.table, int(number), rule.says)
