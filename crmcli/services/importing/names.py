"""Customers by their whole names, many at once."""

from crmcli.services.importing.work import Work


def find(work: Work, names: str, *, condition: str = "true") -> None:
    """Look up the names that the SELECT `names` gives as (name, place).

    `import_name` (name, key, place, id, many) holds what came of it; `place` is the first of the name.
    A name means the customer called so in any case, else without accents and width, else the one that such a one was
    merged into; of several the one that is written just so. `many` is how many fit: `id` counts where it is 1. The SQL
    `condition` narrows the customers c.
    """
    run = work.bulk.run
    live = f"c.removed_at is null and {condition}"
    run("drop table if exists temp.import_name")
    run(
        "create temp table import_name (name primary key, key, place integer, id integer, many integer not null default 0)"
    )
    first = f"select name, min(place) as place from ({names}) where name is not null group by name"
    run(f"insert into import_name (name, key, place) select name, fold(name), place from ({first})")
    called = f"select min(c.id), count(*) from customer c where c.name = n.name collate nocase and {live}"
    run(f"update import_name as n set (id, many) = ({called})")
    run(
        f"""
        update import_name as n set (id, many) = (x.id, 1) from (
            select n.name, min(c.id) as id from import_name n
            join customer c on c.name = n.name collate nocase and c.name = n.name collate binary and {live}
            where n.many > 1 group by n.name having count(*) = 1
        ) x where x.name = n.name
        """
    )
    if work.db.value("select exists (select 1 from import_name where many = 0)"):
        _find_folded(work, live)
        _find_merged(work, live)


def ambiguous(work: Work, name: str) -> str:
    """The ids of the customers called `name`: `3, 9`."""
    rows = work.db.rows(
        "select id from customer where name = :name collate nocase and removed_at is null order by id limit 5",
        name=name,
    )
    return ", ".join(str(number) for (number,) in rows)


def _find_folded(work: Work, live: str) -> None:
    run = work.bulk.run
    run("drop table if exists temp.import_folded")
    run(f"create temp table import_folded as select c.id, fold(c.name) as key from customer c where {live}")
    run("create index temp.import_folded_key on import_folded (key)")
    run(
        """
        update import_name as n set (id, many) = (select min(f.id), count(*) from import_folded f where f.key = n.key)
        where many = 0
        """
    )


def _find_merged(work: Work, live: str) -> None:
    """What nobody is called any more means the customer that those of the name were merged into."""
    merged = f"""
        select min(c.id), count(distinct c.id) from customer m join customer c on c.id = m.merged_into_id
        where m.name = n.name collate nocase and {live}
    """
    work.bulk.run(f"update import_name as n set (id, many) = ({merged}) where many = 0")
