"""Save a program as JSON, and load it again without the author's file."""

from __future__ import annotations

import json
import os
import stat
import tempfile
from errno import ENOENT
from pathlib import Path

from socialpolicy.deciding import Decider
from socialpolicy.digests import digest
from socialpolicy.encoding import ProgramError, loaded, saved
from socialpolicy.program import Program
from socialpolicy.soundness import unsound

FILE_BYTES = 64 * 1024 * 1024


def dumped(program: Program) -> str:
    """A program as JSON text, one and the same for one program."""
    data = saved(program)
    return json.dumps({**data, "checksum": digest(data)}, ensure_ascii=False, indent=1) + "\n"


def save(program: Program, path: str | Path) -> None:
    """Write a program to a file: the old one stays whole until the new one is."""
    path = Path(path).resolve()
    if path.exists() and not path.is_file():
        path.write_text(dumped(program), encoding="utf-8")  # a pipe or a device takes it as it comes
        return
    if not path.parent.is_dir():
        raise FileNotFoundError(ENOENT, "there is no such folder", str(path.parent))
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name + ".")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(dumped(program))
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, 0o666 & ~_umask())  # noqa: PTH101
        os.replace(name, path)  # noqa: PTH105
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def load_program(path: str | Path) -> Decider:
    """Load a saved program, ready to decide.

    Raises ``ProgramError`` where the file is none, was changed after it was written, or does not hold together; ``OSError``
    where it cannot be read.
    """
    handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    with os.fdopen(handle, "rb") as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode):
            raise ProgramError("", f"{path} is no ordinary file.")
        if status.st_size > FILE_BYTES:
            raise ProgramError("", f"{path} has {status.st_size:,} bytes; at most {FILE_BYTES:,} are read.")
        raw = file.read(FILE_BYTES + 1)
    return loads_program(raw)


def loads_program(text: str | bytes) -> Decider:
    """Load a saved program from its JSON text. Raises ``ProgramError``."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ProgramError("", f"this is no JSON: {error}.") from None
    checksum = data.pop("checksum", None) if isinstance(data, dict) else None
    program = loaded(data)
    problem = unsound(program)
    if problem:
        raise ProgramError(*problem)
    try:
        fits = digest(data) == checksum
    except ValueError as error:
        raise ProgramError("", f"this is no JSON that has one canonical form: {error}.") from None
    if not fits:
        raise ProgramError(
            "checksum", "it does not fit: the program was changed after it was written. Compile it again."
        )
    return Decider(program)
