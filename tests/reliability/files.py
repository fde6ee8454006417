"""Files that are not ours, newer, damaged, or in the way; each made of a sound one."""

import os
import random
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from crmcli.db import driver

PAGE = 4096

Spoil = Callable[[Path], None]


def folder(file: Path) -> None:
    file.unlink()
    file.mkdir()


def fifo(file: Path) -> None:
    file.unlink()
    os.mkfifo(file)


def link_to_a_device(file: Path) -> None:
    file.unlink()
    file.symlink_to("/dev/zero")


def link_to_itself(file: Path) -> None:
    file.unlink()
    file.symlink_to(file.name)


def nothing_in_it(file: Path) -> None:
    file.write_bytes(b"")


def text(file: Path) -> None:
    file.write_text("name,email\nAda,ada@example.com\n" * 200)


def spreadsheet(file: Path) -> None:
    file.write_bytes(b"PK\x03\x04\x14\x00\x06\x00" + bytes(5000))


def somebody_elses(file: Path) -> None:
    file.unlink()
    with closing(sqlite3.connect(file)) as other:
        other.execute("create table customer (id integer primary key, name text)")


def without_our_mark(file: Path) -> None:
    _put(file, 68, b"SUMS")


def newer(file: Path) -> None:
    _put(file, 60, (999).to_bytes(4, "big"))


def bad_magic(file: Path) -> None:
    _put(file, 3, b"X")


def bad_page_size(file: Path) -> None:
    _put(file, 16, b"\x00\x07")


def bad_schema(file: Path) -> None:
    _put(file, 100, b"\xff" * 2000)


def bad_pages(file: Path) -> None:
    _put(file, PAGE, b"\x5a" * (file.stat().st_size - PAGE))


def short(file: Path) -> None:
    os.truncate(file, 3 * PAGE)


def of_one_page(file: Path) -> None:
    os.truncate(file, PAGE)


#: Every command refuses these.
UNUSABLE: tuple[Spoil, ...] = (
    folder,
    fifo,
    link_to_a_device,
    link_to_itself,
    nothing_in_it,
    text,
    spreadsheet,
    somebody_elses,
    without_our_mark,
    newer,
    bad_magic,
    bad_page_size,
    bad_schema,
    bad_pages,
    short,
    of_one_page,
)


def bad_text(file: Path) -> None:
    """A byte that is no UTF-8 in every text that a person typed, as a failing disk might leave it."""
    with closing(driver.connect(file)) as connection:
        triggers = connection.execute("select name from sqlite_schema where type = 'trigger'").fetchall()
        for (name,) in triggers:
            connection.execute(f"drop trigger {name}")
        for table, column in (("customer", "name"), ("deal", "name"), ("interaction", "text"), ("pipeline", "name")):
            connection.execute(f"update {table} set {column} = cast(cast({column} as blob) || x'ff' as text)")


def flipped(sound: bytes, count: int, *, seed: int) -> Iterator[bytes]:
    """So many copies of a file: bytes flipped, a sector or page zeroed or scribbled over, the end cut off."""
    chance = random.Random(seed)
    for number in range(count):
        copy = bytearray(sound)
        at = chance.randrange(len(copy))
        match number % 5:
            case 0:
                copy[at] ^= 1 << chance.randrange(8)
            case 1:
                for _ in range(16):
                    copy[chance.randrange(len(copy))] ^= 0xFF
            case 2:
                start = at // 512 * 512
                copy[start : start + 512] = bytes(512)
            case 3:
                start = at // PAGE * PAGE
                copy[start : start + PAGE] = chance.randbytes(PAGE)
            case _:
                del copy[at:]
        yield bytes(copy)


def _put(file: Path, at: int, data: bytes) -> None:
    with file.open("r+b") as opened:
        opened.seek(at)
        opened.write(data)
