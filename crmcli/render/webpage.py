"""A graph as one page to look around in: nothing is fetched, and names are text in it.

Drawn by Cytoscape.js 3.34.4 (MIT), which stands unchanged in `assets` with its licence.
"""

import json
from base64 import b64encode
from collections.abc import Collection, Iterator, Mapping
from hashlib import sha256
from html import escape
from pathlib import Path

from crmcli.core.picture import Picture, Vertex
from crmcli.core.strength import word
from crmcli.render import safety
from crmcli.render.palette import schemes

_ASSETS = Path(__file__).with_name("assets")
_TITLE = "Customers and how they are tied"


def lines(picture: Picture) -> Iterator[str]:
    """The text of the page, piece by piece; its policy lets our own two scripts run and no other."""
    library, script = _asset("cytoscape.min.js"), _asset("network.js")
    hashes = " ".join(f"'sha256-{b64encode(sha256(each.encode()).digest()).decode()}'" for each in (library, script))
    values = {
        "policy": f"default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; img-src data:; "
        "base-uri 'none'; form-action 'none'",
        "title": escape(_TITLE),
        "style": _asset("network.css"),
        "data": _data(picture),
        "library": library,
        "script": script,
    }
    for place, piece in enumerate(_asset("network.html").replace("}}", "{{").split("{{")):
        yield values[piece] if place % 2 else piece


def _asset(name: str) -> str:
    return (_ASSETS / name).read_text("utf-8")


def _data(picture: Picture) -> str:
    """What the script draws, as JSON in which no character can end or open a tag."""
    segments = next((each.groups for each in picture.schemes if each.name == "segment"), {})
    ties = [
        {
            "id": tie.id, "source": tie.source, "target": tie.target, "type": safety.visible(tie.type),
            "inverse": safety.visible(tie.inverse), "is_symmetric": tie.is_symmetric,
            "strength": round(tie.strength, 2), "word": word(tie.strength), "since": tie.since,
        }
        for tie in picture.network.edges
    ]  # fmt: skip
    ways = [
        {
            "name": name,
            "groups": [
                {"name": safety.visible(group.name), "letter": group.letter, "colour": group.colour, "ink": group.ink}
                | {"members": sorted(group.members)}
                for group in groups
            ],
        }
        for name, groups in schemes(picture)
    ]
    nodes = [_node(node, picture, segments) for node in picture.network.nodes]
    whole = json.dumps({"nodes": nodes, "ties": ties, "schemes": ways}, ensure_ascii=False, separators=(",", ":"))
    return safety.json_escaped(whole).replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _node(node: Vertex, picture: Picture, segments: Mapping[str, Collection[int]]) -> dict[str, object]:
    x, y = picture.places[node.id]
    said = {"name": node.name, "kind": node.kind, "city": node.city, "industry": node.industry}
    said |= {"no_contact": node.no_contact, "deals": picture.deals.get(node.id)}
    shown = {key: safety.visible(value) for key, value in said.items() if value}
    member = [name for name, members in segments.items() if node.id in members]
    return {"id": node.id, **shown, "segments": member, "x": x, "y": y}
