"""Interactions of a file: read, recognised, written."""

from collections.abc import Sequence
from functools import partial

from crmcli.core.vocabulary import Channel, Direction
from crmcli.exchange.source import Source
from crmcli.services.importing import cells, identity, talks, which, who
from crmcli.services.importing.columns import Columns
from crmcli.services.importing.identity import INTERACTION
from crmcli.services.importing.owners import Owners
from crmcli.services.importing.reading import Composed, Part, Shape
from crmcli.services.importing.revising import Revision, revise
from crmcli.services.importing.staging import Stage
from crmcli.services.importing.who import Naming
from crmcli.services.importing.work import Step, Tally, Work

_TABLE, _PARTY = "import_interaction", "import_party"
_COLUMNS = """
    uid, at, channel, direction, text, duration integer, deal, deal_uid, deal_id integer, owner integer, parties
"""


def stage(work: Work, tallies: Sequence[Tally], owners: Owners) -> Step:
    """The interactions of the files."""
    staged = Stage(work, _TABLE)
    children = {_PARTY: "uid, name, customer_id integer", identity.key_table(staged): "source, key"}
    staged.create(_COLUMNS, **children, **{talks.TABLE: "role, kind, ref, customer_id integer"})
    for tally in tallies:
        staged.fill(tally, _shape(staged, tally.source, owners))
    talks.stage(staged)
    staged.reject(f"select row, 'at', 'is empty: every interaction has its time' from {_TABLE} where at is null")
    staged.reject(f"select row, 'text', 'is empty' from {_TABLE} where text is null")
    work.bulk.run(f"delete from {_PARTY} where uid is null and row in (select row from {_PARTY} where uid is not null)")
    return partial(_settle, staged, owners)


def _settle(stage: Stage, owners: Owners) -> None:
    who.find(stage, Naming(_PARTY, "uid", "name", "customer_id", "customer"))
    talks.find(stage, _PARTY)
    stage.reject(f"select row, 'customer', 'is empty' from {_TABLE} where row not in (select row from {_PARTY})")
    which.find(stage)
    identity.find(stage, INTERACTION)
    _find(stage)
    identity.leave_known(stage, INTERACTION)
    alike = ("at, coalesce(channel, 'note'), text, parties", identity.unsure(stage))
    identity.leave_repeated(stage, alike)
    owners.settle(f"select owner from {_TABLE} where owner is not null")
    identity.forget_touched(stage)
    _write(stage)
    stage.tell()
    talks.tie(stage)


def _shape(stage: Stage, source: Source, owners: Owners) -> Shape:
    composed: dict[str, Composed] = {}
    if "owner" in source.fields:
        composed["owner"] = owners.number
    return Shape(
        {
            "uid": cells.uid,
            "at": Columns(stage.work, source).instant("at"),
            "channel": cells.choice("channel", Channel),
            "direction": cells.choice("direction", Direction),
            "text": cells.prose,
            "duration": cells.duration,
            "deal": cells.line("deal"),
            "deal.uid": cells.uid,
        },
        composed,
        (
            Part("customer.uid", _PARTY, "uid, name", lambda text: [(uid, None) for uid in cells.uids(text)]),
            Part("customer", _PARTY, "uid, name", lambda text: [(None, name) for name in cells.several(text)]),
            *identity.key_parts(stage, source),
            *talks.parts(source),
        ),
    )


def _find(stage: Stage) -> None:
    """Rows that neither uid nor key tells: an interaction at the same time, of the same channel and text with the same."""
    run = stage.work.bulk.run
    parties = f"select group_concat(customer_id) from (select distinct customer_id from {_PARTY} p where p.row = r.row order by 1)"
    run(f"create index temp.import_party_row on {_PARTY} (row)")
    run(f"update {_TABLE} as r set parties = ({parties})")
    there = "select group_concat(customer_id) from (select customer_id from interaction_party y where y.interaction_id = i.id order by 1)"
    run(
        f"""
        update {_TABLE} as r set target = (
            select min(i.id) from interaction i where i.occurred_at = r.at and i.channel = coalesce(r.channel, 'note')
            and i.text = r.text and i.removed_at is null and ({there}) = r.parties
        ) where {identity.unsure(stage)}
        """
    )


def _write(stage: Stage) -> None:
    work, bulk = stage.work, stage.work.bulk
    _update(stage)
    identity.number(stage, INTERACTION)
    bulk.insert(
        "interaction",
        "id, uid, channel, direction, text, duration_minutes, deal_id, owner_id, occurred_at, recorded_at",
        f"""
        select r.target, coalesce(r.uid, {work.uid("r.target - :last - 1")}), coalesce(r.channel, 'note'), r.direction,
            r.text, r.duration, r.deal_id, o.id, r.at, :now
        from {_TABLE} r left join import_owner o on o.no = r.owner where r.is_new order by r.row
        """,
        last=bulk.last("interaction"),
        now=work.recorded_at,
    )
    _write_parties(stage)
    identity.write_keys(stage, INTERACTION)


def _write_parties(stage: Stage) -> None:
    """All of a new interaction, of another those that it has not."""
    bulk = stage.work.bulk
    bulk.run(
        f"""
        create temp table import_new_party as
        select r.target, p.customer_id, min(p.rowid) as place, r.is_new from {_PARTY} p cross join {_TABLE} r on r.row = p.row
        where r.is_new or not exists (
            select 1 from interaction_party y where y.interaction_id = r.target and y.customer_id = p.customer_id
        ) group by r.target, p.customer_id
        """
    )
    bulk.insert(
        "interaction_party",
        "interaction_id, customer_id",
        "select target, customer_id from import_new_party order by target, place",
    )
    bulk.run("insert or ignore into import_touched select target from import_new_party where not is_new")


def _update(stage: Stage) -> None:
    said = {
        "channel": "coalesce(r.channel, i.channel)",
        "direction": stage.said("direction", "r.direction", "i.direction"),
        "text": "coalesce(r.text, i.text)",
        "duration_minutes": stage.said("duration", "r.duration", "i.duration_minutes"),
        "deal_id": stage.said("deal", "r.deal_id", "i.deal_id"),
        "owner_id": stage.said("owner", "o.id", "i.owner_id"),
        "occurred_at": "coalesce(r.at, i.occurred_at)",
    }
    rows = f"{_TABLE} r left join import_owner o on o.no = r.owner join interaction i on i.id = r.target"
    revise(stage.work, Revision("interaction", "i", said, rows))
