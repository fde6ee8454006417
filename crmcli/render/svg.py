"""A graph as a still picture; names are text in it, and nothing acts."""

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice
from xml.sax.saxutils import escape

from crmcli.core.picture import Link, Picture, Vertex
from crmcli.core.strength import word
from crmcli.core.wording import counted
from crmcli.render import safety
from crmcli.render.palette import Group, schemes

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_RADIUS, _TIP, _MARGIN, _LINE = 13, 17, 60, 22
_MOST_NAMED, _NAMED_OF_MANY = 200, 100
_LONGEST, _NARROWEST, _WIDEST = 32, 360.0, 1400
_HEIGHT = '" height="'
_ARROW = (
    '<defs><marker id="to" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8" orient="auto" '
    'markerUnits="userSpaceOnUse"><path d="M0 0L8 4L0 8z" fill="currentColor"/></marker></defs>'
)
_STYLE = """
svg { background: #fff; color: #1b1f23; font: 12px system-ui, sans-serif; }
@media (prefers-color-scheme: dark) { svg { background: #16191d; color: #e6e8ea; } }
text { fill: currentColor; } .tie { stroke: currentColor; stroke-opacity: .35; fill: none; }
.node { stroke: currentColor; stroke-width: 1.5; } .barred { stroke-dasharray: 4 3; stroke-width: 3; }
.letter { font-weight: 700; text-anchor: middle; } .name { text-anchor: middle; }
.title { font-size: 16px; font-weight: 600; }
"""


def lines(picture: Picture) -> Iterator[str]:
    """The text of the picture, line by line."""
    name, found = next(schemes(picture))
    legend = list(_legend(picture, name, found))
    across, down = zip(*picture.places.values(), strict=True) if picture.places else ((0.0,), (0.0,))
    wide = max(*across, _NARROWEST) + 2 * _MARGIN
    larger = max(1.0, wide / _WIDEST)
    top = _LINE * (len(legend) + 1) * larger
    size = f"{wide:g} {max(down) + _MARGIN + top:g}"
    yield f'<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 {size}" width="{size.replace(" ", _HEIGHT)}">\n'
    yield f"<title>{escape(_said(picture))}</title>\n<style>{_STYLE}</style>\n{_ARROW}\n"
    yield f'<g transform="scale({larger:.2f})">\n'
    yield from legend
    yield f'</g>\n<g transform="translate({_MARGIN} {top:g})">\n'
    people = {node.id: node for node in picture.network.nodes}
    for tie in picture.network.edges:
        yield _tie(tie, picture, people)
    colours = {number: group for group in found for number in group.members}
    named = _named(picture)
    for node in picture.network.nodes:
        yield _node(node, picture, colours[node.id], is_named=node.id in named)
    yield "</g>\n</svg>\n"


def _said(picture: Picture) -> str:
    return f"{counted(len(picture.network.nodes), picture.network.noun)}, {counted(len(picture.network.edges), 'tie')}"


def _legend(picture: Picture, name: str, found: Sequence[Group]) -> Iterator[str]:
    """The lines above the picture: what it shows, its shapes, its colours with their letters."""
    us = " · diamond: one of us" if picture.network.noun == "node" else ""
    lines = [f"round: a person · square: an organisation{us}", "thicker: stronger · dashed: must not be contacted"]
    named = len(_named(picture))
    if named < len(picture.network.nodes):
        lines.append(f"named: the {named} with most ties")
    yield f'<text class="title" x="{_LINE / 2:g}" y="{_LINE}">{escape(_said(picture))}</text>\n'
    for place, line in enumerate(lines, 2):
        yield f'<text x="{_LINE / 2:g}" y="{place * _LINE}">{line}</text>\n'
    for place, group in enumerate(found if picture.schemes else (), len(lines) + 2):
        y = place * _LINE
        text = f"{name} {_plain(group.name)}" if group.letter else group.name
        swatch = (
            f'<circle class="node" cx="{_LINE}" cy="{y - 4}" r="9" fill="{group.colour}"/>{_letter(group, _LINE, y)}'
        )
        yield f'{swatch}<text x="{2 * _LINE}" y="{y}">{escape(text)} ({len(group.members):,})</text>\n'


def _letter(group: Group, x: float, y: float) -> str:
    return (
        f'<text class="letter" x="{x:g}" y="{y:g}" style="fill:{group.ink}">{group.letter}</text>'
        if group.letter
        else ""
    )


def _named(picture: Picture) -> set[int]:
    """Whose names stand in the picture: everybody's, of many those with most ties."""
    nodes = [node.id for node in picture.network.nodes]
    if len(nodes) <= _MOST_NAMED:
        return set(nodes)
    ends = Counter(end for tie in picture.network.edges for end in (tie.source, tie.target))
    return set(islice(sorted(nodes, key=lambda node: (-ends[node], node)), _NAMED_OF_MANY))


def _tie(tie: Link, picture: Picture, people: dict[int, Vertex]) -> str:
    (x, y), (to_x, to_y) = picture.places[tie.source], picture.places[tie.target]
    far = math.hypot(to_x - x, to_y - y) or 1.0
    right, down = (to_x - x) / far * (_RADIUS + 1), (to_y - y) / far * (_RADIUS + 1)
    arrow = "" if tie.is_symmetric else ' marker-end="url(#to)"'
    said = f"{people[tie.source].name} {tie.type} {people[tie.target].name} · {tie.strength:.0f} {word(tie.strength)}"
    ends = f"M{x + right:.1f} {y + down:.1f}L{to_x - right:.1f} {to_y - down:.1f}"
    wide = 1 + tie.strength / 25
    return (
        f'<path class="tie" d="{ends}" stroke-width="{wide:.1f}"{arrow}><title>{escape(_plain(said))}</title></path>\n'
    )


def _node(node: Vertex, picture: Picture, group: Group, *, is_named: bool) -> str:
    x, y = picture.places[node.id]
    style = f'class="node{" barred" if node.no_contact else ""}" fill="{group.colour}"'
    if node.kind == "organisation":
        shape = f'<rect {style} x="{x - _RADIUS:g}" y="{y - _RADIUS:g}" width="{2 * _RADIUS}" height="{2 * _RADIUS}" rx="3"/>'
    elif node.kind == "owner":
        points = f"{x:g},{y - _TIP:g} {x + _TIP:g},{y:g} {x:g},{y + _TIP:g} {x - _TIP:g},{y:g}"
        shape = f'<polygon {style} points="{points}"/>'
    else:
        shape = f'<circle {style} cx="{x:g}" cy="{y:g}" r="{_RADIUS}"/>'
    facts = (node.kind, node.city, node.industry, node.no_contact, picture.deals.get(node.id))
    said = escape(" · ".join(_plain(each) for each in (node.name, *facts) if each))
    name = escape(safety.short(_NOT_XML.sub("", node.name), _LONGEST))
    label = f'<text class="name" x="{x:g}" y="{y + 2 * _RADIUS:g}">{name}</text>' if is_named else ""
    return f"<g><title>{said}</title>{shape}{_letter(group, x, y + 4)}{label}</g>\n"


def _plain(text: str) -> str:
    return safety.visible(_NOT_XML.sub("", text))
