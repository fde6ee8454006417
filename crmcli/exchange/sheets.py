"""A file as a table, whatever its format: by its name, or else by how it begins; an archive as the tables in it."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NamedTuple

from crmcli.core.wording import named
from crmcli.errors import InvalidInput
from crmcli.exchange import archive, excel, mail, meetings, own, profiles, vcard
from crmcli.exchange.archive import Member
from crmcli.exchange.delimited import Delimited
from crmcli.exchange.jsonl import JsonLines
from crmcli.exchange.layout import OWN, Layout
from crmcli.exchange.meetings import Meetings
from crmcli.exchange.record import File, Sheet
from crmcli.exchange.text import TextFile
from crmcli.exchange.vcard import Cards

JSON = (".jsonl", ".ndjson", ".json")
_DELIMITED = (".csv", ".tsv", ".tab", ".txt")
_CARDS = (".vcf", ".vcard")
_CALENDAR = (".ics", ".ical")
_ZIP, _MBOX = b"PK\x03\x04", b"From "

#: The layouts of files that are recognised by their format.
FORMATS = (vcard.LAYOUT, meetings.LAYOUT, mail.LAYOUT)


class Opened(NamedTuple):
    """A table, where it is from, and its layout where the format says it.

    `left` are the members of its archive that are not taken, told with the first that is. `reopen` reads the table
    once more, beside this one; there is none for a stream.
    """

    file: File
    sheet: Sheet
    layout: Layout | None = None
    left: tuple[str, ...] = ()
    reopen: Callable[[], Sheet] | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """What the user says of the files: kind of record, profile, encoding; `custom` fields, and the folder of profiles."""

    entity: str | None
    profile: str | None
    custom: Mapping[str, Collection[str]]
    folder: Path | None
    encoding: str | None = None


def opened_file(path: str, wish: Wish) -> Iterator[Opened]:
    """The tables of the file, each with its layout where the format says it. Raises InvalidInput and NotFound."""
    if path.lower().endswith(mail.ENDINGS) or (_begins(path, _MBOX) and not path.lower().endswith(_DELIMITED)):
        mails = mail.Mails(path)
        yield Opened(mails, mails, mails.layout, reopen=partial(mail.Mails, path))
        return
    if not _begins(path, _ZIP):
        yield _opened(path, wish)
        return
    if archive.is_workbook(path):
        book = partial(excel.Sheet, path, lambda names: _is_known(names, wish))
        sheet = book()
        yield Opened(sheet, sheet, reopen=book)
        return
    members = archive.members(path)
    found = list(_known(members, wish))
    if not found:
        raise InvalidInput(f"{named(path)} holds no file that is known", hint="crm help import lists what is")
    taken = {each.file.name for each in found}
    left = tuple(member.name for member in members if member.name not in taken)
    yield found[0]._replace(left=left)
    yield from found[1:]


def _begins(path: str, sign: bytes) -> bool:
    if path == "-" or not Path(path).is_file():
        return False
    try:
        with Path(path).open("rb") as file:
            return file.read(len(sign)) == sign
    except OSError:  # whoever reads it as text says why it cannot be
        return False


def _opened(path: str | Member, wish: Wish) -> Opened:
    found = _read(path, wish)
    return found._replace(reopen=lambda: _read(path, wish).sheet) if found.file.is_regular else found


def _read(path: str | Member, wish: Wish) -> Opened:
    text = TextFile(path, wish.encoding)
    name = text.name.lower()
    if name.endswith(_CARDS) or (not name.endswith(_DELIMITED) and _starts(text, "BEGIN:VCARD")):
        cards = Cards(text)
        return Opened(text, cards, cards.layout)
    if name.endswith(_CALENDAR) or (not name.endswith(_DELIMITED) and _starts(text, "BEGIN:VCALENDAR")):
        meetings = Meetings(text)
        return Opened(text, meetings, meetings.layout)
    if name.endswith(JSON) or (not name.endswith(_DELIMITED) and _starts(text, "{", "[")):
        return Opened(text, JsonLines(text))
    return Opened(
        text, Delimited(text, lambda names: _is_ours(names, wish.custom), lambda names: _is_known(names, wish))
    )


def _known(members: Sequence[Member], wish: Wish) -> Iterator[Opened]:
    """The members of an archive that are files of a system, or cards; the others hold what we do not keep."""
    for member in members:
        name = member.name.lower()
        if name.endswith((*_CARDS, *_CALENDAR)):
            yield _opened(member, wish)
        elif name.endswith(_DELIMITED) and not Path(member.name).name.startswith("."):
            opened = _of_system(member, wish)
            if opened is not None:
                yield opened


def _of_system(member: Member, wish: Wish) -> Opened | None:
    try:
        opened = _opened(member, wish)
    except InvalidInput:  # empty, or in an encoding that is no text: one of the many files that nobody asked for
        return None
    return opened if _is_known(opened.sheet.header, wish) else None


def _starts(text: TextFile, *marks: str) -> bool:
    return "".join(text.head).lstrip("\ufeff \r\n\t").upper().startswith(marks)


def _is_ours(names: Sequence[str], custom: Mapping[str, Collection[str]]) -> bool:
    """Whether a header names nothing but fields of ours, and those that identify a record."""
    return any(name in ("id", "uid") or name.endswith((".uid", ".id")) for name in names) and any(
        {*names} <= {"id", *fields, *custom.get(entity, ())} for entity, fields in own.FIELDS.items()
    )


def _is_known(names: Sequence[str], wish: Wish) -> bool:
    """Whether a header is that of another system's file."""
    if wish.profile == OWN:
        return False
    return profiles.recognised(names, profile=wish.profile, entity=wish.entity, folder=wish.folder) is not None
