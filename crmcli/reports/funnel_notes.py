"""The lines under a funnel: what was counted, what was left out, and why."""

from collections.abc import Iterator

from crmcli.core.statistics import win_rate
from crmcli.core.vocabulary import Basis, Outcome
from crmcli.core.wording import counted, percent
from crmcli.db.reader import Reader
from crmcli.reports.funnel_asked import Asked
from crmcli.reports.funnel_counts import Tally

_CAME_BACK = """
    select 1 from passage where pipeline_id = :pipeline group by deal_id, customer_id having count(*) > 1 limit 1
"""


def notes(db: Reader, about: Asked, whole: Tally, *, currencies: frozenset[str]) -> tuple[str, ...]:
    """One line for mode, basis, window, open deals and win rate; then the pipeline; then what is not in the figures."""
    chosen = f"mode {about.request.mode}, basis {about.request.basis}, {window_said(about)}"
    still_open = f"{whole.of[Outcome.OPEN]:,} of {counted(whole.deals, 'deal')} still open"
    return (
        f"{chosen}; {still_open}; {rate_said(whole)}",
        about.pipeline_said,
        *caveats(db, about, whole),
        *_uncounted(whole, about, currencies),
    )


def caveats(db: Reader, about: Asked, whole: Tally) -> Iterator[str]:
    """From which past it is seen, and whom it leaves out."""
    yield from about.days.past.notes
    if whole.left_out["undated"]:
        yield f"left out: {counted(whole.left_out['undated'], 'deal')} without a date, which no window holds"
    if about.deals.is_period and about.days.is_bounded and (undated := _undated(db, about)):
        yield f"left out: {counted(undated, 'stage event')} without a date, which no window holds"
    if whole.left_out["currency"]:
        yield f"left out: {counted(whole.left_out['currency'], 'deal')} in other currencies"
    if whole.handed_over and db.value(_CAME_BACK, pipeline=about.pipeline.id):
        yield "a deal that was handed over and came back counts once for each time it was here"
    yield from several(about)


def several(about: Asked) -> Iterator[str]:
    """That groups may share deals."""
    grouping = about.deals.grouping
    if grouping is not None and grouping.is_many:
        yield f"a deal with several values of {grouping.name} counts in each of their groups"


def window_said(about: Asked) -> str:
    """Which deals are counted, for a person."""
    request, days = about.request, about.days
    begun = [f"from {days.since}"] if days.since else []
    begun += [f"before {days.until}"] if days.until else []
    does = "that moved" if request.basis == Basis.PERIOD else "begun"
    window = f"deals {does} {' and '.join(begun)}" if begun else "all deals"
    if days.as_of is not None:
        window += f", as of the end of {days.as_of}"
    return window if days.past.known_at is None else f"{window}, as known at the end of {days.past.known_at}"


def rate_said(whole: Tally) -> str:
    """The win rate of the closed deals, for a person."""
    won, lost = whole.of[Outcome.WON], whole.of[Outcome.LOST]
    rate = win_rate(won, lost)
    return "none closed" if rate is None else f"closed-only win rate {percent(rate, 2)} of {won + lost:,}"


def _undated(db: Reader, about: Asked) -> int:
    sql = f"""
        select count(*) from stage_event e join passage p on p.id = e.passage_id join {about.pipeline.held}
        where e.occurred_at is null and p.pipeline_id = :pipeline and d.removed_at is null
    """
    return int(db.value(sql, pipeline=about.pipeline.id))


def _uncounted(whole: Tally, about: Asked, currencies: frozenset[str]) -> Iterator[str]:
    """What the columns do not show."""
    deals = about.deals
    is_by_currency = deals.grouping is not None and deals.grouping.is_currency
    if len(currencies) > 1 and deals.currency is None and not is_by_currency:
        yield "no amounts, because there are several currencies; --currency picks one, --by currency shows each"
    elif whole.unpriced:
        yield f"the amounts leave out {counted(whole.unpriced, 'deal')} without one"
    if whole.never_open:
        yield f"{counted(whole.never_open, 'deal')} lost without ever standing in an open stage: in no row"
    if whole.handed_over:
        yield f"{counted(whole.handed_over, 'deal')} handed over to another pipeline: neither open nor closed"
