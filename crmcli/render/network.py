"""A graph in the formats that other programs draw or reckon it from. Names are data in each: none of them acts."""

import csv
import io
import json
import re
from collections.abc import Callable, Iterator, Mapping
from xml.sax.saxutils import escape, quoteattr

from crmcli.core.picture import Network
from crmcli.core.vocabulary import Drawing
from crmcli.render import safety

_NODE = ("kind", "city", "industry", "no_contact")
_EDGE = ("type", "inverse", "is_symmetric", "strength", "since")
_ENDS = ("source", "source_uid", "source_name", "target", "target_uid", "target_name")
_COLUMNS = ("id", "uid", *_ENDS, *_EDGE, "said")
_SHAPES = {"organisation": "box", "owner": "diamond"}
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ENTITY = re.compile(r"&(?=#?\w+;)")
_GRAPHML = {"name": "string", **dict.fromkeys(_NODE, "string")}
_TYPES = {"type": "string", "inverse": "string", "is_symmetric": "boolean", "strength": "double", "since": "string"}


def lines(network: Network, drawing: Drawing) -> Iterator[str]:
    """The text of `network`, line by line, each with its end."""
    return _WRITERS[drawing](network)


def _dot(network: Network) -> Iterator[str]:
    yield "digraph crm {\n"
    for node in network.nodes:
        shape = _SHAPES.get(node.kind, "ellipse")
        yield f"  {node.id} [label={_quoted(node.name)}, shape={shape}];\n"
    for edge in network.edges:
        arrow = ", dir=none" if edge.is_symmetric else ""
        yield f"  {edge.source} -> {edge.target} [label={_quoted(edge.type)}, weight={round(edge.strength)}{arrow}];\n"
    yield "}\n"


def _quoted(text: str) -> str:
    """A string of DOT. A backslash is doubled, else it could stand for the name of a node, and what an entity is as well."""
    plain = safety.visible(" ".join(_NOT_XML.sub("", text).splitlines()))
    return '"' + _ENTITY.sub("&amp;", plain).replace("\\", "\\\\").replace('"', '\\"') + '"'


def _mermaid(network: Network) -> Iterator[str]:
    yield "graph LR\n"
    for node in network.nodes:
        yield f'  {_short(node.id)}["{_entities(node.name)}"]\n'
    for edge in network.edges:
        arrow = "---" if edge.is_symmetric else "-->"
        yield f'  {_short(edge.source)} {arrow}|"{_entities(edge.type)}"| {_short(edge.target)}\n'


def _short(node: int) -> str:
    """The name of a node in mermaid: n5 is customer 5, us0 one of us."""
    return f"n{node}" if node > 0 else f"us{-node}"


def _entities(text: str) -> str:
    """Letters, digits and what harms nothing stay; all else by its number, as mermaid writes it."""
    return "".join(char if char.isalnum() or char in " .,-_" else f"#{ord(char)};" for char in _NOT_XML.sub("", text))


def _xml(value: object) -> str:
    return safety.xml_escaped(escape(_plain(value), {"\r": "&#13;"}))


def _attribute(value: object) -> str:
    return safety.xml_escaped(quoteattr(_plain(value)))


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return _NOT_XML.sub("", str(value))


def _graphml(network: Network) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n'
    for domain, keys in (("node", _GRAPHML), ("edge", _TYPES)):
        for name, kind in keys.items():
            yield f'  <key id="{domain}_{name}" for="{domain}" attr.name="{name}" attr.type="{kind}"/>\n'
    yield '  <graph id="crm" edgedefault="directed">\n'
    for node in network.nodes:
        values = {"name": node.name, **{name: getattr(node, name) for name in _NODE}}
        yield f'    <node id="{node.id}">{_entries("node", values)}</node>\n'
    for edge in network.edges:
        values = {name: getattr(edge, name) for name in _EDGE}
        yield f'    <edge id="r{edge.id}" source="{edge.source}" target="{edge.target}">{_entries("edge", values)}</edge>\n'
    yield "  </graph>\n</graphml>\n"


def _entries(domain: str, values: Mapping[str, object]) -> str:
    said = ((name, value) for name, value in values.items() if value is not None)
    return "".join(f'<data key="{domain}_{name}">{_xml(value)}</data>' for name, value in said)


def _gexf(network: Network) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<gexf xmlns="http://www.gexf.net/1.2draft" version="1.2">\n'
    yield '  <graph defaultedgetype="directed" mode="static">\n'
    for domain, keys in (("node", dict.fromkeys(_NODE, "string")), ("edge", _TYPES)):
        yield f'    <attributes class="{domain}">\n'
        for name, kind in keys.items():
            yield f'      <attribute id="{domain}_{name}" title="{name}" type="{kind}"/>\n'
        yield "    </attributes>\n"
    yield "    <nodes>\n"
    for node in network.nodes:
        values = {name: getattr(node, name) for name in _NODE}
        label = _attribute(node.name)
        yield f'      <node id="{node.id}" label={label}>{_attvalues("node", values)}</node>\n'
    yield "    </nodes>\n    <edges>\n"
    for edge in network.edges:
        values = {name: getattr(edge, name) for name in _EDGE}
        ends = f'id="{edge.id}" source="{edge.source}" target="{edge.target}" weight="{edge.strength:g}"'
        yield f"      <edge {ends} label={_attribute(edge.type)}>{_attvalues('edge', values)}</edge>\n"
    yield "    </edges>\n  </graph>\n</gexf>\n"


def _attvalues(domain: str, values: Mapping[str, object]) -> str:
    said = ((name, value) for name, value in values.items() if value is not None)
    inner = "".join(f'<attvalue for="{domain}_{name}" value={_attribute(value)}/>' for name, value in said)
    return f"<attvalues>{inner}</attvalues>" if inner else ""


def _json(network: Network) -> Iterator[str]:
    nodes = [
        {"id": node.id, "name": node.name, **{name: getattr(node, name) for name in _NODE}} for node in network.nodes
    ]
    edges = [
        {"id": edge.id, "source": edge.source, "target": edge.target, **{name: getattr(edge, name) for name in _EDGE}}
        for edge in network.edges
    ]
    whole = {"directed": True, "multigraph": True, "nodes": nodes, "edges": edges}
    yield safety.json_escaped(json.dumps(whole, ensure_ascii=False, indent=1))
    yield "\n"


def _csv(network: Network) -> Iterator[str]:
    """The edges, with the names of both ends and what tells these in another file: `crm import` takes them back."""
    nodes = {node.id: node for node in network.nodes}
    yield ",".join(_COLUMNS) + "\n"
    for edge in network.edges:
        out = io.StringIO()
        source, target = nodes[edge.source], nodes[edge.target]
        ends = (source.id, source.uid, source.name, target.id, target.uid, target.name)
        values = (edge.id, edge.uid, *ends, *(getattr(edge, name) for name in _EDGE), edge.said)
        shown = ("" if each is None else _plain(each) if isinstance(each, bool) else each for each in values)
        cells = (safety.cell(each) if isinstance(each, str) else each for each in shown)
        csv.writer(out, lineterminator="\n").writerow(cells)
        yield out.getvalue()


_WRITERS: dict[Drawing, Callable[[Network], Iterator[str]]] = {
    Drawing.DOT: _dot,
    Drawing.GRAPHML: _graphml,
    Drawing.GEXF: _gexf,
    Drawing.MERMAID: _mermaid,
    Drawing.JSON: _json,
    Drawing.CSV: _csv,
}
