"""The amount of a deal as a row tells it."""

from crmcli.core import money
from crmcli.core.currency import currency
from crmcli.services.importing.cells import Reader, Values, remembered
from crmcli.services.importing.columns import Columns
from crmcli.services.importing.reading import Composed
from crmcli.services.importing.staging import Stage

#: What the temporary table needs for it: `coin` is the currency that the amount was read in.
COLUMNS = "amount integer, currency, coin"


def readers() -> dict[str, Reader]:
    return {"currency": remembered(currency)}


def composed(columns: Columns) -> dict[str, Composed]:
    """What reads the amount, in minor units, and the currency that it is in; None where the row has no amount."""
    work, pointed = columns.work, columns.number("amount")

    def split(values: Values) -> tuple[int | None, str | None]:
        text, said = values.get("amount", ""), values.get("currency", "")
        if not text:
            return None, None
        return money.split_amount(pointed(text), currency(said) if said else work.currency)

    return {"amount": lambda values: split(values)[0], "coin": lambda values: split(values)[1]}


def settle(stage: Stage) -> None:
    """The currency of an amount is the one that it was read in."""
    stage.work.bulk.run(f"update {stage.table} set currency = coin where coin is not null")
