"""What tasks can be asked."""

from crmcli.query.contact import mark
from crmcli.query.fields import Entity, Field, Many, State, named
from crmcli.query.parts import OWNER, OWNER_JOIN, customer_tag, external, removed

_WHOSE = """
    select id, customer_id from task where customer_id is not null
    union all
    select m.id, e.customer_id from deal e join task m on m.deal_id = e.id where m.customer_id is null
"""
_CUSTOMER = Many(f"({_WHOSE}) w join customer n on n.id = w.customer_id", "w.id", "k.id", order="n.id")
_OPEN = "k.done_at is null and k.removed_at is null"
_LATE = "(k.due_on < :today or k.due_at < :now)"

_FIELDS = (
    Field("id", "id", "k.id", "its number"),
    Field("uid", "text", "k.uid", "its identifier for exchange"),
    Field("text", "text", "k.text", "what is to be done"),
    Field("due", "date", "k.due_on", "by when", leans_ahead=True),
    Field("due_at", "instant", "k.due_at", "the time of the day, where one was said", leans_ahead=True),
    Field("every", "text", "k.every", "how often it comes again"),
    Field("series", "date", "k.series_on", "the due date that every counts from", leans_ahead=True),
    Field("priority", "boolean", "k.is_priority", "before all others"),
    Field(
        "customer",
        "text",
        "c.name",
        "the customer it is for, or the deal's",
        joins=("d", "c"),
        under="customer.no_contact",
    ),
    mark("c", "customer.no_contact", joins=("d", "c")),
    Field("customer.id", "id", "n.id", "the number of the customer", many=_CUSTOMER),
    Field("customer.uid", "text", "c.uid", "the customer's identifier", joins=("d", "c")),
    customer_tag(f"({_WHOSE}) w", "w.customer_id", "w.id", "k.id"),
    Field("deal", "text", "d.name", "the deal it is for", joins=("d",)),
    Field("deal.id", "id", "k.deal_id", "the number of the deal"),
    Field("deal.uid", "text", "d.uid", "the deal's identifier", joins=("d",)),
    *OWNER,
    Field("done", "instant", "k.done_at", "when it was done"),
    Field("created", "instant", "k.created_at", "when it was added"),
    Field("after", "id", "k.after_id", "the task that it repeats"),
    Field("after.uid", "text", "(select p.uid from task p where p.id = k.after_id)", "the identifier of that task"),
    external("task_id", "k.id"),
    removed("k.removed_at"),
)

TASK = Entity(
    name="task",
    plural="tasks",
    source="task k",
    key="k.id",
    joins={
        "d": "left join deal d on d.id = k.deal_id",
        "c": "left join customer c on c.id = coalesce(k.customer_id, d.customer_id)",
        "o": OWNER_JOIN.format("k"),
    },
    base="k.removed_at is null",
    fields=named(*_FIELDS),
    columns=("id", "text", "due", "every", "priority", "customer", "deal", "done", "customer.no_contact"),
    exported=(
        *("id", "uid", "text", "due", "due_at", "every", "series", "priority", "customer", "customer.uid"),
        *("deal", "deal.uid"),
        *("owner", "done", "after.uid", "created", "external"),
    ),
    words=("text", "customer", "deal"),
    customers="customer.id",
    order="k.done_at is not null, k.done_at desc, k.due_on is null, k.due_on, k.is_priority desc, k.id",
    states=(
        State("open", _OPEN, "still to be done"),
        State("done", "k.done_at is not null", "done"),
        State("overdue", f"{_OPEN} and {_LATE}", "open and past their due date or time"),
        State("due", f"{_OPEN} and k.due_on <= :today", "open, and due today or before"),
        State("removed", "k.removed_at is not null", "removed tasks", lifts=True),
    ),
)

ENTITIES = {"task": TASK}
