"""The saved queries of the file: `segment:NAME` of customers, and of what belongs to a customer."""

from functools import cached_property
from typing import NamedTuple

from crmcli.core.wording import did_you_mean, shown
from crmcli.db.reader import Reader
from crmcli.errors import NotFound
from crmcli.query.fields import Entity


class Segment(NamedTuple):
    """A query by name; the members of a frozen one are kept."""

    id: int
    name: str
    query: str
    is_frozen: bool


class Segments:
    """Those of one file, looked up when they are asked for."""

    def __init__(self, db: Reader) -> None:
        self.db = db

    def find(self, name: str) -> Segment:
        """The segment called `name`, whatever its case, or with that number. Raises NotFound."""
        row = self.db.row(
            "select id, name, query, is_frozen from segment "
            "where removed_at is null and (name = :name collate nocase or id = :name)",
            name=name.strip(),
        )
        if row is None:
            names = [each.name for each in self.all()]
            hint = f"one of {', '.join(names)}" if names else "crm segment add NAME QUERY makes one"
            raise NotFound(f"no segment {shown(name)}{did_you_mean(name, names)}", hint=hint)
        return Segment(row[0], row[1], row[2], bool(row[3]))

    def all(self) -> list[Segment]:
        """By name."""
        rows = self.db.rows(
            "select id, name, query, is_frozen from segment where removed_at is null order by name collate nocase, id"
        )
        return [Segment(number, name, query, bool(is_frozen)) for number, name, query, is_frozen in rows]

    @cached_property
    def customers(self) -> Entity:
        """What a segment is asked of."""
        from crmcli.query.entities import entity

        return entity("customer", self.db)
