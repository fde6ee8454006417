"""A simulated disk: what was written and not yet synced may be there after a power cut, or not, or in part.

The log of a session of commands is replayed; at each point of it images of the folder are made, as a power cut there
might leave it: everything synced, and of the rest nothing, all, the first so many, or any, the last torn at a sector.
"""

import random
import struct
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

from tests.reliability.lab import Lab
from tests.reliability.states import Unsound, content

T = TypeVar("T")

_HEAD = struct.Struct("<cBQQI")
_SECTOR = 512


@dataclass(frozen=True, slots=True)
class Event:
    """A line of the log: `a` and `b` mean what the source of the shim says."""

    kind: str
    is_shm: bool
    a: int
    b: int
    data: bytes


def events(log: bytes) -> list[Event]:
    """What a command did, as the shim wrote it down."""
    found, at = [], 0
    while at < len(log):
        kind, is_shm, a, b, length = _HEAD.unpack_from(log, at)
        at += _HEAD.size
        found.append(Event(kind.decode(), bool(is_shm), a, b, log[at : at + length]))
        at += length
    return found


@dataclass(slots=True)
class Inode:
    """A file on the disk: what is surely there, and the writes and truncations that may be."""

    synced: bytes = b""
    pending: list[Event] = field(default_factory=list)


Naming = tuple[str, str, Inode | None]  # a name that is set to a file, or gone, and the one that the file leaves


@dataclass(slots=True)
class Disk:
    """Files and the names of one folder, each in two states: as synced, and as the running system sees it."""

    inodes: dict[int, Inode] = field(default_factory=dict)
    synced: dict[str, Inode] = field(default_factory=dict)
    pending: list[Naming] = field(default_factory=list)

    @classmethod
    def of(cls, folder: Path) -> "Disk":
        """The folder as it stands, all of it synced."""
        disk = cls()
        for path in folder.iterdir():
            if path.is_file() and not path.name.endswith("-shm"):
                inode = Inode(path.read_bytes())
                disk.inodes[path.stat().st_ino] = inode
                disk.synced[path.name] = inode
        return disk

    def apply(self, event: Event) -> None:
        """Go one step on."""
        if event.is_shm:
            return
        match event.kind:
            case "W" | "T" if event.a in self.inodes:
                self.inodes[event.a].pending.append(event)
            case "S" if event.a in self.inodes:
                inode = self.inodes[event.a]
                inode.synced, inode.pending = written(inode.synced, inode.pending), []
            case "D":
                self.synced, self.pending = named(self.synced, self.pending), []
            case "C":
                self.inodes[event.a] = Inode()
                self._name(event.data, self.inodes[event.a])
            case "L":
                self._name(event.data, self.inodes[event.a])
            case "U":
                self._name(event.data, None)
            case "R":
                old, _, new = event.data.partition(b"\0")
                moved = named(self.synced, self.pending).get(_name(old))
                self.pending.append((_name(new), _name(old), moved))

    def _name(self, path: bytes, inode: Inode | None) -> None:
        self.pending.append((_name(path), "", inode))

    def images(self, chance: random.Random) -> Iterator[dict[str, bytes]]:
        """The folder after a power cut now: with nothing, all, the first, any and parts of what is not synced."""

        def first(several: Sequence[T]) -> Sequence[T]:
            return several[: chance.randrange(len(several) + 1)]

        def any_of(several: Sequence[T]) -> Sequence[T]:
            return [each for each in several if chance.random() < 0.5]

        yield self._image((), lambda _: ())
        yield self._image(self.pending, lambda several: several)
        yield self._image(first(self.pending), first)
        yield self._image(any_of(self.pending), any_of)
        yield self._image(any_of(self.pending), lambda several: [_torn(each, chance) for each in first(several)])

    def _image(self, steps: Sequence[Naming], kept: Callable[[Sequence[Event]], Sequence[Event]]) -> dict[str, bytes]:
        names = named(self.synced, steps)
        return {name: written(inode.synced, kept(inode.pending)) for name, inode in names.items()}


def _torn(step: Event, chance: random.Random) -> Event:
    """A write that stops, or begins, at a sector of the disk."""
    at = chance.randrange(len(step.data) // _SECTOR + 1) * _SECTOR
    if step.kind == "T" or not at:
        return step
    if chance.random() < 0.5:
        return replace(step, data=step.data[:at])
    return replace(step, b=step.b + at, data=step.data[at:])


def _name(path: bytes) -> str:
    return path.decode().rpartition("/")[2]


def named(names: dict[str, Inode], steps: Sequence[Naming]) -> dict[str, Inode]:
    """The names of the folder after some steps."""
    found = dict(names)
    for new, old, inode in steps:
        found.pop(old, None)
        if inode is None:
            found.pop(new, None)
        else:
            found[new] = inode
    return found


def written(content: bytes, steps: Sequence[Event]) -> bytes:
    """The content of a file after some writes and truncations."""
    found = bytearray(content)
    for step in steps:
        missing = step.b - len(found)
        if missing > 0:
            found.extend(bytes(missing))
        if step.kind == "T":
            del found[step.b :]
        else:
            found[step.b : step.b + len(step.data)] = step.data
    return bytes(found)


@dataclass(slots=True)
class Outcome:
    """How many different images were opened, and what was wrong with any."""

    images: int = 0
    wrong: list[str] = field(default_factory=list)


class Session:
    """Commands one after the other on one disk, and images of it at up to `most` points of each."""

    def __init__(self, lab: Lab, folder: Path, scratch: Path, *, seed: int, most: int) -> None:
        self.lab, self.folder, self.scratch, self.most = lab, folder, scratch, most
        self.chance = random.Random(seed)
        self.disk = Disk.of(folder)
        self.now = self._looked_at({path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()})
        self.outcome = Outcome()
        self._seen: set[bytes] = set()

    def run(self, words: Sequence[str], *, migrations: Path | None = None, also: Sequence[str | None] = ()) -> None:
        """Run a command and open what power cuts in the middle of it leave; `also` may be found before it is done."""
        log = self.scratch.with_name("log")
        log.unlink(missing_ok=True)
        ran = self.lab.run(words, self.folder, log=log, migrations=migrations)
        if ran.code:
            raise AssertionError(f"{words}: exit {ran.code}: {ran.err}")
        beside = [path for path in self.folder.iterdir() if path.is_file() and not path.name.endswith("-shm")]
        files = {path.name: path.read_bytes() for path in beside}
        before, self.now = self.now, self._looked_at(files)
        done = events(log.read_bytes())
        points = {*self.chance.sample(range(len(done)), min(self.most, len(done))), len(done) - 1}
        allowed = {before, self.now, *also}
        for number, event in enumerate(done):
            if event.kind == "A":
                allowed = {self.now}
            self.disk.apply(event)
            if number in points:
                for image in self.disk.images(self.chance):
                    self._open(image, allowed, f"{' '.join(words)}, step {number} of {len(done)}")
        for image in self.disk.images(self.chance):
            self._open(image, {self.now}, f"{' '.join(words)}, done")

    def _open(self, image: dict[str, bytes], allowed: set[str | None], where: str) -> None:
        known = sha256(b"".join(name.encode() + b"\0" + image[name] for name in sorted(image))).digest()
        known += repr(sorted(map(str, allowed))).encode()
        if known in self._seen:
            return
        self._seen.add(known)
        self.outcome.images += 1
        try:
            found = self._looked_at(image)
        except Unsound as error:
            self.outcome.wrong.append(f"{where}: damaged: {error}")
        else:
            if found not in allowed:
                self.outcome.wrong.append(f"{where}: neither before nor after")

    def _looked_at(self, image: dict[str, bytes]) -> str | None:
        """What the database of an image holds, None where there is none. Raises Unsound."""
        self.scratch.mkdir(exist_ok=True)
        for old in self.scratch.iterdir():
            old.unlink()
        for name, data in image.items():
            if not name.startswith(".") and not name.endswith("-shm"):
                (self.scratch / name).write_bytes(data)
        for name in image:
            if name.endswith(".bak"):
                content(self.scratch / name)
        return content(self.scratch / "crm.db") if "crm.db" in image else None
