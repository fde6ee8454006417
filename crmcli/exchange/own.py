"""Our own columns, what others call them, and how the kind of a file shows in its header."""

from collections.abc import Collection, Iterable

from crmcli.core.wording import did_you_mean, named, shown
from crmcli.errors import InvalidInput
from crmcli.exchange.layout import OWN, Layout, normalised

_OWNER = ("owner", "owner.email", "owner.manager", "owner.region")
_TERMS = ("amount", "currency", "close", *_OWNER)

#: What `crm export` writes, and what may stand beside it. An `id` counts in one file only: the `uid` is for exchange.
FIELDS: dict[str, tuple[str, ...]] = {
    "customers": (
        *("uid", "kind", "name", "handle", "email", "phone", "employer", "parent", "title", "city", "country"),
        *("postal", "web", "industry", "source", *_OWNER, "tag", "note", "do_not_contact", "created", "external"),
        "labelled",
    ),
    "relations": (
        "uid",
        "from",
        "from.uid",
        "type",
        "to",
        "to.uid",
        "since",
        "until",
        "strength",
        "note",
        "created",
        "external",
    ),
    "deals": (
        *("uid", "name", "customer", "customer.uid", "pipeline", "stage", "outcome", *_TERMS, "source", "product"),
        *("lost_reason", "note", "created", "entered", "closed", "external", "stage.position"),
    ),
    "stage-events": (
        *("deal.id", "deal.uid", "deal", "customer", "customer.uid", "pipeline", "from", "stage", *_TERMS, "at"),
        *("left", "note", "outcome", "stage.position"),
    ),
    "interactions": (
        *("uid", "at", "channel", "direction", "customer", "customer.uid", "text", "duration"),
        *("deal", "deal.uid", "owner", "external"),
    ),
    "tasks": (
        *("uid", "text", "due", "due_at", "every", "series", "priority", "customer", "customer.uid"),
        *("deal", "deal.uid", "owner", "done", "after.uid", "created", "external"),
    ),
}

#: What a query calls the records of each kind.
QUERIED = {
    "customers": "customer",
    "relations": "relationship",
    "deals": "deal",
    "stage-events": "stage_event",
    "interactions": "interaction",
    "tasks": "task",
}

#: One field of each group must have a column.
REQUIRED = {
    "customers": (("name", "first", "last"),),
    "relations": (("from", "from.uid"), ("type",), ("to", "to.uid")),
    "deals": (("name",),),
    "stage-events": (("deal", "deal.uid", "deal.id", "customer", "customer.uid"), ("stage",)),
    "interactions": (("text",), ("customer", "customer.uid")),
    "tasks": (("text",),),
}

#: What a header must have besides to be taken for that kind, one of each group, asked in this order; whatever else has
#: a name: customers. The events of customers alone look like deals.
_MARKS = {
    "stage-events": (("at",), ("deal", "deal.uid", "deal.id")),
    "relations": (("type",),),
    "interactions": (("channel", "at"),),
    "deals": (("stage", "amount"),),
    "tasks": (("due", "due_at"),),
}
_MARKS_OF_CUSTOMERS = ("email", "phone", "kind", "handle")

_CREATED = "created_at created_on created_date create_date creation_date date_created"
_NOTE = "notes comment comments description"
_ORGANISATION = (
    "company company_name organization organization_name organisation organisation_name account account_name"
)
_AT = "date when time timestamp occurred_at"

_SYNONYMS = {
    "customers": {
        "name": "full_name contact contact_name customer customer_name display_name",
        "first": "first_name firstname given_name forename",
        "last": "last_name lastname surname family_name",
        "email": "e_mail mail email_address e_mail_address emails",
        "phone": "phone_number phones mobile mobile_phone mobile_number telephone tel cell cell_phone",
        "employer": _ORGANISATION,
        "parent": "parent_account parent_company",
        "title": "job_title position job role",
        "postal": "address postal_address mailing_address",
        "web": "url website web_site web_page homepage",
        "industry": "sector",
        "source": "lead_source",
        "owner": "contact_owner account_owner",
        "tag": "tags label labels",
        "note": _NOTE,
        "created": _CREATED,
    },
    "relations": {"type": "relation relationship", "note": _NOTE, "created": _CREATED},
    "deals": {
        "name": "deal deal_name opportunity opportunity_name title",
        "customer": f"{_ORGANISATION} contact contact_name customer_name",
        "stage": "deal_stage",
        "amount": "value deal_value deal_amount",
        "currency": "currency_code",
        "close": "expected_close expected_close_date close_date closing_date",
        "owner": "deal_owner opportunity_owner",
        "source": "lead_source",
        "lost_reason": "loss_reason",
        "note": _NOTE,
        "created": _CREATED,
        "closed": "closed_at closed_on",
    },
    "stage-events": {
        "deal": "deal_name opportunity opportunity_name",
        "customer": "customer_name",
        "from": "from_stage",
        "stage": "to_stage deal_stage",
        "amount": "value",
        "close": "expected_close expected_close_date close_date",
        "at": f"{_AT} entered entered_at moved_at changed_at",
        "left": "left_at",
        "note": _NOTE,
    },
    "interactions": {
        "customer": "customers contact customer_name contact_name who",
        "text": "message content summary body",
        "at": _AT,
        "duration": "minutes duration_minutes",
    },
    "tasks": {
        "text": "task to_do todo subject summary",
        "due": "due_date due_on deadline",
        "every": "repeat repeats recurrence",
        "customer": "contact contact_name customer_name who",
        "deal": "deal_name opportunity opportunity_name",
        "owner": "assignee assigned_to",
        "done": "done_at completed completed_at",
        "created": _CREATED,
    },
}

_COMPOSED = {"customers": {"name": ("{first} {last}", "{first}", "{last}")}}


def layout(entity: str, custom: Collection[str] = ()) -> Layout:
    """Our own columns for `entity`, with those of the `custom` fields."""
    headers = {
        **{synonym: name for name, synonyms in _SYNONYMS[entity].items() for synonym in synonyms.split()},
        **{name.replace(".", "_"): name for name in FIELDS[entity]},
        **{normalised(name): name for name in (*custom, *FIELDS[entity])},
    }
    return Layout(
        OWN, entity, headers, (*FIELDS[entity], *custom), REQUIRED[entity], composed=_COMPOSED.get(entity, {})
    )


def entity_named(name: str, known: Collection[str] = FIELDS.keys()) -> str:
    """The kind of record among `known` that `name` means, in singular or plural. Raises InvalidInput."""
    wanted = name.strip().lower().replace("_", "-")
    found = next((entity for entity in known if wanted in (entity, entity.removesuffix("s"))), None)
    if found is None:
        message = f"no kind of record {shown(name)}{did_you_mean(wanted, known)}"
        raise InvalidInput(message, hint=f"one of {', '.join(known)}")
    return found


def guessed(file: str, header: Iterable[str]) -> str:
    """The kind of record that a header is about. Raises InvalidInput where it could be of two kinds."""
    names = [normalised(name) for name in header]
    fitting = [entity for entity in _MARKS if _fits(entity, names, _MARKS[entity])]
    if not fitting:
        return "customers"
    if _fits("customers", names, (_MARKS_OF_CUSTOMERS,)):
        raise InvalidInput(
            f"{named(file)} could be customers or {fitting[0]}", hint=f"say --as customers or --as {fitting[0]}"
        )
    return fitting[0]


def _fits(entity: str, names: Iterable[str], marks: tuple[tuple[str, ...], ...]) -> bool:
    headers = layout(entity).headers
    found = {headers[name] for name in names if name in headers}
    return all(not found.isdisjoint(group) for group in (*REQUIRED[entity], *marks))
