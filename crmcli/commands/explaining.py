"""A report with its formulas: under it for people, beside it for machines."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import typer

from crmcli import render
from crmcli.commands import opening

if TYPE_CHECKING:
    from crmcli.core.result import Report
    from crmcli.db.reader import Reader


def present(ctx: typer.Context, db: "Reader", report: "Report", formulas: Sequence[str]) -> None:
    """Show the report and how its figures come about; no formulas where nobody asked for them."""
    if opening.has_notes(ctx):
        opening.show(ctx, db, replace(report, notes=(*report.notes, *formulas)))
        return
    opening.show(ctx, db, report)
    for line in formulas:
        render.note(line)
