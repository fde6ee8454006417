"""The whole graph with us in it: the ties that paths go through."""

import random
from pathlib import Path

import networkx as nx
import pytest

from crmcli.db.reader import Reader
from crmcli.graph import whole
from crmcli.graph.edges import edges
from crmcli.graph.look import Look, owners
from crmcli.graph.neighbourhood import Choice, neighbourhood
from tests.conftest import wrote

LOOK = Look("2026-11-20T12:00:00Z", "2026-11-20")
_AT = "2026-01-01T00:00:00Z"


def fill(file: Path, graph: "nx.Graph[int]", luck: random.Random) -> None:
    """A customer for each node, from 1 on; a tie or two for each edge, of any type and strength; some meetings."""
    with wrote(file) as session:
        raw = session.raw
        people = ((f"u{n}", f"C {n}", f"c-{n}", _AT, _AT) for n in range(1, len(graph) + 1))
        insert = (
            "insert into customer (uid, kind, name, handle, created_at, recorded_at) values (?, 'person', ?, ?, ?, ?)"
        )
        raw.executemany(insert, people)
        raw.execute("update relation_type set weight = 0 where id = 3")
        ties = [sorted((one + 1, other + 1)) for one, other in graph.edges() for _ in range(luck.choice((1, 1, 2)))]
        raw.executemany(
            """
            insert or ignore into relationship (uid, from_id, type_id, to_id, strength, created_at, recorded_at)
            values (?, ?, ?, ?, ?, ?, ?)
            """,
            (
                (f"r{n}", low, luck.choice((3, 7)), high, luck.choice((None, 5, 80)), _AT, _AT)
                for n, (low, high) in enumerate(ties)
            ),
        )
        owners = ((1, "o1", "Zed", _AT), (2, "o2", "Yan", _AT))
        raw.executemany("insert into owner (id, uid, name, is_me, recorded_at) values (?, ?, ?, 0, ?)", owners)
        for number, (one, other) in enumerate(list(graph.edges())[::5], 1):
            insert = (
                "insert into interaction (id, uid, channel, text, owner_id, occurred_at, recorded_at) "
                "values (?, ?, 'meeting', 'met', ?, ?, ?)"
            )
            owner = luck.choice((None, 1, 2))
            raw.execute(insert, (number, f"i{number}", owner, "2026-11-01T00:00:00Z", _AT))
            insert = "insert into interaction_party (interaction_id, customer_id) values (?, ?)"
            raw.executemany(insert, ((number, each) for each in {one + 1, other + 1, luck.randint(1, len(graph))}))
        raw.execute("update customer set removed_at = ? where id = 2", (_AT,))


def test_with_us_the_ties_are_those_of_everybody(file: Path, db: Reader) -> None:
    fill(file, nx.gnm_random_graph(40, 60, seed=5), random.Random(5))

    found = whole.load(db, LOOK, is_weighted=True, has_us=True).graph

    seen = {frozenset(pair): edge.strength for pair, edge in edges(db, range(1, 41), LOOK).items() if 2 not in pair}
    colleagues = {frozenset(pair): 80.0 for pair in ((0, -1), (0, -2), (-1, -2))}
    expected = {pair: strength for pair, strength in {**seen, **colleagues}.items() if strength > 0}
    ties: list[tuple[int, int, float]] = list(found.edges(data="strength"))
    assert {frozenset((one, other)): strength for one, other, strength in ties} == expected
    assert set(owners(db)) == {0, -1, -2}
    assert whole.load(db, LOOK, is_weighted=False, has_us=True).edges >= len(expected)


@pytest.mark.parametrize("centre", [0, -2, 1, 7])
def test_with_us_a_neighbourhood_is_a_part_of_the_whole(centre: int, file: Path, db: Reader) -> None:
    fill(file, nx.gnm_random_graph(60, 50, seed=5), random.Random(5))
    everything = whole.load(db, LOOK, is_weighted=False, has_us=True).graph

    for depth in (1, 2, 3):
        found = neighbourhood(db, centre, LOOK, depth=depth, choice=Choice(has_us=True))

        expected = nx.single_source_shortest_path_length(everything, centre, cutoff=depth)
        assert found.distances == expected
        pairs = {frozenset((tie.near, tie.far)) for tie in found.ties}
        assert pairs == {frozenset(pair) for pair in everything.subgraph(expected).edges}
