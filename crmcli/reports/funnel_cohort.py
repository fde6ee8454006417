"""Which deals a funnel counts: SQL for the deals asked for, as they stand now or stood at the end of a day."""

from dataclasses import dataclass, field, replace
from typing import Literal

from crmcli.core.currency import currency
from crmcli.core.wording import did_you_mean
from crmcli.db.reader import Reader
from crmcli.errors import InvalidInput
from crmcli.query.comparison import Moment
from crmcli.query.entities import entity
from crmcli.query.fields import Entity, Field
from crmcli.query.sql import Where, clock, select, where
from crmcli.query.syntax import parse
from crmcli.reports.funnel_pipeline import Pipeline
from crmcli.reports.funnel_request import FunnelRequest, Window

LeftOut = Literal["currency", "undated", "window"]
"""Why a deal that the query asks for is not in the cohort."""

ALIASES = {"month": "created.month", "quarter": "created.quarter", "industry": "customer.industry"}
"""How people call what they group by most."""

_NOW = """
    select p.id, coalesce(p.deal_id, p.customer_id) as deal_id, p.began_at, p.stage_id, p.stage_entered_at as entered_at,
        p.ended_at is not null as is_ended, d.amount, d.currency
    from passage p join {held}
    where p.pipeline_id = :pipeline and d.removed_at is null
"""
_AS_OF = """
    select p.id, coalesce(p.deal_id, p.customer_id) as deal_id, p.began_at, last.to_stage_id as stage_id,
        (
            select max(occurred_at) from stage_event
            where passage_id = p.id and to_stage_id = last.to_stage_id and occurred_at < :as_of
            and (from_stage_id is null or from_stage_id <> to_stage_id)
        ) as entered_at,
        p.ended_at is not null and p.ended_at < :as_of as is_ended, last.amount, last.currency
    from passage p join {held}
    left join stage_event last on last.id = (
        select id from stage_event
        where passage_id = p.id and (occurred_at is null or occurred_at < :as_of)
        order by occurred_at desc nulls last, id desc limit 1
    )
    where p.pipeline_id = :pipeline and d.removed_at is null
"""


@dataclass(frozen=True, slots=True)
class Grouping:
    """A field to group by; `sql` gives each deal its values, in the columns deal_id and value."""

    field: Field
    sql: str

    @property
    def is_currency(self) -> bool:
        return self.field.name == "currency"


@dataclass(frozen=True, slots=True)
class Cohort:
    """The parts of the SELECT that `source` is, and the values of their placeholders."""

    passages: str
    condition: str
    left_out: str
    parameters: dict[str, object] = field(default_factory=dict)
    grouping: Grouping | None = None

    @property
    def source(self) -> str:
        """A SELECT of the deals asked for: one row each, or one for each value of the field they are grouped by.

        Its columns: id (of the passage), grp, stage_id, entered_at, is_ended, began_at, amount, currency and left_out,
        which is null for a deal in the cohort, else a `LeftOut`.
        """
        value, join = "null", ""
        if self.grouping is not None:
            is_currency = self.grouping.is_currency
            value = "c.currency" if is_currency else "v.value"
            join = "" if is_currency else f"join ({self.grouping.sql}) v on v.deal_id = c.deal_id"
        return f"""
            select c.id, {value} as grp, c.stage_id, c.entered_at, c.is_ended, c.began_at, c.amount, c.currency,
                {self.left_out} as left_out
            from ({self.passages}) c {join} where {self.condition}
        """

    @property
    def currency(self) -> str | None:
        """The only currency that is asked for."""
        code = self.parameters.get("currency")
        return None if code is None else str(code)

    @property
    def is_as_of(self) -> bool:
        return "as_of" in self.parameters

    @property
    def is_partial(self) -> bool:
        """Whether a window or a currency may leave deals out."""
        return self.left_out != "null"

    @property
    def is_unrestricted(self) -> bool:
        """Whether nothing but the pipeline chooses: no query, no group, no window, no currency."""
        return self.grouping is None and self.condition == "true" and not self.is_partial

    def ungrouped(self) -> "Cohort":
        return replace(self, grouping=None)


def cohort(db: Reader, request: FunnelRequest, pipeline: Pipeline, *, window: Window, moment: Moment) -> Cohort:
    """The deals that the request asks for in `pipeline`. Raises InvalidInput."""
    deals = entity(pipeline.holds, db)
    found = Cohort(
        passages=(_NOW if window.as_of is None else _AS_OF).format(held=pipeline.held),
        condition="true",
        left_out=_left_out(request, window),
        parameters={"pipeline": pipeline.id, **window.parameters},
    )
    if request.currency is not None:
        found.parameters["currency"] = currency(request.currency)
    if request.words:
        asked = where(parse(request.words), deals, moment=moment)
        found.parameters.update(asked.parameters)
        found = replace(found, condition=f"c.deal_id in ({select(deals, [deals.key], asked)})")
    if request.by is not None:
        grouping = _grouping(deals, request.by)
        found.parameters.update(clock(grouping.sql, moment))
        found = replace(found, grouping=grouping)
    return found


def _left_out(request: FunnelRequest, window: Window) -> str:
    """The SQL of the reason why a deal is not in the cohort."""
    arms = []
    if request.currency is not None:
        arms.append("when c.currency <> :currency then 'currency'")
    if window.is_bounded:
        arms.append("when c.began_at is null then 'undated'")
    if window.since is not None:
        arms.append("when c.began_at < :since then 'window'")
    if window.until is not None:
        arms.append("when c.began_at >= :until then 'window'")
    return f"case {' '.join(arms)} end" if arms else "null"


def _grouping(deals: Entity, name: str) -> Grouping:
    found = deals.find(name) or deals.find(ALIASES.get(name.casefold(), name))
    if found is None:
        near = did_you_mean(name, (*ALIASES, *deals.fields))
        raise InvalidInput(
            f"cannot group by unknown field {name!r}{near}", hint=f"crm help columns {deals.name} lists them"
        )
    if found.kind == "money":
        raise InvalidInput(f"cannot group by {found.name!r}: nearly every deal has an amount of its own")
    if found.many is None:
        columns = [f"{deals.key} as deal_id", f"{found.sql} as value"]
        return Grouping(found, select(deals, columns, Where(), joins=found.joins))
    many = found.many
    values = f"left join {many.source} on {many.link} = {many.key} and {many.condition}"
    return Grouping(found, f"select {deals.key} as deal_id, {found.sql} as value from {deals.source} {values}")
