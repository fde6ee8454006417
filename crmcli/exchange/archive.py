"""The files in a ZIP archive, read where they stand; nothing is unpacked, and no path of a member is ever opened."""

import io
import lzma
import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from crmcli.core.wording import named, shown
from crmcli.errors import InvalidInput

_MOST_MEMBERS, _LARGEST, _WHOLE = 10_000, 1 << 32, 1 << 33  # files; bytes of one, and of all, once unpacked
_MOST_RATIO, _SMALL = 200, 1 << 20  # deflate makes text 5 to 20 times smaller; below 1 MB no ratio does harm
_ENCRYPTED = 0x1
_HINT = "unpack it and import the files that are wanted"


@dataclass(frozen=True, slots=True)
class Member:
    """One file of an archive, called `archive.zip/Connections.csv` in messages."""

    archive: Path
    place: int
    name: str

    def open(self) -> BinaryIO:
        """The bytes; a reader of the zip library gives no more than the archive says, and checks their sum."""
        try:
            archive = zipfile.ZipFile(self.archive)
            return io.BufferedReader(_Closing(archive, archive.infolist()[self.place]))
        except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError) as error:
            raise _damaged(str(self.archive), error) from None


class _Closing(io.RawIOBase):
    """The bytes of a member, whose end closes the archive too. Raises InvalidInput where the archive is damaged."""

    def __init__(self, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> None:
        self._archive = archive
        self._member = archive.open(info)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        try:
            found = self._member.read(len(buffer))
        except (zipfile.BadZipFile, EOFError, OSError, ValueError, zlib.error, lzma.LZMAError) as error:
            raise _damaged(str(self._archive.filename), error) from None
        buffer[: len(found)] = found
        return len(found)

    def close(self) -> None:
        if not self.closed:
            self._member.close()
            self._archive.close()
        super().close()


def members(path: str) -> Sequence[Member]:
    """The files in the archive at `path`. Raises InvalidInput for one that is damaged, encrypted or a bomb."""
    try:
        with zipfile.ZipFile(path) as archive:
            infos = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError) as error:
        raise _damaged(path, error) from None
    if len(infos) > _MOST_MEMBERS:
        raise InvalidInput(f"{named(path)} holds {len(infos):,} files; at most {_MOST_MEMBERS:,}", hint=_HINT)
    if sum(info.file_size for info in infos) > _WHOLE:
        raise InvalidInput(f"{named(path)} holds more than {_WHOLE >> 30} GB once unpacked", hint=_HINT)
    for info in infos:
        _check(path, info)
    return [
        Member(Path(path), place, f"{path}/{info.filename}") for place, info in enumerate(infos) if not info.is_dir()
    ]


def is_workbook(path: str) -> bool:
    """Whether the archive is an Excel workbook."""
    try:
        with zipfile.ZipFile(path) as archive:
            return "xl/workbook.xml" in archive.namelist()
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError):
        return False


def _check(path: str, info: zipfile.ZipInfo) -> None:
    what = f"{named(path)}: {shown(info.filename)}"
    if info.flag_bits & _ENCRYPTED:
        raise InvalidInput(f"{what} is encrypted", hint=_HINT)
    if info.file_size > _LARGEST:
        raise InvalidInput(f"{what} is larger than {_LARGEST >> 30} GB", hint=_HINT)
    if info.file_size > _SMALL and info.file_size > _MOST_RATIO * max(info.compress_size, 1):
        times = info.file_size // max(info.compress_size, 1)
        raise InvalidInput(f"{what} grows {times:,} times when it is unpacked: at most {_MOST_RATIO}", hint=_HINT)


def _damaged(path: str, error: Exception) -> InvalidInput:
    reason = error.strerror.lower() if isinstance(error, OSError) and error.strerror else "damaged"
    return InvalidInput(f"{named(path)} cannot be read as a ZIP archive: {reason}")
