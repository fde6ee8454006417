"""Fields that several kinds of record have."""

from crmcli.query.fields import Field, Many

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
