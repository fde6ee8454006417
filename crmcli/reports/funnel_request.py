"""What a funnel is asked for, and the days that its dates mean."""

from dataclasses import dataclass
from datetime import date

from crmcli.core.period import When, bounds, period, when
from crmcli.core.vocabulary import Basis, Mode
from crmcli.errors import InvalidInput
from crmcli.query.comparison import Moment


@dataclass(frozen=True, slots=True)
class FunnelRequest:
    """As it was typed: `words` is the query, `since`, `until` and `as_of` are dates, `by` is a field or its alias.

    The deals are those that began on `since` or later and before `until`; what happened after `as_of` is not known.
    """

    words: tuple[str, ...] = ()
    pipeline: str | None = None
    mode: Mode = Mode.REACHED
    basis: Basis = Basis.COHORT
    since: str | None = None
    until: str | None = None
    by: str | None = None
    as_of: str | None = None
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class Window:
    """The local days asked for; `parameters` are the instants at which `since` and `until` begin and `as_of` ends."""

    since: date | None
    until: date | None
    as_of: date | None
    parameters: dict[str, object]

    @property
    def is_bounded(self) -> bool:
        return self.since is not None or self.until is not None


def window(request: FunnelRequest, moment: Moment) -> Window:
    """The days of the request: of a longer period the first for `since` and `until`, the last for `as_of`.

    Raises InvalidInput.
    """
    parameters: dict[str, object] = {}
    as_of = None
    since, until = _day(request.since, moment), _day(request.until, moment)
    if since and until and until <= since:
        raise InvalidInput(f"the window from {since} until before {until} is empty", hint="give --until a later day")
    for name, day in (("since", since), ("until", until)):
        if day:
            parameters[name] = When(day, None).instant(moment.tz)
    if request.as_of is not None:
        days = period(request.as_of, now=moment.now, tz=moment.tz, order=moment.preferences.date_order)
        as_of, (_, parameters["as_of"]) = days.last, bounds(days, moment.tz)
    return Window(since, until, as_of, parameters)


def _day(text: str | None, moment: Moment) -> date | None:
    if text is None:
        return None
    return when(text, now=moment.now, tz=moment.tz, order=moment.preferences.date_order, lean="past").day
