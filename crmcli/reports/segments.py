"""A segment in full."""

from crmcli.core.result import Column, Record
from crmcli.db.reader import Reader
from crmcli.errors import CrmError
from crmcli.query import sql, syntax
from crmcli.query.comparison import Moment
from crmcli.query.segments import Segments

_COLUMNS = (
    Column("id", "id"),
    Column("name"),
    Column("query"),
    Column("frozen", "boolean"),
    Column("members", "integer"),
    Column("problem"),
)


def name(db: Reader, ref: str) -> str:
    """The name of the segment that `ref` means. Raises NotFound."""
    return Segments(db).find(ref).name


def segment(db: Reader, ref: str, *, moment: Moment) -> Record:
    """A segment with the number of its members, or why its query cannot be read any more. Raises NotFound."""
    segments = Segments(db)
    found = segments.find(ref)
    members, problem = None, None
    try:
        condition = sql.where(syntax.parse([f"segment:{found.name}"]), segments.customers, moment=moment)
        statement = sql.select(segments.customers, ["count(*)"], condition)
        members = db.value(statement, condition.parameters)
    except CrmError as error:
        problem = str(error)
    values = (found.id, found.name, found.query, found.is_frozen, members, problem)
    return Record(f"{found.id} {found.name}", _COLUMNS, values)
