"""`crm demo`: a file to look around in."""

import os
from pathlib import Path
from shlex import quote
from typing import Annotated

import typer

from crmcli import render, reports, services
from crmcli.commands import opening
from crmcli.commands.options import Command, settings
from crmcli.errors import Conflict
from crmcli.settings import demo_place, demo_settings

app = typer.Typer(add_completion=False)


@app.command(cls=Command)
def demo(
    ctx: typer.Context,
    file: Annotated[
        Path | None, typer.Argument(help="Where to build it; else beside your own file.", show_default=False)
    ] = None,
) -> None:
    """Build a demo file, never your own, and show a funnel and a neighbourhood from it.

    Examples:
      crm demo
    """
    place = _fresh(file)
    ctx.obj = demo_settings(settings(ctx), place)
    with opening.writing(ctx) as session:
        change = services.demo.build(session)
    render.say(f"{change.sentence} in {place}")
    render.say("")
    with opening.reading(ctx) as db:
        moment = opening.moment(ctx, db)
        funnel = reports.funnel.funnel(
            db, reports.funnel.FunnelRequest(), now=moment.now, preferences=moment.preferences
        )
        opening.show(ctx, db, reports.funnel.report(funnel))
        render.say("")
        asked = reports.neighbourhood.Around(most=20)
        around = reports.neighbourhood.report(db, services.demo.CENTRE, asked, moment=moment)
        opening.show(ctx, db, around)
    for line in _TO_TRY:
        render.say(line.format(place=quote(str(place))))


_TO_TRY = (
    "",
    "Look around: export CRM_DB={place}",
    "  crm today",
    "  crm customer show ada-lovelace",
    "  crm deal list is:open --sort=-amount",
    "  crm funnel show --by owner",
    "  crm log ada-lovelace 'sent the quote' --channel email && crm undo",
)


def _fresh(file: Path | None) -> Path:
    """The place of the demo, empty: the demo of before goes, any other file stays. Raises Conflict."""
    if file is not None and file.exists():
        raise Conflict(
            f"'{file}' is there already and stays as it is", hint="crm demo without a file, or with a new one"
        )
    place = file or demo_place(os.environ)
    for old in (place, Path(f"{place}-wal"), Path(f"{place}-shm")):
        old.unlink(missing_ok=True)
    return place
