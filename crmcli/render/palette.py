"""The colours of a picture, each with a letter: nothing is said by colour alone."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from crmcli.core.picture import Picture, Scheme

#: After Okabe & Ito (2008), whose colours people with any sight tell apart; with the colour of a letter on each.
_COLOURS = (
    ("#0072b2", "#fff"),
    ("#e69f00", "#000"),
    ("#009e73", "#000"),
    ("#cc79a7", "#000"),
    ("#d55e00", "#000"),
    ("#56b4e9", "#000"),
    ("#f0e442", "#000"),
    ("#8c564b", "#fff"),
    ("#6a3d9a", "#fff"),
)
NONE = ("#c4c9ce", "#000")
OTHERS = "none of these"


@dataclass(frozen=True, slots=True)
class Group:
    """Customers of one colour, and the letter that stands for it; those of no group have none."""

    name: str
    letter: str
    colour: str
    ink: str
    members: frozenset[int]


def groups(picture: Picture, scheme: Scheme) -> list[Group]:
    """The groups of a scheme, each customer in one; the last are those of none."""
    found, left = [], {node.id for node in picture.network.nodes}
    for place, (name, members) in enumerate(scheme.groups.items()):
        colour, ink = _COLOURS[place]
        found.append(Group(name, chr(ord("A") + place), colour, ink, frozenset(left.intersection(members))))
        left -= found[-1].members
    return [*found, Group(OTHERS, "", *NONE, frozenset(left))] if left or not found else found


def schemes(picture: Picture) -> Iterator[tuple[str, Sequence[Group]]]:
    """Every way to colour the picture, the usual one first; at least one."""
    for scheme in picture.schemes or (Scheme("segment", {}),):
        yield scheme.name, groups(picture, scheme)
