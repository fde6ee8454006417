"""The lines under a forecast: the figures of each currency, what was left out and why, and the formulas."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from crmcli.core.days import Period
from crmcli.core.money import Money
from crmcli.core.spread import DRAWS
from crmcli.core.vocabulary import Category
from crmcli.core.wording import counted, percent
from crmcli.reports.chances import FORMULA, Chance
from crmcli.reports.quotas import Quotas
from crmcli.reports.standing import Standing

if TYPE_CHECKING:
    from crmcli.reports.forecast import Line

FORMULAS = (
    "weighted = closed + the sum of amount × chance over the open deals; cumulative adds the categories before; lost deals "
    "count nowhere",
    f"P10, P50, P90: with so many per cent at most this is won, where deals are won or not independently of each other; "
    f"exactly, or by {DRAWS:,} draws with a fixed seed where there are too many sums",
    "coverage = open ÷ (quota − closed)",
)


@dataclass(slots=True)
class LeftOut:
    """Open deals that no figure holds, and what is missing of those that the figures hold."""

    undated: int = 0
    before: int = 0
    later: int = 0
    omitted: int = 0
    unpriced: int = 0
    unknown: int = 0
    overdue: int = 0

    def takes(self, close_on: str | None, chance: Chance, first: str, behind: str) -> bool:
        """Whether an open deal is left out, and if so count it."""
        if chance.category == Category.OMITTED:
            self.omitted += 1
        elif close_on is None:
            self.undated += 1
        elif close_on < first:
            self.before += 1
        elif close_on >= behind:
            self.later += 1
        else:
            return False
        return True


def notes(totals: "Sequence[Line]", left: LeftOut, deals: Standing, days: Period, goals: Quotas) -> Iterator[str]:
    """The period, a line for each currency, then what the figures do not hold."""
    yield f"deals won, or open and expected to close, from {days.start} to {days.last}; --explain says how it is reckoned"
    for total in totals:
        yield _total(total, is_summed=total.currency in goals.summed)
    yield from deals.past.notes
    if deals.past.is_asked and any(total.quota is not None for total in totals):
        yield "quotas as they are set now"
    yield from _left(left)


def _total(line: "Line", *, is_summed: bool) -> str:
    how = "exact" if line.is_exact else f"{DRAWS:,} draws"
    said = (
        f"{line.currency}: weighted {_bare(line.weighted)} = {_bare(line.closed)} closed + "
        f"{_bare(Money(line.weighted.amount - line.closed.amount, line.currency))} of {_bare(line.open)} open; "
        f"P10 {_bare(line.p10)}, P50 {_bare(line.p50)}, P90 {_bare(line.p90)} ({how})"
    )
    if line.quota is None:
        return said
    gap = line.quota.amount - line.closed.amount
    covered = f"{_bare(Money(gap, line.currency))} to go, coverage {line.coverage:.2f}" if gap > 0 else "reached"
    return f"{said}; quota {_bare(line.quota)}{' of the owners together' if is_summed else ''}, {covered}"


def _bare(amount: Money) -> str:
    return str(amount).removesuffix(f" {amount.currency}")


def _left(left: LeftOut) -> Iterator[str]:
    out = {
        "expected to close earlier": left.before,
        "expected later": left.later,
        "without a close date": left.undated,
        "in stages left out of the forecast": left.omitted,
    }
    said = [f"{counted(count, 'open deal')} {why}" for why, count in out.items() if count]
    if said:
        yield f"left out: {', '.join(said)}"
    if left.overdue:
        yield f"{counted(left.overdue, 'open deal')} of these past the close date: crm deal list is:overdue"
    if left.unpriced:
        yield f"without an amount, counted as 0: {counted(left.unpriced, 'deal')}"
    if left.unknown:
        yield f"of a stage without a probability, in a pipeline where no deal has closed, weighted as 0: {counted(left.unknown, 'deal')}"


def explained(known: Iterable[Chance]) -> Iterator[str]:
    """The formulas, then the chance of each stage and what it comes from."""
    yield from FORMULAS
    yield FORMULA
    for chance in known:
        p = "none" if chance.p is None else percent(float(chance.p))
        of = f"{chance.won:,} won of {chance.closed:,} closed" if chance.source == "history" else chance.source
        yield f"{chance.pipeline} › {chance.stage}: {p} ({of}), {chance.category}"
