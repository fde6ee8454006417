"""What a report on a funnel is about, once the words of the request are understood."""

from dataclasses import dataclass, replace

from crmcli.db.reader import Reader
from crmcli.query.comparison import Moment
from crmcli.reports.funnel_cohort import Cohort, cohort
from crmcli.reports.funnel_pipeline import Pipeline, chosen
from crmcli.reports.funnel_request import FunnelRequest, Window, window


@dataclass(frozen=True, slots=True)
class Asked:
    """The deals of a pipeline, the days they are looked at, and the last moment that is known."""

    request: FunnelRequest
    pipeline: Pipeline
    pipeline_said: str
    days: Window
    moment: Moment
    deals: Cohort

    @property
    def parameters(self) -> dict[str, object]:
        """The request as it was understood; modes and bases are for the reports that have them."""
        return {
            "query": " ".join(self.request.words) or None,
            "pipeline": self.pipeline.name,
            "by": self.deals.grouping.name if self.deals.grouping else None,
            "currency": self.deals.currency,
            **self.days.said,
        }

    def ungrouped(self) -> "Asked":
        """The same deals, each once."""
        return replace(self, deals=self.deals.ungrouped())

    def called(self, group: object) -> str | None:
        """The name of a group; None without a field to group by."""
        return self.deals.grouping.called(group) if self.deals.grouping else None


def asked(db: Reader, request: FunnelRequest, moment: Moment) -> Asked:
    """What the request means. Raises InvalidInput and NotFound."""
    days, last = window(db, request, moment)
    pipeline, said = chosen(db, request.pipeline)
    days = replace(days, past=replace(days.past, holds=pipeline.holds))
    deals = cohort(db, request, pipeline, window=days, moment=last)
    return Asked(request, pipeline, said, days, last, deals)
