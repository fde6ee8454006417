"""The arguments that many commands share."""

from typing import Annotated

import typer

Query = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[QUERY]...", help="Words, field:value, +tag, ranges; see crm help query.", show_default=False
    ),
]
CustomerRef = Annotated[
    str, typer.Argument(metavar="REF", help="Id, handle, e-mail, phone or part of the name.", show_default=False)
]
Refs = Annotated[
    str | None, typer.Argument(metavar="[REF]", help="As everywhere; - for ids from the input.", show_default=False)
]
DealRef = Annotated[str, typer.Argument(metavar="REF", help="Id or part of the name.", show_default=False)]
Id = Annotated[str, typer.Argument(metavar="ID", help="The number that the list shows.", show_default=False)]
At = Annotated[
    str | None, typer.Option("--at", metavar="WHEN", help="When it was: yesterday, 3d ago, fri 15:00, 2026-03-31.")
]
AllowFuture = Annotated[bool, typer.Option("--allow-future", help="Let --at lie in the future: a plan.")]
Sets = Annotated[
    list[str] | None, typer.Option("--set", metavar="FIELD=VALUE", help="Give a field a value; repeatable.")
]
Pipeline = Annotated[str | None, typer.Option("--pipeline", metavar="NAME", help="The pipeline; else the default one.")]
Ics = Annotated[bool, typer.Option("--ics", help="The tasks as iCalendar, for a calendar to read.")]
Where = Annotated[
    list[str] | None,
    typer.Option("--where", metavar="QUERY", help="All that it asks for, in place of REF; repeatable."),
]
AsOf = Annotated[str | None, typer.Option("--as-of", metavar="DATE", help="As it stood at the end of this day.")]
KnownAt = Annotated[str | None, typer.Option("--known-at", metavar="DATE", help="By what was recorded until then.")]
Currency = Annotated[str | None, typer.Option(help="Only deals in this currency.")]
Explain = Annotated[bool, typer.Option("--explain", help="Say how the figures come about.")]
