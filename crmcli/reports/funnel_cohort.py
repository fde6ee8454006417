"""Which deals a funnel counts: SQL for the deals asked for, as they stand now or stood at the end of a day."""

from dataclasses import dataclass, field, replace
from typing import Literal

from crmcli.core.currency import currency
from crmcli.core.vocabulary import Basis, Holds
from crmcli.db.reader import Reader
from crmcli.query.comparison import Moment
from crmcli.query.entities import entity
from crmcli.query.past import Past
from crmcli.query.sql import clock, select, where
from crmcli.query.syntax import unordered
from crmcli.reports.funnel_groups import Grouping, grouping
from crmcli.reports.funnel_pipeline import Pipeline
from crmcli.reports.funnel_request import FunnelRequest, Window

LeftOut = Literal["currency", "undated", "window"]
"""Why a deal that the query asks for is not in the cohort."""


@dataclass(frozen=True, slots=True)
class Cohort:
    """The parts of the SELECT that `source` is, and the values of their placeholders.

    `known` is the SQL of which events count, of those in the table stage_event.
    """

    passages: str
    condition: str
    left_out: str
    known: str
    parameters: dict[str, object] = field(default_factory=dict)
    grouping: Grouping | None = None
    past: Past = field(default_factory=Past)
    is_period: bool = False

    @property
    def source(self) -> str:
        """A SELECT of the deals asked for: one row each, or one for each value of the field they are grouped by.

        Its columns: id (of the passage), grp, stage_id, entered_at, is_ended, ended_at, began_at, amount, currency, way and
        left_out, which is null for a deal in the cohort, else a `LeftOut`.
        """
        value, join = "null", ""
        if self.grouping is not None:
            value = self.grouping.value
            join = f"join ({self.grouping.sql}) v on v.deal_id = c.deal_id" if self.grouping.sql else ""
        return f"""
            select c.id, {value} as grp, c.stage_id, c.entered_at, c.is_ended, c.ended_at, c.began_at, c.amount,
                c.currency, c.way, {self.left_out} as left_out
            from ({self.passages}) c {join} where {self.condition}
        """

    @property
    def currency(self) -> str | None:
        """The only currency that is asked for."""
        code = self.parameters.get("currency")
        return None if code is None else str(code)

    @property
    def is_partial(self) -> bool:
        """Whether a window or a currency may leave deals out."""
        return self.left_out != "null"

    @property
    def has_everybody(self) -> bool:
        """Whether nothing but the pipeline and the events chooses: no query, no group, no window, no currency."""
        return self.grouping is None and self.condition == "true" and not self.is_partial

    def has_all_stays(self, db: Reader) -> bool:
        """Whether the events tell its stays whoever stayed: it has everybody, nobody was removed, all moves are known."""
        if not self.ungrouped().has_everybody or self.past.known_at is not None:
            return False
        held = "deal" if self.past.holds == Holds.DEAL else "customer"
        return not db.value(f"select exists (select 1 from {held} where removed_at is not null)")

    def ungrouped(self) -> "Cohort":
        return replace(self, grouping=None)


def cohort(db: Reader, request: FunnelRequest, pipeline: Pipeline, *, window: Window, moment: Moment) -> Cohort:
    """The deals that the request asks for in `pipeline`. Raises InvalidInput."""
    then, is_period = window.past, request.basis == Basis.PERIOD
    deals = present = entity(pipeline.holds, db)
    if pipeline.holds == Holds.DEAL:
        deals = then.of(present)
    found = Cohort(
        passages=f"{then.passages()} and p.pipeline_id = :pipeline",
        condition="true",
        left_out=_left_out(request, window),
        known=_known(window, is_period=is_period),
        parameters={"pipeline": pipeline.id, **window.parameters},
        past=then,
        is_period=is_period,
    )
    if request.currency is not None:
        found.parameters["currency"] = currency(request.currency)
    if request.words:
        asked = where(unordered(request.words), deals, moment=moment)
        found.parameters.update(asked.parameters)
        chosen = select(deals, [deals.key], asked)
        if then.is_asked:  # what deals were costs a look at the events of each: once for all passes
            chosen = f"select id from {db.kept(chosen, found.parameters, columns='id integer primary key')}"
        found = replace(found, condition=f"c.deal_id in ({chosen})")
    if request.by is not None:
        grouped = grouping(deals, request.by, now=present)
        found.parameters.update(clock(grouped.sql + grouped.value, moment))
        found = replace(found, grouping=grouped)
    return found


def _known(window: Window, *, is_period: bool) -> str:
    if not (is_period and window.is_bounded):
        return window.past.all_known()
    since = " and occurred_at >= :since" if window.since else ""
    until = " and occurred_at < :until" if window.until else ""
    return f"{window.past.known()}{since}{until}"


def _left_out(request: FunnelRequest, window: Window) -> str:
    """The SQL of the reason why a deal is not in the cohort."""
    arms = []
    if request.currency is not None:
        arms.append("when c.currency <> :currency then 'currency'")
    if request.basis != Basis.PERIOD:
        if window.is_bounded:
            arms.append("when c.began_at is null then 'undated'")
        if window.since is not None:
            arms.append("when c.began_at < :since then 'window'")
        if window.until is not None:
            arms.append("when c.began_at >= :until then 'window'")
    return f"case {' '.join(arms)} end" if arms else "null"
