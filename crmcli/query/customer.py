"""What customers can be asked."""

from dataclasses import replace

from crmcli.core.vocabulary import CustomerKind, Outcome
from crmcli.query.contact import STANDING, contactable, mark, restricted
from crmcli.query.fields import Entity, Field, Many, State, named
from crmcli.query.parts import (
    DEAL_STATES,
    OWNER,
    OWNER_JOIN,
    PIPELINES,
    STAGE_JOINS,
    STAGES,
    TAGS,
    calendar,
    external,
    removed,
)

_DEALS = """deal d join passage g on g.deal_id = d.id and g.ended_at is null
    join stage s on s.id = g.stage_id join pipeline l on l.id = g.pipeline_id"""
_LIVE = "r.removed_at is null and r.until is null"


def _contact(name: str) -> Many:
    return Many("contact_point p", "p.customer_id", "c.id", f"p.kind = '{name}'", "p.position, p.id")


_CONTACTS = Many("contact_point p", "p.customer_id", "c.id", order="p.kind, p.position, p.id")
_LABELS = replace(_CONTACTS, condition="p.label is not null")
_LABELLED = "p.value || coalesce(' (' || p.label || ')', '')"


_POSTAL = "ltrim({}, ', ')".format(
    " || ".join(f"coalesce(', ' || a.{name}, '')" for name in ("street", "postcode", "city", "region", "country"))
)
_PARTS = " || '|' || ".join(
    f"replace(replace(coalesce(a.{name}, ''), '\\', '\\\\'), '|', '\\|')"
    for name in ("label", "street", "postcode", "city", "region", "country")
)
_LABELLED_URL = "a.url || coalesce(' (' || a.label || ')', '')"
_ADDRESSES = Many("address a", "a.customer_id", "c.id", "a.url is null", "a.position, a.id")
_ADDRESS_LABELS = replace(_ADDRESSES, condition="a.label is not null")
_URLS = replace(_ADDRESSES, condition="a.url is not null")


def _related(joined: str, mine: str, type_id: int) -> str:
    """The name of the customer at the other end of the latest live relationship of a type."""
    return f"""(
        select e.name from relationship r join customer e on e.id = r.{joined}
        where r.{mine} = c.id and r.type_id = {type_id} and {_LIVE} and e.removed_at is null order by +r.id desc limit 1
    )"""


def _interactions(function: str) -> str:
    return f"""(
        select {function} from interaction_party y join interaction i on i.id = y.interaction_id
        where y.customer_id = c.id and i.removed_at is null
    )"""


def _digits(text: str) -> str:
    """The digits alone, without the zeros of a national or international prefix."""
    return "".join(char for char in text if char in "0123456789").lstrip("0")


def _of_a_deal(state: State) -> State:
    """What is asked of a deal, as what is asked of the customer: any deal will do."""
    joins = " ".join(STAGE_JOINS[name] for name in state.joins if name in STAGE_JOINS)
    deals = f"select d.customer_id from {_DEALS} {joins} where d.removed_at is null and {state.sql}"
    return State(state.name, f"c.id in ({deals})", f"customers with a deal {state.help}")


_DEAL = Many(_DEALS, "d.customer_id", "c.id", "d.removed_at is null", "d.id")
_TAGS = Many("customer_tag k join tag t on t.id = k.tag_id", "k.customer_id", "c.id", order="t.name, t.id")

_WAY = Many(
    "passage w join stage ws on ws.id = w.stage_id join pipeline wl on wl.id = w.pipeline_id",
    "w.customer_id",
    "c.id",
    "w.ended_at is null",
    "w.pipeline_id",
)

_CONSENTS = Many(f"{STANDING} g", "g.customer_id", "c.id", order="g.id")

_OWN = (
    Field("id", "id", "c.id", "its number"),
    Field("uid", "text", "c.uid", "its identifier for exchange"),
    Field("name", "text", "c.name", "name", under="no_contact"),
    Field("kind", "text", "c.kind", "a person or an organisation", choices=tuple(CustomerKind)),
    Field("handle", "text", "c.handle", "the short name to type"),
    Field("email", "text", "p.value", "e-mail addresses, the primary one first", many=_contact("email")),
    Field("phone", "text", "p.value", "phones; digits anywhere in one find it", many=_contact("phone"), clean=_digits),
    Field("contact", "text", _LABELLED, "e-mails and phones, each with its label", many=_CONTACTS),
    Field("contact.label", "text", "p.label", "the labels of e-mails and phones: work, home", many=_LABELS),
    Field("labelled", "text", _LABELLED, "those of them that have a label, each with it", many=_LABELS),
    Field("address", "text", _POSTAL, "postal addresses, the primary one first", many=_ADDRESSES),
    Field("address.label", "text", "a.label", "the labels of addresses: office, linkedin", many=_ADDRESS_LABELS),
    Field("postal", "text", _PARTS, "the same in parts: label|street|postcode|city|region|country", many=_ADDRESSES),
    Field("web", "text", _LABELLED_URL, "addresses on the web, each with its label", many=_URLS),
    Field("url", "text", "a.url", "addresses on the web", many=_URLS),
    Field("employer", "text", _related("to_id", "from_id", 2), "the organisation a person works for"),
    Field("parent", "text", _related("from_id", "to_id", 8), "the organisation that this one belongs to"),
    Field("title", "text", "c.title", "job title"),
    Field("city", "text", "c.city", "city"),
    Field("country", "text", "c.country", "country"),
    Field("industry", "text", "c.industry", "industry"),
    Field("source", "text", "c.source", "where the customer came from"),
    Field("tag", "text", "t.name", "tags; +vip is short for tag=vip", many=_TAGS, choices_sql=TAGS, is_searched=True),
    Field("note", "text", "c.note", "note"),
    Field("do_not_contact", "boolean", "c.do_not_contact", "wants to be left alone"),
    mark("c"),
    Field("consent", "text", "g.value", "what they agreed to and have not withdrawn", many=_CONSENTS),
    Field("created", "instant", "c.created_at", "when the customer was added"),
    *calendar("created", "c.created_at", "the customer was added in"),
)

_TOLD = (
    Field("last", "instant", _interactions("max(i.occurred_at)"), "the last interaction"),
    Field("interactions", "integer", _interactions("count(*)"), "how many interactions there were"),
    Field("stage", "text", "ws.name", "where they stand in pipelines for customers", many=_WAY, choices_sql=STAGES),
    Field("pipeline", "text", "wl.name", "the pipelines for customers they are in", many=_WAY, choices_sql=PIPELINES),
    Field("deal", "text", "d.name", "deals", many=_DEAL),
    Field("deal.id", "id", "d.id", "the numbers of the deals", many=_DEAL),
    Field("deal.stage", "text", "s.name", "where any deal stands", many=_DEAL, choices_sql=STAGES),
    Field("deal.pipeline", "text", "l.name", "the pipeline of any deal", many=_DEAL, choices_sql=PIPELINES),
    Field(
        "deal.outcome", "text", "s.outcome", "whether any deal is open, won or lost", many=_DEAL, choices=tuple(Outcome)
    ),
    Field("deal.amount", "money", "d.amount", "the amount of any deal", many=_DEAL, currency="d.currency"),
    Field("deal.product", "text", "d.product", "the product of any deal", many=_DEAL),
    Field("deal.close", "date", "d.close_on", "the close date of any deal", many=_DEAL, leans_ahead=True),
    external("customer_id", "c.id"),
    removed("c.removed_at"),
    Field("merged_into", "id", "c.merged_into_id", "the customer that this one was merged into", lifts=True),
)

CUSTOMER = Entity(
    name="customer",
    plural="customers",
    source="customer c",
    key="c.id",
    joins={"o": OWNER_JOIN.format("c")},
    base="c.removed_at is null",
    fields=named(*_OWN, *OWNER, *_TOLD),
    columns=("id", "name", "kind", "email", "phone", "employer", "city", "tag", "no_contact"),
    exported=(
        *("id", "uid", "kind", "name", "handle", "email", "phone", "employer", "title", "city", "country"),
        *(
            "postal",
            "web",
            "industry",
            "source",
            "owner",
            "owner.email",
            "owner.manager",
            "owner.region",
            "tag",
            "note",
            "do_not_contact",
        ),
        *("created", "external", "labelled"),
    ),
    words=("name", "handle", "email", "phone", "title", "city", "tag", "note"),
    customers="id",
    states=(
        *map(_of_a_deal, DEAL_STATES),
        State("contactable", contactable("c"), "those who may be contacted"),
        State("restricted", restricted("c"), "those whose data are kept and not to be used"),
        State("removed", "c.removed_at is not null", "removed customers", lifts=True),
    ),
)

ENTITIES = {"customer": CUSTOMER}
