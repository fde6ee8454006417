"""Why deals are lost: the reasons by how many and how much, as a Pareto, of all or of each stage, owner or other field."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from crmcli.core.currency import currency
from crmcli.core.money import Money
from crmcli.core.result import Column, Report, Table
from crmcli.core.statistics import share, win_rate
from crmcli.core.vocabulary import Outcome
from crmcli.core.wording import counted, did_you_mean, percent
from crmcli.db.reader import Reader, Row
from crmcli.errors import InvalidInput
from crmcli.query.comparison import Moment
from crmcli.query.entities import entity
from crmcli.query.fields import Entity, Field
from crmcli.query.past import past
from crmcli.query.sql import clock, select, where
from crmcli.query.syntax import unordered

_NONE = "(none)"
_MOST_NOTES = 12

#: How people call what they group by most.
ALIASES = {
    **dict.fromkeys(("stage", "lost_in"), "closed_from"),
    "month": "closed.month",
    "quarter": "closed.quarter",
    "industry": "customer.industry",
}

_COLUMNS = (
    Column("group"),
    Column("reason"),
    Column("deals", "integer", bar=True),
    Column("share", "rate"),
    Column("cumulative", "rate", "Cumu\u00adlative"),
    Column("amount", "money"),
    Column("currency", is_hidden=True),
    Column("amount_share", "rate", "of value"),
    Column("amount_cumulative", "rate", "Cumu\u00adlative"),
    Column("group_won", "integer", is_hidden=True),
    Column("group_lost", "integer", is_hidden=True),
    Column("group_win_rate", "rate", is_hidden=True),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """Which deals, by which field if any, in which currency if in one; `by_value` puts the largest amount first.

    The dates are texts.
    """

    words: Sequence[str] = ()
    by: str | None = None
    currency: str | None = None
    by_value: bool = False
    as_of: str | None = None
    known_at: str | None = None


@dataclass(slots=True)
class _Sum:
    deals: int = 0
    amount: int = 0
    priced: int = 0

    def add(self, deals: int, amount: int | None, priced: int) -> None:
        self.deals, self.amount, self.priced = self.deals + deals, self.amount + (amount or 0), self.priced + priced


@dataclass(slots=True)
class _Group:
    """The lost deals of a group by reason, None for none; and how many were won."""

    label: str | None
    reasons: dict[str | None, _Sum] = field(default_factory=lambda: defaultdict(_Sum))
    won: int = 0

    @property
    def lost(self) -> int:
        return sum(each.deals for each in self.reasons.values())

    @property
    def amount(self) -> int:
        return sum(each.amount for each in self.reasons.values())


@dataclass(slots=True)
class _Found:
    """The closed deals in their groups; `others` are those in a currency that is not asked for."""

    groups: dict[object, _Group] = field(default_factory=dict)
    won: _Sum = field(default_factory=_Sum)
    currencies: set[str] = field(default_factory=set)
    others: int = 0

    @property
    def ordered(self) -> list[_Group]:
        """Those with the most lost deals first."""
        return sorted(self.groups.values(), key=lambda group: (-group.lost, group.label is None, group.label or ""))

    @property
    def lost(self) -> int:
        return sum(group.lost for group in self.groups.values())

    @property
    def amount(self) -> int:
        return sum(group.amount for group in self.groups.values())

    @property
    def reasonless(self) -> int:
        return sum(group.reasons[None].deals for group in self.groups.values() if None in group.reasons)


def winloss(db: Reader, asked: Asked, *, moment: Moment) -> Report:
    """The reasons of the lost deals that are asked for, the most frequent first; the shares are of the lost in a group.

    "(none)" is a reason too. Raises InvalidInput.
    """
    then, moment = past(db, moment, as_of=asked.as_of, known_at=asked.known_at)
    deals = then.of(entity("deal", db))
    by = _field(deals, asked.by) if asked.by else None
    code = currency(asked.currency) if asked.currency else None
    statement, parameters = _statement(deals, asked, by, moment)
    found = _found(db.rows(statement, {**parameters, **then.parameters}), by, code)
    if code is None and len(found.currencies) == 1:
        code = next(iter(found.currencies))
    rows = [row for group in found.ordered for row in _pareto(group, code, by_value=asked.by_value)]
    columns = [column for column in _COLUMNS if by is not None or not column.name.startswith("group")]
    places = [_COLUMNS.index(column) for column in columns]
    table = Table(
        columns,
        [[row[place] for place in places] for row in rows],
        groups="group" if by else None,
        empty="no deal was lost",
    )
    told = {"query": " ".join(asked.words) or None, "by": by.name if by else None, "currency": code, **then.said}
    return Report("winloss", told, _summary(found, code), table, (*_notes(asked, found), *then.notes))


def _summary(found: _Found, code: str | None) -> dict[str, object]:
    return {
        "won": found.won.deals,
        "lost": found.lost,
        "win_rate": win_rate(found.won.deals, found.lost),
        "won_amount": Money(found.won.amount, code) if code else None,
        "lost_amount": Money(found.amount, code) if code else None,
        "currency": code,
        "without_reason": found.reasonless,
    }


def _found(rows: Iterable[Row], by: Field | None, code: str | None) -> _Found:
    found = _Found()
    for value, _, reason, outcome, money, count, amount, priced in rows:
        if code and money != code:
            found.others += count
            continue
        group = found.groups.setdefault(value, _Group(_label(by, value)))
        if outcome == Outcome.WON:
            group.won += count
            found.won.add(count, amount, priced)
        else:
            group.reasons[reason].add(count, amount, priced)
        if priced:
            found.currencies.add(money)
    return found


def _statement(deals: Entity, asked: Asked, by: Field | None, moment: Moment) -> tuple[str, dict[str, object]]:
    """The SELECT of group, folded reason, reason, outcome, currency, deals, amount, deals with an amount; and its parameters."""
    condition = where(unordered(asked.words), deals, moment=moment)
    value = by.sql if by else "null"
    reason = "case s.outcome when 'lost' then d.lost_reason end"
    amount, code = deals.fields["amount"].sql, deals.fields["currency"].sql
    expressions = (
        f"{value} as grp, fold({reason}) as folded, min({reason}), s.outcome as outcome, {code} as code, count(*), "
        f"sum({amount}), count({amount})"
    )
    joins = {"g", "s", *(by.joins if by else ())}
    statement = select(deals, [expressions], condition, joins=joins)
    statement += " and s.outcome <> 'open' group by grp, folded, outcome, code order by grp, folded, outcome, code"
    return statement, condition.parameters | clock(statement, moment)


def _field(deals: Entity, name: str) -> Field:
    found = deals.find(ALIASES.get(name.casefold(), name))
    if found is None:
        near = did_you_mean(name, (*ALIASES, *deals.fields))
        raise InvalidInput(f"cannot group by unknown field {name!r}{near}", hint="crm help columns deal lists them")
    if found.many is not None or found.kind == "money":
        raise InvalidInput(f"cannot group by {found.name!r}", hint="by stage, owner, product or another single value")
    return found


def _label(by: Field | None, value: object) -> str | None:
    if by is None:
        return None
    if value is None:
        return _NONE
    return ("yes" if value else "no") if by.kind == "boolean" else str(value)


def _pareto(group: _Group, code: str | None, *, by_value: bool) -> Iterator[tuple[object, ...]]:
    """The reasons of a group with their shares, and these added up."""

    def rank(item: tuple[str | None, _Sum]) -> tuple[float, float, bool, str]:
        reason, told = item
        first, second = (told.amount, told.deals) if by_value else (told.deals, told.amount)
        return -first, -second, reason is None, reason or ""

    lost, worth = group.lost, group.amount
    deals = amount = 0
    for reason, told in sorted(group.reasons.items(), key=rank):
        deals, amount = deals + told.deals, amount + told.amount
        yield (
            group.label,
            reason or _NONE,
            told.deals,
            share(told.deals, lost),
            share(deals, lost),
            Money(told.amount, code) if code else None,
            code,
            share(told.amount, worth) if code else None,
            share(amount, worth) if code else None,
            group.won,
            lost,
            win_rate(group.won, lost),
        )


def _notes(asked: Asked, found: _Found) -> Iterator[str]:
    groups, won, lost = found.ordered, found.won.deals, found.lost
    reasonless, currencies, others = found.reasonless, found.currencies, found.others
    rate = win_rate(won, lost)
    closed = counted(won + lost, "closed deal")
    yield f"{closed}: {won:,} won, {lost:,} lost" + (f", win rate {percent(rate)}" if rate is not None else "")
    if asked.by:
        for group in groups[:_MOST_NOTES]:
            if (own := win_rate(group.won, group.lost)) is not None:
                yield f"{group.label}: {group.won:,} of {group.won + group.lost:,} won, {percent(own)}"
        if len(groups) > _MOST_NOTES:
            yield f"and {len(groups) - _MOST_NOTES:,} groups more: -f json has them"
    if reasonless:
        yield f"{counted(reasonless, 'lost deal')} without a reason: crm deal edit REF --set lost_reason=TEXT"
    if asked.currency is None and len(currencies) > 1:
        yield f"no amounts, because there are several currencies ({', '.join(sorted(currencies))}); --currency picks one"
    if others:
        yield f"left out: {counted(others, 'deal')} in other currencies"
    unpriced = sum(told.deals - told.priced for group in groups for told in group.reasons.values())
    if unpriced:
        yield f"the amounts leave out {counted(unpriced, 'lost deal')} without one"
