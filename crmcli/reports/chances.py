"""How probable it is that an open deal is won, by the stage that it stands in."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from crmcli.core.vocabulary import Category, Outcome
from crmcli.db.reader import Reader, Row
from crmcli.query.past import Past
from crmcli.reports.standing import Standing, counts_of

#: So many deals of the pipeline's win rate are counted with those of each stage.
PRIOR = 10

FORMULA = (
    f"chance of a stage = (won + {PRIOR} × win rate of the pipeline) ÷ (closed + {PRIOR}), of the deals closed that had come "
    f"as far as the stage; the stage's own probability while fewer than {PRIOR} deals of the pipeline have closed"
)

Source = Literal["history", "stage", "unknown"]


@dataclass(frozen=True, slots=True)
class Chance:
    """Of an open stage: `won` and `closed` are the deals that had come as far; `p` is None where nothing tells it."""

    stage: str
    pipeline: str
    position: int
    category: Category
    p: Fraction | None
    source: Source
    won: int
    closed: int

    def weighted(self, amount: int) -> int:
        """The amount times the chance, in whole minor units, a half rounded up; 0 where the chance is not known."""
        if self.p is None:
            return 0
        return (2 * amount * self.p.numerator + self.p.denominator) // (2 * self.p.denominator)


def chances(db: Reader, deals: Standing) -> dict[int, Chance]:
    """The chance of every open stage by its id, from all deals as they stood, whichever the report is about."""
    return _chances(db, _closed(db, deals.counts(db), 1), 1)[0]


def chances_at(db: Reader, pasts: Sequence[Past]) -> list[dict[int, Chance]]:
    """The chances at each of the days, which ascend: what is closed now, less what came and went since."""
    present = Past()
    now = _closed(db, f"({counts_of(f'{present.passages()} and {present.running}')})", len(pasts))
    return _chances(db, (*now, *_since(db, pasts)), len(pasts))


def _chances(db: Reader, closed: Iterable[Row], days: int) -> list[dict[int, Chance]]:
    won, lost = _sums(closed)
    rows = list(
        db.rows(
            """
            select s.id, s.name, l.name, l.id, s.position, s.probability, s.forecast_category
            from stage s join pipeline l on l.id = s.pipeline_id and l.holds = 'deal' where s.outcome = 'open'
            order by l.id, s.position, s.id
            """
        )
    )
    found: list[dict[int, Chance]] = []
    for place in range(days):
        known = {}
        for number, name, pipeline, pipeline_id, position, said, category in rows:
            wins, losses = won[place, pipeline_id], lost[place, pipeline_id]
            ended = wins + sum(count for reached, count in losses.items() if reached >= position)
            p, source = _chance(wins, ended, wins + sum(losses.values()), said)
            kind = Category(category or Category.PIPELINE)
            known[int(number)] = Chance(name, pipeline, position, kind, p, source, wins, ended)
        found.append(known)
    return found


def _chance(won: int, closed: int, every: int, said: int | None) -> tuple[Fraction | None, Source]:
    """`every` is how many deals of the pipeline have closed, `said` the stage's own probability in per cent."""
    if said is not None and every < PRIOR:
        return Fraction(said, 100), "stage"
    if not every:
        return None, "unknown"
    return (won + PRIOR * Fraction(won, every)) / (closed + PRIOR), "history"


_Key = tuple[int, int]


def _sums(closed: Iterable[Row]) -> tuple[dict[_Key, int], dict[_Key, dict[int, int]]]:
    """By the place of the day and the pipeline: the deals won, and those lost by the furthest open stage, 0 for none."""
    won: dict[_Key, int] = defaultdict(int)
    lost: dict[_Key, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for pipeline, outcome, places, reached, count in closed:
        for place in range(places):
            if outcome == Outcome.WON:
                won[place, pipeline] += count
            else:
                lost[place, pipeline][reached or 0] += count
    return won, lost


def _closed(db: Reader, counts: str, places: int) -> Iterator[Row]:
    """(pipeline, outcome, `places`, position of the furthest open stage, how many) of the deals that are closed."""
    return db.rows(
        f"""
        select p.pipeline_id, s.outcome, :places, w.position, sum(p.count) from {counts} p
        join stage s on s.id = p.stage_id left join stage w on w.id = p.reached_id
        where s.outcome <> 'open' group by 1, 2, 4
        """,
        places=places,
    )


_LAST = 2**63 - 1  # behind all events of that instant
_HANDED_OVER = """(
    select min(n.recorded_at) from passage y join stage_event n on n.passage_id = y.id
    where y.deal_id = p.deal_id and y.id > p.id
)"""


def _since(db: Reader, pasts: Sequence[Past]) -> Iterator[Row]:
    """The same of what was closed since then, as so many less, and of what was reopened, or handed over while closed.

    It counts for the first of the days, as many as it came after; how far a deal had come is read off its events.
    """
    ends = {f"{name}_{place}": end for place, past in enumerate(pasts) for name, end in past.parameters.items()}

    def by_then(event: str, place: int) -> str:
        recorded = f" and {event}.recorded_at < :known_at_{place}" if f"known_at_{place}" in ends else ""
        return f"({event}.occurred_at is null or {event}.occurred_at < :as_of_{place}){recorded}"

    places = len(pasts)
    arms = " ".join(f"when {by_then('e', place)} then {place}" for place in range(1, places))
    move = "select id, passage_id, occurred_at, recorded_at, {0} as stage_id, {1} as count from stage_event"
    closing = "(select id from stage where outcome <> 'open')"
    closed = f"not ({by_then('stage_event', 0)}) and from_stage_id is not to_stage_id and {{0}} in {closing}"
    return db.rows(
        f"""
        with gone (id) as materialized (
            select id from passage where ended_at < :as_of_0
            union select p.id from deal d join passage p on p.deal_id = d.id where d.removed_at is not null
        ), move as (
            {move.format("to_stage_id", -1)} where {closed.format("to_stage_id")}
            union all {move.format("from_stage_id", 1)} where {closed.format("from_stage_id")}
            union all
            select {_LAST}, p.id, p.ended_at, {_HANDED_OVER}, p.stage_id, 1 from passage p
            where p.ended_at >= :as_of_0 and p.stage_id in {closing}
        )
        select s.pipeline_id, s.outcome, {f"case {arms} else {places} end" if arms else places} as places,
            case when s.outcome = 'lost' then (
                select max(w.position) from stage_event x join stage w on w.id = x.to_stage_id
                where x.passage_id = e.passage_id and w.outcome = 'open' and (
                    x.occurred_at is null or x.occurred_at < e.occurred_at or x.occurred_at = e.occurred_at and x.id < e.id
                )
            ) end, sum(e.count)
        from move e join stage s on s.id = e.stage_id where e.passage_id not in gone group by 1, 2, 3, 4
        """,
        ends,
    )
