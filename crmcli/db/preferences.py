"""What the file says about the world it lives in."""

from crmcli.core.preferences import Preferences
from crmcli.core.vocabulary import DateOrder
from crmcli.db.reader import Reader


def load(db: Reader) -> Preferences:
    """The preferences of the file; what it does not say is as in a new one."""
    said: dict[str, str] = dict(db.rows("select key, value from setting"))
    usual = Preferences()
    return Preferences(
        zone=said.get("zone", usual.zone),
        phone_region=said.get("phone_region"),
        currency=said.get("currency", usual.currency),
        date_order=DateOrder(said.get("date_order", usual.date_order)),
    )
