"""The whole graph by the extra `graph` and by networkx: the same figures."""

import random
from pathlib import Path

import networkx as nx
import pytest

from crmcli.core.vocabulary import Centrality
from crmcli.db.reader import Reader
from crmcli.graph import answers, whole
from crmcli.graph.answers import Whole
from crmcli.graph.look import Look
from tests.conftest import wrote

if not answers.has_extra():
    pytest.skip("the extra graph is not there", allow_module_level=True)

from crmcli.graph import fast

LOOK = Look("2026-11-20T12:00:00Z", "2026-11-20")
_AT = "2026-01-01T00:00:00Z"


def said(_: str) -> None: ...


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
        for number, (one, other) in enumerate(list(graph.edges())[::5], 1):
            raw.execute(
                "insert into interaction (id, uid, channel, text, occurred_at, recorded_at) values (?, ?, 'meeting', 'met', ?, ?)",
                (number, f"i{number}", "2026-11-01T00:00:00Z", _AT),
            )
            insert = "insert into interaction_party (interaction_id, customer_id) values (?, ?)"
            raw.executemany(insert, ((number, one + 1), (number, other + 1)))
        raw.execute("update customer set removed_at = ? where id = 2", (_AT,))


GRAPHS = {
    "karate": nx.karate_club_graph(),
    "random": nx.gnm_random_graph(150, 140, seed=3),
    "hubs": nx.barabasi_albert_graph(150, 3, seed=3),
    "nothing": nx.empty_graph(0),
}


@pytest.fixture(params=sorted(GRAPHS))
def graph(request: pytest.FixtureRequest, file: Path) -> "nx.Graph[int]":
    found = nx.convert_node_labels_to_integers(GRAPHS[request.param])
    fill(file, found, random.Random(7))
    return found


def both(db: Reader, *, is_weighted: bool) -> tuple[Whole, Whole]:
    asked = {"is_weighted": is_weighted, "say": said}
    return fast.load(db, LOOK, **asked), whole.load(db, LOOK, **asked)  # type: ignore[arg-type]  # a bool and a function


@pytest.mark.parametrize("is_weighted", [False, True])
def test_the_figures_are_the_same(graph: "nx.Graph[int]", is_weighted: bool, db: Reader) -> None:
    quick, plain = both(db, is_weighted=is_weighted)

    assert (quick.nodes, quick.edges) == (plain.nodes, plain.edges)
    for by in Centrality:
        found, expected = quick.central(by, None), plain.central(by, None)
        assert found.total == expected.total
        values = {each.node: each.value for each in found.first}
        assert values == pytest.approx({each.node: each.value for each in expected.first}, abs=1e-9)
        neighbours = {each.node: each.neighbours for each in found.first}
        assert neighbours == {each.node: each.neighbours for each in expected.first}
        assert [each.value for each in found.first] == sorted(values.values(), reverse=True)
    assert quick.components() == plain.components()


@pytest.mark.parametrize("is_weighted", [False, True])
def test_the_communities_are_at_least_as_good_and_always_the_same(
    graph: "nx.Graph[int]", is_weighted: bool, db: Reader
) -> None:
    quick, plain = both(db, is_weighted=is_weighted)

    division, modularity, method = quick.communities()

    assert method == "Leiden"
    assert modularity >= plain.communities()[1] - 0.01
    assert quick.communities()[0] == division
    expected = plain.graph if isinstance(plain, whole.Plain) else nx.Graph()
    parts = [{node for node, place in division.of.items() if place == at} for at in range(len(division.parts))]
    weight = "strength" if is_weighted else None
    if expected.number_of_edges():
        assert modularity == pytest.approx(nx.community.modularity(expected, parts, weight=weight))
    assert [part.size for part in division.parts] == [len(part) for part in parts]
    assert [part.inside for part in division.parts] == [expected.subgraph(part).number_of_edges() for part in parts]
