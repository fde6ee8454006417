"""What of several customers that are one survives, field by field."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from crmcli.core.vocabulary import Prefer
from crmcli.db import subject
from crmcli.db.reader import Reader
from crmcli.errors import InvalidInput

_PLAIN = ("name", "title", "city", "country", "industry", "source", "owner_id")
_LONGEST_NOTE = 100_000

Values = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Choice:
    """A field of which the customers say different things: each customer with what it says, in their order."""

    field: str
    options: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class Survivors:
    """The values that the one customer has, and the fields of which there were several."""

    values: Values
    custom: Values
    choices: tuple[Choice, ...]


def survivors(db: Reader, numbers: Sequence[int], prefer: Prefer, chosen: Mapping[str, int]) -> Survivors:
    """The fields of the customers `numbers` as one, the one that stays first.

    What only one of them says stands. Of several words that of the one that stays is taken, or with NEWEST the one that
    was written last; `chosen` names the customer by field. Notes are put together, the earliest day counts, and who
    wants to be left alone is.
    """
    pasts = {number: _past(db, number) for number in numbers}
    now = {number: past[0][0] for number, past in pasts.items()}
    choices = []
    taken: dict[str, object] = {}
    for field in _fields(now.values()):
        said = {number: values[field] for number, values in now.items() if values.get(field) not in (None, "")}
        if not said:
            continue
        number = next(iter(said))
        if len({json.dumps(each, sort_keys=True) for each in said.values()}) > 1:
            choices.append(Choice(field, tuple((each, _shown(db, field, value)) for each, value in said.items())))
            if prefer is Prefer.NEWEST:
                number = max(said, key=lambda each: (_since(pasts[each], field), -numbers.index(each)))
            number = chosen.get(field, number)
        taken[field] = said[number]
    plain = {field: value for field, value in taken.items() if field in _PLAIN}
    custom = {field.removeprefix("custom."): value for field, value in taken.items() if field not in _PLAIN}
    rows = list(now.values())
    together = {
        "note": _together(rows),
        "do_not_contact": int(any(row["do_not_contact"] for row in rows)),
        "created_at": min(str(row["created_at"]) for row in rows),
    }
    return Survivors(plain | together, custom, tuple(choices))


def _past(db: Reader, number: int) -> list[tuple[Values, str]]:
    """The customer as it is and as it was before, the latest first, each with the instant that it began to be so."""
    versions = list(subject.versions(db, subject.ROOT, {number}))
    began = [*(until or "" for _, _, until in versions[1:]), ""]
    return [(_spread(row), began[place]) for place, (_, row, _) in enumerate(versions)]


def _spread(row: Values) -> Values:
    custom = json.loads(str(row["custom"]))
    return {**row, **{f"custom.{name}": value for name, value in custom.items()}}


def _since(past: Sequence[tuple[Values, str]], field: str) -> str:
    """When the field was given the value that it has."""
    value = past[0][0].get(field)
    for place, (values, _) in enumerate(past):
        if values.get(field) != value:
            return past[place - 1][1]
    return str(past[-1][0]["recorded_at"])


def _fields(rows: Iterable[Values]) -> list[str]:
    custom = {name for row in rows for name in row if name.startswith("custom.")}
    return [*_PLAIN, *sorted(custom)]


def _shown(db: Reader, field: str, value: object) -> str:
    if field == "owner_id":
        return str(db.value("select name from owner where id = :id", id=value))
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _together(rows: Sequence[Values]) -> str | None:
    """All notes, each once."""
    notes: list[str] = []
    for row in rows:
        note = row["note"]
        if note is not None and not any(str(note) in each for each in notes):
            notes.append(str(note))
    text = "\n\n".join(notes)
    if len(text) > _LONGEST_NOTE:
        raise InvalidInput(f"the notes together are longer than {_LONGEST_NOTE:,} characters", hint="shorten one")
    return text or None
