"""How probable it is that an open deal is won, by the stage that it stands in."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from crmcli.core.vocabulary import Category, Outcome
from crmcli.db.reader import Reader
from crmcli.reports.standing import Standing

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
    won, lost = _closed(db, deals)
    rows = db.rows(
        """
        select s.id, s.name, l.name, l.id, s.position, s.probability, s.forecast_category
        from stage s join pipeline l on l.id = s.pipeline_id where s.outcome = 'open' order by l.id, s.position, s.id
        """
    )
    found = {}
    for number, name, pipeline, pipeline_id, position, said, category in rows:
        wins = won[pipeline_id]
        closed = wins + sum(count for reached, count in lost[pipeline_id].items() if reached >= position)
        every = wins + sum(lost[pipeline_id].values())
        p, source = _chance(wins, closed, every, said)
        kind = Category(category or Category.PIPELINE)
        found[int(number)] = Chance(name, pipeline, position, kind, p, source, wins, closed)
    return found


def _chance(won: int, closed: int, every: int, said: int | None) -> tuple[Fraction | None, Source]:
    """`every` is how many deals of the pipeline have closed, `said` the stage's own probability in per cent."""
    if said is not None and every < PRIOR:
        return Fraction(said, 100), "stage"
    if not every:
        return None, "unknown"
    return (won + PRIOR * Fraction(won, every)) / (closed + PRIOR), "history"


def _closed(db: Reader, deals: Standing) -> tuple[Mapping[int, int], Mapping[int, Mapping[int, int]]]:
    """By pipeline: the deals won, and those lost by the position of the furthest open stage, 0 for none."""
    won: dict[int, int] = defaultdict(int)
    lost: dict[int, dict[int, int]] = defaultdict(dict)
    rows = db.rows(
        f"""
        select t.pipeline_id, s.outcome, case when s.outcome = 'lost' then t.reached_id end as reached, count(*)
        from ({deals.source}) t join stage s on s.id = t.stage_id where s.outcome <> 'open' group by 1, 2, 3
        """,
        deals.parameters,
    )
    position = {None: 0, **dict(db.rows("select id, position from stage"))}
    for pipeline, outcome, reached, count in rows:
        if outcome == Outcome.WON:
            won[pipeline] += count
        else:
            place = position[reached]
            lost[pipeline][place] = lost[pipeline].get(place, 0) + count
    return won, lost
