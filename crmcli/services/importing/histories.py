"""What rows make of the ways of deals through their stages, worked out deal by deal, in temporary tables.

`import_outcome` tells of each such deal when it closed, whether it was lost, and the terms where its last event gives
others than a row of its own; `import_passage` and `import_step` what its passages and events are afterwards.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, tzinfo
from itertools import count, groupby, zip_longest

from crmcli.core.period import When
from crmcli.core.vocabulary import Outcome
from crmcli.db import history
from crmcli.db.reader import Row
from crmcli.services.importing import chains
from crmcli.services.importing.chains import Event, Passage, Place, Told
from crmcli.services.importing.staging import Sink
from crmcli.services.importing.work import Work

_STORED, _SAID, _DEAL = range(3)
_STEP = (
    "deal_id, passage, place, event_id, row, from_stage_id, to_stage_id, amount, currency, close_on, owner_id, "
    "occurred_at, dwell, note"
)
_PASSAGE = "passage, deal_id, customer_id, id, pipeline_id, began_at, ended_at, stage_id, stage_entered_at, reached_id, way, row"
_OUTCOME = "deal_id, closed_at, is_lost, has_terms, amount, currency, close_on, owner_id"

#: Deals of the file whose ways the rows may change: `is_made` where all that is known of it was implied by an import.
_CHOSEN = """
    insert into import_way (deal_id)
    select deal_id from import_event where deal_id in (select id from deal)
    union
    select r.target from import_deal r join deal d on d.id = r.target join passage p on p.deal_id = d.id and p.ended_at is null
    left join import_owner o on o.no = r.owner
    where p.stage_id <> r.stage_id or (coalesce(r.amount, d.amount), coalesce(r.currency, d.currency),
        coalesce(r.close, d.close_on), coalesce(o.id, d.owner_id)) is not (d.amount, d.currency, d.close_on, d.owner_id)
"""
_MADE = f"""
    update import_way as w set is_made = (
        select count(*) <= 2 and min({history.maker("stage_event", "e.id")} = o.id) and max(root.command = 'import')
        from operation o join operation root on root.id = o.root_id
        join passage p on p.deal_id = w.deal_id join stage_event e on e.passage_id = p.id
        where o.id = {history.maker("deal", "w.deal_id")}
    )
"""
_ROWS = f"""
    select p.deal_id, 0 as kind, e.occurred_at, e.to_stage_id, e.amount, e.currency, e.close_on, e.owner_id, e.note, e.id,
        p.id as first, w.is_made as second, null as third, null as fourth
    from import_way w cross join passage p on p.deal_id = w.deal_id cross join stage_event e on e.passage_id = p.id
    union all
    select e.deal_id, 1, e.at, e.stage_id, iif(e.told & {chains.AMOUNT}, e.amount, coalesce(r.amount, d.amount)),
        coalesce(e.currency, r.currency, d.currency, :currency),
        iif(e.told & {chains.CLOSE}, e.close, coalesce(r.close, d.close_on)),
        iif(e.told & {chains.OWNER}, n.id, coalesce(o.id, d.owner_id)), e.note, e.row, e.row, e.told, e.is_first, null
    from import_event e left join import_owner n on n.no = e.owner left join import_deal r on r.target = e.deal_id
    left join import_owner o on o.no = r.owner left join deal d on d.id = e.deal_id where e.deal_id is not null
    union all
    select r.target, 2, coalesce(r.created, d.created_at), coalesce(r.stage_id, p.stage_id), coalesce(r.amount, d.amount),
        coalesce(r.currency, d.currency, :currency), coalesce(r.close, d.close_on), coalesce(o.id, d.owner_id), null, r.row,
        r.pipeline_id, r.entered, r.closed, r.is_new
    from import_deal r left join deal d on d.id = r.target left join import_owner o on o.no = r.owner
    left join passage p on p.deal_id = r.target and p.ended_at is null
    where r.is_new or r.target in (select deal_id from import_way)
    order by 1, 2, 11, 3, 10
"""


class Plan:
    """The tables of what passages and events are afterwards; `places` are all stages by their ids."""

    def __init__(self, work: Work) -> None:
        _create(work)
        self._stages = _stages(work)
        self.places = self._stages.places
        self._sink = Sink(work, "import_step", _STEP)
        self._sink.add("import_passage", _PASSAGE)
        self._sink.add("import_outcome", _OUTCOME)
        self._numbers = count(1)

    def deals(self, work: Work) -> None:
        """Work out what the ways of the deals are."""
        for _, rows in groupby(work.db.rows(_ROWS, currency=work.currency), key=lambda row: int(row[0])):
            way = _Way(list(rows), self._stages, work.session.preferences.tz)
            passages = chains.passages(way.events(now=work.recorded_at))
            for known, passage in zip_longest(way.passages[: len(passages)], passages):
                self.put(passage, deal=way.deal_id, known=known)
            if passages:
                last = passages[-1]
                is_open, is_lost = last.place.outcome == Outcome.OPEN, last.place.outcome == Outcome.LOST
                closed = None if is_open else last.entered_at
                self._sink.put("import_outcome", (way.deal_id, closed, int(is_lost), *way.terms_after(last)))

    def put(
        self, passage: Passage, *, deal: int | None = None, customer: int | None = None, known: int | None = None
    ) -> None:
        """Note a passage with its events, under the id that it has."""
        number = next(self._numbers)
        rows = [step.event.row for step in passage.steps if step.event.row is not None]
        reached = passage.reached.id if passage.reached else None
        place = passage.place
        times = (passage.began_at, passage.ended_at, place.id, passage.entered_at, reached, passage.way)
        who = (number, deal, customer, known, place.pipeline_id)
        self._sink.put("import_passage", (*who, *times, min(rows, default=None)))
        for turn, step in enumerate(passage.steps):
            event = step.event
            left = step.left.id if step.left else None
            stages = (left, event.place.id)
            what = (event.id, event.row, *stages, *event.terms, event.at, step.dwell, event.note)
            self._sink.put("import_step", (deal, number, turn, *what))

    def flush(self) -> None:
        """Write the rest."""
        self._sink.flush()


@dataclass(frozen=True, slots=True)
class _Stages:
    """Every stage by id, and those that a pipeline begins and ends the open time of its deals in."""

    places: Mapping[int, Place]
    ends: Mapping[int, tuple[Place, Place]]


class _Way:
    """What is known and said of one deal."""

    def __init__(self, rows: Sequence[Row], stages: _Stages, tz: tzinfo) -> None:
        self._stages = stages
        self._tz = tz
        self.stored = [row for row in rows if row[1] == _STORED]
        self._said = [row for row in rows if row[1] == _SAID]
        self._deal = next((row for row in rows if row[1] == _DEAL), None)
        self.deal_id = int(rows[0][0])

    @property
    def passages(self) -> list[int]:
        """The ids of the passages that there are."""
        return list(dict.fromkeys(int(row[10]) for row in self.stored))

    def events(self, *, now: str) -> list[Event]:
        """The events afterwards, in order."""
        events = self._history()
        if self._deal is None:
            return events
        told = self._told(self._deal)
        if not events:
            return chains.implied(told)
        more = chains.appended(events, told, now=now)
        is_new = self._deal[13]
        if not (more or is_new) and events[-1].terms != told.terms:
            last_at = max((event.at for event in events if event.at), default="")
            more = [Event(events[-1].place, max(now, last_at), told.terms)]
        return [*events, *more]

    def terms_after(self, last: Passage) -> tuple[object, ...]:
        """Whether a file's event gives the deal other terms, which no row of the deal itself does; and those."""
        event = last.steps[-1].event
        return self._deal is None and event.row is not None, *event.terms

    def _history(self) -> list[Event]:
        """What is stored with what files say; a whole history goes before one that an import only implied."""
        stored = chains.in_order(self._event(row, row[9], None) for row in self.stored)
        if not self._said:
            return stored
        said = chains.in_order(self._event(row, None, row[9]) for row in self._said)
        told = int(self._said[0][11])
        is_whole = any(row[12] for row in self._said if row[9] == said[0].row)
        is_implied = bool(self.stored and self.stored[0][11])
        if is_implied and is_whole and not chains.is_alike(stored, said, told=told):
            return said
        return chains.merged(stored, said, told=told)

    def _event(self, row: Row, number: int | None, said: int | None) -> Event:
        _, _, at, stage, amount, currency, close_on, owner, note, *_ = row
        return Event(self._stages.places[stage], at, (amount, currency, close_on, owner), note, number, said)

    def _told(self, row: Row) -> Told:
        _, _, created, stage, amount, currency, close_on, owner, _, _, pipeline, entered, closed, _ = row
        first, last = self._stages.ends[pipeline]
        place = first if stage is None else self._stages.places[stage]
        if place.outcome != Outcome.OPEN and closed is None and close_on is not None:
            day = When(date.fromisoformat(close_on), None).instant(self._tz)
            closed = day if day >= (entered or created or "") else None
        return Told(place, first, last, (amount, currency, close_on, owner), created, entered, closed)


def _create(work: Work) -> None:
    run = work.bulk.run
    run("create index if not exists temp.import_event_deal on import_event (deal_id)")
    run("create temp table import_way (deal_id integer primary key, is_made integer)")
    run(_CHOSEN)
    run(_MADE)
    run(f"create temp table import_step ({_STEP})")
    run(f"create temp table import_passage ({_PASSAGE.replace('passage,', 'passage integer primary key,', 1)})")
    run(f"create temp table import_outcome ({_OUTCOME.replace('deal_id', 'deal_id integer primary key', 1)})")


def _stages(work: Work) -> _Stages:
    places: dict[int, Place] = {}
    ends: dict[int, tuple[Place, Place]] = {}
    rows = work.db.rows(
        "select id, pipeline_id, position, outcome, archived_at is null from stage where not is_counted "
        "order by position, id"
    )
    for number, pipeline, position, outcome, is_live in rows:
        place = places[number] = Place(number, pipeline, position, Outcome(outcome))
        if is_live and place.outcome == Outcome.OPEN:
            ends[pipeline] = (ends.get(pipeline, (place,))[0], place)
        ends.setdefault(pipeline, (place, place))
    return _Stages(places, ends)
