"""Who may be contacted: the one rule for whatever suggests contact."""

from crmcli.query.fields import Field

_RESTRICTED = "exists (select 1 from restriction b where b.customer_id = {0}.id and b.lifted_at is null)"


def barred(alias: str) -> str:
    """The SQL of why the customer `alias` must not be contacted: `restricted` or `do not contact`; null if they may."""
    return (
        f"case when {_RESTRICTED.format(alias)} then 'restricted' when {alias}.do_not_contact then 'do not contact' end"
    )


def contactable(alias: str) -> str:
    """The SQL condition that the customer `alias` may be contacted: there, not restricted, not wanting to be left alone.

    Whatever suggests contact (lists of whom to call, reminders, campaigns) asks this, and nothing of its own.
    """
    return f"({alias}.removed_at is null and {alias}.do_not_contact = 0 and not {_RESTRICTED.format(alias)})"


def restricted(alias: str) -> str:
    """The SQL condition that the data of the customer `alias` are kept and not to be used."""
    return _RESTRICTED.format(alias)


def mark(alias: str, name: str = "no_contact", *, joins: tuple[str, ...] = ()) -> Field:
    """The field that says beside a customer's name why they must not be contacted."""
    return Field(
        name,
        "text",
        barred(alias),
        "why not to contact: do not contact, restricted",
        joins=joins,
        heading="No contact",
        is_hidden=True,
    )


#: What a customer agreed to and has not withdrawn: the last word on a purpose and channel, or on the purpose as a whole.
STANDING = """(
    select g.id, g.customer_id, g.purpose || coalesce(' by ' || g.channel, '') as value from consent g
    where g.action = 'grant' and not exists (
        select 1 from consent w where w.customer_id = g.customer_id and w.purpose = g.purpose
        and (w.channel is null or w.channel is g.channel)
        and (w.occurred_at, w.id) > (g.occurred_at, g.id)
    )
)"""
