"""How often something comes again: `2w`, `every 3 days`, `monthly`."""

import re
from dataclasses import dataclass
from datetime import date

from crmcli.core.days import Unit, moved
from crmcli.core.steps import DayStep, step
from crmcli.core.wording import shown
from crmcli.errors import InvalidInput

_MOST = 999
_WORDS = {"daily": "day", "weekly": "week", "monthly": "month", "quarterly": "quarter", "yearly": "year"}
_DAYS: dict[Unit, int] = {"day": 1, "week": 7, "month": 30, "quarter": 91, "year": 365}


@dataclass(frozen=True, slots=True)
class Repeat:
    """So many units; its text is `2w`."""

    count: int
    unit: Unit

    def __str__(self) -> str:
        return f"{self.count}{self.unit[0]}"

    @property
    def days(self) -> int:
        """About as many days: a month has 30, a quarter 91, a year 365."""
        return self.count * _DAYS[self.unit]

    def after(self, start: date, day: date) -> date:
        """The first of `start` plus one, two, three … times this that lies behind `day`.

        Counted from `start`, so that the last day of a month stays the last: 31 January, 28 February, 31 March.
        """
        times = 1
        if self.unit in ("day", "week"):
            times = max(1, (day - start).days // self.days + 1)
        while (found := moved(start, self.unit, times * self.count)) <= day:
            times += 1
        return found


def repeat(text: str, *, name: str = "every") -> Repeat:
    """The Repeat that a person writes. Raises InvalidInput."""
    term = re.sub("^every ", "", " ".join(text.lower().split()))
    term = _WORDS.get(term, term)
    found = step(term if re.match("[0-9]", term) else f"1 {term}", "future")
    if not isinstance(found, DayStep) or not 1 <= found.size <= _MOST:
        raise InvalidInput(f"{name} {shown(text)} is not understood; try 3d, 2w, 1m, 1q or 1y (1 to {_MOST} of them)")
    return Repeat(found.size, found.unit)
