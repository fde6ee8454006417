"""Which fields a stage asks for."""

import json

from sqlmodel import select

from crmcli.core.vocabulary import Holds
from crmcli.core.wording import did_you_mean, shown
from crmcli.db.reader import Reader
from crmcli.db.writing import Writer
from crmcli.errors import InvalidInput
from crmcli.models.field import Requirement
from crmcli.models.pipeline import Pipeline
from crmcli.models.stage import Stage
from crmcli.services.assignments import Assignment
from crmcli.services.owners import key
from crmcli.services.requirements import BUILT_IN


def change(session: Writer, stage: Stage, wish: Assignment) -> None:
    """Ask for other fields at a stage: `=` for just these, `+=` and `-=` for more and less. Raises InvalidInput."""
    names = [name.strip().lower() for name in wish.value.split(",") if name.strip()]
    holds = session.get_one(Pipeline, stage.pipeline_id).holds
    known = BUILT_IN[holds]
    own = _own(session.reader, holds)
    for name in names:
        if name not in known and name not in own:
            near = did_you_mean(name, (*known, *own))
            raise InvalidInput(f"no field {shown(name)} to require{near}", hint=f"one of {', '.join((*known, *own))}")
    there = list(json.loads(stage.required_fields))
    asked = {requirement.field_id: requirement for requirement in _requirements(session, stage)}
    built_in = [name for name in names if name in known]
    numbers = {own[name] for name in names if name not in known}
    if wish.op == "-=":
        there = [name for name in there if name not in built_in]
    else:
        there = built_in if wish.op == "=" else [*there, *(name for name in built_in if name not in there)]
        for number in sorted(numbers - asked.keys()):
            session.add(Requirement(field_id=number, stage_id=key(stage.id)))
    for number, requirement in asked.items():
        if (number in numbers) if wish.op == "-=" else (wish.op == "=" and number not in numbers):
            session.delete(requirement)
    said = json.dumps(list(dict.fromkeys(there)))
    if stage.required_fields != said:
        stage.required_fields = said
    session.flush()


def _requirements(session: Writer, stage: Stage) -> list[Requirement]:
    return list(session.exec(select(Requirement).where(Requirement.stage_id == stage.id)))


def _own(db: Reader, holds: Holds) -> dict[str, int]:
    """The fields of the user's own by name; those of a deal before those of its customer."""
    entities = ("customer", "deal") if holds == Holds.DEAL else ("customer",)
    rows = db.rows("select name, id, entity from field order by entity, id")
    return {str(name).lower(): int(number) for name, number, entity in rows if entity in entities}
