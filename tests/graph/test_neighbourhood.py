"""Neighbourhoods and their figures, against networkx on the same graph."""

import random
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcli.db import history
from crmcli.db.connection import in_memory
from crmcli.db.reader import Reader
from crmcli.graph.figures import Figures, figures
from crmcli.graph.look import Look
from crmcli.graph.neighbourhood import Choice, neighbourhood

AT = "2026-11-20T12:00:00Z"
KNOWS, SUPPLIES = 3, 7
LOOK = Look(AT, "2026-11-20")

Arc = tuple[int, int, int]
"""From, type, to."""


@contextmanager
def graph(customers: int, arcs: Iterable[Arc]) -> Iterator[Reader]:
    """A file in memory with customers 1 to `customers` and these ties."""
    people = [(number, f"u{number}", f"C{number}", f"h{number}") for number in range(1, customers + 1)]
    ties = [(f"r{place}", *arc) for place, arc in enumerate(arcs)]
    with closing(in_memory()) as raw:
        history.begin(raw, history.Header("test"), recorded_at=AT)
        raw.executemany(
            "insert into customer (id, uid, kind, name, handle, created_at, recorded_at) "
            f"values (?, ?, 'person', ?, ?, '{AT}', '{AT}')",
            people,
        )
        raw.executemany(
            "insert into relationship (uid, from_id, type_id, to_id, created_at, recorded_at) "
            f"values (?, ?, ?, ?, '{AT}', '{AT}')",
            ties,
        )
        yield Reader(raw)


def undirected(customers: int, arcs: Iterable[Arc]) -> "nx.Graph[int]":
    made: nx.Graph[int] = nx.Graph((source, target) for source, _, target in arcs)
    made.add_nodes_from(range(1, customers + 1))
    return made


@st.composite
def graphs(draw: st.DrawFn, most: int = 12) -> tuple[int, list[Arc]]:
    customers = draw(st.integers(1, most))
    ends = st.tuples(st.integers(1, customers), st.sampled_from([KNOWS, SUPPLIES]), st.integers(1, customers))
    arcs = draw(st.lists(ends.filter(lambda arc: arc[0] != arc[2]), max_size=30, unique=True))
    return customers, arcs


@pytest.mark.slow
@given(graphs(), st.integers(1, 6))
def test_distances_are_those_of_networkx(drawn: tuple[int, list[Arc]], depth: int) -> None:
    customers, arcs = drawn

    with graph(customers, arcs) as db:
        found = neighbourhood(db, 1, LOOK, depth=depth)

    expected = nx.single_source_shortest_path_length(undirected(customers, arcs), 1, cutoff=depth)
    assert found.distances == dict(expected)


@given(graphs(), st.integers(1, 4))
@pytest.mark.slow
def test_each_tie_within_reach_is_there_once(drawn: tuple[int, list[Arc]], depth: int) -> None:
    customers, arcs = drawn

    with graph(customers, arcs) as db:
        found = neighbourhood(db, 1, LOOK, depth=depth)

    within = [arc for arc in arcs if {arc[0], arc[2]} <= found.distances.keys()]
    assert len(found.ties) == len({tie.relationship for tie in found.ties}) == len(within)


@given(graphs(), st.integers(1, 4))
@pytest.mark.slow
def test_everybody_is_reached_from_one_hop_nearer(drawn: tuple[int, list[Arc]], depth: int) -> None:
    customers, arcs = drawn

    with graph(customers, arcs) as db:
        found = neighbourhood(db, 1, LOOK, depth=depth)

    reaching = found.reaching()
    assert {tie.far for tie in reaching} == found.distances.keys() - {1}
    assert all(found.distances[tie.far] == found.distances[tie.near] + 1 for tie in reaching)
    assert len({(tie.near, tie.far) for tie in reaching}) == len(found.distances) - 1


@given(graphs())
@pytest.mark.slow
def test_a_type_narrows_the_graph(drawn: tuple[int, list[Arc]]) -> None:
    customers, arcs = drawn
    of_type = [arc for arc in arcs if arc[1] == SUPPLIES]

    with graph(customers, arcs) as db:
        found = neighbourhood(db, 1, LOOK, depth=6, choice=Choice([SUPPLIES]))

    assert found.distances == dict(nx.single_source_shortest_path_length(undirected(customers, of_type), 1, cutoff=6))


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_the_figures_of_a_random_graph_are_those_of_its_ego_graph(depth: int) -> None:
    pick = random.Random(depth)
    pairs = sorted({tuple(pick.sample(range(1, 201), 2)) for _ in range(300)})
    arcs = [(source, KNOWS, target) for source, target in pairs]

    with graph(200, arcs) as db:
        found = neighbourhood(db, 1, LOOK, depth=depth)

    ego = nx.ego_graph(undirected(200, arcs), 1, radius=depth)
    these = figures(found.distances, [(tie.near, tie.far) for tie in found.ties])
    assert these.nodes == ego.number_of_nodes() > 1
    assert these.density == pytest.approx(nx.density(ego))
    assert these.triangles == sum(1 for clique in nx.enumerate_all_cliques(ego) if len(clique) == 3)
    assert these.most_ties == max(degree for _, degree in ego.degree)
    assert these.best_tied == min(node for node, degree in ego.degree if degree == these.most_ties)


def test_the_figures_of_a_square_with_a_diagonal() -> None:
    ties = [(1, 2), (2, 3), (3, 4), (4, 1), (1, 3), (3, 1)]

    assert figures([1, 2, 3, 4, 5], ties) == Figures(
        nodes=5, edges=6, density=0.5, triangles=2, best_tied=1, most_ties=3
    )


def test_the_figures_of_one_alone() -> None:
    assert figures([7], []) == Figures(nodes=1, edges=0, density=0, triangles=0, best_tied=7, most_ties=0)
