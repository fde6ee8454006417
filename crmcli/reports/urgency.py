"""How urgent a task, a deal or a customer is: a sum of parts, each a weight times a factor of 0 to 1."""

from dataclasses import dataclass
from datetime import date, timedelta

from crmcli.core.wording import counted

_SOON, _LATE, _LEAST = 14, 7, 0.2
_YEAR = 365
_BIRTHDAY_WITHIN = 7


@dataclass(frozen=True, slots=True)
class Weight:
    """What a part counts at most, and how its factor comes about."""

    points: float
    says: str


_RAMP = "0.2 until 14 days before, then evenly up to 1 from 7 days after"

#: Every part there is; the sum of those of a record is its urgency.
WEIGHTS = {
    "due": Weight(12.0, f"a task's due date: {_RAMP}"),
    "priority": Weight(6.0, "1 for a task with --priority"),
    "deal": Weight(2.0, "1 for a task of an open deal"),
    "age": Weight(2.0, "days since the task was added ÷ 365, at most 1"),
    "close": Weight(10.0, f"an open deal's close date: {_RAMP}"),
    "stalled": Weight(6.0, "days in the stage ÷ twice its limit, at most 1; 0 up to the limit"),
    "chance": Weight(4.0, "the probability of the deal's stage"),
    "contact": Weight(8.0, "days since the last contact ÷ twice the cadence, at most 1; 0 before it is due"),
    "birthday": Weight(6.0, "1 on the day, an eighth less for each day before it, 0 from the eighth"),
    "open deals": Weight(3.0, "1 for a customer with an open deal"),
}


@dataclass(frozen=True, slots=True)
class Part:
    """One addend: the `factor` of 0 to 1, and the fact that it comes from."""

    name: str
    because: str
    factor: float

    @property
    def points(self) -> float:
        """What it adds, in hundredths."""
        return round(WEIGHTS[self.name].points * self.factor, 2)


@dataclass(frozen=True, slots=True)
class TaskFacts:
    due: date | None
    is_late: bool
    is_priority: bool
    has_open_deal: bool
    added: date


@dataclass(frozen=True, slots=True)
class DealFacts:
    """`days` in `stage`, which is expected to take `limit`, as `source` says; `chance` is per cent."""

    close: date | None
    stage: str
    days: float | None
    limit: float
    source: str
    chance: int


@dataclass(frozen=True, slots=True)
class CustomerFacts:
    """`every` so many days since `since`; no number where there is no cadence. `birthday` is the next one."""

    every: int | None
    since: date | None
    birthday: date | None
    has_open_deal: bool


def total(parts: tuple[Part, ...]) -> float:
    """The urgency: the parts as they are shown, added up."""
    return round(sum(part.points for part in parts), 2)


def of_task(facts: TaskFacts, today: date) -> tuple[Part, ...]:
    """The parts of an open task."""
    age = (today - facts.added).days
    return (
        Part("due", _dated("due", facts.due, today, is_late=facts.is_late), _ramp(facts.due, today)),
        Part("priority", "marked" if facts.is_priority else "not marked", float(facts.is_priority)),
        Part("deal", "of an open deal" if facts.has_open_deal else "of no open deal", float(facts.has_open_deal)),
        Part("age", f"added {counted(age, 'day')} ago", min(1.0, max(0, age) / _YEAR)),
    )


def of_deal(facts: DealFacts, today: date) -> tuple[Part, ...]:
    """The parts of an open deal."""
    stay = "nobody knows since when" if facts.days is None else f"{counted(int(facts.days), 'day')} in {facts.stage}"
    limit = f"limit {facts.limit:.0f} ({facts.source})"
    is_over = facts.days is not None and facts.days > facts.limit
    factor = min(1.0, facts.days / (2 * facts.limit)) if is_over and facts.days is not None else 0.0
    return (
        Part("close", _dated("close date", facts.close, today), _ramp(facts.close, today)),
        Part("stalled", f"{stay}, {limit}", factor),
        Part("chance", f"{facts.chance} % in {facts.stage}", facts.chance / 100),
    )


def of_customer(facts: CustomerFacts, today: date) -> tuple[Part, ...]:
    """The parts of a customer."""
    return (
        _contact(facts, today),
        Part("birthday", _dated("birthday", facts.birthday, today), _birthday(facts.birthday, today)),
        Part("open deals", "has an open deal" if facts.has_open_deal else "none", float(facts.has_open_deal)),
    )


def is_near(birthday: date, today: date) -> bool:
    """Whether a birthday is today or within a week."""
    return 0 <= (birthday - today).days <= _BIRTHDAY_WITHIN


def birthdays(today: date) -> list[date]:
    """The days whose birthdays are near, today first."""
    return [today + timedelta(days=ahead) for ahead in range(_BIRTHDAY_WITHIN + 1)]


def _contact(facts: CustomerFacts, today: date) -> Part:
    if facts.every is None or facts.since is None:
        return Part("contact", "no cadence", 0.0)
    gone = (today - facts.since).days
    factor = min(1.0, gone / (2 * facts.every)) if gone >= facts.every else 0.0
    return Part("contact", f"{counted(gone, 'day')} since the last contact, every {facts.every}", factor)


def _ramp(day: date | None, today: date) -> float:
    """The factor of a date, as Taskwarrior has it: 0.2 far ahead, 0.73 on the day, 1 a week after; 0 without one."""
    if day is None:
        return 0.0
    late = min(_LATE, max(-_SOON, (today - day).days))
    return _LEAST + (1 - _LEAST) * (late + _SOON) / (_LATE + _SOON)


def _birthday(day: date | None, today: date) -> float:
    return 1 - (day - today).days / (_BIRTHDAY_WITHIN + 1) if day is not None and is_near(day, today) else 0.0


def _dated(what: str, day: date | None, today: date, *, is_late: bool = False) -> str:
    if day is None:
        return f"no {what}" if what != "due" else "no due date"
    ahead = (day - today).days
    if ahead == 0:
        return f"{what} earlier today" if is_late else f"{what} today"
    return f"{what} in {counted(ahead, 'day')}" if ahead > 0 else f"{what} {counted(-ahead, 'day')} ago"
