"""Ties that would lead back to where they began, refused with the way that would close."""

import json

from crmcli.core.vocabulary import ACYCLIC
from crmcli.db.reader import Reader
from crmcli.errors import Conflict

_NEXT = """
    select r.from_id, r.to_id from json_each(:frontier) f join relationship r on r.from_id = f.value
    where r.type_id = :type and r.removed_at is null and (:ended or r.until is null) order by r.id
"""


def refuse(db: Reader, type_id: int, from_id: int, to_id: int, *, is_forest: bool) -> None:
    """Raises Conflict where the new tie would close a circle of its type; a referral counts when it has ended too."""
    if type_id not in ACYCLIC and not is_forest:
        return
    path = way(db, type_id, to_id, from_id, ended=is_forest)
    if not path:
        return
    names = [str(db.value("select name from customer where id = :id", id=number)) for number in path]
    name = db.value("select name from relation_type where id = :id", id=type_id)
    what = "referral" if is_forest else f"tie ({name})"
    raise Conflict(
        f"this {what} would close a circle: {' > '.join((*names, names[0]))}",
        hint=f"crm relation list type:'\"{name}\"' shows the ties",
    )


def way(db: Reader, type_id: int, start: int, end: int, *, ended: bool = False) -> list[int]:
    """The customers from `start` along ties of the type to `end`, a shortest way; empty when there is none."""
    before: dict[int, int | None] = {start: None}
    frontier = [start]
    while frontier and end not in before:
        rows = db.rows(_NEXT, frontier=json.dumps(frontier), type=type_id, ended=ended)
        found = {far: near for near, far in reversed(list(rows)) if far not in before}
        before |= found
        frontier = list(found)
    if end not in before:
        return []
    path, at = [], end
    while at is not None:
        path.append(at)
        at = before[at]  # type: ignore[assignment]  # the start has nothing before it
    return path[::-1]
