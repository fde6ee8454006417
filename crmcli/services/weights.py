"""What counts how much for the strength of a tie, changed."""

import math

from sqlmodel import select

from crmcli.core.change import Change
from crmcli.core.strength import STRONGEST, Weights
from crmcli.core.wording import did_you_mean, shown
from crmcli.db.writing import Writer
from crmcli.errors import InvalidInput, NotFound
from crmcli.graph.look import PREFIX
from crmcli.models.setting import Setting
from crmcli.services.owners import key

_POSITIVE = ("half_life", "scale")
_MOST = 100_000


def weigh(session: Writer, name: str, value: str) -> Change:
    """Let something count more or less; `usual` puts it back. Raises InvalidInput and NotFound."""
    usual = Weights().named()
    known = name.strip().lower().replace("-", "_")
    if known not in usual:
        raise NotFound(f"no weight {shown(name)}{did_you_mean(known, usual)}", hint=f"one of {', '.join(usual)}")
    number = usual[known] if value.strip().lower() == "usual" else _number(known, value)
    found = session.exec(select(Setting).where(Setting.key == PREFIX + known)).first()
    text = f"{number:.10g}"
    if found is None:
        found = Setting(key=PREFIX + known, value=text)
        session.add(found)
    elif found.value == text:
        return Change((key(found.id),), f"{known} is {text} already; nothing changed")
    found.value = text
    session.flush()
    return Change((key(found.id),), f"{known} is {text} now", "crm graph weights")


def _number(name: str, text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    least = "more than 0" if name in _POSITIVE else "from 0"
    most = STRONGEST if name == "colleague" else _MOST
    if not 0 <= number <= most or (name in _POSITIVE and number == 0):
        raise InvalidInput(f"{name} {shown(text)} is not a number {least} to {most:,}", hint="usual puts it back")
    return number
