"""The recognised rows of customers as records: the new ones stored, the others changed where they say something else."""

from crmcli.core.vocabulary import OnRemoved
from crmcli.services.importing import custom, handles, identity
from crmcli.services.importing.identity import CUSTOMER
from crmcli.services.importing.revising import Revision, revise
from crmcli.services.importing.staging import Stage

#: What the temporary table of addresses holds of each.
ADDRESS = "label, street, postcode, city, region, country, url"

#: What the temporary table of labels holds of each e-mail and phone that has one.
LABEL = "kind, value, label"

#: Rows that label what their customer has not.
UNKNOWN_LABELLED = """
    select n.row, 'labelled', quote(n.value) || ' is none of its e-mails and phones'
    from import_label n cross join import_customer r on r.row = n.row
    where not exists (select 1 from import_point p where p.row = n.row and p.kind = n.kind and p.value = n.value)
    and not exists (
        select 1 from contact_point c where c.customer_id = r.target and c.kind = n.kind and c.value = n.value
    ) group by n.row
"""

_LASTING = ("name", "kind", "do_not_contact")
_PLAIN = ("title", "city", "country", "industry", "source", "note")


def write(stage: Stage) -> None:
    """Store what the rows say; `import_touched` tells which of the customers that were there changed."""
    identity.forget_touched(stage)
    if stage.is_empty():
        return
    work = stage.work
    if stage.work.wish.on_removed is OnRemoved.RESTORE:
        _restore(stage)
    identity.number(stage, CUSTOMER)
    handles.ready(work, "select coalesce(handle, name) from import_customer where is_new")
    _insert(stage)
    if work.db.value("select exists (select 1 from import_customer where not is_new)"):
        _update(stage)
    _points(stage)
    _labels(stage)
    _addresses(stage)
    _tags(stage)
    identity.write_keys(stage, CUSTOMER)


def _restore(stage: Stage) -> None:
    """Bring those back who were removed."""
    bulk = stage.work.bulk
    bulk.run("drop table if exists temp.import_restored")
    bulk.run(
        "create temp table import_restored as select distinct c.id from import_customer r "
        "join customer c on c.id = r.target where c.removed_at is not null"
    )
    if stage.work.db.value("select exists (select 1 from import_restored)"):
        those = "select id from import_restored"
        bulk.update("customer", those, f"update customer set removed_at = null where id in ({those})")
        points = f"select id from contact_point where customer_id in ({those}) and is_live = 0"
        bulk.update("contact_point", points, f"update contact_point set is_live = 1 where id in ({points})")
        bulk.run(f"insert or ignore into import_touched {those}")


def _insert(stage: Stage) -> None:
    stage.work.bulk.function("merged_custom", 2, custom.merged)
    stage.work.bulk.insert(
        "customer",
        "id, uid, kind, name, handle, title, city, country, industry, source, owner_id, note, do_not_contact, custom, "
        "created_at, recorded_at",
        f"""
        select r.target, coalesce(r.uid, {stage.work.uid("r.target - :last - 1")}), coalesce(r.kind, 'person'), r.name,
            new_handle(coalesce(r.handle, r.name)), r.title, r.city, r.country, r.industry, r.source, o.id, r.note,
            coalesce(r.do_not_contact, 0),
            iif(r.custom is null, '{{}}', merged_custom('{{}}', r.custom)),
            coalesce(r.created, :now), :now
        from import_customer r left join import_owner o on o.no = r.owner
        where r.is_new order by r.row
        """,
        last=stage.work.bulk.last("customer"),
        now=stage.work.recorded_at,
    )


def _update(stage: Stage) -> None:
    said = {
        **{name: f"coalesce(r.{name}, c.{name})" for name in _LASTING},
        **{name: stage.said(name, f"r.{name}", f"c.{name}") for name in _PLAIN},
        "created_at": "coalesce(r.created, c.created_at)",
        "owner_id": stage.said("owner", "o.id", "c.owner_id"),
        "custom": "iif(r.custom is null, c.custom, merged_custom(c.custom, r.custom))",
    }
    rows = "import_customer r left join import_owner o on o.no = r.owner join customer c on c.id = r.target"
    revise(stage.work, Revision("customer", "c", said, rows, "not r.is_new"))


def _points(stage: Stage) -> None:
    """E-mails and phones: all of a new customer of one row, else those that it has not yet, behind those that it has."""
    united = "select leader from import_same"
    stage.work.bulk.insert(
        "contact_point",
        "customer_id, kind, value, position",
        f"""
        select r.target, p.kind, p.value, p.position from import_point p cross join import_customer r on r.row = p.row
        where r.is_new and p.row not in ({united})
        """,
    )
    others = f"select 1 from import_customer where not is_new union all {united}"
    if stage.work.db.value(f"select exists ({others})"):
        _missing_points(stage, f"not r.is_new or p.row in ({united})")


def _missing_points(stage: Stage, condition: str) -> None:
    bulk = stage.work.bulk
    bulk.run("drop table if exists temp.import_missing")
    bulk.run(
        f"""
        create temp table import_missing as
        select r.target as customer_id, p.kind, p.value, min(p.rowid) as place, r.is_new
        from import_point p cross join import_customer r on r.row = p.row
        where ({condition}) and not exists (
            select 1 from contact_point c where c.customer_id = r.target and c.kind = p.kind and c.value = p.value
        )
        group by r.target, p.kind, p.value
        """
    )
    known = "select max(c.position) + 1 from contact_point c where c.customer_id = m.customer_id and c.kind = m.kind"
    bulk.insert(
        "contact_point",
        "customer_id, kind, value, position",
        f"""
        select m.customer_id, m.kind, m.value, coalesce(({known}), 0) - 1 + row_number() over (
            partition by m.customer_id, m.kind order by m.place
        ) from import_missing m order by m.place
        """,
    )
    bulk.run("insert or ignore into import_touched select customer_id from import_missing where not is_new")


def _labels(stage: Stage) -> None:
    """What is said of e-mails and phones; of several labels of the same one the last row's."""
    bulk = stage.work.bulk
    if "labelled" not in stage.fields:
        return
    bulk.run("drop table if exists temp.import_new_label")
    bulk.run(
        """
        create temp table import_new_label as
        select c.id, c.customer_id, n.label, r.is_new, max(n.rowid) as place
        from import_label n cross join import_customer r on r.row = n.row
        join contact_point c on c.customer_id = r.target and c.kind = n.kind and c.value = n.value group by c.id
        """
    )
    bulk.run(
        "delete from import_new_label where label is (select c.label from contact_point c where c.id = import_new_label.id)"
    )
    bulk.run("create unique index temp.import_new_label_id on import_new_label (id)")
    bulk.update(
        "contact_point",
        "select id from import_new_label",
        "update contact_point set label = (select n.label from import_new_label n where n.id = contact_point.id) "
        "where id in (select id from import_new_label)",
    )
    bulk.run("insert or ignore into import_touched select customer_id from import_new_label where not is_new")


def _addresses(stage: Stage) -> None:
    """Addresses that a customer has not yet, behind those that it has; by post, then on the web, as the rows have them."""
    bulk = stage.work.bulk
    if stage.fields.isdisjoint(("postal", "web")):
        return
    parts = ADDRESS.split(", ")
    same = " and ".join(f"a.{part} is n.{part}" for part in parts)
    bulk.run("drop table if exists temp.import_new_address")
    bulk.run(
        f"""
        create temp table import_new_address as
        select r.target as customer_id, {", ".join(f"n.{part}" for part in parts)}, min(n.rowid) as place, r.is_new
        from import_address n cross join import_customer r on r.row = n.row
        where not exists (select 1 from address a where a.customer_id = r.target and {same})
        group by r.target, {", ".join(f"n.{part}" for part in parts)}
        """
    )
    known = "select max(a.position) + 1 from address a where a.customer_id = n.customer_id"
    bulk.insert(
        "address",
        f"customer_id, {ADDRESS}, position",
        f"""
        select n.customer_id, {", ".join(f"n.{part}" for part in parts)}, coalesce(({known}), 0) - 1 + row_number() over (
            partition by n.customer_id order by n.url is not null, n.place
        ) from import_new_address n order by n.customer_id, n.url is not null, n.place
        """,
    )
    bulk.run("insert or ignore into import_touched select customer_id from import_new_address where not is_new")


def _tags(stage: Stage) -> None:
    bulk = stage.work.bulk
    bulk.insert(
        "tag",
        "name, recorded_at",
        """
        select g.name, :now from (select tag as name, min(rowid) as place from import_tag_set group by tag collate nocase) g
        where not exists (select 1 from tag t where t.name = g.name collate nocase)
        and exists (select 1 from import_tag k where k.tag = g.name collate nocase) order by g.place
        """,
        now=stage.work.recorded_at,
    )
    bulk.run("drop table if exists temp.import_tagging")
    distinct = "distinct" if stage.work.db.value("select exists (select 1 from import_same)") else ""
    bulk.run(
        f"""
        create temp table import_tagging as
        select {distinct} r.target as customer_id, t.id as tag_id, r.is_new
        from import_tag k cross join import_customer r on r.row = k.row cross join tag t on t.name = k.tag collate nocase
        where r.is_new or not exists (select 1 from customer_tag c where c.customer_id = r.target and c.tag_id = t.id)
        """
    )
    bulk.insert("customer_tag", "customer_id, tag_id", "select customer_id, tag_id from import_tagging order by rowid")
    bulk.run("insert or ignore into import_touched select customer_id from import_tagging where not is_new")
