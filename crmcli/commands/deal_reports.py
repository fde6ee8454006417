"""`crm deal`: board, stalled, rotten, overdue, zombies, winloss, slippage."""

from typing import TYPE_CHECKING, Annotated

import typer

from crmcli import reports, services
from crmcli.commands import explaining, opening
from crmcli.commands.arguments import AsOf, Currency, Explain, KnownAt, Pipeline, Query
from crmcli.commands.options import Boarded, Following, Limited, Showing, settings
from crmcli.core.vocabulary import Trouble
from crmcli.errors import InvalidInput

if TYPE_CHECKING:
    from crmcli.core.result import Report
    from crmcli.db.reader import Reader

_CARDS = 10
_PlannedCounts = Annotated[bool, typer.Option("--planned-counts", help="Leave out deals for which a task is planned.")]
_CreateTasks = Annotated[
    bool, typer.Option("--create-tasks", help="Add a task for each of them, unless it has it already.")
]


def add_to(app: typer.Typer) -> None:
    """Let `crm deal` have these commands."""
    app.command(cls=Boarded)(board)
    app.command(cls=Showing)(winloss)
    app.command(cls=Limited)(slippage)
    for command in (stalled, rotten, overdue, zombies):
        app.command(cls=Following)(command)


def board(
    ctx: typer.Context,
    query: Query = None,
    pipeline: Pipeline = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
) -> None:
    """Show the deals of a pipeline as a board: a lane for each stage, with sums; the open ones unless told otherwise.

    --limit is for each lane of the board; machines get every deal.

    Examples:
      crm deal board
      crm deal board owner:Bob closed:-90d.. --limit 5
      crm deal board --as-of -30d
      crm deal board --html -o board.html
    """
    with opening.reading(ctx) as db:
        most = opening.limit(ctx, usual=_CARDS)
        asked = reports.board.Asked(query or (), pipeline, as_of, known_at, most)
        opening.show(ctx, db, reports.board.board(db, asked, moment=opening.moment(ctx, db)))


def stalled(
    ctx: typer.Context,
    query: Query = None,
    planned_counts: _PlannedCounts = False,
    create_tasks: _CreateTasks = False,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    explain: Explain = False,
) -> None:
    """Show the open deals that stand in their stage for too long, the worst first.

    Too long is more than the rot_days of the stage, else than the p75 of the stays there of deals won, else 30 days.

    Examples:
      crm deal stalled
      crm deal stalled stage:quote --planned-counts -f csv
      crm deal stalled --create-tasks
    """
    asked = reports.stuck.Asked(Trouble.STALLED, tuple(query or ()), planned_counts, as_of, known_at)
    _told(ctx, asked, create_tasks=create_tasks, explain=explain)


def rotten(
    ctx: typer.Context,
    query: Query = None,
    planned_counts: _PlannedCounts = False,
    create_tasks: _CreateTasks = False,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    explain: Explain = False,
) -> None:
    """Show the open deals on which nothing was done for too long, the worst first.

    What counts: an interaction of the deal, or of its customer and no other deal; a task done; a move; a change of it.

    Examples:
      crm deal rotten
      crm deal rotten owner:Bob --create-tasks --dry-run
    """
    asked = reports.stuck.Asked(Trouble.ROTTEN, tuple(query or ()), planned_counts, as_of, known_at)
    _told(ctx, asked, create_tasks=create_tasks, explain=explain)


def overdue(
    ctx: typer.Context,
    query: Query = None,
    planned_counts: _PlannedCounts = False,
    create_tasks: _CreateTasks = False,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    explain: Explain = False,
) -> None:
    """Show the deals that are open after their close date, the latest first.

    Examples:
      crm deal overdue
      crm deal overdue amount:10k.. --create-tasks
      crm deal overdue --as-of -30d
    """
    asked = reports.stuck.Asked(Trouble.OVERDUE, tuple(query or ()), planned_counts, as_of, known_at)
    _told(ctx, asked, create_tasks=create_tasks, explain=explain)


def zombies(
    ctx: typer.Context,
    query: Query = None,
    planned_counts: _PlannedCounts = False,
    create_tasks: _CreateTasks = False,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    explain: Explain = False,
) -> None:
    """Show the deals that are open for more whole days than the slowest deal that their pipeline ever won.

    Examples:
      crm deal zombies
      crm deal zombies -f ids
    """
    asked = reports.stuck.Asked(Trouble.ZOMBIE, tuple(query or ()), planned_counts, as_of, known_at)
    _told(ctx, asked, create_tasks=create_tasks, explain=explain)


def winloss(
    ctx: typer.Context,
    query: Query = None,
    by: Annotated[
        str | None, typer.Option(metavar="FIELD", help="For each stage (lost in), owner, product, month, …")
    ] = None,
    currency: Currency = None,
    by_value: Annotated[bool, typer.Option("--by-value", help="The largest amount first, not the most deals.")] = False,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    explain: Explain = False,
) -> None:
    """Show why deals were lost: the reasons by how many and how much, beside what was won.

    Examples:
      crm deal winloss closed:-90d..
      crm deal winloss --by stage
      crm deal winloss --by owner --by-value -f csv
      crm deal winloss --as-of -90d
    """
    with opening.reading(ctx) as db:
        asked = reports.winloss.Asked(tuple(query or ()), by, currency, by_value, as_of, known_at)
        found = reports.winloss.winloss(db, asked, moment=opening.moment(ctx, db))
        _show(ctx, db, found, explain=explain)


def slippage(
    ctx: typer.Context,
    query: Query = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    explain: Explain = False,
) -> None:
    """Show the deals whose expected close was put off to a later month, the most often first.

    Examples:
      crm deal slippage is:open
      crm deal slippage owner:Bob -f csv
      crm deal slippage --as-of -30d
    """
    with opening.reading(ctx) as db:
        most = opening.limit(ctx)
        moment = opening.moment(ctx, db)
        found = reports.slippage.slippage(db, query or (), limit=most, moment=moment, as_of=as_of, known_at=known_at)
        _show(ctx, db, found, explain=explain)


def _told(ctx: typer.Context, asked: "reports.stuck.Asked", *, create_tasks: bool, explain: bool) -> None:
    if create_tasks:
        if asked.as_of or asked.known_at:
            raise InvalidInput("--create-tasks is for deals as they stand now", hint="leave --as-of and --known-at out")
        with opening.writing(ctx) as session:
            change = services.followups.create(session, asked)
        opening.done(ctx, change)
        return
    if settings(ctx).dry_run:
        raise InvalidInput("--dry-run goes with --create-tasks: nothing is written without it")
    with opening.reading(ctx) as db:
        found = reports.stuck.report(db, asked, moment=opening.moment(ctx, db), limit=opening.limit(ctx))
        _show(ctx, db, found, explain=explain)


def _show(ctx: typer.Context, db: "Reader", report: "Report", *, explain: bool) -> None:
    explaining.present(ctx, db, report, reports.deal_formulas.FORMULAS[report.name] if explain else ())
