"""The lines of vCard and iCalendar: unfolded, each with its parameters and its value; a component at a time."""

import quopri
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from crmcli.errors import InvalidInput

_LINE = re.compile(r'(?:([\w-]+)\.)?([\w-]+)((?:;(?:"[^"]*"|[^":;])*)*):(.*)', re.DOTALL | re.ASCII)
_PARAMETER = re.compile(r';([\w-]+)(?:=((?:"[^"]*"|[^";])*))?|;([^;=]*)')
_LARGEST = 32 << 20  # characters of a component
_WIDEST = 75  # octets of a line, without its end
_ESCAPED = {"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"}
_CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_SEPARATORS = {",": r"(?<!\\)(?:\\\\)*,", ";": r"(?<!\\)(?:\\\\)*;"}


@dataclass(frozen=True, slots=True)
class Property:
    """One property: `types` are the values of TYPE and the bare parameters of vCard 2.1, in lower case."""

    group: str
    name: str
    value: str
    parameters: Mapping[str, str]
    types: frozenset[str]

    @property
    def text(self) -> str:
        r"""The value as text: `\n`, `\,`, `\;` and `\\` stand for what they mean."""
        return unescaped(self.value)

    def parts(self, separator: str) -> list[str]:
        """The texts that unescaped separators part."""
        return [unescaped(part).strip() for part in split(self.value, separator)]


@dataclass(frozen=True, slots=True)
class Component:
    """A card or an event: the line where it begins, its text as found, and its properties, those of parts within left out."""

    line: int
    raw: str
    properties: Sequence[Property]

    def all(self, name: str) -> list[Property]:
        return [each for each in self.properties if each.name == name]

    def text(self, name: str) -> str:
        """The first text of that name, "" where there is none."""
        return next((each.text.strip() for each in self.properties if each.name == name), "")


def components(lines: Iterable[str], kind: str) -> Iterator[Component]:
    """The components of that kind, `VCARD` or `VEVENT`; one that is not closed ends with the file. Raises InvalidInput."""
    begun, raw, found = 0, list[str](), list[str]()
    depth = size = 0
    for number, line in enumerate(lines, 1):
        mark = line.strip().upper()
        if not begun:
            if mark == f"BEGIN:{kind}":
                begun, raw, found, depth, size = number, [line], [], 0, 0
            continue
        raw.append(line)
        size += len(line)
        if size > _LARGEST:
            raise InvalidInput(f"line {begun}: a {kind} is longer than {_LARGEST >> 20} MB", hint="it has no END")
        if mark == f"END:{kind}" and depth == 0:
            yield Component(begun, "".join(raw), tuple(_properties(found)))
            begun = 0
        elif mark.startswith("BEGIN:"):
            depth += 1
        elif mark.startswith("END:"):
            depth -= 1
        elif depth == 0:
            found.append(line)
    if begun:
        yield Component(begun, "".join(raw), tuple(_properties(found)))


def escaped(value: str) -> str:
    r"""A text as both formats write it: backslash, semicolon, comma and line end escaped; other controls left out."""
    plain = _CONTROL.sub("", value.replace("\r\n", "\n").replace("\r", "\n"))
    return re.sub(r"[\\;,\n]", lambda match: _ESCAPED[match.group()], plain)


def bare(value: str) -> str:
    """A value that is no text, such as a phone, on one line and without controls."""
    return _CONTROL.sub("", value).replace("\n", "")


def folded(line: str) -> str:
    """The line with its end, in pieces of at most 75 octets, none of which cuts a character."""
    pieces, piece, size = [], "", 0
    for char in line:
        width = len(char.encode())
        if size + width > _WIDEST:
            pieces.append(piece)
            piece, size = " ", 1
        piece += char
        size += width
    return "\r\n".join([*pieces, piece]) + "\r\n"


def unescaped(text: str) -> str:
    if "\\" not in text:
        return text
    return re.sub(r"\\(.)", lambda match: "\n" if match[1] in "nN" else match[1], text, flags=re.DOTALL)


def split(text: str, separator: str) -> list[str]:
    """The pieces that unescaped separators part, still escaped."""
    pieces, start = [], 0
    for match in re.finditer(_SEPARATORS[separator], text):
        pieces.append(text[start : match.end() - 1])
        start = match.end()
    return [*pieces, text[start:]]


def _properties(lines: Sequence[str]) -> Iterator[Property]:
    for line in _unfolded(lines):
        match = _LINE.fullmatch(line)
        if match:
            yield _property(*(part or "" for part in match.groups()))


def _unfolded(lines: Sequence[str]) -> Iterator[str]:
    """Whole lines: what begins with white space goes on, and so does what quoted-printable ends with a `=`."""
    whole = ""
    for line in lines:
        text = line.rstrip("\r\n")
        if whole.endswith("=") and "QUOTED-PRINTABLE" in whole.partition(":")[0].upper():
            whole = whole[:-1] + text
        elif text.startswith((" ", "\t")):
            whole += text[1:]
        else:
            if whole:
                yield whole
            whole = text
    if whole:
        yield whole


def _property(group: str, name: str, parameters: str, value: str) -> Property:
    found: dict[str, str] = {}
    types: set[str] = set()
    for match in _PARAMETER.finditer(parameters):
        key = (match[1] or match[3] or "").upper()
        said = (match[2] or "").replace('"', "")
        if match[2] is None or key == "TYPE":
            types.update(each.strip().lower() for each in (said or key).split(","))
        if key == "ENCODING" or key in ("QUOTED-PRINTABLE", "BASE64"):
            found["ENCODING"] = (said or key).upper()
        elif match[2] is not None and key != "TYPE":
            found[key] = said
    if found.get("ENCODING") == "QUOTED-PRINTABLE":
        value = _printed(value, found.get("CHARSET", "utf-8"))
    return Property(group.lower(), name.upper(), value, found, frozenset(types))


def _printed(value: str, charset: str) -> str:
    """What quoted-printable stands for; a character that its charset cannot read stays a mark of that."""
    try:
        data = quopri.decodestring(value.encode("utf-8"))
        return data.decode(charset, "replace").replace("\r\n", "\n")
    except LookupError:
        return data.decode("utf-8", "replace")
