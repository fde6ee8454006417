"""What the events of a deal `d` say of its close: the stage it was closed from, and how its expected day was put off."""


def closing(known: str = "true") -> dict[str, str]:
    """The SQL by the name of the field; of the events `e` alone that are `known`, itself a condition in SQL."""
    events = _EVENTS.format(known=known)
    differs = f"exists (select 1 from {events} and e.close_on is not d.close_on)"
    first = f"(select e.close_on from {events} order by {_IN_ORDER} limit 1)"
    closes = f"select e.close_on, lag(e.close_on) over (order by {_IN_ORDER}) as before from {events}"
    pushes = f"(select count(*) from ({closes}) where substr(close_on, 1, 7) > substr(before, 1, 7))"
    return {
        "closed_from": _CLOSED_FROM.format(known=known),
        "first_close": first,
        # to look at neighbours costs most, and few deals have two days
        "pushes": f"case when {differs} then {pushes} else 0 end",
        "slip": f"cast(julianday(d.close_on) - julianday({first}) as integer)",
    }


# The stage that the last closing move left, while the deal is closed: of a passage `g` in a stage `s`.
_CLOSED_FROM = """(
    select f.name from stage_event e join stage f on f.id = e.from_stage_id
    where s.outcome <> 'open' and e.passage_id = g.id and e.to_stage_id = g.stage_id and e.from_stage_id <> e.to_stage_id
    and {known} order by e.occurred_at desc, e.id desc limit 1
)"""
_EVENTS = """passage p join stage_event e on e.passage_id = p.id
    where p.deal_id = d.id and e.close_on is not null and {known}"""
_IN_ORDER = "p.id, e.occurred_at, e.id"  # no date at all comes first
