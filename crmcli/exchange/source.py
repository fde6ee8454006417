"""Files as records of ours: what each holds, which column gives which field, and the rows."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import filterfalse
from pathlib import Path

from crmcli.core.vocabulary import FieldType, Outcome
from crmcli.core.wording import shown
from crmcli.errors import InvalidInput
from crmcli.exchange import mapping as columns
from crmcli.exchange import own, profiles
from crmcli.exchange.delimited import Delimited
from crmcli.exchange.jsonl import JsonLines
from crmcli.exchange.layout import OWN, Layout
from crmcli.exchange.record import Fault, Row, Sheet
from crmcli.exchange.text import TextFile

__all__ = ["ENTITIES", "Fault", "Row", "Source", "open_sources"]

#: What a file can hold, sorted so that none needs a later one.
ENTITIES = ("products", "owners", "customers", "relations", "deals", "stage-events", "interactions")

_NOTHING = 8  # bytes; more than an empty array takes
_JSON, _DELIMITED = (".jsonl", ".ndjson", ".json"), (".csv", ".tsv", ".tab", ".txt")


@dataclass(frozen=True, slots=True)
class Key:
    """Which column holds what identifies a row, and the name of the system that gave it."""

    column: str
    source: str


@dataclass(frozen=True, slots=True)
class Source:
    """One file: `fields` names the field of each column, "" for one that is not taken; `unknown` those to tell of.

    `key_place` is the column that identifies a row, whatever else it gives.
    Without `keeps_raw` no row carries itself as found: many rejected ones would fill the memory.
    """

    text: TextFile
    sheet: Sheet
    layout: Layout
    fields: tuple[str, ...]
    unknown: tuple[str, ...]
    keeps_raw: bool = True
    key_place: int | None = None
    reopen: Callable[[], Sheet] | None = None

    @property
    def file(self) -> str:
        """The file as the user named it."""
        return self.text.name

    @property
    def entity(self) -> str:
        """One of ENTITIES."""
        return self.layout.entity

    @property
    def profile(self) -> str:
        """`crmcli` for our own column names."""
        return self.layout.profile

    @property
    def header(self) -> tuple[str, ...]:
        """The columns as found."""
        return self.sheet.header

    @property
    def source(self) -> str | None:
        """The outside system whose keys the rows carry in `key`."""
        return self.layout.source

    @property
    def constants(self) -> Mapping[str, str]:
        """Values by field that hold for every row."""
        return self.layout.constants

    @property
    def stages(self) -> tuple[tuple[str, Outcome], ...]:
        """The stages of the pipeline named in `constants`, in order."""
        return self.layout.stages

    @property
    def custom_types(self) -> Mapping[str, FieldType]:
        """The custom fields that the rows fill."""
        return self.layout.custom_types

    @property
    def sha256(self) -> str | None:
        """The digest of the file, read for it; none for a stream."""
        return self.text.sha256()

    def again(self) -> "Source | None":
        """The same file once more, to be read beside this one; None for a stream."""
        return replace(self, sheet=self.reopen(), keeps_raw=False) if self.reopen else None

    def rows(self) -> Iterator[Row | Fault]:
        """The records in the order of the file, a stream of them once. Raises InvalidInput for a fault of the file.

        Every row has the same fields: those of the columns, but for parts of others (a first name), and the composed.
        """
        values, keeps_raw = columns.values_of(self.fields, self.layout), self.keeps_raw
        if self.key_place is not None:
            values = columns.keyed(values, self.key_place)
        for record in self.sheet.records():
            if isinstance(record, Fault):
                yield record if keeps_raw else replace(record, raw=())
            else:
                line, cells, raw = record
                yield Row(line, values(cells), raw if keeps_raw else ())


def open_sources(
    paths: Sequence[str],
    *,
    entity: str | None,
    profile: str | None,
    mapping: Mapping[str, str],
    custom: Mapping[str, Collection[str]],
    encoding: str | None = None,
    key: Key | None = None,
    keeps_raw: bool = True,
) -> list[Source]:
    """The files, sorted so that none needs a later one, else in the order given; all in the `encoding` if one is given.

    `key` says which column identifies a row.
    `custom` names the custom fields by kind of record; `mapping` gives fields to columns, "" leaves a column out.
    Raises InvalidInput for a file whose header cannot be understood, NotFound for one that is not there.
    """
    asked = None if entity is None else own.entity_named(entity)
    texts = (TextFile(path, encoding) for path in filterfalse(_is_no_record, paths))
    opened = [(text, _sheet(text, custom)) for text in texts]
    headers = {text.name: sheet.header for text, sheet in opened}
    columns.refuse_unused(mapping, headers)
    if key is not None:
        columns.refuse_unused({key.column: "key"}, headers)
    sources = []
    for text, sheet in opened:
        layout = _layout(text.name, sheet.header, asked, profile, custom)
        fields = columns.fields_of(text.name, sheet.header, layout, mapping)
        place = columns.place_of(key.column, sheet.header) if key else None
        if key and place is not None:
            layout = replace(layout, source=key.source)
        unknown = columns.unknown_columns(sheet.header, fields, {**mapping, **({key.column: ""} if key else {})})
        reopen = partial(_reopened, text.name, encoding, custom) if text.is_regular else None
        sources.append(Source(text, sheet, layout, fields, unknown, keeps_raw, place, reopen))
    return sorted(sources, key=lambda source: ENTITIES.index(source.entity))


def _is_no_record(path: str) -> bool:
    """Whether the file is JSON of no record, as an export of nothing writes it: empty, or an empty array."""
    place = Path(path)
    if not (path.lower().endswith(_JSON) and place.is_file()):
        return False
    return place.stat().st_size <= _NOTHING and place.read_text("utf-8", "replace").strip() in ("", "[]")


def _reopened(path: str, encoding: str | None, custom: Mapping[str, Collection[str]]) -> Sheet:
    return _sheet(TextFile(path, encoding), custom)


def _sheet(text: TextFile, custom: Mapping[str, Collection[str]]) -> Sheet:
    """The file as a table, by its name or else by how it begins."""
    is_json = text.name.lower().endswith(_JSON)
    if not text.name.lower().endswith((*_JSON, *_DELIMITED)):
        is_json = "".join(text.head).lstrip().startswith(("{", "["))
    return JsonLines(text) if is_json else Delimited(text, lambda names: _is_ours(names, custom))


def _is_ours(names: Sequence[str], custom: Mapping[str, Collection[str]]) -> bool:
    """Whether a header names nothing but fields of ours, and those that identify a record."""
    return any(name in ("id", "uid") or name.endswith((".uid", ".id")) for name in names) and any(
        {*names} <= {"id", *fields, *custom.get(entity, ())} for entity, fields in own.FIELDS.items()
    )


def _layout(
    file: str, header: Sequence[str], entity: str | None, profile: str | None, custom: Mapping[str, Collection[str]]
) -> Layout:
    found = profiles.recognised(header, profile=profile, entity=entity)
    if found is not None:
        return found
    if profile not in (None, OWN):
        names = ", ".join(shown(name) for name in header)[:200]
        raise InvalidInput(f"{shown(file)} is no file of {profile}: its columns are {names}")
    named = entity or own.guessed(file, header)
    return own.layout(named, custom.get(named, ()))
