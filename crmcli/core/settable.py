"""Which fields of a record `--set` takes, besides those of the user's own: what TAB offers, and what is read."""

from collections.abc import Mapping

SETTABLE: Mapping[str, tuple[str, ...]] = {
    "customer": (
        *("name", "kind", "title", "city", "country", "industry", "source", "note", "do_not_contact"),
        *("owner", "employer", "email", "phone", "tag"),
    ),
    "deal": (
        *("name", "source", "product", "note", "lost_reason", "amount", "currency", "close", "owner"),
        "customer",
    ),
    "interaction": ("text", "channel", "direction", "at", "duration", "deal"),
    "owner": ("name", "email", "manager", "region", "me"),
    "pipeline": ("name", "default"),
    "relationship": ("since", "until", "strength", "note"),
    "stage": ("name", "outcome", "probability", "category", "rot_days", "required"),
    "task": ("text", "customer", "deal", "due", "every", "priority", "owner"),
}
