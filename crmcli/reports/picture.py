"""A graph to look at: where each customer stands, and the groups that they are coloured by."""

from collections import defaultdict
from collections.abc import Mapping

from crmcli.core.picture import Network, Picture, Scheme
from crmcli.core.wording import counted
from crmcli.db.reader import Reader
from crmcli.errors import CrmError, InvalidInput
from crmcli.graph import layout
from crmcli.query import sql, syntax
from crmcli.query.comparison import Moment
from crmcli.query.segments import Segment, Segments
from crmcli.reports import looking

_MOST_CUSTOMERS, _MOST_TIES = 5_000, 20_000
_MOST_GROUPS = 9


def picture(db: Reader, network: Network, *, moment: Moment) -> Picture:
    """`network` as it is drawn. Raises InvalidInput where it is more than anybody can look at."""
    nodes, edges = len(network.nodes), len(network.edges)
    if nodes > _MOST_CUSTOMERS or edges > _MOST_TIES:
        raise InvalidInput(
            f"{counted(nodes, 'customer')} and {counted(edges, 'tie')} are more than a picture can show: "
            f"{_MOST_CUSTOMERS:,} and {_MOST_TIES:,}",
            hint="crm graph export REF --depth 2 draws what is around somebody; --format gexf is for Gephi",
        )
    places = layout.places((node.id for node in network.nodes), ((tie.source, tie.target) for tie in network.edges))
    schemes = (
        _segments(db, network, moment),
        _scheme("industry", network, {node.id: node.industry for node in network.nodes}),
        _scheme("city", network, {node.id: node.city for node in network.nodes}),
    )
    deals = looking.open_deals(db, places)
    return Picture(network, places, [each for each in schemes if each.groups], deals)


def _segments(db: Reader, network: Network, moment: Moment) -> Scheme:
    """The customers of each saved segment, the first of them by name."""
    segments = Segments(db)
    shown = {node.id for node in network.nodes}
    groups = {each.name: shown & _members(db, segments, each, moment) for each in segments.all()}
    return Scheme("segment", dict([(name, ids) for name, ids in groups.items() if ids][:_MOST_GROUPS]))


def _members(db: Reader, segments: Segments, segment: Segment, moment: Moment) -> set[int]:
    try:
        condition = sql.where(syntax.parse([f"segment:{segment.name}"]), segments.customers, moment=moment)
    except CrmError:  # crm segment show says what is the matter with it
        return set()
    rows = db.rows(sql.select(segments.customers, ["c.id"], condition), condition.parameters)
    return {int(number) for (number,) in rows}


def _scheme(name: str, network: Network, values: Mapping[int, str | None]) -> Scheme:
    """Customers by what most of them have."""
    groups: dict[str, set[int]] = defaultdict(set)
    for node in network.nodes:
        if (value := values[node.id]) is not None:
            groups[value].add(node.id)
    ordered = sorted(groups.items(), key=lambda each: (-len(each[1]), each[0]))
    return Scheme(name, dict(ordered[:_MOST_GROUPS]))
