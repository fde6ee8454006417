"""How long a deal may stand in a stage before it counts as stalled."""

from dataclasses import dataclass

from crmcli.core.statistics import quantile
from crmcli.db.reader import Reader

#: Where neither the stage nor history says it.
USUAL_DAYS = 30
_ENOUGH, _RECENT = 10, 500
_DAY = 86_400


@dataclass(frozen=True, slots=True)
class Limit:
    """So many days, and where they come from."""

    days: float
    source: str


def limits(db: Reader) -> dict[int, Limit]:
    """The limit of every open stage: its own, else the p75 of the stays there of deals won, else 30 days."""
    found = {}
    history = None
    for stage, rot_days in db.rows("select id, rot_days from stage where outcome = 'open' order by id"):
        if rot_days is not None:
            found[int(stage)] = Limit(rot_days, "of the stage")
            continue
        history = _history(db) if history is None else history
        found[int(stage)] = history.get(stage, Limit(USUAL_DAYS, "the usual"))
    return found


def _history(db: Reader) -> dict[int, Limit]:
    """The p75 (type 7) of the stays of the 500 deals won last, for the stages with ten or more."""
    stays: dict[int, list[float]] = {}
    rows = db.rows(
        """
        with won as (
            select p.id, p.deal_id from stage s join passage p on p.stage_id = s.id
            where s.outcome = 'won' and p.ended_at is null order by p.stage_entered_at desc, p.id desc limit :recent
        ), stays as (
            select from_stage_id as stage, dwell, row_number() over way as place,
                count(*) over (partition by from_stage_id) as total
            from won w join deal d on d.id = w.deal_id and d.removed_at is null
            join stage_event e on e.passage_id = w.id where dwell is not null
            window way as (partition by from_stage_id order by dwell)
        )
        select stage, total, place, dwell from stays
        where total >= :enough and place in ((total - 1) * 3 / 4 + 1, (total - 1) * 3 / 4 + 2) order by stage, place
        """,
        enough=_ENOUGH,
        recent=_RECENT,
    )
    position = {}
    for stage, total, _, dwell in rows:
        stays.setdefault(int(stage), []).append(dwell)
        position[int(stage)] = (total - 1) * 3 % 4 / 4
    return {
        stage: Limit((quantile(values[:2], position[stage]) or 0) / _DAY, "p75 of deals won")
        for stage, values in stays.items()
    }
