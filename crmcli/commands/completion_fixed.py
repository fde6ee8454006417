"""The values that a parameter of the command line can have whatever the file holds."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeVar

from crmcli.commands.options import FORMATS
from crmcli.core.normal import fold

Offer = tuple[str, str]
Fixed = Callable[[Any, str], Iterable[Offer]]
Values = TypeVar("Values")


def first(known: Mapping[tuple[str, str], Values], name: str, path: list[str]) -> Values | None:
    """What is known of a parameter by its command, else by its noun, else by its name alone."""
    keys = (" ".join(path), path[0] if path else "", "")
    return next((known[key, name] for key in keys if (key, name) in known), None)


def _topics(ctx: Any, typed: str) -> Iterator[Offer]:
    from crmcli.commands.topics import TOPICS
    from crmcli.query.entities import NAMES

    if "columns" in (ctx.params.get("words") or ()):
        yield from ((name, "") for name in NAMES if name.startswith(typed))
        return
    root = ctx.find_root()
    commands = [(name, root.command.get_command(root, name).help) for name in root.command.list_commands(root)]
    topics = [(name, topic.summary) for name, topic in TOPICS.items()]
    topics += [("columns", "what a kind of record can be asked"), *commands]
    yield from ((name, told) for name, told in topics if name.startswith(typed))


def _formats(ctx: Any, typed: str) -> Iterator[Offer]:
    del ctx
    yield from ((each, "") for each in FORMATS if each.startswith(typed))


def _exported(ctx: Any, typed: str) -> Iterator[Offer]:
    """The kinds of record that go out, and come back."""
    from crmcli.exchange.own import QUERIED

    del ctx
    yield from ((each, "") for each in QUERIED if each.startswith(typed))


def _aliases(ctx: Any, typed: str) -> Iterator[Offer]:
    aliases = ctx.find_root().command.aliases
    yield from ((name, f"crm {text}") for name, text in aliases.items() if name.startswith(typed))


def _settable(ctx: Any, typed: str) -> Iterator[Offer]:
    from crmcli.settings.known import KNOWN

    del ctx
    yield from ((name, known.help) for name, known in KNOWN.items() if name.startswith(typed))


def _set_to(ctx: Any, typed: str) -> Iterator[Offer]:
    """The values of the setting that was named, where there are just a few."""
    from crmcli.core.currency import EXPONENTS
    from crmcli.core.vocabulary import DateOrder
    from crmcli.settings.known import OFF

    known: dict[str, Iterable[str]] = {"currency": EXPONENTS, "date_order": DateOrder, "pager": (OFF, "less")}
    values: Iterable[str] = known.get(str(ctx.params.get("name")), ())
    yield from ((str(value), "") for value in values if fold(value).startswith(fold(typed)))


#: By command or noun and parameter, or by parameter alone.
FIXED: dict[tuple[str, str], Fixed] = {
    ("", "format"): _formats,
    ("alias remove", "name"): _aliases,
    ("config", "name"): _settable,
    ("config set", "value"): _set_to,
    ("export", "entity"): _exported,
    ("help", "words"): _topics,
    ("import", "as_"): _exported,
}
