"""How each figure of the reports on single deals is reckoned, in a line each."""

from crmcli.core.vocabulary import Trouble
from crmcli.query.stalling import USUAL_DAYS

_LIMIT = (
    "limit: the stage's rot_days, else the p75 (type 7) of the completed stays there of the 500 deals won last, of ten or "
    f"more, else {USUAL_DAYS} days"
)
_PAST = "as of a day: the last stage event that occurred by its end; as known at a day: among those recorded by its end"

FORMULAS = {
    Trouble.STALLED: ("days: from coming to the stage where it stands until now; stalled: days > limit", _LIMIT, _PAST),
    Trouble.ROTTEN: (
        "days: since the last interaction of the deal, or of its customer and no other deal, task done, stage event or "
        "change of the deal by hand; rotten: days > limit",
        _LIMIT,
        _PAST,
    ),
    Trouble.OVERDUE: ("days: today - the expected close; overdue: open, and days > 0", _PAST),
    Trouble.ZOMBIE: (
        "days: from coming into the pipeline, or the first dated event there, until now; limit: the longest such time until "
        "winning, of the deals of the pipeline that are won; zombie: whole days > whole days of the limit",
        _PAST,
    ),
    "winloss": (
        "share = lost deals with the reason / lost deals, of all or of the group; of value: the same with their amounts; "
        "cumulative: the shares so far added up; reasons that differ in case or accents alone are one",
        "win rate = won / (won + lost); by stage: the one that the last closing move left",
        _PAST,
    ),
    "slippage": (
        "a push: a stage event that moves the expected close to a later month; days = the expected close that holds - the "
        "first one said; put off: deals with a push / deals with an expected close",
        _PAST,
    ),
}
