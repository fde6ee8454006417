"""What lasting ties must keep whoever writes them: the doctor asks it of all, an undo of those that it gave back."""

from crmcli.core.vocabulary import ACYCLIC, WORKS_FOR, CustomerKind

_ONE_WAY = ", ".join(map(str, ACYCLIC))


def circular(of: str = "true") -> str:
    """The SELECT of the ids of the lasting ties `r` that lead back to where they begin, of types that never may."""
    return f"""
        with recursive ahead (start, type_id, from_id, at) as (
            select r.id, r.type_id, r.from_id, r.to_id from relationship r
            where {_lasts("r")} and r.type_id in ({_ONE_WAY}) and {of}
            and exists (select 1 from relationship n where n.from_id = r.to_id and n.type_id = r.type_id and {_lasts("n")})
            and exists (select 1 from relationship n where n.to_id = r.from_id and n.type_id = r.type_id and {_lasts("n")})
            union
            select a.start, a.type_id, a.from_id, n.to_id from ahead a
            join relationship n on n.from_id = a.at and n.type_id = a.type_id and {_lasts("n")} where a.at <> a.from_id
        )
        select start from ahead where at = from_id
    """


def employed_by_persons(of: str = "true") -> str:
    """The SELECT of the ids of the lasting ties `r` by which somebody works for a customer `c` who is no organisation."""
    return f"""
        select r.id from relationship r join customer c on c.id = r.to_id
        where {_lasts("r")} and r.type_id = {WORKS_FOR} and c.kind <> '{CustomerKind.ORGANISATION}' and {of}
    """


def touched(column: str, table: str) -> str:
    """The SQL condition that the row of `table` with the id `column` was changed by the operation `:operation`."""
    return f"""{column} in (
        select t.id from change m join {table} t on t.id between m.row_id and coalesce(m.last_id, m.row_id)
        where m.operation_id = :operation and m.table_name = '{table}'
    )"""


def _lasts(alias: str) -> str:
    return f"{alias}.removed_at is null and {alias}.until is null"
