"""What the file says about the world it lives in, changed."""

from zoneinfo import ZoneInfo, available_timezones

from sqlmodel import select

from crmcli.core import normal
from crmcli.core.currency import currency as known_currency
from crmcli.core.result import Change
from crmcli.core.vocabulary import DateOrder
from crmcli.core.wording import did_you_mean, shown
from crmcli.db.writing import Writer
from crmcli.errors import InvalidInput
from crmcli.models.setting import Setting


def change(
    session: Writer,
    *,
    currency: str | None = None,
    phone_region: str | None = None,
    zone: str | None = None,
    date_order: DateOrder | None = None,
    is_new: bool = False,
) -> Change:
    """Keep the preferences that are given. Raises InvalidInput."""
    wanted = {
        "currency": known_currency(currency) if currency else None,
        "phone_region": normal.phone_region(phone_region) if phone_region else None,
        "zone": _zone(zone) if zone else None,
        "date_order": date_order.value if date_order else None,
    }
    there = {setting.key: setting for setting in session.exec(select(Setting))}
    changed = []
    for key, value in wanted.items():
        if value is None or (key in there and there[key].value == value):
            continue
        if key in there:
            there[key].value = value
        else:
            session.add(Setting(key=key, value=value))
        changed.append(f"{key.replace('_', ' ')} {value}")
    if changed:
        return Change((), f"the file now says: {', '.join(changed)}", "crm customer add NAME")
    return Change(
        (), "the file is ready" if is_new else "the file is there already; nothing changed", "crm customer add NAME"
    )


def _zone(text: str) -> str:
    if text not in available_timezones():
        meant = did_you_mean(text, sorted(available_timezones()))
        raise InvalidInput(f"zone {shown(text)} is not known{meant}", hint="an IANA name: Europe/Berlin")
    return ZoneInfo(text).key
