"""The whole graph by the extra `graph` and by networkx: the same figures."""

import random
from pathlib import Path

import networkx as nx
import pytest

from crmcli.core.vocabulary import Centrality
from crmcli.db.reader import Reader
from crmcli.graph import answers, whole
from crmcli.graph.answers import Whole
from tests.graph.test_whole import LOOK, fill

if not answers.has_extra():
    pytest.skip("the extra graph is not there", allow_module_level=True)

from crmcli.graph import fast


def said(_: str) -> None: ...


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


def both(db: Reader, *, is_weighted: bool, has_us: bool = False) -> tuple[Whole, Whole]:
    asked = {"is_weighted": is_weighted, "has_us": has_us, "say": said}
    return fast.load(db, LOOK, **asked), whole.load(db, LOOK, **asked)  # type: ignore[arg-type]  # a bool and a function


@pytest.mark.parametrize("has_us", [False, True])
@pytest.mark.parametrize("is_weighted", [False, True])
def test_the_figures_are_the_same(graph: "nx.Graph[int]", is_weighted: bool, has_us: bool, db: Reader) -> None:
    quick, plain = both(db, is_weighted=is_weighted, has_us=has_us)

    assert (quick.nodes, quick.edges) == (plain.nodes, plain.edges)
    for by in Centrality:
        found, expected = quick.central(by, None), plain.central(by, None)
        assert found.total == expected.total
        values = {each.node: each.value for each in found.first}
        assert values == pytest.approx({each.node: each.value for each in expected.first}, abs=1e-9)
        neighbours = {each.node: each.neighbours for each in found.first}
        assert neighbours == {each.node: each.neighbours for each in expected.first}
        order = [round(each.value, 9) for each in found.first]
        assert order == sorted(order, reverse=True)
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
