"""What the file says about the world it lives in."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from crmcli.core.vocabulary import DateOrder

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True)
class Preferences:
    """Kept in the file, so that the same file gives the same bytes on any machine.

    `zone` is an IANA name, `phone_region` an ISO 3166 code or None (then phones need their `+` and country),
    `currency` the ISO 4217 code of an amount given without one.
    """

    zone: str = "UTC"
    phone_region: str | None = None
    currency: str = "EUR"
    date_order: DateOrder = DateOrder.UNKNOWN

    @property
    def tz(self) -> "ZoneInfo":
        from zoneinfo import ZoneInfo

        return ZoneInfo(self.zone)
