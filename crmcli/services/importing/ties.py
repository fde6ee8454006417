"""Employers and parents that rows of customers name: organisations by whole name, made where there are none."""

from dataclasses import dataclass

from crmcli.core.vocabulary import PARENT_OF, WORKS_FOR
from crmcli.core.wording import employs_nobody
from crmcli.services.importing import erased, handles, names, who
from crmcli.services.importing.staging import Stage
from crmcli.services.importing.work import Work


@dataclass(frozen=True, slots=True)
class _Role:
    """What a column says: the customer of the row stands at the end `mine` of a tie, the organisation at `other`."""

    field: str
    type_id: int
    mine: str
    other: str

    @property
    def key(self) -> str:
        """The column that says it by the key of another system."""
        return f"{self.field}.key"


_ROLES = (_Role("employer", WORKS_FOR, "from_id", "to_id"), _Role("parent", PARENT_OF, "to_id", "from_id"))


def create(work: Work) -> None:
    """Make the table in which employers and parents wait."""
    work.bulk.run(
        "create temp table import_tie (customer_id integer, field, name, file integer, is_own integer, "
        "is_touched integer, other_id integer, "
        "primary key (customer_id, field))"
    )
    work.bulk.run("create temp table import_untie (customer_id integer, field, file integer, is_touched integer)")


def keep(stage: Stage) -> None:
    """Keep what the rows, just written, say of employers and parents."""
    for role in _ROLES:
        if not {role.field, role.key}.isdisjoint(stage.fields):
            other = who.by_key(f"r.{role.field}_key") if role.key in stage.fields else "null"
            stage.work.bulk.run(
                f"""
                insert or replace into import_tie (customer_id, field, name, file, is_own, is_touched, other_id)
                select * from (
                    select r.target, '{role.field}', r.{role.field} as name, r.file, r.uid is not null,
                        r.is_new or r.target in (select id from import_touched), {other} as other_id
                    from import_customer r where coalesce(r.{role.field}, r.{role.field}_key) is not null
                ) where coalesce(name, other_id) is not null
                """
            )
            _tell_strange(stage, role)
            _keep_blank(stage, role)


def _tell_strange(stage: Stage, role: _Role) -> None:
    """Say which keys lead nowhere, where no name stands beside them."""
    if role.key not in stage.fields:
        return
    nowhere = (
        f"r.{role.field}_key is not null and r.{role.field} is null and {who.by_key(f'r.{role.field}_key')} is null"
    )
    count, first = next(
        stage.work.db.rows(f"select count(*), min(r.{role.field}_key) from import_customer r where {nowhere}")
    )
    if count:
        known = first.replace(":", " as ", 1)
        stage.work.note(
            f"{role.field} of {count:,} rows is left out: no customer is known to {known}, the first of them"
        )


def _keep_blank(stage: Stage, role: _Role) -> None:
    """Keep which rows clear the field of customers that were there: neither a name nor a key stands in them."""
    clears = [each for each in map(stage.clears, (role.field, role.key)) if each != "false"]
    if clears:
        stage.work.bulk.run(
            f"""
            insert into import_untie select r.target, '{role.field}', r.file, r.target in (select id from import_touched)
            from import_customer r where coalesce(r.{role.field}, r.{role.field}_key) is null and not r.is_new
            and ({" or ".join(clears)})
            """
        )


def settle(work: Work) -> None:
    """Tie the customers to the organisations that are kept for them; a tie to another one ends today."""
    for role in _ROLES:
        _untie(work, role)
        _forget_present(work, role)
        if work.db.value("select exists (select 1 from import_tie where field = :field)", field=role.field):
            _settle(work, role)


def _untie(work: Work, role: _Role) -> None:
    """End the ties of customers whose row clears the field."""
    run, field = work.bulk.run, role.field
    if not work.db.value("select exists (select 1 from import_untie where field = :field)", field=field):
        return
    ties = f"""
        select r.id from import_untie u join relationship r on r.{role.mine} = u.customer_id and r.type_id = {role.type_id}
            and r.removed_at is null and r.until is null where u.field = '{field}'
    """
    run(
        f"create temp table import_wanted as select distinct u.customer_id, u.file, u.is_touched from import_untie u "
        f"join relationship r on r.{role.mine} = u.customer_id and r.id in ({ties}) where u.field = '{field}'"
    )
    work.bulk.update(
        "relationship", ties, f"update relationship set until = :today where id in ({ties})", today=work.today
    )
    _count(work)
    run("drop table temp.import_wanted")


def _settle(work: Work, role: _Role) -> None:
    of_role = f"field = '{role.field}' and other_id is null"
    names.find(
        work, f"select name, customer_id as place from import_tie where {of_role}", condition="c.kind = 'organisation'"
    )
    _find_persons(work, role)
    _forget_ambiguous(work, role)
    if role.type_id == WORKS_FOR:
        _forget_persons(work, role)
    _make_organisations(work, role)
    work.bulk.run(
        f"""
        create temp table import_wanted as
        select t.customer_id, coalesce(t.other_id, n.id) as organisation_id, t.file, t.is_touched
        from import_tie t left join import_name n on n.name = t.name
        where t.field = '{role.field}' and coalesce(t.other_id, n.id) <> t.customer_id order by t.customer_id
        """
    )
    _end_others(work, role)
    _tie(work, role)
    _count(work)
    work.bulk.run("drop table temp.import_wanted")


def _forget_present(work: Work, role: _Role) -> None:
    """Leave the ties as they are that say so already."""
    work.bulk.run(
        f"""
        delete from import_tie as t where field = '{role.field}' and exists (
            select 1 from relationship r join customer o on o.id = r.{role.other} and o.removed_at is null
            where r.{role.mine} = t.customer_id and r.type_id = {role.type_id} and r.removed_at is null and r.until is null
            and iif(
                t.other_id is null,
                o.name = t.name collate nocase or fold(o.name) = fold(t.name) or exists (
                    select 1 from customer m where m.merged_into_id = o.id and m.name = t.name collate nocase
                ),
                o.id = t.other_id
            )
        )
        """
    )


def _find_persons(work: Work, role: _Role) -> None:
    """In an export of ours the organisation can be a person: nobody else is made for the name of one."""
    work.bulk.run(
        f"""
        update import_name as n set (id, many) = (
            select min(c.id), count(*) from customer c where c.name = n.name collate nocase and c.removed_at is null
        ) where many = 0 and name in (select name from import_tie where field = '{role.field}' and is_own)
        """
    )


def _forget_ambiguous(work: Work, role: _Role) -> None:
    of_role = f"field = '{role.field}' and other_id is null and name in (select name from import_name where many > 1)"
    for name, count in list(
        work.db.rows(f"select name, count(*) from import_tie where {of_role} group by name order by name limit 5")
    ):
        called = names.ambiguous(work, name)
        work.note(f"{role.field} {name!r} of {count:,} rows is left out: several customers are called so ({called})")
    work.bulk.run(f"delete from import_tie where {of_role}")


def _forget_persons(work: Work, role: _Role) -> None:
    """An employer is an organisation, here as everywhere."""
    named = "import_name n join customer c on c.id = n.id and n.many = 1 and c.kind <> 'organisation'"
    if not work.db.value(f"select exists (select 1 from {named})"):
        return
    rows = work.db.rows(
        f"select t.name, c.id, c.name, count(*) from import_tie t cross join {named} "
        f"where t.field = '{role.field}' and t.other_id is null and n.name = t.name group by t.name order by t.name limit 5"
    )
    for name, number, person, count in list(rows):
        work.note(f"{role.field} {name!r} of {count:,} rows is left out: {employs_nobody(number, person)}")
    of_role = f"field = '{role.field}' and other_id is null and name in (select n.name from {named})"
    work.bulk.run(f"delete from import_tie where {of_role}")


def _make_organisations(work: Work, role: _Role) -> None:
    """Make an organisation for each name that means none yet, and that no erased customer had."""
    bulk = work.bulk
    bulk.run("drop table if exists temp.import_organisation")
    bulk.run("create temp table import_organisation (row integer primary key, name, key)")
    new = bulk.run(
        f"""
        insert into import_organisation (name, key)
        select name, key from import_name where many = 0 and not {erased.is_name(work, "name")}
        group by key order by min(place)
        """
    )
    if new > 0:
        _insert_organisations(work)
        organisations = "1 organisation" if new == 1 else f"{new:,} organisations"
        work.note(f"made {organisations} that rows name as {role.field}")


def _insert_organisations(work: Work) -> None:
    handles.ready(work, "select name from import_organisation")
    last = work.bulk.last("customer")
    work.bulk.insert(
        "customer",
        "id, uid, kind, name, handle, created_at, recorded_at",
        f"select :last + o.row, {work.uid('o.row - 1')}, 'organisation', o.name, new_handle(o.name), :now, :now "
        "from import_organisation o order by o.row",
        last=last,
        now=work.recorded_at,
    )
    work.bulk.run("create index temp.import_organisation_key on import_organisation (key)")
    work.bulk.run(
        "update import_name set id = :last + o.row, many = 1 from import_organisation o where o.key = import_name.key and many = 0",
        last=last,
    )


def _end_others(work: Work, role: _Role) -> None:
    others = f"""
        select r.id from import_wanted w join relationship r on r.{role.mine} = w.customer_id and r.type_id = {role.type_id}
            and r.removed_at is null and r.until is null
    """
    work.bulk.update(
        "relationship", others, f"update relationship set until = :today where id in ({others})", today=work.today
    )


def _tie(work: Work, role: _Role) -> None:
    work.bulk.insert(
        "relationship",
        f"uid, {role.mine}, type_id, {role.other}, created_at, recorded_at",
        f"select {work.uid('rowid - 1')}, customer_id, {role.type_id}, organisation_id, :now, :now from import_wanted order by rowid",
        without="relationship_forest_insert",  # neither role is a type of which one is the only one
        now=work.recorded_at,
    )


def _count(work: Work) -> None:
    """Customers that did not change themselves change by their ties."""
    counts = work.db.rows("select file, count(*) from import_wanted where not is_touched group by file")
    for file, count in list(counts):
        work.tallies[file].changed += count
        work.tallies[file].unchanged -= count
