"""What a file of one kind looks like: which header gives which field of which kind of record. Nothing but values."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from crmcli.core.normal import fold
from crmcli.core.vocabulary import FieldType, Outcome

#: The name of our own profile.
OWN = "crmcli"


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of a file, under any of the `headers` (normalised), as fields of `entity`.

    `signature` are the headers by which a foreign file is recognised, `required` the fields of which one of each group
    must be there. `composed` fields, where their column is missing or empty, are made from the first of the templates
    whose fields are all filled; fields that serve only for that are not `fields`. `values` replaces values by field.
    `constants` hold for every row; `stages` are those of the pipeline among them; `source` is the outside system.
    """

    profile: str
    entity: str
    headers: Mapping[str, str]
    fields: Collection[str]
    required: tuple[tuple[str, ...], ...] = ()
    signature: frozenset[str] = frozenset()
    composed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    stages: tuple[tuple[str, Outcome], ...] = ()
    custom_types: Mapping[str, FieldType] = field(default_factory=dict)
    source: str | None = None


def normalised(header: str) -> str:
    """The header without case, accents, stars and outer space, its words joined by `_`: `* E-Mail` is `e_mail`."""
    return re.sub(r"[\s_-]+", "_", fold(header).replace("*", "").strip())
