"""Which customer of the file a row is about, if any."""

from crmcli.services.importing import identity
from crmcli.services.importing.identity import CUSTOMER
from crmcli.services.importing.staging import Stage

#: Rows with no more than a name that have no customer yet, each with those of its name and kind, or that went into; and
#: which of those say no more than that either.
_CALLED = """
    from import_customer r join customer m on m.name = r.name collate nocase and m.kind = coalesce(r.kind, 'person')
        and (m.removed_at is null or m.merged_into_id is not null)
    join customer c on c.id = coalesce(m.merged_into_id, m.id) and c.removed_at is null
    where r.target is null and r.row in (select row from import_weak where not is_phoned)
"""
_BARE = """
    not exists (select 1 from contact_point p where p.customer_id = c.id)
    and not exists (select 1 from external_id x where x.customer_id = c.id)
"""


def known(stage: Stage) -> None:
    """Give the rows about customers of the file their ids: by uid, else key, else e-mail, else phone and name, else name.

    Rejects rows that could be about two of them.
    """
    _find_weak(stage)
    if stage.work.db.value("select 1 from customer limit 1") is None:
        return
    identity.find(stage, CUSTOMER)
    _by_email(stage)
    _by_name(stage)


def refuse_nameless(stage: Stage) -> None:
    """A new customer needs a name."""
    stage.reject(
        "select row, 'name', 'is empty, and no customer is like it' from import_customer where name is null and target is null"
    )


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
    stage.work.bulk.run("drop table if exists temp.import_holder")
    stage.work.bulk.run(
        """
        create temp table import_holder as
        select p.row, min(c.customer_id) as low, max(c.customer_id) as high from import_point p
        cross join contact_point c on c.value = p.value and c.kind = 'email' and c.is_live = 1
        where p.kind = 'email' group by p.row
        """
    )
    stage.reject(
        """
        select h.row, 'email', 'its addresses are those of customer ' || a.id || ' ' || a.name
            || ' and of customer ' || b.id || ' ' || b.name
        from import_holder h join customer a on a.id = h.low join customer b on b.id = h.high where h.low <> h.high
        union all
        select h.row, 'email', 'belongs to customer ' || b.id || ' ' || b.name
            || ', the row is about customer ' || a.id || ' ' || a.name
        from import_holder h join import_customer r on r.row = h.row
        join customer a on a.id = r.target join customer b on b.id = h.low where h.low = h.high and r.target <> h.low
        order by 1
        """
    )
    stage.work.bulk.run(
        "update import_customer set target = h.low from import_holder h where h.row = import_customer.row and target is null"
    )


def _by_name(stage: Stage) -> None:
    """The oldest customer of that name with one of the phones; of a row without any, the only one of its name and kind.

    The name of one that was merged into it is its name too. Of several the only one of which no more than that is
    known either: then others of that name do not matter.
    """
    if not has_weak(stage):
        return
    stage.work.bulk.run(
        """
        update import_customer as r set target = (
            select min(c.id) from import_point p join contact_point q on q.value = p.value and q.kind = 'phone'
            join customer c on c.id = q.customer_id and c.removed_at is null and (c.name = r.name collate nocase or exists (
                select 1 from customer m where m.merged_into_id = c.id and m.name = r.name collate nocase
            ))
            where p.row = r.row and p.kind = 'phone'
        ) where target is null and row in (select row from import_weak where is_phoned)
        """
    )
    for condition in ("true", _BARE):
        only = f"select r.row, min(c.id) as id {_CALLED} and {condition} group by r.row having count(distinct c.id) = 1"
        stage.work.bulk.run(
            f"update import_customer set target = n.id from ({only}) n where n.row = import_customer.row"
        )
        stage.work.bulk.run(
            "update import_weak set is_settled = :settled where is_settled is null and row in "
            "(select row from import_customer where target is not null)",
            settled=condition == _BARE,
        )
    both = "'customers ' || min(c.id) || ' and ' || max(c.id) || ' are both called so; say which by uid or e-mail'"
    stage.reject(f"select r.row, 'name', {both} {_CALLED} group by r.row order by r.row")
