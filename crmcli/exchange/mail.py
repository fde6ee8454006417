"""Mails, one (.eml) or many (mbox), as a table of interactions keyed by Message-ID."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC
from email import message_from_bytes
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import BinaryIO

from crmcli.core.result import join_values
from crmcli.core.wording import named, shown
from crmcli.errors import InvalidInput, NotFound
from crmcli.exchange.layout import Foreign, Layout
from crmcli.exchange.record import Fault, Record

ENDINGS = (".eml", ".mbox", ".mbx")

_FIELDS = ("key", "at", "sender.email", "recipient.email", "text")
LAYOUT = Layout(
    profile="mail",
    entity="interactions",
    headers={name: name for name in _FIELDS},
    fields=(*_FIELDS, "channel", "direction"),
    constants={"channel": "email"},
    source="mail",
    foreign=Foreign("mail (mbox, .eml)"),
)

_LARGEST, _LONGEST = 64 << 20, 20_000  # bytes of a mail; characters of its text that are kept
_CHUNK = 1 << 20
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff\u202a-\u202e\u2066-\u2069]")
_PARTED = ("script", "style", "head")


class Mails:
    """A file of mails, and where it comes from. Raises InvalidInput and NotFound."""

    header: tuple[str, ...] = _FIELDS
    layout = LAYOUT
    encoding, is_regular = "utf-8", True

    def __init__(self, path: str) -> None:
        self.name = path
        self.taken = 0
        with self._opened() as file:
            self._is_many = file.read(5) == b"From "

    def sha256(self) -> str:
        import hashlib

        digest = hashlib.sha256()
        with self._opened() as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
        return digest.hexdigest()

    def records(self) -> Iterator[Record | Fault]:
        with self._opened() as file:
            for line, data in _messages(file) if self._is_many else [(1, file.read(_LARGEST + 1))]:
                self.taken += len(data)
                raw = (data.decode("utf-8", "replace"),)
                if len(data) > _LARGEST:
                    yield Fault(self.name, line, None, f"the mail is larger than {_LARGEST >> 20} MB", ())
                    continue
                try:
                    yield line, _values(message_from_bytes(data)), raw
                except (MessageError, ValueError, LookupError) as error:
                    yield Fault(self.name, line, None, f"not a mail: {shown(str(error), 100)}", raw)

    def written(self, raws: Iterable[Sequence[str]]) -> Iterator[str]:
        for (text,) in raws:
            quoted = re.sub(r"(?m)^(>*From )", r">\1", text.replace("\r\n", "\n")).rstrip("\n")
            yield f"From MAILER-DAEMON Thu Jan  1 00:00:00 1970\n{quoted}\n\n"

    def _opened(self) -> BinaryIO:
        try:
            return Path(self.name).open("rb")
        except FileNotFoundError:
            raise NotFound(f"no file {named(self.name)}") from None
        except OSError as error:
            reason = (error.strerror or "the system refuses").lower()
            raise InvalidInput(f"cannot read {named(self.name)}: {reason}") from None


def _messages(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """The mails of an mbox, each with the line behind which it begins; `>From ` stands for `From `."""
    begins, size, lines = 0, 0, list[bytes]()
    is_after_blank = True
    number = 0
    while line := file.readline(_CHUNK):
        number += 1
        if line.startswith(b"From ") and is_after_blank:
            if begins:
                yield begins, b"".join(lines)
            begins, size, lines = number, 0, []
            is_after_blank = False
            continue
        is_after_blank = line in (b"\n", b"\r\n")
        size += len(line)
        if size <= _LARGEST or len(lines[-1:]) == 0:
            lines.append(line[1:] if re.match(rb">+From ", line) else line)
        elif size - len(line) <= _LARGEST:
            lines.append(b" " * (_LARGEST + 1 - size + len(line)))
    if begins:
        yield begins, b"".join(lines)


def _values(mail: "Message[str, str]") -> list[str]:
    return [
        _header(mail, "Message-ID").strip().removeprefix("<").removesuffix(">"),
        _at(mail),
        join_values(_addresses(mail, "From")),
        join_values(_addresses(mail, "To", "Cc")),
        _text(mail),
    ]


def _header(mail: "Message[str, str]", name: str) -> str:
    """The header in plain words; one that cannot be decoded as it stands."""
    said = mail.get(name)
    if said is None:
        return ""
    try:
        text = str(make_header(decode_header(said)))
    except (LookupError, ValueError, MessageError):
        text = str(said)
    return _CONTROL.sub("", " ".join(text.split()))


def _addresses(mail: "Message[str, str]", *names: str) -> list[str]:
    said = [_header(mail, name) for name in names if mail.get(name)]
    return list(dict.fromkeys(address.lower() for _, address in getaddresses(said) if "@" in address))


def _at(mail: "Message[str, str]") -> str:
    try:
        when = parsedate_to_datetime(_header(mail, "Date"))
    except (ValueError, TypeError):
        return ""
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).isoformat()


def _text(mail: "Message[str, str]") -> str:
    """The subject, and the text that a person reads."""
    body = next(filter(None, (_body(mail, kind) for kind in ("text/plain", "text/html"))), "")
    whole = "\n\n".join(filter(None, (_header(mail, "Subject"), body)))
    return whole if len(whole) <= _LONGEST else f"{whole[: _LONGEST - 1]}…"


def _body(mail: "Message[str, str]", kind: str) -> str:
    for part in mail.walk():
        if part.get_content_type() == kind and part.get_content_disposition() != "attachment":
            data = part.get_payload(decode=True)
            if isinstance(data, bytes):
                text = _decoded(data, part.get_content_charset() or "utf-8")
                return _plain(_stripped(text) if kind == "text/html" else text)
    return ""


def _decoded(data: bytes, charset: str) -> str:
    try:
        return data.decode(charset, "replace")
    except LookupError:
        return data.decode("utf-8", "replace")


def _plain(text: str) -> str:
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return re.sub(r"\n{3,}", "\n\n", _CONTROL.sub("", lines)).strip()


class _Words(HTMLParser):
    """The words of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002
        self._hidden += tag in _PARTED
        if tag in ("br", "p", "div", "tr", "li", "h1", "h2", "h3"):
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._hidden = max(0, self._hidden - (tag in _PARTED))

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.words.append(data)


def _stripped(page: str) -> str:
    words = _Words()
    words.feed(page)
    words.close()
    return "\n".join(line.strip() for line in "".join(words.words).splitlines())
