"""Custom fields, defined, changed and removed, and the stages that ask for them."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import col, select

from crmcli.core import normal
from crmcli.core.change import Change
from crmcli.core.vocabulary import FieldOf, FieldType
from crmcli.core.wording import counted, did_you_mean, shown
from crmcli.db.reader import Reader
from crmcli.db.writing import Writer
from crmcli.errors import Conflict, InvalidInput, NotFound
from crmcli.exchange import own
from crmcli.models.field import Field, Requirement
from crmcli.query import reference
from crmcli.query.entities import entity
from crmcli.services.owners import key

_NAME = re.compile(r"[^\W\d]\w{0,59}")
_SETTABLE = {"stage", "close"}


@dataclass(frozen=True, slots=True)
class NewField:
    """What the user says of a field to add."""

    of: FieldOf
    name: str
    type: FieldType = FieldType.TEXT
    choices: tuple[str, ...] = ()
    required_at: tuple[str, ...] = ()
    pipeline: str | None = None


@dataclass(frozen=True, slots=True)
class FieldChange:
    """What becomes of a field; None and empty leave a thing as it is."""

    name: str | None = None
    choices: tuple[str, ...] = ()
    required_at: tuple[str, ...] = ()
    pipeline: str | None = None
    is_optional: bool = False


def add(session: Writer, new: NewField) -> Change:
    """Define a field of customers or deals. Raises InvalidInput, and Conflict for a name that is taken."""
    name = _name(session.reader, new.of, new.name)
    if (new.type is FieldType.CHOICE) != bool(new.choices):
        raise InvalidInput(
            "--choices goes with --type choice, and it with them", hint="--type choice --choices gold,silver"
        )
    made = Field(
        entity=new.of.value,
        name=name,
        type=new.type,
        choices=_as_json(_choices(new.choices)),
        recorded_at=session.recorded_at,
    )
    session.add(made)
    session.flush()
    _require(session, made, new.required_at, new.pipeline)
    return Change(
        (key(made.id),), f"added field {name} ({new.type}) to {new.of}s", f"crm {new.of} edit REF --set {name}="
    )


def edit(session: Writer, of: FieldOf, name: str, wish: FieldChange) -> Change:
    """Rename a field, give it other choices, or say at which stages it is required. Raises Conflict, InvalidInput."""
    found = _field(session, of, name)
    if wish == FieldChange(pipeline=wish.pipeline):
        raise InvalidInput("nothing to change", hint="--name, --choices, --required-at or --optional")
    if wish.choices:
        _change_choices(session, found, _choices(wish.choices))
    if wish.is_optional:
        _free(session, found)
    _require(session, found, wish.required_at, wish.pipeline)
    if wish.name is not None and wish.name.strip().lower() != found.name:
        new = _name(session.reader, of, wish.name)
        _rekey(session, found, new)
        found.name = new
    if not session.has_changes:
        return Change((key(found.id),), f"field {found.name} is so already; nothing changed")
    return Change((key(found.id),), f"changed field {found.name} of {of}s", "crm field list")


def remove(session: Writer, of: FieldOf, name: str) -> Change:
    """Remove a field and the values that records have in it. Raises NotFound."""
    found = _field(session, of, name)
    number, count = key(found.id), _rekey(session, found, None)
    _free(session, found)
    session.delete(found)
    session.flush()
    return Change(
        (number,), f"removed field {found.name} of {of}s and its {counted(count, 'value')}", "crm undo brings it back"
    )


def _name(db: Reader, of: FieldOf, text: str) -> str:
    """A name for a field, free, as one types it in a query and behind --set."""
    name = normal.text(text, name="name").lower()
    if not _NAME.fullmatch(name):
        raise InvalidInput(f"field name {shown(text)} is not letters, digits and _", hint="birthday_gift")
    known = entity(of.value, db)
    if name in own.FIELDS[f"{of}s"] or name in _SETTABLE or known.find(name) is not None:
        raise Conflict(f"{of}s have a field {name!r} already", hint=f"crm help columns {of} lists them")
    return name


def _field(session: Writer, of: FieldOf, name: str) -> Field:
    fields = {field.name.lower(): field for field in session.exec(select(Field).where(Field.entity == of.value))}
    found = fields.get(name.strip().lower())
    if found is None:
        meant = did_you_mean(name, fields)
        raise NotFound(f"no field {shown(name)} of {of}s{meant}", hint="crm field list shows them")
    return found


def _choices(texts: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(normal.text(text, name="choice", limit=100) for text in texts))


def _as_json(choices: Sequence[str]) -> str:
    return json.dumps(choices, ensure_ascii=False, separators=(",", ":"))


def _change_choices(session: Writer, field: Field, choices: Sequence[str]) -> None:
    if field.type != FieldType.CHOICE:
        raise InvalidInput(f"field {field.name} is of type {field.type}: it has no choices", hint="crm field add")
    used = session.reader.rows(
        f"select value, count(*) from {field.entity}, json_each(custom) where key = :name group by value order by value",
        name=field.name,
    )
    for value, count in used:
        if value not in choices:
            raise Conflict(
                f"{field.name} {shown(value)} is in use by {counted(count, field.entity)}",
                hint=f"crm {field.entity} list '{field.name}=\"{value}\"', and change what it lists",
            )
    field.choices = _as_json(choices)


def _require(session: Writer, field: Field, stages: Sequence[str], pipeline: str | None) -> None:
    """Ask for `field` at `stages`. Raises InvalidInput for the first stage of a pipeline and a field of deals."""
    number = reference.pipeline(session.reader, pipeline)
    first = session.reader.value(
        "select id from stage where pipeline_id = :id and archived_at is null and outcome = 'open' order by position, id",
        id=number,
    )
    for name in stages:
        stage = reference.stage(session.reader, number, name)
        if stage == first and field.entity == FieldOf.DEAL:
            raise InvalidInput(f"deals begin in {shown(name)}: none could be added", hint="require it at a later stage")
        there = select(Requirement).where(Requirement.field_id == field.id, Requirement.stage_id == stage)
        if session.exec(there).first() is None:
            session.add(Requirement(field_id=key(field.id), stage_id=stage))
            session.flush()


def _free(session: Writer, field: Field) -> None:
    for requirement in session.exec(select(Requirement).where(col(Requirement.field_id) == field.id)):
        session.delete(requirement)
    session.flush()


def _rekey(session: Writer, field: Field, new: str | None) -> int:
    """Let the values stand under another name, or nowhere; how many there were."""

    def rekeyed(custom: str) -> str:
        values = json.loads(custom)
        value = values.pop(field.name)
        if new is not None:
            values[new] = value
        return json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    session.flush()
    session.raw.create_function("rekeyed", 1, rekeyed, deterministic=True)
    return session.raw.execute(
        f"update {field.entity} set custom = rekeyed(custom) where exists (select 1 from json_each(custom) where key = ?)",
        (field.name,),
    ).rowcount
