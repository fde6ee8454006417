"""Files as records of ours: what each holds, which column gives which field, and the rows."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import filterfalse
from pathlib import Path

from crmcli.core.vocabulary import FieldType, Outcome
from crmcli.core.wording import named, shown
from crmcli.errors import InvalidInput
from crmcli.exchange import mapping as columns
from crmcli.exchange import own, profiles
from crmcli.exchange.encoding import known
from crmcli.exchange.layout import OWN, Layout, normalised
from crmcli.exchange.mail import Mails
from crmcli.exchange.meetings import Meetings
from crmcli.exchange.record import Fault, File, Row, Sheet
from crmcli.exchange.sheets import JSON, Wish, opened_file
from crmcli.exchange.vcard import Cards

__all__ = ["ENTITIES", "Fault", "Key", "Row", "Source", "open_sources"]

#: What a file can hold, sorted so that none needs a later one.
ENTITIES = ("products", "owners", "customers", "relations", "deals", "stage-events", "interactions", "tasks")

_NOTHING = 8  # bytes; more than an empty array takes


@dataclass(frozen=True, slots=True)
class Key:
    """Which column holds what identifies a row, and the name of the system that gave it."""

    column: str
    source: str


@dataclass(frozen=True, slots=True)
class Source:
    """One file: `fields` names the field of each column, "" for one that is not taken; `unknown` those to tell of.

    `left` are the files of its archive that are not taken. `key_place` is the column that identifies a row, whatever
    else it gives. Without `keeps_raw` no row carries itself as found: many rejected ones would fill the memory.
    """

    text: File
    sheet: Sheet
    layout: Layout
    fields: tuple[str, ...]
    unknown: tuple[str, ...]
    left: tuple[str, ...] = ()
    keeps_raw: bool = True
    filled: set[str] = field(default_factory=set)
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
        return replace(self, sheet=self.reopen(), keeps_raw=False, filled=set()) if self.reopen else None

    def rows(self) -> Iterator[Row | Fault]:
        """The records in the order of the file, a stream of them once. Raises InvalidInput for a fault of the file.

        The fields are those of the columns, but for parts of others (a first name), and the composed.
        """
        taken, keeps_raw = columns.taken(self.header, self.fields, self.layout, self.key_place), self.keeps_raw
        note_filled = self._noted if self.layout.foreign is not None and self.unknown else None
        for record in self.sheet.records():
            if isinstance(record, Fault):
                yield record if keeps_raw else replace(record, raw=())
            else:
                line, cells, raw = record
                if note_filled is not None:
                    note_filled(cells)
                yield Row(line, *taken(cells), raw if keeps_raw else ())

    @property
    def untaken(self) -> tuple[str, ...]:
        """The columns that no field takes; of another system's files those in which something stood, once read."""
        if self.layout.foreign is None:
            return self.unknown
        if isinstance(self.sheet, Cards):
            return tuple(self.sheet.untaken)
        return tuple(name for name in self.unknown if name in self.filled)

    @property
    def has_columns(self) -> bool:
        """Whether its header is the file's own, and not that of a format."""
        return not isinstance(self.sheet, Cards | Meetings | Mails)

    def _noted(self, cells: Sequence[str]) -> None:
        for name, cell in zip(self.header, cells, strict=True):
            if cell and name not in self.filled and cell.strip() and cell.strip() not in self._nothing:
                self.filled.add(name)

    @property
    def _nothing(self) -> frozenset[str]:
        return self.layout.foreign.nothing if self.layout.foreign is not None else frozenset()


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
    folder: Path | None = None,
) -> list[Source]:
    """The files, sorted so that none needs a later one, else in the order given; of an archive those that are known.

    All texts are in the `encoding` if one is given. `key` says which column identifies a row.
    `custom` names the custom fields by kind of record; `mapping` gives fields to columns, "" leaves a column out;
    `folder` holds profiles of the user's own. Raises InvalidInput for a file whose header cannot be understood, NotFound
    for one that is not there.
    """
    asked = None if entity is None else own.entity_named(entity)
    wish = Wish(asked, profile, custom, folder, encoding and known(encoding))
    opened = [each for path in filterfalse(_is_no_record, paths) for each in opened_file(path, wish)]
    headers = {each.file.name: each.sheet.header for each in opened}
    columns.refuse_unused(mapping, headers)
    if key is not None:
        columns.refuse_unused({key.column: "key"}, headers)
    sources = []
    for text, sheet, said, left, reopen in opened:
        if said and asked not in (None, said.entity):
            raise InvalidInput(f"{named(text.name)} holds {said.entity}, no {asked}", hint="leave --as out")
        layout = said or _layout(text.name, sheet.header, wish)
        fields = columns.fields_of(text.name, sheet.header, layout, mapping)
        place = columns.place_of(key.column, sheet.header) if key else None
        if key and place is not None:
            layout = replace(layout, source=key.source)
        unknown = columns.unknown_columns(
            sheet.header, fields, {**mapping, **({key.column: ""} if key else {})}, layout
        )
        source = Source(text, sheet, layout, fields, unknown, left, keeps_raw, key_place=place, reopen=reopen)
        sources.append(source)
    return sorted(sources, key=lambda source: ENTITIES.index(source.entity))


def _is_no_record(path: str) -> bool:
    """Whether the file is JSON of no record, as an export of nothing writes it: empty, or an empty array."""
    place = Path(path)
    if not (path.lower().endswith(JSON) and place.is_file()):
        return False
    return place.stat().st_size <= _NOTHING and place.read_text("utf-8", "replace").strip() in ("", "[]")


def _layout(file: str, header: Sequence[str], wish: Wish) -> Layout:
    found = profiles.recognised(header, profile=wish.profile, entity=wish.entity, folder=wish.folder)
    if found is not None:
        own_fields = tuple(wish.custom.get(found.entity, ()))
        headers = {**{normalised(name): name for name in own_fields}, **found.headers}
        return replace(found, headers=headers, fields=tuple(dict.fromkeys((*found.fields, *own_fields))))
    if wish.profile not in (None, OWN):
        names = ", ".join(shown(name) for name in header)[:200]
        raise InvalidInput(f"{named(file)} is no file of {wish.profile}: its columns are {names}")
    kind = wish.entity or own.guessed(file, header)
    return own.layout(kind, wish.custom.get(kind, ()))
