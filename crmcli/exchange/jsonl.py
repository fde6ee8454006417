"""JSON with one object a line, bare or in an array, as a table."""

import json
from collections.abc import Iterable, Iterator, Sequence

from crmcli.core.result import join_values
from crmcli.core.wording import named
from crmcli.errors import InvalidInput
from crmcli.exchange.record import LONGEST_FIELD, Fault, Record, too_long
from crmcli.exchange.text import TextFile

_SCALARS: dict[object, str] = {None: "", True: "true", False: "false"}


class JsonLines:
    """The keys of the first objects are the columns; a key that comes later makes its row a fault.

    Raises InvalidInput where there is no object.
    """

    def __init__(self, file: TextFile) -> None:
        self._file = file
        first = next(line for line in file.head if line.strip()).strip()
        self._is_array = first.startswith("[")
        keys: dict[str, None] = {}
        for _, text in _objects(file.head):
            try:
                keys.update(dict.fromkeys(_values(text)))
            except _BadObject:
                continue
        if not keys:
            hints = {
                "[": "jq -c '.[]' FILE writes one object a line",
                "{": "jq -c '.rows[]' FILE writes those of a report; crm graph export --format csv, ties that are read",
            }
            hint = hints.get("[" if self._is_array else first)
            raise InvalidInput(f"{named(file.name)} has no line with one JSON object", hint=hint)
        self.header = tuple(keys)

    def records(self) -> Iterator[Record | Fault]:
        """The objects; an array of texts is one cell of several values, a number its digits, null nothing."""
        known = set(self.header)
        for line, text in _objects(self._file.lines()):
            try:
                values = _values(text)
            except _BadObject as error:
                yield Fault(self._file.name, line, error.key, error.reason, (text,))
                continue
            late = next((key for key in values if key not in known), None)
            place = too_long(values.values()) if len(text) > LONGEST_FIELD else None
            if place is not None:
                key, cell = [*values.items()][place]
                reason = f"{len(cell):,} characters, at most {LONGEST_FIELD:,}"
                yield Fault(self._file.name, line, key, reason, (text,))
            elif late is None:
                yield line, [values.get(key, "") for key in self.header], (text,)
            else:
                yield Fault(self._file.name, line, late, "a key that the first objects do not have", (text,))

    def written(self, raws: Iterable[Sequence[str]]) -> Iterator[str]:
        if not self._is_array:
            yield from (f"{text}\n" for (text,) in raws)
            return
        lead = "[\n"
        for (text,) in raws:
            yield f"{lead}  {text}"
            lead = ",\n"
        yield "[]\n" if lead == "[\n" else "\n]\n"


class _BadObject(Exception):
    def __init__(self, reason: str, key: str | None = None) -> None:
        self.reason, self.key = reason, key


def _objects(lines: Iterable[str]) -> Iterator[tuple[int, str]]:
    """The number and text of each line, without the brackets and commas of an array."""
    for number, line in enumerate(lines, 1):
        text = line.strip()
        if text not in ("", "[", "]", "[]"):
            yield number, text.removesuffix(",")


def _values(text: str) -> dict[str, str]:
    """The cells of an object by key. Raises _BadObject."""
    try:
        found = json.loads(text, object_pairs_hook=_pairs, parse_int=str, parse_float=str, parse_constant=_refuse)
    except json.JSONDecodeError as error:
        raise _BadObject(f"not a JSON object: {error.msg.lower()} at {error.colno}") from None
    except RecursionError:
        raise _BadObject("not a JSON object: nested too deeply") from None
    if not isinstance(found, _Object):
        raise _BadObject("not a JSON object")
    return {key: _cell(key, value) for key, value in found.items()}


class _Object(dict[str, object]):
    """An object of the file."""


def _pairs(pairs: list[tuple[str, object]]) -> _Object:
    found = _Object()
    for key, value in pairs:
        if key in found:
            raise _BadObject("the key occurs twice", key)
        found[key] = value
    return found


def _refuse(constant: str) -> object:
    raise _BadObject(f"{constant} is not a value")


def _cell(key: str, value: object) -> str:
    if isinstance(value, str):
        return value
    if value is None or isinstance(value, bool):
        return _SCALARS[value]
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return join_values(value)
    raise _BadObject("an object or array within", key)
