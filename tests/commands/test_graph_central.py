"""`crm graph central`, `communities`, `components`, `stats`: published figures of graphs that came by `crm import`."""

import csv
import json
from collections.abc import Callable
from pathlib import Path

import networkx as nx
import pytest

from crmcli.graph import betweenness
from crmcli.graph.answers import has_extra
from tests.commands.conftest import Terminal
from tests.conftest import Run, add_customers, wrote
from tests.terminal import on_terminal

Load = Callable[["nx.Graph[object]"], Run]


@pytest.fixture
def load(crm: Run, tmp_path: Path) -> Load:
    """Import a graph: a customer for each node, `knows` for each edge, its weight as the strength."""

    def loaded(graph: "nx.Graph[object]") -> Run:
        people, ties = tmp_path / "people.csv", tmp_path / "ties.csv"
        people.write_text("name,handle\n" + "".join(f"Node {node},n-{node}\n".lower() for node in graph))
        rows = (
            f"Node {one},knows,Node {other},{data.get('weight', '')}\n".lower()
            for one, other, data in graph.edges(data=True)
        )
        ties.write_text("from,type,to,strength\n" + "".join(rows))
        crm(f"import {people} --as customers")
        crm(f"import {ties} --as relations")
        return crm

    return loaded


def values(crm: Run, words: str) -> dict[str, float]:
    rows = csv.DictReader(crm(f"graph central {words} -f csv").stdout.splitlines())
    return {row["name"].removeprefix("node "): float(row["value"]) for row in rows}


def test_the_karate_club_has_its_published_figures(load: Load) -> None:
    """Zachary (1977), Journal of Anthropological Research 33, 452-473."""
    crm = load(nx.karate_club_graph())

    between = values(crm, "--by betweenness")
    assert list(between)[:2] == ["0", "33"]
    assert (round(between["0"], 4), round(between["33"], 4)) == (0.4376, 0.3041)
    ranks = values(crm, "--by pagerank")
    assert [round(rank, 5) for rank in ranks.values()][:4] == [0.10092, 0.09700, 0.07169, 0.05708]
    assert sum(ranks.values()) == pytest.approx(1)
    assert values(crm, "--by bridge") == {"0": 3}  # without node 0: the rest, {4, 5, 6, 10, 16} and {11}
    assert round(values(crm, "--by degree")["33"] * 33) == 17
    figures = json.loads(crm("graph stats -f json").stdout)["summary"]
    assert (figures["nodes"], figures["edges"], figures["triangles"], figures["diameter"]) == (34, 78, 45, 5)
    assert round(figures["density"], 4) == 0.1390
    assert round(figures["clustering"], 4) == 0.5706


def test_the_communities_of_the_karate_club_by_strength(load: Load) -> None:
    crm = load(nx.karate_club_graph())
    crm("relation type edit knows --weight 0")

    shown = json.loads(crm("graph communities --weighted -f json").stdout)

    assert shown["summary"]["communities"] == 4
    assert round(shown["summary"]["modularity"], 4) == 0.4439
    assert sum(row["size"] for row in shown["rows"]) == 34
    again = crm("graph communities --weighted --members -f csv").stdout
    assert again == crm("graph communities --weighted --members -f csv").stdout
    assert again.count("\n") == 35


def test_the_medici_stand_between_the_families_of_florence(load: Load) -> None:
    """Padgett & Ansell (1993), American Journal of Sociology 98, 1259-1319."""
    crm = load(nx.florentine_families_graph())

    between = values(crm, "--by betweenness")

    assert next(iter(between)) == "medici"
    assert round(between["medici"], 3) == 0.522


def test_valjean_stands_between_the_miserable(load: Load) -> None:
    """Knuth (1993), The Stanford GraphBase."""
    crm = load(nx.les_miserables_graph())

    assert round(values(crm, "--by betweenness")["valjean"], 3) == 0.570


def test_a_strong_tie_is_a_short_one(crm: Run) -> None:
    for name in "abcd":
        crm(f"customer add {name}")
    for tie in ("a knows b", "a knows c", "c knows d", "d knows b"):
        crm(f"relation add {tie}")
    for number in (2, 3, 4):
        crm(f"relation edit {number} --set strength=100")
    crm("relation type edit knows --weight 10")

    # a - b directly is 10 long, by c and d 3: both lie between a and b
    assert values(crm, "--by betweenness --weighted") == {"c": 0.666666667, "d": 0.666666667, "a": 0, "b": 0}
    assert values(crm, "--by degree --weighted")["c"] == 200


def test_an_estimate_says_from_how_many_with_which_seed_and_how_far_it_may_be_off(
    load: Load, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    crm = load(nx.karate_club_graph())
    monkeypatch.setattr(betweenness, "_MOST_WALKED", 1)

    done = crm("graph central --by betweenness -f json")

    asked = json.loads(done.stdout)["parameters"]
    assert (asked["sampled"], asked["sampled_of"], asked["seed"]) == (100, "pairs", 1)
    assert 0 < asked["margin"] < 0.4
    note = f"estimated from 100 pairs, seed 1: each may be off by {asked['margin']:.2g}, 3 standard errors"
    assert done.stderr.splitlines()[-1] == note
    shown = terminal("graph central --by betweenness").stdout
    assert note in " ".join(shown.split())


def test_who_is_apart_makes_a_component(crm: Run) -> None:
    for name in "abcdef":
        crm(f"customer add {name}")
    for tie in ("a knows b", "b knows c", "d knows e"):
        crm(f"relation add {tie}")

    shown = json.loads(crm("graph components -f json").stdout)

    assert [(row["size"], row["edges"], row["centre"]) for row in shown["rows"]] == [(3, 2, "b"), (2, 1, "d")]
    assert shown["summary"] == {"components": 2, "nodes": 5, "alone": 1}


def test_a_community_is_named_by_what_it_has_in_common(crm: Run) -> None:
    for name in "abcdef":
        crm(f"customer add {name} {'--city Rome' if name in 'ab' else ''}")
    for tie in ("a knows b", "b knows c", "a knows c", "d knows e", "e knows f"):
        crm(f"relation add {tie}")

    rows = json.loads(crm("graph communities -f json").stdout)["rows"]

    assert [(row["name"], row["named_by"]) for row in rows] == [("Rome", "city"), ("e", "most ties")]


def test_a_day_in_the_past_has_the_ties_of_that_day(crm: Run, terminal: Terminal) -> None:
    for name in "abcd":
        crm(f"customer add {name}")
    for tie in ("a knows b", "b knows c --since 2026-03-01", "c knows d"):
        crm(f"relation add {tie}")
    crm("relation end 3 --at 2026-02-01")

    def shown(words: str) -> str:
        return crm(f"graph {words} --no-header").stdout

    # until February a-b c-d, in February a-b, from March on a-b-c
    assert shown("components --as-of 2026-01-31 --columns size,centre") == "2\ta\n2\tc\n"
    assert shown("components --as-of 2026-02-01 --columns size,centre") == "2\ta\n"
    assert shown("central --as-of 2026-01-31 --columns name,value") == "".join(f"{n}\t0.333333333\n" for n in "abcd")
    assert shown("central --by bridge --as-of 2026-03-01 --columns name,value") == "b\t2.0\n"
    assert shown("communities --as-of 2026-01-31 --members --columns name") == "a\nb\nc\nd\n"
    assert shown("stats --as-of 2026-02-28").startswith("nodes\t2\nedges\t1\n")
    assert shown("stats") == shown("stats --as-of 2026-03-01")
    assert shown("stats").startswith("nodes\t3\nedges\t2\n")
    report = json.loads(crm("graph components --as-of Q1 -f json").stdout)
    assert report["parameters"] == {"owners": False, "as_of": "2026-03-31"}
    assert "as of the end of 2026-03-31: ties and interactions" in terminal("graph stats --as-of Q1").stdout


def test_with_owners_the_graph_is_the_one_that_paths_go_through(crm: Run, tmp_path: Path) -> None:
    """I met a, and b with c; Zed, my colleague, met d a day later."""
    for name in "abcd":
        crm(f"customer add {name}")
    crm("log a met --channel meeting --at 2026-11-18T12:00")
    crm("log b,c met --channel meeting --at 2026-11-18T12:00")
    (tmp_path / "calls.csv").write_text("at,channel,customer,text,owner\n2026-11-19T12:00:00Z,meeting,d,met,Zed\n")
    crm(f"import {tmp_path / 'calls.csv'}")
    assert values(crm, "") == {}

    between = values(crm, "--owners --by betweenness")

    # of the 10 pairs of others 8 meet by me, and d comes to the 4 others by Zed
    assert between == {"me": 0.8, "Zed": 0.4, "a": 0, "b": 0, "c": 0, "d": 0}
    # 3 points, halved in 90 days: 100 (1 - e^(-3 x 2^(-2 / 90) / 12.1)) = 21.7, a day ago 21.8; colleagues are 80
    weights = {"me": 145.1, "Zed": 101.8, "b": 43.4, "c": 43.4, "d": 21.8, "a": 21.7}
    assert values(crm, "--owners --weighted") == weights
    before = values(crm, "--owners --by betweenness --as-of 2026-11-18")
    assert before == {"me": 0.833333333, "Zed": 0, "a": 0, "b": 0, "c": 0}  # 5 of 6 pairs
    shown = json.loads(crm("graph components --owners -f json").stdout)
    assert [(row["size"], row["edges"], row["centre"], row["centre.id"]) for row in shown["rows"]] == [
        (6, 6, "me", None)
    ]
    assert shown["summary"]["alone"] == 0
    assert json.loads(crm("graph stats --owners -f json").stdout)["summary"]["triangles"] == 1
    assert sorted(crm("graph central --owners -f ids").stdout.split()) == ["1", "2", "3", "4"]
    kinds = crm("graph communities --owners --members --columns kind --no-header").stdout.split()
    assert kinds.count("owner") == 2


@pytest.mark.slow
def test_many_ties_are_said_to_take_long_without_the_extra(crm: Run, file: Path) -> None:
    if has_extra():
        pytest.skip("the extra graph is there")
    add_customers(file, 20_001)
    with wrote(file) as session:
        session.raw.execute(
            "insert into relationship (uid, from_id, type_id, to_id, created_at, recorded_at) "
            "select 'r' || id, id, 7, id + 1, created_at, recorded_at from customer where id <= 20000"
        )

    said = crm("graph central --by pagerank --limit 1").stderr

    assert said == "20,000 ties take about 3 s; pip install 'crmcli[graph]' makes it 1 s\n"
    assert crm("graph central --by pagerank --limit 1 --quiet").stderr == ""
    stats = crm("graph stats -f json")
    assert json.loads(stats.stdout)["summary"]["diameter"] == 20_000
    assert stats.stderr == "the diameter is at least so long: measured from two of them\n"
    seen = on_terminal("graph", "components", CRM_DB=str(file))
    assert "reading the relationships…" in seen.err
    assert "20,001" in seen.out


@pytest.mark.parametrize("words", ["central", "communities", "components", "stats", "central --by pagerank"])
def test_no_graph_has_no_rows_and_no_fault(words: str, crm: Run) -> None:
    crm(f"graph {words}")
    crm("customer add Ada")
    crm(f"graph {words} -f json")


def test_who_must_not_be_contacted_is_marked_for_people_and_told_apart_for_programs(crm: Run) -> None:
    crm("customer add Ada")
    crm("customer add Bob")
    crm("relation add ada knows bob")
    crm("customer edit ada --set do_not_contact=yes")

    def first(words: str) -> list[str]:
        return crm(f"graph {words} --no-header -f csv --limit 1").stdout.strip().split(",")

    assert first("central --columns name,no_contact") == ["Ada", "do not contact"]
    assert first("communities --columns centre,centre.no_contact") == ["Ada", "do not contact"]
    assert first("communities --members --columns name,no_contact") == ["Ada", "do not contact"]
    assert first("components --columns centre,centre.no_contact") == ["Ada", "do not contact"]
    assert first("strength bob --columns name,no_contact") == ["Ada", "do not contact"]
    [hop] = json.loads(crm("graph path bob ada -f json").stdout)["rows"]
    assert (hop["from"], hop["from.no_contact"], hop["to"], hop["to.no_contact"]) == (
        "Bob",
        None,
        "Ada",
        "do not contact",
    )
    for form in ("md", "html"):
        assert "Ada (do not contact)" in crm(f"graph central -f {form}").stdout
        assert "Ada (do not contact)" in crm(f"customer list -f {form}").stdout
