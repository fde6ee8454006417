"""What a funnel is asked for, and the days that its dates mean."""

from dataclasses import dataclass, field, replace
from datetime import date

from crmcli.core.period import When, when
from crmcli.core.vocabulary import Basis, Mode
from crmcli.db.reader import Reader
from crmcli.errors import InvalidInput
from crmcli.query.comparison import Moment
from crmcli.query.past import Past, past


@dataclass(frozen=True, slots=True)
class FunnelRequest:
    """As it was typed: `words` is the query, the dates are texts, `by` is a field or its alias.

    The deals are those that began on `since` or later and before `until`; by the basis period what they did then. What
    happened after `as_of` is not known, nor what was recorded after `known_at`.
    """

    words: tuple[str, ...] = ()
    pipeline: str | None = None
    mode: Mode = Mode.REACHED
    basis: Basis = Basis.COHORT
    since: str | None = None
    until: str | None = None
    by: str | None = None
    as_of: str | None = None
    known_at: str | None = None
    currency: str | None = None

    def only(self, **kept: str | None) -> "FunnelRequest":
        """The same deals with other choices."""
        return replace(self, **kept)  # type: ignore[arg-type]  # fields by name

    def with_basis(self, basis: Basis) -> "FunnelRequest":
        """The same on another basis."""
        return replace(self, basis=basis)


@dataclass(frozen=True, slots=True)
class Window:
    """The local days asked for, and the past they are seen from; `parameters` are the instants at which they begin."""

    since: date | None
    until: date | None
    past: Past = field(default_factory=Past)
    parameters: dict[str, object] = field(default_factory=dict)

    @property
    def is_bounded(self) -> bool:
        return self.since is not None or self.until is not None

    @property
    def as_of(self) -> date | None:
        return self.past.as_of

    @property
    def said(self) -> dict[str, object]:
        """The days as the parameters of a report."""
        days = {"since": self.since, "until": self.until}
        return {name: day.isoformat() if day else None for name, day in days.items()} | self.past.said


def window(db: Reader, request: FunnelRequest, moment: Moment) -> tuple[Window, Moment]:
    """The days of the request, and the last moment that it knows of, from which days without a date are told.

    Of a longer period it is the first day for `since` and `until`, the last for `as_of` and `known_at`. Raises
    InvalidInput.
    """
    then, moment = past(db, moment, as_of=request.as_of, known_at=request.known_at)
    since, until = _day(request.since, moment), _day(request.until, moment)
    if since and until and until <= since:
        raise InvalidInput(f"the window from {since} until before {until} is empty", hint="give --until a later day")
    parameters: dict[str, object] = dict(then.parameters)
    for name, day in (("since", since), ("until", until)):
        if day:
            parameters[name] = When(day, None).instant(moment.tz)
    return Window(since, until, then, parameters), moment


def _day(text: str | None, moment: Moment) -> date | None:
    if text is None:
        return None
    return when(text, now=moment.now, tz=moment.tz, order=moment.preferences.date_order, lean="past").day
