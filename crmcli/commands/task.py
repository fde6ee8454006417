"""`crm task`: add, list, show, edit, done, snooze, remove, restore."""

from typing import Annotated

import typer

from crmcli import reports, services
from crmcli.commands import opening
from crmcli.commands.arguments import Ics, Query, Sets
from crmcli.commands.options import Asking, Listing, Showing, Writing

app = typer.Typer(no_args_is_help=True, add_completion=False)

_Ref = Annotated[str, typer.Argument(metavar="REF", help="Id (7, T7) or part of the text.", show_default=False)]


@app.callback()
def group() -> None: ...


@app.command(cls=Writing)
def add(
    ctx: typer.Context,
    text: Annotated[str, typer.Argument(help="What is to be done.", show_default=False)],
    customer: Annotated[str | None, typer.Option("--for", metavar="REF", help="The customer it is for.")] = None,
    deal: Annotated[str | None, typer.Option(metavar="REF", help="The deal it is for.")] = None,
    due: Annotated[
        str | None, typer.Option(metavar="WHEN", help="By when: tomorrow, fri, 'fri 15:00', 2026-03-31.")
    ] = None,
    every: Annotated[str | None, typer.Option(metavar="TIME", help="Comes again: 3d, 2w, 1m, 1q, 1y.")] = None,
    priority: Annotated[bool, typer.Option("--priority", help="Before all others.")] = False,
    owner: Annotated[str | None, typer.Option(help="Who of us does it.")] = None,
) -> None:
    """Add a task.

    Examples:
      crm task add "Send the quote" --for ada-lovelace --due fri
      crm task add "Check the stock" --due mon --every 2w --priority
    """
    with opening.writing(ctx) as session:
        new = services.tasks.NewTask(text, customer, deal, due, every, owner, priority)
        change = services.tasks.add(session, new)
    opening.done(ctx, change)


@app.command("list", cls=Listing)
def list_(ctx: typer.Context, query: Query = None, ics: Ics = False) -> None:
    """List tasks, the open ones first, by their due date.

    Examples:
      crm task list is:open
      crm task list is:open --ics -o tasks.ics
      crm task list is:overdue customer:lovelace -f csv
    """
    with opening.reading(ctx) as db:
        if ics:
            opening.show_calendar(ctx, db, query or ())
        else:
            opening.show_list(ctx, db, "task", query or ())


@app.command(cls=Showing)
def show(ctx: typer.Context, ref: _Ref) -> None:
    """Show one task in full.

    Examples:
      crm task show T1
    """
    with opening.reading(ctx) as db:
        opening.show(ctx, db, reports.records.task(db, ref, moment=opening.moment(ctx, db)))


@app.command(cls=Writing)
def edit(ctx: typer.Context, ref: _Ref, set_: Sets = None) -> None:
    """Change a task; another due date is where a repeating one goes on from.

    Examples:
      crm task edit T1 --set due=fri --set priority=yes
    """
    with opening.writing(ctx) as session:
        change = services.tasks.edit(session, ref, tuple(set_ or ()))
    opening.done(ctx, change)


@app.command(cls=Writing)
def done(ctx: typer.Context, ref: _Ref) -> None:
    """Close a task; a repeating one comes again, at its next date that is not past.

    Examples:
      crm task done T1
    """
    with opening.writing(ctx) as session:
        change = services.tasks.done(session, ref)
    opening.done(ctx, change)


@app.command(cls=Writing)
def snooze(
    ctx: typer.Context,
    ref: _Ref,
    until: Annotated[str, typer.Argument(metavar="[WHEN]", help="3d from today, mon, 2026-03-31.")] = "tomorrow",
) -> None:
    """Put a task off; a repeating one keeps its rhythm.

    Examples:
      crm task snooze T1
      crm task snooze T1 1w
    """
    with opening.writing(ctx) as session:
        change = services.tasks.snooze(session, ref, until)
    opening.done(ctx, change)


@app.command(cls=Asking)
def remove(ctx: typer.Context, ref: _Ref) -> None:
    """Take a task out of every list; nothing is lost.

    Examples:
      crm task remove T1 --yes
    """
    opening.remove(ctx, lambda session: services.tasks.remove(session, ref))


@app.command(cls=Writing)
def restore(ctx: typer.Context, ref: _Ref) -> None:
    """Bring a removed task back.

    Examples:
      crm task restore T1
    """
    with opening.writing(ctx) as session:
        change = services.tasks.restore(session, ref)
    opening.done(ctx, change)
