"""What rows make of the ways of customers through pipelines, worked out beside those of deals in the same tables.

A way is what a customer does in one pipeline. Its passages follow on each other, and each but the last was left: the
instant of leaving tells them apart.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from crmcli.db.reader import Row
from crmcli.services.importing import chains
from crmcli.services.importing.chains import Event
from crmcli.services.importing.events import names_customers
from crmcli.services.importing.histories import Plan
from crmcli.services.importing.staging import Stage

_SAID = 1
_ROWS = """
    select p.customer_id, p.pipeline_id, 0 as kind, e.occurred_at as at, e.to_stage_id, e.note, e.id, p.id as passage,
        p.ended_at, e.currency
    from (select distinct customer_id, pipeline_id from import_event where customer_id is not null) w
    cross join passage p on p.customer_id = w.customer_id and p.pipeline_id = w.pipeline_id
    cross join stage_event e on e.passage_id = p.id
    union all
    select customer_id, pipeline_id, 1, at, stage_id, note, row, null, left, :currency
    from import_event where customer_id is not null
    order by 1, 2, 3, 8, 4, 7
"""


def plan(told: Stage, into: Plan) -> list[int]:
    """Work out what the ways of the customers are afterwards; the rows that tell of a passage under way that it was left."""
    leaving: list[int] = []
    if not names_customers(told):
        return leaving
    rows = told.work.db.rows(_ROWS, currency=told.work.currency)
    for (customer, _), way in groupby(rows, key=lambda row: (int(row[0]), int(row[1]))):
        found = _Way(into, list(way))
        for end, events in found.stretches():
            (passage,) = chains.passages(chains.in_order(events))
            passage.ended_at = end
            into.put(passage, customer=customer, known=found.passages.get(end))
        leaving += found.leaving
    return leaving


def touch(told: Stage, rows: Sequence[int]) -> None:
    """Count the rows as ones that changed something."""
    if not rows:
        return
    told.work.bulk.many("insert or ignore into import_touched values (?)", [(row,) for row in rows])
    told.work.bulk.run("update import_event set target = row where row in (select id from import_touched)")


@dataclass(frozen=True, slots=True)
class _Said:
    event: Event
    left: str | None


class _Way:
    """What is known and said of one customer in one pipeline."""

    def __init__(self, into: Plan, rows: Sequence[Row]) -> None:
        self._places = into.places
        self._ends: dict[int, str | None] = {}
        self._stored: dict[int, list[Event]] = defaultdict(list)
        self._new: list[_Said] = []
        self.leaving: list[int] = []
        alike: dict[tuple[object, ...], list[int]] = defaultdict(list)
        for row in rows:
            event, passage, end = self._event(row), row[7], row[8]
            likeness = (event.at, event.place.id, event.note)
            if row[2] != _SAID:
                self._ends[passage] = end
                self._stored[passage].append(event)
                alike[likeness].append(passage)
            elif not alike[likeness]:
                self._new.append(_Said(event, end))
            elif self._ends[known := alike[likeness].pop(0)] is None and end is not None:
                self._ends[known] = end
                self.leaving.append(int(row[6]))

    @property
    def passages(self) -> dict[str | None, int]:
        """The ids of the passages that there are, by their ends."""
        return {end: passage for passage, end in self._ends.items()}

    def stretches(self) -> Iterator[tuple[str | None, list[Event]]]:
        """The events of each passage afterwards, by its end, the one under way last."""
        told = {*self._ends.values(), *(said.left for said in self._new)}
        ends = sorted(end for end in told if end is not None)
        found: dict[str | None, list[Event]] = defaultdict(list)
        for passage, events in self._stored.items():
            found[self._ends[passage]] += events
        for said in self._new:
            at = said.event.at or ""
            found[said.left or next((end for end in ends if end > at), None)].append(said.event)
        yield from sorted(found.items(), key=lambda item: (item[0] is None, item[0] or ""))

    def _event(self, row: Row) -> Event:
        _, _, kind, at, stage, note, number, _, _, currency = row
        is_said = kind == _SAID
        terms = (None, currency, None, None)
        return Event(self._places[stage], at, terms, note, None if is_said else number, number if is_said else None)
