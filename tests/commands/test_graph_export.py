"""`crm graph export`: the graph comes back whole from every format, whatever the names say."""

import csv
import html
import io
import json
import re
import shutil
import subprocess
from pathlib import Path

import networkx as nx
import pytest

from tests.conftest import Run, once

NAMES = (
    "</script><script>alert(1)</script>",
    "a \"quoted\" 'name' & more",
    "]] ]]> --> <!--",
    "right \u05d0\u05d1 left",
    "back\\N slash\\",
    "n1[x]|y|{z}#quot;`#35;",
    "王伟芳",
)


@pytest.fixture
@once
def hostile(crm: Run) -> None:
    """Each tied to the next, one way and both."""
    for number, name in enumerate(NAMES, 1):
        crm(["customer", "add", name, *(["--kind", "organisation", "--city", '"<&>'] if number == 2 else [])])
    for number in range(1, len(NAMES)):
        crm(f"relation add {number} {'knows' if number % 2 else 'supplies'} {number + 1}")
    crm("relation add 1 supplies 2 --strength 90 --since 2026-01-01")
    crm("customer add Alone")


def kept(crm: Run) -> dict[str, str]:
    """The names as the file keeps them."""
    rows = csv.DictReader(crm("customer list --columns id,name -f csv").stdout.splitlines())
    return {row["id"]: row["name"] for row in rows if row["name"] != "Alone"}


TIES = [("1", "2"), ("1", "2"), ("2", "3"), ("3", "4"), ("4", "5"), ("5", "6"), ("6", "7")]


@pytest.mark.parametrize("form", ["graphml", "gexf"])
def test_what_gephi_reads_is_the_graph(form: str, hostile: Run) -> None:
    text = hostile(f"graph export --format {form}").stdout

    read = nx.parse_graphml(text) if form == "graphml" else nx.read_gexf(io.BytesIO(text.encode()))

    key = "name" if form == "graphml" else "label"
    assert {node: data[key] for node, data in read.nodes(data=True)} == kept(hostile)
    assert sorted(read.edges()) == TIES
    assert read.nodes["2"]["city"] == '"<&>'
    strengths = sorted(data["strength"] for _, _, data in read.edges(data=True))
    assert strengths == [40, 40, 40, 50, 50, 50, 90]
    assert {data["is_symmetric"] for _, _, data in read.edges(data=True)} == {True, False}


def test_json_and_csv_have_the_names_as_they_are(hostile: Run) -> None:
    shown = json.loads(hostile("graph export --format json").stdout)
    rows = list(csv.DictReader(io.StringIO(hostile("graph export --format csv").stdout)))

    assert {str(node["id"]): node["name"] for node in shown["nodes"]} == kept(hostile)
    assert sorted((str(edge["source"]), str(edge["target"])) for edge in shown["edges"]) == TIES
    assert sorted((row["source"], row["target"]) for row in rows) == TIES
    assert {row["source"]: row["source_name"] for row in rows}["1"] == kept(hostile)["1"]


def test_dot_quotes_every_name(hostile: Run) -> None:
    text = hostile("graph export --format dot").stdout

    labels = re.findall(r'^  (\d+) \[label="((?:[^"\\]|\\.)*)", shape=(?:box|ellipse)\];$', text, re.MULTILINE)
    assert {number: re.sub(r"\\(.)", r"\1", label) for number, label in labels} == kept(hostile)
    assert len(re.findall(r"^  \d+ -> \d+ \[", text, re.MULTILINE)) == len(TIES)
    assert len(text.splitlines()) == 2 + len(NAMES) + len(TIES)


@pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz is not there")
def test_graphviz_reads_the_dot(hostile: Run) -> None:
    text = hostile("graph export --format dot").stdout

    done = subprocess.run(["dot", "-Tplain"], input=text, capture_output=True, text=True, check=True)

    assert sum(line.startswith("node ") for line in done.stdout.splitlines()) == len(NAMES)


@pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz is not there")
def test_graphviz_draws_what_looks_like_an_entity_as_it_is(crm: Run) -> None:
    names = {"AT&T &lt;x&gt; &#65;", "R&D"}
    for name in names:
        crm(["customer", "add", name])
    crm("relation add 1 knows 2")

    text = crm("graph export --format dot").stdout
    done = subprocess.run(["dot", "-Tsvg"], input=text, capture_output=True, text=True, check=True)

    drawn = re.findall(r"<text[^>]*>([^<]*)</text>", done.stdout)
    assert names <= {html.unescape(each) for each in drawn}


def test_mermaid_has_nothing_but_its_own_marks(hostile: Run) -> None:
    text = hostile("graph export --format mermaid").stdout

    line = re.compile(r'graph LR|  n\d+\["[\w .,#;-]*"\]|  n\d+ (---|-->)\|"[\w ]+"\| n\d+')
    assert all(line.fullmatch(each) for each in text.splitlines())
    labels = dict(re.findall(r'n(\d+)\["(.*)"\]', text))
    assert {key: re.sub(r"#(\d+);", lambda m: chr(int(m[1])), label) for key, label in labels.items()} == kept(hostile)


def test_only_what_is_around_somebody(hostile: Run) -> None:
    shown = json.loads(hostile("graph export 3 --depth 1 --format json").stdout)

    assert [node["id"] for node in shown["nodes"]] == [2, 3, 4]
    assert "depth 7 is outside" in hostile("graph export 3 --depth 7", exit_code=2).stderr


def test_a_graph_as_of_a_day_has_what_lasted_then(hostile: Run) -> None:
    hostile("relation end 2 --at 2026-06-01")

    def ids(words: str) -> list[int]:
        return [edge["id"] for edge in json.loads(hostile(f"graph export --format json {words}").stdout)["edges"]]

    assert ids("") == [1, 3, 4, 5, 6, 7]
    assert ids("--as-of 2025-12-31") == [1, 2, 3, 4, 5, 6]


@pytest.fixture
def ours(crm: Run, tmp_path: Path) -> Run:
    """I met Ada and Bob; a colleague met Bob, who knows Ada."""
    crm("customer add Ada")
    crm("customer add Bob")
    crm("relation add bob knows ada")
    crm("log ada,bob met --channel meeting")
    path = tmp_path / "calls.csv"
    path.write_text('at,channel,customer,text,owner\n2026-11-20T12:00:00Z,meeting,Bob,met,"""</script>-->"\n')
    crm(f"import {path}")
    return crm


@pytest.mark.parametrize("words", ["--owners", "me --depth 2", "ada --owners"])
def test_we_are_in_it_where_that_is_asked(words: str, ours: Run) -> None:
    made = {
        form: ours(f"graph export {words} --format {form}").stdout for form in ("json", "graphml", "dot", "mermaid")
    }

    shown = json.loads(made["json"])
    assert {node["id"]: (node["name"], node["kind"]) for node in shown["nodes"]} == {
        -1: ('"</script>-->', "owner"), 0: ("me", "owner"), 1: ("Ada", "person"), 2: ("Bob", "person"),
    }  # fmt: skip
    edges = [(edge["id"], edge["source"], edge["target"], edge["type"], edge["strength"]) for edge in shown["edges"]]
    assert edges == [
        (1, 1, 2, "knows", 40.0),
        (-1, -1, 0, "colleague of", 80.0),
        (-2, -1, 2, "in touch with", 22.0),
        (-3, 0, 1, "in touch with", 22.0),
        (-4, 0, 2, "in touch with", 22.0),
    ]
    read = nx.parse_graphml(made["graphml"])
    assert sorted(read.edges()) == [("-1", "0"), ("-1", "2"), ("0", "1"), ("0", "2"), ("1", "2")]
    assert '  -1 [label="\\"</script>-->", shape=diamond];\n' in made["dot"]
    assert '  us0 ---|"in touch with"| n1\n' in made["mermaid"]


def test_without_being_asked_we_are_not_in_it(ours: Run) -> None:
    assert [node["name"] for node in json.loads(ours("graph export --format json").stdout)["nodes"]] == ["Ada", "Bob"]
    assert json.loads(ours("graph export --owners --as-of 2026-11-19 --format json").stdout)["edges"] == [
        *json.loads(ours("graph export --format json").stdout)["edges"],
        {"id": -1, "source": -1, "target": 0, "type": "colleague of", "inverse": "colleague of", "is_symmetric": True,
         "strength": 80.0, "since": None},
    ]  # fmt: skip


@pytest.mark.parametrize("form", ["html", "svg", "dot", "graphml", "gexf", "mermaid", "json", "csv"])
def test_nothing_is_a_graph_too(form: str, crm: Run) -> None:
    assert crm(f"graph export --format {form}").stdout != ""


@pytest.mark.parametrize(
    ("name", "begin"),
    [
        ("g.CSV", "id,uid,"),
        ("g.gv", "digraph"),
        ("g.mmd", "graph LR"),
        ("g.svg", "<svg"),
        ("g.json", "{"),
        ("g", "<?xml"),
    ],
)
def test_the_ending_of_the_file_says_the_format(name: str, begin: str, crm: Run, tmp_path: Path) -> None:
    crm(["graph", "export", "-o", str(tmp_path / name)])
    crm(["graph", "export", "-o", str(tmp_path / f"x{name}"), "--format", "dot"])

    assert (tmp_path / name).read_text().startswith(begin)
    assert (tmp_path / f"x{name}").read_text().startswith("digraph")
