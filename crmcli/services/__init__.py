"""What the CRM does, one module per area. `services.customers` is imported when it is first named."""

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crmcli.services import addresses as addresses
    from crmcli.services import backups as backups
    from crmcli.services import cadences as cadences
    from crmcli.services import consents as consents
    from crmcli.services import contacts as contacts
    from crmcli.services import customers as customers
    from crmcli.services import customerstages as customerstages
    from crmcli.services import deals as deals
    from crmcli.services import demo as demo
    from crmcli.services import encryption as encryption
    from crmcli.services import erasedkeys as erasedkeys
    from crmcli.services import erasing as erasing
    from crmcli.services import fields as fields
    from crmcli.services import followups as followups
    from crmcli.services import importing as importing
    from crmcli.services import interactions as interactions
    from crmcli.services import merging as merging
    from crmcli.services import operations as operations
    from crmcli.services import ownership as ownership
    from crmcli.services import pipelines as pipelines
    from crmcli.services import preferences as preferences
    from crmcli.services import quotas as quotas
    from crmcli.services import readmission as readmission
    from crmcli.services import referrals as referrals
    from crmcli.services import relationships as relationships
    from crmcli.services import relationtypes as relationtypes
    from crmcli.services import repair as repair
    from crmcli.services import retention as retention
    from crmcli.services import segments as segments
    from crmcli.services import stages as stages
    from crmcli.services import tags as tags
    from crmcli.services import tasks as tasks
    from crmcli.services import weights as weights
    from crmcli.services import whole as whole


def __getattr__(name: str) -> ModuleType:
    if name.startswith("_"):
        raise AttributeError(name)
    return import_module(f"{__name__}.{name}")
