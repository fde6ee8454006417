"""Which customer of the file a row is about, if any."""

from crmcli.core.vocabulary import WORKS_FOR, CustomerKind, OnRemoved
from crmcli.services.importing import identity
from crmcli.services.importing.identity import CUSTOMER
from crmcli.services.importing.staging import Stage

_PERSON = CustomerKind.PERSON.value
#: Rows with no more than a name that have no customer yet, each with those of its name and kind, or that one went into.
_CALLED = f"""
    from import_customer r
    join customer m on m.name = r.name collate nocase and m.kind = coalesce(r.kind, '{_PERSON}')
    join customer c on c.id = coalesce(m.merged_into_id, m.id)
    where r.target is null and r.row in (select row from import_weak where not is_phoned)
"""
#: Of which no more than the name is known either.
_BARE = """
    not exists (select 1 from contact_point p where p.customer_id = c.id)
    and not exists (select 1 from external_id x where x.customer_id = c.id)
"""


def _is_called(customer: str, name: str) -> str:
    """The SQL of whether the customer has the name, or one that was merged into it had."""
    return f"""({customer}.name = {name} collate nocase or exists (
        select 1 from customer m where m.merged_into_id = {customer}.id and m.name = {name} collate nocase
    ))"""


_TIE = f"t.type_id = {WORKS_FOR} and t.removed_at is null and t.until is null"
_WORKS = f"exists (select 1 from relationship t join customer o on o.id = t.to_id where t.from_id = c.id and {_TIE}"
_WORKS_THERE = f"{_WORKS} and {_is_called('o', 'r.employer')})"
_SAME_COMPANY = f"(c.kind <> '{_PERSON}' or iif(r.employer is null, not {_WORKS}), {_WORKS_THERE}))"
_NO_OTHER_COMPANY = f"(r.employer is null or not {_WORKS}) or {_WORKS_THERE})"
_LIVE, _REMOVED = "c.removed_at is null", "c.removed_at is not null and c.merged_into_id is null"
_SHOWN = 20


def known(stage: Stage) -> None:
    """Give the rows about customers of the file their ids: by uid, else key, else e-mail, else phone and name, else name.

    A row with no more than a name, and a company, means the one of whom no more is known either; an organisation is the
    only one of its name. Rejects rows that could be about two of them, or about one by the name alone; says which new
    customers may be there already. Rows about removed customers are left, unless those are to be restored.
    """
    _find_weak(stage)
    if stage.work.db.value("select 1 from customer limit 1") is None:
        return
    identity.find(stage, CUSTOMER)
    _by_email(stage)
    _by_name(stage)
    _removed(stage)
    _refuse_possible(stage)


def refuse_nameless(stage: Stage) -> None:
    """A new customer needs a name."""
    stage.reject(
        "select row, 'name', 'is empty, and no customer is like it' from import_customer where name is null and target is null"
    )


def tell_possible(stage: Stage) -> None:
    """Say which new customers have the name of one that was there, and no other company: they stay two."""
    if stage.work.db.value("select 1 from customer limit 1") is None:
        return
    run = stage.work.bulk.run
    run("drop table if exists temp.import_possible")
    run(
        f"""
        create temp table import_possible as select r.row, min(c.id) as id from import_customer r
        cross join customer m on m.name = r.name collate nocase and m.kind = coalesce(r.kind, '{_PERSON}')
        cross join customer c on c.id = coalesce(m.merged_into_id, m.id)
        where r.target is null and {_LIVE} and {_NO_OTHER_COMPANY} group by r.row
        """
    )
    found = stage.work.db.rows(
        "select r.file, r.line, p.id, c.name from import_possible p join import_customer r on r.row = p.row "
        f"join customer c on c.id = p.id order by r.row limit {_SHOWN}"
    )
    for file, line, number, name in list(found):
        source = stage.work.tallies[file].source.file
        stage.work.note(f"{source}: line {line}: new, but may be customer {number} {name} already")
    more = stage.work.db.value("select count(*) from import_possible") - _SHOWN
    if more > 0:
        stage.work.note(f"and {more:,} more that may be there already")


def has_weak(stage: Stage) -> bool:
    """Whether there are rows that go by the name."""
    return bool(stage.work.db.value("select exists (select 1 from import_weak)"))


def _find_weak(stage: Stage) -> None:
    """Rows that say nothing by which a customer is known for sure: they go by the name, with a phone if they have one."""
    stage.work.bulk.run("drop table if exists temp.import_weak")
    stage.work.bulk.run(
        "create temp table import_weak (row integer primary key, is_phoned integer, is_settled integer)"
    )
    stage.work.bulk.run(
        """
        insert into import_weak (row, is_phoned) select row, row in (select row from import_point where kind = 'phone') from import_customer
        where uid is null and email is null and name is not null and row not in (select row from import_customer_key)
        and row not in (select row from import_point where kind = 'email')
        """
    )


def _by_email(stage: Stage) -> None:
    run = stage.work.bulk.run
    run("drop table if exists temp.import_holder")
    run(
        """
        create temp table import_holder as
        select p.row, min(c.customer_id) as low, max(c.customer_id) as high from import_point p
        cross join contact_point c on c.value = p.value and c.kind = 'email' and c.is_live = 1
        where p.kind = 'email' group by p.row
        """
    )
    stage.reject(
        """
        select h.row, 'email', 'its addresses are those of customer ' || a.id || ' ' || quote(a.name)
            || ' and of customer ' || b.id || ' ' || quote(b.name)
        from import_holder h join customer a on a.id = h.low join customer b on b.id = h.high where h.low <> h.high
        union all
        select h.row, 'email', 'belongs to customer ' || b.id || ' ' || quote(b.name)
            || ', the row is about customer ' || a.id || ' ' || quote(a.name)
        from import_holder h join import_customer r on r.row = h.row
        join customer a on a.id = r.target join customer b on b.id = h.low where h.low = h.high and r.target <> h.low
        order by 1
        """
    )
    run(
        "update import_customer set target = h.low from import_holder h where h.row = import_customer.row and target is null"
    )
    _refuse_phone_of_another(stage)


def _refuse_phone_of_another(stage: Stage) -> None:
    """Reject rows whose e-mail is one customer's and whose phone another's, unless it is a phone that people share.

    It is shared when two have it already, or when the two work for the same organisation, or one for the other.
    """
    works = f"select t.to_id from relationship t where t.from_id = {{}} and {_TIE}"
    ours, theirs = works.format("a.id"), works.format("b.id")
    stage.reject(
        f"""
        select r.row, 'phone', 'its e-mail is that of customer ' || a.id || ' ' || quote(a.name)
            || ', its phone that of customer ' || b.id || ' ' || quote(b.name)
        from import_point p
        cross join contact_point q on q.value = p.value and q.kind = 'phone' and q.is_live = 1
        cross join import_customer r on r.row = p.row and r.target <> q.customer_id
        cross join customer a on a.id = r.target
        cross join customer b on b.id = q.customer_id
        where p.kind = 'phone' and r.row in (select row from import_holder)
        and not exists (
            select 1 from contact_point o where o.value = p.value and o.kind = 'phone' and o.is_live = 1
            and o.customer_id <> b.id
        )
        and b.id not in ({ours}) and a.id not in ({theirs}) and not (r.employer is not null and {_is_called("b", "r.employer")})
        and not exists (
            select 1 from customer o where o.id in ({theirs}) and (o.id in ({ours}) or {_is_called("o", "r.employer")})
        )
        order by r.row
        """
    )


def _by_name(stage: Stage) -> None:
    """The oldest customer of that name with one of the phones; of a row without any, the only one of its name and kind.

    The name of one that was merged into it is its name too. Of persons the only one of which no more than that is known
    either; so, too, of several organisations.
    """
    _by_phone(stage, "q.is_live = 1", _LIVE)
    if not has_weak(stage):
        return
    for condition in (f"c.kind <> '{_PERSON}'", f"{_BARE} and {_SAME_COMPANY}"):
        _by_name_alone(stage, f"{_LIVE} and {condition}")
        stage.work.bulk.run(
            "update import_weak set is_settled = :settled where is_settled is null and row in "
            "(select row from import_customer where target is not null)",
            settled=_BARE in condition,
        )


def _by_phone(stage: Stage, point: str, customer: str) -> None:
    """A uid goes before: the same phone and name under another uid is somebody else."""
    stage.work.bulk.run(
        f"""
        update import_customer set target = n.id from (
            select r.row, min(c.id) as id from import_customer r
            cross join import_point p on p.row = r.row and p.kind = 'phone'
            cross join contact_point q on q.value = p.value and q.kind = 'phone' and {point}
            cross join customer c on c.id = q.customer_id and {_is_called("c", "r.name")} and {customer}
            where r.target is null and r.uid is null group by r.row
        ) n where n.row = import_customer.row
        """
    )


def _by_name_alone(stage: Stage, condition: str) -> None:
    only = f"select r.row, min(c.id) as id {_CALLED} and {condition} group by r.row having count(distinct c.id) = 1"
    stage.work.bulk.run(f"update import_customer set target = n.id from ({only}) n where n.row = import_customer.row")


def _refuse_possible(stage: Stage) -> None:
    """Reject rows that go by the name alone, where somebody is called so: a name is no proof, and a copy no help."""
    way = "; say which by uid, key or e-mail"
    both = f"'customers ' || min(c.id) || ' and ' || max(c.id) || ' are both called so{way}'"
    one = f"'may be customer ' || min(c.id) || ' ' || quote(min(c.name)) || '{way}'"
    stage.reject(
        f"""
        select r.row, 'name', iif(count(distinct c.id) > 1, {both}, {one}) {_CALLED} and {_LIVE} and {_NO_OTHER_COMPANY}
        group by r.row order by r.row
        """
    )


def _removed(stage: Stage) -> None:
    """Rows about customers who were removed: what tells a customer tells a removed one, where nobody else is meant."""
    work = stage.work
    if not work.db.value("select exists (select 1 from customer where removed_at is not null)"):
        return
    work.bulk.run("drop table if exists temp.import_gone")
    work.bulk.run(
        f"""
        create temp table import_gone as select q.value, max(c.id) as id from contact_point q
        join customer c on c.id = q.customer_id and {_REMOVED} where q.kind = 'email' and q.is_live = 0 group by q.value
        """
    )
    work.bulk.run("create index temp.import_gone_value on import_gone (value)")
    work.bulk.run(
        """
        update import_customer as r set target = (
            select max(g.id) from import_point p join import_gone g on g.value = p.value where p.row = r.row and p.kind = 'email'
        ) where target is null and row in (
            select p.row from import_point p join import_gone g on g.value = p.value where p.kind = 'email'
        )
        """
    )
    _by_phone(stage, "q.is_live = 0", _REMOVED)
    if has_weak(stage):
        _by_name_alone(stage, f"{_REMOVED} and {_BARE} and {_SAME_COMPANY} and {_NOBODY_ELSE}")
    if work.wish.on_removed is OnRemoved.RESTORE:
        _refuse_taken(stage)
    else:
        identity.leave_removed(stage, CUSTOMER)


_NOBODY_ELSE = """
    not exists (
        select 1 from customer n join customer x on x.id = coalesce(n.merged_into_id, n.id) and x.removed_at is null
        where n.name = r.name collate nocase
    )
"""


def _refuse_taken(stage: Stage) -> None:
    """A removed customer whose address is somebody else's by now cannot come back."""
    stage.reject(
        """
        select r.row, 'email', 'customer ' || c.id || ' ' || quote(c.name) || ' is removed, and customer ' || n.customer_id
            || ' has its address now'
        from import_customer r join customer c on c.id = r.target and c.removed_at is not null
        join contact_point o on o.customer_id = c.id and o.kind = 'email'
        join contact_point n on n.value = o.value and n.kind = 'email' and n.is_live = 1 order by r.row
        """
    )
