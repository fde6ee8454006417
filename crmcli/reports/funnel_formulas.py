"""How each figure of the reports on funnels is reckoned, in a line each; sources in docs/glossary.md."""

_WILSON = "interval: Wilson's 95 % score interval of a proportion, without continuity correction"
_PAST = "as of a day: the last stage event that occurred by its end; as known at a day: among those recorded by its end"

FORMULAS = {
    "funnel": (
        "reached(k): the furthest stage ever is k or a later one, or the deal is won; a lost deal goes by its furthest stage",
        "touched(k): an event into k; strict(k): touched 1..k, each for the first time after the one before it",
        "cohort: deals begun in the window, with all that came later; period: what moved in the window, by these moves "
        "alone; snapshot: where deals stand",
        "conversion(k) = deals counted in k-1 and k / deals counted in k-1; cumulative(k) = counted in 1 and k / counted in 1",
        "amount conversion: the same with the deals' amounts in the place of their number",
        "skipped(k) = reached but not touched; entries(k) = advanced + lost here + moved back + handed over + still there",
        "median and p75 of completed stays: type 7 quantiles; of winning: from the first dated event",
        "closed-only win rate = won / (won + lost)",
        _WILSON,
        _PAST,
    ),
    "funnel_curve": (
        "S(t) = product over the days t_i up to t of 1 - d_i / n_i, with d_i deals closed on that day of n_i at risk",
        "won(t) = sum over t_i of S(before t_i) x won_i / n_i, lost(t) likewise: Aalen-Johansen; won + lost + open = 1",
        "at risk: deals seen for at least so many whole days without an end before; an open one is seen until the last day",
        "interval: 95 %, of log(-log F) with Marubini and Valsecchi's variance",
        "closed only = won / (won + lost), which leaves the open deals out",
        _PAST,
    ),
    "funnel_time": (
        "left: completed stays, each entry into a stage one; median and p75: type 7 quantiles of them",
        "median and p75 of all: the least t with S(t) at most .5 and .25, S(t) = product over t_i up to t of 1 - left_i / "
        "at risk_i: Kaplan-Meier; a deal still there is at risk for as long as it has been there",
        "last stay, all stays: median over deals that have left for good of their last stay, and of the sum of their stays",
        "won: from the first dated event to winning, of deals that are won",
        _PAST,
    ),
    "funnel_cohort": (
        "a row: the deals created in that month (UTC); open: of them, now or as of the day; share: of all of them",
        "across stages: counted in the stage by the mode, as crm funnel show counts",
        "across days: won within so many whole days of the first dated event; nothing until all had so many days",
        _PAST,
    ),
    "funnel_flow": (
        "a move: one stage event that changes the stage; an event that changes terms alone is none",
        "skips: open stages between from and to; share: of all entries into from",
        "entries(k) = its moves to anywhere + handed over + still there; by period, who stood there as it began has begun",
        _PAST,
    ),
    "funnel_compare": (
        "first and second: the conversions of crm funnel show, by the moves within each period, or by the deals begun in it",
        "p: two-sided z test of two proportions, pooled, Holm-adjusted over all steps; a verdict where it is under .05",
        "by mix = sum over groups of (weight 2 - weight 1) x mean of the rates; by rates = sum of (rate 2 - rate 1) x mean "
        "of the weights (Kitagawa 1955); both add up to the change; a weight is the group's share of the deals that came",
        _WILSON,
        _PAST,
    ),
    "funnel_alert": (
        "before and now: conversions by the moves within the last days, and within three times as many days before",
        "fell: two-sided z test of two proportions, pooled, Holm-adjusted over all steps, under .05, and lower than before",
        "of the change: weight now x (rate now - rate of all before) - weight before x (rate before - rate of all before); "
        "over the groups of a field it adds up to the change",
        _PAST,
    ),
    "funnel_bottleneck": (
        "of all lost: lost deals whose furthest stage it is / all lost deals; in value: the same with their amounts",
        "of the time: its Kaplan-Meier median / the sum of those of all stages; both: 100 x (w x of all lost + (1 - w) x of "
        "the time)",
        "of late: the conversion to the next stage by the moves within the last days, beside as many days before; a verdict "
        "by a two-sided z test of two proportions, Holm-adjusted over all steps, under .05",
        "extra wins = won x (conversion of its best quarter / its conversion - 1)",
        _PAST,
    ),
}
