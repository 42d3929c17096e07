"""Sources: what a command is given, and the policies and files that it stands for."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from socialpolicy.loading.documents import Document
from socialpolicy.loading.findings import visible
from socialpolicy.loading.policies import DRAFT
from socialpolicy.loading.reading import FILE_BYTES, read_bytes

if TYPE_CHECKING:
    from socialpolicy.deciding import Decider
    from socialpolicy.policy import Policy

SUFFIXES = (".yaml", ".yml", ".json")


def standard_input() -> Document:
    """What stands on standard input."""
    return read_bytes(sys.stdin.buffer.read(FILE_BYTES + 1), "-")


def exists(source: str) -> Path:
    """The path of a source. Raises a usage error where there is none, with what it may have meant."""
    if not source:
        raise click.UsageError("the name of a file or folder is empty.")
    path = Path(source)
    try:
        if path.exists() or path.is_symlink():
            return path
    except (OSError, ValueError):
        pass
    shown = visible(source)
    if "@" in source or ":" in source:
        raise click.UsageError(
            f"{shown}: there is no such file, and releases (ID@VERSION) and revisions (REV:PATH) are not supported yet."
        )
    raise click.UsageError(f"{shown}: there is no such file or folder.")


def policy_of(source: str) -> Policy:
    """The one policy that a source stands for."""
    from socialpolicy.loading.policies import loaded
    from socialpolicy.policy import Policy, load

    if source == "-":
        return Policy(loaded(standard_input()))
    path = exists(source)
    if path.is_dir() and not (path / DRAFT).exists():
        below = [str(file.parent) for file in sorted(path.glob(f"*/{DRAFT}"))]
        hint = f" Did you mean {below[0]}?" if below else f" A policy's folder has a {DRAFT}."
        raise click.UsageError(f"{visible(source)}: this folder is no policy's.{visible(hint)}")
    return load(path)


def decider_of(source: str) -> Decider:
    """What a source decides by: a policy, or a saved program."""
    path = Path(source)
    if source != "-" and path.suffix == ".json" and path.is_file():
        with path.open("rb") as file:
            head = file.read(256)
        if b'"socialpolicy_program"' in head:
            from socialpolicy.encoding import ProgramError
            from socialpolicy.saving import load_program

            try:
                return load_program(path)
            except ProgramError as error:
                raise ProgramError(f"{visible(source)}: {error.where or 'the program'}", error.message) from None
    return policy_of(source)


def folders(source: str) -> Iterator[Path]:
    """The policies (their files) that a source stands for: one, or all in the folders below."""
    path = exists(source)
    if not path.is_dir():
        yield path
    elif (path / DRAFT).exists():
        yield path / DRAFT
    else:
        found = [file for file in sorted(path.rglob(DRAFT)) if not file.is_symlink() or inside(file, path)]
        if not found:
            raise click.UsageError(
                f"{visible(source)}: there is no policy in this folder; a policy's folder has a {DRAFT}."
            )
        yield from found


def inside(file: Path, root: Path) -> bool:
    """Whether a link stays in a folder."""
    try:
        return file.resolve().is_relative_to(root.resolve())
    except (OSError, RuntimeError):
        return False


def files(source: str) -> Iterator[tuple[Path, Path | None]]:
    """All files to check that a source stands for, each with the folder that links may not lead out of."""
    path = exists(source)
    if not path.is_dir():
        yield path, None
        return
    found = False
    for file in sorted(path.rglob("*")):
        if (
            file.suffix in SUFFIXES
            and not file.is_dir()
            and not any(part.startswith(".") for part in file.relative_to(path).parts)
        ):
            found = True
            yield file, path
    if not found:
        raise click.UsageError(f"{visible(source)}: there is no YAML or JSON file in this folder.")
