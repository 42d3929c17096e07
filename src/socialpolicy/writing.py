"""Write several files together, so that a kill at any moment leaves the old state or the new one.

Every new content is written under a temporary name beside its place and forced to the disk; then the files take their
places one after the other, in the order given. The last one is what makes the new state exist: until it is in its place,
whoever reads has to take the others for left-overs.
"""

from __future__ import annotations

import os
import secrets
import stat
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

if sys.platform != "win32":
    import fcntl

TEMPORARY = (".socialpolicy-", ".new")
"""How the names of temporary files begin and end."""


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file as it is to be."""

    path: Path
    content: bytes


def write_together(files: Sequence[NewFile], *, before: Callable[[], None] = lambda: None) -> None:
    """Put files into their places, the last one last; ``before`` is called when all are written and none is in its place.

    Where something fails, no temporary file stays, and the files before the one that failed are in their places.
    """
    temporary: list[Path] = []
    try:
        for file in files:
            name = file.path.parent / f"{TEMPORARY[0]}{secrets.token_hex(8)}{TEMPORARY[1]}"
            temporary.append(name)
            write_new(name, file)
        before()
        for name, file in zip(list(temporary), files, strict=True):
            os.replace(name, file.path)  # noqa: PTH105
            temporary.remove(name)
            keep_folder(file.path.parent)
    except BaseException:
        for name in temporary:
            with suppress(OSError):
                name.unlink(missing_ok=True)
        raise


def write_new(name: Path, file: NewFile) -> None:
    """Write the content of a file under another name, with the rights of the file that is there."""
    handle = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0), 0o666)
    try:
        left = memoryview(file.content)
        while left:
            left = left[os.write(handle, left) :]
        if file.path.is_file():
            name.chmod(stat.S_IMODE(file.path.stat().st_mode))
        os.fsync(handle)
    finally:
        os.close(handle)


def keep_folder(folder: Path) -> None:
    """Force to the disk which names stand in a folder, where the system knows how."""
    if sys.platform != "win32":
        handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def clear(folder: Path) -> None:
    """Remove the temporary files that a killed writer left in a folder; only who holds its lock may."""
    for file in folder.glob(f"{TEMPORARY[0]}*{TEMPORARY[1]}"):
        file.unlink(missing_ok=True)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold a folder alone. Raises ``BlockingIOError`` where another process does.

    The lock is on the folder itself and ends with the process, so none is ever left behind. (Windows has no such lock.)
    """
    if sys.platform == "win32":
        yield
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(handle)
