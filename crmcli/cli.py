"""The command table: the name, summary, panel and module of every command."""

import os
from typing import Annotated

import typer

from crmcli import __version__, settings
from crmcli.db import keys
from crmcli.errors import InvalidInput
from crmcli.lazy import Entry, RootGroup, begin

_MENDING = ("alias", "config")
_EVERYDAY, _RECORDS, _INSIGHT, _FILE = "Every day", "Records", "Insight", "The file"


class Crm(RootGroup):
    """The root of the tree."""

    entries = (
        Entry("log", "Log a call, mail, visit or note with customers.", _EVERYDAY, "crmcli.commands.log"),
        Entry("today", "What calls for attention, most urgent first.", _EVERYDAY, "crmcli.commands.today"),
        Entry("why", "How the urgency of a task, deal or customer adds up.", _EVERYDAY, "crmcli.commands.why"),
        Entry("task", "What is to be done, and by when.", _EVERYDAY, "crmcli.commands.task"),
        Entry("cadence", "With whom to keep in touch, and how often.", _EVERYDAY, "crmcli.commands.cadence"),
        Entry("find", "Find anything by the words in it.", _EVERYDAY, "crmcli.commands.find"),
        Entry("customer", "Add, find, change and remove customers.", _RECORDS, "crmcli.commands.customer"),
        Entry("deal", "Add deals and move them through the stages.", _RECORDS, "crmcli.commands.deal"),
        Entry("interaction", "List and correct what was logged.", _RECORDS, "crmcli.commands.interaction"),
        Entry("relation", "Who knows, employs, supplies or referred whom.", _RECORDS, "crmcli.commands.relation"),
        Entry("referral", "Who brought whom, and what came of it.", _RECORDS, "crmcli.commands.referral"),
        Entry("segment", "Saved queries of customers.", _RECORDS, "crmcli.commands.segment"),
        Entry("pipeline", "The pipelines that deals go through.", _RECORDS, "crmcli.commands.pipeline"),
        Entry("stage", "The stages of a pipeline.", _RECORDS, "crmcli.commands.stage"),
        Entry("owner", "Who of us looks after customers and deals.", _RECORDS, "crmcli.commands.owner"),
        Entry("tag", "The tags of customers: renamed, united, removed.", _RECORDS, "crmcli.commands.tag"),
        Entry("field", "Fields of your own, of customers and deals.", _RECORDS, "crmcli.commands.field"),
        Entry("dash", "How it stands, on one screen or one page.", _INSIGHT, "crmcli.commands.dash"),
        Entry("dupes", "Customers that are likely the same one.", _INSIGHT, "crmcli.commands.dupes"),
        Entry("data", "How good the data are, and what is out of date.", _INSIGHT, "crmcli.commands.data"),
        Entry("funnel", "Conversion from stage to stage.", _INSIGHT, "crmcli.commands.funnel"),
        Entry("velocity", "What the deals earn in a day, and why.", _INSIGHT, "crmcli.commands.velocity"),
        Entry("forecast", "What will be won, how surely, and what changed.", _INSIGHT, "crmcli.commands.forecast"),
        Entry("quota", "What is to be won in a period.", _INSIGHT, "crmcli.commands.quota"),
        Entry("graph", "Who is around whom, how strongly, and the way to them.", _INSIGHT, "crmcli.commands.graph"),
        Entry("import", "Bring records in from files.", _FILE, "crmcli.commands.import_"),
        Entry("export", "Write records out as CSV, TSV, JSON or JSON lines.", _FILE, "crmcli.commands.export"),
        Entry("batch", "Run many commands, all of them or none.", _FILE, "crmcli.commands.batch"),
        Entry("privacy", "What is kept about a person: given out, erased, allowed.", _FILE, "crmcli.commands.privacy"),
        Entry("history", "What was done to the file, and by whom.", _FILE, "crmcli.commands.history"),
        Entry("undo", "Take an operation back.", _FILE, "crmcli.commands.undo"),
        Entry("redo", "Put an undone operation again.", _FILE, "crmcli.commands.redo"),
        Entry("doctor", "Check the file, its backups and its place.", _FILE, "crmcli.commands.doctor"),
        Entry("backup", "Copy the file, and check the copy.", _FILE, "crmcli.commands.backup"),
        Entry("restore", "Go back to a backup.", _FILE, "crmcli.commands.restore"),
        Entry("init", "Make the file, or change its currency, region and zone.", _FILE, "crmcli.commands.init"),
        Entry("encrypt", "Encrypt the file under a key.", _FILE, "crmcli.commands.encrypt"),
        Entry("decrypt", "Make an encrypted file a plain one again.", _FILE, "crmcli.commands.decrypt"),
        Entry("config", "The settings, and what says each of them.", _FILE, "crmcli.commands.config"),
        Entry("alias", "Commands of your own, from those that there are.", _FILE, "crmcli.commands.alias"),
        Entry("demo", "Build a demo file and look around in it.", _FILE, "crmcli.commands.demo"),
        Entry("help", "Help on a command, or on columns and queries.", _FILE, "crmcli.commands.help"),
    )


app = typer.Typer(
    cls=Crm,
    invoke_without_command=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"crm {__version__}")
        raise typer.Exit


def _install(wanted: bool) -> None:
    if wanted:
        from crmcli.commands import completion_scripts

        for line in completion_scripts.install(os.environ):
            typer.echo(line)
        raise typer.Exit


def _show(wanted: bool) -> None:
    if wanted:
        from crmcli.commands import completion_scripts

        typer.echo(completion_scripts.script(os.environ), nl=False)
        raise typer.Exit


def _settings(ctx: typer.Context) -> settings.Settings:
    """Those of the run; a config file that is not valid keeps nobody from putting it right."""
    try:
        return settings.load(os.environ)
    except InvalidInput:
        if ctx.invoked_subcommand not in _MENDING:
            raise
        return settings.load(os.environ, mending=True)


@app.callback()
def root(
    ctx: typer.Context,
    *,
    db: Annotated[str | None, typer.Option("--db", metavar="PATH", help="The SQLite file; also in CRM_DB.")] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No hints, no notices.")] = False,
    version: Annotated[  # noqa: ARG001 (its callback has answered)
        bool, typer.Option("--version", "-V", callback=_version, is_eager=True, help="Say the version.")
    ] = False,
    install_completion: Annotated[  # noqa: ARG001
        bool, typer.Option("--install-completion", callback=_install, is_eager=True, help="Let TAB complete, here.")
    ] = False,
    show_completion: Annotated[  # noqa: ARG001
        bool, typer.Option("--show-completion", callback=_show, is_eager=True, help="Show the script that does it.")
    ] = False,
) -> None:
    """A customer-relationship toolkit in the terminal, over one local SQLite file."""
    ctx.obj = settings.chosen(ctx.obj or _settings(ctx), db=db, quiet=quiet)
    keys.place.set(ctx.obj.key_file)
    if ctx.invoked_subcommand is None:
        begin(ctx)
