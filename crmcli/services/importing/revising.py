"""Records that are there, changed set-wise where rows say something else of them."""

from collections.abc import Mapping
from dataclasses import dataclass

from crmcli.services.importing.work import Work


@dataclass(frozen=True, slots=True)
class Revision:
    """What becomes of the columns of `table`, called `alias` in the FROM `rows`: the SQL of each, where `condition` holds."""

    table: str
    alias: str
    said: Mapping[str, str]
    rows: str
    condition: str = "true"


def revise(work: Work, wish: Revision, *, touched: str = "true") -> None:
    """Write what differs, and note in `import_touched` which records changed, as far as the SQL `touched` holds of an id."""
    run, said, alias = work.bulk.run, wish.said, wish.alias
    columns = ", ".join(f"{value} as {name}" for name, value in said.items())
    same = f"({', '.join(said.values())}) is ({', '.join(f'{alias}.{name}' for name in said)})"
    run("drop table if exists temp.import_change")
    run(
        f"create temp table import_change as select {alias}.id, {columns} from {wish.rows} "
        f"where {wish.condition} and not ({same})"
    )
    values = ", ".join(f"{name} = n.{name}" for name in said)
    work.bulk.update(
        wish.table,
        "select id from import_change",
        f"update {wish.table} set {values} from import_change n where n.id = {wish.table}.id",
    )
    run(f"insert or ignore into import_touched select id from import_change where {touched}")
