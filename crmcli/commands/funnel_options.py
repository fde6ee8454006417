"""What the reports on funnels take, and how they show their formulas."""

from typing import TYPE_CHECKING, Annotated

import typer

from crmcli import reports
from crmcli.commands import explaining
from crmcli.core.vocabulary import Basis, Mode
from crmcli.core.wording import shown
from crmcli.errors import InvalidInput

if TYPE_CHECKING:
    from crmcli.core.result import Report
    from crmcli.db.reader import Reader

Pipeline = Annotated[
    str | None, typer.Option(metavar="NAME", help="Else the only one that has deals, else the default.")
]
InMode = Annotated[Mode, typer.Option(help="When a deal counts for a stage.")]
OnBasis = Annotated[Basis, typer.Option(help="Deals begun in the window, moves in it, or where deals stand.")]
Since = Annotated[str | None, typer.Option(metavar="DATE", help="Deals that began on this day or later.")]
Until = Annotated[str | None, typer.Option(metavar="DATE", help="Deals that began before this day.")]
By = Annotated[str | None, typer.Option(metavar="FIELD", help="One each: owner, source, tag, month, amount-band, …")]
Days = Annotated[str, typer.Option(metavar="N,N,…", help="After so many days.")]


def numbers(text: str, option: str) -> tuple[int, ...]:
    """Whole numbers with commas between. Raises InvalidInput."""
    parts = [part.strip() for part in text.split(",")]
    if not all(part.isascii() and part.isdigit() for part in parts):
        raise InvalidInput(f"{option} {shown(text)} is not a list of whole numbers", hint=f"{option} 30,60,90")
    return tuple(map(int, parts))


def present(ctx: typer.Context, db: "Reader", report: "Report", *, explain: bool) -> None:
    """The report; with its formulas where they are asked for."""
    explaining.present(ctx, db, report, reports.funnel_formulas.FORMULAS[report.name] if explain else ())
