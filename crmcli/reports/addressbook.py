"""Customers for an address book."""

from collections.abc import Iterator, Sequence

from crmcli.core.result import split_values
from crmcli.core.vocabulary import KNOWS, MARRIED_TO, CustomerKind
from crmcli.db.reader import Reader
from crmcli.exchange.cards import Card
from crmcli.query.comparison import Moment
from crmcli.query.entities import entity
from crmcli.reports.listing import View, listing

_COLUMNS = ("id", "uid", "name", "kind", "email", "phone", "employer", "title", "city", "country", "tag", "note", "url")
_OTHERS = """
    select o.uid, r.type_id from relationship r join customer o on o.id = r.to_id
    where r.from_id = :id and r.type_id in (:knows, :married) and r.removed_at is null and r.until is null
    and o.removed_at is null
    union
    select o.uid, r.type_id from relationship r join customer o on o.id = r.from_id
    where r.to_id = :id and r.type_id in (:knows, :married) and r.removed_at is null and r.until is null
    and o.removed_at is null
    order by 1
"""


def cards(
    db: Reader, words: Sequence[str], *, moment: Moment, sort: str = "id", limit: int | None = None
) -> Iterator[Card]:
    """The customers that `words` ask for, at most `limit`, in the order that `sort` says."""
    born = entity("customer", db).find("birthday")
    columns = (*_COLUMNS, *(["birthday"] if born is not None and born.kind == "date" else []))
    view = View(columns=columns, sort=sort, limit=limit, is_counted=False)
    for row in listing(db, "customer", words, view=view, moment=moment).rows:
        number, uid, name, kind, emails, phones, employer, title, city, country, tags, note, urls, *day = row
        others = list(db.rows(_OTHERS, id=number, knows=KNOWS, married=MARRIED_TO))
        yield Card(
            uid=str(uid),
            name=str(name),
            is_organisation=kind == CustomerKind.ORGANISATION,
            emails=_several(emails),
            phones=_several(phones),
            employer=_text(employer),
            title=_text(title),
            city=_text(city),
            country=_text(country),
            tags=_several(tags),
            note=_text(note),
            birthday=_text(day[0]) if day else None,
            urls=_several(urls),
            spouses=tuple(other for other, type_id in others if type_id == MARRIED_TO),
            acquaintances=tuple(other for other, type_id in others if type_id == KNOWS),
        )


def _several(value: object) -> tuple[str, ...]:
    return split_values(str(value)) if value is not None else ()


def _text(value: object) -> str | None:
    return None if value is None else str(value)
