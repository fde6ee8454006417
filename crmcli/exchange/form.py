"""A record as text that a person edits: `field: value` in YAML, and back."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence

from crmcli.core.wording import did_you_mean, shown
from crmcli.errors import InvalidInput

Value = str | tuple[str, ...]

_PLAIN = re.compile(r"[^\W\d_][\w.@/ -]*(?<! )|\+?\d[\w.:/-]*")
_WORDS = {"true", "false", "yes", "no", "on", "off", "null", "y", "n"}
_FIELD = re.compile(r"([^\s:#-][^:]*?)\s*:(?:\s+(.*))?")
_QUOTED = re.compile(r"""("(?:[^"\\]|\\.)*"|'(?:[^']|'')*')\s*(?:#.*)?""")
_ITEM = re.compile(r"""\s*("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^,"'\]][^,\]]*)\s*(?:,|(?=\]))""")
_END = re.compile(r"\s*\]")
_AFTER = re.compile(r"\s*(?:#.*)?")


def written(values: Mapping[str, Value], *, remarks: Sequence[str]) -> str:
    """The form: `remarks` as comments, then each field with its value; several values are a list."""
    lines = [f"# {remark}" for remark in remarks]
    for name, value in values.items():
        if isinstance(value, tuple):
            text = f" [{', '.join(map(_quoted, value))}]"
        elif "\n" in value and not any(line.startswith((" ", "\t")) for line in value.split("\n")):
            text = " |-\n" + "\n".join(f"  {line}" if line else "" for line in value.split("\n"))
        else:
            text = f" {_quoted(value)}" if value else ""
        lines.append(f"{name}:{text}")
    return "\n".join(lines) + "\n"


def changes(text: str, values: Mapping[str, Value]) -> dict[str, str]:
    """What the edited form `text` says otherwise than `values`; several values are parted by commas.

    A field whose line is gone stays as it is. Raises InvalidInput for a line that is no field of the form.
    """
    found: dict[str, str] = {}
    for name, value in _fields(text.replace("\r\n", "\n").split("\n"), values):
        there = values[name]
        said = (value,) if isinstance(value, str) and value and isinstance(there, tuple) else value or type(there)()
        if isinstance(said, tuple) and isinstance(there, str):
            raise InvalidInput(f"{name} holds one value, not a list", hint=f"{name}: value")
        if said != there:
            found[name] = said if isinstance(said, str) else ",".join(said)
    return found


def _fields(lines: Sequence[str], values: Mapping[str, Value]) -> Iterator[tuple[str, Value]]:
    place, seen = 0, set()
    while place < len(lines):
        line, place = lines[place], place + 1
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        match = _FIELD.fullmatch(line)
        if match is None:
            raise InvalidInput(f"line {place} of the form is not FIELD: VALUE: {shown(line)}")
        name = match[1].strip("\"'")
        if name not in values:
            raise InvalidInput(f"line {place} of the form: no field {shown(name)}{did_you_mean(name, values)}")
        if name in seen:
            raise InvalidInput(f"line {place} of the form: {name} stands there twice")
        seen.add(name)
        below = _below(lines, place)
        place += len(below)
        yield name, _value(match[2] or "", below, place)


def _below(lines: Sequence[str], place: int) -> list[str]:
    """The lines that belong to the field above: indented, items of a list, or empty between such."""
    end = last = place
    while end < len(lines) and (not lines[end].strip() or lines[end][0] in " \t" or lines[end].startswith("- ")):
        end += 1
        if lines[end - 1].strip():
            last = end
    return list(lines[place:last])


def _value(text: str, below: list[str], place: int) -> Value:
    text = text.strip()
    if text in ("|", "|-", "|+"):
        indent = min((len(line) - len(line.lstrip()) for line in below if line.strip()), default=0)
        return "\n".join(line[indent:] for line in below)
    items = [line.strip() for line in below if line.strip() and not line.lstrip().startswith("#")]
    if text.startswith("#") or not text:
        if not all(item.startswith("- ") for item in items):
            raise InvalidInput(f"line {place} of the form is not FIELD: VALUE", hint="several lines stand below |")
        return tuple(_scalar(item[2:], place) for item in items) if items else ""
    if items:
        raise InvalidInput(f"line {place} of the form is not FIELD: VALUE", hint="several lines stand below |")
    return _listed(text, place) if text.startswith("[") else _scalar(text, place)


def _listed(text: str, place: int) -> tuple[str, ...]:
    items: list[str] = []
    at = 1
    while not (end := _END.match(text, at)):
        match = _ITEM.match(text, at)
        if match is None and "]" not in text[at:]:
            raise InvalidInput(f"line {place} of the form: the list is not closed by ]")
        if match is None:
            raise InvalidInput(f"line {place} of the form is not a list: {shown(text)}", hint='["one", "two"]')
        items.append(_scalar(match[1], place))
        at = match.end()
    if not _AFTER.fullmatch(text, end.end()):
        raise InvalidInput(f"line {place} of the form is not a list: {shown(text)}", hint='["one", "two"]')
    return tuple(items)


def _scalar(text: str, place: int) -> str:
    text = text.strip()
    if text[:1] not in ("'", '"'):
        return re.sub(r"(^|\s)#.*$", "", text).strip()
    match = _QUOTED.fullmatch(text)
    if match is None:
        raise InvalidInput(f"line {place} of the form: a quote is not closed")
    if text[0] == "'":
        return match[1][1:-1].replace("''", "'")
    try:
        return str(json.loads(match[1], strict=False))
    except ValueError:
        raise InvalidInput(f"line {place} of the form: {shown(text)} is not a quoted text") from None


def _quoted(text: str) -> str:
    is_plain = _PLAIN.fullmatch(text) and text.lower() not in _WORDS
    return text if is_plain else json.dumps(text, ensure_ascii=False)
