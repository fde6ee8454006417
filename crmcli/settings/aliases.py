"""Commands of the user's own: what each is short for."""

import re
import shlex
from collections.abc import Collection, Mapping, Sequence

from crmcli.core.wording import did_you_mean, shown
from crmcli.errors import InvalidInput

_NAME = re.compile(r"[^\W_][\w-]{0,39}")


def spelled_out(words: Sequence[str], aliases: Mapping[str, str], commands: Collection[str]) -> list[str]:
    """The command line with what its first word is short for; a command goes before an alias of its name.

    Raises InvalidInput for an alias that leads back to itself or to no command, or has a quote that nothing closes.
    """
    found, seen = list(words), list[str]()
    while found and found[0] not in commands and found[0] in aliases:
        name = found[0]
        if name in seen:
            way = " → ".join([*seen, name])
            raise InvalidInput(f"alias {shown(seen[0])} leads back to itself: {way}", hint="crm alias list shows them")
        seen.append(name)
        found = [*parts(name, aliases[name]), *found[1:]]
    if seen and found[0] not in commands:
        near = did_you_mean(found[0], [*commands, *aliases])
        hint = f"crm alias set {seen[0]} 'deal list is:open'"
        raise InvalidInput(f"alias {shown(seen[0])} leads to {shown(found[0])}, which is no command{near}", hint=hint)
    return found


def parts(name: str, text: str) -> list[str]:
    """The words of what an alias is short for, as a shell would part them; nothing in them is run or expanded."""
    try:
        found = shlex.split(text)
    except ValueError:
        raise InvalidInput(f"alias {shown(name)}: a quote is not closed in {shown(text)}") from None
    if not found:
        raise InvalidInput(f"alias {shown(name)} is short for nothing", hint=f"crm alias set {name} 'deal list'")
    return found


def check(name: str, text: str, aliases: Mapping[str, str], commands: Collection[str]) -> None:
    """Raises InvalidInput for a name that is no word or a command, and for a text that leads to no command."""
    if not _NAME.fullmatch(name):
        raise InvalidInput(f"{shown(name)} cannot be the name of an alias", hint="one word of letters, digits and -")
    if name in commands:
        raise InvalidInput(f"{name} is a command, which an alias never hides", hint="take another name")
    spelled_out([name], {**aliases, name: text}, commands)
