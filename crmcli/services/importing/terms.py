"""The terms of a deal as a row tells them."""

from crmcli.core import money
from crmcli.core.currency import currency
from crmcli.services.importing.cells import Values
from crmcli.services.importing.staging import Composed
from crmcli.services.importing.work import Work


def amount(work: Work) -> dict[str, Composed]:
    """What reads the amount of a row, in minor units, and its currency; None where the row says nothing of it."""

    def split(values: Values) -> tuple[int | None, str | None]:
        text, said = values.get("amount", ""), values.get("currency", "")
        code = currency(said) if said else work.currency
        return money.split_amount(text, code) if text else (None, code if said else None)

    return {"amount": lambda values: split(values)[0], "currency": lambda values: split(values)[1]}
