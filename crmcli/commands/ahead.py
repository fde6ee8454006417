"""What a command loads before it locks the file: whoever waits for the file waits for no import."""

from collections.abc import Sequence
from importlib import import_module

#: The service of each command that writes by models, by the first words of what one types.
_SERVICES = {
    "cadence": "cadences",
    "customer": "customers",
    "customer address": "addresses",
    "customer leave": "customerstages",
    "customer move": "customerstages",
    "customer merge": "merging",
    "deal": "deals",
    "deal overdue": "followups",
    "deal rotten": "followups",
    "deal stalled": "followups",
    "deal zombies": "followups",
    "demo": "demo",
    "doctor": "repair",
    "field": "fields",
    "init": "preferences",
    "interaction": "interactions",
    "log": "interactions",
    "owner": "ownership",
    "pipeline": "pipelines",
    "graph weigh": "weights",
    "privacy consent": "consents",
    "privacy erase": "erasing",
    "privacy readmit": "readmission",
    "privacy restrict": "consents",
    "privacy retention": "retention",
    "quota": "quotas",
    "redo": "operations",
    "referral": "referrals",
    "relation": "relationships",
    "relation type": "relationtypes",
    "segment": "segments",
    "stage": "stages",
    "tag": "tags",
    "task": "tasks",
    "undo": "operations",
}


#: Those that make an owner when a new one is named.
_NAMING_OWNERS = {f"{noun} {verb}" for noun in ("customer", "deal", "task") for verb in ("add", "edit")}
_NAMING_OWNERS |= {"quota set", "demo"}


def load(words: Sequence[str]) -> None:
    """Import the service of the command that begins with `words`; nothing, where there is none."""
    for count in (1, 2):
        path = " ".join(words[:count])
        if path in _SERVICES:
            import_module(f"crmcli.services.{_SERVICES[path]}")
        if path in _NAMING_OWNERS:
            import_module("crmcli.models.owner")
