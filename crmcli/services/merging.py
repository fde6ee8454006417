"""Customers that are the same one, made one."""

import json
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from crmcli.core.change import Change
from crmcli.core.vocabulary import WORKS_FOR, Prefer
from crmcli.core.wording import counted
from crmcli.db.reader import Reader
from crmcli.db.writing import Writer
from crmcli.errors import Ambiguous, Conflict, InvalidInput
from crmcli.models.customer import Customer
from crmcli.query import reference
from crmcli.services.mergedfields import Choice, survivors
from crmcli.services.mergedrows import move

_CHANGES = "select count(*) from (select 1 from change where id > :since and table_name <> 'customer' group by table_name, row_id)"


@dataclass(frozen=True, slots=True)
class Wish:
    """Which customers become one: `keep` stays. `chosen` names, by field, the customer whose value is taken."""

    keep: str
    others: tuple[str, ...]
    prefer: Prefer = Prefer.KEEP
    chosen: Mapping[str, int] = field(default_factory=dict)
    force: bool = False


@dataclass(frozen=True, slots=True)
class Merged:
    """What came of it: for a question before, and the fields of which the customers say different things."""

    change: Change
    question: str
    choices: tuple[Choice, ...] = ()


def merge(session: Writer, wish: Wish) -> Merged:
    """Let customers become one: every reference to the others moves to the one that stays.

    The others are removed and lead to it. Raises InvalidInput for a merge with itself, NotFound, Ambiguous, and
    Conflict for a person and an organisation unless forced.
    """
    keep, others = _named(session, wish)
    kept = session.get_one(Customer, keep)
    if not others:
        there = Change((keep,), f"customer {keep} {kept.name} is all of them already; nothing changed")
        return Merged(there, "")
    gone = [session.get_one(Customer, number) for number in others]
    _refuse_other_kind(kept, gone, force=wish.force)
    made = survivors(session.reader, (keep, *others), wish.prefer, wish.chosen)
    named = " and ".join(f"customer {each.id} {each.name}" for each in gone)
    into = f"customer {keep} {kept.name}"
    warnings = _barred(session.reader, kept, gone)
    for number in others:
        warnings += move(session, number, keep)
    for each in gone:
        each.removed_at, each.merged_into_id = session.recorded_at, keep
    kept.assign(**made.values)
    if made.custom != json.loads(kept.custom):
        kept.custom = json.dumps(made.custom, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    warnings += _employers(session.reader, keep)
    moved = session.reader.value(_CHANGES, since=session.since)
    sentence = f"merged {named} into {into}: {counted(moved, 'record')} moved"
    change = Change((keep,), sentence, f"crm customer show {kept.handle}", tuple(warnings))
    return Merged(change, f"Merge {named} into {into}?", made.choices)


def _named(session: Writer, wish: Wish) -> tuple[int, list[int]]:
    """The one that stays, and the others that are not it yet."""
    db, known = session.reader, session.preferences
    keep = reference.customer(db, wish.keep, preferences=known)
    others: dict[int, None] = {}
    for ref in wish.others:
        number = reference.customer(db, ref, preferences=known)
        if number != keep:
            others[number] = None
        elif not _is_merged(session, ref, keep):
            raise InvalidInput(f"customer {keep} cannot be merged into itself", hint="name two customers")
    return keep, list(others)


def _is_merged(session: Writer, ref: str, keep: int) -> bool:
    """Whether `ref`, which leads to `keep`, names one that was merged into it."""
    with suppress(Ambiguous):
        return reference.customer(session.reader, ref, preferences=session.preferences, removed=True) != keep
    return False


def _refuse_other_kind(kept: Customer, gone: Sequence[Customer], *, force: bool) -> None:
    for each in gone:
        if each.kind != kept.kind and not force:
            raise Conflict(
                f"customer {kept.id} {kept.name} and customer {each.id} {each.name} are not both {kept.kind}s",
                hint="--force merges them all the same",
            )


def _barred(db: Reader, kept: Customer, gone: Sequence[Customer]) -> list[str]:
    """What the one that stays takes over of who must not be contacted."""
    restricted = "select 1 from restriction where customer_id = :id and lifted_at is null"
    warnings = []
    if not kept.do_not_contact and any(each.do_not_contact for each in gone):
        warnings.append(f"customer {kept.id} is not to be contacted any more: one of the others was not")
    if not db.value(restricted, id=kept.id) and any(db.value(restricted, id=each.id) for each in gone):
        warnings.append(f"customer {kept.id} is restricted now: one of the others was")
    return warnings


def _employers(db: Reader, keep: int) -> list[str]:
    """Two employers at a time are possible, and seldom meant."""
    rows = list(
        db.rows(
            "select r.id, c.name from relationship r join customer c on c.id = r.to_id where r.from_id = :keep "
            "and r.type_id = :type and r.removed_at is null and r.until is null order by r.id",
            keep=keep,
            type=WORKS_FOR,
        )
    )
    if len(rows) < 2:  # noqa: PLR2004 (one is usual)
        return []
    named = ", ".join(f"{name} (relationship {number})" for number, name in rows)
    return [f"customer {keep} works for {named}: crm relation end ID says what is over"]
