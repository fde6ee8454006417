"""The settings that there are: what each is, where it can be said, and what it is where nobody says it."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from crmcli.core.currency import currency
from crmcli.core.preferences import Preferences
from crmcli.core.vocabulary import DateOrder
from crmcli.errors import InvalidInput
from crmcli.settings.config import Config
from crmcli.settings.places import config_folder, data_folder

OFF = "off"
KEYRING = "keyring"
DEFAULT = "default"

_LONGEST_WAIT = 86_400


class Told(NamedTuple):
    """A value, and who says it: a variable, the path of the config file, the machine, or nobody."""

    value: str
    origin: str


class Known(NamedTuple):
    """A setting. `before` are the variables that go before the config file, `behind` those that it goes before.

    `check` gives the value as it is kept; it raises InvalidInput, and calls the value by the name that it is given.
    One that is `kept` stands in every database, which was given the value when it was made.
    """

    name: str
    help: str
    check: Callable[[str, str], str]
    usual: Callable[[Mapping[str, str]], Told]
    before: tuple[str, ...] = ()
    behind: tuple[str, ...] = ()
    kept: bool = False

    def told(self, environ: Mapping[str, str], config: Config) -> Told:
        """The value that counts, checked. Raises InvalidInput."""
        for variable in self.before:
            if said := environ.get(variable):
                return Told(self.check(said, variable), variable)
        if written := config.settings.get(self.name):
            try:
                return Told(self.check(str(written), self.name), str(config.place))
            except InvalidInput as error:
                raise InvalidInput(f"{config.place}: {error}", hint=error.hint) from None
        for variable in self.behind:
            if said := environ.get(variable):
                return Told(said, variable)
        return self.usual(environ)


def _text(text: str, name: str) -> str:
    from crmcli.core.normal import text as line

    return line(text, name=name)


def _path(text: str, name: str) -> str:
    if not text.strip() or "\0" in text:
        raise InvalidInput(f"{name} is no path", hint="the path of a file")
    return text


def _currency(text: str, name: str) -> str:
    del name
    return currency(text)


def _region(text: str, name: str) -> str:
    from crmcli.core.phones import phone_region

    del name
    return phone_region(text)


def _zone(text: str, name: str) -> str:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        return ZoneInfo(text).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InvalidInput(f"{name} {text!r} is not known", hint="an IANA name: Europe/Berlin") from None


def _date_order(text: str, name: str) -> str:
    if text not in set(DateOrder):
        raise InvalidInput(f"{name} {text!r} is not known", hint=f"one of {', '.join(DateOrder)}")
    return text


def _seconds(text: str, name: str) -> str:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1
    if not 0 <= seconds <= _LONGEST_WAIT:  # "nan" is neither
        raise InvalidInput(f"{name} {text!r} is not a number of seconds", hint=f"0 to {_LONGEST_WAIT:,}")
    return text


def _command(text: str, name: str) -> str:
    import shlex

    try:
        words = shlex.split(text)
    except ValueError as error:
        raise InvalidInput(f"{name} {text!r} is not a command: {error}".lower()) from None
    if not words:
        raise InvalidInput(f"{name} is no command", hint=f"less -R, or {OFF}")
    return text


def _always(value: str) -> Callable[[Mapping[str, str]], Told]:
    return lambda _: Told(value, DEFAULT)


def _machine_zone(environ: Mapping[str, str]) -> Told:
    """The IANA name of the machine's zone, UTC where it does not say."""
    named = environ.get("TZ", "").lstrip(":")
    if _is_zone(named):
        return Told(named, "TZ")
    place = os.path.realpath("/etc/localtime")
    _, _, named = place.partition("/zoneinfo/")
    if not environ.get("TZ") and _is_zone(named):
        return Told(named, "/etc/localtime")
    return Told("UTC", DEFAULT)


def _is_zone(name: str) -> bool:
    roots = (Path("/usr/share/zoneinfo"), Path("/usr/lib/zoneinfo"))
    return name == "UTC" or ("/" in name and any((root / name).is_file() for root in roots))


_USUAL = Preferences()

_ALL = (
    Known(
        "db",
        "the file of every command",
        _path,
        lambda environ: Told(str(data_folder(environ) / "crm.db"), DEFAULT),
        before=("CRM_DB",),
    ),
    Known(
        "key_file",
        f"the file of the key of encrypted databases, or {KEYRING}",
        _path,
        lambda environ: Told(str(config_folder(environ) / "key"), DEFAULT),
        before=("CRM_KEY_FILE",),
    ),
    Known(
        "actor", "who does it, in the history", _text, _always(""), before=("CRM_ACTOR",), behind=("USER", "LOGNAME")
    ),
    Known(
        "pager",
        f"the program that long results on a terminal go through; {OFF} for none",
        _command,
        _always("less"),
        before=("CRM_PAGER",),
        behind=("PAGER",),
    ),
    Known("wait", "how many seconds to wait for another crm", _seconds, _always("30"), before=("CRM_WAIT",)),
    Known("currency", "of amounts without one", _currency, _always(_USUAL.currency), kept=True),
    Known("phone_region", "the country of phones written without one", _region, _always(""), kept=True),
    Known("zone", "the zone that times are in", _zone, _machine_zone, kept=True),
    Known("date_order", "how 03/04/2026 is read", _date_order, _always(_USUAL.date_order), kept=True),
)

#: By name, in the order in which they are shown.
KNOWN = {each.name: each for each in _ALL}
