"""Shelves: where the policies that a policy builds on are found, each in the versions that there are.

A shelf is a folder of policies, in a file system or in a revision of a repository: each in a folder of its id, with its
draft and its releases. The packs that come with the package stand on one, too. The releases of a policy keep copies of what
they were built on, so that a frozen file means the same for ever: these are a shelf with one edition of each.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Protocol

from socialpolicy.loading.documents import Document
from socialpolicy.loading.findings import Finding, Level, PolicyError
from socialpolicy.loading.indexes import INDEX, RELEASES, BuiltOn, bytes_digest, changed, read_index
from socialpolicy.loading.reading import FILE_BYTES, check_size, read_shared
from socialpolicy.versions import is_version

DRAFT = "policy.yaml"


class Tree(Protocol):
    """Files under one root, by their path from there."""

    def raw(self, path: str) -> bytes | None:
        """The bytes of a file; None where there is none."""

    def present(self, path: str) -> bool:
        """Whether there is anything of that name, be it readable or not."""

    def name(self, path: str) -> str:
        """How findings name a file."""

    def folders(self) -> list[str]:
        """The names of the folders that stand at the root."""


@dataclass(frozen=True, slots=True)
class Edition:
    """One version of a policy on a shelf. ``read`` raises ``PolicyError`` where the file is not as it was released."""

    version: str
    released: bool
    read: Callable[[], Document]


class Shelf(Protocol):
    """Where policies to build on are found."""

    def editions(self, id: str) -> Sequence[Edition]:
        """All versions of a policy; none where the shelf does not have it. Raises ``PolicyError`` for what cannot be read."""

    def has(self, id: str) -> bool:
        """Whether a policy of that id stands here, whatever is wrong with it."""

    def known(self) -> Iterable[str]:
        """The ids of the policies that it has."""


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder of the file system. Links may not lead out of it."""

    root: Path

    def raw(self, path: str) -> bytes | None:
        """The bytes of a file; None where there is none."""
        file = self.root / path
        try:
            if not file.is_file() or not file.resolve().is_relative_to(self.root.resolve()):
                return None
            with file.open("rb") as opened:
                check_size(self.name(path), file.stat().st_size)
                return opened.read(FILE_BYTES + 1)
        except (OSError, RuntimeError):
            return None

    def present(self, path: str) -> bool:
        """Whether there is anything of that name, be it readable or not."""
        file = self.root / path
        try:
            return file.is_symlink() or file.exists()
        except OSError:
            return True

    def name(self, path: str) -> str:
        """How findings name a file."""
        return (self.root / path).as_posix()

    def folders(self) -> list[str]:
        """The names of the folders that stand at the root."""
        try:
            return sorted(folder.name for folder in self.root.iterdir() if (folder / DRAFT).is_file())
        except OSError:
            return []


@dataclass(frozen=True, slots=True)
class Policies:
    """A shelf that is a folder of policies, each in a folder of its id: its releases, and its draft beside them."""

    tree: Tree

    def editions(self, id: str) -> list[Edition]:
        """The releases that count, and the draft where its version is not released yet."""
        found: list[Edition] = []
        gone: set[str] = set()
        frozen: set[str] = set()  # a draft that is as it was released is no edition of its own
        index = self.raw(f"{id}/{RELEASES}/{INDEX}")
        if index is not None:
            document = read_shared(index, self.tree.name(f"{id}/{RELEASES}/{INDEX}"))
            read = read_index(document)
            if read is None:
                raise PolicyError(document.findings)
            gone = {release.version for release in read.releases}  # a version that was withdrawn is no draft again
            frozen = {release.digest.bytes for release in read.releases}
            for release in read.releases:
                if release.withdrawn is None:
                    path, digest = f"{id}/{RELEASES}/{release.file}", release.digest.bytes
                    found.append(Edition(release.version, True, self.reader(path, release.version, digest)))
        raw = self.raw(f"{id}/{DRAFT}")
        if raw is not None and bytes_digest(raw) not in frozen:
            draft = read_shared(raw, self.tree.name(f"{id}/{DRAFT}"))
            version = draft.data.get("version") if isinstance(draft.data, dict) else None
            if draft.failed or not isinstance(version, str) or not is_version(version):
                problem = Finding(
                    "bad-base", "this draft says no version.", draft.name, hint="mend it: `socialpolicy validate`."
                )
                raise PolicyError([one for one in draft.findings if one.level is Level.ERROR] or [problem])
            if version not in gone:
                found.append(Edition(version, False, lambda: draft))
        return found

    def raw(self, path: str) -> bytes | None:
        """The bytes of a file; None where there is none. Raises ``PolicyError`` for one that cannot be read."""
        raw = self.tree.raw(path)
        if raw is None and self.tree.present(path):
            problem = "it is no file that can be read here: a link that leads out of the folder, or no ordinary file."
            raise PolicyError(
                [Finding("unreadable-file", problem, self.tree.name(path), hint="put an ordinary file here.")]
            )
        return raw

    def has(self, id: str) -> bool:
        """Whether a policy of that id stands here, whatever is wrong with it."""
        return self.tree.present(f"{id}/{DRAFT}") or self.tree.present(f"{id}/{RELEASES}")

    def reader(self, path: str, version: str, digest: str) -> Callable[[], Document]:
        """What reads a frozen file, and checks that it is as it was released."""
        return lambda: read_frozen(self.tree, path, version, digest)

    def known(self) -> list[str]:
        """The ids of the policies that it has."""
        return self.tree.folders()


@dataclass(frozen=True, slots=True)
class Pinned:
    """A shelf that holds what one release was built on; ``tree`` is the folder of the releases."""

    tree: Tree
    pins: Sequence[BuiltOn]

    def editions(self, id: str) -> list[Edition]:
        """The one edition that the release was built on."""
        return [
            Edition(pin.version, True, lambda pin=pin: read_frozen(self.tree, pin.file, pin.version, pin.digest))  # type: ignore[misc]
            for pin in self.pins
            if pin.id == id
        ]

    def has(self, id: str) -> bool:
        """Whether the release was built on that policy."""
        return id in self.known()

    def known(self) -> list[str]:
        """The ids of the policies that it has."""
        return [pin.id for pin in self.pins]


@dataclass(frozen=True, slots=True)
class Shelves:
    """Several shelves: the first one that has a policy gives all its editions."""

    shelves: tuple[Shelf, ...]

    def editions(self, id: str) -> Sequence[Edition]:
        """The editions of the first shelf that has the policy: where that one is broken, no other takes its place."""
        return next((shelf.editions(id) for shelf in self.shelves if shelf.has(id)), ())

    def has(self, id: str) -> bool:
        """Whether any of them has the policy."""
        return any(shelf.has(id) for shelf in self.shelves)

    def known(self) -> list[str]:
        """The ids of the policies that they have."""
        return sorted({id for shelf in self.shelves for id in shelf.known()})


def read_frozen(tree: Tree, path: str, version: str, digest: str) -> Document:
    """A frozen file, checked against its digest. Raises ``PolicyError``."""
    raw = tree.raw(path)
    if raw is None:
        problem = "this file of a release is not there."
        raise PolicyError(
            [Finding("missing-release", problem, tree.name(path), hint="restore it from version control.")]
        )
    if bytes_digest(raw) != digest:
        raise PolicyError([changed(tree.name(path), version)])
    return read_shared(raw, tree.name(path))


@cache
def shipped() -> Shelf:
    """The packs that come with the package; in its repository they stand beside it."""
    here = Path(__file__).parent.parent
    found = next((folder for folder in (here / "policies", here.parents[1] / "policies") if folder.is_dir()), None)
    return Policies(Folder(found)) if found else Shelves(())


def beside(file: Path) -> Shelf:
    """The shelf of a policy's file: the folder that its own folder stands in, and then the packs of the package."""
    folder = Path(os.path.abspath(file)).parent  # noqa: PTH100 - not resolved: a link stands where it stands
    home = folder.parent if file.name == DRAFT else folder
    shown = home if file.is_absolute() else Path(os.path.relpath(home))  # findings name files as they were named
    return Shelves((Policies(Folder(shown)), shipped()))
