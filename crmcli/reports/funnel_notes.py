"""The lines under a funnel: what was counted, what was left out, and why."""

from collections.abc import Iterator

from crmcli.core.statistics import win_rate
from crmcli.core.vocabulary import Outcome
from crmcli.reports.funnel_cohort import Grouping
from crmcli.reports.funnel_counts import Tally
from crmcli.reports.funnel_request import FunnelRequest, Window


def notes(
    request: FunnelRequest, days: Window, whole: Tally, *, grouping: Grouping | None, pipeline: str
) -> tuple[str, ...]:
    """One line for mode, basis, window, open deals and win rate; then the pipeline; then what is not in the figures."""
    counted = f"mode {request.mode}, basis {request.basis}, {_window(days)}"
    still_open = f"{whole.of[Outcome.OPEN]:,} of {_deals(whole.deals)} still open"
    return (f"{counted}; {still_open}; {_win_rate(whole)}", pipeline, *_caveats(request, days, whole, grouping))


def _window(days: Window) -> str:
    begun = [f"from {days.since}"] if days.since else []
    begun += [f"before {days.until}"] if days.until else []
    window = f"deals begun {' and '.join(begun)}" if begun else "all deals"
    return window if days.as_of is None else f"{window}, as of the end of {days.as_of}"


def _win_rate(whole: Tally) -> str:
    won, lost = whole.of[Outcome.WON], whole.of[Outcome.LOST]
    rate = win_rate(won, lost)
    return "none closed" if rate is None else f"closed-only win rate {rate:.2%} of {won + lost:,}".replace("%", " %")


def _caveats(request: FunnelRequest, days: Window, whole: Tally, grouping: Grouping | None) -> Iterator[str]:
    if days.as_of is not None:
        yield "stage and amount are those of that day; other fields, and so query and groups, are as they are now"
    if whole.left_out["undated"]:
        yield f"left out: {_deals(whole.left_out['undated'])} without a date, which no window holds"
    if whole.left_out["currency"]:
        yield f"left out: {_deals(whole.left_out['currency'])} in other currencies"
    yield from _uncounted(request, whole, grouping)
    if grouping is not None and grouping.field.many:
        yield f"a deal with several values of {grouping.field.name} counts in each of their groups"


def _uncounted(request: FunnelRequest, whole: Tally, grouping: Grouping | None) -> Iterator[str]:
    """What the columns do not show."""
    is_by_currency = grouping is not None and grouping.is_currency
    if len(whole.currencies) > 1 and request.currency is None and not is_by_currency:
        yield "no amounts, because there are several currencies; --currency picks one, --by currency shows each"
    elif whole.unpriced:
        yield f"the amounts leave out {_deals(whole.unpriced)} without one"
    if whole.never_open:
        yield f"{_deals(whole.never_open)} lost without ever standing in an open stage: in no row"
    if whole.handed_over:
        yield f"{_deals(whole.handed_over)} handed over to another pipeline: neither open nor closed"


def _deals(count: int) -> str:
    return f"{count:,} deal{'' if count == 1 else 's'}"
