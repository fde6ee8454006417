"""Writes docs/cli.md from the command tree and docs/query.md from the fields: `python docs/generate.py`.

A test checks that both are up to date.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer
from typer.core import TyperGroup

from crmcli.cli import app
from crmcli.errors import ExitCode
from crmcli.query.entities import NAMES, builtin
from crmcli.query.fields import Entity

PAGE = Path(__file__).parent / "cli.md"
QUERY_PAGE = Path(__file__).parent / "query.md"

_HEAD = """# Commands

Made from the program by `python docs/generate.py`; every example is run by the tests.

`--db PATH` and `--quiet` go with every command, before or behind its name.
Every list, show and report takes `--format`, `--output`, `--columns`, `--excel`, `--no-header` and `--no-pager`.
Every list takes `--sort` and `--limit` too.
Every command that writes takes `--dry-run`, and `--actor NAME` for who does it; one that removes asks unless `--yes`.
"""

_QUERY_HEAD = """# The query language

One grammar for every list, export and report; made from the program by `python docs/generate.py`.

```
query := all ("or" all)*     all := (["and"] one)*
one   := "not" one | "(" query ")" | term
term  := word | "phrase" | +tag | field op value ("," value)*      op := :  =  !=  >  >=  <  <=
```

`crm help query` shows how each is written, `crm help columns NAME` the fields with those of your own file.

- `:` looks for a part of a text, `=` for the whole of it; neither minds case and accents.
- Several values mean any of them; no value means that there is none: `email:` finds customers without an address.
- A field that several things fill (tags, deals, e-mails) matches when any of them does.
- `not` and `!=` give everything else, what is not known included.
- A range includes both ends; a date, a month, a quarter or a year is the whole of it: `created:2026-01..2026-03` is a quarter.
- Amounts are in major units; `amount:1k..5k` means any currency, `amount:1kEUR..5kEUR` euros alone.
- `sort:-amount,name` orders a list, `-` downwards; what is not known comes last. Reports have an order of their own.
- An unknown field, state, tag, stage or choice is an error that offers the nearest one, never an empty result.
- A file may have fields of its own; they are asked like any other.
"""

_EXIT_CODES = """
## Exit codes

| code | meaning |
| --- | --- |
"""

_SHARED = {
    "db",
    "quiet",
    "format",
    "output",
    "columns",
    "excel",
    "no_header",
    "no_pager",
    "sort",
    "limit",
    "dry_run",
    "actor",
    "yes",
    "help",
}


def page() -> str:
    """The whole page."""
    root = typer.main.get_command(app)
    context = root.make_context("crm", [], resilient_parsing=True)
    return (
        _HEAD
        + "".join(section for section in _sections(root, context, ()))
        + _EXIT_CODES
        + "".join(f"| {code:d} | {code.meaning} |\n" for code in ExitCode)
    )


def query_page() -> str:
    """The page of the query language: how to write one, and what each kind of record can be asked."""
    return _QUERY_HEAD + "".join(_entity(builtin(name)) for name in NAMES)


def _entity(entity: Entity) -> str:
    states = "".join(f"- `is:{state.name}`: {state.help}\n" for state in entity.states)
    rows = "".join(
        f"| `{field.name}` | {field.shown_kind} | {', '.join(field.choices)} | {field.help} |\n"
        for field in entity.fields.values()
    )
    words = ", ".join(f"`{name}`" for name in entity.words)
    return (
        f"\n## {entity.plural.capitalize()}\n\n"
        f"A bare word is looked for in {words}.\n\n{states}{chr(10) if states else ''}"
        f"| field | kind | one of | |\n| --- | --- | --- | --- |\n{rows}"
    )


def commands() -> Iterator[tuple[tuple[str, ...], Any]]:
    """(path, command) of every command that runs, in the order of the help."""
    root = typer.main.get_command(app)
    yield from _leaves(root, root.make_context("crm", [], resilient_parsing=True), ())


def _leaves(command: Any, context: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    if not isinstance(command, TyperGroup):
        yield path, command
        return
    for name in command.list_commands(context):
        below: Any = command.get_command(context, name)
        inner = below.make_context(name, [], parent=context, resilient_parsing=True)
        yield from _leaves(inner.command, inner, (*path, name))


def _sections(root: Any, context: Any, path: tuple[str, ...]) -> Iterator[str]:
    group = None
    for names, command in _leaves(root, context, path):
        if names[0] != group:
            group = names[0]
            yield f"\n## crm {group}\n"
        yield _section(names, command)


def _section(path: tuple[str, ...], command: Any) -> str:
    arguments = [parameter for parameter in command.params if parameter.param_type_name == "argument"]
    usage = " ".join(["crm", *path, *(parameter.make_metavar(_context(command)) for parameter in arguments)])
    title = f"\n### crm {' '.join(path)}\n" if len(path) > 1 else ""
    lines = [title, f"\n    {usage}\n\n{' '.join((command.help or '').split())}\n"]
    own = [parameter for parameter in command.params if parameter.name not in _SHARED and _help(parameter)]
    rows = [_row(parameter, command) for parameter in own]
    if rows:
        lines.append("\n| | |\n| --- | --- |\n" + "".join(rows))
    if command.examples:
        lines.append("\n```\n" + "".join(f"{line}\n" for line in command.examples) + "```\n")
    return "".join(lines)


def _row(parameter: Any, command: Any) -> str:
    if parameter.param_type_name == "argument":
        name = parameter.make_metavar(_context(command)).strip("[]{}.")
    else:
        name = ", ".join(parameter.opts)
        if not parameter.is_flag:
            name += f" {parameter.make_metavar(_context(command)).strip('<>')}"
    shown = name.replace("|", "\\|")
    return f"| `{shown}` | {_help(parameter)} |\n"


def _help(parameter: Any) -> str:
    return (getattr(parameter, "help", "") or "").replace("|", "\\|")


def _context(command: Any) -> Any:
    return command.make_context(command.name, [], resilient_parsing=True)


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    QUERY_PAGE.write_text(query_page(), encoding="utf-8")
