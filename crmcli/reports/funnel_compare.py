"""How the conversion of each stage changed from one period to another, and whether the mix of deals or their rates did it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from crmcli.core.period import Period, period
from crmcli.core.result import Column, Report, Table
from crmcli.core.statistics import difference, holm, share, wilson, win_rate
from crmcli.core.vocabulary import Basis, Outcome
from crmcli.core.wording import counted
from crmcli.db.reader import Reader
from crmcli.errors import InvalidInput
from crmcli.query.comparison import Moment
from crmcli.reports.funnel import tallies
from crmcli.reports.funnel_asked import Asked, asked
from crmcli.reports.funnel_counts import Tally
from crmcli.reports.funnel_notes import caveats
from crmcli.reports.funnel_pipeline import Pipeline
from crmcli.reports.funnel_read import journeys
from crmcli.reports.funnel_request import FunnelRequest

#: A difference counts from here on.
LEVEL = 0.05

_COLUMNS = (
    Column("step"),
    Column("first_deals", "integer", is_hidden=True),
    Column("first_rate", "rate", "First", under=("first_low", "first_high")),
    Column("first_low", "rate", "low"),
    Column("first_high", "rate", "high"),
    Column("second_deals", "integer", is_hidden=True),
    Column("second_rate", "rate", "Second", under=("second_low", "second_high")),
    Column("second_low", "rate", "low"),
    Column("second_high", "rate", "high"),
    Column("change", "rate"),
    Column("mix_effect", "rate", "By mix"),
    Column("rate_effect", "rate", "By rates"),
    Column("p", "number", is_hidden=True),
    Column("p_adjusted", "number", "p"),
    Column("verdict"),
)


@dataclass(frozen=True, slots=True)
class Change:
    """A step, from one stage to the next or from the first to winning, in both periods.

    `change` = `mix_effect` + `rate_effect`, in shares of 1: what the groups' weights did, and what their rates did.
    `verdict` is rose or fell where the adjusted p-value is under 0.05, else none.
    """

    step: str
    first: tuple[int, int]
    second: tuple[int, int]
    mix_effect: float | None
    rate_effect: float | None
    p: float | None
    p_adjusted: float | None

    @property
    def change(self) -> float | None:
        before, after = share(*self.first), share(*self.second)
        return None if before is None or after is None else after - before

    @property
    def rounded(self) -> float | None:
        """The adjusted p-value in three digits."""
        return None if self.p_adjusted is None else float(f"{self.p_adjusted:.3g}")

    @property
    def verdict(self) -> str | None:
        if self.p_adjusted is None or self.p_adjusted >= LEVEL or not self.change:
            return None
        return "rose" if self.change > 0 else "fell"


@dataclass(frozen=True, slots=True)
class Side:
    """One period: the sums of the whole, and of each group."""

    about: Asked
    period: Period
    whole: Tally
    groups: Mapping[object, Tally]


@dataclass(frozen=True, slots=True)
class Comparison:
    parameters: dict[str, object]
    summary: dict[str, object]
    changes: tuple[Change, ...]
    notes: tuple[str, ...]


def compare(db: Reader, request: FunnelRequest, first: str, second: str, *, moment: Moment) -> Comparison:
    """The steps of the funnel in the periods `first` and `second`, grouped by `request.by`.

    By the basis cohort each period's deals are looked at equally long after its end. Raises InvalidInput and NotFound.
    """
    about = asked(db, request, moment)
    periods = [
        period(text, now=about.moment.now, tz=moment.tz, order=moment.preferences.date_order)
        for text in (first, second)
    ]
    sides = both(db, request, (periods[0], periods[1]), moment=moment)
    found = changes(sides)
    return Comparison(_parameters(sides, request), _summary(sides, found), found, _notes(db, sides, found))


def report(found: Comparison) -> Report:
    """The comparison as renderers take it."""
    table = Table(_COLUMNS, [_row(change) for change in found.changes], empty="no stages")
    return Report("funnel_compare", found.parameters, found.summary, table, found.notes)


def both(db: Reader, request: FunnelRequest, periods: tuple[Period, Period], *, moment: Moment) -> tuple[Side, Side]:
    """The sums of two periods. Raises InvalidInput for periods that share days, and for a basis without a window."""
    one, two = periods
    if one.start < two.end and two.start < one.end:
        raise InvalidInput(f"{_said(one)} and {_said(two)} share days", hint="give two periods apart")
    if request.basis == Basis.SNAPSHOT:
        raise InvalidInput("a snapshot has no period", hint="--basis period or --basis cohort")
    as_of = _equally_long(db, request, periods, moment)
    return _side(db, request, one, as_of[0], moment), _side(db, request, two, as_of[1], moment)


def changes(sides: tuple[Side, Side]) -> tuple[Change, ...]:
    """Each step, in order, then from the first stage to winning."""
    first, second = sides
    steps = list(_steps(first.about.pipeline))
    tests = [difference(_counts(first.whole, *rows), _counts(second.whole, *rows)) for _, rows in steps]
    adjusted = holm(tests)
    found = []
    for (name, rows), p, among_all in zip(steps, tests, adjusted, strict=True):
        mix, rate = _effects(first, second, rows)
        before, after = (_counts(side.whole, *rows) for side in sides)
        found.append(Change(name, before, after, mix, rate, p, among_all))
    return tuple(found)


def contributions(sides: tuple[Side, Side], step: str) -> dict[object, float]:
    """What each group adds to the change of a step: how far it lies from the first period's rate, times its weight."""
    first, second = sides
    rows = dict(_steps(first.about.pipeline))[step]
    rate = share(*_counts(first.whole, *rows)) or 0.0
    found: dict[object, float] = {}
    for side, sign in ((first, -1), (second, 1)):
        _, trials = _counts(side.whole, *rows)
        for group, tally in side.groups.items():
            went, came = _counts(tally, *rows)
            found[group] = found.get(group, 0.0) + sign * (went - came * rate) / max(trials, 1)
    return found


def counts_of(side: Side, group: object, step: str) -> tuple[int, int]:
    """(went on, came) of a group in a step."""
    tally = side.groups.get(group)
    return (0, 0) if tally is None else _counts(tally, *dict(_steps(side.about.pipeline))[step])


def _steps(pipeline: Pipeline) -> Iterator[tuple[str, tuple[int, int]]]:
    """The names of the steps, and the rows that they lead from and to."""
    names, last = [stage.name for stage in pipeline.rows], len(pipeline.rows) - 1
    for row in range(1, last + 1):
        yield f"{names[row - 1]} > {names[row]}", (row - 1, row)
    if last > 1:
        yield f"{names[0]} >> {names[last]}", (0, last)


def _counts(tally: Tally, start: int, end: int) -> tuple[int, int]:
    went = tally.from_before[end] if end == start + 1 else tally.from_first[end]
    return went, tally.reached[start]


def _effects(first: Side, second: Side, rows: tuple[int, int]) -> tuple[float | None, float | None]:
    """The change by the weights of the groups and by their rates: Kitagawa (1955), JASA 50."""
    grouping = first.about.deals.grouping
    (_, of_first), (_, of_second) = _counts(first.whole, *rows), _counts(second.whole, *rows)
    if grouping is None or grouping.is_many or not of_first or not of_second:
        return None, None
    mix = rate = 0.0
    for group in {**first.groups, **second.groups}:
        (one, of_one), (two, of_two) = (
            _counts(side.groups[group], *rows) if group in side.groups else (0, 0) for side in (first, second)
        )
        before, after = share(one, of_one), share(two, of_two)
        known = [each for each in (before, after) if each is not None]
        if known:
            mix += (of_two / of_second - of_one / of_first) * sum(known) / len(known)
        if before is not None and after is not None:
            rate += (after - before) * (of_two / of_second + of_one / of_first) / 2
    return mix, rate


def _side(db: Reader, request: FunnelRequest, days: Period, as_of: date | None, moment: Moment) -> Side:
    dates = {"since": days.start.isoformat(), "until": days.end.isoformat()}
    seen = request.as_of if as_of is None else as_of.isoformat()
    about = asked(db, request.only(**dates, as_of=seen), moment)
    whole, groups = tallies(db, about, journeys(db, about.deals))
    return Side(about, days, whole, groups)


def _equally_long(
    db: Reader, request: FunnelRequest, periods: tuple[Period, Period], moment: Moment
) -> tuple[date | None, date | None]:
    """The day that each period's deals are looked at; by the moves within a period there is none."""
    if request.basis != Basis.COHORT:
        return None, None
    about = asked(db, request, moment)
    today = about.days.as_of or about.moment.now.astimezone(moment.tz).date()
    after = max((today - max(days.last for days in periods)).days, 0)
    first, second = (min(days.last + timedelta(days=after), today) for days in periods)
    return first, second


def _row(change: Change) -> list[object]:
    return [
        change.step,
        change.first[1],
        share(*change.first),
        *(wilson(*change.first) or (None, None)),
        change.second[1],
        share(*change.second),
        *(wilson(*change.second) or (None, None)),
        change.change,
        change.mix_effect,
        change.rate_effect,
        change.p,
        change.rounded,
        change.verdict,
    ]


def _parameters(sides: tuple[Side, Side], request: FunnelRequest) -> dict[str, object]:
    first, second = sides
    said = {**first.about.parameters, "mode": request.mode, "basis": request.basis}
    for name in ("since", "until", "as_of"):
        said.pop(name)
        for number, side in (("first", first), ("second", second)):
            said[f"{number}_{name}"] = side.about.parameters[name]
    return said


def _summary(sides: tuple[Side, Side], found: Sequence[Change]) -> dict[str, object]:
    summary: dict[str, object] = {}
    for name, side in zip(("first", "second"), sides, strict=True):
        won, lost = side.whole.of[Outcome.WON], side.whole.of[Outcome.LOST]
        summary |= {f"{name}_deals": side.whole.deals, f"{name}_won": won, f"{name}_lost": lost}
        summary[f"{name}_win_rate"] = win_rate(won, lost)
    return {**summary, **{verdict: sum(each.verdict == verdict for each in found) for verdict in ("rose", "fell")}}


def _said(days: Period) -> str:
    return f"{days.start}" if days.start == days.last else f"{days.start} to {days.last}"


def _notes(db: Reader, sides: tuple[Side, Side], found: Sequence[Change]) -> tuple[str, ...]:
    first, second = sides
    request = first.about.request
    when = [f"{_said(side.period)}: {counted(side.whole.deals, 'deal')}" for side in sides]
    said = [f"mode {request.mode}, basis {request.basis}; first {when[0]}, second {when[1]}", first.about.pipeline_said]
    if request.basis == Basis.COHORT:
        lengths = [f"{side.about.days.as_of}" for side in sides]
        said.append(f"seen equally long after their ends: as of the end of {lengths[0]} and of {lengths[1]}")
    fell = ", ".join(f"{each.step} {each.verdict}" for each in found if each.verdict)
    said.append(f"at 5 % by two-proportion tests, Holm-adjusted: {fell or 'no step changed'}")
    grouping = first.about.deals.grouping
    if grouping is None or grouping.is_many:
        said.append("--by FIELD with one value for each deal parts a change into mix and rates")
    else:
        said.append(f"by mix and by rates: of the groups by {grouping.name}, which add up to the change")
    said += [line for line in caveats(db, second.about, second.whole) if line not in said]
    return tuple(said)
