"""The files of other systems, each described by a TOML file beside this one and recognised by its header."""

import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NotRequired, TypedDict

from crmcli.core.vocabulary import FieldType, Outcome
from crmcli.core.wording import did_you_mean, shown
from crmcli.errors import InvalidInput
from crmcli.exchange.layout import OWN, Layout, normalised

_FOLDER = Path(__file__).parent


class _File(TypedDict):
    """One file of a system, as the TOML says it; see Layout."""

    entity: str
    columns: dict[str, str]
    composed: NotRequired[dict[str, list[str]]]
    values: NotRequired[dict[str, dict[str, str]]]
    constants: NotRequired[dict[str, str]]
    stages: NotRequired[list[tuple[str, str]]]
    custom_types: NotRequired[dict[str, str]]


def names() -> tuple[str, ...]:
    """Every profile, our own first."""
    return (OWN, *sorted(path.stem for path in _FOLDER.glob("*.toml")))


def recognised(header: Iterable[str], *, profile: str | None, entity: str | None) -> Layout | None:
    """The layout whose columns are all in the header, the one with the most; of this profile and entity where given.

    None for our own. Raises InvalidInput for an unknown profile.
    """
    if profile is not None and profile not in names():
        message = f"no profile {shown(profile)}{did_you_mean(profile, names())}"
        raise InvalidInput(message, hint=f"one of {', '.join(names())}")
    found = {normalised(name) for name in header}
    wanted = [profile] if profile else names()
    fitting = [
        layout
        for name in wanted
        if name != OWN
        for layout in layouts(name)
        if layout.signature <= found and entity in (None, layout.entity)
    ]
    return max(fitting, key=lambda layout: len(layout.signature), default=None)


def layouts(name: str) -> Iterator[Layout]:
    """The layouts of the files of a profile."""
    with (_FOLDER / f"{name}.toml").open("rb") as file:
        said = tomllib.load(file)
    files: list[_File] = said["file"]
    return (_layout(name, said["source"], each) for each in files)


def _layout(profile: str, source: str, said: _File) -> Layout:
    composed = {name: tuple(templates) for name, templates in said.get("composed", {}).items()}
    return Layout(
        profile=profile,
        entity=said["entity"],
        headers=said["columns"],
        fields=tuple(dict.fromkeys((*said["columns"].values(), *composed))),
        signature=frozenset(said["columns"]),
        composed=composed,
        values=said.get("values", {}),
        constants=said.get("constants", {}),
        stages=tuple((stage, Outcome(outcome)) for stage, outcome in said.get("stages", [])),
        custom_types={field: FieldType(kind) for field, kind in said.get("custom_types", {}).items()},
        source=source,
    )
