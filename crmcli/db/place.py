"""Where the file stands: who may read it, and whether its disk or folder is one that a database survives on."""

import os
import re
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from crmcli.db import kept

_NETWORK = (
    *("nfs", "nfs4", "cifs", "smb3", "smbfs", "afs", "ncpfs", "glusterfs", "ceph", "lustre", "beegfs", "davfs"),
    *(
        "fuse.sshfs",
        "fuse.rclone",
        "fuse.glusterfs",
        "fuse.s3fs",
        "fuse.gcsfuse",
        "fuse.vmhgfs-fuse",
        "vboxsf",
        "prl_fs",
    ),
)
_SYNCED = {
    "dropbox": "Dropbox",
    "onedrive": "OneDrive",
    "icloud": "iCloud",
    "mobile documents": "iCloud",
    "com~apple~clouddocs": "iCloud",
    "google drive": "Google Drive",
    "googledrive": "Google Drive",
    "my drive": "Google Drive",
    "cloudstorage": "a cloud service",
    "nextcloud": "Nextcloud",
    "owncloud": "ownCloud",
}
_MOUNTS = Path("/proc/self/mountinfo")
_OTHERS = 0o077


def open_to_others(database: Path, *, own_folder: Path | None) -> Iterator[tuple[Path, int]]:
    """(path, mode) of what belongs to `database` and may be read or written by others than its owner.

    The log has the mode of the file, and is looked at only beside one that is closed. `own_folder` is looked at when
    the file stands in it: it was made for the file, any other folder was not.
    """
    if os.name != "posix":
        return
    place, home = Path(os.path.realpath(database)), kept.folder(database)
    places = [place, home]
    if not _mode(place) & _OTHERS:
        places += [Path(f"{place}-wal"), Path(f"{place}-shm")]
    if own_folder is not None and place.parent == Path(os.path.realpath(own_folder)):
        places.append(place.parent)
    with suppress(OSError):
        places += sorted(path for path in home.iterdir() if path.name.startswith(place.stem))
    for path in places:
        mode = _mode(path)
        if mode & _OTHERS:
            yield path, mode


def close_to_others(path: Path) -> None:
    """Leave the file or folder at `path` to its owner."""
    path.chmod(_mode(path) & ~_OTHERS)


def network(database: Path, *, mounts: Path = _MOUNTS) -> str | None:
    """The network file system that the file stands on; None on a disk of this machine, or where nobody says."""
    place = os.path.realpath(database)
    kind, longest = None, -1
    try:
        lines = mounts.read_text("utf-8", "surrogateescape").splitlines()
    except OSError:
        return None
    for line in lines:
        before, _, after = line.partition(" - ")
        point = re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), before.split()[4])
        if (place == point or place.startswith(point.rstrip("/") + "/")) and len(point) >= longest:
            kind, longest = after.split()[0], len(point)
    return kind if kind in _NETWORK else None


def synced(database: Path) -> str | None:
    """The service that copies the folder of the file to other machines, as far as its name and marks say."""
    place = Path(os.path.realpath(database))
    for part in place.parts[:-1]:
        for mark, service in _SYNCED.items():
            if part.lower() == mark or part.lower().startswith((f"{mark} ", f"{mark}-")):
                return service
    return "Syncthing" if any((folder / ".stfolder").exists() for folder in place.parents) else None


def _mode(path: Path) -> int:
    """The permissions of what stands at `path`, none for what does not."""
    try:
        return stat.S_IMODE(path.stat().st_mode)
    except OSError:
        return 0
