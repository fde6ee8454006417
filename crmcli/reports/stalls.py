"""How long a deal may stand in each stage before it counts as stalled, and who says so."""

from dataclasses import dataclass

from crmcli.core.vocabulary import Trouble
from crmcli.db.reader import Reader
from crmcli.query.stalling import LIMIT, LIMIT_SOURCE, USUAL_STAY


@dataclass(frozen=True, slots=True)
class Limit:
    """So many days, and where they come from."""

    days: float
    source: str


def limits(db: Reader) -> dict[int, Limit]:
    """The limit of every open stage, by the stage's id."""
    rows = db.rows(
        f"select s.id, {LIMIT}, {LIMIT_SOURCE} from stage s {USUAL_STAY} where s.outcome = 'open' order by s.id"
    )
    return {int(stage): Limit(days, said) for stage, days, said in rows}


def next_step(deal: str, trouble: Trouble, *, barred: str | None) -> str:
    """The command that may come next for a deal in that trouble; of one whose customer must not be contacted the end."""
    if barred:
        return f'crm deal lose {deal} --reason "{barred}"'
    match trouble:
        case Trouble.OVERDUE:
            return f"crm deal edit {deal} --set close=eom"
        case Trouble.ZOMBIE:
            return f'crm deal lose {deal} --reason "no decision"'
    return f'crm task add "next step" --deal {deal} --due tomorrow'
