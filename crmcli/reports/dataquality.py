"""How good the data are: rules of five dimensions, how many records pass each, and which do not."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from crmcli.core.result import Column, Report, Table
from crmcli.core.vocabulary import CustomerKind
from crmcli.core.wording import did_you_mean, percent, shown
from crmcli.db.reader import Reader
from crmcli.errors import NotFound
from crmcli.query.comparison import Moment
from crmcli.reports import dupes, stale
from crmcli.reports.quality import EXPECTED

_COLUMNS = (
    Column("dimension"),
    Column("rule"),
    Column("says", heading="What holds"),
    Column("records", "integer"),
    Column("failed", "integer"),
    Column("pass_rate", "rate", "Pass"),
    Column("next", is_hidden=True),
)
_FAILING = (Column("entity"), Column("id", "id"), Column("name"), Column("next"))

_CUSTOMERS = "customer c where c.removed_at is null"
_DEALS = """
    deal d join passage g on g.deal_id = d.id and g.ended_at is null join stage s on s.id = g.stage_id
    where d.removed_at is null
"""
_POINT = "exists (select 1 from contact_point p where p.customer_id = c.id and p.kind = '{}')"
_PLACE = "(c.{0} is not null or exists (select 1 from address a where a.customer_id = c.id and a.{0} is not null))"
_EMPLOYED = "exists (select 1 from relationship r where r.from_id = c.id and r.type_id = 2 and r.removed_at is null and r.until is null)"

#: The SQL that a customer has a field.
_HAS: Mapping[str, str] = {
    "email": _POINT.format("email"),
    "phone": _POINT.format("phone"),
    "employer": _EMPLOYED,
    "city": _PLACE.format("city"),
    "country": _PLACE.format("country"),
    "owner": "c.owner_id is not null",
    **{name: f"c.{name} is not null" for name in ("title", "industry", "source")},
}


@dataclass(frozen=True, slots=True)
class Rule:
    """`passes` is the SQL of what holds for a record of `records`, a FROM with its conditions; `alias` is its table's."""

    name: str
    dimension: str
    says: str
    entity: str
    records: str
    passes: str

    @property
    def alias(self) -> str:
        return "c" if self.entity == "customer" else "d"


def _complete() -> Iterator[Rule]:
    for name, has in _HAS.items():
        kinds = [kind for kind in CustomerKind if name in EXPECTED[kind]]
        of = f" and c.kind = '{kinds[0]}'" if len(kinds) == 1 else ""
        who = f"a {kinds[0]}" if len(kinds) == 1 else "a customer"
        who = who.replace("a organ", "an organ")
        yield Rule(f"customer.{name}", "completeness", f"{who} has {name}", "customer", f"{_CUSTOMERS}{of}", has)


_BAD_EMAIL = "p.kind = 'email' and p.value not like '%_@_%'"
_BAD_PHONE = "p.kind = 'phone' and p.value not glob '+[0-9][0-9][0-9]*'"
_BAD_CHOICE = """
    select 1 from json_each(c.custom) said join field f on f.entity = 'customer' and f.name = said.key where
        (f.type = 'choice' and said.value not in (select value from json_each(f.choices)))
        or (f.type = 'date' and date(said.value) is null)
"""
_CLOSED = f"{_DEALS} and s.outcome <> 'open'"
_OPEN = f"{_DEALS} and s.outcome = 'open'"

RULES: Sequence[Rule] = (
    *_complete(),
    Rule("deal.customer", "completeness", "a deal has a customer", "deal", _DEALS, "d.customer_id is not null"),
    Rule("deal.amount", "completeness", "an open deal has an amount", "deal", _OPEN, "d.amount is not null"),
    Rule("deal.close", "completeness", "an open deal has a close date", "deal", _OPEN, "d.close_on is not null"),
    Rule("name", "validity", "a name is no address", "customer", _CUSTOMERS, "instr(c.name, '@') = 0"),
    Rule(
        "contact",
        "validity",
        "contacts are in their form",
        "customer",
        _CUSTOMERS,
        f"not exists (select 1 from contact_point p where p.customer_id = c.id and (({_BAD_EMAIL}) or ({_BAD_PHONE})))",
    ),
    Rule("field", "validity", "choices and dates are valid", "customer", _CUSTOMERS, f"not exists ({_BAD_CHOICE})"),
    Rule("created", "validity", "nobody was added in the future", "customer", _CUSTOMERS, "c.created_at <= :now"),
    Rule("duplicate", "uniqueness", "nobody is there twice", "customer", _CUSTOMERS, "true"),  # see _twice
    Rule(
        "stale",
        "timeliness",
        f"heard from or corrected in {stale.USUAL} days",
        "customer",
        f"({stale.SIGNS}) c where true",
        "max(coalesce(c.heard, ''), c.changed) >= :since",
    ),
    Rule(
        "overdue",
        "timeliness",
        "an open deal closes in the future",
        "deal",
        f"{_OPEN} and d.close_on is not null",
        "d.close_on >= :today",
    ),
    Rule("closed", "consistency", "a closed deal has a closing date", "deal", _CLOSED, "d.closed_at is not null"),
    Rule("open", "consistency", "an open deal has none", "deal", _OPEN, "d.closed_at is null"),
    Rule(
        "amount",
        "consistency",
        "no amount is below zero",
        "deal",
        f"{_DEALS} and d.amount is not null",
        "d.amount >= 0",
    ),
    Rule(
        "order",
        "consistency",
        "a deal closes after it was made",
        "deal",
        f"{_CLOSED} and d.closed_at is not null and d.created_at is not null",
        "d.closed_at >= d.created_at",
    ),
)
_DUPLICATE = "duplicate"


def report(db: Reader, *, moment: Moment) -> Report:
    """The rules, how many records each is about and how many fail it; the score is the mean of the pass rates."""
    known = _known(moment)
    rows = []
    for rule in RULES:
        count, passed = db.row(f"select count(*), coalesce(sum({rule.passes}), 0) from {rule.records}", known) or (0, 0)
        failed = len(_twice(db)) if rule.name == _DUPLICATE else count - passed
        rate = (count - failed) / count if count else None
        rows.append((rule.dimension, rule.name, rule.says, count, failed, rate, _way(rule, failed)))
    rates = [rate for *_, rate, _ in rows if rate is not None]
    summary = {"score": sum(rates) / len(rates) if rates else None, "failing": sum(row[4] > 0 for row in rows)}
    notes = [] if summary["score"] is None else [f"score {percent(summary['score'])}: the mean of the pass rates"]
    if summary["failing"]:
        notes.append("crm data quality RULE lists the records that fail it")
    return Report("quality", {}, summary, Table(_COLUMNS, rows, groups="dimension"), notes=tuple(notes))


def failing(db: Reader, name: str, *, moment: Moment, limit: int | None = None) -> Report:
    """The records that fail a rule, by id. Raises NotFound."""
    rule = next((each for each in RULES if each.name == name), None)
    if rule is None:
        names = [each.name for each in RULES]
        raise NotFound(f"no rule {shown(name)}{did_you_mean(name, names)}", hint=f"one of {', '.join(names)}")
    fails = (
        f"{rule.alias}.id in (select value from json_each(:twice))" if name == _DUPLICATE else f"not ({rule.passes})"
    )
    known = _known(moment) | ({"twice": str(sorted(_twice(db)))} if name == _DUPLICATE else {})
    where = f"from {rule.records} and {fails}"
    found = db.rows(
        f"select {rule.alias}.id, {rule.alias}.name {where} order by 1 limit :most",
        known,
        most=-1 if limit is None else limit,
    )
    rows = [(rule.entity, number, called, _mend(rule, number)) for number, called in found]
    count = int(db.value(f"select count(*) {where}", known))
    table = Table(_FAILING, rows, total=count, empty=f"all pass: {rule.says}")
    return Report("quality_rule", {"rule": name, "says": rule.says}, {"failed": count}, table)


def _known(moment: Moment) -> dict[str, object]:
    return moment.parameters | {"since": stale.since(moment, stale.USUAL)}


def _twice(db: Reader) -> set[int]:
    """Those who look like another."""
    return {number for _, one, other, _ in dupes.likely(db) for number in (one, other)}


def _way(rule: Rule, failed: int) -> str | None:
    return f"crm data quality {rule.name}" if failed else None


def _mend(rule: Rule, number: int) -> str:
    if rule.name == _DUPLICATE:
        return f"crm dupes id:{number}"
    if rule.dimension == "completeness":
        field = rule.name.partition(".")[2]
        return f"crm {rule.entity} edit {number} --set {field}=…"
    return f"crm {rule.entity} show {number}"
