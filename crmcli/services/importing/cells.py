"""Cells of a file as values of ours: one reader for each kind, each refusing what it cannot take."""

import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Generic, TypeVar

from crmcli.core import normal, period
from crmcli.core.result import split_values
from crmcli.core.strength import score
from crmcli.core.wording import did_you_mean, shown
from crmcli.errors import InvalidInput

Values = Mapping[str, str]
Reader = Callable[[str], object]
Texts = tuple[str, ...]
Value = TypeVar("Value")

_KEPT = 50_000
_LONGEST_ID = 18
_LONGEST_LABEL = 40
_POSTAL = ("label", "street", "postcode", "city", "region", "country")


class BadCell(InvalidInput):
    """A value that cannot be taken, of another field than the one that is read."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field


class Unclear(InvalidInput):
    """A column that cannot be read without a word from the user: no fault of a row."""


class Memo(dict[str, Value], Generic[Value]):
    """A reader that remembers: for columns whose values come again and again."""

    def __init__(self, read: Callable[[str], Value]) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, text: str) -> Value:
        if len(self) >= _KEPT:
            self.clear()
        value = self[text] = self._read(text)
        return value


def remembered(read: Callable[[str], Value]) -> Callable[[str], Value]:
    """`read`, computed once for each text."""
    return Memo(read).__getitem__


def line(name: str, limit: int = 500) -> Reader:
    """A short text that comes again and again."""
    return remembered(lambda text: normal.text(text, name=name, limit=limit))


def name(text: str) -> str:
    """A short text that is different in every row."""
    return normal.text(text, name="name")


def note(text: str) -> str:
    return normal.prose(text, name="note")


def prose(text: str) -> str:
    return normal.prose(text, name="text")


def uid(text: str) -> str:
    """An identifier for exchange, in any case."""
    found = text.strip().lower()
    if not re.fullmatch("[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", found):
        raise InvalidInput(f"{shown(text)} is not a uid")
    return found


def uids(text: str) -> Texts:
    return tuple(dict.fromkeys(uid(each) for each in split_values(text)))


def several(text: str) -> Texts:
    """Whole names parted by `;`."""
    return tuple(dict.fromkeys(normal.text(each, name="name") for each in split_values(text) if each.strip()))


def emails(text: str) -> Texts:
    """Addresses parted by `;` or `,`."""
    if ";" not in text and "," not in text:
        return (normal.email(text),)
    parts = [part for value in split_values(text) for part in value.split(",") if part.strip()]
    return tuple(dict.fromkeys(normal.email(part) for part in parts))


def phones(region: str | None) -> Callable[[str], Texts]:
    """Numbers parted by `;`; the `;` of an extension parts nothing."""

    def read(text: str) -> Texts:
        if ";" not in text:
            return (normal.phone(text, region),)
        whole = text if "\\" in text else text.replace(";ext=", "\\;ext=")
        return tuple(dict.fromkeys(normal.phone(part, region) for part in split_values(whole) if part.strip()))

    return read


def tags(text: str, *, is_own: bool) -> Texts:
    """Tags parted by `;`; in files that are not ours by `,` too, and a leading `+` is no part of one."""
    parts = list(split_values(text))
    if not is_own:
        parts = [part.strip().removeprefix("+") for value in parts for part in value.split(",")]
    found: dict[str, str] = {}
    for part in parts:
        if part.strip():
            tag = normal.text(part, name="tag", limit=100)
            found.setdefault(tag.lower(), tag)
    return tuple(found.values())


def postal(text: str) -> tuple[tuple[str | None, ...], ...]:
    """Addresses parted by `;`, each as label|street|postcode|city|region|country, or as one line without parts."""
    return tuple(dict.fromkeys(_postal(each) for each in split_values(text) if each.strip()))


def web(text: str) -> tuple[tuple[str, str | None], ...]:
    """Addresses on the web parted by `;`, each with its label behind it in parentheses if it has one."""
    return tuple(dict.fromkeys(_web(each) for each in split_values(text) if each.strip()))


def labelled(region: str | None, text: str) -> tuple[tuple[str, str, str], ...]:
    """E-mails and phones parted by `;`, each with its label behind it in parentheses: (kind, value, label)."""
    return tuple(dict.fromkeys(_labelled(region, each) for each in split_values(text) if each.strip()))


def key(text: str) -> str:
    """What another system calls the record."""
    return normal.text(text, name="key")


def keys(text: str) -> tuple[tuple[str, str], ...]:
    """`source:key` pairs of other systems, parted by `;`."""
    pairs = dict.fromkeys(split_values(text))
    return tuple((_key(pair), normal.text(pair.partition(":")[2], name="external")) for pair in pairs)


def choice(name: str, choices: type[StrEnum], aliases: Mapping[str, str] | None = None) -> Reader:
    """One of a closed set, in any case."""
    known = {str(member): str(member) for member in choices} | dict(aliases or {})

    def read(text: str) -> str:
        value = known.get(text.strip().lower())
        if value is None:
            listed = ", ".join(dict.fromkeys(known.values()))
            near = did_you_mean(text.strip().lower(), known, f"; one of {listed}")
            raise InvalidInput(f"no {name} {shown(text)}{near}")
        return value

    return remembered(read)


def whole(text: str) -> int:
    """A number without decimals."""
    if not (text.isascii() and text.isdigit() and len(text) <= _LONGEST_ID):
        raise InvalidInput(f"{shown(text)} is not a whole number")
    return int(text)


def boolean(text: str) -> int:
    return int(normal.boolean(text))


def strength(text: str) -> int:
    """A strength, 0 to 100."""
    return score(text, name="strength")


def duration(text: str) -> int:
    return period.duration(text)


def _postal(text: str) -> tuple[str | None, ...]:
    parts = [re.sub(r"\\(.)", r"\1", part) for part in re.findall(r"(?:^|\|)((?:[^\\|]|\\.)*)", text, re.DOTALL)]
    if len(parts) == 1:
        parts = ["", *parts, *[""] * (len(_POSTAL) - 2)]
    if len(parts) != len(_POSTAL) or not any(map(str.strip, parts[1:])):
        raise InvalidInput(f"{shown(text)} is not {'|'.join(_POSTAL)}")
    named = zip(_POSTAL, parts, strict=True)
    return tuple(
        normal.text(part, name=name, limit=_LONGEST_LABEL if name == "label" else 500) if part.strip() else None
        for name, part in named
    )


def _web(text: str) -> tuple[str, str | None]:
    match = re.fullmatch(r"\s*(\S+)(?:\s+\((.+)\))?\s*", text)
    if match is None:
        raise InvalidInput(f"{shown(text)} is no address on the web")
    label = normal.text(match[2], name="label", limit=_LONGEST_LABEL) if match[2] else None
    return normal.url(match[1]), label


def _labelled(region: str | None, text: str) -> tuple[str, str, str]:
    value, found, label = text.strip().removesuffix(")").partition(" (")
    if not (found and label.strip() and text.rstrip().endswith(")")):
        raise InvalidInput(f"{shown(text)} has no label: ada@example.com (work)")
    label = normal.text(label, name="label", limit=_LONGEST_LABEL)
    if "@" in value:
        return "email", normal.email(value), label
    return "phone", normal.phone(value, region), label


def _key(pair: str) -> str:
    source, found, key = pair.partition(":")
    if not (found and source.strip() and key.strip()):
        raise InvalidInput(f"{shown(pair)} is not source:key")
    return normal.text(source, name="external")
