"""A graph in the formats of other programs: an independent reader finds in each what was written, whatever it says."""

import csv
import io
import json
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmcli.core import normal
from crmcli.core.picture import Link, Network, Vertex
from crmcli.core.vocabulary import Drawing
from crmcli.errors import InvalidInput
from crmcli.render import network as written
from crmcli.render import safety

_ACTS = (
    "\"'\\<>&;#|[]{}()`$%=+-@/*,\t\n\r \u00a0\u00ad\u200b\u200d\u200e\u200f\u202e\u2028\ufeff\ufffe\U000e0041\0\x1b\x85"
)
_WORDS = ("</script>", "-->", "]]>", "&amp;", "\\N", '"];', "#quot;", "\u05d0\u05d1", "王伟芳", "=1+1", "end", "😀")


def kept(text: str) -> str:
    """The text as a file keeps it; nothing for one that is refused."""
    with suppress(InvalidInput):
        return normal.text(text, name="name")
    return ""


CHARS = st.one_of(st.sampled_from(_ACTS), st.characters())
TEXT = st.lists(st.one_of(CHARS, st.sampled_from(_WORDS)), min_size=1, max_size=8).map("".join).map(kept).filter(bool)
MAYBE = st.none() | TEXT
NODES = st.lists(
    st.tuples(TEXT, st.sampled_from(("person", "organisation", "owner")), MAYBE, MAYBE, MAYBE), min_size=1, max_size=5
)
SCORE = st.floats(0, 100).map(lambda score: round(score, 1))


@st.composite
def networks(draw: st.DrawFn) -> Network:
    """Nodes with any names, us below one, and ties between any two of them, several too."""
    first = draw(st.integers(-2, 1))
    nodes = [
        Vertex(number, *said, uid=None if number < 1 else f"u{number}")
        for number, said in enumerate(draw(NODES), first)
    ]
    ends = st.integers(first, first + len(nodes) - 1)
    since = st.sampled_from((None, "2026-01-02"))
    tie = st.builds(Link, st.just(0), ends, ends, TEXT, TEXT, st.booleans(), SCORE, since)
    ties = [replace(tie, id=number, uid=f"r{number}") for number, tie in enumerate(draw(st.lists(tie, max_size=6)), 1)]
    return Network(nodes, ties)


def text(network: Network, drawing: Drawing) -> str:
    return "".join(written.lines(network, drawing))


def facts(network: Network) -> tuple[list[object], list[object]]:
    """What every reader has to find: nodes and ties, what is not known left out."""
    nodes = [(each.id, each.name, each.kind, each.city, each.industry, each.no_contact) for each in network.nodes]
    ties = [
        (each.source, each.target, each.type, each.inverse, each.is_symmetric, each.strength, each.since)
        for each in network.edges
    ]
    return sorted(nodes, key=repr), sorted(ties, key=repr)


def found(graph: "nx.Graph[object]", *, name: str) -> tuple[list[object], list[object]]:
    """The same of a graph that networkx has read."""
    keys = (name, "kind", "city", "industry", "no_contact")
    said = ("type", "inverse", "is_symmetric", "strength", "since")
    nodes = [(int(str(node)), *(data.get(key) for key in keys)) for node, data in graph.nodes(data=True)]
    ties = [
        (int(str(one)), int(str(other)), *(data.get(key) for key in said))
        for one, other, data in graph.edges(data=True)
    ]
    return sorted(nodes, key=repr), sorted(ties, key=repr)


@pytest.mark.slow
@settings(deadline=None)
@given(networks())
def test_networkx_reads_graphml_gexf_and_json(network: Network) -> None:
    assert found(nx.parse_graphml(text(network, Drawing.GRAPHML)), name="name") == facts(network)
    gexf = nx.read_gexf(io.BytesIO(text(network, Drawing.GEXF).encode()))
    assert found(gexf, name="label") == facts(network)
    node_link = json.loads(text(network, Drawing.JSON))
    assert found(nx.node_link_graph(node_link, edges="edges"), name="name") == facts(network)


@pytest.mark.slow
@settings(deadline=None)
@given(networks())
def test_csv_is_a_row_for_each_tie(network: Network) -> None:
    rows = list(csv.DictReader(io.StringIO(text(network, Drawing.CSV), newline=""), strict=True))

    names = {each.id: each.name for each in network.nodes}
    assert [
        (int(row["source"]), row["source_name"], int(row["target"]), row["target_name"], row["type"], row["inverse"])
        for row in rows
    ] == [(e.source, names[e.source], e.target, names[e.target], e.type, e.inverse) for e in network.edges]
    said = [(row["uid"], row["is_symmetric"], float(row["strength"]), row["since"] or None) for row in rows]
    assert said == [(e.uid, str(e.is_symmetric).lower(), e.strength, e.since) for e in network.edges]


def tokens(dot: str) -> Iterator[str]:
    """The tokens of a text in DOT, after its grammar: numerals, names, strings, marks."""
    at, token = 0, re.compile(r'\s*("(?:[^"\\]|\\.)*"|-?\d+|[A-Za-z_]\w*|->|[\[\]{}=,;])', re.DOTALL)
    while dot[at:].strip():
        match = token.match(dot, at)
        assert match, dot[at : at + 20]
        at = match.end()
        yield match[1]


def statements(words: Sequence[str]) -> Iterator[tuple[list[str], dict[str, str]]]:
    """The statements between the braces: what stands before the attributes, and those."""
    assert (*words[:3], words[-1]) == ("digraph", "crm", "{", "}")
    statement: list[str] = []
    for word in words[3:-1]:
        if word == ";":
            begin = statement.index("[")
            attributes = statement[begin + 1 : -1]
            yield statement[:begin], dict(zip(attributes[::4], attributes[2::4], strict=True))
            statement = []
        else:
            statement.append(word)


def plain(label: str) -> str:
    """A string of DOT without its quotes and escapes, and without the ampersands that would begin an entity."""
    return re.sub(r"&amp;(?=#?\w+;)", "&", re.sub(r"\\(.)", r"\1", label[1:-1]))


@pytest.mark.slow
@settings(deadline=None)
@given(networks())
def test_a_reader_of_dot_finds_the_graph(network: Network) -> None:
    read = list(statements(list(tokens(text(network, Drawing.DOT)))))

    nodes = [(int(ends[0]), plain(said["label"])) for ends, said in read if len(ends) == 1]
    assert nodes == [(each.id, safety.visible(each.name)) for each in network.nodes]
    ties = [(int(ends[0]), int(ends[2]), plain(said["label"]), "dir" in said) for ends, said in read if len(ends) > 1]
    assert ties == [(e.source, e.target, safety.visible(e.type), e.is_symmetric) for e in network.edges]


_MERMAID_NODE = re.compile(r'  (n|us)(\d+)\["([\w .,#;-]+)"\]')
_MERMAID_TIE = re.compile(r'  (n|us)(\d+) (---|-->)\|"([\w .,#;-]+)"\| (n|us)(\d+)')


def meant(label: str) -> str:
    """A label of mermaid, its entities as the characters that they stand for."""
    return re.sub(r"#(\d+);", lambda match: chr(int(match[1])), label)


@pytest.mark.slow
@settings(deadline=None)
@given(networks())
def test_mermaid_has_a_line_for_each_and_no_mark_of_its_own_in_a_name(network: Network) -> None:
    head, *rest = text(network, Drawing.MERMAID).removesuffix("\n").split("\n")

    nodes = [_MERMAID_NODE.fullmatch(line) for line in rest[: len(network.nodes)]]
    ties = [_MERMAID_TIE.fullmatch(line) for line in rest[len(network.nodes) :]]
    sign = {"n": 1, "us": -1}
    assert head == "graph LR"
    assert [match and (sign[match[1]] * int(match[2]), meant(match[3])) for match in nodes] == [
        (each.id, each.name) for each in network.nodes
    ]
    assert [
        match and (sign[match[1]] * int(match[2]), match[3], meant(match[4]), sign[match[5]] * int(match[6]))
        for match in ties
    ] == [(e.source, "---" if e.is_symmetric else "-->", e.type, e.target) for e in network.edges]
