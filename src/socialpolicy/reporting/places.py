"""Where files are, seen from the top of their repository: forges and editors name files that way."""

from __future__ import annotations

import os
import re
from pathlib import Path, PurePath
from urllib.parse import quote

REVISION = re.compile(r"((?:[^:{]|\{[^}]*\})*):(.*)", re.DOTALL)
DRIVE = re.compile(r"[A-Za-z]:[\\/]")


def top_of(folder: Path) -> Path:
    """The folder at the top of the repository that a folder is in; the folder itself where it is in none."""
    folder = folder.resolve()
    return next((place for place in (folder, *folder.parents) if (place / ".git").exists()), folder)


def from_top(file: str, top: Path) -> str:
    """A file as it is named from the top of its repository, with slashes; "" for standard input.

    A file of a revision is named without the revision, and one outside the repository by its whole path.
    """
    if file in ("", "-"):
        return ""
    try:
        there = Path(file).exists()
    except (OSError, ValueError):
        there = False
    revision = None if there or DRIVE.match(file) else REVISION.fullmatch(file)
    if revision is not None:
        within = revision[2]
        if not within.startswith(("./", "../")):
            return spelt(within)
        file = within
    path = PurePath(os.path.normpath(Path.cwd() / file))
    for root in (top, top.resolve()):
        if path.is_relative_to(root):
            return spelt(path.relative_to(root).as_posix())
    return spelt(path.as_posix())


def spelt(name: str) -> str:
    """A name as UTF-8 spells it, whatever the locale makes of its bytes."""
    try:
        return os.fsencode(name).decode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # it did not come from the file system
        return name


def uri(name: str) -> str:
    """A file's name as a URI: relative to the top, or of the whole path. Names that are no UTF-8 keep their bytes."""
    quoted = quote(name, errors="surrogateescape")
    return f"file://{quoted}" if name.startswith("/") else quoted
