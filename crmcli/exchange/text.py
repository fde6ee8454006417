"""A text file as lines: decoded strictly, of bounded length, however long the file is."""

import codecs
import io
import sys
from collections.abc import Generator, Iterator
from itertools import chain
from pathlib import Path
from typing import BinaryIO

from crmcli.core.wording import named
from crmcli.errors import InvalidInput, NotFound
from crmcli.exchange.archive import Member
from crmcli.exchange.encoding import known, odd

#: Characters in one line, or one record; a longer one is refused before it fills the memory.
LONGEST_LINE = 8_000_000

_HEAD_LINES, _HEAD_SIZE, _CHUNK, _FIRST = 1_000, 1_000_000, 1 << 20, 16
_UTF_16_SIGNS = (b"\xff\xfe", b"\xfe\xff")
_FOREIGN = {
    b"PK\x03\x04": "an Excel workbook or a ZIP archive",
    b"PK\x05\x06": "an empty ZIP archive",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"SQLite format 3\x00": "a SQLite file",
    b"%PDF": "a PDF file",
    b"\x1f\x8b": "a compressed file",
    b"BZh": "a compressed file",
    b"\xfd7zXZ\x00": "a compressed file",
    b"\x28\xb5\x2f\xfd": "a compressed file",
    b"7z\xbc\xaf": "a compressed file",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
}


class TextFile:
    """A file, or a stream that can be read once; `head` are its first lines.

    It is UTF-8, or UTF-16 with its byte order mark, unless an `encoding` is given; nothing is guessed. `has_nul` once a
    line with a NUL was read; `is_marked`: it begins with the byte order mark of UTF-8; `taken` counts the characters read.
    Raises NotFound, and InvalidInput for what is empty, no text, or of another encoding.
    """

    def __init__(self, path: str | Member, encoding: str | None = None) -> None:
        self._member = path if isinstance(path, Member) else None
        self._path = None if path == "-" or isinstance(path, Member) else Path(path)
        self.name = path.name if isinstance(path, Member) else "<stdin>" if path == "-" else path
        self.encoding = "utf-8" if encoding is None else known(encoding)
        self.taken = 0
        self.has_nul = self.is_marked = False
        self._is_told = encoding is not None
        self.is_regular = self._member is not None or (self._path is not None and self._path.is_file())
        self._rest = self._decoded()
        self.head = tuple(_beginning(self._rest))
        if self.is_regular:
            self._rest.close()
        if not any(line.strip() for line in self.head):
            raise InvalidInput(f"{named(self.name)} is empty", hint="the first line names the columns")
        if "\0" in self.head[0]:
            raise _no_text(self.name)

    def lines(self) -> Iterator[str]:
        """All lines with their ends, those of a stream once. Raises InvalidInput where one cannot be read."""
        return self._decoded() if self.is_regular else chain(self.head, self._rest)

    def sha256(self) -> str | None:
        """The digest of the bytes; none for a stream."""
        if not self.is_regular:
            return None
        import hashlib

        digest = hashlib.sha256()
        with self._opened() as stream:
            while chunk := stream.read(_CHUNK):
                digest.update(chunk)
        return digest.hexdigest()

    def _decoded(self) -> Generator[str, None, None]:
        stream = self._opened()
        text, number = None, 0
        try:
            encoding = self._encoding(stream)
            self.encoding = "utf-8" if encoding == "utf-8-sig" and not self.is_marked else encoding
            text = io.TextIOWrapper(stream, encoding, newline="")
            while line := text.readline(LONGEST_LINE):
                number += 1
                self.taken += len(line)
                self.has_nul |= "\0" in line
                if len(line) == LONGEST_LINE and line[-1] not in "\r\n":
                    raise InvalidInput(
                        f"{named(self.name)}: line {number} is longer than {LONGEST_LINE // 1_000_000} MB"
                    )
                yield line
        except UnicodeDecodeError as error:
            raise odd(self.name, number + 1, error, is_told=self._is_told) from None
        finally:
            if text is not None:
                text.detach()
            if self._path is not None or self._member is not None:
                stream.close()

    def _opened(self) -> BinaryIO:
        if self._member is not None:
            return self._member.open()
        if self._path is None:
            return sys.stdin.buffer
        try:
            return self._path.open("rb")
        except FileNotFoundError:
            raise NotFound(f"no file {named(self.name)}") from None
        except IsADirectoryError:
            raise InvalidInput(f"{named(self.name)} is a folder, not a file", hint="name the files in it") from None
        except OSError as error:
            reason = (error.strerror or "the system refuses").lower()
            raise InvalidInput(f"cannot read {named(self.name)}: {reason}") from None

    def _encoding(self, stream: BinaryIO) -> str:
        """UTF-8, or UTF-16 by its mark. Raises InvalidInput for the first bytes of what is no text."""
        first = stream.peek(_FIRST)[:_FIRST] if isinstance(stream, io.BufferedReader) else b""
        for sign, what in _FOREIGN.items():
            if first.startswith(sign):
                raise InvalidInput(f"{named(self.name)} is {what}, not a text file", hint="save it as CSV in UTF-8")
        self.is_marked = first.startswith(codecs.BOM_UTF8)
        if self._is_told:
            return "utf-8-sig" if self.encoding == "utf-8" else self.encoding
        if b"\0" in first.partition(b"\n")[0] and not first.startswith(_UTF_16_SIGNS):
            raise _no_text(self.name)
        return "utf-16" if first.startswith(_UTF_16_SIGNS) else "utf-8-sig"


def _beginning(lines: Iterator[str]) -> Iterator[str]:
    """The first lines: a thousand, or fewer that are long."""
    size = 0
    for number, line in enumerate(lines, 1):
        yield line
        size += len(line)
        if number >= _HEAD_LINES or size >= _HEAD_SIZE:
            return


def _no_text(name: str) -> InvalidInput:
    return InvalidInput(f"{named(name)} is not a text file", hint="save it as CSV in UTF-8")
