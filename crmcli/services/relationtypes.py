"""Types of relationship of the user's own."""

from dataclasses import dataclass

from crmcli.core import normal
from crmcli.core.change import Change
from crmcli.core.strength import score
from crmcli.core.vocabulary import LAST_OF_OURS
from crmcli.core.wording import counted
from crmcli.db.reader import Reader
from crmcli.db.writing import Writer
from crmcli.errors import Conflict, InvalidInput, NotFound
from crmcli.models.relationship import RelationType
from crmcli.query import reference
from crmcli.services.owners import key

_LIMIT = 60


@dataclass(frozen=True, slots=True)
class Wish:
    """What the user says of a type; None leaves a thing as it is, or as usual."""

    name: str | None = None
    inverse: str | None = None
    weight: str | None = None


def add(session: Writer, name: str, wish: Wish) -> Change:
    """Add a type; without an inverse name it is the same both ways. Raises InvalidInput and Conflict."""
    said = _name(name)
    inverse = said if wish.inverse is None else _name(wish.inverse)
    _refuse_taken(session.reader, (said, inverse), except_for=None)
    weight = {} if wish.weight is None else {"weight": score(wish.weight, name="weight")}
    made = RelationType.of(name=said, inverse=inverse, is_symmetric=int(said == inverse), **weight)
    session.add(made)
    session.flush()
    way = "the same both ways" if made.is_symmetric else f"the other way {inverse!r}"
    return Change((key(made.id),), f"added relation type {said!r}, {way}", f"crm relation add FROM '{said}' TO")


def edit(session: Writer, ref: str, wish: Wish) -> Change:
    """Rename a type or weigh it anew; symmetric stays symmetric. Raises InvalidInput, NotFound and Conflict."""
    found = _type(session, ref)
    if wish == Wish():
        raise InvalidInput("nothing to change", hint="--name, --inverse or --weight")
    name = found.name if wish.name is None else _name(wish.name)
    inverse = found.inverse if wish.inverse is None else _name(wish.inverse)
    if found.is_symmetric:
        if wish.inverse is not None:
            raise InvalidInput(f"{found.name!r} is the same both ways and has no inverse", hint="crm relation type add")
        inverse = name
    elif name == inverse:
        raise InvalidInput(f"{name!r} would read the same both ways", hint="a symmetric type is a new one")
    _refuse_ours(found, is_renamed=(name, inverse) != (found.name, found.inverse))
    _refuse_taken(session.reader, (name, inverse), except_for=found.id)
    weight = found.weight if wish.weight is None else score(wish.weight, name="weight")
    if not found.assign(name=name, inverse=inverse, weight=weight):
        return Change((key(found.id),), f"relation type {name!r} is so already; nothing changed")
    return Change((key(found.id),), f"changed relation type {name!r}", "crm relation types")


def remove(session: Writer, ref: str) -> Change:
    """Remove a type that no tie ever had. Raises NotFound and Conflict."""
    found = _type(session, ref)
    _refuse_ours(found, is_renamed=True)
    number, name = key(found.id), found.name
    used = session.reader.value("select count(*) from relationship where type_id = :id", id=number)
    if used:
        raise Conflict(
            f"relation type {name!r} is in use by {counted(used, 'relationship')}, ended and removed ones counted",
            hint=f"crm relation type edit '{name}' --name gives it another name",
        )
    session.delete(found)
    session.flush()
    return Change((number,), f"removed relation type {name!r}", "crm undo brings it back")


def _type(session: Writer, ref: str) -> RelationType:
    said = ref.strip()
    if said.isdigit():
        found = session.reader.value("select id from relation_type where id = :id", id=int(said[:18]))
        if found is None:
            raise NotFound(f"no relation type {said}", hint="crm relation types shows them")
        return session.get_one(RelationType, found)
    return session.get_one(RelationType, reference.relation_type(session.reader, said)[0])


def _name(text: str) -> str:
    name = normal.text(text, name="name", limit=_LIMIT)
    if name.isdigit():
        raise InvalidInput(f"a relation type is not called {name!r}: a number means its id", hint="give it a word")
    return name


def _refuse_ours(found: RelationType, *, is_renamed: bool) -> None:
    if is_renamed and key(found.id) <= LAST_OF_OURS:
        raise Conflict(
            f"relation type {found.name!r} belongs to crm: it keeps its names", hint="its --weight can be changed"
        )


def _refuse_taken(db: Reader, names: tuple[str, str], *, except_for: int | None) -> None:
    for name in names:
        try:
            number, _ = reference.relation_type(db, name)
        except NotFound:
            continue
        if number != except_for:
            raise Conflict(f"there is a relation type {name!r} already", hint="crm relation types shows them")
