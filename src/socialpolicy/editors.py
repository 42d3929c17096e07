"""What an editor needs to know a policy's words: schemas made to measure, and a first line in each file that names one.

The schemas stand in the folder ``.schemas`` beside the policy. The first line of a file is a comment that editors with the
YAML language server understand; it is no part of what a policy says, so no digest changes with it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from socialpolicy.schemas import schema, text
from socialpolicy.testing import SURVIVORS, cases_in
from socialpolicy.translating import TEXTS
from socialpolicy.writing import NewFile

if TYPE_CHECKING:
    from socialpolicy.policy import Policy

FOLDER = ".schemas"
LINE = re.compile(rb"^#[ \t]+yaml-language-server:[ \t]*\$schema=(?P<schema>[^\s]*)[^\r\n]*", re.MULTILINE)
HEAD = re.compile(rb"(?:[ \t]*(?:#[^\r\n]*)?\r?\n)*(?:#[^\r\n]*)?")
"""The comments and empty lines that a file begins with."""
MARK = b"\xef\xbb\xbf"


def files_of(policy: Policy) -> dict[str, list[Path]]:
    """The files of a policy that an author writes, by the kind of their schema."""
    folder = Path(policy.file).parent
    survivors = folder / "tests" / SURVIVORS
    return {
        "policy": [Path(policy.file)],
        "tests": cases_in(folder / "tests"),
        "texts": sorted((folder / TEXTS).glob("*.yaml")),
        "survivors": [survivors] if survivors.exists() else [],
    }


def schemas_of(policy: Policy) -> list[NewFile]:
    """The schemas of a policy as they should be: of the policy and its cases, and of whatever else it has."""
    folder, files = Path(policy.file).parent / FOLDER, files_of(policy)
    kinds = [kind for kind, found in files.items() if found or kind == "tests"]
    return [NewFile(folder / f"{kind}.json", text(schema(kind, policy)).encode()) for kind in kinds]


def naming_files(policy: Policy) -> list[NewFile]:
    """The files of a policy, each with a first line that names its schema."""
    folder = Path(policy.file).parent / FOLDER
    return [
        NewFile(file, naming(file.read_bytes(), relative(folder / f"{kind}.json", file.parent)))
        for kind, files in files_of(policy).items()
        for file in files
    ]


def naming(content: bytes, target: str) -> bytes:
    """The content of a file with a first line that names its schema; ``$schema=none`` is somebody's wish, and stays."""
    wanted = f"# yaml-language-server: $schema={target}".encode()
    body = content.removeprefix(MARK)
    mark = content[: len(content) - len(body)]
    head = HEAD.match(body)
    found = LINE.search(body, 0, head.end() if head else 0)
    if found is None:
        ending = b"\r\n" if body.partition(b"\n")[0].endswith(b"\r") else b"\n"
        return mark + wanted + ending + body
    if found["schema"].lower() == b"none":
        return content
    return mark + body[: found.start()] + wanted + body[found.end() :]


def changed(files: Iterable[NewFile]) -> list[NewFile]:
    """Those of these files that are not on the disk as they should be."""
    return [file for file in files if not file.path.is_file() or file.path.read_bytes() != file.content]


def settings(policies: Iterable[Policy], root: Path) -> dict[str, dict[str, str]]:
    """Settings for Visual Studio Code that give each file of these policies its schema, also one that is still to be written.

    Raises ``ValueError`` for a policy that is not below the folder ``root``.
    """
    found: dict[str, str] = {}
    for policy in policies:
        folder = Path(policy.file).resolve().parent.relative_to(root.resolve())
        patterns = {"policy": Path(policy.file).name, "tests": "tests/*.yaml", "texts": f"{TEXTS}/*.yaml"}
        for file in schemas_of(policy):
            if file.path.stem in patterns:
                found[f"./{(folder / FOLDER / file.path.name).as_posix()}"] = (
                    folder / patterns[file.path.stem]
                ).as_posix()
    return {"yaml.schemas": found}


def relative(target: Path, folder: Path) -> str:
    """The way from a folder to a file, as a schema is named."""
    return Path(os.path.relpath(target, folder)).as_posix()
