"""The batch that a command can stand in: what its lines share."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from crmcli.errors import InvalidInput

if TYPE_CHECKING:
    from crmcli.db.writing import Writer

KEY = "crmcli.batch"


@dataclass(slots=True)
class Outer:
    """A batch over the file at `database`; without a `session` each of its lines opens the file for itself.

    `refused` names the commands that cannot be its lines. In a trial, `plan` gathers what each line would do.
    """

    database: Path
    refused: frozenset[str]
    session: "Writer | None" = None
    is_trial: bool = False
    line: int = 0
    plan: list[str] = field(default_factory=list)

    @property
    def is_open(self) -> bool:
        """Whether another line can be run."""
        return self.session is None or self.session.is_open


def outer(ctx: typer.Context) -> Outer | None:
    """The batch that the command is a line of."""
    found = ctx.meta.get(KEY)
    return found if isinstance(found, Outer) else None


def shared(ctx: typer.Context, database: Path) -> "Writer | None":
    """The transaction that the command is a part of. Raises InvalidInput where it names another file."""
    found = outer(ctx)
    if found is None or found.session is None:
        return None
    if database != found.database:
        raise InvalidInput(f"a batch is about one file, not about '{database}' too", hint="crm batch --db PATH")
    return found.session


def refuse(ctx: typer.Context) -> None:
    """Raises InvalidInput for a command that cannot be a line of the batch it stands in."""
    found = outer(ctx)
    name = ctx.command_path.partition(" ")[2]
    if found is not None and not found.refused.isdisjoint((name, name.partition(" ")[0])):
        way = "" if found.session is None else "; --each may take it"
        raise InvalidInput(f"crm {name} cannot be a line of a batch", hint=f"run it by itself{way}")
