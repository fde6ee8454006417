"""The amount of a deal as a row tells it."""

from crmcli.core import money
from crmcli.core.currency import currency
from crmcli.services.importing.cells import Reader, Values, remembered
from crmcli.services.importing.reading import Composed
from crmcli.services.importing.staging import Stage
from crmcli.services.importing.work import Work

#: What the temporary table needs for it: `coin` is the currency that the amount was read in.
COLUMNS = "amount integer, currency, coin"


def readers() -> dict[str, Reader]:
    return {"currency": remembered(currency)}


def composed(work: Work) -> dict[str, Composed]:
    """What reads the amount, in minor units, and the currency that it is in; None where the row has no amount."""

    def split(values: Values) -> tuple[int | None, str | None]:
        text, said = values.get("amount", ""), values.get("currency", "")
        if not text:
            return None, None
        return money.split_amount(text, currency(said) if said else work.currency)

    return {"amount": lambda values: split(values)[0], "coin": lambda values: split(values)[1]}


def settle(stage: Stage) -> None:
    """The currency of an amount is the one that it was read in."""
    stage.work.bulk.run(f"update {stage.table} set currency = coin where coin is not null")
