"""What the file says about the world it lives in, changed."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo, available_timezones

from sqlmodel import select

from crmcli.core import normal
from crmcli.core.change import Change
from crmcli.core.currency import currency as known_currency
from crmcli.core.vocabulary import DateOrder
from crmcli.core.wording import did_you_mean, shown
from crmcli.db.writing import Writer
from crmcli.errors import InvalidInput
from crmcli.models.setting import Setting


@dataclass(frozen=True, slots=True)
class Wanted:
    """The preferences to keep, as typed; None leaves one as it is."""

    currency: str | None = None
    phone_region: str | None = None
    zone: str | None = None
    date_order: DateOrder | None = None


def change(session: Writer, wanted: Wanted, *, is_new: bool = False) -> Change:
    """Keep the preferences that are given. Raises InvalidInput."""
    there = {setting.key: setting for setting in session.exec(select(Setting))}
    changed = []
    for key, value in _checked(wanted).items():
        if value is None or (key in there and there[key].value == value):
            continue
        if key in there:
            there[key].value = value
        else:
            session.add(Setting(key=key, value=value))
        changed.append(f"{key.replace('_', ' ')} {value}")
    if changed:
        sentence = f"the file now says: {', '.join(changed)}"
    else:
        sentence = "the file is ready" if is_new else "the file is there already; nothing changed"
    return Change((), sentence, "crm customer add NAME")


def _checked(wanted: Wanted) -> dict[str, str | None]:
    return {
        "currency": known_currency(wanted.currency) if wanted.currency else None,
        "phone_region": normal.phone_region(wanted.phone_region) if wanted.phone_region else None,
        "zone": _zone(wanted.zone) if wanted.zone else None,
        "date_order": wanted.date_order.value if wanted.date_order else None,
    }


def _zone(text: str) -> str:
    if text not in available_timezones():
        meant = did_you_mean(text, sorted(available_timezones()))
        raise InvalidInput(f"zone {shown(text)} is not known{meant}", hint="an IANA name: Europe/Berlin")
    return ZoneInfo(text).key
