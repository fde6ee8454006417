"""`crm funnel`: show, cohort, curve, time, flow, bottleneck, compare, alert."""

from typing import Annotated

import typer

from crmcli import reports
from crmcli.commands import opening
from crmcli.commands.arguments import AsOf, Currency, Explain, KnownAt, Query
from crmcli.commands.funnel_options import (
    By,
    Days,
    InMode,
    OnBasis,
    Pipeline,
    Since,
    Until,
    numbers,
    present,
)
from crmcli.commands.options import Showing, settings
from crmcli.core.vocabulary import Across, Alarm, Basis, Mode, Per
from crmcli.errors import ExitCode

app = typer.Typer(no_args_is_help=True, add_completion=False)


@app.callback()
def group() -> None: ...


@app.command(cls=Showing)
def show(
    ctx: typer.Context,
    query: Query = None,
    pipeline: Pipeline = None,
    mode: InMode = Mode.REACHED,
    basis: OnBasis = Basis.COHORT,
    since: Since = None,
    until: Until = None,
    by: By = None,
    amounts: Annotated[bool, typer.Option("--amounts", help="The money in the place of the deals.")] = False,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    currency: Currency = None,
    explain: Explain = False,
) -> None:
    """Show how many deals reached each stage, and what became of the others.

    Examples:
      crm funnel show
      crm funnel show --by owner --since -90d
      crm funnel show --basis period --since 2026-10 --until 2026-11
      crm funnel show --amounts --by amount-band
      crm funnel show -f json
    """
    with opening.reading(ctx) as db:
        asked = reports.funnel.FunnelRequest(
            tuple(query or ()), pipeline, mode, basis, since, until, by, as_of, known_at, currency
        )
        found = reports.funnel.funnel(db, asked, now=settings(ctx).now, preferences=opening.preferences(db))
        present(ctx, db, reports.funnel.report(found, by_amount=amounts), explain=explain)


@app.command(cls=Showing)
def curve(
    ctx: typer.Context,
    query: Query = None,
    pipeline: Pipeline = None,
    start: Annotated[str | None, typer.Option("--from", metavar="STAGE", help="Count from the entry into it.")] = None,
    days: Days = "30,60,90,180",
    since: Since = None,
    until: Until = None,
    by: By = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    currency: Currency = None,
    explain: Explain = False,
) -> None:
    """Show how many deals are won and lost after so many days, the open ones counted too.

    Examples:
      crm funnel curve --by owner --days 30,90
      crm funnel curve --from contact --as-of 2026-06-30
    """
    with opening.reading(ctx) as db:
        asked = reports.funnel.FunnelRequest(
            tuple(query or ()),
            pipeline,
            since=since,
            until=until,
            by=by,
            as_of=as_of,
            known_at=known_at,
            currency=currency,
        )
        found = reports.funnel_curve.curve(
            db, asked, moment=opening.moment(ctx, db), days=numbers(days, "--days"), start=start
        )
        present(ctx, db, reports.funnel_curve.report(found), explain=explain)


@app.command(cls=Showing)
def time(
    ctx: typer.Context,
    query: Query = None,
    pipeline: Pipeline = None,
    since: Since = None,
    until: Until = None,
    by: By = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    currency: Currency = None,
    explain: Explain = False,
) -> None:
    """Show how long deals stay in each stage, those that are still there counted too.

    Examples:
      crm funnel time --by owner --since 2026-01
    """
    with opening.reading(ctx) as db:
        asked = reports.funnel.FunnelRequest(
            tuple(query or ()),
            pipeline,
            since=since,
            until=until,
            by=by,
            as_of=as_of,
            known_at=known_at,
            currency=currency,
        )
        found = reports.funnel_time.stage_times(db, asked, moment=opening.moment(ctx, db))
        present(ctx, db, reports.funnel_time.report(found), explain=explain)


@app.command(cls=Showing)
def cohort(
    ctx: typer.Context,
    query: Query = None,
    pipeline: Pipeline = None,
    mode: InMode = Mode.REACHED,
    across: Annotated[Across, typer.Option(help="The stages they came to, or days to winning.")] = Across.STAGES,
    per: Annotated[Per, typer.Option(help="The deals of a month, a quarter or a year together.")] = Per.MONTH,
    days: Days = "30,60,90,180",
    since: Since = None,
    until: Until = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    currency: Currency = None,
    explain: Explain = False,
) -> None:
    """Show how far the deals of each month have come, and how many of them are still open.

    Examples:
      crm funnel cohort --across days --days 30,60,90
      crm funnel cohort --per quarter --since 2026-01
    """
    with opening.reading(ctx) as db:
        asked = reports.funnel.FunnelRequest(
            tuple(query or ()),
            pipeline,
            mode,
            since=since,
            until=until,
            as_of=as_of,
            known_at=known_at,
            currency=currency,
        )
        moment, wanted = opening.moment(ctx, db), numbers(days, "--days")
        found = reports.funnel_months.months(db, asked, moment=moment, across=across, per=per, days=wanted)
        present(ctx, db, reports.funnel_months.report(found), explain=explain)


@app.command(cls=Showing)
def flow(
    ctx: typer.Context,
    query: Query = None,
    pipeline: Pipeline = None,
    basis: OnBasis = Basis.COHORT,
    since: Since = None,
    until: Until = None,
    by: By = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    currency: Currency = None,
    explain: Explain = False,
) -> None:
    """Show from which stage to which deals move: forward, over several stages, and back.

    Examples:
      crm funnel flow
      crm funnel flow --basis period --since 2026-10
    """
    with opening.reading(ctx) as db:
        asked = reports.funnel.FunnelRequest(
            tuple(query or ()), pipeline, Mode.REACHED, basis, since, until, by, as_of, known_at, currency
        )
        found = reports.funnel_flow.flow(db, asked, moment=opening.moment(ctx, db))
        present(ctx, db, reports.funnel_flow.report(found), explain=explain)


@app.command(cls=Showing)
def bottleneck(
    ctx: typer.Context,
    query: Query = None,
    pipeline: Pipeline = None,
    mode: InMode = Mode.REACHED,
    since: Since = None,
    until: Until = None,
    weight: Annotated[float, typer.Option(metavar="0..1", help="How much losses count beside time.")] = 0.5,
    days: Annotated[int, typer.Option(metavar="DAYS", help="Of late: the last so many, against as many before.")] = 90,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    currency: Currency = None,
    explain: Explain = False,
) -> None:
    """Show which stage loses most deals, which takes most time, which fell of late, and what more it could bring.

    Examples:
      crm funnel bottleneck
      crm funnel bottleneck --since 2026-01 --weight 0.7
    """
    with opening.reading(ctx) as db:
        asked = reports.funnel.FunnelRequest(
            tuple(query or ()),
            pipeline,
            mode,
            since=since,
            until=until,
            as_of=as_of,
            known_at=known_at,
            currency=currency,
        )
        moment = opening.moment(ctx, db)
        found = reports.funnel_bottleneck.bottleneck(db, asked, moment=moment, weight=weight, days=days)
        present(ctx, db, reports.funnel_bottleneck.report(found), explain=explain)


@app.command(cls=Showing)
def compare(
    ctx: typer.Context,
    first: Annotated[str, typer.Argument(metavar="PERIOD", help="2026-03, Q1, 2025, …", show_default=False)],
    second: Annotated[str, typer.Argument(metavar="PERIOD", help="Another.", show_default=False)],
    query: Query = None,
    pipeline: Pipeline = None,
    mode: InMode = Mode.REACHED,
    basis: Annotated[Basis, typer.Option(help="The moves in each period, or the deals begun in it.")] = Basis.PERIOD,
    by: Annotated[str, typer.Option(metavar="FIELD", help="The groups whose mix and rates changed.")] = "owner",
    as_of: AsOf = None,
    known_at: KnownAt = None,
    currency: Currency = None,
    explain: Explain = False,
) -> None:
    """Show how conversion changed between two periods, and whether the mix of deals or their rates did it.

    Examples:
      crm funnel compare 2026-09 2026-10
      crm funnel compare 2026-08 2026-09 --by source --basis cohort
    """
    with opening.reading(ctx) as db:
        asked = reports.funnel.FunnelRequest(
            tuple(query or ()), pipeline, mode, basis, by=by, as_of=as_of, known_at=known_at, currency=currency
        )
        found = reports.funnel_compare.compare(db, asked, first, second, moment=opening.moment(ctx, db))
        present(ctx, db, reports.funnel_compare.report(found), explain=explain)


@app.command(cls=Showing)
def alert(
    ctx: typer.Context,
    query: Query = None,
    pipeline: Pipeline = None,
    mode: InMode = Mode.REACHED,
    days: Annotated[int, typer.Option(metavar="DAYS", help="The last so many, against three times as many.")] = 30,
    by: Annotated[str | None, typer.Option(metavar="FIELD,…", help="Explain by these fields.")] = None,
    fail_on: Annotated[Alarm | None, typer.Option("--fail-on", help="Exit 1 if a step fell, for cron.")] = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    currency: Currency = None,
    explain: Explain = False,
) -> None:
    """Show which step of the funnel fell of late, and the groups that explain it.

    Examples:
      crm funnel alert --days 14 --by owner,source
    """
    with opening.reading(ctx) as db:
        asked = reports.funnel.FunnelRequest(
            tuple(query or ()), pipeline, mode, as_of=as_of, known_at=known_at, currency=currency
        )
        fields = tuple(name.strip() for name in by.split(",")) if by else reports.funnel_alert.FIELDS
        found = reports.funnel_alert.alert(db, asked, moment=opening.moment(ctx, db), days=days, fields=fields)
        present(ctx, db, reports.funnel_alert.report(found), explain=explain)
    if fail_on and found.fallen:
        raise typer.Exit(ExitCode.NO)
