"""`crm find`: anything, by the words in it."""

from typing import Annotated

import typer

from crmcli import render, reports
from crmcli.commands import opening
from crmcli.commands.options import Limited, settings
from crmcli.core.vocabulary import Found

app = typer.Typer(add_completion=False)

_MOST = 20


@app.command(cls=Limited)
def find(
    ctx: typer.Context,
    text: Annotated[list[str], typer.Argument(metavar="TEXT...", help="Words, a name, an e-mail, a phone, a tag.")],
    kind: Annotated[list[Found] | None, typer.Option(help="Only this kind of record; repeatable.")] = None,
    fuzzy: Annotated[bool, typer.Option("--fuzzy", help="Look for what the words may be typed for, too.")] = False,
) -> None:
    """Find customers, deals, interactions, notes, relationships and tasks by the words in them, the best first.

    All words must be there, whole, in any order; `zoe` finds Zoë, `strasse` Straße, 伟芳 finds 王伟芳.

    Where nothing matches, words that begin so are tried, then words with a slip or two; stderr says so.

    Nothing in TEXT is an operator; text without a word, such as `%`, is looked for as it is.

    A list (`crm customer list zo`) finds parts of words, in one kind of record.

    Examples:
      crm find ada
      crm find lovelase --kind customer
      crm find "+49 30 1234567" -f ids
    """
    told = settings(ctx).output
    most = None if told.is_whole else _MOST if told.limit is None else told.limit
    with opening.searching(ctx) as (db, index):
        kinds = tuple(each.value for each in kind or ())
        found = reports.finding.find(db, index, text, kinds=kinds, most=most, fuzzy=fuzzy)
        if not settings(ctx).quiet:
            for note in found.notes:
                render.note(note)
        opening.show(ctx, db, found.table)
