"""Values of another system that cannot be read: the record comes in without them, and keeps them as they were written."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation

from crmcli.core import normal
from crmcli.core.currency import currency, exponent
from crmcli.core.result import join_values, split_values
from crmcli.core.vocabulary import FieldType
from crmcli.errors import InvalidInput
from crmcli.exchange.source import Row, Source
from crmcli.services.importing import cells
from crmcli.services.importing.cells import Unclear
from crmcli.services.importing.columns import Columns
from crmcli.services.importing.work import Work

#: The custom field in which they are kept.
UNREAD = "unread"

_LONGEST = 500


@dataclass(slots=True)
class Leniency:
    """What may be unreadable in a row of `source`.

    `count` is how many rows held such values, `rounded` how many amounts had more decimals than their currency.
    """

    work: Work
    source: Source
    count: int = 0
    rounded: int = 0
    _reads: dict[str, Callable[[str], object]] = field(default_factory=dict)
    _pointed: Callable[[str], str] = str

    def __post_init__(self) -> None:
        region, columns = self.work.session.preferences.phone_region, Columns(self.work, self.source)
        self._pointed = columns.number("amount")
        self._reads = {
            "phone": cells.remembered(lambda text: normal.phone(text, region)),
            "email": normal.email,
            **{name: columns.day(name) for name, kind in self.source.custom_types.items() if kind is FieldType.DATE},
        }

    def eased(self, row: Row) -> Row:
        """The row, what it says that cannot be read as a text of its own."""
        values, unread = row.values, list[str]()
        if values.get("amount"):
            values["amount"] = self._amount(values["amount"], values.get("currency") or self.work.currency)
        for name in self._reads.keys() & values.keys():
            if values[name]:
                values[name] = join_values(self._taken(name, values[name], unread))
                if not values[name]:
                    del values[name]  # it is not blank, so that it clears nothing
        if not unread:
            return row.saying(values)
        self.count += 1
        return row.saying({**values, UNREAD: "; ".join(sorted(unread))[:_LONGEST]})

    def tell(self) -> None:
        """Say where the values are that could not be read."""
        if self.count:
            rows = "1 row keeps" if self.count == 1 else f"{self.count:,} rows keep"
            self.work.note(f"{self.source.file}: {rows} what cannot be read in the custom field {UNREAD}")

        if self.rounded:
            amounts = "1 amount" if self.rounded == 1 else f"{self.rounded:,} amounts"
            self.work.note(f"{self.source.file}: rounded {amounts} to the decimals of the currency")

    def _amount(self, text: str, code: str) -> str:
        """A number that a program wrote, `1.2E7` or `9225.225`, with as many decimals as the currency has.

        It keeps the decimal mark of its column, which is read as such later.
        """
        try:
            pointed = self._pointed(text)
            if not re.fullmatch(r"-?[0-9]+(?:\.[0-9]+)?(?:[eE]\+?[0-9]{1,2})?", pointed):
                return text
            number = Decimal(pointed)
            whole = number.quantize(Decimal(1).scaleb(-exponent(currency(code))), ROUND_HALF_EVEN)
        except Unclear:
            raise
        except (InvalidInput, InvalidOperation):  # whoever reads it says why it cannot be
            return text
        if whole == number and "e" not in text.lower():
            return text
        self.rounded += whole != number
        return f"{whole:f}" if pointed == text else f"{whole:f}".replace(".", ",")

    def _taken(self, name: str, text: str, unread: list[str]) -> Iterator[str]:
        """The values of the cell that can be read; dates as ISO writes them."""
        is_date = name not in ("phone", "email")
        for part in (text,) if is_date else _parts(text):
            try:
                found = self._reads[name](part)
            except Unclear:
                raise
            except InvalidInput:
                unread.append(f"{name} {part}")
            else:
                yield str(found) if is_date else part


def _parts(text: str) -> list[str]:
    parts = [part.strip() for value in split_values(text) for part in value.split(",")]
    return [part for part in parts if part]
