"""The pipelines that are shipped, read from their data file."""

import tomllib
from dataclasses import dataclass
from importlib.resources import files

from crmcli.core.vocabulary import Holds, Outcome, Template

_FILE = "templates.toml"


@dataclass(frozen=True, slots=True)
class Plan:
    """A stage to be made."""

    name: str
    outcome: Outcome = Outcome.OPEN
    probability: int | None = None
    rot_days: int | None = None
    is_counted: bool = False


def plans(template: Template) -> tuple[Holds, tuple[Plan, ...]]:
    """What a pipeline of the template holds, and its stages in order."""
    told = tomllib.loads(files("crmcli.services").joinpath(_FILE).read_text("utf-8"))[template]
    stages = (
        Plan(
            each["name"],
            Outcome(each.get("outcome", Outcome.OPEN)),
            each.get("probability"),
            each.get("rot_days"),
            each.get("counted", False),
        )
        for each in told["stages"]
    )
    return Holds(told["holds"]), tuple(stages)
