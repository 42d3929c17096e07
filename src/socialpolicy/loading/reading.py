"""Read files and texts, YAML or JSON, into documents; nothing global is changed but the garbage collector, which pauses."""

from __future__ import annotations

import gc
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import yaml

from socialpolicy.loading.composing import Composer
from socialpolicy.loading.documents import Document
from socialpolicy.loading.findings import Finding, LimitError, Mistakes
from socialpolicy.loading.hiding import BYTE_ORDER_MARKS, NOUGHTS, hide
from socialpolicy.loading.syntax import syntax

FILE_BYTES = 8 * 1024 * 1024
FILE_BYTES_SLOW = 512 * 1024
"""The limit where PyYAML lacks its C extension and is some twenty times slower."""


def read_file(path: Path, *, root: Path | None = None, name: str | None = None) -> Document:
    """Read a file; a special file, one that is too large, or a link that leads out of ``root`` is refused."""
    document = Document(name if name is not None else path.as_posix())
    try:
        if root is not None and not path.resolve().is_relative_to(root.resolve()):
            document.add(
                "outside-root",
                (),
                f"this link leads out of the folder {root.as_posix()}, so it is not followed.",
                "put a copy of the file here instead.",
            )
            return document
        handle = os.open(
            path, os.O_RDONLY | sum(getattr(os, flag, 0) for flag in ("O_NONBLOCK", "O_CLOEXEC", "O_BINARY"))
        )
    except (OSError, ValueError, RuntimeError) as error:
        reason = (
            (error.strerror or "cannot be opened")
            if isinstance(error, OSError)
            else "is no file name, or a link that leads to itself"
        )
        document.add(
            "unreadable-file",
            (),
            f"cannot be read: {reason[:1].lower() + reason[1:]}.",
            "check the name and the rights.",
        )
        return document
    status = os.fstat(handle)
    if not stat.S_ISREG(status.st_mode):
        os.close(handle)
        document.add("unreadable-file", (), "this is no ordinary file (a folder, a pipe or a device).", "give a file.")
        return document
    with os.fdopen(handle, "rb") as file:
        check_size(document.name, status.st_size)
        raw = file.read(FILE_BYTES + 1)
    return read_bytes(raw, document.name)


def read_bytes(raw: bytes, name: str) -> Document:
    """Read the bytes of a file, which have to be UTF-8."""
    check_size(name, len(raw))
    if raw.count(0) > NOUGHTS:
        document = Document(name)
        kind = "UTF-16 or UTF-32" if raw[:2] in BYTE_ORDER_MARKS or raw[1::2].count(0) * 3 > len(raw) else "no text"
        document.add_place("not-utf8", 1, 1, 2, f"the file is {kind}.", "save it as text in UTF-8.")
        return document
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        document = Document(name, raw[: error.start].decode("utf-8", "replace"))
        line = raw.count(b"\n", 0, error.start) + 1
        column = len(raw[raw.rfind(b"\n", 0, error.start) + 1 : error.start].decode("utf-8", "replace")) + 1
        kind = "UTF-16" if raw[:2] in BYTE_ORDER_MARKS else "not UTF-8"
        document.add_place("not-utf8", line, column, column + 1, f"the file is {kind}.", "save it as UTF-8.")
        return document
    return read_text(text, name)


def read_shared(raw: bytes, name: str) -> Document:
    """Read a file that many others build on: what was read before in this process, and was well, is not read again."""
    document = kept(raw, name)
    if document.findings:
        return read_bytes(raw, name)
    return replace(document, findings=[], lines=[], mistakes=Mistakes())


@lru_cache(maxsize=64)
def kept(raw: bytes, name: str) -> Document:
    """A document as it was read, which nobody changes."""
    return read_bytes(raw, name)


def check_size(name: str, size: int) -> None:
    """Raise ``LimitError`` for a file over the limit."""
    limit = FILE_BYTES if hasattr(yaml, "CSafeLoader") else FILE_BYTES_SLOW
    if size > limit:
        raise LimitError(
            Finding(
                "limit-reached",
                f"the file has {size:,} bytes; at most {limit:,} are read.",
                name,
                hint="split it." if limit == FILE_BYTES else "install PyYAML with its C extension, or split it.",
            )
        )


def read_text(text: str, name: str) -> Document:
    """Read YAML or JSON text. What is wrong is in the document's findings; only a limit raises (``LimitError``)."""
    document = Document(name, text)
    hide(document)
    if document.findings:
        return document
    with collecting_later(len(text)):
        try:
            Composer(document).compose()
        except yaml.YAMLError as error:
            syntax(document, error)
    return document


@contextmanager
def collecting_later(size: int) -> Iterator[None]:
    """Let the garbage collector pause during a big load: nothing that a load makes is garbage."""
    pausing = size > 200_000 and gc.isenabled()
    if pausing:
        gc.disable()
    try:
        yield
    finally:
        if pausing:
            gc.enable()
