"""The way of a deal through its stages: from events in order to the passages, their caches and what lies between."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from crmcli.core.period import moment
from crmcli.core.vocabulary import Outcome

Terms = tuple[int | None, str, str | None, int | None]

#: Which of the terms a file tells of: bits.
AMOUNT, CLOSE, OWNER = 1, 2, 4


@dataclass(frozen=True, slots=True)
class Place:
    """A stage."""

    id: int
    pipeline_id: int
    position: int
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Event:
    """A deal in a stage from `at` on, on these terms (amount, currency, close date, owner).

    `id` is that of an event of the file, `row` where a file says so; neither for one that follows from the deal itself.
    """

    place: Place
    at: str | None
    terms: Terms
    note: str | None = None
    id: int | None = None
    row: int | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """An event, the stage that it leaves and the seconds there."""

    event: Event
    left: Place | None
    dwell: int | None


@dataclass(slots=True)
class Passage:
    """The way through one pipeline."""

    steps: list[Step] = field(default_factory=list)
    ended_at: str | None = None
    entered_at: str | None = None
    reached: Place | None = None

    @property
    def place(self) -> Place:
        return self.steps[-1].event.place

    @property
    def way(self) -> str:
        """The stages that it entered, by id."""
        moves = (step for step in self.steps if step.left is None or step.left.id != step.event.place.id)
        return ",".join(str(step.event.place.id) for step in moves)

    @property
    def began_at(self) -> str | None:
        return self.steps[0].event.at

    def add(self, event: Event) -> None:
        """Take the next event: a move, or a change of terms where the stage stays."""
        left = self.place if self.steps else None
        if left is not None and left.id == event.place.id:
            self.steps.append(Step(event, left, None))
            return
        dwell = None
        if left is not None and self.entered_at is not None and event.at is not None:
            dwell = int((moment(event.at) - moment(self.entered_at)).total_seconds())
        self.steps.append(Step(event, left, dwell))
        self.entered_at = event.at
        is_further = self.reached is None or event.place.position > self.reached.position
        if event.place.outcome == Outcome.OPEN and is_further:
            self.reached = event.place


@dataclass(frozen=True, slots=True)
class Told:
    """What a row says of a deal's way: the stage it stands in, when it began, came to its last open stage, and closed.

    `first` and `last` are the open stages at the ends of the pipeline.
    """

    place: Place
    first: Place
    last: Place
    terms: Terms
    created: str | None = None
    entered: str | None = None
    closed: str | None = None


def passages(events: Iterable[Event]) -> list[Passage]:
    """The passages of a deal, one for each pipeline in turn; `events` are in order."""
    found: list[Passage] = []
    for _, stretch in groupby(events, key=lambda event: event.place.pipeline_id):
        passage = Passage()
        for event in stretch:
            passage.add(event)
        if found:
            found[-1].ended_at = passage.began_at
        found.append(passage)
    return found


def in_order(events: Iterable[Event]) -> list[Event]:
    """The events by time, undated ones first; of the same time in the order given."""
    return sorted(events, key=lambda event: event.at or "")


def implied(told: Told) -> list[Event]:
    """The events that a deal must have had to be as a row says; nothing is dated that the row does not date.

    The amount of the row is that of its stage: what it was before, the row does not say.
    """
    place, created, entered = told.place, told.created, told.entered
    stops: list[tuple[Place, str | None]] = []
    if place.outcome == Outcome.OPEN:
        if created and entered and created < entered and told.first.id != place.id:
            stops.append((told.first, created))
        stops.append((place, entered or created))
    elif told.closed is None:
        stops.append((place, None))
    else:
        if created and (entered is None or (created < entered and told.first.id != told.last.id)):
            stops.append((told.first, created))
        if entered:
            stops.append((told.last, entered))
        stops.append((place, told.closed))
    *earlier, (last, at) = stops
    before: Terms = (None, *told.terms[1:])
    return [*(Event(stop, when, before) for stop, when in earlier), Event(last, at, told.terms)]


def appended(events: Sequence[Event], told: Told, *, now: str) -> list[Event]:
    """What a row adds to the history of a deal: the moves to the stage where it stands now, as far as they are later.

    An undated move is one of `now`.
    """
    last_at = max((event.at for event in events if event.at), default=None)
    at_place = events[-1].place
    if told.place.id == at_place.id:
        return []
    *earlier, final = implied(told)
    added = []
    for event in earlier:
        if event.at is not None and (last_at is None or event.at > last_at) and event.place.id != at_place.id:
            added.append(event)
            last_at, at_place = event.at, event.place
    dated = told.entered if final.place.outcome == Outcome.OPEN else told.closed
    if last_at is None:
        dated = dated or final.at
    at = dated if dated is not None and dated >= (last_at or "") else max(now, last_at or "")
    return [*added, Event(final.place, at, told.terms)]


def merged(known: Sequence[Event], said: Sequence[Event], *, told: int) -> list[Event]:
    """The events `known` with those `said` that are not among them."""
    left = [_likeness(event, told=told) for event in known]
    new = []
    for event in said:
        likeness = _likeness(event, told=told)
        if likeness in left:
            left.remove(likeness)
        else:
            new.append(event)
    return in_order([*known, *new])


def is_alike(known: Sequence[Event], said: Sequence[Event], *, told: int) -> bool:
    """Whether both tell the same."""
    first, second = ([_likeness(event, told=told) for event in events] for events in (known, said))
    return first == second


def _likeness(event: Event, *, told: int) -> tuple[object, ...]:
    amount, currency, close_on, owner = event.terms
    terms = ((AMOUNT, (amount, currency)), (CLOSE, close_on), (OWNER, owner))
    return (event.at, event.place.id, event.note, *(term for bit, term in terms if told & bit))
