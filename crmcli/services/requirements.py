"""The fields that must be filled to enter a stage: those that every record has, and those of the user's own."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from crmcli.core.vocabulary import FieldOf, Holds
from crmcli.db.reader import Reader
from crmcli.db.writing import Writer
from crmcli.errors import Conflict
from crmcli.models.deal import Deal
from crmcli.models.stage import Stage

if TYPE_CHECKING:
    from crmcli.models.customer import Customer  # what moves a deal does without it

#: The fields that every record has and a stage can ask for: where each stands.
BUILT_IN: Mapping[Holds, Mapping[str, str]] = {
    Holds.DEAL: {
        **{name: name for name in ("amount", "source", "product", "note")},
        "close": "close_on",
        "customer": "customer_id",
        "owner": "owner_id",
    },
    Holds.CUSTOMER: {
        **{name: name for name in ("title", "city", "country", "industry", "source", "note")},
        "owner": "owner_id",
        "email": "email",
        "phone": "phone",
    },
}


def refuse_empty(session: Writer, who: "Deal | Customer", stage: Stage, *, is_new: bool = False) -> None:
    """Raises Conflict for a deal or customer that enters `stage` without what is required there."""
    holds = Holds.DEAL if isinstance(who, Deal) else Holds.CUSTOMER
    missing = [(holds, name) for name in json.loads(stage.required_fields) if not _has(session.reader, who, name)]
    there = {of: _custom(session.reader, who, of) for of in FieldOf}
    missing += [
        (Holds(of), name)
        for of, name in _required(session.reader, stage)
        if name not in there[of] and (of is FieldOf.CUSTOMER or isinstance(who, Deal))
    ]
    if not missing:
        return
    of = missing[0][0]
    names = [name for each, name in missing if each is of]
    whose = " of its customer" if of is not holds else ""
    title = f"{holds} {who.name}" if is_new else f"{holds} {who.id} {who.name}"
    raise Conflict(f"{title} needs {', '.join(names)}{whose} in {stage.name!r}", hint=_way(who, of, names[0], is_new))


def _way(who: "Deal | Customer", of: Holds, name: str, is_new: bool) -> str:
    """What fills the field."""
    if not isinstance(who, Deal):
        return f"crm customer edit {who.id} --set {name}=VALUE"
    if of is Holds.CUSTOMER:
        if who.customer_id is not None:
            return f"crm customer edit {who.customer_id} --set {name}=VALUE"
        name = "customer"
    if is_new:
        option = f"--{name}" if name in BUILT_IN[Holds.DEAL] else f"--set {name}=VALUE"
        return f"give {option}, or add the deal to an earlier stage"
    return f"crm deal edit {who.id} --set {name}={'REF' if name == 'customer' else 'VALUE'}"


def _required(db: Reader, stage: Stage) -> list[tuple[FieldOf, str]]:
    sql = "select f.entity, f.name from requirement q join field f on f.id = q.field_id where q.stage_id = :id order by q.id"
    return [(FieldOf(of), str(name)) for of, name in db.rows(sql, id=stage.id)]


def _has(db: Reader, who: "Deal | Customer", name: str) -> bool:
    """Whether a field that every record has is filled."""
    if not isinstance(who, Deal) and name in ("email", "phone"):
        sql = "select 1 from contact_point where customer_id = :id and kind = :kind"
        return db.value(sql, id=who.id, kind=name) is not None
    holds = Holds.DEAL if isinstance(who, Deal) else Holds.CUSTOMER
    return getattr(who, BUILT_IN[holds][name]) is not None


def _custom(db: Reader, who: "Deal | Customer", of: FieldOf) -> dict[str, object]:
    """The fields of the user's own that the deal, or the customer, has."""
    custom = who.custom
    if of is FieldOf.CUSTOMER and isinstance(who, Deal):
        custom = db.value("select custom from customer where id = :id", id=who.customer_id) or "{}"
    found: dict[str, object] = json.loads(custom)
    return found
