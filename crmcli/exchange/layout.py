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
    `foreign` says how cells are read where they are not as ours: none for our own columns.
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
    foreign: "Foreign | None" = None

    def field(self, header: str) -> str:
        """The field that a column gives, "" for none; a number in the header is a `#` of the layout."""
        name = normalised(header)
        return self.headers.get(name) or self.headers.get(numberless(name), "")


@dataclass(frozen=True, slots=True)
class Foreign:
    """How the cells of another system are read, by field where nothing else is said.

    `title` is what people call the file. `separators` part several values in a cell, of which a field for one value
    takes the first. `labels` give to a column (normalised) the one that says what its values are, `roles` say so
    themselves: `Spouse:Ada`. Cells that are `nothing` are empty. `dates` are the ways in which dates are written, as
    strptime knows them; `extracts` the patterns whose first group is the value. A row whose field has one of the values
    of `skips` is left out; `ignored` columns (normalised) are not told of. A row without a name is an organisation,
    called what the field `organisation` says.
    """

    title: str
    separators: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    roles: Mapping[str, str] = field(default_factory=dict)
    nothing: frozenset[str] = frozenset()
    dates: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    extracts: Mapping[str, re.Pattern[str]] = field(default_factory=dict)
    skips: Mapping[str, frozenset[str]] = field(default_factory=dict)
    ignored: frozenset[str] = frozenset()
    organisation: str | None = None


def normalised(header: str) -> str:
    """The header without case, accents, stars and outer space, its words joined by `_`: `* E-Mail` is `e_mail`."""
    return re.sub(r"[\s_\u2010-\u2015-]+", "_", fold(header).replace("*", "").strip())


def numberless(name: str) -> str:
    """The normalised header with a `#` for a number in it: `phone_2_value` is `phone_#_value`."""
    return re.sub(r"(?<=_)[0-9]+(?=_|$)", "#", name)
