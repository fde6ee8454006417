"""Fields that several kinds of record have."""

from crmcli.query.fields import Field, Many, State

OWNER_JOIN = "left join owner o on o.id = {}.owner_id"

OWNER = (
    Field("owner", "text", "o.name", "who is responsible", joins=("o",)),
    Field("owner.email", "text", "o.email", "the owner's e-mail", joins=("o",)),
    Field("owner.manager", "text", "o.manager", "the owner's manager", joins=("o",)),
    Field("owner.region", "text", "o.region", "the owner's region", joins=("o",)),
)

#: The names of the stages, of every pipeline, in their order.
STAGES = "select name from stage order by pipeline_id, position"
PIPELINES = "select name from pipeline order by id"
TAGS = "select name from tag order by name, id"

#: The seconds within which three quarters of the won deals had left each stage, as a join of `stage s`.
USUAL_STAY = """left join (
    select stage_id, dwell from (
        select e.from_stage_id as stage_id, e.dwell, count(*) over (partition by e.from_stage_id) as stays,
            row_number() over (partition by e.from_stage_id order by e.dwell) as place
        from stage_event e join passage p on p.id = e.passage_id join stage w on w.id = p.stage_id
        where w.outcome = 'won' and e.dwell is not null
    ) where place = (3 * stays + 3) / 4
) u on u.stage_id = s.id"""

_STAYED = "(julianday(:now) - julianday(g.stage_entered_at)) * 86400"

#: What `is:` asks of a deal `d` on its passage `g` in the stage `s`, whose usual stay is `u`.
DEAL_STATES = (
    State("open", "s.outcome = 'open'", "still open", joins=("g", "s")),
    State("won", "s.outcome = 'won'", "won", joins=("g", "s")),
    State("lost", "s.outcome = 'lost'", "lost", joins=("g", "s")),
    State(
        "stalled",
        f"s.outcome = 'open' and {_STAYED} > coalesce(s.rot_days * 86400, u.dwell)",
        "open, and longer in the stage than its rot_days, else than three quarters of the won deals",
        joins=("g", "s", "u"),
    ),
    State("overdue", "s.outcome = 'open' and d.close_on < :today", "open past the close date", joins=("g", "s")),
)


def external(link: str, key: str) -> Field:
    """The keys that other systems know the record by."""
    many = Many("external_id x", f"x.{link}", key, order="x.id")
    return Field("external", "text", "x.source || ':' || x.key", "its keys in other systems, as source:key", many=many)


def removed(sql: str) -> Field:
    """When the record was removed; asking for it brings the removed ones back."""
    return Field("removed", "instant", sql, "when it was removed", lifts=True)


def calendar(name: str, sql: str, what: str, *, joins: tuple[str, ...] = ()) -> tuple[Field, ...]:
    """The month, quarter and year, in UTC, in which `sql` lies, to group by."""
    quarter = f"substr({sql}, 1, 4) || 'Q' || ((cast(substr({sql}, 6, 2) as integer) + 2) / 3)"
    return (
        Field(f"{name}.month", "text", f"substr({sql}, 1, 7)", f"the month {what}: 2026-03", joins=joins),
        Field(f"{name}.quarter", "text", quarter, f"the quarter {what}: 2026Q1", joins=joins),
        Field(f"{name}.year", "text", f"substr({sql}, 1, 4)", f"the year {what}: 2026", joins=joins),
    )
