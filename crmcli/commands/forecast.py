"""`crm forecast`: show, waterfall, accuracy."""

from typing import Annotated

import typer

from crmcli import reports
from crmcli.commands import opening
from crmcli.commands.arguments import AsOf, Currency, Explain, KnownAt, Query
from crmcli.commands.options import Shortened, Showing
from crmcli.core.vocabulary import Calendar

app = typer.Typer(cls=Shortened, add_completion=False)

_Period = Annotated[
    str | None, typer.Option(metavar="PERIOD", help="2026-Q4, next month, 2026-10..2026-12; else this quarter.")
]


@app.callback()
def group() -> None: ...


@app.command(cls=Showing)
def show(
    ctx: typer.Context,
    query: Query = None,
    period: _Period = None,
    by: Annotated[
        str | None, typer.Option(metavar="FIELD", help="A row each: owner, stage, month, …; else category.")
    ] = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    currency: Currency = None,
    explain: Explain = False,
) -> None:
    """Show what will be won: closed, open by category, weighted, its range, and how far it covers the quota.

    Examples:
      crm forecast
      crm forecast show --by owner --period 2027-Q1
      crm forecast --as-of 2026-10-01 --explain
    """
    with opening.reading(ctx) as db:
        asked = reports.standing.Asked(tuple(query or ()), as_of, by, currency, known_at)
        found = reports.forecast.forecast(db, asked, moment=opening.moment(ctx, db), period=period)
        opening.show(ctx, db, reports.forecast.report(found, explain=explain))


@app.command(cls=Showing)
def waterfall(
    ctx: typer.Context,
    start: Annotated[str, typer.Argument(metavar="FROM", help="From the beginning of this day.", show_default=False)],
    end: Annotated[str, typer.Argument(metavar="TO", help="To the end of this day.", show_default=False)],
    query: Query = None,
    period: Annotated[
        str | None, typer.Option(metavar="PERIOD", help="Deals that close in it; else the quarter of TO.")
    ] = None,
    known_at: KnownAt = None,
    currency: Currency = None,
    explain: Explain = False,
) -> None:
    """Show what became of the pipeline of a period: new, pulled in, increased, decreased, pushed out, lost, won.

    Examples:
      crm forecast waterfall 2026-10-01 today
      crm forecast waterfall 30d today --period 2026
    """
    with opening.reading(ctx) as db:
        asked = reports.standing.Asked(tuple(query or ()), currency=currency, known_at=known_at)
        moment = opening.moment(ctx, db)
        found = reports.waterfall.waterfall(db, asked, start=start, end=end, moment=moment, close=period)
        opening.show(ctx, db, reports.waterfall.report(found, explain=explain))


@app.command(cls=Showing)
def accuracy(
    ctx: typer.Context,
    query: Query = None,
    unit: Annotated[Calendar, typer.Option(help="What a period is.")] = Calendar.QUARTER,
    periods: Annotated[int, typer.Option(min=1, max=24, help="How many periods, up to the last whole one.")] = 4,
    occurred: Annotated[
        bool, typer.Option("--occurred", help="By what had happened by then, even if it was recorded later.")
    ] = False,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    currency: Currency = None,
    explain: Explain = False,
) -> None:
    """Show how near the forecasts came: what was known when a period began, beside what was won in it.

    Examples:
      crm forecast accuracy
      crm forecast accuracy --unit month --periods 6 --occurred
    """
    with opening.reading(ctx) as db:
        asked = reports.standing.Asked(tuple(query or ()), as_of, currency=currency, known_at=known_at)
        moment = opening.moment(ctx, db)
        found = reports.accuracy.accuracy(db, asked, moment=moment, unit=unit, periods=periods, is_known=not occurred)
        opening.show(ctx, db, reports.accuracy.report(found, explain=explain))
