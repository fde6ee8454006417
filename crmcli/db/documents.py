"""What of each kind of record `crm find` looks at, and which rows each of them is made from."""

from dataclasses import dataclass, replace

_CODE_BITS = 40


@dataclass(frozen=True, slots=True)
class Document:
    """The texts of a kind of record of `table`, as SQL over `source`, whose id is `key`; those that are `live` are found.

    `title` weighs most, `phones` are found by their digits, `pieces` hold the rest. `parents` are other tables whose
    rows belong to documents: the table, a column of it, and the SELECT of the ids for the values `x.link` of that. For
    the result: `label` names the record, `at` says when it was.
    """

    name: str
    plural: str
    code: int
    table: str
    source: str
    key: str
    live: str
    title: str
    pieces: tuple[str, ...]
    label: str
    at: str
    phones: str = "null"
    parents: tuple[tuple[str, str, str], ...] = ()

    @property
    def first(self) -> int:
        """What the row numbers of these documents stand above."""
        return self.code << _CODE_BITS

    def texts(self, *, some: bool) -> str:
        """The SELECT of id, title, phones and pieces of the live records, or of `some`, the JSON array `:ids`."""
        chosen = f"{self.key} in (select value from json_each(:ids)) and " if some else ""
        columns = ", ".join((self.key, self.title, self.phones, *self.pieces))
        return f"select {columns} from {self.source} where {chosen}{self.live}"

    def holding(self) -> str:
        """The SELECT of the ids of the live records that hold `:text` as it is typed, the latest first."""
        texts = " || ' ' || ".join(f"coalesce({each}, '')" for each in (self.title, self.phones, *self.pieces))
        held = f"{self.live} and instr({texts}, :text)"
        return f"select {self.key} from {self.source} where {held} order by {self.key} desc limit :most"

    def shown(self) -> str:
        """The SELECT of id, label, time, phones and pieces of the records `:ids`."""
        columns = ", ".join((self.key, self.label, self.at, self.phones, *self.pieces))
        return f"select {columns} from {self.source} where {self.key} in (select value from json_each(:ids))"


def _listed(sql: str) -> str:
    return f"(select group_concat(value, ' ') from ({sql}))"


def _contacts(kind: str) -> str:
    return _listed(
        f"select value from contact_point where customer_id = c.id and kind = '{kind}' order by position, id"
    )


def _custom(alias: str) -> str:
    """The texts among the custom fields."""
    texts = f"select atom as value from json_tree({alias}.custom) where type = 'text'"
    return f"case when {alias}.custom <> '{{}}' then {_listed(texts)} end"


_TAGS = _listed(
    "select t.name as value from customer_tag k join tag t on t.id = k.tag_id where k.customer_id = c.id order by t.name"
)
_ADDRESS = " || ".join(
    f"coalesce({part} || ' ', '')" for part in ("street", "postcode", "city", "region", "country", "url")
)
_ADDRESSES = _listed(f"select trim({_ADDRESS}) as value from address where customer_id = c.id order by position, id")
_EVENT_NOTES = _listed(
    "select e.note as value from passage p join stage_event e on e.passage_id = p.id "
    "where p.deal_id = d.id and e.note is not null order by e.id"
)
_PARTIES = """(select group_concat(name, ', ') from (
    select c.name from interaction_party y join customer c on c.id = y.customer_id
    where y.interaction_id = i.id order by y.id
))"""

_SAID = Document(
    name="",
    plural="",
    code=0,
    table="interaction",
    source="interaction i",
    key="i.id",
    live="i.removed_at is null",
    title="null",
    pieces=("i.text",),
    label=_PARTIES,
    at="i.occurred_at",
    parents=(("interaction_party", "interaction_id", "select link from x"),),
)

DOCUMENTS = (
    Document(
        name="customer",
        plural="customers",
        code=1,
        table="customer",
        source="customer c",
        key="c.id",
        live="c.removed_at is null",
        title="c.name",
        phones=_contacts("phone"),
        pieces=(
            *(_contacts("email"), "c.handle", "c.title", _TAGS, "c.city", "c.country", "c.industry", "c.source"),
            *(_ADDRESSES, "c.note", _custom("c")),
        ),
        label="c.name",
        at="c.created_at",
        parents=(
            ("contact_point", "customer_id", "select link from x"),
            ("address", "customer_id", "select link from x"),
            ("customer_tag", "customer_id", "select link from x"),
            ("tag", "id", "select k.customer_id from x join customer_tag k on k.tag_id = x.link"),
        ),
    ),
    Document(
        name="deal",
        plural="deals",
        code=2,
        table="deal",
        source="deal d left join customer c on c.id = d.customer_id",
        key="d.id",
        live="d.removed_at is null",
        title="d.name",
        pieces=("c.name", "d.product", "d.source", "d.lost_reason", "d.note", _EVENT_NOTES, _custom("d")),
        label="d.name",
        at="d.created_at",
        parents=(
            ("customer", "id", "select d.id from x join deal d on d.customer_id = x.link"),
            ("stage_event", "passage_id", "select p.deal_id from x join passage p on p.id = x.link"),
        ),
    ),
    replace(_SAID, name="interaction", plural="interactions", code=3, live=f"{_SAID.live} and i.channel <> 'note'"),
    replace(_SAID, name="note", plural="notes", code=4, live=f"{_SAID.live} and i.channel = 'note'"),
    Document(
        name="relationship",
        plural="relationships",
        code=5,
        table="relationship",
        source="relationship r join customer f on f.id = r.from_id join customer t on t.id = r.to_id "
        "join relation_type y on y.id = r.type_id",
        key="r.id",
        live="r.removed_at is null and r.note is not null",
        title="null",
        pieces=("r.note",),
        label="f.name || ' ' || y.name || ' ' || t.name",
        at="r.created_at",
    ),
    Document(
        name="task",
        plural="tasks",
        code=6,
        table="task",
        source="task k left join deal d on d.id = k.deal_id "
        "left join customer c on c.id = coalesce(k.customer_id, d.customer_id)",
        key="k.id",
        live="k.removed_at is null",
        title="k.text",
        pieces=("c.name", "d.name"),
        label="k.text",
        at="coalesce(k.due_at, k.created_at)",
        parents=(
            ("customer", "id", "select k.id from x join task k on k.customer_id = x.link"),
            (
                "customer",
                "id",
                "select k.id from x join deal d on d.customer_id = x.link join task k on k.deal_id = d.id",
            ),
            ("deal", "id", "select k.id from x join task k on k.deal_id = x.link"),
        ),
    ),
)
