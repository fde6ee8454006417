"""What the numbers say: pure functions from a reader and parameters to a typed result."""

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crmcli.reports import accuracy as accuracy
    from crmcli.reports import board as board
    from crmcli.reports import brief as brief
    from crmcli.reports import cadences as cadences
    from crmcli.reports import changes as changes
    from crmcli.reports import cooling as cooling
    from crmcli.reports import dash as dash
    from crmcli.reports import dataquality as dataquality
    from crmcli.reports import deal_formulas as deal_formulas
    from crmcli.reports import doctor as doctor
    from crmcli.reports import drawing as drawing
    from crmcli.reports import dupes as dupes
    from crmcli.reports import finding as finding
    from crmcli.reports import forecast as forecast
    from crmcli.reports import forms as forms
    from crmcli.reports import funnel as funnel
    from crmcli.reports import funnel_alert as funnel_alert
    from crmcli.reports import funnel_bottleneck as funnel_bottleneck
    from crmcli.reports import funnel_compare as funnel_compare
    from crmcli.reports import funnel_curve as funnel_curve
    from crmcli.reports import funnel_flow as funnel_flow
    from crmcli.reports import funnel_formulas as funnel_formulas
    from crmcli.reports import funnel_months as funnel_months
    from crmcli.reports import funnel_time as funnel_time
    from crmcli.reports import gaps as gaps
    from crmcli.reports import listing as listing
    from crmcli.reports import looking as looking
    from crmcli.reports import neighbourhood as neighbourhood
    from crmcli.reports import network as network
    from crmcli.reports import paths as paths
    from crmcli.reports import picture as picture
    from crmcli.reports import records as records
    from crmcli.reports import referrals as referrals
    from crmcli.reports import segments as segments
    from crmcli.reports import slippage as slippage
    from crmcli.reports import stale as stale
    from crmcli.reports import standing as standing
    from crmcli.reports import strength as strength
    from crmcli.reports import stuck as stuck
    from crmcli.reports import subject as subject
    from crmcli.reports import timeline as timeline
    from crmcli.reports import today as today
    from crmcli.reports import velocity as velocity
    from crmcli.reports import waterfall as waterfall
    from crmcli.reports import ways as ways
    from crmcli.reports import weights as weights
    from crmcli.reports import winloss as winloss


def __getattr__(name: str) -> ModuleType:
    """The report of that name, imported when it is first named."""
    if name.startswith("_"):
        raise AttributeError(name)
    try:
        return import_module(f"{__name__}.{name}")
    except ModuleNotFoundError as error:
        if error.name != f"{__name__}.{name}":
            raise
        raise AttributeError(name) from None
